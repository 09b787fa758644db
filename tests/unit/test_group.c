/* The group leg: valid on independent readers, finds who acts on orders, fails as it should. */
#include "group_world.h"
#include "legs/group.h"

static eh_leg_result run_leg(const group_world *w)
{
    eh_leg_result leg;
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_leg_group(w->ctx, &w->table, NULL, &leg, &err), err);
    CHECK(leg.has_run);
    return leg;
}

/* Nobody is coordinated: levels hold at every rank, and hardly ever is somebody found. Counts over 12 worlds; a member's p
 * depends on its group's others, so the bounds are those of half as many independent ones: nominal + 3 SD. */
static void holds_its_level(void)
{
    static const double level[3] = {.2, .05, .01};
    double n = 0, n_below[3] = {0};
    int n_worlds_with_any = 0;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        group_world w = gw_make(seed, 2, 0);
        eh_leg_result leg = run_leg(&w);
        for (uint32_t u = 0; u < leg.n_accounts; u++) {
            if (leg.accounts[u].n_testable_partners == 0) continue;
            n++;
            for (int k = 0; k < 3; k++) n_below[k] += leg.accounts[u].p_value <= level[k];
        }
        n_worlds_with_any += leg.n_pairs > 0;
        eh_leg_release(&leg);
        gw_free(&w);
    }
    CHECK(n >= 300);
    for (int k = 0; k < 3; k++) CHECK(n_below[k] <= n * level[k] + 3 * sqrt(2 * n * level[k] * (1 - level[k])));
    CHECK(n_worlds_with_any <= 2);
}

/* Orders carried out within 15 minutes, in candidates that hold four readers for each member: most members are found, hardly a reader. */
static void finds_who_acts_on_orders(void)
{
    int n_found = 0, n_wrong = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        group_world w = gw_make(seed, 2, 900);
        eh_leg_result leg = run_leg(&w);
        for (uint32_t u = 0; u < leg.n_accounts; u++) {
            bool is_found = leg.accounts[u].q_value <= .05 && leg.accounts[u].n_partners >= 2;
            n_found += is_found && gw_is_member(&w, u);
            n_wrong += is_found && !gw_is_member(&w, u);
            CHECK(leg.accounts[u].group != UINT32_MAX || leg.accounts[u].p_value >= 1);
        }
        for (uint64_t i = 0; i < leg.n_pairs; i++) {
            CHECK(leg.pairs[i].account_a < leg.pairs[i].account_b);
            CHECK(leg.pairs[i].p_value > 0 && leg.pairs[i].p_value <= 1);
            if (i) CHECK(leg.pairs[i].account_a > leg.pairs[i - 1].account_a ||
                         leg.pairs[i].account_b > leg.pairs[i - 1].account_b);
        }
        eh_leg_release(&leg);
        gw_free(&w);
    }
    printf("found %d of %d, wrong %d\n", n_found, 4 * gw_members, n_wrong);
    CHECK(n_found >= 4 * gw_members * 3 / 4);
    CHECK(n_wrong <= 2);
}

static void says_who_may_be_copied(void)
{
    eh_member_test test = {.n_first = 20, .n_second = 3};
    CHECK(eh_group_may_be_copied(&test));
    test.n_second = 5;
    CHECK(!eh_group_may_be_copied(&test));
    test = (eh_member_test){.n_first = 2, .n_second = 2, .n_tied = 30}; /* too coarse to tell */
    CHECK(eh_group_may_be_copied(&test));
    test = (eh_member_test){.n_first = 3, .n_second = 2, .n_tied = 30};
    CHECK(!eh_group_may_be_copied(&test));
}

static void act(eh_action_builder *builder, eh_behaviour behaviour, const char *account, const char *object, const char *source)
{
    eh_error err = EH_ERROR_INIT;
    static int n;
    char post[24];
    snprintf(post, sizeof post, "p%d", n++);
    eh_action action = {.behaviour = behaviour, .kind = EH_KIND_REPOST, .time_us = EH_DAY_US + n, .birth_us = EH_NO_TIME,
                        .account = eh_str_of(account), .object = eh_str_of(object), .post = eh_str_of(post), .source = eh_str_of(source)};
    CHECK_OK(eh_action_builder_add(builder, &action, &err), err);
}

