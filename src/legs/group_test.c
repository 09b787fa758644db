/*
 * The test of one member u against the rest of its candidate group:
 *   D_d = sum over v, over meetings with v on day d, of cos(u, v)^2 * surplus,   t = sum D_d / its standard error over days
 * A day is the unit: what lies within it (one sitting, one event, shared partners) may depend in any way. D_d is skewed to the
 * right (rare successes), which makes the upper tail of t lighter than Student's, so p errs upwards.
 */
#include "legs/group.h"

#include "base/sort.h"
#include "base/threads.h"
#include "signif/decide.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

static const double fewest_days = 5;
enum { pair_window = 0 }; /* pairs and order are counted within an hour */

double eh_studentise(const double *surplus, const double *variance, uint32_t n_days, double *n_effective)
{
    double sum = 0, sum_v = 0, sum_vv = 0, residual = 0;
    for (uint32_t d = 0; d < n_days; d++) {
        sum += surplus[d];
        sum_v += variance[d];
        sum_vv += variance[d] * variance[d];
    }
    *n_effective = sum_vv > 0 ? sum_v * sum_v / sum_vv : 0;
    if (*n_effective <= 1) return 0;
    for (uint32_t d = 0; d < n_days; d++) {
        double rest = surplus[d] - sum * variance[d] / sum_v;
        residual += rest * rest;
    }
    residual *= *n_effective / (*n_effective - 1);
    return residual > 0 ? sum / sqrt(residual) : 0;
}

double eh_group_tail(double t, double n_days, bool *is_testable)
{
    *is_testable = n_days >= fewest_days;
    return *is_testable ? gsl_cdf_tdist_Q(t, n_days - 1) : 1;
}

typedef struct tester {
    const eh_group_data *data;
    const eh_candidates *candidates;
    eh_member_test *tests;
    const uint8_t *is_chosen;
    eh_leg_pair *pairs;       /* of members: place by first_pair */
    const uint64_t *first_pair;
    eh_group_walker *walkers;
    double **days;            /* per thread: surplus and variance per day, of each other where pairs are asked for */
    double (*likeness)[eh_group_most]; /* per thread: of the row and each other */
    size_t *capacities;
} tester;

/* One row's sums; each_other: days are kept apart by other. */
typedef struct row_of_days {
    const eh_group_data *data;
    bool each_other;
    const double *likeness;
    double *surplus, *variance;
    double x[eh_n_group_windows], expected[eh_n_group_windows];
    uint32_t n_first, n_second, n_tied;
    eh_leg_pair *pairs;
} row_of_days;

static void see_order(row_of_days *row, const eh_closest *closest)
{
    row->n_first += closest->time_a_us < closest->time_b_us;
    row->n_second += closest->time_a_us > closest->time_b_us;
    row->n_tied += closest->time_a_us == closest->time_b_us;
}

bool eh_group_may_be_copied(const eh_member_test *test)
{
    uint32_t n_ordered = test->n_first + test->n_second;
    return (test->n_tied > n_ordered && n_ordered < eh_fewest_ordered) || eh_is_seldom_second(test->n_first, test->n_second);
}

static void gather(void *data, const eh_meeting *meeting)
{
    row_of_days *row = data;
    const eh_field *field = &row->data->profiles.fields.of[meeting->behaviour];
    size_t at = meeting->day + (row->each_other ? (size_t)meeting->i_other * row->data->n_days : 0);
    double weight = row->likeness[meeting->i_other] * row->likeness[meeting->i_other];
    row->surplus[at] += weight * eh_group_surplus(row->data, meeting);
    for (int w = 0; w < eh_n_group_windows; w++) {
        double p = eh_group_chance(&row->data->chances, meeting->behaviour, w, meeting->p[w]);
        bool is_close = meeting->closest.distance_us <= field->windows_us[w];
        row->variance[at] += weight * weight * p * (1 - p);
        row->expected[w] += p;
        row->x[w] += is_close;
        if (w == pair_window && is_close) see_order(row, &meeting->closest);
        if (w != pair_window || !row->each_other) continue;
        row->pairs[meeting->i_other].n_observed += is_close;
        row->pairs[meeting->i_other].n_expected += p;
    }
}

