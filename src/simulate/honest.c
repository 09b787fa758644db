/*
 * Honest people and the sources they follow. Nobody here coordinates; what they have in common is habits,
 * feeds, favourite sources and news.
 *
 *   sources      newsrooms' posts through the day, a third on the hour or half hour
 *   sittings     a person opens the app and does a few things in a row
 *   fans         notifications on: they repost a favourite source's post within seconds to minutes
 *   breaking     news.c
 *   live shows   shows.c
 *   hyperactive  a few people with around 100 actions a day
 */
#include "simulate/families.h"

#include <math.h>

enum { n_video_pool = 200, n_public_domains = 40 };
enum task_kind { SITTING, NOTICE };

/* ---- settle ---- */

static eh_status settle_source(eh_sim_world *world, eh_rng *rng, uint32_t community, bool is_national, double weight,
                               eh_error *err)
{
    const eh_sim_community *home = &world->communities.items[community];
    eh_sim_account account = eh_sim_person_draw(world, rng, community, 0);
    account.role = EH_SIM_SOURCE;
    account.clock.zone_min = home->zone_min;
    account.activity = 0;
    account.n_followers = (uint32_t)fmin(eh_rng_lognormal(rng, is_national ? 400000 : 12000, 1), 2e7);
    account.client = 3;
    eh_sim_source source = {.community = is_national ? EH_SIM_NONE : community, .language = home->language, .weight = weight};
    source.posts_per_day = fmin(eh_rng_lognormal(rng, is_national ? 6 : 3, 0.6), 30);
    source.link_share = 0.4 + 0.5 * eh_rng_uniform(rng);
    EH_TRY(eh_sim_add_account(world, &account, &source.account, err));
    return eh_sim_add_source(world, &source, err);
}

/* National sources first (see list_candidates), then those of the communities in turn. */
static eh_status settle_sources(eh_sim_world *world, eh_rng *rng, eh_error *err)
{
    uint32_t n_communities = (uint32_t)world->communities.n, n = world->n_honest / 16;
    if (n < 2) n = 2;
    uint32_t n_national = n / 6 < 1 ? 1 : n / 6 > 8 * eh_sim_n_languages ? 8 * eh_sim_n_languages : n / 6;
    for (uint32_t i = 0; i < n; i++) {
        bool is_national = i < n_national;
        uint32_t community = is_national ? (uint32_t)eh_rng_below(rng, n_communities) : (i - n_national) % n_communities;
        uint32_t rank = is_national ? 0 : (i - n_national) / n_communities; /* within its community */
        double weight = is_national ? 0.5 : 1 / (1.0 + rank);
        EH_TRY(settle_source(world, rng, community, is_national, weight, err));
    }
    return EH_OK;
}

static uint32_t draw_community(const eh_sim_world *world, eh_rng *rng, double total)
{
    /* acceptance-rejection: communities differ by a small factor in weight */
    for (;;) {
        uint32_t c = eh_sim_partner(world, (uint32_t)eh_rng_below(rng, world->communities.n));
        if (eh_rng_uniform(rng) * total < world->communities.items[c].weight) return c;
    }
}

static void turn_on_notifications(eh_rng *rng, const eh_sim_fans *set, eh_sim_account *person)
{
    person->eagerness = eh_sim_between(rng, set->eagerness);
    person->n_notified = set->n_notified[0];
    person->notice_s = set->notice_s;
    if (set->n_notified[1] > set->n_notified[0]) person->n_notified = eh_sim_count_between(rng, set->n_notified);
    if (set->spread > 0) person->notice_s = eh_rng_lognormal(rng, set->notice_s, set->spread);
}

