/**
 * @file strings.h
 * Borrowed byte strings and the string tables that results refer to by number.
 */
#ifndef EVENHAND_STRINGS_H
#define EVENHAND_STRINGS_H

#include "evenhand/status.h"
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A borrowed byte string: not NUL-terminated, may hold any byte. Absent = {NULL, 0}. */
typedef struct eh_str {
    const char *data;
    size_t size;
} eh_str;

/** A read-only table of n strings: string i is bytes[offset[i] .. offset[i+1]). */
typedef struct eh_strings {
    uint32_t n;
    const uint64_t *offset; /**< n + 1 offsets into bytes */
    const char *bytes;
} eh_strings;

static inline eh_str eh_strings_get(const eh_strings *strings, uint32_t i)
{
    eh_str s;
    s.data = strings->bytes + strings->offset[i];
    s.size = (size_t)(strings->offset[i + 1] - strings->offset[i]);
    return s;
}

#ifdef __cplusplus
}
#endif
#endif
