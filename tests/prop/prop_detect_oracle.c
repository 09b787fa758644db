/*
 * Detection against a slow restatement of docs/methods/detection.md: every sum is a double loop over actions,
 * nothing is shared, cached or sorted. Compared: every tested pair's counts, chances, e-value and p.
 */
#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "check.h"
#include "evenhand/signif.h"

enum { n_cells = 288, n_bins = 13, most_blocks = 400 };
static const double edge_s[n_bins + 1] = {0, 5, 10, 20, 30, 60, 120, 300, 900, 1800, 3600, 10800, 43200, 129600};

typedef struct world {
    eh_context *ctx;
    eh_action_table table;
} world;

static eh_str number_name(char *room, const char *kind, uint64_t i)
{
    snprintf(room, 24, "%s%02d", kind, (int)i);
    return eh_str_of(room);
}

/* Few accounts and objects, bursts, repeats, known and unknown births, known and unknown sources. */
static world make_world(uint64_t seed, int n_threads, int n_accounts)
{
    world w;
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, &w.ctx, &err), err);
    eh_action_builder *builder;
    CHECK_OK(eh_action_builder_new(w.ctx, 1u << EH_REPOST, true, &builder, &err), err);
    eh_rng rng = eh_rng_of(seed, 0);
    for (int o = 0; o < 24; o++) {
        char object[24], source[24], account[24], post[24];
        int64_t birth_us = (int64_t)(1533081600 + eh_rng_below(&rng, 3 * 86400)) * EH_SECOND_US;
        bool is_known = eh_rng_uniform(&rng) < .6, has_source = eh_rng_uniform(&rng) < .7;
        double spread_s = pow(10, 1 + 3.5 * eh_rng_uniform(&rng));
        uint64_t n = 2 + eh_rng_below(&rng, 18), i_source = eh_rng_below(&rng, 4);
        for (uint64_t i = 0; i < n; i++) {
            int64_t time_us = birth_us + (int64_t)(spread_s * eh_rng_exponential(&rng)) * EH_SECOND_US;
            eh_action action = {.behaviour = EH_REPOST, .kind = EH_KIND_REPOST, .time_us = time_us,
                                .birth_us = is_known ? birth_us : EH_NO_TIME};
            uint64_t i_account = eh_rng_below(&rng, (uint64_t)n_accounts);
            /* three look every 15 minutes, and on some objects a program speaks for two more */
            bool is_late = i_account < 3 || (i_account < 5 && o % 3 == 0);
            if (is_late)
                action.time_us = (action.time_us / (900 * EH_SECOND_US) + 1) * 900 * EH_SECOND_US + (int64_t)i_account * 6 * EH_SECOND_US;
            action.account = number_name(account, "a", i_account);
            action.object = number_name(object, "o", (uint64_t)o);
            action.source = has_source ? number_name(source, "s", i_source) : (eh_str){NULL, 0};
            action.post = number_name(post, "p", eh_rng_below(&rng, 1000000) % 97);
            CHECK_OK(eh_action_builder_add(builder, &action, &err), err);
        }
    }
    CHECK_OK(eh_action_builder_finish(builder, &w.table, &err), err);
    eh_action_builder_free(builder);
    return w;
}

static void free_world(world *w)
{
    eh_action_table_release(&w->table);
    eh_context_free(w->ctx);
}

/* ---- the oracle ---- */
static const eh_action_set *set_of(const world *w) { return &w->table.sets[EH_REPOST]; }

static uint32_t object_of(const eh_action_set *s, uint64_t i)
{
    uint32_t o = 0;
    while (s->object_start[o + 1] <= i) o++;
    return o;
}

static int cell_of(int64_t t) { return (int)(eh_time_of_day_us(t) / (300 * EH_SECOND_US)); }

static bool is_stale(const eh_action_set *s, uint64_t i)
{
    return s->time_us[i] - s->object_birth_us[object_of(s, i)] >= 12 * EH_HOUR_US;
}

