/*
 * Sorting and numbering. Strings are ranked bytewise, actions are counted into the order of their objects, and each
 * object's actions are sorted by (time, account, post, kind): records that tie in all of it are equal, so the result
 * does not depend on the order of the adds.
 *
 * Memory: 24 bytes an action of one behaviour at a time beside the columns, and again for the largest object.
 */
#include "actions/action_table.h"

/* start[o] .. start[o+1]: the places of object o, by counting. */
static uint64_t *count_objects(eh_context *ctx, const eh_raw_set *set, const uint32_t *rank, eh_error *err)
{
    uint64_t *start = eh_alloc(ctx, (size_t)set->objects.n + 1, sizeof *start, err);
    if (!start) return NULL;
    for (size_t i = 0; i < set->n; i++) start[rank[set->object[i]] + 1]++;
    for (uint32_t o = 0; o < set->objects.n; o++) start[o + 1] += start[o];
    return start;
}

/* Moves every action to its object's places; start is advanced on the way and set back. */
static void scatter(const eh_raw_set *set, const uint32_t *rank, const uint32_t *account_rank, const uint32_t *post_rank,
                    uint64_t *start, eh_action_record *records)
{
    for (size_t i = 0; i < set->n; i++) {
        uint64_t post = set->post ? post_rank[set->post[i]] : 0;
        records[start[rank[set->object[i]]]++] =
            (eh_action_record){set->time_us[i], (uint64_t)account_rank[set->account[i]] << 32 | post, set->kind[i]};
    }
    for (uint32_t o = set->objects.n; o > 0; o--) start[o] = start[o - 1];
    start[0] = 0;
}

static eh_status sort_actions(eh_context *ctx, eh_raw_set *set, const uint32_t *rank, const uint32_t *account_rank,
                              const uint32_t *post_rank, uint64_t *start, eh_error *err)
{
    eh_action_record *records = eh_alloc(ctx, set->n, sizeof *records, err);
    if (!records) return err->status;
    scatter(set, rank, account_rank, post_rank, start, records);
    eh_free(ctx, set->object);
    set->object = NULL;
    eh_status status = eh_action_records_sort(ctx, start, set->objects.n, records, err);
    if (status == EH_OK) eh_action_records_store(records, set);
    eh_free(ctx, records);
    return status;
}

/* Births and sources into the order of the objects; a birth after the first action seen is moved to it. */
static eh_status finish_objects(eh_context *ctx, eh_raw_set *set, const uint32_t *rank, const uint64_t *start,
                                uint8_t *is_known, eh_error *err)
{
    uint32_t n = set->objects.n;
    uint32_t *source_rank = NULL;
    uint32_t *source = eh_alloc(ctx, n, sizeof *source, err);
    int64_t *birth_us = eh_alloc(ctx, n, sizeof *birth_us, err);
    eh_status status = source && birth_us ? eh_dict_ranks(&set->sources, &source_rank, err) : err->status;
    if (status == EH_OK) status = eh_dict_permute(&set->sources, source_rank, err);
    if (status == EH_OK) {
        for (uint32_t o = 0; o < n; o++) {
            uint32_t to = rank[o], held = set->object_source[o];
            source[to] = held == EH_DICT_NONE ? UINT32_MAX : source_rank[held];
            is_known[to] = set->object_birth_us[o] != EH_NO_TIME;
            int64_t first_us = start[to] < start[to + 1] ? set->time_us[start[to]] : set->object_birth_us[o];
            birth_us[to] = is_known[to] && set->object_birth_us[o] < first_us ? set->object_birth_us[o] : first_us;
        }
        uint32_t *old_source = set->object_source;
        int64_t *old_birth_us = set->object_birth_us;
        set->object_source = source;
        set->object_birth_us = birth_us;
        source = old_source;
        birth_us = old_birth_us;
    }
    eh_free(ctx, source);
    eh_free(ctx, birth_us);
    eh_free(ctx, source_rank);
    return status;
}

static eh_status finish_set(eh_context *ctx, eh_table_owner *owner, int b, const uint32_t *account_rank,
                            const uint32_t *post_rank, eh_error *err)
{
    eh_raw_set *set = &owner->sets[b];
    if (set->n == 0) return EH_OK;
    uint32_t *rank = NULL;
    EH_TRY(eh_dict_ranks(&set->objects, &rank, err));
    eh_status status = EH_OK;
    owner->object_start[b] = count_objects(ctx, set, rank, err);
    owner->is_birth_known[b] = eh_alloc(ctx, set->objects.n, 1, err);
    if (!owner->object_start[b] || !owner->is_birth_known[b]) status = err->status;
    if (status == EH_OK) status = sort_actions(ctx, set, rank, account_rank, post_rank, owner->object_start[b], err);
    if (status == EH_OK) status = finish_objects(ctx, set, rank, owner->object_start[b], owner->is_birth_known[b], err);
    if (status == EH_OK) status = eh_dict_permute(&set->objects, rank, err);
    eh_free(ctx, rank);
    return status;
}

