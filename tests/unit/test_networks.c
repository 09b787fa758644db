#include "check.h"
#include "base/rng.h"
#include "evenhand/networks.h"

#include <time.h>

static eh_error err = EH_ERROR_INIT;

static eh_context *new_context(uint64_t seed)
{
    eh_context_options options = eh_context_options_default();
    options.seed = seed;
    eh_context *ctx = NULL;
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    return ctx;
}

/* A detection in plain heap memory: edges are added in any order, then sorted as the contract says. */
typedef struct world {
    eh_detection detection;
    eh_account_result *accounts;
    eh_edge *edges;
    size_t capacity;
    uint32_t n_accounts;
} world;

static world world_of(uint32_t n_accounts)
{
    world w = {.n_accounts = n_accounts};
    w.accounts = calloc(n_accounts ? n_accounts : 1, sizeof *w.accounts);
    CHECK(w.accounts != NULL);
    for (uint32_t i = 0; i < n_accounts; i++) w.accounts[i].is_listed = true;
    return w;
}

static void add(world *w, uint32_t a, uint32_t b, eh_behaviour behaviour, double log_e)
{
    if (w->detection.n_edges == w->capacity) {
        w->capacity = 2 * w->capacity + 64;
        w->edges = realloc(w->edges, w->capacity * sizeof *w->edges);
        CHECK(w->edges != NULL);
    }
    int64_t at = 1000 * (int64_t)(a < b ? a : b);
    w->edges[w->detection.n_edges++] = (eh_edge){.account_a = a < b ? a : b, .account_b = a < b ? b : a,
                                                 .behaviour = behaviour, .log_e = log_e, .is_listed = true,
                                                 .first_time_us = at, .last_time_us = at + 500};
}

static int by_pair(const void *a, const void *b)
{
    const eh_edge *x = a, *y = b;
    if (x->account_a != y->account_a) return x->account_a < y->account_a ? -1 : 1;
    if (x->account_b != y->account_b) return x->account_b < y->account_b ? -1 : 1;
    return (int)x->behaviour - (int)y->behaviour;
}

static const eh_detection *ready(world *w)
{
    if (w->detection.n_edges) qsort(w->edges, w->detection.n_edges, sizeof *w->edges, by_pair);
    free(w->detection.ties);
    w->detection.ties = calloc(w->detection.n_edges + 1, sizeof *w->detection.ties);
    CHECK(w->detection.ties != NULL);
    w->detection.n_ties = 0;
    for (uint64_t i = 0; i < w->detection.n_edges; i++) { /* a tie per pair with a listed edge */
        const eh_edge *edge = &w->edges[i];
        eh_tie *last = &w->detection.ties[w->detection.n_ties ? w->detection.n_ties - 1 : 0];
        if (!edge->is_listed) continue;
        if (!w->detection.n_ties || last->account_a != edge->account_a || last->account_b != edge->account_b) {
            last = &w->detection.ties[w->detection.n_ties++];
            *last = (eh_tie){edge->account_a, edge->account_b, 1u << EH_LEG_TIMING, 0, edge->first_time_us, edge->last_time_us};
        }
        last->behaviours |= 1u << edge->behaviour;
        if (edge->first_time_us < last->first_time_us) last->first_time_us = edge->first_time_us;
        if (edge->last_time_us > last->last_time_us) last->last_time_us = edge->last_time_us;
    }
    w->detection.edges = w->edges;
    w->detection.accounts = w->accounts;
    return &w->detection;
}

static void world_clear(world *w)
{
    free(w->edges);
    free(w->detection.ties);
    free(w->accounts);
}

/* Accounts first, first + step, ... */
static void add_clique(world *w, const uint32_t *members, uint32_t n, double log_e)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i + 1; j < n; j++) add(w, members[i], members[j], EH_REPOST, log_e);
}

/* Three cliques of 12, 9 and 6 with weak bridges; account i of the plan is place[i]. */
enum { n_planted = 30 };
static void add_planted(world *w, const uint32_t place[n_planted])
{
    add_clique(w, place, 12, 40);
    add_clique(w, place + 12, 9, 40);
    add_clique(w, place + 21, 6, 40);
    add(w, place[0], place[12], EH_LINK, 5);
    add(w, place[13], place[21], EH_LINK, 5);
    add(w, place[27], place[28], EH_TEXT, 9); /* a pair of its own; place[29] has no edge */
}

static void check_planted(const eh_networks *networks, const uint32_t place[n_planted])
{
    CHECK_EQ_INT(networks->n_networks, 4);
    for (uint32_t i = 0; i < 29; i++)
        CHECK_EQ_INT(networks->network_of[place[i]], i < 12 ? 0 : i < 21 ? 1 : i < 27 ? 2 : 3);
    CHECK_EQ_INT(networks->network_of[place[29]], UINT32_MAX);
    CHECK_EQ_INT(networks->networks[0].n_accounts, 12);
    CHECK_EQ_INT(networks->networks[0].n_edges, 66);
    CHECK_EQ_INT(networks->networks[0].behaviours, 1u << EH_REPOST);
    CHECK_EQ_INT(networks->networks[3].n_accounts, 2);
    CHECK_EQ_INT(networks->networks[3].n_edges, 1);
    CHECK_EQ_INT(networks->networks[3].behaviours, 1u << EH_TEXT);
}

