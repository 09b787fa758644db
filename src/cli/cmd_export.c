#include "cli/cli.h"

#define CHOICES                                                                                                                  \
    "accounts|edges|networks|ties|evidence|chances|posts|rejects|graph|provenance|summary|decisions|appeals|changes|case|stix|"  \
    "bluesky-labels|osprey|coop"

typedef struct export_args {
    cli_common common;
    const char *inv;
    int what;
    const char *output, *run_id, *at_risk, *key, *source;
    int64_t valid_us;
    bool is_reversed;
} export_args;

static const char *const of_no_run[] = {"posts", "rejects", "decisions", "appeals", "changes", NULL};
static const char *const lists[] = {"accounts", "edges", "graph", NULL};

static bool is_one_of(const char *what, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(what, *names) == 0) return true;
    return false;
}

/* The form of exchange that what names; false for a table or document of our own. */
static bool exchange_form(const char *what, eh_exchange_form *form)
{
    static const char *const names[] = {"stix", "bluesky-labels", "osprey", "coop"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(what, names[i]) != 0) continue;
        *form = (eh_exchange_form)i;
        return true;
    }
    return false;
}

static eh_status write_exchange(const cli_call *call, const export_args *args, eh_investigation *inv, eh_exchange_form form, const char *path,
                                eh_error *err)
{
    eh_exchange_report report;
    const eh_exchange_options how = {.pseudonym_key = args->key, .source = args->source, .at_risk_path = args->at_risk,
                                     .valid_us = args->valid_us, .is_reversed = args->is_reversed};
    EH_TRY(eh_exchange_write(inv, args->run_id, form, &how, path, &report, err));
    if (form == EH_EXCHANGE_COOP)
        cli_note(call, "%llu appeals", (unsigned long long)report.n_written);
    else
        cli_note(call, "%llu accounts; of those listed about %.1f are expected to be listed wrongly", (unsigned long long)report.n_written,
                 report.n_false);
    if (report.n_at_risk) cli_note(call, "%llu left out: they are at risk", (unsigned long long)report.n_at_risk);
    if (report.n_left_out) cli_note(call, "%llu left out: their ids are none of this form", (unsigned long long)report.n_left_out);
    return EH_OK;
}

/* A list says how many of its names to expect to be wrong, and why it should not be trusted where it should not. */
static void note_list(const cli_call *call, eh_investigation *inv, const char *run_id)
{
    eh_error why = EH_ERROR_INIT;
    double n_false;
    uint64_t n_listed;
    if (eh_investigation_expected_false(inv, run_id, &n_listed, &n_false, NULL) == EH_OK && n_listed)
        cli_note(call, "%llu accounts are listed; expect about %.2g of them or fewer to be listed by mistake", (unsigned long long)n_listed, n_false);
    if (eh_investigation_check_list(inv, run_id, &why) != EH_OK) cli_note(call, "this list should not be relied on: %s", why.message);
}

