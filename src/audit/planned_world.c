/*
 * Accounts of a two-sided world. Evidence that decides e = level of the network + own part, both of variance 1/2; what is seen of it
 * has noise added. Truncation: posts are counted, Poisson(20 exp(e/2) x exposure), and an action ends the exposure.
 */
#include "audit/planned_world.h"

#include "audit/laws.h"
#include "base/sort.h"

#include <math.h>
#include <string.h>

static const double half_sd = 0.70710678118654752, batch_share = 0.9, left_share = 0.02;

static double logistic(double x) { return 1 / (1 + exp(-x)); }

/* The constant at which the share actioned is `rate` where e ~ N(0, 1): midpoint rule, then bisection. */
static double constant_for(double rate, double slope, double spread)
{
    double low = -40, high = 40, sd = sqrt(slope * slope + spread * spread);
    for (int step = 0; step < 100; step++) {
        double middle = (low + high) / 2, sum = 0, weight = 0;
        for (double z = -6; z < 6; z += 0.05) {
            double density = exp(-z * z / 2);
            sum += density * logistic(middle + sd * z);
            weight += density;
        }
        if (sum / weight < rate) low = middle;
        else high = middle;
    }
    return (low + high) / 2;
}

/* ---- a table's design ---------------------------------------------------------------------------------------------- */

static eh_status read_rates(eh_audit_world *w, const eh_audit_data *t, eh_error *err)
{
    double *counts = eh_alloc(w->ctx, 2 * (size_t)t->strata.n, sizeof *counts, err), all = 0, so_far = 0;
    if (!counts) return err->status;
    for (size_t i = 0; i < t->n_rows; i++) {
        counts[2 * t->rows[i].stratum] += t->rows[i].n_actioned;
        counts[2 * t->rows[i].stratum + 1] += t->rows[i].n_not;
        all += t->rows[i].n_actioned + t->rows[i].n_not;
    }
    for (uint32_t k = 0; k < t->strata.n; k++) {
        so_far += counts[2 * k] + counts[2 * k + 1];
        w->shares[k] = so_far / all;
        w->log_odds[k] = log((counts[2 * k] + 0.5) / (counts[2 * k + 1] + 0.5));
    }
    eh_free(w->ctx, counts);
    return all <= EH_WORLD_MOST_ACCOUNTS ? EH_OK : eh_fail(err, EH_E_LIMIT, "%.0f accounts are too many to simulate; at most %d", all, EH_WORLD_MOST_ACCOUNTS);
}

/* Sizes of networks by stratum, networks together; without networks all accounts are in one list, and are their own. */
static eh_status read_sizes(eh_audit_world *w, const eh_audit_data *t, eh_error *err)
{
    w->first_size = eh_alloc(w->ctx, (size_t)w->n_networks + 2, sizeof *w->first_size, err);
    w->sizes = eh_alloc(w->ctx, t->n_rows + 1, sizeof *w->sizes, err);
    w->size_stratum = eh_alloc(w->ctx, t->n_rows + 1, sizeof *w->size_stratum, err);
    if (!w->first_size || !w->sizes || !w->size_stratum) return err->status;
    for (size_t i = 0; i < t->n_rows; i++) w->first_size[t->rows[i].network + 2]++;
    for (uint32_t g = 1; g < w->n_networks; g++) w->first_size[g + 1] += w->first_size[g];
    for (size_t i = 0; i < t->n_rows; i++) {
        uint32_t at = w->first_size[t->rows[i].network + 1]++;
        w->sizes[at] = (uint32_t)(t->rows[i].n_actioned + t->rows[i].n_not);
        w->size_stratum[at] = t->rows[i].stratum;
    }
    w->n_sizes = t->n_rows;
    return EH_OK;
}

/* How many networks each side has; without networks the first side's share of accounts is kept in `constant`. */
static eh_status read_sides(eh_audit_world *w, const eh_audit_data *t, eh_error *err)
{
    double n[2] = {0, 0};
    w->side = eh_alloc(w->ctx, (size_t)w->n_networks + 1, 1, err);
    if (!w->side) return err->status;
    for (size_t i = 0; i < t->n_rows; i++) {
        bool is_b = t->rows[i].side != 0;
        if (w->has_networks) w->side[t->rows[i].network] = is_b;
        n[is_b] += t->rows[i].n_actioned + t->rows[i].n_not;
    }
    w->constant = n[0] / (n[0] + n[1]);
    return EH_OK;
}

/* ---- opening -------------------------------------------------------------------------------------------------------- */

