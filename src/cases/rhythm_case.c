/* Whose rhythm: the listed accounts, ties and networks of a run, or a list of accounts with all its pairs as one group. */
#include "evenhand/cases.h"

#include "base/alloc.h"
#include "base/dict.h"
#include "investigation/investigation_store.h"
#include "legs/operator.h"
#include "rhythm/timelines.h"

#include <stdio.h>
#include <string.h>

enum { most_listed = 2000 };

typedef struct strings_owner {
    eh_dict clients, networks;
} strings_owner;

typedef struct reader {
    eh_rhythm_case *c;
    strings_owner *strings;
    bool *is_wanted;      /* by account of the table */
    uint32_t *group_of;
    size_t capacity;      /* of pairs */
    uint64_t n_ids;
    int64_t precision_us;
} reader;

void eh_rhythm_case_release(eh_rhythm_case *c)
{
    strings_owner *strings = c->owner;
    if (!c->ctx) return;
    if (c->table.owner) eh_action_table_release(&c->table);
    eh_free(c->ctx, c->accounts);
    eh_free(c->ctx, c->regularity);
    eh_free(c->ctx, c->posts);
    eh_free(c->ctx, c->pairs);
    eh_free(c->ctx, c->results);
    eh_free(c->ctx, c->n_tests);
    eh_free(c->ctx, c->groups);
    eh_rhythm_hands_release(&c->hands);
    eh_leg_release(&c->leg);
    if (strings) {
        eh_dict_release(&strings->clients);
        eh_dict_release(&strings->networks);
    }
    eh_free(c->ctx, strings);
    memset(c, 0, sizeof *c);
}

static eh_status want(void *data, eh_str id, eh_error *err)
{
    reader *r = data;
    uint32_t account = eh_strings_find(&r->c->table.accounts, id);
    (void)err;
    r->n_ids++;
    if (account == UINT32_MAX) {
        r->c->n_unknown++;
        return EH_OK;
    }
    r->is_wanted[account] = true;
    r->group_of[account] = 0;
    return EH_OK;
}

static eh_status take_listed(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    reader *r = data;
    uint32_t account = eh_strings_find(&r->c->table.accounts, cells[0].text);
    (void)columns;
    (void)n_columns;
    if (account == UINT32_MAX) return EH_OK;
    r->is_wanted[account] = true;
    if (cells[1].type == EH_CELL_NULL || cells[1].text.size == 0) return EH_OK;
    return eh_dict_add(&r->strings->networks, cells[1].text, &r->group_of[account], err);
}

static eh_status add_pair(reader *r, uint32_t a, uint32_t b, eh_error *err)
{
    eh_rhythm_case *c = r->c;
    EH_TRY(eh_reserve(c->ctx, (void **)&c->pairs, &r->capacity, c->n_pairs + 1, sizeof *c->pairs, err));
    c->pairs[c->n_pairs++] = (eh_rhythm_pair){a, b};
    return EH_OK;
}

static eh_status take_tie(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    reader *r = data;
    uint32_t a = eh_strings_find(&r->c->table.accounts, cells[0].text), b = eh_strings_find(&r->c->table.accounts, cells[1].text);
    (void)columns;
    (void)n_columns;
    return a == UINT32_MAX || b == UINT32_MAX ? EH_OK : add_pair(r, a, b, err);
}

static eh_status take_posts(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    reader *r = data;
    uint32_t account = eh_strings_find(&r->c->table.accounts, cells[0].text);
    (void)columns;
    (void)n_columns;
    if (account == UINT32_MAX) return EH_OK;
    r->c->posts[account].n_posts = (uint64_t)cells[1].integer;
    r->c->posts[account].n_reposts = (uint64_t)cells[2].integer;
    return eh_dict_add(&r->strings->clients, cells[3].text, &r->c->posts[account].clients, err);
}

static eh_status take_level(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    reader *r = data;
    (void)columns;
    (void)n_columns;
    (void)err;
    r->c->q = cells[0].real;
    r->precision_us = cells[1].integer;
    return EH_OK;
}

static eh_status read_run(reader *r, eh_investigation *inv, const char *run_id, eh_error *err)
{
    eh_store *store = eh_investigation_store(inv);
    char sql[512], found[EH_RUN_ID_SIZE];
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    snprintf(sql, sizeof sql, "SELECT q, time_precision_us FROM runs WHERE run_id = '%s'", found);
    EH_TRY(eh_store_query(store, sql, NULL, take_level, r, err));
    snprintf(sql, sizeof sql,
             "SELECT account_id, network_id FROM findings WHERE run_id = '%s' AND listed ORDER BY length(network_id), network_id, account_id", found);
    EH_TRY(eh_store_query(store, sql, NULL, take_listed, r, err));
    snprintf(sql, sizeof sql, "SELECT account_a, account_b FROM ties WHERE run_id = '%s' ORDER BY account_a, account_b", found);
    return eh_store_query(store, sql, NULL, take_tie, r, err);
}

static eh_status read_list(reader *r, const char *path, eh_error *err)
{
    eh_rhythm_case *c = r->c;
    uint32_t number, n = 0;
    EH_TRY(eh_account_list_read(c->ctx, path, want, r, err));
    if (c->n_unknown == r->n_ids)
        return eh_fail_at(err, EH_E_STATISTICS, path, -1, -1,
                          "none of the %llu accounts has an action in the archive; give ids as they stand in accounts.csv",
                          (unsigned long long)r->n_ids);
    EH_TRY(eh_dict_add(&r->strings->networks, eh_str_of("list"), &number, err));
    for (uint32_t u = 0; u < c->table.accounts.n; u++) n += r->is_wanted[u];
    if (n > most_listed)
        return eh_fail_at(err, EH_E_LIMIT, path, -1, -1, "%u accounts make too many pairs; give %d at most", n, most_listed);
    for (uint32_t a = 0; a < c->table.accounts.n; a++)
        for (uint32_t b = a + 1; r->is_wanted[a] && b < c->table.accounts.n; b++)
            if (r->is_wanted[b]) EH_TRY(add_pair(r, a, b, err));
    return EH_OK;
}

