/*
 * A check: the parts of a claim are put to their tests, on the list alleged and, with equal thresholds, on that of the other side.
 * The level of the claim is split evenly among its parts, so that a list of honest accounts has at most that chance of any support.
 */
#include "cases/claim_private.h"

#include "base/hash.h"
#include "base/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- lists -------------------------------------------------------------------------------------------------------- */

void claim_list_release(claim_list *list)
{
    if (!list->ctx) return;
    eh_free(list->ctx, list->number);
    eh_free(list->ctx, list->known);
    eh_free(list->ctx, list->id_of);
    memset(list, 0, sizeof *list);
}

eh_status claim_list_init(const claim_bench *b, const eh_strings *ids, claim_list *out, eh_error *err)
{
    uint32_t n_accounts = b->table.accounts.n;
    *out = (claim_list){.ctx = b->ctx, .ids = ids};
    out->number = eh_alloc(b->ctx, ids->n, sizeof *out->number, err);
    out->known = out->number ? eh_alloc(b->ctx, ids->n, sizeof *out->known, err) : NULL;
    out->id_of = out->known ? eh_alloc(b->ctx, ids->n, sizeof *out->id_of, err) : NULL;
    uint32_t *id_at = out->id_of ? eh_alloc(b->ctx, n_accounts, sizeof *id_at, err) : NULL; /* 1 + index of the id */
    if (!id_at) return err->status;
    for (uint32_t i = 0; i < ids->n; i++) {
        uint32_t account = eh_strings_find(&b->table.accounts, eh_strings_get(ids, i));
        out->number[i] = account == UINT32_MAX || !b->n_actions[account] ? UINT32_MAX : account;
        if (out->number[i] != UINT32_MAX) id_at[account] = i + 1;
    }
    for (uint32_t a = 0; a < n_accounts; a++) {
        if (!id_at[a]) continue;
        out->id_of[out->n_known] = id_at[a] - 1;
        out->known[out->n_known++] = a;
    }
    eh_free(b->ctx, id_at);
    return EH_OK;
}

/* ---- the bench ---------------------------------------------------------------------------------------------------- */

static eh_status take_span(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    claim_bench *b = data;
    (void)columns, (void)n_columns, (void)err;
    b->from_us = b->claim->from_us != EH_NO_TIME ? b->claim->from_us : cells[0].integer;
    b->to_us = b->claim->to_us != EH_NO_TIME ? b->claim->to_us : cells[1].integer + 1;
    return EH_OK;
}

static eh_status take_listed(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    claim_bench *b = data;
    (void)columns, (void)n_columns, (void)err;
    uint32_t account = eh_strings_find(&b->table.accounts, cells[0].text);
    if (account != UINT32_MAX) b->is_listed[account] = 1;
    return EH_OK;
}

static void count_actions(claim_bench *b)
{
    for (int k = 0; k < EH_N_BEHAVIOURS; k++)
        if (b->data->fields.of[k].timeline)
            for (uint64_t i = 0; i < b->table.sets[k].n_actions; i++) b->n_actions[b->table.sets[k].account[i]]++;
}

static eh_status bench_init(claim_bench *b, const char *run_id, eh_error *err)
{
    eh_action_table whole;
    EH_TRY(eh_store_query(b->store, "SELECT min(time), max(time) FROM posts", NULL, take_span, b, err));
    EH_TRY(eh_investigation_run_table(b->inv, run_id, &b->detect, &whole, err));
    b->detect.q = b->q;
    eh_status status = claim_copy_table(b->ctx, &whole, b->claim->from_us, b->claim->to_us, NULL, &b->table, err);
    eh_action_table_release(&whole);
    EH_TRY(status);
    EH_TRY(eh_detect_options_check(&b->detect, err));
    b->n_actions = eh_alloc(b->ctx, b->table.accounts.n, sizeof *b->n_actions, err);
    b->data = b->n_actions ? eh_alloc(b->ctx, 1, sizeof *b->data, err) : NULL;
    if (!b->data) return err->status;
    EH_TRY(eh_test_data_init(b->ctx, &b->table, &b->detect, b->data, err));
    EH_TRY(claim_reuse_init(b, err));
    count_actions(b);
    b->is_listed = eh_alloc(b->ctx, b->table.accounts.n, 1, err);
    if (!b->is_listed) return err->status;
    char sql[128];
    (void)snprintf(sql, sizeof sql, "SELECT account_id FROM findings WHERE run_id = '%s' AND listed ORDER BY account_id", run_id);
    return eh_store_query(b->store, sql, NULL, take_listed, b, err);
}

