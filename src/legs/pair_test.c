/*
 * One row (account) at a time: chances of the row's cells are spread over objects once, every partner then costs the objects of
 * the sources that it likes, plus sums by day for what lies outside.
 *
 * What is counted are days: two accounts that share five posts on the day of an election share one occasion.
 *   p_t = 1 - prod over objects o born on day t of (1 - p_uo p_vo)
 *   days with a shared object ~ Poisson-binomial(p_t);   mid-p = (P(K >= k) + P(K >= k + 1)) / 2
 */
#include "legs/pair_test.h"

#include "base/threads.h"
#include "legs/leg.h"
#include "signif/tail.h"

#include <math.h>
#include <string.h>

enum { rows_per_chunk = 16 };

typedef struct row_scratch {
    double *chance;    /* p_uo of the row's cells, by object; 0 outside */
    double *cell_mass, *cell_y2; /* by day: sums of p y and y^2 over the row's cells */
    double *none, *outside, *left, *p; /* by day, of one pair; left: sum of y^2 where neither has a cell */
    uint32_t *by_day, *day_end; /* the row's objects in order of day */
    uint32_t *n_shared, *last_day, *touched;
    uint32_t *n_all, *last_of_all; /* the same, prompted objects included */
    double *tail;
    size_t by_day_capacity, tail_capacity;
} row_scratch;

typedef struct found {
    eh_leg_pair *pairs;
    size_t n, capacity;
} found;

typedef struct testing {
    const eh_margins *m;
    const eh_incidence *in;
    const eh_contacts *contacts;
    double *y2_by_day; /* sum of y^2, by day */
    row_scratch *of_thread;
    found *of_chunk;   /* every tested pair */
    uint64_t *n_tested_of_row;
    eh_pair_test *out;
} testing;

static void spread_row(const testing *t, row_scratch *s, uint32_t u, bool is_set)
{
    const eh_margins *m = t->m;
    for (uint32_t day = 0; is_set && day < m->n_days; day++) s->cell_mass[day] = s->cell_y2[day] = 0;
    for (uint64_t c = m->account_cell[u]; c < m->account_cell[u + 1]; c++)
        for (uint32_t o = m->source_first[m->cells[c].source]; o < m->source_first[m->cells[c].source + 1]; o++) {
            s->chance[o] = is_set ? eh_margins_chance(m, &m->cells[c], o) : 0;
            if (!is_set) continue;
            s->cell_mass[m->object_day[o]] += s->chance[o] * m->y[o];
            s->cell_y2[m->object_day[o]] += m->y[o] * m->y[o];
        }
}

/* Chance of sharing anything, by day: one by one where both have cells, as sums of tiny chances elsewhere. */
static void chances_of(const testing *t, row_scratch *s, uint32_t u, uint32_t v)
{
    const eh_margins *m = t->m;
    const double *d_u = m->d + (size_t)u * m->n_days, *d_v = m->d + (size_t)v * m->n_days;
    for (uint32_t day = 0; day < m->n_days; day++) {
        s->none[day] = 1;
        s->outside[day] = m->x[v] * d_v[day] * s->cell_mass[day]; /* cells of u, less those of v: below */
        s->left[day] = t->y2_by_day[day] - s->cell_y2[day];
    }
    for (uint64_t c = m->account_cell[v]; c < m->account_cell[v + 1]; c++)
        for (uint32_t o = m->source_first[m->cells[c].source]; o < m->source_first[m->cells[c].source + 1]; o++) {
            double p_v = eh_margins_chance(m, &m->cells[c], o);
            uint32_t day = m->object_day[o];
            if (s->chance[o] > 0) {
                s->none[day] *= 1 - s->chance[o] * p_v;
                s->outside[day] -= m->x[v] * d_v[day] * s->chance[o] * m->y[o];
            } else {
                s->outside[day] += p_v * m->x[u] * d_u[day] * m->y[o];
                s->left[day] -= m->y[o] * m->y[o];
            }
        }
    for (uint32_t day = 0; day < m->n_days; day++) {
        if (s->left[day] > 0) s->outside[day] += m->x[u] * m->x[v] * d_u[day] * d_v[day] * s->left[day];
        s->p[day] = 1 - s->none[day] * fmin(1, fmax(0, 1 - s->outside[day])); /* union bound where chances are tiny */
    }
}

