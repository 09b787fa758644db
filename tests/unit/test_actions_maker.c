/* Which actions a post yields under each rule, and which posts are duplicates. */
#include "evenhand/actions.h"

#include "check.h"

static char emitted[4096]; /* "behaviour:object[<source] ..." */

static eh_status write_down(void *data, const eh_action *action, eh_error *err)
{
    static const char *const names[] = {"repost", "link", "text", "hashtag", "reply", "mention", "media"};
    (void)data;
    (void)err;
    size_t at = strlen(emitted);
    snprintf(emitted + at, sizeof emitted - at, "%s%s:%.*s%s%.*s", at ? " " : "", names[action->behaviour], (int)action->object.size,
             action->object.size ? action->object.data : "", action->source.size ? "<" : "", (int)action->source.size,
             action->source.size ? action->source.data : "");
    CHECK(action->account.size > 0);
    return EH_OK;
}

static const char *actions_of(eh_action_rule rule, bool keeps_empty_links, const eh_post *post)
{
    eh_context *ctx = NULL;
    eh_action_maker *maker = NULL;
    eh_error err = EH_ERROR_INIT;
    emitted[0] = 0;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    CHECK_OK(eh_action_maker_new(ctx, rule, keeps_empty_links, &maker, &err), err);
    CHECK_OK(eh_actions_of_post(maker, post, write_down, NULL, &err), err);
    eh_action_maker_free(maker);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    return emitted;
}

static eh_str str(const char *s) { return (eh_str){s, strlen(s)}; }

static eh_post plain_post(void)
{
    return (eh_post){.account = str("ann"), .post = str("p1"), .handle = str("Ann_A"), .target_time_us = EH_NO_TIME,
                     .account_created_us = EH_NO_TIME, .time_us = 1500000000000000};
}

static void a_post_yields_all_it_holds(void)
{
    eh_post post = plain_post();
    eh_str urls[] = {str("https://example.org/a?utm_source=x"), str("http://www.example.org/a/"), str("77"), str(" ")};
    eh_str tags[] = {str("#Vote"), str("vote"), str("\uFF03VOTE"), str("Stra\u00DFe"), str("#")};
    eh_str mentions[] = {str("@bob"), str("bob"), str("ann"), str("@ann_a"), str("Cy")};
    eh_str media[] = {str("h1"), str("h1"), str("h2")};
    post.kind = EH_KIND_REPLY;
    post.reply_to = str("p0");
    post.text = str("short");
    post.urls = urls, post.n_urls = 4;
    post.hashtags = tags, post.n_hashtags = 5;
    post.mentions = mentions, post.n_mentions = 5;
    post.media = media, post.n_media = 3;
    CHECK_EQ_STR(actions_of(EH_RULE_EVENHAND, false, &post),
                 "reply:p0 link:example.org/a<example.org link:77 hashtag:vote hashtag:strasse mention:bob mention:Cy media:h1 media:h2");
    post.text = str("Forty signs remain when blanks are gone, so this one counts");
    CHECK(strstr(actions_of(EH_RULE_COORTWEET, false, &post), "text:fortysignsremainwhenblanksaregone,sothisonecounts") != NULL);
}

static void text_needs_forty_signs(void)
{
    eh_post post = plain_post();
    post.text = str("a234567890 b234567890 c234567890 d23456789");
    CHECK_EQ_STR(actions_of(EH_RULE_EVENHAND, false, &post), "");
    post.text = str("a234567890 b234567890 c234567890 d234567890");
    CHECK_EQ_STR(actions_of(EH_RULE_EVENHAND, false, &post), "text:a234567890b234567890c234567890d234567890");
}

static void a_repost_is_only_that(void)
{
    eh_post post = plain_post();
    eh_str urls[] = {str("https://example.org/a")};
    post.kind = EH_KIND_REPOST;
    post.target_post = str("p9");
    post.urls = urls, post.n_urls = 1;
    post.reply_to = str("p0");
    CHECK_EQ_STR(actions_of(EH_RULE_EVENHAND, false, &post), "repost:p9");
    CHECK_EQ_STR(actions_of(EH_RULE_CNT, true, &post), "repost:p9");
    post.target_account = str("bob");
    CHECK_EQ_STR(actions_of(EH_RULE_EVENHAND, false, &post), "repost:p9<bob");
    post.target_account = post.account; /* one's own post */
    CHECK_EQ_STR(actions_of(EH_RULE_EVENHAND, false, &post), "");
    CHECK_EQ_STR(actions_of(EH_RULE_CNT, false, &post), "repost:p9<ann");
    post.target_post = str("");
    CHECK_EQ_STR(actions_of(EH_RULE_CNT, true, &post), "");
}

