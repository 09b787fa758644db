#include "report/sections.h"

const char *eh_phrase_finding(eh_finding finding)
{
    switch (finding) {
    case EH_FINDING_STRONG: return "Strong";
    case EH_FINDING_MODERATE: return "Moderate";
    case EH_FINDING_WEAK: return "Weak";
    case EH_FINDING_NONE: return "None";
    case EH_FINDING_INSUFFICIENT_DATA: return "Insufficient data";
    }
    return "Unknown";
}

void eh_put_finding(eh_html *html, eh_finding finding)
{
    eh_html_raw(html, "<span class=\"nowrap\">");
    eh_chart_mark(html, finding);
    eh_html_words(html, eh_phrase_finding(finding));
    eh_html_raw(html, "</span>");
}

void eh_put_behaviours(eh_html *html, uint32_t behaviours)
{
    const char *separator = "";
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        if (!(behaviours >> b & 1)) continue;
        eh_html_words(html, separator);
        eh_html_words(html, eh_behaviour_name((eh_behaviour)b));
        separator = ", ";
    }
    if (!*separator) eh_html_raw(html, "none");
}

void eh_put_legs(eh_html *html, uint32_t legs)
{
    const char *separator = "";
    for (int l = 0; l < EH_N_LEGS; l++) {
        if (!(legs >> l & 1)) continue;
        eh_html_words(html, separator);
        eh_html_words(html, eh_leg_name((eh_leg)l));
        separator = ", ";
    }
    if (!*separator) eh_html_raw(html, "none");
}

const char *eh_phrase_leg(eh_leg leg)
{
    switch (leg) {
    case EH_LEG_TIMING: return "close in time on the same objects, beyond speed, hours, grids and favourite sources";
    case EH_LEG_SELECTION: return "picking the same posts and links, beyond activity, popularity, favourite sources and active days";
    case EH_LEG_REUSE: return "publishing the same original texts, however far apart in time";
    case EH_LEG_GROUP: return "a group found in one half of the time and tested on the other, where single pairs are too weak";
    case EH_LEG_OPERATOR: return "hand-overs and never at once, as if by one pair of hands; supports a finding, lists nobody";
    case EH_N_LEGS: break;
    }
    return "";
}

const char *eh_phrase_note(uint32_t note)
{
    switch (note) {
    case EH_NOTE_FOLLOWED: return "Followed and copied";
    case EH_NOTE_DIRECTION_UNKNOWN: return "Direction unknown";
    case EH_NOTE_ONE_PARTNER: return "Too few listed partners";
    case EH_NOTE_FAST_FAN: return "Fast reader";
    case EH_NOTE_HYPERACTIVE: return "Very active";
    case EH_NOTE_ONE_SOURCE: return "One source";
    case EH_NOTE_FEW_DAYS: return "Few days";
    case EH_NOTE_TEMPLATE_TEXT: return "Texts that everybody has";
    case EH_NOTE_TWO_ALONE: return "Two accounts only";
    default: return "Other";
    }
}

const char *eh_phrase_note_means(uint32_t note)
{
    switch (note) {
    case EH_NOTE_FOLLOWED:
        return "It came second in fewer than one sitting in five, or not beyond chance: others may follow and copy it. Somebody "
               "who is copied against his will looks like this from outside, so it is not listed on such evidence.";
    case EH_NOTE_DIRECTION_UNKNOWN:
        return "Times are too coarse, or too close together, to tell who came second. An account that is copied cannot be "
               "told from one that copies, so it is not listed on such evidence.";
    case EH_NOTE_ONE_PARTNER:
        return "Listed pairs tie it to fewer than two accounts that are listed themselves, and no second independent kind of "
               "evidence makes up for one. Two people who know each other can look like this, and so can somebody who copies "
               "an account that is not listed.";
    case EH_NOTE_FAST_FAN:
        return "It usually reacts within two minutes of its favourite sources. People with notifications switched on do "
               "the same; the test takes this speed into account, but a reader should know.";
    case EH_NOTE_HYPERACTIVE:
        return "It is among the most active accounts of this archive and meets many others by sheer volume; the test takes "
               "this into account.";
    case EH_NOTE_ONE_SOURCE:
        return "At least four fifths of its evidence lie on one source, such as one author or one site. Followers of that "
               "source resemble each other.";
    case EH_NOTE_FEW_DAYS:
        return "Its evidence falls on one or two days. A single event could explain it.";
    case EH_NOTE_TWO_ALONE:
        return "It is tied to a single listed account. Two people who live or work together look like this, and so does one person with "
               "two accounts, so the finding is never strong.";
    case EH_NOTE_TEMPLATE_TEXT:
        return "At least half of what its texts share with other accounts are titles set by share buttons, quotations or chain "
               "letters, which unrelated people have alike. They were left out and carry no evidence.";
    default: return "";
    }
}

void eh_put_promise(eh_html *html, const eh_report_data *data)
{
    eh_html_rawf(html, "a method that lists at q\xC2\xA0=\xC2\xA0%g is wrong, on average over archives like this, about at most "
                       "%g\xC2\xA0%% of the names (here that would be ", data->q, 100 * data->q);
    double expected = data->q * (double)data->n_listed_accounts;
    if (expected < 0.5) eh_html_raw(html, "fewer than one");
    else eh_html_count(html, (uint64_t)(expected + 0.5));
    eh_html_raw(html, " of ");
    eh_html_count(html, data->n_listed_accounts);
    eh_html_raw(html, ")");
}

void eh_open_section(eh_html *html, const char *id, const char *title)
{
    eh_html_raw(html, "<section id=\"");
    eh_html_words(html, id);
    eh_html_raw(html, "\" aria-labelledby=\"h-");
    eh_html_words(html, id);
    eh_html_raw(html, "\">\n<h2 id=\"h-");
    eh_html_words(html, id);
    eh_html_raw(html, "\">");
    eh_html_words(html, title);
    eh_html_raw(html, "</h2>\n");
}

void eh_open_table(eh_html *html, const char *caption, bool is_sortable)
{
    eh_html_raw(html, "<div class=\"scroll\"><table");
    if (is_sortable) eh_html_raw(html, " class=\"sortable\"");
    eh_html_raw(html, "><caption>");
    eh_html_words(html, caption);
    eh_html_raw(html, "</caption>\n");
}

void eh_close_table(eh_html *html) { eh_html_raw(html, "</tbody></table></div>\n"); }

void eh_put_account(eh_html *html, eh_str id, int64_t i_account)
{
    if (i_account >= 0) eh_html_rawf(html, "<a href=\"#a%lld\">", (long long)i_account + 1);
    eh_html_name(html, id, 80);
    if (i_account >= 0) eh_html_raw(html, "</a>");
}

void eh_put_partner(eh_html *html, eh_str id, int64_t i_account, bool is_listed)
{
    eh_put_account(html, id, i_account);
    if (!is_listed) eh_html_raw(html, " <span class=\"unlisted\">not listed</span>");
}

bool eh_is_minute_precise(int64_t precision_us) { return precision_us >= EH_MINUTE_US; }
