#include "signif/grid.h"

#include "base/sort.h"
#include "base/time.h"

#include <math.h>

/* What programs use; slots hold a queue that goes out item by item. */
static const struct {
    int64_t period_us, slot_us;
} grids[] = {{60 * EH_MINUTE_US, 90 * EH_SECOND_US}, {30 * EH_MINUTE_US, 90 * EH_SECOND_US}, {20 * EH_MINUTE_US, 90 * EH_SECOND_US},
             {15 * EH_MINUTE_US, 90 * EH_SECOND_US}, {10 * EH_MINUTE_US, 90 * EH_SECOND_US}, {5 * EH_MINUTE_US, 45 * EH_SECOND_US},
             {EH_MINUTE_US, 10 * EH_SECOND_US}};
static const double least_share = 0.25, least_ratio = 2.5, least_deviation = 5;
enum { fewest_times = 8 };

/* The slot of the circle that holds the most phases; how many. */
static uint64_t fullest_slot(const int64_t *phases, uint64_t n, int64_t period_us, int64_t width_us, int64_t *first_us)
{
    uint64_t most = 0, high = 0;
    for (uint64_t low = 0; low < n; low++) {
        if (high < low) high = low;
        while (high < low + n && (high < n ? phases[high] : phases[high - n] + period_us) - phases[low] < width_us) high++;
        if (high - low <= most) continue;
        most = high - low;
        *first_us = phases[low];
    }
    return most;
}

eh_status eh_grid_of(eh_context *ctx, const int64_t *times_us, uint64_t n_times, int64_t step_us, int64_t *scratch, eh_grid *out, eh_error *err)
{
    double most_excess = 0;
    *out = (eh_grid){0, 0, 0};
    for (size_t i = 0; n_times >= fewest_times && i < sizeof grids / sizeof *grids; i++) {
        int64_t period_us = grids[i].period_us, width_us = grids[i].slot_us + step_us, first_us = 0;
        double by_chance = (double)width_us / (double)period_us;
        if (by_chance * least_ratio >= 1) continue; /* times too coarse to tell */
        for (uint64_t k = 0; k < n_times; k++) {
            int64_t phase = times_us[k] % period_us;
            scratch[k] = phase < 0 ? phase + period_us : phase;
        }
        EH_TRY(eh_sort(ctx, scratch, n_times, sizeof *scratch, eh_by_int64, NULL, err));
        double n = (double)fullest_slot(scratch, n_times, period_us, width_us, &first_us), all = (double)n_times, share = n / all;
        double deviation = (n - all * by_chance) / sqrt(all * by_chance * (1 - by_chance));
        bool is_kept = n >= fewest_times && share >= least_share && share >= least_ratio * by_chance && deviation >= least_deviation;
        if (!is_kept || share - by_chance <= most_excess) continue;
        most_excess = share - by_chance;
        *out = (eh_grid){period_us, first_us, width_us};
    }
    return EH_OK;
}
