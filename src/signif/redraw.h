/** @file redraw.h  When an account would have acted on an object, by its habits alone: the other half of the null (decoy.h). */
#ifndef EH_SIGNIF_REDRAW_H
#define EH_SIGNIF_REDRAW_H

#include "base/rng.h"
#include "signif/row.h"

/** The latencies of one behaviour by bin, at most 200,000 of them. */
typedef struct eh_latency_pool {
    eh_context *ctx;
    uint32_t *latency_ms;
    uint32_t first[eh_n_latency_bins + 1];
} eh_latency_pool;
EH_MUST_CHECK eh_status eh_latency_pool_init(eh_context *ctx, const eh_timeline *timeline, eh_latency_pool *out, eh_error *err);
void eh_latency_pool_release(eh_latency_pool *pool);
/**
 * A new time for the i-th action of a member of the episode: a latency from g_{u,a}, within its bin one of the archive's, after what the
 * action reacted to, thinned by the account's clock; by the clock alone what reacts to nothing. On the same UTC day; a multiple of step_us.
 * The old time where the action founds the object.
 */
int64_t eh_redraw_time(const eh_field *field, const eh_latency_pool *pool, uint32_t episode, uint64_t member, uint32_t i, int64_t step_us,
                       eh_rng *rng);
#endif
