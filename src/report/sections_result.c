#include "report/sections.h"

static const eh_finding by_strength[EH_REPORT_N_FINDINGS] = {
    EH_FINDING_STRONG, EH_FINDING_MODERATE, EH_FINDING_WEAK, EH_FINDING_NONE, EH_FINDING_INSUFFICIENT_DATA};

/* ---- head ------------------------------------------------------------------------------------------------- */

static void put_title(eh_html *html, const eh_report_data *data)
{
    eh_html_raw(html, "<h1>");
    if (data->n_accounts == 0) {
        eh_html_raw(html, "There is nothing to compare in this archive");
    } else if (data->n_listed_accounts == 0) {
        eh_html_raw(html, "No account is listed as acting together with others");
    } else {
        eh_html_counted(html, data->n_listed_accounts, "account is listed as acting together with others",
                        "accounts are listed as acting together");
    }
    eh_html_raw(html, "</h1>\n");
}

static void put_unjudged(eh_html *html, const eh_report_data *data)
{
    uint64_t n = data->n_findings[EH_FINDING_INSUFFICIENT_DATA];
    eh_html_counted(html, n, "account", "accounts");
    eh_html_raw(html, " (");
    eh_html_share(html, n, data->n_accounts);
    eh_html_raw(html, ") could not be judged: too little data.");
}

/* Not having found is not having excluded; and a pair can be listed without either account being so. */
static void put_nothing_listed(eh_html *html, const eh_report_data *data)
{
    uint64_t n_none = data->n_findings[EH_FINDING_NONE], n_weak = data->n_findings[EH_FINDING_WEAK];
    bool has_pairs = data->n_listed_pairs > 0;
    eh_html_words(html, has_pairs ? "Nobody met the rules for listing at q = " : "Nothing beyond chance was found at q = ");
    eh_html_rawf(html, "%g among ", data->q);
    eh_html_counted(html, data->n_accounts, "account", "accounts");
    eh_html_raw(html, ". ");
    if (n_none) {
        eh_html_raw(html, "For ");
        eh_html_counted(html, n_none, "account", "accounts");
        eh_html_raw(html, ", nothing was found that chance, speed, habit or favourite sources would not explain. ");
    }
    if (n_weak > data->n_alike) {
        eh_html_counted(html, n_weak - data->n_alike, "account is", "accounts are");
        eh_html_words(html, has_pairs ? " weak: some are in a listed pair or come close, but not enough for a listing. "
                                      : " weak: close in time, but speed, the clock or sources explain it. ");
    }
}

static void put_alike(eh_html *html, const eh_report_data *data)
{
    if (!data->n_alike) return;
    eh_html_counted(html, data->n_alike, "account", "accounts");
    eh_html_words(html, data->n_alike == 1 ? " not listed picks" : " not listed pick");
    eh_html_raw(html, " the same beyond taste, or gather as a group, beyond chance: a group that leaves hours between its actions does so, and "
                      "people with a purpose in common (a class, a mailing list, an audience) do, too. That is weak evidence; "
                      "<code>--list-by</code> lists by it. ");
}

static void put_lede(eh_html *html, const eh_report_data *data)
{
    eh_html_raw(html, "<p class=\"lede\">");
    if (data->n_accounts == 0) {
        eh_html_raw(html, "No usable action was read. What was rejected, and why, is told below.");
    } else if (data->n_listed_accounts == 0) {
        put_nothing_listed(html, data);
        put_alike(html, data);
        if (data->n_findings[EH_FINDING_INSUFFICIENT_DATA]) put_unjudged(html, data);
    } else {
        eh_html_count(html, data->n_listed_accounts);
        eh_html_raw(html, " of ");
        eh_html_counted(html, data->n_accounts, "account", "accounts");
        eh_html_words(html, data->n_listed_accounts == 1 ? " is listed: " : " are listed: ");
        eh_put_promise(html, data);
        eh_html_raw(html, ". The evidence is strong for ");
        eh_html_count(html, data->n_findings[EH_FINDING_STRONG]);
        eh_html_raw(html, " and moderate for ");
        eh_html_count(html, data->n_findings[EH_FINDING_MODERATE]);
        eh_html_raw(html, ". ");
        put_alike(html, data);
        if (data->n_findings[EH_FINDING_INSUFFICIENT_DATA]) put_unjudged(html, data);
    }
    eh_html_raw(html, "</p>\n<p class=\"soft\">Evidence, not verdicts: this page tells who acted together beyond chance. It "
                      "cannot tell who is behind an account, or why.</p>\n");
}

static void put_key(eh_html *html, uint64_t n, const char *name)
{
    eh_html_raw(html, "<div><dt>");
    eh_html_words(html, name);
    eh_html_raw(html, "</dt><dd>");
    eh_html_count(html, n);
    eh_html_raw(html, "</dd></div>\n");
}

