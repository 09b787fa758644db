/* Formats whose row is a bare action: CooRTweet's and the long form. */
#include "ingest/id_text.h"
#include "ingest/reader.h"

/* The object as it stands, blanks and all; absent where the row has none. */
static eh_str object_of(eh_str cell)
{
    eh_str none = {NULL, 0};
    return eh_str_is(cell, "NA") ? none : cell;
}

static eh_post_kind kind_of(eh_behaviour behaviour)
{
    return behaviour == EH_REPOST ? EH_KIND_REPOST : behaviour == EH_REPLY ? EH_KIND_REPLY : EH_KIND_POST;
}

static eh_status emit_action(eh_reader *r, eh_post *post, const eh_str *cells, eh_error *err)
{
    post->is_row = true;
    post->kind = kind_of(post->behaviour);
    post->account = eh_id_of(cells[EH_FIELD_ACCOUNT]);
    post->post = eh_id_of(cells[EH_FIELD_POST]);
    return eh_reader_post(r, post, cells[EH_FIELD_TIME], err);
}

static eh_status coortweet_row(eh_reader *r, const eh_str *cells, eh_error *err)
{
    eh_post post = eh_reader_new_post(r);
    post.behaviour = r->options->has_behaviour ? r->options->behaviour : EH_REPOST;
    if (!eh_text_is_missing(cells[EH_FIELD_BEHAVIOUR]) &&
        !eh_behaviour_of(eh_str_trim(cells[EH_FIELD_BEHAVIOUR]), &post.behaviour))
        return eh_reader_reject(r, EH_REJECT_BEHAVIOUR, err);
    post.object = object_of(cells[EH_FIELD_OBJECT]);
    if (!post.object.data) return eh_reader_reject(r, EH_REJECT_NO_OBJECT, err);
    return emit_action(r, &post, cells, err);
}

static eh_status long_row(eh_reader *r, const eh_str *cells, eh_error *err)
{
    eh_post post = eh_reader_new_post(r);
    if (!eh_behaviour_of(eh_str_trim(cells[EH_FIELD_BEHAVIOUR]), &post.behaviour))
        return eh_reader_reject(r, EH_REJECT_BEHAVIOUR, err);
    post.object = object_of(cells[EH_FIELD_OBJECT]);
    if (post.object.size == 0) return eh_reader_reject(r, EH_REJECT_NO_OBJECT, err);
    return emit_action(r, &post, cells, err);
}

static const eh_column_rule coortweet_columns[] = {
    {EH_FIELD_OBJECT, "object_id", NULL, true},
    {EH_FIELD_ACCOUNT, "account_id", NULL, true},
    {EH_FIELD_POST, "content_id", NULL, true},
    {EH_FIELD_TIME, "timestamp_share", NULL, true},
    {EH_FIELD_BEHAVIOUR, "behaviour", "behavior", false},
};
const eh_format eh_format_coortweet = {
    .columns = coortweet_columns,
    .n_columns = sizeof coortweet_columns / sizeof coortweet_columns[0],
    .on_row = coortweet_row,
};

static const eh_column_rule long_columns[] = {
    {EH_FIELD_ACCOUNT, "account_id", NULL, true},
    {EH_FIELD_BEHAVIOUR, "behaviour", "behavior", true},
    {EH_FIELD_OBJECT, "object", NULL, true},
    {EH_FIELD_TIME, "timestamp", "time", true},
    {EH_FIELD_POST, "post_id", NULL, false},
};
const eh_format eh_format_long = {
    .columns = long_columns,
    .n_columns = sizeof long_columns / sizeof long_columns[0],
    .on_row = long_row,
};
