/* Worlds: the same bytes for a seed, a truth that fits the posts, ids that tell the time, people that look like people. */
#include "simulate_helper.h"

static eh_simulate_report draw(const char *scenario, uint64_t seed, int n_threads, uint32_t n_accounts, uint32_t n_days,
                               const char *name, char dir[256])
{
    const eh_simulate_options options = {.n_accounts = n_accounts, .n_days = n_days};
    return draw_with(scenario, seed, n_threads, &options, name, dir);
}

static void gives_the_same_bytes_for_a_seed(void)
{
    char a[256], b[256], c[256];
    draw("farm", 7, 1, 300, 10, "a", a);
    draw("farm", 7, 3, 300, 10, "b", b);
    draw("farm", 8, 1, 300, 10, "c", c);
    CHECK(is_same_file(a, b, "posts.csv") && is_same_file(a, b, "truth.csv"));
    CHECK(!is_same_file(a, c, "posts.csv") && !is_same_file(a, c, "truth.csv"));
    remove_files(a);
    remove_files(b);
    remove_files(c);
}

static void ids_tell_the_time_and_rows_are_in_order(void)
{
    char dir[256], text[eh_time_text_size];
    draw("farm", 3, 1, 400, 14, "ids", dir);
    table posts = read_table(dir, "posts.csv", n_columns);
    unsigned long long last = 0;
    for (size_t i = 0; i < posts.n_rows; i++) {
        char **row = posts.fields + i * n_columns;
        unsigned long long id = strtoull(row[TWEETID], NULL, 10);
        CHECK(id > last);
        last = id;
        eh_time_text(time_ms_of(row[TWEETID]) * 1000, text);
        text[10] = ' ';
        text[16] = 0;
        CHECK_EQ_STR(text, row[TIME]);
        CHECK(strcmp(row[TIME], "2018-08-01") >= 0 && strcmp(row[TIME], "2018-08-15") < 0);
        if (row[REPOST_POST][0]) {
            CHECK_EQ_STR(row[IS_REPOST], "True");
            CHECK(time_ms_of(row[REPOST_POST]) < time_ms_of(row[TWEETID]));
            CHECK(strncmp(row[TEXT], "RT @", 4) == 0);
            CHECK(strcmp(row[REPOST_USER], row[USERID]) != 0);
        }
        CHECK(row[TAGS][0] == '[' && row[URLS][0] == '[' && row[MENTIONS][0] == '[');
        CHECK(eh_utf8_is_valid(eh_str_of(row[TEXT])));
    }
    drop_table(&posts);
    remove_files(dir);
}

static void truth_covers_every_account(void)
{
    char dir[256];
    eh_simulate_report report = draw("farm", 5, 1, 0, 0, "truth", dir);
    table posts = read_table(dir, "posts.csv", n_columns), truth = read_table(dir, "truth.csv", n_truth);
    eh_dict known = EH_DICT_INIT(NULL);
    uint64_t n_farm = 0, n_ring = 0, n_farm_posts = 0, n_ring_posts = 0;
    char **group = calloc(truth.n_rows, sizeof *group);
    CHECK(group != NULL);
    for (size_t i = 0; i < truth.n_rows; i++) {
        uint32_t number;
        CHECK_OK(eh_dict_add(&known, eh_str_of(truth.fields[n_truth * i]), &number, NULL), (eh_error)EH_ERROR_INIT);
        CHECK_EQ_INT(number, i); /* no account twice */
        group[i] = truth.fields[n_truth * i + 1];
        n_farm += strcmp(group[i], "farm") == 0;
        n_ring += strcmp(group[i], "ring") == 0;
        CHECK(!group[i][0] || strcmp(group[i], "farm") == 0 || strcmp(group[i], "ring") == 0);
    }
    CHECK_EQ_INT(n_farm, 60);
    CHECK_EQ_INT(n_ring, 20);
    CHECK_EQ_INT(report.n_planted, 80);
    CHECK_EQ_INT(report.n_accounts, truth.n_rows);
    CHECK_EQ_INT(report.n_posts, posts.n_rows);
    for (size_t i = 0; i < posts.n_rows; i++) {
        char **row = posts.fields + i * n_columns;
        uint32_t author = eh_dict_find(&known, eh_str_of(row[USERID]));
        CHECK(author != EH_DICT_NONE);
        CHECK(!row[REPOST_USER][0] || eh_dict_find(&known, eh_str_of(row[REPOST_USER])) != EH_DICT_NONE);
        CHECK(!row[REPLY_USER][0] || eh_dict_find(&known, eh_str_of(row[REPLY_USER])) != EH_DICT_NONE);
        n_farm_posts += strcmp(group[author], "farm") == 0;
        n_ring_posts += strcmp(group[author], "ring") == 0;
    }
    CHECK(n_farm_posts / 60 >= 70 && n_farm_posts / 60 < 200);
    CHECK(n_ring_posts / 20 >= 40 && n_ring_posts / 20 < 110);
    eh_dict_release(&known);
    free(group);
    drop_table(&posts);
    drop_table(&truth);
    remove_files(dir);
}

