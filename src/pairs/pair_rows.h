/** @file pair_rows.h  The actions that can matter, with their windows, as one row per account. */
#ifndef EH_PAIRS_PAIR_ROWS_H
#define EH_PAIRS_PAIR_ROWS_H

#include "base/alloc.h"
#include "evenhand/actions.h"

/** One action of an account: the actions of its object within the window are [low, high) of the columns. */
typedef struct eh_row_entry {
    uint32_t low, high;
    uint32_t object;
} eh_row_entry;

/** Actions keep the order of the set (object, time), accounts theirs; both are renumbered without gaps. */
typedef struct eh_rows {
    eh_context *ctx;
    uint32_t n_actions, n_accounts, longest_row;
    uint32_t *account;      /* of each action */
    uint32_t *post;         /* of each action; NULL unless asked for */
    int64_t *time_us;       /* of each action; NULL unless asked for */
    uint32_t *account_of;   /* the table's number of each account */
    uint32_t *row_start;    /* n_accounts + 1: row a is [row_start[a], row_start[a+1]) of the two below */
    eh_row_entry *entries;  /* in order of row_action */
    uint32_t *row_action;   /* ascending within a row */
    uint64_t *row_visits;   /* sum of the widths of the windows of each row */
} eh_rows;

typedef struct eh_rows_options {
    int64_t window_us;
    uint32_t min_objects;       /* accounts with fewer distinct objects left are dropped, again and again; 0 = none */
    bool needs_other_account;   /* an action stays if another account, else if any other action is in its window */
    bool keeps_post, keeps_time;
    const uint8_t *is_excluded; /* one byte an action of the set: 1 = as if it were not there; may be NULL */
} eh_rows_options;

/** Builds the rows. O(n) a round, at most eh_rows_most_rounds rounds. */
EH_MUST_CHECK eh_status eh_rows_build(eh_context *ctx, const eh_action_table *table, eh_behaviour behaviour,
                                      const eh_rows_options *options, eh_rows *out, eh_error *err);
void eh_rows_release(eh_rows *rows);

enum { eh_rows_most_rounds = 8 };
#endif
