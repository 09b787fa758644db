/**
 * @file investigation.h
 * An investigation is one DuckDB file that any DuckDB client can open: sources, rejects, accounts, posts, actions,
 * and immutable runs with their edges, evidence, networks and findings. `eh_schema_*` is the data dictionary.
 */
#ifndef EVENHAND_INVESTIGATION_H
#define EVENHAND_INVESTIGATION_H

#include "evenhand/calibrate.h"
#include "evenhand/ledger.h"
#include "evenhand/networks.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eh_investigation eh_investigation;
typedef enum eh_open_mode { EH_OPEN_CREATE, EH_OPEN_WRITE, EH_OPEN_READ } eh_open_mode;

/** @retval EH_E_NOT_FOUND no such file | EH_E_IO locked by another writer (named) | EH_E_FORMAT not an investigation */
EH_API EH_MUST_CHECK eh_status eh_investigation_open(eh_context *ctx, const char *path, eh_open_mode mode,
                                                     eh_investigation **out, eh_error *err);
EH_API void eh_investigation_close(eh_investigation *inv);
/** Whether path is a file that DuckDB wrote (by its magic bytes). */
EH_API bool eh_is_investigation(const char *path);

typedef struct eh_import_report {
    eh_ingest_report ingest;
    uint64_t n_posts, n_duplicates, n_actions[EH_N_BEHAVIOURS];
    uint64_t n_already_imported; /**< 1 when a file of the same SHA-256 and options was imported before: nothing is added */
} eh_import_report;

/** Adds one archive in one transaction: whole or not at all. pseudonym_key: NULL, or a file whose bytes key an
 *  HMAC-SHA-256 that replaces every account id and handle before anything is stored. */
EH_API EH_MUST_CHECK eh_status eh_investigation_import(eh_investigation *inv, const char *path,
                                                       const eh_ingest_options *options, const char *pseudonym_key,
                                                       eh_import_report *report, eh_error *err);

/** Reads the actions of the wanted behaviours (bit mask, 0 = all) into memory. rule: which of the stored actions. */
EH_API EH_MUST_CHECK eh_status eh_investigation_actions(eh_investigation *inv, uint32_t wanted, bool keeps_posts,
                                                        eh_action_table *out, eh_error *err);

enum { EH_RUN_ID_SIZE = 17 };
typedef struct eh_run_summary {
    char run_id[EH_RUN_ID_SIZE]; /**< 16 hex digits of the hash of version, parameters, seed and input hashes */
    bool was_known;              /**< the same run exists already: nothing was computed */
    uint64_t n_accounts, n_listed_accounts, n_edges, n_listed_pairs, n_networks, n_evidence;
    uint64_t n_findings[EH_FINDING_STRONG + 1];
} eh_run_summary;

/** Runs detection and stores it as an immutable run, in one transaction. */
EH_API EH_MUST_CHECK eh_status eh_investigation_detect(eh_investigation *inv, const eh_detect_options *options,
                                                       eh_run_summary *summary, eh_error *err);

typedef struct eh_run_calibration {
    char run_id[EH_RUN_ID_SIZE];
    uint64_t n_run_listed;                   /**< accounts that the run lists, by all its legs */
    eh_calibration measured;
    char calibrated_run_id[EH_RUN_ID_SIZE];  /**< the run at measured.calibrated_q, where that is smaller than q; else empty */
    char notes[256];                         /**< what could not be measured, and why */
} eh_run_calibration;

/**
 * Measures a stored run on decoys and placebos of its archive (calibrate.h) and stores that beside it; where decoys list
 * more than q allows, stores a further run at the tightened level. how->is_small is ignored: languages come from the posts.
 * @param[in] run_id  NULL = the latest
 * @retval EH_E_STATISTICS nothing can be measured | EH_E_INVALID archives were added since the run
 */
EH_API EH_MUST_CHECK eh_status eh_investigation_calibrate(eh_investigation *inv, const char *run_id,
                                                          const eh_calibrate_options *how, eh_run_calibration *out,
                                                          eh_error *err);

enum { EH_MOST_WORLD_GROUPS = 16 };
typedef struct eh_world_group {
    char name[32];
    uint64_t n, n_listed;
} eh_world_group;

