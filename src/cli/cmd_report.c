#include "cli/cli.h"

typedef struct report_args {
    cli_common common;
    const char *inv, *output, *run_id, *at_risk, *key;
} report_args;

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const report_args *args = arguments;
    const char *path;
    eh_investigation *inv;
    EH_TRY(cli_check_not_input(args->output, args->inv, err));
    EH_TRY(cli_check_not_input(args->output, args->at_risk, err));
    EH_TRY(cli_check_not_input(args->output, args->key, err));
    EH_TRY(cli_output_path(args->output, &path, err));
    const char *extension = cli_extension(path);
    if (strcmp(path, "-") != 0 && strcmp(extension, "html") != 0 && strcmp(extension, "htm") != 0)
        return eh_fail_at(err, EH_E_INVALID, path, -1, -1, "a report is a page: the name must end in .html");
    EH_TRY(cli_open_to_export(call, args->inv, &inv, err));
    eh_guard *guard;
    eh_status status = cli_guard_new(call, inv, args->run_id, true, args->at_risk, args->key, &guard, err);
    if (guard) status = eh_investigation_guard(inv, guard, false, err);
    if (status == EH_OK) status = eh_report_write(inv, args->run_id, path, err);
    eh_guard_free(guard);
    eh_investigation_close(inv);
    if (status == EH_OK) cli_record_export(call, args->inv, args->run_id, &(eh_exported_file){"report", path}, 1);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation.", NULL, offsetof(report_args, inv), 0, 0, CLI_FILE, 0, true},
    {"output", "FILE", "The page to write, FILE.html; - for standard output.", NULL, offsetof(report_args, output), 0,
     0, CLI_OUTPUT, 'o', true},
    {"run", "ID", "The run to report; the latest when not given.", NULL, offsetof(report_args, run_id), 0, 0, CLI_TEXT,
     0, false},
    CLI_AT_RISK(report_args, at_risk, "Do not name the accounts of FILE, one id a line; co-actions in which they take part are not shown. "
                "Refused where the list cannot be trusted."),
    CLI_GUARD_KEY(report_args, key),
    CLI_END,
};
static const report_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_report = {
    .name = "report",
    .summary = "write the report: one self-contained page that opens offline",
    .description = "Writes the page that a person reads: what was found, how sure it is, the evidence, and what "
                   "speaks against it. It needs no network and can be printed.",
    .examples = "evenhand report case.duckdb -o report.html",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
