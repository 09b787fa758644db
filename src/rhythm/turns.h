/** @file turns.h  Turns: whether two accounts that act in the same minutes never act in the same seconds. */
#ifndef EH_RHYTHM_TURNS_H
#define EH_RHYTHM_TURNS_H

#include "base/alloc.h"

#include <stdbool.h>
#include <stdint.h>

/** A moment at which an account acted. */
typedef struct rhythm_event {
    int64_t time_us;
    uint32_t account;
    uint32_t target; /**< account reposted, answered or mentioned; UINT32_MAX = none */
} rhythm_event;

enum { rhythm_n_turns = 3, rhythm_turn_flank = 5, rhythm_fewest_turns = 6 };
/** 10, 20, 40 s. */
int64_t rhythm_turn_us(int i);
/** How many of them, from the longest down, the time step allows (at least five steps): 0 .. 3. */
int rhythm_n_usable_turns(int64_t precision_us);

/** Every third UTC day chooses sets of accounts, the others test them. */
typedef enum rhythm_part { RHYTHM_ALL_DAYS, RHYTHM_CHOICE_DAYS, RHYTHM_TEST_DAYS } rhythm_part;

/** Encounters by how near the nearest two actions came, for each turn. */
typedef struct rhythm_turns {
    uint32_t n_close[rhythm_n_turns];  /**< within the turn */
    uint32_t n_first[rhythm_n_turns];  /**< the focal account came first, by more than a turn, within five */
    uint32_t n_second[rhythm_n_turns]; /**< the other did */
    uint32_t n_reactions;              /**< neighbours of which the later one is aimed at the earlier one's account */
} rhythm_turns;

/** events of one account, and of one or several others: each in order of time. */
rhythm_turns rhythm_count_turns(const rhythm_event *focal, uint64_t n_focal, const rhythm_event *others, uint64_t n_others,
                                rhythm_part part);
/** The same, summed, with the focal account moved by 1 to 7 whole days either way: what clocks alone do. */
rhythm_turns rhythm_count_moved(const rhythm_event *focal, uint64_t n_focal, const rhythm_event *others, uint64_t n_others);
/** The share of close encounters, at least, among those that are close or in one flank. */
double rhythm_close_share(int64_t turn_us, int64_t precision_us);
/** p of turn i: the larger of the two flanks' binomial lower tails, not yet corrected for trying several turns. With what
 *  rhythm_count_moved gave the shares are no larger than those of clocks alone; NULL gives a lower bound. */
double rhythm_p_turns(const rhythm_turns *turns, int i, int64_t precision_us, const rhythm_turns *moved);
/** P(K <= k), K ~ Binomial(n, p). */
double rhythm_binomial_lower(uint32_t n, uint32_t k, double p);
#endif
