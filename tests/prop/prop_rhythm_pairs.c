/* Hand-overs and times at once against a slow restatement of docs/methods/rhythm.md: loops over minutes, all orders one by one. */
#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "check.h"
#include "evenhand/rhythm.h"
#include "rhythm/orders.h"

enum { most_acts = 400, most_days = 40, most_sum = most_days * 3 };
static const int64_t start_us = INT64_C(1533513600000000); /* 2018-08-06 */

typedef struct deed {
    int who, minute, object; /* minutes since start_us; object < 0: a mention of the other */
} deed;
static deed deeds[most_acts];
static int n_deeds;

/* Whether `who` acts at that minute on an object on which the other acts within an hour / mentions the other. */
static bool is_shared(int who, int minute)
{
    for (int i = 0; i < n_deeds; i++)
        for (int k = 0; k < n_deeds; k++)
            if (deeds[i].who == who && deeds[i].minute == minute && deeds[k].who != who && deeds[k].object == deeds[i].object &&
                deeds[i].object >= 0 && abs(deeds[k].minute - minute) <= 60)
                return true;
    return false;
}

static bool is_mention(int who, int minute)
{
    for (int i = 0; i < n_deeds; i++)
        if (deeds[i].who == who && deeds[i].minute == minute && deeds[i].object < 0) return true;
    return false;
}

/* Next minute from `from` on at which `who` acts; -1 none. */
static int next_of(int who, int from)
{
    int best = -1;
    for (int i = 0; i < n_deeds; i++)
        if (deeds[i].who == who && deeds[i].minute >= from && (best < 0 || deeds[i].minute < best)) best = deeds[i].minute;
    return best;
}

typedef struct stay {
    int day, from, to, own[60], n_own; /* minutes of the day */
    bool is_first_shared, is_last_shared, is_answer;
} stay;
static stay stays[2][most_acts];
static int n_stays[2];

static int begin_of_day(void)
{
    int best = 0, least = INT32_MAX;
    for (int h = 0; h < 24; h++) {
        int n = 0;
        for (int i = 0; i < n_deeds; i++) n += (deeds[i].minute / 60 % 24 - h + 24) % 24 < 6;
        if (n < least) {
            least = n;
            best = h;
        }
    }
    return (best + 3) % 24 * 60;
}

static void find_stays(int who, int begin)
{
    int n = 0, last = -1000;
    for (int m = next_of(who, 0); m >= 0; m = next_of(who, m + 1)) {
        if (m - last > 30) {
            stays[who][n] = (stay){.day = (m - begin + 1440) / 1440 - 1, .is_first_shared = is_shared(who, m), .is_answer = is_mention(who, m)};
            stays[who][n].from = m - begin - 1440 * stays[who][n].day;
            n++;
        }
        stay *s = &stays[who][n - 1];
        s->to = m - begin - 1440 * s->day;
        s->is_last_shared = is_shared(who, m);
        if (!s->is_last_shared) s->own[s->n_own++] = s->to;
        last = m;
    }
    n_stays[who] = n;
}

static int handovers(int from, int day_from, int day_to, bool is_any)
{
    int n = 0;
    for (int y = 0; y < n_stays[!from]; y++) {
        const stay *to = &stays[!from][y];
        bool meets = false, follows = false;
        for (int x = 0; x < n_stays[from]; x++) {
            const stay *s = &stays[from][x];
            if (s->day != day_from) continue;
            for (int m = to->from; m <= to->to; m++) meets |= m >= s->from && m <= s->to;
            follows |= to->from > s->to && to->from <= s->to + 10 && (is_any || !s->is_last_shared);
        }
        n += to->day == day_to && follows && !meets && !to->is_answer && (is_any || !to->is_first_shared);
    }
    return n;
}

/* Pairs of minutes at most two apart, from the earliest on. */
static int at_once(int day_a, int day_b)
{
    bool used[3000] = {false};
    int n = 0;
    for (int x = 0; x < n_stays[0]; x++)
        for (int i = 0; stays[0][x].day == day_a && i < stays[0][x].n_own; i++) {
            int best = -1;
            for (int y = 0; y < n_stays[1]; y++)
                for (int k = 0; stays[1][y].day == day_b && k < stays[1][y].n_own; k++) {
                    int m = stays[1][y].own[k];
                    if (abs(m - stays[0][x].own[i]) <= 2 && !used[m] && (best < 0 || m < best)) best = m;
                }
            if (best < 0) continue;
            n++;
            for (int m = 0; m <= best; m++) used[m] = true;
        }
    return n;
}

static int score_of(int kind, int day_a, int day_b)
{
    int n = kind == 2 ? at_once(day_a, day_b) : handovers(0, day_a, day_b, kind == 1) + handovers(1, day_b, day_a, kind == 1);
    return n < 3 ? n : 3;
}

static void enumerate(int kind, const int64_t *days, int n, int row, unsigned used, int sum, double *f)
{
    if (row == n) f[sum]++;
    for (int j = 0; row < n && j < n; j++)
        if (!(used >> j & 1))
            enumerate(kind, days, n, row + 1, used | 1u << j, sum + score_of(kind, (int)days[row], (int)days[j]), f);
}

