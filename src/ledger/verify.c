/*
 * Everything is computed anew and compared. Two trees grow side by side: `fresh` from the fields of each leaf, `stored` from the
 * hashes that lie beside them. Where a leaf's fields and hash disagree, the kept subtree roots (ledger_tree) tell which of the two
 * was changed: they agree with the tree of the other. Leaves are read in blocks of their number, so memory does not
 * grow with the log.
 */
#include "ledger/ledger_private.h"

#include "base/sort.h"
#include "base/time.h"

#include <stdarg.h>
#include <stdio.h>

enum { block_leaves = 1 << 16 };

typedef struct doubt {
    uint64_t seq;
    bool has_payload; /* the commitment fits, so payload_hash is right */
} doubt;

typedef struct known_root {
    eh_head head; /* has_signature false: an anchor from outside */
    bool is_anchor, is_reached;
    eh_hash found;
} known_root;

typedef struct verifier {
    eh_ledger *ledger;
    const eh_ledger_check_options *options;
    eh_ledger_check *out;
    eh_merkle fresh, stored;
    known_root *roots; /* ascending by n_leaves */
    size_t n_roots, roots_capacity, i_root;
    int64_t *purged; /* ascending */
    size_t n_purged, purged_capacity;
    doubt *doubts;
    size_t n_doubts, doubts_capacity;
    int64_t last_time_us, last_row;
    uint64_t n_rows;
} verifier;

static void tell(verifier *v, uint64_t seq, const char *field, const char *format, ...) EH_PRINTF(4, 5);
static void tell(verifier *v, uint64_t seq, const char *field, const char *format, ...)
{
    char message[256];
    v->out->n_problems++;
    if (!v->options->on_problem) return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    const eh_ledger_problem problem = {seq, field, message};
    v->options->on_problem(v->options->data, &problem);
}

static bool is_same(const eh_hash *a, const eh_hash *b) { return memcmp(a->bytes, b->bytes, EH_HASH_SIZE) == 0; }

/* ---- what is known beforehand ------------------------------------------------------------------------------------ */

static eh_status add_root(verifier *v, const eh_head *head, bool is_anchor, eh_error *err)
{
    EH_TRY(eh_reserve(v->ledger->ctx, (void **)&v->roots, &v->roots_capacity, v->n_roots + 1, sizeof *v->roots, err));
    v->roots[v->n_roots++] = (known_root){.head = *head, .is_anchor = is_anchor};
    return EH_OK;
}

static eh_status take_head(void *data, const eh_head *head, eh_error *err) { return add_root(data, head, false, err); }

static int by_size(const void *a, const void *b, void *data)
{
    (void)data;
    const known_root *x = a, *y = b;
    return (x->head.n_leaves > y->head.n_leaves) - (x->head.n_leaves < y->head.n_leaves);
}

static eh_status load_roots(verifier *v, eh_error *err)
{
    EH_TRY(eh_ledger_each_head(v->ledger, take_head, v, err));
    for (size_t i = 0; i < v->options->n_anchors; i++) {
        const eh_head head = {.n_leaves = v->options->anchors[i].n_leaves, .root = v->options->anchors[i].root};
        EH_TRY(add_root(v, &head, true, err));
    }
    return eh_sort(v->ledger->ctx, v->roots, v->n_roots, sizeof *v->roots, by_size, NULL, err);
}

/* The numbers in {"seqs": [3, 17], ...}, up to the bracket; what is said after them is not read. */
static eh_status take_purge(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    verifier *v = data;
    if (cells[0].type != EH_CELL_TEXT) return EH_OK;
    int64_t seq = -1;
    size_t end = eh_str_find(cells[0].text, ']', 0);
    for (size_t i = 0; i <= end; i++) {
        char c = i < end ? cells[0].text.data[i] : 0;
        if (c >= '0' && c <= '9' && seq < INT64_MAX / 10 - 1) {
            seq = (seq < 0 ? 0 : seq * 10) + (c - '0');
        } else if (seq >= 0) {
            EH_TRY(eh_reserve(v->ledger->ctx, (void **)&v->purged, &v->purged_capacity, v->n_purged + 1, sizeof *v->purged, err));
            v->purged[v->n_purged++] = seq;
            seq = -1;
        }
    }
    return EH_OK;
}

static eh_status load_purged(verifier *v, eh_error *err)
{
    EH_TRY(eh_store_query(v->ledger->store,
                          "SELECT p.payload FROM ledger l JOIN ledger_payloads p USING (seq) WHERE l.type = 'purge'", NULL,
                          take_purge, v, err));
    return eh_sort(v->ledger->ctx, v->purged, v->n_purged, sizeof *v->purged, eh_by_int64, NULL, err);
}

