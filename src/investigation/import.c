/*
 * One archive into one investigation, in one transaction: posts, actions, rejects, counts, or nothing at all.
 *
 *   row -> pseudonyms -> known already? -> posts
 *                                       -> actions
 * A file is known again by its SHA-256 and the options it was read with.
 */
#include "investigation/account_tally.h"
#include "investigation/investigation_private.h"
#include "investigation/pseudonym.h"

#include "base/hash.h"
#include "base/sort.h"
#include "base/time.h"

#include <stdio.h>
#include <sys/stat.h>

typedef struct importer {
    eh_investigation *inv;
    eh_import_report *report;
    eh_pseudonymiser *pseudonymiser; /* NULL: ids as they are */
    eh_action_maker *maker;
    eh_duplicate_finder *finder;
    eh_account_tally tally;
    eh_appender *posts, *actions, *rejects;
    eh_buf options; /* canonical text */
    int64_t source_id;
} importer;

/* ---- rows ------------------------------------------------------------------------------------------------------ */

/* In these formats one post may span rows, or a row is not a post at all. */
static bool is_post_shaped(const char *format)
{
    return strcmp(format, "coortweet") != 0 && strcmp(format, "long") != 0 && strcmp(format, "map") != 0;
}

static eh_str or_null(eh_str s) { return s.size ? s : (eh_str){NULL, 0}; }
static eh_str not_null(eh_str s) { return s.data ? s : (eh_str){"", 0}; }

static eh_status append_post(importer *im, const eh_post *post, eh_error *err)
{
    eh_appender *a = im->posts;
    uint64_t low, high;
    eh_duplicate_finder_key(im->finder, &low, &high);
    eh_appender_int(a, im->source_id);
    eh_appender_int(a, post->row);
    eh_appender_text(a, not_null(post->post));
    eh_appender_text(a, post->account);
    eh_appender_time(a, post->time_us);
    eh_appender_text(a, eh_str_of(eh_post_kind_name(post->kind)));
    eh_appender_text(a, or_null(post->target_post));
    eh_appender_text(a, or_null(post->target_account));
    eh_appender_text(a, or_null(post->reply_to));
    eh_appender_text(a, or_null(post->text));
    eh_appender_text(a, or_null(post->lang));
    eh_appender_text(a, or_null(post->client));
    eh_appender_int(a, (int64_t)low);
    eh_appender_int(a, (int64_t)high);
    return eh_appender_end_row(a, err);
}

static eh_status append_action(void *data, const eh_action *action, eh_error *err)
{
    importer *im = data;
    eh_appender *a = im->actions;
    eh_appender_text(a, action->account);
    eh_appender_text(a, eh_str_of(eh_behaviour_name(action->behaviour)));
    eh_appender_text(a, not_null(action->object));
    eh_appender_time(a, action->time_us);
    eh_appender_text(a, not_null(action->post));
    eh_appender_text(a, eh_str_of(eh_post_kind_name(action->kind)));
    eh_appender_text(a, or_null(action->source));
    eh_appender_time(a, action->birth_us);
    eh_appender_int(a, im->source_id);
    im->report->n_actions[action->behaviour]++;
    eh_account_tally_action(&im->tally);
    return eh_appender_end_row(a, err);
}

static eh_status take_post(void *data, const eh_post *as_read, eh_error *err)
{
    importer *im = data;
    eh_post post = *as_read;
    bool is_duplicate = false;
    if (im->pseudonymiser) EH_TRY(eh_pseudonymise_post(im->pseudonymiser, &post, err));
    EH_TRY(eh_duplicate_finder_check(im->finder, &post, is_post_shaped(im->report->ingest.format), &is_duplicate, err));
    if (is_duplicate) {
        im->report->n_duplicates++;
        return EH_OK;
    }
    im->report->n_posts++;
    EH_TRY(append_post(im, &post, err));
    EH_TRY(eh_account_tally_post(&im->tally, &post, err));
    return eh_actions_of_post(im->maker, &post, append_action, im, err);
}

static eh_status take_reject(void *data, const eh_reject *reject, eh_error *err)
{
    importer *im = data;
    eh_appender *a = im->rejects;
    eh_appender_int(a, im->source_id);
    eh_appender_int(a, reject->row);
    eh_appender_int(a, reject->byte);
    eh_appender_text(a, eh_str_of(eh_reject_reason_name(reject->reason)));
    /* An excerpt holds ids as they are. */
    eh_appender_text(a, im->pseudonymiser ? (eh_str){NULL, 0} : not_null(reject->excerpt));
    return eh_appender_end_row(a, err);
}

/* ---- known already? -------------------------------------------------------------------------------------------- */

