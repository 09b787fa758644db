/*
 * Calls to action. An organiser announces in public: at eight o'clock, repost these posts, use this tag. Activists who
 * have the time do so, each by hand from an account of their own; some paste the sample text. They do act together, and openly.
 * Campaigns have local groups; a local group's organiser is the campaign's.
 */
#include "simulate/families.h"

enum { REPOST, WORDS, ANSWER };
enum { most_listed = 8, open_for_min = 90 };

/* An earlier campaign in that language, for two groups in five. */
static uint32_t find_campaign(const eh_sim_world *world, eh_sim_crew *crew, uint32_t c)
{
    uint32_t language = world->communities.items[crew->clubs.items[c].community].language;
    if (eh_rng_uniform(&crew->rng) >= 0.4) return c;
    for (uint32_t i = c; i > 0; i--)
        if (world->communities.items[crew->clubs.items[i - 1].community].language == language) return crew->clubs.items[i - 1].leader;
    return c;
}

eh_status eh_sim_calls_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_calls *set = crew->parameters;
    EH_TRY(eh_sim_found_clubs(world, crew, set->share, set->size, set->zeal, err));
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        eh_sim_club *club = &crew->clubs.items[c];
        for (uint32_t i = 0; i < club->n; i++) world->accounts.items[eh_sim_people_of(crew, club)[i]].truth = EH_SIM_ACTIVIST;
        club->leader = find_campaign(world, crew, c);
        if (club->leader != c) continue;
        eh_sim_source organiser = {.account = eh_sim_people_of(crew, club)[0], .community = club->community, .weight = 0.15,
                                   .posts_per_day = 1.5, .link_share = 0.3};
        organiser.language = world->communities.items[club->community].language;
        world->accounts.items[organiser.account].away_from_day = world->accounts.items[organiser.account].away_to_day = 0;
        EH_TRY(eh_sim_add_source(world, &organiser, err));
        club->source = (uint32_t)world->sources.n - 1;
    }
    return EH_OK;
}

static eh_status announce(eh_sim_world *world, eh_sim_crew *crew, uint32_t c, uint32_t standing_tag, uint32_t day, eh_error *err)
{
    const eh_sim_calls *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    const eh_sim_club *club = &crew->clubs.items[c];
    eh_sim_source organiser = world->sources.items[club->source];
    eh_sim_clock here = {.zone_min = world->communities.items[club->community].zone_min};
    eh_sim_event call = {.community = c, .tag = standing_tag, .text = (uint32_t)eh_rng_next(rng)};
    /* half an hour between noon and ten in the evening, more often late */
    double minute = 720 + 30 * (double)(20 - eh_sim_skewed_below(rng, 20));
    call.time_ms = eh_sim_local_ms(world, &here, day, minute);
    call.end_ms = call.time_ms + open_for_min * EH_SIM_MINUTE_MS;
    call.kind = eh_sim_count_between(rng, set->n_listed);
    if (eh_rng_below(rng, 2)) EH_TRY(eh_sim_add_tag(world, organiser.language, &call.tag, err));
    int64_t announced_ms = call.time_ms - (int64_t)((60 + 420 * eh_rng_uniform(rng)) * (double)EH_SIM_MINUTE_MS);
    EH_TRY(eh_sim_publish_post(world, rng, &organiser, announced_ms, 3, EH_SIM_NONE, call.tag, &call.post, err));
    return call.post == EH_SIM_NONE ? EH_OK : eh_sim_add_event(world, crew, &call, err);
}

eh_status eh_sim_calls_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_calls *set = crew->parameters;
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        const eh_sim_club *club = &crew->clubs.items[c];
        uint32_t tag;
        for (uint32_t i = 1; i < club->n; i++) /* everybody follows the organiser */
            eh_sim_turn_to(world, eh_sim_people_of(crew, club)[i], 0, crew->clubs.items[club->leader].source, 2);
        if (club->leader != c) continue;
        EH_TRY(eh_sim_add_tag(world, world->communities.items[club->community].language, &tag, err));
        for (uint32_t day = 0; day < world->n_days; day++)
            if (eh_rng_uniform(&crew->rng) < set->per_week / 7) EH_TRY(announce(world, crew, c, tag, day, err));
    }
    return EH_OK;
}

static eh_status plan_at(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, int64_t time_ms, uint32_t kind, uint32_t event,
                         uint32_t post, eh_error *err)
{
    eh_sim_task task = eh_sim_task_of(account, time_ms, kind);
    task.event = event;
    task.post = post;
    return eh_sim_plan(world, crew, &task, err);
}

