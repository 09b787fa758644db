/* Rhythm with any number of threads gives the same bytes. */
#include "rhythm_world.h"

static rhythm_world world(int n_threads)
{
    rhythm_world w = rhythm_world_new(n_threads);
    eh_rng rng = eh_rng_of(77, 0);
    for (int i = 0; i < 6000; i++) {
        char name[8];
        snprintf(name, sizeof name, "t%02d", (int)eh_rng_below(&rng, 40));
        int64_t at_us = MONDAY_US + (int64_t)(21 * 86400e6 * eh_rng_uniform(&rng));
        if (i % 3)
            rhythm_act(&w, name, at_us);
        else
            rhythm_repost(&w, name, i % 2 ? "t01" : "t02", at_us, at_us - EH_MINUTE_US);
    }
    rhythm_world_finish(&w);
    return w;
}

/* Field by field: the padding of rows is nobody's. */
static void any_number_of_threads(void)
{
    eh_operators first = {0};
    eh_automation rows[2][40];
    uint32_t accounts[40];
    for (uint32_t u = 0; u < 40; u++) accounts[u] = u;
    rhythm_world w[2] = {world(1), world(4)};
    for (int k = 0; k < 2; k++) {
        CHECK_EQ_INT(w[k].table.accounts.n, 40);
        eh_operators o = rhythm_test_all(&w[k], 1);
        CHECK_OK(eh_rhythm_automation(w[k].ctx, &w[k].table, accounts, 40, rows[k], &rhythm_err), rhythm_err);
        if (k == 0) {
            first = o;
            continue;
        }
        CHECK_EQ_INT(o.n_testable_pairs, first.n_testable_pairs);
        CHECK(first.n_testable_pairs > 100);
        for (uint64_t i = 0; i < o.n_pairs; i++) {
            CHECK(memcmp(&o.pairs[i].p_value, &first.pairs[i].p_value, sizeof(double)) == 0);
            CHECK(memcmp(&o.pairs[i].p_turns, &first.pairs[i].p_turns, sizeof(double)) == 0);
            CHECK(memcmp(&o.pairs[i].q_value, &first.pairs[i].q_value, sizeof(double)) == 0);
            CHECK_EQ_INT(o.pairs[i].n_turns, first.pairs[i].n_turns);
        }
        for (uint32_t u = 0; u < 40; u++) {
            CHECK(memcmp(&o.accounts[u].p_hands, &first.accounts[u].p_hands, sizeof(double)) == 0);
            CHECK_EQ_INT(o.accounts[u].hands, first.accounts[u].hands);
            CHECK(memcmp(&rows[1][u].entropy_jittered_bits, &rows[0][u].entropy_jittered_bits, sizeof(double)) == 0);
        }
        eh_operators_release(&o);
    }
    eh_operators_release(&first);
    for (int k = 0; k < 2; k++) rhythm_world_release(&w[k]);
}

CHECK_MAIN(any_number_of_threads)
