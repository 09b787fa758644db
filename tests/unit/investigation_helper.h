/** @file investigation_helper.h  A scratch directory, files in it, and investigations on them. */
#ifndef EH_TESTS_INVESTIGATION_HELPER_H
#define EH_TESTS_INVESTIGATION_HELPER_H

#include "check.h"
#include "evenhand/investigation.h"
#include "investigation/investigation_private.h"

#include <stdarg.h>
#include <unistd.h>

static eh_error err;
static char scratch_dir[64];

/** A path in the scratch directory of this program; valid for the next 63 calls. */
static inline const char *scratch(const char *name)
{
    static char paths[64][256];
    static int i_next;
    if (!scratch_dir[0]) {
        snprintf(scratch_dir, sizeof scratch_dir, "%s", "test_inv-XXXXXX");
        CHECK(mkdtemp(scratch_dir));
    }
    char *path = paths[i_next++ % 64];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_dir, name);
    return path;
}

/** To be listed last in CHECK_MAIN. */
static inline void removes_scratch(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", scratch_dir);
    CHECK(!scratch_dir[0] || system(command) == 0);
}

static inline const char *scratch_file(const char *name, const char *text)
{
    const char *path = scratch(name);
    FILE *file = fopen(path, "wb");
    CHECK(file);
    CHECK(fputs(text, file) >= 0);
    CHECK(fclose(file) == 0);
    return path;
}

/** All of a file, NUL-terminated; *size may be NULL. The caller frees it. */
static inline char *read_whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    CHECK(file);
    size_t n = 0, capacity = 1 << 16;
    char *text = malloc(capacity);
    CHECK(text);
    for (size_t got; (got = fread(text + n, 1, capacity - n - 1, file)) > 0;) {
        n += got;
        if (n + 1 == capacity) {
            text = realloc(text, capacity *= 2);
            CHECK(text);
        }
    }
    CHECK(fclose(file) == 0);
    text[n] = 0;
    if (size) *size = n;
    return text;
}

static inline eh_context *new_context(int n_threads)
{
    eh_context_options options = eh_context_options_default();
    options.memory_limit_size = (uint64_t)1 << 30;
    options.n_threads = n_threads;
    eh_context *ctx;
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    return ctx;
}

static inline eh_investigation *open_investigation(eh_context *ctx, const char *path, eh_open_mode mode)
{
    eh_investigation *inv;
    CHECK_OK(eh_investigation_open(ctx, path, mode, &inv, &err), err);
    return inv;
}

static inline int64_t count(eh_investigation *inv, const char *sql)
{
    int64_t n;
    CHECK_OK(eh_store_integer(inv->store, sql, &n, &err), err);
    return n;
}

/** The single text of a query; valid until the next call. */
static inline const char *text_of(eh_investigation *inv, const char *sql)
{
    static char text[4096];
    eh_buf buf = EH_BUF_INIT(inv->ctx);
    eh_status status = eh_store_text(inv->store, sql, &buf, &err);
    CHECK(status == EH_OK || status == EH_E_NOT_FOUND);
    snprintf(text, sizeof text, "%s", buf.data ? buf.data : "");
    eh_buf_release(&buf);
    return text;
}

static inline eh_import_report import_file(eh_investigation *inv, const char *path)
{
    eh_import_report report;
    CHECK_OK(eh_investigation_import(inv, path, NULL, NULL, &report, &err), err);
    return report;
}
#endif
