/* Reads one account of one run. */
#include "report/statement.h"

#include "investigation/investigation_store.h"
#include "investigation/pseudonym.h"

#include <math.h>
#include <stdio.h>

/* The rows of a query, into an array of the statement. */
typedef struct rows {
    eh_statement *s;
    void *items;
    size_t n, capacity;
} rows;

static void *next_row(rows *r, size_t item_size, eh_error *err)
{
    if (eh_reserve(r->s->run.ctx, &r->items, &r->capacity, r->n + 1, item_size, err) != EH_OK) return NULL;
    void *row = (char *)r->items + r->n++ * item_size;
    memset(row, 0, item_size);
    return row;
}

/* Moves the rows to where the statement keeps them. */
static eh_status end_rows(rows *r, size_t item_size, void *items, size_t *n, eh_status status, eh_error *err)
{
    void *room = status == EH_OK ? eh_report_room(&r->s->run, r->n, item_size, err) : NULL;
    if (room) {
        if (r->n) memcpy(room, r->items, r->n * item_size);
        memcpy(items, &room, sizeof room);
        *n = r->n;
    }
    eh_free(r->s->run.ctx, r->items);
    return status != EH_OK ? status : room ? EH_OK : err->status;
}

/* ---- who ------------------------------------------------------------------------------------------------------ */

static eh_status take_account(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    eh_statement *s = data;
    EH_TRY(eh_report_keep(&s->run, cells[0].text, &s->account, err));
    if (cells[1].type == EH_CELL_TEXT) EH_TRY(eh_report_keep(&s->run, cells[1].text, &s->platform, err));
    if (cells[2].type == EH_CELL_TEXT) EH_TRY(eh_report_keep(&s->run, cells[2].text, &s->handle, err));
    s->created_us = eh_load_time(&cells[3]);
    s->first_time_us = eh_load_time(&cells[4]);
    s->last_time_us = eh_load_time(&cells[5]);
    s->n_posts = eh_load_count(&cells[6]);
    s->n_stored_actions = eh_load_count(&cells[7]);
    return EH_OK;
}

static eh_status take_days(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_statement *s = data;
    s->n_days = eh_load_count(&cells[0]);
    s->longest_gap_us = cells[1].type == EH_CELL_INT ? cells[1].integer : 0;
    s->is_current = cells[2].integer != 0;
    s->n_tested_behaviours = eh_load_count32(&cells[3]);
    return EH_OK;
}

static eh_status take_finding(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_statement *s = data;
    eh_account_result *r = &s->result;
    s->has_result = true;
    *r = (eh_account_result){.finding = eh_load_finding(&cells[0]), .is_listed = cells[1].integer != 0,
                             .q_value = eh_load_real(&cells[2], (double)NAN), .p_value = eh_load_real(&cells[3], (double)NAN),
                             .n_actions = eh_load_count32(&cells[4]), .n_partners = eh_load_count32(&cells[5]),
                             .behaviours = eh_load_behaviours(&cells[6]), .n_testable_partners = eh_load_count32(&cells[7]),
                             .independent_behaviours = eh_load_behaviours(&cells[8]), .log_e = eh_load_real(&cells[9], (double)-INFINITY),
                             .n_objects_needed = eh_load_count32(&cells[10]), .most_common_objects = eh_load_count32(&cells[11]),
                             .n_first = eh_load_count32(&cells[12]), .n_second = eh_load_count32(&cells[13]),
                             .median_delay_s = eh_load_real(&cells[14], (double)NAN), .notes = eh_load_notes(&cells[15]),
                             .legs = eh_load_legs(&cells[16])};
    for (int l = 0; l < EH_N_LEGS; l++) r->leg_q[l] = eh_load_real(&cells[17 + l], 1);
    s->network = cells[22].type == EH_CELL_INT ? cells[22].integer : 0;
    s->network_size = eh_load_count(&cells[23]);
    return EH_OK;
}

