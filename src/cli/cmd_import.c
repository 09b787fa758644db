#include "cli/cli.h"

#include <unistd.h>

typedef struct import_args {
    cli_common common;
    const char *inv;
    cli_texts inputs;
    cli_input input;
    const char *pseudonym_key;
} import_args;

static eh_status print(const cli_call *call, const import_args *args, const eh_import_report *reports, eh_error *err)
{
    if (!call->common->is_json) {
        for (int i = 0; i < args->inputs.n; i++) cli_print_import(args->inputs.items[i], &reports[i]);
        return EH_OK;
    }
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_begin(&json, "inputs", '[');
    for (int i = 0; i < args->inputs.n; i++)
        cli_json_ingest(&json, args->inputs.items[i], &reports[i].ingest, &reports[i].n_duplicates);
    cli_json_end(&json, ']');
    return cli_json_close(&json, err);
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const import_args *args = arguments;
    eh_investigation *inv = NULL;
    eh_import_report *reports = eh_alloc(call->ctx, (size_t)args->inputs.n, sizeof *reports, err);
    if (!reports) return err->status;
    bool is_new = access(args->inv, F_OK) != 0;
    eh_status status = cli_open(call, args->inv, EH_OPEN_CREATE, &inv, err);
    if (status == EH_OK) status = eh_investigation_set_command(inv, call->n_words, call->words, err);
    if (status == EH_OK)
        status = cli_import_all(inv, &args->inputs, &args->input, args->pseudonym_key, reports, err);
    if (inv) eh_investigation_close(inv);
    /* A mistyped archive leaves no empty investigation behind. */
    if (inv && is_new && status != EH_OK && !reports[0].ingest.n_rows_kept) (void)unlink(args->inv);
    cli_progress_end();
    if (status == EH_OK) status = print(call, args, reports, err);
    eh_free(call->ctx, reports);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation to add to; created when it does not exist.", NULL, offsetof(import_args, inv), 0,
     0, CLI_FILE, 0, true},
    {NULL, "INPUT", "Archives to read: plain, gzip or zstd.", NULL, offsetof(import_args, inputs), 0, 0, CLI_TEXTS, 0,
     true},
    CLI_INPUT_OPTIONS(import_args),
    CLI_BEHAVIOUR_OPTION(import_args),
    CLI_KEY_OPTION(import_args),
    CLI_END,
};
static const import_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_import = {
    .name = "import",
    .summary = "add archives to an investigation",
    .description = "Adds each archive to the investigation whole or not at all, and prints how many rows were read, "
                   "kept and rejected, with the reasons. Rejected rows are kept with their place: see export INV "
                   "rejects. A file that was imported before, with the same options, is not added again.",
    .examples = "evenhand import case.duckdb posts.csv.gz\n"
                "evenhand import case.duckdb wide.csv --map account=author_name --map time=posted --map urls=links",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
