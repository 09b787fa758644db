/* What an audit reads beside an archive: specifications, actions, sides, outcomes. Each is refused with a message, or read; what is counted adds up. */
#include "fuzz_file.h"

#include "evenhand/audit_join.h"

static void fuzz_spec(eh_context *ctx, const char *path)
{
    eh_error err = EH_ERROR_INIT;
    eh_audit_spec spec;
    if (eh_audit_spec_read(ctx, path, &spec, &err) != EH_OK) {
        FUZZ_CHECK(err.message[0] != 0);
        return;
    }
    FUZZ_CHECK(spec.margin > 1 && spec.margin <= 100 && spec.alpha > 0 && spec.alpha < 0.5 && spec.evidence_bins >= 10 && spec.evidence_bins <= 100);
    FUZZ_CHECK(spec.sides[0][0] && spec.sides[1][0] && spec.n_actions <= EH_SPEC_MOST_WORDS && strlen(spec.sha256) == 64);
}

static void fuzz_actions(eh_context *ctx, const char *path)
{
    eh_error err = EH_ERROR_INIT;
    eh_audit_actions actions;
    eh_audit_actions_init(&actions, ctx);
    eh_status status = eh_audit_actions_read(&actions, path, &err);
    uint64_t n = actions.n_actions;
    for (int i = 0; i < EH_N_ACTION_REJECTS; i++) n += actions.n_rejected[i];
    FUZZ_CHECK(n == actions.n_read);
    FUZZ_CHECK(status == EH_OK ? actions.n_actions > 0 : err.message[0] != 0);
    for (size_t i = 0; i < actions.n_actions; i++) {
        const eh_audit_action *a = &actions.actions[i];
        FUZZ_CHECK(a->account.size > 0 && (a->time_us != EH_ACTION_NO_TIME || a->last_alive_us != EH_ACTION_NO_TIME || a->first_gone_us != EH_ACTION_NO_TIME));
    }
    if (status == EH_OK) FUZZ_CHECK(eh_audit_actions_write(&actions, "/dev/null", &err) == EH_OK);
    eh_audit_actions_release(&actions);
}

static void fuzz_sides(eh_context *ctx, const char *path)
{
    eh_error err = EH_ERROR_INIT;
    const eh_audit_spec spec = eh_audit_spec_default();
    eh_side_list sides;
    if (eh_side_list_read(ctx, path, &spec, &sides, &err) != EH_OK) {
        FUZZ_CHECK(err.message[0] != 0);
        return;
    }
    FUZZ_CHECK(sides.sides.n >= 2 && sides.n_read == sides.accounts.n + sides.n_repeated && !(sides.kappa > 1));
    for (uint32_t i = 0; i < sides.accounts.n; i++) FUZZ_CHECK(sides.side[i] < sides.sides.n || sides.side[i] == UINT32_MAX);
    eh_side_list_release(&sides);
}

static void fuzz_outcomes(eh_context *ctx, const char *path)
{
    eh_error err = EH_ERROR_INIT;
    eh_outcome_list list;
    if (eh_outcome_list_read(ctx, path, &list, &err) != EH_OK) {
        FUZZ_CHECK(err.message[0] != 0);
        return;
    }
    FUZZ_CHECK(list.n_read == list.accounts.n && list.n_undecided < list.n_read);
    for (uint32_t i = 0; i < list.accounts.n; i++) FUZZ_CHECK(list.weight[i] > 0 && !(list.truth[i] < 0) && !(list.truth[i] > 1));
    eh_outcome_list_release(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const targets[])(eh_context *, const char *) = {fuzz_spec, fuzz_actions, fuzz_sides, fuzz_outcomes};
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    eh_context_options how = eh_context_options_default();
    if (!size) return 0;
    how.n_threads = 1;
    how.memory_limit_size = UINT64_C(256) << 20;
    FUZZ_CHECK(eh_context_new(&how, &ctx, &err) == EH_OK);
    targets[data[0] % 4](ctx, fuzz_file(data + 1, size - 1)); /* '0' .. '3' */
    FUZZ_CHECK(eh_context_memory_used_size(ctx) == 0);
    eh_context_free(ctx);
    return 0;
}
