#include "cli/cli.h"

#include "base/time.h"

#include <math.h>
#include <stdlib.h>

#define ACTIONS "open|decide|list|rates|verify"
enum { OPEN, DECIDE, LIST, RATES, VERIFY };
#define STATES "admissible|recomputed|upheld|reversed|partly|insufficient|inadmissible|published"
enum { FEW = 10 }; /* counts below are not told in public numbers */

typedef struct appeal_args {
    cli_common common;
    int action, to;
    const char *inv, *account, *run_id, *by, *reasons, *key;
    uint64_t appeal_id, decision_id;
    int64_t due_us;
    cli_texts materials;
    bool has_names, is_overdue_only, is_full;
} appeal_args;

/* ---- open -------------------------------------------------------------------------------------------------------- */

static eh_status read_material(const char *text, eh_appeal_material *out, eh_error *err)
{
    const char *equals = strchr(text, '=');
    for (int k = 0; equals && k < EH_N_MATERIAL_KINDS; k++) {
        const char *name = eh_material_kind_name(k);
        if (strlen(name) != (size_t)(equals - text) || strncmp(name, text, strlen(name)) != 0) continue;
        *out = (eh_appeal_material){k, equals + 1};
        return EH_OK;
    }
    return eh_fail(err, EH_E_INVALID,
                   "'%.80s': counter-evidence is KIND=FILE; kinds are alibi, shared_app, declared_automation, newsroom_duty, copied_by_others, "
                   "common_source, account_taken_over, data_error, other", text);
}

static eh_status open_appeal(const cli_call *call, const appeal_args *args, eh_error *err)
{
    eh_appeal_material materials[EH_MOST_MATERIALS];
    uint64_t id;
    eh_investigation *inv;
    if (args->due_us == 0) return eh_fail(err, EH_E_INVALID, "--due: nobody can decide in no time; give a longer one");
    if (args->materials.n > EH_MOST_MATERIALS) return eh_fail(err, EH_E_INVALID, "at most %d files of counter-evidence", EH_MOST_MATERIALS);
    for (int i = 0; i < args->materials.n; i++) EH_TRY(read_material(args->materials.items[i], &materials[i], err));
    const eh_appeal_request request = {.account_id = args->account,
                                       .decision_id = args->decision_id,
                                       .run_id = args->run_id,
                                       .raised_by = args->by,
                                       .reasons = args->reasons,
                                       .due_us = args->due_us,
                                       .materials = materials,
                                       .n_materials = (size_t)args->materials.n};
    EH_TRY(cli_open(call, args->inv, EH_OPEN_WRITE, &inv, err));
    eh_status status = eh_appeal_open(inv, &request, &id, err);
    eh_investigation_close(inv);
    EH_TRY(status);
    if (!args->common.is_json) {
        printf("appeal    %llu received\n", (unsigned long long)id);
        return EH_OK;
    }
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_count(&json, "appeal_id", id);
    cli_json_text(&json, "state", "received");
    return cli_json_close(&json, err);
}

/* ---- decide ------------------------------------------------------------------------------------------------------ */

static void print_result(const appeal_args *args, const eh_appeal_result *r)
{
    printf("appeal    %llu %s\n", (unsigned long long)args->appeal_id, eh_appeal_state_name(r->state));
    if (r->state == EH_APPEAL_RECOMPUTED)
        printf("finding   %s, computed afresh: %s, %slisted\nrun       %s, %llu rows differ from the run contested\n", r->finding_before,
               r->finding_again, r->is_listed_again ? "" : "not ", r->fresh_run_id, (unsigned long long)r->n_differing);
    if (r->state == EH_APPEAL_REVERSED)
        printf("run       %s without the account, now the latest\nchanged   %llu findings of others; %llu expansions made anew, %llu links; %llu "
               "claims to be checked again (table appeal_changes)\n",
               r->corrected_run_id, (unsigned long long)r->n_findings_changed, (unsigned long long)r->n_expansions,
               (unsigned long long)r->n_links_changed, (unsigned long long)r->n_claims);
}

