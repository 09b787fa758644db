/** @file sections.h  The parts of the page, in order. Each writes itself whole, from data alone. */
#ifndef EH_REPORT_SECTIONS_H
#define EH_REPORT_SECTIONS_H

#include "report/charts.h"
#include "report/report_data.h"

/* sections_result.c */
void eh_section_result(eh_html *html, const eh_report_data *data);   /* the page's head: title, sentence, key numbers */
void eh_section_meaning(eh_html *html, const eh_report_data *data);  /* what it can and cannot say */
void eh_section_findings(eh_html *html, const eh_report_data *data); /* accounts by finding */
/* sections_networks.c */
void eh_section_networks(eh_html *html, const eh_report_data *data);
/* sections_listed.c */
void eh_section_listed(eh_html *html, const eh_report_data *data);     /* table of listed accounts */
void eh_section_not_listed(eh_html *html, const eh_report_data *data); /* the nearest that are not */
/* sections_evidence.c */
void eh_section_evidence(eh_html *html, const eh_report_data *data);   /* account by account */
/* sections_archive.c */
void eh_section_read(eh_html *html, const eh_report_data *data);   /* what was read and rejected */
void eh_section_tested(eh_html *html, const eh_report_data *data); /* what was compared */
/* sections_method.c */
void eh_section_certainty(eh_html *html, const eh_report_data *data); /* error control */
/** sections_calibration.c: part of the section on certainty. */
void eh_put_calibration(eh_html *html, const eh_report_data *data);
void eh_section_limits(eh_html *html, const eh_report_data *data);
void eh_section_again(eh_html *html, const eh_report_data *data);     /* how to reproduce */
void eh_section_glossary(eh_html *html, const eh_report_data *data);

/* phrases.c: what several sections say. */
/** "Strong", "Insufficient data". */
const char *eh_phrase_finding(eh_finding finding);
/** Its mark and word. */
void eh_put_finding(eh_html *html, eh_finding finding);
/** "repost, link" for a bit mask; "none" for 0. */
void eh_put_behaviours(eh_html *html, uint32_t behaviours);
void eh_put_legs(eh_html *html, uint32_t legs);
const char *eh_phrase_leg(eh_leg leg);
/** The name of a note and what it means; note is one EH_NOTE_* bit. */
const char *eh_phrase_note(uint32_t note);
const char *eh_phrase_note_means(uint32_t note);
/** What q promises: an average over archives, not a count of this one. */
void eh_put_promise(eh_html *html, const eh_report_data *data);
/** Opens a section with its heading; </section> closes it. id and title are ours. */
void eh_open_section(eh_html *html, const char *id, const char *title);
/** Opens a scrolling frame and the table in it with a caption; eh_close_table closes both. */
void eh_open_table(eh_html *html, const char *caption, bool is_sortable);
void eh_close_table(eh_html *html);
/** A link to an account's evidence where it is shown (i_account < shown), else its name alone. */
void eh_put_account(eh_html *html, eh_str id, int64_t i_account);
/** The same for a partner, marked where it is not listed: a row of evidence accuses nobody else. */
void eh_put_partner(eh_html *html, eh_str id, int64_t i_account, bool is_listed);
bool eh_is_minute_precise(int64_t precision_us); /* a minute or coarser */

#endif
