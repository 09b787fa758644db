/*
 * One row (account) at a time: chances of the row's cells are spread over objects once, every partner then costs the objects of
 * the sources that both like, plus sums by day for what lies outside.
 *
 *   shared ~ Poisson-binomial(p_uo p_vo);   mid-p = (P(K >= k) + P(K >= k + 1)) / 2
 */
#include "legs/pair_test.h"

#include "base/sort.h"
#include "base/threads.h"
#include "signif/tail.h"

#include <math.h>
#include <string.h>

enum { rows_per_chunk = 16 };
static const double worth_exact = 0.05; /* Poisson mid-p above which the exact tail is not computed: it is no smaller a bar than that */

typedef struct row_scratch {
    double *chance;             /* p_uo of the row's cells, by object; 0 outside */
    double *by_day, *of_partner;/* sum of p y over cells, by day */
    uint32_t *n_shared, *touched;
    double *p, *tail;
    size_t p_capacity, tail_capacity;
} row_scratch;

typedef struct found {
    eh_leg_pair *pairs;
    size_t n, capacity;
} found;

typedef struct testing {
    const eh_margins *m;
    const eh_incidence *in;
    double *y2_by_day; /* sum of y^2, by day */
    row_scratch *of_thread;
    found *of_chunk;   /* every tested pair */
    uint64_t *n_tested_of_row;
    eh_pair_test *out;
} testing;

static void spread_row(const testing *t, row_scratch *s, uint32_t u, bool is_set)
{
    const eh_margins *m = t->m;
    if (is_set) memset(s->by_day, 0, m->n_days * sizeof *s->by_day);
    for (uint64_t c = m->account_cell[u]; c < m->account_cell[u + 1]; c++)
        for (uint32_t o = m->source_first[m->cells[c].source]; o < m->source_first[m->cells[c].source + 1]; o++) {
            s->chance[o] = is_set ? eh_margins_chance(m, &m->cells[c], o) : 0;
            if (is_set) s->by_day[m->object_day[o]] += s->chance[o] * m->y[o];
        }
}

/* Chances of sharing, one by one where both have cells; returns what lies outside, as one sum. */
static eh_status chances_of(const testing *t, row_scratch *s, uint32_t u, uint32_t v, size_t *n, double *outside, eh_error *err)
{
    const eh_margins *m = t->m;
    const double *d_u = m->d + (size_t)u * m->n_days, *d_v = m->d + (size_t)v * m->n_days;
    memcpy(s->of_partner, s->by_day, m->n_days * sizeof *s->by_day);
    double only_v = 0;
    *n = 0;
    for (uint64_t c = m->account_cell[v]; c < m->account_cell[v + 1]; c++) {
        uint32_t first = m->source_first[m->cells[c].source], last = m->source_first[m->cells[c].source + 1];
        EH_TRY(eh_reserve(m->ctx, (void **)&s->p, &s->p_capacity, *n + (last - first) + 1, sizeof *s->p, err));
        for (uint32_t o = first; o < last; o++) {
            double p_v = eh_margins_chance(m, &m->cells[c], o);
            if (s->chance[o] > 0) {
                s->p[(*n)++] = s->chance[o] * p_v;
                s->of_partner[m->object_day[o]] -= s->chance[o] * m->y[o];
            } else {
                only_v += p_v * m->x[u] * m->y[o] * d_u[m->object_day[o]];
            }
        }
    }
    double only_u = 0, neither = 0;
    for (uint32_t day = 0; day < m->n_days; day++) {
        if (s->of_partner[day] > 0) only_u += s->of_partner[day] * d_v[day];
        neither += d_u[day] * d_v[day] * t->y2_by_day[day];
    }
    *outside = only_v + m->x[v] * only_u + m->x[u] * m->x[v] * neither; /* the last one counts cells again: an upper bound */
    return EH_OK;
}

static double poisson_mid_p(double mu, uint32_t k)
{
    return k < mu + 1 ? 1 : 0.5 * (eh_poisson_tail(mu, k) + eh_poisson_tail(mu, (size_t)k + 1));
}

static eh_status test_pair(const testing *t, row_scratch *s, uint32_t u, uint32_t v, uint32_t k, eh_leg_pair *pair, eh_error *err)
{
    size_t n;
    double outside, mu = 0;
    EH_TRY(chances_of(t, s, u, v, &n, &outside, err));
    for (size_t i = 0; i < n; i++) mu += s->p[i];
    *pair = (eh_leg_pair){u < v ? u : v, u < v ? v : u, k, mu + outside, poisson_mid_p(mu + outside, k)};
    if (pair->p_value > worth_exact || n == 0) return EH_OK;
    /* What lies outside is a sum of many tiny chances; a few equal ones with the same sum have as heavy a tail or a heavier one
     * than none of them being exact would need: they are cut into chances of at most 1/1000. */
    size_t n_outside = (size_t)ceil(outside * 1000);
    EH_TRY(eh_reserve(t->m->ctx, (void **)&s->p, &s->p_capacity, n + n_outside + 1, sizeof *s->p, err));
    EH_TRY(eh_reserve(t->m->ctx, (void **)&s->tail, &s->tail_capacity, (size_t)k + 2, sizeof *s->tail, err));
    for (size_t i = 0; i < n_outside; i++) s->p[n + i] = outside / (double)n_outside;
    pair->p_value = 0.5 * (eh_poisson_binomial_tail(s->p, n + n_outside, k, s->tail) +
                           eh_poisson_binomial_tail(s->p, n + n_outside, (size_t)k + 1, s->tail));
    return EH_OK;
}

