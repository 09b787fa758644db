/**
 * @file pair_oracle.h  The three pair rules once more, by comparing every row with every other, and the plumbing
 * to run the kernels on the same rows. O(n^2): for small inputs only.
 */
#ifndef EH_TESTS_PAIR_ORACLE_H
#define EH_TESTS_PAIR_ORACLE_H

#include "check.h"
#include "evenhand/pairs.h"

/** Names are numbers here: account 7 is "u7", object 7 "o7" (or "m7" from own_objects on), message 7 "m7". */
typedef struct oracle_row {
    uint32_t account, object, message;
    int64_t time_us;
} oracle_row;

/** An edge of any rule. Fields a rule does not have are 0. */
typedef struct oracle_edge {
    uint32_t a, b;
    uint64_t weight, sum_delta_us, n_objects;
} oracle_edge;

typedef struct oracle_edges {
    oracle_edge *items;
    size_t n, capacity;
} oracle_edges;

enum { own_objects = 1000000 }; /* object own_objects + k is message k itself */

typedef struct oracle_match {
    uint32_t a, b, x; /* x: object or message, whatever is counted once */
    uint64_t delta_us;
} oracle_match;

typedef struct oracle_matches {
    oracle_match *items;
    size_t n, capacity;
} oracle_matches;

static inline void *oracle_grow(void *items, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity) return items;
    *capacity = *capacity * 2 + 64;
    items = realloc(items, *capacity * size);
    CHECK(items != NULL);
    return items;
}

static inline void oracle_add_match(oracle_matches *m, uint32_t a, uint32_t b, uint32_t x, uint64_t delta_us)
{
    m->items = oracle_grow(m->items, m->n, &m->capacity, sizeof *m->items);
    m->items[m->n++] = (oracle_match){a, b, x, delta_us};
}

static inline void oracle_add_edge(oracle_edges *e, oracle_edge edge)
{
    e->items = oracle_grow(e->items, e->n, &e->capacity, sizeof *e->items);
    e->items[e->n++] = edge;
}

static inline int oracle_by_abx(const void *p, const void *q)
{
    const oracle_match *x = p, *y = q;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    if (x->b != y->b) return x->b < y->b ? -1 : 1;
    return x->x < y->x ? -1 : x->x > y->x;
}

