/*
 * Part 4: evidence against. Each harmless explanation is tested by name, on the archive that the run saw:
 *   found           it is there, and covers most of the evidence
 *   found_in_part   it is there, and covers some of it
 *   not_found       it was looked for and is not there
 *   cannot_tell     the archive does not hold what is needed
 *   nothing_to_explain  no co-action of this account carries a finding
 */
#include "report/statement.h"

#include "base/sort.h"
#include "investigation/client_words.h"
#include "investigation/run_again.h"
#include "legs/prompts.h"
#include "signif/grid.h"

#include <math.h>

typedef struct against {
    eh_statement *s;
    eh_value *rows;
    run_record run; /* its table, where has_table */
    bool has_table;
    uint32_t account; /* in the table */
    size_t n_close;   /* chances within the widest window, on grids or not */
} against;

static bool is_close(const eh_statement *s, const st_chance *c)
{
    int64_t gap = c->own_time_us - c->partner_time_us;
    return s->n_windows && (double)(gap < 0 ? -gap : gap) <= s->windows_s[s->n_windows - 1] * 1e6;
}

static eh_value *put(against *a, const char *name, const char *question, const char *verdict, const char *text)
{
    eh_doc *doc = a->s->doc;
    eh_value *to = eh_doc_object(doc, a->rows, NULL);
    eh_doc_words(doc, to, "explanation", name);
    eh_doc_words(doc, to, "question", question);
    eh_doc_words(doc, to, "verdict", verdict);
    eh_doc_words(doc, to, "text", text);
    return to;
}

/* found from four fifths, in part from a fifth. */
static const char *verdict_of(double share) { return share >= 0.8 ? "found" : share >= 0.2 ? "found_in_part" : "not_found"; }

/* ---- grids ---------------------------------------------------------------------------------------------------- */

static eh_status own_grid(const against *a, eh_grid *grid, uint64_t *n_times, uint64_t *n_on, eh_error *err)
{
    eh_context *ctx = a->s->run.ctx;
    int64_t *times = NULL;
    size_t capacity = 0, n = 0, n_distinct = 0;
    eh_status status = EH_OK;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        const eh_action_set *set = &a->run.table.sets[b];
        for (uint32_t o = 0; status == EH_OK && o < set->n_objects; o++)
            for (uint64_t i = set->object_start[o]; status == EH_OK && i < set->object_start[o + 1]; i++) {
                if (set->account[i] != a->account) continue;
                status = eh_reserve(ctx, (void **)&times, &capacity, n + 1, sizeof *times, err);
                if (status == EH_OK) times[n++] = set->time_us[i];
            }
    }
    int64_t *scratch = status == EH_OK ? eh_alloc(ctx, n, 2 * sizeof *scratch, err) : NULL;
    if (status == EH_OK && !scratch) status = err->status;
    if (status == EH_OK) status = eh_sort(ctx, times, n, sizeof *times, eh_by_int64, NULL, err);
    for (size_t i = 0; status == EH_OK && i < n; i++)
        if (i == 0 || times[i] != times[i - 1]) times[n_distinct++] = times[i];
    int64_t step_us = a->s->run.precision_us > EH_SECOND_US ? a->s->run.precision_us : 0;
    if (status == EH_OK) status = eh_grid_of(ctx, times, n_distinct, step_us, scratch, grid, err);
    *n_times = n_distinct;
    for (size_t i = 0; status == EH_OK && i < n_distinct; i++) *n_on += eh_grid_holds(grid, times[i]);
    eh_free(ctx, scratch);
    eh_free(ctx, times);
    return status;
}

