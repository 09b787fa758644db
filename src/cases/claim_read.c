/* A claim's file: bounds, then shape, then meaning; every failure names the line and the field. */
#include "cases/claim_private.h"

#include "base/hash.h"
#include "base/time.h"
#include "ingest/json_scan.h"
#include "ingest/time_text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[EH_N_CLAIM_KINDS] = {"act_together",         "same_operator",    "automated",     "volume",
                                                         "created_in_one_burst", "push_these_links", "push_these_tags"};
const char *eh_claim_kind_name(eh_claim_kind kind) { return (unsigned)kind < EH_N_CLAIM_KINDS ? kind_names[kind] : "unknown"; }

const char *eh_claim_verdict_name(eh_claim_verdict verdict)
{
    static const char *const names[] = {"cannot_tell", "not_supported", "contradicted", "supported"};
    return (unsigned)verdict < 4 ? names[verdict] : "unknown";
}

void eh_claim_release(eh_claim *claim)
{
    claim_owner *owner = claim->owner;
    if (!claim->ctx) return;
    if (owner) {
        eh_dict_release(&owner->accounts);
        eh_dict_release(&owner->counter_accounts);
        eh_dict_release(&owner->pushed);
    }
    eh_free(claim->ctx, owner);
    eh_free(claim->ctx, claim->material);
    memset(claim, 0, sizeof *claim);
}

eh_status claim_start(eh_context *ctx, eh_claim *out, claim_owner **owner, eh_error *err)
{
    memset(out, 0, sizeof *out);
    out->from_us = out->to_us = EH_NO_TIME;
    out->ctx = ctx;
    out->owner = *owner = eh_alloc(ctx, 1, sizeof **owner, err);
    if (!*owner) return err->status;
    **owner = (claim_owner){EH_DICT_INIT(ctx), EH_DICT_INIT(ctx), EH_DICT_INIT(ctx)};
    return EH_OK;
}

void claim_finish(eh_claim *claim)
{
    const claim_owner *owner = claim->owner;
    claim->accounts = eh_dict_strings(&owner->accounts);
    claim->counter_accounts = eh_dict_strings(&owner->counter_accounts);
    claim->pushed = eh_dict_strings(&owner->pushed);
}

/* ---- where we are ------------------------------------------------------------------------------------------------- */

typedef struct reader {
    eh_context *ctx;
    eh_json json;
    eh_str text;      /* JSON */
    const char *name;
    eh_claim *claim;
    claim_owner *owner;
    int64_t line;     /* of the last node that lies in the text */
    size_t line_ends; /* the offset up to which it was counted */
    char field[64];   /* "parts[2].ring" */
} reader;

static int64_t line_at(const reader *r, size_t offset)
{
    int64_t line = 1;
    for (size_t i = 0; i < offset && i < r->text.size; i++) line += r->text.data[i] == '\n';
    return line;
}

/* Strings whose escapes were undone do not lie in the text; the key before them does. Counted on from the last node, so that long lists
   take no longer than they are. */
static void visit(reader *r, uint32_t node)
{
    const char *at = r->json.nodes[node].text.data;
    if (!at || at < r->text.data || at >= r->text.data + r->text.size) return;
    size_t offset = (size_t)(at - r->text.data);
    for (; r->line_ends < offset; r->line_ends++) r->line += r->text.data[r->line_ends] == '\n';
    for (; r->line_ends > offset; r->line_ends--) r->line -= r->text.data[r->line_ends - 1] == '\n';
}

static eh_status bad(const reader *r, eh_error *err, const char *what)
{
    return eh_fail_at(err, EH_E_FORMAT, r->name, r->line, -1, "line %lld, field %s: %s", (long long)r->line, r->field, what);
}

/* ---- single values ------------------------------------------------------------------------------------------------ */

static bool is_plain(eh_str text, size_t most)
{
    if (!text.size || text.size > most || !eh_utf8_is_valid(text)) return false;
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < 32 || text.data[i] == 127) return false;
    return true;
}

