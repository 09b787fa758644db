/* Honest families: each has its mechanism, at least half of the people stay ordinary, and roles tell who acts together. */
#include "simulate/families.h"
#include "simulate_helper.h"

static eh_context *new_context(uint64_t seed)
{
    eh_context_options chosen = eh_context_options_default();
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    chosen.seed = seed;
    CHECK_OK(eh_context_new(&chosen, &ctx, &err), err);
    return ctx;
}

/* ---- a world in memory: the people and one family ---- */

typedef struct town {
    eh_sim_world world;
    eh_sim_crew crews[2];
    size_t n_crews;
} town;

static void run(town *t, int phase)
{
    eh_error err = EH_ERROR_INIT;
    for (size_t i = 0; i < t->n_crews; i++) {
        eh_sim_hook hook = phase == 0 ? t->crews[i].population->settle : t->crews[i].population->publish;
        if (hook) CHECK_OK(hook(&t->world, &t->crews[i], &err), err);
    }
}

static town *found(const eh_sim_population *people, const eh_sim_population *family, uint64_t seed, uint32_t n, uint32_t n_days)
{
    eh_error err = EH_ERROR_INIT;
    town *t = calloc(1, sizeof *t);
    CHECK(t != NULL);
    eh_context *ctx = new_context(seed);
    int64_t start_ms = eh_days_of(2018, 8, 1) * EH_SIM_DAY_MS;
    t->world = (eh_sim_world){.ctx = ctx, .seed = seed, .n_honest = n, .n_days = n_days, .home_language = EH_SIM_NONE, .step_ms = 1,
                              .start_ms = start_ms, .end_ms = start_ms + n_days * EH_SIM_DAY_MS, .seen = {.ctx = ctx}};
    const eh_sim_population *all[] = {people, family};
    t->n_crews = family ? 2 : 1;
    for (uint32_t i = 0; i < t->n_crews; i++)
        t->crews[i] = (eh_sim_crew){.population = all[i], .parameters = all[i]->parameters, .number = i, .rng = eh_rng_of(seed, i + 1)};
    run(t, 0);
    CHECK_OK(eh_sim_connect(&t->world, &err), err);
    run(t, 1);
    CHECK_OK(eh_sim_index_feeds(&t->world, &err), err);
    CHECK_OK(eh_sim_live(&t->world, t->crews, t->n_crews, &err), err);
    return t;
}

static void leave(town *t)
{
    eh_context *ctx = t->world.ctx;
    for (size_t i = 0; i < t->n_crews; i++) {
        eh_free(ctx, t->crews[i].events.items);
        eh_free(ctx, t->crews[i].clubs.items);
        eh_free(ctx, t->crews[i].people.items);
    }
    eh_sim_world_release(&t->world);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    free(t);
}

static const eh_sim_account *author_of(const town *t, const eh_sim_post *post) { return &t->world.accounts.items[post->account]; }

static const eh_sim_club *club_of(const town *t, const eh_sim_account *account)
{
    return account->crew == 1 ? &t->crews[1].clubs.items[account->club] : NULL;
}

