/*
 * Accounts of a two-sided world, as accounts at risk of a join. Evidence that decides: e = level of the network + own part, both of
 * variance 1/2. Seen in two halves of the time, each with noise of SD sqrt(2) x noise; evidence is their mean. Truncation: posts are
 * counted, Poisson(20 exp(e/2) x exposure) in two halves, and an action ends the exposure; evidence is ln of the count over exposure, and
 * of the whole archive ln of the bare count. A table's strata are periods of a join without a score: evidence "none".
 */
#include "audit/planned_world.h"

#include "base/alloc.h"
#include "base/sort.h"

#include <math.h>
#include <stdio.h>

static const double half_sd = 0.70710678118654752, batch_share = 0.9, left_share = 0.02;

static double logistic(double x) { return 1 / (1 + exp(-x)); }

/* The constant at which the share actioned is `rate` where e ~ N(0, 1): midpoint rule, then bisection. */
static double constant_for(double rate, double slope, double spread)
{
    double low = -40, high = 40, sd = sqrt(slope * slope + spread * spread);
    for (int step = 0; step < 100; step++) {
        double middle = (low + high) / 2, sum = 0, weight = 0;
        for (int i = -120; i < 120; i++) {
            double z = (i + 0.5) / 20, density = exp(-z * z / 2);
            sum += density * logistic(middle + sd * z);
            weight += density;
        }
        if (sum / weight < rate) low = middle;
        else high = middle;
    }
    return (low + high) / 2;
}

/* ---- a table's design ---------------------------------------------------------------------------------------------- */

static eh_status read_rates(eh_planned_world *w, const eh_audit_data *t, eh_error *err)
{
    double *counts = eh_alloc(w->ctx, 2 * (size_t)t->strata.n, sizeof *counts, err), all = 0, of_a = 0;
    w->log_odds = eh_alloc(w->ctx, t->strata.n, sizeof *w->log_odds, err);
    if (!counts || !w->log_odds) {
        eh_free(w->ctx, counts);
        return err->status;
    }
    for (size_t i = 0; i < t->n_rows; i++) {
        const eh_audit_row *row = &t->rows[i];
        counts[2 * row->stratum] += row->n_actioned;
        counts[2 * row->stratum + 1] += row->n_not;
        all += row->n_actioned + row->n_not;
        if (row->side == 0) of_a += row->n_actioned + row->n_not;
    }
    for (uint32_t k = 0; k < t->strata.n; k++) w->log_odds[k] = log((counts[2 * k] + 0.5) / (counts[2 * k + 1] + 0.5));
    w->share_a = of_a / all;
    eh_free(w->ctx, counts);
    return all <= EH_WORLD_MOST_ACCOUNTS ? EH_OK : eh_fail(err, EH_E_LIMIT, "%.0f accounts are too many to simulate; at most %d", all, EH_WORLD_MOST_ACCOUNTS);
}

/* Sizes by network and stratum, networks together; without networks there is one list. */
static eh_status read_sizes(eh_planned_world *w, const eh_audit_data *t, eh_error *err)
{
    w->first_size = eh_alloc(w->ctx, (size_t)w->n_networks + 2, sizeof *w->first_size, err);
    w->sizes = eh_alloc(w->ctx, t->n_rows + 1, sizeof *w->sizes, err);
    w->size_stratum = eh_alloc(w->ctx, t->n_rows + 1, sizeof *w->size_stratum, err);
    if (!w->first_size || !w->sizes || !w->size_stratum) return err->status;
    for (size_t i = 0; i < t->n_rows; i++) {
        w->first_size[t->rows[i].network + 2]++;
        if (w->has_networks) w->side[t->rows[i].network] = t->rows[i].side != 0;
    }
    for (uint32_t g = 2; g <= w->n_networks + 1; g++) w->first_size[g] += w->first_size[g - 1];
    for (size_t i = 0; i < t->n_rows; i++) {
        uint32_t at = w->first_size[t->rows[i].network + 1]++;
        w->sizes[at] = (uint32_t)(t->rows[i].n_actioned + t->rows[i].n_not);
        w->size_stratum[at] = t->rows[i].stratum;
    }
    return EH_OK;
}

