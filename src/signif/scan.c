/*
 * The test of all pairs, one row (account) at a time. A row first counts, for every account after it, shared and
 * co-acted episodes over all behaviours; the few that pass become candidates. It then walks its episodes again,
 * behaviour by behaviour in block order, and adds each candidate's chance to the block at hand.
 *
 *   E_pair = 1/2 mean over behaviours E_b + 1/2 E_sharpest     (E_b, E_sharpest: means over windows)
 *
 * E_b bets on each 6 h block of one behaviour, E_sharpest on the least likely object of each block whatever its
 * behaviour; an average of e-values is an e-value however they depend on each other.
 */
#include "signif/scan.h"

#include "base/sort.h"
#include "base/threads.h"
#include "base/time.h"
#include "signif/blocks.h"
#include "signif/evalue.h"
#include "signif/grid.h"
#include "signif/tail.h"

#include <math.h>
#include <string.h>

enum { rows_per_chunk = 16, fewest_coactions = 2 };

/* One co-acted episode. */
typedef struct hit {
    uint32_t next, object; /* next: 1 + index, 0 = none */
    int64_t distance_us, later_us;
} hit;

typedef struct candidate {
    uint32_t account;
    uint32_t n_common[EH_N_BEHAVIOURS], last_cell[EH_N_BEHAVIOURS], last_hit[EH_N_BEHAVIOURS];
    uint32_t n_marked;
    eh_slot slot;     /* left out; period 0: none */
    uint32_t i_habit; /* candidates get sorted, their habits do not */
} candidate;

/* Scratch of one thread. */
typedef struct scanner {
    eh_row row;
    eh_bench bench;
    uint32_t *n_common, *n_coacted, *slot, *touched;
    uint32_t *n_marked; /* NULL unless visited */
    int i_thread;
    candidate *candidates;
    eh_habit *habits;
    eh_cell *cells;
    hit *hits;
    size_t n_candidates, candidate_capacity, habit_capacity, n_cells, cell_capacity, n_hits, hit_capacity;
    uint64_t *present; /* candidate members of the episode at hand */
    uint32_t *objects, *order;
    int64_t *times_us;
    size_t present_capacity, object_capacity, order_capacity, time_capacity;
} scanner;

typedef struct edge_list {
    eh_edge *edges;
    size_t n, capacity;
} edge_list;

typedef struct scan {
    eh_context *ctx;
    const eh_fields *fields;
    const eh_field *any; /* a tested behaviour's: clock and windows are the same for all */
    uint32_t min_common, least_coactions;
    const eh_visit *visit; /* NULL: edges are kept */
    scanner *scanners;
    edge_list *lists; /* one per chunk of rows */
} scan;

/* ---- counting ---- */

static const eh_member *members_end(const eh_timeline *t, uint32_t episode)
{
    return t->members + t->episodes[episode].first_member + t->episodes[episode].n_accounts;
}

static bool comes_close(const eh_timeline *t, const eh_member *a, const eh_member *b, int64_t window_us)
{
    if (a->n_times == 1 && b->n_times == 1) {
        int64_t gap = t->times_us[a->first_time] - t->times_us[b->first_time];
        return gap <= window_us && gap >= -window_us;
    }
    return eh_closest_of(t, (uint64_t)(a - t->members), (uint64_t)(b - t->members)).distance_us <= window_us;
}

/* Counts shared and co-acted episodes with every account after u. */
static uint32_t count_row(const eh_field *field, const uint8_t *marked, const uint8_t *only, scanner *s, uint32_t u, uint32_t n_touched)
{
    const eh_timeline *t = field->timeline;
    int64_t widest_us = field->windows_us[field->n_windows - 1];
    for (uint64_t i = t->account_first[u]; i < t->account_first[u + 1]; i++) {
        const eh_member *own = &t->members[t->account_member[i]], *end = members_end(t, t->account_episode[i]);
        for (const eh_member *other = own + 1; other < end; other++) {
            if (only && !only[other->account]) continue;
            if (s->n_common[other->account]++ == 0) s->touched[n_touched++] = other->account;
            s->n_coacted[other->account] += comes_close(t, own, other, widest_us);
            if (marked) s->n_marked[other->account] += marked[t->account_episode[i]];
        }
    }
    return n_touched;
}

