#include "base/outfile.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static void release(eh_outfile *out)
{
    eh_free(out->ctx, out->path);
    eh_free(out->ctx, out->aside);
    out->path = out->aside = NULL;
    out->stream = NULL;
}

static bool is_stdout(const eh_outfile *out) { return out->stream == stdout; }

eh_status eh_outfile_open(eh_context *ctx, const char *path, eh_outfile *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_outfile){.ctx = ctx};
    if (strcmp(path, "-") == 0) {
        out->stream = stdout;
        return EH_OK;
    }
    struct stat found;
    if (stat(path, &found) == 0 && S_ISDIR(found.st_mode))
        return eh_fail_at(err, EH_E_IO, path, -1, -1, "is a directory; name a file to write");
    /* A device or pipe is written to, never replaced. */
    bool is_special = stat(path, &found) == 0 && !S_ISREG(found.st_mode);
    eh_buf aside = EH_BUF_INIT(ctx);
    eh_status status = eh_buf_printf(&aside, err, "%s.partial-%ld", path, (long)getpid());
    if (status != EH_OK) return status;
    out->aside = aside.data;
    out->is_special = is_special;
    out->path = eh_strndup(ctx, path, strlen(path), err);
    if (out->path) out->stream = fopen(is_special ? path : out->aside, "wb");
    if (!out->stream) {
        status = out->path ? eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be written: %s; choose another place with -o",
                                        strerror(errno))
                           : err->status;
        release(out);
        return status;
    }
    /* A failed setvbuf only costs speed. */
    (void)setvbuf(out->stream, NULL, _IOFBF, 1 << 18);
    return EH_OK;
}

eh_status eh_outfile_commit(eh_outfile *out, eh_error *err)
{
    if (!out->stream) return eh_fail(err, EH_E_INVALID, "no file is open for writing");
    if (is_stdout(out)) {
        bool is_bad = fflush(stdout) != 0 || ferror(stdout);
        release(out);
        return is_bad ? eh_fail(err, EH_E_IO, "cannot write to standard output: %s", strerror(errno)) : EH_OK;
    }
    errno = 0;
    bool is_good = fflush(out->stream) == 0 && !ferror(out->stream);
    int cause = errno;
    /* /dev/full and pipes cannot be synced: EINVAL is no loss of data. */
    if (is_good && fsync(fileno(out->stream)) != 0 && errno != EINVAL && errno != EROFS) {
        is_good = false;
        cause = errno;
    }
    if (fclose(out->stream) != 0 && is_good) {
        is_good = false;
        cause = errno;
    }
    out->stream = NULL;
    if (is_good && !out->is_special && rename(out->aside, out->path) != 0) {
        is_good = false;
        cause = errno;
    }
    eh_status status = EH_OK;
    if (!is_good) {
        if (!out->is_special) (void)unlink(out->aside);
        /* 0: an earlier write failed, and what it said is gone. */
        status = eh_fail_at(err, EH_E_IO, out->path, -1, -1, "could not be written whole: %s; nothing was left behind",
                            cause ? strerror(cause) : "a write failed (is the disk full?)");
    }
    release(out);
    return status;
}

void eh_outfile_discard(eh_outfile *out)
{
    if (out->stream && !is_stdout(out)) {
        (void)fclose(out->stream);
        if (!out->is_special) (void)unlink(out->aside);
    }
    if (out->ctx || out->path) release(out);
}

void eh_outfile_csv(eh_outfile *out, eh_str field)
{
    bool needs_quotes = false;
    for (size_t i = 0; i < field.size && !needs_quotes; i++) {
        char c = field.data[i];
        needs_quotes = c == ',' || c == '"' || c == '\n' || c == '\r';
    }
    if (field.size && (field.data[0] == ' ' || field.data[field.size - 1] == ' ')) needs_quotes = true;
    if (!needs_quotes) {
        if (field.size) (void)fwrite(field.data, 1, field.size, out->stream);
        return;
    }
    (void)fputc('"', out->stream);
    for (size_t i = 0; i < field.size; i++) {
        if (field.data[i] == '"') (void)fputc('"', out->stream);
        (void)fputc(field.data[i], out->stream);
    }
    (void)fputc('"', out->stream);
}

void eh_outfile_json(eh_outfile *out, eh_str text)
{
    FILE *to = out->stream;
    (void)fputc('"', to);
    for (size_t i = 0; i < text.size;) {
        unsigned char c = (unsigned char)text.data[i];
        size_t length = eh_utf8_length(text.data + i, text.size - i);
        if (c == '"' || c == '\\')
            fprintf(to, "\\%c", c);
        else if (c == '\n')
            (void)fputs("\\n", to);
        else if (c < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '&')
            fprintf(to, "\\u%04x", c); /* also safe inside an HTML script element */
        else if (length == 0)
            (void)fputs("\\ufffd", to);
        else
            (void)fwrite(text.data + i, 1, length, to);
        i += length ? length : 1;
    }
    (void)fputc('"', to);
}

eh_status eh_make_dirs(eh_context *ctx, const char *path, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    size_t size = strlen(path);
    if (size == 0) return eh_fail(err, EH_E_INVALID, "the name of a directory is empty");
    char *part = eh_strndup(ctx, path, size, err);
    if (!part) return err->status;
    eh_status status = EH_OK;
    for (size_t i = 1; i <= size && status == EH_OK; i++) {
        if (part[i] != '/' && part[i] != 0) continue;
        part[i] = 0;
        struct stat found;
        bool is_made = mkdir(part, 0777) == 0;
        bool is_file = !is_made && errno == EEXIST && stat(part, &found) == 0 && S_ISREG(found.st_mode);
        if (is_file && i == size)
            status = eh_fail_at(err, EH_E_IO, path, -1, -1, "is a file; -o takes a directory");
        else if (!is_made && (errno != EEXIST || stat(part, &found) != 0 || !S_ISDIR(found.st_mode)))
            status = eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot create the directory: %s",
                                strerror(errno == EEXIST ? ENOTDIR : errno));
        part[i] = path[i];
    }
    eh_free(ctx, part);
    return status;
}