/* Posts of sources that the organiser's people read, out in time to be listed. */
static uint32_t list_posts(const eh_sim_world *world, eh_sim_crew *crew, const eh_sim_event *call, uint32_t listed[most_listed])
{
    uint32_t n = 0, community = crew->clubs.items[call->community].community;
    for (int tries = 0; tries < 30 && n < call->kind && n < most_listed; tries++) {
        uint32_t i_source = eh_sim_draw_source(world, &crew->rng, community);
        if (i_source == EH_SIM_NONE) break;
        const eh_sim_source *source = &world->sources.items[i_source];
        uint32_t before = eh_sim_feed_before(world, source, call->time_ms - 20 * EH_SIM_MINUTE_MS);
        uint32_t post = before ? world->feed[source->first_feed + before - 1] : EH_SIM_NONE;
        for (uint32_t i = 0; i < n && post != EH_SIM_NONE; i++)
            if (listed[i] == post) post = EH_SIM_NONE;
        if (post != EH_SIM_NONE) listed[n++] = post;
    }
    return n;
}

static eh_status join_in(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t event, const uint32_t *listed,
                         uint32_t n_listed, eh_error *err)
{
    const eh_sim_calls *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    const eh_sim_event *call = &crew->events.items[event];
    const eh_sim_account *activist = &world->accounts.items[account];
    int64_t at_ms = eh_sim_later_ms(rng, call->time_ms, set->delay_s, 0.9);
    int64_t read_ms = eh_sim_later_ms(rng, world->posts.items[call->post].time_ms, 2400, 1);
    if (eh_rng_uniform(rng) < 0.2 && read_ms < call->time_ms && eh_sim_is_awake(&activist->clock, read_ms))
        EH_TRY(plan_at(world, crew, account, read_ms, ANSWER, event, call->post, err));
    if (!eh_sim_is_awake(&activist->clock, at_ms)) return EH_OK;
    for (uint32_t i = 0; i < n_listed && at_ms < call->end_ms; i++) {
        if (eh_rng_uniform(rng) >= 0.7) continue;
        EH_TRY(plan_at(world, crew, account, at_ms, REPOST, event, listed[i], err));
        at_ms = eh_sim_next_ms(rng, at_ms);
    }
    for (uint64_t n = eh_rng_poisson(rng, 1.2); n > 0 && at_ms < call->end_ms; n--) {
        EH_TRY(plan_at(world, crew, account, at_ms, WORDS, event, EH_SIM_NONE, err));
        at_ms = eh_sim_later_ms(rng, at_ms, 120, 0.8);
    }
    return EH_OK;
}

/* Others come across the tag. */
static eh_status plan_echo(eh_sim_world *world, eh_sim_crew *crew, uint32_t event, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    const eh_sim_event *call = &crew->events.items[event];
    const eh_sim_community *home = &world->communities.items[crew->clubs.items[call->community].community];
    for (uint64_t n = eh_rng_poisson(rng, 6); n > 0 && home->n_members; n--) {
        uint32_t account = world->members[home->first_member + eh_rng_below(rng, home->n_members)];
        const eh_sim_account *person = &world->accounts.items[account];
        int64_t at_ms = eh_sim_later_ms(rng, call->time_ms, 5400, 1.1);
        if (person->role != EH_SIM_PERSON || person->group || person->crew || !eh_sim_is_awake(&person->clock, at_ms)) continue;
        EH_TRY(plan_at(world, crew, account, at_ms, WORDS, EH_SIM_NONE, call->tag, err));
    }
    return EH_OK;
}

static eh_status plan_call(eh_sim_world *world, eh_sim_crew *crew, uint32_t event, uint32_t day, eh_error *err)
{
    const eh_sim_event *call = &crew->events.items[event];
    uint32_t listed[most_listed], n_listed = list_posts(world, crew, call, listed);
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        const eh_sim_club *club = &crew->clubs.items[c];
        if (club->leader != call->community) continue;
        for (uint32_t i = 0; i < club->n; i++) {
            uint32_t account = eh_sim_people_of(crew, club)[i];
            bool is_organiser = world->accounts.items[account].source != EH_SIM_NONE;
            if (eh_sim_is_away(&world->accounts.items[account], day)) continue;
            if (!is_organiser && eh_rng_uniform(&crew->rng) >= world->accounts.items[account].zeal) continue;
            EH_TRY(join_in(world, crew, account, event, listed, n_listed, err));
        }
    }
    return plan_echo(world, crew, event, err);
}

eh_status eh_sim_calls_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err)
{
    return eh_sim_plan_events(world, crew, day, plan_call, err);
}

eh_status eh_sim_calls_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    const eh_sim_calls *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    if (task->event == EH_SIM_NONE) return eh_sim_write(world, rng, task->account, task->time_ms, task->post, EH_SIM_NONE, err);
    const eh_sim_event *call = &crew->events.items[task->event];
    if (task->kind == REPOST) return eh_sim_repost(world, task->account, task->post, task->time_ms, err);
    if (task->kind == ANSWER) return eh_sim_respond(world, rng, task->account, task->time_ms, task->post, EH_SIM_REPLY, err);
    if (eh_rng_uniform(rng) >= set->pasted_share)
        return eh_sim_write(world, rng, task->account, task->time_ms, call->tag, EH_SIM_NONE, err);
    return eh_sim_paste(world, task->account, task->time_ms, call->text, call->tag, EH_SIM_NONE, err);
}
