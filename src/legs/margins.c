/*
 * Incidence and fit. Sweeps of iterative scaling: first each account's own parameters (its cells, its days, its activity), then
 * each object's. Both halves are parallel without shared writes: an account owns its cells, an object its source.
 *
 * Sources: Saracco et al., Sci. Rep. 5:10595 (2015); Darroch & Ratcliff, Ann. Math. Stat. 43:1470 (1972) (iterative scaling).
 */
#include "legs/margins.h"

#include "base/sort.h"
#include "base/threads.h"
#include "base/time.h"
#include "signif/profile.h"

#include <math.h>
#include <string.h>

enum { most_sweeps = 40, most_last_sweeps = 200, few_last_sweeps = 30, many_ones = 300000, most_days = 400, most_popular = 3000, accounts_per_chunk = 64, sources_per_chunk = 8 };
static const double liking_penalty = 0.5, day_penalty = 0.5, good_enough = 0.005, exact_enough = 1e-6;

/* One Newton step of a log parameter: observed - expected - penalty * log = 0; at most a factor of e^2 at a time. */
static double step(double value, double observed, double expected, double variance, double penalty)
{
    double by = (observed - expected - penalty * log(value)) / (variance + penalty);
    return value * exp(by > 2 ? 2 : by < -2 ? -2 : by);
}

void eh_margins_release(eh_margins *m)
{
    if (!m->ctx) return;
    void *blocks[] = {m->account_first, m->object_first, m->account_object, m->object_account, m->object_source,
                      m->object_day,    m->source_first, m->cells,          m->account_cell,   m->source_cell_first,
                      m->source_cell,   m->x,            m->y,              m->d,              m->day_mass,
                      m->object_number, m->object_behaviour};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) eh_free(m->ctx, blocks[i]);
    memset(m, 0, sizeof *m);
}

/* ---- incidence ------------------------------------------------------------------------------------------------- */

/* An object that takes part: where it comes from. */
typedef struct taking_part {
    uint32_t source, object;
    int64_t birth_us;
    uint8_t behaviour;
} taking_part;

static int by_source(const void *a, const void *b, void *data)
{
    const taking_part *x = a, *y = b;
    (void)data;
    return x->source != y->source ? (x->source < y->source ? -1 : 1) : 0; /* stable: behaviour, then object */
}

static bool is_chosen(const eh_clock *clock, const eh_action_set *set, uint64_t i)
{
    return !eh_grid_holds(&clock->grid[set->account[i]], set->time_us[i]);
}

/* Distinct accounts of an object, marked by `stamp` in seen[]. */
static uint32_t count_accounts(const eh_clock *clock, const eh_action_set *set, uint32_t object, uint32_t *seen, uint32_t stamp)
{
    uint32_t n = 0;
    for (uint64_t i = set->object_start[object]; i < set->object_start[object + 1]; i++) {
        if (!is_chosen(clock, set, i)) continue;
        n += seen[set->account[i]] != stamp;
        seen[set->account[i]] = stamp;
    }
    return n;
}

static eh_status choose_objects(eh_margins *m, const eh_action_table *table, uint32_t behaviours, const eh_clock *clock,
                                taking_part **objects, eh_error *err)
{
    size_t n_most = 0, capacity = 0;
    uint32_t first_source = 0, stamp = 0;
    uint32_t *seen = eh_alloc(m->ctx, table->accounts.n, sizeof *seen, err);
    eh_status status = seen ? EH_OK : err->status;
    for (int b = 0; status == EH_OK && b < EH_N_BEHAVIOURS; b++) {
        const eh_action_set *set = &table->sets[b];
        if (!(behaviours >> b & 1) || !set->n_actions) continue;
        for (uint32_t o = 0; status == EH_OK && o < set->n_objects; o++) {
            if (set->object_source[o] == UINT32_MAX) {
                m->n_without_source += set->object_start[o + 1] - set->object_start[o];
                continue;
            }
            uint32_t n = count_accounts(clock, set, o, seen, ++stamp);
            m->n_too_popular += n > most_popular;
            if (n == 0 || n > most_popular) continue;
            status = eh_reserve(m->ctx, (void **)objects, &capacity, n_most + 1, sizeof **objects, err);
            if (status == EH_OK)
                (*objects)[n_most++] = (taking_part){first_source + set->object_source[o], o, set->object_birth_us[o], (uint8_t)b};
            m->n_ones += n;
        }
        first_source += set->n_sources;
    }
    eh_free(m->ctx, seen);
    m->n_objects = (uint32_t)n_most;
    m->n_sources = first_source;
    if (status == EH_OK && n_most) status = eh_sort(m->ctx, *objects, n_most, sizeof **objects, by_source, NULL, err);
    return status;
}

