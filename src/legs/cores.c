#include "legs/cores.h"

#include <string.h>

typedef struct peeling {
    eh_pair_graph graph;
    uint32_t *order, *place; /* accounts by degree, and where each stands */
    uint32_t *bin;           /* n + 1: where each degree begins in order */
} peeling;

static void sort_by_degree(peeling *g, uint32_t n, const uint32_t *degree)
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
static void peel(peeling *g, uint32_t n, uint32_t *core)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t u = g->order[i];
        for (uint64_t k = g->graph.first[u]; k < g->graph.first[u + 1]; k++) {
            uint32_t v = g->graph.partner[k];
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
    peeling g = {.order = eh_alloc(ctx, n, sizeof *g.order, err), .place = eh_alloc(ctx, n, sizeof *g.place, err),
                 .bin = eh_alloc(ctx, n + 1, sizeof *g.bin, err)};
    eh_status status = g.order && g.place && g.bin ? eh_pair_graph_init(ctx, n_accounts, pairs, n_pairs, bar, &g.graph, err) : err->status;
    if (status == EH_OK) {
        for (size_t u = 0; u < n; u++) core[u] = (uint32_t)(g.graph.first[u + 1] - g.graph.first[u]);
        sort_by_degree(&g, n_accounts, core);
        peel(&g, n_accounts, core);
    }
    if (g.graph.ctx) eh_pair_graph_release(&g.graph);
    eh_free(ctx, g.order);
    eh_free(ctx, g.place);
    eh_free(ctx, g.bin);
    return status;
}