static eh_status check(const eh_audit_plan *p, eh_error *err)
{
    bool is_sane = p->rate > 0 && p->rate < 1 && p->odds_ratio > 0 && p->odds_ratio <= 1000 && p->spread >= 0 && p->spread <= 10 && fabs(p->gap) <= 10 &&
                   p->noise >= 0 && p->noise <= 10 && p->coverage > 0 && p->coverage <= 1 && p->truncation >= 0 && p->truncation < 1 && fabs(p->slope) <= 10;
    if (!is_sane)
        return eh_fail(err, EH_E_INVALID, "the design is out of range: rate in (0, 1), odds ratio in (0, 1000], coverage in (0, 1], truncation in [0, 1), spread, gap and noise at most 10");
    if (p->table) return EH_OK;
    if (!p->n_networks[0] || !p->n_networks[1] || !p->n_least || p->n_most < p->n_least || p->n_strata < 1 || p->n_strata > EH_WORLD_MOST_STRATA)
        return eh_fail(err, EH_E_INVALID, "a design needs networks on both sides, accounts in each (at most no fewer than at least), and 1 to %d strata", EH_WORLD_MOST_STRATA);
    if (((double)p->n_networks[0] + p->n_networks[1]) * p->n_most > EH_WORLD_MOST_ACCOUNTS)
        return eh_fail(err, EH_E_LIMIT, "%.0f accounts are too many to simulate; at most %d", ((double)p->n_networks[0] + p->n_networks[1]) * p->n_most, EH_WORLD_MOST_ACCOUNTS);
    return EH_OK;
}

static eh_status open_design(eh_audit_world *w, eh_error *err)
{
    const eh_audit_plan *p = w->plan;
    w->side = eh_alloc(w->ctx, w->n_networks, 1, err);
    if (!w->side) return err->status;
    for (uint32_t g = p->n_networks[0]; g < w->n_networks; g++) w->side[g] = 1;
    for (uint32_t k = 0; k < w->n_strata; k++) w->shares[k] = (k + 1.0) / w->n_strata;
    w->constant = constant_for(p->rate, p->slope, p->spread);
    return EH_OK;
}

static eh_status open_table(eh_audit_world *w, eh_error *err)
{
    EH_TRY(read_rates(w, w->plan->table, err));
    EH_TRY(read_sizes(w, w->plan->table, err));
    return read_sides(w, w->plan->table, err);
}

eh_status eh_audit_world_open(eh_context *ctx, const eh_audit_plan *plan, eh_audit_world *w, eh_error *err)
{
    *w = (eh_audit_world){.ctx = ctx, .plan = plan};
    EH_TRY(check(plan, err));
    w->n_strata = plan->table ? plan->table->strata.n : plan->n_strata;
    w->has_networks = !plan->table || plan->table->networks.n > 0;
    w->n_networks = plan->table ? (w->has_networks ? plan->table->networks.n : 1) : plan->n_networks[0] + plan->n_networks[1];
    uint32_t n_names = w->n_strata > w->n_networks ? w->n_strata : w->n_networks;
    w->shares = eh_alloc(ctx, w->n_strata, sizeof *w->shares, err);
    w->log_odds = eh_alloc(ctx, w->n_strata, sizeof *w->log_odds, err);
    w->tally = eh_alloc(ctx, 2 * (size_t)w->n_strata, sizeof *w->tally, err);
    w->offsets = eh_alloc(ctx, (size_t)n_names + 3, sizeof *w->offsets, err);
    eh_status status = w->shares && w->log_odds && w->tally && w->offsets ? EH_OK : err->status;
    if (status == EH_OK) status = plan->table ? open_table(w, err) : open_design(w, err);
    w->data = (eh_audit_data){.strata = {w->n_strata, w->offsets, ""}, .sides = {2, w->offsets, ""}, .networks = {w->has_networks ? w->n_networks : 0, w->offsets, ""},
                              .units = {0, w->offsets, ""}, .source = "simulated"};
    if (status != EH_OK) eh_audit_world_close(w);
    return status;
}

void eh_audit_world_close(eh_audit_world *w)
{
    void *const all[] = {w->shares, w->log_odds, w->sizes, w->first_size, w->size_stratum, w->side, w->accounts, w->sorted, w->stratum_of, w->tally, w->rows, w->offsets};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) eh_free(w->ctx, all[i]);
    *w = (eh_audit_world){0};
}

/* ---- drawing --------------------------------------------------------------------------------------------------------- */

typedef struct network {
    uint32_t number;
    double level, own;
    bool is_batch;
} network;

static double poisson_count(eh_rng *rng, double e, double exposure) { return log((double)eh_rng_poisson(rng, 20 * exp(e / 2) * exposure) + 0.5); }