static eh_status get_text(reader *r, uint32_t node, size_t most, eh_str *out, eh_error *err)
{
    visit(r, node);
    *out = eh_json_text(&r->json, node);
    if (!eh_json_is(&r->json, node, EH_JSON_STRING)) return bad(r, err, "a text in quotes is needed here");
    return is_plain(*out, most) ? EH_OK : bad(r, err, "this text is empty, too long or holds control characters");
}

/* A name that lists show beside other things: none of the characters that turn the direction of what follows (Unicode UAX 9). */
static eh_status get_name(reader *r, uint32_t node, size_t most, eh_str *out, eh_error *err)
{
    EH_TRY(get_text(r, node, most, out, err));
    const unsigned char *c = (const unsigned char *)out->data;
    for (size_t i = 0; i + 2 < out->size; i++) {
        if (c[i] != 0xE2) continue;
        if ((c[i + 1] == 0x80 && c[i + 2] >= 0xAA && c[i + 2] <= 0xAE) || (c[i + 1] == 0x81 && c[i + 2] >= 0xA6 && c[i + 2] <= 0xA9))
            return bad(r, err, "this text holds characters that turn the direction of writing (U+202A to 202E, U+2066 to 2069)");
    }
    return EH_OK;
}

static eh_status get_number(reader *r, uint32_t node, double least, double most, double *out, eh_error *err)
{
    char room[40], *end;
    visit(r, node);
    eh_str text = eh_json_text(&r->json, node);
    if (!eh_json_is(&r->json, node, EH_JSON_NUMBER) || text.size >= sizeof room) return bad(r, err, "a number is needed here");
    memcpy(room, text.data, text.size);
    room[text.size] = 0;
    *out = strtod(room, &end);
    char what[96];
    (void)snprintf(what, sizeof what, "the number must lie between %g and %g", least, most);
    return *end == 0 && *out >= least && *out <= most ? EH_OK : bad(r, err, what);
}

static eh_status get_count(reader *r, uint32_t node, double least, double most, uint32_t *out, eh_error *err)
{
    double x = 0;
    EH_TRY(get_number(r, node, least, most, &x, err));
    if (x != floor(x)) return bad(r, err, "a whole number is needed here");
    *out = (uint32_t)x;
    return EH_OK;
}

static eh_status get_time(reader *r, uint32_t node, int64_t *out, eh_error *err)
{
    eh_str text;
    eh_time_value value;
    EH_TRY(get_text(r, node, 40, &text, err));
    if (!eh_time_parse(text, &value) || value.is_small) return bad(r, err, "a date or a time in UTC is needed here, such as 2018-08-21 or 2018-08-21T12:00:00Z");
    *out = value.time_us;
    return EH_OK;
}

static eh_status get_sha256(reader *r, uint32_t node, char out[65], eh_error *err)
{
    eh_str text;
    eh_hash hash;
    EH_TRY(get_text(r, node, 64, &text, err));
    if (!eh_hash_of_text(text, &hash)) return bad(r, err, "a SHA-256 has 64 digits 0-9 and a-f");
    (void)eh_hash_text(&hash, out);
    return EH_OK;
}

