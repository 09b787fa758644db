/**
 * @file row.h
 * One account against all others: the null probability of coming within w on one shared object, and the blocks
 * that a pair's evidence is made of. docs/methods/detection.md derives every term.
 */
#ifndef EH_SIGNIF_ROW_H
#define EH_SIGNIF_ROW_H

#include "signif/contacts.h"
#include "signif/profile.h"

/** The weight of what is usual for two accounts in p_o, against n - 2 of the object's own spread. */
#define EH_KAPPA 100.0

/** Everything that a test of one behaviour reads; shared by all threads, never written after init. */
typedef struct eh_field {
    const eh_timeline *timeline;
    const eh_clock *clock;
    const eh_latency *latency;
    const eh_contacts *contacts;
    uint32_t n_windows;
    int64_t step_us; /**< time step of the data; 0 for a second or finer */
    int64_t windows_us[EH_MOST_WINDOWS];
    double kernel[EH_MOST_WINDOWS][eh_n_clock_cells]; /**< windows widened by the time step of the data */
} eh_field;

/** What an account is like in one episode, its own actions there left out. */
typedef struct eh_likeness {
    double latency[eh_n_latency_bins];       /**< g_{u,a} */
    double latency_ratio[eh_n_latency_bins]; /**< over the population's */
    const uint16_t *sums;                    /**< NULL: too few times, the population's clock */
    int own_cell;                            /**< of the left-out time, or far away */
    double scale;                            /**< 1 / (n + 8) */
} eh_likeness;
void eh_likeness_of(const eh_field *field, const eh_episode *episode, const eh_member *member, eh_likeness *out);
/** omega_u on a segment of that episode. */
double eh_weight_of(const eh_clock *clock, const eh_likeness *who, const eh_segment *segment);

/** The closest two actions of two members. Ties: the earliest. */
typedef struct eh_closest {
    int64_t distance_us;    /**< |a - b| */
    int64_t time_a_us, time_b_us;
    uint32_t i_a, i_b;      /**< into times_us of the members */
} eh_closest;
/** What two accounts' clocks give, per window. */
typedef struct eh_habit {
    double of_day[EH_MOST_WINDOWS]; /**< p_hab: within w if both act once on one day */
    double floor[EH_MOST_WINDOWS];  /**< within w if both act within 3 h, or if one sees what the other does */
} eh_habit;

/** Scratch of one thread for the account at hand (the *row*) and the episode at hand. */
typedef struct eh_row {
    eh_context *ctx;
    const eh_field *field;
    uint32_t account;
    double habit_spread[EH_MOST_WINDOWS][eh_n_clock_cells];
    /* the row account in the current episode */
    uint32_t episode;
    uint32_t n_own_times;
    double *weight;      /**< omega_u per segment */
    double *reach[EH_MOST_WINDOWS]; /**< per segment: sum of omega_u over other actions within w of its actions */
    double weight_sum;
    double population_reach[EH_MOST_WINDOWS][eh_n_latency_bins];
    double own_cascade[EH_MOST_WINDOWS]; /**< share of the episode's action pairs within w, everybody alike */
    uint32_t founder;    /**< whose action is the object's birth, UINT32_MAX without one */
    uint32_t n_after[EH_MOST_WINDOWS]; /**< further actions within w of the founding one */
    eh_likeness who;     /**< the row account's */
    double *prefix;
    size_t segment_capacity, prefix_capacity;
    size_t reach_capacity[EH_MOST_WINDOWS];
} eh_row;

void eh_row_init(eh_row *row, eh_context *ctx, const eh_field *field);
void eh_row_release(eh_row *row);
/** Chooses the row account. */
void eh_row_start(eh_row *row, uint32_t account);
/** Chooses the episode; member is the row account's in it. Cost: O(actions of the episode * windows). */
EH_MUST_CHECK eh_status eh_row_episode(eh_row *row, uint32_t episode, uint64_t member, eh_error *err);
/**
 * Chance that the row account and the other member came within each window in this episode.
 * @param[in]  habit    of the pair, from eh_row_habit()
 * @param[out] p      n_windows values in (0, 1)
 * @param[out] p_own  the same under the own-cascade null alone
 */
void eh_row_chance(const eh_row *row, uint64_t other_member, const eh_habit *habit, double *p, double *p_own);
/** p_hab and the clock floor of the row account with another, per window. */
void eh_row_habit(const eh_row *row, uint32_t other_account, eh_habit *habit);

eh_closest eh_closest_of(const eh_timeline *timeline, uint64_t member_a, uint64_t member_b);
/** The same, but INT64_MAX away where each of the two actions is one of its account's grid, or both lie in the pair's slot: they share a clock, not a plan. Leaving a
 *  coincidence out only lowers the evidence, so validity does not rest on it. */
eh_closest eh_coaction_of(const eh_field *field, uint64_t member_a, uint64_t member_b, const eh_slot *pair_slot);
#endif
