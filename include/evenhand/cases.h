/**
 * @file cases.h
 * Questions about named accounts, answered from a run. Who else is linked to known accounts; when
 * they act, and whether two could be one pair of hands.
 */
#ifndef EVENHAND_CASES_H
#define EVENHAND_CASES_H

#include "evenhand/investigation.h"
#include "evenhand/legs.h"
#include "evenhand/rhythm.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eh_expand_options {
    double q;         /**< accepted share of false links among those linked, (0, 0.5] */
    uint32_t n_hops;  /**< 1 .. 8: from the seeds, then from those linked */
} eh_expand_options;
EH_API eh_expand_options eh_expand_options_default(void); /**< 0.05, three hops */

/** One account that acted within a window of a seed at least twice, ranked by evidence. */
typedef struct eh_expand_link {
    uint32_t account;           /**< index into eh_expansion.accounts */
    bool is_linked;
    uint32_t hop;               /**< in which it was linked, or last looked at */
    double log_e, p_value, q_value; /**< p and log_e: of the mean e-value over the seeds */
    uint32_t n_seeds;           /**< seeds (or accounts linked before) whose pair with it counts as a tie */
    uint32_t n_partners;        /**< these, and accounts linked in the same hop that it is tied to */
    uint32_t n_behaviours;      /**< that convince by themselves */
    uint32_t n_coincidences;    /**< with seeds */
    double n_expected;          /**< what chance gives */
    uint32_t n_first, n_second; /**< who came second, over its ties with seeds */
    uint32_t via;               /**< the seed, or account linked before, of the strongest pair */
    uint32_t notes;             /**< EH_NOTE_FOLLOWED, EH_NOTE_DIRECTION_UNKNOWN, EH_NOTE_ONE_PARTNER: why it is not linked */
} eh_expand_link;

typedef struct eh_expansion {
    eh_context *ctx;
    eh_strings accounts;        /**< ids; owned by `owner` */
    eh_expand_link *links;             /**< linked first, then by falling evidence, then by id */
    uint64_t n_links, n_linked;
    uint64_t n_seeds;           /**< distinct */
    uint64_t n_unknown_seeds;   /**< of these, not in the archive */
    uint64_t n_untestable_seeds;/**< of these, without any tested pair: too few objects in common with anybody */
    uint64_t n_candidates;      /**< accounts that could have been linked: what the level is split among */
    void *owner;                /**< internal */
} eh_expansion;

/**
 * Who is linked to the seeds, hop by hop; each of two ways may spend half of q. Evidence: E_v = mean over the seeds of the
 * pair's e-value (0 where it was not tested), e-BH over the archive's testable accounts; v did not only come first, and is tied to two
 * seeds or linked accounts, or to one on two behaviours that convince by themselves. The run: it lists v by timing at q / 2, and a
 * listed pair leads from a seed to v. Sharing a network's links or posts at one's own time gives no evidence.
 * docs/methods/expansion.md
 * @param[in] run_id  NULL = the latest
 * @retval EH_E_NOT_FOUND no run | EH_E_FORMAT the list of seeds | EH_E_STATISTICS no seed is known and was tested
 */
EH_API EH_MUST_CHECK eh_status eh_expand(eh_investigation *inv, const char *run_id, const char *seeds_path,
                                         const eh_expand_options *options, eh_expansion *out, eh_error *err);
/** The same from ids in memory. */
EH_API EH_MUST_CHECK eh_status eh_expand_from(eh_investigation *inv, const char *run_id, const eh_strings *seeds,
                                              const eh_expand_options *options, eh_expansion *out, eh_error *err);
EH_API void eh_expansion_release(eh_expansion *expansion);

/** What an account's posts tell beside its actions. */
typedef struct eh_rhythm_posts {
    uint64_t n_posts, n_reposts;
    uint32_t clients;             /**< number in eh_rhythm_case.clients: "name posts | ...", five at most; "" where unknown */
} eh_rhythm_posts;

/** The rhythm of the listed accounts of a run, or of the accounts of a list. */
typedef struct eh_rhythm_case {
    eh_context *ctx;
    eh_action_table table;
    uint32_t *accounts;           /**< those asked for, as numbers of table.accounts, ascending */
    uint32_t n_accounts;
    uint64_t n_unknown;           /**< of the list: without any action in the archive */
    eh_rhythm_account *regularity;/**< of every account of the table, as are posts and n_tests */
    eh_rhythm_posts *posts;
    eh_strings clients;
    eh_rhythm_pair *pairs;        /**< the run's ties, or all pairs of the list; sorted */
    eh_rhythm_pair_result *results;
    uint64_t n_pairs;
    uint32_t *n_tests;            /**< testable pairs of an account here: what its p-values are to be multiplied with */
    eh_rhythm_hands hands;        /**< accounts that take turns, among those tied by the pairs */
    eh_leg_result leg;            /**< what is told of accounts and pairs, as the run's operator leg tells it */
    double q;                     /**< its level: the run's, 0.05 for a list */
    eh_strings networks;          /**< ids of the run's networks, or "list" */
    eh_rhythm_group *groups;      /**< one a network */
    uint32_t n_groups;
    void *owner;                  /**< internal */
} eh_rhythm_case;
/**
 * When accounts act. docs/methods/rhythm.md
 * @param[in] run_id     NULL = the latest; not with a list
 * @param[in] list_path  NULL = the accounts that the run lists, its ties and networks; else a list of 2,000 accounts at most
 * @retval EH_E_NOT_FOUND no run | EH_E_FORMAT the list | EH_E_STATISTICS none of the list's accounts is in the archive
 */
EH_API EH_MUST_CHECK eh_status eh_rhythm_of(eh_investigation *inv, const char *run_id, const char *list_path, eh_rhythm_case *out,
                                            eh_error *err);
EH_API void eh_rhythm_case_release(eh_rhythm_case *rhythm);

#ifdef __cplusplus
}
#endif
#endif
