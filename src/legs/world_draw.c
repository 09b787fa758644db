/* Worlds in which nobody acts together: each account draws its objects by the fitted chances. */
#include "base/rng.h"
#include "base/sort.h"
#include "base/threads.h"
#include "legs/pair_test.h"

#include <math.h>
#include <string.h>

enum { accounts_per_chunk = 64 };

typedef struct drawn {
    uint32_t *objects;
    size_t n, capacity;
} drawn;

typedef struct drawing {
    const eh_margins *m;
    uint64_t seed, i_world;
    uint32_t *day_first, *day_object; /* objects by day */
    double *mass_before;              /* cumulative y along day_object */
    drawn *of_account;
} drawing;

static eh_status add(eh_context *ctx, drawn *list, uint32_t object, eh_error *err)
{
    EH_TRY(eh_reserve(ctx, (void **)&list->objects, &list->capacity, list->n + 1, sizeof *list->objects, err));
    list->objects[list->n++] = object;
    return EH_OK;
}

/* The object of a day that a point of its mass falls on. */
static uint32_t pick(const drawing *g, uint32_t day, double point)
{
    uint32_t low = g->day_first[day], high = g->day_first[day + 1] - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (g->mass_before[middle + 1] - g->mass_before[g->day_first[day]] <= point) low = middle + 1;
        else high = middle;
    }
    return g->day_object[low];
}

static bool has_cell(const eh_margins *m, uint32_t u, uint32_t source)
{
    uint64_t low = m->account_cell[u], high = m->account_cell[u + 1];
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (m->cells[middle].source < source) low = middle + 1;
        else high = middle;
    }
    return low < m->account_cell[u + 1] && m->cells[low].source == source;
}

static eh_status draw_account(const drawing *g, uint32_t u, drawn *list, eh_error *err)
{
    const eh_margins *m = g->m;
    eh_rng rng = eh_rng_of(g->seed ^ (g->i_world * UINT64_C(0x9E3779B97F4A7C15)), u);
    for (uint64_t c = m->account_cell[u]; c < m->account_cell[u + 1]; c++)
        for (uint32_t o = m->source_first[m->cells[c].source]; o < m->source_first[m->cells[c].source + 1]; o++)
            if (eh_rng_uniform(&rng) < eh_margins_chance(m, &m->cells[c], o)) EH_TRY(add(m->ctx, list, o, err));
    for (uint32_t day = 0; m->x[u] > 0 && day < m->n_days; day++) { /* elsewhere: thinned by those that fall into cells */
        double rate = m->x[u] * m->d[(size_t)u * m->n_days + day] * m->day_mass[day];
        uint64_t n = eh_rng_poisson(&rng, rate);
        for (uint64_t i = 0; i < n; i++) {
            uint32_t o = pick(g, day, eh_rng_uniform(&rng) * m->day_mass[day]);
            if (!has_cell(m, u, m->object_source[o])) EH_TRY(add(m->ctx, list, o, err));
        }
    }
    EH_TRY(eh_sort(m->ctx, list->objects, list->n, sizeof *list->objects, eh_by_uint32, NULL, err));
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        if (i == 0 || list->objects[i] != list->objects[i - 1]) list->objects[n++] = list->objects[i];
    list->n = n;
    return EH_OK;
}

static eh_status draw_accounts(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    drawing *g = data;
    (void)i_thread;
    for (size_t u = first; u < last; u++) EH_TRY(draw_account(g, (uint32_t)u, &g->of_account[u], err));
    return EH_OK;
}

static eh_status index_days(drawing *g, eh_error *err)
{
    const eh_margins *m = g->m;
    g->day_first = eh_alloc(m->ctx, (size_t)m->n_days + 2, sizeof *g->day_first, err);
    g->day_object = eh_alloc(m->ctx, m->n_objects, sizeof *g->day_object, err);
    g->mass_before = eh_alloc(m->ctx, (size_t)m->n_objects + 1, sizeof *g->mass_before, err);
    if (!g->day_first || !g->day_object || !g->mass_before) return err->status;
    uint32_t *at = g->day_first + 1;
    for (uint32_t o = 0; o < m->n_objects; o++) at[m->object_day[o] + 1]++;
    for (uint32_t t = 0; t < m->n_days; t++) at[t + 1] += at[t];
    for (uint32_t o = 0; o < m->n_objects; o++) g->day_object[at[m->object_day[o]]++] = o;
    for (uint32_t i = 0; i < m->n_objects; i++) g->mass_before[i + 1] = g->mass_before[i] + m->y[g->day_object[i]];
    return EH_OK;
}

static eh_status join(const drawing *g, eh_drawn_world *out, eh_error *err)
{
    const eh_margins *m = g->m;
    uint64_t n = 0;
    out->account_first = eh_alloc(m->ctx, (size_t)m->n_accounts + 1, sizeof *out->account_first, err);
    out->object_first = eh_alloc(m->ctx, (size_t)m->n_objects + 2, sizeof *out->object_first, err);
    if (!out->account_first || !out->object_first) return err->status;
    for (uint32_t u = 0; u < m->n_accounts; u++) {
        out->account_first[u] = n;
        n += g->of_account[u].n;
    }
    out->account_first[m->n_accounts] = n;
    out->account_object = eh_alloc(m->ctx, n, sizeof *out->account_object, err);
    out->object_account = eh_alloc(m->ctx, n, sizeof *out->object_account, err);
    if (!out->account_object || !out->object_account) return err->status;
    uint64_t *at = out->object_first + 1;
    for (uint32_t u = 0; u < m->n_accounts; u++)
        for (size_t i = 0; i < g->of_account[u].n; i++) {
            out->account_object[out->account_first[u] + i] = g->of_account[u].objects[i];
            at[g->of_account[u].objects[i] + 1]++;
        }
    for (uint32_t o = 0; o < m->n_objects; o++) at[o + 1] += at[o];
    for (uint32_t u = 0; u < m->n_accounts; u++)
        for (size_t i = 0; i < g->of_account[u].n; i++) out->object_account[at[g->of_account[u].objects[i]]++] = u;
    return EH_OK;
}

void eh_world_release(eh_drawn_world *world)
{
    if (!world->ctx) return;
    eh_free(world->ctx, world->account_first);
    eh_free(world->ctx, world->object_first);
    eh_free(world->ctx, world->account_object);
    eh_free(world->ctx, world->object_account);
    memset(world, 0, sizeof *world);
}

eh_status eh_world_draw(const eh_margins *m, uint64_t seed, uint64_t i_world, eh_drawn_world *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_drawn_world){.ctx = m->ctx};
    drawing g = {.m = m, .seed = seed, .i_world = i_world + 1, .of_account = eh_alloc(m->ctx, m->n_accounts, sizeof *g.of_account, err)};
    eh_status status = g.of_account ? index_days(&g, err) : err->status;
    if (status == EH_OK) status = eh_parallel(m->ctx, NULL, m->n_accounts, accounts_per_chunk, draw_accounts, &g, err);
    if (status == EH_OK) status = join(&g, out, err);
    for (uint32_t u = 0; g.of_account && u < m->n_accounts; u++) eh_free(m->ctx, g.of_account[u].objects);
    eh_free(m->ctx, g.of_account);
    eh_free(m->ctx, g.day_first);
    eh_free(m->ctx, g.day_object);
    eh_free(m->ctx, g.mass_before);
    if (status != EH_OK) eh_world_release(out);
    return status;
}
