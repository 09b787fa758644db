/* Damaged and strange input: told, counted, never a crash, nothing lost in silence. */
#include "ingest_helper.h"

#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#define HEADER "object_id,account_id,content_id,timestamp_share\n"
#define T "1537230000"
#define US "1537230000000000"

static void tells_what_is_no_file(void)
{
    eh_context *ctx = NULL;
    ingested in;
    CHECK(eh_context_new(NULL, &ctx, NULL) == EH_OK);
    ingest_path(ctx, "/tmp", NULL, &in);
    CHECK_FAILS(in, EH_E_IO, "directory");
    ingest_path(ctx, "/tmp/no-such-file.csv", NULL, &in);
    CHECK_FAILS(in, EH_E_IO, "No such file");
    CHECK_EQ_STR(in.err.source, "/tmp/no-such-file.csv");
    ingest_path(ctx, "/dev/null", NULL, &in);
    CHECK_FAILS(in, EH_E_IO, "regular");
    ingest_path(ctx, "", NULL, &in);
    CHECK_FAILS(in, EH_E_INVALID, "no file");
    eh_context_free(ctx);
}

static void tells_what_is_no_text(void)
{
    static const struct {
        const char *bytes, *word;
        size_t size;
    } files[] = {
        {"\x7F" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3E\0\1\0\0\0", "program", 24},
        {"\0\0\0\0\0\0\0\0DUCK\x40\0\0\0\0\0\0\0", "DuckDB", 20},
        {"\xFF\xFE" "a\0c\0c\0o\0u\0n\0t\0", "UTF-16", 16},
        {"PK\x03\x04rest", "zip", 8},
        {"\0\1\2\3\4\5\6\7\0\1\2\3\4\5\6\7", "not text", 16},
        {"a\0b\0c\0d\0", "not text", 8},
        {"na\xEFve,b\n1,2\n", "UTF-8", 10},
        {"\n\n\r\n", "blank", 4},
        {"\"open,b\n1,2\n", "quote", 11},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        ingested in;
        ingest_bytes(files[i].bytes, files[i].size, NULL, &in);
        CHECK_FAILS(in, EH_E_FORMAT, files[i].word);
    }
}

static void tells_what_has_nothing_in_it(void)
{
    ingested in;
    ingest_text("", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "empty");
    ingest_text("\xEF\xBB\xBF", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "blank");
    ingest_text(HEADER, &in);
    CHECK_LOG(in, "");
    CHECK_EQ_STR(in.report.note, "the file has no rows");
    CHECK_EQ_STR(in.report.format, "coortweet");
    ingest_text("object_id,account_id,content_id,timestamp_share", &in);
    CHECK_LOG(in, "");
}

static void tells_what_columns_there_are(void)
{
    ingested in;
    ingest_text("who,when\na,1\n", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "who, when");
    CHECK_FAILS(in, EH_E_FORMAT, "--map");
    eh_ingest_options options = eh_ingest_options_default();
    options.format = "cnt";
    ingest_bytes("message_id,user_id,repost_id\n1,2,3\n", 35, &options, &in);
    CHECK_FAILS(in, EH_E_FORMAT, "timestamp");
    CHECK_FAILS(in, EH_E_FORMAT, "message_id, user_id, repost_id");
    options.format = "nothing";
    ingest_bytes("a,b\n1,2\n", 8, &options, &in);
    CHECK_FAILS(in, EH_E_INVALID, "twarc2_pages");
    options.format = "twarc2_flat";
    ingest_bytes("a,b\n1,2\n", 8, &options, &in);
    CHECK_FAILS(in, EH_E_FORMAT, "JSON");
    options.format = "cnt";
    ingest_bytes("{\"a\":1}\n", 8, &options, &in);
    CHECK_FAILS(in, EH_E_FORMAT, "table");
    ingest_text("userid,account_creation_date\na,2014-01-01\n", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "users file");
    ingest_text("{\"a\":1}\n", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "keys found: a");
    ingest_text("[\n{\"a\":1}\n]\n", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "keys found: a");
    ingest_text("[1,\n2]\n", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "jq");
}

static void rejects_bad_bytes(void)
{
    static const char text[] = HEADER "o,gr\xFC\xDF" "e,c," T "\no,a\0b,c," T "\no\0o,a,c," T "\no,a,c\0," T "\no,a,c," T "\n";
    ingested in;
    ingest_bytes(text, sizeof text - 1, NULL, &in);
    CHECK_LOG(in, "1 encoding\n2 malformed\n3 malformed\n4 malformed\n5 a/c repost =o " US "\n");
    static const char post[] = "message_id,user_id,repost_id,message,timestamp\n1,a,,x\0y," T "\n";
    ingest_bytes(post, sizeof post - 1, NULL, &in);
    CHECK_LOG(in, "1 a/1 post " US " x0y\n");
}

static void rejects_damaged_ids(void)
{
    ingested in;
    ingest_text(HEADER "9.05875E+17,a,c," T "\no,9.05875e+17,c," T "\no,a,9E+17," T "\no,a,c," T "\n", &in);
    CHECK_LOG(in, "1 damaged_id\n2 damaged_id\n3 damaged_id\n4 a/c repost =o " US "\n");
    ingest_text("account_id,behaviour,object,time\na,text,9.05875E+17," T "\n", &in);
    CHECK_LOG(in, "1 a text =9.05875E+17 " US "\n");
}

static void rejects_what_lacks_something(void)
{
    ingested in;
    ingest_text(HEADER "NA,a,c," T "\n,a,c," T "\no,NA,c," T "\no,,c," T "\no,a,c,NA\no,a,c,\no,a,NA," T "\n", &in);
    CHECK_LOG(in, "1 no_object\n2 a/c repost = " US "\n3 no_account\n4 no_account\n5 no_time\n6 no_time\n7 a repost =o " US "\n");
    ingest_text("account_id,behaviour,object,timestamp\na,link,," T "\na,dance,x," T "\na,co_tweet,x," T "\n", &in);
    CHECK_LOG(in, "1 no_object\n2 behaviour\n3 a text =x " US "\n");
    ingest_text("object_id,account_id,content_id,timestamp_share,behaviour\no,a,c," T ",link\no,a,c," T ",\no,a,c," T ",x\n", &in);
    CHECK_LOG(in, "1 a/c link =o " US "\n2 a/c repost =o " US "\n3 behaviour\n");
}

static void rejects_times(void)
{
    ingested in;
    ingest_text(HEADER "o,a,c," T "\no,a,c,2018-09-18 01:20:10\no,a,c," T "000\no,a,c," T "\no,a,c,never\no,a,c,2018-09-18\n", &in);
    CHECK_LOG(in, "1 a/c repost =o " US "\n2 time_format\n3 time_format\n4 a/c repost =o " US "\n5 time_format\n6 time_format\n");
    CHECK_EQ_STR(in.report.time_format, "epoch_s");
    ingest_text(HEADER "o,a,c,0\no,a,c,9214646400\no,a,c,86399\no,a,c," T "\no,a,c,86400\no,a,c,-5\no,a,c,7258118399\no,a,c,7258118400\n", &in);
    CHECK_LOG(in, "1 time_range\n2 time_range\n3 time_range\n4 a/c repost =o " US
                  "\n5 a/c repost =o 86400000000\n6 time_range\n7 a/c repost =o 7258118399000000\n8 time_range\n");
    ingest_text(HEADER "o,a,c,1970-01-01 00:00:00\no,a,c,2262-04-11 00:00:00\no,a,c,2018-09-18 00:20:00\n", &in);
    CHECK_LOG(in, "1 time_range\n2 time_range\n3 a/c repost =o 1537230000000000\n");
    CHECK_EQ_INT(in.report.time_precision_us, 60000000);
    ingest_text(HEADER "o,a,c,0\no,a,c,0\n", &in);
    CHECK_LOG(in, "1 time_range\n2 time_range\n");
    ingest_text(HEADER "o,a,c,1\no,a,c,60.5\no,a,c,0\n", &in);
    CHECK_LOG(in, "1 a/c repost =o 1000000\n2 a/c repost =o 60500000\n3 a/c repost =o 0\n");
    CHECK(strstr(in.report.note, "small numbers"));
    ingest_text(HEADER "o,a,c,soon\no,a,c,later\n", &in);
    CHECK_LOG(in, "1 time_format\n2 time_format\n");
    CHECK(strstr(in.report.note, "no time"));
}

/* ---- compression -------------------------------------------------------------------------- */

enum { n_rows = 20000, text_capacity = 1 << 20 };

static size_t make_rows(char *text)
{
    size_t used = (size_t)sprintf(text, HEADER);
    for (unsigned i = 0; i < n_rows; i++)
        used += (size_t)sprintf(text + used, "o%u,a%u,c%u,%u\n", i * 2654435761U % 9973, i * 40503U % 977, i, 1537230000 + i);
    return used;
}

static size_t gzip(const char *text, size_t size, unsigned char *out, size_t capacity)
{
    z_stream z = {0};
    CHECK(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text;
    z.avail_in = (uInt)size;
    z.next_out = out;
    z.avail_out = (uInt)capacity;
    CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    size_t used = capacity - z.avail_out;
    CHECK(deflateEnd(&z) == Z_OK);
    return used;
}

static void reads_compressed_files(void)
{
    char *text = malloc(text_capacity);
    unsigned char *packed = malloc(2 * text_capacity);
    CHECK(text && packed);
    size_t size = make_rows(text), half = size / 2;
    for (int way = 0; way < 4; way++) { /* gzip, two members, trailing zeros, zstd */
        size_t n = 0;
        ingested in;
        if (way == 3)
            n = ZSTD_compress(packed, 2 * text_capacity, text, size, 3);
        else if (way == 1) {
            n = gzip(text, half, packed, text_capacity);
            n += gzip(text + half, size - half, packed + n, text_capacity);
        } else
            n = gzip(text, size, packed, text_capacity);
        if (way == 2) memset(packed + n, 0, 512);
        if (way == 2) n += 512;
        ingest_bytes(packed, n, NULL, &in);
        CHECK_OK(in.status, in.err);
        CHECK_EQ_INT(in.report.n_rows_kept, n_rows);
        CHECK_EQ_STR(in.report.compression, way == 3 ? "zstd" : "gzip");
        CHECK(!in.report.is_truncated);
        CHECK_EQ_STR(in.report.note, "");
        CHECK_EQ_INT(in.report.file_size, n);
    }
    free(text);
    free(packed);
}

static void keeps_what_a_cut_file_still_holds(void)
{
    char *text = malloc(text_capacity);
    unsigned char *packed = malloc(text_capacity);
    CHECK(text && packed);
    size_t size = make_rows(text);
    for (int way = 0; way < 4; way++) { /* gzip cut, gzip damaged, zstd cut, zstd damaged */
        ingested in;
        size_t n = way < 2 ? gzip(text, size, packed, text_capacity) : ZSTD_compress(packed, text_capacity, text, size, 3);
        CHECK(n > 100 && n < text_capacity);
        if (way % 2 == 0)
            n = n * 2 / 3;
        else
            memset(packed + n * 2 / 3, 0x55, 64);
        ingest_bytes(packed, n, NULL, &in);
        if (way >= 2 && in.status == EH_E_FORMAT) continue; /* its one block is lost as a whole */
        CHECK_OK(in.status, in.err);
        CHECK(in.report.is_truncated);
        CHECK(strstr(in.report.note, "read"));
        CHECK(in.report.n_rows_kept > 100 && in.report.n_rows_kept < n_rows);
    }
    free(text);
    free(packed);
}

/* A row that lost its end must not be kept with half a number. */
static void rejects_the_cut_row(void)
{
    static const char text[] = HEADER "o,a,c," T "\no,a,c,15372300";
    unsigned char packed[512];
    ingested in;
    size_t n = gzip(text, sizeof text - 1, packed, sizeof packed);
    ingest_bytes(packed, n - 8, NULL, &in);
    CHECK_LOG(in, "1 a/c repost =o " US "\n2 malformed\n");
    CHECK(in.report.is_truncated);
    ingest_bytes(packed, n, NULL, &in);
    CHECK_LOG(in, "1 a/c repost =o " US "\n2 a/c repost =o 15372300000000\n");
    ingest_bytes(packed, 10, NULL, &in);
    CHECK_FAILS(in, EH_E_FORMAT, "ends early");
}

static void hashes_the_file_on_disk(void)
{
    ingested in;
    ingest_text(HEADER "o,a,c," T "\n", &in);
    CHECK_EQ_STR(in.report.sha256, "43245de7661473a425056acd21bb15b8d03bee1a3002ade997b3596876254407");
}

/* ---- stopping ----------------------------------------------------------------------------- */

static eh_status stop_at_once(void *data, const eh_post *post, eh_error *err)
{
    (void)data, (void)post;
    return eh_fail(err, EH_E_STATISTICS, "enough");
}

static void stops_when_told(void)
{
    eh_context *ctx = NULL;
    char path[64];
    char *text = malloc(text_capacity);
    CHECK(text && eh_context_new(NULL, &ctx, NULL) == EH_OK);
    write_file(path, text, make_rows(text));
    eh_error err = EH_ERROR_INIT;
    eh_ingest_report report;
    const eh_ingest_sink sink = {NULL, stop_at_once, NULL};
    CHECK_EQ_INT(eh_ingest_file(ctx, path, NULL, &sink, &report, &err), EH_E_STATISTICS);
    CHECK_EQ_STR(err.message, "enough");
    eh_context_cancel(ctx);
    ingested in;
    ingest_path(ctx, path, NULL, &in);
    CHECK_FAILS(in, EH_E_CANCELLED, "stopped");
    CHECK(unlink(path) == 0);
    eh_context_free(ctx);
    free(text);
}

CHECK_MAIN(tells_what_is_no_file, tells_what_is_no_text, tells_what_has_nothing_in_it, tells_what_columns_there_are,
           rejects_bad_bytes, rejects_damaged_ids, rejects_what_lacks_something, rejects_times, reads_compressed_files,
           keeps_what_a_cut_file_still_holds, rejects_the_cut_row, hashes_the_file_on_disk, stops_when_told)
