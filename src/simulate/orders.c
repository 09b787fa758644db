/*
 * Planted groups, first half: who belongs, and what is ordered.
 *
 * Members are people with lives of their own (the honest engine runs them), drawn as everybody else, half of them in
 * the community where the group is at home and half in others of the language. Orders are spread evenly over the
 * days; what they name is published here, except what has to exist first: that is looked up when they are carried
 * out (obey.c).
 */
#include "simulate/orders.h"

#include <math.h>

enum { max_sponsors = 8, n_farm_tags = 3 };

static double uniform(eh_rng *rng, const double range[2]) { return range[0] + (range[1] - range[0]) * eh_rng_uniform(rng); }

uint32_t eh_sim_first_order_day(const eh_sim_world *world, const eh_sim_orders *set)
{
    return (uint32_t)(set->from * world->n_days);
}

static double deeds_per_order(const eh_sim_orders *set)
{
    double call = set->march == EH_SIM_IN_CELLS ? (double)set->cell_size / fmax(set->n_accounts, set->cell_size) : 1;
    double own = set->aim == EH_SIM_AIM_EACH ? 1.0 / set->n_accounts : 0; /* whose turn it is posts, and does not repost */
    return call * set->participation * (1 - own) * (1 + set->second_share + set->comment_share + set->deeds[EH_SIM_DO_TAG] * set->repeats) + own;
}

double eh_sim_ordinary_per_day(const eh_sim_world *world, const eh_sim_crew *crew)
{
    const eh_sim_orders *set = crew->parameters;
    double n_days = world->n_days - eh_sim_first_order_day(world, set);
    return crew->n_orders * deeds_per_order(set) * set->camouflage / (1 - set->camouflage) / n_days;
}

/* ---- settle ---- */

static uint32_t other_community(const eh_sim_world *world, eh_rng *rng, uint32_t home)
{
    for (int tries = 0; tries < 20; tries++) {
        uint32_t other = (uint32_t)eh_rng_below(rng, world->communities.n);
        if (world->communities.items[other].language == world->communities.items[home].language) return other;
    }
    return home;
}

/* An active person of the home community, or of any that speaks its language, or of any at all. */
static void choose_victim(eh_sim_world *world, eh_sim_crew *crew, uint32_t *home)
{
    uint32_t chosen = EH_SIM_NONE;
    double best = -1;
    for (uint32_t i = 0; i < crew->first_account; i++) {
        const eh_sim_account *person = &world->accounts.items[i];
        if (person->role != EH_SIM_PERSON || person->group || person->truth != EH_SIM_HONEST) continue;
        double fit = person->community == *home ? 2 : person->language == world->communities.items[*home].language ? 1 : 0;
        fit += person->activity >= 1 && person->activity <= 5 ? 0.5 : 0;
        fit += 0.5 * eh_rng_uniform(&crew->rng);
        if (fit <= best) continue;
        best = fit;
        chosen = i;
    }
    crew->victim = chosen;
    if (chosen == EH_SIM_NONE) return;
    eh_sim_account *victim = &world->accounts.items[chosen];
    victim->truth = EH_SIM_VICTIM;
    victim->activity = fmax(victim->activity, 1.6 * crew->n_orders / world->n_days);
    victim->repost_share = fmax(victim->repost_share, 0.55);
    victim->away_from_day = victim->away_to_day = 0;
    *home = victim->community;
}

static eh_sim_account draw_member(const eh_sim_world *world, eh_sim_crew *crew, uint32_t community)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    eh_sim_account member = eh_sim_person_draw(world, rng, community, 0.25);
    member.group = crew->group;
    member.truth = EH_SIM_MEMBER;
    member.away_from_day = member.away_to_day = 0;
    if (set->is_bought) { /* until it is sold, it is somebody else's */
        int32_t sold = (int32_t)eh_sim_first_order_day(world, set);
        member.activity = fmin(fmax(member.activity, 0.4), 4);
        member.away_from_day = sold > 6 ? sold - 2 - (int32_t)eh_rng_below(rng, 5) : sold;
        member.away_to_day = (int32_t)world->n_days;
    } else {
        /* breaking news and shows add about 0.13 ordinary actions a day of themselves (measured) */
        double ordinary = fmax(eh_sim_ordinary_per_day(world, crew) - 0.13, 0.02);
        member.activity = ordinary * (0.3 + 0.7 * eh_rng_gamma(rng, 4) / 4);
        member.sitting_size = 1.8;
        if (set->camouflage <= 0) member.role = EH_SIM_DRIVEN; /* no news, no shows either */
    }
    return member;
}

