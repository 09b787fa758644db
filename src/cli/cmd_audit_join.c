/*
 * The audit of an investigation. The order is the point: actions and evidence, then their record beside the specification, and sides last.
 */
#include "cli/cmd_audit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool is_near(double a, double b) { return fabs(a - b) < 1e-12; }

/* The specification, or the options of the command line; never both. */
static eh_status choose_spec(const cli_call *call, const audit_args *args, eh_audit_spec *spec, eh_error *err)
{
    *spec = eh_audit_spec_default();
    if (args->spec) {
        const bool is_clear = is_near(args->margin, spec->margin) && is_near(args->alpha, spec->alpha) && args->n_permutations == spec->n_permutations &&
                              args->n_bootstrap == spec->n_resamplings && args->common.seed == CLI_DEFAULT_SEED && !args->compare;
        if (!is_clear) return eh_fail(err, EH_E_INVALID, "audit: with --spec, margin, level, sides, repetitions and seed are those of the specification; leave --margin, --alpha, --compare, --permutations, --resamplings and --seed out");
        return eh_audit_spec_read(call->ctx, args->spec, spec, err);
    }
    spec->margin = args->margin;
    spec->alpha = args->alpha;
    spec->seed = args->common.seed;
    spec->n_permutations = (uint32_t)args->n_permutations;
    spec->n_resamplings = (uint32_t)args->n_bootstrap;
    return EH_OK;
}

static void note_actions(const cli_call *call, const eh_audit_actions *actions)
{
    char n[32];
    const uint64_t n_rejected = actions->n_read - actions->n_actions;
    if (!n_rejected) return;
    cli_note(call, "%s: %s rows cannot be used (the first is row %lld):", actions->source, cli_grouped(n_rejected, n), (long long)actions->first_reject_row);
    for (int i = 0; i < EH_N_ACTION_REJECTS; i++)
        if (actions->n_rejected[i]) cli_note(call, "  %s: %s", eh_action_reject_name((eh_action_reject)i), cli_grouped(actions->n_rejected[i], n));
}

static eh_status read_actions(const cli_call *call, const audit_args *args, eh_audit_actions *actions, eh_error *err)
{
    eh_audit_actions_init(actions, call->ctx);
    eh_status status = eh_audit_actions_read(actions, args->actions, err);
    if (status == EH_OK) note_actions(call, actions);
    return status;
}

/* ---- the audit --------------------------------------------------------------------------------------------------------- */

typedef struct audit_inputs {
    eh_audit_spec spec;
    eh_asof asof;
    eh_seal seal;
    eh_audit_actions actions;
    eh_side_list sides;
    eh_outcome_list outcomes;
    eh_risk_set set;
    eh_audit_case audit;
} audit_inputs;

static void release(audit_inputs *in)
{
    eh_audit_case_release(&in->audit);
    eh_risk_set_release(&in->set);
    eh_outcome_list_release(&in->outcomes);
    eh_side_list_release(&in->sides);
    eh_audit_actions_release(&in->actions);
    eh_asof_release(&in->asof);
}

static eh_status seal(const cli_call *call, const audit_args *args, audit_inputs *in, eh_error *err)
{
    eh_investigation *inv;
    EH_TRY(cli_open(call, args->inv, EH_OPEN_WRITE, &inv, err));
    eh_status status = eh_asof_of(inv, args->run_id, &in->spec, &in->asof, err);
    if (status == EH_OK) status = eh_audit_seal(inv, &in->spec, &in->asof, in->actions.sha256, eh_str_of(call->common->actor ? call->common->actor : ""), &in->seal, err);
    eh_investigation_close(inv);
    return status;
}

/* Nothing was told of the sides: the opening counts as none. The error stays that of the sides. */
static void take_back(const cli_call *call, const audit_args *args, const audit_inputs *in)
{
    eh_investigation *inv;
    eh_error none = EH_ERROR_INIT;
    if (cli_open(call, args->inv, EH_OPEN_WRITE, &inv, &none) != EH_OK) return;
    if (eh_audit_seal_take_back(inv, &in->spec, &in->asof, &in->seal, eh_str_of(call->common->actor ? call->common->actor : ""), &none) != EH_OK)
        cli_note(call, "the opening of sides stays recorded: %s", none.message);
    eh_investigation_close(inv);
}

static eh_status compare_sides(const audit_inputs *in, const audit_args *args, uint32_t chosen[2], eh_error *err)
{
    const eh_audit_spec *spec = &in->spec;
    if (!spec->sides[0][0]) return cli_audit_sides(&in->sides.sides, args->compare, chosen, err);
    for (int s = 0; s < 2; s++) {
        chosen[s] = UINT32_MAX;
        for (uint32_t i = 0; i < in->sides.sides.n; i++)
            if (eh_str_is(eh_strings_get(&in->sides.sides, i), spec->sides[s])) chosen[s] = i;
        if (chosen[s] == UINT32_MAX) return eh_fail_at(err, EH_E_FORMAT, in->sides.source, -1, -1, "names nobody of side '%s', which the specification compares", spec->sides[s]);
    }
    return EH_OK;
}