/* Room for n_others rows of days, zeroed; the walker is held against the others given. */
static eh_status prepare(const tester *all, int i_thread, size_t n_rows, row_of_days *row, eh_error *err)
{
    size_t n = n_rows * all->data->n_days;
    EH_TRY(eh_reserve(all->data->ctx, (void **)&all->days[i_thread], &all->capacities[i_thread], 2 * n, sizeof **all->days, err));
    if (n) memset(all->days[i_thread], 0, 2 * n * sizeof **all->days);
    *row = (row_of_days){.data = all->data, .likeness = all->likeness[i_thread], .surplus = all->days[i_thread], .variance = all->days[i_thread] + n};
    return EH_OK;
}

/* The member may not stand on whom it openly deals with. */
static bool counts(const tester *all, uint32_t u, uint32_t v)
{
    const eh_candidates *c = all->candidates;
    uint32_t g = c->label[u];
    return v != u && !eh_are_of_one_circle(&all->data->profiles.contacts, u, v, c->members + c->first[g], c->first[g + 1] - c->first[g]);
}

static eh_status test_member(const tester *all, int i_thread, size_t i, eh_error *err)
{
    const eh_candidates *c = all->candidates;
    eh_group_walker *walker = &all->walkers[i_thread];
    uint32_t u = c->members[i], g = c->label[u];
    row_of_days row;
    EH_TRY(prepare(all, i_thread, 1, &row, err));
    walker->n_others = 0;
    for (uint32_t k = c->first[g]; k < c->first[g + 1]; k++)
        if (counts(all, u, c->members[k])) walker->others[walker->n_others++] = c->members[k];
    eh_group_likeness(all->data, walker, u, all->likeness[i_thread]);
    EH_TRY(eh_group_walk(all->data, walker, u, eh_largest_episode, gather, &row, err));
    eh_member_test *test = &all->tests[i];
    *test = (eh_member_test){.account = u, .group = g, .n_others = (uint32_t)walker->n_others,
                              .n_first = row.n_first, .n_second = row.n_second, .n_tied = row.n_tied};
    memcpy(test->x, row.x, sizeof row.x);
    memcpy(test->expected, row.expected, sizeof row.expected);
    test->t = eh_studentise(row.surplus, row.variance, all->data->n_days, &test->n_days);
    test->p_value = eh_group_tail(test->t, test->n_days, &test->is_testable);
    return EH_OK;
}

/* The pairs of one chosen member with later ones; n_observed stays 0 and p 1 where they were not closer than expected. */
static eh_status test_pairs(const tester *all, int i_thread, size_t i, eh_error *err)
{
    const eh_candidates *c = all->candidates;
    eh_group_walker *walker = &all->walkers[i_thread];
    uint32_t u = c->members[i], g = c->label[u];
    if (!all->is_chosen[u]) return EH_OK;
    walker->n_others = 0;
    eh_leg_pair *pairs = all->pairs + all->first_pair[i];
    for (size_t k = i + 1; k < c->first[g + 1]; k++) {
        if (!all->is_chosen[c->members[k]] || !counts(all, u, c->members[k])) continue;
        pairs[walker->n_others] = (eh_leg_pair){.account_a = u, .account_b = c->members[k], .p_value = 1};
        walker->others[walker->n_others++] = c->members[k];
    }
    row_of_days row;
    EH_TRY(prepare(all, i_thread, walker->n_others, &row, err));
    row.each_other = true;
    row.pairs = pairs;
    eh_group_likeness(all->data, walker, u, all->likeness[i_thread]);
    EH_TRY(eh_group_walk(all->data, walker, u, eh_largest_episode, gather, &row, err));
    for (size_t k = 0; k < walker->n_others; k++) {
        double n_days;
        bool is_testable;
        size_t at = k * all->data->n_days;
        double t = eh_studentise(row.surplus + at, row.variance + at, all->data->n_days, &n_days);
        pairs[k].p_value = t > 0 ? eh_group_tail(t, n_days, &is_testable) : 1;
        if (t <= 0) pairs[k].account_b = UINT32_MAX; /* no tie */
    }
    return EH_OK;
}

