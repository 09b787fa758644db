#include "report/sections.h"

enum { most_members = 100, most_members_beside = 60 /* fit beside the drawing */ };

static void put_span(eh_html *html, int64_t first_us, int64_t last_us)
{
    eh_html_date(html, first_us);
    if (eh_day_of(first_us) == eh_day_of(last_us)) return;
    eh_html_raw(html, " to ");
    eh_html_date(html, last_us);
}

static void put_table(eh_html *html, const eh_report_data *data)
{
    eh_open_table(html, "Networks, the largest first. An account is in one network at most.", true);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">network</th><th scope=\"col\" class=\"n\">accounts</th>"
                      "<th scope=\"col\" class=\"n\">strong</th><th scope=\"col\" class=\"n\">moderate</th>"
                      "<th scope=\"col\" class=\"n\">listed pairs</th><th scope=\"col\">behaviours</th>"
                      "<th scope=\"col\">first co-action</th><th scope=\"col\">last co-action</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < data->n_networks; i++) {
        const eh_report_network *network = &data->networks[i];
        eh_html_rawf(html, "<tr><th scope=\"row\" data-v=\"%lld\" class=\"nowrap\"><a href=\"#n%lld\">Network %lld</a></th>",
                     (long long)network->number, (long long)network->number, (long long)network->number);
        const uint64_t counts[] = {network->n_accounts, network->n_findings[EH_FINDING_STRONG],
                                   network->n_findings[EH_FINDING_MODERATE], network->n_edges};
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
            eh_html_rawf(html, "<td class=\"n\" data-v=\"%llu\">", (unsigned long long)counts[k]);
            eh_html_count(html, counts[k]);
            eh_html_raw(html, "</td>");
        }
        eh_html_raw(html, "<td>");
        eh_put_behaviours(html, network->behaviours);
        eh_html_rawf(html, "</td><td class=\"nowrap\" data-v=\"%lld\">", (long long)network->first_time_us);
        eh_html_date(html, network->first_time_us);
        eh_html_rawf(html, "</td><td class=\"nowrap\" data-v=\"%lld\">", (long long)network->last_time_us);
        eh_html_date(html, network->last_time_us);
        eh_html_raw(html, "</td></tr>\n");
    }
    eh_close_table(html);
}

static void put_members(eh_html *html, const eh_report_network *network)
{
    size_t n = network->n_nodes < most_members ? network->n_nodes : most_members;
    eh_html_raw(html, "<h4>");
    if (n < network->n_accounts) {
        eh_html_raw(html, "Its first ");
        eh_html_count(html, n);
        eh_html_raw(html, " members, by finding, then q");
    } else {
        eh_html_raw(html, "Members");
    }
    eh_html_raw(html, "</h4>\n<ol class=\"members\">\n");
    for (size_t i = 0; i < n; i++) {
        eh_html_rawf(html, "<li><span class=\"num\">%zu</span>", i + 1);
        eh_chart_mark(html, network->nodes[i].finding);
        eh_put_account(html, network->nodes[i].id, network->nodes[i].shown);
        eh_html_raw(html, "</li>\n");
    }
    eh_html_raw(html, "</ol>\n");
    if (n < network->n_accounts) {
        eh_html_raw(html, "<p class=\"soft\">The other ");
        eh_html_count(html, network->n_accounts - n);
        eh_html_rawf(html, " are in accounts.csv, with network_id n%lld.</p>\n", (long long)network->number);
    }
}

static void put_network(eh_html *html, const eh_report_network *network)
{
    eh_html_rawf(html, "<section class=\"network\" id=\"n%lld\" aria-labelledby=\"hn%lld\"><h3 id=\"hn%lld\">Network %lld: ",
                 (long long)network->number, (long long)network->number, (long long)network->number,
                 (long long)network->number);
    eh_html_counted(html, network->n_accounts, "account", "accounts");
    eh_html_raw(html, "</h3>\n<p>");
    eh_html_counted(html, network->n_edges, "listed pair ties", "listed pairs tie");
    eh_html_raw(html, " them together (behaviours: ");
    eh_put_behaviours(html, network->behaviours);
    eh_html_raw(html, "), ");
    put_span(html, network->first_time_us, network->last_time_us);
    eh_html_raw(html, ". Finding: strong for ");
    eh_html_count(html, network->n_findings[EH_FINDING_STRONG]);
    eh_html_raw(html, ", moderate for ");
    eh_html_count(html, network->n_findings[EH_FINDING_MODERATE]);
    eh_html_raw(html, ".</p>\n<div class=\"figures\">\n");
    eh_chart_timeline(html, network);
    eh_chart_network(html, network);
    bool is_short = network->n_accounts <= most_members_beside;
    eh_html_raw(html, "<div>");
    eh_chart_rhythm(html, network);
    if (is_short) put_members(html, network);
    eh_html_raw(html, "</div></div>\n");
    if (!is_short) put_members(html, network);
    eh_html_raw(html, "</section>\n");
}

void eh_section_networks(eh_html *html, const eh_report_data *data)
{
    eh_open_section(html, "networks", "Networks");
    if (data->n_networks == 0) {
        eh_html_raw(html, "<p>There is none: a network is made of listed pairs of listed accounts.</p>\n</section>\n");
        return;
    }
    eh_html_raw(html, "<p>A network is a group of listed accounts that listed pairs tie together more densely than to the "
                      "rest. Groups are sought after testing, never before. A network is a description of ties; it does not "
                      "show a common owner.</p>\n");
    if (data->n_networks < data->n_all_networks) {
        uint64_t n_left = data->n_all_networks - data->n_networks;
        eh_html_raw(html, "<p class=\"aside\">The largest ");
        eh_html_count(html, data->n_networks);
        eh_html_raw(html, " of ");
        eh_html_count(html, data->n_all_networks);
        eh_html_raw(html, " networks are shown; ");
        eh_html_count(html, n_left);
        eh_html_words(html, n_left == 1 ? " smaller one is" : " smaller ones are");
        eh_html_raw(html, " not drawn here. All of them are in networks.csv.</p>\n");
    }
    put_table(html, data);
    for (size_t i = 0; i < data->n_networks; i++) put_network(html, &data->networks[i]);
    eh_html_raw(html, "</section>\n");
}
