/*
 * Opening, closing and running statements.
 *
 * Facts this file rests on (DuckDB 1.5.6):
 * - The memory DuckDB holds overshoots memory_limit by about 120 MiB (sort of 3 M rows), so that much is kept back.
 * - duckdb_interrupt() works from another thread, is answered within milliseconds and forgotten by the next statement.
 * - The lock on the file is a POSIX record lock: closing ANY descriptor of the file in this process drops it. Nothing
 *   here may open the file again while the database is open.
 */
#include "store/store_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { overshoot_mib = 120, least_mib = 64, watch_every_ms = 20 };

/* ---- errors ---------------------------------------------------------------------------------------------------- */

static eh_status status_of_message(const char *message)
{
    static const struct {
        const char *start;
        eh_status status;
    } kinds[] = {
        {"Out of Memory", EH_E_LIMIT},   {"INTERRUPT", EH_E_CANCELLED},         {"IO Error", EH_E_IO},
        {"FATAL", EH_E_IO},              {"TransactionContext Error", EH_E_IO}, {"Serialization", EH_E_FORMAT},
        {"Not implemented", EH_E_UNSUPPORTED}, {"Permission", EH_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(message, kinds[i].start, strlen(kinds[i].start)) == 0) return kinds[i].status;
    return EH_E_INVALID;
}

static eh_status fail_locked(const eh_store *store, const char *message, eh_error *err)
{
    const char *at = strstr(message, "PID ");
    long pid = at ? strtol(at + 4, NULL, 10) : 0;
    if (pid > 0)
        return eh_fail_at(err, EH_E_IO, store->path, -1, -1,
                          "is being written by process %ld; close it or work on a copy", pid);
    return eh_fail_at(err, EH_E_IO, store->path, -1, -1,
                      "is being written by another process; close it or work on a copy");
}

eh_status store_fail(const eh_store *store, const char *message, eh_error *err)
{
    if (!message || !*message) message = "the database gave no reason";
    if (eh_context_is_cancelled(store->ctx) && strstr(message, "INTERRUPT"))
        return eh_fail(err, EH_E_CANCELLED, "stopped at the caller's wish; nothing was changed");
    if (strstr(message, "Could not set lock") || strstr(message, "Conflicting lock"))
        return fail_locked(store, message, err);
    eh_status status = status_of_message(message);
    if (strstr(message, "No space left") || strstr(message, "Disk quota"))
        return eh_fail_at(err, EH_E_IO, store->path, -1, -1, "the disk is full: %.300s; free some space and repeat", message);
    if (strstr(message, "Corrupt database") || strstr(message, "Could not read enough bytes"))
        return eh_fail_at(err, EH_E_FORMAT, store->path, -1, -1,
                          "is a damaged DuckDB file (%.200s); restore it from a copy", message);
    if (strstr(message, "read-only mode"))
        return eh_fail_at(err, EH_E_UNSUPPORTED, store->path, -1, -1, "is open for reading only: %.300s", message);
    if (status == EH_E_LIMIT)
        return eh_fail_at(err, status, store->path, -1, -1,
                          "the memory budget is too small for this (%.200s); give more with --memory, or room to spill with --temp",
                          message);
    return eh_fail_at(err, status, store->path, -1, -1, "%.480s", message);
}

eh_status store_check_cancelled(const eh_store *store, eh_error *err)
{
    if (!eh_context_is_cancelled(store->ctx)) return EH_OK;
    return eh_fail(err, EH_E_CANCELLED, "stopped at the caller's wish; nothing was changed");
}

/* ---- the watcher ----------------------------------------------------------------------------------------------- */

static void wait_a_moment(store_watcher *watcher)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += watch_every_ms * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    (void)pthread_cond_timedwait(&watcher->changed, &watcher->mutex, &until);
}

