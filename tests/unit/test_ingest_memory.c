/* Every allocation of a run fails once: an error with a message, nothing leaked, and then the run works again. */
#include "ingest_helper.h"

static const char pages[] =
    "{\"data\":[{\"id\":\"1041864000000000000\",\"author_id\":\"1\",\"created_at\":\"2018-09-18T01:50:12.000Z\",\"text\":\"a\\u00e9\","
    "\"entities\":{\"hashtags\":[{\"tag\":\"t\"}],\"urls\":[{\"url\":\"u\"}]}}],\"includes\":{\"users\":[{\"id\":\"1\",\"username\":\"ada\"}]}}\n";
static const char cnt[] = "message_id,user_id,repost_id,timestamp,urls\n1,a,,1537230000,\"['x\\'y', \"\"b\"\"]\"\n2,b,\"c\"\"d\",1537230000,\n";
static const char coortweet[] = "object_id;account_id;content_id;timestamp_share\no;a;c;1537230000\n";

static void survives_failing(const char *text, size_t size)
{
    eh_context *ctx = NULL;
    char path[64];
    ingested in;
    CHECK(eh_context_new(NULL, &ctx, NULL) == EH_OK);
    write_file(path, text, size);
    int64_t n = 1;
    for (;; n++) {
        eh_context_fail_allocation_after(ctx, n);
        ingest_path(ctx, path, NULL, &in);
        if (in.status == EH_OK) break;
        CHECK_EQ_INT(in.status, EH_E_NOMEM);
        CHECK(n < 1000);
    }
    CHECK(n > 4);
    eh_context_fail_allocation_after(ctx, 0);
    ingest_path(ctx, path, NULL, &in);
    CHECK_OK(in.status, in.err);
    CHECK(unlink(path) == 0);
    eh_context_free(ctx);
}

static void survives_any_failure(void)
{
    survives_failing(pages, sizeof pages - 1);
    survives_failing(cnt, sizeof cnt - 1);
    survives_failing(coortweet, sizeof coortweet - 1);
}

static void keeps_to_its_budget(void)
{
    enum { size = 8 << 20 };
    eh_context *ctx = NULL;
    eh_context_options options = eh_context_options_default();
    options.memory_limit_size = 4 << 20;
    char path[64];
    char *text = malloc(size);
    ingested in;
    CHECK(text && eh_context_new(&options, &ctx, NULL) == EH_OK);
    memset(text, 'x', size);
    memcpy(text, coortweet, sizeof coortweet - 1);
    write_file(path, text, size);
    ingest_path(ctx, path, NULL, &in);
    CHECK_FAILS(in, EH_E_LIMIT, "memory");
    CHECK(unlink(path) == 0);
    eh_context_free(ctx);
    free(text);
}

CHECK_MAIN(survives_any_failure, keeps_to_its_budget)
