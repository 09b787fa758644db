/**
 * @file signif.h
 * From pairs to tested pairs and judged accounts: is it surprising that two accounts were within w of each
 * other this often, given what each acted on, how each object spread, how fast each reacts and when it is awake?
 * Mathematics and sources: docs/methods/detection.md.
 */
#ifndef EVENHAND_SIGNIF_H
#define EVENHAND_SIGNIF_H

#include "evenhand/actions.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { EH_MOST_WINDOWS = 8 };

typedef struct eh_detect_options {
    uint32_t behaviours;   /**< bit b = test behaviour b; 0 = every behaviour present */
    int64_t windows_us[EH_MOST_WINDOWS]; /**< ascending; evidence is averaged over them */
    uint32_t n_windows;
    double q;              /**< accepted share of false findings, (0, 0.5] */
    int64_t precision_us;  /**< coarsest time step of the inputs; windows are never finer */
    double near_text;      /**< least Jaccard at which eh_investigation_detect unites texts (near_text.h), [0.5, 1]; 0 = exact
                                texts only, and no templates removed. eh_detect takes the table as it is */
    uint32_t legs;         /**< bit l = eh_find() runs leg l where it can; timing always runs */
    uint32_t list_by;      /**< bit l = leg l alone may list an account; the others support only. Timing always may, operator never */
} eh_detect_options;
/** All behaviours; 10 s, 1 min, 10 min, 1 h; q 0.05; precision 1 us; near texts at 0.8; all legs; listed by timing or reuse. */
EH_API eh_detect_options eh_detect_options_default(void);

typedef enum eh_finding {
    EH_FINDING_INSUFFICIENT_DATA = 0, /**< too few actions to have been listed even in lock-step */
    EH_FINDING_NONE,                  /**< tested, nothing beyond chance */
    EH_FINDING_WEAK,                  /**< beyond the own-cascade null, but explained by latency, clock or source */
    EH_FINDING_MODERATE,              /**< listed on one leg */
    EH_FINDING_STRONG                 /**< moderate plus a second, independent kind of evidence, and two listed partners */
} eh_finding;
/** "insufficient_data", "none", "weak", "moderate", "strong". */
EH_API const char *eh_finding_name(eh_finding finding);

/** What a finding can stand on. */
typedef enum eh_leg {
    EH_LEG_TIMING = 0, /**< close in time, beyond speed, clock and sources */
    EH_LEG_SELECTION,  /**< the same objects, beyond activity, popularity, taste and days */
    EH_LEG_REUSE,      /**< the same original texts, at any distance in time */
    EH_LEG_GROUP,      /**< a group whose pairs are each too weak */
    EH_LEG_OPERATOR,   /**< one pair of hands; supports, never lists */
    EH_N_LEGS
} eh_leg;
/** "timing", "selection", "reuse", "group", "operator". */
EH_API const char *eh_leg_name(eh_leg leg);

/** Two accounts that some leg ties to each other; sorted by (account_a, account_b), account_a < account_b. */
typedef struct eh_tie {
    uint32_t account_a, account_b;
    uint32_t legs;               /**< bit l = tied by leg l */
    uint32_t behaviours;         /**< bit b = on behaviour b */
    int64_t first_time_us, last_time_us; /**< of what ties them; EH_NO_TIME where no leg says when */
} eh_tie;

/** A phase of a period: programs act in one. */
typedef struct eh_slot {
    int64_t period_us; /**< 60, 30, 20, 15, 10, 5 minutes or one; 0: none */
    int64_t first_us;  /**< of the phase, in [0, period) */
    int64_t width_us;  /**< 90 s (45 s in 5 minutes, 10 s in one; sharper ones 25 s and 15 s), widened by the time step of the data */
} eh_slot;

