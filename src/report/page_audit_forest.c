/*
 * Strata one by one: a table whose last column draws each odds ratio with its interval. Every number stands in the table, so the
 * drawing is for the eye alone; shapes, not colours, tell what is what: square = stratum (area by weight), diamond = all.
 */
#include "report/page_audit.h"

#include <float.h>
#include <math.h>

enum { most_rows = 60, plot_width = 300, inset = 6 };

typedef struct scale {
    double reach; /* the plot runs from 1/reach to reach */
    double heaviest;
} scale;

/* How much a stratum weighs in the common odds ratio: the variance of its count under the null. */
static double weight_of(const eh_cells *t)
{
    double n = t->a + t->b + t->c + t->d;
    return n > 1 ? (t->a + t->b) / n * ((t->c + t->d) / n) * ((t->a + t->c) / n) * (t->b + t->d) * n / (n - 1) : 0;
}

static double x_of(const scale *s, double odds_ratio)
{
    double at = odds_ratio > 0 ? log(odds_ratio) / log(s->reach) : -2;
    return inset + (plot_width - 2 * inset) * (fmax(-1, fmin(1, at)) + 1) / 2;
}

static double farther(double reach, double x)
{
    if (!(x > 0) || isinf(x)) return reach;
    return fmax(reach, fmin(fmax(x, 1 / x), 20)); /* what lies beyond 20 gets an arrow */
}

static scale scale_of(const eh_audit *a)
{
    scale s = {.reach = a->options.margin * 1.2};
    s.reach = farther(farther(s.reach, a->headline.low), a->headline.high);
    for (size_t k = 0; k < a->n_listed_strata; k++) {
        if (!a->strata[k].has_exact) continue;
        s.reach = farther(farther(s.reach, a->strata[k].exact.odds_ratio.low), a->strata[k].exact.odds_ratio.high);
        s.heaviest = fmax(s.heaviest, weight_of(&a->strata[k].cells));
    }
    s.reach *= 1.05;
    return s;
}

static void open_svg(eh_html *html, int height)
{
    eh_html_rawf(html, "<svg class=\"forest\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\" focusable=\"false\">", plot_width, height);
}

/* Opens the drawing of one row: the line of equal odds and the margins. */
static void open_plot(eh_html *html, const scale *s, double margin, int height)
{
    open_svg(html, height);
    eh_html_rawf(html, "<path class=\"one\" d=\"M%.1f 0V%d\"/>", x_of(s, 1), height);
    eh_html_rawf(html, "<path class=\"margin\" d=\"M%.1f 0V%dM%.1f 0V%d\"/>", x_of(s, 1 / margin), height, x_of(s, margin), height);
}

/* The interval, with an arrow where it runs out of the drawing. */
static void put_interval(eh_html *html, const scale *s, eh_limits x, double y)
{
    double low = x_of(s, x.low), high = isinf(x.high) ? plot_width - inset : x_of(s, x.high);
    bool is_cut_low = !(x.low > 1 / s->reach), is_cut_high = !(x.high < s->reach);
    eh_html_rawf(html, "<path class=\"interval\" d=\"M%.1f %.1fH%.1f", low, y, high);
    if (is_cut_low) eh_html_rawf(html, "M%.1f %.1fl-5 4 5 4", low + 3, y - 4);
    else eh_html_rawf(html, "M%.1f %.1fv6", low, y - 3);
    if (is_cut_high) eh_html_rawf(html, "M%.1f %.1fl5 4-5 4", high - 3, y - 4);
    else eh_html_rawf(html, "M%.1f %.1fv6", high, y - 3);
    eh_html_raw(html, "\"/>");
}

