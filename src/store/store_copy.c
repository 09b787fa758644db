/*
 * A whole database written anew: only live rows are read, so no byte of a deleted row is in the copy.
 */
#include "store/store_private.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <errno.h>

#define COPY "evenhand_copy"

static eh_status copy_into(eh_store *store, eh_buf *sql, const char *path, eh_error *err)
{
    EH_TRY(eh_buf_printf(sql, err, "ATTACH "));
    EH_TRY(eh_sql_quote(sql, eh_str_of(path), err));
    EH_TRY(eh_buf_printf(sql, err, " AS " COPY));
    EH_TRY(eh_store_exec(store, sql->data, err));
    eh_buf_clear(sql);
    EH_TRY(eh_buf_printf(sql, err, "COPY FROM DATABASE "));
    EH_TRY(eh_store_text(store, "SELECT '\"' || replace(current_database(), '\"', '\"\"') || '\"'", sql, err));
    EH_TRY(eh_buf_printf(sql, err, " TO " COPY));
    EH_TRY(eh_store_exec(store, sql->data, err));
    return eh_store_exec(store, "CHECKPOINT " COPY, err);
}

eh_status eh_sync_path(const char *path, eh_error *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool is_synced = file >= 0 && fsync(file) == 0;
    int why = errno;
    if (file >= 0 && close(file) != 0) is_synced = false;
    return is_synced ? EH_OK : eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be brought to the disk: %s", strerror(why));
}

eh_status eh_store_copy(eh_store *store, const char *path, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    struct stat found;
    char wal[4096];
    eh_buf sql = EH_BUF_INIT(store->ctx);
    eh_status status = copy_into(store, &sql, path, err);
    eh_buf_release(&sql);
    /* After a failure too, so that the file is free again; it may not have been attached. */
    eh_status detached = eh_store_exec(store, "DETACH DATABASE IF EXISTS " COPY, status == EH_OK ? err : NULL);
    if (status == EH_OK) status = detached;
    EH_TRY(status);
    if (snprintf(wal, sizeof wal, "%s.wal", path) >= (int)sizeof wal || (stat(wal, &found) == 0 && found.st_size > 0))
        return eh_fail_at(err, EH_E_IO, path, -1, -1, "the copy was not brought to its file whole; nothing was changed");
    return eh_sync_path(path, err);
}