static const char posts_sql[] =
    "WITH used AS (SELECT account_id, client, count(*) AS n FROM posts WHERE coalesce(client, '') <> '' GROUP BY account_id, client), "
    "most AS (SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY n DESC, client) AS k FROM used), "
    "names AS (SELECT account_id, string_agg(client || ' ' || n, ' | ' ORDER BY n DESC, client) AS clients FROM most WHERE k <= 5 GROUP BY "
    "account_id) "
    "SELECT account_id, CAST(count(*) AS BIGINT), CAST(count(*) FILTER (kind = 'repost') AS BIGINT), coalesce(any_value(clients), '') FROM "
    "posts LEFT JOIN names USING (account_id) GROUP BY account_id ORDER BY account_id";

static eh_status compute(reader *r, eh_error *err)
{
    eh_rhythm_case *c = r->c;
    uint32_t n = c->table.accounts.n;
    c->n_groups = r->strings->networks.n;
    c->accounts = eh_alloc(c->ctx, n, sizeof *c->accounts, err);
    c->regularity = c->accounts ? eh_alloc(c->ctx, n, sizeof *c->regularity, err) : NULL;
    c->n_tests = c->regularity ? eh_alloc(c->ctx, n, sizeof *c->n_tests, err) : NULL;
    c->results = c->n_tests ? eh_alloc(c->ctx, c->n_pairs, sizeof *c->results, err) : NULL;
    c->groups = c->results ? eh_alloc(c->ctx, c->n_groups, sizeof *c->groups, err) : NULL;
    if (!c->groups) return err->status;
    for (uint32_t u = 0; u < n; u++)
        if (r->is_wanted[u]) c->accounts[c->n_accounts++] = u;
    EH_TRY(eh_rhythm_accounts(c->ctx, &c->table, c->regularity, err));
    EH_TRY(eh_rhythm_pairs(c->ctx, &c->table, c->pairs, c->n_pairs, c->results, err));
    for (uint64_t i = 0; i < c->n_pairs; i++) {
        c->n_tests[c->pairs[i].account_a] += c->results[i].is_testable;
        c->n_tests[c->pairs[i].account_b] += c->results[i].is_testable;
    }
    EH_TRY(eh_rhythm_hands_of(c->ctx, &c->table, c->pairs, c->n_pairs, r->precision_us, &c->hands, err));
    c->leg = (eh_leg_result){.ctx = c->ctx, .kind = EH_LEG_OPERATOR};
    EH_TRY(operator_judge(c->pairs, c->results, c->n_pairs, &c->hands, c->q, &c->leg, err));
    return eh_rhythm_groups(c->ctx, &c->table, r->group_of, c->n_groups, c->groups, err);
}

static eh_status read_all(reader *r, eh_investigation *inv, const char *run_id, const char *list_path, eh_error *err)
{
    eh_rhythm_case *c = r->c;
    EH_TRY(eh_investigation_actions(inv, 0, false, &c->table, err));
    uint32_t n = c->table.accounts.n;
    r->is_wanted = eh_alloc(c->ctx, n, sizeof *r->is_wanted, err);
    r->group_of = r->is_wanted ? eh_alloc(c->ctx, n, sizeof *r->group_of, err) : NULL;
    c->posts = r->group_of ? eh_alloc(c->ctx, n, sizeof *c->posts, err) : NULL;
    if (!c->posts) return err->status;
    for (uint32_t u = 0; u < n; u++) r->group_of[u] = UINT32_MAX;
    c->q = 0.05;
    EH_TRY(eh_store_integer(eh_investigation_store(inv), "SELECT coalesce(max(time_precision_us), 1) FROM sources", &r->precision_us, err));
    EH_TRY(list_path ? read_list(r, list_path, err) : read_run(r, inv, run_id, err));
    EH_TRY(eh_dict_add(&r->strings->clients, eh_str_of(""), &(uint32_t){0}, err));
    EH_TRY(eh_store_query(eh_investigation_store(inv), posts_sql, NULL, take_posts, r, err));
    EH_TRY(compute(r, err));
    c->clients = eh_dict_strings(&r->strings->clients);
    c->networks = eh_dict_strings(&r->strings->networks);
    return EH_OK;
}

eh_status eh_rhythm_of(eh_investigation *inv, const char *run_id, const char *list_path, eh_rhythm_case *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_context *ctx = eh_store_context(eh_investigation_store(inv));
    *out = (eh_rhythm_case){.ctx = ctx};
    reader r = {.c = out};
    r.strings = out->owner = eh_alloc(ctx, 1, sizeof *r.strings, err);
    if (r.strings) *r.strings = (strings_owner){EH_DICT_INIT(ctx), EH_DICT_INIT(ctx)};
    eh_status status = r.strings ? read_all(&r, inv, run_id, list_path, err) : err->status;
    eh_free(ctx, r.is_wanted);
    eh_free(ctx, r.group_of);
    if (status != EH_OK) eh_rhythm_case_release(out);
    return status;
}
