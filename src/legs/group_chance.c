/*
 * What the chances are worth. The null of detection is meant to err towards large chances; summed over hundreds of pairs an
 * error of either sign would decide. So chances are moved to what pairs of like chance did in this archive:
 *   odds(p*) = odds(p) * f_bin,   f_bin = (sum X + s p-bar) / (sum p + s p-bar) in odds, s = 50 pairs towards f = 1.
 * The pairs of a group are few among those of an archive; as far as they are not, the test gets weaker, never wrong.
 */
#include "legs/group.h"

#include "base/threads.h"

#include <math.h>
#include <string.h>

static const double calibration_shrinkage = 50, most_sampled = 4e6, least_chance = 1e-4;

int eh_chance_bin(double p)
{
    double logit = log(p / (1 - p)); /* -9.2 .. 9.2 in steps of .5, the ends together */
    int bin = (int)floor((logit + 6) / 0.5);
    return bin < 0 ? 0 : bin >= eh_n_chance_bins ? eh_n_chance_bins - 1 : bin;
}

static double clipped(double p) { return p < least_chance ? least_chance : p > 1 - least_chance ? 1 - least_chance : p; }

double eh_group_chance(const eh_chance_table *table, int behaviour, int window, double p)
{
    p = clipped(p);
    int bin = eh_chance_bin(p);
    double n = table->n[behaviour][window][bin];
    double expected = (table->sum_p[behaviour][window][bin] + calibration_shrinkage * p) / (n + calibration_shrinkage);
    double seen = clipped((table->sum_x[behaviour][window][bin] + calibration_shrinkage * p) / (n + calibration_shrinkage));
    double factor = seen / (1 - seen) * (1 - expected) / expected;
    double odds = factor * p / (1 - p);
    return clipped(odds / (1 + odds));
}

double eh_group_surplus(const eh_group_data *data, const eh_meeting *meeting)
{
    double sum = 0;
    for (int w = 0; w < eh_n_group_windows; w++) {
        double p = eh_group_chance(&data->chances, meeting->behaviour, w, meeting->p[w]);
        double weight = log(3 * (1 - p) / p);
        bool is_close = meeting->closest.distance_us <= data->fields.of[meeting->behaviour].windows_us[w];
        if (weight > 0) sum += weight * (is_close - p);
    }
    return sum;
}

typedef struct sampler {
    eh_group_data *data;
    eh_group_walker *walkers;
    eh_chance_table *tables; /* of threads: sums of counts and of chances rounded to whole 2^-30, so their order is no matter */
    uint32_t stride;
} sampler;

static double rounded(double p) { return nearbyint(p * 1073741824.0) / 1073741824.0; }

typedef struct taker {
    const eh_group_data *data;
    eh_chance_table *table;
} taker;

static void take(void *data, const eh_meeting *meeting)
{
    taker *t = data;
    int b = meeting->behaviour;
    for (int w = 0; w < eh_n_group_windows; w++) {
        double p = clipped(meeting->p[w]);
        int bin = eh_chance_bin(p);
        t->table->n[b][w][bin]++;
        t->table->sum_p[b][w][bin] += rounded(p);
        t->table->sum_x[b][w][bin] += meeting->closest.distance_us <= t->data->fields.of[b].windows_us[w];
    }
}

static eh_status sample_rows(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    sampler *s = data;
    taker t = {s->data, &s->tables[i_thread]};
    for (size_t i = first; i < last; i++) {
        uint32_t u = (uint32_t)i * s->stride;
        if (eh_context_is_cancelled(s->data->ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
        EH_TRY(eh_group_walk_neighbours(s->data, &s->walkers[i_thread], u, err));
        EH_TRY(eh_group_walk(s->data, &s->walkers[i_thread], u, s->data->largest_searched, take, &t, err));
    }
    return EH_OK;
}

static void add(eh_chance_table *sum, const eh_chance_table *one)
{
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (int w = 0; w < eh_n_group_windows; w++)
            for (int i = 0; i < eh_n_chance_bins; i++) {
                sum->n[b][w][i] += one->n[b][w][i];
                sum->sum_p[b][w][i] += one->sum_p[b][w][i];
                sum->sum_x[b][w][i] += one->sum_x[b][w][i];
            }
}

eh_status eh_group_calibrate(eh_group_data *data, eh_error *err)
{
    size_t n_threads = (size_t)eh_context_n_threads(data->ctx);
    double n_visits = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint32_t e = 0; e < data->timelines[b].n_episodes; e++) {
            double n = data->timelines[b].episodes[e].n_accounts;
            if (n <= data->largest_searched) n_visits += n * n;
        }
    sampler s = {.data = data, .stride = (uint32_t)(n_visits / most_sampled) + 1};
    s.walkers = eh_alloc(data->ctx, n_threads, sizeof *s.walkers, err);
    s.tables = eh_alloc(data->ctx, n_threads, sizeof *s.tables, err);
    eh_status status = s.walkers && s.tables ? EH_OK : err->status;
    for (size_t i = 0; status == EH_OK && i < n_threads; i++) status = eh_group_walker_init(data, &s.walkers[i], err);
    size_t n_rows = (data->fields.n_accounts + s.stride - 1) / s.stride;
    if (status == EH_OK) status = eh_parallel(data->ctx, "weighing chances", n_rows, 8, sample_rows, &s, err);
    memset(&data->chances, 0, sizeof data->chances);
    for (size_t i = 0; status == EH_OK && i < n_threads; i++) add(&data->chances, &s.tables[i]);
    for (size_t i = 0; s.walkers && i < n_threads; i++) eh_group_walker_release(&s.walkers[i]);
    eh_free(data->ctx, s.walkers);
    eh_free(data->ctx, s.tables);
    return status;
}
