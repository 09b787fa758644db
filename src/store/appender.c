/*
 * Bulk insert through data chunks: values go straight into DuckDB's column vectors, 2048 rows at a time.
 * Measured by the pilot: 5.2 M rows/s against 3.8 M row by row (4 columns).
 */
#include "store/store_private.h"

#include <stdio.h>

typedef struct appender_column {
    duckdb_type type;
    duckdb_vector vector;
    void *data;
    uint64_t *validity; /* NULL while the chunk has no NULL in this column */
} appender_column;

struct eh_appender {
    eh_store *store;
    duckdb_appender appender;
    duckdb_data_chunk chunk;
    duckdb_logical_type *types;
    appender_column *columns;
    size_t n_columns, i_column, n_rows, chunk_size;
    eh_error failure; /* of the current row */
};

/* ---- opening and closing --------------------------------------------------------------------------------------- */

static void look_up_vectors(eh_appender *a)
{
    for (size_t i = 0; i < a->n_columns; i++) {
        appender_column *column = &a->columns[i];
        column->vector = duckdb_data_chunk_get_vector(a->chunk, i);
        column->data = duckdb_vector_get_data(column->vector);
        column->validity = NULL;
    }
}

static eh_status prepare_chunk(eh_appender *a, eh_error *err)
{
    a->n_columns = (size_t)duckdb_appender_column_count(a->appender);
    a->columns = eh_alloc(a->store->ctx, a->n_columns, sizeof *a->columns, err);
    a->types = eh_alloc(a->store->ctx, a->n_columns, sizeof *a->types, err);
    if (!a->columns || !a->types) return err->status;
    for (size_t i = 0; i < a->n_columns; i++) {
        a->types[i] = duckdb_appender_column_type(a->appender, i);
        a->columns[i].type = duckdb_get_type_id(a->types[i]);
    }
    a->chunk = duckdb_create_data_chunk(a->types, a->n_columns);
    if (!a->chunk) return eh_fail(err, EH_E_NOMEM, "out of memory");
    a->chunk_size = (size_t)duckdb_vector_size();
    look_up_vectors(a);
    return EH_OK;
}

eh_status eh_appender_open(eh_store *store, const char *table, eh_appender **out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = NULL;
    eh_appender *a = eh_alloc(store->ctx, 1, sizeof *a, err);
    if (!a) return err->status;
    a->store = store;
    eh_status status = EH_OK;
    if (duckdb_appender_create(store->connection, NULL, table, &a->appender) != DuckDBSuccess)
        status = store_fail(store, duckdb_appender_error(a->appender), err);
    if (status == EH_OK) status = prepare_chunk(a, err);
    if (status != EH_OK) {
        eh_appender_discard(&a);
        return status;
    }
    *out = a;
    return EH_OK;
}

static eh_status flush_chunk(eh_appender *a, eh_error *err)
{
    if (a->n_rows == 0) return EH_OK;
    EH_TRY(store_check_cancelled(a->store, err));
    duckdb_data_chunk_set_size(a->chunk, a->n_rows);
    if (duckdb_append_data_chunk(a->appender, a->chunk) != DuckDBSuccess)
        return store_fail(a->store, duckdb_appender_error(a->appender), err);
    duckdb_data_chunk_reset(a->chunk);
    look_up_vectors(a);
    a->n_rows = 0;
    return EH_OK;
}

void eh_appender_discard(eh_appender **appender)
{
    eh_appender *a = *appender;
    if (!a) return;
    *appender = NULL;
    if (a->chunk) duckdb_destroy_data_chunk(&a->chunk);
    for (size_t i = 0; a->types && i < a->n_columns; i++)
        if (a->types[i]) duckdb_destroy_logical_type(&a->types[i]);
    /* Destroying flushes what is buffered; the caller's rollback takes it back. */
    if (a->appender) (void)duckdb_appender_destroy(&a->appender);
    eh_context *ctx = a->store->ctx;
    eh_free(ctx, a->types);
    eh_free(ctx, a->columns);
    eh_free(ctx, a);
}