/* What is seen of an account, given what became of it. */
static void see(const eh_audit_plan *p, eh_rng *rng, double e, eh_audit_world_account *a)
{
    a->seen = a->counted = e + (p->noise > 0 ? p->noise * eh_rng_normal(rng) : 0);
    if (!(p->truncation > 0)) return;
    double early = eh_rng_uniform(rng) / 2 + (a->side == 0 ? 0.5 : 0), exposure = a->is_actioned ? 1 - p->truncation * early : 1;
    a->counted = poisson_count(rng, e, exposure);
    a->seen = a->counted - log(exposure);
}

static eh_status add_account(eh_audit_world *w, eh_rng *rng, const network *g, uint8_t side, double e, double log_odds, eh_error *err)
{
    const eh_audit_plan *p = w->plan;
    double chance = logistic(log_odds + g->own + (side == 0 ? log(p->odds_ratio) : 0));
    if (p->is_batch) chance = g->is_batch ? batch_share : left_share;
    eh_audit_world_account a = {.network = g->number, .side = side, .is_actioned = eh_rng_uniform(rng) < chance};
    see(p, rng, e, &a);
    if (!p->is_deterministic && a.is_actioned && side == 0 && p->coverage < 1 && eh_rng_uniform(rng) >= p->coverage) return EH_OK;
    EH_TRY(eh_reserve(w->ctx, (void **)&w->accounts, &w->capacity, w->n_accounts + 1, sizeof *w->accounts, err));
    w->accounts[w->n_accounts++] = a;
    return EH_OK;
}

static double at_least(double x, double least) { return x > least ? x : least; }

/* Somewhere in its stratum's share of the normal law. */
static double evidence_within(const eh_audit_world *w, uint32_t stratum, eh_rng *rng)
{
    double from = stratum ? w->shares[stratum - 1] : 0, p = from + (w->shares[stratum] - from) * eh_rng_uniform(rng), low = -8, high = 8;
    for (int step = 0; step < 40; step++) {
        double middle = (low + high) / 2;
        if (eh_normal_p(middle) < p) low = middle;
        else high = middle;
    }
    return (low + high) / 2;
}

static uint32_t stratum_at(const eh_audit_world *w, double e)
{
    double p = eh_normal_p(e);
    uint32_t k = 0;
    while (k + 1 < w->n_strata && p > w->shares[k]) k++;
    return k;
}

/* A network of a table: its accounts keep their strata, unless the sides differ in evidence. */
static eh_status draw_listed(eh_audit_world *w, eh_rng *rng, network *g, eh_error *err)
{
    const eh_audit_plan *p = w->plan;
    uint32_t from = w->first_size[g->number], to = g->number + 1 < w->n_networks ? w->first_size[g->number + 1] : (uint32_t)w->n_sizes;
    double level = 0, n = 0;
    for (uint32_t i = from; i < to; i++) level += w->sizes[i] * w->log_odds[w->size_stratum[i]], n += w->sizes[i];
    bool is_a_network = w->has_networks && w->side[g->number] == 0;
    g->is_batch = eh_rng_uniform(rng) < logistic(level / at_least(n, 1) + (is_a_network ? log(p->odds_ratio) : 0));
    for (uint32_t i = from; i < to; i++) {
        for (uint32_t k = 0; k < w->sizes[i]; k++) {
            uint8_t side = w->has_networks ? w->side[g->number] : eh_rng_uniform(rng) >= w->constant;
            double e = evidence_within(w, w->size_stratum[i], rng) + (side == 0 ? p->gap : 0);
            EH_TRY(add_account(w, rng, g, side, e, w->log_odds[stratum_at(w, e)], err));
        }
    }
    return EH_OK;
}

static eh_status draw_planned(eh_audit_world *w, eh_rng *rng, network *g, eh_error *err)
{
    const eh_audit_plan *p = w->plan;
    uint8_t side = w->side[g->number];
    uint64_t n = p->n_least + eh_rng_below(rng, (uint64_t)p->n_most - p->n_least + 1);
    g->level = half_sd * eh_rng_normal(rng) + (side == 0 ? p->gap : 0);
    g->is_batch = eh_rng_uniform(rng) < logistic(w->constant + p->slope * g->level + (side == 0 ? log(p->odds_ratio) : 0));
    for (uint64_t i = 0; i < n; i++) {
        double e = g->level + half_sd * eh_rng_normal(rng);
        EH_TRY(add_account(w, rng, g, side, e, w->constant + p->slope * e, err));
    }
    return EH_OK;
}

static void shuffle_sides(eh_audit_world *w, eh_rng *rng)
{
    for (uint32_t i = w->n_networks; i > 1; i--) {
        uint32_t k = (uint32_t)eh_rng_below(rng, i);
        uint8_t kept = w->side[i - 1];
        w->side[i - 1] = w->side[k];
        w->side[k] = kept;
    }
}

static bool is_below(const void *a, const void *b) { return *(const double *)a < *(const double *)b; }

static int compare_reals(const void *a, const void *b, void *data)
{
    (void)data;
    return is_below(b, a) - is_below(a, b);
}

