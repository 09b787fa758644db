/* A whole file. The first byte chooses the format (auto, each by name, mapped), the second a failing allocation. */
#include "fuzz_file.h"

#include "base/str.h"
#include "evenhand/ingest.h"

typedef struct seen {
    uint64_t n_posts, n_rejects;
} seen;

static void check_list(const eh_str *items, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) FUZZ_CHECK(items[i].size > 0 && eh_utf8_is_valid(items[i]));
}

static eh_status take_post(void *data, const eh_post *p, eh_error *err)
{
    (void)err;
    seen *s = data;
    const eh_str texts[] = {p->account, p->post, p->platform, p->handle, p->text, p->lang, p->client, p->target_post,
                            p->target_account, p->reply_to, p->object};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) FUZZ_CHECK(eh_utf8_is_valid(texts[i]));
    FUZZ_CHECK(p->account.size > 0 && p->time_us != EH_NO_TIME);
    FUZZ_CHECK((int)p->kind <= EH_KIND_REPLY && (!p->is_row || (int)p->behaviour < EH_N_BEHAVIOURS));
    check_list(p->urls, p->n_urls);
    check_list(p->hashtags, p->n_hashtags);
    check_list(p->mentions, p->n_mentions);
    check_list(p->media, p->n_media);
    s->n_posts++;
    FUZZ_CHECK(p->row == (int64_t)(s->n_posts + s->n_rejects));
    return EH_OK;
}

static eh_status take_reject(void *data, const eh_reject *r, eh_error *err)
{
    (void)err;
    seen *s = data;
    s->n_rejects++;
    FUZZ_CHECK(r->row == (int64_t)(s->n_posts + s->n_rejects) && (int)r->reason < EH_N_REJECT_REASONS);
    FUZZ_CHECK(r->excerpt.size <= 200 && eh_utf8_is_valid(r->excerpt));
    return EH_OK;
}

static void check_run(eh_context *ctx, const char *path, const eh_ingest_options *options)
{
    seen s = {0};
    eh_error err = EH_ERROR_INIT;
    eh_ingest_report report;
    const eh_ingest_sink sink = {&s, take_post, take_reject};
    eh_status status = eh_ingest_file(ctx, path, options, &sink, &report, &err);
    uint64_t n_rejected = 0;
    for (int i = 0; i < EH_N_REJECT_REASONS; i++) n_rejected += report.n_rows_rejected[i];
    FUZZ_CHECK(report.n_rows_read == report.n_rows_kept + n_rejected);
    FUZZ_CHECK(s.n_posts == report.n_rows_kept && s.n_rejects == n_rejected);
    FUZZ_CHECK(eh_utf8_is_valid(eh_str_of(report.note)) && eh_utf8_is_valid(eh_str_of(err.message)));
    if (status == EH_OK)
        FUZZ_CHECK(strlen(report.sha256) == 64 && report.format[0]);
    else
        FUZZ_CHECK(err.message[0] && err.status == status);
    FUZZ_CHECK(eh_context_memory_used_size(ctx) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const eh_column_map maps[] = {
        {{"account", 7}, {"a.id", 4}}, {{"time", 4}, {"t", 1}},
        {{"kind", 4}, {"k", 1}},       {{"hashtags", 8}, {"h.x", 3}},
        {{"target_post", 11}, {"p", 1}},
    };
    if (size < 2) return 0;
    /* Parquet is DuckDB's business: its reader is not instrumented and costs milliseconds a file. */
    if (size >= 6 && memcmp(data + 2, "PAR1", 4) == 0) return 0;
    size_t n_formats = 0;
    const eh_format_info *formats = eh_ingest_formats(&n_formats);
    eh_ingest_options options = eh_ingest_options_default();
    size_t choice = data[0] % (n_formats + 1);
    if (choice > 0) options.format = formats[choice - 1].name;
    if (options.format && strcmp(options.format, "map") == 0) {
        options.maps = maps;
        options.n_maps = sizeof maps / sizeof maps[0] - (size_t)(data[0] >> 7) * 3;
    }
    eh_context *ctx = NULL;
    FUZZ_CHECK(eh_context_new(NULL, &ctx, NULL) == EH_OK);
    const char *path = fuzz_file(data + 2, size - 2);
    eh_context_fail_allocation_after(ctx, data[1] < 40 ? data[1] : 0);
    check_run(ctx, path, &options);
    eh_context_free(ctx);
    return 0;
}
