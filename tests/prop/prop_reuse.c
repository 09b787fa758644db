/*
 * The reuse leg against the bipartite configuration model in full, p_uo = x_u y_o / (1 + x_u y_o), solved here by Newton's method on all
 * margins at once: the leg's sparse form k_u k_o / n and its Poisson tail must not promise more than the exact Poisson-binomial.
 */
#include "base/rng.h"
#include "check.h"
#include "evenhand/legs.h"

enum { n_accounts = 100, n_texts = 300, n_unknown = n_accounts + n_texts };

static uint8_t is_on[n_accounts][n_texts];
static double chance[n_accounts][n_texts];

static void add_text(eh_action_builder *b, uint32_t u, uint32_t o)
{
    char account[16], text[64], post[32];
    eh_error err = EH_ERROR_INIT;
    eh_action a = {.behaviour = EH_TEXT, .kind = EH_KIND_POST, .time_us = INT64_C(1000000) * (1 + u * 1000 + o), .birth_us = EH_NO_TIME};
    a.account = (eh_str){account, (size_t)snprintf(account, sizeof account, "u%03u", u)};
    a.object = (eh_str){text, (size_t)snprintf(text, sizeof text, "an original text of forty characters or more, %05u", o)};
    a.post = (eh_str){post, (size_t)snprintf(post, sizeof post, "p%u-%u", u, o)};
    CHECK_OK(eh_action_builder_add(b, &a, &err), err);
}

/* n_group accounts copy n_copied texts from each other, wherever the others write what they like. */
static void draw(uint64_t seed, uint32_t n_group, uint32_t n_copied)
{
    eh_rng rng = eh_rng_of(seed, 1);
    double active[n_accounts], known[n_texts];
    for (uint32_t u = 0; u < n_accounts; u++) active[u] = eh_rng_lognormal(&rng, 0.15, 0.5);
    for (uint32_t o = 0; o < n_texts; o++) known[o] = eh_rng_lognormal(&rng, 0.2, 0.7);
    for (uint32_t u = 0; u < n_accounts; u++)
        for (uint32_t o = 0; o < n_texts; o++) {
            double odds = active[u] * known[o];
            is_on[u][o] = eh_rng_uniform(&rng) < odds / (1 + odds) || (u < n_group && o < n_copied && eh_rng_uniform(&rng) < 0.9);
        }
    for (uint32_t u = 0; u < n_accounts; u++) is_on[u][u % n_texts] = 1; /* nobody and nothing is empty or full */
    for (uint32_t o = 0; o < n_texts; o++) is_on[(o * 7) % n_accounts][o] = 1;
}

/* Gaussian elimination with pivots; a ridge takes the one free scale out (all x times c, all y over c). */
static void solve(double m[n_unknown][n_unknown + 1])
{
    for (int i = 0; i < n_unknown; i++) {
        int best = i;
        for (int r = i + 1; r < n_unknown; r++)
            if (fabs(m[r][i]) > fabs(m[best][i])) best = r;
        for (int c = 0; c <= n_unknown; c++) {
            double t = m[i][c];
            m[i][c] = m[best][c];
            m[best][c] = t;
        }
        for (int r = 0; r < n_unknown; r++) {
            if (r == i) continue;
            double by = m[r][i] / m[i][i];
            for (int c = i; c <= n_unknown; c++) m[r][c] -= by * m[i][c];
        }
    }
}