/* ---- opening -------------------------------------------------------------------------------------------------------- */

static eh_status check(const eh_audit_plan *p, eh_error *err)
{
    bool is_sane = p->rate > 0 && p->rate < 1 && p->odds_ratio > 0 && p->odds_ratio <= 1000 && p->spread >= 0 && p->spread <= 10 && fabs(p->gap) <= 10 &&
                   p->noise >= 0 && p->noise <= 10 && p->coverage > 0 && p->coverage <= 1 && p->truncation >= 0 && p->truncation < 1 && fabs(p->slope) <= 10;
    if (!is_sane)
        return eh_fail(err, EH_E_INVALID, "the design is out of range: rate in (0, 1), odds ratio in (0, 1000], coverage in (0, 1], truncation in [0, 1), spread, gap and noise at most 10");
    if (p->noise > 0 && p->truncation > 0) return eh_fail(err, EH_E_INVALID, "noise and truncation are two kinds of noise; give one");
    if (p->table && (p->gap > 0 || p->gap < 0 || p->noise > 0 || p->truncation > 0 || p->is_deterministic))
        return eh_fail(err, EH_E_INVALID, "a table has no evidence behind its strata; a gap, noise, truncation or a rule on it need a design without --table");
    if (p->table) return EH_OK;
    if (!p->n_networks[0] || !p->n_networks[1] || !p->n_least || p->n_most < p->n_least || p->n_strata < 1 || p->n_strata > EH_WORLD_MOST_STRATA)
        return eh_fail(err, EH_E_INVALID, "a design needs networks on both sides, accounts in each (at most no fewer than at least), and 1 to %d strata", EH_WORLD_MOST_STRATA);
    if (((double)p->n_networks[0] + p->n_networks[1]) * p->n_most > EH_WORLD_MOST_ACCOUNTS)
        return eh_fail(err, EH_E_LIMIT, "%.0f accounts are too many to simulate; at most %d", ((double)p->n_networks[0] + p->n_networks[1]) * p->n_most, EH_WORLD_MOST_ACCOUNTS);
    return EH_OK;
}

static eh_status name_all(eh_planned_world *w, eh_error *err)
{
    uint32_t number, n_periods = w->plan->table ? w->plan->table->strata.n : 1;
    char name[32];
    EH_TRY(eh_dict_add(&w->sides, eh_str_of("A"), &number, err));
    EH_TRY(eh_dict_add(&w->sides, eh_str_of("B"), &number, err));
    EH_TRY(eh_dict_add(&w->rules, eh_str_of("all"), &number, err));
    for (uint32_t k = 0; k < n_periods; k++) {
        (void)snprintf(name, sizeof name, "%u", k + 1);
        EH_TRY(eh_dict_add(&w->periods, eh_str_of(name), &number, err));
    }
    w->set = (eh_risk_set){.ctx = w->ctx, .sides = eh_dict_strings(&w->sides), .periods = eh_dict_strings(&w->periods), .rules = eh_dict_strings(&w->rules),
                           .has_networks = w->has_networks, .frame = w->frame};
    return EH_OK;
}

static eh_status fill(eh_planned_world *w, eh_error *err)
{
    const eh_audit_plan *p = w->plan;
    EH_TRY(name_all(w, err));
    w->side = eh_alloc(w->ctx, w->n_networks, 1, err);
    if (!w->side) return err->status;
    if (p->table) {
        EH_TRY(read_rates(w, p->table, err));
        return read_sizes(w, p->table, err);
    }
    for (uint32_t g = p->n_networks[0]; g < w->n_networks; g++) w->side[g] = 1;
    w->constant = constant_for(p->rate, p->slope, p->spread);
    return EH_OK;
}

