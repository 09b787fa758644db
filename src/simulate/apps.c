/*
 * Scheduled posts. Some people have connected an app to one or more feeds: it looks on a grid of time, for all its customers
 * together or for each at a time of its own, and passes on what is new. Others fill a queue that an app empties at
 * set times, mostly on the full hour. All of them also live as everybody does.
 */
#include "simulate/families.h"

#include <math.h>

enum { POLLERS, SLOTS };
enum { POLL, SLOT };

/* The apps: every so many minutes, from that minute on; or each customer at a minute of its own. */
static const struct {
    int32_t period_min, phase_min;
    bool is_staggered;
} apps[eh_sim_n_apps] = {{15, 0, false}, {60, 0, false}, {30, 7, false}, {10, 0, true}, {60, 30, false}};

static uint32_t app_of(const eh_sim_world *world, uint32_t account)
{
    return (uint32_t)(eh_sim_fixed(world, account, 1) * eh_sim_n_apps);
}

static uint32_t count_of(const eh_sim_world *world, uint32_t account, const uint32_t range[2])
{
    return range[0] + (uint32_t)(eh_sim_fixed(world, account, 2) * (range[1] - range[0] + 1));
}

eh_status eh_sim_apps_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    static const double zeal[2] = {0.5, 1};
    const eh_sim_apps *set = crew->parameters;
    EH_TRY(eh_sim_found_clubs(world, crew, set->share, set->size, zeal, err));
    for (uint32_t c = 0; c < crew->clubs.n; c++)
        crew->clubs.items[c].kind = eh_rng_uniform(&crew->rng) < set->poller_share ? POLLERS : SLOTS;
    return EH_OK;
}

/* One feed is the same for all of a club, say that of their town; the others are of each one's choice. */
eh_status eh_sim_apps_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    (void)err;
    const eh_sim_apps *set = crew->parameters;
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        eh_sim_club *club = &crew->clubs.items[c];
        club->source = eh_sim_draw_newsroom(world, &crew->rng, club->community);
        for (uint32_t i = 0; i < club->n && club->kind == POLLERS; i++) {
            uint32_t account = eh_sim_people_of(crew, club)[i], n = count_of(world, account, set->n_feeds);
            for (uint32_t k = 0; k < n; k++)
                eh_sim_turn_to(world, account, k,
                               k ? eh_sim_draw_newsroom(world, &crew->rng, club->community) : club->source, 1);
        }
    }
    return EH_OK;
}

/* The first look of the app after the feed has it. */
static int64_t poll_ms(const eh_sim_world *world, uint32_t account, int64_t time_ms)
{
    uint32_t app = app_of(world, account);
    int64_t period_ms = apps[app].period_min * EH_SIM_MINUTE_MS, phase_ms = apps[app].phase_min * EH_SIM_MINUTE_MS;
    if (apps[app].is_staggered) phase_ms = (int64_t)(eh_sim_fixed(world, account, 3) * (double)period_ms);
    int64_t wait_ms = period_ms - (time_ms + 20000 - phase_ms) % period_ms;
    return time_ms + 20000 + wait_ms;
}

static eh_status plan_polls(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t day, eh_error *err)
{
    const eh_sim_apps *set = crew->parameters;
    const eh_sim_account *person = &world->accounts.items[account];
    uint32_t n = count_of(world, account, set->n_feeds);
    for (uint32_t k = 0; k < n && k < person->n_follows; k++) {
        uint32_t i_source = world->follows.items[person->first_follow + person->n_follows - 1 - k].source, end;
        const eh_sim_source *source = &world->sources.items[i_source];
        for (uint32_t at = eh_sim_feed_of_day(world, source, day, &end); at < end; at++) {
            if (eh_rng_uniform(&crew->rng) < 0.04) continue; /* lost */
            uint32_t post = world->feed[at];
            int64_t at_ms = poll_ms(world, account, world->posts.items[post].time_ms) + 1000;
            eh_sim_task task = eh_sim_task_of(account, at_ms + (int64_t)(eh_rng_exponential(&crew->rng) * set->queue_s * 1000), POLL);
            task.post = post;
            EH_TRY(eh_sim_plan(world, crew, &task, err));
        }
    }
    return EH_OK;
}

static eh_status plan_slots(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t day, eh_error *err)
{
    const eh_sim_apps *set = crew->parameters;
    const eh_sim_account *person = &world->accounts.items[account];
    uint32_t n = count_of(world, account, set->n_slots);
    for (uint32_t k = 0; k < n; k++) {
        if (eh_rng_uniform(&crew->rng) >= person->zeal) continue; /* the queue is empty */
        double minute = 60 * floor(8 + 14 * eh_sim_fixed(world, account, 10 + k));
        if (eh_sim_fixed(world, account, 20 + k) < 0.2) minute += 30;
        int64_t at_ms = eh_sim_local_ms(world, &person->clock, day, minute) + 500;
        eh_sim_task task = eh_sim_task_of(account, at_ms + (int64_t)(eh_rng_exponential(&crew->rng) * set->queue_s * 500), SLOT);
        EH_TRY(eh_sim_plan(world, crew, &task, err));
    }
    return EH_OK;
}

eh_status eh_sim_apps_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err)
{
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        const eh_sim_club *club = &crew->clubs.items[c];
        for (uint32_t i = 0; i < club->n; i++) {
            uint32_t account = eh_sim_people_of(crew, club)[i];
            EH_TRY(club->kind == POLLERS ? plan_polls(world, crew, account, day, err) : plan_slots(world, crew, account, day, err));
        }
    }
    return EH_OK;
}

static eh_status pass_on(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    const eh_sim_apps *set = crew->parameters;
    uint32_t article = world->posts.items[task->post].article;
    if (article == EH_SIM_NONE || eh_sim_fixed(world, task->account, 4) < set->repost_share)
        return eh_sim_repost(world, task->account, task->post, task->time_ms, err);
    return eh_sim_share_article(world, &crew->rng, task->account, task->time_ms, article, 1, err);
}

/* What was put into the queue some hours ago. */
static eh_status empty_queue(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    uint32_t post = EH_SIM_NONE, article = EH_SIM_NONE;
    if (eh_rng_uniform(rng) < 0.6)
        post = eh_sim_pick(world, rng, task->account, task->time_ms - (int64_t)((1 + 7 * eh_rng_uniform(rng)) * (double)EH_SIM_HOUR_MS));
    if (post != EH_SIM_NONE) article = world->posts.items[post].article;
    if (article != EH_SIM_NONE) return eh_sim_share_article(world, rng, task->account, task->time_ms, article, 0.7, err);
    return eh_sim_write(world, rng, task->account, task->time_ms, EH_SIM_NONE, EH_SIM_NONE, err);
}

eh_status eh_sim_apps_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    size_t n_before = world->posts.n;
    EH_TRY(task->kind == POLL ? pass_on(world, crew, task, err) : empty_queue(world, crew, task, err));
    eh_sim_sign(world, n_before, eh_sim_client_app + app_of(world, task->account));
    return EH_OK;
}