static bool is_purged(const verifier *v, uint64_t seq)
{
    size_t low = 0, high = v->n_purged;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uint64_t)v->purged[middle] < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low < v->n_purged && (uint64_t)v->purged[low] == seq;
}

/* ---- leaves ------------------------------------------------------------------------------------------------------ */

static void grow(verifier *v, const eh_hash *fresh, const eh_hash *stored)
{
    eh_merkle_add(&v->fresh, fresh);
    eh_merkle_add(&v->stored, stored);
    for (; v->i_root < v->n_roots && v->roots[v->i_root].head.n_leaves <= v->fresh.n_leaves; v->i_root++) {
        known_root *root = &v->roots[v->i_root];
        root->is_reached = root->head.n_leaves == v->fresh.n_leaves;
        if (root->is_reached) root->found = eh_merkle_root(&v->fresh);
    }
}

/* Leaves that are not there count as zeroes, so that what follows keeps its place. */
static void skip_to(verifier *v, uint64_t seq)
{
    const eh_hash nothing = {{0}};
    uint64_t first = v->fresh.n_leaves;
    if (seq == first + 1)
        tell(v, first, "leaf", "is missing");
    else
        tell(v, first, "leaf", "and the following ones up to %llu are missing", (unsigned long long)seq - 1);
    while (v->fresh.n_leaves < seq) grow(v, &nothing, &nothing);
}

static eh_status add_doubt(verifier *v, uint64_t seq, bool has_payload, eh_error *err)
{
    EH_TRY(eh_reserve(v->ledger->ctx, (void **)&v->doubts, &v->doubts_capacity, v->n_doubts + 1, sizeof *v->doubts, err));
    v->doubts[v->n_doubts++] = (doubt){seq, has_payload};
    return EH_OK;
}

static eh_status check_leaf(verifier *v, const eh_ledger_leaf *leaf, bool is_readable, eh_error *err)
{
    eh_hash fresh, salt;
    bool is_valid = eh_leaf_hash_of(leaf, &fresh), fits = is_valid && is_readable && is_same(&fresh, &leaf->leaf_hash);
    bool has_payload = leaf->salt.data && leaf->payload.data;
    bool has_salt = has_payload && eh_hash_of_text(leaf->salt, &salt), commits = false;
    if (has_salt) {
        eh_hash commitment = eh_commitment_of(&salt, leaf->payload);
        commits = is_same(&commitment, &leaf->payload_hash);
    }
    if (!has_payload) {
        v->out->n_purged++;
        if (!is_purged(v, leaf->seq)) tell(v, leaf->seq, "payload", "is gone, and no purge leaf says so");
    }
    if (!is_valid || !is_readable)
        tell(v, leaf->seq, is_valid ? "payload_hash or leaf_hash" : "time, actor or type", "is not of its form");
    else if (!fits && has_payload && !commits)
        tell(v, leaf->seq, "payload_hash", "fits neither the payload nor the leaf's hash");
    else if (!fits)
        EH_TRY(add_doubt(v, leaf->seq, has_payload, err));
    else if (has_payload && !has_salt)
        tell(v, leaf->seq, "salt", "is not 64 hex digits");
    else if (has_payload && !commits)
        tell(v, leaf->seq, "salt or payload", "does not give the payload_hash");
    if (leaf->time_us < v->last_time_us) v->out->n_clock_backwards++;
    v->last_time_us = leaf->time_us;
    grow(v, &fresh, &leaf->leaf_hash);
    return EH_OK;
}

/* EH_LEDGER_ROW, row of the table ledger */
static eh_status take_leaf(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    verifier *v = data;
    eh_ledger_leaf leaf;
    bool is_readable = eh_ledger_leaf_of(cells, &leaf);
    int64_t row = cells[n_columns - 1].integer;
    if (row == v->last_row) {
        tell(v, leaf.seq, "payload", "is there twice");
        return EH_OK;
    }
    v->last_row = row;
    if (leaf.seq < v->fresh.n_leaves) {
        tell(v, leaf.seq, "leaf", "is there twice");
        return EH_OK;
    }
    if (leaf.seq > v->fresh.n_leaves) skip_to(v, leaf.seq);
    return check_leaf(v, &leaf, is_readable, err);
}

