/**
 * @file direction.h
 * Who came second on the objects that two tied accounts share, at any distance in time. Somebody who is followed and copied
 * shares as many objects as a member of a group does; he is only always first.
 */
#ifndef EH_LEGS_DIRECTION_H
#define EH_LEGS_DIRECTION_H

#include "evenhand/legs.h"

/** Of one tie: shared objects by who came second, and when they were shared (later first action). */
typedef struct eh_order {
    uint32_t n_a_second, n_b_second;
    uint32_t behaviours;
    int64_t first_time_us, last_time_us; /**< EH_NO_TIME without any */
} eh_order;

/** Orders of pairs[0..n), sorted by (account_a, account_b), on the given behaviours. Cost: one pass over the table. */
EH_MUST_CHECK eh_status eh_orders_of(eh_context *ctx, const eh_action_table *table, uint32_t behaviours,
                                     const eh_leg_pair *pairs, uint64_t n, eh_order *orders, eh_error *err);
#endif
