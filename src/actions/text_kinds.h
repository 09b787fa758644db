/** @file text_kinds.h  Which texts everybody has, and why. */
#ifndef EH_ACTIONS_TEXT_KINDS_H
#define EH_ACTIONS_TEXT_KINDS_H

#include "base/alloc.h"
#include "evenhand/near_text.h"

/** What is measured of one text. */
typedef struct eh_text_profile {
    eh_text_kind kind;
    uint32_t n_accounts, n_days;
    uint32_t link;     /* most frequent link of its posts, UINT32_MAX where there is none */
    double link_share; /* share of its actions whose post has that link */
    double day_share;  /* share of its actions on its busiest day */
    double n_hits, n_trials;
    double crowd;      /* lower bound */
} eh_text_profile;

/** profiles: n_objects of table->sets[EH_TEXT]; texts of one account are left at EH_TEXT_PLAIN. */
EH_MUST_CHECK eh_status eh_text_kinds(eh_context *ctx, const eh_action_table *table, const eh_near_text_options *options,
                                      eh_text_profile *profiles, eh_error *err);
#endif
