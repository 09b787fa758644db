/* What could be seen at all, what can mislead, what would change the answer, what was not looked at, and how to get it again. */
#include "report/page_audit.h"

#include <math.h>

void eh_audit_part_power(eh_html *html, const audit_view *view)
{
    const eh_audit *a = view->audit;
    double factor = log(a->detectable) / log(a->options.margin);
    eh_open_section(html, "power", "What this data could have shown");
    eh_html_raw(html, "<p>");
    if (isfinite(a->detectable)) {
        eh_html_rawf(html, "With data like this, a disparity of an odds ratio of <b>%.3g</b> (or %.3g) would be found four times in five. One just at the margin, %g, would be found "
                           "with a chance of %.2g. Smaller ones may be there and go unseen.", a->detectable, 1 / a->detectable, a->options.margin, a->power_at_margin);
        if (factor > 1.05) {
            eh_html_raw(html, "</p>\n<p>To find one at the margin four times in five, about ");
            eh_put_ratio(html, factor * factor);
            eh_html_words(html, a->has_networks ? " times as many networks of the same kind would be needed." : " times as many accounts of the same kind would be needed.");
        }
    } else {
        eh_html_raw(html, "<b>Nothing.</b> No odds ratio, however large, would be found four times in five with data like this.");
    }
    if (a->has_networks)
        eh_html_rawf(html, "</p>\n<p>This counts networks, not accounts: variances are multiplied by %.3g, as measured here.", a->design_effect);
    eh_html_raw(html, "</p>\n</section>\n");
}

/* Shape and word for a state: never colour alone. */
static void put_state(eh_html *html, eh_trap_state state)
{
    eh_html_raw(html, "<svg class=\"mark\" viewBox=\"0 0 16 16\" aria-hidden=\"true\" focusable=\"false\">");
    switch (state) {
    case EH_TRAP_CLEAR: eh_html_raw(html, "<path class=\"ring\" d=\"M2.5 8.5l4 4 7-9\"/>"); break;
    case EH_TRAP_WARNS: eh_html_raw(html, "<path class=\"ring\" d=\"M8 2 14.5 14h-13Z\"/>"); break;
    case EH_TRAP_BLOCKS: eh_html_raw(html, "<rect class=\"full\" x=\"2\" y=\"2\" width=\"12\" height=\"12\"/>"); break;
    case EH_TRAP_NOT_MEASURED:
    default: eh_html_raw(html, "<rect class=\"ring dashed\" x=\"2.8\" y=\"2.8\" width=\"10.4\" height=\"10.4\"/>"); break;
    }
    eh_html_raw(html, "</svg>");
    eh_html_words(html, state == EH_TRAP_CLEAR ? "clear" : state == EH_TRAP_WARNS ? "warns" : state == EH_TRAP_BLOCKS ? "rules an answer out" : "not measured");
}

static void put_trap(eh_html *html, const eh_trap *trap)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s", trap->name);
    for (char *c = name; *c; c++)
        if (*c == '_') *c = ' ';
    eh_html_raw(html, "<tr><th scope=\"row\">");
    eh_html_words(html, name);
    eh_html_raw(html, "</th><td class=\"nowrap\">");
    put_state(html, trap->state);
    eh_html_raw(html, "</td><td class=\"n\">");
    if (isnan(trap->value)) eh_html_raw(html, "<span class=\"soft\">unknown</span>");
    else eh_put_ratio(html, trap->value);
    eh_html_raw(html, "</td><td><p>");
    eh_html_words(html, trap->text);
    eh_html_raw(html, ".</p></td></tr>\n");
}

void eh_audit_part_traps(eh_html *html, const audit_view *view)
{
    static const eh_trap_state order[] = {EH_TRAP_BLOCKS, EH_TRAP_WARNS, EH_TRAP_NOT_MEASURED, EH_TRAP_CLEAR};
    eh_open_section(html, "traps", "What can mislead");
    eh_html_raw(html, "<p>Every known way in which such a comparison goes wrong, each with its number here. What rules an answer out comes first, then warnings, then what this data "
                      "cannot show.</p>\n");
    eh_open_table(html, "Ways to be misled, their state in this audit, and their number.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">what</th><th scope=\"col\">state</th><th scope=\"col\" class=\"n\">number</th><th scope=\"col\">what it means here</th></tr></thead><tbody>\n");
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (size_t i = 0; i < EH_N_TRAPS; i++)
            if (view->story->traps[i].name && view->story->traps[i].state == order[k]) put_trap(html, &view->story->traps[i]);
    eh_close_table(html);
    eh_html_raw(html, "</section>\n");
}

