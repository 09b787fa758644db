/**
 * @file decide.h
 * From what the legs say about an account to whether it is listed, and to its finding. The same rules whichever legs
 * have run: detection decides on timing, fusion adds legs and ties and decides again.
 */
#ifndef EH_SIGNIF_DECIDE_H
#define EH_SIGNIF_DECIDE_H

#include "evenhand/signif.h"

enum {
    eh_fewest_partners = 2,
    eh_fewest_ordered = 5 /* coincidences with a known order, below which direction is unknown */
};

/** Who comes second in fewer than one in five cannot be told from somebody who is followed and copied. */
static inline bool eh_is_seldom_second(uint32_t n_first, uint32_t n_second) { return n_second < 0.2 * (n_first + n_second); }

/** Adds behaviours and the time they span (EH_NO_TIME = unknown). */
void eh_tie_add(eh_tie *tie, uint32_t behaviours, int64_t first_time_us, int64_t last_time_us);
/** Independent kinds of evidence of an account: convincing behaviours of the timing leg, and other legs. */
uint32_t eh_n_kinds(const eh_account_result *account);
/**
 * Fills is_listed, finding and n_partners of every account and d->n_listed_accounts. Listed: some leg that can list says so,
 * the account is not merely followed, and it is tied to two listed accounts, or to one with a second kind of evidence; who
 * has too few is dropped and the rest looked at again, until nobody is. Idempotent.
 */
void eh_decide(eh_detection *d, uint32_t n_accounts);
#endif
