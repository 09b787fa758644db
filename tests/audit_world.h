/**
 * @file audit_world.h  Two-sided worlds for audits: networks of accounts with evidence, and actions that treat the sides alike
 * or not, one by one or in batches. Only invented accounts.
 */
#ifndef EH_TESTS_AUDIT_WORLD_H
#define EH_TESTS_AUDIT_WORLD_H

#include "audit_data.h"
#include "base/rng.h"

typedef struct audit_plan {
    int n_networks;       /* a side */
    int n_least, n_most;  /* accounts of a network */
    int n_strata;         /* of evidence */
    double odds_ratio;    /* of action, A against B */
    double spread;        /* SD of a network's own log odds: how much its accounts share a fate */
    double p_batch;       /* > 0: a network is taken down as a whole with about this chance, and hardly else */
    double evidence_gap;  /* side A's mean evidence above B's, in SD */
    bool is_deterministic;/* action is a function of the stratum */
    double size_ratio;    /* side A's networks are this many times as large; 0 = alike */
    double noise;         /* SD of what is known of the evidence above what decides */
    double capture;       /* share of A's actioned accounts that the archive holds; 0 = all */
} audit_plan;

enum { audit_most_networks = 400, audit_most_rows = 20000 };
typedef struct audit_world {
    eh_audit_row rows[audit_most_rows];
    eh_audit_data data;
    uint64_t offset[audit_most_networks + 1];
} audit_world;

static inline double audit_logistic(double x) { return 1 / (1 + exp(-x)); }

/* Evidence e ~ N(network's mean, 1); strata are equal steps of it; log odds of action -2 + 1.2 e. */
static inline void audit_draw(const audit_plan *plan, uint64_t seed, uint64_t trial, audit_world *w)
{
    static const uint64_t four[65] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};
    static const char bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    eh_rng rng = eh_rng_of(seed, trial);
    uint32_t n_networks = 2 * (uint32_t)plan->n_networks;
    memset(w, 0, sizeof *w);
    for (uint32_t g = 0; g < n_networks; g++) {
        bool is_a = g % 2 == 0;
        double size = plan->n_least + (double)eh_rng_below(&rng, (uint64_t)(plan->n_most - plan->n_least + 1));
        if (is_a && plan->size_ratio > 0) size = ceil(size * plan->size_ratio);
        double level = 0.7 * eh_rng_normal(&rng) + (is_a ? plan->evidence_gap : 0), own = plan->spread * eh_rng_normal(&rng);
        bool is_batch = eh_rng_uniform(&rng) < plan->p_batch * 2 * audit_logistic(1.2 * level);
        size_t first = w->data.n_rows;
        for (double i = 0; i < size; i++) {
            double e = level + 0.7 * eh_rng_normal(&rng), seen = e + plan->noise * eh_rng_normal(&rng);
            double at = (seen + 2) / 4 * plan->n_strata;
            uint32_t stratum = (uint32_t)fmax(0, fmin(plan->n_strata - 1, floor(at)));
            double p = audit_logistic(-1.5 + 1.2 * e + own + (is_a ? log(plan->odds_ratio) : 0));
            if (plan->p_batch > 0) p = is_batch ? 0.9 : 0.02;
            bool is_actioned = plan->is_deterministic ? stratum >= (uint32_t)plan->n_strata * 7 / 10 : eh_rng_uniform(&rng) < p;
            if (is_actioned && is_a && plan->capture > 0 && eh_rng_uniform(&rng) >= plan->capture) continue;
            size_t at_row = first;
            while (at_row < w->data.n_rows && w->rows[at_row].stratum != stratum) at_row++;
            if (at_row == w->data.n_rows) {
                CHECK(at_row < audit_most_rows);
                w->rows[w->data.n_rows++] = (eh_audit_row){.stratum = stratum, .side = is_a ? 0 : 1, .network = g};
            }
            w->rows[at_row].n_actioned += is_actioned;
            w->rows[at_row].n_not += !is_actioned;
        }
    }
    for (uint32_t g = 0; g <= n_networks; g++) w->offset[g] = 0;
    w->data.rows = w->rows;
    w->data.strata = (eh_strings){(uint32_t)plan->n_strata, four, bytes};
    w->data.sides = (eh_strings){2, four, bytes};
    w->data.networks = (eh_strings){n_networks, w->offset, bytes};
    w->data.units = (eh_strings){0, four, bytes};
    w->data.source = "world";
}
#endif
