/*
 * Breaking news: dozens of posts within minutes, a wave of reactions over hours (lognormal, median 25 min).
 */
#include "simulate/families.h"

#include <math.h>

/* National sources and a third of the others report the news within minutes, some twice. */
static eh_status publish_breaking(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_news *set, int64_t time_ms, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    eh_sim_event event = {.time_ms = time_ms, .kind = EH_SIM_BREAKING, .community = EH_SIM_NONE, .first_post = (uint32_t)world->posts.n};
    uint32_t home = (uint32_t)eh_rng_below(rng, world->communities.n);
    event.language = eh_rng_below(rng, 3) ? EH_SIM_NONE : world->communities.items[home].language;
    EH_TRY(eh_sim_add_tag(world, event.language == EH_SIM_NONE ? 0 : event.language, &event.tag, err));
    for (size_t s = 0; s < world->sources.n; s++) {
        eh_sim_source source = world->sources.items[s];
        if (world->accounts.items[source.account].role != EH_SIM_SOURCE) continue;
        if (event.language != EH_SIM_NONE && source.language != event.language) continue;
        if (source.community != EH_SIM_NONE && eh_rng_uniform(rng) > 0.33) continue;
        uint64_t n = 1 + eh_rng_below(rng, set->n_reports);
        for (uint64_t k = 0; k < n; k++) {
            int64_t at_ms = time_ms + (int64_t)(eh_rng_lognormal(rng, 9, 0.9) * (double)((k + 1) * EH_SIM_MINUTE_MS));
            uint32_t article;
            EH_TRY(eh_sim_add_article(world, source.domain, source.language, at_ms, &article, err));
            EH_TRY(eh_sim_publish_post(world, rng, &source, at_ms, eh_rng_lognormal(rng, 6, 0.8), article, event.tag, NULL, err));
        }
    }
    event.n_posts = (uint32_t)world->posts.n - event.first_post;
    return event.n_posts ? eh_sim_add_event(world, crew, &event, err) : EH_OK;
}

eh_status eh_sim_news_publish(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_news *set, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    for (uint32_t day = 0; day < world->n_days; day++) {
        uint64_t n = eh_rng_poisson(rng, set->per_day);
        if (day == 2 && n == 0) n = 1; /* every world of three days or more has one */
        for (uint64_t k = 0; k < n; k++) {
            int64_t at_ms = (int64_t)(eh_rng_uniform(rng) * (double)EH_SIM_DAY_MS);
            EH_TRY(publish_breaking(world, crew, set, eh_sim_day_start_ms(world, day) + at_ms, err));
        }
    }
    return EH_OK;
}

eh_status eh_sim_news_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t number, eh_error *err)
{
    const eh_sim_news *set = &((const eh_sim_honest *)crew->parameters)->news;
    const eh_sim_event *event = &crew->events.items[number];
    eh_rng *rng = &crew->rng;
    for (uint32_t i = 0; i < world->accounts.n; i++) {
        const eh_sim_account *person = &world->accounts.items[i];
        if (person->role != EH_SIM_PERSON || (event->language != EH_SIM_NONE && person->language != event->language)) continue;
        if (eh_sim_is_sold(world, person, event->time_ms) || eh_rng_uniform(rng) >= set->reach * fmin(1, 0.3 + person->activity)) continue;
        int64_t at_ms = event->time_ms + (int64_t)((2 + eh_rng_lognormal(rng, 25, 1.3)) * (double)EH_SIM_MINUTE_MS);
        if (!eh_sim_is_awake(&person->clock, at_ms)) {
            if (eh_rng_uniform(rng) < 0.6) continue;
            at_ms = eh_sim_when_awake(&person->clock, rng, at_ms);
        }
        eh_sim_task task = eh_sim_task_of(i, at_ms, EH_SIM_BREAKING);
        task.event = number;
        EH_TRY(eh_sim_plan(world, crew, &task, err));
    }
    return EH_OK;
}

static eh_status react_to(eh_sim_world *world, eh_rng *rng, const eh_sim_event *event, uint32_t account,
                                   int64_t time_ms, eh_error *err)
{
    /* the first reports, those of the national sources, are what most people see */
    uint32_t n = eh_rng_uniform(rng) < 0.5 && event->n_posts > 6 ? 6 : event->n_posts;
    uint32_t post = event->first_post + eh_sim_skewed_below(rng, n);
    const eh_sim_post *news = &world->posts.items[post];
    double which = eh_rng_uniform(rng);
    if (which >= 0.8 && which < 0.92) return eh_sim_write(world, rng, account, time_ms, event->tag, EH_SIM_NONE, err);
    if (news->time_ms >= time_ms) return EH_OK; /* not out yet */
    if (which < 0.62) return eh_sim_repost(world, account, post, time_ms, err);
    if (which < 0.8) return eh_sim_share_article(world, rng, account, time_ms, news->article, 0.75, err);
    return eh_sim_respond(world, rng, account, time_ms, post, which < 0.97 ? EH_SIM_REPLY : EH_SIM_QUOTE, err);
}

eh_status eh_sim_news_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    const eh_sim_news *set = &((const eh_sim_honest *)crew->parameters)->news;
    int64_t at_ms = task->time_ms;
    do {
        EH_TRY(react_to(world, &crew->rng, &crew->events.items[task->event], task->account, at_ms, err));
        at_ms = eh_sim_next_ms(&crew->rng, at_ms);
    } while (eh_rng_uniform(&crew->rng) > 1 / set->n_actions);
    return EH_OK;
}
