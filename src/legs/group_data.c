/* What the group leg reads: fields with wide windows, and rows held against chosen accounts. */
#include "legs/group.h"

#include "base/sort.h"
#include "base/time.h"
#include "legs/leg.h"

#include <math.h>
#include <string.h>

static const int64_t windows_us[eh_n_group_windows] = {EH_HOUR_US, 3 * EH_HOUR_US};
static const double most_visits = 3e8; /* of the search: minutes */

void eh_group_data_release(eh_group_data *data)
{
    eh_test_data_release(&data->profiles);
    eh_free(data->ctx, data->norm);
    memset(data, 0, sizeof *data);
}

/* The largest episodes cost most and say least about any pair: the bound is halved until the search is affordable. */
static void bound_search(eh_group_data *data)
{
    for (data->largest_searched = 512; data->largest_searched > 16; data->largest_searched /= 2) {
        double n_visits = 0;
        for (int b = 0; b < EH_N_BEHAVIOURS; b++)
            for (uint32_t e = 0; e < data->profiles.timelines[b].n_episodes; e++) {
                double n = data->profiles.timelines[b].episodes[e].n_accounts;
                if (n <= data->largest_searched) n_visits += n * n;
            }
        if (n_visits <= most_visits) return;
    }
}

static double rarity(const eh_group_data *data, uint32_t n) { return log1p((double)data->profiles.fields.n_accounts / n); }

static eh_status weigh_accounts(eh_group_data *data, eh_error *err)
{
    data->norm = eh_alloc(data->ctx, data->profiles.fields.n_accounts, sizeof *data->norm, err);
    if (!data->norm) return err->status;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        const eh_timeline *t = data->profiles.fields.of[b].timeline;
        for (uint32_t e = 0; t && e < t->n_episodes; e++) {
            const eh_episode *episode = &t->episodes[e];
            double weight = rarity(data, episode->n_accounts);
            for (uint32_t k = 0; episode->n_accounts <= data->largest_searched && k < episode->n_accounts; k++)
                data->norm[t->members[episode->first_member + k].account] += weight * weight;
        }
    }
    return EH_OK;
}

eh_status eh_group_data_init(eh_context *ctx, const eh_action_table *table, uint32_t behaviours, int64_t precision_us,
                             eh_group_data *out, eh_error *err)
{
    eh_detect_options wide = {.behaviours = behaviours, .n_windows = eh_n_group_windows, .precision_us = precision_us};
    memset(out, 0, sizeof *out);
    memcpy(wide.windows_us, windows_us, sizeof windows_us);
    out->ctx = ctx;
    out->n_days = eh_days_spanned(table, behaviours, &out->first_day);
    eh_status status = eh_test_data_init(ctx, table, &wide, &out->profiles, err);
    if (status == EH_OK) bound_search(out);
    if (status == EH_OK) status = weigh_accounts(out, err);
    return status;
}

uint32_t eh_group_day(const eh_group_data *data, const eh_timeline *timeline, const eh_episode *episode)
{
    return (uint32_t)(eh_day_of(timeline->set->time_us[episode->first_action]) - data->first_day);
}

/* ---- rows ---- */

eh_status eh_group_walker_init(const eh_group_data *data, eh_group_walker *walker, eh_error *err)
{
    memset(walker, 0, sizeof *walker);
    walker->ctx = data->ctx;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (data->profiles.fields.of[b].timeline) eh_row_init(&walker->row, data->ctx, &data->profiles.fields.of[b]);
    walker->place = eh_alloc(data->ctx, data->profiles.fields.n_accounts, sizeof *walker->place, err);
    walker->n_common = eh_alloc(data->ctx, data->profiles.fields.n_accounts, sizeof *walker->n_common, err);
    return walker->place && walker->n_common ? EH_OK : err->status;
}

void eh_group_walker_release(eh_group_walker *walker)
{
    if (!walker->ctx) return;
    if (walker->row.ctx) eh_row_release(&walker->row);
    eh_free(walker->ctx, walker->place);
    eh_free(walker->ctx, walker->n_common);
    eh_free(walker->ctx, walker->others);
    eh_free(walker->ctx, walker->habits);
    eh_free(walker->ctx, walker->hours);
}

static const eh_member *members_of(const eh_timeline *t, uint32_t episode) { return t->members + t->episodes[episode].first_member; }

static eh_status touch(eh_group_walker *walker, uint32_t account, eh_error *err)
{
    if (walker->n_common[account]++) return EH_OK;
    EH_TRY(eh_reserve(walker->ctx, (void **)&walker->others, &walker->other_capacity, walker->n_others + 1,
                      sizeof *walker->others, err));
    walker->others[walker->n_others++] = account;
    return EH_OK;
}

eh_status eh_group_walk_neighbours(const eh_group_data *data, eh_group_walker *walker, uint32_t u, eh_error *err)
{
    walker->n_others = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        const eh_timeline *t = data->profiles.fields.of[b].timeline;
        for (uint64_t i = t ? t->account_first[u] : 0; t && i < t->account_first[u + 1]; i++) {
            const eh_episode *episode = &t->episodes[t->account_episode[i]];
            if (episode->n_accounts > data->largest_searched) continue;
            for (uint32_t k = 0; k < episode->n_accounts; k++)
                EH_TRY(touch(walker, members_of(t, t->account_episode[i])[k].account, err));
        }
    }
    size_t n = 0;
    for (size_t i = 0; i < walker->n_others; i++) {
        uint32_t v = walker->others[i], n_common = walker->n_common[v];
        walker->n_common[v] = 0;
        if (v != u && n_common >= eh_group_fewest_common) walker->others[n++] = v;
    }
    walker->n_others = n;
    EH_TRY(eh_sort(data->ctx, walker->others, n, sizeof *walker->others, eh_by_uint32, NULL, err));
    return EH_OK;
}

