/*
 * Who was at risk of being actioned, period by period. An account is at risk in a period when it acted in the look-back before it and
 * nothing had ended its time before; its evidence and exposure are those of the period's start. Discrete-time hazards: one row an
 * account, period and rule; under rules other than the one it fell under, an account left unactioned (cause-specific hazards).
 * An action known to lie between two looks counts at the earliest moment it can have happened: later evidence may be after it. With one
 * cut after the archive (a status that was read once) there is no earlier period to count it in: it counts in the one there is, and is told
 * as undated, since it may have cut short what its account did.
 */
#include "base/dict.h"
#include "base/time.h"
#include "evenhand/audit_join.h"

#include <math.h>
#include <stdio.h>

enum { most_rules = 8, fewest_of_rule = 5 };

/* What the actions say about one account; times are the earliest possible. */
typedef struct fate {
    int64_t action_us, latest_us, end_us, watched_us; /* EH_TIME_NONE: never */
    uint32_t rule;
    bool is_reversed, is_watched, is_undated;
} fate;

typedef struct risk_owner {
    eh_dict ids; /* the archive's accounts first, in their order, then those that only actions or sides name */
    eh_dict rules, periods, rule_texts;
} risk_owner;

typedef struct join {
    eh_context *ctx;
    const eh_asof *asof;
    const eh_audit_actions *actions;
    const eh_side_list *sides;
    const eh_audit_spec *spec;
    eh_risk_set *set;
    risk_owner *owner;
    fate *fates;
    size_t fate_capacity;
    uint32_t *side; /* per id */
    bool *is_disputed, *is_captured, *is_met; /* per id: at risk ever; actioned while at risk */
    uint32_t *rule_of; /* text of a rule -> rule */
    bool has_looks;
} join;

void eh_risk_set_release(eh_risk_set *set)
{
    if (!set || !set->ctx) return;
    risk_owner *owner = set->owner;
    if (owner) {
        eh_dict_release(&owner->ids);
        eh_dict_release(&owner->rules);
        eh_dict_release(&owner->periods);
        eh_dict_release(&owner->rule_texts);
    }
    eh_free(set->ctx, owner);
    eh_free(set->ctx, set->rows);
    eh_free(set->ctx, set->frame);
    *set = (eh_risk_set){0};
}

/* ---- fates ------------------------------------------------------------------------------------------------------------ */

static bool counts(const eh_audit_spec *spec, eh_str action)
{
    for (uint32_t i = 0; i < spec->n_actions; i++)
        if (eh_str_is(action, spec->actions[i])) return true;
    return spec->n_actions == 0;
}

