/** @file text_crowd.h  How many people are those drawn from who have a text? */
#ifndef EH_ACTIONS_TEXT_CROWD_H
#define EH_ACTIONS_TEXT_CROWD_H

#include "base/alloc.h"
#include "evenhand/actions.h"

/** Who has which text, for texts of two accounts or more: both ways, each account once a text. */
typedef struct eh_text_crowd {
    eh_context *ctx;
    uint64_t *account_start; /* n_texts + 1: accounts of text o are accounts[start[o] .. start[o + 1]), ascending */
    uint32_t *accounts;
    uint64_t *text_start;    /* n_accounts + 1 */
    uint32_t *texts;
    uint32_t n_texts, n_accounts;
} eh_text_crowd;
EH_MUST_CHECK eh_status eh_text_crowd_init(eh_context *ctx, const eh_action_set *set, uint32_t n_accounts,
                                           eh_text_crowd *out, eh_error *err);
void eh_text_crowd_release(eh_text_crowd *crowd);

/** Trials: a copier of the text and another text of his; hits: the chance that another copier of that one has it too. */
typedef struct eh_recapture {
    double n_hits, n_trials;
} eh_recapture;
/** seen: n_accounts numbers of the calling thread, none of them text + 1 but by an earlier call for the same text. */
eh_recapture eh_text_recapture(const eh_text_crowd *crowd, uint32_t text, uint32_t *seen);

/** Upper 95 % bound of a Poisson mean of which `n` were seen (Wilson & Hilferty). */
double eh_poisson_upper(double n);
#endif
