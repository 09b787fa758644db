/**
 * @file reaction.h
 * What each action reacts to, and after how long: the object's birth while that is fresh, later the start of a burst.
 */
#ifndef EH_SIGNIF_REACTION_H
#define EH_SIGNIF_REACTION_H

#include "evenhand/actions.h"

enum { eh_n_latency_bins = 13 };
#define EH_NO_LATENCY UINT32_MAX

/** Latency bin 0..12 (edges 0, 5, 10, 20, 30, 60 s, 2, 5, 15, 30 min, 1, 3, 12 h). The last one holds what reacts to
 *  nothing that the archive shows: then only the clock says when. */
int eh_latency_bin(uint32_t latency_ms);
/**
 * latency_ms[i] of each action of the set: time since the birth where that is at most 12 h ago; EH_NO_LATENCY for a first
 * action that alone founds an object of unknown birth (several at the first moment all react to something earlier). Later,
 * consecutive actions on the object at most 15 min apart are a *burst*: all react to its start (a live moment, an order);
 * an action alone has 12 h. So a tag that is used for weeks tells who reacts to its moments quickly.
 */
void eh_reactions_of(const eh_action_set *set, uint32_t *latency_ms);
#endif