/* The day in the clock's zone, counted from the first. */
static uint32_t local_day(const town *t, const eh_sim_clock *clock, int64_t time_ms)
{
    return (uint32_t)((time_ms + clock->zone_min * EH_SIM_MINUTE_MS - t->world.start_ms) / EH_SIM_DAY_MS);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct sample {
    double *values;
    size_t n;
} sample;

static sample new_sample(const town *t)
{
    sample s = {calloc(t->world.posts.n + 1, sizeof(double)), 0};
    CHECK(s.values != NULL);
    return s;
}

/* Sorts and frees. */
static double take_median(sample *s)
{
    CHECK(s->n > 20);
    qsort(s->values, s->n, sizeof *s->values, by_value);
    double median = s->values[s->n / 2];
    free(s->values);
    return median;
}

/* ---- all scenarios ---- */

static bool has_activists(const char *name) { return strcmp(name, "call-to-action") == 0 || strcmp(name, "mix") == 0; }

static void every_scenario_repeats_and_tells_roles(void)
{
    size_t n;
    const eh_scenario *scenarios = eh_scenarios(&n);
    const eh_simulate_options options = {.n_accounts = 400, .n_days = 8};
    CHECK(n >= 17);
    for (size_t s = 0; s < n; s++) {
        char a[256], b[256], c[256];
        eh_simulate_report report = draw_with(scenarios[s].name, 5, 1, &options, "a", a);
        draw_with(scenarios[s].name, 5, 3, &options, "b", b);
        draw_with(scenarios[s].name, 6, 1, &options, "c", c);
        CHECK(is_same_file(a, b, "posts.csv") && is_same_file(a, b, "truth.csv") && !is_same_file(a, c, "posts.csv"));
        table truth = read_table(a, "truth.csv", n_truth);
        size_t n_activists = 0, n_members = 0;
        for (size_t i = 0; i < truth.n_rows; i++) {
            const char *group = truth.fields[n_truth * i + 1], *role = truth.fields[n_truth * i + 2];
            CHECK_EQ_INT(strcmp(role, "member") == 0, group[0] != 0);
            n_activists += strcmp(role, "activist") == 0;
            n_members += group[0] != 0;
        }
        CHECK_EQ_INT(n_activists > 0, has_activists(scenarios[s].name));
        CHECK_EQ_INT(n_members > 0, strcmp(scenarios[s].name, "farm") == 0);
        CHECK_EQ_INT(report.n_planted, n_members);
        drop_table(&truth);
        remove_files(a);
        remove_files(b);
        remove_files(c);
    }
}

static void small_worlds_work(void)
{
    size_t n;
    const eh_scenario *scenarios = eh_scenarios(&n);
    const uint32_t sizes[][2] = {{10, 1}, {17, 5}, {60, 3}, {40, 60}};
    for (size_t s = 0; s < n; s++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            char dir[256];
            const eh_simulate_options options = {.n_accounts = sizes[i][0], .n_days = sizes[i][1]};
            draw_with(scenarios[s].name, 1, 1, &options, "small", dir);
            remove_files(dir);
        }
}

static void groups_can_be_planted_in_a_family(void)
{
    char dir[256];
    const eh_simulate_options options = {.n_accounts = 400, .n_days = 8, .plant = "ring,framed"};
    CHECK_EQ_INT(draw_with("mix", 3, 1, &options, "planted", dir).n_planted, 40);
    remove_files(dir);
}

static void at_least_half_stay_ordinary(void)
{
    const eh_sim_population *families[] = {&eh_sim_habit_family, &eh_sim_circle_family, &eh_sim_app_family, &eh_sim_newsroom_family,
                                           &eh_sim_bot_family, &eh_sim_call_family, &eh_sim_lesson_family, &eh_sim_contest_family,
                                           &eh_sim_outage_family, &eh_sim_scholar_family};
    const double shares[][2] = {{0.4, 0.45}, {0.37, 0.4}, {0.27, 0.3}, {0.17, 0.2}, {0.05, 0.06}, {0.16, 0.2}, {0.3, 0.35}, {0.25, 0.3},
                                {0.33, 0.4}, {0.31, 0.35}};
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        town *t = found(&eh_sim_everyday, families[f], 2, 1500, 2);
        size_t n = 0, n_enlisted = 0, n_languages = 0;
        bool speaks[eh_sim_n_languages] = {false};
        for (size_t i = 0; i < t->world.accounts.n; i++) {
            const eh_sim_account *account = &t->world.accounts.items[i];
            if (account->role == EH_SIM_SOURCE) continue;
            n++;
            n_enlisted += account->crew == 1;
            n_languages += account->crew == 1 && !speaks[account->language];
            speaks[account->language] |= account->crew == 1;
        }
        double share = (double)n_enlisted / (double)n;
        CHECK(share > shares[f][0] && share <= shares[f][1] + 1e-9);
        CHECK(n_languages >= 2);
        CHECK_EQ_INT(t->world.accounts.n, 1500);
        leave(t);
    }
}

static void mix_has_all_and_half_ordinary(void)
{
    const eh_sim_population *all[] = {&eh_sim_some_habits, &eh_sim_some_circles, &eh_sim_some_apps, &eh_sim_some_newsrooms,
                                      &eh_sim_some_bots, &eh_sim_some_calls};
    double n = 0, n_enlisted = 0, n_fans = 0;
    town *t = calloc(1, sizeof *t);
    eh_error err = EH_ERROR_INIT;
    CHECK(t != NULL);
    eh_context *ctx = new_context(4);
    t->world = (eh_sim_world){.ctx = ctx, .seed = 4, .n_honest = 1500, .n_days = 2, .home_language = EH_SIM_NONE, .seen = {.ctx = ctx}};
    eh_sim_crew people = {.population = &eh_sim_mixed_people, .parameters = eh_sim_mixed_people.parameters, .rng = eh_rng_of(4, 1)};
    CHECK_OK(people.population->settle(&t->world, &people, &err), err);
    for (uint32_t i = 0; i < 6; i++) {
        eh_sim_crew crew = {.population = all[i], .parameters = all[i]->parameters, .number = i + 1, .rng = eh_rng_of(4, i + 2)};
        CHECK_OK(all[i]->settle(&t->world, &crew, &err), err);
        CHECK(crew.people.n > 0);
        eh_free(ctx, crew.clubs.items);
        eh_free(ctx, crew.people.items);
    }
    for (size_t i = 0; i < t->world.accounts.n; i++) {
        const eh_sim_account *account = &t->world.accounts.items[i];
        if (account->role == EH_SIM_SOURCE) continue;
        n++;
        n_enlisted += account->crew > 0;
        n_fans += account->crew == 0 && account->eagerness > 0;
    }
    CHECK((n_enlisted + n_fans) / n > 0.3 && (n_enlisted + n_fans) / n <= 0.5);
    leave(t);
}

