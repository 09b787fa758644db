/**
 * @file profile.h
 * What is usual for an account: when in the day it acts (clock) and how fast it reacts (latency), each shrunk
 * towards the population's. Every use leaves out the action under test, so that a co-action never explains itself.
 */
#ifndef EH_SIGNIF_PROFILE_H
#define EH_SIGNIF_PROFILE_H

#include "signif/grid.h"
#include "signif/timeline.h"
#include "evenhand/signif.h"

/** Time-of-day densities in 5-minute cells, smoothed over +-10 min.
 *  h_u(m) = (c_u(m) + 8 P(m)) / (n_u + 8), c_u = smoothed counts of distinct action times, P = population. */
typedef struct eh_clock {
    eh_context *ctx;
    uint32_t n_accounts;
    uint32_t *n_times;      /**< distinct action times per account */
    uint32_t *row;          /**< row of sums, UINT32_MAX where the account has too few times to matter */
    uint16_t *sums;         /**< eh_n_clock_cells per row: counts summed over five cells, saturating */
    uint64_t *first;        /**< n_accounts + 1: where an account's times begin; n_times[a] of them are distinct */
    int64_t *times_us;      /**< distinct action times, ascending */
    int64_t *of_day_us;     /**< their times of day, ascending by themselves */
    eh_grid *grid;          /**< per account */
    double population[eh_n_clock_cells], inverse_population[eh_n_clock_cells];
} eh_clock;

/** precision_us: the time step of the data. */
EH_MUST_CHECK eh_status eh_clock_init(eh_context *ctx, const eh_action_table *table, uint32_t behaviours,
                                      int64_t precision_us, eh_clock *out, eh_error *err);
void eh_clock_release(eh_clock *clock);
/** The density h_u, 288 values that sum to one (nothing left out). */
void eh_clock_density(const eh_clock *clock, uint32_t account, double density[eh_n_clock_cells]);

/**
 * How exactly two accounts keep the same hours: of the pairs of their action times on *different* days that lie within
 * 3 h of each other by the clock, the share within w, shrunk with weight 4 towards w / 3 h; 1 for w >= 3 h.
 * People on one train are within a minute every morning; the smoothed densities cannot show that.
 */
void eh_clock_coincidence(const eh_clock *clock, uint32_t a, uint32_t b, const int64_t *windows_us, uint32_t n_windows,
                          double *coincidence);

/** Pairs (x in a, y in b) with |x - y| <= w; both ascending. O(n_a + n_b). */
double eh_close_pairs(const int64_t *a, uint64_t n_a, const int64_t *b, uint64_t n_b, int64_t w);

/** P(|x - y| <= w) for x uniform in [a, b] and y uniform in [c, d]. */
double eh_uniform_coincidence(double w, double a, double b, double c, double d);

/** P(|x - y| <= w) for x, y uniform in 5-minute cells k apart: kernel[k + 144], k = -144 .. 143. */
void eh_clock_kernel(int64_t window_us, double kernel[eh_n_clock_cells]);
/** spread(m) = sum over m' of kernel(m - m') density(m'): the chance to be within w of somebody in cell m. */
void eh_clock_spread(const double kernel[eh_n_clock_cells], const double density[eh_n_clock_cells],
                     double spread[eh_n_clock_cells]);

/** Latency habits of one behaviour: g, g_u = (c_u + 8 g)/(n_u + 8), g_{u,a} = (c_{u,a} + 4 g_u)/(n_{u,a} + 4). */
typedef struct eh_latency {
    eh_context *ctx;
    double population[eh_n_latency_bins];
    uint32_t *counts;          /**< eh_n_latency_bins per account */
    uint64_t *account_first;   /**< n_accounts + 1: into source_* */
    uint32_t *source;          /**< sources of each account, ascending */
    uint16_t *source_counts;   /**< eh_n_latency_bins each, saturating */
    /** coincidence[w][b][b'] = P(|l - l'| <= w | bins b, b') */
    double coincidence[EH_MOST_WINDOWS][eh_n_latency_bins][eh_n_latency_bins];
    double after_birth[EH_MOST_WINDOWS][eh_n_latency_bins]; /**< P(l <= w | bin b) */
} eh_latency;

EH_MUST_CHECK eh_status eh_latency_init(eh_context *ctx, const eh_timeline *timeline, const int64_t *windows_us,
                                        uint32_t n_windows, const eh_clock *clock,
                                        eh_latency *out, eh_error *err);
void eh_latency_release(eh_latency *latency);
/** g_{u,a} with the own actions under test (left_out[eh_n_latency_bins] counts of them) taken away. source UINT32_MAX = none. */
void eh_latency_density(const eh_latency *latency, uint32_t account, uint32_t source,
                        const uint32_t left_out[eh_n_latency_bins], double density[eh_n_latency_bins]);
#endif