/** One account pair tested on one behaviour; sorted by (account_a, account_b, behaviour), account_a < account_b. */
typedef struct eh_edge {
    uint32_t account_a, account_b;
    eh_behaviour behaviour;
    int64_t window_us;           /**< the window that carries the largest e-value */
    uint32_t n_common_objects;   /**< objects on which both acted at all */
    eh_slot pair_slot;           /**< of the pair: holds most of its close co-actions, which were left out; the same on each of its edges */
    uint32_t n_pair_common;      /**< of the pair: object-days shared over all behaviours, what its weight rests on */
    uint32_t n_shared_objects;   /**< of these, acted on within window_us of each other */
    uint32_t n_sittings;         /**< independent coincidences: at most one a 6 h block and sitting */
    double n_sittings_expected;  /**< what chance gives */
    double p_value;              /**< exact tail at the best window, times the number of windows */
    double log_e;                /**< natural log of this behaviour's e-value, averaged over windows */
    double log_e_pair;           /**< of the pair's, over all behaviours; the same on each of its edges */
    double q_value;              /**< of the pair: e-BH over testable pairs; the same on each of its edges */
    double q_bh;                 /**< Benjamini-Hochberg on p_value, for comparison */
    double p_own_cascade;        /**< tail under the own-cascade null alone (what `weak` rests on) */
    uint32_t n_a_second, n_b_second, n_tied; /**< who came second, by sitting, at window_us */
    double log_e_a_second, log_e_b_second;   /**< of the pair: e-values of coming second, with half the chance */
    int64_t first_time_us, last_time_us;     /**< of the shared objects' later actions within window_us */
    bool is_listed;
} eh_edge;

/** One co-action of a listed edge; sorted by (account_a, account_b, behaviour, time of the later action, object). */
typedef struct eh_evidence {
    uint32_t account_a, account_b;
    eh_behaviour behaviour;
    uint32_t object;             /**< index into table->sets[behaviour].objects */
    uint32_t post_a, post_b;     /**< index into table->posts */
    int64_t time_a_us, time_b_us;
    double p_object;             /**< chance of coming within the edge's window on this object */
} eh_evidence;

/** One object-day (episode) on which both accounts of a listed pair acted, close in time or not. Together they are all that
 *  the pair's e-value and p rest on. */
typedef struct eh_chance {
    uint32_t account_a, account_b;
    eh_behaviour behaviour;
    uint32_t object;             /**< index into table->sets[behaviour].objects */
    uint64_t episode;            /**< number of the object-day in this run: by behaviour, object, time; from 0 */
    int64_t block_start_us;      /**< of its 6 h block */
    uint32_t n_accounts;         /**< that acted on the object that day */
    int64_t time_a_us, time_b_us;/**< their closest two actions */
    bool is_on_grid;             /**< each of the two is one of its account's grid: no coincidence, however close */
    double p_object[EH_MOST_WINDOWS]; /**< chance of coming within each of the detection's windows */
} eh_chance;

/** What speaks against a finding, or limits it. */
enum {
    EH_NOTE_FOLLOWED = 1,          /**< came second too seldom to be told from somebody who is followed: not listed */
    EH_NOTE_DIRECTION_UNKNOWN = 2, /**< times too coarse to tell who came second: not listed */
    EH_NOTE_ONE_PARTNER = 4,       /**< fewer than two listed partners and no second behaviour: not listed */
    EH_NOTE_FAST_FAN = 8,          /**< reacts to its favourite sources within two minutes as a rule */
    EH_NOTE_HYPERACTIVE = 16,      /**< among the most active accounts of the archive */
    EH_NOTE_ONE_SOURCE = 32,       /**< most of the evidence lies on one source (fans look alike) */
    EH_NOTE_FEW_DAYS = 64,         /**< the evidence falls on one or two days (an event could explain it) */
    EH_NOTE_TEMPLATE_TEXT = 128,   /**< what its texts share with others are mostly share-button titles, quotations or
                                        chain letters; they were left out */
    EH_NOTE_TWO_ALONE = 256,       /**< listed with one partner only: two people who live together, or one person's two accounts, look
                                        alike; never strong */
    EH_NOTE_LAST = EH_NOTE_TWO_ALONE
};
/** "followed", "direction_unknown", ...; NULL for what is no single EH_NOTE_*. */
EH_API const char *eh_note_name(uint32_t note);