/* ---- the mechanisms ---- */

static void fans_react_to_notifications(void)
{
    town *t = found(&eh_sim_fan_people, NULL, 3, 800, 14);
    sample delays = new_sample(t);
    size_t n = 0, n_fans = 0, n_several = 0;
    for (size_t i = 0; i < t->world.accounts.n; i++) {
        n += t->world.accounts.items[i].role == EH_SIM_PERSON;
        n_fans += t->world.accounts.items[i].n_notified > 0;
        n_several += t->world.accounts.items[i].n_notified > 2;
    }
    for (size_t i = 0; i < t->world.posts.n; i++) {
        const eh_sim_post *post = &t->world.posts.items[i];
        if (post->kind != EH_SIM_REPOST || author_of(t, post)->eagerness <= 0) continue;
        double delay_s = (double)(post->time_ms - t->world.posts.items[post->target].time_ms) / 1000;
        if (delay_s < 1800) delays.values[delays.n++] = delay_s;
    }
    CHECK((double)n_fans / (double)n > 0.3 && (double)n_fans / (double)n < 0.4);
    CHECK(n_several * 2 > n_fans);
    CHECK((double)delays.n / (double)t->world.posts.n > 0.3);
    double median_s = take_median(&delays);
    CHECK(median_s > 15 && median_s < 90);
    leave(t);
}

/* Share of the actions of working days within 10 min of a time that the club has in common, and of others' at these times. */
static void passengers_look_at_the_same_times(void)
{
    town *t = found(&eh_sim_everyday, &eh_sim_habit_family, 3, 1200, 28);
    double n[2] = {0}, n_near[2] = {0}, n_off = 0, n_off_near = 0;
    for (size_t i = 0; i < t->world.posts.n; i++) {
        const eh_sim_post *post = &t->world.posts.items[i];
        const eh_sim_account *person = author_of(t, post);
        bool is_enlisted = person->crew == 1;
        if (person->role != EH_SIM_PERSON || person->activity > 10) continue;
        const eh_sim_account *pattern = person;
        if (!is_enlisted) pattern = &t->world.accounts.items[t->crews[1].people.items[0]];
        bool is_near = false;
        int32_t minute = eh_sim_local_minute(&person->clock, post->time_ms);
        for (int32_t h = 0; h < pattern->clock.n_habits; h++)
            is_near |= minute > pattern->clock.habit_min[h] - 10 && minute < pattern->clock.habit_min[h] + 10;
        if (is_enlisted && eh_sim_is_day_off(&t->world, &person->clock, local_day(t, &person->clock, post->time_ms))) {
            n_off++;
            n_off_near += is_near;
            continue;
        }
        n[is_enlisted]++;
        n_near[is_enlisted] += is_near;
    }
    CHECK(n_near[1] / n[1] > 0.45);
    CHECK(n_near[0] / n[0] < 0.2);
    CHECK(n_off_near / n_off < 0.2);
    for (size_t c = 0; c < t->crews[1].clubs.n; c++) { /* one timetable a club */
        const eh_sim_club *club = &t->crews[1].clubs.items[c];
        for (uint32_t i = 0; i < club->n; i++)
            CHECK_EQ_INT(t->world.accounts.items[eh_sim_people_of(&t->crews[1], club)[i]].clock.habit_min[0], club->minute);
    }
    leave(t);
}

