/*
 * The test of all pairs of one behaviour, one row (account) at a time. A row first counts, for every account
 * after it, shared and co-acted episodes; the few that pass become candidates. It then walks its episodes again in
 * block order and adds each candidate's chance to the block at hand: p_B = 1 - prod (1 - p_o).
 */
#include "signif/scan.h"

#include "base/sort.h"
#include "base/threads.h"
#include "base/time.h"
#include "signif/evalue.h"
#include "signif/tail.h"

#include <math.h>
#include <string.h>

enum { rows_per_chunk = 16, fewest_coactions = 2 };
static const int64_t sitting_us = 6 * EH_HOUR_US;

/* One 6 h block of a candidate pair. Chains run backwards in time. */
typedef struct cell {
    uint32_t next; /* 1 + index of the block before, 0 = none */
    int32_t block;
    double log_not[EH_MOST_WINDOWS], log_not_own[EH_MOST_WINDOWS];
    int64_t time_us[EH_MOST_WINDOWS]; /* later action of the first co-action, EH_TIME_NONE = no co-action */
    int8_t order[EH_MOST_WINDOWS];    /* +1: b came second, -1: a did, 0: tied */
} cell;

/* One co-acted episode. */
typedef struct hit {
    uint32_t next, object;
    int64_t distance_us, later_us;
} hit;

typedef struct candidate {
    uint32_t account, n_common, last_cell, last_hit;
    double habit[EH_MOST_WINDOWS];
} candidate;

/* Scratch of one thread. */
typedef struct scanner {
    eh_row row;
    uint32_t *n_common, *n_coacted, *slot, *touched;
    candidate *candidates;
    cell *cells;
    hit *hits;
    size_t n_candidates, candidate_capacity, n_cells, cell_capacity, n_hits, hit_capacity;
    uint64_t *present; /* candidate members of the episode at hand */
    size_t present_capacity;
    /* one pair's blocks, laid out for the statistics */
    double *p, *p_own, *tail_scratch, *half;
    uint8_t *x;
    cell **order;
    uint32_t *objects;
    size_t block_capacity[6], object_capacity;
} scanner;

typedef struct edge_list {
    eh_edge *edges;
    size_t n, capacity;
} edge_list;

typedef struct scan {
    eh_context *ctx;
    const eh_field *field;
    eh_behaviour behaviour;
    uint32_t min_common;
    scanner *scanners;
    edge_list *lists; /* one per chunk of rows */
} scan;

static const eh_member *members_of(const eh_timeline *t, uint32_t episode)
{
    return t->members + t->episodes[episode].first_member;
}

static bool comes_close(const eh_timeline *t, const eh_member *a, const eh_member *b, int64_t window_us)
{
    if (a->n_times == 1 && b->n_times == 1) {
        int64_t gap = t->times_us[a->first_time] - t->times_us[b->first_time];
        return gap <= window_us && gap >= -window_us;
    }
    return eh_closest_of(t, (uint64_t)(a - t->members), (uint64_t)(b - t->members)).distance_us <= window_us;
}

/* Counts shared and co-acted episodes with every account after u; fills touched. */
static uint32_t count_row(const scan *all, scanner *s, uint32_t u)
{
    const eh_timeline *t = all->field->timeline;
    int64_t widest_us = all->field->windows_us[all->field->n_windows - 1];
    uint32_t n_touched = 0;
    for (uint64_t i = t->account_first[u]; i < t->account_first[u + 1]; i++) {
        const eh_member *own = &t->members[t->account_member[i]];
        const eh_member *end = members_of(t, t->account_episode[i]) + t->episodes[t->account_episode[i]].n_accounts;
        for (const eh_member *other = own + 1; other < end; other++) {
            if (s->n_common[other->account]++ == 0) s->touched[n_touched++] = other->account;
            s->n_coacted[other->account] += comes_close(t, own, other, widest_us);
        }
    }
    return n_touched;
}

