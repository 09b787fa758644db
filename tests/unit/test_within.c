/* Detection among a list: with everybody on the list it is detection; with some, chances stay those of the whole table. Copies of a
 * table are the table; a planted ring is what was asked for. */
#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "cases/claim_private.h"
#include "check.h"

static const int64_t start_us = INT64_C(1533081600000000); /* 2018-08-01 */

static void act(eh_action_builder *builder, const char *account, int object, int64_t time_us)
{
    static int n_posts;
    char post[24], name[24];
    eh_error err = EH_ERROR_INIT;
    snprintf(post, sizeof post, "p%06d", n_posts++);
    snprintf(name, sizeof name, "o%05d", object);
    eh_action action = {.behaviour = object % 3 ? EH_REPOST : EH_LINK, .account = eh_str_of(account), .object = eh_str_of(name),
                        .post = eh_str_of(post), .source = eh_str_of(object % 2 ? "even" : ""), .time_us = time_us,
                        .birth_us = object % 4 ? EH_NO_TIME : start_us + object / 4 * EH_DAY_US};
    CHECK_OK(eh_action_builder_add(builder, &action, &err), err);
}

/* 60 people at leisure on 90 objects, and six accounts that act on 30 of them within seconds of each other. */
static void world(eh_context *ctx, eh_action_table *table)
{
    eh_action_builder *builder;
    eh_error err = EH_ERROR_INIT;
    eh_rng rng = eh_rng_of(1, 0);
    CHECK_OK(eh_action_builder_new(ctx, ~0u, true, &builder, &err), err);
    for (int o = 0; o < 90; o++) {
        int64_t birth_us = start_us + o / 4 * EH_DAY_US + (int64_t)((8 + 10 * eh_rng_uniform(&rng)) * 3.6e9);
        char account[24];
        for (int i = 0; i < 20; i++) {
            snprintf(account, sizeof account, "crowd%03d", (int)eh_rng_below(&rng, 60));
            act(builder, account, o, birth_us + (int64_t)((60 + 7200 * eh_rng_exponential(&rng)) * 1e6));
        }
        for (int r = 0; r < 6 && o < 30; r++) {
            snprintf(account, sizeof account, "ring%d", r);
            act(builder, account, o, birth_us + (int64_t)((3600 + 20 * eh_rng_uniform(&rng)) * 1e6));
        }
    }
    CHECK_OK(eh_action_builder_finish(builder, table, &err), err);
    eh_action_builder_free(builder);
}

static eh_context *context(void)
{
    static eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    const eh_context_options options = eh_context_options_default();
    if (!ctx) CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    return ctx;
}

static void within(const eh_action_table *table, const uint32_t *accounts, uint32_t n, eh_detection *out)
{
    eh_context *ctx = context();
    eh_error err = EH_ERROR_INIT;
    eh_detect_options options = eh_detect_options_default();
    static eh_test_data data;
    eh_within list;
    eh_edge *edges;
    uint64_t n_edges;
    CHECK_OK(eh_detect_options_check(&options, &err), err);
    CHECK_OK(eh_test_data_init(ctx, table, &options, &data, &err), err);
    CHECK_OK(eh_within_init(ctx, &data.fields, accounts, n, &list, &err), err);
    CHECK_OK(eh_within_scan(ctx, &data.fields, &list, &edges, &n_edges, &err), err);
    CHECK_OK(eh_within_judge(ctx, table, &options, &data.fields, &list, edges, n_edges, out, &err), err);
    eh_free(ctx, edges);
    eh_within_release(&list);
    eh_test_data_release(&data);
}

static void same_edges(const eh_edge *a, const eh_edge *b)
{
    CHECK_EQ_INT(a->account_a, b->account_a);
    CHECK_EQ_INT(a->account_b, b->account_b);
    CHECK_EQ_INT(a->behaviour, b->behaviour);
    CHECK_EQ_INT(a->n_sittings, b->n_sittings);
    CHECK_NEAR(a->log_e_pair, b->log_e_pair, 0);
    CHECK_NEAR(a->p_value, b->p_value, 0);
}

