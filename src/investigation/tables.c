/* What is made from the data dictionary: tables, column lists of exports, the page that explains them. */
#include "investigation/tables.h"

#include <stdio.h>

static const eh_table_file files[] = {
    {"accounts", "accounts.csv", "findings", "Every account with at least one action, and what was found.", "account_id"},
    {"edges", "edges.csv", "edges", "Every tested account pair and behaviour.", "account_a, account_b, behaviour"},
    {"networks", "networks.csv", "networks", "Groups of listed accounts.", "CAST(substr(network_id, 2) AS BIGINT)"},
    {"ties", "ties.csv", "ties", "Pairs of accounts that some kind of evidence ties.", "account_a, account_b"},
    {"evidence", "evidence.parquet", "evidence", "The co-actions behind every listed edge.",
     "account_a, account_b, behaviour, greatest(time_a, time_b), object, post_a, post_b"},
    {"chances", "chances.csv", "chances", "What each listed pair's e-value and p rest on, for recomputing them; exported on demand.",
     "account_a, account_b, episode, window_s"},
    {"posts", "posts.csv", "posts", "Every post kept.", "source_id, row, post_id, account_id, time"},
    {"decisions", "decisions.csv", "decisions", "What was decided about accounts.", "decision_id"},
    {"changes", "changes.csv", "appeal_changes", "What reversals changed elsewhere.", "appeal_id, thing, thing_id, account_id"},
    {"rejects", "rejects.csv", "rejects", "Every row that was rejected, with its place and reason.",
     "source_id, row, byte, reason"},
};

static const eh_other_file other_files[] = {
    {"investigation.duckdb", "All tables above, in one file that any DuckDB client can open."},
    {"graph.gexf, graph.graphml",
     "Listed accounts (finding, network, q_value, n_actions) and the listed pairs between them (weight = shared objects, "
     "behaviours), for Gephi and the like."},
    {"provenance.json",
     "Version, build, command, parameters, seed and run id; per input its name, SHA-256, format, rows read, kept, "
     "duplicate and rejected by reason, and time precision. No clock time and no number of threads: the same run gives "
     "the same bytes."},
    {"rhythm accounts (evenhand rhythm -o)",
     "n_posts; repost_share of them; n_times, n_days, n_sessions (30 min apart) of its actions; gap_entropy_bits and the same after "
     "moving each time by up to half an hour (gap_entropy_jittered_bits); quiet_gap_h (median over days of the longest gap that begins "
     "there, hours); n_repost_delays, their median and 5th percentile in seconds; clients with posts; deletions (the store has no "
     "deletion times). "
     "hands_id: accounts of one id take turns and may be in one pair of hands; p_hands of that; p_value and q_value of the account, "
     "from its pairs and its set together."},
    {"rhythm pairs (evenhand rhythm --pairs)",
     "same_operator: evidence (p_value times n_tests at most 0.01), none, insufficient_data (fewer than seven common days); p_value of "
     "p_handover and p_never_at_once together; n_tests: the larger number of tested pairs of the two; n_days in common; n_handovers and "
     "n_at_once, each with what chance gives; days_a_to_b, days_b_to_a; n_handovers_any with those on shared objects, which says no more "
     "than timing does. p_handover is left out of p_value where the two are in step: at once, or close on shared objects, more often than by chance. "
     "same_hands: evidence because both take turns in one set of hands."},
    {"rhythm networks (evenhand rhythm --networks)",
     "start_utc and end_utc of the shortest stretch with nine tenths of the account_hours (24, UTC); pause_utc, pause_depth, p_pause; "
     "days_off, p_days_off, account_hours_by_weekday (Monday first); working_day: whether a plain working day beats a flat day; utc_offset "
     "that fits best, its log_likelihood above the flat day, and utc_offsets_that_fit: all within 2 of it. An offset is no country."},
    {"calibration.json", "How often the run errs on decoys and placebos of its archive: the tables calibrations and "
     "calibration_sizes of the run. Written by evenhand calibrate."},
    {"audit.json (evenhand audit -o)",
     "verdict (disparity_shown, parity_shown, inconclusive), direction, sides a and b, question, conclusion, odds_ratio of A against B with "
     "interval, margin, alpha, seed, reasons; layers: rates, equal_evidence (cmh, exact, homogeneity), networks (permutation, bootstrap, "
     "negative control), equivalence, outcome (null: needs adjudicated samples); traps with state (clear, warns, blocks, not_measured) and "
     "value; strata. status: exploratory unless a specification was sealed before. null: not computed; \"infinite\": unbounded."},
    {"strata.csv (evenhand audit -o)", "One stratum a row: counts a_actioned, a_not, b_actioned, b_not; rates of ten accounts or more; odds_ratio with exact "
     "interval, p_value, p_adjusted (Benjamini-Yekutieli over strata)."},
    {"rates.csv (evenhand audit -o)", "One side a row: accounts, actioned, rate with Wilson and Jeffreys intervals."},
    {"tests.csv (evenhand audit -o)", "One test a row: unit (account, network), statistic, df, p_value, odds_ratio with interval."},
    {"comparisons.csv (evenhand audit -o)", "One pair of sides a row: primary, odds_ratio with interval, x2_corrected, p_cmh, p_network; p_bh and p_by of all but the primary."},
    {"appeals.csv (evenhand export INV appeals)", "One appeal a row: account_id, decided (true or false), outcome, time of it, appeal_id, run_id, "
     "decision_id, state, opened, due, days from opened to decided, finding_before, finding_again, n_differing, corrected_run_id, n_changed."},
    {"report.html", "The page a person reads: one self-contained file."},
};

