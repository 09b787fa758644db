#include "cli/cli.h"

#define ACTIONS "add|list"
enum { ADD, LIST };

typedef struct decision_args {
    cli_common common;
    int action;
    const char *inv, *table, *key, *run_id, *clause, *output;
} decision_args;

static eh_status add(const cli_call *call, const decision_args *args, eh_error *err)
{
    eh_key key;
    eh_investigation *inv;
    eh_decision_batch batch;
    EH_TRY(eh_key_read(call->ctx, args->key, &key, err));
    eh_status status = cli_open(call, args->inv, EH_OPEN_WRITE, &inv, err);
    if (status == EH_OK) {
        status = eh_decisions_add(inv, args->table, args->run_id, args->clause, &key, &batch, err);
        eh_investigation_close(inv);
    }
    eh_key_clear(&key);
    EH_TRY(status);
    if (batch.n_not_listed)
        cli_note(call, "%llu of these accounts are not listed by the run", (unsigned long long)batch.n_not_listed);
    if (!args->common.is_json) {
        printf("decisions %llu to %llu, batch %llu: each can be contested with evenhand appeal open --decision N\n",
               (unsigned long long)batch.first_decision_id, (unsigned long long)(batch.first_decision_id + batch.n_decisions - 1),
               (unsigned long long)batch.batch_id);
        return EH_OK;
    }
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_count(&json, "batch_id", batch.batch_id);
    cli_json_count(&json, "n_decisions", batch.n_decisions);
    cli_json_count(&json, "first_decision_id", batch.first_decision_id);
    cli_json_count(&json, "n_not_listed", batch.n_not_listed);
    return cli_json_close(&json, err);
}

static eh_status list(const cli_call *call, const decision_args *args, eh_error *err)
{
    const char *path;
    eh_investigation *inv;
    const char *output = args->output ? args->output : "-";
    EH_TRY(cli_check_not_input(output, args->inv, err));
    EH_TRY(cli_output_path(output, &path, err));
    EH_TRY(cli_open_to_export(call, args->inv, &inv, err));
    eh_status status = eh_investigation_export(inv, NULL, "decisions", path, err);
    eh_investigation_close(inv);
    if (status == EH_OK) cli_record_export(call, args->inv, "", &(eh_exported_file){"decisions", path}, 1);
    return status;
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const decision_args *args = arguments;
    if (args->action == LIST) {
        if (args->table || args->key || args->run_id || args->clause)
            return eh_fail(err, EH_E_INVALID, "decision list takes INV and -o alone");
        return list(call, args, err);
    }
    if (!args->table || !args->key)
        return eh_fail(err, EH_E_INVALID, "decision add needs a table and a key: evenhand decision add INV FILE --key KEY");
    if (args->output) return eh_fail(err, EH_E_INVALID, "-o goes with list");
    return add(call, args, err);
}

static const cli_opt options[] = {
    {NULL, "ACTION", "add or list.", ACTIONS, offsetof(decision_args, action), 0, 0, CLI_CHOICE, 0, true},
    {NULL, "INV", "The investigation.", NULL, offsetof(decision_args, inv), 0, 0, CLI_FILE, 0, true},
    {NULL, "FILE", "add: a table with the columns account_id and decision; one row an account.", NULL, offsetof(decision_args, table), 0, 0,
     CLI_FILE, 0, false},
    {"key", "FILE", "add: the secret key of whoever decided.", NULL, offsetof(decision_args, key), 0, 0, CLI_FILE, 0, false},
    {"run", "ID", "add: the run that the decisions rely on; the latest when not given.", NULL, offsetof(decision_args, run_id), 0, 0,
     CLI_TEXT, 0, false},
    {"clause", "TEXT", "add: the rule that they rely on.", NULL, offsetof(decision_args, clause), 0, 0, CLI_TEXT, 0, false},
    {"output", "FILE", "list: .csv, .jsonl or .parquet; CSV on standard output when not given.", NULL, offsetof(decision_args, output), 0, 0,
     CLI_OUTPUT, 'o', false},
    CLI_END,
};
static const decision_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_decision = {
    .name = "decision",
    .summary = "record what was decided about accounts, one contestable record each",
    .description = "evenhand decides nothing about anybody. What people decided on the strength of a run is recorded here, also many at once; each "
                   "account then has a record of its own in the ledger, signed by the key of whoever decided, that it can contest.",
    .examples = "evenhand decision add case.duckdb decided.csv --key desk.key --clause 'rule 4'\n"
                "evenhand decision list case.duckdb -o decisions.csv",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
