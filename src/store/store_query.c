/*
 * Results as cells, streamed chunk by chunk so that a result of any size needs the memory of one chunk.
 * Types that have no cell of their own (DECIMAL, DATE, LIST ...) are cast to text by wrapping the query.
 */
#include "store/store_private.h"

#include <math.h>
#include <stdio.h>

enum { most_columns = 4096 };

typedef struct query_column {
    duckdb_type type;
    const void *data;
    uint64_t *validity;
} query_column;

typedef struct query {
    eh_store *store;
    duckdb_prepared_statement statement;
    duckdb_result result;
    bool has_result;
    size_t n_columns;
    eh_column *columns;
    char **names; /* copies: the statement may be replaced by a wrapped one */
    query_column *vectors;
    eh_cell *cells;
} query;

static const struct {
    duckdb_type type;
    const char *name;
} type_names[] = {
    {DUCKDB_TYPE_BOOLEAN, "BOOLEAN"},     {DUCKDB_TYPE_TINYINT, "TINYINT"},
    {DUCKDB_TYPE_SMALLINT, "SMALLINT"},   {DUCKDB_TYPE_INTEGER, "INTEGER"},
    {DUCKDB_TYPE_BIGINT, "BIGINT"},       {DUCKDB_TYPE_UTINYINT, "UTINYINT"},
    {DUCKDB_TYPE_USMALLINT, "USMALLINT"}, {DUCKDB_TYPE_UINTEGER, "UINTEGER"},
    {DUCKDB_TYPE_UBIGINT, "UBIGINT"},     {DUCKDB_TYPE_FLOAT, "FLOAT"},
    {DUCKDB_TYPE_DOUBLE, "DOUBLE"},       {DUCKDB_TYPE_TIMESTAMP, "TIMESTAMP"},
    {DUCKDB_TYPE_DATE, "DATE"},           {DUCKDB_TYPE_TIME, "TIME"},
    {DUCKDB_TYPE_INTERVAL, "INTERVAL"},   {DUCKDB_TYPE_HUGEINT, "HUGEINT"},
    {DUCKDB_TYPE_UHUGEINT, "UHUGEINT"},   {DUCKDB_TYPE_VARCHAR, "VARCHAR"},
    {DUCKDB_TYPE_BLOB, "BLOB"},           {DUCKDB_TYPE_DECIMAL, "DECIMAL"},
    {DUCKDB_TYPE_TIMESTAMP_S, "TIMESTAMP_S"}, {DUCKDB_TYPE_TIMESTAMP_MS, "TIMESTAMP_MS"},
    {DUCKDB_TYPE_TIMESTAMP_NS, "TIMESTAMP_NS"}, {DUCKDB_TYPE_TIMESTAMP_TZ, "TIMESTAMPTZ"},
    {DUCKDB_TYPE_ENUM, "ENUM"},           {DUCKDB_TYPE_LIST, "LIST"},
    {DUCKDB_TYPE_STRUCT, "STRUCT"},       {DUCKDB_TYPE_MAP, "MAP"},
    {DUCKDB_TYPE_ARRAY, "ARRAY"},         {DUCKDB_TYPE_UUID, "UUID"},
    {DUCKDB_TYPE_UNION, "UNION"},         {DUCKDB_TYPE_BIT, "BIT"},
    {DUCKDB_TYPE_SQLNULL, "NULL"},
};

static const char *type_name(duckdb_type type)
{
    for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++)
        if (type_names[i].type == type) return type_names[i].name;
    return "OTHER";
}

static bool has_cell(duckdb_type type)
{
    static const duckdb_type types[] = {
        DUCKDB_TYPE_BOOLEAN,   DUCKDB_TYPE_TINYINT,     DUCKDB_TYPE_SMALLINT,     DUCKDB_TYPE_INTEGER,
        DUCKDB_TYPE_BIGINT,    DUCKDB_TYPE_UTINYINT,    DUCKDB_TYPE_USMALLINT,    DUCKDB_TYPE_UINTEGER,
        DUCKDB_TYPE_UBIGINT,   DUCKDB_TYPE_HUGEINT,     DUCKDB_TYPE_FLOAT,        DUCKDB_TYPE_DOUBLE,
        DUCKDB_TYPE_TIMESTAMP, DUCKDB_TYPE_TIMESTAMP_S, DUCKDB_TYPE_TIMESTAMP_MS, DUCKDB_TYPE_TIMESTAMP_TZ,
        DUCKDB_TYPE_VARCHAR,   DUCKDB_TYPE_SQLNULL,
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i] == type) return true;
    return false;
}

