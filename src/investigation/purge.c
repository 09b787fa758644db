/*
 * Purging. The file is replaced in one step, so that whatever happens the old or the new one is there, whole:
 *
 *   INV  --copy-->  INV.purge/old  (rows deleted there, in one transaction)  --copy-->  INV.purge/new  --rename-->  INV
 *
 * INV stays open for writing, and so locked against everybody else, until the rename. A copy reads live rows only: no byte of what was
 * deleted is in it. What a killed purge leaves in INV.purge, a directory that nobody else may read, the next one clears away.
 */
#include "investigation/purge.h"

#include "base/dict.h"
#include "evenhand/ingest.h"
#include "investigation/pseudonym.h"
#include "ledger/ledger_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the list -------------------------------------------------------------------------------------------------------- */

typedef struct id_reader {
    eh_dict ids;
    eh_pseudonymiser *pseudonyms; /* NULL: ids as they are */
    uint64_t n_twice;
} id_reader;

static eh_status take_id(void *data, eh_str id, eh_error *err)
{
    id_reader *r = data;
    char pseudonym[EH_PSEUDONYM_SIZE + 1];
    uint32_t number, n_before = r->ids.n;
    if (r->pseudonyms) {
        eh_pseudonym_of(r->pseudonyms, id, pseudonym);
        id = eh_str_of(pseudonym);
    }
    EH_TRY(eh_dict_add(&r->ids, id, &number, err));
    r->n_twice += number < n_before;
    return EH_OK;
}

static eh_status read_ids(eh_context *ctx, const eh_purge_options *options, id_reader *r, eh_error *err)
{
    if (options->pseudonym_key) EH_TRY(eh_pseudonymiser_new(ctx, options->pseudonym_key, &r->pseudonyms, err));
    return eh_account_list_read(ctx, options->accounts_path, take_id, r, err);
}

