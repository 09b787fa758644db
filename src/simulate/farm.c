/*
 * A shift-working group in the manner of the removal of April 2021: a few operators, each with several
 * accounts, working 9 to 17 Central European time with a lunch pause and two days off, loud and little heard.
 *
 * An operator drives one account at a time. The day goes from order to order: on an order (repost this post
 * of ours, share this page of ours, answer under that post, push that tag) the operator passes through the
 * accounts, each acting within minutes; between orders the accounts in turn do what ordinary people do.
 * The first operator also drives the leads, accounts that write what is to be amplified; some honest people
 * follow those, as anybody.
 */
#include "simulate/orders.h"

#include <math.h>

enum order_kind { ORDER_REPOST, ORDER_LINK, ORDER_REPLY, ORDER_TAG };
enum { max_orders = eh_sim_most_orders_a_day, order_gap_min = 25, max_hands = 64 };

static double uniform(eh_rng *rng, double low, double high) { return low + (high - low) * eh_rng_uniform(rng); }
static int64_t minutes_ms(double minutes) { return (int64_t)(minutes * (double)EH_SIM_MINUTE_MS); }

eh_status eh_sim_farm_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_farm *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    uint32_t community = eh_sim_choose_home(world, rng);
    uint32_t created_from = (uint32_t)eh_days_of(2018, 2, 1);
    crew->days_off = eh_rng_below(rng, 2) ? 0x60 : 0x41; /* Friday and Saturday, or Saturday and Sunday */
    if (crew->n_orders == 0)
        crew->n_orders = world->n_days < 14 ? set->n_objects * world->n_days / 14 + 1 : set->n_objects;
    crew->first_account = (uint32_t)world->accounts.n;
    crew->n_accounts = set->n_accounts;
    for (uint32_t i = 0; i < set->n_accounts; i++) {
        eh_sim_account account = eh_sim_person_draw(world, rng, community, 0);
        account.role = EH_SIM_DRIVEN;
        account.group = crew->group;
        account.truth = EH_SIM_MEMBER;
        account.repost_share = 0.6;
        account.away_from_day = account.away_to_day = 0;
        account.n_followers = (uint32_t)eh_rng_lognormal(rng, 60, 0.8);
        account.created_day = created_from + (uint32_t)eh_rng_below(rng, 120); /* most within four months */
        uint32_t number;
        EH_TRY(eh_sim_add_account(world, &account, &number, err));
        if (i % set->n_operators != 0 || i / set->n_operators >= set->n_leads) continue;
        eh_sim_source lead = {.account = number, .community = community, .language = account.language, .weight = set->audience};
        EH_TRY(eh_sim_add_source(world, &lead, err));
    }
    return EH_OK;
}

/* ---- publish: the orders of every working day, and the leads' posts among them ---- */

static bool is_day_off(const eh_sim_world *world, const eh_sim_crew *crew, uint32_t day)
{
    return (crew->days_off >> eh_sim_weekday(world, day)) & 1;
}

static int64_t local_ms(const eh_sim_world *world, const eh_sim_farm *set, uint32_t day, double minute)
{
    return eh_sim_day_start_ms(world, day) + minutes_ms(minute - set->zone_min);
}

/* When the post that an order spreads was written: minutes to hours before, in the hours of the same day. */
static int64_t written_before(const eh_sim_world *world, eh_sim_crew *crew, uint32_t day, int64_t order_ms)
{
    const eh_sim_farm *set = crew->parameters;
    int64_t start_ms = local_ms(world, set, day, set->start_min + 1);
    int64_t pause_ms = local_ms(world, set, day, set->pause_min - 10);
    int64_t pause_end_ms = local_ms(world, set, day, set->pause_min + set->pause_length_min + 10);
    int64_t latest_ms = order_ms - minutes_ms(3);
    int64_t written_ms = latest_ms - minutes_ms(eh_rng_lognormal(&crew->rng, set->order_lag_min, 1));
    if (written_ms < start_ms) written_ms = start_ms + (int64_t)(eh_rng_uniform(&crew->rng) * (double)(latest_ms - start_ms));
    return written_ms > pause_ms && written_ms < pause_end_ms ? pause_ms : written_ms;
}

