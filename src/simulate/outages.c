/*
 * Failures. A train does not come, the light goes out, the network is down: customers of one supplier notice within minutes
 * of each other, complain to it, tell of it under its tag, ask under its notices and pass these on; and once more when it is
 * over. A storm does this to many suppliers in one afternoon. The supplier answers with stock phrases. Nobody knows of the
 * others' complaints beforehand. (Held out of every tuning.)
 */
#include "simulate/families.h"

#include <math.h>

enum supplier { RAILWAY, GRID, NETWORK };
enum deed { COMPLAIN, TELL, ASK, PASS_ON, LINK_NOTICE, PASS_ON_NEIGHBOUR, TELL_END, PASS_ON_END, ANSWER };
enum { n_areas = 4, everywhere = n_areas };

/* ---- settle: the first of a club is the supplier ---- */

static uint32_t draw_supplier(eh_rng *rng, const eh_sim_outages *set)
{
    double which = eh_rng_uniform(rng);
    return which < set->railway_share ? RAILWAY : which < set->railway_share + set->grid_share ? GRID : NETWORK;
}

eh_status eh_sim_outages_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_outages *set = crew->parameters;
    EH_TRY(eh_sim_found_clubs(world, crew, set->share, set->size, set->zeal, err));
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        eh_sim_club *club = &crew->clubs.items[c];
        uint32_t account = eh_sim_people_of(crew, club)[0];
        eh_sim_account *desk = &world->accounts.items[account];
        int32_t zone_min = world->communities.items[club->community].zone_min;
        for (uint32_t i = 0; i < club->n; i++) world->accounts.items[eh_sim_people_of(crew, club)[i]].clock.zone_min = zone_min;
        club->kind = draw_supplier(&crew->rng, set);
        desk->role = EH_SIM_DRIVEN;
        desk->client = 3;
        desk->n_followers = (uint32_t)eh_rng_lognormal(&crew->rng, 20000, 0.8);
        eh_sim_source source = {.account = account, .community = club->community, .language = desk->language, .weight = 0.1,
                                .posts_per_day = 1.2, .link_share = 0.5};
        EH_TRY(eh_sim_add_source(world, &source, err));
        club->source = (uint32_t)world->sources.n - 1;
    }
    return EH_OK;
}

/* ---- publish: what fails when, and what the supplier says of it ---- */

static int64_t minutes_ms(double minutes) { return (int64_t)(minutes * (double)EH_SIM_MINUTE_MS); }

/* Trains fail when most are under way; the rest at any time from five to half past eleven. */
static double draw_minute(eh_rng *rng, uint32_t supplier)
{
    double which = supplier == RAILWAY ? eh_rng_uniform(rng) : 1;
    if (which < 0.35) return 465 + 45 * eh_rng_normal(rng);
    if (which < 0.7) return 1050 + 55 * eh_rng_normal(rng);
    return 300 + 1110 * eh_rng_uniform(rng);
}

static eh_status post_notice(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_event *failure, int64_t time_ms, bool has_link,
                             eh_error *err)
{
    const eh_sim_club *club = &crew->clubs.items[failure->community];
    eh_sim_source desk = world->sources.items[club->source];
    uint32_t article = has_link ? failure->article : EH_SIM_NONE;
    return eh_sim_publish_post(world, &crew->rng, &desk, time_ms, eh_rng_lognormal(&crew->rng, 0.8, 0.6), article, failure->tag, NULL, err);
}

/* A first notice, one each half hour or so, and a last one when all is well. */
static eh_status post_notices(eh_sim_world *world, eh_sim_crew *crew, eh_sim_event *failure, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    int64_t at_ms = eh_sim_later_ms(rng, failure->time_ms, 720, 0.6);
    failure->first_post = (uint32_t)world->posts.n;
    EH_TRY(post_notice(world, crew, failure, at_ms, true, err));
    for (int n = 0; n < 12; n++) {
        at_ms += minutes_ms(20 + 25 * eh_rng_uniform(rng));
        if (at_ms >= failure->end_ms) break;
        EH_TRY(post_notice(world, crew, failure, at_ms, eh_rng_below(rng, 3) == 0, err));
    }
    EH_TRY(post_notice(world, crew, failure, failure->end_ms + minutes_ms(1 + 5 * eh_rng_uniform(rng)), false, err));
    failure->n_posts = (uint32_t)world->posts.n - failure->first_post;
    return EH_OK;
}

