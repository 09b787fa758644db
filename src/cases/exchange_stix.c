/*
 * A STIX 2.1 bundle (OASIS Standard, 10 June 2021): an identity that made it, one user-account per account, a grouping per network, a
 * note per finding with its evidence and its term, and an opinion per decided appeal. Never a threat-actor: behaviour does not show who.
 *
 * user-account ids are deterministic as the standard has it (section 2.9): UUIDv5 of the canonical JSON of account_type and user_id. The
 * other ids are UUIDv5 in a namespace of our own of run and account, so that a later export of the same run updates, by `modified`
 * and `revoked`, what an earlier one said.
 */
#include "cases/exchange_private.h"

#include "ledger/ledger_private.h"

#include <stdio.h>

/* UUIDv5 of the URL namespace and "https://evenhand.example/stix". */
static const unsigned char own_namespace[16] = {0xa7, 0x06, 0x87, 0x10, 0xe4, 0xff, 0x50, 0xb3, 0xbd, 0x9b, 0x13, 0x48, 0xa3, 0xde, 0x81, 0x42};

/* Techniques of DISARM, pinned: ids as in commit 49df5f649e16dfbf11e3859913c256c875c02692 of DISARMframeworks (10 February 2025). A
   behaviour is what such a technique looks like; it does not show that anybody means one. */
#define DISARM_COMMIT "49df5f649e16dfbf11e3859913c256c875c02692"
static const struct technique {
    const char *behaviour, *id;
} techniques[] = {{"repost", "T0118"}, {"link", "T0118"}, {"text", "T0084.001"}, {"hashtag", "T0049.002"}, {"reply", "T0116"}};

static void own_id(exchange *x, const char *kind, eh_str about, char text[37], eh_error *err, eh_status *status)
{
    eh_buf name = EH_BUF_INIT(x->inv->ctx);
    *status = eh_buf_printf(&name, err, "%s %s ", kind, x->run_id);
    if (*status == EH_OK) *status = eh_buf_add_str(&name, about, err);
    if (*status == EH_OK) exchange_uuid5(own_namespace, eh_buf_str(&name), text);
    eh_buf_release(&name);
}

/* A comma before every object but the first. */
static eh_status begin(exchange *x, const char *type, const char *id, eh_error *err)
{
    bool is_first = x->out.data[x->out.size - 1] == '[';
    return eh_buf_printf(&x->out, err, "%s\n  {\"type\": \"%s\", \"spec_version\": \"2.1\", \"id\": \"%s--%s\"", is_first ? "" : ",", type, type, id);
}

static eh_status add_times(exchange *x, int64_t modified_us, eh_error *err)
{
    char created[exchange_time_size], modified[exchange_time_size], maker[37];
    exchange_uuid5(own_namespace, EH_STR_LITERAL("evenhand"), maker);
    return eh_buf_printf(&x->out, err, ", \"created\": \"%s\", \"modified\": \"%s\", \"created_by_ref\": \"identity--%s\"",
                         exchange_time(x->run_us, created), exchange_time(modified_us, modified), maker);
}

/* ---- accounts ---------------------------------------------------------------------------------------------------- */