static const struct {
    const eh_table *tables;
    const size_t *n;
} groups[] = {
    {eh_archive_tables, &eh_n_archive_tables}, {eh_run_tables, &eh_n_run_tables},       {eh_ledger_tables, &eh_n_ledger_tables},
    {eh_claim_tables, &eh_n_claim_tables},     {eh_appeal_tables, &eh_n_appeal_tables},
};
enum { N_GROUPS = sizeof groups / sizeof *groups };

size_t eh_n_tables(void)
{
    size_t n = 0;
    for (size_t g = 0; g < N_GROUPS; g++) n += *groups[g].n;
    return n;
}

const eh_table *eh_table_at(size_t i)
{
    size_t g = 0;
    while (i >= *groups[g].n) i -= *groups[g++].n;
    return &groups[g].tables[i];
}

const eh_table *eh_table_named(const char *name)
{
    for (size_t i = 0; i < eh_n_tables(); i++)
        if (strcmp(eh_table_at(i)->name, name) == 0) return eh_table_at(i);
    return NULL;
}

const eh_table_file *eh_table_files(size_t *n)
{
    *n = sizeof files / sizeof *files;
    return files;
}

const eh_table_file *eh_table_file_of(const char *what)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (strcmp(files[i].what, what) == 0) return &files[i];
    return NULL;
}

const eh_other_file *eh_other_files(size_t *n)
{
    *n = sizeof other_files / sizeof *other_files;
    return other_files;
}

/* ---- tables ---------------------------------------------------------------------------------------------------- */

static eh_status add_table(eh_buf *sql, const eh_table *table, eh_error *err)
{
    EH_TRY(eh_buf_printf(sql, err, "CREATE TABLE IF NOT EXISTS %s(", table->name));
    for (size_t i = 0; i < table->n_columns; i++) {
        const eh_table_column *column = &table->columns[i];
        EH_TRY(eh_buf_printf(sql, err, "%s\"%s\" %s%s", i ? ", " : "", column->name, column->type,
                             column->use == EH_COLUMN_REQUIRED ? " NOT NULL" : ""));
    }
    return eh_buf_printf(sql, err, ");\n");
}

eh_status eh_tables_create(eh_store *store, eh_error *err)
{
    eh_buf sql = EH_BUF_INIT(eh_store_context(store));
    eh_status status = EH_OK;
    for (size_t i = 0; i < eh_n_tables() && status == EH_OK; i++) status = add_table(&sql, eh_table_at(i), err);
    if (status == EH_OK)
        status = eh_buf_printf(&sql, err,
                               "INSERT INTO meta SELECT * FROM (VALUES ('schema_version', '%d'), ('created_by', "
                               "'evenhand %s')) AS v WHERE NOT EXISTS (SELECT 1 FROM meta);",
                               EH_SCHEMA_VERSION, eh_version());
    if (status == EH_OK) status = eh_store_exec(store, sql.data, err);
    eh_buf_release(&sql);
    return status;
}

/* ---- exports --------------------------------------------------------------------------------------------------- */

bool eh_is_exported(const eh_table_column *column)
{
    return column->use != EH_COLUMN_INTERNAL && strcmp(column->name, "run_id") != 0;
}

static bool is_of_runs(const eh_table *table) { return strcmp(table->columns[0].name, "run_id") == 0; }

