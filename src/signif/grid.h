/**
 * @file grid.h
 * Accounts that act on a grid, wholly or in part: programs that look every 15 minutes, schedulers that post on the full hour.
 */
#ifndef EH_SIGNIF_GRID_H
#define EH_SIGNIF_GRID_H

#include "base/alloc.h"
#include "evenhand/signif.h"

enum { eh_most_slots = 4 };
/** The grid that an account keeps, if any: slots that hold far more of its times than chance gives, and at least a twentieth. The one
 *  with the most times beyond chance comes first, then that of the times left, and so on. */
typedef struct eh_grid {
    uint32_t n_slots;
    eh_slot slots[eh_most_slots];
} eh_grid;

/** step_us: the time step of the data, 0 for a second or finer. scratch: 2 * n_times values. */
EH_MUST_CHECK eh_status eh_grid_of(eh_context *ctx, const int64_t *times_us, uint64_t n_times, int64_t step_us, int64_t *scratch,
                                   eh_grid *out, eh_error *err);
/** The slot that most of a pair's co-actions fall into, beyond chance; period 0: none. An account through which a program speaks
 *  too seldom to show in its own times may share nothing with another but that program. scratch: n_times values. */
EH_MUST_CHECK eh_status eh_slot_of_pair(eh_context *ctx, const int64_t *times_us, uint64_t n_times, int64_t step_us, int64_t *scratch,
                                        eh_slot *out, eh_error *err);
static inline bool eh_slot_holds(const eh_slot *slot, int64_t time_us)
{
    int64_t after = (time_us - slot->first_us) % slot->period_us;
    return (after < 0 ? after + slot->period_us : after) < slot->width_us;
}
/** Both of a pair's actions; false without a slot (NULL or period 0). */
static inline bool eh_are_in_slot(const eh_slot *slot, int64_t time_a_us, int64_t time_b_us)
{
    return slot && slot->period_us && eh_slot_holds(slot, time_a_us) && eh_slot_holds(slot, time_b_us);
}
/** Whether an action of the account is one of its grid. */
static inline bool eh_grid_holds(const eh_grid *grid, int64_t time_us)
{
    for (uint32_t i = 0; i < grid->n_slots; i++)
        if (eh_slot_holds(&grid->slots[i], time_us)) return true;
    return false;
}
#endif
