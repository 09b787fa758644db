/* The four layers: raw rates, equal evidence, outcome, and what they say together. */
#include "report/page_audit.h"

#include <math.h>

static void put_rate_row(eh_html *html, eh_str name, double n, double n_actioned, eh_limits wilson)
{
    eh_html_raw(html, "<tr><th scope=\"row\">");
    eh_html_name(html, name, 60);
    eh_html_raw(html, "</th><td class=\"n\">");
    eh_put_total(html, n_actioned);
    eh_html_raw(html, "</td><td class=\"n\">");
    eh_put_total(html, n);
    eh_html_raw(html, "</td><td class=\"n\">");
    if (n < 10) eh_html_raw(html, "<span class=\"soft\">fewer than 10</span>");
    else eh_html_rawf(html, "%.3g\xC2\xA0%%</td><td class=\"n nowrap\">%.3g to %.3g\xC2\xA0%%", 100 * wilson.estimate, 100 * wilson.low, 100 * wilson.high);
    if (n < 10) eh_html_raw(html, "</td><td class=\"n\">");
    eh_html_raw(html, "</td></tr>\n");
}

static void put_rates(eh_html *html, const audit_view *view)
{
    const eh_audit *a = view->audit;
    eh_html_raw(html, "<h3>1. Raw rates</h3>\n<p>How often accounts of each side were acted on, whatever their evidence. <b>By itself this says nothing of equal "
                      "treatment</b>: one side may have more accounts with strong evidence.</p>\n");
    eh_open_table(html, "Actioned accounts by side, with Wilson intervals.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">side</th><th scope=\"col\" class=\"n\">actioned</th><th scope=\"col\" class=\"n\">accounts</th>"
                      "<th scope=\"col\" class=\"n\">rate</th><th scope=\"col\" class=\"n\">interval</th></tr></thead><tbody>\n");
    put_rate_row(html, view->story->name_a, a->total_a.n, a->total_a.n_actioned, a->total_a.wilson);
    put_rate_row(html, view->story->name_b, a->total_b.n, a->total_b.n_actioned, a->total_b.wilson);
    eh_close_table(html);
    eh_html_rawf(html, "<p>Difference of the rates: %.3g percentage points (%.3g to %.3g, Newcombe). Odds ratio without strata: ", 100 * a->rate_difference.estimate,
                 100 * a->rate_difference.low, 100 * a->rate_difference.high);
    eh_put_ratio(html, a->cmh.pooled_odds_ratio);
    eh_html_raw(html, ".</p>\n");
}

static void put_p_row(eh_html *html, const char *test, const char *unit, double p)
{
    eh_html_raw(html, "<tr><th scope=\"row\">");
    eh_html_words(html, test);
    eh_html_raw(html, "</th><td>");
    eh_html_words(html, unit);
    eh_html_raw(html, "</td><td class=\"n nowrap\">");
    eh_html_probability(html, p);
    eh_html_raw(html, "</td></tr>\n");
}

static void put_tests(eh_html *html, const eh_audit *a)
{
    const char *naive = a->has_networks ? "accounts, as if independent: naive" : "accounts, as if independent";
    eh_open_table(html, "Tests of the same question. A small p speaks against equal odds; p of the last two speaks for equality within the margin.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">test</th><th scope=\"col\">what counts as one</th><th scope=\"col\" class=\"n\">p</th></tr></thead><tbody>\n");
    if (a->has_networks) {
        put_p_row(html, "sides permuted over networks", "networks", a->networks.p);
        put_p_row(html, "the same, studentised", "networks", a->networks.p_studentised);
    }
    put_p_row(html, "Cochran-Mantel-Haenszel, corrected", naive, a->cmh.p_corrected);
    if (a->has_exact) put_p_row(html, "exact, all margins given", naive, fmin(1, a->exact.p_two_sided));
    if (a->has_gcmh) put_p_row(html, "all sides at once", naive, a->gcmh.p);
    if (!isnan(a->tost_p)) {
        put_p_row(html, "two one-sided tests at the margin", a->has_networks ? "networks" : naive, a->tost_p);
        put_p_row(html, "two one-sided tests at an odds ratio of 1.5", a->has_networks ? "networks" : naive, a->tost_p_wide);
    }
    eh_close_table(html);
}

static void put_excess(eh_html *html, double excess)
{
    eh_html_raw(html, "At equal rates within strata, ");
    eh_put_ratio(html, fabs(excess));
    eh_html_words(html, excess > 0 ? " fewer" : " more");
    eh_html_raw(html, " accounts of the first side would have been acted on. ");
}