static eh_status newsroom_hours(against *a, eh_error *err)
{
    static const char question[] = "Does it act at fixed minutes, as newsrooms, schedulers and programs do?";
    eh_statement *s = a->s;
    if (!a->has_table) {
        (void)put(a, "newsroom hours", question, "cannot_tell", "Archives were added since the run, or it compared no action of the account.");
        return EH_OK;
    }
    eh_grid grid = {0};
    uint64_t n_times = 0, n_on = 0, n_grid = 0;
    EH_TRY(own_grid(a, &grid, &n_times, &n_on, err));
    for (size_t i = 0; i < s->n_chances; i++) n_grid += is_close(s, &s->chances[i]) && s->chances[i].is_on_grid;
    double share = a->n_close ? (double)n_grid / (double)a->n_close : 0;
    const char *verdict = grid.n_slots == 0 ? "not_found" : n_grid ? verdict_of(share) : "not_found";
    if (grid.n_slots && !a->n_close) verdict = "nothing_to_explain";
    eh_value *to = put(a, "newsroom hours", question, verdict,
                       grid.n_slots == 0 ? "It keeps no such grid." : "It keeps a grid. Co-actions in which both accounts were on their grids counted as no "
                       "coincidence at all, so the evidence rests on the others.");
    eh_value *slots = eh_doc_array(s->doc, to, "grids");
    for (uint32_t i = 0; i < grid.n_slots; i++) {
        eh_value *slot = eh_doc_object(s->doc, slots, NULL);
        eh_doc_real(s->doc, slot, "period_s", (double)grid.slots[i].period_us / 1e6);
        eh_doc_real(s->doc, slot, "width_s", (double)grid.slots[i].width_us / 1e6);
    }
    eh_doc_count(s->doc, to, "own_times", n_times);
    eh_doc_count(s->doc, to, "own_times_on_grid", n_on);
    eh_doc_count(s->doc, to, "close_co_actions", a->n_close);
    eh_doc_count(s->doc, to, "of_these_on_grids", n_grid);
    return EH_OK;
}

/* ---- by SQL: source, app, templates --------------------------------------------------------------------------- */

typedef struct numbers {
    double real[6];
    eh_statement *s;
    eh_str text;
    bool is_there;
} numbers;

static eh_status take_numbers(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    numbers *n = data;
    if (n->is_there) return EH_OK;
    n->is_there = true;
    for (size_t i = 0; i < n_columns && i < 6; i++) {
        if (cells[i].type == EH_CELL_TEXT) EH_TRY(eh_report_keep(&n->s->run, cells[i].text, &n->text, err));
        n->real[i] = eh_load_real(&cells[i], 0);
    }
    return EH_OK;
}

#define OWN_EVIDENCE \
    "WITH e AS (SELECT behaviour, object, CASE WHEN account_a = %s THEN post_a ELSE post_b END AS own_post, CASE WHEN account_a = %s THEN post_b " \
    "ELSE post_a END AS other_post, CASE WHEN account_a = %s THEN account_b ELSE account_a END AS other FROM evidence WHERE run_id = %s AND " \
    "(account_a = %s OR account_b = %s)) "
#define OWN_EVIDENCE_ARGUMENTS(s) (s)->account_sql, (s)->account_sql, (s)->account_sql, (s)->loader.run, (s)->account_sql, (s)->account_sql

static eh_status fan_of_one_source(against *a, eh_error *err)
{
    static const char question[] = "Does most of the evidence lie on one author or site, whose followers resemble each other?";
    eh_statement *s = a->s;
    numbers n = {.s = s};
    EH_TRY(eh_load_query(&s->loader, take_numbers, &n, err, OWN_EVIDENCE
        ", k AS (SELECT DISTINCT behaviour, object, source FROM actions WHERE account_id = %s AND source IS NOT NULL AND source != ''), "
        "j AS (SELECT source, count(*) AS rows FROM e JOIN k USING (behaviour, object) GROUP BY source) "
        "SELECT source, max(rows) OVER (), sum(rows) OVER (), count(*) OVER () FROM j ORDER BY rows DESC, source LIMIT 1",
        OWN_EVIDENCE_ARGUMENTS(s), s->account_sql));
    double share = n.is_there && n.real[2] > 0 ? n.real[1] / n.real[2] : 0;
    const char *verdict = !s->n_chances ? "nothing_to_explain" : !n.is_there ? "cannot_tell" : verdict_of(share);
    eh_value *to = put(a, "fan of one source", question, verdict,
                       !s->n_chances ? "There is no listed pair." : !n.is_there ? "The archive does not say who the authors or sites are." :
                       "How fast it reacts to each of its favourite sources is part of what chance is measured by; a reader should weigh the share.");
    if (!n.is_there || !s->n_chances) return EH_OK;
    eh_doc_real(s->doc, to, "share_of_largest_source", share);
    eh_doc_real(s->doc, to, "sources", n.real[3]);
    if (s->options->tier == EH_TIER_RESTRICTED && !s->is_at_risk && !st_is_at_risk(s, n.text)) eh_doc_text(s->doc, to, "largest_source", n.text);
    return EH_OK;
}

