/*
 * From the columns of one behaviour to rows.
 *
 * 1. An action stays if another account acted on its object within the window; an account stays if min_objects distinct
 *    objects remain to it. Each makes room for the other, so both are repeated until a round drops less than a
 *    sixteenth. What is dropped cannot be part of any pair asked for, so the number of rounds never changes a result.
 * 2. Accounts are renumbered without gaps, keeping their order: the counters stay dense and the output sorted.
 * 3. Windows: two pointers along each object. 4. A counting pass lays the actions out by account.
 */
#include "pairs/pair_rows.h"

#include <string.h>

/* The surviving actions, as columns with one capacity. */
typedef struct survivors {
    uint32_t *account, *object, *post;
    int64_t *time_us;
    size_t n, capacity;
} survivors;

typedef struct account_count {
    uint32_t n_objects, last_object; /* the latter plus 1 */
} account_count;

typedef struct pruning {
    eh_context *ctx;
    const eh_rows_options *options;
    survivors kept;
    account_count *counts; /* by account of the table */
} pruning;

static bool is_within(int64_t earlier_us, int64_t later_us, int64_t window_us)
{
    return (uint64_t)later_us - (uint64_t)earlier_us <= (uint64_t)window_us; /* no overflow, whatever the times */
}

static eh_status grow(eh_context *ctx, void **column, size_t capacity, size_t item_size, eh_error *err)
{
    void *grown = eh_realloc(ctx, *column, capacity, item_size, err);
    if (!grown) return err->status;
    *column = grown;
    return EH_OK;
}

static eh_status reserve(pruning *p, size_t need, eh_error *err)
{
    survivors *kept = &p->kept;
    if (need <= kept->capacity) return EH_OK;
    size_t capacity = kept->capacity + kept->capacity / 2 + 1024;
    if (capacity < need) capacity = need;
    EH_TRY(grow(p->ctx, (void **)&kept->account, capacity, sizeof *kept->account, err));
    EH_TRY(grow(p->ctx, (void **)&kept->object, capacity, sizeof *kept->object, err));
    EH_TRY(grow(p->ctx, (void **)&kept->time_us, capacity, sizeof *kept->time_us, err));
    if (p->options->keeps_post) EH_TRY(grow(p->ctx, (void **)&kept->post, capacity, sizeof *kept->post, err));
    kept->capacity = capacity;
    return EH_OK;
}

/* Where the actions of one object are read from: the set, or the survivors themselves. */
typedef struct source {
    const uint32_t *account, *post;
    const int64_t *time_us;
} source;

/* Writes one action; it counts once kept->n is raised. So a loop can decide without a branch. */
static void put(survivors *kept, size_t to, const source *from, size_t i, uint32_t object)
{
    kept->account[to] = from->account[i];
    kept->object[to] = object;
    kept->time_us[to] = from->time_us[i];
    if (kept->post) kept->post[to] = from->post[i];
}

/* Appends, of the actions [first, last) of one object, those with company. A run is a stretch of one account (of one
 * action where any company will do): the actions beside the run are its nearest others. In place when the source is
 * the survivors: what is written never overtakes what is read. */
static void keep_accompanied(survivors *kept, const source *from, size_t first, size_t last, uint32_t object,
                             const eh_rows_options *options)
{
    uint64_t window_us = (uint64_t)options->window_us;
    uint64_t before_us = 0, beyond = 0; /* beyond: 1 once there is an action before the run */
    size_t to = kept->n;
    for (size_t run = first; run < last;) {
        size_t end = run + 1;
        uint32_t account = from->account[run];
        if (options->needs_other_account)
            while (end < last && from->account[end] == account) end++;
        uint64_t last_us = (uint64_t)from->time_us[end - 1];
        bool has_after = end < last;
        uint64_t after_us = has_after ? (uint64_t)from->time_us[end] : 0;
        for (size_t i = run; i < end; i++) { /* unsigned differences: no overflow, whatever the times */
            uint64_t time_us = (uint64_t)from->time_us[i];
            bool stays = (beyond & (time_us - before_us <= window_us)) | (has_after & (after_us - time_us <= window_us));
            put(kept, to, from, i, object);
            to += stays;
        }
        beyond = 1;
        before_us = last_us;
        run = end;
    }
    kept->n = to;
}

