/** @file simulate_helper.h  Drawing worlds into a scratch directory and reading them back. */
#ifndef EH_TESTS_SIMULATE_HELPER_H
#define EH_TESTS_SIMULATE_HELPER_H

#include "base/dict.h"
#include "base/time.h"
#include "check.h"
#include "evenhand/simulate.h"

#include <sys/stat.h>
#include <unistd.h>

enum { n_columns = 31, n_truth = 3 };
enum { TWEETID, USERID, TEXT = 12, TIME = 13, REPLY_USER = 15, REPLY_POST = 16, IS_REPOST = 18, REPOST_USER = 19,
       REPOST_POST = 20, TAGS = 27, URLS = 28, MENTIONS = 29 };

/* A CSV file taken apart in place. */
typedef struct table {
    char *bytes;
    size_t size, n_rows;
    char **fields; /* n_rows * n_columns, header excluded */
} table;

static inline char *slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    CHECK(fseek(file, 0, SEEK_END) == 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    CHECK(bytes != NULL);
    CHECK(fread(bytes, 1, *size, file) == *size);
    bytes[*size] = 0;
    (void)fclose(file);
    return bytes;
}

/* One field from *from, unquoted in place; *ends_row tells whether a line end follows. */
static inline char *take_field(char **from, bool *ends_row)
{
    char *in = *from, *out = in, *start = in;
    bool is_quoted = *in == '"';
    if (is_quoted) in++;
    while (*in && (is_quoted || (*in != ',' && *in != '\n'))) {
        if (is_quoted && *in == '"') {
            if (in[1] != '"') {
                is_quoted = false;
                in++;
                continue;
            }
            in++;
        }
        *out++ = *in++;
    }
    *ends_row = *in != ',';
    if (*in) in++;
    *out = 0;
    *from = in;
    return start;
}

static inline table read_table(const char *dir, const char *name, size_t width)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    table t = {0};
    t.bytes = slurp(path, &t.size);
    size_t n_lines = 0;
    for (size_t i = 0; i < t.size; i++) n_lines += t.bytes[i] == '\n';
    t.fields = calloc(n_lines * width + 1, sizeof *t.fields);
    CHECK(t.fields != NULL);
    char *at = strchr(t.bytes, '\n') + 1;
    while (*at) {
        bool ends_row = false;
        for (size_t c = 0; c < width; c++) {
            CHECK(!ends_row);
            t.fields[t.n_rows * width + c] = take_field(&at, &ends_row);
        }
        CHECK(ends_row);
        t.n_rows++;
    }
    return t;
}

static inline void drop_table(table *t)
{
    free(t->bytes);
    free(t->fields);
}

static inline const char *scratch(void)
{
    static char dir[64];
    if (!dir[0]) {
        snprintf(dir, sizeof dir, "/tmp/evenhand-test-XXXXXX");
        CHECK(mkdtemp(dir) != NULL);
    }
    return dir;
}

/* Draws a world into a new directory of that name. */
static inline eh_simulate_report draw_with(const char *scenario, uint64_t seed, int n_threads, const eh_simulate_options *options,
                                           const char *name, char dir[256])
{
    eh_context_options chosen = eh_context_options_default();
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    chosen.seed = seed;
    chosen.n_threads = n_threads;
    snprintf(dir, 256, "%s/%s/deep", scratch(), name);
    eh_simulate_report report;
    CHECK_OK(eh_context_new(&chosen, &ctx, &err), err);
    CHECK_OK(eh_simulate(ctx, scenario, options, dir, &report, &err), err);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    return report;
}

static inline void remove_files(const char *dir)
{
    char path[512];
    snprintf(path, sizeof path, "%s/posts.csv", dir);
    CHECK(unlink(path) == 0);
    snprintf(path, sizeof path, "%s/truth.csv", dir);
    CHECK(unlink(path) == 0);
    CHECK(rmdir(dir) == 0);
    snprintf(path, sizeof path, "%.*s", (int)(strlen(dir) - strlen("/deep")), dir);
    CHECK(rmdir(path) == 0);
}

/* Fails one allocation after another until a world is drawn: each time it is told, and nothing is left in memory. */
static inline void check_failing_allocations(const char *scenario, const eh_simulate_options *options)
{
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    char dir[256], path[512];
    snprintf(dir, sizeof dir, "%s/alloc", scratch());
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    eh_status status = EH_E_NOMEM;
    for (int64_t n = 1; status != EH_OK && n < 100000; n++) {
        eh_context_fail_allocation_after(ctx, n);
        err = (eh_error)EH_ERROR_INIT;
        status = eh_simulate(ctx, scenario, options, dir, NULL, &err);
        CHECK(status == EH_OK || (status == EH_E_NOMEM && err.message[0]));
        CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    }
    CHECK_EQ_INT(status, EH_OK);
    eh_context_free(ctx);
    snprintf(path, sizeof path, "%s/posts.csv", dir);
    CHECK(unlink(path) == 0);
    snprintf(path, sizeof path, "%s/truth.csv", dir);
    CHECK(unlink(path) == 0);
    CHECK(rmdir(dir) == 0);
}

static inline int64_t time_ms_of(const char *id) { return (int64_t)(strtoull(id, NULL, 10) >> 22) + INT64_C(1288834974657); }

static inline bool is_same_file(const char *dir_a, const char *dir_b, const char *name)
{
    char path[512];
    size_t size_a, size_b;
    snprintf(path, sizeof path, "%s/%s", dir_a, name);
    char *a = slurp(path, &size_a);
    snprintf(path, sizeof path, "%s/%s", dir_b, name);
    char *b = slurp(path, &size_b);
    bool is_same = size_a == size_b && memcmp(a, b, size_a) == 0;
    free(a);
    free(b);
    return is_same;
}
#endif