/* Working days only, 9 to 17 in Central Europe, a hole at lunch. */
static void the_farm_keeps_office_hours(void)
{
    char dir[256];
    draw("farm", 9, 1, 0, 0, "hours", dir);
    table posts = read_table(dir, "posts.csv", n_columns), truth = read_table(dir, "truth.csv", n_truth);
    eh_dict farm = EH_DICT_INIT(NULL);
    size_t n = 0, n_outside = 0, by_quarter[96] = {0}, by_weekday[7] = {0};
    for (size_t i = 0; i < truth.n_rows; i++) {
        uint32_t number;
        if (strcmp(truth.fields[n_truth * i + 1], "farm") != 0) continue;
        CHECK_OK(eh_dict_add(&farm, eh_str_of(truth.fields[n_truth * i]), &number, NULL), (eh_error)EH_ERROR_INIT);
    }
    for (size_t i = 0; i < posts.n_rows; i++) {
        char **row = posts.fields + i * n_columns;
        if (eh_dict_find(&farm, eh_str_of(row[USERID])) == EH_DICT_NONE) continue;
        int64_t local_us = time_ms_of(row[TWEETID]) * 1000 + 2 * EH_HOUR_US;
        int64_t minute = eh_time_of_day_us(local_us) / EH_MINUTE_US;
        n++;
        n_outside += minute < 540 || minute >= 1035;
        by_quarter[minute / 15]++;
        by_weekday[(eh_day_of(local_us) + 4) % 7]++;
    }
    CHECK(n > 0);
    CHECK_EQ_INT(n_outside, 0);
    CHECK(by_quarter[51] * 4 < by_quarter[45]); /* 12:45 against 11:15 */
    size_t n_days_off = 0;
    for (size_t d = 0; d < 7; d++) n_days_off += by_weekday[d] == 0;
    CHECK_EQ_INT(n_days_off, 2);
    eh_dict_release(&farm);
    drop_table(&posts);
    drop_table(&truth);
    remove_files(dir);
}

static void people_look_like_people(void)
{
    char dir[256];
    eh_simulate_report report = draw("honest", 2, 1, 0, 0, "people", dir);
    table posts = read_table(dir, "posts.csv", n_columns);
    size_t n_reposts = 0, n_replies = 0, n_links = 0, n_tags = 0, n_night = 0, n_fast = 0, n_late = 0;
    for (size_t i = 0; i < posts.n_rows; i++) {
        char **row = posts.fields + i * n_columns;
        n_replies += row[REPLY_POST][0] != 0;
        n_links += row[URLS][1] != ']';
        n_tags += row[TAGS][1] != ']';
        n_night += row[TIME][11] == '2' && row[TIME][12] >= '2';
        if (!row[REPOST_POST][0]) continue;
        int64_t delay_ms = time_ms_of(row[TWEETID]) - time_ms_of(row[REPOST_POST]);
        n_reposts++;
        n_fast += delay_ms < 60000;
        n_late += delay_ms > 21600000;
    }
    double n = (double)posts.n_rows;
    CHECK_EQ_INT(report.n_planted, 0);
    CHECK(report.n_accounts > 1350 && report.n_accounts <= 1500);
    CHECK(n / 1500 > 10 && n / 1500 < 40);
    CHECK((double)n_reposts / n > 0.3 && (double)n_reposts / n < 0.7);
    CHECK((double)n_replies / n > 0.02 && (double)n_replies / n < 0.2);
    CHECK((double)n_links / n > 0.1 && (double)n_tags / n > 0.05);
    CHECK((double)n_night / n < 0.05);
    CHECK((double)n_fast / (double)n_reposts > 0.05 && (double)n_fast / (double)n_reposts < 0.4);
    CHECK((double)n_late / (double)n_reposts > 0.1);
    drop_table(&posts);
    remove_files(dir);
}

static void small_and_long_worlds_work(void)
{
    char dir[256];
    const uint32_t sizes[][2] = {{10, 1}, {10, 400}, {17, 5}, {170, 3}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        draw("honest", 1, 1, sizes[i][0], sizes[i][1], "small", dir);
        remove_files(dir);
        CHECK_EQ_INT(draw("farm", 1, 1, sizes[i][0], sizes[i][1], "small", dir).n_planted, 80);
        remove_files(dir);
    }
}

static void says_what_is_wrong(void)
{
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    eh_simulate_report report;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    char dir[256];
    snprintf(dir, sizeof dir, "%s/never", scratch());
    CHECK_EQ_INT(eh_simulate(ctx, "nonesuch", NULL, dir, &report, &err), EH_E_NOT_FOUND);
    CHECK(strstr(err.message, "honest") && strstr(err.message, "farm"));
    const eh_simulate_options bad[] = {{.n_accounts = 9}, {.n_accounts = 10000001}, {.n_days = 3651}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ_INT(eh_simulate(ctx, "honest", &bad[i], dir, &report, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_simulate(ctx, "honest", NULL, "", &report, &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_simulate(ctx, "honest", NULL, "/dev/null/x", NULL, NULL), EH_E_IO);
    struct stat found;
    CHECK(stat(dir, &found) != 0);
    eh_context_cancel(ctx);
    CHECK_EQ_INT(eh_simulate(ctx, "honest", NULL, dir, &report, &err), EH_E_CANCELLED);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    CHECK(rmdir(dir) == 0);
    eh_context_free(ctx);
}

static void the_table_names_each_scenario_once(void)
{
    size_t n;
    const eh_scenario *scenarios = eh_scenarios(&n);
    CHECK(n >= 2);
    for (size_t i = 0; i < n; i++) {
        CHECK(scenarios[i].summary[0] != 0);
        for (size_t j = 0; j < i; j++) CHECK(strcmp(scenarios[i].name, scenarios[j].name) != 0);
    }
}

static void survives_every_failing_allocation(void)
{
    const eh_simulate_options options = {.n_accounts = 20, .n_days = 3};
    check_failing_allocations("farm", &options);
}

static void leaves_nothing_behind(void) { CHECK(rmdir(scratch()) == 0); }

CHECK_MAIN(gives_the_same_bytes_for_a_seed, ids_tell_the_time_and_rows_are_in_order, truth_covers_every_account,
           the_farm_keeps_office_hours, people_look_like_people, small_and_long_worlds_work, says_what_is_wrong,
           the_table_names_each_scenario_once, survives_every_failing_allocation, leaves_nothing_behind)
