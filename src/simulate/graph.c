/*
 * Who follows what. People follow sources of their community and the national ones of their language, with a
 * taste for each; friends are neighbours in the community, so friends of friends are often friends.
 * Feeds and fans are then indexed per source.
 */
#include "base/sort.h"
#include "simulate/world.h"

#include <math.h>

static eh_status list_members(eh_sim_world *world, eh_error *err)
{
    world->members = eh_alloc(world->ctx, world->accounts.n, sizeof *world->members, err);
    if (!world->members) return EH_E_NOMEM;
    uint32_t at = 0;
    for (size_t i = 0; i < world->accounts.n; i++) world->communities.items[world->accounts.items[i].community].n_members++;
    for (size_t c = 0; c < world->communities.n; c++) {
        world->communities.items[c].first_member = at;
        at += world->communities.items[c].n_members;
        world->communities.items[c].n_members = 0;
    }
    for (size_t i = 0; i < world->accounts.n; i++) {
        eh_sim_community *home = &world->communities.items[world->accounts.items[i].community];
        world->members[home->first_member + home->n_members++] = (uint32_t)i;
    }
    return EH_OK;
}

static eh_status add_candidate(eh_sim_world *world, uint32_t source, eh_error *err)
{
    EH_TRY(eh_reserve(world->ctx, (void **)&world->candidates.items, &world->candidates.capacity, world->candidates.n + 1,
                      sizeof *world->candidates.items, err));
    world->candidates.items[world->candidates.n++] = source;
    return EH_OK;
}

/* Sources of one community come from its members; the national ones stand first in world.sources. */
static eh_status list_candidates(eh_sim_world *world, eh_error *err)
{
    for (size_t c = 0; c < world->communities.n; c++) {
        eh_sim_community *home = &world->communities.items[c];
        home->first_candidate = (uint32_t)world->candidates.n;
        for (size_t s = 0; s < world->sources.n && world->sources.items[s].community == EH_SIM_NONE; s++)
            if (world->sources.items[s].language == home->language) EH_TRY(add_candidate(world, (uint32_t)s, err));
        for (uint32_t m = 0; m < home->n_members; m++) {
            uint32_t source = world->accounts.items[world->members[home->first_member + m]].source;
            if (source != EH_SIM_NONE && world->sources.items[source].community == c) EH_TRY(add_candidate(world, source, err));
        }
        home->n_candidates = (uint32_t)world->candidates.n - home->first_candidate;
    }
    return EH_OK;
}

static uint32_t draw_candidate(const eh_sim_world *world, eh_rng *rng, const eh_sim_community *home)
{
    const uint32_t *candidates = world->candidates.items + home->first_candidate;
    double total = 0;
    for (uint32_t i = 0; i < home->n_candidates; i++) total += world->sources.items[candidates[i]].weight;
    double at = eh_rng_uniform(rng) * total;
    for (uint32_t i = 0; i + 1 < home->n_candidates; i++) {
        at -= world->sources.items[candidates[i]].weight;
        if (at < 0) return candidates[i];
    }
    return candidates[home->n_candidates - 1];
}

static bool follows_already(const eh_sim_world *world, const eh_sim_account *account, uint32_t source)
{
    for (uint32_t i = 0; i < account->n_follows; i++)
        if (world->follows.items[account->first_follow + i].source == source) return true;
    return false;
}

static eh_status follow_sources(eh_sim_world *world, eh_rng *rng, eh_sim_account *account, uint32_t number, eh_error *err)
{
    const eh_sim_community *home = &world->communities.items[account->community];
    uint32_t wanted = 3 + (uint32_t)eh_rng_poisson(rng, 3);
    if (wanted > eh_sim_max_follows) wanted = eh_sim_max_follows;
    account->first_follow = (uint32_t)world->follows.n;
    EH_TRY(eh_reserve(world->ctx, (void **)&world->follows.items, &world->follows.capacity,
                      world->follows.n + eh_sim_max_follows, sizeof *world->follows.items, err));
    for (uint32_t tries = 0; account->n_follows < wanted && tries < 3 * wanted; tries++) {
        /* one in twelve lies elsewhere */
        if (eh_rng_below(rng, 12) == 0) home = &world->communities.items[eh_rng_below(rng, world->communities.n)];
        if (home->n_candidates == 0) break;
        uint32_t source = draw_candidate(world, rng, home);
        home = &world->communities.items[account->community];
        if (world->sources.items[source].account == number || follows_already(world, account, source)) continue;
        eh_sim_follow follow = {source, account->eagerness > 0 && account->n_follows < account->n_notified, eh_rng_gamma(rng, 0.8) + 0.02};
        world->follows.items[world->follows.n++] = follow;
        account->n_follows++;
    }
    return EH_OK;
}