static eh_status decide(const cli_call *call, const appeal_args *args, eh_error *err)
{
    char word[64];
    eh_key key;
    eh_investigation *inv;
    eh_appeal_state to;
    eh_appeal_result r;
    if (!cli_choice_at(STATES, args->to, word) || !eh_appeal_state_of(eh_str_of(word), &to))
        return eh_fail(err, EH_E_INVALID, "appeal decide needs --to STATE");
    EH_TRY(eh_key_read(call->ctx, args->key, &key, err));
    eh_status status = cli_open(call, args->inv, EH_OPEN_WRITE, &inv, err);
    if (status == EH_OK) {
        status = eh_appeal_move(inv, args->appeal_id, to, args->reasons, &key, &r, err);
        eh_investigation_close(inv);
    }
    eh_key_clear(&key);
    EH_TRY(status);
    if (!args->common.is_json) {
        print_result(args, &r);
        return EH_OK;
    }
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_count(&json, "appeal_id", args->appeal_id);
    cli_json_text(&json, "state", eh_appeal_state_name(r.state));
    cli_json_text(&json, "finding_before", r.finding_before);
    cli_json_text(&json, "finding_again", r.finding_again);
    cli_json_bool(&json, "listed_again", r.is_listed_again);
    cli_json_count(&json, "n_differing", r.n_differing);
    cli_json_text(&json, "fresh_run_id", r.fresh_run_id);
    cli_json_text(&json, "corrected_run_id", r.corrected_run_id);
    cli_json_count(&json, "n_findings_changed", r.n_findings_changed);
    cli_json_count(&json, "n_expansions", r.n_expansions);
    cli_json_count(&json, "n_links_changed", r.n_links_changed);
    cli_json_count(&json, "n_claims", r.n_claims);
    return cli_json_close(&json, err);
}

/* ---- list -------------------------------------------------------------------------------------------------------- */

typedef struct listing {
    const appeal_args *args;
    cli_json *json;
} listing;

static void json_str(cli_json *json, const char *key, eh_str text)
{
    cli_json_key(json, key);
    eh_outfile_json(&json->out, text);
}

static eh_status list_one(void *data, const eh_appeal *a, eh_error *err)
{
    (void)err;
    const listing *l = data;
    char opened[eh_time_text_size], due[eh_time_text_size], decided[eh_time_text_size];
    if (l->args->is_overdue_only && !a->is_overdue) return EH_OK;
    (void)eh_time_text(a->opened_us, opened);
    (void)eh_time_text(a->due_us, due);
    (void)eh_time_text(a->decided_us, decided);
    if (!l->json) {
        /* A reviewer needs no names: they tell a side to whoever knows them. */
        printf("%6llu  %-12s  opened %.10s  due %.10s%s  run %.*s  finding %.*s%s%.*s  %llu files", (unsigned long long)a->appeal_id,
               eh_appeal_state_name(a->state), opened, due, a->is_overdue ? " OVERDUE" : "", (int)a->run_id.size, a->run_id.data,
               (int)a->finding_before.size, a->finding_before.data, a->finding_again.size ? ", afresh " : "", (int)a->finding_again.size,
               a->finding_again.data, (unsigned long long)a->n_materials);
        if (l->args->has_names) printf("  %.*s", (int)a->account_id.size, a->account_id.data);
        (void)putchar('\n');
        return EH_OK;
    }
    cli_json_begin(l->json, NULL, '{');
    cli_json_count(l->json, "appeal_id", a->appeal_id);
    if (l->args->has_names) {
        json_str(l->json, "account_id", a->account_id);
        json_str(l->json, "raised_by", a->raised_by);
        json_str(l->json, "reasons", a->reasons);
    }
    if (a->decision_id) cli_json_count(l->json, "decision_id", a->decision_id);
    json_str(l->json, "run_id", a->run_id);
    cli_json_text(l->json, "state", eh_appeal_state_name(a->state));
    json_str(l->json, "outcome", a->outcome);
    cli_json_text(l->json, "opened", opened);
    cli_json_text(l->json, "due", due);
    cli_json_text(l->json, "decided", decided);
    cli_json_bool(l->json, "overdue", a->is_overdue);
    json_str(l->json, "reviewer", a->key_id);
    json_str(l->json, "finding_before", a->finding_before);
    json_str(l->json, "finding_again", a->finding_again);
    json_str(l->json, "corrected_run_id", a->corrected_run_id);
    cli_json_count(l->json, "n_materials", a->n_materials);
    cli_json_count(l->json, "n_changed", a->n_changed);
    cli_json_end(l->json, '}');
    return EH_OK;
}

/* Counts below ten would tell about few people; so would a 0 beside them, by which all went the other way. */
static void print_count(const appeal_args *args, const char *name, uint64_t n, bool may_be_none)
{
    if (args->is_full || n >= FEW || (n == 0 && may_be_none))
        printf("  %s %llu", name, (unsigned long long)n);
    else
        printf("  %s <%d", name, FEW);
}

static void json_few(const listing *l, const char *name, uint64_t n, bool may_be_none)
{
    if (l->args->is_full || n >= FEW || (n == 0 && may_be_none))
        cli_json_count(l->json, name, n);
    else
        cli_json_text(l->json, name, "<10");
}

