/* Accounts that keep a grid, wholly or in part. */
#include "base/rng.h"
#include "base/time.h"
#include "check.h"
#include "signif/grid.h"

enum { n_times = 400 };
static const int64_t start_us = INT64_C(1533081600) * EH_SECOND_US;
static int64_t times_us[n_times], scratch[2 * n_times];
static eh_context *ctx;

static eh_grid grid_of(uint64_t n, int64_t step_us)
{
    eh_grid grid;
    eh_error err = EH_ERROR_INIT;
    if (!ctx) CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    CHECK_OK(eh_grid_of(ctx, times_us, n, step_us, scratch, &grid, &err), err);
    return grid;
}

/* A share of the times within spread after the phase of a random period, the others anywhere. */
static void draw(eh_rng *rng, int64_t period_us, int64_t phase_us, int64_t spread_us, double share)
{
    for (int i = 0; i < n_times; i++) {
        int64_t anywhere_us = (int64_t)eh_rng_below(rng, 2000000) * EH_SECOND_US + (int64_t)eh_rng_below(rng, 1000000);
        times_us[i] = start_us + anywhere_us;
        if (eh_rng_uniform(rng) < share)
            times_us[i] += -(anywhere_us % period_us) + phase_us + (int64_t)eh_rng_below(rng, (uint64_t)spread_us);
    }
}

static void grids_are_found_among_other_times(void)
{
    static const int64_t minutes[] = {60, 30, 20, 15, 10, 5, 1};
    eh_rng rng = eh_rng_of(1, 0);
    for (size_t i = 0; i < 7; i++) {
        int64_t period_us = minutes[i] * EH_MINUTE_US, phase_us = 7 * EH_SECOND_US;
        draw(&rng, period_us, phase_us, 8 * EH_SECOND_US, 0.6);
        eh_grid grid = grid_of(n_times, 0);
        CHECK(grid.n_slots >= 1);
        CHECK_EQ_INT(period_us % grid.slots[0].period_us, 0); /* a sharper slot of a part of it may hold as many */
        CHECK(eh_grid_holds(&grid, start_us + 3 * period_us + phase_us + 4 * EH_SECOND_US));
        CHECK(!eh_grid_holds(&grid, start_us + 3 * period_us + phase_us + grid.slots[0].period_us / 2));
    }
    draw(&rng, 15 * EH_MINUTE_US, 14 * EH_MINUTE_US + 50 * EH_SECOND_US, 30 * EH_SECOND_US, 0.8); /* across the end of the circle */
    eh_grid grid = grid_of(n_times, 0);
    CHECK_EQ_INT(15 * EH_MINUTE_US % grid.slots[0].period_us, 0);
    CHECK(eh_grid_holds(&grid, start_us + 15 * EH_MINUTE_US + 5 * EH_SECOND_US));
}

/* A busy person through whom two programs speak now and then: on the hour, and at 7 and 37 past. */
static void several_slots_are_found(void)
{
    eh_rng rng = eh_rng_of(3, 0);
    draw(&rng, EH_HOUR_US, 0, EH_SECOND_US, 0);
    for (int i = 0; i < n_times / 5; i++) {
        int64_t hour_us = times_us[i] - times_us[i] % EH_HOUR_US, late_us = (int64_t)eh_rng_below(&rng, 60) * EH_SECOND_US;
        times_us[i] = i % 2 ? hour_us + late_us : hour_us + (i % 4 ? 7 : 37) * EH_MINUTE_US + late_us;
    }
    eh_grid grid = grid_of(n_times, 0);
    CHECK(grid.n_slots >= 2);
    CHECK(eh_grid_holds(&grid, start_us + 30 * EH_SECOND_US));
    CHECK(eh_grid_holds(&grid, start_us + 37 * EH_MINUTE_US + 30 * EH_SECOND_US));
    CHECK(!eh_grid_holds(&grid, start_us + 20 * EH_MINUTE_US));
}

/* Most of ten co-actions at the same minute past the quarter: a program that both use. Co-actions of people: one slot in 200 pairs at most. */
static void a_pair_has_a_slot_of_its_own(void)
{
    eh_rng rng = eh_rng_of(4, 0);
    eh_error err = EH_ERROR_INIT;
    eh_slot slot;
    int n_found = 0;
    for (int pair = 0; pair < 400; pair++) {
        draw(&rng, 15 * EH_MINUTE_US, 4 * EH_MINUTE_US, 30 * EH_SECOND_US, 1);
        for (int i = 8; i < 10; i++) times_us[i] += 3 * EH_MINUTE_US + (int64_t)eh_rng_below(&rng, 8 * 60) * EH_SECOND_US;
        CHECK_OK(eh_slot_of_pair(ctx, times_us, 10, 0, scratch, &slot, &err), err);
        uint32_t n_held = 0; /* by chance a part or a multiple of the period may fit as well */
        for (int i = 0; i < 8; i++) n_held += eh_are_in_slot(&slot, times_us[i], times_us[i]);
        CHECK(n_held >= 5);
        CHECK(!eh_are_in_slot(&slot, times_us[0], times_us[0] + slot.period_us / 2));
        draw(&rng, EH_HOUR_US, 0, EH_SECOND_US, 0);
        CHECK_OK(eh_slot_of_pair(ctx, times_us, 5 + eh_rng_below(&rng, 40), 0, scratch, &slot, &err), err);
        n_found += slot.period_us != 0;
    }
    printf("%d of 400 pairs of people have a slot\n", n_found);
    CHECK(n_found <= 2);
    CHECK_OK(eh_slot_of_pair(ctx, times_us, 4, 0, scratch, &slot, &err), err);
    CHECK_EQ_INT(slot.period_us, 0); /* too few to say */
    CHECK(!eh_are_in_slot(&slot, times_us[0], times_us[0]) && !eh_are_in_slot(NULL, times_us[0], times_us[0]));
}

static void people_keep_none(void)
{
    eh_rng rng = eh_rng_of(2, 0);
    for (int world = 0; world < 200; world++) {
        draw(&rng, EH_HOUR_US, 0, EH_SECOND_US, 0);
        CHECK_EQ_INT(grid_of(8 + eh_rng_below(&rng, n_times - 8), 0).n_slots, 0);
        for (int i = 0; i < n_times; i++) times_us[i] -= times_us[i] % EH_MINUTE_US;
        CHECK_EQ_INT(grid_of(n_times, EH_MINUTE_US).n_slots, 0); /* cut to the minute: that is the data's grid */
    }
    for (int i = 0; i < n_times; i++) /* 7:40 every morning, give or take nine minutes */
        times_us[i] = start_us + i * EH_DAY_US + 460 * EH_MINUTE_US + (int64_t)(eh_rng_normal(&rng) * 9 * 6e7);
    CHECK_EQ_INT(grid_of(n_times, 0).n_slots, 0);
    draw(&rng, EH_HOUR_US, 0, EH_SECOND_US, 1);
    CHECK_EQ_INT(grid_of(7, 0).n_slots, 0); /* too few to say */
    eh_context_free(ctx);
}

CHECK_MAIN(grids_are_found_among_other_times, several_slots_are_found, a_pair_has_a_slot_of_its_own, people_keep_none)
