/**
 * @file group.h
 * Groups whose pairs are each too weak: shared parts of the leg. docs/methods/groups.md derives every term.
 *
 * The test is conditional on who acted on what on which day. The search reads nothing else, never a time of day, so the
 * whole time line is left for the test.
 */
#ifndef EH_LEGS_GROUP_H
#define EH_LEGS_GROUP_H

#include "evenhand/legs.h"
#include "signif/test_data.h"

enum {
    eh_n_group_windows = 2,    /* 1 h, 3 h */
    eh_n_chance_bins = 24,     /* of chance, equal in its logit */
    eh_group_fewest_common = 3,/* object-days that neighbours share */
    eh_group_least = 4, eh_group_most = 200 /* members of a candidate */
};

/** Observed against expected by chance: what the pairs of the whole archive say the chances are worth. */
typedef struct eh_chance_table {
    double n[EH_N_BEHAVIOURS][eh_n_group_windows][eh_n_chance_bins];
    double sum_p[EH_N_BEHAVIOURS][eh_n_group_windows][eh_n_chance_bins];
    double sum_x[EH_N_BEHAVIOURS][eh_n_group_windows][eh_n_chance_bins];
    double factor[EH_N_BEHAVIOURS][eh_n_group_windows][eh_n_chance_bins]; /* of odds */
} eh_chance_table;

/** Everything that the leg reads. */
typedef struct eh_group_data {
    eh_context *ctx;
    eh_test_data profiles;
    eh_chance_table chances;
    int64_t first_day;
    uint32_t n_days;
    uint32_t largest_searched;     /* accounts of an episode that the search still walks */
    double *norm;                  /* per account: sum of squared rarities of its searched episodes */
} eh_group_data;

EH_MUST_CHECK eh_status eh_group_data_init(eh_context *ctx, const eh_action_table *table, uint32_t behaviours,
                                           int64_t precision_us, eh_group_data *out, eh_error *err);
void eh_group_data_release(eh_group_data *data);

/** Day of an episode from the first. */
uint32_t eh_group_day(const eh_group_data *data, const eh_timeline *timeline, const eh_episode *episode);

/** One account met another on one episode. */
typedef struct eh_meeting {
    uint32_t other, i_other;  /**< account, and its place in the row's list */
    int behaviour;
    uint32_t day;
    double p[eh_n_group_windows]; /**< chances as the row gives them */
    eh_closest closest;           /**< a = the row's account */
} eh_meeting;

/** Scratch of one thread: a row, and the accounts that it is held against. */
typedef struct eh_group_walker {
    eh_context *ctx;
    eh_row row;
    uint32_t *place;          /**< per account: 1 + place in others, 0 = not held against */
    uint32_t *n_common;       /**< per account, zero between rows */
    uint32_t *others;
    eh_habit *habits;
    double (*hours)[eh_n_group_windows]; /**< within w if within 3 h, by exact hours: .9 of the clock coincidence */
    size_t n_others, other_capacity, habit_capacity, hour_capacity;
} eh_group_walker;
typedef void (*eh_meeting_fn)(void *data, const eh_meeting *meeting);

EH_MUST_CHECK eh_status eh_group_walker_init(const eh_group_data *data, eh_group_walker *walker, eh_error *err);
void eh_group_walker_release(eh_group_walker *walker);
/** Chooses as others all accounts that share at least eh_group_fewest_common searched episodes with u, ascending. */
EH_MUST_CHECK eh_status eh_group_walk_neighbours(const eh_group_data *data, eh_group_walker *walker, uint32_t u, eh_error *err);
/**
 * How alike u and each other choose: cosine over searched episodes weighted by their rarity, log(1 + N / n_accounts). Reads no
 * time of day. likeness: n_others values.
 */
void eh_group_likeness(const eh_group_data *data, eh_group_walker *walker, uint32_t u, double *likeness);
/** Calls fn for each meeting of u with one of the others, in a fixed order; episodes larger than `largest` are left out. */
EH_MUST_CHECK eh_status eh_group_walk(const eh_group_data *data, eh_group_walker *walker, uint32_t u, uint32_t largest,
                                      eh_meeting_fn fn, void *fn_data, eh_error *err);

int eh_chance_bin(double p);
/** The chance, moved to what pairs of like chance did. */
double eh_group_chance(const eh_chance_table *table, int behaviour, int window, double p);
/** Weighted surplus of one meeting over windows: sum a_w (X_w - p_w), a_w = log(3 (1 - p_w) / p_w) where that is positive. */
double eh_group_surplus(const eh_group_data *data, const eh_meeting *meeting);

/** Candidate groups: label of each account (UINT32_MAX = none), groups numbered from 0 by their smallest member. */
typedef struct eh_candidates {
    eh_context *ctx;
    uint32_t *label;
    uint32_t n_groups;
    uint32_t *first;   /* n_groups + 1, into members */
    uint32_t *members; /* ascending within a group */
} eh_candidates;
/** Reads who acted on what only. */
EH_MUST_CHECK eh_status eh_group_search(const eh_group_data *data, eh_candidates *out, eh_error *err);
void eh_candidates_release(eh_candidates *candidates);

/** Fills data->chances from the pairs of every k-th account that are not in one candidate. */
EH_MUST_CHECK eh_status eh_group_calibrate(eh_group_data *data, const eh_candidates *candidates, eh_error *err);
/** One member of one candidate. */
typedef struct eh_member_test {
    uint32_t account, group, n_others;
    double t, n_days;   /**< studentised surplus over days, and how many days that rests on */
    bool is_testable;   /**< rests on enough days; reads no outcome */
    double p_value;
    double x[eh_n_group_windows], expected[eh_n_group_windows]; /**< meetings within each window */
    uint32_t n_first, n_second, n_tied; /**< meetings within an hour, by who came second */
} eh_member_test;
/** Comes second too seldom, or in times too coarse, to be told from somebody whom the group follows and copies. */
bool eh_group_may_be_copied(const eh_member_test *test);
/** Tests every member against those of its group that are not of its circle (signif/contacts.h). tests: candidates->first[n_groups] rows, in order of members. */
EH_MUST_CHECK eh_status eh_group_test(const eh_group_data *data, const eh_candidates *candidates, eh_member_test *tests,
                                      eh_error *err);
/** Upper tail of t on n_days; 1 where these are too few (is_testable false). */
double eh_group_tail(double t, double n_days, bool *is_testable);
/** The pairs among accounts of one group that are chosen (by account), and came closer than expected. */
EH_MUST_CHECK eh_status eh_group_pairs(const eh_group_data *data, const eh_candidates *candidates, const uint8_t *is_chosen,
                                       eh_leg_pair **pairs, uint64_t *n_pairs, eh_error *err);
/**
 * A sum over days against zero: S = sum D_d, n = (sum v)^2 / sum v^2, t = S / sqrt(n / (n - 1) sum_d (D_d - S v_d / sum v)^2).
 * @param[in]  variance     v_d by the null, what the day weighs
 * @param[out] n_effective  n
 */
double eh_studentise(const double *surplus, const double *variance, uint32_t n_days, double *n_effective);
#endif