static void cnt_takes_links_raw_and_text_always(void)
{
    eh_post post = plain_post();
    eh_str urls[] = {str("http://u1"), str("http://U1"), str("http://u1"), str("")};
    post.text = str("@x HEY");
    CHECK_EQ_STR(actions_of(EH_RULE_CNT, false, &post), "text:hey");
    CHECK_EQ_STR(actions_of(EH_RULE_CNT, true, &post), "link: text:hey");
    post.urls = urls, post.n_urls = 4;
    post.text = str("");
    CHECK_EQ_STR(actions_of(EH_RULE_CNT, false, &post), "link:http://u1 link:http://U1 text:");
    CHECK_EQ_STR(actions_of(EH_RULE_CNT, true, &post), "link:http://u1 link:http://U1 link: text:");
    post.reply_to = str("q");
    CHECK_EQ_STR(actions_of(EH_RULE_CNT, false, &post), "reply:q link:http://u1 link:http://U1 text:");
}

static void a_row_is_one_action(void)
{
    eh_post post = plain_post();
    post.is_row = true;
    post.behaviour = EH_LINK;
    post.object = str("HTTP://As/Given");
    CHECK_EQ_STR(actions_of(EH_RULE_EVENHAND, false, &post), "link:HTTP://As/Given");
    post.object = str("");
    CHECK_EQ_STR(actions_of(EH_RULE_COORTWEET, false, &post), "link:");
    post.object = post.post; /* a link that happens to be numbered like the post */
    CHECK_EQ_STR(actions_of(EH_RULE_EVENHAND, false, &post), "link:p1");
    post.behaviour = EH_REPOST; /* own original */
    CHECK_EQ_STR(actions_of(EH_RULE_EVENHAND, false, &post), "");
    CHECK_EQ_STR(actions_of(EH_RULE_COORTWEET, false, &post), "repost:p1");
}

/* More objects than the list in line holds: the set takes over without forgetting. */
static void many_objects_of_one_post(void)
{
    enum { n = 500 };
    static eh_str media[2 * n];
    static char names[n][8];
    eh_post post = plain_post();
    for (int i = 0; i < n; i++) {
        sprintf(names[i], "h%d", i);
        media[i] = media[n + i] = str(names[i]);
    }
    post.media = media, post.n_media = 2 * n;
    const char *text = actions_of(EH_RULE_EVENHAND, false, &post);
    int n_actions = 0;
    for (const char *at = text; (at = strstr(at, "media:")); at++) n_actions++;
    CHECK(n_actions >= 300 && n_actions <= n); /* what fits the note; no object twice */
    CHECK(strstr(strstr(text, "media:h1 ") + 1, "media:h1 ") == NULL);
}

static bool is_duplicate(eh_duplicate_finder *finder, const eh_post *post, bool is_post_shaped)
{
    eh_error err = EH_ERROR_INIT;
    bool result = false;
    CHECK_OK(eh_duplicate_finder_check(finder, post, is_post_shaped, &result, &err), err);
    return result;
}

static void duplicates_are_found(void)
{
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    eh_duplicate_finder *finder = NULL;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    CHECK_OK(eh_duplicate_finder_new(ctx, &finder, &err), err);
    eh_post post = plain_post();
    CHECK(!is_duplicate(finder, &post, true));
    post.text = str("other"); /* same id: a duplicate whatever it says */
    CHECK(is_duplicate(finder, &post, true));
    post.platform = str("elsewhere");
    CHECK(!is_duplicate(finder, &post, true));
    eh_post row = plain_post();
    row.is_row = true;
    row.object = str("o");
    CHECK(!is_duplicate(finder, &row, false));
    CHECK(is_duplicate(finder, &row, false));
    row.time_us++;
    CHECK(!is_duplicate(finder, &row, false));
    /* "ab" + "c" is not "a" + "bc" */
    row.handle = str("ab"), row.lang = str("c");
    CHECK(!is_duplicate(finder, &row, false));
    row.handle = str("a"), row.lang = str("bc");
    CHECK(!is_duplicate(finder, &row, false));
    eh_str one[] = {str("x")}, two[] = {str("x")};
    row.urls = one, row.n_urls = 1;
    CHECK(!is_duplicate(finder, &row, false));
    row.urls = NULL, row.n_urls = 0, row.hashtags = two, row.n_hashtags = 1;
    CHECK(!is_duplicate(finder, &row, false));
    row.post = str(""); /* without an id, the whole row counts */
    CHECK(!is_duplicate(finder, &row, true));
    row.time_us++;
    CHECK(!is_duplicate(finder, &row, true));
    CHECK(is_duplicate(finder, &row, true));
    eh_duplicate_finder_free(finder);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

CHECK_MAIN(a_post_yields_all_it_holds, text_needs_forty_signs, a_repost_is_only_that, cnt_takes_links_raw_and_text_always,
           a_row_is_one_action, many_objects_of_one_post, duplicates_are_found)