static void a_late_train_is_late_for_all(void)
{
    town *t = found(&eh_sim_everyday, NULL, 3, 20, 1);
    t->world.n_days = 28;
    eh_sim_clock clock = {.wake_min = 300, .sleep_min = 1400, .n_habits = 1, .habit_min = {480}, .habit_share = 1, .line = 7};
    eh_rng rng = eh_rng_of(1, 1);
    size_t n_late = 0;
    for (uint32_t day = 0; day < 28; day++) {
        int64_t at_ms = eh_sim_sitting_ms(&t->world, &clock, &rng, day);
        CHECK_EQ_INT(at_ms, eh_sim_sitting_ms(&t->world, &clock, &rng, day));
        int32_t minute = eh_sim_local_minute(&clock, at_ms);
        CHECK(minute == 480 || (minute >= 483 && minute <= 502));
        n_late += minute > 480;
    }
    CHECK(n_late > 0 && n_late < 14);
    leave(t);
}

static void friends_pass_on_what_friends_repost(void)
{
    town *t = found(&eh_sim_everyday, &eh_sim_circle_family, 3, 1200, 14);
    const eh_sim_crew *crew = &t->crews[1];
    sample delays[2] = {new_sample(t), new_sample(t)}; /* from the latest repost of the same by a friend; tight ones second */
    size_t n = 0, n_after_friend = 0;
    for (size_t i = 0; i < t->world.posts.n; i++) {
        const eh_sim_post *post = &t->world.posts.items[i];
        const eh_sim_club *club = club_of(t, author_of(t, post));
        if (post->kind != EH_SIM_REPOST || !club) continue;
        int64_t latest_ms = INT64_MIN;
        for (size_t k = 0; k < t->world.posts.n; k++) {
            const eh_sim_post *other = &t->world.posts.items[k];
            bool is_same = other->kind == EH_SIM_REPOST ? other->target == post->target : k == post->target;
            if (!is_same || other->time_ms >= post->time_ms || club_of(t, author_of(t, other)) != club) continue;
            if (other->time_ms > latest_ms) latest_ms = other->time_ms;
        }
        n++;
        if (latest_ms == INT64_MIN) continue;
        n_after_friend++;
        sample *into = &delays[club->kind == 1];
        into->values[into->n++] = (double)(post->time_ms - latest_ms) / 60000;
    }
    CHECK((double)n_after_friend / (double)n > 0.3);
    double loose_min = take_median(&delays[0]), tight_min = take_median(&delays[1]);
    CHECK(tight_min < 60);
    CHECK(loose_min > 60 && loose_min < 720);
    for (size_t c = 0; c < crew->clubs.n; c++) { /* everybody is everybody's friend */
        const eh_sim_club *club = &crew->clubs.items[c];
        CHECK_EQ_INT(t->world.accounts.items[eh_sim_people_of(crew, club)[0]].n_friends, club->n - 1);
    }
    leave(t);
}

static size_t count_events(const eh_sim_crew *crew, uint32_t kind)
{
    size_t n = 0;
    for (size_t i = 0; i < crew->events.n; i++) n += crew->events.items[i].kind == kind;
    return n;
}

static void most_days_have_breaking_news(void)
{
    town *t = found(&eh_sim_news_people, NULL, 3, 600, 28), *usual = found(&eh_sim_everyday, NULL, 3, 600, 28);
    bool has_news[28] = {false};
    size_t n_days = 0, n_under_tag = 0;
    for (size_t i = 0; i < t->crews[0].events.n; i++) {
        const eh_sim_event *event = &t->crews[0].events.items[i];
        if (event->kind == EH_SIM_BREAKING) has_news[(event->time_ms - t->world.start_ms) / EH_SIM_DAY_MS] = true;
    }
    for (size_t d = 0; d < 28; d++) n_days += has_news[d];
    for (size_t i = 0; i < t->world.posts.n; i++) {
        const eh_sim_post *post = &t->world.posts.items[i];
        uint32_t tag = post->kind == EH_SIM_REPOST ? t->world.posts.items[post->target].tags[0] : post->tags[0];
        for (size_t e = 0; e < t->crews[0].events.n; e++)
            if (t->crews[0].events.items[e].kind == EH_SIM_BREAKING && t->crews[0].events.items[e].tag == tag) {
                n_under_tag++;
                break;
            }
    }
    CHECK(n_days > 14);
    CHECK(count_events(&t->crews[0], EH_SIM_BREAKING) > 4 * count_events(&usual->crews[0], EH_SIM_BREAKING));
    CHECK((double)n_under_tag / (double)t->world.posts.n > 0.2);
    leave(usual);
    leave(t);
}

