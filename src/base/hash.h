/** @file hash.h  SHA-256 for provenance (OpenSSL) and a 128-bit fingerprint for finding duplicates (XXH3). */
#ifndef EH_BASE_HASH_H
#define EH_BASE_HASH_H

#include "base/str.h"

enum { eh_sha256_hex_size = 65 };

typedef struct eh_sha256 {
    _Alignas(16) unsigned char state[128];
} eh_sha256;

void eh_sha256_init(eh_sha256 *hash);
void eh_sha256_add(eh_sha256 *hash, const void *data, size_t size);
enum { eh_sha256_size = 32 };
/** Writes the 32 bytes. */
void eh_sha256_digest(eh_sha256 *hash, unsigned char digest[eh_sha256_size]);
/** Writes 64 lower-case hex digits and a NUL. */
void eh_sha256_final(eh_sha256 *hash, char hex[eh_sha256_hex_size]);

/** Of a whole file. */
void eh_sha256_text(eh_str text, char hex[eh_sha256_hex_size]);
EH_MUST_CHECK eh_status eh_sha256_file(const char *path, char hex[eh_sha256_hex_size], eh_error *err);
/** n bytes as 2 n lower-case hex digits and a NUL. */
void eh_hex_text(const unsigned char *bytes, size_t n, char *hex);

typedef struct eh_fingerprint {
    uint64_t low, high;
} eh_fingerprint;
eh_fingerprint eh_fingerprint_of(const void *data, size_t size);
uint64_t eh_hash64(const void *data, size_t size);
#endif