/* Since the birth for 12 h; then since the start of the run of actions at most 15 min apart, 12 h for a run of one. */
static int64_t latency_of(const eh_action_set *s, uint64_t i)
{
    if (!is_stale(s, i)) return s->time_us[i] - s->object_birth_us[object_of(s, i)];
    int64_t start_us = s->time_us[i];
    int n_reached = 1;
    for (bool has_grown = true; has_grown;) { /* backwards as long as something is near */
        has_grown = false;
        for (uint64_t j = 0; j < s->n_actions; j++)
            if (object_of(s, j) == object_of(s, i) && is_stale(s, j) && s->time_us[j] < start_us &&
                start_us - s->time_us[j] <= 15 * EH_MINUTE_US)
                start_us = s->time_us[j], has_grown = true;
    }
    for (uint64_t j = 0; j < s->n_actions; j++)
        n_reached += j != i && object_of(s, j) == object_of(s, i) && is_stale(s, j) &&
                     llabs(s->time_us[j] - s->time_us[i]) <= 15 * EH_MINUTE_US;
    return n_reached == 1 ? 12 * EH_HOUR_US : s->time_us[i] - start_us;
}

static int bin_of(const eh_action_set *s, uint64_t i)
{
    double latency_s = (double)latency_of(s, i) / 1e6;
    int b = 0;
    while (b < n_bins - 1 && latency_s >= edge_s[b + 1]) b++;
    return b;
}

static bool latency_known(const eh_action_set *s, uint64_t i)
{
    uint32_t o = object_of(s, i);
    int n_at_birth = 0;
    for (uint64_t j = s->object_start[o]; j < s->object_start[o + 1]; j++) n_at_birth += s->time_us[j] == s->object_birth_us[o];
    return s->is_birth_known[o] || s->time_us[i] > s->object_birth_us[o] || n_at_birth > 1;
}

static bool first_of_its_time(const eh_action_set *s, uint64_t i)
{
    for (uint64_t j = 0; j < i; j++)
        if (s->account[j] == s->account[i] && s->time_us[j] == s->time_us[i]) return false;
    return true;
}

static bool cells_near(int a, int b)
{
    int gap = abs(a - b);
    return gap <= 2 || gap >= n_cells - 2;
}

static int distinct_times(const eh_action_set *s, uint32_t u)
{
    int n = 0;
    for (uint64_t i = 0; i < s->n_actions; i++) n += s->account[i] == u && first_of_its_time(s, i);
    return n;
}

static double population_clock(const eh_action_set *s, int m)
{
    double n = 0, total = 0;
    for (uint64_t i = 0; i < s->n_actions; i++) {
        if (!first_of_its_time(s, i)) continue;
        n += cells_near(cell_of(s->time_us[i]), m) ? .2 : 0;
        total++;
    }
    return (n + 1) / (total + n_cells);
}

/* Counted once per world: the definition is quadratic in the actions. */
static int n_times_of[64];
static double clock_count_of[64][n_cells];

static void count_clocks(const eh_action_set *s, uint32_t n_accounts)
{
    memset(clock_count_of, 0, sizeof clock_count_of);
    for (uint32_t u = 0; u < n_accounts; u++) n_times_of[u] = distinct_times(s, u);
    for (uint64_t i = 0; i < s->n_actions; i++)
        for (int m = 0; m < n_cells && first_of_its_time(s, i); m++)
            if (cells_near(cell_of(s->time_us[i]), m)) clock_count_of[s->account[i]][m] += .2;
}

/* h_u(m); an action time to leave out, or none. */
static double clock_density(const double *population, uint32_t u, int m, int64_t left_out_us)
{
    int n = n_times_of[u];
    if (n < 3) return population[m];
    double count = clock_count_of[u][m];
    if (left_out_us != EH_NO_TIME) {
        n--;
        if (cells_near(cell_of(left_out_us), m)) count -= .2;
    }
    return (count + 8 * population[m]) / (n + 8);
}

