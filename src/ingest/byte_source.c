#include "ingest/byte_source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { raw_capacity = 64 << 10 };

typedef enum compression { PLAIN, GZIP, ZSTD } compression;

struct eh_source {
    eh_context *ctx;
    const char *path;
    int fd;
    compression compression;
    uint64_t file_size, done_size;
    eh_sha256 hash;
    unsigned char *raw; /* raw[raw_begin .. raw_end) is read, hashed and not yet decompressed */
    size_t raw_begin, raw_end;
    bool is_raw_end;      /* the file on disk is read */
    bool is_end;          /* nothing more to decompress */
    bool is_inside;       /* within a gzip member or a zstd frame */
    bool has_ended_frame; /* at least one is complete */
    bool is_truncated;
    const char *problem;
    z_stream gzip;
    bool has_gzip;
    ZSTD_DStream *zstd;
};

/* ---- the file on disk --------------------------------------------------------------------- */

/* Refills the empty raw buffer and hashes what came. */
static eh_status refill(eh_source *s, eh_error *err)
{
    s->raw_begin = s->raw_end = 0;
    while (s->raw_end == 0 && !s->is_raw_end) {
        ssize_t n = read(s->fd, s->raw, raw_capacity);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return eh_fail_at(err, EH_E_IO, s->path, -1, -1, "cannot be read: %s; copy it to another disk and try again",
                              strerror(errno));
        if (n == 0) s->is_raw_end = true;
        s->raw_end = (size_t)n;
        s->done_size += (uint64_t)n;
        eh_sha256_add(&s->hash, s->raw, s->raw_end);
    }
    return EH_OK;
}

/* The directory that investigate wrote is easily given for the investigation in it. */
static eh_status fail_directory(const char *path, eh_error *err)
{
    char inside[512];
    const char *slash = path[strlen(path) - 1] == '/' ? "" : "/";
    int size = snprintf(inside, sizeof inside, "%s%sinvestigation.duckdb", path, slash);
    struct stat found;
    if (size > 0 && (size_t)size < sizeof inside && stat(inside, &found) == 0)
        return eh_fail_at(err, EH_E_IO, path, -1, -1, "is a directory; did you mean %.400s?", inside);
    return eh_fail_at(err, EH_E_IO, path, -1, -1, "is a directory; name the archive files inside it");
}

static eh_status check_file(const char *path, uint64_t *file_size, eh_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0 && errno == ENOENT)
        return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be opened: no file of that name (No such file or directory); check the path");
    if (stat(path, &info) != 0)
        return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be opened: %s", strerror(errno));
    if (S_ISDIR(info.st_mode)) return fail_directory(path, err);
    if (!S_ISREG(info.st_mode))
        return eh_fail_at(err, EH_E_IO, path, -1, -1, "is not a regular file; save its content to a file first");
    if (info.st_size == 0)
        return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "is empty; check that it was copied or downloaded whole");
    *file_size = (uint64_t)info.st_size;
    return EH_OK;
}

/* ---- decompression ------------------------------------------------------------------------ */

/* zlib's memory passes the gate as well. */
static void *gzip_alloc(void *opaque, unsigned count, unsigned size) { return eh_alloc(opaque, count, size, NULL); }
static void gzip_free(void *opaque, void *block) { eh_free(opaque, block); }

static eh_status start_decompression(eh_source *s, eh_error *err)
{
    if (s->raw_end >= 2 && s->raw[0] == 0x1F && s->raw[1] == 0x8B) {
        s->compression = GZIP;
        s->gzip.zalloc = gzip_alloc;
        s->gzip.zfree = gzip_free;
        s->gzip.opaque = s->ctx;
        if (inflateInit2(&s->gzip, 15 + 16) != Z_OK) return eh_fail(err, EH_E_NOMEM, "no memory left to decompress");
        s->has_gzip = true;
    } else if (s->raw_end >= 4 && memcmp(s->raw, "\x28\xB5\x2F\xFD", 4) == 0) {
        /* libzstd allocates by itself: its gate is an experimental API. Its window is at most 128 MiB. */
        s->compression = ZSTD;
        s->zstd = ZSTD_createDStream();
        if (!s->zstd) return eh_fail(err, EH_E_NOMEM, "no memory left to decompress");
    }
    return EH_OK;
}

static void end_early(eh_source *s, const char *problem, bool is_truncated)
{
    s->problem = problem;
    s->is_truncated = is_truncated;
    s->is_end = true;
}

/* Between gzip members: another one, padding, or bytes that are no gzip (which gzip ignores as well). */
static bool starts_next_member(eh_source *s)
{
    while (s->raw_begin < s->raw_end && s->raw[s->raw_begin] == 0 && s->has_ended_frame) s->raw_begin++;
    if (s->raw_begin == s->raw_end) return false;
    if (s->raw[s->raw_begin] != 0x1F) {
        end_early(s, "bytes after the end of the gzip data were ignored", false);
        return false;
    }
    (void)inflateReset(&s->gzip);
    s->is_inside = true;
    return true;
}

