/* Uniting, naming, removing, and the account of it. */
#include "evenhand/near_text.h"

#include "actions/action_table.h"
#include "actions/near_cluster.h"
#include "actions/text_kinds.h"
#include "base/time.h"

eh_near_text_options eh_near_text_options_default(void)
{
    return (eh_near_text_options){.jaccard = 0.8, .window_us = 7 * EH_DAY_US, .least_accounts = 5, .least_crowd = 80,
                                  .removes_templates = true};
}

const char *eh_text_kind_name(eh_text_kind kind)
{
    static const char *const names[EH_N_TEXT_KINDS] = {"none", "share_button", "quotation", "chain_letter"};
    return (unsigned)kind < EH_N_TEXT_KINDS ? names[kind] : "none";
}

static eh_status check(const eh_action_table *table, const eh_near_text_options *o, eh_error *err)
{
    if (!table->owner) return eh_fail(err, EH_E_INVALID, "the table is empty: finish a builder into it first");
    if (!(o->jaccard >= 0.5 && o->jaccard <= 1))
        return eh_fail(err, EH_E_INVALID, "the least Jaccard of near-duplicate texts must be 0.5 to 1, not %g", o->jaccard);
    if (o->window_us < 0) return eh_fail(err, EH_E_INVALID, "the window of near-duplicate texts must not be negative");
    if (!(o->least_crowd >= 1)) return eh_fail(err, EH_E_INVALID, "the least crowd of a template must be at least 1");
    return EH_OK;
}

void eh_near_text_report_release(eh_near_text_report *report)
{
    if (!report || !report->ctx) return;
    eh_free(report->ctx, report->templates);
    eh_free(report->ctx, (void *)(uintptr_t)report->texts.offset);
    eh_free(report->ctx, (void *)(uintptr_t)report->texts.bytes);
    eh_free(report->ctx, report->kinds);
    eh_free(report->ctx, report->n_shared);
    eh_free(report->ctx, report->n_template);
    *report = (eh_near_text_report){0};
}

/* ---- uniting --------------------------------------------------------------------------------------------------- */

/* n_texts_of[i]: how many exact texts object i of the united set has. */
static eh_status unite(eh_context *ctx, eh_action_table *table, const eh_near_text_options *options, uint32_t **n_texts_of,
                       eh_near_text_report *report, eh_error *err)
{
    uint32_t n = table->sets[EH_TEXT].n_objects;
    uint32_t *to = eh_alloc(ctx, n, sizeof *to, err);
    uint32_t *n_texts = eh_alloc(ctx, n, sizeof *n_texts, err);
    eh_status status = to && n_texts ? eh_near_cluster(ctx, &table->sets[EH_TEXT], options, to, report, err) : err->status;
    if (status == EH_OK) status = eh_table_regroup(table, EH_TEXT, to, &report->n_duplicates, err);
    if (status == EH_OK) {
        for (uint32_t o = 0; o < n; o++) n_texts[to[o]]++;
        uint32_t n_left = 0;
        for (uint32_t o = 0; o < n; o++)
            if (n_texts[o]) n_texts[n_left++] = n_texts[o]; /* leaders stay in order */
        report->n_objects = n_left;
        for (uint32_t o = 0; o < n_left; o++) report->n_clusters += n_texts[o] > 1;
    }
    eh_free(ctx, to);
    *n_texts_of = n_texts;
    return status;
}

/* ---- the account of it ----------------------------------------------------------------------------------------- */

static void count_kinds(const eh_action_set *set, const eh_text_profile *profiles, eh_near_text_report *report)
{
    for (uint32_t o = 0; o < set->n_objects; o++) {
        const eh_text_profile *p = &profiles[o];
        report->n_texts_of[p->kind]++;
        report->n_actions_of[p->kind] += set->object_start[o + 1] - set->object_start[o];
        for (uint64_t i = set->object_start[o]; p->n_accounts >= 2 && i < set->object_start[o + 1]; i++) {
            report->n_shared[set->account[i]]++;
            report->n_template[set->account[i]] += p->kind != EH_TEXT_PLAIN;
        }
    }
}

static void add_template(eh_near_text_report *report, const eh_action_set *set, uint32_t o, const eh_text_profile *p,
                         uint32_t n_texts, uint64_t *offset, char *bytes)
{
    uint64_t first = set->object_start[o], last = set->object_start[o + 1];
    eh_str text = eh_strings_get(&set->objects, o);
    report->templates[report->n_templates] = (eh_text_template){
        .kind = p->kind, .n_texts = n_texts, .n_accounts = p->n_accounts, .n_days = p->n_days, .n_actions = last - first,
        .first_us = set->time_us[first], .last_us = set->time_us[last - 1],
        .link = p->kind == EH_TEXT_SHARE_BUTTON ? p->link : UINT32_MAX, .crowd = p->crowd};
    memcpy(bytes + offset[report->n_templates], text.data, text.size);
    offset[report->n_templates + 1] = offset[report->n_templates] + text.size;
    report->n_templates++;
}