static void latency_density(const eh_action_set *s, uint32_t u, uint32_t o, int64_t day, double *g)
{
    double all[n_bins] = {0}, own[n_bins] = {0}, with_source[n_bins] = {0}, n_all = 0, n_own = 0, n_source = 0;
    for (uint64_t i = 0; i < s->n_actions; i++) {
        if (!latency_known(s, i)) continue;
        all[bin_of(s, i)]++, n_all++;
        bool is_left_out = object_of(s, i) == o && eh_day_of(s->time_us[i]) == day;
        if (s->account[i] != u || is_left_out) continue;
        own[bin_of(s, i)]++, n_own++;
        if (s->object_source[o] != UINT32_MAX && s->object_source[object_of(s, i)] == s->object_source[o])
            with_source[bin_of(s, i)]++, n_source++;
    }
    for (int b = 0; b < n_bins; b++) {
        double g_all = (all[b] + 1) / (n_all + n_bins);
        double g_u = (own[b] + 8 * g_all) / (n_own + 8);
        g[b] = s->object_source[o] == UINT32_MAX ? g_u : (with_source[b] + 4 * g_u) / (n_source + 4);
    }
}

static double uniform_close(double w, double a, double b, double c, double d)
{
    double sum = 0; /* P(|x - y| <= w) by integration over x in 20,000 steps */
    for (int i = 0; i < 20000; i++) {
        double x = a + (b - a) * (i + .5) / 20000, low = fmax(c, x - w), high = fmin(d, x + w);
        sum += high > low ? (high - low) / (d - c) : 0;
    }
    return sum / 20000;
}

typedef struct model {
    double population[n_cells], g[n_bins], kernel[4][n_cells], coincidence[4][n_bins][n_bins], after_birth[4][n_bins];
} model;
static const int64_t windows_us[4] = {10000000, 60000000, 600000000, 3600000000};

static void fit(const eh_action_set *s, model *m)
{
    for (int c = 0; c < n_cells; c++) m->population[c] = population_clock(s, c);
    double n = 0, count[n_bins] = {0};
    for (uint64_t i = 0; i < s->n_actions; i++)
        if (latency_known(s, i)) count[bin_of(s, i)]++, n++;
    for (int b = 0; b < n_bins; b++) m->g[b] = (count[b] + 1) / (n + n_bins);
    static int bin[1000];
    static int64_t latency[1000];
    for (uint64_t i = 0; i < s->n_actions; i++) {
        bin[i] = latency_known(s, i) ? bin_of(s, i) : -1;
        latency[i] = latency_of(s, i);
    }
    for (int w = 0; w < 4; w++) {
        for (int k = 0; k < n_cells; k++) {
            int gap = k > n_cells / 2 ? n_cells - k : k;
            m->kernel[w][k] = uniform_close((double)windows_us[w] / 3e8, gap, gap + 1, 0, 1);
        }
        for (int b = 0; b < n_bins; b++) {
            double window_s = (double)windows_us[w] / 1e6, n_soon = 0;
            for (uint64_t i = 0; i < s->n_actions; i++) n_soon += bin[i] == b && latency[i] <= windows_us[w];
            double by_shape = window_s <= edge_s[b] ? 0 : window_s >= edge_s[b + 1] ? 1 : (window_s - edge_s[b]) / (edge_s[b + 1] - edge_s[b]);
            m->after_birth[w][b] = (n_soon + 10 * by_shape) / (count[b] + 10);
        }
        for (int b = 0; b < n_bins; b++)
            for (int c = 0; c < n_bins; c++) {
                double close = 0, pairs = 0;
                for (uint64_t i = 0; i < s->n_actions; i++)
                    for (uint64_t j = 0; bin[i] == b && j < s->n_actions; j++)
                        if (i != j && bin[j] == c) pairs++, close += llabs(latency[i] - latency[j]) <= windows_us[w];
                double weight = fmin(count[b], count[c]);
                double by_shape = uniform_close((double)windows_us[w] / 1e6, edge_s[b], edge_s[b + 1], edge_s[c], edge_s[c + 1]);
                m->coincidence[w][b][c] = pairs < 1 ? by_shape : (weight * close / pairs + 10 * by_shape) / (weight + 10);
            }
        double by_clock = 0;
        for (int x = 0; x < n_cells; x++)
            for (int y = 0; y < n_cells; y++)
                by_clock += m->population[x] * m->kernel[w][(x - y + n_cells) % n_cells] * m->population[y];
        m->coincidence[w][n_bins - 1][n_bins - 1] = by_clock;
    }
}

