#include "signif/timeline.h"

#include "base/sort.h"
#include "base/time.h"

#include <string.h>

uint64_t eh_action_of(const eh_timeline *t, const eh_episode *episode, const eh_member *member, uint32_t i)
{
    return episode->first_action + t->action_of_time[member->first_time + i];
}

int eh_clock_cell(int64_t time_us) { return (int)(eh_time_of_day_us(time_us) / (5 * EH_MINUTE_US)); }

void eh_timeline_release(eh_timeline *t)
{
    eh_context *ctx = t->ctx;
    eh_free(ctx, t->episodes);
    eh_free(ctx, t->segments);
    eh_free(ctx, t->members);
    eh_free(ctx, t->latency_ms);
    eh_free(ctx, t->times_us);
    eh_free(ctx, t->action_of_time);
    eh_free(ctx, t->account_first);
    eh_free(ctx, t->account_episode);
    eh_free(ctx, t->account_member);
    memset(t, 0, sizeof *t);
}

typedef struct entry {
    uint32_t account, i_action; /* i_action relative to the episode's first */
} entry;

typedef struct cutter {
    eh_timeline *t;
    size_t episode_capacity, segment_capacity, member_capacity;
    uint64_t n_segments, n_times;
    entry *entries; /* scratch of one episode */
    size_t entry_capacity;
    eh_error *err;
} cutter;

