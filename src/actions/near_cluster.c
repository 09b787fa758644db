/*
 * Links between near texts, and the groups that they make. Texts are taken in order of (first action, bytes), in batches:
 * signatures, and the search among earlier batches, run in parallel, the search within the batch one by one. Nothing of
 * it depends on the number of threads. Groups may be chains: near_centre.c cuts them.
 */
#include "actions/near_cluster.h"

#include "actions/near_index.h"
#include "base/sort.h"
#include "base/threads.h"

/* A text is compared with at most most_tried others and linked to most_links groups, in earlier batches and in its own. */
enum { batch_size = 1 << 14, chunk_size = 128, most_tried = 256, most_links = 8 };

typedef struct links {
    uint32_t texts[most_links], n;
} links;

typedef struct worker {
    eh_gram_set text, other;
    eh_near_found found;
    uint64_t n_candidates, n_verified;
} worker;

typedef struct clustering {
    eh_context *ctx;
    const eh_action_set *set;
    const eh_near_text_options *options;
    uint32_t *to;                /* of a group: a text nearer its root, the root itself */
    uint32_t *order;             /* texts in order of (first action, bytes) */
    eh_near_signature *signatures; /* of the batch */
    links *near;                   /* of the batch, in earlier ones */
    size_t first, n;             /* the batch: order[first .. first + n) */
    eh_near_index index;
    worker *workers;
    int n_workers;
} clustering;

static int64_t first_us(const eh_action_set *set, uint32_t o) { return set->time_us[set->object_start[o]]; }
static int64_t last_us(const eh_action_set *set, uint32_t o) { return set->time_us[set->object_start[o + 1] - 1]; }

/* Whether an action of object o lies in [from_us, to_us]. */
static bool acts_between(const eh_action_set *set, uint32_t o, int64_t from_us, int64_t to_us)
{
    uint64_t low = set->object_start[o], high = set->object_start[o + 1], end = high;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (set->time_us[middle] < from_us)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && set->time_us[low] <= to_us;
}

static int64_t add_clamped(int64_t a, int64_t b)
{
    if (b > 0 && a > INT64_MAX - b) return INT64_MAX;
    if (b < 0 && a < INT64_MIN - b) return INT64_MIN;
    return a + b;
}

bool eh_near_in_time(const eh_action_set *set, uint32_t a, uint32_t b, int64_t window_us)
{
    uint64_t n_a = set->object_start[a + 1] - set->object_start[a], n_b = set->object_start[b + 1] - set->object_start[b];
    if (n_a > n_b) {
        uint32_t swap = a;
        a = b;
        b = swap;
    }
    for (uint64_t i = set->object_start[a]; i < set->object_start[a + 1]; i++) {
        int64_t time_us = set->time_us[i];
        if (acts_between(set, b, add_clamped(time_us, -window_us), add_clamped(time_us, window_us))) return true;
    }
    return false;
}

static uint32_t root_of(const uint32_t *parent, uint32_t text)
{
    while (parent[text] != text) text = parent[text];
    return text;
}