/* Wider than this, the same data would count as parity. */
static double parity_margin(const eh_audit *a) { return fmax(a->inner.high, a->inner.low > 0 ? 1 / a->inner.low : (double)INFINITY); }

static void put_margin_change(eh_html *html, const eh_audit *a)
{
    double margin = parity_margin(a);
    if (!isfinite(margin)) return;
    if (a->verdict == EH_PARITY_SHOWN)
        eh_html_rawf(html, "<li><b>A stricter margin.</b> Below %.3g, parity would not be shown by this data.</li>\n", margin);
    else
        eh_html_rawf(html, "<li><b>A wider margin.</b> Only somebody who takes odds ratios up to more than %.3g as equal could call this parity, and only had that margin been chosen before "
                           "looking.</li>\n", margin);
}

static void put_hidden_change(eh_html *html, const eh_audit *a)
{
    if (a->verdict == EH_DISPARITY_SHOWN && a->gamma > 1)
        eh_html_rawf(html, "<li><b>A hidden factor.</b> Something not among the strata, more common on one side, that multiplies the odds of action by %.3g or more, would explain the difference "
                           "(counting accounts as independent).</li>\n", a->gamma);
    else
        eh_html_raw(html, "<li><b>A hidden factor.</b> Something not among the strata that is more common on one side and bears on action can hide a disparity, or make one.</li>\n");
}

static void put_coverage_change(eh_html *html, const audit_view *view)
{
    for (size_t i = 0; i < EH_N_TRAPS; i++) {
        const eh_trap *trap = &view->story->traps[i];
        if (!trap->name || strcmp(trap->name, "coverage") != 0 || !(trap->value > 0)) continue;
        eh_html_rawf(html, "<li><b>What the archive caught.</b> Had it caught acted-on accounts of one side %.3g times as well as those of the other, the answer would not hold.</li>\n", trap->value);
        return;
    }
}

void eh_audit_part_change(eh_html *html, const audit_view *view)
{
    const eh_audit *a = view->audit;
    eh_open_section(html, "change", "What would change the answer");
    eh_html_raw(html, "<ul class=\"prose\">\n");
    if (a->verdict == EH_INCONCLUSIVE)
        eh_html_raw(html, "<li><b>More data.</b> More networks (not more accounts of the same ones), and strata in which the sides meet: see <a href=\"#power\">what this data could "
                          "have shown</a>.</li>\n");
    put_margin_change(html, a);
    put_hidden_change(html, a);
    put_coverage_change(html, view);
    if (!a->has_networks)
        eh_html_raw(html, "<li><b>Batches.</b> If accounts were acted on together, they are not independent, and intervals are wider than shown. Name their networks in a column "
                          "<code>network</code>.</li>\n");
    eh_html_raw(html, "<li><b>Finer or other strata.</b> Evidence that differs within a stratum is not compared at equal evidence.</li>\n"
                      "<li><b>Noise in the evidence.</b> Where the score behind the strata is unreliable, and one side's is higher on average, equal treatment looks unequal.</li>\n"
                      "<li><b>Who was given which side.</b> Labels that are disputed should be dropped and the audit run again.</li>\n</ul>\n</section>\n");
}

void eh_audit_part_unseen(eh_html *html, const audit_view *view)
{
    const eh_audit_story *s = view->story;
    eh_open_section(html, "unseen", "What was not looked at");
    eh_html_raw(html, "<ul class=\"prose\">\n<li>Whether any single action was right. Nothing here speaks about one account.</li>\n"
                      "<li>Accounts that are not in this data: deleted before anybody collected them, or never gathered.</li>\n"
                      "<li>What the accounts said, who is behind them, and what those who acted on them knew or wanted.</li>\n"
                      "<li>Other measures: reach that was reduced, posts that were hidden, warnings, unless they are what the data calls an action.</li>\n"
                      "<li>The time between evidence and action.</li>\n");
    if (s->n_unlabelled) {
        eh_html_raw(html, "<li>");
        eh_html_counted(html, s->n_unlabelled, "account without a side: it was", "accounts without a side: they were");
        eh_html_raw(html, " left out.</li>\n");
    }
    if (s->design && s->design->n_action_rejects) {
        eh_html_raw(html, "<li>");
        eh_html_counted(html, s->design->n_action_rejects, "row of the file of actions", "rows of the file of actions");
        eh_html_raw(html, " that could not be read, of ");
        eh_html_count(html, s->design->n_action_rows);
        eh_html_raw(html, ".</li>\n");
    }
    if (s->n_empty_strata) {
        eh_html_raw(html, "<li>");
        eh_html_counted(html, s->n_empty_strata, "stratum without accounts", "strata without accounts");
        eh_html_raw(html, ".</li>\n");
    }
    for (size_t i = 0; i < EH_N_TRAPS; i++) {
        if (!s->traps[i].name || s->traps[i].state != EH_TRAP_NOT_MEASURED) continue;
        eh_html_raw(html, "<li>");
        eh_html_words(html, s->traps[i].text);
        eh_html_raw(html, ".</li>\n");
    }
    eh_html_raw(html, "</ul>\n</section>\n");
}

