/* Clock habits. */
#include "signif/profile.h"

#include "base/sort.h"
#include "base/time.h"

#include <string.h>

enum { fewest_times = 3, half_box = 2 };
static const double clock_shrinkage = 8;

void eh_clock_release(eh_clock *clock)
{
    eh_free(clock->ctx, clock->n_times);
    eh_free(clock->ctx, clock->row);
    eh_free(clock->ctx, clock->sums);
    eh_free(clock->ctx, clock->first);
    eh_free(clock->ctx, clock->times_us);
    eh_free(clock->ctx, clock->of_day_us);
    eh_free(clock->ctx, clock->grid);
    memset(clock, 0, sizeof *clock);
}

/* All action times grouped by account: start[a] .. start[a+1). */
static eh_status gather_times(eh_context *ctx, const eh_action_table *table, uint32_t behaviours, eh_clock *clock,
                              eh_error *err)
{
    uint32_t n_accounts = table->accounts.n;
    uint64_t n_total = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (behaviours >> b & 1) n_total += table->sets[b].n_actions;
    uint64_t *start = eh_alloc(ctx, (size_t)n_accounts + 2, sizeof *start, err);
    int64_t *times = eh_alloc(ctx, n_total, sizeof *times, err);
    clock->first = start;
    clock->times_us = times;
    clock->of_day_us = eh_alloc(ctx, n_total, sizeof *clock->of_day_us, err);
    if (!start || !times || !clock->of_day_us) return err->status;
    uint64_t *at = start + 1;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint64_t i = 0; behaviours >> b & 1 && i < table->sets[b].n_actions; i++)
            at[table->sets[b].account[i] + 1]++;
    for (uint32_t a = 0; a < n_accounts; a++) at[a + 1] += at[a];
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint64_t i = 0; behaviours >> b & 1 && i < table->sets[b].n_actions; i++)
            times[at[table->sets[b].account[i]]++] = table->sets[b].time_us[i];
    return EH_OK;
}

static void fill_row(uint16_t *sums, const int64_t *times, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        for (int k = -half_box; k <= half_box; k++) {
            int cell = (eh_clock_cell(times[i]) + k + eh_n_clock_cells) % eh_n_clock_cells;
            if (sums[cell] < UINT16_MAX) sums[cell]++;
        }
}

static void finish_population(eh_clock *clock, const uint64_t counts[eh_n_clock_cells])
{
    double total = 0;
    for (int m = 0; m < eh_n_clock_cells; m++) {
        clock->population[m] = 1; /* a pseudo-count: no cell is impossible */
        for (int k = -half_box; k <= half_box; k++)
            clock->population[m] += 0.2 * (double)counts[(m + k + eh_n_clock_cells) % eh_n_clock_cells];
        total += clock->population[m];
    }
    for (int m = 0; m < eh_n_clock_cells; m++) {
        clock->population[m] /= total;
        clock->inverse_population[m] = 1 / clock->population[m];
    }
}

static eh_status fill_clock(eh_clock *clock, int64_t step_us, eh_error *err)
{
    const uint64_t *start = clock->first;
    int64_t *times = clock->times_us;
    uint64_t counts[eh_n_clock_cells] = {0}, n_most = 0;
    uint32_t n_rows = 0;
    for (uint32_t a = 0; a < clock->n_accounts; a++) n_most = start[a + 1] - start[a] > n_most ? start[a + 1] - start[a] : n_most;
    int64_t *scratch = eh_alloc(clock->ctx, (size_t)n_most, 2 * sizeof *scratch, err);
    eh_status status = scratch ? EH_OK : err->status;
    for (uint32_t a = 0; status == EH_OK && a < clock->n_accounts; a++) {
        int64_t *own = times + start[a];
        uint64_t n = start[a + 1] - start[a], n_distinct = 0;
        status = eh_sort(clock->ctx, own, n, sizeof *own, eh_by_int64, NULL, err);
        for (uint64_t i = 0; i < n; i++)
            if (i == 0 || own[i] != own[i - 1]) own[n_distinct++] = own[i];
        clock->n_times[a] = n_distinct > UINT32_MAX ? UINT32_MAX : (uint32_t)n_distinct;
        if (status == EH_OK) status = eh_grid_of(clock->ctx, own, n_distinct, step_us, scratch, &clock->grid[a], err);
        clock->row[a] = n_distinct >= fewest_times ? n_rows++ : UINT32_MAX;
        for (uint64_t i = 0; i < n_distinct; i++) {
            counts[eh_clock_cell(own[i])]++;
            clock->of_day_us[start[a] + i] = eh_time_of_day_us(own[i]);
        }
        int64_t *of_day_us = clock->of_day_us + start[a];
        if (status == EH_OK) status = eh_sort(clock->ctx, of_day_us, n_distinct, sizeof *of_day_us, eh_by_int64, NULL, err);
    }
    eh_free(clock->ctx, scratch);
    if (status != EH_OK) return status;
    finish_population(clock, counts);
    clock->sums = eh_alloc(clock->ctx, n_rows, eh_n_clock_cells * sizeof *clock->sums, err);
    if (!clock->sums) return err->status;
    for (uint32_t a = 0; a < clock->n_accounts; a++)
        if (clock->row[a] != UINT32_MAX)
            fill_row(clock->sums + (size_t)clock->row[a] * eh_n_clock_cells, times + start[a], clock->n_times[a]);
    return EH_OK;
}

