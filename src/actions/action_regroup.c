/*
 * Objects of a finished table become one. All memory is taken before anything changes, so a failure leaves the table as
 * it was; names are moved down in place, since those that stay keep their order.
 */
#include "actions/action_table.h"

#include "base/sort.h"

typedef struct regroup {
    eh_context *ctx;
    eh_raw_set *set;
    const uint64_t *old_start;
    const uint8_t *old_known;
    const uint32_t *to;
    uint32_t n_old, n_new;
    uint32_t *place;       /* of each old object that stays: its new number */
    uint32_t *n_members;   /* per new object */
    uint64_t *start;       /* n_new + 1 */
    int64_t *birth_us;
    uint8_t *is_known;
    uint32_t *source;
    eh_action_record *records;
    uint64_t n_records;
} regroup;

static uint32_t new_of(const regroup *r, uint32_t old)
{
    return r->to[old] == UINT32_MAX ? UINT32_MAX : r->place[r->to[old]];
}

static eh_status reserve_all(regroup *r, eh_error *err)
{
    for (uint32_t o = 0; o < r->n_old; o++) r->n_new += r->to[o] == o;
    r->place = eh_alloc(r->ctx, r->n_old, sizeof *r->place, err);
    r->n_members = eh_alloc(r->ctx, r->n_new, sizeof *r->n_members, err);
    r->start = eh_alloc(r->ctx, (size_t)r->n_new + 1, sizeof *r->start, err);
    r->birth_us = eh_alloc(r->ctx, r->n_new, sizeof *r->birth_us, err);
    r->is_known = eh_alloc(r->ctx, r->n_new, 1, err);
    r->source = eh_alloc(r->ctx, r->n_new, sizeof *r->source, err);
    if (!r->place || !r->n_members || !r->start || !r->birth_us || !r->is_known || !r->source) return err->status;
    for (uint32_t o = 0, n = 0; o < r->n_old; o++)
        if (r->to[o] == o) r->place[o] = n++;
    for (uint32_t o = 0; o < r->n_old; o++)
        if (r->to[o] != UINT32_MAX) r->n_records += r->old_start[o + 1] - r->old_start[o];
    r->records = eh_alloc(r->ctx, r->n_records, sizeof *r->records, err);
    return r->records ? EH_OK : err->status;
}

/* Births earliest, known where one is, sources the bytewise smallest: sources are numbered bytewise. */
static void unite_objects(regroup *r)
{
    for (uint32_t o = 0; o < r->n_old; o++) {
        uint32_t to = new_of(r, o);
        if (to == UINT32_MAX) continue;
        bool is_first = r->n_members[to]++ == 0;
        int64_t birth_us = r->set->object_birth_us[o];
        uint32_t source = r->set->object_source[o];
        if (is_first || birth_us < r->birth_us[to]) r->birth_us[to] = birth_us;
        if (is_first || source < r->source[to]) r->source[to] = source;
        r->is_known[to] |= r->old_known[o];
        r->start[to + 1] += r->old_start[o + 1] - r->old_start[o];
    }
    for (uint32_t o = 0; o < r->n_new; o++) r->start[o + 1] += r->start[o];
}

static void scatter(regroup *r)
{
    const eh_raw_set *set = r->set;
    for (uint32_t o = 0; o < r->n_old; o++) {
        uint32_t to = new_of(r, o);
        if (to == UINT32_MAX) continue;
        for (uint64_t i = r->old_start[o]; i < r->old_start[o + 1]; i++) {
            uint64_t post = set->post ? set->post[i] : 0;
            r->records[r->start[to]++] =
                (eh_action_record){set->time_us[i], (uint64_t)set->account[i] << 32 | post, set->kind[i]};
        }
    }
    for (uint32_t o = r->n_new; o > 0; o--) r->start[o] = r->start[o - 1];
    r->start[0] = 0;
}

static int by_post(const void *a, const void *b, void *data)
{
    const eh_action_record *records = data;
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    if (records[x].key != records[y].key) return records[x].key < records[y].key ? -1 : 1;
    return (x > y) - (x < y);
}