static eh_status check_leaves(verifier *v, eh_error *err)
{
    char sql[512];
    for (uint64_t first = 0; first < v->n_rows; first += block_leaves) {
        uint64_t last = v->n_rows - first < block_leaves ? v->n_rows - 1 : first + block_leaves - 1;
        eh_context_report(v->ledger->ctx, "verifying the ledger", first, v->n_rows);
        (void)snprintf(sql, sizeof sql,
                       "SELECT " EH_LEDGER_ROW ", l.place FROM (SELECT *, rowid AS place FROM ledger WHERE seq BETWEEN %llu AND %llu) l "
                       "LEFT JOIN (SELECT * FROM ledger_payloads WHERE seq BETWEEN %llu AND %llu) p USING (seq) ORDER BY l.seq, l.place",
                       (unsigned long long)first, (unsigned long long)last, (unsigned long long)first, (unsigned long long)last);
        EH_TRY(eh_store_query(v->ledger->store, sql, NULL, take_leaf, v, err));
    }
    if (v->fresh.n_leaves < v->n_rows) skip_to(v, v->n_rows);
    return EH_OK;
}

static eh_status take_stranger(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    verifier *v = data;
    if (cells[1].integer)
        tell(v, (uint64_t)cells[0].integer, "seq", "is no number of a leaf: there are %llu, from 0", (unsigned long long)v->n_rows);
    else
        tell(v, (uint64_t)cells[0].integer, "payload", "belongs to no leaf");
    return EH_OK;
}

static eh_status check_strangers(verifier *v, eh_error *err)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "SELECT seq, 1 FROM ledger WHERE seq < 0 OR seq >= %llu UNION ALL SELECT seq, 0 FROM ledger_payloads p WHERE NOT "
                   "EXISTS (SELECT 1 FROM ledger l WHERE l.seq = p.seq) ORDER BY 1, 2",
                   (unsigned long long)v->n_rows);
    return eh_store_query(v->ledger->store, sql, NULL, take_stranger, v, err);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* The level of the perfect subtree of the right edge that holds a leaf, and its first leaf. */
static int subtree_of(uint64_t n, uint64_t seq, uint64_t *first)
{
    *first = 0;
    for (int k = EH_MERKLE_DEPTH - 1; k >= 0; k--) {
        if (!(n >> k & 1)) continue;
        if (seq < *first + ((uint64_t)1 << k)) return k;
        *first += (uint64_t)1 << k;
    }
    return 0;
}

static void settle_doubts(verifier *v, const eh_merkle *kept)
{
    for (size_t i = 0; i < v->n_doubts; i++) {
        const doubt *d = &v->doubts[i];
        const char *fields = d->has_payload ? "time, actor or type" : "time, actor, type or payload_hash";
        uint64_t first;
        int k = subtree_of(v->fresh.n_leaves, d->seq, &first);
        if (kept && is_same(&kept->edge[k], &v->fresh.edge[k]))
            tell(v, d->seq, "leaf_hash", "was changed: the fields give another, which fits the tree");
        else if (kept && is_same(&kept->edge[k], &v->stored.edge[k]))
            tell(v, d->seq, fields, "was changed: the leaf's hash, which fits the tree, is another");
        else
            tell(v, d->seq, d->has_payload ? "time, actor, type or leaf_hash" : "time, actor, type, payload_hash or leaf_hash",
                 "was changed: the fields do not give the leaf's hash");
    }
}

static void check_edge(verifier *v, const eh_merkle *kept)
{
    uint64_t first = 0;
    for (int k = EH_MERKLE_DEPTH - 1; k >= 0; k--) {
        if (!(v->fresh.n_leaves >> k & 1)) continue;
        uint64_t last = first + ((uint64_t)1 << k) - 1;
        if (!is_same(&kept->edge[k], &v->fresh.edge[k]) && !is_same(&kept->edge[k], &v->stored.edge[k]))
            tell(v, UINT64_MAX, "ledger_tree", "leaves %llu to %llu do not give the root that is kept for them: one was rewritten, or "
                 "ledger_tree was", (unsigned long long)first, (unsigned long long)last);
        first = last + 1;
    }
}