static eh_status shared_app(against *a, eh_error *err)
{
    static const char question[] = "Were the two sides of the co-actions posted by one uncommon program or feed?";
    eh_statement *s = a->s;
    numbers n = {.s = s};
    EH_TRY(eh_load_query(&s->loader, take_numbers, &n, err, OWN_EVIDENCE
        ", r AS (SELECT last_source_id AS last FROM runs WHERE run_id = %s), c AS (SELECT post_id, account_id, any_value(client) AS client FROM posts, r "
        "WHERE source_id <= last AND client IS NOT NULL AND client != '' GROUP BY ALL), j AS (SELECT p.client AS own, q.client AS theirs FROM e JOIN c p ON "
        "p.post_id = own_post AND p.account_id = %s JOIN c q ON q.post_id = other_post AND q.account_id = other), "
        "m AS (SELECT own, count(*) AS rows FROM j WHERE own = theirs GROUP BY own ORDER BY rows DESC, own LIMIT 1) "
        "SELECT (SELECT count(*) FROM j), (SELECT count(*) FROM j WHERE own = theirs), coalesce((SELECT rows FROM m), 0), (SELECT count(*) FILTER (client = "
        "(SELECT own FROM m)) / greatest(count(*), 1) FROM c), (SELECT own FROM m)",
        OWN_EVIDENCE_ARGUMENTS(s), s->loader.run, s->account_sql));
    bool is_known = n.is_there && n.real[0] > 0;
    double share = is_known ? n.real[2] / n.real[0] : 0;
    bool is_uncommon = n.real[3] < 0.1;
    eh_value *to = put(a, "shared app or feed", question,
                       !s->n_chances ? "nothing_to_explain" : !is_known ? "cannot_tell" : is_uncommon ? verdict_of(share) : "not_found",
                       !s->n_chances ? "There is no listed pair." : !is_known ? "The archive does not tell which program a post was made with." :
                       is_uncommon ? "A program that posts for many people can make strangers act alike. Its fixed minutes are left out of the evidence; what it "
                       "chooses to post is not." : "The program that they have in common is used for a tenth of all posts or more, so it explains nothing.");
    if (!is_known || !s->n_chances) return EH_OK;
    eh_doc_real(s->doc, to, "co_actions_with_known_programs", n.real[0]);
    eh_doc_real(s->doc, to, "share_by_one_program", share);
    eh_doc_real(s->doc, to, "program_share_of_archive", n.real[3]);
    if (s->options->tier == EH_TIER_RESTRICTED && !s->is_at_risk && n.text.size) eh_doc_text(s->doc, to, "program", n.text);
    return EH_OK;
}

static eh_status declared_automation(against *a, eh_error *err)
{
    eh_statement *s = a->s;
    numbers n = {.s = s};
    EH_TRY(eh_load_query(&s->loader, take_numbers, &n, err,
        "WITH p AS (SELECT client FROM posts WHERE account_id = %s AND client IS NOT NULL AND client != '') SELECT (SELECT count(*) FROM p), (SELECT count(*) "
        "FROM p WHERE regexp_matches(lower(client), '" EH_CLIENT_IS_SCHEDULER "|" EH_CLIENT_DECLARES "')), "
        "(SELECT count(*) FROM accounts WHERE account_id = %s AND regexp_matches(handle, '" EH_HANDLE_DECLARES "'))",
        s->account_sql, s->account_sql));
    double share = n.real[0] > 0 ? n.real[1] / n.real[0] : 0;
    bool is_named = n.real[2] > 0;
    eh_value *to = put(a, "declared automation", "Does it say in the open that a program posts for it?",
                       is_named ? "found" : n.real[0] > 0 ? verdict_of(share) : s->handle.size ? "not_found" : "cannot_tell",
                       is_named ? "Its name says so. Automation that is declared is no deception." : n.real[0] > 0 ?
                       "Share of its posts made with programs that are known to post by schedule or from feeds." :
                       "The archive does not tell which program a post was made with, nor whether the platform marks the account as automated.");
    eh_doc_real(s->doc, to, "posts_with_known_program", n.real[0]);
    eh_doc_real(s->doc, to, "share_by_such_programs", n.real[0] > 0 ? share : (double)NAN);
    return EH_OK;
}