static eh_status publish_lead_post(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_sim_event *order, eh_error *err)
{
    const eh_sim_farm *set = crew->parameters;
    uint32_t lead = crew->first_account + set->n_operators * (uint32_t)eh_rng_below(&crew->rng, set->n_leads);
    eh_sim_post post = eh_sim_post_of(lead, written_before(world, crew, day, order->time_ms), EH_SIM_POST);
    post.text = order->text;
    post.is_feed = true;
    post.appeal = (float)eh_rng_lognormal(&crew->rng, 0.7, 0.8);
    post.tags[0] = order->tag;
    if (eh_rng_uniform(&crew->rng) < 0.6) post.article = order->article;
    return eh_sim_add_post(world, &post, &order->post, err);
}

static eh_status publish_order(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, int64_t time_ms, uint32_t tag,
                               eh_error *err)
{
    const eh_sim_farm *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    uint32_t language = world->accounts.items[crew->first_account].language;
    double which = eh_rng_uniform(rng);
    eh_sim_event order = {.time_ms = time_ms, .tag = tag, .post = EH_SIM_NONE, .text = (uint32_t)eh_rng_next(rng)};
    order.kind = which < 0.5 ? ORDER_REPOST : which < 0.7 ? ORDER_LINK : which < 0.85 ? ORDER_REPLY : ORDER_TAG;
    uint32_t site = crew->first_domain + eh_sim_skewed_below(rng, set->n_sites);
    EH_TRY(eh_sim_add_article(world, site, language, time_ms, &order.article, err));
    if (order.kind == ORDER_REPOST) EH_TRY(publish_lead_post(world, crew, day, &order, err));
    return eh_sim_add_event(world, crew, &order, err);
}

static uint32_t count_working_days(const eh_sim_world *world, const eh_sim_crew *crew)
{
    uint32_t n = 0;
    for (uint32_t day = 0; day < world->n_days; day++) n += !is_day_off(world, crew, day);
    return n;
}

/* A given number, evenly spread; else by chance around the daily mean. */
static uint64_t orders_of_day(eh_sim_crew *crew, uint32_t i, uint32_t n_working_days)
{
    const eh_sim_farm *set = crew->parameters;
    if (set->n_objects) {
        uint64_t n = crew->n_orders, m = (i + 1) * n / n_working_days - i * n / n_working_days;
        return m < max_orders ? m : max_orders;
    }
    uint64_t n = eh_rng_poisson(&crew->rng, set->orders_per_day);
    return n < 2 ? 2 : n > max_orders ? max_orders : n;
}

eh_status eh_sim_farm_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_farm *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    uint32_t tags[3], language = world->accounts.items[crew->first_account].language;
    for (size_t i = 0; i < 3; i++) EH_TRY(eh_sim_add_tag(world, language, &tags[i], err));
    crew->first_domain = world->n_domains;
    world->n_domains += set->n_sites;
    /* no order in the quarter after the start, around the pause, or in the last 40 minutes */
    double first = set->start_min + 15, morning = set->pause_min - order_gap_min - first;
    double afternoon_start = set->pause_min + set->pause_length_min + 10, afternoon = set->end_min - 40 - afternoon_start;
    uint32_t n_working_days = count_working_days(world, crew), i_working_day = 0;
    for (uint32_t day = 0; day < world->n_days; day++) {
        if (is_day_off(world, crew, day)) continue;
        uint64_t n = orders_of_day(crew, i_working_day++, n_working_days);
        if (n == 0) continue;
        double slot = (morning + afternoon) / (double)n;
        for (uint64_t k = 0; k < n; k++) {
            double at = (double)k * slot + eh_rng_uniform(rng) * fmax(slot - order_gap_min, 0);
            double minute = at < morning ? first + at : afternoon_start + at - morning;
            EH_TRY(publish_order(world, crew, day, local_ms(world, set, day, minute), tags[eh_sim_skewed_below(rng, 3)], err));
        }
    }
    return EH_OK;
}

/* ---- act ---- */

typedef struct operator_day {
    const eh_sim_farm *set;
    uint32_t hands[max_hands], n_hands, next; /* accounts, in the order of the day */
    bool drives_leads;
    int64_t now_ms, pause_ms, pause_end_ms, end_ms;
    double camouflage_per_min;
} operator_day;

