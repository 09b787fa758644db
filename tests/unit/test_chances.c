/* What the e-values of listed pairs rest on is given out whole, in order, once, and as detection saw it. */
#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "check.h"
#include "evenhand/signif.h"

static const int64_t start_us = INT64_C(1533081600000000); /* 2018-08-01 */

static void act(eh_action_builder *builder, const char *account, int object, int64_t time_us)
{
    static int n_posts;
    char post[24], name[24];
    eh_error err = EH_ERROR_INIT;
    snprintf(post, sizeof post, "p%06d", n_posts++);
    snprintf(name, sizeof name, "o%05d", object);
    eh_action action = {.behaviour = EH_REPOST, .account = eh_str_of(account), .object = eh_str_of(name),
                        .post = eh_str_of(post), .time_us = time_us, .birth_us = EH_NO_TIME};
    CHECK_OK(eh_action_builder_add(builder, &action, &err), err);
}

/* 80 people at leisure on 120 objects; if there is a ring, six accounts act on 30 of them within seconds, on 20 at leisure, and
 * on 30 within seconds of a full hour, as programs do: that is their grid, and no coincidence. */
static void world(eh_context *ctx, bool has_ring, eh_action_table *table)
{
    eh_action_builder *builder;
    eh_error err = EH_ERROR_INIT;
    eh_rng rng = eh_rng_of(1, 0);
    CHECK_OK(eh_action_builder_new(ctx, ~0u, true, &builder, &err), err);
    for (int o = 0; o < 120; o++) {
        int64_t birth_us = start_us + o / 4 * EH_DAY_US + (int64_t)((8 + 10 * eh_rng_uniform(&rng)) * 3.6e9);
        for (int i = 0; i < 25; i++) {
            char account[24];
            snprintf(account, sizeof account, "crowd%03d", (int)eh_rng_below(&rng, 80));
            act(builder, account, o, birth_us + (int64_t)((60 + 7200 * eh_rng_exponential(&rng)) * 1e6));
        }
        int64_t full_hour_us = (birth_us / EH_HOUR_US + 2) * EH_HOUR_US;
        for (int r = 0; has_ring && r < 6 && o < 80; r++) {
            char account[24];
            snprintf(account, sizeof account, "ring%d", r);
            double wait_s = o < 30 ? 3600 + 20 * eh_rng_uniform(&rng) : 60 + 7200 * eh_rng_exponential(&rng);
            int64_t time_us = o < 50 ? birth_us + (int64_t)(wait_s * 1e6) : full_hour_us + (int64_t)(20e6 * eh_rng_uniform(&rng));
            act(builder, account, o, time_us);
        }
    }
    CHECK_OK(eh_action_builder_finish(builder, table, &err), err);
    eh_action_builder_free(builder);
}

typedef struct tally {
    eh_chance last;
    uint64_t n, n_on_grid, n_evidence_left;
    const eh_detection *d;
    bool stops;
} tally;

static const eh_edge *edge_of(const eh_detection *d, const eh_chance *c)
{
    for (uint64_t i = 0; i < d->n_edges; i++)
        if (d->edges[i].account_a == c->account_a && d->edges[i].account_b == c->account_b) return &d->edges[i];
    return NULL;
}

static eh_status take(void *data, const eh_chance *c, eh_error *err)
{
    tally *t = data;
    const eh_chance *last = &t->last;
    bool is_after = t->n == 0 || c->account_a > last->account_a ||
                    (c->account_a == last->account_a &&
                     (c->account_b > last->account_b || (c->account_b == last->account_b && c->episode > last->episode)));
    CHECK(is_after);
    if (t->stops) return eh_fail(err, EH_E_IO, "enough");
    const eh_edge *edge = edge_of(t->d, c);
    CHECK(edge && edge->is_listed); /* one behaviour only: a listed pair is a listed edge */
    CHECK(c->n_accounts >= 2 && c->block_start_us % (6 * EH_HOUR_US) == 0);
    CHECK(c->block_start_us <= c->time_a_us && c->block_start_us <= c->time_b_us);
    for (uint32_t w = 0; w < t->d->options.n_windows; w++) CHECK(c->p_object[w] > 0 && c->p_object[w] < 1);
    int64_t gap_us = c->time_a_us > c->time_b_us ? c->time_a_us - c->time_b_us : c->time_b_us - c->time_a_us;
    bool is_coaction = gap_us <= edge->window_us && !c->is_on_grid;
    uint32_t n_found = 0;
    for (uint64_t i = 0; i < t->d->n_evidence; i++) {
        const eh_evidence *e = &t->d->evidence[i];
        if (e->account_a != c->account_a || e->account_b != c->account_b || e->time_a_us != c->time_a_us || e->object != c->object)
            continue;
        n_found++;
        for (uint32_t w = 0; w < t->d->options.n_windows; w++)
            if (t->d->options.windows_us[w] == edge->window_us) CHECK(memcmp(&e->p_object, &c->p_object[w], sizeof e->p_object) == 0);
    }
    CHECK_EQ_INT(n_found, is_coaction); /* a co-action is one evidence row, with the same bits */
    t->n_evidence_left -= n_found;
    t->n_on_grid += c->is_on_grid;
    t->last = *c;
    t->n++;
    return EH_OK;
}

static void gives_all_that_listed_pairs_share(void)
{
    eh_context *ctx = NULL;
    eh_action_table table;
    eh_detection d;
    eh_error err = EH_ERROR_INIT;
    CHECK(eh_context_new(NULL, &ctx, NULL) == EH_OK);
    world(ctx, true, &table);
    CHECK_OK(eh_detect(ctx, &table, NULL, &d, &err), err);
    uint64_t n_shared = 0, n_listed = 0;
    for (uint64_t i = 0; i < d.n_edges; i++) {
        n_listed += d.edges[i].is_listed;
        if (d.edges[i].is_listed) n_shared += d.edges[i].n_common_objects;
    }
    CHECK(n_listed == 15);
    CHECK(n_listed < d.n_edges);
    tally t = {.d = &d, .n_evidence_left = d.n_evidence};
    CHECK_OK(eh_detect_chances(ctx, &table, &d, take, &t, &err), err);
    CHECK_EQ_INT(t.n, n_shared);
    CHECK(t.n > d.n_evidence); /* also what they did at leisure */
    CHECK_EQ_INT(t.n_evidence_left, 0);
    CHECK(t.n_on_grid >= 15 * 30 && t.n_on_grid < 15 * 35); /* those at leisure seldom meet it */
    t = (tally){.d = &d, .stops = true};
    CHECK_EQ_INT(eh_detect_chances(ctx, &table, &d, take, &t, &err), EH_E_IO);
    CHECK(strcmp(err.message, "enough") == 0);
    eh_detection_release(&d);
    eh_action_table_release(&table);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void gives_nothing_where_nobody_is_listed(void)
{
    eh_context *ctx = NULL;
    eh_action_table table;
    eh_detection d;
    eh_error err = EH_ERROR_INIT;
    CHECK(eh_context_new(NULL, &ctx, NULL) == EH_OK);
    world(ctx, false, &table);
    CHECK_OK(eh_detect(ctx, &table, NULL, &d, &err), err);
    CHECK_EQ_INT(d.n_listed_pairs, 0);
    tally t = {.d = &d};
    CHECK_OK(eh_detect_chances(ctx, &table, &d, take, &t, &err), err);
    CHECK_EQ_INT(t.n, 0);
    eh_detection_release(&d);
    eh_action_table_release(&table);
    eh_context_free(ctx);
}

CHECK_MAIN(gives_all_that_listed_pairs_share, gives_nothing_where_nobody_is_listed)