/* ---- preparing ------------------------------------------------------------------------------------------------- */

static eh_status prepare(query *q, const char *sql, eh_error *err)
{
    if (q->statement) duckdb_destroy_prepare(&q->statement);
    if (duckdb_prepare(q->store->connection, sql, &q->statement) == DuckDBSuccess) return EH_OK;
    return store_fail(q->store, duckdb_prepare_error(q->statement), err);
}

static eh_status describe(query *q, eh_error *err)
{
    eh_context *ctx = q->store->ctx;
    size_t n = (size_t)duckdb_prepared_statement_column_count(q->statement);
    if (n > most_columns) return eh_fail(err, EH_E_LIMIT, "the result has %zu columns; at most %d are read", n, most_columns);
    q->columns = eh_alloc(ctx, n, sizeof *q->columns, err);
    q->names = eh_alloc(ctx, n, sizeof *q->names, err);
    q->vectors = eh_alloc(ctx, n, sizeof *q->vectors, err);
    q->cells = eh_alloc(ctx, n, sizeof *q->cells, err);
    if (!q->columns || !q->names || !q->vectors || !q->cells) return err->status;
    q->n_columns = n;
    for (size_t i = 0; i < n; i++) {
        const char *name = duckdb_prepared_statement_column_name(q->statement, i);
        q->names[i] = eh_strndup(ctx, name ? name : "", name ? strlen(name) : 0, err);
        if (name) duckdb_free((void *)(uintptr_t)name);
        if (!q->names[i]) return err->status;
        q->vectors[i].type = duckdb_prepared_statement_column_type(q->statement, i);
        q->columns[i] = (eh_column){q->names[i], type_name(q->vectors[i].type)};
    }
    return EH_OK;
}

/* SELECT c0, CAST(c1 AS VARCHAR) ... FROM (query) AS t(c0, c1, ...): columns by place, so equal names do no harm. */
static eh_status wrap(query *q, const char *sql, eh_error *err)
{
    eh_buf wrapped = EH_BUF_INIT(q->store->ctx);
    eh_str inner = eh_str_trim(eh_str_of(sql));
    while (inner.size && inner.data[inner.size - 1] == ';') {
        inner.size--;
        inner = eh_str_trim(inner);
    }
    eh_status status = eh_buf_printf(&wrapped, err, "SELECT ");
    for (size_t i = 0; i < q->n_columns && status == EH_OK; i++)
        status = eh_buf_printf(&wrapped, err, has_cell(q->vectors[i].type) ? "%sc%zu" : "%sCAST(c%zu AS VARCHAR)",
                               i ? ", " : "", i);
    if (status == EH_OK) status = eh_buf_printf(&wrapped, err, " FROM (");
    if (status == EH_OK) status = eh_buf_add_str(&wrapped, inner, err);
    if (status == EH_OK) status = eh_buf_printf(&wrapped, err, "\n) AS t(");
    for (size_t i = 0; i < q->n_columns && status == EH_OK; i++)
        status = eh_buf_printf(&wrapped, err, "%sc%zu", i ? ", " : "", i);
    if (status == EH_OK) status = eh_buf_printf(&wrapped, err, ")");
    if (status == EH_OK) status = prepare(q, wrapped.data, err);
    for (size_t i = 0; i < q->n_columns && status == EH_OK; i++)
        q->vectors[i].type = duckdb_prepared_statement_column_type(q->statement, i);
    eh_buf_release(&wrapped);
    return status;
}

static eh_status begin(query *q, const char *sql, eh_error *err)
{
    EH_TRY(prepare(q, sql, err));
    if (duckdb_nparams(q->statement) > 0)
        return eh_fail(err, EH_E_INVALID, "the query has parameters ('?' or '$1'); write the values into it");
    EH_TRY(describe(q, err));
    for (size_t i = 0; i < q->n_columns; i++)
        if (!has_cell(q->vectors[i].type)) return wrap(q, sql, err);
    return EH_OK;
}

