/* A claim into the tables and back. Its leaf in the ledger says what was alleged and of how many, by hash: no account, no text. */
#include "cases/claim_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static eh_status append_list(eh_store *store, const eh_claim *c, const char *list, const eh_strings *ids, eh_error *err)
{
    eh_appender *a = NULL;
    eh_status status = eh_appender_open(store, "claim_accounts", &a, err);
    for (uint32_t i = 0; status == EH_OK && i < ids->n; i++) {
        eh_appender_text(a, eh_str_of(c->claim_id));
        eh_appender_text(a, eh_str_of(list));
        eh_appender_int(a, i + 1);
        eh_appender_text(a, eh_strings_get(ids, i));
        status = eh_appender_end_row(a, err);
    }
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

/* Behind the number that keeps the objects of different parts apart. */
static eh_str pushed_text(const eh_claim *c, uint32_t i)
{
    eh_str s = eh_strings_get(&c->pushed, i);
    size_t blank = eh_str_find(s, ' ', 0);
    return (eh_str){s.data + blank + 1, s.size - blank - 1};
}

static void append_part(eh_appender *a, const eh_claim *c, uint32_t i)
{
    const eh_claim_part *part = &c->parts[i];
    eh_appender_text(a, eh_str_of(c->claim_id));
    eh_appender_int(a, i + 1);
    eh_appender_text(a, eh_str_of(eh_claim_kind_name(part->kind)));
    eh_appender_real(a, part->posts_per_day);
    eh_appender_bool(a, part->is_of_each);
    eh_appender_real(a, part->archive_share);
    eh_appender_real(a, part->within_days);
    eh_appender_int(a, part->ring);
    eh_appender_int(a, part->n_objects);
}

static eh_status append_parts(eh_store *store, const eh_claim *c, eh_error *err)
{
    eh_appender *a = NULL;
    eh_status status = eh_appender_open(store, "claim_parts", &a, err);
    for (uint32_t i = 0; status == EH_OK && i < c->n_parts; i++) {
        append_part(a, c, i);
        status = eh_appender_end_row(a, err);
    }
    if (status == EH_OK) status = eh_appender_close(&a, err);
    if (status == EH_OK) status = eh_appender_open(store, "claim_pushed", &a, err);
    for (uint32_t i = 0; status == EH_OK && i < c->n_parts; i++)
        for (uint32_t k = 0; status == EH_OK && k < c->parts[i].n_pushed; k++) {
            eh_appender_text(a, eh_str_of(c->claim_id));
            eh_appender_int(a, i + 1);
            eh_appender_text(a, pushed_text(c, c->parts[i].first_pushed + k));
            status = eh_appender_end_row(a, err);
        }
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

static eh_status append_rest(eh_store *store, const eh_claim *c, eh_error *err)
{
    eh_appender *a = NULL;
    eh_status status = eh_appender_open(store, "claims", &a, err);
    if (status == EH_OK) {
        eh_appender_text(a, eh_str_of(c->claim_id));
        eh_appender_text(a, eh_str_of(c->sha256));
        eh_appender_text(a, eh_str_of(c->raised_by));
        eh_appender_time(a, c->from_us);
        eh_appender_time(a, c->to_us);
        eh_appender_int(a, c->accounts.n);
        eh_appender_int(a, c->counter_accounts.n);
        status = eh_appender_end_row(a, err);
    }
    if (status == EH_OK) status = eh_appender_close(&a, err);
    if (status == EH_OK) status = eh_appender_open(store, "claim_material", &a, err);
    for (size_t i = 0; status == EH_OK && i < c->n_material; i++) {
        eh_appender_text(a, eh_str_of(c->claim_id));
        eh_appender_text(a, eh_str_of(c->material[i].sha256));
        eh_appender_text(a, eh_str_of(c->material[i].name));
        status = eh_appender_end_row(a, err);
    }
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

static eh_status record(eh_investigation *inv, const eh_claim *c, eh_error *err)
{
    eh_buf payload = EH_BUF_INIT(c->ctx);
    eh_status status = eh_buf_printf(&payload, err, "{\"claim_id\": \"%s\", \"sha256\": \"%s\", \"n_accounts\": %u, \"n_counter_accounts\": %u, \"parts\": [",
                                     c->claim_id, c->sha256, c->accounts.n, c->counter_accounts.n);
    for (uint32_t i = 0; status == EH_OK && i < c->n_parts; i++)
        status = eh_buf_printf(&payload, err, "%s\"%s\"", i ? ", " : "", eh_claim_kind_name(c->parts[i].kind));
    if (status == EH_OK) status = eh_buf_printf(&payload, err, "], \"material\": [");
    for (size_t i = 0; status == EH_OK && i < c->n_material; i++)
        status = eh_buf_printf(&payload, err, "%s\"%s\"", i ? ", " : "", c->material[i].sha256);
    if (status == EH_OK) status = eh_buf_printf(&payload, err, "]}");
    if (status == EH_OK) status = eh_investigation_record(inv, "claim", eh_buf_str(&payload), err);
    eh_buf_release(&payload);
    return status;
}

static eh_status store_claim(eh_investigation *inv, const eh_claim *c, eh_error *err)
{
    eh_store *store = eh_investigation_store(inv);
    EH_TRY(append_rest(store, c, err));
    EH_TRY(append_list(store, c, "alleged", &c->accounts, err));
    EH_TRY(append_list(store, c, "counter", &c->counter_accounts, err));
    EH_TRY(append_parts(store, c, err));
    return record(inv, c, err);
}

eh_status eh_claim_add(eh_investigation *inv, const eh_claim *claim, bool *was_known, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_store *store = eh_investigation_store(inv);
    char sql[160];
    int64_t n = 0;
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM claims WHERE claim_id = '%s'", claim->claim_id);
    EH_TRY(eh_store_integer(store, sql, &n, err));
    *was_known = n > 0;
    if (*was_known) return EH_OK;
    EH_TRY(eh_store_exec(store, "BEGIN", err));
    eh_status status = store_claim(inv, claim, err);
    if (status == EH_OK) status = eh_store_exec(store, "COMMIT", err);
    if (status != EH_OK) eh_store_rollback(store);
    return status;
}

/* ---- back ---------------------------------------------------------------------------------------------------------- */

typedef struct loader {
    eh_claim *claim;
    claim_owner *owner;
} loader;

static eh_status take_head(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    eh_claim *c = ((loader *)data)->claim;
    (void)columns, (void)n_columns, (void)err;
    (void)snprintf(c->claim_id, sizeof c->claim_id, "%.*s", (int)cells[0].text.size, cells[0].text.data);
    (void)snprintf(c->sha256, sizeof c->sha256, "%.*s", (int)cells[1].text.size, cells[1].text.data);
    (void)snprintf(c->raised_by, sizeof c->raised_by, "%.*s", (int)cells[2].text.size, cells[2].text.data);
    c->from_us = cells[3].type == EH_CELL_NULL ? EH_NO_TIME : cells[3].integer;
    c->to_us = cells[4].type == EH_CELL_NULL ? EH_NO_TIME : cells[4].integer;
    return EH_OK;
}

static eh_status take_account(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    loader *l = data;
    uint32_t number;
    (void)columns, (void)n_columns;
    return eh_dict_add(eh_str_is(cells[0].text, "alleged") ? &l->owner->accounts : &l->owner->counter_accounts, cells[1].text, &number, err);
}

static eh_status take_part(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    eh_claim *c = ((loader *)data)->claim;
    (void)columns, (void)n_columns;
    if (c->n_parts == EH_MOST_CLAIM_PARTS) return eh_fail(err, EH_E_FORMAT, "the stored claim has too many parts");
    eh_claim_part *part = &c->parts[c->n_parts++];
    *part = (eh_claim_part){.kind = EH_N_CLAIM_KINDS, .posts_per_day = cells[1].real, .is_of_each = cells[2].integer != 0,
                            .archive_share = cells[3].real, .within_days = cells[4].real, .ring = (uint32_t)cells[5].integer,
                            .n_objects = (uint32_t)cells[6].integer};
    for (int k = 0; k < EH_N_CLAIM_KINDS; k++)
        if (eh_str_is(cells[0].text, eh_claim_kind_name((eh_claim_kind)k))) part->kind = (eh_claim_kind)k;
    return part->kind == EH_N_CLAIM_KINDS ? eh_fail(err, EH_E_FORMAT, "the stored claim has a part of an unknown kind") : EH_OK;
}

static eh_status take_pushed(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    loader *l = data;
    uint32_t number, i = (uint32_t)cells[0].integer - 1;
    (void)columns, (void)n_columns;
    if (i >= l->claim->n_parts) return eh_fail(err, EH_E_FORMAT, "the stored claim misses a part");
    eh_buf unique = EH_BUF_INIT(l->claim->ctx);
    eh_status status = eh_buf_printf(&unique, err, "%u ", i);
    if (status == EH_OK) status = eh_buf_add_str(&unique, cells[1].text, err);
    if (status == EH_OK) status = eh_dict_add(&l->owner->pushed, eh_buf_str(&unique), &number, err);
    eh_buf_release(&unique);
    EH_TRY(status);
    eh_claim_part *part = &l->claim->parts[i];
    if (!part->n_pushed) part->first_pushed = number;
    part->n_pushed = number + 1 - part->first_pushed;
    return EH_OK;
}

static eh_status load(eh_investigation *inv, const char *id, loader *l, eh_error *err)
{
    eh_store *store = eh_investigation_store(inv);
    char sql[320];
    (void)snprintf(sql, sizeof sql, "SELECT claim_id, sha256, raised_by, from_time, to_time FROM claims WHERE claim_id = '%s'", id);
    EH_TRY(eh_store_query(store, sql, NULL, take_head, l, err));
    if (!l->claim->claim_id[0])
        return eh_fail_at(err, EH_E_NOT_FOUND, eh_store_path(store), -1, -1, "holds no claim %s; evenhand claim list tells which there are", id);
    (void)snprintf(sql, sizeof sql, "SELECT list, account_id FROM claim_accounts WHERE claim_id = '%s' ORDER BY list, position", id);
    EH_TRY(eh_store_query(store, sql, NULL, take_account, l, err));
    (void)snprintf(sql, sizeof sql,
                   "SELECT kind, posts_per_day, is_of_each, archive_share, within_days, ring, n_objects FROM claim_parts WHERE claim_id = "
                   "'%s' ORDER BY part", id);
    EH_TRY(eh_store_query(store, sql, NULL, take_part, l, err));
    (void)snprintf(sql, sizeof sql, "SELECT part, object FROM claim_pushed WHERE claim_id = '%s' ORDER BY part, object", id);
    EH_TRY(eh_store_query(store, sql, NULL, take_pushed, l, err));
    claim_finish(l->claim);
    return EH_OK;
}

eh_status claim_load(eh_investigation *inv, const char *claim_id, eh_claim *out, eh_error *err)
{
    loader l = {.claim = out};
    size_t n = strspn(claim_id, "0123456789abcdef");
    memset(out, 0, sizeof *out);
    if (n != EH_CLAIM_ID_SIZE - 1 || claim_id[n])
        return eh_fail(err, EH_E_INVALID, "'%.40s' is no claim id: 16 of 0-9 and a-f, as evenhand claim list tells", claim_id);
    eh_status status = claim_start(eh_store_context(eh_investigation_store(inv)), out, &l.owner, err);
    if (status == EH_OK) status = load(inv, claim_id, &l, err);
    if (status != EH_OK) eh_claim_release(out);
    return status;
}
