/*
 * The selection leg against its definition restated naively: a dense fit of the same penalised likelihood, chances pair by pair and day by
 * day, tails by plain convolution. Then its level on worlds without coordination, and what it finds of planted groups.
 */
#include "../legs_world.h"
#include "legs/cores.h"
#include "legs/pair_test.h"

static const legs_world small = {.n_accounts = 60, .n_sources = 8, .n_days = 14, .n_a_day = 2, .has_sources = true};
static const legs_world large = {.n_accounts = 200, .n_sources = 20, .n_days = 28, .n_a_day = 2, .has_sources = true};

typedef struct fitted {
    eh_context *ctx;
    eh_action_table table;
    eh_margins m;
} fitted;

static fitted fit(const legs_world *w, uint64_t seed)
{
    fitted f;
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_context_new(NULL, &f.ctx, &err), err);
    world_draw(f.ctx, w, seed, &f.table);
    CHECK_OK(eh_margins_init(f.ctx, &f.table, 1u << EH_REPOST, 1, &f.m, &err), err);
    CHECK_OK(eh_margins_fit(&f.m, &err), err);
    return f;
}

static void release(fitted *f)
{
    eh_margins_release(&f->m);
    eh_action_table_release(&f->table);
    CHECK_EQ_INT(eh_context_memory_used_size(f->ctx), 0);
    eh_context_free(f->ctx);
}

/* L of the page, from the definition: a = 1 where the account never acted on the source. */
static double chance_of(const eh_margins *m, uint32_t u, uint32_t o)
{
    double odds = m->x[u] * m->y[o] * m->d[(size_t)u * m->n_days + m->object_day[o]];
    for (uint64_t c = m->account_cell[u]; c < m->account_cell[u + 1]; c++)
        if (m->cells[c].source == m->object_source[o]) return odds * m->cells[c].liking / (1 + odds * m->cells[c].liking);
    return odds;
}

static void margins_are_reproduced(void)
{
    fitted f = fit(&small, 3);
    const eh_margins *m = &f.m;

    CHECK(m->n_ones > 500 && m->worst < 1e-4);
    double *of_object = calloc(m->n_objects, sizeof *of_object);
    CHECK(of_object != NULL);
    for (uint32_t u = 0; u < m->n_accounts; u++) {
        double sum = 0;
        for (uint32_t o = 0; o < m->n_objects; o++) {
            double p = chance_of(m, u, o);
            CHECK(p > 0 && p < 1);
            sum += p;
            of_object[o] += p;
        }
        CHECK_NEAR(sum, (double)(m->account_first[u + 1] - m->account_first[u]), 1e-4);
    }
    for (uint32_t o = 0; o < m->n_objects; o++) CHECK_NEAR(of_object[o], (double)(m->object_first[o + 1] - m->object_first[o]), 1e-4);
    free(of_object);
    release(&f);
}

/* The optimum's own conditions: for likings and days, observed - expected = penalty * log, which no margin fulfils by itself. */
static void likings_and_days_are_at_the_optimum(void)
{
    fitted f = fit(&small, 4);
    const eh_margins *m = &f.m;
    double worst = 0;
    for (uint64_t c = 0; c < m->n_cells; c++) {
        const eh_cell_of_source *cell = &m->cells[c];
        double expected = 0;
        for (uint32_t o = m->source_first[cell->source]; o < m->source_first[cell->source + 1]; o++) expected += chance_of(m, cell->account, o);
        worst = fmax(worst, fabs(cell->n - expected - 0.5 * log(cell->liking)) / cell->n);
    }
    for (uint32_t u = 0; u < m->n_accounts; u++)
        for (uint32_t t = 0; t < m->n_days; t++) {
            double expected = 0, observed = 0, d = m->d[(size_t)u * m->n_days + t];
            for (uint32_t o = 0; o < m->n_objects; o++) expected += m->object_day[o] == t ? chance_of(m, u, o) : 0;
            for (uint64_t i = m->account_first[u]; i < m->account_first[u + 1]; i++) observed += m->object_day[m->account_object[i]] == t;
            worst = fmax(worst, fabs(observed - expected - 0.5 * log(d)) / fmax(1, observed));
        }
    CHECK(worst < 0.05); /* the sweeps stop at half a per cent of a margin */
    release(&f);
}

/* P(K >= k) by convolution of the whole distribution. */
static double tail_of(const double *p, size_t n, size_t k)
{
    long double state[64] = {1};
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j > 0; j--) state[j] = state[j] * (1 - (long double)p[i]) + state[j - 1] * (long double)p[i];
        state[0] *= 1 - (long double)p[i];
    }
    long double sum = 0;
    for (size_t j = k; j <= n; j++) sum += state[j];
    return (double)sum;
}

static bool acts_on(const eh_margins *m, uint32_t u, uint32_t o)
{
    for (uint64_t i = m->account_first[u]; i < m->account_first[u + 1]; i++)
        if (m->account_object[i] == o) return true;
    return false;
}

