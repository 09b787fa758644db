/*
 * Which offset from UTC a day fits. Two shapes of a day, by half hour of local time, chosen beforehand and never fitted: a working day from 9:00 to 17:30
 * with half the activity from 12:30 to 13:30, and a leisure day that rises in the morning and is fullest in the evening. For offset o and shape f
 *   L_f(o) = sum over quarters of an hour of n(q) log f(q + o)
 * Units of one day depend on each other, so all differences are divided by a dispersion: the variance between days of a day's part of
 * L(best) - L(o), over its variance were the units independent; the median over o, at least 1.
 * The set: offsets with L within 1.92 of the best (95 % of chi^2 with one degree, halved) when the day may start anywhere from 8:00 to 10:00. An offset and
 * an hour of starting work cannot be told apart, and saying less would be false precision.
 */
#include "rhythm/workday.h"

#include <math.h>
#include <string.h>

static const int16_t offsets_min[EH_N_OFFSETS] = {-720, -660, -600, -570, -540, -480, -420, -360, -300, -240, -210, -180, -150,
                                                  -120, -60,  0,    60,   120,  180,  210,  240,  270,  300,  330,  345,  360,
                                                  390,  420,  480,  525,  540,  570,  600,  630,  660,  720,  780,  840};
/* Weights of the half hours from midnight; they are scaled to sum to one. */
static const double work[EH_N_HALF_HOURS] = {
    .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, .02, .03, .05, .08, .12, .25, .55, .9, 1,  1,  1,  1,  1,
    .9,  .5,  .5,  .9,  1,   1,   1,   1,   1,   1,   .85, .45, .25, .18, .15, .15, .15, .15, .15, .12, .1, .07, .05, .03};
static const double leisure[EH_N_HALF_HOURS] = {
    .3,  .22, .15, .1,  .08, .06, .05, .05, .05, .05, .07, .1,  .2,  .35, .5,  .55, .55, .5,  .5,  .5,  .5,  .5,  .5,  .55,
    .6,  .6,  .55, .5,  .5,  .5,  .5,  .55, .6,  .65, .7,  .75, .8,  .85, .9,  .95, 1,   1,   1,   .95, .85, .7,  .55, .4};
enum { most_quarters_off = 4 }; /* from 9:00 */
static const double log_odds_needed = 3, half_chi2 = 1.92;

int32_t eh_rhythm_offset_min(uint32_t i) { return i < EH_N_OFFSETS ? offsets_min[i] : 0; }

/* log f at a quarter after the cut, at so many quarters east. */
static double log_at(const double *log_f, const rhythm_days *days, int quarter, int east)
{
    int local = (quarter + days->cut_quarter + east) % rhythm_n_quarters;
    if (local < 0) local += rhythm_n_quarters;
    return log_f[local];
}

static void take_logs(const double *shape, double *log_f)
{
    double sum = 0;
    for (int k = 0; k < EH_N_HALF_HOURS; k++) sum += 2 * shape[k];
    for (int k = 0; k < rhythm_n_quarters; k++) log_f[k] = log(shape[k / 2] / sum);
}

static double likelihood_at(const double *log_f, const rhythm_days *days, const double *profile, int east)
{
    double sum = 0;
    for (int k = 0; k < rhythm_n_quarters; k++) sum += profile[k] * log_at(log_f, days, k, east);
    return sum;
}

/* Between days, over what independent units would give, for one alternative. */
static double dispersion_of(const double *log_f, const rhythm_days *days, const double *profile, int best, int other)
{
    double sum = 0, square = 0, independent = 0, n_units = 0, mean_unit = 0;
    for (int k = 0; k < rhythm_n_quarters; k++) {
        double d = log_at(log_f, days, k, best) - log_at(log_f, days, k, other);
        n_units += profile[k];
        mean_unit += profile[k] * d;
        independent += profile[k] * d * d;
    }
    mean_unit /= n_units;
    independent -= n_units * mean_unit * mean_unit;
    for (uint32_t day = 0; day < days->n_days; day++) {
        double part = 0;
        for (int k = 0; k < rhythm_n_quarters; k++) {
            uint32_t n = days->count[(size_t)day * rhythm_n_quarters + (size_t)k];
            if (n) part += n * (log_at(log_f, days, k, best) - log_at(log_f, days, k, other) - mean_unit);
        }
        sum += part;
        square += part * part;
    }
    double n = days->n_days;
    return independent > 0 && n > 1 ? (square - sum * sum / n) * n / (n - 1) / independent : 1;
}

static double median_of(double *x, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && x[j] < x[j - 1]; j--) {
            double kept = x[j];
            x[j] = x[j - 1];
            x[j - 1] = kept;
        }
    return n ? x[n / 2] : 1;
}

void rhythm_fit_offset(const rhythm_days *days, eh_workday *out)
{
    double log_work[rhythm_n_quarters], log_leisure[rhythm_n_quarters], profile[rhythm_n_quarters] = {0};
    double most_leisure = -INFINITY, most = -INFINITY, likelihood[EH_N_OFFSETS], widest[EH_N_OFFSETS], dispersion[EH_N_OFFSETS];
    take_logs(work, log_work);
    take_logs(leisure, log_leisure);
    for (uint32_t d = 0; d < days->n_days; d++)
        for (size_t k = 0; k < rhythm_n_quarters; k++) profile[k] += days->count[d * (size_t)rhythm_n_quarters + k];
    for (uint32_t i = 0; i < EH_N_OFFSETS; i++) {
        int east = offsets_min[i] / 15;
        likelihood[i] = likelihood_at(log_work, days, profile, east);
        most_leisure = fmax(most_leisure, likelihood_at(log_leisure, days, profile, east));
        if (likelihood[i] > likelihood[out->best_offset]) out->best_offset = i;
        widest[i] = -INFINITY;
        for (int later = -most_quarters_off; later <= most_quarters_off; later++)
            widest[i] = fmax(widest[i], likelihood_at(log_work, days, profile, east + later));
        most = fmax(most, widest[i]);
    }
    size_t n = 0;
    for (uint32_t i = 0; i < EH_N_OFFSETS; i++)
        if (i != out->best_offset)
            dispersion[n++] = dispersion_of(log_work, days, profile, offsets_min[out->best_offset] / 15, offsets_min[i] / 15);
    out->dispersion = fmax(1, median_of(dispersion, n));
    for (uint32_t i = 0; i < EH_N_OFFSETS; i++) {
        out->log_likelihood[i] = (likelihood[i] - likelihood[out->best_offset]) / out->dispersion;
        out->in_set[i] = (widest[i] - most) / out->dispersion >= -half_chi2;
        out->n_offsets_in_set += out->in_set[i];
    }
    out->log_odds_work = (likelihood[out->best_offset] - most_leisure) / out->dispersion;
    out->shape = out->log_odds_work >= log_odds_needed ? EH_SHAPE_WORK : out->log_odds_work <= -log_odds_needed ? EH_SHAPE_LEISURE : EH_SHAPE_UNCLEAR;
}
