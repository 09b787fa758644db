/* The page: head, contents and sections in the order in which a reader needs them. */
#include "report/page_style.h"
#include "report/sections.h"

typedef void (*section_fn)(eh_html *html, const eh_report_data *data);

static const struct {
    section_fn write;
    const char *id, *title; /* as in the contents */
} sections[] = {
    {eh_section_meaning, "meaning", "What it can say"},
    {eh_section_findings, "findings", "Findings"},
    {eh_section_networks, "networks", "Networks"},
    {eh_section_listed, "listed", "Listed accounts"},
    {eh_section_not_listed, "near", "Not listed"},
    {eh_section_certainty, "certainty", "How sure this is"},
    {eh_section_limits, "limits", "Limits"},
    {eh_section_read, "read", "What was read"},
    {eh_section_tested, "tested", "What was compared"},
    {eh_section_again, "again", "Same result again"},
    {eh_section_glossary, "glossary", "Words"},
    {eh_section_evidence, "evidence", "Account by account"},
};
enum { n_sections = sizeof sections / sizeof *sections };

static void put_head(eh_html *html, const eh_report_data *data)
{
    eh_html_raw(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    eh_page_policy(html);
    eh_html_raw(html, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"generator\" content=\"evenhand\">\n"
                      "<title>evenhand report: ");
    eh_html_count(html, data->n_listed_accounts);
    eh_html_raw(html, " of ");
    eh_html_counted(html, data->n_accounts, "account", "accounts");
    eh_html_raw(html, " listed</title>\n");
    eh_page_style(html);
    eh_html_raw(html, "</head>\n<body>\n<a class=\"skip\" href=\"#meaning\">To the text</a>\n");
}

static void put_contents(eh_html *html, const eh_report_data *data)
{
    eh_html_raw(html, "<nav aria-labelledby=\"h-nav\"><h2 id=\"h-nav\">On this page</h2>\n<ol>\n");
    for (size_t i = 0; i < n_sections; i++) {
        if (sections[i].write == eh_section_evidence && data->n_shown_accounts == 0) continue;
        eh_html_raw(html, "<li><a href=\"#");
        eh_html_words(html, sections[i].id);
        eh_html_raw(html, "\">");
        eh_html_words(html, sections[i].title);
        eh_html_raw(html, "</a></li>\n");
    }
    eh_html_raw(html, "</ol></nav>\n");
}

eh_status eh_report_page(const eh_report_data *data, const char *path, eh_error *err)
{
    eh_outfile file;
    EH_TRY(eh_outfile_open(data->ctx, path, &file, err));
    eh_html html = {&file};
    put_head(&html, data);
    eh_chart_marks(&html);
    eh_section_result(&html, data);
    put_contents(&html, data);
    eh_html_raw(&html, "<main>\n");
    for (size_t i = 0; i < n_sections; i++) {
        if (eh_context_is_cancelled(data->ctx)) {
            eh_outfile_discard(&file);
            return eh_fail(err, EH_E_CANCELLED, "cancelled while the report was written");
        }
        sections[i].write(&html, data);
    }
    eh_html_raw(&html, "</main>\n");
    eh_page_script(&html);
    eh_html_raw(&html, "</body>\n</html>\n");
    return eh_outfile_commit(&file, err);
}
