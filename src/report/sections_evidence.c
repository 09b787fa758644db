#include "report/sections.h"

#include <math.h>

/* ---- one account ------------------------------------------------------------------------------------------ */

static void put_fact(eh_html *html, const char *name)
{
    eh_html_raw(html, "<dt>");
    eh_html_words(html, name);
    eh_html_raw(html, "</dt><dd>");
}

static void put_counts(eh_html *html, const char *name, uint64_t n)
{
    put_fact(html, name);
    eh_html_count(html, n);
    eh_html_raw(html, "</dd>");
}

static void put_facts(eh_html *html, const eh_report_account *account)
{
    const eh_account_result *result = &account->result;
    eh_html_raw(html, "<dl class=\"facts\">");
    put_fact(html, "q (account)");
    eh_html_probability(html, result->q_value);
    eh_html_raw(html, "</dd>");
    put_fact(html, "p (account)");
    eh_html_probability(html, result->p_value);
    eh_html_raw(html, "</dd>");
    put_fact(html, "listed partners");
    eh_html_count(html, result->n_partners);
    eh_html_raw(html, " of ");
    eh_html_count(html, result->n_testable_partners);
    eh_html_raw(html, " testable</dd>");
    put_fact(html, "behaviours");
    eh_put_behaviours(html, result->behaviours);
    eh_html_raw(html, "</dd>");
    put_fact(html, "of them independent");
    eh_put_behaviours(html, result->independent_behaviours);
    eh_html_raw(html, "</dd>");
    put_fact(html, "kinds of evidence");
    eh_put_legs(html, result->legs);
    eh_html_raw(html, "</dd>");
    put_counts(html, "actions compared", result->n_actions);
    put_counts(html, "co-actions", account->n_evidence);
    put_counts(html, "came second", result->n_second);
    put_counts(html, "came first", result->n_first);
    if (!isnan(result->median_delay_s)) {
        put_fact(html, "median delay");
        eh_html_duration(html, (int64_t)(result->median_delay_s * 1e6));
        eh_html_raw(html, " after the original</dd>");
    }
    eh_html_raw(html, "</dl>\n");
}

static void put_moderate(eh_html *html, const eh_account_result *result)
{
    eh_html_raw(html, "<li><b>No second independent kind.</b> ");
    if (__builtin_popcount(result->behaviours) > 1)
        eh_html_raw(html, "Its other behaviours come from the same posts or do not convince alone. ");
    eh_html_raw(html, "Notifications, a shared feed or an agreed action of real people are not excluded.</li>");
}

static void put_against(eh_html *html, const eh_account_result *result)
{
    eh_html_raw(html, "<h4>What speaks against it</h4>\n<ul class=\"against\">");
    bool has_any = false;
    for (uint32_t note = 1; note <= EH_NOTE_LAST; note <<= 1) {
        if (!(result->notes & note)) continue;
        has_any = true;
        eh_html_raw(html, "<li><b>");
        eh_html_words(html, eh_phrase_note(note));
        eh_html_raw(html, ".</b> ");
        eh_html_words(html, eh_phrase_note_means(note));
        eh_html_raw(html, "</li>");
    }
    if (result->finding == EH_FINDING_MODERATE) {
        has_any = true;
        put_moderate(html, result);
    }
    if (result->n_first > result->n_second && !(result->notes & EH_NOTE_FOLLOWED)) {
        has_any = true;
        eh_html_raw(html, "<li><b>More often first than second.</b> In part, others may be copying it.</li>");
    }
    if (!has_any)
        eh_html_raw(html, "<li>None of the counter-explanations that this run looks for applies. Others may.</li>");
    eh_html_raw(html, "</ul>\n");
}

static void put_unseen(eh_html *html, const eh_report_data *data, const eh_report_account *account)
{
    uint32_t tested = 0, acted = 0;
    for (size_t i = 0; i < data->n_behaviours; i++) tested |= UINT32_C(1) << data->behaviours[i].behaviour;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        if (account->n_actions[b] > 0) acted |= UINT32_C(1) << b;
    eh_html_raw(html, "<p class=\"small\"><b>Not looked at:</b> ");
    if (tested & ~acted) {
        eh_put_behaviours(html, tested & ~acted);
        eh_html_raw(html, " (it has none in this archive); ");
    }
    if (acted & ~tested) {
        eh_put_behaviours(html, acted & ~tested);
        eh_html_raw(html, " (not part of this run); ");
    }
    eh_html_raw(html, "same-operator rhythm, the meaning of what it wrote, its followers, other platforms.</p>\n");
}

