/* The table: order, numbering, births, sources; the same for any order of adds, and whole or nothing without memory. */
#include "base/rng.h"
#include "evenhand/actions.h"

#include "check.h"

enum { n_actions = 600, n_posts = 120 };

typedef struct known {
    char id[16], author[16];
    int64_t time_us;
} known;

typedef struct told {
    eh_behaviour behaviour;
    eh_post_kind kind;
    char account[16], object[16], post[16], source[16];
    int64_t time_us, birth_us;
} told;

static told actions[n_actions];
static known posts[n_posts];

static void invent(uint64_t seed)
{
    eh_rng rng = eh_rng_of(seed, 3);
    for (int i = 0; i < n_posts; i++) {
        sprintf(posts[i].id, "p%d", (int)eh_rng_below(&rng, n_posts)); /* some twice */
        sprintf(posts[i].author, "u%d", (int)eh_rng_below(&rng, 40));
        if (eh_rng_below(&rng, 9) == 0) posts[i].author[0] = 0;
        posts[i].time_us = 1000 + (int64_t)eh_rng_below(&rng, 50);
    }
    for (int i = 0; i < n_actions; i++) {
        told *a = &actions[i];
        *a = (told){.behaviour = (eh_behaviour)eh_rng_below(&rng, EH_N_BEHAVIOURS), .kind = (eh_post_kind)eh_rng_below(&rng, 4)};
        sprintf(a->account, "u%d", (int)eh_rng_below(&rng, 60));
        sprintf(a->object, "p%d", (int)eh_rng_below(&rng, eh_rng_below(&rng, 2) ? 3 : 200));
        sprintf(a->post, "m%d", (int)eh_rng_below(&rng, 500));
        if (eh_rng_below(&rng, 3) == 0) sprintf(a->source, "s%d", (int)eh_rng_below(&rng, 20));
        a->time_us = 1030 + (int64_t)eh_rng_below(&rng, 40);
        a->birth_us = eh_rng_below(&rng, 6) ? EH_NO_TIME : 1000 + (int64_t)eh_rng_below(&rng, 60);
        if (i && eh_rng_below(&rng, 10) == 0) *a = actions[eh_rng_below(&rng, (uint64_t)i)];
    }
}

static void shuffle(uint64_t seed)
{
    eh_rng rng = eh_rng_of(seed, 4);
    for (size_t i = n_actions; i > 1; i--) {
        size_t j = eh_rng_below(&rng, i);
        told swap = actions[i - 1];
        actions[i - 1] = actions[j];
        actions[j] = swap;
    }
    for (size_t i = n_posts; i > 1; i--) {
        size_t j = eh_rng_below(&rng, i);
        known swap = posts[i - 1];
        posts[i - 1] = posts[j];
        posts[j] = swap;
    }
}

static eh_str str(const char *s) { return (eh_str){s, strlen(s)}; }

static eh_status build(eh_context *ctx, uint32_t wanted, bool keeps_posts, eh_action_table *table, eh_error *err)
{
    eh_action_builder *builder = NULL;
    *table = (eh_action_table){0};
    eh_status status = eh_action_builder_new(ctx, wanted, keeps_posts, &builder, err);
    for (int i = 0; status == EH_OK && i < n_actions; i++) {
        const told *a = &actions[i];
        eh_action action = {a->behaviour, a->kind, str(a->account), str(a->object), str(a->post), str(a->source), a->time_us, a->birth_us};
        status = eh_action_builder_add(builder, &action, err);
        if (status == EH_OK && i < n_posts)
            status = eh_action_builder_add_post(builder, str(posts[i].id), str(posts[i].author), posts[i].time_us, err);
    }
    if (status == EH_OK) status = eh_action_builder_finish(builder, table, err);
    eh_action_builder_free(builder);
    return status;
}

static bool same_strings(const eh_strings *a, const eh_strings *b)
{
    if (a->n != b->n) return false;
    return a->n == 0 || (memcmp(a->offset, b->offset, (a->n + 1) * sizeof *a->offset) == 0 && memcmp(a->bytes, b->bytes, a->offset[a->n]) == 0);
}

