/*
 * Signed tree heads. What is signed (Ed25519, RFC 8032) are these lines, each ending with a line feed:
 *
 *   evenhand tree head 1
 *   leaves 17
 *   root 5dc9da79...                     (64 hex digits)
 *   time 2026-11-24T12:39:37.000123Z
 *
 * A head binds the root to the number of leaves, which a path alone does not.
 */
#include "ledger/ledger_private.h"

#include "base/hash.h"
#include "base/time.h"

#include <sodium.h>
#include <stdio.h>
#include <time.h>

_Static_assert((int)EH_KEY_SIZE == (int)crypto_sign_PUBLICKEYBYTES && (int)EH_KEY_SIZE == (int)crypto_sign_SEEDBYTES &&
                   (int)EH_SIGNATURE_SIZE == (int)crypto_sign_BYTES,
               "sizes of Ed25519");

eh_status eh_ledger_start_crypto(eh_error *err)
{
    return sodium_init() >= 0 ? EH_OK : eh_fail(err, EH_E_IO, "the system gives no random bytes; is /dev/urandom there?");
}

size_t eh_head_bytes(const eh_head *head, char text[eh_head_text_size])
{
    char time[eh_ledger_time_size], hex[EH_HASH_TEXT_SIZE];
    if (!eh_ledger_time_text(head->time_us, time)) return 0;
    int n = snprintf(text, eh_head_text_size, "evenhand tree head 1\nleaves %llu\nroot %s\ntime %s\n",
                     (unsigned long long)head->n_leaves, eh_hash_text(&head->root, hex), time);
    return n > 0 && n < eh_head_text_size ? (size_t)n : 0;
}

bool eh_head_is_signed(const eh_head *head)
{
    char text[eh_head_text_size];
    size_t size = head->has_signature ? eh_head_bytes(head, text) : 0;
    return size > 0 && sodium_init() >= 0 &&
           crypto_sign_verify_detached(head->signature, (const unsigned char *)text, size, head->public_key) == 0;
}

static eh_status sign(const eh_key *key, eh_head *head, eh_error *err)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    char text[eh_head_text_size];
    struct timespec now = {0};
    EH_TRY(eh_ledger_start_crypto(err));
    (void)clock_gettime(CLOCK_REALTIME, &now);
    head->time_us = (int64_t)now.tv_sec * EH_SECOND_US + now.tv_nsec / 1000;
    size_t size = eh_head_bytes(head, text);
    if (size == 0) return eh_fail(err, EH_E_INVALID, "the clock of this machine gives no valid time; set it right");
    (void)crypto_sign_seed_keypair(public_key, secret, key->seed);
    bool is_good = crypto_sign_detached(head->signature, NULL, (const unsigned char *)text, size, secret) == 0;
    sodium_memzero(secret, sizeof secret);
    memcpy(head->public_key, public_key, sizeof public_key);
    head->has_signature = is_good;
    return is_good ? EH_OK : eh_fail(err, EH_E_INVALID, "the tree head could not be signed");
}

/* ---- stored heads ------------------------------------------------------------------------------------------------ */

static eh_status store_head(eh_ledger *ledger, const eh_head *head, eh_error *err)
{
    char root[EH_HASH_TEXT_SIZE], public_key[2 * EH_KEY_SIZE + 1], signature[2 * EH_SIGNATURE_SIZE + 1];
    eh_appender *a;
    eh_hex_text(head->public_key, sizeof head->public_key, public_key);
    eh_hex_text(head->signature, sizeof head->signature, signature);
    EH_TRY(eh_appender_open(ledger->store, "ledger_heads", &a, err));
    eh_appender_int(a, (int64_t)head->n_leaves);
    eh_appender_text(a, eh_str_of(eh_hash_text(&head->root, root)));
    eh_appender_time(a, head->time_us);
    eh_appender_text(a, eh_str_of(public_key));
    eh_appender_text(a, eh_str_of(signature));
    eh_status status = eh_appender_end_row(a, err);
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

eh_status eh_ledger_sign(eh_ledger *ledger, const eh_key *key, eh_head *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_ledger_check check;
    *out = (eh_head){0};
    if (!key->is_secret) return eh_fail(err, EH_E_INVALID, "a public key cannot sign; give the file of the secret key");
    EH_TRY(eh_ledger_verify(ledger, &(eh_ledger_check_options){0}, &check, err));
    if (check.n_problems > 0)
        return eh_fail_at(err, EH_E_FORMAT, eh_store_path(ledger->store), -1, -1,
                          "its ledger is damaged, so it is not signed; see: evenhand ledger verify");
    if (check.n_leaves == 0)
        return eh_fail_at(err, EH_E_NOT_FOUND, eh_store_path(ledger->store), -1, -1,
                          "its ledger is empty: there is nothing to sign yet; import an archive first");
    out->n_leaves = check.n_leaves;
    out->root = check.root;
    EH_TRY(sign(key, out, err));
    EH_TRY(eh_store_exec(ledger->store, "BEGIN", err));
    eh_status status = store_head(ledger, out, err);
    if (status == EH_OK) status = eh_store_exec(ledger->store, "COMMIT", err);
    if (status != EH_OK) eh_store_rollback(ledger->store);
    return status;
}

typedef struct head_reader {
    eh_head_fn fn;
    void *data;
} head_reader;

/* A head with a damaged cell is handed on without a signature: it vouches for nothing. */
static eh_status take_head(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    const head_reader *reader = data;
    eh_head head = {0};
    bool is_good = cells[0].type == EH_CELL_INT && cells[0].integer > 0 && cells[2].type == EH_CELL_TIME;
    head.n_leaves = cells[0].type == EH_CELL_INT ? (uint64_t)cells[0].integer : UINT64_MAX;
    head.time_us = cells[2].type == EH_CELL_TIME ? cells[2].integer : EH_TIME_NONE;
    is_good &= cells[1].type == EH_CELL_TEXT && eh_hash_of_text(cells[1].text, &head.root);
    is_good &= cells[3].type == EH_CELL_TEXT && eh_bytes_of_hex(cells[3].text, head.public_key, EH_KEY_SIZE);
    is_good &= cells[4].type == EH_CELL_TEXT && eh_bytes_of_hex(cells[4].text, head.signature, EH_SIGNATURE_SIZE);
    head.has_signature = is_good;
    return reader->fn(reader->data, &head, err);
}

eh_status eh_ledger_each_head(eh_ledger *ledger, eh_head_fn fn, void *data, eh_error *err)
{
    head_reader reader = {fn, data};
    return eh_store_query(ledger->store,
                          "SELECT n_leaves, root_hash, time, public_key, signature FROM ledger_heads ORDER BY n_leaves, time, "
                          "public_key",
                          NULL, take_head, &reader, err);
}

typedef struct head_search {
    uint64_t seq, n;
    eh_head *found;
    bool is_found;
} head_search;

static eh_status look_at(void *data, const eh_head *head, eh_error *err)
{
    (void)err;
    head_search *search = data;
    bool is_wanted = search->n ? head->n_leaves == search->n : head->n_leaves > search->seq;
    if (!is_wanted || !eh_head_is_signed(head)) return EH_OK;
    *search->found = *head; /* in order of n_leaves: the last one is the largest */
    search->is_found = true;
    return EH_OK;
}

eh_status eh_ledger_find_head(eh_ledger *ledger, uint64_t seq, uint64_t n, eh_head *out, bool *is_found, eh_error *err)
{
    head_search search = {seq, n, out, false};
    EH_TRY(eh_ledger_each_head(ledger, look_at, &search, err));
    *is_found = search.is_found;
    return EH_OK;
}
