/*
 * Ordinary actions: what a person does with the feed in front of it. Honest people live by these, and the
 * planted groups hide behind them.
 *
 * The feed shows the latest posts of the followed sources and what friends posted or reposted. A post is
 * chosen with weight liking * appeal / (age + 15 min): fresh ones first, a heavy tail of late ones.
 */
#include "simulate/world.h"

#include <math.h>

typedef struct shown {
    uint32_t post;
    double weight;
} shown;

enum { max_shown = eh_sim_max_follows * 5 + eh_sim_max_friends * eh_sim_n_recent, n_shown_per_source = 5 };

static double freshness(int64_t age_ms) { return 1 / ((double)age_ms / (double)EH_SIM_MINUTE_MS + 15); }

static size_t show_sources(const eh_sim_world *world, const eh_sim_account *account, int64_t time_ms, shown *to)
{
    size_t n = 0;
    for (uint32_t i = 0; i < account->n_follows; i++) {
        const eh_sim_follow *follow = &world->follows.items[account->first_follow + i];
        const eh_sim_source *source = &world->sources.items[follow->source];
        uint32_t before = eh_sim_feed_before(world, source, time_ms);
        for (uint32_t k = 0; k < n_shown_per_source && k < before; k++) {
            uint32_t post = world->feed[source->first_feed + before - 1 - k];
            int64_t age_ms = time_ms - world->posts.items[post].time_ms;
            if (age_ms > 40 * EH_SIM_HOUR_MS) break;
            to[n++] = (shown){post, follow->liking * (double)world->posts.items[post].appeal * freshness(age_ms)};
        }
    }
    return n;
}

static size_t show_friends(const eh_sim_world *world, const eh_sim_account *account, int64_t time_ms, shown *to)
{
    size_t n = 0;
    for (uint32_t i = 0; i < account->n_friends; i++) {
        const eh_sim_recent *recent = &world->recent[world->friends.items[account->first_friend + i]];
        for (uint32_t k = 0; k < eh_sim_n_recent; k++) {
            if (recent->post[k] == EH_SIM_NONE || recent->time_ms[k] + 5000 > time_ms) continue;
            int64_t age_ms = time_ms - recent->time_ms[k];
            if (age_ms > 40 * EH_SIM_HOUR_MS) continue;
            to[n++] = (shown){recent->post[k], 0.6 * freshness(age_ms)};
        }
    }
    return n;
}

uint32_t eh_sim_pick(const eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms)
{
    shown feed[max_shown];
    const eh_sim_account *reader = &world->accounts.items[account];
    size_t n = show_sources(world, reader, time_ms, feed);
    n += show_friends(world, reader, time_ms, feed + n);
    double total = 0;
    for (size_t i = 0; i < n; i++) total += feed[i].weight;
    if (n == 0 || total <= 0) return EH_SIM_NONE;
    double at = eh_rng_uniform(rng) * total;
    for (size_t i = 0; i + 1 < n; i++) {
        at -= feed[i].weight;
        if (at < 0) return feed[i].post;
    }
    return feed[n - 1].post;
}

eh_status eh_sim_repost(eh_sim_world *world, uint32_t account, uint32_t post, int64_t time_ms, eh_error *err)
{
    const eh_sim_post *target = &world->posts.items[post];
    bool is_new;
    if (target->account == account || target->time_ms >= time_ms) return EH_OK;
    /* the set wants well mixed low bits */
    uint64_t who_what = (uint64_t)account << 32 | post;
    EH_TRY(eh_set128_add(&world->seen, eh_sim_mix(who_what, 1), who_what, &is_new, err));
    if (!is_new) return EH_OK;
    eh_sim_post repost = eh_sim_post_of(account, time_ms, EH_SIM_REPOST);
    repost.target = post;
    return eh_sim_add_post(world, &repost, NULL, err);
}

int64_t eh_sim_next_ms(eh_rng *rng, int64_t time_ms) { return eh_sim_later_ms(rng, time_ms + 1500, 25, 0.9); }

static eh_status repost_something(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, eh_error *err)
{
    for (int tries = 0; tries < 4; tries++) {
        uint32_t post = eh_sim_pick(world, rng, account, time_ms);
        if (post == EH_SIM_NONE) return EH_OK;
        size_t n_before = world->posts.n;
        EH_TRY(eh_sim_repost(world, account, post, time_ms, err));
        if (world->posts.n > n_before) return EH_OK;
    }
    return EH_OK;
}

/* A tag of the day, of the community, or none. */
static uint32_t draw_tag(const eh_sim_world *world, eh_rng *rng, const eh_sim_account *account, int64_t time_ms)
{
    double which = eh_rng_uniform(rng);
    if (which < 0.15) {
        int64_t day = (time_ms - world->start_ms) / EH_SIM_DAY_MS;
        if (day >= 0 && day < world->n_days)
            return world->trends[(uint32_t)day * eh_sim_n_trends + eh_sim_skewed_below(rng, eh_sim_n_trends)];
    }
    if (which < 0.38) return world->communities.items[account->community].tags[eh_sim_skewed_below(rng, 6)];
    return EH_SIM_NONE;
}

eh_status eh_sim_write(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, uint32_t tag_a, uint32_t tag_b,
                       eh_error *err)
{
    eh_sim_post post = eh_sim_post_of(account, time_ms, EH_SIM_POST);
    post.text = (uint32_t)eh_rng_next(rng);
    post.tags[0] = tag_a;
    post.tags[1] = tag_b == tag_a ? EH_SIM_NONE : tag_b;
    return eh_sim_add_post(world, &post, NULL, err);
}