/* A list of texts, none twice. */
static eh_status get_list(reader *r, uint32_t node, eh_dict *to, uint32_t most, bool allows_known, eh_error *err)
{
    char field[64];
    uint32_t i = 0, number;
    visit(r, node);
    if (!eh_json_is(&r->json, node, EH_JSON_ARRAY)) return bad(r, err, "a list in [ ] is needed here");
    (void)snprintf(field, sizeof field, "%s", r->field);
    EH_JSON_EACH(&r->json, node, item)
    {
        eh_str text;
        (void)snprintf(r->field, sizeof r->field, "%.48s[%u]", field, ++i);
        EH_TRY(get_text(r, item, 512, &text, err));
        if (!allows_known && eh_dict_find(to, text) != EH_DICT_NONE) return bad(r, err, "it stands in the list already");
        if (i > most) return bad(r, err, "the list is too long");
        if (allows_known) { /* ranges must be whole: the same object may stand in several parts */
            eh_buf unique = EH_BUF_INIT(r->ctx);
            eh_status status = eh_buf_printf(&unique, err, "%u ", r->claim->n_parts);
            if (status == EH_OK) status = eh_buf_add_str(&unique, text, err);
            if (status == EH_OK) status = eh_dict_add(to, eh_buf_str(&unique), &number, err);
            eh_buf_release(&unique);
            EH_TRY(status);
        } else {
            EH_TRY(eh_dict_add(to, text, &number, err));
        }
    }
    (void)snprintf(r->field, sizeof r->field, "%s", field);
    return i ? EH_OK : bad(r, err, "the list is empty");
}

/* ---- parts and material ------------------------------------------------------------------------------------------- */

/* Which fields a kind of part takes. */
enum { TAKES_RING = 1, TAKES_PER_DAY = 2, TAKES_WITHIN = 4, TAKES_PUSHED = 8 };
static const int takes[EH_N_CLAIM_KINDS] = {TAKES_RING, 0, 0, TAKES_PER_DAY, TAKES_WITHIN, TAKES_PUSHED, TAKES_PUSHED};

static eh_status part_field(reader *r, eh_claim_part *part, eh_str key, uint32_t value, eh_error *err)
{
    int own = takes[part->kind];
    eh_str text;
    if (eh_str_is(key, "kind")) return EH_OK;
    if (own & TAKES_RING && eh_str_is(key, "ring")) return get_count(r, value, 2, 1000, &part->ring, err);
    if (own & TAKES_RING && eh_str_is(key, "objects")) return get_count(r, value, 2, 1000, &part->n_objects, err);
    if (own & TAKES_PER_DAY && eh_str_is(key, "posts_per_day")) return get_number(r, value, 1e-6, 1e12, &part->posts_per_day, err);
    if (own & TAKES_PER_DAY && eh_str_is(key, "archive_share")) return get_number(r, value, 1e-6, 1, &part->archive_share, err);
    if (own & TAKES_PER_DAY && eh_str_is(key, "of")) {
        EH_TRY(get_text(r, value, 8, &text, err));
        part->is_of_each = eh_str_is(text, "each");
        return part->is_of_each || eh_str_is(text, "all") ? EH_OK : bad(r, err, "it is \"each\" or \"all\"");
    }
    if (own & TAKES_WITHIN && eh_str_is(key, "within_days")) return get_number(r, value, 1, 3650, &part->within_days, err);
    if (own & TAKES_PUSHED && eh_str_is(key, "objects")) {
        part->first_pushed = r->owner->pushed.n;
        EH_TRY(get_list(r, value, &r->owner->pushed, 1000, true, err));
        part->n_pushed = r->owner->pushed.n - part->first_pushed;
        return EH_OK;
    }
    return bad(r, err, "this kind of part has no such field; docs/formats/claim.md lists them");
}

static eh_status check_part(reader *r, const eh_claim_part *part, eh_error *err)
{
    int own = takes[part->kind];
    if (own & TAKES_PER_DAY && !(part->posts_per_day > 0)) return bad(r, err, "posts_per_day is missing");
    if (own & TAKES_WITHIN && !(part->within_days > 0)) return bad(r, err, "within_days is missing");
    if (own & TAKES_PUSHED && !part->n_pushed) return bad(r, err, "objects, the links or tags, is missing");
    if (!part->ring != !part->n_objects) return bad(r, err, "ring and objects go together");
    return EH_OK;
}

