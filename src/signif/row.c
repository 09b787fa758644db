/*
 * Null probability that u and v come within w on one episode (an object on one day).
 *
 *   omega_u(s) = g_{u,a}(bin s) / g(bin s) * h_u(cell s) / P(cell s)      weight of u being an action of segment s
 *   p_own = sum_{e != e', |t - t'| <= w} omega_u(e) omega_v(e') / sum_{e != e'} omega_u(e) omega_v(e')
 *   p_pop = sum_{b,b'} g_{u,a}(b) C_w[b][b'] g_{v,a}(b')
 *   p_hab = .9 sum_m h_u(m) sum_m' K_w(m - m') h_v(m')
 *   p_o   = ((n - 2) p_own + kappa max(p_pop, p_hab)) / (n - 2 + kappa),   kappa = EH_KAPPA = 100
 *
 * and with several actions of one account the union bound n_u n_v p_o. Who founds an object of unknown birth reacts to nothing that
 * the archive shows: that it did is conditioned on, and for the founder's first action the chance is that of the other's latency,
 *   p_own = sum_{e', t' <= t_0 + w} omega_v(e') / sum_{e'} omega_v(e'),   p_pop = sum_b g_{v,a}(b) P(l <= w | b)
 * with e' the actions after the founding one. But never less than
 *   .9 of the clock coincidence of their other days: both keep such exact hours; and for friends (contacts.h) w / (w + 10 min),
 *   the chance to pass on within w what the other has just shown, with a median lag of ten minutes and a heavy tail.
 * The numerator of p_own is computed once per
 * (u, episode) up to its last factor: reach_w(s) = sum over actions e' of s of the omega_u of others within w of
 * e'; so each further v costs one product over the segments, exact whatever the size of the episode.
 * omega and g leave out the account's own actions on this episode (times: where it has only one).
 */
#include "signif/row.h"

#include "base/time.h"

#include <math.h>
#include <string.h>

static const int64_t friends_lag_us = 10 * EH_MINUTE_US;
static const double same_day = .9, clock_shrinkage = 8;
static const double least_chance = 1e-9, largest_chance = 1 - 1e-9;

void eh_row_init(eh_row *row, eh_context *ctx, const eh_field *field)
{
    memset(row, 0, sizeof *row);
    row->ctx = ctx;
    row->field = field;
}

void eh_row_release(eh_row *row)
{
    eh_free(row->ctx, row->weight);
    eh_free(row->ctx, row->prefix);
    for (int w = 0; w < EH_MOST_WINDOWS; w++) eh_free(row->ctx, row->reach[w]);
    memset(row, 0, sizeof *row);
}

void eh_row_start(eh_row *row, uint32_t account)
{
    double density[eh_n_clock_cells];
    row->account = account;
    eh_clock_density(row->field->clock, account, density);
    for (uint32_t w = 0; w < row->field->n_windows; w++)
        eh_clock_spread(row->field->kernel[w], density, row->habit_spread[w]);
}

void eh_row_habit(const eh_row *row, uint32_t other_account, eh_habit *habit)
{
    double density[eh_n_clock_cells];
    eh_clock_density(row->field->clock, other_account, density);
    for (uint32_t w = 0; w < row->field->n_windows; w++) {
        double sum = 0;
        for (int m = 0; m < eh_n_clock_cells; m++) sum += row->habit_spread[w][m] * density[m];
        habit->of_day[w] = same_day * sum;
    }
    eh_clock_coincidence(row->field->clock, row->account, other_account, row->field->windows_us, row->field->n_windows,
                         habit->floor);
    bool are_friends = eh_are_in_private_contact(row->field->contacts, row->account, other_account);
    for (uint32_t w = 0; w < row->field->n_windows; w++) {
        double seen = (double)row->field->windows_us[w] / (double)(row->field->windows_us[w] + friends_lag_us);
        habit->floor[w] *= same_day;
        if (are_friends && seen > habit->floor[w]) habit->floor[w] = seen;
    }
}