static int compare_maps(const void *a, const void *b, void *data)
{
    (void)data;
    const eh_column_map *x = a, *y = b;
    int order = eh_str_compare(x->field, y->field);
    return order ? order : eh_str_compare(x->column, y->column);
}

/* "format=auto behaviour=link map account=author pseudonyms=0123456789abcdef": equal options give equal text. */
static eh_status describe_options(importer *im, const eh_ingest_options *options, eh_error *err)
{
    eh_buf *to = &im->options;
    EH_TRY(eh_buf_printf(to, err, "format=%s", options->format ? options->format : "auto"));
    if (options->has_behaviour) EH_TRY(eh_buf_printf(to, err, " behaviour=%s", eh_behaviour_name(options->behaviour)));
    if (options->n_maps) {
        eh_column_map *maps = eh_alloc(im->inv->ctx, options->n_maps, sizeof *maps, err);
        if (!maps) return err->status;
        memcpy(maps, options->maps, options->n_maps * sizeof *maps);
        eh_status status = eh_sort(im->inv->ctx, maps, options->n_maps, sizeof *maps, compare_maps, NULL, err);
        for (size_t i = 0; i < options->n_maps && status == EH_OK; i++)
            status = eh_buf_printf(to, err, " map %.*s=%.*s", (int)maps[i].field.size, maps[i].field.data,
                                   (int)maps[i].column.size, maps[i].column.data);
        eh_free(im->inv->ctx, maps);
        EH_TRY(status);
    }
    if (im->pseudonymiser)
        EH_TRY(eh_buf_printf(to, err, " pseudonyms=%s", eh_pseudonymiser_check_text(im->pseudonymiser)));
    return EH_OK;
}

static void copy_text(char *to, size_t size, const eh_cell *cell)
{
    snprintf(to, size, "%.*s", (int)cell->text.size, cell->text.data ? cell->text.data : "");
}

static eh_status take_source(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_import_report *report = data;
    eh_ingest_report *ingest = &report->ingest;
    report->n_already_imported = 1;
    copy_text(ingest->sha256, sizeof ingest->sha256, &cells[0]);
    copy_text(ingest->format, sizeof ingest->format, &cells[1]);
    copy_text(ingest->compression, sizeof ingest->compression, &cells[2]);
    copy_text(ingest->time_format, sizeof ingest->time_format, &cells[3]);
    copy_text(ingest->note, sizeof ingest->note, &cells[4]);
    ingest->file_size = (uint64_t)cells[5].integer;
    ingest->n_rows_read = (uint64_t)cells[6].integer;
    ingest->n_rows_kept = (uint64_t)cells[7].integer;
    ingest->n_times_refined = (uint64_t)cells[8].integer;
    ingest->time_precision_us = cells[9].integer;
    ingest->first_time_us = cells[10].type == EH_CELL_TIME ? cells[10].integer : EH_NO_TIME;
    ingest->last_time_us = cells[11].type == EH_CELL_TIME ? cells[11].integer : EH_NO_TIME;
    ingest->is_truncated = cells[12].integer != 0;
    report->n_duplicates = (uint64_t)cells[13].integer;
    return EH_OK;
}

static eh_status take_reject_count(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns,
                                   eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_import_report *report = data;
    for (int i = 0; i < EH_N_REJECT_REASONS; i++)
        if (eh_str_is(cells[0].text, eh_reject_reason_name((eh_reject_reason)i)))
            report->ingest.n_rows_rejected[i] = (uint64_t)cells[1].integer;
    return EH_OK;
}

static eh_status look_up(importer *im, const char *sha256, eh_error *err)
{
    eh_buf where = EH_BUF_INIT(im->inv->ctx), sql = EH_BUF_INIT(im->inv->ctx);
    eh_status status = eh_buf_printf(&where, err, "s.sha256 = '%s' AND s.options = ", sha256);
    if (status == EH_OK) status = eh_sql_quote(&where, eh_buf_str(&im->options), err);
    if (status == EH_OK)
        status = eh_buf_printf(&sql, err,
                               "SELECT sha256, format, compression, time_format, note, size_bytes, rows_read, rows_kept, "
                               "times_refined, time_precision_us, first_time, last_time, is_truncated, rows_duplicate "
                               "FROM sources s WHERE %s",
                               where.data);
    if (status == EH_OK) status = eh_store_query(im->inv->store, sql.data, NULL, take_source, im->report, err);
    eh_buf_clear(&sql);
    if (status == EH_OK)
        status = eh_buf_printf(&sql, err, "SELECT reason, n_rows FROM source_rejects JOIN sources s USING (source_id) WHERE %s",
                               where.data);
    if (status == EH_OK) status = eh_store_query(im->inv->store, sql.data, NULL, take_reject_count, im->report, err);
    eh_buf_release(&where);
    eh_buf_release(&sql);
    return status;
}

