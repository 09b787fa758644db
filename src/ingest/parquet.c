/* Parquet files through DuckDB: every mapped column as text, so that the checks are those of any other file. */
#include "ingest/reader.h"
#include "store/store.h"

typedef struct parquet_run {
    eh_reader *reader;
    eh_store *store;
    eh_columns columns;
    eh_buf sql, row_text;
    eh_field field_of[EH_N_MAP_FIELDS]; /* by place in the SELECT */
    size_t n_fields;
    eh_str *names; /* while the columns are listed */
    size_t n_names, name_capacity;
} parquet_run;

/* ---- columns ------------------------------------------------------------------------------ */

static eh_status on_columns(void *data, const eh_column *columns, size_t n_columns, eh_error *err)
{
    parquet_run *run = data;
    for (size_t i = 0; i < n_columns; i++) {
        EH_TRY(eh_reserve(run->reader->ctx, (void **)&run->names, &run->name_capacity, i + 1, sizeof *run->names, err));
        run->names[i] = eh_str_of(columns[i].name);
    }
    return eh_columns_set(&run->columns, run->names, n_columns, err);
}

static eh_status ignore_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)data, (void)columns, (void)cells, (void)n_columns, (void)err;
    return EH_OK;
}

static eh_status add_from(parquet_run *run, eh_error *err)
{
    EH_TRY(eh_buf_printf(&run->sql, err, " FROM read_parquet("));
    EH_TRY(eh_sql_quote(&run->sql, eh_str_of(run->reader->path), err));
    return eh_buf_printf(&run->sql, err, ")");
}

static eh_status add_identifier(eh_buf *sql, eh_str name, eh_error *err)
{
    EH_TRY(eh_buf_add(sql, "\"", 1, err));
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] == '"') EH_TRY(eh_buf_add(sql, "\"", 1, err));
        EH_TRY(eh_buf_add(sql, name.data + i, 1, err));
    }
    return eh_buf_add(sql, "\"", 1, err);
}

static eh_status bind(parquet_run *run, eh_error *err)
{
    eh_reader *r = run->reader;
    EH_TRY(eh_buf_printf(&run->sql, err, "SELECT *"));
    EH_TRY(add_from(run, err));
    EH_TRY(eh_buf_printf(&run->sql, err, " LIMIT 0"));
    EH_TRY(eh_store_query(run->store, run->sql.data, on_columns, ignore_row, run, err));
    if (!eh_options_are_mapped(r->options)) {
        char list[200];
        return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1,
                          "is a Parquet file (columns found: %s); say which column is which, for example: "
                          "--map account=author --map time=posted",
                          eh_columns_list(&run->columns, list, sizeof list));
    }
    EH_TRY(eh_choose_for_columns(r, &run->columns, err));
    eh_buf_clear(&run->sql);
    for (int field = 0; field < EH_N_MAP_FIELDS; field++) {
        if (r->column_of[field] < 0) continue;
        EH_TRY(eh_buf_printf(&run->sql, err, run->n_fields ? ", " : "SELECT "));
        EH_TRY(add_identifier(&run->sql, run->columns.names[r->column_of[field]], err));
        EH_TRY(eh_buf_printf(&run->sql, err, "::VARCHAR"));
        run->field_of[run->n_fields++] = (eh_field)field;
    }
    return add_from(run, err);
}

/* ---- rows --------------------------------------------------------------------------------- */

static eh_status on_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    parquet_run *run = data;
    eh_reader *r = run->reader;
    eh_str texts[EH_N_FIELDS] = {{NULL, 0}};
    eh_buf_clear(&run->row_text);
    for (size_t i = 0; i < n_columns && i < run->n_fields; i++) {
        if (cells[i].type == EH_CELL_TEXT) texts[run->field_of[i]] = cells[i].text;
        eh_str shown = texts[run->field_of[i]];
        if (shown.size > eh_excerpt_capacity) shown.size = eh_excerpt_capacity;
        if (i) EH_TRY(eh_buf_add(&run->row_text, ",", 1, err));
        EH_TRY(eh_buf_add_str(&run->row_text, shown, err));
    }
    r->row_text = eh_buf_str(&run->row_text);
    r->row_byte = -1;
    EH_TRY(r->format->on_row(r, texts, err));
    return eh_reader_breathe(r, err);
}

static eh_status read_rows(parquet_run *run, eh_error *err)
{
    eh_reader *r = run->reader;
    size_t size = run->sql.size;
    r->is_sampling = true;
    EH_TRY(eh_buf_printf(&run->sql, err, " LIMIT %d", (int)eh_sample_n_rows));
    EH_TRY(eh_store_query(run->store, run->sql.data, NULL, on_row, run, err));
    eh_reader_end_sample(r);
    run->sql.data[size] = 0;
    run->sql.size = size;
    return eh_store_query(run->store, run->sql.data, NULL, on_row, run, err);
}

eh_status eh_read_parquet(eh_reader *r, eh_error *err)
{
    parquet_run run = {.reader = r};
    run.columns.ctx = run.sql.ctx = run.row_text.ctx = r->ctx;
    eh_status status = eh_store_open(r->ctx, NULL, EH_STORE_MEMORY, &run.store, err);
    if (status == EH_OK) status = bind(&run, err);
    if (status == EH_OK) status = read_rows(&run, err);
    eh_store_close(run.store);
    eh_free(r->ctx, run.names);
    eh_columns_release(&run.columns);
    eh_buf_release(&run.sql);
    eh_buf_release(&run.row_text);
    return status;
}
