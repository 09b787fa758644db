/**
 * @file decoy.h
 * Archives in which nobody acts together by construction, drawn from the null of detection.md section 3: who acted on what on which
 * day stays, and who founded what; in an episode of n accounts each acts anew by its own habits (redraw.h) with probability
 * kappa / (n - 2 + kappa), else the episode's times stay and who acted when is drawn anew, by speed and clock (omega).
 *
 * P(sigma) proportional to the product over actions e of omega_{u(e)}(time of sigma(e)): the own-cascade null. A chain of
 * swaps of two actions' times, accepted with min(1, omega_u(e') omega_v(e) / (omega_u(e) omega_v(e'))), leaves it
 * unchanged. From the archive one chain leads to a hub, and from the hub one to each decoy: under the null the archive and
 * its decoys are exchangeable however short the chains are (J. Besag & P. Clifford, Biometrika 76:633, 1989).
 */
#ifndef EH_SIGNIF_DECOY_H
#define EH_SIGNIF_DECOY_H

#include "signif/redraw.h"
#include "signif/test_data.h"

typedef struct eh_decoys {
    eh_context *ctx;
    const eh_action_table *table;
    eh_test_data data;               /**< profiles of the archive, the same for all decoys */
    eh_latency_pool pool[EH_N_BEHAVIOURS];
    int64_t step_us;                 /**< time step of the data */
    bool keeps_times;                /**< set after init: every episode keeps its times */
    uint32_t *hub[EH_N_BEHAVIOURS];  /**< per action: whose time it takes, as an index into the set */
} eh_decoys;

/** Borrows the table. Behaviours that are not tested stay as they are. Do not move *out. */
EH_MUST_CHECK eh_status eh_decoys_init(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options,
                                       eh_decoys *out, eh_error *err);
void eh_decoys_release(eh_decoys *decoys);
/**
 * Decoy number i, drawn with the seed of the context: a table that borrows all strings and the columns of objects.
 * In each episode accounts, posts and kinds of the actions stay, their times are permuted among them or drawn anew. Object-days that
 * had to be cut are only permuted.
 * Cost: O(n log n) weights per episode of n actions. The same for any number of threads.
 */
EH_MUST_CHECK eh_status eh_decoy_draw(const eh_decoys *decoys, uint32_t i, eh_action_table *out, eh_error *err);
/** Only of tables made here: by eh_decoy_draw and eh_placebo_draw. */
void eh_decoy_release(eh_action_table *table);

/**
 * Placebo number i: all times of each account moved by a random whole number of weeks 0 .. n_weeks - 1, wrapping at the end of that
 * many weeks (eh_weeks_of) after the first action's day: hours of the day and days of the week stay, being together does not, except for two
 * accounts moved alike. Births of objects are the first action then.
 * @param[out] week  table->accounts.n values
 */
EH_MUST_CHECK eh_status eh_placebo_draw(eh_context *ctx, const eh_action_table *table, uint32_t i, uint32_t n_weeks, uint16_t *week,
                                        eh_action_table *out, eh_error *err);
/** Weeks that the archive spans, begun ones included: 0 without actions. */
uint32_t eh_weeks_of(const eh_action_table *table);
#endif
