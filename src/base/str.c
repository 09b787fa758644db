#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

bool eh_str_is_nocase(eh_str a, const char *literal)
{
    size_t size = strlen(literal);
    if (a.size != size) return false;
    for (size_t i = 0; i < size; i++)
        if (lower(a.data[i]) != lower(literal[i])) return false;
    return true;
}

int eh_str_compare(eh_str a, eh_str b)
{
    size_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
    if (order) return order;
    return (a.size > b.size) - (a.size < b.size);
}

uint32_t eh_strings_find(const eh_strings *strings, eh_str s)
{
    uint32_t low = 0, high = strings->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = eh_str_compare(eh_strings_get(strings, middle), s);
        if (order == 0) return middle;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return UINT32_MAX;
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

eh_str eh_str_trim(eh_str s)
{
    while (s.size && is_blank(s.data[0])) {
        s.data++;
        s.size--;
    }
    while (s.size && is_blank(s.data[s.size - 1])) s.size--;
    return s;
}

bool eh_str_starts_with(eh_str s, const char *prefix)
{
    size_t size = strlen(prefix);
    return s.size >= size && (size == 0 || memcmp(s.data, prefix, size) == 0);
}

size_t eh_str_find(eh_str s, char c, size_t from)
{
    if (from >= s.size) return s.size;
    const char *hit = memchr(s.data + from, c, s.size - from);
    return hit ? (size_t)(hit - s.data) : s.size;
}

void eh_buf_release(eh_buf *buf)
{
    eh_free(buf->ctx, buf->data);
    buf->data = NULL;
    buf->size = buf->capacity = 0;
}

eh_status eh_buf_add(eh_buf *buf, const char *data, size_t size, eh_error *err)
{
    EH_TRY(eh_reserve(buf->ctx, (void **)&buf->data, &buf->capacity, buf->size + size + 1, 1, err));
    if (size) memcpy(buf->data + buf->size, data, size);
    buf->size += size;
    buf->data[buf->size] = 0;
    return EH_OK;
}

eh_status eh_buf_add_str(eh_buf *buf, eh_str s, eh_error *err)
{
    return eh_buf_add(buf, s.data, s.size, err);
}

eh_status eh_buf_printf(eh_buf *buf, eh_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    eh_status status = EH_OK;
    if (need < 0)
        status = eh_fail(err, EH_E_INVALID, "cannot format a message");
    else
        status = eh_reserve(buf->ctx, (void **)&buf->data, &buf->capacity,
                            buf->size + (size_t)need + 1, 1, err);
    if (status == EH_OK) {
        vsnprintf(buf->data + buf->size, (size_t)need + 1, format, again);
        buf->size += (size_t)need;
    }
    va_end(again);
    return status;
}

size_t eh_utf8_length(const char *s, size_t size)
{
    const unsigned char *u = (const unsigned char *)s;
    if (size == 0) return 0;
    if (u[0] < 0x80) return 1;
    if (u[0] < 0xC2 || u[0] > 0xF4) return 0;
    size_t need = u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
    if (size < need) return 0;
    for (size_t i = 1; i < need; i++)
        if ((u[i] & 0xC0) != 0x80) return 0;
    /* overlong forms, surrogates, and beyond U+10FFFF */
    if (u[0] == 0xE0 && u[1] < 0xA0) return 0;
    if (u[0] == 0xED && u[1] > 0x9F) return 0;
    if (u[0] == 0xF0 && u[1] < 0x90) return 0;
    if (u[0] == 0xF4 && u[1] > 0x8F) return 0;
    return need;
}

bool eh_utf8_is_valid(eh_str s)
{
    size_t i = 0;
    while (i < s.size) {
        uint64_t eight;
        if (s.size - i >= 8) { /* ASCII, eight bytes at a time */
            memcpy(&eight, s.data + i, 8);
            if (!(eight & UINT64_C(0x8080808080808080))) {
                i += 8;
                continue;
            }
        }
        size_t length = eh_utf8_length(s.data + i, s.size - i);
        if (!length) return false;
        i += length;
    }
    return true;
}
