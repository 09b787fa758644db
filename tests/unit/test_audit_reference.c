/* Every reference value of the audit: published, or printed by R 4.2.2 (stats, survival, MASS), to its tolerance. */
#include "audit_data.h"

#include <time.h>

static const double tight = 1e-10;

static void rates(void)
{
    eh_limits x = eh_wilson(81, 263, 0.95);
    CHECK_NEAR(x.low, .255288519878, tight);
    CHECK_NEAR(x.high, .366209576983, tight);
    x = eh_wilson(15, 148, 0.95);
    CHECK_NEAR(x.low, .0623863995307, tight);
    CHECK_NEAR(x.high, .160487241723, tight);
    x = eh_wilson(0, 20, 0.95);
    CHECK(x.low <= 0 && x.low >= 0);
    CHECK_NEAR(x.high, .161125158053, tight);
    x = eh_wilson(1, 29, 0.95);
    CHECK_NEAR(x.low, .00611321429, 1e-8);
    CHECK_NEAR(x.high, .171755218793, tight);
    x = eh_jeffreys(81, 263, 0.95);
    CHECK_NEAR(x.low, .254521934991, tight);
    CHECK_NEAR(x.high, .365647499174, tight);
    x = eh_jeffreys(15, 148, 0.95);
    CHECK_NEAR(x.low, .0604485170, 1e-8);
    CHECK_NEAR(x.high, .1576431435, 1e-8);
    x = eh_jeffreys(0, 20, 0.95);
    CHECK(x.low <= 0);
    CHECK_NEAR(x.high, .1166389829, 1e-8);
    x = eh_jeffreys(1, 29, 0.95);
    CHECK_NEAR(x.low, .0037461737, 1e-7);
    CHECK_NEAR(x.high, .1500776860, 1e-8);
    x = eh_clopper_pearson(15, 148, 0.95);
    CHECK_NEAR(x.low, .0578440101, 1e-8);
    CHECK_NEAR(x.high, .1616504903, 1e-8);
    x = eh_clopper_pearson(81, 263, 0.95);
    CHECK_NEAR(x.low, .2527367456, 1e-8);
    CHECK_NEAR(x.high, .3676219226, 1e-8);
    x = eh_newcombe(56, 70, 48, 80, 0.95);
    CHECK_NEAR(x.estimate, .2, tight);
    CHECK_NEAR(x.low, .0524314724, 1e-8);
    CHECK_NEAR(x.high, .3338726540, 1e-8);
    x = eh_jeffreys(3e6, 1e7, 0.95); /* qbeta of R; beyond a million GSL's fraction gives up, and an approximation takes over */
    CHECK_NEAR(x.low, .299716032152, 1e-9);
    CHECK_NEAR(x.high, .300284083620, 1e-9);
    x = eh_jeffreys(3e8, 1e9, 0.95);
    CHECK_NEAR(x.low, .29997159800, 1e-9);
    CHECK_NEAR(x.high, .30002840316, 1e-9);
    x = eh_clopper_pearson(1e9, 1e12, 0.95);
    eh_limits wilson = eh_wilson(1e9, 1e12, 0.95);
    CHECK_NEAR(x.low, wilson.low, 1e-6);
    CHECK_NEAR(x.high, wilson.high, 1e-6);
    CHECK(isnan(eh_wilson(0, 0, 0.95).estimate) && isnan(eh_jeffreys(2, 1, 0.95).low) && isnan(eh_newcombe(1, 2, 0, 0, 0.95).low));
}