static void planted_cliques_are_found(void)
{
    eh_context *ctx = new_context(1);
    world w = world_of(n_planted);
    uint32_t place[n_planted];
    for (uint32_t i = 0; i < n_planted; i++) place[i] = i;
    add_planted(&w, place);
    eh_networks networks;
    CHECK_OK(eh_networks_of(ctx, ready(&w), n_planted, &networks, &err), err);
    check_planted(&networks, place);
    CHECK_EQ_INT(networks.networks[1].first_time_us, 12000);
    CHECK_EQ_INT(networks.networks[1].last_time_us, 19500);
    CHECK(networks.modularity > 0.3 && networks.modularity < 1);
    eh_networks_release(&networks);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    world_clear(&w);
    eh_context_free(ctx);
}

static void names_do_not_matter(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        eh_context *ctx = new_context(seed);
        eh_rng rng = eh_rng_of(seed, 7);
        uint32_t place[n_planted];
        for (uint32_t i = 0; i < n_planted; i++) place[i] = i;
        for (uint32_t i = n_planted - 1; i > 0; i--) {
            uint32_t j = (uint32_t)eh_rng_below(&rng, i + 1), kept = place[i];
            place[i] = place[j];
            place[j] = kept;
        }
        world w = world_of(n_planted);
        add_planted(&w, place);
        eh_networks networks;
        CHECK_OK(eh_networks_of(ctx, ready(&w), n_planted, &networks, &err), err);
        check_planted(&networks, place);
        eh_networks_release(&networks);
        world_clear(&w);
        eh_context_free(ctx);
    }
}

static void numbering_follows_size_then_first_account(void)
{
    eh_context *ctx = new_context(1);
    world w = world_of(40);
    static const uint32_t late[] = {30, 31, 32}, early[] = {2, 20, 21}, large[] = {35, 36, 37, 38};
    add_clique(&w, late, 3, 10);
    add_clique(&w, early, 3, 10);
    add_clique(&w, large, 4, 10);
    eh_networks networks;
    CHECK_OK(eh_networks_of(ctx, ready(&w), 40, &networks, &err), err);
    CHECK_EQ_INT(networks.n_networks, 3);
    CHECK_EQ_INT(networks.network_of[35], 0);
    CHECK_EQ_INT(networks.network_of[21], 1);
    CHECK_EQ_INT(networks.network_of[31], 2);
    eh_networks_release(&networks);
    world_clear(&w);
    eh_context_free(ctx);
}

static void no_edges_no_networks(void)
{
    eh_context *ctx = new_context(1);
    world w = world_of(5);
    eh_networks networks;
    CHECK_OK(eh_networks_of(ctx, ready(&w), 5, &networks, &err), err);
    CHECK_EQ_INT(networks.n_networks, 0);
    CHECK(isnan(networks.modularity));
    for (int i = 0; i < 5; i++) CHECK_EQ_INT(networks.network_of[i], UINT32_MAX);
    eh_networks_release(&networks);
    CHECK_OK(eh_networks_of(ctx, ready(&w), 0, &networks, &err), err);
    eh_networks_release(&networks);
    eh_networks_release(&networks); /* twice is fine */
    world_clear(&w);
    eh_context_free(ctx);
}

static void only_listed_edges_between_listed_accounts_count(void)
{
    eh_context *ctx = new_context(1);
    world w = world_of(6);
    add(&w, 0, 1, EH_REPOST, 20);
    add(&w, 1, 2, EH_REPOST, 20);
    add(&w, 3, 4, EH_REPOST, 20);
    w.edges[1].is_listed = false;
    w.accounts[4].is_listed = false;
    eh_networks networks;
    CHECK_OK(eh_networks_of(ctx, ready(&w), 6, &networks, &err), err);
    CHECK_EQ_INT(networks.n_networks, 1);
    CHECK_EQ_INT(networks.networks[0].n_accounts, 2);
    CHECK_EQ_INT(networks.network_of[2], UINT32_MAX);
    CHECK_EQ_INT(networks.network_of[3], UINT32_MAX);
    CHECK_NEAR(networks.modularity, 0.0, 1e-12);
    eh_networks_release(&networks);
    world_clear(&w);
    eh_context_free(ctx);
}

/* One pair with three behaviours is one edge; strange e-values neither break nor dominate. */
static void a_pair_counts_once(void)
{
    eh_context *ctx = new_context(1);
    world w = world_of(4);
    add(&w, 0, 1, EH_REPOST, INFINITY);
    add(&w, 0, 1, EH_LINK, 1e6);
    add(&w, 0, 1, EH_TEXT, -INFINITY);
    add(&w, 2, 3, EH_TEXT, NAN);
    add(&w, 1, 2, EH_TEXT, 0);
    eh_networks networks;
    CHECK_OK(eh_networks_of(ctx, ready(&w), 4, &networks, &err), err);
    uint64_t n_edges = 0;
    for (uint32_t i = 0; i < networks.n_networks; i++) n_edges += networks.networks[i].n_edges;
    CHECK_EQ_INT(networks.network_of[0], networks.network_of[1]);
    CHECK(n_edges <= 3 && n_edges >= 2);
    CHECK_EQ_INT(networks.networks[networks.network_of[0]].behaviours & 7, 7);
    eh_networks_release(&networks);
    world_clear(&w);
    eh_context_free(ctx);
}