/* Marks (kind UINT32_MAX) all but the first action of each post in records first .. last-1. */
static eh_status mark_repeats(const regroup *r, uint64_t first, uint64_t last, eh_error *err)
{
    size_t n = (size_t)(last - first);
    uint64_t *order = eh_alloc(r->ctx, n, sizeof *order, err);
    if (!order) return err->status;
    for (size_t i = 0; i < n; i++) order[i] = first + i;
    eh_status status = eh_sort(r->ctx, order, n, sizeof *order, by_post, r->records, err);
    for (size_t i = 1; status == EH_OK && i < n; i++)
        if (r->records[order[i]].key == r->records[order[i - 1]].key) r->records[order[i]].kind = UINT32_MAX;
    eh_free(r->ctx, order);
    return status;
}

static eh_status drop_repeats(regroup *r, uint64_t *n_duplicates, eh_error *err)
{
    for (uint32_t o = 0; r->set->post && o < r->n_new; o++)
        if (r->n_members[o] > 1) EH_TRY(mark_repeats(r, r->start[o], r->start[o + 1], err));
    uint64_t n = 0;
    for (uint32_t o = 0; o < r->n_new; o++) {
        uint64_t first = n;
        for (uint64_t i = r->start[o]; i < r->start[o + 1]; i++)
            if (r->records[i].kind != UINT32_MAX) r->records[n++] = r->records[i];
        r->start[o] = first;
    }
    r->start[r->n_new] = n;
    *n_duplicates = r->n_records - n;
    r->n_records = n;
    return EH_OK;
}

/* Names move down to their new places; their order is kept. */
static void move_names(const regroup *r, eh_dict *names)
{
    uint64_t at = 0;
    uint32_t n = 0;
    for (uint32_t o = 0; o < r->n_old; o++) {
        uint64_t from = names->offset[o], size = names->offset[o + 1] - from;
        if (r->to[o] != o) continue;
        memmove(names->bytes + at, names->bytes + from, (size_t)size);
        names->offset[n++] = at; /* n <= o: what is overwritten has been read */
        at += size;
    }
    names->offset[n] = at;
    names->bytes_size = (size_t)at;
    names->n = n;
}

static void put_in_place(regroup *r, eh_table_owner *owner, int b)
{
    eh_raw_set *set = r->set;
    set->n = (size_t)r->n_records;
    eh_action_records_store(r->records, set);
    move_names(r, &set->objects);
    uint64_t *old_start = owner->object_start[b];
    uint8_t *old_known = owner->is_birth_known[b];
    int64_t *old_birth_us = set->object_birth_us;
    uint32_t *old_source = set->object_source;
    owner->object_start[b] = r->start;
    owner->is_birth_known[b] = r->is_known;
    set->object_birth_us = r->birth_us;
    set->object_source = r->source;
    r->start = old_start;
    r->is_known = old_known;
    r->birth_us = old_birth_us;
    r->source = old_source;
}

eh_status eh_table_regroup(eh_action_table *table, int b, const uint32_t *to, uint64_t *n_duplicates, eh_error *err)
{
    eh_table_owner *owner = table->owner;
    eh_raw_set *set = &owner->sets[b];
    *n_duplicates = 0;
    if (set->objects.n == 0) return EH_OK;
    regroup r = {.ctx = table->ctx, .set = set, .to = to, .n_old = set->objects.n, .old_start = owner->object_start[b],
                 .old_known = owner->is_birth_known[b]};
    eh_status status = reserve_all(&r, err);
    if (status == EH_OK) {
        unite_objects(&r);
        scatter(&r);
        status = eh_action_records_sort(r.ctx, r.start, r.n_new, r.records, err);
    }
    if (status == EH_OK) status = drop_repeats(&r, n_duplicates, err);
    if (status == EH_OK) put_in_place(&r, owner, b);
    eh_free(r.ctx, r.place);
    eh_free(r.ctx, r.n_members);
    eh_free(r.ctx, r.start);
    eh_free(r.ctx, r.birth_us);
    eh_free(r.ctx, r.is_known);
    eh_free(r.ctx, r.source);
    eh_free(r.ctx, r.records);
    if (status == EH_OK) eh_table_view_set(owner, b, &table->sets[b]);
    return status;
}
