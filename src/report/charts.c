#include "report/charts.h"

#include "report/layout.h"

#include <math.h>

static const char *const weekdays[7] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const long_weekdays[7] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

/* ---- marks ------------------------------------------------------------------------------------------------ */

void eh_chart_marks(eh_html *html)
{
    eh_html_raw(html,
        "<svg class=\"sprite\" aria-hidden=\"true\" focusable=\"false\"><defs>\n"
        "<symbol id=\"mark-strong\" viewBox=\"0 0 16 16\"><path class=\"full\" d=\"M8 .8 15.2 8 8 15.2 .8 8Z\"/></symbol>\n"
        "<symbol id=\"mark-moderate\" viewBox=\"0 0 16 16\"><circle class=\"ring\" cx=\"8\" cy=\"8\" r=\"5.6\"/>"
        "<path class=\"full\" d=\"M8 2.4a5.6 5.6 0 0 0 0 11.2Z\"/></symbol>\n"
        "<symbol id=\"mark-weak\" viewBox=\"0 0 16 16\"><circle class=\"ring\" cx=\"8\" cy=\"8\" r=\"5.2\"/></symbol>\n"
        "<symbol id=\"mark-none\" viewBox=\"0 0 16 16\"><path class=\"ring\" d=\"M3 8h10\"/></symbol>\n"
        "<symbol id=\"mark-insufficient_data\" viewBox=\"0 0 16 16\"><rect class=\"ring dashed\" x=\"2.8\" y=\"2.8\""
        " width=\"10.4\" height=\"10.4\"/></symbol>\n"
        "<pattern id=\"fill-moderate\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\""
        " patternTransform=\"rotate(45)\"><rect class=\"under\" width=\"6\" height=\"6\"/>"
        "<rect class=\"full\" width=\"3.4\" height=\"6\"/></pattern>\n"
        "<pattern id=\"fill-weak\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\""
        " patternTransform=\"rotate(45)\"><rect class=\"under\" width=\"6\" height=\"6\"/>"
        "<rect class=\"full\" width=\"1.2\" height=\"6\"/></pattern>\n"
        "<pattern id=\"fill-insufficient_data\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
        "<rect class=\"under\" width=\"6\" height=\"6\"/><circle class=\"grey\" cx=\"3\" cy=\"3\" r=\"1.3\"/></pattern>\n"
        "</defs></svg>\n");
}

void eh_chart_mark(eh_html *html, eh_finding finding)
{
    eh_html_raw(html, "<svg class=\"mark\" aria-hidden=\"true\" focusable=\"false\"><use href=\"#mark-");
    eh_html_words(html, eh_finding_name(finding));
    eh_html_raw(html, "\"/></svg>");
}

void eh_chart_share(eh_html *html, eh_finding finding, uint64_t part, uint64_t whole)
{
    double width = whole ? 240 * (double)part / (double)whole : 0;
    if (part && width < 1.5) width = 1.5;
    eh_html_raw(html, "<svg class=\"share\" viewBox=\"0 0 240 14\" aria-hidden=\"true\" focusable=\"false\">"
                      "<path class=\"base\" d=\"M0 13.5H240\"/><rect class=\"bar-");
    eh_html_words(html, eh_finding_name(finding));
    eh_html_rawf(html, "\" x=\"0.5\" y=\"1\" width=\"%.1f\" height=\"12\"/></svg>", fmax(width - 1, 0));
}

/* ---- time line -------------------------------------------------------------------------------------------- */

static void put_bin_name(eh_html *html, int64_t bin_us)
{
    int64_t n_weeks = bin_us / (7 * EH_DAY_US);
    if (bin_us < EH_DAY_US) eh_html_raw(html, "hour");
    else if (n_weeks < 1) eh_html_raw(html, "day");
    else if (n_weeks == 1) eh_html_raw(html, "week");
    else eh_html_rawf(html, "%lld weeks", (long long)n_weeks);
}

static void put_moment(eh_html *html, int64_t time_us, int64_t bin_us)
{
    eh_html_date(html, time_us);
    if (bin_us >= EH_DAY_US) return;
    eh_calendar c = eh_calendar_of(time_us);
    eh_html_rawf(html, " %02d:%02d", c.hour, c.minute);
}

