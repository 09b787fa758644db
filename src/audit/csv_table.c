/* CSV files with known columns. */
#include "audit/csv_table.h"

#include "ingest/csv_scan.h"

#include <stdio.h>

typedef struct reading {
    eh_context *ctx;
    const char *path;
    eh_csv_table *file;
    int column[EH_CSV_TABLE_COLUMNS];
    size_t n_header;
    eh_csv_table_fn fn;
    void *data;
} reading;

/* "account_id, side": for messages. */
static void list_columns(const eh_csv_table *file, char *out, size_t size)
{
    size_t used = 0;
    for (size_t c = 0; c < file->n_columns && used < size; c++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", !c ? "" : c == file->n_needed ? "; where known " : ", ", file->columns[c]);
}

eh_status eh_csv_check_header(const char *path, eh_str header, eh_error *err)
{
    const bool is_wide = eh_str_starts_with(header, "\xFF\xFE") || eh_str_starts_with(header, "\xFE\xFF");
    if (is_wide) return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "is UTF-16 text; save it as CSV in UTF-8");
    if (eh_utf8_is_valid(header) && !memchr(header.data, 0, header.size)) return EH_OK;
    return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "its first line is not UTF-8 text; give a CSV file, saved in UTF-8");
}

static eh_status bind_columns(reading *r, const eh_csv *csv, eh_error *err)
{
    char known[320] = "";
    EH_TRY(eh_csv_check_header(r->path, csv->record, err));
    list_columns(r->file, known, sizeof known);
    for (size_t c = 0; c < r->file->n_columns; c++) r->column[c] = -1;
    for (size_t i = 0; i < csv->n_fields; i++) {
        const eh_str name = eh_str_trim(csv->fields[i]);
        size_t c = 0;
        while (c < r->file->n_columns && !eh_str_is_nocase(name, r->file->columns[c])) c++;
        if (c == r->file->n_columns && r->file->ignores_others) continue;
        if (c == r->file->n_columns)
            return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "column '%.*s' is not known in a file of %s; it has %s", (int)(name.size < 60 ? name.size : 60),
                              name.data, r->file->what, known);
        if (r->column[c] >= 0) return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "column '%s' is there twice", r->file->columns[c]);
        r->column[c] = (int)i;
    }
    for (size_t c = 0; c < r->file->n_columns; c++) {
        r->file->has[c] = r->column[c] >= 0;
        if (c < r->file->n_needed && !r->file->has[c])
            return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "column '%s' is missing; a file of %s has %s", r->file->columns[c], r->file->what, known);
    }
    r->n_header = csv->n_fields;
    return EH_OK;
}

static eh_status take_row(reading *r, const eh_csv *csv, bool is_record, int64_t row, eh_error *err)
{
    eh_str cells[EH_CSV_TABLE_COLUMNS];
    for (size_t c = 0; c < EH_CSV_TABLE_COLUMNS; c++) cells[c] = (eh_str){"", 0};
    const char *fault = NULL;
    if (!is_record) fault = "a quote does not close, or the line is too long";
    else if (!eh_utf8_is_valid(csv->record)) fault = "this row is not UTF-8 text; save the file in UTF-8";
    else if (csv->n_fields < r->n_header) fault = "this row has fewer fields than the header";
    else if (csv->n_fields > r->n_header) fault = "this row has more fields than the header; a text that holds the delimiter needs quotes";
    for (size_t c = 0; !fault && c < r->file->n_columns; c++)
        if (r->column[c] >= 0) cells[c] = eh_str_trim(csv->fields[r->column[c]]);
    return r->fn(r->data, &(eh_csv_table_row){cells, fault, row, csv->byte}, err);
}

static eh_status read_rows(reading *r, eh_csv *csv, eh_error *err)
{
    eh_window *w = csv->window;
    while (!w->is_end && w->end - w->pos < 3) EH_TRY(eh_window_fill(w, err));
    if (w->end - w->pos >= 3 && memcmp(w->data + w->pos, "\xEF\xBB\xBF", 3) == 0) w->pos += 3; /* byte order mark */
    EH_TRY(eh_csv_sniff(csv, err));
    for (int64_t row = 0;; row++) {
        eh_csv_outcome outcome = EH_CSV_END;
        if (row % 4096 == 0 && eh_context_is_cancelled(r->ctx)) return eh_fail(err, EH_E_CANCELLED, "stopped");
        EH_TRY(eh_csv_next(csv, &outcome, err));
        if (outcome == EH_CSV_END) break;
        if (row == 0 && outcome != EH_CSV_RECORD)
            return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "the header cannot be read: a quote does not close, or the line is too long");
        if (row == 0) EH_TRY(bind_columns(r, csv, err));
        else EH_TRY(take_row(r, csv, outcome == EH_CSV_RECORD, row, err));
    }
    if (eh_source_problem(w->source)) return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "%s", eh_source_problem(w->source));
    return EH_OK;
}

eh_status eh_csv_table_read(eh_context *ctx, const char *path, eh_csv_table *file, eh_csv_table_fn fn, void *data, eh_error *err)
{
    reading r = {.ctx = ctx, .path = path, .file = file, .fn = fn, .data = data};
    eh_window window = {.ctx = ctx};
    eh_csv csv;
    EH_TRY(eh_source_open(ctx, path, &window.source, err));
    eh_csv_init(&csv, ctx, &window);
    eh_status status = read_rows(&r, &csv, err);
    if (status == EH_OK) status = eh_source_hash(window.source, file->sha256, err);
    eh_csv_release(&csv);
    eh_window_release(&window);
    eh_source_close(window.source);
    return status;
}

void eh_csv_table_name(const char *path, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');
    snprintf(out, size, "%s", slash ? slash + 1 : path);
}
