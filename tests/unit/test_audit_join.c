/* Specifications, actions, sides, and who is at risk when. */
#include "check.h"
#include "base/time.h"
#include "evenhand/audit_join.h"

#include <unistd.h>

static eh_error err;
static char path[64];

static eh_context *new_context(void)
{
    eh_context_options how = eh_context_options_default();
    eh_context *ctx;
    how.n_threads = 1;
    CHECK_OK(eh_context_new(&how, &ctx, &err), err);
    return ctx;
}

static void done(eh_context *ctx)
{
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    unlink(path);
}

static const char *file_of(const char *text)
{
    (void)snprintf(path, sizeof path, "/tmp/evenhand-join-XXXXXX");
    const int fd = mkstemp(path);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
    return path;
}

/* ---- the specification ------------------------------------------------------------------------------------------------- */

#define SPEC                                                                                                           \
    "sides = [\"a\", \"b\"] # two\nevidence = \"timing_rate\"\nas_of = \"period_start\"\nperiod = \"week\"\nlookback_days = 28\n" \
    "evidence_bins = 12\nexposure_bins = 2\nmargin = 1.5\nalpha = 0.1\nmultiplicity = \"benjamini-hochberg\"\n"

static void specification_is_read(void)
{
    eh_context *ctx = new_context();
    eh_audit_spec spec;
    char first[65];
    CHECK_OK(eh_audit_spec_read(ctx, file_of(SPEC "actions = [ \"gone\" , \"it's #1\" ]\n\n# end"), &spec, &err), err);
    CHECK_EQ_STR(spec.sides[0], "a");
    CHECK_EQ_STR(spec.sides[1], "b");
    CHECK(spec.period == EH_PERIOD_WEEK && spec.lookback_days == 28 && spec.evidence_bins == 12 && spec.exposure_bins == 2 && !spec.is_yekutieli);
    CHECK_NEAR(spec.margin, 1.5, 0);
    CHECK_NEAR(spec.alpha, 0.1, 0);
    CHECK_EQ_INT(spec.n_actions, 2);
    CHECK_EQ_STR(spec.actions[1], "it's #1");
    CHECK_EQ_INT(strlen(spec.sha256), 64);
    memcpy(first, spec.sha256, sizeof first);
    unlink(path);
    CHECK_OK(eh_audit_spec_read(ctx, file_of(SPEC "# another\n"), &spec, &err), err);
    CHECK(strcmp(first, spec.sha256) != 0); /* of the bytes: a comment changes it */
    CHECK_EQ_INT(spec.n_actions, 0);
    done(ctx);
}

static void new_specification_is_the_default(void)
{
    eh_context *ctx = new_context();
    eh_audit_spec spec, expected = eh_audit_spec_default();
    CHECK_OK(eh_audit_spec_write(ctx, file_of(""), &err), err);
    CHECK_OK(eh_audit_spec_read(ctx, path, &spec, &err), err);
    CHECK(spec.period == expected.period && spec.lookback_days == expected.lookback_days && spec.evidence_bins == expected.evidence_bins && spec.exposure_bins == expected.exposure_bins);
    CHECK(spec.n_permutations == expected.n_permutations && spec.n_resamplings == expected.n_resamplings && spec.seed == expected.seed && spec.is_yekutieli == expected.is_yekutieli);
    CHECK_NEAR(spec.margin, expected.margin, 0);
    CHECK_NEAR(spec.alpha, expected.alpha, 0);
    CHECK_NEAR(spec.outcome_margin, expected.outcome_margin, 0);
    done(ctx);
}

static void refused_spec(const char *text, const char *message, int64_t line)
{
    eh_context *ctx = new_context();
    eh_audit_spec spec;
    err = (eh_error)EH_ERROR_INIT;
    CHECK_EQ_INT(eh_audit_spec_read(ctx, file_of(text), &spec, &err), EH_E_FORMAT);
    if (!strstr(err.message, message) || err.row != line) fprintf(stderr, "%s\nrow %lld: %s\n", text, (long long)err.row, err.message);
    CHECK(strstr(err.message, message) != NULL);
    CHECK_EQ_INT(err.row, line);
    done(ctx);
}

