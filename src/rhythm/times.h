/** @file times.h  The action times of some accounts, account by account. */
#ifndef EH_RHYTHM_TIMES_H
#define EH_RHYTHM_TIMES_H

#include "evenhand/rhythm.h"

/** One moment at which an account acted; actions of the same microsecond are one. */
typedef struct rhythm_event {
    int64_t time_us;
    int64_t delay_us;  /**< of a repost, since the known birth of the reposted post; -1 where there is none */
    uint32_t account;
    uint32_t target;   /**< account reposted, answered or mentioned, where it is one of the table; UINT32_MAX = none */
    bool is_repost;
} rhythm_event;

typedef struct rhythm_times {
    eh_context *ctx;
    rhythm_event *events; /**< by account, then time */
    uint64_t *start;      /**< n_accounts + 1: those of account u are [start[u], start[u + 1]) */
    uint32_t n_accounts;
} rhythm_times;

/** is_wanted: one byte per account of the table. */
EH_MUST_CHECK eh_status rhythm_times_of(eh_context *ctx, const eh_action_table *table, const uint8_t *is_wanted,
                                        rhythm_times *out, eh_error *err);
void rhythm_times_release(rhythm_times *times);
static inline uint64_t rhythm_n_times(const rhythm_times *times, uint32_t account)
{
    return times->start[account + 1] - times->start[account];
}
#endif