void eh_group_likeness(const eh_group_data *data, eh_group_walker *walker, uint32_t u, double *likeness)
{
    for (size_t i = 0; i < walker->n_others; i++) {
        walker->place[walker->others[i]] = (uint32_t)i + 1;
        likeness[i] = 0;
    }
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        const eh_timeline *t = data->profiles.fields.of[b].timeline;
        for (uint64_t i = t ? t->account_first[u] : 0; t && i < t->account_first[u + 1]; i++) {
            const eh_episode *episode = &t->episodes[t->account_episode[i]];
            if (episode->n_accounts > data->largest_searched) continue;
            double weight = rarity(data, episode->n_accounts);
            for (uint32_t k = 0; k < episode->n_accounts; k++) {
                uint32_t place = walker->place[t->members[episode->first_member + k].account];
                if (place) likeness[place - 1] += weight * weight;
            }
        }
    }
    for (size_t i = 0; i < walker->n_others; i++) {
        double norms = data->norm[u] * data->norm[walker->others[i]];
        likeness[i] = norms > 0 ? likeness[i] / sqrt(norms) : 0;
        walker->place[walker->others[i]] = 0;
    }
}

/* Exact hours make a share of those who act within 3 h at all: the floor waits until that chance is known. */
static void set_floors_aside(eh_habit *habit, double hours[eh_n_group_windows])
{
    for (int w = 0; w < eh_n_group_windows; w++) {
        hours[w] = w < eh_n_group_windows - 1 ? habit->floor[w] : 0;
        habit->floor[w] = 0;
    }
}

static eh_status start(const eh_group_data *data, eh_group_walker *walker, uint32_t u, eh_error *err)
{
    EH_TRY(eh_reserve(data->ctx, (void **)&walker->habits, &walker->habit_capacity, walker->n_others, sizeof *walker->habits, err));
    EH_TRY(eh_reserve(data->ctx, (void **)&walker->hours, &walker->hour_capacity, walker->n_others, sizeof *walker->hours, err));
    eh_row_start(&walker->row, u);
    for (size_t i = 0; i < walker->n_others; i++) {
        eh_row_habit(&walker->row, walker->others[i], &walker->habits[i]);
        set_floors_aside(&walker->habits[i], walker->hours[i]);
        walker->place[walker->others[i]] = (uint32_t)i + 1;
    }
    return EH_OK;
}

/* Meetings of the row with the others in one episode. */
static eh_status meet(const eh_group_data *data, eh_group_walker *walker, int b, uint64_t i, eh_meeting_fn fn, void *fn_data,
                      eh_error *err)
{
    const eh_timeline *t = data->profiles.fields.of[b].timeline;
    uint32_t i_episode = t->account_episode[i], u = walker->row.account;
    const eh_episode *episode = &t->episodes[i_episode];
    const eh_member *members = members_of(t, i_episode);
    bool is_started = false;
    eh_meeting meeting = {.behaviour = b, .day = eh_group_day(data, t, episode)};
    for (uint32_t k = 0; k < episode->n_accounts; k++) {
        uint32_t v = members[k].account, place = walker->place[v];
        if (!place || v == u) continue;
        if (!is_started) EH_TRY(eh_row_episode(&walker->row, i_episode, t->account_member[i], err));
        is_started = true;
        double p_own[eh_n_group_windows];
        meeting.other = v;
        meeting.i_other = place - 1;
        eh_row_chance(&walker->row, episode->first_member + k, &walker->habits[place - 1], meeting.p, p_own);
        for (int w = 0; w < eh_n_group_windows; w++)
            meeting.p[w] = fmax(meeting.p[w], walker->hours[place - 1][w] * meeting.p[eh_n_group_windows - 1]);
        meeting.closest = eh_coaction_of(&data->profiles.fields.of[b], t->account_member[i], episode->first_member + k, NULL);
        fn(fn_data, &meeting);
    }
    return EH_OK;
}

eh_status eh_group_walk(const eh_group_data *data, eh_group_walker *walker, uint32_t u, uint32_t largest, eh_meeting_fn fn,
                        void *fn_data, eh_error *err)
{
    eh_status status = EH_OK;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (data->profiles.fields.of[b].timeline) walker->row.field = &data->profiles.fields.of[b];
    if (walker->n_others) status = start(data, walker, u, err);
    for (int b = 0; status == EH_OK && walker->n_others && b < EH_N_BEHAVIOURS; b++) {
        const eh_timeline *t = data->profiles.fields.of[b].timeline;
        if (!t) continue;
        walker->row.field = &data->profiles.fields.of[b];
        for (uint64_t i = t->account_first[u]; status == EH_OK && i < t->account_first[u + 1]; i++)
            if (t->episodes[t->account_episode[i]].n_accounts <= largest) status = meet(data, walker, b, i, fn, fn_data, err);
    }
    for (size_t i = 0; i < walker->n_others; i++) walker->place[walker->others[i]] = 0;
    return status;
}
