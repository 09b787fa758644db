/*
 * The selection leg. One partner who picks the same objects proves nothing, and neither does a chain of such pairs: what counts is
 * how deep an account sits in the graph of pairs (its core number). Three graphs are looked at, of pairs with mid-p <= .00003 (z = 4),
 * .001 and .01; in each an account must have a core of at least 2, 3, 6: partners that are partners of each other. The level comes from
 * worlds drawn from the fitted null: with R(c) accounts of core c or more in the archive and N(c) in W worlds, the false share at c
 * is (N(c) + 1) / W / R(c); the best of the three graphs counts, times three.
 */
#include "legs/cores.h"
#include "legs/pair_test.h"
#include "legs/prompts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { most_worlds = 40, fewest_worlds = 4, accounts_worth = 60000, fewest_actions = 1000 };
static const double known_share = 0.8;

enum { n_graphs = 3, most_core = 63 };
static const double bars[n_graphs] = {3.167124183311986e-05, 0.001, 0.01};
static const uint32_t least_core[n_graphs] = {2, 3, 6};

/* Accounts with core c or more, by graph. */
typedef struct depths {
    uint64_t n[n_graphs][most_core + 1];
} depths;

static eh_status add_depths(const eh_margins *m, const eh_pair_test *test, uint32_t *core, depths *to, eh_error *err)
{
    for (int g = 0; g < n_graphs; g++) {
        EH_TRY(eh_cores_of(m->ctx, m->n_accounts, test->pairs, test->n_pairs, bars[g], core + (size_t)g * m->n_accounts, err));
        for (uint32_t u = 0; u < m->n_accounts; u++) {
            uint32_t c = core[(size_t)g * m->n_accounts + u];
            for (uint32_t k = 1; k <= c && k <= most_core; k++) to->n[g][k]++;
        }
    }
    return EH_OK;
}

/* Whether some depth could still pass at q; what worlds have shown already can only grow. */
static bool is_anything_reachable(const depths *seen, const depths *null, double n_worlds, double q)
{
    for (int g = 0; g < n_graphs; g++)
        for (uint32_t k = least_core[g]; k <= most_core && seen->n[g][k]; k++)
            if (n_graphs * ((double)null->n[g][k] + 1) / n_worlds / (double)seen->n[g][k] <= q) return true;
    return false;
}

static eh_status draw_depths(const eh_margins *m, const eh_contacts *contacts, const eh_leg_result *out, const depths *seen, double q,
                             depths *null, eh_error *err)
{
    uint32_t *core = eh_alloc(m->ctx, (size_t)m->n_accounts * n_graphs, sizeof *core, err);
    eh_status status = core ? EH_OK : err->status;
    for (uint32_t i = 0; status == EH_OK && i < out->n_null_worlds; i++) {
        if (!is_anything_reachable(seen, null, out->n_null_worlds, q)) break;
        eh_drawn_world world;
        eh_pair_test test = {0};
        status = eh_world_draw(m, eh_context_seed(m->ctx), i, &world, err);
        if (status != EH_OK) break;
        eh_incidence in = {world.account_first, world.object_first, world.account_object, world.object_account, NULL};
        status = eh_pair_test_run(m, contacts, &in, "drawing from the null", &test, err);
        eh_world_release(&world);
        if (status == EH_OK) status = add_depths(m, &test, core, null, err);
        eh_pair_test_release(&test);
    }
    eh_free(m->ctx, core);
    return status;
}

static void take_levels(const uint32_t *core, const depths *seen, const depths *null, eh_leg_result *out)
{
    double m = out->n_testable_accounts > 0 ? (double)out->n_testable_accounts : 1, n_worlds = out->n_null_worlds;
    for (int g = 0; g < n_graphs; g++)
        for (uint32_t u = 0; u < out->n_accounts; u++) {
            uint32_t c = core[(size_t)g * out->n_accounts + u];
            eh_leg_account *account = &out->accounts[u];
            for (uint32_t k = least_core[g]; k <= c && k <= most_core; k++) {
                double n_null = (double)null->n[g][k] + 1;
                account->q_value = fmin(account->q_value, n_graphs * n_null / n_worlds / (double)seen->n[g][k]);
                account->p_value = fmin(account->p_value, n_graphs * n_null / (n_worlds * m + 1));
            }
        }
}

/* Kept as ties: pairs of accounts that both pass at the whole level, and those at the sharpest bar. */
static void keep_ties(eh_leg_result *out, double q)
{
    uint64_t n = 0;
    for (uint64_t i = 0; i < out->n_pairs; i++) {
        const eh_leg_pair *pair = &out->pairs[i];
        bool is_deep = out->accounts[pair->account_a].q_value <= q && out->accounts[pair->account_b].q_value <= q;
        if (!is_deep && pair->p_value > bars[0]) continue;
        eh_leg_tie(out, pair);
        out->pairs[n++] = *pair;
    }
    out->n_pairs = n;
}

