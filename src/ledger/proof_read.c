/*
 * Reading a proof file is comparing it with the one form that its contents have: every byte is either fixed or a value of one
 * spelling, so that a changed byte is found where it lies, or gives another value, which eh_proof_verify() then finds by its field.
 */
#include "ledger/ledger_private.h"

#include "base/hash.h"

#include <errno.h>
#include <stdio.h>

typedef struct proof_reader {
    const char *name;
    eh_str text;
    size_t at;
    const char *field;
    eh_error *err;
} proof_reader;

static eh_status bad(const proof_reader *r, const char *what)
{
    return eh_fail_at(r->err, EH_E_FORMAT, r->name, -1, (int64_t)r->at,
                      "%s: %s; a proof is read only as it was written: take it from its source again", r->field, what);
}

static bool skip(proof_reader *r, const char *literal)
{
    size_t size = strlen(literal);
    if (r->text.size - r->at < size || memcmp(r->text.data + r->at, literal, size) != 0) return false;
    r->at += size;
    return true;
}

static eh_status expect(proof_reader *r, const char *literal)
{
    if (skip(r, literal)) return EH_OK;
    /* The first byte that differs. */
    while (r->at < r->text.size && *literal && r->text.data[r->at] == *literal) {
        r->at++;
        literal++;
    }
    return bad(r, r->at == r->text.size ? "the file ends here" : "another byte stands here");
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static eh_status read_count(proof_reader *r, uint64_t *out)
{
    size_t start = r->at;
    uint64_t n = 0;
    for (; r->at < r->text.size && r->text.data[r->at] >= '0' && r->text.data[r->at] <= '9'; r->at++) {
        uint64_t digit = (uint64_t)(r->text.data[r->at] - '0');
        if (n > (INT64_MAX - digit) / 10) return bad(r, "is too large");
        n = n * 10 + digit;
    }
    if (r->at == start) return bad(r, "a number is missing");
    if (r->text.data[start] == '0' && r->at > start + 1) return bad(r, "a number begins with 0");
    *out = n;
    return EH_OK;
}

/* Between quotes, nothing escaped. */
static eh_status read_plain(proof_reader *r, size_t size, eh_str *out)
{
    EH_TRY(expect(r, "\""));
    if (r->text.size - r->at < size) return bad(r, "the file ends here");
    *out = (eh_str){r->text.data + r->at, size};
    return EH_OK;
}

static eh_status read_hex(proof_reader *r, unsigned char *out, size_t n)
{
    eh_str hex = {NULL, 0};
    EH_TRY(read_plain(r, 2 * n, &hex));
    if (!eh_bytes_of_hex(hex, out, n)) return bad(r, "is not so many lower-case hex digits");
    r->at += hex.size;
    return expect(r, "\"");
}

static eh_status read_time(proof_reader *r, int64_t *out)
{
    eh_str text = {NULL, 0};
    EH_TRY(read_plain(r, 27, &text));
    if (!eh_ledger_time_of_text(text, out)) return bad(r, "is no time such as 2026-11-24T12:39:37.000123Z");
    r->at += text.size;
    return expect(r, "\"");
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character behind a backslash: a quote, a backslash or u00xx for a control character. */
static eh_status read_escape(proof_reader *r, char *out)
{
    static const char prefix[] = "u00";
    if (skip(r, "\"") || skip(r, "\\")) {
        *out = r->text.data[r->at - 1];
        return EH_OK;
    }
    if (!skip(r, prefix) || r->text.size - r->at < 2) return bad(r, "an escape that is not used here");
    int high = digit_of(r->text.data[r->at]), low = digit_of(r->text.data[r->at + 1]), c = high * 16 + low;
    if (high < 0 || low < 0 || c == 0 || (c >= 0x20 && c != 0x7f)) return bad(r, "an escape that is not used here");
    *out = (char)c;
    r->at += 2;
    return EH_OK;
}

static eh_status read_string(proof_reader *r, eh_buf *out)
{
    size_t start = r->at;
    EH_TRY(eh_buf_add(out, "", 0, r->err));
    EH_TRY(expect(r, "\""));
    for (;;) {
        if (r->at == r->text.size) return bad(r, "the file ends here");
        char c = r->text.data[r->at];
        if ((unsigned char)c < 0x20 || c == 0x7f) return bad(r, "a control character");
        r->at++;
        if (c == '"') break;
        if (c == '\\') EH_TRY(read_escape(r, &c));
        EH_TRY(eh_buf_add(out, &c, 1, r->err));
    }
    if (eh_utf8_is_valid(eh_buf_str(out))) return EH_OK;
    r->at = start;
    return bad(r, "is not UTF-8");
}

static eh_status read_text(proof_reader *r, eh_context *ctx, const proof_field *field, char *to)
{
    eh_buf text = EH_BUF_INIT(ctx);
    size_t start = r->at;
    eh_status status = read_string(r, &text);
    if (status == EH_OK) {
        eh_str s = eh_buf_str(&text);
        bool is_type = strcmp(field->name, "type") == 0;
        if (s.size > field->size || !(is_type ? eh_ledger_type_is_valid(s) : eh_ledger_actor_is_valid(s))) {
            r->at = start;
            status = bad(r, is_type ? "is not 1 to 32 letters a-z or _" : "is no actor");
        } else {
            memcpy(to, s.size ? s.data : "", s.size);
            to[s.size] = 0;
        }
    }
    eh_buf_release(&text);
    return status;
}

static eh_status read_payload(proof_reader *r, eh_proof *out)
{
    eh_buf text = EH_BUF_INIT(out->ctx);
    eh_status status = read_string(r, &text);
    if (status == EH_OK) status = eh_buf_add(&text, "", 1, r->err);
    if (status != EH_OK) {
        eh_buf_release(&text);
        return status;
    }
    out->payload = text.data;
    out->payload_size = text.size - 1;
    return EH_OK;
}

static eh_status read_path(proof_reader *r, eh_merkle_path *path)
{
    EH_TRY(expect(r, "["));
    while (!skip(r, "]")) {
        if (path->n == EH_MERKLE_DEPTH + 1) return bad(r, "has more hashes than any log needs");
        if (path->n) EH_TRY(expect(r, ", "));
        EH_TRY(read_hex(r, path->hashes[path->n].bytes, EH_HASH_SIZE));
        path->n++;
    }
    return EH_OK;
}

/* Fields that are there together or not at all are told by one bool: the first of them sets it. */
static eh_status read_value(proof_reader *r, eh_proof *out, const proof_field *field, const proof_field *before)
{
    char *at = (char *)out + field->offset;
    if (field->has_offset) {
        bool *has = (bool *)((char *)out + field->has_offset);
        if (!before || before->has_offset != field->has_offset) *has = r->at < r->text.size && r->text.data[r->at] != 'n';
        if (!*has) return expect(r, "null");
    }
    switch (field->form) {
    case PROOF_COUNT: return read_count(r, (uint64_t *)(void *)at);
    case PROOF_TIME: return read_time(r, (int64_t *)(void *)at);
    case PROOF_TEXT: return read_text(r, out->ctx, field, at);
    case PROOF_HASH: return read_hex(r, (unsigned char *)at, EH_HASH_SIZE);
    case PROOF_SIGNATURE: return read_hex(r, (unsigned char *)at, EH_SIGNATURE_SIZE);
    case PROOF_PATH: return read_path(r, &out->path);
    case PROOF_PAYLOAD: return read_payload(r, out);
    }
    return EH_OK;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static eh_status read_kind(proof_reader *r, eh_proof_kind *kind)
{
    static const eh_proof_kind kinds[] = {EH_PROOF_INCLUSION, EH_PROOF_CONSISTENCY, EH_PROOF_HEAD};
    r->field = "evenhand";
    EH_TRY(expect(r, "{\n  \"evenhand\": \""));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (skip(r, eh_proof_form(kinds[i])->title)) {
            *kind = kinds[i];
            return expect(r, "\",\n");
        }
    return bad(r, "is neither an inclusion proof, a consistency proof nor a signed tree head of this version");
}

static eh_status read_fields(proof_reader *r, eh_proof *out)
{
    EH_TRY(read_kind(r, &out->kind));
    const proof_form *form = eh_proof_form(out->kind);
    for (size_t i = 0; i < form->n_fields; i++) {
        r->field = form->fields[i].name;
        EH_TRY(expect(r, "  \""));
        EH_TRY(expect(r, r->field));
        EH_TRY(expect(r, "\": "));
        EH_TRY(read_value(r, out, &form->fields[i], i ? &form->fields[i - 1] : NULL));
        EH_TRY(expect(r, ",\n"));
    }
    eh_sha256 hash;
    eh_sha256_init(&hash);
    eh_sha256_add(&hash, r->text.data, r->at);
    eh_sha256_digest(&hash, out->check_found.bytes);
    r->field = "check";
    EH_TRY(expect(r, "  \"check\": "));
    EH_TRY(read_hex(r, out->check.bytes, EH_HASH_SIZE));
    EH_TRY(expect(r, "\n}\n"));
    return r->at == r->text.size ? EH_OK : bad(r, "something stands behind the end");
}

eh_status eh_proof_parse(eh_context *ctx, eh_str text, const char *name, eh_proof *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_proof){.ctx = ctx};
    proof_reader reader = {.name = name, .text = text, .field = "file", .err = err};
    eh_status status = read_fields(&reader, out);
    if (status != EH_OK) eh_proof_release(out);
    return status;
}

eh_status eh_proof_read(eh_context *ctx, const char *path, eh_proof *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_proof){.ctx = ctx};
    FILE *file = fopen(path, "rb");
    if (!file) return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be opened: %s", strerror(errno));
    char *text = eh_alloc(ctx, eh_proof_most_size + 1, 1, err);
    size_t size = text ? fread(text, 1, eh_proof_most_size + 1, file) : 0;
    bool is_bad = ferror(file) != 0;
    (void)fclose(file);
    eh_status status = EH_OK;
    if (!text)
        status = err->status;
    else if (is_bad)
        status = eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be read");
    else if (size > eh_proof_most_size)
        status = eh_fail_at(err, EH_E_FORMAT, path, -1, eh_proof_most_size, "is larger than a proof ever is");
    else
        status = eh_proof_parse(ctx, (eh_str){text, size}, path, out, err);
    eh_free(ctx, text);
    return status;
}

/* ---- whether it holds -------------------------------------------------------------------------------------------- */

static eh_status fails(const char *name, const char *field, const char *what, eh_error *err)
{
    return eh_fail_at(err, EH_E_FORMAT, name, -1, -1, "%s: %s", field, what);
}

static bool is_same(const eh_hash *a, const eh_hash *b) { return memcmp(a->bytes, b->bytes, EH_HASH_SIZE) == 0; }

static eh_status check_head(const char *name, const eh_head *head, bool is_first, eh_error *err)
{
    if (!head->has_signature || eh_head_is_signed(head)) return EH_OK;
    return fails(name,
                 is_first ? "first_n_leaves, first_root, first_head_time, first_public_key or first_signature"
                          : "n_leaves, root, head_time, public_key or signature",
                 "the signature does not fit: one of these was changed", err);
}

static eh_status check_leaf(const char *name, const eh_proof *p, eh_error *err)
{
    const eh_ledger_leaf leaf = {
        .seq = p->seq,
        .time_us = p->time_us,
        .actor = eh_str_of(p->actor),
        .type = eh_str_of(p->type),
        .payload_hash = p->payload_hash,
    };
    eh_hash hash;
    bool fits = eh_leaf_hash_of(&leaf, &hash) && is_same(&hash, &p->leaf_hash), commits = true;
    if (p->has_payload) {
        eh_hash commitment = eh_commitment_of(&p->salt, (eh_str){p->payload, p->payload_size});
        commits = is_same(&commitment, &p->payload_hash);
    }
    if (!commits)
        return fails(name, fits ? "salt or payload" : "payload_hash", "the payload is not what the leaf commits to", err);
    if (fits) return EH_OK;
    bool is_fresh = eh_merkle_includes(&hash, p->seq, p->head.n_leaves, &p->path, &p->head.root);
    if (is_fresh) return fails(name, "leaf_hash", "the fields of the leaf give another hash, which leads to the root", err);
    return fails(name, p->has_payload ? "seq, time, actor or type" : "seq, time, actor, type or payload_hash",
                 "the fields of the leaf do not give its leaf_hash: one was changed", err);
}

/* What n_leaves says is bound by a signature, not by a path: without one, the check alone tells that it was changed. */
static eh_status check_file(const char *name, const eh_proof *p, eh_error *err)
{
    bool is_signed = p->head.has_signature && (p->kind != EH_PROOF_CONSISTENCY || p->first.has_signature);
    if (is_same(&p->check, &p->check_found)) return EH_OK;
    return fails(name, is_signed ? "check" : p->kind == EH_PROOF_CONSISTENCY ? "first_n_leaves, n_leaves or check" : "n_leaves or check",
                 "the file was changed since it was written", err);
}

eh_status eh_proof_verify(const eh_proof *p, const char *name, eh_error *err)
{
    EH_TRY(check_head(name, &p->head, false, err));
    if (p->kind == EH_PROOF_CONSISTENCY) EH_TRY(check_head(name, &p->first, true, err));
    if (p->kind == EH_PROOF_HEAD && !p->head.has_signature) return fails(name, "signature", "is missing", err);
    if (p->kind == EH_PROOF_INCLUSION) {
        EH_TRY(check_leaf(name, p, err));
        if (!eh_merkle_includes(&p->leaf_hash, p->seq, p->head.n_leaves, &p->path, &p->head.root))
            return fails(name, p->head.has_signature ? "path" : "path, n_leaves or root", "the path does not lead from the leaf to the root",
                         err);
    }
    if (p->kind == EH_PROOF_CONSISTENCY &&
        !eh_merkle_is_consistent(p->first.n_leaves, &p->first.root, p->head.n_leaves, &p->head.root, &p->path))
        return fails(name,
                     p->head.has_signature && p->first.has_signature ? "path"
                     : p->first.has_signature                        ? "path, n_leaves or root"
                     : p->head.has_signature                         ? "path, first_n_leaves or first_root"
                                                                     : "path, first_n_leaves, first_root, n_leaves or root",
                     "the later log does not begin with the earlier one", err);
    return check_file(name, p, err);
}
