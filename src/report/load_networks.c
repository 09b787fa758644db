#include "report/load.h"

#include <math.h>

static eh_report_network *network_of(eh_report_data *data, const eh_cell *cell)
{
    uint64_t number = eh_load_count(cell);
    return number >= 1 && number <= data->n_networks ? &data->networks[number - 1] : NULL;
}

static eh_status take_network(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_report_data *d = data;
    /* Numbers run from 1 without gaps; anything else is no network of ours. */
    if (d->n_networks == EH_REPORT_MOST_NETWORKS || eh_load_count(&cells[0]) != d->n_networks + 1) return EH_OK;
    d->networks[d->n_networks++] = (eh_report_network){
        .number = cells[0].integer,
        .n_accounts = eh_load_count(&cells[1]),
        .n_edges = eh_load_count(&cells[2]),
        .behaviours = eh_load_behaviours(&cells[3]),
        .first_time_us = eh_load_time(&cells[4]),
        .last_time_us = eh_load_time(&cells[5]),
    };
    return EH_OK;
}

/* ---- time ------------------------------------------------------------------------------------------------- */

/* Hours for three days, days for half a year, then as many whole weeks as keep the bars countable. */
static void choose_bins(eh_report_network *network)
{
    const int64_t week_us = 7 * EH_DAY_US, monday_us = 4 * EH_DAY_US; /* 5 January 1970 */
    if (network->first_time_us == EH_TIME_NONE || network->last_time_us < network->first_time_us) return;
    int64_t span_us = network->last_time_us - network->first_time_us;
    int64_t origin_us = 0;
    network->bin_us = span_us < 3 * EH_DAY_US ? EH_HOUR_US : EH_DAY_US;
    if (span_us / EH_DAY_US >= EH_REPORT_MOST_BINS) {
        network->bin_us = week_us * (1 + span_us / week_us / EH_REPORT_MOST_BINS);
        origin_us = monday_us;
    }
    int64_t since_us = network->first_time_us - origin_us, rest_us = since_us % network->bin_us;
    if (rest_us < 0) rest_us += network->bin_us;
    network->first_bin_us = network->first_time_us - rest_us;
    network->n_bins = (size_t)((network->last_time_us - network->first_bin_us) / network->bin_us) + 1;
}

static eh_status make_bins(eh_report_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    eh_buf sql = EH_BUF_INIT(data->ctx);
    eh_status status = eh_buf_printf(&sql, err, "CREATE TEMP TABLE report_networks AS SELECT * FROM (VALUES ");
    for (size_t i = 0; i < data->n_networks && status == EH_OK; i++) {
        eh_report_network *network = &data->networks[i];
        choose_bins(network);
        network->bins = eh_report_room(data, network->n_bins, sizeof *network->bins, err);
        status = network->bins ? eh_buf_printf(&sql, err, "%s(%zu::BIGINT, %lld::BIGINT, %lld::BIGINT)", i ? ", " : "", i + 1,
                                               (long long)(network->bin_us ? network->bin_us : EH_DAY_US),
                                               (long long)network->first_bin_us)
                               : err->status;
    }
    if (status == EH_OK) status = eh_buf_printf(&sql, err, ") AS v(network, bin_us, first_bin_us)");
    if (status == EH_OK) status = eh_store_exec(loader->store, sql.data, err);
    eh_buf_release(&sql);
    return status;
}

static eh_status take_bin(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_report_network *network = network_of(data, &cells[0]);
    if (!network) return EH_OK;
    network->n_coactions += eh_load_count(&cells[2]);
    if (cells[1].integer >= 0 && (uint64_t)cells[1].integer < network->n_bins)
        network->bins[cells[1].integer] += eh_load_count(&cells[2]);
    return EH_OK;
}

static eh_status take_hour(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_report_network *network = network_of(data, &cells[0]);
    uint64_t day = eh_load_count(&cells[1]), hour = eh_load_count(&cells[2]);
    if (network && day >= 1 && day <= 7 && hour < 24) network->hours[day - 1][hour] = eh_load_count(&cells[3]);
    return EH_OK;
}

static eh_status load_times(eh_report_loader *loader, eh_error *err)
{
    EH_TRY(make_bins(loader, err));
    EH_TRY(eh_load_query(loader, take_bin, loader->data, err,
        "SELECT n.network, (epoch_us(greatest(time_a, time_b)) - first_bin_us) // bin_us AS bin, count(*) FROM evidence e "
        "JOIN report_listed a ON a.account_id = account_a JOIN report_listed b ON b.account_id = account_b AND b.network = "
        "a.network JOIN report_networks n ON n.network = a.network WHERE run_id = %s GROUP BY n.network, bin", loader->run));
    return eh_load_query(loader, take_hour, loader->data, err,
        "WITH behind AS (SELECT a.network, account_a, account_b, post_a, post_b, time_a, time_b FROM evidence JOIN report_listed a "
        "ON a.account_id = account_a JOIN report_listed b ON b.account_id = account_b AND b.network = a.network WHERE run_id = %s "
        "AND a.network BETWEEN 1 AND %d), "
        "posted AS (SELECT DISTINCT network, account_a AS account_id, post_a AS post, time_a AS time FROM behind UNION SELECT "
        "network, account_b, post_b, time_b FROM behind) "
        "SELECT network, isodow(time), hour(time), count(*) FROM posted GROUP BY ALL", loader->run, EH_REPORT_MOST_NETWORKS);
}

