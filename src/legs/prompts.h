/**
 * @file prompts.h
 * What was asked for in public. People who type the phrase of a station's contest, or copy the definition that a teacher has just
 * posted, publish the same without knowing of each other; a group that gets its texts in private has nobody in the open before it.
 * docs/methods/selection.md, "Asked for in public".
 */
#ifndef EH_LEGS_PROMPTS_H
#define EH_LEGS_PROMPTS_H

#include "signif/contacts.h"

/** An account that prompts: its audience publishes the same things just after it has posted, beyond chance. */
typedef struct eh_prompter {
    uint32_t account;
    uint32_t n_objects;  /**< shared by its audience: by at least two others, half of whom deal openly with it, with nobody more */
    uint32_t n_occasions;/**< of these, what begins within half an hour counts once */
    uint32_t n_preceded; /**< occasions: it posted in the half hour before the first of the others */
    double chance;       /**< mean chance of that, from how much and at which hours it posts */
    double p_value;      /**< upper tail of n_preceded */
    double q_value;      /**< Benjamini-Hochberg over accounts with an audience */
} eh_prompter;

typedef struct eh_prompts {
    eh_context *ctx;
    uint8_t *is_prompted;   /**< by object */
    uint32_t n_prompted;
    eh_prompter *prompters; /**< by account */
    size_t n_prompters;
} eh_prompts;

/**
 * Objects of one behaviour that a public prompter asked for. Null for a prompter: its audience's occasions begin at times that have
 * nothing to do with its posts; each is preceded by one with a chance of at most max(share of the archive's time, share of its
 * actions that lie within half an hour after a post, share of days on which that minute does). q <= .01 over accounts.
 * Nothing is prompted where reposts, replies and mentions do not show who deals with whom, or without posts.
 * Cost: per object the sum over its accounts of those they deal with; memory: some 30 bytes an action, a few dozen an account.
 * @param[in]  left_out  by object: not looked at. NULL = none
 */
EH_MUST_CHECK eh_status eh_prompts_find(eh_context *ctx, const eh_action_table *table, const eh_contacts *contacts,
                                        eh_behaviour behaviour, const uint8_t *left_out, eh_prompts *out, eh_error *err);
void eh_prompts_release(eh_prompts *prompts);
#endif
