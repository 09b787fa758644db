/* Parts 6 and 11: what is left when the strongest piece is taken away, and what would change the conclusion. */
#include "report/statement.h"

#include "base/sort.h"

#include <math.h>
#include <stdio.h>

enum { n_candidates = 5 }; /* objects tried one by one */

typedef struct scored {
    uint32_t object;
    double score; /* -log of the chances of its coincidences: how much it carries */
} scored;

static int by_score(const void *x, const void *y, void *data)
{
    (void)data;
    const scored *a = x, *b = y;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return a->object < b->object ? -1 : a->object > b->object;
}

/* Objects with a coincidence at the widest window, those that carry most first. */
static eh_status rank_objects(const eh_statement *s, scored *objects, size_t *n, eh_error *err)
{
    for (uint32_t o = 0; o < s->n_objects; o++) objects[o] = (scored){o, 0};
    for (size_t i = 0; i < s->n_chances; i++) {
        const st_chance *c = &s->chances[i];
        int64_t gap = c->own_time_us - c->partner_time_us;
        if (c->is_on_grid) continue;
        for (size_t w = 0; w < s->n_windows; w++) {
            if ((double)(gap < 0 ? -gap : gap) > s->windows_s[w] * 1e6) continue;
            objects[c->object].score -= log(fmax(c->p[w], 1e-12));
            break;
        }
    }
    EH_TRY(eh_sort(s->run.ctx, objects, s->n_objects, sizeof *objects, by_score, NULL, err));
    *n = 0;
    while (*n < s->n_objects && objects[*n].score > 0) ++*n;
    return EH_OK;
}

static void put_without(eh_statement *s, eh_value *rows, const char *what, const char *text, double log_e, double q_value, int64_t partners_left)
{
    eh_doc *doc = s->doc;
    eh_value *to = eh_doc_object(doc, rows, NULL);
    bool has_evidence = q_value <= st_timing_level(s);
    eh_doc_words(doc, to, "left_out", what);
    eh_doc_words(doc, to, "text", text);
    eh_doc_real(doc, to, "log10_e", log_e / log(10));
    eh_doc_real(doc, to, "q_value", q_value);
    eh_doc_real(doc, to, "level", st_timing_level(s));
    eh_doc_bool(doc, to, "evidence_suffices", has_evidence);
    if (partners_left >= 0) eh_doc_count(doc, to, "listed_partners_left", (uint64_t)partners_left);
}

/* The one of several cuts that leaves least. */
typedef struct weakest {
    double log_e, q_value;
    int64_t which;
} weakest;

static eh_status try_cut(const eh_statement *s, const st_cut *cut, int64_t which, weakest *w, eh_error *err)
{
    double log_e = 0, q_value = 1;
    EH_TRY(st_account_without(s, cut, &log_e, &q_value, err));
    if (w->which < 0 || log_e < w->log_e) *w = (weakest){log_e, q_value, which};
    return EH_OK;
}

