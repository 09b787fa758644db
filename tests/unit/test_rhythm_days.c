/* The working day of a group and the regularity of an account, on schedules whose answers are known; one thread or many. */
#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "check.h"
#include "evenhand/rhythm.h"

static const int64_t monday_us = INT64_C(1533513600000000); /* 2018-08-06 */
enum { n_workers = 12, n_strollers = 12, n_all = n_workers + n_strollers + 2, n_weeks = 6 };

static void act(eh_action_builder *builder, const char *account, int *n_posts, int64_t time_us, int64_t birth_us)
{
    char post[24], object[24];
    eh_error err = EH_ERROR_INIT;
    snprintf(post, sizeof post, "p%06d", *n_posts);
    snprintf(object, sizeof object, "o%06d", (*n_posts)++);
    eh_action action = {.behaviour = EH_REPOST, .account = eh_str_of(account), .object = eh_str_of(object), .post = eh_str_of(post),
                        .time_us = time_us, .birth_us = birth_us};
    CHECK_OK(eh_action_builder_add(builder, &action, &err), err);
}

/* a..: Monday to Friday 9-18 at UTC+3, hardly any from half past twelve to half past one; s..: at any time of any day;
 * x: every 50 minutes to the second; y: as often, at random. */
static void make_table(eh_context *ctx, eh_action_table *table)
{
    eh_error err = EH_ERROR_INIT;
    eh_action_builder *builder;
    eh_rng rng = eh_rng_of(1, 0);
    char name[16];
    int n = 0;
    CHECK_OK(eh_action_builder_new(ctx, ~0u, false, &builder, &err), err);
    for (int day = 0; day < 7 * n_weeks; day++) {
        int64_t midnight_us = monday_us + day * EH_DAY_US;
        for (int u = 0; u < n_workers && day % 7 < 5; u++) {
            snprintf(name, sizeof name, "a%02d", u);
            for (int i = 0; i < 8; i++) {
                double local = 9 + 9 * eh_rng_uniform(&rng);
                if (local > 12.5 && local < 13.5 && eh_rng_uniform(&rng) < 0.8) continue;
                act(builder, name, &n, midnight_us + (int64_t)((local - 3) * (double)EH_HOUR_US), EH_NO_TIME);
            }
        }
        for (int u = 0; u < n_strollers; u++) {
            snprintf(name, sizeof name, "s%02d", u);
            for (int i = 0; i < 5; i++) act(builder, name, &n, midnight_us + (int64_t)(eh_rng_uniform(&rng) * (double)EH_DAY_US), EH_NO_TIME);
        }
        for (int i = 0; day < 14 && i < 28; i++) {
            int64_t time_us = midnight_us + i * 50 * EH_MINUTE_US;
            act(builder, "x", &n, time_us, time_us - (1 + i) * EH_SECOND_US);
            act(builder, "y", &n, midnight_us + (int64_t)(eh_rng_uniform(&rng) * (double)EH_DAY_US), EH_NO_TIME);
        }
    }
    CHECK_OK(eh_action_builder_finish(builder, table, &err), err);
    eh_action_builder_free(builder);
}

static eh_context *context_of(int n_threads)
{
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    eh_context *ctx;
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    return ctx;
}

static void working_days(void)
{
    eh_context *ctx = context_of(1);
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    eh_rhythm_group g[3];
    uint32_t group_of[n_all];
    make_table(ctx, &table);
    CHECK_EQ_INT(table.accounts.n, n_all);
    for (uint32_t u = 0; u < n_all; u++) group_of[u] = u < n_workers ? 0 : u < n_workers + n_strollers ? 1 : UINT32_MAX;
    CHECK_OK(eh_rhythm_groups(ctx, &table, group_of, 3, g, &err), err);
    CHECK_EQ_INT(g[0].n_accounts, n_workers);
    CHECK_EQ_INT(g[0].n_days, 5 * n_weeks);
    CHECK_EQ_INT(g[0].start_h, 6);
    CHECK(g[0].end_h == 14 || g[0].end_h == 15);
    CHECK_EQ_INT(g[0].pause_half_hour, 19);
    CHECK(g[0].pause_depth > 0.6 && g[0].p_pause <= 0.01);
    CHECK_EQ_INT(g[0].days_off, 1u << 5 | 1u << 6);
    CHECK(g[0].has_working_day);
    CHECK_EQ_INT(g[0].best_offset, 23 + 6);
    CHECK(!g[1].has_working_day);
    CHECK_EQ_INT(g[1].days_off, 0);
    CHECK(g[1].p_days_off > 0.01);
    CHECK(g[1].p_pause > 0.01);
    CHECK_EQ_INT(g[2].n_accounts, 0);
    CHECK(g[2].pause_half_hour == -1 && g[2].p_pause == 1);
    eh_action_table_release(&table);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void regular_accounts(void)
{
    eh_context *ctx = context_of(1);
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    eh_rhythm_account r[n_all];
    make_table(ctx, &table);
    CHECK_OK(eh_rhythm_accounts(ctx, &table, r, &err), err);
    const eh_rhythm_account *x = &r[n_all - 2], *y = &r[n_all - 1];
    CHECK_EQ_INT(x->n_times, 14 * 28);
    CHECK_EQ_INT(x->n_sessions, 14 * 28); /* no gap is of half an hour or less */
    CHECK_EQ_INT(x->n_days, 14);
    CHECK(x->gap_entropy_bits < 0.3);
    CHECK(x->gap_entropy_jittered_bits > x->gap_entropy_bits + 2);
    CHECK(fabs(y->gap_entropy_bits - y->gap_entropy_jittered_bits) < 0.5);
    CHECK_NEAR(x->quiet_gap_h, 1.5, 1e-9);
    CHECK_EQ_INT(x->n_delays, 14 * 28);
    CHECK_NEAR(x->median_delay_s, 14, 1e-9);
    CHECK_NEAR(x->fast_delay_s, 2, 1e-9);
    CHECK_EQ_INT(y->n_delays, 0);
    CHECK(isnan(y->median_delay_s));
    eh_action_table_release(&table);
    eh_context_free(ctx);
}

CHECK_MAIN(working_days, regular_accounts)