static eh_status rate_one(void *data, const eh_appeal_rate *r, eh_error *err)
{
    (void)err;
    const listing *l = data;
    bool is_told = l->args->is_full || r->n_decided >= FEW;
    const struct { const char *name; uint64_t n; } counts[] = {
        {"appeals", r->n_appeals},   {"decided", r->n_decided}, {"upheld", r->n_upheld},           {"reversed", r->n_reversed},
        {"partly", r->n_partly},     {"insufficient", r->n_insufficient}, {"inadmissible", r->n_inadmissible}};
    bool has_none = r->n_appeals == 0;
    eh_limits limits = eh_wilson((double)r->n_reversed, (double)(r->n_decided ? r->n_decided : 1), 0.95);
    if (l->json) {
        cli_json_begin(l->json, NULL, '{');
        cli_json_text(l->json, "run_id", r->run_id);
        cli_json_count(l->json, "listed", r->n_listed);
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) json_few(l, counts[i].name, counts[i].n, has_none);
        cli_json_real(l->json, "reversal_rate", is_told && r->n_decided ? (double)r->n_reversed / (double)r->n_decided : (double)NAN);
        cli_json_real(l->json, "reversal_rate_low", is_told && r->n_decided ? limits.low : (double)NAN);
        cli_json_real(l->json, "reversal_rate_high", is_told && r->n_decided ? limits.high : (double)NAN);
        cli_json_real(l->json, "median_days", is_told ? r->median_days : (double)NAN);
        cli_json_end(l->json, '}');
        return EH_OK;
    }
    printf("run %s  listed %llu", r->run_id, (unsigned long long)r->n_listed);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) print_count(l->args, counts[i].name, counts[i].n, has_none);
    if (is_told && r->n_decided)
        printf("  reversal rate %.3f (95 %% %.3f to %.3f)  median %.1f days", (double)r->n_reversed / (double)r->n_decided, limits.low,
               limits.high, r->median_days);
    (void)putchar('\n');
    return EH_OK;
}

static void tell_problem(void *data, uint64_t appeal_id, const char *problem)
{
    (void)data;
    printf("problem   appeal %llu: %s\n", (unsigned long long)appeal_id, problem);
}

static eh_status verify(eh_investigation *inv, eh_error *err)
{
    uint64_t n_checked, n_problems;
    EH_TRY(eh_appeals_verify(inv, tell_problem, NULL, &n_checked, &n_problems, err));
    printf("steps     %llu checked, %llu problems\n", (unsigned long long)n_checked, (unsigned long long)n_problems);
    return n_problems ? eh_fail(err, EH_E_FORMAT, "appeals are not as they were signed") : EH_OK;
}

static eh_status each(const appeal_args *args, eh_investigation *inv, listing *l, eh_error *err)
{
    return args->action == LIST ? eh_appeals_each(inv, EH_TIME_NONE, list_one, l, err) : eh_appeal_rates(inv, rate_one, l, err);
}

