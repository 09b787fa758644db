#include "report/load.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- cells ------------------------------------------------------------------------------------------------ */

eh_status eh_load_query(eh_report_loader *loader, eh_row_fn fn, void *data, eh_error *err, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    eh_status status = size < 0 ? eh_fail(err, EH_E_INVALID, "cannot write a query") : EH_OK;
    char *sql = status == EH_OK ? eh_alloc(loader->data->ctx, (size_t)size + 1, 1, err) : NULL;
    if (sql) {
        vsnprintf(sql, (size_t)size + 1, format, again);
        status = fn ? eh_store_query(loader->store, sql, NULL, fn, data, err) : eh_store_exec(loader->store, sql, err);
        eh_free(loader->data->ctx, sql);
    } else if (status == EH_OK) {
        status = err ? err->status : EH_E_NOMEM;
    }
    va_end(again);
    return status;
}

uint32_t eh_load_count32(const eh_cell *cell)
{
    uint64_t n = eh_load_count(cell);
    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

double eh_load_real(const eh_cell *cell, double absent)
{
    return cell->type == EH_CELL_REAL || cell->type == EH_CELL_INT ? cell->real : absent;
}

int64_t eh_load_time(const eh_cell *cell) { return cell->type == EH_CELL_TIME ? cell->integer : EH_TIME_NONE; }

eh_finding eh_load_finding(const eh_cell *cell)
{
    for (int i = 0; i < EH_REPORT_N_FINDINGS; i++)
        if (eh_str_is(cell->text, eh_finding_name((eh_finding)i))) return (eh_finding)i;
    return EH_FINDING_INSUFFICIENT_DATA;
}

/* The bits of the words in a list, by a table of words. */
static uint32_t bits_of(eh_str list, char separator, const char *const *words, size_t n_words)
{
    uint32_t bits = 0;
    for (size_t from = 0; from < list.size;) {
        size_t to = eh_str_find(list, separator, from);
        for (size_t i = 0; i < n_words; i++)
            if (eh_str_is((eh_str){list.data + from, to - from}, words[i])) bits |= UINT32_C(1) << i;
        from = to + 1;
    }
    return bits;
}

uint32_t eh_load_behaviours(const eh_cell *cell)
{
    const char *words[EH_N_BEHAVIOURS];
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) words[b] = eh_behaviour_name((eh_behaviour)b);
    return cell->type == EH_CELL_TEXT ? bits_of(cell->text, '|', words, EH_N_BEHAVIOURS) : 0;
}

uint32_t eh_load_legs(const eh_cell *cell)
{
    const char *words[EH_N_LEGS];
    for (int l = 0; l < EH_N_LEGS; l++) words[l] = eh_leg_name((eh_leg)l);
    return cell->type == EH_CELL_TEXT ? bits_of(cell->text, '|', words, EH_N_LEGS) : 0;
}

uint32_t eh_load_notes(const eh_cell *cell)
{
    const char *words[32];
    size_t n = 0;
    for (uint32_t note = 1; note <= EH_NOTE_LAST; note <<= 1) words[n++] = eh_note_name(note);
    return cell->type == EH_CELL_TEXT ? bits_of(cell->text, ',', words, n) : 0;
}

/* ---- the run ---------------------------------------------------------------------------------------------- */

static eh_status take_run(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_report_data *d = data;
    snprintf(d->run_id, sizeof d->run_id, "%.*s", (int)(cells[0].text.size < 31 ? cells[0].text.size : 31), cells[0].text.data);
    EH_TRY(eh_report_keep(d, cells[1].text, &d->version, err));
    EH_TRY(eh_report_keep(d, cells[2].text, &d->parameters, err));
    EH_TRY(eh_report_keep(d, cells[3].text, &d->seed, err));
    d->q = eh_load_real(&cells[4], 0.05);
    d->precision_us = cells[5].integer;
    d->n_accounts = eh_load_count(&cells[6]);
    d->n_testable_accounts = eh_load_count(&cells[7]);
    d->n_listed_accounts = eh_load_count(&cells[8]);
    d->n_testable_pairs = eh_load_count(&cells[9]);
    d->is_bound = cells[10].integer != 0;
    d->min_common_objects = eh_load_count32(&cells[11]);
    d->n_listed_pairs = eh_load_count(&cells[12]);
    d->n_tested_edges = eh_load_count(&cells[13]);
    d->n_all_networks = eh_load_count(&cells[14]);
    return EH_OK;
}

