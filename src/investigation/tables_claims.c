/* The tables of claims; src/cases/claim_*.c fills them. Rows are only ever added. */
#include "investigation/tables.h"

#define N_COLUMNS(columns) (sizeof(columns) / sizeof *(columns))
#define CLAIM_ID {"claim_id", "VARCHAR", "", "claim: the first 16 hex digits of sha256", EH_COLUMN_REQUIRED}
#define CHECK_ID {"check_id", "VARCHAR", "", "check: 16 hex digits of the hash of claim, run, options, version and seed", EH_COLUMN_REQUIRED}
#define LIST {"list", "VARCHAR", "", "alleged, or other: the list of the other side", EH_COLUMN_REQUIRED}
#define PART {"part", "INTEGER", "", "number of the part, from 1", EH_COLUMN_REQUIRED}
#define VERDICT {"verdict", "VARCHAR", "", "supported, not_supported, contradicted or cannot_tell", EH_COLUMN_REQUIRED}

static const eh_table_column claims[] = {
    CLAIM_ID,
    {"sha256", "VARCHAR", "", "SHA-256 of the claim's file, 64 hex digits", EH_COLUMN_REQUIRED},
    {"raised_by", "VARCHAR", "", "pseudonym of who raised it", EH_COLUMN_REQUIRED},
    {"from_time", "TIMESTAMP", "UTC, us", "begin of what is alleged", EH_COLUMN_PLAIN},
    {"to_time", "TIMESTAMP", "UTC, us", "end of it, exclusive", EH_COLUMN_PLAIN},
    {"n_accounts", "BIGINT", "accounts", "accounts alleged", EH_COLUMN_REQUIRED},
    {"n_counter_accounts", "BIGINT", "accounts", "accounts that it names for the other side", EH_COLUMN_REQUIRED},
};

static const eh_table_column claim_accounts[] = {
    CLAIM_ID,
    {"list", "VARCHAR", "", "alleged or counter", EH_COLUMN_REQUIRED},
    {"position", "INTEGER", "", "place in the list, from 1", EH_COLUMN_REQUIRED},
    {"account_id", "VARCHAR", "", "account, as the claim names it", EH_COLUMN_REQUIRED},
};

static const eh_table_column claim_parts[] = {
    CLAIM_ID, PART,
    {"kind", "VARCHAR", "", "act_together, same_operator, automated, volume, created_in_one_burst, push_these_links, push_these_tags", EH_COLUMN_REQUIRED},
    {"posts_per_day", "DOUBLE", "posts/day", "volume: at least so many", EH_COLUMN_REQUIRED},
    {"is_of_each", "BOOLEAN", "", "volume: of each account", EH_COLUMN_REQUIRED},
    {"archive_share", "DOUBLE", "", "volume: part of all posts that the archive holds, as the claim says", EH_COLUMN_REQUIRED},
    {"within_days", "DOUBLE", "days", "created_in_one_burst: length of the burst", EH_COLUMN_REQUIRED},
    {"ring", "BIGINT", "accounts", "act_together: so many; 0 = not alleged", EH_COLUMN_REQUIRED},
    {"n_objects", "BIGINT", "objects", "act_together: so many shared; 0 = not alleged", EH_COLUMN_REQUIRED},
};

static const eh_table_column claim_pushed[] = {
    CLAIM_ID, PART,
    {"object", "VARCHAR", "", "link or tag, as the claim writes it", EH_COLUMN_REQUIRED},
};

static const eh_table_column claim_material[] = {
    CLAIM_ID,
    {"sha256", "VARCHAR", "", "SHA-256 of what was handed in, 64 hex digits", EH_COLUMN_REQUIRED},
    {"name", "VARCHAR", "", "what the claim calls it", EH_COLUMN_REQUIRED},
};

static const eh_table_column claim_checks[] = {
    CHECK_ID, CLAIM_ID,
    {"number", "BIGINT", "", "1, 2 ... in order of the checks of the investigation", EH_COLUMN_REQUIRED},
    {"tested_run_id", "VARCHAR", "", "run whose parameters were used", EH_COLUMN_REQUIRED},
    {"version", "VARCHAR", "", "version of evenhand", EH_COLUMN_REQUIRED},
    {"seed", "BIGINT", "", "seed of all drawing", EH_COLUMN_REQUIRED},
    {"q", "DOUBLE", "", "level of the whole claim", EH_COLUMN_REQUIRED},
    {"q_part", "DOUBLE", "", "level of each part: q over their number", EH_COLUMN_REQUIRED},
    {"n_groups", "BIGINT", "groups", "comparison groups", EH_COLUMN_REQUIRED},
    {"n_draws", "BIGINT", "rings", "rings drawn for each power; 0 = powers were left out", EH_COLUMN_REQUIRED},
    {"both_ways", "VARCHAR", "", "tested, declined, or not_asked: whether the other side was put to the same tests", EH_COLUMN_REQUIRED},
    {"declined_because", "VARCHAR", "", "the reason given", EH_COLUMN_REQUIRED},
    {"is_answered", "BOOLEAN", "", "no part of the alleged list is cannot_tell", EH_COLUMN_REQUIRED},
};

