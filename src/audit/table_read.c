/* A ready table of the audit: stratum, side, actioned, count, and optional network and unit. */
#include "audit/csv_table.h"
#include "audit/rows.h"
#include "base/dict.h"
#include "evenhand/audit.h"
#include "ingest/csv_scan.h"

#include <stdio.h>

enum { COLUMN_STRATUM, COLUMN_SIDE, COLUMN_ACTIONED, COLUMN_COUNT, COLUMN_NETWORK, COLUMN_UNIT, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = {"stratum", "side", "actioned", "count", "network", "unit"};
static const double most_count = 9007199254740992.0; /* 2^53: beyond, doubles no longer tell counts apart */

static const size_t least_merge = 1 << 18;

struct eh_audit_table {
    eh_context *ctx;
    eh_dict strata, sides, networks, units;
    eh_audit_row *rows;
    size_t n_rows, row_capacity, merge_at;
    uint32_t *network_side, *network_unit; /* of the first n_placed networks: all that were seen */
    uint32_t n_placed;
    size_t side_capacity, unit_capacity;
    double total;
    char *source;
    eh_audit_data data;
};

typedef struct reading {
    eh_audit_table *table;
    const char *path;
    const eh_csv *csv;
    int column[N_COLUMNS];
    size_t n_header;
    int64_t row; /* data rows, from 1 */
} reading;

static eh_status bind_columns(reading *r, eh_error *err)
{
    EH_TRY(eh_csv_check_header(r->path, r->csv->record, err));
    for (int c = 0; c < N_COLUMNS; c++) r->column[c] = -1;
    for (size_t i = 0; i < r->csv->n_fields; i++) {
        eh_str name = eh_str_trim(r->csv->fields[i]);
        int c = 0;
        while (c < N_COLUMNS && !eh_str_is_nocase(name, column_names[c])) c++;
        if (c == N_COLUMNS)
            return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1,
                              "column '%.*s' is not known; the table has stratum, side, actioned, count, and where known network and unit",
                              (int)(name.size < 60 ? name.size : 60), name.data);
        if (r->column[c] >= 0) return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "column '%s' is there twice", column_names[c]);
        r->column[c] = (int)i;
    }
    for (int c = 0; c < COLUMN_NETWORK; c++)
        if (r->column[c] < 0)
            return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "column '%s' is missing; the table needs stratum, side, actioned and count",
                              column_names[c]);
    r->n_header = r->csv->n_fields;
    if (r->column[COLUMN_UNIT] >= 0 && r->column[COLUMN_NETWORK] < 0)
        return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "column 'unit' says within which units networks are compared; it needs a column 'network'");
    return EH_OK;
}

static eh_status wrong(const reading *r, int column, const char *what, eh_error *err)
{
    eh_str cell = eh_str_trim(r->csv->fields[r->column[column]]);
    return eh_fail_at(err, EH_E_FORMAT, r->path, r->row, r->csv->byte, "%s '%.*s' %s", column_names[column], (int)(cell.size < 60 ? cell.size : 60), cell.data, what);
}

static eh_status read_actioned(const reading *r, bool *out, eh_error *err)
{
    static const char *const yes[] = {"1", "true", "yes"}, *const no[] = {"0", "false", "no"};
    eh_str cell = eh_str_trim(r->csv->fields[r->column[COLUMN_ACTIONED]]);
    for (int i = 0; i < 3; i++) {
        *out = eh_str_is_nocase(cell, yes[i]);
        if (*out || eh_str_is_nocase(cell, no[i])) return EH_OK;
    }
    return wrong(r, COLUMN_ACTIONED, "is neither 1 nor 0 (true, false, yes, no)", err);
}

static eh_status read_count(const reading *r, double *out, eh_error *err)
{
    eh_str cell = eh_str_trim(r->csv->fields[r->column[COLUMN_COUNT]]);
    *out = 0;
    for (size_t i = 0; i < cell.size; i++) {
        if (cell.data[i] < '0' || cell.data[i] > '9') return wrong(r, COLUMN_COUNT, "is no count: a whole number of accounts, 0 or more, in digits", err);
        *out = *out * 10 + (cell.data[i] - '0');
    }
    if (!cell.size) return wrong(r, COLUMN_COUNT, "is no count: a whole number of accounts, 0 or more, in digits", err);
    if (*out > most_count) return wrong(r, COLUMN_COUNT, "is more than 2^53, which cannot be told from its neighbours", err);
    return EH_OK;
}