static void bad_specifications_are_refused(void)
{
    refused_spec("sides = [\"a\", \"b\"]\n", "does not say evidence", -1);
    refused_spec("sides = [\"a\"]\n", "two different sides", 1);
    refused_spec("sides = [\"a\", \"a\"]\n", "two different sides", 1);
    refused_spec("sides = \"a\"\n", "give a list", 1);
    refused_spec("sides = [\"a\" \"b\"]\n", "commas", 1);
    refused_spec("\nside = 3\n", "not known", 2);
    refused_spec("alpha = 0.05\nalpha = 0.1\n", "twice", 2);
    refused_spec("margin = 1\n", "from 1.001", 1);
    refused_spec("margin = nan\n", "from 1.001", 1);
    refused_spec("evidence_bins = 5\n", "whole number from 10", 1);
    refused_spec("lookback_days = 30.5\n", "whole number", 1);
    refused_spec("evidence = \"hunch\"\n", "only \"timing_rate\"", 1);
    refused_spec("period = \"decade\"\n", "\"month\"", 1);
    refused_spec("what is this\n", "no key = value", 1);
}

/* ---- actions ------------------------------------------------------------------------------------------------------------- */

static void actions_are_read_and_written(void)
{
    eh_context *ctx = new_context();
    eh_audit_actions actions, again;
    eh_audit_actions_init(&actions, ctx);
    CHECK_OK(eh_audit_actions_read(&actions, file_of("action,account_id,time,last_seen_alive,first_seen_actioned,policy,unit,is_reversal\n"
                                                     "suspended,x,2020-01-02T00:00:00Z,,,spam,eu,\n"
                                                     "suspended,x,2020-01-02T00:00:00Z,,,spam,eu,0\n" /* the same again */
                                                     "suspended,y,,2020-01-01,2020-02-01,,,no\n"
                                                     ",z,,2020-03-01,,,,\n"                             /* a look */
                                                     "reinstated,x,2020-03-01T00:00:00Z,,,,,yes\n"
                                                     "suspended,,2020-01-02T00:00:00Z,,,,,\n"
                                                     "suspended,a,yesterday,,,,,\n"
                                                     "suspended,a,,,,,,\n"
                                                     "suspended,a,,2020-02-01,2020-01-01,,,\n"
                                                     ",a,2020-01-02T00:00:00Z,,,,,\n"
                                                     "suspended,a,2020-01-02T00:00:00Z\n"
                                                     "suspended,a,1901-01-02T00:00:00Z,,,,,\n"
                                                     "suspended,\xff,2020-01-02T00:00:00Z,,,,,\n"), &err), err);
    CHECK_EQ_INT(actions.n_actions, 4);
    CHECK_EQ_INT(actions.n_read, 13);
    CHECK_EQ_INT(actions.n_rejected[EH_ACTION_REJECT_DUPLICATE], 1);
    CHECK_EQ_INT(actions.n_rejected[EH_ACTION_REJECT_NO_ACCOUNT], 1);
    CHECK_EQ_INT(actions.n_rejected[EH_ACTION_REJECT_TIME], 2);
    CHECK_EQ_INT(actions.n_rejected[EH_ACTION_REJECT_NO_TIME], 1);
    CHECK_EQ_INT(actions.n_rejected[EH_ACTION_REJECT_INTERVAL], 1);
    CHECK_EQ_INT(actions.n_rejected[EH_ACTION_REJECT_NO_ACTION], 1);
    CHECK_EQ_INT(actions.n_rejected[EH_ACTION_REJECT_MALFORMED], 2);
    CHECK_EQ_INT(actions.first_reject_row, 2);
    CHECK(actions.actions[3].is_reversal && !actions.actions[0].is_reversal);
    CHECK_EQ_INT(actions.actions[1].last_alive_us, eh_days_of(2020, 1, 1) * EH_DAY_US);
    unlink(path);
    CHECK_OK(eh_audit_actions_write(&actions, file_of(""), &err), err);
    eh_audit_actions_init(&again, ctx);
    CHECK_OK(eh_audit_actions_read(&again, path, &err), err);
    CHECK_EQ_INT(again.n_actions, 4);
    for (size_t i = 0; i < 4; i++) {
        const eh_audit_action *a = &actions.actions[i], *b = &again.actions[i];
        CHECK(a->account.size == b->account.size && memcmp(a->account.data, b->account.data, a->account.size) == 0);
        CHECK(a->time_us == b->time_us && a->last_alive_us == b->last_alive_us && a->first_gone_us == b->first_gone_us && a->is_reversal == b->is_reversal);
        CHECK(a->policy.size == b->policy.size && a->unit.size == b->unit.size && a->action.size == b->action.size);
    }
    eh_audit_actions_release(&again);
    eh_audit_actions_release(&actions);
    done(ctx);
}

