#include "cli/cli.h"

#include "base/dict.h"

#define ACTIONS "add|check|list|show"
enum { ADD, CHECK, LIST, SHOW };

typedef struct claim_args {
    cli_common common;
    int action;
    const char *inv, *what, *other, *declined, *output, *run_id;
    double q;
    uint64_t n_groups, n_draws, n_hops, most_added;
    bool has_no_power, expands;
} claim_args;

static bool is_json(const claim_args *args) { return args->common.is_json || (args->output && strcmp(cli_extension(args->output), "json") == 0); }

static eh_status add(const cli_call *call, const claim_args *args, eh_investigation *inv, eh_error *err)
{
    eh_claim *claim = eh_alloc(call->ctx, 1, sizeof *claim, err);
    bool was_known = false;
    if (!claim) return err->status;
    eh_status status = eh_claim_read(call->ctx, args->what, claim, err);
    if (status == EH_OK) status = eh_claim_add(inv, claim, &was_known, err);
    if (status == EH_OK && args->common.is_json) {
        cli_json json;
        status = cli_json_open(call->ctx, &json, err);
        if (status == EH_OK) {
            cli_json_text(&json, "claim_id", claim->claim_id);
            cli_json_bool(&json, "was_known", was_known);
            status = cli_json_close(&json, err);
        }
    } else if (status == EH_OK) {
        printf("%s\n", claim->claim_id);
        cli_note(call, "%s: %u accounts, %u parts%s", was_known ? "known already, nothing added" : "added", claim->accounts.n, claim->n_parts,
                 claim->counter_accounts.n ? "" : "; it names nobody of the other side: check asks the same of it with --other FILE");
    }
    if (claim->ctx) eh_claim_release(claim);
    eh_free(call->ctx, claim);
    return status;
}

static eh_status take_id(void *data, eh_str id, eh_error *err) { return eh_dict_add(data, id, &(uint32_t){0}, err); }

static eh_status check_claim(const cli_call *call, const claim_args *args, eh_investigation *inv, const char *path, eh_claim_answer *answer, eh_error *err)
{
    eh_dict other = EH_DICT_INIT(call->ctx);
    eh_strings ids;
    eh_claim_options options = {.q = args->q, .n_groups = (uint32_t)args->n_groups, .n_draws = (uint32_t)args->n_draws, .run_id = args->run_id,
                                .declined = args->declined, .has_no_power = args->has_no_power, .expands = args->expands,
                                .n_hops = (uint32_t)args->n_hops, .most_added = (uint32_t)args->most_added};
    eh_status status = args->other ? eh_account_list_read(call->ctx, args->other, take_id, &other, err) : EH_OK;
    if (args->other && status == EH_OK) {
        ids = eh_dict_strings(&other);
        options.other = &ids;
    }
    if (status == EH_OK) status = eh_claim_check(inv, args->what, &options, answer, err);
    cli_progress_end();
    if (status == EH_OK) status = eh_claim_write(inv, args->what, answer->check_id, is_json(args), path, err);
    eh_dict_release(&other);
    if (status == EH_OK && !answer->is_answered)
        status = eh_fail(err, EH_E_STATISTICS, "insufficient data: some part of the claim cannot be told from this archive; check %s is stored all the same", answer->check_id);
    return status;
}

static eh_status check_args(const claim_args *args, eh_error *err)
{
    if (!args->what && args->action != LIST)
        return eh_fail(err, EH_E_INVALID, args->action == ADD ? "claim add needs the claim's file: evenhand claim add INV FILE"
                                                              : "claim check and show need the claim's id: evenhand claim check INV ID");
    if (args->what && args->action == LIST) return eh_fail(err, EH_E_INVALID, "claim list takes the investigation only");
    bool has_check_option = args->other || args->declined || args->run_id || args->q > 0 || args->n_groups || args->n_draws || args->has_no_power ||
                            args->expands || args->n_hops || args->most_added;
    if (has_check_option && args->action != CHECK) return eh_fail(err, EH_E_INVALID, "options other than --output and --json go with check");
    if (args->other && args->declined) return eh_fail(err, EH_E_INVALID, "--other and --decline-other exclude each other");
    if (args->declined && (!args->declined[0] || strlen(args->declined) > 500)) return eh_fail(err, EH_E_INVALID, "--decline-other needs a reason of at most 500 bytes");
    if ((args->n_hops || args->most_added) && !args->expands) return eh_fail(err, EH_E_INVALID, "--hops and --budget go with --expand");
    if (args->output && args->action == ADD) return eh_fail(err, EH_E_INVALID, "claim add writes no file");
    return EH_OK;
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const claim_args *args = arguments;
    const char *path = "-";
    eh_investigation *inv;
    eh_claim_answer answer = {0};
    EH_TRY(check_args(args, err));
    if (args->output) EH_TRY(cli_check_not_input(args->output, args->inv, err));
    if (args->output) EH_TRY(cli_check_not_input(args->output, args->other, err));
    if (args->output) EH_TRY(cli_output_path(args->output, &path, err));
    bool writes = args->action == ADD || args->action == CHECK;
    EH_TRY(cli_open(call, args->inv, writes ? EH_OPEN_WRITE : EH_OPEN_READ, &inv, err));
    eh_status status = args->action == ADD     ? add(call, args, inv, err)
                       : args->action == CHECK ? check_claim(call, args, inv, path, &answer, err)
                       : args->action == SHOW  ? eh_claim_write(inv, args->what, NULL, is_json(args), path, err)
                                               : eh_claim_write_list(inv, is_json(args), path, err);
    eh_investigation_close(inv);
    bool is_written = args->output && (status == EH_OK || (status == EH_E_STATISTICS && answer.check_id[0])); /* which cannot be told, but was */
    if (is_written) cli_record_export(call, args->inv, "", &(eh_exported_file){"claim", path}, 1);
    return status;
}

