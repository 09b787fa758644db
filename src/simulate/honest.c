/*
 * Honest people and the sources they follow. Nobody here coordinates; what they have in common is habits,
 * feeds, favourite sources and news.
 *
 *   sources      newsrooms' posts through the day, a third on the hour or half hour
 *   sittings     a person opens the app and does a few things in a row
 *   fans         notifications on: they repost a favourite source's post within seconds to minutes
 *   breaking     dozens of posts within minutes, a wave of reactions over hours (lognormal, median 25 min)
 *   live shows   every week the same part of a community watches together and posts under one tag
 *   hyperactive  a few people with around 100 actions a day
 */
#include "base/sort.h"
#include "simulate/world.h"

#include <math.h>

enum event_kind { BREAKING, SHOW };
enum { n_video_pool = 200, n_public_domains = 40, show_length_min = 90 };

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
        if (eh_rng_uniform(rng) < set->fan_share) person.eagerness = 0.05 + 0.35 * eh_rng_uniform(rng);
        if (eh_rng_uniform(rng) < set->hyperactive_share) {
            person.activity = 60 + 60 * eh_rng_uniform(rng);
            person.sitting_size = 6;
        }
        EH_TRY(eh_sim_add_account(world, &person, &number, err));
    }
    return EH_OK;
}

/* ---- publish ---- */

static eh_status publish_post(eh_sim_world *world, eh_rng *rng, const eh_sim_source *source, int64_t time_ms, double appeal,
                              uint32_t article, uint32_t tag, eh_error *err)
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
    return eh_sim_add_post(world, &post, NULL, err);
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
        EH_TRY(publish_post(world, rng, &source, time_ms, eh_rng_lognormal(rng, 1, 1.5), article, tag, err));
    }
    return EH_OK;
}

/* National sources and a third of the others report the news within minutes, some twice. */
static eh_status publish_breaking(eh_sim_world *world, eh_sim_crew *crew, int64_t time_ms, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    eh_sim_event event = {.time_ms = time_ms, .kind = BREAKING, .community = EH_SIM_NONE, .first_post = (uint32_t)world->posts.n};
    uint32_t home = (uint32_t)eh_rng_below(rng, world->communities.n);
    event.language = eh_rng_below(rng, 3) ? EH_SIM_NONE : world->communities.items[home].language;
    EH_TRY(eh_sim_add_tag(world, event.language == EH_SIM_NONE ? 0 : event.language, &event.tag, err));
    for (size_t s = 0; s < world->sources.n; s++) {
        eh_sim_source source = world->sources.items[s];
        if (world->accounts.items[source.account].role != EH_SIM_SOURCE) continue;
        if (event.language != EH_SIM_NONE && source.language != event.language) continue;
        if (source.community != EH_SIM_NONE && eh_rng_uniform(rng) > 0.33) continue;
        uint64_t n = 1 + eh_rng_below(rng, 2);
        for (uint64_t k = 0; k < n; k++) {
            int64_t at_ms = time_ms + (int64_t)(eh_rng_lognormal(rng, 9, 0.9) * (double)((k + 1) * EH_SIM_MINUTE_MS));
            uint32_t article;
            EH_TRY(eh_sim_add_article(world, source.domain, source.language, at_ms, &article, err));
            EH_TRY(publish_post(world, rng, &source, at_ms, eh_rng_lognormal(rng, 6, 0.8), article, event.tag, err));
        }
    }
    event.n_posts = (uint32_t)world->posts.n - event.first_post;
    return event.n_posts ? eh_sim_add_event(world, crew, &event, err) : EH_OK;
}

/* The last newsroom of the community; EH_SIM_NONE where it has none. */
static uint32_t find_host(const eh_sim_world *world, const eh_sim_community *home)
{
    for (uint32_t i = home->n_candidates; i > 0; i--) {
        uint32_t source = world->candidates.items[home->first_candidate + i - 1];
        if (world->accounts.items[world->sources.items[source].account].role == EH_SIM_SOURCE) return source;
    }
    return EH_SIM_NONE;
}

static eh_status publish_show(eh_sim_world *world, eh_sim_crew *crew, uint32_t community, uint32_t tag, int64_t time_ms,
                              eh_error *err)
{
    eh_rng *rng = &crew->rng;
    const eh_sim_community *home = &world->communities.items[community];
    eh_sim_event event = {.time_ms = time_ms, .kind = SHOW, .community = community, .language = home->language, .tag = tag};
    event.end_ms = time_ms + show_length_min * EH_SIM_MINUTE_MS;
    event.first_post = (uint32_t)world->posts.n;
    uint32_t i_host = find_host(world, home);
    if (i_host == EH_SIM_NONE) return EH_OK;
    eh_sim_source host = world->sources.items[i_host];
    for (int64_t at_ms = time_ms; at_ms < event.end_ms;
         at_ms += (int64_t)((2 + 4 * eh_rng_uniform(rng)) * (double)EH_SIM_MINUTE_MS))
        EH_TRY(publish_post(world, rng, &host, at_ms, eh_rng_lognormal(rng, 0.6, 0.8), EH_SIM_NONE, tag, err));
    event.n_posts = (uint32_t)world->posts.n - event.first_post;
    return event.n_posts ? eh_sim_add_event(world, crew, &event, err) : EH_OK;
}

