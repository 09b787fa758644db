/* Growing a world: every table is a vector, every link between tables is a number. */
#include "simulate/world.h"

#include <math.h>

#define PUSH(world, vec, item, err)                                                                \
    do {                                                                                           \
        EH_TRY(eh_reserve((world)->ctx, (void **)&(vec).items, &(vec).capacity, (vec).n + 1,       \
                          sizeof *(vec).items, err));                                              \
        (vec).items[(vec).n++] = (item);                                                           \
    } while (0)

void eh_sim_world_release(eh_sim_world *world)
{
    void *blocks[] = {world->accounts.items, world->sources.items,  world->communities.items, world->follows.items,
                      world->friends.items,  world->posts.items,    world->articles.items,    world->tags.items,
                      world->candidates.items, world->members,      world->feed,              world->fans,
                      world->trends,         world->recent,         world->agenda.items,      world->pool};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) eh_free(world->ctx, blocks[i]);
    eh_set128_release(&world->seen);
    *world = (eh_sim_world){0};
}

uint64_t eh_sim_mix(uint64_t a, uint64_t b)
{
    uint64_t x = (a + UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xbf58476d1ce4e5b9) ^ (b * UINT64_C(0xd1342543de82ef95));
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

uint32_t eh_sim_skewed_below(eh_rng *rng, uint32_t n)
{
    /* log-uniform rank: P(rank) falls as 1/(rank+1) */
    double rank = exp(eh_rng_uniform(rng) * log((double)n + 1)) - 1;
    uint32_t i = (uint32_t)rank;
    return i < n ? i : n - 1;
}

static eh_status too_many(eh_error *err, const char *what)
{
    return eh_fail(err, EH_E_LIMIT, "a world holds at most 4 billion %s; ask for fewer accounts or days", what);
}

eh_status eh_sim_add_account(eh_sim_world *world, const eh_sim_account *account, uint32_t *number, eh_error *err)
{
    if (world->accounts.n >= EH_SIM_NONE) return too_many(err, "accounts");
    PUSH(world, world->accounts, *account, err);
    *number = (uint32_t)(world->accounts.n - 1);
    return EH_OK;
}

eh_status eh_sim_add_source(eh_sim_world *world, const eh_sim_source *source, eh_error *err)
{
    uint32_t number = (uint32_t)world->sources.n;
    PUSH(world, world->sources, *source, err);
    world->accounts.items[source->account].source = number;
    world->sources.items[number].domain = world->n_domains++;
    return EH_OK;
}

eh_status eh_sim_add_article(eh_sim_world *world, uint32_t domain, uint32_t language, int64_t time_ms, uint32_t *number,
                             eh_error *err)
{
    uint32_t text = (uint32_t)eh_sim_mix(world->seed ^ UINT64_C(0xa27), world->articles.n);
    eh_sim_article article = {domain, text, language, (uint32_t)eh_day_of(time_ms * 1000)};
    if (world->articles.n >= EH_SIM_NONE) return too_many(err, "articles");
    PUSH(world, world->articles, article, err);
    *number = (uint32_t)(world->articles.n - 1);
    return EH_OK;
}

eh_status eh_sim_add_tag(eh_sim_world *world, uint32_t language, uint32_t *number, eh_error *err)
{
    PUSH(world, world->tags, language, err);
    *number = (uint32_t)(world->tags.n - 1);
    return EH_OK;
}

eh_status eh_sim_add_event(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_event *event, eh_error *err)
{
    PUSH(world, crew->events, *event, err);
    return EH_OK;
}

/* Friends see what an account posted or reposted lately. */
static void remember(eh_sim_world *world, const eh_sim_post *post, uint32_t number)
{
    if (!world->recent || (post->kind != EH_SIM_POST && post->kind != EH_SIM_REPOST)) return;
    eh_sim_recent *recent = &world->recent[post->account];
    uint32_t at = recent->next++ % eh_sim_n_recent;
    recent->post[at] = post->kind == EH_SIM_REPOST ? post->target : number;
    recent->time_ms[at] = post->time_ms;
}

eh_status eh_sim_add_post(eh_sim_world *world, const eh_sim_post *post, uint32_t *number, eh_error *err)
{
    uint32_t n = (uint32_t)world->posts.n;
    if (number) *number = EH_SIM_NONE;
    if (post->time_ms < world->start_ms || post->time_ms >= world->end_ms) return EH_OK;
    if (world->posts.n >= EH_SIM_NONE) return too_many(err, "posts");
    PUSH(world, world->posts, *post, err);
    if (post->target != EH_SIM_NONE) {
        eh_sim_post *target = &world->posts.items[post->target];
        if (post->kind == EH_SIM_REPOST)
            target->n_reposts++;
        else if (post->kind == EH_SIM_REPLY)
            target->n_replies++;
        else
            target->n_quotes++;
        world->accounts.items[target->account].occurs = true;
    }
    if (post->mention != EH_SIM_NONE) world->accounts.items[post->mention].occurs = true;
    world->accounts.items[post->account].occurs = true;
    remember(world, post, n);
    if (number) *number = n;
    return EH_OK;
}