void eh_chart_timeline(eh_html *html, const eh_report_network *network)
{
    uint64_t most = 0;
    size_t i_most = 0;
    for (size_t i = 0; i < network->n_bins; i++)
        if (network->bins[i] > most) most = network->bins[i], i_most = i;
    if (most == 0) return;
    eh_html_raw(html, "<figure class=\"timeline\"><figcaption>Co-actions per ");
    put_bin_name(html, network->bin_us);
    eh_html_raw(html, ", ");
    eh_html_count(html, network->n_coactions);
    eh_html_raw(html, " in all. Most: ");
    eh_html_count(html, most);
    eh_html_raw(html, " on ");
    put_moment(html, network->first_bin_us + (int64_t)i_most * network->bin_us, network->bin_us);
    eh_html_rawf(html, ".</figcaption><svg viewBox=\"0 0 %zu 100\" preserveAspectRatio=\"none\" role=\"img\" "
                       "aria-label=\"Bars: co-actions over time\"><path class=\"bars\" d=\"", network->n_bins * 10);
    for (size_t i = 0; i < network->n_bins; i++) {
        if (network->bins[i] == 0) continue;
        double top = 100 - fmax(1, 97 * (double)network->bins[i] / (double)most);
        eh_html_rawf(html, "M%zu 100V%.1fh8V100Z", i * 10 + 1, top);
    }
    eh_html_raw(html, "\"/></svg><div class=\"axis\"><span>");
    put_moment(html, network->first_bin_us, network->bin_us);
    eh_html_raw(html, "</span>");
    if (network->n_bins > 4) {
        eh_html_raw(html, "<span>");
        put_moment(html, network->first_bin_us + (int64_t)(network->n_bins / 2) * network->bin_us, network->bin_us);
        eh_html_raw(html, "</span>");
    }
    if (network->n_bins > 1) {
        eh_html_raw(html, "<span>");
        put_moment(html, network->first_bin_us + (int64_t)(network->n_bins - 1) * network->bin_us, network->bin_us);
        eh_html_raw(html, "</span>");
    }
    eh_html_raw(html, "</div></figure>\n");
}

/* ---- rhythm ----------------------------------------------------------------------------------------------- */

typedef struct rhythm {
    uint64_t by_hour[24], total, most;
    int busiest_hour, busiest_day;
    int quiet_start, quiet_hours; /* the longest stretch of hours with at most 1 % of all posts */
} rhythm;

static rhythm rhythm_of(const eh_report_network *network)
{
    rhythm r = {0};
    uint64_t by_day[7] = {0};
    for (int day = 0; day < 7; day++) {
        for (int hour = 0; hour < 24; hour++) {
            uint64_t n = network->hours[day][hour];
            r.by_hour[hour] += n;
            by_day[day] += n;
            r.total += n;
            if (n > r.most) r.most = n;
        }
        if (by_day[day] > by_day[r.busiest_day]) r.busiest_day = day;
    }
    for (int hour = 0; hour < 24; hour++)
        if (r.by_hour[hour] > r.by_hour[r.busiest_hour]) r.busiest_hour = hour;
    for (int start = 0; start < 24; start++) {
        uint64_t sum = 0;
        int length = 0;
        while (length < 24 && (sum += r.by_hour[(start + length) % 24]) <= r.total / 100) length++;
        if (length > r.quiet_hours) r.quiet_hours = length, r.quiet_start = start;
    }
    return r;
}

static void put_rhythm_caption(eh_html *html, const rhythm *r)
{
    eh_html_raw(html, "<figcaption>When the ");
    eh_html_counted(html, r->total, "post", "posts");
    eh_html_rawf(html, " behind them were made (UTC). Busiest hour: %02d:00, busiest weekday: ", r->busiest_hour);
    eh_html_words(html, long_weekdays[r->busiest_day]);
    if (r->quiet_hours >= 4 && r->quiet_hours < 24)
        eh_html_rawf(html, "; at most 1\xC2\xA0%% between %02d:00 and %02d:00", r->quiet_start,
                     (r->quiet_start + r->quiet_hours) % 24);
    eh_html_raw(html, ".</figcaption>");
}

void eh_chart_rhythm(eh_html *html, const eh_report_network *network)
{
    rhythm r = rhythm_of(network);
    if (r.total == 0) return;
    eh_html_raw(html, "<figure class=\"rhythm\">");
    put_rhythm_caption(html, &r);
    eh_html_raw(html, "<svg viewBox=\"0 0 440 176\" role=\"img\" aria-label=\"Dots: the larger, the more posts in that "
                      "hour of that weekday\">");
    for (int day = 0; day < 7; day++) {
        eh_html_rawf(html, "<path class=\"base\" d=\"M40 %dH436\"/><text x=\"0\" y=\"%d\">", day * 21 + 12, day * 21 + 17);
        eh_html_words(html, weekdays[day]);
        eh_html_raw(html, "</text>");
    }
    for (int hour = 0; hour < 24; hour += 6)
        eh_html_rawf(html, "<text class=\"mid\" x=\"%.1f\" y=\"172\">%02d:00</text>", 52 + hour * 16.4, hour);
    eh_html_raw(html, "<g class=\"dots\">");
    for (int day = 0; day < 7; day++) {
        for (int hour = 0; hour < 24; hour++) {
            uint64_t n = network->hours[day][hour];
            if (n == 0) continue;
            eh_html_rawf(html, "<circle cx=\"%.1f\" cy=\"%d\" r=\"%.1f\"/>", 52 + hour * 16.4, day * 21 + 12,
                         fmax(0.9, 7.8 * sqrt((double)n / (double)r.most)));
        }
    }
    eh_html_raw(html, "</g></svg></figure>\n");
}