static eh_status take_window(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_report_data *d = data;
    double window_s = eh_load_real(&cells[0], 0);
    if (d->n_windows < EH_MOST_WINDOWS && window_s > 0 && window_s < 1e9)
        d->windows_us[d->n_windows++] = (int64_t)(window_s * 1e6 + 0.5);
    return EH_OK;
}

static eh_status take_behaviour(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_report_data *d = data;
    eh_behaviour behaviour;
    if (d->n_behaviours == EH_N_BEHAVIOURS || !eh_behaviour_of(cells[0].text, &behaviour)) return EH_OK;
    d->behaviours[d->n_behaviours++] = (eh_report_behaviour){
        .behaviour = behaviour,
        .result = {.n_actions = eh_load_count(&cells[1]), .n_accounts = eh_load_count(&cells[2]),
                   .n_objects = eh_load_count(&cells[3]), .n_testable_pairs = eh_load_count(&cells[4]),
                   .n_tested_pairs = eh_load_count(&cells[5]), .n_cut_episodes = eh_load_count(&cells[6]),
                   .n_dropped_actions = eh_load_count(&cells[7])},
        .n_listed_edges = eh_load_count(&cells[8])};
    return EH_OK;
}

static eh_status take_leg(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_report_data *d = data;
    uint32_t legs = eh_load_legs(&cells[0]);
    if (d->n_legs == EH_N_LEGS || !legs) return EH_OK;
    eh_report_leg *leg = &d->legs[d->n_legs++];
    *leg = (eh_report_leg){.leg = (eh_leg)__builtin_ctz(legs),
                           .has_run = cells[1].integer != 0,
                           .share_of_q = eh_load_real(&cells[3], 0),
                           .n_testable_pairs = eh_load_count(&cells[4]),
                           .n_testable_accounts = eh_load_count(&cells[5]),
                           .n_pairs = eh_load_count(&cells[6]),
                           .n_prompted = eh_load_count(&cells[7])};
    return eh_report_keep(d, cells[2].text, &leg->why_not, err);
}

static eh_status take_finding(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_report_data *d = data;
    d->n_findings[eh_load_finding(&cells[0])] += eh_load_count(&cells[1]);
    if (eh_load_finding(&cells[0]) == EH_FINDING_WEAK) d->n_alike = eh_load_count(&cells[2]);
    return EH_OK;
}

static eh_status take_totals(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_report_data *d = data;
    d->n_posts = eh_load_count(&cells[0]);
    d->first_time_us = eh_load_time(&cells[1]);
    d->last_time_us = eh_load_time(&cells[2]);
    d->n_pairs_bh = eh_load_count(&cells[3]);
    d->median_needed = eh_load_real(&cells[4], (double)NAN);
    d->median_common = eh_load_real(&cells[5], (double)NAN);
    return EH_OK;
}

static eh_status take_calibration(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_report_data *d = data;
    eh_report_calibration *c = &d->calibration;
    double *reals[] = {&c->accounts, &c->low, &c->high, &c->others, &c->others_low, &c->others_high, &c->largest_share,
                       &c->false_share, &c->calibrated_q, &c->placebo_accounts, &c->placebo_high};
    enum { n_reals = sizeof reals / sizeof *reals };
    c->is_known = true;
    for (int i = 0; i < n_reals; i++) *reals[i] = eh_load_real(&cells[i], (double)NAN);
    c->n_decoys = eh_load_count(&cells[n_reals]);
    c->n_listed = eh_load_count(&cells[n_reals + 1]);
    c->n_placebos = eh_load_count(&cells[n_reals + 2]);
    EH_TRY(eh_report_keep(d, cells[n_reals + 3].text, &c->calibrated_run, err));
    return eh_report_keep(d, cells[n_reals + 4].text, &c->notes, err);
}

