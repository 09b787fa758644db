/* Networks: members, lines, and when they acted. */
#include "report/load.h"

#include "base/dict.h"

#include <stdio.h>

static eh_status on_network(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    (void)into;
    (void)err;
    if (at >= loader->data->n_networks) return EH_OK;
    loader->data->networks[at] = (eh_report_network){.number = (int64_t)at + 1,
                                                     .n_accounts = eh_cell_count(&cells[0]),
                                                     .n_edges = eh_cell_count(&cells[1]),
                                                     .behaviours = eh_load_behaviours(cells[2].text),
                                                     .first_time_us = eh_cell_time(&cells[3]),
                                                     .last_time_us = eh_cell_time(&cells[4])};
    return EH_OK;
}

/* A network while it is loaded. */
typedef struct gathering {
    eh_report_network *network;
    eh_dict nodes;
} gathering;

static eh_status on_node(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    gathering *g = into;
    eh_report_account account;
    EH_TRY(eh_load_finding(loader, cells, &account, err));
    g->network->n_findings[account.result.finding]++;
    if (at >= EH_REPORT_MOST_NODES) return EH_OK;
    eh_report_node *node = &g->network->nodes[g->network->n_nodes++];
    *node = (eh_report_node){.id = account.id, .finding = account.result.finding, .shown = -1};
    for (size_t i = 0; i < loader->data->n_shown_accounts && node->shown < 0; i++)
        if (eh_str_equal(loader->data->accounts[i].id, node->id)) node->shown = (int64_t)i;
    uint32_t number;
    return eh_dict_add(&g->nodes, account.id, &number, err);
}

static eh_status on_line(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    gathering *g = into;
    (void)loader;
    (void)at;
    (void)err;
    uint32_t from = eh_dict_find(&g->nodes, cells[0].text), to = eh_dict_find(&g->nodes, cells[1].text);
    if (from == EH_DICT_NONE || to == EH_DICT_NONE) return EH_OK;
    g->network->n_all_lines++;
    if (g->network->n_lines < EH_REPORT_MOST_LINES)
        g->network->lines[g->network->n_lines++] = (eh_report_line){from, to, eh_cell_number(&cells[2])};
    return EH_OK;
}

static eh_status on_bin(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    gathering *g = into;
    (void)loader;
    (void)at;
    (void)err;
    size_t bin = (size_t)((cells[0].integer - g->network->first_bin_us) / g->network->bin_us);
    if (bin < g->network->n_bins) g->network->bins[bin] += eh_cell_count(&cells[1]);
    g->network->n_coactions += eh_cell_count(&cells[1]);
    return EH_OK;
}

static eh_status on_hour(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    gathering *g = into;
    (void)loader;
    (void)at;
    (void)err;
    g->network->hours[(cells[0].integer - 1) % 7][cells[1].integer % 24] = eh_cell_count(&cells[2]);
    return EH_OK;
}

/* Bins of an hour to four weeks, so that a chart has at most about 120 of them. */
static eh_status choose_bins(eh_loader *loader, eh_report_network *network, eh_error *err)
{
    static const int64_t steps_us[] = {EH_HOUR_US, 6 * EH_HOUR_US, EH_DAY_US, 7 * EH_DAY_US, 28 * EH_DAY_US};
    size_t i = 0;
    int64_t span_us = network->last_time_us - network->first_time_us;
    while (i < 4 && span_us / steps_us[i] > 120) i++;
    network->bin_us = steps_us[i];
    network->first_bin_us = network->first_time_us - eh_time_of_day_us(network->first_time_us);
    if (network->bin_us < EH_DAY_US)
        network->first_bin_us = network->first_time_us - eh_time_of_day_us(network->first_time_us) % network->bin_us;
    network->n_bins = (size_t)((network->last_time_us - network->first_bin_us) / network->bin_us) + 1;
    network->bins = eh_report_room(loader->data, network->n_bins, sizeof *network->bins, err);
    return network->bins ? EH_OK : err->status;
}

