/** @file load.h  Fills eh_report_data from the tables of an investigation: plain SQL, one struct per row. */
#ifndef EH_REPORT_LOAD_H
#define EH_REPORT_LOAD_H

#include "report/report_data.h"
#include "store/store.h"

/** What the loading of one report carries along. */
typedef struct eh_loader {
    eh_store *store;
    eh_report_data *data;
    const char *run_id; /* 16 hex digits */
} eh_loader;

/** A run of rows into data. `at` counts the rows of one query. */
typedef eh_status (*eh_load_row_fn)(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err);
/** Runs a query made by printf; every %s that is data must be the run id or an SQL literal of ours. */
EH_MUST_CHECK eh_status eh_load_rows(eh_loader *loader, eh_load_row_fn fn, void *into, eh_error *err, const char *format, ...)
    EH_PRINTF(5, 6);
/** Adds a value to a growing array inside the data: *items has room for `most`, known beforehand. */
EH_MUST_CHECK eh_status eh_load_count(eh_loader *loader, uint64_t *out, eh_error *err, const char *format, ...) EH_PRINTF(4, 5);

/** "repost|link" to a bit mask. */
uint32_t eh_load_behaviours(eh_str text);
/** Cells: 0, NaN, EH_TIME_NONE or "" for NULL. */
uint64_t eh_cell_count(const eh_cell *cell);
double eh_cell_number(const eh_cell *cell);
int64_t eh_cell_time(const eh_cell *cell);
/** A row of findings as `eh_load_finding_columns` selects it; fills id, network and result. */
extern const char eh_load_finding_columns[];
EH_MUST_CHECK eh_status eh_load_finding(eh_loader *loader, const eh_cell *cells, eh_report_account *out, eh_error *err);

EH_MUST_CHECK eh_status eh_load_run(eh_loader *loader, eh_error *err);      /* load_run.c */
EH_MUST_CHECK eh_status eh_load_accounts(eh_loader *loader, eh_error *err); /* load_accounts.c */
EH_MUST_CHECK eh_status eh_load_networks(eh_loader *loader, eh_error *err); /* load_networks.c; after the accounts */
#endif
