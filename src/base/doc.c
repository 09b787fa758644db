/*
 * RFC 8785 (JSON Canonicalization Scheme): 3.2.2.2 strings, 3.2.2.3 numbers (ECMA-262, Number::toString), 3.2.3 order of keys.
 */
#include "base/doc.h"

#include "base/sort.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- memory --------------------------------------------------------------------------------------------------- */

typedef struct eh_doc_block {
    struct eh_doc_block *next;
    size_t used_size, size;
    _Alignas(16) char bytes[];
} eh_doc_block;

enum { block_size = 1 << 14 };

static void *room(eh_doc *doc, size_t size)
{
    if (doc->status != EH_OK) return NULL;
    size_t need = (size + 15) / 16 * 16;
    if (!doc->blocks || doc->blocks->size - doc->blocks->used_size < need) {
        size_t new_size = need > block_size ? need : block_size;
        eh_doc_block *block = eh_alloc(doc->ctx, 1, sizeof *block + new_size, &doc->error);
        if (!block) {
            doc->status = doc->error.status;
            return NULL;
        }
        block->size = new_size;
        block->next = doc->blocks;
        doc->blocks = block;
    }
    void *at = doc->blocks->bytes + doc->blocks->used_size;
    doc->blocks->used_size += need;
    return at;
}

static eh_str keep(eh_doc *doc, eh_str text)
{
    char *copy = room(doc, text.size + 1);
    if (!copy) return (eh_str){"", 0};
    if (text.size) memcpy(copy, text.data, text.size);
    return (eh_str){copy, text.size};
}

void eh_doc_init(eh_doc *doc, eh_context *ctx)
{
    *doc = (eh_doc){.ctx = ctx};
    doc->root = room(doc, sizeof *doc->root);
    if (doc->root) doc->root->kind = EH_VALUE_OBJECT;
}

void eh_doc_release(eh_doc *doc)
{
    while (doc->blocks) {
        eh_doc_block *next = doc->blocks->next;
        eh_free(doc->ctx, doc->blocks);
        doc->blocks = next;
    }
    *doc = (eh_doc){0};
}

eh_status eh_doc_finish(const eh_doc *doc, eh_error *err)
{
    if (doc->status != EH_OK && err) *err = doc->error;
    return doc->status;
}

/* ---- building ------------------------------------------------------------------------------------------------- */

static eh_value *add(eh_doc *doc, eh_value *parent, const char *key, eh_value_kind kind)
{
    eh_value *value = parent ? room(doc, sizeof *value) : NULL;
    if (!value) return NULL;
    value->kind = kind;
    if (key) value->key = keep(doc, eh_str_of(key));
    if (parent->last) parent->last->next = value;
    else parent->first = value;
    parent->last = value;
    parent->n++;
    return value;
}

eh_value *eh_doc_object(eh_doc *doc, eh_value *parent, const char *key) { return add(doc, parent, key, EH_VALUE_OBJECT); }
eh_value *eh_doc_array(eh_doc *doc, eh_value *parent, const char *key) { return add(doc, parent, key, EH_VALUE_ARRAY); }
void eh_doc_null(eh_doc *doc, eh_value *parent, const char *key) { (void)add(doc, parent, key, EH_VALUE_NULL); }

void eh_doc_bool(eh_doc *doc, eh_value *parent, const char *key, bool is_true)
{
    eh_value *value = add(doc, parent, key, EH_VALUE_BOOL);
    if (value) value->is_true = is_true;
}

void eh_doc_real(eh_doc *doc, eh_value *parent, const char *key, double x)
{
    eh_value *value = add(doc, parent, key, isfinite(x) ? EH_VALUE_NUMBER : EH_VALUE_NULL);
    if (value) value->number = x;
}

void eh_doc_count(eh_doc *doc, eh_value *parent, const char *key, uint64_t n)
{
    if (n <= UINT64_C(1) << 53) eh_doc_real(doc, parent, key, (double)n);
    else eh_doc_wordsf(doc, parent, key, "%llu", (unsigned long long)n);
}