eh_status eh_appender_close(eh_appender **appender, eh_error *err)
{
    eh_appender *a = *appender;
    if (!a) return EH_OK;
    eh_status status = flush_chunk(a, err);
    if (status == EH_OK && duckdb_appender_close(a->appender) != DuckDBSuccess)
        status = store_fail(a->store, duckdb_appender_error(a->appender), err);
    eh_appender_discard(appender);
    return status;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

static appender_column *next_column(eh_appender *a)
{
    if (a->failure.status != EH_OK) return NULL;
    if (a->i_column == a->n_columns) {
        (void)eh_fail(&a->failure, EH_E_INVALID, "a row has more values than the table's %zu columns", a->n_columns);
        return NULL;
    }
    return &a->columns[a->i_column++];
}

static void mismatch(eh_appender *a, const char *what)
{
    (void)eh_fail(&a->failure, EH_E_INVALID, "column %zu of the table cannot hold %s", a->i_column, what);
}

static void set_null(eh_appender *a, appender_column *column)
{
    if (!column->validity) {
        duckdb_vector_ensure_validity_writable(column->vector);
        column->validity = duckdb_vector_get_validity(column->vector);
    }
    duckdb_validity_set_row_invalid(column->validity, a->n_rows);
}

void eh_appender_null(eh_appender *a)
{
    appender_column *column = next_column(a);
    if (column) set_null(a, column);
}

void eh_appender_bool(eh_appender *a, bool value)
{
    appender_column *column = next_column(a);
    if (!column) return;
    if (column->type == DUCKDB_TYPE_BOOLEAN)
        ((bool *)column->data)[a->n_rows] = value;
    else
        mismatch(a, "a boolean");
}

static bool fits(int64_t value, int64_t least, int64_t most) { return value >= least && value <= most; }

void eh_appender_int(eh_appender *a, int64_t value)
{
    appender_column *column = next_column(a);
    if (!column) return;
    size_t row = a->n_rows;
    bool is_good = true;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
    switch (column->type) {
    case DUCKDB_TYPE_BIGINT: ((int64_t *)column->data)[row] = value; break;
    case DUCKDB_TYPE_UBIGINT:
        is_good = value >= 0;
        ((uint64_t *)column->data)[row] = (uint64_t)value;
        break;
    case DUCKDB_TYPE_INTEGER:
        is_good = fits(value, INT32_MIN, INT32_MAX);
        ((int32_t *)column->data)[row] = (int32_t)value;
        break;
    case DUCKDB_TYPE_UINTEGER:
        is_good = fits(value, 0, UINT32_MAX);
        ((uint32_t *)column->data)[row] = (uint32_t)value;
        break;
    case DUCKDB_TYPE_DOUBLE: ((double *)column->data)[row] = (double)value; break;
    default: is_good = false;
    }
#pragma GCC diagnostic pop
    if (!is_good) mismatch(a, "this integer");
}

void eh_appender_real(eh_appender *a, double value)
{
    appender_column *column = next_column(a);
    if (!column) return;
    if (column->type == DUCKDB_TYPE_DOUBLE)
        ((double *)column->data)[a->n_rows] = value;
    else
        mismatch(a, "a real number");
}

void eh_appender_time(eh_appender *a, int64_t time_us)
{
    appender_column *column = next_column(a);
    if (!column) return;
    if (column->type != DUCKDB_TYPE_TIMESTAMP)
        mismatch(a, "a time");
    else if (time_us == INT64_MIN) /* EH_TIME_NONE */
        set_null(a, column);
    else
        ((int64_t *)column->data)[a->n_rows] = time_us;
}

void eh_appender_text(eh_appender *a, eh_str text)
{
    appender_column *column = next_column(a);
    if (!column) return;
    if (column->type != DUCKDB_TYPE_VARCHAR)
        mismatch(a, "text");
    else if (!text.data)
        set_null(a, column);
    else
        duckdb_vector_assign_string_element_len(column->vector, a->n_rows, text.data, text.size);
}

eh_status eh_appender_end_row(eh_appender *a, eh_error *err)
{
    size_t n_values = a->i_column;
    a->i_column = 0;
    if (a->failure.status != EH_OK) {
        eh_status status = a->failure.status;
        if (err) *err = a->failure;
        a->failure = (eh_error){.row = -1, .byte = -1};
        return status;
    }
    if (n_values != a->n_columns)
        return eh_fail(err, EH_E_INVALID, "a row has %zu values, the table %zu columns", n_values, a->n_columns);
    if (++a->n_rows < a->chunk_size) return EH_OK;
    return flush_chunk(a, err);
}
