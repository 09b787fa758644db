/* Sides, as the analyst says: read last, kept in memory only. */
#include "audit/csv_table.h"
#include "audit/rows.h"
#include "base/dict.h"
#include "evenhand/audit_join.h"

#include <math.h>

enum { COLUMN_ACCOUNT, COLUMN_SIDE, COLUMN_DISPUTED, COLUMN_SECOND, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = {"account_id", "side", "disputed", "second_side"};
enum { most_sides = EH_AUDIT_MOST_SIDES };

typedef struct side_owner {
    eh_dict accounts, sides;
    size_t side_capacity, disputed_capacity;
} side_owner;

typedef struct reading {
    eh_side_list *list;
    side_owner *owner;
    const eh_audit_spec *spec;
    const char *path;
    eh_csv_table *file;
    double coders[most_sides][most_sides]; /* how often each pair of labels was given */
} reading;

void eh_side_list_release(eh_side_list *list)
{
    if (!list || !list->ctx) return;
    side_owner *owner = list->owner;
    if (owner) {
        eh_dict_release(&owner->accounts);
        eh_dict_release(&owner->sides);
    }
    eh_free(list->ctx, owner);
    eh_free(list->ctx, list->side);
    eh_free(list->ctx, list->is_disputed);
    *list = (eh_side_list){0};
}

static eh_status wrong(const reading *r, const eh_csv_table_row *row, int column, const char *what, eh_error *err)
{
    const eh_str cell = row->cells[column];
    return eh_fail_at(err, EH_E_FORMAT, r->path, row->row, row->byte, "%s '%.*s' %s", column_names[column], (int)(cell.size < 60 ? cell.size : 60), cell.data, what);
}

static bool is_known(const eh_audit_spec *spec, eh_str side)
{
    if (!spec->sides[0][0]) return true;
    if (eh_str_is(side, spec->sides[0]) || eh_str_is(side, spec->sides[1])) return true;
    for (uint32_t i = 0; i < spec->n_other_sides; i++)
        if (eh_str_is(side, spec->other_sides[i])) return true;
    return false;
}

static eh_status read_side(reading *r, const eh_csv_table_row *row, int column, uint32_t *out, eh_error *err)
{
    const eh_str side = row->cells[column];
    *out = UINT32_MAX;
    if (!side.size) return EH_OK;
    if (!is_known(r->spec, side)) return wrong(r, row, column, "is no side that the specification names; correct the file, or name it in sides or other_sides", err);
    if (eh_dict_find(&r->owner->sides, side) == EH_DICT_NONE) {
        const char *fault = eh_audit_side_fault(side, r->owner->sides.n);
        if (fault) return wrong(r, row, column, fault, err);
    }
    return eh_dict_add(&r->owner->sides, side, out, err);
}

static eh_status take_row(void *data, const eh_csv_table_row *row, eh_error *err)
{
    reading *r = data;
    eh_side_list *list = r->list;
    uint32_t account = 0, side = 0, second = 0;
    if (row->fault) return eh_fail_at(err, EH_E_FORMAT, r->path, row->row, row->byte, "%s", row->fault);
    if (!row->cells[COLUMN_ACCOUNT].size) return wrong(r, row, COLUMN_ACCOUNT, "is empty", err);
    const eh_str flag = row->cells[COLUMN_DISPUTED];
    const bool is_flagged = eh_str_is_nocase(flag, "1") || eh_str_is_nocase(flag, "true") || eh_str_is_nocase(flag, "yes");
    if (flag.size && !is_flagged && !eh_str_is_nocase(flag, "0") && !eh_str_is_nocase(flag, "false") && !eh_str_is_nocase(flag, "no"))
        return wrong(r, row, COLUMN_DISPUTED, "is neither 1 nor 0 (true, false, yes, no)", err);
    EH_TRY(read_side(r, row, COLUMN_SIDE, &side, err));
    EH_TRY(read_side(r, row, COLUMN_SECOND, &second, err));
    list->n_read++;
    const uint32_t n_before = r->owner->accounts.n;
    EH_TRY(eh_dict_add(&r->owner->accounts, row->cells[COLUMN_ACCOUNT], &account, err));
    if (account < n_before) {
        if (list->side[account] != side) return wrong(r, row, COLUMN_ACCOUNT, "is on two sides; give each account one (and mark it disputed where coders differ)", err);
        list->n_repeated++;
        list->is_disputed[account] = list->is_disputed[account] || is_flagged;
        return EH_OK;
    }
    EH_TRY(eh_reserve(list->ctx, (void **)&list->side, &r->owner->side_capacity, account + 1, sizeof *list->side, err));
    EH_TRY(eh_reserve(list->ctx, (void **)&list->is_disputed, &r->owner->disputed_capacity, account + 1, sizeof *list->is_disputed, err));
    list->side[account] = side;
    list->is_disputed[account] = is_flagged || (second != UINT32_MAX && second != side);
    list->n_empty += side == UINT32_MAX;
    if (side != UINT32_MAX && second != UINT32_MAX) r->coders[side][second]++;
    return EH_OK;
}

/* Cohen, Educ. Psychol. Meas. 20:37 (1960): (p_o - p_e) / (1 - p_e). */
static double kappa_of(const reading *r)
{
    double all = 0, agree = 0, chance = 0;
    for (int i = 0; i < most_sides; i++)
        for (int j = 0; j < most_sides; j++) all += r->coders[i][j], agree += i == j ? r->coders[i][j] : 0;
    if (!(all > 0)) return (double)NAN;
    for (int i = 0; i < most_sides; i++) {
        double first = 0, second = 0;
        for (int j = 0; j < most_sides; j++) first += r->coders[i][j], second += r->coders[j][i];
        chance += first * second / (all * all);
    }
    return chance < 1 ? (agree / all - chance) / (1 - chance) : (double)NAN;
}

static eh_status finish(reading *r, eh_error *err)
{
    eh_side_list *list = r->list;
    list->accounts = eh_dict_strings(&r->owner->accounts);
    list->sides = eh_dict_strings(&r->owner->sides);
    list->has_second_coder = r->file->has[COLUMN_SECOND];
    list->has_disputes = r->file->has[COLUMN_DISPUTED] || r->file->has[COLUMN_SECOND];
    list->kappa = kappa_of(r);
    return eh_audit_check_sides(r->path, &list->sides, err);
}

eh_status eh_side_list_read(eh_context *ctx, const char *path, const eh_audit_spec *spec, eh_side_list *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_side_list){.ctx = ctx, .kappa = (double)NAN};
    eh_csv_table file = {.what = "sides", .columns = column_names, .n_columns = N_COLUMNS, .n_needed = 2};
    side_owner *owner = eh_alloc(ctx, 1, sizeof *owner, err);
    reading *r = eh_alloc(ctx, 1, sizeof *r, err);
    eh_status status = owner && r ? EH_OK : err->status;
    out->owner = owner;
    if (owner) *owner = (side_owner){.accounts = EH_DICT_INIT(ctx), .sides = EH_DICT_INIT(ctx)};
    if (status == EH_OK) {
        *r = (reading){.list = out, .owner = owner, .spec = spec, .path = path, .file = &file};
        eh_csv_table_name(path, out->source, sizeof out->source);
        status = eh_csv_table_read(ctx, path, &file, take_row, r, err);
    }
    if (status == EH_OK) status = finish(r, err);
    eh_free(ctx, r);
    if (status != EH_OK) eh_side_list_release(out);
    return status;
}
