/* The data dictionary is the tables: what it says is compared with what DuckDB has, and with the page in docs/. */
#include "investigation_helper.h"

static eh_status add_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n, eh_error *e)
{
    (void)columns;
    for (size_t i = 0; i < n; i++) EH_TRY(eh_buf_printf(data, e, "%.*s ", (int)cells[i].text.size, cells[i].text.data));
    return eh_buf_printf(data, e, "\n");
}

static void tables_are_what_it_says(void)
{
    eh_context *ctx = new_context(1);
    eh_store *store;
    CHECK_OK(eh_store_open(ctx, NULL, EH_STORE_MEMORY, &store, &err), err);
    CHECK_OK(eh_tables_create(store, &err), err);
    CHECK_OK(eh_tables_create(store, &err), err); /* again: nothing happens */
    eh_buf said = EH_BUF_INIT(ctx), real = EH_BUF_INIT(ctx);
    for (size_t i = 0; i < eh_n_tables(); i++) {
        const eh_table *table = eh_table_at(i);
        CHECK(eh_table_named(table->name) == table);
        for (size_t c = 0; c < table->n_columns; c++) {
            const eh_table_column *column = &table->columns[c];
            CHECK(column->meaning && column->meaning[0] && column->unit);
            CHECK_OK(eh_buf_printf(&said, &err, "%s %s %s %s \n", table->name, column->name, column->type,
                                   column->use == EH_COLUMN_REQUIRED ? "NO" : "YES"), err);
        }
        char sql[256];
        snprintf(sql, sizeof sql,
                 "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = "
                 "'%s' ORDER BY ordinal_position",
                 table->name);
        CHECK_OK(eh_store_query(store, sql, NULL, add_row, &real, &err), err);
    }
    CHECK_EQ_STR(said.data, real.data);
    int64_t n;
    CHECK_OK(eh_store_integer(store, "SELECT count(*) FROM duckdb_tables()", &n, &err), err);
    CHECK_EQ_INT(n, eh_n_tables());
    CHECK_OK(eh_store_integer(store, "SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'schema_version'", &n, &err), err);
    CHECK_EQ_INT(n, EH_SCHEMA_VERSION);
    eh_buf_release(&said);
    eh_buf_release(&real);
    eh_store_close(store);
    eh_context_free(ctx);
}

/* The first columns of each file are a promise to other programs. */
static void files_begin_as_promised(void)
{
    static const char *const promised[][2] = {
        {"accounts", "account_id listed finding q_value p_value network_id n_actions n_partners behaviours "},
        {"edges", "account_a account_b behaviour window_s shared_objects expected p_value q_value listed first_time last_time "},
        {"networks", "network_id n_accounts n_edges behaviours first_time last_time "},
        {"evidence", "account_a account_b behaviour object post_a post_b time_a time_b delta_s "},
        {"rejects", "source_id row byte reason excerpt "},
    };
    for (size_t i = 0; i < sizeof promised / sizeof *promised; i++) {
        const eh_table_file *file = eh_table_file_of(promised[i][0]);
        CHECK(file);
        char names[512] = "";
        const eh_table *table = eh_table_named(file->table);
        for (size_t c = 0, n = 0; c < table->n_columns; c++)
            if (eh_is_exported(&table->columns[c]))
                n += (size_t)snprintf(names + n, sizeof names - n, "%s ", table->columns[c].name);
        CHECK(strncmp(names, promised[i][1], strlen(promised[i][1])) == 0);
    }
}

/* EVENHAND_UPDATE=1 writes the page instead of comparing it. */
static void page_is_up_to_date(void)
{
    const char *source = getenv("SRC");
    if (!source) SKIP("SRC does not name the source tree");
    char page[1024];
    snprintf(page, sizeof page, "%s/docs/data-dictionary.md", source);
    eh_context *ctx = new_context(1);
    if (getenv("EVENHAND_UPDATE")) CHECK_OK(eh_schema_write(ctx, page, false, &err), err);
    CHECK_OK(eh_schema_write(ctx, scratch("page.md"), false, &err), err);
    char *now = read_whole(scratch("page.md"), NULL), *kept = read_whole(page, NULL);
    if (strcmp(now, kept) != 0) fprintf(stderr, "run: EVENHAND_UPDATE=1 meson test -C build tables\n");
    CHECK(strcmp(now, kept) == 0);
    free(now);
    free(kept);
    eh_context_free(ctx);
}

static void json_is_valid(void)
{
    eh_context *ctx = new_context(1);
    const char *path = scratch("schema.json");
    CHECK_OK(eh_schema_write(ctx, path, true, &err), err);
    eh_store *store;
    CHECK_OK(eh_store_open(ctx, NULL, EH_STORE_MEMORY, &store, &err), err);
    char sql[512];
    int64_t n;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM read_text('%s') WHERE json_valid(content) AND "
                              "(content->>'$.files[0].columns[0].name') = 'account_id'", path);
    CHECK_OK(eh_store_integer(store, sql, &n, &err), err);
    CHECK_EQ_INT(n, 1);
    snprintf(sql, sizeof sql, "SELECT json_array_length(content->'$.tables') FROM read_text('%s')", path);
    CHECK_OK(eh_store_integer(store, sql, &n, &err), err);
    CHECK_EQ_INT(n, eh_n_tables());
    eh_store_close(store);
    eh_context_free(ctx);
}

CHECK_MAIN(tables_are_what_it_says, files_begin_as_promised, page_is_up_to_date, json_is_valid, removes_scratch)
