/** @file pair_numbers.h  Sorting account numbers: the last step of every row. */
#ifndef EH_PAIRS_PAIR_NUMBERS_H
#define EH_PAIRS_PAIR_NUMBERS_H

#include <stdint.h>

/** Sorts n numbers, each less than `below`, ascending. scratch: room for n. O(n). */
void eh_sort_numbers(uint32_t *numbers, uint32_t n, uint32_t below, uint32_t *scratch);
#endif
