/* The page's head and the answer with its reasons. */
#include "report/page_audit.h"

#include <math.h>

static void put_title(eh_html *html, const audit_view *view)
{
    const eh_audit *a = view->audit;
    eh_html_raw(html, "<h1>");
    if (a->verdict == EH_DISPARITY_SHOWN) {
        eh_html_raw(html, "Disparity shown: ");
        eh_html_name(html, a->direction == EH_AGAINST_A ? view->story->name_a : view->story->name_b, 40);
        eh_html_raw(html, " was acted on more readily");
    } else if (a->verdict == EH_PARITY_SHOWN) {
        eh_html_rawf(html, "Parity shown, within an odds ratio of %g", a->options.margin);
    } else {
        eh_html_raw(html, "Inconclusive: neither disparity nor parity is shown");
    }
    eh_html_raw(html, "</h1>\n");
}

static void put_lede(eh_html *html, const audit_view *view)
{
    const eh_audit *a = view->audit;
    eh_html_raw(html, "<p class=\"lede\"><b>The question.</b> For accounts of the same stratum (the same evidence), among the accounts in this data: were "
                      "accounts of side ");
    eh_html_name(html, view->story->name_a, 40);
    eh_html_raw(html, " more, less or as likely to be acted on as those of side ");
    eh_html_name(html, view->story->name_b, 40);
    eh_html_raw(html, "?</p>\n<p class=\"lede\"><b>The answer.</b> ");
    if (a->verdict == EH_DISPARITY_SHOWN)
        eh_html_raw(html, "Not alike: at the same evidence, the odds of action differed beyond chance.");
    else if (a->verdict == EH_PARITY_SHOWN)
        eh_html_raw(html, "Alike within the margin: an equivalence test excludes a difference as large as the margin.");
    else
        eh_html_raw(html, "This data does not decide it. That is not evidence of equal treatment, nor of unequal treatment.");
    eh_html_raw(html, "</p>\n<p class=\"soft\">An audit of observations, not an experiment. It tells how accounts of two sides were treated; it cannot tell why, "
                      "nor what anybody intended.</p>\n");
}

static void put_keys(eh_html *html, const eh_audit *a)
{
    eh_html_raw(html, "<dl class=\"keys\">\n<div><dt>");
    eh_html_words(html, eh_audit_strata_differ(a) ? "average odds ratio, " : "odds ratio, ");
    eh_html_rawf(html, "%g\xC2\xA0%% interval: ", 100 * (1 - a->options.alpha));
    eh_put_range(html, a->headline);
    eh_html_raw(html, "</dt><dd>");
    eh_put_ratio(html, a->headline.estimate);
    eh_html_rawf(html, "</dd></div>\n<div><dt>margin, chosen beforehand: parity is an odds ratio between %.3g and %g</dt><dd>%g</dd></div>\n", 1 / a->options.margin,
                 a->options.margin, a->options.margin);
    eh_html_raw(html, "<div><dt>smallest odds ratio that this data would show four times in five</dt><dd>");
    if (isfinite(a->detectable)) eh_put_ratio(html, a->detectable);
    else eh_html_raw(html, "none");
    eh_html_raw(html, "</dd></div>\n");
    if (a->has_networks) {
        eh_html_raw(html, "<div><dt>networks of the two sides, the units of this audit</dt><dd>");
        eh_html_count(html, a->networks.n_networks[0]);
        eh_html_raw(html, " and ");
        eh_html_count(html, a->networks.n_networks[1]);
        eh_html_raw(html, "</dd></div>\n");
    } else {
        eh_html_raw(html, "<div><dt>networks: accounts count as independent</dt><dd>none</dd></div>\n");
    }
    eh_html_raw(html, "<div><dt>accounts of the two sides</dt><dd>");
    eh_put_total(html, a->total_a.n + a->total_b.n);
    eh_html_raw(html, "</dd></div>\n</dl>\n");
}

static bool is_sealed(const audit_view *view) { return view->story->design && view->story->design->is_sealed; }

static void put_sealing(eh_html *html, const audit_view *view)
{
    const eh_audit_design *d = view->story->design;
    if (is_sealed(view)) {
        eh_html_rawf(html, "<p class=\"aside\"><b>Sealed.</b> What is compared, and how, was recorded in the ledger (leaf %llu) before sides were read, and sides had not been opened in this "
                           "investigation under another specification.", (unsigned long long)d->record);
        if (d->n_openings) {
            eh_html_raw(html, " They had been opened under this same one before (");
            eh_html_counted(html, d->n_openings, "time", "times");
            if (d->n_other_runs) {
                eh_html_raw(html, ", on another run ");
                eh_html_counted(html, d->n_other_runs, "time", "times");
            }
            eh_html_raw(html, "), perhaps with other files of sides or actions: ask which.");
        }
        eh_html_raw(html, "</p>\n");
        return;
    }
    eh_html_raw(html, "<p class=\"aside\"><b>Exploratory.</b> ");
    if (d && d->n_other_openings) {
        eh_html_raw(html, "Sides had been opened in this investigation before, under another specification or none (");
        eh_html_counted(html, d->n_other_openings, "time", "times");
        eh_html_raw(html, ")");
    } else {
        eh_html_raw(html, "No specification was sealed before the sides were read");
    }
    eh_html_raw(html, ": whoever ran this could have chosen strata, margin or sides after looking. An exploratory result is a reason to look, not a proof.</p>\n");
}

void eh_audit_part_head(eh_html *html, const audit_view *view)
{
    eh_html_raw(html, "<header class=\"top\" id=\"result\">\n<p class=\"kicker\"><b>evenhand</b> audit \xC2\xB7 ");
    eh_html_words(html, is_sealed(view) ? "sealed" : "exploratory");
    if (view->story->source && view->story->source[0]) {
        eh_html_raw(html, " \xC2\xB7 ");
        eh_html_name(html, eh_str_of(view->story->source), 60);
    }
    eh_html_raw(html, "</p>\n");
    put_title(html, view);
    put_lede(html, view);
    put_keys(html, view->audit);
    eh_html_raw(html, "</header>\n");
}

void eh_audit_part_answer(eh_html *html, const audit_view *view)
{
    const eh_audit *a = view->audit;
    eh_open_section(html, "answer", "The answer, and why");
    eh_html_raw(html, "<p><b>Verdict: <code>");
    eh_html_words(html, eh_verdict_name(a->verdict));
    eh_html_raw(html, "</code>.</b> ");
    eh_html_words(html, view->story->conclusion);
    eh_html_raw(html, ".</p>\n<h3>Reasons</h3>\n<ul class=\"prose\">\n");
    for (size_t i = 0; i < a->n_reasons; i++) {
        eh_html_raw(html, "<li>");
        eh_html_words(html, view->story->reasons[i]);
        eh_html_raw(html, " (<code>");
        eh_html_words(html, eh_audit_reason_name(a->reasons[i]));
        eh_html_raw(html, "</code>).</li>\n");
    }
    eh_html_raw(html, "</ul>\n<p>There are three answers: a disparity is shown; parity is shown, by a test of equality within a margin that is chosen beforehand; or "
                      "neither is. \xE2\x80\x9CNot significant\xE2\x80\x9D is never parity.</p>\n");
    put_sealing(html, view);
    eh_html_raw(html, "</section>\n");
}