static eh_status get_part(reader *r, uint32_t node, eh_error *err)
{
    uint32_t n = r->claim->n_parts;
    eh_claim_part *part = &r->claim->parts[n];
    (void)snprintf(r->field, sizeof r->field, "part[%u]", n + 1);
    visit(r, node);
    if (!eh_json_is(&r->json, node, EH_JSON_OBJECT)) return bad(r, err, "an object with a kind is needed here");
    *part = (eh_claim_part){.kind = EH_N_CLAIM_KINDS, .archive_share = 1};
    uint32_t kind = eh_json_get(&r->json, node, "kind");
    if (kind == EH_JSON_NONE) return bad(r, err, "kind is missing");
    eh_str word;
    (void)snprintf(r->field, sizeof r->field, "part[%u].kind", n + 1);
    EH_TRY(get_text(r, kind, 40, &word, err));
    for (int k = 0; k < EH_N_CLAIM_KINDS; k++)
        if (eh_str_is(word, kind_names[k])) part->kind = (eh_claim_kind)k;
    if (part->kind == EH_N_CLAIM_KINDS)
        return bad(r, err, "it is one of act_together, same_operator, automated, volume, created_in_one_burst, push_these_links, push_these_tags");
    for (uint32_t key = node + 1; key < r->json.nodes[node].next; key = r->json.nodes[key + 1].next) {
        eh_str name = r->json.nodes[key].text;
        visit(r, key);
        (void)snprintf(r->field, sizeof r->field, "part[%u].%.*s", n + 1, (int)(name.size < 40 ? name.size : 40), name.data);
        EH_TRY(part_field(r, part, name, key + 1, err));
    }
    (void)snprintf(r->field, sizeof r->field, "part[%u]", n + 1);
    visit(r, node);
    r->claim->n_parts++;
    return check_part(r, part, err);
}

static eh_status get_parts(reader *r, uint32_t node, eh_error *err)
{
    visit(r, node);
    if (!eh_json_is(&r->json, node, EH_JSON_ARRAY)) return bad(r, err, "a list of parts is needed here");
    EH_JSON_EACH(&r->json, node, item)
    {
        if (r->claim->n_parts == EH_MOST_CLAIM_PARTS) return bad(r, err, "a claim has 32 parts at most");
        EH_TRY(get_part(r, item, err));
    }
    return EH_OK;
}

