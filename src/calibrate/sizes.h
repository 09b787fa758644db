/** @file sizes.h  Counting null pairs below a level, by slice. */
#ifndef EH_CALIBRATE_SIZES_H
#define EH_CALIBRATE_SIZES_H

#include "evenhand/calibrate.h"

/** What tells the slices; per account of the table. */
typedef struct eh_slicing {
    eh_context *ctx;
    uint32_t n_accounts;
    uint32_t *notes;         /**< EH_NOTE_* */
    uint32_t *favourite[2];  /**< of reposts, of links: the most frequent source; UINT32_MAX = none stands out */
    const uint8_t *is_small; /**< borrowed; NULL = not known */
    const uint8_t *is_null;  /**< borrowed; only pairs of two such accounts count; NULL = all */
} eh_slicing;

EH_MUST_CHECK eh_status eh_slicing_init(eh_context *ctx, const eh_action_table *table, const eh_account_result *accounts,
                                        eh_slicing *out, eh_error *err);
void eh_slicing_release(eh_slicing *slicing);
/** Adds all pairs of the table that share at least eight object-days. The table must have the accounts of the slicing. */
EH_MUST_CHECK eh_status eh_sizes_measure(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options,
                                         const eh_slicing *slicing, eh_sizes *sizes, eh_error *err);
#endif