static eh_status choose_candidates(const scan *all, scanner *s, uint32_t n_touched, eh_error *err)
{
    s->n_candidates = s->n_cells = s->n_hits = 0;
    eh_status status = EH_OK;
    for (uint32_t i = 0; i < n_touched; i++) {
        uint32_t v = s->touched[i];
        bool is_chosen = s->n_common[v] >= all->min_common && s->n_coacted[v] >= fewest_coactions;
        if (is_chosen && status == EH_OK)
            status = eh_reserve(all->ctx, (void **)&s->candidates, &s->candidate_capacity, s->n_candidates + 1,
                                sizeof *s->candidates, err);
        if (is_chosen && status == EH_OK) {
            s->candidates[s->n_candidates++] = (candidate){.account = v, .n_common = s->n_common[v]};
            s->slot[v] = (uint32_t)s->n_candidates;
        }
        s->n_common[v] = s->n_coacted[v] = 0;
    }
    return status;
}

static cell *block_of(const scan *all, scanner *s, candidate *who, int32_t block, eh_status *status, eh_error *err)
{
    if (who->last_cell && s->cells[who->last_cell - 1].block == block) return &s->cells[who->last_cell - 1];
    *status = eh_reserve(all->ctx, (void **)&s->cells, &s->cell_capacity, s->n_cells + 1, sizeof *s->cells, err);
    if (*status != EH_OK) return NULL;
    cell *fresh = &s->cells[s->n_cells++];
    memset(fresh, 0, sizeof *fresh);
    fresh->next = who->last_cell;
    fresh->block = block;
    for (int w = 0; w < EH_MOST_WINDOWS; w++) fresh->time_us[w] = EH_TIME_NONE;
    who->last_cell = (uint32_t)s->n_cells;
    return fresh;
}

static eh_status add_hit(const scan *all, scanner *s, candidate *who, uint32_t object, int64_t distance_us,
                         int64_t later_us, eh_error *err)
{
    EH_TRY(eh_reserve(all->ctx, (void **)&s->hits, &s->hit_capacity, s->n_hits + 1, sizeof *s->hits, err));
    s->hits[s->n_hits++] = (hit){who->last_hit, object, distance_us, later_us};
    who->last_hit = (uint32_t)s->n_hits;
    return EH_OK;
}

/* Adds what one episode says about the row account and one candidate. */
static eh_status add_chance(const scan *all, scanner *s, candidate *who, uint32_t episode, uint64_t own_member,
                            uint64_t other_member, eh_error *err)
{
    const eh_field *field = all->field;
    double p[EH_MOST_WINDOWS], p_own[EH_MOST_WINDOWS];
    eh_status status = EH_OK;
    cell *block = block_of(all, s, who, field->timeline->episodes[episode].block, &status, err);
    if (!block) return status;
    eh_row_chance(&s->row, other_member, who->habit, p, p_own);
    eh_closest closest = eh_closest_of(field->timeline, own_member, other_member);
    int64_t gap = closest.time_b_us - closest.time_a_us;
    int64_t later_us = gap > 0 ? closest.time_b_us : closest.time_a_us;
    for (uint32_t w = 0; w < field->n_windows; w++) {
        block->log_not[w] += log1p(-p[w]);
        block->log_not_own[w] += log1p(-p_own[w]);
        if (closest.distance_us > field->windows_us[w]) continue;
        if (block->time_us[w] != EH_TIME_NONE && block->time_us[w] <= later_us) continue;
        block->time_us[w] = later_us;
        block->order[w] = (int8_t)((gap > 0) - (gap < 0));
    }
    if (closest.distance_us > field->windows_us[field->n_windows - 1]) return EH_OK;
    return add_hit(all, s, who, field->timeline->episodes[episode].object, closest.distance_us, later_us, err);
}