static double weight_of(const eh_action_set *s, const model *m, uint32_t u, const double *g, uint64_t e, int64_t left_out_us)
{
    int c = cell_of(s->time_us[e]), b = bin_of(s, e);
    return g[b] / m->g[b] * clock_density(m->population, u, c, left_out_us) / m->population[c];
}

/* Everything about one pair on one episode. */
typedef struct chance {
    double p[4];
    bool x[4];
    int64_t earlier_us, later_us, closest_us; /* INT64_MAX: both on their grids */
    int64_t block;
} chance;

/* .9 of the share within w among pairs of distinct times on different days that lie within 3 h by the clock. */
static double clock_floor(const eh_action_set *s, uint32_t u, uint32_t v, int64_t w)
{
    double close = 0, near = 0, near_us = 3.0 * (double)EH_HOUR_US;
    for (uint64_t i = 0; i < s->n_actions; i++)
        for (uint64_t j = 0; j < s->n_actions; j++) {
            if (s->account[i] != u || s->account[j] != v || !first_of_its_time(s, i) || !first_of_its_time(s, j)) continue;
            if (eh_day_of(s->time_us[i]) == eh_day_of(s->time_us[j])) continue;
            int64_t gap = llabs(eh_time_of_day_us(s->time_us[i]) - eh_time_of_day_us(s->time_us[j]));
            near += (double)gap <= near_us, close += gap <= w;
        }
    return .9 * (close + 4 * (double)w / near_us) / (near + 4);
}

/* A slot of a period that holds the most of the times, at least as many and as large a share as asked, 2.5 times what chance (or the mean
 * of the slots beside it) gives and beyond Chernoff's bound of e^-information; of such periods the one with the largest excess. */
typedef struct slot {
    double period_us, first_us, width_us;
} slot;

static bool holds(slot s, int64_t time_us) { return fmod(fmod((double)time_us, s.period_us) - s.first_us + s.period_us, s.period_us) < s.width_us; }

static bool fullest_slot(const int64_t *times_us, int n, double fewest, double least_share, double least_information, slot *out)
{
    static const int64_t periods_s[10] = {3600, 1800, 1200, 900, 600, 300, 60, 900, 600, 300}, slots_s[10] = {90, 90, 90, 90, 90, 45, 10, 25, 25, 15};
    double best = 0;
    for (int k = 0; k < 10; k++) {
        slot here = {(double)periods_s[k] * 1e6, 0, (double)slots_s[k] * 1e6}, fullest = here, before, after;
        double most = 0, beside = 0, c = here.width_us / here.period_us;
        for (int i = 0; i < n; i++) {
            double n_here = 0;
            here.first_us = fmod((double)times_us[i], here.period_us);
            for (int j = 0; j < n; j++) n_here += holds(here, times_us[j]);
            if (n_here > most || (n_here == most && here.first_us < fullest.first_us)) most = n_here, fullest = here;
        }
        before = after = fullest;
        before.first_us -= fullest.width_us, after.first_us += fullest.width_us;
        for (int i = 0; i < n; i++) {
            double phase_us = fmod((double)times_us[i], here.period_us);
            beside += fmod(phase_us - before.first_us + 2 * here.period_us, here.period_us) < here.width_us;
            beside += fmod(phase_us - after.first_us + 2 * here.period_us, here.period_us) < here.width_us;
        }
        c = fmax(c, n > 0 ? beside / 2 / n : 0);
        bool is_kept = n >= fewest && most >= fewest && most / n >= least_share && most / n >= 2.5 * c;
        double log_chance = is_kept ? most * log(n * c / most) + (most < n ? (n - most) * log(n * (1 - c) / (n - most)) : 0) : 0;
        if (!is_kept || log_chance > -least_information || (best > 0 && most / n - c <= best + .02)) continue;
        best = most / n - c, *out = fullest;
    }
    return best > 0;
}

