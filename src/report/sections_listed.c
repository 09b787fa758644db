#include "report/sections.h"

static void put_network_link(eh_html *html, const eh_report_data *data, int64_t network)
{
    eh_html_rawf(html, "<td class=\"n\" data-v=\"%lld\">", (long long)network);
    if (network < 1)
        eh_html_raw(html, "\xE2\x80\x93");
    else if ((uint64_t)network <= data->n_networks)
        eh_html_rawf(html, "<a href=\"#n%lld\">%lld</a>", (long long)network, (long long)network);
    else
        eh_html_rawf(html, "%lld", (long long)network);
    eh_html_raw(html, "</td>");
}

static void put_count_cell(eh_html *html, uint64_t n)
{
    eh_html_rawf(html, "<td class=\"n\" data-v=\"%llu\">", (unsigned long long)n);
    eh_html_count(html, n);
    eh_html_raw(html, "</td>");
}

static void put_q_cell(eh_html *html, double q)
{
    eh_html_rawf(html, "<td class=\"n nowrap\" data-v=\"%.17g\">", q);
    eh_html_probability(html, q);
    eh_html_raw(html, "</td>");
}

static void put_notes_cell(eh_html *html, uint32_t notes)
{
    const char *separator = "";
    eh_html_raw(html, "<td>");
    for (uint32_t note = 1; note <= EH_NOTE_LAST; note <<= 1) {
        if (!(notes & note)) continue;
        eh_html_words(html, separator);
        eh_html_words(html, eh_phrase_note(note));
        separator = "; ";
    }
    eh_html_raw(html, "</td>");
}

static void put_cap(eh_html *html, const eh_report_data *data)
{
    if (data->n_shown_accounts == data->n_listed_accounts) return;
    eh_html_raw(html, "<p class=\"aside\">This page shows the ");
    eh_html_count(html, data->n_shown_accounts);
    eh_html_raw(html, " accounts that come first by finding, then q. All ");
    eh_html_count(html, data->n_listed_accounts);
    eh_html_raw(html, " are in accounts.csv, and every co-action of theirs is in evidence.parquet.</p>\n");
}

void eh_section_listed(eh_html *html, const eh_report_data *data)
{
    eh_open_section(html, "listed", "Listed accounts");
    if (data->n_shown_accounts == 0) {
        eh_html_raw(html, "<p>No account is listed.");
        if (data->n_findings[EH_FINDING_INSUFFICIENT_DATA]) {
            eh_html_raw(html, " For ");
            eh_html_counted(html, data->n_findings[EH_FINDING_INSUFFICIENT_DATA], "account", "accounts");
            eh_html_raw(html, " this says nothing either way: they share too few objects with others, or have nobody to be compared with "
                              "twice.");
        }
        eh_html_raw(html, "</p>\n</section>\n");
        return;
    }
    eh_html_raw(html, "<p>An account is listed when its own q is at or below the chosen level, it is not merely followed, and "
                      "it is tied to two listed accounts, or to one with a second <a href=\"#w-independent\">independent</a> "
                      "kind of evidence. Each name leads to its evidence and to what speaks against it.</p>\n");
    put_cap(html, data);
    bool has_notes = false;
    for (size_t i = 0; i < data->n_shown_accounts; i++) has_notes = has_notes || data->accounts[i].result.notes;
    eh_open_table(html, "By finding, then q.", true);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">account</th><th scope=\"col\">finding</th>"
                      "<th scope=\"col\" class=\"n\">q</th><th scope=\"col\" class=\"n\">listed partners</th>"
                      "<th scope=\"col\">behaviours</th><th scope=\"col\">of them independent</th>"
                      "<th scope=\"col\" class=\"n\">network</th><th scope=\"col\" class=\"n\">actions</th>");
    if (has_notes) eh_html_raw(html, "<th scope=\"col\">to consider</th>");
    eh_html_raw(html, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < data->n_shown_accounts; i++) {
        const eh_report_account *account = &data->accounts[i];
        const eh_account_result *result = &account->result;
        eh_html_raw(html, "<tr><th scope=\"row\">");
        eh_put_account(html, account->id, (int64_t)i);
        eh_html_rawf(html, "</th><td data-v=\"%d\">", (int)result->finding);
        eh_put_finding(html, result->finding);
        eh_html_raw(html, "</td>");
        put_q_cell(html, result->q_value);
        put_count_cell(html, result->n_partners);
        eh_html_raw(html, "<td>");
        eh_put_behaviours(html, result->behaviours);
        eh_html_raw(html, "</td><td>");
        eh_put_behaviours(html, result->independent_behaviours);
        eh_html_raw(html, "</td>");
        put_network_link(html, data, account->network);
        put_count_cell(html, result->n_actions);
        if (has_notes) put_notes_cell(html, result->notes);
        eh_html_raw(html, "</tr>\n");
    }
    eh_close_table(html);
    eh_html_raw(html, "</section>\n");
}

/* ---- not listed ------------------------------------------------------------------------------------------- */

enum { forbidding_notes = EH_NOTE_FOLLOWED | EH_NOTE_ONE_PARTNER };

