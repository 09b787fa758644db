/* What a check found, into the tables. */
#include "cases/claim_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void real(eh_appender *a, double x)
{
    if (isfinite(x)) eh_appender_real(a, x);
    else eh_appender_null(a);
}

static void text(eh_appender *a, const eh_buf *buf) { eh_appender_text(a, buf->data ? eh_buf_str(buf) : (eh_str){"", 0}); }

static void head(eh_appender *a, const claim_outcome *o, const claim_result *r)
{
    eh_appender_text(a, eh_str_of(o->check_id));
    eh_appender_text(a, eh_str_of(r->is_other ? "other" : "alleged"));
    eh_appender_int(a, r->part);
}

static const eh_strings *ids_of(const claim_outcome *o, const claim_result *r) { return r->is_other ? o->other : &o->b->claim->accounts; }

static void add_result(eh_appender *a, const claim_outcome *o, const claim_result *r)
{
    head(a, o, r);
    eh_appender_text(a, eh_str_of(eh_claim_kind_name(r->kind)));
    eh_appender_text(a, eh_str_of(eh_claim_verdict_name(r->verdict)));
    eh_appender_int(a, ids_of(o, r)->n);
    eh_appender_int(a, r->n_known);
    eh_appender_int(a, r->n_tested);
    eh_appender_int(a, r->n_supported);
    eh_appender_real(a, o->b->q * r->n_supported);
    real(a, r->observed);
    real(a, r->expected);
    real(a, r->low);
    real(a, r->high);
    real(a, r->p_value);
    real(a, r->p_groups);
    text(a, &r->says_for);
    text(a, &r->says_against);
    text(a, &r->chance);
    text(a, &r->power);
    text(a, &r->coverage);
}

static void add_power(eh_appender *a, const claim_outcome *o, const claim_result *r, const claim_power *p)
{
    double low, high;
    claim_wilson(p->n_seen, p->n_draws, &low, &high);
    head(a, o, r);
    eh_appender_int(a, p->ring);
    eh_appender_int(a, p->n_objects);
    eh_appender_int(a, p->n_draws);
    eh_appender_real(a, p->n_draws ? (double)p->n_seen / p->n_draws : 0);
    eh_appender_real(a, low);
    eh_appender_real(a, high);
}

static void add_account(eh_appender *a, const claim_outcome *o, const claim_result *r, uint32_t i)
{
    const claim_account *account = &r->accounts[i];
    head(a, o, r);
    eh_appender_text(a, eh_strings_get(ids_of(o, r), i));
    eh_appender_text(a, eh_str_of(eh_claim_verdict_name(account->verdict)));
    real(a, account->observed);
    real(a, account->q_value);
    eh_appender_int(a, account->n_partners);
    eh_appender_text(a, eh_str_of(account->note ? account->note : ""));
}