/* Ranks a dictionary's strings and puts it in that order. */
static eh_status order_dict(eh_dict *dict, uint32_t **rank, eh_error *err)
{
    EH_TRY(eh_dict_ranks(dict, rank, err));
    return eh_dict_permute(dict, *rank, err);
}

/* From here on a dictionary is only a table of strings. */
static void drop_slots(eh_dict *dict)
{
    eh_free(dict->ctx, dict->slot);
    dict->slot = NULL;
    dict->n_slots = 0;
}

void eh_table_view_set(const eh_table_owner *owner, int b, eh_action_set *view)
{
    static const uint64_t no_object[1] = {0};
    const eh_raw_set *set = &owner->sets[b];
    *view = (eh_action_set){.n_actions = set->n,
                            .n_objects = set->objects.n,
                            .n_sources = set->sources.n,
                            .account = set->account,
                            .post = set->post,
                            .time_us = set->time_us,
                            .kind = set->kind,
                            .object_start = owner->object_start[b] ? owner->object_start[b] : no_object,
                            .object_birth_us = set->object_birth_us,
                            .is_birth_known = owner->is_birth_known[b],
                            .object_source = set->object_source,
                            .objects = eh_dict_strings(&set->objects),
                            .sources = eh_dict_strings(&set->sources)};
}

static void owner_release(eh_context *ctx, eh_table_owner *owner)
{
    if (!owner) return;
    eh_dict_release(&owner->accounts);
    eh_dict_release(&owner->posts);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        eh_raw_set_release(ctx, &owner->sets[b]);
        eh_free(ctx, owner->object_start[b]);
        eh_free(ctx, owner->is_birth_known[b]);
    }
    eh_free(ctx, owner);
}

static eh_status finish(eh_context *ctx, eh_table_owner *owner, eh_error *err)
{
    uint32_t *account_rank = NULL, *post_rank = NULL;
    eh_status status = order_dict(&owner->accounts, &account_rank, err);
    if (status == EH_OK) status = order_dict(&owner->posts, &post_rank, err);
    for (int b = 0; status == EH_OK && b < EH_N_BEHAVIOURS; b++)
        status = eh_context_is_cancelled(ctx) ? eh_fail(err, EH_E_CANCELLED, "interrupted")
                                              : finish_set(ctx, owner, b, account_rank, post_rank, err);
    eh_free(ctx, account_rank);
    eh_free(ctx, post_rank);
    return status;
}

/* Hands the collected columns and dictionaries over; the builder is empty but usable. */
static void move_to_owner(eh_action_builder *builder, eh_table_owner *owner)
{
    owner->accounts = builder->accounts;
    owner->posts = builder->posts;
    builder->accounts = builder->posts = (eh_dict)EH_DICT_INIT(builder->ctx);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        owner->sets[b] = builder->sets[b];
        builder->sets[b] = (eh_raw_set){.objects = EH_DICT_INIT(builder->ctx), .sources = EH_DICT_INIT(builder->ctx)};
    }
}

eh_status eh_action_builder_finish(eh_action_builder *builder, eh_action_table *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_context *ctx = builder->ctx;
    *out = (eh_action_table){0};
    eh_table_owner *owner = eh_alloc(ctx, 1, sizeof *owner, err);
    if (!owner) return err->status;
    eh_status status = eh_action_builder_join_posts(builder, err);
    move_to_owner(builder, owner);
    if (status == EH_OK) status = finish(ctx, owner, err);
    if (status != EH_OK) {
        owner_release(ctx, owner);
        return status;
    }
    drop_slots(&owner->accounts);
    drop_slots(&owner->posts);
    out->ctx = ctx;
    out->owner = owner;
    out->accounts = eh_dict_strings(&owner->accounts);
    out->posts = eh_dict_strings(&owner->posts);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        drop_slots(&owner->sets[b].objects);
        drop_slots(&owner->sets[b].sources);
        eh_table_view_set(owner, b, &out->sets[b]);
    }
    return EH_OK;
}

void eh_action_table_release(eh_action_table *table)
{
    if (!table || !table->owner) return;
    owner_release(table->ctx, table->owner);
    *table = (eh_action_table){0};
}
