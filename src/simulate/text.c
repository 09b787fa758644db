/*
 * Words for posts, names, tags and links, rendered from numbers when they are written: a world keeps no text.
 * A text in somebody's own words has two sentences of five slots from lists of twenty, so equal ones do not
 * occur by chance; headlines, quotations and slogans repeat because their seed does.
 */
#include "simulate/words.h"

static const char *pick(const char *const *words, uint64_t *state, uint32_t n)
{
    *state = eh_sim_mix(*state, n);
    return words[*state % n];
}

static const char *slot_of(const eh_sim_words *words, char slot, uint64_t *state)
{
    switch (slot) {
    case 'S': return pick(words->subjects, state, eh_sim_n_words);
    case 'V': return pick(words->verbs, state, eh_sim_n_words);
    case 'O': return pick(words->objects, state, eh_sim_n_words);
    case 'P': return pick(words->places, state, eh_sim_n_words);
    default: return pick(words->times, state, eh_sim_n_words);
    }
}

static eh_status add(eh_buf *text, const char *s, eh_error *err) { return eh_buf_add(text, s, strlen(s), err); }

/* The slots of the language's order; those in `without` are left out. */
static eh_status add_sentence(eh_buf *text, const eh_sim_words *words, uint64_t *state, const char *without, eh_error *err)
{
    bool is_first = true;
    for (const char *slot = words->order; *slot; slot++) {
        const char *word = slot_of(words, *slot, state);
        if (strchr(without, *slot)) continue;
        if (!is_first) EH_TRY(add(text, " ", err));
        EH_TRY(add(text, word, err));
        is_first = false;
    }
    return EH_OK;
}

static eh_status add_own_words(eh_buf *text, const eh_sim_words *words, uint64_t state, eh_error *err)
{
    uint64_t style = eh_sim_mix(state, 77) % 8;
    if (style < 5) {
        EH_TRY(add(text, pick(words->openers, &state, eh_sim_n_openers), err));
        EH_TRY(add(text, style < 3 ? ": " : ", ", err));
    }
    EH_TRY(add_sentence(text, words, &state, style == 7 ? "T" : "", err));
    EH_TRY(add(text, style == 2 ? "! " : style == 4 ? "?\n" : words->full_stop, err));
    if (style != 2 && style != 4) EH_TRY(add(text, " ", err));
    EH_TRY(add_sentence(text, words, &state, style == 6 ? "P" : "", err));
    return add(text, words->full_stop, err);
}

static eh_status add_words(eh_buf *text, const eh_sim_words *words, uint32_t wording, uint64_t state, eh_error *err)
{
    if (wording == EH_SIM_HEADLINE) {
        EH_TRY(add_sentence(text, words, &state, "T", err));
        EH_TRY(add(text, " – ", err));
        return add_sentence(text, words, &state, "P", err);
    }
    if (wording == EH_SIM_QUOTATION) {
        EH_TRY(add(text, "“", err));
        EH_TRY(add_sentence(text, words, &state, "", err));
        EH_TRY(add(text, "”\n— ", err));
        return add(text, pick(words->subjects, &state, eh_sim_n_words), err);
    }
    if (wording == EH_SIM_SLOGAN) {
        EH_TRY(add_sentence(text, words, &state, "PT", err));
        EH_TRY(add(text, "! ", err));
        EH_TRY(add_sentence(text, words, &state, "T", err));
        return add(text, "!", err);
    }
    if (wording == EH_SIM_LEAFLET) {
        EH_TRY(add(text, pick(words->openers, &state, eh_sim_n_openers), err));
        EH_TRY(add(text, ": ", err));
        for (int i = 0; i < 3; i++) {
            EH_TRY(add_sentence(text, words, &state, "", err));
            EH_TRY(add(text, words->full_stop, err));
            if (i < 2) EH_TRY(add(text, " ", err));
        }
        return EH_OK;
    }
    return add_own_words(text, words, state, err);
}

static eh_status add_tags(const eh_sim_world *world, const eh_sim_post *post, eh_buf *text, eh_error *err)
{
    for (size_t i = 0; i < 2; i++) {
        if (post->tags[i] == EH_SIM_NONE) continue;
        EH_TRY(add(text, " #", err));
        EH_TRY(eh_sim_tag_of(world, post->tags[i], text, err));
    }
    return EH_OK;
}

static eh_status add_short_link(uint64_t state, eh_buf *text, eh_error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char code[11] = {0};
    for (size_t i = 0; i < 10; i++, state = eh_sim_mix(state, i)) code[i] = letters[state % 62];
    return eh_buf_printf(text, err, " https://t.co/%s", code);
}

