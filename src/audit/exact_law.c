/*
 * One stratum, given its margins r1, r2, m1: w(x) = C(r1, x) C(r2, m1-x), and the law at odds ratio t is w(x) t^x / sum.
 * It is walked outwards from its mode by
 *   w(x+1) t^(x+1) / (w(x) t^x) = t (m1-x)(r1-x) / ((x+1)(r2-m1+x+1)),
 * which falls in x, until a term is below 1e-60 of the mode: no logarithm of a factorial, no overflow, full relative precision.
 * The law of the sum is the convolution; ends below 1e-60 of its own mode are trimmed after each.
 */
#include "audit/exact_law.h"

#include <math.h>
#include <string.h>

static const double trim_at = 1e-60;
enum { most_width = 1 << 20 };                /* terms of a law */
static const double most_products = 2e10;     /* of one convolution: some ten seconds */
static const double longest_path = 2e7;       /* steps between two modes */

typedef struct margins {
    double r1, r2, m1, least, most;
} margins;

static margins margins_of(const eh_cells *t)
{
    margins m = {.r1 = t->a + t->b, .r2 = t->c + t->d, .m1 = t->a + t->c};
    m.least = fmax(0, m.m1 - m.r2);
    m.most = fmin(m.r1, m.m1);
    return m;
}

/* The weight of x + 1 over that of x, without the tilt. */
static double step(const margins *m, double x) { return (m->m1 - x) / (x + 1) * ((m->r1 - x) / (m->r2 - m->m1 + x + 1)); }

static double mode_of(const margins *m, double theta)
{
    double low = m->least, high = m->most; /* the first x whose step is below 1 */
    while (low < high) {
        double x = floor(low + (high - low) / 2);
        if (theta * step(m, x) < 1) high = x;
        else low = x + 1;
    }
    return low;
}

/* Terms above the trim on one side of the mode, at most `room`, into f[0], f[sign], f[2 sign], ... or only counted. */
static size_t walk(const margins *m, double theta, double mode, int sign, double *f, size_t room)
{
    double w = 1, x = mode;
    size_t n = 0;
    while (n < room) {
        if (sign > 0 ? x >= m->most : x <= m->least) break;
        w = sign > 0 ? w * (theta * step(m, x)) : w / (theta * step(m, x - 1));
        if (!(w >= trim_at)) break;
        x += sign;
        n++;
        if (f) f[sign * (ptrdiff_t)n] = w;
    }
    return n;
}

void eh_law_release(eh_context *ctx, eh_law *law)
{
    eh_free(ctx, law->f);
    *law = (eh_law){NULL, 0, 0};
}

/* *total: sum of the terms over that of the mode. */
static eh_status stratum_law(eh_context *ctx, const eh_cells *t, double log_theta, eh_law *out, double *total, double *mode, eh_error *err)
{
    const margins m = margins_of(t);
    double theta = exp(log_theta), top = mode_of(&m, theta);
    size_t n_up = walk(&m, theta, top, 1, NULL, most_width), n_down = walk(&m, theta, top, -1, NULL, most_width);
    *out = (eh_law){NULL, n_up + n_down + 1, top - (double)n_down};
    if (out->n > most_width)
        return eh_fail(err, EH_E_LIMIT, "a stratum of %.0f accounts is too large for the exact test; the large-sample test serves as well there", m.r1 + m.r2);
    out->f = eh_alloc(ctx, out->n, sizeof *out->f, err);
    if (!out->f) return err ? err->status : EH_E_NOMEM;
    double *at = out->f + n_down;
    *at = 1;
    (void)walk(&m, theta, top, 1, at, n_up);
    (void)walk(&m, theta, top, -1, at, n_down);
    *total = 0;
    for (size_t i = 0; i < out->n; i++) *total += out->f[i];
    for (size_t i = 0; i < out->n; i++) out->f[i] /= *total;
    *mode = top;
    return EH_OK;
}

eh_status eh_law_moments(eh_context *ctx, const eh_cells *strata, size_t n, double log_theta, double *mean, double *variance, eh_error *err)
{
    *mean = *variance = 0;
    for (size_t k = 0; k < n; k++) {
        eh_law law;
        double total, mode, shift = 0, square = 0;
        if (!eh_cells_are_informative(&strata[k])) {
            *mean += strata[k].a;
            continue;
        }
        eh_status status = stratum_law(ctx, &strata[k], log_theta, &law, &total, &mode, err);
        for (size_t i = 0; status == EH_OK && i < law.n; i++) {
            double x = law.first + (double)i - mode;
            shift += x * law.f[i];
            square += x * x * law.f[i];
        }
        eh_law_release(ctx, &law);
        EH_TRY(status);
        *mean += mode + shift;
        *variance += square - shift * shift;
    }
    return EH_OK;
}

static void trim(eh_law *law)
{
    double largest = 0;
    size_t first = 0, end = law->n;
    for (size_t i = 0; i < law->n; i++) largest = fmax(largest, law->f[i]);
    while (first < end && law->f[first] < trim_at * largest) first++;
    while (end > first && law->f[end - 1] < trim_at * largest) end--;
    if (first) memmove(law->f, law->f + first, (end - first) * sizeof *law->f);
    law->n = end - first;
    law->first += (double)first;
}