static eh_status check_tree(verifier *v, eh_error *err)
{
    eh_merkle kept;
    eh_error why = EH_ERROR_INIT;
    eh_status status = eh_ledger_load_tree(v->ledger, &kept, &why);
    if (status != EH_OK && status != EH_E_FORMAT) {
        *err = why;
        return status;
    }
    bool is_usable = status == EH_OK && kept.n_leaves == v->fresh.n_leaves;
    if (status != EH_OK)
        tell(v, UINT64_MAX, "ledger_tree", "is not of its form");
    else if (kept.n_leaves > v->fresh.n_leaves)
        tell(v, UINT64_MAX, "ledger_tree", "tells of %llu leaves, but only %llu are there: the end was cut off, or ledger_tree changed",
             (unsigned long long)kept.n_leaves, (unsigned long long)v->fresh.n_leaves);
    else if (kept.n_leaves < v->fresh.n_leaves)
        tell(v, UINT64_MAX, "ledger_tree", "tells of %llu leaves, but %llu are there: some were put in, or ledger_tree changed",
             (unsigned long long)kept.n_leaves, (unsigned long long)v->fresh.n_leaves);
    settle_doubts(v, is_usable ? &kept : NULL);
    if (is_usable) check_edge(v, &kept);
    return EH_OK;
}

static bool is_of_key(const verifier *v, const eh_head *head)
{
    return !v->options->key || memcmp(v->options->key->public_key, head->public_key, EH_KEY_SIZE) == 0;
}

static void check_root(verifier *v, const known_root *root, uint64_t *n_good)
{
    uint64_t n = root->head.n_leaves;
    bool fits = root->is_reached && is_same(&root->found, &root->head.root);
    bool is_signed = !root->is_anchor && eh_head_is_signed(&root->head), is_vouched = root->is_anchor || is_signed;
    if (!root->is_anchor) v->out->n_heads++;
    if (fits && is_vouched) {
        if (root->is_anchor) {
            v->out->n_anchors_met++;
            v->out->n_anchored_leaves = n;
        } else {
            v->out->n_good_heads++;
            v->out->n_heads_of_key += is_of_key(v, &root->head);
            if (is_of_key(v, &root->head)) v->out->n_signed_leaves = n;
        }
        *n_good = n;
    } else if (fits) {
        tell(v, n, "time, public_key or signature", "of this head was changed: the signature does not fit");
    } else if (!is_vouched) {
        tell(v, n, "n_leaves or root_hash", "of this head was changed: neither signature nor root fits");
    } else if (!root->is_reached) {
        tell(v, n, "leaf", "the log had %llu leaves when its %s, and has only %llu: the end was cut off", (unsigned long long)n,
             root->is_anchor ? "root was noted" : "head was signed", (unsigned long long)v->fresh.n_leaves);
    } else {
        tell(v, n, "leaf", "the log had another root at %llu leaves when %s: leaves %llu to %llu hold a change, or are not those of then",
             (unsigned long long)n, root->is_anchor ? "it was noted" : "its head was signed", (unsigned long long)*n_good,
             (unsigned long long)n - 1);
    }
}

static void check_roots(verifier *v)
{
    uint64_t n_good = 0;
    for (size_t i = 0; i < v->n_roots; i++) check_root(v, &v->roots[i], &n_good);
    if (v->options->key && v->out->n_heads_of_key == 0)
        tell(v, UINT64_MAX, "public_key", "no head that fits this log is signed with this key");
}

static eh_status verify(verifier *v, eh_error *err)
{
    int64_t n = 0;
    EH_TRY(load_roots(v, err));
    EH_TRY(load_purged(v, err));
    EH_TRY(eh_store_integer(v->ledger->store, "SELECT count(*) FROM ledger", &n, err));
    v->n_rows = (uint64_t)n;
    for (; v->i_root < v->n_roots && v->roots[v->i_root].head.n_leaves == 0; v->i_root++) {
        v->roots[v->i_root].is_reached = true;
        v->roots[v->i_root].found = eh_merkle_root(&v->fresh);
    }
    EH_TRY(check_leaves(v, err));
    EH_TRY(check_strangers(v, err));
    EH_TRY(check_tree(v, err));
    check_roots(v);
    v->out->n_leaves = v->fresh.n_leaves;
    v->out->root = eh_merkle_root(&v->fresh);
    return EH_OK;
}

eh_status eh_ledger_verify(eh_ledger *ledger, const eh_ledger_check_options *options, eh_ledger_check *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = (eh_ledger_check){0};
    verifier v = {.ledger = ledger, .options = options, .out = out, .last_row = -1, .last_time_us = EH_TIME_NONE};
    EH_TRY(eh_ledger_start_crypto(err));
    eh_status status = verify(&v, err);
    eh_free(ledger->ctx, v.roots);
    eh_free(ledger->ctx, v.purged);
    eh_free(ledger->ctx, v.doubts);
    return status;
}
