/*
 * The bytes of a leaf: lines of text that anyone can type, each ending with a line feed.
 *
 *   evenhand leaf 1
 *   seq 17
 *   time 2026-11-24T12:39:37.000123Z
 *   actor Maria
 *   type import
 *   payload 9f86d081...                  (64 hex digits)
 *
 * No field can hold a line feed, so different leaves have different bytes. The leaf's hash is SHA-256(0x00 || bytes).
 */
#include "ledger/ledger_private.h"

#include "base/hash.h"
#include "base/time.h"

#include <stdio.h>

/* ---- time -------------------------------------------------------------------------------------------------------- */

bool eh_ledger_time_text(int64_t time_us, char text[eh_ledger_time_size])
{
    text[0] = 0;
    if (time_us < -62135596800 * EH_SECOND_US || time_us >= 253402300800 * EH_SECOND_US) return false;
    eh_calendar c = eh_calendar_of(time_us);
    (void)snprintf(text, eh_ledger_time_size, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ", (unsigned)c.year % 10000,
                   (unsigned)c.month % 100, (unsigned)c.day % 100, (unsigned)c.hour % 100, (unsigned)c.minute % 100,
                   (unsigned)c.second % 100, (unsigned)c.microsecond % 1000000);
    return true;
}

static bool read_digits(const char *at, int n, int *out)
{
    *out = 0;
    for (int i = 0; i < n; i++) {
        if (at[i] < '0' || at[i] > '9') return false;
        *out = *out * 10 + (at[i] - '0');
    }
    return true;
}

bool eh_ledger_time_of_text(eh_str text, int64_t *time_us)
{
    char again[eh_ledger_time_size];
    eh_calendar c;
    const char *t = text.data;
    *time_us = 0;
    if (text.size != 27) return false;
    if (!read_digits(t, 4, &c.year) || !read_digits(t + 5, 2, &c.month) || !read_digits(t + 8, 2, &c.day) ||
        !read_digits(t + 11, 2, &c.hour) || !read_digits(t + 14, 2, &c.minute) || !read_digits(t + 17, 2, &c.second) ||
        !read_digits(t + 20, 6, &c.microsecond) || !eh_calendar_is_valid(&c))
        return false;
    *time_us = eh_time_of(&c);
    /* Separators, and seconds that the calendar allows but would write otherwise. */
    return eh_ledger_time_text(*time_us, again) && eh_str_is(text, again);
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

bool eh_ledger_type_is_valid(eh_str type)
{
    if (type.size == 0 || type.size > EH_MOST_TYPE_SIZE) return false;
    for (size_t i = 0; i < type.size; i++)
        if ((type.data[i] < 'a' || type.data[i] > 'z') && type.data[i] != '_') return false;
    return true;
}

bool eh_ledger_actor_is_valid(eh_str actor)
{
    if (actor.size > EH_MOST_ACTOR_SIZE || !eh_utf8_is_valid(actor)) return false;
    for (size_t i = 0; i < actor.size; i++) {
        unsigned char c = (unsigned char)actor.data[i];
        if (c < 0x20 || c == 0x7f) return false;
    }
    return true;
}

eh_status eh_ledger_check_record(const eh_ledger_record *record, eh_error *err)
{
    if (!eh_ledger_type_is_valid(eh_str_of(record->type)))
        return eh_fail(err, EH_E_INVALID, "the type of a ledger record is 1 to %d letters a-z or _", EH_MOST_TYPE_SIZE);
    if (!eh_ledger_actor_is_valid(record->actor))
        return eh_fail(err, EH_E_INVALID,
                       "the actor must be UTF-8 of at most %d bytes without line breaks or other control characters",
                       EH_MOST_ACTOR_SIZE);
    if (!eh_utf8_is_valid(record->payload) || eh_str_find(record->payload, 0, 0) < record->payload.size)
        return eh_fail(err, EH_E_INVALID, "the payload of a ledger record must be UTF-8 without NUL bytes");
    return EH_OK;
}

size_t eh_leaf_bytes(const eh_ledger_leaf *leaf, char text[eh_leaf_text_size])
{
    char time[eh_ledger_time_size], hash[EH_HASH_TEXT_SIZE];
    if (!eh_ledger_time_text(leaf->time_us, time) || !eh_ledger_type_is_valid(leaf->type) ||
        !eh_ledger_actor_is_valid(leaf->actor))
        return 0;
    int n = snprintf(text, eh_leaf_text_size, "evenhand leaf 1\nseq %llu\ntime %s\nactor %.*s\ntype %.*s\npayload %s\n",
                     (unsigned long long)leaf->seq, time, (int)leaf->actor.size, leaf->actor.size ? leaf->actor.data : "",
                     (int)leaf->type.size, leaf->type.data, eh_hash_text(&leaf->payload_hash, hash));
    return n > 0 && n < eh_leaf_text_size ? (size_t)n : 0;
}

bool eh_leaf_hash_of(const eh_ledger_leaf *leaf, eh_hash *out)
{
    char text[eh_leaf_text_size];
    size_t size = eh_leaf_bytes(leaf, text);
    *out = eh_merkle_leaf(text, size);
    return size > 0;
}

eh_hash eh_commitment_of(const eh_hash *salt, eh_str payload)
{
    eh_hash out;
    eh_sha256 hash;
    eh_sha256_init(&hash);
    eh_sha256_add(&hash, salt->bytes, EH_HASH_SIZE);
    if (payload.size) eh_sha256_add(&hash, payload.data, payload.size);
    eh_sha256_digest(&hash, out.bytes);
    return out;
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

eh_status eh_ledger_json(eh_buf *to, eh_str text, eh_error *err)
{
    EH_TRY(eh_buf_add(to, "\"", 1, err));
    size_t plain = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= 0x20 && c != 0x7f && c != '"' && c != '\\') continue;
        if (i > plain) EH_TRY(eh_buf_add(to, text.data + plain, i - plain, err));
        plain = i + 1;
        if (c == '"' || c == '\\')
            EH_TRY(eh_buf_printf(to, err, "\\%c", c));
        else
            EH_TRY(eh_buf_printf(to, err, "\\u%04x", c));
    }
    if (text.size > plain) EH_TRY(eh_buf_add(to, text.data + plain, text.size - plain, err));
    return eh_buf_add(to, "\"", 1, err);
}
