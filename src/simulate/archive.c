/*
 * DIR/posts.csv in the layout of the X Information Operations archive (2019 and later): 31 columns, times to the
 * minute, lists as ['a', 'b']. Post ids are true snowflakes, (milliseconds since 2010-11-04T01:42:54.657Z) << 22,
 * so that the id tells the time the column hides. Rows are in order of time.
 */
#include "base/outfile.h"
#include "base/sort.h"
#include "simulate/world.h"

#include <stdio.h>

#define SNOWFLAKE_EPOCH_MS INT64_C(1288834974657)

static const char header[] =
    "tweetid,userid,user_display_name,user_screen_name,user_reported_location,user_profile_description,user_profile_url,"
    "follower_count,following_count,account_creation_date,account_language,tweet_language,tweet_text,tweet_time,"
    "tweet_client_name,in_reply_to_userid,in_reply_to_tweetid,quoted_tweet_tweetid,is_retweet,retweet_userid,"
    "retweet_tweetid,latitude,longitude,quote_count,reply_count,like_count,retweet_count,hashtags,urls,user_mentions,"
    "poll_choices\n";

static const char *const clients[] = {"Twitter for Android", "Twitter for iPhone", "Twitter Web Client", "TweetDeck",
                                     "IFTTT", "dlvr.it", "Buffer", "Hootsuite Inc.", "SocialFlow", /* eh_sim_client_app */
                                     "Newswire Mirror Bot", "City Feed Bot", "headline-robot"};    /* eh_sim_client_bot */

typedef struct row_key {
    int64_t time_ms;
    uint32_t place; /* within the same time; in steps of time, at random, lest the order tells the time */
    uint32_t post;
} row_key;

typedef struct writer {
    const eh_sim_world *world;
    eh_outfile out;
    uint64_t *ids; /* by post */
    eh_buf field, more;
} writer;

static int by_time(const void *a, const void *b, void *data)
{
    const row_key *x = a, *y = b;
    (void)data;
    if (x->time_ms != y->time_ms) return x->time_ms < y->time_ms ? -1 : 1;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    return (x->post > y->post) - (x->post < y->post);
}

static eh_status order_rows(eh_sim_world *world, row_key *rows, uint64_t *ids, eh_error *err)
{
    size_t n = world->posts.n;
    bool is_stepped = world->step_ms > 1;
    for (size_t i = 0; i < n; i++) {
        int64_t time_ms = world->posts.items[i].time_ms;
        uint32_t post = (uint32_t)i;
        rows[i] = (row_key){time_ms - time_ms % world->step_ms, is_stepped ? (uint32_t)eh_sim_mix(i, world->seed) : post, post};
    }
    EH_TRY(eh_sort(world->ctx, rows, n, sizeof *rows, by_time, NULL, err));
    uint64_t in_same_ms = 0;
    for (size_t i = 0; i < n; i++) {
        in_same_ms = i && rows[i].time_ms == rows[i - 1].time_ms ? in_same_ms + 1 : 0;
        /* ten bits of machine, twelve of sequence */
        if (in_same_ms > 0x3fffff)
            return eh_fail(err, EH_E_LIMIT, "more than four million posts in one step of time; choose a shorter --time-step");
        uint64_t base = is_stepped ? 0 : eh_sim_mix((uint64_t)rows[i].time_ms, world->seed) << 12;
        uint64_t low = (base + in_same_ms) & 0x3fffff;
        ids[rows[i].post] = (uint64_t)(rows[i].time_ms - SNOWFLAKE_EPOCH_MS) << 22 | low;
    }
    return EH_OK;
}

static void put(writer *w, const char *s) { (void)fputs(s, w->out.stream); }

static void put_number(writer *w, uint64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    digits[--at] = 0;
    do digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    put(w, digits + at);
}

static void put_field(writer *w, eh_buf *field)
{
    eh_outfile_csv(&w->out, eh_buf_str(field));
    put(w, ",");
    eh_buf_clear(field);
}