static eh_status keep_results(eh_store *store, const claim_outcome *o, eh_error *err)
{
    eh_appender *a = NULL;
    eh_status status = eh_appender_open(store, "claim_results", &a, err);
    for (uint32_t i = 0; status == EH_OK && i < o->n_results; i++) {
        add_result(a, o, &o->results[i]);
        status = eh_appender_end_row(a, err);
    }
    if (status == EH_OK) status = eh_appender_close(&a, err);
    if (status == EH_OK) status = eh_appender_open(store, "claim_powers", &a, err);
    for (uint32_t i = 0; status == EH_OK && i < o->n_results; i++)
        for (uint32_t k = 0; status == EH_OK && k < o->results[i].n_powers; k++) {
            add_power(a, o, &o->results[i], &o->results[i].powers[k]);
            status = eh_appender_end_row(a, err);
        }
    if (status == EH_OK) status = eh_appender_close(&a, err);
    if (status == EH_OK) status = eh_appender_open(store, "claim_account_results", &a, err);
    for (uint32_t i = 0; status == EH_OK && i < o->n_results; i++)
        for (uint32_t k = 0; status == EH_OK && k < ids_of(o, &o->results[i])->n; k++) {
            add_account(a, o, &o->results[i], k);
            status = eh_appender_end_row(a, err);
        }
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

/* "seed > account > account": via leads back, and every account before was linked in an earlier hop, or is a seed. */
static eh_status add_path(const eh_expansion *e, const uint64_t *link_of, uint64_t i, eh_buf *out, eh_error *err)
{
    uint32_t chain[16], n = 0;
    for (uint32_t at = e->links[i].via; at != UINT32_MAX && n < 16;) {
        chain[n++] = at;
        at = link_of[at] == UINT64_MAX || !e->links[link_of[at]].is_linked ? UINT32_MAX : e->links[link_of[at]].via;
    }
    eh_buf_clear(out);
    for (; n > 0; n--) {
        eh_str id = eh_strings_get(&e->accounts, chain[n - 1]);
        EH_TRY(eh_buf_add_str(out, id, err));
        EH_TRY(eh_buf_printf(out, err, " > "));
    }
    return eh_buf_add_str(out, eh_strings_get(&e->accounts, e->links[i].account), err);
}

static eh_status keep_added(eh_store *store, const claim_outcome *o, eh_error *err)
{
    const eh_expansion *e = o->added;
    eh_context *ctx = o->b->ctx;
    eh_appender *a = NULL;
    eh_buf path = EH_BUF_INIT(ctx);
    uint64_t *link_of = eh_alloc(ctx, e->accounts.n, sizeof *link_of, err);
    eh_status status = link_of ? eh_appender_open(store, "claim_added", &a, err) : err->status;
    if (link_of) memset(link_of, 0xff, e->accounts.n * sizeof *link_of);
    for (uint64_t i = 0; status == EH_OK && i < e->n_links; i++) link_of[e->links[i].account] = i;
    for (uint64_t i = 0; status == EH_OK && i < e->n_linked && i < o->b->options.most_added; i++) {
        status = add_path(e, link_of, i, &path, err);
        if (status != EH_OK) break;
        eh_appender_text(a, eh_str_of(o->check_id));
        eh_appender_text(a, eh_strings_get(&e->accounts, e->links[i].account));
        eh_appender_int(a, e->links[i].hop);
        eh_appender_text(a, eh_buf_str(&path));
        eh_appender_real(a, e->links[i].q_value);
        eh_appender_int(a, e->links[i].n_coincidences);
        eh_appender_real(a, e->links[i].n_expected);
        status = eh_appender_end_row(a, err);
    }
    if (status == EH_OK) status = eh_appender_close(&a, err);
    if (a) eh_appender_discard(&a);
    eh_buf_release(&path);
    eh_free(ctx, link_of);
    return status;
}

static eh_status keep_check(eh_store *store, const claim_outcome *o, eh_error *err)
{
    const claim_bench *b = o->b;
    eh_appender *a = NULL;
    int64_t number = 0;
    EH_TRY(eh_store_integer(store, "SELECT count(*) + 1 FROM claim_checks", &number, err));
    eh_status status = eh_appender_open(store, "claim_checks", &a, err);
    if (status != EH_OK) return status;
    eh_appender_text(a, eh_str_of(o->check_id));
    eh_appender_text(a, eh_str_of(b->claim->claim_id));
    eh_appender_int(a, number);
    eh_appender_text(a, eh_str_of(o->run_id));
    eh_appender_text(a, eh_str_of(eh_version()));
    eh_appender_int(a, (int64_t)b->seed);
    eh_appender_real(a, b->options.q);
    eh_appender_real(a, b->q);
    eh_appender_int(a, b->options.n_groups);
    eh_appender_int(a, b->options.has_no_power ? 0 : b->options.n_draws);
    eh_appender_text(a, eh_str_of(o->both_ways));
    eh_appender_text(a, eh_str_of(o->declined ? o->declined : ""));
    eh_appender_bool(a, o->is_answered);
    status = eh_appender_end_row(a, err);
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

eh_status claim_keep(const claim_outcome *o, eh_error *err)
{
    EH_TRY(keep_check(o->b->store, o, err));
    EH_TRY(keep_results(o->b->store, o, err));
    if (o->added) EH_TRY(keep_added(o->b->store, o, err));
    return eh_investigation_record_thing(o->b->inv, "claim_check", o->check_id, err);
}
