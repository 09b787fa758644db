/* Rhythm: worked examples. */
#include "rhythm/turns.h"
#include "rhythm_world.h"

#define MINUTES(m) ((int64_t)((m) * 60e6))

/* ---- turns ------------------------------------------------------------------------------------------------------ */

static void binomial_tails_are_the_known_ones(void)
{
    CHECK_NEAR(rhythm_binomial_lower(10, 2, .5), 56 / 1024.0, 1e-12);
    CHECK_NEAR(rhythm_binomial_lower(20, 0, 1 / 3.0), pow(2 / 3.0, 20), 1e-12);
    CHECK_NEAR(rhythm_binomial_lower(5, 4, .2), 1 - pow(.2, 5), 1e-12);
    CHECK_NEAR(rhythm_binomial_lower(10, 6, .5), 848 / 1024.0, 1e-12);
    CHECK_NEAR(rhythm_binomial_lower(719, 708, 1 / 3.0), 1, 1e-12); /* the terms below are too small for a double */
    CHECK_NEAR(rhythm_binomial_lower(4, 4, .2), 1, 0);
    CHECK_NEAR(rhythm_binomial_lower(0, 0, .2), 1, 0);
}

static void the_share_of_close_encounters_knows_the_time_step(void)
{
    CHECK_NEAR(rhythm_close_share(20 * EH_SECOND_US, 1), 1 / 3.0, 1e-12);
    CHECK_NEAR(rhythm_close_share(10 * EH_SECOND_US, EH_SECOND_US), 19 / 59.0, 1e-12);
    CHECK_EQ_INT(rhythm_n_usable_turns(1), 3);
    CHECK_EQ_INT(rhythm_n_usable_turns(2 * EH_SECOND_US), 3);
    CHECK_EQ_INT(rhythm_n_usable_turns(4 * EH_SECOND_US), 2);
    CHECK_EQ_INT(rhythm_n_usable_turns(60 * EH_SECOND_US), 0);
}

/* One encounter an hour: these lags in seconds, of b after a. */
static const double lags_s[] = {30, -30, 30, -30, 30, -30, 30, -30, 30, -30, 5, 90, -90, 300};

static void encounters_are_counted_by_their_nearest_neighbours(void)
{
    rhythm_world w = rhythm_world_new(1);
    for (size_t i = 0; i < sizeof lags_s / sizeof *lags_s; i++) {
        int64_t at_us = MONDAY_US + (int64_t)i * EH_HOUR_US;
        rhythm_act(&w, "a", at_us);
        rhythm_act(&w, "b", at_us + (int64_t)(lags_s[i] * 1e6));
        /* a third action of the encounter, farther away, changes nothing */
        if (lags_s[i] > 0) rhythm_act(&w, "b", at_us + (int64_t)(lags_s[i] * 1e6) + MINUTES(6));
    }
    rhythm_world_finish(&w);
    eh_operators o = rhythm_test_all(&w, 1);
    const eh_operator_pair *pair = &o.pairs[0];
    /* T = 20 s: close 5; flanks up to 100 s: 5 + 1 and 5 + 1. T = 40 s: 11 close. T = 10 s: close 1, flanks to 50 s 5 and 5. */
    CHECK_EQ_INT(pair->turn_us, 20 * EH_SECOND_US);
    CHECK_EQ_INT(pair->n_close, 1);
    CHECK_EQ_INT(pair->n_a_first, 6);
    CHECK_EQ_INT(pair->n_b_first, 6);
    CHECK_EQ_INT(pair->n_turns, 13);
    CHECK_NEAR(pair->n_close_expected, 13 / 5.0, 1e-12);
    CHECK(pair->is_testable);
    /* Moved by whole days nobody meets, so the share is that of two people: P(Bin(7, 1/3) <= 1), three turns tried. */
    CHECK_NEAR(pair->p_turns, fmin(1, 3 * (pow(2 / 3.0, 7) + 7 * pow(2 / 3.0, 6) / 3)), 1e-12);
    eh_operators_release(&o);
    o = rhythm_test_all(&w, 60 * EH_SECOND_US);
    CHECK(o.is_coarse);
    CHECK_EQ_INT(o.pairs[0].turn_us, 0);
    CHECK_NEAR(o.pairs[0].p_turns, 1, 0);
    CHECK(!o.pairs[0].is_testable);
    CHECK_NEAR(o.pairs[0].p_value, 1, 0);
    eh_operators_release(&o);
    rhythm_world_release(&w);
}