/* The text of an optional column's cell, which must not be empty. */
static eh_status number_of(const reading *r, int column, eh_dict *dict, uint32_t *out, eh_error *err)
{
    *out = 0;
    if (r->column[column] < 0) return EH_OK;
    eh_str cell = eh_str_trim(r->csv->fields[r->column[column]]);
    if (!cell.size) {
        static const char *const cure[N_COLUMNS] = {
            [COLUMN_STRATUM] = "is empty; name the stratum",
            [COLUMN_NETWORK] = "is empty; give an account outside of networks a network of its own",
            [COLUMN_UNIT] = "is empty; name the unit"};
        return wrong(r, column, cure[column], err);
    }
    return eh_dict_add(dict, cell, out, err);
}

static eh_status keep_network(const reading *r, const eh_audit_row *row, eh_error *err)
{
    eh_audit_table *t = r->table;
    EH_TRY(eh_reserve(t->ctx, (void **)&t->network_side, &t->side_capacity, t->networks.n, sizeof *t->network_side, err));
    EH_TRY(eh_reserve(t->ctx, (void **)&t->network_unit, &t->unit_capacity, t->networks.n, sizeof *t->network_unit, err));
    if (row->network == t->n_placed) {
        t->network_side[row->network] = row->side;
        t->network_unit[row->network] = row->unit;
        t->n_placed++;
        return EH_OK;
    }
    if (t->network_side[row->network] != row->side)
        return wrong(r, COLUMN_NETWORK, "has accounts on two sides; sides are compared over networks, so each has one (or name its parts apart)", err);
    if (t->network_unit[row->network] != row->unit) return wrong(r, COLUMN_NETWORK, "is in two units; name its parts apart", err);
    return EH_OK;
}

static eh_status number_side(const reading *r, eh_str side, uint32_t *out, eh_error *err)
{
    eh_dict *sides = &r->table->sides;
    *out = eh_dict_find(sides, side);
    if (*out != EH_DICT_NONE) return EH_OK;
    const char *fault = eh_audit_side_fault(side, sides->n);
    return fault ? wrong(r, COLUMN_SIDE, fault, err) : eh_dict_add(sides, side, out, err);
}

static eh_status take_row(reading *r, eh_error *err)
{
    eh_audit_table *t = r->table;
    eh_audit_row row = {0};
    bool is_actioned = false;
    double count = 0;
    if (!eh_utf8_is_valid(r->csv->record)) return eh_fail_at(err, EH_E_FORMAT, r->path, r->row, r->csv->byte, "this row is not UTF-8 text");
    for (int c = 0; c < N_COLUMNS; c++)
        if (r->column[c] >= (int)r->csv->n_fields)
            return eh_fail_at(err, EH_E_FORMAT, r->path, r->row, r->csv->byte, "the row ends before its column '%s'", column_names[c]);
    if (r->csv->n_fields > r->n_header) /* 1,000 without quotes would be 1 */
        return eh_fail_at(err, EH_E_FORMAT, r->path, r->row, r->csv->byte, "the row has %zu fields, and the header %zu; a name that holds the delimiter needs quotes, and counts are plain digits",
                          r->csv->n_fields, r->n_header);
    EH_TRY(read_actioned(r, &is_actioned, err));
    EH_TRY(read_count(r, &count, err));
    EH_TRY(number_of(r, COLUMN_STRATUM, &t->strata, &row.stratum, err));
    t->total += count;
    if (t->total > most_count) return wrong(r, COLUMN_COUNT, "brings the accounts to more than 2^53, which cannot be told apart", err);
    eh_str side = eh_str_trim(r->csv->fields[r->column[COLUMN_SIDE]]);
    if (!side.size) {
        t->data.n_unlabelled += (uint64_t)count;
        return EH_OK;
    }
    EH_TRY(number_side(r, side, &row.side, err));
    EH_TRY(number_of(r, COLUMN_UNIT, &t->units, &row.unit, err));
    EH_TRY(number_of(r, COLUMN_NETWORK, &t->networks, &row.network, err));
    if (r->column[COLUMN_NETWORK] >= 0) EH_TRY(keep_network(r, &row, err));
    if (!(count > 0)) return EH_OK;
    row.n_actioned = is_actioned ? count : 0;
    row.n_not = is_actioned ? 0 : count;
    if (t->n_rows >= t->merge_at) { /* a row per account stays as small as the table it sums to */
        EH_TRY(eh_audit_rows_merge(t->ctx, t->rows, &t->n_rows, err));
        t->merge_at = t->n_rows < least_merge / 2 ? least_merge : 2 * t->n_rows;
    }
    EH_TRY(eh_reserve(t->ctx, (void **)&t->rows, &t->row_capacity, t->n_rows + 1, sizeof *t->rows, err));
    t->rows[t->n_rows++] = row;
    return EH_OK;
}

