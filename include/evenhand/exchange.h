/**
 * @file exchange.h
 * What leaves an investigation for others: a case bundle that can be computed again, and findings in the forms that other systems read.
 * docs/formats/case.md, docs/formats/exchange.md
 */
#ifndef EVENHAND_EXCHANGE_H
#define EVENHAND_EXCHANGE_H

#include "evenhand/appeals.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- case bundles -------------------------------------------------------------------------------------------------- */

/**
 * Writes a run as one file that anybody can check: a plain tar (POSIX ustar, times 0) of case.json, the run's tables as CSV, and
 * proofs of its leaves in the ledger. The same investigation gives the same bytes. It names accounts as the investigation does.
 */
EH_API EH_MUST_CHECK eh_status eh_case_write(eh_investigation *inv, const char *run_id, const char *path, eh_error *err);

typedef struct eh_reproduce_options {
    const char *bundle;
    const char *const *archives;
    size_t n_archives;
    const char *pseudonym_key; /**< where the archives were imported with one */
    void (*on_problem)(void *data, const char *what, const char *message); /**< what differs, in which file; may be NULL */
    void *data;
} eh_reproduce_options;

typedef struct eh_reproduction {
    char run_id[EH_RUN_ID_SIZE];
    char version[32];                 /**< that made the bundle */
    uint64_t n_files, n_same_files;   /**< tables computed anew, byte-identical ones */
    uint64_t n_proofs, n_good_proofs, n_signed_proofs;
    uint64_t n_problems;              /**< 0: everything is byte-identical and every proof holds */
} eh_reproduction;

/**
 * Checks a bundle against itself (hashes, proofs), the archives against the bundle, then imports them in a scratch investigation, runs
 * detection with the recorded parameters and seed, and compares byte by byte. What differs is told, not an error.
 * @retval EH_E_FORMAT not a case bundle
 */
EH_API EH_MUST_CHECK eh_status eh_reproduce(eh_context *ctx, const eh_reproduce_options *options, eh_reproduction *out, eh_error *err);

/** A file inside a bundle; borrowed from its bytes. */
typedef struct eh_tar_entry {
    char name[101];
    eh_str data;
} eh_tar_entry;
/** Reads a plain tar in memory: regular files, at most n_most. @retval EH_E_FORMAT with the byte */
EH_API EH_MUST_CHECK eh_status eh_tar_parse(eh_str bytes, const char *path, eh_tar_entry *entries, size_t n_most, size_t *n, eh_error *err);

/* ---- findings for other systems ------------------------------------------------------------------------------------- */

typedef enum eh_exchange_form {
    EH_EXCHANGE_STIX,            /**< STIX 2.1 bundle: identity, user-account, grouping, note, opinion */
    EH_EXCHANGE_BLUESKY_LABELS,  /**< com.atproto.label.defs#label, unsigned */
    EH_EXCHANGE_OSPREY,          /**< ids, one a line, for osprey-cli bulk-apply-label */
    EH_EXCHANGE_COOP             /**< bodies of Coop's POST /api/v1/report/appeal, one a line */
} eh_exchange_form;

typedef struct eh_exchange_options {
    const char *pseudonym_key; /**< NULL, or a file whose bytes key the HMAC-SHA-256 that replaces ids (not for Bluesky) */
    const char *at_risk_path;  /**< NULL, or a list of accounts that are left out */
    const char *source;        /**< Bluesky: DID of the labeller. Coop: id of the item type of accounts */
    int64_t valid_us;          /**< how long a finding is valid after its run; 0 = 180 days */
    bool is_reversed;          /**< Osprey: those whose finding was reversed, instead of those listed */
} eh_exchange_options;

typedef struct eh_exchange_report {
    uint64_t n_written, n_left_out; /**< accounts (Coop: appeals); left out: ids that the form cannot hold */
    uint64_t n_at_risk;             /**< accounts (Coop: appeals) left out since they are at risk */
    double n_false;                 /**< expected among the listed: q times their number */
} eh_exchange_report;

/** Only listed accounts are written, without those whose finding was reversed since. @retval EH_E_STATISTICS nobody is listed */
EH_API EH_MUST_CHECK eh_status eh_exchange_write(eh_investigation *inv, const char *run_id, eh_exchange_form form,
                                                 const eh_exchange_options *options, const char *path, eh_exchange_report *report,
                                                 eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