static const eh_table_column claim_results[] = {
    CHECK_ID, LIST, PART,
    {"kind", "VARCHAR", "", "what is alleged", EH_COLUMN_REQUIRED},
    VERDICT,
    {"n_accounts", "BIGINT", "accounts", "accounts of the list", EH_COLUMN_REQUIRED},
    {"n_known", "BIGINT", "accounts", "of these, with posts in the time span", EH_COLUMN_REQUIRED},
    {"n_tested", "BIGINT", "accounts", "of these, with enough data for this test", EH_COLUMN_REQUIRED},
    {"n_supported", "BIGINT", "accounts", "of these, supported one by one", EH_COLUMN_REQUIRED},
    {"expected_false", "DOUBLE", "accounts", "level times n_supported: so many of them may be false", EH_COLUMN_REQUIRED},
    {"observed", "DOUBLE", "", "what the test counts; see evidence_for", EH_COLUMN_PLAIN},
    {"expected", "DOUBLE", "", "what chance, or the comparison groups, give in the mean", EH_COLUMN_PLAIN},
    {"low", "DOUBLE", "", "95 % interval of observed, low end", EH_COLUMN_PLAIN},
    {"high", "DOUBLE", "", "95 % interval of observed, high end", EH_COLUMN_PLAIN},
    {"p_value", "DOUBLE", "", "of the part's own test", EH_COLUMN_PLAIN},
    {"p_groups", "DOUBLE", "", "share of comparison groups, the list counted in, that show as much", EH_COLUMN_PLAIN},
    {"evidence_for", "VARCHAR", "", "what speaks for it", EH_COLUMN_REQUIRED},
    {"evidence_against", "VARCHAR", "", "what speaks against it", EH_COLUMN_REQUIRED},
    {"chance", "VARCHAR", "", "what chance gives", EH_COLUMN_REQUIRED},
    {"power", "VARCHAR", "", "what could have been seen", EH_COLUMN_REQUIRED},
    {"coverage", "VARCHAR", "", "what the archive holds of the list", EH_COLUMN_REQUIRED},
};

static const eh_table_column claim_powers[] = {
    CHECK_ID, LIST, PART,
    {"ring", "BIGINT", "accounts", "accounts of a planted ring, drawn from the list", EH_COLUMN_REQUIRED},
    {"n_objects", "BIGINT", "objects", "objects on which all of them act within a minute", EH_COLUMN_REQUIRED},
    {"n_draws", "BIGINT", "rings", "rings planted", EH_COLUMN_REQUIRED},
    {"power", "DOUBLE", "", "share of them that was seen", EH_COLUMN_REQUIRED},
    {"low", "DOUBLE", "", "its 95 % interval (Wilson), low end", EH_COLUMN_REQUIRED},
    {"high", "DOUBLE", "", "high end", EH_COLUMN_REQUIRED},
};

static const eh_table_column claim_account_results[] = {
    CHECK_ID, LIST, PART,
    {"account_id", "VARCHAR", "", "account", EH_COLUMN_REQUIRED},
    VERDICT,
    {"observed", "DOUBLE", "", "posts a day, actions on what is pushed ...; see the part", EH_COLUMN_PLAIN},
    {"q_value", "DOUBLE", "", "level at which it is supported", EH_COLUMN_PLAIN},
    {"n_partners", "BIGINT", "accounts", "supported accounts of the list that it is tied to", EH_COLUMN_PLAIN},
    {"notes", "VARCHAR", "", "what speaks against it, or limits it", EH_COLUMN_REQUIRED},
};

static const eh_table_column claim_added[] = {
    CHECK_ID,
    {"account_id", "VARCHAR", "", "account that expansion adds", EH_COLUMN_REQUIRED},
    {"hop", "INTEGER", "", "in which hop", EH_COLUMN_REQUIRED},
    {"path", "VARCHAR", "", "the accounts that led to it, first a supported one of the list, joined by ' > '", EH_COLUMN_REQUIRED},
    {"q_value", "DOUBLE", "", "level at which it is linked", EH_COLUMN_REQUIRED},
    {"n_coincidences", "BIGINT", "", "with the accounts that led to it", EH_COLUMN_REQUIRED},
    {"expected", "DOUBLE", "", "what chance gives", EH_COLUMN_REQUIRED},
};

#define TABLE(name, meaning) {#name, meaning, name, N_COLUMNS(name)}
const eh_table eh_claim_tables[] = {
    TABLE(claims, "Claims about named accounts (docs/formats/claim.md)."),
    TABLE(claim_accounts, "The accounts that a claim names."),
    TABLE(claim_parts, "What a claim alleges, part by part."),
    TABLE(claim_pushed, "Links and tags that a claim says are pushed."),
    TABLE(claim_material, "What was handed in with a claim, by hash."),
    TABLE(claim_checks, "One row per check of a claim (docs/methods/claims.md)."),
    TABLE(claim_results, "What a check found, per list and part."),
    TABLE(claim_powers, "What a check could have seen: rings planted into the archive."),
    TABLE(claim_account_results, "What a check found, per account."),
    TABLE(claim_added, "Accounts that expansion added, from those that survived the check only."),
};
const size_t eh_n_claim_tables = N_COLUMNS(eh_claim_tables);
