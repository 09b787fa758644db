/** @file cell_text.h  Rows of a query as CSV or as JSON lines. */
#ifndef EH_INVESTIGATION_CELL_TEXT_H
#define EH_INVESTIGATION_CELL_TEXT_H

#include "base/outfile.h"
#include "store/store.h"

enum { eh_real_text_size = 32 };
/** The shortest text that reads back as the same double; "" for NaN and infinities. */
const char *eh_real_text(double value, char text[eh_real_text_size]);

/** Runs the query and writes it: CSV with a header (RFC 4180), or one JSON object per line. */
EH_MUST_CHECK eh_status eh_write_rows(eh_store *store, const char *sql, bool as_json, eh_outfile *out, eh_error *err);
/** SHA-256 of the CSV that eh_write_rows would write, as 64 hex digits and a NUL. */
EH_MUST_CHECK eh_status eh_hash_rows(eh_store *store, const char *sql, char *hex, eh_error *err);
#endif
