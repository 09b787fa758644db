/*
 * The main job in one go. Everything is built aside in DIR and moved into place at the end, the database last: at any
 * moment DIR holds no investigation.duckdb, the one of before, or a whole new one. The one of before is kept beside it
 * where it holds what the new one does not.
 */
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct investigate_args {
    cli_common common;
    cli_texts inputs;
    const char *dir;
    cli_input input;
    cli_detect detect;
    const char *pseudonym_key, *at_risk, *key;
    bool wants_calibration;
} investigate_args;

/* What is exported, under which name, in this order. */
static const struct {
    const char *what, *name;
} files[] = {
    {"accounts", "accounts.csv"},         {"edges", "edges.csv"},       {"networks", "networks.csv"},
    {"evidence", "evidence.parquet"},     {"graph", "graph.gexf"},      {"graph", "graph.graphml"},
    {"provenance", "provenance.json"},    {"rejects", "rejects.csv"},   {NULL, "report.html"},
};
enum { N_FILES = sizeof files / sizeof *files };

/* The directory at work: where things are built and where they go. */
typedef struct place {
    const cli_call *call;
    const char *dir;
    char *final, *final_log; /* DIR/investigation.duckdb and its write-ahead log */
    char *previous, *previous_log;
    char *partial, *partial_log, *staging;
    int lock;
} place;

/* --- the directory --------------------------------------------------------------------------------------------- */

static void remove_partial(const place *p)
{
    if (p->partial) (void)unlink(p->partial);
    if (p->partial_log) (void)unlink(p->partial_log);
    DIR *staging = p->staging ? opendir(p->staging) : NULL;
    if (!staging) return;
    for (const struct dirent *entry; (entry = readdir(staging));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)unlinkat(dirfd(staging), entry->d_name, 0);
    (void)closedir(staging);
    (void)rmdir(p->staging);
}

static void place_release(place *p)
{
    eh_context *ctx = p->call->ctx;
    if (p->lock >= 0) (void)close(p->lock);
    cli_aside_clear();
    eh_free(ctx, p->final);
    eh_free(ctx, p->final_log);
    eh_free(ctx, p->previous);
    eh_free(ctx, p->previous_log);
    eh_free(ctx, p->partial);
    eh_free(ctx, p->partial_log);
    eh_free(ctx, p->staging);
}

static eh_status lock_dir(place *p, eh_error *err)
{
    p->lock = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (p->lock < 0) return eh_fail_at(err, EH_E_IO, p->dir, -1, -1, "cannot be opened: %s", strerror(errno));
    if (flock(p->lock, LOCK_EX | LOCK_NB) == 0) return EH_OK;
    if (errno == EWOULDBLOCK)
        return eh_fail_at(err, EH_E_IO, p->dir, -1, -1, "another evenhand investigates into this directory; wait for "
                          "it or choose another with -o");
    return eh_fail_at(err, EH_E_IO, p->dir, -1, -1, "cannot be locked: %s", strerror(errno));
}

/* An investigation that somebody writes to right now must not be replaced under his hands. */
static eh_status check_final(const place *p, eh_error *err)
{
    if (!eh_is_investigation(p->final)) return EH_OK;
    eh_investigation *inv;
    eh_status status = eh_investigation_open(p->call->ctx, p->final, EH_OPEN_READ, &inv, err);
    if (status == EH_OK) eh_investigation_close(inv);
    return status == EH_E_IO ? status : EH_OK;
}

static eh_status place_init(const cli_call *call, const char *dir, place *p, eh_error *err)
{
    eh_context *ctx = call->ctx;
    *p = (place){.call = call, .dir = dir, .lock = -1};
    EH_TRY(eh_make_dirs(ctx, dir, err));
    EH_TRY(lock_dir(p, err));
    p->final = cli_join(ctx, dir, "investigation.duckdb", err);
    p->final_log = cli_join(ctx, dir, "investigation.duckdb.wal", err);
    p->previous = cli_join(ctx, dir, "investigation.previous.duckdb", err);
    p->previous_log = cli_join(ctx, dir, "investigation.previous.duckdb.wal", err);
    p->partial = cli_join(ctx, dir, ".investigation.partial.duckdb", err);
    p->partial_log = cli_join(ctx, dir, ".investigation.partial.duckdb.wal", err);
    p->staging = cli_join(ctx, dir, ".investigation.partial", err);
    if (!p->final || !p->final_log || !p->previous || !p->previous_log || !p->partial || !p->partial_log || !p->staging)
        return eh_fail(err, EH_E_NOMEM, "out of memory");
    EH_TRY(check_final(p, err));
    remove_partial(p); /* what a killed run left */
    cli_aside_add(p->partial);
    cli_aside_add(p->partial_log);
    if (mkdir(p->staging, 0777) != 0)
        return eh_fail_at(err, EH_E_IO, dir, -1, -1, "cannot be written to: %s; choose another with -o",
                          strerror(errno));
    return EH_OK;
}

