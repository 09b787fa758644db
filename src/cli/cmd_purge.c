#include "cli/cli.h"

typedef struct purge_args {
    cli_common common;
    const char *inv, *accounts, *reason, *key;
    bool is_dry_run, allows_damage;
} purge_args;

static unsigned long long ull(uint64_t n) { return n; }

static void print_report(const eh_purge_report *r, bool is_dry_run)
{
    printf("accounts   %llu purged%s, %llu not in the investigation\n", ull(r->n_named - r->n_unknown), is_dry_run ? " (dry run)" : "", ull(r->n_unknown));
    printf("%-22s %12s %12s\n", "table", "rows deleted", "cells blanked");
    for (size_t i = 0; i < r->n_tables; i++) printf("%-22s %12llu %12llu\n", r->tables[i].name, ull(r->tables[i].n_deleted), ull(r->tables[i].n_blanked));
    printf("ledger     %llu leaves lose their content, %llu are recorded anew over what is left\n", ull(r->n_leaves), ull(r->n_recorded_again));
}

static eh_status print_json(const cli_call *call, const eh_purge_report *r, bool is_dry_run, eh_error *err)
{
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_bool(&json, "dry_run", is_dry_run);
    cli_json_count(&json, "n_accounts", r->n_named - r->n_unknown);
    cli_json_count(&json, "n_unknown", r->n_unknown);
    cli_json_count(&json, "n_twice", r->n_twice);
    cli_json_begin(&json, "tables", '[');
    for (size_t i = 0; i < r->n_tables; i++) {
        cli_json_begin(&json, NULL, '{');
        cli_json_text(&json, "table", r->tables[i].name);
        cli_json_count(&json, "n_deleted", r->tables[i].n_deleted);
        cli_json_count(&json, "n_blanked", r->tables[i].n_blanked);
        cli_json_end(&json, '}');
    }
    cli_json_end(&json, ']');
    cli_json_count(&json, "n_deleted", r->n_deleted);
    cli_json_count(&json, "n_blanked", r->n_blanked);
    cli_json_count(&json, "n_leaves", r->n_leaves);
    cli_json_count(&json, "n_recorded_again", r->n_recorded_again);
    cli_json_count(&json, "n_telling_runs", r->n_telling_runs);
    cli_json_count(&json, "n_telling_actors", r->n_telling_actors);
    cli_json_count(&json, "n_other_tables", r->n_other_tables);
    return cli_json_close(&json, err);
}

static void tell_limits(const cli_call *call, const eh_purge_report *r, bool is_dry_run)
{
    if (r->n_twice) cli_note(call, "%llu lines of the list repeat an account", ull(r->n_twice));
    if (r->n_telling_runs)
        cli_note(call, "%llu runs that left such an account out stay, since others rely on them; their id is a hash over it, by which a guess can be confirmed",
                 ull(r->n_telling_runs));
    if (r->n_telling_actors)
        cli_note(call, "%llu leaves name such an account as their actor or in the reason of a purge; leaves cannot be changed", ull(r->n_telling_actors));
    if (r->n_other_tables)
        cli_note(call, "%llu tables in the file are not evenhand's and were not looked into", ull(r->n_other_tables));
    if (!is_dry_run)
        cli_note(call, "an archive that holds these accounts brings them back: leave them out of what you import, or purge again afterwards. Files that "
                       "were exported, copies and backups are not touched");
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const purge_args *args = arguments;
    eh_purge_report *report = eh_alloc(call->ctx, 1, sizeof *report, err);
    if (!report) return err->status;
    const eh_purge_options how = {args->accounts, args->key, args->reason, call->common->actor, args->is_dry_run, args->allows_damage};
    eh_status status = eh_investigation_purge(call->ctx, args->inv, &how, report, err);
    if (status == EH_OK) {
        if (args->common.is_json) status = print_json(call, report, args->is_dry_run, err);
        else print_report(report, args->is_dry_run);
        tell_limits(call, report, args->is_dry_run);
    }
    eh_free(call->ctx, report);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation; nobody else may have it open.", NULL, offsetof(purge_args, inv), 0, 0, CLI_FILE, 0, true},
    {"accounts", "FILE", "Whom to purge: one id a line, or a CSV with a column account_id.", NULL, offsetof(purge_args, accounts), 0, 0, CLI_FILE, 0, true},
    {"reason", "TEXT", "Why; stays in the ledger for good, so it must name none of them.", NULL, offsetof(purge_args, reason), 0, 0, CLI_TEXT, 0, false},
    {"pseudonymise", "KEYFILE", "The key of a pseudonymised investigation, where FILE holds the ids as they were before.", NULL,
     offsetof(purge_args, key), 0, 0, CLI_FILE, 0, false},
    {"dry-run", NULL, "Count what would go, and change nothing.", NULL, offsetof(purge_args, is_dry_run), 0, 0, CLI_FLAG, 0, false},
    {"damaged", NULL, "Purge although the ledger and the tables disagree, which can be seen no more afterwards.", NULL,
     offsetof(purge_args, allows_damage), 0, 0, CLI_FLAG, 0, false},
    CLI_END,
};
static const purge_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_purge = {
    .name = "purge",
    .summary = "delete everything about some accounts, for good",
    .description = "Deletes posts, actions, findings, decisions and all else about the accounts, empties what leads to them from rows of others, and "
                   "writes the file anew, so that no byte of it stays. The ledger keeps its leaves, without their content, and a leaf that says how many "
                   "accounts were purged, naming none; what is left is recorded anew, so that it stays guarded.\n\n"
                   "Needs room for two copies of the file beside it. Whatever happens meanwhile, the old file or the new one is there, whole.",
    .examples = "evenhand purge case.duckdb --accounts gone.txt --dry-run\n"
                "evenhand purge case.duckdb --accounts gone.txt --reason 'request 17' --actor Maria",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