static void *watch(void *data)
{
    eh_store *store = data;
    store_watcher *watcher = &store->watcher;
    (void)pthread_mutex_lock(&watcher->mutex);
    while (!watcher->is_ending) {
        if (!watcher->is_watching) {
            (void)pthread_cond_wait(&watcher->changed, &watcher->mutex);
            continue;
        }
        if (eh_context_is_cancelled(store->ctx)) duckdb_interrupt(store->connection);
        wait_a_moment(watcher);
    }
    (void)pthread_mutex_unlock(&watcher->mutex);
    return NULL;
}

static void set_watching(eh_store *store, bool is_watching)
{
    (void)pthread_mutex_lock(&store->watcher.mutex);
    store->watcher.is_watching = is_watching;
    (void)pthread_cond_signal(&store->watcher.changed);
    (void)pthread_mutex_unlock(&store->watcher.mutex);
}

void store_watch(eh_store *store) { set_watching(store, true); }
void store_unwatch(eh_store *store) { set_watching(store, false); }

static eh_status start_watcher(eh_store *store, eh_error *err)
{
    store_watcher *watcher = &store->watcher;
    pthread_condattr_t attributes;
    bool is_good = pthread_condattr_init(&attributes) == 0 &&
                   pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                   pthread_mutex_init(&watcher->mutex, NULL) == 0 &&
                   pthread_cond_init(&watcher->changed, &attributes) == 0 &&
                   pthread_create(&watcher->thread, NULL, watch, store) == 0;
    if (!is_good) return eh_fail(err, EH_E_NOMEM, "the system gives no more threads");
    (void)pthread_condattr_destroy(&attributes);
    watcher->is_started = true;
    return EH_OK;
}

static void end_watcher(eh_store *store)
{
    store_watcher *watcher = &store->watcher;
    if (!watcher->is_started) return;
    (void)pthread_mutex_lock(&watcher->mutex);
    watcher->is_ending = true;
    (void)pthread_cond_signal(&watcher->changed);
    (void)pthread_mutex_unlock(&watcher->mutex);
    (void)pthread_join(watcher->thread, NULL);
    (void)pthread_cond_destroy(&watcher->changed);
    (void)pthread_mutex_destroy(&watcher->mutex);
}

/* ---- opening --------------------------------------------------------------------------------------------------- */

static eh_status check_magic(const char *path, eh_error *err)
{
    unsigned char head[12] = {0};
    FILE *file = fopen(path, "rb");
    if (!file) return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be opened: %s", strerror(errno));
    size_t n_read = fread(head, 1, sizeof head, file);
    (void)fclose(file);
    if (n_read == sizeof head && memcmp(head + 8, "DUCK", 4) == 0) return EH_OK;
    return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "is not a DuckDB file, so no investigation; name a .duckdb file");
}

static eh_status fail_directory(const char *path, eh_error *err)
{
    static const char name[] = "investigation.duckdb";
    char inside[512];
    const char *slash = path[strlen(path) - 1] == '/' ? "" : "/";
    int size = snprintf(inside, sizeof inside, "%s%s%s", path, slash, name);
    struct stat found;
    if (size > 0 && (size_t)size < sizeof inside && stat(inside, &found) == 0)
        return eh_fail_at(err, EH_E_IO, path, -1, -1, "is a directory; did you mean %.400s?", inside);
    return eh_fail_at(err, EH_E_IO, path, -1, -1, "is a directory; name a .duckdb file");
}

static eh_status check_file(const char *path, eh_store_mode mode, eh_error *err)
{
    struct stat found;
    if (stat(path, &found) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be opened: %s", strerror(errno));
        if (mode == EH_STORE_CREATE) return EH_OK;
        return eh_fail_at(err, EH_E_NOT_FOUND, path, -1, -1, "does not exist; to create it: evenhand import %.200s ARCHIVE", path);
    }
    if (S_ISDIR(found.st_mode)) return fail_directory(path, err);
    if (!S_ISREG(found.st_mode)) return eh_fail_at(err, EH_E_IO, path, -1, -1, "is not a regular file");
    if (mode == EH_STORE_READ_WRITE && access(path, W_OK) != 0)
        return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be written to (%s); work on a copy in a folder of your own", strerror(errno));
    return check_magic(path, err);
}