void eh_doc_text(eh_doc *doc, eh_value *parent, const char *key, eh_str text)
{
    eh_value *value = add(doc, parent, key, text.data ? EH_VALUE_TEXT : EH_VALUE_NULL);
    if (value && text.data) value->text = keep(doc, text);
}

void eh_doc_words(eh_doc *doc, eh_value *parent, const char *key, const char *words) { eh_doc_text(doc, parent, key, eh_str_of(words)); }

void eh_doc_wordsf(eh_doc *doc, eh_value *parent, const char *key, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    eh_value *value = add(doc, parent, key, EH_VALUE_TEXT);
    char *words = value && size >= 0 ? room(doc, (size_t)size + 1) : NULL;
    if (words) {
        (void)vsnprintf(words, (size_t)size + 1, format, again);
        value->text = (eh_str){words, (size_t)size};
    }
    va_end(again);
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

const eh_value *eh_value_get(const eh_value *value, const char *key)
{
    if (!value || value->kind != EH_VALUE_OBJECT) return NULL;
    for (const eh_value *v = value->first; v; v = v->next)
        if (eh_str_is(v->key, key)) return v;
    return NULL;
}

eh_str eh_value_text(const eh_value *value, const char *key)
{
    const eh_value *v = eh_value_get(value, key);
    return v && v->kind == EH_VALUE_TEXT ? v->text : (eh_str){"", 0};
}

double eh_value_number(const eh_value *value, const char *key)
{
    const eh_value *v = eh_value_get(value, key);
    return v && v->kind == EH_VALUE_NUMBER ? v->number : (double)NAN;
}

bool eh_value_is(const eh_value *value, const char *key)
{
    const eh_value *v = eh_value_get(value, key);
    return v && v->kind == EH_VALUE_BOOL && v->is_true;
}

/* ---- numbers -------------------------------------------------------------------------------------------------- */

/* Number::toString: x = 0.d1 d2 ... dk * 10^n. Of the decimals of k digits that read back as x, printf's is the nearest. */
const char *eh_canonical_number(double x, char text[eh_canonical_number_size])
{
    char shown[40], digits[20];
    if (x == 0) { /* -0 too */
        text[0] = '0';
        text[1] = 0;
        return text;
    }
    for (int precision = 0; precision < 17; precision++) {
        (void)snprintf(shown, sizeof shown, "%.*e", precision, fabs(x));
        if (strtod(shown, NULL) == fabs(x)) break;
    }
    int k = 0, n = (int)strtol(strchr(shown, 'e') + 1, NULL, 10) + 1;
    for (const char *c = shown; *c != 'e'; c++)
        if (*c >= '0' && *c <= '9') digits[k++] = *c;
    while (k > 1 && digits[k - 1] == '0') k--;
    char *to = text;
    if (x < 0) *to++ = '-';
    if (k <= n && n <= 21) {
        for (int i = 0; i < n; i++) *to++ = i < k ? digits[i] : '0';
    } else if (0 < n && n <= 21) {
        for (int i = 0; i < k; i++) {
            if (i == n) *to++ = '.';
            *to++ = digits[i];
        }
    } else if (-6 < n && n <= 0) {
        *to++ = '0';
        *to++ = '.';
        for (int i = n; i < 0; i++) *to++ = '0';
        for (int i = 0; i < k; i++) *to++ = digits[i];
    } else {
        *to++ = digits[0];
        if (k > 1) *to++ = '.';
        for (int i = 1; i < k; i++) *to++ = digits[i];
        (void)snprintf(to, 8, "e%+d", n - 1);
        return text;
    }
    *to = 0;
    return text;
}

/* ---- strings and keys ------------------------------------------------------------------------------------------ */

static eh_status add_string(eh_buf *out, eh_str text, eh_error *err)
{
    EH_TRY(eh_buf_add(out, "\"", 1, err));
    for (size_t at = 0; at < text.size;) {
        const char *s = text.data + at;
        size_t length = eh_utf8_length(s, text.size - at);
        unsigned char c = (unsigned char)*s;
        static const char short_for[] = "b\bt\tn\nf\fr\r\"\"\\\\";
        const char *found = NULL;
        for (size_t i = 0; i < sizeof short_for - 1 && length == 1; i += 2)
            if (short_for[i + 1] == *s) found = &short_for[i];
        if (length == 0) EH_TRY(eh_buf_add(out, "\xEF\xBF\xBD", 3, err));
        else if (found) EH_TRY(eh_buf_printf(out, err, "\\%c", *found));
        else if (c < 0x20) EH_TRY(eh_buf_printf(out, err, "\\u%04x", c));
        else EH_TRY(eh_buf_add(out, s, length, err));
        at += length ? length : 1;
    }
    return eh_buf_add(out, "\"", 1, err);
}

/* The first code unit of a UTF-8 sequence in UTF-16, and for four bytes the second. */
static void units_of(const char *s, size_t length, unsigned units[2])
{
    const unsigned char *u = (const unsigned char *)s;
    unsigned c = length == 0 ? 0xfffd : length == 1 ? u[0] : length == 2 ? u[0] & 0x1fu : length == 3 ? u[0] & 0x0fu : u[0] & 0x07u;
    for (size_t i = 1; i < length; i++) c = c << 6 | (u[i] & 0x3fu);
    units[0] = c < 0x10000 ? c : 0xd800 + ((c - 0x10000) >> 10);
    units[1] = c < 0x10000 ? 0 : 0xdc00 + ((c - 0x10000) & 0x3ff);
}

static int by_key(const void *x, const void *y, void *data)
{
    (void)data;
    const eh_str a = (*(const eh_value *const *)x)->key, b = (*(const eh_value *const *)y)->key;
    for (size_t i = 0, j = 0; i < a.size || j < b.size;) {
        if (i >= a.size || j >= b.size) return i >= a.size ? -1 : 1;
        unsigned p[2], q[2];
        size_t n = eh_utf8_length(a.data + i, a.size - i), m = eh_utf8_length(b.data + j, b.size - j);
        units_of(a.data + i, n, p);
        units_of(b.data + j, m, q);
        if (p[0] != q[0]) return p[0] < q[0] ? -1 : 1;
        if (p[1] != q[1]) return p[1] < q[1] ? -1 : 1;
        i += n ? n : 1;
        j += m ? m : 1;
    }
    return 0;
}

static eh_status add_members(eh_context *ctx, const eh_value *value, eh_buf *out, eh_error *err)
{
    bool is_object = value->kind == EH_VALUE_OBJECT;
    const eh_value **members = eh_alloc(ctx, value->n, sizeof *members, err);
    if (!members) return err ? err->status : EH_E_NOMEM;
    size_t n = 0;
    for (const eh_value *v = value->first; v; v = v->next) members[n++] = v;
    eh_status status = is_object ? eh_sort(ctx, members, n, sizeof *members, by_key, NULL, err) : EH_OK;
    if (status == EH_OK) status = eh_buf_add(out, is_object ? "{" : "[", 1, err);
    for (size_t i = 0; i < n && status == EH_OK; i++) {
        if (i) status = eh_buf_add(out, ",", 1, err);
        if (status == EH_OK && is_object) status = add_string(out, members[i]->key, err);
        if (status == EH_OK && is_object) status = eh_buf_add(out, ":", 1, err);
        if (status == EH_OK) status = eh_canonical_write(ctx, members[i], out, err);
    }
    eh_free(ctx, members);
    EH_TRY(status);
    return eh_buf_add(out, is_object ? "}" : "]", 1, err);
}

eh_status eh_canonical_write(eh_context *ctx, const eh_value *value, eh_buf *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    char number[eh_canonical_number_size];
    switch (value->kind) {
    case EH_VALUE_NULL: return eh_buf_add(out, "null", 4, err);
    case EH_VALUE_BOOL: return eh_buf_add_str(out, eh_str_of(value->is_true ? "true" : "false"), err);
    case EH_VALUE_NUMBER: return eh_buf_add_str(out, eh_str_of(eh_canonical_number(value->number, number)), err);
    case EH_VALUE_TEXT: return add_string(out, value->text, err);
    case EH_VALUE_ARRAY:
    case EH_VALUE_OBJECT: break;
    }
    return add_members(ctx, value, out, err);
}
