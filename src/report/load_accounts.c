/* Listed accounts with their closest partners and strongest evidence, and the nearest that are not listed. */
#include "report/load.h"

#include "base/dict.h"

/* The accounts shown in full, in the order of the page: the strongest first. */
#define SHOWN                                                                                                            \
    "(SELECT *, row_number() OVER (ORDER BY q_value, log_e DESC, account_id) - 1 AS i FROM findings WHERE run_id = '%s' "   \
    "AND listed QUALIFY i < %d)"

typedef struct shown {
    eh_dict index; /* account id -> number on the page */
} shown;

static int64_t number_of(const shown *all, eh_str id)
{
    uint32_t number = eh_dict_find(&all->index, id);
    return number == EH_DICT_NONE ? -1 : (int64_t)number;
}

static eh_status on_account(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    shown *all = into;
    uint32_t number;
    if (at >= loader->data->n_shown_accounts) return EH_OK;
    EH_TRY(eh_load_finding(loader, cells, &loader->data->accounts[at], err));
    return eh_dict_add(&all->index, loader->data->accounts[at].id, &number, err);
}

static eh_status on_actions(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    int64_t i = number_of(into, cells[0].text);
    eh_behaviour behaviour;
    (void)at;
    (void)err;
    if (i >= 0 && eh_behaviour_of(cells[1].text, &behaviour))
        loader->data->accounts[i].n_actions[behaviour] = eh_cell_count(&cells[2]);
    return EH_OK;
}

/* Rows come by account; `first` and `n` of the account's slice are kept up to date. */
static void add_to_slice(size_t *first, size_t *n, size_t at)
{
    if (*n == 0) *first = at;
    (*n)++;
}

static eh_status on_partner(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    eh_report_data *data = loader->data;
    uint32_t i = (uint32_t)cells[0].integer;
    if (i >= data->n_shown_accounts) return EH_OK;
    eh_report_partner *partner = &data->partners[at];
    EH_TRY(eh_report_keep(data, cells[1].text, &partner->partner, err));
    partner->account = i;
    partner->i_partner = number_of(into, partner->partner);
    if (!eh_behaviour_of(cells[2].text, &partner->behaviour)) return eh_fail(err, EH_E_FORMAT, "an edge names no behaviour");
    partner->window_us = (int64_t)(eh_cell_number(&cells[3]) * 1e6 + 0.5);
    partner->n_common = (uint32_t)eh_cell_count(&cells[4]);
    partner->n_shared = (uint32_t)eh_cell_count(&cells[5]);
    partner->n_sittings = (uint32_t)eh_cell_count(&cells[6]);
    partner->n_second = (uint32_t)eh_cell_count(&cells[7]);
    partner->n_first = (uint32_t)eh_cell_count(&cells[8]);
    partner->n_tied = (uint32_t)eh_cell_count(&cells[9]);
    partner->n_sittings_expected = eh_cell_number(&cells[10]);
    partner->p_value = eh_cell_number(&cells[11]);
    add_to_slice(&data->accounts[i].first_partner, &data->accounts[i].n_shown_partners, data->n_partners++);
    return EH_OK;
}

static eh_status on_evidence(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    eh_report_data *data = loader->data;
    uint32_t i = (uint32_t)cells[0].integer;
    if (i >= data->n_shown_accounts) return EH_OK;
    eh_report_evidence *evidence = &data->evidence[at];
    EH_TRY(eh_report_keep(data, cells[1].text, &evidence->partner, err));
    EH_TRY(eh_report_keep(data, cells[3].text, &evidence->object, err));
    evidence->account = i;
    evidence->i_partner = number_of(into, evidence->partner);
    if (!eh_behaviour_of(cells[2].text, &evidence->behaviour)) return eh_fail(err, EH_E_FORMAT, "evidence names no behaviour");
    evidence->own_time_us = eh_cell_time(&cells[4]);
    evidence->partner_time_us = eh_cell_time(&cells[5]);
    evidence->p_object = eh_cell_number(&cells[6]);
    data->accounts[i].n_evidence = eh_cell_count(&cells[7]);
    add_to_slice(&data->accounts[i].first_evidence, &data->accounts[i].n_shown_evidence, data->n_evidence++);
    return EH_OK;
}

