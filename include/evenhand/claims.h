/**
 * @file claims.h
 * Claims: what somebody alleges of named accounts, tested part by part against an archive. Supported, not supported,
 * contradicted or cannot tell, with what speaks for and against it, what chance gives, and what could have been seen.
 * docs/formats/claim.md (the file), docs/methods/claims.md (the tests).
 */
#ifndef EVENHAND_CLAIMS_H
#define EVENHAND_CLAIMS_H

#include "evenhand/cases.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum eh_claim_kind {
    EH_CLAIM_ACT_TOGETHER = 0,
    EH_CLAIM_SAME_OPERATOR,
    EH_CLAIM_AUTOMATED,
    EH_CLAIM_VOLUME,
    EH_CLAIM_BURST,
    EH_CLAIM_LINKS,
    EH_CLAIM_TAGS,
    EH_N_CLAIM_KINDS
} eh_claim_kind;
/** "act_together", "same_operator", "automated", "volume", "created_in_one_burst", "push_these_links", "push_these_tags". */
EH_API const char *eh_claim_kind_name(eh_claim_kind kind);

typedef enum eh_claim_verdict {
    EH_CLAIM_CANNOT_TELL = 0,
    EH_CLAIM_NOT_SUPPORTED,
    EH_CLAIM_CONTRADICTED,
    EH_CLAIM_SUPPORTED
} eh_claim_verdict;
EH_API const char *eh_claim_verdict_name(eh_claim_verdict verdict);

enum { EH_MOST_CLAIM_PARTS = 32, EH_MOST_CLAIM_ACCOUNTS = 2000, EH_CLAIM_ID_SIZE = 17 };

typedef struct eh_claim_part {
    eh_claim_kind kind;
    double posts_per_day;        /**< volume: at least so many */
    bool is_of_each;             /**< volume: of each account, not of all together */
    double archive_share;        /**< volume: what part of all posts the archive holds; 1 when not given */
    double within_days;          /**< created_in_one_burst */
    uint32_t ring, n_objects;    /**< act_together: so many accounts share so many objects; 0 = not alleged */
    uint32_t first_pushed, n_pushed; /**< push_these_*: into eh_claim.pushed */
} eh_claim_part;

typedef struct eh_claim_material {
    char sha256[65];
    char name[128];
} eh_claim_material;

/** A claim as its file says it. */
typedef struct eh_claim {
    eh_context *ctx;
    char claim_id[EH_CLAIM_ID_SIZE]; /**< the first 16 hex digits of sha256 */
    char sha256[65];                 /**< of the file's bytes */
    char raised_by[101];             /**< a pseudonym */
    int64_t from_us, to_us;          /**< EH_NO_TIME = open; to is exclusive */
    eh_strings accounts, counter_accounts, pushed;
    eh_claim_part parts[EH_MOST_CLAIM_PARTS];
    uint32_t n_parts;
    eh_claim_material *material;
    size_t n_material;
    void *owner;                     /**< internal */
} eh_claim;

/** Reads a claim from JSON or TOML (by the first byte: JSON begins with a brace). @retval EH_E_FORMAT with line and field */
EH_API EH_MUST_CHECK eh_status eh_claim_read(eh_context *ctx, const char *path, eh_claim *out, eh_error *err);
EH_API EH_MUST_CHECK eh_status eh_claim_parse(eh_context *ctx, eh_str text, const char *name, eh_claim *out, eh_error *err);
EH_API void eh_claim_release(eh_claim *claim);

/** Stores a claim and its ledger leaf, in one transaction. *was_known: the same file was added before; nothing is done. */
EH_API EH_MUST_CHECK eh_status eh_claim_add(eh_investigation *inv, const eh_claim *claim, bool *was_known, eh_error *err);

typedef struct eh_claim_options {
    double q;                    /**< level of the whole claim, split evenly among its parts; 0 = 0.05 */
    uint32_t n_groups;           /**< comparison groups, 19 .. 999; 0 = 39 */
    uint32_t n_draws;            /**< rings drawn for each power; 0 = 100 */
    const char *run_id;          /**< NULL = the latest */
    const eh_strings *other;     /**< the list of the other side: NULL = the claim's counter_accounts, if any */
    const char *declined;        /**< why the other side was not looked at; NULL = not declined */
    bool has_no_power;           /**< leave powers out: nothing that is not found can then be told from what could not be seen */
    bool expands;                /**< look for further accounts from those that act together */
    uint32_t n_hops, most_added; /**< of expansion: 0 = 1 and 50 */
} eh_claim_options;

typedef struct eh_claim_answer {
    char check_id[EH_CLAIM_ID_SIZE];
    eh_claim_verdict verdicts[EH_MOST_CLAIM_PARTS]; /**< of the alleged list */
    uint32_t n_parts, n_supported_accounts, n_added;
    bool is_answered;            /**< no part is "cannot tell" */
    bool was_known;              /**< the same check was stored before: nothing was computed */
} eh_claim_answer;

/**
 * Tests a stored claim and stores what it finds, with its ledger leaf, in one transaction. Deterministic in claim, run, options
 * and seed, for any number of threads.
 * @retval EH_E_NOT_FOUND no such claim or run | EH_E_INVALID options, or archives were added since the run
 */
EH_API EH_MUST_CHECK eh_status eh_claim_check(eh_investigation *inv, const char *claim_id, const eh_claim_options *options,
                                              eh_claim_answer *out, eh_error *err);

/** Writes a stored claim with one check (NULL: the latest as text, all as JSON), for a person or as JSON. path "-" = standard output. */
EH_API EH_MUST_CHECK eh_status eh_claim_write(eh_investigation *inv, const char *claim_id, const char *check_id, bool is_json,
                                              const char *path, eh_error *err);
/** All claims, a line each, or a JSON array. */
EH_API EH_MUST_CHECK eh_status eh_claim_write_list(eh_investigation *inv, bool is_json, const char *path, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
