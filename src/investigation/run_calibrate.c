/* Calibration of a stored run: measured on its table, stored beside it, written as JSON. */
#include "investigation/cell_text.h"
#include "investigation/run_again.h"

#include "base/outfile.h"

#include <math.h>
#include <stdio.h>

/* ---- small communities ----------------------------------------------------------------------------------------- */

typedef struct marking {
    const eh_action_table *table;
    uint8_t *marks;
    uint64_t n;
} marking;

static eh_status take_mark(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    marking *m = data;
    uint32_t account = eh_strings_find(&m->table->accounts, cells[0].text);
    if (account == UINT32_MAX) return EH_OK;
    m->marks[account] = 1;
    m->n++;
    return EH_OK;
}

/* An account's language is the one it posts in most; languages are ranked by accounts, the smallest quarter is small. */
static eh_status mark_small(eh_investigation *inv, marking *m, eh_error *err)
{
    return eh_store_query(inv->store,
                          "WITH counts AS (SELECT account_id, lang, row_number() OVER (PARTITION BY account_id ORDER BY count(*) "
                          "DESC, lang) AS place FROM posts WHERE lang NOT IN ('', 'und', 'zxx', 'qme', 'qht') GROUP BY account_id, "
                          "lang), sizes AS (SELECT lang, row_number() OVER (ORDER BY count(*), lang) AS place, count(*) OVER () AS "
                          "n_langs FROM counts WHERE place = 1 GROUP BY lang) SELECT account_id FROM counts JOIN sizes USING "
                          "(lang) WHERE counts.place = 1 AND sizes.place * 4 <= n_langs",
                          NULL, take_mark, m, err);
}

/* ---- storing --------------------------------------------------------------------------------------------------- */

static void add_real(eh_appender *a, double value)
{
    if (isfinite(value))
        eh_appender_real(a, value);
    else
        eh_appender_null(a);
}

static void add_mean(eh_appender *a, const eh_mean_count *mean, bool has_low)
{
    add_real(a, mean->mean);
    if (has_low) add_real(a, mean->low);
    add_real(a, mean->high);
}

static void append_calibration(eh_appender *a, const eh_run_calibration *c, const char *seed)
{
    const eh_calibration *m = &c->measured;
    eh_appender_text(a, eh_str_of(c->run_id));
    eh_appender_text(a, eh_str_of(eh_version()));
    eh_appender_text(a, eh_str_of(seed));
    add_real(a, m->q);
    add_real(a, m->q_timing);
    eh_appender_int(a, (int64_t)m->n_testable_pairs);
    eh_appender_int(a, (int64_t)m->n_listed_accounts);
    eh_appender_int(a, (int64_t)m->n_listed_pairs);
    eh_appender_int(a, m->n_decoys);
    eh_appender_int(a, m->n_decoys_listing);
    add_mean(a, &m->decoy_accounts, true);
    add_mean(a, &m->decoy_pairs, true);
    add_mean(a, &m->decoy_others, true);
    add_real(a, m->largest_share);
    add_real(a, m->false_share);
    add_real(a, m->calibrated_q);
    add_real(a, m->calibrated_share);
    eh_appender_int(a, (int64_t)m->n_calibrated);
    eh_appender_text(a, c->calibrated_run_id[0] ? eh_str_of(c->calibrated_run_id) : (eh_str){NULL, 0});
    eh_appender_int(a, m->n_weeks);
    eh_appender_int(a, m->n_placebos);
    static const eh_mean_count unknown = {(double)NAN, (double)NAN, (double)NAN};
    add_mean(a, m->n_placebos ? &m->placebo_accounts : &unknown, false);
    add_mean(a, m->n_placebos ? &m->placebo_pairs : &unknown, false);
    add_real(a, m->n_placebos ? m->placebo_testable.mean : (double)NAN);
    eh_appender_text(a, eh_str_of(c->notes));
}

