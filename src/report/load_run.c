/* The run as a whole: parameters, behaviours, sources, counts. */
#include "report/load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The windows as asked for, from the parameters that the run recorded: ..."windows_s": [10, 60]... */
static void read_windows(eh_report_data *data)
{
    static const char key[] = "\"windows_s\": [";
    eh_str text = data->parameters;
    size_t at = 0;
    while (at + sizeof key - 1 <= text.size && memcmp(text.data + at, key, sizeof key - 1) != 0) at++;
    at += sizeof key - 1;
    while (at < text.size && text.data[at] != ']' && data->n_asked_windows < EH_MOST_WINDOWS) {
        char number[32] = "";
        for (size_t n = 0; at < text.size && n + 1 < sizeof number && text.data[at] != ',' && text.data[at] != ']'; n++)
            number[n] = text.data[at++];
        data->asked_windows_us[data->n_asked_windows++] = (int64_t)llround(strtod(number, NULL) * 1e6);
        if (at < text.size && text.data[at] == ',') at++;
    }
}

static eh_status on_run(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    eh_report_data *data = loader->data;
    (void)into;
    (void)at;
    snprintf(data->run_id, sizeof data->run_id, "%s", loader->run_id);
    EH_TRY(eh_report_keep(data, cells[0].text, &data->version, err));
    EH_TRY(eh_report_keep(data, cells[1].text, &data->parameters, err));
    EH_TRY(eh_report_keep(data, cells[2].text, &data->seed, err));
    data->q = eh_cell_number(&cells[3]);
    data->precision_us = cells[4].integer;
    data->n_accounts = eh_cell_count(&cells[5]);
    data->n_testable_accounts = eh_cell_count(&cells[6]);
    data->n_listed_accounts = eh_cell_count(&cells[7]);
    data->n_testable_pairs = eh_cell_count(&cells[8]);
    data->is_bound = cells[9].integer != 0;
    data->min_common_objects = (uint32_t)eh_cell_count(&cells[10]);
    data->n_listed_pairs = eh_cell_count(&cells[11]);
    data->n_tested_edges = eh_cell_count(&cells[12]);
    data->n_all_networks = eh_cell_count(&cells[13]);
    read_windows(data);
    return EH_OK;
}

static eh_status on_behaviour(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    eh_report_data *data = loader->data;
    (void)into;
    (void)at;
    eh_report_behaviour *out = &data->behaviours[data->n_behaviours];
    if (data->n_behaviours == EH_N_BEHAVIOURS || !eh_behaviour_of(cells[0].text, &out->behaviour))
        return eh_fail(err, EH_E_FORMAT, "the run names a behaviour that this version does not know");
    out->result = (eh_behaviour_result){.n_actions = eh_cell_count(&cells[1]), .n_accounts = eh_cell_count(&cells[2]),
                                        .n_objects = eh_cell_count(&cells[3]), .n_testable_pairs = eh_cell_count(&cells[4]),
                                        .n_tested_pairs = eh_cell_count(&cells[5]), .n_cut_episodes = eh_cell_count(&cells[6]),
                                        .n_dropped_actions = eh_cell_count(&cells[7])};
    out->n_listed_edges = eh_cell_count(&cells[8]);
    data->asked_behaviours |= 1u << out->behaviour;
    data->n_behaviours++;
    return EH_OK;
}

static eh_status on_finding(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    (void)into;
    (void)at;
    (void)err;
    for (int f = 0; f < EH_REPORT_N_FINDINGS; f++)
        if (eh_str_is(cells[0].text, eh_finding_name((eh_finding)f))) loader->data->n_findings[f] = eh_cell_count(&cells[1]);
    return EH_OK;
}

static eh_status on_source(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    eh_report_data *data = loader->data;
    eh_report_source *source = &data->sources[at];
    (void)into;
    if (at >= data->n_sources) return EH_OK;
    EH_TRY(eh_report_keep(data, cells[0].text, &source->name, err));
    EH_TRY(eh_report_keep(data, cells[1].text, &source->format, err));
    EH_TRY(eh_report_keep(data, cells[2].text, &source->compression, err));
    EH_TRY(eh_report_keep(data, cells[3].text, &source->sha256, err));
    EH_TRY(eh_report_keep(data, cells[4].text, &source->time_format, err));
    EH_TRY(eh_report_keep(data, cells[5].text, &source->note, err));
    source->file_size = eh_cell_count(&cells[6]);
    source->n_read = eh_cell_count(&cells[7]);
    source->n_kept = eh_cell_count(&cells[8]);
    source->n_duplicates = eh_cell_count(&cells[9]);
    source->n_times_refined = eh_cell_count(&cells[10]);
    source->precision_us = cells[11].integer;
    source->first_time_us = eh_cell_time(&cells[12]);
    source->last_time_us = eh_cell_time(&cells[13]);
    source->is_truncated = cells[14].integer != 0;
    source->rejected = eh_report_room(data, EH_N_REJECT_REASONS, sizeof *source->rejected, err);
    return source->rejected ? EH_OK : err->status;
}

