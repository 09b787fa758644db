/*
 * The populations of the honest scenarios: numbers only. docs/simulate.md says where they come from.
 */
#include "simulate/families.h"

/* ---- the everyday population, and variants of it ---- */

#define EVERYDAY_FANS                                                                              \
    {                                                                                              \
        .share = 0.08, .n_notified = {2, 2}, .eagerness = {0.05, 0.4}, .notice_s = 45              \
    }
#define EVERYDAY_NEWS                                                                              \
    {                                                                                              \
        .per_day = 0.1, .reach = 0.55, .n_reports = 2, .n_actions = 3                              \
    }
#define EVERYDAY_SHOWS                                                                             \
    {                                                                                              \
        .share = 0.3, .viewer_percent = 22, .attendance = 0.65, .repost_share = 0.1                \
    }

static const eh_sim_honest everyday = {.commuter_share = 0.3,
                                       .hyperactive_share = 0.003,
                                       .hyperactive = {60, 120},
                                       .fans = EVERYDAY_FANS,
                                       .news = EVERYDAY_NEWS,
                                       .shows = EVERYDAY_SHOWS};

static const eh_sim_honest many_fans = {
    .commuter_share = 0.3,
    .hyperactive_share = 0.003,
    .hyperactive = {60, 120},
    .fans = {.share = 0.35, .n_notified = {2, 6}, .eagerness = {0.05, 0.6}, .notice_s = 40, .spread = 0.7},
    .news = EVERYDAY_NEWS,
    .shows = EVERYDAY_SHOWS};

static const eh_sim_honest many_hyperactive = {.commuter_share = 0.3,
                                               .hyperactive_share = 0.03,
                                               .hyperactive = {40, 160},
                                               .fans = EVERYDAY_FANS,
                                               .news = EVERYDAY_NEWS,
                                               .shows = EVERYDAY_SHOWS};

static const eh_sim_honest much_news = {.commuter_share = 0.3,
                                        .hyperactive_share = 0.003,
                                        .hyperactive = {60, 120},
                                        .fans = EVERYDAY_FANS,
                                        .news = {.per_day = 1.2, .reach = 0.5, .n_reports = 5, .n_actions = 4},
                                        .shows = EVERYDAY_SHOWS};

static const eh_sim_honest many_shows = {.commuter_share = 0.3,
                                         .hyperactive_share = 0.003,
                                         .hyperactive = {60, 120},
                                         .fans = EVERYDAY_FANS,
                                         .news = EVERYDAY_NEWS,
                                         .shows = {.share = 0.9,
                                                   .nightly_share = 0.4,
                                                   .viewer_percent = 35,
                                                   .attendance = 0.6,
                                                   .repost_share = 0.1,
                                                   .n_moments = 7,
                                                   .cheering = 0.35}};

static const eh_sim_honest mixed = {
    .commuter_share = 0.3,
    .hyperactive_share = 0.01,
    .hyperactive = {40, 160},
    .fans = {.share = 0.12, .n_notified = {2, 6}, .eagerness = {0.05, 0.6}, .notice_s = 40, .spread = 0.7},
    .news = {.per_day = 0.4, .reach = 0.5, .n_reports = 3, .n_actions = 3},
    .shows = {.share = 0.5, .nightly_share = 0.2, .viewer_percent = 25, .attendance = 0.6, .repost_share = 0.1, .n_moments = 5,
              .cheering = 0.3}};

#define PEOPLE(parameters)                                                                         \
    {                                                                                              \
        "", eh_sim_honest_settle, eh_sim_honest_publish, NULL, parameters, eh_sim_honest_plan, eh_sim_honest_carry_out, NULL \
    }
const eh_sim_population eh_sim_everyday = PEOPLE(&everyday), eh_sim_fan_people = PEOPLE(&many_fans),
                        eh_sim_hyperactive_people = PEOPLE(&many_hyperactive), eh_sim_news_people = PEOPLE(&much_news),
                        eh_sim_show_people = PEOPLE(&many_shows), eh_sim_mixed_people = PEOPLE(&mixed);

/* ---- families; each has a smaller one for `mix` ---- */

#define HABITS(part)                                                                               \
    {                                                                                              \
        .share = part, .size = {12, 45}, .train_share = 0.65, .habit_share = {0.7, 0.95}, .spread_min = {1.5, 4}, .activity = 2 \
    }
static const eh_sim_habits habits = HABITS(0.45), some_habits = HABITS(0.1);

#define CIRCLES(part)                                                                              \
    {                                                                                              \
        .share = part, .size = {4, 12}, .tight_share = 0.4, .pass_on = {0.1, 0.45}, .tight_s = 840, .loose_s = 9000, .n_shared = 3 \
    }
