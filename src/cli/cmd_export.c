#include "cli/cli.h"

#define CHOICES "accounts|edges|networks|ties|evidence|chances|posts|rejects|graph|provenance|summary"

typedef struct export_args {
    cli_common common;
    const char *inv;
    int what;
    const char *output, *run_id, *at_risk, *key;
} export_args;

static bool is_list(const char *what) { return strcmp(what, "accounts") == 0 || strcmp(what, "edges") == 0 || strcmp(what, "graph") == 0; }

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

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const export_args *args = arguments;
    char what[64];
    const char *path;
    eh_investigation *inv;
    if (!cli_choice_at(CHOICES, args->what, what)) return eh_fail(err, EH_E_INVALID, "nothing to export");
    EH_TRY(cli_check_not_input(args->output, args->inv, err));
    EH_TRY(cli_output_path(args->output, &path, err));
    EH_TRY(cli_open_to_export(call, args->inv, &inv, err));
    const eh_export_guard guard = {args->at_risk, args->key};
    bool is_guarded = args->at_risk || strcmp(what, "summary") == 0;
    eh_status status = is_guarded ? eh_investigation_export_guarded(inv, args->run_id, what, &guard, path, err)
                                  : eh_investigation_export(inv, args->run_id, what, path, err);
    if (status == EH_OK && !is_guarded && is_list(what)) note_list(call, inv, args->run_id);
    eh_investigation_close(inv);
    bool is_of_run = strcmp(what, "posts") != 0 && strcmp(what, "rejects") != 0;
    if (status == EH_OK) cli_record_export(call, args->inv, is_of_run ? args->run_id : "", &(eh_exported_file){what, path}, 1);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation.", NULL, offsetof(export_args, inv), 0, 0, CLI_FILE, 0, true},
    {NULL, "WHAT", "accounts, edges, networks, ties, evidence, chances, posts, rejects, graph, provenance, or summary (counts that "
     "point at nobody: none below ten).", CHOICES,
     offsetof(export_args, what), 0, 0, CLI_CHOICE, 0, true},
    {"output", "FILE", "Where to: .csv, .jsonl or .parquet for a table, .gexf or .graphml for graph, .json for "
     "provenance; - for CSV on standard output.",
     NULL, offsetof(export_args, output), 0, 0, CLI_OUTPUT, 'o', true},
    {"run", "ID", "The run to export; the latest when not given.", NULL, offsetof(export_args, run_id), 0, 0, CLI_TEXT,
     0, false},
    {"at-risk", "FILE", "Do not name the accounts of FILE, one id a line: no posts, objects or exact times of theirs, no texts at all. Refused "
     "where the list cannot be trusted.", NULL, offsetof(export_args, at_risk), 0, 0, CLI_FILE, 0, false},
    {"key", "KEYFILE", "With --at-risk: pseudonyms keyed with the bytes of KEYFILE (HMAC-SHA-256). Numbers when not given.", NULL,
     offsetof(export_args, key), 0, 0, CLI_FILE, 0, false},
    CLI_END,
};
static const export_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_export = {
    .name = "export",
    .summary = "write accounts, edges, evidence, chances, the graph or another table to a file",
    .description = "Writes one thing out of the investigation. The extension of FILE chooses the form.",
    .examples = "evenhand export case.duckdb accounts -o accounts.csv\n"
                "evenhand export case.duckdb graph -o graph.gexf\n"
                "evenhand export case.duckdb chances -o chances.csv\n"
                "evenhand export case.duckdb rejects -o -",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
