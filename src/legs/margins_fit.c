/*
 * The fit: sweeps of iterative scaling, first each account's own parameters (its activity, its cells, its days), then each object's
 * popularity. Both halves are parallel without shared writes: an account owns its cells, an object its source.
 *
 * Objects of one source and day with as many accounts obey the same equation, so they have the same y: they are one *class*, and
 * sums go over classes.
 *
 * Steps of x and y are over-relaxed once errors are small (Thibault et al., Algorithms 14:143, 2021).
 *
 * Sources: Saracco et al., Sci. Rep. 5:10595 (2015); Darroch & Ratcliff, Ann. Math. Stat. 43:1470 (1972) (iterative scaling).
 */
#include "base/sort.h"
#include "base/threads.h"
#include "legs/margins.h"

#include <math.h>
#include <string.h>

enum { most_sweeps = 60, most_last_sweeps = 200, few_last_sweeps = 30, many_ones = 300000, accounts_per_chunk = 64, sources_per_chunk = 8 };
static const double close_enough = 0.2, liking_penalty = 0.5, day_penalty = 0.5, good_enough = 0.005, exact_enough = 1e-4;

typedef struct object_class {
    uint32_t day, degree, n; /* n objects of that day with degree accounts each */
    double y;
} object_class;

/* Scratch of one thread. */
typedef struct scratch {
    double *expected, *in_cells, *observed; /* by day, of the account at hand */
    double *base, *reach;                   /* by cell of the source at hand: x a, and x a d or x d of the day */
} scratch;

typedef struct fitting {
    eh_margins *m;
    object_class *classes;
    uint32_t *class_first; /* n_sources + 1 */
    uint32_t *class_of;    /* by object */
    uint32_t n_classes;
    scratch *of_thread;
    double *day_reach;     /* by day: sum over accounts of x d */
    double *worst;         /* per account, then per class; reduced in order */
    bool is_last;          /* likings and days stand; activity and popularity are made exact */
    double relaxation;     /* of the steps of x and y: 1 = as scaling says, beyond it further */
} fitting;

/* One Newton step of a log parameter: observed - expected - penalty * log = 0; at most a factor of e^2 at a time. */
static double step(double value, double observed, double expected, double variance, double penalty)
{
    double by = (observed - expected - penalty * log(value)) / (variance + penalty);
    return value * exp(by > 2 ? 2 : by < -2 ? -2 : by);
}

/* ---- classes ---- */

typedef struct keyed {
    uint32_t object, day, degree;
} keyed;

static int by_day_and_degree(const void *a, const void *b, void *data)
{
    const keyed *x = a, *y = b;
    (void)data;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->degree > y->degree) - (x->degree < y->degree);
}

static eh_status sort_into_classes(fitting *f, keyed *keys, eh_error *err)
{
    const eh_margins *m = f->m;
    for (uint32_t s = 0; s < m->n_sources; s++) {
        f->class_first[s] = f->n_classes;
        uint32_t n = m->source_first[s + 1] - m->source_first[s];
        for (uint32_t i = 0; i < n; i++) {
            uint32_t o = m->source_first[s] + i;
            keys[i] = (keyed){o, m->object_day[o], (uint32_t)(m->object_first[o + 1] - m->object_first[o])};
        }
        EH_TRY(eh_sort(m->ctx, keys, n, sizeof *keys, by_day_and_degree, NULL, err));
        for (uint32_t i = 0; i < n; i++) {
            if (i == 0 || by_day_and_degree(&keys[i - 1], &keys[i], NULL) != 0)
                f->classes[f->n_classes++] = (object_class){keys[i].day, keys[i].degree, 0, 0};
            f->classes[f->n_classes - 1].n++;
            f->class_of[keys[i].object] = f->n_classes - 1;
        }
    }
    f->class_first[m->n_sources] = f->n_classes;
    return EH_OK;
}

/* ---- accounts ---- */

/* Sums of one cell: expected objects and their variance; by day into the scratch. */
static void add_cell(const fitting *f, const eh_cell_of_source *cell, scratch *room, double *sum, double *variance)
{
    const eh_margins *m = f->m;
    const double *d = m->d + (size_t)cell->account * m->n_days;
    double base = m->x[cell->account] * cell->liking;
    *sum = *variance = 0;
    for (uint32_t k = f->class_first[cell->source]; k < f->class_first[cell->source + 1]; k++) {
        const object_class *c = &f->classes[k];
        double odds = base * d[c->day] * c->y, p = odds / (1 + odds), expected = c->n * p;
        *sum += expected;
        *variance += expected * (1 - p);
        room->expected[c->day] += expected;
        room->in_cells[c->day] += c->n * c->y;
    }
}

static double add_outside(const eh_margins *m, uint32_t u, scratch *room)
{
    const double *d = m->d + (size_t)u * m->n_days;
    double total = 0;
    for (uint32_t t = 0; t < m->n_days; t++) {
        double outside = m->day_mass[t] - room->in_cells[t];
        if (outside <= 0) continue;
        room->expected[t] += m->x[u] * d[t] * outside;
        total += m->x[u] * d[t] * outside;
    }
    return total;
}

