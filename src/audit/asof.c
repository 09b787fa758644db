/*
 * Evidence as of a time. For every period the timing test is run anew on what happened in the look-back before it, so that neither the
 * action nor anything after it bears on the evidence. Evidence is a rate: ln(1 + log e / active days), since log e grows with what
 * was observed, and so do not two accounts of the same conduct that were watched for different times.
 * Odd and even weeks (counted back from the cut) by themselves give two halves, for the reliability of the whole.
 */
#include "base/dict.h"
#include "base/hash.h"
#include "base/time.h"
#include "evenhand/audit_join.h"
#include "investigation/investigation_store.h"
#include "investigation/run_again.h"

#include <math.h>
#include <stdio.h>

enum { least_history_days = 7, most_periods = 2000 };

typedef struct asof_owner {
    eh_dict networks;
    run_record run;
    size_t cut_capacity;
} asof_owner;

void eh_asof_release(eh_asof *asof)
{
    if (!asof || !asof->ctx) return;
    asof_owner *owner = asof->owner;
    if (owner) {
        eh_dict_release(&owner->networks);
        run_again_release(&owner->run);
    }
    eh_free(asof->ctx, owner);
    eh_free(asof->ctx, asof->network);
    eh_free(asof->ctx, asof->last_us);
    eh_free(asof->ctx, asof->whole);
    eh_free(asof->ctx, asof->cuts_us);
    eh_free(asof->ctx, asof->rows);
    *asof = (eh_asof){0};
}

/* ---- periods --------------------------------------------------------------------------------------------------------- */

/* The first boundary after time_us. */
static int64_t next_boundary(eh_audit_period period, int64_t time_us)
{
    const eh_calendar c = eh_calendar_of(time_us);
    if (period == EH_PERIOD_WEEK) {
        const int64_t day = eh_day_of(time_us) - 4; /* 1970-01-05 was a Monday */
        return ((day - ((day % 7) + 7) % 7) + 7 + 4) * EH_DAY_US;
    }
    const int step = period == EH_PERIOD_MONTH ? 1 : 3, month = (c.month - 1) / step * step + step; /* 0 .. of the next */
    return eh_days_of(c.year + month / 12, month % 12 + 1, 1) * EH_DAY_US;
}

static eh_status add_cut(eh_asof *a, int64_t cut_us, eh_error *err)
{
    asof_owner *owner = a->owner;
    if (a->n_periods == most_periods) return eh_fail(err, EH_E_LIMIT, "more than %d periods; choose longer ones in the specification", most_periods);
    EH_TRY(eh_reserve(a->ctx, (void **)&a->cuts_us, &owner->cut_capacity, a->n_periods + 1, sizeof *a->cuts_us, err));
    a->cuts_us[a->n_periods++] = cut_us;
    return EH_OK;
}

/* Boundaries with some history before them, to the first one after the archive: from then on its evidence is what there is. */
static eh_status make_periods(eh_asof *a, eh_audit_period period, int64_t first_us, int64_t last_us, eh_error *err)
{
    if (period == EH_PERIOD_END) return add_cut(a, last_us + 1, err);
    int64_t cut_us = next_boundary(period, (eh_day_of(first_us) + least_history_days) * EH_DAY_US - 1);
    EH_TRY(add_cut(a, cut_us, err));
    while (cut_us <= last_us) {
        cut_us = next_boundary(period, cut_us);
        EH_TRY(add_cut(a, cut_us, err));
    }
    return EH_OK;
}

/* ---- one cut ---------------------------------------------------------------------------------------------------------- */

/* What of the archive a test sees: [from, to), and of it all weeks (-1) or those of one parity. */
typedef struct slice {
    int64_t from_us, to_us;
    int parity;
} slice;

static bool is_inside(const slice *s, int64_t time_us)
{
    if (time_us < s->from_us || time_us >= s->to_us) return false;
    return s->parity < 0 || (s->to_us - 1 - time_us) / (7 * EH_DAY_US) % 2 == s->parity;
}