static void put_hash(eh_html *html, const char *name, const char *hash)
{
    if (!hash[0]) return;
    eh_html_raw(html, "<dt>");
    eh_html_words(html, name);
    eh_html_raw(html, "</dt><dd><span class=\"hash\">");
    eh_html_words(html, hash);
    eh_html_raw(html, "</span></dd>");
}

static void put_hashes(eh_html *html, const eh_audit_design *d)
{
    put_hash(html, "run", d->run_id);
    put_hash(html, "specification, SHA-256", d->spec_sha256);
    put_hash(html, "evidence, SHA-256", d->evidence_sha256);
}

void eh_audit_part_again(eh_html *html, const audit_view *view)
{
    const eh_audit *a = view->audit;
    eh_open_section(html, "again", "How to get the same result");
    eh_html_raw(html, "<p>The same data, options and version give the same bytes on any machine, with any number of threads.</p>\n");
    if (view->story->command) {
        eh_html_raw(html, "<pre>");
        eh_html_words(html, view->story->command);
        eh_html_raw(html, "</pre>\n");
    }
    eh_html_raw(html, "<dl class=\"facts\"><dt>version</dt><dd>evenhand ");
    eh_html_words(html, EH_VERSION);
    eh_html_rawf(html, "</dd><dt>seed</dt><dd>%llu</dd><dt>level</dt><dd>%g</dd><dt>margin</dt><dd>%g</dd>", (unsigned long long)a->options.clusters.seed, a->options.alpha,
                 a->options.margin);
    if (a->has_networks) {
        eh_html_raw(html, "<dt>permutations</dt><dd>");
        eh_html_count(html, a->options.clusters.n_permutations);
        eh_html_raw(html, "</dd><dt>resamplings</dt><dd>");
        eh_html_count(html, a->options.clusters.n_bootstrap);
        eh_html_raw(html, "</dd>");
    }
    if (view->story->design) put_hashes(html, view->story->design);
    eh_html_raw(html, "</dl>\n<p>All numbers, for programs: <code>audit.json</code>; tables: <code>strata.csv</code>, <code>rates.csv</code>, <code>tests.csv</code>, "
                      "<code>comparisons.csv</code>.</p>\n</section>\n");
}

void eh_audit_part_words(eh_html *html, const audit_view *view)
{
    static const struct {
        const char *term, *meaning;
    } terms[] = {
        {"acted on", "what the data calls an action: suspended, removed, labelled; not who did it or why"},
        {"evidence", "what was known of an account's behaviour before the action, as whoever built the strata measured it"},
        {"stratum", "accounts with about the same evidence, under the same policy, in the same period"},
        {"odds", "acted on against not acted on: 20 of 100 are odds of 0.25"},
        {"odds ratio", "odds of the first side over odds of the second, at equal evidence; 1 is alike"},
        {"interval", "the values that this data does not contradict, at the level given"},
        {"network", "accounts that act together, and are often acted on together; so they count as one, not as many"},
        {"margin", "how far from 1 an odds ratio may lie and still count as equal treatment; chosen before looking"},
        {"p", "how often chance alone would give a difference at least this large, if the sides were treated alike"},
        {"permutation", "giving the same networks other sides at random, to see how large differences get by chance"},
    };
    (void)view;
    eh_open_section(html, "glossary", "Words used here");
    eh_html_raw(html, "<dl class=\"prose\">\n");
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        eh_html_raw(html, "<dt>");
        eh_html_words(html, terms[i].term);
        eh_html_raw(html, "</dt><dd>");
        eh_html_words(html, terms[i].meaning);
        eh_html_raw(html, "</dd>\n");
    }
    eh_html_raw(html, "</dl>\n</section>\n");
}
