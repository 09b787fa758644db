/* Calibration: intervals, tightening, and what decoys of null and of planted tables give. */
#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "check.h"
#include "evenhand/calibrate.h"
#include "signif/test_data.h"

/* Garwood's limits as tabulated; Wilson's by its formula. */
static void intervals_are_those_of_the_tables(void)
{
    uint64_t none[4] = {0, 0, 0, 0}, ten = 10, spread[5] = {0, 0, 0, 0, 50};
    eh_mean_count x = eh_mean_count_of(none, 4);
    CHECK(x.mean <= 0 && x.low <= 0);
    CHECK_NEAR(x.high, 3.688879 / 4, 1e-6);
    x = eh_mean_count_of(&ten, 1);
    CHECK_NEAR(x.low, 4.795389, 1e-6);
    CHECK_NEAR(x.high, 18.390356, 1e-6);
    x = eh_mean_count_of(spread, 5); /* one draw of five: wider than Poisson */
    CHECK_NEAR(x.mean, 10, 1e-12);
    CHECK_NEAR(x.high, 10 + 2.776445 * 10, 0.02);
    CHECK(x.low <= 0);
    x = eh_share_of(0, 10);
    CHECK_NEAR(x.high, 0.2775328, 1e-5);
    x = eh_share_of(5, 10);
    CHECK_NEAR(x.low, 0.2365931, 1e-5);
    CHECK_NEAR(x.high, 0.7634069, 1e-5);
    CHECK(isnan(eh_share_of(0, 0).mean));
}

static void the_bootstrap_covers_the_mean(void)
{
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    eh_context *ctx;
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    double shares[50] = {0};
    eh_mean_count x;
    CHECK_OK(eh_mean_share_of(ctx, shares, 50, &x, &err), err);
    CHECK_NEAR(x.high, eh_share_of(0, 50).high, 1e-12);
    for (int i = 0; i < 50; i++) shares[i] = i % 5 ? 0 : 0.5;
    CHECK_OK(eh_mean_share_of(ctx, shares, 50, &x, &err), err);
    CHECK_NEAR(x.mean, 0.1, 1e-12);
    CHECK_NEAR(x.low, 0.1 - 1.96 * 0.2 / sqrt(50), 0.2); /* SD of a share is 0.2 */
    CHECK_NEAR(x.high, 0.1 + 1.96 * 0.2 / sqrt(50), 0.1);
    eh_context_free(ctx);
}

/* ---- tightening ---- */

typedef struct levels {
    double asked[8], needed; /* decoys list too much above `needed` */
    int n;
    uint64_t n_listed;
} levels;

static eh_status measure(void *data, double q, uint64_t *n_listed, double *n_expected, eh_error *err)
{
    levels *l = data;
    (void)err;
    l->asked[l->n++] = q;
    *n_listed = l->n_listed;
    *n_expected = q <= l->needed ? 0.04 * (double)l->n_listed : 0.2 * (double)l->n_listed + 1;
    return EH_OK;
}

static void tightens_no_more_than_needed(void)
{
    eh_error err = EH_ERROR_INIT;
    double q, expected;
    uint64_t n;
    levels l = {.needed = 0.006, .n_listed = 100};
    CHECK_OK(eh_tighten(0.05, measure, &l, &q, &n, &expected, &err), err);
    CHECK_NEAR(q, 0.005, 1e-12);
    CHECK_EQ_INT(l.n, 3); /* .025, .01, .005, and no further */
    CHECK_EQ_INT(n, 100);
    CHECK_NEAR(expected, 4, 1e-12);
    l = (levels){.needed = 1, .n_listed = 10};
    CHECK_OK(eh_tighten(0.05, measure, &l, &q, &n, &expected, &err), err);
    CHECK_NEAR(q, 0.025, 1e-12);
    l = (levels){.needed = 0, .n_listed = 10};
    CHECK_OK(eh_tighten(0.05, measure, &l, &q, &n, &expected, &err), err);
    CHECK(q <= 0);
    CHECK_EQ_INT(l.n, 6);
}

/* ---- tables ---- */

typedef struct world {
    eh_context *ctx;
    eh_action_table table;
} world;