static eh_status publish_shows(eh_sim_world *world, eh_sim_crew *crew, double show_share, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    for (uint32_t c = 0; c < world->communities.n; c++) {
        if (eh_rng_uniform(rng) >= show_share) continue;
        uint32_t tag, weekday = (uint32_t)eh_rng_below(rng, 7);
        int32_t minute = 1185 + 15 * (int32_t)eh_rng_below(rng, 6) - world->communities.items[c].zone_min;
        EH_TRY(eh_sim_add_tag(world, world->communities.items[c].language, &tag, err));
        for (uint32_t day = 0; day < world->n_days; day++)
            if (eh_sim_weekday(world, day) == weekday)
                EH_TRY(publish_show(world, crew, c, tag, eh_sim_day_start_ms(world, day) + minute * EH_SIM_MINUTE_MS, err));
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
    for (uint32_t day = 0; day < world->n_days; day++) {
        uint64_t n = eh_rng_poisson(rng, set->breaking_per_day);
        if (day == 2 && n == 0) n = 1; /* every world of three days or more has one */
        for (uint64_t k = 0; k < n; k++) {
            int64_t at_ms = (int64_t)(eh_rng_uniform(rng) * (double)EH_SIM_DAY_MS);
            EH_TRY(publish_breaking(world, crew, eh_sim_day_start_ms(world, day) + at_ms, err));
        }
    }
    return publish_shows(world, crew, set->show_share, err);
}

/* ---- act ---- */

typedef struct task {
    int64_t time_ms;
    uint32_t account, post, event; /* a post to repost, an event to react to, or neither: a sitting */
} task;

typedef EH_SIM_VEC(task) agenda;

static eh_status plan(eh_sim_world *world, agenda *tasks, task item, eh_error *err)
{
    EH_TRY(eh_reserve(world->ctx, (void **)&tasks->items, &tasks->capacity, tasks->n + 1, sizeof *tasks->items, err));
    tasks->items[tasks->n++] = item;
    return EH_OK;
}

static eh_status plan_sittings(eh_sim_world *world, eh_rng *rng, uint32_t day, agenda *tasks, eh_error *err)
{
    uint32_t weekday = eh_sim_weekday(world, day);
    for (uint32_t i = 0; i < world->accounts.n; i++) {
        const eh_sim_account *person = &world->accounts.items[i];
        if (person->role != EH_SIM_PERSON || eh_sim_is_away(person, day)) continue;
        bool is_off = (person->clock.days_off >> weekday) & 1;
        double mean = person->activity / person->sitting_size * (is_off ? person->clock.weekend_factor : 1);
        for (uint64_t n = eh_rng_poisson(rng, mean); n > 0; n--) {
            int64_t at_ms = eh_sim_sitting_ms(world, &person->clock, rng, day);
            EH_TRY(plan(world, tasks, (task){at_ms, i, EH_SIM_NONE, EH_SIM_NONE}, err));
        }
    }
    return EH_OK;
}

/* Notifications: most fans react within a minute or two, the tail reaches half an hour. */
static eh_status plan_fans(eh_sim_world *world, eh_rng *rng, uint32_t day, agenda *tasks, eh_error *err)
{
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
                double delay_s = fmin(4 + eh_rng_lognormal(rng, 45, 1.1), 7200);
                int64_t at_ms = world->posts.items[post].time_ms + (int64_t)(delay_s * 1000);
                if (!eh_sim_is_awake(&fan->clock, at_ms)) continue;
                EH_TRY(plan(world, tasks, (task){at_ms, account, post, EH_SIM_NONE}, err));
            }
    }
    return EH_OK;
}

/* A bought account whose owner has left; others who are away follow the news all the same. */
static bool is_sold(const eh_sim_world *world, const eh_sim_account *account, int64_t time_ms)
{
    return account->truth == EH_SIM_MEMBER && eh_sim_is_away(account, (uint32_t)((time_ms - world->start_ms) / EH_SIM_DAY_MS));
}

static eh_status plan_breaking(eh_sim_world *world, eh_rng *rng, const eh_sim_event *event, uint32_t number, agenda *tasks,
                               eh_error *err)
{
    for (uint32_t i = 0; i < world->accounts.n; i++) {
        const eh_sim_account *person = &world->accounts.items[i];
        if (person->role != EH_SIM_PERSON || (event->language != EH_SIM_NONE && person->language != event->language)) continue;
        if (is_sold(world, person, event->time_ms) || eh_rng_uniform(rng) >= 0.55 * fmin(1, 0.3 + person->activity)) continue;
        int64_t at_ms = event->time_ms + (int64_t)((2 + eh_rng_lognormal(rng, 25, 1.3)) * (double)EH_SIM_MINUTE_MS);
        if (!eh_sim_is_awake(&person->clock, at_ms)) {
            if (eh_rng_uniform(rng) < 0.6) continue;
            at_ms = eh_sim_when_awake(&person->clock, rng, at_ms);
        }
        EH_TRY(plan(world, tasks, (task){at_ms, i, EH_SIM_NONE, number}, err));
    }
    return EH_OK;
}

