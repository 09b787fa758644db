/** @file rows.h  A table written row by row, as CSV or JSON Lines by the extension of its file. */
#ifndef EH_CLI_ROWS_H
#define EH_CLI_ROWS_H

#include "base/outfile.h"

typedef struct cli_rows {
    eh_outfile out;
    eh_buf line; /* gathered, written in blocks */
    bool is_json;
    const char *const *columns;
    size_t n_columns, i_column;
    eh_status status; /* of the first failure; told by cli_rows_end_row */
    eh_error *err;
} cli_rows;

/** Whether path names a form that can be written: "-" or .csv is CSV, .jsonl JSON Lines. */
EH_MUST_CHECK eh_status cli_rows_check(const char *path, eh_error *err);
/** Opens and writes the header. columns is borrowed; path "-" is CSV on standard output. */
EH_MUST_CHECK eh_status cli_rows_open(eh_context *ctx, const char *path, const char *const *columns, size_t n_columns,
                                      cli_rows *rows, eh_error *err);
/** The next value of the row. */
void cli_rows_text(cli_rows *rows, eh_str text);
void cli_rows_count(cli_rows *rows, uint64_t n);
void cli_rows_real(cli_rows *rows, double x); /* the shortest text that reads back as x */
EH_MUST_CHECK eh_status cli_rows_end_row(cli_rows *rows, eh_error *err);
EH_MUST_CHECK eh_status cli_rows_commit(cli_rows *rows, eh_error *err);
void cli_rows_discard(cli_rows *rows);

#endif
