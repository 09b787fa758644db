#include "cli/cli.h"
#include "cli/rows.h"

#include <unistd.h>

typedef struct expand_args {
    cli_common common;
    const char *inv, *seeds, *output, *run_id, *at_risk, *key;
    double q;
    uint64_t n_hops;
} expand_args;

static const char *const columns[] = {"rank",    "account_id", "linked",         "q_value",  "p_value",    "hop",     "via",  "n_seeds",
                                      "n_partners", "n_behaviours", "n_coincidences", "expected", "n_second", "n_first", "log_e", "notes"};

/* Why an account with enough evidence is not linked. */
static const char *notes_of(uint32_t notes)
{
    if (notes & EH_NOTE_FOLLOWED) return "followed";
    if (notes & EH_NOTE_DIRECTION_UNKNOWN) return "direction_unknown";
    return notes & EH_NOTE_ONE_PARTNER ? "one_partner" : "";
}

static eh_status write_rows(eh_context *ctx, const eh_expansion *e, const eh_guard *guard, const char *path, eh_error *err)
{
    cli_rows rows;
    EH_TRY(cli_rows_open(ctx, path, columns, sizeof columns / sizeof *columns, &rows, err));
    eh_status status = EH_OK;
    for (uint64_t i = 0; i < e->n_links && status == EH_OK; i++) {
        const eh_expand_link *link = &e->links[i];
        cli_rows_count(&rows, i + 1);
        cli_rows_text(&rows, eh_guard_name(guard, eh_strings_get(&e->accounts, link->account)));
        cli_rows_text(&rows, eh_str_of(link->is_linked ? "true" : "false"));
        cli_rows_real(&rows, link->q_value);
        cli_rows_real(&rows, link->p_value);
        cli_rows_count(&rows, link->hop);
        cli_rows_text(&rows, eh_guard_name(guard, eh_strings_get(&e->accounts, link->via)));
        cli_rows_count(&rows, link->n_seeds);
        cli_rows_count(&rows, link->n_partners);
        cli_rows_count(&rows, link->n_behaviours);
        cli_rows_count(&rows, link->n_coincidences);
        cli_rows_real(&rows, link->n_expected);
        cli_rows_count(&rows, link->n_second);
        cli_rows_count(&rows, link->n_first);
        cli_rows_real(&rows, link->log_e);
        cli_rows_text(&rows, eh_str_of(notes_of(link->notes)));
        status = cli_rows_end_row(&rows, err);
    }
    if (status == EH_OK) return cli_rows_commit(&rows, err);
    cli_rows_discard(&rows);
    return status;
}

static void tell(const cli_call *call, const eh_expansion *e, double q)
{
    char unknown[sizeof e->unknown_seed + 24] = "";
    if (e->n_unknown_seeds) snprintf(unknown, sizeof unknown, ", such as '%s'", e->unknown_seed);
    cli_note(call, "%llu seeds (%llu not in the archive%s, %llu share too little with anybody to be tested); %llu accounts "
             "could be linked", (unsigned long long)e->n_seeds, (unsigned long long)e->n_unknown_seeds, unknown,
             (unsigned long long)e->n_untestable_seeds, (unsigned long long)e->n_candidates);
    if (e->n_linked)
        cli_note(call, "%llu accounts linked at q = %g; about %.1f of them may be false", (unsigned long long)e->n_linked, q,
                 q * (double)e->n_linked);
    else
        cli_note(call, "no account is linked at q = %g", q);
}

static eh_status tell_json(eh_context *ctx, const eh_expansion *e, eh_error *err)
{
    cli_json json;
    EH_TRY(cli_json_open(ctx, &json, err));
    cli_json_count(&json, "n_seeds", e->n_seeds);
    cli_json_count(&json, "n_unknown_seeds", e->n_unknown_seeds);
    cli_json_count(&json, "n_untestable_seeds", e->n_untestable_seeds);
    cli_json_count(&json, "n_candidates", e->n_candidates);
    cli_json_count(&json, "n_linked", e->n_linked);
    return cli_json_close(&json, err);
}

