#include "base/hash.h"

/* OpenSSL's low-level calls: no allocation, and the processor's SHA instructions where it has them (libsodium's portable
 * code took half of the time of an import). */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <errno.h>
#include <stdio.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(((eh_sha256 *)0)->state), "room for the state");

static SHA256_CTX *state_of(eh_sha256 *hash) { return (SHA256_CTX *)(void *)hash->state; }

void eh_sha256_init(eh_sha256 *hash) { (void)SHA256_Init(state_of(hash)); }

void eh_sha256_add(eh_sha256 *hash, const void *data, size_t size) { (void)SHA256_Update(state_of(hash), data, size); }

void eh_sha256_digest(eh_sha256 *hash, unsigned char digest[eh_sha256_size])
{
    (void)SHA256_Final(digest, state_of(hash));
}

void eh_hex_text(const unsigned char *bytes, size_t n, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * n] = 0;
}

void eh_sha256_final(eh_sha256 *hash, char hex[eh_sha256_hex_size])
{
    unsigned char digest[eh_sha256_size];
    eh_sha256_digest(hash, digest);
    eh_hex_text(digest, sizeof digest, hex);
}

void eh_sha256_text(eh_str text, char hex[eh_sha256_hex_size])
{
    eh_sha256 hash;
    eh_sha256_init(&hash);
    if (text.size) eh_sha256_add(&hash, text.data, text.size);
    eh_sha256_final(&hash, hex);
}

eh_status eh_sha256_file(const char *path, char hex[eh_sha256_hex_size], eh_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file) return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be opened: %s", strerror(errno));
    static const size_t block_size = 1 << 16;
    unsigned char block[1 << 16];
    eh_sha256 hash;
    eh_sha256_init(&hash);
    for (size_t n; (n = fread(block, 1, block_size, file)) > 0;) eh_sha256_add(&hash, block, n);
    bool is_bad = ferror(file) != 0;
    (void)fclose(file);
    if (is_bad) return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be read");
    eh_sha256_final(&hash, hex);
    return EH_OK;
}

eh_fingerprint eh_fingerprint_of(const void *data, size_t size)
{
    XXH128_hash_t h = XXH3_128bits(data, size);
    return (eh_fingerprint){h.low64, h.high64};
}

uint64_t eh_hash64(const void *data, size_t size) { return XXH3_64bits(data, size); }