/* Words under a show's tag: by the half minute from a moment on. */
static void viewers_cheer_at_the_same_moments(void)
{
    town *t = found(&eh_sim_show_people, NULL, 3, 900, 14);
    double n_moments = 0, n_just_after = 0, n_before = 0;
    for (size_t e = 0; e < t->crews[0].events.n; e++) {
        const eh_sim_event *show = &t->crews[0].events.items[e];
        if (show->kind != EH_SIM_SHOW) continue;
        for (uint32_t p = show->post; p < show->first_post + show->n_posts; p++) {
            int64_t moment_ms = t->world.posts.items[p].time_ms - 30000;
            n_moments++;
            for (size_t i = 0; i < t->world.posts.n; i++) {
                const eh_sim_post *post = &t->world.posts.items[i];
                if (post->kind != EH_SIM_POST || post->is_feed || post->tags[0] != show->tag) continue;
                n_just_after += post->time_ms >= moment_ms && post->time_ms < moment_ms + 120000;
                n_before += post->time_ms >= moment_ms - 120000 && post->time_ms < moment_ms;
            }
        }
    }
    CHECK(count_events(&t->crews[0], EH_SIM_SHOW) > 14);
    CHECK(n_moments > 60);
    CHECK(n_just_after / n_moments > 3 && n_just_after > 2.5 * n_before);
    leave(t);
}

/* Clients tell the app; the grid is that of the table in apps.c. */
static void apps_keep_their_grid(void)
{
    static const int64_t grid_min[5][2] = {{15, 0}, {60, 0}, {30, 7}, {10, 0}, {60, 30}};
    town *t = found(&eh_sim_everyday, &eh_sim_app_family, 3, 1000, 14);
    size_t n_polled[5] = {0}, n_on_grid[5] = {0}, n_slots = 0, n_on_slot = 0;
    for (size_t i = 0; i < t->world.posts.n; i++) {
        const eh_sim_post *post = &t->world.posts.items[i];
        if (post->client == 0) continue;
        const eh_sim_club *club = club_of(t, author_of(t, post));
        CHECK(club != NULL && post->client > eh_sim_client_app && post->client <= eh_sim_client_app + 5);
        size_t app = post->client - 1U - eh_sim_client_app;
        int64_t since_ms = post->time_ms - t->world.start_ms;
        if (club->kind == 0) {
            n_polled[app]++;
            n_on_grid[app] += (since_ms - grid_min[app][1] * EH_SIM_MINUTE_MS) % (grid_min[app][0] * EH_SIM_MINUTE_MS) < 60000;
        } else {
            n_slots++;
            n_on_slot += since_ms % (30 * EH_SIM_MINUTE_MS) < 30000;
        }
    }
    for (size_t app = 0; app < 5; app++) {
        CHECK(n_polled[app] > 300);
        double share = (double)n_on_grid[app] / (double)n_polled[app];
        if (app == 3) /* each customer has a minute of its own */
            CHECK(share < 0.4);
        else
            CHECK(share > 0.99);
    }
    CHECK(n_slots > 500 && (double)n_on_slot / (double)n_slots > 0.95);
    leave(t);
}

static void staff_promote_their_own_in_shifts(void)
{
    town *t = found(&eh_sim_everyday, &eh_sim_newsroom_family, 3, 1200, 28);
    const eh_sim_crew *crew = &t->crews[1];
    double n_work = 0, n_own = 0, n_private = 0, n_private_own = 0;
    uint8_t *by_hour = calloc(t->world.accounts.n * 28, 32); /* hours of work by account and day */
    CHECK(by_hour != NULL);
    for (size_t i = 0; i < t->world.posts.n; i++) {
        const eh_sim_post *post = &t->world.posts.items[i];
        const eh_sim_account *account = author_of(t, post);
        const eh_sim_club *club = club_of(t, account);
        if (!club || account->role != EH_SIM_DRIVEN) continue;
        uint32_t place = 0;
        while (eh_sim_people_of(crew, club)[place] != post->account) place++;
        uint32_t desk = t->world.sources.items[club->source].account;
        bool is_own = (post->target != EH_SIM_NONE && t->world.posts.items[post->target].account == desk) ||
                      (post->article != EH_SIM_NONE && t->world.articles.items[post->article].domain ==
                                                           t->world.sources.items[club->source].domain);
        if (place % 2) {
            n_private++;
            n_private_own += is_own;
            continue;
        }
        n_work++;
        n_own += is_own;
        int32_t minute = eh_sim_local_minute(&account->clock, post->time_ms);
        uint32_t day = local_day(t, &account->clock, post->time_ms);
        CHECK(minute >= 359 && minute < 1325);
        if (day < 28) by_hour[((size_t)post->account * 28 + day) * 32 + (size_t)minute / 60] = 1;
    }
    CHECK(n_work > 1000 && n_own / n_work > 0.6);
    CHECK(n_private > 500 && n_private_own / n_private < 0.3);
    size_t n_days = 0, n_starts[3] = {0};
    for (size_t row = 0; row < t->world.accounts.n * 28; row++) {
        const uint8_t *hours = by_hour + row * 32;
        int first = -1, last = -1;
        for (int h = 0; h < 24; h++)
            if (hours[h]) {
                if (first < 0) first = h;
                last = h;
            }
        if (first < 0) continue;
        CHECK(last - first <= 8); /* one shift a day, and some seconds */
        n_days++;
        n_starts[first < 10 ? 0 : first < 14 ? 1 : 2]++;
    }
    for (int i = 0; i < 3; i++) CHECK(n_starts[i] * 10 > n_days);
    free(by_hour);
    leave(t);
}

