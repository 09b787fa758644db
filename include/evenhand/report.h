/**
 * @file report.h
 * The page a person reads: one self-contained HTML file, offline, printable, any script and direction.
 */
#ifndef EVENHAND_REPORT_H
#define EVENHAND_REPORT_H

#include "evenhand/audit.h"
#include "evenhand/investigation.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Writes the report of a run (NULL = the latest) to path. Depends on the investigation alone. */
EH_API EH_MUST_CHECK eh_status eh_report_write(eh_investigation *inv, const char *run_id, const char *path, eh_error *err);

/** Who may read a statement: reasons for anybody, with partners under other names; evidence rows for reviewers. */
typedef enum eh_tier { EH_TIER_PUBLIC, EH_TIER_RESTRICTED } eh_tier;

typedef struct eh_statement_options {
    const char *run_id;       /**< NULL = the latest */
    eh_tier tier;
    bool is_page;             /**< HTML instead of canonical JSON */
    const char *key_path;     /**< bytes that key pseudonyms (HMAC-SHA-256); NULL: partners are numbered */
    const char *at_risk_path; /**< a list of accounts that are never named; NULL = none */
    const char *rule;         /**< the rule or clause that somebody relies on; NULL = none was named */
    const char *contest;      /**< where and until when it can be contested; NULL = not told */
    const char *reviewer;     /**< person who looked at it, by a pseudonym; NULL = nobody has */
} eh_statement_options;

/**
 * Writes what is known of one account, for and against it, as canonical JSON (RFC 8785) or as a page. Accounts that are not listed,
 * or have too few data, get the same eleven parts. The same investigation and options give the same bytes.
 * docs/methods/statement.md
 * @param[in] account  its id as in the investigation; names are not searched
 * @retval EH_E_NOT_FOUND no such account, or no run
 */
EH_API EH_MUST_CHECK eh_status eh_statement_write(eh_investigation *inv, const char *account, const eh_statement_options *options,
                                                  const char *path, eh_error *err);

/** Writes an audit as a page: verdict, layers, strata, traps, what would change the answer. Sees results only. */
EH_API EH_MUST_CHECK eh_status eh_audit_page_write(const eh_audit *audit, const eh_audit_story *story, const char *path, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
