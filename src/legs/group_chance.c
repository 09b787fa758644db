/*
 * What the chances are worth. The null of detection is meant to err towards large chances; summed over hundreds of pairs an
 * error of either sign would decide. So chances are moved to what other pairs of like chance did in this archive:
 *   odds(p*) = f_bin odds(p),   f_bin = odds((sum X + s p') / (n + s)) / odds((sum p + s p-bar) / (n + s)),   s = 50 meetings,
 * p' = p-bar moved by the factor of all bins together, which is shrunk to one in the same way. Pairs within one candidate
 * are left out, so that a group does not explain itself.
 */
#include "legs/group.h"

#include "base/threads.h"

#include <math.h>
#include <string.h>

static const double calibration_shrinkage = 50, most_sampled = 4e6, least_chance = 1e-4;
static const double margin = 1.1; /* what is closer than chance by less is not looked at */

int eh_chance_bin(double p)
{
    double logit = log(p / (1 - p)); /* -9.2 .. 9.2 in steps of .5, the ends together */
    int bin = (int)floor((logit + 6) / 0.5);
    return bin < 0 ? 0 : bin >= eh_n_chance_bins ? eh_n_chance_bins - 1 : bin;
}

static double clipped(double p) { return p < least_chance ? least_chance : p > 1 - least_chance ? 1 - least_chance : p; }

static double odds(double p) { return p / (1 - p); }
static double moved(double p, double factor) { return clipped(factor * odds(p) / (1 + factor * odds(p))); }

/* How seen odds stand to expected ones; s further meetings at the prior factor. */
static double factor_of(double n, double sum_x, double sum_p, double prior)
{
    if (n <= 0) return prior;
    double mean = clipped(sum_p / n);
    double seen = clipped((sum_x + calibration_shrinkage * moved(mean, prior)) / (n + calibration_shrinkage));
    return odds(seen) / odds(mean);
}

static void finish(eh_chance_table *table, int b, int w)
{
    double n = 0, x = 0, p = 0;
    for (int i = 0; i < eh_n_chance_bins; i++) {
        n += table->n[b][w][i];
        x += table->sum_x[b][w][i];
        p += table->sum_p[b][w][i];
    }
    double all = factor_of(n, x, p, 1);
    for (int i = 0; i < eh_n_chance_bins; i++)
        table->factor[b][w][i] = fmax(1, factor_of(table->n[b][w][i], table->sum_x[b][w][i], table->sum_p[b][w][i], all));
}

double eh_group_chance(const eh_chance_table *table, int behaviour, int window, double p)
{
    p = clipped(p);
    return clipped(margin * moved(p, table->factor[behaviour][window][eh_chance_bin(p)]));
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
    const uint32_t *label; /* candidate of each account */
    eh_group_walker *walkers;
    eh_chance_table *tables; /* of threads: sums of counts and of chances rounded to whole 2^-30, so their order is no matter */
    uint32_t stride;
} sampler;

static double rounded(double p) { return nearbyint(p * 1073741824.0) / 1073741824.0; }

typedef struct taker {
    const eh_group_data *data;
    const uint32_t *label;
    uint32_t own_label;
    eh_chance_table *table;
} taker;

static void take(void *data, const eh_meeting *meeting)
{
    taker *t = data;
    int b = meeting->behaviour;
    if (t->own_label != UINT32_MAX && t->label[meeting->other] == t->own_label) return;
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
    taker t = {s->data, s->label, UINT32_MAX, &s->tables[i_thread]};
    for (size_t i = first; i < last; i++) {
        uint32_t u = (uint32_t)i * s->stride;
        if (eh_context_is_cancelled(s->data->ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
        EH_TRY(eh_group_walk_neighbours(s->data, &s->walkers[i_thread], u, err));
        t.own_label = s->label[u];
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

eh_status eh_group_calibrate(eh_group_data *data, const eh_candidates *candidates, eh_error *err)
{
    size_t n_threads = (size_t)eh_context_n_threads(data->ctx);
    double n_visits = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint32_t e = 0; e < data->timelines[b].n_episodes; e++) {
            double n = data->timelines[b].episodes[e].n_accounts;
            if (n <= data->largest_searched) n_visits += n * n;
        }
    sampler s = {.data = data, .label = candidates->label, .stride = (uint32_t)(n_visits / most_sampled) + 1};
    s.walkers = eh_alloc(data->ctx, n_threads, sizeof *s.walkers, err);
    s.tables = eh_alloc(data->ctx, n_threads, sizeof *s.tables, err);
    eh_status status = s.walkers && s.tables ? EH_OK : err->status;
    for (size_t i = 0; status == EH_OK && i < n_threads; i++) status = eh_group_walker_init(data, &s.walkers[i], err);
    size_t n_rows = (data->fields.n_accounts + s.stride - 1) / s.stride;
    if (status == EH_OK) status = eh_parallel(data->ctx, "weighing chances", n_rows, 8, sample_rows, &s, err);
    memset(&data->chances, 0, sizeof data->chances);
    for (size_t i = 0; status == EH_OK && i < n_threads; i++) add(&data->chances, &s.tables[i]);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (int w = 0; w < eh_n_group_windows; w++) finish(&data->chances, b, w);
    for (size_t i = 0; s.walkers && i < n_threads; i++) eh_group_walker_release(&s.walkers[i]);
    eh_free(data->ctx, s.walkers);
    eh_free(data->ctx, s.tables);
    return status;
}