static eh_status report_elsewhere(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_event *failure, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    uint32_t article, i_source = eh_sim_draw_newsroom(world, rng, crew->clubs.items[failure->community].community);
    if (i_source == EH_SIM_NONE || eh_rng_below(rng, 2)) return EH_OK;
    eh_sim_source newsroom = world->sources.items[i_source];
    int64_t at_ms = eh_sim_later_ms(rng, failure->time_ms, 1500, 0.8);
    EH_TRY(eh_sim_add_article(world, newsroom.domain, newsroom.language, at_ms, &article, err));
    return eh_sim_publish_post(world, rng, &newsroom, at_ms, eh_rng_lognormal(rng, 2, 0.8), article, failure->tag, NULL, err);
}

static eh_status fail_at(eh_sim_world *world, eh_sim_crew *crew, uint32_t c, uint32_t tag, int64_t time_ms, eh_error *err)
{
    const eh_sim_outages *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    const eh_sim_club *club = &crew->clubs.items[c];
    eh_sim_event failure = {.time_ms = time_ms, .community = c, .tag = tag, .text = (uint32_t)eh_rng_next(rng), .post = EH_SIM_NONE};
    double length_min = fmin(fmax(eh_rng_lognormal(rng, set->length_min, 0.9), 8), 600);
    failure.end_ms = time_ms + minutes_ms(length_min);
    failure.kind = eh_rng_uniform(rng) < (club->kind == NETWORK ? 0.8 : 0.25) ? everywhere : (uint32_t)eh_rng_below(rng, n_areas);
    uint32_t domain = world->sources.items[club->source].domain, language = world->sources.items[club->source].language;
    EH_TRY(eh_sim_add_article(world, domain, language, time_ms, &failure.article, err));
    EH_TRY(post_notices(world, crew, &failure, err));
    if (failure.kind == everywhere) EH_TRY(report_elsewhere(world, crew, &failure, err));
    return eh_sim_add_event(world, crew, &failure, err);
}

/* The same afternoon for all railways and grids of a language's towns, under the storm's name. */
static eh_status blow(eh_sim_world *world, eh_sim_crew *crew, uint32_t language, uint32_t day, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    uint32_t tag;
    double minute = 600 + 480 * eh_rng_uniform(rng);
    EH_TRY(eh_sim_add_tag(world, language, &tag, err));
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        const eh_sim_club *club = &crew->clubs.items[c];
        if (world->communities.items[club->community].language != language || club->kind == NETWORK) continue;
        eh_sim_clock here = {.zone_min = world->communities.items[club->community].zone_min};
        for (uint64_t n = 1 + eh_rng_poisson(rng, 1.5); n > 0; n--)
            EH_TRY(fail_at(world, crew, c, tag, eh_sim_local_ms(world, &here, day, minute + 300 * eh_rng_uniform(rng)), err));
    }
    return EH_OK;
}

eh_status eh_sim_outages_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_outages *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        const eh_sim_club *club = &crew->clubs.items[c];
        eh_sim_clock here = {.zone_min = world->communities.items[club->community].zone_min};
        EH_TRY(eh_sim_add_tag(world, world->communities.items[club->community].language, &crew->clubs.items[c].tag, err));
        for (uint32_t i = 1; i < club->n; i++) /* customers, not admirers: two in five follow it */
            if (eh_rng_uniform(rng) < 0.4) eh_sim_turn_to(world, eh_sim_people_of(crew, club)[i], 0, club->source, 0.3);
        for (uint32_t day = 0; day < world->n_days; day++)
            for (uint64_t n = eh_rng_poisson(rng, set->per_week[club->kind] / 7); n > 0; n--)
                EH_TRY(fail_at(world, crew, c, club->tag, eh_sim_local_ms(world, &here, day, draw_minute(rng, club->kind)), err));
    }
    for (uint32_t language = 0; language < eh_sim_n_languages; language++)
        for (uint32_t day = 0; day < world->n_days; day++)
            if (eh_rng_uniform(rng) < set->storms_per_week / 7) EH_TRY(blow(world, crew, language, day, err));
    return EH_OK;
}

/* ---- plan: whom it hits, and what they do about it ---- */