/** A run against a world's truth (eh_simulate: account_id, group, role). */
typedef struct eh_world_score {
    uint64_t n_listed, n_planted, n_planted_listed; /**< planted: role member */
    uint64_t n_honest_listed, n_honest_strong;      /**< anybody else: honest, activist, victim */
    uint64_t n_victims_listed, n_activists_listed;  /**< of these */
    eh_world_group groups[EH_MOST_WORLD_GROUPS];    /**< members by group, in the order of the truth */
    uint32_t n_groups;
    double fdp;                                     /**< n_honest_listed / n_listed; 0 where none is listed */
    eh_sizes sizes;                                 /**< on pairs of two who are not members, at the run's windows */
} eh_world_score;
EH_API EH_MUST_CHECK eh_status eh_investigation_score(eh_investigation *inv, const char *run_id, const char *truth_path,
                                                      eh_world_score *out, eh_error *err);

/**
 * Writes one thing to a file. what: accounts, edges, networks, ties, evidence, chances, posts, rejects,
 * graph, provenance, calibration. The extension chooses the form: .csv .jsonl .parquet for tables, .gexf .graphml for graph, .json for provenance and calibration;
 * what "summary": counts of accounts by finding and behaviour, none below ten and none that totals give away.
 * "-" is CSV (graph: GraphML, provenance, calibration: JSON) on standard output. run_id NULL = the latest run.
 * @retval EH_E_NOT_FOUND no such run or thing | EH_E_INVALID extension | EH_E_IO
 */
EH_API EH_MUST_CHECK eh_status eh_investigation_export(eh_investigation *inv, const char *run_id, const char *what,
                                                       const char *path, eh_error *err);

/** Accounts at risk, and what they are called instead. docs/methods/statement.md, "Safeguards" */
typedef struct eh_guard eh_guard;
/** @param[in] at_risk_path  a list as eh_account_list_read takes it, at most 2,000. key_path: bytes that key pseudonyms
 *  (HMAC-SHA-256); NULL: they are numbered by the list. */
EH_API EH_MUST_CHECK eh_status eh_guard_new(eh_context *ctx, const char *at_risk_path, const char *key_path, eh_guard **out, eh_error *err);
EH_API void eh_guard_free(eh_guard *guard);
/** Whether an account is at risk; guard NULL: nobody is. */
EH_API bool eh_guard_hides(const eh_guard *guard, eh_str account);
/** What an account is called: itself, or, at risk, its pseudonym, which lives as long as the guard. */
EH_API eh_str eh_guard_name(const eh_guard *guard, eh_str account);
/**
 * From here on whatever is read of inv names nobody at risk: no ids, posts, objects or exact times of theirs (days), and no texts of
 * anybody; so exports, graphs and reports of it do not either. For writing results only, not for detection. guard NULL: ends it.
 * @param[in] has_coactions  false: co-actions in which they take part are left out, for what shows hours
 */
EH_API EH_MUST_CHECK eh_status eh_investigation_guard(eh_investigation *inv, const eh_guard *guard, bool has_coactions, eh_error *err);
/** EH_E_STATISTICS, with the reason, where an archive of the run ends early, more than a tenth of its rows could not be read, or decoys
 *  show more false findings than q allows. */
EH_API EH_MUST_CHECK eh_status eh_investigation_check_list(eh_investigation *inv, const char *run_id, eh_error *err);

/** How many accounts a run lists, and how many of them to expect to be false at most: q times as many. */
EH_API EH_MUST_CHECK eh_status eh_investigation_expected_false(eh_investigation *inv, const char *run_id, uint64_t *n_listed, double *n_false,
                                                               eh_error *err);

/** Runs a read-only, sandboxed query and writes the result as export does. inv must be open for reading. */
EH_API EH_MUST_CHECK eh_status eh_investigation_sql(eh_investigation *inv, const char *query, const char *path,
                                                    eh_error *err);

/** Who acts, for the ledger: copied, at most EH_MOST_ACTOR_SIZE bytes; NULL or "" = nobody told. */
EH_API EH_MUST_CHECK eh_status eh_investigation_set_actor(eh_investigation *inv, const char *actor, eh_error *err);