static void shuffle(eh_rng *rng, uint32_t *items, uint32_t n)
{
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = (uint32_t)eh_rng_below(rng, i), kept = items[i - 1];
        items[i - 1] = items[j];
        items[j] = kept;
    }
}

static eh_status paste(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, int64_t time_ms, const eh_sim_event *order,
                       eh_error *err)
{
    const eh_sim_farm *set = crew->parameters;
    bool is_reply = order->kind == ORDER_REPLY, is_pasted = eh_rng_uniform(&crew->rng) < set->copy_share;
    eh_sim_post post = eh_sim_post_of(account, time_ms, is_reply ? EH_SIM_REPLY : EH_SIM_POST);
    post.wording = is_pasted ? EH_SIM_SLOGAN : EH_SIM_OWN_WORDS;
    post.text = is_pasted ? order->text : (uint32_t)eh_rng_next(&crew->rng);
    if (is_reply) {
        post.target = order->post;
        post.mention = world->posts.items[order->post].account;
    } else {
        post.tags[0] = order->tag;
    }
    return eh_sim_add_post(world, &post, NULL, err);
}

static eh_status obey(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, int64_t time_ms, const eh_sim_event *order,
                      eh_error *err)
{
    const eh_sim_farm *set = crew->parameters;
    if (order->kind == ORDER_LINK)
        return eh_sim_share_article(world, &crew->rng, account, time_ms, order->article, set->copy_share, err);
    if (order->kind == ORDER_TAG) return paste(world, crew, account, time_ms, order, err);
    if (order->post == EH_SIM_NONE) return EH_OK;
    if (order->kind == ORDER_REPOST) return eh_sim_repost(world, account, order->post, time_ms, err);
    return paste(world, crew, account, time_ms, order, err);
}

/* One after the other, each of the operator's accounts carries the order out. */
static eh_status make_round(eh_sim_world *world, eh_sim_crew *crew, operator_day *shift, const eh_sim_event *order, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    shuffle(rng, shift->hands, shift->n_hands);
    for (uint32_t i = 0; i < shift->n_hands; i++) {
        if (eh_rng_uniform(rng) >= shift->set->participation) continue;
        shift->now_ms += (int64_t)(uniform(rng, 20, 100) * 1000);
        EH_TRY(obey(world, crew, shift->hands[i], shift->now_ms, order, err));
    }
    shift->now_ms += minutes_ms(uniform(rng, 0.5, 2));
    return EH_OK;
}

/* The next account in turn is driven until `until_ms`, like an ordinary person. */
static eh_status drive(eh_sim_world *world, eh_sim_crew *crew, operator_day *shift, int64_t until_ms, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    uint32_t account = shift->hands[shift->next];
    if (++shift->next >= shift->n_hands) shift->next = 0;
    double step_min = 1 / shift->camouflage_per_min;
    int64_t at_ms = shift->now_ms + minutes_ms(eh_rng_exponential(rng) * step_min);
    while (at_ms < until_ms) {
        EH_TRY(eh_sim_act_ordinary(world, rng, account, at_ms, err));
        at_ms += minutes_ms(0.2 + eh_rng_exponential(rng) * step_min);
    }
    shift->now_ms = until_ms + minutes_ms(uniform(rng, 0.4, 2.5)); /* hand-over */
    return EH_OK;
}

static int64_t min_ms(int64_t a, int64_t b) { return a < b ? a : b; }

