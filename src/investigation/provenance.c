/*
 * provenance.json: what a run was computed from and by what, so that anyone can repeat it. No clock time, no places and
 * no number of threads: the same run gives the same bytes.
 */
#include "investigation/cell_text.h"
#include "investigation/investigation_private.h"

#include "base/time.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

typedef struct provenance {
    eh_outfile *out;
    bool has_source;
    int64_t source_id; /* whose rejects are being written */
    bool has_reason;
} provenance;

static void write_text(eh_outfile *out, const char *before, eh_str text)
{
    (void)fputs(before, out->stream);
    eh_outfile_json(out, text);
}

static void write_time(eh_outfile *out, const char *before, const eh_cell *cell)
{
    char text[eh_time_text_size];
    (void)fputs(before, out->stream);
    if (cell->type == EH_CELL_TIME)
        eh_outfile_json(out, eh_str_of(eh_time_text(cell->integer, text)));
    else
        (void)fputs("null", out->stream);
}

/* ---- the run --------------------------------------------------------------------------------------------------- */

static void write_command(const eh_investigation *inv, eh_outfile *out)
{
    (void)fputs(",\n  \"command\": [", out->stream);
    const eh_str words = eh_buf_str(&inv->command);
    for (size_t at = 0; at < words.size;) {
        size_t end = eh_str_find(words, 0, at);
        write_text(out, at ? ", " : "", (eh_str){words.data + at, end - at});
        at = end + 1;
    }
    (void)fputs("]", out->stream);
}

/* version, parameters, seed, counts */
static eh_status write_run(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)err;
    eh_outfile *out = ((provenance *)data)->out;
    (void)fprintf(out->stream, ",\n  \"parameters\": %.*s", (int)cells[0].text.size, cells[0].text.data);
    (void)fprintf(out->stream, ",\n  \"seed\": %.*s", (int)cells[1].text.size, cells[1].text.data);
    (void)fputs(",\n  \"results\": {", out->stream);
    for (size_t i = 2; i < n_columns; i++)
        (void)fprintf(out->stream, "%s\"%s\": %lld", i > 2 ? ", " : "", columns[i].name, (long long)cells[i].integer);
    (void)fputs("}", out->stream);
    return EH_OK;
}

/* ---- the inputs ------------------------------------------------------------------------------------------------ */

static void end_source(provenance *p)
{
    if (p->has_source) (void)fputs("}}", p->out->stream);
}

/* One row per source and reason; a source without rejects has one row with no reason. */
static eh_status write_source(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)n_columns;
    (void)err;
    provenance *p = data;
    eh_outfile *out = p->out;
    enum { i_first_count = 5, i_first_time = 11, i_note = 13, i_reason = 14, i_n_rows = 15 };
    if (!p->has_source || p->source_id != cells[0].integer) {
        end_source(p);
        write_text(out, p->has_source ? ",\n    {\"name\": " : "\n    {\"name\": ", cells[1].text);
        write_text(out, ", \"sha256\": ", cells[2].text);
        write_text(out, ",\n     \"format\": ", cells[3].text);
        write_text(out, ", \"options\": ", cells[4].text);
        for (size_t i = i_first_count; i < i_first_time - 1; i++)
            (void)fprintf(out->stream, "%s\"%s\": %lld", i == i_first_count ? ",\n     " : ", ", columns[i].name,
                          (long long)cells[i].integer);
        write_text(out, ",\n     \"time_format\": ", cells[i_first_time - 1].text);
        write_time(out, ", \"first_time\": ", &cells[i_first_time]);
        write_time(out, ", \"last_time\": ", &cells[i_first_time + 1]);
        write_text(out, ",\n     \"note\": ", cells[i_note].text);
        (void)fputs(",\n     \"rows_rejected_by_reason\": {", out->stream);
        p->has_source = true;
        p->has_reason = false;
        p->source_id = cells[0].integer;
    }
    if (cells[i_reason].type == EH_CELL_TEXT) {
        write_text(out, p->has_reason ? ", " : "", cells[i_reason].text);
        (void)fprintf(out->stream, ": %lld", (long long)cells[i_n_rows].integer);
        p->has_reason = true;
    }
    return EH_OK;
}

static eh_status write_inputs(eh_investigation *inv, const char *run_id, provenance *p, eh_error *err)
{
    char sql[768];
    snprintf(sql, sizeof sql,
             "SELECT s.source_id, s.name, s.sha256, s.format, s.options, s.rows_read, s.rows_kept, s.rows_duplicate, "
             "s.rows_rejected, s.time_precision_us, s.time_format, s.first_time, s.last_time, s.note, r.reason, r.n_rows "
             "FROM sources s LEFT JOIN source_rejects r USING (source_id) WHERE s.source_id <= (SELECT last_source_id FROM "
             "runs WHERE run_id = '%s') ORDER BY s.source_id, r.reason",
             run_id);
    (void)fputs(",\n  \"inputs\": [", p->out->stream);
    EH_TRY(eh_store_query(inv->store, sql, NULL, write_source, p, err));
    end_source(p);
    (void)fputs(p->has_source ? "\n  ]" : "]", p->out->stream);
    return EH_OK;
}

eh_status inv_write_provenance(eh_investigation *inv, const char *run_id, eh_outfile *out, eh_error *err)
{
    provenance p = {.out = out};
    char sql[256];
    write_text(out, "{\n  \"program\": \"evenhand\",\n  \"version\": ", eh_str_of(eh_version()));
    write_text(out, ",\n  \"build\": {\"compiler\": ", eh_str_of(COMPILER));
    write_text(out, ", \"duckdb\": ", eh_str_of(eh_store_library_version()));
    write_text(out, "},\n  \"run_id\": ", eh_str_of(run_id));
    write_command(inv, out);
    snprintf(sql, sizeof sql,
             "SELECT parameters, seed, n_accounts, n_listed_accounts, n_testable_accounts, n_testable_pairs, n_listed_pairs, "
             "n_tested_behaviours, n_networks FROM runs WHERE run_id = '%s'",
             run_id);
    EH_TRY(eh_store_query(inv->store, sql, NULL, write_run, &p, err));
    EH_TRY(write_inputs(inv, run_id, &p, err));
    (void)fputs(",\n  \"calibration\": ", out->stream);
    EH_TRY(inv_write_calibration(inv, run_id, false, out, err));
    (void)fputs("\n}\n", out->stream);
    return EH_OK;
}
