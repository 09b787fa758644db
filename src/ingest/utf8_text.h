/** @file utf8_text.h  Writing code points, and text that is safe to show. */
#ifndef EH_INGEST_UTF8_TEXT_H
#define EH_INGEST_UTF8_TEXT_H

#include "base/str.h"

/** Writes a code point as UTF-8 (surrogates and values beyond U+10FFFF as U+FFFD); returns its 1 to 4 bytes. */
size_t eh_utf8_put(uint32_t code, char out[4]);
/** The value of n hexadecimal digits, or -1. */
int64_t eh_hex_of(const char *s, size_t n);

enum { eh_excerpt_capacity = 200 };
/** At most 200 bytes of text, valid UTF-8 (bad bytes become U+FFFD), control bytes blanked. */
eh_str eh_excerpt_of(eh_str text, char out[eh_excerpt_capacity]);
#endif
