#include "ingest/json_scan.h"

#include "ingest/utf8_text.h"

typedef struct scan {
    eh_json *json;
    const char *p, *end;
    eh_error *err;
    eh_status status; /* lack of memory */
} scan;

void eh_json_init(eh_json *json, eh_context *ctx)
{
    *json = (eh_json){0};
    json->ctx = ctx;
}

void eh_json_release(eh_json *json)
{
    eh_free(json->ctx, json->nodes);
    eh_free(json->ctx, json->decoded);
    eh_json_init(json, json->ctx);
}

static void skip_blanks(scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r')) s->p++;
}

/* Appends a node and returns its number; EH_JSON_NONE without memory. */
static uint32_t add_node(scan *s, eh_json_type type, eh_str text)
{
    eh_json *json = s->json;
    if (json->n >= EH_JSON_NONE - 1) s->status = eh_fail(s->err, EH_E_LIMIT, "a JSON line has too many values");
    if (s->status == EH_OK)
        s->status = eh_reserve(json->ctx, (void **)&json->nodes, &json->capacity, json->n + 1, sizeof *json->nodes, s->err);
    if (s->status != EH_OK) return EH_JSON_NONE;
    uint32_t i = (uint32_t)json->n++;
    json->nodes[i] = (eh_json_node){type, i + 1, text};
    return i;
}

/* Decodes one escape behind the backslash; false when there is no such escape. */
static bool decode_escape(scan *s, char *out, size_t *used)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (s->p == s->end) return false;
    char c = *s->p++;
    const char *hit = c ? strchr(letters, c) : NULL;
    if (hit) {
        out[(*used)++] = values[hit - letters];
        return true;
    }
    if (c != 'u' || s->end - s->p < 4) return false;
    int64_t code = eh_hex_of(s->p, 4);
    if (code < 0) return false;
    s->p += 4;
    bool is_high = code >= 0xD800 && code < 0xDC00;
    if (is_high && s->end - s->p >= 6 && s->p[0] == '\\' && s->p[1] == 'u') {
        int64_t low = eh_hex_of(s->p + 2, 4);
        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            s->p += 6;
        }
    }
    *used += eh_utf8_put((uint32_t)code, out + *used);
    return true;
}

/* A string at its opening quote. Without escapes it is borrowed from the line, else decoded: that never grows, and
 * `decoded` has room for the whole line, so that earlier strings stay in place. */
static bool scan_string(scan *s, eh_str *out)
{
    const char *first = ++s->p;
    while (s->p < s->end && *s->p != '"' && *s->p != '\\') s->p++;
    if (s->p == s->end) return false;
    if (*s->p == '"') {
        *out = (eh_str){first, (size_t)(s->p++ - first)};
        return true;
    }
    char *decoded = s->json->decoded + s->json->decoded_size;
    size_t used = (size_t)(s->p - first);
    memcpy(decoded, first, used);
    while (s->p < s->end && *s->p != '"') {
        if (*s->p != '\\') {
            decoded[used++] = *s->p++;
            continue;
        }
        s->p++;
        if (!decode_escape(s, decoded, &used)) return false;
    }
    if (s->p == s->end) return false;
    s->p++;
    s->json->decoded_size += used;
    *out = (eh_str){decoded, used};
    return true;
}

static bool is_number_byte(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static bool scan_word(scan *s, const char *word, eh_json_type type)
{
    size_t n = strlen(word);
    if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0) return false;
    eh_str text = {s->p, n};
    s->p += n;
    return add_node(s, type, text) != EH_JSON_NONE;
}

static bool scan_scalar(scan *s)
{
    char c = *s->p;
    if (c == '"') {
        eh_str text;
        return scan_string(s, &text) && add_node(s, EH_JSON_STRING, text) != EH_JSON_NONE;
    }
    if (c == 't') return scan_word(s, "true", EH_JSON_TRUE);
    if (c == 'f') return scan_word(s, "false", EH_JSON_FALSE);
    if (c == 'n') return scan_word(s, "null", EH_JSON_NULL);
    const char *first = s->p;
    if (*s->p == '-') s->p++;
    if (s->p == s->end || *s->p < '0' || *s->p > '9') return false;
    while (s->p < s->end && is_number_byte(*s->p)) s->p++;
    return add_node(s, EH_JSON_NUMBER, (eh_str){first, (size_t)(s->p - first)}) != EH_JSON_NONE;
}