static void fit_configuration_model(void)
{
    static double m[n_unknown][n_unknown + 1];
    double log_x[n_unknown] = {0}, worst = 1;
    for (int u = 0; u < n_unknown; u++) log_x[u] = -1;
    for (int i = 0; i < 100 && worst > 1e-10; i++) {
        memset(m, 0, sizeof m);
        for (int u = 0; u < n_accounts; u++)
            for (int o = 0; o < n_texts; o++) {
                double p = 1 / (1 + exp(-log_x[u] - log_x[n_accounts + o])), v = p * (1 - p);
                int t = n_accounts + o;
                chance[u][o] = p;
                m[u][u] += v;
                m[t][t] += v;
                m[u][t] += v;
                m[t][u] += v;
                m[u][n_unknown] += is_on[u][o] - p;
                m[t][n_unknown] += is_on[u][o] - p;
            }
        worst = 0;
        for (int k = 0; k < n_unknown; k++) {
            worst = fmax(worst, fabs(m[k][n_unknown]));
            m[k][k] += 1e-9;
        }
        solve(m);
        for (int k = 0; k < n_unknown; k++) log_x[k] += fmax(-1, fmin(1, m[k][n_unknown] / m[k][k]));
    }
    CHECK(worst <= 1e-10);
}

static double exact_tail(uint32_t u, uint32_t v, uint32_t k)
{
    double state[n_texts + 1] = {1}, sum = 0;
    for (uint32_t o = 0; o < n_texts; o++) {
        double p = chance[u][o] * chance[v][o];
        for (uint32_t j = o + 1; j > 0; j--) state[j] = state[j] * (1 - p) + state[j - 1] * p;
        state[0] *= 1 - p;
    }
    for (uint32_t j = n_texts + 1; j-- > k;) sum += state[j];
    return sum;
}

static eh_leg_result run(eh_context *ctx, eh_action_table *table)
{
    eh_error err = EH_ERROR_INIT;
    eh_action_builder *b;
    eh_leg_result leg;
    CHECK_OK(eh_action_builder_new(ctx, ~0u, true, &b, &err), err);
    for (uint32_t u = 0; u < n_accounts; u++)
        for (uint32_t o = 0; o < n_texts; o++)
            if (is_on[u][o]) add_text(b, u, o);
    CHECK_OK(eh_action_builder_finish(b, table, &err), err);
    eh_action_builder_free(b);
    CHECK_OK(eh_leg_reuse(ctx, table, NULL, &leg, &err), err);
    CHECK(leg.has_run);
    return leg;
}

static void pairs_are_no_bolder_than_the_full_model(void)
{
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    draw(1, 4, 20);
    fit_configuration_model();
    eh_leg_result leg = run(ctx, &table);
    CHECK_EQ_INT(table.accounts.n, n_accounts);
    CHECK(leg.n_pairs >= 3);
    for (uint64_t i = 0; i < leg.n_pairs; i++) {
        const eh_leg_pair *pair = &leg.pairs[i];
        uint32_t k = 0;
        double mu = 0;
        for (uint32_t o = 0; o < n_texts; o++) {
            k += is_on[pair->account_a][o] && is_on[pair->account_b][o];
            mu += chance[pair->account_a][o] * chance[pair->account_b][o];
        }
        CHECK_EQ_INT(pair->n_observed, k);
        CHECK(pair->p_value >= exact_tail(pair->account_a, pair->account_b, k));
        CHECK(pair->n_expected >= mu);
    }
    eh_leg_release(&leg);
    eh_action_table_release(&table);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void group_is_found_and_nobody_else(void)
{
    uint32_t n_found = 0, n_wrong = 0;
    for (uint64_t seed = 11; seed < 31; seed++)
        for (uint32_t n_group = 0; n_group <= 4; n_group += 4) {
            eh_context *ctx;
            eh_error err = EH_ERROR_INIT;
            eh_action_table table;
            CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
            draw(seed, n_group, 20);
            eh_leg_result leg = run(ctx, &table);
            for (uint32_t u = 0; u < leg.n_accounts; u++) {
                n_found += u < n_group && leg.accounts[u].q_value <= 0.05;
                n_wrong += u >= n_group && leg.accounts[u].q_value <= 0.05;
            }
            eh_leg_release(&leg);
            eh_action_table_release(&table);
            eh_context_free(ctx);
        }
    printf("members found %u of 80, others %u\n", n_found, n_wrong);
    CHECK(n_found >= 40);
    CHECK(n_wrong == 0);
}

CHECK_MAIN(pairs_are_no_bolder_than_the_full_model, group_is_found_and_nobody_else)
