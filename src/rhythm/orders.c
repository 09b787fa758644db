/*
 * Sum over days i of score[i][order(i)], every order of n days as likely as any other. Rows are placed one by one:
 *   f(S, s) = number of ways in which rows 0 .. |S|-1 take exactly the columns S with sum s;  f(S, s) = sum over j in S of
 *   f(S \ {j}, s - score[|S|-1][j]).   P(s) = f(all, s) / n!.   Blocks are independent: their distributions are convolved.
 */
#include "rhythm/orders.h"

#include <string.h>

enum { most_sum = eh_most_block_days * eh_most_a_day, n_masks = 1 << eh_most_block_days };

static void count_orders(const eh_day_block *block, double ways[most_sum + 1])
{
    static const double none[most_sum + 1];
    double f[n_masks][most_sum + 1];
    uint32_t n = block->n, all = (1u << n) - 1;
    for (uint32_t mask = 0; mask <= all; mask++) memcpy(f[mask], none, sizeof none);
    f[0][0] = 1;
    for (uint32_t mask = 0; mask < all; mask++) {
        uint32_t row = 0;
        for (uint32_t rest = mask; rest; rest &= rest - 1) row++;
        for (uint32_t j = 0; j < n; j++) {
            if (mask >> j & 1) continue;
            double *to = f[mask | 1u << j];
            uint32_t score = block->score[row][j];
            for (uint32_t s = 0; s <= row * eh_most_a_day; s++) to[s + score] += f[mask][s];
        }
    }
    memcpy(ways, f[all], sizeof none);
}

size_t eh_orders_add(const eh_day_block *block, double *p, size_t n_p)
{
    double ways[most_sum + 1], n_orders = 1;
    size_t most = (size_t)block->n * eh_most_a_day;
    count_orders(block, ways);
    for (uint32_t i = 2; i <= block->n; i++) n_orders *= i;
    while (most > 0 && ways[most] == 0) most--;
    for (size_t s = n_p; s < n_p + most; s++) p[s] = 0;
    for (size_t s = n_p + most; s-- > 0;) { /* from above, so that p can be overwritten */
        double sum = 0;
        for (size_t k = 0; k <= most && k <= s; k++)
            if (s - k < n_p) sum += p[s - k] * ways[k];
        p[s] = sum / n_orders;
    }
    return n_p + most;
}

double eh_orders_mean(const eh_day_block *block)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < block->n; i++)
        for (uint32_t j = 0; j < block->n; j++) sum += block->score[i][j];
    return (double)sum / block->n;
}

static uint32_t weekday_of(int64_t day) { return (uint32_t)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */ }

/* The next days of one kind, `count` of them in all: blocks as equal as can be. */
static uint32_t block_at(uint32_t i, uint32_t count)
{
    uint32_t n_blocks = (count + eh_most_block_days - 1) / eh_most_block_days;
    return (uint32_t)((uint64_t)i * n_blocks / count);
}

uint32_t eh_orders_blocks(const int64_t *days, uint32_t n, uint32_t *block_of)
{
    uint32_t count[8] = {0}, seen[8] = {0}, first[9] = {0}, kind_of[7];
    for (uint32_t i = 0; i < n; i++) count[weekday_of(days[i])]++;
    for (uint32_t w = 0; w < 7; w++) {
        kind_of[w] = count[w] < 3 ? 7 : w;
        if (kind_of[w] == 7) {
            count[7] += count[w];
            count[w] = 0;
        }
    }
    for (uint32_t k = 0; k < 8; k++) first[k + 1] = first[k] + (count[k] + eh_most_block_days - 1) / eh_most_block_days;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = kind_of[weekday_of(days[i])];
        block_of[i] = first[k] + block_at(seen[k]++, count[k]);
    }
    return first[8];
}
