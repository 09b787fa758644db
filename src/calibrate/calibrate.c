/* Detection on decoys and placebos, counted; and the level tightened where decoys list too much. */
#include "evenhand/calibrate.h"

#include "base/alloc.h"
#include "calibrate/sizes.h"
#include "signif/decoy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { most_decoys = 1000, most_placebos = 100 };

eh_calibrate_options eh_calibrate_options_default(void)
{
    return (eh_calibrate_options){.n_decoys = 20, .n_placebos = 5, .wants_sizes = true};
}

typedef struct calibration {
    eh_context *ctx;
    const eh_action_table *table;
    eh_detect_options options; /* timing and groups only, at their level */
    double share_of_q;
    const eh_calibrate_options *how;
    eh_decoys decoys;
    eh_slicing slicing;
    uint64_t *n_accounts, *n_others, *n_pairs, *n_testable; /* per draw */
    uint8_t *is_listed, *is_null;                           /* per account, in the archive; and not */
    eh_calibration *out;
} calibration;

static double share_of(double expected, uint64_t n_listed) { return n_listed ? expected / (double)n_listed : (double)NAN; }

/* ---- decoys ---- */

static eh_status detect_decoy(const calibration *c, uint32_t i, const eh_detect_options *options, bool wants_sizes, eh_error *err)
{
    eh_action_table decoy;
    eh_findings findings;
    EH_TRY(eh_decoy_draw(&c->decoys, i, &decoy, err));
    eh_status status = eh_find(c->ctx, &decoy, options, &findings, err);
    if (status == EH_OK) {
        c->n_accounts[i] = findings.detection.n_listed_accounts;
        c->n_pairs[i] = findings.detection.n_listed_pairs;
        c->n_others[i] = 0;
        for (uint32_t u = 0; u < c->table->accounts.n; u++)
            c->n_others[i] += findings.detection.accounts[u].is_listed && !c->is_listed[u];
        eh_findings_release(&findings);
    }
    if (status == EH_OK && wants_sizes)
        status = eh_sizes_measure(c->ctx, &decoy, options, &c->slicing, &c->out->sizes, err);
    eh_decoy_release(&decoy);
    return status;
}

static eh_status count_decoys(const calibration *c, eh_error *err)
{
    uint32_t n = c->how->n_decoys;
    for (uint32_t i = 0; i < n; i++) EH_TRY(detect_decoy(c, i, &c->options, c->how->wants_sizes, err));
    c->out->decoy_accounts = eh_mean_count_of(c->n_accounts, n);
    c->out->decoy_pairs = eh_mean_count_of(c->n_pairs, n);
    for (uint32_t i = 0; i < n; i++) c->out->n_decoys_listing += c->n_accounts[i] > 0;
    c->out->decoy_others = eh_mean_count_of(c->n_others, n);
    c->out->largest_share = share_of(c->out->decoy_accounts.mean, c->out->n_listed_accounts);
    c->out->false_share = share_of(c->out->decoy_others.mean, c->out->n_listed_accounts);
    return EH_OK;
}

/* ---- tightening ---- */

eh_status eh_tighten(double q, eh_level_fn measure, void *data, double *tightened, uint64_t *n_listed, double *n_expected,
                     eh_error *err)
{
    static const double parts[] = {2, 5, 10, 20, 50, 100};
    *tightened = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        EH_TRY(measure(data, q / parts[i], n_listed, n_expected, err));
        if (*n_expected > q * (double)*n_listed) continue;
        *tightened = q / parts[i];
        return EH_OK;
    }
    return EH_OK;
}

static eh_status measure_level(void *data, double q, uint64_t *n_listed, double *n_expected, eh_error *err)
{
    calibration *c = data;
    eh_detect_options options = c->options;
    eh_findings findings;
    options.q = q * c->share_of_q;
    EH_TRY(eh_find(c->ctx, c->table, &options, &findings, err));
    *n_listed = findings.detection.n_listed_accounts;
    for (uint32_t u = 0; u < c->table->accounts.n; u++) c->is_listed[u] = findings.detection.accounts[u].is_listed;
    eh_findings_release(&findings);
    for (uint32_t i = 0; i < c->how->n_decoys; i++) EH_TRY(detect_decoy(c, i, &options, false, err));
    *n_expected = eh_mean_count_of(c->n_others, c->how->n_decoys).mean;
    return EH_OK;
}