/* Nothing that is read may be written over. */
static eh_status check_inputs(const cli_call *call, const investigate_args *args, eh_error *err)
{
    static const char *const databases[] = {"investigation.duckdb", "investigation.previous.duckdb"};
    enum { N_DATABASES = sizeof databases / sizeof *databases };
    eh_status status = EH_OK;
    for (int i = 0; i < N_FILES + N_DATABASES && status == EH_OK; i++) {
        char *path = cli_join(call->ctx, args->dir, i < N_FILES ? files[i].name : databases[i - N_FILES], err);
        status = path ? cli_check_not_inputs(path, &args->inputs, err) : err->status;
        if (status == EH_OK) status = cli_check_not_input(path, args->pseudonym_key, err);
        if (status == EH_OK) status = cli_check_not_input(path, args->at_risk, err);
        if (status == EH_OK) status = cli_check_not_input(path, args->key, err);
        eh_free(call->ctx, path);
    }
    return status;
}

/* --- filling the investigation --------------------------------------------------------------------------------- */

static eh_status copy_file(eh_context *ctx, const char *from, const char *to, eh_error *err)
{
    enum { BLOCK_SIZE = 1 << 20 };
    FILE *in = fopen(from, "rb"), *out = in ? fopen(to, "wb") : NULL;
    eh_status status = EH_OK;
    char *block = eh_alloc(ctx, BLOCK_SIZE, 1, err);
    if (!block)
        status = err->status;
    else if (!in || !out)
        status = eh_fail_at(err, EH_E_IO, in ? to : from, -1, -1, "cannot be opened: %s", strerror(errno));
    for (size_t n; status == EH_OK && (n = fread(block, 1, BLOCK_SIZE, in)) > 0;) {
        if (fwrite(block, 1, n, out) != n)
            status = eh_fail_at(err, EH_E_IO, to, -1, -1, "cannot be written: %s", strerror(errno));
        else if (eh_context_is_cancelled(ctx))
            status = eh_fail(err, EH_E_CANCELLED, "interrupted");
    }
    if (status == EH_OK && ferror(in)) status = eh_fail_at(err, EH_E_IO, from, -1, -1, "cannot be read");
    eh_free(ctx, block);
    if (in) (void)fclose(in);
    if (out && fclose(out) != 0 && status == EH_OK)
        status = eh_fail_at(err, EH_E_IO, to, -1, -1, "cannot be written: %s", strerror(errno));
    return status;
}

/* A copy, so that the given investigation stays as it is. Held open meanwhile, so that nobody writes to it. */
static eh_status copy_investigation(const place *p, const char *path, eh_investigation **inv, eh_error *err)
{
    eh_context *ctx = p->call->ctx;
    eh_investigation *source;
    EH_TRY(eh_investigation_open(ctx, path, EH_OPEN_READ, &source, err));
    eh_buf log = EH_BUF_INIT(ctx);
    eh_status status = eh_buf_printf(&log, err, "%s.wal", path);
    if (status == EH_OK) status = copy_file(ctx, path, p->partial, err);
    if (status == EH_OK && access(log.data, F_OK) == 0) status = copy_file(ctx, log.data, p->partial_log, err);
    eh_buf_release(&log);
    eh_investigation_close(source);
    if (status != EH_OK) return status;
    return cli_open(p->call, p->partial, EH_OPEN_WRITE, inv, err);
}