static void act(eh_action_builder *builder, int account, int object, int64_t time_us)
{
    eh_error err = EH_ERROR_INIT;
    char who[16], what[16], post[32];
    (void)snprintf(who, sizeof who, "a%03d", account);
    (void)snprintf(what, sizeof what, "o%04d", object);
    (void)snprintf(post, sizeof post, "p%d-%d", account, object);
    eh_action action = {.behaviour = EH_LINK, .kind = EH_KIND_POST, .account = eh_str_of(who), .object = eh_str_of(what),
                        .post = eh_str_of(post), .time_us = time_us, .birth_us = EH_NO_TIME};
    CHECK_OK(eh_action_builder_add(builder, &action, &err), err);
}

/* 30 accounts on 12 of 80 links each, at any time of a day; n_together of them also within seconds on 30 more. */
static world make_world(uint64_t seed, int n_threads, int n_together)
{
    world w;
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, &w.ctx, &err), err);
    eh_action_builder *builder;
    CHECK_OK(eh_action_builder_new(w.ctx, 1u << EH_LINK, true, &builder, &err), err);
    eh_rng rng = eh_rng_of(seed, 3);
    const int64_t start_us = INT64_C(1533081600) * EH_SECOND_US;
    for (int o = 0; o < 80; o++)
        for (int a = 0; a < 30; a++)
            if (eh_rng_below(&rng, 100) < 40)
                act(builder, a, o, start_us + (o / 3) * EH_DAY_US + (int64_t)eh_rng_below(&rng, 86400) * EH_SECOND_US);
    for (int o = 0; o < 30 && n_together; o++) {
        int64_t at_us = start_us + o * EH_DAY_US + (int64_t)eh_rng_below(&rng, 80000) * EH_SECOND_US;
        for (int a = 0; a < n_together; a++) act(builder, a, 1000 + o, at_us + (int64_t)eh_rng_below(&rng, 5) * EH_SECOND_US);
        for (int a = 10; a < 30; a++) /* strangers, so that the day of the link is not theirs alone */
            act(builder, a, 1000 + o, start_us + o * EH_DAY_US + (int64_t)eh_rng_below(&rng, 86400) * EH_SECOND_US);
    }
    CHECK_OK(eh_action_builder_finish(builder, &w.table, &err), err);
    eh_action_builder_free(builder);
    return w;
}

static void free_world(world *w)
{
    eh_action_table_release(&w->table);
    eh_context_free(w->ctx);
}

static eh_calibration calibrate(const world *w)
{
    eh_error err = EH_ERROR_INIT;
    eh_calibration c;
    eh_detect_options options = eh_detect_options_default();
    CHECK_OK(eh_calibrate(w->ctx, &w->table, &options, 0.65, NULL, &c, &err), err);
    return c;
}

/* Pairs that share at least eight links, counted one by one: each link lies on one day here. */
static uint64_t count_pairs(const world *w)
{
    const eh_action_set *set = &w->table.sets[EH_LINK];
    uint64_t n = 0;
    for (uint32_t a = 0; a < w->table.accounts.n; a++)
        for (uint32_t b = a + 1; b < w->table.accounts.n; b++) {
            int n_shared = 0;
            for (uint32_t o = 0; o < set->n_objects; o++) {
                int has = 0;
                for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1]; i++)
                    has |= set->account[i] == a ? 1 : set->account[i] == b ? 2 : 0;
                n_shared += has == 3;
            }
            n += n_shared >= 8;
        }
    return n;
}

