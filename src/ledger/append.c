/*
 * Leaves into the tables, inside the caller's transaction:
 *   ledger           the leaves
 *   ledger_payloads  salt and payload of each; deleted by a purge
 *   ledger_tree      one row: number of leaves, and the roots of the perfect subtrees along the right edge
 * so that an append reads one row, whatever the length of the log.
 */
#include "ledger/ledger_private.h"

#include "base/hash.h"
#include "base/time.h"

#include <sodium.h>
#include <stdio.h>
#include <time.h>

eh_status eh_ledger_new(eh_store *store, eh_ledger **out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = eh_alloc(eh_store_context(store), 1, sizeof **out, err);
    if (!*out) return err->status;
    **out = (eh_ledger){eh_store_context(store), store};
    return EH_OK;
}

/* ---- the stored tree --------------------------------------------------------------------------------------------- */

enum { hash_digits = EH_HASH_TEXT_SIZE - 1 };

typedef struct tree_row {
    eh_merkle *tree;
    uint64_t n_rows;
    bool is_good;
} tree_row;

/* edges: the hashes from the largest subtree to the smallest, joined by blanks. */
static bool read_edge(eh_merkle *tree, eh_str text)
{
    size_t at = 0;
    for (int k = EH_MERKLE_DEPTH - 1; k >= 0; k--) {
        if (!(tree->n_leaves >> k & 1)) continue;
        if (at && (at >= text.size || text.data[at++] != ' ')) return false;
        if (text.size - at < hash_digits) return false;
        if (!eh_hash_of_text((eh_str){text.data + at, hash_digits}, &tree->edge[k])) return false;
        at += hash_digits;
    }
    return at == text.size;
}

static eh_status take_tree(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    tree_row *row = data;
    row->n_rows++;
    if (cells[0].type != EH_CELL_INT || cells[0].integer < 0 || cells[1].type != EH_CELL_TEXT) return EH_OK;
    row->tree->n_leaves = (uint64_t)cells[0].integer;
    row->is_good = read_edge(row->tree, cells[1].text);
    return EH_OK;
}

eh_status eh_ledger_load_tree(eh_ledger *ledger, eh_merkle *out, eh_error *err)
{
    *out = (eh_merkle){0};
    tree_row row = {.tree = out};
    EH_TRY(eh_store_query(ledger->store, "SELECT n_leaves, edge FROM ledger_tree", NULL, take_tree, &row, err));
    if (row.n_rows == 0 || (row.n_rows == 1 && row.is_good)) return EH_OK;
    return eh_fail_at(err, EH_E_FORMAT, eh_store_path(ledger->store), -1, -1,
                      "the table ledger_tree is damaged; nothing can be added to this log: restore the file from a copy");
}

static eh_status store_tree(eh_ledger *ledger, const eh_merkle *tree, bool is_new, eh_error *err)
{
    eh_buf edge = EH_BUF_INIT(ledger->ctx);
    char hex[EH_HASH_TEXT_SIZE];
    eh_status status = eh_buf_add(&edge, "", 0, err);
    for (int k = EH_MERKLE_DEPTH - 1; k >= 0 && status == EH_OK; k--)
        if (tree->n_leaves >> k & 1)
            status = eh_buf_printf(&edge, err, "%s%s", edge.size ? " " : "", eh_hash_text(&tree->edge[k], hex));
    if (status == EH_OK)
        status = eh_store_execf(ledger->store, err,
                                is_new ? "INSERT INTO ledger_tree VALUES (%llu, '%s')"
                                       : "UPDATE ledger_tree SET n_leaves = %llu, edge = '%s'",
                                (unsigned long long)tree->n_leaves, edge.data);
    eh_buf_release(&edge);
    return status;
}

/* ---- adding ------------------------------------------------------------------------------------------------------ */

static int64_t now_us(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * EH_SECOND_US + now.tv_nsec / 1000;
}

static eh_str or_empty(eh_str s) { return s.data ? s : (eh_str){"", 0}; }

static eh_status add_leaf(eh_appender *leaves, eh_appender *payloads, eh_merkle *tree, const eh_ledger_record *record,
                          eh_error *err)
{
    char hex[EH_HASH_TEXT_SIZE];
    eh_hash salt;
    randombytes_buf(salt.bytes, sizeof salt.bytes);
    const eh_ledger_leaf leaf = {
        .seq = tree->n_leaves,
        .time_us = now_us(),
        .actor = or_empty(record->actor),
        .type = eh_str_of(record->type),
        .payload_hash = eh_commitment_of(&salt, record->payload),
    };
    eh_hash hash;
    if (!eh_leaf_hash_of(&leaf, &hash))
        return eh_fail(err, EH_E_INVALID, "the clock of this machine gives no valid time; set it right");
    eh_appender_int(leaves, (int64_t)leaf.seq);
    eh_appender_time(leaves, leaf.time_us);
    eh_appender_text(leaves, leaf.actor);
    eh_appender_text(leaves, leaf.type);
    eh_appender_text(leaves, eh_str_of(eh_hash_text(&leaf.payload_hash, hex)));
    eh_appender_text(leaves, eh_str_of(eh_hash_text(&hash, hex)));
    EH_TRY(eh_appender_end_row(leaves, err));
    eh_appender_int(payloads, (int64_t)leaf.seq);
    eh_appender_text(payloads, eh_str_of(eh_hash_text(&salt, hex)));
    eh_appender_text(payloads, or_empty(record->payload));
    EH_TRY(eh_appender_end_row(payloads, err));
    eh_merkle_add(tree, &hash);
    return EH_OK;
}

