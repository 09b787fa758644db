/** @file charts.h  The figures of a network, as inline SVG: readable in black and white, in light and in dark. */
#ifndef EH_REPORT_CHARTS_H
#define EH_REPORT_CHARTS_H

#include "report/html.h"
#include "report/report_data.h"

/* Accounts are numbered in a drawing of at most so many. */
enum { EH_CHART_MOST_LABELS = 40 };

/** The marks and patterns that the page refers to; once, at its top. */
void eh_chart_marks(eh_html *html);
/** The mark of a finding: one shape each. */
void eh_chart_mark(eh_html *html, eh_finding finding);
/** A horizontal bar of part/whole, patterned by finding. */
void eh_chart_share(eh_html *html, eh_finding finding, uint64_t part, uint64_t whole);
/** Co-actions by day (hour, week): a figure with caption. */
void eh_chart_timeline(eh_html *html, const eh_report_network *network);
/** Hour of day by weekday, UTC: a figure with caption. */
void eh_chart_rhythm(eh_html *html, const eh_report_network *network);
/** The network's accounts and listed pairs: a figure with caption. */
void eh_chart_network(eh_html *html, const eh_report_network *network);

#endif
