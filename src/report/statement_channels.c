/* Part 3: every kind of evidence, with its null, what was seen, what chance gives, with whom, and examples. */
#include "report/statement.h"

#include "base/hash.h"
#include "investigation/pseudonym.h"
#include "signif/evalue.h"

#include <math.h>

static const struct {
    const char *question, *null_name, *null_text, *observed, *page;
} kinds[EH_N_LEGS] = {
    {"Did it act on the same things as others at nearly the same moments, more often than chance gives?",
     "membership-conditioned latency and clock null",
     "Both accounts would have acted on these objects on these days anyway. When they did is drawn from how each object spread, how fast each "
     "account reacts to that source, when in the day it is active, and the grids it keeps.",
     "coincidences at least four hours apart", "docs/methods/detection.md"},
    {"Did it pick the same posts and links as others, more often than chance gives?", "fitted margins of activity, popularity, source and day",
     "Each account picks by its activity, the object's popularity, its liking for the source and its active days, independently of others.",
     "objects in common", "docs/methods/selection.md"},
    {"Did it publish the same original texts as others?", "fitted margins of activity and popularity of texts",
     "Texts that unrelated accounts have alike (titles of share buttons, quotations, chain letters, what was asked for in public) are left out; of the "
     "rest each account uses texts by its activity and their popularity.", "texts in common", "docs/methods/selection.md"},
    {"Did it take part in a group whose pairs are each too weak to be seen alone?", "candidates of one half of the time, tested on the other",
     "A group found in some weeks keeps time in the other weeks no more than its members' own habits give.", "coincidences in the weeks tested",
     "docs/methods/groups.md"},
    {"Could it and another account be one pair of hands?", "independent daily rhythms",
     "The two take turns, and are active at once, no more and no less than their own rhythms give. Supports a finding, never makes one.",
     "hand-overs, or times at once", "docs/methods/rhythm.md"},
};

/* The smallest window that holds the gap: the exact delay would give the partner's post away. */
static double coarse_delay(const eh_statement *s, int64_t gap_us)
{
    double gap_s = fabs((double)gap_us) / 1e6;
    for (size_t w = 0; w < s->run.n_windows; w++)
        if (gap_s <= (double)s->run.windows_us[w] / 1e6) return (double)s->run.windows_us[w] / 1e6;
    return gap_s <= 86400 ? 86400 : (double)NAN;
}

static void put_example_time(eh_statement *s, eh_value *to, const char *key, int64_t time_us, bool is_shown)
{
    char text[eh_time_text_size];
    if (time_us == EH_TIME_NONE) eh_doc_null(s->doc, to, key);
    else eh_doc_words(s->doc, to, key, eh_time_text(is_shown ? time_us : eh_day_of(time_us) * EH_DAY_US, text));
}

/* SHA-256 over the canonical form of the whole row; without the key its keyed form says nothing. */
static eh_status row_hash(eh_statement *s, const st_example *e, char hex[eh_sha256_hex_size], eh_error *err)
{
    eh_doc doc;
    eh_buf text = EH_BUF_INIT(s->run.ctx);
    char own[eh_time_text_size], other[eh_time_text_size];
    eh_doc_init(&doc, s->run.ctx);
    eh_doc_text(&doc, doc.root, "account_id", s->account);
    eh_doc_text(&doc, doc.root, "partner_id", e->partner < s->n_partners ? s->partners[e->partner].id : (eh_str){"", 0});
    eh_doc_words(&doc, doc.root, "behaviour", eh_behaviour_name(e->behaviour));
    eh_doc_text(&doc, doc.root, "object", e->object);
    eh_doc_text(&doc, doc.root, "own_post", e->own_post);
    eh_doc_text(&doc, doc.root, "partner_post", e->partner_post);
    eh_doc_words(&doc, doc.root, "own_time", eh_time_text(e->own_time_us, own));
    eh_doc_words(&doc, doc.root, "partner_time", eh_time_text(e->partner_time_us, other));
    eh_status status = eh_doc_finish(&doc, err);
    if (status == EH_OK) status = eh_canonical_write(s->run.ctx, doc.root, &text, err);
    if (status == EH_OK) {
        eh_sha256 hash;
        eh_sha256_init(&hash);
        eh_sha256_add(&hash, text.data, text.size);
        eh_sha256_final(&hash, hex);
    }
    eh_buf_release(&text);
    eh_doc_release(&doc);
    return status;
}