static void add_random(world *w, uint64_t n_edges, uint64_t seed)
{
    eh_rng rng = eh_rng_of(seed, 3);
    for (uint64_t i = 0; i < n_edges; i++) {
        uint32_t a = (uint32_t)eh_rng_below(&rng, w->n_accounts);
        uint32_t group = a / 50, b;
        if (eh_rng_uniform(&rng) < 0.9) b = group * 50 + (uint32_t)eh_rng_below(&rng, 50);
        else b = (uint32_t)eh_rng_below(&rng, w->n_accounts);
        if (b < w->n_accounts && a != b) add(w, a, b, EH_REPOST, 10 + 40 * eh_rng_uniform(&rng));
    }
}

static void same_input_same_networks(void)
{
    world w = world_of(1000);
    add_random(&w, 8000, 5);
    eh_networks first = {0};
    eh_context *ctx = new_context(9), *again = new_context(9);
    CHECK_OK(eh_networks_of(ctx, ready(&w), 1000, &first, &err), err);
    for (int round = 0; round < 3; round++) {
        eh_networks second;
        CHECK_OK(eh_networks_of(again, ready(&w), 1000, &second, &err), err);
        CHECK_EQ_INT(first.n_networks, second.n_networks);
        CHECK(memcmp(first.network_of, second.network_of, 1000 * sizeof *first.network_of) == 0);
        CHECK(memcmp(&first.modularity, &second.modularity, sizeof first.modularity) == 0);
        eh_networks_release(&second);
    }
    eh_networks_release(&first);
    eh_context_free(ctx);
    eh_context_free(again);
    world_clear(&w);
}

static void a_hundred_thousand_edges_take_seconds(void)
{
    eh_context *ctx = new_context(1);
    world w = world_of(10000);
    add_random(&w, 100000, 11);
    struct timespec start, end;
    (void)ready(&w);
    clock_gettime(CLOCK_MONOTONIC, &start);
    eh_networks networks;
    CHECK_OK(eh_networks_of(ctx, &w.detection, 10000, &networks, &err), err);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    printf("%llu edges: %.2f s, %u networks, modularity %.3f\n", (unsigned long long)w.detection.n_edges, seconds,
           networks.n_networks, networks.modularity);
    CHECK(networks.n_networks > 150 && networks.n_networks < 220);
    CHECK(seconds < 30);
    eh_networks_release(&networks);
    world_clear(&w);
    eh_context_free(ctx);
}

static void every_allocation_may_fail(void)
{
    eh_context *ctx = new_context(1);
    world w = world_of(n_planted);
    uint32_t place[n_planted];
    for (uint32_t i = 0; i < n_planted; i++) place[i] = i;
    add_planted(&w, place);
    (void)ready(&w);
    eh_networks networks;
    int64_t n = 0;
    for (;;) {
        eh_context_fail_allocation_after(ctx, ++n);
        err = (eh_error)EH_ERROR_INIT;
        eh_status status = eh_networks_of(ctx, &w.detection, n_planted, &networks, &err);
        if (status == EH_OK) break;
        CHECK_EQ_INT(status, EH_E_NOMEM);
        CHECK(err.message[0] != 0);
        CHECK(networks.network_of == NULL && networks.networks == NULL);
        CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    }
    eh_context_fail_allocation_after(ctx, 0);
    CHECK(n > 10);
    check_planted(&networks, place);
    eh_networks_release(&networks);
    world_clear(&w);
    eh_context_free(ctx);
}

static void budget_and_cancellation_are_heard(void)
{
    eh_context_options options = eh_context_options_default();
    options.memory_limit_size = 1 << 20;
    eh_context *ctx = NULL;
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    world w = world_of(1000);
    add_random(&w, 8000, 5);
    eh_networks networks;
    CHECK_EQ_INT(eh_networks_of(ctx, ready(&w), 1000, &networks, &err), EH_E_LIMIT);
    CHECK(strstr(err.message, "--memory") != NULL);
    eh_context_free(ctx);
    ctx = new_context(1);
    eh_context_cancel(ctx);
    CHECK_EQ_INT(eh_networks_of(ctx, ready(&w), 1000, &networks, NULL), EH_E_CANCELLED);
    eh_context_free(ctx);
    world_clear(&w);
}

CHECK_MAIN(planted_cliques_are_found, names_do_not_matter, numbering_follows_size_then_first_account,
           no_edges_no_networks, only_listed_edges_between_listed_accounts_count, a_pair_counts_once,
           same_input_same_networks, a_hundred_thousand_edges_take_seconds, every_allocation_may_fail,
           budget_and_cancellation_are_heard)
