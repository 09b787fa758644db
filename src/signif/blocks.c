#include "signif/blocks.h"

#include "base/sort.h"
#include "base/time.h"
#include "signif/evalue.h"

#include <math.h>
#include <string.h>

static const int64_t sitting_us = 4 * EH_HOUR_US;

/* 1 - (1 - p) (1 - q) without loss for small ones. */
static double either(double p, double q) { return p + q * (1 - p); }

void eh_cell_add(eh_cell *cell, const eh_field *field, const double *p, const double *p_own, eh_closest closest)
{
    int64_t gap = closest.time_b_us - closest.time_a_us;
    for (uint32_t w = 0; w < field->n_windows; w++) {
        eh_sight sight = {p[w], EH_TIME_NONE, (int8_t)((gap > 0) - (gap < 0))};
        if (closest.distance_us <= field->windows_us[w])
            sight.time_us = gap > 0 ? closest.time_b_us : closest.time_a_us;
        eh_sight *all = &cell->all[w];
        all->p = either(all->p, p[w]);
        bool is_first = sight.time_us != EH_TIME_NONE && (all->time_us == EH_TIME_NONE || sight.time_us < all->time_us);
        if (is_first) {
            all->time_us = sight.time_us;
            all->order = sight.order;
        }
        /* Chosen by chance alone, never by outcome: the bet is placed before the result is read. */
        if (cell->sharpest[w].p <= 0 || p[w] < cell->sharpest[w].p) cell->sharpest[w] = sight;
        cell->p_own[w] = either(cell->p_own[w], p_own[w]);
    }
    cell->n_coacted += closest.distance_us <= field->windows_us[field->n_windows - 1];
}

void eh_bench_release(eh_bench *bench)
{
    eh_free(bench->ctx, bench->sights);
    eh_free(bench->ctx, bench->p);
    eh_free(bench->ctx, bench->half);
    eh_free(bench->ctx, bench->tail);
    eh_free(bench->ctx, bench->x);
    memset(bench, 0, sizeof *bench);
}

eh_status eh_bench_reserve(eh_bench *bench, size_t n, eh_error *err)
{
    eh_context *ctx = bench->ctx;
    EH_TRY(eh_reserve(ctx, (void **)&bench->sights, &bench->capacity[0], n, sizeof *bench->sights, err));
    EH_TRY(eh_reserve(ctx, (void **)&bench->p, &bench->capacity[1], n, sizeof *bench->p, err));
    EH_TRY(eh_reserve(ctx, (void **)&bench->half, &bench->capacity[2], n, sizeof *bench->half, err));
    EH_TRY(eh_reserve(ctx, (void **)&bench->tail, &bench->capacity[3], n + 2, sizeof *bench->tail, err));
    return eh_reserve(ctx, (void **)&bench->x, &bench->capacity[4], 3 * n, sizeof *bench->x, err);
}

static int by_time(const void *a, const void *b, void *data)
{
    (void)data;
    int64_t x = ((const eh_sight *)a)->time_us, y = ((const eh_sight *)b)->time_us;
    return (x > y) - (x < y);
}

eh_status eh_weigh(eh_bench *bench, size_t n, eh_weighed *out, eh_error *err)
{
    uint8_t *x = bench->x, *a_second = bench->x + n, *b_second = bench->x + 2 * n;
    int64_t last_us = EH_TIME_NONE;
    memset(out, 0, sizeof *out);
    EH_TRY(eh_sort(bench->ctx, bench->sights, n, sizeof *bench->sights, by_time, NULL, err));
    for (size_t i = 0; i < n; i++) {
        const eh_sight *sight = &bench->sights[i];
        bench->p[i] = sight->p;
        bench->half[i] = 0.5 * bench->p[i];
        out->expected += bench->p[i];
        x[i] = sight->time_us != EH_TIME_NONE && (last_us == EH_TIME_NONE || sight->time_us - last_us >= sitting_us);
        if (x[i]) last_us = sight->time_us;
        a_second[i] = x[i] && sight->order < 0;
        b_second[i] = x[i] && sight->order > 0;
        out->n_sittings += x[i];
        out->n_a_second += a_second[i];
        out->n_b_second += b_second[i];
        out->n_tied += x[i] && sight->order == 0;
    }
    out->log_e = eh_log_evalue(bench->p, x, n);
    out->log_e_a_second = eh_log_evalue(bench->half, a_second, n);
    out->log_e_b_second = eh_log_evalue(bench->half, b_second, n);
    return EH_OK;
}
