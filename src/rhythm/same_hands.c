/*
 * One pair of hands? Sessions of a and b, day by day; score(i, j) of day i of a beside day j of b is the number of hand-overs, at
 * most three, or of times at once. Observed: sum score(i, i). Null: every order of b's days within blocks (orders.h).
 *
 * A day begins in the middle of the six hours in which the two do least, so that few sessions and hand-overs are cut; which hours
 * these are does not depend on the order of days.
 */
#include "evenhand/rhythm.h"

#include "base/threads.h"
#include "base/time.h"
#include "rhythm/orders.h"
#include "rhythm/timelines.h"

#include <string.h>

enum { pairs_per_chunk = 16, fewest_days = 7, handover_min = 10, at_once_min = 2, quiet_hours = 6 };

typedef struct day_session {
    int64_t day, start_us, end_us;       /* times since the beginning of the day */
    bool is_first_own, is_last_own;      /* its first, its last action is on no object of both */
    bool is_answer;                      /* its first action answers the other account */
    uint32_t first, last;                /* its own moments: [first, last) of member_days.own_us */
} day_session;

typedef struct member_days {
    day_session *sessions;
    int64_t *own_us;                     /* actions on no object of both, since the beginning of the day */
    uint32_t n, *first;                  /* of a common day: sessions [first[d], last[d]) */
    uint32_t *last;
    size_t capacity, own_capacity, first_capacity, last_capacity;
} member_days;

typedef struct block_days {
    uint32_t n, day[eh_most_block_days];
} block_days;

typedef struct pair_scratch {
    member_days side[2];
    int64_t *days;
    uint32_t n_days, *block_of, n_blocks;
    block_days *blocks;
    double *p[3]; /* distribution of each count */
    size_t days_capacity, block_of_capacity, blocks_capacity, p_capacity[3];
} pair_scratch;

typedef struct pair_job {
    eh_context *ctx;
    eh_timelines lines;
    const eh_rhythm_pair *pairs;
    eh_rhythm_pair_result *results;
    pair_scratch *of_thread;
} pair_job;

static void scratch_release(eh_context *ctx, pair_scratch *s)
{
    for (int k = 0; k < 2; k++) {
        eh_free(ctx, s->side[k].sessions);
        eh_free(ctx, s->side[k].own_us);
        eh_free(ctx, s->side[k].first);
        eh_free(ctx, s->side[k].last);
    }
    eh_free(ctx, s->days);
    eh_free(ctx, s->block_of);
    eh_free(ctx, s->blocks);
    for (int c = 0; c < 3; c++) eh_free(ctx, s->p[c]);
}

/* When a day begins, as microseconds after midnight UTC. */
static int64_t day_begin_of(const eh_timelines *l, const uint32_t account[2])
{
    uint64_t n_by_hour[24] = {0}, least = UINT64_MAX;
    int quietest = 0;
    for (int k = 0; k < 2; k++)
        for (uint64_t i = l->first[account[k]]; i < l->first[account[k] + 1]; i++)
            n_by_hour[eh_time_of_day_us(l->moments[i].time_us) / EH_HOUR_US]++;
    for (int h = 0; h < 24; h++) {
        uint64_t n = 0;
        for (int i = 0; i < quiet_hours; i++) n += n_by_hour[(h + i) % 24];
        if (n < least) {
            least = n;
            quietest = h;
        }
    }
    return (quietest + quiet_hours / 2) % 24 * EH_HOUR_US;
}

/* Of the account's actions at that moment: none is on an object on which the other acted within an hour; one answers the other. */
static void look_at(const eh_timelines *l, uint32_t account, uint64_t moment, uint32_t other, bool *is_own, bool *is_answer)
{
    int64_t time_us = l->moments[moment].time_us;
    *is_own = true;
    *is_answer = false;
    while (moment > l->first[account] && l->moments[moment - 1].time_us == time_us) moment--;
    for (; moment < l->first[account + 1] && l->moments[moment].time_us == time_us; moment++) {
        uint64_t object = l->moments[moment].object;
        if (eh_timelines_acted(l, other, object, time_us, EH_HOUR_US)) *is_own = false;
        if (eh_timelines_answers(l, object, other)) *is_answer = true;
    }
}