/* "timing|reuse"; runs from before that option listed by every kind but the operator. */
static eh_status take_listing(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    eh_statement *s = data;
    s->listing_legs = eh_load_legs(&cells[0]);
    if (!s->listing_legs) s->listing_legs = (1u << EH_N_LEGS) - 1;
    s->listing_legs &= ~(1u << EH_LEG_OPERATOR);
    return EH_OK;
}

static eh_status load_who(eh_statement *s, const char *account, eh_error *err)
{
    s->created_us = s->first_time_us = s->last_time_us = EH_TIME_NONE;
    EH_TRY(eh_load_query(&s->loader, take_account, s, err,
                         "SELECT account_id, platform, handle, created_time, first_time, last_time, n_posts, n_actions FROM accounts WHERE "
                         "account_id = %s", s->account_sql));
    if (!s->account.data)
        return eh_fail_at(err, EH_E_NOT_FOUND, account, -1, -1, "no account of this investigation has that id; ids are looked up exactly as "
                          "the archive has them, names are not searched");
    EH_TRY(eh_load_query(&s->loader, take_days, s, err,
        "WITH r AS (SELECT * FROM runs WHERE run_id = %s), d AS (SELECT DISTINCT time::DATE AS day FROM posts, r WHERE account_id = %s AND "
        "source_id <= r.last_source_id), t AS (SELECT epoch_us(time) - lag(epoch_us(time)) OVER (ORDER BY time) AS gap FROM posts, r WHERE "
        "account_id = %s AND source_id <= r.last_source_id) SELECT (SELECT count(*) FROM d), (SELECT max(gap) FROM t), last_source_id = "
        "(SELECT coalesce(max(source_id), 0) FROM sources), n_tested_behaviours FROM r", s->loader.run, s->account_sql, s->account_sql));
    EH_TRY(eh_load_query(&s->loader, take_finding, s, err,
        "SELECT finding, listed, q_value, p_value, n_actions, n_partners, f.behaviours, n_testable_partners, independent_behaviours, log_e, "
        "objects_needed, most_common_objects, n_first, n_second, median_delay_s, notes, legs, q_timing, q_selection, q_reuse, q_group, "
        "q_operator, TRY_CAST(substr(f.network_id, 2) AS BIGINT), n.n_accounts FROM findings f LEFT JOIN networks n ON n.run_id = f.run_id "
        "AND n.network_id = f.network_id WHERE f.run_id = %s AND f.account_id = %s", s->loader.run, s->account_sql));
    if (s->run.last_time_us != EH_TIME_NONE && s->run.first_time_us != EH_TIME_NONE)
        s->n_window_days = (uint64_t)(eh_day_of(s->run.last_time_us) - eh_day_of(s->run.first_time_us) + 1);
    return eh_load_query(&s->loader, take_listing, s, err,
                         "SELECT replace(replace(regexp_extract(parameters, '\"list_by\": \\[([^]]*)\\]', 1), '\"', ''), ', ', '|') FROM runs WHERE "
                         "run_id = %s", s->loader.run);
}

/* ---- pairs ---------------------------------------------------------------------------------------------------- */

typedef struct pair_taker {
    rows edges, partners;
} pair_taker;

