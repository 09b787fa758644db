#include "ingest/id_text.h"

bool eh_text_is_missing(eh_str text)
{
    eh_str s = eh_str_trim(text);
    if (s.size > 4) return false;
    return s.size == 0 || eh_str_is_nocase(s, "NA") || eh_str_is_nocase(s, "NaN") || eh_str_is_nocase(s, "null") ||
           eh_str_is_nocase(s, "None");
}

eh_str eh_id_of(eh_str text)
{
    eh_str none = {NULL, 0};
    return eh_text_is_missing(text) ? none : eh_str_trim(text);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool eh_id_is_damaged(eh_str id)
{
    size_t i = 0;
    if (id.size < 4 || !is_digit(id.data[i++])) return false;
    if (id.data[i] == '.') {
        size_t first = ++i;
        while (i < id.size && is_digit(id.data[i])) i++;
        if (i == first) return false;
    }
    if (i + 2 >= id.size || (id.data[i] != 'E' && id.data[i] != 'e') || id.data[i + 1] != '+') return false;
    for (i += 2; i < id.size; i++)
        if (!is_digit(id.data[i])) return false;
    return true;
}

bool eh_id_has_nul(eh_str id) { return id.size && memchr(id.data, 0, id.size); }

int64_t eh_id_snowflake_us(eh_str id)
{
    if (id.size < 17 || id.size > 19 || id.data[0] == '0') return EH_TIME_NONE;
    uint64_t value = 0; /* 19 digits fit 64 bits */
    for (size_t i = 0; i < id.size; i++) {
        if (!is_digit(id.data[i])) return EH_TIME_NONE;
        value = 10 * value + (uint64_t)(id.data[i] - '0');
    }
    if (value < UINT64_C(1) << 54 || value > INT64_MAX) return EH_TIME_NONE;
    return ((int64_t)(value >> 22) + INT64_C(1288834974657)) * 1000;
}