static eh_status tighten(calibration *c, eh_error *err)
{
    eh_calibration *out = c->out;
    out->calibrated_q = out->q;
    out->calibrated_share = out->false_share;
    out->n_calibrated = out->n_listed_accounts;
    if (!out->n_listed_accounts || out->decoy_others.mean <= out->q * (double)out->n_listed_accounts) return EH_OK;
    double expected = 0;
    EH_TRY(eh_tighten(out->q, measure_level, c, &out->calibrated_q, &out->n_calibrated, &expected, err));
    out->calibrated_share = share_of(expected, out->n_calibrated);
    return EH_OK;
}

/* ---- placebos ---- */

/* Listed pairs whose accounts were moved apart are false; those moved alike may act together still. */
static eh_status count_apart(const calibration *c, uint32_t i, const eh_detection *d, const uint16_t *week, eh_error *err)
{
    uint8_t *is_in = eh_alloc(c->ctx, c->table->accounts.n, 1, err);
    if (!is_in) return err->status;
    c->n_accounts[i] = c->n_pairs[i] = 0;
    c->n_testable[i] = d->n_testable_pairs;
    for (uint64_t e = 0; e < d->n_edges; e++) {
        const eh_edge *edge = &d->edges[e];
        bool is_same_pair = e && edge[-1].account_a == edge->account_a && edge[-1].account_b == edge->account_b;
        if (!edge->is_listed || week[edge->account_a] == week[edge->account_b] || (is_same_pair && edge[-1].is_listed)) continue;
        c->n_pairs[i]++;
        is_in[edge->account_a] = is_in[edge->account_b] = 1;
    }
    for (uint32_t u = 0; u < c->table->accounts.n; u++) c->n_accounts[i] += is_in[u] && d->accounts[u].is_listed;
    eh_free(c->ctx, is_in);
    return EH_OK;
}

static eh_status detect_placebo(const calibration *c, uint32_t i, uint16_t *week, eh_error *err)
{
    eh_action_table moved;
    eh_findings findings;
    EH_TRY(eh_placebo_draw(c->ctx, c->table, i, c->out->n_weeks, week, &moved, err));
    eh_status status = eh_find(c->ctx, &moved, &c->options, &findings, err);
    if (status == EH_OK) {
        status = count_apart(c, i, &findings.detection, week, err);
        eh_findings_release(&findings);
    }
    eh_decoy_release(&moved);
    return status;
}

static eh_status count_placebos(const calibration *c, eh_error *err)
{
    uint32_t n = c->how->n_placebos;
    eh_calibration *out = c->out;
    out->n_weeks = eh_weeks_of(c->table);
    if (out->n_weeks < 2 || n == 0) {
        (void)snprintf(out->why_no_placebo, sizeof out->why_no_placebo, "%s",
                       n ? "the archive lies within one week" : "none was asked for");
        return EH_OK;
    }
    uint16_t *week = eh_alloc(c->ctx, c->table->accounts.n, sizeof *week, err);
    if (!week) return err->status;
    eh_status status = EH_OK;
    for (uint32_t i = 0; status == EH_OK && i < n; i++) status = detect_placebo(c, i, week, err);
    eh_free(c->ctx, week);
    if (status != EH_OK) return status;
    out->n_placebos = n;
    out->placebo_accounts = eh_mean_count_of(c->n_accounts, n);
    out->placebo_pairs = eh_mean_count_of(c->n_pairs, n);
    out->placebo_testable = eh_mean_count_of(c->n_testable, n);
    return EH_OK;
}

/* ---- everything ---- */

