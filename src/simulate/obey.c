/*
 * Planted groups, second half: orders are carried out, after ordinary life has been lived.
 *
 * A member acts when it is called for, feels like it, and is awake; some honest people take up what the group
 * spreads, hours later.
 */
#include "base/sort.h"
#include "simulate/orders.h"

#include <math.h>

static double uniform(eh_rng *rng, double low, double high) { return low + (high - low) * eh_rng_uniform(rng); }
static int64_t minutes_ms(double minutes) { return (int64_t)(minutes * (double)EH_SIM_MINUTE_MS); }

/* ---- what an order names, where that had to exist first ---- */

uint32_t eh_sim_find_post(const eh_sim_world *world, eh_rng *rng, uint32_t community, int64_t time_ms)
{
    const eh_sim_community *home = &world->communities.items[community];
    for (int tries = 0; tries < 80; tries++) {
        /* of the home and of its language's national ones; from anywhere when those say nothing; then an older one */
        uint32_t i_source = tries < 40 && home->n_candidates
                                ? world->candidates.items[home->first_candidate + eh_rng_below(rng, home->n_candidates)]
                                : (uint32_t)eh_rng_below(rng, world->sources.n);
        const eh_sim_source *source = &world->sources.items[i_source];
        if (world->accounts.items[source->account].role != EH_SIM_SOURCE) continue;
        uint32_t n = eh_sim_feed_before(world, source, time_ms - EH_SIM_MINUTE_MS);
        uint32_t post = n ? world->feed[source->first_feed + n - 1] : EH_SIM_NONE;
        int64_t most_ms = (tries < 60 ? 4 : 24) * EH_SIM_HOUR_MS;
        if (post != EH_SIM_NONE && time_ms - world->posts.items[post].time_ms <= most_ms) return post;
    }
    return EH_SIM_NONE;
}

static bool is_ordered_already(const eh_sim_crew *crew, size_t n, uint32_t post)
{
    for (size_t i = 0; i < n; i++)
        if (crew->events.items[i].post == post) return true;
    return false;
}

static void find_objects(const eh_sim_world *world, eh_sim_crew *crew)
{
    uint32_t community = world->accounts.items[crew->first_account].community;
    for (size_t i = 0; i < crew->events.n; i++) {
        eh_sim_event *order = &crew->events.items[i];
        if (order->post != EH_SIM_NONE || (order->kind != EH_SIM_DO_REPOST && order->kind != EH_SIM_DO_REPLY)) continue;
        for (int tries = 0; tries < 12; tries++) {
            uint32_t post = eh_sim_find_post(world, &crew->rng, community, order->time_ms);
            if (post == EH_SIM_NONE || is_ordered_already(crew, i, post)) continue;
            order->post = post;
            break;
        }
    }
}