/* A pair that never co-acted: p is 1. */
static void show_apart(const scan *all, const scanner *s, uint32_t v)
{
    eh_pair_seen pair = {.account_a = s->row.account, .account_b = v, .n_common = s->n_common[v], .n_marked = s->n_marked[v]};
    all->visit->fn(all->visit->data, s->i_thread, &pair);
}

static eh_status choose_candidates(const scan *all, scanner *s, uint32_t n_touched, eh_error *err)
{
    s->n_candidates = s->n_cells = s->n_hits = 0;
    eh_status status = EH_OK;
    for (uint32_t i = 0; i < n_touched; i++) {
        uint32_t v = s->touched[i];
        bool is_chosen = s->n_common[v] >= all->min_common && s->n_coacted[v] >= all->least_coactions;
        if (all->visit && !is_chosen && s->n_common[v] >= all->min_common) show_apart(all, s, v);
        if (is_chosen && status == EH_OK)
            status = eh_reserve(all->ctx, (void **)&s->candidates, &s->candidate_capacity, s->n_candidates + 1,
                                sizeof *s->candidates, err);
        if (is_chosen && status == EH_OK) {
            memset(&s->candidates[s->n_candidates], 0, sizeof *s->candidates);
            if (all->visit) s->candidates[s->n_candidates].n_marked = s->n_marked[v];
            s->candidates[s->n_candidates].i_habit = (uint32_t)s->n_candidates;
            s->candidates[s->n_candidates++].account = v;
            s->slot[v] = (uint32_t)s->n_candidates;
        }
        s->n_common[v] = s->n_coacted[v] = 0;
        if (all->visit) s->n_marked[v] = 0;
    }
    if (status == EH_OK)
        status = eh_reserve(all->ctx, (void **)&s->habits, &s->habit_capacity, s->n_candidates, sizeof *s->habits, err);
    return status;
}

/* ---- gathering ---- */

static eh_status find_cell(const scan *all, scanner *s, candidate *who, int behaviour, int32_t block, eh_cell **out,
                           eh_error *err)
{
    uint32_t last = who->last_cell[behaviour];
    if (!last || s->cells[last - 1].block != block) {
        EH_TRY(eh_reserve(all->ctx, (void **)&s->cells, &s->cell_capacity, s->n_cells + 1, sizeof *s->cells, err));
        eh_cell *fresh = &s->cells[s->n_cells++];
        memset(fresh, 0, sizeof *fresh);
        fresh->next = last;
        fresh->block = block;
        for (int w = 0; w < EH_MOST_WINDOWS; w++) fresh->all[w].time_us = EH_TIME_NONE;
        who->last_cell[behaviour] = last = (uint32_t)s->n_cells;
    }
    *out = &s->cells[last - 1];
    return EH_OK;
}

static eh_status add_hit(const scan *all, scanner *s, candidate *who, int behaviour, uint32_t object, eh_closest closest,
                         eh_error *err)
{
    EH_TRY(eh_reserve(all->ctx, (void **)&s->hits, &s->hit_capacity, s->n_hits + 1, sizeof *s->hits, err));
    int64_t later_us = closest.time_a_us > closest.time_b_us ? closest.time_a_us : closest.time_b_us;
    s->hits[s->n_hits++] = (hit){who->last_hit[behaviour], object, closest.distance_us, later_us};
    who->last_hit[behaviour] = (uint32_t)s->n_hits;
    return EH_OK;
}

/* Adds what one episode says about the row account and one candidate. */
static eh_status add_chance(const scan *all, scanner *s, int behaviour, candidate *who, uint32_t episode,
                            uint64_t own_member, uint64_t other_member, eh_error *err)
{
    const eh_field *field = &all->fields->of[behaviour];
    const eh_timeline *t = field->timeline;
    double p[EH_MOST_WINDOWS], p_own[EH_MOST_WINDOWS];
    eh_cell *cell;
    EH_TRY(find_cell(all, s, who, behaviour, t->episodes[episode].block, &cell, err));
    eh_closest closest = eh_coaction_of(field, own_member, other_member, &who->slot);
    eh_row_chance(&s->row, other_member, &s->habits[who->i_habit], p, p_own);
    eh_cell_add(cell, field, p, p_own, closest);
    who->n_common[behaviour]++;
    if (closest.distance_us > field->windows_us[field->n_windows - 1]) return EH_OK;
    return add_hit(all, s, who, behaviour, t->episodes[episode].object, closest, err);
}