/* A tree that tells another number of leaves than there are would make every later proof wrong. */
static eh_status load_checked(eh_ledger *ledger, eh_merkle *tree, eh_error *err)
{
    int64_t n = 0;
    EH_TRY(eh_ledger_load_tree(ledger, tree, err));
    EH_TRY(eh_store_integer(ledger->store, "SELECT count(*) FROM ledger", &n, err));
    if ((uint64_t)n == tree->n_leaves) return EH_OK;
    return eh_fail_at(err, EH_E_FORMAT, eh_store_path(ledger->store), -1, -1,
                      "the ledger has %lld leaves and should have %llu, so nothing is added to it; see: evenhand ledger verify",
                      (long long)n, (unsigned long long)tree->n_leaves);
}

eh_status eh_ledger_append_all(eh_ledger *ledger, const eh_ledger_record *records, size_t n_records, uint64_t *first_seq,
                               eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_merkle tree;
    eh_appender *leaves = NULL, *payloads = NULL;
    for (size_t i = 0; i < n_records; i++) EH_TRY(eh_ledger_check_record(&records[i], err));
    EH_TRY(eh_ledger_start_crypto(err));
    EH_TRY(load_checked(ledger, &tree, err));
    bool is_new = tree.n_leaves == 0;
    if (first_seq) *first_seq = tree.n_leaves;
    if (n_records == 0) return EH_OK;
    eh_status status = eh_appender_open(ledger->store, "ledger", &leaves, err);
    if (status == EH_OK) status = eh_appender_open(ledger->store, "ledger_payloads", &payloads, err);
    for (size_t i = 0; i < n_records && status == EH_OK; i++) status = add_leaf(leaves, payloads, &tree, &records[i], err);
    if (status == EH_OK) status = eh_appender_close(&leaves, err);
    if (status == EH_OK) status = eh_appender_close(&payloads, err);
    eh_appender_discard(&leaves);
    eh_appender_discard(&payloads);
    if (status == EH_OK) status = store_tree(ledger, &tree, is_new, err);
    return status;
}

eh_status eh_ledger_append(eh_ledger *ledger, const char *type, eh_str actor, eh_str payload, uint64_t *seq, eh_error *err)
{
    const eh_ledger_record record = {type, actor, payload};
    return eh_ledger_append_all(ledger, &record, 1, seq, err);
}

/* ---- purging ----------------------------------------------------------------------------------------------------- */

static eh_status check_purge(eh_ledger *ledger, const char *list, size_t n, eh_error *err)
{
    eh_buf sql = EH_BUF_INIT(ledger->ctx);
    int64_t n_found = 0, n_purges = 0;
    eh_status status = eh_buf_printf(&sql, err, "SELECT count(DISTINCT seq) FROM ledger WHERE seq IN (%s)", list);
    if (status == EH_OK) status = eh_store_integer(ledger->store, sql.data, &n_found, err);
    eh_buf_clear(&sql);
    if (status == EH_OK)
        status = eh_buf_printf(&sql, err, "SELECT count(*) FROM ledger WHERE type = 'purge' AND seq IN (%s)", list);
    if (status == EH_OK) status = eh_store_integer(ledger->store, sql.data, &n_purges, err);
    eh_buf_release(&sql);
    EH_TRY(status);
    if ((size_t)n_found != n)
        return eh_fail_at(err, EH_E_NOT_FOUND, eh_store_path(ledger->store), -1, -1,
                          "of %zu leaves to purge, each to be named once, the ledger has %lld", n, (long long)n_found);
    if (n_purges > 0)
        return eh_fail_at(err, EH_E_INVALID, eh_store_path(ledger->store), -1, -1,
                          "a purge leaf says which payloads may be missing, so it cannot be purged itself");
    return EH_OK;
}

static eh_status delete_payloads(eh_ledger *ledger, const char *list, eh_error *err)
{
    eh_buf sql = EH_BUF_INIT(ledger->ctx);
    eh_status status = eh_buf_printf(&sql, err, "DELETE FROM ledger_payloads WHERE seq IN (%s)", list);
    if (status == EH_OK) status = eh_store_exec(ledger->store, sql.data, err);
    eh_buf_release(&sql);
    return status;
}

