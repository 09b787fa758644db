/**
 * @file pair_test.h
 * Pairs of accounts that share more objects than the fitted margins give. The same scan serves the archive and the worlds drawn
 * from the null, so that both are judged alike.
 */
#ifndef EH_LEGS_PAIR_TEST_H
#define EH_LEGS_PAIR_TEST_H

#include "evenhand/legs.h"
#include "legs/group.h"
#include "legs/margins.h"

/** Pairs with a larger mid-p are not kept. */
#define EH_PAIR_BAR 0.01

/** Who acted on what: the archive, or a world drawn from the null. Lists ascend. */
typedef struct eh_incidence {
    const uint64_t *account_first, *object_first;
    const uint32_t *account_object, *object_account;
    const uint8_t *is_prompted; /**< by object: asked for in public (prompts.h), counts for friends only. NULL = none */
} eh_incidence;

typedef struct eh_pair_test {
    eh_context *ctx;
    eh_leg_pair *pairs;  /**< mid-p below the bar, sorted */
    size_t n_pairs;
    uint32_t *n_tested;  /**< per account: partners that share objects of enough days to be tested */
    uint64_t n_tested_pairs;
    uint64_t n_in_circles; /**< below the bar, but left out: pairs of a circle of friends */
} eh_pair_test;

enum { eh_fewest_shared = 3 }; /* days; pairs with fewer are not tested */

/** A public voice has more readers than that; whoever deals with it is not therefore its friend. */

/** contacts: pairs of a circle of friends are left out. NULL = nobody knows anybody. */
EH_MUST_CHECK eh_status eh_pair_test_run(const eh_margins *m, const eh_contacts *contacts, const eh_incidence *incidence,
                                         const char *stage, eh_pair_test *out, eh_error *err);
void eh_pair_test_release(eh_pair_test *test);

/** A world drawn from the null: every account acts on every object with probability p_uo. Owned lists. */
typedef struct eh_drawn_world {
    eh_context *ctx;
    uint64_t *account_first, *object_first;
    uint32_t *account_object, *object_account;
} eh_drawn_world;
EH_MUST_CHECK eh_status eh_world_draw(const eh_margins *m, uint64_t seed, uint64_t i_world, eh_drawn_world *out, eh_error *err);
void eh_world_release(eh_drawn_world *world);
#endif