static eh_status walk_episodes(const scan *all, scanner *s, int behaviour, uint32_t u, eh_error *err)
{
    const eh_timeline *t = all->fields->of[behaviour].timeline;
    s->row.field = &all->fields->of[behaviour];
    for (uint64_t i = t->account_first[u]; i < t->account_first[u + 1]; i++) {
        uint32_t episode = t->account_episode[i];
        const eh_member *own = &t->members[t->account_member[i]], *end = members_end(t, episode);
        size_t n_present = 0;
        EH_TRY(eh_reserve(all->ctx, (void **)&s->present, &s->present_capacity, t->episodes[episode].n_accounts,
                          sizeof *s->present, err));
        for (const eh_member *other = own + 1; other < end; other++)
            if (s->slot[other->account]) s->present[n_present++] = (uint64_t)(other - t->members);
        if (!n_present) continue;
        EH_TRY(eh_row_episode(&s->row, episode, t->account_member[i], err));
        for (size_t k = 0; k < n_present; k++) {
            candidate *who = &s->candidates[s->slot[t->members[s->present[k]].account] - 1];
            EH_TRY(add_chance(all, s, behaviour, who, episode, t->account_member[i], s->present[k], err));
        }
    }
    return EH_OK;
}

static eh_status walk_behaviours(const scan *all, scanner *s, uint32_t u, eh_error *err)
{
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (all->fields->of[b].timeline) EH_TRY(walk_episodes(all, s, b, u, err));
    return EH_OK;
}

/* ---- the pair's own grid ---- */

/* Co-actions this close can lie in one slot. */
static const int64_t widest_slot_us = 90 * EH_SECOND_US;

static eh_status find_slot(const scan *all, scanner *s, candidate *who, eh_error *err)
{
    size_t n = 0;
    EH_TRY(eh_reserve(all->ctx, (void **)&s->times_us, &s->time_capacity, 2 * s->n_hits, sizeof *s->times_us, err));
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint32_t h = who->last_hit[b]; h; h = s->hits[h - 1].next)
            if (s->hits[h - 1].distance_us <= widest_slot_us + all->any->step_us) s->times_us[n++] = s->hits[h - 1].later_us;
    return eh_slot_of_pair(all->ctx, s->times_us, n, all->any->step_us, s->times_us + n, &who->slot, err);
}

/* Candidates most of whose close co-actions fall into one slot are gathered anew without these. */
static eh_status leave_slots_out(const scan *all, scanner *s, uint32_t u, eh_error *err)
{
    size_t n_again = 0;
    for (size_t i = 0; i < s->n_candidates; i++) {
        candidate *who = &s->candidates[i];
        EH_TRY(find_slot(all, s, who, err));
        if (who->slot.period_us) {
            memset(who->n_common, 0, sizeof who->n_common);
            memset(who->last_cell, 0, sizeof who->last_cell);
            memset(who->last_hit, 0, sizeof who->last_hit);
            n_again++;
        } else
            s->slot[who->account] = 0;
    }
    return n_again ? walk_behaviours(all, s, u, err) : EH_OK;
}

/* ---- judging ---- */

static double mean_log_e(const double *log_e, uint32_t n) { return eh_log_sum_exp(log_e, n) - log(n); }

/* Distinct co-acted objects at the edge's window, and when. */
static eh_status count_objects(const scan *all, scanner *s, const candidate *who, eh_edge *edge, eh_error *err)
{
    size_t n = 0;
    EH_TRY(eh_reserve(all->ctx, (void **)&s->objects, &s->object_capacity, s->n_hits, sizeof *s->objects, err));
    edge->first_time_us = edge->last_time_us = EH_TIME_NONE;
    for (uint32_t h = who->last_hit[edge->behaviour]; h; h = s->hits[h - 1].next) {
        const hit *found = &s->hits[h - 1];
        if (found->distance_us > edge->window_us) continue;
        s->objects[n++] = found->object;
        if (edge->first_time_us == EH_TIME_NONE || found->later_us < edge->first_time_us)
            edge->first_time_us = found->later_us;
        if (found->later_us > edge->last_time_us) edge->last_time_us = found->later_us;
    }
    EH_TRY(eh_sort(all->ctx, s->objects, n, sizeof *s->objects, eh_by_uint32, NULL, err));
    for (size_t i = 0; i < n; i++) edge->n_shared_objects += i == 0 || s->objects[i] != s->objects[i - 1];
    return EH_OK;
}

