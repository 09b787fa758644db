/* Every single-byte change is seen: of a proof, a signed head and a key file, in every place; of the tables, in random ones. */
#include "../unit/investigation_helper.h"

#include "base/rng.h"
#include "ledger/ledger_private.h"

static eh_context *ctx;
static eh_investigation *inv;
static eh_key key;

/* 37 leaves, heads at 20 and 37, two payloads purged. */
static void start(void)
{
    const uint64_t purged[] = {3, 30};
    eh_head head;
    ctx = new_context(1);
    inv = open_investigation(ctx, scratch("bytes.duckdb"), EH_OPEN_CREATE);
    CHECK_OK(eh_key_new(ctx, scratch("bytes.key"), "Dora \"D\" \\ \xc3\xa9", &key, &err), err);
    for (int i = 0; i < 36; i++) {
        CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
        CHECK_OK(eh_ledger_append(inv->ledger, i % 2 ? "run" : "claim", eh_str_of(i % 3 ? "M\xc3\xbcller, \"A\"" : ""),
                                  eh_str_of("{\"k\": \"\\\\ \t \xd9\x85\"}"), NULL, &err), err);
        CHECK_OK(eh_store_exec(inv->store, "COMMIT", &err), err);
        if (i == 19) CHECK_OK(eh_ledger_sign(inv->ledger, &key, &head, &err), err);
    }
    CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
    CHECK_OK(eh_ledger_purge(inv->ledger, purged, 2, eh_str_of(""), &err), err);
    CHECK_OK(eh_store_exec(inv->store, "COMMIT", &err), err);
    CHECK_OK(eh_ledger_sign(inv->ledger, &key, &head, &err), err);
}

/* ---- files ------------------------------------------------------------------------------------------------------------ */

static eh_status read_and_verify(eh_str text)
{
    static eh_proof proof;
    err = (eh_error)EH_ERROR_INIT;
    eh_status status = eh_proof_parse(ctx, text, "proof", &proof, &err);
    if (status != EH_OK) return status;
    status = eh_proof_verify(&proof, "proof", &err);
    eh_proof_release(&proof);
    return status;
}

/* Each byte by its lowest and highest bit, by a random one, and taken out; and the end cut off. */
static void every_byte_matters(const eh_proof *proof, eh_rng *rng)
{
    eh_buf text = EH_BUF_INIT(ctx);
    CHECK_OK(eh_proof_text(proof, &text, &err), err);
    CHECK_OK(read_and_verify(eh_buf_str(&text)), err);
    for (size_t i = 0; i < text.size; i++) {
        const char kept = text.data[i];
        const char changes[3] = {(char)(kept ^ 1), (char)(kept ^ 0x80), (char)(kept ^ (char)(1 + eh_rng_below(rng, 255)))};
        for (size_t c = 0; c < 3; c++) {
            text.data[i] = changes[c];
            if (read_and_verify(eh_buf_str(&text)) != EH_E_FORMAT) {
                printf("byte %zu of:\n%.*s", i, (int)text.size, text.data);
                CHECK(!"a changed byte was not seen");
            }
            /* Located: the place, or the field. */
            CHECK(err.byte >= 0 || strchr(err.message, ':'));
        }
        text.data[i] = kept;
        CHECK(read_and_verify((eh_str){text.data, i}) == EH_E_FORMAT);
        if (i + 1 < text.size && text.data[i] == text.data[i + 1]) continue; /* taking out either is the same */
        char *rest = text.data + i;
        memmove(rest, rest + 1, text.size - i - 1);
        CHECK(read_and_verify((eh_str){text.data, text.size - 1}) == EH_E_FORMAT);
        memmove(rest + 1, rest, text.size - i - 1);
        *rest = kept;
    }
    CHECK_OK(read_and_verify(eh_buf_str(&text)), err);
    eh_buf_release(&text);
}

static void every_byte_of_a_proof_matters(void)
{
    static eh_proof proof;
    eh_rng rng = eh_rng_of(5, 0);
    start();
    static const struct {
        uint64_t seq, n;
        bool with_payload;
    } leaves[] = {{0, 37, true}, {5, 0, false}, {3, 37, false}, {36, 0, true}, {7, 13, true}, {0, 1, false}};
    for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++) {
        CHECK_OK(eh_ledger_prove_leaf(inv->ledger, leaves[i].seq, leaves[i].n, leaves[i].with_payload, &proof, &err), err);
        CHECK(proof.head.has_signature == (leaves[i].n == 0 || leaves[i].n == 37));
        every_byte_matters(&proof, &rng);
        eh_proof_release(&proof);
    }
    static const uint64_t growths[][2] = {{20, 37}, {1, 37}, {20, 21}, {8, 16}, {6, 13}, {9, 9}};
    for (size_t i = 0; i < sizeof growths / sizeof *growths; i++) {
        CHECK_OK(eh_ledger_prove_growth(inv->ledger, growths[i][0], growths[i][1], &proof, &err), err);
        every_byte_matters(&proof, &rng);
        eh_proof_release(&proof);
    }
    bool is_found;
    eh_head head;
    CHECK_OK(eh_ledger_find_head(inv->ledger, 0, 20, &head, &is_found, &err), err);
    CHECK(is_found);
    eh_proof_of_head(ctx, &head, &proof);
    every_byte_matters(&proof, &rng);
}

