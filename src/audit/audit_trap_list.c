/* Every trap with its number and what it means here. */
#include "evenhand/audit.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

const char *eh_trap_state_name(eh_trap_state state)
{
    static const char *const names[] = {"clear", "warns", "blocks", "not_measured"};
    return (unsigned)state < 4 ? names[state] : "";
}

typedef struct list {
    eh_trap *out;
    size_t n;
} list;

static void EH_PRINTF(5, 6) add(list *l, const char *name, eh_trap_state state, double value, const char *format, ...)
{
    eh_trap *trap = &l->out[l->n++];
    va_list args;
    trap->name = name;
    trap->state = state;
    trap->value = value;
    va_start(args, format);
    (void)vsnprintf(trap->text, sizeof trap->text, format, args);
    va_end(args);
}

static bool has_reason(const eh_audit *a, eh_audit_reason reason)
{
    for (size_t i = 0; i < a->n_reasons; i++)
        if (a->reasons[i] == reason) return true;
    return false;
}

static void add_overlap(list *l, const eh_audit *a)
{
    bool is_blocked = has_reason(a, EH_REASON_NO_OVERLAP) || has_reason(a, EH_REASON_LITTLE_OVERLAP);
    add(l, "informative_strata", is_blocked ? EH_TRAP_BLOCKS : a->cmh.n_informative < a->n_strata ? EH_TRAP_WARNS : EH_TRAP_CLEAR, (double)a->cmh.n_informative,
        "%llu of %llu strata have both sides, and both accounts actioned and not; the others say nothing", (unsigned long long)a->cmh.n_informative,
        (unsigned long long)a->n_strata);
    add(l, "overlap", is_blocked ? EH_TRAP_BLOCKS : a->informative_actioned < 0.8 ? EH_TRAP_WARNS : EH_TRAP_CLEAR, a->informative_actioned,
        "%.3g %% of the actioned and %.3g %% of all accounts lie in strata that can be compared", 100 * a->informative_actioned, 100 * a->informative_accounts);
}

static void add_networks(list *l, const eh_audit *a)
{
    const eh_cluster_test *t = &a->networks;
    if (!a->has_networks) {
        add(l, "networks", EH_TRAP_WARNS, NAN, "no networks are given: accounts count as independent; where actions come in batches, this finds far too many differences");
        add(l, "negative_control", EH_TRAP_NOT_MEASURED, NAN, "needs networks");
        return;
    }
    if (isnan(t->design_effect))
        add(l, "networks", has_reason(a, EH_REASON_FEW_NETWORKS) ? EH_TRAP_BLOCKS : EH_TRAP_CLEAR, fmin((double)t->n_networks[0], (double)t->n_networks[1]),
            "%llu and %llu networks, %llu and %llu of them with an account actioned", (unsigned long long)t->n_networks[0],
            (unsigned long long)t->n_networks[1], (unsigned long long)t->n_acted[0], (unsigned long long)t->n_acted[1]);
    else add(l, "networks", has_reason(a, EH_REASON_FEW_NETWORKS) ? EH_TRAP_BLOCKS : EH_TRAP_CLEAR, fmin((double)t->n_networks[0], (double)t->n_networks[1]),
        "%llu and %llu networks, %llu and %llu of them with an account actioned; together they weigh like independent accounts with %.3g times the variance",
        (unsigned long long)t->n_networks[0], (unsigned long long)t->n_networks[1], (unsigned long long)t->n_acted[0], (unsigned long long)t->n_acted[1], t->design_effect);
    add(l, "negative_control", has_reason(a, EH_REASON_CONTROL_FAILS) ? EH_TRAP_BLOCKS : EH_TRAP_CLEAR, t->n_controls ? (double)t->n_controls_network / t->n_controls : (double)NAN,
        "of %u random relabellings of networks, %u differ at %g by permuting networks, %u by counting accounts as independent", t->n_controls, t->n_controls_network,
        a->options.alpha, t->n_controls_naive);
}

static void add_strata(list *l, const eh_audit *a)
{
    const eh_homogeneity *h = &a->homogeneity;
    bool differs = eh_audit_strata_differ(a);
    const char *unit = a->has_networks ? "; accounts counted as independent" : "";
    if (isnan(h->p_tarone))
        add(l, "heterogeneity", EH_TRAP_NOT_MEASURED, NAN, "needs two strata that can be compared, and a finite odds ratio");
    else add(l, "heterogeneity", differs ? EH_TRAP_WARNS : EH_TRAP_CLEAR, h->p_tarone,
        differs ? "the strata differ among themselves (Tarone p = %.3g%s): read the odds ratios one by one in strata.csv, the common one is an average" :
                  "one odds ratio fits all strata (Tarone p = %.3g%s)", h->p_tarone, unit);
    add(l, "opposed_strata", has_reason(a, EH_REASON_DIRECTION_DIFFERS) ? EH_TRAP_BLOCKS : a->n_opposed ? EH_TRAP_WARNS : EH_TRAP_CLEAR, (double)a->n_opposed,
        "%llu strata show, adjusted for their number, the opposite of the whole%s", (unsigned long long)a->n_opposed, unit);
    add(l, "strata_outside_margin", a->n_outside ? EH_TRAP_WARNS : EH_TRAP_CLEAR, (double)a->n_outside,
        "%llu strata by themselves lie beyond the margin of %g, adjusted for their number%s%s", (unsigned long long)a->n_outside, a->options.margin, unit,
        a->n_outside && a->verdict == EH_PARITY_SHOWN ? ": parity holds for the average, not for them" : "");
}