static void pairs_equal_the_double_loop(void)
{
    legs_world w = small;
    w.n_group = 6;
    w.n_orders = 20;
    fitted f = fit(&w, 5);
    const eh_margins *m = &f.m;
    eh_error err = EH_ERROR_INIT;
    eh_incidence in = {m->account_first, m->object_first, m->account_object, m->object_account, NULL};
    eh_pair_test test;
    CHECK_OK(eh_pair_test_run(m, NULL, &in, NULL, &test, &err), err);
    uint64_t n_tested = 0;
    size_t at = 0;
    for (uint32_t u = 0; u < m->n_accounts; u++)
        for (uint32_t v = u + 1; v < m->n_accounts; v++) {
            double none[64], p[64], mu = 0;
            uint8_t is_shared[64] = {0};
            uint32_t k = 0;
            CHECK(m->n_days <= 64);
            for (uint32_t t = 0; t < m->n_days; t++) none[t] = 1;
            for (uint32_t o = 0; o < m->n_objects; o++) {
                none[m->object_day[o]] *= 1 - chance_of(m, u, o) * chance_of(m, v, o);
                if (acts_on(m, u, o) && acts_on(m, v, o)) is_shared[m->object_day[o]] = 1;
            }
            for (uint32_t t = 0; t < m->n_days; t++) {
                p[t] = 1 - none[t];
                mu += p[t];
                k += is_shared[t];
            }
            if (k < eh_fewest_shared) continue;
            n_tested++;
            double mid_p = 0.5 * (tail_of(p, m->n_days, k) + tail_of(p, m->n_days, k + 1));
            bool is_kept = at < test.n_pairs && test.pairs[at].account_a == u && test.pairs[at].account_b == v;
            if (!is_kept) {
                CHECK(mid_p > EH_PAIR_BAR / 1.5);
                continue;
            }
            CHECK_EQ_INT(test.pairs[at].n_observed, k);
            /* Outside the cells a sum of tiny chances stands for their union: never less, and hardly more. */
            CHECK(test.pairs[at].n_expected >= mu * (1 - 1e-9) && test.pairs[at].n_expected < mu * 1.05);
            CHECK(test.pairs[at].p_value >= mid_p * (1 - 1e-9) && test.pairs[at].p_value < mid_p * 1.5);
            at++;
        }
    CHECK_EQ_INT(at, test.n_pairs);
    CHECK_EQ_INT(n_tested, test.n_tested_pairs);
    CHECK(test.n_pairs >= 15);
    eh_pair_test_release(&test);
    release(&f);
}

static const eh_leg_pair *find_pair(const eh_pair_test *test, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < test->n_pairs; i++)
        if (test->pairs[i].account_a == a && test->pairs[i].account_b == b) return &test->pairs[i];
    return NULL;
}

/* Days whose shared objects are all prompted do not count, and no pair gains by it: also not by friends who are friends no more. */
static void prompted_objects_only_take_evidence(void)
{
    legs_world w = small;
    w.n_group = 8;
    w.n_orders = 20;
    w.knows_each_other = true;
    fitted f = fit(&w, 8);
    const eh_margins *m = &f.m;
    uint8_t *is_prompted = calloc(m->n_objects, 1);
    eh_contacts contacts;
    eh_error err = EH_ERROR_INIT;
    eh_rng rng = eh_rng_of(8, 2);
    CHECK(is_prompted != NULL);
    CHECK_OK(eh_contacts_init(f.ctx, &f.table, &contacts, &err), err);
    eh_incidence all = {m->account_first, m->object_first, m->account_object, m->object_account, NULL}, some = all;
    some.is_prompted = is_prompted;
    size_t n_fewer = 0, n_gone = 0;
    for (int round = 0; round < 20; round++) {
        const eh_contacts *known = round % 2 ? &contacts : NULL;
        eh_pair_test before, after;
        for (uint32_t o = 0; o < m->n_objects; o++) is_prompted[o] = eh_rng_uniform(&rng) < 0.04 * round;
        CHECK_OK(eh_pair_test_run(m, known, &all, NULL, &before, &err), err);
        CHECK_OK(eh_pair_test_run(m, known, &some, NULL, &after, &err), err);
        for (size_t i = 0; i < after.n_pairs; i++) {
            const eh_leg_pair *pair = &after.pairs[i], *was = find_pair(&before, pair->account_a, pair->account_b);
            uint8_t is_shared[64] = {0};
            uint32_t k = 0;
            CHECK(was != NULL && pair->p_value >= was->p_value && pair->n_expected == was->n_expected);
            for (uint32_t o = 0; o < m->n_objects; o++)
                if (!is_prompted[o] && acts_on(m, pair->account_a, o) && acts_on(m, pair->account_b, o)) is_shared[m->object_day[o]] = 1;
            for (uint32_t day = 0; day < m->n_days; day++) k += is_shared[day];
            CHECK_EQ_INT(pair->n_observed, k);
            n_fewer += k < was->n_observed;
        }
        n_gone += before.n_pairs - after.n_pairs;
        eh_pair_test_release(&before);
        eh_pair_test_release(&after);
    }
    CHECK(n_fewer > 20 && n_gone > 20);
    free(is_prompted);
    eh_contacts_release(&contacts);
    release(&f);
}

