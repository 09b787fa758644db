/* Parts 5, 7 to 10: what was not looked at, what was done by machine, by which rule, how to contest it, and how to make it again. */
#include "report/statement.h"

#include "base/hash.h"
#include "investigation/investigation_store.h"

#include <stdio.h>

static void put_not_examined(eh_statement *s)
{
    static const char *const things[] = {
        "What the posts say: neither opinion nor truth was judged.",
        "Addresses on the network, devices, telephone numbers, payments: an archive of posts does not hold them.",
        "Who the person is, where they live, what they believe, whom they know outside the archive.",
        "Private messages, follows, likes, and posts that are not in the archives.",
        "Side, religion, origin, language and place were not used.",
    };
    eh_value *to = eh_doc_array(s->doc, s->doc->root, "not_examined");
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) eh_doc_words(s->doc, to, NULL, things[i]);
}

static const char *told_of(eh_str outcome, bool is_left_out)
{
    static const char *const outcomes[][2] = {
        {"upheld", "The finding of that run was contested, and stands."},
        {"reversed", "The finding of that run was reversed: it does not stand."},
        {"partly", "The finding of that run stands; what was decided because of it does not, or not whole."},
        {"insufficient", "It cannot be told whether the finding of that run stands."},
        {"inadmissible", "The appeal was not looked at."},
    };
    if (is_left_out) return "The finding of that run was reversed: it does not stand. The run of this statement was computed without what the account did.";
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (eh_str_is(outcome, outcomes[i][0])) return outcomes[i][1];
    return "The finding of that run is contested; nothing is decided yet.";
}

typedef struct appeal_rows {
    eh_doc *doc;
    eh_value *to;
} appeal_rows;

/* appeal_id, run_id, state, outcome, opened, decided, is_left_out */
static eh_status take_appeal(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    const appeal_rows *rows = data;
    eh_doc *doc = rows->doc;
    char time[eh_time_text_size];
    bool is_decided = cells[5].type == EH_CELL_TIME;
    eh_value *to = eh_doc_object(doc, rows->to, NULL);
    eh_doc_count(doc, to, "appeal_id", eh_load_count(&cells[0]));
    eh_doc_text(doc, to, "run_id", cells[1].text);
    eh_doc_text(doc, to, "state", cells[2].text);
    eh_doc_words(doc, to, "opened", eh_time_text(eh_day_of(cells[4].integer) * EH_DAY_US, time));
    if (is_decided) eh_doc_words(doc, to, "decided", eh_time_text(eh_day_of(cells[5].integer) * EH_DAY_US, time));
    else eh_doc_null(doc, to, "decided");
    eh_doc_words(doc, to, "text", told_of(cells[3].text, cells[6].integer != 0 && eh_str_is(cells[3].text, "reversed")));
    return EH_OK;
}

static void put_means(eh_statement *s)
{
    eh_doc *doc = s->doc;
    const eh_statement_options *o = s->options;
    const eh_str nothing = {NULL, 0};
    eh_value *means = eh_doc_object(doc, doc->root, "automated_means");
    eh_doc_words(doc, means, "text", "The finding was computed by a program from an archive of posts. A program must not decide about an account: a person "
                 "has to weigh this statement.");
    eh_doc_text(doc, means, "reviewer", o->reviewer ? eh_str_of(o->reviewer) : nothing);
    eh_value *rule = eh_doc_object(doc, doc->root, "rule");
    eh_doc_text(doc, rule, "relied_on", o->rule ? eh_str_of(o->rule) : nothing);
    eh_doc_words(doc, rule, "text", o->rule ? "Named by whoever made this statement; evenhand does not know the rules of any platform." :
                 "No rule was named. Acting together is not by itself against any rule; whoever relies on this statement has to name one.");
}

