#include "cli/cli.h"

#define CHOICES "accounts|edges|networks|ties|evidence|chances|posts|rejects|graph|provenance|decisions|appeals|changes|case"

typedef struct export_args {
    cli_common common;
    const char *inv;
    int what;
    const char *output, *run_id;
} export_args;

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
    eh_status status = strcmp(what, "case") == 0 ? eh_case_write(inv, args->run_id, path, err)
                                                 : eh_investigation_export(inv, args->run_id, what, path, err);
    eh_investigation_close(inv);
    bool is_of_run = !strstr("posts rejects decisions appeals changes", what);
    if (status == EH_OK) cli_record_export(call, args->inv, is_of_run ? args->run_id : "", &(eh_exported_file){what, path}, 1);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation.", NULL, offsetof(export_args, inv), 0, 0, CLI_FILE, 0, true},
    {NULL, "WHAT", "accounts, edges, networks, ties, evidence, chances, posts, rejects, graph, provenance, decisions, appeals changes (what reversals changed) or case (a bundle for evenhand reproduce).", CHOICES,
     offsetof(export_args, what), 0, 0, CLI_CHOICE, 0, true},
    {"output", "FILE", "Where to: .csv, .jsonl or .parquet for a table, .gexf or .graphml for graph, .json for "
     "provenance; - for CSV on standard output.",
     NULL, offsetof(export_args, output), 0, 0, CLI_OUTPUT, 'o', true},
    {"run", "ID", "The run to export; the latest when not given.", NULL, offsetof(export_args, run_id), 0, 0, CLI_TEXT,
     0, false},
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