static int by_account(const void *a, const void *b, void *data)
{
    (void)data;
    uint32_t x = ((const entry *)a)->account, y = ((const entry *)b)->account;
    return (x > y) - (x < y); /* stable: times stay ascending */
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static eh_status add_segments(cutter *c, eh_episode *episode)
{
    eh_timeline *t = c->t;
    int last_bin = -1, last_cell = -1;
    for (uint32_t i = 0; i < episode->n_actions; i++) {
        int64_t time_us = t->set->time_us[episode->first_action + i];
        uint32_t latency_ms = t->latency_ms[episode->first_action + i];
        int bin = latency_ms == EH_NO_LATENCY ? 0 : eh_latency_bin(latency_ms), cell = eh_clock_cell(time_us);
        if (bin != last_bin || cell != last_cell) {
            EH_TRY(eh_reserve(t->ctx, (void **)&t->segments, &c->segment_capacity,
                              (size_t)c->n_segments + 1, sizeof *t->segments, c->err));
            t->segments[c->n_segments++] = (eh_segment){0, (uint16_t)cell, (uint8_t)bin};
            last_bin = bin;
            last_cell = cell;
        }
        t->segments[c->n_segments - 1].n_actions++;
    }
    episode->n_segments = (uint32_t)(c->n_segments - episode->first_segment);
    return EH_OK;
}

/* Sorts the episode's actions by account; false in *is_kept where only one account acted. */
static eh_status add_members(cutter *c, eh_episode *episode, bool *is_kept)
{
    eh_timeline *t = c->t;
    EH_TRY(eh_reserve(t->ctx, (void **)&c->entries, &c->entry_capacity, episode->n_actions,
                      sizeof *c->entries, c->err));
    bool is_alone = true;
    for (uint32_t i = 0; i < episode->n_actions; i++) {
        c->entries[i] = (entry){t->set->account[episode->first_action + i], i};
        is_alone = is_alone && c->entries[i].account == c->entries[0].account;
    }
    *is_kept = !is_alone;
    if (is_alone) return EH_OK;
    EH_TRY(eh_sort(t->ctx, c->entries, episode->n_actions, sizeof *c->entries, by_account, NULL, c->err));
    for (uint32_t i = 0; i < episode->n_actions; i++) {
        if (i == 0 || c->entries[i].account != c->entries[i - 1].account) {
            EH_TRY(eh_reserve(t->ctx, (void **)&t->members, &c->member_capacity,
                              (size_t)t->n_members + 1, sizeof *t->members, c->err));
            t->members[t->n_members++] = (eh_member){c->entries[i].account, 0, c->n_times};
            episode->n_accounts++;
        }
        t->members[t->n_members - 1].n_times++;
        t->action_of_time[c->n_times] = c->entries[i].i_action;
        t->times_us[c->n_times++] = t->set->time_us[episode->first_action + c->entries[i].i_action];
    }
    t->n_pair_visits += 0.5 * episode->n_accounts * (double)episode->n_accounts;
    return EH_OK;
}

static eh_status add_episode(cutter *c, uint32_t object, uint64_t first, uint64_t last, int64_t start_us)
{
    eh_timeline *t = c->t;
    int64_t anchor_us = t->set->object_birth_us[object] > start_us ? t->set->object_birth_us[object] : start_us;
    eh_episode episode = {.object = object,
                          .block = (int32_t)floor_div(anchor_us, 6 * EH_HOUR_US),
                          .first_action = first,
                          .n_actions = (uint32_t)(last - first),
                          .first_member = t->n_members,
                          .first_segment = c->n_segments};
    bool is_kept;
    EH_TRY(add_members(c, &episode, &is_kept));
    if (!is_kept) return EH_OK;
    EH_TRY(add_segments(c, &episode));
    EH_TRY(eh_reserve(t->ctx, (void **)&t->episodes, &c->episode_capacity, (size_t)t->n_episodes + 1,
                      sizeof *t->episodes, c->err));
    t->episodes[t->n_episodes++] = episode;
    return EH_OK;
}

/* Cuts [first, last) of one object by steps of a day, and where a day is crowded by the hour, then the minute. */
static eh_status cut(cutter *c, uint32_t object, uint64_t first, uint64_t last, int level)
{
    static const int64_t step_us[3] = {EH_DAY_US, EH_HOUR_US, EH_MINUTE_US};
    const int64_t *time_us = c->t->set->time_us;
    while (first < last) {
        int64_t step = floor_div(time_us[first], step_us[level]);
        uint64_t end = first + 1;
        while (end < last && floor_div(time_us[end], step_us[level]) == step) end++;
        if (end - first <= eh_largest_episode) {
            if (end - first >= 2) EH_TRY(add_episode(c, object, first, end, step * step_us[level]));
            c->t->n_cut_episodes += level > 0;
        } else if (level < 2) {
            EH_TRY(cut(c, object, first, end, level + 1));
        } else {
            c->t->n_dropped_actions += end - first;
        }
        first = end;
    }
    return EH_OK;
}

static eh_status cut_objects(cutter *c)
{
    const eh_action_set *set = c->t->set;
    for (uint32_t o = 0; o < set->n_objects; o++) {
        if ((o & 4095) == 0 && eh_context_is_cancelled(c->t->ctx))
            return eh_fail(c->err, EH_E_CANCELLED, "interrupted");
        if (set->object_start[o + 1] - set->object_start[o] >= 2)
            EH_TRY(cut(c, o, set->object_start[o], set->object_start[o + 1], 0));
    }
    return EH_OK;
}

typedef struct visit {
    int32_t block;
    uint32_t episode;
    uint64_t member;
} visit;

static int by_block(const void *a, const void *b, void *data)
{
    (void)data;
    const visit *x = a, *y = b;
    if (x->block != y->block) return x->block < y->block ? -1 : 1;
    return (x->episode > y->episode) - (x->episode < y->episode);
}

/* account -> its members, in the order in which a row walks them: by block. */
static eh_status index_accounts(eh_timeline *t, eh_error *err)
{
    eh_context *ctx = t->ctx;
    t->account_first = eh_alloc(ctx, (size_t)t->n_accounts + 2, sizeof *t->account_first, err);
    t->account_episode = eh_alloc(ctx, t->n_members, sizeof *t->account_episode, err);
    t->account_member = eh_alloc(ctx, t->n_members, sizeof *t->account_member, err);
    visit *visits = eh_alloc(ctx, t->n_members, sizeof *visits, err);
    eh_status status = t->account_first && t->account_episode && t->account_member && visits ? EH_OK : err->status;
    if (status == EH_OK) {
        uint64_t *first = t->account_first + 1; /* shifted while filling */
        for (uint64_t m = 0; m < t->n_members; m++) first[t->members[m].account + 1]++;
        for (uint32_t a = 0; a < t->n_accounts; a++) first[a + 1] += first[a];
        for (uint32_t e = 0; e < t->n_episodes; e++) {
            const eh_episode *episode = &t->episodes[e];
            for (uint32_t i = 0; i < episode->n_accounts; i++) {
                uint64_t m = episode->first_member + i;
                visits[first[t->members[m].account]++] = (visit){episode->block, e, m};
            }
        }
    }
    for (uint32_t a = 0; status == EH_OK && a < t->n_accounts; a++)
        status = eh_sort(ctx, visits + t->account_first[a], t->account_first[a + 1] - t->account_first[a],
                         sizeof *visits, by_block, NULL, err);
    for (uint64_t i = 0; status == EH_OK && i < t->n_members; i++) {
        t->account_episode[i] = visits[i].episode;
        t->account_member[i] = visits[i].member;
    }
    eh_free(ctx, visits);
    return status;
}

eh_status eh_timeline_init(eh_context *ctx, const eh_action_set *set, uint32_t n_accounts, eh_timeline *out,
                           eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->set = set;
    out->n_accounts = n_accounts;
    cutter c = {.t = out, .err = err};
    out->times_us = eh_alloc(ctx, set->n_actions, sizeof *out->times_us, err);
    out->action_of_time = eh_alloc(ctx, set->n_actions, sizeof *out->action_of_time, err);
    out->latency_ms = eh_alloc(ctx, set->n_actions, sizeof *out->latency_ms, err);
    eh_status status = out->times_us && out->action_of_time && out->latency_ms ? EH_OK : err->status;
    if (status == EH_OK) {
        eh_reactions_of(set, out->latency_ms);
        status = cut_objects(&c);
    }
    eh_free(ctx, c.entries);
    if (status == EH_OK) status = index_accounts(out, err);
    if (status != EH_OK) eh_timeline_release(out);
    return status;
}
