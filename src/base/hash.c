#include "base/hash.h"

/* OpenSSL's low-level calls: no allocation, and the processor's SHA instructions where it has them (libsodium's portable
 * code took half of the time of an import). */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(((eh_sha256 *)0)->state), "room for the state");

static SHA256_CTX *state_of(eh_sha256 *hash) { return (SHA256_CTX *)(void *)hash->state; }

void eh_sha256_init(eh_sha256 *hash) { (void)SHA256_Init(state_of(hash)); }

void eh_sha256_add(eh_sha256 *hash, const void *data, size_t size) { (void)SHA256_Update(state_of(hash), data, size); }

void eh_sha256_final(eh_sha256 *hash, char hex[eh_sha256_hex_size])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[SHA256_DIGEST_LENGTH];
    (void)SHA256_Final(digest, state_of(hash));
    for (size_t i = 0; i < sizeof digest; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * sizeof digest] = 0;
}

eh_fingerprint eh_fingerprint_of(const void *data, size_t size)
{
    XXH128_hash_t h = XXH3_128bits(data, size);
    return (eh_fingerprint){h.low64, h.high64};
}

uint64_t eh_hash64(const void *data, size_t size) { return XXH3_64bits(data, size); }
