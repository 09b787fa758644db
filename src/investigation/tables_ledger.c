/* The tables of the ledger; src/ledger/ fills them. Leaves are only ever added. */
#include "investigation/tables.h"

#define N_COLUMNS(columns) (sizeof(columns) / sizeof *(columns))

static const eh_table_column ledger[] = {
    {"seq", "BIGINT", "", "number of the leaf: 0, 1, 2 ...", EH_COLUMN_REQUIRED},
    {"time", "TIMESTAMP", "UTC, us", "when it was added, by the clock of the machine", EH_COLUMN_REQUIRED},
    {"actor", "VARCHAR", "", "who, as told by --actor; may be empty", EH_COLUMN_REQUIRED},
    {"type", "VARCHAR", "", "import, run, calibration, export, purge, ...", EH_COLUMN_REQUIRED},
    {"payload_hash", "VARCHAR", "", "SHA-256 of salt and payload, 64 hex digits", EH_COLUMN_REQUIRED},
    {"leaf_hash", "VARCHAR", "", "hash of this leaf in the Merkle tree, 64 hex digits", EH_COLUMN_REQUIRED},
};

static const eh_table_column ledger_payloads[] = {
    {"seq", "BIGINT", "", "number of the leaf", EH_COLUMN_REQUIRED},
    {"salt", "VARCHAR", "", "32 random bytes as 64 hex digits", EH_COLUMN_REQUIRED},
    {"payload", "VARCHAR", "", "what the leaf commits to, as JSON; never the text of a post", EH_COLUMN_REQUIRED},
};

static const eh_table_column ledger_tree[] = {
    {"n_leaves", "BIGINT", "leaves", "leaves so far", EH_COLUMN_REQUIRED},
    {"edge", "VARCHAR", "", "roots of the perfect subtrees of the right edge, largest first, joined by blanks", EH_COLUMN_REQUIRED},
};

static const eh_table_column ledger_heads[] = {
    {"n_leaves", "BIGINT", "leaves", "size of the tree that was signed", EH_COLUMN_REQUIRED},
    {"root_hash", "VARCHAR", "", "its root, 64 hex digits", EH_COLUMN_REQUIRED},
    {"time", "TIMESTAMP", "UTC, us", "when it was signed, by the clock of the machine", EH_COLUMN_REQUIRED},
    {"public_key", "VARCHAR", "", "Ed25519 key, 64 hex digits", EH_COLUMN_REQUIRED},
    {"signature", "VARCHAR", "", "Ed25519 signature, 128 hex digits", EH_COLUMN_REQUIRED},
};

#define TABLE(name, meaning) {#name, meaning, name, N_COLUMNS(name)}
const eh_table eh_ledger_tables[] = {
    TABLE(ledger, "The tamper-evident log: what was done, in order (docs/methods/ledger.md). Rows are only ever added."),
    TABLE(ledger_payloads, "Salt and content of each leaf; deleted when personal data are purged, and the log stays whole."),
    TABLE(ledger_tree, "One row: the Merkle tree of the log as it grows."),
    TABLE(ledger_heads, "Signed tree heads."),
};
const size_t eh_n_ledger_tables = N_COLUMNS(eh_ledger_tables);
