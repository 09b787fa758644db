/* Rhythm of the accounts of a list, of a run's networks, or of the whole archive. */
#include "investigation/rhythm_run.h"

#include <stdio.h>

enum { fewest_actions = 20 }; /* of an account that nobody asked for */

static uint32_t find_account(const rhythm_record *r, eh_str id)
{
    uint32_t low = 0, high = r->table.accounts.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = eh_str_compare(eh_strings_get(&r->table.accounts, middle), id);
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return EH_DICT_NONE;
}

/* ---- whom to look at -------------------------------------------------------------------------------------------- */

typedef struct reader {
    rhythm_record *r;
    eh_rhythm_summary *summary;
    eh_dict unknown; /* so that an id named twice counts once */
} reader;

static eh_status take_listed(void *data, eh_str id, eh_error *err)
{
    reader *x = data;
    uint32_t account = find_account(x->r, id), number;
    if (account == EH_DICT_NONE) return eh_dict_add(&x->unknown, id, &number, err);
    x->r->group[account] = 0;
    return EH_OK;
}

static eh_status take_list(rhythm_record *r, const char *path, eh_rhythm_summary *summary, eh_error *err)
{
    reader x = {r, summary, EH_DICT_INIT(r->ctx)};
    uint32_t number;
    eh_status status = eh_dict_add(&r->group_names, EH_STR_LITERAL("list"), &number, err);
    if (status == EH_OK) status = eh_account_list_read(r->ctx, path, take_listed, &x, err);
    summary->n_unknown_accounts = x.unknown.n;
    eh_dict_release(&x.unknown);
    if (status != EH_OK) return status;
    for (uint32_t u = 0; u < r->table.accounts.n; u++)
        if (r->group[u] == 0) return EH_OK;
    return eh_fail_at(err, EH_E_STATISTICS, path, -1, -1,
                      "names %llu accounts, none of which has an action in this archive; ids must be written as in the archive (or as "
                      "its pseudonyms)", (unsigned long long)summary->n_unknown_accounts);
}

static eh_status take_member(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    rhythm_record *r = data;
    (void)columns;
    (void)n_columns;
    uint32_t account = find_account(r, cells[0].text), number;
    if (account == EH_DICT_NONE) return EH_OK;
    EH_TRY(eh_dict_add(&r->group_names, cells[1].text, &number, err));
    r->group[account] = number;
    return EH_OK;
}

static eh_status take_networks(eh_investigation *inv, rhythm_record *r, eh_error *err)
{
    int64_t n_runs = 0;
    char sql[300];
    EH_TRY(eh_store_integer(inv->store, "SELECT count(*) FROM runs", &n_runs, err));
    if (n_runs == 0) return EH_OK;
    EH_TRY(eh_investigation_find_run(inv, NULL, r->run_id, err));
    snprintf(sql, sizeof sql, "SELECT account_id, network_id FROM findings WHERE run_id = '%s' AND network_id IS NOT NULL AND network_id <> '' "
             "ORDER BY CAST(substr(network_id, 2) AS BIGINT), account_id", r->run_id);
    return eh_store_query(inv->store, sql, NULL, take_member, r, err);
}

/* Without a list and without networks: everybody with enough actions to be described. */
static eh_status take_active(rhythm_record *r, eh_error *err)
{
    uint32_t n = r->table.accounts.n;
    uint32_t *n_actions = eh_alloc(r->ctx, n, sizeof *n_actions, err);
    if (!n_actions) return err->status;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint64_t i = 0; i < r->table.sets[b].n_actions; i++) {
            uint32_t *count = &n_actions[r->table.sets[b].account[i]];
            *count += *count < UINT32_MAX;
        }
    for (uint32_t u = 0; u < n; u++)
        if (n_actions[u] >= fewest_actions) r->accounts[r->n_accounts++] = u;
    eh_free(r->ctx, n_actions);
    return EH_OK;
}

static eh_status choose_accounts(eh_investigation *inv, rhythm_record *r, const char *list, eh_rhythm_summary *summary, eh_error *err)
{
    uint32_t n = r->table.accounts.n;
    r->accounts = eh_alloc(r->ctx, n, sizeof *r->accounts, err);
    r->group = r->accounts ? eh_alloc(r->ctx, n, sizeof *r->group, err) : NULL;
    if (!r->group) return err->status;
    for (uint32_t u = 0; u < n; u++) r->group[u] = EH_DICT_NONE;
    EH_TRY(list ? take_list(r, list, summary, err) : take_networks(inv, r, err));
    for (uint32_t u = 0; u < n; u++)
        if (r->group[u] != EH_DICT_NONE) r->accounts[r->n_accounts++] = u;
    summary->basis = list ? EH_RHYTHM_OF_LIST : r->n_accounts ? EH_RHYTHM_OF_NETWORKS : EH_RHYTHM_OF_ARCHIVE;
    if (r->n_accounts == 0) {
        r->run_id[0] = 0;
        EH_TRY(take_active(r, err));
    }
    if (r->n_accounts) return EH_OK;
    return eh_fail_at(err, EH_E_STATISTICS, eh_store_path(inv->store), -1, -1,
                      "no account has %d actions, too few to say anything of rhythm; name accounts with --accounts FILE to see what there is",
                      fewest_actions);
}

/* ---- groups and their pairs --------------------------------------------------------------------------------------- */

