#include "cli/cli.h"

typedef struct statement_args {
    cli_common common;
    const char *inv, *account, *output, *run_id, *key, *at_risk, *rule, *contest, *reviewer;
    int tier;
} statement_args;

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const statement_args *args = arguments;
    const char *path;
    eh_investigation *inv;
    EH_TRY(cli_check_not_input(args->output, args->inv, err));
    EH_TRY(cli_check_not_input(args->output, args->key, err));
    EH_TRY(cli_check_not_input(args->output, args->at_risk, err));
    EH_TRY(cli_output_path(args->output, &path, err));
    const char *extension = cli_extension(path);
    bool is_page = strcmp(extension, "html") == 0 || strcmp(extension, "htm") == 0;
    if (strcmp(path, "-") != 0 && !is_page && strcmp(extension, "json") != 0)
        return eh_fail_at(err, EH_E_INVALID, path, -1, -1, "a statement is a page or a JSON file: the name must end in .html or .json");
    const eh_statement_options options = {
        .run_id = args->run_id, .tier = args->tier == 1 ? EH_TIER_RESTRICTED : EH_TIER_PUBLIC, .is_page = is_page, .key_path = args->key,
        .at_risk_path = args->at_risk, .rule = args->rule, .contest = args->contest, .reviewer = args->reviewer};
    EH_TRY(cli_open_to_export(call, args->inv, &inv, err));
    eh_status status = eh_statement_write(inv, args->account, &options, path, err);
    eh_investigation_close(inv);
    if (status == EH_OK) cli_record_export(call, args->inv, args->run_id, &(eh_exported_file){"statement", path}, 1);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation.", NULL, offsetof(statement_args, inv), 0, 0, CLI_FILE, 0, true},
    {NULL, "ACCOUNT", "The id of one account, exactly as the archive has it. Names are not searched.", NULL, offsetof(statement_args, account), 0, 0,
     CLI_TEXT, 0, true},
    {"output", "FILE", "What to write: FILE.json (canonical JSON, RFC 8785) or FILE.html; - for JSON on standard output.", NULL,
     offsetof(statement_args, output), 0, 0, CLI_OUTPUT, 'o', true},
    {"tier", "TIER", "public (reasons; partners are not named, when not given) or restricted (evidence rows with the posts of others).",
     "public|restricted", offsetof(statement_args, tier), 0, 0, CLI_CHOICE, 0, false},
    {"run", "ID", "The run that the statement is about; the latest when not given.", NULL, offsetof(statement_args, run_id), 0, 0, CLI_TEXT, 0, false},
    {"key", "KEYFILE", "Give partners pseudonyms keyed with the bytes of KEYFILE (HMAC-SHA-256), the same in all statements with that key. Numbers when "
     "not given.", NULL, offsetof(statement_args, key), 0, 0, CLI_FILE, 0, false},
    CLI_AT_RISK(statement_args, at_risk, "Never name the accounts of FILE, one id a line, nor show their posts and exact times, in either tier."),
    {"rule", "TEXT", "The rule or clause that is relied on.", NULL, offsetof(statement_args, rule), 0, 0, CLI_TEXT, 0, false},
    {"contest", "TEXT", "Where and until when the statement can be contested.", NULL, offsetof(statement_args, contest), 0, 0, CLI_TEXT, 0, false},
    {"reviewer", "NAME", "The person who looked at it, by a pseudonym.", NULL, offsetof(statement_args, reviewer), 0, 0, CLI_TEXT, 0, false},
    CLI_END,
};
static const statement_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_statement = {
    .name = "statement",
    .summary = "write the evidence for and against one account",
    .description = "Writes what is known of one account: what was seen and what chance gives, for each kind of evidence; harmless explanations, each "
                   "tested by name; how firm it is; how to contest it, and the command that makes it again. Accounts that are not listed, or have too "
                   "few data, get a statement of the same form.",
    .examples = "evenhand statement case.duckdb 2347 -o statement.html",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