static eh_status choose_friends(eh_sim_world *world, eh_rng *rng, eh_sim_account *account, uint32_t number, eh_error *err)
{
    const eh_sim_community *home = &world->communities.items[account->community];
    uint32_t wanted = 2 + (uint32_t)eh_rng_poisson(rng, 5), position = 0;
    if (wanted > eh_sim_max_friends) wanted = eh_sim_max_friends;
    account->first_friend = (uint32_t)world->friends.n;
    if (home->n_members < 2) return EH_OK;
    if (wanted > home->n_members - 1) wanted = home->n_members - 1;
    EH_TRY(eh_reserve(world->ctx, (void **)&world->friends.items, &world->friends.capacity, world->friends.n + eh_sim_max_friends,
                      sizeof *world->friends.items, err));
    /* members are listed in ascending order of number */
    for (uint32_t low = 0, high = home->n_members; low < high;) {
        position = low + (high - low) / 2;
        uint32_t found = world->members[home->first_member + position];
        if (found == number) break;
        if (found < number)
            low = position + 1;
        else
            high = position;
    }
    for (uint32_t i = 0; i < wanted; i++) {
        uint32_t step = 1 + (uint32_t)(eh_rng_exponential(rng) * 12);
        uint32_t at = eh_rng_below(rng, 2) ? position + step : position + home->n_members - step % home->n_members;
        uint32_t friend = world->members[home->first_member + at % home->n_members];
        if (friend == number) continue;
        world->friends.items[world->friends.n++] = friend;
        account->n_friends++;
    }
    return EH_OK;
}

eh_status eh_sim_follow_anew(eh_sim_world *world, eh_rng *rng, uint32_t number, uint32_t community, eh_error *err)
{
    eh_sim_account *account = &world->accounts.items[number];
    account->community = community;
    account->n_follows = account->n_friends = 0;
    EH_TRY(follow_sources(world, rng, account, number, err));
    return choose_friends(world, rng, account, number, err);
}

eh_status eh_sim_befriend(eh_sim_world *world, uint32_t number, const uint32_t *friends, uint32_t n, eh_error *err)
{
    eh_sim_account *account = &world->accounts.items[number];
    EH_TRY(eh_reserve(world->ctx, (void **)&world->friends.items, &world->friends.capacity, world->friends.n + eh_sim_max_friends,
                      sizeof *world->friends.items, err));
    account->first_friend = (uint32_t)world->friends.n;
    account->n_friends = 0;
    for (uint32_t i = 0; i < n && account->n_friends < eh_sim_max_friends; i++) {
        if (friends[i] == number) continue;
        world->friends.items[world->friends.n++] = friends[i];
        account->n_friends++;
    }
    return EH_OK;
}

void eh_sim_turn_to(eh_sim_world *world, uint32_t number, uint32_t i, uint32_t source, double liking)
{
    eh_sim_account *account = &world->accounts.items[number];
    if (i >= account->n_follows || source == EH_SIM_NONE || world->sources.items[source].account == number) return;
    eh_sim_follow *follow = &world->follows.items[account->first_follow + account->n_follows - 1 - i];
    if (!follows_already(world, account, source)) {
        follow->source = source;
        follow->liking = liking;
        return;
    }
    for (uint32_t k = 0; k < account->n_follows; k++)
        if (world->follows.items[account->first_follow + k].source == source)
            world->follows.items[account->first_follow + k].liking = liking;
}

uint32_t eh_sim_draw_source(const eh_sim_world *world, eh_rng *rng, uint32_t community)
{
    const eh_sim_community *home = &world->communities.items[community];
    return home->n_candidates ? draw_candidate(world, rng, home) : EH_SIM_NONE;
}

uint32_t eh_sim_draw_newsroom(const eh_sim_world *world, eh_rng *rng, uint32_t community)
{
    for (int tries = 0; tries < 40; tries++) {
        uint32_t source = eh_sim_draw_source(world, rng, community);
        if (source == EH_SIM_NONE) return EH_SIM_NONE;
        if (world->accounts.items[world->sources.items[source].account].role == EH_SIM_SOURCE) return source;
    }
    return EH_SIM_NONE;
}