static eh_status test_range(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    const tester *all = data;
    for (size_t i = first; i < last; i++) {
        if (eh_context_is_cancelled(all->data->ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
        EH_TRY(all->pairs ? test_pairs(all, i_thread, i, err) : test_member(all, i_thread, i, err));
    }
    return EH_OK;
}

static eh_status run(tester *all, eh_error *err)
{
    eh_context *ctx = all->data->ctx;
    size_t n_threads = (size_t)eh_context_n_threads(ctx), n = all->candidates->first[all->candidates->n_groups];
    all->walkers = eh_alloc(ctx, n_threads, sizeof *all->walkers, err);
    all->days = eh_alloc(ctx, n_threads, sizeof *all->days, err);
    all->likeness = eh_alloc(ctx, n_threads, sizeof *all->likeness, err);
    all->capacities = eh_alloc(ctx, n_threads, sizeof *all->capacities, err);
    eh_status status = all->walkers && all->days && all->likeness && all->capacities ? EH_OK : err->status;
    for (size_t i = 0; status == EH_OK && i < n_threads; i++) {
        eh_group_walker *walker = &all->walkers[i];
        status = eh_group_walker_init(all->data, walker, err);
        if (status == EH_OK)
            status = eh_reserve(ctx, (void **)&walker->others, &walker->other_capacity, eh_group_most, sizeof *walker->others, err);
    }
    if (status == EH_OK) status = eh_parallel(ctx, "testing groups", n, 4, test_range, all, err);
    for (size_t i = 0; i < n_threads; i++) {
        if (all->walkers) eh_group_walker_release(&all->walkers[i]);
        if (all->days) eh_free(ctx, all->days[i]);
    }
    eh_free(ctx, all->walkers);
    eh_free(ctx, all->days);
    eh_free(ctx, all->likeness);
    eh_free(ctx, all->capacities);
    return status;
}

eh_status eh_group_test(const eh_group_data *data, const eh_candidates *candidates, eh_member_test *tests, eh_error *err)
{
    tester all = {.data = data, .candidates = candidates, .tests = tests};
    return run(&all, err);
}

/* Where each member's pairs go: room for chosen members of its group that come after it; circles leave some of it unused. */
static uint64_t place_pairs(const eh_candidates *c, const uint8_t *is_chosen, uint64_t *first_pair)
{
    uint64_t n = 0;
    for (uint32_t g = 0; g < c->n_groups; g++) {
        uint64_t n_left = 0;
        for (uint32_t i = c->first[g]; i < c->first[g + 1]; i++) n_left += is_chosen[c->members[i]];
        for (uint32_t i = c->first[g]; i < c->first[g + 1]; i++) {
            first_pair[i] = n;
            if (is_chosen[c->members[i]]) n += --n_left;
        }
    }
    return n;
}

static int by_pair(const void *a, const void *b, void *data)
{
    (void)data;
    const eh_leg_pair *x = a, *y = b;
    if (x->account_a != y->account_a) return x->account_a < y->account_a ? -1 : 1;
    return (x->account_b > y->account_b) - (x->account_b < y->account_b);
}

eh_status eh_group_pairs(const eh_group_data *data, const eh_candidates *candidates, const uint8_t *is_chosen, eh_leg_pair **pairs,
                         uint64_t *n_pairs, eh_error *err)
{
    *pairs = NULL;
    *n_pairs = 0;
    uint64_t *first_pair = eh_alloc(data->ctx, candidates->first[candidates->n_groups], sizeof *first_pair, err);
    if (!first_pair) return err->status;
    uint64_t n = place_pairs(candidates, is_chosen, first_pair);
    *pairs = eh_alloc(data->ctx, n, sizeof **pairs, err);
    tester all = {.data = data, .candidates = candidates, .is_chosen = is_chosen, .pairs = *pairs, .first_pair = first_pair};
    eh_status status = *pairs ? run(&all, err) : err->status;
    for (uint64_t i = 0; status == EH_OK && i < n; i++)
        if ((*pairs)[i].account_a < (*pairs)[i].account_b && (*pairs)[i].account_b != UINT32_MAX) (*pairs)[(*n_pairs)++] = (*pairs)[i];
    if (status == EH_OK) status = eh_sort(data->ctx, *pairs, *n_pairs, sizeof **pairs, by_pair, NULL, err);
    eh_free(data->ctx, first_pair);
    if (status == EH_OK) return EH_OK;
    eh_free(data->ctx, *pairs);
    *pairs = NULL;
    *n_pairs = 0;
    return status;
}
