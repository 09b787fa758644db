/**
 * @file families.h  Honest people: the everyday world, and families of people who look alike without acting together.
 *
 * The everyday population settles first. A family enlists some of its persons in clubs (a circle of friends, the
 * passengers of a train, the customers of an app, a newsroom's staff) and gives these something in common. At least
 * half of the persons of every world stay ordinary. Shares are of the persons; ranges are {least, most}.
 */
#ifndef EH_SIMULATE_FAMILIES_H
#define EH_SIMULATE_FAMILIES_H

#include "simulate/world.h"

/* clubs.c */
/**
 * Founds clubs of size[0] to size[1] people of one community each until `share` of all persons are enlisted.
 * The people get a zeal between the two given and the crew's and the club's number.
 */
EH_MUST_CHECK eh_status eh_sim_found_clubs(eh_sim_world *world, eh_sim_crew *crew, double share, const uint32_t size[2],
                                           const double zeal[2], eh_error *err);
static inline uint32_t *eh_sim_people_of(const eh_sim_crew *crew, const eh_sim_club *club)
{
    return crew->people.items + club->first;
}
double eh_sim_between(eh_rng *rng, const double range[2]);
uint32_t eh_sim_count_between(eh_rng *rng, const uint32_t range[2]);
/** From post number n_before on, posts say that they come from that client. */
void eh_sim_sign(eh_sim_world *world, size_t n_before, uint32_t client);
/** A decision that is the same each time it is asked for. */
double eh_sim_fixed(const eh_sim_world *world, uint64_t a, uint64_t b);

/* Clients of the archive that a family uses; the first four are ordinary people's. */
enum { eh_sim_client_app = 4, eh_sim_n_apps = 5, eh_sim_client_bot = 9, eh_sim_n_bot_clients = 3 };

/* ---- the everyday population: honest.c, and with it news.c and shows.c ---- */

typedef struct eh_sim_fans {
    double share;
    uint32_t n_notified[2];  /* sources with notifications on */
    double eagerness[2];     /* share of their posts that a fan reposts */
    double notice_s, spread; /* the fan's median delay: lognormal between fans */
} eh_sim_fans;

typedef struct eh_sim_news {
    double per_day, reach; /* reach: share of the active persons who react */
    uint32_t n_reports;    /* most reports of a newsroom */
    double n_actions;      /* of a person, mean */
} eh_sim_news;

typedef struct eh_sim_shows {
    double share, nightly_share; /* of communities with a live show; of shows on five nights a week */
    uint32_t viewer_percent;     /* of the community */
    double attendance, repost_share;
    double n_moments, cheering;  /* moments when all react at once, in a show; share of the viewers who do */
} eh_sim_shows;

typedef struct eh_sim_honest {
    double commuter_share, hyperactive_share;
    double hyperactive[2]; /* actions a day */
    eh_sim_fans fans;
    eh_sim_news news;
    eh_sim_shows shows;
} eh_sim_honest;
EH_MUST_CHECK eh_status eh_sim_honest_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_honest_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_honest_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_honest_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err);

