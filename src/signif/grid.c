#include "signif/grid.h"

#include "base/sort.h"
#include "base/time.h"

#include <math.h>
#include <string.h>

/* What programs use; slots hold a queue that goes out item by item. */
static const struct {
    int64_t period_us, slot_us;
} grids[] = {{60 * EH_MINUTE_US, 90 * EH_SECOND_US}, {30 * EH_MINUTE_US, 90 * EH_SECOND_US}, {20 * EH_MINUTE_US, 90 * EH_SECOND_US},
             {15 * EH_MINUTE_US, 90 * EH_SECOND_US}, {10 * EH_MINUTE_US, 90 * EH_SECOND_US}, {5 * EH_MINUTE_US, 45 * EH_SECOND_US},
             {EH_MINUTE_US, 10 * EH_SECOND_US},
             /* sharper ones, where a wide slot of a short period would hold a good part of anybody's times */
             {15 * EH_MINUTE_US, 25 * EH_SECOND_US}, {10 * EH_MINUTE_US, 25 * EH_SECOND_US}, {5 * EH_MINUTE_US, 15 * EH_SECOND_US}};
static const double least_ratio = 2.5, worth_switching = 0.02; /* of periods about as full, the first stands */

/* When a slot counts. Chance fills one so far with probability exp(-information) or less (Chernoff's bound, Ann. Math. Stat. 23:493,
 * 1952), before all phases and periods are looked at. */
typedef struct rule {
    uint64_t fewest_times;
    double least_share, least_information;
} rule;
/* A program may speak for a busy person now and then (1e-8); of what a pair has in common it is most (6e-6). */
static const rule of_account = {8, 0.05, 18.4}, of_pair = {5, 0.5, 12};

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

static uint64_t n_within(const int64_t *phases, uint64_t n, int64_t period_us, int64_t first_us, int64_t width_us)
{
    uint64_t n_in = 0;
    for (uint64_t k = 0; k < n; k++) n_in += (phases[k] - first_us + 2 * period_us) % period_us < width_us;
    return n_in;
}

static double divergence(double share, double by_chance)
{
    double rest = share < 1 ? (1 - share) * log((1 - share) / (1 - by_chance)) : 0;
    return share * log(share / by_chance) + rest;
}

/* The slot with the most times beyond chance; period 0 where none stands out. */
static eh_status best_slot(eh_context *ctx, const rule *asked, const int64_t *times_us, uint64_t n_times, int64_t step_us, int64_t *phases,
                           eh_slot *out, eh_error *err)
{
    double most_excess = 0;
    *out = (eh_slot){0, 0, 0};
    for (size_t i = 0; n_times >= asked->fewest_times && i < sizeof grids / sizeof *grids; i++) {
        int64_t period_us = grids[i].period_us, width_us = grids[i].slot_us + step_us, first_us = 0;
        /* times cut to steps fall on the slot's steps alone */
        int64_t reach_us = step_us ? (width_us + step_us - 1) / step_us * step_us : width_us;
        double by_chance = (double)reach_us / (double)period_us;
        if (by_chance * least_ratio >= 1) continue; /* times too coarse to tell */
        for (uint64_t k = 0; k < n_times; k++) {
            int64_t phase = times_us[k] % period_us;
            phases[k] = phase < 0 ? phase + period_us : phase;
        }
        EH_TRY(eh_sort(ctx, phases, n_times, sizeof *phases, eh_by_int64, NULL, err));
        double n = (double)fullest_slot(phases, n_times, period_us, width_us, &first_us), all = (double)n_times, share = n / all;
        /* Whoever is up at twenty to eight every morning fills the slots beside it as well. */
        uint64_t n_beside = n_within(phases, n_times, period_us, first_us - width_us, width_us) +
                            n_within(phases, n_times, period_us, first_us + width_us, width_us);
        by_chance = fmax(by_chance, (double)n_beside / 2 / all);
        bool is_kept = n >= (double)asked->fewest_times && share >= asked->least_share && share >= least_ratio * by_chance &&
                       all * divergence(share, by_chance) >= asked->least_information;
        if (!is_kept || (out->period_us && share - by_chance <= most_excess + worth_switching)) continue;
        most_excess = share - by_chance;
        *out = (eh_slot){period_us, first_us, width_us};
    }
    return EH_OK;
}

eh_status eh_grid_of(eh_context *ctx, const int64_t *times_us, uint64_t n_times, int64_t step_us, int64_t *scratch, eh_grid *out, eh_error *err)
{
    int64_t *left_us = scratch, *phases = scratch + n_times;
    out->n_slots = 0;
    if (n_times < of_account.fewest_times) return EH_OK;
    memcpy(left_us, times_us, (size_t)n_times * sizeof *left_us);
    for (uint64_t n_left = n_times; out->n_slots < eh_most_slots;) {
        eh_slot slot;
        EH_TRY(best_slot(ctx, &of_account, left_us, n_left, step_us, phases, &slot, err));
        if (slot.period_us == 0) break;
        out->slots[out->n_slots++] = slot;
        uint64_t n = 0;
        for (uint64_t i = 0; i < n_left; i++)
            if (!eh_slot_holds(&slot, left_us[i])) left_us[n++] = left_us[i];
        n_left = n;
    }
    return EH_OK;
}

eh_status eh_slot_of_pair(eh_context *ctx, const int64_t *times_us, uint64_t n_times, int64_t step_us, int64_t *scratch, eh_slot *out,
                          eh_error *err)
{
    return best_slot(ctx, &of_pair, times_us, n_times, step_us, scratch, out, err);
}