static eh_status read_rows(eh_audit_table *table, const char *path, eh_csv *csv, eh_error *err)
{
    reading r = {.table = table, .path = path, .csv = csv};
    eh_window *w = csv->window;
    while (!w->is_end && w->end - w->pos < 3) EH_TRY(eh_window_fill(w, err));
    if (w->end - w->pos >= 3 && memcmp(w->data + w->pos, "\xEF\xBB\xBF", 3) == 0) w->pos += 3; /* byte order mark */
    EH_TRY(eh_csv_sniff(csv, err));
    for (r.row = 0;; r.row++) {
        eh_csv_outcome outcome = EH_CSV_END;
        if (r.row % 4096 == 0 && eh_context_is_cancelled(table->ctx)) return eh_fail(err, EH_E_CANCELLED, "stopped");
        EH_TRY(eh_csv_next(csv, &outcome, err));
        if (outcome == EH_CSV_END) break;
        if (outcome != EH_CSV_RECORD && r.row == 0)
            return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "the header cannot be read: a quote does not close, or the line is too long");
        if (outcome != EH_CSV_RECORD)
            return eh_fail_at(err, EH_E_FORMAT, path, r.row, csv->byte, "a quote does not close, or the line is too long");
        EH_TRY(r.row == 0 ? bind_columns(&r, err) : take_row(&r, err));
    }
    if (eh_source_problem(w->source)) return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "%s", eh_source_problem(w->source));
    return EH_OK;
}

/* Counts what is empty, and makes the views of the strings. */
static eh_status finish(eh_audit_table *t, const char *path, eh_error *err)
{
    uint32_t n_strata = 0;
    EH_TRY(eh_audit_rows_merge(t->ctx, t->rows, &t->n_rows, err));
    for (size_t i = 0; i < t->n_rows; i++) n_strata += i == 0 || t->rows[i].stratum != t->rows[i - 1].stratum;
    const eh_strings sides = eh_dict_strings(&t->sides);
    EH_TRY(eh_audit_check_sides(path, &sides, err));
    const uint64_t n_unlabelled = t->data.n_unlabelled;
    t->data = (eh_audit_data){.strata = eh_dict_strings(&t->strata), .sides = sides,
                              .networks = eh_dict_strings(&t->networks), .units = eh_dict_strings(&t->units), .rows = t->rows,
                              .n_rows = t->n_rows, .n_empty_strata = t->strata.n - n_strata, .n_unlabelled = n_unlabelled, .source = t->source};
    return EH_OK;
}

eh_status eh_audit_table_read(eh_context *ctx, const char *path, eh_audit_table **out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = NULL;
    eh_window window = {.ctx = ctx};
    eh_csv csv;
    EH_TRY(eh_source_open(ctx, path, &window.source, err));
    eh_csv_init(&csv, ctx, &window);
    eh_audit_table *t = eh_alloc(ctx, 1, sizeof *t, err);
    eh_status status = t ? EH_OK : err->status;
    if (t) {
        *t = (eh_audit_table){.ctx = ctx, .merge_at = least_merge, .strata = EH_DICT_INIT(ctx), .sides = EH_DICT_INIT(ctx), .networks = EH_DICT_INIT(ctx),
                              .units = EH_DICT_INIT(ctx)};
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
        t->source = eh_strndup(ctx, name, strlen(name), err);
        status = t->source ? read_rows(t, path, &csv, err) : err->status;
    }
    if (status == EH_OK) status = finish(t, path, err);
    eh_csv_release(&csv);
    eh_window_release(&window);
    eh_source_close(window.source);
    if (status == EH_OK) *out = t;
    else eh_audit_table_free(t);
    return status;
}

const eh_audit_data *eh_audit_table_data(const eh_audit_table *table) { return &table->data; }

void eh_audit_table_free(eh_audit_table *table)
{
    if (!table) return;
    eh_context *ctx = table->ctx;
    eh_dict_release(&table->strata);
    eh_dict_release(&table->sides);
    eh_dict_release(&table->networks);
    eh_dict_release(&table->units);
    eh_free(ctx, table->rows);
    eh_free(ctx, table->network_side);
    eh_free(ctx, table->network_unit);
    eh_free(ctx, table->source);
    eh_free(ctx, table);
}