/* Whether an action falls into a slot that the account keeps: the fullest of u's distinct times, then that of those left, four times at most. */
static bool on_grid(const eh_action_set *s, uint32_t u, int64_t time_us)
{
    int64_t left_us[1000];
    int n = 0;
    slot found;
    for (uint64_t i = 0; i < s->n_actions; i++)
        if (s->account[i] == u && first_of_its_time(s, i)) left_us[n++] = s->time_us[i];
    for (int round = 0; round < 4 && fullest_slot(left_us, n, 8, .05, 18.4, &found); round++) {
        if (holds(found, time_us)) return true;
        int n_left = 0;
        for (int i = 0; i < n; i++)
            if (!holds(found, left_us[i])) left_us[n_left++] = left_us[i];
        n = n_left;
    }
    return false;
}

/* Co-actions of a pair within 90 s: where most fall into one slot, these are none. */
static int n_left_out;
static void leave_slot_out(chance *chances, int n)
{
    int64_t times_us[most_blocks];
    int n_close = 0;
    slot found;
    for (int i = 0; i < n; i++)
        if (chances[i].closest_us <= 90 * EH_SECOND_US) times_us[n_close++] = chances[i].later_us;
    if (!fullest_slot(times_us, n_close, 5, .5, 12, &found)) return;
    for (int i = 0; i < n; i++) {
        if (chances[i].closest_us == INT64_MAX || !holds(found, chances[i].later_us) || !holds(found, chances[i].earlier_us)) continue;
        for (int w = 0; w < 4; w++) chances[i].x[w] = false;
        n_left_out++;
    }
}