static double poisson_mid_p(double mu, uint32_t k)
{
    return k < mu + 1 ? 1 : 0.5 * (eh_poisson_tail(mu, k) + eh_poisson_tail(mu, (size_t)k + 1));
}

static eh_status test_pair(const testing *t, row_scratch *s, uint32_t u, uint32_t v, uint32_t k, eh_leg_pair *pair, eh_error *err)
{
    double mu = 0;
    chances_of(t, s, u, v);
    for (uint32_t day = 0; day < t->m->n_days; day++) mu += s->p[day];
    *pair = (eh_leg_pair){u < v ? u : v, u < v ? v : u, k, mu, k <= mu ? 1 : poisson_mid_p(mu, k)};
    if (k <= mu) return EH_OK;
    EH_TRY(eh_reserve(t->m->ctx, (void **)&s->tail, &s->tail_capacity, (size_t)k + 2, sizeof *s->tail, err));
    pair->p_value = 0.5 * (eh_poisson_binomial_tail(s->p, t->m->n_days, k, s->tail) +
                           eh_poisson_binomial_tail(s->p, t->m->n_days, (size_t)k + 1, s->tail));
    return EH_OK;
}

/* The row's objects in order of the days of their birth: counting sort. */
static eh_status sort_by_day(const testing *t, row_scratch *s, uint32_t u, size_t *n, eh_error *err)
{
    const eh_incidence *in = t->in;
    const uint32_t *objects = in->account_object + in->account_first[u], *day_of = t->m->object_day;
    *n = (size_t)(in->account_first[u + 1] - in->account_first[u]);
    EH_TRY(eh_reserve(t->m->ctx, (void **)&s->by_day, &s->by_day_capacity, *n + 1, sizeof *s->by_day, err));
    memset(s->day_end, 0, (t->m->n_days + 1) * sizeof *s->day_end);
    for (size_t i = 0; i < *n; i++) s->day_end[day_of[objects[i]] + 1]++;
    for (uint32_t day = 0; day < t->m->n_days; day++) s->day_end[day + 1] += s->day_end[day];
    for (size_t i = 0; i < *n; i++) s->by_day[s->day_end[day_of[objects[i]]]++] = objects[i];
    return EH_OK;
}

/* Partners of u with a higher number, and on how many days they share an object. */
static eh_status count_row(const testing *t, row_scratch *s, uint32_t u, uint32_t *n_touched, eh_error *err)
{
    const eh_incidence *in = t->in;
    size_t n;
    *n_touched = 0;
    EH_TRY(sort_by_day(t, s, u, &n, err));
    for (size_t i = 0; i < n; i++) {
        uint32_t o = s->by_day[i], day = t->m->object_day[o] + 1;
        bool is_prompted = in->is_prompted && in->is_prompted[o];
        for (uint64_t j = in->object_first[o + 1]; j-- > in->object_first[o] && in->object_account[j] > u;) {
            uint32_t v = in->object_account[j];
            if (s->n_all[v] == 0) s->touched[(*n_touched)++] = v;
            s->n_all[v] += s->last_of_all[v] != day;
            s->last_of_all[v] = day;
            if (is_prompted || s->last_day[v] == day) continue;
            s->last_day[v] = day;
            s->n_shared[v]++;
        }
    }
    return EH_OK;
}

/* Of friends all counts: who is left out as of their circle must not depend on what was prompted. */
static uint32_t take_count(const testing *t, row_scratch *s, uint32_t u, uint32_t v)
{
    uint32_t k = s->n_shared[v], n_all = s->n_all[v];
    s->n_shared[v] = s->last_day[v] = s->n_all[v] = s->last_of_all[v] = 0;
    return n_all > k && t->contacts && eh_are_in_private_contact(t->contacts, u, v) ? n_all : k;
}

