/*
 * Key files: lines of text in this order and form, nothing else, each ending with a line feed.
 *
 *   evenhand secret key 1                evenhand public key 1
 *   name Maria                           name Maria
 *   public 64 hex digits                 public 64 hex digits
 *   seed 64 hex digits                   check 64 hex digits
 *   check 64 hex digits
 *
 * seed: the 32 bytes of the Ed25519 secret key of RFC 8032; public: the key that they give. check: SHA-256 of all lines before,
 * so that a damaged file is not taken for another key. The secret file has mode 0600 and no passphrase.
 */
#include "ledger/ledger_private.h"

#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { key_text_size = 512 };

void eh_key_clear(eh_key *key) { sodium_memzero(key, sizeof *key); }

const char *eh_key_id(const unsigned char public_key[EH_KEY_SIZE], char text[17])
{
    char hex[eh_sha256_hex_size];
    eh_sha256 hash;
    eh_sha256_init(&hash);
    eh_sha256_add(&hash, public_key, EH_KEY_SIZE);
    eh_sha256_final(&hash, hex);
    (void)snprintf(text, 17, "%.16s", hex);
    return text;
}

bool eh_bytes_of_hex(eh_str hex, unsigned char *bytes, size_t n)
{
    eh_hash part;
    if (hex.size != 2 * n) return false;
    for (size_t at = 0; at < n; at += EH_HASH_SIZE) {
        if (!eh_hash_of_text((eh_str){hex.data + 2 * at, (size_t)2 * EH_HASH_SIZE}, &part)) return false;
        memcpy(bytes + at, part.bytes, EH_HASH_SIZE);
    }
    return true;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static size_t key_text(const eh_key *key, bool is_secret, char text[key_text_size])
{
    char public_key[2 * EH_KEY_SIZE + 1], seed[2 * EH_KEY_SIZE + 1], check[eh_sha256_hex_size];
    eh_sha256 hash;
    eh_hex_text(key->public_key, EH_KEY_SIZE, public_key);
    eh_hex_text(key->seed, EH_KEY_SIZE, seed);
    int n = snprintf(text, key_text_size, "evenhand %s key 1\nname %s\npublic %s\n%s%s%s", is_secret ? "secret" : "public",
                     key->name, public_key, is_secret ? "seed " : "", is_secret ? seed : "", is_secret ? "\n" : "");
    eh_sha256_init(&hash);
    eh_sha256_add(&hash, text, (size_t)n);
    eh_sha256_final(&hash, check);
    n += snprintf(text + n, key_text_size - (size_t)n, "check %s\n", check);
    sodium_memzero(seed, sizeof seed);
    return (size_t)n;
}

/* A new file or a failure: a key that is overwritten is lost for good. */
static eh_status write_new(const char *path, mode_t mode, const char *text, size_t size, eh_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0 && errno == EEXIST)
        return eh_fail_at(err, EH_E_IO, path, -1, -1, "exists already, and a key is never overwritten; choose another name");
    if (fd < 0) return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be created: %s", strerror(errno));
    bool is_good = fchmod(fd, mode) == 0;
    for (size_t at = 0; is_good && at < size;) {
        ssize_t n = write(fd, text + at, size - at);
        if (n > 0) at += (size_t)n;
        is_good = n > 0 || (n < 0 && errno == EINTR);
    }
    is_good = is_good && (fsync(fd) == 0 || errno == EINVAL);
    int cause = errno;
    if (close(fd) != 0) is_good = false;
    if (is_good) return EH_OK;
    (void)unlink(path);
    return eh_fail_at(err, EH_E_IO, path, -1, -1, "could not be written whole: %s; nothing was left behind", strerror(cause));
}

