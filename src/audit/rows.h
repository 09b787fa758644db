/** @file rows.h  Rows of a table of strata, sides, networks and units. */
#ifndef EH_AUDIT_ROWS_H
#define EH_AUDIT_ROWS_H

#include "base/alloc.h"
#include "evenhand/audit.h"

/** Sorts by (stratum, side, network, unit) and makes rows of one key one, counts added; *n becomes their number. */
EH_MUST_CHECK eh_status eh_audit_rows_merge(eh_context *ctx, eh_audit_row *rows, size_t *n, eh_error *err);
#endif
