/*
 * The member test against a slow restatement of docs/methods/groups.md. Chances of a pair on an object come from signif's row
 * (prop_detect_oracle checks these); everything after them is restated: who meets whom, hours, factors, surplus, days, tail.
 */
#include "group_world.h"
#include "legs/group.h"

enum { n_windows = 2, n_bins = 24 };
static const int64_t window_us[n_windows] = {3600000000, 10800000000};

static double clip(double p) { return fmin(fmax(p, 1e-4), 1 - 1e-4); }
static int bin_of(double p) { return (int)fmin(fmax(floor((log(p / (1 - p)) + 6) * 2), 0), n_bins - 1); }
static double to_odds(double p) { return p / (1 - p); }

/* One meeting, found by looking at all actions. */
typedef struct meeting {
    int64_t day, gap;
    double p[n_windows];
} meeting;

static bool look(const eh_group_data *data, eh_row *row, const eh_habit *habit, const eh_habit *hours, uint32_t u, uint32_t v,
                 uint32_t e, meeting *out)
{
    const eh_timeline *t = data->fields.of[EH_REPOST].timeline;
    const eh_episode *episode = &t->episodes[e];
    uint64_t member_u = UINT64_MAX, member_v = UINT64_MAX;
    for (uint64_t m = episode->first_member; m < episode->first_member + episode->n_accounts; m++) {
        if (t->members[m].account == u) member_u = m;
        if (t->members[m].account == v) member_v = m;
    }
    if (member_u == UINT64_MAX || member_v == UINT64_MAX) return false;
    eh_error err = EH_ERROR_INIT;
    double p_own[n_windows];
    CHECK_OK(eh_row_episode(row, e, member_u, &err), err);
    eh_row_chance(row, member_v, habit, out->p, p_own);
    out->p[0] = fmax(out->p[0], hours->floor[0] * out->p[1]);
    bool on_grids = false;
    out->gap = INT64_MAX;
    for (uint32_t i = 0; i < episode->n_actions; i++)
        for (uint32_t k = 0; k < episode->n_actions; k++) {
            uint64_t a = episode->first_action + i, b = episode->first_action + k;
            if (t->set->account[a] != u || t->set->account[b] != v) continue;
            if (llabs(t->set->time_us[a] - t->set->time_us[b]) >= out->gap) continue;
            out->gap = llabs(t->set->time_us[a] - t->set->time_us[b]);
            on_grids = eh_grid_holds(&data->clock.grid[u], t->set->time_us[a]) && eh_grid_holds(&data->clock.grid[v], t->set->time_us[b]);
        }
    if (on_grids) out->gap = INT64_MAX; /* a clock in common */
    out->day = eh_day_of(t->set->time_us[episode->first_action]) - data->first_day;
    return true;
}

typedef void (*see_fn)(void *data, uint32_t u, uint32_t v, const meeting *m);

/* All meetings of ordered pairs that share at least `fewest` episodes. */
static void each_meeting(const eh_group_data *data, uint32_t u, uint32_t fewest, see_fn see, void *see_data)
{
    const eh_timeline *t = data->fields.of[EH_REPOST].timeline;
    eh_row row;
    eh_row_init(&row, data->ctx, &data->fields.of[EH_REPOST]);
    eh_row_start(&row, u);
    for (uint32_t v = 0; v < data->fields.n_accounts; v++) {
        if (v == u) continue;
        eh_habit habit, hours;
        eh_row_habit(&row, v, &hours);
        habit = hours;
        for (int w = 0; w < n_windows; w++) habit.floor[w] = 0;
        static meeting found[2000];
        uint32_t n = 0;
        for (uint32_t e = 0; e < t->n_episodes; e++) n += look(data, &row, &habit, &hours, u, v, e, &found[n]);
        for (uint32_t i = 0; n >= fewest && i < n; i++) see(see_data, u, v, &found[i]);
    }
    eh_row_release(&row);
}

typedef struct table {
    const uint32_t *label;
    double n[n_windows][n_bins], p[n_windows][n_bins], x[n_windows][n_bins];
} table;

static void count(void *data, uint32_t u, uint32_t v, const meeting *m)
{
    table *t = data;
    if (t->label[u] != UINT32_MAX && t->label[u] == t->label[v]) return;
    for (int w = 0; w < n_windows; w++) {
        int b = bin_of(clip(m->p[w]));
        t->n[w][b]++, t->p[w][b] += clip(m->p[w]), t->x[w][b] += m->gap <= window_us[w];
    }
}

static double factor(double n, double x, double p, double prior)
{
    if (n <= 0) return prior;
    double mean = clip(p / n), by_prior = clip(prior * to_odds(mean) / (1 + prior * to_odds(mean)));
    return to_odds(clip((x + 50 * by_prior) / (n + 50))) / to_odds(mean);
}

static double chance_of(const table *t, int w, double p)
{
    double n = 0, x = 0, sum = 0;
    for (int b = 0; b < n_bins; b++) n += t->n[w][b], x += t->x[w][b], sum += t->p[w][b];
    p = clip(p);
    int b = bin_of(p);
    double f = fmax(1, factor(t->n[w][b], t->x[w][b], t->p[w][b], factor(n, x, sum, 1)));
    return clip(1.1 * clip(f * to_odds(p) / (1 + f * to_odds(p))));
}

