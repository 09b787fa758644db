/* Who acted on what, numbered for the fit. */
#include "legs/margins.h"

#include "base/sort.h"
#include "base/time.h"
#include "signif/profile.h"

#include <string.h>

enum { most_days = 400, most_popular = 3000 };

void eh_margins_release(eh_margins *m)
{
    if (!m->ctx) return;
    void *blocks[] = {m->account_first, m->object_first, m->account_object, m->object_account, m->object_source,
                      m->object_day,    m->source_first, m->cells,          m->account_cell,   m->source_cell_first,
                      m->source_cell,   m->x,            m->y,              m->d,              m->day_mass,
                      m->object_number, m->object_behaviour};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) eh_free(m->ctx, blocks[i]);
    memset(m, 0, sizeof *m);
}

/* ---- incidence ------------------------------------------------------------------------------------------------- */

/* An object that takes part: where it comes from. */
typedef struct taking_part {
    uint32_t source, object;
    int64_t birth_us;
    uint8_t behaviour;
} taking_part;

static int by_source(const void *a, const void *b, void *data)
{
    const taking_part *x = a, *y = b;
    (void)data;
    return x->source != y->source ? (x->source < y->source ? -1 : 1) : 0; /* stable: behaviour, then object */
}

static bool is_chosen(const eh_clock *clock, const eh_action_set *set, uint64_t i)
{
    return !eh_grid_holds(&clock->grid[set->account[i]], set->time_us[i]);
}

/* Distinct accounts of an object, marked by `stamp` in seen[]. */
static uint32_t count_accounts(const eh_clock *clock, const eh_action_set *set, uint32_t object, uint32_t *seen, uint32_t stamp)
{
    uint32_t n = 0;
    for (uint64_t i = set->object_start[object]; i < set->object_start[object + 1]; i++) {
        if (!is_chosen(clock, set, i)) continue;
        n += seen[set->account[i]] != stamp;
        seen[set->account[i]] = stamp;
    }
    return n;
}

static eh_status choose_objects(eh_margins *m, const eh_action_table *table, uint32_t behaviours, const eh_clock *clock,
                                taking_part **objects, eh_error *err)
{
    size_t n_most = 0, capacity = 0;
    uint32_t first_source = 0, stamp = 0;
    uint32_t *seen = eh_alloc(m->ctx, table->accounts.n, sizeof *seen, err);
    eh_status status = seen ? EH_OK : err->status;
    for (int b = 0; status == EH_OK && b < EH_N_BEHAVIOURS; b++) {
        const eh_action_set *set = &table->sets[b];
        if (!(behaviours >> b & 1) || !set->n_actions) continue;
        for (uint32_t o = 0; status == EH_OK && o < set->n_objects; o++) {
            if (set->object_source[o] == UINT32_MAX) {
                m->n_without_source += set->object_start[o + 1] - set->object_start[o];
                continue;
            }
            uint32_t n = count_accounts(clock, set, o, seen, ++stamp);
            m->n_too_popular += n > most_popular;
            if (n == 0 || n > most_popular) continue;
            status = eh_reserve(m->ctx, (void **)objects, &capacity, n_most + 1, sizeof **objects, err);
            if (status == EH_OK)
                (*objects)[n_most++] = (taking_part){first_source + set->object_source[o], o, set->object_birth_us[o], (uint8_t)b};
            m->n_ones += n;
        }
        first_source += set->n_sources;
    }
    eh_free(m->ctx, seen);
    m->n_objects = (uint32_t)n_most;
    m->n_sources = first_source;
    if (status == EH_OK && n_most) status = eh_sort(m->ctx, *objects, n_most, sizeof **objects, by_source, NULL, err);
    return status;
}

static void number_days(eh_margins *m, const taking_part *objects)
{
    int64_t first_us = INT64_MAX, last_us = INT64_MIN;
    for (uint32_t o = 0; o < m->n_objects; o++) {
        if (objects[o].birth_us < first_us) first_us = objects[o].birth_us;
        if (objects[o].birth_us > last_us) last_us = objects[o].birth_us;
    }
    /* Births may lie years before the archive: only the last 400 steps get a margin of their own. */
    int64_t n_days = m->n_objects ? eh_day_of(last_us) - eh_day_of(first_us) + 1 : 1;
    m->n_days = n_days < most_days ? (uint32_t)n_days : most_days;
    for (uint32_t o = 0; o < m->n_objects; o++) {
        int64_t from_end = eh_day_of(last_us) - eh_day_of(objects[o].birth_us);
        m->object_day[o] = from_end < m->n_days ? m->n_days - 1 - (uint32_t)from_end : 0;
    }
}