static eh_status on_reason(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    eh_report_data *data = loader->data;
    size_t i = (size_t)cells[0].integer;
    (void)into;
    (void)at;
    if (i >= data->n_sources || data->sources[i].n_rejected_reasons == EH_N_REJECT_REASONS) return EH_OK;
    eh_report_reason *reason = &data->sources[i].rejected[data->sources[i].n_rejected_reasons++];
    reason->n = eh_cell_count(&cells[2]);
    return eh_report_keep(data, cells[1].text, &reason->name, err);
}

static eh_status load_sources(eh_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    uint64_t n;
    EH_TRY(eh_load_count(loader, &n, err,
                         "SELECT count(*) FROM sources WHERE source_id <= (SELECT last_source_id FROM runs WHERE run_id = '%s')",
                         loader->run_id));
    data->n_sources = (size_t)n;
    data->sources = eh_report_room(data, data->n_sources, sizeof *data->sources, err);
    if (!data->sources) return err->status;
    EH_TRY(eh_load_rows(loader, on_source, NULL, err,
                        "SELECT name, format, compression, sha256, time_format, note, size_bytes, rows_read, rows_kept, "
                        "rows_duplicate, times_refined, time_precision_us, first_time, last_time, is_truncated FROM sources "
                        "WHERE source_id <= (SELECT last_source_id FROM runs WHERE run_id = '%s') ORDER BY source_id",
                        loader->run_id));
    for (size_t i = 0; i < data->n_sources; i++) {
        const eh_report_source *source = &data->sources[i];
        if (source->first_time_us == EH_TIME_NONE) continue;
        bool is_first = data->first_time_us == EH_TIME_NONE || source->first_time_us < data->first_time_us;
        if (is_first) data->first_time_us = source->first_time_us;
        if (source->last_time_us > data->last_time_us) data->last_time_us = source->last_time_us;
    }
    return eh_load_rows(loader, on_reason, NULL, err,
                        "SELECT s.i, r.reason, r.n_rows FROM (SELECT source_id, row_number() OVER (ORDER BY source_id) - 1 AS i "
                        "FROM sources WHERE source_id <= (SELECT last_source_id FROM runs WHERE run_id = '%s')) s JOIN "
                        "source_rejects r USING (source_id) WHERE r.n_rows > 0 ORDER BY s.i, r.n_rows DESC, r.reason",
                        loader->run_id);
}

static eh_status on_medians(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    (void)into;
    (void)at;
    (void)err;
    loader->data->median_needed = eh_cell_number(&cells[0]);
    loader->data->median_common = eh_cell_number(&cells[1]);
    return EH_OK;
}

eh_status eh_load_run(eh_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    const char *run = loader->run_id;
    data->first_time_us = data->last_time_us = EH_TIME_NONE;
    EH_TRY(eh_load_rows(loader, on_run, NULL, err,
                        "SELECT version, parameters, seed, q, time_precision_us, n_accounts, n_testable_accounts, "
                        "n_listed_accounts, n_testable_pairs, is_bound, min_common_objects, n_listed_pairs, n_edges, n_networks "
                        "FROM runs WHERE run_id = '%s'", run));
    EH_TRY(eh_load_rows(loader, on_behaviour, NULL, err,
                        "SELECT behaviour, n_actions, n_accounts, n_objects, n_testable_pairs, n_tested_pairs, n_cut_episodes, "
                        "n_dropped_actions, (SELECT count(*) FROM edges e WHERE e.run_id = b.run_id AND e.behaviour = "
                        "b.behaviour AND e.listed) FROM run_behaviours b WHERE run_id = '%s' ORDER BY n_actions DESC, behaviour",
                        run));
    EH_TRY(eh_load_rows(loader, on_finding, NULL, err,
                        "SELECT finding, count(*) FROM findings WHERE run_id = '%s' GROUP BY finding", run));
    EH_TRY(load_sources(loader, err));
    EH_TRY(eh_load_rows(loader, on_medians, NULL, err,
                        "SELECT median(objects_needed)::DOUBLE, median(most_common_objects)::DOUBLE FROM findings WHERE "
                        "run_id = '%s' AND finding = 'insufficient_data'", run));
    EH_TRY(eh_load_count(loader, &data->n_posts, err,
                         "SELECT count(*) FROM posts WHERE source_id <= (SELECT last_source_id FROM runs WHERE run_id = '%s')",
                         run));
    EH_TRY(eh_load_count(loader, &data->n_edges_bh, err, "SELECT count(*) FROM edges WHERE run_id = '%s' AND q_bh <= %.17g",
                         run, data->q));
    return eh_load_count(loader, &data->n_edges_ebh, err, "SELECT count(*) FROM edges WHERE run_id = '%s' AND listed", run);
}