static eh_status test_row(testing *t, row_scratch *s, uint32_t u, found *list, eh_error *err)
{
    uint32_t n_touched;
    bool is_spread = false;
    eh_status status = count_row(t, s, u, &n_touched, err);
    for (uint32_t i = 0; i < n_touched; i++) {
        uint32_t v = s->touched[i], k = take_count(t, s, u, v);
        if (status != EH_OK || k < eh_fewest_shared) continue;
        eh_leg_pair pair;
        if (!is_spread) spread_row(t, s, u, true);
        is_spread = true;
        t->n_tested_of_row[u]++;
        status = test_pair(t, s, u, v, k, &pair, err);
        if (status != EH_OK) continue;
        status = eh_reserve(t->m->ctx, (void **)&list->pairs, &list->capacity, list->n + 1, sizeof *list->pairs, err);
        if (status == EH_OK) list->pairs[list->n++] = pair;
    }
    if (is_spread) spread_row(t, s, u, false);
    return status;
}

static eh_status test_rows(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    testing *t = data;
    for (size_t u = first; u < last; u++) {
        if (eh_context_is_cancelled(t->m->ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
        EH_TRY(test_row(t, &t->of_thread[i_thread], (uint32_t)u, &t->of_chunk[first / rows_per_chunk], err));
    }
    return EH_OK;
}

/* Ascending partners on both sides: pairs are sorted by a, then b. */
static bool have_common_friend(const eh_pair_graph *friends, uint32_t a, uint32_t b)
{
    uint64_t i = friends->first[a], j = friends->first[b];
    while (i < friends->first[a + 1] && j < friends->first[b + 1]) {
        if (friends->partner[i] == friends->partner[j]) return true;
        if (friends->partner[i] < friends->partner[j]) i++;
        else j++;
    }
    return false;
}

/* Friends pass on what friends pass on, and so do friends of one friend: that everybody can see. */
static eh_status drop_circles(testing *t, eh_error *err)
{
    eh_pair_test *out = t->out;
    size_t n_friends = 0, n_others = 0;
    eh_leg_pair *friends = eh_alloc(out->ctx, out->n_pairs, sizeof *friends, err);
    if (!friends) return err->status;
    for (size_t i = 0; i < out->n_pairs; i++) {
        const eh_leg_pair *pair = &out->pairs[i];
        bool is_friend = eh_are_in_private_contact(t->contacts, pair->account_a, pair->account_b);
        if (is_friend) friends[n_friends++] = *pair;
        else out->pairs[n_others++] = *pair;
    }
    eh_pair_graph graph;
    eh_status status = eh_pair_graph_init(out->ctx, t->m->n_accounts, friends, n_friends, EH_PAIR_BAR, &graph, err);
    size_t n_kept = 0;
    for (size_t i = 0; status == EH_OK && i < n_others; i++)
        if (!have_common_friend(&graph, out->pairs[i].account_a, out->pairs[i].account_b)) out->pairs[n_kept++] = out->pairs[i];
    out->n_in_circles = out->n_pairs - n_kept;
    out->n_pairs = n_kept;
    eh_pair_graph_release(&graph);
    eh_free(out->ctx, friends);
    return status;
}

static eh_status collect(testing *t, size_t n_chunks, eh_error *err)
{
    eh_pair_test *out = t->out;
    size_t capacity = 0;
    eh_status status = EH_OK;
    for (size_t c = 0; status == EH_OK && c < n_chunks; c++)
        for (size_t i = 0; status == EH_OK && i < t->of_chunk[c].n; i++) {
            const eh_leg_pair *pair = &t->of_chunk[c].pairs[i];
            out->n_tested[pair->account_a]++;
            out->n_tested[pair->account_b]++;
            out->n_tested_pairs++;
            if (pair->p_value > EH_PAIR_BAR) continue;
            status = eh_reserve(out->ctx, (void **)&out->pairs, &capacity, out->n_pairs + 1, sizeof *out->pairs, err);
            if (status == EH_OK) out->pairs[out->n_pairs++] = *pair;
        }
    if (status == EH_OK) status = eh_sort_pairs(out->ctx, out->pairs, out->n_pairs, err);
    if (status == EH_OK && t->contacts) status = drop_circles(t, err);
    return status;
}

static eh_status scratch_init(const testing *t, row_scratch *s, eh_error *err)
{
    eh_context *ctx = t->m->ctx;
    size_t n_days = t->m->n_days, n_accounts = t->m->n_accounts;
    s->chance = eh_alloc(ctx, t->m->n_objects, sizeof *s->chance, err);
    s->cell_mass = eh_alloc(ctx, n_days, sizeof *s->cell_mass, err);
    s->cell_y2 = eh_alloc(ctx, n_days, sizeof *s->cell_y2, err);
    s->left = eh_alloc(ctx, n_days, sizeof *s->left, err);
    s->none = eh_alloc(ctx, n_days, sizeof *s->none, err);
    s->outside = eh_alloc(ctx, n_days, sizeof *s->outside, err);
    s->p = eh_alloc(ctx, n_days, sizeof *s->p, err);
    s->day_end = eh_alloc(ctx, n_days + 1, sizeof *s->day_end, err);
    s->n_shared = eh_alloc(ctx, n_accounts, sizeof *s->n_shared, err);
    s->last_day = eh_alloc(ctx, n_accounts, sizeof *s->last_day, err);
    s->touched = eh_alloc(ctx, n_accounts, sizeof *s->touched, err);
    s->n_all = eh_alloc(ctx, n_accounts, sizeof *s->n_all, err);
    s->last_of_all = eh_alloc(ctx, n_accounts, sizeof *s->last_of_all, err);
    bool has_days = s->cell_mass && s->cell_y2 && s->left && s->none && s->outside && s->p && s->day_end;
    return s->chance && has_days && s->n_shared && s->last_day && s->touched && s->n_all && s->last_of_all
               ? EH_OK
               : err->status;
}

static void scratch_release(eh_context *ctx, row_scratch *s)
{
    void *blocks[] = {s->cell_y2, s->left,      s->chance,   s->cell_mass, s->none,     s->outside, s->p,   s->by_day,
                      s->day_end, s->n_shared,  s->last_day, s->touched, s->n_all,     s->last_of_all, s->tail};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) eh_free(ctx, blocks[i]);
}

void eh_pair_test_release(eh_pair_test *test)
{
    if (!test->ctx) return;
    eh_free(test->ctx, test->pairs);
    eh_free(test->ctx, test->n_tested);
    memset(test, 0, sizeof *test);
}

static eh_status run(testing *t, const char *stage, eh_error *err)
{
    const eh_margins *m = t->m;
    eh_context *ctx = m->ctx;
    size_t n_threads = (size_t)eh_context_n_threads(ctx), n_chunks = (m->n_accounts + rows_per_chunk - 1) / rows_per_chunk;
    t->y2_by_day = eh_alloc(ctx, m->n_days, sizeof *t->y2_by_day, err);
    t->of_thread = eh_alloc(ctx, n_threads, sizeof *t->of_thread, err);
    t->of_chunk = eh_alloc(ctx, n_chunks, sizeof *t->of_chunk, err);
    t->n_tested_of_row = eh_alloc(ctx, m->n_accounts, sizeof *t->n_tested_of_row, err);
    t->out->n_tested = eh_alloc(ctx, m->n_accounts, sizeof *t->out->n_tested, err);
    if (!t->y2_by_day || !t->of_thread || !t->of_chunk || !t->n_tested_of_row || !t->out->n_tested) return err->status;
    for (uint32_t o = 0; o < m->n_objects; o++) t->y2_by_day[m->object_day[o]] += m->y[o] * m->y[o];
    eh_status status = EH_OK;
    for (size_t i = 0; status == EH_OK && i < n_threads; i++) status = scratch_init(t, &t->of_thread[i], err);
    if (status == EH_OK) status = eh_parallel(ctx, stage, m->n_accounts, rows_per_chunk, test_rows, t, err);
    if (status == EH_OK) status = collect(t, n_chunks, err);
    for (size_t i = 0; i < n_threads; i++) scratch_release(ctx, &t->of_thread[i]);
    for (size_t i = 0; i < n_chunks; i++) eh_free(ctx, t->of_chunk[i].pairs);
    return status;
}

eh_status eh_pair_test_run(const eh_margins *m, const eh_contacts *contacts, const eh_incidence *incidence, const char *stage,
                           eh_pair_test *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_pair_test){.ctx = m->ctx};
    testing t = {.m = m, .in = incidence, .contacts = contacts, .out = out};
    eh_status status = run(&t, stage, err);
    eh_free(m->ctx, t.y2_by_day);
    eh_free(m->ctx, t.of_thread);
    eh_free(m->ctx, t.of_chunk);
    eh_free(m->ctx, t.n_tested_of_row);
    if (status != EH_OK) eh_pair_test_release(out);
    return status;
}
