#include "report/load.h"

#include <math.h>

/* What an account row is made of, from findings AS f. */
#define ACCOUNT_COLUMNS \
    "f.account_id, TRY_CAST(substr(f.network_id, 2) AS BIGINT), f.finding, f.listed, f.n_actions, " \
    "f.n_testable_partners, f.n_partners, f.behaviours, f.independent_behaviours, f.p_value, f.q_value, " \
    "f.log_e, f.objects_needed, f.most_common_objects, f.n_second, f.n_first, f.notes, f.median_delay_s, f.legs "

typedef struct account_taker {
    eh_report_data *data;
    eh_report_account *accounts;
    size_t *n, n_most;
} account_taker;

static eh_status take_account(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    account_taker *taker = data;
    if (*taker->n == taker->n_most) return EH_OK;
    eh_report_account *account = &taker->accounts[*taker->n];
    EH_TRY(eh_report_keep(taker->data, cells[0].text, &account->id, err));
    account->network = cells[1].type == EH_CELL_INT && cells[1].integer > 0 ? cells[1].integer : 0;
    account->result = (eh_account_result){
        .finding = eh_load_finding(&cells[2]),
        .is_listed = cells[3].integer != 0,
        .n_actions = eh_load_count32(&cells[4]),
        .n_testable_partners = eh_load_count32(&cells[5]),
        .n_partners = eh_load_count32(&cells[6]),
        .behaviours = eh_load_behaviours(&cells[7]),
        .independent_behaviours = eh_load_behaviours(&cells[8]),
        .p_value = eh_load_real(&cells[9], (double)NAN),
        .q_value = eh_load_real(&cells[10], (double)NAN),
        .log_e = eh_load_real(&cells[11], (double)NAN),
        .n_objects_needed = eh_load_count32(&cells[12]),
        .most_common_objects = eh_load_count32(&cells[13]),
        .n_second = eh_load_count32(&cells[14]),
        .n_first = eh_load_count32(&cells[15]),
        .notes = eh_load_notes(&cells[16]),
        .median_delay_s = eh_load_real(&cells[17], (double)NAN),
        .legs = eh_load_legs(&cells[18]),
    };
    ++*taker->n;
    return EH_OK;
}

static eh_status load_listed(eh_report_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    data->accounts = eh_report_room(data, EH_REPORT_MOST_ACCOUNTS, sizeof *data->accounts, err);
    if (!data->accounts) return err->status;
    account_taker taker = {data, data->accounts, &data->n_shown_accounts, EH_REPORT_MOST_ACCOUNTS};
    return eh_load_query(loader, take_account, &taker, err,
        "SELECT " ACCOUNT_COLUMNS "FROM findings f JOIN report_listed l USING (account_id) WHERE run_id = %s AND i < %d ORDER BY i",
        loader->run, EH_REPORT_MOST_ACCOUNTS);
}

/* Beyond chance but not listed by rule; then those whose q comes nearest, and nobody who is far from the line. */
static eh_status load_near(eh_report_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    enum { n_most = 3 * EH_REPORT_MOST_NEAR };
    data->near = eh_report_room(data, n_most, sizeof *data->near, err);
    if (!data->near) return err->status;
    account_taker taker = {data, data->near, &data->n_near, n_most};
    return eh_load_query(loader, take_account, &taker, err,
        "WITH f AS (SELECT *, CASE WHEN q_value > %.17g THEN 2 WHEN contains(notes, 'followed') THEN 0 ELSE 1 END AS kind "
        "FROM findings WHERE run_id = %s AND NOT listed AND n_testable_partners > 0 AND q_value <= least(0.5, 5 * %.17g)), "
        "ranked AS (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY q_value, log_e DESC NULLS FIRST, "
        "account_id) AS k FROM f) SELECT " ACCOUNT_COLUMNS "FROM ranked f WHERE k <= %d ORDER BY kind, k",
        data->q, loader->run, data->q, EH_REPORT_MOST_NEAR);
}

static eh_status take_kinds(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_report_data *d = data;
    d->n_followed = eh_load_count(&cells[0]);
    d->n_one_partner = eh_load_count(&cells[1]);
    d->n_both = eh_load_count(&cells[2]);
    return EH_OK;
}

