/**
 * @file timeline.h
 * The actions of one behaviour arranged for testing: objects cut into episodes, episodes into segments.
 *
 * An *episode* is an object on one UTC day (a shorter step where more than 20,000 actions fall on it). The null
 * conditions on who acted on what on which day, so neither shared taste nor shared active days are evidence.
 * A *segment* is a run of actions of an episode that share latency bin and 5-minute clock cell: the weight of an
 * account "being" an action is constant on it, which makes the own-cascade term exact at the cost of segments.
 */
#ifndef EH_SIGNIF_TIMELINE_H
#define EH_SIGNIF_TIMELINE_H

#include "base/alloc.h"
#include "signif/reaction.h"

enum {
    eh_n_clock_cells = 288,     /* of five minutes */
    eh_largest_episode = 20000  /* actions; larger ones are cut by the hour, then by the minute */
};

typedef struct eh_episode {
    uint32_t object;
    uint32_t n_accounts;    /**< distinct */
    int32_t block;          /**< 6 h block of the later of the object's birth and the episode's start */
    uint64_t first_action;  /**< into the action set */
    uint32_t n_actions;
    uint64_t first_member, first_segment;
    uint32_t n_segments;
} eh_episode;

/** One account in one episode. */
typedef struct eh_member {
    uint32_t account;
    uint32_t n_times;
    uint64_t first_time;    /**< into times_us: this account's action times, ascending */
} eh_member;

typedef struct eh_segment {
    uint32_t n_actions;
    uint16_t cell;
    uint8_t bin;
} eh_segment;

typedef struct eh_timeline {
    eh_context *ctx;
    const eh_action_set *set;
    uint32_t n_accounts;       /**< of the whole table */
    uint32_t n_episodes;       /**< with at least two accounts */
    uint32_t n_cut_episodes;   /**< cut finer than a day */
    uint64_t n_dropped_actions;/**< in minutes with more than 20,000 actions on one object: no evidence either way */
    eh_episode *episodes;
    eh_segment *segments;
    eh_member *members;        /**< by episode, then account */
    uint64_t n_members;
    uint32_t *latency_ms;      /**< by action of the set, see reaction.h */
    int64_t *times_us;         /**< by member */
    uint32_t *action_of_time;  /**< index of the action, relative to the episode's first */
    uint64_t *account_first;   /**< n_accounts + 1: into account_member */
    uint32_t *account_episode; /**< episodes of each account, ascending by (block, episode) */
    uint64_t *account_member;  /**< the member beside it */
    double n_pair_visits;      /**< sum over episodes of n_accounts^2 / 2: the cost of a pass over all pairs */
} eh_timeline;

/** The member's i-th action, as an index into the set. */
uint64_t eh_action_of(const eh_timeline *timeline, const eh_episode *episode, const eh_member *member, uint32_t i);
int eh_clock_cell(int64_t time_us);

EH_MUST_CHECK eh_status eh_timeline_init(eh_context *ctx, const eh_action_set *set, uint32_t n_accounts,
                                         eh_timeline *out, eh_error *err);
void eh_timeline_release(eh_timeline *timeline);
#endif