static void count_objects(pruning *p, size_t first)
{
    const survivors *kept = &p->kept;
    for (size_t i = first; i < kept->n; i++) {
        account_count *count = &p->counts[kept->account[i]];
        uint32_t mark = kept->object[i] + 1;
        count->n_objects += count->last_object != mark;
        count->last_object = mark;
    }
}

/* Copies what is not excluded behind the survivors, for keep_accompanied to take in place. */
static size_t copy_included(survivors *kept, const source *from, size_t first, size_t last, const uint8_t *is_excluded)
{
    size_t at = kept->n;
    for (size_t i = first; i < last; i++) {
        put(kept, at, from, i, 0);
        at += !is_excluded[i];
    }
    return at;
}

/* First round: from the set. */
static eh_status take_set(pruning *p, const eh_action_set *set, eh_error *err)
{
    survivors *kept = &p->kept;
    const uint8_t *is_excluded = p->options->is_excluded;
    source from = {set->account, set->post, set->time_us};
    for (uint32_t o = 0; o < set->n_objects; o++) {
        size_t first = (size_t)set->object_start[o], last = (size_t)set->object_start[o + 1], start = kept->n;
        if (last - first < 2) continue;
        EH_TRY(reserve(p, start + last - first, err));
        if (is_excluded) {
            size_t end = copy_included(kept, &from, first, last, is_excluded);
            source copied = {kept->account, kept->post, kept->time_us};
            keep_accompanied(kept, &copied, start, end, o, p->options);
        } else {
            keep_accompanied(kept, &from, first, last, o, p->options);
        }
        count_objects(p, start);
    }
    return EH_OK;
}

/* A later round, in place. Returns whether it dropped enough for another to pay. */
static bool prune_again(pruning *p, uint32_t n_accounts)
{
    survivors *kept = &p->kept;
    source from = {kept->account, kept->post, kept->time_us};
    size_t n_before = kept->n;
    kept->n = 0;
    for (size_t first = 0; first < n_before;) { /* whole objects: actions of dropped accounts go first */
        size_t end = first, at = first;
        uint32_t object = kept->object[first];
        for (; end < n_before && kept->object[end] == object; end++) {
            bool stays = p->counts[kept->account[end]].n_objects >= p->options->min_objects;
            put(kept, at, &from, end, object);
            at += stays;
        }
        keep_accompanied(kept, &from, first, at, object, p->options);
        first = end;
    }
    memset(p->counts, 0, n_accounts * sizeof *p->counts);
    count_objects(p, 0);
    return n_before - kept->n > n_before / 16;
}

static eh_status prune(pruning *p, const eh_action_table *table, const eh_action_set *set, eh_error *err)
{
    uint32_t n_accounts = table->accounts.n;
    p->counts = eh_alloc(p->ctx, n_accounts, sizeof *p->counts, err);
    if (!p->counts) return err->status;
    EH_TRY(take_set(p, set, err));
    for (int round = 1; p->options->min_objects > 1 && round < eh_rows_most_rounds; round++)
        if (!prune_again(p, n_accounts)) break;
    if (p->kept.n >= UINT32_MAX - 1)
        return eh_fail(err, EH_E_LIMIT, "more than 4,294,967,293 actions of one behaviour are within a window of others");
    return EH_OK;
}

/* The new number of each account of the table goes where its mark was; rows->account_of holds the old ones. */
static eh_status renumber(pruning *p, uint32_t n_accounts, eh_rows *rows, eh_error *err)
{
    for (uint32_t a = 0; a < n_accounts; a++) rows->n_accounts += p->counts[a].n_objects > 0;
    rows->account_of = eh_alloc(p->ctx, rows->n_accounts, sizeof *rows->account_of, err);
    if (!rows->account_of) return err->status;
    uint32_t n = 0;
    for (uint32_t a = 0; a < n_accounts; a++) {
        if (p->counts[a].n_objects == 0) continue;
        rows->account_of[n] = a;
        p->counts[a].last_object = n++;
    }
    for (size_t i = 0; i < p->kept.n; i++) p->kept.account[i] = p->counts[p->kept.account[i]].last_object;
    return EH_OK;
}

