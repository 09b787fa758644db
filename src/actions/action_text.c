/*
 * utf8proc decomposes into our own buffer (its allocating calls would pass by the allocation gate), recomposes in
 * place, and the code points are then filtered in place. Pure ASCII, most of the posts in many archives, needs none of it.
 */
#include "actions/action_text.h"

#include <utf8proc.h>

static const utf8proc_option_t fold_options = UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE |
                                              UTF8PROC_STABLE;

void eh_text_scratch_release(eh_text_scratch *scratch)
{
    eh_context *ctx = scratch->out.ctx;
    eh_buf_release(&scratch->out);
    eh_free(ctx, scratch->code_points);
    *scratch = (eh_text_scratch){.out = EH_BUF_INIT(ctx)};
}

static bool is_ascii(eh_str s)
{
    unsigned char all = 0;
    for (size_t i = 0; i < s.size; i++) all |= (unsigned char)s.data[i];
    return all < 0x80;
}

static eh_status reserve(eh_text_scratch *scratch, size_t n, eh_error *err)
{
    return eh_reserve(scratch->out.ctx, (void **)&scratch->code_points, &scratch->capacity, n, sizeof(int32_t), err);
}

/* The folded code points of text in scratch->code_points; *n == 0 for bytes that are not UTF-8. */
static eh_status fold(eh_text_scratch *scratch, eh_str text, size_t *n, eh_error *err)
{
    *n = 0;
    EH_TRY(reserve(scratch, text.size + 16, err));
    if (is_ascii(text)) {
        for (size_t i = 0; i < text.size; i++) {
            char c = text.data[i];
            scratch->code_points[i] = c >= 'A' && c <= 'Z' ? c + 32 : c;
        }
        *n = text.size;
        return EH_OK;
    }
    for (;;) {
        utf8proc_ssize_t need = utf8proc_decompose((const utf8proc_uint8_t *)text.data, (utf8proc_ssize_t)text.size,
                                                   scratch->code_points, (utf8proc_ssize_t)scratch->capacity, fold_options);
        if (need < 0) return EH_OK;
        if ((size_t)need <= scratch->capacity) {
            utf8proc_ssize_t kept = utf8proc_normalize_utf32(scratch->code_points, need, fold_options);
            *n = kept < 0 ? 0 : (size_t)kept;
            return EH_OK;
        }
        EH_TRY(reserve(scratch, (size_t)need, err));
    }
}

static eh_status encode(eh_text_scratch *scratch, size_t n, eh_str *out, eh_error *err)
{
    eh_buf *buf = &scratch->out;
    eh_buf_clear(buf);
    EH_TRY(eh_reserve(buf->ctx, (void **)&buf->data, &buf->capacity, n * 4 + 1, 1, err));
    for (size_t i = 0; i < n; i++) {
        int32_t c = scratch->code_points[i];
        if (c < 0x80)
            buf->data[buf->size++] = (char)c;
        else
            buf->size += (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)buf->data + buf->size);
    }
    buf->data[buf->size] = 0;
    *out = eh_buf_str(buf);
    return EH_OK;
}

static bool is_ascii_word(int32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_word(int32_t c)
{
    if (c < 0x80) return is_ascii_word(c);
    utf8proc_category_t category = utf8proc_category(c);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME) ||
           category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL;
}

static bool is_blank(int32_t c)
{
    if (c <= ' ' || (c >= 0x7F && c <= 0xA0)) return true;
    if (c < 0x1680) return false;
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_CC;
}

static bool matches(const int32_t *c, size_t n, size_t at, const char *ascii)
{
    for (; *ascii; ascii++, at++)
        if (at >= n || c[at] != (unsigned char)*ascii) return false;
    return true;
}

static bool ends_link(int32_t c)
{
    if (c < 0x80) return c <= ' ' || strchr("\"<>{}|^`\\", c) != NULL;
    utf8proc_category_t category = utf8proc_category(c);
    return is_blank(c) || (category >= UTF8PROC_CATEGORY_PS && category <= UTF8PROC_CATEGORY_PF);
}

/* The end of the link that starts at `at`, or `at` where none does. */
static size_t end_of_link(const int32_t *c, size_t n, size_t at, bool follows_word)
{
    if (c[at] != 'h' && c[at] != 'w' && c[at] != 't') return at;
    size_t end = at;
    if (matches(c, n, at, "https://"))
        end = at + 8;
    else if (matches(c, n, at, "http://"))
        end = at + 7;
    bool is_bare = end == at;
    if (matches(c, n, end, "t.co/") && !(is_bare && follows_word)) {
        end += 5;
        while (end < n && is_ascii_word(c[end])) end++;
        return end;
    }
    if (is_bare && (follows_word || !matches(c, n, at, "www."))) return at;
    while (end < n && !ends_link(c[end])) end++;
    return end;
}

static size_t end_of_name(const int32_t *c, size_t n, size_t at)
{
    if (at < n && !is_ascii_word(c[at])) { /* other scripts: to the next sign */
        while (at < n && is_word(c[at])) at++;
        return at;
    }
    while (at < n && (is_ascii_word(c[at]) ||
                      ((c[at] == '.' || c[at] == '-') && at + 1 < n && is_ascii_word(c[at + 1]))))
        at++;
    return at;
}

/* "@name" and "@name@host"; `at` where there is no mention. */
static size_t end_of_mention(const int32_t *c, size_t n, size_t at)
{
    if (c[at] != '@') return at;
    size_t end = end_of_name(c, n, at + 1);
    if (end == at + 1) return at;
    if (end + 1 < n && c[end] == '@' && is_ascii_word(c[end + 1])) end = end_of_name(c, n, end + 1);
    return end;
}

/* In place: n_kept <= at always. `follows_word` is carried along, because the sign before may be overwritten. */
static size_t strip(int32_t *c, size_t n)
{
    size_t n_kept = 0;
    bool follows_word = false;
    for (size_t at = 0; at < n;) {
        size_t end = end_of_link(c, n, at, follows_word);
        if (end == at && !follows_word) end = end_of_mention(c, n, at);
        if (end > at) {
            follows_word = false;
            at = end;
            continue;
        }
        int32_t sign = c[at++];
        follows_word = is_word(sign);
        if (!is_blank(sign) && sign != '#') c[n_kept++] = sign;
    }
    return n_kept;
}

eh_status eh_action_text(eh_text_scratch *scratch, eh_str text, eh_str *out, size_t *n_code_points, eh_error *err)
{
    size_t n = 0;
    EH_TRY(fold(scratch, text, &n, err));
    *n_code_points = strip(scratch->code_points, n);
    return encode(scratch, *n_code_points, out, err);
}

eh_status eh_fold_text(eh_text_scratch *scratch, eh_str text, eh_str *out, eh_error *err)
{
    size_t n = 0;
    EH_TRY(fold(scratch, text, &n, err));
    return encode(scratch, n, out, err);
}