static eh_status load_times(eh_loader *loader, gathering *g, const char *id, eh_error *err)
{
    EH_TRY(choose_bins(loader, g->network, err));
    EH_TRY(eh_load_rows(loader, on_bin, g, err,
                        "WITH m AS (SELECT account_id FROM findings WHERE run_id = '%s' AND network_id = '%s') SELECT "
                        "date_trunc('hour', greatest(time_a, time_b)) AS t, count(*) FROM evidence WHERE run_id = '%s' AND account_a "
                        "IN (FROM m) AND account_b IN (FROM m) GROUP BY t ORDER BY t",
                        loader->run_id, id, loader->run_id));
    /* Each action behind a co-action counts once, however many partners it met. */
    return eh_load_rows(loader, on_hour, g, err,
                        "WITH m AS (SELECT account_id FROM findings WHERE run_id = '%s' AND network_id = '%s'), e AS (SELECT * FROM "
                        "evidence WHERE run_id = '%s' AND account_a IN (FROM m) AND account_b IN (FROM m)), acts AS (SELECT account_a, "
                        "behaviour, object, time_a AS t FROM e UNION SELECT account_b, behaviour, object, time_b FROM e) SELECT "
                        "isodow(t), hour(t), count(*) FROM acts GROUP BY ALL ORDER BY ALL",
                        loader->run_id, id, loader->run_id);
}

static eh_status load_network(eh_loader *loader, eh_report_network *network, eh_error *err)
{
    char id[32];
    snprintf(id, sizeof id, "n%lld", (long long)network->number);
    size_t n_nodes = network->n_accounts < EH_REPORT_MOST_NODES ? (size_t)network->n_accounts : EH_REPORT_MOST_NODES;
    network->nodes = eh_report_room(loader->data, n_nodes, sizeof *network->nodes, err);
    network->lines = eh_report_room(loader->data, EH_REPORT_MOST_LINES, sizeof *network->lines, err);
    if (!network->nodes || !network->lines) return err->status;
    gathering g = {network, EH_DICT_INIT(loader->data->ctx)};
    eh_status status = eh_load_rows(loader, on_node, &g, err,
                                    "SELECT %s FROM findings WHERE run_id = '%s' AND network_id = '%s' ORDER BY q_value, log_e DESC, "
                                    "account_id", eh_load_finding_columns, loader->run_id, id);
    if (status == EH_OK)
        status = eh_load_rows(loader, on_line, &g, err,
                              "WITH m AS (SELECT account_id FROM findings WHERE run_id = '%s' AND network_id = '%s') SELECT account_a, "
                              "account_b, any_value(log_e_pair) AS e FROM edges WHERE run_id = '%s' AND listed AND account_a IN "
                              "(FROM m) AND account_b IN (FROM m) GROUP BY ALL ORDER BY e DESC, account_a, account_b",
                              loader->run_id, id, loader->run_id);
    if (status == EH_OK && network->first_time_us != EH_TIME_NONE) status = load_times(loader, &g, id, err);
    eh_dict_release(&g.nodes);
    return status;
}

eh_status eh_load_networks(eh_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    data->n_networks = data->n_all_networks < EH_REPORT_MOST_NETWORKS ? (size_t)data->n_all_networks : EH_REPORT_MOST_NETWORKS;
    data->networks = eh_report_room(data, data->n_networks, sizeof *data->networks, err);
    if (!data->networks) return err->status;
    EH_TRY(eh_load_rows(loader, on_network, NULL, err,
                        "SELECT n_accounts, n_edges, behaviours, first_time, last_time FROM networks WHERE run_id = '%s' ORDER BY "
                        "CAST(substr(network_id, 2) AS BIGINT)", loader->run_id));
    for (size_t i = 0; i < data->n_networks; i++) EH_TRY(load_network(loader, &data->networks[i], err));
    return EH_OK;
}
