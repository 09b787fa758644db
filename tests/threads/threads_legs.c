/* Selection with one and with four threads: the same bytes. */
#include "../legs_world.h"

static void threads_do_not_matter(void)
{
    legs_world w = {.n_accounts = 120, .n_sources = 10, .n_days = 20, .n_a_day = 2, .n_group = 10, .n_orders = 25, .has_sources = true};
    eh_leg_result legs[2];
    eh_action_table tables[2];
    eh_context *contexts[2];
    eh_error err = EH_ERROR_INIT;
    for (int i = 0; i < 2; i++) {
        eh_context_options options = eh_context_options_default();
        options.n_threads = i ? 4 : 1;
        CHECK_OK(eh_context_new(&options, &contexts[i], &err), err);
        world_draw(contexts[i], &w, 7, &tables[i]);
        CHECK_OK(eh_leg_selection(contexts[i], &tables[i], NULL, &legs[i], &err), err);
        CHECK(legs[i].has_run && legs[i].n_pairs > 20);
    }
    CHECK_EQ_INT(legs[0].n_pairs, legs[1].n_pairs);
    CHECK_EQ_INT(legs[0].n_testable_pairs, legs[1].n_testable_pairs);
    for (uint64_t i = 0; i < legs[0].n_pairs; i++) { /* field by field: the gaps of a struct hold anything */
        const eh_leg_pair *x = &legs[0].pairs[i], *y = &legs[1].pairs[i];
        CHECK(x->account_a == y->account_a && x->account_b == y->account_b && x->n_observed == y->n_observed);
        CHECK(memcmp(&x->n_expected, &y->n_expected, sizeof x->n_expected) == 0);
        CHECK(memcmp(&x->p_value, &y->p_value, sizeof x->p_value) == 0);
    }
    for (uint32_t u = 0; u < legs[0].n_accounts; u++) {
        const eh_leg_account *x = &legs[0].accounts[u], *y = &legs[1].accounts[u];
        CHECK(x->n_partners == y->n_partners && x->n_testable_partners == y->n_testable_partners);
        CHECK(memcmp(&x->p_value, &y->p_value, sizeof x->p_value) == 0);
        CHECK(memcmp(&x->q_value, &y->q_value, sizeof x->q_value) == 0);
    }
    for (int i = 0; i < 2; i++) {
        eh_leg_release(&legs[i]);
        eh_action_table_release(&tables[i]);
        CHECK_EQ_INT(eh_context_memory_used_size(contexts[i]), 0);
        eh_context_free(contexts[i]);
    }
}

CHECK_MAIN(threads_do_not_matter)
