/*
 * The part of TOML 1.0 that claims need: comments, key = value, strings, numbers, booleans, dates, arrays over several lines, and
 * [[array of tables]] whose tables stand together. It is written out as JSON without moving anything to another line.
 */
#include "cases/claim_private.h"

#include <string.h>

typedef struct toml {
    eh_str text;
    size_t at;
    int64_t line;
    const char *name;
    eh_buf *out;
    eh_str table;      /* of the [[table]] at hand; empty at the top */
    bool has_member;   /* a comma is due before the next member of the object at hand */
    bool had_top;      /* something stands at the top */
} toml;

static eh_status bad(const toml *t, eh_error *err, const char *what)
{
    return eh_fail_at(err, EH_E_FORMAT, t->name, t->line, (int64_t)t->at, "%s", what);
}

static char peek(const toml *t) { return t->at < t->text.size ? t->text.data[t->at] : 0; }
static eh_status put(toml *t, const char *data, size_t size, eh_error *err) { return eh_buf_add(t->out, data, size, err); }

/* Blanks and comments; with lines, line feeds too. */
static eh_status skip(toml *t, bool with_lines, eh_error *err)
{
    for (; t->at < t->text.size; t->at++) {
        char c = peek(t);
        if (c == '#')
            while (t->at + 1 < t->text.size && t->text.data[t->at + 1] != '\n') t->at++;
        else if (c == '\n' && with_lines) {
            t->line++;
            EH_TRY(put(t, "\n", 1, err));
        } else if (c != ' ' && c != '\t' && c != '\r')
            break;
    }
    return EH_OK;
}

static bool is_bare(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; }

static eh_status read_name(toml *t, eh_str *name, eh_error *err)
{
    size_t first = t->at;
    while (is_bare(peek(t))) t->at++;
    *name = (eh_str){t->text.data + first, t->at - first};
    return name->size ? EH_OK : bad(t, err, "a name is expected here: letters, digits, _ and - without quotes");
}

/* A basic string is spelt as in JSON but for \U and \e, which claims do not need. */
static eh_status basic_string(toml *t, eh_error *err)
{
    size_t first = t->at++;
    for (; peek(t) != '"'; t->at++) {
        if (t->at >= t->text.size || (unsigned char)peek(t) < 32) return bad(t, err, "a quote does not close on its line");
        if (peek(t) == '\\') t->at++;
    }
    t->at++;
    return put(t, t->text.data + first, t->at - first, err);
}

static eh_status literal_string(toml *t, eh_error *err)
{
    EH_TRY(put(t, "\"", 1, err));
    for (t->at++; peek(t) != '\''; t->at++) {
        char c = peek(t);
        if (t->at >= t->text.size || (unsigned char)c < 32) return bad(t, err, "a quote does not close on its line");
        if (c == '"' || c == '\\') EH_TRY(put(t, "\\", 1, err));
        EH_TRY(put(t, &c, 1, err));
    }
    t->at++;
    return put(t, "\"", 1, err);
}

/* A number, true, false, or a date or time, which becomes a string. */
static eh_status bare_value(toml *t, eh_error *err)
{
    size_t first = t->at;
    while (is_bare(peek(t)) || peek(t) == '.' || peek(t) == ':' || peek(t) == '+') t->at++;
    eh_str word = {t->text.data + first, t->at - first};
    if (!word.size) return bad(t, err, "a value is expected here: a string in quotes, a number, true, false, a date or an array");
    bool is_date = word.size >= 8 && word.data[4] == '-';
    bool is_number = (word.data[0] >= '0' && word.data[0] <= '9') || word.data[0] == '-';
    if (!is_date && !is_number && !eh_str_is(word, "true") && !eh_str_is(word, "false"))
        return bad(t, err, "text needs quotes");
    if (is_date) EH_TRY(put(t, "\"", 1, err));
    for (size_t i = 0; i < word.size; i++)
        if (word.data[i] != '_') EH_TRY(put(t, &word.data[i], 1, err));
    return is_date ? put(t, "\"", 1, err) : EH_OK;
}

static eh_status scalar(toml *t, eh_error *err)
{
    return peek(t) == '"' ? basic_string(t, err) : peek(t) == '\'' ? literal_string(t, err) : bare_value(t, err);
}

static eh_status array(toml *t, eh_error *err)
{
    EH_TRY(put(t, "[", 1, err));
    t->at++;
    for (bool is_first = true;; is_first = false) {
        EH_TRY(skip(t, true, err));
        if (peek(t) == ']') break;
        if (!is_first) EH_TRY(put(t, ",", 1, err));
        EH_TRY(scalar(t, err));
        EH_TRY(skip(t, true, err));
        if (peek(t) == ',') t->at++;
        else if (peek(t) != ']') return bad(t, err, "a comma or ] is expected here");
    }
    t->at++;
    return put(t, "]", 1, err);
}

static eh_status end_line(toml *t, eh_error *err)
{
    EH_TRY(skip(t, false, err));
    return t->at >= t->text.size || peek(t) == '\n' ? EH_OK : bad(t, err, "something stands behind the value");
}

static eh_status member(toml *t, eh_error *err)
{
    eh_str name;
    EH_TRY(read_name(t, &name, err));
    EH_TRY(skip(t, false, err));
    if (peek(t) != '=') return bad(t, err, "= is expected behind the name");
    t->at++;
    EH_TRY(skip(t, false, err));
    EH_TRY(eh_buf_printf(t->out, err, "%s\"%.*s\":", t->has_member ? "," : "", (int)name.size, name.data));
    t->has_member = true;
    if (!t->table.size) t->had_top = true;
    EH_TRY(peek(t) == '[' ? array(t, err) : scalar(t, err));
    return end_line(t, err);
}

/* [[name]]: goes on with the array of that name, or begins it. */
static eh_status table(toml *t, eh_error *err)
{
    eh_str name;
    if (t->at + 1 >= t->text.size || t->text.data[t->at + 1] != '[') return bad(t, err, "only [[part]] and [[material]] are tables of a claim");
    t->at += 2;
    EH_TRY(read_name(t, &name, err));
    if (t->at + 1 >= t->text.size || memcmp(t->text.data + t->at, "]]", 2) != 0) return bad(t, err, "]] is expected here");
    t->at += 2;
    if (eh_str_equal(name, t->table)) {
        EH_TRY(put(t, "},{", 3, err));
    } else {
        if (t->table.size) EH_TRY(put(t, "}]", 2, err));
        EH_TRY(eh_buf_printf(t->out, err, "%s\"%.*s\":[{", t->had_top || t->table.size ? "," : "", (int)name.size, name.data));
    }
    t->table = name;
    t->has_member = false;
    return end_line(t, err);
}

eh_status claim_toml_to_json(eh_str text, const char *name, eh_buf *out, eh_error *err)
{
    toml t = {.text = text, .line = 1, .name = name, .out = out};
    EH_TRY(put(&t, "{", 1, err));
    for (;;) {
        EH_TRY(skip(&t, true, err));
        if (t.at >= text.size) break;
        EH_TRY(peek(&t) == '[' ? table(&t, err) : member(&t, err));
    }
    if (t.table.size) EH_TRY(put(&t, "}]", 2, err));
    return put(&t, "}", 1, err);
}