static uint64_t share_mib(const eh_context *ctx, int percent)
{
    uint64_t limit = eh_context_memory_limit_size(ctx), used = eh_context_memory_used_size(ctx);
    uint64_t left_mib = limit > used ? (limit - used) >> 20 : 0;
    left_mib = left_mib > overshoot_mib ? left_mib - overshoot_mib : 0;
    uint64_t share = left_mib * (uint64_t)percent / 100;
    return share < least_mib ? least_mib : share;
}

static eh_status configure(const eh_store *store, eh_store_mode mode, duckdb_config config, eh_error *err)
{
    char threads[32], memory[32];
    snprintf(threads, sizeof threads, "%d", eh_context_n_threads(store->ctx));
    snprintf(memory, sizeof memory, "%lluMiB", (unsigned long long)share_mib(store->ctx, 100));
    const char *const settings[][2] = {
        {"access_mode", mode == EH_STORE_READ_ONLY ? "READ_ONLY" : "READ_WRITE"},
        {"threads", threads},
        {"memory_limit", memory},
        {"temp_directory", store->temp_dir},
        {"preserve_insertion_order", "true"}, /* exports and runs must give the same bytes each time */
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (duckdb_set_config(config, settings[i][0], settings[i][1]) != DuckDBSuccess)
            return eh_fail(err, EH_E_UNSUPPORTED, "this DuckDB (%s) does not know the setting %s",
                           duckdb_library_version(), settings[i][0]);
    return EH_OK;
}

static eh_status open_database(eh_store *store, eh_store_mode mode, eh_error *err)
{
    duckdb_config config = NULL;
    char *message = NULL;
    if (duckdb_create_config(&config) != DuckDBSuccess) return eh_fail(err, EH_E_NOMEM, "out of memory");
    eh_status status = configure(store, mode, config, err);
    if (status == EH_OK &&
        duckdb_open_ext(mode == EH_STORE_MEMORY ? NULL : store->path, &store->database, config, &message) != DuckDBSuccess)
        status = store_fail(store, message, err);
    if (status == EH_OK && duckdb_connect(store->database, &store->connection) != DuckDBSuccess)
        status = eh_fail_at(err, EH_E_IO, store->path, -1, -1, "the database cannot be connected to");
    duckdb_free(message);
    duckdb_destroy_config(&config);
    return status;
}

static eh_status set_names(eh_store *store, const char *path, eh_store_mode mode, eh_error *err)
{
    if (mode == EH_STORE_MEMORY) path = "";
    store->path = eh_strndup(store->ctx, path, strlen(path), err);
    if (!store->path) return err->status;
    /* A directory of its own: DuckDB's spill files have fixed names, so two processes must not share one. */
    eh_buf temp = EH_BUF_INIT(store->ctx);
    EH_TRY(eh_buf_printf(&temp, err, "%s/evenhand-%ld-%llx", eh_context_temp_dir(store->ctx), (long)getpid(),
                         (unsigned long long)(uintptr_t)store));
    store->temp_dir = temp.data;
    return EH_OK;
}

/* Times are UTC whoever looks: without this, TIMESTAMPTZ values of a query would show the machine's zone. */
static eh_status set_time_zone(eh_store *store, eh_error *err)
{
    int64_t has_icu = 0;
    EH_TRY(eh_store_integer(store, "SELECT count(*) FROM duckdb_settings() WHERE name = 'TimeZone'", &has_icu, err));
    return has_icu ? eh_store_exec(store, "SET TimeZone = 'UTC'", err) : EH_OK;
}

eh_status eh_store_open(eh_context *ctx, const char *path, eh_store_mode mode, eh_store **out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = NULL;
    if (mode != EH_STORE_MEMORY) {
        if (!path || !*path) return eh_fail(err, EH_E_INVALID, "the name of the investigation is empty");
        EH_TRY(check_file(path, mode, err));
    }
    eh_store *store = eh_alloc(ctx, 1, sizeof *store, err);
    if (!store) return err->status;
    store->ctx = ctx;
    eh_status status = set_names(store, path, mode, err);
    if (status == EH_OK) status = open_database(store, mode, err);
    if (status == EH_OK) status = start_watcher(store, err);
    if (status == EH_OK) status = set_time_zone(store, err);
    if (status != EH_OK) {
        eh_store_close(store);
        return status;
    }
    *out = store;
    return EH_OK;
}

void eh_store_close(eh_store *store)
{
    if (!store) return;
    end_watcher(store);
    if (store->connection) duckdb_disconnect(&store->connection);
    if (store->database) duckdb_close(&store->database);
    if (store->temp_dir) (void)rmdir(store->temp_dir); /* only if empty: DuckDB removes its own files */
    eh_context *ctx = store->ctx;
    eh_free(ctx, store->temp_dir);
    eh_free(ctx, store->path);
    eh_free(ctx, store);
}

eh_context *eh_store_context(const eh_store *store) { return store->ctx; }
const char *eh_store_path(const eh_store *store) { return store->path; }
const char *eh_store_library_version(void) { return duckdb_library_version(); }

/* ---- statements ------------------------------------------------------------------------------------------------ */

static eh_status run(eh_store *store, const char *sql, eh_error *err)
{
    duckdb_result result;
    memset(&result, 0, sizeof result);
    eh_status status = EH_OK;
    if (duckdb_query(store->connection, sql, &result) != DuckDBSuccess)
        status = store_fail(store, duckdb_result_error(&result), err);
    duckdb_destroy_result(&result);
    return status;
}

eh_status eh_store_exec(eh_store *store, const char *sql, eh_error *err)
{
    EH_TRY(store_check_cancelled(store, err));
    store_watch(store);
    eh_status status = run(store, sql, err);
    store_unwatch(store);
    return status;
}

void eh_store_rollback(eh_store *store)
{
    /* Not watched: it has to work after a cancellation. Outside a transaction DuckDB refuses, which is fine. */
    eh_status status = run(store, "ROLLBACK", NULL);
    (void)status;
}

void eh_store_fit_memory(eh_store *store, int percent)
{
    char sql[64];
    snprintf(sql, sizeof sql, "SET memory_limit = '%lluMiB'", (unsigned long long)share_mib(store->ctx, percent));
    /* DuckDB refuses when it cannot evict enough; the old limit then stays, which is the best that can be done. */
    eh_status status = run(store, sql, NULL);
    (void)status;
}

eh_status eh_store_execf(eh_store *store, eh_error *err, const char *format, ...)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *sql = size < 0 ? NULL : eh_alloc(store->ctx, (size_t)size + 1, 1, err);
    if (sql) (void)vsnprintf(sql, (size_t)size + 1, format, args);
    va_end(args);
    if (!sql) return size < 0 ? eh_fail(err, EH_E_INVALID, "the statement cannot be formatted") : err->status;
    eh_status status = eh_store_exec(store, sql, err);
    eh_free(store->ctx, sql);
    return status;
}

static eh_status add_quoted(eh_buf *sql, eh_str text, char quote, eh_error *err)
{
    EH_TRY(eh_buf_add(sql, &quote, 1, err));
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == 0) continue;
        if (c == quote) EH_TRY(eh_buf_add(sql, &quote, 1, err));
        EH_TRY(eh_buf_add(sql, &c, 1, err));
    }
    return eh_buf_add(sql, &quote, 1, err);
}

eh_status eh_sql_quote(eh_buf *sql, eh_str text, eh_error *err) { return add_quoted(sql, text, '\'', err); }
eh_status eh_sql_name(eh_buf *sql, eh_str text, eh_error *err) { return add_quoted(sql, text, '"', err); }

eh_status eh_store_sandbox(eh_store *store, eh_error *err)
{
    return eh_store_exec(store, "SET enable_external_access = false; SET lock_configuration = true", err);
}
