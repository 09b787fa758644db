/* Counts per account while an archive is read. The first handle and platform seen stay. */
#include "investigation/account_tally.h"

#include "base/time.h"

void eh_account_tally_init(eh_account_tally *tally, eh_context *ctx)
{
    *tally = (eh_account_tally){.ctx = ctx, .accounts = EH_DICT_INIT(ctx), .names = EH_DICT_INIT(ctx)};
}

void eh_account_tally_release(eh_account_tally *tally)
{
    eh_dict_release(&tally->accounts);
    eh_dict_release(&tally->names);
    eh_free(tally->ctx, tally->counts);
    tally->counts = NULL;
}

static eh_status take_name(eh_account_tally *tally, eh_str name, uint32_t *number, eh_error *err)
{
    if (name.size == 0 || *number != EH_DICT_NONE) return EH_OK;
    return eh_dict_add(&tally->names, name, number, err);
}

eh_status eh_account_tally_post(eh_account_tally *tally, const eh_post *post, eh_error *err)
{
    uint32_t n_before = tally->accounts.n;
    EH_TRY(eh_dict_add(&tally->accounts, post->account, &tally->i_last, err));
    if (tally->i_last == n_before) {
        EH_TRY(eh_reserve(tally->ctx, (void **)&tally->counts, &tally->counts_capacity, (size_t)n_before + 1,
                          sizeof *tally->counts, err));
        tally->counts[n_before] = (eh_account_count){0,           0,           post->time_us, post->time_us, EH_NO_TIME,
                                                     EH_DICT_NONE, EH_DICT_NONE};
    }
    eh_account_count *count = &tally->counts[tally->i_last];
    count->n_posts++;
    if (post->time_us < count->first_us) count->first_us = post->time_us;
    if (post->time_us > count->last_us) count->last_us = post->time_us;
    if (count->created_us == EH_NO_TIME) count->created_us = post->account_created_us;
    EH_TRY(take_name(tally, post->platform, &count->platform, err));
    return take_name(tally, post->handle, &count->handle, err);
}

static void append_name(eh_appender *a, const eh_account_tally *tally, uint32_t number)
{
    if (number == EH_DICT_NONE)
        eh_appender_null(a);
    else
        eh_appender_text(a, eh_dict_get(&tally->names, number));
}

static eh_status append(const eh_account_tally *tally, eh_store *store, eh_error *err)
{
    eh_appender *a;
    EH_TRY(eh_appender_open(store, "new_accounts", &a, err));
    eh_status status = EH_OK;
    for (uint32_t i = 0; i < tally->accounts.n && status == EH_OK; i++) {
        const eh_account_count *count = &tally->counts[i];
        eh_appender_text(a, eh_dict_get(&tally->accounts, i));
        append_name(a, tally, count->platform);
        append_name(a, tally, count->handle);
        eh_appender_time(a, count->created_us);
        eh_appender_int(a, (int64_t)count->n_posts);
        eh_appender_int(a, (int64_t)count->n_actions);
        eh_appender_time(a, count->first_us);
        eh_appender_time(a, count->last_us);
        status = eh_appender_end_row(a, err);
    }
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

eh_status eh_account_tally_store(eh_account_tally *tally, eh_store *store, eh_error *err)
{
    EH_TRY(eh_store_exec(store, "CREATE OR REPLACE TEMP TABLE new_accounts AS SELECT * FROM accounts LIMIT 0", err));
    EH_TRY(append(tally, store, err));
    return eh_store_exec(store,
                         "UPDATE accounts SET n_posts = accounts.n_posts + n.n_posts, n_actions = accounts.n_actions + "
                         "n.n_actions, first_time = least(accounts.first_time, n.first_time), last_time = "
                         "greatest(accounts.last_time, n.last_time), platform = coalesce(accounts.platform, n.platform), "
                         "handle = coalesce(accounts.handle, n.handle), created_time = coalesce(accounts.created_time, "
                         "n.created_time) FROM new_accounts n WHERE accounts.account_id = n.account_id;"
                         "INSERT INTO accounts SELECT * FROM new_accounts n WHERE NOT EXISTS (SELECT 1 FROM accounts a "
                         "WHERE a.account_id = n.account_id);"
                         "DROP TABLE new_accounts",
                         err);
}