static eh_status get_material(reader *r, uint32_t node, eh_error *err)
{
    size_t capacity = 0;
    visit(r, node);
    if (!eh_json_is(&r->json, node, EH_JSON_ARRAY)) return bad(r, err, "a list of objects with sha256 and name is needed here");
    EH_JSON_EACH(&r->json, node, item)
    {
        eh_claim *c = r->claim;
        EH_TRY(eh_reserve(r->ctx, (void **)&c->material, &capacity, c->n_material + 1, sizeof *c->material, err));
        eh_claim_material *material = &c->material[c->n_material++];
        memset(material, 0, sizeof *material);
        (void)snprintf(r->field, sizeof r->field, "material[%zu]", c->n_material);
        visit(r, item);
        if (!eh_json_is(&r->json, item, EH_JSON_OBJECT)) return bad(r, err, "an object with sha256 and name is needed here");
        for (uint32_t key = item + 1; key < r->json.nodes[item].next; key = r->json.nodes[key + 1].next) {
            eh_str name = r->json.nodes[key].text, text;
            visit(r, key);
            if (eh_str_is(name, "sha256")) EH_TRY(get_sha256(r, key + 1, material->sha256, err));
            else if (eh_str_is(name, "name")) {
                EH_TRY(get_name(r, key + 1, sizeof material->name - 1, &text, err));
                memcpy(material->name, text.data, text.size);
            } else return bad(r, err, "material has the fields sha256 and name only");
        }
        visit(r, item);
        if (!material->sha256[0]) return bad(r, err, "sha256 is missing");
    }
    return EH_OK;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

static eh_status top_field(reader *r, eh_str key, uint32_t value, uint32_t *version, eh_error *err)
{
    eh_claim *c = r->claim;
    eh_str text;
    if (eh_str_is(key, "evenhand_claim")) return get_count(r, value, 1, 1, version, err);
    if (eh_str_is(key, "raised_by")) {
        EH_TRY(get_name(r, value, sizeof c->raised_by - 1, &text, err));
        memcpy(c->raised_by, text.data, text.size);
        return EH_OK;
    }
    if (eh_str_is(key, "accounts")) return get_list(r, value, &r->owner->accounts, EH_MOST_CLAIM_ACCOUNTS, false, err);
    if (eh_str_is(key, "counter_accounts")) return get_list(r, value, &r->owner->counter_accounts, EH_MOST_CLAIM_ACCOUNTS, false, err);
    if (eh_str_is(key, "from")) return get_time(r, value, &c->from_us, err);
    if (eh_str_is(key, "to")) return get_time(r, value, &c->to_us, err);
    if (eh_str_is(key, "part")) return get_parts(r, value, err);
    if (eh_str_is(key, "material")) return get_material(r, value, err);
    return bad(r, err, "a claim has no such field; docs/formats/claim.md lists them");
}

static eh_status missing(reader *r, const char *field, eh_error *err)
{
    r->line = 1;
    r->line_ends = 0;
    (void)snprintf(r->field, sizeof r->field, "%s", field);
    return bad(r, err, "it is missing");
}

static eh_status read_all(reader *r, eh_error *err)
{
    eh_claim *c = r->claim;
    uint32_t version = 0;
    (void)snprintf(r->field, sizeof r->field, "(all)");
    if (!r->json.n || !eh_json_is(&r->json, 0, EH_JSON_OBJECT)) return bad(r, err, "a claim is one object");
    for (uint32_t key = 1; key < r->json.nodes[0].next; key = r->json.nodes[key + 1].next) {
        eh_str name = r->json.nodes[key].text;
        visit(r, key);
        (void)snprintf(r->field, sizeof r->field, "%.*s", (int)(name.size < 40 ? name.size : 40), name.data);
        EH_TRY(top_field(r, name, key + 1, &version, err));
    }
    if (!version) return missing(r, "evenhand_claim", err);
    if (!c->raised_by[0]) return missing(r, "raised_by", err);
    if (!r->owner->accounts.n) return missing(r, "accounts", err);
    if (!c->n_parts) return missing(r, "part", err);
    (void)snprintf(r->field, sizeof r->field, "to");
    if (c->from_us != EH_NO_TIME && c->to_us != EH_NO_TIME && c->from_us >= c->to_us) return bad(r, err, "it must be later than from");
    (void)snprintf(r->field, sizeof r->field, "counter_accounts");
    uint32_t counter = eh_json_get(&r->json, 0, "counter_accounts");
    if (counter != EH_JSON_NONE) visit(r, counter);
    for (uint32_t i = 0; i < r->owner->counter_accounts.n; i++)
        if (eh_dict_find(&r->owner->accounts, eh_dict_get(&r->owner->counter_accounts, i)) != EH_DICT_NONE)
            return bad(r, err, "an account stands on both lists");
    claim_finish(c);
    return EH_OK;
}

/* Of equal keys the reader would take the last; nobody should have to know. */
static eh_status check_keys(reader *r, eh_error *err)
{
    enum { most_fields = 64 }; /* far more than any object of a claim has: each is compared with each */
    for (uint32_t node = 0; node < r->json.n; node++) {
        if (r->json.nodes[node].type != EH_JSON_OBJECT) continue;
        int n = 0;
        for (uint32_t key = node + 1; key < r->json.nodes[node].next; key = r->json.nodes[key + 1].next) {
            if (++n > most_fields) {
                visit(r, key);
                (void)snprintf(r->field, sizeof r->field, "%.*s", (int)(r->json.nodes[key].text.size < 40 ? r->json.nodes[key].text.size : 40), r->json.nodes[key].text.data);
                return bad(r, err, "no object of a claim has so many fields; docs/formats/claim.md lists them");
            }
            for (uint32_t other = node + 1; other < key; other = r->json.nodes[other + 1].next) {
                if (!eh_str_equal(r->json.nodes[key].text, r->json.nodes[other].text)) continue;
                visit(r, key);
                (void)snprintf(r->field, sizeof r->field, "%.*s", (int)(r->json.nodes[key].text.size < 40 ? r->json.nodes[key].text.size : 40), r->json.nodes[key].text.data);
                return bad(r, err, "it stands there twice");
            }
        }
    }
    return EH_OK;
}

static eh_status parse(reader *r, eh_error *err)
{
    bool is_valid;
    size_t bad_at = 0;
    EH_TRY(eh_json_parse(&r->json, r->text, &is_valid, &bad_at, err));
    if (!is_valid) {
        int64_t line = line_at(r, bad_at);
        return eh_fail_at(err, EH_E_FORMAT, r->name, line, (int64_t)bad_at, "line %lld: this is no JSON from here on", (long long)line);
    }
    EH_TRY(check_keys(r, err));
    EH_TRY(claim_start(r->ctx, r->claim, &r->owner, err));
    return read_all(r, err);
}

eh_status eh_claim_parse(eh_context *ctx, eh_str text, const char *name, eh_claim *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    if (text.size > eh_claim_most_size) return eh_fail_at(err, EH_E_LIMIT, name, -1, -1, "a claim has at most 1 MiB");
    if (!eh_utf8_is_valid(text) || memchr(text.data ? text.data : "", 0, text.size))
        return eh_fail_at(err, EH_E_FORMAT, name, -1, -1, "the file is not UTF-8 text");
    eh_str body = text; /* editors put a byte order mark before it */
    if (eh_str_starts_with(body, "\xEF\xBB\xBF")) body = (eh_str){text.data + 3, text.size - 3};
    if (!eh_str_trim(body).size) return eh_fail_at(err, EH_E_FORMAT, name, -1, -1, "the file is empty; docs/formats/claim.md has one to begin with");
    reader r = {.ctx = ctx, .name = name, .claim = out, .text = body, .line = 1};
    eh_buf json = EH_BUF_INIT(ctx);
    eh_json_init(&r.json, ctx);
    eh_status status = EH_OK;
    if (eh_str_trim(body).data[0] != '{') {
        status = claim_toml_to_json(body, name, &json, err);
        r.text = eh_buf_str(&json);
    }
    if (status == EH_OK) status = parse(&r, err);
    if (status == EH_OK) {
        eh_sha256 hash;
        eh_sha256_init(&hash);
        eh_sha256_add(&hash, text.data, text.size);
        eh_sha256_final(&hash, out->sha256);
        memcpy(out->claim_id, out->sha256, EH_CLAIM_ID_SIZE - 1);
    } else {
        eh_claim_release(out);
    }
    eh_json_release(&r.json);
    eh_buf_release(&json);
    return status;
}

eh_status eh_claim_read(eh_context *ctx, const char *path, eh_claim *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    memset(out, 0, sizeof *out);
    FILE *file = fopen(path, "rb");
    if (!file) return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be read: %s", strerror(errno));
    eh_buf text = EH_BUF_INIT(ctx);
    char block[4096];
    size_t n;
    eh_status status = EH_OK;
    while (status == EH_OK && (n = fread(block, 1, sizeof block, file)) > 0 && text.size <= eh_claim_most_size)
        status = eh_buf_add(&text, block, n, err);
    if (status == EH_OK && ferror(file)) status = eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be read: %s", strerror(errno));
    (void)fclose(file);
    if (status == EH_OK) status = eh_claim_parse(ctx, eh_buf_str(&text), path, out, err);
    eh_buf_release(&text);
    return status;
}
