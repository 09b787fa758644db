/* Taking turns against slow restatements, and its level and power on drawn people and drawn hands. */
#include "rhythm/turns.h"
#include "rhythm_world.h"

/* ---- turns: all pairs of actions -------------------------------------------------------------------------------- */

typedef struct action {
    int64_t time_us;
    int side;
} action;

/* Encounters are the components of "within 10 min of the next action"; the nearest pair of both sides by looking at all. */
static rhythm_turns oracle_turns(const action *x, size_t n)
{
    rhythm_turns t = {{0}, {0}, {0}, 0};
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && x[end].time_us - x[end - 1].time_us <= 10 * EH_MINUTE_US; end++) continue;
        int64_t least = INT64_MAX, lag = 0;
        for (size_t i = first; i < end; i++)
            for (size_t j = i + 1; j < end; j++) {
                if (x[i].side == x[j].side) continue;
                int64_t distance = x[j].time_us - x[i].time_us;
                if (distance >= least) continue;
                least = distance;
                lag = x[i].side == 0 ? distance : -distance;
            }
        for (int k = 0; k < rhythm_n_turns && least != INT64_MAX; k++) {
            int64_t turn = (int64_t[]){40, 20, 10}[k] * EH_SECOND_US;
            if (least < turn)
                t.n_close[k]++;
            else if (least < 5 * turn)
                lag > 0 ? t.n_first[k]++ : t.n_second[k]++;
        }
    }
    return t;
}

static int by_time(const void *a, const void *b)
{
    const action *x = a, *y = b;
    if (x->time_us != y->time_us) return x->time_us < y->time_us ? -1 : 1;
    return x->side - y->side;
}

static void turns_match_a_search_over_all_pairs(void)
{
    eh_rng rng = eh_rng_of(22, 0);
    for (int round = 0; round < 200; round++) {
        action x[120];
        rhythm_event side[2][120];
        uint64_t n_side[2] = {0, 0};
        size_t n = 2 + eh_rng_below(&rng, 118);
        double span_s = 3600 * (1 + 40 * eh_rng_uniform(&rng));
        for (size_t i = 0; i < n; i++)
            x[i] = (action){MONDAY_US + (int64_t)(span_s * eh_rng_uniform(&rng) * 1e6), (int)eh_rng_below(&rng, 2)};
        qsort(x, n, sizeof *x, by_time);
        for (size_t i = 0; i < n; i++)
            side[x[i].side][n_side[x[i].side]++] = (rhythm_event){.time_us = x[i].time_us, .target = UINT32_MAX, .account = (uint32_t)x[i].side};
        rhythm_turns want = oracle_turns(x, n), got = rhythm_count_turns(side[0], n_side[0], side[1], n_side[1], RHYTHM_ALL_DAYS);
        CHECK(memcmp(&want, &got, sizeof want) == 0);
        /* moved by whole days, summed: the same as moving them here */
        rhythm_turns moved = rhythm_count_moved(side[0], n_side[0], side[1], n_side[1]), sum = {{0}, {0}, {0}, 0};
        for (int day = -7; day <= 7; day++) {
            action y[120];
            for (size_t i = 0; i < n; i++) y[i] = (action){x[i].time_us + (x[i].side == 0 ? day * EH_DAY_US : 0), x[i].side};
            qsort(y, n, sizeof *y, by_time);
            rhythm_turns one = oracle_turns(y, n);
            for (int k = 0; k < rhythm_n_turns && day != 0; k++) {
                sum.n_close[k] += one.n_close[k];
                sum.n_first[k] += one.n_first[k];
                sum.n_second[k] += one.n_second[k];
            }
        }
        CHECK(memcmp(&sum, &moved, sizeof sum) == 0);
    }
}

/* ---- level and power --------------------------------------------------------------------------------------------- */

enum { n_accounts = 12, n_orders_a_day = 8, n_campaign_days = 28 };

/*
 * Twelve accounts answer the same calls within minutes. With hands > 0 they are in so many pairs of hands, each of which goes through its accounts
 * one after the other and needs some seconds to change over; with 0 each acts at its own time after the call.
 */
