/* The page of an audit: what is asked, what is answered, on what it rests, what would change it. */
#include "evenhand/report.h"

#include "report/page_audit.h"
#include "report/page_style.h"

#include <math.h>

typedef void (*part_fn)(eh_html *html, const audit_view *view);

static const struct {
    part_fn write;
    const char *id, *title; /* as in the contents */
} parts[] = {
    {eh_audit_part_answer, "answer", "The answer"},
    {eh_audit_part_layers, "layers", "Four layers"},
    {eh_audit_part_strata, "strata", "Stratum by stratum"},
    {eh_audit_part_power, "power", "What could be seen"},
    {eh_audit_part_traps, "traps", "What can mislead"},
    {eh_audit_part_change, "change", "What would change it"},
    {eh_audit_part_unseen, "unseen", "Not looked at"},
    {eh_audit_part_again, "again", "Same result again"},
    {eh_audit_part_words, "glossary", "Words"},
};
enum { n_parts = sizeof parts / sizeof *parts };

void eh_put_ratio(eh_html *html, double x)
{
    if (isnan(x)) eh_html_raw(html, "<span class=\"soft\">not defined</span>");
    else if (isinf(x)) eh_html_raw(html, "\xE2\x88\x9E");
    else if (x >= 1000) eh_html_count(html, x < 1e18 ? (uint64_t)(x + 0.5) : UINT64_MAX);
    else if (x > 0 && x < 1e-3) eh_html_probability(html, x);
    else eh_html_rawf(html, "%.3g", x);
}

void eh_put_range(eh_html *html, eh_limits x)
{
    eh_put_ratio(html, x.low);
    eh_html_raw(html, " to ");
    eh_put_ratio(html, x.high);
}

void eh_put_total(eh_html *html, double n) { eh_html_count(html, n > 0 && n < 1e18 ? (uint64_t)(n + 0.5) : 0); }

static void put_head(eh_html *html, const audit_view *view)
{
    eh_html_raw(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    eh_page_policy(html);
    eh_html_raw(html, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"generator\" content=\"evenhand\">\n"
                      "<title>evenhand audit: ");
    eh_html_words(html, eh_verdict_name(view->audit->verdict));
    eh_html_raw(html, "</title>\n");
    eh_page_style(html);
    eh_html_raw(html, "</head>\n<body>\n<a class=\"skip\" href=\"#answer\">To the text</a>\n");
}

static void put_contents(eh_html *html)
{
    eh_html_raw(html, "<nav aria-labelledby=\"h-nav\"><h2 id=\"h-nav\">On this page</h2>\n<ol>\n");
    for (size_t i = 0; i < n_parts; i++) {
        eh_html_raw(html, "<li><a href=\"#");
        eh_html_words(html, parts[i].id);
        eh_html_raw(html, "\">");
        eh_html_words(html, parts[i].title);
        eh_html_raw(html, "</a></li>\n");
    }
    eh_html_raw(html, "</ol></nav>\n");
}

eh_status eh_audit_page_write(const eh_audit *audit, const eh_audit_story *story, const char *path, eh_error *err)
{
    eh_outfile file;
    const audit_view view = {audit, story};
    EH_TRY(eh_outfile_open(audit->ctx, path, &file, err));
    eh_html html = {&file};
    put_head(&html, &view);
    eh_audit_part_head(&html, &view);
    put_contents(&html);
    eh_html_raw(&html, "<main>\n");
    for (size_t i = 0; i < n_parts; i++) parts[i].write(&html, &view);
    eh_html_raw(&html, "</main>\n");
    eh_page_script(&html);
    eh_html_raw(&html, "</body>\n</html>\n");
    return eh_outfile_commit(&file, err);
}
