/* Small worlds for the group leg: readers with habits of their own, and, where asked for, a group that acts on orders. */
#ifndef EH_TESTS_GROUP_WORLD_H
#define EH_TESTS_GROUP_WORLD_H

#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "check.h"
#include "evenhand/legs.h"

enum { gw_readers = 120, gw_members = 12, gw_days = 28, gw_posts_a_day = 12 };

typedef struct group_world {
    eh_context *ctx;
    eh_action_table table;
} group_world;

static inline void gw_add(eh_action_builder *builder, char kind, uint64_t account, uint64_t object, int64_t birth_us, double late_s)
{
    eh_error err = EH_ERROR_INIT;
    char name[24], post[24];
    static int n_posts;
    snprintf(name, sizeof name, "%c%03d", kind, (int)account);
    snprintf(post, sizeof post, "p%d", n_posts++);
    char what[24];
    snprintf(what, sizeof what, "o%04d", (int)object);
    eh_action action = {.behaviour = EH_REPOST, .kind = EH_KIND_REPOST, .birth_us = birth_us, .account = eh_str_of(name),
                        .object = eh_str_of(what), .post = eh_str_of(post)};
    action.time_us = birth_us + (int64_t)(late_s * 1e6);
    CHECK_OK(eh_action_builder_add(builder, &action, &err), err);
}

/* Readers of one of three feeds: each has a quickness; times are independent given the post. Members read as well, and, if
 * jitter_s > 0, act on two posts of three days within that time of a call. */
static inline group_world gw_make(uint64_t seed, int n_threads, double jitter_s)
{
    group_world w;
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, &w.ctx, &err), err);
    eh_action_builder *builder;
    CHECK_OK(eh_action_builder_new(w.ctx, 1u << EH_REPOST, true, &builder, &err), err);
    eh_rng rng = eh_rng_of(seed, 0);
    double quick[gw_readers + gw_members], active[gw_readers + gw_members];
    for (int u = 0; u < gw_readers + gw_members; u++) {
        quick[u] = eh_rng_lognormal(&rng, 2400, 0.7);
        active[u] = 0.02 + 0.1 * eh_rng_uniform(&rng);
    }
    for (uint64_t o = 0; o < (uint64_t)gw_days * gw_posts_a_day; o++) {
        int64_t birth_us = ((int64_t)17500 + (int64_t)(o / gw_posts_a_day)) * EH_DAY_US;
        birth_us += (int64_t)((5 + 12 * eh_rng_uniform(&rng)) * 3600) * EH_SECOND_US;
        bool is_ordered = jitter_s > 0 && o % gw_posts_a_day == 0 && o / gw_posts_a_day % 3 < 2;
        double call_s = eh_rng_lognormal(&rng, 3600, 0.8);
        for (uint64_t u = 0; u < gw_readers + gw_members; u++) {
            bool is_member = u >= gw_readers;
            double share = active[u] * (u % 3 == o % 3 ? 2.5 : 0.5), late_s = eh_rng_lognormal(&rng, quick[u], 1.1);
            bool obeys = is_member && is_ordered && eh_rng_uniform(&rng) < .85;
            if (obeys) late_s = call_s + jitter_s * eh_rng_uniform(&rng);
            if (obeys || eh_rng_uniform(&rng) < share) gw_add(builder, is_member ? 'm' : 'u', u, o, birth_us, late_s);
        }
    }
    CHECK_OK(eh_action_builder_finish(builder, &w.table, &err), err);
    eh_action_builder_free(builder);
    return w;
}

static inline void gw_free(group_world *w)
{
    eh_action_table_release(&w->table);
    CHECK_EQ_INT(eh_context_memory_used_size(w->ctx), 0);
    eh_context_free(w->ctx);
}

static inline bool gw_is_member(const group_world *w, uint32_t u) { return eh_strings_get(&w->table.accounts, u).data[0] == 'm'; }
#endif
