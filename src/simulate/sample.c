/*
 * Archives are often a mixture: some accounts complete, of others only what matched the keywords of a collection.
 * A post matches when it has one of the collected tags or holds one of the collected words; the collection knows
 * nothing of what is planted.
 */
#include "simulate/words.h"

enum { n_keywords = 2, one_tag_in = 6 };

static bool is_collected_tag(const eh_sim_world *world, uint32_t tag)
{
    return tag != EH_SIM_NONE && eh_sim_mix(tag, world->seed ^ 41) % one_tag_in == 0;
}

static bool holds_keyword(const eh_sim_world *world, const char *text)
{
    for (uint32_t language = 0; language < eh_sim_n_languages; language++)
        for (uint32_t k = 0; k < n_keywords; k++) {
            uint64_t i = eh_sim_mix(world->seed ^ 43, language * n_keywords + k) % eh_sim_n_words;
            if (strstr(text, eh_sim_languages[language].objects[i])) return true;
        }
    return false;
}

static eh_status matches(const eh_sim_world *world, uint32_t number, eh_buf *text, bool *does, eh_error *err)
{
    const eh_sim_post *post = &world->posts.items[number];
    const eh_sim_post *shown = post->kind == EH_SIM_REPOST ? &world->posts.items[post->target] : post;
    *does = is_collected_tag(world, shown->tags[0]) || is_collected_tag(world, shown->tags[1]);
    if (*does) return EH_OK;
    eh_buf_clear(text);
    EH_TRY(eh_sim_text_of(world, number, text, err));
    *does = holds_keyword(world, text->data);
    return EH_OK;
}

/* Accounts that occur, as authors or otherwise, in what is left. */
static void count_again(eh_sim_world *world)
{
    for (size_t i = 0; i < world->accounts.n; i++) world->accounts.items[i].occurs = false;
    for (size_t i = 0; i < world->posts.n; i++) {
        const eh_sim_post *post = &world->posts.items[i];
        if (post->is_hidden) continue;
        world->accounts.items[post->account].occurs = true;
        if (post->mention != EH_SIM_NONE) world->accounts.items[post->mention].occurs = true;
        if (post->target != EH_SIM_NONE) world->accounts.items[world->posts.items[post->target].account].occurs = true;
    }
}

eh_status eh_sim_sample(eh_sim_world *world, eh_error *err)
{
    eh_buf text = EH_BUF_INIT(world->ctx);
    eh_status status = EH_OK;
    if (world->keyword_share <= 0) return EH_OK;
    for (size_t i = 0; i < world->posts.n && status == EH_OK; i++) {
        eh_sim_post *post = &world->posts.items[i];
        double at = (double)(eh_sim_mix(post->account, world->seed ^ 47) >> 11) * 0x1p-53;
        bool does = true;
        if (at < world->keyword_share) status = matches(world, (uint32_t)i, &text, &does, err);
        post->is_hidden = !does;
    }
    eh_buf_release(&text);
    if (status == EH_OK) count_again(world);
    return status;
}
