/*
 * Duplicate posts by 128-bit fingerprint: 2^-64 chance of one false duplicate among four billion posts. Each field is
 * preceded by its length, so that no two different rows read the same when their fields are strung together.
 */
#include "base/dict.h"
#include "base/hash.h"
#include "evenhand/actions.h"

struct eh_duplicate_finder {
    eh_context *ctx;
    eh_set128 seen;
    eh_buf key;
    eh_fingerprint last;
};

eh_status eh_duplicate_finder_new(eh_context *ctx, eh_duplicate_finder **out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    eh_duplicate_finder *finder = eh_alloc(ctx, 1, sizeof *finder, &local);
    *out = finder;
    if (!finder) {
        if (err) *err = local;
        return local.status;
    }
    finder->ctx = finder->seen.ctx = finder->key.ctx = ctx;
    return EH_OK;
}

void eh_duplicate_finder_free(eh_duplicate_finder *finder)
{
    if (!finder) return;
    eh_set128_release(&finder->seen);
    eh_buf_release(&finder->key);
    eh_free(finder->ctx, finder);
}

static eh_status add_number(eh_buf *key, uint64_t number, eh_error *err)
{
    return eh_buf_add(key, (const char *)&number, sizeof number, err);
}

static eh_status add_field(eh_buf *key, eh_str s, eh_error *err)
{
    EH_TRY(add_number(key, s.size, err));
    return eh_buf_add_str(key, s, err);
}

static eh_status add_list(eh_buf *key, const eh_str *items, uint32_t n, eh_error *err)
{
    EH_TRY(add_number(key, n, err));
    for (uint32_t i = 0; i < n; i++) EH_TRY(add_field(key, items[i], err));
    return EH_OK;
}

/* All of the row but its place in the file. */
static eh_status add_row(eh_buf *key, const eh_post *p, eh_error *err)
{
    const eh_str fields[] = {p->account, p->post,        p->platform,       p->handle,   p->text,  p->lang,
                             p->client,  p->target_post, p->target_account, p->reply_to, p->object};
    const uint64_t numbers[] = {p->kind,
                                p->is_row,
                                p->is_row ? (uint64_t)p->behaviour : 0,
                                (uint64_t)p->time_us,
                                (uint64_t)p->target_time_us,
                                (uint64_t)p->account_created_us};
    EH_TRY(add_list(key, fields, sizeof fields / sizeof *fields, err));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) EH_TRY(add_number(key, numbers[i], err));
    EH_TRY(add_list(key, p->urls, p->n_urls, err));
    EH_TRY(add_list(key, p->hashtags, p->n_hashtags, err));
    EH_TRY(add_list(key, p->mentions, p->n_mentions, err));
    return add_list(key, p->media, p->n_media, err);
}

eh_status eh_duplicate_finder_check(eh_duplicate_finder *finder, const eh_post *post, bool is_post_shaped,
                                    bool *is_duplicate, eh_error *err)
{
    *is_duplicate = false;
    eh_buf *key = &finder->key;
    eh_buf_clear(key);
    bool has_id = is_post_shaped && post->post.size > 0;
    EH_TRY(eh_buf_add(key, has_id ? "P" : "R", 1, err));
    if (has_id) {
        EH_TRY(add_field(key, post->platform, err));
        EH_TRY(add_field(key, post->post, err));
    } else {
        EH_TRY(add_row(key, post, err));
    }
    finder->last = eh_fingerprint_of(key->data, key->size);
    bool is_new = true;
    EH_TRY(eh_set128_add(&finder->seen, finder->last.low, finder->last.high, &is_new, err));
    *is_duplicate = !is_new;
    return EH_OK;
}

void eh_duplicate_finder_key(const eh_duplicate_finder *finder, uint64_t *low, uint64_t *high)
{
    *low = finder->last.low;
    *high = finder->last.high;
}

eh_status eh_duplicate_finder_add_key(eh_duplicate_finder *finder, uint64_t low, uint64_t high, eh_error *err)
{
    bool is_new = true;
    return eh_set128_add(&finder->seen, low, high, &is_new, err);
}
