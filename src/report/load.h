/** @file load.h  Reads what a report shows from the tables of an investigation. */
#ifndef EH_REPORT_LOAD_H
#define EH_REPORT_LOAD_H

#include "report/report_data.h"
#include "store/store.h"

/** What the loading functions share: the database, and the run as an SQL literal. */
typedef struct eh_report_loader {
    eh_store *store;
    const char *run; /* quoted */
    eh_report_data *data;
} eh_report_loader;

/* load_run.c: the run, its behaviours, counts and archives. */
EH_MUST_CHECK eh_status eh_load_run(eh_report_loader *loader, eh_error *err);
/* load_accounts.c: makes the temporary table report_listed (account_id, i: rank from 0, network: 0 for none), then reads
 * accounts, their closest partners and least likely co-actions. */
EH_MUST_CHECK eh_status eh_load_accounts(eh_report_loader *loader, eh_error *err);
/* load_networks.c: needs report_listed. */
EH_MUST_CHECK eh_status eh_load_networks(eh_report_loader *loader, eh_error *err);
/** Removes the temporary tables. */
void eh_load_clear(eh_report_loader *loader);

/* ---- cells ---- */

/** Runs a query; the format's first argument is often the run. */
EH_MUST_CHECK eh_status eh_load_query(eh_report_loader *loader, eh_row_fn fn, void *data, eh_error *err, const char *format,
                                      ...) EH_PRINTF(5, 6);
static inline uint64_t eh_load_count(const eh_cell *cell) { return cell->integer > 0 ? (uint64_t)cell->integer : 0; }
uint32_t eh_load_count32(const eh_cell *cell);
double eh_load_real(const eh_cell *cell, double absent);
int64_t eh_load_time(const eh_cell *cell); /* EH_TIME_NONE where there is none */
eh_finding eh_load_finding(const eh_cell *cell);
uint32_t eh_load_behaviours(const eh_cell *cell); /* "repost|link" */
uint32_t eh_load_notes(const eh_cell *cell);
uint32_t eh_load_legs(const eh_cell *cell);      /* "followed,one_partner" */

#endif
