/* Numbers of a detection become rows: ids are looked up, bits become words, unknown values NULL. */
#include "investigation/run_store.h"

#include "base/time.h"

#include <math.h>
#include <stdio.h>

typedef struct writer {
    eh_investigation *inv;
    const run_record *run;
    eh_appender *appender;
    eh_buf words;
    int leg; /* whose pairs are written */
} writer;

typedef eh_status (*append_fn)(writer *w, uint64_t i, eh_error *err);

/* Rows 0..n-1 of a table, each by fn. */
static eh_status fill(writer *w, const char *table, uint64_t n, append_fn fn, eh_error *err)
{
    EH_TRY(eh_appender_open(w->inv->store, table, &w->appender, err));
    eh_status status = EH_OK;
    for (uint64_t i = 0; i < n && status == EH_OK; i++) {
        eh_appender_text(w->appender, eh_str_of(w->run->run_id));
        status = fn(w, i, err);
        if (status == EH_OK) status = eh_appender_end_row(w->appender, err);
    }
    if (status == EH_OK) return eh_appender_close(&w->appender, err);
    eh_appender_discard(&w->appender);
    return status;
}

static void add_real(writer *w, double value)
{
    if (isfinite(value))
        eh_appender_real(w->appender, value);
    else
        eh_appender_null(w->appender);
}

static void add_count(writer *w, uint64_t value) { eh_appender_int(w->appender, (int64_t)value); }
static void add_account(writer *w, uint32_t i)
{
    eh_appender_text(w->appender, eh_strings_get(&w->run->table.accounts, i));
}
static void add_behaviour(writer *w, eh_behaviour b) { eh_appender_text(w->appender, eh_str_of(eh_behaviour_name(b))); }

static eh_status add_behaviours(writer *w, uint32_t behaviours, eh_error *err)
{
    eh_buf_clear(&w->words);
    EH_TRY(inv_behaviours_text(&w->words, behaviours, err));
    eh_appender_text(w->appender, eh_buf_str(&w->words));
    return EH_OK;
}

static eh_status add_legs(writer *w, uint32_t legs, eh_error *err)
{
    eh_buf_clear(&w->words);
    EH_TRY(inv_legs_text(&w->words, legs, err));
    eh_appender_text(w->appender, eh_buf_str(&w->words));
    return EH_OK;
}

