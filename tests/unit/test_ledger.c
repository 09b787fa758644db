/* The log in an investigation: its bytes, appending, signing, purging, and where verification says that something was changed. */
#include "investigation_helper.h"

#include "base/hash.h"
#include "ledger/ledger_private.h"

/* Computed with Python's hashlib from the bytes that docs/methods/ledger.md gives. */
static void bytes_are_as_documented(void)
{
    eh_hash salt, hash;
    char text[EH_HASH_TEXT_SIZE], leaf_text[eh_leaf_text_size], time[eh_ledger_time_size];
    for (unsigned i = 0; i < 32; i++) salt.bytes[i] = (unsigned char)i;
    hash = eh_commitment_of(&salt, eh_str_of("{\"source_id\": 1}"));
    CHECK_EQ_STR(eh_hash_text(&hash, text), "d727c4da94de667ccd36f40232e4d0fc4cc933c69f8182e56e88ca480bda2bb2");
    eh_ledger_leaf leaf = {.seq = 17, .time_us = 1795523977000123, .actor = eh_str_of("Maria"), .type = eh_str_of("import")};
    CHECK_EQ_INT(eh_leaf_bytes(&leaf, leaf_text), 153);
    CHECK(eh_leaf_hash_of(&leaf, &hash));
    CHECK_EQ_STR(eh_hash_text(&hash, text), "8958631df353ad7436fb4f1f948e803af67d9c370ad4899b90e51d449d845e11");
    CHECK(eh_ledger_time_text(0, time));
    CHECK_EQ_STR(time, "1970-01-01T00:00:00.000000Z");
    int64_t back;
    CHECK(eh_ledger_time_of_text(eh_str_of("2026-11-24T12:39:37.000123Z"), &back));
    CHECK_EQ_INT(back, 1795523977000123);
    static const char *const no_times[] = {"2026-11-24T12:39:37.000123z", "2026-11-24 12:39:37.000123Z", "2026-11-24T12:39:37Z",
                                           "2026-02-30T12:39:37.000123Z", "2026-11-24T24:39:37.000123Z", "2026-11-24T12:39:60.000123Z"};
    for (size_t i = 0; i < sizeof no_times / sizeof *no_times; i++) CHECK(!eh_ledger_time_of_text(eh_str_of(no_times[i]), &back));
}

/* ---- a log ----------------------------------------------------------------------------------------------------------- */

static uint64_t append(eh_investigation *inv, const char *type, const char *actor, const char *payload)
{
    uint64_t seq;
    CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
    CHECK_OK(eh_ledger_append(inv->ledger, type, eh_str_of(actor), eh_str_of(payload), &seq, &err), err);
    CHECK_OK(eh_store_exec(inv->store, "COMMIT", &err), err);
    return seq;
}

static eh_investigation *new_log(eh_context *ctx, const char *name, int n)
{
    char payload[64];
    eh_investigation *inv = open_investigation(ctx, scratch(name), EH_OPEN_CREATE);
    for (int i = 0; i < n; i++) {
        snprintf(payload, sizeof payload, "{\"number\": %d}", i);
        CHECK_EQ_INT(append(inv, i % 2 ? "decision" : "claim", i % 3 ? "Maria" : "", payload), i);
    }
    return inv;
}

typedef struct first_problem {
    uint64_t n, seq;
    char field[128], message[256];
} first_problem;

static void note_problem(void *data, const eh_ledger_problem *problem)
{
    first_problem *first = data;
    if (first->n++) return;
    first->seq = problem->seq;
    snprintf(first->field, sizeof first->field, "%s", problem->field);
    snprintf(first->message, sizeof first->message, "%s", problem->message);
}

static eh_ledger_check verify_with(eh_investigation *inv, const eh_key *key, const eh_anchor *anchor, first_problem *first)
{
    eh_ledger_check check;
    *first = (first_problem){0};
    const eh_ledger_check_options options = {
        .key = key, .anchors = anchor, .n_anchors = anchor ? 1 : 0, .on_problem = note_problem, .data = first};
    CHECK_OK(eh_ledger_verify(inv->ledger, &options, &check, &err), err);
    CHECK_EQ_INT(check.n_problems, first->n);
    return check;
}

static eh_ledger_check verify(eh_investigation *inv, first_problem *first) { return verify_with(inv, NULL, NULL, first); }

static void check_whole(eh_investigation *inv, uint64_t n_leaves)
{
    first_problem first;
    eh_ledger_check check = verify(inv, &first);
    CHECK_EQ_STR(first.message, "");
    CHECK_EQ_INT(check.n_leaves, n_leaves);
}