void eh_likeness_of(const eh_field *field, const eh_episode *episode, const eh_member *member, eh_likeness *out)
{
    const eh_timeline *timeline = field->timeline;
    const eh_clock *clock = field->clock;
    uint32_t left_out[eh_n_latency_bins] = {0};
    const int64_t *times_us = timeline->times_us + member->first_time;
    for (uint32_t i = 0; i < member->n_times; i++) {
        uint32_t latency_ms = timeline->latency_ms[eh_action_of(timeline, episode, member, i)];
        if (latency_ms != EH_NO_LATENCY) left_out[eh_latency_bin(latency_ms)]++;
    }
    eh_latency_density(field->latency, member->account, timeline->set->object_source[episode->object], left_out, out->latency);
    for (int b = 0; b < eh_n_latency_bins; b++)
        out->latency_ratio[b] = out->latency[b] / field->latency->population[b];
    uint32_t row = clock->row[member->account];
    bool leaves_out = row != UINT32_MAX && member->n_times == 1;
    out->sums = row == UINT32_MAX ? NULL : clock->sums + (size_t)row * eh_n_clock_cells;
    out->own_cell = leaves_out ? eh_clock_cell(times_us[0]) : -1000;
    out->scale = 1 / (clock->n_times[member->account] - (leaves_out ? 1.0 : 0.0) + clock_shrinkage);
}

double eh_weight_of(const eh_clock *clock, const eh_likeness *who, const eh_segment *segment)
{
    if (!who->sums) return who->latency_ratio[segment->bin];
    int cell = segment->cell, gap = cell > who->own_cell ? cell - who->own_cell : who->own_cell - cell;
    double count = 0.2 * who->sums[cell];
    if (who->own_cell >= 0 && (gap <= 2 || gap >= eh_n_clock_cells - 2)) count -= 0.2;
    double density = (count > 0 ? count : 0) + clock_shrinkage * clock->population[cell];
    return who->latency_ratio[segment->bin] * density * who->scale * clock->inverse_population[cell];
}

static eh_status reserve(eh_row *row, const eh_episode *episode, eh_error *err)
{
    EH_TRY(eh_reserve(row->ctx, (void **)&row->weight, &row->segment_capacity, episode->n_segments,
                      sizeof *row->weight, err));
    for (uint32_t w = 0; w < row->field->n_windows; w++)
        EH_TRY(eh_reserve(row->ctx, (void **)&row->reach[w], &row->reach_capacity[w], episode->n_segments,
                          sizeof *row->reach[w], err));
    return eh_reserve(row->ctx, (void **)&row->prefix, &row->prefix_capacity, (size_t)episode->n_actions + 1,
                      sizeof *row->prefix, err);
}

/* reach and own_cascade for one window: two pointers over the episode's actions. */
static void sweep(eh_row *row, const eh_episode *episode, uint32_t w)
{
    const eh_timeline *timeline = row->field->timeline;
    const int64_t *time_us = timeline->set->time_us + episode->first_action;
    const eh_segment *segments = timeline->segments + episode->first_segment;
    int64_t window_us = row->field->windows_us[w];
    uint32_t low = 0, high = 0, i = 0, n = episode->n_actions;
    double n_close = 0;
    for (uint32_t s = 0; s < episode->n_segments; s++) {
        double reach = 0;
        for (uint32_t k = 0; k < segments[s].n_actions; k++, i++) {
            while (time_us[low] < time_us[i] - window_us) low++;
            while (high < n && time_us[high] <= time_us[i] + window_us) high++;
            reach += row->prefix[high] - row->prefix[low] - row->weight[s];
            n_close += high - low - 1;
        }
        row->reach[w][s] = reach > 0 ? reach : 0;
    }
    row->own_cascade[w] = n_close / ((double)n * (n - 1.0));
}