/* The last of the moments at the same time as this one. */
static uint64_t end_of_moment(const eh_timelines *l, uint64_t moment, uint64_t last)
{
    while (moment < last && l->moments[moment + 1].time_us == l->moments[moment].time_us) moment++;
    return moment;
}

static uint32_t read_session(const eh_timelines *l, uint32_t u, uint32_t other, const eh_session *session, int64_t begin_us,
                             day_session *s, int64_t *own_us, uint32_t n_own)
{
    int64_t zero_us = eh_day_of(session->start_us - begin_us) * EH_DAY_US + begin_us;
    bool is_own, is_answer;
    *s = (day_session){.day = eh_day_of(session->start_us - begin_us), .start_us = session->start_us - zero_us,
                       .end_us = session->end_us - zero_us, .first = n_own};
    for (uint64_t m = session->first; m <= session->last; m = end_of_moment(l, m, session->last) + 1) {
        int64_t time_us = l->moments[m].time_us;
        look_at(l, u, m, other, &is_own, &is_answer);
        if (time_us == session->start_us) {
            s->is_first_own = is_own;
            s->is_answer = is_answer;
        }
        s->is_last_own = is_own;
        if (is_own) own_us[n_own++] = time_us - zero_us;
    }
    s->last = n_own;
    return n_own;
}

static eh_status read_sessions(eh_context *ctx, const eh_timelines *l, const uint32_t account[2], int k, int64_t begin_us,
                               member_days *side, eh_error *err)
{
    uint32_t u = account[k], n_own = 0;
    uint64_t first = l->first_session[u], n = l->first_session[u + 1] - first, n_moments = l->first[u + 1] - l->first[u];
    if (n_moments >= UINT32_MAX) return eh_fail(err, EH_E_LIMIT, "an account has more than 4 billion actions");
    EH_TRY(eh_reserve(ctx, (void **)&side->sessions, &side->capacity, n + 1, sizeof *side->sessions, err));
    EH_TRY(eh_reserve(ctx, (void **)&side->own_us, &side->own_capacity, n_moments + 1, sizeof *side->own_us, err));
    side->n = (uint32_t)n;
    for (uint64_t i = 0; i < n; i++)
        n_own = read_session(l, u, account[!k], &l->sessions[first + i], begin_us, &side->sessions[i], side->own_us, n_own);
    return EH_OK;
}

static uint32_t end_of_day(const member_days *side, uint32_t i)
{
    int64_t day = side->sessions[i].day;
    while (i < side->n && side->sessions[i].day == day) i++;
    return i;
}

/* The days on which both opened a session. */
static eh_status find_days(eh_context *ctx, pair_scratch *s, eh_error *err)
{
    member_days *a = &s->side[0], *b = &s->side[1];
    uint32_t i = 0, j = 0;
    s->n_days = 0;
    while (i < a->n && j < b->n) {
        int64_t day_a = a->sessions[i].day, day_b = b->sessions[j].day;
        uint32_t end_a = end_of_day(a, i), end_b = end_of_day(b, j);
        if (day_a == day_b) {
            uint32_t d = s->n_days++;
            EH_TRY(eh_reserve(ctx, (void **)&s->days, &s->days_capacity, s->n_days, sizeof *s->days, err));
            for (int k = 0; k < 2; k++) {
                member_days *side = &s->side[k];
                EH_TRY(eh_reserve(ctx, (void **)&side->first, &side->first_capacity, s->n_days, sizeof *side->first, err));
                EH_TRY(eh_reserve(ctx, (void **)&side->last, &side->last_capacity, s->n_days, sizeof *side->last, err));
                side->first[d] = k ? j : i;
                side->last[d] = k ? end_b : end_a;
            }
            s->days[d] = day_a;
        }
        if (day_a <= day_b) i = end_a;
        if (day_b <= day_a) j = end_b;
    }
    return EH_OK;
}

static eh_status make_blocks(eh_context *ctx, pair_scratch *s, eh_error *err)
{
    size_t n_p = (size_t)s->n_days * eh_most_a_day + 1;
    EH_TRY(eh_reserve(ctx, (void **)&s->block_of, &s->block_of_capacity, s->n_days, sizeof *s->block_of, err));
    EH_TRY(eh_reserve(ctx, (void **)&s->blocks, &s->blocks_capacity, s->n_days, sizeof *s->blocks, err));
    for (int c = 0; c < 3; c++)
        EH_TRY(eh_reserve(ctx, (void **)&s->p[c], &s->p_capacity[c], n_p, sizeof **s->p, err));
    s->n_blocks = eh_orders_blocks(s->days, s->n_days, s->block_of);
    for (uint32_t i = 0; i < s->n_blocks; i++) s->blocks[i].n = 0;
    for (uint32_t d = 0; d < s->n_days; d++) {
        block_days *block = &s->blocks[s->block_of[d]];
        block->day[block->n++] = d;
    }
    return EH_OK;
}