static eh_status walk_episodes(const scan *all, scanner *s, uint32_t u, eh_error *err)
{
    const eh_timeline *t = all->field->timeline;
    for (uint64_t i = t->account_first[u]; i < t->account_first[u + 1]; i++) {
        uint32_t episode = t->account_episode[i];
        const eh_member *own = &t->members[t->account_member[i]];
        const eh_member *end = members_of(t, episode) + t->episodes[episode].n_accounts;
        size_t n_present = 0;
        EH_TRY(eh_reserve(all->ctx, (void **)&s->present, &s->present_capacity, t->episodes[episode].n_accounts,
                          sizeof *s->present, err));
        for (const eh_member *other = own + 1; other < end; other++)
            if (s->slot[other->account]) s->present[n_present++] = (uint64_t)(other - t->members);
        if (!n_present) continue;
        EH_TRY(eh_row_episode(&s->row, episode, t->account_member[i], err));
        for (size_t k = 0; k < n_present; k++) {
            candidate *who = &s->candidates[s->slot[t->members[s->present[k]].account] - 1];
            EH_TRY(add_chance(all, s, who, episode, t->account_member[i], s->present[k], err));
        }
    }
    return EH_OK;
}

static eh_status reserve_blocks(const scan *all, scanner *s, size_t n, eh_error *err)
{
    eh_context *ctx = all->ctx;
    EH_TRY(eh_reserve(ctx, (void **)&s->p, &s->block_capacity[0], n, sizeof *s->p, err));
    EH_TRY(eh_reserve(ctx, (void **)&s->half, &s->block_capacity[1], n, sizeof *s->half, err));
    EH_TRY(eh_reserve(ctx, (void **)&s->tail_scratch, &s->block_capacity[2], n + 1, sizeof *s->tail_scratch, err));
    EH_TRY(eh_reserve(ctx, (void **)&s->x, &s->block_capacity[3], 3 * n, sizeof *s->x, err));
    EH_TRY(eh_reserve(ctx, (void **)&s->p_own, &s->block_capacity[4], n, sizeof *s->p_own, err));
    return eh_reserve(ctx, (void **)&s->order, &s->block_capacity[5], n, sizeof(cell *), err);
}

typedef struct timed {
    uint32_t window;
} timed;

static int by_coaction_time(const void *a, const void *b, void *data)
{
    const cell *x = *(cell *const *)a, *y = *(cell *const *)b;
    uint32_t w = ((const timed *)data)->window;
    if (x->time_us[w] != y->time_us[w]) return x->time_us[w] < y->time_us[w] ? -1 : 1;
    return (x->block > y->block) - (x->block < y->block);
}

typedef struct window_result {
    double log_e, expected, log_e_a_second, log_e_b_second;
    uint32_t n_sittings, n_a_second, n_b_second, n_tied;
} window_result;

/*
 * Coincidences of one sitting are one coincidence: of the blocks with a co-action, taken by time, those within
 * 6 h of the last one counted are set to 0. That only lowers e-values and raises p, so both stay valid.
 */
static eh_status weigh_window(const scan *all, scanner *s, size_t n, uint32_t w, window_result *out, eh_error *err)
{
    timed by = {w};
    EH_TRY(eh_sort(all->ctx, s->order, n, sizeof(cell *), by_coaction_time, &by, err));
    memset(out, 0, sizeof *out);
    uint8_t *x = s->x, *a_second = s->x + n, *b_second = s->x + 2 * n;
    int64_t last_us = EH_TIME_NONE;
    for (size_t i = 0; i < n; i++) {
        const cell *block = s->order[i];
        s->p[i] = -expm1(block->log_not[w]);
        s->p_own[i] = -expm1(block->log_not_own[w]);
        s->half[i] = 0.5 * s->p[i];
        out->expected += s->p[i];
        int64_t at_us = block->time_us[w];
        x[i] = at_us != EH_TIME_NONE && (last_us == EH_TIME_NONE || at_us - last_us >= sitting_us);
        if (x[i]) last_us = at_us;
        a_second[i] = x[i] && block->order[w] < 0;
        b_second[i] = x[i] && block->order[w] > 0;
        out->n_sittings += x[i];
        out->n_a_second += a_second[i];
        out->n_b_second += b_second[i];
        out->n_tied += x[i] && block->order[w] == 0;
    }
    out->log_e = eh_log_evalue(s->p, x, n);
    out->log_e_a_second = eh_log_evalue(s->half, a_second, n);
    out->log_e_b_second = eh_log_evalue(s->half, b_second, n);
    return EH_OK;
}

