/*
 * One pair of hands can drive two accounts within minutes, but not within seconds: it has to change over. Two people who act in the same
 * minutes, for whatever reason (the same news, the same order, the same train), come within seconds of each other as easily as
 * within a minute: what makes both act at once only adds to that.
 *
 * An encounter is a chain of actions of the two with no gap over 10 min. Its lag is that of the nearest two neighbours in time, one of each
 * account, leaving out a neighbour that answers, reposts or mentions the other account. With turn T and far end F = 5 T:
 *   C = encounters with |lag| < T,  L = with -F < lag <= -T,  R = with T <= lag < F
 * Null: the density of the lag has no hole at 0, i.e. its mean over (-T, T) is at least its mean over one of the two flanks. (For two
 * people with one distribution of reaction times the density of the lag is largest at 0, by Cauchy-Schwarz; where one is slower
 * than the other it falls from one flank to the other; taking the nearest neighbours only moves mass to the middle.)
 * Then C given C + L, or C given C + R, is stochastically at least Binomial with share s = 2 T / (T + F), and
 *   p = max(P(Bin(C + L, s) <= C), P(Bin(C + R, s) <= C)),  times the number of T tried (10, 20, 40 s).
 * Clocks make holes too: an app that looks on the full quarter and one that looks at ten past are never within seconds. So s is no larger than the
 * share of close encounters among those of the two with one account moved by 1 to 7 whole days either way, ten encounters at share s
 * added: what is due to clocks stays when days are moved, what is due to one pair of hands goes.
 * Times in steps of g: |lag| < T has 2 T / g - 1 values, a flank (F - T) / g: s = (2 T - g) / (T + F - g).
 */
#include "rhythm/turns.h"

#include "base/time.h"

#include <math.h>

static const int64_t turns_us[rhythm_n_turns] = {40 * EH_SECOND_US, 20 * EH_SECOND_US, 10 * EH_SECOND_US};
static const int64_t encounter_gap_us = 10 * EH_MINUTE_US;
static const double moved_weight = 10;
enum { most_days_moved = 7 };

int64_t rhythm_turn_us(int i) { return turns_us[i]; }

int rhythm_n_usable_turns(int64_t precision_us)
{
    int n = 0;
    while (n < rhythm_n_turns && turns_us[n] >= 5 * precision_us) n++;
    return n;
}

static void end_encounter(rhythm_turns *t, int64_t lag_us)
{
    int64_t distance_us = lag_us < 0 ? -lag_us : lag_us;
    for (int i = 0; i < rhythm_n_turns; i++) {
        if (distance_us < turns_us[i])
            t->n_close[i]++;
        else if (distance_us < rhythm_turn_flank * turns_us[i])
            lag_us > 0 ? t->n_first[i]++ : t->n_second[i]++;
    }
}

static bool is_in_part(int64_t time_us, rhythm_part part)
{
    if (part == RHYTHM_ALL_DAYS) return true;
    return (eh_day_of(time_us) % 3 == 0) == (part == RHYTHM_CHOICE_DAYS);
}

/* focal is moved by move_us. */
static rhythm_turns count_turns(const rhythm_event *focal, uint64_t n_focal, int64_t move_us, const rhythm_event *others,
                                uint64_t n_others, rhythm_part part)
{
    rhythm_turns t = {{0}, {0}, {0}, 0};
    const rhythm_event *last[2] = {NULL, NULL}; /* of the encounter, by side */
    int64_t lag_us = INT64_MAX, last_us = 0;    /* lag: other less focal, of the nearest neighbours */
    uint64_t i = 0, j = 0;
    while (i < n_focal || j < n_others) {
        int side = i < n_focal && (j >= n_others || focal[i].time_us + move_us <= others[j].time_us) ? 0 : 1;
        const rhythm_event *event = side == 0 ? &focal[i++] : &others[j++];
        if (!is_in_part(event->time_us, part)) continue;
        int64_t time_us = side == 0 ? event->time_us + move_us : event->time_us;
        if ((last[0] || last[1]) && time_us - last_us > encounter_gap_us) {
            if (lag_us != INT64_MAX) end_encounter(&t, lag_us);
            last[0] = last[1] = NULL;
            lag_us = INT64_MAX;
        }
        const rhythm_event *before = last[1 - side];
        if (before && event->target == before->account) {
            t.n_reactions++;
        } else if (before) {
            int64_t distance_us = time_us - before->time_us - (side == 0 ? 0 : move_us);
            if (lag_us == INT64_MAX || distance_us < (lag_us < 0 ? -lag_us : lag_us)) lag_us = side == 0 ? -distance_us : distance_us;
        }
        last[side] = event;
        last_us = time_us;
    }
    if (lag_us != INT64_MAX) end_encounter(&t, lag_us);
    return t;
}