static eh_status plan_at(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, int64_t time_ms, uint32_t deed, uint32_t event,
                         eh_error *err)
{
    eh_sim_task task = eh_sim_task_of(account, time_ms, deed);
    task.event = event;
    if (!eh_sim_is_awake(&world->accounts.items[account].clock, time_ms)) return EH_OK;
    return eh_sim_plan(world, crew, &task, err);
}

static uint32_t draw_complaint(eh_rng *rng)
{
    double which = eh_rng_uniform(rng);
    return which < 0.4 ? COMPLAIN : which < 0.75 ? TELL : ASK;
}

/* While it lasts. */
static eh_status suffer(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t event, eh_error *err)
{
    const eh_sim_outages *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    const eh_sim_event *failure = &crew->events.items[event];
    int64_t start_ms = failure->time_ms, length_ms = failure->end_ms - start_ms;
    int64_t at_ms = eh_sim_later_ms(rng, start_ms + 15000, set->delay_s, 1.1);
    if (at_ms < failure->end_ms + 20 * EH_SIM_MINUTE_MS)
        EH_TRY(plan_at(world, crew, account, at_ms, draw_complaint(rng), event, err));
    for (uint64_t n = eh_rng_poisson(rng, fmin((double)length_ms / (double)EH_SIM_HOUR_MS, 3) * 0.4); n > 0; n--) {
        at_ms = start_ms + (int64_t)(eh_rng_uniform(rng) * (double)length_ms);
        EH_TRY(plan_at(world, crew, account, at_ms, draw_complaint(rng), event, err));
    }
    double which = eh_rng_uniform(rng);
    at_ms = eh_sim_later_ms(rng, start_ms + 12 * EH_SIM_MINUTE_MS, 600, 1);
    if (which < 0.35) return plan_at(world, crew, account, at_ms, which < 0.22 ? PASS_ON : LINK_NOTICE, event, err);
    if (which < 0.5) return plan_at(world, crew, account, at_ms, PASS_ON_NEIGHBOUR, event, err);
    return EH_OK;
}

static eh_status plan_customer(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t event, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    const eh_sim_event *failure = &crew->events.items[event];
    const eh_sim_club *club = &crew->clubs.items[failure->community];
    const eh_sim_account *customer = &world->accounts.items[account];
    uint32_t area = (uint32_t)(eh_sim_fixed(world, account, 70) * n_areas);
    if (failure->kind != everywhere && failure->kind != area) return EH_OK;
    if (club->kind == RAILWAY && eh_rng_uniform(rng) < 0.5) return EH_OK; /* not travelling then */
    if (!eh_sim_is_awake(&customer->clock, failure->time_ms)) return EH_OK;
    if (eh_rng_uniform(rng) < customer->zeal) EH_TRY(suffer(world, crew, account, event, err));
    if (eh_rng_uniform(rng) >= 0.4 * customer->zeal) return EH_OK;
    int64_t at_ms = eh_sim_later_ms(rng, failure->end_ms + 10000, 240, 1);
    return plan_at(world, crew, account, at_ms, eh_rng_below(rng, 3) ? TELL_END : PASS_ON_END, event, err);
}

/* Others of the town see the notices. */
static eh_status plan_echo(eh_sim_world *world, eh_sim_crew *crew, uint32_t event, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    const eh_sim_event *failure = &crew->events.items[event];
    const eh_sim_community *town = &world->communities.items[crew->clubs.items[failure->community].community];
    for (uint64_t n = eh_rng_poisson(rng, failure->kind == everywhere ? 2.5 : 0.8); n > 0 && town->n_members; n--) {
        uint32_t account = world->members[town->first_member + eh_rng_below(rng, town->n_members)];
        const eh_sim_account *person = &world->accounts.items[account];
        int64_t at_ms = eh_sim_later_ms(rng, failure->time_ms + 15 * EH_SIM_MINUTE_MS, 2400, 1.1);
        if (person->role != EH_SIM_PERSON || person->group || person->crew) continue;
        EH_TRY(plan_at(world, crew, account, at_ms, eh_rng_below(rng, 2) ? PASS_ON : TELL, event, err));
    }
    return EH_OK;
}