/* cos(u, v) over object-days weighted by log(1 + N / n), by definition. */
static double likeness(const eh_group_data *data, uint32_t u, uint32_t v)
{
    const eh_timeline *t = data->fields.of[EH_REPOST].timeline;
    double both = 0, of_u = 0, of_v = 0;
    for (uint32_t e = 0; e < t->n_episodes; e++) {
        double weight = pow(log(1 + (double)data->fields.n_accounts / t->episodes[e].n_accounts), 2);
        bool has_u = false, has_v = false;
        for (uint64_t m = t->episodes[e].first_member; m < t->episodes[e].first_member + t->episodes[e].n_accounts; m++) {
            has_u = has_u || t->members[m].account == u;
            has_v = has_v || t->members[m].account == v;
        }
        both += has_u && has_v ? weight : 0, of_u += has_u ? weight : 0, of_v += has_v ? weight : 0;
    }
    return both / sqrt(of_u * of_v);
}

typedef struct days {
    const eh_group_data *data;
    const table *table;
    const uint32_t *label;
    double surplus[gw_days + 2], variance[gw_days + 2], expected[n_windows], x[n_windows];
} days;

static void sum_up(void *data, uint32_t u, uint32_t v, const meeting *m)
{
    days *d = data;
    if (d->label[u] != d->label[v]) return;
    double alike = pow(likeness(d->data, u, v), 2);
    for (int w = 0; w < n_windows; w++) {
        double p = chance_of(d->table, w, m->p[w]), weight = fmax(0, log(3 * (1 - p) / p));
        d->surplus[m->day] += alike * weight * ((m->gap <= window_us[w]) - p);
        d->variance[m->day] += alike * alike * p * (1 - p);
        d->expected[w] += p, d->x[w] += m->gap <= window_us[w];
    }
}

/* Upper tail of Student's t by integration in 400,000 steps of s = x / (1 + x). */
static double student_tail(double t, double df)
{
    double c = exp(lgamma((df + 1) / 2) - lgamma(df / 2)) / sqrt(df * acos(-1)), sum = 0;
    int n = 400000;
    for (int i = 0; i < n; i++) {
        double s = (i + .5) / n, x = fabs(t) + s / (1 - s);
        sum += c * pow(1 + x * x / df, -(df + 1) / 2) / ((1 - s) * (1 - s)) / n;
    }
    return t >= 0 ? sum : 1 - sum;
}

static void members_as_restated(void)
{
    group_world w = gw_make(5, 2, 3600);
    eh_error err = EH_ERROR_INIT;
    static eh_group_data data;
    eh_candidates c;
    CHECK_OK(eh_group_data_init(w.ctx, &w.table, 1u << EH_REPOST, 1, &data, &err), err);
    CHECK_OK(eh_group_search(&data, &c, &err), err);
    CHECK_OK(eh_group_calibrate(&data, &c, &err), err);
    uint32_t n = c.first[c.n_groups], n_compared = 0;
    CHECK(n > 20);
    static eh_member_test tests[gw_readers + gw_members];
    CHECK_OK(eh_group_test(&data, &c, tests, &err), err);
    static table t;
    t.label = c.label;
    for (uint32_t u = 0; u < data.fields.n_accounts; u++) each_meeting(&data, u, 3, count, &t);
    for (uint32_t i = 0; i < n; i += 5) {
        days d = {.data = &data, .table = &t, .label = c.label};
        each_meeting(&data, tests[i].account, 1, sum_up, &d);
        for (int k = 0; k < n_windows; k++) {
            CHECK_NEAR(tests[i].expected[k], d.expected[k], 1e-6);
            CHECK_NEAR(tests[i].x[k], d.x[k], 1e-12);
        }
        double s = 0, v = 0, vv = 0, rest = 0;
        for (int k = 0; k < gw_days + 2; k++) s += d.surplus[k], v += d.variance[k], vv += d.variance[k] * d.variance[k];
        double n_days = v * v / vv;
        for (int k = 0; k < gw_days + 2; k++) rest += pow(d.surplus[k] - s * d.variance[k] / v, 2);
        CHECK_NEAR(tests[i].n_days, n_days, 1e-6);
        CHECK_EQ_INT(tests[i].is_testable, n_days >= 5);
        if (n_days < 5) continue;
        double by_t = s / sqrt(rest * n_days / (n_days - 1));
        CHECK(fabs(tests[i].t - by_t) <= 1e-5 * (1 + fabs(by_t)));
        CHECK(fabs(tests[i].p_value - student_tail(by_t, n_days - 1)) <= 1e-4 * tests[i].p_value + 1e-9);
        n_compared++;
    }
    CHECK(n_compared >= 10);
    eh_candidates_release(&c);
    eh_group_data_release(&data);
    gw_free(&w);
}

CHECK_MAIN(members_as_restated)
