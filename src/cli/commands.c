#include "cli/cli.h"

const cli_command *const cli_commands[] = {
    &cli_cmd_investigate, &cli_cmd_import, &cli_cmd_formats, &cli_cmd_detect, &cli_cmd_pairs, &cli_cmd_export,
    &cli_cmd_expand, &cli_cmd_rhythm, &cli_cmd_claim, &cli_cmd_statement, &cli_cmd_decision, &cli_cmd_appeal,
    &cli_cmd_reproduce, &cli_cmd_audit, &cli_cmd_report, &cli_cmd_calibrate, &cli_cmd_ledger, &cli_cmd_key,
    &cli_cmd_purge, &cli_cmd_sql, &cli_cmd_schema, &cli_cmd_simulate, NULL,
};

const cli_command *cli_find_command(const char *name)
{
    for (const cli_command *const *c = cli_commands; *c; c++)
        if (strcmp((*c)->name, name) == 0) return *c;
    return NULL;
}
