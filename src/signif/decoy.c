/* Decoys and placebos: tables with the same accounts and objects, and times that nobody coordinated (decoy.h). */
#include "signif/decoy.h"

#include "actions/action_table.h"
#include "base/rng.h"
#include "base/threads.h"
#include "base/time.h"

#include <math.h>
#include <string.h>

enum { hub_stream = 0, first_decoy_stream = 1, episodes_per_chunk = 64, sweeps = 4 };

/* ---- one episode ---- */

/* Scratch of one thread. */
typedef struct worker {
    eh_likeness *likeness; /* of each member */
    uint32_t *member;      /* of each action */
    uint32_t *segment;
    size_t likeness_capacity, member_capacity, segment_capacity;
} worker;

typedef struct drawing {
    const eh_decoys *decoys;
    int behaviour;
    uint64_t stream;
    uint32_t *time_of; /* in: where the chain starts; out: where it ends */
    int64_t *anew_us;  /* out, per action: its time by habit, EH_NO_TIME where it takes another's; NULL for the hub */
    worker *workers;
} drawing;

static eh_status look_at(const drawing *d, worker *w, const eh_episode *episode, eh_error *err)
{
    const eh_field *field = &d->decoys->data.fields.of[d->behaviour];
    const eh_timeline *t = field->timeline;
    eh_context *ctx = d->decoys->ctx;
    EH_TRY(eh_reserve(ctx, (void **)&w->likeness, &w->likeness_capacity, episode->n_accounts, sizeof *w->likeness, err));
    EH_TRY(eh_reserve(ctx, (void **)&w->member, &w->member_capacity, episode->n_actions, sizeof *w->member, err));
    EH_TRY(eh_reserve(ctx, (void **)&w->segment, &w->segment_capacity, episode->n_actions, sizeof *w->segment, err));
    for (uint32_t m = 0; m < episode->n_accounts; m++) {
        const eh_member *member = &t->members[episode->first_member + m];
        eh_likeness_of(field, episode, member, &w->likeness[m]);
        for (uint32_t i = 0; i < member->n_times; i++)
            w->member[eh_action_of(t, episode, member, i) - episode->first_action] = m;
    }
    uint32_t i = 0;
    for (uint32_t s = 0; s < episode->n_segments; s++)
        for (uint32_t k = 0; k < t->segments[episode->first_segment + s].n_actions; k++) w->segment[i++] = s;
    return EH_OK;
}

static bool is_one_day(const eh_timeline *t, uint32_t i, uint32_t k)
{
    const eh_episode *a = &t->episodes[i], *b = &t->episodes[k];
    return a->object == b->object && eh_day_of(t->set->time_us[a->first_action]) == eh_day_of(t->set->time_us[b->first_action]);
}

/* Whether the episode is a part of an object-day that was cut: a new time could lie in another part. */
static bool is_cut(const eh_timeline *t, uint32_t i)
{
    if (t->n_cut_episodes == 0) return false;
    return (i > 0 && is_one_day(t, i, i - 1)) || (i + 1 < t->n_episodes && is_one_day(t, i, i + 1));
}

static bool is_drawn_anew(const eh_timeline *t, uint32_t i_episode, eh_rng *rng)
{
    double n = t->episodes[i_episode].n_accounts;
    return eh_rng_uniform(rng) * (n - 2 + EH_KAPPA) < EH_KAPPA && !is_cut(t, i_episode);
}

static void draw_anew(const drawing *d, uint32_t i_episode, eh_rng *rng)
{
    const eh_field *field = &d->decoys->data.fields.of[d->behaviour];
    const eh_timeline *t = field->timeline;
    const eh_episode *episode = &t->episodes[i_episode];
    for (uint32_t k = 0; k < episode->n_accounts; k++) {
        uint64_t i_member = episode->first_member + k;
        for (uint32_t i = 0; i < t->members[i_member].n_times; i++)
            d->anew_us[eh_action_of(t, episode, &t->members[i_member], i)] =
                eh_redraw_time(field, &d->decoys->pool[d->behaviour], i_episode, i_member, i, d->decoys->step_us, rng);
    }
}