static eh_status template_text(against *a, eh_error *err)
{
    eh_statement *s = a->s;
    numbers n = {.s = s};
    EH_TRY(eh_load_query(&s->loader, take_numbers, &n, err,
        "WITH o AS (SELECT object FROM actions, runs WHERE run_id = %s AND account_id = %s AND behaviour = 'text' AND source_id <= last_source_id) "
        "SELECT (SELECT count(*) FROM o), (SELECT count(*) FROM o WHERE object IN (SELECT text FROM text_templates WHERE run_id = %s)), (SELECT count(*) FROM "
        "run_texts WHERE run_id = %s)", s->loader.run, s->account_sql, s->loader.run, s->loader.run));
    double share = n.real[0] > 0 ? n.real[1] / n.real[0] : 0;
    bool is_tested = n.real[2] > 0 && n.real[0] > 0;
    eh_value *to = put(a, "template text", "Are its texts ones that everybody has: titles of share buttons, quotations, chain letters?",
                       !is_tested ? "cannot_tell" : s->result.notes & EH_NOTE_TEMPLATE_TEXT ? "found" : verdict_of(share),
                       !is_tested ? "No texts of its own were compared." : "Such texts were taken out before anything was compared, so they carry no evidence.");
    eh_doc_real(s->doc, to, "texts", n.real[0]);
    eh_doc_real(s->doc, to, "of_these_templates", n.real[1]);
    return EH_OK;
}

/* ---- event ---------------------------------------------------------------------------------------------------- */

static eh_status protest_burst(against *a, eh_error *err)
{
    static const char question[] = "Does the evidence fall on one or two days, or into crowds, as in a protest or after a public call?";
    eh_statement *s = a->s;
    if (!a->n_close) {
        (void)put(a, "protest burst or call", question, "nothing_to_explain", "There is no listed pair.");
        return EH_OK;
    }
    int64_t *days = eh_alloc(s->run.ctx, a->n_close, sizeof *days, err), *crowds = eh_alloc(s->run.ctx, a->n_close, sizeof *crowds, err);
    eh_status status = days && crowds ? EH_OK : err->status;
    size_t n = 0, n_days = 0, n_top = 0;
    int64_t top_day = 0, median_crowd = 0;
    for (size_t i = 0; status == EH_OK && i < s->n_chances; i++) {
        if (!is_close(s, &s->chances[i])) continue;
        days[n] = eh_day_of(s->chances[i].own_time_us);
        crowds[n++] = (int64_t)s->chances[i].n_accounts;
    }
    if (status == EH_OK) status = eh_sort(s->run.ctx, days, n, sizeof *days, eh_by_int64, NULL, err);
    if (status == EH_OK) status = eh_sort(s->run.ctx, crowds, n, sizeof *crowds, eh_by_int64, NULL, err);
    for (size_t i = 0, first = 0; status == EH_OK && i < n; i++) {
        if (i == 0 || days[i] != days[i - 1]) {
            n_days++;
            first = i;
        }
        if (i - first + 1 > n_top) {
            n_top = i - first + 1;
            top_day = days[i];
        }
    }
    if (status == EH_OK) median_crowd = crowds[n / 2];
    eh_free(s->run.ctx, days);
    eh_free(s->run.ctx, crowds);
    EH_TRY(status);
    st_cut cut = st_cut_nothing();
    double log_e = 0, q_value = 1;
    cut.day = top_day;
    EH_TRY(st_account_without(s, &cut, &log_e, &q_value, err));
    bool is_few = (s->result.notes & EH_NOTE_FEW_DAYS) || n_days <= 2;
    bool rests_on_it = q_value > st_timing_level(s) && s->result.leg_q[EH_LEG_TIMING] <= st_timing_level(s);
    eh_value *to = put(a, "protest burst or call", question, is_few ? "found" : rests_on_it ? "found_in_part" : "not_found",
                       is_few ? "One event could explain it." : rests_on_it ? "Without its busiest day the evidence would not suffice." :
                       "The evidence is spread over days and suffices, or fails, without the busiest of them as it does with it.");
    eh_doc_count(s->doc, to, "close_co_actions", n);
    eh_doc_count(s->doc, to, "days", n_days);
    eh_doc_real(s->doc, to, "share_of_busiest_day", (double)n_top / (double)n);
    eh_doc_count(s->doc, to, "median_accounts_on_object", (uint64_t)median_crowd);
    eh_doc_real(s->doc, to, "q_value_without_busiest_day", q_value);
    return EH_OK;
}