static void who_answers_is_not_in_turns(void)
{
    rhythm_world w = rhythm_world_new(1);
    for (int i = 0; i < 20; i++) {
        int64_t at_us = MONDAY_US + i * EH_HOUR_US;
        rhythm_act(&w, "a", at_us);
        rhythm_repost(&w, "b", "a", at_us + 30 * EH_SECOND_US, EH_NO_TIME);
    }
    rhythm_world_finish(&w);
    eh_operators o = rhythm_test_all(&w, 1);
    CHECK_EQ_INT(o.pairs[0].n_reactions, 20);
    CHECK_EQ_INT(o.pairs[0].n_turns, 0);
    CHECK_NEAR(o.pairs[0].p_turns, 1, 0);
    eh_operators_release(&o);
    rhythm_world_release(&w);
}

/* Programs on a clock, 30 s and 30 s less five minutes apart by turns: a hole, but the same on any two days. */
static void clocks_are_no_hands(void)
{
    rhythm_world w = rhythm_world_new(1);
    for (int day = 0; day < 20; day++)
        for (int i = 0; i < 10; i++) {
            int64_t at_us = MONDAY_US + day * EH_DAY_US + i * EH_HOUR_US;
            rhythm_act(&w, "a", at_us);
            rhythm_act(&w, "b", at_us + (i % 2 ? 30 : -30) * EH_SECOND_US);
        }
    rhythm_world_finish(&w);
    eh_operators o = rhythm_test_all(&w, 1);
    CHECK_EQ_INT(o.pairs[0].n_close, 0);
    CHECK_EQ_INT(o.pairs[0].n_a_first, 100);
    CHECK_EQ_INT(o.pairs[0].n_b_first, 100);
    CHECK(o.pairs[0].p_turns > .05);
    CHECK(rhythm_binomial_lower(100, 0, 1 / 3.0) < 1e-17);
    eh_operators_release(&o);
    rhythm_world_release(&w);
}

/* ---- hand-over -------------------------------------------------------------------------------------------------- */

/* On day d, a is active from d hours after midnight for length minutes, b from 5 min after that; each day fits only itself. */
static void hand_overs_on_eight_days(void)
{
    rhythm_world w = rhythm_world_new(1);
    for (int day = 0; day < 8; day++)
        for (int k = 0; k < 3; k++) {
            int64_t start_us = MONDAY_US + day * EH_DAY_US + (6 + 2 * day) * EH_HOUR_US;
            rhythm_act(&w, "a", start_us + MINUTES(10 * k));
            rhythm_act(&w, "b", start_us + MINUTES(25 + 10 * k));
        }
    rhythm_world_finish(&w);
    eh_operators o = rhythm_test_all(&w, 1);
    const eh_operator_pair *pair = &o.pairs[0];
    CHECK_EQ_INT(pair->n_days, 8);
    CHECK_EQ_INT(pair->n_handover_days, 8);
    CHECK_EQ_INT(pair->n_a_to_b, 8);
    CHECK_EQ_INT(pair->n_b_to_a, 0);
    CHECK_EQ_INT(pair->n_overlap_days, 0);
    /* of all orders of the days one fits */
    CHECK_NEAR(pair->p_handover, 1 / 40320.0, 1e-9);
    CHECK_NEAR(pair->n_handover_expected, 1, 1e-12);
    /* They would hardly ever overlap anyhow, so hand-overs alone are no evidence. */
    CHECK_NEAR(pair->p_never, 1, 0);
    CHECK(pair->p_value > .5);
    eh_operators_release(&o);
    rhythm_world_release(&w);
}