eh_status eh_tables_select(eh_buf *sql, const eh_table_file *file, const char *run_id, eh_error *err)
{
    const eh_table *table = eh_table_named(file->table);
    const char *separator = "";
    EH_TRY(eh_buf_printf(sql, err, "SELECT "));
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *name = table->columns[i].name;
        if (!eh_is_exported(&table->columns[i])) continue;
        if (strcmp(name, "source_id") == 0)
            EH_TRY(eh_buf_printf(sql, err, "%s(SELECT name FROM sources s WHERE s.source_id = t.source_id) AS source", separator));
        else
            EH_TRY(eh_buf_printf(sql, err, "%s\"%s\"", separator, name));
        separator = ", ";
    }
    EH_TRY(eh_buf_printf(sql, err, " FROM %s t", table->name));
    if (is_of_runs(table)) {
        EH_TRY(eh_buf_printf(sql, err, " WHERE run_id = "));
        EH_TRY(eh_sql_quote(sql, eh_str_of(run_id), err));
    }
    return eh_buf_printf(sql, err, " ORDER BY %s", file->order_by);
}

/* ---- the page -------------------------------------------------------------------------------------------------- */

static eh_status add_columns(eh_buf *out, const eh_table *table, eh_error *err)
{
    int widths[3] = {6, 4, 4};
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *const cells[3] = {table->columns[i].name, table->columns[i].type, table->columns[i].unit};
        for (int k = 0; k < 3; k++)
            if ((int)strlen(cells[k]) > widths[k]) widths[k] = (int)strlen(cells[k]);
    }
    EH_TRY(eh_buf_printf(out, err, "| %-*s | %-*s | %-*s | meaning |\n|", widths[0], "column", widths[1], "type", widths[2],
                         "unit"));
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < widths[k] + 2; i++) EH_TRY(eh_buf_add(out, "-", 1, err));
        EH_TRY(eh_buf_add(out, "|", 1, err));
    }
    EH_TRY(eh_buf_printf(out, err, "---------|\n"));
    for (size_t i = 0; i < table->n_columns; i++) {
        const eh_table_column *c = &table->columns[i];
        EH_TRY(eh_buf_printf(out, err, "| %-*s | %-*s | %-*s | ", widths[0], c->name, widths[1], c->type, widths[2], c->unit));
        for (const char *at = c->meaning; *at; at++) EH_TRY(eh_buf_printf(out, err, *at == '|' ? "\\%c" : "%c", *at));
        EH_TRY(eh_buf_printf(out, err, " |\n"));
    }
    return eh_buf_printf(out, err, "\n");
}

static eh_status add_file(eh_buf *out, const eh_table_file *file, eh_error *err)
{
    const eh_table *table = eh_table_named(file->table);
    EH_TRY(eh_buf_printf(out, err, "### %s\n\n%s Columns of `%s`, in this order:\n", file->file, file->meaning, file->table));
    const char *separator = "";
    size_t line = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *name = table->columns[i].name;
        if (!eh_is_exported(&table->columns[i])) continue;
        if (strcmp(name, "source_id") == 0) name = "source";
        if (line + strlen(name) > 110) {
            separator = ",\n";
            line = 0;
        }
        EH_TRY(eh_buf_printf(out, err, "%s%s", separator, name));
        separator = ", ";
        line += strlen(name) + 2;
    }
    return eh_buf_printf(out, err, ".\n\n");
}

eh_status eh_tables_text(eh_buf *out, eh_error *err)
{
    EH_TRY(eh_buf_printf(out, err,
                         "# Data dictionary\n\nAn investigation is one DuckDB file with these tables (schema version %d). "
                         "Times are UTC with microseconds.\nThis page is generated from the code: `evenhand schema` prints "
                         "it, `evenhand schema --json` gives it to programs.\n\n## Tables\n\n",
                         EH_SCHEMA_VERSION));
    for (size_t i = 0; i < eh_n_tables(); i++) {
        const eh_table *table = eh_table_at(i);
        EH_TRY(eh_buf_printf(out, err, "### %s\n\n%s\n\n", table->name, table->meaning));
        EH_TRY(add_columns(out, table, err));
    }
    EH_TRY(eh_buf_printf(out, err,
                         "## Files\n\nCSV is UTF-8 with a header after RFC 4180; times are written 2018-09-18T04:35:00Z, "
                         "with a fraction only where there is one;\nan empty cell is an unknown value. `source` is the "
                         "name of the archive.\n\n"));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) EH_TRY(add_file(out, &files[i], err));
    for (size_t i = 0; i < sizeof other_files / sizeof *other_files; i++)
        EH_TRY(eh_buf_printf(out, err, "### %s\n\n%s\n%s", other_files[i].file, other_files[i].meaning,
                             i + 1 < sizeof other_files / sizeof *other_files ? "\n" : ""));
    return EH_OK;
}
