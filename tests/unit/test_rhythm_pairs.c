/* One pair of hands: values worked out by hand, what is left out of hand-overs, and that habits alone are no evidence. */
#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "check.h"
#include "evenhand/legs.h"
#include "evenhand/rhythm.h"

static const int64_t monday_us = INT64_C(1533513600000000); /* 2018-08-06 */
static const int days[8] = {0, 1, 7, 8, 14, 15, 21, 22};    /* four Mondays, four Tuesdays */

typedef struct scene {
    eh_context *ctx;
    eh_action_builder *builder;
    eh_action_table table;
    int n_posts;
} scene;

static scene set_scene(void)
{
    scene s = {0};
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_context_new(NULL, &s.ctx, &err), err);
    CHECK_OK(eh_action_builder_new(s.ctx, ~0u, true, &s.builder, &err), err);
    return s;
}

/* object NULL: one that nobody else acts on. */
static void act(scene *s, eh_behaviour behaviour, const char *account, const char *object, const char *source, int day, double hour)
{
    char post[24];
    eh_error err = EH_ERROR_INIT;
    snprintf(post, sizeof post, "p%06d", s->n_posts++);
    eh_action action = {.behaviour = behaviour, .account = eh_str_of(account), .object = eh_str_of(object ? object : post),
                        .post = eh_str_of(post), .source = eh_str_of(source),
                        .time_us = monday_us + day * EH_DAY_US + (int64_t)(hour * 3600e6), .birth_us = EH_NO_TIME};
    CHECK_OK(eh_action_builder_add(s->builder, &action, &err), err);
}

static eh_rhythm_pair_result test_two(scene *s)
{
    eh_error err = EH_ERROR_INIT;
    eh_rhythm_pair pair = {0, 1};
    eh_rhythm_pair_result r;
    CHECK_OK(eh_action_builder_finish(s->builder, &s->table, &err), err);
    CHECK_OK(eh_rhythm_pairs(s->ctx, &s->table, &pair, 1, &r, &err), err);
    return r;
}

static void strike(scene *s)
{
    eh_action_table_release(&s->table);
    eh_action_builder_free(s->builder);
    CHECK_EQ_INT(eh_context_memory_used_size(s->ctx), 0);
    eh_context_free(s->ctx);
}

/* On each day b begins five minutes after a, at an hour that differs from day to day: no other order of the four Mondays or
 * Tuesdays gives as many hand-overs, so p = 1/4! 1/4!. */
static void every_day_a_handover(void)
{
    scene s = set_scene();
    for (int i = 0; i < 8; i++) {
        act(&s, EH_LINK, "a", NULL, "", days[i], 8 + i / 2 * 2);
        act(&s, EH_LINK, "b", NULL, "", days[i], 8 + i / 2 * 2 + 5.0 / 60);
    }
    eh_rhythm_pair_result r = test_two(&s);
    CHECK(r.is_testable);
    CHECK_EQ_INT(r.n_days, 8);
    CHECK_EQ_INT(r.n_days_ab, 8);
    CHECK_EQ_INT(r.n_days_ba, 0);
    CHECK_EQ_INT(r.n_handovers, 8);
    CHECK_NEAR(r.n_handovers_expected, 2, 1e-12);
    CHECK_NEAR(r.p_handover, 1.0 / 576, 1e-12);
    CHECK_EQ_INT(r.n_at_once, 0);
    CHECK(r.p_never_at_once == 1);
    CHECK_NEAR(r.p_value, 2.0 / 576, 1e-12);
    strike(&s);
}

/* a acts at three of four hours, b at the fourth: on any other day they would have met. */
static void never_at_once(void)
{
    scene s = set_scene();
    for (int i = 0; i < 8; i++) {
        for (int h = 0; h < 4; h++)
            if (h != i / 2) act(&s, EH_LINK, "a", NULL, "", days[i], 8 + h);
        act(&s, EH_LINK, "b", NULL, "", days[i], 8 + i / 2 + 1.0 / 60);
    }
    eh_rhythm_pair_result r = test_two(&s);
    CHECK_EQ_INT(r.n_at_once, 0);
    CHECK_NEAR(r.n_at_once_expected, 6, 1e-12);
    CHECK_NEAR(r.p_never_at_once, 1.0 / 576, 1e-12);
    CHECK_EQ_INT(r.n_handovers, 0);
    CHECK_NEAR(r.n_handovers_expected, 6, 1e-12); /* a minute after a's: on the other days it would have been one */
    strike(&s);
}