static eh_status put_contest(eh_statement *s, eh_error *err)
{
    eh_doc *doc = s->doc;
    const eh_statement_options *o = s->options;
    const eh_str nothing = {NULL, 0};
    eh_value *contest = eh_doc_object(doc, doc->root, "contest");
    eh_doc_text(doc, contest, "where", o->contest ? eh_str_of(o->contest) : nothing);
    eh_doc_words(doc, contest, "text", "Whoever this is about can say what is wrong or missing. A different person than the one who made the finding decides, "
                 "without being told of sides, on a fresh computation, and the outcome is recorded whichever way it goes. A reversal takes the account out of "
                 "whatever was built upon it.");
    eh_value *slots = eh_doc_array(doc, contest, "counter_evidence");
    static const char *const asked[] = {"A common cause for acting at the same time: an employer, a newsroom, an event, an app, a household.",
                                        "Posts that the archive lacks or has wrong: times, texts, authorship.",
                                        "That the account was taken over, shared or copied.", "Anything else."};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) eh_doc_words(doc, slots, NULL, asked[i]);
    appeal_rows rows = {doc, eh_doc_array(doc, contest, "appeals")};
    return eh_load_query(&s->loader, take_appeal, &rows, err,
                         "SELECT appeal_id, run_id, state, outcome, opened, decided, EXISTS (SELECT 1 FROM run_without w WHERE w.run_id = %s AND w.account_id "
                         "= a.account_id) FROM appeals a WHERE account_id = %s ORDER BY appeal_id", s->loader.run, s->account_sql);
}

/* ---- the ledger ------------------------------------------------------------------------------------------------ */

typedef struct leaf_finder {
    const char *needle; /* the run id as the payload writes it */
    uint64_t seq;
    bool is_found;
} leaf_finder;

static bool holds(eh_str text, const char *needle)
{
    size_t size = strlen(needle);
    for (size_t i = 0; text.data && i + size <= text.size; i++)
        if (memcmp(text.data + i, needle, size) == 0) return true;
    return false;
}

static eh_status see_leaf(void *data, const eh_ledger_leaf *leaf, eh_error *err)
{
    (void)err;
    leaf_finder *f = data;
    if (!f->is_found && eh_str_is(leaf->type, "run") && holds(leaf->payload, f->needle)) {
        f->is_found = true;
        f->seq = leaf->seq;
    }
    return EH_OK;
}

typedef struct head_finder {
    uint64_t seq, n_leaves;
} head_finder;

static eh_status see_head(void *data, const eh_head *head, eh_error *err)
{
    (void)err;
    head_finder *f = data;
    if (head->n_leaves > f->seq && (f->n_leaves == 0 || head->n_leaves < f->n_leaves)) f->n_leaves = head->n_leaves;
    return EH_OK;
}

static void put_proof(eh_statement *s, eh_value *to, const eh_proof *proof)
{
    eh_doc *doc = s->doc;
    char text[EH_HASH_TEXT_SIZE], hex[2 * EH_SIGNATURE_SIZE + 1], when[eh_time_text_size];
    eh_doc_words(doc, to, "time", eh_time_text(proof->time_us, when));
    eh_doc_words(doc, to, "actor", proof->actor);
    eh_doc_words(doc, to, "type", proof->type);
    eh_doc_words(doc, to, "payload_hash", eh_hash_text(&proof->payload_hash, text));
    eh_doc_words(doc, to, "leaf_hash", eh_hash_text(&proof->leaf_hash, text));
    eh_value *path = eh_doc_array(doc, to, "path");
    for (size_t i = 0; i < proof->path.n; i++) eh_doc_words(doc, path, NULL, eh_hash_text(&proof->path.hashes[i], text));
    eh_doc_count(doc, to, "leaves", proof->head.n_leaves);
    eh_doc_words(doc, to, "root", eh_hash_text(&proof->head.root, text));
    if (!proof->head.has_signature) {
        eh_doc_null(doc, to, "signature");
        return;
    }
    eh_doc_words(doc, to, "head_time", eh_time_text(proof->head.time_us, when));
    eh_hex_text(proof->head.public_key, EH_KEY_SIZE, hex);
    eh_doc_words(doc, to, "public_key", hex);
    eh_hex_text(proof->head.signature, EH_SIGNATURE_SIZE, hex);
    eh_doc_words(doc, to, "signature", hex);
}

