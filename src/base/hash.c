#include "base/hash.h"

#include <sodium.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(((eh_sha256 *)0)->state),
               "room for libsodium's state");

void eh_sha256_init(eh_sha256 *hash)
{
    (void)crypto_hash_sha256_init((crypto_hash_sha256_state *)(void *)hash->state);
}

void eh_sha256_add(eh_sha256 *hash, const void *data, size_t size)
{
    (void)crypto_hash_sha256_update((crypto_hash_sha256_state *)(void *)hash->state, data, size);
}

void eh_sha256_final(eh_sha256 *hash, char hex[eh_sha256_hex_size])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256_final((crypto_hash_sha256_state *)(void *)hash->state, digest);
    (void)sodium_bin2hex(hex, eh_sha256_hex_size, digest, sizeof digest);
}

eh_fingerprint eh_fingerprint_of(const void *data, size_t size)
{
    XXH128_hash_t h = XXH3_128bits(data, size);
    return (eh_fingerprint){h.low64, h.high64};
}

uint64_t eh_hash64(const void *data, size_t size) { return XXH3_64bits(data, size); }