static eh_status append_sizes(eh_appender *a, const eh_run_calibration *c, eh_error *err)
{
    const eh_sizes *sizes = &c->measured.sizes;
    for (int s = 0; s < EH_N_SLICES; s++)
        for (int i = 0; i < EH_N_SIZE_LEVELS; i++) {
            double expected = (double)sizes->n_pairs[s] * eh_size_level(i);
            eh_appender_text(a, eh_str_of(c->run_id));
            eh_appender_text(a, eh_str_of(eh_slice_name((eh_slice)s)));
            add_real(a, eh_size_level(i));
            eh_appender_int(a, (int64_t)sizes->n_pairs[s]);
            eh_appender_int(a, (int64_t)sizes->n_p[s][i]);
            add_real(a, expected > 0 ? (double)sizes->n_p[s][i] / expected : (double)NAN);
            eh_appender_int(a, (int64_t)sizes->n_e[s][i]);
            add_real(a, expected > 0 ? (double)sizes->n_e[s][i] / expected : (double)NAN);
            EH_TRY(eh_appender_end_row(a, err));
        }
    return EH_OK;
}

static eh_status store_calibration(eh_investigation *inv, const eh_run_calibration *c, eh_error *err)
{
    char seed[32];
    eh_appender *a;
    (void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)eh_context_seed(inv->ctx));
    EH_TRY(eh_store_execf(inv->store, err, "DELETE FROM calibrations WHERE run_id = '%s'; DELETE FROM calibration_sizes WHERE "
                          "run_id = '%s'", c->run_id, c->run_id));
    EH_TRY(eh_appender_open(inv->store, "calibrations", &a, err));
    append_calibration(a, c, seed);
    eh_status status = eh_appender_end_row(a, err);
    if (status == EH_OK) status = eh_appender_close(&a, err);
    if (a) eh_appender_discard(&a);
    if (status != EH_OK) return status;
    EH_TRY(eh_appender_open(inv->store, "calibration_sizes", &a, err));
    status = append_sizes(a, c, err);
    if (status == EH_OK) status = eh_appender_close(&a, err);
    if (a) eh_appender_discard(&a);
    if (status == EH_OK) status = eh_investigation_record_thing(inv, "calibration", c->run_id, err);
    return status;
}

/* ---- measuring ------------------------------------------------------------------------------------------------- */

/* The level of timing and groups, and how many the run lists. */
static eh_status read_share(eh_investigation *inv, const char *run_id, double *share, uint64_t *n_listed, eh_error *err)
{
    char sql[256];
    int64_t parts = 0, n = 0; /* of a million, so that an integer tells it */
    (void)snprintf(sql, sizeof sql,
                   "SELECT CAST(round(sum(share_of_q) * 1e9) AS BIGINT) FROM run_legs WHERE run_id = '%s' AND leg IN ('timing', 'group')",
                   run_id);
    EH_TRY(eh_store_integer(inv->store, sql, &parts, err));
    (void)snprintf(sql, sizeof sql, "SELECT n_listed_accounts FROM runs WHERE run_id = '%s'", run_id);
    EH_TRY(eh_store_integer(inv->store, sql, &n, err));
    *share = (double)parts / 1e9;
    *n_listed = (uint64_t)n;
    return EH_OK;
}

static eh_status measure(eh_investigation *inv, run_record *run, const eh_calibrate_options *how, eh_run_calibration *out,
                         eh_error *err)
{
    double share = 1;
    eh_calibrate_options chosen = how ? *how : eh_calibrate_options_default();
    EH_TRY(read_share(inv, out->run_id, &share, &out->n_run_listed, err));
    EH_TRY(run_load_table(inv, run, err));
    marking small = {.table = &run->table, .marks = eh_alloc(inv->ctx, run->table.accounts.n, 1, err)};
    if (!small.marks) return err->status;
    eh_status status = mark_small(inv, &small, err);
    chosen.is_small = small.n ? small.marks : NULL;
    if (status == EH_OK) status = eh_calibrate(inv->ctx, &run->table, &run->options, share, &chosen, &out->measured, err);
    bool is_placebo_missing = out->measured.why_no_placebo[0] != 0;
    (void)snprintf(out->notes, sizeof out->notes, "%s%s%s%s", is_placebo_missing ? "no placebo: " : "",
                   out->measured.why_no_placebo, is_placebo_missing && !small.n ? "; " : "",
                   small.n ? "" : "no small communities: posts of fewer than four languages are known");
    eh_free(inv->ctx, small.marks);
    eh_store_fit_memory(inv->store, 60);
    return status;
}