/** One row per account with at least one action, indexed as table->accounts. */
typedef struct eh_account_result {
    eh_finding finding;
    bool is_listed;
    uint32_t n_actions;          /**< over all tested behaviours */
    uint32_t n_testable_partners;/**< accounts it shares enough objects with */
    double partner_weights;      /**< sum of their pairs' weights */
    uint32_t n_partners;         /**< listed accounts that it is tied to by listed pairs */
    uint32_t acted_behaviours;   /**< bit b = it has actions of tested behaviour b */
    uint32_t behaviours;         /**< bit b = a listed edge on behaviour b */
    uint32_t independent_behaviours; /**< bit b = convincing by itself, from posts that no other such behaviour used */
    double p_value, q_value;     /**< account level: from the mean e-value over testable partners, e-BH */
    double log_e;
    uint32_t n_objects_needed;   /**< shared objects that would have sufficed in lock-step */
    uint32_t most_common_objects;/**< the most objects (object-days) it shares with any other account */
    uint32_t n_second;           /**< sittings in which it came second to a listed partner */
    uint32_t n_first;
    uint32_t notes;              /**< EH_NOTE_* */
    uint32_t legs;               /**< bit l = leg l by itself says that it acts together with others */
    bool is_confirmed;           /**< picks the same as others, and keeps time with them at a level of its own (legs.h) */
    bool is_beyond_spread;       /**< some pair of its is closer than its objects' own spread gives, or is listed */
    double leg_p[EH_N_LEGS], leg_q[EH_N_LEGS]; /**< account level of each leg; 1 where not tested */
    double median_delay_s;       /**< median time from an object's birth to its action; NaN where unknown */
} eh_account_result;

/** Per behaviour: what was tested. */
typedef struct eh_behaviour_result {
    uint64_t n_actions, n_accounts, n_objects;
    uint64_t n_testable_pairs;   /**< pairs sharing >= min_common_objects objects of this behaviour alone */
    uint64_t n_tested_pairs;     /**< pairs with an edge: testable, and co-acted on this behaviour */
    uint64_t n_cut_episodes;     /**< object-days so crowded that they were cut by the hour or minute */
    uint64_t n_dropped_actions;  /**< in minutes so crowded that they say nothing (over 20,000 on one object) */
} eh_behaviour_result;

typedef struct eh_detection {
    eh_context *ctx;
    eh_detect_options options;
    eh_edge *edges;
    uint64_t n_edges;
    eh_account_result *accounts;  /**< table->accounts.n */
    eh_evidence *evidence;
    uint64_t n_evidence;
    eh_behaviour_result behaviours[EH_N_BEHAVIOURS];
    uint64_t n_testable_pairs;    /**< pairs sharing >= min_common_objects objects over all behaviours */
    uint32_t n_tested_behaviours;
    uint32_t min_common_objects;
    bool is_bound;                /**< n_testable_pairs is an upper bound, not a count */
    double mean_pair_weight;      /**< over testable pairs; 1 where weights are not used (is_bound) */
    uint64_t n_testable_accounts;
    uint64_t n_listed_accounts, n_listed_pairs;
    eh_tie *ties;                 /**< of listed pairs, and of the pairs of other legs once fused */
    uint64_t n_ties;
} eh_detection;

/**
 * Tests every testable pair, controls the false-discovery rate at pair and account level, and judges accounts.
 * The table must hold posts. Side labels: never read. Deterministic for any number of threads.
 * @retval EH_OK | EH_E_INVALID options | EH_E_LIMIT | EH_E_CANCELLED
 */
EH_API EH_MUST_CHECK eh_status eh_detect(eh_context *ctx, const eh_action_table *table, const eh_detect_options *options,
                                         eh_detection *out, eh_error *err);
EH_API void eh_detection_release(eh_detection *detection);

/** Takes one row; another status than EH_OK ends the walk and is returned. */
typedef eh_status (*eh_chance_fn)(void *data, const eh_chance *chance, eh_error *err);
/**
 * Calls fn for every episode that the accounts of a listed pair (one with a listed edge) have in common, by (account_a,
 * account_b, episode). Profiles are computed anew from the table that was detected on, and nothing is kept: memory is
 * that of detection, and one account's rows. Chances are the same bits that detection used.
 * @retval EH_OK | EH_E_LIMIT | EH_E_CANCELLED | what fn returned
 */
EH_API EH_MUST_CHECK eh_status eh_detect_chances(eh_context *ctx, const eh_action_table *table, const eh_detection *detection,
                                                 eh_chance_fn fn, void *data, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
