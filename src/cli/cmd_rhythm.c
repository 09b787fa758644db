#include "cli/cli.h"
#include "cli/rows.h"

#include <math.h>

typedef struct rhythm_args {
    cli_common common;
    const char *inv, *accounts, *output, *pairs, *networks, *run_id, *at_risk;
} rhythm_args;

static const char *const account_columns[] = {"account_id", "n_posts", "repost_share", "n_times", "n_days", "n_sessions", "gap_entropy_bits",
                                              "gap_entropy_jittered_bits", "quiet_gap_h", "n_repost_delays", "repost_delay_median_s",
                                              "repost_delay_p5_s", "clients", "deletions", "hands_id", "p_hands", "p_value",
                                              "q_value"};
static const char *const pair_columns[] = {"account_a", "account_b", "same_operator", "p_value", "n_tests", "n_days", "n_handovers",
                                           "handovers_expected", "p_handover", "days_a_to_b", "days_b_to_a", "n_at_once", "at_once_expected",
                                           "p_never_at_once", "n_handovers_any", "handovers_any_expected", "p_handover_any",
                                           "same_hands"};
static const char *const network_columns[] = {"network_id", "n_accounts", "n_days", "start_utc", "end_utc", "pause_utc", "pause_depth",
                                              "p_pause", "days_off", "p_days_off", "working_day", "utc_offset", "utc_offsets_that_fit",
                                              "log_likelihood", "account_hours", "account_hours_by_weekday"};
#define N_COLUMNS(columns) (sizeof(columns) / sizeof *(columns))

static void put_real(cli_rows *rows, double x)
{
    if (isnan(x)) cli_rows_text(rows, eh_str_of(""));
    else cli_rows_real(rows, x);
}

static void put_account(cli_rows *rows, const eh_rhythm_case *c, uint32_t u)
{
    const eh_rhythm_account *r = &c->regularity[u];
    const eh_rhythm_posts *posts = &c->posts[u];
    cli_rows_text(rows, eh_strings_get(&c->table.accounts, u));
    cli_rows_count(rows, posts->n_posts);
    put_real(rows, posts->n_posts ? (double)posts->n_reposts / (double)posts->n_posts : (double)NAN);
    cli_rows_count(rows, r->n_times);
    cli_rows_count(rows, r->n_days);
    cli_rows_count(rows, r->n_sessions);
    put_real(rows, r->gap_entropy_bits);
    put_real(rows, r->gap_entropy_jittered_bits);
    put_real(rows, r->quiet_gap_h);
    cli_rows_count(rows, r->n_delays);
    put_real(rows, r->median_delay_s);
    put_real(rows, r->fast_delay_s);
    cli_rows_text(rows, eh_strings_get(&c->clients, posts->clients));
    cli_rows_text(rows, eh_str_of("not in this archive"));
    char hands[16] = "";
    bool is_in_hands = c->hands.set[u] != UINT32_MAX && c->hands.p_value[u] <= c->q && c->leg.accounts[u].q_value <= c->q;
    if (is_in_hands) snprintf(hands, sizeof hands, "h%u", c->hands.set[u] + 1);
    cli_rows_text(rows, eh_str_of(hands));
    put_real(rows, c->hands.set[u] != UINT32_MAX ? c->hands.p_value[u] : (double)NAN);
    cli_rows_real(rows, c->leg.accounts[u].p_value);
    cli_rows_real(rows, c->leg.accounts[u].q_value);
}

static uint32_t n_tests_of(const eh_rhythm_case *c, uint64_t i)
{
    uint32_t a = c->n_tests[c->pairs[i].account_a], b = c->n_tests[c->pairs[i].account_b];
    return a > b ? a : b;
}

