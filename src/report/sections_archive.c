#include "report/sections.h"

/* ---- what was read ---------------------------------------------------------------------------------------- */

static const struct {
    const char *reason, *words;
} reasons[] = {
    {"malformed", "cannot be parsed"},
    {"encoding", "not UTF-8"},
    {"too_long", "longer than 16 MiB"},
    {"no_account", "without account"},
    {"no_time", "without time"},
    {"time_format", "time written differently from the rest"},
    {"time_range", "time out of range"},
    {"damaged_id", "id damaged by a spreadsheet"},
    {"no_object", "without object"},
    {"behaviour", "unknown behaviour"},
    {"not_a_post", "not a post"},
};

static void put_reject_reason(eh_html *html, const eh_report_reason *reason)
{
    eh_html_count(html, reason->n);
    eh_html_raw(html, " ");
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (!eh_str_is(reason->name, reasons[i].reason)) continue;
        eh_html_words(html, reasons[i].words);
        return;
    }
    eh_html_text(html, reason->name);
}

static void put_rejected(eh_html *html, const eh_report_source *source)
{
    uint64_t n = source->n_read - source->n_kept;
    eh_html_count(html, n);
    for (size_t i = 0; i < source->n_rejected_reasons; i++) {
        eh_html_words(html, i ? ", " : ": ");
        put_reject_reason(html, &source->rejected[i]);
    }
}

static void put_row(eh_html *html, const char *name)
{
    eh_html_raw(html, "</dd><dt>");
    eh_html_words(html, name);
    eh_html_raw(html, "</dt><dd>");
}

static void put_times(eh_html *html, const eh_report_source *source)
{
    put_row(html, "times");
    if (source->time_format.size) {
        eh_html_raw(html, "written as ");
        eh_html_text(html, source->time_format);
        eh_html_raw(html, "; ");
    }
    eh_html_raw(html, "exact to ");
    eh_html_duration(html, source->precision_us);
    if (source->n_times_refined) {
        eh_html_raw(html, "; ");
        eh_html_count(html, source->n_times_refined);
        eh_html_raw(html, " made finer by ids that carry the time");
    }
}

static void put_source(eh_html *html, const eh_report_source *source)
{
    eh_html_raw(html, "<h3>");
    eh_html_name(html, source->name, 120);
    eh_html_raw(html, "</h3>\n<dl class=\"facts\"><dt>format</dt><dd>");
    eh_html_text(html, source->format);
    if (source->compression.size && !eh_str_is(source->compression, "none")) {
        eh_html_raw(html, ", ");
        eh_html_text(html, source->compression);
    }
    eh_html_raw(html, ", ");
    eh_html_count(html, source->file_size);
    eh_html_raw(html, " bytes");
    put_row(html, "SHA-256");
    eh_html_raw(html, "<span class=\"hash\">");
    eh_html_text(html, source->sha256);
    eh_html_raw(html, "</span>");
    put_row(html, "rows read");
    eh_html_count(html, source->n_read);
    put_row(html, "kept");
    eh_html_count(html, source->n_kept);
    put_row(html, "rejected");
    put_rejected(html, source);
    put_row(html, "duplicates");
    eh_html_count(html, source->n_duplicates);
    eh_html_words(html, source->n_duplicates ? " of the kept rows were there already and count once" : "");
    put_row(html, "from, to (UTC)");
    eh_html_time(html, source->first_time_us);
    eh_html_raw(html, " to ");
    eh_html_time(html, source->last_time_us);
    put_times(html, source);
    if (source->is_truncated) {
        put_row(html, "damage");
        eh_html_raw(html, "the compressed file ends early; what was readable was kept");
    }
    if (source->note.size) {
        put_row(html, "note");
        eh_html_text(html, source->note);
    }
    eh_html_raw(html, "</dd></dl>\n");
}