static void put_equal_evidence(eh_html *html, const audit_view *view)
{
    const eh_audit *a = view->audit;
    eh_html_raw(html, "<h3>2. Equal evidence</h3>\n<p>Only accounts of the same stratum are compared. Odds ratio of side ");
    eh_html_name(html, view->story->name_a, 40);
    eh_html_raw(html, " against side ");
    eh_html_name(html, view->story->name_b, 40);
    eh_html_words(html, eh_audit_strata_differ(a) ? ", on average over strata that differ: " : ": ");
    eh_html_raw(html, "<b>");
    eh_put_ratio(html, a->headline.estimate);
    eh_html_rawf(html, "</b> (%g\xC2\xA0%% interval ", 100 * (1 - a->options.alpha));
    eh_put_range(html, a->headline);
    eh_html_words(html, a->has_networks ? ", networks as units). " : "). ");
    eh_html_raw(html, "1 is alike; above 1, the first side was acted on more readily. ");
    if (isfinite(a->cmh.excess) && a->cmh.n_informative)
        put_excess(html, a->cmh.excess);
    if (a->has_networks && !isnan(a->networks.design_effect))
        eh_html_rawf(html, "Accounts of one network share a fate: their actions vary %.3g times as much as independent ones would.", fmax(1, a->networks.design_effect));
    if (a->verdict == EH_DISPARITY_SHOWN && a->headline.low <= 1 && a->headline.high >= 1)
        eh_html_raw(html, " The interval reaches over 1 although a difference is shown: where few networks were acted on, resampling them leaves the size of the ratio open. Shown is that chance "
                          "does not explain the difference, and its direction.");
    eh_html_raw(html, "</p>\n");
    put_tests(html, a);
}

static void put_hits(eh_html *html, eh_str name, const eh_outcome_counts *c)
{
    eh_html_raw(html, "<tr><th scope=\"row\">");
    eh_html_name(html, name, 60);
    eh_html_raw(html, "</th><td class=\"n\">");
    eh_put_total(html, c->n_adjudicated);
    eh_html_raw(html, "</td><td class=\"n\">");
    eh_put_total(html, c->n_hits);
    eh_html_raw(html, "</td></tr>\n");
}

/* Outcomes that people judged without seeing sides. */
static void put_judged(eh_html *html, const audit_view *view)
{
    const eh_audit_design *d = view->story->design;
    const eh_outcome *o = &d->outcome;
    eh_html_raw(html, "<h3>3. Outcome</h3>\n<p>Of the accounts acted on, how many deserved it, by side? Judged by people who did not see the side. If one side was acted on more often and less "
                      "often rightly, that is a double standard under weak assumptions.</p>\n");
    eh_open_table(html, "Accounts acted on that were judged, and those found to have deserved it.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">side</th><th scope=\"col\" class=\"n\">judged</th><th scope=\"col\" class=\"n\">deserved it</th></tr></thead><tbody>\n");
    put_hits(html, view->story->name_a, &d->outcome_counts[0]);
    put_hits(html, view->story->name_b, &d->outcome_counts[1]);
    eh_close_table(html);
    eh_html_rawf(html, "<p>Difference of the shares that deserved it: %.3g percentage points (%.3g to %.3g); of the rates of action: %.3g (%.3g to %.3g). Together: <b>", 100 * o->hit_difference.estimate,
                 100 * o->hit_difference.low, 100 * o->hit_difference.high, 100 * o->rate_difference.estimate, 100 * o->rate_difference.low, 100 * o->rate_difference.high);
    eh_html_words(html, o->verdict == EH_DISPARITY_SHOWN ? "they agree on a disparity" : o->verdict == EH_PARITY_SHOWN ? "both lie within their margin" : "inconclusive");
    eh_html_raw(html, "</b>.</p>\n");
    if (!d->has_reversals) return;
    eh_html_rawf(html, "<p>Taken back: %.0f of %.0f, and %.0f of %.0f", d->n_reversed[0], d->n_appeals[0], d->n_reversed[1], d->n_appeals[1]);
    eh_html_words(html, d->reversals_of_appeals ? " of those who appealed. Who appeals is not a random choice." : " of those acted on; nobody said who appealed.");
    eh_html_raw(html, "</p>\n");
}

static void put_outcome(eh_html *html, const audit_view *view)
{
    if (view->story->design && view->story->design->has_outcome) {
        put_judged(html, view);
        return;
    }
    eh_html_raw(html, "<h3>3. Outcome</h3>\n<p>Of the accounts acted on, how many deserved it, by side? If one side was acted on more often and less often rightly, "
                      "that is a double standard under weak assumptions. <b>Not measured here:</b> it needs a random sample of the actioned accounts, judged by people who "
                      "do not see the side.</p>\n");
}

static void put_together(eh_html *html, const audit_view *view)
{
    eh_html_raw(html, "<h3>4. Together</h3>\n<p>Raw rates do not count towards the verdict. Equal evidence decides, unless something in the list of <a href=\"#traps\">what can "
                      "mislead</a> rules an answer out. ");
    if (!view->story->design || !view->story->design->has_outcome)
        eh_html_raw(html, "Without the outcome layer, evidence that was not measured could still explain a difference, or hide one. ");
    eh_html_raw(html, "<b>");
    eh_html_words(html, view->story->conclusion);
    eh_html_raw(html, ".</b></p>\n");
    if (view->audit->n_comparisons > 1) {
        eh_html_raw(html, "<p>");
        eh_html_counted(html, view->audit->n_comparisons, "pair of sides was", "pairs of sides were");
        eh_html_raw(html, " compared. This one was named first and is not adjusted; the others, with p-values adjusted for their number, are in "
                          "<code>comparisons.csv</code>.</p>\n");
    }
}

void eh_audit_part_layers(eh_html *html, const audit_view *view)
{
    eh_open_section(html, "layers", "Four layers");
    put_rates(html, view);
    put_equal_evidence(html, view);
    put_outcome(html, view);
    put_together(html, view);
    eh_html_raw(html, "</section>\n");
}