static rhythm_world campaign(uint64_t seed, int n_hands, double change_s, int n_threads)
{
    rhythm_world w = rhythm_world_new(n_threads);
    eh_rng rng = eh_rng_of(seed, 1);
    for (int day = 0; day < n_campaign_days; day++)
        for (int k = 0; k < n_orders_a_day; k++) {
            double call_s = 8 * 3600.0 + 4500.0 * k + 1800 * eh_rng_uniform(&rng), now_s[n_accounts];
            for (int h = 0; h < n_hands; h++) now_s[h] = call_s + 240 * eh_rng_uniform(&rng);
            int first = (int)eh_rng_below(&rng, n_accounts);
            for (int i = 0; i < n_accounts; i++) {
                int a = (first + 5 * i) % n_accounts; /* another order of accounts for each call */
                char name[8];
                snprintf(name, sizeof name, "m%02d", a);
                double at_s = call_s + eh_rng_lognormal(&rng, 120, .8);
                if (n_hands > 0) at_s = now_s[a % n_hands] += change_s * (1 + eh_rng_exponential(&rng));
                if (eh_rng_uniform(&rng) < .7) rhythm_act(&w, name, MONDAY_US + day * EH_DAY_US + (int64_t)(at_s * 1e6));
            }
        }
    rhythm_world_finish(&w);
    return w;
}

static void people_who_answer_the_same_calls_are_not_one_pair_of_hands(void)
{
    int n_small = 0, n_in_sets = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        rhythm_world w = campaign(seed, 0, 0, 2);
        eh_rhythm_hands h = rhythm_all_hands(&w, 1);
        for (uint32_t u = 0; u < h.n_accounts; u++) {
            n_small += h.p_value[u] <= .05;
            n_in_sets += h.set[u] != UINT32_MAX;
        }
        eh_rhythm_hands_release(&h);
        rhythm_world_release(&w);
    }
    printf("of %d accounts in candidate sets %d at .05\n", n_in_sets, n_small);
    CHECK(n_small <= 1.2 * .05 * 40 * n_accounts);
}

/* The hardest null: nothing in common, a flat density of lags. 30 encounters, lags of up to 100 s either way. */
static void a_flat_density_keeps_the_level(void)
{
    enum { n_rounds = 20000, n_encounters = 30 };
    static const double levels[] = {.05, .01, .001};
    eh_rng rng = eh_rng_of(23, 0);
    int n_small[3] = {0};
    for (int round = 0; round < n_rounds; round++) {
        rhythm_event a[n_encounters], b[n_encounters];
        for (int i = 0; i < n_encounters; i++) {
            int64_t at_us = MONDAY_US + i * EH_HOUR_US;
            a[i] = (rhythm_event){.time_us = at_us, .account = 0, .target = UINT32_MAX};
            b[i] = (rhythm_event){.time_us = at_us + (int64_t)((200 * eh_rng_uniform(&rng) - 100) * 1e6), .account = 1, .target = UINT32_MAX};
        }
        rhythm_turns t = rhythm_count_turns(a, n_encounters, b, n_encounters, RHYTHM_ALL_DAYS);
        double p = rhythm_p_turns(&t, 1, 1, NULL); /* 20 s, as if it were the only turn */
        CHECK_EQ_INT(t.n_close[1] + t.n_first[1] + t.n_second[1], n_encounters);
        for (int k = 0; k < 3; k++) n_small[k] += p <= levels[k];
    }
    for (int k = 0; k < 3; k++) {
        printf("P(p <= %g) / %g = %.2f\n", levels[k], levels[k], n_small[k] / (levels[k] * n_rounds));
        CHECK(n_small[k] <= 1.2 * levels[k] * n_rounds);
    }
    CHECK(n_small[0] > 0);
}

static void four_pairs_of_hands_are_told_apart(void)
{
    const double change_s[] = {12, 20, 35};
    for (size_t k = 0; k < sizeof change_s / sizeof *change_s; k++) {
        uint32_t n_found = 0, n_wrong = 0;
        for (uint64_t seed = 0; seed < 5; seed++) {
            rhythm_world w = campaign(100 + seed, 4, change_s[k], 2);
            eh_rhythm_hands h = rhythm_all_hands(&w, 1);
            CHECK_EQ_INT(h.n_accounts, n_accounts);
            for (uint32_t a = 0; a < h.n_accounts; a++) {
                n_found += h.p_value[a] <= .001;
                for (uint32_t b = a + 1; b < h.n_accounts; b++) n_wrong += h.set[a] == h.set[b] && h.set[a] != UINT32_MAX && a % 4 != b % 4;
            }
            eh_rhythm_hands_release(&h);
            rhythm_world_release(&w);
        }
        printf("change over in %g s and more: %u of 60 accounts at .001, %u wrong pairs\n", change_s[k], n_found, n_wrong);
        CHECK(n_found >= 48 && n_wrong <= 6);
    }
}

