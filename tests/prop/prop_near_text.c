/*
 * Near-duplicates against their definition restated naively: sets of 5-grams as sorted arrays of code points, every pair
 * compared. What a merge may miss is only what its bands miss; whatever it unites must be near, in time and in text.
 */
#include "../near_text_world.h"
#include "check.h"

enum { n_world = 3000, n_world_days = 30 };
static const int64_t day_us = INT64_C(86400000000);

typedef struct gram {
    uint32_t c[5];
} gram;

typedef struct naive_text {
    char *bytes;
    size_t size;
    gram *grams;
    size_t n;
    int64_t time_us;
} naive_text;

static naive_text texts[n_world];

static int by_gram(const void *a, const void *b)
{
    const gram *x = a, *y = b;
    for (int i = 0; i < 5; i++)
        if (x->c[i] != y->c[i]) return x->c[i] < y->c[i] ? -1 : 1;
    return 0;
}

static void set_text(naive_text *t, const world_text *w, int64_t time_us)
{
    char bytes[world_most_points * 4];
    t->size = world_encode(w, bytes);
    t->bytes = malloc(t->size + 1);
    memcpy(t->bytes, bytes, t->size);
    t->time_us = time_us;
    CHECK(w->n >= 5);
    size_t n = w->n - 4;
    t->grams = malloc(world_most_points * sizeof *t->grams);
    for (size_t i = 0; i < n; i++) memcpy(t->grams[i].c, w->points + i, sizeof t->grams[i].c);
    qsort(t->grams, n, sizeof *t->grams, by_gram);
    t->n = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || by_gram(&t->grams[i], &t->grams[t->n - 1]) != 0) t->grams[t->n++] = t->grams[i];
}

static void clear_texts(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(texts[i].bytes);
        free(texts[i].grams);
    }
    memset(texts, 0, sizeof texts);
}

static double jaccard(const naive_text *a, const naive_text *b)
{
    size_t i = 0, j = 0, n_common = 0;
    while (i < a->n && j < b->n) {
        int order = by_gram(&a->grams[i], &b->grams[j]);
        n_common += order == 0;
        i += order <= 0;
        j += order >= 0;
    }
    return (double)n_common / (double)(a->n + b->n - n_common);
}

static bool is_same(const naive_text *a, const naive_text *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static eh_str str_of(const naive_text *t) { return (eh_str){t->bytes, t->size}; }

/* Posts 0..n-1 in an order drawn by seed; leader[i] names the text of post i, NULL: its own. */
static void build(eh_context *ctx, size_t n, const uint32_t *leader, uint64_t seed, eh_action_table *table)
{
    eh_error err = EH_ERROR_INIT;
    eh_action_builder *builder = NULL;
    CHECK_OK(eh_action_builder_new(ctx, 1u << EH_TEXT, true, &builder, &err), err);
    uint32_t *order = malloc(n * sizeof *order);
    eh_rng rng = eh_rng_of(seed, 9);
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    for (size_t i = n; i > 1; i--) {
        size_t j = eh_rng_below(&rng, i);
        uint32_t swap = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swap;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t p = order[i];
        CHECK_OK(world_add(builder, p, str_of(&texts[leader ? leader[p] : p]), texts[p].time_us, &err), err);
    }
    CHECK_OK(eh_action_builder_finish(builder, table, &err), err);
    eh_action_builder_free(builder);
    free(order);
}

static bool same_set(const eh_action_set *a, const eh_action_set *b)
{
    size_t n = (size_t)a->n_actions, o = a->n_objects;
    return a->n_actions == b->n_actions && a->n_objects == b->n_objects && !memcmp(a->account, b->account, n * 4) &&
           !memcmp(a->time_us, b->time_us, n * 8) && !memcmp(a->kind, b->kind, n) && !memcmp(a->post, b->post, n * 4) &&
           !memcmp(a->object_start, b->object_start, (o + 1) * 8) && !memcmp(a->object_birth_us, b->object_birth_us, o * 8) &&
           !memcmp(a->is_birth_known, b->is_birth_known, o) && !memcmp(a->object_source, b->object_source, o * 4) &&
           !memcmp(a->objects.offset, b->objects.offset, (o + 1) * 8) &&
           !memcmp(a->objects.bytes, b->objects.bytes, a->objects.offset[o]);
}

/* Which post's text stands for each post: found by bytes, earliest post of the cluster. */
static void read_leaders(const eh_action_set *set, size_t n, uint32_t *leader)
{
    for (size_t i = 0; i < n; i++) leader[i] = UINT32_MAX;
    for (uint32_t o = 0; o < set->n_objects; o++) {
        eh_str name = eh_strings_get(&set->objects, o);
        uint32_t found = UINT32_MAX;
        for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1] && found == UINT32_MAX; i++) {
            const naive_text *t = &texts[set->post[i]];
            if (t->size == name.size && memcmp(t->bytes, name.data, name.size) == 0) found = set->post[i];
        }
        CHECK(found != UINT32_MAX);
        CHECK_EQ_INT(texts[found].time_us, set->time_us[set->object_start[o]]); /* the earliest stands for all */
        for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1]; i++) leader[set->post[i]] = found;
    }
    for (size_t i = 0; i < n; i++) CHECK(leader[i] < n);
}