static void fill_edge(eh_edge *edge, const eh_field *field, uint32_t w, const eh_weighed *weighed, double p, double own_expected)
{
    edge->window_us = field->windows_us[w];
    edge->n_sittings = weighed->n_sittings;
    edge->n_sittings_expected = weighed->expected;
    edge->n_a_second = weighed->n_a_second;
    edge->n_b_second = weighed->n_b_second;
    edge->n_tied = weighed->n_tied;
    edge->p_value = p * field->n_windows < 1 ? p * field->n_windows : 1;
    bool is_screened = (double)weighed->n_sittings >= own_expected + 1; /* below, the screen bounds nothing */
    double p_own = eh_poisson_tail(own_expected, weighed->n_sittings) * field->n_windows;
    edge->p_own_cascade = is_screened && p_own < 1 ? p_own : 1;
}

/* One behaviour of a candidate; *log_e is 0 (a bet never placed) without shared objects. */
static eh_status judge_behaviour(const scan *all, scanner *s, const candidate *who, int behaviour, eh_edge *edge,
                                 double *log_e, eh_error *err)
{
    const eh_field *field = &all->fields->of[behaviour];
    double by_window[EH_MOST_WINDOWS], best = -INFINITY;
    size_t n = 0;
    *log_e = 0;
    for (uint32_t c = who->last_cell[behaviour]; c; c = s->cells[c - 1].next) n++;
    *edge = (eh_edge){.account_a = s->row.account, .account_b = who->account, .behaviour = (eh_behaviour)behaviour,
                      .n_common_objects = who->n_common[behaviour], .q_value = 1, .q_bh = 1};
    if (n == 0) return EH_OK;
    EH_TRY(eh_bench_reserve(&s->bench, n, err));
    for (uint32_t w = 0; w < field->n_windows; w++) {
        eh_weighed weighed;
        double own_expected = 0;
        size_t i = 0;
        for (uint32_t c = who->last_cell[behaviour]; c; c = s->cells[c - 1].next) {
            s->bench.sights[i++] = s->cells[c - 1].all[w];
            own_expected += s->cells[c - 1].p_own[w];
        }
        EH_TRY(eh_weigh(&s->bench, n, &weighed, err));
        by_window[w] = weighed.log_e;
        if (weighed.log_e <= best) continue;
        best = weighed.log_e;
        double p = eh_poisson_binomial_tail(s->bench.p, n, weighed.n_sittings, s->bench.tail);
        fill_edge(edge, field, w, &weighed, p, own_expected);
    }
    edge->log_e = *log_e = mean_log_e(by_window, field->n_windows);
    return count_objects(all, s, who, edge, err);
}

static int by_block(const void *a, const void *b, void *data)
{
    const eh_cell *cells = data;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (cells[x].block != cells[y].block) return cells[x].block < cells[y].block ? -1 : 1;
    return (x > y) - (x < y);
}

/* One bet per block, on the object that chance explains least, over all behaviours. */
static eh_status judge_sharpest(const scan *all, scanner *s, const candidate *who, eh_weighed *out, eh_error *err)
{
    double log_e[EH_MOST_WINDOWS], a_second[EH_MOST_WINDOWS], b_second[EH_MOST_WINDOWS];
    uint32_t n_windows = all->any->n_windows;
    size_t n = 0;
    EH_TRY(eh_reserve(all->ctx, (void **)&s->order, &s->order_capacity, s->n_cells, sizeof *s->order, err));
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint32_t c = who->last_cell[b]; c; c = s->cells[c - 1].next) s->order[n++] = c - 1;
    EH_TRY(eh_sort(all->ctx, s->order, n, sizeof *s->order, by_block, s->cells, err));
    EH_TRY(eh_bench_reserve(&s->bench, n, err));
    for (uint32_t w = 0; w < n_windows; w++) {
        size_t n_bets = 0;
        for (size_t i = 0; i < n; i++) {
            const eh_cell *cell = &s->cells[s->order[i]];
            bool goes_on = i > 0 && s->cells[s->order[i - 1]].block == cell->block;
            if (!goes_on)
                s->bench.sights[n_bets++] = cell->sharpest[w];
            else if (cell->sharpest[w].p < s->bench.sights[n_bets - 1].p)
                s->bench.sights[n_bets - 1] = cell->sharpest[w];
        }
        eh_weighed weighed;
        EH_TRY(eh_weigh(&s->bench, n_bets, &weighed, err));
        log_e[w] = weighed.log_e;
        a_second[w] = weighed.log_e_a_second;
        b_second[w] = weighed.log_e_b_second;
    }
    out->log_e = mean_log_e(log_e, n_windows);
    out->log_e_a_second = mean_log_e(a_second, n_windows);
    out->log_e_b_second = mean_log_e(b_second, n_windows);
    return EH_OK;
}