static eh_status audit(const cli_call *call, const audit_args *args, audit_inputs *in, eh_error *err)
{
    uint32_t compare[2];
    EH_TRY(choose_spec(call, args, &in->spec, err));
    EH_TRY(cli_audit_check_output(call, args, err));
    if (access(args->sides, R_OK) != 0) return eh_fail_at(err, EH_E_IO, args->sides, -1, -1, "cannot be read: %s", strerror(errno));
    EH_TRY(read_actions(call, args, &in->actions, err)); /* a mistake in these is found before anything is recorded */
    EH_TRY(eh_audit_actions_check(&in->actions, &in->spec, err));
    if (args->outcomes) EH_TRY(eh_outcome_list_read(call->ctx, args->outcomes, &in->outcomes, err));
    EH_TRY(seal(call, args, in, err)); /* the file is closed again: it is not held while sides are in memory */
    eh_status status = eh_side_list_read(call->ctx, args->sides, &in->spec, &in->sides, err);
    if (status == EH_OK) status = compare_sides(in, args, compare, err);
    if (status != EH_OK) {
        take_back(call, args, in);
        return status;
    }
    EH_TRY(eh_risk_set_of(call->ctx, &in->asof, &in->actions, &in->sides, &in->spec, &in->set, err));
    EH_TRY(eh_audit_case_of(call->ctx, &in->set, &in->spec, compare, &in->sides, &in->asof, args->outcomes ? &in->outcomes : NULL, &in->audit, err));
    in->audit.design.is_sealed = in->seal.is_sealed;
    in->audit.design.n_action_rows = in->actions.n_read;
    in->audit.design.n_action_rejects = in->actions.n_read - in->actions.n_actions;
    in->audit.design.record = in->seal.seq;
    in->audit.design.n_openings = in->seal.n_openings;
    in->audit.design.n_other_openings = in->seal.n_other;
    in->audit.design.n_other_runs = in->seal.n_other_runs;
    return cli_audit_tell(call, args->output, in->audit.audit, &in->audit.data, err);
}

eh_status cli_audit_inv(const cli_call *call, const audit_args *args, eh_error *err)
{
    if (!args->actions || !args->sides) return eh_fail(err, EH_E_INVALID, "audit: give --actions FILE and --sides FILE: what was done to accounts, and who is on which side");
    audit_inputs *in = eh_alloc(call->ctx, 1, sizeof *in, err);
    if (!in) return err->status;
    eh_status status = audit(call, args, in, err);
    release(in);
    eh_free(call->ctx, in);
    return status;
}

/* ---- spec and sample ------------------------------------------------------------------------------------------------------ */

eh_status cli_audit_spec(const cli_call *call, const audit_args *args, eh_error *err)
{
    eh_audit_spec spec;
    if (args->is_init && args->output) {
        if (strcmp(args->output, "-") && access(args->output, F_OK) == 0)
            return eh_fail_at(err, EH_E_IO, args->output, -1, -1, "is there already; a specification is not written over: name another file");
        EH_TRY(eh_audit_spec_write(call->ctx, args->output, err));
        cli_note(call, "fill in sides (as the file of sides names them), actions, period and margin before sides are looked at");
        return EH_OK;
    }
    if (args->is_init || !args->spec) return eh_fail(err, EH_E_INVALID, "audit spec: give --init and -o FILE for a new specification, or --spec FILE to check one");
    EH_TRY(eh_audit_spec_read(call->ctx, args->spec, &spec, err));
    printf("%s  %s\n", spec.sha256, args->spec);
    return EH_OK;
}

static eh_status sample(const cli_call *call, const audit_args *args, eh_investigation *inv, eh_error *err)
{
    eh_audit_spec spec;
    eh_asof asof = {0};
    eh_audit_actions actions = {0};
    uint64_t n_drawn = 0;
    char n[32];
    EH_TRY(choose_spec(call, args, &spec, err));
    eh_status status = eh_asof_of(inv, args->run_id, &spec, &asof, err);
    if (status == EH_OK) status = read_actions(call, args, &actions, err);
    if (status == EH_OK) status = eh_audit_sample(call->ctx, &asof, &actions, &spec, (uint32_t)args->n_sample, args->output, &n_drawn, err);
    cli_progress_end();
    if (status == EH_OK) cli_note(call, "%s accounts to be judged; fill in truth (1: the action was, or would be, right) without looking at what was done", cli_grouped(n_drawn, n));
    eh_audit_actions_release(&actions);
    eh_asof_release(&asof);
    return status;
}

eh_status cli_audit_sample(const cli_call *call, const audit_args *args, eh_error *err)
{
    eh_investigation *inv;
    if (!args->actions || !args->output) return eh_fail(err, EH_E_INVALID, "audit sample: give --actions FILE and -o FILE");
    if (args->sides) return eh_fail(err, EH_E_INVALID, "audit sample: a sample is drawn blind; leave --sides out");
    EH_TRY(cli_check_not_input(args->output, args->more.items[0], err));
    EH_TRY(cli_check_not_input(args->output, args->actions, err));
    EH_TRY(cli_check_not_input(args->output, args->spec, err));
    EH_TRY(cli_open(call, args->more.items[0], EH_OPEN_READ, &inv, err));
    eh_status status = sample(call, args, inv, err);
    eh_investigation_close(inv);
    return status;
}