static void everybody_is_detection(void)
{
    eh_action_table table, copy;
    eh_detection whole, listed;
    eh_error err = EH_ERROR_INIT;
    uint32_t everybody[200], n_listed = 0;
    world(context(), &table);
    CHECK(table.accounts.n <= 200);
    for (uint32_t i = 0; i < table.accounts.n; i++) everybody[i] = i;
    CHECK_OK(eh_detect(context(), &table, NULL, &whole, &err), err);
    /* By the way: a copy is the table. */
    CHECK_OK(claim_copy_table(context(), &table, EH_NO_TIME, EH_NO_TIME, NULL, &copy, &err), err);
    CHECK_EQ_INT(copy.accounts.n, table.accounts.n);
    within(&copy, everybody, table.accounts.n, &listed);
    CHECK_EQ_INT(listed.n_edges, whole.n_edges);
    CHECK_EQ_INT(listed.n_testable_pairs, whole.n_testable_pairs);
    CHECK_EQ_INT(listed.min_common_objects, whole.min_common_objects);
    for (uint64_t i = 0; i < whole.n_edges; i++) {
        same_edges(&listed.edges[i], &whole.edges[i]);
        CHECK_NEAR(listed.edges[i].q_value, whole.edges[i].q_value, 1e-12);
    }
    for (uint32_t u = 0; u < table.accounts.n; u++) {
        CHECK_EQ_INT(listed.accounts[u].is_listed, whole.accounts[u].is_listed);
        CHECK_EQ_INT(listed.accounts[u].finding, whole.accounts[u].finding);
        CHECK_NEAR(listed.accounts[u].q_value, whole.accounts[u].q_value, 1e-12);
        n_listed += whole.accounts[u].is_listed;
    }
    CHECK_EQ_INT(n_listed, 6);
    eh_detection_release(&whole);
    eh_detection_release(&listed);
    eh_action_table_release(&table);
    eh_action_table_release(&copy);
}

static void a_list_is_all_that_counts(void)
{
    eh_action_table table;
    eh_detection whole, listed;
    eh_error err = EH_ERROR_INIT;
    uint32_t list[23], n = 0;
    world(context(), &table);
    for (uint32_t i = 0; i < 20; i++) list[n++] = i; /* of the crowd: accounts are in bytewise order */
    for (uint32_t i = 0; i < 3; i++) list[n++] = table.accounts.n - 3 + i;
    CHECK_OK(eh_detect(context(), &table, NULL, &whole, &err), err);
    within(&table, list, n, &listed);
    uint64_t k = 0, n_within = 0;
    for (uint64_t i = 0; i < listed.n_edges; i++) {
        while (whole.edges[k].account_a != listed.edges[i].account_a || whole.edges[k].account_b != listed.edges[i].account_b ||
               whole.edges[k].behaviour != listed.edges[i].behaviour) CHECK(++k < whole.n_edges);
        same_edges(&listed.edges[i], &whole.edges[k]);
        n_within++;
    }
    CHECK(n_within > 3);
    CHECK_EQ_INT(listed.n_testable_accounts <= n, 1);
    for (uint32_t u = 0; u < table.accounts.n; u++) CHECK_EQ_INT(listed.accounts[u].is_listed, u >= table.accounts.n - 3);
    eh_detection_release(&whole);
    eh_detection_release(&listed);
    eh_action_table_release(&table);
}

static void a_ring_is_planted_as_told(void)
{
    eh_action_table table, with;
    eh_error err = EH_ERROR_INIT;
    uint32_t ring[8] = {0, 3, 5, 7, 10, 12, 14, 16}, n_together = 0;
    const claim_planting planting = {ring, 4, 2, 5, EH_SECOND_US, 9};
    uint64_t n_before = 0, n_after = 0;
    world(context(), &table);
    CHECK_OK(claim_copy_table(context(), &table, EH_NO_TIME, EH_NO_TIME, &planting, &with, &err), err);
    CHECK_EQ_INT(with.accounts.n, table.accounts.n);
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        n_before += table.sets[b].n_actions;
        n_after += with.sets[b].n_actions;
        CHECK_EQ_INT(with.sets[b].n_objects, table.sets[b].n_objects);
        for (uint64_t i = 0; i < with.sets[b].n_actions; i++)
            n_together += strncmp(eh_strings_get(&with.posts, with.sets[b].post[i]).data, "planted/", 8) == 0;
    }
    CHECK_EQ_INT(n_after - n_before, 2 * 5 * 3); /* rings, objects, members that join */
    CHECK_EQ_INT(n_together, 2 * 5 * 3);
    eh_action_table_release(&with);
    /* A time span leaves out what is before and after. */
    CHECK_OK(claim_copy_table(context(), &table, start_us + EH_DAY_US, start_us + 2 * EH_DAY_US, NULL, &with, &err), err);
    uint64_t n_span = 0, n_in_span = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        n_span += with.sets[b].n_actions;
        for (uint64_t i = 0; i < table.sets[b].n_actions; i++)
            n_in_span += table.sets[b].time_us[i] >= start_us + EH_DAY_US && table.sets[b].time_us[i] < start_us + 2 * EH_DAY_US;
    }
    CHECK(n_span > 0);
    CHECK_EQ_INT(n_span, n_in_span);
    eh_action_table_release(&with);
    eh_action_table_release(&table);
}

CHECK_MAIN(everybody_is_detection, a_list_is_all_that_counts, a_ring_is_planted_as_told)
