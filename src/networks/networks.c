/*
 * Networks of listed accounts. The graph of their ties is split into connected components; Leiden runs on each by
 * itself, so that a component's communities depend on its own ties and the seed alone.
 * Vertices and links are always in account order, whatever made them.
 */
#include "evenhand/networks.h"

#include "base/sort.h"
#include "networks/leiden.h"

#include <math.h>

/* A tie of two listed accounts: its vertices and what becomes of it. Vertices are listed accounts in account order. */
typedef struct listed_pair {
    uint32_t from, to;
    uint32_t behaviours;
    uint32_t component;
    int64_t first_time_us, last_time_us;
} listed_pair;

typedef struct graph {
    eh_context *ctx;
    listed_pair *pairs;      /* n_pairs, sorted by (from, to) */
    size_t n_pairs;
    uint32_t *account;       /* n_vertices: account of a vertex, ascending */
    uint32_t *community;     /* n_vertices: community, unique over components */
    uint32_t *parent;        /* n_vertices: union-find, then component number */
    uint32_t n_vertices, n_components;
} graph;

static void graph_release(graph *g)
{
    eh_free(g->ctx, g->pairs);
    eh_free(g->ctx, g->account);
    eh_free(g->ctx, g->community);
    eh_free(g->ctx, g->parent);
}

/* ---- the graph of listed pairs ---------------------------------------------------------------------------- */

static bool counts(const eh_detection *d, const eh_tie *tie)
{
    return d->accounts[tie->account_a].is_listed && d->accounts[tie->account_b].is_listed;
}

/* Replaces accounts by vertices; vertex_of has one entry per account. */
static void number_vertices(graph *g, uint32_t *vertex_of, uint32_t n_accounts)
{
    for (size_t i = 0; i < g->n_pairs; i++) vertex_of[g->pairs[i].from] = vertex_of[g->pairs[i].to] = 1;
    for (uint32_t a = 0; a < n_accounts; a++) {
        if (!vertex_of[a]) continue;
        g->account[g->n_vertices] = a;
        vertex_of[a] = g->n_vertices++;
    }
    for (size_t i = 0; i < g->n_pairs; i++) {
        listed_pair *pair = &g->pairs[i];
        pair->from = vertex_of[pair->from];
        pair->to = vertex_of[pair->to];
    }
}

static eh_status graph_of(graph *g, const eh_detection *d, uint32_t n_accounts, eh_error *err)
{
    size_t n_edges = 0;
    for (uint64_t i = 0; i < d->n_ties; i++) {
        if (d->ties[i].account_a >= n_accounts || d->ties[i].account_b >= n_accounts)
            return eh_fail(err, EH_E_INVALID, "a tie names account %u of %u", d->ties[i].account_b, n_accounts);
        n_edges += counts(d, &d->ties[i]);
    }
    size_t n_most = n_edges < n_accounts / 2 ? 2 * n_edges : n_accounts;
    uint32_t *vertex_of;
    if (!(g->pairs = eh_alloc(g->ctx, n_edges, sizeof *g->pairs, err)) ||
        !(g->account = eh_alloc(g->ctx, n_most, sizeof *g->account, err)) ||
        !(g->community = eh_alloc(g->ctx, n_most, sizeof *g->community, err)) ||
        !(g->parent = eh_alloc(g->ctx, n_most, sizeof *g->parent, err)) ||
        !(vertex_of = eh_alloc(g->ctx, n_accounts, sizeof *vertex_of, err)))
        return err->status;
    for (uint64_t i = 0; i < d->n_ties; i++) {
        const eh_tie *tie = &d->ties[i];
        if (counts(d, tie))
            g->pairs[g->n_pairs++] = (listed_pair){tie->account_a, tie->account_b, tie->behaviours, 0, tie->first_time_us, tie->last_time_us};
    }
    number_vertices(g, vertex_of, n_accounts);
    eh_free(g->ctx, vertex_of);
    return EH_OK;
}

/* ---- connected components --------------------------------------------------------------------------------- */

static uint32_t root_of(uint32_t *parent, uint32_t v)
{
    while (parent[v] != v) v = parent[v] = parent[parent[v]];
    return v;
}

/* Numbers components by their first vertex and leaves the number in parent[] and in the pairs. The root is always
 * the smallest vertex of its tree, so that one ascending pass sees a root before its followers. */
