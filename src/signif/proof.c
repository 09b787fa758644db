/* A walk over what listed pairs did, and the evidence rows: per listed edge and episode the closest two actions, where
 * they lie within the edge's window. */
#include "signif/proof.h"

#include "base/sort.h"

#include <string.h>

/* ---- the walk ---- */

typedef struct partner {
    uint64_t first_edge, n_edges;
    eh_habit habit;
} partner;

typedef struct walk {
    const eh_fields *fields;
    const eh_edge *edges;
    const eh_witness *witness;
    eh_row row;
    uint32_t *slot; /* per account: 1 + its partner, 0 = none of the account at hand */
    partner *partners;
    size_t n_partners, partner_capacity;
} walk;

static eh_status meet(walk *w, eh_behaviour behaviour, uint64_t i_own, bool *is_prepared, uint64_t i_other, eh_error *err)
{
    const eh_timeline *t = w->row.field->timeline;
    uint64_t own = t->account_member[i_own];
    const partner *with = &w->partners[w->slot[t->members[i_other].account] - 1];
    double p[EH_MOST_WINDOWS], p_own[EH_MOST_WINDOWS];
    eh_meeting meeting = {.edges = w->edges + with->first_edge, .n_edges = with->n_edges, .behaviour = behaviour, .field = w->row.field,
                          .episode = t->account_episode[i_own], .member_a = own, .member_b = i_other,
                          .closest = eh_coaction_of(w->row.field, own, i_other, &w->edges[with->first_edge].pair_slot), .p = p};
    if (w->witness->is_wanted && !w->witness->is_wanted(&meeting)) return EH_OK;
    if (!*is_prepared) EH_TRY(eh_row_episode(&w->row, meeting.episode, own, err));
    *is_prepared = true;
    eh_row_chance(&w->row, i_other, &with->habit, p, p_own);
    return w->witness->see(w->witness->data, &meeting, err);
}

static eh_status walk_behaviour(walk *w, int behaviour, uint32_t account, eh_error *err)
{
    const eh_timeline *t = w->fields->of[behaviour].timeline;
    w->row.field = &w->fields->of[behaviour];
    for (uint64_t i = t->account_first[account]; i < t->account_first[account + 1]; i++) {
        const eh_episode *episode = &t->episodes[t->account_episode[i]];
        uint64_t end = episode->first_member + episode->n_accounts;
        bool is_prepared = false;
        for (uint64_t other = t->account_member[i] + 1; other < end; other++)
            if (w->slot[t->members[other].account]) EH_TRY(meet(w, (eh_behaviour)behaviour, i, &is_prepared, other, err));
    }
    return EH_OK;
}

/* The listed pairs among edges [first, last), which are of one account_a. */
static eh_status choose_partners(walk *w, uint64_t first, uint64_t last, eh_error *err)
{
    w->n_partners = 0;
    for (uint64_t i = first; i < last;) {
        uint64_t end = i;
        bool is_listed = false;
        for (; end < last && w->edges[end].account_b == w->edges[i].account_b; end++) is_listed = is_listed || w->edges[end].is_listed;
        if (is_listed) {
            EH_TRY(eh_reserve(w->row.ctx, (void **)&w->partners, &w->partner_capacity, w->n_partners + 1, sizeof *w->partners, err));
            if (!w->n_partners) eh_row_start(&w->row, w->edges[i].account_a);
            partner *with = &w->partners[w->n_partners++];
            *with = (partner){.first_edge = i, .n_edges = end - i};
            eh_row_habit(&w->row, w->edges[i].account_b, &with->habit);
            w->slot[w->edges[i].account_b] = (uint32_t)w->n_partners;
        }
        i = end;
    }
    return EH_OK;
}