/** What its events are, and what a task of its is about. */
enum { EH_SIM_BREAKING, EH_SIM_SHOW };
/** A post of a source; with an article, its headline. *number may be NULL. */
EH_MUST_CHECK eh_status eh_sim_publish_post(eh_sim_world *world, eh_rng *rng, const eh_sim_source *source, int64_t time_ms,
                                            double appeal, uint32_t article, uint32_t tag, uint32_t *number, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_news_publish(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_news *set, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_news_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t event, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_news_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_shows_publish(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_shows *set, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_shows_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t event, eh_error *err);

/* ---- families ---- */

typedef struct eh_sim_habits { /* passengers of the same trains, colleagues with the same breaks */
    double share;
    uint32_t size[2];
    double train_share; /* of the clubs; the others have breaks */
    double habit_share[2], spread_min[2];
    double activity; /* times that of others */
} eh_sim_habits;

typedef struct eh_sim_circles { /* friends who pass on what friends repost */
    double share;
    uint32_t size[2];
    double tight_share;    /* of the circles */
    double pass_on[2];     /* share of what a friend shows that a member passes on */
    double tight_s, loose_s; /* median time until then */
    uint32_t n_shared;     /* sources that all of a circle like */
} eh_sim_circles;

typedef struct eh_sim_apps { /* accounts connected to a feed, and accounts that post at set times */
    double share;
    uint32_t size[2];
    double poller_share;
    uint32_t n_feeds[2], n_slots[2];
    double queue_s;      /* mean time in the app's queue */
    double repost_share; /* of the pollers, whose app reposts; the others post link and headline */
} eh_sim_apps;

typedef struct eh_sim_newsrooms { /* staff in shifts, each with a private account */
    double share;
    uint32_t size[2];   /* accounts: two a person */
    double promotes[2]; /* share of the newsroom's posts of the shift */
    double delay_s;
} eh_sim_newsrooms;

typedef struct eh_sim_bots { /* programs that say what they are */
    double share;
    uint32_t size[2]; /* bots that live off the same few newsrooms */
    double coverage[2];
} eh_sim_bots;

typedef struct eh_sim_calls { /* activists who answer an organiser's public calls */
    double share;
    uint32_t size[2];
    double zeal[2];
    double per_week;
    uint32_t n_listed[2]; /* posts to repost */
    double delay_s, pasted_share;
} eh_sim_calls;

typedef struct eh_sim_lessons { /* the same links and questions in the same lessons */
    double share;
    uint32_t size[2];
    double zeal[2];
    uint32_t per_week[2], n_prompts[2];
    double delay_s, copied_share;
} eh_sim_lessons;

typedef struct eh_sim_contests { /* a radio station's tag and answer at announced times */
    double share;
    uint32_t size[2];
    double zeal[2];
    uint32_t n_times; /* a working day */
    double delay_s;
} eh_sim_contests;

typedef struct eh_sim_outages { /* held out: customers of one railway, grid or network tell of its failures */
    double share;
    uint32_t size[2];
    double zeal[2];
    double railway_share, grid_share; /* of the suppliers; the others are networks */
    double per_week[3];               /* failures of a railway, a grid, a network */
    double storms_per_week;           /* of a language */
    double length_min, delay_s;       /* medians: of a failure; until a customer tells of it */
} eh_sim_outages;

typedef struct eh_sim_scholars { /* held out: people of one subject tell of the same papers over weeks */
    double share;
    uint32_t size[2];
    double zeal[2];
    double joint_share;   /* of the clubs with the subject of another one */
    double curator_share; /* of the scholars */
    double papers_per_week, preprints_per_week;
    uint32_t n_classics;
    double delay_s;
} eh_sim_scholars;

/* families.c: the populations made of these, by scenario */
extern const eh_sim_population eh_sim_everyday, eh_sim_fan_people, eh_sim_hyperactive_people, eh_sim_news_people, eh_sim_show_people,
    eh_sim_mixed_people;
extern const eh_sim_population eh_sim_habit_family, eh_sim_circle_family, eh_sim_app_family, eh_sim_newsroom_family,
    eh_sim_bot_family, eh_sim_call_family, eh_sim_lesson_family, eh_sim_contest_family,
    eh_sim_outage_family, eh_sim_scholar_family;
extern const eh_sim_population eh_sim_some_habits, eh_sim_some_circles, eh_sim_some_apps, eh_sim_some_newsrooms, eh_sim_some_bots,
    eh_sim_some_calls;

#define EH_SIM_FAMILY_HOOKS(name)                                                                  \
    EH_MUST_CHECK eh_status eh_sim_##name##_settle(eh_sim_world *, eh_sim_crew *, eh_error *);     \
    EH_MUST_CHECK eh_status eh_sim_##name##_publish(eh_sim_world *, eh_sim_crew *, eh_error *);    \
    EH_MUST_CHECK eh_status eh_sim_##name##_plan(eh_sim_world *, eh_sim_crew *, uint32_t, eh_error *); \
    EH_MUST_CHECK eh_status eh_sim_##name##_carry_out(eh_sim_world *, eh_sim_crew *, const eh_sim_task *, eh_error *)
EH_MUST_CHECK eh_status eh_sim_habits_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_circles_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_circles_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_circles_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_circles_react(eh_sim_world *world, eh_sim_crew *crew, uint32_t post, eh_error *err);
EH_SIM_FAMILY_HOOKS(apps);
EH_SIM_FAMILY_HOOKS(newsrooms);
EH_SIM_FAMILY_HOOKS(bots);
EH_SIM_FAMILY_HOOKS(calls);
EH_SIM_FAMILY_HOOKS(lessons);
EH_SIM_FAMILY_HOOKS(contests);
EH_SIM_FAMILY_HOOKS(outages);
EH_SIM_FAMILY_HOOKS(scholars);
#endif