/* ---- drawing ---------------------------------------------------------------------------------------------- */

enum { drawing_size = 440, margin = 22 };

static double place(double unit) { return margin + unit * (drawing_size - 2 * margin); }

static void put_lines(eh_html *html, const eh_report_network *network, const eh_point *places)
{
    /* The stronger half is drawn over the weaker one. Lines come strongest first. */
    bool are_many = network->n_lines > 600;
    const char *const classes[2] = {are_many ? "thin many" : "thin", are_many ? "thick many" : "thick"};
    size_t half = (network->n_lines + 1) / 2;
    for (int is_strong = 0; is_strong < 2; is_strong++) {
        size_t from = is_strong ? 0 : half, to = is_strong ? half : network->n_lines;
        if (from == to) continue;
        eh_html_raw(html, "<path class=\"");
        eh_html_words(html, classes[is_strong]);
        eh_html_raw(html, "\" d=\"");
        for (size_t i = from; i < to; i++) {
            const eh_point *a = &places[network->lines[i].from], *b = &places[network->lines[i].to];
            eh_html_rawf(html, "M%.0f %.0fL%.0f %.0f", place(a->x), place(a->y), place(b->x), place(b->y));
        }
        eh_html_raw(html, "\"/>");
    }
}

static void put_node(eh_html *html, const eh_report_node *node, double x, double y, double radius, size_t label)
{
    eh_html_raw(html, "<g><title>");
    if (label) eh_html_rawf(html, "%zu: ", label);
    eh_html_text_plain(html, node->id);
    eh_html_raw(html, ", ");
    eh_html_words(html, eh_finding_name(node->finding));
    eh_html_raw(html, "</title>");
    if (node->finding == EH_FINDING_STRONG) {
        double r = 1.3 * radius;
        eh_html_rawf(html, "<path class=\"full\" d=\"M%.1f %.1fL%.1f %.1f %.1f %.1f %.1f %.1fZ\"/>", x, y - r, x + r, y, x,
                     y + r, x - r, y);
    } else {
        eh_html_rawf(html, "<circle class=\"hollow\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/><path class=\"full\" "
                           "d=\"M%.1f %.1fa%.1f %.1f 0 0 0 0 %.1fZ\"/>", x, y, radius, x, y - radius, radius, radius,
                     2 * radius);
    }
    if (label) eh_html_rawf(html, "<text class=\"label\" x=\"%.1f\" y=\"%.1f\">%zu</text>", x, y - 1.5 * radius - 2, label);
    eh_html_raw(html, "</g>");
}

void eh_chart_network(eh_html *html, const eh_report_network *network)
{
    if (network->n_nodes == 0) return;
    eh_point places[EH_REPORT_MOST_NODES];
    eh_layout(network->lines, network->n_lines, network->n_nodes, places);
    eh_html_raw(html, "<figure class=\"drawing\"><figcaption>");
    if (network->n_nodes < network->n_accounts) {
        eh_html_raw(html, "The first ");
        eh_html_count(html, network->n_nodes);
        eh_html_raw(html, " accounts, by finding, then q,");
    } else {
        eh_html_raw(html, "Its accounts");
    }
    eh_html_raw(html, " and ");
    if (network->n_lines < network->n_all_lines) {
        eh_html_raw(html, "the strongest ");
        eh_html_count(html, network->n_lines);
        eh_html_raw(html, " of ");
        eh_html_counted(html, network->n_all_lines, "listed pair", "listed pairs");
    } else {
        eh_html_counted(html, network->n_lines, "listed pair", "listed pairs");
    }
    eh_html_raw(html, ". Diamond: strong; half-filled circle: moderate.");
    if (network->n_nodes <= EH_CHART_MOST_LABELS) eh_html_raw(html, " Numbers as in the list of members.");
    eh_html_raw(html, "</figcaption><svg viewBox=\"");
    eh_html_rawf(html, "0 %d 440 %d", network->n_nodes > 2 ? 0 : 170, network->n_nodes > 2 ? 440 : 100);
    eh_html_raw(html, "\" role=\"img\" aria-label=\"Drawing of the network: accounts "
                      "joined where their pair is listed\">");
    put_lines(html, network, places);
    double radius = network->n_nodes <= 12 ? 8 : network->n_nodes <= EH_CHART_MOST_LABELS ? 6 : network->n_nodes <= 90 ? 4.5 : 3.4;
    for (size_t i = 0; i < network->n_nodes; i++)
        put_node(html, &network->nodes[i], place(places[i].x), place(places[i].y), radius,
                 network->n_nodes <= EH_CHART_MOST_LABELS ? i + 1 : 0);
    eh_html_raw(html, "</svg></figure>\n");
}