eh_status eh_audit_actions_check(const eh_audit_actions *actions, const eh_audit_spec *spec, eh_error *err)
{
    eh_str words[6];
    char text[320] = "";
    size_t n_words = 0, used = 0, k;
    for (size_t i = 0; i < actions->n_actions; i++) {
        const eh_audit_action *a = &actions->actions[i];
        if (!a->action.size || a->is_reversal) continue;
        if (counts(spec, a->action)) return EH_OK;
        for (k = 0; k < n_words && !eh_str_equal(words[k], a->action); k++) {}
        if (k == n_words && n_words < sizeof words / sizeof *words) words[n_words++] = a->action;
    }
    for (k = 0; k < n_words; k++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s'%.*s'", k ? ", " : "", (int)(words[k].size < 40 ? words[k].size : 40), words[k].data);
    return eh_fail_at(err, EH_E_STATISTICS, actions->source, -1, -1, "holds no action that counts: its words are %s; correct `actions` in the specification, or take another file",
                      n_words ? text : "none (reversals and looks alone)");
}

static int64_t earliest_of(const join *j, const eh_audit_action *a, uint32_t id)
{
    if (a->time_us != EH_ACTION_NO_TIME) return a->time_us;
    if (a->last_alive_us != EH_ACTION_NO_TIME) return a->last_alive_us + 1;
    if (id < j->asof->accounts.n && j->asof->last_us[id] < a->first_gone_us) return j->asof->last_us[id] + 1; /* it acted, so it was there */
    return a->first_gone_us;
}

static int64_t latest_of(const eh_audit_action *a) { return a->time_us != EH_ACTION_NO_TIME ? a->time_us : a->first_gone_us; }

static eh_status rule_text_of(join *j, const eh_audit_action *a, uint32_t *out, eh_error *err)
{
    eh_buf text = EH_BUF_INIT(j->ctx);
    eh_status status = eh_buf_add_str(&text, a->policy, err);
    if (status == EH_OK && a->unit.size) status = eh_buf_printf(&text, err, "%s%.*s", a->policy.size ? " / " : "", (int)a->unit.size, a->unit.data);
    if (status == EH_OK) status = eh_dict_add(&j->owner->rule_texts, text.size ? eh_buf_str(&text) : EH_STR_LITERAL("any policy"), out, err);
    eh_buf_release(&text);
    return status;
}

static eh_status take_action(join *j, const eh_audit_action *a, eh_error *err)
{
    uint32_t id = 0;
    const uint32_t n_before = j->owner->ids.n;
    EH_TRY(eh_dict_add(&j->owner->ids, a->account, &id, err));
    EH_TRY(eh_reserve(j->ctx, (void **)&j->fates, &j->fate_capacity, j->owner->ids.n, sizeof *j->fates, err));
    fate *f = &j->fates[id];
    if (id == n_before) *f = (fate){.action_us = EH_TIME_NONE, .latest_us = EH_TIME_NONE, .end_us = EH_TIME_NONE, .watched_us = EH_TIME_NONE};
    f->is_watched = true;
    if (a->last_alive_us != EH_ACTION_NO_TIME && a->last_alive_us > f->watched_us) f->watched_us = a->last_alive_us;
    if (a->time_us == EH_ACTION_NO_TIME && a->first_gone_us == EH_ACTION_NO_TIME) { /* a look */
        j->has_looks = true;
        return EH_OK;
    }
    if (a->is_reversal) {
        f->is_reversed = true;
        return EH_OK;
    }
    int64_t earliest_us = earliest_of(j, a, id);
    const int64_t cut_us = j->asof->cuts_us[0];
    const bool is_undated = j->spec->period == EH_PERIOD_END && a->time_us == EH_ACTION_NO_TIME && earliest_us < cut_us && a->first_gone_us >= cut_us;
    if (is_undated) {
        earliest_us = a->first_gone_us;
        if (f->watched_us < a->first_gone_us) f->watched_us = a->first_gone_us;
    }
    if (!counts(j->spec, a->action)) {
        if (f->end_us == EH_TIME_NONE || earliest_us < f->end_us) f->end_us = earliest_us;
        return EH_OK;
    }
    if (f->action_us != EH_TIME_NONE && f->action_us <= earliest_us) return EH_OK;
    f->action_us = earliest_us;
    f->is_undated = is_undated;
    f->latest_us = latest_of(a);
    return rule_text_of(j, a, &f->rule, err);
}

/* Rules with too few actions become one. */
static eh_status number_rules(join *j, eh_error *err)
{
    const uint32_t n = j->owner->rule_texts.n;
    uint64_t *n_of = eh_alloc(j->ctx, n, sizeof *n_of, err);
    j->rule_of = eh_alloc(j->ctx, n, sizeof *j->rule_of, err);
    eh_status status = n_of && j->rule_of ? EH_OK : err->status;
    for (uint32_t i = 0; status == EH_OK && i < j->owner->ids.n; i++)
        if (j->fates[i].action_us != EH_TIME_NONE) n_of[j->fates[i].rule]++;
    for (uint32_t r = 0; status == EH_OK && r < n; r++) {
        uint32_t n_larger = 0;
        for (uint32_t q = 0; q < n; q++) n_larger += n_of[q] > n_of[r] || (n_of[q] == n_of[r] && q < r);
        const bool is_own = n == 1 || (n_larger < most_rules - 1 && n_of[r] >= fewest_of_rule);
        status = eh_dict_add(&j->owner->rules, is_own ? eh_dict_get(&j->owner->rule_texts, r) : EH_STR_LITERAL("other policies"), &j->rule_of[r], err);
    }
    eh_free(j->ctx, n_of);
    return status;
}

static eh_status read_fates(join *j, eh_error *err)
{
    const eh_asof *asof = j->asof;
    uint32_t id;
    EH_TRY(eh_reserve(j->ctx, (void **)&j->fates, &j->fate_capacity, asof->accounts.n + 1, sizeof *j->fates, err));
    for (uint32_t i = 0; i < asof->accounts.n; i++) {
        EH_TRY(eh_dict_add(&j->owner->ids, eh_strings_get(&asof->accounts, i), &id, err));
        j->fates[i] = (fate){.action_us = EH_TIME_NONE, .latest_us = EH_TIME_NONE, .end_us = EH_TIME_NONE, .watched_us = EH_TIME_NONE};
    }
    for (size_t i = 0; i < j->actions->n_actions; i++) EH_TRY(take_action(j, &j->actions->actions[i], err));
    EH_TRY(eh_audit_actions_check(j->actions, j->spec, err));
    return number_rules(j, err);
}

/* ---- sides --------------------------------------------------------------------------------------------------------------- */

static eh_status read_sides(join *j, eh_error *err)
{
    uint32_t id;
    for (uint32_t i = 0; j->sides && i < j->sides->accounts.n; i++) {
        const uint32_t n_before = j->owner->ids.n;
        EH_TRY(eh_dict_add(&j->owner->ids, eh_strings_get(&j->sides->accounts, i), &id, err));
        EH_TRY(eh_reserve(j->ctx, (void **)&j->fates, &j->fate_capacity, j->owner->ids.n, sizeof *j->fates, err));
        if (id == n_before) j->fates[id] = (fate){.action_us = EH_TIME_NONE, .latest_us = EH_TIME_NONE, .end_us = EH_TIME_NONE, .watched_us = EH_TIME_NONE};
    }
    const size_t n = j->owner->ids.n;
    j->side = eh_alloc(j->ctx, n, sizeof *j->side, err);
    j->is_disputed = eh_alloc(j->ctx, n, 1, err);
    j->is_captured = eh_alloc(j->ctx, n, 1, err);
    j->is_met = eh_alloc(j->ctx, n, 1, err);
    if (!j->side || !j->is_disputed || !j->is_captured || !j->is_met) return err->status;
    for (size_t i = 0; i < n; i++) j->side[i] = UINT32_MAX;
    for (uint32_t i = 0; j->sides && i < j->sides->accounts.n; i++) {
        id = eh_dict_find(&j->owner->ids, eh_strings_get(&j->sides->accounts, i));
        j->side[id] = j->sides->side[i];
        j->is_disputed[id] = j->sides->is_disputed[i];
    }
    j->set->frame = eh_alloc(j->ctx, j->sides ? j->sides->sides.n : 0, sizeof *j->set->frame, err);
    return j->set->frame ? EH_OK : err->status;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------ */

/* The period that holds a time; UINT32_MAX before the first. */
static uint32_t period_of(const eh_asof *asof, int64_t time_us)
{
    uint32_t low = 0, high = asof->n_periods;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (asof->cuts_us[middle] <= time_us) low = middle + 1;
        else high = middle;
    }
    return low ? low - 1 : UINT32_MAX;
}

static bool is_at_risk(const join *j, const fate *f, const eh_asof_row *row)
{
    const int64_t start_us = j->asof->cuts_us[row->period];
    if (f->action_us != EH_TIME_NONE) {
        const uint32_t period = period_of(j->asof, f->action_us);
        if (period == UINT32_MAX || row->period > period) return false;
    } else if (j->has_looks && (!f->is_watched || f->watched_us < start_us)) {
        return false; /* nobody looked whether it was still there */
    }
    return f->end_us == EH_TIME_NONE || f->end_us >= start_us;
}

static eh_status add_rows(join *j, const eh_asof_row *row, eh_error *err)
{
    eh_risk_set *set = j->set;
    const fate *f = &j->fates[row->account];
    const bool is_actioned = f->action_us != EH_TIME_NONE && period_of(j->asof, f->action_us) == row->period;
    const uint32_t network = j->asof->network[row->account];
    eh_risk_row out = {.account = row->account, .period = row->period, .side = j->side[row->account], .exposure = row->exposure, .evidence = row->evidence,
                       .half = {row->half[0], row->half[1]}, .whole = j->asof->whole[row->account], .is_disputed = j->is_disputed[row->account],
                       .network = network == UINT32_MAX ? j->asof->networks.n + row->account : network};
    for (uint32_t r = 0; r < j->owner->rules.n; r++) {
        out.rule = r;
        out.is_actioned = is_actioned && j->rule_of[f->rule] == r;
        EH_TRY(eh_reserve(j->ctx, (void **)&set->rows, &set->capacity, set->n_rows + 1, sizeof *set->rows, err));
        set->rows[set->n_rows++] = out;
    }
    j->is_captured[row->account] = true;
    if (is_actioned) j->is_met[row->account] = true;
    return EH_OK;
}

/* ---- what is told ------------------------------------------------------------------------------------------------------------ */

static void count_fates(join *j)
{
    eh_risk_set *set = j->set;
    const eh_asof *asof = j->asof;
    for (uint32_t i = 0; i < j->owner->ids.n; i++) {
        const fate *f = &j->fates[i];
        const bool is_here = i < asof->accounts.n, is_actioned = f->action_us != EH_TIME_NONE;
        const bool acts_after = is_here && is_actioned && asof->last_us[i] > f->latest_us && f->latest_us != EH_TIME_NONE;
        eh_frame *frame = j->side[i] == UINT32_MAX ? NULL : &set->frame[j->side[i]];
        if (frame && !(is_actioned && period_of(asof, f->action_us) == UINT32_MAX)) { /* before the first period nobody can be compared */
            frame->n[is_actioned]++;
            frame->n_captured[is_actioned] += is_actioned ? j->is_met[i] : j->is_captured[i];
            if (j->is_met[i]) frame->n_actioned++, frame->n_reversed += f->is_reversed, frame->n_after += acts_after;
        }
        set->n_accounts += j->is_captured[i];
        set->n_unlabelled += j->is_captured[i] && !frame;
        set->n_actioned += j->is_met[i];
        set->n_reversed += j->is_met[i] && f->is_reversed;
        set->n_undated += j->is_met[i] && f->is_undated;
        set->n_after_action += acts_after;
        set->n_unwatched += is_here && j->has_looks && !f->is_watched;
        set->n_other_words += is_here && !is_actioned && f->end_us != EH_TIME_NONE;
        if (!is_actioned) continue;
        const uint32_t period = period_of(asof, f->action_us);
        set->n_not_in_archive += !is_here;
        set->n_before_evidence += is_here && period == UINT32_MAX;
        set->n_inactive += is_here && period != UINT32_MAX && !j->is_met[i];
        set->n_wide += is_here && j->is_met[i] && f->latest_us != EH_TIME_NONE && period_of(asof, f->latest_us) != period;
    }
}

static eh_status name_periods(join *j, eh_error *err)
{
    uint32_t number;
    for (uint32_t k = 0; k < j->asof->n_periods; k++) {
        char text[eh_time_text_size], name[64];
        eh_time_text(j->asof->cuts_us[k], text);
        (void)snprintf(name, sizeof name, "%.10s%s", text, k + 1 == j->asof->n_periods ? " and later" : "");
        EH_TRY(eh_dict_add(&j->owner->periods, eh_str_of(name), &number, err));
    }
    return EH_OK;
}

static eh_status fill(join *j, eh_error *err)
{
    eh_risk_set *set = j->set;
    EH_TRY(read_fates(j, err));
    EH_TRY(read_sides(j, err));
    EH_TRY(name_periods(j, err));
    for (size_t i = 0; i < j->asof->n_rows; i++) {
        const eh_asof_row *row = &j->asof->rows[i];
        if (is_at_risk(j, &j->fates[row->account], row)) EH_TRY(add_rows(j, row, err));
    }
    count_fates(j);
    set->n_networks = j->asof->networks.n + j->asof->accounts.n;
    if (j->sides) set->sides = j->sides->sides;
    set->periods = eh_dict_strings(&j->owner->periods);
    set->rules = eh_dict_strings(&j->owner->rules);
    for (size_t i = 0; i < set->n_rows; i++) set->has_networks = set->has_networks || set->rows[i].network < j->asof->networks.n;
    if (j->sides && set->n_accounts && set->n_unlabelled == set->n_accounts)
        return eh_fail_at(err, EH_E_STATISTICS, j->sides->source, -1, -1,
                          "none of the %u accounts that it names is at risk in this archive; are the ids those of the archive? (Spreadsheets round long numbers; pseudonyms differ by key)", j->sides->accounts.n);
    if (set->n_actioned) return EH_OK;
    return eh_fail_at(err, EH_E_STATISTICS, j->actions->source, -1, -1,
                      "no account was actioned while there was evidence from before: %llu actioned accounts are not in the archive, %llu were actioned before its evidence begins, %llu "
                      "were silent in the days before%s",
                      (unsigned long long)set->n_not_in_archive, (unsigned long long)set->n_before_evidence, (unsigned long long)set->n_inactive,
                      !set->n_before_evidence && !set->n_inactive                                    ? "; are the ids those of the archive? (Spreadsheets round long numbers; pseudonyms differ by key)"
                      : j->spec->period == EH_PERIOD_END ? "; with period = \"end\" only what is not known to lie within the archive counts: choose week, month or quarter for dated actions"
                                                         : "; a shorter period or a longer look-back may help, or another file");
}

eh_status eh_risk_set_of(eh_context *ctx, const eh_asof *asof, const eh_audit_actions *actions, const eh_side_list *sides, const eh_audit_spec *spec,
                         eh_risk_set *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_risk_set){.ctx = ctx};
    risk_owner *owner = eh_alloc(ctx, 1, sizeof *owner, err);
    if (!owner) return err->status;
    *owner = (risk_owner){.ids = EH_DICT_INIT(ctx), .rules = EH_DICT_INIT(ctx), .periods = EH_DICT_INIT(ctx), .rule_texts = EH_DICT_INIT(ctx)};
    out->owner = owner;
    join j = {.ctx = ctx, .asof = asof, .actions = actions, .sides = sides, .spec = spec, .set = out, .owner = owner};
    eh_status status = fill(&j, err);
    eh_free(ctx, j.fates);
    eh_free(ctx, j.side);
    eh_free(ctx, j.is_disputed);
    eh_free(ctx, j.is_captured);
    eh_free(ctx, j.is_met);
    eh_free(ctx, j.rule_of);
    if (status != EH_OK) eh_risk_set_release(out);
    return status;
}
