/*
 * Live shows: week by week, or every evening, the same part of a community watches together, reposts the host and
 * writes under one tag. At moments that everybody waits for, they do so all at once.
 */
#include "simulate/families.h"

enum { show_length_min = 90, clip_delay_s = 30 };

/* The last newsroom of the community; EH_SIM_NONE where it has none. */
static uint32_t find_host(const eh_sim_world *world, const eh_sim_community *home)
{
    for (uint32_t i = home->n_candidates; i > 0; i--) {
        uint32_t source = world->candidates.items[home->first_candidate + i - 1];
        if (world->accounts.items[world->sources.items[source].account].role == EH_SIM_SOURCE) return source;
    }
    return EH_SIM_NONE;
}

/* What happened is on the screen of all viewers; the host's picture of it follows. */
static eh_status publish_moments(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_source *host, const eh_sim_event *show,
                                 double n_moments, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    for (uint64_t n = n_moments > 0 ? 1 + eh_rng_poisson(rng, n_moments - 1) : 0; n > 0; n--) {
        int64_t at_ms = show->time_ms + (int64_t)(eh_rng_uniform(rng) * (double)(show->end_ms - show->time_ms));
        EH_TRY(eh_sim_publish_post(world, rng, host, at_ms + clip_delay_s * 1000, eh_rng_lognormal(rng, 2, 0.8), EH_SIM_NONE,
                                   show->tag, NULL, err));
    }
    return EH_OK;
}

static eh_status publish_show(eh_sim_world *world, eh_sim_crew *crew, uint32_t community, uint32_t tag, int64_t time_ms,
                              eh_error *err)
{
    const eh_sim_shows *set = &((const eh_sim_honest *)crew->parameters)->shows;
    eh_rng *rng = &crew->rng;
    const eh_sim_community *home = &world->communities.items[community];
    eh_sim_event event = {.time_ms = time_ms, .kind = EH_SIM_SHOW, .community = community, .language = home->language, .tag = tag};
    event.end_ms = time_ms + show_length_min * EH_SIM_MINUTE_MS;
    event.first_post = (uint32_t)world->posts.n;
    uint32_t i_host = find_host(world, home);
    if (i_host == EH_SIM_NONE) return EH_OK;
    eh_sim_source host = world->sources.items[i_host];
    for (int64_t at_ms = time_ms; at_ms < event.end_ms;
         at_ms += (int64_t)((2 + 4 * eh_rng_uniform(rng)) * (double)EH_SIM_MINUTE_MS))
        EH_TRY(eh_sim_publish_post(world, rng, &host, at_ms, eh_rng_lognormal(rng, 0.6, 0.8), EH_SIM_NONE, tag, NULL, err));
    event.post = (uint32_t)world->posts.n; /* moments from here on */
    EH_TRY(publish_moments(world, crew, &host, &event, set->n_moments, err));
    event.n_posts = (uint32_t)world->posts.n - event.first_post;
    return event.n_posts ? eh_sim_add_event(world, crew, &event, err) : EH_OK;
}

eh_status eh_sim_shows_publish(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_shows *set, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    for (uint32_t c = 0; c < world->communities.n; c++) {
        if (eh_rng_uniform(rng) >= set->share) continue;
        uint32_t tag, weekday = (uint32_t)eh_rng_below(rng, 7);
        int32_t minute = 1185 + 15 * (int32_t)eh_rng_below(rng, 6) - world->communities.items[c].zone_min;
        EH_TRY(eh_sim_add_tag(world, world->communities.items[c].language, &tag, err));
        bool is_nightly = set->nightly_share > 0 && eh_rng_uniform(rng) < set->nightly_share;
        for (uint32_t day = 0; day < world->n_days; day++)
            if (is_nightly ? eh_sim_weekday(world, day) % 6 > 0 : eh_sim_weekday(world, day) == weekday)
                EH_TRY(publish_show(world, crew, c, tag, eh_sim_day_start_ms(world, day) + minute * EH_SIM_MINUTE_MS, err));
    }
    return EH_OK;
}

/* The same regular viewers every week, most of them each time. */
static bool is_viewer(const eh_sim_world *world, uint32_t account, const eh_sim_shows *set, const eh_sim_event *show)
{
    const eh_sim_account *person = &world->accounts.items[account];
    if (person->role != EH_SIM_PERSON || eh_sim_mix(account, show->tag ^ world->seed) % 100 >= set->viewer_percent) return false;
    return !eh_sim_is_sold(world, person, show->time_ms);
}

static eh_status plan_repost(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t post, int64_t after_ms,
                             double median_s, eh_error *err)
{
    eh_sim_task task = eh_sim_task_of(account, eh_sim_later_ms(&crew->rng, world->posts.items[post].time_ms + after_ms, median_s, 0.9),
                                      EH_SIM_SHOW);
    task.post = post;
    return eh_sim_plan(world, crew, &task, err);
}

static eh_status plan_words(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t show, int64_t time_ms, eh_error *err)
{
    eh_sim_task task = eh_sim_task_of(account, time_ms, EH_SIM_SHOW);
    task.event = show;
    return eh_sim_plan(world, crew, &task, err);
}

static eh_status cheer(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t show, uint32_t post, eh_error *err)
{
    const eh_sim_shows *set = &((const eh_sim_honest *)crew->parameters)->shows;
    eh_rng *rng = &crew->rng;
    int64_t moment_ms = world->posts.items[post].time_ms - clip_delay_s * 1000;
    if (eh_rng_uniform(rng) >= set->cheering) return EH_OK;
    EH_TRY(plan_words(world, crew, account, show, eh_sim_later_ms(rng, moment_ms + 4000, 25, 0.7), err));
    return eh_rng_below(rng, 2) ? plan_repost(world, crew, account, post, 3000, 25, err) : EH_OK;
}

static eh_status watch(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t number, eh_error *err)
{
    const eh_sim_shows *set = &((const eh_sim_honest *)crew->parameters)->shows;
    const eh_sim_event *show = &crew->events.items[number];
    eh_rng *rng = &crew->rng;
    uint32_t end = show->first_post + show->n_posts;
    for (uint32_t post = show->first_post; post < end && post < show->post; post++)
        if (eh_rng_uniform(rng) <= set->repost_share) EH_TRY(plan_repost(world, crew, account, post, 6000, 60, err));
    for (uint32_t post = show->post; post < end; post++) EH_TRY(cheer(world, crew, account, number, post, err));
    for (uint64_t n = 1 + eh_rng_poisson(rng, 1.2); n > 0; n--) {
        int64_t at_ms = show->time_ms + (int64_t)(eh_rng_uniform(rng) * (double)(show->end_ms - show->time_ms));
        EH_TRY(plan_words(world, crew, account, number, at_ms, err));
    }
    return EH_OK;
}

eh_status eh_sim_shows_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t number, eh_error *err)
{
    const eh_sim_shows *set = &((const eh_sim_honest *)crew->parameters)->shows;
    const eh_sim_event *show = &crew->events.items[number];
    const eh_sim_community *home = &world->communities.items[show->community];
    for (uint32_t m = 0; m < home->n_members; m++) {
        uint32_t account = world->members[home->first_member + m];
        if (!is_viewer(world, account, set, show) || eh_rng_uniform(&crew->rng) > set->attendance) continue;
        EH_TRY(watch(world, crew, account, number, err));
    }
    return EH_OK;
}
