/* The whole of detection with one and with eight threads: the same bytes, and nothing for ThreadSanitizer to say. */
#include "check.h"
#include "evenhand/signif.h"
#include "evenhand/simulate.h"

#include <unistd.h>

typedef struct reader {
    eh_action_maker *maker;
    eh_action_builder *builder;
} reader;

static eh_status take(void *data, const eh_post *post, eh_error *err)
{
    reader *r = data;
    eh_status status = eh_action_builder_add_post(r->builder, post->post, post->account, post->time_us, err);
    return status == EH_OK ? eh_actions_of_post(r->maker, post, eh_action_builder_add, r->builder, err) : status;
}

static void detect_with(int n_threads, const char *path, eh_context **ctx, eh_action_table *table, eh_detection *d)
{
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, ctx, &err), err);
    reader r;
    CHECK_OK(eh_action_maker_new(*ctx, EH_RULE_EVENHAND, false, &r.maker, &err), err);
    CHECK_OK(eh_action_builder_new(*ctx, ~0u, true, &r.builder, &err), err);
    eh_ingest_report report;
    eh_ingest_sink sink = {&r, take, NULL};
    CHECK_OK(eh_ingest_file(*ctx, path, NULL, &sink, &report, &err), err);
    CHECK_OK(eh_action_builder_finish(r.builder, table, &err), err);
    eh_action_builder_free(r.builder);
    eh_action_maker_free(r.maker);
    CHECK_OK(eh_detect(*ctx, table, NULL, d, &err), err);
}

/* A number that changes with any bit of any chance, and with their order. */
static eh_status mix(void *data, const eh_chance *chance, eh_error *err)
{
    uint64_t *sum = data, bits;
    (void)err;
    *sum = (*sum ^ (chance->episode << 32 ^ chance->account_a << 16 ^ chance->account_b)) * UINT64_C(1099511628211);
    for (int w = 0; w < EH_MOST_WINDOWS; w++) {
        memcpy(&bits, &chance->p_object[w], sizeof bits);
        *sum = (*sum ^ bits) * UINT64_C(1099511628211);
    }
    return EH_OK;
}

static void threads_do_not_matter(void)
{
    char dir[] = "/tmp/eh_threads_XXXXXX", posts[64], truth[64];
    eh_error err = EH_ERROR_INIT;
    eh_context *ctx;
    eh_simulate_options small = {.n_accounts = 200, .n_days = 14};
    eh_simulate_report simulated;
    CHECK(mkdtemp(dir) != NULL);
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    CHECK_OK(eh_simulate(ctx, "farm", &small, dir, &simulated, &err), err);
    eh_context_free(ctx);
    snprintf(posts, sizeof posts, "%s/posts.csv", dir);
    snprintf(truth, sizeof truth, "%s/truth.csv", dir);
    eh_context *contexts[2];
    eh_action_table tables[2];
    eh_detection found[2];
    for (int i = 0; i < 2; i++) detect_with(i ? 8 : 1, posts, &contexts[i], &tables[i], &found[i]);
    CHECK(found[0].n_edges > 100);
    CHECK_EQ_INT(found[0].n_edges, found[1].n_edges);
    CHECK(memcmp(found[0].edges, found[1].edges, found[0].n_edges * sizeof *found[0].edges) == 0);
    CHECK(memcmp(found[0].accounts, found[1].accounts, tables[0].accounts.n * sizeof *found[0].accounts) == 0);
    CHECK_EQ_INT(found[0].n_evidence, found[1].n_evidence);
    uint64_t chances[2] = {0, 0};
    for (int i = 0; i < 2; i++) CHECK_OK(eh_detect_chances(contexts[i], &tables[i], &found[i], mix, &chances[i], &err), err);
    CHECK(chances[0] == chances[1] && chances[0] != 0);
    for (int i = 0; i < 2; i++) {
        eh_detection_release(&found[i]);
        eh_action_table_release(&tables[i]);
        CHECK_EQ_INT(eh_context_memory_used_size(contexts[i]), 0);
        eh_context_free(contexts[i]);
    }
    unlink(posts);
    unlink(truth);
    rmdir(dir);
}

CHECK_MAIN(threads_do_not_matter)
