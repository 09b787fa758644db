/** @file shift.h  Hand-over from one account to the other, and never both at once, against the same days recombined. */
#ifndef EH_RHYTHM_SHIFT_H
#define EH_RHYTHM_SHIFT_H

#include "rhythm/times.h"

/** Actions with no gap over 30 minutes between them. */
typedef struct rhythm_session {
    int64_t start_us, end_us;
} rhythm_session;

typedef struct rhythm_sessions {
    eh_context *ctx;
    rhythm_session *sessions; /**< by account, then time */
    uint64_t *start;          /**< n_accounts + 1 */
} rhythm_sessions;

EH_MUST_CHECK eh_status rhythm_sessions_of(const rhythm_times *times, rhythm_sessions *out, eh_error *err);
void rhythm_sessions_release(rhythm_sessions *sessions);

enum { rhythm_fewest_days = 6, rhythm_least_stratum = 8 };

/** Fills the part of `pair` from n_days to p_never; both p are 1 below rhythm_fewest_days. */
EH_MUST_CHECK eh_status rhythm_test_shift(const rhythm_times *times, const rhythm_sessions *sessions,
                                          eh_operator_pair *pair, eh_error *err);
#endif