static eh_status write_what(const cli_call *call, const export_args *args, eh_investigation *inv, const char *what, const char *path, eh_error *err)
{
    eh_exchange_form form;
    if (exchange_form(what, &form)) return write_exchange(call, args, inv, form, path, err);
    if (args->source || args->valid_us > 0 || args->is_reversed)
        return eh_fail(err, EH_E_INVALID, "--source, --valid and --reversed go with stix, bluesky-labels, osprey and coop");
    if (strcmp(what, "case") == 0 && args->at_risk)
        return eh_fail(err, EH_E_UNSUPPORTED, "a case is computed again from its ids, so it cannot hide some; import with --pseudonymise instead");
    if (strcmp(what, "case") == 0) return eh_case_write(inv, args->run_id, path, err);
    eh_guard *guard;
    EH_TRY(cli_guard_new(call, inv, args->run_id, !is_one_of(what, of_no_run), args->at_risk, args->key, &guard, err));
    eh_status status = guard ? eh_investigation_guard(inv, guard, true, err) : EH_OK;
    if (status == EH_OK) status = eh_investigation_export(inv, args->run_id, what, path, err);
    if (status == EH_OK && !guard && is_one_of(what, lists)) note_list(call, inv, args->run_id);
    eh_guard_free(guard);
    return status;
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const export_args *args = arguments;
    char what[64];
    const char *path;
    eh_investigation *inv;
    if (!cli_choice_at(CHOICES, args->what, what)) return eh_fail(err, EH_E_INVALID, "nothing to export");
    if (args->valid_us == 0) return eh_fail(err, EH_E_INVALID, "--valid: a finding that lasts no time tells nobody anything; give a longer one");
    EH_TRY(cli_check_not_input(args->output, args->inv, err));
    EH_TRY(cli_check_not_input(args->output, args->at_risk, err));
    EH_TRY(cli_check_not_input(args->output, args->key, err));
    EH_TRY(cli_output_path(args->output, &path, err));
    EH_TRY(cli_open_to_export(call, args->inv, &inv, err));
    eh_status status = write_what(call, args, inv, what, path, err);
    eh_investigation_close(inv);
    const char *run_id = is_one_of(what, of_no_run) ? "" : args->run_id;
    if (status == EH_OK) cli_record_export(call, args->inv, run_id, &(eh_exported_file){what, path}, 1);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation.", NULL, offsetof(export_args, inv), 0, 0, CLI_FILE, 0, true},
    {NULL, "WHAT", "accounts, edges, networks, ties, evidence, chances, posts, rejects, graph, provenance, summary (counts that point at "
     "nobody: none below ten), decisions, appeals, changes (what reversals changed), case (a bundle for evenhand reproduce); stix, "
     "bluesky-labels, osprey (ids listed) or coop (open appeals) for other systems.", CHOICES, offsetof(export_args, what), 0, 0, CLI_CHOICE, 0,
     true},
    {"output", "FILE", "Where to: .csv, .jsonl or .parquet for a table, .gexf or .graphml for graph, .json for "
     "provenance; - for CSV on standard output.",
     NULL, offsetof(export_args, output), 0, 0, CLI_OUTPUT, 'o', true},
    {"run", "ID", "The run to export; the latest when not given.", NULL, offsetof(export_args, run_id), 0, 0, CLI_TEXT,
     0, false},
    CLI_AT_RISK(export_args, at_risk, "Do not name the accounts of FILE, one id a line: no posts, objects or exact times of theirs, no texts at "
                "all; in forms for other systems they are left out. Refused where the list cannot be trusted."),
    {"key", "KEYFILE", "Pseudonyms keyed with the bytes of KEYFILE (HMAC-SHA-256): of accounts at risk, which are numbered when not given; "
     "stix, osprey, coop: of all accounts.", NULL, offsetof(export_args, key), 0, 0, CLI_FILE, 0, false},
    {"source", "ID", "bluesky-labels: the DID of the labeller. coop: the id of its item type of accounts.", NULL, offsetof(export_args, source),
     0, 0, CLI_TEXT, 0, false},
    {"valid", "DURATION", "stix, bluesky-labels: how long after the run a finding is valid; 180d when not given.", NULL,
     offsetof(export_args, valid_us), 0, 0, CLI_DURATION, 0, false},
    {"reversed", NULL, "osprey: those whose finding was reversed, to take the label away.", NULL, offsetof(export_args, is_reversed), 0, 0,
     CLI_FLAG, 0, false},
    CLI_END,
};
static const export_args defaults = {CLI_COMMON_INIT, .valid_us = -1};

const cli_command cli_cmd_export = {
    .name = "export",
    .summary = "write accounts, edges, evidence, chances, the graph or another table to a file",
    .description = "Writes one thing out of the investigation. The extension of FILE chooses the form.",
    .examples = "evenhand export case.duckdb accounts -o accounts.csv\n"
                "evenhand export case.duckdb graph -o graph.gexf\n"
                "evenhand export case.duckdb chances -o chances.csv\n"
                "evenhand export case.duckdb case -o case.tar\n"
                "evenhand export case.duckdb stix -o findings.json\n"
                "evenhand export case.duckdb rejects -o -",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