static eh_status judge_pair(const scan *all, scanner *s, const candidate *who, edge_list *list, eh_error *err)
{
    double log_e[EH_N_BEHAVIOURS];
    uint32_t n_tested = 0;
    size_t first = list->n;
    EH_TRY(eh_reserve(all->ctx, (void **)&list->edges, &list->capacity, list->n + EH_N_BEHAVIOURS, sizeof *list->edges, err));
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        if (!all->fields->of[b].timeline) continue;
        EH_TRY(judge_behaviour(all, s, who, b, &list->edges[list->n], &log_e[n_tested++], err));
        list->n += who->last_hit[b] != 0;
    }
    eh_weighed sharpest;
    EH_TRY(judge_sharpest(all, s, who, &sharpest, err));
    double halves[2] = {mean_log_e(log_e, n_tested), sharpest.log_e};
    uint32_t n_common = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) n_common += who->n_common[b];
    for (size_t i = first; i < list->n; i++) {
        list->edges[i].n_pair_common = n_common;
        list->edges[i].pair_slot = who->slot;
        list->edges[i].log_e_pair = mean_log_e(halves, 2);
        list->edges[i].log_e_a_second = sharpest.log_e_a_second;
        list->edges[i].log_e_b_second = sharpest.log_e_b_second;
    }
    if (!all->visit) return EH_OK;
    eh_pair_seen pair = {s->row.account, who->account, n_common, who->n_marked, list->edges + first, list->n - first};
    all->visit->fn(all->visit->data, s->i_thread, &pair);
    list->n = first;
    return EH_OK;
}

static int by_account(const void *a, const void *b, void *data)
{
    (void)data;
    uint32_t x = ((const candidate *)a)->account, y = ((const candidate *)b)->account;
    return (x > y) - (x < y);
}

static eh_status scan_row(const scan *all, scanner *s, uint32_t u, edge_list *list, eh_error *err)
{
    uint32_t n_touched = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (all->fields->of[b].timeline)
            n_touched = count_row(&all->fields->of[b], all->visit ? all->visit->marked[b] : NULL, all->fields->only, s, u, n_touched);
    s->row.account = u;
    eh_status status = choose_candidates(all, s, n_touched, err);
    if (status == EH_OK && s->n_candidates) {
        s->row.field = all->any;
        eh_row_start(&s->row, u);
        for (size_t i = 0; i < s->n_candidates; i++)
            eh_row_habit(&s->row, s->candidates[i].account, &s->habits[s->candidates[i].i_habit]);
        status = walk_behaviours(all, s, u, err);
    }
    if (status == EH_OK) status = leave_slots_out(all, s, u, err);
    for (size_t i = 0; i < s->n_candidates; i++) s->slot[s->candidates[i].account] = 0;
    if (status == EH_OK)
        status = eh_sort(all->ctx, s->candidates, s->n_candidates, sizeof *s->candidates, by_account, NULL, err);
    for (size_t i = 0; status == EH_OK && i < s->n_candidates; i++)
        status = judge_pair(all, s, &s->candidates[i], list, err);
    return status;
}