static void bad_actions_are_refused(void)
{
    static const char *const files[][2] = {{"account_id,action\nx,suspended\n", "no column that says when"},
                                           {"account_id,time\nx,2020-01-01T00:00:00Z\n", "'action' is missing"},
                                           {"account_id,action,time,side\nx,suspended,2020-01-01T00:00:00Z,a\n", "'side' is not known"},
                                           {"account_id,action,time,time\n", "there twice"},
                                           {"account_id,action,time\nx,suspended,soon\n", "no action that can be used"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        eh_context *ctx = new_context();
        eh_audit_actions actions;
        eh_audit_actions_init(&actions, ctx);
        CHECK_EQ_INT(eh_audit_actions_read(&actions, file_of(files[i][0]), &err), EH_E_FORMAT);
        CHECK(strstr(err.message, files[i][1]) != NULL);
        eh_audit_actions_release(&actions);
        done(ctx);
    }
}

/* ---- sides ----------------------------------------------------------------------------------------------------------------- */

static void refused_sides(const char *text, const char *message, int64_t row)
{
    eh_context *ctx = new_context();
    eh_audit_spec spec = eh_audit_spec_default();
    eh_side_list sides;
    (void)snprintf(spec.sides[0], sizeof spec.sides[0], "a");
    (void)snprintf(spec.sides[1], sizeof spec.sides[1], "b");
    err = (eh_error)EH_ERROR_INIT;
    CHECK_EQ_INT(eh_side_list_read(ctx, file_of(text), &spec, &sides, &err), EH_E_FORMAT);
    if (!strstr(err.message, message) || err.row != row) fprintf(stderr, "%s\nrow %lld: %s\n", text, (long long)err.row, err.message);
    CHECK(strstr(err.message, message) != NULL);
    CHECK_EQ_INT(err.row, row);
    done(ctx);
}

static void bad_sides_are_refused(void)
{
    refused_sides("account_id,side\nx,a\ny,c\n", "no side that the specification names", 2);
    refused_sides("account_id,side\nx,a\ny,b\nx,b\n", "on two sides", 3);
    refused_sides("account_id,side\nx,a\ny,a\n", "one side only ('a')", -1);
    refused_sides("account_id,side\nx,\n", "no row with a side", -1);
    refused_sides("account_id,side\n,a\n", "is empty", 1);
    refused_sides("account_id,side,disputed\nx,a,perhaps\n", "neither 1 nor 0", 1);
    refused_sides("account_id,side,colour\nx,a,red\n", "'colour' is not known", -1);
    refused_sides("account_id,side\nx,a,b\n", "more fields than the header", 1);
    refused_sides("account_id,side\nx\n", "fewer fields than the header", 1);
    refused_sides("account_id,side\nx,\xf6\n", "not UTF-8", 1);
    refused_sides("account_id,side\nx,a\n\"y,b\n", "a quote does not close", 2);
    refused_sides("\xff\xfe" "a,side\nx,a\n", "UTF-16", -1);
    refused_sides("acc\xf6unt_id,side\nx,a\n", "its first line is not UTF-8", -1);
}

/* Without a specification any name is a side, but those that a careless table makes. */
static void careless_sides_are_refused(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {{"account_id,side\nx,north\ny,North\nz,south\n", "differ in letter case only"}, {"account_id,side\nx,north\ny,NaN\n", "leave the cell empty"},
                 {"account_id,side\nx,north\ny,null\n", "leave the cell empty"}, {"account_id,side\nx,north\ny,\"so\nuth\"\n", "control character"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eh_context *ctx = new_context();
        const eh_audit_spec spec = eh_audit_spec_default();
        eh_side_list sides;
        err = (eh_error)EH_ERROR_INIT;
        CHECK_EQ_INT(eh_side_list_read(ctx, file_of(cases[i].text), &spec, &sides, &err), EH_E_FORMAT);
        CHECK(strstr(err.message, cases[i].message) != NULL);
        done(ctx);
    }
}

/* Cohen 1960: 40 of 60 agree, (40/60 - 1/2) / (1/2) = 1/3 where both coders use both labels equally often. */
static void coders_are_compared(void)
{
    eh_context *ctx = new_context();
    eh_audit_spec spec = eh_audit_spec_default();
    eh_side_list sides;
    char text[4096] = "account_id,side,second_side\n";
    size_t used = strlen(text);
    for (int i = 0; i < 60; i++) {
        const bool is_a = i % 2 == 0, agrees = i < 40;
        used += (size_t)snprintf(text + used, sizeof text - used, "x%d,%s,%s\n", i, is_a ? "a" : "b", is_a == agrees ? "a" : "b");
    }
    (void)snprintf(text + used, sizeof text - used, "x0,a,a\nnone,,\n");
    CHECK_OK(eh_side_list_read(ctx, file_of(text), &spec, &sides, &err), err);
    CHECK_NEAR(sides.kappa, 1.0 / 3, 1e-12);
    CHECK_EQ_INT(sides.n_repeated, 1);
    CHECK_EQ_INT(sides.n_empty, 1);
    int n_disputed = 0;
    for (uint32_t i = 0; i < sides.accounts.n; i++) n_disputed += sides.is_disputed[i];
    CHECK_EQ_INT(n_disputed, 20);
    eh_side_list_release(&sides);
    done(ctx);
}

/* ---- who is at risk --------------------------------------------------------------------------------------------------------- */

/* Accounts a .. h, periods from day 10, 20 and 30; all act in every look-back but h, who is silent before day 20. */
enum { n_accounts = 8, n_periods = 3 };
static const uint64_t offsets[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
static int64_t cuts[n_periods] = {10 * EH_DAY_US * 100, 20 * EH_DAY_US * 100, 30 * EH_DAY_US * 100};

static void make_asof(eh_asof *asof, eh_asof_row *rows, uint32_t *network, int64_t *last_us, double *whole)
{
    *asof = (eh_asof){.accounts = {n_accounts, offsets, "abcdefgh"}, .network = network, .last_us = last_us, .whole = whole, .cuts_us = cuts, .n_periods = n_periods, .rows = rows};
    for (uint32_t k = 0; k < n_periods; k++)
        for (uint32_t i = 0; i < n_accounts; i++)
            if (i != 7 || k != 1) rows[asof->n_rows++] = (eh_asof_row){.account = i, .period = k, .exposure = i + 1, .evidence = i, .half = {i, i}};
    for (uint32_t i = 0; i < n_accounts; i++) network[i] = UINT32_MAX, last_us[i] = 12 * EH_DAY_US * 100, whole[i] = i;
}

static const char *day(int n) /* of 100 days each: the years 1970 .. */
{
    static char text[16][eh_time_text_size]; /* more than any call has */
    static int next;
    return eh_time_text(n * EH_DAY_US * 100 + EH_HOUR_US, text[next++ % 16]);
}

static bool was_actioned(const eh_risk_set *set, uint32_t account, uint32_t period, uint32_t rule, bool *is_there)
{
    *is_there = false;
    for (size_t i = 0; i < set->n_rows; i++) {
        const eh_risk_row *r = &set->rows[i];
        if (r->account != account || r->period != period || r->rule != rule) continue;
        CHECK(!*is_there);
        *is_there = true;
        if (r->is_actioned) return true;
    }
    return false;
}

static void time_decides_who_is_at_risk(void)
{
    eh_context *ctx = new_context();
    eh_audit_spec spec = eh_audit_spec_default();
    eh_asof asof;
    eh_asof_row rows[n_accounts * n_periods];
    uint32_t network[n_accounts];
    int64_t last_us[n_accounts];
    double whole[n_accounts];
    eh_audit_actions actions;
    eh_side_list sides;
    eh_risk_set set;
    char text[2048];
    make_asof(&asof, rows, network, last_us, whole);
    spec.n_actions = 1;
    (void)snprintf(spec.actions[0], sizeof spec.actions[0], "suspended");
    (void)snprintf(text, sizeof text,
                   "account_id,action,time,last_seen_alive,first_seen_actioned,is_reversal\n"
                   "a,suspended,%s,,,\n"      /* in the second period */
                   "a,suspended,%s,,,\n"      /* and again: the first counts */
                   "b,suspended,%s,,,\n"      /* before the first period */
                   "c,deleted by owner,%s,,,\n" /* left in the second, not actioned */
                   "d,suspended,,%s,%s,\n"    /* between looks of the first and third: earliest counts */
                   "e,suspended,%s,,,\n"      /* after the last cut */
                   "e,reinstated,%s,,,1\n"
                   "h,suspended,%s,,,\n"      /* silent before */
                   "z,suspended,%s,,,\n",     /* not in the archive */
                   day(22), day(25), day(5), day(21), day(13), day(35), day(99), day(120), day(21), day(15));
    eh_audit_actions_init(&actions, ctx);
    CHECK_OK(eh_audit_actions_read(&actions, file_of(text), &err), err);
    unlink(path);
    CHECK_OK(eh_side_list_read(ctx, file_of("account_id,side\na,n\nb,n\nc,n\nd,s\ne,s\nf,s\nh,n\nz,s\n"), &spec, &sides, &err), err);
    CHECK_OK(eh_risk_set_of(ctx, &asof, &actions, &sides, &spec, &set, &err), err);
    bool is_there;
    CHECK(!was_actioned(&set, 0, 0, 0, &is_there) && is_there);
    CHECK(was_actioned(&set, 0, 1, 0, &is_there));
    CHECK(!was_actioned(&set, 0, 2, 0, &is_there) && !is_there); /* gone by then */
    for (uint32_t k = 0; k < n_periods; k++) CHECK(!was_actioned(&set, 1, k, 0, &is_there) && !is_there);
    CHECK(!was_actioned(&set, 2, 1, 0, &is_there) && is_there);
    CHECK(!was_actioned(&set, 2, 2, 0, &is_there) && !is_there);
    CHECK(was_actioned(&set, 3, 0, 0, &is_there));
    CHECK(was_actioned(&set, 4, 2, 0, &is_there));
    CHECK(!was_actioned(&set, 7, 0, 0, &is_there) && is_there);
    CHECK(!was_actioned(&set, 7, 1, 0, &is_there) && !is_there);
    CHECK_EQ_INT(set.n_before_evidence, 1);
    CHECK_EQ_INT(set.n_not_in_archive, 1);
    CHECK_EQ_INT(set.n_inactive, 1);
    CHECK_EQ_INT(set.n_wide, 1);
    CHECK_EQ_INT(set.n_other_words, 1);
    CHECK_EQ_INT(set.n_actioned, 3);
    CHECK_EQ_INT(set.n_reversed, 1);
    CHECK_EQ_INT(set.n_unlabelled, 1); /* g */
    /* n: a and h actioned, a met; c the other. s: d, e, z actioned, z not here; f the other. b came before all. */
    CHECK(set.frame[0].n[1] == 2 && set.frame[0].n_captured[1] == 1 && set.frame[0].n[0] == 1 && set.frame[0].n_captured[0] == 1);
    CHECK(set.frame[1].n[1] == 3 && set.frame[1].n_captured[1] == 2 && set.frame[1].n[0] == 1 && set.frame[1].n_captured[0] == 1);
    eh_risk_set_release(&set);
    eh_side_list_release(&sides);
    eh_audit_actions_release(&actions);
    done(ctx);
}

/* A status that was read once, after the archive: nobody knows when; what is known to lie within the archive does not count. */
static void status_read_once(void)
{
    eh_context *ctx = new_context();
    eh_audit_spec spec = eh_audit_spec_default();
    eh_asof_row rows[n_accounts * n_periods];
    uint32_t network[n_accounts];
    int64_t last_us[n_accounts];
    double whole[n_accounts];
    eh_audit_actions actions;
    eh_side_list sides;
    eh_risk_set set;
    char text[1024];
    eh_asof asof;
    make_asof(&asof, rows, network, last_us, whole);
    asof.n_periods = 1;
    asof.n_rows = n_accounts;
    spec.period = EH_PERIOD_END;
    spec.n_actions = 1;
    (void)snprintf(spec.actions[0], sizeof spec.actions[0], "suspended");
    for (uint32_t i = 0; i < n_accounts; i++) last_us[i] = 8 * EH_DAY_US * 100; /* before the cut, at 10 */
    (void)snprintf(text, sizeof text,
                   "account_id,action,time,last_seen_alive,first_seen_actioned\n"
                   "a,suspended,,,%s\n"     /* found gone after the cut */
                   "b,suspended,,%s,%s\n"   /* alive within the archive, gone after */
                   "c,suspended,,,%s\n"     /* found gone within the archive */
                   "d,suspended,%s,,\n"     /* dated, within the archive */
                   "e,suspended,%s,,\n"     /* dated, after it */
                   "f,vanished,,,%s\n"
                   "g,,,%s,\n"
                   "h,,,%s,\n", day(20), day(9), day(20), day(9), day(9), day(20), day(20), day(20), day(20));
    eh_audit_actions_init(&actions, ctx);
    CHECK_OK(eh_audit_actions_read(&actions, file_of(text), &err), err);
    unlink(path);
    CHECK_OK(eh_side_list_read(ctx, file_of("account_id,side\na,n\nb,n\nc,n\nd,n\ne,s\nf,s\ng,s\nh,n\n"), &spec, &sides, &err), err);
    CHECK_OK(eh_risk_set_of(ctx, &asof, &actions, &sides, &spec, &set, &err), err);
    bool is_there;
    CHECK(was_actioned(&set, 0, 0, 0, &is_there) && was_actioned(&set, 1, 0, 0, &is_there) && was_actioned(&set, 4, 0, 0, &is_there));
    for (uint32_t i = 2; i < 4; i++) CHECK(!was_actioned(&set, i, 0, 0, &is_there) && !is_there);
    for (uint32_t i = 5; i < 8; i++) CHECK(!was_actioned(&set, i, 0, 0, &is_there) && is_there);
    CHECK_EQ_INT(set.n_actioned, 3);
    CHECK_EQ_INT(set.n_undated, 2);
    CHECK_EQ_INT(set.n_before_evidence, 2);
    eh_risk_set_release(&set);
    eh_side_list_release(&sides);
    eh_audit_actions_release(&actions);
    done(ctx);
}

static void looks_and_policies(void)
{
    eh_context *ctx = new_context();
    eh_audit_spec spec = eh_audit_spec_default();
    eh_asof asof;
    eh_asof_row rows[n_accounts * n_periods];
    uint32_t network[n_accounts];
    int64_t last_us[n_accounts];
    double whole[n_accounts];
    eh_audit_actions actions;
    eh_risk_set set;
    char text[2048];
    bool is_there;
    make_asof(&asof, rows, network, last_us, whole);
    (void)snprintf(text, sizeof text,
                   "account_id,action,last_seen_alive,first_seen_actioned,policy\n"
                   "a,suspended,,%s,spam\n"  /* seen gone once: it acted on day 12, so it was there */
                   "b,,%s,,\n"               /* there at day 25 */
                   "c,suspended,%s,%s,spam\n"
                   "d,suspended,%s,%s,abuse\n",
                   day(28), day(25), day(22), day(23), day(22), day(24));
    eh_audit_actions_init(&actions, ctx);
    CHECK_OK(eh_audit_actions_read(&actions, file_of(text), &err), err);
    CHECK_OK(eh_risk_set_of(ctx, &asof, &actions, NULL, &spec, &set, &err), err);
    CHECK(was_actioned(&set, 0, 0, 0, &is_there));
    CHECK(!was_actioned(&set, 1, 1, 0, &is_there) && is_there);
    CHECK(!was_actioned(&set, 1, 2, 0, &is_there) && !is_there); /* nobody looked then */
    CHECK(!was_actioned(&set, 4, 0, 0, &is_there) && !is_there); /* never looked at */
    CHECK_EQ_INT(set.n_unwatched, 4);
    CHECK_EQ_INT(set.rules.n, 1); /* fewer than five of each: one */
    eh_risk_set_release(&set);
    eh_audit_actions_release(&actions);
    done(ctx);
}

/* ---- memory -------------------------------------------------------------------------------------------------------------------- */

static eh_status whole_audit(eh_context *ctx, const eh_asof *asof, const char *actions_path, const char *sides_path, const char *outcomes_path)
{
    static const uint32_t compare[2] = {0, 1};
    eh_audit_spec spec = eh_audit_spec_default();
    eh_audit_actions actions;
    eh_side_list sides = {0};
    eh_outcome_list outcomes = {0};
    eh_risk_set set = {0};
    eh_audit_case audit = {0};
    spec.n_permutations = spec.n_resamplings = 99;
    eh_audit_actions_init(&actions, ctx);
    eh_status status = eh_audit_actions_read(&actions, actions_path, &err);
    if (status == EH_OK) status = eh_side_list_read(ctx, sides_path, &spec, &sides, &err);
    if (status == EH_OK) status = eh_outcome_list_read(ctx, outcomes_path, &outcomes, &err);
    if (status == EH_OK) status = eh_risk_set_of(ctx, asof, &actions, &sides, &spec, &set, &err);
    if (status == EH_OK) status = eh_audit_case_of(ctx, &set, &spec, compare, &sides, asof, &outcomes, &audit, &err);
    if (status == EH_OK) CHECK(audit.audit->verdict == EH_INCONCLUSIVE && audit.design.has_outcome);
    eh_audit_case_release(&audit);
    eh_risk_set_release(&set);
    eh_outcome_list_release(&outcomes);
    eh_side_list_release(&sides);
    eh_audit_actions_release(&actions);
    return status;
}

static void every_allocation_may_fail(void)
{
    eh_asof asof;
    eh_asof_row rows[n_accounts * n_periods];
    uint32_t network[n_accounts];
    int64_t last_us[n_accounts];
    double whole[n_accounts];
    char paths[3][64], text[512];
    int64_t n = 0;
    make_asof(&asof, rows, network, last_us, whole);
    (void)snprintf(text, sizeof text, "account_id,action,time\na,suspended,%s\nd,suspended,%s\n", day(22), day(25));
    (void)snprintf(paths[0], sizeof paths[0], "%s", file_of(text));
    (void)snprintf(paths[1], sizeof paths[1], "%s", file_of("account_id,side,second_side\na,n,n\nb,n,s\nc,n,n\nd,s,s\ne,s,s\nf,s,s\ng,s,s\nh,n,n\n"));
    (void)snprintf(paths[2], sizeof paths[2], "%s", file_of("account_id,truth\na,1\nd,0\n"));
    path[0] = 0; /* done() must leave them */
    for (eh_status status = EH_E_NOMEM; status != EH_OK; n++) {
        eh_context *ctx = new_context();
        err = (eh_error)EH_ERROR_INIT;
        eh_context_fail_allocation_after(ctx, n + 1);
        status = whole_audit(ctx, &asof, paths[0], paths[1], paths[2]);
        eh_context_fail_allocation_after(ctx, 0);
        if (status != EH_OK && status != EH_E_NOMEM) fprintf(stderr, "allocation %lld: %s\n", (long long)n, err.message);
        CHECK(status == EH_OK || (status == EH_E_NOMEM && err.message[0] != 0));
        done(ctx);
        CHECK(n < 100000);
    }
    CHECK(n > 100);
    for (int i = 0; i < 3; i++) unlink(paths[i]);
}

CHECK_MAIN(specification_is_read, new_specification_is_the_default, bad_specifications_are_refused, actions_are_read_and_written, bad_actions_are_refused, bad_sides_are_refused,
           careless_sides_are_refused, coders_are_compared, time_decides_who_is_at_risk, status_read_once, looks_and_policies, every_allocation_may_fail)
