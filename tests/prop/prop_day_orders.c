/* The distribution over all orders of days against all orders, one by one; blocks against their rule. */
#include "base/rng.h"
#include "check.h"
#include "rhythm/orders.h"

#include <stdbool.h>

enum { most_blocks = 3, most_sum = most_blocks * eh_most_block_days * eh_most_a_day };

/* Adds to f, for every order of the days from `row` on that uses free columns only, the number of orders by sum. */
static void enumerate(const eh_day_block *b, uint32_t row, uint32_t used, uint32_t sum, double *f)
{
    if (row == b->n) f[sum]++;
    for (uint32_t j = 0; row < b->n && j < b->n; j++)
        if (!(used >> j & 1)) enumerate(b, row + 1, used | 1u << j, sum + b->score[row][j], f);
}

static eh_day_block draw(eh_rng *rng)
{
    eh_day_block b = {.n = 1 + (uint32_t)eh_rng_below(rng, eh_most_block_days)};
    uint64_t density = 1 + eh_rng_below(rng, 4);
    for (uint32_t i = 0; i < b.n; i++)
        for (uint32_t j = 0; j < b.n; j++)
            b.score[i][j] = eh_rng_below(rng, 4) < density ? (uint8_t)eh_rng_below(rng, eh_most_a_day + 1) : 0;
    return b;
}

static void sums_match_all_orders(void)
{
    eh_rng rng = eh_rng_of(3, 0);
    for (int round = 0; round < 300; round++) {
        double p[most_sum + 1] = {1}, truth[most_sum + 1] = {1}, mean = 0, mean_of_p = 0, total = 0;
        size_t n_p = 1;
        int n_blocks = 1 + (int)eh_rng_below(&rng, most_blocks);
        for (int k = 0; k < n_blocks; k++) {
            eh_day_block b = draw(&rng);
            double f[most_sum + 1] = {0}, next[most_sum + 1] = {0}, n_orders = 0;
            enumerate(&b, 0, 0, 0, f);
            for (int s = 0; s <= most_sum; s++) n_orders += f[s];
            for (int s = 0; s <= most_sum; s++)
                for (int t = 0; s + t <= most_sum; t++) next[s + t] += truth[s] * f[t] / n_orders;
            memcpy(truth, next, sizeof truth);
            n_p = eh_orders_add(&b, p, n_p);
            mean += eh_orders_mean(&b);
        }
        for (size_t s = 0; s < n_p; s++) {
            if (truth[s] > 0) CHECK_NEAR(p[s], truth[s], 1e-12);
            else CHECK(p[s] == 0);
            mean_of_p += (double)s * p[s];
            total += p[s];
        }
        CHECK_NEAR(total, 1, 1e-12);
        if (mean > 0) CHECK_NEAR(mean_of_p, mean, 1e-12);
    }
}

static int weekday(int64_t day) { return (int)(((day % 7) + 7) % 7); }

static void blocks_keep_weekdays(void)
{
    eh_rng rng = eh_rng_of(4, 0);
    for (int round = 0; round < 300; round++) {
        int64_t days[400];
        uint32_t n = 0, block_of[400], of_weekday[7] = {0};
        int64_t start = (int64_t)eh_rng_below(&rng, 20000) - 5000;
        uint64_t length = 1 + eh_rng_below(&rng, 390), dense = 1 + eh_rng_below(&rng, 8);
        for (uint64_t d = 0; d < length; d++)
            if (eh_rng_below(&rng, 8) < dense) days[n++] = start + (int64_t)d;
        for (uint32_t i = 0; i < n; i++) of_weekday[weekday(days[i])]++;
        uint32_t n_blocks = eh_orders_blocks(days, n, block_of);
        CHECK(n_blocks <= n);
        for (uint32_t k = 0; k < n_blocks; k++) {
            uint32_t size = 0, first = UINT32_MAX;
            for (uint32_t i = 0; i < n; i++) {
                if (block_of[i] != k) continue;
                if (first == UINT32_MAX) first = i;
                size++;
                bool is_rare = of_weekday[weekday(days[i])] < 3, is_first_rare = of_weekday[weekday(days[first])] < 3;
                CHECK(is_rare == is_first_rare);
                if (!is_rare) CHECK_EQ_INT(weekday(days[i]), weekday(days[first]));
            }
            CHECK(size >= 1 && size <= eh_most_block_days);
            if (of_weekday[weekday(days[first])] >= 3) CHECK(size >= 3);
        }
        for (uint32_t i = 0; i < n; i++) CHECK(block_of[i] < n_blocks);
    }
}

CHECK_MAIN(sums_match_all_orders, blocks_keep_weekdays)
