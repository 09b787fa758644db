/* The rows of rhythm: through a database in memory, so that they take every form that an export takes. */
#include "investigation/cell_text.h"
#include "investigation/rhythm_run.h"

#include "base/time.h"

#include <math.h>
#include <stdio.h>

static void put_real(eh_appender *a, double x) { isfinite(x) ? eh_appender_real(a, x) : eh_appender_null(a); }
static void put_known(eh_appender *a, bool is_known, double x) { put_real(a, is_known ? x : (double)NAN); }
static void put_count(eh_appender *a, uint64_t n) { eh_appender_int(a, (int64_t)n); }
static void put_text(eh_appender *a, const char *text) { eh_appender_text(a, text[0] ? eh_str_of(text) : (eh_str){NULL, 0}); }
static void put_maybe(eh_appender *a, bool is_known, bool value) { is_known ? eh_appender_bool(a, value) : eh_appender_null(a); }

static eh_str account_of(const rhythm_record *r, uint32_t account) { return eh_strings_get(&r->table.accounts, account); }

static void put_group(eh_appender *a, const rhythm_record *r, uint32_t account)
{
    uint32_t group = r->group[account];
    eh_appender_text(a, group == EH_DICT_NONE ? (eh_str){NULL, 0} : eh_dict_get(&r->group_names, group));
}

static void put_clock(eh_appender *a, double minute)
{
    char text[32] = "";
    if (isfinite(minute)) snprintf(text, sizeof text, "%02d:%02d", (int)lround(minute) / 60 % 24, (int)lround(minute) % 60);
    put_text(a, text);
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static eh_status add_account(eh_appender *a, const rhythm_record *r, uint32_t i, eh_error *err)
{
    const eh_automation *row = &r->automation[i];
    const eh_operator_account *o = &r->operators.accounts[r->accounts[i]];
    char hands[16] = "";
    if (o->is_found && o->hands != UINT32_MAX) snprintf(hands, sizeof hands, "h%u", o->hands + 1);
    eh_appender_text(a, account_of(r, r->accounts[i]));
    put_group(a, r, r->accounts[i]);
    put_maybe(a, o->is_testable, o->is_found);
    put_known(a, o->is_testable, o->p_value);
    put_known(a, o->is_testable, o->q_value);
    put_known(a, o->is_testable, o->p_pairs);
    put_known(a, o->is_testable, o->p_hands);
    put_text(a, hands);
    put_count(a, o->n_testable_partners);
    put_count(a, o->n_partners);
    put_count(a, row->n_times);
    put_count(a, row->n_active_days);
    put_real(a, row->entropy_bits);
    put_real(a, row->entropy_jittered_bits);
    put_real(a, row->p_regular);
    put_real(a, row->quiet_gap_h);
    put_real(a, row->repost_share);
    put_real(a, row->median_delay_s);
    put_real(a, row->p05_delay_s);
    put_count(a, row->n_delays);
    eh_appender_null(a); /* clients and what they declare are joined later */
    eh_appender_null(a);
    put_text(a, "not in this archive");
    return eh_appender_end_row(a, err);
}

static eh_status add_pair(eh_appender *a, const rhythm_record *r, uint64_t i, eh_error *err)
{
    const eh_operator_pair *p = &r->operators.pairs[i];
    put_group(a, r, p->account_a);
    eh_appender_text(a, account_of(r, p->account_a));
    eh_appender_text(a, account_of(r, p->account_b));
    put_maybe(a, p->is_testable, p->is_found);
    eh_appender_bool(a, p->is_same_set);
    put_known(a, p->is_testable, p->p_value);
    put_known(a, p->is_testable, p->q_value);
    put_count(a, p->n_days);
    put_count(a, p->n_handover_days);
    put_real(a, p->n_handover_expected);
    put_known(a, p->is_testable, p->p_handover);
    put_count(a, p->n_a_to_b);
    put_count(a, p->n_b_to_a);
    put_count(a, p->n_overlap_days);
    put_real(a, p->n_overlap_expected);
    put_known(a, p->is_testable, p->p_never);
    put_known(a, p->turn_us > 0, (double)p->turn_us / EH_SECOND_US);
    put_count(a, p->n_turns);
    put_count(a, p->n_close);
    put_real(a, p->n_close_expected);
    put_count(a, p->n_a_first);
    put_count(a, p->n_b_first);
    put_count(a, p->n_reactions);
    put_known(a, p->is_testable && p->turn_us > 0, p->p_turns);
    return eh_appender_end_row(a, err);
}

static void put_days_off(eh_appender *a, uint32_t days_off)
{
    static const char *const names[7] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    char text[40] = "";
    size_t n = 0;
    for (int d = 0; d < 7; d++)
        if (days_off >> d & 1) n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? "|" : "", names[d]);
    put_text(a, text);
}

