/**
 * @file pseudonym.h
 * Keyed pseudonyms: the first 64 bits of HMAC-SHA-256 of an account id, as 16 hex digits. The same key gives the same
 * pseudonym in every archive; without the key nobody can tell whose it is, nor test a guess.
 */
#ifndef EH_INVESTIGATION_PSEUDONYM_H
#define EH_INVESTIGATION_PSEUDONYM_H

#include "base/str.h"
#include "evenhand/ingest.h"

enum { EH_PSEUDONYM_SIZE = 16 };

typedef struct eh_pseudonymiser eh_pseudonymiser;
/** Reads the key: all bytes of the file, 1 to 64 KiB. */
EH_MUST_CHECK eh_status eh_pseudonymiser_new(eh_context *ctx, const char *key_file, eh_pseudonymiser **out, eh_error *err);
void eh_pseudonymiser_free(eh_pseudonymiser *p);
/** 16 hex digits that tell keys apart without telling them. */
const char *eh_pseudonymiser_check_text(const eh_pseudonymiser *p);
/** The pseudonym of one id. */
void eh_pseudonym_of(const eh_pseudonymiser *p, eh_str id, char text[EH_PSEUDONYM_SIZE + 1]);
/** Replaces every account id in a post: account, target_account, mentions, an object that is an account, and @names
 *  within text; the handle is dropped. Strings of *post then lie in p until the next call. */
EH_MUST_CHECK eh_status eh_pseudonymise_post(eh_pseudonymiser *p, eh_post *post, eh_error *err);
#endif