static int n_explained, n_founded;
static bool episode_chance(const eh_action_set *s, const model *m, const double *habit, const double *floor_of, uint32_t u, uint32_t v, uint32_t o,
                           int64_t day, chance *out)
{
    uint64_t in[200], n = 0;
    bool is_explained = false;
    uint32_t n_u = 0, n_v = 0, n_accounts = 0;
    int64_t only_u = EH_NO_TIME, only_v = EH_NO_TIME, closest = INT64_MAX;
    for (uint64_t i = s->object_start[o]; i < s->object_start[o + 1]; i++)
        if (eh_day_of(s->time_us[i]) == day) in[n++] = i;
    for (uint64_t i = 0; i < n; i++) {
        bool is_new = true;
        for (uint64_t j = 0; j < i; j++) is_new = is_new && s->account[in[j]] != s->account[in[i]];
        n_accounts += is_new;
        if (s->account[in[i]] == u) n_u++, only_u = s->time_us[in[i]];
        if (s->account[in[i]] == v) n_v++, only_v = s->time_us[in[i]];
    }
    if (!n_u || !n_v) return false;
    if (n_u > 1 || n_times_of[u] < 3) only_u = EH_NO_TIME;
    if (n_v > 1 || n_times_of[v] < 3) only_v = EH_NO_TIME;
    for (uint64_t i = 0; i < n; i++)
        for (uint64_t j = 0; j < n; j++) {
            if (s->account[in[i]] != u || s->account[in[j]] != v) continue;
            int64_t gap = llabs(s->time_us[in[i]] - s->time_us[in[j]]);
            int64_t later = s->time_us[in[i]] > s->time_us[in[j]] ? s->time_us[in[i]] : s->time_us[in[j]];
            if (gap < closest || (gap == closest && later < out->later_us)) {
                closest = gap, out->later_us = later, out->earlier_us = later - gap;
                is_explained = on_grid(s, u, s->time_us[in[i]]) && on_grid(s, v, s->time_us[in[j]]);
            }
        }
    n_explained += is_explained;
    if (is_explained) closest = INT64_MAX; /* no coincidence, whatever the distance */
    out->closest_us = closest;
    double g_u[n_bins], g_v[n_bins];
    latency_density(s, u, o, day, g_u);
    latency_density(s, v, o, day, g_v);
    double weight_u[200], weight_v[200];
    for (uint64_t i = 0; i < n; i++) {
        weight_u[i] = weight_of(s, m, u, g_u, in[i], only_u);
        weight_v[i] = weight_of(s, m, v, g_v, in[i], only_v);
    }
    for (int w = 0; w < 4; w++) {
        double close = 0, all = 0, pop = 0;
        for (uint64_t i = 0; i < n; i++)
            for (uint64_t j = 0; j < n; j++) {
                if (i == j) continue;
                double product = weight_u[i] * weight_v[j];
                all += product;
                if (llabs(s->time_us[in[i]] - s->time_us[in[j]]) <= windows_us[w]) close += product;
            }
        for (int b = 0; b < n_bins; b++)
            for (int c = 0; c < n_bins; c++) pop += g_u[b] * m->coincidence[w][b][c] * g_v[c];
        double p_o = ((n_accounts - 2.0) * close / all + 100 * fmax(pop, habit[w])) / (n_accounts - 2.0 + 100);
        double several = n_u * n_v * p_o;
        bool is_founded = in[0] == s->object_start[o] && !latency_known(s, in[0]);
        if (is_founded && (s->account[in[0]] == u || s->account[in[0]] == v)) { /* the other follows the first action ever seen, or not */
            bool by_u = s->account[in[0]] == u;
            const double *weight = by_u ? weight_v : weight_u, *g = by_u ? g_v : g_u;
            double n_of_other = by_u ? n_v : n_u;
            close = all = pop = 0;
            for (uint64_t i = 1; i < n; i++) {
                all += weight[i];
                if (s->time_us[in[i]] - s->time_us[in[0]] <= windows_us[w]) close += weight[i];
            }
            for (int b = 0; b < n_bins; b++) pop += g[b] * m->after_birth[w][b];
            several += n_of_other * (((n_accounts - 2.0) * close / all + 100 * fmax(pop, habit[w])) / (n_accounts - 2.0 + 100) - p_o);
            n_founded++;
        }
        out->p[w] = fmin(fmax(fmax(several, floor_of[w]), 1e-9), 1 - 1e-9);
        out->x[w] = closest <= windows_us[w];
    }
    int64_t start_us = day * EH_DAY_US, birth_us = s->object_birth_us[o];
    out->block = eh_day_of((birth_us > start_us ? birth_us : start_us) * 4); /* quarter days */
    return true;
}

static double expect_log_e(const double *p, const bool *x, int n)
{
    double sum = 0, r[4] = {3, 10, 30, 100};
    for (int i = 0; i < 4; i++) {
        double e = 1;
        for (int b = 0; b < n; b++) e *= (x[b] ? r[i] : 1) / (1 + (r[i] - 1) * p[b]);
        sum += e / 4;
    }
    return log(sum);
}

/* Blocks of a pair in one window: p_B, and X_B after the rule that one sitting counts once.
 * is_sharp: only the object with the smallest chance of each block. */
