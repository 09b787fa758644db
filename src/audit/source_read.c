/* Which source a file is of, and its lines of JSON. */
#include "audit/source_read.h"

#include "audit/csv_table.h"
#include "base/dict.h"
#include "ingest/row_window.h"
#include "ingest/time_text.h"

#include <stdio.h>

static const char *const names[EH_N_ACTION_SOURCES] = {"", "csv", "snapshots", "bluesky", "ozone", "coop", "dsa"};

const char *eh_action_source_name(eh_action_source source) { return (unsigned)source < EH_N_ACTION_SOURCES ? names[source] : ""; }

eh_action_source eh_action_source_of(const char *name)
{
    for (int i = 1; i < EH_N_ACTION_SOURCES; i++)
        if (strcmp(name, names[i]) == 0) return (eh_action_source)i;
    return EH_ACTIONS_UNKNOWN;
}

bool eh_action_time(eh_str text, int64_t *out)
{
    eh_time_value value = {0};
    *out = EH_ACTION_NO_TIME;
    if (!text.size) return true;
    if (!eh_time_parse(text, &value) || value.is_small) return false;
    *out = value.time_us;
    return true;
}

bool eh_subject_of(eh_str uri, eh_str *account, bool *is_record)
{
    if (eh_str_starts_with(uri, "at://")) uri = (eh_str){uri.data + 5, uri.size - 5};
    size_t slash = eh_str_find(uri, '/', 0);
    *is_record = slash < uri.size;
    *account = (eh_str){uri.data, slash};
    return eh_str_starts_with(*account, "did:");
}

eh_str eh_action_word(char *out, size_t size, const char *prefix, eh_str word)
{
    int n = snprintf(out, size, "%s%.*s", prefix, (int)(word.size < 128 ? word.size : 128), word.data ? word.data : "");
    return (eh_str){out, n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1};
}

/* ---- JSON lines ------------------------------------------------------------------------------------------------------ */

typedef struct lines {
    eh_audit_actions *actions;
    eh_action_source source;
    eh_json json;
    eh_window window;
    eh_dict accounts;
    eh_bluesky_state state;
    uint64_t n_rows, n_fitting;
} lines;

static bool fits(const eh_json *json, uint32_t node, eh_action_source source)
{
    return (source == EH_ACTIONS_BLUESKY && eh_is_bluesky(json, node)) || (source == EH_ACTIONS_OZONE && eh_is_ozone(json, node)) ||
           (source == EH_ACTIONS_COOP && eh_is_coop(json, node));
}

static eh_status take_object(lines *l, uint32_t node, eh_error *err)
{
    l->n_rows++;
    if (!fits(&l->json, node, l->source)) {
        eh_audit_actions_reject(l->actions, EH_ACTION_REJECT_OTHER, (int64_t)l->n_rows);
        return EH_OK;
    }
    l->n_fitting++;
    if (l->source == EH_ACTIONS_BLUESKY) return eh_take_bluesky(l->actions, &l->json, node, (int64_t)l->n_rows, &l->state, err);
    if (l->source == EH_ACTIONS_OZONE) return eh_take_ozone(l->actions, &l->json, node, (int64_t)l->n_rows, NULL, err);
    return eh_take_coop(l->actions, &l->json, node, (int64_t)l->n_rows, NULL, err);
}

/* A page of an answer holds its objects in a list; a line may be a list itself. */
static uint32_t list_of(const eh_json *json)
{
    static const char *const keys[] = {"events", "labels"};
    if (eh_json_is(json, 0, EH_JSON_ARRAY)) return 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        uint32_t list = eh_json_get(json, 0, keys[i]);
        if (list != EH_JSON_NONE && eh_json_is(json, list, EH_JSON_ARRAY)) return list;
    }
    return EH_JSON_NONE;
}

static eh_status take_line(lines *l, eh_str line, bool is_too_long, eh_error *err)
{
    bool is_valid = false;
    size_t bad_at = 0;
    if (!is_too_long && !eh_str_trim(line).size) return EH_OK;
    if (!is_too_long && eh_utf8_is_valid(line)) EH_TRY(eh_json_parse(&l->json, line, &is_valid, &bad_at, err));
    if (!is_valid) {
        l->n_rows++;
        eh_audit_actions_reject(l->actions, EH_ACTION_REJECT_MALFORMED, (int64_t)l->n_rows);
        return EH_OK;
    }
    uint32_t list = list_of(&l->json);
    if (list == EH_JSON_NONE) return take_object(l, 0, err);
    EH_JSON_EACH(&l->json, list, item) EH_TRY(take_object(l, item, err));
    return EH_OK;
}

static eh_status take_lines(lines *l, eh_error *err)
{
    for (uint64_t n = 0;; n++) {
        eh_str line = {NULL, 0};
        int64_t byte;
        bool is_line = false, is_too_long = false;
        if (n % 4096 == 0 && eh_context_is_cancelled(l->actions->ctx)) return eh_fail(err, EH_E_CANCELLED, "stopped");
        EH_TRY(eh_window_line(&l->window, &line, &byte, &is_line, &is_too_long, err));
        if (!is_line) return EH_OK;
        EH_TRY(take_line(l, line, is_too_long, err));
        if (is_too_long) EH_TRY(eh_window_skip_line(&l->window, '\n', err));
    }
}

static eh_status check_lines(const lines *l, const char *path, eh_error *err)
{
    if (eh_source_problem(l->window.source)) return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "%s", eh_source_problem(l->window.source));
    if (l->n_fitting) return EH_OK;
    return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "holds no line of %s (%llu lines read); one JSON object a line: convert it with: jq -c . FILE", names[l->source],
                      (unsigned long long)l->n_rows);
}

