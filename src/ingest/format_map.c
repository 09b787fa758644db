/* Any table or JSON lines whose columns the caller names with --map FIELD=COLUMN. */
#include "ingest/id_text.h"
#include "ingest/reader.h"

#include <stdio.h>

/* ---- the maps themselves ------------------------------------------------------------------ */

static const char *all_fields(char *out, size_t out_size)
{
    size_t used = 0;
    for (int i = 0; i < EH_N_MAP_FIELDS && used < out_size; i++)
        used += (size_t)snprintf(out + used, out_size - used, "%s%s", i ? ", " : "", eh_field_name((eh_field)i));
    return out;
}

eh_status eh_map_bind_paths(eh_reader *r, eh_error *err)
{
    char list[256];
    for (size_t i = 0; i < r->options->n_maps; i++) {
        const eh_column_map *map = &r->options->maps[i];
        eh_field field;
        if (!eh_field_of(eh_str_trim(map->field), &field))
            return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "--map knows no field '%.*s'; the fields are: %s",
                              (int)(map->field.size < 60 ? map->field.size : 60), map->field.data ? map->field.data : "",
                              all_fields(list, sizeof list));
        if (eh_str_trim(map->column).size == 0)
            return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "--map %s= names no column; write --map %s=COLUMN",
                              eh_field_name(field), eh_field_name(field));
        r->path_of[field] = eh_str_trim(map->column);
    }
    if (r->path_of[EH_FIELD_ACCOUNT].size && r->path_of[EH_FIELD_TIME].size) return EH_OK;
    return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1,
                      "--map must name at least account and time, for example: --map account=author --map time=posted; "
                      "the fields are: %s",
                      all_fields(list, sizeof list));
}

static eh_status no_such_column(eh_reader *r, eh_field field, const eh_columns *columns, eh_error *err)
{
    char list[240];
    eh_str name = r->path_of[field];
    return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "has no column '%.*s' (--map %s=...); its columns are: %s",
                      (int)(name.size < 80 ? name.size : 80), name.data, eh_field_name(field),
                      eh_columns_list(columns, list, sizeof list));
}

eh_status eh_map_bind_columns(eh_reader *r, const eh_columns *columns, eh_error *err)
{
    EH_TRY(eh_map_bind_paths(r, err));
    for (int i = 0; i < EH_N_MAP_FIELDS; i++) {
        if (r->path_of[i].size == 0) continue;
        r->column_of[i] = eh_columns_find(columns, r->path_of[i]);
        if (r->column_of[i] < 0) return no_such_column(r, (eh_field)i, columns, err);
    }
    return EH_OK;
}

eh_status eh_map_check_paths(eh_reader *r, const eh_columns *keys, eh_error *err)
{
    for (int i = 0; i < EH_N_MAP_FIELDS; i++)
        if (r->path_of[i].size && !(r->found_fields & (UINT32_C(1) << i))) return no_such_column(r, (eh_field)i, keys, err);
    return EH_OK;
}

/* ---- one mapped row ----------------------------------------------------------------------- */

/* False when the word is none of those that platforms and tools use. */
static bool kind_of(eh_str word, eh_post_kind *out)
{
    static const struct {
        const char *word;
        eh_post_kind kind;
    } words[] = {
        {"post", EH_KIND_POST},         {"tweet", EH_KIND_POST},        {"original", EH_KIND_POST},
        {"status", EH_KIND_POST},       {"toot", EH_KIND_POST},         {"message", EH_KIND_POST},
        {"0", EH_KIND_POST},            {"false", EH_KIND_POST},        {"no", EH_KIND_POST},
        {"repost", EH_KIND_REPOST},     {"retweet", EH_KIND_REPOST},    {"retweeted", EH_KIND_REPOST},
        {"rt", EH_KIND_REPOST},         {"share", EH_KIND_REPOST},      {"shared", EH_KIND_REPOST},
        {"reblog", EH_KIND_REPOST},     {"boost", EH_KIND_REPOST},      {"forward", EH_KIND_REPOST},
        {"1", EH_KIND_REPOST},          {"true", EH_KIND_REPOST},       {"yes", EH_KIND_REPOST},
        {"quote", EH_KIND_QUOTE},       {"quoted", EH_KIND_QUOTE},      {"quote_tweet", EH_KIND_QUOTE},
        {"quotetweet", EH_KIND_QUOTE},  {"reply", EH_KIND_REPLY},       {"replied_to", EH_KIND_REPLY},
        {"replied", EH_KIND_REPLY},     {"comment", EH_KIND_REPLY},     {"answer", EH_KIND_REPLY},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!eh_str_is_nocase(word, words[i].word)) continue;
        *out = words[i].kind;
        return true;
    }
    return false;
}

static void set_kind(eh_reader *r, eh_post *post, eh_str cell)
{
    bool is_given = !eh_text_is_missing(cell);
    if (is_given && !kind_of(eh_str_trim(cell), &post->kind) && !r->is_sampling) r->n_kind_unknown++;
    if (!is_given && r->path_of[EH_FIELD_KIND].size == 0)
        post->kind = post->target_post.size ? EH_KIND_REPOST : post->reply_to.size ? EH_KIND_REPLY : EH_KIND_POST;
    /* Archives with one column for "what this refers to" keep the parent of a reply there. */
    if (post->kind == EH_KIND_REPLY && post->reply_to.size == 0) {
        post->reply_to = post->target_post;
        post->target_post = (eh_str){NULL, 0};
    }
}

static eh_str text_of(eh_str cell)
{
    eh_str none = {NULL, 0};
    return eh_text_is_missing(cell) ? none : cell;
}