static eh_status sort_scores(eh_audit_world *w, eh_error *err)
{
    for (size_t i = 0; i < w->n_accounts; i++) w->sorted[i] = w->accounts[i].score;
    return eh_sort(w->ctx, w->sorted, w->n_accounts, sizeof *w->sorted, compare_reals, NULL, err);
}

static eh_status make_room(eh_audit_world *w, eh_error *err)
{
    eh_free(w->ctx, w->sorted);
    eh_free(w->ctx, w->stratum_of);
    eh_free(w->ctx, w->rows);
    w->sorted = eh_alloc(w->ctx, w->n_accounts + 1, sizeof *w->sorted, err);
    w->stratum_of = eh_alloc(w->ctx, w->n_accounts + 1, sizeof *w->stratum_of, err);
    w->rows = eh_alloc(w->ctx, w->n_accounts + 1, sizeof *w->rows, err);
    return w->sorted && w->stratum_of && w->rows ? EH_OK : err->status;
}

/* One threshold for all, on what is seen: nobody above is spared, nobody below is actioned. */
static eh_status act_by_rule(eh_audit_world *w, eh_rng *rng, eh_error *err)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < w->n_accounts; i++) w->accounts[i].score = w->accounts[i].seen;
    EH_TRY(sort_scores(w, err));
    size_t at = (size_t)((1 - w->plan->rate) * (double)w->n_accounts);
    double threshold = w->n_accounts ? w->sorted[at < w->n_accounts ? at : w->n_accounts - 1] : 0;
    for (size_t i = 0; i < w->n_accounts; i++) {
        eh_audit_world_account *a = &w->accounts[i];
        a->is_actioned = a->seen >= threshold;
        if (a->is_actioned && a->side == 0 && w->plan->coverage < 1 && eh_rng_uniform(rng) >= w->plan->coverage) continue;
        w->accounts[n_kept++] = *a;
    }
    w->n_accounts = n_kept;
    return EH_OK;
}

eh_status eh_audit_world_draw(eh_audit_world *w, eh_rng *rng, eh_error *err)
{
    const eh_audit_plan *p = w->plan;
    w->n_accounts = 0;
    if (p->table && w->has_networks) shuffle_sides(w, rng);
    for (uint32_t i = 0; i < w->n_networks; i++) {
        network g = {.number = i, .own = p->spread * eh_rng_normal(rng)};
        if (!w->has_networks) g.own = 0;
        EH_TRY(p->table ? draw_listed(w, rng, &g, err) : draw_planned(w, rng, &g, err));
    }
    EH_TRY(make_room(w, err));
    return p->is_deterministic ? act_by_rule(w, rng, err) : EH_OK;
}

/* ---- cutting --------------------------------------------------------------------------------------------------------- */

static void find_strata(eh_audit_world *w)
{
    for (size_t i = 0; i < w->n_accounts; i++) {
        size_t low = 0, high = w->n_accounts; /* rank: how many lie below */
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (w->sorted[middle] < w->accounts[i].score) low = middle + 1;
            else high = middle;
        }
        double share = ((double)low + 0.5) / (double)w->n_accounts;
        uint32_t first = 0, last = w->n_strata - 1;
        while (first < last) {
            uint32_t middle = (first + last) / 2;
            if (w->shares[middle] < share) first = middle + 1;
            else last = middle;
        }
        w->stratum_of[i] = first;
    }
}

static void add_rows(eh_audit_world *w, size_t from, size_t to)
{
    for (int side = 0; side < 2; side++) {
        memset(w->tally, 0, 2 * (size_t)w->n_strata * sizeof *w->tally);
        for (size_t i = from; i < to; i++)
            if (w->accounts[i].side == side) w->tally[2 * w->stratum_of[i] + w->accounts[i].is_actioned]++;
        for (uint32_t k = 0; k < w->n_strata; k++) {
            if (!w->tally[2 * k] && !w->tally[2 * k + 1]) continue;
            w->rows[w->data.n_rows++] = (eh_audit_row){.stratum = k, .side = (uint32_t)side, .network = w->has_networks ? w->accounts[from].network : 0,
                                                       .n_actioned = w->tally[2 * k + 1], .n_not = w->tally[2 * k]};
        }
    }
}

eh_status eh_audit_world_cut(eh_audit_world *w, eh_error *err)
{
    EH_TRY(sort_scores(w, err));
    find_strata(w);
    w->data.n_rows = 0;
    w->data.rows = w->rows;
    for (size_t from = 0, to = 0; from < w->n_accounts; from = to) {
        while (to < w->n_accounts && w->accounts[to].network == w->accounts[from].network) to++;
        add_rows(w, from, to);
    }
    return EH_OK;
}
