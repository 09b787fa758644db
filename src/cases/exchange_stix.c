/*
 * A STIX 2.1 bundle (OASIS Standard, 10 June 2021): an identity that made it, one user-account per account, a grouping per network, a
 * note per finding with its evidence and its term, and an opinion per decided appeal. Never a threat-actor: behaviour does not show who.
 *
 * user-account ids are deterministic as the standard has it (section 2.9): UUIDv5 of the canonical JSON of account_type and user_id. The
 * other ids are UUIDv5 in a namespace of our own of run and account, so that a later export of the same run updates, by `modified`
 * and `revoked`, what an earlier one said.
 */
#include "cases/exchange_private.h"

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

static eh_value *begin(exchange *x, const char *type, const char *uuid)
{
    eh_value *object = eh_doc_object(&x->doc, x->list, NULL);
    eh_doc_words(&x->doc, object, "type", type);
    eh_doc_words(&x->doc, object, "spec_version", "2.1");
    eh_doc_wordsf(&x->doc, object, "id", "%s--%s", type, uuid);
    return object;
}

static void add_times(exchange *x, eh_value *to, int64_t modified_us)
{
    char time[exchange_time_size], maker[37];
    exchange_uuid5(own_namespace, EH_STR_LITERAL("evenhand"), maker);
    eh_doc_words(&x->doc, to, "created", exchange_time(x->run_us, time));
    eh_doc_words(&x->doc, to, "modified", exchange_time(modified_us, time));
    eh_doc_wordsf(&x->doc, to, "created_by_ref", "identity--%s", maker);
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

static void put_account(eh_doc *doc, eh_value *to, eh_str id, const char *type)
{
    eh_doc_text(doc, to, "user_id", id);
    if (type[0]) eh_doc_words(doc, to, "account_type", type);
}

/* Of the contributing properties in canonical form. */
static eh_status account_uuid(exchange *x, eh_str id, const char *type, char uuid[37], eh_error *err)
{
    eh_doc doc;
    eh_buf name = EH_BUF_INIT(x->inv->ctx);
    eh_doc_init(&doc, x->inv->ctx);
    put_account(&doc, doc.root, id, type);
    eh_status status = eh_doc_finish(&doc, err);
    if (status == EH_OK) status = eh_canonical_write(x->inv->ctx, doc.root, &name, err);
    if (status == EH_OK) exchange_uuid5(NULL, eh_buf_str(&name), uuid);
    eh_doc_release(&doc);
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
    put_account(&x->doc, begin(x, "user-account", uuid), id, type);
    return EH_OK;
}

static int size_of(eh_str text) { return (int)text.size; }
static const char *chars_of(eh_str text) { return text.size ? text.data : ""; }

/* account_id, platform, finding, q_value, p_value, n_partners, behaviours, legs; for a reversed one also the time of it */
static eh_status add_finding(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    exchange *x = data;
    char uuid[37], id[37], until[exchange_time_size];
    eh_status status;
    bool is_reversed = n_columns > 8;
    eh_str finding = cells[2].text, behaviours = cells[6].text, legs = cells[7].text;
    if (exchange_leaves_out(x, cells[0].text)) return EH_OK;
    EH_TRY(add_account(x, cells[0].text, cells[1].type == EH_CELL_NULL ? (eh_str){NULL, 0} : cells[1].text, uuid, err));
    own_id(x, "note", cells[0].text, id, err, &status);
    EH_TRY(status);
    eh_value *note = begin(x, "note", id);
    add_times(x, note, is_reversed ? cells[8].integer : x->run_us);
    if (is_reversed) eh_doc_bool(&x->doc, note, "revoked", true);
    (void)exchange_time(x->until_us, until);
    eh_doc_wordsf(&x->doc, note, "abstract", "Finding: %.*s", size_of(finding), chars_of(finding));
    eh_doc_wordsf(&x->doc, note, "content", "Behaviour alone: this account acts together with %lld others beyond what chance gives (q %.3g, p %.3g; on "
                  "%.*s; evidence: %.*s). It does not show who is behind the account or why. Valid until %s. The finding can be contested; it is of "
                  "run %s.%s", (long long)cells[5].integer, cells[3].real, cells[4].real, size_of(behaviours), chars_of(behaviours), size_of(legs),
                  chars_of(legs), until, x->run_id, is_reversed ? " It was reversed on appeal." : "");
    eh_value *labels = eh_doc_array(&x->doc, note, "labels");
    eh_doc_wordsf(&x->doc, labels, NULL, "evenhand:finding:%.*s", size_of(finding), chars_of(finding));
    eh_doc_wordsf(&x->doc, labels, NULL, "evenhand:valid-until:%s", until);
    eh_doc_wordsf(&x->doc, eh_doc_array(&x->doc, note, "object_refs"), NULL, "user-account--%s", uuid);
    x->report->n_written++;
    return EH_OK;
}

/* ---- networks ---------------------------------------------------------------------------------------------------- */

static bool holds(eh_str behaviours, const char *behaviour)
{
    for (size_t at = 0; at < behaviours.size;) {
        size_t end = eh_str_find(behaviours, '|', at);
        if (eh_str_is((eh_str){behaviours.data + at, end - at}, behaviour)) return true;
        at = end + 1;
    }
    return false;
}

/* Each technique once. */
static void add_techniques(exchange *x, eh_value *references, eh_str behaviours)
{
    for (size_t i = 0; i < sizeof techniques / sizeof *techniques; i++) {
        bool is_told = !holds(behaviours, techniques[i].behaviour);
        for (size_t k = 0; k < i && !is_told; k++)
            is_told = strcmp(techniques[k].id, techniques[i].id) == 0 && holds(behaviours, techniques[k].behaviour);
        if (is_told) continue;
        eh_value *reference = eh_doc_object(&x->doc, references, NULL);
        eh_doc_words(&x->doc, reference, "source_name", "DISARM");
        eh_doc_words(&x->doc, reference, "external_id", techniques[i].id);
        eh_doc_words(&x->doc, reference, "description", "as of commit " DISARM_COMMIT "; what the behaviour looks like, not what it is for");
    }
}

typedef struct grouping {
    exchange *x;
    char network[32]; /* of the grouping that is open; "" none */
    eh_value *members;
} grouping;

static eh_status begin_grouping(grouping *g, eh_str network, eh_str behaviours, eh_error *err)
{
    exchange *x = g->x;
    char id[37], until[exchange_time_size];
    eh_status status;
    (void)snprintf(g->network, sizeof g->network, "%.*s", (int)network.size, network.data);
    own_id(x, "grouping", network, id, err, &status);
    EH_TRY(status);
    eh_value *object = begin(x, "grouping", id);
    add_times(x, object, x->run_us);
    (void)exchange_time(x->until_us, until);
    eh_doc_wordsf(&x->doc, object, "name", "Network %s", g->network);
    eh_doc_wordsf(&x->doc, object, "description", "Accounts that act together beyond what chance gives. Of the %.0f accounts listed by the run at q = %.3g, "
                  "about %.1f are expected to be listed wrongly. Valid until %s.", x->q > 0 ? x->report->n_false / x->q : 0.0, x->q, x->report->n_false,
                  until);
    eh_doc_wordsf(&x->doc, eh_doc_array(&x->doc, object, "labels"), NULL, "evenhand:valid-until:%s", until);
    eh_doc_words(&x->doc, object, "context", "unspecified");
    eh_value *references = eh_doc_array(&x->doc, object, "external_references"), *run = eh_doc_object(&x->doc, references, NULL);
    eh_doc_words(&x->doc, run, "source_name", "evenhand run");
    eh_doc_words(&x->doc, run, "external_id", x->run_id);
    add_techniques(x, references, behaviours);
    g->members = eh_doc_array(&x->doc, object, "object_refs");
    return EH_OK;
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
    if (!eh_str_is(cells[2].text, g->network))
        EH_TRY(begin_grouping(g, cells[2].text, cells[3].type == EH_CELL_NULL ? (eh_str){"", 0} : cells[3].text, err));
    EH_TRY(uuid_of(g->x, cells[0].text, cells[1].type == EH_CELL_NULL ? (eh_str){NULL, 0} : cells[1].text, &id, type, uuid, err));
    eh_doc_wordsf(&g->x->doc, g->members, NULL, "user-account--%s", uuid);
    return EH_OK;
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
    eh_value *opinion = begin(x, "opinion", id);
    add_times(x, opinion, cells[2].integer);
    eh_doc_words(&x->doc, opinion, "opinion", is_upheld ? "agree" : is_reversed ? "strongly-disagree" : "neutral");
    eh_doc_wordsf(&x->doc, opinion, "explanation", "Appeal decided by another reviewer after computing afresh: %.*s.", size_of(cells[1].text),
                  chars_of(cells[1].text));
    eh_doc_wordsf(&x->doc, eh_doc_array(&x->doc, opinion, "object_refs"), NULL, "note--%s", note);
    return EH_OK;
}

/* ---- the bundle -------------------------------------------------------------------------------------------------- */

eh_status exchange_stix(exchange *x, eh_error *err)
{
    char sql[1024], id[37];
    const char *run = x->run_id;
    eh_status status;
    own_id(x, "bundle", EH_STR_LITERAL(""), id, err, &status);
    EH_TRY(status);
    eh_doc_words(&x->doc, x->doc.root, "type", "bundle");
    eh_doc_wordsf(&x->doc, x->doc.root, "id", "bundle--%s", id);
    x->list = eh_doc_array(&x->doc, x->doc.root, "objects");
    exchange_uuid5(own_namespace, EH_STR_LITERAL("evenhand"), id);
    eh_value *maker = begin(x, "identity", id);
    add_times(x, maker, x->run_us);
    eh_doc_words(&x->doc, maker, "name", "evenhand");
    eh_doc_words(&x->doc, maker, "identity_class", "system");
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
    grouping g = {.x = x};
    (void)snprintf(sql, sizeof sql,
                   "SELECT f.account_id, a.platform, f.network_id, (SELECT n.behaviours FROM networks n WHERE n.run_id = f.run_id AND n.network_id = "
                   "f.network_id) " EXCHANGE_LISTED " AND f.network_id IS NOT NULL ORDER BY CAST(substr(f.network_id, 2) AS BIGINT), f.account_id",
                   run, run, run);
    EH_TRY(eh_store_query(x->inv->store, sql, NULL, add_member, &g, err));
    (void)snprintf(sql, sizeof sql,
                   "SELECT p.account_id, p.outcome, p.decided, p.appeal_id FROM appeals p JOIN findings f ON f.run_id = p.run_id AND f.account_id = "
                   "p.account_id WHERE p.run_id = '%s' AND f.listed AND p.outcome NOT IN ('', 'inadmissible') ORDER BY p.appeal_id",
                   run);
    EH_TRY(eh_store_query(x->inv->store, sql, NULL, add_opinion, x, err));
    return exchange_end_doc(x, &x->doc, err);
}
