#include "cli/cli.h"

typedef struct schema_args {
    cli_common common;
    const char *output;
} schema_args;

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const schema_args *args = arguments;
    const char *path;
    EH_TRY(cli_output_path(args->output, &path, err));
    return eh_schema_write(call->ctx, path, args->common.is_json, err);
}

static const cli_opt options[] = {
    {"output", "FILE", "Where to; standard output when not given.", NULL, offsetof(schema_args, output), 0, 0,
     CLI_OUTPUT, 'o', false},
    CLI_END,
};
static const schema_args defaults = {CLI_COMMON_INIT, .output = "-"};

const cli_command cli_cmd_schema = {
    .name = "schema",
    .summary = "describe every table and file",
    .description = "Prints the data dictionary: each table of an investigation and each file that is written, with "
                   "its columns, units and meaning. With --json, for programs.",
    .examples = "evenhand schema",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
