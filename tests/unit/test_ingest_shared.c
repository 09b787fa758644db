/* Real files, which the project does not hold: skipped where they are absent. */
#include "ingest_helper.h"

static char path[512];
static const char *shared(const char *name)
{
    const char *dir = getenv("SHARED");
    if (!dir) SKIP("no ../shared here");
    snprintf(path, sizeof path, "%s/%s", dir, name);
    if (access(path, R_OK) != 0) SKIP("a file of ../shared is absent");
    return path;
}

static void check_file(const char *name, const char *format, uint64_t n_kept, uint64_t n_bad)
{
    eh_context *ctx = NULL;
    ingested in;
    CHECK(eh_context_new(NULL, &ctx, NULL) == EH_OK);
    ingest_path(ctx, shared(name), NULL, &in);
    CHECK_OK(in.status, in.err);
    CHECK_EQ_STR(in.report.format, format);
    CHECK_EQ_INT(in.report.n_rows_kept, n_kept);
    CHECK_EQ_INT(in.report.n_rows_rejected[EH_REJECT_MALFORMED], n_bad);
    CHECK_EQ_INT(in.report.n_rows_read, n_kept + n_bad);
    eh_context_free(ctx);
}

static void reads_the_samples(void)
{
    check_file("formats-samples/cnt_sample_data.csv", "cnt", 19, 0);
    check_file("formats-samples/io_archive_2018_tweets.csv", "io_archive", 2, 0);
    check_file("formats-samples/io_archive_2019plus_tweets.csv", "io_archive", 1, 0);
    check_file("formats-samples/twarc2_cotweet.jsonl", "twarc2_pages", 1, 0);
    check_file("formats-samples/twarc2_edited.jsonl", "twarc2_pages", 1, 0);
    check_file("formats-samples/twarc2_mentions_tweet.jsonl", "twarc2_pages", 1, 0);
    check_file("formats-samples/twarc2_two_tweets.jsonl", "twarc2_pages", 1, 0);
    check_file("formats-samples/twarc2_flat.jsonl", "twarc2_flat", 9, 1);      /* cut after 60,000 bytes */
    check_file("formats-samples/twarc2_withheld.jsonl", "twarc2_pages", 3, 1); /* likewise */
}

static void reads_the_data(void)
{
    check_file("data/russian_coord_tweets.csv.gz", "coortweet", 35125, 0);
    check_file("golden/events_cnt.csv.gz", "cnt", 20000, 0);
    check_file("golden/edge_cnt_input.csv", "cnt", 18, 0);
    static const eh_column_map maps[] = {
        {{"account", 7}, {"account_id", 10}}, {{"post", 4}, {"post_id", 7}},      {{"urls", 4}, {"url_id", 6}},
        {{"hashtags", 8}, {"hashtag_id", 10}}, {{"media", 5}, {"phash_id", 8}}, {{"time", 4}, {"timestamp", 9}},
    };
    eh_context *ctx = NULL;
    ingested in;
    eh_ingest_options options = eh_ingest_options_default();
    options.maps = maps;
    options.n_maps = sizeof maps / sizeof maps[0];
    CHECK(eh_context_new(NULL, &ctx, NULL) == EH_OK);
    ingest_path(ctx, shared("data/german_elections.csv.gz"), &options, &in);
    CHECK_OK(in.status, in.err);
    CHECK_EQ_INT(in.report.n_rows_kept, 218971);
    CHECK(eh_context_memory_peak_size(ctx) < 8 << 20);
    eh_context_free(ctx);
}

CHECK_MAIN(reads_the_samples, reads_the_data)
