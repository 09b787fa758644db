/* audit actions FILE...: brings what platforms publish into the one form of actions. */
#include "cli/cmd_audit.h"

static eh_status find_source(const cli_call *call, const audit_args *args, const char *path, eh_action_source *out, eh_error *err)
{
    if (!args->from) return eh_action_source_detect(call->ctx, path, out, err);
    *out = eh_action_source_of(args->from);
    return *out ? EH_OK : eh_fail(err, EH_E_INVALID, "--from '%s': give one of " EH_ACTION_SOURCES, args->from);
}

static void print(const eh_audit_actions *actions, uint64_t n_rows)
{
    uint64_t n_reversals = 0, n_bracketed = 0, n_watched = 0;
    for (size_t i = 0; i < actions->n_actions; i++) {
        const eh_audit_action *a = &actions->actions[i];
        n_reversals += a->is_reversal ? 1 : 0;
        n_watched += !a->action.size ? 1 : 0;
        n_bracketed += a->action.size && a->time_us == EH_ACTION_NO_TIME ? 1 : 0;
    }
    printf("rows      %llu\nactions   %llu (%llu of them taken back, %llu known between looks only)\n", (unsigned long long)n_rows, (unsigned long long)(actions->n_actions - n_watched),
           (unsigned long long)n_reversals, (unsigned long long)n_bracketed);
    if (n_watched) printf("watched   %llu accounts to whom nothing happened until their last look\n", (unsigned long long)n_watched);
    for (int i = 0, n = 0; i < EH_N_ACTION_REJECTS; i++)
        if (actions->n_rejected[i]) printf("%s%llu %s\n", n++ ? "          " : "rejected  ", (unsigned long long)actions->n_rejected[i], eh_action_reject_name((eh_action_reject)i));
}

static eh_status print_json(const cli_call *call, const eh_audit_actions *actions, uint64_t n_rows, eh_error *err)
{
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_text(&json, "kind", "actions");
    cli_json_count(&json, "rows", n_rows);
    cli_json_count(&json, "actions", actions->n_actions);
    cli_json_begin(&json, "rejected", '{');
    for (int i = 0; i < EH_N_ACTION_REJECTS; i++)
        if (actions->n_rejected[i]) cli_json_count(&json, eh_action_reject_name((eh_action_reject)i), actions->n_rejected[i]);
    cli_json_end(&json, '}');
    return cli_json_close(&json, err);
}

static eh_status import_all(const cli_call *call, const audit_args *args, eh_audit_actions *actions, uint64_t *n_rows, eh_error *err)
{
    for (int i = 0; i < args->more.n; i++) {
        eh_action_source source;
        uint64_t n = 0;
        EH_TRY(find_source(call, args, args->more.items[i], &source, err));
        EH_TRY(eh_audit_actions_import(actions, args->more.items[i], source, &n, err));
        *n_rows += n;
    }
    return EH_OK;
}

static eh_status count_statements(const cli_call *call, const audit_args *args, const char *output, eh_error *err)
{
    uint64_t n[2];
    EH_TRY(eh_dsa_counts_write(call->ctx, (const char *const *)args->more.items, (size_t)args->more.n, output, n, err));
    if (!call->common->is_json && strcmp(output, "-") != 0)
        printf("statements %llu counted, %llu rejected\n"
               "           Counts only: statements of reasons name no account, so no audit of accounts can be made of them.\n", (unsigned long long)n[0], (unsigned long long)n[1]);
    return EH_OK;
}

eh_status cli_audit_actions(const cli_call *call, const audit_args *args, eh_error *err)
{
    eh_audit_actions actions;
    eh_action_source first;
    uint64_t n_rows = 0;
    const char *output;
    if (!args->output) return eh_fail(err, EH_E_INVALID, "audit actions: say where to write with -o FILE");
    EH_TRY(cli_check_not_inputs(args->output, &args->more, err));
    EH_TRY(cli_output_path(args->output, &output, err));
    EH_TRY(find_source(call, args, args->more.items[0], &first, err));
    if (first == EH_ACTIONS_DSA) return count_statements(call, args, output, err);
    eh_audit_actions_init(&actions, call->ctx);
    eh_status status = import_all(call, args, &actions, &n_rows, err);
    if (status == EH_OK) status = eh_audit_actions_write(&actions, output, err);
    cli_progress_end();
    if (status == EH_OK && call->common->is_json) status = print_json(call, &actions, n_rows, err);
    else if (status == EH_OK && strcmp(output, "-") != 0) print(&actions, n_rows);
    eh_audit_actions_release(&actions);
    return status;
}