rhythm_turns rhythm_count_turns(const rhythm_event *focal, uint64_t n_focal, const rhythm_event *others, uint64_t n_others,
                                rhythm_part part)
{
    return count_turns(focal, n_focal, 0, others, n_others, part);
}

rhythm_turns rhythm_count_moved(const rhythm_event *focal, uint64_t n_focal, const rhythm_event *others, uint64_t n_others)
{
    rhythm_turns sum = {{0}, {0}, {0}, 0};
    for (int64_t day = -most_days_moved; day <= most_days_moved; day++) {
        if (day == 0) continue;
        rhythm_turns t = count_turns(focal, n_focal, day * EH_DAY_US, others, n_others, RHYTHM_ALL_DAYS);
        for (int i = 0; i < rhythm_n_turns; i++) {
            sum.n_close[i] += t.n_close[i];
            sum.n_first[i] += t.n_first[i];
            sum.n_second[i] += t.n_second[i];
        }
    }
    return sum;
}

double rhythm_close_share(int64_t turn_us, int64_t precision_us)
{
    double step = precision_us > 1 ? (double)precision_us : 0, turn = (double)turn_us, far = rhythm_turn_flank * turn;
    return (2 * turn - step) / (turn + far - step);
}

static double binomial_term(uint32_t n, uint32_t k, double p)
{
    int sign;
    double x = k, m = n;
    return exp(lgamma_r(m + 1, &sign) - lgamma_r(x + 1, &sign) - lgamma_r(m - x + 1, &sign) + x * log(p) + (m - x) * log1p(-p));
}

double rhythm_binomial_lower(uint32_t n, uint32_t k, double p)
{
    if (k >= n) return 1;
    /* Away from the middle terms only fall, so the sum goes that way. */
    bool is_above = k + 1.0 > n * p;
    double m = n, x = is_above ? k + 1.0 : k, odds = (1 - p) / p;
    double term = binomial_term(n, is_above ? k + 1 : k, p), sum = term;
    for (; !is_above && x > 0 && term > 0; x--) {
        term *= x / (m - x + 1) * odds;
        sum += term;
    }
    for (; is_above && x < m && term > 0; x++) {
        term *= (m - x) / (x + 1) / odds;
        sum += term;
    }
    double lower = is_above ? 1 - sum : sum;
    return lower < 0 ? 0 : lower > 1 ? 1 : lower;
}

/* The share, pulled down to what clocks alone give. */
static double share_of_clocks(double share, uint32_t n_close, uint32_t n_flank)
{
    double n = (double)n_close + n_flank;
    return fmin(share, (n_close + moved_weight * share) / (n + moved_weight));
}

double rhythm_p_turns(const rhythm_turns *t, int i, int64_t precision_us, const rhythm_turns *moved)
{
    double share = rhythm_close_share(turns_us[i], precision_us), before = share, after = share;
    if (moved) {
        before = share_of_clocks(share, moved->n_close[i], moved->n_second[i]);
        after = share_of_clocks(share, moved->n_close[i], moved->n_first[i]);
    }
    double left = rhythm_binomial_lower(t->n_close[i] + t->n_second[i], t->n_close[i], before);
    double right = rhythm_binomial_lower(t->n_close[i] + t->n_first[i], t->n_close[i], after);
    return left > right ? left : right;
}