static void ucb_admissions(void)
{
    static const double ratios[6] = {.349212047, .802500710, 1.133059647, .921283756, 1.221631206, .827872745};
    eh_cmh x = eh_cmh_of(audit_ucb, 6, 0.95);
    CHECK_NEAR(x.chi2_corrected, 1.42694622859, tight);
    CHECK_NEAR(x.p_corrected, 0.232263462817, tight);
    CHECK_NEAR(x.chi2, 1.52460666044, tight);
    CHECK_NEAR(x.p, 0.216923697056, tight);
    CHECK_NEAR(x.odds_ratio.estimate, 0.904696828259, tight);
    CHECK_NEAR(x.odds_ratio.low, 0.771907361759, tight);
    CHECK_NEAR(x.odds_ratio.high, 1.06032976444, tight);
    CHECK_NEAR(x.pooled_odds_ratio, 1.84108003718, tight);
    CHECK_EQ_INT(x.n_informative, 6);
    for (int k = 0; k < 6; k++) CHECK_NEAR(eh_cmh_of(&audit_ucb[k], 1, 0.95).odds_ratio.estimate, ratios[k], 1e-8);
    eh_homogeneity h = eh_homogeneity_of(audit_ucb, 6, x.odds_ratio.estimate);
    CHECK_NEAR(h.breslow_day, 18.8255137, 1e-8);
    CHECK_NEAR(h.p_breslow_day, .00207139, 1e-5);
    CHECK_NEAR(h.tarone, 18.8255013, 1e-8);
    CHECK_NEAR(h.p_woolf, .00342720, 1e-5);
    CHECK_EQ_INT(h.df, 5);
    /* TOST of the design: ln OR -.10016, se .080989, 90 % interval .7919 to 1.0336. */
    double log_ratio = log(x.odds_ratio.estimate);
    CHECK_NEAR(log_ratio, -.10016, 1e-3);
    CHECK_NEAR(x.se_log, .080989, 1e-4);
    eh_cmh inner = eh_cmh_of(audit_ucb, 6, 0.90);
    CHECK_NEAR(inner.odds_ratio.low, .7919, 1e-4);
    CHECK_NEAR(inner.odds_ratio.high, 1.0336, 1e-4);
    CHECK_NEAR(eh_tost(log_ratio, x.se_log, 1.25, INFINITY), .0644, 1e-3);
    CHECK_NEAR(eh_tost(log_ratio, x.se_log, 1.5, INFINITY), 8.2e-5, 1e-2);
}

static eh_exact exact_of(const eh_cells *strata, size_t n, double level)
{
    eh_error err = EH_ERROR_INIT;
    eh_context *ctx = audit_context(1);
    eh_exact out;
    CHECK_OK(eh_exact_of(ctx, strata, n, level, &out, &err), err);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    return out;
}

static void exact_conditional(void)
{
    eh_exact x = exact_of(audit_ucb, 6, 0.95);
    CHECK_NEAR(x.s, 1198, 0);
    CHECK_NEAR(x.p_two_sided, 0.227762526798, tight);
    CHECK_NEAR(x.odds_ratio.estimate, 0.905069961, 1e-8);
    CHECK_NEAR(x.odds_ratio.low, .769730359, 1e-8);
    CHECK_NEAR(x.odds_ratio.high, 1.063429228, 1e-8);
    CHECK_NEAR(x.odds_ratio.estimate, .905076, 1e-2); /* R's own, loose */
    x = exact_of(audit_rabbits, 5, 0.95);
    CHECK_NEAR(x.s, 16, 0);
    CHECK_NEAR(x.p_two_sided, .0399449036, 1e-8);
    CHECK_NEAR(x.p_greater, .0199724518, 1e-8);
    CHECK_NEAR(x.odds_ratio.estimate, 10.3610463, 1e-8);
    CHECK_NEAR(x.odds_ratio.low, 1.07738776, 1e-8);
    CHECK_NEAR(x.odds_ratio.high, 531.512783, 1e-8);
    CHECK_NEAR(x.odds_ratio.high, 529.84, 1e-2);
    CHECK_NEAR(x.gamma, 1.38422192, 1e-8);
    CHECK_EQ_INT(x.n_informative, 3);
    eh_cmh c = eh_cmh_of(audit_rabbits, 5, 0.95);
    CHECK_NEAR(c.chi2_corrected, 3.92857142857, tight);
    CHECK_NEAR(c.p_corrected, .0474722551, 1e-8);
    CHECK_NEAR(c.odds_ratio.estimate, 7, tight);
    CHECK_NEAR(c.odds_ratio.low, 1.02671268846, tight);
    CHECK_NEAR(c.odds_ratio.high, 47.7251333802, tight);
    CHECK_EQ_INT(c.n_informative, 3);
}

