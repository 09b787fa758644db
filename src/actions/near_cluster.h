/** @file near_cluster.h  Leader clusters of texts: who stands for whom. */
#ifndef EH_ACTIONS_NEAR_CLUSTER_H
#define EH_ACTIONS_NEAR_CLUSTER_H

#include "base/alloc.h"
#include "evenhand/near_text.h"

/** to[o] = the leader of text o (o itself where it leads); n_candidates and n_verified are added up in the report. */
EH_MUST_CHECK eh_status eh_near_cluster(eh_context *ctx, const eh_action_set *set, const eh_near_text_options *options,
                                        uint32_t *to, eh_near_text_report *report, eh_error *err);
/** Whether some action of object a lies within window_us of one of object b. */
bool eh_near_in_time(const eh_action_set *set, uint32_t a, uint32_t b, int64_t window_us);
#endif