static eh_status list(const cli_call *call, const appeal_args *args, eh_investigation *inv, eh_error *err)
{
    listing l = {args, NULL};
    if (!args->common.is_json) return each(args, inv, &l, err);
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    l.json = &json;
    cli_json_begin(&json, args->action == LIST ? "appeals" : "runs", '[');
    eh_status status = each(args, inv, &l, err);
    cli_json_end(&json, ']');
    eh_status closed = cli_json_close(&json, status == EH_OK ? err : NULL);
    return status == EH_OK ? closed : status;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static eh_status check_args(const appeal_args *args, eh_error *err)
{
    if (args->action == OPEN) {
        if (!args->account && !args->decision_id) return eh_fail(err, EH_E_INVALID, "appeal open needs --account ID or --decision N");
        if (!args->by || !args->reasons) return eh_fail(err, EH_E_INVALID, "appeal open needs --by NAME and --reasons TEXT");
    } else if (args->account || args->decision_id || args->by || args->materials.n || args->due_us >= 0 || args->run_id) {
        return eh_fail(err, EH_E_INVALID, "--account, --decision, --by, --due, --run and files of counter-evidence go with open");
    }
    if (args->action == DECIDE && (!args->appeal_id || !args->key || args->to < 0))
        return eh_fail(err, EH_E_INVALID, "appeal decide needs --appeal N, --to STATE and --key FILE");
    if (args->action != DECIDE && (args->appeal_id || args->key || args->to >= 0))
        return eh_fail(err, EH_E_INVALID, "--appeal, --to and --key go with decide");
    if (args->reasons && args->action > DECIDE) return eh_fail(err, EH_E_INVALID, "--reasons goes with open and decide");
    return EH_OK;
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const appeal_args *args = arguments;
    eh_investigation *inv;
    EH_TRY(check_args(args, err));
    if (args->action == OPEN) return open_appeal(call, args, err);
    if (args->action == DECIDE) return decide(call, args, err);
    EH_TRY(cli_open(call, args->inv, EH_OPEN_READ, &inv, err));
    eh_status status = args->action == VERIFY ? verify(inv, err) : list(call, args, inv, err);
    eh_investigation_close(inv);
    return status;
}

static const cli_opt options[] = {
    {NULL, "ACTION", "open, decide, list, rates or verify.", ACTIONS, offsetof(appeal_args, action), 0, 0, CLI_CHOICE, 0, true},
    {NULL, "INV", "The investigation.", NULL, offsetof(appeal_args, inv), 0, 0, CLI_FILE, 0, true},
    {NULL, "KIND=FILE", "open: counter-evidence, of which the hash is kept. Kinds: alibi, shared_app, declared_automation, newsroom_duty, "
     "copied_by_others, common_source, account_taken_over, data_error, other.", NULL, offsetof(appeal_args, materials), 0, 0, CLI_TEXTS, 0, false},
    {"account", "ID", "open: whose finding is contested.", NULL, offsetof(appeal_args, account), 0, 0, CLI_TEXT, 0, false},
    {"decision", "N", "open: the decision contested.", NULL, offsetof(appeal_args, decision_id), 1, INT64_MAX, CLI_COUNT, 0, false},
    {"run", "ID", "open: the run of the finding; that of the decision or the latest when not given.", NULL, offsetof(appeal_args, run_id), 0, 0,
     CLI_TEXT, 0, false},
    {"by", "NAME", "open: who appeals, as a pseudonym.", NULL, offsetof(appeal_args, by), 0, 0, CLI_TEXT, 0, false},
    {"due", "DURATION", "open: the time to decide; 30d when not given.", NULL, offsetof(appeal_args, due_us), 0, 0, CLI_DURATION, 0, false},
    {"reasons", "TEXT", "open, decide: why.", NULL, offsetof(appeal_args, reasons), 0, 0, CLI_TEXT, 0, false},
    {"appeal", "N", "decide: the appeal.", NULL, offsetof(appeal_args, appeal_id), 1, INT64_MAX, CLI_COUNT, 0, false},
    {"to", "STATE", "decide: admissible, recomputed, upheld (the finding stands), reversed, partly, insufficient, inadmissible or published.",
     STATES, offsetof(appeal_args, to), 0, 0, CLI_CHOICE, 0, false},
    {"key", "FILE", "decide: the reviewer's secret key. One that had a hand in what is contested is refused.", NULL,
     offsetof(appeal_args, key), 0, 0, CLI_FILE, 0, false},
    {"names", NULL, "list: also name accounts. Reviewers should do without.", NULL, offsetof(appeal_args, has_names), 0, 0, CLI_FLAG, 0, false},
    {"overdue", NULL, "list: only those past their due date.", NULL, offsetof(appeal_args, is_overdue_only), 0, 0, CLI_FLAG, 0, false},
    {"full", NULL, "rates: also counts below ten, which are not for publication.", NULL, offsetof(appeal_args, is_full), 0, 0, CLI_FLAG, 0,
     false},
    CLI_END,
};
static const appeal_args defaults = {CLI_COMMON_INIT, .due_us = -1, .to = -1};

const cli_command cli_cmd_appeal = {
    .name = "appeal",
    .summary = "contest a finding or decision: open, decide, list, rates, verify",
    .description = "An appeal goes from received over admissible and recomputed to upheld, reversed, partly or insufficient, and to published. Each "
                   "step is signed by a reviewer, told apart by a key of evenhand key new, who had no hand in what is contested and is shown no "
                   "account. A reversal takes the account out of everything that it influenced and lists whose finding changed.",
    .examples = "evenhand appeal open case.duckdb --account a17 --by Heron --reasons 'We share a scheduler.' shared_app=receipt.pdf\n"
                "evenhand appeal decide case.duckdb --appeal 1 --to admissible --key reviewer.key\n"
                "evenhand appeal decide case.duckdb --appeal 1 --to recomputed --key reviewer.key\n"
                "evenhand appeal decide case.duckdb --appeal 1 --to reversed --reasons 'The scheduler explains it.' --key reviewer.key\n"
                "evenhand appeal list case.duckdb --overdue\n"
                "evenhand appeal rates case.duckdb",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
