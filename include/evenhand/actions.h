/**
 * @file actions.h
 * From posts to actions: (account, behaviour, object, time, post), and the columns in memory that
 * every kernel works on.
 */
#ifndef EVENHAND_ACTIONS_H
#define EVENHAND_ACTIONS_H

#include "evenhand/ingest.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which rules turn a post into actions. */
typedef enum eh_action_rule {
    EH_RULE_EVENHAND = 0,
    EH_RULE_CNT,      /**< exactly coordination-network-toolkit's event sets and text normalisation */
    EH_RULE_COORTWEET /**< as EVENHAND, but exact duplicate rows stay and post ids are kept per row */
} eh_action_rule;

/** One action; strings are borrowed for the call. */
typedef struct eh_action {
    eh_behaviour behaviour;
    eh_post_kind kind;   /**< of the post it came from */
    eh_str account, object, post;
    eh_str source;       /**< author of the reposted post, domain of the link; empty where there is none */
    int64_t time_us;
    int64_t birth_us;    /**< birth of the object where an id tells it, else EH_NO_TIME */
} eh_action;
typedef eh_status (*eh_action_fn)(void *data, const eh_action *action, eh_error *err);

/** Turns posts into actions. Owns scratch for text normalisation; one per thread. */
typedef struct eh_action_maker eh_action_maker;
EH_API EH_MUST_CHECK eh_status eh_action_maker_new(eh_context *ctx, eh_action_rule rule, bool keeps_empty_links,
                                                   eh_action_maker **out, eh_error *err);
EH_API void eh_action_maker_free(eh_action_maker *maker);
/**
 * Emits the actions of one post in a fixed order; each (behaviour, object) at most once per post.
 * EVENHAND: a repost yields its repost action only; every other kind yields reply, link, text, hashtag, mention and
 * media actions (text: NFKC, case-folded, links, mentions and blanks removed, kept when >= 40 code points remain;
 * link: cleaned of scheme, "www.", default port, fragment, tracking parameters and trailing slash; the author's
 * own post is no object of his).
 * CNT: see docs; text is Python's lower() with '@...' to the next blank removed, blanks collapsed; empty text stays.
 */
EH_API EH_MUST_CHECK eh_status eh_actions_of_post(eh_action_maker *maker, const eh_post *post, eh_action_fn fn,
                                                  void *data, eh_error *err);

/** The actions of one behaviour, sorted by (object, time_us, account, post). Columns of n_actions. */
typedef struct eh_action_set {
    uint64_t n_actions;
    uint32_t n_objects, n_sources;
    const uint32_t *account;       /**< index into table->accounts */
    const uint32_t *post;          /**< index into table->posts; NULL when posts were not kept */
    const int64_t *time_us;
    const uint8_t *kind;           /**< eh_post_kind */
    const uint64_t *object_start;  /**< n_objects + 1: actions of object o are [start[o], start[o+1]) */
    const int64_t *object_birth_us;/**< earliest of the known birth and the first action seen */
    const uint8_t *is_birth_known; /**< 1 where the birth comes from an id or from the post itself */
    const uint32_t *object_source; /**< index into sources, UINT32_MAX where there is none */
    eh_strings objects, sources;
} eh_action_set;

/** Everything in memory. Strings are in bytewise order, so ids do not depend on the order of rows. */
typedef struct eh_action_table {
    eh_context *ctx;
    eh_strings accounts, posts;
    eh_action_set sets[EH_N_BEHAVIOURS];
    void *owner; /**< internal */
} eh_action_table;

typedef struct eh_action_builder eh_action_builder;
/** wanted: bit b set = keep behaviour b. keeps_posts: whether post ids are needed (16 more bytes an action). */
EH_API EH_MUST_CHECK eh_status eh_action_builder_new(eh_context *ctx, uint32_t wanted, bool keeps_posts,
                                                     eh_action_builder **out, eh_error *err);
EH_API void eh_action_builder_free(eh_action_builder *builder);
/** Matches eh_action_fn, so that a builder can be a sink. */
EH_API EH_MUST_CHECK eh_status eh_action_builder_add(void *builder, const eh_action *action, eh_error *err);
/**
 * Optional, for every post read (reposts too, in any order): tells when the post was born and by whom.
 * At finish a repost or reply object that is the id of such a post gets that birth and that author as its source.
 * Costs 32 bytes a post, gone after finish. An empty id is ignored; of several rows of one id the earliest counts.
 */
EH_API EH_MUST_CHECK eh_status eh_action_builder_add_post(eh_action_builder *builder, eh_str post_id, eh_str account,
                                                          int64_t time_us, eh_error *err);
/** Sorts and numbers; the builder is empty afterwards. Identical for any order of the added actions. */
EH_API EH_MUST_CHECK eh_status eh_action_builder_finish(eh_action_builder *builder, eh_action_table *out, eh_error *err);
EH_API void eh_action_table_release(eh_action_table *table);

/** Recognises duplicate posts. Key: post id (with platform) where the archive is post-shaped; all of the row where
 *  it is row-shaped or where one post id legitimately spans rows (mapped files). */
typedef struct eh_duplicate_finder eh_duplicate_finder;
EH_API EH_MUST_CHECK eh_status eh_duplicate_finder_new(eh_context *ctx, eh_duplicate_finder **out, eh_error *err);
EH_API void eh_duplicate_finder_free(eh_duplicate_finder *finder);
EH_API EH_MUST_CHECK eh_status eh_duplicate_finder_check(eh_duplicate_finder *finder, const eh_post *post,
                                                         bool is_post_shaped, bool *is_duplicate, eh_error *err);
/** The key of the post checked last, so that it can be stored. */
EH_API void eh_duplicate_finder_key(const eh_duplicate_finder *finder, uint64_t *low, uint64_t *high);
/** Makes a stored key known: a post of that key is a duplicate from now on. */
EH_API EH_MUST_CHECK eh_status eh_duplicate_finder_add_key(eh_duplicate_finder *finder, uint64_t low, uint64_t high,
                                                           eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