typedef struct take_over {
    uint32_t n, n_own; /* all, and those in which neither action is on an object of both */
} take_over;

/* How often `to` takes over from `from`, day i of the one beside day j of the other. */
static take_over take_overs(const member_days *from, uint32_t i, const member_days *to, uint32_t j)
{
    take_over n = {0, 0};
    for (uint32_t y = to->first[j]; y < to->last[j]; y++) {
        const day_session *next = &to->sessions[y];
        bool is_taken = false, is_taken_own = false, is_at_once = false;
        for (uint32_t x = from->first[i]; x < from->last[i]; x++) {
            const day_session *before = &from->sessions[x];
            int64_t wait_us = next->start_us - before->end_us;
            is_at_once |= before->start_us <= next->end_us && next->start_us <= before->end_us;
            bool is_soon = wait_us > 0 && wait_us <= handover_min * EH_MINUTE_US;
            is_taken |= is_soon;
            is_taken_own |= is_soon && before->is_last_own;
        }
        if (next->is_answer || is_at_once) continue;
        n.n += is_taken;
        n.n_own += is_taken_own && next->is_first_own;
    }
    return n;
}

/* Pairs of own actions within two minutes of each other, each action in one pair at most. */
static uint32_t times_at_once(const member_days *a, uint32_t i, const member_days *b, uint32_t j)
{
    uint32_t x = a->sessions[a->first[i]].first, last_x = a->sessions[a->last[i] - 1].last, n = 0;
    uint32_t y = b->sessions[b->first[j]].first, last_y = b->sessions[b->last[j] - 1].last;
    while (x < last_x && y < last_y) {
        int64_t apart_us = a->own_us[x] - b->own_us[y];
        bool is_close = apart_us <= at_once_min * EH_MINUTE_US && -apart_us <= at_once_min * EH_MINUTE_US;
        n += is_close;
        if (is_close || apart_us < 0) x++;
        if (is_close || apart_us > 0) y++;
    }
    return n;
}

static uint8_t at_most_three(uint32_t n) { return (uint8_t)(n < eh_most_a_day ? n : eh_most_a_day); }

/* What is counted: hand-overs, those on objects of both with them, times at once. */
enum { OWN, ANY, AT_ONCE, N_COUNTS };

static void score_block(const pair_scratch *s, const block_days *days, eh_day_block score[N_COUNTS], uint32_t observed[N_COUNTS],
                        eh_rhythm_pair_result *r)
{
    const member_days *a = &s->side[0], *b = &s->side[1];
    for (int c = 0; c < N_COUNTS; c++) score[c].n = days->n;
    for (uint32_t i = 0; i < days->n; i++)
        for (uint32_t j = 0; j < days->n; j++) {
            take_over ab = take_overs(a, days->day[i], b, days->day[j]), ba = take_overs(b, days->day[j], a, days->day[i]);
            score[OWN].score[i][j] = at_most_three(ab.n_own + ba.n_own);
            score[ANY].score[i][j] = at_most_three(ab.n + ba.n);
            score[AT_ONCE].score[i][j] = at_most_three(times_at_once(a, days->day[i], b, days->day[j]));
            if (i != j) continue;
            r->n_days_ab += ab.n_own > 0;
            r->n_days_ba += ba.n_own > 0;
            for (int c = 0; c < N_COUNTS; c++) observed[c] += score[c].score[i][i];
        }
}

static double at_most_one(double x) { return x < 1 ? x : 1; }

