/**
 * @file csv_scan.h
 * RFC 4180 records out of a window, with recovery: a quote that does not close costs one row, not the file.
 * Fields may hold newlines, doubled quotes and NUL bytes. Lines end in LF, CRLF or (where the header does) a lone CR.
 */
#ifndef EH_INGEST_CSV_SCAN_H
#define EH_INGEST_CSV_SCAN_H

#include "ingest/row_window.h"

typedef enum eh_csv_outcome {
    EH_CSV_RECORD,
    EH_CSV_END,
    EH_CSV_MALFORMED, /* bad quoting; scanning goes on at the line after the record's start */
    EH_CSV_TOO_LONG
} eh_csv_outcome;

typedef struct eh_csv {
    eh_context *ctx;
    eh_window *window; /* borrowed */
    char delimiter, newline;
    eh_str *fields; /* borrowed from the window or from `unquoted`, valid until the next record; never NULL data */
    size_t n_fields, field_capacity;
    char *unquoted;
    size_t unquoted_size, unquoted_capacity;
    eh_str record; /* raw text of the record without its line end; of a bad one, its first line or less */
    int64_t byte;  /* where it starts */
    bool is_cut;   /* the last record of the input, and no line end follows it */
} eh_csv;

void eh_csv_init(eh_csv *csv, eh_context *ctx, eh_window *window);
void eh_csv_release(eh_csv *csv);
/** Learns delimiter (, ; tab |) and line end from the header at the window's place, without consuming it. */
EH_MUST_CHECK eh_status eh_csv_sniff(eh_csv *csv, eh_error *err);
/** The next record; blank lines are passed over. */
EH_MUST_CHECK eh_status eh_csv_next(eh_csv *csv, eh_csv_outcome *outcome, eh_error *err);
#endif
