/*
 * Scholars of one subject. Papers come out in journals and on a preprint server; who works on the topic tells of them, most on
 * the same day, the others over weeks, each at times of their own, and older papers come up again. Curators pass on nearly
 * all there is. So the same rare links meet again and again, and nobody has asked for it. (Held out of every tuning.)
 */
#include "simulate/families.h"

enum { PAPER, CLASSIC };
enum { n_topics = 6, most_lag_days = 28 };

/* ---- settle: the first of a club is its journal; some clubs share one ---- */

static uint32_t find_subject(const eh_sim_world *world, eh_sim_crew *crew, uint32_t c)
{
    const eh_sim_scholars *set = crew->parameters;
    uint32_t language = world->communities.items[crew->clubs.items[c].community].language;
    if (eh_rng_uniform(&crew->rng) >= set->joint_share) return c;
    for (uint32_t i = c; i > 0; i--)
        if (world->communities.items[crew->clubs.items[i - 1].community].language == language) return crew->clubs.items[i - 1].leader;
    return c;
}

eh_status eh_sim_scholars_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_scholars *set = crew->parameters;
    EH_TRY(eh_sim_found_clubs(world, crew, set->share, set->size, set->zeal, err));
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        eh_sim_club *club = &crew->clubs.items[c];
        club->leader = find_subject(world, crew, c);
        if (club->leader != c) continue;
        uint32_t account = eh_sim_people_of(crew, club)[0];
        eh_sim_account *journal = &world->accounts.items[account];
        journal->role = EH_SIM_DRIVEN;
        journal->client = 3;
        journal->clock.zone_min = world->communities.items[club->community].zone_min;
        eh_sim_source source = {.account = account, .community = club->community, .language = journal->language, .weight = 0.03,
                                .posts_per_day = 0.3, .link_share = 0.5};
        EH_TRY(eh_sim_add_source(world, &source, err));
        club->source = (uint32_t)world->sources.n - 1;
    }
    return EH_OK;
}

/* ---- publish ---- */

/* In a journal, in working hours, and announced by its account within the hour or so. */
static eh_status publish_in_journal(eh_sim_world *world, eh_sim_crew *crew, uint32_t c, uint32_t day, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    eh_sim_source journal = world->sources.items[crew->clubs.items[c].source];
    const eh_sim_clock *clock = &world->accounts.items[journal.account].clock;
    if (eh_sim_is_day_off(world, clock, day)) return EH_OK;
    eh_sim_event paper = {.kind = PAPER, .community = c, .post = EH_SIM_NONE, .first_post = EH_SIM_NONE};
    paper.time_ms = eh_sim_local_ms(world, clock, day, 540 + 450 * eh_rng_uniform(rng));
    EH_TRY(eh_sim_add_article(world, journal.domain, journal.language, paper.time_ms, &paper.article, err));
    EH_TRY(eh_sim_publish_post(world, rng, &journal, eh_sim_later_ms(rng, paper.time_ms, 1800, 0.8), eh_rng_lognormal(rng, 0.8, 0.8),
                               paper.article, crew->clubs.items[c].tag, &paper.post, err));
    return eh_sim_add_event(world, crew, &paper, err);
}

/* Preprints of a night all come out at 0:00 UTC (20:00 in New York) after working days there; no account tells of them. */
static eh_status publish_preprints(eh_sim_world *world, eh_sim_crew *crew, uint32_t c, uint32_t day, eh_error *err)
{
    const eh_sim_scholars *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    uint32_t weekday = eh_sim_weekday(world, day), language = world->sources.items[crew->clubs.items[c].source].language;
    if (weekday == 0 || weekday == 6) return EH_OK;
    for (uint64_t n = eh_rng_poisson(rng, set->preprints_per_week / 5); n > 0; n--) {
        eh_sim_event paper = {.time_ms = eh_sim_day_start_ms(world, day), .kind = PAPER, .community = c, .post = EH_SIM_NONE,
                              .first_post = EH_SIM_NONE};
        EH_TRY(eh_sim_add_article(world, crew->first_domain, language, paper.time_ms, &paper.article, err));
        EH_TRY(eh_sim_add_event(world, crew, &paper, err));
    }
    return EH_OK;
}