/* Worlds drawn from the null have the margins, and pairs in them are below a level no more often than it says. */
static void drawn_worlds_keep_the_level(void)
{
    enum { n_worlds = 12 };
    fitted f = fit(&large, 6);
    const eh_margins *m = &f.m;
    eh_error err = EH_ERROR_INIT;
    double n_pairs = 0.5 * m->n_accounts * (m->n_accounts - 1), n_ones = 0, n_below[2] = {0};
    for (uint64_t i = 0; i < n_worlds; i++) {
        eh_drawn_world world;
        eh_pair_test test;
        CHECK_OK(eh_world_draw(m, 1, i, &world, &err), err);
        n_ones += (double)world.account_first[m->n_accounts];
        eh_incidence in = {world.account_first, world.object_first, world.account_object, world.object_account, NULL};
        CHECK_OK(eh_pair_test_run(m, NULL, &in, NULL, &test, &err), err);
        for (size_t k = 0; k < test.n_pairs; k++) {
            n_below[0] += test.pairs[k].p_value <= 0.01;
            n_below[1] += test.pairs[k].p_value <= 0.001;
        }
        eh_pair_test_release(&test);
        eh_world_release(&world);
    }
    CHECK_NEAR(n_ones / n_worlds, (double)m->n_ones, 0.01);
    CHECK(n_below[0] > 0 && n_below[0] / (n_worlds * n_pairs) <= 0.01 * 1.2);
    CHECK(n_below[1] / (n_worlds * n_pairs) <= 0.001 * 1.2);
    release(&f);
}

typedef struct listing {
    bool has_run;
    uint32_t n_group, n_others;
} listing;

static listing list(const legs_world *w, uint64_t seed)
{
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    eh_leg_result leg;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    world_draw(ctx, w, seed, &table);
    CHECK_OK(eh_leg_selection(ctx, &table, NULL, &leg, &err), err);
    listing l = {.has_run = leg.has_run};
    CHECK(leg.has_run || leg.why_not[0]);
    for (uint32_t u = 0; leg.has_run && u < leg.n_accounts; u++) {
        bool is_member = atoi(eh_strings_get(&table.accounts, u).data + 1) < (int)w->n_group;
        bool is_listed = leg.accounts[u].q_value <= 0.05;
        CHECK(!is_listed || leg.accounts[u].n_partners >= 2);
        l.n_group += is_listed && is_member;
        l.n_others += is_listed && !is_member;
    }
    eh_leg_release(&leg);
    eh_action_table_release(&table);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    return l;
}

static void nobody_is_listed_without_coordination(void)
{
    for (uint64_t seed = 11; seed < 13; seed++) {
        listing l = list(&large, seed);
        CHECK(l.has_run);
        CHECK_EQ_INT(l.n_others, 0);
    }
}

static void group_is_found_whatever_its_delays(void)
{
    legs_world w = large;
    w.n_group = 12;
    w.n_orders = 30;
    for (uint64_t seed = 31; seed < 32; seed++) {
        listing l = list(&w, seed);
        CHECK_EQ_INT(l.n_group, 12);
        CHECK_EQ_INT(l.n_others, 0);
    }
}

/* As many shared objects, but all of one day, or among people who pass on each other's posts: no evidence. */
static void one_day_and_circles_are_no_evidence(void)
{
    legs_world day = large, circle = large;
    day.n_group = circle.n_group = 12;
    day.n_orders = circle.n_orders = 30;
    day.is_one_day = circle.knows_each_other = true;
    CHECK_EQ_INT(list(&day, 41).n_group, 0);
    circle.n_group = 3; /* in a ring of three all deal with each other */
    CHECK_EQ_INT(list(&circle, 42).n_group, 0);
    circle.knows_each_other = false;
    CHECK_EQ_INT(list(&circle, 42).n_group, 3);
}

static void unknown_sources_are_no_null(void)
{
    legs_world w = large;
    w.has_sources = false;
    CHECK(!list(&w, 51).has_run);
}

CHECK_MAIN(margins_are_reproduced, likings_and_days_are_at_the_optimum, pairs_equal_the_double_loop, prompted_objects_only_take_evidence,
           drawn_worlds_keep_the_level,
           nobody_is_listed_without_coordination, group_is_found_whatever_its_delays, one_day_and_circles_are_no_evidence,
           unknown_sources_are_no_null)
