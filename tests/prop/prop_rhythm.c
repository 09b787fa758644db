/*
 * Rhythm against slow restatements: hand-over and never-at-once against all orders of the days, turns against a search over
 * all pairs of actions, and the levels and power of the tests on drawn people and drawn hands.
 */
#include "rhythm/hands.h"
#include "rhythm/shift.h"
#include "rhythm/turns.h"
#include "rhythm_world.h"

enum { n_days = 7, n_orders = 5040 };

/* ---- hand-over: all orders of the days -------------------------------------------------------------------------- */

typedef struct span {
    double start_min, end_min;
} span;

/* Every account has one session a day, of three actions. */
static void act_span(rhythm_world *w, const char *account, int day, span s)
{
    for (int k = 0; k < 3; k++)
        rhythm_act(w, account, MONDAY_US + day * EH_DAY_US + (int64_t)((s.start_min + (s.end_min - s.start_min) * k / 2) * 60e6));
}

static bool hands_over(span a, span b)
{
    bool overlaps = a.start_min <= b.end_min && b.start_min <= a.end_min;
    double a_to_b = b.start_min - a.end_min, b_to_a = a.start_min - b.end_min;
    return !overlaps && ((a_to_b > 0 && a_to_b <= 10) || (b_to_a > 0 && b_to_a <= 10));
}

static bool overlap(span a, span b) { return a.start_min <= b.end_min && b.start_min <= a.end_min; }

/* How often each number of hand-over days and of days apart comes up over all orders of b's days. */
static void count_orders(const span *a, const span *b, int *order, int n, uint32_t *n_handover, uint32_t *n_apart)
{
    if (n == n_days) {
        int handovers = 0, apart = 0;
        for (int d = 0; d < n_days; d++) {
            handovers += hands_over(a[d], b[order[d]]);
            apart += !overlap(a[d], b[order[d]]);
        }
        n_handover[handovers]++;
        n_apart[apart]++;
        return;
    }
    for (int i = n; i < n_days; i++) {
        int kept = order[n];
        order[n] = order[i];
        order[i] = kept;
        count_orders(a, b, order, n + 1, n_handover, n_apart);
        order[i] = order[n];
        order[n] = kept;
    }
}

static double exact_tail(const uint32_t *count, uint32_t k)
{
    double sum = 0;
    for (uint32_t i = k; i <= n_days; i++) sum += count[i];
    return sum / n_orders;
}

/* The p-value as a function of what was observed, given both accounts' days: it does not depend on the order. */
static void the_tail_is_no_smaller_than_over_all_orders(void)
{
    eh_rng rng = eh_rng_of(21, 0);
    double least_ratio = 10;
    for (int round = 0; round < 150; round++) {
        rhythm_world w = rhythm_world_new(1);
        span a[n_days], b[n_days];
        bool is_planned = round % 3 == 0;
        /* whole minutes, halves apart, so that no comparison falls on a rounding */
        for (int d = 0; d < n_days; d++) {
            a[d].start_min = 400 + 20 * (double)eh_rng_below(&rng, is_planned ? 40 : 8);
            a[d].end_min = a[d].start_min + 10 + (double)eh_rng_below(&rng, 40);
            b[d].start_min = is_planned ? a[d].end_min + 5.5 : 400.5 + 20 * (double)eh_rng_below(&rng, 8);
            b[d].end_min = b[d].start_min + 10 + (double)eh_rng_below(&rng, 40);
            act_span(&w, "a", d, a[d]);
            act_span(&w, "b", d, b[d]);
        }
        rhythm_world_finish(&w);
        eh_operators o = rhythm_test_all(&w, 1);
        const eh_operator_pair *pair = &o.pairs[0];
        int order[n_days] = {0, 1, 2, 3, 4, 5, 6};
        uint32_t n_handover[n_days + 1] = {0}, n_apart[n_days + 1] = {0}, handovers = 0, overlaps = 0;
        count_orders(a, b, order, 0, n_handover, n_apart);
        for (int d = 0; d < n_days; d++) {
            handovers += hands_over(a[d], b[d]);
            overlaps += overlap(a[d], b[d]);
        }
        CHECK_EQ_INT(pair->n_days, n_days);
        CHECK_EQ_INT(pair->n_handover_days, handovers);
        CHECK_EQ_INT(pair->n_overlap_days, overlaps);
        double exact_handover = exact_tail(n_handover, handovers), exact_apart = exact_tail(n_apart, n_days - overlaps);
        least_ratio = fmin(least_ratio, fmin(pair->p_handover / exact_handover, pair->p_never / exact_apart));
        eh_operators_release(&o);
        rhythm_world_release(&w);
    }
    printf("least ratio to the exact tail: %.3f\n", least_ratio);
    CHECK(least_ratio >= .8);
}

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
    int n_tests = 0, n_small[3] = {0}, n_found = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        rhythm_world w = campaign(seed, 0, 0, 2);
        eh_operators o = rhythm_test_all(&w, 1);
        for (uint64_t i = 0; i < o.n_pairs; i++) {
            CHECK(o.pairs[i].is_testable && o.pairs[i].n_turns > 6);
            n_tests++;
            n_small[0] += o.pairs[i].p_turns <= .05;
            n_small[1] += o.pairs[i].p_value <= .05;
        }
        for (uint32_t u = 0; u < o.n_accounts; u++) n_small[2] += o.accounts[u].p_value <= .05;
        n_found += (int)o.n_found_accounts;
        eh_operators_release(&o);
        rhythm_world_release(&w);
    }
    printf("of %d pairs: turns %d, pair %d at .05; of %d accounts %d, found %d\n", n_tests, n_small[0], n_small[1], 40 * n_accounts, n_small[2],
           n_found);
    CHECK(n_small[0] <= 1.2 * .05 * n_tests && n_small[1] <= 1.2 * .05 * n_tests);
    CHECK(n_small[2] <= 1.2 * .05 * 40 * n_accounts);
    CHECK_EQ_INT(n_found, 0);
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
        uint32_t n_found = 0, n_right = 0, n_wrong = 0;
        for (uint64_t seed = 0; seed < 5; seed++) {
            rhythm_world w = campaign(100 + seed, 4, change_s[k], 2);
            eh_operators o = rhythm_test_all(&w, 1);
            n_found += o.n_found_accounts;
            for (uint64_t i = 0; i < o.n_pairs; i++) {
                if (!o.pairs[i].is_found) continue;
                bool is_right = o.pairs[i].account_a % 4 == o.pairs[i].account_b % 4;
                n_right += is_right;
                n_wrong += !is_right;
            }
            eh_operators_release(&o);
            rhythm_world_release(&w);
        }
        printf("change over in %g s and more: %u of 60 accounts, %u of 60 pairs, %u wrong pairs\n", change_s[k], n_found, n_right, n_wrong);
        CHECK(n_found >= 48 && n_right >= 45 && n_wrong <= 3);
    }
}

CHECK_MAIN(the_tail_is_no_smaller_than_over_all_orders, turns_match_a_search_over_all_pairs,
           people_who_answer_the_same_calls_are_not_one_pair_of_hands, a_flat_density_keeps_the_level, four_pairs_of_hands_are_told_apart)