/* A day of ten hours is cut in two at another hour each day; the same pair of hands drives one account, then the other. */
static void one_shift_for_two_accounts_is_found(void)
{
    rhythm_world w = rhythm_world_new(1);
    eh_rng rng = eh_rng_of(5, 0);
    for (int day = 0; day < 28; day++) {
        int64_t start_us = MONDAY_US + day * EH_DAY_US + 8 * EH_HOUR_US;
        double cut_min = 120 + 360 * eh_rng_uniform(&rng);
        for (double at = 12 * eh_rng_uniform(&rng); at < 600; at += 2 + 6 * eh_rng_uniform(&rng)) {
            rhythm_act(&w, at < cut_min ? "a" : "b", start_us + MINUTES(at < cut_min ? at : at + 2));
            rhythm_act(&w, "other", start_us + MINUTES(at + 7 * eh_rng_uniform(&rng)));
        }
    }
    rhythm_world_finish(&w);
    eh_operators o = rhythm_test_all(&w, 1);
    const eh_operator_pair *pair = &o.pairs[0]; /* a and b */
    CHECK(pair->n_handover_days >= 20);
    CHECK_EQ_INT(pair->n_overlap_days, 0);
    CHECK(pair->n_overlap_expected > 5);
    CHECK(pair->p_handover < 1e-4 && pair->p_never < 1e-4);
    CHECK(pair->is_found);
    CHECK(o.accounts[0].is_found && o.accounts[1].is_found && !o.accounts[2].is_found);
    CHECK_EQ_INT(o.n_found_pairs, 1);
    CHECK_EQ_INT(o.n_testable_pairs, 3);
    eh_operators_release(&o);
    rhythm_world_release(&w);
}

static void pairs_out_of_order_are_refused(void)
{
    rhythm_world w = rhythm_world_new(1);
    rhythm_act(&w, "a", MONDAY_US);
    rhythm_act(&w, "b", MONDAY_US);
    rhythm_world_finish(&w);
    eh_operators o;
    const eh_account_pair turned = {1, 0}, absent = {0, 2}, twice[2] = {{0, 1}, {0, 1}};
    eh_rhythm_options bad = {.precision_us = 0, .q = .05};
    CHECK_EQ_INT(eh_rhythm_pairs(w.ctx, &w.table, NULL, &turned, 1, &o, &rhythm_err), EH_E_INVALID);
    CHECK_EQ_INT(eh_rhythm_pairs(w.ctx, &w.table, NULL, &absent, 1, &o, &rhythm_err), EH_E_INVALID);
    CHECK_EQ_INT(eh_rhythm_pairs(w.ctx, &w.table, NULL, twice, 2, &o, &rhythm_err), EH_E_INVALID);
    CHECK_EQ_INT(eh_rhythm_pairs(w.ctx, &w.table, &bad, twice, 1, &o, &rhythm_err), EH_E_INVALID);
    CHECK_OK(eh_rhythm_pairs(w.ctx, &w.table, NULL, NULL, 0, &o, &rhythm_err), rhythm_err);
    CHECK_EQ_INT(o.n_testable_accounts, 0);
    eh_operators_release(&o);
    rhythm_world_release(&w);
}

static void every_failed_allocation_is_told(void)
{
    rhythm_world w = rhythm_world_new(1);
    for (int i = 0; i < 30; i++) {
        rhythm_act(&w, i % 3 ? "a" : "b", MONDAY_US + i * EH_HOUR_US);
        rhythm_act(&w, "c", MONDAY_US + i * EH_HOUR_US + 40 * EH_SECOND_US);
    }
    rhythm_world_finish(&w);
    const eh_account_pair pairs[2] = {{0, 1}, {0, 2}};
    const uint32_t accounts[3] = {0, 1, 2};
    int n_failed = 0;
    for (int64_t n = 1; n < 200; n++) {
        eh_operators o;
        eh_automation rows[3];
        eh_workday day;
        eh_context_fail_allocation_after(w.ctx, n);
        eh_status status = eh_rhythm_pairs(w.ctx, &w.table, NULL, pairs, 2, &o, &rhythm_err);
        if (status == EH_OK) eh_operators_release(&o);
        if (status == EH_OK) status = eh_rhythm_automation(w.ctx, &w.table, accounts, 3, rows, &rhythm_err);
        if (status == EH_OK) status = eh_rhythm_workday(w.ctx, &w.table, accounts, 3, &day, &rhythm_err);
        eh_context_fail_allocation_after(w.ctx, 0);
        CHECK(status == EH_OK || status == EH_E_NOMEM);
        n_failed += status != EH_OK;
    }
    CHECK(n_failed > 20 && n_failed < 199);
    rhythm_world_release(&w);
}

