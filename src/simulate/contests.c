/*
 * Radio contests: a station gives a tag and a phrase on air at announced times; whoever posts them, answers with them or
 * reposts the station's post in the next minutes takes part. Listeners know nothing of each other.
 */
#include "simulate/families.h"

enum { ENTRY, ANSWER, REPOST };
enum { open_for_min = 15, n_known_times = 6 };

eh_status eh_sim_contests_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_contests *set = crew->parameters;
    return eh_sim_found_clubs(world, crew, set->share, set->size, set->zeal, err);
}

static eh_status air(eh_sim_world *world, eh_sim_crew *crew, uint32_t c, uint32_t day, double minute, eh_error *err)
{
    const eh_sim_club *listeners = &crew->clubs.items[c];
    eh_sim_source station = world->sources.items[listeners->source];
    eh_sim_clock here = {.zone_min = world->communities.items[listeners->community].zone_min};
    eh_sim_event round = {.community = c, .tag = listeners->tag, .text = (uint32_t)eh_rng_next(&crew->rng)};
    round.time_ms = eh_sim_local_ms(world, &here, day, minute) + (int64_t)(eh_rng_uniform(&crew->rng) * 40000);
    round.end_ms = round.time_ms + open_for_min * EH_SIM_MINUTE_MS;
    EH_TRY(eh_sim_publish_post(world, &crew->rng, &station, round.time_ms + 5000, 1, EH_SIM_NONE, round.tag, &round.post, err));
    return round.post == EH_SIM_NONE ? EH_OK : eh_sim_add_event(world, crew, &round, err);
}

/* Two to three weeks on working days, at the same times each day. */
static eh_status air_all(eh_sim_world *world, eh_sim_crew *crew, uint32_t c, eh_error *err)
{
    static const double times_min[n_known_times] = {435, 465, 495, 735, 1005, 1035};
    const eh_sim_contests *set = crew->parameters;
    const eh_sim_club *listeners = &crew->clubs.items[c];
    const eh_sim_clock *clock = &world->accounts.items[eh_sim_people_of(crew, listeners)[0]].clock;
    uint32_t first = (uint32_t)eh_rng_below(&crew->rng, world->n_days / 3 + 1), end = first + 14 + (uint32_t)eh_rng_below(&crew->rng, 8);
    uint32_t from = (uint32_t)eh_rng_below(&crew->rng, n_known_times);
    for (uint32_t day = first; day < end && day < world->n_days; day++)
        for (uint32_t k = 0; k < set->n_times && !eh_sim_is_day_off(world, clock, day); k++)
            EH_TRY(air(world, crew, c, day, times_min[(from + k * n_known_times / set->n_times) % n_known_times], err));
    return EH_OK;
}

eh_status eh_sim_contests_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        eh_sim_club *listeners = &crew->clubs.items[c];
        listeners->source = eh_sim_draw_newsroom(world, &crew->rng, listeners->community);
        listeners->leader = c;
        for (uint32_t i = 0; i < c; i++) /* a station that others listen to as well */
            if (crew->clubs.items[i].source == listeners->source) listeners->leader = crew->clubs.items[i].leader;
        if (listeners->source == EH_SIM_NONE || listeners->leader != c) continue;
        EH_TRY(eh_sim_add_tag(world, world->communities.items[listeners->community].language, &crew->clubs.items[c].tag, err));
        EH_TRY(air_all(world, crew, c, err));
    }
    return EH_OK;
}

static eh_status enter(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t event, eh_error *err)
{
    const eh_sim_contests *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    const eh_sim_event *round = &crew->events.items[event];
    int64_t at_ms = eh_sim_later_ms(rng, round->time_ms + 8000, set->delay_s, 0.9);
    if (!eh_sim_is_awake(&world->accounts.items[account].clock, at_ms)) return EH_OK;
    for (uint64_t n = 1 + eh_rng_poisson(rng, 0.3); n > 0 && at_ms < round->end_ms; n--) {
        double which = eh_rng_uniform(rng);
        eh_sim_task task = eh_sim_task_of(account, at_ms, which < 0.55 ? ENTRY : which < 0.8 ? ANSWER : REPOST);
        task.event = event;
        EH_TRY(eh_sim_plan(world, crew, &task, err));
        at_ms = eh_sim_later_ms(rng, at_ms, 100, 0.8);
    }
    return EH_OK;
}

static eh_status plan_round(eh_sim_world *world, eh_sim_crew *crew, uint32_t event, uint32_t day, eh_error *err)
{
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        const eh_sim_club *listeners = &crew->clubs.items[c];
        if (listeners->leader != crew->events.items[event].community) continue;
        for (uint32_t i = 0; i < listeners->n; i++) {
            uint32_t account = eh_sim_people_of(crew, listeners)[i];
            const eh_sim_account *listener = &world->accounts.items[account];
            if (eh_sim_is_away(listener, day) || eh_rng_uniform(&crew->rng) >= listener->zeal) continue;
            EH_TRY(enter(world, crew, account, event, err));
        }
    }
    return EH_OK;
}

eh_status eh_sim_contests_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err)
{
    return eh_sim_plan_events(world, crew, day, plan_round, err);
}

eh_status eh_sim_contests_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    const eh_sim_event *round = &crew->events.items[task->event];
    if (task->kind == REPOST) return eh_sim_repost(world, task->account, round->post, task->time_ms, err);
    uint32_t target = task->kind == ANSWER ? round->post : EH_SIM_NONE;
    return eh_sim_paste(world, task->account, task->time_ms, round->text, round->tag, target, err);
}