static eh_status alloc_rows(eh_rows *rows, eh_error *err)
{
    eh_context *ctx = rows->ctx;
    rows->row_start = eh_alloc(ctx, (size_t)rows->n_accounts + 2, sizeof *rows->row_start, err);
    rows->row_visits = eh_alloc(ctx, rows->n_accounts, sizeof *rows->row_visits, err);
    rows->entries = eh_alloc(ctx, rows->n_actions, sizeof *rows->entries, err);
    rows->row_action = eh_alloc(ctx, rows->n_actions, sizeof *rows->row_action, err);
    return rows->row_start && rows->row_visits && rows->entries && rows->row_action ? EH_OK : err->status;
}

/* Windows along each object, written straight to their place in the rows. */
static void lay_out(const survivors *kept, int64_t window_us, eh_rows *rows)
{
    uint32_t *next = rows->row_start + 1; /* next[a]: where the next action of a goes; ends as row_start[a + 1] */
    for (uint32_t i = 0; i < rows->n_actions; i++) next[rows->account[i] + 1]++;
    for (uint32_t a = 0; a < rows->n_accounts; a++) {
        if (next[a + 1] > rows->longest_row) rows->longest_row = next[a + 1];
        next[a + 1] += next[a];
    }
    uint32_t low = 0, high = 0;
    for (uint32_t i = 0; i < rows->n_actions; i++) {
        uint32_t object = kept->object[i], account = rows->account[i];
        int64_t time_us = kept->time_us[i];
        while (kept->object[low] != object || !is_within(kept->time_us[low], time_us, window_us)) low++;
        if (high <= i) high = i + 1;
        while (high < rows->n_actions && kept->object[high] == object && is_within(time_us, kept->time_us[high], window_us)) high++;
        uint32_t at = next[account]++;
        rows->entries[at] = (eh_row_entry){low, high, object};
        rows->row_action[at] = i;
        rows->row_visits[account] += high - low;
    }
}

eh_status eh_rows_build(eh_context *ctx, const eh_action_table *table, eh_behaviour behaviour,
                        const eh_rows_options *options, eh_rows *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    const eh_action_set *set = &table->sets[behaviour];
    *out = (eh_rows){.ctx = ctx};
    pruning p = {.ctx = ctx, .options = options};
    eh_status status = prune(&p, table, set, err);
    if (status == EH_OK) status = renumber(&p, table->accounts.n, out, err);
    eh_free(ctx, p.counts);
    if (status == EH_OK) {
        out->n_actions = (uint32_t)p.kept.n;
        out->account = p.kept.account;
        out->post = p.kept.post;
        p.kept.account = p.kept.post = NULL;
        status = alloc_rows(out, err);
    }
    if (status == EH_OK) {
        survivors view = p.kept;
        lay_out(&view, options->window_us, out);
        if (options->keeps_time) {
            out->time_us = p.kept.time_us;
            p.kept.time_us = NULL;
        }
    }
    eh_free(ctx, p.kept.account);
    eh_free(ctx, p.kept.object);
    eh_free(ctx, p.kept.post);
    eh_free(ctx, p.kept.time_us);
    if (status != EH_OK) eh_rows_release(out);
    return status;
}

void eh_rows_release(eh_rows *rows)
{
    eh_context *ctx = rows->ctx;
    eh_free(ctx, rows->account);
    eh_free(ctx, rows->post);
    eh_free(ctx, rows->time_us);
    eh_free(ctx, rows->account_of);
    eh_free(ctx, rows->row_start);
    eh_free(ctx, rows->entries);
    eh_free(ctx, rows->row_action);
    eh_free(ctx, rows->row_visits);
    *rows = (eh_rows){.ctx = ctx};
}