/* The same regular viewers every week, most of them each time. */
static bool is_viewer(const eh_sim_world *world, uint32_t account, uint32_t tag)
{
    return world->accounts.items[account].role == EH_SIM_PERSON && eh_sim_mix(account, tag ^ world->seed) % 100 < 22;
}

static eh_status plan_show(eh_sim_world *world, eh_rng *rng, const eh_sim_event *event, uint32_t number, agenda *tasks,
                           eh_error *err)
{
    const eh_sim_community *home = &world->communities.items[event->community];
    for (uint32_t m = 0; m < home->n_members; m++) {
        uint32_t account = world->members[home->first_member + m];
        if (!is_viewer(world, account, event->tag) || is_sold(world, &world->accounts.items[account], event->time_ms)) continue;
        if (eh_rng_uniform(rng) > 0.65) continue;
        for (uint32_t k = 0; k < event->n_posts; k++) {
            if (eh_rng_uniform(rng) > 0.1) continue;
            uint32_t post = event->first_post + k;
            int64_t at_ms = world->posts.items[post].time_ms + 6000 + (int64_t)(eh_rng_lognormal(rng, 60, 0.9) * 1000);
            EH_TRY(plan(world, tasks, (task){at_ms, account, post, EH_SIM_NONE}, err));
        }
        for (uint64_t n = 1 + eh_rng_poisson(rng, 1.2); n > 0; n--) {
            int64_t at_ms = event->time_ms + (int64_t)(eh_rng_uniform(rng) * (double)(event->end_ms - event->time_ms));
            EH_TRY(plan(world, tasks, (task){at_ms, account, EH_SIM_NONE, number}, err));
        }
    }
    return EH_OK;
}

static eh_status react_to_breaking(eh_sim_world *world, eh_rng *rng, const eh_sim_event *event, uint32_t account,
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

static eh_status carry_out(eh_sim_world *world, eh_sim_crew *crew, const task *item, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    int64_t at_ms = item->time_ms;
    if (item->post != EH_SIM_NONE) return eh_sim_repost(world, item->account, item->post, at_ms, err);
    const eh_sim_event *event = item->event == EH_SIM_NONE ? NULL : &crew->events.items[item->event];
    if (event && event->kind == SHOW)
        return eh_sim_write(world, rng, item->account, at_ms, event->tag, EH_SIM_NONE, err);
    double mean = event ? 3 : world->accounts.items[item->account].sitting_size;
    do { /* geometric number of actions, one after the other */
        EH_TRY(event ? react_to_breaking(world, rng, event, item->account, at_ms, err)
                     : eh_sim_act_ordinary(world, rng, item->account, at_ms, err));
        at_ms += 1500 + (int64_t)(eh_rng_lognormal(rng, 25, 0.9) * 1000);
    } while (eh_rng_uniform(rng) > 1 / mean);
    return EH_OK;
}

static int by_time(const void *a, const void *b, void *data)
{
    const task *x = a, *y = b;
    (void)data;
    if (x->time_ms != y->time_ms) return x->time_ms < y->time_ms ? -1 : 1;
    return (x->account > y->account) - (x->account < y->account);
}

static eh_status live_day(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, agenda *tasks, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    int64_t start_ms = eh_sim_day_start_ms(world, day);
    tasks->n = 0;
    EH_TRY(plan_sittings(world, rng, day, tasks, err));
    EH_TRY(plan_fans(world, rng, day, tasks, err));
    for (uint32_t e = 0; e < crew->events.n; e++) {
        const eh_sim_event *event = &crew->events.items[e];
        if (event->time_ms < start_ms || event->time_ms >= start_ms + EH_SIM_DAY_MS) continue;
        EH_TRY(event->kind == SHOW ? plan_show(world, rng, event, e, tasks, err)
                                   : plan_breaking(world, rng, event, e, tasks, err));
    }
    EH_TRY(eh_sort(world->ctx, tasks->items, tasks->n, sizeof *tasks->items, by_time, NULL, err));
    for (size_t i = 0; i < tasks->n; i++) EH_TRY(carry_out(world, crew, &tasks->items[i], err));
    return EH_OK;
}

eh_status eh_sim_honest_act(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    agenda tasks = {0};
    eh_status status = EH_OK;
    for (uint32_t day = 0; day < world->n_days && status == EH_OK; day++) {
        if (eh_context_is_cancelled(world->ctx)) status = eh_fail(err, EH_E_CANCELLED, "cancelled while drawing the world");
        if (status == EH_OK) status = live_day(world, crew, day, &tasks, err);
        eh_context_report(world->ctx, "simulate", day + 1, world->n_days);
    }
    eh_free(world->ctx, tasks.items);
    return status;
}
