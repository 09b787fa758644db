/**
 * @file appeals.h
 * Contesting a finding, or a decision that relied on one: docs/methods/appeals.md. Reviewers are told apart by their Ed25519 keys;
 * every step is a leaf of the ledger. No side is read anywhere, and what a reviewer is shown names neither account nor object.
 */
#ifndef EVENHAND_APPEALS_H
#define EVENHAND_APPEALS_H

#include "evenhand/cases.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- decisions ---------------------------------------------------------------------------------------------------- */

typedef struct eh_decision_batch {
    uint64_t batch_id, n_decisions;
    uint64_t first_decision_id; /**< the others follow */
    uint64_t n_not_listed;      /**< of accounts that the run does not list */
} eh_decision_batch;

/**
 * Records what was decided, one contestable record and one leaf per account, all or none. The table has the columns account_id (or
 * account) and decision; an account that stands twice, or that the archive does not know, is an error with its row.
 * @param[in] run_id  run relied on; NULL = the latest. clause: the rule relied on; may be NULL.
 */
EH_API EH_MUST_CHECK eh_status eh_decisions_add(eh_investigation *inv, const char *path, const char *run_id, const char *clause,
                                                const eh_key *key, eh_decision_batch *out, eh_error *err);

/* ---- appeals ------------------------------------------------------------------------------------------------------ */

typedef enum eh_appeal_state {
    EH_APPEAL_RECEIVED,
    EH_APPEAL_ADMISSIBLE,
    EH_APPEAL_RECOMPUTED,
    EH_APPEAL_UPHELD,       /**< the finding stands */
    EH_APPEAL_REVERSED,     /**< it does not: the account is taken out of what it influenced */
    EH_APPEAL_PARTLY,
    EH_APPEAL_INSUFFICIENT, /**< it cannot be told */
    EH_APPEAL_INADMISSIBLE, /**< not looked at, with the reason */
    EH_APPEAL_PUBLISHED     /**< counted in published numbers */
} eh_appeal_state;
enum { EH_N_APPEAL_STATES = EH_APPEAL_PUBLISHED + 1 };
EH_API const char *eh_appeal_state_name(eh_appeal_state state);
EH_API bool eh_appeal_state_of(eh_str name, eh_appeal_state *out);
/** Whether an appeal may go from one to the other. */
EH_API bool eh_appeal_may_go(eh_appeal_state from, eh_appeal_state to);

/** What a file of counter-evidence is said to show. */
enum { EH_N_MATERIAL_KINDS = 9 };
EH_API const char *eh_material_kind_name(int kind); /**< alibi, shared_app, ... other */

typedef struct eh_appeal_material {
    int kind;
    const char *path; /**< hashed; the file itself is not stored */
} eh_appeal_material;

enum { EH_MOST_MATERIALS = 32, EH_MOST_REASONS_SIZE = 10000 };
typedef struct eh_appeal_request {
    const char *account_id; /**< NULL where decision_id tells it */
    uint64_t decision_id;   /**< 0 = the finding alone */
    const char *run_id;     /**< NULL = that of the decision, or the latest */
    const char *raised_by;  /**< a pseudonym */
    const char *reasons;
    int64_t due_us;         /**< time to decide, from now; 0 = 30 days */
    const eh_appeal_material *materials;
    size_t n_materials;
} eh_appeal_request;

/** Receives an appeal. @retval EH_E_NOT_FOUND no such account or decision | EH_E_INVALID one about the same is open */
EH_API EH_MUST_CHECK eh_status eh_appeal_open(eh_investigation *inv, const eh_appeal_request *request, uint64_t *appeal_id,
                                              eh_error *err);

typedef struct eh_appeal_result {
    eh_appeal_state state;
    char finding_before[24], finding_again[24];
    bool is_listed_again;
    uint64_t n_differing;                       /**< recomputed: rows that the stored run and the fresh one do not share */
    char fresh_run_id[EH_RUN_ID_SIZE];          /**< recomputed */
    char corrected_run_id[EH_RUN_ID_SIZE];      /**< reversed */
    uint64_t n_findings_changed;                /**< reversed: other accounts with another finding in the corrected run */
    uint64_t n_expansions, n_links_changed;     /**< reversed: expansions made anew, accounts whose link changed */
    uint64_t n_claims;                          /**< reversed: claims that had used the account, to be checked again */
} eh_appeal_result;

/**
 * Takes an appeal a step further, signed with the reviewer's secret key. The key must not be one that decided about the account, nor
 * the one that signed the first tree head over the run; once a reviewer has begun, nobody else may go on.
 * To RECOMPUTED: detection is computed anew with the run's options and seed on the archive as it is, without accounts whose findings
 * were reversed before. To REVERSED: a corrected run without the account is stored (it becomes the latest), expansions that had it
 * as seed or linked are made anew, and everybody whose finding or link changed is in appeal_changes.
 * @retval EH_E_INVALID not possible from the present state, or not with this key
 */
EH_API EH_MUST_CHECK eh_status eh_appeal_move(eh_investigation *inv, uint64_t appeal_id, eh_appeal_state to, const char *reasons,
                                              const eh_key *key, eh_appeal_result *out, eh_error *err);

/** One appeal; texts are borrowed for the call. */
typedef struct eh_appeal {
    uint64_t appeal_id, decision_id; /**< decision_id 0 = of the finding */
    eh_str account_id, run_id, raised_by, reasons, outcome, key_id, finding_before, finding_again, corrected_run_id;
    eh_appeal_state state;
    int64_t opened_us, due_us, state_us, decided_us; /**< decided_us EH_NO_TIME until decided */
    bool is_overdue;                                 /**< not decided, and now_us is past due_us */
    uint64_t n_materials, n_changed;
} eh_appeal;
typedef eh_status (*eh_appeal_fn)(void *data, const eh_appeal *appeal, eh_error *err);
/** By number. now_us: EH_NO_TIME = the clock. fn must not use the investigation. */
EH_API EH_MUST_CHECK eh_status eh_appeals_each(eh_investigation *inv, int64_t now_us, eh_appeal_fn fn, void *data, eh_error *err);

/** Outcomes of the appeals against one run. */
typedef struct eh_appeal_rate {
    char run_id[EH_RUN_ID_SIZE];
    uint64_t n_listed, n_appeals, n_decided, n_upheld, n_reversed, n_partly, n_insufficient, n_inadmissible;
    double median_days; /**< from receipt to decision; NaN without any */
} eh_appeal_rate;
typedef eh_status (*eh_appeal_rate_fn)(void *data, const eh_appeal_rate *rate, eh_error *err);
EH_API EH_MUST_CHECK eh_status eh_appeal_rates(eh_investigation *inv, eh_appeal_rate_fn fn, void *data, eh_error *err);

/** Checks the signature of every step against what the tables say now; problems are counted and told through fn. */
EH_API EH_MUST_CHECK eh_status eh_appeals_verify(eh_investigation *inv, void (*fn)(void *data, uint64_t appeal_id, const char *problem),
                                                 void *data, uint64_t *n_checked, uint64_t *n_problems, eh_error *err);

/** Remembers an expansion, so that a later reversal finds it. seeds_path: what eh_expand read. */
EH_API EH_MUST_CHECK eh_status eh_expansion_record(eh_investigation *inv, const char *run_id, const char *seeds_path,
                                                   const eh_expand_options *options, const eh_expansion *expansion,
                                                   uint64_t *expansion_id, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