static bool same_set(const eh_action_set *a, const eh_action_set *b)
{
    size_t n = (size_t)a->n_actions, o = a->n_objects;
    if (a->n_actions != b->n_actions || a->n_objects != b->n_objects || !same_strings(&a->objects, &b->objects) ||
        !same_strings(&a->sources, &b->sources) || (a->post == NULL) != (b->post == NULL))
        return false;
    if (n == 0) return true;
    return !memcmp(a->account, b->account, n * 4) && !memcmp(a->time_us, b->time_us, n * 8) && !memcmp(a->kind, b->kind, n) &&
           (!a->post || !memcmp(a->post, b->post, n * 4)) && !memcmp(a->object_start, b->object_start, (o + 1) * 8) &&
           !memcmp(a->object_birth_us, b->object_birth_us, o * 8) && !memcmp(a->is_birth_known, b->is_birth_known, o) &&
           !memcmp(a->object_source, b->object_source, o * 4);
}

static void check_strings(const eh_strings *s)
{
    for (uint32_t i = 1; i < s->n; i++) {
        eh_str a = eh_strings_get(s, i - 1), b = eh_strings_get(s, i);
        size_t shorter = a.size < b.size ? a.size : b.size;
        int order = memcmp(a.data, b.data, shorter);
        CHECK(order < 0 || (order == 0 && a.size < b.size));
    }
}

static bool is_ordered(const eh_action_set *s, uint64_t i)
{
    if (s->time_us[i - 1] != s->time_us[i]) return s->time_us[i - 1] < s->time_us[i];
    if (s->account[i - 1] != s->account[i]) return s->account[i - 1] < s->account[i];
    return !s->post || s->post[i - 1] <= s->post[i];
}

static bool is_named(eh_str s, const char *name) { return s.size == strlen(name) && memcmp(s.data, name, s.size) == 0; }

/* Birth, author and source of an object, restated from the rows. */
static void check_object(const eh_action_table *table, int b, uint32_t o)
{
    const eh_action_set *set = &table->sets[b];
    eh_str name = eh_strings_get(&set->objects, o);
    int64_t birth_us = EH_NO_TIME, first_us = INT64_MAX;
    const char *source = "";
    const known *best = NULL;
    uint64_t n = 0;
    for (int i = 0; i < n_actions; i++) {
        const told *a = &actions[i];
        if ((int)a->behaviour != b || !is_named(name, a->object)) continue;
        n++;
        if (a->time_us < first_us) first_us = a->time_us;
        if (a->birth_us != EH_NO_TIME && (birth_us == EH_NO_TIME || a->birth_us < birth_us)) birth_us = a->birth_us;
        if (*a->source && (!*source || strcmp(a->source, source) < 0)) source = a->source;
    }
    for (int i = 0; i < n_posts && (b == EH_REPOST || b == EH_REPLY); i++) {
        const known *p = &posts[i];
        if (!is_named(name, p->id)) continue;
        bool is_tie = best && p->time_us == best->time_us && *p->author && (!*best->author || strcmp(p->author, best->author) < 0);
        if (!best || p->time_us < best->time_us || is_tie) best = p;
    }
    if (best && (birth_us == EH_NO_TIME || best->time_us < birth_us)) birth_us = best->time_us;
    if (best && *best->author) source = best->author;
    CHECK_EQ_INT(set->object_start[o + 1] - set->object_start[o], n);
    CHECK_EQ_INT(set->is_birth_known[o], birth_us != EH_NO_TIME);
    CHECK_EQ_INT(set->object_birth_us[o], birth_us != EH_NO_TIME && birth_us < first_us ? birth_us : first_us);
    CHECK_EQ_INT(set->object_source[o] == UINT32_MAX, *source == 0);
    if (*source) CHECK(is_named(eh_strings_get(&set->sources, set->object_source[o]), source));
}

static void check_table(const eh_action_table *table)
{
    uint64_t n = 0;
    check_strings(&table->accounts);
    check_strings(&table->posts);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        const eh_action_set *set = &table->sets[b];
        check_strings(&set->objects);
        check_strings(&set->sources);
        CHECK_EQ_INT(set->object_start[0], 0);
        CHECK_EQ_INT(set->object_start[set->n_objects], set->n_actions);
        for (uint32_t o = 0; o < set->n_objects; o++) {
            for (uint64_t i = set->object_start[o] + 1; i < set->object_start[o + 1]; i++) CHECK(is_ordered(set, i));
            check_object(table, b, o);
        }
        n += set->n_actions;
    }
    CHECK_EQ_INT(n, n_actions);
}