static void number_days(eh_margins *m, const taking_part *objects)
{
    int64_t first_us = INT64_MAX, last_us = INT64_MIN;
    for (uint32_t o = 0; o < m->n_objects; o++) {
        if (objects[o].birth_us < first_us) first_us = objects[o].birth_us;
        if (objects[o].birth_us > last_us) last_us = objects[o].birth_us;
    }
    /* Births may lie years before the archive: only the last 400 steps get a margin of their own. */
    int64_t n_days = m->n_objects ? eh_day_of(last_us) - eh_day_of(first_us) + 1 : 1;
    m->n_days = n_days < most_days ? (uint32_t)n_days : most_days;
    for (uint32_t o = 0; o < m->n_objects; o++) {
        int64_t from_end = eh_day_of(last_us) - eh_day_of(objects[o].birth_us);
        m->object_day[o] = from_end < m->n_days ? m->n_days - 1 - (uint32_t)from_end : 0;
    }
}

static eh_status fill_incidence(eh_margins *m, const eh_action_table *table, const eh_clock *clock, const taking_part *objects,
                                eh_error *err)
{
    uint32_t *seen = eh_alloc(m->ctx, table->accounts.n, sizeof *seen, err);
    if (!seen) return err->status;
    uint64_t at = 0;
    eh_status status = EH_OK;
    for (uint32_t o = 0; status == EH_OK && o < m->n_objects; o++) {
        const eh_action_set *set = &table->sets[objects[o].behaviour];
        m->object_first[o] = at;
        m->object_source[o] = objects[o].source;
        m->source_first[objects[o].source + 1]++;
        for (uint64_t i = set->object_start[objects[o].object]; i < set->object_start[objects[o].object + 1]; i++) {
            uint32_t u = set->account[i];
            if (seen[u] == o + 1 || !is_chosen(clock, set, i)) continue;
            seen[u] = o + 1;
            m->object_account[at++] = u;
            m->account_first[u + 1]++;
        }
        /* Actions lie in order of time; pairs are counted from the highest account down. */
        uint32_t *accounts = m->object_account + m->object_first[o];
        status = eh_sort(m->ctx, accounts, (size_t)(at - m->object_first[o]), sizeof *accounts, eh_by_uint32, NULL, err);
    }
    m->object_first[m->n_objects] = at;
    eh_free(m->ctx, seen);
    if (status != EH_OK) return status;
    for (uint32_t s = 0; s < m->n_sources; s++) m->source_first[s + 1] += m->source_first[s];
    for (uint32_t u = 0; u < m->n_accounts; u++) m->account_first[u + 1] += m->account_first[u];
    for (uint32_t o = m->n_objects; o-- > 0;) /* backwards: each account's end moves down to its start */
        for (uint64_t i = m->object_first[o]; i < m->object_first[o + 1]; i++)
            m->account_object[--m->account_first[m->object_account[i] + 1]] = o;
    /* account_first[u + 1] now holds the start of u: shift. */
    memmove(m->account_first, m->account_first + 1, m->n_accounts * sizeof *m->account_first);
    m->account_first[m->n_accounts] = m->n_ones;
    return EH_OK;
}

