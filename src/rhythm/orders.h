/** @file orders.h  The exact distribution of a sum over all orders of days, block by block. */
#ifndef EH_RHYTHM_ORDERS_H
#define EH_RHYTHM_ORDERS_H

#include <stddef.h>
#include <stdint.h>

enum { eh_most_block_days = 6, eh_most_a_day = 3 };

/* score[i][j]: what comes of day i of one account beside day j of the other, 0 .. eh_most_a_day; 1 <= n <= eh_most_block_days. */
typedef struct eh_day_block {
    uint32_t n;
    uint8_t score[eh_most_block_days][eh_most_block_days];
} eh_day_block;

/* p[0 .. n_p) becomes the distribution of the sum plus this block's sum over its n! orders; p has room for n * eh_most_a_day
 * more. Returns the new n_p. Begin with p[0] = 1, n_p = 1. */
size_t eh_orders_add(const eh_day_block *block, double *p, size_t n_p);
double eh_orders_mean(const eh_day_block *block);

/**
 * Cuts days (ascending, as eh_day_of numbers) into blocks whose days may change places: of each weekday 3 to 6 that follow each
 * other; weekdays with fewer than three days are taken together in the order of time.
 * @param[out] block_of  n: from 0
 * @return number of blocks
 */
uint32_t eh_orders_blocks(const int64_t *days, uint32_t n, uint32_t *block_of);
#endif