/* At most 140 characters, as the archive cuts reposts; the rest becomes an ellipsis. */
static eh_status cut(eh_buf *text, eh_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < text->size; i++) {
        if (((unsigned char)text->data[i] & 0xC0) == 0x80 || n++ < 139) continue;
        text->size = i;
        return add(text, "…", err);
    }
    return EH_OK;
}

eh_status eh_sim_text_of(const eh_sim_world *world, uint32_t number, eh_buf *text, eh_error *err)
{
    const eh_sim_post *post = &world->posts.items[number];
    if (post->kind == EH_SIM_REPOST) {
        EH_TRY(add(text, "RT @", err));
        EH_TRY(eh_sim_handle_of(world, world->posts.items[post->target].account, text, err));
        EH_TRY(add(text, ": ", err));
        EH_TRY(eh_sim_text_of(world, post->target, text, err));
        return cut(text, err);
    }
    if (post->mention != EH_SIM_NONE) {
        EH_TRY(add(text, "@", err));
        EH_TRY(eh_sim_handle_of(world, post->mention, text, err));
        EH_TRY(add(text, " ", err));
    }
    uint32_t language = world->accounts.items[post->account].language;
    if (post->wording == EH_SIM_HEADLINE && post->article != EH_SIM_NONE)
        language = world->articles.items[post->article].language;
    /* own words are the author's, others are everybody's */
    uint64_t whose = post->wording == EH_SIM_OWN_WORDS ? post->account : UINT64_C(1) << 40 | post->wording;
    uint64_t state = eh_sim_mix(post->text, whose);
    size_t from = text->size;
    EH_TRY(add_words(text, &eh_sim_languages[language], post->wording, state, err));
    if (post->edit) EH_TRY(eh_sim_edit_text(text, from, post->edit, err));
    EH_TRY(add_tags(world, post, text, err));
    if (post->article == EH_SIM_NONE && post->kind != EH_SIM_QUOTE) return EH_OK;
    return add_short_link(eh_sim_mix(number, world->seed), text, err);
}

/* ---- names ---- */

static const char *const first_names[20] = {"Nord", "Vela", "Orto", "Alma", "Brisk", "Cedra", "Delta", "Ember", "Falk", "Gala",
                                            "Hilo", "Ister", "Jura", "Kesta", "Luma", "Miro", "Neva", "Opal", "Pera", "Rila"};
static const char *const second_names[20] = {"Kurier", "Post",  "Monitor", "Gazeta", "Observer", "Bulletin", "Herald",
                                             "Review", "Radio", "Forum",   "Report", "Chronik",  "Express",  "Vestnik",
                                             "Echo",   "Wire",  "Journal", "Standard", "Ledger", "Notes"};
static const char *const places[12] = {"Velora", "Orsk am See", "Tamarun", "Kesteva", "Alborun", "Mirabad",
                                       "Lindau-Nord", "Sarvan", "Port Elmo", "Dunya Tepe", "Kalinpur", "Upper Wold"};

/* A permutation of 0 .. 2^24-1, so that names and ids do not tell who was made when. */
static uint32_t permuted(const eh_sim_world *world, uint32_t account)
{
    uint32_t mask = (UINT32_C(1) << 24) - 1, x = account ^ ((uint32_t)world->seed & 0xffff);
    x = (x * UINT32_C(0x9e3779b1)) & mask;
    x ^= x >> 11;
    return (x * UINT32_C(0x85ebca6b)) & mask;
}

uint64_t eh_sim_account_id(const eh_sim_world *world, uint32_t account)
{
    uint64_t age = world->accounts.items[account].created_day - 13200; /* later accounts have larger ids */
    return (age << 24) | permuted(world, account);
}

static eh_status add_base36(uint32_t number, eh_buf *text, eh_error *err)
{
    char digits[8];
    size_t n = 0;
    do {
        digits[n++] = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
        number /= 36;
    } while (number);
    while (n) EH_TRY(eh_buf_add(text, &digits[--n], 1, err));
    return EH_OK;
}

static eh_status add_syllables(uint32_t seed, size_t n, bool is_capital, eh_buf *text, eh_error *err)
{
    uint64_t state = eh_sim_mix(seed, 5);
    for (size_t i = 0; i < n; i++, state = eh_sim_mix(state, i)) {
        char syllable[2] = {"bdfgklmnprstvz"[state % 14], "aeiou"[state / 14 % 5]};
        if (is_capital && i == 0) syllable[0] = (char)(syllable[0] - 32);
        EH_TRY(eh_buf_add(text, syllable, 2, err));
    }
    return EH_OK;
}

