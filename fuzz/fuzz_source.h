/** @file fuzz_source.h  One source of actions: refused with a message, or read so that taken and rejected add up, and the written form reads back. */
#ifndef EH_FUZZ_SOURCE_H
#define EH_FUZZ_SOURCE_H

#include "fuzz_file.h"

#include "evenhand/audit_sources.h"

static void fuzz_check_actions(const eh_audit_actions *list)
{
    uint64_t n = list->n_actions;
    for (int i = 0; i < EH_N_ACTION_REJECTS; i++) n += list->n_rejected[i];
    FUZZ_CHECK(n == list->n_read && (n == list->n_actions) == (list->first_reject_row < 0));
    for (size_t i = 0; i < list->n_actions; i++) {
        const eh_audit_action *a = &list->actions[i];
        FUZZ_CHECK(a->account.size > 0);
        FUZZ_CHECK(a->time_us != EH_ACTION_NO_TIME || a->last_alive_us != EH_ACTION_NO_TIME || a->first_gone_us != EH_ACTION_NO_TIME);
        FUZZ_CHECK(a->action.size > 0 || (a->time_us == EH_ACTION_NO_TIME && a->first_gone_us == EH_ACTION_NO_TIME));
        FUZZ_CHECK(a->first_gone_us == EH_ACTION_NO_TIME || a->last_alive_us == EH_ACTION_NO_TIME || a->first_gone_us > a->last_alive_us);
    }
}

/* What was taken, as it is written, and read again: the same. */
static void fuzz_read_back(const eh_audit_actions *list)
{
    char path[64] = "/tmp/evenhand-fuzz-XXXXXX";
    eh_audit_actions again;
    eh_error err = EH_ERROR_INIT;
    int fd = mkstemp(path);
    FUZZ_CHECK(fd >= 0 && close(fd) == 0);
    FUZZ_CHECK(eh_audit_actions_write(list, path, &err) == EH_OK);
    eh_audit_actions_init(&again, list->ctx);
    FUZZ_CHECK(eh_audit_actions_read(&again, path, &err) == EH_OK && again.n_actions == list->n_actions);
    for (size_t i = 0; i < list->n_actions; i++) {
        const eh_audit_action *a = &list->actions[i], *b = &again.actions[i];
        FUZZ_CHECK(a->account.size == b->account.size && memcmp(a->account.data, b->account.data, a->account.size) == 0);
        FUZZ_CHECK(a->action.size == b->action.size && a->is_reversal == b->is_reversal);
    }
    eh_audit_actions_release(&again);
    FUZZ_CHECK(unlink(path) == 0);
}

/** source EH_ACTIONS_UNKNOWN: as detected. */
static int fuzz_source(const uint8_t *data, size_t size, eh_action_source source)
{
    eh_context *ctx;
    eh_audit_actions list;
    eh_error err = EH_ERROR_INIT;
    eh_context_options how = eh_context_options_default();
    uint64_t n_rows = 0;
    how.n_threads = 1;
    how.memory_limit_size = UINT64_C(256) << 20;
    FUZZ_CHECK(eh_context_new(&how, &ctx, &err) == EH_OK);
    eh_audit_actions_init(&list, ctx);
    eh_status status = eh_audit_actions_import(&list, fuzz_file(data, size), source, &n_rows, &err);
    FUZZ_CHECK(status == EH_OK || err.message[0] != 0);
    fuzz_check_actions(&list);
    if (status == EH_OK && list.n_actions) fuzz_read_back(&list);
    eh_audit_actions_release(&list);
    FUZZ_CHECK(eh_context_memory_used_size(ctx) == 0);
    eh_context_free(ctx);
    return 0;
}

#endif