static void add_hidden(list *l, const eh_audit *a)
{
    const char *unit = a->has_networks ? ", accounts counted as independent" : "";
    if (isnan(a->gamma)) add(l, "gamma", EH_TRAP_NOT_MEASURED, NAN, "the exact law is not available for this table");
    else if (a->gamma > 1) add(l, "gamma", EH_TRAP_CLEAR, a->gamma, "a hidden factor would have to multiply the odds of action by %.4g to explain the difference%s", a->gamma, unit);
    else add(l, "gamma", EH_TRAP_CLEAR, a->gamma, "there is no difference that a hidden factor would have to explain%s", unit);
    if (!isfinite(a->evalue) || isnan(a->evalue_limit)) add(l, "evalue", EH_TRAP_NOT_MEASURED, NAN, "needs a finite odds ratio with an interval");
    else add(l, "evalue", EH_TRAP_CLEAR, a->evalue,
        "E-value %.3g, and %.3g for the limit nearer to 1: how strongly a hidden factor would have to be tied to both side and action, on the scale of risk ratios",
        a->evalue, a->evalue_limit);
}

/* How many times better one side's actioned accounts would have to be captured, to turn the answer. */
static void add_coverage(list *l, const eh_audit *a)
{
    double flip = NAN;
    if (a->verdict == EH_PARITY_SHOWN) flip = fmin(a->options.margin / a->inner.high, a->inner.low * a->options.margin);
    else if (a->headline.low > 1) flip = a->headline.low;
    else if (a->headline.high < 1) flip = 1 / a->headline.high;
    if (isnan(flip)) add(l, "coverage", EH_TRAP_NOT_MEASURED, NAN, "the data does not show whether the archive caught actioned accounts of both sides alike");
    else add(l, "coverage", EH_TRAP_NOT_MEASURED, flip,
             "the data does not show whether the archive caught actioned accounts of both sides alike; if it caught one side's %.4g times as well, the answer no longer holds", flip);
}

/* ---- measured by a join -------------------------------------------------------------------------------------------- */

static const char *try_text(const eh_audit_try *t, char out[80])
{
    if (!t->has_run) (void)snprintf(out, 80, "cannot be computed");
    else (void)snprintf(out, 80, "%.3g (%.3g to %.3g, %s)", t->odds_ratio.estimate, t->odds_ratio.low, t->odds_ratio.high, eh_verdict_name(t->verdict));
    return out;
}

static void add_measured_coverage(list *l, const eh_audit *a, const eh_audit_design *d)
{
    bool is_blocked = has_reason(a, EH_REASON_COVERAGE);
    if (isnan(d->coverage_factor)) {
        add_coverage(l, a);
        return;
    }
    add(l, "coverage", is_blocked ? EH_TRAP_BLOCKS : fabs(log(d->coverage_factor)) > log(1.1) ? EH_TRAP_WARNS : EH_TRAP_CLEAR, d->coverage_factor,
        "of the accounts in the file of sides, at risk here: side A %.3g %% of the actioned and %.3g %% of the others, side B %.3g and %.3g %%; corrected for it (times %.4g), "
        "the odds ratio is %.3g (%.3g to %.3g)", 100 * d->n_captured[0][1] / d->n_frame[0][1], 100 * d->n_captured[0][0] / d->n_frame[0][0],
        100 * d->n_captured[1][1] / d->n_frame[1][1], 100 * d->n_captured[1][0] / d->n_frame[1][0], d->coverage_factor, d->covered.estimate, d->covered.low, d->covered.high);
}

static void add_reliability(list *l, const eh_audit *a, const eh_audit_design *d)
{
    char as_is[80], corrected[80], lower[80];
    const eh_trap_state state = has_reason(a, EH_REASON_RELIABILITY) ? EH_TRAP_BLOCKS : EH_TRAP_CLEAR;
    if (isnan(d->reliability[0]) || isnan(d->reliability[1])) {
        add(l, "reliability", state == EH_TRAP_BLOCKS ? state : EH_TRAP_NOT_MEASURED, NAN,
            "too few accounts (%llu and %llu) have evidence in both odd and even weeks; %.3g %% of the actioned have evidence that is a number", (unsigned long long)d->n_halves[0],
            (unsigned long long)d->n_halves[1], 100 * d->measured_share);
        return;
    }
    add(l, "reliability", state, fmin(d->reliability[0], d->reliability[1]),
        "split-half reliability of evidence %.3g and %.3g (odd and even weeks, %llu and %llu accounts); odds ratio %s as it is, %s at that reliability, %s at 0.1 less", d->reliability[0],
        d->reliability[1], (unsigned long long)d->n_halves[0], (unsigned long long)d->n_halves[1], try_text(&d->lambdas[0], as_is), try_text(&d->lambdas[1], corrected), try_text(&d->lambdas[2], lower));
}

