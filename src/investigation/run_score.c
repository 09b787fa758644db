/* A run against the truth of a simulated world. */
#include "investigation/run_again.h"

#include "calibrate/sizes.h"

#include <math.h>

typedef struct scoring {
    eh_world_score *score;
    uint64_t n_rows;
} scoring;

static void count_group(eh_world_score *score, eh_str name, bool is_listed)
{
    uint32_t g = 0;
    while (g < score->n_groups && !eh_str_is(name, score->groups[g].name)) g++;
    if (g == EH_MOST_WORLD_GROUPS || name.size >= sizeof score->groups[g].name) return;
    if (g == score->n_groups) {
        memcpy(score->groups[g].name, name.data, name.size);
        score->n_groups++;
    }
    score->groups[g].n++;
    score->groups[g].n_listed += is_listed;
}

static eh_status take_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    scoring *s = data;
    eh_world_score *score = s->score;
    bool is_planted = eh_str_is(cells[0].text, "member"), is_listed = cells[1].integer != 0;
    s->n_rows++;
    score->n_planted += is_planted;
    if (is_planted) count_group(score, cells[3].text, is_listed);
    if (!is_listed) return EH_OK;
    score->n_listed++;
    score->n_planted_listed += is_planted;
    score->n_honest_listed += !is_planted;
    score->n_honest_strong += !is_planted && eh_str_is(cells[2].text, eh_finding_name(EH_FINDING_STRONG));
    score->n_victims_listed += eh_str_is(cells[0].text, "victim");
    score->n_activists_listed += eh_str_is(cells[0].text, "activist");
    return EH_OK;
}

typedef struct accounts_read {
    const eh_action_table *table;
    eh_account_result *accounts;
    uint8_t *is_null;
} accounts_read;

static eh_status take_account(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    accounts_read *r = data;
    uint32_t account = eh_strings_find(&r->table->accounts, cells[0].text);
    if (account == UINT32_MAX) return EH_OK;
    r->is_null[account] = !eh_str_is(cells[1].text, "member");
    if (cells[2].integer) r->accounts[account].notes |= EH_NOTE_FAST_FAN;
    if (cells[3].integer) r->accounts[account].notes |= EH_NOTE_HYPERACTIVE;
    return EH_OK;
}

/* FROM truth LEFT JOIN findings of the run. */
static eh_status add_from(eh_buf *sql, const char *run_id, const char *truth_path, eh_error *err)
{
    EH_TRY(eh_buf_printf(sql, err, " FROM read_csv("));
    EH_TRY(eh_sql_quote(sql, eh_str_of(truth_path), err));
    return eh_buf_printf(sql, err, ", header = true, all_varchar = true) t LEFT JOIN (SELECT * FROM findings WHERE run_id = '%s') f "
                         "USING (account_id)", run_id);
}

static eh_status measure_sizes(eh_investigation *inv, run_record *run, const char *from, eh_sizes *sizes, eh_error *err)
{
    eh_context *ctx = inv->ctx;
    uint32_t n = run->table.accounts.n;
    eh_buf sql = EH_BUF_INIT(ctx);
    accounts_read r = {&run->table, eh_alloc(ctx, n, sizeof *r.accounts, err), NULL};
    r.is_null = r.accounts ? eh_alloc(ctx, n, 1, err) : NULL;
    eh_status status = r.is_null ? EH_OK : err->status;
    if (status == EH_OK)
        status = eh_buf_printf(&sql, err, "SELECT account_id, role, coalesce(contains(notes, 'fast_fan'), false), "
                               "coalesce(contains(notes, 'hyperactive'), false)%s", from);
    if (status == EH_OK) status = eh_store_query(inv->store, sql.data, NULL, take_account, &r, err);
    eh_slicing slicing = {0};
    if (status == EH_OK) status = eh_slicing_init(ctx, &run->table, r.accounts, &slicing, err);
    slicing.is_null = r.is_null;
    if (status == EH_OK) status = eh_sizes_measure(ctx, &run->table, &run->options, &slicing, sizes, err);
    eh_slicing_release(&slicing);
    eh_buf_release(&sql);
    eh_free(ctx, r.accounts);
    eh_free(ctx, r.is_null);
    return status;
}

static eh_status score_run(eh_investigation *inv, const char *run_id, const char *truth_path, run_record *run, eh_buf *from,
                           eh_world_score *out, eh_error *err)
{
    char found[EH_RUN_ID_SIZE];
    scoring s = {.score = out};
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    EH_TRY(add_from(from, found, truth_path, err));
    eh_buf sql = EH_BUF_INIT(inv->ctx);
    eh_status status = eh_buf_printf(&sql, err, "SELECT role, coalesce(listed, false), coalesce(finding, ''), coalesce(\"group\", '')%s ORDER BY account_id", from->data);
    if (status == EH_OK) status = eh_store_query(inv->store, sql.data, NULL, take_row, &s, err);
    eh_buf_release(&sql);
    EH_TRY(status);
    if (s.n_rows == 0) return eh_fail_at(err, EH_E_FORMAT, truth_path, -1, -1, "tells no account");
    out->fdp = out->n_listed ? (double)out->n_honest_listed / (double)out->n_listed : 0;
    EH_TRY(run_read(inv, found, run, err));
    EH_TRY(run_load_table(inv, run, err));
    return measure_sizes(inv, run, from->data, &out->sizes, err);
}

eh_status eh_investigation_score(eh_investigation *inv, const char *run_id, const char *truth_path, eh_world_score *out,
                                 eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    run_record run = {.parameters = EH_BUF_INIT(inv->ctx), .inputs = EH_BUF_INIT(inv->ctx)};
    eh_buf from = EH_BUF_INIT(inv->ctx);
    eh_status status = score_run(inv, run_id, truth_path, &run, &from, out, err);
    eh_buf_release(&from);
    run_again_release(&run);
    return status;
}