static eh_status load_details(eh_loader *loader, shown *all, eh_error *err)
{
    eh_report_data *data = loader->data;
    const char *run = loader->run_id;
    data->partners = eh_report_room(data, data->n_shown_accounts * EH_REPORT_MOST_PARTNERS, sizeof *data->partners, err);
    data->evidence = eh_report_room(data, data->n_shown_accounts * EH_REPORT_MOST_EVIDENCE, sizeof *data->evidence, err);
    if (!data->partners || !data->evidence) return err->status;
    EH_TRY(eh_load_rows(loader, on_actions, all, err,
                        "SELECT a.account_id, a.behaviour, count(*) FROM actions a JOIN " SHOWN " s USING (account_id) "
                        "WHERE a.source_id <= (SELECT last_source_id FROM runs WHERE run_id = '%s') GROUP BY ALL ORDER BY ALL",
                        run, EH_REPORT_MOST_ACCOUNTS, run));
    EH_TRY(eh_load_rows(loader, on_partner, all, err,
                        "WITH s AS " SHOWN ", sides AS (SELECT *, account_a AS own, account_b AS partner, n_a_second AS second, "
                        "n_b_second AS first_ FROM edges WHERE run_id = '%s' AND listed UNION ALL SELECT *, account_b, account_a, "
                        "n_b_second, n_a_second FROM edges WHERE run_id = '%s' AND listed) "
                        "SELECT s.i, e.partner, e.behaviour, e.window_s, e.common_objects, e.shared_objects, e.n_coincidences, "
                        "e.second, e.first_, e.n_tied, e.expected, e.p_value FROM sides e JOIN s ON s.account_id = e.own "
                        "QUALIFY row_number() OVER (PARTITION BY s.i ORDER BY e.log_e DESC, e.partner, e.behaviour) <= %d "
                        "ORDER BY s.i, e.log_e DESC, e.partner, e.behaviour",
                        run, EH_REPORT_MOST_ACCOUNTS, run, run, EH_REPORT_MOST_PARTNERS));
    return eh_load_rows(loader, on_evidence, all, err,
                        "WITH s AS " SHOWN ", sides AS (SELECT behaviour, object, p_object, account_a AS own, account_b AS partner, "
                        "time_a AS own_time, time_b AS partner_time FROM evidence WHERE run_id = '%s' UNION ALL SELECT behaviour, "
                        "object, p_object, account_b, account_a, time_b, time_a FROM evidence WHERE run_id = '%s') "
                        "SELECT s.i, e.partner, e.behaviour, e.object, e.own_time, e.partner_time, e.p_object, count(*) OVER "
                        "(PARTITION BY s.i) FROM sides e JOIN s ON s.account_id = e.own "
                        "QUALIFY row_number() OVER (PARTITION BY s.i ORDER BY e.p_object, e.own_time, e.partner, e.object) <= %d "
                        "ORDER BY s.i, e.p_object, e.own_time, e.partner, e.object",
                        run, EH_REPORT_MOST_ACCOUNTS, run, run, EH_REPORT_MOST_EVIDENCE);
}

static eh_status on_near(eh_loader *loader, void *into, size_t at, const eh_cell *cells, eh_error *err)
{
    (void)into;
    if (at >= EH_REPORT_MOST_NEAR) return EH_OK;
    loader->data->n_near = at + 1;
    return eh_load_finding(loader, cells, &loader->data->near[at], err);
}

static eh_status load_near(eh_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    const char *run = loader->run_id;
    data->near = eh_report_room(data, EH_REPORT_MOST_NEAR, sizeof *data->near, err);
    if (!data->near) return err->status;
    EH_TRY(eh_load_count(loader, &data->n_followed, err,
                         "SELECT count(*) FROM findings WHERE run_id = '%s' AND NOT listed AND notes LIKE '%%followed%%'", run));
    EH_TRY(eh_load_count(loader, &data->n_one_partner, err,
                         "SELECT count(*) FROM findings WHERE run_id = '%s' AND NOT listed AND notes LIKE '%%one_partner%%'", run));
    return eh_load_rows(loader, on_near, NULL, err,
                        "SELECT %s FROM findings WHERE run_id = '%s' AND NOT listed AND (q_value < 1 OR finding = 'weak') ORDER BY "
                        "notes LIKE '%%followed%%' OR notes LIKE '%%one_partner%%' DESC, q_value, log_e DESC, account_id LIMIT %d",
                        eh_load_finding_columns, run, EH_REPORT_MOST_NEAR);
}

eh_status eh_load_accounts(eh_loader *loader, eh_error *err)
{
    eh_report_data *data = loader->data;
    data->n_shown_accounts = data->n_listed_accounts < EH_REPORT_MOST_ACCOUNTS ? (size_t)data->n_listed_accounts
                                                                               : EH_REPORT_MOST_ACCOUNTS;
    data->accounts = eh_report_room(data, data->n_shown_accounts, sizeof *data->accounts, err);
    if (!data->accounts) return err->status;
    shown all = {EH_DICT_INIT(data->ctx)};
    eh_status status = eh_load_rows(loader, on_account, &all, err, "SELECT %s FROM " SHOWN " ORDER BY i",
                                    eh_load_finding_columns, loader->run_id, EH_REPORT_MOST_ACCOUNTS);
    if (status == EH_OK && data->n_shown_accounts) status = load_details(loader, &all, err);
    if (status == EH_OK) status = load_near(loader, err);
    eh_dict_release(&all.index);
    return status;
}
