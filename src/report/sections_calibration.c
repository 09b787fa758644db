/* How often the run errs on its own archive, measured with decoys and placebos; or how to measure it. */
#include "report/sections.h"

#include <math.h>

static void put_mean(eh_html *html, double mean, double low, double high)
{
    eh_html_number(html, mean);
    eh_html_raw(html, " (95 % interval ");
    eh_html_number(html, low);
    eh_html_raw(html, " to ");
    eh_html_number(html, high);
    eh_html_raw(html, ")");
}

static void put_level(eh_html *html, const eh_report_data *data)
{
    const eh_report_calibration *c = &data->calibration;
    if (c->calibrated_q >= data->q) return;
    if (!(c->calibrated_q > 0)) {
        eh_html_raw(html, "<p><b>More than q may be false at every level that was tried. Do not rely on this page alone.</b></p>\n");
        return;
    }
    eh_html_rawf(html, "<p><b>That is more than q = %g. ", data->q);
    eh_html_rawf(html, "The level was tightened to %g in a further run: ", c->calibrated_q);
    eh_html_text(html, c->calibrated_run);
    eh_html_raw(html, ".</b> Members of a group whom the archive does not list count as false here, so it may be stricter than it "
                      "needs to be.</p>\n");
}

static void put_sizes(eh_html *html, const eh_report_calibration *c)
{
    static const char *const levels[EH_REPORT_N_SIZES] = {"0.05", "0.01", "0.001"};
    if (!c->n_size_pairs) return;
    eh_open_table(html, "P(p \xE2\x89\xA4 a) / a on pairs of decoys that share eight object-days or more: 1 or less keeps the promise.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"n\">by p</th><th scope=\"col\" class=\"n\">by "
                      "e-value</th></tr></thead><tbody>\n");
    for (int i = 0; i < EH_REPORT_N_SIZES; i++) {
        eh_html_raw(html, "<tr><th scope=\"row\">");
        eh_html_words(html, levels[i]);
        eh_html_raw(html, "</th><td class=\"n\">");
        eh_html_number(html, c->ratio_p[i]);
        eh_html_raw(html, "</td><td class=\"n\">");
        eh_html_number(html, c->ratio_e[i]);
        eh_html_raw(html, "</td></tr>\n");
    }
    eh_close_table(html);
}

void eh_put_calibration(eh_html *html, const eh_report_data *data)
{
    const eh_report_calibration *c = &data->calibration;
    eh_html_raw(html, "<h3 id=\"calibration\">Measured on this archive</h3>\n");
    if (!c->is_known) {
        eh_html_raw(html, "<p class=\"aside\">How often it errs on this archive was not measured for this run. To measure it, with copies in "
                          "which nobody acts together: <code>evenhand calibrate investigation.duckdb</code>, then write the report again.</p>\n");
        return;
    }
    eh_html_raw(html, "<p>In ");
    eh_html_counted(html, c->n_decoys, "decoy", "decoys");
    eh_html_raw(html, ", copies of the archive in which everybody acts on the same things on the same days but the times are dealt out anew, ");
    put_mean(html, c->accounts, c->low, c->high);
    eh_html_raw(html, " accounts are listed on average. Of these, ");
    put_mean(html, c->others, c->others_low, c->others_high);
    eh_html_raw(html, " are not listed in the archive itself, where the same kinds of evidence list ");
    eh_html_count(html, c->n_listed);
    eh_html_raw(html, ".");
    if (!isnan(c->false_share)) {
        eh_html_raw(html, " So about ");
        eh_html_number(html, c->false_share);
        eh_html_raw(html, " of those listed may be false. Counting every account that a decoy lists, it would be ");
        eh_html_number(html, c->largest_share);
        eh_html_raw(html, ": too many where a group made the times, since decoys keep them.");
    }
    eh_html_raw(html, "</p>\n");
    put_level(html, data);
    if (c->n_placebos) {
        eh_html_raw(html, "<p>With each account moved by a random number of whole weeks, ");
        eh_html_number(html, c->placebo_accounts);
        eh_html_raw(html, " accounts are listed together with one that was moved apart (at most ");
        eh_html_number(html, c->placebo_high);
        eh_html_raw(html, ").</p>\n");
    }
    put_sizes(html, c);
    eh_html_raw(html, "<p class=\"aside\">Decoys share the assumptions of the method, and keep who acted on what: selection and "
                      "reuse are not measured by them.");
    if (c->notes.size) {
        eh_html_raw(html, " Left out: ");
        eh_html_text(html, c->notes);
        eh_html_raw(html, ".");
    }
    eh_html_raw(html, "</p>\n");
}