static eh_status fill_cells(eh_margins *m, eh_error *err)
{
    eh_context *ctx = m->ctx;
    size_t capacity = 0;
    m->account_cell = eh_alloc(ctx, (size_t)m->n_accounts + 1, sizeof *m->account_cell, err);
    m->source_cell_first = eh_alloc(ctx, (size_t)m->n_sources + 2, sizeof *m->source_cell_first, err);
    if (!m->account_cell || !m->source_cell_first) return err->status;
    for (uint32_t u = 0; u < m->n_accounts; u++) {
        m->account_cell[u] = m->n_cells;
        for (uint64_t i = m->account_first[u]; i < m->account_first[u + 1]; i++) {
            uint32_t s = m->object_source[m->account_object[i]];
            if (m->n_cells == m->account_cell[u] || m->cells[m->n_cells - 1].source != s) {
                EH_TRY(eh_reserve(ctx, (void **)&m->cells, &capacity, (size_t)m->n_cells + 1, sizeof *m->cells, err));
                m->cells[m->n_cells++] = (eh_cell_of_source){u, s, 0, 1};
                m->source_cell_first[s + 2]++;
            }
            m->cells[m->n_cells - 1].n++;
        }
    }
    m->account_cell[m->n_accounts] = m->n_cells;
    m->source_cell = eh_alloc(ctx, m->n_cells, sizeof *m->source_cell, err);
    if (!m->source_cell) return err->status;
    for (uint32_t s = 0; s < m->n_sources; s++) m->source_cell_first[s + 2] += m->source_cell_first[s + 1];
    for (uint64_t c = 0; c < m->n_cells; c++) m->source_cell[m->source_cell_first[m->cells[c].source + 1]++] = c;
    return EH_OK;
}

static eh_status fill(eh_margins *m, const eh_action_table *table, const eh_clock *clock, const taking_part *objects, eh_error *err)
{
    eh_context *ctx = m->ctx;
    m->account_first = eh_alloc(ctx, (size_t)m->n_accounts + 2, sizeof *m->account_first, err);
    m->object_first = eh_alloc(ctx, (size_t)m->n_objects + 1, sizeof *m->object_first, err);
    m->account_object = eh_alloc(ctx, m->n_ones, sizeof *m->account_object, err);
    m->object_account = eh_alloc(ctx, m->n_ones, sizeof *m->object_account, err);
    m->object_source = eh_alloc(ctx, m->n_objects, sizeof *m->object_source, err);
    m->object_day = eh_alloc(ctx, m->n_objects, sizeof *m->object_day, err);
    m->source_first = eh_alloc(ctx, (size_t)m->n_sources + 1, sizeof *m->source_first, err);
    m->x = eh_alloc(ctx, m->n_accounts, sizeof *m->x, err);
    m->y = eh_alloc(ctx, m->n_objects, sizeof *m->y, err);
    m->object_number = eh_alloc(ctx, m->n_objects, sizeof *m->object_number, err);
    m->object_behaviour = eh_alloc(ctx, m->n_objects, 1, err);
    if (!m->object_number || !m->object_behaviour || !m->account_first || !m->object_first || !m->account_object || !m->object_account || !m->object_source || !m->object_day ||
        !m->source_first || !m->x || !m->y)
        return err->status;
    for (uint32_t o = 0; o < m->n_objects; o++) {
        m->object_number[o] = objects[o].object;
        m->object_behaviour[o] = objects[o].behaviour;
    }
    number_days(m, objects);
    m->d = eh_alloc(ctx, m->n_accounts, m->n_days * sizeof *m->d, err);
    m->day_mass = eh_alloc(ctx, m->n_days, sizeof *m->day_mass, err);
    if (!m->d || !m->day_mass) return err->status;
    EH_TRY(fill_incidence(m, table, clock, objects, err));
    return fill_cells(m, err);
}

eh_status eh_margins_init(eh_context *ctx, const eh_action_table *table, uint32_t behaviours, int64_t precision_us, eh_margins *out,
                          eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->n_accounts = table->accounts.n;
    taking_part *objects = NULL;
    eh_clock clock = {0};
    eh_status status = eh_clock_init(ctx, table, (1u << EH_N_BEHAVIOURS) - 1, precision_us, &clock, err);
    if (status == EH_OK) status = choose_objects(out, table, behaviours, &clock, &objects, err);
    if (status == EH_OK) status = fill(out, table, &clock, objects, err);
    if (clock.ctx) eh_clock_release(&clock);
    eh_free(ctx, objects);
    if (status != EH_OK) eh_margins_release(out);
    return status;
}

