/** @file csv_table.h  CSV files with known columns (.gz, .zst too), row by row: what the audit reads beside an archive. */
#ifndef EH_AUDIT_CSV_TABLE_H
#define EH_AUDIT_CSV_TABLE_H

#include "base/hash.h"

enum { EH_CSV_TABLE_COLUMNS = 16 };

typedef struct eh_csv_table_row {
    const eh_str *cells; /* one per known column, blanks trimmed; empty where the file has no such column */
    const char *fault;   /* NULL, or what is wrong with the row: cells are empty then */
    int64_t row, byte;   /* data rows count from 1 */
} eh_csv_table_row;
typedef eh_status (*eh_csv_table_fn)(void *data, const eh_csv_table_row *row, eh_error *err);

typedef struct eh_csv_table {
    const char *what;           /* "actions": in messages */
    const char *const *columns; /* known names, at most EH_CSV_TABLE_COLUMNS */
    size_t n_columns, n_needed; /* the first n_needed must be there; other columns of the file are refused */
    bool ignores_others;        /* unless they may be there */
    bool has[EH_CSV_TABLE_COLUMNS]; /* out: which columns the file has; set before the first row */
    char sha256[eh_sha256_hex_size]; /* out */
} eh_csv_table;

EH_MUST_CHECK eh_status eh_csv_table_read(eh_context *ctx, const char *path, eh_csv_table *file, eh_csv_table_fn fn, void *data, eh_error *err);
/** Fails where a header is no text, with what to do about it. */
EH_MUST_CHECK eh_status eh_csv_check_header(const char *path, eh_str header, eh_error *err);
/** The name of a file without its folders, cut to size. */
void eh_csv_table_name(const char *path, char *out, size_t size);
#endif