static eh_status take_actions(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_report_data *d = data;
    eh_behaviour behaviour;
    size_t i = (size_t)eh_load_count(&cells[0]);
    if (i < d->n_shown_accounts && eh_behaviour_of(cells[1].text, &behaviour))
        d->accounts[i].n_actions[behaviour] = eh_load_count(&cells[2]);
    return EH_OK;
}

static eh_status take_coactions(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_report_data *d = data;
    size_t i = (size_t)eh_load_count(&cells[0]);
    if (i < d->n_shown_accounts) d->accounts[i].n_evidence = eh_load_count(&cells[1]);
    return EH_OK;
}

/* ---- partners and evidence -------------------------------------------------------------------------------- */

static int64_t shown_index(const eh_report_data *data, const eh_cell *cell)
{
    return cell->type == EH_CELL_INT && eh_load_count(cell) < data->n_shown_accounts ? cell->integer : -1;
}

static eh_status take_partner(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_report_data *d = data;
    size_t i = (size_t)eh_load_count(&cells[0]);
    eh_behaviour behaviour;
    if (i >= d->n_shown_accounts || !eh_behaviour_of(cells[3].text, &behaviour)) return EH_OK;
    if (d->n_partners == d->n_shown_accounts * EH_REPORT_MOST_PARTNERS) return EH_OK;
    eh_report_account *account = &d->accounts[i];
    if (account->n_shown_partners++ == 0) account->first_partner = d->n_partners;
    eh_report_partner *partner = &d->partners[d->n_partners++];
    *partner = (eh_report_partner){
        .account = (uint32_t)i,
        .i_partner = shown_index(d, &cells[2]),
        .is_listed = cells[2].type == EH_CELL_INT, /* report_listed holds every listed account, shown or not */
        .behaviour = behaviour,
        .window_us = (int64_t)(eh_load_real(&cells[4], 0) * 1e6 + 0.5),
        .n_common = eh_load_count32(&cells[5]),
        .n_shared = eh_load_count32(&cells[6]),
        .n_sittings = eh_load_count32(&cells[7]),
        .n_sittings_expected = eh_load_real(&cells[8], (double)NAN),
        .p_value = eh_load_real(&cells[9], (double)NAN),
    };
    return eh_report_keep(d, cells[1].text, &partner->partner, err);
}

static eh_status load_partners(eh_report_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    data->partners = eh_report_room(data, data->n_shown_accounts * EH_REPORT_MOST_PARTNERS, sizeof *data->partners, err);
    if (!data->partners) return err->status;
    return eh_load_query(loader, take_partner, data, err,
        "WITH sides AS (SELECT account_a AS me, account_b AS partner, * FROM edges WHERE run_id = %s AND listed "
        "UNION ALL SELECT account_b, account_a, * FROM edges WHERE run_id = %s AND listed), "
        "ranked AS (SELECT l.i, sides.*, row_number() OVER (PARTITION BY l.i ORDER BY log_e DESC NULLS FIRST, partner, behaviour) "
        "AS k FROM sides JOIN report_listed l ON l.account_id = me WHERE l.i < %d) "
        "SELECT r.i, partner, p.i, behaviour, window_s, common_objects, shared_objects, n_coincidences, expected, p_value "
        "FROM ranked r LEFT JOIN report_listed p ON p.account_id = partner WHERE k <= %d ORDER BY r.i, k",
        loader->run, loader->run, EH_REPORT_MOST_ACCOUNTS, EH_REPORT_MOST_PARTNERS);
}

static eh_status take_evidence(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_report_data *d = data;
    size_t i = (size_t)eh_load_count(&cells[0]);
    eh_behaviour behaviour;
    if (i >= d->n_shown_accounts || !eh_behaviour_of(cells[3].text, &behaviour)) return EH_OK;
    if (d->n_evidence == d->n_shown_accounts * EH_REPORT_MOST_EVIDENCE) return EH_OK;
    eh_report_account *account = &d->accounts[i];
    if (account->n_shown_evidence++ == 0) account->first_evidence = d->n_evidence;
    eh_report_evidence *row = &d->evidence[d->n_evidence++];
    *row = (eh_report_evidence){
        .account = (uint32_t)i,
        .i_partner = shown_index(d, &cells[2]),
        .is_listed = cells[2].type == EH_CELL_INT, /* report_listed holds every listed account, shown or not */
        .behaviour = behaviour,
        .own_time_us = eh_load_time(&cells[5]),
        .partner_time_us = eh_load_time(&cells[6]),
        .p_object = eh_load_real(&cells[7], (double)NAN),
    };
    EH_TRY(eh_report_keep(d, cells[1].text, &row->partner, err));
    return eh_report_keep(d, cells[4].text, &row->object, err);
}