static void fisher(void)
{
    const eh_cells tea = {3, 1, 1, 3}, convictions = {2, 15, 10, 3};
    eh_exact x = exact_of(&tea, 1, 0.95);
    CHECK_NEAR(x.p_greater, .242857142857, tight);
    CHECK_NEAR(x.p_two_sided, .485714285714, tight);
    CHECK_NEAR(x.odds_ratio.estimate, 6.4083196582, tight);
    CHECK_NEAR(x.odds_ratio.low, .211735595447, 1e-8);
    CHECK_NEAR(x.odds_ratio.high, 626.243530589, 1e-8);
    CHECK_NEAR(x.gamma, 1, 0);
    x = exact_of(&convictions, 1, 0.95);
    CHECK_NEAR(x.p_two_sided, .000536724119143, tight);
    CHECK_NEAR(x.odds_ratio.estimate, .0469366390, 1e-8);
}

static size_t survival(const char *name, eh_at_risk *rows, bool is_stratified)
{
    static double x[300 * 4];
    size_t n = audit_numbers(name, 4, x, 300), n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_stratified && isnan(x[4 * i + 3])) continue;
        rows[n_kept++] = (eh_at_risk){.entry = -INFINITY, .exit = x[4 * i], .is_event = x[4 * i + 1] > 0.5, .side = x[4 * i + 2] > 0.5,
                                      .stratum = is_stratified ? (uint32_t)x[4 * i + 3] : 0};
    }
    return n_kept;
}

static eh_logrank logrank(const char *name, bool is_stratified, double rho)
{
    static eh_at_risk rows[300];
    eh_error err = EH_ERROR_INIT;
    eh_context *ctx = audit_context(1);
    eh_logrank out;
    CHECK_OK(eh_logrank_of(ctx, rows, survival(name, rows, is_stratified), rho, &out, &err), err);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    return out;
}

static void time_to_action(void)
{
    eh_logrank x = logrank("ovarian.csv", false, 0);
    CHECK_NEAR(x.chi2, 1.06273986129, tight);
    CHECK_NEAR(x.variance, 2.93619612948, tight);
    CHECK_NEAR(logrank("lung.csv", false, 0).chi2, 10.3267419549, tight);
    CHECK_NEAR(logrank("lung.csv", true, 0).chi2, 10.7950596335, tight);
    x = logrank("gehan.csv", false, 0);
    CHECK_NEAR(x.chi2, 16.7929409892, tight);
    CHECK_NEAR(x.observed[0], 9, 0);
    CHECK_NEAR(x.observed[1], 21, 0);
    CHECK_NEAR(x.expected[0], 19.250501, 1e-7);
    CHECK_NEAR(x.expected[1], 10.749499, 1e-7);
    CHECK_NEAR(x.log_hazard_ratio, 1.572125149, 1e-9);
    CHECK_NEAR(x.se, .412396718, 1e-8);
    CHECK_NEAR(x.score_chi2, 17.2465367957, tight);
    CHECK_NEAR(logrank("gehan.csv", false, 1).chi2, 14.4571508187, tight);
}

