/*
 * The selection leg. The account's statistic is the second smallest mid-p over its partners: one partner who picks the same
 * objects proves nothing. Its level comes from worlds drawn from the fitted null: with R(t) accounts at or below t in the archive and
 * N(t) in W worlds, the false share at t is (N(t) + 1) / W / R(t).
 */
#include "evenhand/legs.h"

#include "base/alloc.h"
#include "base/sort.h"
#include "legs/pair_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { n_worlds = 20, fewest_actions = 1000 };
static const double known_share = 0.8;

typedef struct level_of {
    double value;
    uint32_t account;
} level_of;

static int by_value(const void *a, const void *b, void *data)
{
    double x = ((const level_of *)a)->value, y = ((const level_of *)b)->value;
    (void)data;
    return (x > y) - (x < y);
}

typedef struct pool {
    eh_context *ctx;
    double *values; /* second-best mid-p of null accounts at or below the bar */
    size_t n, capacity;
} pool;

static eh_status draw_pool(const eh_margins *m, pool *null, eh_error *err)
{
    for (uint32_t w = 0; w < n_worlds; w++) {
        eh_drawn_world world;
        eh_pair_test test;
        EH_TRY(eh_world_draw(m, eh_context_seed(m->ctx), w, &world, err));
        eh_incidence in = {world.account_first, world.object_first, world.account_object, world.object_account};
        eh_status status = eh_pair_test_run(m, &in, "drawing from the null", &test, err);
        eh_world_release(&world);
        for (uint32_t u = 0; status == EH_OK && u < m->n_accounts; u++) {
            if (test.second_best[u] > 0.01) continue;
            status = eh_reserve(null->ctx, (void **)&null->values, &null->capacity, null->n + 1, sizeof *null->values, err);
            if (status == EH_OK) null->values[null->n++] = test.second_best[u];
        }
        eh_pair_test_release(&test);
        EH_TRY(status);
    }
    return EH_OK;
}

static int by_double(const void *a, const void *b, void *data)
{
    double x = *(const double *)a, y = *(const double *)b;
    (void)data;
    return (x > y) - (x < y);
}

/* p from the pooled null; q = least over t >= own of (N(t) + 1) / W / R(t). */
static eh_status take_levels(const eh_pair_test *test, pool *null, eh_leg_result *out, eh_error *err)
{
    uint32_t n = out->n_accounts;
    level_of *order = eh_alloc(out->ctx, n, sizeof *order, err);
    if (!order) return err->status;
    for (uint32_t u = 0; u < n; u++) order[u] = (level_of){test->second_best[u], u};
    eh_status status = eh_sort(out->ctx, order, n, sizeof *order, by_value, NULL, err);
    if (status == EH_OK) status = eh_sort(out->ctx, null->values, null->n, sizeof *null->values, by_double, NULL, err);
    double m = out->n_testable_accounts > 0 ? (double)out->n_testable_accounts : 1;
    size_t n_null = 0;
    for (uint32_t k = 0; status == EH_OK && k < n; k++) {
        eh_leg_account *account = &out->accounts[order[k].account];
        account->p_value = account->q_value = 1;
        if (order[k].value > EH_PAIR_BAR) continue; /* never listed: only partners at the bar count */
        while (n_null < null->n && null->values[n_null] <= order[k].value) n_null++;
        account->p_value = fmin(1, ((double)n_null + 1) / (n_worlds * m + 1));
        uint32_t last = k; /* ties count together */
        while (last + 1 < n && order[last + 1].value <= order[k].value) last++;
        account->q_value = fmin(1, ((double)n_null + 1) / n_worlds / (last + 1.0));
    }
    double least = 1;
    for (uint32_t k = n; status == EH_OK && k-- > 0;) {
        eh_leg_account *account = &out->accounts[order[k].account];
        if (account->q_value < least) least = account->q_value;
        account->q_value = least;
    }
    eh_free(out->ctx, order);
    return status;
}

static eh_status fill(const eh_margins *m, eh_pair_test *test, eh_leg_result *out, eh_error *err)
{
    out->has_run = true;
    out->n_accounts = m->n_accounts;
    out->n_null_worlds = n_worlds;
    out->accounts = eh_alloc(out->ctx, m->n_accounts, sizeof *out->accounts, err);
    if (!out->accounts) return err->status;
    for (uint32_t u = 0; u < m->n_accounts; u++) {
        out->accounts[u] = (eh_leg_account){.p_value = 1, .q_value = 1, .n_testable_partners = test->n_tested[u], .group = UINT32_MAX};
        out->n_testable_accounts += test->n_tested[u] >= 2;
    }
    out->n_testable_pairs = test->n_tested_pairs;
    out->pairs = test->pairs;
    out->n_pairs = test->n_pairs;
    test->pairs = NULL;
    for (uint64_t i = 0; i < out->n_pairs; i++) {
        out->accounts[out->pairs[i].account_a].n_partners++;
        out->accounts[out->pairs[i].account_b].n_partners++;
    }
    pool null = {.ctx = out->ctx};
    eh_status status = out->n_pairs ? draw_pool(m, &null, err) : EH_OK;
    if (status == EH_OK) status = take_levels(test, &null, out, err);
    eh_free(out->ctx, null.values);
    return status;
}

static eh_status select_pairs(const eh_action_table *table, uint32_t behaviours, eh_margins *m, eh_leg_result *out, eh_error *err)
{
    uint64_t n_actions = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (behaviours >> b & 1) n_actions += table->sets[b].n_actions;
    if (n_actions < fewest_actions) {
        snprintf(out->why_not, sizeof out->why_not, "fewer than %d reposts and links to learn taste from", (int)fewest_actions);
        return EH_OK;
    }
    EH_TRY(eh_margins_init(out->ctx, table, behaviours, m, err));
    if ((double)m->n_without_source > (1 - known_share) * (double)n_actions) {
        snprintf(out->why_not, sizeof out->why_not, "the sources (authors, domains) of more than %.0f %% of reposts and links are unknown, so taste "
                 "cannot be taken out", 100 * (1 - known_share));
        return EH_OK;
    }
    EH_TRY(eh_margins_fit(m, err));
    eh_incidence in = {m->account_first, m->object_first, m->account_object, m->object_account};
    eh_pair_test test;
    EH_TRY(eh_pair_test_run(m, &in, "comparing selections", &test, err));
    eh_status status = fill(m, &test, out, err);
    eh_pair_test_release(&test);
    return status;
}

eh_status eh_leg_selection(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_leg_result *out,
                           eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->kind = EH_LEG_SELECTION;
    uint32_t behaviours = 1u << EH_REPOST | 1u << EH_LINK;
    if (options && options->behaviours) behaviours &= options->behaviours;
    eh_margins m = {0};
    eh_status status = select_pairs(table, behaviours, &m, out, err);
    eh_margins_release(&m);
    if (status != EH_OK) eh_leg_release(out);
    return status;
}