/* The least likely co-actions, one per object; objects come whole but are cut to what a page can show. */
static eh_status load_evidence(eh_report_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    data->evidence = eh_report_room(data, data->n_shown_accounts * EH_REPORT_MOST_EVIDENCE, sizeof *data->evidence, err);
    if (!data->evidence) return err->status;
    return eh_load_query(loader, take_evidence, data, err,
        "WITH sides AS (SELECT account_a AS me, account_b AS partner, behaviour, object, time_a AS own, time_b AS other, "
        "p_object, abs(delta_s) AS apart FROM evidence WHERE run_id = %s "
        "UNION ALL SELECT account_b, account_a, behaviour, object, time_b, time_a, p_object, abs(delta_s) FROM evidence WHERE "
        "run_id = %s), "
        "best AS (SELECT l.i, sides.*, row_number() OVER (PARTITION BY l.i, behaviour, object ORDER BY p_object NULLS LAST, apart, "
        "partner, own, other) AS of_object FROM sides JOIN report_listed l ON l.account_id = me WHERE l.i < %d), "
        "ranked AS (SELECT *, row_number() OVER (PARTITION BY i ORDER BY p_object NULLS LAST, apart, object, behaviour, partner) "
        "AS k FROM best WHERE of_object = 1) "
        "SELECT r.i, partner, p.i, behaviour, object, own, other, p_object FROM ranked r LEFT JOIN report_listed p ON "
        "p.account_id = partner WHERE k <= %d ORDER BY r.i, k",
        loader->run, loader->run, EH_REPORT_MOST_ACCOUNTS, EH_REPORT_MOST_EVIDENCE);
}

eh_status eh_load_accounts(eh_report_loader *loader, eh_error *err)
{
    eh_load_clear(loader);
    EH_TRY(eh_load_query(loader, NULL, NULL, err,
        "CREATE TEMP TABLE report_listed AS SELECT account_id, row_number() OVER (ORDER BY finding = 'strong' DESC, q_value, "
        "log_e DESC NULLS FIRST, account_id) - 1 AS i, coalesce(TRY_CAST(substr(network_id, 2) AS BIGINT), 0) AS network, finding "
        "FROM findings WHERE run_id = %s AND listed", loader->run));
    EH_TRY(load_listed(loader, err));
    EH_TRY(load_near(loader, err));
    EH_TRY(eh_load_query(loader, take_kinds, loader->data, err,
        "SELECT count(*) FILTER (WHERE contains(notes, 'followed')), count(*) FILTER (WHERE contains(notes, 'one_partner')), "
        "count(*) FILTER (WHERE contains(notes, 'followed') AND contains(notes, 'one_partner')) FROM findings WHERE run_id = %s AND NOT listed AND q_value <= %.17g",
        loader->run, loader->data->q));
    EH_TRY(eh_load_query(loader, take_actions, loader->data, err,
        "SELECT i, behaviour, count(*) FROM actions JOIN report_listed USING (account_id) WHERE i < %d AND source_id <= (SELECT "
        "last_source_id FROM runs WHERE run_id = %s) GROUP BY i, behaviour", EH_REPORT_MOST_ACCOUNTS, loader->run));
    EH_TRY(eh_load_query(loader, take_coactions, loader->data, err,
        "SELECT i, count(*) FROM (SELECT account_a AS account_id FROM evidence WHERE run_id = %s UNION ALL SELECT account_b FROM "
        "evidence WHERE run_id = %s) JOIN report_listed USING (account_id) WHERE i < %d GROUP BY i",
        loader->run, loader->run, EH_REPORT_MOST_ACCOUNTS));
    EH_TRY(load_partners(loader, err));
    return load_evidence(loader, err);
}

void eh_load_clear(eh_report_loader *loader)
{
    static const char *const tables[] = {"report_listed", "report_nodes", "report_networks"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        eh_status ignored = eh_load_query(loader, NULL, NULL, NULL, "DROP TABLE IF EXISTS temp.main.%s", tables[i]);
        (void)ignored; /* what is left goes with the connection */
    }
}
