#include "report/sections.h"

#include <math.h>

/* ---- certainty -------------------------------------------------------------------------------------------- */

static void put_legs(eh_html *html, const eh_report_data *data)
{
    if (!data->n_legs) return;
    eh_open_table(html, "Kinds of evidence. Each may spend its part of q; the parts add up to q.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">kind</th><th scope=\"col\">says</th><th scope=\"col\" class=\"n\">part of q</th>"
                      "<th scope=\"col\" class=\"n\">accounts testable</th><th scope=\"col\" class=\"n\">pairs found</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < data->n_legs; i++) {
        const eh_report_leg *leg = &data->legs[i];
        eh_html_raw(html, "<tr><th scope=\"row\">");
        eh_html_words(html, eh_leg_name(leg->leg));
        eh_html_raw(html, "</th><td>");
        eh_html_words(html, eh_phrase_leg(leg->leg));
        if (!leg->has_run) {
            eh_html_raw(html, " (not used");
            if (leg->why_not.size) eh_html_raw(html, ": ");
            eh_html_text(html, leg->why_not);
            eh_html_raw(html, ")");
        }
        if (leg->n_prompted) {
            eh_html_raw(html, "; ");
            eh_html_count(html, leg->n_prompted);
            eh_html_words(html, leg->n_prompted == 1 ? " that had been asked for in public is left out" : " that had been asked for in public are left out");
        }
        eh_html_rawf(html, "</td><td class=\"n\">%g</td><td class=\"n\">", leg->share_of_q);
        eh_html_count(html, leg->n_testable_accounts);
        eh_html_raw(html, "</td><td class=\"n\">");
        eh_html_count(html, leg->n_pairs);
        eh_html_raw(html, "</td></tr>\n");
    }
    eh_close_table(html);
}

void eh_section_certainty(eh_html *html, const eh_report_data *data)
{
    eh_open_section(html, "certainty", "How sure this is");
    eh_html_raw(html, "<div class=\"prose\"><p>One number was chosen before looking: ");
    eh_html_rawf(html, "q = %g, the share of false findings to accept. It promises an average: ", data->q);
    eh_put_promise(html, data);
    eh_html_raw(html, ". It does not tell how many names are wrong on this page, or which.");
    eh_html_raw(html, "</p>\n<p>The rule is e-BH, which holds whatever the pairs have to do with each other. The "
                      "better-known Benjamini-Hochberg rule, which does not, is given beside it for "
                      "comparison; it looks at each behaviour by itself, e-BH at all the evidence of a pair together.</p></div>\n"
                      "<dl class=\"facts\"><dt>accounts that could be tested</dt><dd>");
    eh_html_count(html, data->n_testable_accounts);
    eh_html_raw(html, " of ");
    eh_html_count(html, data->n_accounts);
    eh_html_raw(html, "</dd><dt>pairs that could be tested</dt><dd>");
    if (data->is_bound) eh_html_raw(html, "at most ");
    eh_html_count(html, data->n_testable_pairs);
    eh_html_raw(html, "</dd><dt>pairs listed, by e-BH</dt><dd>");
    eh_html_count(html, data->n_listed_pairs);
    eh_html_raw(html, "</dd><dt>pairs that Benjamini-Hochberg would list</dt><dd>");
    eh_html_count(html, data->n_pairs_bh);
    eh_html_raw(html, "</dd></dl>\n");
    put_legs(html, data);
    eh_html_raw(html, "<p class=\"aside\">These are promises of the method, under its assumptions. How often "
                      "the method errs where the truth is known is recorded in its documentation (accuracy.md).</p>\n");
    eh_put_calibration(html, data);
    eh_html_raw(html, "</section>\n");
}

/* ---- limits ----------------------------------------------------------------------------------------------- */

static void put_precision_limits(eh_html *html, const eh_report_data *data)
{
    for (size_t i = 0; i < data->n_sources; i++) {
        if (!eh_is_minute_precise(data->sources[i].precision_us)) continue;
        eh_html_raw(html, "<li><b>Coarse times.</b> ");
        eh_html_name(html, data->sources[i].name, 60);
        eh_html_raw(html, " tells times to ");
        eh_html_duration(html, data->sources[i].precision_us);
        eh_html_raw(html, ". Everything within one step looks simultaneous; the test takes that into account and loses power. "
                          "Who came second is often unknown.</li>\n");
    }
}