/* Counting sort of the notified followers by source. */
static eh_status list_fans(eh_sim_world *world, eh_error *err)
{
    uint32_t n = 0;
    for (size_t i = 0; i < world->follows.n; i++)
        if (world->follows.items[i].is_notified) world->sources.items[world->follows.items[i].source].n_fans++;
    for (size_t s = 0; s < world->sources.n; s++) {
        world->sources.items[s].first_fan = n;
        n += world->sources.items[s].n_fans;
        world->sources.items[s].n_fans = 0;
    }
    world->fans = eh_alloc(world->ctx, n, sizeof *world->fans, err);
    if (!world->fans) return EH_E_NOMEM;
    for (size_t a = 0; a < world->accounts.n; a++) {
        const eh_sim_account *account = &world->accounts.items[a];
        for (uint32_t i = 0; i < account->n_follows; i++) {
            const eh_sim_follow *follow = &world->follows.items[account->first_follow + i];
            eh_sim_source *source = &world->sources.items[follow->source];
            if (follow->is_notified) world->fans[source->first_fan + source->n_fans++] = (uint32_t)a;
        }
    }
    return EH_OK;
}

eh_status eh_sim_connect(eh_sim_world *world, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_rng rng = eh_rng_of(world->seed, 1000);
    if (list_members(world, err) != EH_OK) return err->status;
    EH_TRY(list_candidates(world, err));
    for (size_t i = 0; i < world->accounts.n; i++) {
        eh_sim_account *account = &world->accounts.items[i];
        if (account->role == EH_SIM_SOURCE) continue;
        EH_TRY(follow_sources(world, &rng, account, (uint32_t)i, err));
        EH_TRY(choose_friends(world, &rng, account, (uint32_t)i, err));
    }
    if (list_fans(world, err) != EH_OK) return err->status;
    world->recent = eh_alloc(world->ctx, world->accounts.n, sizeof *world->recent, err);
    if (!world->recent) return err->status;
    for (size_t i = 0; i < world->accounts.n; i++)
        for (size_t r = 0; r < eh_sim_n_recent; r++) world->recent[i].post[r] = EH_SIM_NONE;
    return EH_OK;
}

static int by_source_and_time(const void *a, const void *b, void *data)
{
    const eh_sim_world *world = data;
    const eh_sim_post *x = &world->posts.items[*(const uint32_t *)a], *y = &world->posts.items[*(const uint32_t *)b];
    uint32_t source_x = world->accounts.items[x->account].source, source_y = world->accounts.items[y->account].source;
    if (source_x != source_y) return source_x < source_y ? -1 : 1;
    return (x->time_ms > y->time_ms) - (x->time_ms < y->time_ms);
}

eh_status eh_sim_index_feeds(eh_sim_world *world, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    size_t n = 0;
    for (size_t i = 0; i < world->posts.n; i++) n += world->posts.items[i].is_feed;
    world->feed = eh_alloc(world->ctx, n, sizeof *world->feed, err);
    if (!world->feed) return err->status;
    n = 0;
    for (size_t i = 0; i < world->posts.n; i++)
        if (world->posts.items[i].is_feed) world->feed[n++] = (uint32_t)i;
    EH_TRY(eh_sort(world->ctx, world->feed, n, sizeof *world->feed, by_source_and_time, world, err));
    for (size_t i = 0; i < n; i++) {
        eh_sim_source *source = &world->sources.items[world->accounts.items[world->posts.items[world->feed[i]].account].source];
        if (source->n_feed++ == 0) source->first_feed = (uint32_t)i;
    }
    return EH_OK;
}

uint32_t eh_sim_feed_before(const eh_sim_world *world, const eh_sim_source *source, int64_t time_ms)
{
    uint32_t low = 0, high = source->n_feed;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (world->posts.items[world->feed[source->first_feed + middle]].time_ms < time_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t eh_sim_feed_of_day(const eh_sim_world *world, const eh_sim_source *source, uint32_t day, uint32_t *end)
{
    *end = source->first_feed + eh_sim_feed_before(world, source, eh_sim_day_start_ms(world, day + 1));
    return source->first_feed + eh_sim_feed_before(world, source, eh_sim_day_start_ms(world, day));
}