static eh_status take_edge(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    pair_taker *taker = data;
    st_partner *last = taker->partners.n ? &((st_partner *)taker->partners.items)[taker->partners.n - 1] : NULL;
    if (!last || !eh_str_equal(last->id, cells[0].text)) {
        last = next_row(&taker->partners, sizeof *last, err);
        if (!last) return err->status;
        EH_TRY(eh_report_keep(&taker->partners.s->run, cells[0].text, &last->id, err));
        last->is_listed = cells[1].integer != 0;
        last->first_edge = taker->edges.n;
        last->log_e_pair = eh_load_real(&cells[11], (double)-INFINITY);
    }
    st_edge *edge = next_row(&taker->edges, sizeof *edge, err);
    if (!edge) return err->status;
    *edge = (st_edge){.partner = (uint32_t)(taker->partners.n - 1), .is_listed = cells[3].integer != 0,
                      .window_s = eh_load_real(&cells[4], 0), .expected = eh_load_real(&cells[5], (double)NAN),
                      .p_value = eh_load_real(&cells[6], (double)NAN), .q_value = eh_load_real(&cells[7], (double)NAN),
                      .q_bh = eh_load_real(&cells[8], (double)NAN), .log_e = eh_load_real(&cells[10], (double)-INFINITY),
                      .log_e_pair = last->log_e_pair, .log_e_own_second = eh_load_real(&cells[12], (double)NAN),
                      .n_common = eh_load_count(&cells[13]), .n_shared = eh_load_count(&cells[14]),
                      .n_coincidences = eh_load_count(&cells[9]), .n_own_second = eh_load_count(&cells[15]),
                      .n_partner_second = eh_load_count(&cells[16]), .n_tied = eh_load_count(&cells[17]),
                      .first_time_us = eh_load_time(&cells[18]), .last_time_us = eh_load_time(&cells[19])};
    if (!eh_behaviour_of(cells[2].text, &edge->behaviour)) return eh_fail(err, EH_E_FORMAT, "the tables name an unknown behaviour");
    last->n_edges++;
    last->is_listed_pair |= edge->is_listed;
    last->weight += (double)edge->n_common;
    return EH_OK;
}

static eh_status load_pairs(eh_statement *s, eh_error *err)
{
    pair_taker taker = {{.s = s}, {.s = s}};
    eh_status status = eh_load_query(&s->loader, take_edge, &taker, err,
        "WITH e AS (SELECT *, account_a = %s AS is_a, CASE WHEN account_a = %s THEN account_b ELSE account_a END AS partner FROM edges WHERE "
        "run_id = %s AND (account_a = %s OR account_b = %s)) "
        "SELECT partner, coalesce(f.listed, false), e.behaviour, e.listed, window_s, expected, e.p_value, e.q_value, q_bh, n_coincidences, "
        "e.log_e, log_e_pair, CASE WHEN is_a THEN log_e_a_second ELSE log_e_b_second END, common_objects, shared_objects, "
        "CASE WHEN is_a THEN n_a_second ELSE n_b_second END, CASE WHEN is_a THEN n_b_second ELSE n_a_second END, n_tied, e.first_time, "
        "e.last_time FROM e LEFT JOIN findings f ON f.run_id = e.run_id AND f.account_id = partner ORDER BY log_e_pair DESC, partner, e.log_e "
        "DESC, e.behaviour", s->account_sql, s->account_sql, s->loader.run, s->account_sql, s->account_sql);
    eh_status ended = end_rows(&taker.edges, sizeof *s->edges, &s->edges, &s->n_edges, status, err);
    return end_rows(&taker.partners, sizeof *s->partners, &s->partners, &s->n_partners, ended, err);
}

static eh_status take_chance(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    rows *r = data;
    eh_statement *s = r->s;
    size_t i_window = eh_load_count(&cells[9]);
    if (i_window >= EH_MOST_WINDOWS) return EH_OK;
    st_chance *chance = r->n && i_window > 0 ? &((st_chance *)r->items)[r->n - 1] : NULL;
    if (!chance) {
        chance = next_row(r, sizeof *chance, err);
        if (!chance) return err->status;
        *chance = (st_chance){.partner = UINT32_MAX, .object = eh_load_count32(&cells[2]), .episode = eh_load_count(&cells[3]),
                              .block_us = eh_load_time(&cells[4]), .n_accounts = eh_load_count(&cells[5]),
                              .own_time_us = eh_load_time(&cells[6]), .partner_time_us = eh_load_time(&cells[7]),
                              .is_on_grid = cells[8].integer != 0};
        if (!eh_behaviour_of(cells[1].text, &chance->behaviour)) return eh_fail(err, EH_E_FORMAT, "the tables name an unknown behaviour");
        uint32_t before = r->n > 1 ? chance[-1].partner : UINT32_MAX;
        if (before != UINT32_MAX && eh_str_equal(s->partners[before].id, cells[0].text)) chance->partner = before;
        for (uint32_t k = 0; k < s->n_partners && chance->partner == UINT32_MAX; k++)
            if (eh_str_equal(s->partners[k].id, cells[0].text)) chance->partner = k;
        if (chance->partner == UINT32_MAX) return eh_fail(err, EH_E_FORMAT, "the table chances names a pair that is not in edges");
        st_partner *partner = &s->partners[chance->partner];
        if (partner->n_chances++ == 0) partner->first_chance = r->n - 1;
    }
    s->windows_s[i_window] = eh_load_real(&cells[10], 0);
    if (i_window + 1 > s->n_windows) s->n_windows = i_window + 1;
    chance->p[i_window] = eh_load_real(&cells[11], 0);
    return EH_OK;
}

