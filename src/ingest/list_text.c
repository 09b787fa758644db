#include "ingest/list_text.h"

#include "ingest/id_text.h"
#include "ingest/utf8_text.h"

void eh_list_init(eh_list *list, eh_context *ctx)
{
    *list = (eh_list){0};
    list->ctx = ctx;
    list->text.ctx = ctx;
}

void eh_list_release(eh_list *list)
{
    eh_free(list->ctx, list->items);
    eh_buf_release(&list->text);
    list->items = NULL;
    list->capacity = 0;
    list->n = 0;
}

void eh_list_clear(eh_list *list)
{
    list->n = 0;
    eh_buf_clear(&list->text);
}

eh_status eh_list_add(eh_list *list, eh_str item, eh_error *err)
{
    if (item.size == 0) return EH_OK;
    EH_TRY(eh_reserve(list->ctx, (void **)&list->items, &list->capacity, (size_t)list->n + 1, sizeof *list->items, err));
    list->items[list->n++] = item;
    return EH_OK;
}

void eh_list_strip(eh_list *list, char mark)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->n; i++) {
        eh_str item = list->items[i];
        if (item.size && item.data[0] == mark) {
            item.data++;
            item.size--;
        }
        if (item.size) list->items[n++] = item;
    }
    list->n = n;
}

/* Undoes one escape at s[i] == '\\'; appends to list->text, which has room; returns the bytes consumed. */
static size_t put_escape(eh_buf *text, eh_str s, size_t i)
{
    char c = i + 1 < s.size ? s.data[i + 1] : 0;
    size_t n_hex = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    int64_t code = n_hex && s.size - i - 2 >= n_hex ? eh_hex_of(s.data + i + 2, n_hex) : -1;
    if (code >= 0) {
        size_t n = 2 + n_hex;
        bool is_high = c == 'u' && code >= 0xD800 && code < 0xDC00;
        if (is_high && s.size - i >= 12 && s.data[i + 6] == '\\' && s.data[i + 7] == 'u') {
            int64_t low = eh_hex_of(s.data + i + 8, 4);
            if (low >= 0xDC00 && low < 0xE000) {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                n = 12;
            }
        }
        text->size += eh_utf8_put(code > 0x10FFFF ? 0xFFFD : (uint32_t)code, text->data + text->size);
        return n;
    }
    const char *known = c ? strchr("nrt\"'\\/", c) : NULL;
    if (!known) { /* not an escape: the backslash is text */
        text->data[text->size++] = '\\';
        return 1;
    }
    text->data[text->size++] = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
    return 2;
}

/* A quoted item starting at s[*i]; *i then stands behind its closing quote. */
static eh_status add_quoted(eh_list *list, eh_str s, size_t *i, eh_error *err)
{
    char quote = s.data[(*i)++];
    size_t first = *i, end = first;
    bool has_escape = false;
    while (end < s.size && s.data[end] != quote) {
        if (s.data[end] == '\\') {
            has_escape = true;
            end++;
        }
        end++;
    }
    if (end > s.size) end = s.size;
    *i = end < s.size ? end + 1 : end;
    if (!has_escape) return eh_list_add(list, (eh_str){s.data + first, end - first}, err);
    size_t start = list->text.size;
    eh_str body = {s.data, end};
    for (size_t k = first; k < end;) {
        if (body.data[k] == '\\')
            k += put_escape(&list->text, body, k);
        else
            list->text.data[list->text.size++] = body.data[k++];
    }
    return eh_list_add(list, (eh_str){list->text.data + start, list->text.size - start}, err);
}

/* Where a bare item of a bracketed list ends: a comma; inside URLs only one that a blank or a URL follows. */
static size_t bare_end(eh_str s, size_t i, eh_list_kind kind)
{
    for (; i < s.size; i++) {
        if (s.data[i] != ',') continue;
        if (kind == EH_LIST_WORDS) return i;
        eh_str rest = {s.data + i + 1, s.size - i - 1};
        if (rest.size == 0 || rest.data[0] == ' ' || rest.data[0] == '"' || rest.data[0] == '\'' ||
            eh_str_starts_with(rest, "http"))
            return i;
    }
    return i;
}

static eh_status parse_bracketed(eh_list *list, eh_str s, eh_list_kind kind, eh_error *err)
{
    /* Escapes shrink, so that room for the whole cell keeps every item where it is. */
    EH_TRY(eh_reserve(list->ctx, (void **)&list->text.data, &list->text.capacity, s.size + 8, 1, err));
    size_t i = 0;
    while (i < s.size) {
        char c = s.data[i];
        if (c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r') {
            i++;
        } else if (c == '"' || c == '\'') {
            EH_TRY(add_quoted(list, s, &i, err));
        } else {
            size_t end = bare_end(s, i, kind);
            eh_str item = eh_str_trim((eh_str){s.data + i, end - i});
            if (!eh_text_is_missing(item)) EH_TRY(eh_list_add(list, item, err));
            i = end;
        }
    }
    return EH_OK;
}

static bool is_separator(char c, eh_list_kind kind)
{
    if (c == ' ' || (c >= '\t' && c <= '\r')) return true;
    return kind == EH_LIST_WORDS && (c == ',' || c == ';' || c == '|');
}

eh_status eh_list_parse(eh_list *list, eh_str cell, eh_list_kind kind, eh_error *err)
{
    eh_list_clear(list);
    eh_str s = eh_str_trim(cell);
    if (s.size >= 2 && s.data[0] == '[' && s.data[s.size - 1] == ']')
        return parse_bracketed(list, (eh_str){s.data + 1, s.size - 2}, kind, err);
    for (size_t i = 0; i < s.size;) {
        size_t end = i;
        while (end < s.size && !is_separator(s.data[end], kind)) end++;
        EH_TRY(eh_list_add(list, (eh_str){s.data + i, end - i}, err));
        i = end + 1;
    }
    return EH_OK;
}
