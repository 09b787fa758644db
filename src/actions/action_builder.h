/** @file action_builder.h  Inside the builder: actions as they come, before they are sorted and numbered. */
#ifndef EH_ACTIONS_ACTION_BUILDER_H
#define EH_ACTIONS_ACTION_BUILDER_H

#include "base/dict.h"
#include "evenhand/actions.h"

/* One behaviour. Columns of actions share one capacity, columns of objects another. */
typedef struct eh_raw_set {
    eh_dict objects, sources;
    uint32_t *object_source;  /* bytewise smallest of those given, EH_DICT_NONE where none was */
    int64_t *object_birth_us; /* earliest of those given, EH_NO_TIME where none was */
    size_t object_capacity;
    uint32_t *account, *object, *post; /* post: NULL when posts are not kept */
    int64_t *time_us;
    uint8_t *kind;
    size_t n, capacity;
} eh_raw_set;

typedef struct eh_known_post {
    uint64_t low, high; /* fingerprint of its id */
    int64_t time_us;
    uint32_t author; /* in builder->authors, EH_DICT_NONE where not known */
} eh_known_post;

struct eh_action_builder {
    eh_context *ctx;
    uint32_t wanted;
    bool keeps_posts;
    eh_dict accounts, posts, authors;
    eh_raw_set sets[EH_N_BEHAVIOURS];
    eh_known_post *known;
    size_t n_known, known_capacity;
};

void eh_raw_set_release(eh_context *ctx, eh_raw_set *set);
/** Makes room for one more object in the columns of objects and marks it as without source and birth. */
EH_MUST_CHECK eh_status eh_raw_set_add_object(eh_context *ctx, eh_raw_set *set, uint32_t object, eh_error *err);
/** Keeps the bytewise smaller of the object's source and this one. */
EH_MUST_CHECK eh_status eh_raw_set_offer_source(eh_raw_set *set, uint32_t object, eh_str source, eh_error *err);
/** Gives repost and reply objects the births and authors of the known posts, and forgets the latter. */
EH_MUST_CHECK eh_status eh_action_builder_join_posts(eh_action_builder *builder, eh_error *err);
#endif
