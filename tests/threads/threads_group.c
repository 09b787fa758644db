/* The group leg with one and with eight threads: the same bytes. */
#include "group_world.h"

static void threads_do_not_matter(void)
{
    group_world w[2];
    eh_leg_result leg[2];
    eh_error err = EH_ERROR_INIT;
    for (int i = 0; i < 2; i++) {
        w[i] = gw_make(3, i ? 8 : 1, 900);
        CHECK_OK(eh_leg_group(w[i].ctx, &w[i].table, NULL, &leg[i], &err), err);
    }
    CHECK(leg[0].n_pairs > 10);
    CHECK_EQ_INT(leg[0].n_pairs, leg[1].n_pairs);
    CHECK(memcmp(leg[0].pairs, leg[1].pairs, leg[0].n_pairs * sizeof *leg[0].pairs) == 0);
    CHECK(memcmp(leg[0].accounts, leg[1].accounts, leg[0].n_accounts * sizeof *leg[0].accounts) == 0);
    for (int i = 0; i < 2; i++) {
        eh_leg_release(&leg[i]);
        gw_free(&w[i]);
    }
}

CHECK_MAIN(threads_do_not_matter)