static eh_status fill(const eh_margins *m, const eh_contacts *contacts, eh_pair_test *test, double q, eh_leg_result *out, eh_error *err)
{
    out->has_run = true;
    EH_TRY(eh_leg_add_accounts(out, m->n_accounts, err));
    /* The more accounts, the more each world says, and costs. */
    uint32_t n_worlds = accounts_worth / (m->n_accounts + 1);
    out->n_null_worlds = n_worlds > most_worlds ? most_worlds : n_worlds < fewest_worlds ? fewest_worlds : n_worlds;
    for (uint32_t u = 0; u < m->n_accounts; u++) {
        out->accounts[u].n_testable_partners = test->n_tested[u];
        out->n_testable_accounts += test->n_tested[u] >= 2;
    }
    out->n_testable_pairs = test->n_tested_pairs;
    depths seen = {0}, null = {0};
    uint32_t *core = eh_alloc(out->ctx, (size_t)m->n_accounts * n_graphs, sizeof *core, err);
    if (!core) return err->status;
    eh_status status = add_depths(m, test, core, &seen, err);
    if (status == EH_OK) status = draw_depths(m, contacts, out, &seen, q, &null, err);
    if (status == EH_OK) {
        take_levels(core, &seen, &null, out);
        out->pairs = test->pairs;
        out->n_pairs = test->n_pairs;
        test->pairs = NULL;
        keep_ties(out, q);
    }
    eh_free(out->ctx, core);
    return status;
}

/* Links that a public prompter asked for: no occasion. They stay in the null and in its worlds, so that evidence can only shrink. */
static eh_status find_prompted(const eh_margins *m, const eh_action_table *table, uint32_t behaviours, const eh_contacts *contacts,
                               uint8_t **is_prompted, eh_leg_result *out, eh_error *err)
{
    eh_prompts prompts;
    if (!(behaviours >> EH_LINK & 1)) return EH_OK;
    *is_prompted = eh_alloc(m->ctx, m->n_objects, 1, err);
    if (!*is_prompted) return err->status;
    EH_TRY(eh_prompts_find(m->ctx, table, contacts, EH_LINK, NULL, &prompts, err));
    for (uint32_t o = 0; o < m->n_objects; o++)
        (*is_prompted)[o] = m->object_behaviour[o] == EH_LINK && prompts.is_prompted[m->object_number[o]];
    out->n_prompted = prompts.n_prompted;
    eh_prompts_release(&prompts);
    return EH_OK;
}

static eh_status compare(const eh_margins *m, const eh_contacts *contacts, const uint8_t *is_prompted, double q, eh_leg_result *out,
                         eh_error *err)
{
    eh_incidence in = {m->account_first, m->object_first, m->account_object, m->object_account, is_prompted};
    eh_pair_test test = {0};
    eh_status status = eh_pair_test_run(m, contacts, &in, "comparing selections", &test, err);
    if (status == EH_OK) status = fill(m, contacts, &test, q, out, err);
    eh_pair_test_release(&test);
    return status;
}

static eh_status select_pairs(const eh_action_table *table, uint32_t behaviours, int64_t precision_us, eh_margins *m, double q,
                              eh_leg_result *out, eh_error *err)
{
    uint64_t n_actions = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (behaviours >> b & 1) n_actions += table->sets[b].n_actions;
    if (n_actions < fewest_actions) {
        snprintf(out->why_not, sizeof out->why_not, "fewer than %d reposts and links to learn taste from", (int)fewest_actions);
        return EH_OK;
    }
    EH_TRY(eh_margins_init(out->ctx, table, behaviours, precision_us, m, err));
    if ((double)m->n_without_source > (1 - known_share) * (double)n_actions) {
        snprintf(out->why_not, sizeof out->why_not, "the sources (authors, domains) of more than %.0f %% of reposts and links are unknown, so taste "
                 "cannot be taken out", 100 * (1 - known_share));
        return EH_OK;
    }
    EH_TRY(eh_margins_fit(m, err));
    eh_contacts contacts;
    uint8_t *is_prompted = NULL;
    eh_status status = eh_contacts_init(out->ctx, table, &contacts, err);
    if (status == EH_OK) status = find_prompted(m, table, behaviours, &contacts, &is_prompted, out, err);
    if (status == EH_OK) status = compare(m, &contacts, is_prompted, q, out, err);
    eh_free(out->ctx, is_prompted);
    eh_contacts_release(&contacts);
    return status;
}

eh_status eh_leg_selection(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options, eh_leg_result *out,
                           eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    out->kind = EH_LEG_SELECTION;
    uint32_t behaviours = 1u << EH_REPOST | 1u << EH_LINK;
    if (options && options->behaviours) behaviours &= options->behaviours;
    eh_margins m = {0};
    eh_status status = select_pairs(table, behaviours, options ? options->precision_us : 1, &m, options ? options->q : 0.05, out, err);
    eh_margins_release(&m);
    if (status != EH_OK) eh_leg_release(out);
    return status;
}
