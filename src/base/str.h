/** @file str.h  Borrowed byte strings (eh_str) and growing owned ones (eh_buf). Bytes may include NUL. */
#ifndef EH_BASE_STR_H
#define EH_BASE_STR_H

#include "base/alloc.h"
#include "evenhand/strings.h"

#include <string.h>

#define EH_STR_LITERAL(s) ((eh_str){(s), sizeof(s) - 1})

static inline eh_str eh_str_of(const char *s) { return (eh_str){s, s ? strlen(s) : 0}; }
static inline bool eh_str_equal(eh_str a, eh_str b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}
static inline bool eh_str_is(eh_str a, const char *literal) { return eh_str_equal(a, eh_str_of(literal)); }
/** ASCII case-insensitive comparison with a literal. */
bool eh_str_is_nocase(eh_str a, const char *literal);
/** Bytewise order: <0, 0, >0. */
int eh_str_compare(eh_str a, eh_str b);
/** Index of s in a table in bytewise order, by bisection; UINT32_MAX where it is not there. */
uint32_t eh_strings_find(const eh_strings *strings, eh_str s);
/** ASCII blanks removed at both ends. */
eh_str eh_str_trim(eh_str s);
bool eh_str_starts_with(eh_str s, const char *prefix);
/** Position of byte c at or after from; s.size where there is none. */
size_t eh_str_find(eh_str s, char c, size_t from);

/** A growing byte string. Zero-initialised plus ctx is a valid empty one; always NUL-terminated once written. */
typedef struct eh_buf {
    eh_context *ctx;
    char *data;
    size_t size;
    size_t capacity;
} eh_buf;

#define EH_BUF_INIT(context) {(context), NULL, 0, 0}
void eh_buf_release(eh_buf *buf);
static inline void eh_buf_clear(eh_buf *buf) { buf->size = 0; }
static inline eh_str eh_buf_str(const eh_buf *buf) { return (eh_str){buf->data, buf->size}; }
EH_MUST_CHECK eh_status eh_buf_add(eh_buf *buf, const char *data, size_t size, eh_error *err);
EH_MUST_CHECK eh_status eh_buf_add_str(eh_buf *buf, eh_str s, eh_error *err);
EH_MUST_CHECK eh_status eh_buf_printf(eh_buf *buf, eh_error *err, const char *format, ...) EH_PRINTF(3, 4);

/** Length in bytes of the valid UTF-8 sequence at s (1..4), or 0 when the bytes are not valid UTF-8. */
size_t eh_utf8_length(const char *s, size_t size);
bool eh_utf8_is_valid(eh_str s);
#endif