static void put_stratum_plot(eh_html *html, const scale *s, const eh_stratum_result *row, double margin)
{
    open_plot(html, s, margin, 20);
    if (row->has_exact) {
        double x = x_of(s, isinf(row->exact.odds_ratio.estimate) ? s->reach : row->exact.odds_ratio.estimate);
        double side = 3 + 9 * sqrt(s->heaviest > 0 ? weight_of(&row->cells) / s->heaviest : 0);
        put_interval(html, s, row->exact.odds_ratio, 10);
        eh_html_rawf(html, "<rect class=\"full\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", x - side / 2, 10 - side / 2, side, side);
    }
    eh_html_raw(html, "</svg>");
}

static void put_of(eh_html *html, double x, double n)
{
    eh_html_raw(html, "<td class=\"n nowrap\">");
    eh_put_total(html, x);
    eh_html_raw(html, " of ");
    eh_put_total(html, n);
    eh_html_raw(html, "</td>");
}

static void put_stratum(eh_html *html, const audit_view *view, const scale *s, const eh_stratum_result *row)
{
    eh_html_raw(html, "<tr><th scope=\"row\" class=\"stratum\">");
    eh_html_name(html, eh_strings_get(view->story->strata, row->stratum), 120);
    eh_html_raw(html, "</th>");
    put_of(html, row->cells.a, row->cells.a + row->cells.b);
    put_of(html, row->cells.c, row->cells.c + row->cells.d);
    eh_html_raw(html, "<td class=\"n nowrap\">");
    if (row->has_exact) {
        eh_put_ratio(html, row->exact.odds_ratio.estimate);
        eh_html_raw(html, "<br><span class=\"soft\">");
        eh_put_range(html, row->exact.odds_ratio);
        eh_html_raw(html, "</span>");
    } else {
        eh_html_words(html, row->is_informative ? "too large to be exact" : "nothing to compare");
    }
    eh_html_raw(html, "</td><td class=\"n nowrap\">");
    if (row->has_exact) eh_html_probability(html, fmin(1, row->p_adjusted));
    else eh_html_raw(html, "<span class=\"soft\">none</span>");
    eh_html_raw(html, "</td><td class=\"plot\">");
    put_stratum_plot(html, s, row, view->audit->options.margin);
    eh_html_raw(html, "</td></tr>\n");
}

static void put_whole(eh_html *html, const eh_audit *a, const scale *s)
{
    eh_html_raw(html, "<tr class=\"whole\"><th scope=\"row\">");
    eh_html_words(html, eh_audit_strata_differ(a) ? "all, on average" : "all");
    eh_html_raw(html, "</th>");
    put_of(html, a->total_a.n_actioned, a->total_a.n);
    put_of(html, a->total_b.n_actioned, a->total_b.n);
    eh_html_raw(html, "<td class=\"n nowrap\"><b>");
    eh_put_ratio(html, a->headline.estimate);
    eh_html_raw(html, "</b><br><span class=\"soft\">");
    eh_put_range(html, a->headline);
    eh_html_raw(html, "</span></td><td></td><td class=\"plot\">");
    open_plot(html, s, a->options.margin, 20);
    if (isfinite(a->headline.estimate) && !isnan(a->headline.low) && !isnan(a->headline.high)) {
        double x = x_of(s, a->headline.estimate);
        put_interval(html, s, a->headline, 10);
        eh_html_rawf(html, "<path class=\"full\" d=\"M%.1f 3l7 7-7 7-7-7Z\"/>", x);
    }
    eh_html_raw(html, "</svg></td></tr>\n");
}

/* Ticks at round odds ratios, in a row of its own below the strata. */
static void put_axis(eh_html *html, const scale *s)
{
    static const double ticks[] = {0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20};
    eh_html_raw(html, "<tr class=\"scale\" aria-hidden=\"true\"><td colspan=\"5\"></td><td class=\"plot\">");
    open_svg(html, 20); /* no lines behind the numbers */
    for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++) {
        if (ticks[i] > s->reach || ticks[i] < 1 / s->reach) continue;
        eh_html_rawf(html, "<path class=\"interval\" d=\"M%.1f 0v4\"/>", x_of(s, ticks[i]));
        eh_html_rawf(html, "<text x=\"%.1f\" y=\"16\">%g</text>", x_of(s, ticks[i]), ticks[i]);
    }
    eh_html_raw(html, "</svg></td></tr>\n");
}

