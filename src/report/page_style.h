/** @file page_style.h  The page's look and its one small script; both known by hash to its content security policy. */
#ifndef EH_REPORT_PAGE_STYLE_H
#define EH_REPORT_PAGE_STYLE_H

#include "report/html.h"

/** The policy as a meta element: this style, this script, nothing else, nothing from anywhere. Goes first. */
void eh_page_policy(eh_html *html);
void eh_page_style(eh_html *html);
void eh_page_script(eh_html *html);

#endif
