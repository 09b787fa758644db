/* Who is listed and who is not: a framed account, a single partner, too little data, a second kind of evidence. */
#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "check.h"
#include "evenhand/signif.h"

static const int64_t start_us = INT64_C(1533081600000000); /* 2018-08-01 */
enum { n_crowd = 80, n_days = 28 };

typedef struct stage {
    eh_context *ctx;
    eh_action_builder *builder;
    eh_rng rng;
    int n_posts, n_objects;
} stage;

static void act(stage *s, eh_behaviour behaviour, const char *account, const char *object, int64_t time_us)
{
    char post[24];
    eh_error err = EH_ERROR_INIT;
    snprintf(post, sizeof post, "p%06d", s->n_posts++);
    eh_action action = {.behaviour = behaviour, .account = eh_str_of(account), .object = eh_str_of(object),
                        .post = eh_str_of(post), .time_us = time_us, .birth_us = EH_NO_TIME};
    CHECK_OK(eh_action_builder_add(s->builder, &action, &err), err);
}

static int64_t seconds(double s) { return (int64_t)(s * 1e6); }

/* People who act on popular objects at leisure: they give the objects their cascades. */
static stage set_stage(uint64_t seed)
{
    stage s = {.rng = eh_rng_of(seed, 0)};
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_context_new(NULL, &s.ctx, &err), err);
    CHECK_OK(eh_action_builder_new(s.ctx, ~0u, true, &s.builder, &err), err);
    return s;
}

static int64_t new_object(stage *s, eh_behaviour behaviour, int day, char name[24])
{
    int64_t birth_us = start_us + day * EH_DAY_US + seconds(28800 + 36000 * eh_rng_uniform(&s->rng));
    snprintf(name, 24, "o%05d", s->n_objects++);
    for (int i = 0; i < 25; i++) {
        char account[24];
        snprintf(account, sizeof account, "crowd%03d", (int)eh_rng_below(&s->rng, n_crowd));
        act(s, behaviour, account, name, birth_us + seconds(60 + 7200 * eh_rng_exponential(&s->rng)));
    }
    return birth_us;
}

static void finish(stage *s, eh_action_table *table, eh_detection *d)
{
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_action_builder_finish(s->builder, table, &err), err);
    CHECK_OK(eh_detect(s->ctx, table, NULL, d, &err), err);
}

static void strike(stage *s, eh_action_table *table, eh_detection *d)
{
    eh_detection_release(d);
    eh_action_table_release(table);
    eh_action_builder_free(s->builder);
    eh_context_free(s->ctx);
}

static const eh_account_result *result_of(const eh_action_table *table, const eh_detection *d, const char *account)
{
    for (uint32_t i = 0; i < table->accounts.n; i++)
        if (eh_str_is(eh_strings_get(&table->accounts, i), account)) return &d->accounts[i];
    CHECK(!"no such account");
    return NULL;
}

/* A group of five acts together on one object a day, at a moment of its own; `leader` < 0: whoever comes first. */
static void add_group(stage *s, eh_behaviour behaviour, const char *prefix, int n_members, int n_objects, int leader)
{
    for (int k = 0; k < n_objects; k++) {
        char object[24], account[24];
        int64_t at_us = new_object(s, behaviour, k % n_days, object) + seconds(3600 + 20000 * eh_rng_uniform(&s->rng));
        for (int i = 0; i < n_members; i++) {
            double late_s = i == leader ? 0 : 5 + 100 * eh_rng_uniform(&s->rng);
            snprintf(account, sizeof account, "%s%d", prefix, i);
            act(s, behaviour, account, object, at_us + seconds(late_s));
        }
    }
}

static void a_group_is_listed_and_the_crowd_is_not(void)
{
    stage s = set_stage(1);
    eh_action_table table;
    eh_detection d;
    add_group(&s, EH_REPOST, "ring", 5, 28, -1);
    finish(&s, &table, &d);
    for (int i = 0; i < 5; i++) {
        char account[24];
        snprintf(account, sizeof account, "ring%d", i);
        CHECK(result_of(&table, &d, account)->is_listed);
        CHECK_EQ_INT(result_of(&table, &d, account)->finding, EH_FINDING_MODERATE); /* one kind of evidence only */
        CHECK_EQ_INT(result_of(&table, &d, account)->n_partners, 4);
    }
    CHECK_EQ_INT(d.n_listed_accounts, 5);
    CHECK(d.n_evidence >= 10 * 20);
    strike(&s, &table, &d);
}

