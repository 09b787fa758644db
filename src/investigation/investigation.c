/* Opening an investigation, and reading its actions into memory. */
#include "investigation/investigation_private.h"

#include "base/time.h"
#include "ledger/ledger_private.h"

#include <stdio.h>

/* ---- opening --------------------------------------------------------------------------------------------------- */

bool eh_is_investigation(const char *path)
{
    unsigned char head[12] = {0};
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (!file) return false;
    size_t n_read = fread(head, 1, sizeof head, file);
    (void)fclose(file);
    return n_read == sizeof head && memcmp(head + 8, "DUCK", 4) == 0;
}

static eh_status check_schema(eh_store *store, eh_error *err)
{
    int64_t n_meta = 0, version = 0;
    EH_TRY(eh_store_integer(store,
                            "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'main' AND table_name IN ('meta', "
                            "'sources', 'actions')",
                            &n_meta, err));
    if (n_meta != 3)
        return eh_fail_at(err, EH_E_FORMAT, eh_store_path(store), -1, -1,
                          "is a DuckDB file, but not an investigation: its tables are missing");
    EH_TRY(eh_store_integer(store, "SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'schema_version'", &version, err));
    if (version > EH_SCHEMA_VERSION)
        return eh_fail_at(err, EH_E_UNSUPPORTED, eh_store_path(store), -1, -1,
                          "was written by a newer evenhand (schema %lld; this one knows %d); update evenhand",
                          (long long)version, EH_SCHEMA_VERSION);
    if (version < EH_SCHEMA_VERSION)
        return eh_fail_at(err, EH_E_UNSUPPORTED, eh_store_path(store), -1, -1,
                          "was written by an older evenhand (schema %lld; this one writes %d); import the archives into a new "
                          "file", (long long)version, EH_SCHEMA_VERSION);
    return EH_OK;
}

/* A new file, or one whose creation was interrupted before its first commit. */
static eh_status create_tables(eh_investigation *inv, eh_error *err)
{
    int64_t n_tables = 0;
    EH_TRY(eh_store_integer(inv->store, "SELECT count(*) FROM duckdb_tables()", &n_tables, err));
    if (n_tables > 0) return EH_OK;
    EH_TRY(eh_store_exec(inv->store, "BEGIN", err));
    return inv_end_transaction(inv, eh_tables_create(inv->store, err), err);
}

eh_status eh_investigation_open(eh_context *ctx, const char *path, eh_open_mode mode, eh_investigation **out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = NULL;
    eh_investigation *inv = eh_alloc(ctx, 1, sizeof *inv, err);
    if (!inv) return err->status;
    inv->ctx = ctx;
    inv->mode = mode;
    inv->command.ctx = ctx;
    static const eh_store_mode modes[] = {
        [EH_OPEN_CREATE] = EH_STORE_CREATE, [EH_OPEN_WRITE] = EH_STORE_READ_WRITE, [EH_OPEN_READ] = EH_STORE_READ_ONLY};
    eh_status status = eh_store_open(ctx, path, modes[mode], &inv->store, err);
    if (status == EH_OK && mode == EH_OPEN_CREATE) status = create_tables(inv, err);
    if (status == EH_OK) status = check_schema(inv->store, err);
    if (status == EH_OK) status = eh_ledger_new(inv->store, &inv->ledger, err);
    if (status != EH_OK) {
        eh_investigation_close(inv);
        return status;
    }
    *out = inv;
    return EH_OK;
}

void eh_investigation_close(eh_investigation *inv)
{
    if (!inv) return;
    eh_free(inv->ctx, inv->ledger);
    eh_store_close(inv->store);
    eh_buf_release(&inv->command);
    eh_free(inv->ctx, inv);
}

eh_status inv_check_writable(const eh_investigation *inv, eh_error *err)
{
    if (inv->mode != EH_OPEN_READ) return EH_OK;
    return eh_fail_at(err, EH_E_INVALID, eh_store_path(inv->store), -1, -1, "is open for reading only");
}

