/*
 * Self-consistency:  p_j <- (1/n) sum_i [j in (L_i, R_i]] p_j / sum_{k in (L_i, R_i]} p_k.
 * The innermost intervals of a row are consecutive, so both sums are differences of running sums: O(n + m) a step.
 * Turnbull, JRSS B 38:290 (1976). Two EM steps are extrapolated (Varadhan & Roland, Scand. J. Stat. 35:335, 2008, scheme S3)
 * and the result is taken only where the likelihood does not fall.
 */
#include "audit/turnbull.h"

#include "base/sort.h"

#include <math.h>
#include <string.h>

enum { most_iterations = 5000 }; /* reached with thousands of distinct times: the likelihood is flat long before */

typedef struct end_point {
    double time;
    size_t row;
    bool is_right;
} end_point;

/* Left ends are open, right ends closed: at one time, right ends come first. */
static int by_time(const void *a, const void *b, void *data)
{
    const end_point *x = a, *y = b;
    (void)data;
    if (x->time < y->time || x->time > y->time) return x->time < y->time ? -1 : 1;
    return (int)y->is_right - (int)x->is_right;
}

typedef struct problem {
    size_t n, m;           /* rows, innermost intervals */
    size_t *first, *end;   /* per row: intervals [first, end) inside it */
    double *p, *once, *twice, *sum; /* m, m, m, m + 1 */
} problem;

/* first[i] = innermost intervals that end at or before L_i, end[i] = those that end at or before R_i. */
static size_t find_intervals(const end_point *ends, size_t n_ends, problem *pr)
{
    size_t m = 0;
    bool was_left = false;
    for (size_t i = 0; i < n_ends; i++) {
        if (ends[i].is_right) {
            m += was_left;
            was_left = false;
            pr->end[ends[i].row] = m;
        } else {
            was_left = true;
            pr->first[ends[i].row] = m;
        }
    }
    return m;
}

/* to = EM step of from; returns the log likelihood of `from`. */
static double em_step(const problem *pr, const double *from, double *to)
{
    double log_likelihood = 0, running = 0;
    pr->sum[0] = 0;
    for (size_t j = 0; j < pr->m; j++) pr->sum[j + 1] = pr->sum[j] + from[j];
    memset(to, 0, pr->m * sizeof *to);
    for (size_t i = 0; i < pr->n; i++) {
        double mass = pr->sum[pr->end[i]] - pr->sum[pr->first[i]];
        if (!(mass > 0)) mass = 1e-300;
        log_likelihood += log(mass);
        to[pr->first[i]] += 1 / mass;
        if (pr->end[i] < pr->m) to[pr->end[i]] -= 1 / mass;
    }
    for (size_t j = 0; j < pr->m; j++) {
        running += to[j];
        to[j] = from[j] * running / (double)pr->n;
    }
    return log_likelihood;
}

/* p + 2 a r + a^2 v, kept a law; false where a mass would be negative. */
static bool extrapolate(problem *pr, double *out)
{
    double rr = 0, vv = 0, total = 0;
    for (size_t j = 0; j < pr->m; j++) {
        double r = pr->once[j] - pr->p[j], v = pr->twice[j] - 2 * pr->once[j] + pr->p[j];
        rr += r * r;
        vv += v * v;
    }
    if (!(vv > 0)) return false;
    double a = sqrt(rr / vv);
    if (!(a > 1)) return false;
    for (size_t j = 0; j < pr->m; j++) {
        double r = pr->once[j] - pr->p[j], v = pr->twice[j] - 2 * pr->once[j] + pr->p[j];
        out[j] = pr->p[j] + 2 * a * r + a * a * v;
        if (!(out[j] >= 0)) return false;
        total += out[j];
    }
    for (size_t j = 0; j < pr->m; j++) out[j] /= total;
    return true;
}

static eh_status iterate(eh_context *ctx, problem *pr, double *leap, uint64_t *n_iterations, eh_error *err)
{
    for (size_t j = 0; j < pr->m; j++) pr->p[j] = 1 / (double)pr->m;
    for (*n_iterations = 1; *n_iterations < most_iterations; ++*n_iterations) {
        if (*n_iterations % 64 == 0 && eh_context_is_cancelled(ctx)) return eh_fail(err, EH_E_CANCELLED, "stopped");
        double largest = 0;
        (void)em_step(pr, pr->p, pr->once);
        double reached = em_step(pr, pr->once, pr->twice);
        for (size_t j = 0; j < pr->m; j++) largest = fmax(largest, fabs(pr->once[j] - pr->p[j]));
        bool is_taken = extrapolate(pr, leap) && em_step(pr, leap, pr->once) >= reached;
        memcpy(pr->p, is_taken ? leap : pr->twice, pr->m * sizeof *pr->p);
        if (largest < 1e-9) break;
    }
    return EH_OK;
}

eh_status eh_turnbull(eh_context *ctx, const double *left, const double *right, size_t n, double *survival_left, double *survival_right,
                      uint64_t *n_iterations, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    problem pr = {.n = n};
    end_point *ends = eh_alloc(ctx, 2 * n, sizeof *ends, err);
    pr.first = eh_alloc(ctx, 2 * n, sizeof *pr.first, err);
    double *work = NULL;
    eh_status status = ends && pr.first ? EH_OK : err->status;
    if (status == EH_OK) {
        pr.end = pr.first + n;
        for (size_t i = 0; i < n; i++) {
            ends[2 * i] = (end_point){left[i], i, false};
            ends[2 * i + 1] = (end_point){right[i], i, true};
        }
        status = eh_sort(ctx, ends, 2 * n, sizeof *ends, by_time, NULL, err);
    }
    if (status == EH_OK) {
        pr.m = find_intervals(ends, 2 * n, &pr);
        work = eh_alloc(ctx, 5 * pr.m + 1, sizeof *work, err);
        if (!work) status = err->status;
    }
    if (status == EH_OK) {
        pr.p = work, pr.once = work + pr.m, pr.twice = work + 2 * pr.m, pr.sum = work + 4 * pr.m;
        status = iterate(ctx, &pr, work + 3 * pr.m, n_iterations, err);
    }
    if (status == EH_OK) {
        pr.sum[pr.m] = 0; /* from the end: small chances keep their digits */
        for (size_t j = pr.m; j-- > 0;) pr.sum[j] = pr.sum[j + 1] + pr.p[j];
        for (size_t i = 0; i < n; i++) {
            survival_left[i] = pr.sum[pr.first[i]];
            survival_right[i] = isinf(right[i]) ? 0 : pr.sum[pr.end[i]];
        }
    }
    eh_free(ctx, work);
    eh_free(ctx, pr.first);
    eh_free(ctx, ends);
    return status;
}