static inline int oracle_by_ab(const void *p, const void *q)
{
    const oracle_edge *x = p, *y = q;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

/* Edges from matches. counts_rows: weight = matches, else distinct x. */
static inline oracle_edges oracle_reduce(oracle_matches *m, uint64_t min_weight, bool counts_rows)
{
    oracle_edges edges = {0};
    if (m->n) qsort(m->items, m->n, sizeof *m->items, oracle_by_abx);
    for (size_t i = 0; i < m->n;) {
        oracle_edge edge = {.a = m->items[i].a, .b = m->items[i].b};
        uint64_t n_rows = 0, n_distinct = 0;
        size_t k = i;
        for (; k < m->n && m->items[k].a == edge.a && m->items[k].b == edge.b; k++) {
            n_rows++;
            n_distinct += k == i || m->items[k].x != m->items[k - 1].x;
            edge.sum_delta_us += m->items[k].delta_us;
        }
        edge.weight = counts_rows ? n_rows : n_distinct;
        edge.n_objects = counts_rows ? n_distinct : 0;
        if (!counts_rows) edge.sum_delta_us = 0;
        if (edge.weight >= min_weight) oracle_add_edge(&edges, edge);
        i = k;
    }
    free(m->items);
    return edges;
}

static inline uint64_t oracle_delta(const oracle_row *p, const oracle_row *q)
{
    return (uint64_t)(p->time_us < q->time_us ? q->time_us - p->time_us : p->time_us - q->time_us);
}

/** evenhand: unordered account pairs (a < b as numbers), distinct objects. */
static inline oracle_edges oracle_shared(const oracle_row *rows, size_t n, int64_t window_us, uint64_t min_weight)
{
    oracle_matches m = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (rows[i].object == rows[j].object && rows[i].account < rows[j].account &&
                oracle_delta(&rows[i], &rows[j]) <= (uint64_t)window_us)
                oracle_add_match(&m, rows[i].account, rows[j].account, rows[i].object, 0);
    return oracle_reduce(&m, min_weight, false);
}

/** CNT: ordered pairs, self included, distinct messages of the first. */
static inline oracle_edges oracle_cnt(const oracle_row *rows, size_t n, int64_t window_us, uint64_t min_weight)
{
    oracle_matches m = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (rows[i].object == rows[j].object && rows[i].message != rows[j].message &&
                oracle_delta(&rows[i], &rows[j]) <= (uint64_t)window_us)
                oracle_add_match(&m, rows[i].account, rows[j].account, rows[i].message, 0);
    return oracle_reduce(&m, min_weight, false);
}

static inline bool oracle_is_own(const oracle_row *row) { return row->object == own_objects + row->message; }

/* Whether rows i and j are a pair of CooRTweet's first pass, given how many rows each account has. */
static inline bool oracle_pairs(const oracle_row *p, const oracle_row *q, int64_t window_us, const uint64_t *n_rows, uint64_t part)
{
    return n_rows[p->account] >= part && n_rows[q->account] >= part && p->object == q->object &&
           p->account != q->account && p->message != q->message && !oracle_is_own(p) && !oracle_is_own(q) &&
           oracle_delta(p, q) <= (uint64_t)window_us;
}

/** CooRTweet. n_accounts and n_messages bound the numbers used. */
static inline oracle_edges oracle_coortweet(const oracle_row *rows, size_t n, size_t n_accounts, size_t n_messages,
                                            int64_t window_us, uint64_t min_weight, uint64_t part)
{
    uint64_t *n_rows = calloc(n_accounts + 1, sizeof *n_rows), *n_found = calloc(n_accounts + 1, sizeof *n_found);
    char *is_in_pair = calloc(n_messages + 1, 1), *is_good = calloc(n_messages + 1, 1);
    CHECK(n_rows && n_found && is_in_pair && is_good);
    for (size_t i = 0; i < n; i++) n_rows[rows[i].account]++;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (oracle_pairs(&rows[i], &rows[j], window_us, n_rows, part)) is_in_pair[rows[i].message] = 1;
    for (size_t i = 0; i < n; i++)
        if (n_rows[rows[i].account] >= part && is_in_pair[rows[i].message]) n_found[rows[i].account]++;
    for (size_t i = 0; i < n; i++)
        if (n_rows[rows[i].account] >= part && is_in_pair[rows[i].message] && n_found[rows[i].account] >= part)
            is_good[rows[i].message] = 1;
    oracle_matches m = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (rows[i].account < rows[j].account && oracle_pairs(&rows[i], &rows[j], window_us, n_rows, part) &&
                (part < 1 || is_good[rows[i].message] || is_good[rows[j].message]))
                oracle_add_match(&m, rows[i].account, rows[j].account, rows[i].object, oracle_delta(&rows[i], &rows[j]));
    free(n_rows);
    free(n_found);
    free(is_in_pair);
    free(is_good);
    return oracle_reduce(&m, min_weight, true);
}

/** Builds a table of reposts from rows. */
static inline eh_status oracle_table(eh_context *ctx, const oracle_row *rows, size_t n, eh_action_table *table, eh_error *err)
{
    eh_action_builder *builder = NULL;
    eh_status status = eh_action_builder_new(ctx, 1u << EH_REPOST, true, &builder, err);
    for (size_t i = 0; status == EH_OK && i < n; i++) {
        char account[24], object[24], post[24];
        bool is_message = rows[i].object >= own_objects;
        eh_action action = {.behaviour = EH_REPOST, .kind = EH_KIND_REPOST, .time_us = rows[i].time_us, .birth_us = EH_NO_TIME};
        action.account = (eh_str){account, (size_t)sprintf(account, "u%u", rows[i].account)};
        action.object = (eh_str){object, (size_t)sprintf(object, is_message ? "m%u" : "o%u",
                                                         is_message ? rows[i].object - own_objects : rows[i].object)};
        action.post = (eh_str){post, (size_t)sprintf(post, "m%u", rows[i].message)};
        status = eh_action_builder_add(builder, &action, err);
    }
    if (status == EH_OK) status = eh_action_builder_finish(builder, table, err);
    eh_action_builder_free(builder);
    return status;
}

/* What the callbacks collect: edges in the numbering of the table, in order of arrival. */
static inline eh_status oracle_take_pairs(void *data, const eh_pair *pairs, size_t n, eh_error *err)
{
    (void)err;
    for (size_t i = 0; i < n; i++)
        oracle_add_edge(data, (oracle_edge){.a = pairs[i].account_a, .b = pairs[i].account_b, .weight = pairs[i].n_shared_objects});
    return EH_OK;
}

static inline eh_status oracle_take_cnt(void *data, const eh_cnt_edge *edges, size_t n, eh_error *err)
{
    (void)err;
    for (size_t i = 0; i < n; i++)
        oracle_add_edge(data, (oracle_edge){.a = edges[i].user_1, .b = edges[i].user_2, .weight = edges[i].weight});
    return EH_OK;
}

static inline eh_status oracle_take_coortweet(void *data, const eh_coortweet_edge *edges, size_t n, eh_error *err)
{
    (void)err;
    for (size_t i = 0; i < n; i++)
        oracle_add_edge(data, (oracle_edge){edges[i].account_a, edges[i].account_b, edges[i].weight, edges[i].sum_delta_us,
                                            edges[i].n_objects});
    return EH_OK;
}

/* "u7" -> 7 */
static inline uint32_t oracle_account(const eh_action_table *table, uint32_t number)
{
    eh_str name = eh_strings_get(&table->accounts, number);
    uint32_t value = 0;
    for (size_t i = 1; i < name.size; i++) value = value * 10 + (uint32_t)(name.data[i] - '0');
    return value;
}

/** Checks order, then puts the edges into the oracle's numbering and order. */
static inline void oracle_translate(const eh_action_table *table, oracle_edges *edges, bool is_directed)
{
    for (size_t i = 1; i < edges->n; i++) CHECK(oracle_by_ab(&edges->items[i - 1], &edges->items[i]) < 0);
    for (size_t i = 0; i < edges->n; i++) {
        oracle_edge *e = &edges->items[i];
        if (!is_directed) CHECK(e->a < e->b);
        e->a = oracle_account(table, e->a);
        e->b = oracle_account(table, e->b);
        if (is_directed || e->a < e->b) continue;
        uint32_t a = e->a;
        e->a = e->b;
        e->b = a;
    }
    if (edges->n) qsort(edges->items, edges->n, sizeof *edges->items, oracle_by_ab);
}

static inline bool oracle_is_same(const oracle_edges *x, const oracle_edges *y)
{
    if (x->n != y->n) return false;
    for (size_t i = 0; i < x->n; i++) {
        const oracle_edge *p = &x->items[i], *q = &y->items[i];
        if (p->a != q->a || p->b != q->b || p->weight != q->weight || p->sum_delta_us != q->sum_delta_us ||
            p->n_objects != q->n_objects)
            return false;
    }
    return true;
}

#endif