static eh_status take_object(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    rows *r = data;
    eh_str *object = next_row(r, sizeof *object, err);
    return object ? eh_report_keep(&r->s->run, cells[0].text, object, err) : err->status;
}

/* A pair's weight: min(n, 32)^2 object-days, all alike where the number of pairs is a bound (signif/overlap.c). */
static void weigh_partners(eh_statement *s)
{
    for (size_t k = 0; k < s->n_partners; k++) {
        st_partner *partner = &s->partners[k];
        double n = partner->n_chances ? (double)partner->n_chances : partner->weight;
        partner->weight = s->run.is_bound ? 1 : fmin(n, 32) * fmin(n, 32);
    }
}

static eh_status load_chances(eh_statement *s, eh_error *err)
{
    rows objects = {.s = s}, chances = {.s = s};
    eh_status status = eh_load_query(&s->loader, take_object, &objects, err,
        "SELECT DISTINCT behaviour || ' ' || object AS name FROM chances WHERE run_id = %s AND (account_a = %s OR account_b = %s) ORDER BY name",
        s->loader.run, s->account_sql, s->account_sql);
    EH_TRY(end_rows(&objects, sizeof *s->objects, &s->objects, &s->n_objects, status, err));
    status = eh_load_query(&s->loader, take_chance, &chances, err,
        "WITH c AS (SELECT *, account_a = %s AS is_a, CASE WHEN account_a = %s THEN account_b ELSE account_a END AS partner FROM chances WHERE "
        "run_id = %s AND (account_a = %s OR account_b = %s)) "
        "SELECT partner, behaviour, dense_rank() OVER (ORDER BY behaviour || ' ' || object) - 1, episode, block_start, n_accounts, "
        "CASE WHEN is_a THEN time_a ELSE time_b END, CASE WHEN is_a THEN time_b ELSE time_a END, on_grid, "
        "dense_rank() OVER (ORDER BY window_s) - 1, window_s, p_object FROM c ORDER BY partner, block_start, episode, window_s",
        s->account_sql, s->account_sql, s->loader.run, s->account_sql, s->account_sql);
    EH_TRY(end_rows(&chances, sizeof *s->chances, &s->chances, &s->n_chances, status, err));
    weigh_partners(s);
    return EH_OK;
}

/* ---- what is shown -------------------------------------------------------------------------------------------- */

static eh_status take_example(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    rows *r = data;
    eh_statement *s = r->s;
    st_example *example = next_row(r, sizeof *example, err);
    if (!example) return err->status;
    if (!eh_behaviour_of(cells[1].text, &example->behaviour)) return eh_fail(err, EH_E_FORMAT, "the tables name an unknown behaviour");
    example->partner = UINT32_MAX;
    for (uint32_t k = 0; k < s->n_partners && example->partner == UINT32_MAX; k++)
        if (eh_str_equal(s->partners[k].id, cells[0].text)) example->partner = k;
    EH_TRY(eh_report_keep(&s->run, cells[2].text, &example->object, err));
    EH_TRY(eh_report_keep(&s->run, cells[3].text, &example->own_post, err));
    EH_TRY(eh_report_keep(&s->run, cells[4].text, &example->partner_post, err));
    example->own_time_us = eh_load_time(&cells[5]);
    example->partner_time_us = eh_load_time(&cells[6]);
    example->p_object = eh_load_real(&cells[7], (double)NAN);
    if (cells[8].type == EH_CELL_TEXT) EH_TRY(eh_report_keep(&s->run, cells[8].text, &example->own_text_sha256, err));
    if (cells[9].type == EH_CELL_TEXT) EH_TRY(eh_report_keep(&s->run, cells[9].text, &example->partner_text_sha256, err));
    return EH_OK;
}