static size_t add_offset(char *text, size_t room, uint32_t i)
{
    int32_t minutes = eh_rhythm_offset_min(i), size = minutes < 0 ? -minutes : minutes;
    return (size_t)snprintf(text, room, "%c%02d:%02d", minutes < 0 ? '-' : '+', (int)size / 60, (int)size % 60);
}

/* Offsets only where the day looks like work; elsewhere they would be about nothing. */
static void put_offsets(eh_appender *a, const eh_workday *w)
{
    char best[16] = "", set[EH_N_OFFSETS * 8] = "", all[EH_N_OFFSETS * 24] = "";
    size_t n_set = 0, n_all = 0;
    if (w->is_known && w->shape == EH_SHAPE_WORK) {
        add_offset(best, sizeof best, w->best_offset);
        for (uint32_t i = 0; i < EH_N_OFFSETS; i++) {
            if (w->in_set[i]) {
                if (n_set) set[n_set++] = '|';
                n_set += add_offset(set + n_set, sizeof set - n_set, i);
            }
            if (n_all) all[n_all++] = '|';
            n_all += add_offset(all + n_all, sizeof all - n_all, i);
            n_all += (size_t)snprintf(all + n_all, sizeof all - n_all, "=%.2f", w->log_likelihood[i]);
        }
    }
    put_text(a, best);
    put_text(a, set);
    put_text(a, all);
}

