/** @file page_audit.h  The parts of the page of an audit. They see results and words of an audit, and nobody's row. */
#ifndef EH_REPORT_PAGE_AUDIT_H
#define EH_REPORT_PAGE_AUDIT_H

#include "evenhand/audit.h"
#include "report/sections.h"

typedef struct audit_view {
    const eh_audit *audit;
    const eh_audit_story *story;
} audit_view;

/* page_audit_answer.c */
void eh_audit_part_head(eh_html *html, const audit_view *view);
void eh_audit_part_answer(eh_html *html, const audit_view *view);
/* page_audit_layers.c */
void eh_audit_part_layers(eh_html *html, const audit_view *view);
/* page_audit_forest.c */
void eh_audit_part_strata(eh_html *html, const audit_view *view);
/* page_audit_limits.c */
void eh_audit_part_power(eh_html *html, const audit_view *view);
void eh_audit_part_traps(eh_html *html, const audit_view *view);
void eh_audit_part_change(eh_html *html, const audit_view *view);
void eh_audit_part_unseen(eh_html *html, const audit_view *view);
void eh_audit_part_again(eh_html *html, const audit_view *view);
void eh_audit_part_words(eh_html *html, const audit_view *view);

/** An odds ratio: three digits that matter, a sign for infinite, "not defined" for NaN. */
void eh_put_ratio(eh_html *html, double x);
/** "low to high". */
void eh_put_range(eh_html *html, eh_limits x);
/** A count kept in a double. */
void eh_put_total(eh_html *html, double n);

#endif