static eh_status tell(eh_context *ctx, const eh_action_table *table, const eh_text_profile *profiles, const uint32_t *n_texts,
                      eh_near_text_report *report, eh_error *err)
{
    const eh_action_set *set = &table->sets[EH_TEXT];
    report->n_accounts = table->accounts.n;
    report->n_shared = eh_alloc(ctx, table->accounts.n, sizeof *report->n_shared, err);
    report->n_template = eh_alloc(ctx, table->accounts.n, sizeof *report->n_template, err);
    if (!report->n_shared || !report->n_template) return err->status;
    count_kinds(set, profiles, report);
    size_t n = 0, size = 0;
    for (uint32_t o = 0; o < set->n_objects; o++) {
        if (profiles[o].kind == EH_TEXT_PLAIN) continue;
        n++;
        size += eh_strings_get(&set->objects, o).size;
    }
    report->templates = eh_alloc(ctx, n, sizeof *report->templates, err);
    uint64_t *offset = eh_alloc(ctx, n + 1, sizeof *offset, err);
    char *bytes = eh_alloc(ctx, size, 1, err);
    report->texts = (eh_strings){(uint32_t)n, offset, bytes};
    if (!report->templates || !offset || !bytes) return err->status;
    for (uint32_t o = 0; o < set->n_objects; o++)
        if (profiles[o].kind != EH_TEXT_PLAIN) add_template(report, set, o, &profiles[o], n_texts[o], offset, bytes);
    return EH_OK;
}

/* ---- removing -------------------------------------------------------------------------------------------------- */

static eh_status remove_templates(eh_context *ctx, eh_action_table *table, const eh_text_profile *profiles, eh_error *err)
{
    uint32_t n = table->sets[EH_TEXT].n_objects;
    uint64_t n_duplicates = 0;
    uint32_t *to = eh_alloc(ctx, n, sizeof *to, err);
    if (!to) return err->status;
    for (uint32_t o = 0; o < n; o++) to[o] = profiles[o].kind == EH_TEXT_PLAIN ? o : UINT32_MAX;
    eh_status status = eh_table_regroup(table, EH_TEXT, to, &n_duplicates, err);
    eh_free(ctx, to);
    return status;
}

/* The kinds of the objects as they are now: none but EH_TEXT_PLAIN where templates were removed. */
static eh_status list_kinds(eh_context *ctx, const eh_action_table *table, const eh_text_profile *profiles,
                            eh_near_text_report *report, eh_error *err)
{
    uint32_t n = table->sets[EH_TEXT].n_objects;
    report->kinds = eh_alloc(ctx, n, 1, err);
    if (!report->kinds) return err->status;
    for (uint32_t o = 0; profiles && o < n; o++) report->kinds[o] = (uint8_t)profiles[o].kind;
    return EH_OK;
}

static eh_status name_templates(eh_context *ctx, eh_action_table *table, const eh_near_text_options *options,
                                const uint32_t *n_texts, eh_near_text_report *report, eh_error *err)
{
    eh_text_profile *profiles = eh_alloc(ctx, table->sets[EH_TEXT].n_objects, sizeof *profiles, err);
    if (!profiles) return err->status;
    bool removes = options->removes_templates;
    eh_status status = eh_text_kinds(ctx, table, options, profiles, err);
    if (status == EH_OK) status = tell(ctx, table, profiles, n_texts, report, err);
    if (status == EH_OK && removes && report->n_templates) status = remove_templates(ctx, table, profiles, err);
    if (status == EH_OK) status = list_kinds(ctx, table, removes ? NULL : profiles, report, err);
    eh_free(ctx, profiles);
    return status;
}

eh_status eh_near_text_merge(eh_context *ctx, eh_action_table *table, const eh_near_text_options *options,
                             eh_near_text_report *report, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    eh_near_text_report local_report;
    eh_near_text_options chosen = options ? *options : eh_near_text_options_default();
    if (!err) err = &local;
    eh_near_text_report *out = report ? report : &local_report;
    *out = (eh_near_text_report){.ctx = ctx};
    EH_TRY(check(table, &chosen, err));
    out->n_texts = table->sets[EH_TEXT].n_objects;
    out->n_actions = table->sets[EH_TEXT].n_actions;
    uint32_t *n_texts = NULL;
    eh_status status = unite(ctx, table, &chosen, &n_texts, out, err);
    if (status == EH_OK) status = name_templates(ctx, table, &chosen, n_texts, out, err);
    eh_free(ctx, n_texts);
    if (!report || status != EH_OK) eh_near_text_report_release(out);
    return status;
}
