#include "cases/expand_pairs.h"

#include "base/alloc.h"
#include "investigation/investigation_store.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void eh_pair_rows_release(eh_pair_rows *rows)
{
    if (!rows->ctx) return;
    eh_dict_release(&rows->accounts);
    eh_free(rows->ctx, rows->q_run);
    eh_free(rows->ctx, rows->pairs);
    eh_free(rows->ctx, rows->first);
    eh_free(rows->ctx, rows->of);
    memset(rows, 0, sizeof *rows);
}

static eh_status take_account(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    eh_pair_rows *rows = data;
    uint32_t number;
    (void)columns;
    (void)n_columns;
    EH_TRY(eh_dict_add(&rows->accounts, cells[0].text, &number, err));
    EH_TRY(eh_reserve(rows->ctx, (void **)&rows->q_run, &rows->q_capacity, (size_t)number + 1, sizeof *rows->q_run, err));
    rows->q_run[number] = cells[1].real;
    return EH_OK;
}

static uint32_t count_of(const eh_cell *cell)
{
    return cell->integer < 0 ? 0 : cell->integer > UINT32_MAX ? UINT32_MAX : (uint32_t)cell->integer;
}

/* An e-value too large for a double was stored as NULL. */
static double log_e_of(const eh_cell *cell) { return cell->type == EH_CELL_NULL ? 700 : cell->real; }

static eh_status take_pair(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    eh_pair_rows *rows = data;
    (void)columns;
    (void)n_columns;
    eh_pair_row pair = {.account_a = eh_dict_find(&rows->accounts, cells[0].text),
                        .account_b = eh_dict_find(&rows->accounts, cells[1].text),
                        .log_e = log_e_of(&cells[2]),
                        .convincing = count_of(&cells[3]),
                        .n_coincidences = count_of(&cells[4]),
                        .n_expected = cells[5].real,
                        .n_a_second = count_of(&cells[6]),
                        .n_b_second = count_of(&cells[7]),
                        .is_listed = cells[8].integer != 0};
    if (pair.account_a == EH_DICT_NONE || pair.account_b == EH_DICT_NONE)
        return eh_fail(err, EH_E_FORMAT, "an edge of the run names an account without a finding; detect anew");
    EH_TRY(eh_reserve(rows->ctx, (void **)&rows->pairs, &rows->capacity, rows->n_pairs + 1, sizeof *rows->pairs, err));
    rows->pairs[rows->n_pairs++] = pair;
    return EH_OK;
}

static eh_status index_pairs(eh_pair_rows *rows, eh_error *err)
{
    rows->first = eh_alloc(rows->ctx, (size_t)rows->accounts.n + 2, sizeof *rows->first, err);
    rows->of = eh_alloc(rows->ctx, 2 * rows->n_pairs, sizeof *rows->of, err);
    if (!rows->first || !rows->of) return err->status;
    uint64_t *at = rows->first + 1; /* shifted while filling */
    for (size_t i = 0; i < rows->n_pairs; i++) {
        at[rows->pairs[i].account_a + 1]++;
        at[rows->pairs[i].account_b + 1]++;
    }
    for (uint32_t a = 0; a < rows->accounts.n; a++) at[a + 1] += at[a];
    for (size_t i = 0; i < rows->n_pairs; i++) {
        rows->of[at[rows->pairs[i].account_a]++] = (uint32_t)i;
        rows->of[at[rows->pairs[i].account_b]++] = (uint32_t)i;
    }
    return EH_OK;
}

static eh_status load(eh_investigation *inv, const char *run_id, double q, eh_pair_rows *rows, eh_error *err)
{
    eh_store *store = eh_investigation_store(inv);
    char sql[1024];
    int64_t n_behaviours = 1;
    snprintf(sql, sizeof sql, "SELECT greatest(n_tested_behaviours, 1) FROM runs WHERE run_id = '%s'", run_id);
    EH_TRY(eh_store_integer(store, sql, &n_behaviours, err));
    snprintf(sql, sizeof sql,
             "SELECT account_id, CASE WHEN listed AND contains(legs, 'timing') THEN least(1, coalesce(q_timing, 1) / (SELECT share_of_q FROM "
             "run_legs WHERE run_id = '%s' AND leg = 'timing')) ELSE 1.0 END FROM findings WHERE run_id = '%s' ORDER BY account_id",
             run_id, run_id);
    EH_TRY(eh_store_query(store, sql, NULL, take_account, rows, err));
    snprintf(sql, sizeof sql,
             "SELECT account_a, account_b, max(log_e_pair), CAST(count(*) FILTER (coalesce(log_e, 700) >= %.17g) AS BIGINT), "
             "CAST(sum(n_coincidences) AS BIGINT), sum(expected), CAST(sum(n_a_second) AS BIGINT), CAST(sum(n_b_second) AS "
             "BIGINT), bool_or(listed) FROM edges WHERE run_id = '%s' GROUP BY account_a, account_b ORDER BY "
             "account_a, account_b",
             log((double)n_behaviours / q), run_id);
    EH_TRY(eh_store_query(store, sql, NULL, take_pair, rows, err));
    return index_pairs(rows, err);
}

eh_status eh_pair_rows_load(eh_investigation *inv, const char *run_id, double q, eh_pair_rows *out, eh_error *err)
{
    eh_context *ctx = eh_store_context(eh_investigation_store(inv));
    *out = (eh_pair_rows){.ctx = ctx, .accounts = EH_DICT_INIT(ctx)};
    eh_status status = load(inv, run_id, q, out, err);
    if (status != EH_OK) eh_pair_rows_release(out);
    return status;
}
