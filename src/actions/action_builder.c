/*
 * Collecting: strings become numbers at once (dictionaries in order of first appearance), an action becomes 17 bytes in
 * columns, 21 with its post. Order is made at the end, in action_finish.c.
 */
#include "actions/action_builder.h"

#include "base/hash.h"

eh_status eh_action_builder_new(eh_context *ctx, uint32_t wanted, bool keeps_posts, eh_action_builder **out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    eh_action_builder *builder = eh_alloc(ctx, 1, sizeof *builder, &local);
    *out = builder;
    if (!builder) {
        if (err) *err = local;
        return local.status;
    }
    builder->ctx = builder->accounts.ctx = builder->posts.ctx = builder->authors.ctx = ctx;
    builder->wanted = wanted;
    builder->keeps_posts = keeps_posts;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) builder->sets[b].objects.ctx = builder->sets[b].sources.ctx = ctx;
    return EH_OK;
}

void eh_raw_set_release(eh_context *ctx, eh_raw_set *set)
{
    eh_dict_release(&set->objects);
    eh_dict_release(&set->sources);
    eh_free(ctx, set->object_source);
    eh_free(ctx, set->object_birth_us);
    eh_free(ctx, set->account);
    eh_free(ctx, set->object);
    eh_free(ctx, set->post);
    eh_free(ctx, set->time_us);
    eh_free(ctx, set->kind);
    *set = (eh_raw_set){.objects = EH_DICT_INIT(ctx), .sources = EH_DICT_INIT(ctx)};
}

void eh_action_builder_free(eh_action_builder *builder)
{
    if (!builder) return;
    eh_dict_release(&builder->accounts);
    eh_dict_release(&builder->posts);
    eh_dict_release(&builder->authors);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) eh_raw_set_release(builder->ctx, &builder->sets[b]);
    eh_free(builder->ctx, builder->known);
    eh_free(builder->ctx, builder);
}

/* One capacity for several columns: it is raised only when all of them have grown. */
static eh_status grow(eh_context *ctx, void **column, size_t capacity, size_t item_size, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    void *grown = eh_realloc(ctx, *column, capacity, item_size, &local);
    if (!grown) {
        if (err) *err = local;
        return local.status;
    }
    *column = grown;
    return EH_OK;
}

eh_status eh_raw_set_add_object(eh_context *ctx, eh_raw_set *set, uint32_t object, eh_error *err)
{
    if (object >= set->object_capacity) {
        size_t capacity = set->object_capacity + set->object_capacity / 2 + 64;
        EH_TRY(grow(ctx, (void **)&set->object_source, capacity, sizeof *set->object_source, err));
        EH_TRY(grow(ctx, (void **)&set->object_birth_us, capacity, sizeof *set->object_birth_us, err));
        set->object_capacity = capacity;
    }
    set->object_source[object] = EH_DICT_NONE;
    set->object_birth_us[object] = EH_NO_TIME;
    return EH_OK;
}

eh_status eh_raw_set_offer_source(eh_raw_set *set, uint32_t object, eh_str source, eh_error *err)
{
    uint32_t number = 0, held = set->object_source[object];
    EH_TRY(eh_dict_add(&set->sources, source, &number, err));
    if (held == EH_DICT_NONE || (held != number && eh_str_compare(source, eh_dict_get(&set->sources, held)) < 0))
        set->object_source[object] = number;
    return EH_OK;
}

static eh_status reserve_action(eh_action_builder *builder, eh_raw_set *set, eh_error *err)
{
    if (set->n < set->capacity) return EH_OK;
    eh_context *ctx = builder->ctx;
    size_t capacity = set->capacity + set->capacity / 2 + 256;
    EH_TRY(grow(ctx, (void **)&set->account, capacity, sizeof *set->account, err));
    EH_TRY(grow(ctx, (void **)&set->object, capacity, sizeof *set->object, err));
    if (builder->keeps_posts) EH_TRY(grow(ctx, (void **)&set->post, capacity, sizeof *set->post, err));
    EH_TRY(grow(ctx, (void **)&set->time_us, capacity, sizeof *set->time_us, err));
    EH_TRY(grow(ctx, (void **)&set->kind, capacity, sizeof *set->kind, err));
    set->capacity = capacity;
    return EH_OK;
}

eh_status eh_action_builder_add(void *data, const eh_action *action, eh_error *err)
{
    eh_action_builder *builder = data;
    if ((unsigned)action->behaviour >= EH_N_BEHAVIOURS)
        return eh_fail(err, EH_E_INVALID, "there is no behaviour %d", (int)action->behaviour);
    if (!(builder->wanted >> action->behaviour & 1)) return EH_OK;
    eh_raw_set *set = &builder->sets[action->behaviour];
    uint32_t account = 0, object = 0, post = 0;
    EH_TRY(reserve_action(builder, set, err));
    EH_TRY(eh_dict_add(&builder->accounts, action->account, &account, err));
    if (builder->keeps_posts) EH_TRY(eh_dict_add(&builder->posts, action->post, &post, err));
    /* Room first: an object is known to the dictionary only together with its columns. */
    if (set->objects.n >= set->object_capacity) EH_TRY(eh_raw_set_add_object(builder->ctx, set, set->objects.n, err));
    uint32_t n_before = set->objects.n;
    EH_TRY(eh_dict_add(&set->objects, action->object, &object, err));
    if (object == n_before) EH_TRY(eh_raw_set_add_object(builder->ctx, set, object, err));
    if (action->source.size) EH_TRY(eh_raw_set_offer_source(set, object, action->source, err));
    int64_t *birth_us = &set->object_birth_us[object];
    if (action->birth_us != EH_NO_TIME && (*birth_us == EH_NO_TIME || action->birth_us < *birth_us))
        *birth_us = action->birth_us;
    set->account[set->n] = account;
    set->object[set->n] = object;
    if (builder->keeps_posts) set->post[set->n] = post;
    set->time_us[set->n] = action->time_us;
    set->kind[set->n++] = (uint8_t)action->kind;
    return EH_OK;
}

eh_status eh_action_builder_add_post(eh_action_builder *builder, eh_str post_id, eh_str account, int64_t time_us, eh_error *err)
{
    bool is_wanted = builder->wanted & (1u << EH_REPOST | 1u << EH_REPLY);
    if (post_id.size == 0 || time_us == EH_NO_TIME || !is_wanted) return EH_OK;
    eh_fingerprint print = eh_fingerprint_of(post_id.data, post_id.size);
    uint32_t author = EH_DICT_NONE;
    if (account.size) EH_TRY(eh_dict_add(&builder->authors, account, &author, err));
    EH_TRY(eh_reserve(builder->ctx, (void **)&builder->known, &builder->known_capacity, builder->n_known + 1,
                      sizeof *builder->known, err));
    builder->known[builder->n_known++] = (eh_known_post){print.low, print.high, time_us, author};
    return EH_OK;
}