/* ---- who deals with whom -------------------------------------------------------------------------------------- */

static eh_status open_contact(against *a, eh_error *err)
{
    static const char question[] = "Do they deal with each other in the open (repost, answer, mention), as friends do?";
    eh_statement *s = a->s;
    size_t n_listed = 0, n_contacts = 0, n_private = 0, n_all = 0;
    if (!a->has_table) {
        (void)put(a, "open contact", question, "cannot_tell", "Archives were added since the run, or it compared no action of the account.");
        return EH_OK;
    }
    eh_contacts contacts = {0};
    EH_TRY(eh_contacts_init(s->run.ctx, &a->run.table, &contacts, err));
    for (uint32_t u = 0; u < a->run.table.accounts.n; u++) n_all += contacts.first[u + 1] > contacts.first[u];
    for (size_t k = 0; k < s->n_partners; k++) {
        if (!s->partners[k].is_listed_pair) continue;
        uint32_t other = eh_strings_find(&a->run.table.accounts, s->partners[k].id);
        n_listed++;
        if (other == UINT32_MAX) continue;
        n_contacts += eh_are_contacts(&contacts, a->account, other);
        n_private += eh_are_in_private_contact(&contacts, a->account, other);
    }
    eh_contacts_release(&contacts);
    double share = n_listed ? (double)n_private / (double)n_listed : 0;
    eh_value *to = put(a, "open contact", question, !n_listed ? "nothing_to_explain" : !n_all ? "cannot_tell" : verdict_of(share),
                       !n_listed ? "There is no listed pair." : !n_all ? "The archive does not show who deals with whom." :
                       "Friends see what the other does, so being close in time is likelier for them; the chance of it was set higher where such contact shows. "
                       "Contact outside the archive is not seen.");
    eh_doc_count(s->doc, to, "listed_pairs", n_listed);
    eh_doc_count(s->doc, to, "of_these_in_contact", n_contacts);
    eh_doc_count(s->doc, to, "of_these_in_private_contact", n_private);
    return EH_OK;
}

/* Objects of the account, and of its close co-actions, that were asked for in public. */
static eh_status count_prompted(const against *a, eh_behaviour behaviour, const eh_contacts *contacts, uint64_t counts[4], eh_error *err)
{
    const eh_statement *s = a->s;
    const eh_action_set *set = &a->run.table.sets[behaviour];
    eh_prompts prompts = {0};
    if (!set->n_objects) return EH_OK;
    EH_TRY(eh_prompts_find(s->run.ctx, &a->run.table, contacts, behaviour, NULL, &prompts, err));
    for (uint32_t o = 0; o < set->n_objects; o++) {
        bool is_own = false;
        for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1] && !is_own; i++) is_own = set->account[i] == a->account;
        counts[0] += is_own;
        counts[1] += is_own && prompts.is_prompted && prompts.is_prompted[o];
    }
    const char *name = eh_behaviour_name(behaviour);
    for (size_t i = 0; i < s->n_chances; i++) {
        const st_chance *c = &s->chances[i];
        if (c->behaviour != behaviour || !is_close(s, c)) continue;
        eh_str object = s->objects[c->object];
        size_t before = strlen(name) + 1;
        uint32_t o = eh_strings_find(&set->objects, (eh_str){object.data + before, object.size - before});
        counts[2]++;
        counts[3] += o != UINT32_MAX && prompts.is_prompted && prompts.is_prompted[o];
    }
    eh_prompts_release(&prompts);
    return EH_OK;
}

