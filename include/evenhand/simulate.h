/**
 * @file simulate.h
 * Labelled synthetic worlds: an archive as a platform would give it, and the truth beside it.
 * Invented accounts only; nothing is ever posted anywhere.
 */
#ifndef EVENHAND_SIMULATE_H
#define EVENHAND_SIMULATE_H

#include "evenhand/context.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eh_scenario {
    const char *name, *summary;
} eh_scenario;
EH_API const eh_scenario *eh_scenarios(size_t *n);

/** Kinds of planted groups. Each can be planted in any scenario, and is itself a scenario: `honest` and that group. */
EH_API const eh_scenario *eh_planted_kinds(size_t *n);

typedef struct eh_simulate_options {
    uint32_t n_accounts;  /**< honest accounts, 10 .. 10,000,000; 0 = the scenario's default (1,500) */
    uint32_t n_days;      /**< 1 .. 3,650; 0 = the scenario's default (28) */
    const char *plant;    /**< kinds to plant besides, "ring,framed"; NULL = none */
    /* what follows changes all planted kinds; one that cannot use it is refused */
    uint32_t group_size;  /**< members, 5 .. 500; 0 = the kind's own (20) */
    uint32_t n_objects;   /**< orders, 1 .. 2,000; 0 = the kind's own (40) */
    bool has_camouflage;  /**< camouflage is given */
    double camouflage;    /**< share of a member's actions that are ordinary, 0 .. 0.9 */
    int64_t jitter_us;    /**< time in which members act on an order, 1 s .. 2 days; 0 = the kind's own */
    const char *home;     /**< en, de, fa, ar, ru, hi: planted groups live where this is spoken; NULL = anywhere */
    /* the archive and the world */
    int64_t time_step_us; /**< all times and ids in steps of that, a divisor of a day from 1 s; 0 = to the millisecond */
    double keyword_share; /**< share of the accounts of which only posts that match keywords were collected, 0 .. 1 */
    bool is_mirrored;     /**< the halves of the communities change language, time zone and volume with each other */
} eh_simulate_options;

typedef struct eh_simulate_report {
    uint64_t n_accounts, n_planted, n_posts;
} eh_simulate_report;

/**
 * Writes DIR/posts.csv and DIR/truth.csv (account_id, group, role), drawn with the seed of ctx. An empty group
 * means that nothing was planted there; role is honest, activist (honest people who answer a call), member (of the
 * planted group) or victim (honest, and followed and copied by one).
 * Same seed and options, same bytes.
 * @retval EH_OK | EH_E_NOT_FOUND unknown scenario (the message lists them) | EH_E_INVALID | EH_E_IO | EH_E_CANCELLED
 */
EH_API EH_MUST_CHECK eh_status eh_simulate(eh_context *ctx, const char *scenario, const eh_simulate_options *options,
                                           const char *dir, eh_simulate_report *report, eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
