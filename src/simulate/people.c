/*
 * Communities and the people in them. Activity follows a truncated Pareto law; tastes, clocks, absences and
 * profile columns are drawn per person. The regions (language, time zone) are those of text.c.
 */
#include "simulate/world.h"

#include <math.h>

typedef struct region {
    double weight;
    int32_t zones_min[2];
} region;

/* summer time of August 2018; the second zone is another country of the language */
static const region regions[eh_sim_n_languages] = {
    {0.28, {60, -240}}, {0.12, {120, 120}}, {0.20, {270, 270}}, {0.15, {180, 120}}, {0.13, {180, 420}}, {0.12, {330, 330}},
};

static uint32_t draw_language(eh_rng *rng)
{
    double at = eh_rng_uniform(rng);
    for (uint32_t i = 0; i + 1 < eh_sim_n_languages; i++) {
        at -= regions[i].weight;
        if (at < 0) return i;
    }
    return eh_sim_n_languages - 1;
}

/* Pairs of communities, one of each half. */
static uint32_t pair_of(const eh_sim_world *world, uint32_t c, uint32_t shift)
{
    uint32_t half = (uint32_t)world->communities.n / 2;
    if (c >= 2 * half) return c;
    return c < half ? half + (c + shift) % half : (c - half + half - shift) % half;
}

uint32_t eh_sim_partner(const eh_sim_world *world, uint32_t c)
{
    return world->is_mirrored ? pair_of(world, c, world->mirror_shift) : c;
}

static bool has_other_language(const eh_sim_world *world, uint32_t c, uint32_t shift)
{
    return world->communities.items[c].language != world->communities.items[pair_of(world, c, shift)].language;
}

/* Partners are to differ: that turn of the second half against the first at which most pairs have two languages. */
static void pair_communities(eh_sim_world *world)
{
    uint32_t half = (uint32_t)world->communities.n / 2, most = 0;
    /* the first of them will do in large worlds */
    for (uint32_t shift = 0; shift < half && shift < 64; shift++) {
        uint32_t n = 0;
        for (uint32_t c = 0; c < half; c++) n += has_other_language(world, c, shift);
        if (n <= most) continue;
        most = n;
        world->mirror_shift = shift;
    }
}

/* Language, time zone and volume change sides; which community of a side has which does not. */
static void mirror(eh_sim_world *world)
{
    for (uint32_t c = 0; c < world->communities.n / 2; c++) {
        eh_sim_community *one = &world->communities.items[c], *other = &world->communities.items[eh_sim_partner(world, c)];
        eh_sim_community kept = *one;
        *one = *other;
        *other = kept;
    }
}

/* Before mirroring. */
static void provide_home(eh_sim_world *world, eh_rng *rng)
{
    size_t n = world->communities.n;
    if (world->home_language == EH_SIM_NONE) return;
    for (size_t c = 0; c < n; c++)
        if (world->communities.items[c].language == world->home_language) return;
    eh_sim_community *last = &world->communities.items[n > 1 ? n / 2 * 2 - 1 : 0];
    last->language = world->home_language;
    last->zone_min = regions[last->language].zones_min[eh_rng_below(rng, 2)];
}

eh_status eh_sim_settle_communities(eh_sim_world *world, eh_rng *rng, eh_error *err)
{
    uint32_t n = world->n_honest / 150;
    if (n == 0) n = 1;
    if (world->is_mirrored && n < 2)
        return eh_fail(err, EH_E_INVALID, "--mirror needs two communities, so --accounts 300 or more");
    EH_TRY(eh_reserve(world->ctx, (void **)&world->communities.items, &world->communities.capacity, n,
                      sizeof *world->communities.items, err));
    world->communities.n = n;
    for (uint32_t i = 0; i < n; i++) {
        eh_sim_community *community = &world->communities.items[i];
        *community = (eh_sim_community){.language = draw_language(rng), .weight = eh_rng_lognormal(rng, 1, 0.5)};
        community->zone_min = regions[community->language].zones_min[eh_rng_below(rng, 2)];
    }
    provide_home(world, rng);
    pair_communities(world);
    if (world->is_mirrored) mirror(world);
    for (uint32_t i = 0; i < n; i++) {
        eh_sim_community *community = &world->communities.items[i];
        for (size_t t = 0; t < sizeof community->tags / sizeof *community->tags; t++)
            EH_TRY(eh_sim_add_tag(world, community->language, &community->tags[t], err));
    }
    return EH_OK;
}

uint32_t eh_sim_choose_home(const eh_sim_world *world, eh_rng *rng)
{
    /* the last of an odd number has no mirror image */
    uint32_t n = (uint32_t)world->communities.n, n_paired = n > 1 ? n / 2 * 2 : 1, n_fit = 0, chosen = n - 1;
    bool chosen_is_other = false;
    if (world->home_language == EH_SIM_NONE) return (uint32_t)eh_rng_below(rng, n_paired);
    for (uint32_t c = 0; c < n_paired; c++) {
        if (world->communities.items[eh_sim_partner(world, c)].language != world->home_language) continue;
        bool is_other = has_other_language(world, c, world->mirror_shift);
        if (chosen_is_other && !is_other) continue;
        n_fit = is_other && !chosen_is_other ? 1 : n_fit + 1; /* homes whose mirror image speaks another language come first */
        chosen_is_other = is_other;
        if (eh_rng_below(rng, n_fit) == 0) chosen = c;
    }
    return chosen;
}

/* Pareto with exponent 1.3 from 0.12 actions a day, cut at 25: a mean of about 0.45. */
static double draw_activity(eh_rng *rng) { return fmin(0.12 * pow(1 - eh_rng_uniform(rng), -1 / 1.3), 25); }

static uint32_t draw_client(eh_rng *rng)
{
    double which = eh_rng_uniform(rng);
    return which < 0.45 ? 0 : which < 0.75 ? 1 : which < 0.95 ? 2 : 3;
}

eh_sim_account eh_sim_person_draw(const eh_sim_world *world, eh_rng *rng, uint32_t community, double commuter_share)
{
    const eh_sim_community *home = &world->communities.items[community];
    int32_t zone_min = home->zone_min;
    if (eh_rng_uniform(rng) < 0.1) zone_min += 60 * ((int32_t)eh_rng_below(rng, 9) - 4); /* lives abroad */
    eh_sim_account person = {.role = EH_SIM_PERSON, .community = community, .language = home->language, .source = EH_SIM_NONE};
    person.clock = eh_sim_clock_draw(rng, zone_min, home->language, eh_rng_uniform(rng) < commuter_share);
    person.activity = draw_activity(rng);
    person.sitting_size = 1.6 + 0.12 * person.activity;
    person.repost_share = 0.4 + 0.5 * eh_rng_uniform(rng);
    if (eh_rng_uniform(rng) < 0.2 && world->n_days > 5) {
        person.away_from_day = (int32_t)eh_rng_below(rng, world->n_days);
        person.away_to_day = person.away_from_day + 4 + (int32_t)eh_rng_below(rng, 11);
    }
    person.n_followers = (uint32_t)fmin(eh_rng_lognormal(rng, 150, 1.3), 4e6);
    person.n_following = 10 + (uint32_t)fmin(eh_rng_lognormal(rng, 220, 0.9), 5000);
    /* 2009-01-01 .. 2018-06-30, newer ones more often */
    person.created_day = 14245 + (uint32_t)(3467 * sqrt(eh_rng_uniform(rng)));
    person.client = draw_client(rng);
    return person;
}
