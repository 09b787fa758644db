/*
 * A reposting ring: people with lives of their own who, on a call, all repost a given post within minutes.
 * The posts belong to ordinary sources, which know nothing of it and are read by others as usual.
 */
#include "simulate/world.h"

#include <math.h>

eh_status eh_sim_ring_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_ring *set = crew->population->parameters;
    eh_rng *rng = &crew->rng;
    uint32_t home = (uint32_t)eh_rng_below(rng, world->communities.n);
    uint32_t n_objects = set->n_objects;
    if (world->n_days < 14) n_objects = n_objects * world->n_days / 14 + 1;
    double ordinary = set->participation * n_objects * set->camouflage / (1 - set->camouflage) / world->n_days;
    crew->first_account = (uint32_t)world->accounts.n;
    crew->n_accounts = set->n_accounts;
    for (uint32_t i = 0; i < set->n_accounts; i++) {
        uint32_t community = home, number;
        for (int tries = 0; i % 2 && tries < 20; tries++) { /* half live elsewhere, but speak the language */
            uint32_t other = (uint32_t)eh_rng_below(rng, world->communities.n);
            if (world->communities.items[other].language != world->communities.items[home].language) continue;
            community = other;
            break;
        }
        eh_sim_account member = eh_sim_person_draw(world, rng, community, 0.25);
        member.group = crew->group;
        member.activity = ordinary * (0.3 + 0.7 * eh_rng_gamma(rng, 4) / 4);
        member.sitting_size = 1.8;
        member.away_from_day = member.away_to_day = 0;
        EH_TRY(eh_sim_add_account(world, &member, &number, err));
    }
    return EH_OK;
}

/* A newsroom of the ring's home, or any. */
static uint32_t choose_sponsor(const eh_sim_world *world, eh_rng *rng, uint32_t community)
{
    uint32_t sponsor = 0;
    for (int tries = 0; tries < 400; tries++) {
        uint32_t source = (uint32_t)eh_rng_below(rng, world->sources.n);
        if (world->accounts.items[world->sources.items[source].account].role != EH_SIM_SOURCE) continue;
        sponsor = source;
        if (world->sources.items[source].community == community) break;
    }
    return sponsor;
}

eh_status eh_sim_ring_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_ring *set = crew->population->parameters;
    eh_rng *rng = &crew->rng;
    const eh_sim_account *first = &world->accounts.items[crew->first_account];
    int32_t zone_min = world->communities.items[first->community].zone_min;
    uint32_t sponsors[8], n_objects = set->n_objects;
    if (world->n_days < 14) n_objects = n_objects * world->n_days / 14 + 1;
    uint32_t n_sponsors = set->n_sponsors < 8 ? set->n_sponsors : 8;
    for (uint32_t i = 0; i < n_sponsors; i++) sponsors[i] = choose_sponsor(world, rng, first->community);
    for (uint32_t k = 0; k < n_objects; k++) {
        const eh_sim_source *sponsor = &world->sources.items[sponsors[eh_rng_below(rng, n_sponsors)]];
        uint32_t day = (uint32_t)((uint64_t)k * world->n_days / n_objects);
        double minute = 500 + 760 * eh_rng_uniform(rng) - zone_min;
        int64_t at_ms = eh_sim_day_start_ms(world, day) + (int64_t)(minute * (double)EH_SIM_MINUTE_MS);
        eh_sim_post post = eh_sim_post_of(sponsor->account, at_ms, EH_SIM_POST);
        post.text = (uint32_t)eh_rng_next(rng);
        post.is_feed = true;
        post.appeal = (float)eh_rng_lognormal(rng, 1, 1);
        eh_sim_event call = {.community = EH_SIM_NONE, .tag = EH_SIM_NONE, .article = EH_SIM_NONE};
        double wait_min = fmin(2 + eh_rng_lognormal(rng, 25, 0.8), 180);
        call.time_ms = at_ms + (int64_t)(wait_min * (double)EH_SIM_MINUTE_MS);
        EH_TRY(eh_sim_add_post(world, &post, &call.post, err));
        if (call.post != EH_SIM_NONE) EH_TRY(eh_sim_add_event(world, crew, &call, err));
    }
    return EH_OK;
}

eh_status eh_sim_ring_act(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_ring *set = crew->population->parameters;
    eh_rng *rng = &crew->rng;
    for (size_t e = 0; e < crew->events.n; e++)
        for (uint32_t i = 0; i < crew->n_accounts; i++) {
            if (eh_rng_uniform(rng) >= set->participation) continue;
            double late_min = eh_rng_uniform(rng) * set->jitter_min;
            int64_t at_ms = crew->events.items[e].time_ms + (int64_t)(late_min * (double)EH_SIM_MINUTE_MS);
            EH_TRY(eh_sim_repost(world, crew->first_account + i, crew->events.items[e].post, at_ms, err));
        }
    return EH_OK;
}