static eh_status take_size(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_report_calibration *c = &((eh_report_data *)data)->calibration;
    int i = (int)eh_load_count(&cells[0]);
    if (i >= EH_REPORT_N_SIZES) return EH_OK;
    c->n_size_pairs = eh_load_count(&cells[1]);
    c->ratio_p[i] = eh_load_real(&cells[2], (double)NAN);
    c->ratio_e[i] = eh_load_real(&cells[3], (double)NAN);
    return EH_OK;
}

static eh_status load_calibration(eh_report_loader *loader, eh_error *err)
{
    EH_TRY(eh_load_query(loader, take_calibration, loader->data, err,
        "SELECT decoy_accounts, decoy_accounts_low, decoy_accounts_high, decoy_others, decoy_others_low, decoy_others_high, "
        "largest_share, false_share, calibrated_q, placebo_accounts, placebo_accounts_high, n_decoys, n_listed_accounts, n_placebos, "
        "coalesce(calibrated_run_id, ''), notes FROM calibrations WHERE run_id = %s", loader->run));
    return eh_load_query(loader, take_size, loader->data, err,
        "SELECT row_number() OVER (ORDER BY level DESC) - 1, n_pairs, ratio_p, ratio_e FROM calibration_sizes WHERE slice = 'all' AND "
        "run_id = %s ORDER BY level DESC", loader->run);
}

static eh_status load_counts(eh_report_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    EH_TRY(eh_load_query(loader, take_behaviour, data, err,
        "SELECT behaviour, n_actions, n_accounts, n_objects, n_testable_pairs, n_tested_pairs, n_cut_episodes, "
        "n_dropped_actions, (SELECT count(*) FROM edges e WHERE e.run_id = b.run_id AND e.behaviour = b.behaviour AND listed) "
        "FROM run_behaviours b WHERE run_id = %s "
        "ORDER BY list_position(['repost', 'link', 'text', 'hashtag', 'reply', 'mention', 'media'], behaviour)", loader->run));
    EH_TRY(eh_load_query(loader, take_leg, data, err,
        "SELECT leg, has_run, coalesce(why_not, ''), share_of_q, n_testable_pairs, n_testable_accounts, n_pairs, n_prompted FROM run_legs WHERE "
        "run_id = %s ORDER BY list_position(['timing', 'selection', 'reuse', 'group', 'operator'], leg)", loader->run));
    EH_TRY(eh_load_query(loader, take_finding, data, err,
        "SELECT finding, count(*), count(*) FILTER (legs != '') FROM findings WHERE run_id = %s GROUP BY finding", loader->run));
    return eh_load_query(loader, take_totals, data, err,
        "WITH r AS (SELECT * FROM runs WHERE run_id = %s), "
        "e AS (SELECT count(*) AS bh FROM (SELECT DISTINCT account_a, account_b FROM edges JOIN r USING (run_id) WHERE q_bh <= "
        "r.q)), "
        "u AS (SELECT median(objects_needed) AS needed, median(most_common_objects) AS common FROM findings JOIN r USING "
        "(run_id) WHERE finding = 'insufficient_data'), "
        "t AS (SELECT min(first_time) AS first_time, max(last_time) AS last_time FROM sources, r WHERE source_id <= "
        "last_source_id) "
        "SELECT (SELECT count(*) FROM posts, r WHERE source_id <= last_source_id), first_time, last_time, bh, needed, common "
        "FROM t, e, u", loader->run);
}

/* ---- archives --------------------------------------------------------------------------------------------- */