eh_status eh_sim_honest_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_honest *set = crew->population->parameters;
    eh_rng *rng = &crew->rng;
    world->n_domains = n_public_domains;
    for (uint32_t i = 0; i < n_video_pool; i++) {
        uint32_t ignored;
        EH_TRY(eh_sim_add_article(world, i % 3, i % eh_sim_n_languages, world->start_ms - (1 + i % 90) * EH_SIM_DAY_MS,
                                  &ignored, err));
    }
    EH_TRY(eh_sim_settle_communities(world, rng, err));
    EH_TRY(settle_sources(world, rng, err));
    double heaviest = 0;
    for (size_t c = 0; c < world->communities.n; c++) heaviest = fmax(heaviest, world->communities.items[c].weight);
    while (world->accounts.n < world->n_honest) {
        uint32_t number;
        eh_sim_account person = eh_sim_person_draw(world, rng, draw_community(world, rng, heaviest), set->commuter_share);
        if (eh_rng_uniform(rng) < set->fans.share) turn_on_notifications(rng, &set->fans, &person);
        if (eh_rng_uniform(rng) < set->hyperactive_share) {
            person.activity = eh_sim_between(rng, set->hyperactive);
            person.sitting_size = 6;
        }
        EH_TRY(eh_sim_add_account(world, &person, &number, err));
    }
    return EH_OK;
}

/* ---- publish ---- */

eh_status eh_sim_publish_post(eh_sim_world *world, eh_rng *rng, const eh_sim_source *source, int64_t time_ms, double appeal,
                              uint32_t article, uint32_t tag, uint32_t *number, eh_error *err)
{
    eh_sim_post post = eh_sim_post_of(source->account, time_ms, EH_SIM_POST);
    post.text = (uint32_t)eh_rng_next(rng);
    post.is_feed = true;
    post.appeal = (float)appeal;
    post.tags[0] = tag;
    post.article = article;
    if (article != EH_SIM_NONE) {
        post.wording = EH_SIM_HEADLINE;
        post.text = world->articles.items[article].text;
    }
    return eh_sim_add_post(world, &post, number, err);
}

static eh_status publish_day(eh_sim_world *world, eh_rng *rng, uint32_t i_source, uint32_t day, eh_error *err)
{
    /* by value: adding posts and articles leaves the source as it is */
    eh_sim_source source = world->sources.items[i_source];
    const eh_sim_clock *clock = &world->accounts.items[source.account].clock;
    uint64_t n = eh_rng_poisson(rng, source.posts_per_day);
    for (uint64_t k = 0; k < n; k++) {
        double minute = 390 + 990 * eh_rng_uniform(rng);
        if (eh_rng_uniform(rng) < 0.33) minute = floor(minute / 30) * 30 + 0.05 + 0.1 * eh_rng_uniform(rng);
        int64_t time_ms = eh_sim_day_start_ms(world, day) + (int64_t)((minute - clock->zone_min) * (double)EH_SIM_MINUTE_MS);
        uint32_t article = EH_SIM_NONE, tag = EH_SIM_NONE;
        if (eh_rng_uniform(rng) < source.link_share)
            EH_TRY(eh_sim_add_article(world, source.domain, source.language, time_ms, &article, err));
        if (source.community != EH_SIM_NONE && eh_rng_uniform(rng) < 0.25)
            tag = world->communities.items[source.community].tags[eh_sim_skewed_below(rng, 6)];
        EH_TRY(eh_sim_publish_post(world, rng, &source, time_ms, eh_rng_lognormal(rng, 1, 1.5), article, tag, NULL, err));
    }
    return EH_OK;
}

eh_status eh_sim_honest_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_honest *set = crew->population->parameters;
    eh_rng *rng = &crew->rng;
    world->trends = eh_alloc(world->ctx, (size_t)world->n_days * eh_sim_n_trends, sizeof *world->trends, err);
    if (!world->trends) return err->status;
    for (uint32_t i = 0; i < world->n_days * eh_sim_n_trends; i++) {
        uint32_t language = world->communities.items[eh_rng_below(rng, world->communities.n)].language;
        EH_TRY(eh_sim_add_tag(world, language, &world->trends[i], err));
    }
    for (uint32_t s = 0; s < world->sources.n; s++)
        for (uint32_t day = 0; day < world->n_days; day++) EH_TRY(publish_day(world, rng, s, day, err));
    EH_TRY(eh_sim_news_publish(world, crew, &set->news, err));
    return eh_sim_shows_publish(world, crew, &set->shows, err);
}

