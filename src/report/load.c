/* Shared by the loaders; and the report of a run as a whole. */
#include "report/load.h"

#include "evenhand/report.h"
#include "investigation/investigation_store.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct feed {
    eh_loader *loader;
    eh_load_row_fn fn;
    void *into;
    size_t at;
} feed;

static eh_status on_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    feed *f = data;
    (void)columns;
    (void)n_columns;
    return f->fn(f->loader, f->into, f->at++, cells, err);
}

static eh_status format_sql(eh_loader *loader, eh_buf *sql, const char *format, va_list args, eh_error *err)
{
    char text[4096];
    int n = vsnprintf(text, sizeof text, format, args);
    if (n < 0 || (size_t)n >= sizeof text) return eh_fail(err, EH_E_LIMIT, "a query of the report is too long");
    *sql = (eh_buf)EH_BUF_INIT(loader->data->ctx);
    return eh_buf_add(sql, text, (size_t)n, err);
}

eh_status eh_load_rows(eh_loader *loader, eh_load_row_fn fn, void *into, eh_error *err, const char *format, ...)
{
    eh_buf sql = EH_BUF_INIT(NULL);
    va_list args;
    va_start(args, format);
    eh_status status = format_sql(loader, &sql, format, args, err);
    va_end(args);
    feed f = {loader, fn, into, 0};
    if (status == EH_OK) status = eh_store_query(loader->store, sql.data, NULL, on_row, &f, err);
    eh_buf_release(&sql);
    return status;
}

eh_status eh_load_count(eh_loader *loader, uint64_t *out, eh_error *err, const char *format, ...)
{
    eh_buf sql = EH_BUF_INIT(NULL);
    int64_t n = 0;
    va_list args;
    va_start(args, format);
    eh_status status = format_sql(loader, &sql, format, args, err);
    va_end(args);
    if (status == EH_OK) status = eh_store_integer(loader->store, sql.data, &n, err);
    *out = (uint64_t)n;
    eh_buf_release(&sql);
    return status;
}

uint32_t eh_load_behaviours(eh_str text)
{
    uint32_t behaviours = 0;
    for (size_t from = 0; from < text.size;) {
        size_t end = eh_str_find(text, '|', from);
        eh_behaviour one;
        if (eh_behaviour_of((eh_str){text.data + from, end - from}, &one)) behaviours |= 1u << one;
        from = end + 1;
    }
    return behaviours;
}

uint64_t eh_cell_count(const eh_cell *cell) { return cell->type == EH_CELL_NULL ? 0 : (uint64_t)cell->integer; }
double eh_cell_number(const eh_cell *cell) { return cell->type == EH_CELL_NULL ? (double)NAN : cell->real; }
int64_t eh_cell_time(const eh_cell *cell) { return cell->type == EH_CELL_NULL ? EH_TIME_NONE : cell->integer; }

const char eh_load_finding_columns[] =
    "account_id, network_id, finding, listed, n_actions, n_testable_partners, n_partners, behaviours, "
    "independent_behaviours, p_value, q_value, log_e, objects_needed, most_common_objects, n_second, n_first, notes, "
    "median_delay_s";

static eh_finding finding_of(eh_str name)
{
    for (int f = 0; f < EH_REPORT_N_FINDINGS; f++)
        if (eh_str_is(name, eh_finding_name((eh_finding)f))) return (eh_finding)f;
    return EH_FINDING_INSUFFICIENT_DATA;
}

static uint32_t notes_of(eh_str text)
{
    static const char *const names[] = {"followed",    "direction_unknown", "one_partner", "fast_fan",
                                        "hyperactive", "one_source",        "few_days"};
    uint32_t notes = 0;
    for (size_t from = 0; from < text.size;) {
        size_t end = eh_str_find(text, ',', from);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (eh_str_is((eh_str){text.data + from, end - from}, names[i])) notes |= 1u << i;
        from = end + 1;
    }
    return notes;
}

/* "n12" to 12; 0 where there is none. */
static int64_t network_of(eh_str text)
{
    int64_t number = 0;
    for (size_t i = 1; i < text.size && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        number = number * 10 + (text.data[i] - '0');
    return number;
}

eh_status eh_load_finding(eh_loader *loader, const eh_cell *cells, eh_report_account *out, eh_error *err)
{
    memset(out, 0, sizeof *out);
    EH_TRY(eh_report_keep(loader->data, cells[0].text, &out->id, err));
    out->network = network_of(cells[1].text);
    eh_account_result *result = &out->result;
    result->finding = finding_of(cells[2].text);
    result->is_listed = cells[3].integer != 0;
    result->n_actions = (uint32_t)eh_cell_count(&cells[4]);
    result->n_testable_partners = (uint32_t)eh_cell_count(&cells[5]);
    result->n_partners = (uint32_t)eh_cell_count(&cells[6]);
    result->behaviours = eh_load_behaviours(cells[7].text);
    result->independent_behaviours = eh_load_behaviours(cells[8].text);
    result->p_value = eh_cell_number(&cells[9]);
    result->q_value = eh_cell_number(&cells[10]);
    result->log_e = eh_cell_number(&cells[11]);
    result->n_objects_needed = (uint32_t)eh_cell_count(&cells[12]);
    result->most_common_objects = (uint32_t)eh_cell_count(&cells[13]);
    result->n_second = (uint32_t)eh_cell_count(&cells[14]);
    result->n_first = (uint32_t)eh_cell_count(&cells[15]);
    result->notes = notes_of(cells[16].text);
    result->median_delay_s = eh_cell_number(&cells[17]);
    return EH_OK;
}

eh_status eh_report_write(eh_investigation *inv, const char *run_id, const char *path, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    char found[EH_RUN_ID_SIZE];
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    eh_store *store = eh_investigation_store(inv);
    eh_report_data data = {.ctx = eh_store_context(store)};
    eh_loader loader = {store, &data, found};
    eh_status status = eh_load_run(&loader, err);
    if (status == EH_OK) status = eh_load_accounts(&loader, err);
    if (status == EH_OK) status = eh_load_networks(&loader, err);
    if (status == EH_OK) status = eh_report_page(&data, path, err);
    eh_report_data_release(&data);
    return status;
}
