/*
 * Joins objects to the posts they name: a hash table over the objects (few), one pass over the posts (many), so that the
 * posts need no table of their own. Of several posts of one id the earliest counts; a tie goes to the bytewise
 * smaller author, so the order in which posts were told does not show.
 */
#include "actions/action_builder.h"

#include "base/hash.h"

typedef struct object_slot {
    uint64_t low, high;
    uint32_t object_plus_1; /* 0 = empty */
} object_slot;

static size_t slot_of(const object_slot *slots, size_t n_slots, uint64_t low, uint64_t high)
{
    size_t at = low & (n_slots - 1);
    while (slots[at].object_plus_1 && (slots[at].low != low || slots[at].high != high)) at = (at + 1) & (n_slots - 1);
    return at;
}

static object_slot *index_objects(eh_context *ctx, const eh_dict *objects, size_t *n_slots, eh_error *err)
{
    *n_slots = 16;
    while (*n_slots < (size_t)objects->n * 2) *n_slots *= 2;
    object_slot *slots = eh_alloc(ctx, *n_slots, sizeof *slots, err);
    for (uint32_t i = 0; slots && i < objects->n; i++) {
        eh_str s = eh_dict_get(objects, i);
        eh_fingerprint print = eh_fingerprint_of(s.data, s.size);
        slots[slot_of(slots, *n_slots, print.low, print.high)] = (object_slot){print.low, print.high, i + 1};
    }
    return slots;
}

static bool is_better(const eh_action_builder *builder, const eh_known_post *a, const eh_known_post *b)
{
    if (a->time_us != b->time_us) return a->time_us < b->time_us;
    if (a->author == b->author || a->author == EH_DICT_NONE) return false;
    if (b->author == EH_DICT_NONE) return true;
    return eh_str_compare(eh_dict_get(&builder->authors, a->author), eh_dict_get(&builder->authors, b->author)) < 0;
}

static eh_status apply(eh_action_builder *builder, eh_raw_set *set, const eh_known_post *const *best, eh_error *err)
{
    for (uint32_t o = 0; o < set->objects.n; o++) {
        if (!best[o]) continue;
        int64_t *birth_us = &set->object_birth_us[o];
        if (*birth_us == EH_NO_TIME || best[o]->time_us < *birth_us) *birth_us = best[o]->time_us;
        if (best[o]->author == EH_DICT_NONE) continue;
        set->object_source[o] = EH_DICT_NONE; /* the post itself knows better than who mentions it */
        EH_TRY(eh_raw_set_offer_source(set, o, eh_dict_get(&builder->authors, best[o]->author), err));
    }
    return EH_OK;
}

static eh_status join(eh_action_builder *builder, eh_raw_set *set, eh_error *err)
{
    eh_context *ctx = builder->ctx;
    if (set->objects.n == 0) return EH_OK;
    size_t n_slots = 0;
    object_slot *slots = index_objects(ctx, &set->objects, &n_slots, err);
    const eh_known_post **best = eh_alloc(ctx, set->objects.n, sizeof *best, err);
    eh_status status = slots && best ? EH_OK : err->status;
    for (size_t i = 0; status == EH_OK && i < builder->n_known; i++) {
        const eh_known_post *post = &builder->known[i];
        uint32_t object = slots[slot_of(slots, n_slots, post->low, post->high)].object_plus_1;
        if (object && (!best[object - 1] || is_better(builder, post, best[object - 1]))) best[object - 1] = post;
    }
    if (status == EH_OK) status = apply(builder, set, best, err);
    eh_free(ctx, slots);
    eh_free(ctx, best);
    return status;
}

eh_status eh_action_builder_join_posts(eh_action_builder *builder, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    if (builder->n_known) {
        EH_TRY(join(builder, &builder->sets[EH_REPOST], err));
        EH_TRY(join(builder, &builder->sets[EH_REPLY], err));
    }
    eh_free(builder->ctx, builder->known);
    builder->known = NULL;
    builder->n_known = builder->known_capacity = 0;
    eh_dict_release(&builder->authors);
    return EH_OK;
}