static size_t step_gzip(eh_source *s, char *out, size_t size)
{
    if (!s->is_inside && !starts_next_member(s)) return 0;
    size_t room = size < UINT_MAX ? size : UINT_MAX;
    s->gzip.next_in = s->raw + s->raw_begin;
    s->gzip.avail_in = (uInt)(s->raw_end - s->raw_begin);
    s->gzip.next_out = (unsigned char *)out;
    s->gzip.avail_out = (uInt)room;
    int code = inflate(&s->gzip, Z_NO_FLUSH);
    s->raw_begin = s->raw_end - s->gzip.avail_in;
    if (code == Z_STREAM_END) {
        s->is_inside = false;
        s->has_ended_frame = true;
    } else if (code == Z_MEM_ERROR) {
        end_early(s, "no memory left to decompress", true);
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
        end_early(s, "the gzip data are damaged: rows up to the damage were read", true);
    }
    return room - s->gzip.avail_out;
}

static size_t step_zstd(eh_source *s, char *out, size_t size)
{
    ZSTD_inBuffer in = {s->raw + s->raw_begin, s->raw_end - s->raw_begin, 0};
    ZSTD_outBuffer room = {out, size, 0};
    size_t code = ZSTD_decompressStream(s->zstd, &room, &in);
    s->raw_begin += in.pos;
    if (ZSTD_isError(code)) {
        end_early(s, "the zstd data are damaged: rows up to the damage were read", true);
    } else {
        s->is_inside = code != 0;
    }
    return room.pos;
}

static eh_status read_compressed(eh_source *s, char *out, size_t size, size_t *n_read, eh_error *err)
{
    while (*n_read == 0 && !s->is_end) {
        if (s->raw_begin == s->raw_end) EH_TRY(refill(s, err));
        bool is_last = s->raw_begin == s->raw_end;
        if (is_last && !s->is_inside) {
            s->is_end = true;
            break;
        }
        /* With no input left the decoder may still hold output. */
        *n_read = s->compression == GZIP ? step_gzip(s, out, size) : step_zstd(s, out, size);
        if (is_last && *n_read == 0 && s->is_inside && !s->is_end)
            end_early(s, "the compressed file ends early: rows up to there were read", true);
    }
    return EH_OK;
}

/* ---- interface ---------------------------------------------------------------------------- */

eh_status eh_source_open(eh_context *ctx, const char *path, eh_source **out, eh_error *err)
{
    *out = NULL;
    uint64_t file_size = 0;
    EH_TRY(check_file(path, &file_size, err));
    eh_source *s = eh_alloc(ctx, 1, sizeof *s, err);
    if (!s) return err ? err->status : EH_E_NOMEM;
    s->ctx = ctx;
    s->path = path;
    s->file_size = file_size;
    eh_sha256_init(&s->hash);
    s->fd = open(path, O_RDONLY | O_CLOEXEC);
    eh_status status = EH_OK;
    if (s->fd < 0)
        status = eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be opened: %s; check who may read it", strerror(errno));
    size_t capacity = 0;
    if (status == EH_OK) status = eh_reserve(ctx, (void **)&s->raw, &capacity, raw_capacity, 1, err);
    if (status == EH_OK) status = refill(s, err);
    if (status == EH_OK) status = start_decompression(s, err);
    if (status != EH_OK) {
        eh_source_close(s);
        return status;
    }
    *out = s;
    return EH_OK;
}

void eh_source_close(eh_source *s)
{
    if (!s) return;
    if (s->fd >= 0) (void)close(s->fd);
    if (s->has_gzip) (void)inflateEnd(&s->gzip);
    (void)ZSTD_freeDStream(s->zstd);
    eh_free(s->ctx, s->raw);
    eh_free(s->ctx, s);
}

eh_status eh_source_read(eh_source *s, char *out, size_t size, size_t *n_read, eh_error *err)
{
    *n_read = 0;
    if (s->compression != PLAIN) return read_compressed(s, out, size, n_read, err);
    if (s->raw_begin == s->raw_end) EH_TRY(refill(s, err));
    size_t n = s->raw_end - s->raw_begin;
    if (n > size) n = size;
    memcpy(out, s->raw + s->raw_begin, n);
    s->raw_begin += n;
    *n_read = n;
    return EH_OK;
}

eh_status eh_source_hash(eh_source *s, char hex[eh_sha256_hex_size], eh_error *err)
{
    while (!s->is_raw_end) EH_TRY(refill(s, err));
    eh_sha256 copy = s->hash;
    eh_sha256_final(&copy, hex);
    return EH_OK;
}

const char *eh_source_compression(const eh_source *s)
{
    return s->compression == GZIP ? "gzip" : s->compression == ZSTD ? "zstd" : "none";
}

eh_str eh_source_first_bytes(const eh_source *s)
{
    return (eh_str){(const char *)s->raw, s->raw_end < (64 << 10) ? s->raw_end : (64 << 10)};
}

uint64_t eh_source_file_size(const eh_source *s) { return s->file_size; }
uint64_t eh_source_done_size(const eh_source *s) { return s->done_size; }
bool eh_source_is_truncated(const eh_source *s) { return s->is_truncated; }
const char *eh_source_problem(const eh_source *s) { return s->problem; }
