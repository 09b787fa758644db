/**
 * @file blocks.h
 * The evidence of one pair, block by block: 6 h blocks of one behaviour (all its objects in the block together),
 * and the *sharpest* bet of each block (the one object, over all behaviours, that chance explains least).
 */
#ifndef EH_SIGNIF_BLOCKS_H
#define EH_SIGNIF_BLOCKS_H

#include "signif/row.h"

/** What was seen in one window of one block: chance, whether there was a co-action, when, and who came second. */
typedef struct eh_sight {
    double p;         /**< chance; 0: nothing added yet */
    int64_t time_us;  /**< later action of the first co-action, EH_TIME_NONE = none */
    int8_t order;     /**< +1: b came second, -1: a did, 0: tied */
} eh_sight;

/** One 6 h block of a pair on one behaviour. Chains run backwards in time. */
typedef struct eh_cell {
    uint32_t next;    /**< 1 + index of the block before, 0 = none */
    int32_t block;
    uint32_t n_coacted;
    eh_sight all[EH_MOST_WINDOWS];      /**< any object of the block: p_B = 1 - prod (1 - p_o) */
    eh_sight sharpest[EH_MOST_WINDOWS]; /**< the object with the smallest chance */
    double p_own[EH_MOST_WINDOWS];      /**< of any, under the own-cascade null */
} eh_cell;

/** Adds one episode's chances to a block. */
void eh_cell_add(eh_cell *cell, const eh_field *field, const double *p, const double *p_own, eh_closest closest);

/** One window of a pair, weighed. */
typedef struct eh_weighed {
    double log_e, log_e_a_second, log_e_b_second, expected;
    uint32_t n_sittings, n_a_second, n_b_second, n_tied;
} eh_weighed;

/** Room for the statistics of one pair. */
typedef struct eh_bench {
    eh_context *ctx;
    eh_sight *sights;
    double *p, *half, *tail;
    uint8_t *x;
    size_t capacity[5];
} eh_bench;

void eh_bench_release(eh_bench *bench);
EH_MUST_CHECK eh_status eh_bench_reserve(eh_bench *bench, size_t n, eh_error *err);
/**
 * Weighs bench->sights[0..n); leaves the chances in bench->p and what counted in bench->x.
 * Coincidences of one sitting are one coincidence: of the blocks with a co-action, taken by time, those within 6 h
 * of the last one counted are set to 0. That only lowers e-values and raises p, so both stay valid.
 */
EH_MUST_CHECK eh_status eh_weigh(eh_bench *bench, size_t n, eh_weighed *out, eh_error *err);
#endif