eh_status eh_read_action_lines(eh_audit_actions *actions, const char *path, eh_action_source source, uint64_t *n_rows, eh_error *err)
{
    eh_context *ctx = actions->ctx;
    lines l = {.actions = actions, .source = source, .window = {.ctx = ctx}, .accounts = EH_DICT_INIT(ctx)};
    l.state.accounts = &l.accounts;
    eh_csv_table_name(path, actions->source, sizeof actions->source);
    EH_TRY(eh_source_open(ctx, path, &l.window.source, err));
    eh_json_init(&l.json, ctx);
    eh_status status = take_lines(&l, err);
    if (status == EH_OK) status = check_lines(&l, path, err);
    if (status == EH_OK) status = eh_source_hash(l.window.source, actions->sha256, err);
    *n_rows = l.n_rows;
    eh_json_release(&l.json);
    eh_window_release(&l.window);
    eh_source_close(l.window.source);
    eh_dict_release(&l.accounts);
    eh_free(ctx, l.state.last);
    return status;
}

/* ---- recognition ----------------------------------------------------------------------------------------------------- */

static bool has_column(eh_str header, const char *name)
{
    for (size_t at = 0, end; at <= header.size; at = end + 1) {
        end = at;
        while (end < header.size && header.data[end] != ',' && header.data[end] != ';' && header.data[end] != '\t') end++;
        eh_str cell = eh_str_trim((eh_str){header.data + at, end - at});
        if (cell.size >= 2 && cell.data[0] == '"') cell = (eh_str){cell.data + 1, cell.size - 2};
        if (eh_str_is_nocase(cell, name)) return true;
    }
    return false;
}

static eh_action_source of_header(eh_str header)
{
    if (has_column(header, "decision_account")) return EH_ACTIONS_DSA;
    if (has_column(header, "action")) return EH_ACTIONS_CSV;
    return has_column(header, "status") ? EH_ACTIONS_SNAPSHOTS : EH_ACTIONS_UNKNOWN;
}

static eh_status of_json(eh_json *json, eh_str line, eh_action_source *out, eh_error *err)
{
    bool is_valid = false;
    size_t bad_at = 0;
    if (!eh_utf8_is_valid(line)) return EH_OK;
    EH_TRY(eh_json_parse(json, line, &is_valid, &bad_at, err));
    if (!is_valid) return EH_OK;
    uint32_t list = list_of(json), node = list == EH_JSON_NONE ? 0 : list + 1;
    if (node >= json->nodes[0].next) return EH_OK;
    for (int s = EH_ACTIONS_BLUESKY; s <= EH_ACTIONS_COOP && !*out; s++)
        if (fits(json, node, (eh_action_source)s)) *out = (eh_action_source)s;
    return EH_OK;
}

static eh_status look(eh_window *window, eh_json *json, eh_action_source *out, eh_error *err)
{
    enum { n_lines_to_try = 20 };
    for (int i = 0; i < n_lines_to_try && !*out; i++) {
        eh_str line = {NULL, 0};
        int64_t byte;
        bool is_line = false, is_too_long = false;
        EH_TRY(eh_window_line(window, &line, &byte, &is_line, &is_too_long, err));
        if (!is_line || is_too_long) return EH_OK;
        if (i == 0 && eh_str_starts_with(line, "\xEF\xBB\xBF")) line = (eh_str){line.data + 3, line.size - 3};
        eh_str trimmed = eh_str_trim(line);
        if (!trimmed.size) continue;
        if (trimmed.data[0] == '{' || trimmed.data[0] == '[') EH_TRY(of_json(json, trimmed, out, err));
        else if (i == 0) *out = of_header(trimmed);
        else return EH_OK;
    }
    return EH_OK;
}

eh_status eh_action_source_detect(eh_context *ctx, const char *path, eh_action_source *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_window window = {.ctx = ctx};
    eh_json json;
    *out = EH_ACTIONS_UNKNOWN;
    EH_TRY(eh_source_open(ctx, path, &window.source, err));
    eh_json_init(&json, ctx);
    eh_status status = look(&window, &json, out, err);
    eh_json_release(&json);
    eh_window_release(&window);
    eh_source_close(window.source);
    if (status != EH_OK || *out) return status;
    return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "is of no known source of actions; say which with --from: " EH_ACTION_SOURCES ", or give columns account_id, action, time");
}

eh_status eh_audit_actions_import(eh_audit_actions *actions, const char *path, eh_action_source source, uint64_t *n_rows, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    uint64_t n = 0, n_before = actions->n_read;
    if (!err) err = &local;
    if (!n_rows) n_rows = &n;
    *n_rows = 0;
    if (!source) EH_TRY(eh_action_source_detect(actions->ctx, path, &source, err));
    if (source == EH_ACTIONS_DSA)
        return eh_fail_at(err, EH_E_UNSUPPORTED, path, -1, -1, "statements of reasons name no account: they can be counted by platform and policy, not joined with evidence");
    if (source == EH_ACTIONS_SNAPSHOTS) return eh_read_snapshots(actions, path, n_rows, err);
    if (source != EH_ACTIONS_CSV) return eh_read_action_lines(actions, path, source, n_rows, err);
    EH_TRY(eh_audit_actions_read(actions, path, err));
    *n_rows = actions->n_read - n_before;
    return EH_OK;
}
