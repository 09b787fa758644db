/* Outcomes: the sample to be adjudicated, its results, and the test on them. */
#include "audit/design.h"
#include "audit/csv_table.h"
#include "base/outfile.h"
#include "base/rng.h"
#include "base/sort.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMN_ACCOUNT, COLUMN_TRUTH, COLUMN_WEIGHT, COLUMN_REVERSED, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = {"account_id", "truth", "weight", "reversed"};

typedef struct outcome_owner {
    eh_dict accounts;
    size_t truth_capacity, weight_capacity, reversed_capacity;
} outcome_owner;

typedef struct reading {
    eh_outcome_list *list;
    const char *path;
} reading;

void eh_outcome_list_release(eh_outcome_list *list)
{
    if (!list || !list->ctx) return;
    outcome_owner *owner = list->owner;
    if (owner) eh_dict_release(&owner->accounts);
    eh_free(list->ctx, owner);
    eh_free(list->ctx, list->truth);
    eh_free(list->ctx, list->weight);
    eh_free(list->ctx, list->reversed);
    *list = (eh_outcome_list){0};
}

static eh_status wrong(const reading *r, const eh_csv_table_row *row, int column, const char *what, eh_error *err)
{
    const eh_str cell = row->cells[column];
    return eh_fail_at(err, EH_E_FORMAT, r->path, row->row, row->byte, "%s '%.*s' %s", column_names[column], (int)(cell.size < 60 ? cell.size : 60), cell.data, what);
}

static eh_status read_flag(const reading *r, const eh_csv_table_row *row, int column, double *out, eh_error *err)
{
    static const char *const yes[] = {"1", "true", "yes"}, *const no[] = {"0", "false", "no"};
    const eh_str cell = row->cells[column];
    *out = (double)NAN;
    if (!cell.size) return EH_OK;
    for (int i = 0; i < 3; i++) {
        if (eh_str_is_nocase(cell, yes[i])) *out = 1;
        if (eh_str_is_nocase(cell, no[i])) *out = 0;
    }
    return isnan(*out) ? wrong(r, row, column, "is neither 1 nor 0 (true, false, yes, no), nor empty", err) : EH_OK;
}

static eh_status read_weight(const reading *r, const eh_csv_table_row *row, double *out, eh_error *err)
{
    char room[64], *end;
    const eh_str cell = row->cells[COLUMN_WEIGHT];
    *out = 1;
    if (!cell.size) return EH_OK;
    (void)snprintf(room, sizeof room, "%.*s", (int)(cell.size < 63 ? cell.size : 63), cell.data);
    *out = strtod(room, &end);
    return *end || !(*out > 0) || !(*out <= 1e12) ? wrong(r, row, COLUMN_WEIGHT, "is no weight: a number above 0, as the sample has it", err) : EH_OK;
}

static eh_status take_row(void *data, const eh_csv_table_row *row, eh_error *err)
{
    reading *r = data;
    eh_outcome_list *l = r->list;
    outcome_owner *owner = l->owner;
    uint32_t account = 0;
    double truth = 0, weight = 1, reversed = 0;
    if (row->fault) return eh_fail_at(err, EH_E_FORMAT, r->path, row->row, row->byte, "%s", row->fault);
    if (!row->cells[COLUMN_ACCOUNT].size) return wrong(r, row, COLUMN_ACCOUNT, "is empty", err);
    EH_TRY(read_flag(r, row, COLUMN_TRUTH, &truth, err));
    EH_TRY(read_flag(r, row, COLUMN_REVERSED, &reversed, err));
    EH_TRY(read_weight(r, row, &weight, err));
    const uint32_t n_before = owner->accounts.n;
    EH_TRY(eh_dict_add(&owner->accounts, row->cells[COLUMN_ACCOUNT], &account, err));
    if (account < n_before) return wrong(r, row, COLUMN_ACCOUNT, "is there twice; settle on one result each", err);
    EH_TRY(eh_reserve(l->ctx, (void **)&l->truth, &owner->truth_capacity, account + 1, sizeof *l->truth, err));
    EH_TRY(eh_reserve(l->ctx, (void **)&l->weight, &owner->weight_capacity, account + 1, sizeof *l->weight, err));
    EH_TRY(eh_reserve(l->ctx, (void **)&l->reversed, &owner->reversed_capacity, account + 1, sizeof *l->reversed, err));
    l->truth[account] = truth, l->weight[account] = weight, l->reversed[account] = reversed;
    l->n_read++;
    l->n_undecided += isnan(truth) ? 1 : 0;
    return EH_OK;
}