static void fit_account(const fitting *f, uint32_t u, scratch *room)
{
    eh_margins *m = f->m;
    double *d = m->d + (size_t)u * m->n_days, n = (double)(m->account_first[u + 1] - m->account_first[u]), total = 0, sum, variance;
    memset(room->expected, 0, m->n_days * sizeof *room->expected);
    memset(room->in_cells, 0, m->n_days * sizeof *room->in_cells);
    for (uint64_t c = m->account_cell[u]; c < m->account_cell[u + 1]; c++) {
        add_cell(f, &m->cells[c], room, &sum, &variance);
        total += sum;
        if (!f->is_last) m->cells[c].liking = step(m->cells[c].liking, m->cells[c].n, sum, variance, liking_penalty);
    }
    total += add_outside(m, u, room);
    f->worst[u] = fabs(total / n - 1);
    if (f->is_last) {
        m->x[u] *= pow(n / total, f->relaxation);
        return;
    }
    memset(room->expected, 0, m->n_days * sizeof *room->expected); /* days and activity, likings as they now are */
    memset(room->in_cells, 0, m->n_days * sizeof *room->in_cells);
    memset(room->observed, 0, m->n_days * sizeof *room->observed);
    for (uint64_t i = m->account_first[u]; i < m->account_first[u + 1]; i++) room->observed[m->object_day[m->account_object[i]]]++;
    for (uint64_t c = m->account_cell[u]; c < m->account_cell[u + 1]; c++) add_cell(f, &m->cells[c], room, &sum, &variance);
    (void)add_outside(m, u, room);
    double moved = 0;
    for (uint32_t t = 0; t < m->n_days; t++) {
        double old = d[t];
        d[t] = step(d[t], room->observed[t], room->expected[t], room->expected[t], day_penalty);
        moved += room->expected[t] * d[t] / old;
    }
    m->x[u] *= pow(n / moved, f->relaxation);
}

