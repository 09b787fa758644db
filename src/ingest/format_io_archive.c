/*
 * Twitter's Information Operations archive. Its years differ in the order of columns, in true/True, in "0"/"0.0" and
 * in how lists are written; tweet_time has minutes only, the tweet ids give milliseconds.
 */
#include "ingest/id_text.h"
#include "ingest/reader.h"

static bool is_true(eh_str cell)
{
    eh_str s = eh_str_trim(cell);
    return eh_str_is_nocase(s, "true") || eh_str_is(s, "1");
}

static void set_kind(eh_post *post, const eh_str *cells)
{
    eh_str retweeted = eh_id_of(cells[EH_FIELD_TARGET_POST]), quoted = eh_id_of(cells[EH_FIELD_QUOTED_POST]);
    post->reply_to = eh_id_of(cells[EH_FIELD_REPLY_TO]);
    if (is_true(cells[EH_FIELD_IS_REPOST]) || retweeted.size) {
        post->kind = EH_KIND_REPOST;
        post->target_post = retweeted;
        post->target_account = eh_id_of(cells[EH_FIELD_TARGET_ACCOUNT]);
    } else if (quoted.size) {
        post->kind = EH_KIND_QUOTE;
        post->target_post = quoted;
    } else if (post->reply_to.size) {
        post->kind = EH_KIND_REPLY;
    }
}

static eh_status io_archive_row(eh_reader *r, const eh_str *cells, eh_error *err)
{
    eh_post post = eh_reader_new_post(r);
    post.account = eh_id_of(cells[EH_FIELD_ACCOUNT]);
    post.post = eh_id_of(cells[EH_FIELD_POST]);
    post.handle = eh_id_of(cells[EH_FIELD_HANDLE]);
    post.platform = EH_STR_LITERAL("twitter");
    post.text = cells[EH_FIELD_TEXT];
    post.lang = eh_id_of(cells[EH_FIELD_LANG]);
    post.client = eh_str_trim(cells[EH_FIELD_CLIENT]);
    post.account_created_us = eh_reader_birthday(cells[EH_FIELD_ACCOUNT_CREATED]);
    set_kind(&post, cells);
    EH_TRY(eh_list_parse(&r->urls, cells[EH_FIELD_URLS], EH_LIST_URLS, err));
    EH_TRY(eh_list_parse(&r->hashtags, cells[EH_FIELD_HASHTAGS], EH_LIST_WORDS, err));
    EH_TRY(eh_list_parse(&r->mentions, cells[EH_FIELD_MENTIONS], EH_LIST_WORDS, err));
    eh_list_strip(&r->hashtags, '#');
    return eh_reader_post(r, &post, cells[EH_FIELD_TIME], err);
}

static const eh_column_rule columns[] = {
    {EH_FIELD_POST, "tweetid", NULL, true},
    {EH_FIELD_ACCOUNT, "userid", NULL, true},
    {EH_FIELD_TIME, "tweet_time", NULL, true},
    {EH_FIELD_HANDLE, "user_screen_name", NULL, false},
    {EH_FIELD_ACCOUNT_CREATED, "account_creation_date", NULL, false},
    {EH_FIELD_LANG, "tweet_language", NULL, false},
    {EH_FIELD_TEXT, "tweet_text", NULL, false},
    {EH_FIELD_CLIENT, "tweet_client_name", NULL, false},
    {EH_FIELD_REPLY_TO, "in_reply_to_tweetid", NULL, false},
    {EH_FIELD_QUOTED_POST, "quoted_tweet_tweetid", NULL, false},
    {EH_FIELD_IS_REPOST, "is_retweet", NULL, false},
    {EH_FIELD_TARGET_ACCOUNT, "retweet_userid", NULL, false},
    {EH_FIELD_TARGET_POST, "retweet_tweetid", NULL, false},
    {EH_FIELD_HASHTAGS, "hashtags", NULL, false},
    {EH_FIELD_URLS, "urls", NULL, false},
    {EH_FIELD_MENTIONS, "user_mentions", NULL, false},
};
const eh_format eh_format_io_archive = {
    .columns = columns,
    .n_columns = sizeof columns / sizeof columns[0],
    .on_row = io_archive_row,
    .has_snowflakes = true,
};