static eh_status put_example(eh_statement *s, eh_value *examples, const st_example *e, eh_error *err)
{
    eh_doc *doc = s->doc;
    const eh_str nothing = {NULL, 0}, partner = e->partner < s->n_partners ? s->partners[e->partner].id : (eh_str){"", 0};
    bool is_restricted = s->options->tier == EH_TIER_RESTRICTED, is_partner_shown = is_restricted && !st_is_at_risk(s, partner);
    bool is_row_shown = is_partner_shown && !s->is_at_risk;
    char hex[eh_sha256_hex_size], mac[EH_PSEUDONYM_SIZE + 1];
    EH_TRY(row_hash(s, e, hex, err));
    eh_value *to = eh_doc_object(doc, examples, NULL);
    eh_doc_words(doc, to, "behaviour", eh_behaviour_name(e->behaviour));
    st_put_partner(s, to, "partner", partner);
    eh_doc_text(doc, to, "own_post", s->is_at_risk ? nothing : e->own_post);
    put_example_time(s, to, "own_time", e->own_time_us, !s->is_at_risk);
    eh_doc_real(doc, to, "within_s", coarse_delay(s, e->own_time_us - e->partner_time_us));
    eh_doc_real(doc, to, "p_object", e->p_object);
    if (is_restricted) {
        eh_doc_text(doc, to, "object", is_row_shown ? e->object : nothing);
        eh_doc_text(doc, to, "partner_post", is_row_shown ? e->partner_post : nothing);
        put_example_time(s, to, "partner_time", e->partner_time_us, is_row_shown);
        eh_doc_text(doc, to, "own_text_sha256", is_row_shown && e->own_text_sha256.size ? e->own_text_sha256 : nothing);
        eh_doc_text(doc, to, "partner_text_sha256", is_row_shown && e->partner_text_sha256.size ? e->partner_text_sha256 : nothing);
    }
    if (is_row_shown) {
        eh_doc_words(doc, to, "row_sha256", hex);
    } else if (s->pseudonyms) {
        eh_pseudonym_of(s->pseudonyms, eh_str_of(hex), mac);
        eh_doc_words(doc, to, "row_mac", mac);
    } else {
        eh_doc_null(doc, to, "row_mac");
    }
    return EH_OK;
}

/* ---- timing --------------------------------------------------------------------------------------------------- */

static void put_pair(eh_statement *s, eh_value *partners, const st_partner *partner, const st_edge *edge)
{
    eh_doc *doc = s->doc;
    eh_value *to = eh_doc_object(doc, partners, NULL);
    st_put_partner(s, to, "partner", partner->id);
    eh_doc_bool(doc, to, "is_listed", partner->is_listed);
    eh_doc_words(doc, to, "behaviour", eh_behaviour_name(edge->behaviour));
    eh_doc_real(doc, to, "window_s", edge->window_s);
    eh_doc_count(doc, to, "objects_in_common", edge->n_common);
    eh_doc_count(doc, to, "observed", edge->n_coincidences);
    eh_doc_real(doc, to, "expected", edge->expected);
    eh_doc_real(doc, to, "p_value", edge->p_value);
    eh_doc_real(doc, to, "q_value", edge->q_value);
    eh_doc_bool(doc, to, "is_listed_pair", edge->is_listed);
    eh_doc_count(doc, to, "came_second", edge->n_own_second);
    eh_doc_count(doc, to, "came_first", edge->n_partner_second);
}