/* "key" and its colon. */
static bool scan_key(scan *s)
{
    skip_blanks(s);
    if (s->p == s->end || *s->p != '"' || !scan_scalar(s)) return false;
    skip_blanks(s);
    if (s->p == s->end || *s->p != ':') return false;
    s->p++;
    return true;
}

static void close_node(scan *s, uint32_t node)
{
    eh_json_node *n = &s->json->nodes[node];
    n->next = (uint32_t)s->json->n;
    n->text.size = (size_t)(s->p - n->text.data);
}

/* Closes containers that end here; then either a comma (true: a value follows) or all is closed. */
static bool close_or_continue(scan *s, const uint32_t *open, int *depth, bool *is_done)
{
    while (*depth > 0) {
        bool is_object = s->json->nodes[open[*depth - 1]].type == EH_JSON_OBJECT;
        skip_blanks(s);
        if (s->p == s->end) return false;
        char c = *s->p++;
        if (c == ',') return !is_object || scan_key(s);
        if (c != (is_object ? '}' : ']')) return false;
        close_node(s, open[--*depth]);
    }
    *is_done = true;
    return true;
}

/* One value; containers are kept on a small stack instead of the machine's. */
static bool scan_value(scan *s)
{
    uint32_t open[eh_json_depth_limit];
    int depth = 0;
    bool is_done = false;
    while (!is_done) {
        skip_blanks(s);
        if (s->p == s->end) return false;
        char c = *s->p;
        if (c == '{' || c == '[') {
            if (depth == eh_json_depth_limit) return false;
            uint32_t node = add_node(s, c == '{' ? EH_JSON_OBJECT : EH_JSON_ARRAY, (eh_str){s->p, 0});
            if (node == EH_JSON_NONE) return false;
            open[depth++] = node;
            s->p++;
            skip_blanks(s);
            bool is_empty = s->p < s->end && *s->p == (c == '{' ? '}' : ']');
            if (!is_empty) {
                if (c == '{' && !scan_key(s)) return false;
                continue;
            }
        } else if (!scan_scalar(s)) {
            return false;
        }
        if (!close_or_continue(s, open, &depth, &is_done)) return false;
    }
    return true;
}

eh_status eh_json_parse(eh_json *json, eh_str text, bool *is_valid, size_t *bad_at, eh_error *err)
{
    json->n = 0;
    json->decoded_size = 0;
    *is_valid = false;
    *bad_at = 0;
    EH_TRY(eh_reserve(json->ctx, (void **)&json->decoded, &json->decoded_capacity, text.size + 4, 1, err));
    scan s = {json, text.data, text.data + text.size, err, EH_OK};
    bool is_value = text.size > 0 && scan_value(&s);
    if (s.status != EH_OK) return s.status;
    if (is_value) skip_blanks(&s);
    *is_valid = is_value && s.p == s.end;
    *bad_at = text.size ? (size_t)(s.p - text.data) : 0;
    if (!*is_valid) json->n = 0;
    return EH_OK;
}

bool eh_json_is(const eh_json *json, uint32_t node, eh_json_type type)
{
    return node < json->n && json->nodes[node].type == type;
}

uint32_t eh_json_get_str(const eh_json *json, uint32_t node, eh_str key)
{
    if (!eh_json_is(json, node, EH_JSON_OBJECT)) return EH_JSON_NONE;
    uint32_t end = json->nodes[node].next;
    for (uint32_t i = node + 1; i < end; i = json->nodes[i + 1].next) {
        if (!eh_str_equal(json->nodes[i].text, key)) continue;
        return json->nodes[i + 1].type == EH_JSON_NULL ? EH_JSON_NONE : i + 1;
    }
    return EH_JSON_NONE;
}

uint32_t eh_json_get(const eh_json *json, uint32_t node, const char *key)
{
    return eh_json_get_str(json, node, eh_str_of(key));
}

eh_str eh_json_text(const eh_json *json, uint32_t node)
{
    eh_str none = {NULL, 0};
    if (node >= json->n) return none;
    eh_json_type type = json->nodes[node].type;
    return type == EH_JSON_NULL || type == EH_JSON_ARRAY || type == EH_JSON_OBJECT ? none : json->nodes[node].text;
}
