/*
 * CooRTweet's edges, exactly (detect_groups, then generate_coordinated_network), without its list of pairs.
 *
 *   1. accounts with at least p = min_participation rows stay
 *   2. a pair: two rows of one object, |dt| <= window, other account, other content, neither content the object itself
 *   3. C = contents in any pair; n(a) = rows of account a whose content is in C; a content of C is good if one of
 *      its rows is of an account with n >= p; a pair stays if either content is good (only when p >= 1)
 *   4. weight(a, b) = number of pairs; sum_delta = sum of |dt|; n_objects = distinct objects among them
 *
 * Pass one marks C: an action needs one partner only, mostly its neighbour. Pass two counts row by row; a row holds the
 * accounts above its own. Which content is "older" (a tie goes by the order of rows there) shows in no edge.
 * @source https://github.com/nicolarighetti/CooRTweet (R/detect_groups.R, R/generate_coordinated_network.R, 2.1.3)
 */
#include "pairs/pair_numbers.h"
#include "pairs/pair_rows.h"
#include "pairs/pair_waves.h"
#include "pairs/pairs_check.h"

#include "base/str.h"

typedef struct cell {
    uint64_t weight, sum_delta_us, n_objects;
    uint64_t last_object; /* plus 1 */
} cell;

typedef struct scratch {
    cell *cells;   /* by account; all zero between rows */
    uint32_t *met; /* accounts met in this row */
    uint32_t *sorting;
} scratch;

typedef struct coortweet_job {
    eh_context *ctx;
    const eh_rows *rows;
    const uint8_t *is_good; /* by post; NULL = all are */
    uint64_t min_weight;
    scratch *scratches;
    eh_coortweet_edge_fn fn;
    void *data;
} coortweet_job;

/* Step 1, and the part of step 2 that concerns one row: 1 for actions that can be in no pair, 2 for those that do not
 * count as rows either. */
enum { is_own_original = 1, is_not_participating = 2 };

static eh_status exclude(eh_context *ctx, const eh_action_table *table, const eh_action_set *set, uint64_t min_participation,
                         uint8_t *is_excluded, eh_error *err)
{
    uint64_t *n_rows = eh_alloc(ctx, table->accounts.n, sizeof *n_rows, err);
    if (!n_rows) return err->status;
    for (uint64_t i = 0; i < set->n_actions; i++) n_rows[set->account[i]]++;
    for (uint32_t o = 0; o < set->n_objects; o++) {
        eh_str object = eh_strings_get(&set->objects, o);
        for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1]; i++) {
            if (n_rows[set->account[i]] < min_participation)
                is_excluded[i] = is_not_participating;
            else if (eh_str_equal(object, eh_strings_get(&table->posts, set->post[i])))
                is_excluded[i] = is_own_original;
        }
    }
    eh_free(ctx, n_rows);
    return EH_OK;
}

static bool is_pair(const eh_rows *rows, uint32_t i, uint32_t j)
{
    return rows->account[i] != rows->account[j] && rows->post[i] != rows->post[j];
}

/* Pass one: marks the contents that are in any pair. Rows are only the way to the windows here. */
static void mark_contents(const eh_rows *rows, uint8_t *is_in_pair)
{
    for (uint32_t at = 0; at < rows->n_actions; at++) {
        uint32_t i = rows->row_action[at];
        if (is_in_pair[rows->post[i]]) continue;
        uint32_t down = i, up = i + 1;
        bool is_found = false;
        while (!is_found && (down > rows->entries[at].low || up < rows->entries[at].high)) {
            if (down > rows->entries[at].low) is_found = is_pair(rows, i, --down);
            if (!is_found && up < rows->entries[at].high) is_found = is_pair(rows, i, up++);
        }
        is_in_pair[rows->post[i]] = is_found;
    }
}

/* Step 3: turns "is in a pair" into "is good". */
static eh_status mark_good(eh_context *ctx, const eh_action_table *table, const eh_action_set *set,
                           const uint8_t *is_excluded, uint64_t min_participation, uint8_t *is_in_pair, eh_error *err)
{
    enum { in_pair = 1, good = 2 };
    uint64_t *n_rows = eh_alloc(ctx, table->accounts.n, sizeof *n_rows, err);
    if (!n_rows) return err->status;
    for (uint64_t i = 0; i < set->n_actions; i++)
        if (is_excluded[i] != is_not_participating && is_in_pair[set->post[i]]) n_rows[set->account[i]]++;
    for (uint64_t i = 0; i < set->n_actions; i++) {
        bool counts = is_excluded[i] != is_not_participating && is_in_pair[set->post[i]];
        if (counts && n_rows[set->account[i]] >= min_participation) is_in_pair[set->post[i]] = good;
    }
    for (uint32_t c = 0; c < table->posts.n; c++) is_in_pair[c] = is_in_pair[c] == good;
    eh_free(ctx, n_rows);
    return EH_OK;
}

static eh_status scratch_init(const coortweet_job *job, scratch *mine, eh_error *err)
{
    if (!mine->cells) mine->cells = eh_alloc(job->ctx, job->rows->n_accounts, sizeof *mine->cells, err);
    if (mine->cells && !mine->met) mine->met = eh_alloc(job->ctx, (size_t)job->rows->n_accounts + 1, sizeof *mine->met, err);
    if (mine->met && !mine->sorting) mine->sorting = eh_alloc(job->ctx, job->rows->n_accounts, sizeof *mine->sorting, err);
    return mine->sorting ? EH_OK : err->status;
}