eh_status eh_planned_world_open(eh_context *ctx, const eh_audit_plan *plan, eh_planned_world *w, eh_error *err)
{
    *w = (eh_planned_world){.ctx = ctx, .plan = plan, .sides = EH_DICT_INIT(ctx), .periods = EH_DICT_INIT(ctx), .rules = EH_DICT_INIT(ctx)};
    EH_TRY(check(plan, err));
    w->has_networks = !plan->table || plan->table->networks.n > 0;
    w->n_networks = plan->table ? (w->has_networks ? plan->table->networks.n : 1) : plan->n_networks[0] + plan->n_networks[1];
    eh_status status = fill(w, err);
    if (status != EH_OK) eh_planned_world_close(w);
    return status;
}

void eh_planned_world_close(eh_planned_world *w)
{
    void *const all[] = {w->log_odds, w->sizes, w->first_size, w->size_stratum, w->side, w->set.rows};
    if (!w->ctx) return;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) eh_free(w->ctx, all[i]);
    eh_dict_release(&w->sides);
    eh_dict_release(&w->periods);
    eh_dict_release(&w->rules);
    *w = (eh_planned_world){0};
}

/* ---- drawing --------------------------------------------------------------------------------------------------------- */

typedef struct network {
    uint32_t number;
    double own; /* log odds */
    bool is_batch;
} network;

/* Posts in two halves of the time seen, none of which is ever empty: + 1/2. */
static void see_counts(eh_rng *rng, double e, double exposure, eh_risk_row *row)
{
    double mean = 20 * exp(e / 2) * exposure / 2, n[2];
    for (int h = 0; h < 2; h++) {
        n[h] = (double)eh_rng_poisson(rng, mean);
        row->half[h] = log((n[h] + 0.5) / (exposure / 2));
    }
    row->whole = log(n[0] + n[1] + 0.5);
    row->evidence = row->whole - log(exposure);
}

/* What is seen of an account, given what became of it. */
static void see(const eh_audit_plan *p, eh_rng *rng, double e, eh_risk_row *row)
{
    if (p->truncation > 0) {
        double early = eh_rng_uniform(rng) / 2 + (row->side == 0 ? 0.5 : 0);
        see_counts(rng, e, row->is_actioned ? 1 - p->truncation * early : 1, row);
        return;
    }
    for (int h = 0; h < 2; h++) row->half[h] = e + (p->noise > 0 ? sqrt(2) * p->noise * eh_rng_normal(rng) : 0);
    row->evidence = row->whole = (row->half[0] + row->half[1]) / 2;
}

/* Whether the archive holds the account; the analyst's list of sides names it in any case. */
static bool is_held(eh_planned_world *w, eh_rng *rng, const eh_risk_row *row)
{
    struct eh_frame *f = &w->frame[row->side];
    bool is_missed = row->is_actioned && row->side == 0 && w->plan->coverage < 1 && eh_rng_uniform(rng) >= w->plan->coverage;
    f->n[row->is_actioned]++;
    f->n_captured[row->is_actioned] += !is_missed;
    f->n_actioned += row->is_actioned && !is_missed;
    return !is_missed;
}

static eh_status add_account(eh_planned_world *w, eh_rng *rng, const network *g, eh_risk_row row, double e, double log_odds, eh_error *err)
{
    const eh_audit_plan *p = w->plan;
    eh_risk_set *set = &w->set;
    double chance = logistic(log_odds + g->own + (row.side == 0 ? log(p->odds_ratio) : 0));
    if (p->is_batch) chance = g->is_batch ? batch_share : left_share;
    row.is_actioned = eh_rng_uniform(rng) < chance;
    row.account = set->n_accounts++;
    row.network = w->has_networks ? g->number : row.account;
    row.exposure = 1;
    if (p->table) row.evidence = row.whole = row.half[0] = row.half[1] = -(double)INFINITY;
    else see(p, rng, e, &row);
    if (!p->is_deterministic && !is_held(w, rng, &row)) return EH_OK;
    EH_TRY(eh_reserve(w->ctx, (void **)&set->rows, &set->capacity, set->n_rows + 1, sizeof *set->rows, err));
    set->rows[set->n_rows++] = row;
    return EH_OK;
}