static eh_status fill(const place *p, const investigate_args *args, eh_import_report *reports, eh_investigation **inv,
                      bool *is_copy, eh_error *err)
{
    const char *first = args->inputs.items[0];
    *is_copy = eh_is_investigation(first);
    if (*is_copy && args->inputs.n > 1)
        return eh_fail_at(err, EH_E_INVALID, first, -1, -1, "is an investigation: give it alone, or archives only");
    if (*is_copy && (args->input.format || args->input.maps.n || args->pseudonym_key))
        return eh_fail_at(err, EH_E_INVALID, first, -1, -1, "is an investigation: --format, --map and --pseudonymise "
                          "go with archives only");
    if (*is_copy) {
        EH_TRY(copy_investigation(p, first, inv, err));
        return eh_investigation_set_command(*inv, p->call->n_words, p->call->words, err);
    }
    EH_TRY(cli_open(p->call, p->partial, EH_OPEN_CREATE, inv, err));
    EH_TRY(eh_investigation_set_command(*inv, p->call->n_words, p->call->words, err));
    return cli_import_all(*inv, &args->inputs, &args->input, args->pseudonym_key, reports, err);
}

/* --- the investigation of before ------------------------------------------------------------------------------- */

/* What a database holds, a line each: "archive SHA256", "run ID", and of its ledger what only people can have added. */
static eh_status read_contents(const place *p, const char *database, eh_buf *out, eh_error *err)
{
    static const char query[] = "SELECT 'archive ' || sha256 AS what FROM sources UNION ALL "
                                "SELECT 'run ' || run_id FROM runs UNION ALL "
                                "SELECT 'head ' || substr(signature, 1, 64) FROM ledger_heads UNION ALL "
                                "SELECT 'leaf ' || leaf_hash FROM ledger WHERE type NOT IN ('import', 'run', 'calibration', "
                                "'export') ORDER BY what";
    eh_investigation *inv;
    EH_TRY(eh_investigation_open(p->call->ctx, database, EH_OPEN_READ, &inv, err));
    char block[4096], *path = cli_join(p->call->ctx, p->staging, "contents.csv", err);
    eh_status status = path ? eh_investigation_sql(inv, query, path, err) : err->status;
    eh_investigation_close(inv);
    FILE *file = status == EH_OK ? fopen(path, "rb") : NULL;
    if (status == EH_OK && !file) status = eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be opened");
    for (size_t n; status == EH_OK && (n = fread(block, 1, sizeof block, file)) > 0;)
        status = eh_buf_add(out, block, n, err);
    if (file) (void)fclose(file);
    if (status == EH_OK) status = eh_buf_add(out, "", 1, err); /* ends the text */
    eh_free(p->call->ctx, path);
    return status;
}

/* Whether old names an archive or another thing, or of several runs one, that new does not. */
static bool has_more(const char *old, const char *new)
{
    int n_runs = 0, n_lost_archives = 0, n_lost_runs = 0;
    for (const char *line = old; *line;) {
        char word[96];
        size_t size = strcspn(line, "\n");
        (void)snprintf(word, sizeof word, "%.*s\n", (int)size, line);
        bool is_run = strncmp(word, "run ", 4) == 0, is_lost = !strstr(new, word);
        n_runs += is_run;
        n_lost_runs += is_run && is_lost;
        n_lost_archives += !is_run && is_lost;
        line += size + (line[size] == '\n');
    }
    return n_lost_archives > 0 || (n_runs > 1 && n_lost_runs > 0);
}

/* Whether the one of before must be kept. One that cannot be read is not thrown away either. */
static eh_status must_keep(const place *p, bool *answer, eh_error *err)
{
    *answer = false;
    if (access(p->final, F_OK) != 0) return EH_OK;
    eh_buf old = EH_BUF_INIT(p->call->ctx), new = EH_BUF_INIT(p->call->ctx);
    eh_status status = read_contents(p, p->final, &old, err);
    *answer = status == EH_E_FORMAT || status == EH_E_UNSUPPORTED || status == EH_E_INVALID;
    if (*answer) status = EH_OK;
    if (status == EH_OK && !*answer) {
        status = read_contents(p, p->partial, &new, err);
        *answer = status == EH_OK && has_more(old.data, new.data);
    }
    eh_buf_release(&old);
    eh_buf_release(&new);
    return status;
}

/* --- files ----------------------------------------------------------------------------------------------------- */