static void put_weekdays(eh_appender *a, const eh_workday *w)
{
    char text[7 * 8] = "";
    size_t n = 0;
    for (int d = 0; w->is_known && d < 7; d++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%.3f", d ? "|" : "", w->weekday_share[d]);
    put_text(a, text);
}

/* Sets of hands with evidence among the accounts of a group: their numbers are in order of accounts, not of groups. */
static uint64_t count_hands(const rhythm_record *r, uint32_t g)
{
    uint64_t n = 0;
    for (uint32_t k = r->first[g]; k < r->first[g + 1]; k++) {
        const eh_operator_account *own = &r->operators.accounts[r->members[k]];
        bool is_first = own->is_found && own->hands != UINT32_MAX;
        for (uint32_t before = r->first[g]; is_first && before < k; before++) {
            const eh_operator_account *other = &r->operators.accounts[r->members[before]];
            is_first = !(other->is_found && other->hands == own->hands);
        }
        n += is_first;
    }
    return n;
}

static eh_status add_network(eh_appender *a, const rhythm_record *r, uint32_t g, eh_error *err)
{
    const eh_workday *w = &r->workdays[g];
    uint32_t size = r->first[g + 1] - r->first[g];
    eh_appender_text(a, eh_dict_get(&r->group_names, g));
    put_count(a, size);
    eh_appender_bool(a, rhythm_is_tested(size));
    put_count(a, rhythm_is_tested(size) ? count_hands(r, g) : 0);
    put_count(a, w->n_times);
    put_count(a, w->n_days);
    put_clock(a, w->is_known ? w->start_min : (double)NAN);
    put_known(a, w->is_known, w->start_spread_min);
    put_clock(a, w->is_known ? w->end_min : (double)NAN);
    put_known(a, w->is_known, w->end_spread_min);
    put_clock(a, w->is_known ? w->pause_min : (double)NAN);
    put_known(a, w->is_known, w->pause_length_min);
    put_known(a, w->is_known, w->pause_depth);
    put_known(a, w->is_known, w->pause_depth_low);
    put_known(a, w->is_known, w->pause_depth_high);
    put_known(a, w->is_known, w->p_pause);
    put_days_off(a, w->days_off);
    put_known(a, w->is_known, w->p_days_off);
    put_weekdays(a, w);
    put_text(a, eh_day_shape_name(w->shape));
    put_known(a, w->is_known, w->log_odds_work);
    put_offsets(a, w);
    put_known(a, w->is_known, w->dispersion);
    return eh_appender_end_row(a, err);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

typedef eh_status (*add_fn)(eh_appender *a, const rhythm_record *r, uint64_t i, eh_error *err);
static eh_status add_account_at(eh_appender *a, const rhythm_record *r, uint64_t i, eh_error *err) { return add_account(a, r, (uint32_t)i, err); }
static eh_status add_network_at(eh_appender *a, const rhythm_record *r, uint64_t i, eh_error *err) { return add_network(a, r, (uint32_t)i, err); }

static eh_status fill(eh_store *store, const char *table, const rhythm_record *r, uint64_t n, add_fn add, eh_error *err)
{
    eh_appender *a;
    EH_TRY(eh_appender_open(store, table, &a, err));
    eh_status status = EH_OK;
    for (uint64_t i = 0; i < n && status == EH_OK; i++) status = add(a, r, i, err);
    if (status == EH_OK) return eh_appender_close(&a, err);
    eh_appender_discard(&a);
    return status;
}

static eh_status take_client(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    eh_appender *a = data;
    (void)columns;
    (void)n_columns;
    eh_appender_text(a, cells[0].text);
    eh_appender_text(a, cells[1].text);
    eh_appender_bool(a, cells[2].integer != 0);
    return eh_appender_end_row(a, err);
}

/* "Bot" as a word or at the end of one, and "automat": what programs call themselves. */
static const char client_query[] =
    "SELECT account_id, string_agg(client, '|' ORDER BY n DESC, client) FILTER (WHERE place <= 5), bool_or(declared) FROM ("
    "SELECT account_id, client, n, regexp_matches(lower(client), 'bots?($|[^a-z])|automat') AS declared, "
    "row_number() OVER (PARTITION BY account_id ORDER BY n DESC, client) AS place FROM ("
    "SELECT account_id, client, count(*) AS n FROM posts WHERE client IS NOT NULL AND client <> '' GROUP BY account_id, client)) "
    "GROUP BY account_id ORDER BY account_id";

static eh_status join_clients(eh_investigation *inv, eh_store *store, eh_error *err)
{
    eh_appender *a;
    EH_TRY(eh_store_exec(store, "CREATE TABLE clients(account_id VARCHAR, clients VARCHAR, declared BOOLEAN)", err));
    EH_TRY(eh_appender_open(store, "clients", &a, err));
    eh_status status = eh_store_query(inv->store, client_query, NULL, take_client, a, err);
    if (status == EH_OK)
        status = eh_appender_close(&a, err);
    else
        eh_appender_discard(&a);
    if (status != EH_OK) return status;
    return eh_store_exec(store, "UPDATE rhythm_accounts r SET clients = c.clients, declared_automation = c.declared FROM clients c "
                         "WHERE c.account_id = r.account_id", err);
}

static eh_status create(eh_store *store, eh_error *err)
{
    eh_buf sql = EH_BUF_INIT(eh_store_context(store));
    eh_status status = EH_OK;
    for (size_t i = 0; i < eh_n_rhythm_tables && status == EH_OK; i++) status = eh_tables_add_create(&sql, &eh_rhythm_tables[i], err);
    if (status == EH_OK) status = eh_store_exec(store, sql.data, err);
    eh_buf_release(&sql);
    return status;
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

static const char accounts_query[] = "SELECT * FROM rhythm_accounts ORDER BY account_id";
static const char pairs_query[] = "SELECT * FROM rhythm_pairs ORDER BY account_a, account_b";
static const char networks_query[] = "SELECT * FROM rhythm_networks ORDER BY length(network_id), network_id";

static eh_status write_parts(eh_store *store, eh_outfile *out, eh_error *err)
{
    static const char *const parts[][2] = {{"networks", networks_query}, {"accounts", accounts_query}, {"pairs", pairs_query}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        (void)fprintf(out->stream, ",\n\"%s\": ", parts[i][0]);
        EH_TRY(eh_write_json_array(store, parts[i][1], out, err));
    }
    return EH_OK;
}

const char *eh_rhythm_basis_name(eh_rhythm_basis basis)
{
    static const char *const names[] = {"list", "networks", "archive"};
    return basis >= EH_RHYTHM_OF_LIST && basis <= EH_RHYTHM_OF_ARCHIVE ? names[basis] : "archive";
}

static eh_status write_document(eh_store *store, const rhythm_record *r, const eh_rhythm_summary *s, const char *path, eh_error *err)
{
    eh_outfile out;
    EH_TRY(eh_outfile_open(r->ctx, path, &out, err));
    (void)fprintf(out.stream, "{\"basis\": \"%s\", \"run_id\": ", eh_rhythm_basis_name(s->basis));
    if (r->run_id[0])
        eh_outfile_json(&out, eh_str_of(r->run_id));
    else
        (void)fputs("null", out.stream);
    (void)fprintf(out.stream, ", \"q\": %.15g, \"time_precision_us\": %lld, \"n_unknown_accounts\": %llu,\n\"not_in_this_archive\": [\"deletions\"]",
                  r->options.q, (long long)r->options.precision_us, (unsigned long long)s->n_unknown_accounts);
    eh_status status = write_parts(store, &out, err);
    (void)fputs("}\n", out.stream);
    if (status == EH_OK) return eh_outfile_commit(&out, err);
    eh_outfile_discard(&out);
    return status;
}

static eh_status write_files(eh_store *store, const rhythm_record *r, const eh_rhythm_request *request, const eh_rhythm_summary *summary,
                             eh_error *err)
{
    size_t size = strlen(request->output);
    bool is_document = size > 5 && eh_str_is_nocase((eh_str){request->output + size - 5, 5}, ".json");
    if (request->pairs_output) EH_TRY(inv_write_table(store, pairs_query, request->pairs_output, err));
    if (request->networks_output) EH_TRY(inv_write_table(store, networks_query, request->networks_output, err));
    if (is_document) return write_document(store, r, summary, request->output, err);
    return inv_write_table(store, accounts_query, request->output, err);
}

eh_status rhythm_write(eh_investigation *inv, const rhythm_record *r, const eh_rhythm_request *request, const eh_rhythm_summary *summary,
                       eh_error *err)
{
    eh_store *store;
    EH_TRY(eh_store_open(r->ctx, NULL, EH_STORE_MEMORY, &store, err));
    eh_status status = create(store, err);
    if (status == EH_OK) status = fill(store, "rhythm_accounts", r, r->n_accounts, add_account_at, err);
    if (status == EH_OK) status = fill(store, "rhythm_pairs", r, r->n_pairs, add_pair, err);
    if (status == EH_OK) status = fill(store, "rhythm_networks", r, r->group_names.n, add_network_at, err);
    if (status == EH_OK) status = join_clients(inv, store, err);
    if (status == EH_OK) status = write_files(store, r, request, summary, err);
    eh_store_close(store);
    return status;
}
