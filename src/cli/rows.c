#include "cli/rows.h"

#include "cli/cli.h"

#include <stdlib.h>

enum { BLOCK_SIZE = 1 << 16 };

static void add(cli_rows *rows, const char *data, size_t size)
{
    if (rows->status == EH_OK) rows->status = eh_buf_add(&rows->line, data, size, rows->err);
}

static void flush(cli_rows *rows)
{
    /* A short write shows in ferror, which the commit asks. */
    if (rows->line.size) (void)fwrite(rows->line.data, 1, rows->line.size, rows->out.stream);
    eh_buf_clear(&rows->line);
}

eh_status cli_rows_check(const char *path, eh_error *err)
{
    const char *extension = cli_extension(path);
    if (strcmp(path, "-") == 0 || strcmp(extension, "csv") == 0 || strcmp(extension, "jsonl") == 0) return EH_OK;
    if (strcmp(extension, "parquet") == 0)
        return eh_fail_at(err, EH_E_INVALID, path, -1, -1,
                          "Parquet is not written here; write .csv and convert it with any DuckDB client: "
                          "COPY (FROM 'x.csv') TO 'x.parquet'");
    return eh_fail_at(err, EH_E_INVALID, path, -1, -1, "the name must end in .csv or .jsonl, or be - for CSV on "
                      "standard output");
}

eh_status cli_rows_open(eh_context *ctx, const char *path, const char *const *columns, size_t n_columns,
                        cli_rows *rows, eh_error *err)
{
    *rows = (cli_rows){.line = EH_BUF_INIT(ctx), .columns = columns, .n_columns = n_columns};
    rows->is_json = strcmp(cli_extension(path), "jsonl") == 0;
    EH_TRY(eh_outfile_open(ctx, path, &rows->out, err));
    rows->err = err;
    for (size_t i = 0; i < n_columns && !rows->is_json; i++) {
        if (i) add(rows, ",", 1);
        add(rows, columns[i], strlen(columns[i]));
    }
    if (!rows->is_json) add(rows, "\n", 1);
    eh_status status = rows->status;
    if (status != EH_OK) cli_rows_discard(rows);
    return status;
}

/* What stands before the value. */
static void begin_value(cli_rows *rows)
{
    if (!rows->is_json) {
        if (rows->i_column) add(rows, ",", 1);
    } else {
        const char *name = rows->columns[rows->i_column];
        add(rows, rows->i_column ? ",\"" : "{\"", 2);
        add(rows, name, strlen(name));
        add(rows, "\":", 2);
    }
    rows->i_column++;
}

static bool is_plain(eh_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == ',' || c == '"' || c == '\n' || c == '\r') return false;
    }
    return text.size == 0 || (text.data[0] != ' ' && text.data[text.size - 1] != ' ');
}

void cli_rows_text(cli_rows *rows, eh_str text)
{
    begin_value(rows);
    if (!rows->is_json && is_plain(text)) {
        add(rows, text.data, text.size);
        return;
    }
    flush(rows);
    if (rows->is_json)
        eh_outfile_json(&rows->out, text);
    else
        eh_outfile_csv(&rows->out, text);
}

void cli_rows_count(cli_rows *rows, uint64_t n)
{
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    begin_value(rows);
    add(rows, digits + at, sizeof digits - at);
}

void cli_rows_real(cli_rows *rows, double x)
{
    char text[32];
    int size = 0;
    for (int digits = 1; digits <= 17; digits++) {
        size = snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x) break;
    }
    begin_value(rows);
    add(rows, text, (size_t)size);
}

eh_status cli_rows_end_row(cli_rows *rows, eh_error *err)
{
    if (rows->is_json) add(rows, "}", 1);
    add(rows, "\n", 1);
    rows->i_column = 0;
    if (rows->line.size >= BLOCK_SIZE) flush(rows);
    if (rows->status == EH_OK && ferror(rows->out.stream))
        return eh_fail_at(err, EH_E_IO, rows->out.path, -1, -1, "could not be written; is the disk full?");
    return rows->status;
}

eh_status cli_rows_commit(cli_rows *rows, eh_error *err)
{
    flush(rows);
    eh_buf_release(&rows->line);
    return eh_outfile_commit(&rows->out, err);
}

void cli_rows_discard(cli_rows *rows)
{
    eh_buf_release(&rows->line);
    eh_outfile_discard(&rows->out);
}
