/*
 * Python's str.lower(), then mentions off, then blanks collapsed, in one pass over the code points.
 *
 * str.lower() is the simple lower-case mapping of each code point, but for two: U+0130 (capital I with dot) becomes
 * two code points, and capital sigma is written as final sigma after a cased letter that no cased letter follows,
 * "case-ignorable" characters between them not counting (Unicode 3.13, Final_Sigma).
 *
 * Two notions of blank meet here: the pattern's \s is Unicode's White_Space, str.split() also takes U+001C..U+001F.
 */
#include "actions/cnt_text.h"

#include <utf8proc.h>

enum { capital_sigma = 0x3A3, final_sigma = 0x3C2, capital_i_dotted = 0x130, dot_above = 0x307 };

typedef struct range {
    int32_t first, last;
} range;

static bool is_in(int32_t c, const range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last) return true;
    return false;
}

/* Unicode's Cased: upper, lower and title case letters, and what Other_Lowercase and Other_Uppercase add. */
static bool is_cased(int32_t c)
{
    static const range others[] = {{0xAA, 0xAA},     {0xBA, 0xBA},     {0x2B0, 0x2B8},   {0x2C0, 0x2C1},   {0x2E0, 0x2E4},
                                   {0x345, 0x345},   {0x37A, 0x37A},   {0x1D2C, 0x1D6A}, {0x1D78, 0x1D78}, {0x1D9B, 0x1DBF},
                                   {0x2071, 0x2071}, {0x207F, 0x207F}, {0x2090, 0x209C}, {0x2160, 0x217F}, {0x24B6, 0x24E9},
                                   {0x2C7C, 0x2C7D}, {0xA69C, 0xA69D}, {0xA770, 0xA770}, {0xA7F8, 0xA7F9}, {0xAB5C, 0xAB5F},
                                   {0x10780, 0x10780}, {0x10783, 0x10785}, {0x10787, 0x107B0}, {0x107B2, 0x107BA},
                                   {0x1F130, 0x1F149}, {0x1F150, 0x1F169}, {0x1F170, 0x1F189}};
    utf8proc_category_t category = utf8proc_category(c);
    if (category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL || category == UTF8PROC_CATEGORY_LT) return true;
    return is_in(c, others, sizeof others / sizeof *others);
}

/* Unicode's Case_Ignorable: marks, formats, modifiers, and word-internal punctuation. */
static bool is_case_ignorable(int32_t c)
{
    static const range others[] = {{'\'', '\''},     {'.', '.'},       {':', ':'},       {0xB7, 0xB7},     {0x387, 0x387},
                                   {0x55F, 0x55F},   {0x5F4, 0x5F4},   {0x2018, 0x2019}, {0x2024, 0x2024}, {0x2027, 0x2027},
                                   {0xFE13, 0xFE13}, {0xFE52, 0xFE52}, {0xFE55, 0xFE55}, {0xFF07, 0xFF07}, {0xFF0E, 0xFF0E},
                                   {0xFF1A, 0xFF1A}};
    utf8proc_category_t category = utf8proc_category(c);
    if (category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME || category == UTF8PROC_CATEGORY_CF ||
        category == UTF8PROC_CATEGORY_LM || category == UTF8PROC_CATEGORY_SK)
        return true;
    return is_in(c, others, sizeof others / sizeof *others);
}

static bool is_white_space(int32_t c)
{
    return (c >= 0x9 && c <= 0xD) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool splits(int32_t c) { return is_white_space(c) || (c >= 0x1C && c <= 0x1F); }

/* Next code point at *at, which moves on; -1 for a byte that is not UTF-8. */
static int32_t next_of(eh_str s, size_t *at)
{
    unsigned char byte = (unsigned char)s.data[*at];
    size_t length = byte < 0x80 ? 1 : eh_utf8_length(s.data + *at, s.size - *at);
    utf8proc_int32_t c = byte;
    if (length > 1) (void)utf8proc_iterate((const utf8proc_uint8_t *)s.data + *at, (utf8proc_ssize_t)length, &c);
    if (length == 0) c = -1;
    *at += length ? length : 1;
    return c;
}

/* Whether the first character at or after `at` that is not case-ignorable is cased. Linear over a whole text: a sigma
 * is itself cased, so the look-ahead never passes the next one. */
static bool is_followed_by_cased(eh_str s, size_t at)
{
    while (at < s.size) {
        int32_t c = next_of(s, &at);
        if (!is_case_ignorable(c)) return is_cased(c);
    }
    return false;
}

static eh_status add_code_point(eh_buf *out, int32_t c, eh_error *err)
{
    if (c < 0x80) {
        char byte = (char)c;
        return eh_buf_add(out, &byte, 1, err);
    }
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t size = utf8proc_encode_char(c, bytes);
    return eh_buf_add(out, (const char *)bytes, (size_t)size, err);
}

eh_status eh_cnt_text(eh_str text, eh_buf *out, eh_error *err)
{
    eh_buf_clear(out);
    bool follows_cased = false, is_in_mention = false, needs_blank = false;
    for (size_t at = 0; at < text.size;) {
        size_t start = at;
        int32_t c = next_of(text, &at);
        int32_t lower = c >= 'A' && c <= 'Z' ? c + 32 : c < 0x80 ? c : utf8proc_tolower(c);
        if (c == capital_sigma && follows_cased && !is_followed_by_cased(text, at)) lower = final_sigma;
        if (!is_case_ignorable(c)) follows_cased = is_cased(c);
        if (is_white_space(c)) is_in_mention = false;
        if (c == '@') is_in_mention = true;
        if (is_in_mention) continue;
        if (splits(c)) {
            needs_blank = out->size > 0;
            continue;
        }
        if (needs_blank) EH_TRY(eh_buf_add(out, " ", 1, err));
        needs_blank = false;
        if (c < 0) {
            EH_TRY(eh_buf_add(out, text.data + start, 1, err));
            continue;
        }
        EH_TRY(add_code_point(out, c == capital_i_dotted ? 'i' : lower, err));
        if (c == capital_i_dotted) EH_TRY(add_code_point(out, dot_above, err));
    }
    return EH_OK;
}