/* ---- drawing ---------------------------------------------------------------------------------------------- */

static eh_status take_finding(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_report_data *d = data;
    eh_report_network *network = network_of(d, &cells[0]);
    if (!network) return EH_OK;
    network->n_findings[eh_load_finding(&cells[1])] += eh_load_count(&cells[2]);
    uint64_t n = network->n_accounts < EH_REPORT_MOST_NODES ? network->n_accounts : EH_REPORT_MOST_NODES;
    if (!network->nodes) network->nodes = eh_report_room(d, (size_t)n, sizeof *network->nodes, err);
    return network->nodes ? EH_OK : err->status;
}

static eh_status take_node(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_report_data *d = data;
    eh_report_network *network = network_of(d, &cells[0]);
    if (!network || !network->nodes || network->n_nodes == network->n_accounts || network->n_nodes == EH_REPORT_MOST_NODES)
        return EH_OK;
    eh_report_node *node = &network->nodes[network->n_nodes++];
    node->finding = eh_load_finding(&cells[2]);
    node->shown = eh_load_count(&cells[3]) < d->n_shown_accounts ? cells[3].integer : -1;
    return eh_report_keep(d, cells[1].text, &node->id, err);
}

static eh_status take_line(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_report_data *d = data;
    eh_report_network *network = network_of(d, &cells[0]);
    if (!network) return EH_OK;
    network->n_all_lines = eh_load_count(&cells[4]);
    if (!network->lines) {
        uint64_t n = network->n_all_lines < EH_REPORT_MOST_LINES ? network->n_all_lines : EH_REPORT_MOST_LINES;
        network->lines = eh_report_room(d, (size_t)n, sizeof *network->lines, err);
        if (!network->lines) return err->status;
    }
    uint64_t from = eh_load_count(&cells[1]), to = eh_load_count(&cells[2]);
    if (from >= network->n_nodes || to >= network->n_nodes || from == to || network->n_lines == EH_REPORT_MOST_LINES ||
        network->n_lines == network->n_all_lines)
        return EH_OK;
    double log_e = eh_load_real(&cells[3], 100);
    network->lines[network->n_lines++] = (eh_report_line){(uint32_t)from, (uint32_t)to, fmin(fmax(log_e, 1), 100)};
    return EH_OK;
}

static eh_status load_drawings(eh_report_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    EH_TRY(eh_load_query(loader, take_finding, data, err,
        "SELECT network, finding, count(*) FROM report_listed WHERE network BETWEEN 1 AND %d GROUP BY network, finding ORDER BY "
        "network, finding", EH_REPORT_MOST_NETWORKS));
    EH_TRY(eh_load_query(loader, NULL, NULL, err,
        "CREATE TEMP TABLE report_nodes AS SELECT * FROM (SELECT network, account_id, finding, i, row_number() OVER (PARTITION BY "
        "network ORDER BY i) - 1 AS k FROM report_listed WHERE network BETWEEN 1 AND %d) WHERE k < %d", EH_REPORT_MOST_NETWORKS,
        EH_REPORT_MOST_NODES));
    EH_TRY(eh_load_query(loader, take_node, data, err,
                         "SELECT network, account_id, finding, i FROM report_nodes ORDER BY network, k%s", ""));
    return eh_load_query(loader, take_line, data, err,
        "WITH pairs AS (SELECT a.network, a.k AS a, b.k AS b, max(coalesce(log_e_pair, 1e300)) AS weight FROM edges e JOIN "
        "report_nodes a ON a.account_id = account_a JOIN report_nodes b ON b.account_id = account_b AND b.network = a.network "
        "WHERE run_id = %s AND listed GROUP BY ALL), "
        "ranked AS (SELECT *, row_number() OVER (PARTITION BY network ORDER BY weight DESC, a, b) AS k, count(*) OVER (PARTITION BY "
        "network) AS n FROM pairs) SELECT network, a, b, weight, n FROM ranked WHERE k <= %d ORDER BY network, k",
        loader->run, EH_REPORT_MOST_LINES);
}

eh_status eh_load_networks(eh_report_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    data->networks = eh_report_room(data, EH_REPORT_MOST_NETWORKS, sizeof *data->networks, err);
    if (!data->networks) return err->status;
    EH_TRY(eh_load_query(loader, take_network, data, err,
        "SELECT TRY_CAST(substr(network_id, 2) AS BIGINT) AS number, n_accounts, n_edges, behaviours, first_time, last_time FROM "
        "networks WHERE run_id = %s AND number BETWEEN 1 AND %d ORDER BY number", loader->run, EH_REPORT_MOST_NETWORKS));
    if (data->n_networks == 0) return EH_OK;
    EH_TRY(load_times(loader, err));
    return load_drawings(loader, err);
}