/* Of listed pairs the least likely co-actions, spread over partners and behaviours; else the closest with the strongest partner. */
static eh_status load_examples(eh_statement *s, eh_error *err)
{
    rows r = {.s = s};
    eh_status status = EH_OK;
    if (s->n_chances) {
        status = eh_load_query(&s->loader, take_example, &r, err,
            "WITH e AS (SELECT *, account_a = %s AS is_a FROM evidence WHERE run_id = %s AND (account_a = %s OR account_b = %s)), "
            "y AS (SELECT CASE WHEN is_a THEN account_b ELSE account_a END AS partner, behaviour, object, CASE WHEN is_a THEN post_a ELSE "
            "post_b END AS own_post, CASE WHEN is_a THEN post_b ELSE post_a END AS partner_post, CASE WHEN is_a THEN time_a ELSE time_b END AS "
            "own_time, CASE WHEN is_a THEN time_b ELSE time_a END AS partner_time, p_object FROM e), "
            "x AS (SELECT *, row_number() OVER (PARTITION BY partner, behaviour ORDER BY p_object, own_time, object) AS k FROM y), "
            "z AS (SELECT * FROM x ORDER BY k, p_object, own_time, partner, behaviour, object LIMIT %d) "
            "SELECT partner, z.behaviour, z.object, own_post, partner_post, own_time, partner_time, p_object, (SELECT sha256(any_value(text)) "
            "FROM posts p WHERE p.post_id = own_post AND p.account_id = %s), (SELECT sha256(any_value(text)) FROM posts p WHERE p.post_id = "
            "partner_post AND p.account_id = partner) FROM z ORDER BY k, p_object, own_time, partner, z.behaviour, z.object",
            s->account_sql, s->loader.run, s->account_sql, s->account_sql, ST_MOST_EXAMPLES, s->account_sql);
    } else if (s->n_partners) {
        eh_buf partner = EH_BUF_INIT(s->run.ctx);
        status = eh_sql_quote(&partner, s->partners[0].id, err);
        if (status == EH_OK)
            status = eh_load_query(&s->loader, take_example, &r, err,
                "WITH r AS (SELECT last_source_id AS n FROM runs WHERE run_id = %s), own AS (SELECT behaviour, object, time, post_id FROM actions, r "
                "WHERE account_id = %s AND source_id <= n), other AS (SELECT behaviour, object, time, post_id FROM actions, r WHERE account_id = %s "
                "AND source_id <= n) SELECT %s, own.behaviour, own.object, own.post_id, other.post_id, own.time, other.time, NULL, NULL, NULL FROM own JOIN other "
                "USING (behaviour, object) WHERE abs(epoch_us(own.time) - epoch_us(other.time)) <= 3600000000 ORDER BY abs(epoch_us(own.time) - "
                "epoch_us(other.time)), own.time, own.behaviour, own.object LIMIT %d",
                s->loader.run, s->account_sql, partner.data, partner.data, ST_MOST_EXAMPLES);
        eh_buf_release(&partner);
    }
    return end_rows(&r, sizeof *s->examples, &s->examples, &s->n_examples, status, err);
}