static eh_status write_files(const place *p, eh_investigation *inv, const char *run_id, const eh_guard *guard, eh_error *err)
{
    eh_context *ctx = p->call->ctx;
    for (int i = 0; i < N_FILES; i++) {
        eh_context_report(ctx, "writing files", (uint64_t)i, N_FILES);
        char *path = cli_join(ctx, p->staging, files[i].name, err);
        if (!path) return err->status;
        eh_status status = guard ? eh_investigation_guard(inv, guard, files[i].what != NULL, err) : EH_OK;
        if (status == EH_OK)
            status = files[i].what ? eh_investigation_export(inv, run_id, files[i].what, path, err) : eh_report_write(inv, run_id, path, err);
        eh_free(ctx, path);
        if (status != EH_OK) return status;
        if (eh_context_is_cancelled(ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
    }
    return EH_OK;
}

static eh_status write_guarded(const place *p, const investigate_args *args, eh_investigation *inv, const char *run_id, eh_error *err)
{
    eh_guard *guard;
    EH_TRY(cli_guard_new(p->call, inv, run_id, true, args->at_risk, args->key, &guard, err));
    eh_status status = write_files(p, inv, run_id, guard, err);
    if (status == EH_OK && guard) status = eh_investigation_guard(inv, NULL, true, err);
    eh_guard_free(guard);
    return status;
}

/* One leaf of the ledger for all files. */
static eh_status record_files(const place *p, eh_investigation *inv, const char *run_id, eh_error *err)
{
    eh_context *ctx = p->call->ctx;
    char *paths[N_FILES] = {0};
    eh_exported_file exported[N_FILES];
    eh_status status = EH_OK;
    for (int i = 0; i < N_FILES && status == EH_OK; i++) {
        paths[i] = cli_join(ctx, p->staging, files[i].name, err);
        exported[i] = (eh_exported_file){files[i].what ? files[i].what : "report", paths[i]};
        if (!paths[i]) status = err->status;
    }
    if (status == EH_OK) status = eh_investigation_record_export(inv, run_id, exported, N_FILES, err);
    for (int i = 0; i < N_FILES; i++) eh_free(ctx, paths[i]);
    return status;
}

static eh_status move(const char *from, const char *to, eh_error *err)
{
    if (rename(from, to) == 0) return EH_OK;
    return eh_fail_at(err, EH_E_IO, to, -1, -1, "cannot be put in place: %s", strerror(errno));
}

static eh_status keep_previous(const place *p, eh_error *err)
{
    bool has_older = access(p->previous, F_OK) == 0;
    (void)unlink(p->previous_log);
    EH_TRY(move(p->final, p->previous, err));
    if (access(p->final_log, F_OK) == 0) EH_TRY(move(p->final_log, p->previous_log, err));
    cli_note(p->call, "%s held what the new one does not (archives or runs); it is kept as %s%s", p->final, p->previous,
             has_older ? ", in place of the one kept before" : "");
    return EH_OK;
}

static eh_status move_files(const place *p, bool keeps_old, eh_error *err)
{
    eh_context *ctx = p->call->ctx;
    for (int i = 0; i < N_FILES; i++) {
        char *from = cli_join(ctx, p->staging, files[i].name, err);
        char *to = from ? cli_join(ctx, p->dir, files[i].name, err) : NULL;
        eh_status status = to ? move(from, to, err) : err->status;
        eh_free(ctx, from);
        eh_free(ctx, to);
        if (status != EH_OK) return status;
    }
    if (keeps_old) EH_TRY(keep_previous(p, err));
    (void)unlink(p->final_log); /* the log of the one that is replaced would be applied to the new one */
    return move(p->partial, p->final, err);
}

/* Closing writes the last of the database and cannot fail aloud: on a full disk, some of it is still in the log. */
static eh_status check_whole(const place *p, eh_error *err)
{
    eh_investigation *inv;
    if (access(p->partial_log, F_OK) == 0)
        return eh_fail_at(err, EH_E_IO, p->dir, -1, -1, "the database could not be written whole; is the disk full? "
                          "Nothing was left behind");
    EH_TRY(eh_investigation_open(p->call->ctx, p->partial, EH_OPEN_READ, &inv, err));
    eh_investigation_close(inv);
    return EH_OK;
}

/* --- what is told ---------------------------------------------------------------------------------------------- */

static void print_text(const investigate_args *args, bool is_copy, const eh_import_report *reports,
                       const eh_run_summary *run)
{
    for (int i = 0; i < args->inputs.n && !is_copy; i++) cli_print_import(args->inputs.items[i], &reports[i]);
    cli_print_run(stdout, run);
    size_t size = strlen(args->dir);
    printf("report    %s%sreport.html\n", args->dir, size && args->dir[size - 1] == '/' ? "" : "/");
}

static eh_status print_json(const cli_call *call, const investigate_args *args, bool is_copy,
                            const eh_import_report *reports, const eh_run_summary *run, eh_error *err)
{
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_begin(&json, "inputs", '[');
    for (int i = 0; i < args->inputs.n && !is_copy; i++)
        cli_json_ingest(&json, args->inputs.items[i], &reports[i].ingest, &reports[i].n_duplicates);
    cli_json_end(&json, ']');
    cli_json_run(&json, run);
    cli_json_text(&json, "directory", args->dir);
    char *report = cli_join(call->ctx, args->dir, "report.html", err);
    if (report) cli_json_text(&json, "report", report);
    eh_free(call->ctx, report);
    return cli_json_close(&json, err);
}

/* --- the command ----------------------------------------------------------------------------------------------- */

static eh_status check_kept(const investigate_args *args, const eh_import_report *reports, eh_error *err)
{
    uint64_t n_kept = 0;
    int last = args->inputs.n - 1;
    for (int i = 0; i <= last; i++) n_kept += reports[i].ingest.n_rows_kept;
    return cli_check_kept(args->inputs.items[last], &reports[last].ingest, n_kept, err);
}

/* Told before detection, which knows neither the names of archives nor --map. */
static eh_status check_actions(const investigate_args *args, const eh_import_report *reports, eh_error *err)
{
    uint64_t n_actions = 0, n_rows = 0;
    char more[64] = "";
    for (int i = 0; i < args->inputs.n; i++) {
        n_rows += reports[i].ingest.n_rows_read;
        for (int b = 0; b < EH_N_BEHAVIOURS; b++) n_actions += reports[i].n_actions[b];
    }
    if (n_actions) return EH_OK;
    if (args->inputs.n > 1) (void)snprintf(more, sizeof more, "and %d more: ", args->inputs.n - 1);
    return eh_fail_at(err, EH_E_STATISTICS, args->inputs.items[0], -1, -1,
                      "%sthere is nothing to compare in %llu rows read as %s: none tells a repost, link, hashtag, "
                      "mention, media, reply or a text of 40 characters; name the columns that do%s: --map urls=COLUMN, "
                      "hashtags, mentions, media, text, target_post, reply_to",
                      more, (unsigned long long)n_rows, reports[0].ingest.format, args->input.maps.n ? " too" : "");
}

/* What failed in a file aside is told of the file that the person knows. */
static void name_input(const place *p, const char *input, eh_error *err)
{
    if (err && err->source[0] && strncmp(err->source, p->partial, sizeof err->source - 1) == 0)
        (void)snprintf(err->source, sizeof err->source, "%s", input);
}

/* An archive in which nothing can be tested is no failure of the whole. */
static eh_status calibrate(const place *p, eh_investigation *inv, const char *run_id, eh_error *err)
{
    eh_run_calibration *c = eh_alloc(p->call->ctx, 1, sizeof *c, err);
    if (!c) return err->status;
    eh_status status = eh_investigation_calibrate(inv, run_id, NULL, c, err);
    if (status == EH_E_STATISTICS) cli_note(p->call, "not calibrated: %s", err->message);
    if (status == EH_OK && c->calibrated_run_id[0])
        cli_note(p->call, "more than --fdr may be false; run %s in the database has a tightened level", c->calibrated_run_id);
    eh_free(p->call->ctx, c);
    return status == EH_E_STATISTICS ? EH_OK : status;
}

static eh_status investigate(const place *p, const investigate_args *args, eh_import_report *reports, bool *is_copy,
                             eh_run_summary *run, eh_error *err)
{
    const eh_detect_options options = cli_detect_options(&args->detect);
    eh_investigation *inv = NULL;
    bool keeps_old = false;
    eh_status status = fill(p, args, reports, &inv, is_copy, err);
    if (status == EH_OK && !*is_copy) status = check_kept(args, reports, err);
    if (status == EH_OK && !*is_copy) status = check_actions(args, reports, err);
    if (status == EH_OK) status = eh_investigation_detect(inv, &options, run, err);
    if (status == EH_OK && args->wants_calibration) status = calibrate(p, inv, run->run_id, err);
    if (status == EH_OK) status = write_guarded(p, args, inv, run->run_id, err);
    if (status == EH_OK) status = record_files(p, inv, run->run_id, err);
    if (inv) eh_investigation_close(inv);
    if (status == EH_OK) status = check_whole(p, err);
    if (status == EH_OK) status = must_keep(p, &keeps_old, err);
    if (status == EH_OK && eh_context_is_cancelled(p->call->ctx)) status = EH_E_CANCELLED;
    if (status == EH_OK) status = move_files(p, keeps_old, err);
    if (status != EH_OK) name_input(p, *is_copy ? args->inputs.items[0] : p->dir, err);
    return status;
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const investigate_args *args = arguments;
    place p = {.lock = -1, .call = call};
    bool is_copy = false, is_new = access(args->dir, F_OK) != 0;
    eh_run_summary summary = {0};
    eh_import_report *reports = eh_alloc(call->ctx, (size_t)args->inputs.n, sizeof *reports, err);
    if (!reports) return err->status;
    eh_status status = check_inputs(call, args, err);
    if (status == EH_OK) status = place_init(call, args->dir, &p, err);
    bool is_ours = status == EH_OK;
    if (status == EH_OK) status = investigate(&p, args, reports, &is_copy, &summary, err);
    if (is_ours) remove_partial(&p);
    place_release(&p);
    if (status != EH_OK && is_new) (void)rmdir(args->dir); /* only if it is empty */
    cli_progress_end();
    if (status == EH_OK && args->common.is_json)
        status = print_json(call, args, is_copy, reports, &summary, err);
    else if (status == EH_OK)
        print_text(args, is_copy, reports, &summary);
    eh_free(call->ctx, reports);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INPUT", "Archives (plain, gzip or zstd), or one investigation, which is copied.", NULL,
     offsetof(investigate_args, inputs), 0, 0, CLI_TEXTS, 0, true},
    {"output", "DIR", "The directory to write; created when it does not exist.", NULL, offsetof(investigate_args, dir),
     0, 0, CLI_FOLDER, 'o', true},
    CLI_DETECT_OPTIONS(investigate_args),
    CLI_INPUT_OPTIONS(investigate_args),
    CLI_BEHAVIOUR_OPTION(investigate_args),
    CLI_KEY_OPTION(investigate_args),
    CLI_AT_RISK(investigate_args, at_risk, "Do not name the accounts of FILE, one id a line, in any file but the database, which is not for "
                "publishing. Refused where the list cannot be trusted."),
    CLI_GUARD_KEY(investigate_args, key),
    {"calibrate", NULL, "Also measure how often detection errs on this archive (as evenhand calibrate does); takes some 30 times "
     "as long as detection.", NULL, offsetof(investigate_args, wants_calibration), 0, 0, CLI_FLAG, 0, false},
    CLI_END,
};
static const investigate_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_investigate = {
    .name = "investigate",
    .summary = "the main job in one go: read archives, detect, report",
    .description = "Reads the archives, finds the accounts that act together beyond chance, and writes into DIR: "
                   "report.html (the page to read), accounts.csv (every account with its finding: strong, moderate, "
                   "weak, none or insufficient_data), edges.csv, networks.csv, evidence.parquet, graph.gexf and "
                   "graph.graphml, rejects.csv, provenance.json and investigation.duckdb with all tables.\n"
                   "At most the share --fdr of the listed accounts is expected to be listed by chance. Files in DIR "
                   "are replaced only when all of them are ready; an investigation.duckdb that holds other archives, "
                   "or runs that the new one does not, is kept as investigation.previous.duckdb.",
    .examples = "evenhand investigate posts.csv.gz -o case\n"
                "evenhand investigate a.jsonl b.jsonl -o case --behaviours repost,link --windows 30s,5m --fdr 0.01\n"
                "evenhand investigate wide.csv -o case --map account=author --map time=posted --map urls=links",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
