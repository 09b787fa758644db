/**
 * @file behaviour.h
 * The kinds of action that evenhand compares, and the kinds of post they come from.
 */
#ifndef EVENHAND_BEHAVIOUR_H
#define EVENHAND_BEHAVIOUR_H

#include "evenhand/strings.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum eh_behaviour {
    EH_REPOST = 0, /**< object: the reposted post */
    EH_LINK,       /**< object: the canonical URL */
    EH_TEXT,       /**< object: the normalised text */
    EH_HASHTAG,    /**< object: the tag, case-folded, without '#' */
    EH_REPLY,      /**< object: the post replied to */
    EH_MENTION,    /**< object: the mentioned account */
    EH_MEDIA,      /**< object: the media hash given by the archive */
    EH_N_BEHAVIOURS
} eh_behaviour;

typedef enum eh_post_kind { EH_KIND_POST = 0, EH_KIND_REPOST, EH_KIND_QUOTE, EH_KIND_REPLY } eh_post_kind;

/** "repost", "link", ... Never NULL. */
EH_API const char *eh_behaviour_name(eh_behaviour behaviour);
/** True and *out set when the name is one of the seven (also CNT's co_retweet, co_link, co_tweet, co_reply). */
EH_API bool eh_behaviour_of(eh_str name, eh_behaviour *out);
/** "post", "repost", "quote", "reply". */
EH_API const char *eh_post_kind_name(eh_post_kind kind);

#ifdef __cplusplus
}
#endif
#endif