/* ---- fit ------------------------------------------------------------------------------------------------------- */

/* Scratch of one thread: sums by day of the account at hand. */
typedef struct by_day {
    double *expected, *in_cells, *observed;
} by_day;

typedef struct fitting {
    eh_margins *m;
    by_day *of_thread;
    double *worst; /* per item, reduced in order */
    bool is_last;  /* likings and days stand; activity and popularity are made exact */
} fitting;

/* Expected counts of one account as the parameters stand: by cell, by day, in all. */
static double expect(const eh_margins *m, uint32_t u, by_day *days, double *by_cell)
{
    double *d = m->d + (size_t)u * m->n_days, total = 0;
    memset(days->expected, 0, m->n_days * sizeof *days->expected);
    memset(days->in_cells, 0, m->n_days * sizeof *days->in_cells);
    for (uint64_t c = m->account_cell[u]; c < m->account_cell[u + 1]; c++) {
        const eh_cell_of_source *cell = &m->cells[c];
        double sum = 0;
        for (uint32_t o = m->source_first[cell->source]; o < m->source_first[cell->source + 1]; o++) {
            double p = eh_margins_chance(m, cell, o);
            sum += p;
            days->expected[m->object_day[o]] += p;
            days->in_cells[m->object_day[o]] += m->y[o];
        }
        if (by_cell) by_cell[c] = sum;
        total += sum;
    }
    for (uint32_t t = 0; t < m->n_days; t++) {
        double outside = m->day_mass[t] - days->in_cells[t];
        if (outside <= 0) continue;
        days->expected[t] += m->x[u] * d[t] * outside;
        total += m->x[u] * d[t] * outside;
    }
    return total;
}

static eh_status fit_accounts(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    fitting *f = data;
    eh_margins *m = f->m;
    by_day *days = &f->of_thread[i_thread];
    (void)err;
    for (size_t u = first; u < last; u++) {
        uint64_t n = m->account_first[u + 1] - m->account_first[u];
        double *d = m->d + u * m->n_days;
        if (n == 0) continue;
        double total = expect(m, (uint32_t)u, days, NULL);
        f->worst[u] = fabs(total / (double)n - 1);
        m->x[u] *= (double)n / total;
        if (f->is_last) continue;
        for (uint64_t c = m->account_cell[u]; c < m->account_cell[u + 1]; c++) { /* each cell by itself, others fixed */
            eh_cell_of_source *cell = &m->cells[c];
            double sum = 0, variance = 0;
            for (uint32_t o = m->source_first[cell->source]; o < m->source_first[cell->source + 1]; o++) {
                double p = eh_margins_chance(m, cell, o);
                sum += p;
                variance += p * (1 - p);
            }
            cell->liking = step(cell->liking, cell->n, sum, variance, liking_penalty);
        }
        total = expect(m, (uint32_t)u, days, NULL);
        memset(days->observed, 0, m->n_days * sizeof *days->observed);
        for (uint64_t i = m->account_first[u]; i < m->account_first[u + 1]; i++) days->observed[m->object_day[m->account_object[i]]]++;
        for (uint32_t t = 0; t < m->n_days; t++)
            d[t] = step(d[t], days->observed[t], days->expected[t], days->expected[t], day_penalty);
        total = expect(m, (uint32_t)u, days, NULL);
        f->worst[u] = fabs(total / (double)n - 1);
        m->x[u] *= (double)n / total;
    }
    return EH_OK;
}

static eh_status fit_objects(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    fitting *f = data;
    eh_margins *m = f->m;
    const double *day_reach = f->of_thread[0].observed; /* sum over accounts of x d, by day */
    (void)i_thread;
    (void)err;
    for (size_t s = first; s < last; s++)
        for (uint32_t o = m->source_first[s]; o < m->source_first[s + 1]; o++) {
            double sum = 0, inside = 0, n = (double)(m->object_first[o + 1] - m->object_first[o]);
            uint32_t t = m->object_day[o];
            for (uint64_t i = m->source_cell_first[s]; i < m->source_cell_first[s + 1]; i++) {
                const eh_cell_of_source *cell = &m->cells[m->source_cell[i]];
                sum += eh_margins_chance(m, cell, o);
                inside += m->x[cell->account] * m->d[(size_t)cell->account * m->n_days + t];
            }
            if (day_reach[t] > inside) sum += m->y[o] * (day_reach[t] - inside);
            f->worst[o] = fabs(sum / n - 1);
            m->y[o] *= n / sum;
        }
    return EH_OK;
}

