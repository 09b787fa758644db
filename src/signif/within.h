/**
 * @file within.h
 * Detection among the accounts of a list: profiles and chances are those of the whole table, but the pairs are those of the
 * list, and so is what the level is divided among. The list must have been chosen without a look at the table.
 */
#ifndef EH_SIGNIF_WITHIN_H
#define EH_SIGNIF_WITHIN_H

#include "signif/test_data.h"

/** How many object-days each two accounts of a list share. Reads who acted on what only. */
typedef struct eh_within {
    eh_context *ctx;
    uint32_t n;
    const uint32_t *accounts; /**< ascending; borrowed */
    uint32_t *n_common;       /**< n x n, symmetric */
} eh_within;

EH_MUST_CHECK eh_status eh_within_init(eh_context *ctx, const eh_fields *fields, const uint32_t *accounts, uint32_t n,
                                       eh_within *out, eh_error *err);
void eh_within_release(eh_within *within);

/** Every pair of the list with two co-actions on two shared object-days, sorted as eh_scan does. */
EH_MUST_CHECK eh_status eh_within_scan(eh_context *ctx, const eh_fields *fields, const eh_within *within, eh_edge **edges,
                                       uint64_t *n_edges, eh_error *err);

/**
 * Judges the list's accounts as eh_detect judges everybody's: e-BH over the list, direction, partners within the list.
 * @param[in]  edges  of eh_within_scan, or fewer of them; copied
 * @param[out] out    a detection whose accounts outside the list were not tested; release it
 */
EH_MUST_CHECK eh_status eh_within_judge(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options,
                                        const eh_fields *fields, const eh_within *within, const eh_edge *edges,
                                        uint64_t n_edges, eh_detection *out, eh_error *err);
#endif