static int by_time(const void *a, const void *b, void *data)
{
    const eh_sim_post *posts = data, *x = &posts[*(const uint32_t *)a], *y = &posts[*(const uint32_t *)b];
    if (x->time_ms != y->time_ms) return x->time_ms < y->time_ms ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* The victim's life gives the orders: as many of its actions as there are to be, evenly spread. */
static eh_status watch_victim(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    EH_SIM_VEC(uint32_t) acts = {0};
    eh_status status = EH_OK;
    for (size_t i = 0; i < world->posts.n && status == EH_OK; i++) {
        if (world->posts.items[i].account != crew->victim) continue;
        status = eh_reserve(world->ctx, (void **)&acts.items, &acts.capacity, acts.n + 1, sizeof *acts.items, err);
        if (status == EH_OK) acts.items[acts.n++] = (uint32_t)i;
    }
    if (status == EH_OK) status = eh_sort(world->ctx, acts.items, acts.n, sizeof *acts.items, by_time, world->posts.items, err);
    size_t n = acts.n < crew->n_orders ? acts.n : crew->n_orders;
    for (size_t k = 0; k < n && status == EH_OK; k++) {
        uint32_t post = acts.items[k * acts.n / n];
        eh_sim_event order = {.time_ms = world->posts.items[post].time_ms, .kind = EH_SIM_DO_COPY, .post = post};
        status = eh_sim_add_event(world, crew, &order, err);
    }
    eh_free(world->ctx, acts.items);
    return status;
}

/* ---- deeds ---- */

static eh_status write_leaflet(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, int64_t time_ms,
                               const eh_sim_event *order, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_sim_post post = eh_sim_post_of(account, time_ms, EH_SIM_POST);
    post.wording = EH_SIM_LEAFLET;
    post.text = order->text;
    if (eh_rng_uniform(&crew->rng) >= set->pasted_share) post.edit = (uint32_t)eh_rng_next(&crew->rng) | 1;
    return eh_sim_add_post(world, &post, NULL, err);
}

/* Does after the victim what it did: the same repost, page, tag or answer, else a repost of its words. */
static eh_status copy(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, int64_t time_ms, uint32_t number, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    const eh_sim_post post = world->posts.items[number];
    if (post.kind == EH_SIM_REPOST) return eh_sim_repost(world, account, post.target, time_ms, err);
    if (post.kind != EH_SIM_POST && post.target != EH_SIM_NONE)
        return eh_sim_respond(world, &crew->rng, account, time_ms, post.target, (eh_sim_kind)post.kind, err);
    if (post.article != EH_SIM_NONE)
        return eh_sim_share_article(world, &crew->rng, account, time_ms, post.article, set->pasted_share, err);
    if (post.tags[0] != EH_SIM_NONE) return eh_sim_write(world, &crew->rng, account, time_ms, post.tags[0], EH_SIM_NONE, err);
    return eh_sim_repost(world, account, number, time_ms, err);
}

static eh_status do_deed(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, int64_t time_ms, const eh_sim_event *order,
                         eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    switch ((eh_sim_deed)order->kind) {
    case EH_SIM_DO_REPOST: return order->post == EH_SIM_NONE ? EH_OK : eh_sim_repost(world, account, order->post, time_ms, err);
    case EH_SIM_DO_LINK: return eh_sim_share_article(world, rng, account, time_ms, order->article, set->pasted_share, err);
    case EH_SIM_DO_TAG: return eh_sim_write(world, rng, account, time_ms, order->tag, EH_SIM_NONE, err);
    case EH_SIM_DO_TEXT: return write_leaflet(world, crew, account, time_ms, order, err);
    case EH_SIM_DO_REPLY:
        if (order->post == EH_SIM_NONE) return EH_OK;
        return eh_sim_respond(world, rng, account, time_ms, order->post, EH_SIM_REPLY, err);
    case EH_SIM_DO_COPY: return copy(world, crew, account, time_ms, order->post, err);
    case eh_sim_n_deeds:
    default: return EH_OK;
    }
}

/* The deed, and what may follow it: the ordered tag or link, or more under the tag. */
static eh_status obey(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, int64_t time_ms, const eh_sim_event *order,
                      eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    EH_TRY(do_deed(world, crew, account, time_ms, order, err));
    if (order->kind == EH_SIM_DO_REPOST && eh_rng_uniform(rng) < set->second_share) {
        int64_t at_ms = time_ms + (int64_t)(uniform(rng, 15, 90) * 1000);
        if (order->article != EH_SIM_NONE) return eh_sim_share_article(world, rng, account, at_ms, order->article, set->pasted_share, err);
        if (order->tag != EH_SIM_NONE) return eh_sim_write(world, rng, account, at_ms, order->tag, EH_SIM_NONE, err);
    }
    if (order->kind == EH_SIM_DO_REPOST && set->comment_share > 0 && eh_rng_uniform(rng) < set->comment_share && order->post != EH_SIM_NONE)
        return eh_sim_respond(world, rng, account, time_ms + (int64_t)(uniform(rng, 10, 60) * 1000), order->post, EH_SIM_REPLY, err);
    if (order->kind != EH_SIM_DO_TAG) return EH_OK;
    for (uint64_t n = eh_rng_poisson(rng, set->repeats); n > 0; n--) {
        time_ms += minutes_ms(3 + eh_rng_lognormal(rng, 15, 0.7));
        EH_TRY(eh_sim_write(world, rng, account, time_ms, order->tag, EH_SIM_NONE, err));
    }
    return EH_OK;
}

/* Honest people of the home come across it; it is not news to them for long. */
static eh_status echo(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_event *order, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    const eh_sim_community *home = &world->communities.items[world->accounts.items[crew->first_account].community];
    if (order->kind != EH_SIM_DO_LINK && order->kind != EH_SIM_DO_TAG) return EH_OK;
    uint64_t n = eh_rng_poisson(rng, set->echo);
    for (uint64_t tries = 0; n > 0 && tries < 40 * n; tries++) {
        uint32_t account = world->members[home->first_member + eh_rng_below(rng, home->n_members)];
        const eh_sim_account *person = &world->accounts.items[account];
        int64_t at_ms = order->time_ms + minutes_ms(10 + eh_rng_lognormal(rng, 90, 1.1));
        if (person->role != EH_SIM_PERSON || person->group || eh_rng_uniform(rng) > 0.1 + person->activity) continue;
        if (!eh_sim_is_awake(&person->clock, at_ms)) continue;
        n--;
        if (order->kind == EH_SIM_DO_LINK)
            EH_TRY(eh_sim_share_article(world, rng, account, at_ms, order->article, 0.6, err));
        else
            EH_TRY(eh_sim_write(world, rng, account, at_ms, order->tag, EH_SIM_NONE, err));
    }
    return EH_OK;
}

/* ---- who, and when ---- */

static void shuffle(eh_rng *rng, uint32_t *items, uint32_t n)
{
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = (uint32_t)eh_rng_below(rng, i), kept = items[i - 1];
        items[i - 1] = items[j];
        items[j] = kept;
    }
}