static eh_status add_set(const eh_action_table *t, int b, const slice *s, eh_action_builder *builder, eh_error *err)
{
    const eh_action_set *set = &t->sets[b];
    for (uint32_t o = 0; o < set->n_objects; o++) {
        const uint32_t source = set->object_source[o];
        eh_action action = {.behaviour = (eh_behaviour)b, .object = eh_strings_get(&set->objects, o),
                            .source = source == UINT32_MAX ? (eh_str){"", 0} : eh_strings_get(&set->sources, source),
                            .birth_us = set->is_birth_known[o] ? set->object_birth_us[o] : EH_NO_TIME};
        for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1]; i++) {
            if (!is_inside(s, set->time_us[i])) continue;
            action.kind = (eh_post_kind)set->kind[i];
            action.account = eh_strings_get(&t->accounts, set->account[i]);
            action.post = eh_strings_get(&t->posts, set->post[i]);
            action.time_us = set->time_us[i];
            EH_TRY(eh_action_builder_add(builder, &action, err));
        }
    }
    return EH_OK;
}

static eh_status cut_table(eh_context *ctx, const eh_action_table *t, const slice *s, eh_action_table *out, eh_error *err)
{
    eh_action_builder *builder;
    EH_TRY(eh_action_builder_new(ctx, 0xFFFFFFFFu >> (32 - EH_N_BEHAVIOURS), true, &builder, err));
    eh_status status = EH_OK;
    for (int b = 0; status == EH_OK && b < EH_N_BEHAVIOURS; b++) status = add_set(t, b, s, builder, err);
    if (status == EH_OK) status = eh_action_builder_finish(builder, out, err);
    eh_action_builder_free(builder);
    return status;
}

/* Per account of the archive: log e of the timing test on a slice; NaN where too little is there to test. */
static eh_status test_slice(eh_asof *a, const slice *s, double *log_e, eh_error *err)
{
    const run_record *run = &((asof_owner *)a->owner)->run;
    eh_action_table table;
    eh_detection detection = {0};
    for (uint32_t i = 0; i < a->accounts.n; i++) log_e[i] = (double)NAN;
    EH_TRY(cut_table(a->ctx, &run->table, s, &table, err));
    eh_status status = EH_OK;
    if (table.accounts.n > 1) status = eh_detect(a->ctx, &table, &run->options, &detection, err);
    for (uint32_t i = 0; status == EH_OK && detection.accounts && i < table.accounts.n; i++) {
        const eh_account_result *r = &detection.accounts[i];
        if (r->finding != EH_FINDING_INSUFFICIENT_DATA && r->n_testable_partners) log_e[eh_strings_find(&a->accounts, eh_strings_get(&table.accounts, i))] = r->log_e;
    }
    if (detection.ctx) eh_detection_release(&detection);
    eh_action_table_release(&table);
    return status == EH_E_STATISTICS ? EH_OK : status; /* nothing to test: insufficient data for everybody */
}

/* Days on which each account acted, in a slice. seen: one bit a day and account. */
static void count_days(const eh_asof *a, const slice *s, uint64_t *seen, size_t n_words, uint32_t *n_days)
{
    const eh_action_table *t = &((asof_owner *)a->owner)->run.table;
    memset(seen, 0, a->accounts.n * n_words * sizeof *seen);
    memset(n_days, 0, a->accounts.n * sizeof *n_days);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        const eh_action_set *set = &t->sets[b];
        for (uint64_t i = 0; i < set->n_actions; i++) {
            if (!is_inside(s, set->time_us[i])) continue;
            const uint64_t day = (uint64_t)(eh_day_of(set->time_us[i]) - eh_day_of(s->from_us));
            uint64_t *word = &seen[set->account[i] * n_words + day / 64], bit = UINT64_C(1) << (day % 64);
            n_days[set->account[i]] += !(*word & bit);
            *word |= bit;
        }
    }
}

static double rate_of(double log_e, uint32_t n_days) { return log_e > 0 && n_days ? log1p(log_e / n_days) : 0; }

typedef struct cut_room {
    double *log_e[3]; /* all, odd, even weeks */
    uint32_t *n_days[3];
    uint64_t *seen;
    size_t n_words;
} cut_room;