/* Days are counted from the Monday start_us. */
static void restate(int kind, const int64_t *days, uint32_t n, int *observed, double *p)
{
    int64_t named[most_days];
    uint32_t block_of[most_days];
    for (uint32_t i = 0; i < n; i++) named[i] = days[i] + start_us / EH_DAY_US;
    uint32_t n_blocks = eh_orders_blocks(named, n, block_of);
    memset(p, 0, (most_sum + 1) * sizeof *p);
    p[0] = 1;
    *observed = 0;
    for (uint32_t i = 0; i < n; i++) *observed += score_of(kind, (int)days[i], (int)days[i]);
    for (uint32_t b = 0; b < n_blocks; b++) {
        int64_t of_block[6];
        int size = 0;
        double f[most_sum + 1] = {0}, next[most_sum + 1] = {0}, n_orders = 0;
        for (uint32_t i = 0; i < n; i++)
            if (block_of[i] == b) of_block[size++] = days[i];
        enumerate(kind, of_block, size, 0, 0, 0, f);
        for (int s = 0; s <= most_sum; s++) n_orders += f[s];
        for (int s = 0; s <= most_sum; s++)
            for (int t = 0; s + t <= most_sum && t <= 18; t++) next[s + t] += p[s] * f[t] / n_orders;
        memcpy(p, next, sizeof next);
    }
}

static void draw(eh_rng *rng, int n_days)
{
    bool is_dense = eh_rng_below(rng, 2);
    n_deeds = 0;
    for (int day = 0; day < n_days; day++)
        for (int who = 0; who < 2; who++)
            for (int i = 0; i < (is_dense ? 5 : 2); i++)
                deeds[n_deeds++] = (deed){who, day * 1440 + 480 + (int)eh_rng_below(rng, 150),
                                          eh_rng_below(rng, 8) ? (int)eh_rng_below(rng, 60) : -1};
}

static double tail(const double *p, int from, int to)
{
    double sum = 0;
    for (int k = from; k <= to; k++) sum += p[k];
    return sum;
}

static void pairs_match_the_restatement(void)
{
    eh_rng rng = eh_rng_of(8, 0);
    int n_with = 0;
    for (int round = 0; round < 25; round++) {
        eh_error err = EH_ERROR_INIT;
        eh_context *ctx;
        eh_action_builder *builder;
        eh_action_table table;
        draw(&rng, 7 + (int)eh_rng_below(&rng, 22));
        CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
        CHECK_OK(eh_action_builder_new(ctx, ~0u, false, &builder, &err), err);
        for (int i = 0; i < n_deeds; i++) {
            char object[16];
            if (deeds[i].object < 0) snprintf(object, sizeof object, "%c", deeds[i].who ? 'a' : 'b');
            else snprintf(object, sizeof object, "o%d", deeds[i].object);
            eh_action action = {.behaviour = deeds[i].object < 0 ? EH_MENTION : EH_LINK, .account = eh_str_of(deeds[i].who ? "b" : "a"),
                                .object = eh_str_of(object), .post = eh_str_of(object),
                                .time_us = start_us + deeds[i].minute * EH_MINUTE_US, .birth_us = EH_NO_TIME};
            CHECK_OK(eh_action_builder_add(builder, &action, &err), err);
        }
        CHECK_OK(eh_action_builder_finish(builder, &table, &err), err);
        eh_rhythm_pair pair = {0, 1};
        eh_rhythm_pair_result r;
        CHECK_OK(eh_rhythm_pairs(ctx, &table, &pair, 1, &r, &err), err);
        int64_t days[most_days];
        uint32_t n = 0;
        int begin = begin_of_day(), observed[3];
        double p[3][most_sum + 1], mean[3] = {0};
        for (int who = 0; who < 2; who++) find_stays(who, begin);
        for (int day = -1; day < most_days - 1; day++) {
            bool has[2] = {false, false};
            for (int who = 0; who < 2; who++)
                for (int i = 0; i < n_stays[who]; i++) has[who] |= stays[who][i].day == day;
            if (has[0] && has[1]) days[n++] = day;
        }
        CHECK_EQ_INT(r.n_days, n);
        for (int kind = 0; kind < 3; kind++) {
            restate(kind, days, n, &observed[kind], p[kind]);
            for (int k = 0; k <= most_sum; k++) mean[kind] += k * p[kind][k];
        }
        CHECK_EQ_INT(r.n_handovers, observed[0]);
        CHECK_EQ_INT(r.n_handovers_any, observed[1]);
        CHECK_EQ_INT(r.n_at_once, observed[2]);
        CHECK_NEAR(r.n_handovers_expected, mean[0], 1e-9);
        CHECK_NEAR(r.n_handovers_any_expected, mean[1], 1e-9);
        CHECK_NEAR(r.n_at_once_expected, mean[2], 1e-9);
        CHECK_NEAR(r.p_handover, tail(p[0], observed[0], most_sum), 1e-9);
        CHECK_NEAR(r.p_handover_any, tail(p[1], observed[1], most_sum), 1e-9);
        CHECK_NEAR(r.p_never_at_once, tail(p[2], 0, observed[2]), 1e-9);
        n_with += r.n_handovers > 0 && r.n_handovers_any > r.n_handovers && r.n_at_once > 0;
        eh_action_table_release(&table);
        eh_action_builder_free(builder);
        eh_context_free(ctx);
    }
    CHECK(n_with > 5);
}

CHECK_MAIN(pairs_match_the_restatement)
