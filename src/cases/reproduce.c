/*
 * A case bundle computed again: the bundle against itself, the archives against the bundle, then a scratch investigation with the
 * recorded options, parameters and seed, whose tables are compared with the bundle's byte by byte. Nothing of the clock, the paths,
 * the number of threads or the time zone enters a table.
 */
#include "cases/case_files.h"

#include "base/hash.h"
#include "ingest/json_scan.h"
#include "investigation/run_again.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { most_archives = 1000 };

typedef struct reproduction {
    eh_context *ctx;
    const eh_reproduce_options *options;
    eh_reproduction *out;
    eh_buf bytes;
    eh_tar_entry *entries;
    size_t n_entries;
    eh_json json; /* case.json */
    eh_buf proved; /* payload of the run, from its proof */
    case_folder folder;
} reproduction;

static void tell(reproduction *r, const char *what, const char *format, ...) EH_PRINTF(3, 4);
static void tell(reproduction *r, const char *what, const char *format, ...)
{
    char message[600];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(message, sizeof message, format, list);
    va_end(list);
    r->out->n_problems++;
    if (r->options->on_problem) r->options->on_problem(r->options->data, what, message);
}

static const eh_tar_entry *entry_of(const reproduction *r, const char *name)
{
    for (size_t i = 0; i < r->n_entries; i++)
        if (strcmp(r->entries[i].name, name) == 0) return &r->entries[i];
    return NULL;
}

static void text_of(const reproduction *r, uint32_t node, const char *key, char *to, size_t size)
{
    eh_str text = eh_json_get_text(&r->json, node, key);
    (void)snprintf(to, size, "%.*s", (int)(text.size < size ? text.size : size - 1), text.size ? text.data : "");
}

static uint64_t count_of(const reproduction *r, uint32_t node, const char *key)
{
    char text[32];
    text_of(r, node, key, text, sizeof text);
    return strtoull(text, NULL, 10);
}

/* ---- the bundle -------------------------------------------------------------------------------------------------- */

static bool is_run_id(const char *text)
{
    return strlen(text) == EH_RUN_ID_SIZE - 1 && strspn(text, "0123456789abcdef") == EH_RUN_ID_SIZE - 1;
}

static eh_status read_bundle(reproduction *r, eh_error *err)
{
    const char *path = r->options->bundle;
    bool is_valid = false;
    size_t bad_at;
    EH_TRY(case_read_file(r->ctx, path, &r->bytes, err));
    r->entries = eh_alloc(r->ctx, case_most_files, sizeof *r->entries, err);
    if (!r->entries) return err->status;
    EH_TRY(eh_tar_parse(eh_buf_str(&r->bytes), path, r->entries, case_most_files, &r->n_entries, err));
    const eh_tar_entry *manifest = entry_of(r, "case.json");
    if (!manifest || !eh_utf8_is_valid(manifest->data)) return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "holds no case.json");
    EH_TRY(eh_json_parse(&r->json, manifest->data, &is_valid, &bad_at, err));
    if (!is_valid || !eh_str_is(eh_json_get_text(&r->json, 0, "evenhand"), "case 1"))
        return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "its case.json is none of form \"case 1\"");
    text_of(r, 0, "run_id", r->out->run_id, sizeof r->out->run_id);
    text_of(r, 0, "version", r->out->version, sizeof r->out->version);
    if (!is_run_id(r->out->run_id)) return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "its case.json has no run_id");
    return EH_OK;
}

/* Members against the list in case.json. */
static void check_members(reproduction *r)
{
    uint32_t files = eh_json_get(&r->json, 0, "files");
    size_t n_listed = 0;
    EH_JSON_EACH(&r->json, files, file)
    {
        char name[104], was[80], is[65];
        text_of(r, file, "name", name, sizeof name);
        text_of(r, file, "sha256", was, sizeof was);
        const eh_tar_entry *entry = entry_of(r, name);
        n_listed++;
        if (!entry) {
            tell(r, name, "is listed in case.json and missing in the bundle");
            continue;
        }
        eh_sha256_text(entry->data, is);
        if (strcmp(was, is) != 0) tell(r, name, "was changed: SHA-256 %s, and %s in case.json", is, was);
    }
    if (n_listed + 1 != r->n_entries) tell(r, "case.json", "lists %zu files, and the bundle holds %zu", n_listed, r->n_entries - 1);
}