static int by_object(const void *a, const void *b, void *data)
{
    (void)data;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Distinct co-acted objects at the edge's window, and when. */
static eh_status count_objects(const scan *all, scanner *s, const candidate *who, eh_edge *edge, eh_error *err)
{
    size_t n = 0;
    EH_TRY(eh_reserve(all->ctx, (void **)&s->objects, &s->object_capacity, s->n_hits, sizeof *s->objects, err));
    edge->first_time_us = edge->last_time_us = EH_TIME_NONE;
    for (uint32_t h = who->last_hit; h; h = s->hits[h - 1].next) {
        const hit *found = &s->hits[h - 1];
        if (found->distance_us > edge->window_us) continue;
        s->objects[n++] = found->object;
        if (edge->first_time_us == EH_TIME_NONE || found->later_us < edge->first_time_us)
            edge->first_time_us = found->later_us;
        if (found->later_us > edge->last_time_us) edge->last_time_us = found->later_us;
    }
    EH_TRY(eh_sort(all->ctx, s->objects, n, sizeof *s->objects, by_object, NULL, err));
    for (size_t i = 0; i < n; i++) edge->n_shared_objects += i == 0 || s->objects[i] != s->objects[i - 1];
    return EH_OK;
}

static double mean_log_e(const double *log_e, uint32_t n) { return eh_log_sum_exp(log_e, n) - log(n); }

static eh_status judge_pair(const scan *all, scanner *s, const candidate *who, eh_edge *edge, eh_error *err)
{
    const eh_field *field = all->field;
    size_t n = 0;
    for (uint32_t c = who->last_cell; c; c = s->cells[c - 1].next) n++;
    EH_TRY(reserve_blocks(all, s, n, err));
    n = 0;
    for (uint32_t c = who->last_cell; c; c = s->cells[c - 1].next) s->order[n++] = &s->cells[c - 1];
    double log_e[EH_MOST_WINDOWS], a_second[EH_MOST_WINDOWS], b_second[EH_MOST_WINDOWS];
    double best = -INFINITY;
    *edge = (eh_edge){.account_a = s->row.account, .account_b = who->account, .behaviour = all->behaviour,
                      .n_common_objects = who->n_common, .q_value = 1, .q_bh = 1};
    for (uint32_t w = 0; w < field->n_windows; w++) {
        window_result result;
        EH_TRY(weigh_window(all, s, n, w, &result, err));
        log_e[w] = result.log_e;
        a_second[w] = result.log_e_a_second;
        b_second[w] = result.log_e_b_second;
        if (result.log_e <= best) continue;
        best = result.log_e;
        edge->window_us = field->windows_us[w];
        edge->n_sittings = result.n_sittings;
        edge->n_sittings_expected = result.expected;
        edge->n_a_second = result.n_a_second;
        edge->n_b_second = result.n_b_second;
        edge->n_tied = result.n_tied;
        double p = eh_poisson_binomial_tail(s->p, n, result.n_sittings, s->tail_scratch) * field->n_windows;
        double own_expected = 0;
        for (size_t i = 0; i < n; i++) own_expected += s->p_own[i];
        double p_own = eh_poisson_tail(own_expected, result.n_sittings) * field->n_windows;
        bool is_screened = (double)result.n_sittings >= own_expected + 1; /* below, the screen bounds nothing */
        edge->p_value = p < 1 ? p : 1;
        edge->p_own_cascade = is_screened && p_own < 1 ? p_own : 1;
    }
    edge->log_e = mean_log_e(log_e, field->n_windows);
    edge->log_e_a_second = mean_log_e(a_second, field->n_windows);
    edge->log_e_b_second = mean_log_e(b_second, field->n_windows);
    return count_objects(all, s, who, edge, err);
}

static int by_account(const void *a, const void *b, void *data)
{
    (void)data;
    uint32_t x = ((const eh_edge *)a)->account_b, y = ((const eh_edge *)b)->account_b;
    return (x > y) - (x < y);
}

static eh_status scan_row(const scan *all, scanner *s, uint32_t u, edge_list *list, eh_error *err)
{
    uint32_t n_touched = count_row(all, s, u);
    eh_status status = choose_candidates(all, s, n_touched, err);
    if (status == EH_OK && s->n_candidates) {
        eh_row_start(&s->row, u);
        for (size_t i = 0; i < s->n_candidates; i++)
            eh_row_habit(&s->row, s->candidates[i].account, s->candidates[i].habit);
        status = walk_episodes(all, s, u, err);
    }
    size_t first = list->n;
    for (size_t i = 0; status == EH_OK && i < s->n_candidates; i++) {
        status = eh_reserve(all->ctx, (void **)&list->edges, &list->capacity, list->n + 1, sizeof *list->edges, err);
        if (status == EH_OK) status = judge_pair(all, s, &s->candidates[i], &list->edges[list->n], err);
        if (status == EH_OK) list->n++;
    }
    for (size_t i = 0; i < s->n_candidates; i++) s->slot[s->candidates[i].account] = 0;
    if (status == EH_OK && list->n > first)
        status = eh_sort(all->ctx, list->edges + first, list->n - first, sizeof *list->edges, by_account, NULL, err);
    return status;
}

static eh_status scan_rows(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    const scan *all = data;
    for (size_t u = first; u < last; u++)
        EH_TRY(scan_row(all, &all->scanners[i_thread], (uint32_t)u, &all->lists[first / rows_per_chunk], err));
    return EH_OK;
}

static void scanner_release(eh_context *ctx, scanner *s)
{
    eh_row_release(&s->row);
    void *blocks[] = {s->n_common, s->n_coacted, s->slot, s->touched, s->candidates, s->cells, s->hits, s->present,
                      s->p, s->p_own, s->tail_scratch, s->half, s->x, (void *)s->order, s->objects};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) eh_free(ctx, blocks[i]);
}