static eh_status check(const eh_calibrate_options *how, double share_of_q, eh_error *err)
{
    if (how->n_decoys < 1 || how->n_decoys > most_decoys)
        return eh_fail(err, EH_E_INVALID, "1 to %d decoys are possible, not %u", most_decoys, how->n_decoys);
    if (how->n_placebos > most_placebos)
        return eh_fail(err, EH_E_INVALID, "0 to %d placebos are possible, not %u", most_placebos, how->n_placebos);
    if (!(share_of_q > 0 && share_of_q <= 1)) return eh_fail(err, EH_E_INVALID, "the share of q must lie in (0, 1], not %g", share_of_q);
    return EH_OK;
}

/* The archive itself, by the same legs at the same level; its notes tell the slices. */
static eh_status detect_archive(calibration *c, eh_error *err)
{
    eh_findings findings;
    EH_TRY(eh_find(c->ctx, c->table, &c->options, &findings, err));
    c->out->n_testable_pairs = findings.detection.n_testable_pairs;
    c->out->n_listed_accounts = findings.detection.n_listed_accounts;
    c->out->n_listed_pairs = findings.detection.n_listed_pairs;
    eh_status status = eh_slicing_init(c->ctx, c->table, findings.detection.accounts, &c->slicing, err);
    c->slicing.is_small = c->how->is_small;
    c->slicing.is_null = c->is_null;
    for (uint32_t u = 0; u < c->table->accounts.n; u++) {
        c->is_listed[u] = findings.detection.accounts[u].is_listed;
        c->is_null[u] = !c->is_listed[u];
    }
    eh_findings_release(&findings);
    if (status == EH_OK && !c->out->n_testable_pairs)
        status = eh_fail(err, EH_E_STATISTICS, "no two accounts share enough objects to be tested: there is nothing to calibrate");
    return status;
}

static eh_status calibrate(calibration *c, eh_error *err)
{
    uint32_t n = c->how->n_decoys > c->how->n_placebos ? c->how->n_decoys : c->how->n_placebos;
    c->n_accounts = eh_alloc(c->ctx, n, sizeof *c->n_accounts, err);
    c->n_pairs = c->n_accounts ? eh_alloc(c->ctx, n, sizeof *c->n_pairs, err) : NULL;
    c->n_testable = c->n_pairs ? eh_alloc(c->ctx, n, sizeof *c->n_testable, err) : NULL;
    c->n_others = c->n_testable ? eh_alloc(c->ctx, n, sizeof *c->n_others, err) : NULL;
    c->is_listed = c->n_others ? eh_alloc(c->ctx, c->table->accounts.n, 1, err) : NULL;
    c->is_null = c->is_listed ? eh_alloc(c->ctx, c->table->accounts.n, 1, err) : NULL;
    if (!c->is_null) return err->status;
    EH_TRY(detect_archive(c, err));
    EH_TRY(eh_decoys_init(c->ctx, c->table, &c->options, &c->decoys, err));
    EH_TRY(count_decoys(c, err));
    EH_TRY(tighten(c, err));
    return count_placebos(c, err);
}

eh_status eh_calibrate(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, double share_of_q,
                       const eh_calibrate_options *how, eh_calibration *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_calibrate_options chosen = how ? *how : eh_calibrate_options_default();
    memset(out, 0, sizeof *out);
    EH_TRY(check(&chosen, share_of_q, err));
    calibration *c = eh_alloc(ctx, 1, sizeof *c, err);
    if (!c) return err->status;
    *c = (calibration){.ctx = ctx, .table = table, .options = *options, .share_of_q = share_of_q, .how = &chosen, .out = out};
    c->options.legs = options->legs & (1u << EH_LEG_TIMING | 1u << EH_LEG_GROUP);
    c->options.q = options->q * share_of_q;
    out->q = options->q;
    out->q_timing = c->options.q;
    out->n_decoys = chosen.n_decoys;
    eh_status status = calibrate(c, err);
    eh_decoys_release(&c->decoys);
    eh_slicing_release(&c->slicing);
    eh_free(ctx, c->n_accounts);
    eh_free(ctx, c->n_pairs);
    eh_free(ctx, c->n_testable);
    eh_free(ctx, c->n_others);
    eh_free(ctx, c->is_listed);
    eh_free(ctx, c->is_null);
    eh_free(ctx, c);
    return status;
}
