#include "pairs/pairs_check.h"

#include "base/time.h"

eh_status eh_pairs_check(const eh_action_table *table, eh_behaviour behaviour, int64_t window_us, uint64_t min_weight,
                         bool needs_posts, eh_error *err)
{
    if ((unsigned)behaviour >= EH_N_BEHAVIOURS) return eh_fail(err, EH_E_INVALID, "there is no behaviour %d", (int)behaviour);
    if (window_us < 0 || window_us > 366 * EH_DAY_US)
        return eh_fail(err, EH_E_INVALID, "the window must be 0 to 366 days, not %lld microseconds", (long long)window_us);
    if (min_weight < 1) return eh_fail(err, EH_E_INVALID, "the least weight must be 1 or more");
    const eh_action_set *set = &table->sets[behaviour];
    if (needs_posts && set->n_actions > 0 && !set->post)
        return eh_fail(err, EH_E_INVALID, "this rule needs the posts, but the table was built without them");
    return EH_OK;
}
