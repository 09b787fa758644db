#include "investigation/cell_text.h"

#include "base/hash.h"
#include "base/time.h"

#include <math.h>
#include <stdlib.h>

const char *eh_real_text(double value, char text[eh_real_text_size])
{
    text[0] = 0;
    if (!isfinite(value)) return text;
    /* %g drops trailing zeros, so fewer than 15 digits need no tries of their own. */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, eh_real_text_size, "%.*g", digits, value);
        double back = strtod(text, NULL);
        if (back <= value && back >= value) break;
    }
    return strcmp(text, "-0") == 0 ? "0" : text;
}

static void write_csv(eh_outfile *out, const eh_cell *cell)
{
    _Static_assert((int)eh_time_text_size >= (int)eh_real_text_size, "text holds either");
    char text[eh_time_text_size];
    switch (cell->type) {
    case EH_CELL_NULL: break;
    case EH_CELL_BOOL: (void)fputs(cell->integer ? "true" : "false", out->stream); break;
    case EH_CELL_INT: (void)fprintf(out->stream, "%lld", (long long)cell->integer); break;
    case EH_CELL_REAL: (void)fputs(eh_real_text(cell->real, text), out->stream); break;
    case EH_CELL_TIME: (void)fputs(eh_time_text(cell->integer, text), out->stream); break;
    case EH_CELL_TEXT: eh_outfile_csv(out, cell->text); break;
    }
}

static void write_json(eh_outfile *out, const eh_cell *cell)
{
    char text[eh_time_text_size];
    if (cell->type == EH_CELL_TEXT)
        eh_outfile_json(out, cell->text);
    else if (cell->type == EH_CELL_TIME)
        eh_outfile_json(out, eh_str_of(eh_time_text(cell->integer, text)));
    else if (cell->type == EH_CELL_NULL || (cell->type == EH_CELL_REAL && !isfinite(cell->real)))
        (void)fputs("null", out->stream);
    else
        write_csv(out, cell);
}

static eh_status check_written(const eh_outfile *out, eh_error *err)
{
    if (!ferror(out->stream)) return EH_OK;
    return eh_fail_at(err, EH_E_IO, out->path ? out->path : "standard output", -1, -1,
                      "cannot be written: is the disk full, or the reader gone?");
}

static eh_status write_header(void *data, const eh_column *columns, size_t n_columns, eh_error *err)
{
    eh_outfile *out = data;
    for (size_t i = 0; i < n_columns; i++) {
        if (i) (void)fputc(',', out->stream);
        eh_outfile_csv(out, eh_str_of(columns[i].name));
    }
    (void)fputc('\n', out->stream);
    return check_written(out, err);
}

static eh_status write_csv_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    eh_outfile *out = data;
    for (size_t i = 0; i < n_columns; i++) {
        if (i) (void)fputc(',', out->stream);
        write_csv(out, &cells[i]);
    }
    (void)fputc('\n', out->stream);
    return check_written(out, err);
}

static eh_status write_json_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    eh_outfile *out = data;
    for (size_t i = 0; i < n_columns; i++) {
        (void)fputs(i ? ", " : "{", out->stream);
        eh_outfile_json(out, eh_str_of(columns[i].name));
        (void)fputs(": ", out->stream);
        write_json(out, &cells[i]);
    }
    (void)fputs("}\n", out->stream);
    return check_written(out, err);
}

eh_status eh_write_rows(eh_store *store, const char *sql, bool as_json, eh_outfile *out, eh_error *err)
{
    if (as_json) return eh_store_query(store, sql, NULL, write_json_row, out, err);
    return eh_store_query(store, sql, write_header, write_csv_row, out, err);
}

/* ---- hashing ----------------------------------------------------------------------------------------------------- */

typedef struct row_hash {
    eh_outfile out; /* into memory, which is hashed and written anew each time it has grown */
    char *text;
    size_t size;
    eh_sha256 hash;
} row_hash;

static eh_status drain(row_hash *h, off_t least, eh_error *err)
{
    off_t n = ftello(h->out.stream);
    if (n >= 0 && n < least) return EH_OK;
    if (n < 0 || fflush(h->out.stream) != 0) return eh_fail(err, EH_E_NOMEM, "out of memory");
    eh_sha256_add(&h->hash, h->text, (size_t)n);
    rewind(h->out.stream);
    return EH_OK;
}

static eh_status hash_header(void *data, const eh_column *columns, size_t n_columns, eh_error *err)
{
    row_hash *h = data;
    return write_header(&h->out, columns, n_columns, err);
}

static eh_status hash_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    row_hash *h = data;
    EH_TRY(write_csv_row(&h->out, columns, cells, n_columns, err));
    return drain(h, 1 << 18, err);
}

eh_status eh_hash_rows(eh_store *store, const char *sql, char *hex, eh_error *err)
{
    row_hash h = {.out = {.ctx = eh_store_context(store)}};
    h.out.stream = open_memstream(&h.text, &h.size);
    if (!h.out.stream) return eh_fail(err, EH_E_NOMEM, "out of memory");
    eh_sha256_init(&h.hash);
    eh_status status = eh_store_query(store, sql, hash_header, hash_row, &h, err);
    if (status == EH_OK) status = drain(&h, 0, err);
    (void)fclose(h.out.stream);
    eh_free_foreign(h.text);
    eh_sha256_final(&h.hash, hex);
    return status;
}
