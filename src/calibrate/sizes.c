/*
 * The size of the tests: P(p <= a) / a on pairs that are null by construction. A pair's p is the smallest of its behaviours'
 * times the number tested (each is times the number of windows already); a pair that never co-acted has p = 1.
 */
#include "calibrate/sizes.h"

#include "base/sort.h"
#include "signif/test_data.h"

#include <math.h>
#include <string.h>

enum { least_common = 8, fewest_of_favourite = 5 };
static const double share_of_favourite = 0.25, crowded_share = 0.01;
static const eh_behaviour sourced[2] = {EH_REPOST, EH_LINK};
static const double levels[EH_N_SIZE_LEVELS] = {.05, .01, .001, 1e-4, 1e-5, 1e-6};

double eh_size_level(int i) { return i >= 0 && i < EH_N_SIZE_LEVELS ? levels[i] : 0; }

const char *eh_slice_name(eh_slice slice)
{
    static const char *const names[EH_N_SLICES] = {"all", "fans", "breaking_news", "hyperactive", "small_community"};
    return (unsigned)slice < EH_N_SLICES ? names[slice] : "unknown";
}

void eh_sizes_add(eh_sizes *a, const eh_sizes *b)
{
    for (int s = 0; s < EH_N_SLICES; s++) {
        a->n_pairs[s] += b->n_pairs[s];
        for (int i = 0; i < EH_N_SIZE_LEVELS; i++) {
            a->n_p[s][i] += b->n_p[s][i];
            a->n_e[s][i] += b->n_e[s][i];
        }
    }
}

/* ---- slices ---- */

static int by_key(const void *a, const void *b, void *data)
{
    (void)data;
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* keys: account, source; sorted. */
static void choose_favourites(const uint64_t *keys, size_t n, uint32_t *favourite)
{
    for (size_t first = 0, last; first < n; first = last) {
        size_t best = 0, i_best = first;
        for (last = first; last < n && keys[last] >> 32 == keys[first] >> 32;) {
            size_t run = last;
            while (run < n && keys[run] == keys[last]) run++;
            if (run - last > best) {
                best = run - last;
                i_best = last;
            }
            last = run;
        }
        bool stands_out = best >= fewest_of_favourite && (double)best >= share_of_favourite * (double)(last - first);
        if (stands_out) favourite[keys[first] >> 32] = (uint32_t)keys[i_best];
    }
}

static eh_status find_favourites(eh_context *ctx, const eh_action_set *set, uint32_t *favourite, eh_error *err)
{
    uint64_t *keys = eh_alloc(ctx, (size_t)set->n_actions, sizeof *keys, err);
    size_t n = 0;
    if (!keys) return err->status;
    for (uint32_t o = 0; o < set->n_objects; o++)
        for (uint64_t i = set->object_start[o]; set->object_source[o] != UINT32_MAX && i < set->object_start[o + 1]; i++)
            keys[n++] = (uint64_t)set->account[i] << 32 | set->object_source[o];
    eh_status status = eh_sort(ctx, keys, n, sizeof *keys, by_key, NULL, err);
    if (status == EH_OK) choose_favourites(keys, n, favourite);
    eh_free(ctx, keys);
    return status;
}

eh_status eh_slicing_init(eh_context *ctx, const eh_action_table *table, const eh_account_result *accounts, eh_slicing *out,
                          eh_error *err)
{
    uint32_t n = table->accounts.n;
    *out = (eh_slicing){.ctx = ctx, .n_accounts = n};
    out->notes = eh_alloc(ctx, n, sizeof *out->notes, err);
    eh_status status = out->notes ? EH_OK : err->status;
    for (uint32_t u = 0; status == EH_OK && u < n; u++) out->notes[u] = accounts[u].notes;
    for (int k = 0; k < 2 && status == EH_OK; k++) {
        out->favourite[k] = eh_alloc(ctx, n, sizeof *out->favourite[k], err);
        if (!out->favourite[k]) {
            status = err->status;
            break;
        }
        for (uint32_t u = 0; u < n; u++) out->favourite[k][u] = UINT32_MAX;
        status = find_favourites(ctx, &table->sets[sourced[k]], out->favourite[k], err);
    }
    if (status != EH_OK) eh_slicing_release(out);
    return status;
}

void eh_slicing_release(eh_slicing *s)
{
    if (!s->ctx) return;
    eh_free(s->ctx, s->notes);
    for (int k = 0; k < 2; k++) eh_free(s->ctx, s->favourite[k]);
    memset(s, 0, sizeof *s);
}

static uint32_t slices_of(const eh_slicing *by, const eh_pair_seen *pair)
{
    uint32_t a = pair->account_a, b = pair->account_b, slices = 1u << EH_SLICE_ALL;
    bool is_fan = (by->notes[a] & by->notes[b] & EH_NOTE_FAST_FAN) != 0;
    for (int k = 0; k < 2; k++) is_fan |= by->favourite[k][a] != UINT32_MAX && by->favourite[k][a] == by->favourite[k][b];
    if (is_fan) slices |= 1u << EH_SLICE_FANS;
    if (pair->n_marked * 2 > pair->n_common) slices |= 1u << EH_SLICE_BREAKING_NEWS;
    if ((by->notes[a] | by->notes[b]) & EH_NOTE_HYPERACTIVE) slices |= 1u << EH_SLICE_HYPERACTIVE;
    if (by->is_small && by->is_small[a] && by->is_small[b]) slices |= 1u << EH_SLICE_SMALL_COMMUNITY;
    return slices;
}

/* ---- counting ---- */

typedef struct counting {
    const eh_slicing *by;
    uint32_t n_tested;
    eh_sizes *of_thread;
} counting;

static void count_pair(void *data, int i_thread, const eh_pair_seen *pair)
{
    const counting *c = data;
    if (c->by->is_null && !(c->by->is_null[pair->account_a] && c->by->is_null[pair->account_b])) return;
    eh_sizes *sizes = &c->of_thread[i_thread];
    uint32_t slices = slices_of(c->by, pair);
    double p = 1, log_e = -INFINITY;
    for (uint64_t i = 0; i < pair->n_edges; i++) {
        double of_all = pair->edges[i].p_value * c->n_tested;
        if (of_all < p) p = of_all;
        log_e = pair->edges[i].log_e_pair;
    }
    for (int s = 0; s < EH_N_SLICES; s++) {
        if (!(slices >> s & 1)) continue;
        sizes->n_pairs[s]++;
        for (int i = 0; i < EH_N_SIZE_LEVELS; i++) {
            sizes->n_p[s][i] += p <= levels[i];
            sizes->n_e[s][i] += log_e >= -log(levels[i]);
        }
    }
}

/* The number of accounts that 1 % of all object-days exceed. */
static eh_status crowd_bar(eh_context *ctx, const eh_test_data *data, uint32_t *bar, eh_error *err)
{
    size_t n = 0, at = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) n += data->fields.of[b].timeline ? data->timelines[b].n_episodes : 0;
    uint32_t *sizes = eh_alloc(ctx, n, sizeof *sizes, err);
    if (!sizes) return err->status;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint32_t e = 0; data->fields.of[b].timeline && e < data->timelines[b].n_episodes; e++)
            sizes[at++] = data->timelines[b].episodes[e].n_accounts;
    eh_status status = eh_sort(ctx, sizes, n, sizeof *sizes, eh_by_uint32, NULL, err);
    *bar = n ? sizes[n - 1 - (size_t)(crowded_share * (double)n)] : UINT32_MAX;
    eh_free(ctx, sizes);
    return status;
}