static eh_status add_period(eh_asof *a, uint32_t period, uint32_t lookback_days, cut_room *room, eh_error *err)
{
    const int64_t to_us = a->cuts_us[period];
    for (int h = 0; h < 3; h++) {
        const slice s = {to_us - lookback_days * EH_DAY_US, to_us, h - 1};
        EH_TRY(test_slice(a, &s, room->log_e[h], err));
        count_days(a, &s, room->seen, room->n_words, room->n_days[h]);
    }
    for (uint32_t i = 0; i < a->accounts.n; i++) {
        if (!room->n_days[0][i]) continue;
        eh_asof_row row = {.account = i, .period = period, .exposure = room->n_days[0][i]};
        const double e = room->log_e[0][i];
        row.evidence = isnan(e) ? (double)NAN : e > 0 ? rate_of(e, row.exposure) : -(double)INFINITY;
        for (int h = 0; h < 2; h++) row.half[h] = isnan(room->log_e[h + 1][i]) ? (double)NAN : rate_of(room->log_e[h + 1][i], room->n_days[h + 1][i]);
        EH_TRY(eh_reserve(a->ctx, (void **)&a->rows, &a->capacity, a->n_rows + 1, sizeof *a->rows, err));
        a->rows[a->n_rows++] = row;
    }
    return EH_OK;
}

static eh_status fill_rows(eh_asof *a, const eh_audit_spec *spec, eh_error *err)
{
    cut_room room = {.n_words = (spec->lookback_days + 2) / 64 + 1};
    eh_status status = EH_OK;
    for (int h = 0; h < 3; h++) {
        room.log_e[h] = eh_alloc(a->ctx, a->accounts.n, sizeof **room.log_e, err);
        room.n_days[h] = eh_alloc(a->ctx, a->accounts.n, sizeof **room.n_days, err);
        if (!room.log_e[h] || !room.n_days[h]) status = err->status;
    }
    room.seen = eh_alloc(a->ctx, a->accounts.n * room.n_words, sizeof *room.seen, err);
    if (!room.seen) status = err->status;
    for (uint32_t k = 0; status == EH_OK && k < a->n_periods; k++) {
        eh_context_report(a->ctx, "evidence before each period", k, a->n_periods);
        status = add_period(a, k, spec->lookback_days, &room, err);
    }
    for (int h = 0; h < 3; h++) {
        eh_free(a->ctx, room.log_e[h]);
        eh_free(a->ctx, room.n_days[h]);
    }
    eh_free(a->ctx, room.seen);
    return status;
}

/* ---- what the run says --------------------------------------------------------------------------------------------------- */

static eh_status take_finding(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    eh_asof *a = data;
    asof_owner *owner = a->owner;
    (void)columns;
    (void)n_columns;
    const uint32_t i = eh_strings_find(&a->accounts, cells[0].text);
    if (i == UINT32_MAX) return EH_OK;
    if (cells[1].type == EH_CELL_TEXT && cells[1].text.size) EH_TRY(eh_dict_add(&owner->networks, cells[1].text, &a->network[i], err));
    if (cells[3].integer || cells[2].type == EH_CELL_NULL) return EH_OK; /* insufficient data */
    a->whole[i] = cells[2].real > 0 ? cells[2].real : -(double)INFINITY; /* log e; made a rate by find_span */
    return EH_OK;
}

static eh_status read_findings(eh_asof *a, eh_investigation *inv, eh_error *err)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "SELECT account_id, network_id, log_e, finding = 'insufficient_data' FROM findings WHERE run_id = '%s' ORDER BY account_id", a->run_id);
    EH_TRY(eh_store_query(eh_investigation_store(inv), sql, NULL, take_finding, a, err));
    a->networks = eh_dict_strings(&((asof_owner *)a->owner)->networks);
    return EH_OK;
}