/* Programs on a clock, 30 s apart, before and after by turns: a hole, but the same on any two days. */
static void clocks_are_no_hands(void)
{
    rhythm_world w = rhythm_world_new(1);
    for (int day = 0; day < 20; day++)
        for (int i = 0; i < 10; i++) {
            int64_t at_us = MONDAY_US + day * EH_DAY_US + i * EH_HOUR_US;
            rhythm_act(&w, "a", at_us);
            rhythm_act(&w, "b", at_us + (i % 2 ? 30 : -30) * EH_SECOND_US);
        }
    rhythm_world_finish(&w);
    eh_rhythm_hands h = rhythm_all_hands(&w, 1);
    CHECK_EQ_INT(h.n_sets, 1); /* a candidate ... */
    CHECK(h.p_value[0] > .05 && h.p_value[1] > .05);
    eh_rhythm_hands_release(&h);
    h = rhythm_all_hands(&w, 60 * EH_SECOND_US); /* times too coarse */
    CHECK_EQ_INT(h.n_sets, 0);
    CHECK_NEAR(h.p_value[0], 1, 0);
    eh_rhythm_hands_release(&h);
    rhythm_world_release(&w);
}

/* Who answers within half a minute is left out: here nothing is left. */
static void who_answers_is_not_in_turns(void)
{
    rhythm_world w = rhythm_world_new(1);
    for (int i = 0; i < 200; i++) {
        int64_t at_us = MONDAY_US + (int64_t)i * (3 * EH_HOUR_US + 7 * EH_MINUTE_US);
        rhythm_act(&w, i % 2 ? "a" : "b", at_us);
        rhythm_repost(&w, i % 2 ? "b" : "a", i % 2 ? "a" : "b", at_us + 30 * EH_SECOND_US, EH_NO_TIME);
    }
    rhythm_world_finish(&w);
    eh_rhythm_hands h = rhythm_all_hands(&w, 1);
    CHECK_EQ_INT(h.n_sets, 0);
    eh_rhythm_hands_release(&h);
    rhythm_world_release(&w);
}

static void tails_and_shares_are_the_known_ones(void)
{
    CHECK_NEAR(rhythm_binomial_lower(10, 2, .5), 56 / 1024.0, 1e-12);
    CHECK_NEAR(rhythm_binomial_lower(10, 6, .5), 848 / 1024.0, 1e-12);
    CHECK_NEAR(rhythm_binomial_lower(20, 0, 1 / 3.0), pow(2 / 3.0, 20), 1e-12);
    CHECK_NEAR(rhythm_binomial_lower(719, 708, 1 / 3.0), 1, 1e-12); /* the terms below are too small for a double */
    CHECK_NEAR(rhythm_binomial_lower(4, 4, .2), 1, 0);
    CHECK_NEAR(rhythm_close_share(20 * EH_SECOND_US, 1), 1 / 3.0, 1e-12);
    CHECK_NEAR(rhythm_close_share(10 * EH_SECOND_US, EH_SECOND_US), 19 / 59.0, 1e-12);
    CHECK_EQ_INT(rhythm_n_usable_turns(2 * EH_SECOND_US), 3);
    CHECK_EQ_INT(rhythm_n_usable_turns(8 * EH_SECOND_US), 1);
    CHECK_EQ_INT(rhythm_n_usable_turns(60 * EH_SECOND_US), 0);
}

static void threads_and_failures(void)
{
    rhythm_world one = campaign(100, 4, 20, 1), four = campaign(100, 4, 20, 4);
    eh_rhythm_hands a = rhythm_all_hands(&one, 1), b = rhythm_all_hands(&four, 1);
    CHECK(a.n_sets > 0);
    CHECK(memcmp(a.set, b.set, a.n_accounts * sizeof *a.set) == 0 && memcmp(a.p_value, b.p_value, a.n_accounts * sizeof *a.p_value) == 0);
    eh_rhythm_hands_release(&a);
    eh_rhythm_hands_release(&b);
    const eh_rhythm_pair pair = {0, 1}, absent = {0, n_accounts};
    CHECK_EQ_INT(eh_rhythm_hands_of(one.ctx, &one.table, &absent, 1, 1, &a, &rhythm_err), EH_E_INVALID);
    int n_failed = 0;
    for (int64_t n = 1; n < 120; n++) {
        eh_context_fail_allocation_after(one.ctx, n);
        eh_status status = eh_rhythm_hands_of(one.ctx, &one.table, &pair, 1, 1, &a, &rhythm_err);
        eh_context_fail_allocation_after(one.ctx, 0);
        CHECK(status == EH_OK || status == EH_E_NOMEM);
        n_failed += status != EH_OK;
        if (status == EH_OK) eh_rhythm_hands_release(&a);
    }
    CHECK(n_failed > 15 && n_failed < 119);
    rhythm_world_release(&one);
    rhythm_world_release(&four);
}

CHECK_MAIN(tails_and_shares_are_the_known_ones, turns_match_a_search_over_all_pairs, a_flat_density_keeps_the_level, clocks_are_no_hands,
           who_answers_is_not_in_turns, people_who_answer_the_same_calls_are_not_one_pair_of_hands, four_pairs_of_hands_are_told_apart,
           threads_and_failures)
