/*
 * A sample to be judged blind: two phases. Half of it from accounts that were actioned, half from the others, these evenly over bins of
 * evidence, so that those who look actioned and are not are judged too; each account stands for `weight` accounts of its kind. The file
 * says neither side, nor evidence, nor what was done, and is in random order.
 */
#include "audit/risk_table.h"
#include "base/outfile.h"
#include "base/rng.h"
#include "base/sort.h"

#include <math.h>
#include <stdio.h>

typedef struct person {
    uint32_t account, kind; /* 0: actioned; 1 ..: bin of evidence of the others */
    uint64_t lot;
    double weight;
} person;

static int by_kind_and_lot(const void *a, const void *b, void *data)
{
    const person *x = a, *y = b;
    (void)data;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    return (x->lot > y->lot) - (x->lot < y->lot);
}

static int by_lot(const void *a, const void *b, void *data)
{
    const person *x = a, *y = b;
    (void)data;
    return (x->lot > y->lot) - (x->lot < y->lot);
}

/* Everybody at risk, once, with the evidence of the last period. */
static eh_status list_people(eh_context *ctx, const eh_risk_set *set, const eh_audit_spec *spec, person **out, size_t *n_people, eh_error *err)
{
    double limits[128];
    uint32_t n_limits = 0, n_accounts = 0;
    size_t n = 0;
    for (size_t i = 0; i < set->n_rows; i++)
        if (set->rows[i].account >= n_accounts) n_accounts = set->rows[i].account + 1;
    double *values = eh_alloc(ctx, set->n_rows, sizeof *values, err);
    size_t *last = eh_alloc(ctx, n_accounts, sizeof *last, err);
    uint8_t *is_actioned = eh_alloc(ctx, n_accounts, 1, err);
    *out = eh_alloc(ctx, n_accounts, sizeof **out, err);
    eh_status status = values && last && is_actioned && *out ? EH_OK : err->status;
    for (size_t i = 0; status == EH_OK && i < set->n_rows; i++) {
        if (isfinite(set->rows[i].evidence)) values[n++] = set->rows[i].evidence;
        last[set->rows[i].account] = i + 1;
        if (set->rows[i].is_actioned) is_actioned[set->rows[i].account] = 1;
    }
    if (status == EH_OK) status = eh_bin_limits(ctx, values, n, spec->evidence_bins, limits, &n_limits, err);
    for (uint32_t a = 0; status == EH_OK && a < n_accounts; a++) {
        if (!last[a]) continue;
        const double e = set->rows[last[a] - 1].evidence;
        eh_rng rng = eh_rng_of(spec->seed, a);
        const uint32_t bin = isnan(e) ? 0 : !isfinite(e) ? 1 : 2 + eh_bin_of(limits, n_limits, e);
        (*out)[(*n_people)++] = (person){a, is_actioned[a] ? 0 : 1 + bin, eh_rng_next(&rng), 1};
    }
    eh_free(ctx, values);
    eh_free(ctx, last);
    eh_free(ctx, is_actioned);
    return status;
}

/* Takes `want` of the n people of one kind, who come in the order of their lots; returns how many. */
static size_t take(const person *people, size_t n, size_t want, person *out)
{
    const size_t taken = want < n ? want : n;
    for (size_t i = 0; i < taken; i++) {
        out[i] = people[i];
        out[i].weight = (double)n / (double)taken;
    }
    return taken;
}

/* Half for kind 0, the rest in equal parts for the others; what a small kind leaves goes to those after it. */
static size_t draw(const person *people, size_t n_people, size_t n, person *out)
{
    size_t n_kinds = 0, n_out = 0, at = 0;
    for (size_t i = 0; i < n_people; i++) n_kinds += i == 0 || people[i].kind != people[i - 1].kind;
    while (at < n_people) {
        size_t end = at;
        while (end < n_people && people[end].kind == people[at].kind) end++;
        const size_t left = n - n_out, want = people[at].kind == 0 && n_kinds > 1 ? (n + 1) / 2 : (left + n_kinds - 1) / n_kinds;
        n_out += take(people + at, end - at, want < left ? want : left, out + n_out);
        n_kinds--;
        at = end;
    }
    return n_out;
}

static eh_status write_sample(eh_context *ctx, const eh_asof *asof, const person *people, size_t n, const char *path, eh_error *err)
{
    eh_outfile out = {0};
    EH_TRY(eh_outfile_open(ctx, path, &out, err));
    fputs("account_id,weight,truth,reversed\n", out.stream);
    for (size_t i = 0; i < n; i++) {
        eh_outfile_csv(&out, eh_strings_get(&asof->accounts, people[i].account));
        fprintf(out.stream, ",%.10g,,\n", people[i].weight);
    }
    return eh_outfile_commit(&out, err);
}

static eh_status sample(eh_context *ctx, const eh_risk_set *set, const eh_asof *asof, const eh_audit_spec *spec, uint32_t n, const char *path, uint64_t *n_drawn, eh_error *err)
{
    person *people = NULL, *drawn = NULL;
    size_t n_people = 0, n_out = 0;
    eh_status status = list_people(ctx, set, spec, &people, &n_people, err);
    if (status == EH_OK) status = eh_sort(ctx, people, n_people, sizeof *people, by_kind_and_lot, NULL, err);
    if (status == EH_OK) {
        drawn = eh_alloc(ctx, n, sizeof *drawn, err);
        status = drawn ? EH_OK : err->status;
    }
    if (status == EH_OK) {
        n_out = draw(people, n_people, n, drawn);
        for (size_t i = 0; i < n_out; i++) { /* lots anew: the old ones tell the order within a kind only */
            eh_rng rng = eh_rng_of(spec->seed ^ UINT64_C(0x5bd1e995), drawn[i].account);
            drawn[i].lot = eh_rng_next(&rng);
        }
        status = eh_sort(ctx, drawn, n_out, sizeof *drawn, by_lot, NULL, err);
    }
    if (status == EH_OK) status = write_sample(ctx, asof, drawn, n_out, path, err);
    *n_drawn = n_out;
    eh_free(ctx, people);
    eh_free(ctx, drawn);
    return status;
}

eh_status eh_audit_sample(eh_context *ctx, const eh_asof *asof, const eh_audit_actions *actions, const eh_audit_spec *spec, uint32_t n, const char *path, uint64_t *n_drawn,
                          eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_risk_set set;
    *n_drawn = 0;
    EH_TRY(eh_risk_set_of(ctx, asof, actions, NULL, spec, &set, err));
    eh_status status = sample(ctx, &set, asof, spec, n, path, n_drawn, err);
    eh_risk_set_release(&set);
    return status;
}