static void end(query *q)
{
    eh_context *ctx = q->store->ctx;
    if (q->has_result) duckdb_destroy_result(&q->result);
    if (q->statement) duckdb_destroy_prepare(&q->statement);
    for (size_t i = 0; i < q->n_columns; i++) eh_free(ctx, q->names[i]);
    eh_free(ctx, q->names);
    eh_free(ctx, q->columns);
    eh_free(ctx, q->vectors);
    eh_free(ctx, q->cells);
}

/* ---- cells ----------------------------------------------------------------------------------------------------- */

static eh_cell cell_int(int64_t value) { return (eh_cell){EH_CELL_INT, value, (double)value, {NULL, 0}}; }
static eh_cell cell_real(double value) { return (eh_cell){EH_CELL_REAL, 0, value, {NULL, 0}}; }
static eh_cell cell_text(const char *data, size_t size)
{
    return (eh_cell){EH_CELL_TEXT, 0, NAN, {data, size}};
}

static eh_cell cell_time(int64_t value, int64_t unit_us)
{
    if (value == INT64_MAX) return cell_text("infinity", 8);
    if (value == -INT64_MAX) return cell_text("-infinity", 9);
    if (value > INT64_MAX / unit_us || value < -INT64_MAX / unit_us) return cell_text("out of range", 12);
    return (eh_cell){EH_CELL_TIME, value * unit_us, NAN, {NULL, 0}};
}

/* Sums are HUGEINT in DuckDB: an integer as long as it fits, a double beyond. */
static eh_cell cell_huge(duckdb_hugeint value)
{
    if ((value.upper == 0 && value.lower <= INT64_MAX) || (value.upper == -1 && value.lower > INT64_MAX))
        return cell_int((int64_t)value.lower);
    return cell_real(duckdb_hugeint_to_double(value));
}

static eh_cell cell_string(const duckdb_string_t *value)
{
    uint32_t size = value->value.inlined.length;
    const char *data = size <= sizeof value->value.inlined.inlined ? value->value.inlined.inlined
                                                                   : value->value.pointer.ptr;
    return cell_text(data, size);
}

static eh_cell cell_of(const query_column *v, size_t row)
{
    if (v->validity && !(v->validity[row / 64] >> (row % 64) & 1)) return (eh_cell){EH_CELL_NULL, 0, NAN, {NULL, 0}};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
    switch (v->type) {
    case DUCKDB_TYPE_BOOLEAN: {
        bool value = ((const bool *)v->data)[row];
        return (eh_cell){EH_CELL_BOOL, value, value, {NULL, 0}};
    }
    case DUCKDB_TYPE_TINYINT: return cell_int(((const int8_t *)v->data)[row]);
    case DUCKDB_TYPE_SMALLINT: return cell_int(((const int16_t *)v->data)[row]);
    case DUCKDB_TYPE_INTEGER: return cell_int(((const int32_t *)v->data)[row]);
    case DUCKDB_TYPE_BIGINT: return cell_int(((const int64_t *)v->data)[row]);
    case DUCKDB_TYPE_UTINYINT: return cell_int(((const uint8_t *)v->data)[row]);
    case DUCKDB_TYPE_USMALLINT: return cell_int(((const uint16_t *)v->data)[row]);
    case DUCKDB_TYPE_UINTEGER: return cell_int(((const uint32_t *)v->data)[row]);
    case DUCKDB_TYPE_UBIGINT: {
        uint64_t value = ((const uint64_t *)v->data)[row];
        return value <= INT64_MAX ? cell_int((int64_t)value) : cell_real((double)value);
    }
    case DUCKDB_TYPE_HUGEINT: return cell_huge(((const duckdb_hugeint *)v->data)[row]);
    case DUCKDB_TYPE_FLOAT: return cell_real((double)((const float *)v->data)[row]);
    case DUCKDB_TYPE_DOUBLE: return cell_real(((const double *)v->data)[row]);
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ: return cell_time(((const int64_t *)v->data)[row], 1);
    case DUCKDB_TYPE_TIMESTAMP_MS: return cell_time(((const int64_t *)v->data)[row], 1000);
    case DUCKDB_TYPE_TIMESTAMP_S: return cell_time(((const int64_t *)v->data)[row], 1000000);
    case DUCKDB_TYPE_VARCHAR: return cell_string((const duckdb_string_t *)v->data + row);
    default: return (eh_cell){EH_CELL_NULL, 0, NAN, {NULL, 0}};
    }
#pragma GCC diagnostic pop
}