static void put_archive_limits(eh_html *html, const eh_report_data *data)
{
    uint64_t n_read = 0, n_kept = 0;
    for (size_t i = 0; i < data->n_sources; i++) {
        n_read += data->sources[i].n_read;
        n_kept += data->sources[i].n_kept;
        if (!data->sources[i].is_truncated) continue;
        eh_html_raw(html, "<li><b>Damaged file.</b> ");
        eh_html_name(html, data->sources[i].name, 60);
        eh_html_raw(html, " ends early; what came after is missing.</li>\n");
    }
    if (n_read - n_kept > n_read / 50) {
        eh_html_raw(html, "<li><b>Rejected rows.</b> ");
        eh_html_share(html, n_read - n_kept, n_read);
        eh_html_raw(html, " of the rows could not be used. If they are not spread evenly, activity is seen unevenly.</li>\n");
    }
    if (data->n_sources > 1)
        eh_html_raw(html, "<li><b>Several archives in one.</b> Where complete time lines and keyword samples are mixed, some "
                          "accounts seem more active than others only because more of them was collected.</li>\n");
}

static void put_power_limits(eh_html *html, const eh_report_data *data)
{
    uint64_t n_unjudged = data->n_findings[EH_FINDING_INSUFFICIENT_DATA];
    if (n_unjudged) {
        eh_html_raw(html, "<li><b>Not everybody could be judged.</b> ");
        eh_html_counted(html, n_unjudged, "account", "accounts");
        eh_html_raw(html, " did too little here, or had nobody to be compared with twice. Coordinated accounts among them would not be seen.</li>\n");
    }
    eh_html_raw(html, "<li><b>Instant coordination.</b> Groups that react at once look like people with notifications on, so "
                      "they are not listed.</li>\n");
    if (data->n_windows) {
        eh_html_raw(html, "<li><b>Slow coordination.</b> Groups that keep more than ");
        int64_t widest_us = data->windows_us[data->n_windows - 1];
        eh_html_duration(html, widest_us);
        eh_html_words(html, widest_us <= EH_HOUR_US ? " apart, such as those with hours of jitter," : " apart");
        eh_html_raw(html, " are outside the windows and are not found.</li>\n");
    }
    if (data->is_bound)
        eh_html_raw(html, "<li><b>An upper bound.</b> The number of testable pairs is a bound, not a count: the error control is "
                          "stricter than it needs to be.</li>\n");
}

void eh_section_limits(eh_html *html, const eh_report_data *data)
{
    eh_open_section(html, "limits", "Limits, in plain words");
    eh_html_raw(html, "<ul class=\"prose\">\n");
    put_precision_limits(html, data);
    put_archive_limits(html, data);
    eh_html_raw(html,
        "<li><b>An archive is what somebody collected.</b> What was deleted, hidden or never gathered is not in it. If it was "
        "gathered around one topic, call or list of accounts, \xE2\x80\x9Cusual\xE2\x80\x9D here means usual within that "
        "choice.</li>\n");
    put_power_limits(html, data);
    eh_html_raw(html,
        "<li><b>Unknown sources.</b> Where the author of a post or the site of a link is not known, a favourite source cannot "
        "be taken into account as an explanation.</li>\n"
        "<li><b>Time zones.</b> Times are taken as UTC. An archive with local times shifts every rhythm on this page.</li>\n"
        "<li><b>Shared tools.</b> Scheduled posts, share buttons, common apps and feeds make strangers act alike at the same "
        "minute.</li>\n"
        "<li><b>Framing.</b> Somebody who copies an account on purpose makes it look involved. That is why the page tells who "
        "came second, and why an account that is mostly followed is not listed where the order is known. The reverse holds too: one who always posts "
        "first cannot be told from one who is copied.</li>\n"
        "<li><b>Nothing about sides.</b> Opinions, languages and camps are not read. Equal behaviour gives equal "
        "findings.</li>\n</ul>\n</section>\n");
}

/* ---- again ------------------------------------------------------------------------------------------------ */