static eh_status put_account(writer *w, uint32_t number, eh_error *err)
{
    const eh_sim_account *account = &w->world->accounts.items[number];
    put_number(w, eh_sim_account_id(w->world, number));
    put(w, ",");
    EH_TRY(eh_sim_name_of(w->world, number, &w->field, err));
    put_field(w, &w->field);
    EH_TRY(eh_sim_handle_of(w->world, number, &w->field, err));
    put_field(w, &w->field);
    EH_TRY(eh_sim_profile_of(w->world, number, &w->field, &w->more, err));
    put_field(w, &w->field);
    put_field(w, &w->more);
    put(w, ",");
    put_number(w, account->n_followers);
    put(w, ",");
    put_number(w, account->n_following);
    eh_calendar day = eh_calendar_of((int64_t)account->created_day * EH_DAY_US);
    fprintf(w->out.stream, ",%04d-%02d-%02d,%s,", day.year, day.month, day.day, eh_sim_language_code(account->language));
    return EH_OK;
}

/* who is answered, what is quoted, what is reposted: seven columns with the empty place */
static void put_targets(writer *w, const eh_sim_post *post)
{
    const eh_sim_post *target = post->target == EH_SIM_NONE ? NULL : &w->world->posts.items[post->target];
    uint64_t author = target ? eh_sim_account_id(w->world, target->account) : 0, id = target ? w->ids[post->target] : 0;
    if (target && post->kind == EH_SIM_REPLY) {
        put_number(w, author);
        put(w, ",");
        put_number(w, id);
    } else {
        put(w, ",");
    }
    put(w, ",");
    if (target && post->kind == EH_SIM_QUOTE) put_number(w, id);
    if (target && post->kind == EH_SIM_REPOST) {
        put(w, ",True,");
        put_number(w, author);
        put(w, ",");
        put_number(w, id);
    } else {
        put(w, ",False,,");
    }
    put(w, ",absent,absent,");
}

static void put_counts(writer *w, const eh_sim_post *post, uint32_t number)
{
    uint64_t likes = post->kind == EH_SIM_REPOST ? 0 : (uint64_t)post->n_reposts * 2 + eh_sim_mix(number, 21) % 3;
    uint64_t counts[] = {post->n_quotes, post->n_replies, likes, post->n_reposts};
    for (size_t i = 0; i < 4; i++) {
        put_number(w, counts[i]);
        put(w, ",");
    }
}

static eh_status put_tags(writer *w, const eh_sim_post *post, eh_error *err)
{
    EH_TRY(eh_buf_add(&w->field, "[", 1, err));
    for (size_t i = 0; i < 2; i++) {
        if (post->tags[i] == EH_SIM_NONE) continue;
        EH_TRY(eh_buf_printf(&w->field, err, "%s'", w->field.size > 1 ? ", " : ""));
        EH_TRY(eh_sim_tag_of(w->world, post->tags[i], &w->field, err));
        EH_TRY(eh_buf_add(&w->field, "'", 1, err));
    }
    EH_TRY(eh_buf_add(&w->field, "]", 1, err));
    put_field(w, &w->field);
    return EH_OK;
}

/* A quotation carries the link of what it quotes. */
static eh_status put_urls(writer *w, const eh_sim_post *post, eh_error *err)
{
    EH_TRY(eh_buf_add(&w->field, "[", 1, err));
    if (post->article != EH_SIM_NONE) {
        EH_TRY(eh_buf_add(&w->field, "'", 1, err));
        EH_TRY(eh_sim_url_of(w->world, post->article, &w->field, err));
        EH_TRY(eh_buf_add(&w->field, "'", 1, err));
    }
    if (post->kind == EH_SIM_QUOTE && post->target != EH_SIM_NONE) {
        EH_TRY(eh_buf_printf(&w->field, err, "%s'https://twitter.com/", w->field.size > 1 ? ", " : ""));
        EH_TRY(eh_sim_handle_of(w->world, w->world->posts.items[post->target].account, &w->field, err));
        EH_TRY(eh_buf_printf(&w->field, err, "/status/%llu'", (unsigned long long)w->ids[post->target]));
    }
    EH_TRY(eh_buf_add(&w->field, "]", 1, err));
    put_field(w, &w->field);
    return EH_OK;
}

