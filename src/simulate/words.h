/** @file words.h  Small word lists from which posts are made up. */
#ifndef EH_SIMULATE_WORDS_H
#define EH_SIMULATE_WORDS_H

#include "simulate/world.h"

enum { eh_sim_n_words = 20, eh_sim_n_openers = 12 };

typedef struct eh_sim_words {
    const char *code;     /* BCP 47 */
    const char *order;    /* of a sentence: S subject, V verb, O object, P place, T time */
    const char *full_stop;
    const char *openers[eh_sim_n_openers];
    const char *subjects[eh_sim_n_words], *verbs[eh_sim_n_words], *objects[eh_sim_n_words];
    const char *places[eh_sim_n_words], *times[eh_sim_n_words];
} eh_sim_words;

extern const eh_sim_words eh_sim_languages[eh_sim_n_languages];
#endif