/* What two accounts share within the hour is evidence of timing; it is shown, but not counted again. */
static void shared_objects_are_left_out(void)
{
    scene s = set_scene();
    for (int i = 0; i < 8; i++) {
        char object[16];
        snprintf(object, sizeof object, "o%d", i);
        act(&s, EH_LINK, "a", object, "", days[i], 8 + i / 2 * 2);
        act(&s, EH_LINK, "b", object, "", days[i], 8 + i / 2 * 2 + 5.0 / 60);
    }
    eh_rhythm_pair_result r = test_two(&s);
    CHECK_EQ_INT(r.n_handovers, 0);
    CHECK(r.p_value == 1);
    CHECK_EQ_INT(r.n_handovers_any, 8);
    CHECK_NEAR(r.p_handover_any, 1.0 / 576, 1e-12);
    strike(&s);
}

/* A fan that reposts within minutes takes nothing over. */
static void answers_are_left_out(void)
{
    for (int how = 0; how < 2; how++) {
        scene s = set_scene();
        for (int i = 0; i < 8; i++) {
            act(&s, EH_LINK, "a", NULL, "", days[i], 8 + i / 2 * 2);
            if (how) act(&s, EH_MENTION, "b", "a", "", days[i], 8 + i / 2 * 2 + 5.0 / 60);
            else act(&s, EH_REPOST, "b", NULL, "a", days[i], 8 + i / 2 * 2 + 5.0 / 60);
        }
        eh_rhythm_pair_result r = test_two(&s);
        CHECK_EQ_INT(r.n_handovers_any, 0);
        CHECK(r.p_value == 1);
        strike(&s);
    }
}

/* As every_day_a_handover, but each day both also act in the same minute, on different things: two people on one feed. */
static void in_step_is_no_pair_of_hands(void)
{
    scene s = set_scene();
    for (int i = 0; i < 8; i++) {
        act(&s, EH_LINK, "a", NULL, "", days[i], 8 + i / 2 * 2);
        act(&s, EH_LINK, "b", NULL, "", days[i], 8 + i / 2 * 2 + 5.0 / 60);
        act(&s, EH_LINK, "a", NULL, "", days[i], 18 + i / 2);
        act(&s, EH_LINK, "b", NULL, "", days[i], 18 + i / 2 + 1.0 / 60);
    }
    eh_rhythm_pair_result r = test_two(&s);
    CHECK(r.is_in_step);
    CHECK_EQ_INT(r.n_at_once, 8);
    CHECK_NEAR(r.n_at_once_expected, 2, 1e-12);
    CHECK(r.p_handover <= 1.0 / 576 * 1.0001);
    CHECK(r.p_value == 1);
    strike(&s);
}