static void add_truncation(list *l, const eh_audit *a, const eh_audit_design *d)
{
    char whole[80], unexposed[80], undated[200] = "";
    const double n = (double)(d->n_after[0] + d->n_after[1]), n_actioned = (double)(d->n_actioned[0] + d->n_actioned[1]), ratio = d->whole.odds_ratio.estimate / a->headline.estimate;
    const bool warns = n > 0.05 * n_actioned || d->n_undated || (isfinite(ratio) && fabs(log(ratio)) > log(1.1));
    if (d->n_undated)
        (void)snprintf(undated, sizeof undated, " %llu actions have no date and may lie within that time; without exposure in the strata, the odds ratio would be %s.", (unsigned long long)d->n_undated,
                       try_text(&d->unexposed, unexposed));
    add(l, "truncation", has_reason(a, EH_REASON_TRUNCATION) ? EH_TRAP_BLOCKS : warns ? EH_TRAP_WARNS : EH_TRAP_CLEAR, n + (double)d->n_undated,
        "evidence is from before each period.%s By the evidence of the whole archive, after the action too, the odds ratio would be %s. %llu and %llu of the actioned act after their action; "
        "left out: %llu not in the archive, %llu actioned before its evidence begins, %llu silent before, %llu never looked at; %llu between looks in different periods", undated, try_text(&d->whole, whole),
        (unsigned long long)d->n_after[0], (unsigned long long)d->n_after[1], (unsigned long long)d->n_not_in_archive, (unsigned long long)d->n_before_evidence, (unsigned long long)d->n_inactive,
        (unsigned long long)d->n_unwatched, (unsigned long long)d->n_wide);
}

static void add_labels(list *l, const eh_audit *a, const eh_audit_design *d)
{
    char without[80], kappa[48] = "";
    if (!d->has_disputes) {
        add(l, "disputed_labels", EH_TRAP_NOT_MEASURED, NAN, "the file of sides has neither a second coder's labels nor disputed ones marked");
        return;
    }
    if (!isnan(d->kappa)) (void)snprintf(kappa, sizeof kappa, "two coders agree with kappa %.3g; ", d->kappa);
    add(l, "disputed_labels", has_reason(a, EH_REASON_LABELS) ? EH_TRAP_BLOCKS : d->kappa < 0.6 ? EH_TRAP_WARNS : EH_TRAP_CLEAR, (double)d->n_disputed,
        "%s%llu labels are disputed; without them the odds ratio is %s", kappa, (unsigned long long)d->n_disputed, try_text(&d->undisputed, without));
}

void eh_audit_traps(const eh_audit *a, const eh_audit_data *data, eh_trap out[EH_N_TRAPS])
{
    list l = {out, 0};
    add_overlap(&l, a);
    add_networks(&l, a);
    add_strata(&l, a);
    add_hidden(&l, a);
    if (!isfinite(a->detectable))
        add(&l, "detectable", EH_TRAP_WARNS, a->detectable, "no odds ratio, however large, would be found four times in five");
    else add(&l, "detectable", EH_TRAP_CLEAR, a->detectable,
        "an odds ratio of %.4g would be found four times in five; one at the margin of %g with a chance of %.3g", a->detectable, a->options.margin, a->power_at_margin);
    add(&l, "few_actions", has_reason(a, EH_REASON_FEW_ACTIONS) ? EH_TRAP_BLOCKS : EH_TRAP_CLEAR, a->total_a.n_actioned + a->total_b.n_actioned, "%.0f accounts actioned of %.0f",
        a->total_a.n_actioned + a->total_b.n_actioned, a->total_a.n + a->total_b.n);
    add(&l, "unlabelled", data->n_unlabelled ? EH_TRAP_WARNS : EH_TRAP_CLEAR, (double)data->n_unlabelled, "%llu accounts have no side and are left out", (unsigned long long)data->n_unlabelled);
    if (data->design) {
        add_measured_coverage(&l, a, data->design);
        add_reliability(&l, a, data->design);
        add_truncation(&l, a, data->design);
        add_labels(&l, a, data->design);
        return;
    }
    add_coverage(&l, a);
    add(&l, "reliability", EH_TRAP_NOT_MEASURED, NAN, "a table does not show how reliable the evidence behind its strata is; noise in it looks like a disparity");
    add(&l, "truncation", EH_TRAP_NOT_MEASURED, NAN, "a table does not show whether evidence was counted up to each action's time only");
    add(&l, "disputed_labels", EH_TRAP_NOT_MEASURED, NAN, "a table does not show how sides were assigned, nor which are disputed");
}
