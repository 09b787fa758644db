#include "cli/cli.h"

typedef struct formats_args {
    cli_common common;
} formats_args;

static eh_status print_json(const cli_call *call, const eh_format_info *formats, size_t n, eh_error *err)
{
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_begin(&json, "formats", '[');
    for (size_t i = 0; i < n; i++) {
        cli_json_begin(&json, NULL, '{');
        cli_json_text(&json, "name", formats[i].name);
        cli_json_text(&json, "summary", formats[i].summary);
        cli_json_text(&json, "recognised_by", formats[i].recognised_by);
        cli_json_text(&json, "fields", formats[i].fields);
        cli_json_end(&json, '}');
    }
    cli_json_end(&json, ']');
    return cli_json_close(&json, err);
}

static eh_status run(const cli_call *call, const void *args, eh_error *err)
{
    (void)args;
    size_t n;
    const eh_format_info *formats = eh_ingest_formats(&n);
    if (call->common->is_json) return print_json(call, formats, n, err);
    for (size_t i = 0; i < n; i++)
        printf("%s%s\n  %s\n  recognised by: %s\n  fields: %s\n", i ? "\n" : "", formats[i].name, formats[i].summary,
               formats[i].recognised_by, formats[i].fields);
    return EH_OK;
}

static const cli_opt options[] = {CLI_END};
static const formats_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_formats = {
    .name = "formats",
    .summary = "list the archive formats it reads, with how each is recognised",
    .description = "Lists the archive formats that evenhand reads, in the order in which they are tried. Files may be "
                   "plain, gzip or zstd. Any other CSV, Parquet or NDJSON file is read with --map.",
    .examples = "evenhand formats",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
