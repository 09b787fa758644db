/**
 * @file report.h
 * The page a person reads: one self-contained HTML file, offline, printable, any script and direction.
 */
#ifndef EVENHAND_REPORT_H
#define EVENHAND_REPORT_H

#include "evenhand/audit.h"
#include "evenhand/investigation.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Writes the report of a run (NULL = the latest) to path. Depends on the investigation alone. */
EH_API EH_MUST_CHECK eh_status eh_report_write(eh_investigation *inv, const char *run_id, const char *path, eh_error *err);

/** Writes an audit as a page: verdict, layers, strata, traps, what would change the answer. Sees results only. */
EH_API EH_MUST_CHECK eh_status eh_audit_page_write(const eh_audit *audit, const eh_audit_story *story, const char *path, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
