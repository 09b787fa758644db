/*
 * Newsroom staff. Each person has a work account, used in shifts that change from week to week, and a private one, used in
 * the break, before and after the shift, and on days off. At work they promote what their newsroom publishes; after the
 * editors' meeting, all on duty the same story. Nobody drives the account of another.
 */
#include "simulate/families.h"

#include <math.h>

enum { PROMOTE, SIT, GREET };
enum { shift_min = 480 };

/* A newsroom of that community, or of its language; EH_SIM_NONE where there is none. */
static uint32_t find_newsroom(const eh_sim_world *world, eh_rng *rng, uint32_t community)
{
    uint32_t n = (uint32_t)world->sources.n, first = (uint32_t)eh_rng_below(rng, n), found = EH_SIM_NONE;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t s = (first + i) % n;
        const eh_sim_source *source = &world->sources.items[s];
        if (world->accounts.items[source->account].role != EH_SIM_SOURCE) continue;
        if (source->language != world->communities.items[community].language) continue;
        if (source->community == community) return s;
        if (found == EH_SIM_NONE) found = s;
    }
    return found;
}

eh_status eh_sim_newsrooms_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_newsrooms *set = crew->parameters;
    EH_TRY(eh_sim_found_clubs(world, crew, set->share, set->size, set->promotes, err));
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        eh_sim_club *club = &crew->clubs.items[c];
        club->source = find_newsroom(world, &crew->rng, club->community);
        if (club->source == EH_SIM_NONE) continue;
        eh_sim_source *source = &world->sources.items[club->source];
        source->posts_per_day = fmax(source->posts_per_day, 10 + 10 * eh_rng_uniform(&crew->rng));
        for (uint32_t i = 0; i + 1 < club->n; i += 2) {
            eh_sim_account *work = &world->accounts.items[eh_sim_people_of(crew, club)[i]];
            eh_sim_account *private = &world->accounts.items[eh_sim_people_of(crew, club)[i + 1]];
            work->role = private->role = EH_SIM_DRIVEN; /* by the rota below */
            work->clock.zone_min = private->clock.zone_min = world->communities.items[club->community].zone_min;
            private->away_from_day = work->away_from_day;
            private->away_to_day = work->away_to_day;
            private->activity = fmin(fmax(private->activity, 0.6), 12);
            work->client = 3;
        }
    }
    return EH_OK;
}

eh_status eh_sim_newsrooms_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    (void)err;
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        const eh_sim_club *club = &crew->clubs.items[c];
        for (uint32_t i = 0; i < club->n; i += 2) eh_sim_turn_to(world, eh_sim_people_of(crew, club)[i], 0, club->source, 4);
    }
    return EH_OK;
}

typedef struct staff_member {
    uint32_t work, private;
    const eh_sim_clock *clock;
    double start_min; /* of the shift, local; < 0 = day off */
} staff_member;

static double uniform(eh_rng *rng, double low, double high) { return low + (high - low) * eh_rng_uniform(rng); }

static staff_member on_day(const eh_sim_world *world, const eh_sim_crew *crew, const eh_sim_club *club, uint32_t i, uint32_t day)
{
    static const double starts_min[3] = {360, 600, 840};
    const uint32_t *people = eh_sim_people_of(crew, club);
    staff_member member = {.work = people[2 * i], .private = people[2 * i + 1], .start_min = starts_min[(i + day / 7) % 3]};
    member.clock = &world->accounts.items[member.work].clock;
    /* two days off in the week, not the same for all */
    if ((eh_sim_weekday(world, day) + 2 * i) % 7 < 2 || eh_sim_is_away(&world->accounts.items[member.work], day))
        member.start_min = -1;
    return member;
}

static eh_status plan_at(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, int64_t time_ms, uint32_t kind, uint32_t post,
                         eh_error *err)
{
    eh_sim_task task = eh_sim_task_of(account, time_ms, kind);
    task.post = post;
    return eh_sim_plan(world, crew, &task, err);
}