static eh_status expand(const cli_call *call, const expand_args *args, const eh_expand_options *options, const char *path,
                        eh_expansion *expansion, eh_error *err)
{
    eh_investigation *inv;
    EH_TRY(cli_open_to_export(call, args->inv, &inv, err));
    eh_guard *guard;
    eh_status status = cli_guard_new(call, inv, args->run_id, true, args->at_risk, args->key, &guard, err);
    if (status == EH_OK) status = eh_expand(inv, args->run_id, args->seeds, options, expansion, err);
    eh_investigation_close(inv);
    if (status == EH_OK) status = write_rows(call->ctx, expansion, guard, path, err);
    eh_guard_free(guard);
    EH_TRY(status);
    tell(call, expansion, options->q);
    return call->common->is_json ? tell_json(call->ctx, expansion, err) : EH_OK;
}

/* So that a reversal finds what was made with the account's help. */
static void record(const cli_call *call, const expand_args *args, const eh_expand_options *options, const eh_expansion *expansion)
{
    eh_error err = EH_ERROR_INIT;
    uint64_t id;
    eh_investigation *inv;
    eh_status status = access(args->inv, W_OK) == 0 ? cli_open_to_record(call, args->inv, &inv, &err)
                                                    : eh_fail(&err, EH_E_IO, "it may not be written to");
    if (status == EH_OK) {
        status = eh_expansion_record(inv, args->run_id, args->seeds, options, expansion, &id, &err);
        eh_investigation_close(inv);
    }
    if (status != EH_OK) cli_note(call, "%s: this expansion is not remembered, so no reversal will find it: %s", args->inv, err.message);
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const expand_args *args = arguments;
    const char *path;
    eh_expansion expansion = {0};
    eh_expand_options options = eh_expand_options_default();
    if (args->q > 0) options.q = args->q;
    options.n_hops = (uint32_t)args->n_hops;
    EH_TRY(cli_rows_check(args->output, err));
    EH_TRY(cli_check_not_input(args->output, args->inv, err));
    EH_TRY(cli_check_not_input(args->output, args->seeds, err));
    EH_TRY(cli_check_not_input(args->output, args->at_risk, err));
    EH_TRY(cli_check_not_input(args->output, args->key, err));
    EH_TRY(cli_output_path(args->output, &path, err));
    eh_status status = expand(call, args, &options, path, &expansion, err);
    if (status == EH_OK) record(call, args, &options, &expansion);
    if (expansion.ctx) eh_expansion_release(&expansion);
    if (status == EH_OK) cli_record_export(call, args->inv, args->run_id, &(eh_exported_file){"expansion", path}, 1);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation; it holds a run already (evenhand detect).", NULL, offsetof(expand_args, inv), 0, 0, CLI_FILE, 0, true},
    {"seeds", "FILE", "Known accounts: one id a line, or a CSV with a column account_id.", NULL, offsetof(expand_args, seeds), 0, 0,
     CLI_FILE, 0, true},
    {"output", "FILE", "Where to: .csv or .jsonl; - for CSV on standard output.", NULL, offsetof(expand_args, output), 0, 0,
     CLI_OUTPUT, 'o', true},
    {"fdr", "Q", "The share of false links to accept among the linked; 0.05 when not given.", NULL, offsetof(expand_args, q), 0, 0,
     CLI_SHARE, 0, false},
    {"hops", "N", "How often those linked become seeds themselves: 3 when not given; the level is split among hops.", NULL,
     offsetof(expand_args, n_hops), 1, 8, CLI_COUNT, 0, false},
    {"run", "ID", "The run to read; the latest when not given.", NULL, offsetof(expand_args, run_id), 0, 0, CLI_TEXT, 0, false},
    CLI_AT_RISK(expand_args, at_risk, "Do not name the accounts of FILE, one id a line. Refused where the list cannot be trusted."),
    CLI_GUARD_KEY(expand_args, key),
    CLI_END,
};
static const expand_args defaults = {CLI_COMMON_INIT, .n_hops = 3};

const cli_command cli_cmd_expand = {
    .name = "expand",
    .summary = "find who is linked to known accounts",
    .description = "Ranks the accounts that acted together with the seeds, with the error rate under control. Sharing the same links or posts "
                   "at one's own time gives no evidence; nor does being copied.",
    .examples = "evenhand expand case.duckdb --seeds seeds.txt -o linked.csv\n"
                "evenhand expand case.duckdb --seeds seeds.csv --fdr 0.01 --hops 1 -o linked.csv",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