/* coxph(Surv(entry, time, event) ~ side + strata(stratum)); without ties its score test is the log-rank. */
static void left_truncation(void)
{
    static double x[40 * 5];
    eh_at_risk rows[40];
    eh_error err = EH_ERROR_INIT;
    eh_context *ctx = audit_context(1);
    eh_logrank out;
    size_t n = audit_numbers("left_truncated.csv", 5, x, 40);
    CHECK_EQ_INT(n, 40);
    for (size_t i = 0; i < n; i++)
        rows[i] = (eh_at_risk){x[5 * i], x[5 * i + 1], (uint32_t)x[5 * i + 4], x[5 * i + 3] > 0.5, x[5 * i + 2] > 0.5};
    CHECK_OK(eh_logrank_of(ctx, rows, n, 0, &out, &err), err);
    CHECK_NEAR(out.log_hazard_ratio, 1.24289890082553, tight); /* with coxph.control(eps = 1e-14) */
    CHECK_NEAR(out.se, 0.43122332850694, 1e-9);
    CHECK_NEAR(out.chi2, 9.17418192527617, tight);
    CHECK_NEAR(out.score_chi2, 9.17418192527617, tight);
    eh_context_free(ctx);
}

static void generalised(void)
{
    static const double column_major[32] = {1, 2, 0, 0, 3, 3, 1, 2, 11, 17, 8, 4, 2, 3, 5, 2, 1, 0, 0, 0, 1, 3, 0, 1, 2, 5, 7, 9, 1, 1, 3, 6};
    eh_error err = EH_ERROR_INIT;
    eh_context *ctx = audit_context(1);
    double counts[32];
    eh_gcmh out;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < 4; i++)
            for (size_t j = 0; j < 4; j++) counts[16 * k + 4 * i + j] = column_major[16 * k + 4 * j + i];
    CHECK_OK(eh_gcmh_of(ctx, counts, 4, 4, 2, &out, &err), err);
    CHECK_NEAR(out.chi2, 10.200089, 1e-7);
    CHECK_EQ_INT(out.df, 9);
    CHECK_NEAR(out.p, .3345312, 1e-6);
    /* Two sides: the uncorrected CMH. */
    double two[24];
    for (size_t k = 0; k < 6; k++) memcpy(two + 4 * k, &audit_ucb[k], 4 * sizeof *two);
    CHECK_OK(eh_gcmh_of(ctx, two, 2, 2, 6, &out, &err), err);
    CHECK_NEAR(out.chi2, 1.52460666044, tight);
    /* A side without accounts adds no degree of freedom. */
    double three[36] = {0};
    for (size_t k = 0; k < 6; k++) {
        memcpy(three + 6 * k, &audit_ucb[k], 2 * sizeof *two);
        memcpy(three + 6 * k + 4, &audit_ucb[k].c, 2 * sizeof *two);
    }
    CHECK_OK(eh_gcmh_of(ctx, three, 3, 2, 6, &out, &err), err);
    CHECK_NEAR(out.chi2, 1.52460666044, tight);
    CHECK_EQ_INT(out.df, 1);
    double none[4] = {3, 0, 4, 0};
    CHECK_EQ_INT(eh_gcmh_of(ctx, none, 2, 2, 1, &out, &err), EH_E_STATISTICS);
    none[1] = NAN;
    CHECK_EQ_INT(eh_gcmh_of(ctx, none, 2, 2, 1, &out, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_gcmh_of(ctx, none, 1, 2, 1, &out, &err), EH_E_INVALID);
    eh_context_free(ctx);
}

