/*
 * Statements of reasons of the DSA Transparency Database: what was decided, by which platform, on which ground; never about whom. Counted by
 * platform, month of application, category, decision on the account and whether it was automated. Rates by account need a number of accounts,
 * which is not in there, either.
 */
#include "audit/csv_table.h"
#include "base/alloc.h"
#include "base/dict.h"
#include "base/outfile.h"
#include "evenhand/audit_sources.h"

enum { COLUMN_ACCOUNT, COLUMN_PLATFORM, COLUMN_PLATFORM_2, COLUMN_CATEGORY, COLUMN_AUTOMATED, COLUMN_DATE, COLUMN_CREATED, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = {"decision_account", "platform_name", "platform", "category", "automated_decision", "application_date", "created_at"};

typedef struct tally {
    eh_context *ctx;
    eh_dict keys; /* the written row without its count */
    uint64_t *counts;
    size_t capacity;
    uint64_t *n;
} tally;

static eh_status add_field(eh_buf *key, eh_str text, eh_error *err)
{
    if (key->size) EH_TRY(eh_buf_add(key, "\n", 1, err));
    for (size_t i = 0; i < text.size; i++) EH_TRY(eh_buf_add(key, text.data[i] == '\n' ? " " : text.data + i, 1, err));
    return text.size ? EH_OK : eh_buf_add(key, "none", 4, err);
}

static eh_status take_statement(void *data, const eh_csv_table_row *row, eh_error *err)
{
    tally *t = data;
    const eh_str *c = row->cells;
    eh_str platform = c[COLUMN_PLATFORM].size ? c[COLUMN_PLATFORM] : c[COLUMN_PLATFORM_2], date = c[COLUMN_DATE].size ? c[COLUMN_DATE] : c[COLUMN_CREATED];
    if (row->fault || !platform.size) {
        t->n[1]++;
        return EH_OK;
    }
    if (date.size > 7) date.size = 7;
    const eh_str fields[] = {platform, date, c[COLUMN_CATEGORY], c[COLUMN_ACCOUNT], c[COLUMN_AUTOMATED]};
    eh_buf key = EH_BUF_INIT(t->ctx);
    uint32_t number = 0;
    eh_status status = EH_OK;
    for (size_t i = 0; status == EH_OK && i < sizeof fields / sizeof *fields; i++) status = add_field(&key, fields[i], err);
    bool is_new = status == EH_OK && eh_dict_find(&t->keys, eh_buf_str(&key)) == EH_DICT_NONE;
    if (status == EH_OK) status = eh_dict_add(&t->keys, eh_buf_str(&key), &number, err);
    if (status == EH_OK) status = eh_reserve(t->ctx, (void **)&t->counts, &t->capacity, (size_t)number + 1, sizeof *t->counts, err);
    eh_buf_release(&key);
    EH_TRY(status);
    if (is_new) t->counts[number] = 0;
    t->counts[number]++;
    t->n[0]++;
    return EH_OK;
}

static eh_status write_counts(const tally *t, const char *path, eh_error *err)
{
    eh_outfile out = {0};
    EH_TRY(eh_outfile_open(t->ctx, path, &out, err));
    (void)fputs("platform,month,category,decision_account,automated_decision,statements\n", out.stream);
    for (uint32_t i = 0; i < t->keys.n; i++) {
        eh_str key = eh_dict_get(&t->keys, i);
        for (size_t at = 0, end; at <= key.size; at = end + 1) {
            end = eh_str_find(key, '\n', at);
            eh_outfile_csv(&out, (eh_str){key.data + at, end - at});
            (void)fputc(',', out.stream);
        }
        (void)fprintf(out.stream, "%llu\n", (unsigned long long)t->counts[i]);
    }
    return eh_outfile_commit(&out, err);
}

eh_status eh_dsa_counts_write(eh_context *ctx, const char *const *paths, size_t n_paths, const char *out_path, uint64_t n[2], eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    tally t = {.ctx = ctx, .keys = EH_DICT_INIT(ctx), .n = n};
    eh_status status = EH_OK;
    n[0] = n[1] = 0;
    for (size_t i = 0; status == EH_OK && i < n_paths; i++) {
        eh_csv_table file = {.what = "statements of reasons", .columns = column_names, .n_columns = N_COLUMNS, .n_needed = 1, .ignores_others = true};
        status = eh_csv_table_read(ctx, paths[i], &file, take_statement, &t, err);
    }
    if (status == EH_OK && !n[0]) status = eh_fail(err, EH_E_FORMAT, "no statement of reasons could be used; each needs platform_name and decision_account");
    if (status == EH_OK) status = write_counts(&t, out_path, err);
    eh_dict_release(&t.keys);
    eh_free(ctx, t.counts);
    return status;
}
