/** @file action_table.h  Inside a finished table: what it owns, and what the files that change it share. */
#ifndef EH_ACTIONS_ACTION_TABLE_H
#define EH_ACTIONS_ACTION_TABLE_H

#include "actions/action_builder.h"

/** One action on its way into order. */
typedef struct eh_action_record {
    int64_t time_us;
    uint64_t key; /* account, post */
    uint32_t kind;
} eh_action_record;

/** Sorts records start[o] .. start[o+1] of each object by (time, account, post, kind). */
EH_MUST_CHECK eh_status eh_action_records_sort(eh_context *ctx, const uint64_t *start, uint32_t n_objects,
                                               eh_action_record *records, eh_error *err);
/** Writes set->n records into the set's columns. */
void eh_action_records_store(const eh_action_record *records, eh_raw_set *set);

/** What a table owns. Numbers 0 .. EH_N_BEHAVIOURS-1 of the raw sets hold the finished columns. */
typedef struct eh_table_owner {
    eh_dict accounts, posts;
    eh_raw_set sets[EH_N_BEHAVIOURS];
    uint64_t *object_start[EH_N_BEHAVIOURS];
    uint8_t *is_birth_known[EH_N_BEHAVIOURS];
} eh_table_owner;
/** The finished columns of behaviour b as callers see them. */
void eh_table_view_set(const eh_table_owner *owner, int b, eh_action_set *view);

/**
 * Unites objects of one behaviour: to[o] is the object whose name and place o takes (to[to[o]] == to[o]), or UINT32_MAX
 * when o is removed with its actions. Afterwards the set is as if the builder had been told so: order, births, known
 * births, sources; of several actions of a post on a united object the first stays (*n_duplicates more are dropped).
 * Kept objects stay in their order. On failure the table is as before.
 */
EH_MUST_CHECK eh_status eh_table_regroup(eh_action_table *table, int b, const uint32_t *to, uint64_t *n_duplicates,
                                         eh_error *err);
#endif