/* ---- act ---- */

static eh_status plan_sittings(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    for (uint32_t i = 0; i < world->accounts.n; i++) {
        const eh_sim_account *person = &world->accounts.items[i];
        if (person->role != EH_SIM_PERSON || eh_sim_is_away(person, day)) continue;
        bool is_off = eh_sim_is_day_off(world, &person->clock, day);
        double mean = person->activity / person->sitting_size * (is_off ? person->clock.weekend_factor : 1);
        for (uint64_t n = eh_rng_poisson(rng, mean); n > 0; n--) {
            eh_sim_task sitting = eh_sim_task_of(i, eh_sim_sitting_ms(world, &person->clock, rng, day), SITTING);
            EH_TRY(eh_sim_plan(world, crew, &sitting, err));
        }
    }
    return EH_OK;
}

/* Notifications: most fans react within a minute or two, the tail reaches half an hour. */
static eh_status plan_fans(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    int64_t start_ms = eh_sim_day_start_ms(world, day);
    for (size_t s = 0; s < world->sources.n; s++) {
        const eh_sim_source *source = &world->sources.items[s];
        uint32_t first = eh_sim_feed_before(world, source, start_ms);
        uint32_t end = eh_sim_feed_before(world, source, start_ms + EH_SIM_DAY_MS);
        for (uint32_t k = first; k < end; k++)
            for (uint32_t f = 0; f < source->n_fans; f++) {
                uint32_t post = world->feed[source->first_feed + k], account = world->fans[source->first_fan + f];
                const eh_sim_account *fan = &world->accounts.items[account];
                if (fan->role != EH_SIM_PERSON || eh_rng_uniform(rng) >= fan->eagerness || eh_sim_is_away(fan, day)) continue;
                double delay_s = fmin(4 + eh_rng_lognormal(rng, fan->notice_s, 1.1), 7200);
                int64_t at_ms = world->posts.items[post].time_ms + (int64_t)(delay_s * 1000);
                if (!eh_sim_is_awake(&fan->clock, at_ms)) continue;
                eh_sim_task notice = eh_sim_task_of(account, at_ms, NOTICE);
                notice.post = post;
                EH_TRY(eh_sim_plan(world, crew, &notice, err));
            }
    }
    return EH_OK;
}

static eh_status plan_event(eh_sim_world *world, eh_sim_crew *crew, uint32_t event, uint32_t day, eh_error *err)
{
    (void)day;
    return crew->events.items[event].kind == EH_SIM_SHOW ? eh_sim_shows_plan(world, crew, event, err)
                                                         : eh_sim_news_plan(world, crew, event, err);
}

eh_status eh_sim_honest_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err)
{
    EH_TRY(plan_sittings(world, crew, day, err));
    EH_TRY(plan_fans(world, crew, day, err));
    return eh_sim_plan_events(world, crew, day, plan_event, err);
}

eh_status eh_sim_honest_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    if (task->post != EH_SIM_NONE) return eh_sim_repost(world, task->account, task->post, task->time_ms, err);
    if (task->event == EH_SIM_NONE) return eh_sim_sit_down(world, &crew->rng, task->account, task->time_ms, err);
    const eh_sim_event *event = &crew->events.items[task->event];
    if (event->kind == EH_SIM_BREAKING) return eh_sim_news_carry_out(world, crew, task, err);
    return eh_sim_write(world, &crew->rng, task->account, task->time_ms, event->tag, EH_SIM_NONE, err);
}