static void hyperactive_people_are_ten_times_as_many(void)
{
    size_t n[2] = {0};
    const eh_sim_population *people[] = {&eh_sim_everyday, &eh_sim_hyperactive_people};
    for (int k = 0; k < 2; k++) {
        town *t = found(people[k], NULL, 3, 4000, 1);
        for (size_t i = 0; i < t->world.accounts.n; i++) n[k] += t->world.accounts.items[i].activity >= 40;
        leave(t);
    }
    CHECK(n[0] > 0 && n[1] > 5 * n[0] && n[1] > 80 && n[1] < 160);
}

static void bots_declare_themselves_and_are_instant(void)
{
    char dir[256];
    const eh_simulate_options options = {.n_accounts = 1000, .n_days = 14};
    town *t = found(&eh_sim_everyday, &eh_sim_bot_family, 3, 1000, 14);
    sample delays = new_sample(t);
    size_t n = 0, n_links = 0;
    for (size_t i = 0; i < t->world.posts.n; i++) {
        const eh_sim_post *post = &t->world.posts.items[i];
        if (author_of(t, post)->crew != 1) continue;
        CHECK(author_of(t, post)->is_declared);
        n++;
        n_links += post->kind == EH_SIM_POST;
        if (post->kind == EH_SIM_REPOST)
            delays.values[delays.n++] = (double)(post->time_ms - t->world.posts.items[post->target].time_ms) / 1000;
    }
    CHECK(n > 1000 && n_links * 10 > n);
    CHECK(take_median(&delays) < 10);
    leave(t);
    /* in the archive, every post of theirs says so, twice */
    draw_with("news-bots", 3, 1, &options, "bots", dir);
    table posts = read_table(dir, "posts.csv", n_columns);
    static const char *const says[] = {"a bot", "ein Bot", "ربات", "حساب آلي", "бот", "स्वचालित"};
    size_t n_declared = 0;
    for (size_t i = 0; i < posts.n_rows; i++) {
        char **row = posts.fields + i * n_columns;
        bool is_bot_client = strstr(row[14], "Bot") || strstr(row[14], "robot"), is_declared = false;
        for (size_t k = 0; k < 6; k++) is_declared |= strstr(row[5], says[k]) != NULL;
        CHECK_EQ_INT(is_bot_client, is_declared);
        n_declared += is_declared;
    }
    CHECK(n_declared > 1000);
    drop_table(&posts);
    remove_files(dir);
}

static void activists_answer_calls(void)
{
    town *t = found(&eh_sim_everyday, &eh_sim_call_family, 3, 1200, 28);
    const eh_sim_crew *crew = &t->crews[1];
    size_t n_under_tag = 0, n_pasted = 0, n_well_attended = 0;
    bool *joined = calloc(t->world.accounts.n, sizeof *joined);
    CHECK(joined != NULL && crew->events.n > 10);
    for (size_t e = 0; e < crew->events.n; e++) {
        const eh_sim_event *call = &crew->events.items[e];
        CHECK(t->world.posts.items[call->post].time_ms < call->time_ms);
        CHECK(t->world.accounts.items[t->world.posts.items[call->post].account].truth == EH_SIM_ACTIVIST);
        memset(joined, 0, t->world.accounts.n * sizeof *joined);
        size_t n_joined = 0;
        for (size_t i = 0; i < t->world.posts.n; i++) {
            const eh_sim_post *post = &t->world.posts.items[i];
            if (post->tags[0] != call->tag || post->time_ms < call->time_ms || post->time_ms >= call->end_ms) continue;
            if (author_of(t, post)->truth != EH_SIM_ACTIVIST || post->is_feed) continue;
            n_under_tag++;
            n_pasted += post->wording == EH_SIM_SLOGAN;
            n_joined += !joined[post->account];
            joined[post->account] = true;
        }
        n_well_attended += n_joined >= 5;
    }
    CHECK(n_well_attended * 2 > crew->events.n);
    CHECK((double)n_pasted / (double)n_under_tag > 0.2 && (double)n_pasted / (double)n_under_tag < 0.4);
    for (size_t i = 0; i < t->world.accounts.n; i++)
        CHECK_EQ_INT(t->world.accounts.items[i].truth == EH_SIM_ACTIVIST, t->world.accounts.items[i].crew == 1);
    free(joined);
    leave(t);
}

