/* The tables of an audit: strata.csv, rates.csv, tests.csv, comparisons.csv. Of fewer than ten accounts only counts are told. */
#include "base/outfile.h"
#include "evenhand/audit.h"

#include <math.h>
#include <stdio.h>

static const double fewest_for_a_rate = 10;

static void comma(eh_outfile *out) { (void)fputc(',', out->stream); }

/* NaN is an empty field. */
static void number(eh_outfile *out, double x)
{
    if (isinf(x)) (void)fputs(x > 0 ? "inf" : "-inf", out->stream);
    else if (!isnan(x)) (void)fprintf(out->stream, "%.15g", x);
}

static void numbers(eh_outfile *out, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        comma(out);
        number(out, x[i]);
    }
}

static double rate(double x, double n) { return n >= fewest_for_a_rate ? x / n : (double)NAN; }

static void write_strata(eh_outfile *out, const eh_audit *a, const eh_audit_data *data)
{
    (void)fputs("stratum,a_actioned,a_not,b_actioned,b_not,rate_a,rate_b,informative,odds_ratio,low,high,p_value,p_adjusted\n", out->stream);
    for (size_t k = 0; k < a->n_listed_strata; k++) {
        const eh_stratum_result *s = &a->strata[k];
        const eh_cells *t = &s->cells;
        const double cells[6] = {t->a, t->b, t->c, t->d, rate(t->a, t->a + t->b), rate(t->c, t->c + t->d)};
        eh_outfile_csv(out, eh_strings_get(&data->strata, s->stratum));
        numbers(out, cells, 6);
        (void)fputs(s->is_informative ? ",true" : ",false", out->stream);
        const double tests[5] = {s->exact.odds_ratio.estimate, s->exact.odds_ratio.low, s->exact.odds_ratio.high, s->exact.p_two_sided, s->p_adjusted};
        if (s->has_exact) numbers(out, tests, 5);
        else (void)fputs(",,,,,", out->stream);
        (void)fputc('\n', out->stream);
    }
}

static void write_rates(eh_outfile *out, const eh_audit *a, const eh_audit_data *data)
{
    (void)fputs("side,accounts,actioned,rate,wilson_low,wilson_high,jeffreys_low,jeffreys_high\n", out->stream);
    for (int i = 0; i < 2; i++) {
        const eh_side_total *t = i ? &a->total_b : &a->total_a;
        const double x[7] = {t->n, t->n_actioned, t->wilson.estimate, t->wilson.low, t->wilson.high, t->jeffreys.low, t->jeffreys.high};
        eh_outfile_csv(out, eh_strings_get(&data->sides, i ? a->options.side_b : a->options.side_a));
        numbers(out, x, t->n >= fewest_for_a_rate ? 7 : 2);
        (void)fputs(t->n >= fewest_for_a_rate ? "\n" : ",,,,,\n", out->stream);
    }
}

static void test(eh_outfile *out, const char *name, const char *unit, double statistic, double df, double p, eh_limits x)
{
    const double values[6] = {statistic, df, p, x.estimate, x.low, x.high};
    (void)fprintf(out->stream, "%s,%s", name, unit);
    numbers(out, values, 6);
    (void)fputc('\n', out->stream);
}

static void write_tests(eh_outfile *out, const eh_audit *a)
{
    const eh_limits none = {NAN, NAN, NAN};
    const eh_homogeneity *h = &a->homogeneity;
    const eh_cluster_test *t = &a->networks;
    (void)fputs("test,unit,statistic,df,p_value,odds_ratio,low,high\n", out->stream);
    test(out, "cmh_corrected", "account", a->cmh.chi2_corrected, 1, a->cmh.p_corrected, a->cmh.odds_ratio);
    test(out, "cmh", "account", a->cmh.chi2, 1, a->cmh.p, a->cmh.odds_ratio);
    if (a->has_exact) test(out, "exact", "account", a->exact.s, NAN, a->exact.p_two_sided, a->exact.odds_ratio);
    test(out, "breslow_day", "account", h->breslow_day, (double)h->df, h->p_breslow_day, none);
    test(out, "tarone", "account", h->tarone, (double)h->df, h->p_tarone, none);
    test(out, "woolf", "account", h->woolf, (double)h->df, h->p_woolf, none);
    if (a->has_gcmh) test(out, "all_sides_cmh", "account", a->gcmh.chi2, (double)a->gcmh.df, a->gcmh.p, none);
    if (a->has_networks) {
        test(out, "permutation", "network", t->excess, NAN, t->p, t->odds_ratio);
        test(out, "permutation_studentised", "network", t->excess, NAN, t->p_studentised, t->odds_ratio);
    }
    test(out, "tost", a->has_networks ? "network" : "account", a->options.margin, a->has_networks ? t->df : (double)NAN, a->tost_p, a->inner);
}

static void write_pairs(eh_outfile *out, const eh_audit *a, const eh_audit_data *data)
{
    (void)fputs("side_a,side_b,primary,odds_ratio,low,high,x2_corrected,p_cmh,p_network,p_bh,p_by\n", out->stream);
    for (size_t i = 0; i < a->n_pairs; i++) {
        const eh_side_pair *p = &a->pairs[i];
        const double x[8] = {p->cmh.odds_ratio.estimate, p->cmh.odds_ratio.low, p->cmh.odds_ratio.high, p->cmh.chi2_corrected, p->cmh.p_corrected,
                             p->p_network, p->p_bh, p->p_by};
        eh_outfile_csv(out, eh_strings_get(&data->sides, p->side_a));
        comma(out);
        eh_outfile_csv(out, eh_strings_get(&data->sides, p->side_b));
        (void)fputs(p->is_primary ? ",true" : ",false", out->stream);
        numbers(out, x, 8);
        (void)fputc('\n', out->stream);
    }
}

eh_status eh_audit_write_tables(const eh_audit *audit, const eh_audit_data *data, const char *dir, eh_error *err)
{
    static const char *const names[] = {"strata.csv", "rates.csv", "tests.csv", "comparisons.csv"};
    for (int i = 0; i < 4; i++) {
        eh_outfile out;
        char path[4096];
        if (snprintf(path, sizeof path, "%s/%s", dir, names[i]) >= (int)sizeof path) return eh_fail(err, EH_E_INVALID, "the path '%.100s...' is too long", dir);
        EH_TRY(eh_outfile_open(audit->ctx, path, &out, err));
        if (i == 0) write_strata(&out, audit, data);
        if (i == 1) write_rates(&out, audit, data);
        if (i == 2) write_tests(&out, audit);
        if (i == 3) write_pairs(&out, audit, data);
        EH_TRY(eh_outfile_commit(&out, err));
    }
    return EH_OK;
}
