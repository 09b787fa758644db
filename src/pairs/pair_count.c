/*
 * One row of the product A A' (A: accounts by objects), Gustavson's way, with three turns of our own.
 *
 * Distinctness. A cell holds (stamp, count). Every object of every row has its own stamp, larger than all before, so one
 * comparison tells an account already met on this object, another one met in an earlier row (count it from nought).
 * Nothing is ever cleared.
 *
 * Prefix. A pair that shares `least` of the row's k objects shares one of any k - least + 1 of them. So new accounts
 * are taken up only from the k - least + 1 objects with the smallest windows; in the least - 1 crowded ones, the viral
 * objects, it is enough to look for accounts already met: by going through the window, or, where few were met, by
 * looking each of them up in its own row. Without this a single viral object costs the square of its audience.
 * @source Gustavson, ACM TOMS 4:250, 1978; prefix filtering: Chaudhuri, Ganti, Kaushik, ICDE 2006
 *
 * Union. The windows of several actions on one object are joined first, so a neighbour is visited once an object.
 */
#include "pairs/pair_count.h"

#include "base/sort.h"
#include "pairs/pair_numbers.h"

#include <string.h>

enum {
    window_chunk = 1024,   /* neighbours squeezed at a time: 4 KiB, stays in the first cache */
    lookup_cost = 16,     /* one binary search against one visit: bench/pairs is flat from 8 to 128, 1.7x slower at 2 */
    n_width_classes = 65
};

eh_status eh_counter_init(eh_counter *counter, const eh_rows *rows, eh_count_rule rule, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_context *ctx = rows->ctx;
    *counter = (eh_counter){.rows = rows, .rule = rule, .scan = eh_scan_best()};
    counter->cell = eh_alloc(ctx, rows->n_accounts, sizeof *counter->cell, err);
    counter->met = eh_alloc(ctx, (size_t)rows->n_accounts + 1, sizeof *counter->met, err);
    counter->sorting = eh_alloc(ctx, (size_t)rows->n_accounts + 1, sizeof *counter->sorting, err);
    counter->window = eh_alloc(ctx, window_chunk + eh_scan_slack, sizeof *counter->window, err);
    counter->items = eh_alloc(ctx, rows->longest_row, sizeof *counter->items, err);
    counter->ordered = eh_alloc(ctx, rows->longest_row, sizeof *counter->ordered, err);
    counter->intervals = eh_alloc(ctx, rows->longest_row, sizeof *counter->intervals, err);
    if (counter->cell && counter->met && counter->sorting && counter->window && counter->items && counter->ordered &&
        counter->intervals)
        return EH_OK;
    eh_counter_release(counter);
    return err->status;
}

void eh_counter_release(eh_counter *counter)
{
    if (!counter->rows) return;
    eh_context *ctx = counter->rows->ctx;
    eh_free(ctx, counter->cell);
    eh_free(ctx, counter->met);
    eh_free(ctx, counter->sorting);
    eh_free(ctx, counter->window);
    eh_free(ctx, counter->items);
    eh_free(ctx, counter->ordered);
    eh_free(ctx, counter->intervals);
    *counter = (eh_counter){0};
}

/* Objects of a row: its entries come by object and time, so windows of one object follow each other and may overlap. */
static size_t items_of_objects(eh_counter *counter, uint32_t account)
{
    const eh_rows *rows = counter->rows;
    size_t n_items = 0;
    uint32_t n_intervals = 0;
    for (uint32_t at = rows->row_start[account]; at < rows->row_start[account + 1]; at++) {
        eh_row_entry e = rows->entries[at];
        bool is_same = n_items > 0 && rows->entries[at - 1].object == e.object;
        if (is_same) {
            eh_count_item *item = &counter->items[n_items - 1];
            eh_count_interval *last = &counter->intervals[n_intervals - 1];
            if (e.low <= last->high) {
                item->n_visits += e.high - last->high;
                last->high = e.high;
                continue;
            }
            item->n_visits += e.high - e.low;
            item->n_intervals++;
        } else {
            counter->items[n_items++] = (eh_count_item){e.high - e.low, n_intervals, 1, 0};
        }
        counter->intervals[n_intervals++] = (eh_count_interval){e.low, e.high, 0};
    }
    return n_items;
}