static void null_tables_keep_their_level(void)
{
    world w = make_world(1, 2, 0);
    eh_calibration c = calibrate(&w);
    CHECK_EQ_INT(c.n_decoys, 20);
    CHECK_NEAR(c.q_timing, 0.05 * 0.65, 1e-12);
    CHECK_EQ_INT(c.n_listed_accounts, 0);
    CHECK(c.decoy_accounts.mean < 0.5);
    CHECK(isnan(c.false_share));
    CHECK_NEAR(c.calibrated_q, 0.05, 1e-12);
    CHECK_EQ_INT(c.n_placebos, 5);
    CHECK(c.placebo_pairs.mean <= 0);
    uint64_t n_pairs = count_pairs(&w);
    CHECK(n_pairs > 200);
    CHECK_EQ_INT(c.sizes.n_pairs[EH_SLICE_ALL], 20 * n_pairs); /* also those that never co-acted */
    for (int i = 0; i < 3; i++) CHECK((double)c.sizes.n_p[EH_SLICE_ALL][i] <= 1.3 * eh_size_level(i) * (double)c.sizes.n_pairs[EH_SLICE_ALL] + 3);
    CHECK(c.sizes.n_p[EH_SLICE_ALL][0] > 0);
    free_world(&w);
}

static void planted_groups_are_taken_apart(void)
{
    world w = make_world(2, 2, 8), again = make_world(2, 1, 8);
    eh_calibration c = calibrate(&w), d = calibrate(&again);
    CHECK(c.n_listed_accounts >= 8);
    CHECK(c.decoy_accounts.mean < 0.5 * (double)c.n_listed_accounts);
    CHECK(c.decoy_others.mean <= 0.05 * (double)c.n_listed_accounts);
    CHECK_NEAR(c.calibrated_q, 0.05, 1e-12);
    CHECK(c.placebo_pairs.mean <= 0);
    CHECK(memcmp(&c.sizes, &d.sizes, sizeof c.sizes) == 0); /* any number of threads */
    CHECK_NEAR(c.decoy_accounts.mean + 1, d.decoy_accounts.mean + 1, 1e-15);
    free_world(&w);
    free_world(&again);
}

static void refuses_what_cannot_be_measured(void)
{
    eh_error err = EH_ERROR_INIT;
    world w = make_world(3, 1, 0);
    eh_action_table empty = w.table;
    memset(empty.sets, 0, sizeof empty.sets);
    eh_detect_options options = eh_detect_options_default();
    eh_calibration c;
    CHECK_EQ_INT(eh_calibrate(w.ctx, &empty, &options, 1, NULL, &c, &err), EH_E_STATISTICS);
    eh_calibrate_options how = eh_calibrate_options_default();
    how.n_decoys = 0;
    CHECK_EQ_INT(eh_calibrate(w.ctx, &w.table, &options, 1, &how, &c, &err), EH_E_INVALID);
    how.n_decoys = 1;
    CHECK_EQ_INT(eh_calibrate(w.ctx, &w.table, &options, 0, &how, &c, &err), EH_E_INVALID);
    how.n_placebos = 0;
    CHECK_OK(eh_calibrate(w.ctx, &w.table, &options, 1, &how, &c, &err), err);
    CHECK(c.n_placebos == 0 && c.why_no_placebo[0]);
    free_world(&w);
}

/* Wherever memory runs out, it says so and holds nothing afterwards. */
static void survives_lack_of_memory(void)
{
    world w = make_world(4, 1, 4);
    eh_detect_options options = eh_detect_options_default();
    eh_calibrate_options how = eh_calibrate_options_default();
    how.n_decoys = how.n_placebos = 1;
    uint64_t before_size = eh_context_memory_used_size(w.ctx);
    eh_status status = EH_E_NOMEM;
    int64_t n = 1, n_failed = 0;
    for (; status != EH_OK; n += 1 + n / 8) {
        eh_error err = EH_ERROR_INIT;
        eh_calibration c;
        eh_context_fail_allocation_after(w.ctx, n);
        status = eh_calibrate(w.ctx, &w.table, &options, 1, &how, &c, &err);
        eh_context_fail_allocation_after(w.ctx, 0);
        CHECK(status == EH_OK || (status == EH_E_NOMEM && err.message[0]));
        CHECK_EQ_INT(eh_context_memory_used_size(w.ctx), before_size);
        n_failed += status != EH_OK;
    }
    CHECK(n_failed > 20);
    free_world(&w);
}

CHECK_MAIN(intervals_are_those_of_the_tables, the_bootstrap_covers_the_mean, tightens_no_more_than_needed,
           null_tables_keep_their_level, planted_groups_are_taken_apart, refuses_what_cannot_be_measured, survives_lack_of_memory)