static void fill_world(uint64_t seed)
{
    for (uint64_t i = 0; i < n_world; i++) {
        world_text w;
        int64_t time_us;
        world_text_of(seed, i, n_world, n_world_days, &w, &time_us);
        set_text(&texts[i], &w, time_us);
    }
}

static eh_context *context_of(int n_threads)
{
    eh_context_options options = eh_context_options_default();
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    return ctx;
}

static eh_near_text_options plain_options(void)
{
    eh_near_text_options options = eh_near_text_options_default();
    options.least_accounts = UINT32_MAX; /* no templates */
    return options;
}

/* Exact texts of which some posts lie within the window, as the definition has it. */
static bool in_time(uint32_t a, uint32_t b, int64_t window_us)
{
    for (uint32_t i = 0; i < n_world; i++) {
        if (!is_same(&texts[i], &texts[a])) continue;
        for (uint32_t j = 0; j < n_world; j++)
            if (is_same(&texts[j], &texts[b]) && llabs(texts[i].time_us - texts[j].time_us) <= window_us) return true;
    }
    return false;
}

/* Each cluster has a centre: a text to which none of its texts has less than `least`. */
static void check_centres(size_t n, const uint32_t *leader, double least)
{
    for (uint32_t l = 0; l < n; l++) {
        bool has_centre = leader[l] != l;
        for (uint32_t i = 0; i < n && !has_centre; i++) {
            has_centre = leader[i] == l;
            for (uint32_t j = 0; j < n && has_centre; j++)
                if (leader[j] == l && jaccard(&texts[i], &texts[j]) < least) has_centre = false;
        }
        CHECK(has_centre);
    }
}

static void check_clusters(const uint32_t *leader, const eh_near_text_options *options)
{
    uint64_t n_pairs = 0, n_found = 0, n_leaders = 0, n_missed = 0;
    for (uint32_t i = 0; i < n_world; i++) {
        n_leaders += leader[i] == i;
        if (leader[i] != i && !is_same(&texts[i], &texts[leader[i]])) {
            bool is_linked = false; /* to some text, near in text and in time */
            for (uint32_t j = 0; j < n_world && !is_linked; j++)
                is_linked = !is_same(&texts[i], &texts[j]) &&
                            jaccard(&texts[i], &texts[j]) >= options->jaccard && in_time(i, j, options->window_us);
            CHECK(is_linked);
        }
        bool is_missed = false;
        for (uint32_t j = 0; j < n_world; j++) {
            if (j == i) continue;
            if (is_same(&texts[i], &texts[j]) || texts[i].n < options->jaccard * (double)texts[j].n || texts[j].n < options->jaccard * (double)texts[i].n) continue;
            if (llabs(texts[i].time_us - texts[j].time_us) > options->window_us || jaccard(&texts[i], &texts[j]) < options->jaccard) continue;
            n_pairs += i < j;
            n_found += i < j && leader[i] == leader[j];
            /* a leader that an earlier leader should have taken */
            if (leader[i] == i && leader[j] == j && texts[j].time_us < texts[i].time_us) is_missed = true;
        }
        n_missed += is_missed;
    }
    printf("J >= %.2f: %llu pairs, %.4f in one cluster; %llu leaders, %llu of them too many\n", options->jaccard,
           (unsigned long long)n_pairs, (double)n_found / (double)n_pairs, (unsigned long long)n_leaders,
           (unsigned long long)n_missed);
    check_centres(n_world, leader, fmax(0.4, 2 * options->jaccard - 1) - 1e-12);
    CHECK(n_pairs > 1000);
    CHECK((double)n_found >= 0.95 * (double)n_pairs);
    CHECK(n_missed * 200 <= n_world);
}

static void clusters_are_near_and_complete(void)
{
    static uint32_t leader[n_world], again[n_world];
    static const double least[] = {0.8, 0.7, 0.9, 0.8};
    for (uint64_t seed = 1; seed <= 4; seed++) {
        eh_near_text_options options = plain_options();
        options.jaccard = least[seed - 1];
        if (seed == 4) options.window_us = day_us;
        fill_world(seed);
        for (int n_threads = 1; n_threads <= 8; n_threads *= 2) {
            eh_context *ctx = context_of(n_threads);
            eh_error err = EH_ERROR_INIT;
            eh_action_table table, expected;
            eh_near_text_report report;
            build(ctx, n_world, NULL, seed + (uint64_t)n_threads, &table);
            CHECK_OK(eh_near_text_merge(ctx, &table, &options, &report, &err), err);
            read_leaders(&table.sets[EH_TEXT], n_world, n_threads == 1 ? leader : again);
            if (n_threads == 1)
                check_clusters(leader, &options);
            else
                CHECK(memcmp(leader, again, sizeof leader) == 0);
            build(ctx, n_world, leader, 5, &expected); /* as if the posts had their leader's text from the start */
            CHECK(same_set(&table.sets[EH_TEXT], &expected.sets[EH_TEXT]));
            CHECK_EQ_INT(report.n_objects, table.sets[EH_TEXT].n_objects);
            CHECK_EQ_INT(report.n_actions, n_world);
            CHECK(report.n_verified >= report.n_texts - report.n_objects);
            eh_near_text_report_release(&report);
            eh_action_table_release(&expected);
            eh_action_table_release(&table);
            CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
            eh_context_free(ctx);
        }
        clear_texts(n_world);
    }
}