/* One behaviour over all partners: account-level e-value as the pairs' weighted mean, its p by Markov's inequality. */
static void put_behaviour(eh_statement *s, eh_value *behaviours, eh_behaviour behaviour, double log_all)
{
    eh_doc *doc = s->doc;
    uint64_t n_pairs = 0, n_listed = 0, observed = 0;
    double expected = 0, log_sum = -INFINITY, best_p = (double)NAN, best_q = (double)NAN;
    for (size_t i = 0; i < s->n_edges; i++) {
        const st_edge *e = &s->edges[i];
        if (e->behaviour != behaviour) continue;
        n_pairs++;
        n_listed += e->is_listed;
        observed += e->n_coincidences;
        expected += e->expected;
        log_sum = eh_log_add(log_sum, log(s->partners[e->partner].weight) + e->log_e);
        if (!(best_p <= e->p_value)) {
            best_p = e->p_value;
            best_q = e->q_value;
        }
    }
    eh_value *to = eh_doc_object(doc, behaviours, NULL);
    double log_e = isfinite(log_sum) && isfinite(log_all) ? s->result.log_e + log_sum - log_all : (double)-INFINITY;
    eh_doc_words(doc, to, "behaviour", eh_behaviour_name(behaviour));
    eh_doc_count(doc, to, "pairs_with_coincidences", n_pairs);
    eh_doc_count(doc, to, "listed_pairs", n_listed);
    eh_doc_count(doc, to, "observed", observed);
    eh_doc_real(doc, to, "expected", expected);
    eh_doc_real(doc, to, "p_value", log_e > 0 ? exp(-log_e) : 1);
    eh_doc_real(doc, to, "strongest_pair_p_value", best_p);
    eh_doc_real(doc, to, "strongest_pair_q_value", best_q);
    eh_doc_bool(doc, to, "is_independent", s->result.independent_behaviours >> behaviour & 1);
}

static eh_status put_timing(eh_statement *s, eh_value *to, eh_error *err)
{
    eh_doc *doc = s->doc;
    double log_all = -INFINITY;
    for (size_t k = 0; k < s->n_partners; k++) log_all = eh_log_add(log_all, log(s->partners[k].weight) + s->partners[k].log_e_pair);
    eh_value *behaviours = eh_doc_array(doc, to, "behaviours");
    for (size_t i = 0; i < s->run.n_behaviours; i++) put_behaviour(s, behaviours, s->run.behaviours[i].behaviour, log_all);
    eh_value *partners = eh_doc_array(doc, to, "partners");
    size_t n_shown = s->n_partners < ST_MOST_PARTNERS ? s->n_partners : ST_MOST_PARTNERS;
    for (size_t k = 0; k < n_shown; k++)
        for (size_t i = 0; i < s->partners[k].n_edges; i++) put_pair(s, partners, &s->partners[k], &s->edges[s->partners[k].first_edge + i]);
    eh_doc_count(doc, to, "partners_not_shown", s->n_partners - n_shown);
    eh_value *examples = eh_doc_array(doc, to, "examples");
    for (size_t i = 0; i < s->n_examples; i++) EH_TRY(put_example(s, examples, &s->examples[i], err));
    return EH_OK;
}

/* ---- the others ----------------------------------------------------------------------------------------------- */

static void put_leg_pairs(eh_statement *s, eh_value *to, eh_leg leg)
{
    eh_doc *doc = s->doc;
    eh_value *partners = eh_doc_array(doc, to, "partners");
    size_t n = 0;
    for (size_t i = 0; i < s->n_leg_pairs; i++) {
        const st_leg_pair *pair = &s->leg_pairs[i];
        if (pair->leg != leg || n++ >= ST_MOST_PARTNERS) continue;
        eh_value *row = eh_doc_object(doc, partners, NULL);
        st_put_partner(s, row, "partner", pair->partner);
        eh_doc_count(doc, row, "observed", pair->n_observed);
        eh_doc_real(doc, row, "expected", pair->expected);
        eh_doc_real(doc, row, "p_value", pair->p_value);
    }
    eh_doc_count(doc, to, "partners_not_shown", n > ST_MOST_PARTNERS ? n - ST_MOST_PARTNERS : 0);
}

