/**
 * @file grid.h
 * Accounts that act on a grid: programs that look every 15 minutes, schedulers that post on the full and half hour.
 */
#ifndef EH_SIGNIF_GRID_H
#define EH_SIGNIF_GRID_H

#include "base/alloc.h"

/** The coarsest period whose phases an account keeps: mean resultant length >= 0.8 over >= 8 distinct times. */
typedef struct eh_grid {
    double period_s; /**< 3600, 1800, 1200, 900, 600 or 300; 0 = keeps none */
    double phase_s, spread_s; /**< circular mean and standard deviation */
} eh_grid;

eh_grid eh_grid_of(const int64_t *times_us, uint64_t n_times);
/**
 * Share of two accounts' phases within w, normal about their means; 0 where either keeps no grid or the periods do not nest.
 * @param[out] period_us  the finer period: what the share is conditional on
 */
double eh_grid_coincidence(const eh_grid *a, const eh_grid *b, int64_t window_us, int64_t *period_us);
#endif