static void every_byte_of_a_key_matters(void)
{
    for (int is_public = 0; is_public < 2; is_public++) {
        size_t size;
        const char *path = scratch(is_public ? "bytes.key.pub" : "bytes.key"), *changed = scratch("changed.key");
        char *text = read_whole(path, &size);
        eh_key read;
        CHECK_OK(eh_key_read(ctx, path, &read, &err), err);
        CHECK(memcmp(read.public_key, key.public_key, EH_KEY_SIZE) == 0 && strcmp(read.name, key.name) == 0);
        for (size_t i = 0; i < size; i++) {
            text[i] ^= 1;
            FILE *file = fopen(changed, "wb");
            CHECK(file && fwrite(text, 1, size, file) == size && fclose(file) == 0);
            CHECK(eh_key_read(ctx, changed, &read, &err) == EH_E_FORMAT);
            CHECK(err.byte >= 0 && err.message[0]);
            text[i] ^= 1;
        }
        free(text);
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------------ */

typedef struct search {
    uint64_t seq;
    bool is_found;
} search;

static void note_problem(void *data, const eh_ledger_problem *problem)
{
    search *wanted = data;
    if (problem->seq == wanted->seq) wanted->is_found = true;
}

/* A random cell of a random row, one character of it or one digit of a number: verification must tell, and of a leaf which. */
static void every_cell_of_the_tables_matters(void)
{
    static const struct {
        const char *table, *column, *set; /* set: %1 = column, %2 = place, %3 = character */
    } cells[] = {
        {"ledger", "actor", NULL},           {"ledger", "type", NULL},           {"ledger", "payload_hash", NULL},
        {"ledger", "leaf_hash", NULL},       {"ledger", "time", "time + to_microseconds(%d)"},
        {"ledger", "seq", "seq + %d"},       {"ledger_payloads", "salt", NULL},  {"ledger_payloads", "payload", NULL},
        {"ledger_payloads", "seq", "seq + %d"}, {"ledger_heads", "root_hash", NULL}, {"ledger_heads", "signature", NULL},
        {"ledger_heads", "public_key", NULL}, {"ledger_heads", "n_leaves", "n_leaves + %d"},
        {"ledger_heads", "time", "time + to_microseconds(%d)"}, {"ledger_tree", "edge", NULL},
        {"ledger_tree", "n_leaves", "n_leaves + %d"},
    };
    eh_rng rng = eh_rng_of(6, 0);
    uint64_t n_changes = 0;
    for (int round = 0; round < 20; round++)
        for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
            char sql[512], set[256];
            const char *table = cells[c].table, *column = cells[c].column;
            snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
            uint64_t row = eh_rng_below(&rng, (uint64_t)count(inv, sql));
            snprintf(sql, sizeof sql, "SELECT rowid FROM %s ORDER BY ALL LIMIT 1 OFFSET %llu", table, (unsigned long long)row);
            int64_t place = count(inv, sql);
            bool is_leaf = strcmp(table, "ledger") == 0 || strcmp(table, "ledger_payloads") == 0;
            snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE rowid = %lld", is_leaf ? "seq" : "0", table, (long long)place);
            int64_t seq = count(inv, sql);
            if (cells[c].set) {
                int64_t step = (int64_t)eh_rng_below(&rng, 1000) + 1;
                char digits[32], form[64];
                snprintf(digits, sizeof digits, "%lld", (long long)(eh_rng_below(&rng, 2) ? step : -step));
                snprintf(form, sizeof form, "%s", cells[c].set);
                char *at = strstr(form, "%d");
                *at = 0;
                snprintf(set, sizeof set, "%s%s%s", form, digits, at + 2);
            } else {
                snprintf(sql, sizeof sql, "SELECT length(%s) FROM %s WHERE rowid = %lld", column, table, (long long)place);
                int64_t size = count(inv, sql), at = size ? (int64_t)eh_rng_below(&rng, (uint64_t)size) + 1 : 1;
                snprintf(set, sizeof set, "substr(%s, 1, %lld) || chr((ascii(substr(%s, %lld, 1)) %% 90) + 33) || substr(%s, %lld)", column,
                         (long long)at - 1, column, (long long)at, column, (long long)at + 1);
            }
            CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
            CHECK_OK(eh_store_execf(inv->store, &err, "UPDATE %s SET %s = %s WHERE rowid = %lld", table, column, set, (long long)place), err);
            search wanted = {(uint64_t)seq, false};
            eh_ledger_check check;
            const eh_ledger_check_options options = {.on_problem = note_problem, .data = &wanted};
            CHECK_OK(eh_ledger_verify(inv->ledger, &options, &check, &err), err);
            if (check.n_problems == 0) printf("%s.%s of row %lld = %s\n", table, column, (long long)place, set);
            CHECK(check.n_problems > 0);
            CHECK(!is_leaf || wanted.is_found);
            CHECK_OK(eh_store_exec(inv->store, "ROLLBACK", &err), err);
            n_changes++;
        }
    CHECK_EQ_INT(n_changes, 320);
    eh_ledger_check check;
    CHECK_OK(eh_ledger_verify(inv->ledger, &(eh_ledger_check_options){0}, &check, &err), err);
    CHECK_EQ_INT(check.n_problems, 0);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

CHECK_MAIN(every_byte_of_a_proof_matters, every_byte_of_a_key_matters, every_cell_of_the_tables_matters, removes_scratch)