static eh_status visit_all(eh_context *ctx, const eh_test_data *data, counting *c, eh_error *err)
{
    uint8_t *marked[EH_N_BEHAVIOURS] = {NULL};
    eh_visit visit = {.fn = count_pair, .data = c};
    uint32_t bar = 0;
    eh_status status = crowd_bar(ctx, data, &bar, err);
    for (int b = 0; status == EH_OK && b < EH_N_BEHAVIOURS; b++) {
        if (!data->fields.of[b].timeline) continue;
        marked[b] = eh_alloc(ctx, data->timelines[b].n_episodes, 1, err);
        if (!marked[b]) {
            status = err->status;
            break;
        }
        for (uint32_t e = 0; e < data->timelines[b].n_episodes; e++)
            marked[b][e] = data->timelines[b].episodes[e].n_accounts >= bar;
        visit.marked[b] = marked[b];
    }
    if (status == EH_OK) status = eh_scan_visit(ctx, &data->fields, least_common, &visit, err);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) eh_free(ctx, marked[b]);
    return status;
}

eh_status eh_sizes_measure(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options,
                           const eh_slicing *slicing, eh_sizes *sizes, eh_error *err)
{
    eh_detect_options checked = *options;
    EH_TRY(eh_detect_options_check(&checked, err));
    size_t n_threads = (size_t)eh_context_n_threads(ctx);
    counting c = {.by = slicing, .of_thread = eh_alloc(ctx, n_threads, sizeof *c.of_thread, err)};
    eh_test_data *data = c.of_thread ? eh_alloc(ctx, 1, sizeof *data, err) : NULL;
    eh_status status = data ? eh_test_data_init(ctx, table, &checked, data, err) : err->status;
    if (status == EH_OK) {
        c.n_tested = data->fields.n_tested;
        status = visit_all(ctx, data, &c, err);
    }
    for (size_t i = 0; status == EH_OK && i < n_threads; i++) eh_sizes_add(sizes, &c.of_thread[i]);
    if (data) eh_test_data_release(data);
    eh_free(ctx, data);
    eh_free(ctx, c.of_thread);
    return status;
}