static void six_days_are_too_few(void)
{
    scene s = set_scene();
    for (int i = 0; i < 6; i++) {
        act(&s, EH_LINK, "a", NULL, "", i, 8 + i);
        act(&s, EH_LINK, "b", NULL, "", i, 8.1 + i);
    }
    eh_rhythm_pair_result r = test_two(&s);
    CHECK(!r.is_testable);
    CHECK_EQ_INT(r.n_days, 6);
    CHECK(r.p_value == 1);
    eh_error err = EH_ERROR_INIT;
    eh_rhythm_pair with_itself = {1, 1}, with_nobody = {0, 7};
    CHECK_EQ_INT(eh_rhythm_pairs(s.ctx, &s.table, &with_itself, 1, &r, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_rhythm_pairs(s.ctx, &s.table, &with_nobody, 1, &r, &err), EH_E_INVALID);
    strike(&s);
}

enum { n_people = 60, n_weeks = 8, n_hands = 4 };

/* People with the same office hours, and four accounts that one person drives in turn. */
static void people(scene *s, eh_rng *rng, bool has_operator)
{
    char name[16];
    for (int u = 0; u < n_people; u++) {
        snprintf(name, sizeof name, "u%03d", u);
        for (int day = 0; day < 7 * n_weeks; day++)
            for (int i = 0; day % 7 < 5 && i < 6; i++) act(s, EH_LINK, name, NULL, "", day, 8 + 9 * eh_rng_uniform(rng));
    }
    for (int day = 0; has_operator && day < 7 * n_weeks; day++) {
        int k = (int)eh_rng_below(rng, n_hands);
        for (double hour = 8 + eh_rng_uniform(rng); day % 7 < 5 && hour < 17; k = (k + 1) % n_hands) {
            double until = hour + 0.2 + 0.15 * eh_rng_uniform(rng);
            snprintf(name, sizeof name, "v%03d", k);
            for (; hour < until; hour += 0.07 * eh_rng_exponential(rng)) act(s, EH_LINK, name, NULL, "", day, hour);
            hour = hour + 0.04;
        }
    }
}

static void habits_are_no_evidence(void)
{
    scene s = set_scene();
    eh_rng rng = eh_rng_of(5, 0);
    eh_error err = EH_ERROR_INIT;
    static eh_rhythm_pair pairs[n_people * n_people];
    static eh_rhythm_pair_result results[n_people * n_people];
    int n = 0, n_below[2][2] = {{0}};
    people(&s, &rng, false);
    CHECK_OK(eh_action_builder_finish(s.builder, &s.table, &err), err);
    for (uint32_t a = 0; a < n_people; a++)
        for (uint32_t b = a + 1; b < n_people; b++) pairs[n++] = (eh_rhythm_pair){a, b};
    CHECK_OK(eh_rhythm_pairs(s.ctx, &s.table, pairs, (uint64_t)n, results, &err), err);
    double sum = 0, expected = 0;
    for (int i = 0; i < n; i++) {
        const double p[2] = {results[i].p_handover, results[i].p_never_at_once};
        for (int k = 0; k < 2; k++) {
            n_below[k][0] += p[k] <= 0.05;
            n_below[k][1] += p[k] <= 0.01;
        }
        sum += results[i].n_handovers;
        expected += results[i].n_handovers_expected;
    }
    for (int k = 0; k < 2; k++) {
        CHECK(n_below[k][0] <= 1.2 * 0.05 * n);
        CHECK(n_below[k][0] >= 0.3 * 0.05 * n); /* and the test is no dead weight */
        CHECK(n_below[k][1] <= 1.5 * 0.01 * n);
    }
    CHECK_NEAR(sum, expected, 0.03);
    strike(&s);
}

static void one_pair_of_hands_is_found(void)
{
    scene s = set_scene();
    eh_rng rng = eh_rng_of(6, 0);
    eh_error err = EH_ERROR_INIT;
    eh_tie ties[n_hands * n_hands + 3] = {{0}};
    uint64_t n = 0;
    people(&s, &rng, true);
    CHECK_OK(eh_action_builder_finish(s.builder, &s.table, &err), err);
    ties[n++] = (eh_tie){.account_a = 0, .account_b = 1};
    ties[n++] = (eh_tie){.account_a = 2, .account_b = n_people};
    for (uint32_t a = 0; a < n_hands; a++)
        for (uint32_t b = a + 1; b < n_hands; b++) ties[n++] = (eh_tie){.account_a = n_people + a, .account_b = n_people + b};
    eh_leg_result leg;
    CHECK_OK(eh_leg_operator(s.ctx, &s.table, ties, n, NULL, &leg, &err), err);
    CHECK(leg.has_run);
    CHECK_EQ_INT(leg.n_testable_pairs, n);
    CHECK_EQ_INT(leg.n_testable_accounts, 3 + n_hands);
    CHECK_EQ_INT(leg.n_pairs, n_hands * (n_hands - 1) / 2);
    CHECK(leg.accounts[0].q_value > 0.05 && leg.accounts[2].q_value > 0.05);
    for (uint32_t a = 0; a < n_hands; a++) CHECK(leg.accounts[n_people + a].q_value <= 0.001);
    CHECK_EQ_INT(leg.accounts[5].n_testable_partners, 0);
    CHECK(leg.accounts[5].p_value == 1);
    eh_leg_release(&leg);
    eh_detect_options coarse = eh_detect_options_default();
    coarse.precision_us = EH_HOUR_US;
    CHECK_OK(eh_leg_operator(s.ctx, &s.table, ties, n, &coarse, &leg, &err), err);
    CHECK(!leg.has_run && strstr(leg.why_not, "coarse"));
    CHECK_OK(eh_leg_operator(s.ctx, &s.table, ties, 0, NULL, &leg, &err), err);
    CHECK(!leg.has_run && leg.why_not[0]);
    eh_leg_release(&leg);
    strike(&s);
}

CHECK_MAIN(every_day_a_handover, never_at_once, shared_objects_are_left_out, answers_are_left_out, in_step_is_no_pair_of_hands, six_days_are_too_few,
           habits_are_no_evidence, one_pair_of_hands_is_found)