static eh_status take_leg_pair(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    rows *r = data;
    uint32_t legs = eh_load_legs(&cells[0]);
    st_leg_pair *pair = legs ? next_row(r, sizeof *pair, err) : NULL;
    if (!pair) return legs ? err->status : EH_OK;
    *pair = (st_leg_pair){.leg = (eh_leg)__builtin_ctz(legs), .n_observed = eh_load_count(&cells[2]),
                          .expected = eh_load_real(&cells[3], (double)NAN), .p_value = eh_load_real(&cells[4], (double)NAN)};
    return eh_report_keep(&r->s->run, cells[1].text, &pair->partner, err);
}

static eh_status take_other(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    rows *r = data;
    double *log_e = next_row(r, sizeof *log_e, err);
    if (!log_e) return err->status;
    *log_e = eh_load_real(&cells[0], (double)-INFINITY);
    return EH_OK;
}

/* ---- names ---------------------------------------------------------------------------------------------------- */

bool st_is_at_risk(const eh_statement *s, eh_str account) { return eh_guard_hides(s->guard, account); }

void st_put_partner(eh_statement *s, eh_value *to, const char *key, eh_str partner)
{
    char pseudonym[EH_PSEUDONYM_SIZE + 1];
    if (s->options->tier == EH_TIER_RESTRICTED && !st_is_at_risk(s, partner)) {
        eh_doc_text(s->doc, to, key, partner);
    } else if (s->pseudonyms) {
        eh_pseudonym_of(s->pseudonyms, partner, pseudonym);
        eh_doc_words(s->doc, to, key, pseudonym);
    } else {
        size_t number = 0; /* by strength; partners of other kinds of evidence only come after them */
        for (size_t k = 0; k < s->n_partners && !number; k++)
            if (eh_str_equal(s->partners[k].id, partner)) number = k + 1;
        for (size_t k = 0; k < s->n_leg_pairs && !number; k++)
            if (eh_str_equal(s->leg_pairs[k].partner, partner)) number = s->n_partners + k + 1;
        eh_doc_wordsf(s->doc, to, key, "partner %zu", number);
    }
}

static eh_status take_reversals(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    ((eh_statement *)data)->is_reversed = cells[0].integer > 0;
    return EH_OK;
}

eh_status st_load(eh_statement *s, const char *account, eh_error *err)
{
    EH_TRY(eh_load_run(&s->loader, err));
    EH_TRY(load_who(s, account, err));
    EH_TRY(eh_load_query(&s->loader, take_reversals, s, err,
                         "SELECT count(*) FROM appeals WHERE account_id = %s AND run_id = %s AND outcome = 'reversed'", s->account_sql, s->loader.run));
    if (s->options->at_risk_path) EH_TRY(eh_guard_new(s->run.ctx, s->options->at_risk_path, NULL, &s->guard, err));
    s->is_at_risk = st_is_at_risk(s, s->account);
    if (s->options->key_path) EH_TRY(eh_pseudonymiser_new(s->run.ctx, s->options->key_path, &s->pseudonyms, err));
    EH_TRY(load_pairs(s, err));
    EH_TRY(load_chances(s, err));
    EH_TRY(load_examples(s, err));
    rows pairs = {.s = s}, others = {.s = s};
    eh_status status = eh_load_query(&s->loader, take_leg_pair, &pairs, err,
        "SELECT leg, CASE WHEN account_a = %s THEN account_b ELSE account_a END AS partner, n_observed, n_expected, p_value FROM leg_pairs WHERE "
        "run_id = %s AND (account_a = %s OR account_b = %s) ORDER BY leg, p_value, n_observed DESC, partner",
        s->account_sql, s->loader.run, s->account_sql, s->account_sql);
    EH_TRY(end_rows(&pairs, sizeof *s->leg_pairs, &s->leg_pairs, &s->n_leg_pairs, status, err));
    status = eh_load_query(&s->loader, take_other, &others, err,
        "SELECT log_e FROM findings WHERE run_id = %s AND account_id != %s AND n_testable_partners > 0 AND isfinite(log_e) ORDER BY log_e DESC",
        s->loader.run, s->account_sql);
    return end_rows(&others, sizeof *s->other_log_e, &s->other_log_e, &s->n_others, status, err);
}