eh_status eh_ledger_purge_saying(eh_ledger *ledger, const uint64_t *seqs, size_t n_seqs, eh_str actor, eh_str members, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_buf list = EH_BUF_INIT(ledger->ctx), payload = EH_BUF_INIT(ledger->ctx);
    eh_status status = eh_buf_add(&list, "", 0, err);
    for (size_t i = 0; i < n_seqs && status == EH_OK; i++)
        status = eh_buf_printf(&list, err, "%s%llu", i ? ", " : "", (unsigned long long)seqs[i]);
    if (status == EH_OK && n_seqs > 0) status = check_purge(ledger, list.data, n_seqs, err);
    if (status == EH_OK && n_seqs > 0) status = delete_payloads(ledger, list.data, err);
    /* The numbers come first: verify reads up to the first bracket that closes. */
    if (status == EH_OK) status = eh_buf_printf(&payload, err, "{\"seqs\": [%s]", list.data);
    if (status == EH_OK && members.size) status = eh_buf_printf(&payload, err, ", ");
    if (status == EH_OK) status = eh_buf_add_str(&payload, or_empty(members), err);
    if (status == EH_OK) status = eh_buf_add(&payload, "}", 1, err);
    if (status == EH_OK) status = eh_ledger_append(ledger, "purge", actor, eh_buf_str(&payload), NULL, err);
    eh_buf_release(&list);
    eh_buf_release(&payload);
    return status;
}

eh_status eh_ledger_purge(eh_ledger *ledger, const uint64_t *seqs, size_t n_seqs, eh_str actor, eh_error *err)
{
    return n_seqs == 0 ? EH_OK : eh_ledger_purge_saying(ledger, seqs, n_seqs, actor, (eh_str){"", 0}, err);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool hash_cell(const eh_cell *cell, eh_hash *out)
{
    *out = (eh_hash){{0}};
    return cell->type == EH_CELL_TEXT && eh_hash_of_text(cell->text, out);
}

bool eh_ledger_leaf_of(const eh_cell *cells, eh_ledger_leaf *out)
{
    *out = (eh_ledger_leaf){
        .seq = cells[0].type == EH_CELL_INT ? (uint64_t)cells[0].integer : UINT64_MAX,
        .time_us = cells[1].type == EH_CELL_TIME ? cells[1].integer : EH_TIME_NONE,
        .actor = cells[2].type == EH_CELL_TEXT ? cells[2].text : (eh_str){"", 0},
        .type = cells[3].type == EH_CELL_TEXT ? cells[3].text : (eh_str){"", 0},
        .salt = cells[6].type == EH_CELL_TEXT ? cells[6].text : (eh_str){NULL, 0},
        .payload = cells[7].type == EH_CELL_TEXT ? cells[7].text : (eh_str){NULL, 0},
    };
    bool has_payload_hash = hash_cell(&cells[4], &out->payload_hash), has_leaf_hash = hash_cell(&cells[5], &out->leaf_hash);
    return cells[2].type == EH_CELL_TEXT && out->time_us != EH_TIME_NONE && has_payload_hash && has_leaf_hash;
}

typedef struct leaf_reader {
    eh_ledger_leaf_fn fn;
    void *data;
} leaf_reader;

static eh_status take_leaf(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    const leaf_reader *reader = data;
    eh_ledger_leaf leaf;
    (void)eh_ledger_leaf_of(cells, &leaf);
    return reader->fn(reader->data, &leaf, err);
}

eh_status eh_ledger_each(eh_ledger *ledger, eh_ledger_leaf_fn fn, void *data, eh_error *err)
{
    leaf_reader reader = {fn, data};
    return eh_store_query(ledger->store,
                          "SELECT " EH_LEDGER_ROW " FROM ledger l LEFT JOIN ledger_payloads p USING (seq) ORDER BY l.seq",
                          NULL, take_leaf, &reader, err);
}

typedef struct hash_list {
    eh_ledger *ledger;
    eh_hash *hashes;
    size_t n, capacity;
} hash_list;

static eh_status take_hash(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    hash_list *list = data;
    EH_TRY(eh_reserve(list->ledger->ctx, (void **)&list->hashes, &list->capacity, list->n + 1, sizeof *list->hashes, err));
    if (cells[0].integer != (int64_t)list->n || !hash_cell(&cells[1], &list->hashes[list->n]))
        return eh_fail_at(err, EH_E_FORMAT, eh_store_path(list->ledger->store), -1, -1,
                          "leaf %zu of the ledger is missing or damaged; see: evenhand ledger verify", list->n);
    list->n++;
    return EH_OK;
}

eh_status eh_ledger_load_hashes(eh_ledger *ledger, eh_hash **leaves, uint64_t *n, eh_error *err)
{
    hash_list list = {.ledger = ledger};
    eh_status status = eh_store_query(ledger->store, "SELECT seq, leaf_hash FROM ledger ORDER BY seq", NULL, take_hash, &list, err);
    if (status != EH_OK) {
        eh_free(ledger->ctx, list.hashes);
        list = (hash_list){0};
    }
    *leaves = list.hashes;
    *n = list.n;
    return status;
}
