/** @file contacts.h  Open contact: who reposted, answered or mentioned whom, where both are accounts of the archive. */
#ifndef EH_SIGNIF_CONTACTS_H
#define EH_SIGNIF_CONTACTS_H

#include "base/alloc.h"
#include "evenhand/actions.h"

enum { eh_most_fans_of_friend = 25 }; /* whom more accounts dealt with is a public voice */

/** Who dealt openly with whom: reposted, answered or mentioned, in either direction. */
typedef struct eh_contacts {
    eh_context *ctx;
    uint64_t *first;   /**< n_accounts + 1, into other */
    uint32_t *other;   /**< ascending */
    uint8_t *is_fan;   /**< beside other: it is the one who dealt with the account */
    uint32_t *n_fans;  /**< by account: how many dealt with it */
} eh_contacts;
EH_MUST_CHECK eh_status eh_contacts_init(eh_context *ctx, const eh_action_table *table, eh_contacts *out, eh_error *err);
void eh_contacts_release(eh_contacts *contacts);
/** The account of each name, UINT32_MAX = not in the archive. Both lists are in bytewise order. */
void eh_match_accounts(const eh_strings *names, const eh_strings *accounts, uint32_t *account);
bool eh_are_contacts(const eh_contacts *contacts, uint32_t a, uint32_t b);
/** One dealt with the other, who is no public voice: at most eh_most_fans_of_friend dealt with that one. */
bool eh_are_in_private_contact(const eh_contacts *contacts, uint32_t a, uint32_t b);
/** In contact themselves, or both with one of members[0..n). */
bool eh_are_of_one_circle(const eh_contacts *contacts, uint32_t a, uint32_t b, const uint32_t *members, size_t n);

#endif