static void put_partners(eh_html *html, const eh_report_data *data, const eh_report_account *account)
{
    if (account->n_shown_partners == 0) return;
    eh_open_table(html, "Its closest partners in listed pairs. A coincidence counts once, however many objects one sitting holds.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">partner</th><th scope=\"col\">behaviour</th>"
                      "<th scope=\"col\" class=\"n\">within</th><th scope=\"col\" class=\"n\">shared objects</th>"
                      "<th scope=\"col\" class=\"n\">coincidences</th><th scope=\"col\" class=\"n\">by chance</th>"
                      "<th scope=\"col\" class=\"n\">p</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < account->n_shown_partners; i++) {
        const eh_report_partner *partner = &data->partners[account->first_partner + i];
        eh_html_raw(html, "<tr><th scope=\"row\">");
        eh_put_partner(html, partner->partner, partner->i_partner, partner->is_listed);
        eh_html_raw(html, "</th><td>");
        eh_html_words(html, eh_behaviour_name(partner->behaviour));
        eh_html_raw(html, "</td><td class=\"n nowrap\">");
        eh_html_duration(html, partner->window_us);
        eh_html_raw(html, "</td><td class=\"n nowrap\">");
        eh_html_count(html, partner->n_shared);
        eh_html_raw(html, " of ");
        eh_html_count(html, partner->n_common);
        eh_html_raw(html, "</td><td class=\"n\">");
        eh_html_count(html, partner->n_sittings);
        eh_html_raw(html, "</td><td class=\"n nowrap\">");
        eh_html_number(html, partner->n_sittings_expected);
        eh_html_raw(html, "</td><td class=\"n nowrap\">");
        eh_html_probability(html, partner->p_value);
        eh_html_raw(html, "</td></tr>\n");
    }
    eh_close_table(html);
}

static void put_delta(eh_html *html, int64_t delta_us)
{
    if (delta_us == 0) {
        eh_html_raw(html, "together");
        return;
    }
    eh_html_duration(html, delta_us);
    eh_html_words(html, delta_us > 0 ? " after" : " before");
}

static void put_evidence(eh_html *html, const eh_report_data *data, const eh_report_account *account)
{
    if (account->n_shown_evidence == 0) return;
    eh_open_table(html, "Its least likely co-actions, one per object. Times are UTC.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">object</th><th scope=\"col\">partner</th><th scope=\"col\">its time, "
                      "then the partner\xE2\x80\x99s</th><th scope=\"col\">it came</th>"
                      "<th scope=\"col\" class=\"n\">chance</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < account->n_shown_evidence; i++) {
        const eh_report_evidence *row = &data->evidence[account->first_evidence + i];
        eh_html_raw(html, "<tr><td class=\"object\"><span class=\"soft\">");
        eh_html_words(html, eh_behaviour_name(row->behaviour));
        eh_html_raw(html, "</span> ");
        eh_html_name(html, row->object, 140);
        eh_html_raw(html, "</td><td>");
        eh_put_partner(html, row->partner, row->i_partner, row->is_listed);
        eh_html_raw(html, "</td><td class=\"nowrap\">");
        eh_html_time(html, row->own_time_us);
        eh_html_raw(html, "<br>");
        eh_html_time(html, row->partner_time_us);
        eh_html_raw(html, "</td><td class=\"nowrap\">");
        put_delta(html, row->own_time_us - row->partner_time_us);
        eh_html_raw(html, "</td><td class=\"n nowrap\">");
        eh_html_probability(html, row->p_object);
        eh_html_raw(html, "</td></tr>\n");
    }
    eh_close_table(html);
}

static void put_article(eh_html *html, const eh_report_data *data, size_t i_account)
{
    const eh_report_account *account = &data->accounts[i_account];
    eh_html_raw(html, "<article");
    if (i_account >= EH_REPORT_MOST_PRINTED) eh_html_raw(html, " class=\"beyond\"");
    eh_html_rawf(html, " id=\"a%zu\">\n<h3>", i_account + 1);
    eh_chart_mark(html, account->result.finding);
    eh_html_name(html, account->id, 0);
    eh_html_raw(html, "</h3>\n<p class=\"sum\">");
    eh_html_words(html, eh_phrase_finding(account->result.finding));
    if (account->network > 0 && (uint64_t)account->network <= data->n_networks)
        eh_html_rawf(html, " \xC2\xB7 <a href=\"#n%lld\">network %lld</a>", (long long)account->network,
                     (long long)account->network);
    else if (account->network > 0)
        eh_html_rawf(html, " \xC2\xB7 network %lld", (long long)account->network);
    eh_html_raw(html, "</p>\n<div class=\"split\"><div>\n");
    put_facts(html, account);
    put_against(html, &account->result);
    put_unseen(html, data, account);
    eh_html_raw(html, "</div><div>\n");
    put_partners(html, data, account);
    put_evidence(html, data, account);
    eh_html_raw(html, "</div></div>\n</article>\n");
}

void eh_section_evidence(eh_html *html, const eh_report_data *data)
{
    if (data->n_shown_accounts == 0) return;
    eh_open_section(html, "evidence", "The evidence, account by account");
    eh_html_raw(html, "<p>For each listed account: what was seen, what chance would give, and what speaks against it. "
                      "<i>Came second</i> counts the coincidences of its listed pairs in which it acted after the partner. "
                      "Partners that are not listed accounts are marked; nothing here is a finding against them. The complete rows are in evidence.parquet.</p>\n");
    if (data->n_shown_accounts > EH_REPORT_MOST_PRINTED) {
        eh_html_rawf(html, "<p class=\"aside paper\">On paper, the first %d of ", (int)EH_REPORT_MOST_PRINTED);
        eh_html_counted(html, data->n_listed_accounts, "account", "accounts");
        eh_html_raw(html, " are shown in full. ");
        eh_html_count(html, data->n_shown_accounts);
        eh_html_raw(html, " are on this page when it is read on a screen; all are in accounts.csv, edges.csv and "
                          "evidence.parquet.</p>\n");
    }
    for (size_t i = 0; i < data->n_shown_accounts; i++) put_article(html, data, i);
    eh_html_raw(html, "</section>\n");
}