/* ---- working day ------------------------------------------------------------------------------------------------ */

/* Twelve accounts work from 9:00 to 17:30 at that offset, off on two weekdays, with or without a pause at 12:30. */
static eh_workday work_at(int offset_min, uint32_t days_off, bool has_pause, uint64_t seed)
{
    rhythm_world w = rhythm_world_new(1);
    eh_rng rng = eh_rng_of(seed, 0);
    for (int day = 0; day < 28; day++) {
        if (days_off >> (day % 7) & 1) continue;
        for (int i = 0; i < 120; i++) {
            char account[8];
            snprintf(account, sizeof account, "w%02d", i % 12);
            double minute = 540 + 510 * eh_rng_uniform(&rng);
            if (has_pause && minute >= 750 && minute < 795) continue;
            rhythm_act(&w, account, MONDAY_US + day * EH_DAY_US + MINUTES(minute - offset_min));
        }
    }
    rhythm_world_finish(&w);
    uint32_t accounts[12];
    for (uint32_t u = 0; u < 12; u++) accounts[u] = u;
    eh_workday out;
    CHECK_OK(eh_rhythm_workday(w.ctx, &w.table, accounts, w.table.accounts.n, &out, &rhythm_err), rhythm_err);
    rhythm_world_release(&w);
    return out;
}

static uint32_t offset_named(int minutes)
{
    for (uint32_t i = 0; i < EH_N_OFFSETS; i++)
        if (eh_rhythm_offset_min(i) == minutes) return i;
    return EH_N_OFFSETS;
}

static void a_working_day_is_read_off(void)
{
    const int offsets[] = {-300, 0, 210, 345, 600};
    for (size_t k = 0; k < sizeof offsets / sizeof *offsets; k++) {
        eh_workday d = work_at(offsets[k], 0x30, true, 3 + k); /* Friday and Saturday off */
        CHECK(d.is_known);
        CHECK_EQ_INT(d.n_days, 20);
        CHECK_EQ_INT(d.days_off, 0x30);
        CHECK(d.p_days_off <= .005);
        CHECK_EQ_INT(d.shape, EH_SHAPE_WORK);
        uint32_t truth = offset_named(offsets[k]);
        CHECK(d.in_set[truth] && d.in_set[d.best_offset]);
        CHECK(abs(eh_rhythm_offset_min(d.best_offset) - offsets[k]) <= 30);
        CHECK(d.n_offsets_in_set >= 2 && d.n_offsets_in_set <= 9);
        CHECK(fabs(d.log_likelihood[d.best_offset]) < 1e-9);
        double start = fmod(540 - offsets[k] + 1440, 1440), pause = fmod(750 - offsets[k] + 1440, 1440);
        CHECK(d.start_min >= start + 10 && d.start_min <= start + 50); /* 5 % of 8.5 h */
        CHECK(fabs(d.pause_min - pause) <= 15);
        CHECK(d.pause_length_min >= 30 && d.pause_length_min <= 60);
        CHECK(d.pause_depth > .6 && d.pause_depth_low <= d.pause_depth && d.pause_depth <= d.pause_depth_high);
        CHECK(d.p_pause <= .005);
        double share = 0;
        for (int h = 0; h < EH_N_HALF_HOURS; h++) share += d.profile[h];
        CHECK_NEAR(share, 1, 1e-9);
    }
}

static void no_pause_and_no_days_off_are_not_made_up(void)
{
    int n_pauses = 0, n_days_off = 0;
    for (uint64_t seed = 100; seed < 140; seed++) {
        eh_workday d = work_at(60, 0, false, seed);
        CHECK_EQ_INT(d.days_off, 0);
        n_pauses += d.p_pause <= .05;
        n_days_off += d.p_days_off <= .05;
    }
    CHECK(n_pauses <= 6 && n_days_off <= 6); /* of 40 at 5 %: P(more than 6) < 0.4 % */
}