eh_status eh_sim_paste(eh_sim_world *world, uint32_t account, int64_t time_ms, uint32_t text, uint32_t tag, uint32_t target,
                       eh_error *err)
{
    bool is_reply = target != EH_SIM_NONE;
    if (is_reply && (world->posts.items[target].account == account || world->posts.items[target].time_ms >= time_ms)) return EH_OK;
    eh_sim_post post = eh_sim_post_of(account, time_ms, is_reply ? EH_SIM_REPLY : EH_SIM_POST);
    post.wording = EH_SIM_SLOGAN;
    post.text = text;
    post.tags[0] = tag;
    post.target = target;
    if (is_reply) post.mention = world->posts.items[target].account;
    return eh_sim_add_post(world, &post, NULL, err);
}

static eh_status write_something(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, eh_error *err)
{
    const eh_sim_account *author = &world->accounts.items[account];
    if (eh_rng_uniform(rng) < 0.08) { /* a quotation that many know */
        eh_sim_post post = eh_sim_post_of(account, time_ms, EH_SIM_POST);
        post.wording = EH_SIM_QUOTATION;
        post.text = eh_sim_skewed_below(rng, 60);
        return eh_sim_add_post(world, &post, NULL, err);
    }
    uint32_t tag_a = draw_tag(world, rng, author, time_ms);
    uint32_t tag_b = tag_a != EH_SIM_NONE ? draw_tag(world, rng, author, time_ms) : EH_SIM_NONE;
    return eh_sim_write(world, rng, account, time_ms, tag_a, tag_b, err);
}

eh_status eh_sim_share_article(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, uint32_t article,
                               double headline_share, eh_error *err)
{
    eh_sim_post post = eh_sim_post_of(account, time_ms, EH_SIM_POST);
    bool is_headline = eh_rng_uniform(rng) < headline_share;
    post.wording = is_headline ? EH_SIM_HEADLINE : EH_SIM_OWN_WORDS;
    post.text = is_headline ? world->articles.items[article].text : (uint32_t)eh_rng_next(rng);
    post.article = article;
    return eh_sim_add_post(world, &post, NULL, err);
}

/* An article from the feed, something well known (a video of the pool at the head of world.articles), or any page. */
static eh_status share_something(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, eh_error *err)
{
    enum { n_pool = 200, n_public_domains = 40 };
    uint32_t article = EH_SIM_NONE, language = world->accounts.items[account].language;
    double which = eh_rng_uniform(rng);
    if (which < 0.55) {
        uint32_t post = eh_sim_pick(world, rng, account, time_ms);
        if (post != EH_SIM_NONE) article = world->posts.items[post].article;
    }
    if (article == EH_SIM_NONE && which < 0.75) article = eh_sim_skewed_below(rng, n_pool);
    if (article == EH_SIM_NONE)
        EH_TRY(eh_sim_add_article(world, eh_sim_skewed_below(rng, n_public_domains), language, time_ms, &article, err));
    return eh_sim_share_article(world, rng, account, time_ms, article, 0.6, err);
}

eh_status eh_sim_respond(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, uint32_t post, eh_sim_kind kind,
                         eh_error *err)
{
    const eh_sim_post *target = &world->posts.items[post];
    if (target->account == account || target->time_ms >= time_ms) return EH_OK;
    eh_sim_post response = eh_sim_post_of(account, time_ms, kind);
    response.target = post;
    response.text = (uint32_t)eh_rng_next(rng);
    if (kind == EH_SIM_REPLY) response.mention = target->account;
    return eh_sim_add_post(world, &response, NULL, err);
}

static eh_status mention_friend(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, eh_error *err)
{
    const eh_sim_account *author = &world->accounts.items[account];
    eh_sim_post post = eh_sim_post_of(account, time_ms, EH_SIM_POST);
    post.text = (uint32_t)eh_rng_next(rng);
    if (author->n_friends)
        post.mention = world->friends.items[author->first_friend + eh_sim_skewed_below(rng, author->n_friends)];
    return eh_sim_add_post(world, &post, NULL, err);
}

eh_status eh_sim_act_ordinary(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, eh_error *err)
{
    if (eh_rng_uniform(rng) < world->accounts.items[account].repost_share)
        return repost_something(world, rng, account, time_ms, err);
    double which = eh_rng_uniform(rng);
    if (which < 0.30) return write_something(world, rng, account, time_ms, err);
    if (which < 0.58) return share_something(world, rng, account, time_ms, err);
    if (which < 0.68) return mention_friend(world, rng, account, time_ms, err);
    uint32_t post = eh_sim_pick(world, rng, account, time_ms);
    if (post == EH_SIM_NONE) return EH_OK;
    return eh_sim_respond(world, rng, account, time_ms, post, which < 0.92 ? EH_SIM_REPLY : EH_SIM_QUOTE, err);
}

eh_status eh_sim_sit_down(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, eh_error *err)
{
    double mean = world->accounts.items[account].sitting_size;
    do {
        EH_TRY(eh_sim_act_ordinary(world, rng, account, time_ms, err));
        time_ms = eh_sim_next_ms(rng, time_ms);
    } while (eh_rng_uniform(rng) > 1 / mean);
    return EH_OK;
}