eh_status inv_end_transaction(eh_investigation *inv, eh_status status, eh_error *err)
{
    if (status == EH_OK) status = eh_store_exec(inv->store, "COMMIT", err);
    if (status != EH_OK) eh_store_rollback(inv->store);
    return status;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

eh_status inv_behaviours_text(eh_buf *out, uint32_t behaviours, eh_error *err)
{
    EH_TRY(eh_buf_add(out, "", 0, err));
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (behaviours >> b & 1)
            EH_TRY(eh_buf_printf(out, err, "%s%s", out->size ? "|" : "", eh_behaviour_name((eh_behaviour)b)));
    return EH_OK;
}

eh_status inv_legs_text(eh_buf *out, uint32_t legs, eh_error *err)
{
    EH_TRY(eh_buf_add(out, "", 0, err));
    for (int l = 0; l < EH_N_LEGS; l++)
        if (legs >> l & 1) EH_TRY(eh_buf_printf(out, err, "%s%s", out->size ? "|" : "", eh_leg_name((eh_leg)l)));
    return EH_OK;
}

eh_status inv_notes_text(eh_buf *out, uint32_t notes, eh_error *err)
{
    EH_TRY(eh_buf_add(out, "", 0, err));
    for (uint32_t note = 1; note <= EH_NOTE_LAST; note <<= 1)
        if (notes & note) EH_TRY(eh_buf_printf(out, err, "%s%s", out->size ? "," : "", eh_note_name(note)));
    return EH_OK;
}

eh_store *eh_investigation_store(eh_investigation *inv) { return inv->store; }

eh_status eh_investigation_find_run(eh_investigation *inv, const char *run_id, char found[EH_RUN_ID_SIZE], eh_error *err)
{
    eh_buf sql = EH_BUF_INIT(inv->ctx), text = EH_BUF_INIT(inv->ctx);
    eh_status status = eh_buf_printf(&sql, err, "SELECT run_id FROM runs");
    if (run_id && status == EH_OK) status = eh_buf_printf(&sql, err, " WHERE run_id = ");
    if (run_id && status == EH_OK) status = eh_sql_quote(&sql, eh_str_of(run_id), err);
    if (status == EH_OK) status = eh_buf_printf(&sql, err, " ORDER BY run_number DESC LIMIT 1");
    if (status == EH_OK) status = eh_store_text(inv->store, sql.data, &text, err);
    if (status == EH_E_NOT_FOUND)
        status = run_id ? eh_fail_at(err, EH_E_NOT_FOUND, eh_store_path(inv->store), -1, -1, "has no run %.40s", run_id)
                        : eh_fail_at(err, EH_E_NOT_FOUND, eh_store_path(inv->store), -1, -1,
                                     "has no run yet; start one with: evenhand detect");
    if (status == EH_OK) snprintf(found, EH_RUN_ID_SIZE, "%s", text.data);
    eh_buf_release(&sql);
    eh_buf_release(&text);
    return status;
}

/* ---- the command, for provenance ------------------------------------------------------------------------------- */

enum word_use { word_kept, word_dropped, word_dropped_with_value, word_is_output };

/* Options that do not bear on the result are left out, and places are not told: equal runs give equal bytes. */
static enum word_use use_of(eh_str word, bool *has_value)
{
    static const struct {
        const char *name;
        enum word_use use;
    } options[] = {
        {"--threads", word_dropped_with_value},  {"--memory", word_dropped_with_value}, {"--temp", word_dropped_with_value},
        {"--actor", word_dropped_with_value},    {"--progress", word_dropped_with_value}, {"--quiet", word_dropped},             {"-q", word_dropped},
        {"--json", word_dropped},                {"-o", word_is_output},                {"--output", word_is_output},
    };
    size_t end = word.size > 2 && word.data[0] == '-' && word.data[1] == '-' ? eh_str_find(word, '=', 0) : word.size;
    *has_value = end < word.size;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (eh_str_is((eh_str){word.data, end}, options[i].name)) return options[i].use;
    return word_kept;
}

static eh_str without_directory(eh_str word)
{
    if (word.size && word.data[0] == '-') return word;
    while (word.size > 1 && word.data[word.size - 1] == '/') word.size--;
    for (size_t i = word.size; i > 0; i--)
        if (word.data[i - 1] == '/') return (eh_str){word.data + i, word.size - i};
    return word;
}

static eh_status add_word(eh_buf *out, eh_str word, eh_error *err)
{
    EH_TRY(eh_buf_add(out, "\0", out->size ? 1 : 0, err)); /* separated by NUL, which no word holds */
    return eh_buf_add_str(out, word, err);
}

eh_status eh_investigation_set_command(eh_investigation *inv, int n_words, char *const *words, eh_error *err)
{
    eh_buf_clear(&inv->command);
    for (int i = 0; i < n_words && words; i++) {
        bool has_value = false;
        enum word_use use = use_of(eh_str_of(words[i]), &has_value);
        if (use == word_kept) EH_TRY(add_word(&inv->command, without_directory(eh_str_of(words[i])), err));
        if (use == word_is_output) {
            EH_TRY(add_word(&inv->command, EH_STR_LITERAL("-o"), err));
            EH_TRY(add_word(&inv->command, EH_STR_LITERAL("OUT"), err));
        }
        if ((use == word_dropped_with_value || use == word_is_output) && !has_value) i++;
    }
    return EH_OK;
}

/* ---- actions --------------------------------------------------------------------------------------------------- */

typedef struct action_loader {
    eh_action_builder *builder;
    eh_context *ctx;
    uint64_t n_done, n_total;
} action_loader;

static void count_row(action_loader *loader)
{
    if ((++loader->n_done & 0xffff) == 0)
        eh_context_report(loader->ctx, "reading actions", loader->n_done, loader->n_total);
}

static int64_t time_of(const eh_cell *cell) { return cell->type == EH_CELL_TIME ? cell->integer : EH_NO_TIME; }

/* account_id, behaviour number, object, time, post_id, kind number, source, birth_time */
static eh_status load_action(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    action_loader *loader = data;
    count_row(loader);
    const eh_action action = {
        .account = cells[0].text,
        .behaviour = (eh_behaviour)cells[1].integer,
        .object = cells[2].text,
        .time_us = time_of(&cells[3]),
        .post = cells[4].text,
        .kind = (eh_post_kind)cells[5].integer,
        .source = cells[6].text,
        .birth_us = time_of(&cells[7]),
    };
    return eh_action_builder_add(loader->builder, &action, err);
}

static eh_status load_post(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    action_loader *loader = data;
    count_row(loader);
    return eh_action_builder_add_post(loader->builder, cells[0].text, cells[1].text, time_of(&cells[2]), err);
}

/* CASE column WHEN 'repost' THEN 0 ... END: names become numbers inside the database. */
static eh_status add_case(eh_buf *sql, const char *column, int n, const char *(*name_of)(int), eh_error *err)
{
    EH_TRY(eh_buf_printf(sql, err, "CASE %s", column));
    for (int i = 0; i < n; i++) EH_TRY(eh_buf_printf(sql, err, " WHEN '%s' THEN %d", name_of(i), i));
    return eh_buf_printf(sql, err, " END");
}

static const char *behaviour_name(int i) { return eh_behaviour_name((eh_behaviour)i); }
static const char *kind_name(int i) { return eh_post_kind_name((eh_post_kind)i); }

static eh_status actions_query(eh_buf *sql, uint32_t wanted, const char *without, eh_error *err)
{
    EH_TRY(eh_buf_printf(sql, err, "SELECT account_id, "));
    EH_TRY(add_case(sql, "behaviour", EH_N_BEHAVIOURS, behaviour_name, err));
    EH_TRY(eh_buf_printf(sql, err, ", object, time, post_id, "));
    EH_TRY(add_case(sql, "kind", EH_KIND_REPLY + 1, kind_name, err));
    EH_TRY(eh_buf_printf(sql, err, ", source, birth_time FROM actions WHERE behaviour IN (''"));
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (wanted >> b & 1) EH_TRY(eh_buf_printf(sql, err, ", '%s'", behaviour_name(b)));
    EH_TRY(eh_buf_printf(sql, err, ")"));
    return without ? eh_buf_printf(sql, err, " AND account_id NOT IN (%s)", without) : EH_OK;
}

static eh_status load(eh_investigation *inv, uint32_t wanted, action_loader *loader, eh_error *err)
{
    int64_t n_actions = 0, n_posts = 0;
    EH_TRY(eh_store_integer(inv->store, "SELECT count(*) FROM actions", &n_actions, err));
    /* Births matter to reposts and replies alone. */
    const bool needs_posts = wanted & (1u << EH_REPOST | 1u << EH_REPLY);
    if (needs_posts)
        EH_TRY(eh_store_integer(inv->store, "SELECT count(*) FROM posts WHERE post_id <> ''", &n_posts, err));
    loader->n_total = (uint64_t)(n_actions + n_posts);
    eh_buf sql = EH_BUF_INIT(inv->ctx);
    eh_status status = actions_query(&sql, wanted, inv->without, err);
    if (status == EH_OK) status = eh_store_query(inv->store, sql.data, NULL, load_action, loader, err);
    eh_buf_release(&sql);
    if (status == EH_OK && needs_posts)
        status = eh_store_query(inv->store, "SELECT post_id, account_id, time FROM posts WHERE post_id <> ''", NULL,
                                load_post, loader, err);
    return status;
}

eh_status eh_investigation_actions(eh_investigation *inv, uint32_t wanted, bool keeps_posts, eh_action_table *out,
                                   eh_error *err)
{
    memset(out, 0, sizeof *out);
    const uint32_t all = (1u << EH_N_BEHAVIOURS) - 1;
    if (wanted & ~all) return eh_fail(err, EH_E_INVALID, "an unknown behaviour is asked for");
    if (!wanted) wanted = all;
    action_loader loader = {.ctx = inv->ctx};
    EH_TRY(eh_action_builder_new(inv->ctx, wanted, keeps_posts, &loader.builder, err));
    eh_store_fit_memory(inv->store, 20);
    eh_status status = load(inv, wanted, &loader, err);
    if (status == EH_OK) status = eh_action_builder_finish(loader.builder, out, err);
    eh_action_builder_free(loader.builder);
    return status;
}