static eh_status calibrate(eh_investigation *inv, const char *run_id, const eh_calibrate_options *how, run_record *run,
                           eh_run_calibration *out, eh_error *err)
{
    EH_TRY(inv_check_writable(inv, err));
    EH_TRY(eh_investigation_find_run(inv, run_id, out->run_id, err));
    EH_TRY(run_read(inv, out->run_id, run, err));
    EH_TRY(measure(inv, run, how, out, err));
    run_again_release(run);
    const eh_calibration *m = &out->measured;
    if (m->calibrated_q > 0 && m->calibrated_q < m->q) {
        eh_detect_options tightened = run->options;
        eh_run_summary summary;
        tightened.q = m->calibrated_q;
        run_request request = {.asked_q = m->q, .without = run->without};
        EH_TRY(run_detect(inv, &tightened, &request, &summary, err));
        memcpy(out->calibrated_run_id, summary.run_id, sizeof out->calibrated_run_id);
    }
    EH_TRY(eh_store_exec(inv->store, "BEGIN", err));
    return inv_end_transaction(inv, store_calibration(inv, out, err), err);
}

eh_status eh_investigation_calibrate(eh_investigation *inv, const char *run_id, const eh_calibrate_options *how,
                                     eh_run_calibration *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    run_record run = {.parameters = EH_BUF_INIT(inv->ctx), .inputs = EH_BUF_INIT(inv->ctx)};
    eh_status status = calibrate(inv, run_id, how, &run, out, err);
    run_again_release(&run);
    return status;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

typedef struct json_rows {
    eh_outfile *out;
    const char *indent;
    uint64_t n;
} json_rows;

/* A row as an object: all columns but run_id. */
static eh_status write_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)err;
    json_rows *rows = data;
    FILE *to = rows->out->stream;
    (void)fprintf(to, "%s%s{", rows->n++ ? "," : "", rows->indent);
    for (size_t i = 1; i < n_columns; i++) {
        (void)fprintf(to, "%s\"%s\": ", i > 1 ? ", " : "", columns[i].name);
        switch (cells[i].type) {
        case EH_CELL_INT: (void)fprintf(to, "%lld", (long long)cells[i].integer); break;
        case EH_CELL_REAL: (void)fprintf(to, "%.15g", cells[i].real); break;
        case EH_CELL_BOOL: (void)fputs(cells[i].integer ? "true" : "false", to); break;
        case EH_CELL_TEXT: eh_outfile_json(rows->out, cells[i].text); break;
        case EH_CELL_TIME:
        case EH_CELL_NULL: (void)fputs("null", to); break;
        }
    }
    (void)fputs("}", to);
    return EH_OK;
}

eh_status inv_write_calibration(eh_investigation *inv, const char *run_id, bool is_required, eh_outfile *out, eh_error *err)
{
    char sql[256];
    int64_t n = 0;
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM calibrations WHERE run_id = '%s'", run_id);
    EH_TRY(eh_store_integer(inv->store, sql, &n, err));
    if (n == 0 && is_required)
        return eh_fail_at(err, EH_E_NOT_FOUND, eh_store_path(inv->store), -1, -1,
                          "has no calibration of run %s; measure it with: evenhand calibrate", run_id);
    if (n == 0) {
        (void)fputs("null", out->stream);
        return EH_OK;
    }
    json_rows rows = {out, "", 0}, sizes = {out, "\n    ", 0};
    (void)fputs("{\n  \"measured\": ", out->stream);
    (void)snprintf(sql, sizeof sql, "SELECT * FROM calibrations WHERE run_id = '%s'", run_id);
    EH_TRY(eh_store_query(inv->store, sql, NULL, write_row, &rows, err));
    (void)fputs(",\n  \"sizes\": [", out->stream);
    (void)snprintf(sql, sizeof sql, "SELECT * FROM calibration_sizes WHERE run_id = '%s' AND n_pairs > 0 ORDER BY rowid", run_id);
    EH_TRY(eh_store_query(inv->store, sql, NULL, write_row, &sizes, err));
    (void)fputs("\n  ]}", out->stream);
    return EH_OK;
}

eh_status inv_write_calibration_file(eh_investigation *inv, const char *run_id, eh_outfile *out, eh_error *err)
{
    (void)fprintf(out->stream, "{\"run_id\": \"%s\", \"calibration\": ", run_id);
    EH_TRY(inv_write_calibration(inv, run_id, true, out, err));
    (void)fputs("}\n", out->stream);
    return EH_OK;
}