void eh_section_result(eh_html *html, const eh_report_data *data)
{
    eh_html_raw(html, "<header class=\"top\" id=\"result\">\n<p class=\"kicker\"><b>evenhand</b> report \xC2\xB7 run ");
    eh_html_words(html, data->run_id);
    if (data->n_sources) {
        eh_html_raw(html, " \xC2\xB7 ");
        eh_html_name(html, data->sources[0].name, 60);
        if (data->n_sources > 1) {
            eh_html_raw(html, " and ");
            eh_html_counted(html, data->n_sources - 1, "more archive", "more archives");
        }
    }
    eh_html_raw(html, "</p>\n");
    put_title(html, data);
    put_lede(html, data);
    eh_html_raw(html, "<dl class=\"keys\">\n");
    put_key(html, data->n_listed_accounts, data->n_listed_accounts == 1 ? "account listed" : "accounts listed");
    put_key(html, data->n_all_networks, data->n_all_networks == 1 ? "network" : "networks");
    put_key(html, data->n_findings[EH_FINDING_INSUFFICIENT_DATA], "accounts with insufficient data");
    put_key(html, data->n_accounts, "accounts in the archive");
    put_key(html, data->n_posts, "posts compared");
    if (data->first_time_us != EH_TIME_NONE) {
        eh_html_raw(html, "<div><dt>period (UTC)</dt><dd class=\"small\">");
        eh_html_date(html, data->first_time_us);
        eh_html_raw(html, " to ");
        eh_html_date(html, data->last_time_us);
        eh_html_raw(html, "</dd></div>\n");
    }
    eh_html_raw(html, "</dl>\n</header>\n");
}

/* ---- meaning ---------------------------------------------------------------------------------------------- */

void eh_section_meaning(eh_html *html, const eh_report_data *data)
{
    eh_open_section(html, "meaning", "What this page can and cannot say");
    eh_html_raw(html, "<div class=\"two\"><div><h3>It can say</h3><ul>\n"
        "<li>which accounts did the same things at nearly the same time <b>more often than chance gives</b>, once it is "
        "known what each acted on, how each thing spread, how fast each account usually reacts and when it is usually "
        "awake;</li>\n"
        "<li>how often such lists are wrong: on average over archives like this, about at most ");
    eh_html_rawf(html, "%g\xC2\xA0%%", 100 * data->q);
    eh_html_raw(html, " of the names (q, chosen before looking);</li>\n"
        "<li>on which posts this rests, row by row, and what speaks against it, so that anybody can check and contest "
        "it.</li>\n</ul></div>\n<div><h3>It cannot say</h3><ul>\n"
        "<li><b>who</b> runs an account, or <b>why</b>: behaviour never shows that;</li>\n"
        "<li>that agreeing with each other is suspicious: shared opinions are taken out of the test;</li>\n"
        "<li>that accounts with a <i>moderate</i> finding are not what they seem: timing alone cannot separate accounts run together from "
        "people with notifications on, or from an agreed action of real people;</li>\n"
        "<li>anything about accounts outside this archive, or about those with <i>insufficient data</i>: that answer is "
        "neither a suspicion nor a clearance.</li>\n</ul></div></div>\n</section>\n");
}

/* ---- findings --------------------------------------------------------------------------------------------- */

static void put_meaning(eh_html *html, const eh_report_data *data, eh_finding finding)
{
    switch (finding) {
    case EH_FINDING_STRONG:
        eh_html_raw(html, "Listed, with two or more independent kinds of evidence, for instance reposts in step and copied "
                          "text.");
        break;
    case EH_FINDING_MODERATE:
        eh_html_raw(html, "Listed: co-actions that speed, daily habits and favourite sources do not explain, but without a "
                          "second independent kind.");
        break;
    case EH_FINDING_WEAK:
        eh_html_raw(html, "Not listed: in a listed pair without meeting the rules for accounts, or close in time beyond each "
                          "object\xE2\x80\x99s spread, but speed, the clock or favourite sources explain it.");
        break;
    case EH_FINDING_NONE: eh_html_raw(html, "Tested; nothing found beyond chance. That is not proof of independence."); break;
    case EH_FINDING_INSUFFICIENT_DATA:
        eh_html_raw(html, "Too few shared objects to have been listed even in lock-step, or nobody to be compared with "
                          "twice.");
        if (data->median_needed > 0) {
            eh_html_raw(html, " Half of these accounts share at most ");
            eh_html_counted(html, data->median_common > 0 ? (uint64_t)data->median_common : 0, "object", "objects");
            eh_html_raw(html, " with any other account; about ");
            eh_html_number(html, data->median_needed);
            eh_html_raw(html, " would be needed.");
        }
        break;
    }
}

void eh_section_findings(eh_html *html, const eh_report_data *data)
{
    eh_open_section(html, "findings", "Findings");
    eh_open_table(html, "Every account of the archive has one of five findings.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">finding</th><th scope=\"col\" class=\"n\">accounts</th>"
                      "<th scope=\"col\">share</th><th scope=\"col\">what it means</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < EH_REPORT_N_FINDINGS; i++) {
        eh_finding finding = by_strength[i];
        uint64_t n = data->n_findings[finding];
        eh_html_raw(html, "<tr><th scope=\"row\">");
        eh_put_finding(html, finding);
        eh_html_raw(html, "</th><td class=\"n\">");
        eh_html_count(html, n);
        eh_html_raw(html, "</td><td>");
        eh_html_share(html, n, data->n_accounts);
        eh_chart_share(html, finding, n, data->n_accounts);
        eh_html_raw(html, "</td><td><p>");
        put_meaning(html, data, finding);
        eh_html_raw(html, "</p></td></tr>\n");
    }
    eh_close_table(html);
    eh_html_raw(html, "</section>\n");
}