static int by_post(const void *a, const void *b, void *data)
{
    const eh_count_interval *x = a, *y = b;
    (void)data;
    if (x->post != y->post) return x->post < y->post ? -1 : 1;
    return x->low < y->low ? -1 : x->low > y->low;
}

/* Messages of a row: windows are not joined, they may lie on different objects. */
static eh_status items_of_messages(eh_counter *counter, uint32_t account, size_t *n_items, eh_error *err)
{
    const eh_rows *rows = counter->rows;
    uint32_t first = rows->row_start[account], n = rows->row_start[account + 1] - first;
    for (uint32_t i = 0; i < n; i++)
        counter->intervals[i] = (eh_count_interval){rows->entries[first + i].low, rows->entries[first + i].high,
                                                    rows->post[rows->row_action[first + i]]};
    EH_TRY(eh_sort(rows->ctx, counter->intervals, n, sizeof *counter->intervals, by_post, NULL, err));
    *n_items = 0;
    for (uint32_t i = 0; i < n; i++) {
        eh_count_interval interval = counter->intervals[i];
        if (*n_items == 0 || counter->items[*n_items - 1].post != interval.post)
            counter->items[(*n_items)++] = (eh_count_item){0, i, 0, interval.post};
        counter->items[*n_items - 1].n_visits += interval.high - interval.low;
        counter->items[*n_items - 1].n_intervals++;
    }
    return EH_OK;
}

/* Items into ascending order of the bit length of their visits: near enough to "crowded last", in linear time. */
static void order_items(eh_counter *counter, size_t n)
{
    uint32_t place[n_width_classes + 1] = {0};
    for (size_t i = 0; i < n; i++) place[64 - __builtin_clzll(counter->items[i].n_visits | 1) + 1]++;
    for (int c = 1; c <= n_width_classes; c++) place[c] += place[c - 1];
    for (size_t i = 0; i < n; i++) counter->ordered[place[64 - __builtin_clzll(counter->items[i].n_visits | 1)]++] = counter->items[i];
    eh_count_item *swap = counter->items;
    counter->items = counter->ordered;
    counter->ordered = swap;
}

static void move_largest_last(eh_count_item *items, size_t n)
{
    size_t largest = n - 1;
    for (size_t i = 0; i < n; i++)
        if (items[i].n_visits > items[largest].n_visits) largest = i;
    eh_count_item held = items[largest];
    items[largest] = items[n - 1];
    items[n - 1] = held;
}

/* Neighbours of [low, high) that count, squeezed into counter->window. */
static size_t squeeze(const eh_counter *counter, uint32_t low, uint32_t n, uint32_t account, uint32_t post)
{
    const eh_rows *rows = counter->rows;
    if (counter->rule == EH_COUNT_OBJECTS) return counter->scan.above(rows->account + low, n, account, counter->window);
    return counter->scan.other(rows->account + low, rows->post + low, n, post, counter->window);
}

/* The hot loop: no branch depends on the data. */
static void take_up(eh_counter *counter, size_t n)
{
    uint64_t *cell = counter->cell;
    uint32_t *met = counter->met;
    const uint32_t *window = counter->window;
    uint64_t stamp = (uint64_t)counter->stamp << 32;
    uint64_t base = (uint64_t)counter->base << 32 | UINT32_MAX;
    uint32_t n_met = counter->n_met;
    for (size_t i = 0; i < n; i++) {
        uint32_t other = window[i];
        uint64_t held = cell[other];
        uint64_t count = held > base ? held & UINT32_MAX : 0;
        cell[other] = stamp | (count + (held < stamp));
        met[n_met] = other;
        n_met += held <= base;
    }
    counter->n_met = n_met;
}

static void add_to_met(eh_counter *counter, size_t n)
{
    uint64_t *cell = counter->cell;
    const uint32_t *window = counter->window;
    uint64_t stamp = (uint64_t)counter->stamp << 32;
    uint64_t base = (uint64_t)counter->base << 32 | UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        uint64_t held = cell[window[i]];
        bool is_met = held > base && held < stamp;
        cell[window[i]] = is_met ? stamp | ((held & UINT32_MAX) + 1) : held;
    }
}

