#include "legs/cores.h"

#include <string.h>

typedef struct graph {
    uint64_t *first;         /* n + 1: neighbours of each account */
    uint32_t *neighbour;
    uint32_t *order, *place; /* accounts by degree, and where each stands */
    uint32_t *bin;           /* n + 1: where each degree begins in order */
} graph;

/* Fills first, neighbour and the degrees. */
static void link_pairs(graph *g, uint32_t n, const eh_leg_pair *pairs, size_t n_pairs, double bar, uint32_t *degree)
{
    memset(degree, 0, n * sizeof *degree);
    for (size_t i = 0; i < n_pairs; i++) {
        if (pairs[i].p_value > bar) continue;
        degree[pairs[i].account_a]++;
        degree[pairs[i].account_b]++;
    }
    g->first[0] = 0;
    for (uint32_t u = 0; u < n; u++) g->first[u + 1] = g->first[u] + degree[u];
    memset(g->place, 0, n * sizeof *g->place); /* how many neighbours stand there already */
    for (size_t i = 0; i < n_pairs; i++) {
        if (pairs[i].p_value > bar) continue;
        uint32_t a = pairs[i].account_a, b = pairs[i].account_b;
        g->neighbour[g->first[a] + g->place[a]++] = b;
        g->neighbour[g->first[b] + g->place[b]++] = a;
    }
}

static void sort_by_degree(graph *g, uint32_t n, const uint32_t *degree)
{
    memset(g->bin, 0, ((size_t)n + 1) * sizeof *g->bin);
    for (uint32_t u = 0; u < n; u++) g->bin[degree[u] + 1 <= n ? degree[u] + 1 : n]++;
    for (uint32_t d = 0; d < n; d++) g->bin[d + 1] += g->bin[d];
    for (uint32_t u = 0; u < n; u++) {
        g->place[u] = g->bin[degree[u]]++;
        g->order[g->place[u]] = u;
    }
    for (uint32_t d = n; d > 0; d--) g->bin[d] = g->bin[d - 1]; /* filling moved each start to its end */
    g->bin[0] = 0;
}

/* Removes accounts by least degree; the degree that an account has left when its turn comes is its core number. */
static void peel(graph *g, uint32_t n, uint32_t *core)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t u = g->order[i];
        for (uint64_t k = g->first[u]; k < g->first[u + 1]; k++) {
            uint32_t v = g->neighbour[k];
            if (core[v] <= core[u]) continue;
            uint32_t front = g->bin[core[v]]++, w = g->order[front]; /* v changes places with the first of its degree ... */
            g->order[g->place[v]] = w;
            g->place[w] = g->place[v];
            g->order[front] = v;
            g->place[v] = front;
            core[v]--; /* ... and is the last of the degree below */
        }
    }
}

eh_status eh_cores_of(eh_context *ctx, uint32_t n_accounts, const eh_leg_pair *pairs, size_t n_pairs, double bar, uint32_t *core,
                      eh_error *err)
{
    size_t n = n_accounts;
    graph g = {.first = eh_alloc(ctx, n + 1, sizeof *g.first, err), .neighbour = eh_alloc(ctx, 2 * n_pairs, sizeof *g.neighbour, err),
               .order = eh_alloc(ctx, n, sizeof *g.order, err),     .place = eh_alloc(ctx, n, sizeof *g.place, err),
               .bin = eh_alloc(ctx, n + 1, sizeof *g.bin, err)};
    bool has_room = g.first && g.neighbour && g.order && g.place && g.bin;
    if (has_room) {
        link_pairs(&g, n_accounts, pairs, n_pairs, bar, core);
        sort_by_degree(&g, n_accounts, core);
        peel(&g, n_accounts, core);
    }
    eh_free(ctx, g.first);
    eh_free(ctx, g.neighbour);
    eh_free(ctx, g.order);
    eh_free(ctx, g.place);
    eh_free(ctx, g.bin);
    return has_room ? EH_OK : err->status;
}