static void add_network(writer *w, uint32_t network)
{
    char name[16];
    if (network == UINT32_MAX) {
        eh_appender_null(w->appender);
        return;
    }
    snprintf(name, sizeof name, "n%lu", (unsigned long)network + 1);
    eh_appender_text(w->appender, eh_str_of(name));
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static eh_status append_behaviour(writer *w, uint64_t i, eh_error *err)
{
    (void)err;
    /* Row i is the i-th tested behaviour. */
    int b = 0;
    for (uint64_t n = 0; b < EH_N_BEHAVIOURS; b++)
        if ((w->run->options.behaviours >> b & 1) && n++ == i) break;
    const eh_behaviour_result *result = &w->run->findings.detection.behaviours[b];
    add_behaviour(w, (eh_behaviour)b);
    add_count(w, result->n_actions);
    add_count(w, result->n_accounts);
    add_count(w, result->n_objects);
    add_count(w, result->n_testable_pairs);
    add_count(w, result->n_tested_pairs);
    add_count(w, result->n_cut_episodes);
    add_count(w, result->n_dropped_actions);
    return EH_OK;
}

static eh_status append_finding(writer *w, uint64_t i, eh_error *err)
{
    const eh_account_result *account = &w->run->findings.detection.accounts[i];
    const eh_networks *networks = &w->run->networks;
    add_account(w, (uint32_t)i);
    eh_appender_bool(w->appender, account->is_listed);
    eh_appender_text(w->appender, eh_str_of(eh_finding_name(account->finding)));
    add_real(w, account->q_value);
    add_real(w, account->p_value);
    add_network(w, networks->network_of && i < networks->n_accounts ? networks->network_of[i] : UINT32_MAX);
    add_count(w, account->n_actions);
    add_count(w, account->n_partners);
    EH_TRY(add_behaviours(w, account->behaviours, err));
    add_count(w, account->n_testable_partners);
    EH_TRY(add_behaviours(w, account->independent_behaviours, err));
    add_real(w, account->log_e);
    add_count(w, account->n_objects_needed);
    add_count(w, account->most_common_objects);
    add_count(w, account->n_first);
    add_count(w, account->n_second);
    add_real(w, account->median_delay_s);
    eh_buf_clear(&w->words);
    EH_TRY(inv_notes_text(&w->words, account->notes, err));
    eh_appender_text(w->appender, eh_buf_str(&w->words));
    EH_TRY(add_legs(w, account->legs, err));
    for (int l = 0; l < EH_N_LEGS; l++) add_real(w, account->leg_q[l]);
    return EH_OK;
}

static eh_status append_tie(writer *w, uint64_t i, eh_error *err)
{
    const eh_tie *tie = &w->run->findings.detection.ties[i];
    add_account(w, tie->account_a);
    add_account(w, tie->account_b);
    EH_TRY(add_legs(w, tie->legs, err));
    EH_TRY(add_behaviours(w, tie->behaviours, err));
    eh_appender_time(w->appender, tie->first_time_us);
    eh_appender_time(w->appender, tie->last_time_us);
    return EH_OK;
}

static eh_status append_leg_pair(writer *w, uint64_t i, eh_error *err)
{
    const eh_leg_result *leg = &w->run->findings.legs[w->leg];
    (void)err;
    eh_appender_text(w->appender, eh_str_of(eh_leg_name(leg->kind)));
    add_account(w, leg->pairs[i].account_a);
    add_account(w, leg->pairs[i].account_b);
    add_count(w, leg->pairs[i].n_observed);
    add_real(w, leg->pairs[i].n_expected);
    add_real(w, leg->pairs[i].p_value);
    return EH_OK;
}

static eh_status append_leg(writer *w, uint64_t i, eh_error *err)
{
    const eh_findings *f = &w->run->findings;
    const eh_leg_result *leg = &f->legs[i];
    bool is_timing = i == EH_LEG_TIMING;
    (void)err;
    eh_appender_text(w->appender, eh_str_of(eh_leg_name((eh_leg)i)));
    eh_appender_bool(w->appender, is_timing || leg->has_run);
    eh_appender_text(w->appender, eh_str_of(leg->why_not));
    add_real(w, f->share_of_q[i]);
    add_count(w, is_timing ? f->detection.n_testable_pairs : leg->n_testable_pairs);
    add_count(w, is_timing ? f->detection.n_testable_accounts : leg->n_testable_accounts);
    add_count(w, is_timing ? f->detection.n_listed_pairs : leg->n_pairs);
    add_count(w, leg->n_null_worlds);
    add_count(w, leg->n_prompted);
    return EH_OK;
}

static eh_status append_edge(writer *w, uint64_t i, eh_error *err)
{
    (void)err;
    const eh_edge *edge = &w->run->findings.detection.edges[i];
    add_account(w, edge->account_a);
    add_account(w, edge->account_b);
    add_behaviour(w, edge->behaviour);
    add_real(w, (double)edge->window_us / 1e6);
    add_count(w, edge->n_shared_objects);
    add_real(w, edge->n_sittings_expected);
    add_real(w, edge->p_value);
    add_real(w, edge->q_value);
    eh_appender_bool(w->appender, edge->is_listed);
    eh_appender_time(w->appender, edge->first_time_us);
    eh_appender_time(w->appender, edge->last_time_us);
    add_count(w, edge->n_common_objects);
    add_count(w, edge->n_sittings);
    add_real(w, edge->log_e);
    add_real(w, edge->log_e_pair);
    add_real(w, edge->q_bh);
    add_real(w, edge->p_own_cascade);
    add_count(w, edge->n_a_second);
    add_count(w, edge->n_b_second);
    add_count(w, edge->n_tied);
    add_real(w, edge->log_e_a_second);
    add_real(w, edge->log_e_b_second);
    return EH_OK;
}

static eh_status append_evidence(writer *w, uint64_t i, eh_error *err)
{
    (void)err;
    const eh_evidence *row = &w->run->findings.detection.evidence[i];
    const eh_action_table *table = &w->run->table;
    add_account(w, row->account_a);
    add_account(w, row->account_b);
    add_behaviour(w, row->behaviour);
    eh_appender_text(w->appender, eh_strings_get(&table->sets[row->behaviour].objects, row->object));
    eh_appender_text(w->appender, eh_strings_get(&table->posts, row->post_a));
    eh_appender_text(w->appender, eh_strings_get(&table->posts, row->post_b));
    eh_appender_time(w->appender, row->time_a_us);
    eh_appender_time(w->appender, row->time_b_us);
    add_real(w, (double)(row->time_b_us - row->time_a_us) / 1e6);
    add_real(w, row->p_object);
    return EH_OK;
}

/* One row a window. */
static eh_status append_chance(void *data, const eh_chance *chance, eh_error *err)
{
    writer *w = data;
    const eh_detect_options *options = &w->run->findings.detection.options;
    for (uint32_t i = 0; i < options->n_windows; i++) {
        eh_appender_text(w->appender, eh_str_of(w->run->run_id));
        add_account(w, chance->account_a);
        add_account(w, chance->account_b);
        add_behaviour(w, chance->behaviour);
        eh_appender_text(w->appender, eh_strings_get(&w->run->table.sets[chance->behaviour].objects, chance->object));
        add_count(w, chance->episode);
        eh_appender_time(w->appender, chance->block_start_us);
        add_count(w, chance->n_accounts);
        eh_appender_time(w->appender, chance->time_a_us);
        eh_appender_time(w->appender, chance->time_b_us);
        eh_appender_bool(w->appender, chance->is_on_grid);
        add_real(w, (double)options->windows_us[i] / 1e6);
        add_real(w, chance->p_object[i]);
        EH_TRY(eh_appender_end_row(w->appender, err));
    }
    return EH_OK;
}

static eh_status fill_chances(writer *w, eh_error *err)
{
    eh_store_fit_memory(w->inv->store, 10); /* profiles are computed once more */
    EH_TRY(eh_appender_open(w->inv->store, "chances", &w->appender, err));
    eh_status status = eh_detect_chances(w->inv->ctx, &w->run->table, &w->run->findings.detection, append_chance, w, err);
    if (status == EH_OK)
        status = eh_appender_close(&w->appender, err);
    else
        eh_appender_discard(&w->appender);
    eh_store_fit_memory(w->inv->store, 60);
    return status;
}

static eh_status append_network(writer *w, uint64_t i, eh_error *err)
{
    const eh_network *network = &w->run->networks.networks[i];
    add_network(w, (uint32_t)i);
    add_count(w, network->n_accounts);
    add_count(w, network->n_edges);
    EH_TRY(add_behaviours(w, network->behaviours, err));
    eh_appender_time(w->appender, network->first_time_us);
    eh_appender_time(w->appender, network->last_time_us);
    return EH_OK;
}

static eh_status append_texts(writer *w, uint64_t i, eh_error *err)
{
    (void)i;
    (void)err;
    const eh_near_text_report *texts = &w->run->texts;
    uint64_t n_actions = 0;
    for (int kind = EH_TEXT_PLAIN + 1; kind < EH_N_TEXT_KINDS; kind++) n_actions += texts->n_actions_of[kind];
    add_count(w, texts->n_texts);
    add_count(w, texts->n_objects);
    add_count(w, texts->n_clusters);
    add_count(w, texts->n_texts - texts->n_objects);
    add_count(w, texts->n_duplicates);
    add_count(w, texts->n_texts_of[EH_TEXT_SHARE_BUTTON]);
    add_count(w, texts->n_texts_of[EH_TEXT_QUOTATION]);
    add_count(w, texts->n_texts_of[EH_TEXT_CHAIN_LETTER]);
    add_count(w, n_actions);
    return EH_OK;
}

static eh_status append_template(writer *w, uint64_t i, eh_error *err)
{
    (void)err;
    const eh_text_template *t = &w->run->texts.templates[i];
    const eh_strings *links = &w->run->table.sets[EH_LINK].objects;
    eh_appender_text(w->appender, eh_str_of(eh_text_kind_name(t->kind)));
    eh_appender_text(w->appender, eh_strings_get(&w->run->texts.texts, (uint32_t)i));
    add_count(w, t->n_texts);
    add_count(w, t->n_accounts);
    add_count(w, t->n_actions);
    add_count(w, t->n_days);
    eh_appender_time(w->appender, t->first_us);
    eh_appender_time(w->appender, t->last_us);
    if (t->link != UINT32_MAX)
        eh_appender_text(w->appender, eh_strings_get(links, t->link));
    else
        eh_appender_null(w->appender);
    add_real(w, t->crowd);
    return EH_OK;
}

/* ---- the run itself -------------------------------------------------------------------------------------------- */

/* Accounts that act by other behaviours only were not tested: they are insufficient_data, never left out. */
static eh_status add_untested(eh_investigation *inv, const run_record *run, eh_error *err)
{
    return eh_store_execf(inv->store, err,
                          "INSERT INTO findings (run_id, account_id, listed, finding, q_value, p_value, n_actions, "
                          "n_partners, behaviours, n_testable_partners, independent_behaviours, log_e, objects_needed, "
                          "most_common_objects, n_first, n_second, notes, legs, q_timing, q_selection, q_reuse, q_group, q_operator) "
                          "SELECT '%s', account_id, false, '%s', 1, 1, 0, 0, '', 0, '', 0, 0, 0, 0, 0, '', '', 1, 1, 1, 1, 1 FROM accounts a WHERE n_actions > 0 AND NOT EXISTS (SELECT 1 FROM "
                          "findings f WHERE f.run_id = '%s' AND f.account_id = a.account_id) ORDER BY account_id",
                          run->run_id, eh_finding_name(EH_FINDING_INSUFFICIENT_DATA), run->run_id);
}

static eh_status append_run(writer *w, uint64_t i, eh_error *err)
{
    (void)i;
    const eh_detection *d = &w->run->findings.detection;
    char sql[128], seed[32];
    int64_t n_accounts;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM findings WHERE run_id = '%s'", w->run->run_id);
    EH_TRY(eh_store_integer(w->inv->store, sql, &n_accounts, err));
    int64_t run_number;
    EH_TRY(eh_store_integer(w->inv->store, "SELECT coalesce(max(run_number), 0) + 1 FROM runs", &run_number, err));
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)eh_context_seed(w->inv->ctx));
    eh_appender_int(w->appender, run_number);
    eh_appender_text(w->appender, eh_str_of(eh_version()));
    eh_appender_text(w->appender, eh_buf_str(&w->run->parameters));
    eh_appender_text(w->appender, eh_str_of(seed));
    eh_appender_text(w->appender, eh_buf_str(&w->run->inputs));
    eh_appender_int(w->appender, w->run->last_source_id);
    add_real(w, w->run->options.q);
    eh_appender_int(w->appender, w->run->options.precision_us);
    eh_appender_int(w->appender, n_accounts);
    add_count(w, d->n_testable_accounts);
    add_count(w, d->n_listed_accounts);
    add_count(w, d->n_testable_pairs);
    eh_appender_bool(w->appender, d->is_bound);
    add_count(w, d->min_common_objects);
    add_count(w, d->n_tested_behaviours);
    add_count(w, d->n_listed_pairs);
    add_count(w, d->n_edges);
    add_count(w, d->n_evidence);
    add_count(w, w->run->networks.n_networks);
    add_real(w, w->run->networks.modularity);
    return EH_OK;
}

