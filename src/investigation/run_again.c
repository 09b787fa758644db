/* What a stored run was: its parameters are read back from the JSON that add_parameters wrote. */
#include "investigation/run_again.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct reading {
    eh_detect_options *options;
    bool is_current;
} reading;

static double number_of(eh_str text)
{
    char room[64];
    size_t size = text.size < sizeof room - 1 ? text.size : sizeof room - 1;
    if (size) memcpy(room, text.data, size);
    room[size] = 0;
    return strtod(room, NULL);
}

/* Calls for each element of a list such as "repost", "link" or 10, 60 without quotes. */
static eh_str next_item(eh_str list, size_t *at)
{
    while (*at < list.size && strchr(" ,\"", list.data[*at])) ++*at;
    size_t first = *at;
    while (*at < list.size && !strchr(" ,\"", list.data[*at])) ++*at;
    return (eh_str){list.data + first, *at - first};
}

static uint32_t legs_of(eh_str list)
{
    uint32_t legs = 0;
    size_t at = 0;
    for (eh_str item; (item = next_item(list, &at)).size;)
        for (int l = 0; l < EH_N_LEGS; l++)
            if (eh_str_is(item, eh_leg_name((eh_leg)l))) legs |= 1u << l;
    return legs;
}

static eh_status take_parameters(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    reading *r = data;
    eh_detect_options *o = r->options;
    eh_behaviour behaviour;
    o->behaviours = o->n_windows = 0;
    size_t at = 0;
    for (eh_str item; (item = next_item(cells[0].text, &at)).size;)
        if (eh_behaviour_of(item, &behaviour)) o->behaviours |= 1u << behaviour;
    at = 0;
    for (eh_str item; (item = next_item(cells[1].text, &at)).size;)
        if (o->n_windows < EH_MOST_WINDOWS) o->windows_us[o->n_windows++] = (int64_t)(number_of(item) * 1e6 + 0.5);
    o->legs = legs_of(cells[2].text);
    o->near_text = cells[3].text.size ? number_of(cells[3].text) : 0;
    if (cells[4].text.size) o->list_by = legs_of(cells[4].text);
    o->q = cells[5].real;
    o->precision_us = cells[6].integer;
    r->is_current = cells[7].integer != 0;
    return EH_OK;
}

eh_status run_read_options(eh_investigation *inv, const char *run_id, eh_detect_options *options, eh_error *err)
{
    char sql[1024];
    reading r = {.options = options};
    *options = eh_detect_options_default();
    (void)snprintf(sql, sizeof sql,
                   "SELECT regexp_extract(parameters, '\"behaviours\": \\[([^]]*)\\]', 1), "
                   "regexp_extract(parameters, '\"windows_s\": \\[([^]]*)\\]', 1), "
                   "regexp_extract(parameters, '\"legs\": \\[([^]]*)\\]', 1), "
                   "regexp_extract(parameters, '\"jaccard\": ([0-9.e+-]*)', 1), "
                   "regexp_extract(parameters, '\"list_by\": \\[([^]]*)\\]', 1), q, time_precision_us, "
                   "last_source_id = (SELECT coalesce(max(source_id), 0) FROM sources) FROM runs WHERE run_id = '%s'",
                   run_id);
    EH_TRY(eh_store_query(inv->store, sql, NULL, take_parameters, &r, err));
    if (r.is_current) return EH_OK;
    return eh_fail_at(err, EH_E_INVALID, eh_store_path(inv->store), -1, -1,
                      "got more archives since run %s; run evenhand detect again, and measure that run", run_id);
}

eh_status run_load_table(eh_investigation *inv, run_record *run, eh_error *err)
{
    EH_TRY(eh_investigation_actions(inv, run->options.behaviours, true, &run->table, err));
    eh_store_fit_memory(inv->store, 10);
    return run_unite_texts(inv, run, err);
}

void run_again_release(run_record *run)
{
    eh_near_text_report_release(&run->texts);
    if (run->table.ctx) eh_action_table_release(&run->table);
    memset(&run->texts, 0, sizeof run->texts);
    memset(&run->table, 0, sizeof run->table);
}

eh_status eh_investigation_run_options(eh_investigation *inv, const char *run_id, eh_detect_options *options, eh_error *err)
{
    return run_read_options(inv, run_id, options, err);
}

eh_status eh_investigation_run_table(eh_investigation *inv, const eh_detect_options *options, eh_action_table *out, eh_error *err)
{
    run_record *run = eh_alloc(inv->ctx, 1, sizeof *run, err);
    if (!run) return err->status;
    run->options = *options;
    eh_status status = run_load_table(inv, run, err);
    if (status == EH_OK) {
        *out = run->table;
        memset(&run->table, 0, sizeof run->table);
    }
    run_again_release(run);
    eh_free(inv->ctx, run);
    return status;
}