static eh_status scanner_init(eh_context *ctx, const eh_field *field, scanner *s, eh_error *err)
{
    uint32_t n = field->timeline->n_accounts;
    eh_row_init(&s->row, ctx, field);
    s->n_common = eh_alloc(ctx, n, sizeof *s->n_common, err);
    s->n_coacted = eh_alloc(ctx, n, sizeof *s->n_coacted, err);
    s->slot = eh_alloc(ctx, n, sizeof *s->slot, err);
    s->touched = eh_alloc(ctx, n, sizeof *s->touched, err);
    return s->n_common && s->n_coacted && s->slot && s->touched ? EH_OK : err->status;
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

eh_status eh_scan(eh_context *ctx, const eh_field *field, eh_behaviour behaviour, uint32_t min_common,
                  eh_edge **edges, uint64_t *n_edges, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *edges = NULL;
    *n_edges = 0;
    size_t n_threads = (size_t)eh_context_n_threads(ctx), n_rows = field->timeline->n_accounts;
    size_t n_chunks = (n_rows + rows_per_chunk - 1) / rows_per_chunk;
    scan all = {.ctx = ctx, .field = field, .behaviour = behaviour, .min_common = min_common};
    all.scanners = eh_alloc(ctx, n_threads, sizeof *all.scanners, err);
    all.lists = eh_alloc(ctx, n_chunks, sizeof *all.lists, err);
    eh_status status = all.scanners && all.lists ? EH_OK : err->status;
    for (size_t i = 0; status == EH_OK && i < n_threads; i++)
        status = scanner_init(ctx, field, &all.scanners[i], err);
    if (status == EH_OK) status = eh_parallel(ctx, "testing pairs", n_rows, rows_per_chunk, scan_rows, &all, err);
    if (status == EH_OK) status = join(&all, n_chunks, edges, n_edges, err);
    for (size_t i = 0; all.scanners && i < n_threads; i++) scanner_release(ctx, &all.scanners[i]);
    for (size_t i = 0; all.lists && i < n_chunks; i++) eh_free(ctx, all.lists[i].edges);
    eh_free(ctx, all.scanners);
    eh_free(ctx, all.lists);
    return status;
}