static eh_status draw_listed(eh_planned_world *w, eh_rng *rng, network *g, eh_error *err)
{
    double level = 0, n = 0, odds_ratio = w->has_networks && w->side[g->number] == 0 ? w->plan->odds_ratio : 1;
    for (uint32_t i = w->first_size[g->number]; i < w->first_size[g->number + 1]; i++) level += w->sizes[i] * w->log_odds[w->size_stratum[i]], n += w->sizes[i];
    g->is_batch = eh_rng_uniform(rng) < logistic(level / fmax(n, 1) + log(odds_ratio));
    for (uint32_t i = w->first_size[g->number]; i < w->first_size[g->number + 1]; i++) {
        for (uint32_t k = 0; k < w->sizes[i]; k++) {
            eh_risk_row row = {.period = w->size_stratum[i]};
            row.side = w->has_networks ? w->side[g->number] : eh_rng_uniform(rng) >= w->share_a;
            EH_TRY(add_account(w, rng, g, row, 0, w->log_odds[row.period], err));
        }
    }
    return EH_OK;
}

static eh_status draw_planned(eh_planned_world *w, eh_rng *rng, network *g, eh_error *err)
{
    const eh_audit_plan *p = w->plan;
    const eh_risk_row row = {.side = w->side[g->number]};
    uint64_t n = p->n_least + eh_rng_below(rng, (uint64_t)p->n_most - p->n_least + 1);
    double level = half_sd * eh_rng_normal(rng) + (row.side == 0 ? p->gap : 0);
    g->is_batch = eh_rng_uniform(rng) < logistic(w->constant + p->slope * level + (row.side == 0 ? log(p->odds_ratio) : 0));
    for (uint64_t i = 0; i < n; i++) {
        double e = level + half_sd * eh_rng_normal(rng);
        EH_TRY(add_account(w, rng, g, row, e, w->constant + p->slope * e, err));
    }
    return EH_OK;
}

static void shuffle_sides(eh_planned_world *w, eh_rng *rng)
{
    for (uint32_t i = w->n_networks; i > 1; i--) {
        uint32_t k = (uint32_t)eh_rng_below(rng, i);
        uint8_t kept = w->side[i - 1];
        w->side[i - 1] = w->side[k];
        w->side[k] = kept;
    }
}

static int by_evidence(const void *a, const void *b, void *data)
{
    const eh_risk_row *x = a, *y = b;
    (void)data;
    return (x->evidence > y->evidence) - (x->evidence < y->evidence);
}

/* One threshold for all, on what is seen: nobody above is spared, nobody below is actioned. */
static eh_status act_by_rule(eh_planned_world *w, eh_rng *rng, eh_error *err)
{
    eh_risk_set *set = &w->set;
    size_t n_kept = 0, n_spared = (size_t)((1 - w->plan->rate) * (double)set->n_rows);
    EH_TRY(eh_sort(w->ctx, set->rows, set->n_rows, sizeof *set->rows, by_evidence, NULL, err));
    for (size_t i = 0; i < set->n_rows; i++) {
        eh_risk_row row = set->rows[i];
        row.is_actioned = i >= n_spared;
        if (is_held(w, rng, &row)) set->rows[n_kept++] = row;
    }
    set->n_rows = n_kept;
    return EH_OK;
}

eh_status eh_planned_world_draw(eh_planned_world *w, eh_rng *rng, eh_error *err)
{
    const eh_audit_plan *p = w->plan;
    w->set.n_rows = w->set.n_accounts = 0;
    w->set.n_networks = w->n_networks;
    w->frame[0] = w->frame[1] = (struct eh_frame){{0, 0}, {0, 0}, 0, 0, 0};
    if (p->table && w->has_networks) shuffle_sides(w, rng);
    for (uint32_t i = 0; i < w->n_networks; i++) {
        network g = {.number = i, .own = w->has_networks ? p->spread * eh_rng_normal(rng) : 0};
        EH_TRY(p->table ? draw_listed(w, rng, &g, err) : draw_planned(w, rng, &g, err));
    }
    return p->is_deterministic ? act_by_rule(w, rng, err) : EH_OK;
}