static void a_log_grows(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("grows.duckdb"), EH_OPEN_CREATE);
    check_whole(inv, 0);
    eh_merkle tree = {0};
    for (int i = 0; i < 20; i++) {
        CHECK_EQ_INT(append(inv, "claim", "Maria", "{}"), i);
        eh_hash *leaves, root;
        uint64_t n;
        first_problem first;
        CHECK_OK(eh_ledger_load_hashes(inv->ledger, &leaves, &n, &err), err);
        CHECK_EQ_INT(n, i + 1);
        eh_merkle_add(&tree, &leaves[i]);
        eh_free(ctx, leaves);
        root = eh_merkle_root(&tree);
        eh_ledger_check check = verify(inv, &first);
        CHECK_EQ_STR(first.message, "");
        CHECK(memcmp(check.root.bytes, root.bytes, sizeof root.bytes) == 0);
    }
    /* Many at once; a rolled back leaf leaves no trace. */
    eh_ledger_record records[300];
    uint64_t first_seq;
    for (size_t i = 0; i < 300; i++) records[i] = (eh_ledger_record){"decision", {NULL, 0}, eh_str_of("{}")};
    for (int round = 0; round < 2; round++) {
        CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
        CHECK_OK(eh_ledger_append_all(inv->ledger, records, 300, &first_seq, &err), err);
        CHECK_EQ_INT(first_seq, 20);
        CHECK_OK(eh_store_exec(inv->store, round ? "COMMIT" : "ROLLBACK", &err), err);
        check_whole(inv, round ? 320 : 20);
    }
    /* Equal records have different leaves: the salts see to that. */
    CHECK_EQ_INT(count(inv, "SELECT count(DISTINCT payload_hash) FROM ledger"), 320);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