static eh_status leave_one_out(eh_statement *s, eh_value *rows, const scored *objects, size_t n_objects, eh_error *err)
{
    char text[160];
    weakest w = {0, 1, -1};
    st_cut cut = st_cut_nothing();
    for (size_t k = 0; k < s->n_partners; k++) {
        if (!s->partners[k].n_chances) continue;
        cut.partner = (int64_t)k;
        EH_TRY(try_cut(s, &cut, (int64_t)k, &w, err));
    }
    if (w.which >= 0) {
        int64_t left = (int64_t)s->result.n_partners - (s->partners[w.which].is_listed && s->partners[w.which].is_listed_pair ? 1 : 0);
        (void)snprintf(text, sizeof text, "Everything that it shares with the partner who weighs most (number %lld by strength).", (long long)w.which + 1);
        put_without(s, rows, "strongest partner", text, w.log_e, w.q_value, left > 0 ? left : 0);
    }
    cut = st_cut_nothing();
    w = (weakest){0, 1, -1};
    for (size_t i = 0; i < n_objects && i < n_candidates; i++) {
        cut.object = objects[i].object;
        EH_TRY(try_cut(s, &cut, cut.object, &w, err));
    }
    if (w.which >= 0)
        put_without(s, rows, "strongest object", "The one post, link, text or tag that carries most, with every partner.", w.log_e, w.q_value, -1);
    cut = st_cut_nothing();
    w = (weakest){0, 1, -1};
    for (size_t i = 0; i < s->run.n_behaviours; i++) {
        cut.behaviour = (int)s->run.behaviours[i].behaviour;
        EH_TRY(try_cut(s, &cut, cut.behaviour, &w, err));
    }
    if (w.which >= 0) {
        (void)snprintf(text, sizeof text, "The kind of action that carries most: %s.", eh_behaviour_name((eh_behaviour)w.which));
        put_without(s, rows, "strongest behaviour", text, w.log_e, w.q_value, -1);
    }
    cut = st_cut_nothing();
    w = (weakest){0, 1, -1};
    for (size_t i = 0; s->n_windows > 1 && i < s->n_windows; i++) {
        cut.window = (int64_t)i;
        EH_TRY(try_cut(s, &cut, cut.window, &w, err));
    }
    if (w.which >= 0) {
        (void)snprintf(text, sizeof text, "The window that carries most: %g seconds. Evidence is the mean over the others.", s->windows_s[w.which]);
        put_without(s, rows, "strongest window", text, w.log_e, w.q_value, -1);
    }
    return EH_OK;
}

/* The fewest of the ranked objects without which the evidence no longer suffices; n + 1 where it always does. Bisection: evidence falls
 * as objects go, but for rare ones whose coincidence was bet against. */
static eh_status fewest_objects(const eh_statement *s, const scored *objects, size_t n, size_t *fewest, eh_error *err)
{
    uint8_t *is_out = eh_alloc(s->run.ctx, s->n_objects, 1, err);
    if (!is_out) return err->status;
    eh_status status = EH_OK;
    size_t low = 0, high = n + 1; /* with low objects left out it suffices */
    st_cut cut = st_cut_nothing();
    cut.objects = is_out;
    while (high - low > 1 && status == EH_OK) {
        size_t middle = low + (high - low) / 2;
        double log_e = 0, q_value = 1;
        memset(is_out, 0, s->n_objects);
        for (size_t i = 0; i < middle; i++) is_out[objects[i].object] = 1;
        status = st_account_without(s, &cut, &log_e, &q_value, err);
        if (q_value <= st_timing_level(s)) low = middle;
        else high = middle;
    }
    *fewest = high;
    eh_free(s->run.ctx, is_out);
    return status;
}

static void put_change(eh_statement *s, eh_value *changes, const char *text) { eh_doc_words(s->doc, changes, NULL, text); }

static void put_changes_listed(eh_statement *s, eh_value *changes, size_t fewest, size_t n_objects)
{
    const eh_account_result *r = &s->result;
    if (fewest > 0 && fewest <= n_objects)
        eh_doc_wordsf(s->doc, changes, NULL, "If %zu of the %zu objects that carry the evidence of timing turned out to have a harmless explanation (those that "
                      "carry most first), that evidence would no longer suffice.", fewest, n_objects);
    if (r->n_partners)
        eh_doc_wordsf(s->doc, changes, NULL, "It is tied to %u listed accounts. If all but one of these were found to be listed by mistake, it would need "
                      "a second independent kind of evidence to stay listed.", r->n_partners);
    if (isfinite(r->q_value))
        eh_doc_wordsf(s->doc, changes, NULL, "At any level q below %.3g it would not be listed by this evidence; the run used %g.", r->q_value, s->run.q);
    put_change(s, changes, "If it were shown that it mostly came first and others copied it, it would not be listed: who is followed is not listed.");
    put_change(s, changes, "A harmless explanation from the account's owner that names a cause in common with its partners (one newsroom, one app, one "
                           "event, one household) can be tested on the same data and recorded against the finding.");
}

