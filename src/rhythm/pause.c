/*
 * A pause at one clock time. For windows of 30 to 90 min that lie 90 min or more inside the day: x units in the window, m in the hour before and the
 * hour after it, s = its length / (its length + 2 h); z = (s (x + m) - x) / sqrt((x + m) s (1 - s)). The window with the largest z is the pause; its depth
 * is 1 - (x / length) / (m / 2 h). Null: no pause at a common time. Each day moves by a random number of quarters of an hour, up to 2 h either way, and the
 * search is made again: 999 draws, p = (1 + those with as large a z) / 1000. Interval of the depth, at that window: days drawn with
 * replacement, 999 times, the 2.5 and 97.5 % points.
 */
#include "rhythm/workday.h"

#include "base/sort.h"

#include <math.h>
#include <string.h>

enum { n_draws = 999, most_move = 8, flank = 4, margin = 6, shortest = 2, longest = 6 };

typedef struct window {
    int first, length; /* in quarters after the cut; length 0: none */
    double z;
} window;

static double units_in(const double *profile, int first, int length)
{
    double sum = 0;
    for (int k = first; k < first + length; k++) sum += profile[k];
    return sum;
}

static window find_window(const double *profile, int from, int to)
{
    window best = {0, 0, -INFINITY};
    for (int length = shortest; length <= longest; length++)
        for (int first = from; first + length <= to; first++) {
            double x = units_in(profile, first, length);
            double m = units_in(profile, first - flank, flank) + units_in(profile, first + length, flank);
            double share = length / (double)(length + 2 * flank);
            double z = x + m > 0 ? (share * (x + m) - x) / sqrt((x + m) * share * (1 - share)) : 0;
            if (z > best.z) best = (window){first, length, z};
        }
    return best;
}

static double depth_of(const double *profile, const window *w)
{
    double x = units_in(profile, w->first, w->length) / w->length;
    double m = (units_in(profile, w->first - flank, flank) + units_in(profile, w->first + w->length, flank)) / (2 * flank);
    return m > 0 ? 1 - x / m : 0;
}

static void add_day(const rhythm_days *days, uint32_t day, int move, double *profile)
{
    const uint32_t *count = days->count + (size_t)day * rhythm_n_quarters;
    for (int k = 0; k < rhythm_n_quarters; k++) {
        if (count[k] == 0) continue;
        profile[(k + move + rhythm_n_quarters) % rhythm_n_quarters] += count[k];
    }
}

static int by_real(const void *a, const void *b, void *data)
{
    double x = *(const double *)a, y = *(const double *)b;
    (void)data;
    return (x > y) - (x < y);
}

eh_status rhythm_measure_pause(const rhythm_days *days, double first_quarter, double last_quarter, eh_rng *rng, eh_workday *out,
                               eh_error *err)
{
    double profile[rhythm_n_quarters] = {0}, depth[n_draws];
    out->pause_min = out->pause_length_min = out->pause_depth = out->pause_depth_low = out->pause_depth_high = out->p_pause = NAN;
    if (!(last_quarter - first_quarter >= 2 * margin + longest)) return EH_OK;
    int from = (int)ceil(first_quarter) + margin, to = (int)last_quarter - margin;
    if (from < flank || to > rhythm_n_quarters - flank) return EH_OK;
    for (uint32_t d = 0; d < days->n_days; d++) add_day(days, d, 0, profile);
    window pause = find_window(profile, from, to);
    if (pause.length == 0) return EH_OK;
    int n_as_deep = 0;
    for (int k = 0; k < n_draws; k++) {
        memset(profile, 0, sizeof profile);
        for (uint32_t d = 0; d < days->n_days; d++)
            add_day(days, d, (int)eh_rng_below(rng, 2 * most_move + 1) - most_move, profile);
        n_as_deep += find_window(profile, from, to).z >= pause.z;
    }
    for (int k = 0; k < n_draws; k++) {
        memset(profile, 0, sizeof profile);
        for (uint32_t d = 0; d < days->n_days; d++) add_day(days, (uint32_t)eh_rng_below(rng, days->n_days), 0, profile);
        depth[k] = depth_of(profile, &pause);
    }
    EH_TRY(eh_sort(days->ctx, depth, n_draws, sizeof *depth, by_real, NULL, err));
    memset(profile, 0, sizeof profile);
    for (uint32_t d = 0; d < days->n_days; d++) add_day(days, d, 0, profile);
    out->pause_min = rhythm_utc_minute(days, pause.first);
    out->pause_length_min = 15 * pause.length;
    out->pause_depth = depth_of(profile, &pause);
    out->pause_depth_low = depth[24];
    out->pause_depth_high = depth[974];
    out->p_pause = (1 + n_as_deep) / (double)(1 + n_draws);
    return EH_OK;
}