/* In the smallest signed tree that holds the leaf, else in that which ends with it: the same however the log grows. */
static eh_status put_ledger(eh_statement *s, eh_value *provenance, eh_error *err)
{
    char needle[64];
    eh_ledger *ledger = eh_investigation_ledger(s->inv);
    (void)snprintf(needle, sizeof needle, "\"run_id\": \"%s\"", s->run.run_id);
    leaf_finder leaf = {.needle = needle};
    EH_TRY(eh_ledger_each(ledger, see_leaf, &leaf, err));
    if (!leaf.is_found) {
        eh_doc_null(s->doc, provenance, "ledger");
        return EH_OK;
    }
    head_finder head = {.seq = leaf.seq};
    EH_TRY(eh_ledger_each_head(ledger, see_head, &head, err));
    eh_proof proof;
    EH_TRY(eh_ledger_prove_leaf(ledger, leaf.seq, head.n_leaves ? head.n_leaves : leaf.seq + 1, false, &proof, err));
    eh_value *to = eh_doc_object(s->doc, provenance, "ledger");
    eh_doc_count(s->doc, to, "seq", leaf.seq);
    put_proof(s, to, &proof);
    eh_doc_words(s->doc, to, "text", "The leaf that committed to the run's results when it was made; docs/methods/ledger.md says how to check it by hand.");
    eh_proof_release(&proof);
    return EH_OK;
}

/* 'text' for a shell: quotes in it end the string, stand alone, and begin it again. */
static eh_status add_quoted(eh_buf *out, eh_str text, eh_error *err)
{
    EH_TRY(eh_buf_add(out, "'", 1, err));
    for (size_t i = 0; i < text.size; i++)
        EH_TRY(text.data[i] == '\'' ? eh_buf_printf(out, err, "'\\''") : eh_buf_add(out, text.data + i, 1, err));
    return eh_buf_add(out, "'", 1, err);
}

static eh_status put_command(eh_statement *s, eh_value *to, eh_error *err)
{
    const eh_statement_options *o = s->options;
    eh_buf command = EH_BUF_INIT(s->run.ctx);
    const char *path = eh_store_path(s->loader.store), *slash = strrchr(path, '/');
    eh_status status = eh_buf_printf(&command, err, "evenhand statement ");
    if (status == EH_OK) status = add_quoted(&command, eh_str_of(slash ? slash + 1 : path), err);
    if (status == EH_OK) status = eh_buf_printf(&command, err, " ");
    if (status == EH_OK) status = s->is_at_risk ? eh_buf_printf(&command, err, "ACCOUNT") : add_quoted(&command, s->account, err);
    if (status == EH_OK)
        status = eh_buf_printf(&command, err, " --run %s --tier %s%s%s -o statement.json", s->run.run_id,
                               o->tier == EH_TIER_RESTRICTED ? "restricted" : "public", o->key_path ? " --key KEYFILE" : "",
                               o->at_risk_path ? " --at-risk FILE" : "");
    const char *texts[][2] = {{"--rule", o->rule}, {"--contest", o->contest}, {"--reviewer", o->reviewer}};
    for (int i = 0; i < 3 && status == EH_OK; i++) {
        if (!texts[i][1]) continue;
        status = eh_buf_printf(&command, err, " %s ", texts[i][0]);
        if (status == EH_OK) status = add_quoted(&command, eh_str_of(texts[i][1]), err);
    }
    if (status == EH_OK) eh_doc_text(s->doc, to, "command", eh_buf_str(&command));
    eh_buf_release(&command);
    return status;
}

eh_status st_part_redress(eh_statement *s, eh_error *err)
{
    eh_doc *doc = s->doc;
    put_not_examined(s);
    put_means(s);
    EH_TRY(put_contest(s, err));
    eh_value *to = eh_doc_object(doc, doc->root, "provenance");
    eh_doc_text(doc, to, "version", s->run.version);
    eh_doc_words(doc, to, "run_id", s->run.run_id);
    eh_doc_text(doc, to, "seed", s->run.seed);
    eh_doc_text(doc, to, "parameters", s->run.parameters);
    eh_value *inputs = eh_doc_array(doc, to, "inputs");
    for (size_t i = 0; i < s->run.n_sources; i++) {
        eh_value *input = eh_doc_object(doc, inputs, NULL);
        eh_doc_text(doc, input, "name", s->run.sources[i].name);
        eh_doc_text(doc, input, "sha256", s->run.sources[i].sha256);
        eh_doc_text(doc, input, "format", s->run.sources[i].format);
        eh_doc_count(doc, input, "rows_read", s->run.sources[i].n_read);
        eh_doc_count(doc, input, "rows_kept", s->run.sources[i].n_kept);
    }
    EH_TRY(put_ledger(s, to, err));
    return put_command(s, to, err);
}
