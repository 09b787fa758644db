/** @file timelines.h  All actions of each account in the order of time, over all behaviours, and the sessions they form. */
#ifndef EH_RHYTHM_TIMELINES_H
#define EH_RHYTHM_TIMELINES_H

#include "evenhand/actions.h"

enum { eh_session_gap_min = 30 };

typedef struct eh_moment {
    int64_t time_us;
    uint64_t object; /* behaviour in the upper, object in the lower half */
} eh_moment;

typedef struct eh_session {
    int64_t start_us, end_us;
    uint64_t first, last; /* moments [first, last] */
} eh_session;

typedef struct eh_timelines {
    eh_context *ctx;
    uint32_t n_accounts;
    uint64_t *first;         /* n_accounts + 1: moments of an account, sorted by (time, object) */
    eh_moment *moments;
    eh_moment *by_object;    /* the same, sorted by (object, time) */
    uint64_t *first_session; /* n_accounts + 1 */
    eh_session *sessions;
    uint32_t *addressee[EH_N_BEHAVIOURS]; /* by object: the account it is of or names; UINT32_MAX = none; NULL = nobody's */
} eh_timelines;

EH_MUST_CHECK eh_status eh_timelines_make(eh_context *ctx, const eh_action_table *table, eh_timelines *out, eh_error *err);
void eh_timelines_release(eh_timelines *lines);
/* Whether the account acted on the object within within_us of time_us. */
bool eh_timelines_acted(const eh_timelines *lines, uint32_t account, uint64_t object, int64_t time_us, int64_t within_us);
/* Whether acting on the object answers that account: reposts it, replies to it or mentions it. */
bool eh_timelines_answers(const eh_timelines *lines, uint64_t object, uint32_t account);
/* The account of that id; UINT32_MAX where there is none. */
uint32_t eh_account_named(const eh_action_table *table, eh_str name);
#endif
