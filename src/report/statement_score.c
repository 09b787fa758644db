/*
 * Evidence computed anew with a part of it left out, from the chances of the account's listed pairs, by the formulas of
 * docs/methods/recomputation.md. The weights of the pairs and the number of partners stay as they were, so
 *     E_u' = E_u * S' / S,   S = sum over pairs of w_p E_p,
 * and a pair that is left out counts as E_p = 0: tested, and nothing found. Pairs that are not listed have no chances stored and stay.
 */
#include "report/statement.h"

#include "base/sort.h"
#include "signif/evalue.h"
#include "signif/multiplicity.h"

#include <math.h>

#define SITTING_US (4 * EH_HOUR_US)

st_cut st_cut_nothing(void) { return (st_cut){-1, -1, -1, EH_TIME_NONE, -1, NULL}; }

/* Room for the blocks of one pair. */
typedef struct scratch {
    double *p;
    uint8_t *x;
    int64_t *times;
    size_t n, n_times;
} scratch;

static bool is_left_out(const st_cut *cut, const st_chance *c)
{
    return (cut->object >= 0 && c->object == (uint32_t)cut->object) || (cut->behaviour >= 0 && (int)c->behaviour == cut->behaviour) ||
           (cut->objects && cut->objects[c->object]) || (cut->day != EH_TIME_NONE && eh_day_of(c->own_time_us) == cut->day);
}

/* When the two came within the window: the later of the two times; EH_TIME_NONE where they did not. */
static int64_t coincidence(const st_chance *c, int64_t window_us)
{
    int64_t gap = c->own_time_us - c->partner_time_us;
    if (c->is_on_grid || (gap < 0 ? -gap : gap) > window_us) return EH_TIME_NONE;
    return c->own_time_us > c->partner_time_us ? c->own_time_us : c->partner_time_us;
}

static void end_block(scratch *s, double p, int64_t time_us)
{
    if (time_us != EH_TIME_NONE) s->times[s->n_times++] = time_us;
    s->p[s->n++] = p;
}

/* The blocks of one behaviour (all objects of a block together), or of all (the sharpest object alone). */
static void fill_blocks(scratch *s, const st_chance *chances, size_t n, const st_cut *cut, int behaviour, size_t i_window, int64_t window_us)
{
    bool is_open = false;
    double log_not = 0;
    int64_t first_us = EH_TIME_NONE, block_us = 0;
    s->n = s->n_times = 0;
    for (size_t i = 0; i < n; i++) {
        const st_chance *c = &chances[i];
        if (is_left_out(cut, c) || (behaviour >= 0 && (int)c->behaviour != behaviour)) continue;
        if (is_open && c->block_us != block_us) {
            end_block(s, -expm1(log_not), first_us);
            is_open = false;
        }
        double own_log_not = log1p(-c->p[i_window]);
        int64_t time_us = coincidence(c, window_us);
        if (!is_open) {
            is_open = true;
            block_us = c->block_us;
            log_not = own_log_not;
            first_us = time_us;
        } else if (behaviour >= 0) {
            log_not += own_log_not;
            if (time_us != EH_TIME_NONE && (first_us == EH_TIME_NONE || time_us < first_us)) first_us = time_us;
        } else if (own_log_not > log_not) {
            log_not = own_log_not;
            first_us = time_us;
        }
    }
    if (is_open) end_block(s, -expm1(log_not), first_us);
}

static eh_status weigh(eh_context *ctx, scratch *s, double *log_e, eh_error *err)
{
    EH_TRY(eh_sort(ctx, s->times, s->n_times, sizeof *s->times, eh_by_int64, NULL, err));
    size_t n_sittings = 0;
    int64_t last_us = 0;
    for (size_t i = 0; i < s->n_times; i++) {
        if (n_sittings && s->times[i] - last_us < SITTING_US) continue;
        last_us = s->times[i];
        n_sittings++;
    }
    for (size_t b = 0; b < s->n; b++) s->x[b] = b < n_sittings; /* only their number counts */
    *log_e = eh_log_evalue(s->p, s->x, s->n);
    return EH_OK;
}

static eh_status mean_over_windows(const eh_statement *s, scratch *room, const st_partner *partner, const st_cut *cut, int behaviour,
                                   double *log_e, eh_error *err)
{
    double log_es[EH_MOST_WINDOWS];
    size_t n = 0;
    for (size_t w = 0; w < s->n_windows; w++) {
        if (cut->window == (int64_t)w) continue;
        fill_blocks(room, &s->chances[partner->first_chance], partner->n_chances, cut, behaviour, w, (int64_t)(s->windows_s[w] * 1e6 + 0.5));
        EH_TRY(weigh(s->run.ctx, room, &log_es[n++], err));
    }
    *log_e = eh_log_sum_exp(log_es, n) - log((double)n);
    return EH_OK;
}