static void too_little_is_said_to_be_too_little(void)
{
    rhythm_world w = rhythm_world_new(1);
    for (int i = 0; i < 50; i++) rhythm_act(&w, "a", MONDAY_US + i * 11 * EH_HOUR_US);
    rhythm_world_finish(&w);
    const uint32_t account = 0, absent = 1;
    eh_workday d;
    eh_automation row;
    CHECK_OK(eh_rhythm_workday(w.ctx, &w.table, &account, 1, &d, &rhythm_err), rhythm_err);
    CHECK(!d.is_known);
    CHECK_EQ_INT(d.shape, EH_SHAPE_UNKNOWN);
    CHECK_EQ_INT(d.n_times, 50);
    CHECK_EQ_INT(eh_rhythm_workday(w.ctx, &w.table, &absent, 1, &d, &rhythm_err), EH_E_INVALID);
    CHECK_EQ_INT(eh_rhythm_automation(w.ctx, &w.table, &absent, 1, &row, &rhythm_err), EH_E_INVALID);
    rhythm_world_release(&w);
}

/* ---- automation ------------------------------------------------------------------------------------------------- */

static void regularity_and_delays(void)
{
    rhythm_world w = rhythm_world_new(1);
    eh_rng rng = eh_rng_of(9, 0);
    double at_s = 0;
    for (int i = 0; i < 200; i++) {
        rhythm_act(&w, "clock", MONDAY_US + i * 900 * EH_SECOND_US + (int64_t)(3e6 * eh_rng_uniform(&rng)));
        at_s += eh_rng_lognormal(&rng, 900, 1.5);
        rhythm_act(&w, "person", MONDAY_US + (int64_t)(at_s * 1e6));
        rhythm_act(&w, "two", MONDAY_US + ((i / 2) * 7200 + (i % 2) * 600) * EH_SECOND_US);
        int64_t birth_us = MONDAY_US + i * EH_HOUR_US;
        rhythm_repost(&w, "fast", "somebody", birth_us + (i + 1) * EH_SECOND_US, birth_us);
        rhythm_act(&w, "fast", birth_us + 30 * EH_MINUTE_US);
    }
    rhythm_world_finish(&w);
    const uint32_t accounts[4] = {0, 1, 2, 3}; /* clock, fast, person, two */
    eh_automation r[4];
    CHECK_OK(eh_rhythm_automation(w.ctx, &w.table, accounts, 4, r, &rhythm_err), rhythm_err);
    CHECK(r[0].entropy_bits < .1 && r[0].entropy_jittered_bits > 2);
    CHECK_NEAR(r[0].p_regular, 1 / 200.0, 1e-12);
    CHECK_NEAR(r[0].quiet_gap_h, .25, .02);
    CHECK_EQ_INT(r[0].n_active_days, 3);
    CHECK(r[2].entropy_bits > 4 && r[2].entropy_jittered_bits - r[2].entropy_bits < .3);
    /* 100 intervals of 10 min and 99 of 110 min */
    CHECK_NEAR(r[3].entropy_bits, -(100 / 199.0) * log2(100 / 199.0) - (99 / 199.0) * log2(99 / 199.0), 1e-12);
    CHECK_NEAR(r[1].repost_share, .5, 1e-12);
    CHECK_EQ_INT(r[1].n_delays, 200);
    CHECK_NEAR(r[1].median_delay_s, 100, 1e-12);
    CHECK_NEAR(r[1].p05_delay_s, 10, 1e-12);
    CHECK(isnan(r[2].median_delay_s));
    CHECK_EQ_INT(r[2].n_times, 200);
    rhythm_world_release(&w);
}

CHECK_MAIN(binomial_tails_are_the_known_ones, the_share_of_close_encounters_knows_the_time_step,
           encounters_are_counted_by_their_nearest_neighbours, who_answers_is_not_in_turns, clocks_are_no_hands,
           hand_overs_on_eight_days, one_shift_for_two_accounts_is_found, pairs_out_of_order_are_refused,
           every_failed_allocation_is_told, a_working_day_is_read_off, no_pause_and_no_days_off_are_not_made_up,
           too_little_is_said_to_be_too_little, regularity_and_delays)