eh_status eh_sim_handle_of(const eh_sim_world *world, uint32_t account, eh_buf *text, eh_error *err)
{
    uint32_t number = permuted(world, account);
    if (world->accounts.items[account].role != EH_SIM_SOURCE) {
        EH_TRY(add_syllables(number, 3, false, text, err));
        return add_base36(number, text, err);
    }
    EH_TRY(add(text, first_names[number % 20], err));
    EH_TRY(add(text, second_names[number / 20 % 20], err));
    return number / 400 ? add_base36(number / 400, text, err) : EH_OK;
}

eh_status eh_sim_name_of(const eh_sim_world *world, uint32_t account, eh_buf *text, eh_error *err)
{
    uint32_t number = permuted(world, account);
    if (world->accounts.items[account].role == EH_SIM_SOURCE)
        return eh_buf_printf(text, err, "%s %s", first_names[number % 20], second_names[number / 20 % 20]);
    EH_TRY(add_syllables(number, 3, true, text, err));
    EH_TRY(add(text, " ", err));
    return add_syllables(number ^ 0x5a5a5a, 2 + number % 2, true, text, err);
}

eh_status eh_sim_profile_of(const eh_sim_world *world, uint32_t account, eh_buf *location, eh_buf *description, eh_error *err)
{
    const eh_sim_words *words = &eh_sim_languages[world->accounts.items[account].language];
    static const char *const declarations[eh_sim_n_languages] = {
        "Automated feed, a bot: ", "Automatischer Feed, ein Bot: ", "ربات خبری خودکار: ", "حساب آلي (بوت): ", "Автоматическая лента, бот: ", "स्वचालित बॉट: "};
    uint64_t state = eh_sim_mix(account, world->seed ^ 3);
    if (state % 5 < 3) EH_TRY(add(location, pick(places, &state, 12), err));
    state = eh_sim_mix(state, 9);
    bool is_declared = world->accounts.items[account].is_declared;
    if (state % 2 && !is_declared) return EH_OK;
    if (is_declared) EH_TRY(add(description, declarations[world->accounts.items[account].language], err));
    EH_TRY(add(description, pick(words->objects, &state, eh_sim_n_words), err));
    EH_TRY(add(description, ", ", err));
    return add(description, pick(words->times, &state, eh_sim_n_words), err);
}

/* ---- tags and links ---- */

/* Blanks and joiners become '_' so that the tag is one word. */
static eh_status add_joined(eh_buf *text, const char *words, eh_error *err)
{
    size_t from = text->size;
    EH_TRY(add(text, words, err));
    for (size_t i = from; i < text->size; i++)
        if (text->data[i] == ' ') text->data[i] = '_';
    return EH_OK;
}

eh_status eh_sim_tag_of(const eh_sim_world *world, uint32_t tag, eh_buf *text, eh_error *err)
{
    const eh_sim_words *words = &eh_sim_languages[world->tags.items[tag]];
    uint64_t state = eh_sim_mix(tag, world->seed ^ 11);
    EH_TRY(add_joined(text, pick(words->objects, &state, eh_sim_n_words), err));
    EH_TRY(add(text, "_", err));
    EH_TRY(add_joined(text, pick(words->times, &state, eh_sim_n_words), err));
    /* two words alone would make tags of different events the same */
    return eh_buf_printf(text, err, "_%u", (unsigned)(eh_sim_mix(state, 13) % 1000));
}

eh_status eh_sim_url_of(const eh_sim_world *world, uint32_t number, eh_buf *text, eh_error *err)
{
    const eh_sim_article *article = &world->articles.items[number];
    eh_calendar day = eh_calendar_of((int64_t)article->day * EH_DAY_US);
    uint32_t domain = (uint32_t)eh_sim_mix(article->domain, world->seed ^ 7);
    EH_TRY(add(text, "https://", err));
    EH_TRY(add_syllables(domain, 4, false, text, err));
    EH_TRY(eh_buf_printf(text, err, "-%u.example/%04d/%02d/%02d/", article->domain, day.year, day.month, day.day));
    EH_TRY(add_syllables(article->text, 4, false, text, err));
    return eh_buf_printf(text, err, "-%u", number);
}

const char *eh_sim_language_code(uint32_t language) { return eh_sim_languages[language].code; }
