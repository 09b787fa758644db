/* Evidence rows: per listed edge and per episode the closest two actions, where they lie within the edge's window. */
#include "signif/proof.h"

#include "base/sort.h"

#include <string.h>

/* Walks the common episodes of a and b: both lists ascend by (block, episode). */
typedef struct walk {
    uint64_t i, i_end, j, j_end;
} walk;

static bool next_common(const eh_timeline *t, walk *at)
{
    while (at->i < at->i_end && at->j < at->j_end) {
        uint32_t x = t->account_episode[at->i], y = t->account_episode[at->j];
        if (x == y) return true;
        int32_t block_x = t->episodes[x].block, block_y = t->episodes[y].block;
        if (block_x != block_y ? block_x < block_y : x < y)
            at->i++;
        else
            at->j++;
    }
    return false;
}

static uint32_t post_of(const eh_timeline *t, const eh_episode *episode, uint64_t member, uint32_t i)
{
    uint64_t at = t->members[member].first_time + i;
    return t->set->post ? t->set->post[episode->first_action + t->action_of_time[at]] : UINT32_MAX;
}

static eh_status prove_edge(eh_row *row, const eh_edge *edge, uint32_t i_window, eh_evidence **evidence, size_t *n,
                            size_t *capacity, eh_error *err)
{
    const eh_timeline *t = row->field->timeline;
    eh_habit habit;
    double p[EH_MOST_WINDOWS], p_own[EH_MOST_WINDOWS];
    eh_row_habit(row, edge->account_b, &habit);
    walk at = {t->account_first[edge->account_a], t->account_first[edge->account_a + 1],
               t->account_first[edge->account_b], t->account_first[edge->account_b + 1]};
    for (; next_common(t, &at); at.i++, at.j++) {
        uint64_t a = t->account_member[at.i], b = t->account_member[at.j];
        eh_closest closest = eh_coaction_of(row->field, a, b);
        if (closest.distance_us > edge->window_us) continue;
        const eh_episode *episode = &t->episodes[t->account_episode[at.i]];
        EH_TRY(eh_row_episode(row, t->account_episode[at.i], a, err));
        eh_row_chance(row, b, &habit, p, p_own);
        EH_TRY(eh_reserve(row->ctx, (void **)evidence, capacity, *n + 1, sizeof **evidence, err));
        (*evidence)[(*n)++] = (eh_evidence){.account_a = edge->account_a,
                                            .account_b = edge->account_b,
                                            .behaviour = edge->behaviour,
                                            .object = episode->object,
                                            .post_a = post_of(t, episode, a, closest.i_a),
                                            .post_b = post_of(t, episode, b, closest.i_b),
                                            .time_a_us = closest.time_a_us,
                                            .time_b_us = closest.time_b_us,
                                            .p_object = p[i_window]};
    }
    return EH_OK;
}

static int64_t later_of(const eh_evidence *e) { return e->time_a_us > e->time_b_us ? e->time_a_us : e->time_b_us; }

static int by_time(const void *a, const void *b, void *data)
{
    (void)data;
    const eh_evidence *x = a, *y = b;
    if (later_of(x) != later_of(y)) return later_of(x) < later_of(y) ? -1 : 1;
    return (x->object > y->object) - (x->object < y->object);
}

eh_status eh_prove(eh_context *ctx, const eh_field *field, eh_behaviour behaviour, const eh_edge *edges,
                   uint64_t n_edges, eh_evidence **evidence, size_t *n_evidence, size_t *capacity, eh_error *err)
{
    eh_row row;
    eh_row_init(&row, ctx, field);
    eh_status status = EH_OK;
    uint32_t account = UINT32_MAX;
    for (uint64_t i = 0; status == EH_OK && i < n_edges; i++) {
        if (edges[i].behaviour != behaviour || !edges[i].is_listed) continue;
        if (eh_context_is_cancelled(ctx)) status = eh_fail(err, EH_E_CANCELLED, "interrupted");
        if (edges[i].account_a != account) eh_row_start(&row, account = edges[i].account_a);
        uint32_t i_window = 0;
        while (field->windows_us[i_window] != edges[i].window_us) i_window++;
        size_t first = *n_evidence;
        if (status == EH_OK)
            status = prove_edge(&row, &edges[i], i_window, evidence, n_evidence, capacity, err);
        if (status == EH_OK && *n_evidence > first)
            status = eh_sort(ctx, *evidence + first, *n_evidence - first, sizeof **evidence, by_time, NULL, err);
    }
    eh_row_release(&row);
    return status;
}