static void find_components(graph *g)
{
    uint32_t *parent = g->parent;
    for (uint32_t v = 0; v < g->n_vertices; v++) parent[v] = v;
    for (size_t i = 0; i < g->n_pairs; i++) {
        uint32_t a = root_of(parent, g->pairs[i].from), b = root_of(parent, g->pairs[i].to);
        if (a < b) parent[b] = a;
        else parent[a] = b;
    }
    for (uint32_t v = 0; v < g->n_vertices; v++) {
        uint32_t root = parent[v]; /* v itself, or a smaller vertex that is already numbered */
        parent[v] = root == v ? g->n_components++ : parent[root];
    }
    for (size_t i = 0; i < g->n_pairs; i++) g->pairs[i].component = parent[g->pairs[i].from];
}

/* ---- communities ------------------------------------------------------------------------------------------ */

static int by_component(const void *a, const void *b, void *data)
{
    const listed_pair *x = a, *y = b;
    (void)data;
    return (x->component > y->component) - (x->component < y->component);
}

/* Communities of one component: its pairs are pairs[0..n), its n_vertices have local numbers. Fills membership. */
static eh_status split_component(graph *g, const listed_pair *pairs, size_t n, const uint32_t *local, uint32_t n_vertices,
                                 eh_link *links, uint32_t *membership, eh_error *err)
{
    if (n_vertices == 2) return EH_OK; /* one pair: both in community 0 */
    for (size_t i = 0; i < n; i++) links[i] = (eh_link){local[pairs[i].from], local[pairs[i].to]};
    return eh_leiden(g->ctx, n_vertices, links, n, eh_context_seed(g->ctx), membership, err);
}

/* start[c] = vertices of the components before c; local[v] = number of v among those of its component. */
static void number_inside_components(const graph *g, uint32_t *start, uint32_t *local)
{
    for (uint32_t v = 0; v < g->n_vertices; v++) local[v] = start[g->parent[v] + 1]++;
    for (uint32_t c = 0; c < g->n_components; c++) start[c + 1] += start[c];
}

static eh_status split_components(graph *g, const uint32_t *start, const uint32_t *local, eh_link *links,
                                  uint32_t *membership, eh_error *err)
{
    for (size_t i = 0, end; i < g->n_pairs; i = end) {
        uint32_t c = g->pairs[i].component;
        for (end = i; end < g->n_pairs && g->pairs[end].component == c;) end++;
        if (eh_context_is_cancelled(g->ctx)) return eh_fail(err, EH_E_CANCELLED, "cancelled while networks were sought");
        EH_TRY(split_component(g, g->pairs + i, end - i, local, start[c + 1] - start[c], links, membership + start[c], err));
    }
    return EH_OK;
}

/* Fills g->community: unique over the whole graph, not dense. Leaves the pairs sorted by component. */
static eh_status find_communities(graph *g, eh_error *err)
{
    uint32_t *start = eh_alloc(g->ctx, (size_t)g->n_components + 1, sizeof *start, err);
    uint32_t *local = start ? eh_alloc(g->ctx, g->n_vertices, sizeof *local, err) : NULL;
    uint32_t *membership = local ? eh_alloc(g->ctx, g->n_vertices, sizeof *membership, err) : NULL;
    eh_link *links = membership ? eh_alloc(g->ctx, g->n_pairs, sizeof *links, err) : NULL;
    eh_status status = links ? EH_OK : err->status;
    if (status == EH_OK) status = eh_sort(g->ctx, g->pairs, g->n_pairs, sizeof *g->pairs, by_component, NULL, err);
    if (status == EH_OK) {
        number_inside_components(g, start, local);
        status = split_components(g, start, local, links, membership, err);
    }
    for (uint32_t v = 0; status == EH_OK && v < g->n_vertices; v++) {
        uint32_t first = start[g->parent[v]];
        g->community[v] = first + membership[first + local[v]];
    }
    eh_free(g->ctx, links);
    eh_free(g->ctx, membership);
    eh_free(g->ctx, local);
    eh_free(g->ctx, start);
    return status;
}

/* ---- numbering and sums ----------------------------------------------------------------------------------- */

typedef struct numbered {
    uint32_t community, first_vertex, n_accounts;
} numbered;

static int by_size(const void *a, const void *b, void *data)
{
    const numbered *x = a, *y = b;
    (void)data;
    if (x->n_accounts != y->n_accounts) return x->n_accounts < y->n_accounts ? 1 : -1;
    return (x->first_vertex > y->first_vertex) - (x->first_vertex < y->first_vertex);
}

/* Renumbers g->community by size, then first account; makes room for the networks. A community of one account is no
 * network: it hangs on to others by too few pairs to belong to them, and gets UINT32_MAX. */