/* Hashing costs a reading of the file, so it is done only where a known source has the same size. */
static eh_status find_known(importer *im, const char *path, eh_error *err)
{
    struct stat found;
    if (stat(path, &found) != 0 || !S_ISREG(found.st_mode)) return EH_OK; /* the reader will say what is wrong */
    char sql[128], hex[eh_sha256_hex_size];
    int64_t n_like = 0;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM sources WHERE size_bytes = %lld", (long long)found.st_size);
    EH_TRY(eh_store_integer(im->inv->store, sql, &n_like, err));
    if (n_like == 0) return EH_OK;
    EH_TRY(eh_sha256_file(path, hex, err));
    return look_up(im, hex, err);
}

/* ---- pseudonyms are all or nothing ----------------------------------------------------------------------------- */

static eh_status check_pseudonyms(importer *im, eh_error *err)
{
    eh_store *store = im->inv->store;
    int64_t n_sources = 0;
    EH_TRY(eh_store_integer(store, "SELECT count(*) FROM sources", &n_sources, err));
    eh_buf known = EH_BUF_INIT(im->inv->ctx);
    eh_status status = eh_store_text(store, "SELECT value FROM meta WHERE key = 'pseudonym_key_check'", &known, err);
    bool has_key = status == EH_OK;
    if (status == EH_E_NOT_FOUND) status = EH_OK;
    const char *mine = im->pseudonymiser ? eh_pseudonymiser_check_text(im->pseudonymiser) : NULL;
    bool is_other_key = has_key && mine && strcmp(mine, known.data) != 0;
    if (status == EH_OK && has_key && !mine)
        status = eh_fail_at(err, EH_E_INVALID, eh_store_path(store), -1, -1,
                            "is pseudonymised; import with --pseudonymise and its key, or into another investigation");
    else if (status == EH_OK && is_other_key)
        status = eh_fail_at(err, EH_E_INVALID, eh_store_path(store), -1, -1,
                            "was pseudonymised with another key; accounts of two keys cannot be compared");
    else if (status == EH_OK && !has_key && mine && n_sources > 0)
        status = eh_fail_at(err, EH_E_INVALID, eh_store_path(store), -1, -1,
                            "holds plain account ids already; import pseudonyms into another investigation");
    if (status == EH_OK && mine && !has_key)
        status = eh_store_execf(store, err, "INSERT INTO meta VALUES ('pseudonym_key_check', '%s')", mine);
    eh_buf_release(&known);
    return status;
}

/* ---- storing --------------------------------------------------------------------------------------------------- */

static eh_status add_known_key(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    return eh_duplicate_finder_add_key(data, (uint64_t)cells[0].integer, (uint64_t)cells[1].integer, err);
}

static eh_status prepare(importer *im, eh_error *err)
{
    eh_store *store = im->inv->store;
    EH_TRY(eh_store_integer(store, "SELECT coalesce(max(source_id), 0) + 1 FROM sources", &im->source_id, err));
    EH_TRY(eh_action_maker_new(im->inv->ctx, EH_RULE_EVENHAND, false, &im->maker, err));
    EH_TRY(eh_duplicate_finder_new(im->inv->ctx, &im->finder, err));
    EH_TRY(eh_store_query(store, "SELECT key_low, key_high FROM posts", NULL, add_known_key, im->finder, err));
    eh_account_tally_init(&im->tally, im->inv->ctx);
    EH_TRY(eh_appender_open(store, "posts", &im->posts, err));
    EH_TRY(eh_appender_open(store, "actions", &im->actions, err));
    return eh_appender_open(store, "rejects", &im->rejects, err);
}

static void release(importer *im)
{
    eh_appender_discard(&im->posts);
    eh_appender_discard(&im->actions);
    eh_appender_discard(&im->rejects);
    if (im->tally.ctx) eh_account_tally_release(&im->tally);
    eh_duplicate_finder_free(im->finder);
    eh_action_maker_free(im->maker);
    eh_pseudonymiser_free(im->pseudonymiser);
    eh_buf_release(&im->options);
}

static uint64_t n_rejected(const eh_ingest_report *report)
{
    uint64_t n = 0;
    for (int i = 0; i < EH_N_REJECT_REASONS; i++) n += report->n_rows_rejected[i];
    return n;
}

static eh_str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return eh_str_of(slash ? slash + 1 : path);
}