static void pupils_answer_in_the_lesson(void)
{
    town *t = found(&eh_sim_everyday, &eh_sim_lesson_family, 3, 1200, 14);
    const eh_sim_crew *crew = &t->crews[1];
    double n_replies = 0, n_in_lesson = 0;
    CHECK(crew->events.n > 50);
    for (size_t e = 0; e < crew->events.n; e++) {
        const eh_sim_event *prompt = &crew->events.items[e];
        const eh_sim_club *class = &crew->clubs.items[prompt->community];
        const eh_sim_clock *clock = &t->world.accounts.items[eh_sim_people_of(crew, class)[class->n - 1]].clock;
        int32_t minute = eh_sim_local_minute(clock, prompt->time_ms);
        CHECK(minute >= 480 && minute < 900);
        CHECK(!eh_sim_is_day_off(&t->world, clock, local_day(t, clock, prompt->time_ms)));
        for (size_t i = 0; i < t->world.posts.n; i++) {
            const eh_sim_post *post = &t->world.posts.items[i];
            if (post->target != prompt->post || author_of(t, post)->crew != 1 || post->kind != EH_SIM_REPLY) continue;
            n_replies++;
            n_in_lesson += post->time_ms < prompt->end_ms;
        }
    }
    CHECK(n_replies > 300 && n_in_lesson / n_replies > 0.7);
    leave(t);
}

static void listeners_enter_at_announced_times(void)
{
    town *t = found(&eh_sim_everyday, &eh_sim_contest_family, 3, 1200, 28);
    const eh_sim_crew *crew = &t->crews[1];
    double n_entries = 0, n_in_time = 0;
    CHECK(crew->events.n > 50);
    for (size_t i = 0; i < t->world.posts.n; i++) {
        const eh_sim_post *post = &t->world.posts.items[i];
        if (author_of(t, post)->crew != 1 || post->wording != EH_SIM_SLOGAN) continue;
        bool is_in_time = false;
        for (size_t e = 0; e < crew->events.n; e++) {
            const eh_sim_event *round = &crew->events.items[e];
            is_in_time |= round->text == post->text && post->time_ms >= round->time_ms && post->time_ms < round->end_ms;
        }
        n_entries++;
        n_in_time += is_in_time;
    }
    CHECK(n_entries > 500);
    CHECK_EQ_INT(n_in_time, n_entries);
    leave(t);
}

/* Tags of failures by customers: most within minutes, from the area that is hit, and the desk answers some with one phrase. */
static void customers_tell_of_failures_at_once(void)
{
    town *t = found(&eh_sim_everyday, &eh_sim_outage_family, 3, 1200, 28);
    const eh_sim_crew *crew = &t->crews[1];
    sample delays = new_sample(t);
    double n_told = 0, n_elsewhere = 0, n_complaints = 0, n_answers = 0, n_failures[3] = {0}, n_clubs[3] = {0};
    CHECK(crew->events.n > 60 && crew->clubs.n >= 6);
    for (size_t c = 0; c < crew->clubs.n; c++) n_clubs[crew->clubs.items[c].kind]++;
    for (size_t e = 0; e < crew->events.n; e++) {
        const eh_sim_event *failure = &crew->events.items[e];
        n_failures[crew->clubs.items[failure->community].kind]++;
        CHECK(failure->end_ms - failure->time_ms >= 8 * EH_SIM_MINUTE_MS && failure->end_ms - failure->time_ms <= 600 * EH_SIM_MINUTE_MS);
        for (uint32_t k = 0; k < failure->n_posts; k++)
            CHECK(t->world.posts.items[failure->first_post + k].time_ms > failure->time_ms);
    }
    for (size_t i = 0; i < t->world.posts.n; i++) {
        const eh_sim_post *post = &t->world.posts.items[i];
        const eh_sim_account *author = author_of(t, post);
        const eh_sim_club *club = club_of(t, author);
        if (!club || post->is_feed) continue;
        uint32_t desk = eh_sim_people_of(crew, club)[0];
        if (post->account == desk) {
            CHECK(post->kind == EH_SIM_REPLY && post->wording == EH_SIM_SLOGAN);
            n_answers++;
            continue;
        }
        n_complaints += post->mention == desk;
        if (post->kind != EH_SIM_POST || post->tags[0] == EH_SIM_NONE) continue;
        int64_t since_ms = INT64_MAX;
        bool is_tag = false;
        for (size_t e = 0; e < crew->events.n; e++) {
            const eh_sim_event *failure = &crew->events.items[e];
            if (failure->tag != post->tags[0] || t->crews[1].clubs.items + failure->community != club) continue;
            is_tag = true;
            if (failure->time_ms <= post->time_ms && post->time_ms - failure->time_ms < since_ms) since_ms = post->time_ms - failure->time_ms;
        }
        if (!is_tag) continue;
        n_told++;
        n_elsewhere += since_ms == INT64_MAX;
        delays.values[delays.n++] = (double)since_ms / 60000;
    }
    CHECK(n_told > 300 && n_elsewhere <= 0);
    CHECK(n_complaints > 300 && n_answers / n_complaints > 0.2 && n_answers / n_complaints < 0.4);
    CHECK(n_clubs[0] > 0 && n_failures[0] / n_clubs[0] > 12); /* a railway's fail most often */
    double median_min = take_median(&delays);
    CHECK(median_min > 2 && median_min < 60);
    leave(t);
}

