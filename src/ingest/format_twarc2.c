/*
 * X API v2 as twarc2 saves it, in pages or flattened. Traps: the text of a retweet is cut off with an ellipsis, so
 * that text, links, hashtags and mentions come from the retweeted tweet; entities and arrays are absent, not empty;
 * created_at always ends in .000Z, the ids give milliseconds.
 */
#include "ingest/id_text.h"
#include "ingest/json_index.h"
#include "ingest/reader.h"

/* What the includes of a page hold, by id and by name. */
typedef struct page_index {
    eh_json_index tweets, users, names;
} page_index;

typedef struct tweet_view {
    const eh_json *json;
    const page_index *index; /* NULL for flattened tweets */
} tweet_view;

/* ---- finding things ----------------------------------------------------------------------- */

static uint32_t user_of(const tweet_view *v, uint32_t tweet, eh_str author_id)
{
    uint32_t author = eh_json_get(v->json, tweet, "author");
    if (author != EH_JSON_NONE || !v->index) return author;
    return eh_json_index_find(&v->index->users, author_id);
}

/* The tweet that a reference names: flattened tweets hold it in place, pages among the includes. */
static uint32_t referenced_tweet(const tweet_view *v, uint32_t reference)
{
    if (eh_json_get(v->json, reference, "text") != EH_JSON_NONE) return reference;
    if (!v->index) return EH_JSON_NONE;
    return eh_json_index_find(&v->index->tweets, eh_json_get_text(v->json, reference, "id"));
}

static uint32_t reference_of_type(const tweet_view *v, uint32_t tweet, const char *type)
{
    uint32_t references = eh_json_get(v->json, tweet, "referenced_tweets");
    EH_JSON_EACH(v->json, references, item) if (eh_str_is(eh_json_get_text(v->json, item, "type"), type)) return item;
    return EH_JSON_NONE;
}

static eh_str author_of(const tweet_view *v, uint32_t tweet)
{
    eh_str id = eh_id_of(eh_json_get_text(v->json, tweet, "author_id"));
    return id.size ? id : eh_id_of(eh_json_get_text(v->json, eh_json_get(v->json, tweet, "author"), "id"));
}

/* A mentioned account: its id, else the id that the includes know for the name, else the name. */
static eh_str mentioned_account(const tweet_view *v, uint32_t mention)
{
    eh_str id = eh_id_of(eh_json_get_text(v->json, mention, "id"));
    if (id.size) return id;
    eh_str name = eh_json_get_text(v->json, mention, "username");
    uint32_t user = v->index ? eh_json_index_find(&v->index->names, name) : EH_JSON_NONE;
    id = eh_json_get_text(v->json, user, "id");
    return id.size ? id : name;
}

/* ---- lists -------------------------------------------------------------------------------- */

static eh_status add_urls(eh_reader *r, const tweet_view *v, uint32_t entities, eh_error *err)
{
    uint32_t urls = eh_json_get(v->json, entities, "urls");
    EH_JSON_EACH(v->json, urls, item)
    {
        /* The tweet's own pictures also stand here, as links to the tweet; they are media. */
        if (eh_json_get(v->json, item, "media_key") != EH_JSON_NONE) continue;
        eh_str url = eh_json_get_text(v->json, item, "unwound_url");
        if (!url.size) url = eh_json_get_text(v->json, item, "expanded_url");
        if (!url.size) url = eh_json_get_text(v->json, item, "url");
        EH_TRY(eh_list_add(&r->urls, url, err));
    }
    return EH_OK;
}

static eh_status add_lists(eh_reader *r, const tweet_view *v, uint32_t tweet, eh_error *err)
{
    uint32_t entities = eh_json_get(v->json, tweet, "entities");
    EH_TRY(add_urls(r, v, entities, err));
    uint32_t hashtags = eh_json_get(v->json, entities, "hashtags");
    EH_JSON_EACH(v->json, hashtags, item) EH_TRY(eh_list_add(&r->hashtags, eh_json_get_text(v->json, item, "tag"), err));
    uint32_t mentions = eh_json_get(v->json, entities, "mentions");
    EH_JSON_EACH(v->json, mentions, item) EH_TRY(eh_list_add(&r->mentions, mentioned_account(v, item), err));
    uint32_t keys = eh_json_get(v->json, eh_json_get(v->json, tweet, "attachments"), "media_keys");
    EH_JSON_EACH(v->json, keys, item) EH_TRY(eh_list_add(&r->media, eh_json_text(v->json, item), err));
    return EH_OK;
}

/* ---- one tweet ---------------------------------------------------------------------------- */

static void set_kind(const tweet_view *v, uint32_t tweet, eh_post *post)
{
    uint32_t retweeted = reference_of_type(v, tweet, "retweeted"), quoted = reference_of_type(v, tweet, "quoted");
    uint32_t replied = reference_of_type(v, tweet, "replied_to");
    uint32_t target = retweeted != EH_JSON_NONE ? retweeted : quoted;
    post->reply_to = eh_id_of(eh_json_get_text(v->json, replied, "id"));
    post->target_post = eh_id_of(eh_json_get_text(v->json, target, "id"));
    post->target_account = author_of(v, referenced_tweet(v, target));
    post->kind = retweeted != EH_JSON_NONE ? EH_KIND_REPOST
                 : quoted != EH_JSON_NONE  ? EH_KIND_QUOTE
                 : replied != EH_JSON_NONE ? EH_KIND_REPLY
                                           : EH_KIND_POST;
    /* Without the retweeted tweet, "RT @name" names its author first. */
    if (post->kind == EH_KIND_REPOST && !post->target_account.size) {
        uint32_t mentions = eh_json_get(v->json, eh_json_get(v->json, tweet, "entities"), "mentions");
        if (eh_json_is(v->json, mentions, EH_JSON_ARRAY) && v->json->nodes[mentions].next > mentions + 1)
            post->target_account = mentioned_account(v, mentions + 1);
    }
}

