/**
 * @file simulate.h
 * Labelled synthetic worlds: an archive as a platform would give it, and the truth beside it.
 * Invented accounts only; nothing is ever posted anywhere.
 */
#ifndef EVENHAND_SIMULATE_H
#define EVENHAND_SIMULATE_H

#include "evenhand/context.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eh_scenario {
    const char *name, *summary;
} eh_scenario;
EH_API const eh_scenario *eh_scenarios(size_t *n);

typedef struct eh_simulate_options {
    uint32_t n_accounts; /**< honest accounts; 0 = the scenario's default (1,500) */
    uint32_t n_days;     /**< 0 = the scenario's default (28) */
} eh_simulate_options;

typedef struct eh_simulate_report {
    uint64_t n_accounts, n_planted, n_posts;
} eh_simulate_report;

/**
 * Writes DIR/posts.csv and DIR/truth.csv (account_id, group; empty group = honest), drawn with the seed of ctx.
 * Same seed and options, same bytes.
 * @retval EH_OK | EH_E_NOT_FOUND unknown scenario (the message lists them) | EH_E_INVALID | EH_E_IO | EH_E_CANCELLED
 */
EH_API EH_MUST_CHECK eh_status eh_simulate(eh_context *ctx, const char *scenario, const eh_simulate_options *options,
                                           const char *dir, eh_simulate_report *report, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
