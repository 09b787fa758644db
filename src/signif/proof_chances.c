/* What the e-values and p of listed pairs are made of, given out one row account at a time: nothing of it is kept. */
#include "signif/proof.h"

#include "base/sort.h"
#include "base/time.h"
#include "signif/test_data.h"

#include <string.h>

static const int64_t block_us = 6 * EH_HOUR_US; /* as timeline.c cuts them */

typedef struct giver {
    eh_context *ctx;
    uint64_t first_episode[EH_N_BEHAVIOURS]; /* episodes of the behaviours before */
    eh_chance *rows;                         /* of the account at hand */
    size_t n, capacity;
    eh_chance_fn fn;
    void *data;
} giver;

static eh_status keep(void *data, const eh_meeting *meeting, eh_error *err)
{
    giver *g = data;
    const eh_episode *episode = &meeting->field->timeline->episodes[meeting->episode];
    EH_TRY(eh_reserve(g->ctx, (void **)&g->rows, &g->capacity, g->n + 1, sizeof *g->rows, err));
    eh_chance *row = &g->rows[g->n++];
    *row = (eh_chance){.account_a = meeting->edges->account_a,
                       .account_b = meeting->edges->account_b,
                       .behaviour = meeting->behaviour,
                       .object = episode->object,
                       .episode = g->first_episode[meeting->behaviour] + meeting->episode,
                       .block_start_us = (int64_t)episode->block * block_us,
                       .n_accounts = episode->n_accounts,
                       .time_a_us = meeting->closest.time_a_us,
                       .time_b_us = meeting->closest.time_b_us,
                       .is_on_grid = meeting->closest.distance_us == INT64_MAX};
    memcpy(row->p_object, meeting->p, meeting->field->n_windows * sizeof *meeting->p);
    return EH_OK;
}

static int by_partner(const void *a, const void *b, void *data)
{
    (void)data;
    const eh_chance *x = a, *y = b;
    if (x->account_b != y->account_b) return x->account_b < y->account_b ? -1 : 1;
    return (x->episode > y->episode) - (x->episode < y->episode);
}

static eh_status give(void *data, eh_error *err)
{
    giver *g = data;
    EH_TRY(eh_sort(g->ctx, g->rows, g->n, sizeof *g->rows, by_partner, NULL, err));
    for (size_t i = 0; i < g->n; i++) EH_TRY(g->fn(g->data, &g->rows[i], err));
    g->n = 0;
    return EH_OK;
}

static bool is_any_listed(const eh_detection *d)
{
    for (uint64_t i = 0; i < d->n_edges; i++)
        if (d->edges[i].is_listed) return true;
    return false;
}

eh_status eh_detect_chances(eh_context *ctx, const eh_action_table *table, const eh_detection *detection, eh_chance_fn fn,
                            void *data, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    if (!is_any_listed(detection)) return EH_OK;
    eh_test_data *all = eh_alloc(ctx, 1, sizeof *all, err);
    if (!all) return err->status;
    eh_status status = eh_test_data_init(ctx, table, &detection->options, all, err);
    giver g = {.ctx = ctx, .fn = fn, .data = data};
    uint64_t n_episodes = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        g.first_episode[b] = n_episodes;
        n_episodes += all->timelines[b].n_episodes;
    }
    eh_witness witness = {&g, NULL, keep, give};
    if (status == EH_OK) status = eh_walk_listed(ctx, &all->fields, detection->edges, detection->n_edges, &witness, err);
    eh_free(ctx, g.rows);
    eh_test_data_release(all);
    eh_free(ctx, all);
    return status;
}
