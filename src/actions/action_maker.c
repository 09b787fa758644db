/*
 * Posts to actions. The rules differ in what they take from a post; each emits in a fixed order, and an object at most
 * once per behaviour and post.
 *
 * EVENHAND   repost: the reposted post, unless it is one's own. Other kinds: reply, links (cleaned), text (normalised),
 *            hashtags, mentions, media.
 * COORTWEET  the same; a bare row about one's own post stays, since the kernel needs it for counting participation.
 * CNT        repost: the reposted post as it stands. Other kinds: reply, one action per distinct raw URL, and the text
 *            (always, even when it is empty).
 *            @source coordination_network_toolkit/compute_networks.py, version 1.5.2
 */
#include "actions/action_text.h"
#include "actions/cnt_text.h"
#include "actions/url_clean.h"
#include "base/dict.h"
#include "base/hash.h"
#include "evenhand/actions.h"

enum { most_seen_in_line = 32 };

struct eh_action_maker {
    eh_context *ctx;
    eh_action_rule rule;
    bool keeps_empty_links;
    eh_text_scratch text;
    eh_buf url;
    eh_fingerprint seen[most_seen_in_line]; /* objects of the post and behaviour at hand */
    size_t n_seen;
    eh_set128 many; /* used instead once there are more */
};

/* What is being emitted: the common part of the actions of one post. */
typedef struct emission {
    eh_action_maker *maker;
    const eh_post *post;
    eh_action_fn fn;
    void *data;
} emission;

eh_status eh_action_maker_new(eh_context *ctx, eh_action_rule rule, bool keeps_empty_links, eh_action_maker **out,
                              eh_error *err)
{
    *out = NULL;
    if (rule != EH_RULE_EVENHAND && rule != EH_RULE_CNT && rule != EH_RULE_COORTWEET)
        return eh_fail(err, EH_E_INVALID, "there is no action rule %d", (int)rule);
    eh_error local = EH_ERROR_INIT;
    eh_action_maker *maker = eh_alloc(ctx, 1, sizeof *maker, &local);
    if (!maker) {
        if (err) *err = local;
        return local.status;
    }
    maker->ctx = ctx;
    maker->rule = rule;
    maker->keeps_empty_links = keeps_empty_links;
    maker->text.out.ctx = maker->url.ctx = maker->many.ctx = ctx;
    *out = maker;
    return EH_OK;
}

void eh_action_maker_free(eh_action_maker *maker)
{
    if (!maker) return;
    eh_text_scratch_release(&maker->text);
    eh_buf_release(&maker->url);
    eh_set128_release(&maker->many);
    eh_free(maker->ctx, maker);
}

static void forget_seen(eh_action_maker *maker)
{
    maker->n_seen = 0;
    eh_set128_release(&maker->many);
}

/* Whether this object is new to the behaviour at hand; it is not afterwards. */
static eh_status is_first(eh_action_maker *maker, eh_str object, bool *is_new, eh_error *err)
{
    eh_fingerprint print = eh_fingerprint_of(object.size ? object.data : "", object.size);
    if (maker->n_seen == most_seen_in_line && maker->many.n == 0)
        for (size_t i = 0; i < maker->n_seen; i++)
            EH_TRY(eh_set128_add(&maker->many, maker->seen[i].low, maker->seen[i].high, is_new, err));
    if (maker->many.n) return eh_set128_add(&maker->many, print.low, print.high, is_new, err);
    *is_new = false;
    for (size_t i = 0; i < maker->n_seen; i++)
        if (maker->seen[i].low == print.low && maker->seen[i].high == print.high) return EH_OK;
    maker->seen[maker->n_seen++] = print;
    *is_new = true;
    return EH_OK;
}

static eh_status emit(const emission *e, eh_behaviour behaviour, eh_str object, eh_str source, int64_t birth_us,
                      eh_error *err)
{
    eh_action action = {.behaviour = behaviour,
                        .kind = e->post->kind,
                        .account = e->post->account,
                        .object = object,
                        .post = e->post->post,
                        .source = source,
                        .time_us = e->post->time_us,
                        .birth_us = birth_us};
    return e->fn(e->data, &action, err);
}

static eh_status emit_if_first(const emission *e, eh_behaviour behaviour, eh_str object, eh_str source, eh_error *err)
{
    bool is_new = false;
    EH_TRY(is_first(e->maker, object, &is_new, err));
    return is_new ? emit(e, behaviour, object, source, EH_NO_TIME, err) : EH_OK;
}

static const eh_str nothing = {NULL, 0};

static eh_str without_sign(eh_str s, char sign)
{
    return s.size && s.data[0] == sign ? (eh_str){s.data + 1, s.size - 1} : s;
}

static bool is_own_target(const eh_post *post)
{
    return post->target_account.size && eh_str_equal(post->target_account, post->account);
}

static eh_status emit_links(const emission *e, eh_error *err)
{
    forget_seen(e->maker);
    for (uint32_t i = 0; i < e->post->n_urls; i++) {
        eh_str source;
        EH_TRY(eh_url_clean(e->post->urls[i], &e->maker->url, &source, err));
        eh_str object = eh_buf_str(&e->maker->url);
        if (eh_str_trim(object).size) EH_TRY(emit_if_first(e, EH_LINK, object, source, err));
    }
    return EH_OK;
}