/* How the object's founding action was followed, if this episode holds it. */
static void find_founder(eh_row *row, const eh_episode *episode)
{
    const eh_timeline *timeline = row->field->timeline;
    const eh_action_set *set = timeline->set;
    uint64_t first = episode->first_action;
    row->founder = timeline->latency_ms[first] == EH_NO_LATENCY ? set->account[first] : UINT32_MAX;
    for (uint32_t w = 0; row->founder != UINT32_MAX && w < row->field->n_windows; w++) {
        uint32_t n = 0;
        while (n + 1 < episode->n_actions && set->time_us[first + n + 1] <= set->time_us[first] + row->field->windows_us[w]) n++;
        row->n_after[w] = n;
    }
}

static double mixed(const eh_episode *episode, double own, double population, double of_day)
{
    double others = episode->n_accounts - 2.0;
    return (others * (own < 1 ? own : 1) + EH_KAPPA * (population > of_day ? population : of_day)) / (others + EH_KAPPA);
}

/* Chance, per window, that somebody's action is one of those within w of the founding action. */
static void follow_founder(const eh_row *row, const eh_episode *episode, const eh_likeness *who, const double *of_day, double *chance)
{
    const eh_field *field = row->field;
    const eh_segment *segments = field->timeline->segments + episode->first_segment;
    double sum = 0, close[EH_MOST_WINDOWS] = {0};
    uint32_t i = 0; /* actions before the segment; the founding one is no choice */
    for (uint32_t s = 0; s < episode->n_segments; i += segments[s++].n_actions) {
        double weight = eh_weight_of(field->clock, who, &segments[s]);
        uint32_t first = i ? i : 1, end = i + segments[s].n_actions;
        sum += weight * (end - first);
        for (uint32_t w = 0; w < field->n_windows; w++) {
            uint32_t last = row->n_after[w] + 1 < end ? row->n_after[w] + 1 : end;
            if (last > first) close[w] += weight * (last - first);
        }
    }
    for (uint32_t w = 0; w < field->n_windows; w++) {
        double population = 0;
        for (int b = 0; b < eh_n_latency_bins; b++) population += who->latency[b] * field->latency->after_birth[w][b];
        chance[w] = mixed(episode, sum > 0 ? close[w] / sum : 1, population, of_day[w]);
    }
}

eh_status eh_row_episode(eh_row *row, uint32_t i_episode, uint64_t i_member, eh_error *err)
{
    const eh_field *field = row->field;
    const eh_episode *episode = &field->timeline->episodes[i_episode];
    const eh_segment *segments = field->timeline->segments + episode->first_segment;
    EH_TRY(reserve(row, episode, err));
    eh_likeness_of(field, episode, &field->timeline->members[i_member], &row->who);
    row->episode = i_episode;
    row->n_own_times = field->timeline->members[i_member].n_times;
    row->weight_sum = 0;
    row->prefix[0] = 0;
    uint32_t i = 0;
    for (uint32_t s = 0; s < episode->n_segments; s++) {
        row->weight[s] = eh_weight_of(field->clock, &row->who, &segments[s]);
        for (uint32_t k = 0; k < segments[s].n_actions; k++, i++) row->prefix[i + 1] = row->prefix[i] + row->weight[s];
    }
    row->weight_sum = row->prefix[episode->n_actions];
    find_founder(row, episode);
    for (uint32_t w = 0; w < field->n_windows; w++) {
        sweep(row, episode, w);
        for (int c = 0; c < eh_n_latency_bins; c++) {
            double sum = 0;
            for (int b = 0; b < eh_n_latency_bins; b++) sum += row->who.latency[b] * field->latency->coincidence[w][b][c];
            row->population_reach[w][c] = sum;
        }
    }
    return EH_OK;
}

static double between(double x) { return x < least_chance ? least_chance : x > largest_chance ? largest_chance : x; }