static eh_status plan_work(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_club *club, const staff_member *member,
                           uint32_t day, eh_error *err)
{
    const eh_sim_newsrooms *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    const eh_sim_source *own = &world->sources.items[club->source];
    int64_t start_ms = eh_sim_local_ms(world, member->clock, day, member->start_min), end_ms = start_ms + shift_min * EH_SIM_MINUTE_MS;
    if (eh_rng_uniform(rng) < 0.5)
        EH_TRY(plan_at(world, crew, member->work, start_ms + (int64_t)(uniform(rng, 0, 900) * 1000), GREET, EH_SIM_NONE, err));
    for (uint32_t k = eh_sim_feed_before(world, own, start_ms), end = eh_sim_feed_before(world, own, end_ms); k < end; k++) {
        uint32_t post = world->feed[own->first_feed + k];
        if (eh_rng_uniform(rng) >= world->accounts.items[member->work].zeal) continue;
        int64_t at_ms = eh_sim_later_ms(rng, world->posts.items[post].time_ms + 5000, set->delay_s, 1.1);
        if (at_ms < end_ms) EH_TRY(plan_at(world, crew, member->work, at_ms, PROMOTE, post, err));
    }
    for (uint64_t n = eh_rng_poisson(rng, 1.5); n > 0; n--)
        EH_TRY(plan_at(world, crew, member->work, start_ms + (int64_t)(uniform(rng, 600, 28000) * 1000), SIT, EH_SIM_NONE, err));
    /* the meetings are at 10:15 and 16:15; the story is the latest */
    for (int meeting = 615; meeting <= 975; meeting += 360) {
        int64_t at_ms = eh_sim_local_ms(world, member->clock, day, meeting);
        uint32_t n = eh_sim_feed_before(world, own, at_ms);
        if (meeting < member->start_min || meeting >= member->start_min + shift_min || n == 0 || eh_rng_below(rng, 2)) continue;
        EH_TRY(plan_at(world, crew, member->work, eh_sim_later_ms(rng, at_ms, 480, 0.9), PROMOTE, world->feed[own->first_feed + n - 1], err));
    }
    return EH_OK;
}

/* Around the shift, or any time on a day off. */
static eh_status plan_private(eh_sim_world *world, eh_sim_crew *crew, const staff_member *member, uint32_t day, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    const eh_sim_account *private = &world->accounts.items[member->private];
    bool is_at_work = member->start_min >= 0;
    double end_min = member->start_min + shift_min;
    const double chances[3] = {0.3, 0.3, 0.6};
    const double at_min[3] = {member->start_min - uniform(rng, 5, 50), member->start_min + uniform(rng, 200, 260),
                              end_min + uniform(rng, 1, 20)};
    if (eh_sim_is_away(private, day)) return EH_OK;
    for (int i = 0; i < 3 && is_at_work; i++)
        if (eh_rng_uniform(rng) < chances[i])
            EH_TRY(plan_at(world, crew, member->private, eh_sim_local_ms(world, member->clock, day, at_min[i]), SIT, EH_SIM_NONE, err));
    for (uint64_t n = eh_rng_poisson(rng, private->activity / private->sitting_size); n > 0; n--) {
        int64_t at_ms = eh_sim_sitting_ms(world, &private->clock, rng, day);
        double minute = eh_sim_local_minute(&private->clock, at_ms);
        if (is_at_work && minute >= member->start_min && minute < end_min) continue;
        EH_TRY(plan_at(world, crew, member->private, at_ms, SIT, EH_SIM_NONE, err));
    }
    return EH_OK;
}

eh_status eh_sim_newsrooms_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err)
{
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        const eh_sim_club *club = &crew->clubs.items[c];
        for (uint32_t i = 0; i < club->n / 2 && club->source != EH_SIM_NONE; i++) {
            staff_member member = on_day(world, crew, club, i, day);
            if (member.start_min >= 0) EH_TRY(plan_work(world, crew, club, &member, day, err));
            EH_TRY(plan_private(world, crew, &member, day, err));
        }
    }
    return EH_OK;
}

static eh_status promote(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    double which = eh_rng_uniform(&crew->rng);
    uint32_t article = world->posts.items[task->post].article;
    if (which < 0.25 && article != EH_SIM_NONE)
        return eh_sim_share_article(world, &crew->rng, task->account, task->time_ms, article, 0.5, err);
    if (which < 0.9) return eh_sim_repost(world, task->account, task->post, task->time_ms, err);
    return eh_sim_respond(world, &crew->rng, task->account, task->time_ms, task->post, EH_SIM_QUOTE, err);
}

eh_status eh_sim_newsrooms_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    if (task->kind == PROMOTE) return promote(world, crew, task, err);
    if (task->kind == SIT) return eh_sim_sit_down(world, &crew->rng, task->account, task->time_ms, err);
    return eh_sim_write(world, &crew->rng, task->account, task->time_ms, EH_SIM_NONE, EH_SIM_NONE, err);
}
