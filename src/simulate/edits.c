/*
 * Small edits, as people make them who pass a given text on as their own: a mark or an emoji more, a slip of the
 * keys, two neighbouring words the other way round. One edit in two of three texts, two in the third.
 */
#include "simulate/world.h"

enum { max_word_size = 96 };

/* n_old bytes at `at` give way to n_new others. */
static eh_status replace(eh_buf *text, size_t at, size_t n_old, const char *with, size_t n_new, eh_error *err)
{
    size_t size = text->size;
    char kept[max_word_size];
    if (n_new > sizeof kept) return EH_OK;
    memcpy(kept, with, n_new);
    EH_TRY(eh_buf_add(text, kept, n_new, err)); /* for the room */
    memmove(text->data + at + n_new, text->data + at + n_old, size - at - n_old);
    memcpy(text->data + at, kept, n_new);
    text->size = size - n_old + n_new;
    text->data[text->size] = 0;
    return EH_OK;
}

static uint64_t draw(uint64_t *state, uint64_t n)
{
    *state = eh_sim_mix(*state, n);
    return *state % n;
}

/* A blank between two words; `size` where there is none. */
static size_t find_blank(const eh_buf *text, size_t from, uint64_t *state)
{
    size_t start = from + draw(state, text->size - from);
    for (size_t i = start; i < text->size; i++)
        if (text->data[i] == ' ') return i;
    for (size_t i = from; i < start; i++)
        if (text->data[i] == ' ') return i;
    return text->size;
}

static eh_status edit_punctuation(eh_buf *text, size_t from, uint64_t *state, eh_error *err)
{
    static const char *const ends[] = {"!", "!!", "…", " ...", "?!"}, *const middles[] = {",", " –", " ...", "!"};
    if (draw(state, 2)) {
        const char *mark = ends[draw(state, 5)];
        return eh_buf_add(text, mark, strlen(mark), err);
    }
    const char *mark = middles[draw(state, 4)];
    return replace(text, find_blank(text, from, state), 0, mark, strlen(mark), err);
}

static eh_status edit_emoji(eh_buf *text, size_t from, uint64_t *state, eh_error *err)
{
    static const char *const emoji[] = {"👍", "🙂", "🔥", "❤️", "👏", "😮", "🌍", "✅"};
    const char *one = emoji[draw(state, 8)];
    if (draw(state, 3)) return eh_buf_printf(text, err, " %s", one);
    EH_TRY(replace(text, from, 0, " ", 1, err));
    return replace(text, from, 0, one, strlen(one), err);
}

static size_t point_size(const char *s)
{
    unsigned char c = (unsigned char)*s;
    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* A letter that can stand alone: no blank, mark, digit or joiner, and nothing that combines. */
static bool is_letter(const char *s)
{
    unsigned char a = (unsigned char)s[0], b = (unsigned char)(a ? s[1] : 0), c = (unsigned char)(b ? s[2] : 0);
    if (a < 0x80) return (a >= 'a' && a <= 'z') || (a >= 'A' && a <= 'Z');
    if (a >= 0xC3 && a <= 0xD5) return true;                                   /* Latin, Cyrillic */
    if (a == 0xD8) return b >= 0xA1;                                           /* Arabic, from U+0621 */
    if (a == 0xD9) return b < 0x8B;                                            /* to U+064A */
    if (a == 0xDA || a == 0xDB) return !(a == 0xDB && b >= 0x94);              /* Persian */
    return a == 0xE0 && b == 0xA4 && c >= 0x84 && c <= 0xB9;                   /* Devanagari, U+0904 to U+0939 */
}

static eh_status edit_slip(eh_buf *text, size_t from, uint64_t *state, eh_error *err)
{
    for (int tries = 0; tries < 40; tries++) {
        size_t at = from + draw(state, text->size - from);
        if (((unsigned char)text->data[at] & 0xC0) == 0x80 || !is_letter(text->data + at)) continue;
        size_t n = point_size(text->data + at), next = at + n;
        if (next >= text->size || !is_letter(text->data + next)) continue;
        char pair[8] = {0};
        size_t n_next = point_size(text->data + next);
        switch (draw(state, 3)) {
        case 0: return replace(text, at, n, "", 0, err);
        case 1: return replace(text, at, 0, text->data + at, n, err);
        default:
            memcpy(pair, text->data + next, n_next);
            memcpy(pair + n_next, text->data + at, n);
            return replace(text, at, n + n_next, pair, n + n_next, err);
        }
    }
    return EH_OK;
}

static bool is_plain_word(const char *word, size_t size)
{
    if (size == 0 || size > max_word_size / 2 - 1) return false;
    for (size_t i = 0; i < size; i++)
        if (strchr(".,:!?\n", word[i])) return false;
    return true;
}

static eh_status edit_order(eh_buf *text, size_t from, uint64_t *state, eh_error *err)
{
    for (int tries = 0; tries < 12; tries++) {
        size_t blank = find_blank(text, from, state), start = blank, end = blank + 1;
        if (blank >= text->size) return EH_OK;
        while (start > from && text->data[start - 1] != ' ') start--;
        while (end < text->size && text->data[end] != ' ') end++;
        size_t n_first = blank - start, n_second = end - blank - 1;
        if (!is_plain_word(text->data + start, n_first) || !is_plain_word(text->data + blank + 1, n_second)) continue;
        char swapped[max_word_size];
        memcpy(swapped, text->data + blank + 1, n_second);
        swapped[n_second] = ' ';
        memcpy(swapped + n_second + 1, text->data + start, n_first);
        return replace(text, start, end - start, swapped, n_first + n_second + 1, err);
    }
    return EH_OK;
}

eh_status eh_sim_edit_text(eh_buf *text, size_t from, uint64_t seed, eh_error *err)
{
    uint64_t state = eh_sim_mix(seed, 31);
    if (text->size <= from) return EH_OK;
    for (uint64_t n = draw(&state, 3) ? 1 : 2; n > 0; n--) {
        uint64_t which = draw(&state, 100);
        EH_TRY(which < 35   ? edit_punctuation(text, from, &state, err)
               : which < 60 ? edit_emoji(text, from, &state, err)
               : which < 85 ? edit_slip(text, from, &state, err)
                            : edit_order(text, from, &state, err));
    }
    return EH_OK;
}