static const cli_opt options[] = {
    {NULL, "ACTION", "add, check, list or show.", ACTIONS, offsetof(claim_args, action), 0, 0, CLI_CHOICE, 0, true},
    {NULL, "INV", "The investigation; check needs a run in it (evenhand detect).", NULL, offsetof(claim_args, inv), 0, 0, CLI_FILE, 0, true},
    {NULL, "WHAT", "add: the claim's file, JSON or TOML. check, show: its id.", NULL, offsetof(claim_args, what), 0, 0, CLI_FILE, 0, false},
    {"other", "FILE", "check: accounts of the other side, put to the same tests: one id a line, or a CSV with a column account_id. The claim's own "
     "counter_accounts when not given.", NULL, offsetof(claim_args, other), 0, 0, CLI_FILE, 0, false},
    {"decline-other", "REASON", "check: why the other side is not put to the same tests; it stands in the result.", NULL, offsetof(claim_args, declined), 0, 0,
     CLI_TEXT, 0, false},
    {"fdr", "Q", "check: the level of the whole claim, split evenly among its parts; 0.05 when not given.", NULL, offsetof(claim_args, q), 0, 0, CLI_SHARE, 0, false},
    {"groups", "N", "check: comparison groups; 39 when not given.", NULL, offsetof(claim_args, n_groups), 19, 999, CLI_COUNT, 0, false},
    {"draws", "N", "check: rings planted for each power; 100 when not given.", NULL, offsetof(claim_args, n_draws), 10, 10000, CLI_COUNT, 0, false},
    {"no-power", NULL, "check: plant no rings. What is not found can then not be told from what could not be seen.", NULL, offsetof(claim_args, has_no_power), 0, 0,
     CLI_FLAG, 0, false},
    {"expand", NULL, "check: also look for further accounts, from those alone that act together and survived the test.", NULL, offsetof(claim_args, expands), 0, 0,
     CLI_FLAG, 0, false},
    {"hops", "N", "check --expand: how many hops; 1 when not given.", NULL, offsetof(claim_args, n_hops), 1, 8, CLI_COUNT, 0, false},
    {"budget", "N", "check --expand: the most accounts to add; 50 when not given.", NULL, offsetof(claim_args, most_added), 1, 100000, CLI_COUNT, 0, false},
    {"run", "ID", "check: the run whose parameters to use; the latest when not given.", NULL, offsetof(claim_args, run_id), 0, 0, CLI_TEXT, 0, false},
    {"output", "FILE", "check, list, show: where to, .json for programs; standard output when not given.", NULL, offsetof(claim_args, output), 0, 0, CLI_OUTPUT,
     'o', false},
    CLI_END,
};
static const claim_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_claim = {
    .name = "claim",
    .summary = "test what somebody alleges of named accounts",
    .description = "add stores a claim: a file that says who raised it, which accounts, what is alleged and when. check tests each part: supported, not "
                   "supported, contradicted or cannot tell, with what speaks for and against it, what chance and comparison groups give, and which ring could "
                   "have been seen. Exit code 3 where some part cannot be told.\n"
                   "The same questions go to the other side, with the same thresholds, or the result says that this was declined.",
    .examples = "evenhand claim add case.duckdb claim.toml\n"
                "evenhand claim check case.duckdb 0123456789abcdef --other others.txt\n"
                "evenhand claim show case.duckdb 0123456789abcdef --json",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