static void visit(eh_counter *counter, const eh_count_item *item, uint32_t account, bool takes_up)
{
    for (uint32_t k = 0; k < item->n_intervals; k++) {
        eh_count_interval interval = counter->intervals[item->first_interval + k];
        for (uint32_t low = interval.low; low < interval.high; low += window_chunk) {
            uint32_t n = interval.high - low < window_chunk ? interval.high - low : window_chunk;
            size_t n_window = squeeze(counter, low, n, account, item->post);
            if (takes_up)
                take_up(counter, n_window);
            else
                add_to_met(counter, n_window);
            if (interval.high - low <= window_chunk) break; /* low + chunk may pass 2^32 */
        }
    }
}

/* Whether `other` has an action in [low, high) that counts. */
static bool acts_within(const eh_counter *counter, uint32_t other, uint32_t low, uint32_t high, uint32_t post)
{
    const eh_rows *rows = counter->rows;
    uint32_t first = rows->row_start[other], last = rows->row_start[other + 1], end = last;
    while (first < last) {
        uint32_t middle = first + (last - first) / 2;
        if (rows->row_action[middle] < low)
            first = middle + 1;
        else
            last = middle;
    }
    if (counter->rule == EH_COUNT_OBJECTS) return first < end && rows->row_action[first] < high;
    for (; first < end && rows->row_action[first] < high; first++)
        if (rows->post[rows->row_action[first]] != post) return true;
    return false;
}

static void look_up(eh_counter *counter, const eh_count_item *item, uint32_t least_needed)
{
    uint64_t stamp = (uint64_t)counter->stamp << 32;
    for (uint32_t i = 0; i < counter->n_met; i++) {
        uint32_t other = counter->met[i];
        uint64_t count = counter->cell[other] & UINT32_MAX;
        bool acts = false;
        if (count < least_needed) continue; /* cannot reach it any more */
        for (uint32_t k = 0; k < item->n_intervals && !acts; k++) {
            const eh_count_interval *interval = &counter->intervals[item->first_interval + k];
            acts = acts_within(counter, other, interval->low, interval->high, item->post);
        }
        if (acts) counter->cell[other] = stamp | (count + 1);
    }
}

/* Accounts met that reach least, ascending: sorted, or, where they are many, read off the cells in order. */
static uint32_t select_met(eh_counter *counter, uint32_t least)
{
    uint32_t n_accounts = counter->rows->n_accounts, n = 0;
    uint32_t *met = counter->met;
    for (uint32_t i = 0; i < counter->n_met; i++) {
        uint32_t other = met[i];
        met[n] = other;
        n += (uint32_t)counter->cell[other] >= least;
    }
    if (n <= n_accounts / 8) {
        eh_sort_numbers(met, n, n_accounts, counter->sorting);
        return n;
    }
    uint64_t base = (uint64_t)counter->base << 32 | UINT32_MAX;
    n = 0;
    for (uint32_t other = 0; other < n_accounts; other++) {
        met[n] = other;
        n += counter->cell[other] > base && (uint32_t)counter->cell[other] >= least;
    }
    return n;
}

eh_status eh_counter_row(eh_counter *counter, uint32_t account, uint32_t least, const uint32_t **met, uint32_t *n_met,
                         eh_error *err)
{
    *met = counter->met;
    *n_met = counter->n_met = 0;
    size_t n_items = 0;
    if (counter->rule == EH_COUNT_OBJECTS)
        n_items = items_of_objects(counter, account);
    else
        EH_TRY(items_of_messages(counter, account, &n_items, err));
    if (n_items < least) return EH_OK;
    if (least == 2)
        move_largest_last(counter->items, n_items);
    else if (least > 2)
        order_items(counter, n_items);
    if (UINT32_MAX - counter->stamp < n_items) {
        memset(counter->cell, 0, counter->rows->n_accounts * sizeof *counter->cell);
        counter->stamp = 0;
    }
    counter->base = counter->stamp;
    size_t n_prefix = n_items - (least - 1);
    for (size_t i = 0; i < n_items; i++) {
        const eh_count_item *item = &counter->items[i];
        counter->stamp++;
        if (i < n_prefix)
            visit(counter, item, account, true);
        else if ((uint64_t)counter->n_met * lookup_cost < item->n_visits)
            look_up(counter, item, least - (uint32_t)(n_items - i));
        else
            visit(counter, item, account, false);
    }
    *n_met = select_met(counter, least);
    return EH_OK;
}