eh_status eh_key_new(eh_context *ctx, const char *path, const char *name, eh_key *out, eh_error *err)
{
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    char text[key_text_size];
    *out = (eh_key){.is_secret = true};
    if (strlen(name) > EH_MOST_KEY_NAME_SIZE || !eh_ledger_actor_is_valid(eh_str_of(name)))
        return eh_fail(err, EH_E_INVALID, "the name of a key must be UTF-8 of at most %d bytes without line breaks",
                       EH_MOST_KEY_NAME_SIZE);
    EH_TRY(eh_ledger_start_crypto(err));
    eh_buf public_path = EH_BUF_INIT(ctx);
    EH_TRY(eh_buf_printf(&public_path, err, "%s.pub", path));
    (void)snprintf(out->name, sizeof out->name, "%s", name);
    randombytes_buf(out->seed, sizeof out->seed);
    (void)crypto_sign_seed_keypair(out->public_key, secret, out->seed);
    sodium_memzero(secret, sizeof secret);
    size_t size = key_text(out, true, text);
    eh_status status = write_new(path, 0600, text, size, err);
    if (status == EH_OK) {
        size = key_text(out, false, text);
        status = write_new(public_path.data, 0644, text, size, err);
        if (status != EH_OK) (void)unlink(path); /* half a pair is none */
    }
    sodium_memzero(text, sizeof text);
    eh_buf_release(&public_path);
    if (status != EH_OK) eh_key_clear(out);
    return status;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

typedef struct key_reader {
    const char *path;
    eh_str text;
    size_t at;
    eh_error *err;
} key_reader;

static eh_status bad(const key_reader *r, const char *field)
{
    return eh_fail_at(r->err, EH_E_FORMAT, r->path, -1, (int64_t)r->at,
                      "is no key file, or a damaged one: its %s does not fit; take it from a copy", field);
}

/* "WORD VALUE\n" */
static eh_status read_line(key_reader *r, const char *word, const char *field, eh_str *value)
{
    size_t size = strlen(word), end = eh_str_find(r->text, '\n', r->at);
    if (end >= r->text.size || end - r->at < size || memcmp(r->text.data + r->at, word, size) != 0) return bad(r, field);
    *value = (eh_str){r->text.data + r->at + size, end - r->at - size};
    r->at = end + 1;
    return EH_OK;
}

static eh_status read_bytes(key_reader *r, const char *word, const char *field, unsigned char *bytes)
{
    eh_str value = {NULL, 0};
    size_t start = r->at;
    EH_TRY(read_line(r, word, field, &value));
    if (eh_bytes_of_hex(value, bytes, EH_KEY_SIZE)) return EH_OK;
    r->at = start;
    return bad(r, field);
}

static eh_status check_pair(key_reader *r, const eh_key *key)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    EH_TRY(eh_ledger_start_crypto(r->err));
    (void)crypto_sign_seed_keypair(public_key, secret, key->seed);
    sodium_memzero(secret, sizeof secret);
    return memcmp(public_key, key->public_key, sizeof public_key) == 0 ? EH_OK : bad(r, "public key or seed");
}

static eh_status parse(key_reader *r, eh_key *out)
{
    unsigned char check[EH_KEY_SIZE], wanted[eh_sha256_size];
    eh_str value = {NULL, 0};
    EH_TRY(read_line(r, "evenhand ", "first line", &value));
    out->is_secret = eh_str_is(value, "secret key 1");
    if (!out->is_secret && !eh_str_is(value, "public key 1")) {
        r->at = 0;
        return bad(r, "first line");
    }
    EH_TRY(read_line(r, "name ", "name", &value));
    if (value.size > EH_MOST_KEY_NAME_SIZE || !eh_ledger_actor_is_valid(value)) return bad(r, "name");
    memcpy(out->name, value.data, value.size);
    EH_TRY(read_bytes(r, "public ", "public key", out->public_key));
    if (out->is_secret) EH_TRY(read_bytes(r, "seed ", "seed", out->seed));
    eh_sha256 hash;
    eh_sha256_init(&hash);
    eh_sha256_add(&hash, r->text.data, r->at);
    eh_sha256_digest(&hash, wanted);
    size_t start = r->at;
    EH_TRY(read_bytes(r, "check ", "check", check));
    if (r->at != r->text.size) return bad(r, "end");
    r->at = start;
    if (out->is_secret) EH_TRY(check_pair(r, out));
    return memcmp(check, wanted, sizeof check) == 0 ? EH_OK : bad(r, "check");
}

static eh_status check_mode(const char *path, int fd, eh_error *err)
{
    struct stat found;
    if (fstat(fd, &found) != 0) return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be looked at: %s", strerror(errno));
    if (!S_ISREG(found.st_mode) || !(found.st_mode & 077)) return EH_OK;
    return eh_fail_at(err, EH_E_INVALID, path, -1, -1,
                      "is a secret key that others on this machine can reach; make it yours alone with: chmod 600");
}

eh_status eh_key_read(eh_context *ctx, const char *path, eh_key *out, eh_error *err)
{
    (void)ctx;
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    char text[key_text_size + 1];
    *out = (eh_key){0};
    FILE *file = fopen(path, "rb");
    if (!file) return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be opened: %s", strerror(errno));
    size_t size = fread(text, 1, sizeof text, file);
    bool is_bad = ferror(file) != 0;
    key_reader reader = {path, {text, size}, 0, err};
    eh_status status = is_bad ? eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be read") : EH_OK;
    if (status == EH_OK) status = size > key_text_size ? bad(&reader, "size") : parse(&reader, out);
    if (status == EH_OK && out->is_secret) status = check_mode(path, fileno(file), err);
    (void)fclose(file);
    sodium_memzero(text, sizeof text);
    if (status != EH_OK) eh_key_clear(out);
    return status;
}
