/* What a stored run was: its parameters are read back from the JSON that add_parameters wrote. */
#include "investigation/run_again.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct reading {
    eh_detect_options *options;
    bool is_current;
    double asked_q;
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
    r->asked_q = cells[8].text.size ? number_of(cells[8].text) : 0;
    return EH_OK;
}

/* from: "FROM runs WHERE ..." or "FROM (SELECT ...)" with the same columns. */
static eh_status read_options(eh_store *store, const char *from, reading *r, eh_error *err)
{
    eh_buf sql = EH_BUF_INIT(eh_store_context(store));
    *r->options = eh_detect_options_default();
    eh_status status =
        eh_buf_printf(&sql, err,
                      "SELECT regexp_extract(parameters, '\"behaviours\": \\[([^]]*)\\]', 1), "
                      "regexp_extract(parameters, '\"windows_s\": \\[([^]]*)\\]', 1), "
                      "regexp_extract(parameters, '\"legs\": \\[([^]]*)\\]', 1), "
                      "regexp_extract(parameters, '\"jaccard\": ([0-9.e+-]*)', 1), "
                      "regexp_extract(parameters, '\"list_by\": \\[([^]]*)\\]', 1), q, time_precision_us, "
                      "last_source_id = (SELECT coalesce(max(source_id), 0) FROM sources), "
                      "regexp_extract(parameters, '\"asked_q\": ([0-9.e+-]*)', 1) %s",
                      from);
    if (status == EH_OK) status = eh_store_query(store, sql.data, NULL, take_parameters, r, err);
    eh_buf_release(&sql);
    return status;
}

eh_status run_read_any_options(eh_investigation *inv, const char *run_id, eh_detect_options *options, bool *is_current, eh_error *err)
{
    char from[64];
    reading r = {.options = options};
    (void)snprintf(from, sizeof from, "FROM runs WHERE run_id = '%s'", run_id);
    EH_TRY(read_options(inv->store, from, &r, err));
    *is_current = r.is_current;
    return EH_OK;
}

eh_status run_read(eh_investigation *inv, const char *run_id, run_record *run, eh_error *err)
{
    bool is_current;
    EH_TRY(run_read_any_options(inv, run_id, &run->options, &is_current, err));
    (void)snprintf(run->without, sizeof run->without, "SELECT account_id FROM run_without WHERE run_id = '%s'", run_id);
    if (is_current) return EH_OK;
    return eh_fail_at(err, EH_E_INVALID, eh_store_path(inv->store), -1, -1,
                      "got more archives since run %s; run evenhand detect again, and measure that run", run_id);
}

eh_status run_options_of(eh_store *store, eh_str parameters, eh_detect_options *options, double *asked_q, eh_error *err)
{
    reading r = {.options = options};
    eh_buf from = EH_BUF_INIT(eh_store_context(store));
    eh_status status = eh_buf_printf(&from, err, "FROM (SELECT ");
    if (status == EH_OK) status = eh_sql_quote(&from, parameters, err);
    if (status == EH_OK)
        status = eh_buf_printf(&from, err,
                               " AS parameters, 0 AS last_source_id, "
                               "coalesce(TRY_CAST(regexp_extract(parameters, '\"q\": ([0-9.e+-]*)', 1) AS DOUBLE), 0.0) AS q, "
                               "coalesce(TRY_CAST(regexp_extract(parameters, '\"time_precision_us\": ([0-9]*)', 1) AS BIGINT), 1) "
                               "AS time_precision_us)");
    if (status == EH_OK) status = read_options(store, from.data, &r, err);
    eh_buf_release(&from);
    *asked_q = r.asked_q;
    return status;
}

eh_status run_load_table(eh_investigation *inv, run_record *run, eh_error *err)
{
    inv->without = run->without[0] ? run->without : NULL;
    eh_status status = eh_investigation_actions(inv, run->options.behaviours, true, &run->table, err);
    inv->without = NULL;
    EH_TRY(status);
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

eh_status eh_investigation_run_table(eh_investigation *inv, const char *run_id, eh_detect_options *options, eh_action_table *out,
                                     eh_error *err)
{
    run_record *run = eh_alloc(inv->ctx, 1, sizeof *run, err);
    if (!run) return err->status;
    eh_status status = run_read(inv, run_id, run, err);
    if (status == EH_OK) status = run_load_table(inv, run, err);
    if (status == EH_OK) {
        *options = run->options;
        *out = run->table;
        memset(&run->table, 0, sizeof run->table);
    }
    run_again_release(run);
    eh_free(inv->ctx, run);
    return status;
}