static void set_ascii(naive_text *t, const char *s, int64_t time_us)
{
    world_text w = {.n = 0};
    for (; *s; s++) world_put(&w, (unsigned char)*s);
    set_text(t, &w, time_us);
}

static uint32_t n_objects_of(size_t n, const eh_near_text_options *options)
{
    eh_context *ctx = context_of(2);
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    build(ctx, n, NULL, 1, &table);
    CHECK_OK(eh_near_text_merge(ctx, &table, options, NULL, &err), err);
    uint32_t n_objects = table.sets[EH_TEXT].n_objects;
    eh_action_table_release(&table);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    return n_objects;
}

static void texts_far_apart_in_time_stay_apart(void)
{
    eh_near_text_options options = plain_options();
    for (int days = 6; days <= 8; days++) {
        set_ascii(&texts[0], "thequickbrownfoxjumpsoverthelazydogandrunsawayintothedarkforestagain", 0);
        set_ascii(&texts[1], "thequickbrownfoxjumpsoverthelazydogandrunsawayintothedarkforestagain!", days * day_us);
        CHECK_EQ_INT(n_objects_of(2, &options), days <= 7 ? 1 : 2);
        clear_texts(2);
    }
}

/* Each text has one more end than the last: neighbours are near, the ends of the chain are not. */
static void chains_do_not_drift(void)
{
    enum { n_chain = 40 };
    eh_near_text_options options = plain_options();
    eh_rng rng = eh_rng_of(8, 8);
    char long_text[400];
    for (size_t i = 0; i < sizeof long_text; i++) long_text[i] = (char)('a' + eh_rng_below(&rng, 26));
    for (size_t i = 0; i < n_chain; i++) {
        char part[101];
        memcpy(part, long_text + 6 * i, 100);
        part[100] = 0;
        set_ascii(&texts[i], part, (int64_t)i * 1000000);
    }
    for (size_t i = 1; i < n_chain; i++) CHECK(jaccard(&texts[i], &texts[i - 1]) >= 0.8);
    CHECK(jaccard(&texts[0], &texts[2]) < 0.8 && jaccard(&texts[0], &texts[20]) <= 0);
    eh_context *ctx = context_of(2);
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    uint32_t leader[n_chain];
    build(ctx, n_chain, NULL, 1, &table);
    CHECK_OK(eh_near_text_merge(ctx, &table, &options, NULL, &err), err);
    read_leaders(&table.sets[EH_TEXT], n_chain, leader);
    check_centres(n_chain, leader, 0.6);
    /* within 24 letters of the centre: clusters of nine at most */
    CHECK(table.sets[EH_TEXT].n_objects >= 5 && table.sets[EH_TEXT].n_objects <= 12);
    eh_action_table_release(&table);
    eh_context_free(ctx);
    clear_texts(n_chain);
}

static void a_failed_merge_leaves_the_table_whole(void)
{
    eh_near_text_options options = plain_options();
    eh_context *ctx = context_of(1);
    eh_status status = EH_E_NOMEM;
    fill_world(9);
    for (int64_t n = 1; status != EH_OK; n += n < 60 ? 1 : 37) {
        eh_action_table table, before;
        eh_near_text_report report;
        eh_error err = EH_ERROR_INIT;
        build(ctx, 300, NULL, 3, &table);
        build(ctx, 300, NULL, 4, &before);
        eh_context_fail_allocation_after(ctx, n);
        status = eh_near_text_merge(ctx, &table, &options, &report, &err);
        eh_context_fail_allocation_after(ctx, 0);
        CHECK(status == EH_OK || (status == EH_E_NOMEM && err.message[0]));
        const eh_action_set *set = &table.sets[EH_TEXT];
        CHECK_EQ_INT(set->object_start[set->n_objects], set->n_actions);
        CHECK(set->n_objects == before.sets[EH_TEXT].n_objects ? same_set(set, &before.sets[EH_TEXT]) : set->n_actions == 300);
        eh_near_text_report_release(&report);
        eh_action_table_release(&table);
        eh_action_table_release(&before);
        CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
        CHECK(n < 100000);
    }
    eh_context_free(ctx);
    clear_texts(n_world);
}

CHECK_MAIN(clusters_are_near_and_complete, texts_far_apart_in_time_stay_apart, chains_do_not_drift,
           a_failed_merge_leaves_the_table_whole)