eh_status eh_sim_orders_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    uint32_t home = eh_sim_choose_home(world, rng);
    if (crew->n_orders == 0)
        crew->n_orders = world->n_days < 14 ? set->n_objects * world->n_days / 14 + 1 : set->n_objects;
    crew->first_account = (uint32_t)world->accounts.n;
    crew->n_accounts = set->n_accounts;
    crew->victim = EH_SIM_NONE;
    if (set->deeds[EH_SIM_DO_COPY] > 0) choose_victim(world, crew, &home);
    for (uint32_t i = 0; i < set->n_accounts; i++) {
        uint32_t number;
        eh_sim_account member = draw_member(world, crew, i % 2 ? other_community(world, rng, home) : home);
        EH_TRY(eh_sim_add_account(world, &member, &number, err));
        if (i >= set->n_leads && set->aim != EH_SIM_AIM_EACH) continue;
        eh_sim_source lead = {.account = number, .community = member.community, .language = member.language, .weight = 0.25};
        if (set->aim == EH_SIM_AIM_EACH) lead.weight = set->audience;
        EH_TRY(eh_sim_add_source(world, &lead, err));
    }
    return EH_OK;
}

/* ---- publish ---- */

/* A newsroom of the community, or any. */
static uint32_t choose_sponsor(const eh_sim_world *world, eh_rng *rng, uint32_t community)
{
    uint32_t sponsor = 0;
    for (int tries = 0; tries < 400; tries++) {
        uint32_t source = (uint32_t)eh_rng_below(rng, world->sources.n);
        if (world->accounts.items[world->sources.items[source].account].role != EH_SIM_SOURCE) continue;
        sponsor = source;
        if (world->sources.items[source].community == community) break;
    }
    return sponsor;
}

static eh_sim_deed draw_deed(const eh_sim_orders *set, eh_rng *rng)
{
    double at = eh_rng_uniform(rng);
    eh_sim_deed last = EH_SIM_DO_REPOST;
    for (int deed = 0; deed < eh_sim_n_deeds; deed++) {
        if (set->deeds[deed] <= 0) continue;
        last = (eh_sim_deed)deed;
        at -= set->deeds[deed];
        if (at < 0) break;
    }
    return last;
}

/* What the group has for all its orders. */
typedef struct means {
    uint32_t sponsors[max_sponsors], n_sponsors;
    uint32_t tags[n_farm_tags];
    uint32_t language;
    int32_t zone_min;
} means;

static eh_status provide(eh_sim_world *world, eh_sim_crew *crew, means *have, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    uint32_t home = world->accounts.items[crew->first_account].community;
    have->language = world->communities.items[home].language;
    have->zone_min = world->communities.items[home].zone_min;
    have->n_sponsors = set->n_sponsors < max_sponsors ? set->n_sponsors : max_sponsors;
    for (uint32_t i = 0; i < have->n_sponsors; i++) have->sponsors[i] = choose_sponsor(world, &crew->rng, home);
    for (uint32_t i = 0; i < n_farm_tags && set->second_share > 0; i++)
        EH_TRY(eh_sim_add_tag(world, have->language, &have->tags[i], err));
    crew->first_domain = world->n_domains;
    world->n_domains += set->n_sites;
    return EH_OK;
}

static eh_status add_page(eh_sim_world *world, eh_sim_crew *crew, const means *have, eh_sim_event *order, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    uint32_t site = crew->first_domain + eh_sim_skewed_below(&crew->rng, set->n_sites);
    return eh_sim_add_article(world, site, have->language, order->time_ms, &order->article, err);
}

static eh_status publish_sponsors_post(eh_sim_world *world, eh_sim_crew *crew, const means *have, eh_sim_event *order,
                                       eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    const eh_sim_source *sponsor = &world->sources.items[have->sponsors[eh_rng_below(rng, have->n_sponsors)]];
    eh_sim_post post = eh_sim_post_of(sponsor->account, order->time_ms, EH_SIM_POST);
    post.text = order->text;
    post.is_feed = true;
    post.appeal = (float)eh_rng_lognormal(rng, 1, 1);
    double wait_min = fmin(2 + eh_rng_lognormal(rng, set->wait_min, 0.8), 180);
    order->time_ms += (int64_t)(wait_min * (double)EH_SIM_MINUTE_MS);
    return eh_sim_add_post(world, &post, &order->post, err);
}