static void bad_records_are_refused(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = new_log(ctx, "refused.duckdb", 1);
    static const struct {
        const char *type, *actor, *payload;
    } bad[] = {{"", "", ""}, {"Claim", "", ""}, {"a type", "", ""}, {"abcdefghijklmnopqrstuvwxyzabcdefg", "", ""},
               {"claim", "two\nlines", ""}, {"claim", "\xff", ""}, {"claim", "", "\xc3"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(eh_ledger_append(inv->ledger, bad[i].type, eh_str_of(bad[i].actor), eh_str_of(bad[i].payload), NULL, &err) == EH_E_INVALID);
        CHECK(err.message[0]);
    }
    CHECK(eh_ledger_append(inv->ledger, "claim", (eh_str){NULL, 0}, (eh_str){"a\0b", 3}, NULL, &err) == EH_E_INVALID);
    check_whole(inv, 1);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* ---- changes are seen, and where ------------------------------------------------------------------------------------- */

static void changes_are_located(void)
{
#define FLIP(column) "UPDATE ledger SET " column " = (CASE WHEN " column "[1] = 'a' THEN 'b' ELSE 'a' END) || substr(" column ", 2) WHERE seq = 5"
    static const struct {
        const char *change, *field;
        uint64_t seq;
    } cases[] = {
        {"UPDATE ledger SET time = time + INTERVAL 1 MICROSECOND WHERE seq = 5", "time, actor or type", 5},
        {"UPDATE ledger SET actor = 'Mario' WHERE seq = 5", "time, actor or type", 5},
        {"UPDATE ledger SET actor = '' WHERE seq = 5", "time, actor or type", 5},
        {"UPDATE ledger SET type = 'claim' WHERE seq = 5", "time, actor or type", 5},
        {"UPDATE ledger SET type = 'Decision' WHERE seq = 5", "time, actor or type", 5},
        {FLIP("payload_hash"), "payload_hash", 5},
        {FLIP("leaf_hash"), "leaf_hash", 5},
        {"UPDATE ledger SET leaf_hash = upper(leaf_hash) WHERE seq = 5", "payload_hash or leaf_hash", 5},
        {"UPDATE ledger SET seq = 6 WHERE seq = 5", "leaf", 5},
        {"UPDATE ledger SET seq = -6 WHERE seq = 5", "leaf", 5},
        {"UPDATE ledger SET seq = 12 WHERE seq = 12 - 1", "leaf", 11},
        {"UPDATE ledger SET seq = 9000000000000 WHERE seq = 0", "leaf", 0},
        {"DELETE FROM ledger WHERE seq = 5", "leaf", 5},
        {"DELETE FROM ledger WHERE seq BETWEEN 5 AND 7", "leaf", 5},
        {"DELETE FROM ledger WHERE seq = 11", "payload", 11},
        {"DELETE FROM ledger; DELETE FROM ledger_payloads", "ledger_tree", UINT64_MAX},
        {"INSERT INTO ledger SELECT * FROM ledger WHERE seq = 5", "leaf", 5},
        {"UPDATE ledger_payloads SET payload = '{\"number\": 6}' WHERE seq = 5", "salt or payload", 5},
        {"UPDATE ledger_payloads SET payload = payload || ' ' WHERE seq = 5", "salt or payload", 5},
        {"UPDATE ledger_payloads SET salt = reverse(salt) WHERE seq = 5", "salt or payload", 5},
        {"UPDATE ledger_payloads SET salt = upper(salt) || 'A' WHERE seq = 5", "salt", 5},
        {"UPDATE ledger_payloads SET seq = 77 WHERE seq = 5", "payload", 5},
        {"DELETE FROM ledger_payloads WHERE seq = 5", "payload", 5},
        {"INSERT INTO ledger_payloads SELECT * FROM ledger_payloads WHERE seq = 5", "payload", 5},
        {"UPDATE ledger_tree SET n_leaves = 13", "ledger_tree", UINT64_MAX},
        {"UPDATE ledger_tree SET edge = reverse(edge)", "ledger_tree", UINT64_MAX},
        {"DELETE FROM ledger_tree", "ledger_tree", UINT64_MAX},
        {"UPDATE ledger_heads SET n_leaves = 7", "n_leaves or root_hash", 7},
        {"UPDATE ledger_heads SET root_hash = reverse(root_hash)", "n_leaves or root_hash", 8},
        {"UPDATE ledger_heads SET time = time + INTERVAL 1 MICROSECOND", "time, public_key or signature", 8},
        {"UPDATE ledger_heads SET signature = reverse(signature)", "time, public_key or signature", 8},
        {"UPDATE ledger_heads SET public_key = reverse(public_key)", "time, public_key or signature", 8},
    };
    eh_context *ctx = new_context(1);
    eh_investigation *inv = new_log(ctx, "located.duckdb", 8);
    eh_key key;
    eh_head head;
    CHECK_OK(eh_key_new(ctx, scratch("located.key"), "", &key, &err), err);
    CHECK_OK(eh_ledger_sign(inv->ledger, &key, &head, &err), err);
    for (int i = 8; i < 12; i++) (void)append(inv, "claim", "", "{}");
    check_whole(inv, 12);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        first_problem first;
        CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
        CHECK_OK(eh_store_exec(inv->store, cases[i].change, &err), err);
        (void)verify(inv, &first);
        if (strcmp(first.field, cases[i].field) != 0) printf("%s: %s: %s\n", cases[i].change, first.field, first.message);
        CHECK_EQ_STR(first.field, cases[i].field);
        CHECK_EQ_INT(first.seq, cases[i].seq);
        CHECK_OK(eh_store_exec(inv->store, "ROLLBACK", &err), err);
    }
    check_whole(inv, 12);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* Who can write can rewrite: a leaf with its hash, with the tree too, is only held by what lies elsewhere. */
static void rewrite(eh_investigation *inv, uint64_t seq, bool with_tree)
{
    char sql[512], hex[EH_HASH_TEXT_SIZE];
    eh_hash *leaves, hash;
    uint64_t n;
    snprintf(sql, sizeof sql, "SELECT payload_hash FROM ledger WHERE seq = %llu", (unsigned long long)seq);
    eh_ledger_leaf leaf = {.seq = seq, .time_us = 1795523977000123, .actor = eh_str_of("Nobody"), .type = eh_str_of("claim")};
    CHECK(eh_hash_of_text(eh_str_of(text_of(inv, sql)), &leaf.payload_hash));
    CHECK(eh_leaf_hash_of(&leaf, &hash));
    CHECK_OK(eh_store_execf(inv->store, &err,
                            "UPDATE ledger SET actor = 'Nobody', type = 'claim', time = make_timestamp(1795523977000123), leaf_hash = '%s' "
                            "WHERE seq = %llu", eh_hash_text(&hash, hex), (unsigned long long)seq), err);
    if (!with_tree) return;
    eh_merkle tree = {0};
    CHECK_OK(eh_ledger_load_hashes(inv->ledger, &leaves, &n, &err), err);
    for (uint64_t i = 0; i < n; i++) eh_merkle_add(&tree, &leaves[i]);
    eh_free(inv->ctx, leaves);
    eh_buf edge = EH_BUF_INIT(inv->ctx);
    for (int k = 63; k >= 0; k--)
        if (n >> k & 1) CHECK_OK(eh_buf_printf(&edge, &err, "%s%s", edge.size ? " " : "", eh_hash_text(&tree.edge[k], hex)), err);
    CHECK_OK(eh_store_execf(inv->store, &err, "UPDATE ledger_tree SET edge = '%s'", edge.data), err);
    eh_buf_release(&edge);
}

static void rewriting_is_held_by_what_lies_elsewhere(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = new_log(ctx, "rewritten.duckdb", 6);
    eh_key key, other;
    eh_head head, second;
    first_problem first;
    CHECK_OK(eh_key_new(ctx, scratch("one.key"), "One", &key, &err), err);
    CHECK_OK(eh_key_new(ctx, scratch("two.key"), "Two", &other, &err), err);
    CHECK_OK(eh_ledger_sign(inv->ledger, &key, &head, &err), err);
    for (int i = 0; i < 4; i++) (void)append(inv, "appeal", "", "{}");
    CHECK_OK(eh_ledger_sign(inv->ledger, &key, &second, &err), err);
    CHECK_EQ_INT(verify_with(inv, &key, NULL, &first).n_signed_leaves, 10);
    CHECK_EQ_INT(first.n, 0);
    const eh_anchor anchor = {second.n_leaves, second.root};

    CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
    rewrite(inv, 7, false);
    (void)verify(inv, &first);
    CHECK_EQ_STR(first.field, "ledger_tree");
    CHECK(strstr(first.message, "leaves 0 to 7"));
    CHECK_OK(eh_store_exec(inv->store, "ROLLBACK", &err), err);

    CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
    rewrite(inv, 7, true);
    (void)verify(inv, &first); /* the second head still tells, and the first says where */
    CHECK_EQ_INT(first.n, 1);
    CHECK(strstr(first.message, "leaves 6 to 9"));
    CHECK_OK(eh_store_exec(inv->store, "DELETE FROM ledger_heads", &err), err);
    (void)verify(inv, &first); /* nothing in the file tells any more: the documented limit */
    CHECK_EQ_INT(first.n, 0);
    (void)verify_with(inv, &key, NULL, &first);
    CHECK_EQ_STR(first.field, "public_key");
    (void)verify_with(inv, NULL, &anchor, &first);
    CHECK_EQ_INT(first.seq, 10);
    CHECK_OK(eh_store_exec(inv->store, "ROLLBACK", &err), err);

    /* Cut off behind the first head: the second tells. */
    CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
    CHECK_OK(eh_store_exec(inv->store, "DELETE FROM ledger WHERE seq >= 6; DELETE FROM ledger_payloads WHERE seq >= 6", &err), err);
    (void)verify_with(inv, &key, &anchor, &first);
    CHECK(first.n >= 3);
    CHECK_OK(eh_store_exec(inv->store, "ROLLBACK", &err), err);

    (void)verify_with(inv, &other, NULL, &first);
    CHECK_EQ_STR(first.field, "public_key");
    eh_ledger_check check = verify_with(inv, &key, &anchor, &first);
    CHECK_EQ_INT(check.n_anchors_met, 1);
    CHECK_EQ_INT(check.n_heads_of_key, 2);
    CHECK_EQ_INT(first.n, 0);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

static void purging_leaves_the_log_whole(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = new_log(ctx, "purged.duckdb", 6);
    first_problem first;
    const uint64_t seqs[] = {4, 1}, twice[] = {2, 2}, far[] = {99}, purge[] = {6};
    eh_ledger_check before = verify(inv, &first);
    CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
    CHECK_OK(eh_ledger_purge(inv->ledger, seqs, 2, eh_str_of("Maria"), &err), err);
    CHECK_OK(eh_store_exec(inv->store, "COMMIT", &err), err);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM ledger_payloads WHERE seq IN (1, 4)"), 0);
    CHECK_EQ_STR(text_of(inv, "SELECT payload FROM ledger_payloads WHERE seq = 6"), "{\"seqs\": [4, 1]}");
    const eh_anchor anchor = {6, before.root};
    eh_ledger_check check = verify_with(inv, NULL, &anchor, &first);
    CHECK_EQ_STR(first.message, "");
    CHECK_EQ_INT(check.n_purged, 2);
    CHECK_EQ_INT(check.n_anchors_met, 1); /* the tree of before is still the same */
    CHECK(eh_ledger_purge(inv->ledger, twice, 2, eh_str_of(""), &err) == EH_E_NOT_FOUND);
    CHECK(eh_ledger_purge(inv->ledger, far, 1, eh_str_of(""), &err) == EH_E_NOT_FOUND);
    CHECK(eh_ledger_purge(inv->ledger, purge, 1, eh_str_of(""), &err) == EH_E_INVALID);
    /* A purged leaf can be proved, but no more shown. */
    eh_proof proof;
    CHECK_OK(eh_ledger_prove_leaf(inv->ledger, 4, 0, false, &proof, &err), err);
    CHECK_OK(eh_proof_verify(&proof, "proof", &err), err);
    CHECK(eh_ledger_prove_leaf(inv->ledger, 4, 0, true, &proof, &err) == EH_E_NOT_FOUND);
    /* Without a payload, a change of its hash is still seen. */
    CHECK_OK(eh_store_exec(inv->store, "UPDATE ledger SET payload_hash = reverse(payload_hash) WHERE seq = 4", &err), err);
    (void)verify(inv, &first);
    CHECK_EQ_INT(first.seq, 4);
    CHECK_EQ_STR(first.field, "time, actor, type or payload_hash");
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

static void a_damaged_log_is_neither_signed_nor_continued(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = new_log(ctx, "unsigned.duckdb", 3);
    eh_key key, public_key;
    eh_head head;
    CHECK_OK(eh_key_new(ctx, scratch("sign.key"), "Desk", &key, &err), err);
    CHECK_OK(eh_key_read(ctx, scratch("sign.key.pub"), &public_key, &err), err);
    CHECK(!public_key.is_secret && strcmp(public_key.name, "Desk") == 0);
    CHECK(memcmp(public_key.public_key, key.public_key, EH_KEY_SIZE) == 0);
    CHECK(eh_ledger_sign(inv->ledger, &public_key, &head, &err) == EH_E_INVALID);
    CHECK_OK(eh_store_exec(inv->store, "UPDATE ledger SET actor = 'x' WHERE seq = 1", &err), err);
    CHECK(eh_ledger_sign(inv->ledger, &key, &head, &err) == EH_E_FORMAT);
    CHECK_OK(eh_store_exec(inv->store, "DELETE FROM ledger WHERE seq = 2", &err), err);
    CHECK(eh_ledger_append(inv->ledger, "claim", eh_str_of(""), eh_str_of("{}"), NULL, &err) == EH_E_FORMAT);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM ledger_heads"), 0);
    eh_investigation_close(inv);
    inv = open_investigation(ctx, scratch("empty.duckdb"), EH_OPEN_CREATE);
    CHECK(eh_ledger_sign(inv->ledger, &key, &head, &err) == EH_E_NOT_FOUND);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* Every allocation fails in turn: a status and a message, no leak, and a log as before. */
static void memory_may_run_out(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = new_log(ctx, "memory.duckdb", 5);
    eh_proof proof;
    for (int what = 0; what < 3; what++) {
        eh_status status = EH_E_NOMEM;
        for (int64_t n = 1; status != EH_OK && n < 400; n++) {
            eh_ledger_check check;
            CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
            eh_context_fail_allocation_after(ctx, n);
            if (what == 0) status = eh_ledger_append(inv->ledger, "claim", eh_str_of("x"), eh_str_of("{}"), NULL, &err);
            if (what == 1) status = eh_ledger_verify(inv->ledger, &(eh_ledger_check_options){0}, &check, &err);
            if (what == 2) status = eh_ledger_prove_leaf(inv->ledger, 2, 0, true, &proof, &err);
            eh_context_fail_allocation_after(ctx, 0);
            CHECK(status == EH_OK || (status == EH_E_NOMEM && err.message[0]));
            CHECK_OK(eh_store_exec(inv->store, "ROLLBACK", &err), err);
        }
        CHECK_EQ_INT(status, EH_OK);
    }
    eh_proof_release(&proof);
    check_whole(inv, 5);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

CHECK_MAIN(bytes_are_as_documented, a_log_grows, bad_records_are_refused, changes_are_located,
           rewriting_is_held_by_what_lies_elsewhere, purging_leaves_the_log_whole, a_damaged_log_is_neither_signed_nor_continued,
           memory_may_run_out, removes_scratch)
