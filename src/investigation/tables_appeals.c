/* The tables of decisions, appeals and what a reversal changed. docs/methods/appeals.md */
#include "investigation/tables.h"

#define TIME "TIMESTAMP", "UTC, us"
#define N_COLUMNS(columns) (sizeof(columns) / sizeof *(columns))

static const eh_table_column run_without[] = {
    {"run_id", "VARCHAR", "", "run", EH_COLUMN_REQUIRED},
    {"account_id", "VARCHAR", "", "account whose actions the run left out", EH_COLUMN_REQUIRED},
};

static const eh_table_column expansions[] = {
    {"expansion_id", "BIGINT", "", "1, 2 ... in order", EH_COLUMN_REQUIRED},
    {"run_id", "VARCHAR", "", "run that it read", EH_COLUMN_REQUIRED},
    {"q", "DOUBLE", "probability", "accepted share of false links", EH_COLUMN_REQUIRED},
    {"n_hops", "INTEGER", "hops", "most hops", EH_COLUMN_REQUIRED},
    {"appeal_id", "BIGINT", "", "the appeal whose reversal made it anew; NULL for others", EH_COLUMN_PLAIN},
};

static const eh_table_column expansion_accounts[] = {
    {"expansion_id", "BIGINT", "", "expansion", EH_COLUMN_REQUIRED},
    {"account_id", "VARCHAR", "", "account", EH_COLUMN_REQUIRED},
    {"role", "VARCHAR", "", "seed or linked", EH_COLUMN_REQUIRED},
    {"hop", "INTEGER", "hops", "in which it was linked; 0 for seeds", EH_COLUMN_REQUIRED},
    {"via", "VARCHAR", "", "the seed or linked account of its strongest pair", EH_COLUMN_PLAIN},
};

static const eh_table_column decisions[] = {
    {"decision_id", "BIGINT", "", "1, 2 ... in order; what an appeal names", EH_COLUMN_REQUIRED},
    {"batch_id", "BIGINT", "", "decisions that were recorded together have one number", EH_COLUMN_REQUIRED},
    {"account_id", "VARCHAR", "", "about which account", EH_COLUMN_REQUIRED},
    {"decision", "VARCHAR", "", "what was decided, in the words of whoever decided", EH_COLUMN_REQUIRED},
    {"run_id", "VARCHAR", "", "run that it relied on", EH_COLUMN_PLAIN},
    {"clause", "VARCHAR", "", "rule that it relied on", EH_COLUMN_PLAIN},
    {"key_id", "VARCHAR", "", "short name of the key that signed it", EH_COLUMN_REQUIRED},
    {"time", TIME, "when it was recorded", EH_COLUMN_REQUIRED},
    {"seq", "BIGINT", "", "its leaf in the ledger", EH_COLUMN_REQUIRED},
};

static const eh_table_column appeals[] = {
    {"appeal_id", "BIGINT", "", "1, 2 ... in order", EH_COLUMN_REQUIRED},
    {"account_id", "VARCHAR", "", "whose finding or decision is contested", EH_COLUMN_REQUIRED},
    {"run_id", "VARCHAR", "", "run of the finding", EH_COLUMN_REQUIRED},
    {"decision_id", "BIGINT", "", "the decision contested; NULL where it is the finding alone", EH_COLUMN_PLAIN},
    {"raised_by", "VARCHAR", "", "pseudonym of who appeals", EH_COLUMN_REQUIRED},
    {"reasons", "VARCHAR", "", "what they say", EH_COLUMN_REQUIRED},
    {"opened", TIME, "when it was received", EH_COLUMN_REQUIRED},
    {"due", TIME, "when it is to be decided", EH_COLUMN_REQUIRED},
    {"state", "VARCHAR", "", "received, admissible, recomputed, upheld, reversed, partly, insufficient, inadmissible, published", EH_COLUMN_REQUIRED},
    {"state_time", TIME, "since when", EH_COLUMN_REQUIRED},
    {"outcome", "VARCHAR", "", "upheld (the finding stands), reversed, partly, insufficient or inadmissible; empty until decided", EH_COLUMN_REQUIRED},
    {"decided", TIME, "when", EH_COLUMN_PLAIN},
    {"key_id", "VARCHAR", "", "key of the reviewer; empty until there is one", EH_COLUMN_REQUIRED},
    {"finding_before", "VARCHAR", "", "finding of the run", EH_COLUMN_REQUIRED},
    {"finding_again", "VARCHAR", "", "finding of the fresh computation", EH_COLUMN_PLAIN},
    {"fresh_run_id", "VARCHAR", "", "run of the fresh computation; the run itself where it gave the same id", EH_COLUMN_PLAIN},
    {"n_differing", "BIGINT", "rows", "rows of the run that the fresh computation did not give again", EH_COLUMN_PLAIN},
    {"corrected_run_id", "VARCHAR", "", "after a reversal: the run without the account", EH_COLUMN_PLAIN},
    {"n_changed", "BIGINT", "", "rows in appeal_changes", EH_COLUMN_PLAIN},
};

