/** @file pair_count.h  One row: with how many distinct objects (or messages) does each other account meet this one? */
#ifndef EH_PAIRS_PAIR_COUNT_H
#define EH_PAIRS_PAIR_COUNT_H

#include "pairs/pair_rows.h"
#include "pairs/pair_scan.h"

/** Undirected, distinct objects, accounts above one's own; or directed, distinct messages, any account. */
typedef enum eh_count_rule { EH_COUNT_OBJECTS, EH_COUNT_MESSAGES } eh_count_rule;

/** One object or message of a row: disjoint windows, and what they hold together. */
typedef struct eh_count_item {
    uint64_t n_visits;
    uint32_t first_interval, n_intervals;
    uint32_t post; /* EH_COUNT_MESSAGES */
} eh_count_item;

typedef struct eh_count_interval {
    uint32_t low, high;
    uint32_t post;
} eh_count_interval;

/** Scratch of one thread. O(accounts + longest row). */
typedef struct eh_counter {
    const eh_rows *rows;
    eh_count_rule rule;
    eh_scan scan;
    uint64_t *cell;      /* by account: high half the last stamp, low half the count */
    uint32_t stamp;      /* of the object or message at hand; rises all along */
    uint32_t base;       /* stamps above it are of this row */
    uint32_t *met;       /* accounts met in this row, in order of meeting; n_met of them */
    uint32_t n_met;
    uint32_t *window, *sorting;
    eh_count_item *items, *ordered;
    eh_count_interval *intervals;
} eh_counter;

EH_MUST_CHECK eh_status eh_counter_init(eh_counter *counter, const eh_rows *rows, eh_count_rule rule, eh_error *err);
void eh_counter_release(eh_counter *counter);
/**
 * Counts row `account`. *met lists, ascending, the n_met accounts that reach least (>= 1); their counts are
 * eh_counter_count(). Valid until the next call.
 */
EH_MUST_CHECK eh_status eh_counter_row(eh_counter *counter, uint32_t account, uint32_t least, const uint32_t **met,
                                       uint32_t *n_met, eh_error *err);
static inline uint32_t eh_counter_count(const eh_counter *counter, uint32_t account)
{
    return (uint32_t)counter->cell[account];
}
#endif
