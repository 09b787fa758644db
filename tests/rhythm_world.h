/** @file rhythm_world.h  Small tables of actions by hand, for the tests of taking turns. */
#ifndef EH_TESTS_RHYTHM_WORLD_H
#define EH_TESTS_RHYTHM_WORLD_H

#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "check.h"
#include "evenhand/rhythm.h"

/* 2018-08-06, a Monday. */
#define MONDAY_US (INT64_C(1533513600) * EH_SECOND_US)

typedef struct rhythm_world {
    eh_context *ctx;
    eh_action_builder *builder;
    eh_action_table table;
    uint64_t n;
} rhythm_world;

static eh_error rhythm_err;

static inline rhythm_world rhythm_world_new(int n_threads)
{
    rhythm_world w = {0};
    eh_context_options options = eh_context_options_default();
    options.n_threads = n_threads;
    options.seed = 1;
    CHECK_OK(eh_context_new(&options, &w.ctx, &rhythm_err), rhythm_err);
    CHECK_OK(eh_action_builder_new(w.ctx, (1u << EH_N_BEHAVIOURS) - 1, false, &w.builder, &rhythm_err), rhythm_err);
    return w;
}

/* An action on an object of its own. */
static inline void rhythm_act(rhythm_world *w, const char *account, int64_t time_us)
{
    char object[32];
    snprintf(object, sizeof object, "tag%llu", (unsigned long long)w->n++);
    eh_action action = {.behaviour = EH_HASHTAG, .kind = EH_KIND_POST, .account = eh_str_of(account), .object = eh_str_of(object),
                        .post = eh_str_of(object), .time_us = time_us, .birth_us = EH_NO_TIME};
    CHECK_OK(eh_action_builder_add(w->builder, &action, &rhythm_err), rhythm_err);
}

static inline void rhythm_repost(rhythm_world *w, const char *account, const char *source, int64_t time_us, int64_t birth_us)
{
    char object[32];
    snprintf(object, sizeof object, "post%llu", (unsigned long long)w->n++);
    eh_action action = {.behaviour = EH_REPOST, .kind = EH_KIND_REPOST, .account = eh_str_of(account), .object = eh_str_of(object),
                        .post = eh_str_of(object), .source = eh_str_of(source), .time_us = time_us, .birth_us = birth_us};
    CHECK_OK(eh_action_builder_add(w->builder, &action, &rhythm_err), rhythm_err);
}

static inline void rhythm_world_finish(rhythm_world *w)
{
    CHECK_OK(eh_action_builder_finish(w->builder, &w->table, &rhythm_err), rhythm_err);
    eh_action_builder_free(w->builder);
}

static inline void rhythm_world_release(rhythm_world *w)
{
    eh_action_table_release(&w->table);
    CHECK_EQ_INT(eh_context_memory_used_size(w->ctx), 0);
    eh_context_free(w->ctx);
}

/* Sets of hands with all accounts tied to each other. */
static inline eh_rhythm_hands rhythm_all_hands(const rhythm_world *w, int64_t precision_us)
{
    static eh_rhythm_pair pairs[4950];
    uint64_t n = 0;
    CHECK(w->table.accounts.n <= 100);
    for (uint32_t a = 0; a < w->table.accounts.n; a++)
        for (uint32_t b = a + 1; b < w->table.accounts.n; b++) pairs[n++] = (eh_rhythm_pair){a, b};
    eh_rhythm_hands out;
    CHECK_OK(eh_rhythm_hands_of(w->ctx, &w->table, pairs, n, precision_us, &out, &rhythm_err), rhythm_err);
    return out;
}
#endif
