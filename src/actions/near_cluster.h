/** @file near_cluster.h  Clusters of texts: which one stands for which. */
#ifndef EH_ACTIONS_NEAR_CLUSTER_H
#define EH_ACTIONS_NEAR_CLUSTER_H

#include "base/alloc.h"
#include "evenhand/near_text.h"

/** to[o] = the text that stands for text o, the earliest of its cluster by (first action, bytes); n_candidates and n_verified are added up in the report. */
EH_MUST_CHECK eh_status eh_near_cluster(eh_context *ctx, const eh_action_set *set, const eh_near_text_options *options,
                                        uint32_t *to, eh_near_text_report *report, eh_error *err);
/** Least Jaccard of a member with its cluster's centre, for texts linked at `jaccard`: 2 jaccard - 1, not below 0.4. */
double eh_near_floor(double jaccard);
/** near_centre.c: groups (to[o] = a common number) become clusters around centres; to[o] = the earliest of its cluster. */
EH_MUST_CHECK eh_status eh_near_cut_chains(eh_context *ctx, const eh_action_set *set, double jaccard, uint32_t *to, eh_error *err);
/** Whether some action of object a lies within window_us of one of object b. */
bool eh_near_in_time(const eh_action_set *set, uint32_t a, uint32_t b, int64_t window_us);
#endif