static void judge_pair(pair_scratch *s, eh_rhythm_pair_result *r)
{
    size_t n[N_COUNTS];
    uint32_t observed[N_COUNTS] = {0};
    double expected[N_COUNTS] = {0}, tail[N_COUNTS] = {0};
    for (int c = 0; c < N_COUNTS; c++) {
        s->p[c][0] = 1;
        n[c] = 1;
    }
    for (uint32_t i = 0; i < s->n_blocks; i++) {
        eh_day_block score[N_COUNTS];
        score_block(s, &s->blocks[i], score, observed, r);
        for (int c = 0; c < N_COUNTS; c++) {
            expected[c] += eh_orders_mean(&score[c]);
            n[c] = eh_orders_add(&score[c], s->p[c], n[c]);
        }
    }
    for (int c = OWN; c <= ANY; c++)
        for (size_t k = n[c]; k-- > observed[c];) tail[c] += s->p[c][k];
    for (size_t k = 0; k <= observed[AT_ONCE]; k++) tail[AT_ONCE] += s->p[AT_ONCE][k];
    r->n_handovers = observed[OWN];
    r->n_handovers_expected = expected[OWN];
    r->n_handovers_any = observed[ANY];
    r->n_handovers_any_expected = expected[ANY];
    r->n_at_once = observed[AT_ONCE];
    r->n_at_once_expected = expected[AT_ONCE];
    r->p_handover = at_most_one(tail[OWN]);
    r->p_handover_any = at_most_one(tail[ANY]);
    r->p_never_at_once = at_most_one(tail[AT_ONCE]);
    r->is_in_step = observed[AT_ONCE] > expected[AT_ONCE] || observed[ANY] - expected[ANY] > observed[OWN] - expected[OWN];
    double p_handover = r->is_in_step ? 1 : r->p_handover; /* raised only, so no level is exceeded */
    r->p_value = at_most_one(2 * (p_handover < r->p_never_at_once ? p_handover : r->p_never_at_once));
}

static eh_status test_pair(const pair_job *job, pair_scratch *s, uint64_t i, eh_error *err)
{
    eh_rhythm_pair_result *r = &job->results[i];
    uint32_t account[2] = {job->pairs[i].account_a, job->pairs[i].account_b};
    *r = (eh_rhythm_pair_result){.p_handover = 1, .p_handover_any = 1, .p_never_at_once = 1, .p_value = 1};
    int64_t begin_us = day_begin_of(&job->lines, account);
    for (int k = 0; k < 2; k++) EH_TRY(read_sessions(job->ctx, &job->lines, account, k, begin_us, &s->side[k], err));
    EH_TRY(find_days(job->ctx, s, err));
    r->n_days = s->n_days;
    r->is_testable = s->n_days >= fewest_days;
    if (!r->is_testable) return EH_OK;
    EH_TRY(make_blocks(job->ctx, s, err));
    judge_pair(s, r);
    return EH_OK;
}

static eh_status test_chunk(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    pair_job *job = data;
    for (size_t i = first; i < last; i++) EH_TRY(test_pair(job, &job->of_thread[i_thread], i, err));
    return EH_OK;
}

static eh_status check_pairs(const eh_action_table *table, const eh_rhythm_pair *pairs, uint64_t n, eh_error *err)
{
    for (uint64_t i = 0; i < n; i++)
        if (pairs[i].account_a == pairs[i].account_b || pairs[i].account_a >= table->accounts.n ||
            pairs[i].account_b >= table->accounts.n)
            return eh_fail(err, EH_E_INVALID, "pair %llu is of accounts %u and %u; give two different ones below %u",
                           (unsigned long long)i, pairs[i].account_a, pairs[i].account_b, table->accounts.n);
    return EH_OK;
}

eh_status eh_rhythm_pairs(eh_context *ctx, const eh_action_table *table, const eh_rhythm_pair *pairs, uint64_t n,
                          eh_rhythm_pair_result *results, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    EH_TRY(check_pairs(table, pairs, n, err));
    int n_threads = eh_context_n_threads(ctx);
    pair_job job = {.ctx = ctx, .pairs = pairs, .results = results};
    EH_TRY(eh_timelines_make(ctx, table, &job.lines, err));
    job.of_thread = eh_alloc(ctx, (size_t)n_threads, sizeof *job.of_thread, err);
    eh_status status = job.of_thread ? eh_parallel(ctx, "hand-overs", n, pairs_per_chunk, test_chunk, &job, err) : err->status;
    for (int i = 0; job.of_thread && i < n_threads; i++) scratch_release(ctx, &job.of_thread[i]);
    eh_free(ctx, job.of_thread);
    eh_timelines_release(&job.lines);
    return status;
}