static void bench_release(claim_bench *b)
{
    if (b->data) eh_test_data_release(b->data);
    eh_free(b->ctx, b->data);
    eh_free(b->ctx, b->n_actions);
    eh_free(b->ctx, b->is_listed);
    eh_leg_release(&b->reuse);
    if (b->table.ctx) eh_action_table_release(&b->table);
}

/* ---- parts -------------------------------------------------------------------------------------------------------- */

static claim_test_fn *const tests[EH_N_CLAIM_KINDS] = {claim_test_together, claim_test_hands, claim_test_automated, claim_test_volume,
                                                       claim_test_burst,    claim_test_push,  claim_test_push};

static eh_status tell_coverage(const claim_bench *b, const claim_list *list, claim_result *r, eh_error *err)
{
    char from[eh_time_text_size], to[eh_time_text_size];
    uint64_t n = 0;
    for (uint32_t i = 0; i < list->n_known; i++) n += b->n_actions[list->known[i]];
    return eh_buf_printf(&r->coverage, err, "%u of %u accounts act in the archive between %s and %s, with %llu actions; of the other %u nothing is known",
                         list->n_known, list->ids->n, eh_time_text(b->from_us, from), eh_time_text(b->to_us, to), (unsigned long long)n,
                         list->ids->n - list->n_known);
}

static eh_status test_part(const claim_bench *b, const claim_list *list, uint32_t i, bool is_other, claim_result *r, eh_error *err)
{
    const eh_claim_part *part = &b->claim->parts[i];
    eh_buf empty = EH_BUF_INIT(b->ctx);
    *r = (claim_result){.kind = part->kind, .part = i + 1, .is_other = is_other, .n_known = list->n_known, .says_for = empty, .says_against = empty,
                        .chance = empty, .power = empty, .coverage = empty};
    r->observed = r->expected = r->low = r->high = r->p_value = r->p_groups = NAN;
    r->accounts = eh_alloc(b->ctx, list->ids->n, sizeof *r->accounts, err);
    if (!r->accounts) return err->status;
    for (uint32_t k = 0; k < list->ids->n; k++) {
        r->accounts[k].observed = r->accounts[k].q_value = NAN;
        if (list->number[k] == UINT32_MAX) r->accounts[k].note = "not in the archive in this time";
    }
    EH_TRY(tell_coverage(b, list, r, err));
    return tests[part->kind](b, list, part, r, err);
}

static eh_status test_list(const claim_bench *b, const eh_strings *ids, bool is_other, claim_outcome *o, eh_error *err)
{
    claim_list list;
    eh_status status = claim_list_init(b, ids, &list, err);
    for (uint32_t i = 0; status == EH_OK && i < b->claim->n_parts; i++) status = test_part(b, &list, i, is_other, &o->results[o->n_results++], err);
    claim_list_release(&list);
    return status;
}

/* ---- expansion ---------------------------------------------------------------------------------------------------- */