static eh_status fit_accounts(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    fitting *f = data;
    if (eh_context_is_cancelled(f->m->ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
    for (size_t u = first; u < last; u++)
        if (f->m->account_first[u + 1] > f->m->account_first[u]) fit_account(f, (uint32_t)u, &f->of_thread[i_thread]);
    return EH_OK;
}

/* ---- objects ---- */

static void fit_source(const fitting *f, uint32_t s, scratch *room)
{
    eh_margins *m = f->m;
    uint64_t first = m->source_cell_first[s], n_cells = m->source_cell_first[s + 1] - first;
    for (uint64_t i = 0; i < n_cells; i++) {
        const eh_cell_of_source *cell = &m->cells[m->source_cell[first + i]];
        room->base[i] = m->x[cell->account] * cell->liking;
    }
    double inside = 0;
    for (uint32_t k = f->class_first[s]; k < f->class_first[s + 1]; k++) {
        object_class *c = &f->classes[k];
        if (k == f->class_first[s] || c->day != c[-1].day) { /* classes ascend by day */
            inside = 0;
            for (uint64_t i = 0; i < n_cells; i++) {
                uint32_t u = m->cells[m->source_cell[first + i]].account;
                double d = m->d[(size_t)u * m->n_days + c->day];
                room->reach[i] = room->base[i] * d;
                inside += m->x[u] * d;
            }
        }
        double sum = 0, y = c->y;
        for (uint64_t i = 0; i < n_cells; i++) {
            double odds = room->reach[i] * y;
            sum += odds / (1 + odds);
        }
        if (f->day_reach[c->day] > inside) sum += y * (f->day_reach[c->day] - inside);
        f->worst[k] = fabs(sum / c->degree - 1);
        c->y *= pow(c->degree / sum, f->relaxation);
    }
}

static eh_status fit_sources(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    fitting *f = data;
    if (eh_context_is_cancelled(f->m->ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
    for (size_t s = first; s < last; s++) fit_source(f, (uint32_t)s, &f->of_thread[i_thread]);
    return EH_OK;
}

/* ---- sweeps ---- */

static void sum_day_mass(const fitting *f)
{
    eh_margins *m = f->m;
    memset(m->day_mass, 0, m->n_days * sizeof *m->day_mass);
    for (uint32_t k = 0; k < f->n_classes; k++) m->day_mass[f->classes[k].day] += f->classes[k].n * f->classes[k].y;
}

static void sum_day_reach(const fitting *f)
{
    const eh_margins *m = f->m;
    memset(f->day_reach, 0, m->n_days * sizeof *f->day_reach);
    for (uint32_t u = 0; u < m->n_accounts; u++)
        for (uint32_t t = 0; m->x[u] > 0 && t < m->n_days; t++) f->day_reach[t] += m->x[u] * m->d[(size_t)u * m->n_days + t];
}

static double largest(const double *values, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (values[i] > most) most = values[i];
    return most;
}

static void start(fitting *f)
{
    eh_margins *m = f->m;
    double scale = m->n_ones ? 1 / sqrt((double)m->n_ones) : 1;
    for (uint32_t u = 0; u < m->n_accounts; u++) m->x[u] = (double)(m->account_first[u + 1] - m->account_first[u]) * scale;
    for (uint32_t k = 0; k < f->n_classes; k++) f->classes[k].y = f->classes[k].degree * scale;
    for (size_t i = 0; i < (size_t)m->n_accounts * m->n_days; i++) m->d[i] = 1;
}

static eh_status sweep_once(fitting *f, eh_error *err)
{
    eh_margins *m = f->m;
    sum_day_mass(f);
    memset(f->worst, 0, m->n_accounts * sizeof *f->worst);
    EH_TRY(eh_parallel(m->ctx, "fitting taste", m->n_accounts, accounts_per_chunk, fit_accounts, f, err));
    double worst = largest(f->worst, m->n_accounts);
    sum_day_reach(f);
    EH_TRY(eh_parallel(m->ctx, "fitting popularity", m->n_sources, sources_per_chunk, fit_sources, f, err));
    worst = fmax(worst, largest(f->worst, f->n_classes));
    /* Near the optimum, steps longer than scaling says halve the sweeps; where errors grow, back to plain steps. */
    f->relaxation = worst < close_enough && worst < 2 * m->worst ? f->is_last ? 1.7 : 1.5 : 1;
    m->worst = worst;
    m->n_sweeps++;
    return EH_OK;
}

static eh_status sweep(fitting *f, eh_error *err)
{
    eh_margins *m = f->m;
    start(f);
    f->relaxation = 1;
    m->worst = 1;
    for (int i = 0; i < most_sweeps && m->worst >= good_enough; i++) EH_TRY(sweep_once(f, err));
    f->is_last = true;
    m->worst = 1;
    int n_last = m->n_ones < many_ones ? most_last_sweeps : few_last_sweeps; /* then within 0.3 % (three worlds) */
    for (int i = 0; i < n_last && m->worst >= exact_enough; i++) EH_TRY(sweep_once(f, err));
    sum_day_mass(f);
    for (uint32_t o = 0; o < m->n_objects; o++) m->y[o] = f->classes[f->class_of[o]].y;
    return EH_OK;
}

static eh_status scratch_init(const eh_margins *m, size_t n_most_cells, scratch *room, eh_error *err)
{
    double *block = eh_alloc(m->ctx, 3 * (size_t)m->n_days + 2 * n_most_cells, sizeof *block, err);
    if (!block) return err->status;
    *room = (scratch){block, block + m->n_days, block + 2 * m->n_days, block + 3 * m->n_days, block + 3 * m->n_days + n_most_cells};
    return EH_OK;
}

static eh_status fit(fitting *f, size_t n_threads, eh_error *err)
{
    eh_margins *m = f->m;
    size_t n_most_cells = 0;
    for (uint32_t s = 0; s < m->n_sources; s++)
        if (m->source_cell_first[s + 1] - m->source_cell_first[s] > n_most_cells)
            n_most_cells = (size_t)(m->source_cell_first[s + 1] - m->source_cell_first[s]);
    f->classes = eh_alloc(m->ctx, m->n_objects, sizeof *f->classes, err);
    f->class_of = eh_alloc(m->ctx, m->n_objects, sizeof *f->class_of, err);
    f->class_first = eh_alloc(m->ctx, (size_t)m->n_sources + 1, sizeof *f->class_first, err);
    f->day_reach = eh_alloc(m->ctx, m->n_days, sizeof *f->day_reach, err);
    f->of_thread = eh_alloc(m->ctx, n_threads, sizeof *f->of_thread, err);
    f->worst = eh_alloc(m->ctx, m->n_accounts > m->n_objects ? m->n_accounts : m->n_objects, sizeof *f->worst, err);
    keyed *keys = eh_alloc(m->ctx, m->n_objects, sizeof *keys, err);
    eh_status status = f->classes && f->class_of && f->class_first && f->day_reach && f->of_thread && f->worst && keys ? EH_OK : err->status;
    if (status == EH_OK) status = sort_into_classes(f, keys, err);
    eh_free(m->ctx, keys);
    for (size_t i = 0; status == EH_OK && i < n_threads; i++) status = scratch_init(m, n_most_cells, &f->of_thread[i], err);
    return status == EH_OK ? sweep(f, err) : status;
}

eh_status eh_margins_fit(eh_margins *m, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    size_t n_threads = (size_t)eh_context_n_threads(m->ctx);
    fitting f = {.m = m};
    eh_status status = fit(&f, n_threads, err);
    for (size_t i = 0; f.of_thread && i < n_threads; i++) eh_free(m->ctx, f.of_thread[i].expected);
    void *blocks[] = {f.classes, f.class_of, f.class_first, f.day_reach, f.of_thread, f.worst};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) eh_free(m->ctx, blocks[i]);
    return status;
}
