/* A run as a bundle: case.json, the tables that the run commits to, and proofs of its leaves. */
#include "cases/case_files.h"

#include "base/hash.h"
#include "ledger/ledger_private.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *const case_tables[case_n_tables] = {"accounts", "edges", "networks", "ties", "evidence"};

/* ---- files ------------------------------------------------------------------------------------------------------- */

eh_status case_folder_make(eh_context *ctx, case_folder *out, eh_error *err)
{
    out->path = (eh_buf)EH_BUF_INIT(ctx);
    EH_TRY(eh_buf_printf(&out->path, err, "%s/evenhand-case-XXXXXX", eh_context_temp_dir(ctx)));
    if (mkdtemp(out->path.data)) return EH_OK;
    eh_status status = eh_fail_at(err, EH_E_IO, eh_context_temp_dir(ctx), -1, -1, "no folder can be made there: %s", strerror(errno));
    eh_buf_release(&out->path);
    return status;
}

eh_status case_folder_file(const case_folder *folder, const char *name, eh_buf *out, eh_error *err)
{
    eh_buf_clear(out);
    return eh_buf_printf(out, err, "%s/%s", folder->path.data, name);
}

void case_folder_remove(case_folder *folder)
{
    if (!folder->path.data) return;
    DIR *dir = opendir(folder->path.data);
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        if (entry->d_name[0] != '.') (void)unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir) (void)closedir(dir);
    (void)rmdir(folder->path.data);
    eh_buf_release(&folder->path);
}

eh_status case_read_file(eh_context *ctx, const char *path, eh_buf *out, eh_error *err)
{
    char block[65536];
    out->ctx = ctx;
    eh_buf_clear(out);
    FILE *file = fopen(path, "rb");
    if (!file) return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be opened: %s", strerror(errno));
    eh_status status = EH_OK;
    for (size_t n; status == EH_OK && (n = fread(block, 1, sizeof block, file)) > 0;) status = eh_buf_add(out, block, n, err);
    if (status == EH_OK && ferror(file)) status = eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be read: %s", strerror(errno));
    (void)fclose(file);
    return status == EH_OK ? eh_buf_add(out, "", 0, err) : status;
}

eh_status case_table_csv(eh_investigation *inv, const char *run_id, const char *what, const case_folder *folder, eh_buf *out, eh_error *err)
{
    char name[32];
    eh_buf path = EH_BUF_INIT(inv->ctx);
    (void)snprintf(name, sizeof name, "%s.csv", what);
    eh_status status = case_folder_file(folder, name, &path, err);
    if (status == EH_OK) status = eh_investigation_export(inv, run_id, what, path.data, err);
    if (status == EH_OK) status = case_read_file(inv->ctx, path.data, out, err);
    if (path.data) (void)unlink(path.data);
    eh_buf_release(&path);
    return status;
}

/* ---- the bundle -------------------------------------------------------------------------------------------------- */

typedef struct case_writer {
    eh_investigation *inv;
    const char *run_id;
    case_folder folder;
    eh_outfile out;
    eh_outfile body_out; /* in memory: all members but case.json */
    eh_buf files; /* these, for case.json */
} case_writer;

static eh_status add_member(case_writer *w, const char *name, eh_str data, eh_error *err)
{
    char hex[65];
    eh_sha256_text(data, hex);
    EH_TRY(eh_buf_printf(&w->files, err, "%s\n    {\"name\": \"%s\", \"size_bytes\": %zu, \"sha256\": \"%s\"}", w->files.size ? "," : "", name,
                         data.size, hex));
    return tar_add(&w->body_out, name, data, err);
}

static eh_status add_tables(case_writer *w, eh_error *err)
{
    eh_buf text = EH_BUF_INIT(w->inv->ctx);
    eh_status status = EH_OK;
    for (int i = 0; i < case_n_tables && status == EH_OK; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%s.csv", case_tables[i]);
        status = case_table_csv(w->inv, w->run_id, case_tables[i], &w->folder, &text, err);
        if (status == EH_OK) status = add_member(w, name, eh_buf_str(&text), err);
    }
    eh_buf_release(&text);
    return status;
}

static eh_status take_id(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    EH_TRY(eh_buf_add_str(data, cells[0].text, err));
    return eh_buf_add(data, "\n", 1, err);
}