/* Told pairs are in the order of all pairs. */
static bool is_told(const eh_rhythm_case *c, uint64_t i)
{
    uint64_t low = 0, high = c->leg.n_pairs;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const eh_leg_pair *told = &c->leg.pairs[middle];
        if (told->account_a == c->pairs[i].account_a && told->account_b == c->pairs[i].account_b) return true;
        if (told->account_a < c->pairs[i].account_a || (told->account_a == c->pairs[i].account_a && told->account_b < c->pairs[i].account_b))
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool is_same_set(const eh_rhythm_case *c, uint64_t i)
{
    uint32_t set = c->hands.set[c->pairs[i].account_a];
    return set != UINT32_MAX && set == c->hands.set[c->pairs[i].account_b];
}

static void put_pair(cli_rows *rows, const eh_rhythm_case *c, uint64_t i)
{
    const eh_rhythm_pair_result *r = &c->results[i];
    cli_rows_text(rows, eh_strings_get(&c->table.accounts, c->pairs[i].account_a));
    cli_rows_text(rows, eh_strings_get(&c->table.accounts, c->pairs[i].account_b));
    cli_rows_text(rows, eh_str_of(is_told(c, i) ? "evidence" : r->is_testable || is_same_set(c, i) ? "none" : "insufficient_data"));
    cli_rows_real(rows, r->p_value);
    cli_rows_count(rows, n_tests_of(c, i));
    cli_rows_count(rows, r->n_days);
    cli_rows_count(rows, r->n_handovers);
    cli_rows_real(rows, r->n_handovers_expected);
    cli_rows_real(rows, r->p_handover);
    cli_rows_count(rows, r->n_days_ab);
    cli_rows_count(rows, r->n_days_ba);
    cli_rows_count(rows, r->n_at_once);
    cli_rows_real(rows, r->n_at_once_expected);
    cli_rows_real(rows, r->p_never_at_once);
    cli_rows_count(rows, r->n_handovers_any);
    cli_rows_real(rows, r->n_handovers_any_expected);
    cli_rows_real(rows, r->p_handover_any);
    cli_rows_text(rows, eh_str_of(is_told(c, i) && is_same_set(c, i) ? "true" : "false"));
}

static void put_half_hour(cli_rows *rows, int half_hour)
{
    char text[16] = "";
    if (half_hour >= 0) snprintf(text, sizeof text, "%02d:%02d", half_hour / 2, half_hour % 2 * 30);
    cli_rows_text(rows, eh_str_of(text));
}

static size_t add_offset(char *text, size_t size, size_t room, int i)
{
    int minutes = (i - 23) * 30, away = minutes < 0 ? -minutes : minutes;
    int n = snprintf(text + size, room - size, "%s%c%02d:%02d", size ? "|" : "", minutes < 0 ? '-' : '+', away / 60, away % 60);
    return n > 0 && (size_t)n < room - size ? size + (size_t)n : size;
}

static void put_offsets(cli_rows *rows, const eh_rhythm_group *g)
{
    char best[16] = "", fit[EH_N_UTC_OFFSETS * 8] = "";
    size_t size = 0;
    cli_rows_text(rows, eh_str_of(g->has_working_day ? "true" : "false"));
    if (g->has_working_day) (void)add_offset(best, 0, sizeof best, g->best_offset);
    for (int i = 0; g->has_working_day && i < EH_N_UTC_OFFSETS; i++)
        if (g->log_likelihood[i] >= g->log_likelihood[g->best_offset] - 2) size = add_offset(fit, size, sizeof fit, i);
    cli_rows_text(rows, eh_str_of(best));
    cli_rows_text(rows, eh_str_of(fit));
    put_real(rows, g->log_likelihood[g->best_offset]);
}

static void put_counts(cli_rows *rows, const uint32_t *counts, int n)
{
    char text[24 * 12];
    size_t size = 0;
    for (int i = 0; i < n; i++) {
        int wrote = snprintf(text + size, sizeof text - size, "%s%u", i ? "|" : "", counts[i]);
        if (wrote > 0) size += (size_t)wrote;
    }
    cli_rows_text(rows, eh_str_of(text));
}

static void put_network(cli_rows *rows, const eh_rhythm_case *c, uint32_t i)
{
    static const char *const names[7] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    const eh_rhythm_group *g = &c->groups[i];
    char off[80] = "";
    size_t size = 0;
    cli_rows_text(rows, eh_strings_get(&c->networks, i));
    cli_rows_count(rows, g->n_accounts);
    cli_rows_count(rows, g->n_days);
    put_half_hour(rows, g->n_days ? 2 * g->start_h : -1);
    put_half_hour(rows, g->n_days ? 2 * g->end_h : -1);
    put_half_hour(rows, g->pause_half_hour);
    put_real(rows, g->pause_half_hour < 0 ? (double)NAN : g->pause_depth);
    cli_rows_real(rows, g->p_pause);
    for (int d = 0; d < 7; d++)
        if (g->days_off >> d & 1) size += (size_t)snprintf(off + size, sizeof off - size, "%s%s", size ? "|" : "", names[d]);
    cli_rows_text(rows, eh_str_of(off));
    cli_rows_real(rows, g->p_days_off);
    put_offsets(rows, g);
    put_counts(rows, g->hours, 24);
    put_counts(rows, g->weekdays, 7);
}

typedef enum table_kind { ACCOUNTS, PAIRS, NETWORKS } table_kind;

/* When somebody sleeps tells where; so a pseudonym would not do. */
static bool is_hidden(const eh_rhythm_case *c, const eh_guard *guard, table_kind kind, uint64_t i)
{
    if (kind == NETWORKS) return false;
    uint32_t a = kind == ACCOUNTS ? c->accounts[i] : c->pairs[i].account_a, b = kind == ACCOUNTS ? a : c->pairs[i].account_b;
    return eh_guard_hides(guard, eh_strings_get(&c->table.accounts, a)) || eh_guard_hides(guard, eh_strings_get(&c->table.accounts, b));
}

static eh_status write_table(eh_context *ctx, const eh_rhythm_case *c, const eh_guard *guard, table_kind kind, const char *path, eh_error *err)
{
    static const struct {
        const char *const *columns;
        size_t n;
    } forms[] = {{account_columns, N_COLUMNS(account_columns)}, {pair_columns, N_COLUMNS(pair_columns)},
                 {network_columns, N_COLUMNS(network_columns)}};
    cli_rows rows;
    uint64_t n = kind == ACCOUNTS ? c->n_accounts : kind == PAIRS ? c->n_pairs : c->n_groups;
    EH_TRY(cli_rows_open(ctx, path, forms[kind].columns, forms[kind].n, &rows, err));
    eh_status status = EH_OK;
    for (uint64_t i = 0; i < n && status == EH_OK; i++) {
        if (is_hidden(c, guard, kind, i)) continue;
        if (kind == ACCOUNTS) put_account(&rows, c, c->accounts[i]);
        else if (kind == PAIRS) put_pair(&rows, c, i);
        else put_network(&rows, c, (uint32_t)i);
        status = cli_rows_end_row(&rows, err);
    }
    if (status == EH_OK) return cli_rows_commit(&rows, err);
    cli_rows_discard(&rows);
    return status;
}

static eh_status tell(const cli_call *call, const eh_rhythm_case *c, eh_error *err)
{
    uint64_t n_testable = 0, n_told = 0;
    for (uint64_t i = 0; i < c->n_pairs; i++) {
        n_testable += c->results[i].is_testable;
        n_told += is_told(c, i);
    }
    if (c->n_unknown) cli_note(call, "%llu accounts of the list have no action in this archive", (unsigned long long)c->n_unknown);
    cli_note(call, "%u accounts; %llu of %llu pairs act on seven common days or more; %llu look like one pair of hands (people on one "
             "shift plan do, too)", c->n_accounts, (unsigned long long)n_testable, (unsigned long long)c->n_pairs, (unsigned long long)n_told);
    if (!call->common->is_json) return EH_OK;
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_count(&json, "n_accounts", c->n_accounts);
    cli_json_count(&json, "n_unknown", c->n_unknown);
    cli_json_count(&json, "n_pairs", c->n_pairs);
    cli_json_count(&json, "n_testable_pairs", n_testable);
    cli_json_count(&json, "n_same_operator_pairs", n_told);
    cli_json_count(&json, "n_networks", c->n_groups);
    return cli_json_close(&json, err);
}

static eh_status rhythm(const cli_call *call, const rhythm_args *args, eh_investigation *inv, const char *const paths[3], eh_error *err)
{
    eh_rhythm_case found = {0};
    eh_guard *guard;
    EH_TRY(cli_guard_new(call, inv, args->run_id, !args->accounts, args->at_risk, NULL, &guard, err));
    eh_status status = eh_rhythm_of(inv, args->run_id, args->accounts, &found, err);
    for (int kind = ACCOUNTS; kind <= NETWORKS && status == EH_OK; kind++)
        if (paths[kind]) status = write_table(call->ctx, &found, guard, (table_kind)kind, paths[kind], err);
    if (status == EH_OK) status = tell(call, &found, err);
    eh_rhythm_case_release(&found);
    eh_guard_free(guard);
    return status;
}

static eh_status check(const rhythm_args *args, const char *paths[3], eh_error *err)
{
    const char *const given[3] = {args->output, args->pairs, args->networks};
    if (args->accounts && args->run_id)
        return eh_fail(err, EH_E_INVALID, "--run says whose rhythm, and so does --accounts: give one of them");
    for (int i = 0; i < 3; i++) {
        paths[i] = NULL;
        if (!given[i]) continue;
        for (int k = 0; k < i; k++)
            if (given[k] && strcmp(given[k], given[i]) == 0)
                return eh_fail(err, EH_E_INVALID, "'%s' is given twice; the three tables need a file each", given[i]);
        EH_TRY(cli_rows_check(given[i], err));
        EH_TRY(cli_check_not_input(given[i], args->inv, err));
        EH_TRY(cli_check_not_input(given[i], args->accounts, err));
        EH_TRY(cli_check_not_input(given[i], args->at_risk, err));
    }
    for (int i = 0; i < 3; i++)
        if (given[i]) EH_TRY(cli_output_path(given[i], &paths[i], err));
    return EH_OK;
}

static void record(const cli_call *call, const rhythm_args *args, const char *const paths[3])
{
    static const char *const what[3] = {"rhythm_accounts", "rhythm_pairs", "rhythm_networks"};
    eh_exported_file files[3];
    size_t n = 0;
    for (int i = 0; i < 3; i++)
        if (paths[i]) files[n++] = (eh_exported_file){what[i], paths[i]};
    cli_record_export(call, args->inv, args->accounts ? "" : args->run_id, files, n);
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const rhythm_args *args = arguments;
    const char *paths[3];
    eh_investigation *inv;
    EH_TRY(check(args, paths, err));
    EH_TRY(cli_open_to_export(call, args->inv, &inv, err));
    eh_status status = rhythm(call, args, inv, paths, err);
    eh_investigation_close(inv);
    if (status == EH_OK) record(call, args, paths);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation.", NULL, offsetof(rhythm_args, inv), 0, 0, CLI_FILE, 0, true},
    {"output", "FILE", "How regular each account is: .csv or .jsonl; - for CSV on standard output.", NULL, offsetof(rhythm_args, output), 0, 0,
     CLI_OUTPUT, 'o', true},
    {"pairs", "FILE", "Which pairs could be one pair of hands: .csv or .jsonl.", NULL, offsetof(rhythm_args, pairs), 0, 0, CLI_OUTPUT, 0,
     false},
    {"networks", "FILE", "The working day of each network: .csv or .jsonl.", NULL, offsetof(rhythm_args, networks), 0, 0, CLI_OUTPUT, 0,
     false},
    {"accounts", "FILE", "Whose rhythm: one id a line, or a CSV with a column account_id, 2,000 at most; all their pairs are tested. The "
     "listed accounts, ties and networks of a run when not given.", NULL, offsetof(rhythm_args, accounts), 0, 0, CLI_FILE, 0, false},
    {"run", "ID", "The run to read; the latest when not given.", NULL, offsetof(rhythm_args, run_id), 0, 0, CLI_TEXT, 0, false},
    CLI_AT_RISK(rhythm_args, at_risk, "Leave out the accounts of FILE, one id a line, and their pairs: when somebody sleeps tells where. Refused where "
                "the list cannot be trusted."),
    CLI_END,
};
static const rhythm_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_rhythm = {
    .name = "rhythm",
    .summary = "when accounts act; could two be one pair of hands?",
    .description = "Describes how regular accounts are, tests pairs for hand-overs and for never acting at once, and shows the working day of "
                   "networks. Evidence, never a verdict: people on one shift plan look like one pair of hands.",
    .examples = "evenhand rhythm case.duckdb -o rhythm.csv --pairs hands.csv --networks days.csv\n"
                "evenhand rhythm case.duckdb --accounts seeds.txt -o rhythm.csv --pairs hands.csv",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
