/* A list of account ids: one a line, or a table with a column that names them. */
#include "ingest/csv_scan.h"

#include "base/hash.h"
#include "evenhand/ingest.h"

#include <string.h>

static const char *const names[] = {"account_id", "account", "user_id", "author_id", "userid", "did"};

/* The column of ids; -1 where the first row is no header. */
static int column_of(const eh_csv *csv)
{
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        for (size_t i = 0; i < csv->n_fields; i++)
            if (eh_str_is_nocase(csv->fields[i], names[n])) return (int)i;
    return -1;
}

static eh_status take(const char *path, const eh_csv *csv, size_t column, int64_t row, eh_account_id_fn fn, void *data, eh_error *err)
{
    if (!eh_utf8_is_valid(csv->record))
        return eh_fail_at(err, EH_E_FORMAT, path, row, csv->byte, "this row is not UTF-8 text");
    if (column >= csv->n_fields || csv->fields[column].size == 0)
        return eh_fail_at(err, EH_E_FORMAT, path, row, csv->byte, "no account id stands here; one is needed in each row");
    return fn(data, csv->fields[column], err);
}

static eh_status read_rows(const char *path, eh_csv *csv, eh_account_id_fn fn, void *data, uint64_t *n_ids, eh_error *err)
{
    int column = 0;
    eh_window *w = csv->window;
    while (!w->is_end && w->end - w->pos < 3) EH_TRY(eh_window_fill(w, err));
    if (w->end - w->pos >= 3 && memcmp(w->data + w->pos, "\xEF\xBB\xBF", 3) == 0) w->pos += 3; /* byte order mark */
    EH_TRY(eh_csv_sniff(csv, err));
    for (int64_t row = 1;; row++) {
        eh_csv_outcome outcome = EH_CSV_END;
        EH_TRY(eh_csv_next(csv, &outcome, err));
        if (outcome == EH_CSV_END) break;
        if (outcome != EH_CSV_RECORD)
            return eh_fail_at(err, EH_E_FORMAT, path, row, csv->byte, "a quote does not close, or the line is too long");
        if (row == 1) {
            int named = column_of(csv);
            if (named < 0 && csv->n_fields > 1)
                return eh_fail_at(err, EH_E_FORMAT, path, 1, -1,
                                  "has several columns and none is called account_id; name it so, or give one id a line");
            column = named < 0 ? 0 : named;
            if (named >= 0) continue;
        }
        EH_TRY(take(path, csv, (size_t)column, row, fn, data, err));
        (*n_ids)++;
    }
    return EH_OK;
}

eh_status eh_account_list_read(eh_context *ctx, const char *path, eh_account_id_fn fn, void *data, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_window window = {.ctx = ctx};
    eh_csv csv;
    uint64_t n_ids = 0;
    EH_TRY(eh_source_open(ctx, path, &window.source, err));
    eh_csv_init(&csv, ctx, &window);
    eh_status status = read_rows(path, &csv, fn, data, &n_ids, err);
    if (status == EH_OK && eh_source_problem(window.source))
        status = eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "%s", eh_source_problem(window.source));
    if (status == EH_OK && n_ids == 0)
        status = eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "names no account; give one id a line, or a column account_id");
    eh_csv_release(&csv);
    eh_window_release(&window);
    eh_source_close(window.source);
    return status;
}