static int blocks_of(const chance *chances, int n, int w, bool is_sharp, double *p, bool *x)
{
    int64_t block[most_blocks], time_us[most_blocks];
    int n_blocks = 0;
    for (int i = 0; i < n; i++) {
        int b = 0;
        while (b < n_blocks && block[b] != chances[i].block) b++;
        if (b == n_blocks) block[n_blocks] = chances[i].block, p[b] = 1, time_us[b] = INT64_MAX, n_blocks++;
        if (is_sharp) {
            if (p[b] < 1 && 1 - chances[i].p[w] <= p[b]) continue; /* one at least as sharp is there */
            p[b] = 1 - chances[i].p[w];
            time_us[b] = chances[i].x[w] ? chances[i].later_us : INT64_MAX;
            continue;
        }
        p[b] *= 1 - chances[i].p[w];
        if (chances[i].x[w] && chances[i].later_us < time_us[b]) time_us[b] = chances[i].later_us;
    }
    for (int b = 0; b < n_blocks; b++) p[b] = 1 - p[b], x[b] = false;
    for (int64_t last = INT64_MIN;;) {
        int next = -1;
        for (int b = 0; b < n_blocks; b++)
            if (time_us[b] != INT64_MAX && !x[b] && (last == INT64_MIN || time_us[b] >= last + 4 * EH_HOUR_US) &&
                (next < 0 || time_us[b] < time_us[next]))
                next = b;
        if (next < 0) return n_blocks;
        x[next] = true;
        last = time_us[next];
    }
}

static double tail_of(const double *p, int n, int k)
{
    static long double f[most_blocks + 2];
    memset(f, 0, sizeof f);
    f[0] = 1;
    for (int t = 0; t < n; t++)
        for (int i = t + 1; i >= 0; i--) f[i] = f[i] * (1 - (long double)p[t]) + (i ? f[i - 1] * (long double)p[t] : 0);
    long double sum = 0;
    for (int i = n; i >= k; i--) sum += f[i];
    return (double)sum;
}

static int chances_of(const eh_action_set *s, const model *m, uint32_t u, uint32_t v, chance *chances, int *n_coacted)
{
    double habit[4] = {0}, floor_of[4];
    int n = 0;
    for (int w = 0; w < 4; w++) floor_of[w] = clock_floor(s, u, v, windows_us[w]);
    *n_coacted = 0;
    double h_u[n_cells], h_v[n_cells];
    for (int x = 0; x < n_cells; x++) {
        h_u[x] = clock_density(m->population, u, x, EH_NO_TIME);
        h_v[x] = clock_density(m->population, v, x, EH_NO_TIME);
    }
    for (int w = 0; w < 4; w++)
        for (int x = 0; x < n_cells; x++)
            for (int y = 0; y < n_cells; y++)
                habit[w] += .9 * m->kernel[w][(x - y + n_cells) % n_cells] * h_u[x] * h_v[y];
    for (uint32_t o = 0; o < s->n_objects; o++)
        for (int64_t day = 17744; day < 17744 + 12; day++)
            if (episode_chance(s, m, habit, floor_of, u, v, o, day, &chances[n])) *n_coacted += chances[n++].x[3];
    leave_slot_out(chances, n);
    return n;
}

static void compare(const eh_edge *edge, const chance *chances, int n)
{
    double log_e[4], p[most_blocks], sum = 0, sum_sharp = 0;
    bool x[most_blocks];
    int best = 0;
    for (int w = 0; w < 4; w++) {
        int n_sharp = blocks_of(chances, n, w, true, p, x);
        sum_sharp += exp(expect_log_e(p, x, n_sharp)) / 4;
        int n_blocks = blocks_of(chances, n, w, false, p, x);
        log_e[w] = expect_log_e(p, x, n_blocks);
        sum += exp(log_e[w]) / 4;
        if (log_e[w] > log_e[best]) best = w;
    }
    int n_blocks = blocks_of(chances, n, best, false, p, x), k = 0;
    double mu = 0;
    for (int b = 0; b < n_blocks; b++) k += x[b], mu += p[b];
    CHECK_NEAR(exp(edge->log_e), sum, 1e-6); /* the oracle integrates kernels numerically */
    CHECK_NEAR(exp(edge->log_e_pair), (sum + sum_sharp) / 2, 1e-6);
    CHECK_EQ_INT(edge->window_us, windows_us[best]);
    CHECK_EQ_INT(edge->n_sittings, k);
    CHECK_NEAR(edge->n_sittings_expected, mu, 1e-6);
    CHECK_NEAR(edge->p_value, fmin(1, 4 * tail_of(p, n_blocks, k)), 1e-5);
    CHECK_EQ_INT(edge->n_common_objects, n);
}

