/**
 * @file id_text.h
 * Ids as archives write them: missing, damaged by a spreadsheet, or carrying the time of the post.
 */
#ifndef EH_INGEST_ID_TEXT_H
#define EH_INGEST_ID_TEXT_H

#include "base/str.h"
#include "base/time.h"

/** Empty, NA, NaN, null, None (any case). */
bool eh_text_is_missing(eh_str text);
/** The text without blanks at its ends, or {NULL, 0} when it is missing. */
eh_str eh_id_of(eh_str text);
/** True for 9.05875E+17: a spreadsheet has thrown digits away, and different ids now look the same. */
bool eh_id_is_damaged(eh_str id);
bool eh_id_has_nul(eh_str id);
/** The time that an X/Twitter id carries, (id >> 22) + 1288834974657 ms, or EH_TIME_NONE for ids from before
 *  2010-12-24 (numbered one by one until November 2010) and for what is no such id. */
int64_t eh_id_snowflake_us(eh_str id);
#endif
