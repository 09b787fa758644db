/* The input of the Coordination Network Toolkit: one post per row. */
#include "ingest/id_text.h"
#include "ingest/reader.h"

static eh_status cnt_row(eh_reader *r, const eh_str *cells, eh_error *err)
{
    eh_post post = eh_reader_new_post(r);
    post.account = eh_id_of(cells[EH_FIELD_ACCOUNT]);
    post.post = eh_id_of(cells[EH_FIELD_POST]);
    post.handle = eh_id_of(cells[EH_FIELD_HANDLE]);
    post.text = cells[EH_FIELD_TEXT];
    post.target_post = eh_id_of(cells[EH_FIELD_TARGET_POST]);
    post.reply_to = eh_id_of(cells[EH_FIELD_REPLY_TO]);
    post.kind = post.target_post.size ? EH_KIND_REPOST : post.reply_to.size ? EH_KIND_REPLY : EH_KIND_POST;
    if (!eh_text_is_missing(cells[EH_FIELD_URLS]))
        EH_TRY(eh_list_parse(&r->urls, cells[EH_FIELD_URLS], EH_LIST_URLS, err));
    return eh_reader_post(r, &post, cells[EH_FIELD_TIME], err);
}

static const eh_column_rule columns[] = {
    {EH_FIELD_POST, "message_id", NULL, true},
    {EH_FIELD_ACCOUNT, "user_id", NULL, true},
    {EH_FIELD_HANDLE, "username", NULL, false},
    {EH_FIELD_TARGET_POST, "repost_id", NULL, true},
    {EH_FIELD_REPLY_TO, "reply_id", NULL, false},
    {EH_FIELD_TEXT, "message", NULL, false},
    {EH_FIELD_TIME, "timestamp", NULL, true},
    {EH_FIELD_URLS, "urls", NULL, false},
};
const eh_format eh_format_cnt = {
    .columns = columns,
    .n_columns = sizeof columns / sizeof columns[0],
    .on_row = cnt_row,
};