/* One id a line; no such file where none was left out. */
static eh_status add_without(case_writer *w, eh_error *err)
{
    char sql[128];
    eh_buf text = EH_BUF_INIT(w->inv->ctx);
    (void)snprintf(sql, sizeof sql, "SELECT account_id FROM run_without WHERE run_id = '%s' ORDER BY account_id", w->run_id);
    eh_status status = eh_store_query(w->inv->store, sql, NULL, take_id, &text, err);
    if (status == EH_OK && text.size) status = add_member(w, "without.txt", eh_buf_str(&text), err);
    eh_buf_release(&text);
    return status;
}

/* The leaves that the case rests on, in order. */
typedef struct leaf_list {
    uint64_t seqs[case_most_files / 2];
    size_t n;
} leaf_list;

static eh_status take_seq(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    leaf_list *list = data;
    if (list->n == sizeof list->seqs / sizeof *list->seqs) return eh_fail(err, EH_E_LIMIT, "too many leaves for one bundle");
    list->seqs[list->n++] = (uint64_t)cells[0].integer;
    return EH_OK;
}

static eh_status add_proof(case_writer *w, uint64_t seq, eh_proof *proof, eh_error *err)
{
    char name[64];
    eh_buf text = EH_BUF_INIT(w->inv->ctx);
    EH_TRY(eh_ledger_prove_leaf(w->inv->ledger, seq, 0, true, proof, err));
    eh_status status = eh_proof_text(proof, &text, err);
    (void)snprintf(name, sizeof name, "proofs/leaf-%llu.json", (unsigned long long)seq);
    if (status == EH_OK) status = add_member(w, name, eh_buf_str(&text), err);
    eh_buf_release(&text);
    eh_proof_release(proof);
    return status;
}

static eh_status add_proofs(case_writer *w, eh_error *err)
{
    char sql[512];
    leaf_list *list = eh_alloc(w->inv->ctx, 1, sizeof *list, err);
    eh_proof *proof = list ? eh_alloc(w->inv->ctx, 1, sizeof *proof, err) : NULL;
    eh_status status = proof ? EH_OK : err->status;
    (void)snprintf(sql, sizeof sql,
                   "SELECT l.seq FROM ledger l JOIN ledger_payloads p ON p.seq = l.seq WHERE (l.type = 'run' AND starts_with(p.payload, "
                   "'{\"run_id\": \"%s\"')) OR l.type = 'import' ORDER BY l.seq",
                   w->run_id);
    if (status == EH_OK) status = eh_store_query(w->inv->store, sql, NULL, take_seq, list, err);
    for (size_t i = 0; status == EH_OK && i < list->n; i++) status = add_proof(w, list->seqs[i], proof, err);
    eh_free(w->inv->ctx, proof);
    eh_free(w->inv->ctx, list);
    return status;
}

/* ---- case.json --------------------------------------------------------------------------------------------------- */

static eh_status take_archive(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_buf *out = data;
    EH_TRY(eh_buf_printf(out, err, "%s\n    {\"name\": ", out->data[out->size - 1] == '[' ? "" : ","));
    EH_TRY(eh_ledger_json(out, cells[0].text, err));
    EH_TRY(eh_buf_printf(out, err, ", \"sha256\": \"%.*s\", \"size_bytes\": %lld, \"options\": ", (int)cells[1].text.size, cells[1].text.data,
                         (long long)cells[2].integer));
    EH_TRY(eh_ledger_json(out, cells[3].text, err));
    return eh_buf_printf(out, err, ", \"rows_read\": %lld, \"rows_kept\": %lld, \"rows_duplicate\": %lld}", (long long)cells[4].integer,
                         (long long)cells[5].integer, (long long)cells[6].integer);
}

static eh_status take_run(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_buf *out = data;
    EH_TRY(eh_buf_printf(out, err, "  \"version\": "));
    EH_TRY(eh_ledger_json(out, cells[0].text, err));
    EH_TRY(eh_buf_printf(out, err, ",\n  \"seed\": "));
    EH_TRY(eh_ledger_json(out, cells[1].text, err));
    EH_TRY(eh_buf_printf(out, err, ",\n  \"parameters\": "));
    EH_TRY(eh_buf_add_str(out, cells[2].text, err));
    return eh_buf_printf(out, err, ",\n  \"q\": %.17g,\n  \"accounts\": %lld,\n  \"listed\": %lld,\n  \"expected_false\": %.17g", cells[3].real,
                         (long long)cells[4].integer, (long long)cells[5].integer, cells[3].real * (double)cells[5].integer);
}