static eh_status prompted_in_public(against *a, eh_error *err)
{
    static const char question[] = "Had somebody asked for these texts and links in public: a station's contest, a teacher, a call?";
    eh_statement *s = a->s;
    if (!a->has_table) {
        (void)put(a, "prompted in public", question, "cannot_tell", "Archives were added since the run, or it compared no action of the account.");
        return EH_OK;
    }
    uint64_t counts[4] = {0};
    eh_contacts contacts = {0};
    EH_TRY(eh_contacts_init(s->run.ctx, &a->run.table, &contacts, err));
    bool shows_contact = false;
    for (uint32_t u = 0; u < a->run.table.accounts.n && !shows_contact; u++) shows_contact = contacts.first[u + 1] > contacts.first[u];
    eh_status status = count_prompted(a, EH_TEXT, &contacts, counts, err);
    if (status == EH_OK) status = count_prompted(a, EH_LINK, &contacts, counts, err);
    eh_contacts_release(&contacts);
    EH_TRY(status);
    double share = counts[2] ? (double)counts[3] / (double)counts[2] : counts[0] ? (double)counts[1] / (double)counts[0] : 0;
    eh_value *to = put(a, "prompted in public", question, !shows_contact || !counts[0] ? "cannot_tell" : counts[1] ? verdict_of(share) : "not_found",
                       !shows_contact ? "The archive does not show who deals with whom, which this test needs." : !counts[0] ?
                       "It has no texts or links that others have as well." :
                       "What was asked for in public counts as no evidence for picking the same or reusing texts. Being close in time on it still does.");
    eh_doc_count(s->doc, to, "texts_and_links", counts[0]);
    eh_doc_count(s->doc, to, "of_these_prompted", counts[1]);
    eh_doc_count(s->doc, to, "close_co_actions_on_them", counts[2]);
    eh_doc_count(s->doc, to, "of_these_on_prompted", counts[3]);
    return EH_OK;
}

static void followed_and_copied(against *a)
{
    eh_statement *s = a->s;
    const eh_account_result *r = &s->result;
    uint64_t n = (uint64_t)r->n_first + r->n_second;
    bool is_followed = r->notes & EH_NOTE_FOLLOWED, is_unknown = r->notes & EH_NOTE_DIRECTION_UNKNOWN;
    eh_value *to = put(a, "followed and copied", "Do others follow it and copy what it does, perhaps against its will?",
                       is_followed ? "found" : is_unknown ? "cannot_tell" : n ? "not_found" : "nothing_to_explain",
                       is_followed ? "It came second too seldom. Whoever is copied looks like this from outside, so it is not listed." :
                       is_unknown ? "Times are too coarse to tell who came second, so it is not listed." :
                       n ? "It came second often enough, and beyond chance, to be no mere victim of copying." : "There is no listed pair.");
    eh_doc_count(s->doc, to, "came_first", r->n_first);
    eh_doc_count(s->doc, to, "came_second", r->n_second);
}

static eh_status fill(against *a, eh_error *err)
{
    EH_TRY(newsroom_hours(a, err));
    EH_TRY(fan_of_one_source(a, err));
    EH_TRY(shared_app(a, err));
    EH_TRY(protest_burst(a, err));
    EH_TRY(declared_automation(a, err));
    EH_TRY(template_text(a, err));
    EH_TRY(prompted_in_public(a, err));
    EH_TRY(open_contact(a, err));
    followed_and_copied(a);
    bool is_very_active = a->s->result.notes & EH_NOTE_HYPERACTIVE, is_fast = a->s->result.notes & EH_NOTE_FAST_FAN;
    (void)put(a, "very active", "Does it meet many others by sheer volume?", is_very_active ? "found" : "not_found",
              is_very_active ? "It is among the most active accounts of the archive. The number of accounts it could be compared with is part of the test." :
              "It is not among the most active accounts.");
    (void)put(a, "fast reader", "Does it react within two minutes to its favourite sources as a rule, as people with notifications on do?",
              is_fast ? "found" : "not_found",
              is_fast ? "Its speed is part of what chance is measured by; a reader should know." : "It does not.");
    return EH_OK;
}

eh_status st_part_against(eh_statement *s, eh_error *err)
{
    against a = {.s = s, .rows = eh_doc_array(s->doc, s->doc->root, "evidence_against")};
    for (size_t i = 0; i < s->n_chances; i++) a.n_close += is_close(s, &s->chances[i]);
    eh_status status = EH_OK;
    if (s->is_current && s->has_result) {
        status = run_read(s->inv, s->run.run_id, &a.run, err);
        if (status == EH_OK) status = run_load_table(s->inv, &a.run, err);
        if (status == EH_OK) a.account = eh_strings_find(&a.run.table.accounts, s->account);
        a.has_table = status == EH_OK && a.account != UINT32_MAX;
    }
    if (status == EH_OK) status = fill(&a, err);
    run_again_release(&a.run);
    return status;
}