static void a_framed_account_is_not_listed(void)
{
    stage s = set_stage(2);
    eh_action_table table;
    eh_detection d;
    add_group(&s, EH_REPOST, "copy", 6, 28, 3); /* copy3 always acts first: the others follow and copy it */
    finish(&s, &table, &d);
    const eh_account_result *victim = result_of(&table, &d, "copy3");
    CHECK(!victim->is_listed);
    CHECK(victim->notes & EH_NOTE_FOLLOWED);
    CHECK(victim->finding <= EH_FINDING_WEAK);
    CHECK(victim->q_value < 0.001); /* the pair evidence is overwhelming, and still */
    CHECK(result_of(&table, &d, "copy1")->is_listed);
    CHECK_EQ_INT(d.n_listed_accounts, 5);
    strike(&s, &table, &d);
}

/* Who copies one account in everything acts alone: the copied one is not listed, so neither is the copier. */
static void a_lone_copier_is_not_listed(void)
{
    stage s = set_stage(7);
    eh_action_table table;
    eh_detection d;
    add_group(&s, EH_REPOST, "copy", 2, 28, 0);
    add_group(&s, EH_LINK, "copy", 2, 28, 0);
    finish(&s, &table, &d);
    CHECK(result_of(&table, &d, "copy0")->notes & EH_NOTE_FOLLOWED);
    CHECK(result_of(&table, &d, "copy1")->notes & EH_NOTE_ONE_PARTNER);
    CHECK_EQ_INT(d.n_listed_accounts, 0);
    CHECK(d.n_listed_pairs > 0);
    CHECK_EQ_INT(result_of(&table, &d, "copy1")->finding, EH_FINDING_WEAK);
    strike(&s, &table, &d);
}

static void one_partner_needs_a_second_kind(void)
{
    stage s = set_stage(3);
    eh_action_table table;
    eh_detection d;
    add_group(&s, EH_REPOST, "duo", 2, 28, -1);
    finish(&s, &table, &d);
    CHECK(!result_of(&table, &d, "duo0")->is_listed);
    CHECK(result_of(&table, &d, "duo0")->notes & EH_NOTE_ONE_PARTNER);
    CHECK_EQ_INT(d.n_listed_accounts, 0);
    strike(&s, &table, &d);
    s = set_stage(3);
    add_group(&s, EH_REPOST, "duo", 2, 28, -1);
    add_group(&s, EH_LINK, "duo", 2, 28, -1);
    finish(&s, &table, &d);
    CHECK(result_of(&table, &d, "duo0")->is_listed);
    CHECK_EQ_INT(result_of(&table, &d, "duo0")->finding, EH_FINDING_MODERATE); /* a couple, or one person twice: never strong */
    CHECK(result_of(&table, &d, "duo0")->notes & EH_NOTE_TWO_ALONE);
    CHECK_EQ_INT(result_of(&table, &d, "duo0")->independent_behaviours, 1u << EH_REPOST | 1u << EH_LINK);
    strike(&s, &table, &d);
}

static void too_little_is_said_to_be_too_little(void)
{
    stage s = set_stage(4);
    eh_action_table table;
    eh_detection d;
    add_group(&s, EH_REPOST, "ring", 5, 28, -1);
    add_group(&s, EH_REPOST, "few", 5, 2, -1);
    act(&s, EH_REPOST, "once", "alone", start_us);
    finish(&s, &table, &d);
    CHECK_EQ_INT(result_of(&table, &d, "few0")->finding, EH_FINDING_INSUFFICIENT_DATA);
    CHECK_EQ_INT(result_of(&table, &d, "once")->finding, EH_FINDING_INSUFFICIENT_DATA);
    CHECK(result_of(&table, &d, "few0")->n_objects_needed > 2);
    CHECK(result_of(&table, &d, "ring0")->is_listed);
    strike(&s, &table, &d);
}

static void nothing_at_all_is_no_error(void)
{
    stage s = set_stage(5);
    eh_action_table table;
    eh_detection d;
    finish(&s, &table, &d);
    CHECK_EQ_INT(d.n_edges, 0);
    CHECK_EQ_INT(table.accounts.n, 0);
    strike(&s, &table, &d);
}

static void bad_options_are_refused(void)
{
    stage s = set_stage(6);
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    eh_detection d;
    finish(&s, &table, &d);
    eh_detection_release(&d);
    eh_detect_options options = eh_detect_options_default();
    options.q = 0;
    CHECK_EQ_INT(eh_detect(s.ctx, &table, &options, &d, &err), EH_E_INVALID);
    options = eh_detect_options_default();
    options.windows_us[1] = options.windows_us[0];
    CHECK_EQ_INT(eh_detect(s.ctx, &table, &options, &d, &err), EH_E_INVALID);
    options = eh_detect_options_default();
    options.n_windows = 0;
    CHECK_EQ_INT(eh_detect(s.ctx, &table, &options, &d, &err), EH_E_INVALID);
    strike(&s, &table, &d);
}

CHECK_MAIN(a_group_is_listed_and_the_crowd_is_not, a_framed_account_is_not_listed, a_lone_copier_is_not_listed, one_partner_needs_a_second_kind,
           too_little_is_said_to_be_too_little, nothing_at_all_is_no_error, bad_options_are_refused)
