/** @file claim_private.h  What the files of claims share. */
#ifndef EH_CASES_CLAIM_PRIVATE_H
#define EH_CASES_CLAIM_PRIVATE_H

#include "base/dict.h"
#include "evenhand/claims.h"
#include "evenhand/legs.h"
#include "investigation/investigation_store.h"
#include "signif/within.h"

enum { eh_claim_most_size = 1 << 20 };

/** The part of TOML that claims need, as JSON on the same lines: what stands on line n stays there. */
EH_MUST_CHECK eh_status claim_toml_to_json(eh_str text, const char *name, eh_buf *out, eh_error *err);

/** Reads a stored claim back, pushed objects included. */
EH_MUST_CHECK eh_status claim_load(eh_investigation *inv, const char *claim_id, eh_claim *out, eh_error *err);
/** A claim's tables of strings, filled while it is read. */
typedef struct claim_owner {
    eh_dict accounts, counter_accounts, pushed;
} claim_owner;
EH_MUST_CHECK eh_status claim_start(eh_context *ctx, eh_claim *out, claim_owner **owner, eh_error *err);
void claim_finish(eh_claim *claim);

/* ---- a check at work ---------------------------------------------------------------------------------------------- */

typedef struct claim_account {
    eh_claim_verdict verdict;
    double observed, q_value;    /* NaN: none */
    uint32_t n_partners;
    const char *note;            /* static; NULL = none */
} claim_account;

enum { claim_most_powers = 12 };
typedef struct claim_power {
    uint32_t ring, n_objects, n_draws, n_seen;
} claim_power;

/** What was found of one part and list. */
typedef struct claim_result {
    eh_claim_kind kind;
    uint32_t part;               /* from 1 */
    bool is_other;
    eh_claim_verdict verdict;
    uint32_t n_known, n_tested, n_supported;
    double observed, expected, low, high, p_value, p_groups; /* NaN: none */
    eh_buf says_for, says_against, chance, power, coverage;
    claim_account *accounts;     /* as list.ids */
    claim_power powers[claim_most_powers];
    uint32_t n_powers;
} claim_result;

/** One list under test. */
typedef struct claim_list {
    eh_context *ctx;
    const eh_strings *ids;
    uint32_t *number;            /* per id: account of the table, UINT32_MAX = without action in the span */
    uint32_t *known;             /* numbers of those known, ascending, distinct */
    uint32_t *id_of;             /* per known: index into ids */
    uint32_t n_known;
} claim_list;

/** Everything that the tests of a claim read. */
typedef struct claim_bench {
    eh_context *ctx;
    eh_investigation *inv;
    eh_store *store;
    const eh_claim *claim;
    eh_claim_options options;    /* resolved */
    eh_detect_options detect;    /* the run's, with q that of a part, less what reuse may spend */
    double q;                    /* of a part */
    uint64_t seed;
    eh_action_table table;       /* actions of the claim's time span */
    eh_test_data *data;
    eh_leg_result reuse;         /* on that table; has not run unless the run lists by it */
    int64_t from_us, to_us;      /* of the archive's posts in the span; to exclusive */
    uint32_t *n_actions;         /* per account of the table */
    uint8_t *is_listed;          /* per account of the table: by the run */
} claim_bench;

EH_MUST_CHECK eh_status claim_list_init(const claim_bench *b, const eh_strings *ids, claim_list *out, eh_error *err);
void claim_list_release(claim_list *list);

/** claim_plant.c: the actions of a table in [from, to), and what is planted beside them. */
typedef struct claim_planting {
    const uint32_t *accounts;    /* of one ring after the other */
    uint32_t ring, n_rings, n_objects;
    int64_t step_us;             /* of the archive's times */
    uint64_t seed;
} claim_planting;
EH_MUST_CHECK eh_status claim_copy_table(eh_context *ctx, const eh_action_table *table, int64_t from_us, int64_t to_us,
                                         const claim_planting *planting, eh_action_table *out, eh_error *err);

/** claim_groups.c: comparison group number g of a list: for each known account another of like activity outside the list
 *  that the run does not list; with shares_objects one that shares an object-day with somebody of the list, where there is such; of those in only (per account of the table), NULL = all; like by activity (the same), NULL = by number of actions. n_known numbers, ascending, distinct. */
typedef struct claim_matches claim_matches;
EH_MUST_CHECK eh_status claim_matches_new(const claim_bench *b, const claim_list *list, bool shares_objects, const uint8_t *only,
                                          const uint32_t *activity, claim_matches **out, eh_error *err);
void claim_matches_free(claim_matches *matches);
/** Fewer than n_known where the archive has not enough others. */
uint32_t claim_match(const claim_matches *matches, uint32_t group, uint32_t *accounts);
/** The candidates of known account i, nearest in activity first. */
uint32_t claim_candidates(const claim_matches *matches, uint32_t i, const uint32_t **candidates);

/** claim_reuse.c: who publishes the same texts. */
typedef struct claim_reused {
    double q_value;              /* at the price of its part of the level */
    uint32_t n_partners;
    bool is_testable, is_followed, is_tied;
} claim_reused;
/** Runs the leg where the run lists by it, and takes its part from the level of timing. */
EH_MUST_CHECK eh_status claim_reuse_init(claim_bench *b, eh_error *err);
/** A table, what the leg says of it, and which pairs to leave out: those inside of a ring other than the one named; NULL = none. */
typedef struct claim_texts {
    const eh_action_table *table;
    const eh_leg_result *leg;
    const uint32_t *ring_of;     /* per account of the table, UINT32_MAX = in none */
    uint32_t ring;
} claim_texts;
/** Among some accounts alone; out has n. */
EH_MUST_CHECK eh_status claim_reuse_within(const claim_bench *b, const claim_texts *texts, const uint32_t *accounts, uint32_t n,
                                           claim_reused *out, eh_error *err);

/* One test a kind; result is zeroed, its texts are empty. */
typedef eh_status claim_test_fn(const claim_bench *b, const claim_list *list, const eh_claim_part *part, claim_result *result,
                                eh_error *err);
claim_test_fn claim_test_together, claim_test_hands, claim_test_automated, claim_test_volume, claim_test_burst, claim_test_push;

/** What a check has found, on its way into the tables. */
typedef struct claim_outcome {
    const claim_bench *b;
    char check_id[EH_CLAIM_ID_SIZE], run_id[EH_RUN_ID_SIZE];
    claim_result *results;       /* by list, part */
    uint32_t n_results;
    const eh_strings *other;     /* NULL = not tested */
    const char *both_ways, *declined;
    bool is_answered;
    const eh_expansion *added;   /* NULL = none asked for, or nobody to expand from */
} claim_outcome;
/** claim_keep.c: stores it, and its ledger leaf; inside a transaction. */
EH_MUST_CHECK eh_status claim_keep(const claim_outcome *outcome, eh_error *err);

/** (1 + n) / (1 + groups). */
static inline double claim_rank(uint32_t n, uint32_t n_groups) { return (1.0 + n) / (1.0 + n_groups); }
/** Wilson's 95 % interval. */
void claim_wilson(uint32_t n, uint32_t of, double *low, double *high);
#endif
