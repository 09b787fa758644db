/** @file rows.h  Rows of a table of strata, sides, networks and units. */
#ifndef EH_AUDIT_ROWS_H
#define EH_AUDIT_ROWS_H

#include "base/alloc.h"
#include "evenhand/audit.h"

/** Sorts by (stratum, side, network, unit) and makes rows of one key one, counts added; *n becomes their number. */
enum { EH_AUDIT_MOST_SIDES = 64 };
/** What a file of sides, or a table, must not hold: one side only, names that differ in letter case alone. */
EH_MUST_CHECK eh_status eh_audit_check_sides(const char *path, const eh_strings *sides, eh_error *err);
/** NULL, or why this is no name of a side; n: sides so far. */
const char *eh_audit_side_fault(eh_str name, uint32_t n);
EH_MUST_CHECK eh_status eh_audit_rows_merge(eh_context *ctx, eh_audit_row *rows, size_t *n, eh_error *err);
#endif
