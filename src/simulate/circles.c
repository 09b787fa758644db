/*
 * Circles of friends. Members follow each other and some sources all of them like; what one posts or reposts the others
 * see, and pass on some of it: in a tight circle mostly within the hour, in a loose one within the day. Each decides once about
 * each post. Now and then they answer instead.
 */
#include "simulate/families.h"

#include <math.h>

enum { LOOSE, TIGHT };

eh_status eh_sim_circles_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_circles *set = crew->parameters;
    EH_TRY(eh_sim_found_clubs(world, crew, set->share, set->size, set->pass_on, err));
    for (uint32_t c = 0; c < crew->clubs.n; c++)
        crew->clubs.items[c].kind = eh_rng_uniform(&crew->rng) < set->tight_share ? TIGHT : LOOSE;
    return EH_OK;
}

/* Only now is the graph drawn; the circle stands in the place of chance acquaintances. */
eh_status eh_sim_circles_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_circles *set = crew->parameters;
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        const eh_sim_club *club = &crew->clubs.items[c];
        const uint32_t *people = eh_sim_people_of(crew, club);
        for (uint32_t i = 0; i < club->n; i++) EH_TRY(eh_sim_befriend(world, people[i], people, club->n, err));
        for (uint32_t k = 0; k < set->n_shared; k++) {
            uint32_t source = eh_sim_draw_source(world, &crew->rng, club->community);
            for (uint32_t i = 0; i < club->n; i++)
                eh_sim_turn_to(world, people[i], k, source, 0.5 + eh_rng_gamma(&crew->rng, 1.5));
        }
    }
    return EH_OK;
}

static eh_status consider(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_club *club, uint32_t account, uint32_t object,
                          int64_t seen_ms, double attention, eh_error *err)
{
    const eh_sim_circles *set = crew->parameters;
    const eh_sim_account *person = &world->accounts.items[account];
    if (eh_sim_fixed(world, account, object) >= person->zeal * attention) return EH_OK;
    int64_t at_ms = club->kind == TIGHT ? eh_sim_later_ms(&crew->rng, seen_ms, set->tight_s, 1)
                                        : eh_sim_later_ms(&crew->rng, seen_ms, set->loose_s, 1.2);
    at_ms = eh_sim_when_awake(&person->clock, &crew->rng, at_ms);
    uint32_t day = (uint32_t)((at_ms - world->start_ms) / EH_SIM_DAY_MS);
    if (eh_sim_is_away(person, day)) return EH_OK;
    eh_sim_task task = eh_sim_task_of(account, at_ms, 0);
    task.post = object;
    return eh_sim_plan(world, crew, &task, err);
}

eh_status eh_sim_circles_react(eh_sim_world *world, eh_sim_crew *crew, uint32_t number, eh_error *err)
{
    const eh_sim_post *post = &world->posts.items[number];
    const eh_sim_account *author = &world->accounts.items[post->account];
    if (author->crew != crew->number || (post->kind != EH_SIM_POST && post->kind != EH_SIM_REPOST)) return EH_OK;
    const eh_sim_club *club = &crew->clubs.items[author->club];
    uint32_t object = post->kind == EH_SIM_REPOST ? post->target : number, poster = post->account;
    double attention = fmin(1, 3 / author->activity); /* of a friend who posts all day, one sees a part */
    int64_t time_ms = post->time_ms;
    for (uint32_t i = 0; i < club->n; i++) {
        uint32_t account = eh_sim_people_of(crew, club)[i];
        if (account != poster) EH_TRY(consider(world, crew, club, account, object, time_ms, attention, err));
    }
    return EH_OK;
}

eh_status eh_sim_circles_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    if (eh_rng_uniform(&crew->rng) < 0.85) return eh_sim_repost(world, task->account, task->post, task->time_ms, err);
    return eh_sim_respond(world, &crew->rng, task->account, task->time_ms, task->post, EH_SIM_REPLY, err);
}