/* sum becomes the law of the sum of both. */
static eh_status convolve(eh_context *ctx, eh_law *sum, const eh_law *other, eh_error *err)
{
    eh_law out = {NULL, sum->n + other->n - 1, sum->first + other->first};
    if (out.n > most_width || (double)sum->n * (double)other->n > most_products)
        return eh_fail(err, EH_E_LIMIT, "the strata together are too large for the exact test; the large-sample test serves as well there");
    if (eh_context_is_cancelled(ctx)) return eh_fail(err, EH_E_CANCELLED, "stopped");
    out.f = eh_alloc(ctx, out.n, sizeof *out.f, err);
    if (!out.f) return err ? err->status : EH_E_NOMEM;
    const eh_law *outer = sum->n < other->n ? sum : other, *inner = sum->n < other->n ? other : sum;
    for (size_t i = 0; i < outer->n; i++) {
        double w = outer->f[i], *to = out.f + i;
        for (size_t j = 0; j < inner->n; j++) to[j] += w * inner->f[j];
    }
    eh_law_release(ctx, sum);
    *sum = out;
    trim(sum);
    return EH_OK;
}

/* Laws of like numbers of strata are convolved with each other, like carries in counting: two wide laws seldom, not each
   stratum with all before it. */
typedef struct carries {
    eh_law law[64];
    bool is_there[64];
} carries;

static eh_status add_law(eh_context *ctx, carries *c, eh_law *law, eh_error *err)
{
    size_t level = 0;
    for (; c->is_there[level]; level++) {
        eh_status status = convolve(ctx, &c->law[level], law, err);
        eh_law_release(ctx, law);
        EH_TRY(status);
        *law = c->law[level];
        c->is_there[level] = false;
        c->law[level] = (eh_law){NULL, 0, 0};
    }
    c->law[level] = *law;
    c->is_there[level] = true;
    *law = (eh_law){NULL, 0, 0};
    return EH_OK;
}

static eh_status add_strata(eh_context *ctx, const eh_cells *strata, size_t n, double log_theta, carries *c, double *fixed, eh_error *err)
{
    for (size_t k = 0; k < n; k++) {
        eh_law law = {NULL, 0, 0};
        double total, mode;
        if (!eh_cells_are_informative(&strata[k])) {
            *fixed += strata[k].a;
            continue;
        }
        eh_status status = stratum_law(ctx, &strata[k], log_theta, &law, &total, &mode, err);
        if (status == EH_OK) status = add_law(ctx, c, &law, err);
        eh_law_release(ctx, &law);
        EH_TRY(status);
    }
    return EH_OK;
}

eh_status eh_law_of(eh_context *ctx, const eh_cells *strata, size_t n, double log_theta, eh_law *out, eh_error *err)
{
    carries c = {.is_there = {false}};
    double fixed = 0;
    *out = (eh_law){NULL, 1, 0};
    out->f = eh_alloc(ctx, 1, sizeof *out->f, err);
    if (!out->f) return err ? err->status : EH_E_NOMEM;
    out->f[0] = 1;
    eh_status status = add_strata(ctx, strata, n, log_theta, &c, &fixed, err);
    for (size_t level = 0; level < 64; level++) {
        if (!c.is_there[level]) continue;
        if (status == EH_OK) status = convolve(ctx, out, &c.law[level], err);
        eh_law_release(ctx, &c.law[level]);
    }
    out->first += fixed;
    if (status != EH_OK) eh_law_release(ctx, out);
    return status;
}

/* ln w(to) - ln w(from). */
static eh_status log_weight_between(const margins *m, double from, double to, double *out, eh_error *err)
{
    double sum = 0, sign = to < from ? -1 : 1, low = fmin(from, to), high = fmax(from, to);
    if (high - low > longest_path)
        return eh_fail(err, EH_E_LIMIT, "a stratum of %.0f accounts is too large for the exact test; the large-sample test serves as well there", m->r1 + m->r2);
    for (double x = low; x < high; x++) sum += log(step(m, x));
    *out = sign * sum;
    return EH_OK;
}

eh_status eh_law_log_norm(eh_context *ctx, const eh_cells *strata, size_t n, double log_theta, double *log_norm, eh_error *err)
{
    *log_norm = 0;
    for (size_t k = 0; k < n; k++) {
        eh_law law;
        double total[2] = {0, 0}, mode[2] = {0, 0}, between = 0;
        if (!eh_cells_are_informative(&strata[k])) {
            *log_norm += strata[k].a * log_theta;
            continue;
        }
        const margins m = margins_of(&strata[k]);
        for (int i = 0; i < 2; i++) {
            eh_status status = stratum_law(ctx, &strata[k], i ? log_theta : 0, &law, &total[i], &mode[i], err);
            eh_law_release(ctx, &law);
            EH_TRY(status);
        }
        EH_TRY(log_weight_between(&m, mode[0], mode[1], &between, err));
        *log_norm += log(total[1]) - log(total[0]) + between + mode[1] * log_theta;
    }
    return EH_OK;
}