static eh_status shuffle(const drawing *d, worker *w, uint32_t i_episode, eh_error *err)
{
    const eh_field *field = &d->decoys->data.fields.of[d->behaviour];
    const eh_episode *episode = &field->timeline->episodes[i_episode];
    const eh_segment *segments = field->timeline->segments + episode->first_segment;
    uint32_t is_founded = field->timeline->latency_ms[episode->first_action] == EH_NO_LATENCY; /* the founder stays */
    uint32_t n = episode->n_actions, n_free = n - is_founded, *time_of = d->time_of + episode->first_action;
    uint64_t chain = d->stream * EH_N_BEHAVIOURS + (uint64_t)d->behaviour + 1;
    eh_rng rng = eh_rng_of(eh_context_seed(d->decoys->ctx) ^ (chain << 32), i_episode);
    if (d->anew_us && is_drawn_anew(field->timeline, i_episode, &rng)) {
        draw_anew(d, i_episode, &rng);
        return EH_OK;
    }
    if (n_free < 2) return EH_OK;
    EH_TRY(look_at(d, w, episode, err));
    uint64_t n_proposals = (uint64_t)(sweeps * n * (1 + log2(n)));
    for (uint64_t k = 0; k < n_proposals; k++) {
        uint32_t i = is_founded + (uint32_t)eh_rng_below(&rng, n_free), j = is_founded + (uint32_t)eh_rng_below(&rng, n_free); /* i == j: stays, else two would alternate */
        uint32_t u = w->member[i], v = w->member[j];
        uint32_t ti = time_of[i] - (uint32_t)episode->first_action, tj = time_of[j] - (uint32_t)episode->first_action;
        const eh_segment *si = &segments[w->segment[ti]], *sj = &segments[w->segment[tj]];
        if (i == j) continue;
        if (u != v && si != sj) {
            const eh_likeness *a = &w->likeness[u], *b = &w->likeness[v];
            double now = eh_weight_of(field->clock, a, si) * eh_weight_of(field->clock, b, sj);
            double then = eh_weight_of(field->clock, a, sj) * eh_weight_of(field->clock, b, si);
            if (then < now && eh_rng_uniform(&rng) * now >= then) continue;
        }
        uint32_t held = time_of[i];
        time_of[i] = time_of[j];
        time_of[j] = held;
    }
    return EH_OK;
}