/* The text of "files" of the run's payload: NAME against the bundle's member. */
static eh_status check_proved_run(reproduction *r, eh_error *err)
{
    eh_json payload;
    bool is_valid = false;
    size_t bad_at;
    eh_json_init(&payload, r->ctx);
    eh_status status = eh_json_parse(&payload, eh_buf_str(&r->proved), &is_valid, &bad_at, err);
    uint32_t files = is_valid ? eh_json_get(&payload, 0, "files") : EH_JSON_NONE;
    for (int i = 0; i < case_n_tables && status == EH_OK; i++) {
        char name[32], hex[65];
        (void)snprintf(name, sizeof name, "%s.csv", case_tables[i]);
        const eh_tar_entry *entry = entry_of(r, name);
        if (!entry) continue;
        eh_sha256_text(entry->data, hex);
        if (!eh_str_is(eh_json_get_text(&payload, files, name), hex)) tell(r, name, "is not the table that the ledger committed to");
    }
    if (status == EH_OK && is_valid && !eh_str_is(eh_json_get_text(&payload, 0, "run_id"), r->out->run_id))
        tell(r, "case.json", "the proof is of another run");
    eh_json_release(&payload);
    return status;
}

static eh_status check_proof(reproduction *r, const eh_tar_entry *entry, eh_proof *proof, eh_error *err)
{
    eh_error why = EH_ERROR_INIT;
    r->out->n_proofs++;
    eh_status status = eh_proof_parse(r->ctx, entry->data, entry->name, proof, &why);
    if (status == EH_E_NOMEM || status == EH_E_LIMIT) {
        if (err) *err = why;
        return status;
    }
    if (status == EH_OK) status = eh_proof_verify(proof, entry->name, &why);
    if (status == EH_OK) {
        r->out->n_good_proofs++;
        r->out->n_signed_proofs += eh_head_is_signed(&proof->head);
        if (strcmp(proof->type, "run") == 0 && proof->has_payload && r->proved.size == 0)
            status = eh_buf_add(&r->proved, proof->payload, proof->payload_size, err);
    } else {
        tell(r, entry->name, "%s", why.message);
        status = EH_OK;
    }
    if (proof->ctx) eh_proof_release(proof);
    return status;
}

static eh_status check_proofs(reproduction *r, eh_error *err)
{
    eh_proof *proof = eh_alloc(r->ctx, 1, sizeof *proof, err);
    if (!proof) return err->status;
    eh_status status = EH_OK;
    for (size_t i = 0; i < r->n_entries && status == EH_OK; i++)
        if (strncmp(r->entries[i].name, "proofs/", 7) == 0) status = check_proof(r, &r->entries[i], proof, err);
    eh_free(r->ctx, proof);
    EH_TRY(status);
    if (r->proved.size) return check_proved_run(r, err);
    tell(r, "proofs", "no proof shows that the run is in a ledger");
    return EH_OK;
}

/* ---- archives ---------------------------------------------------------------------------------------------------- */

/* "format=auto behaviour=link map account=author map text=full text pseudonyms=..." as import writes it. */
static eh_status read_options(char *text, eh_ingest_options *options, eh_column_map *maps, size_t most, bool *has_pseudonyms, eh_error *err)
{
    *options = eh_ingest_options_default();
    options->maps = maps;
    char *pseudonyms = strstr(text, " pseudonyms=");
    *has_pseudonyms = pseudonyms != NULL;
    if (pseudonyms) *pseudonyms = 0;
    char *map = strstr(text, " map ");
    if (map) *map = 0;
    while (map) {
        char *from = map + 5, *equals = strchr(from, '='), *next = strstr(from, " map ");
        if (next) *next = 0;
        if (!equals || options->n_maps == most) return eh_fail(err, EH_E_FORMAT, "the options of an archive cannot be read");
        maps[options->n_maps++] = (eh_column_map){{from, (size_t)(equals - from)}, eh_str_of(equals + 1)};
        map = next;
    }
    char *behaviour = strstr(text, " behaviour=");
    if (behaviour) {
        *behaviour = 0;
        options->has_behaviour = eh_behaviour_of(eh_str_of(behaviour + 11), &options->behaviour);
        if (!options->has_behaviour) return eh_fail(err, EH_E_FORMAT, "the options of an archive name an unknown behaviour");
    }
    if (strncmp(text, "format=", 7) != 0) return eh_fail(err, EH_E_FORMAT, "the options of an archive cannot be read");
    options->format = strcmp(text + 7, "auto") == 0 ? NULL : text + 7;
    return EH_OK;
}

