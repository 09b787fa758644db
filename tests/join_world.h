/** @file join_world.h  Accounts at risk on two sides, drawn without an archive: evidence in two noisy halves, capture, labels. */
#ifndef EH_TESTS_JOIN_WORLD_H
#define EH_TESTS_JOIN_WORLD_H

#include "base/rng.h"
#include "check.h"
#include "evenhand/audit_join.h"

typedef struct join_plan {
    int n_networks;      /* a side */
    double odds_ratio;   /* of action, A against B */
    double gap;          /* side A's mean evidence above B's, in SD */
    double noise;        /* SD of evidence above what decides; each half's is sqrt(2) of it */
    double capture;      /* of A's actioned accounts, the share at risk in the archive; 0 = all */
    double spread;       /* SD of a network's own log odds */
    double p_batch;      /* > 0: a network is taken down as a whole with this chance, and hardly else */
    double disputed;     /* share of A's labels that are disputed; among these action is as likely as not */
    int n_periods;
    bool is_undated;     /* a status read once: A's actioned were actioned earlier, which cut their exposure short */
} join_plan;

enum { join_most_rows = 20000 };
typedef struct join_world {
    eh_risk_row rows[join_most_rows];
    eh_frame frame[2];
    eh_risk_set set;
    eh_side_list sides;
} join_world;

static inline double join_logistic(double x) { return 1 / (1 + exp(-x)); }

static inline void join_account(const join_plan *plan, join_world *w, eh_rng *rng, uint32_t network, double level, double own, bool is_batch)
{
    const uint32_t side = network % 2, account = w->set.n_accounts++;
    const double e = level + 0.7 * eh_rng_normal(rng);
    const bool is_disputed = side == 0 && eh_rng_uniform(rng) < plan->disputed;
    double half[2];
    for (int h = 0; h < 2; h++) half[h] = e + plan->noise * sqrt(2) * eh_rng_normal(rng);
    const uint32_t exposure = 1 + (uint32_t)eh_rng_below(rng, 20);
    const size_t first = w->set.n_rows;
    bool is_actioned = false;
    for (int k = 0; k < plan->n_periods && !is_actioned; k++) {
        double p = join_logistic(-1.5 + 1.2 * e + own + (side == 0 ? log(plan->odds_ratio) : 0));
        if (plan->p_batch > 0) p = is_batch ? 0.9 : 0.02;
        if (is_disputed) p = 0.5;
        is_actioned = eh_rng_uniform(rng) < p;
        CHECK(w->set.n_rows < join_most_rows);
        w->rows[w->set.n_rows++] = (eh_risk_row){.account = account, .period = (uint32_t)k, .side = side, .network = network, .exposure = exposure, .evidence = (half[0] + half[1]) / 2,
                                                 .half = {half[0], half[1]}, .whole = e, .is_actioned = is_actioned, .is_disputed = is_disputed};
    }
    w->frame[side].n[is_actioned]++;
    if (plan->is_undated && is_actioned) w->rows[w->set.n_rows - 1].exposure = side == 0 ? 1 + (uint32_t)eh_rng_below(rng, 5) : 10 + (uint32_t)eh_rng_below(rng, 11), w->set.n_undated++;
    const bool is_lost = is_actioned && side == 0 && plan->capture > 0 && eh_rng_uniform(rng) >= plan->capture;
    if (is_lost) w->set.n_rows = first;
    else w->frame[side].n_captured[is_actioned]++, w->frame[side].n_actioned += is_actioned, w->set.n_actioned += is_actioned;
}

static inline void join_draw(const join_plan *plan, uint64_t seed, uint64_t trial, join_world *w)
{
    static const uint64_t offsets[] = {0, 1, 2, 3, 4};
    eh_rng rng = eh_rng_of(seed, trial);
    memset(w, 0, sizeof *w);
    for (uint32_t g = 0; g < 2 * (uint32_t)plan->n_networks; g++) {
        const int size = 10 + (int)eh_rng_below(&rng, 31);
        const double level = 0.7 * eh_rng_normal(&rng) + (g % 2 == 0 ? plan->gap : 0), own = plan->spread * eh_rng_normal(&rng);
        const bool is_batch = eh_rng_uniform(&rng) < plan->p_batch;
        for (int i = 0; i < size; i++) join_account(plan, w, &rng, g, level, own, is_batch);
    }
    w->set.rows = w->rows;
    w->set.frame = w->frame;
    w->set.n_networks = 2 * (uint32_t)plan->n_networks;
    w->set.sides = (eh_strings){2, offsets, "ab"};
    w->set.periods = (eh_strings){4, offsets, "1234"};
    w->set.rules = (eh_strings){1, offsets, "r"};
    w->sides = (eh_side_list){.has_disputes = plan->disputed > 0, .kappa = (double)NAN};
}

static inline eh_audit_spec join_spec(void)
{
    eh_audit_spec spec = eh_audit_spec_default();
    spec.n_permutations = spec.n_resamplings = 499;
    spec.evidence_bins = 20;
    spec.exposure_bins = 1;
    return spec;
}
#endif