static eh_status emit_tweet(eh_reader *r, const tweet_view *v, uint32_t tweet, eh_error *err)
{
    const eh_json *json = v->json;
    if (eh_json_is(json, tweet, EH_JSON_OBJECT)) r->row_text = json->nodes[tweet].text;
    bool is_tweet = eh_json_get(json, tweet, "id") != EH_JSON_NONE && eh_json_get(json, tweet, "text") != EH_JSON_NONE;
    if (!is_tweet) return eh_reader_reject(r, EH_REJECT_NOT_A_POST, err);
    eh_post post = eh_reader_new_post(r);
    post.platform = EH_STR_LITERAL("twitter");
    post.post = eh_id_of(eh_json_get_text(json, tweet, "id"));
    post.account = author_of(v, tweet);
    uint32_t user = user_of(v, tweet, post.account);
    post.handle = eh_json_get_text(json, user, "username");
    post.account_created_us = eh_reader_birthday(eh_json_get_text(json, user, "created_at"));
    post.lang = eh_json_get_text(json, tweet, "lang");
    post.client = eh_json_get_text(json, tweet, "source");
    set_kind(v, tweet, &post);
    uint32_t whole = post.kind == EH_KIND_REPOST ? referenced_tweet(v, reference_of_type(v, tweet, "retweeted")) : tweet;
    if (whole == EH_JSON_NONE) whole = tweet;
    post.text = eh_json_get_text(json, whole, "text");
    EH_TRY(add_lists(r, v, whole, err));
    return eh_reader_post(r, &post, eh_json_get_text(json, tweet, "created_at"), err);
}

/* ---- flattened ---------------------------------------------------------------------------- */

static bool has(const eh_json *line, const char *key) { return eh_json_get(line, 0, key) != EH_JSON_NONE; }

static bool is_flat(const eh_json *line)
{
    return has(line, "id") && has(line, "text") && has(line, "created_at") && (has(line, "author_id") || has(line, "author"));
}

static eh_status read_flat(eh_reader *r, const eh_json *line, eh_error *err)
{
    tweet_view view = {line, NULL};
    return emit_tweet(r, &view, 0, err);
}

/* ---- pages -------------------------------------------------------------------------------- */

/* A page may be empty, but what it holds first must have an id as tweets do; pages of other APIs have none, or no list. */
static bool is_page(const eh_json *line)
{
    uint32_t data = eh_json_get(line, 0, "data");
    bool is_list = eh_json_is(line, data, EH_JSON_ARRAY);
    bool is_empty_list = is_list && line->nodes[data].next == data + 1;
    uint32_t first = is_list && !is_empty_list ? data + 1 : data;
    if (eh_json_get(line, first, "id") != EH_JSON_NONE) return true;
    bool is_twarc_page = has(line, "__twarc") && (has(line, "includes") || has(line, "meta") || has(line, "errors"));
    return (data == EH_JSON_NONE || is_empty_list) && (is_twarc_page || has(line, "meta"));
}

static eh_status index_page(page_index *index, const eh_json *line, eh_error *err)
{
    uint32_t includes = eh_json_get(line, 0, "includes");
    EH_TRY(eh_json_index_fill(&index->tweets, line, eh_json_get(line, includes, "tweets"), "id", err));
    EH_TRY(eh_json_index_fill(&index->users, line, eh_json_get(line, includes, "users"), "id", err));
    return eh_json_index_fill(&index->names, line, eh_json_get(line, includes, "users"), "username", err);
}

static eh_status read_page(eh_reader *r, const eh_json *line, eh_error *err)
{
    if (!r->format_state) {
        page_index *index = eh_alloc(r->ctx, 1, sizeof *index, err);
        if (!index) return err ? err->status : EH_E_NOMEM;
        index->tweets.ctx = index->users.ctx = index->names.ctx = r->ctx;
        r->format_state = index;
    }
    EH_TRY(index_page(r->format_state, line, err));
    tweet_view view = {line, r->format_state};
    uint32_t data = eh_json_get(line, 0, "data");
    bool is_list = eh_json_is(line, data, EH_JSON_ARRAY);
    if (!is_list && !eh_json_is(line, data, EH_JSON_OBJECT)) return eh_reader_reject(r, EH_REJECT_NOT_A_POST, err);
    if (!is_list) return emit_tweet(r, &view, data, err);
    if (line->nodes[data].next == data + 1) return eh_reader_reject(r, EH_REJECT_NOT_A_POST, err);
    EH_JSON_EACH(line, data, tweet) EH_TRY(emit_tweet(r, &view, tweet, err));
    return EH_OK;
}

void eh_twarc2_release(eh_reader *r)
{
    page_index *index = r->format_state;
    if (!index) return;
    eh_json_index_release(&index->tweets);
    eh_json_index_release(&index->users);
    eh_json_index_release(&index->names);
    eh_free(r->ctx, index);
    r->format_state = NULL;
}

const eh_format eh_format_twarc2_pages = {.recognises_line = is_page, .on_line = read_page, .has_snowflakes = true};
const eh_format eh_format_twarc2_flat = {.recognises_line = is_flat, .on_line = read_flat, .has_snowflakes = true};