static void count_action(const coortweet_job *job, scratch *mine, uint32_t account, uint32_t at, uint32_t *n_met)
{
    const eh_rows *rows = job->rows;
    const eh_row_entry entry = rows->entries[at];
    uint32_t i = rows->row_action[at], post = rows->post[i];
    bool is_good = !job->is_good || job->is_good[post];
    for (uint32_t j = entry.low; j < entry.high; j++) {
        uint32_t other = rows->account[j];
        if (other <= account || rows->post[j] == post) continue;
        if (!is_good && !job->is_good[rows->post[j]]) continue;
        cell *c = &mine->cells[other];
        uint64_t mark = (uint64_t)entry.object + 1;
        if (c->weight == 0) mine->met[(*n_met)++] = other;
        c->weight++;
        c->sum_delta_us += (uint64_t)(j < i ? rows->time_us[i] - rows->time_us[j] : rows->time_us[j] - rows->time_us[i]);
        c->n_objects += c->last_object != mark;
        c->last_object = mark;
    }
}

static eh_status count_row(void *data, int i_thread, uint32_t account, eh_row_output *output, eh_error *err)
{
    const coortweet_job *job = data;
    const eh_rows *rows = job->rows;
    scratch *mine = &job->scratches[i_thread];
    uint32_t n_met = 0;
    void *at = NULL;
    EH_TRY(scratch_init(job, mine, err));
    for (uint32_t k = rows->row_start[account]; k < rows->row_start[account + 1]; k++)
        count_action(job, mine, account, k, &n_met);
    if (n_met == 0) return EH_OK;
    eh_sort_numbers(mine->met, n_met, rows->n_accounts, mine->sorting);
    EH_TRY(eh_row_output_reserve(output, n_met, &at, err));
    eh_coortweet_edge *edges = at;
    for (uint32_t i = 0; i < n_met; i++) {
        cell *c = &mine->cells[mine->met[i]];
        if (c->weight >= job->min_weight) {
            *edges++ = (eh_coortweet_edge){rows->account_of[account], rows->account_of[mine->met[i]], c->weight,
                                           c->sum_delta_us, c->n_objects};
            output->n++;
        }
        *c = (cell){0};
    }
    return EH_OK;
}

static eh_status deliver(void *data, const void *items, size_t n, eh_error *err)
{
    const coortweet_job *job = data;
    return job->fn(job->data, items, n, err);
}

static eh_status run(const coortweet_job *job, eh_error *err)
{
    eh_context *ctx = job->ctx;
    int n_threads = eh_context_n_threads(ctx);
    coortweet_job mine = *job;
    mine.scratches = eh_alloc(ctx, (size_t)n_threads, sizeof *mine.scratches, err);
    if (!mine.scratches) return err->status;
    eh_wave_job wave = {.stage = "pairs",
                        .item_size = sizeof(eh_coortweet_edge),
                        .visits_per_item = 1, /* a row's accounts are met before the weight is known */
                        .data = &mine,
                        .row = count_row,
                        .deliver = deliver};
    eh_status status = eh_rows_run(job->rows, &wave, err);
    for (int t = 0; t < n_threads; t++) {
        eh_free(ctx, mine.scratches[t].cells);
        eh_free(ctx, mine.scratches[t].met);
        eh_free(ctx, mine.scratches[t].sorting);
    }
    eh_free(ctx, mine.scratches);
    return status;
}

eh_status eh_pairs_coortweet(eh_context *ctx, const eh_action_table *table, eh_behaviour behaviour, int64_t window_us,
                             uint64_t min_weight, uint64_t min_participation, eh_coortweet_edge_fn fn, void *data,
                             eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    EH_TRY(eh_pairs_check(table, behaviour, window_us, min_weight, true, err));
    const eh_action_set *set = &table->sets[behaviour];
    eh_rows rows = {.ctx = ctx};
    eh_rows_options options = {.window_us = window_us, .needs_other_account = true, .keeps_post = true, .keeps_time = true};
    uint8_t *is_excluded = eh_alloc(ctx, set->n_actions, 1, err);
    uint8_t *is_good = eh_alloc(ctx, table->posts.n, 1, err);
    eh_status status = is_excluded && is_good ? EH_OK : err->status;
    options.is_excluded = is_excluded;
    if (status == EH_OK) status = exclude(ctx, table, set, min_participation, is_excluded, err);
    if (status == EH_OK) status = eh_rows_build(ctx, table, behaviour, &options, &rows, err);
    if (status == EH_OK && min_participation >= 1) {
        mark_contents(&rows, is_good);
        status = mark_good(ctx, table, set, is_excluded, min_participation, is_good, err);
    }
    if (status == EH_OK) {
        coortweet_job job = {ctx, &rows, min_participation >= 1 ? is_good : NULL, min_weight, NULL, fn, data};
        status = run(&job, err);
    }
    eh_rows_release(&rows);
    eh_free(ctx, is_excluded);
    eh_free(ctx, is_good);
    return status;
}
