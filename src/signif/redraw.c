/* New times by habit: the latency from g_{u,a}, the hour thinned by the account's clock over the population's. */
#include "signif/redraw.h"

#include "base/time.h"

#include <string.h>

enum { largest_pool = 200000, most_tries = 40 };
/* Above this ratio an hour of the account's clock counts no more; what is rarer than 1 in most_tries is given up. */
static const double most_usual = 8;

void eh_latency_pool_release(eh_latency_pool *pool)
{
    eh_free(pool->ctx, pool->latency_ms);
    memset(pool, 0, sizeof *pool);
}

eh_status eh_latency_pool_init(eh_context *ctx, const eh_timeline *t, eh_latency_pool *out, eh_error *err)
{
    uint64_t n = t->set->n_actions, stride = n / largest_pool + 1;
    uint32_t at[eh_n_latency_bins] = {0};
    *out = (eh_latency_pool){.ctx = ctx, .latency_ms = eh_alloc(ctx, (size_t)(n / stride + 1), sizeof *out->latency_ms, err)};
    if (!out->latency_ms) return err->status;
    for (uint64_t i = 0; i < n; i += stride)
        if (t->latency_ms[i] != EH_NO_LATENCY) out->first[eh_latency_bin(t->latency_ms[i]) + 1]++;
    for (int b = 0; b < eh_n_latency_bins; b++) out->first[b + 1] += out->first[b];
    memcpy(at, out->first, sizeof at);
    for (uint64_t i = 0; i < n; i += stride)
        if (t->latency_ms[i] != EH_NO_LATENCY) out->latency_ms[at[eh_latency_bin(t->latency_ms[i])]++] = t->latency_ms[i];
    return EH_OK;
}

static int draw_bin(const double *weight, int n, eh_rng *rng)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += weight[i];
    double x = eh_rng_uniform(rng) * sum;
    int i = 0;
    while (i < n - 1 && x >= weight[i]) x -= weight[i++];
    return i;
}

/* A time of the day at hand by the clock alone, not before from_us. */
static int64_t draw_by_clock(const double *clock, int64_t day_us, int64_t from_us, eh_rng *rng)
{
    for (int k = 0; k < most_tries; k++) {
        int cell = draw_bin(clock, eh_n_clock_cells, rng);
        int64_t at_us = day_us + (int64_t)((cell + eh_rng_uniform(rng)) * 5 * (double)EH_MINUTE_US);
        if (at_us >= from_us) return at_us;
    }
    int64_t start_us = from_us > day_us ? from_us : day_us;
    return start_us + (int64_t)(eh_rng_uniform(rng) * (double)(day_us + EH_DAY_US - start_us));
}

static int64_t draw_time(const eh_clock *population, const eh_latency_pool *pool, const double *latency, const double *clock,
                         int64_t origin_us, int64_t day_us, eh_rng *rng)
{
    for (int k = 0; k < most_tries; k++) {
        int bin = draw_bin(latency, eh_n_latency_bins, rng);
        uint32_t n = pool->first[bin + 1] - pool->first[bin];
        if (bin == eh_n_latency_bins - 1 || n == 0) return draw_by_clock(clock, day_us, origin_us, rng);
        int64_t at_us = origin_us + (int64_t)pool->latency_ms[pool->first[bin] + eh_rng_below(rng, n)] * 1000;
        if (at_us < day_us || at_us >= day_us + EH_DAY_US) continue;
        int cell = eh_clock_cell(at_us);
        if (eh_rng_uniform(rng) * most_usual < clock[cell] * population->inverse_population[cell]) return at_us;
    }
    return draw_by_clock(clock, day_us, origin_us, rng);
}

int64_t eh_redraw_time(const eh_field *field, const eh_latency_pool *pool, uint32_t i_episode, uint64_t i_member, uint32_t i,
                       int64_t step_us, eh_rng *rng)
{
    const eh_timeline *t = field->timeline;
    const eh_member *member = &t->members[i_member];
    uint64_t action = eh_action_of(t, &t->episodes[i_episode], member, i);
    int64_t old_us = t->set->time_us[action], day_us = eh_day_of(old_us) * EH_DAY_US, at_us;
    uint32_t latency_ms = t->latency_ms[action];
    if (latency_ms == EH_NO_LATENCY) return old_us;
    double clock[eh_n_clock_cells];
    eh_clock_density(field->clock, member->account, clock);
    if (eh_latency_bin(latency_ms) == eh_n_latency_bins - 1) {
        at_us = draw_by_clock(clock, day_us, t->set->object_birth_us[t->episodes[i_episode].object], rng);
    } else {
        eh_likeness who;
        eh_likeness_of(field, &t->episodes[i_episode], member, &who);
        at_us = draw_time(field->clock, pool, who.latency, clock, old_us - (int64_t)latency_ms * 1000, day_us, rng);
    }
    int64_t stepped_us = at_us - at_us % (step_us > 0 ? step_us : 1);
    int64_t birth_us = t->set->object_birth_us[t->episodes[i_episode].object];
    return stepped_us < birth_us || stepped_us < day_us ? at_us : stepped_us;
}