/* From those that act together and survived the test, never from others of the list. */
static eh_status expand(const claim_bench *b, const claim_outcome *o, eh_expansion *out, bool *has_expanded, eh_error *err)
{
    eh_dict seeds = EH_DICT_INIT(b->ctx);
    eh_status status = EH_OK;
    for (uint32_t i = 0; status == EH_OK && i < o->n_results; i++) {
        const claim_result *r = &o->results[i];
        if (r->is_other || r->kind != EH_CLAIM_ACT_TOGETHER || r->verdict != EH_CLAIM_SUPPORTED) continue;
        for (uint32_t k = 0; status == EH_OK && k < b->claim->accounts.n; k++)
            if (r->accounts[k].verdict == EH_CLAIM_SUPPORTED) status = eh_dict_add(&seeds, eh_strings_get(&b->claim->accounts, k), &(uint32_t){0}, err);
    }
    if (status == EH_OK && seeds.n) {
        const eh_expand_options options = {.q = b->options.q, .n_hops = b->options.n_hops};
        const eh_strings ids = eh_dict_strings(&seeds);
        status = eh_expand_from(b->inv, o->run_id, &ids, &options, out, err);
        *has_expanded = status == EH_OK;
        /* Shares too little with the whole archive to be tested there: nobody to add, and no failure. */
        if (status == EH_E_STATISTICS) status = EH_OK;
    }
    eh_dict_release(&seeds);
    return status;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

static eh_status resolve(const eh_claim_options *given, eh_claim_options *out, eh_error *err)
{
    *out = given ? *given : (eh_claim_options){0};
    if (out->q == 0) out->q = 0.05;
    if (out->n_groups == 0) out->n_groups = 39;
    if (out->n_draws == 0) out->n_draws = 100;
    if (out->n_hops == 0) out->n_hops = 1;
    if (out->most_added == 0) out->most_added = 50;
    if (!(out->q > 0 && out->q <= 0.5)) return eh_fail(err, EH_E_INVALID, "the level must lie in (0, 0.5], not %g", out->q);
    if (out->n_groups < 19 || out->n_groups > 999) return eh_fail(err, EH_E_INVALID, "19 to 999 comparison groups are possible, not %u", out->n_groups);
    if (out->n_draws < 10 || out->n_draws > 10000) return eh_fail(err, EH_E_INVALID, "10 to 10000 rings are possible, not %u", out->n_draws);
    if (out->n_hops > 8) return eh_fail(err, EH_E_INVALID, "1 to 8 hops are possible, not %u", out->n_hops);
    if (out->declined && out->other) return eh_fail(err, EH_E_INVALID, "the other side is tested or declined, not both");
    return EH_OK;
}

static void name_check(const claim_bench *b, claim_outcome *o)
{
    eh_sha256 hash;
    char text[512], hex[eh_sha256_hex_size];
    const eh_claim_options *p = &b->options;
    eh_sha256_init(&hash);
    int n = snprintf(text, sizeof text, "%s %s %s %.17g %u %u %d %d %u %u %llu %s ", b->claim->claim_id, o->run_id, eh_version(), p->q, p->n_groups, p->n_draws,
                     p->has_no_power, p->expands, p->n_hops, p->most_added, (unsigned long long)b->seed, o->both_ways);
    eh_sha256_add(&hash, text, (size_t)n);
    if (o->declined) eh_sha256_add(&hash, o->declined, strlen(o->declined));
    for (uint32_t i = 0; o->other && i < o->other->n; i++) {
        eh_str id = eh_strings_get(o->other, i);
        eh_sha256_add(&hash, id.data, id.size);
        eh_sha256_add(&hash, "\n", 1);
    }
    eh_sha256_final(&hash, hex);
    memcpy(o->check_id, hex, EH_CLAIM_ID_SIZE - 1);
    o->check_id[EH_CLAIM_ID_SIZE - 1] = 0;
}

static eh_status compute(claim_bench *b, claim_outcome *o, eh_error *err)
{
    bool has_expanded = false;
    eh_expansion added = {0};
    EH_TRY(bench_init(b, o->run_id, err));
    EH_TRY(test_list(b, &b->claim->accounts, false, o, err));
    if (o->other) EH_TRY(test_list(b, o->other, true, o, err));
    o->is_answered = true;
    for (uint32_t i = 0; i < o->n_results; i++)
        if (!o->results[i].is_other && o->results[i].verdict == EH_CLAIM_CANNOT_TELL) o->is_answered = false;
    if (b->options.expands) EH_TRY(expand(b, o, &added, &has_expanded, err));
    o->added = has_expanded ? &added : NULL;
    eh_status status = eh_store_exec(b->store, "BEGIN", err);
    if (status == EH_OK) {
        status = claim_keep(o, err);
        if (status == EH_OK) status = eh_store_exec(b->store, "COMMIT", err);
        if (status != EH_OK) eh_store_rollback(b->store);
    }
    if (has_expanded) eh_expansion_release(&added);
    o->added = NULL;
    return status;
}

/* ---- the answer, from the tables ---------------------------------------------------------------------------------- */

static eh_status take_verdict(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    eh_claim_answer *a = data;
    (void)columns, (void)n_columns, (void)err;
    if (a->n_parts == EH_MOST_CLAIM_PARTS) return EH_OK;
    for (int v = 0; v < 4; v++)
        if (eh_str_is(cells[0].text, eh_claim_verdict_name((eh_claim_verdict)v))) a->verdicts[a->n_parts] = (eh_claim_verdict)v;
    a->n_parts++;
    return EH_OK;
}

static eh_status answer(eh_store *store, const char *check_id, eh_claim_answer *out, eh_error *err)
{
    char sql[256];
    int64_t n = 0;
    (void)snprintf(out->check_id, sizeof out->check_id, "%s", check_id);
    (void)snprintf(sql, sizeof sql, "SELECT verdict FROM claim_results WHERE check_id = '%s' AND list = 'alleged' ORDER BY part", check_id);
    EH_TRY(eh_store_query(store, sql, NULL, take_verdict, out, err));
    (void)snprintf(sql, sizeof sql, "SELECT count(DISTINCT account_id) FROM claim_account_results WHERE check_id = '%s' AND list = 'alleged' AND verdict = 'supported'", check_id);
    EH_TRY(eh_store_integer(store, sql, &n, err));
    out->n_supported_accounts = (uint32_t)n;
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM claim_added WHERE check_id = '%s'", check_id);
    EH_TRY(eh_store_integer(store, sql, &n, err));
    out->n_added = (uint32_t)n;
    out->is_answered = out->n_parts > 0;
    for (uint32_t i = 0; i < out->n_parts; i++) out->is_answered = out->is_answered && out->verdicts[i] != EH_CLAIM_CANNOT_TELL;
    return EH_OK;
}

static void outcome_release(eh_context *ctx, claim_outcome *o)
{
    for (uint32_t i = 0; o->results && i < o->n_results; i++) {
        claim_result *r = &o->results[i];
        eh_buf *texts[] = {&r->says_for, &r->says_against, &r->chance, &r->power, &r->coverage};
        for (int k = 0; k < 5; k++)
            if (texts[k]->ctx) eh_buf_release(texts[k]);
        eh_free(ctx, r->accounts);
    }
    eh_free(ctx, o->results);
}

static eh_status check(claim_bench *b, claim_outcome *o, eh_claim_answer *out, eh_error *err)
{
    char sql[128];
    int64_t n = 0;
    EH_TRY(eh_investigation_find_run(b->inv, b->options.run_id, o->run_id, err));
    o->declined = b->options.declined;
    o->other = o->declined ? NULL : b->options.other ? b->options.other : b->claim->counter_accounts.n ? &b->claim->counter_accounts : NULL;
    if (o->other && o->other->n > EH_MOST_CLAIM_ACCOUNTS) return eh_fail(err, EH_E_LIMIT, "the other list has more than %d accounts", EH_MOST_CLAIM_ACCOUNTS);
    o->both_ways = o->other ? "tested" : o->declined ? "declined" : "not_asked";
    name_check(b, o);
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM claim_checks WHERE check_id = '%s'", o->check_id);
    EH_TRY(eh_store_integer(b->store, sql, &n, err));
    out->was_known = n > 0;
    if (!out->was_known) {
        o->results = eh_alloc(b->ctx, 2 * (size_t)b->claim->n_parts, sizeof *o->results, err);
        if (!o->results) return err->status;
        EH_TRY(compute(b, o, err));
    }
    return answer(b->store, o->check_id, out, err);
}

eh_status eh_claim_check(eh_investigation *inv, const char *claim_id, const eh_claim_options *options, eh_claim_answer *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    eh_claim claim;
    claim_bench b = {.inv = inv, .store = eh_investigation_store(inv)};
    b.ctx = eh_store_context(b.store);
    EH_TRY(resolve(options, &b.options, err));
    EH_TRY(claim_load(inv, claim_id, &claim, err));
    b.claim = &claim;
    b.seed = eh_context_seed(b.ctx);
    b.q = b.options.q / claim.n_parts;
    claim_outcome o = {.b = &b};
    eh_status status = check(&b, &o, out, err);
    outcome_release(b.ctx, &o);
    bench_release(&b);
    eh_claim_release(&claim);
    return status;
}