/* The smaller number stays the root; paths are halved on the way. */
static void unite(uint32_t *parent, uint32_t a, uint32_t b)
{
    while (parent[a] != a) a = parent[a] = parent[parent[a]];
    while (parent[b] != b) b = parent[b] = parent[parent[b]];
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

static bool is_among(const uint32_t *items, uint32_t n, uint32_t item)
{
    for (uint32_t i = 0; i < n; i++)
        if (items[i] == item) return true;
    return false;
}

/* One near text of each group, among texts from number `first` of the index on. w->text holds the text's grams. A group
   that the text is near to already needs no further comparison: a campaign costs one comparison a text. */
static eh_status find_near(const clustering *c, worker *w, uint32_t text, const eh_near_signature *signature, size_t first,
                           links *near, eh_error *err)
{
    uint32_t roots[most_links];
    near->n = 0;
    EH_TRY(eh_near_index_find(&c->index, signature, first, &w->found, err));
    for (size_t i = 0, n_tried = 0; i < w->found.n && n_tried < most_tried && near->n < most_links; i++) {
        uint32_t other = c->index.items[w->found.items[i]].text, root = root_of(c->to, other);
        if (is_among(roots, near->n, root) || !eh_near_in_time(c->set, text, other, c->options->window_us)) continue;
        n_tried++;
        w->n_candidates++;
        EH_TRY(eh_gram_set_load(&w->other, eh_strings_get(&c->set->objects, other), err));
        if (eh_gram_jaccard(&w->text, &w->other) < c->options->jaccard) continue;
        w->n_verified++;
        roots[near->n] = root;
        near->texts[near->n++] = other;
    }
    return EH_OK;
}

static eh_status sign_and_search(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    clustering *c = data;
    worker *w = &c->workers[i_thread];
    for (size_t i = first; i < last; i++) {
        uint32_t text = c->order[c->first + i];
        EH_TRY(eh_gram_set_load(&w->text, eh_strings_get(&c->set->objects, text), err));
        eh_near_sign(&c->index.bands, &w->text, &c->signatures[i]);
        EH_TRY(find_near(c, w, text, &c->signatures[i], 0, &c->near[i], err));
    }
    return EH_OK;
}

static void join(clustering *c, uint32_t text, const links *near)
{
    for (uint32_t k = 0; k < near->n; k++) unite(c->to, text, near->texts[k]);
}

/* The batch goes into the index one by one, each compared with those of the batch before it. */
static eh_status settle(clustering *c, eh_error *err)
{
    worker *w = &c->workers[0];
    size_t first_new = c->index.n_items;
    for (size_t i = 0; i < c->n; i++) {
        uint32_t text = c->order[c->first + i];
        links near;
        join(c, text, &c->near[i]);
        EH_TRY(eh_gram_set_load(&w->text, eh_strings_get(&c->set->objects, text), err));
        EH_TRY(find_near(c, w, text, &c->signatures[i], first_new, &near, err));
        join(c, text, &near);
        EH_TRY(eh_near_index_add(&c->index, &c->signatures[i], text, last_us(c->set, text), err));
    }
    return EH_OK;
}

static int by_first_action(const void *a, const void *b, void *data)
{
    const eh_action_set *set = data;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int64_t t = first_us(set, x), u = first_us(set, y);
    if (t != u) return t < u ? -1 : 1;
    return (x > y) - (x < y); /* texts are numbered bytewise */
}

static eh_status order_texts(clustering *c, eh_error *err)
{
    c->order = eh_alloc(c->ctx, c->set->n_objects, sizeof *c->order, err);
    if (!c->order) return err->status;
    for (uint32_t o = 0; o < c->set->n_objects; o++) c->order[o] = o;
    return eh_sort(c->ctx, c->order, c->set->n_objects, sizeof *c->order, by_first_action, (void *)(uintptr_t)c->set, err);
}

static eh_status make_workers(clustering *c, eh_error *err)
{
    c->signatures = eh_alloc(c->ctx, batch_size, sizeof *c->signatures, err);
    c->near = eh_alloc(c->ctx, batch_size, sizeof *c->near, err);
    c->n_workers = eh_context_n_threads(c->ctx);
    c->workers = c->signatures && c->near ? eh_alloc(c->ctx, (size_t)c->n_workers, sizeof *c->workers, err) : NULL;
    if (!c->workers) return err->status;
    for (int i = 0; i < c->n_workers; i++) c->workers[i].text.ctx = c->workers[i].other.ctx = c->ctx;
    return EH_OK;
}

static void release(clustering *c)
{
    for (int i = 0; c->workers && i < c->n_workers; i++) {
        eh_gram_set_release(&c->workers[i].text);
        eh_gram_set_release(&c->workers[i].other);
        eh_free(c->ctx, c->workers[i].found.items);
    }
    eh_free(c->ctx, c->workers);
    eh_free(c->ctx, c->signatures);
    eh_free(c->ctx, c->near);
    eh_free(c->ctx, c->order);
    eh_near_index_release(&c->index);
}

static eh_status run(clustering *c, eh_error *err)
{
    EH_TRY(order_texts(c, err));
    EH_TRY(make_workers(c, err));
    for (c->first = 0; c->first < c->set->n_objects; c->first += c->n) {
        size_t left = c->set->n_objects - c->first;
        c->n = left < batch_size ? left : batch_size;
        int64_t earliest_us = add_clamped(first_us(c->set, c->order[c->first]), -c->options->window_us);
        eh_near_index_forget(&c->index, earliest_us);
        eh_context_report(c->ctx, "comparing texts", c->first, c->set->n_objects);
        EH_TRY(eh_parallel(c->ctx, NULL, c->n, chunk_size, sign_and_search, c, err));
        EH_TRY(settle(c, err));
    }
    return EH_OK;
}

eh_status eh_near_cluster(eh_context *ctx, const eh_action_set *set, const eh_near_text_options *options, uint32_t *to,
                          eh_near_text_report *report, eh_error *err)
{
    clustering c = {.ctx = ctx, .set = set, .options = options, .to = to,
                    .index = {.ctx = ctx, .bands = eh_near_bands_of(options->jaccard), .least = options->jaccard}};
    for (uint32_t o = 0; o < set->n_objects; o++) to[o] = o;
    eh_status status = run(&c, err);
    if (status == EH_OK) {
        for (uint32_t o = 0; o < set->n_objects; o++) to[o] = root_of(to, o);
        status = eh_near_cut_chains(ctx, set, options->jaccard, to, err);
    }
    for (int i = 0; c.workers && i < c.n_workers; i++) {
        report->n_candidates += c.workers[i].n_candidates;
        report->n_verified += c.workers[i].n_verified;
    }
    release(&c);
    return status;
}
