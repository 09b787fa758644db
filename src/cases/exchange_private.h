/** @file exchange_private.h  What the forms of exchange share. */
#ifndef EH_CASES_EXCHANGE_PRIVATE_H
#define EH_CASES_EXCHANGE_PRIVATE_H

#include "base/doc.h"
#include "evenhand/exchange.h"
#include "investigation/investigation_private.h"
#include "investigation/pseudonym.h"

typedef struct exchange {
    eh_investigation *inv;
    const eh_exchange_options *options;
    eh_exchange_report *report;
    char run_id[EH_RUN_ID_SIZE];
    int64_t run_us, until_us; /* when the run was recorded in the ledger; until when its findings are valid */
    double q;
    eh_pseudonymiser *pseudonymiser;
    eh_guard *guard; /* accounts at risk, which are left out; NULL: none were named */
    eh_doc doc;     /* STIX, Bluesky */
    eh_value *list; /* its objects, or labels */
    eh_buf out, scratch;
} exchange;

/** "2026-11-24T12:39:37.123Z": three digits always, cut, not rounded. */
enum { exchange_time_size = 32 };
const char *exchange_time(int64_t time_us, char text[exchange_time_size]);
/** RFC 9562 version 5: SHA-1 of namespace and name. namespace_id: NULL = STIX 2.1's for observables. */
void exchange_uuid5(const unsigned char *namespace_id, eh_str name, char text[37]);
/** The id of an account as it leaves: itself, or its pseudonym (valid until the next call). */
EH_MUST_CHECK eh_status exchange_id(exchange *x, eh_str account, eh_str *out, eh_error *err);
/** Adds a finished document in canonical form (RFC 8785), on a line of its own. */
EH_MUST_CHECK eh_status exchange_end_doc(exchange *x, eh_doc *doc, eh_error *err);
/** Whether the account is at risk and so left out; counted where it would have been written. */
bool exchange_leaves_out(exchange *x, eh_str account);

EH_MUST_CHECK eh_status exchange_stix(exchange *x, eh_error *err);
EH_MUST_CHECK eh_status exchange_bluesky(exchange *x, eh_error *err);
EH_MUST_CHECK eh_status exchange_osprey(exchange *x, eh_error *err);
EH_MUST_CHECK eh_status exchange_coop(exchange *x, eh_error *err);

/** Listed accounts that were not reversed; needs a run id three times and " ORDER BY ...". */
#define EXCHANGE_LISTED                                                                                                                  \
    "FROM findings f LEFT JOIN accounts a ON a.account_id = f.account_id WHERE f.run_id = '%s' AND f.listed AND f.account_id NOT IN "    \
    "(SELECT account_id FROM appeals WHERE outcome = 'reversed' AND (run_id = '%s' OR corrected_run_id = '%s'))"
#endif