/* First and last action of the archive; last of each account; days from its first to its last, for the rate of the whole run. */
static eh_status find_span(eh_asof *a, int64_t *first_us, int64_t *last_us, eh_error *err)
{
    const eh_action_table *t = &((asof_owner *)a->owner)->run.table;
    int64_t *first_of = eh_alloc(a->ctx, a->accounts.n, sizeof *first_of, err);
    if (!first_of) return err->status;
    *first_us = INT64_MAX, *last_us = INT64_MIN;
    for (uint32_t i = 0; i < a->accounts.n; i++) first_of[i] = INT64_MAX, a->last_us[i] = INT64_MIN;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint64_t i = 0; i < t->sets[b].n_actions; i++) {
            const int64_t time_us = t->sets[b].time_us[i];
            const uint32_t account = t->sets[b].account[i];
            if (time_us < first_of[account]) first_of[account] = time_us;
            if (time_us > a->last_us[account]) a->last_us[account] = time_us;
            if (time_us < *first_us) *first_us = time_us;
            if (time_us > *last_us) *last_us = time_us;
        }
    for (uint32_t i = 0; i < a->accounts.n; i++)
        if (isfinite(a->whole[i])) a->whole[i] = rate_of(a->whole[i], (uint32_t)(eh_day_of(a->last_us[i]) - eh_day_of(first_of[i]) + 1));
    eh_free(a->ctx, first_of);
    return EH_OK;
}

/* The sign of a NaN is an accident of the machine. */
static double unsigned_nan(double x) { return isnan(x) ? fabs((double)NAN) : x; }

static eh_status hash_rows(eh_asof *a, eh_error *err)
{
    eh_sha256 hash;
    eh_buf line = EH_BUF_INIT(a->ctx);
    eh_status status = EH_OK;
    eh_sha256_init(&hash);
    for (size_t i = 0; status == EH_OK && i < a->n_rows; i++) {
        const eh_asof_row *r = &a->rows[i];
        const eh_str id = eh_strings_get(&a->accounts, r->account);
        eh_buf_clear(&line);
        status = eh_buf_printf(&line, err, "%.*s,%lld,%u,%.12g,%.12g,%.12g\n", (int)id.size, id.data, (long long)a->cuts_us[r->period], r->exposure, unsigned_nan(r->evidence),
                               unsigned_nan(r->half[0]), unsigned_nan(r->half[1]));
        if (status == EH_OK) eh_sha256_add(&hash, line.data, line.size);
    }
    eh_sha256_final(&hash, a->sha256);
    eh_buf_release(&line);
    return status;
}

static eh_status fill(eh_asof *a, eh_investigation *inv, const char *run_id, const eh_audit_spec *spec, eh_error *err)
{
    run_record *run = &((asof_owner *)a->owner)->run;
    int64_t first_us = 0, last_us = 0;
    EH_TRY(eh_investigation_find_run(inv, run_id, a->run_id, err));
    EH_TRY(run_read(inv, a->run_id, run, err));
    EH_TRY(run_load_table(inv, run, err));
    a->accounts = run->table.accounts;
    const uint32_t n = a->accounts.n;
    a->network = eh_alloc(a->ctx, n, sizeof *a->network, err);
    a->last_us = eh_alloc(a->ctx, n, sizeof *a->last_us, err);
    a->whole = eh_alloc(a->ctx, n, sizeof *a->whole, err);
    if (!a->network || !a->last_us || !a->whole) return err->status;
    for (uint32_t i = 0; i < n; i++) a->network[i] = UINT32_MAX, a->whole[i] = (double)NAN;
    EH_TRY(read_findings(a, inv, err));
    EH_TRY(find_span(a, &first_us, &last_us, err));
    EH_TRY(make_periods(a, spec->period, first_us, last_us, err));
    EH_TRY(fill_rows(a, spec, err));
    return hash_rows(a, err);
}

eh_status eh_asof_of(eh_investigation *inv, const char *run_id, const eh_audit_spec *spec, eh_asof *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_context *ctx = eh_store_context(eh_investigation_store(inv));
    *out = (eh_asof){.ctx = ctx};
    asof_owner *owner = eh_alloc(ctx, 1, sizeof *owner, err);
    if (!owner) return err->status;
    owner->networks = (eh_dict)EH_DICT_INIT(ctx);
    out->owner = owner;
    eh_status status = fill(out, inv, run_id, spec, err);
    if (status != EH_OK) eh_asof_release(out);
    return status;
}
