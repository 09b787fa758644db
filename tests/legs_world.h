/** @file legs_world.h  Small worlds of reposts and texts with a known null, for the tests of selection and reuse. */
#ifndef EH_TESTS_LEGS_WORLD_H
#define EH_TESTS_LEGS_WORLD_H

#include "base/rng.h"
#include "check.h"
#include "evenhand/legs.h"

#define WORLD_DAY_US INT64_C(86400000000)

/** Accounts like few sources, objects differ in appeal, everybody has days off. A group takes part in orders on top. */
typedef struct legs_world {
    uint32_t n_accounts, n_sources, n_days, n_a_day; /* objects of a source on a day */
    uint32_t n_group, n_orders;                      /* the first accounts are the group */
    bool is_one_day;                                 /* all orders fall on day 3 */
    bool knows_each_other;                           /* the group also repost each other's posts */
    bool has_sources;
} legs_world;

static inline void world_act(eh_action_builder *b, uint32_t u, uint32_t object, uint32_t source, int64_t birth_us, int64_t lag_us,
                             const legs_world *w)
{
    char account[24], name[24], post[48], author[24];
    eh_error err = EH_ERROR_INIT;
    eh_action a = {.behaviour = EH_REPOST, .kind = EH_KIND_REPOST, .time_us = birth_us + lag_us, .birth_us = birth_us};
    a.account = (eh_str){account, (size_t)snprintf(account, sizeof account, "u%05u", u)};
    a.object = (eh_str){name, (size_t)snprintf(name, sizeof name, "o%07u", object)};
    a.post = (eh_str){post, (size_t)snprintf(post, sizeof post, "p%u-%u", u, object)};
    if (source >= 100000) snprintf(author, sizeof author, "u%05u", source - 100000); /* an account of the world */
    else snprintf(author, sizeof author, "s%04u", source);
    if (w->has_sources) a.source = (eh_str){author, strlen(author)};
    CHECK_OK(eh_action_builder_add(b, &a, &err), err);
}

static inline void world_draw(eh_context *ctx, const legs_world *w, uint64_t seed, eh_action_table *table)
{
    eh_error err = EH_ERROR_INIT;
    eh_action_builder *b;
    eh_rng rng = eh_rng_of(seed, 1);
    CHECK_OK(eh_action_builder_new(ctx, ~0u, true, &b, &err), err);
    uint32_t n_objects = w->n_sources * w->n_days * w->n_a_day;
    double *appeal = calloc(n_objects, sizeof *appeal), *liking = calloc(w->n_sources, sizeof *liking);
    uint8_t *is_ordered = calloc(n_objects, 1);
    CHECK(appeal && liking && is_ordered);
    for (uint32_t o = 0; o < n_objects; o++) appeal[o] = eh_rng_lognormal(&rng, 0.12, 1);
    for (uint32_t i = 0; i < w->n_orders;) {
        uint32_t o = (uint32_t)eh_rng_below(&rng, n_objects);
        if (is_ordered[o] || (w->is_one_day && o / w->n_a_day % w->n_days != 3)) continue;
        is_ordered[o] = 1;
        i++;
    }
    for (uint32_t u = 0; u < w->n_accounts; u++) {
        double activity = eh_rng_lognormal(&rng, 1, 0.6);
        for (uint32_t s = 0; s < w->n_sources; s++) liking[s] = eh_rng_uniform(&rng) < 0.3 ? eh_rng_gamma(&rng, 1.5) : 0.05;
        for (uint32_t day = 0; day < w->n_days; day++) {
            double is_here = eh_rng_uniform(&rng) < 0.7 ? 1 : 0.1;
            for (uint32_t s = 0; s < w->n_sources; s++)
                for (uint32_t k = 0; k < w->n_a_day; k++) {
                    uint32_t o = (s * w->n_days + day) * w->n_a_day + k;
                    double odds = activity * liking[s] * is_here * appeal[o];
                    bool takes = eh_rng_uniform(&rng) < odds / (1 + odds);
                    if (u < w->n_group && is_ordered[o]) takes = takes || eh_rng_uniform(&rng) < 0.85;
                    int64_t lag_us = (int64_t)eh_rng_below(&rng, (uint64_t)WORLD_DAY_US / 4);
                    if (takes) world_act(b, u, o, s, day * WORLD_DAY_US + WORLD_DAY_US / 2, lag_us, w);
                }
        }
        if (w->knows_each_other && u < w->n_group) /* everybody passes on a post of the next one */
            world_act(b, u, 9000000 + u, 100000 + (u + 1) % w->n_group, WORLD_DAY_US, 1000000 + u, w);
    }
    free(appeal);
    free(liking);
    free(is_ordered);
    CHECK_OK(eh_action_builder_finish(b, table, &err), err);
    eh_action_builder_free(b);
}
#endif
