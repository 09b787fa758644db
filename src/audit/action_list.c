/* Actions in memory: checked, copied, told apart by fingerprints of all their fields. */
#include "base/dict.h"
#include "base/hash.h"
#include "base/outfile.h"
#include "base/time.h"
#include "evenhand/audit_actions.h"
#include "ingest/time_text.h"

enum { block_size = 1 << 16 };

/* Blocks are never moved or grown, so that texts can be pointed at. */
typedef struct text_block {
    struct text_block *next;
    size_t used, capacity;
    char bytes[];
} text_block;

const char *eh_action_reject_name(eh_action_reject reject)
{
    static const char *const names[EH_N_ACTION_REJECTS] = {"malformed", "no_account", "no_time", "time", "interval", "no_action", "duplicate", "other"};
    return (unsigned)reject < EH_N_ACTION_REJECTS ? names[reject] : "";
}

void eh_audit_actions_init(eh_audit_actions *actions, eh_context *ctx)
{
    *actions = (eh_audit_actions){.ctx = ctx, .first_reject_row = -1};
}

void eh_audit_actions_release(eh_audit_actions *actions)
{
    if (!actions || !actions->ctx) return;
    for (text_block *block = actions->texts; block;) {
        text_block *next = block->next;
        eh_free(actions->ctx, block);
        block = next;
    }
    if (actions->seen) eh_set128_release(actions->seen);
    eh_free(actions->ctx, actions->seen);
    eh_free(actions->ctx, actions->actions);
    *actions = (eh_audit_actions){.first_reject_row = -1};
}

static eh_status keep_text(eh_audit_actions *list, eh_str *text, eh_error *err)
{
    text_block *block = list->texts;
    if (!text->size) {
        *text = (eh_str){"", 0};
        return EH_OK;
    }
    if (!block || block->capacity - block->used < text->size) {
        const size_t capacity = text->size > block_size ? text->size : block_size;
        text_block *fresh = eh_alloc(list->ctx, 1, sizeof *fresh + capacity, err);
        if (!fresh) return err->status;
        *fresh = (text_block){.next = block, .capacity = capacity};
        list->texts = block = fresh;
    }
    memcpy(block->bytes + block->used, text->data, text->size);
    text->data = block->bytes + block->used;
    block->used += text->size;
    return EH_OK;
}

static bool is_in_range(int64_t time_us) { return time_us == EH_ACTION_NO_TIME || (time_us >= EH_TIME_FIRST_US && time_us < EH_TIME_END_US); }

/* EH_N_ACTION_REJECTS: fine. */
static eh_action_reject find_fault(const eh_audit_action *a)
{
    const bool has_time = a->time_us != EH_ACTION_NO_TIME, has_gone = a->first_gone_us != EH_ACTION_NO_TIME, has_alive = a->last_alive_us != EH_ACTION_NO_TIME;
    const eh_str texts[] = {a->account, a->action, a->policy, a->unit};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!eh_utf8_is_valid(texts[i])) return EH_ACTION_REJECT_MALFORMED;
    if (!a->account.size) return EH_ACTION_REJECT_NO_ACCOUNT;
    if (!has_time && !has_gone && !has_alive) return EH_ACTION_REJECT_NO_TIME;
    if (!is_in_range(a->time_us) || !is_in_range(a->last_alive_us) || !is_in_range(a->first_gone_us)) return EH_ACTION_REJECT_TIME;
    if (has_alive && has_gone && a->first_gone_us <= a->last_alive_us) return EH_ACTION_REJECT_INTERVAL;
    if (has_time && ((has_alive && a->time_us <= a->last_alive_us) || (has_gone && a->time_us > a->first_gone_us))) return EH_ACTION_REJECT_INTERVAL;
    if (!a->action.size && (has_time || has_gone)) return EH_ACTION_REJECT_NO_ACTION;
    return EH_N_ACTION_REJECTS;
}

static eh_status fingerprint(eh_context *ctx, const eh_audit_action *a, eh_fingerprint *out, eh_error *err)
{
    eh_buf key = EH_BUF_INIT(ctx);
    const struct { uint64_t sizes[4]; int64_t times[3]; uint64_t is_reversal; } head = {
        {a->account.size, a->action.size, a->policy.size, a->unit.size}, {a->time_us, a->last_alive_us, a->first_gone_us}, a->is_reversal};
    eh_status status = eh_buf_add(&key, (const char *)&head, sizeof head, err);
    const eh_str texts[] = {a->account, a->action, a->policy, a->unit};
    for (size_t i = 0; status == EH_OK && i < sizeof texts / sizeof *texts; i++) status = eh_buf_add_str(&key, texts[i], err);
    if (status == EH_OK) *out = eh_fingerprint_of(key.data, key.size);
    eh_buf_release(&key);
    return status;
}

void eh_audit_actions_reject(eh_audit_actions *actions, eh_action_reject why, int64_t row)
{
    actions->n_read++;
    actions->n_rejected[why]++;
    if (actions->first_reject_row < 0) actions->first_reject_row = row;
}

eh_status eh_audit_actions_add(eh_audit_actions *actions, const eh_audit_action *action, int64_t row, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_audit_action copy = *action;
    eh_fingerprint print = {0};
    bool is_new = false;
    const eh_action_reject fault = find_fault(&copy);
    if (fault != EH_N_ACTION_REJECTS) {
        eh_audit_actions_reject(actions, fault, row);
        return EH_OK;
    }
    if (!actions->seen) {
        eh_set128 *seen = eh_alloc(actions->ctx, 1, sizeof *seen, err);
        if (!seen) return err->status;
        seen->ctx = actions->ctx;
        actions->seen = seen;
    }
    EH_TRY(eh_reserve(actions->ctx, (void **)&actions->actions, &actions->capacity, actions->n_actions + 1, sizeof *actions->actions, err));
    EH_TRY(fingerprint(actions->ctx, &copy, &print, err));
    EH_TRY(eh_set128_add(actions->seen, print.low, print.high, &is_new, err));
    if (!is_new) {
        eh_audit_actions_reject(actions, EH_ACTION_REJECT_DUPLICATE, row);
        return EH_OK;
    }
    EH_TRY(keep_text(actions, &copy.account, err));
    EH_TRY(keep_text(actions, &copy.action, err));
    EH_TRY(keep_text(actions, &copy.policy, err));
    EH_TRY(keep_text(actions, &copy.unit, err));
    actions->actions[actions->n_actions++] = copy;
    actions->n_read++;
    return EH_OK;
}

eh_status eh_audit_actions_write(const eh_audit_actions *actions, const char *path, eh_error *err)
{
    eh_outfile out = {0};
    char text[eh_time_text_size];
    EH_TRY(eh_outfile_open(actions->ctx, path, &out, err));
    fputs("account_id,action,time,last_seen_alive,first_seen_actioned,policy,unit,is_reversal\n", out.stream);
    for (size_t i = 0; i < actions->n_actions; i++) {
        const eh_audit_action *a = &actions->actions[i];
        eh_outfile_csv(&out, a->account);
        fputc(',', out.stream);
        eh_outfile_csv(&out, a->action);
        fprintf(out.stream, ",%s", eh_time_text(a->time_us, text));
        fprintf(out.stream, ",%s", eh_time_text(a->last_alive_us, text));
        fprintf(out.stream, ",%s,", eh_time_text(a->first_gone_us, text));
        eh_outfile_csv(&out, a->policy);
        fputc(',', out.stream);
        eh_outfile_csv(&out, a->unit);
        fprintf(out.stream, ",%s\n", a->is_reversal ? "true" : "false");
    }
    return eh_outfile_commit(&out, err);
}