static void regression(void)
{
    eh_error err = EH_ERROR_INIT;
    eh_context *ctx = audit_context(1);
    double x[12 * 7] = {0}, n[12], y[12], beta[7];
    for (size_t i = 0; i < 12; i++) {
        const eh_cells *t = &audit_ucb[i / 2];
        bool is_b = i % 2;
        x[i * 7 + i / 2] = 1;
        x[i * 7 + 6] = is_b;
        y[i] = is_b ? t->c : t->a;
        n[i] = is_b ? t->c + t->d : t->a + t->b;
    }
    const eh_logistic_data ucb = {12, 7, x, n, y};
    eh_coefficient c;
    CHECK_OK(eh_logistic_of(ctx, &ucb, false, 6, 0.95, beta, &c, &err), err);
    CHECK_NEAR(c.beta, .0998700882, 1e-8);
    CHECK_NEAR(c.se, .0808464647, 1e-7);     /* as glm prints it: from the weights of the step before the last */
    CHECK_NEAR(c.se, .08084646653237, 1e-10); /* solve(X'WX) in R at glm's own coefficients */
    CHECK_NEAR(c.low, -0.0581687302, 1e-4); /* confint() of MASS, which interpolates */
    CHECK_NEAR(c.high, 0.2588205120, 1e-4);
    CHECK_NEAR(beta[6], c.beta, 0);

    /* 8 of 20 against 0 of 15: separated, so that only the penalised one exists; ln((8.5)(15.5)/((12.5)(0.5))). */
    const double x2[4] = {1, 0, 1, 1}, n2[2] = {15, 20}, y2[2] = {0, 8};
    const eh_logistic_data separated = {2, 2, x2, n2, y2};
    CHECK_OK(eh_logistic_of(ctx, &separated, true, 1, 0.95, NULL, &c, &err), err);
    CHECK_NEAR(c.beta, 3.048324724, 1e-9);
    CHECK_NEAR(c.low, 0.80665462645558, 1e-9); /* optimize() and uniroot() in R on the penalised likelihood written out */
    CHECK_NEAR(c.high, 7.94637547625288, 1e-9);
    CHECK_NEAR(c.p, 0.00405530606029, 1e-7);
    CHECK_EQ_INT(eh_logistic_of(ctx, &separated, false, 1, 0.95, NULL, &c, &err), EH_E_STATISTICS);
    const double collinear[4] = {1, 1, 1, 1};
    const eh_logistic_data bad = {2, 2, collinear, n2, y2};
    CHECK_EQ_INT(eh_logistic_of(ctx, &bad, true, 1, 0.95, NULL, &c, &err), EH_E_STATISTICS);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void matched(void)
{
    CHECK_NEAR(eh_matched_bound(122, 110, 4), .00196334447, 1e-8);
    CHECK_NEAR(eh_matched_bound(122, 110, 5), .02316856384, 1e-8);
    CHECK_NEAR(eh_matched_bound(122, 110, 6), .09692877479, 1e-8);
    CHECK_NEAR(eh_matched_gamma(122, 110, 0.05), 5.4728, 1e-5);
    /* The same from the exact law: 122 discordant pairs are strata of one and one. */
    eh_cells pairs[122];
    for (int i = 0; i < 122; i++) pairs[i] = i < 110 ? (eh_cells){1, 0, 0, 1} : (eh_cells){0, 1, 1, 0};
    eh_exact x = exact_of(pairs, 122, 0.95);
    CHECK_NEAR(x.gamma, eh_matched_gamma(122, 110, 0.05), 1e-8);
    CHECK_NEAR(x.p_greater, eh_matched_bound(122, 110, 1), 1e-9);
    eh_mcnemar m = eh_mcnemar_of(86, 150);
    CHECK_NEAR(m.chi2_corrected, 16.81779661, 1e-9);
    CHECK(m.p_exact < 1e-4 && m.p < 1e-4);

    static double rows[300 * 4];
    static eh_matched_row of[300];
    static double columns[600];
    size_t n = audit_numbers("infert.csv", 4, rows, 300);
    CHECK_EQ_INT(n, 248);
    for (size_t i = 0; i < n; i++) {
        of[i] = (eh_matched_row){(uint32_t)rows[4 * i], rows[4 * i + 1] > 0.5};
        columns[2 * i] = rows[4 * i + 2];
        columns[2 * i + 1] = rows[4 * i + 3];
    }
    eh_error err = EH_ERROR_INIT;
    eh_context *ctx = audit_context(1);
    double beta[2], se[2];
    CHECK_OK(eh_matched_logistic(ctx, of, columns, n, 2, beta, se, &err), err);
    CHECK_NEAR(beta[0], 1.98587551668, tight);
    CHECK_NEAR(beta[1], 1.40901163188, tight);
    CHECK_NEAR(se[0], .352443539807, 1e-9);
    CHECK_NEAR(se[1], .360712436249, 1e-9);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void sensitivity_and_power(void)
{
    CHECK_NEAR(eh_audit_evalue(3.9), 7.263034344, 1e-9);
    CHECK_NEAR(eh_audit_evalue(2.4), 4.233030278, 1e-9);
    CHECK_NEAR(eh_audit_evalue(10.73), 20.94777373, 1e-9);
    CHECK_NEAR(eh_audit_evalue(8.02), 15.52335925, 1e-9);
    CHECK_NEAR(eh_audit_evalue(1 / 3.9), 7.263034344, 1e-9);
    CHECK_NEAR(eh_audit_evalue(1), 1, 0);
    CHECK_NEAR(eh_two_rates_power(50, .5, .75, .05), .740165901331, tight);
    CHECK_NEAR(eh_two_rates_n(.9, .5, .75, .05), 76.7069301, 1e-7);
    eh_plan plan[10];
    for (int k = 0; k < 10; k++) plan[k] = (eh_plan){100, 100, 0.02 + 0.48 * k / 9};
    double ratio = eh_detectable(plan, 10, 0.8, 0.05, 1);
    CHECK_NEAR(ratio, 1.3478, 1e-4);
    CHECK_NEAR(eh_cmh_power(plan, 10, ratio, 0.05, 1), 0.8, 1e-9);
    CHECK(eh_detectable(plan, 10, 0.8, 0.05, 4) > 1.6);
    plan[0] = (eh_plan){3, 3, 0.5};
    CHECK(isinf(eh_detectable(plan, 1, 0.8, 0.05, 1)));
}

static void multiplicity(void)
{
    static const double p[15] = {.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1};
    static const double bh[15] = {.0015, .003, .0095, .035625, .0603, .0638571428571, .0638571428571, .0645, .0765, .486, .5811818181818, .714875,
                                  .7532307692308, .8132142857143, 1};
    static const double by[9] = {.00497734348984, .00995468697969, .03152317543568, .11821190788378, .20008920829171, .21189262285334,
                                 .21189262285334, .21402577006327, .25384451798202};
    eh_error err = EH_ERROR_INIT;
    eh_context *ctx = audit_context(1);
    double q[15];
    CHECK_OK(eh_adjust_p(ctx, p, 15, false, q, &err), err);
    for (int i = 0; i < 15; i++) CHECK_NEAR(q[i], bh[i], tight);
    CHECK_OK(eh_adjust_p(ctx, p, 15, true, q, &err), err);
    for (int i = 0; i < 9; i++) CHECK_NEAR(q[i], by[i], tight);
    CHECK_NEAR(q[14], 1, 0);
    double bad = NAN;
    CHECK_EQ_INT(eh_adjust_p(ctx, &bad, 1, false, q, &err), EH_E_INVALID);
    eh_context_free(ctx);
}

/* One threshold of .5 for both: rates differ thirteenfold and hits differ, nobody is treated more strictly. */
static void outcomes(void)
{
    double rate[3], hit[3];
    eh_threshold_rates(2, 8, 0.5, &rate[0], &hit[0]);
    eh_threshold_rates(4, 6, 0.5, &rate[1], &hit[1]);
    eh_threshold_rates(4, 6, 0.35, &rate[2], &hit[2]);
    CHECK_NEAR(rate[0], 0.0195, 2e-3);
    CHECK_NEAR(hit[0], 0.5600, 1e-4);
    CHECK_NEAR(rate[1], 0.2539, 2e-4);
    CHECK_NEAR(hit[1], 0.5938, 1e-4);
    CHECK_NEAR(rate[2], 0.6089, 1e-4);
    CHECK_NEAR(hit[2], 0.4937, 1e-4);
    CHECK_NEAR(rate[1], 130.0 / 512, 1e-12); /* P(Bin(9, 1/2) >= 6): Beta(4, 6) above one half */
    eh_outcome_counts of[3];
    for (int i = 0; i < 3; i++) of[i] = (eh_outcome_counts){1e6, rint(1e6 * rate[i]), rint(1e6 * rate[i]), rint(1e6 * rate[i] * hit[i])};
    eh_outcome x = eh_outcome_of(&of[0], &of[1], 0.05, 0.02); /* rate and hits both lower */
    CHECK_EQ_INT(x.verdict, EH_INCONCLUSIVE);
    x = eh_outcome_of(&of[0], &of[2], 0.05, 0.02);
    CHECK_EQ_INT(x.verdict, EH_DISPARITY_SHOWN);
    CHECK_EQ_INT(x.direction, EH_AGAINST_B);
    x = eh_outcome_of(&of[2], &of[0], 0.05, 0.02);
    CHECK_EQ_INT(x.direction, EH_AGAINST_A);
    CHECK_EQ_INT(eh_outcome_of(&of[1], &of[1], 0.05, 0.02).verdict, EH_PARITY_SHOWN);
    for (int i = 0; i < 3; i++) of[i] = (eh_outcome_counts){20, 5, 5, 3};
    CHECK_EQ_INT(eh_outcome_of(&of[0], &of[1], 0.05, 0.02).verdict, EH_INCONCLUSIVE);
}

/* 20 strata of 10,000 + 10,000, and counts beyond any table: an answer in time, or a message. */
static void large_strata(void)
{
    eh_error err = EH_ERROR_INIT;
    eh_context *ctx = audit_context(1);
    eh_cells big[20];
    eh_exact x;
    for (int k = 0; k < 20; k++) big[k] = (eh_cells){5000 + 30, 5000 - 30, 5000 - 100 * k / 20, 5000 + 100 * k / 20};
    clock_t before = clock();
    CHECK_OK(eh_exact_of(ctx, big, 20, 0.95, &x, &err), err);
    double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
    printf("20 strata of 10,000 + 10,000: %.3f s\n", seconds);
    CHECK(seconds < 10); /* .3 s; sanitizers and busy machines take longer */
    eh_cmh c = eh_cmh_of(big, 20, 0.95);
    CHECK_NEAR(x.odds_ratio.estimate, c.odds_ratio.estimate, 1e-4);
    CHECK_NEAR(x.odds_ratio.low, c.odds_ratio.low, 1e-3);
    CHECK_NEAR(x.p_two_sided, c.p_corrected, 0.02);
    /* A difference so large that its chance is far below the smallest double of the plain law. */
    for (int k = 0; k < 20; k++) big[k] = (eh_cells){6000, 4000, 4000, 6000};
    CHECK_OK(eh_exact_of(ctx, big, 20, 0.95, &x, &err), err);
    CHECK_NEAR(x.odds_ratio.estimate, 2.25, 1e-3);
    CHECK(x.p_two_sided < 1e-300 && x.gamma > 2.1 && x.gamma < 2.25);
    const eh_cells huge = {1e12, 2e12, 3e12, 4e12};
    CHECK_EQ_INT(eh_exact_of(ctx, &huge, 1, 0.95, &x, &err), EH_E_LIMIT);
    CHECK(strstr(err.message, "too large") != NULL);
    c = eh_cmh_of(&huge, 1, 0.95);
    CHECK_NEAR(c.odds_ratio.estimate, 2.0 / 3, 1e-12);
    CHECK(isfinite(c.chi2) && c.p <= 0 && isfinite(c.se_log));
    const eh_cells bad[3] = {{-1, 2, 3, 4}, {NAN, 2, 3, 4}, {1.5, 2, 3, 4}};
    for (int i = 0; i < 3; i++) CHECK_EQ_INT(eh_exact_of(ctx, &bad[i], 1, 0.95, &x, &err), EH_E_INVALID);
    const eh_cells none = {5, 0, 7, 0};
    CHECK_EQ_INT(eh_exact_of(ctx, &none, 1, 0.95, &x, &err), EH_E_STATISTICS);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

CHECK_MAIN(rates, ucb_admissions, exact_conditional, fisher, time_to_action, left_truncation, generalised, regression, matched, sensitivity_and_power,
           multiplicity, outcomes, large_strata)