/* Partners of u with a higher number, and how many objects they share. */
static uint32_t count_row(const testing *t, row_scratch *s, uint32_t u)
{
    const eh_incidence *in = t->in;
    uint32_t n_touched = 0;
    for (uint64_t i = in->account_first[u]; i < in->account_first[u + 1]; i++) {
        uint32_t o = in->account_object[i];
        for (uint64_t j = in->object_first[o + 1]; j-- > in->object_first[o] && in->object_account[j] > u;) {
            uint32_t v = in->object_account[j];
            if (s->n_shared[v]++ == 0) s->touched[n_touched++] = v;
        }
    }
    return n_touched;
}

static eh_status test_row(testing *t, row_scratch *s, uint32_t u, found *list, eh_error *err)
{
    uint32_t n_touched = count_row(t, s, u);
    bool is_spread = false;
    eh_status status = EH_OK;
    for (uint32_t i = 0; i < n_touched; i++) {
        uint32_t v = s->touched[i], k = s->n_shared[v];
        s->n_shared[v] = 0;
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

static int by_pair(const void *a, const void *b, void *data)
{
    const eh_leg_pair *x = a, *y = b;
    (void)data;
    if (x->account_a != y->account_a) return x->account_a < y->account_a ? -1 : 1;
    return (x->account_b > y->account_b) - (x->account_b < y->account_b);
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
    if (status == EH_OK && out->n_pairs) status = eh_sort(out->ctx, out->pairs, out->n_pairs, sizeof *out->pairs, by_pair, NULL, err);
    return status;
}

static eh_status scratch_init(const testing *t, row_scratch *s, eh_error *err)
{
    eh_context *ctx = t->m->ctx;
    s->chance = eh_alloc(ctx, t->m->n_objects, sizeof *s->chance, err);
    s->by_day = eh_alloc(ctx, t->m->n_days, sizeof *s->by_day, err);
    s->of_partner = eh_alloc(ctx, t->m->n_days, sizeof *s->of_partner, err);
    s->n_shared = eh_alloc(ctx, t->m->n_accounts, sizeof *s->n_shared, err);
    s->touched = eh_alloc(ctx, t->m->n_accounts, sizeof *s->touched, err);
    return s->chance && s->by_day && s->of_partner && s->n_shared && s->touched ? EH_OK : err->status;
}

static void scratch_release(eh_context *ctx, row_scratch *s)
{
    void *blocks[] = {s->chance, s->by_day, s->of_partner, s->n_shared, s->touched, s->p, s->tail};
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

/* Partners of every account among the pairs kept. */
static eh_status list_partners(const eh_pair_test *test, uint32_t n, uint64_t **first, uint32_t **partner, eh_error *err)
{
    *first = eh_alloc(test->ctx, (size_t)n + 2, sizeof **first, err);
    *partner = *first ? eh_alloc(test->ctx, 2 * test->n_pairs, sizeof **partner, err) : NULL;
    if (!*partner) return err->status;
    uint64_t *at = *first + 1; /* shifted while filling */
    for (size_t i = 0; i < test->n_pairs; i++) {
        at[test->pairs[i].account_a + 1]++;
        at[test->pairs[i].account_b + 1]++;
    }
    for (uint32_t u = 0; u < n; u++) at[u + 1] += at[u];
    for (size_t i = 0; i < test->n_pairs; i++) {
        (*partner)[at[test->pairs[i].account_a]++] = test->pairs[i].account_b;
        (*partner)[at[test->pairs[i].account_b]++] = test->pairs[i].account_a;
    }
    return EH_OK;
}

static eh_status leave_circles_out(const eh_contacts *contacts, uint32_t n, eh_pair_test *test, eh_error *err)
{
    uint64_t *first = NULL;
    uint32_t *partner = NULL;
    eh_status status = list_partners(test, n, &first, &partner, err);
    size_t n_kept = 0;
    for (size_t i = 0; status == EH_OK && i < test->n_pairs; i++) {
        const eh_leg_pair *pair = &test->pairs[i];
        uint32_t a = pair->account_a, b = pair->account_b;
        bool is_circle = eh_are_of_one_circle(contacts, a, b, partner + first[a], first[a + 1] - first[a]) ||
                         eh_are_of_one_circle(contacts, a, b, partner + first[b], first[b + 1] - first[b]);
        if (!is_circle) test->pairs[n_kept++] = *pair;
    }
    if (status == EH_OK) test->n_pairs = n_kept;
    eh_free(test->ctx, first);
    eh_free(test->ctx, partner);
    return status;
}

eh_status eh_pair_test_run(const eh_margins *m, const eh_contacts *contacts, const eh_incidence *incidence, const char *stage,
                           eh_pair_test *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_pair_test){.ctx = m->ctx};
    testing t = {.m = m, .in = incidence, .out = out};
    eh_status status = run(&t, stage, err);
    if (status == EH_OK) status = leave_circles_out(contacts, m->n_accounts, out, err);
    eh_free(m->ctx, t.y2_by_day);
    eh_free(m->ctx, t.of_thread);
    eh_free(m->ctx, t.of_chunk);
    eh_free(m->ctx, t.n_tested_of_row);
    if (status != EH_OK) eh_pair_test_release(out);
    return status;
}