static eh_status plan_failure(eh_sim_world *world, eh_sim_crew *crew, uint32_t event, uint32_t day, eh_error *err)
{
    const eh_sim_club *club = &crew->clubs.items[crew->events.items[event].community];
    for (uint32_t i = 1; i < club->n; i++) {
        uint32_t account = eh_sim_people_of(crew, club)[i];
        if (eh_sim_is_away(&world->accounts.items[account], day)) continue;
        EH_TRY(plan_customer(world, crew, account, event, err));
    }
    return plan_echo(world, crew, event, err);
}

eh_status eh_sim_outages_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err)
{
    return eh_sim_plan_events(world, crew, day, plan_failure, err);
}

/* ---- carry out ---- */

/* The latest notice that is out by then; EH_SIM_NONE where there is none yet. */
static uint32_t find_notice(const eh_sim_world *world, const eh_sim_event *failure, int64_t time_ms)
{
    for (uint32_t n = failure->n_posts; n > 0; n--)
        if (world->posts.items[failure->first_post + n - 1].time_ms < time_ms) return failure->first_post + n - 1;
    return EH_SIM_NONE;
}

/* A third of the complaints get a stock phrase from the desk, which is staffed from six to eleven. */
static eh_status expect_answer(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, uint32_t complaint, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    const eh_sim_club *club = &crew->clubs.items[crew->events.items[task->event].community];
    eh_sim_clock here = {.zone_min = world->communities.items[club->community].zone_min};
    eh_sim_task answer = eh_sim_task_of(eh_sim_people_of(crew, club)[0], eh_sim_later_ms(rng, task->time_ms + 30000, 600, 0.9), ANSWER);
    int32_t minute = eh_sim_local_minute(&here, answer.time_ms);
    if (complaint >= world->posts.n || eh_rng_uniform(rng) >= 0.35 || minute < 360 || minute >= 1380) return EH_OK;
    answer.event = task->event;
    answer.post = complaint;
    return eh_sim_plan(world, crew, &answer, err);
}

static eh_status complain(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    const eh_sim_event *failure = &crew->events.items[task->event];
    uint32_t before = (uint32_t)world->posts.n, notice = find_notice(world, failure, task->time_ms);
    if (task->kind == ASK && notice != EH_SIM_NONE) {
        EH_TRY(eh_sim_respond(world, &crew->rng, task->account, task->time_ms, notice, EH_SIM_REPLY, err));
    } else {
        eh_sim_post post = eh_sim_post_of(task->account, task->time_ms, EH_SIM_POST);
        post.text = (uint32_t)eh_rng_next(&crew->rng);
        post.mention = world->sources.items[crew->clubs.items[failure->community].source].account;
        if (eh_rng_below(&crew->rng, 2)) post.tags[0] = failure->tag;
        EH_TRY(eh_sim_add_post(world, &post, NULL, err));
    }
    return expect_answer(world, crew, task, before, err);
}

/* The first who tells of it is the one whom neighbours pass on. */
static eh_status tell(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    eh_sim_event *failure = &crew->events.items[task->event];
    uint32_t before = (uint32_t)world->posts.n;
    EH_TRY(eh_sim_write(world, &crew->rng, task->account, task->time_ms, failure->tag, EH_SIM_NONE, err));
    if (failure->post == EH_SIM_NONE && world->posts.n > before) failure->post = before;
    return EH_OK;
}

eh_status eh_sim_outages_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    const eh_sim_event *failure = &crew->events.items[task->event];
    uint32_t notice = find_notice(world, failure, task->time_ms);
    switch ((enum deed)task->kind) {
    case COMPLAIN:
    case ASK: return complain(world, crew, task, err);
    case TELL:
    case TELL_END: return tell(world, crew, task, err);
    case LINK_NOTICE:
        if (notice == EH_SIM_NONE) return EH_OK;
        return eh_sim_share_article(world, &crew->rng, task->account, task->time_ms, failure->article, 0.6, err);
    case PASS_ON:
    case PASS_ON_END: return notice == EH_SIM_NONE ? EH_OK : eh_sim_repost(world, task->account, notice, task->time_ms, err);
    case PASS_ON_NEIGHBOUR:
        return failure->post == EH_SIM_NONE ? EH_OK : eh_sim_repost(world, task->account, failure->post, task->time_ms, err);
    case ANSWER: return eh_sim_paste(world, task->account, task->time_ms, failure->text, EH_SIM_NONE, task->post, err);
    default: return EH_OK;
    }
}