static bool is_beyond_chance(const eh_report_data *data, const eh_account_result *result)
{
    return result->notes & forbidding_notes && result->q_value <= data->q;
}

static void put_reason(eh_html *html, const eh_report_data *data, const eh_account_result *result)
{
    const char *separator = "";
    if (!is_beyond_chance(data, result)) {
        if (result->q_value > data->q) eh_html_rawf(html, "q above %g", data->q);
        else eh_html_raw(html, "in no listed pair");
        if (result->finding != EH_FINDING_INSUFFICIENT_DATA) return;
        if (result->most_common_objects >= result->n_objects_needed) {
            eh_html_raw(html, "; nobody to be compared with twice");
            return;
        }
        eh_html_raw(html, "; shares at most ");
        eh_html_count(html, result->most_common_objects);
        eh_html_raw(html, " objects with any other account, ");
        eh_html_count(html, result->n_objects_needed);
        eh_html_raw(html, " are needed");
        return;
    }
    for (uint32_t note = 1; note <= EH_NOTE_LAST; note <<= 1) {
        if (!(result->notes & note & forbidding_notes)) continue;
        eh_html_words(html, separator);
        eh_html_words(html, eh_phrase_note(note));
        separator = "; ";
    }
}

static void put_reason_means(eh_html *html, const char *name, const char *means)
{
    eh_html_raw(html, "<dt>");
    eh_html_words(html, name);
    eh_html_raw(html, "</dt><dd>");
    eh_html_words(html, means);
    eh_html_raw(html, "</dd>\n");
}

/* Each reason that occurs, explained once. */
static void put_reasons(eh_html *html, const eh_report_data *data)
{
    uint32_t notes = 0;
    bool has_far = false;
    for (size_t i = 0; i < data->n_near; i++) {
        if (is_beyond_chance(data, &data->near[i].result)) notes |= data->near[i].result.notes & forbidding_notes;
        else has_far = has_far || data->near[i].result.q_value > data->q;
    }
    eh_html_raw(html, "<dl class=\"prose\">\n");
    for (uint32_t note = 1; note <= EH_NOTE_LAST; note <<= 1)
        if (notes & note) put_reason_means(html, eh_phrase_note(note), eh_phrase_note_means(note));
    if (has_far)
        put_reason_means(html, "q above the level", "Such evidence would turn up too often by chance among the accounts compared.");
    eh_html_raw(html, "</dl>\n");
}

/* An account can have both notes: it counts in each, as it does in the rows, and once in the sum. */
static void put_by_rule(eh_html *html, const eh_report_data *data)
{
    uint64_t n = data->n_followed + data->n_one_partner - data->n_both;
    if (n == 0) return;
    eh_html_raw(html, "<p>Beyond chance, yet not listed by rule: ");
    eh_html_counted(html, n, "account", "accounts");
    eh_html_raw(html, ". ");
    eh_html_count(html, data->n_followed);
    eh_html_words(html, data->n_followed == 1 ? " is followed and copied, " : " are followed and copied, ");
    eh_html_count(html, data->n_one_partner);
    eh_html_words(html, data->n_one_partner == 1 ? " has too few listed partners" : " have too few listed partners");
    if (data->n_both) {
        eh_html_raw(html, "; ");
        eh_html_count(html, data->n_both);
        eh_html_words(html, data->n_both == 1 ? " of them is both" : " of them are both");
    }
    eh_html_rawf(html, ". The table shows at most the %d of each kind with the lowest q.</p>\n", (int)EH_REPORT_MOST_NEAR);
}

void eh_section_not_listed(eh_html *html, const eh_report_data *data)
{
    eh_open_section(html, "near", "Not listed, but nearest to it");
    if (data->n_near == 0) {
        eh_html_raw(html, "<p>No account that is not listed comes near the line.</p>\n</section>\n");
        return;
    }
    eh_html_raw(html, "<p><b>None of these accounts is listed, and nothing on this page may be read as a finding against "
                      "them.</b> They are named so that a reader can see where the line runs and why.</p>\n");
    put_by_rule(html, data);
    put_reasons(html, data);
    eh_open_table(html, "Not listed, and why. The full list is in accounts.csv.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">account</th><th scope=\"col\">finding</th>"
                      "<th scope=\"col\" class=\"n\">q</th><th scope=\"col\" class=\"n\">came second</th>"
                      "<th scope=\"col\" class=\"n\">came first</th><th scope=\"col\">why it is not listed</th></tr></thead>"
                      "<tbody>\n");
    for (size_t i = 0; i < data->n_near; i++) {
        const eh_report_account *account = &data->near[i];
        eh_html_raw(html, "<tr><th scope=\"row\">");
        eh_html_name(html, account->id, 80);
        eh_html_raw(html, "</th><td>");
        eh_put_finding(html, account->result.finding);
        eh_html_raw(html, "</td>");
        put_q_cell(html, account->result.q_value);
        put_count_cell(html, account->result.n_second);
        put_count_cell(html, account->result.n_first);
        eh_html_raw(html, "<td>");
        put_reason(html, data, &account->result);
        eh_html_raw(html, "</td></tr>\n");
    }
    eh_close_table(html);
    eh_html_raw(html, "</section>\n");
}
