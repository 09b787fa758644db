/* The CSV scanner as archives need it: through eh_ingest_file, on small files. */
#include "ingest_helper.h"

#define HEADER "object_id,account_id,content_id,timestamp_share\n"
#define T "1537230000"
#define US "1537230000000000"

static void reads_fields(void)
{
    ingested in;
    ingest_text(HEADER "o,a,c," T "\n\"o,\n\"\"2\"\"\",a,c,\"" T "\"\n", &in);
    CHECK_LOG(in, "1 a/c repost =o " US "\n2 a/c repost =o,\n\"2\" " US "\n");
    CHECK_EQ_INT(in.last.byte, strlen(HEADER) + 17);
}

static void tolerates_line_ends_and_blank_lines(void)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (int i = 0; i < 3; i++) {
        char text[256];
        ingested in;
        snprintf(text, sizeof text, "object_id,account_id,content_id,timestamp_share%so,a,c," T "%s%so,b,c," T, ends[i], ends[i], ends[i]);
        ingest_text(text, &in);
        CHECK_LOG(in, "1 a/c repost =o " US "\n2 b/c repost =o " US "\n");
        snprintf(text, sizeof text, "\"object_id\",account_id,content_id,timestamp_share%so,a,c,\"" T "\"%so,b,c,\"" T "\"%s", ends[i], ends[i], ends[i]);
        ingest_text(text, &in);
        CHECK_LOG(in, "1 a/c repost =o " US "\n2 b/c repost =o " US "\n");
    }
}

static void finds_the_delimiter(void)
{
    static const char delimiters[] = ",;\t|";
    for (const char *d = delimiters; *d; d++) {
        char text[] = "\xEF\xBB\xBF Account_ID,timestamp_share ,OBJECT_ID,\"content_id\"\na," T ",\"o\",c\n";
        ingested in;
        for (char *p = text; *p; p++)
            if (*p == ',') *p = *d;
        ingest_text(text, &in);
        CHECK_LOG(in, "1 a/c repost =o " US "\n");
    }
}

static void rejects_wrong_numbers_of_fields(void)
{
    ingested in;
    ingest_text(HEADER "o,a,c\no,a,c," T ",more\no,a,c," T "\n", &in);
    CHECK_LOG(in, "1 malformed\n2 malformed\n3 a/c repost =o " US "\n");
}

static void recovers_from_unbalanced_quotes(void)
{
    ingested in;
    ingest_text(HEADER "o,a,\"c," T "\no,b,c," T "\no,d,c," T "\n", &in);
    CHECK_LOG(in, "1 malformed\n2 b/c repost =o " US "\n3 d/c repost =o " US "\n");
    ingest_text(HEADER "o,a,\"c," T "\n\"o\",b,c," T "\no,d,\"c\"x," T "\no,e,5\"," T "\n", &in);
    CHECK_LOG(in, "1 malformed\n2 b/c repost =o " US "\n3 malformed\n4 e/5\" repost =o " US "\n");
    ingest_text(HEADER "o,a,c," T "\no,a,c,\"", &in);
    CHECK_LOG(in, "1 a/c repost =o " US "\n2 malformed\n");
}

static void takes_fields_of_a_mebibyte(void)
{
    enum { size = 1 << 20 };
    ingested in;
    size_t used = strlen(HEADER);
    char *text = malloc(2 * size + 1000);
    CHECK(text != NULL);
    memcpy(text, HEADER, used);
    memset(text + used, 'x', size);
    used += size;
    used += (size_t)sprintf(text + used, ",a,c," T "\n\"");
    memset(text + used, 'y', size);
    used += size;
    used += (size_t)sprintf(text + used, "\"\"\",b,c," T "\n");
    ingest_bytes(text, used, NULL, &in);
    CHECK_OK(in.status, in.err);
    CHECK_EQ_INT(in.report.n_rows_kept, 2);
    free(text);
}

static void rejects_rows_beyond_the_limit(void)
{
    enum { size = 17 << 20 };
    char *text = malloc(size + 1000);
    CHECK(text != NULL);
    for (int quoted = 0; quoted < 2; quoted++) {
        ingested in;
        size_t used = (size_t)sprintf(text, HEADER "%s", quoted ? "\"" : "");
        memset(text + used, 'x', size);
        used += size;
        used += (size_t)sprintf(text + used, ",a,c," T "\no,b,c," T "\n");
        ingest_bytes(text, used, NULL, &in);
        CHECK_LOG(in, quoted ? "1 malformed\n2 b/c repost =o " US "\n" : "1 too_long\n2 b/c repost =o " US "\n");
    }
    free(text);
}

static void reads_many_rows_once(void)
{
    enum { n_rows = 30000 };
    ingested in;
    size_t used = strlen(HEADER);
    char *text = malloc(n_rows * 64);
    CHECK(text != NULL);
    memcpy(text, HEADER, used);
    for (int i = 0; i < n_rows; i++)
        used += (size_t)sprintf(text + used, "object%d,\"account %d\",\"c\"\"%d\",%d\n", i % 77, i % 1000, i, 1537230000 + i);
    ingest_bytes(text, used, NULL, &in);
    CHECK_OK(in.status, in.err);
    CHECK_EQ_INT(in.report.n_rows_kept, n_rows);
    CHECK_EQ_INT(in.report.first_time_us, INT64_C(1537230000000000));
    CHECK_EQ_INT(in.report.last_time_us, INT64_C(1537230000000000) + (n_rows - 1) * INT64_C(1000000));
    CHECK_EQ_INT(in.report.time_precision_us, 1000000);
    CHECK_EQ_INT(in.last.row, n_rows);
    free(text);
}

CHECK_MAIN(reads_fields, tolerates_line_ends_and_blank_lines, finds_the_delimiter, rejects_wrong_numbers_of_fields,
           recovers_from_unbalanced_quotes, takes_fields_of_a_mebibyte, rejects_rows_beyond_the_limit, reads_many_rows_once)