static eh_status take_source(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_report_data *d = data;
    eh_report_source *source = &d->sources[d->n_sources];
    EH_TRY(eh_report_keep(d, cells[0].text, &source->name, err));
    EH_TRY(eh_report_keep(d, cells[1].text, &source->sha256, err));
    EH_TRY(eh_report_keep(d, cells[2].text, &source->format, err));
    EH_TRY(eh_report_keep(d, cells[3].text, &source->compression, err));
    EH_TRY(eh_report_keep(d, cells[4].text, &source->time_format, err));
    EH_TRY(eh_report_keep(d, cells[5].text, &source->note, err));
    source->file_size = eh_load_count(&cells[6]);
    source->n_read = eh_load_count(&cells[7]);
    source->n_kept = eh_load_count(&cells[8]);
    source->n_duplicates = eh_load_count(&cells[9]);
    source->precision_us = cells[10].integer;
    source->first_time_us = eh_load_time(&cells[11]);
    source->last_time_us = eh_load_time(&cells[12]);
    source->n_times_refined = eh_load_count(&cells[13]);
    source->is_truncated = cells[14].integer != 0;
    size_t n_reasons = (size_t)eh_load_count(&cells[15]);
    if (n_reasons > EH_N_REJECT_REASONS) n_reasons = EH_N_REJECT_REASONS;
    source->rejected = eh_report_room(d, n_reasons, sizeof *source->rejected, err);
    if (!source->rejected) return err->status;
    source->n_rejected_reasons = n_reasons;
    d->n_sources++;
    return EH_OK;
}

typedef struct reason_taker {
    eh_report_data *data;
    size_t i_source;
    size_t n_taken;
} reason_taker;

static eh_status take_reason(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    reason_taker *taker = data;
    size_t i_source = (size_t)eh_load_count(&cells[0]);
    if (i_source >= taker->data->n_sources) return EH_OK;
    if (i_source != taker->i_source) *taker = (reason_taker){taker->data, i_source, 0};
    eh_report_source *source = &taker->data->sources[i_source];
    if (taker->n_taken == source->n_rejected_reasons) return EH_OK;
    eh_report_reason *reason = &source->rejected[taker->n_taken++];
    reason->n = eh_load_count(&cells[2]);
    return eh_report_keep(taker->data, cells[1].text, &reason->name, err);
}

static eh_status take_number(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    *(uint64_t *)data = eh_load_count(&cells[0]);
    return EH_OK;
}

#define SOURCES_OF_RUN "sources s JOIN runs r ON s.source_id <= r.last_source_id AND r.run_id = %s"
static eh_status load_sources(eh_report_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    uint64_t n = 0;
    EH_TRY(eh_load_query(loader, take_number, &n, err, "SELECT count(*) FROM " SOURCES_OF_RUN, loader->run));
    data->sources = eh_report_room(data, (size_t)n, sizeof *data->sources, err);
    if (!data->sources) return err->status;
    EH_TRY(eh_load_query(loader, take_source, data, err,
        "SELECT name, sha256, format, compression, time_format, note, size_bytes, rows_read, rows_kept, rows_duplicate, "
        "s.time_precision_us, first_time, last_time, times_refined, is_truncated, (SELECT count(*) FROM source_rejects x WHERE "
        "x.source_id = s.source_id) FROM " SOURCES_OF_RUN " ORDER BY s.source_id", loader->run));
    reason_taker taker = {data, SIZE_MAX, 0};
    return eh_load_query(loader, take_reason, &taker, err,
        "WITH numbered AS (SELECT s.source_id, row_number() OVER (ORDER BY s.source_id) - 1 AS i FROM " SOURCES_OF_RUN ") "
        "SELECT i, reason, n_rows FROM numbered JOIN source_rejects USING (source_id) ORDER BY i, n_rows DESC, reason",
        loader->run);
}

eh_status eh_load_run(eh_report_loader *loader, eh_error *err)
{
    EH_TRY(eh_load_query(loader, take_run, loader->data, err,
        "SELECT run_id, version, parameters, seed, q, time_precision_us, n_accounts, n_testable_accounts, n_listed_accounts, "
        "n_testable_pairs, is_bound, min_common_objects, n_listed_pairs, n_edges, n_networks FROM runs WHERE run_id = %s",
        loader->run));
    EH_TRY(eh_load_query(loader, take_window, loader->data, err,
        "SELECT w FROM (SELECT TRY_CAST(trim(unnest(string_split(regexp_extract(parameters, '\"windows_s\": \\[([^\\]]*)', 1), "
        "','))) AS DOUBLE) AS w FROM runs WHERE run_id = %s) ORDER BY w", loader->run));
    EH_TRY(load_counts(loader, err));
    EH_TRY(load_calibration(loader, err));
    return load_sources(loader, err);
}
