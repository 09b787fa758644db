/*
 * Declared news bots: profile and client say that a program posts here. Each lives off a few newsrooms, one of them the
 * same for a whole club of bots of different owners; most repost within seconds, others post link and headline at the next
 * full minute. They never sleep; now and then one is broken for some days.
 */
#include "simulate/families.h"

enum { n_most_newsrooms = 3 };

static uint32_t n_newsrooms_of(const eh_sim_world *world, uint32_t account)
{
    return 1 + (uint32_t)(eh_sim_fixed(world, account, 5) * n_most_newsrooms);
}

eh_status eh_sim_bots_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_bots *set = crew->parameters;
    EH_TRY(eh_sim_found_clubs(world, crew, set->share, set->size, set->coverage, err));
    for (size_t i = 0; i < crew->people.n; i++) {
        eh_sim_account *bot = &world->accounts.items[crew->people.items[i]];
        bot->role = EH_SIM_DRIVEN;
        bot->is_declared = true;
        bot->client = eh_sim_client_bot + (uint32_t)eh_rng_below(&crew->rng, eh_sim_n_bot_clients);
        bot->n_following = 1 + bot->n_following % 40;
        if (bot->away_to_day > bot->away_from_day) bot->away_to_day = bot->away_from_day + 2;
    }
    return EH_OK;
}

eh_status eh_sim_bots_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    (void)err;
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        eh_sim_club *club = &crew->clubs.items[c];
        club->source = eh_sim_draw_newsroom(world, &crew->rng, club->community);
        for (uint32_t i = 0; i < club->n; i++) {
            uint32_t bot = eh_sim_people_of(crew, club)[i], n = n_newsrooms_of(world, bot);
            for (uint32_t k = 0; k < n; k++)
                eh_sim_turn_to(world, bot, k, k ? eh_sim_draw_newsroom(world, &crew->rng, club->community) : club->source, 1);
        }
    }
    return EH_OK;
}

static bool is_reposter(const eh_sim_world *world, uint32_t bot) { return eh_sim_fixed(world, bot, 6) < 0.6; }

static eh_status plan_bot(eh_sim_world *world, eh_sim_crew *crew, uint32_t number, uint32_t day, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    const eh_sim_account *bot = &world->accounts.items[number];
    uint32_t n = n_newsrooms_of(world, number), end;
    for (uint32_t k = 0; k < n && k < bot->n_follows && !eh_sim_is_away(bot, day); k++) {
        const eh_sim_source *source = &world->sources.items[world->follows.items[bot->first_follow + bot->n_follows - 1 - k].source];
        for (uint32_t at = eh_sim_feed_of_day(world, source, day, &end); at < end; at++) {
            if (eh_rng_uniform(rng) >= bot->zeal) continue;
            int64_t time_ms = world->posts.items[world->feed[at]].time_ms;
            if (!is_reposter(world, number)) time_ms += EH_SIM_MINUTE_MS - time_ms % EH_SIM_MINUTE_MS;
            eh_sim_task task = eh_sim_task_of(number, time_ms + 700 + (int64_t)(eh_rng_exponential(rng) * 3000), 0);
            task.post = world->feed[at];
            EH_TRY(eh_sim_plan(world, crew, &task, err));
        }
    }
    return EH_OK;
}

eh_status eh_sim_bots_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err)
{
    for (size_t i = 0; i < crew->people.n; i++) EH_TRY(plan_bot(world, crew, crew->people.items[i], day, err));
    return EH_OK;
}

eh_status eh_sim_bots_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    uint32_t article = world->posts.items[task->post].article;
    if (is_reposter(world, task->account) || article == EH_SIM_NONE)
        return eh_sim_repost(world, task->account, task->post, task->time_ms, err);
    return eh_sim_share_article(world, &crew->rng, task->account, task->time_ms, article, 1, err);
}