static eh_status case_json(case_writer *w, eh_buf *out, eh_error *err)
{
    char sql[320];
    EH_TRY(eh_buf_printf(out, err, "{\n  \"evenhand\": \"case 1\",\n  \"run_id\": \"%s\",\n", w->run_id));
    (void)snprintf(sql, sizeof sql, "SELECT version, seed, parameters, q, n_accounts, n_listed_accounts FROM runs WHERE run_id = '%s'", w->run_id);
    EH_TRY(eh_store_query(w->inv->store, sql, NULL, take_run, out, err));
    EH_TRY(eh_buf_printf(out, err, ",\n  \"archives\": ["));
    (void)snprintf(sql, sizeof sql,
                   "SELECT name, sha256, size_bytes, options, rows_read, rows_kept, rows_duplicate FROM sources WHERE source_id <= (SELECT "
                   "last_source_id FROM runs WHERE run_id = '%s') ORDER BY source_id",
                   w->run_id);
    EH_TRY(eh_store_query(w->inv->store, sql, NULL, take_archive, out, err));
    EH_TRY(eh_buf_printf(out, err, "\n  ],\n  \"files\": ["));
    EH_TRY(eh_buf_add_str(out, eh_buf_str(&w->files), err));
    return eh_buf_printf(out, err, "\n  ]\n}\n");
}

static eh_status check_current(const case_writer *w, eh_error *err)
{
    char sql[192];
    int64_t is_current;
    (void)snprintf(sql, sizeof sql, "SELECT CAST(last_source_id = (SELECT max(source_id) FROM sources) AS INTEGER) FROM runs WHERE run_id = '%s'", w->run_id);
    EH_TRY(eh_store_integer(w->inv->store, sql, &is_current, err));
    if (is_current) return EH_OK;
    return eh_fail_at(err, EH_E_INVALID, eh_store_path(w->inv->store), -1, -1,
                      "got more archives since run %s; run evenhand detect again, and export that run", w->run_id);
}

/* case.json stands first, so the other members wait in memory until their hashes are known. */
static eh_status write_case(case_writer *w, const char *path, eh_error *err)
{
    char *text = NULL;
    size_t size = 0;
    eh_buf json = EH_BUF_INIT(w->inv->ctx);
    EH_TRY(check_current(w, err));
    w->body_out = (eh_outfile){.ctx = w->inv->ctx, .stream = open_memstream(&text, &size)};
    if (!w->body_out.stream) return eh_fail(err, EH_E_NOMEM, "out of memory");
    eh_status status = add_tables(w, err);
    if (status == EH_OK) status = add_without(w, err);
    if (status == EH_OK) status = add_proofs(w, err);
    if (fclose(w->body_out.stream) != 0 && status == EH_OK) status = eh_fail(err, EH_E_NOMEM, "out of memory");
    if (status == EH_OK) status = case_json(w, &json, err);
    if (status == EH_OK) status = eh_outfile_open(w->inv->ctx, path, &w->out, err);
    if (status == EH_OK) {
        status = tar_add(&w->out, "case.json", eh_buf_str(&json), err);
        (void)fwrite(text, 1, size, w->out.stream);
        tar_end(&w->out);
        if (status == EH_OK)
            status = eh_outfile_commit(&w->out, err);
        else
            eh_outfile_discard(&w->out);
    }
    eh_free_foreign(text);
    eh_buf_release(&json);
    return status;
}

eh_status eh_case_write(eh_investigation *inv, const char *run_id, const char *path, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    char found[EH_RUN_ID_SIZE];
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    case_writer w = {.inv = inv, .run_id = found, .files = EH_BUF_INIT(inv->ctx)};
    eh_status status = case_folder_make(inv->ctx, &w.folder, err);
    if (status == EH_OK) status = write_case(&w, path, err);
    case_folder_remove(&w.folder);
    eh_buf_release(&w.files);
    return status;
}