static const eh_table_column appeal_steps[] = {
    {"appeal_id", "BIGINT", "", "appeal", EH_COLUMN_REQUIRED},
    {"step", "BIGINT", "", "1, 2 ... in order", EH_COLUMN_REQUIRED},
    {"state", "VARCHAR", "", "state that it reached", EH_COLUMN_REQUIRED},
    {"time", TIME, "when", EH_COLUMN_REQUIRED},
    {"reasons", "VARCHAR", "", "why", EH_COLUMN_REQUIRED},
    {"signed_text", "VARCHAR", "", "what the reviewer signed; empty for the opening", EH_COLUMN_REQUIRED},
    {"public_key", "VARCHAR", "", "Ed25519 key, 64 hex digits; empty for the opening", EH_COLUMN_REQUIRED},
    {"signature", "VARCHAR", "", "Ed25519 signature of signed_text, 128 hex digits", EH_COLUMN_REQUIRED},
    {"seq", "BIGINT", "", "its leaf in the ledger", EH_COLUMN_REQUIRED},
};

static const eh_table_column appeal_materials[] = {
    {"appeal_id", "BIGINT", "", "appeal", EH_COLUMN_REQUIRED},
    {"number", "BIGINT", "", "1, 2 ... in order", EH_COLUMN_REQUIRED},
    {"kind", "VARCHAR", "", "alibi, shared_app, declared_automation, newsroom_duty, copied_by_others, common_source, account_taken_over, data_error or other", EH_COLUMN_REQUIRED},
    {"name", "VARCHAR", "", "file name without its directory", EH_COLUMN_REQUIRED},
    {"sha256", "VARCHAR", "", "SHA-256 of the file, which is not stored", EH_COLUMN_REQUIRED},
    {"size_bytes", "BIGINT", "bytes", "its size", EH_COLUMN_REQUIRED},
};

static const eh_table_column appeal_changes[] = {
    {"appeal_id", "BIGINT", "", "appeal that was won", EH_COLUMN_REQUIRED},
    {"thing", "VARCHAR", "", "run, expansion or claim that had used the account", EH_COLUMN_REQUIRED},
    {"thing_id", "VARCHAR", "", "which", EH_COLUMN_REQUIRED},
    {"new_id", "VARCHAR", "", "the one made anew without the account; empty where there is none", EH_COLUMN_REQUIRED},
    {"account_id", "VARCHAR", "", "whose finding or link changed; empty for the thing as a whole", EH_COLUMN_REQUIRED},
    {"was", "VARCHAR", "", "finding, or linked or not_linked, before", EH_COLUMN_REQUIRED},
    {"now", "VARCHAR", "", "and without the account", EH_COLUMN_REQUIRED},
};

#define TABLE(name, meaning) {#name, meaning, name, N_COLUMNS(name)}
const eh_table eh_appeal_tables[] = {
    TABLE(run_without, "Accounts whose actions a run left out, since their finding was reversed."),
    TABLE(expansions, "Expansions that were made, so that a reversal can find them."),
    TABLE(expansion_accounts, "Seeds and linked accounts of each expansion."),
    TABLE(decisions, "What somebody decided about an account on the strength of a finding; each can be contested alone."),
    TABLE(appeals, "Contested findings and decisions."),
    TABLE(appeal_steps, "Every state that an appeal reached, signed by who took it there."),
    TABLE(appeal_materials, "Files given as counter-evidence, by hash."),
    TABLE(appeal_changes, "What a reversal changed elsewhere."),
};
const size_t eh_n_appeal_tables = N_COLUMNS(eh_appeal_tables);
