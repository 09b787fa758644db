/* Parquet files through --map; DuckDB writes them. */
#include "ingest_helper.h"
#include "store/store.h"

#define US "1537230000000000"

/* Writes the result of a SELECT as Parquet; the caller unlinks the file. */
static void write_parquet(char path[64], const char *select)
{
    eh_context *ctx = NULL;
    eh_store *store = NULL;
    eh_error err = EH_ERROR_INIT;
    write_file(path, "", 0);
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    CHECK_OK(eh_store_open(ctx, NULL, EH_STORE_MEMORY, &store, &err), err);
    CHECK_OK(eh_store_execf(store, &err, "COPY (%s) TO '%s' (FORMAT parquet)", select, path), err);
    eh_store_close(store);
    eh_context_free(ctx);
}

static void ingest_parquet(const char *select, const char *const (*maps)[2], size_t n_maps, ingested *in)
{
    eh_context *ctx = NULL;
    char path[64];
    eh_column_map list[20];
    eh_ingest_options options = eh_ingest_options_default();
    options.maps = list;
    for (; options.n_maps < n_maps; options.n_maps++) {
        const char *field = maps[options.n_maps][0], *column = maps[options.n_maps][1];
        list[options.n_maps] = (eh_column_map){{field, strlen(field)}, {column, strlen(column)}};
    }
    write_parquet(path, select);
    CHECK(eh_context_new(NULL, &ctx, NULL) == EH_OK);
    ingest_path(ctx, path, &options, in);
    CHECK(unlink(path) == 0);
    eh_context_free(ctx);
}

static void reads_typed_columns(void)
{
    static const char *const maps[][2] = {{"account", "who"}, {"time", "At \"it\""}, {"urls", "links"}, {"post", "id"}};
    ingested in;
    ingest_parquet("SELECT * FROM (VALUES ('ada', TIMESTAMP '2018-09-18 00:20:00', ['http://a.example/1,2', 'http://b.example/'], 12345678901234567),"
                   "(NULL, TIMESTAMP '2018-09-18 00:20:00', [], 2), ('ben', NULL, NULL, 3),"
                   "('ben', TIMESTAMP '2018-09-18 00:20:00.25', NULL, 4)) t(who, \"At \"\"it\"\"\", links, id)",
                   maps, 4, &in);
    CHECK_LOG(in, "1 ada/12345678901234567 post " US " u[http://a.example/1,2,http://b.example/]\n"
                  "2 no_account\n3 no_time\n4 ben/4 post 1537230000250000\n");
    CHECK_EQ_STR(in.report.format, "map");
    CHECK_EQ_STR(in.report.time_format, "date_time");
    CHECK_EQ_INT(strlen(in.report.sha256), 64);
}

static void reads_more_than_the_sample(void)
{
    static const char *const maps[][2] = {{"account", "a"}, {"time", "t"}};
    ingested in;
    ingest_parquet("SELECT 'acc' || (i % 77) AS a, 1537230000 + i AS t FROM range(5000) r(i)", maps, 2, &in);
    CHECK_OK(in.status, in.err);
    CHECK_EQ_INT(in.report.n_rows_kept, 5000);
    CHECK_EQ_STR(in.report.time_format, "epoch_s");
}

static void asks_for_maps(void)
{
    static const char *const maps[][2] = {{"account", "a"}, {"time", "then"}};
    ingested in;
    ingest_parquet("SELECT 1 AS a, 2 AS t", maps, 0, &in);
    CHECK_FAILS(in, EH_E_FORMAT, "columns found: a, t");
    CHECK_FAILS(in, EH_E_FORMAT, "--map");
    ingest_parquet("SELECT 1 AS a, 2 AS t", maps, 2, &in);
    CHECK_FAILS(in, EH_E_FORMAT, "no column 'then'");
    ingest_bytes("PAR1 is not enough", 18, NULL, &in);
    CHECK(in.status != EH_OK);
}

CHECK_MAIN(reads_typed_columns, reads_more_than_the_sample, asks_for_maps)