/* Works from order to order; `orders` are those of the day. */
static eh_status work(eh_sim_world *world, eh_sim_crew *crew, operator_day *shift, const eh_sim_event *orders, size_t n_orders,
                      eh_error *err)
{
    eh_rng *rng = &crew->rng;
    size_t next = 0;
    while (shift->now_ms < shift->end_ms) {
        if (shift->now_ms >= shift->pause_ms && shift->now_ms < shift->pause_end_ms) shift->now_ms = shift->pause_end_ms;
        int64_t order_ms = next < n_orders ? orders[next].time_ms : INT64_MAX;
        if (order_ms <= shift->now_ms) {
            const eh_sim_event *order = &orders[next++];
            if (eh_rng_uniform(rng) < 0.93) EH_TRY(make_round(world, crew, shift, order, err));
            continue;
        }
        int64_t until_ms = min_ms(shift->now_ms + minutes_ms(uniform(rng, 9, 22)), shift->end_ms);
        if (shift->now_ms < shift->pause_ms) until_ms = min_ms(until_ms, shift->pause_ms);
        if (order_ms != INT64_MAX) {
            /* whoever drives the leads has to be there when the order's own post goes out */
            double margin_min = shift->drives_leads ? -3 : uniform(rng, 0, 4);
            until_ms = min_ms(until_ms, order_ms + minutes_ms(margin_min));
        }
        if (until_ms > shift->now_ms + EH_SIM_MINUTE_MS)
            EH_TRY(drive(world, crew, shift, until_ms, err));
        else
            shift->now_ms = order_ms == INT64_MAX ? until_ms + EH_SIM_MINUTE_MS : order_ms + minutes_ms(uniform(rng, 0.3, 2));
    }
    return EH_OK;
}

static operator_day shift_of(const eh_sim_world *world, eh_sim_crew *crew, uint32_t operator, uint32_t day)
{
    const eh_sim_farm *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    operator_day shift = {.set = set, .drives_leads = operator == 0};
    for (uint32_t i = operator; i < set->n_accounts && shift.n_hands < max_hands; i += set->n_operators)
        shift.hands[shift.n_hands++] = crew->first_account + i;
    shuffle(rng, shift.hands, shift.n_hands);
    shift.now_ms = local_ms(world, set, day, set->start_min + fmin(fmax(4 + 4 * eh_rng_normal(rng), 0), 13));
    shift.end_ms = local_ms(world, set, day, set->end_min - fabs(8 * eh_rng_normal(rng)));
    double pause_min = set->pause_min + 4 * eh_rng_normal(rng);
    shift.pause_ms = local_ms(world, set, day, pause_min);
    shift.pause_end_ms = local_ms(world, set, day, pause_min + set->pause_length_min + 3 * eh_rng_normal(rng));
    double per_day = set->n_objects ? (double)crew->n_orders / fmax(count_working_days(world, crew), 1) : set->orders_per_day;
    double ordered = per_day * 0.93 * set->participation * shift.n_hands;
    double round_min = 1 + set->participation * shift.n_hands;
    double free_min = fmax(set->end_min - set->start_min - set->pause_length_min - per_day * (round_min + 3), 120);
    shift.camouflage_per_min = fmax(ordered * set->camouflage / (1 - set->camouflage) / free_min, 0.001);
    return shift;
}

/* An order to answer names a post of an honest source that is out by then. */
static void choose_reply_target(const eh_sim_world *world, eh_rng *rng, eh_sim_event *order)
{
    for (int tries = 0; tries < 30 && order->post == EH_SIM_NONE; tries++) {
        const eh_sim_source *source = &world->sources.items[eh_rng_below(rng, world->sources.n)];
        uint32_t n = eh_sim_feed_before(world, source, order->time_ms);
        if (world->accounts.items[source->account].role == EH_SIM_SOURCE && n > 0)
            order->post = world->feed[source->first_feed + n - 1];
    }
}

eh_status eh_sim_farm_act(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_farm *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    size_t first = 0;
    for (size_t i = 0; i < crew->events.n; i++)
        if (crew->events.items[i].kind == ORDER_REPLY) choose_reply_target(world, rng, &crew->events.items[i]);
    for (uint32_t day = 0; day < world->n_days; day++) {
        size_t end = first;
        int64_t day_end_ms = eh_sim_day_start_ms(world, day + 1);
        while (end < crew->events.n && crew->events.items[end].time_ms < day_end_ms) end++;
        for (uint32_t operator = 0; operator < set->n_operators && !is_day_off(world, crew, day); operator++) {
            if (operator > 0 && eh_rng_uniform(rng) < 0.05) continue; /* ill */
            operator_day shift = shift_of(world, crew, operator, day);
            if (shift.n_hands == 0) continue;
            EH_TRY(work(world, crew, &shift, crew->events.items + first, end - first, err));
        }
        first = end;
    }
    return EH_OK;
}