/* b reposts a, c mentions a, d shares a page of a site called as a is: b and c are of a's circle and of one, d is of none. */
static void knows_circles(void)
{
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    eh_action_builder *builder;
    eh_action_table table;
    eh_contacts contacts;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    CHECK_OK(eh_action_builder_new(ctx, ~0u, true, &builder, &err), err);
    act(builder, EH_REPOST, "b", "1", "a");
    act(builder, EH_REPOST, "b", "2", "a");
    act(builder, EH_REPOST, "d", "3", "zz"); /* not in the archive */
    act(builder, EH_MENTION, "c", "a", "");
    act(builder, EH_LINK, "d", "https://a/1", "a");
    act(builder, EH_TEXT, "a", "some words", "");
    CHECK_OK(eh_action_builder_finish(builder, &table, &err), err);
    eh_action_builder_free(builder);
    CHECK_OK(eh_contacts_init(ctx, &table, &contacts, &err), err);
    CHECK_EQ_INT(table.accounts.n, 4); /* a, b, c, d */
    const uint32_t everybody[4] = {0, 1, 2, 3};
    CHECK(eh_are_contacts(&contacts, 0, 1) && eh_are_contacts(&contacts, 1, 0) && eh_are_contacts(&contacts, 2, 0));
    CHECK(!eh_are_contacts(&contacts, 1, 2) && !eh_are_contacts(&contacts, 0, 3));
    CHECK_EQ_INT(contacts.first[1] - contacts.first[0], 2);
    CHECK(eh_are_of_one_circle(&contacts, 1, 2, everybody, 4));
    CHECK(!eh_are_of_one_circle(&contacts, 1, 2, everybody + 1, 3)); /* a is no member */
    CHECK(!eh_are_of_one_circle(&contacts, 1, 3, everybody, 4));
    eh_contacts_release(&contacts);
    eh_action_table_release(&table);
    eh_context_free(ctx);
}

static void says_why_not(void)
{
    group_world w = gw_make(1, 1, 0);
    eh_leg_result leg;
    eh_error err = EH_ERROR_INIT;
    eh_detect_options options = eh_detect_options_default();
    options.behaviours = 1u << EH_REPLY;
    CHECK_OK(eh_leg_group(w.ctx, &w.table, &options, &leg, &err), err);
    CHECK(!leg.has_run && leg.why_not[0] && !leg.accounts);
    eh_leg_release(&leg);
    options.q = 0;
    CHECK_EQ_INT(eh_leg_group(w.ctx, &w.table, &options, &leg, &err), EH_E_INVALID);
    gw_free(&w);
}

static void can_be_interrupted(void)
{
    group_world w = gw_make(1, 1, 3600);
    eh_leg_result leg;
    eh_error err = EH_ERROR_INIT;
    eh_context_cancel(w.ctx);
    CHECK_EQ_INT(eh_leg_group(w.ctx, &w.table, NULL, &leg, &err), EH_E_CANCELLED);
    CHECK(!leg.accounts && !leg.pairs);
    gw_free(&w);
}

/* Every allocation may fail: each 7th is tried, and nothing is left behind (gw_free counts). */
static void survives_want_of_memory(void)
{
    group_world w = gw_make(1, 1, 3600);
    eh_status status = EH_E_NOMEM;
    for (int64_t n = 1; status != EH_OK; n += 7) {
        eh_leg_result leg;
        eh_error err = EH_ERROR_INIT;
        eh_context_fail_allocation_after(w.ctx, n);
        status = eh_leg_group(w.ctx, &w.table, NULL, &leg, &err);
        eh_context_fail_allocation_after(w.ctx, 0);
        CHECK(status == EH_OK || (status == EH_E_NOMEM && !leg.accounts && err.message[0]));
        if (status == EH_OK) eh_leg_release(&leg);
    }
    gw_free(&w);
}

CHECK_MAIN(holds_its_level, finds_who_acts_on_orders, says_who_may_be_copied, knows_circles, says_why_not, can_be_interrupted,
           survives_want_of_memory)
