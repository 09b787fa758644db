#include "cli/cli.h"

typedef struct sql_args {
    cli_common common;
    const char *inv, *query, *output;
} sql_args;

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const sql_args *args = arguments;
    const char *path;
    eh_investigation *inv;
    EH_TRY(cli_check_not_input(args->output, args->inv, err));
    EH_TRY(cli_output_path(args->output, &path, err));
    EH_TRY(eh_investigation_open(call->ctx, args->inv, EH_OPEN_READ, &inv, err));
    eh_status status = eh_investigation_sql(inv, args->query, path, err);
    eh_investigation_close(inv);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation.", NULL, offsetof(sql_args, inv), 0, 0, CLI_FILE, 0, true},
    {NULL, "QUERY", "One SELECT; 'evenhand schema' describes the tables.", NULL, offsetof(sql_args, query), 0, 0,
     CLI_TEXT, 0, true},
    {"output", "FILE", "Where to: .csv, .jsonl or .parquet; CSV on standard output when not given.", NULL,
     offsetof(sql_args, output), 0, 0, CLI_OUTPUT, 'o', false},
    CLI_END,
};
static const sql_args defaults = {CLI_COMMON_INIT, .output = "-"};

const cli_command cli_cmd_sql = {
    .name = "sql",
    .summary = "ask the investigation in SQL, read-only",
    .description = "Runs one query on the investigation, read-only and without access to files or the network.",
    .examples = "evenhand sql case.duckdb \"SELECT count(*) FROM posts\"\n"
                "evenhand sql case.duckdb \"SELECT * FROM accounts\" -o accounts.parquet",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