eh_status eh_outcome_list_read(eh_context *ctx, const char *path, eh_outcome_list *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_outcome_list){.ctx = ctx};
    eh_csv_table file = {.what = "outcomes", .columns = column_names, .n_columns = N_COLUMNS, .n_needed = 2};
    outcome_owner *owner = eh_alloc(ctx, 1, sizeof *owner, err);
    if (!owner) return err->status;
    owner->accounts = (eh_dict)EH_DICT_INIT(ctx);
    out->owner = owner;
    eh_csv_table_name(path, out->source, sizeof out->source);
    reading r = {out, path};
    eh_status status = eh_csv_table_read(ctx, path, &file, take_row, &r, err);
    if (status == EH_OK) out->accounts = eh_dict_strings(&owner->accounts);
    if (status == EH_OK && out->n_read == out->n_undecided)
        status = eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "holds no result: fill in the column truth (1: the action was right, 0: it was not)");
    if (status != EH_OK) eh_outcome_list_release(out);
    return status;
}

/* ---- the test --------------------------------------------------------------------------------------------------------- */

/* Per account: on which of the two sides (2: neither), and whether it was actioned while at risk. */
typedef struct standing {
    uint8_t *side, *is_actioned;
    uint32_t n;
} standing;

static eh_status stand(const eh_design_work *w, standing *out, eh_error *err)
{
    for (size_t i = 0; i < w->set->n_rows; i++)
        if (w->set->rows[i].account >= out->n) out->n = w->set->rows[i].account + 1;
    out->side = eh_alloc(w->ctx, out->n, 1, err);
    out->is_actioned = eh_alloc(w->ctx, out->n, 1, err);
    if (!out->side || !out->is_actioned) return err->status;
    memset(out->side, 2, out->n);
    for (size_t i = 0; i < w->set->n_rows; i++) {
        const eh_risk_row *row = &w->set->rows[i];
        for (uint8_t s = 0; s < 2; s++)
            if (row->side == w->compare[s]) out->side[row->account] = s;
        if (row->is_actioned) out->is_actioned[row->account] = 1;
    }
    return EH_OK;
}

/* Weighted hits among the adjudicated, as counts of so many independent accounts: Kish's size over the design effect of networks. */
static void count_outcomes(const eh_design_work *w, const standing *at, const eh_outcome_list *l, eh_audit_design *d)
{
    double sum[2] = {0, 0}, squares[2] = {0, 0}, hits[2] = {0, 0};
    const double effect = fmax(1, isnan(w->base->design_effect) ? 1 : w->base->design_effect);
    for (uint32_t i = 0; i < at->n; i++) {
        if (at->side[i] > 1) continue;
        d->outcome_counts[at->side[i]].n += 1 / effect;
        d->outcome_counts[at->side[i]].n_actioned += at->is_actioned[i] / effect;
    }
    for (uint32_t i = 0; i < l->accounts.n; i++) {
        const uint32_t account = eh_strings_find(&w->asof->accounts, eh_strings_get(&l->accounts, i));
        if (account >= at->n || at->side[account] > 1 || !at->is_actioned[account]) continue;
        const int s = at->side[account];
        if (!isnan(l->truth[i])) sum[s] += l->weight[i], squares[s] += l->weight[i] * l->weight[i], hits[s] += l->weight[i] * l->truth[i];
        if (!isnan(l->reversed[i])) d->n_appeals[s]++, d->n_reversed[s] += l->reversed[i];
    }
    for (int s = 0; s < 2; s++) {
        if (!(sum[s] > 0)) continue;
        d->outcome_counts[s].n_adjudicated = sum[s] * sum[s] / squares[s] / effect;
        d->outcome_counts[s].n_hits = hits[s] / sum[s] * d->outcome_counts[s].n_adjudicated;
    }
}

eh_status eh_design_outcome(const eh_design_work *w, const eh_outcome_list *outcomes, eh_audit_design *d, eh_error *err)
{
    standing at = {NULL, NULL, 0};
    eh_status status = EH_OK;
    if (outcomes && w->asof) {
        status = stand(w, &at, err);
        if (status == EH_OK) count_outcomes(w, &at, outcomes, d);
        eh_free(w->ctx, at.side);
        eh_free(w->ctx, at.is_actioned);
        d->has_outcome = d->outcome_counts[0].n_adjudicated > 0 && d->outcome_counts[1].n_adjudicated > 0;
    }
    if (d->has_outcome) d->outcome = eh_outcome_of(&d->outcome_counts[0], &d->outcome_counts[1], w->options->alpha, w->spec->outcome_margin);
    d->reversals_of_appeals = d->n_appeals[0] > 0 && d->n_appeals[1] > 0;
    for (int s = 0; s < 2 && !d->reversals_of_appeals; s++) {
        d->n_appeals[s] = (double)w->set->frame[w->compare[s]].n_actioned;
        d->n_reversed[s] = (double)w->set->frame[w->compare[s]].n_reversed;
    }
    d->has_reversals = (d->reversals_of_appeals || w->set->n_reversed > 0) && d->n_appeals[0] > 0 && d->n_appeals[1] > 0;
    if (d->has_reversals) d->reversal_difference = eh_newcombe(d->n_reversed[0], d->n_appeals[0], d->n_reversed[1], d->n_appeals[1], 1 - w->options->alpha);
    return status;
}