/* ---- streaming ------------------------------------------------------------------------------------------------- */

static eh_status hand_over(query *q, duckdb_data_chunk chunk, eh_row_fn on_row, void *data, eh_error *err)
{
    size_t n_rows = (size_t)duckdb_data_chunk_get_size(chunk);
    for (size_t c = 0; c < q->n_columns; c++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, c);
        q->vectors[c].data = duckdb_vector_get_data(vector);
        q->vectors[c].validity = duckdb_vector_get_validity(vector);
    }
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t c = 0; c < q->n_columns; c++) q->cells[c] = cell_of(&q->vectors[c], row);
        EH_TRY(on_row(data, q->columns, q->cells, q->n_columns, err));
    }
    return EH_OK;
}

static eh_status stream(query *q, eh_row_fn on_row, void *data, eh_error *err)
{
    eh_status status = EH_OK;
    while (status == EH_OK) {
        duckdb_data_chunk chunk = duckdb_fetch_chunk(q->result);
        if (!chunk) {
            const char *message = duckdb_result_error(&q->result);
            return message && *message ? store_fail(q->store, message, err) : EH_OK;
        }
        status = hand_over(q, chunk, on_row, data, err);
        duckdb_destroy_data_chunk(&chunk);
        if (status == EH_OK) status = store_check_cancelled(q->store, err);
    }
    return status;
}

static eh_status execute(query *q, eh_error *err)
{
    duckdb_pending_result pending = NULL;
    eh_status status = EH_OK;
    if (duckdb_pending_prepared_streaming(q->statement, &pending) != DuckDBSuccess ||
        duckdb_execute_pending(pending, &q->result) != DuckDBSuccess) {
        q->has_result = true;
        const char *message = pending ? duckdb_pending_error(pending) : NULL;
        if (!message || !*message) message = duckdb_result_error(&q->result);
        status = store_fail(q->store, message, err);
    }
    q->has_result = true;
    duckdb_destroy_pending(&pending);
    return status;
}

eh_status eh_store_query(eh_store *store, const char *sql, eh_columns_fn on_columns, eh_row_fn on_row, void *data,
                         eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    EH_TRY(store_check_cancelled(store, err));
    query q = {.store = store};
    store_watch(store);
    eh_status status = begin(&q, sql, err);
    if (status == EH_OK) status = execute(&q, err);
    if (status == EH_OK && on_columns) status = on_columns(data, q.columns, q.n_columns, err);
    if (status == EH_OK) status = stream(&q, on_row, data, err);
    end(&q);
    store_unwatch(store);
    return status;
}

/* ---- one value ------------------------------------------------------------------------------------------------- */

typedef struct single {
    bool is_found;
    int64_t integer;
    eh_buf *text;
} single;

static eh_status take_single(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    single *one = data;
    if (one->is_found || n_columns == 0 || cells[0].type == EH_CELL_NULL) return EH_OK;
    one->is_found = true;
    if (!one->text) {
        one->integer = cells[0].type == EH_CELL_REAL ? (int64_t)cells[0].real : cells[0].integer;
        return EH_OK;
    }
    if (cells[0].type == EH_CELL_TEXT) return eh_buf_add(one->text, cells[0].text.data, cells[0].text.size, err);
    if (cells[0].type == EH_CELL_REAL) return eh_buf_printf(one->text, err, "%.17g", cells[0].real);
    return eh_buf_printf(one->text, err, "%lld", (long long)cells[0].integer);
}

static eh_status query_single(eh_store *store, const char *sql, single *one, eh_error *err)
{
    EH_TRY(eh_store_query(store, sql, NULL, take_single, one, err));
    return one->is_found ? EH_OK : eh_fail_at(err, EH_E_NOT_FOUND, store->path, -1, -1, "nothing found for: %.300s", sql);
}

eh_status eh_store_integer(eh_store *store, const char *sql, int64_t *out, eh_error *err)
{
    single one = {0};
    *out = 0;
    EH_TRY(query_single(store, sql, &one, err));
    *out = one.integer;
    return EH_OK;
}

eh_status eh_store_text(eh_store *store, const char *sql, eh_buf *out, eh_error *err)
{
    single one = {.text = out};
    return query_single(store, sql, &one, err);
}
