/* Accounts that keep a grid, against counts of simulated phases. */
#include "base/rng.h"
#include "base/time.h"
#include "check.h"
#include "signif/grid.h"

#include <math.h>

enum { n_times = 400 };
static const int64_t start_us = INT64_C(1533081600) * EH_SECOND_US;

/* Times at multiples of the period plus phase plus a normal of the given spread. */
static void draw(eh_rng *rng, double period_s, double phase_s, double spread_s, int64_t *times_us)
{
    for (int i = 0; i < n_times; i++) {
        double normal = sqrt(-2 * log(1 - eh_rng_uniform(rng))) * cos(2 * acos(-1) * eh_rng_uniform(rng));
        double at_s = period_s * (double)eh_rng_below(rng, 3000) + phase_s + spread_s * normal;
        times_us[i] = start_us + (int64_t)(at_s * 1e6);
    }
}

static void the_coarsest_period_is_found(void)
{
    static int64_t times_us[n_times];
    static const double periods_s[] = {3600, 1800, 1200, 900, 600, 300};
    eh_rng rng = eh_rng_of(1, 0);
    for (size_t i = 0; i < 6; i++) {
        draw(&rng, periods_s[i], 70, 5, times_us);
        eh_grid grid = eh_grid_of(times_us, n_times);
        CHECK_NEAR(grid.period_s, periods_s[i], 1e-9);
        CHECK_NEAR(grid.phase_s, 70, 0.02);
        CHECK_NEAR(grid.spread_s, 5, 0.15);
    }
}

static void people_and_minute_data_keep_none(void)
{
    static int64_t times_us[n_times];
    eh_rng rng = eh_rng_of(2, 0);
    for (int i = 0; i < n_times; i++) times_us[i] = start_us + (int64_t)eh_rng_below(&rng, 2000000) * EH_SECOND_US;
    CHECK(eh_grid_of(times_us, n_times).period_s <= 0);
    for (int i = 0; i < n_times; i++) times_us[i] -= times_us[i] % EH_MINUTE_US;
    CHECK(eh_grid_of(times_us, n_times).period_s <= 0);
    draw(&rng, 900, 0, 1, times_us);
    CHECK(eh_grid_of(times_us, 7).period_s <= 0); /* too few to say */
}

static void the_share_is_that_of_drawn_phases(void)
{
    static int64_t a_us[n_times], b_us[n_times];
    eh_rng rng = eh_rng_of(3, 0);
    for (double phase_s = 0; phase_s < 900; phase_s += 145) {
        draw(&rng, 900, 20, 12, a_us);
        draw(&rng, 1800, 20 + phase_s, 20, b_us); /* its grid lies in the finer one */
        eh_grid a = eh_grid_of(a_us, n_times), b = eh_grid_of(b_us, n_times);
        for (int64_t w_us = 10 * EH_SECOND_US; w_us <= EH_HOUR_US; w_us *= 6) {
            double n_close = 0;
            int64_t period_us;
            for (int i = 0; i < n_times; i++)
                for (int j = 0; j < n_times; j++)
                    n_close += fabs(remainder((double)(a_us[i] - b_us[j]) / 1e6, 900)) <= (double)w_us / 1e6;
            double share = eh_grid_coincidence(&a, &b, w_us, &period_us);
            CHECK(fabs(share - n_close / n_times / n_times) < 0.05);
            CHECK_EQ_INT(period_us, 900 * EH_SECOND_US);
        }
    }
    int64_t period_us;
    eh_grid twenty = {1200, 0, 1}, fifteen = {900, 0, 1}, none = {0, 0, 0};
    CHECK(eh_grid_coincidence(&twenty, &fifteen, EH_HOUR_US, &period_us) <= 0); /* they do not nest */
    CHECK(eh_grid_coincidence(&none, &fifteen, EH_HOUR_US, &period_us) <= 0);
}

CHECK_MAIN(the_coarsest_period_is_found, people_and_minute_data_keep_none, the_share_is_that_of_drawn_phases)