/** The tamper-evident log; borrowed. Imports, runs and calibrations add to it in the transaction that stores them. */
EH_API eh_ledger *eh_investigation_ledger(eh_investigation *inv);

typedef struct eh_exported_file {
    const char *what, *path; /**< path "-": standard output, whose bytes are not known any more */
} eh_exported_file;

/** Adds a leaf with the SHA-256 of files that were exported; inv must be open for writing. run_id: whose, NULL = the
 *  latest, "" = of none. */
EH_API EH_MUST_CHECK eh_status eh_investigation_record_export(eh_investigation *inv, const char *run_id,
                                                              const eh_exported_file *files, size_t n_files, eh_error *err);

/**
 * Compares what the ledger recorded of imports, runs and calibrations with what the tables say now (runs: the SHA-256 of accounts,
 * edges, networks, ties and evidence as CSV). Leaves whose payload was purged are passed over. Does not verify the ledger.
 */
EH_API EH_MUST_CHECK eh_status eh_investigation_compare_ledger(eh_investigation *inv,
                                                               void (*on_problem)(void *data,
                                                                                  const eh_ledger_problem *problem),
                                                               void *data, uint64_t *n_compared, uint64_t *n_problems,
                                                               eh_error *err);

/** What eh_investigation_purge shall do. */
typedef struct eh_purge_options {
    const char *accounts_path; /**< a list as eh_account_list_read takes it */
    const char *pseudonym_key; /**< NULL, or the key of the investigation's pseudonyms: the list then holds ids as they were before */
    const char *reason;        /**< goes into the ledger; may be empty. UTF-8, one line, at most EH_MOST_PURGE_REASON_SIZE bytes */
    const char *actor;         /**< as for eh_investigation_set_actor */
    bool is_dry_run;           /**< counts, and changes nothing */
    bool allows_damage;        /**< also where the ledger does not fit the tables, which can be seen no more afterwards */
} eh_purge_options;

enum { EH_MOST_PURGE_REASON_SIZE = 1000, EH_MOST_PURGE_TABLES = 64 };

typedef struct eh_purge_table {
    const char *name;
    uint64_t n_deleted; /**< rows about the accounts */
    uint64_t n_blanked; /**< cells of other rows that led to them: emptied, or replaced by a random word */
} eh_purge_table;

typedef struct eh_purge_report {
    uint64_t n_named, n_twice, n_unknown; /**< ids of the list, repetitions, and ids that stand nowhere */
    eh_purge_table tables[EH_MOST_PURGE_TABLES]; /**< those with something to tell */
    size_t n_tables;
    uint64_t n_deleted, n_blanked, n_leaves, n_recorded_again;
    uint64_t n_telling_runs;  /**< runs that left such an account out and others still rely on: their id is a hash over it */
    uint64_t n_telling_actors; /**< leaves whose actor is such a name, or purges whose reason holds one: no leaf can be changed */
    uint64_t n_other_tables;  /**< tables that are not evenhand's, which were not looked into */
} eh_purge_report;

/**
 * Deletes everything about some accounts and writes the file anew, so that no byte of it stays. The leaf that says so names nobody.
 * path keeps its old content until the new one is whole, whatever happens; it must be open nowhere. docs/methods/ledger.md, "Purging"
 * @retval EH_E_NOT_FOUND none of the accounts stands anywhere | EH_E_INVALID the reason or actor names one
 *       | EH_E_FORMAT the ledger and the tables disagree: purging would hide it
 */
EH_API EH_MUST_CHECK eh_status eh_investigation_purge(eh_context *ctx, const char *path, const eh_purge_options *options,
                                                      eh_purge_report *report, eh_error *err);

/** How the command was called, for provenance.json; strings are copied by the next export. May be NULL. */
EH_API EH_MUST_CHECK eh_status eh_investigation_set_command(eh_investigation *inv, int n_words, char *const *words,
                                                            eh_error *err);

/** Writes the data dictionary of every table and file as text (as_json: JSON) to path ("-" = stdout). */
EH_API EH_MUST_CHECK eh_status eh_schema_write(eh_context *ctx, const char *path, bool as_json, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