static eh_status emit_text(const emission *e, eh_error *err)
{
    eh_str object = nothing;
    size_t n_code_points = 0;
    EH_TRY(eh_action_text(&e->maker->text, e->post->text, &object, &n_code_points, err));
    return n_code_points >= eh_action_text_least ? emit(e, EH_TEXT, object, nothing, EH_NO_TIME, err) : EH_OK;
}

static eh_status emit_hashtags(const emission *e, eh_error *err)
{
    forget_seen(e->maker);
    for (uint32_t i = 0; i < e->post->n_hashtags; i++) {
        eh_str object = nothing;
        EH_TRY(eh_fold_text(&e->maker->text, eh_str_trim(e->post->hashtags[i]), &object, err));
        object = without_sign(object, '#'); /* after folding: the full-width sign is one too */
        if (object.size) EH_TRY(emit_if_first(e, EH_HASHTAG, object, nothing, err));
    }
    return EH_OK;
}

static bool is_nocase_equal(eh_str a, eh_str b)
{
    if (a.size != b.size) return false;
    for (size_t i = 0; i < a.size; i++) {
        char x = a.data[i], y = b.data[i];
        if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
        if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
        if (x != y) return false;
    }
    return true;
}

static eh_status emit_mentions(const emission *e, eh_error *err)
{
    eh_str handle = without_sign(e->post->handle, '@');
    forget_seen(e->maker);
    for (uint32_t i = 0; i < e->post->n_mentions; i++) {
        eh_str object = without_sign(eh_str_trim(e->post->mentions[i]), '@');
        bool is_self = eh_str_equal(object, e->post->account) || (handle.size && is_nocase_equal(object, handle));
        if (object.size && !is_self) EH_TRY(emit_if_first(e, EH_MENTION, object, nothing, err));
    }
    return EH_OK;
}

static eh_status emit_media(const emission *e, eh_error *err)
{
    forget_seen(e->maker);
    for (uint32_t i = 0; i < e->post->n_media; i++)
        if (e->post->media[i].size) EH_TRY(emit_if_first(e, EH_MEDIA, e->post->media[i], nothing, err));
    return EH_OK;
}

static eh_status actions_of_row(const emission *e, eh_error *err)
{
    const eh_post *post = e->post;
    if (post->behaviour >= EH_N_BEHAVIOURS) return eh_fail(err, EH_E_INVALID, "a row has no known behaviour");
    /* Links, tags and media may be numbered like posts in anonymised archives: equality means nothing there. */
    bool names_post = post->behaviour == EH_REPOST || post->behaviour == EH_REPLY;
    bool is_own = names_post && ((post->post.size && eh_str_equal(post->object, post->post)) || is_own_target(post));
    if (is_own && e->maker->rule == EH_RULE_EVENHAND) return EH_OK;
    return emit(e, post->behaviour, post->object, post->target_account, post->target_time_us, err);
}

static eh_status actions_evenhand(const emission *e, eh_error *err)
{
    const eh_post *post = e->post;
    if (post->kind == EH_KIND_REPOST) {
        bool is_own = is_own_target(post) || eh_str_equal(post->target_post, post->post);
        if (post->target_post.size == 0 || is_own) return EH_OK;
        return emit(e, EH_REPOST, post->target_post, post->target_account, post->target_time_us, err);
    }
    if (post->reply_to.size) EH_TRY(emit(e, EH_REPLY, post->reply_to, nothing, EH_NO_TIME, err));
    EH_TRY(emit_links(e, err));
    EH_TRY(emit_text(e, err));
    EH_TRY(emit_hashtags(e, err));
    EH_TRY(emit_mentions(e, err));
    return emit_media(e, err);
}

static eh_status cnt_links(const emission *e, eh_error *err)
{
    const eh_post *post = e->post;
    bool keeps_empty = e->maker->keeps_empty_links;
    forget_seen(e->maker);
    for (uint32_t i = 0; i < post->n_urls; i++)
        if (post->urls[i].size || keeps_empty) EH_TRY(emit_if_first(e, EH_LINK, post->urls[i], nothing, err));
    return post->n_urls == 0 && keeps_empty ? emit(e, EH_LINK, nothing, nothing, EH_NO_TIME, err) : EH_OK;
}

static eh_status actions_cnt(const emission *e, eh_error *err)
{
    const eh_post *post = e->post;
    if (post->kind == EH_KIND_REPOST) {
        if (post->target_post.size == 0) return EH_OK;
        return emit(e, EH_REPOST, post->target_post, post->target_account, post->target_time_us, err);
    }
    if (post->reply_to.size) EH_TRY(emit(e, EH_REPLY, post->reply_to, nothing, EH_NO_TIME, err));
    EH_TRY(cnt_links(e, err));
    EH_TRY(eh_cnt_text(post->text, &e->maker->text.out, err));
    return emit(e, EH_TEXT, eh_buf_str(&e->maker->text.out), nothing, EH_NO_TIME, err);
}

eh_status eh_actions_of_post(eh_action_maker *maker, const eh_post *post, eh_action_fn fn, void *data, eh_error *err)
{
    emission e = {maker, post, fn, data};
    if (post->is_row) return actions_of_row(&e, err);
    return maker->rule == EH_RULE_CNT ? actions_cnt(&e, err) : actions_evenhand(&e, err);
}