static const eh_sim_circles circles = CIRCLES(0.4), some_circles = CIRCLES(0.08);

#define APPS(part)                                                                                 \
    {                                                                                              \
        .share = part, .size = {8, 30}, .poller_share = 0.5, .n_feeds = {1, 3}, .n_slots = {1, 4}, .queue_s = 9, .repost_share = 0.3 \
    }
static const eh_sim_apps posting_apps = APPS(0.3), some_apps = APPS(0.08);

#define NEWSROOMS(part)                                                                            \
    {                                                                                              \
        .share = part, .size = {12, 28}, .promotes = {0.1, 0.5}, .delay_s = 420                    \
    }
static const eh_sim_newsrooms newsrooms = NEWSROOMS(0.2), some_newsrooms = NEWSROOMS(0.05);

#define BOTS(part)                                                                                 \
    {                                                                                              \
        .share = part, .size = {3, 7}, .coverage = {0.6, 1}                                        \
    }
static const eh_sim_bots bots = BOTS(0.06), some_bots = BOTS(0.02);

#define CALLS(part)                                                                                \
    {                                                                                              \
        .share = part, .size = {15, 40}, .zeal = {0.15, 0.8}, .per_week = 2.5, .n_listed = {2, 5}, .delay_s = 360, .pasted_share = 0.3 \
    }
static const eh_sim_calls calls = CALLS(0.2), some_calls = CALLS(0.06);

static const eh_sim_lessons lessons = {.share = 0.35,
                                       .size = {16, 29},
                                       .zeal = {0.3, 0.9},
                                       .per_week = {2, 3},
                                       .n_prompts = {1, 3},
                                       .delay_s = 300,
                                       .copied_share = 0.3};
static const eh_sim_contests contests = {.share = 0.3, .size = {20, 60}, .zeal = {0.05, 0.5}, .n_times = 3, .delay_s = 75};
static const eh_sim_outages outages = {.share = 0.4,
                                       .size = {25, 80},
                                       .zeal = {0.05, 0.6},
                                       .railway_share = 0.5,
                                       .grid_share = 0.3,
                                       .per_week = {5, 1.5, 1},
                                       .storms_per_week = 0.5,
                                       .length_min = 75,
                                       .delay_s = 240};
static const eh_sim_scholars scholars = {.share = 0.35,
                                         .size = {12, 40},
                                         .zeal = {0.1, 0.8},
                                         .joint_share = 0.3,
                                         .curator_share = 0.08,
                                         .papers_per_week = 6,
                                         .preprints_per_week = 6,
                                         .n_classics = 40,
                                         .delay_s = 7200};

#define FAMILY(name, parameters)                                                                   \
    {                                                                                              \
        "", eh_sim_##name##_settle, eh_sim_##name##_publish, NULL, parameters, eh_sim_##name##_plan, eh_sim_##name##_carry_out, NULL \
    }
#define HABIT_FAMILY(parameters)                                                                   \
    {                                                                                              \
        "", eh_sim_habits_settle, NULL, NULL, parameters, NULL, NULL, NULL                         \
    }
#define CIRCLE_FAMILY(parameters)                                                                  \
    {                                                                                              \
        "", eh_sim_circles_settle, eh_sim_circles_publish, NULL, parameters, NULL, eh_sim_circles_carry_out, eh_sim_circles_react \
    }
const eh_sim_population eh_sim_habit_family = HABIT_FAMILY(&habits), eh_sim_some_habits = HABIT_FAMILY(&some_habits),
                        eh_sim_circle_family = CIRCLE_FAMILY(&circles), eh_sim_some_circles = CIRCLE_FAMILY(&some_circles),
                        eh_sim_app_family = FAMILY(apps, &posting_apps), eh_sim_some_apps = FAMILY(apps, &some_apps),
                        eh_sim_newsroom_family = FAMILY(newsrooms, &newsrooms),
                        eh_sim_some_newsrooms = FAMILY(newsrooms, &some_newsrooms), eh_sim_bot_family = FAMILY(bots, &bots),
                        eh_sim_some_bots = FAMILY(bots, &some_bots), eh_sim_call_family = FAMILY(calls, &calls),
                        eh_sim_some_calls = FAMILY(calls, &some_calls), eh_sim_lesson_family = FAMILY(lessons, &lessons),
                        eh_sim_contest_family = FAMILY(contests, &contests), eh_sim_outage_family = FAMILY(outages, &outages),
                        eh_sim_scholar_family = FAMILY(scholars, &scholars);