static eh_status number_communities(graph *g, eh_networks *out, eh_error *err)
{
    numbered *list = eh_alloc(g->ctx, g->n_vertices, sizeof *list, err); /* by old number */
    uint32_t *new_number = list ? eh_alloc(g->ctx, g->n_vertices, sizeof *new_number, err) : NULL;
    eh_status status = new_number ? EH_OK : err->status;
    for (uint32_t v = 0; status == EH_OK && v < g->n_vertices; v++) {
        numbered *item = &list[g->community[v]];
        if (item->n_accounts++ == 0) *item = (numbered){g->community[v], v, 1};
    }
    if (status == EH_OK) status = eh_sort(g->ctx, list, g->n_vertices, sizeof *list, by_size, NULL, err);
    for (uint32_t i = 0; status == EH_OK && i < g->n_vertices && list[i].n_accounts > 0; i++) {
        bool is_network = list[i].n_accounts > 1;
        new_number[list[i].community] = is_network ? i : UINT32_MAX;
        out->n_networks += is_network;
    }
    if (status == EH_OK) {
        out->networks = eh_alloc(g->ctx, out->n_networks, sizeof *out->networks, err);
        if (!out->networks) status = err->status;
    }
    for (uint32_t v = 0; status == EH_OK && v < g->n_vertices; v++) {
        uint32_t c = new_number[g->community[v]];
        g->community[v] = c;
        out->network_of[g->account[v]] = c;
        if (c != UINT32_MAX) out->networks[c].n_accounts++;
    }
    eh_free(g->ctx, new_number);
    eh_free(g->ctx, list);
    return status;
}

static void sum_pairs(const graph *g, eh_networks *out)
{
    for (uint32_t c = 0; c < out->n_networks; c++) out->networks[c].first_time_us = out->networks[c].last_time_us = EH_NO_TIME;
    for (size_t i = 0; i < g->n_pairs; i++) {
        const listed_pair *pair = &g->pairs[i];
        uint32_t c = g->community[pair->from];
        if (c == UINT32_MAX || c != g->community[pair->to]) continue;
        eh_network *network = &out->networks[c];
        network->n_edges++;
        if (pair->first_time_us != EH_NO_TIME && (network->first_time_us == EH_NO_TIME || pair->first_time_us < network->first_time_us))
            network->first_time_us = pair->first_time_us;
        if (pair->last_time_us > network->last_time_us) network->last_time_us = pair->last_time_us; /* EH_NO_TIME is the least */
        network->behaviours |= pair->behaviours;
    }
}

/* Q of all networks together on the whole graph: sum over networks of inside/m - (strength/(2m))^2. */
static eh_status measure_modularity(const graph *g, eh_networks *out, eh_error *err)
{
    double *strength = eh_alloc(g->ctx, out->n_networks, sizeof *strength, err);
    if (!strength) return err->status;
    double total = 0, inside = 0, expected = 0;
    for (size_t i = 0; i < g->n_pairs; i++) {
        uint32_t a = g->community[g->pairs[i].from], b = g->community[g->pairs[i].to];
        total++;
        if (a != UINT32_MAX && a == b) inside++;
        if (a != UINT32_MAX) strength[a]++;
        if (b != UINT32_MAX) strength[b]++;
    }
    for (uint32_t c = 0; c < out->n_networks; c++) expected += (strength[c] / (2 * total)) * (strength[c] / (2 * total));
    out->modularity = inside / total - expected;
    eh_free(g->ctx, strength);
    return EH_OK;
}

/* ---- public ----------------------------------------------------------------------------------------------- */

eh_status eh_networks_of(eh_context *ctx, const eh_detection *detection, uint32_t n_accounts, eh_networks *out,
                         eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_networks){.ctx = ctx, .n_accounts = n_accounts, .modularity = NAN};
    graph g = {.ctx = ctx};
    eh_status status = graph_of(&g, detection, n_accounts, err);
    if (status == EH_OK) {
        out->network_of = eh_alloc(ctx, n_accounts, sizeof *out->network_of, err);
        if (!out->network_of) status = err->status;
    }
    for (uint32_t a = 0; status == EH_OK && a < n_accounts; a++) out->network_of[a] = UINT32_MAX;
    if (status == EH_OK && g.n_pairs > 0) {
        find_components(&g);
        status = find_communities(&g, err);
        if (status == EH_OK) status = number_communities(&g, out, err);
        if (status == EH_OK) sum_pairs(&g, out);
        if (status == EH_OK) status = measure_modularity(&g, out, err);
    }
    graph_release(&g);
    if (status != EH_OK) eh_networks_release(out);
    return status;
}

void eh_networks_release(eh_networks *networks)
{
    if (networks->ctx) {
        eh_free(networks->ctx, networks->networks);
        eh_free(networks->ctx, networks->network_of);
    }
    *networks = (eh_networks){0};
}