static eh_status store_ids(eh_store *store, const eh_dict *ids, eh_error *err)
{
    eh_appender *a;
    EH_TRY(eh_store_exec(store, "CREATE OR REPLACE TEMP TABLE purge_ids(id VARCHAR)", err));
    EH_TRY(eh_appender_open(store, "purge_ids", &a, err));
    eh_status status = EH_OK;
    for (uint32_t i = 0; i < ids->n && status == EH_OK; i++) {
        eh_appender_text(a, eh_dict_get(ids, i));
        status = eh_appender_end_row(a, err);
    }
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

/* ---- what is said of it ---------------------------------------------------------------------------------------------- */

static eh_status check_words(const eh_purge_options *options, eh_error *err)
{
    eh_str reason = eh_str_of(options->reason ? options->reason : "");
    bool is_plain = reason.size <= EH_MOST_PURGE_REASON_SIZE && eh_utf8_is_valid(reason);
    for (size_t i = 0; i < reason.size; i++) is_plain = is_plain && (unsigned char)reason.data[i] >= 0x20;
    if (is_plain) return EH_OK;
    return eh_fail(err, EH_E_INVALID, "the reason must be at most %d bytes of text on one line", EH_MOST_PURGE_REASON_SIZE);
}

/* What the ledger keeps for good must not name those who are deleted from it. */
static eh_status check_names_nobody(const purge *p, const char *what, const char *text, eh_error *err)
{
    int64_t n = 0;
    eh_buf sql = EH_BUF_INIT(p->inv->ctx);
    eh_status status = eh_buf_printf(&sql, err, "CREATE OR REPLACE TEMP TABLE purge_told AS SELECT ");
    if (status == EH_OK) status = eh_sql_quote(&sql, eh_str_of(text), err);
    if (status == EH_OK) status = eh_buf_printf(&sql, err, " AS told");
    if (status == EH_OK) status = eh_store_exec(p->inv->store, sql.data, err);
    eh_buf_clear(&sql);
    if (status == EH_OK)
        status = eh_buf_printf(&sql, err, "SELECT count(*) FROM purge_told WHERE lower(ltrim(told, '@')) IN (SELECT name FROM purge_names) OR ");
    if (status == EH_OK) status = purge_add_hit(p, &sql, "purge_told", "told", err);
    if (status == EH_OK) status = eh_store_integer(p->inv->store, sql.data, &n, err);
    eh_buf_release(&sql);
    if (status != EH_OK || n == 0) return status;
    return eh_fail(err, EH_E_INVALID, "%s holds a name or post of an account that is to be purged, and would stay in the ledger; put it otherwise", what);
}

/* ---- the transaction ------------------------------------------------------------------------------------------------- */

static eh_status purge_all(eh_investigation *inv, const eh_purge_options *options, const id_reader *r, eh_purge_report *report, eh_error *err)
{
    purge p = {.inv = inv, .report = report};
    const char *reason = options->reason ? options->reason : "";
    EH_TRY(store_ids(inv->store, &r->ids, err));
    EH_TRY(purge_gather(&p, err));
    EH_TRY(check_names_nobody(&p, "the reason", reason, err));
    EH_TRY(check_names_nobody(&p, "the actor", inv->actor, err));
    EH_TRY(purge_rows(&p, err));
    return purge_ledger(&p, reason, err);
}

static eh_status count_problems(eh_investigation *inv, uint64_t *n, eh_error *err)
{
    const eh_ledger_check_options options = {0};
    eh_ledger_check check;
    uint64_t n_compared, n_differing;
    EH_TRY(eh_ledger_verify(inv->ledger, &options, &check, err));
    EH_TRY(eh_investigation_compare_ledger(inv, NULL, NULL, &n_compared, &n_differing, err));
    *n = check.n_problems + n_differing;
    return EH_OK;
}

static eh_status check_whole(eh_investigation *inv, const eh_purge_options *options, eh_error *err)
{
    uint64_t n = 0;
    if (options->allows_damage) return EH_OK;
    EH_TRY(count_problems(inv, &n, err));
    if (n == 0) return EH_OK;
    return eh_fail_at(err, EH_E_FORMAT, eh_store_path(inv->store), -1, -1,
                      "the ledger and the tables disagree, and purging would hide it; see evenhand ledger verify, and keep a copy for whoever looks "
                      "into it. --damaged purges nevertheless");
}

/* ---- files ----------------------------------------------------------------------------------------------------------- */

typedef struct side_files {
    eh_buf directory, old_path, new_path;
} side_files;

static void clear_files(const side_files *files)
{
    static const char *const names[] = {"old", "old.wal", "new", "new.wal"};
    char path[4096];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (snprintf(path, sizeof path, "%s/%s", files->directory.data, names[i]) < (int)sizeof path) (void)unlink(path);
    (void)rmdir(files->directory.data);
}

static eh_status make_room(const char *path, side_files *files, eh_error *err)
{
    EH_TRY(eh_buf_printf(&files->directory, err, "%s.purge", path));
    EH_TRY(eh_buf_printf(&files->old_path, err, "%s/old", files->directory.data));
    EH_TRY(eh_buf_printf(&files->new_path, err, "%s/new", files->directory.data));
    clear_files(files);
    if (mkdir(files->directory.data, 0700) == 0) return EH_OK;
    return eh_fail_at(err, EH_E_IO, files->directory.data, -1, -1, "cannot be made beside the investigation, where the new file is written: %s",
                      strerror(errno));
}

/* The new file under the old name; from here on it is purged. */
static eh_status replace(const char *path, const side_files *files, eh_error *err)
{
    struct stat found;
    char directory[4096];
    const char *slash = strrchr(path, '/');
    int size = slash ? snprintf(directory, sizeof directory, "%.*s", slash == path ? 1 : (int)(slash - path), path) : snprintf(directory, sizeof directory, ".");
    if (size < 0 || size >= (int)sizeof directory) return eh_fail_at(err, EH_E_IO, path, -1, -1, "this path is too long");
    if (stat(path, &found) != 0 || chmod(files->new_path.data, found.st_mode & 07777) != 0 || rename(files->new_path.data, path) != 0)
        return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be replaced: %s; nothing was changed", strerror(errno));
    return eh_sync_path(directory, err);
}

static eh_status purge_copy(eh_context *ctx, const side_files *files, const eh_purge_options *options, const id_reader *r, bool was_whole,
                            eh_purge_report *report, eh_error *err)
{
    eh_investigation *side;
    uint64_t n_problems = 0;
    EH_TRY(eh_investigation_open(ctx, files->old_path.data, EH_OPEN_WRITE, &side, err));
    eh_status status = eh_investigation_set_actor(side, options->actor, err);
    eh_store_fit_memory(side->store, 60);
    if (status == EH_OK) status = eh_store_exec(side->store, "BEGIN", err);
    if (status == EH_OK) status = inv_end_transaction(side, purge_all(side, options, r, report, err), err);
    if (status == EH_OK && was_whole) status = count_problems(side, &n_problems, err);
    if (status == EH_OK && n_problems > 0)
        status = eh_fail(err, EH_E_FORMAT, "after the purge %llu things in the ledger would not fit; nothing was changed. Please report this",
                         (unsigned long long)n_problems);
    if (status == EH_OK) status = eh_store_copy(side->store, files->new_path.data, err);
    eh_investigation_close(side);
    return status;
}

static eh_status purge_file(eh_investigation *inv, const char *path, const eh_purge_options *options, const id_reader *r, eh_purge_report *report,
                            eh_error *err)
{
    eh_context *ctx = inv->ctx;
    side_files files = {EH_BUF_INIT(ctx), EH_BUF_INIT(ctx), EH_BUF_INIT(ctx)};
    eh_status status = make_room(path, &files, err);
    eh_store_fit_memory(inv->store, 30);
    eh_context_report(ctx, "copying", 0, 1);
    if (status == EH_OK) status = eh_store_exec(inv->store, "CHECKPOINT", err); /* so that closing writes nothing any more */
    if (status == EH_OK) status = eh_store_copy(inv->store, files.old_path.data, err);
    if (status == EH_OK) status = purge_copy(ctx, &files, options, r, !options->allows_damage, report, err);
    if (status == EH_OK) status = replace(path, &files, err);
    if (files.directory.data) clear_files(&files);
    eh_buf_release(&files.directory);
    eh_buf_release(&files.old_path);
    eh_buf_release(&files.new_path);
    return status;
}

static eh_status try_purge(eh_investigation *inv, const eh_purge_options *options, const id_reader *r, eh_purge_report *report, eh_error *err)
{
    EH_TRY(eh_store_exec(inv->store, "BEGIN", err));
    eh_status status = purge_all(inv, options, r, report, err);
    eh_store_rollback(inv->store);
    return status;
}

static eh_status purge_open(eh_investigation *inv, const eh_purge_options *options, const id_reader *r, eh_purge_report *report, eh_error *err)
{
    EH_TRY(eh_investigation_set_actor(inv, options->actor, err));
    EH_TRY(check_whole(inv, options, err));
    if (options->is_dry_run) return try_purge(inv, options, r, report, err);
    /* A link is followed: the file that it names is replaced, not the link. */
    char *path = realpath(eh_store_path(inv->store), NULL);
    if (!path) return eh_fail_at(err, EH_E_IO, eh_store_path(inv->store), -1, -1, "cannot be found: %s", strerror(errno));
    eh_status status = purge_file(inv, path, options, r, report, err);
    eh_free_foreign(path);
    return status;
}

eh_status eh_investigation_purge(eh_context *ctx, const char *path, const eh_purge_options *options, eh_purge_report *report, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *report = (eh_purge_report){0};
    eh_investigation *inv = NULL;
    id_reader reader = {.ids = EH_DICT_INIT(ctx)};
    eh_status status = check_words(options, err);
    if (status == EH_OK) status = read_ids(ctx, options, &reader, err);
    report->n_named = reader.ids.n;
    report->n_twice = reader.n_twice;
    if (status == EH_OK) status = eh_investigation_open(ctx, path, EH_OPEN_WRITE, &inv, err);
    if (status == EH_OK) status = purge_open(inv, options, &reader, report, err);
    eh_investigation_close(inv);
    eh_pseudonymiser_free(reader.pseudonyms);
    eh_dict_release(&reader.ids);
    return status;
}