/* Reposts, links and answers about one paper: half within two days, others over weeks; curators meet in most papers. */
static void scholars_tell_of_the_same_papers_over_weeks(void)
{
    town *t = found(&eh_sim_everyday, &eh_sim_scholar_family, 3, 1200, 28);
    const eh_sim_crew *crew = &t->crews[1];
    uint32_t *paper_of = calloc(t->world.articles.n, sizeof *paper_of);
    double n = 0, n_same_day = 0, n_late = 0, n_old = 0, n_within_5_min = 0;
    CHECK(paper_of != NULL && crew->events.n > 400);
    for (uint32_t e = 0; e < crew->events.n; e++) paper_of[crew->events.items[e].article] = e + 1;
    for (size_t i = 0; i < t->world.posts.n; i++) {
        const eh_sim_post *post = &t->world.posts.items[i];
        const eh_sim_post *shown = post->kind == EH_SIM_POST ? post : &t->world.posts.items[post->target];
        if (author_of(t, post)->crew != 1 || author_of(t, post)->role != EH_SIM_PERSON) continue;
        if (shown->article == EH_SIM_NONE || !paper_of[shown->article]) continue;
        const eh_sim_event *paper = &crew->events.items[paper_of[shown->article] - 1];
        int64_t since_ms = post->time_ms - paper->time_ms;
        CHECK(since_ms > 0);
        n++;
        n_old += paper->time_ms < t->world.start_ms;
        if (paper->time_ms < t->world.start_ms) continue;
        n_within_5_min += since_ms < 5 * EH_SIM_MINUTE_MS;
        n_same_day += since_ms < EH_SIM_DAY_MS;
        n_late += since_ms > 4 * EH_SIM_DAY_MS;
    }
    double n_new = n - n_old;
    CHECK(n > 3000 && n_old / n > 0.1 && n_old / n < 0.5);
    CHECK(n_same_day / n_new > 0.4 && n_same_day / n_new < 0.75);
    CHECK(n_late / n_new > 0.1 && n_late / n_new < 0.4);
    CHECK(n_within_5_min / n_new < 0.05);
    free(paper_of);
    leave(t);
}

static void survives_every_failing_allocation(void)
{
    const eh_simulate_options options = {.n_accounts = 120, .n_days = 2};
    check_failing_allocations("mix", &options);
    check_failing_allocations("outages", &options);
    check_failing_allocations("scholars", &options);
}

static void leaves_nothing_behind(void) { CHECK(rmdir(scratch()) == 0); }

CHECK_MAIN(every_scenario_repeats_and_tells_roles, small_worlds_work, groups_can_be_planted_in_a_family, at_least_half_stay_ordinary,
           mix_has_all_and_half_ordinary, fans_react_to_notifications, passengers_look_at_the_same_times,
           a_late_train_is_late_for_all, friends_pass_on_what_friends_repost, most_days_have_breaking_news,
           viewers_cheer_at_the_same_moments, apps_keep_their_grid, staff_promote_their_own_in_shifts,
           hyperactive_people_are_ten_times_as_many, bots_declare_themselves_and_are_instant, activists_answer_calls,
           pupils_answer_in_the_lesson, listeners_enter_at_announced_times, customers_tell_of_failures_at_once,
           scholars_tell_of_the_same_papers_over_weeks, survives_every_failing_allocation,
           leaves_nothing_behind)