static void any_order_gives_the_same_table(void)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        eh_context *ctx = NULL;
        eh_error err = EH_ERROR_INIT;
        eh_action_table first, second;
        bool keeps_posts = seed % 3 != 0;
        CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
        invent(seed);
        CHECK_OK(build(ctx, ~0u, keeps_posts, &first, &err), err);
        check_table(&first);
        CHECK_EQ_INT(first.posts.n > 0, keeps_posts);
        shuffle(seed);
        CHECK_OK(build(ctx, ~0u, keeps_posts, &second, &err), err);
        CHECK(same_strings(&first.accounts, &second.accounts) && same_strings(&first.posts, &second.posts));
        for (int b = 0; b < EH_N_BEHAVIOURS; b++) CHECK(same_set(&first.sets[b], &second.sets[b]));
        eh_action_table_release(&first);
        eh_action_table_release(&second);
        CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
        eh_context_free(ctx);
    }
}

static void only_wanted_behaviours_are_kept(void)
{
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    invent(77);
    CHECK_OK(build(ctx, 1u << EH_LINK, false, &table, &err), err);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) CHECK_EQ_INT(table.sets[b].n_actions > 0, b == EH_LINK);
    CHECK_EQ_INT(table.sets[EH_TEXT].object_start[0], 0);
    eh_action_table_release(&table);
    eh_action_builder *builder = NULL;
    CHECK_OK(eh_action_builder_new(ctx, ~0u, true, &builder, &err), err);
    CHECK_OK(eh_action_builder_finish(builder, &table, &err), err); /* nothing added */
    CHECK_EQ_INT(table.accounts.n, 0);
    eh_action_table_release(&table);
    eh_action_builder_free(builder);
    eh_context_free(ctx);
}

static void every_allocation_may_fail(void)
{
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    invent(5);
    eh_status status = EH_E_NOMEM;
    for (int64_t n = 1; status != EH_OK; n++) {
        eh_action_table table;
        eh_error told_error = EH_ERROR_INIT;
        eh_context_fail_allocation_after(ctx, n);
        status = build(ctx, ~0u, true, &table, &told_error);
        eh_context_fail_allocation_after(ctx, 0);
        CHECK(status == EH_OK || (status == EH_E_NOMEM && told_error.message[0] && !table.owner));
        eh_action_table_release(&table);
        CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
        CHECK(n < 100000);
    }
    eh_context_free(ctx);
}

static void large_objects_are_sorted(void)
{
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    eh_action_builder *builder = NULL;
    eh_action_table table;
    eh_rng rng = eh_rng_of(1, 1);
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    CHECK_OK(eh_action_builder_new(ctx, ~0u, false, &builder, &err), err);
    for (int i = 0; i < 100000; i++) {
        char account[16];
        eh_action action = {.behaviour = EH_LINK, .object = str(i % 100 ? "hot" : "cold"), .birth_us = EH_NO_TIME};
        action.account = (eh_str){account, (size_t)sprintf(account, "u%d", (int)eh_rng_below(&rng, 1000))};
        action.time_us = (int64_t)eh_rng_below(&rng, 50000);
        CHECK_OK(eh_action_builder_add(builder, &action, &err), err);
    }
    CHECK_OK(eh_action_builder_finish(builder, &table, &err), err);
    const eh_action_set *set = &table.sets[EH_LINK];
    CHECK_EQ_INT(set->n_objects, 2);
    CHECK_EQ_INT(set->object_start[1], 1000);
    for (uint64_t i = 1; i < set->n_actions; i++) CHECK(i == 1000 || is_ordered(set, i));
    eh_action_table_release(&table);
    eh_action_builder_free(builder);
    eh_context_free(ctx);
}

CHECK_MAIN(any_order_gives_the_same_table, only_wanted_behaviours_are_kept, every_allocation_may_fail, large_objects_are_sorted)