static eh_status shuffle_episodes(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    const drawing *d = data;
    for (size_t i = first; i < last; i++) {
        if (eh_context_is_cancelled(d->decoys->ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
        EH_TRY(shuffle(d, &d->workers[i_thread], (uint32_t)i, err));
    }
    return EH_OK;
}

static eh_status run_chain(const eh_decoys *decoys, int behaviour, uint64_t stream, uint32_t *time_of, int64_t *anew_us, eh_error *err)
{
    eh_context *ctx = decoys->ctx;
    size_t n_threads = (size_t)eh_context_n_threads(ctx);
    drawing d = {decoys, behaviour, stream, time_of, anew_us, eh_alloc(ctx, n_threads, sizeof *d.workers, err)};
    if (!d.workers) return err->status;
    eh_status status = eh_parallel(ctx, "drawing decoys", decoys->data.timelines[behaviour].n_episodes, episodes_per_chunk,
                                   shuffle_episodes, &d, err);
    for (size_t i = 0; i < n_threads; i++) {
        eh_free(ctx, d.workers[i].likeness);
        eh_free(ctx, d.workers[i].member);
        eh_free(ctx, d.workers[i].segment);
    }
    eh_free(ctx, d.workers);
    return status;
}

/* ---- tables ---- */

typedef struct own_columns {
    uint32_t *account, *post;
    int64_t *time_us;
    uint8_t *kind;
    int64_t *birth_us;      /* placebo only */
    uint8_t *is_birth_known;
} own_columns;

typedef struct decoy_owner {
    own_columns of[EH_N_BEHAVIOURS];
} decoy_owner;

void eh_decoy_release(eh_action_table *table)
{
    decoy_owner *owner = table->owner;
    for (int b = 0; owner && b < EH_N_BEHAVIOURS; b++) {
        void *columns[] = {owner->of[b].account, owner->of[b].post, owner->of[b].time_us,
                           owner->of[b].kind, owner->of[b].birth_us, owner->of[b].is_birth_known};
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) eh_free(table->ctx, columns[i]);
    }
    eh_free(table->ctx, owner);
    memset(table, 0, sizeof *table);
}

static eh_status table_init(eh_context *ctx, const eh_action_table *from, eh_action_table *out, eh_error *err)
{
    *out = *from;
    out->ctx = ctx;
    out->owner = eh_alloc(ctx, 1, sizeof(decoy_owner), err);
    return out->owner ? EH_OK : err->status;
}

static eh_action_record record_of(const eh_action_set *set, uint64_t i, int64_t time_us)
{
    return (eh_action_record){time_us, (uint64_t)set->account[i] << 32 | (set->post ? set->post[i] : 0), set->kind[i]};
}

/* Sorts the records of all objects and makes them the set's columns. */
static eh_status take_records(eh_context *ctx, eh_action_set *set, own_columns *own, eh_action_record *records, eh_error *err)
{
    size_t n = (size_t)set->n_actions;
    own->account = eh_alloc(ctx, n, sizeof *own->account, err);
    own->time_us = own->account ? eh_alloc(ctx, n, sizeof *own->time_us, err) : NULL;
    own->kind = own->time_us ? eh_alloc(ctx, n, sizeof *own->kind, err) : NULL;
    if (own->kind && set->post) own->post = eh_alloc(ctx, n, sizeof *own->post, err);
    if (!own->kind || (set->post && !own->post)) return err->status;
    EH_TRY(eh_action_records_sort(ctx, set->object_start, set->n_objects, records, err));
    eh_raw_set raw = {.account = own->account, .post = own->post, .time_us = own->time_us, .kind = own->kind, .n = n};
    eh_action_records_store(records, &raw);
    set->account = own->account;
    set->time_us = own->time_us;
    set->kind = own->kind;
    if (set->post) set->post = own->post;
    return EH_OK;
}

/* ---- decoys ---- */

static eh_status decoys_init(eh_decoys *d, eh_detect_options *options, eh_error *err)
{
    EH_TRY(eh_detect_options_check(options, err));
    EH_TRY(eh_test_data_init(d->ctx, d->table, options, &d->data, err));
    d->step_us = options->precision_us;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        size_t n = (size_t)d->table->sets[b].n_actions;
        if (!d->data.fields.of[b].timeline) continue;
        if (n > UINT32_MAX) return eh_fail(err, EH_E_LIMIT, "decoys of more than %lu actions are not possible", (unsigned long)UINT32_MAX);
        d->hub[b] = eh_alloc(d->ctx, n, sizeof *d->hub[b], err);
        if (!d->hub[b]) return err->status;
        for (size_t i = 0; i < n; i++) d->hub[b][i] = (uint32_t)i;
        EH_TRY(run_chain(d, b, hub_stream, d->hub[b], NULL, err));
        EH_TRY(eh_latency_pool_init(d->ctx, &d->data.timelines[b], &d->pool[b], err));
    }
    return EH_OK;
}

eh_status eh_decoys_init(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_decoys *out,
                         eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->table = table;
    eh_detect_options checked = *options;
    eh_status status = decoys_init(out, &checked, err);
    if (status != EH_OK) eh_decoys_release(out);
    return status;
}

void eh_decoys_release(eh_decoys *d)
{
    if (!d->ctx) return;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        eh_free(d->ctx, d->hub[b]);
        if (d->pool[b].ctx) eh_latency_pool_release(&d->pool[b]);
    }
    eh_test_data_release(&d->data);
    memset(d, 0, sizeof *d);
}

static eh_status draw_set(const eh_decoys *d, int b, uint64_t stream, eh_action_set *set, own_columns *own, eh_error *err)
{
    const eh_action_set *from = &d->table->sets[b];
    size_t n = (size_t)from->n_actions;
    uint32_t *time_of = eh_alloc(d->ctx, n, sizeof *time_of, err);
    int64_t *anew_us = time_of ? eh_alloc(d->ctx, n, sizeof *anew_us, err) : NULL;
    eh_action_record *records = anew_us ? eh_alloc(d->ctx, n, sizeof *records, err) : NULL;
    eh_status status = records ? EH_OK : err->status;
    if (status == EH_OK) {
        if (n) memcpy(time_of, d->hub[b], n * sizeof *time_of);
        for (size_t i = 0; i < n; i++) anew_us[i] = EH_NO_TIME;
        status = run_chain(d, b, stream, time_of, d->keeps_times ? NULL : anew_us, err);
    }
    for (size_t i = 0; status == EH_OK && i < n; i++)
        records[i] = record_of(from, i, anew_us[i] != EH_NO_TIME ? anew_us[i] : from->time_us[time_of[i]]);
    if (status == EH_OK) status = take_records(d->ctx, set, own, records, err);
    eh_free(d->ctx, time_of);
    eh_free(d->ctx, anew_us);
    eh_free(d->ctx, records);
    return status;
}