static eh_status walk_account(walk *w, uint64_t first, uint64_t last, eh_error *err)
{
    if (eh_context_is_cancelled(w->row.ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
    EH_TRY(choose_partners(w, first, last, err));
    for (int b = 0; w->n_partners && b < EH_N_BEHAVIOURS; b++)
        if (w->fields->of[b].timeline) EH_TRY(walk_behaviour(w, b, w->edges[first].account_a, err));
    for (size_t i = 0; i < w->n_partners; i++) w->slot[w->edges[w->partners[i].first_edge].account_b] = 0;
    return w->n_partners && w->witness->end_account ? w->witness->end_account(w->witness->data, err) : EH_OK;
}

eh_status eh_walk_listed(eh_context *ctx, const eh_fields *fields, const eh_edge *edges, uint64_t n_edges,
                         const eh_witness *witness, eh_error *err)
{
    const eh_field *any = NULL; /* clock and windows are the same for all */
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (fields->of[b].timeline) any = &fields->of[b];
    if (!any || !n_edges) return EH_OK;
    walk w = {.fields = fields, .edges = edges, .witness = witness};
    eh_row_init(&w.row, ctx, any);
    w.slot = eh_alloc(ctx, fields->n_accounts, sizeof *w.slot, err);
    eh_status status = w.slot ? EH_OK : err->status;
    for (uint64_t first = 0, last; status == EH_OK && first < n_edges; first = last) {
        for (last = first; last < n_edges && edges[last].account_a == edges[first].account_a;) last++;
        w.row.field = any;
        status = walk_account(&w, first, last, err);
    }
    eh_row_release(&w.row);
    eh_free(ctx, w.slot);
    eh_free(ctx, w.partners);
    return status;
}

/* ---- evidence ---- */

typedef struct proof {
    eh_context *ctx;
    eh_evidence *rows;
    size_t n, capacity;
} proof;

static const eh_edge *edge_of(const eh_meeting *meeting)
{
    for (uint64_t i = 0; i < meeting->n_edges; i++)
        if (meeting->edges[i].behaviour == meeting->behaviour) return &meeting->edges[i];
    return NULL;
}

static bool is_coaction(const eh_meeting *meeting)
{
    const eh_edge *edge = edge_of(meeting);
    return edge && edge->is_listed && meeting->closest.distance_us <= edge->window_us;
}

static uint32_t post_of(const eh_meeting *meeting, uint64_t member, uint32_t i)
{
    const eh_timeline *t = meeting->field->timeline;
    return t->set->post ? t->set->post[eh_action_of(t, &t->episodes[meeting->episode], &t->members[member], i)] : UINT32_MAX;
}

static eh_status add_evidence(void *data, const eh_meeting *meeting, eh_error *err)
{
    proof *all = data;
    const eh_edge *edge = edge_of(meeting);
    const eh_closest *closest = &meeting->closest;
    uint32_t i_window = 0;
    while (meeting->field->windows_us[i_window] != edge->window_us) i_window++;
    EH_TRY(eh_reserve(all->ctx, (void **)&all->rows, &all->capacity, all->n + 1, sizeof *all->rows, err));
    all->rows[all->n++] =
        (eh_evidence){.account_a = edge->account_a, .account_b = edge->account_b, .behaviour = edge->behaviour,
                         .object = meeting->field->timeline->episodes[meeting->episode].object,
                         .post_a = post_of(meeting, meeting->member_a, closest->i_a),
                         .post_b = post_of(meeting, meeting->member_b, closest->i_b),
                         .time_a_us = closest->time_a_us, .time_b_us = closest->time_b_us, .p_object = meeting->p[i_window]};
    return EH_OK;
}

static int64_t later_of(const eh_evidence *e) { return e->time_a_us > e->time_b_us ? e->time_a_us : e->time_b_us; }

static int in_order(const void *a, const void *b, void *data)
{
    (void)data;
    const eh_evidence *x = a, *y = b;
    if (x->account_a != y->account_a) return x->account_a < y->account_a ? -1 : 1;
    if (x->account_b != y->account_b) return x->account_b < y->account_b ? -1 : 1;
    if (x->behaviour != y->behaviour) return x->behaviour < y->behaviour ? -1 : 1;
    if (later_of(x) != later_of(y)) return later_of(x) < later_of(y) ? -1 : 1;
    return (x->object > y->object) - (x->object < y->object);
}

eh_status eh_prove(eh_context *ctx, const eh_fields *fields, const eh_edge *edges, uint64_t n_edges, eh_evidence **evidence,
                   uint64_t *n_evidence, eh_error *err)
{
    proof all = {.ctx = ctx};
    eh_witness witness = {&all, is_coaction, add_evidence, NULL};
    eh_status status = eh_walk_listed(ctx, fields, edges, n_edges, &witness, err);
    if (status == EH_OK && all.n) status = eh_sort(ctx, all.rows, all.n, sizeof *all.rows, in_order, NULL, err);
    *evidence = all.rows; /* released with the detection, on failure too */
    *n_evidence = all.n;
    return status;
}