static eh_status scan_rows(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    const scan *all = data;
    for (size_t u = first; u < last; u++) {
        if (eh_context_is_cancelled(all->ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
        if (all->fields->only && !all->fields->only[u]) continue;
        EH_TRY(scan_row(all, &all->scanners[i_thread], (uint32_t)u, &all->lists[first / rows_per_chunk], err));
    }
    return EH_OK;
}

static void scanner_release(eh_context *ctx, scanner *s)
{
    eh_row_release(&s->row);
    eh_bench_release(&s->bench);
    void *blocks[] = {s->habits,   s->n_common, s->n_coacted, s->slot,    s->touched, s->candidates, s->n_marked,
                      s->cells,    s->hits,      s->present, s->objects, s->order, s->times_us};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) eh_free(ctx, blocks[i]);
}

static eh_status scanner_init(const scan *all, scanner *s, eh_error *err)
{
    eh_context *ctx = all->ctx;
    uint32_t n = all->fields->n_accounts;
    eh_row_init(&s->row, ctx, all->any);
    s->bench.ctx = ctx;
    s->n_common = eh_alloc(ctx, n, sizeof *s->n_common, err);
    s->n_coacted = eh_alloc(ctx, n, sizeof *s->n_coacted, err);
    s->slot = eh_alloc(ctx, n, sizeof *s->slot, err);
    s->touched = eh_alloc(ctx, n, sizeof *s->touched, err);
    s->n_marked = all->visit ? eh_alloc(ctx, n, sizeof *s->n_marked, err) : NULL;
    return s->n_common && s->n_coacted && s->slot && s->touched && (s->n_marked || !all->visit) ? EH_OK : err->status;
}

/* Joins the chunks' lists, which are in row order. */
static eh_status join(const scan *all, size_t n_chunks, eh_edge **edges, uint64_t *n_edges, eh_error *err)
{
    uint64_t n = 0;
    for (size_t i = 0; i < n_chunks; i++) n += all->lists[i].n;
    *edges = eh_alloc(all->ctx, n, sizeof **edges, err);
    if (!*edges) return err->status;
    *n_edges = 0;
    for (size_t i = 0; i < n_chunks; i++) {
        if (all->lists[i].n) memcpy(*edges + *n_edges, all->lists[i].edges, all->lists[i].n * sizeof **edges);
        *n_edges += all->lists[i].n;
    }
    return EH_OK;
}

/* edges NULL: visited instead. */
static eh_status run_scan(scan *all, eh_edge **edges, uint64_t *n_edges, eh_error *err)
{
    eh_context *ctx = all->ctx;
    size_t n_threads = (size_t)eh_context_n_threads(ctx), n_rows = all->fields->n_accounts;
    size_t n_chunks = (n_rows + rows_per_chunk - 1) / rows_per_chunk;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (all->fields->of[b].timeline) all->any = &all->fields->of[b];
    if (!all->any) return EH_OK;
    all->scanners = eh_alloc(ctx, n_threads, sizeof *all->scanners, err);
    all->lists = eh_alloc(ctx, n_chunks, sizeof *all->lists, err);
    eh_status status = all->scanners && all->lists ? EH_OK : err->status;
    for (size_t i = 0; status == EH_OK && i < n_threads; i++) {
        all->scanners[i].i_thread = (int)i;
        status = scanner_init(all, &all->scanners[i], err);
    }
    if (status == EH_OK) status = eh_parallel(ctx, "testing pairs", n_rows, rows_per_chunk, scan_rows, all, err);
    if (status == EH_OK && edges) status = join(all, n_chunks, edges, n_edges, err);
    for (size_t i = 0; all->scanners && i < n_threads; i++) scanner_release(ctx, &all->scanners[i]);
    for (size_t i = 0; all->lists && i < n_chunks; i++) eh_free(ctx, all->lists[i].edges);
    eh_free(ctx, all->scanners);
    eh_free(ctx, all->lists);
    return status;
}

eh_status eh_scan(eh_context *ctx, const eh_fields *fields, uint32_t min_common, eh_edge **edges, uint64_t *n_edges,
                  eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    scan all = {.ctx = ctx, .fields = fields, .min_common = min_common, .least_coactions = fewest_coactions};
    *edges = NULL;
    *n_edges = 0;
    return run_scan(&all, edges, n_edges, err ? err : &local);
}

eh_status eh_scan_visit(eh_context *ctx, const eh_fields *fields, uint32_t min_common, const eh_visit *visit, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    scan all = {.ctx = ctx, .fields = fields, .min_common = min_common, .least_coactions = 1, .visit = visit};
    return run_scan(&all, NULL, NULL, err ? err : &local);
}