/* Chance, per window, of one action each. */
static void meet(const eh_row *row, const eh_episode *episode, const eh_likeness *who, const double *of_day, double *chance)
{
    const eh_field *field = row->field;
    const eh_segment *segments = field->timeline->segments + episode->first_segment;
    double other_sum = 0, same = 0, close[EH_MOST_WINDOWS] = {0};
    for (uint32_t s = 0; s < episode->n_segments; s++) {
        double weight = eh_weight_of(field->clock, who, &segments[s]);
        other_sum += weight * segments[s].n_actions;
        same += weight * row->weight[s] * segments[s].n_actions;
        for (uint32_t w = 0; w < field->n_windows; w++) close[w] += weight * row->reach[w][s];
    }
    double all = row->weight_sum * other_sum - same;
    for (uint32_t w = 0; w < field->n_windows; w++) {
        double population = 0;
        for (int b = 0; b < eh_n_latency_bins; b++) population += row->population_reach[w][b] * who->latency[b];
        chance[w] = mixed(episode, all > 0 ? close[w] / all : 1, population, of_day[w]);
    }
}

void eh_row_chance(const eh_row *row, uint64_t other_member, const eh_habit *habit, double *p, double *p_own)
{
    const eh_field *field = row->field;
    const eh_episode *episode = &field->timeline->episodes[row->episode];
    const eh_member *member = &field->timeline->members[other_member];
    bool is_founder = row->account == row->founder, is_founded = is_founder || member->account == row->founder;
    double n_chances = (double)row->n_own_times * member->n_times;
    double n_of_founding = !is_founded ? 0 : is_founder ? member->n_times : row->n_own_times;
    double chance[EH_MOST_WINDOWS] = {0}, of_founding[EH_MOST_WINDOWS] = {0};
    eh_likeness who;
    eh_likeness_of(field, episode, member, &who);
    if (n_chances > n_of_founding) meet(row, episode, &who, habit->of_day, chance);
    if (is_founded) follow_founder(row, episode, is_founder ? &who : &row->who, habit->of_day, of_founding);
    for (uint32_t w = 0; w < field->n_windows; w++) {
        double several = n_of_founding * of_founding[w] + (n_chances - n_of_founding) * chance[w];
        p[w] = between(several > habit->floor[w] ? several : habit->floor[w]);
        p_own[w] = between(n_chances * row->own_cascade[w]);
    }
}

eh_closest eh_closest_of(const eh_timeline *timeline, uint64_t member_a, uint64_t member_b)
{
    const eh_member *a = &timeline->members[member_a], *b = &timeline->members[member_b];
    const int64_t *ta = timeline->times_us + a->first_time, *tb = timeline->times_us + b->first_time;
    eh_closest best = {INT64_MAX, 0, 0, 0, 0};
    uint32_t i = 0, j = 0;
    while (i < a->n_times && j < b->n_times) { /* merge: the closest pair is adjacent at some step */
        int64_t gap = ta[i] - tb[j], distance = gap < 0 ? -gap : gap;
        if (distance < best.distance_us) best = (eh_closest){distance, ta[i], tb[j], i, j};
        if (gap < 0)
            i++;
        else
            j++;
    }
    return best;
}

eh_closest eh_coaction_of(const eh_field *field, uint64_t member_a, uint64_t member_b, const eh_slot *pair_slot)
{
    const eh_timeline *t = field->timeline;
    eh_closest closest = eh_closest_of(t, member_a, member_b);
    const eh_grid *a = &field->clock->grid[t->members[member_a].account], *b = &field->clock->grid[t->members[member_b].account];
    bool is_on_grids = eh_grid_holds(a, closest.time_a_us) && eh_grid_holds(b, closest.time_b_us);
    if (is_on_grids || eh_are_in_slot(pair_slot, closest.time_a_us, closest.time_b_us)) closest.distance_us = INT64_MAX;
    return closest;
}