eh_status eh_decoy_draw(const eh_decoys *decoys, uint32_t i, eh_action_table *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    EH_TRY(table_init(decoys->ctx, decoys->table, out, err));
    decoy_owner *owner = out->owner;
    eh_status status = EH_OK;
    for (int b = 0; status == EH_OK && b < EH_N_BEHAVIOURS; b++)
        if (decoys->hub[b]) status = draw_set(decoys, b, first_decoy_stream + (uint64_t)i, &out->sets[b], &owner->of[b], err);
    if (status != EH_OK) eh_decoy_release(out);
    return status;
}

/* ---- placebos ---- */

static const int64_t week_us = 7 * EH_DAY_US;

static bool span_of(const eh_action_table *table, int64_t *first_us, int64_t *last_us)
{
    bool is_any = false;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint64_t i = 0; i < table->sets[b].n_actions; i++) {
            int64_t time_us = table->sets[b].time_us[i];
            if (!is_any || time_us < *first_us) *first_us = time_us;
            if (!is_any || time_us > *last_us) *last_us = time_us;
            is_any = true;
        }
    return is_any;
}

static int64_t day_start(int64_t time_us) { return time_us - (time_us % EH_DAY_US + EH_DAY_US) % EH_DAY_US; }

uint32_t eh_weeks_of(const eh_action_table *table)
{
    int64_t first_us = 0, last_us = 0;
    if (!span_of(table, &first_us, &last_us)) return 0;
    int64_t n = (last_us - day_start(first_us)) / week_us + 1;
    return n > UINT16_MAX ? UINT16_MAX : (uint32_t)n;
}

static eh_status shift_set(eh_context *ctx, eh_action_set *set, own_columns *own, const uint16_t *week, uint32_t n_weeks,
                           int64_t start_us, eh_error *err)
{
    size_t n = (size_t)set->n_actions;
    int64_t span_us = (int64_t)n_weeks * week_us;
    own->birth_us = eh_alloc(ctx, set->n_objects, sizeof *own->birth_us, err);
    own->is_birth_known = own->birth_us ? eh_alloc(ctx, set->n_objects, 1, err) : NULL;
    eh_action_record *records = own->is_birth_known ? eh_alloc(ctx, n, sizeof *records, err) : NULL;
    if (!records) return err->status;
    for (size_t i = 0; i < n; i++) {
        int64_t since_us = set->time_us[i] - start_us, shift_us = (int64_t)week[set->account[i]] * week_us;
        records[i] = record_of(set, i, start_us + (since_us + shift_us) % span_us);
    }
    eh_status status = take_records(ctx, set, own, records, err);
    eh_free(ctx, records);
    for (uint32_t o = 0; status == EH_OK && o < set->n_objects; o++) own->birth_us[o] = set->time_us[set->object_start[o]];
    set->object_birth_us = own->birth_us;
    set->is_birth_known = own->is_birth_known;
    return status;
}

eh_status eh_placebo_draw(eh_context *ctx, const eh_action_table *table, uint32_t i, uint32_t n_weeks, uint16_t *week,
                          eh_action_table *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    int64_t first_us = 0, last_us = 0;
    if (n_weeks < 2 || !span_of(table, &first_us, &last_us))
        return eh_fail(err, EH_E_STATISTICS, "the archive lies within one week: times cannot be moved by weeks inside it");
    eh_rng rng = eh_rng_of(eh_context_seed(ctx) ^ (UINT64_C(1) << 63), i);
    for (uint32_t u = 0; u < table->accounts.n; u++) week[u] = (uint16_t)eh_rng_below(&rng, n_weeks);
    EH_TRY(table_init(ctx, table, out, err));
    decoy_owner *owner = out->owner;
    int64_t start_us = day_start(first_us); /* days stay whole */
    eh_status status = EH_OK;
    for (int b = 0; status == EH_OK && b < EH_N_BEHAVIOURS; b++)
        status = shift_set(ctx, &out->sets[b], &owner->of[b], week, n_weeks, start_us, err);
    if (status != EH_OK) eh_decoy_release(out);
    return status;
}