/* The lead's post carries neither the tag nor the link that members use afterwards. */
static eh_status publish_leads_post(eh_sim_world *world, eh_sim_crew *crew, const means *have, eh_sim_event *order,
                                    eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    uint32_t lead = crew->first_account + (uint32_t)eh_rng_below(rng, set->n_leads);
    eh_sim_post post = eh_sim_post_of(lead, order->time_ms, EH_SIM_POST);
    post.text = order->text;
    post.is_feed = true;
    post.appeal = (float)eh_rng_lognormal(rng, 0.7, 0.8);
    if (eh_rng_below(rng, 2))
        EH_TRY(add_page(world, crew, have, order, err));
    else
        order->tag = have->tags[eh_sim_skewed_below(rng, n_farm_tags)];
    return eh_sim_add_post(world, &post, &order->post, err);
}

/* Each has a turn before anybody has the next one; every round begins with another member. */
static uint32_t whose_turn(const eh_sim_world *world, const eh_sim_crew *crew, uint32_t k)
{
    uint32_t n = crew->n_accounts, round = k / n;
    return crew->first_account + (uint32_t)((k % n + eh_sim_mix(round, world->seed ^ 71)) % n);
}

/* What a member wants to be seen: its own words, sometimes with a link; told to the group after a while. */
static eh_status publish_members_post(eh_sim_world *world, eh_sim_crew *crew, const means *have, uint32_t k, eh_sim_event *order,
                                      eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    eh_sim_post post = eh_sim_post_of(whose_turn(world, crew, k), order->time_ms, EH_SIM_POST);
    post.text = order->text;
    post.is_feed = true;
    post.appeal = (float)eh_rng_lognormal(rng, 0.7, 0.8);
    if (eh_rng_below(rng, 3) == 0)
        EH_TRY(eh_sim_add_article(world, world->sources.items[world->accounts.items[post.account].source].domain, have->language,
                                  order->time_ms, &post.article, err));
    order->time_ms = eh_sim_later_ms(rng, order->time_ms + 30000, 60 * set->wait_min, 0.8);
    return eh_sim_add_post(world, &post, &order->post, err);
}

static eh_status publish_target(eh_sim_world *world, eh_sim_crew *crew, const means *have, uint32_t k, eh_sim_event *order,
                                eh_error *err)
{
    switch (((const eh_sim_orders *)crew->parameters)->aim) {
    case EH_SIM_AIM_SPONSOR: return publish_sponsors_post(world, crew, have, order, err);
    case EH_SIM_AIM_LEAD: return publish_leads_post(world, crew, have, order, err);
    case EH_SIM_AIM_EACH: return publish_members_post(world, crew, have, k, order, err);
    case EH_SIM_AIM_FOUND:
    default: return EH_OK;
    }
}

static eh_status publish_order(eh_sim_world *world, eh_sim_crew *crew, const means *have, uint32_t k, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    uint32_t first_day = eh_sim_first_order_day(world, set);
    uint32_t day = first_day + (uint32_t)((uint64_t)k * (world->n_days - first_day) / crew->n_orders);
    double minute = uniform(rng, set->start_min) - have->zone_min;
    eh_sim_event order = {.community = EH_SIM_NONE, .tag = EH_SIM_NONE, .article = EH_SIM_NONE, .post = EH_SIM_NONE};
    order.time_ms = eh_sim_day_start_ms(world, day) + (int64_t)(minute * (double)EH_SIM_MINUTE_MS);
    order.text = (uint32_t)eh_rng_next(rng);
    order.kind = draw_deed(set, rng);
    if (order.kind == EH_SIM_DO_LINK) EH_TRY(add_page(world, crew, have, &order, err));
    if (order.kind == EH_SIM_DO_TAG) EH_TRY(eh_sim_add_tag(world, have->language, &order.tag, err));
    if (order.kind == EH_SIM_DO_REPOST && set->aim != EH_SIM_AIM_FOUND) {
        EH_TRY(publish_target(world, crew, have, k, &order, err));
        if (order.post == EH_SIM_NONE) return EH_OK; /* outside the period */
    }
    return eh_sim_add_event(world, crew, &order, err);
}

eh_status eh_sim_orders_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    means have = {0};
    if (set->deeds[EH_SIM_DO_COPY] > 0) return EH_OK; /* the victim decides what is copied */
    EH_TRY(provide(world, crew, &have, err));
    for (uint32_t k = 0; k < crew->n_orders; k++) EH_TRY(publish_order(world, crew, &have, k, err));
    return EH_OK;
}
