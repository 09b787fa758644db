#include "evenhand/behaviour.h"

#include "base/str.h"

static const char *const behaviour_names[EH_N_BEHAVIOURS] = {
    "repost", "link", "text", "hashtag", "reply", "mention", "media",
};

const char *eh_behaviour_name(eh_behaviour behaviour)
{
    return (unsigned)behaviour < EH_N_BEHAVIOURS ? behaviour_names[behaviour] : "unknown";
}

bool eh_behaviour_of(eh_str name, eh_behaviour *out)
{
    /* The names of coordination-network-toolkit, so that its users find theirs. */
    static const struct {
        const char *name;
        eh_behaviour behaviour;
    } aliases[] = {
        {"co_link", EH_LINK},
        {"co_reply", EH_REPLY},
        {"co_retweet", EH_REPOST},
        {"co_tweet", EH_TEXT},
    };
    for (int i = 0; i < EH_N_BEHAVIOURS; i++) {
        if (!eh_str_is_nocase(name, behaviour_names[i])) continue;
        *out = (eh_behaviour)i;
        return true;
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (!eh_str_is_nocase(name, aliases[i].name)) continue;
        *out = aliases[i].behaviour;
        return true;
    }
    return false;
}

const char *eh_post_kind_name(eh_post_kind kind)
{
    switch (kind) {
    case EH_KIND_POST: return "post";
    case EH_KIND_REPOST: return "repost";
    case EH_KIND_QUOTE: return "quote";
    case EH_KIND_REPLY: return "reply";
    }
    return "unknown";
}
