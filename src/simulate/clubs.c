/*
 * Clubs: people of one community who have something in common, enlisted from the everyday population.
 * The pool lists all persons by community in random order; enlisting takes them from the end of a community's part.
 */
#include "simulate/families.h"

double eh_sim_between(eh_rng *rng, const double range[2]) { return range[0] + (range[1] - range[0]) * eh_rng_uniform(rng); }

uint32_t eh_sim_count_between(eh_rng *rng, const uint32_t range[2])
{
    return range[0] + (uint32_t)eh_rng_below(rng, range[1] - range[0] + 1);
}

void eh_sim_sign(eh_sim_world *world, size_t n_before, uint32_t client)
{
    for (size_t i = n_before; i < world->posts.n; i++) world->posts.items[i].client = (uint8_t)(client + 1);
}

double eh_sim_fixed(const eh_sim_world *world, uint64_t a, uint64_t b)
{
    return (double)(eh_sim_mix(eh_sim_mix(a, b), world->seed ^ 61) >> 11) * 0x1p-53;
}

static bool is_ordinary(const eh_sim_account *account)
{
    return account->role == EH_SIM_PERSON && account->group == 0 && account->truth == EH_SIM_HONEST && account->crew == 0;
}

static void shuffle(eh_rng *rng, uint32_t *items, uint32_t n)
{
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = (uint32_t)eh_rng_below(rng, i), kept = items[i - 1];
        items[i - 1] = items[j];
        items[j] = kept;
    }
}

/* Once a world, by the first family. */
static eh_status fill_pool(eh_sim_world *world, eh_rng *rng, eh_error *err)
{
    uint32_t at = 0;
    if (world->pool) return EH_OK;
    world->pool = eh_alloc(world->ctx, world->accounts.n, sizeof *world->pool, err);
    if (!world->pool) return EH_E_NOMEM;
    for (size_t i = 0; i < world->accounts.n; i++)
        if (is_ordinary(&world->accounts.items[i])) world->communities.items[world->accounts.items[i].community].n_persons++;
    for (size_t c = 0; c < world->communities.n; c++) {
        world->communities.items[c].first_person = at;
        at += world->communities.items[c].n_persons;
        world->communities.items[c].n_persons = 0;
    }
    world->n_pool = at;
    for (size_t i = 0; i < world->accounts.n; i++) {
        eh_sim_community *home = &world->communities.items[world->accounts.items[i].community];
        if (is_ordinary(&world->accounts.items[i])) world->pool[home->first_person + home->n_persons++] = (uint32_t)i;
    }
    for (size_t c = 0; c < world->communities.n; c++)
        shuffle(rng, world->pool + world->communities.items[c].first_person, world->communities.items[c].n_persons);
    return EH_OK;
}

/* A community by its persons, with room for n if one such is met; else the one with the most left. */
static uint32_t choose_community(const eh_sim_world *world, eh_rng *rng, uint32_t n)
{
    uint32_t roomiest = 0;
    for (int tries = 0; tries < 40 && world->n_pool; tries++) {
        uint32_t c = world->accounts.items[world->pool[eh_rng_below(rng, world->n_pool)]].community;
        if (world->communities.items[c].n_persons >= n) return c;
    }
    for (uint32_t c = 1; c < world->communities.n; c++)
        if (world->communities.items[c].n_persons > world->communities.items[roomiest].n_persons) roomiest = c;
    return roomiest;
}

static eh_status enlist(eh_sim_world *world, eh_sim_crew *crew, eh_sim_club *club, const double zeal[2], eh_error *err)
{
    eh_sim_community *home = &world->communities.items[club->community];
    EH_TRY(eh_reserve(world->ctx, (void **)&crew->people.items, &crew->people.capacity, crew->people.n + club->n,
                      sizeof *crew->people.items, err));
    EH_TRY(eh_reserve(world->ctx, (void **)&crew->clubs.items, &crew->clubs.capacity, crew->clubs.n + 1,
                      sizeof *crew->clubs.items, err));
    club->first = (uint32_t)crew->people.n;
    for (uint32_t i = 0; i < club->n; i++) {
        uint32_t number = world->pool[home->first_person + --home->n_persons];
        eh_sim_account *person = &world->accounts.items[number];
        person->crew = crew->number;
        person->club = (uint32_t)crew->clubs.n;
        person->zeal = eh_sim_between(&crew->rng, zeal);
        crew->people.items[crew->people.n++] = number;
    }
    crew->clubs.items[crew->clubs.n++] = *club;
    return EH_OK;
}

eh_status eh_sim_found_clubs(eh_sim_world *world, eh_sim_crew *crew, double share, const uint32_t size[2], const double zeal[2],
                             eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    if (fill_pool(world, &crew->rng, err) != EH_OK) return err->status;
    uint32_t wanted = (uint32_t)(share * world->n_pool), left = wanted;
    while (left >= size[0]) {
        uint32_t n = eh_sim_count_between(&crew->rng, size), c = choose_community(world, &crew->rng, n);
        if (n > left) n = left;
        if (n > world->communities.items[c].n_persons) n = world->communities.items[c].n_persons;
        if (n < size[0]) break;
        eh_sim_club club = {.community = c, .n = n, .source = EH_SIM_NONE, .tag = EH_SIM_NONE, .leader = EH_SIM_NONE};
        EH_TRY(enlist(world, crew, &club, zeal, err));
        left -= n;
    }
    return EH_OK;
}
