/**
 * @file grid.h
 * Accounts that act on a grid, wholly or in part: programs that look every 15 minutes, schedulers that post on the full hour.
 */
#ifndef EH_SIGNIF_GRID_H
#define EH_SIGNIF_GRID_H

#include "base/alloc.h"

/** The grid that an account keeps: at least a quarter of its times, and far more than chance, fall into one slot of the period. */
typedef struct eh_grid {
    int64_t period_us; /**< 60, 30, 20, 15, 10, 5 minutes or one; 0 = keeps none */
    int64_t first_us;  /**< of the phase, in [0, period) */
    int64_t width_us;  /**< of the slot: 90 s (45 s in 5 minutes, 10 s in one), widened by the time step of the data */
} eh_grid;

/** step_us: the time step of the data, 0 for a second or finer. scratch: n_times values. */
EH_MUST_CHECK eh_status eh_grid_of(eh_context *ctx, const int64_t *times_us, uint64_t n_times, int64_t step_us, int64_t *scratch,
                                   eh_grid *out, eh_error *err);
/** Whether an action of the account is one of its grid. */
static inline bool eh_grid_holds(const eh_grid *grid, int64_t time_us)
{
    if (grid->period_us == 0) return false;
    int64_t after = (time_us - grid->first_us) % grid->period_us;
    return (after < 0 ? after + grid->period_us : after) < grid->width_us;
}
#endif
