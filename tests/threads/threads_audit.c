/* An audit is the same for any number of threads. */
#include "audit_world.h"

static audit_world world;

static void same_for_any_number_of_threads(void)
{
    static const audit_plan plan = {.n_networks = 25, .n_least = 3, .n_most = 30, .n_strata = 8, .odds_ratio = 1.4, .spread = 0.6};
    eh_audit_options options = eh_audit_options_default();
    eh_cluster_test first = {0};
    options.clusters.n_permutations = 1500;
    options.clusters.n_bootstrap = 500;
    audit_draw(&plan, 3, 3, &world);
    for (int n_threads = 1; n_threads <= 7; n_threads += 3) {
        eh_context *ctx = audit_context(n_threads);
        eh_error err = EH_ERROR_INIT;
        eh_audit *audit;
        CHECK_OK(eh_audit_of(ctx, &world.data, &options, &audit, &err), err);
        if (n_threads == 1) first = audit->networks;
        CHECK_NEAR(audit->networks.p, first.p, 0);
        CHECK_NEAR(audit->networks.p_studentised, first.p_studentised, 0);
        CHECK_NEAR(audit->networks.se_log, first.se_log, 0);
        CHECK_NEAR(audit->networks.odds_ratio.low, first.odds_ratio.low, 0);
        CHECK_NEAR(audit->networks.odds_ratio_inner.high, first.odds_ratio_inner.high, 0);
        CHECK_EQ_INT(audit->networks.n_controls_naive, first.n_controls_naive);
        CHECK_EQ_INT(audit->networks.n_controls_network, first.n_controls_network);
        eh_audit_free(audit);
        eh_context_free(ctx);
    }
    CHECK(first.p > 0 && first.p < 1);
}

CHECK_MAIN(same_for_any_number_of_threads)