static void put_null(eh_statement *s, eh_value *to, eh_leg leg)
{
    eh_doc *doc = s->doc;
    eh_value *null = eh_doc_object(doc, to, "null");
    eh_doc_words(doc, null, "name", kinds[leg].null_name);
    eh_doc_words(doc, null, "text", kinds[leg].null_text);
    eh_doc_words(doc, null, "described_in", kinds[leg].page);
    eh_value *parameters = eh_doc_object(doc, null, "parameters");
    if (leg != EH_LEG_TIMING) return;
    eh_value *windows = eh_doc_array(doc, parameters, "windows_s");
    for (size_t w = 0; w < s->run.n_windows; w++) eh_doc_real(doc, windows, NULL, (double)s->run.windows_us[w] / 1e6);
    eh_doc_count(doc, parameters, "least_objects_in_common", s->run.min_common_objects);
    eh_doc_count(doc, parameters, "testable_pairs", s->run.n_testable_pairs);
}

static eh_status put_channel(eh_statement *s, eh_value *channels, eh_value *silent, const eh_report_leg *leg, eh_error *err)
{
    eh_doc *doc = s->doc;
    eh_value *to = eh_doc_object(doc, channels, NULL);
    const char *name = eh_leg_name(leg->leg);
    bool is_tested = leg->has_run && s->has_result && (leg->leg != EH_LEG_TIMING || s->result.n_testable_partners > 0);
    bool is_signal = is_tested && (s->result.legs >> leg->leg & 1);
    eh_doc_words(doc, to, "channel", name);
    eh_doc_words(doc, to, "question", kinds[leg->leg].question);
    eh_doc_bool(doc, to, "has_run", leg->has_run);
    eh_doc_text(doc, to, "why_not", leg->has_run ? (eh_str){NULL, 0} : leg->why_not);
    eh_doc_bool(doc, to, "may_list_alone", s->listing_legs >> leg->leg & 1);
    eh_doc_real(doc, to, "level", (leg->share_of_q > 0 ? leg->share_of_q : 1) * s->run.q);
    eh_doc_real(doc, to, "q_value", is_tested ? s->result.leg_q[leg->leg] : (double)NAN);
    eh_doc_real(doc, to, "p_value", is_tested && leg->leg == EH_LEG_TIMING ? s->result.p_value : (double)NAN);
    eh_doc_bool(doc, to, "is_beyond_chance", is_signal);
    eh_doc_words(doc, to, "counts", kinds[leg->leg].observed);
    put_null(s, to, leg->leg);
    if (!is_signal) {
        eh_value *row = eh_doc_object(doc, silent, NULL);
        eh_doc_words(doc, row, "channel", name);
        eh_doc_words(doc, row, "text", !leg->has_run ? "Could not be tested on these archives." :
                     !is_tested || s->result.leg_q[leg->leg] >= 1 ? "Nothing beyond chance, or too few data of this account to test." :
                     "Tested; nothing beyond chance at the level that this kind of evidence may spend.");
    }
    if (leg->leg == EH_LEG_TIMING) return put_timing(s, to, err);
    put_leg_pairs(s, to, leg->leg);
    return EH_OK;
}

eh_status st_part_channels(eh_statement *s, eh_error *err)
{
    eh_value *channels = eh_doc_array(s->doc, s->doc->root, "channels");
    eh_value *silent = eh_doc_array(s->doc, s->doc->root, "channels_without_signal");
    for (size_t i = 0; i < s->run.n_legs; i++) EH_TRY(put_channel(s, channels, silent, &s->run.legs[i], err));
    return EH_OK;
}
