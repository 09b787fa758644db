#include "cli/cli.h"

typedef struct detect_args {
    cli_common common;
    const char *inv;
    cli_detect detect;
} detect_args;

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const detect_args *args = arguments;
    const eh_detect_options options = cli_detect_options(&args->detect);
    eh_investigation *inv;
    eh_run_summary summary = {0};
    EH_TRY(cli_check_detect(&args->detect, err));
    EH_TRY(cli_open(call, args->inv, EH_OPEN_WRITE, &inv, err));
    eh_status status = eh_investigation_set_command(inv, call->n_words, call->words, err);
    if (status == EH_OK) status = eh_investigation_detect(inv, &options, &summary, err);
    eh_investigation_close(inv);
    if (status != EH_OK) return status;
    if (!args->common.is_json) {
        cli_print_run(stdout, &summary);
        return EH_OK;
    }
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_run(&json, &summary);
    return cli_json_close(&json, err);
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation.", NULL, offsetof(detect_args, inv), 0, 0, CLI_FILE, 0, true},
    CLI_DETECT_OPTIONS(detect_args),
    CLI_END,
};
static const detect_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_detect = {
    .name = "detect",
    .summary = "find the accounts of an investigation that act together",
    .description = "Tests every pair of accounts that shares enough objects, lists accounts so that at most the share "
                   "--fdr of them is expected to be listed by chance, and stores the result as a run that never "
                   "changes. The same archive, parameters and seed give the same run id and the same bytes, for any "
                   "number of threads. Which side an account is on is never read.",
    .examples = "evenhand detect case.duckdb\n"
                "evenhand detect case.duckdb --behaviours repost,link --windows 30s,5m --fdr 0.01",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