static eh_status fill_incidence(eh_margins *m, const eh_action_table *table, const eh_clock *clock, const taking_part *objects,
                                eh_error *err)
{
    uint32_t *seen = eh_alloc(m->ctx, table->accounts.n, sizeof *seen, err);
    if (!seen) return err->status;
    uint64_t at = 0;
    eh_status status = EH_OK;
    for (uint32_t o = 0; status == EH_OK && o < m->n_objects; o++) {
        const eh_action_set *set = &table->sets[objects[o].behaviour];
        m->object_first[o] = at;
        m->object_source[o] = objects[o].source;
        m->source_first[objects[o].source + 1]++;
        for (uint64_t i = set->object_start[objects[o].object]; i < set->object_start[objects[o].object + 1]; i++) {
            uint32_t u = set->account[i];
            if (seen[u] == o + 1 || !is_chosen(clock, set, i)) continue;
            seen[u] = o + 1;
            m->object_account[at++] = u;
            m->account_first[u + 1]++;
        }
        /* Actions lie in order of time; pairs are counted from the highest account down. */
        uint32_t *accounts = m->object_account + m->object_first[o];
        status = eh_sort(m->ctx, accounts, (size_t)(at - m->object_first[o]), sizeof *accounts, eh_by_uint32, NULL, err);
    }
    m->object_first[m->n_objects] = at;
    eh_free(m->ctx, seen);
    if (status != EH_OK) return status;
    for (uint32_t s = 0; s < m->n_sources; s++) m->source_first[s + 1] += m->source_first[s];
    for (uint32_t u = 0; u < m->n_accounts; u++) m->account_first[u + 1] += m->account_first[u];
    for (uint32_t o = m->n_objects; o-- > 0;) /* backwards: each account's end moves down to its start */
        for (uint64_t i = m->object_first[o]; i < m->object_first[o + 1]; i++)
            m->account_object[--m->account_first[m->object_account[i] + 1]] = o;
    /* account_first[u + 1] now holds the start of u: shift. */
    memmove(m->account_first, m->account_first + 1, m->n_accounts * sizeof *m->account_first);
    m->account_first[m->n_accounts] = m->n_ones;
    return EH_OK;
}

static eh_status fill_cells(eh_margins *m, eh_error *err)
{
    eh_context *ctx = m->ctx;
    size_t capacity = 0;
    m->account_cell = eh_alloc(ctx, (size_t)m->n_accounts + 1, sizeof *m->account_cell, err);
    m->source_cell_first = eh_alloc(ctx, (size_t)m->n_sources + 2, sizeof *m->source_cell_first, err);
    if (!m->account_cell || !m->source_cell_first) return err->status;
    for (uint32_t u = 0; u < m->n_accounts; u++) {
        m->account_cell[u] = m->n_cells;
        for (uint64_t i = m->account_first[u]; i < m->account_first[u + 1]; i++) {
            uint32_t s = m->object_source[m->account_object[i]];
            if (m->n_cells == m->account_cell[u] || m->cells[m->n_cells - 1].source != s) {
                EH_TRY(eh_reserve(ctx, (void **)&m->cells, &capacity, (size_t)m->n_cells + 1, sizeof *m->cells, err));
                m->cells[m->n_cells++] = (eh_cell_of_source){u, s, 0, 1};
                m->source_cell_first[s + 2]++;
            }
            m->cells[m->n_cells - 1].n++;
        }
    }
    m->account_cell[m->n_accounts] = m->n_cells;
    m->source_cell = eh_alloc(ctx, m->n_cells, sizeof *m->source_cell, err);
    if (!m->source_cell) return err->status;
    for (uint32_t s = 0; s < m->n_sources; s++) m->source_cell_first[s + 2] += m->source_cell_first[s + 1];
    for (uint64_t c = 0; c < m->n_cells; c++) m->source_cell[m->source_cell_first[m->cells[c].source + 1]++] = c;
    return EH_OK;
}

static eh_status fill(eh_margins *m, const eh_action_table *table, const eh_clock *clock, const taking_part *objects, eh_error *err)
{
    eh_context *ctx = m->ctx;
    m->account_first = eh_alloc(ctx, (size_t)m->n_accounts + 2, sizeof *m->account_first, err);
    m->object_first = eh_alloc(ctx, (size_t)m->n_objects + 1, sizeof *m->object_first, err);
    m->account_object = eh_alloc(ctx, m->n_ones, sizeof *m->account_object, err);
    m->object_account = eh_alloc(ctx, m->n_ones, sizeof *m->object_account, err);
    m->object_source = eh_alloc(ctx, m->n_objects, sizeof *m->object_source, err);
    m->object_day = eh_alloc(ctx, m->n_objects, sizeof *m->object_day, err);
    m->source_first = eh_alloc(ctx, (size_t)m->n_sources + 1, sizeof *m->source_first, err);
    m->x = eh_alloc(ctx, m->n_accounts, sizeof *m->x, err);
    m->y = eh_alloc(ctx, m->n_objects, sizeof *m->y, err);
    m->object_number = eh_alloc(ctx, m->n_objects, sizeof *m->object_number, err);
    m->object_behaviour = eh_alloc(ctx, m->n_objects, 1, err);
    if (!m->object_number || !m->object_behaviour || !m->account_first || !m->object_first || !m->account_object || !m->object_account || !m->object_source || !m->object_day ||
        !m->source_first || !m->x || !m->y)
        return err->status;
    for (uint32_t o = 0; o < m->n_objects; o++) {
        m->object_number[o] = objects[o].object;
        m->object_behaviour[o] = objects[o].behaviour;
    }
    number_days(m, objects);
    m->d = eh_alloc(ctx, m->n_accounts, m->n_days * sizeof *m->d, err);
    m->day_mass = eh_alloc(ctx, m->n_days, sizeof *m->day_mass, err);
    if (!m->d || !m->day_mass) return err->status;
    EH_TRY(fill_incidence(m, table, clock, objects, err));
    return fill_cells(m, err);
}

eh_status eh_margins_init(eh_context *ctx, const eh_action_table *table, uint32_t behaviours, int64_t precision_us, eh_margins *out,
                          eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->n_accounts = table->accounts.n;
    taking_part *objects = NULL;
    eh_clock clock = {0};
    eh_status status = eh_clock_init(ctx, table, (1u << EH_N_BEHAVIOURS) - 1, precision_us, &clock, err);
    if (status == EH_OK) status = choose_objects(out, table, behaviours, &clock, &objects, err);
    if (status == EH_OK) status = fill(out, table, &clock, objects, err);
    if (clock.ctx) eh_clock_release(&clock);
    eh_free(ctx, objects);
    if (status != EH_OK) eh_margins_release(out);
    return status;
}