/* The weight that a stratum needs to be shown, where there are too many; plain selection by halving. */
static double least_weight(const eh_audit *a)
{
    double low = 0, high = 0;
    size_t n_telling = 0;
    for (size_t k = 0; k < a->n_listed_strata; k++) n_telling += a->strata[k].is_informative;
    if (a->n_listed_strata <= most_rows && !n_telling) return -1; /* all, so that it can be seen why */
    if (n_telling && n_telling <= most_rows) return DBL_MIN;
    for (size_t k = 0; k < a->n_listed_strata; k++) high = fmax(high, weight_of(&a->strata[k].cells));
    high = high * 2 + 1;
    for (int step = 0; step < 100; step++) {
        double middle = (low + high) / 2;
        size_t n = 0;
        for (size_t k = 0; k < a->n_listed_strata; k++) n += weight_of(&a->strata[k].cells) >= middle;
        if (n > most_rows) low = middle;
        else high = middle;
    }
    return high;
}

static void put_legend(eh_html *html, const eh_audit *a)
{
    eh_html_raw(html, "<p>Squares: strata, larger where they weigh more. Diamond: all together. Lines: intervals; an arrow where one runs out of the drawing. "
                      "Solid vertical line: equal odds (1). Dashed: the margin. To the right, the first side was acted on more readily. Intervals of strata count accounts "
                      "as independent");
    eh_html_words(html, a->has_networks ? "; that of all together counts networks." : ".");
    eh_html_raw(html, "</p>\n");
}

void eh_audit_part_strata(eh_html *html, const audit_view *view)
{
    const eh_audit *a = view->audit;
    const scale s = scale_of(a);
    double least = least_weight(a);
    size_t n_shown = 0, n_telling = 0;
    eh_open_section(html, "strata", "Stratum by stratum");
    if (eh_audit_strata_differ(a))
        eh_html_raw(html, "<p><b>The strata differ among themselves.</b> Read them one by one: the common odds ratio is an average that fits none of them.</p>\n");
    put_legend(html, a);
    eh_open_table(html, "Actioned of all accounts, and odds ratio with interval, for every stratum; p adjusted for the number of strata (Benjamini-Yekutieli).", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">stratum</th><th scope=\"col\" class=\"n\">");
    eh_html_name(html, view->story->name_a, 24);
    eh_html_raw(html, "</th><th scope=\"col\" class=\"n\">");
    eh_html_name(html, view->story->name_b, 24);
    eh_html_raw(html, "</th><th scope=\"col\" class=\"n\">odds ratio</th><th scope=\"col\" class=\"n\">p</th><th scope=\"col\" class=\"plot\">odds ratio, drawn</th></tr></thead><tbody>\n");
    for (size_t k = 0; k < a->n_listed_strata && n_shown < most_rows; k++) {
        if (weight_of(&a->strata[k].cells) < least) continue;
        put_stratum(html, view, &s, &a->strata[k]);
        n_shown++;
    }
    put_whole(html, a, &s);
    put_axis(html, &s);
    eh_close_table(html);
    for (size_t k = 0; k < a->n_listed_strata; k++) n_telling += a->strata[k].is_informative;
    if (n_shown < a->n_listed_strata) {
        eh_html_raw(html, "<p>The ");
        if (n_shown == n_telling) eh_html_counted(html, n_shown, "stratum that can be compared is", "strata that can be compared are");
        else eh_html_counted(html, n_shown, "stratum that weighs most is", "strata that weigh most are");
        eh_html_raw(html, " shown; all ");
        eh_html_count(html, a->n_listed_strata);
        eh_html_raw(html, " are in <code>strata.csv</code>.</p>\n");
    }
    eh_html_raw(html, "</section>\n");
}