static eh_status put_row(writer *w, uint32_t number, eh_error *err)
{
    const eh_sim_world *world = w->world;
    const eh_sim_post *post = &world->posts.items[number];
    /* a repost shows the tags, links and author of what it reposts */
    const eh_sim_post *shown = post->kind == EH_SIM_REPOST ? &world->posts.items[post->target] : post;
    uint32_t mention = post->kind == EH_SIM_REPOST ? shown->account : post->mention;
    put_number(w, w->ids[number]);
    put(w, ",");
    EH_TRY(put_account(w, post->account, err));
    uint32_t language = world->accounts.items[shown->account].language;
    fprintf(w->out.stream, "%s,", eh_sim_language_code(language));
    EH_TRY(eh_sim_text_of(world, number, &w->field, err));
    put_field(w, &w->field);
    eh_calendar at = eh_calendar_of((post->time_ms - post->time_ms % world->step_ms) * 1000);
    fprintf(w->out.stream, "%04d-%02d-%02d %02d:%02d,%s,", at.year, at.month, at.day, at.hour, at.minute,
            clients[post->client ? post->client - 1U : world->accounts.items[post->account].client]);
    put_targets(w, post);
    put_counts(w, post, number);
    EH_TRY(put_tags(w, shown, err));
    EH_TRY(put_urls(w, shown, err));
    if (mention == EH_SIM_NONE)
        put(w, "[],\n");
    else
        fprintf(w->out.stream, "['%llu'],\n", (unsigned long long)eh_sim_account_id(world, mention));
    return EH_OK;
}

static eh_status put_rows(writer *w, const row_key *rows, eh_error *err)
{
    put(w, header);
    for (size_t i = 0; i < w->world->posts.n; i++) {
        if (i % 4096 == 0 && eh_context_is_cancelled(w->world->ctx))
            return eh_fail(err, EH_E_CANCELLED, "cancelled while writing");
        if (!w->world->posts.items[rows[i].post].is_hidden) EH_TRY(put_row(w, rows[i].post, err));
    }
    return EH_OK;
}

eh_status eh_sim_write_posts(eh_sim_world *world, const char *path, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    writer w = {.world = world, .field = EH_BUF_INIT(world->ctx), .more = EH_BUF_INIT(world->ctx)};
    eh_status status;
    row_key *rows = eh_alloc(world->ctx, world->posts.n, sizeof *rows, err);
    w.ids = eh_alloc(world->ctx, world->posts.n, sizeof *w.ids, err);
    if (!rows || !w.ids) {
        status = err->status;
        goto done;
    }
    status = order_rows(world, rows, w.ids, err);
    if (status == EH_OK) status = eh_outfile_open(world->ctx, path, &w.out, err);
    if (status != EH_OK) goto done;
    status = put_rows(&w, rows, err);
    if (status == EH_OK)
        status = eh_outfile_commit(&w.out, err);
    else
        eh_outfile_discard(&w.out);
done:
    eh_buf_release(&w.field);
    eh_buf_release(&w.more);
    eh_free(world->ctx, w.ids);
    eh_free(world->ctx, rows);
    return status;
}

eh_status eh_sim_write_truth(eh_sim_world *world, const char *path, eh_simulate_report *report, eh_error *err)
{
    eh_outfile out;
    EH_TRY(eh_outfile_open(world->ctx, path, &out, err));
    static const char *const roles[] = {"honest", "activist", "member", "victim"};
    fprintf(out.stream, "account_id,group,role\n");
    for (size_t i = 0; i < world->accounts.n; i++) {
        const eh_sim_account *account = &world->accounts.items[i];
        if (!account->occurs && account->group == 0) continue;
        report->n_accounts++;
        report->n_planted += account->group != 0;
        unsigned long long id = eh_sim_account_id(world, (uint32_t)i);
        fprintf(out.stream, "%llu,%s,%s\n", id, world->groups[account->group], roles[account->truth]);
    }
    for (size_t i = 0; i < world->posts.n; i++) report->n_posts += !world->posts.items[i].is_hidden;
    return eh_outfile_commit(&out, err);
}