static void every_tested_pair_matches(void)
{
    int n_compared = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        world w = make_world(seed, 2, 9);
        const eh_action_set *s = set_of(&w);
        eh_error err = EH_ERROR_INIT;
        eh_detection d;
        CHECK_OK(eh_detect(w.ctx, &w.table, NULL, &d, &err), err);
        static model m;
        count_clocks(s, w.table.accounts.n);
        fit(s, &m);
        uint64_t at = 0;
        for (uint32_t u = 0; u < w.table.accounts.n; u++)
            for (uint32_t v = u + 1; v < w.table.accounts.n; v++) {
                static chance chances[most_blocks];
                int n_coacted, n = chances_of(s, &m, u, v, chances, &n_coacted);
                bool is_tested = n >= (int)d.min_common_objects && n_coacted >= 2;
                bool is_there = at < d.n_edges && d.edges[at].account_a == u && d.edges[at].account_b == v;
                CHECK_EQ_INT(is_there, is_tested);
                if (!is_tested) continue;
                compare(&d.edges[at++], chances, n);
                n_compared++;
            }
        CHECK_EQ_INT(at, d.n_edges);
        eh_detection_release(&d);
        free_world(&w);
    }
    printf("%d pairs compared\n", n_compared);
    CHECK(n_compared >= 30);
    CHECK(n_explained >= 5);
    CHECK(n_left_out >= 5);
    CHECK(n_founded >= 100);
}

static void threads_do_not_matter(void)
{
    eh_error err = EH_ERROR_INIT;
    world one = make_world(3, 1, 14), eight = make_world(3, 8, 14);
    eh_detection a, b;
    CHECK_OK(eh_detect(one.ctx, &one.table, NULL, &a, &err), err);
    CHECK_OK(eh_detect(eight.ctx, &eight.table, NULL, &b, &err), err);
    CHECK_EQ_INT(a.n_edges, b.n_edges);
    CHECK(a.n_edges > 3);
    CHECK(memcmp(a.edges, b.edges, a.n_edges * sizeof *a.edges) == 0);
    CHECK(memcmp(a.accounts, b.accounts, one.table.accounts.n * sizeof *a.accounts) == 0);
    eh_detection_release(&a);
    eh_detection_release(&b);
    free_world(&one);
    free_world(&eight);
}

static void every_failed_allocation_is_told(void)
{
    world w = make_world(4, 1, 8);
    for (int64_t n = 1;; n += 1 + n / 8) {
        eh_error err = EH_ERROR_INIT;
        eh_detection d;
        uint64_t before = eh_context_memory_used_size(w.ctx);
        eh_context_fail_allocation_after(w.ctx, n);
        eh_status status = eh_detect(w.ctx, &w.table, NULL, &d, &err);
        eh_context_fail_allocation_after(w.ctx, 0);
        if (status == EH_OK) {
            eh_detection_release(&d);
            break;
        }
        CHECK_EQ_INT(status, EH_E_NOMEM);
        CHECK(err.message[0]);
        CHECK_EQ_INT(eh_context_memory_used_size(w.ctx), before);
    }
    free_world(&w);
}

CHECK_MAIN(every_tested_pair_matches, threads_do_not_matter, every_failed_allocation_is_told)
