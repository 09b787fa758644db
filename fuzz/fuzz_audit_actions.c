/* Actions of every source: refused with a message, or read so that what was taken and what was rejected add up, and the written form reads back. */
#include "fuzz_file.h"

#include "evenhand/audit_sources.h"

static void check_actions(const eh_audit_actions *list)
{
    uint64_t n = list->n_actions;
    for (int i = 0; i < EH_N_ACTION_REJECTS; i++) n += list->n_rejected[i];
    FUZZ_CHECK(n == list->n_read);
    for (size_t i = 0; i < list->n_actions; i++) {
        const eh_audit_action *a = &list->actions[i];
        FUZZ_CHECK(a->account.size > 0);
        FUZZ_CHECK(a->time_us != EH_ACTION_NO_TIME || a->last_alive_us != EH_ACTION_NO_TIME || a->first_gone_us != EH_ACTION_NO_TIME);
        FUZZ_CHECK(a->action.size > 0 || (a->time_us == EH_ACTION_NO_TIME && a->first_gone_us == EH_ACTION_NO_TIME));
        FUZZ_CHECK(a->first_gone_us == EH_ACTION_NO_TIME || a->last_alive_us == EH_ACTION_NO_TIME || a->first_gone_us > a->last_alive_us);
    }
}

static void read_as(eh_context *ctx, const char *path, eh_action_source source)
{
    eh_audit_actions list;
    eh_error err = EH_ERROR_INIT;
    uint64_t n_rows = 0;
    eh_audit_actions_init(&list, ctx);
    eh_status status = eh_audit_actions_import(&list, path, source, &n_rows, &err);
    FUZZ_CHECK(status == EH_OK || err.message[0] != 0);
    if (status == EH_OK) {
        check_actions(&list);
        FUZZ_CHECK(eh_audit_actions_write(&list, "/dev/null", &err) == EH_OK);
    }
    eh_audit_actions_release(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    eh_context_options how = eh_context_options_default();
    eh_action_source source;
    uint64_t n[2];
    how.n_threads = 1;
    how.memory_limit_size = UINT64_C(256) << 20;
    FUZZ_CHECK(eh_context_new(&how, &ctx, &err) == EH_OK);
    const char *path = fuzz_file(data, size);
    if (eh_action_source_detect(ctx, path, &source, &err) != EH_OK) FUZZ_CHECK(err.message[0] != 0);
    for (int s = EH_ACTIONS_CSV; s < EH_N_ACTION_SOURCES; s++) read_as(ctx, path, (eh_action_source)s);
    if (eh_dsa_counts_write(ctx, &path, 1, "/dev/null", n, &err) == EH_OK) FUZZ_CHECK(n[0] > 0);
    FUZZ_CHECK(eh_context_memory_used_size(ctx) == 0);
    eh_context_free(ctx);
    return 0;
}