eh_status st_pair_log_e(const eh_statement *s, const st_partner *partner, const st_cut *cut, double *log_e, eh_error *err)
{
    eh_context *ctx = s->run.ctx;
    size_t n = partner->n_chances;
    scratch room = {eh_alloc(ctx, n, sizeof(double), err), eh_alloc(ctx, n, 1, err), eh_alloc(ctx, n, sizeof(int64_t), err), 0, 0};
    eh_status status = room.p && room.x && room.times ? EH_OK : err->status;
    uint32_t present = 0;
    for (size_t i = 0; i < n; i++) present |= 1u << s->chances[partner->first_chance + i].behaviour;
    double log_es[EH_N_BEHAVIOURS], sharpest = 0;
    size_t n_tested = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS && status == EH_OK; b++)
        if (present >> b & 1) status = mean_over_windows(s, &room, partner, cut, b, &log_es[n_tested++], err);
    while (n_tested < s->n_tested_behaviours && n_tested < EH_N_BEHAVIOURS) log_es[n_tested++] = 0; /* bets never placed */
    if (status == EH_OK) status = mean_over_windows(s, &room, partner, cut, -1, &sharpest, err);
    if (status == EH_OK) *log_e = eh_log_add(eh_log_sum_exp(log_es, n_tested) - log((double)n_tested), sharpest) - log(2);
    eh_free(ctx, room.p);
    eh_free(ctx, room.x);
    eh_free(ctx, room.times);
    return status;
}

static bool is_touched(const eh_statement *s, const st_partner *partner, const st_cut *cut)
{
    if (cut->window >= 0) return partner->n_chances > 0;
    for (size_t i = 0; i < partner->n_chances; i++)
        if (is_left_out(cut, &s->chances[partner->first_chance + i])) return true;
    return false;
}

double st_timing_level(const eh_statement *s)
{
    for (size_t i = 0; i < s->run.n_legs; i++)
        if (s->run.legs[i].leg == EH_LEG_TIMING) return s->run.legs[i].share_of_q * s->run.q;
    return s->run.q;
}

static eh_status q_among_others(const eh_statement *s, double log_e, double *q_value, eh_error *err)
{
    eh_context *ctx = s->run.ctx;
    double *all = eh_alloc(ctx, s->n_others + 1, sizeof *all, err), *q = eh_alloc(ctx, s->n_others + 1, sizeof *q, err);
    eh_status status = all && q ? EH_OK : err->status;
    if (status == EH_OK) {
        if (s->n_others) memcpy(all, s->other_log_e, s->n_others * sizeof *all);
        all[s->n_others] = log_e;
        double m = (double)s->run.n_testable_accounts, n = (double)(s->n_others + 1);
        status = eh_ebh(ctx, all, s->n_others + 1, m > n ? m : n, q, err);
    }
    if (status == EH_OK) *q_value = q[s->n_others];
    eh_free(ctx, all);
    eh_free(ctx, q);
    return status;
}

eh_status st_account_without(const eh_statement *s, const st_cut *cut, double *log_e, double *q_value, eh_error *err)
{
    if (eh_context_is_cancelled(s->run.ctx)) return eh_fail(err, EH_E_CANCELLED, "cancelled while evidence was left out");
    double log_all = -INFINITY, log_left = -INFINITY;
    for (size_t k = 0; k < s->n_partners; k++) {
        const st_partner *partner = &s->partners[k];
        double log_weight = log(partner->weight), log_e_pair = partner->log_e_pair;
        log_all = eh_log_add(log_all, log_weight + log_e_pair);
        if (cut->partner == (int64_t)k) continue;
        if (is_touched(s, partner, cut)) EH_TRY(st_pair_log_e(s, partner, cut, &log_e_pair, err));
        log_left = eh_log_add(log_left, log_weight + log_e_pair);
    }
    *log_e = isfinite(log_all) && isfinite(log_left) ? s->result.log_e + log_left - log_all : (double)-INFINITY;
    return q_among_others(s, *log_e, q_value, err);
}

/* ---- interval ------------------------------------------------------------------------------------------------- */

/* Delete-one-day jackknife of log10 E: how much the score rests on single days. */
eh_status st_put_evidence_interval(eh_statement *s, eh_value *to, eh_error *err)
{
    int64_t *days = eh_alloc(s->run.ctx, s->n_chances, sizeof *days, err);
    if (!days) return err->status;
    size_t n_days = 0;
    for (size_t i = 0; i < s->n_chances; i++) days[i] = eh_day_of(s->chances[i].own_time_us);
    eh_status status = eh_sort(s->run.ctx, days, s->n_chances, sizeof *days, eh_by_int64, NULL, err);
    for (size_t i = 0; i < s->n_chances; i++)
        if (n_days == 0 || days[i] != days[n_days - 1]) days[n_days++] = days[i];
    double sum = 0, sum_of_squares = 0, q;
    st_cut cut = st_cut_nothing();
    for (size_t d = 0; d < n_days && status == EH_OK; d++) {
        double log_e = 0;
        cut.day = days[d];
        status = st_account_without(s, &cut, &log_e, &q, err);
        double change = (log_e - s->result.log_e) / log(10);
        sum += change;
        sum_of_squares += change * change;
    }
    eh_free(s->run.ctx, days);
    if (status != EH_OK) return status;
    double n = (double)n_days, error = n > 1 ? sqrt(fmax(0, (n - 1) / n * (sum_of_squares - sum * sum / n))) : (double)NAN;
    double log10_e = s->result.log_e / log(10);
    eh_doc_real(s->doc, to, "log10_e", log10_e);
    eh_doc_real(s->doc, to, "log10_e_low", log10_e - 1.96 * error);
    eh_doc_real(s->doc, to, "log10_e_high", log10_e + 1.96 * error);
    eh_doc_words(s->doc, to, "interval", "The evidence as a power of ten, and how much it rests on single days: 1.96 jackknife standard errors, leaving out one day "
                 "at a time. It does not say how likely the finding is to be right: that is what q is for.");
    eh_doc_count(s->doc, to, "n_days", n_days);
    return EH_OK;
}