eh_status eh_map_post(eh_reader *r, eh_post *post, const eh_str *cells, eh_error *err)
{
    post->account = eh_id_of(cells[EH_FIELD_ACCOUNT]);
    post->post = eh_id_of(cells[EH_FIELD_POST]);
    post->platform = eh_id_of(cells[EH_FIELD_PLATFORM]);
    post->handle = eh_id_of(cells[EH_FIELD_HANDLE]);
    post->text = text_of(cells[EH_FIELD_TEXT]);
    post->lang = eh_id_of(cells[EH_FIELD_LANG]);
    post->client = eh_id_of(cells[EH_FIELD_CLIENT]);
    post->target_post = eh_id_of(cells[EH_FIELD_TARGET_POST]);
    post->target_account = eh_id_of(cells[EH_FIELD_TARGET_ACCOUNT]);
    post->reply_to = eh_id_of(cells[EH_FIELD_REPLY_TO]);
    post->account_created_us = eh_reader_birthday(cells[EH_FIELD_ACCOUNT_CREATED]);
    set_kind(r, post, cells[EH_FIELD_KIND]);
    eh_list_strip(&r->hashtags, '#');
    eh_list_strip(&r->mentions, '@');
    return eh_reader_post(r, post, cells[EH_FIELD_TIME], err);
}

typedef struct list_field {
    eh_field field;
    eh_list *list;
    eh_list_kind kind;
} list_field;

enum { n_list_fields = 4 };
static void list_fields_of(eh_reader *r, list_field out[n_list_fields])
{
    out[0] = (list_field){EH_FIELD_URLS, &r->urls, EH_LIST_URLS};
    out[1] = (list_field){EH_FIELD_HASHTAGS, &r->hashtags, EH_LIST_WORDS};
    out[2] = (list_field){EH_FIELD_MENTIONS, &r->mentions, EH_LIST_WORDS};
    out[3] = (list_field){EH_FIELD_MEDIA, &r->media, EH_LIST_WORDS};
}

static eh_status map_row(eh_reader *r, const eh_str *cells, eh_error *err)
{
    eh_post post = eh_reader_new_post(r);
    list_field lists[n_list_fields];
    list_fields_of(r, lists);
    for (int i = 0; i < n_list_fields; i++) {
        eh_str cell = cells[lists[i].field];
        if (!eh_text_is_missing(cell)) EH_TRY(eh_list_parse(lists[i].list, cell, lists[i].kind, err));
    }
    return eh_map_post(r, &post, cells, err);
}

/* ---- JSON lines --------------------------------------------------------------------------- */

/* What a path leads to: the first text into *cell, or all of them into a list. */
typedef struct search {
    const eh_json *json;
    eh_list *list; /* NULL for single-valued fields */
    eh_list_kind kind;
    eh_str cell;
    bool is_found;
    eh_error *err;
} search;

static eh_status take_value(search *s, uint32_t node, bool is_in_array)
{
    eh_str text = eh_json_text(s->json, node);
    s->is_found = true;
    if (!text.data) return EH_OK;
    if (!s->cell.data) s->cell = text;
    if (!s->list || eh_text_is_missing(text)) return EH_OK;
    if (is_in_array) return eh_list_add(s->list, text, s->err);
    return eh_list_parse(s->list, text, s->kind, s->err);
}

/* Follows a dotted path; arrays on the way are entered. Not deeper than the JSON itself, that is 64. */
static eh_status follow(search *s, uint32_t node, eh_str path, bool is_in_array)
{
    if (eh_json_is(s->json, node, EH_JSON_ARRAY)) {
        if (path.size == 0) s->is_found = true;
        EH_JSON_EACH(s->json, node, item) EH_TRY(follow(s, item, path, true));
        return EH_OK;
    }
    if (path.size == 0) return take_value(s, node, is_in_array);
    uint32_t whole = eh_json_get_str(s->json, node, path);
    if (whole != EH_JSON_NONE) return follow(s, whole, (eh_str){path.data, 0}, is_in_array);
    size_t dot = eh_str_find(path, '.', 0);
    if (dot == path.size) return EH_OK;
    uint32_t next = eh_json_get_str(s->json, node, (eh_str){path.data, dot});
    if (next == EH_JSON_NONE) return EH_OK;
    return follow(s, next, (eh_str){path.data + dot + 1, path.size - dot - 1}, is_in_array);
}

static eh_status map_line(eh_reader *r, const eh_json *json, eh_error *err)
{
    if (!eh_json_is(json, 0, EH_JSON_OBJECT)) return eh_reader_reject(r, EH_REJECT_NOT_A_POST, err);
    eh_post post = eh_reader_new_post(r);
    eh_str cells[EH_N_FIELDS] = {{NULL, 0}};
    list_field lists[n_list_fields];
    list_fields_of(r, lists);
    for (int field = 0; field < EH_N_MAP_FIELDS; field++) {
        if (r->path_of[field].size == 0) continue;
        search s = {.json = json, .err = err};
        for (int i = 0; i < n_list_fields; i++) {
            if (lists[i].field != (eh_field)field) continue;
            s.list = lists[i].list;
            s.kind = lists[i].kind;
        }
        EH_TRY(follow(&s, 0, r->path_of[field], false));
        cells[field] = s.cell;
        if (s.is_found) r->found_fields |= UINT32_C(1) << field;
    }
    return eh_map_post(r, &post, cells, err);
}

const eh_format eh_format_map = {.on_row = map_row, .on_line = map_line};