/* Lower case, blanks as hyphens; "" for a platform that is not a plain word. */
static void account_type(eh_str platform, char text[32])
{
    text[0] = 0;
    if (platform.size == 0 || platform.size > 31) return;
    for (size_t i = 0; i < platform.size; i++) {
        char c = platform.data[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if (c == ' ' || c == '_') c = '-';
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        text[i] = is_plain ? c : 0;
        text[i + 1] = 0;
        if (!is_plain) {
            text[0] = 0;
            return;
        }
    }
}

/* Contributing properties in canonical order (RFC 8785: keys sorted, no blanks). */
static eh_status account_uuid(exchange *x, eh_str id, const char *type, char uuid[37], eh_error *err)
{
    eh_buf name = EH_BUF_INIT(x->inv->ctx);
    eh_status status = eh_buf_printf(&name, err, "{");
    if (status == EH_OK && type[0]) status = eh_buf_printf(&name, err, "\"account_type\":\"%s\",", type);
    if (status == EH_OK) status = eh_buf_printf(&name, err, "\"user_id\":");
    if (status == EH_OK) status = eh_ledger_json(&name, id, err);
    if (status == EH_OK) status = eh_buf_printf(&name, err, "}");
    if (status == EH_OK) exchange_uuid5(NULL, eh_buf_str(&name), uuid);
    eh_buf_release(&name);
    return status;
}

/* The platform is left out where ids are pseudonyms: then they are of no platform. */
static eh_status uuid_of(exchange *x, eh_str account, eh_str platform, eh_str *id, char type[32], char uuid[37], eh_error *err)
{
    account_type(x->pseudonymiser ? (eh_str){NULL, 0} : platform, type);
    EH_TRY(exchange_id(x, account, id, err));
    return account_uuid(x, *id, type, uuid, err);
}

static eh_status add_account(exchange *x, eh_str account, eh_str platform, char uuid[37], eh_error *err)
{
    char type[32];
    eh_str id;
    EH_TRY(uuid_of(x, account, platform, &id, type, uuid, err));
    EH_TRY(begin(x, "user-account", uuid, err));
    EH_TRY(eh_buf_printf(&x->out, err, ", \"user_id\": "));
    EH_TRY(eh_ledger_json(&x->out, id, err));
    if (type[0]) EH_TRY(eh_buf_printf(&x->out, err, ", \"account_type\": \"%s\"", type));
    return eh_buf_printf(&x->out, err, "}");
}

/* account_id, platform, finding, q_value, p_value, n_partners, behaviours, legs; for a reversed one also the time of it */
static eh_status add_finding(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    exchange *x = data;
    char uuid[37], note[37], until[exchange_time_size];
    eh_status status;
    bool is_reversed = n_columns > 8;
    if (exchange_leaves_out(x, cells[0].text)) return EH_OK;
    eh_str finding = cells[2].text;
    EH_TRY(add_account(x, cells[0].text, cells[1].type == EH_CELL_NULL ? (eh_str){NULL, 0} : cells[1].text, uuid, err));
    own_id(x, "note", cells[0].text, note, err, &status);
    EH_TRY(status);
    EH_TRY(begin(x, "note", note, err));
    EH_TRY(add_times(x, is_reversed ? cells[8].integer : x->run_us, err));
    if (is_reversed) EH_TRY(eh_buf_printf(&x->out, err, ", \"revoked\": true"));
    (void)exchange_time(x->until_us, until);
    EH_TRY(eh_buf_printf(&x->out, err, ", \"abstract\": \"Finding: %.*s\", \"content\": \"Behaviour alone: this account acts together with %lld "
                         "others beyond what chance gives (q %.3g, p %.3g; on %.*s; evidence: %.*s). It does not show who is behind the account or "
                         "why. Valid until %s. The finding can be contested; it is of run %s.%s\"",
                         (int)finding.size, finding.data, (long long)cells[5].integer, cells[3].real, cells[4].real, (int)cells[6].text.size,
                         cells[6].text.size ? cells[6].text.data : "", (int)cells[7].text.size, cells[7].text.size ? cells[7].text.data : "", until,
                         x->run_id, is_reversed ? " It was reversed on appeal." : ""));
    x->report->n_written++;
    return eh_buf_printf(&x->out, err, ", \"labels\": [\"evenhand:finding:%.*s\", \"evenhand:valid-until:%s\"], \"object_refs\": [\"user-account--%s\"]}",
                         (int)finding.size, finding.data, until, uuid);
}

/* ---- networks ---------------------------------------------------------------------------------------------------- */

static eh_status add_techniques(exchange *x, eh_str behaviours, eh_error *err)
{
    const char *separator = "";
    eh_buf done = EH_BUF_INIT(x->inv->ctx);
    EH_TRY(eh_buf_printf(&x->out, err, ", \"external_references\": ["));
    EH_TRY(eh_buf_printf(&x->out, err, "{\"source_name\": \"evenhand run\", \"external_id\": \"%s\"}", x->run_id));
    separator = ", ";
    eh_status status = eh_buf_add(&done, "", 0, err);
    for (size_t i = 0; i < sizeof techniques / sizeof *techniques && status == EH_OK; i++) {
        bool is_here = false;
        for (size_t at = 0; at < behaviours.size;) {
            size_t end = eh_str_find(behaviours, '|', at);
            is_here = is_here || eh_str_is((eh_str){behaviours.data + at, end - at}, techniques[i].behaviour);
            at = end + 1;
        }
        if (!is_here || (done.size && strstr(done.data, techniques[i].id))) continue;
        status = eh_buf_printf(&done, err, "%s ", techniques[i].id);
        if (status == EH_OK)
            status = eh_buf_printf(&x->out, err, "%s{\"source_name\": \"DISARM\", \"external_id\": \"%s\", \"description\": \"as of commit " DISARM_COMMIT
                                   "; what the behaviour looks like, not what it is for\"}", separator, techniques[i].id);
    }
    eh_buf_release(&done);
    EH_TRY(status);
    return eh_buf_printf(&x->out, err, "]");
}

typedef struct grouping {
    exchange *x;
    char network[32]; /* of the grouping that is open; "" none */
    eh_buf behaviours;
} grouping;

static eh_status end_grouping(grouping *g, eh_error *err)
{
    if (!g->network[0]) return EH_OK;
    EH_TRY(eh_buf_printf(&g->x->out, err, "]"));
    EH_TRY(add_techniques(g->x, eh_buf_str(&g->behaviours), err));
    return eh_buf_printf(&g->x->out, err, "}");
}

static eh_status begin_grouping(grouping *g, eh_str network, eh_str behaviours, eh_error *err)
{
    exchange *x = g->x;
    char id[37], until[exchange_time_size];
    eh_status status;
    EH_TRY(end_grouping(g, err));
    (void)snprintf(g->network, sizeof g->network, "%.*s", (int)network.size, network.data);
    eh_buf_clear(&g->behaviours);
    EH_TRY(eh_buf_add_str(&g->behaviours, behaviours, err));
    own_id(x, "grouping", network, id, err, &status);
    EH_TRY(status);
    EH_TRY(begin(x, "grouping", id, err));
    EH_TRY(add_times(x, x->run_us, err));
    return eh_buf_printf(&x->out, err,
                         ", \"name\": \"Network %s\", \"description\": \"Accounts that act together beyond what chance gives. Of the %.0f accounts listed by "
                         "the run at q = %.3g, about %.1f are expected to be listed wrongly. Valid until %s.\", \"labels\": "
                         "[\"evenhand:valid-until:%s\"], \"context\": \"unspecified\", \"object_refs\": [",
                         g->network, x->q > 0 ? x->report->n_false / x->q : 0.0, x->q, x->report->n_false, exchange_time(x->until_us, until), until);
}

/* account_id, platform, network_id, behaviours of the network */
static eh_status add_member(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    grouping *g = data;
    char uuid[37], type[32];
    eh_str id;
    if (eh_guard_hides(g->x->guard, cells[0].text)) return EH_OK;
    bool is_new = !eh_str_is(cells[2].text, g->network);
    if (is_new) EH_TRY(begin_grouping(g, cells[2].text, cells[3].type == EH_CELL_NULL ? (eh_str){"", 0} : cells[3].text, err));
    EH_TRY(uuid_of(g->x, cells[0].text, cells[1].type == EH_CELL_NULL ? (eh_str){NULL, 0} : cells[1].text, &id, type, uuid, err));
    return eh_buf_printf(&g->x->out, err, "%s\"user-account--%s\"", is_new ? "" : ", ", uuid);
}

/* ---- appeals ----------------------------------------------------------------------------------------------------- */

/* account_id, outcome, decided, appeal_id */
static eh_status add_opinion(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    exchange *x = data;
    char id[37], note[37], number[24];
    eh_status status;
    if (eh_guard_hides(x->guard, cells[0].text)) return EH_OK;
    bool is_upheld = eh_str_is(cells[1].text, "upheld"), is_reversed = eh_str_is(cells[1].text, "reversed");
    (void)snprintf(number, sizeof number, "%lld", (long long)cells[3].integer);
    own_id(x, "opinion", eh_str_of(number), id, err, &status);
    EH_TRY(status);
    own_id(x, "note", cells[0].text, note, err, &status);
    EH_TRY(status);
    EH_TRY(begin(x, "opinion", id, err));
    EH_TRY(add_times(x, cells[2].integer, err));
    return eh_buf_printf(&x->out, err, ", \"opinion\": \"%s\", \"explanation\": \"Appeal decided by another reviewer after computing afresh: %.*s.\", "
                         "\"object_refs\": [\"note--%s\"]}",
                         is_upheld ? "agree" : is_reversed ? "strongly-disagree" : "neutral", (int)cells[1].text.size, cells[1].text.data, note);
}

/* ---- the bundle -------------------------------------------------------------------------------------------------- */

eh_status exchange_stix(exchange *x, eh_error *err)
{
    char sql[1024], id[37];
    const char *run = x->run_id;
    eh_status status;
    own_id(x, "bundle", EH_STR_LITERAL(""), id, err, &status);
    EH_TRY(status);
    EH_TRY(eh_buf_printf(&x->out, err, "{\"type\": \"bundle\", \"id\": \"bundle--%s\", \"objects\": [", id));
    exchange_uuid5(own_namespace, EH_STR_LITERAL("evenhand"), id);
    EH_TRY(begin(x, "identity", id, err));
    EH_TRY(add_times(x, x->run_us, err));
    EH_TRY(eh_buf_printf(&x->out, err, ", \"name\": \"evenhand\", \"identity_class\": \"system\"}"));
    (void)snprintf(sql, sizeof sql,
                   "SELECT f.account_id, a.platform, f.finding, f.q_value, f.p_value, f.n_partners, coalesce(f.behaviours, ''), coalesce(f.legs, '') "
                   EXCHANGE_LISTED " ORDER BY f.account_id", run, run, run);
    EH_TRY(eh_store_query(x->inv->store, sql, NULL, add_finding, x, err));
    (void)snprintf(sql, sizeof sql,
                   "SELECT f.account_id, a.platform, f.finding, f.q_value, f.p_value, f.n_partners, coalesce(f.behaviours, ''), coalesce(f.legs, ''), "
                   "max(p.decided) FROM appeals p JOIN findings f ON f.run_id = p.run_id AND f.account_id = p.account_id LEFT JOIN accounts a ON "
                   "a.account_id = f.account_id WHERE p.outcome = 'reversed' AND f.listed AND p.run_id = '%s' GROUP BY ALL ORDER BY f.account_id",
                   run);
    EH_TRY(eh_store_query(x->inv->store, sql, NULL, add_finding, x, err));
    grouping g = {.x = x, .behaviours = EH_BUF_INIT(x->inv->ctx)};
    (void)snprintf(sql, sizeof sql,
                   "SELECT f.account_id, a.platform, f.network_id, (SELECT n.behaviours FROM networks n WHERE n.run_id = f.run_id AND n.network_id = "
                   "f.network_id) " EXCHANGE_LISTED " AND f.network_id IS NOT NULL ORDER BY CAST(substr(f.network_id, 2) AS BIGINT), f.account_id",
                   run, run, run);
    status = eh_store_query(x->inv->store, sql, NULL, add_member, &g, err);
    if (status == EH_OK) status = end_grouping(&g, err);
    eh_buf_release(&g.behaviours);
    EH_TRY(status);
    (void)snprintf(sql, sizeof sql,
                   "SELECT p.account_id, p.outcome, p.decided, p.appeal_id FROM appeals p JOIN findings f ON f.run_id = p.run_id AND f.account_id = "
                   "p.account_id WHERE p.run_id = '%s' AND f.listed AND p.outcome NOT IN ('', 'inadmissible') ORDER BY p.appeal_id",
                   run);
    EH_TRY(eh_store_query(x->inv->store, sql, NULL, add_opinion, x, err));
    return eh_buf_printf(&x->out, err, "\n]}\n");
}
