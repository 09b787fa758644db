/**
 * @file byte_source.h
 * The bytes of an archive, decompressed: plain, gzip (also concatenated members) and zstd, told apart by
 * their first bytes. While reading it computes the SHA-256 of the file as it lies on disk.
 */
#ifndef EH_INGEST_BYTE_SOURCE_H
#define EH_INGEST_BYTE_SOURCE_H

#include "base/hash.h"

typedef struct eh_source eh_source;

/** Opens a regular file; a directory, a missing, unreadable or empty file gives a message saying what to do. */
EH_MUST_CHECK eh_status eh_source_open(eh_context *ctx, const char *path, eh_source **out, eh_error *err);
void eh_source_close(eh_source *source); /* NULL allowed */
/** Up to size (> 0) decompressed bytes; *n_read is 0 only at the end. A compressed stream that ends early or is
 *  damaged ends here too: eh_source_problem() then tells. */
EH_MUST_CHECK eh_status eh_source_read(eh_source *source, char *out, size_t size, size_t *n_read, eh_error *err);
/** Reads what is left of the file and writes the hash of all of it. */
EH_MUST_CHECK eh_status eh_source_hash(eh_source *source, char hex[eh_sha256_hex_size], eh_error *err);

/** "none", "gzip" or "zstd". */
const char *eh_source_compression(const eh_source *source);
/** The first bytes of the file on disk (at most 64 KiB), valid until the first read. */
eh_str eh_source_first_bytes(const eh_source *source);
uint64_t eh_source_file_size(const eh_source *source);
/** Bytes of the file on disk that were read so far. */
uint64_t eh_source_done_size(const eh_source *source);
/** True when the compressed stream ended early or was damaged. */
bool eh_source_is_truncated(const eh_source *source);
/** What was wrong with the stream, or NULL. */
const char *eh_source_problem(const eh_source *source);
#endif