/* File names and notes may hold any bytes; the database holds UTF-8. */
static void append_foreign_text(eh_appender *a, eh_str text)
{
    char clean[4096];
    size_t n = 0;
    for (size_t i = 0; i < text.size && n < sizeof clean - 4;) {
        size_t size = eh_utf8_length(text.data + i, text.size - i);
        if (size == 0) {
            clean[n++] = '?';
            i++;
            continue;
        }
        memcpy(clean + n, text.data + i, size);
        n += size;
        i += size;
    }
    eh_appender_text(a, (eh_str){clean, n});
}

static eh_status append_source(const importer *im, eh_appender *a, const char *path, eh_error *err)
{
    const eh_ingest_report *r = &im->report->ingest;
    eh_appender_int(a, im->source_id);
    append_foreign_text(a, base_name(path));
    eh_appender_text(a, eh_str_of(r->sha256));
    eh_appender_text(a, eh_str_of(r->format));
    eh_appender_text(a, eh_str_of(r->compression));
    eh_appender_int(a, (int64_t)r->file_size);
    eh_appender_int(a, (int64_t)r->n_rows_read);
    eh_appender_int(a, (int64_t)r->n_rows_kept);
    eh_appender_int(a, (int64_t)im->report->n_duplicates);
    eh_appender_int(a, (int64_t)n_rejected(r));
    eh_appender_text(a, or_null(eh_str_of(r->time_format)));
    eh_appender_int(a, r->time_precision_us);
    eh_appender_time(a, r->first_time_us);
    eh_appender_time(a, r->last_time_us);
    eh_appender_int(a, (int64_t)r->n_times_refined);
    eh_appender_bool(a, r->is_truncated);
    append_foreign_text(a, eh_buf_str(&im->options));
    append_foreign_text(a, eh_str_of(r->note));
    return eh_appender_end_row(a, err);
}

static eh_status store_counts(importer *im, const char *path, eh_error *err)
{
    eh_store *store = im->inv->store;
    eh_appender *a;
    EH_TRY(eh_appender_open(store, "sources", &a, err));
    eh_status status = append_source(im, a, path, err);
    if (status == EH_OK) status = eh_appender_close(&a, err);
    eh_appender_discard(&a);
    for (int i = 0; i < EH_N_REJECT_REASONS && status == EH_OK; i++)
        if (im->report->ingest.n_rows_rejected[i])
            status = eh_store_execf(store, err, "INSERT INTO source_rejects VALUES (%lld, '%s', %llu)",
                                    (long long)im->source_id, eh_reject_reason_name((eh_reject_reason)i),
                                    (unsigned long long)im->report->ingest.n_rows_rejected[i]);
    if (status == EH_OK) status = eh_account_tally_store(&im->tally, store, err);
    char id[24];
    (void)snprintf(id, sizeof id, "%lld", (long long)im->source_id);
    if (status == EH_OK) status = eh_investigation_record_thing(im->inv, "import", id, err);
    return status;
}

static eh_status fill(importer *im, const char *path, const eh_ingest_options *options, eh_error *err)
{
    EH_TRY(check_pseudonyms(im, err));
    EH_TRY(prepare(im, err));
    const eh_ingest_sink sink = {im, take_post, take_reject};
    EH_TRY(eh_ingest_file(im->inv->ctx, path, options, &sink, &im->report->ingest, err));
    EH_TRY(eh_appender_close(&im->posts, err));
    EH_TRY(eh_appender_close(&im->actions, err));
    EH_TRY(eh_appender_close(&im->rejects, err));
    return store_counts(im, path, err);
}

static eh_status import(importer *im, const char *path, const eh_ingest_options *options, const char *pseudonym_key,
                        eh_error *err)
{
    EH_TRY(inv_check_writable(im->inv, err));
    if (pseudonym_key) EH_TRY(eh_pseudonymiser_new(im->inv->ctx, pseudonym_key, &im->pseudonymiser, err));
    EH_TRY(describe_options(im, options, err));
    EH_TRY(find_known(im, path, err));
    if (im->report->n_already_imported) return EH_OK;
    eh_store_fit_memory(im->inv->store, 60);
    EH_TRY(eh_store_exec(im->inv->store, "BEGIN", err));
    eh_status status = fill(im, path, options, err);
    eh_appender_discard(&im->posts);
    eh_appender_discard(&im->actions);
    eh_appender_discard(&im->rejects);
    return inv_end_transaction(im->inv, status, err);
}

eh_status eh_investigation_import(eh_investigation *inv, const char *path, const eh_ingest_options *options,
                                  const char *pseudonym_key, eh_import_report *report, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *report = (eh_import_report){0};
    eh_ingest_options chosen = options ? *options : eh_ingest_options_default();
    importer im = {.inv = inv, .report = report, .options = EH_BUF_INIT(inv->ctx)};
    eh_status status = import(&im, path, &chosen, pseudonym_key, err);
    release(&im);
    return status;
}
