/* Hand-overs, regularity and working days with one and with eight threads: the same bytes. */
#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "check.h"
#include "evenhand/rhythm.h"

enum { n_accounts = 40, n_pairs = n_accounts * (n_accounts - 1) / 2, n_groups = 5 };

typedef struct answers {
    eh_rhythm_pair_result pairs[n_pairs];
    eh_rhythm_account accounts[n_accounts];
    eh_rhythm_group groups[n_groups];
} answers;

static void answer(int n_threads, answers *out)
{
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    eh_context *ctx;
    eh_action_builder *builder;
    eh_action_table table;
    eh_rng rng = eh_rng_of(9, 0);
    static eh_rhythm_pair pairs[n_pairs];
    uint32_t group_of[n_accounts], n = 0;
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    CHECK_OK(eh_action_builder_new(ctx, ~0u, false, &builder, &err), err);
    for (int i = 0; i < 12000; i++) {
        char account[16], object[16];
        snprintf(account, sizeof account, "a%02d", (int)eh_rng_below(&rng, n_accounts));
        snprintf(object, sizeof object, "o%04d", (int)eh_rng_below(&rng, 6000));
        eh_action action = {.behaviour = EH_LINK, .account = eh_str_of(account), .object = eh_str_of(object), .post = eh_str_of(object),
                            .time_us = INT64_C(1533513600000000) + (int64_t)(eh_rng_uniform(&rng) * 40 * (double)EH_DAY_US),
                            .birth_us = EH_NO_TIME};
        CHECK_OK(eh_action_builder_add(builder, &action, &err), err);
    }
    CHECK_OK(eh_action_builder_finish(builder, &table, &err), err);
    for (uint32_t a = 0; a < n_accounts; a++) {
        group_of[a] = a % n_groups;
        for (uint32_t b = a + 1; b < n_accounts; b++) pairs[n++] = (eh_rhythm_pair){a, b};
    }
    CHECK_OK(eh_rhythm_pairs(ctx, &table, pairs, n, out->pairs, &err), err);
    CHECK_OK(eh_rhythm_accounts(ctx, &table, out->accounts, &err), err);
    CHECK_OK(eh_rhythm_groups(ctx, &table, group_of, n_groups, out->groups, &err), err);
    eh_action_table_release(&table);
    eh_action_builder_free(builder);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void threads_do_not_matter(void)
{
    static answers of[2];
    uint64_t n_handovers = 0;
    answer(1, &of[0]);
    answer(8, &of[1]);
    for (int i = 0; i < n_pairs; i++) n_handovers += of[0].pairs[i].n_handovers;
    CHECK(n_handovers > 1000);
    CHECK(memcmp(of[0].pairs, of[1].pairs, sizeof of[0].pairs) == 0);
    CHECK(memcmp(of[0].accounts, of[1].accounts, sizeof of[0].accounts) == 0);
    CHECK(memcmp(of[0].groups, of[1].groups, sizeof of[0].groups) == 0);
}

CHECK_MAIN(threads_do_not_matter)