static void put_changes_unlisted(eh_statement *s, eh_value *changes)
{
    const eh_account_result *r = &s->result;
    if (!s->has_result || r->finding == EH_FINDING_INSUFFICIENT_DATA) {
        if (r->n_objects_needed)
            eh_doc_wordsf(s->doc, changes, NULL, "It shares at most %u objects (one object on one day counts once) with any other account. With at least %u, "
                          "each acted on together, it could have been listed; with fewer nothing can be said.", r->most_common_objects, r->n_objects_needed);
        put_change(s, changes, "More complete archives of the same time could make it testable. That could turn out either way.");
        return;
    }
    if (r->notes & EH_NOTE_FOLLOWED)
        put_change(s, changes, "It came second too seldom to be told from somebody who is followed and copied. Evidence that it follows others as "
                               "often as they follow it would be needed.");
    if (r->notes & EH_NOTE_ONE_PARTNER)
        put_change(s, changes, "Ties to two listed accounts, or to one and a second independent kind of evidence, would be needed.");
    if (r->notes & EH_NOTE_DIRECTION_UNKNOWN) put_change(s, changes, "Finer times would be needed to tell who came second.");
    if (isfinite(r->q_value) && r->q_value > s->run.q)
        eh_doc_wordsf(s->doc, changes, NULL, "Its evidence has q = %.3g; at most %g would be needed.", r->q_value, s->run.q);
    put_change(s, changes, "More coincidences with the same partners than chance gives, in other archives or another time, would be needed.");
}

eh_status st_part_robustness(eh_statement *s, eh_error *err)
{
    eh_doc *doc = s->doc;
    eh_value *to = eh_doc_object(doc, doc->root, "robustness");
    eh_value *rows = eh_doc_array(doc, to, "leave_one_out");
    scored *objects = eh_alloc(s->run.ctx, s->n_objects, sizeof *objects, err);
    size_t n_objects = 0, fewest = 0;
    eh_status status = objects ? EH_OK : err->status;
    if (status == EH_OK && s->n_chances) {
        status = rank_objects(s, objects, &n_objects, err);
        if (status == EH_OK) status = leave_one_out(s, rows, objects, n_objects, err);
        if (status == EH_OK && s->result.leg_q[EH_LEG_TIMING] <= st_timing_level(s)) status = fewest_objects(s, objects, n_objects, &fewest, err);
    }
    eh_free(s->run.ctx, objects);
    EH_TRY(status);
    eh_value *channels = eh_doc_array(doc, to, "leave_one_channel_out");
    uint32_t lists = s->result.legs & s->listing_legs;
    for (int l = 0; s->result.is_listed && l < EH_N_LEGS; l++) {
        if (!(s->result.legs >> l & 1)) continue;
        eh_value *row = eh_doc_object(doc, channels, NULL);
        eh_doc_words(doc, row, "left_out", eh_leg_name((eh_leg)l));
        eh_doc_bool(doc, row, "evidence_suffices", (lists & ~(1u << l)) != 0);
    }
    eh_value *levels = eh_doc_object(doc, to, "levels");
    bool is_tested = s->has_result && s->result.n_testable_partners > 0;
    eh_doc_bool(doc, levels, "evidence_suffices_at_half", is_tested && s->result.q_value <= s->run.q / 2);
    eh_doc_bool(doc, levels, "evidence_suffices", is_tested && s->result.q_value <= s->run.q);
    eh_doc_bool(doc, levels, "evidence_suffices_at_double", is_tested && s->result.q_value <= s->run.q * 2);
    eh_doc_words(doc, to, "text", s->n_chances ? "Each row: the evidence computed anew without that piece, all else the same; whether it alone would suffice "
                 "at the level that timing may spend. Ties to other listed accounts and the direction rule are not decided anew." :
                 "No pair of this account is listed, so there is nothing to take away.");
    eh_value *changes = eh_doc_array(doc, doc->root, "would_change");
    if (s->result.is_listed) put_changes_listed(s, changes, fewest, n_objects);
    else put_changes_unlisted(s, changes);
    return EH_OK;
}