void eh_section_read(eh_html *html, const eh_report_data *data)
{
    eh_open_section(html, "read", "What was read");
    eh_html_raw(html, "<p>Every row was kept or rejected with a reason. Rejected rows are in rejects.csv, with their place in "
                      "the file.</p>\n");
    for (size_t i = 0; i < data->n_sources; i++) put_source(html, &data->sources[i]);
    eh_html_raw(html, "</section>\n");
}

/* ---- what was tested -------------------------------------------------------------------------------------- */

static void put_windows(eh_html *html, const int64_t *windows_us, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        eh_html_words(html, i == 0 ? "" : i + 1 == n ? " and " : ", ");
        eh_html_duration(html, windows_us[i]);
    }
}

static void put_rule(eh_html *html, const eh_report_data *data)
{
    eh_html_raw(html, "<p>Two accounts are compared when they share at least ");
    eh_html_counted(html, data->min_common_objects, "object", "objects");
    eh_html_raw(html, " over all behaviours: with fewer, no answer is possible at this q. That is settled before looking at "
                      "times. There are ");
    if (data->is_bound) eh_html_raw(html, "at most ");
    eh_html_counted(html, data->n_testable_pairs, "such pair", "such pairs");
    eh_html_raw(html, ", and all of them count for the error control. Whether a pair came close in time more often than chance "
                      "gives was tested within ");
    put_windows(html, data->windows_us, data->n_windows);
    eh_html_raw(html, " of each other, and the evidence averaged over these windows. "
                      "The evidence of all behaviours counts together.");
    if (data->n_windows && data->precision_us > data->windows_us[0]) {
        eh_html_raw(html, " No window is finer than the times in the archive, which are exact to ");
        eh_html_duration(html, data->precision_us);
        eh_html_raw(html, ".");
    }
    eh_html_raw(html, "</p>\n");
}

static void put_crowds(eh_html *html, const eh_report_data *data)
{
    uint64_t n_cut = 0, n_dropped = 0;
    for (size_t i = 0; i < data->n_behaviours; i++) {
        n_cut += data->behaviours[i].result.n_cut_episodes;
        n_dropped += data->behaviours[i].result.n_dropped_actions;
    }
    if (n_cut == 0 && n_dropped == 0) return;
    eh_html_raw(html, "<p class=\"soft\">Crowds: ");
    eh_html_counted(html, n_cut, "object-day was", "object-days were");
    eh_html_raw(html, " so crowded that only accounts within the same hour or minute were compared there; ");
    eh_html_counted(html, n_dropped, "action", "actions");
    eh_html_raw(html, " fell in minutes so crowded that they say nothing and were left out.</p>\n");
}

void eh_section_tested(eh_html *html, const eh_report_data *data)
{
    eh_open_section(html, "tested", "What was compared");
    put_rule(html, data);
    eh_open_table(html, "By behaviour. Testable alone: pairs that share enough objects of this behaviour by itself. Tested: "
                        "testable pairs that came close on it, so that a p-value was computed.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">behaviour</th><th scope=\"col\" class=\"n\">actions</th>"
                      "<th scope=\"col\" class=\"n\">accounts</th><th scope=\"col\" class=\"n\">objects</th>"
                      "<th scope=\"col\" class=\"n\">testable alone</th><th scope=\"col\" class=\"n\">tested pairs</th>"
                      "<th scope=\"col\" class=\"n\">listed pairs</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < data->n_behaviours; i++) {
        const eh_behaviour_result *result = &data->behaviours[i].result;
        const uint64_t counts[] = {result->n_actions, result->n_accounts, result->n_objects, result->n_testable_pairs,
                                   result->n_tested_pairs, data->behaviours[i].n_listed_edges};
        eh_html_raw(html, "<tr><th scope=\"row\">");
        eh_html_words(html, eh_behaviour_name(data->behaviours[i].behaviour));
        eh_html_raw(html, "</th>");
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
            eh_html_raw(html, "<td class=\"n\">");
            eh_html_count(html, counts[k]);
            eh_html_raw(html, "</td>");
        }
        eh_html_raw(html, "</tr>\n");
    }
    eh_close_table(html);
    put_crowds(html, data);
    eh_html_raw(html, "</section>\n");
}
