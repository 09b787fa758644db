/*
 * The table of a time span, as it is or with rings planted into it. A ring: for each of its objects one member and one of that
 * member's actions in the archive are drawn, and the other members act on the same object within a minute after it, each at a time of
 * its own. So objects, hours and sources are those of the ring's own accounts.
 */
#include "cases/claim_private.h"

#include "base/rng.h"
#include "base/time.h"

#include <stdio.h>
#include <string.h>

static bool is_in(int64_t t, int64_t from_us, int64_t to_us) { return (from_us == EH_NO_TIME || t >= from_us) && (to_us == EH_NO_TIME || t < to_us); }

static eh_status copy_set(const eh_action_table *table, int b, int64_t from_us, int64_t to_us, eh_action_builder *builder, eh_error *err)
{
    const eh_action_set *set = &table->sets[b];
    for (uint32_t o = 0; o < set->n_objects; o++)
        for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1]; i++) {
            if (!is_in(set->time_us[i], from_us, to_us)) continue;
            uint32_t source = set->object_source[o];
            eh_action action = {.behaviour = (eh_behaviour)b, .kind = (eh_post_kind)set->kind[i],
                                .account = eh_strings_get(&table->accounts, set->account[i]),
                                .object = eh_strings_get(&set->objects, o),
                                .post = set->post ? eh_strings_get(&table->posts, set->post[i]) : (eh_str){"", 0},
                                .source = source == UINT32_MAX ? (eh_str){"", 0} : eh_strings_get(&set->sources, source),
                                .time_us = set->time_us[i],
                                .birth_us = set->is_birth_known[o] ? set->object_birth_us[o] : EH_NO_TIME};
            EH_TRY(eh_action_builder_add(builder, &action, err));
        }
    return EH_OK;
}

/* The actions of the planted accounts, by place in planting->accounts. */
typedef struct moment {
    eh_behaviour behaviour;
    uint32_t object;
    int64_t time_us;
} moment;

typedef struct moments {
    moment *of;
    uint64_t *first; /* n + 1 */
} moments;

static void each_moment(const eh_action_table *table, const uint32_t *place, moments *m, bool fills)
{
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint32_t o = 0; o < table->sets[b].n_objects; o++)
            for (uint64_t i = table->sets[b].object_start[o]; i < table->sets[b].object_start[o + 1]; i++) {
                uint32_t at = place[table->sets[b].account[i]];
                if (at == UINT32_MAX) continue;
                if (fills) m->of[m->first[at]++] = (moment){(eh_behaviour)b, o, table->sets[b].time_us[i]};
                else m->first[at + 1]++;
            }
}

static eh_status find_moments(eh_context *ctx, const eh_action_table *table, const claim_planting *p, moments *m, eh_error *err)
{
    size_t n = (size_t)p->ring * p->n_rings;
    memset(m, 0, sizeof *m);
    uint32_t *place = eh_alloc(ctx, table->accounts.n, sizeof *place, err);
    m->first = place ? eh_alloc(ctx, n + 2, sizeof *m->first, err) : NULL;
    eh_status status = m->first ? EH_OK : err->status;
    if (status == EH_OK) {
        memset(place, 0xff, table->accounts.n * sizeof *place);
        for (size_t i = 0; i < n; i++) place[p->accounts[i]] = (uint32_t)i;
        each_moment(table, place, m, false);
        for (size_t i = 0; i < n; i++) m->first[i + 1] += m->first[i];
        m->of = eh_alloc(ctx, m->first[n], sizeof *m->of, err);
        if (!m->of) status = err->status;
    }
    if (status == EH_OK) {
        each_moment(table, place, m, true);
        for (size_t i = n; i > 0; i--) m->first[i] = m->first[i - 1]; /* filling moved each to its end */
        m->first[0] = 0;
    }
    eh_free(ctx, place);
    return status;
}

/* The others of a ring join an action of one of them. */
static eh_status plant_object(const eh_action_table *table, const claim_planting *p, const moments *m, uint32_t ring, uint32_t object,
                              eh_rng *rng, eh_action_builder *builder, eh_error *err)
{
    size_t first = (size_t)ring * p->ring, lead = first + eh_rng_below(rng, p->ring);
    char post[80];
    uint64_t n = m->first[lead + 1] - m->first[lead];
    if (n == 0) return EH_OK;
    const moment *joined = &m->of[m->first[lead] + eh_rng_below(rng, n)];
    const eh_action_set *set = &table->sets[joined->behaviour];
    uint32_t source = set->object_source[joined->object];
    for (uint32_t k = 0; k < p->ring; k++) {
        if (first + k == lead) continue;
        (void)snprintf(post, sizeof post, "planted/%u/%u/%u", ring, object, k);
        eh_action action = {.behaviour = joined->behaviour, .kind = joined->behaviour == EH_REPOST ? EH_KIND_REPOST : EH_KIND_POST,
                            .account = eh_strings_get(&table->accounts, p->accounts[first + k]),
                            .object = eh_strings_get(&set->objects, joined->object), .post = eh_str_of(post),
                            .source = source == UINT32_MAX ? (eh_str){"", 0} : eh_strings_get(&set->sources, source),
                            .birth_us = set->is_birth_known[joined->object] ? set->object_birth_us[joined->object] : EH_NO_TIME,
                            .time_us = joined->time_us + (int64_t)(eh_rng_uniform(rng) * 60 * EH_SECOND_US)};
        action.time_us -= action.time_us % p->step_us;
        EH_TRY(eh_action_builder_add(builder, &action, err));
    }
    return EH_OK;
}

static eh_status plant(eh_context *ctx, const eh_action_table *table, const claim_planting *p, eh_action_builder *builder, eh_error *err)
{
    moments m;
    eh_status status = find_moments(ctx, table, p, &m, err);
    for (uint32_t ring = 0; status == EH_OK && ring < p->n_rings; ring++) {
        eh_rng rng = eh_rng_of(p->seed, ring);
        for (uint32_t o = 0; status == EH_OK && o < p->n_objects; o++)
            status = plant_object(table, p, &m, ring, o, &rng, builder, err);
    }
    eh_free(ctx, m.of);
    eh_free(ctx, m.first);
    return status;
}

eh_status claim_copy_table(eh_context *ctx, const eh_action_table *table, int64_t from_us, int64_t to_us, const claim_planting *planting,
                           eh_action_table *out, eh_error *err)
{
    eh_action_builder *builder = NULL;
    memset(out, 0, sizeof *out);
    eh_status status = eh_action_builder_new(ctx, (1u << EH_N_BEHAVIOURS) - 1, true, &builder, err);
    for (int b = 0; status == EH_OK && b < EH_N_BEHAVIOURS; b++) status = copy_set(table, b, from_us, to_us, builder, err);
    if (status == EH_OK && planting) status = plant(ctx, table, planting, builder, err);
    if (status == EH_OK) status = eh_action_builder_finish(builder, out, err);
    eh_action_builder_free(builder);
    return status;
}
