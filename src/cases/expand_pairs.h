/** @file expand_pairs.h  Tested pairs of a run, read back by account, for expansion. */
#ifndef EH_CASES_EXPAND_PAIRS_H
#define EH_CASES_EXPAND_PAIRS_H

#include "base/dict.h"
#include "evenhand/cases.h"

/** One tested pair, all behaviours together. */
typedef struct eh_pair_row {
    uint32_t account_a, account_b;
    double log_e;                /**< of the pair, over all behaviours */
    uint32_t convincing;         /**< behaviours with E_b >= number of tested behaviours / q */
    uint32_t n_coincidences;     /**< over behaviours */
    double n_expected;
    uint32_t n_a_second, n_b_second;
    bool is_listed;              /**< by the run */
} eh_pair_row;

typedef struct eh_pair_rows {
    eh_context *ctx;
    eh_dict accounts;            /**< ids of all accounts of the run, in bytewise order */
    double *q_run;               /**< per account: at which level the run lists it by timing; 1 = it does not */
    eh_pair_row *pairs;
    size_t n_pairs, capacity, q_capacity;
    uint64_t *first;             /**< accounts.n + 1: into `of` */
    uint32_t *of;                /**< pairs of each account */
} eh_pair_rows;

EH_MUST_CHECK eh_status eh_pair_rows_load(eh_investigation *inv, const char *run_id, double q, eh_pair_rows *out, eh_error *err);
void eh_pair_rows_release(eh_pair_rows *rows);
#endif