static uint64_t count_bits(uint32_t bits)
{
    uint64_t n = 0;
    for (; bits; bits &= bits - 1) n++;
    return n;
}

eh_status run_store(eh_investigation *inv, const run_record *run, eh_error *err)
{
    writer w = {.inv = inv, .run = run, .words = EH_BUF_INIT(inv->ctx)};
    const eh_detection *d = &run->findings.detection;
    eh_status status = fill(&w, "findings", run->table.accounts.n, append_finding, err);
    if (status == EH_OK) status = add_untested(inv, run, err);
    if (status == EH_OK) status = fill(&w, "run_behaviours", count_bits(run->options.behaviours), append_behaviour, err);
    if (status == EH_OK) status = fill(&w, "edges", d->n_edges, append_edge, err);
    if (status == EH_OK) status = fill(&w, "evidence", d->n_evidence, append_evidence, err);
    if (status == EH_OK) status = fill_chances(&w, err);
    if (status == EH_OK) status = fill(&w, "ties", d->n_ties, append_tie, err);
    if (status == EH_OK) status = fill(&w, "run_legs", EH_N_LEGS, append_leg, err);
    for (w.leg = EH_LEG_TIMING + 1; status == EH_OK && w.leg < EH_N_LEGS; w.leg++)
        status = fill(&w, "leg_pairs", run->findings.legs[w.leg].n_pairs, append_leg_pair, err);
    if (status == EH_OK) status = fill(&w, "networks", run->networks.n_networks, append_network, err);
    if (status == EH_OK && run->texts.ctx) status = fill(&w, "run_texts", 1, append_texts, err);
    if (status == EH_OK) status = fill(&w, "text_templates", run->texts.n_templates, append_template, err);
    if (status == EH_OK) status = fill(&w, "runs", 1, append_run, err);
    if (status == EH_OK) status = eh_investigation_record_thing(inv, "run", run->run_id, err);
    eh_buf_release(&w.words);
    return status;
}