static eh_status publish_subject(eh_sim_world *world, eh_sim_crew *crew, uint32_t c, eh_error *err)
{
    const eh_sim_scholars *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    eh_sim_source journal = world->sources.items[crew->clubs.items[c].source];
    EH_TRY(eh_sim_add_tag(world, journal.language, &crew->clubs.items[c].tag, err));
    for (uint32_t k = 0; k < set->n_classics; k++) {
        eh_sim_event old = {.kind = CLASSIC, .community = c, .text = k, .post = EH_SIM_NONE, .first_post = EH_SIM_NONE};
        old.time_ms = world->start_ms - (int64_t)(60 + eh_rng_below(rng, 2000)) * EH_SIM_DAY_MS;
        EH_TRY(eh_sim_add_article(world, k % 2 ? journal.domain : crew->first_domain, journal.language, old.time_ms, &old.article, err));
        EH_TRY(eh_sim_add_event(world, crew, &old, err));
    }
    for (uint32_t day = 0; day < world->n_days; day++) {
        for (uint64_t n = eh_rng_poisson(rng, set->papers_per_week / 5); n > 0; n--)
            EH_TRY(publish_in_journal(world, crew, c, day, err));
        EH_TRY(publish_preprints(world, crew, c, day, err));
    }
    return EH_OK;
}

eh_status eh_sim_scholars_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    crew->first_domain = world->n_domains++; /* the preprint server */
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        const eh_sim_club *club = &crew->clubs.items[c];
        for (uint32_t i = 0; i < club->n; i++) /* seven in ten follow the journal */
            if (eh_rng_uniform(&crew->rng) < 0.7)
                eh_sim_turn_to(world, eh_sim_people_of(crew, club)[i], 0, crew->clubs.items[club->leader].source, 0.6);
        if (club->leader == c) EH_TRY(publish_subject(world, crew, c, err));
    }
    return EH_OK;
}

/* ---- plan: who tells of what, and on which day; decided once for each scholar and paper ---- */

static bool is_curator(const eh_sim_world *world, const eh_sim_scholars *set, uint32_t account)
{
    return eh_sim_fixed(world, account, 80) < set->curator_share;
}

static bool will_tell(const eh_sim_world *world, const eh_sim_scholars *set, uint32_t account, const eh_sim_event *paper)
{
    uint64_t about = UINT64_C(1) << 40 | paper->article;
    uint32_t topic = (uint32_t)(eh_sim_fixed(world, paper->article, 81) * n_topics);
    double chance = world->accounts.items[account].zeal * (eh_sim_fixed(world, account, 82 + topic) < 0.4 ? 1 : 0.1);
    if (is_curator(world, set, account)) chance = 0.85;
    if (paper->kind == CLASSIC) chance *= 0.5 / (1 + 0.1 * paper->text) * (double)(world->n_days < 28 ? world->n_days : 28) / 28;
    return eh_sim_fixed(world, account, about) < chance;
}

/* Days from a paper to what is said of it: 44 % the same, 16 % the next, then ever fewer (1 / day). */
static uint32_t draw_lag(double at)
{
    if (at < 0.44) return 0;
    if (at < 0.60) return 1;
    double total = 0, sum = 0;
    for (uint32_t lag = 2; lag < most_lag_days; lag++) total += 1.0 / lag;
    for (uint32_t lag = 2; lag < most_lag_days; lag++) {
        sum += 1.0 / lag;
        if (0.60 + 0.40 * sum / total > at) return lag;
    }
    return most_lag_days - 1;
}

