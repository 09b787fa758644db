/**
 * @file near_text_world.h  Texts for the test and the bench of near-duplicates: unique texts by Zipf's law, planted
 * campaigns with small edits, honest boilerplate with one part that varies, in eight scripts. Normalised form: no blanks.
 */
#ifndef EH_TESTS_NEAR_TEXT_WORLD_H
#define EH_TESTS_NEAR_TEXT_WORLD_H

#include "base/rng.h"
#include "evenhand/near_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { world_most_points = 320, world_n_scripts = 8 };

typedef struct world_text {
    uint32_t points[world_most_points];
    size_t n;
} world_text;

/* First code point, how many follow, word length; the last: pictures with joiners. */
static const struct {
    uint32_t first, n;
    uint32_t least, most;
} world_scripts[world_n_scripts] = {{'a', 26, 2, 9},       {0x430, 32, 2, 10}, {0x627, 36, 2, 7},   {0x905, 53, 2, 7},
                                    {0x4E00, 6000, 1, 3}, {0x3041, 83, 1, 5}, {0xAC00, 3000, 1, 4}, {0x1F300, 250, 1, 2}};

static inline void world_put(world_text *t, uint32_t point)
{
    if (t->n < world_most_points) t->points[t->n++] = point;
}

/* Word `rank` of a script's vocabulary of 20,000: its letters are a function of the two. */
static inline void world_put_word(world_text *t, int script, uint32_t rank)
{
    eh_rng rng = eh_rng_of(77 + (uint64_t)script, rank);
    uint32_t n = world_scripts[script].least +
                 (uint32_t)eh_rng_below(&rng, world_scripts[script].most - world_scripts[script].least + 1);
    for (uint32_t i = 0; i < n; i++) {
        world_put(t, world_scripts[script].first + (uint32_t)eh_rng_below(&rng, world_scripts[script].n));
        if (script == 3 && eh_rng_below(&rng, 3) == 0) world_put(t, 0x93F); /* a sign that combines */
        if (script == 7 && eh_rng_below(&rng, 4) == 0) world_put(t, 0x200D);
    }
}

static inline uint32_t world_zipf(eh_rng *rng)
{
    double rank = pow(20000.0, eh_rng_uniform(rng)); /* exponent 1 */
    return (uint32_t)rank;
}

static inline void world_write(eh_rng *rng, int script, size_t n_points, world_text *t)
{
    while (t->n < n_points) world_put_word(t, script, world_zipf(rng));
}

/* One small edit: a letter changed, left out or put in, a picture added, a word put in somewhere. */
static inline void world_edit(eh_rng *rng, int script, world_text *t)
{
    size_t at = (size_t)eh_rng_below(rng, t->n);
    uint32_t letter = world_scripts[script].first + (uint32_t)eh_rng_below(rng, world_scripts[script].n);
    world_text put = {.n = 0};
    switch (eh_rng_below(rng, 5)) {
    case 0: t->points[at] = letter; return;
    case 1:
        memmove(t->points + at, t->points + at + 1, (t->n - at - 1) * sizeof *t->points);
        t->n--;
        return;
    case 2: world_put(&put, letter); break;
    case 3: world_put(t, 0x1F600 + (uint32_t)eh_rng_below(rng, 60)); return;
    default: world_put_word(&put, script, world_zipf(rng)); break;
    }
    if (t->n + put.n > world_most_points) return;
    memmove(t->points + at + put.n, t->points + at, (t->n - at) * sizeof *t->points);
    memcpy(t->points + at, put.points, put.n * sizeof *t->points);
    t->n += put.n;
}

static inline size_t world_encode(const world_text *t, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        uint32_t c = t->points[i];
        if (c < 0x80) {
            out[n++] = (char)c;
        } else if (c < 0x800) {
            out[n++] = (char)(0xC0 | c >> 6);
            out[n++] = (char)(0x80 | (c & 63));
        } else if (c < 0x10000) {
            out[n++] = (char)(0xE0 | c >> 12);
            out[n++] = (char)(0x80 | (c >> 6 & 63));
            out[n++] = (char)(0x80 | (c & 63));
        } else {
            out[n++] = (char)(0xF0 | c >> 18);
            out[n++] = (char)(0x80 | (c >> 12 & 63));
            out[n++] = (char)(0x80 | (c >> 6 & 63));
            out[n++] = (char)(0x80 | (c & 63));
        }
    }
    return n;
}

/**
 * Text i of world `seed`, a function of the two: 20 % of a campaign of 50 texts with 0 to 4 edits each, 15 % boilerplate
 * (30 to 70 code points in common and a part that varies), the rest unique; 40 to 200 code points. Time: a campaign
 * within four days, the others at any time of n_days.
 */
static inline void world_text_of(uint64_t seed, uint64_t i, uint64_t n_texts, uint32_t n_days, world_text *t, int64_t *time_us)
{
    static const int64_t day_us = INT64_C(86400000000);
    eh_rng rng = eh_rng_of(seed, i);
    double which = eh_rng_uniform(&rng);
    t->n = 0;
    *time_us = (int64_t)(eh_rng_uniform(&rng) * n_days * (double)day_us);
    if (which < 0.2) {
        eh_rng group = eh_rng_of(seed ^ 0x5151, eh_rng_below(&rng, n_texts / 250 + 1));
        int script = (int)eh_rng_below(&group, world_n_scripts);
        world_write(&group, script, 40 + (size_t)eh_rng_below(&group, 140), t);
        *time_us = (int64_t)(eh_rng_uniform(&group) * n_days * (double)day_us + eh_rng_uniform(&rng) * 4 * (double)day_us);
        for (uint64_t n = eh_rng_below(&rng, 5); n > 0; n--) world_edit(&rng, script, t);
    } else if (which < 0.35) {
        eh_rng form = eh_rng_of(seed ^ 0x7272, eh_rng_below(&rng, 40));
        int script = (int)eh_rng_below(&form, world_n_scripts);
        world_write(&form, script, 30 + (size_t)eh_rng_below(&form, 40), t);
        world_write(&rng, script, t->n + 20 + (size_t)eh_rng_below(&rng, 40), t);
    } else {
        world_write(&rng, (int)eh_rng_below(&rng, world_n_scripts), 40 + (size_t)eh_rng_below(&rng, 140), t);
    }
}

/** The post of text i is "p" and nine digits, so that posts are numbered as texts are. */
static inline eh_status world_add(eh_action_builder *builder, uint64_t i, eh_str text, int64_t time_us, eh_error *err)
{
    char account[24], post[24];
    eh_action action = {.behaviour = EH_TEXT, .object = text, .time_us = time_us, .birth_us = INT64_MIN};
    action.account = (eh_str){account, (size_t)snprintf(account, sizeof account, "u%llu", (unsigned long long)(i * 7919 % 1009))};
    action.post = (eh_str){post, (size_t)snprintf(post, sizeof post, "p%09llu", (unsigned long long)i)};
    return eh_action_builder_add(builder, &action, err);
}
#endif
