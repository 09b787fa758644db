#include "cli/cli.h"

typedef struct rhythm_args {
    cli_common common;
    const char *inv, *accounts, *output, *pairs, *networks;
    double q;
} rhythm_args;

static void tell(const cli_call *call, const eh_rhythm_summary *s, double q)
{
    static const char *const bases[] = {"of the list", "of the latest run's networks", "of the archive with 20 actions or more"};
    char count[32];
    cli_note(call, "%s accounts %s", cli_grouped(s->n_accounts, count), bases[s->basis]);
    if (s->n_unknown_accounts)
        cli_note(call, "%s listed accounts have no action in the archive", cli_grouped(s->n_unknown_accounts, count));
    if (s->basis == EH_RHYTHM_OF_ARCHIVE)
        cli_note(call, "no pairs were tested: run detection first, or name the accounts with --accounts FILE");
    if (s->n_large_groups)
        cli_note(call, "the pairs of %s groups with over %d accounts were not tested; name fewer with --accounts FILE",
                 cli_grouped(s->n_large_groups, count), EH_RHYTHM_MOST_HANDS);
    if (s->is_coarse) cli_note(call, "times are coarser than 8 s: turns within seconds cannot be seen, only hand-overs");
    if (s->n_pairs == 0) return;
    cli_note(call, "%llu of %llu pairs could be tested; same-operator evidence at q = %g for %llu accounts, in %llu pairs and %llu sets",
             (unsigned long long)s->n_testable_pairs, (unsigned long long)s->n_pairs, q, (unsigned long long)s->n_found_accounts,
             (unsigned long long)s->n_found_pairs, (unsigned long long)s->n_hands);
}

static eh_status tell_json(eh_context *ctx, const eh_rhythm_summary *s, eh_error *err)
{
    cli_json json;
    EH_TRY(cli_json_open(ctx, &json, err));
    cli_json_text(&json, "basis", eh_rhythm_basis_name(s->basis));
    cli_json_count(&json, "n_accounts", s->n_accounts);
    cli_json_count(&json, "n_unknown_accounts", s->n_unknown_accounts);
    cli_json_count(&json, "n_groups", s->n_groups);
    cli_json_count(&json, "n_large_groups", s->n_large_groups);
    cli_json_count(&json, "n_pairs", s->n_pairs);
    cli_json_count(&json, "n_testable_pairs", s->n_testable_pairs);
    cli_json_count(&json, "n_testable_accounts", s->n_testable_accounts);
    cli_json_count(&json, "n_found_accounts", s->n_found_accounts);
    cli_json_count(&json, "n_found_pairs", s->n_found_pairs);
    cli_json_count(&json, "n_hands", s->n_hands);
    cli_json_bool(&json, "times_too_coarse_for_turns", s->is_coarse);
    return cli_json_close(&json, err);
}

static eh_status check_output(const rhythm_args *args, const char *path, const char **usable, eh_error *err)
{
    *usable = NULL;
    if (!path) return EH_OK;
    EH_TRY(cli_check_not_input(path, args->inv, err));
    EH_TRY(cli_check_not_input(path, args->accounts, err));
    return cli_output_path(path, usable, err);
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const rhythm_args *args = arguments;
    eh_rhythm_request request = {.accounts_path = args->accounts, .q = args->q};
    eh_rhythm_summary summary;
    eh_investigation *inv;
    EH_TRY(check_output(args, args->output, &request.output, err));
    EH_TRY(check_output(args, args->pairs, &request.pairs_output, err));
    EH_TRY(check_output(args, args->networks, &request.networks_output, err));
    EH_TRY(eh_investigation_open(call->ctx, args->inv, EH_OPEN_READ, &inv, err));
    eh_status status = eh_investigation_rhythm(inv, &request, &summary, err);
    eh_investigation_close(inv);
    if (status != EH_OK) return status;
    tell(call, &summary, args->q > 0 ? args->q : 0.05);
    return call->common->is_json ? tell_json(call->ctx, &summary, err) : EH_OK;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation.", NULL, offsetof(rhythm_args, inv), 0, 0, CLI_FILE, 0, true},
    {"accounts", "FILE", "Look at these accounts: one id a line, or a CSV with a column account_id. Those of the latest run's "
     "networks when not given; without a run, all with 20 actions or more.",
     NULL, offsetof(rhythm_args, accounts), 0, 0, CLI_FILE, 0, false},
    {"output", "FILE", "Where the accounts go: .csv, .jsonl or .parquet; .json for accounts, pairs and networks in one; - for CSV on "
     "standard output.",
     NULL, offsetof(rhythm_args, output), 0, 0, CLI_OUTPUT, 'o', true},
    {"pairs", "FILE", "Where the tested pairs go: .csv, .jsonl or .parquet.", NULL, offsetof(rhythm_args, pairs), 0, 0, CLI_OUTPUT, 0, false},
    {"networks", "FILE", "Where the working days of networks go: .csv, .jsonl or .parquet.", NULL, offsetof(rhythm_args, networks), 0, 0,
     CLI_OUTPUT, 0, false},
    {"fdr", "Q", "The share of false findings to accept among accounts with same-operator evidence; 0.05 when not given.", NULL,
     offsetof(rhythm_args, q), 0, 0, CLI_SHARE, 0, false},
    CLI_END,
};
static const rhythm_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_rhythm = {
    .name = "rhythm",
    .summary = "look at hours, hand-overs and regularity",
    .description = "Tests pairs of accounts for one pair of hands (they hand over without overlap, or take turns within minutes and never "
                   "within seconds), describes the working day of each network, and how regular each account is. Same-operator evidence is never "
                   "a verdict, and lists nobody by itself: couples, a person's two accounts, staff on a shift plan and apps that space their "
                   "customers look alike. An offset from UTC is not a place.",
    .examples = "evenhand rhythm case.duckdb -o rhythm.csv --pairs hands.csv --networks days.csv\n"
                "evenhand rhythm case.duckdb --accounts named.txt -o rhythm.json",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