static uint32_t day_of_telling(const eh_sim_world *world, uint32_t account, const eh_sim_event *paper)
{
    double at = eh_sim_fixed(world, account, UINT64_C(2) << 40 | paper->article);
    if (paper->kind == CLASSIC) return (uint32_t)(at * world->n_days);
    return (uint32_t)((paper->time_ms - world->start_ms) / EH_SIM_DAY_MS) + draw_lag(at);
}

static eh_status consider(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t event, uint32_t day, eh_error *err)
{
    const eh_sim_scholars *set = crew->parameters;
    const eh_sim_event *paper = &crew->events.items[event];
    const eh_sim_account *scholar = &world->accounts.items[account];
    if (scholar->role != EH_SIM_PERSON || !will_tell(world, set, account, paper)) return EH_OK;
    if (day_of_telling(world, account, paper) != day || eh_sim_is_away(scholar, day)) return EH_OK;
    eh_sim_task task = eh_sim_task_of(account, eh_sim_sitting_ms(world, &scholar->clock, &crew->rng, day), 0);
    if (task.time_ms <= paper->time_ms) { /* it came out after that sitting */
        int64_t seen_ms = eh_sim_later_ms(&crew->rng, paper->time_ms, set->delay_s, 1.1);
        task.time_ms = eh_sim_when_awake(&scholar->clock, &crew->rng, seen_ms);
    }
    task.event = event;
    return eh_sim_plan(world, crew, &task, err);
}

eh_status eh_sim_scholars_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err)
{
    int64_t start_ms = eh_sim_day_start_ms(world, day);
    for (uint32_t e = 0; e < crew->events.n; e++) {
        const eh_sim_event *paper = &crew->events.items[e];
        bool is_new = paper->kind == PAPER;
        if (is_new && (paper->time_ms >= start_ms + EH_SIM_DAY_MS || start_ms - paper->time_ms > most_lag_days * EH_SIM_DAY_MS)) continue;
        for (uint32_t c = 0; c < crew->clubs.n; c++) {
            const eh_sim_club *club = &crew->clubs.items[c];
            if (club->leader != crew->events.items[e].community) continue;
            for (uint32_t i = 0; i < club->n; i++) EH_TRY(consider(world, crew, eh_sim_people_of(crew, club)[i], e, day, err));
        }
    }
    return EH_OK;
}

/* ---- carry out ---- */

/* A link of one's own; the first is what colleagues repost and answer. */
static eh_status link_paper(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    eh_sim_event *paper = &crew->events.items[task->event];
    uint32_t before = (uint32_t)world->posts.n;
    EH_TRY(eh_sim_share_article(world, &crew->rng, task->account, task->time_ms, paper->article, 0.5, err));
    if (world->posts.n == before) return EH_OK;
    if (eh_rng_uniform(&crew->rng) < 0.3) world->posts.items[before].tags[0] = crew->clubs.items[paper->community].tag;
    if (paper->first_post == EH_SIM_NONE) paper->first_post = before;
    return EH_OK;
}

eh_status eh_sim_scholars_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    const eh_sim_event *paper = &crew->events.items[task->event];
    double which = eh_rng_uniform(rng);
    uint32_t seen = eh_rng_below(rng, 2) ? paper->post : paper->first_post;
    if (seen == EH_SIM_NONE) seen = paper->first_post != EH_SIM_NONE ? paper->first_post : paper->post;
    if (seen != EH_SIM_NONE && world->posts.items[seen].time_ms >= task->time_ms) seen = EH_SIM_NONE; /* not out yet */
    if (seen == EH_SIM_NONE || which < 0.5) return link_paper(world, crew, task, err);
    if (which < 0.9) return eh_sim_repost(world, task->account, seen, task->time_ms, err);
    return eh_sim_respond(world, rng, task->account, task->time_ms, seen, which < 0.95 ? EH_SIM_REPLY : EH_SIM_QUOTE, err);
}