/* All of these at once: each at a uniform time, when it is awake. */
static eh_status act_together(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_event *order, const uint32_t *called,
                              uint32_t n_called, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    double length_min = uniform(rng, set->jitter_min[0], set->jitter_min[1]);
    for (uint32_t i = 0; i < n_called; i++) {
        if (eh_rng_uniform(rng) >= set->participation) continue;
        for (int tries = 0; tries < 8; tries++) {
            int64_t at_ms = order->time_ms + minutes_ms(uniform(rng, set->least_min, length_min));
            if (!eh_sim_is_awake(&world->accounts.items[called[i]].clock, at_ms)) continue;
            EH_TRY(obey(world, crew, called[i], at_ms, order, err));
            break;
        }
    }
    return EH_OK;
}

static eh_status act_in_chain(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_event *order, const uint32_t *called,
                              uint32_t n_called, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    uint32_t first = (uint32_t)eh_rng_below(rng, n_called);
    int64_t at_ms = order->time_ms;
    for (uint32_t i = 0; i < n_called; i++) {
        uint32_t account = called[(first + i) % n_called];
        if (eh_rng_uniform(rng) >= set->participation || !eh_sim_is_awake(&world->accounts.items[account].clock, at_ms)) continue;
        EH_TRY(obey(world, crew, account, at_ms, order, err));
        at_ms += minutes_ms(uniform(rng, set->jitter_min[0], set->jitter_min[1]));
    }
    return EH_OK;
}

static eh_status carry_out(eh_sim_world *world, eh_sim_crew *crew, uint32_t *members, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    bool is_cell = set->march == EH_SIM_IN_CELLS && set->n_accounts > set->cell_size;
    uint32_t n_cells = is_cell ? set->n_accounts / set->cell_size : 1;
    for (size_t k = 0; k < crew->events.n; k++) {
        const eh_sim_event order = crew->events.items[k];
        uint32_t cell = (uint32_t)(k % n_cells), from = cell * set->n_accounts / n_cells;
        uint32_t end = (cell + 1) * set->n_accounts / n_cells;
        if (is_cell && cell == 0) shuffle(&crew->rng, members, set->n_accounts);
        EH_TRY(set->march == EH_SIM_IN_CHAIN ? act_in_chain(world, crew, &order, members, set->n_accounts, err)
                                             : act_together(world, crew, &order, members + from, end - from, err));
        EH_TRY(echo(world, crew, &order, err));
    }
    return EH_OK;
}

/* A bought account's ordinary half under its new owner: another clock, other interests. */
static eh_status live_anew(eh_sim_world *world, eh_sim_crew *crew, uint32_t account, uint32_t community, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    const double sitting_size = 1.8;
    double mean = eh_sim_ordinary_per_day(world, crew) * (0.3 + 0.7 * eh_rng_gamma(rng, 4) / 4) / sitting_size;
    const eh_sim_community *home = &world->communities.items[community];
    world->accounts.items[account].clock = eh_sim_clock_draw(rng, home->zone_min, home->language, false);
    world->accounts.items[account].repost_share = uniform(rng, 0.4, 0.9);
    EH_TRY(eh_sim_follow_anew(world, rng, account, community, err));
    for (uint32_t day = eh_sim_first_order_day(world, set); day < world->n_days; day++)
        for (uint64_t n = eh_rng_poisson(rng, mean); n > 0; n--) {
            int64_t at_ms = eh_sim_sitting_ms(world, &world->accounts.items[account].clock, rng, day);
            do {
                EH_TRY(eh_sim_act_ordinary(world, rng, account, at_ms, err));
                at_ms += 1500 + (int64_t)(eh_rng_lognormal(rng, 25, 0.9) * 1000);
            } while (eh_rng_uniform(rng) > 1 / sitting_size);
        }
    return EH_OK;
}

eh_status eh_sim_orders_act(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_orders *set = crew->parameters;
    uint32_t home = world->accounts.items[crew->first_account].community;
    uint32_t *members = eh_alloc(world->ctx, set->n_accounts, sizeof *members, err);
    if (!members) return EH_E_NOMEM;
    for (uint32_t i = 0; i < set->n_accounts; i++) members[i] = crew->first_account + i;
    eh_status status = EH_OK;
    for (uint32_t i = 0; i < set->n_accounts && set->is_bought && status == EH_OK; i++)
        status = live_anew(world, crew, members[i], home, err);
    find_objects(world, crew);
    if (status == EH_OK && crew->victim != EH_SIM_NONE) status = watch_victim(world, crew, err);
    if (status == EH_OK) status = carry_out(world, crew, members, err);
    eh_free(world->ctx, members);
    return status;
}
