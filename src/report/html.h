/**
 * @file html.h  Writes HTML that no data can break.
 *
 * Markup comes from string literals only (the macros below compile with nothing else); everything that an archive
 * holds is hostile and goes through eh_html_text() and its kin, as text between tags: never in an attribute, a style, a
 * script or a link. Write errors are collected by the file and told by eh_outfile_commit().
 */
#ifndef EH_REPORT_HTML_H
#define EH_REPORT_HTML_H

#include "base/outfile.h"

typedef struct eh_html {
    eh_outfile *file;
} eh_html;

/** Writes a literal as it stands. */
#define eh_html_raw(html, literal) eh_html_bytes((html), "" literal, sizeof(literal) - 1)
/** Writes numbers into a literal: format takes %d, %u, %llu, %zu, %.1f and the like; never a string. */
#define eh_html_rawf(html, literal, ...) eh_html_format((html), "" literal, __VA_ARGS__)
void eh_html_bytes(eh_html *html, const char *bytes, size_t size);
void eh_html_format(eh_html *html, const char *format, ...) EH_PRINTF(2, 3);

/** Text from anywhere: escaped; control, direction-changing and invisible characters are shown by name; bytes that are
 *  not UTF-8 become U+FFFD. */
void eh_html_text(eh_html *html, eh_str text);
/** The same without elements, for places that hold only text (SVG titles): hidden characters become U+FFFD, at most 80
 *  code points, direction isolated. */
void eh_html_text_plain(eh_html *html, eh_str text);
/** eh_html_text() for our own words. */
void eh_html_words(eh_html *html, const char *words);
/** A string from the archive, isolated from its surroundings whatever its script and direction. At most n_most code
 *  points are shown (0 = all), and how many there are. */
void eh_html_name(eh_html *html, eh_str name, size_t n_most);

void eh_html_count(eh_html *html, uint64_t n);                       /* 1,580 */
void eh_html_counted(eh_html *html, uint64_t n, const char *one, const char *many); /* 1 account, 1,580 accounts */
void eh_html_probability(eh_html *html, double p);                   /* 0.031 or 4.2 x 10^-9 */
void eh_html_number(eh_html *html, double x);                        /* two or three digits that matter */
void eh_html_share(eh_html *html, uint64_t part, uint64_t whole);    /* 4 %, under 1 % */
void eh_html_time(eh_html *html, int64_t time_us);                   /* 2018-09-18 04:35:00, as a time element */
void eh_html_date(eh_html *html, int64_t time_us);                   /* 18 Sep 2018 */
void eh_html_duration(eh_html *html, int64_t duration_us);           /* 1 h 5 min, 7 s, 0.25 s */

#endif