static eh_status sort_members(rhythm_record *r, eh_error *err)
{
    uint32_t n_groups = r->group_names.n;
    r->first = eh_alloc(r->ctx, (size_t)n_groups + 2, sizeof *r->first, err);
    r->members = r->first ? eh_alloc(r->ctx, r->n_accounts, sizeof *r->members, err) : NULL;
    if (!r->members) return err->status;
    /* Two places ahead, so that filling leaves the starts where they belong. */
    for (uint32_t i = 0; i < r->n_accounts && n_groups; i++) r->first[r->group[r->accounts[i]] + 2]++;
    for (uint32_t g = 0; g < n_groups; g++) r->first[g + 2] += r->first[g + 1];
    for (uint32_t i = 0; i < r->n_accounts && n_groups; i++) r->members[r->first[r->group[r->accounts[i]] + 1]++] = r->accounts[i];
    return EH_OK;
}

/* All pairs of each group, sorted as the test wants them. */
static eh_status pair_up(rhythm_record *r, eh_rhythm_summary *summary, eh_error *err)
{
    uint64_t n = 0;
    for (uint32_t g = 0; g < r->group_names.n; g++) {
        uint64_t size = r->first[g + 1] - r->first[g];
        if (rhythm_is_tested((uint32_t)size)) n += size * (size - 1) / 2;
        summary->n_large_groups += size > EH_RHYTHM_MOST_HANDS;
    }
    r->pairs = eh_alloc(r->ctx, n, sizeof *r->pairs, err);
    if (!r->pairs) return err->status;
    for (uint32_t i = 0; i < r->n_accounts && r->group_names.n; i++) {
        uint32_t a = r->accounts[i], g = r->group[a];
        if (!rhythm_is_tested(r->first[g + 1] - r->first[g])) continue;
        for (uint32_t k = r->first[g]; k < r->first[g + 1]; k++)
            if (r->members[k] > a) r->pairs[r->n_pairs++] = (eh_account_pair){a, r->members[k]};
    }
    return EH_OK;
}

static eh_status compute(rhythm_record *r, eh_error *err)
{
    r->automation = eh_alloc(r->ctx, r->n_accounts, sizeof *r->automation, err);
    r->workdays = eh_alloc(r->ctx, r->group_names.n, sizeof *r->workdays, err);
    if (!r->automation || !r->workdays) return err->status;
    EH_TRY(eh_rhythm_pairs(r->ctx, &r->table, &r->options, r->pairs, r->n_pairs, &r->operators, err));
    EH_TRY(eh_rhythm_automation(r->ctx, &r->table, r->accounts, r->n_accounts, r->automation, err));
    for (uint32_t g = 0; g < r->group_names.n; g++) {
        if (eh_context_is_cancelled(r->ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
        eh_context_report(r->ctx, "working days", g, r->group_names.n);
        EH_TRY(eh_rhythm_workday(r->ctx, &r->table, r->members + r->first[g], r->first[g + 1] - r->first[g], &r->workdays[g], err));
    }
    return EH_OK;
}

static void summarise(const rhythm_record *r, eh_rhythm_summary *summary)
{
    summary->n_accounts = r->n_accounts;
    summary->n_groups = r->group_names.n;
    summary->n_pairs = r->n_pairs;
    summary->n_testable_pairs = r->operators.n_testable_pairs;
    summary->n_testable_accounts = r->operators.n_testable_accounts;
    summary->n_found_pairs = r->operators.n_found_pairs;
    summary->n_found_accounts = r->operators.n_found_accounts;
    summary->n_hands = r->operators.n_hands;
    summary->is_coarse = r->operators.is_coarse;
}

static eh_status run(eh_investigation *inv, const eh_rhythm_request *request, rhythm_record *r, eh_rhythm_summary *summary, eh_error *err)
{
    EH_TRY(eh_store_integer(inv->store, "SELECT coalesce(max(time_precision_us), 1) FROM sources", &r->options.precision_us, err));
    EH_TRY(eh_investigation_actions(inv, 0, false, &r->table, err));
    EH_TRY(choose_accounts(inv, r, request->accounts_path, summary, err));
    EH_TRY(sort_members(r, err));
    EH_TRY(pair_up(r, summary, err));
    EH_TRY(compute(r, err));
    summarise(r, summary);
    return rhythm_write(inv, r, request, summary, err);
}

static bool is_json(const char *path)
{
    size_t size = strlen(path);
    return size > 5 && eh_str_is_nocase((eh_str){path + size - 5, 5}, ".json");
}

eh_status eh_investigation_rhythm(eh_investigation *inv, const eh_rhythm_request *request, eh_rhythm_summary *summary, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *summary = (eh_rhythm_summary){0};
    if (inv->is_sandboxed) return eh_fail(err, EH_E_INVALID, "the investigation is locked to queries; open it anew");
    if (!is_json(request->output)) EH_TRY(inv_check_table_path(request->output, err));
    if (request->pairs_output) EH_TRY(inv_check_table_path(request->pairs_output, err));
    if (request->networks_output) EH_TRY(inv_check_table_path(request->networks_output, err));
    rhythm_record r = {.ctx = inv->ctx, .group_names = EH_DICT_INIT(inv->ctx), .options = eh_rhythm_options_default()};
    if (request->q > 0) r.options.q = request->q;
    eh_status status = run(inv, request, &r, summary, err);
    eh_operators_release(&r.operators);
    eh_action_table_release(&r.table);
    eh_dict_release(&r.group_names);
    eh_free(r.ctx, r.accounts);
    eh_free(r.ctx, r.group);
    eh_free(r.ctx, r.members);
    eh_free(r.ctx, r.first);
    eh_free(r.ctx, r.pairs);
    eh_free(r.ctx, r.automation);
    eh_free(r.ctx, r.workdays);
    return status;
}
