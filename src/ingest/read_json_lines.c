/* One JSON value per line: choice of the format from the first lines, first pass, then all lines. */
#include "ingest/reader.h"

/* Reads the next line that is not blank. *is_json false: it was rejected; *is_line false: the end. */
static eh_status next_line(eh_reader *r, eh_json *json, bool *is_line, bool *is_json, eh_error *err)
{
    eh_str line = {NULL, 0};
    bool is_too_long = false;
    *is_json = false;
    do {
        EH_TRY(eh_window_line(&r->window, &line, &r->row_byte, is_line, &is_too_long, err));
        if (!*is_line) return EH_OK;
    } while (!is_too_long && eh_str_trim(line).size == 0);
    r->row_text = line;
    if (is_too_long) {
        EH_TRY(eh_reader_reject(r, EH_REJECT_TOO_LONG, err));
        if (r->is_sampling) return EH_OK; /* 16 MiB were seen: the first pass ends here */
        return eh_window_skip_line(&r->window, '\n', err);
    }
    if (!eh_utf8_is_valid(line)) return eh_reader_reject(r, EH_REJECT_ENCODING, err);
    size_t bad_at = 0;
    EH_TRY(eh_json_parse(json, line, is_json, &bad_at, err));
    if (*is_json) return EH_OK;
    /* The excerpt shows the place of the damage, not the beginning of what may be a line of megabytes. */
    if (bad_at > line.size) bad_at = line.size;
    size_t from = bad_at > 100 ? bad_at - 100 : 0;
    while (from < line.size && ((unsigned char)line.data[from] & 0xC0) == 0x80) from++;
    r->row_text = (eh_str){line.data + from, line.size - from};
    return eh_reader_reject(r, EH_REJECT_MALFORMED, err);
}

static eh_status read_lines(eh_reader *r, eh_json *json, eh_error *err)
{
    while (!r->is_sampling || !eh_reader_has_sampled_enough(r)) {
        bool is_line = false, is_json = false;
        EH_TRY(next_line(r, json, &is_line, &is_json, err));
        if (!is_line) break;
        if (is_json) EH_TRY(r->format->on_line(r, json, err));
        EH_TRY(eh_reader_breathe(r, err));
    }
    return EH_OK;
}

/* The keys of an object, for messages. */
static eh_status keys_of(const eh_json *json, eh_columns *keys, eh_error *err)
{
    eh_str names[64];
    size_t n = 0;
    if (eh_json_is(json, 0, EH_JSON_OBJECT))
        for (uint32_t i = 1; i < json->nodes[0].next && n < 64; i = json->nodes[i + 1].next) names[n++] = json->nodes[i].text;
    return eh_columns_set(keys, names, n, err);
}

/* Tries the first lines until one is of a known format. */
static eh_status choose(eh_reader *r, eh_json *json, eh_columns *keys, eh_error *err)
{
    enum { n_lines_to_try = 20 };
    int n_objects = 0;
    for (int i = 0; i < n_lines_to_try && !r->format && !eh_reader_has_sampled_enough(r); i++) {
        bool is_line = false, is_json = false;
        EH_TRY(next_line(r, json, &is_line, &is_json, err));
        if (!is_line) break;
        if (!is_json || !eh_json_is(json, 0, EH_JSON_OBJECT)) continue;
        if (n_objects++ == 0) EH_TRY(keys_of(json, keys, err));
        EH_TRY(eh_choose_for_line(r, json, err));
    }
    if (r->format) return EH_OK;
    if (n_objects == 0)
        return eh_fail_at(err, EH_E_FORMAT, r->path, -1, 0,
                          "begins like JSON, but its first lines are no JSON objects; evenhand reads one object per line: "
                          "convert it with: jq -c . FILE > FILE.jsonl (for a list: jq -c '.[]' FILE > FILE.jsonl)");
    char list[200];
    return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1,
                      "its JSON lines are of no known format (keys found: %s); say which key is which, for example: "
                      "--map account=author.id --map time=created_at --map text=text",
                      eh_columns_list(keys, list, sizeof list));
}

static eh_status read_all(eh_reader *r, eh_json *json, eh_columns *keys, eh_error *err)
{
    eh_window_pin(&r->window);
    r->is_sampling = true;
    EH_TRY(choose(r, json, keys, err));
    eh_window_rewind(&r->window);
    eh_window_pin(&r->window);
    EH_TRY(read_lines(r, json, err));
    if (r->format == &eh_format_map) EH_TRY(eh_map_check_paths(r, keys, err));
    eh_reader_end_sample(r);
    eh_window_rewind(&r->window);
    return read_lines(r, json, err);
}

eh_status eh_read_json_lines(eh_reader *r, eh_error *err)
{
    eh_json json;
    eh_columns keys = {.ctx = r->ctx};
    eh_json_init(&json, r->ctx);
    eh_status status = read_all(r, &json, &keys, err);
    eh_columns_release(&keys);
    eh_json_release(&json);
    return status;
}