static eh_status import_one(reproduction *r, eh_investigation *inv, uint32_t archive, const char *path, eh_error *err)
{
    char name[128];
    eh_column_map maps[64];
    eh_ingest_options options;
    eh_import_report report = {0};
    bool has_pseudonyms;
    text_of(r, archive, "name", name, sizeof name);
    eh_str recorded = eh_json_get_text(&r->json, archive, "options");
    char *text = eh_strndup(r->ctx, recorded.size ? recorded.data : "", recorded.size, err);
    if (!text) return err->status;
    eh_status status = read_options(text, &options, maps, 64, &has_pseudonyms, err);
    if (status == EH_OK && has_pseudonyms && !r->options->pseudonym_key)
        status = eh_fail_at(err, EH_E_INVALID, path, -1, -1, "was imported with pseudonyms: give the same key file with --pseudonymise");
    if (status == EH_OK)
        status = eh_investigation_import(inv, path, &options, has_pseudonyms ? r->options->pseudonym_key : NULL, &report, err);
    eh_free(r->ctx, text);
    EH_TRY(status);
    if (report.ingest.n_rows_read != count_of(r, archive, "rows_read") || report.n_duplicates != count_of(r, archive, "rows_duplicate"))
        tell(r, name, "read as %llu rows, %llu of them duplicates; the case has %llu and %llu", (unsigned long long)report.ingest.n_rows_read,
             (unsigned long long)report.n_duplicates, (unsigned long long)count_of(r, archive, "rows_read"),
             (unsigned long long)count_of(r, archive, "rows_duplicate"));
    return EH_OK;
}

typedef struct archive_match {
    uint32_t nodes[most_archives]; /* in case.json */
    const char *paths[most_archives];
    size_t n;
} archive_match;

static void tell_unused(reproduction *r, size_t which, char (*hashes)[65], const bool *is_used)
{
    for (size_t i = 0; i < r->options->n_archives; i++) {
        if (!is_used[i] || strcmp(hashes[i], hashes[which]) != 0) continue;
        tell(r, r->options->archives[which], "is the same file as %s: give each archive once", r->options->archives[i]);
        return;
    }
    tell(r, r->options->archives[which], "is no archive of this case: SHA-256 %s", hashes[which]);
}

/* Archives are found by their bytes, whatever their names and order. */
static eh_status match_archives(reproduction *r, archive_match *match, bool *is_whole, eh_error *err)
{
    bool is_used[most_archives] = {false};
    char name[128], was[80];
    *is_whole = true;
    if (r->options->n_archives > most_archives) return eh_fail(err, EH_E_LIMIT, "at most %d archives", most_archives);
    char(*hashes)[65] = eh_alloc(r->ctx, r->options->n_archives + 1, sizeof *hashes, err);
    if (!hashes) return err->status;
    eh_status status = EH_OK;
    for (size_t i = 0; i < r->options->n_archives && status == EH_OK; i++) status = eh_sha256_file(r->options->archives[i], hashes[i], err);
    uint32_t archives = eh_json_get(&r->json, 0, "archives");
    if (status == EH_OK) EH_JSON_EACH(&r->json, archives, archive)
    {
        size_t found = r->options->n_archives;
        text_of(r, archive, "sha256", was, sizeof was);
        text_of(r, archive, "name", name, sizeof name);
        for (size_t i = 0; i < r->options->n_archives && found == r->options->n_archives; i++)
            if (strcmp(hashes[i], was) == 0) found = i;
        if (found == r->options->n_archives || match->n == most_archives) {
            tell(r, name, "none of the archives given has its SHA-256, %s", was);
            *is_whole = false;
            continue;
        }
        is_used[found] = true;
        match->nodes[match->n] = archive;
        match->paths[match->n++] = r->options->archives[found];
    }
    for (size_t i = 0; i < r->options->n_archives && status == EH_OK; i++)
        if (!is_used[i]) tell_unused(r, i, hashes, is_used);
    eh_free(r->ctx, hashes);
    return status;
}

/* ---- computing --------------------------------------------------------------------------------------------------- */

static eh_status load_without(reproduction *r, eh_investigation *inv, eh_error *err)
{
    const eh_tar_entry *entry = entry_of(r, "without.txt");
    EH_TRY(eh_store_exec(inv->store, "CREATE OR REPLACE TEMP TABLE left_out(account_id VARCHAR)", err));
    for (size_t at = 0; entry && at < entry->data.size;) {
        size_t end = eh_str_find(entry->data, '\n', at);
        eh_buf sql = EH_BUF_INIT(r->ctx);
        eh_status status = eh_buf_printf(&sql, err, "INSERT INTO left_out VALUES (");
        if (status == EH_OK) status = eh_sql_quote(&sql, (eh_str){entry->data.data + at, end - at}, err);
        if (status == EH_OK) status = eh_buf_printf(&sql, err, ")");
        if (status == EH_OK) status = eh_store_exec(inv->store, sql.data, err);
        eh_buf_release(&sql);
        EH_TRY(status);
        at = end + 1;
    }
    return EH_OK;
}

