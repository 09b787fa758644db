/*
 * The formats in the order in which they are tried. To add one: a row in both tables here, a format_<name>.c, and
 * what docs/adding-a-format.md lists.
 */
#include "ingest/reader.h"

#include <stdio.h>

static const eh_format_info infos[] = {
    {"twarc2_pages", "X API v2, one page of results per line, as twarc2 saves it",
     "JSON lines whose objects have \"data\", or \"__twarc\" with \"includes\", \"meta\" or \"errors\"",
     "data[].id, author_id, created_at, text, lang, source, referenced_tweets, entities, attachments; includes.tweets, "
     "includes.users"},
    {"twarc2_flat", "X API v2, one tweet per line, as twarc2 flatten saves it",
     "JSON lines whose objects have \"id\", \"text\", \"created_at\" and \"author_id\" or \"author\"",
     "id, author_id, author, created_at, text, lang, source, referenced_tweets, entities, attachments"},
    {"io_archive", "Twitter Information Operations archive (tweets file)", "columns tweetid, userid, tweet_time",
     "tweetid, userid, tweet_time, user_screen_name, account_creation_date, tweet_language, tweet_text, "
     "tweet_client_name, in_reply_to_tweetid, quoted_tweet_tweetid, is_retweet, retweet_userid, retweet_tweetid, "
     "hashtags, urls, user_mentions"},
    {"cnt", "Coordination Network Toolkit input", "columns message_id, user_id, repost_id, timestamp",
     "message_id, user_id, username, repost_id, reply_id, message, timestamp, urls"},
    {"coortweet", "CooRTweet input", "columns object_id, account_id, content_id, timestamp_share",
     "object_id, account_id, content_id, timestamp_share[, behaviour]"},
    {"long", "one action per row", "columns account_id, behaviour, object, timestamp (or time)",
     "account_id, behaviour, object, timestamp[, post_id]"},
    {"map", "any CSV, JSON lines or Parquet file whose columns --map names", "--map FIELD=COLUMN on the command line",
     "account, time, post, kind, target_post, target_account, text, urls, hashtags, mentions, media, reply_to, lang, "
     "client, account_created, handle, platform"},
};

static const eh_format *const formats[] = {
    &eh_format_twarc2_pages, &eh_format_twarc2_flat, &eh_format_io_archive, &eh_format_cnt,
    &eh_format_coortweet,    &eh_format_long,        &eh_format_map,
};
enum { n_formats = sizeof formats / sizeof formats[0] };
_Static_assert(sizeof infos / sizeof infos[0] == n_formats, "one row per format in both tables");

const eh_format_info *eh_ingest_formats(size_t *n)
{
    *n = n_formats;
    return infos;
}

static void choose(eh_reader *r, int i)
{
    r->format = formats[i];
    (void)snprintf(r->report->format, sizeof r->report->format, "%s", infos[i].name);
}

static bool is_auto(const char *name) { return !name || !*name || strcmp(name, "auto") == 0; }

bool eh_options_are_mapped(const eh_ingest_options *options)
{
    return options->n_maps > 0 || (options->format && strcmp(options->format, "map") == 0);
}

/* The format that the caller named, -1 where that is left open. */
static eh_status named_format(const eh_reader *r, int *out, eh_error *err)
{
    const char *name = r->options->format;
    char list[200];
    size_t used = 0;
    *out = -1;
    if (r->options->n_maps > 0 && !is_auto(name) && strcmp(name, "map") != 0)
        return eh_fail_at(err, EH_E_INVALID, r->path, -1, -1,
                          "--map does not go with --format %s: leave one of the two out", name);
    if (is_auto(name)) name = r->options->n_maps > 0 ? "map" : NULL;
    if (!name) return EH_OK;
    for (int i = 0; i < n_formats; i++)
        if (strcmp(name, infos[i].name) == 0) *out = i;
    if (*out >= 0) return EH_OK;
    for (int i = 0; i < n_formats && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, ", %s", infos[i].name);
    return eh_fail_at(err, EH_E_INVALID, r->path, -1, -1, "there is no format '%.40s'; choose one of: auto%s", name, list);
}

/* ---- tables ------------------------------------------------------------------------------- */

static int column_of_rule(const eh_columns *columns, const eh_column_rule *rule)
{
    int column = eh_columns_find(columns, eh_str_of(rule->name));
    if (column < 0 && rule->other_name) column = eh_columns_find(columns, eh_str_of(rule->other_name));
    return column;
}

/* The first needed column that is missing, or NULL. */
static const char *missing_column(const eh_format *format, const eh_columns *columns)
{
    for (size_t i = 0; i < format->n_columns; i++)
        if (format->columns[i].is_needed && column_of_rule(columns, &format->columns[i]) < 0) return format->columns[i].name;
    return NULL;
}

static void bind(eh_reader *r, const eh_columns *columns)
{
    for (size_t i = 0; i < r->format->n_columns; i++)
        r->column_of[r->format->columns[i].field] = column_of_rule(columns, &r->format->columns[i]);
}

static bool has_column(const eh_columns *columns, const char *name) { return eh_columns_find(columns, eh_str_of(name)) >= 0; }

static eh_status not_recognised(const eh_reader *r, const eh_columns *columns, eh_error *err)
{
    char list[200];
    if (has_column(columns, "userid") && has_column(columns, "account_creation_date"))
        return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1,
                          "is the users file of an Information Operations archive: it holds no posts; give the tweets file "
                          "(..._tweets.csv) instead");
    return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1,
                      "is of no known format (columns found: %s); say which column is which, for example: "
                      "--map account=author --map time=posted --map urls=links",
                      eh_columns_list(columns, list, sizeof list));
}

eh_status eh_choose_for_columns(eh_reader *r, const eh_columns *columns, eh_error *err)
{
    int named = -1;
    EH_TRY(named_format(r, &named, err));
    for (int i = 0; i < n_formats && !r->format; i++) {
        const eh_format *format = formats[i];
        if (format == &eh_format_map || !format->on_row) continue;
        if (named < 0 && !missing_column(format, columns)) choose(r, i);
    }
    if (named >= 0) {
        const char *missing = missing_column(formats[named], columns);
        char list[200];
        if (!formats[named]->on_row)
            return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "is a table, but format %s is JSON lines (columns found: %s)",
                              infos[named].name, eh_columns_list(columns, list, sizeof list));
        if (missing)
            return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1,
                              "has no column '%s', which format %s needs (columns found: %s); say which column is which, for "
                              "example: --map account=author --map time=posted",
                              missing, infos[named].name, eh_columns_list(columns, list, sizeof list));
        choose(r, named);
    }
    if (!r->format) return not_recognised(r, columns, err);
    if (r->format == &eh_format_map) return eh_map_bind_columns(r, columns, err);
    bind(r, columns);
    return EH_OK;
}

/* ---- JSON lines --------------------------------------------------------------------------- */

eh_status eh_choose_for_line(eh_reader *r, const eh_json *line, eh_error *err)
{
    int named = -1;
    EH_TRY(named_format(r, &named, err));
    if (named >= 0) {
        if (!formats[named]->on_line)
            return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "is JSON lines, but format %s is a table", infos[named].name);
        choose(r, named);
        return r->format == &eh_format_map ? eh_map_bind_paths(r, err) : EH_OK;
    }
    for (int i = 0; i < n_formats && !r->format; i++)
        if (formats[i]->recognises_line && formats[i]->recognises_line(line)) choose(r, i);
    return EH_OK;
}