eh_status eh_clock_init(eh_context *ctx, const eh_action_table *table, uint32_t behaviours, int64_t precision_us,
                        eh_clock *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->n_accounts = table->accounts.n;
    out->n_times = eh_alloc(ctx, out->n_accounts, sizeof *out->n_times, err);
    out->row = eh_alloc(ctx, out->n_accounts, sizeof *out->row, err);
    out->grid = eh_alloc(ctx, out->n_accounts, sizeof *out->grid, err);
    eh_status status = out->n_times && out->row && out->grid ? EH_OK : err->status;
    if (status == EH_OK) status = gather_times(ctx, table, behaviours, out, err);
    if (status == EH_OK) status = fill_clock(out, precision_us > EH_SECOND_US ? precision_us : 0, err);
    if (status != EH_OK) eh_clock_release(out);
    return status;
}

void eh_clock_density(const eh_clock *clock, uint32_t account, double density[eh_n_clock_cells])
{
    uint32_t row = clock->row[account];
    if (row == UINT32_MAX) {
        memcpy(density, clock->population, sizeof clock->population);
        return;
    }
    const uint16_t *sums = clock->sums + (size_t)row * eh_n_clock_cells;
    double scale = 1 / (clock->n_times[account] + clock_shrinkage);
    for (int m = 0; m < eh_n_clock_cells; m++)
        density[m] = (0.2 * sums[m] + clock_shrinkage * clock->population[m]) * scale;
}

double eh_close_pairs(const int64_t *a, uint64_t n_a, const int64_t *b, uint64_t n_b, int64_t w)
{
    uint64_t low = 0, high = 0;
    double n = 0;
    for (uint64_t i = 0; i < n_a; i++) {
        while (low < n_b && b[low] < a[i] - w) low++;
        while (high < n_b && b[high] <= a[i] + w) high++;
        n += (double)(high - low);
    }
    return n;
}

/* The same, but only of actions on one and the same day. */
static double close_pairs_of_days(const int64_t *a, uint64_t n_a, const int64_t *b, uint64_t n_b, int64_t w)
{
    double n = 0;
    for (uint64_t i = 0, j = 0; i < n_a && j < n_b;) {
        int64_t day_a = eh_day_of(a[i]), day_b = eh_day_of(b[j]);
        uint64_t i_end = i, j_end = j;
        while (i_end < n_a && eh_day_of(a[i_end]) == day_a) i_end++;
        while (j_end < n_b && eh_day_of(b[j_end]) == day_b) j_end++;
        if (day_a == day_b) n += eh_close_pairs(a + i, i_end - i, b + j, j_end - j, w);
        if (day_a <= day_b) i = i_end;
        if (day_b <= day_a) j = j_end;
    }
    return n;
}

void eh_clock_coincidence(const eh_clock *clock, uint32_t a, uint32_t b, const int64_t *windows_us, uint32_t n_windows,
                          double *coincidence)
{
    const int64_t near_us = 3 * EH_HOUR_US;
    const double shrinkage = 4;
    const int64_t *times_a = clock->times_us + clock->first[a], *times_b = clock->times_us + clock->first[b];
    const int64_t *of_day_a = clock->of_day_us + clock->first[a], *of_day_b = clock->of_day_us + clock->first[b];
    uint32_t n_a = clock->n_times[a], n_b = clock->n_times[b];
    double n_near = eh_close_pairs(of_day_a, n_a, of_day_b, n_b, near_us) -
                    close_pairs_of_days(times_a, n_a, times_b, n_b, near_us);
    for (uint32_t w = 0; w < n_windows; w++) {
        if (windows_us[w] >= near_us) {
            coincidence[w] = 1;
            continue;
        }
        double n_close = eh_close_pairs(of_day_a, n_a, of_day_b, n_b, windows_us[w]) -
                         close_pairs_of_days(times_a, n_a, times_b, n_b, windows_us[w]);
        double by_chance = (double)windows_us[w] / (double)near_us;
        coincidence[w] = (n_close + shrinkage * by_chance) / (n_near + shrinkage);
    }
}

/* Area of {x - y <= t} for x in [a, b], y in [c, d]. */
static double area_below(double t, double a, double b, double c, double d)
{
    double corner[4] = {t + d - a, t + d - b, t + c - a, t + c - b};
    for (int i = 0; i < 4; i++) corner[i] = corner[i] > 0 ? 0.5 * corner[i] * corner[i] : 0;
    return corner[0] - corner[1] - corner[2] + corner[3];
}

double eh_uniform_coincidence(double w, double a, double b, double c, double d)
{
    return (area_below(w, a, b, c, d) - area_below(-w, a, b, c, d)) / ((b - a) * (d - c));
}

void eh_clock_kernel(int64_t window_us, double kernel[eh_n_clock_cells])
{
    double w = (double)window_us / (5.0 * (double)EH_MINUTE_US); /* in cells */
    for (int k = -eh_n_clock_cells / 2; k < eh_n_clock_cells / 2; k++) {
        double p = 0;
        for (int turn = -1; turn <= 1; turn++) { /* the day is a circle */
            double shift = k + turn * eh_n_clock_cells;
            p += eh_uniform_coincidence(w, shift, shift + 1, 0, 1);
        }
        kernel[k + eh_n_clock_cells / 2] = p < 1 ? p : 1;
    }
}

void eh_clock_spread(const double kernel[eh_n_clock_cells], const double density[eh_n_clock_cells],
                     double spread[eh_n_clock_cells])
{
    memset(spread, 0, eh_n_clock_cells * sizeof *spread);
    for (int k = -eh_n_clock_cells / 2; k < eh_n_clock_cells / 2; k++) {
        double weight = kernel[k + eh_n_clock_cells / 2];
        if (weight <= 0) continue; /* narrow windows reach few cells */
        for (int m = 0; m < eh_n_clock_cells; m++)
            spread[m] += weight * density[(m + k + eh_n_clock_cells) % eh_n_clock_cells];
    }
}