static eh_status run_again(reproduction *r, eh_investigation *inv, char run_id[EH_RUN_ID_SIZE], eh_error *err)
{
    eh_detect_options options;
    eh_run_summary summary;
    char seed[32];
    run_request request = {.without = "SELECT account_id FROM left_out"};
    uint32_t parameters = eh_json_get(&r->json, 0, "parameters");
    if (!eh_json_is(&r->json, parameters, EH_JSON_OBJECT))
        return eh_fail_at(err, EH_E_FORMAT, r->options->bundle, -1, -1, "its case.json has no parameters");
    EH_TRY(load_without(r, inv, err));
    EH_TRY(run_options_of(inv->store, r->json.nodes[parameters].text, &options, &request.asked_q, err));
    text_of(r, 0, "seed", seed, sizeof seed);
    uint64_t before = eh_context_swap_seed(r->ctx, strtoull(seed, NULL, 10));
    eh_status status = run_detect(inv, &options, &request, &summary, err);
    (void)eh_context_swap_seed(r->ctx, before);
    EH_TRY(status);
    memcpy(run_id, summary.run_id, EH_RUN_ID_SIZE);
    if (strcmp(run_id, r->out->run_id) != 0)
        tell(r, "run_id", "is %s here and %s in the bundle: version, parameters or archives differ (bundle by %s, this is %s)", run_id,
             r->out->run_id, r->out->version, eh_version());
    return EH_OK;
}

/* The first line that differs, and how many do at least. */
static void tell_difference(reproduction *r, const char *name, eh_str was, eh_str now)
{
    size_t at_was = 0, at_now = 0, line = 1;
    for (;; line++) {
        size_t end_was = eh_str_find(was, '\n', at_was), end_now = eh_str_find(now, '\n', at_now);
        eh_str a = {was.data + at_was, end_was - at_was}, b = {now.data + at_now, end_now - at_now};
        bool is_end = end_was >= was.size || end_now >= now.size;
        if (eh_str_equal(a, b) && !is_end) {
            at_was = end_was + 1;
            at_now = end_now + 1;
            continue;
        }
        tell(r, name, "line %zu differs: the bundle has \"%.*s\", computed again it is \"%.*s\"", line, (int)(a.size < 200 ? a.size : 200),
             a.size ? a.data : "", (int)(b.size < 200 ? b.size : 200), b.size ? b.data : "");
        return;
    }
}

static eh_status compare_tables(reproduction *r, eh_investigation *inv, const char *run_id, eh_error *err)
{
    eh_buf now = EH_BUF_INIT(r->ctx);
    eh_status status = EH_OK;
    for (int i = 0; i < case_n_tables && status == EH_OK; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%s.csv", case_tables[i]);
        const eh_tar_entry *entry = entry_of(r, name);
        r->out->n_files++;
        status = case_table_csv(inv, run_id, case_tables[i], &r->folder, &now, err);
        if (status != EH_OK) break;
        if (!entry)
            tell(r, name, "is missing in the bundle");
        else if (eh_str_equal(entry->data, eh_buf_str(&now)))
            r->out->n_same_files++;
        else
            tell_difference(r, name, entry->data, eh_buf_str(&now));
    }
    eh_buf_release(&now);
    return status;
}

static eh_status compute(reproduction *r, const archive_match *match, eh_error *err)
{
    char run_id[EH_RUN_ID_SIZE];
    eh_investigation *inv;
    eh_buf path = EH_BUF_INIT(r->ctx);
    eh_status status = case_folder_file(&r->folder, "again.duckdb", &path, err);
    if (status == EH_OK) status = eh_investigation_open(r->ctx, path.data, EH_OPEN_CREATE, &inv, err);
    eh_buf_release(&path);
    EH_TRY(status);
    for (size_t i = 0; i < match->n && status == EH_OK; i++) status = import_one(r, inv, match->nodes[i], match->paths[i], err);
    if (status == EH_OK) status = run_again(r, inv, run_id, err);
    if (status == EH_OK) status = compare_tables(r, inv, run_id, err);
    eh_investigation_close(inv);
    return status;
}

static eh_status reproduce(reproduction *r, eh_error *err)
{
    bool is_whole;
    EH_TRY(read_bundle(r, err));
    check_members(r);
    EH_TRY(check_proofs(r, err));
    archive_match *match = eh_alloc(r->ctx, 1, sizeof *match, err);
    if (!match) return err->status;
    eh_status status = match_archives(r, match, &is_whole, err);
    if (status == EH_OK && is_whole) status = case_folder_make(r->ctx, &r->folder, err);
    if (status == EH_OK && is_whole) status = compute(r, match, err);
    eh_free(r->ctx, match);
    return status;
}

eh_status eh_reproduce(eh_context *ctx, const eh_reproduce_options *options, eh_reproduction *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_reproduction){0};
    reproduction r = {.ctx = ctx, .options = options, .out = out, .bytes = EH_BUF_INIT(ctx), .proved = EH_BUF_INIT(ctx)};
    eh_json_init(&r.json, ctx);
    eh_status status = reproduce(&r, err);
    case_folder_remove(&r.folder);
    eh_json_release(&r.json);
    eh_buf_release(&r.proved);
    eh_buf_release(&r.bytes);
    eh_free(ctx, r.entries);
    return status;
}