static void put_window_word(eh_html *html, int64_t window_us)
{
    static const struct {
        int64_t unit_us;
        const char *name;
    } units[] = {{EH_DAY_US, "d"}, {EH_HOUR_US, "h"}, {EH_MINUTE_US, "m"}, {EH_SECOND_US, "s"}, {1000, "ms"}, {1, "us"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (window_us % units[i].unit_us) continue;
        eh_html_rawf(html, "%lld", (long long)(window_us / units[i].unit_us));
        eh_html_words(html, units[i].name);
        return;
    }
}

void eh_section_again(eh_html *html, const eh_report_data *data)
{
    eh_open_section(html, "again", "How to get the same result");
    eh_html_raw(html, "<p>The same archives, parameters and version give the same bytes on any machine, with any number of "
                      "threads. With the archives named above in an investigation:</p>\n<pre>evenhand detect "
                      "investigation.duckdb");
    for (size_t i = 0; i < data->n_behaviours; i++) {
        if (i == 0) eh_html_raw(html, " \\\n    --behaviours ");
        else eh_html_raw(html, ",");
        eh_html_words(html, eh_behaviour_name(data->behaviours[i].behaviour));
    }
    for (size_t i = 0; i < data->n_windows; i++) {
        if (i == 0) eh_html_raw(html, " \\\n    --windows ");
        else eh_html_raw(html, ",");
        put_window_word(html, data->windows_us[i]);
    }
    eh_html_rawf(html, " \\\n    --fdr %g --seed ", data->q);
    eh_html_text(html, data->seed);
    eh_html_raw(html, "\nevenhand report investigation.duckdb --run ");
    eh_html_words(html, data->run_id);
    eh_html_raw(html, " -o report.html</pre>\n<dl class=\"facts\"><dt>run</dt><dd><code>");
    eh_html_words(html, data->run_id);
    eh_html_raw(html, "</code></dd><dt>version</dt><dd>evenhand ");
    eh_html_text(html, data->version);
    eh_html_raw(html, "</dd><dt>seed</dt><dd>");
    eh_html_text(html, data->seed);
    eh_html_raw(html, "</dd><dt>parameters</dt><dd><code>");
    eh_html_text(html, data->parameters);
    eh_html_raw(html, "</code></dd></dl>\n<p>Hashes of the archives are under <a href=\"#read\">What was read</a>. The same is in "
                      "provenance.json for programs.</p>\n</section>\n");
}

/* ---- glossary --------------------------------------------------------------------------------------------- */

void eh_section_glossary(eh_html *html, const eh_report_data *data)
{
    static const struct {
        const char *term, *meaning;
    } terms[] = {
        {"account", "whoever posts; nothing is assumed about who that is"},
        {"object", "what a post acts on: the reposted post, a link, a text, a hashtag, the post replied to, the account "
                   "mentioned, a picture or video"},
        {"behaviour", "the kind of action: repost, link, text, hashtag, reply, mention, media"},
        {"co-action", "two accounts act on the same object within the window"},
        {"coincidence", "co-actions of one sitting together, counted once: the same feed or event explains them all"},
        {"by chance", "what to expect from two accounts that know nothing of each other but act on the same objects, as fast "
                      "as they usually do, at the hours they usually keep"},
        {"p", "how often chance alone gives evidence at least this strong"},
        {"q", "of all that is listed with this q or less, at most this share is there by chance, on average over archives like this"},
        {"e-value", "how many times more evidence than chance gives on average; 20 or more is rarer than one in twenty"},
        {"listed", "the account's q is at or below the chosen level, it is not merely followed, and it is tied to two "
                   "listed accounts, or to one with a second independent kind of evidence"},
        {"independent", "a behaviour that convinces by itself and rests on posts of its own: beyond the first, on at least three "
                        "posts that no independent behaviour before it used. An account can be listed with six behaviours and "
                        "be moderate: they may come from the same posts, or not convince alone"},
        {"network", "a group of listed accounts that are tied to each other"},
        {"testable", "sharing enough objects that being in step would show"},
    };
    (void)data;
    eh_open_section(html, "glossary", "Words used here");
    eh_html_raw(html, "<dl class=\"prose\">\n");
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        eh_html_raw(html, "<dt id=\"w-");
        for (const char *c = terms[i].term; *c; c++) eh_html_bytes(html, *c == ' ' ? "-" : c, 1);
        eh_html_raw(html, "\">");
        eh_html_words(html, terms[i].term);
        eh_html_raw(html, "</dt><dd>");
        eh_html_words(html, terms[i].meaning);
        eh_html_raw(html, "</dd>\n");
    }
    eh_html_raw(html, "</dl>\n</section>\n");
}