static void sum_day_mass(eh_margins *m)
{
    memset(m->day_mass, 0, m->n_days * sizeof *m->day_mass);
    for (uint32_t o = 0; o < m->n_objects; o++) m->day_mass[m->object_day[o]] += m->y[o];
}

static void sum_day_reach(const eh_margins *m, double *reach)
{
    memset(reach, 0, m->n_days * sizeof *reach);
    for (uint32_t u = 0; u < m->n_accounts; u++)
        for (uint32_t t = 0; m->x[u] > 0 && t < m->n_days; t++) reach[t] += m->x[u] * m->d[(size_t)u * m->n_days + t];
}

static double largest(const double *values, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (values[i] > most) most = values[i];
    return most;
}

static void start(eh_margins *m)
{
    double scale = m->n_ones ? 1 / sqrt((double)m->n_ones) : 1;
    for (uint32_t u = 0; u < m->n_accounts; u++) m->x[u] = (double)(m->account_first[u + 1] - m->account_first[u]) * scale;
    for (uint32_t o = 0; o < m->n_objects; o++) m->y[o] = (double)(m->object_first[o + 1] - m->object_first[o]) * scale;
    for (size_t i = 0; i < (size_t)m->n_accounts * m->n_days; i++) m->d[i] = 1;
}

static eh_status sweep_once(fitting *f, eh_error *err)
{
    eh_margins *m = f->m;
    sum_day_mass(m);
    memset(f->worst, 0, m->n_accounts * sizeof *f->worst);
    EH_TRY(eh_parallel(m->ctx, "fitting taste", m->n_accounts, accounts_per_chunk, fit_accounts, f, err));
    double worst = largest(f->worst, m->n_accounts);
    sum_day_reach(m, f->of_thread[0].observed);
    EH_TRY(eh_parallel(m->ctx, "fitting popularity", m->n_sources, sources_per_chunk, fit_objects, f, err));
    m->worst = fmax(worst, largest(f->worst, m->n_objects));
    m->n_sweeps++;
    return EH_OK;
}

static eh_status sweep(fitting *f, eh_error *err)
{
    start(f->m);
    f->m->worst = 1;
    for (int i = 0; i < most_sweeps && f->m->worst >= good_enough; i++) EH_TRY(sweep_once(f, err));
    f->is_last = true;
    f->m->worst = 1;
    int n_last = f->m->n_ones < many_ones ? most_last_sweeps : few_last_sweeps; /* then within 0.3 % (three worlds) */
    for (int i = 0; i < n_last && f->m->worst >= exact_enough; i++) EH_TRY(sweep_once(f, err));
    sum_day_mass(f->m);
    return EH_OK;
}

eh_status eh_margins_fit(eh_margins *m, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    size_t n_threads = (size_t)eh_context_n_threads(m->ctx);
    uint32_t n_most = m->n_accounts > m->n_objects ? m->n_accounts : m->n_objects;
    fitting f = {.m = m, .of_thread = eh_alloc(m->ctx, n_threads, sizeof *f.of_thread, err)};
    f.worst = f.of_thread ? eh_alloc(m->ctx, n_most, sizeof *f.worst, err) : NULL;
    eh_status status = f.worst ? EH_OK : err->status;
    for (size_t i = 0; status == EH_OK && i < n_threads; i++) {
        double *room = eh_alloc(m->ctx, 3 * (size_t)m->n_days, sizeof *room, err);
        f.of_thread[i] = (by_day){room, room + m->n_days, room + 2 * m->n_days};
        if (!room) status = err->status;
    }
    if (status == EH_OK) status = sweep(&f, err);
    for (size_t i = 0; f.of_thread && i < n_threads; i++) eh_free(m->ctx, f.of_thread[i].expected);
    eh_free(m->ctx, f.of_thread);
    eh_free(m->ctx, f.worst);
    return status;
}
