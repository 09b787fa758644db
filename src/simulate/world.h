/**
 * @file world.h  A synthetic world: accounts, what they follow, and the list of posts they make.
 *
 * A world is built by populations. Each is optional hooks over a few parameters, run phase by phase:
 *   settle   adds accounts and sources;  then the follow graph is drawn over everybody
 *   publish  adds what comes first: posts of sources, orders;  then the feeds are indexed
 *   plan, carry_out, react   day by day, what people do with it: all populations of people live at once (live.c)
 *   act      adds what depends on all that
 * Times are milliseconds (the resolution of platform ids), `*_ms`, UTC. Minutes of the day are local.
 * Every draw comes from the eh_rng of the population, so one seed gives one world.
 */
#ifndef EH_SIMULATE_WORLD_H
#define EH_SIMULATE_WORLD_H

#include "base/dict.h"
#include "base/rng.h"
#include "base/time.h"
#include "evenhand/simulate.h"

#define EH_SIM_NONE UINT32_MAX
#define EH_SIM_MINUTE_MS INT64_C(60000)
#define EH_SIM_HOUR_MS (60 * EH_SIM_MINUTE_MS)
#define EH_SIM_DAY_MS (24 * EH_SIM_HOUR_MS)

enum {
    eh_sim_n_languages = 6,
    eh_sim_max_habits = 3,
    eh_sim_max_follows = 16,
    eh_sim_max_friends = 16,
    eh_sim_max_populations = 32,
    eh_sim_n_recent = 4
};

typedef enum eh_sim_role {
    EH_SIM_PERSON, /* lives by the honest engine */
    EH_SIM_SOURCE, /* publishes; has an audience */
    EH_SIM_DRIVEN  /* acts only when its population makes it */
} eh_sim_role;

/** What truth.csv says of an account. */
typedef enum eh_sim_truth { EH_SIM_HONEST, EH_SIM_ACTIVIST, EH_SIM_MEMBER, EH_SIM_VICTIM } eh_sim_truth;

typedef enum eh_sim_kind { EH_SIM_POST, EH_SIM_REPOST, EH_SIM_QUOTE, EH_SIM_REPLY } eh_sim_kind;

/** How the text of a post came about. Equal (wording, text, language) give equal words. */
typedef enum eh_sim_wording { EH_SIM_OWN_WORDS, EH_SIM_HEADLINE, EH_SIM_QUOTATION, EH_SIM_SLOGAN,
               EH_SIM_LEAFLET /* three sentences to be copied, with small edits */ } eh_sim_wording;

/** When an account is awake and when it habitually looks. */
typedef struct eh_sim_clock {
    int32_t zone_min;                 /* local time = UTC + zone */
    int32_t wake_min, sleep_min;      /* local; sleep may lie past 1440, after midnight */
    int32_t habit_min[eh_sim_max_habits];
    int32_t n_habits;
    double habit_share;               /* share of sittings at a habitual time */
    double habit_spread_min;          /* SD around it */
    double weekend_factor;            /* activity on days off relative to other days */
    uint32_t days_off;                /* bit i = weekday i, Sunday 0 */
    uint32_t line;                    /* of a train, late for all its passengers on the same days; 0 = none */
    bool is_for_work;                 /* no habits on days off */
} eh_sim_clock;

typedef struct eh_sim_account {
    eh_sim_clock clock;
    eh_sim_role role;
    uint32_t community, group; /* group 0 = honest */
    uint32_t language;
    uint32_t source;           /* its number among the sources, or EH_SIM_NONE */
    double activity;           /* ordinary actions a day */
    double sitting_size;       /* actions in one sitting, mean */
    double repost_share;       /* of its ordinary actions */
    double eagerness;          /* chance to repost at a notification; 0 = notifications off */
    double notice_s;           /* median time from a notification to the repost */
    uint32_t n_notified;       /* sources with notifications on */
    uint32_t crew, club;       /* of the family that enlisted it; crew 0 = an ordinary person */
    double zeal;               /* 0 .. 1: how often it joins in what its club does */
    int32_t away_from_day, away_to_day;
    uint32_t first_follow, n_follows, first_friend, n_friends;
    uint32_t n_followers, n_following, created_day; /* profile columns; days since 1970 */
    uint32_t client;
    uint8_t truth;    /* eh_sim_truth */
    bool is_declared; /* the profile says that it is a program */
    bool occurs;      /* in posts.csv */
} eh_sim_account;

typedef struct eh_sim_source {
    uint32_t account, community; /* EH_SIM_NONE = read by everybody who speaks the language */
    uint32_t language, domain;
    double weight; /* of its audience among the sources of its community */
    double posts_per_day;
    double link_share;
    uint32_t first_feed, n_feed; /* its posts in world.feed, by time */
    uint32_t first_fan, n_fans;
} eh_sim_source;

typedef struct eh_sim_follow {
    uint32_t source;
    bool is_notified;
    double liking;
} eh_sim_follow;

typedef struct eh_sim_community {
    uint32_t language;
    int32_t zone_min;
    double weight;
    uint32_t tags[6];
    uint32_t first_member, n_members;
    uint32_t first_person, n_persons; /* in world.pool, those left to enlist */
    uint32_t first_candidate, n_candidates; /* sources its people may follow */
} eh_sim_community;

typedef struct eh_sim_post {
    int64_t time_ms;
    uint32_t account;
    uint32_t target;  /* post reposted, quoted or answered */
    uint32_t text;    /* seed of the words */
    uint32_t edit;    /* seed of the small edits to them; 0 = none */
    uint32_t article; /* link */
    uint32_t tags[2];
    uint32_t mention; /* account */
    uint32_t n_reposts, n_replies, n_quotes;
    float appeal; /* of a source's post */
    uint8_t kind, wording;
    uint8_t client;          /* 1 + its number, or 0 for the account's own */
    bool is_feed, is_hidden; /* hidden: not in the archive */
} eh_sim_post;

/** A post with nothing set but who and when. */
static inline eh_sim_post eh_sim_post_of(uint32_t account, int64_t time_ms, eh_sim_kind kind)
{
    return (eh_sim_post){.time_ms = time_ms,
                         .account = account,
                         .target = EH_SIM_NONE,
                         .article = EH_SIM_NONE,
                         .tags = {EH_SIM_NONE, EH_SIM_NONE},
                         .mention = EH_SIM_NONE,
                         .kind = (uint8_t)kind};
}

typedef struct eh_sim_article {
    uint32_t domain, text, language, day;
} eh_sim_article;

/** Something that makes many act: breaking news, a live show, or an order to a group. */
typedef struct eh_sim_event {
    int64_t time_ms, end_ms;
    uint32_t kind; /* meaning belongs to the population */
    uint32_t community, language, tag, article, text, post; /* EH_SIM_NONE where not used */
    uint32_t first_post, n_posts;                           /* its posts are consecutive in world.posts */
} eh_sim_event;

typedef struct eh_sim_recent {
    int64_t time_ms[eh_sim_n_recent];
    uint32_t post[eh_sim_n_recent]; /* originals it posted or reposted lately */
    uint32_t next;
} eh_sim_recent;

/** Something that an account will do: what it means belongs to the crew that planned it. */
typedef struct eh_sim_task {
    int64_t time_ms;
    uint32_t account, post, event; /* EH_SIM_NONE where not used */
    uint32_t kind;
    uint32_t crew, place; /* set by eh_sim_plan; place: the order of planning */
} eh_sim_task;

/** People who have something in common, as an honest family wants it. */
typedef struct eh_sim_club {
    uint32_t community, first, n; /* its people: crew.people[first .. first + n) */
    uint32_t source, tag, leader; /* EH_SIM_NONE where not used; leader: another club of the crew */
    uint32_t kind;
    int32_t minute; /* local */
} eh_sim_club;

#define EH_SIM_VEC(type)                                                                           \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t n, capacity;                                                                        \
    }

typedef struct eh_sim_world {
    eh_context *ctx;
    uint64_t seed;
    uint32_t n_honest, n_days;
    int64_t start_ms, end_ms, step_ms; /* times are written in steps */
    uint32_t home_language;            /* of the planted groups; EH_SIM_NONE = any */
    double keyword_share;              /* of the accounts, known by keywords only */
    bool is_mirrored;
    uint32_t mirror_shift;             /* of the second half of the communities against the first */
    const char *groups[eh_sim_max_populations + 1]; /* [0] = "" */
    uint32_t n_groups, n_domains;
    EH_SIM_VEC(eh_sim_account) accounts;
    EH_SIM_VEC(eh_sim_source) sources;
    EH_SIM_VEC(eh_sim_community) communities;
    EH_SIM_VEC(eh_sim_follow) follows;
    EH_SIM_VEC(uint32_t) friends;
    EH_SIM_VEC(eh_sim_post) posts;
    EH_SIM_VEC(eh_sim_article) articles;
    EH_SIM_VEC(uint32_t) tags; /* language of each */
    EH_SIM_VEC(uint32_t) candidates;
    uint32_t *members; /* accounts by community */
    uint32_t *feed;    /* posts by source, then time */
    uint32_t *fans;    /* accounts by source */
    uint32_t *trends;  /* tags: n_days x eh_sim_n_trends */
    eh_sim_recent *recent;
    eh_set128 seen; /* (account, post) reposted */
    EH_SIM_VEC(eh_sim_task) agenda; /* a heap, the earliest first */
    uint32_t n_planned;
    uint32_t *pool, n_pool; /* persons by community, in random order; see clubs.c */
} eh_sim_world;

enum { eh_sim_n_trends = 5 };

typedef struct eh_sim_population eh_sim_population;

/** One population at work: its parameters and what it must remember between phases. */
typedef struct eh_sim_crew {
    const eh_sim_population *population;
    eh_rng rng;
    const void *parameters; /* the population's, or a copy of other sizes */
    uint32_t number;        /* among the crews of the world */
    uint32_t group, first_account, n_accounts, n_orders, first_domain, victim;
    uint32_t days_off; /* as in eh_sim_clock */
    EH_SIM_VEC(eh_sim_event) events;
    EH_SIM_VEC(eh_sim_club) clubs;
    EH_SIM_VEC(uint32_t) people; /* accounts by club */
} eh_sim_crew;

typedef eh_status (*eh_sim_hook)(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
typedef eh_status (*eh_sim_plan_hook)(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err);
typedef eh_status (*eh_sim_carry_out_hook)(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err);
typedef eh_status (*eh_sim_react_hook)(eh_sim_world *world, eh_sim_crew *crew, uint32_t post, eh_error *err);

struct eh_sim_population {
    const char *group; /* "" = honest */
    eh_sim_hook settle, publish, act;
    const void *parameters;
    eh_sim_plan_hook plan;           /* the tasks of a day */
    eh_sim_carry_out_hook carry_out; /* one of them */
    eh_sim_react_hook react;         /* to a post just made by anybody who lives day by day */
};

/* world.c: growing a world */
void eh_sim_world_release(eh_sim_world *world);
EH_MUST_CHECK eh_status eh_sim_add_account(eh_sim_world *world, const eh_sim_account *account, uint32_t *number, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_add_source(eh_sim_world *world, const eh_sim_source *source, eh_error *err);
/** Adds a post; one outside the period of the world is dropped (*number = EH_SIM_NONE). number may be NULL. */
EH_MUST_CHECK eh_status eh_sim_add_post(eh_sim_world *world, const eh_sim_post *post, uint32_t *number, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_add_article(eh_sim_world *world, uint32_t domain, uint32_t language, int64_t time_ms,
                                           uint32_t *number, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_add_tag(eh_sim_world *world, uint32_t language, uint32_t *number, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_add_event(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_event *event, eh_error *err);
uint64_t eh_sim_mix(uint64_t a, uint64_t b); /**< a hash of two numbers */
/** Zipf-like: 0 .. n-1, smaller ones more often. */
uint32_t eh_sim_skewed_below(eh_rng *rng, uint32_t n);

/* live.c: day by day, everybody's tasks in order of time */
EH_MUST_CHECK eh_status eh_sim_live(eh_sim_world *world, eh_sim_crew *crews, size_t n_crews, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_plan(eh_sim_world *world, const eh_sim_crew *crew, const eh_sim_task *task, eh_error *err);
typedef eh_status (*eh_sim_event_hook)(eh_sim_world *world, eh_sim_crew *crew, uint32_t event, uint32_t day, eh_error *err);
/** Calls the hook for each of the crew's events that begin on that day, in order. */
EH_MUST_CHECK eh_status eh_sim_plan_events(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_sim_event_hook plan, eh_error *err);
static inline eh_sim_task eh_sim_task_of(uint32_t account, int64_t time_ms, uint32_t kind)
{
    return (eh_sim_task){.time_ms = time_ms, .account = account, .post = EH_SIM_NONE, .event = EH_SIM_NONE, .kind = kind};
}

/* clock.c */
int64_t eh_sim_day_start_ms(const eh_sim_world *world, uint32_t day);
uint32_t eh_sim_weekday(const eh_sim_world *world, uint32_t day); /**< Sunday 0 */
int32_t eh_sim_local_minute(const eh_sim_clock *clock, int64_t time_ms);
bool eh_sim_is_awake(const eh_sim_clock *clock, int64_t time_ms);
bool eh_sim_is_away(const eh_sim_account *account, uint32_t day);
/** A bought account whose owner has left; others who are away follow news and shows all the same. */
bool eh_sim_is_sold(const eh_sim_world *world, const eh_sim_account *account, int64_t time_ms);
/** The next time at or after time_ms when the account is awake (some minutes after waking up, if it slept). */
int64_t eh_sim_when_awake(const eh_sim_clock *clock, eh_rng *rng, int64_t time_ms);
/** A minute of the account's own day. */
int64_t eh_sim_local_ms(const eh_sim_world *world, const eh_sim_clock *clock, uint32_t day, double minute);
bool eh_sim_is_day_off(const eh_sim_world *world, const eh_sim_clock *clock, uint32_t day);
/** time_ms and a lognormal delay. */
int64_t eh_sim_later_ms(eh_rng *rng, int64_t time_ms, double median_s, double sigma);
/** When the account sits down on that day of its own calendar. */
int64_t eh_sim_sitting_ms(const eh_sim_world *world, const eh_sim_clock *clock, eh_rng *rng, uint32_t day);
eh_sim_clock eh_sim_clock_draw(eh_rng *rng, int32_t zone_min, uint32_t language, bool is_commuter);

/* graph.c */
EH_MUST_CHECK eh_status eh_sim_connect(eh_sim_world *world, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_index_feeds(eh_sim_world *world, eh_error *err);
/** The account forgets whom it follows and follows what the people of that community do. */
EH_MUST_CHECK eh_status eh_sim_follow_anew(eh_sim_world *world, eh_rng *rng, uint32_t account, uint32_t community, eh_error *err);
/** The source's posts of a day (UTC): world.feed[it .. *end). */
uint32_t eh_sim_feed_of_day(const eh_sim_world *world, const eh_sim_source *source, uint32_t day, uint32_t *end);
/** Posts of the source before time_ms: their number; the latest is feed[first_feed + n - 1]. */
uint32_t eh_sim_feed_before(const eh_sim_world *world, const eh_sim_source *source, int64_t time_ms);

/** The account's friends from now on. Call it when the graph is drawn. */
EH_MUST_CHECK eh_status eh_sim_befriend(eh_sim_world *world, uint32_t account, const uint32_t *friends, uint32_t n, eh_error *err);
/** Turns the account's interest to a source: in the place of the last but `i` of what it follows. */
void eh_sim_turn_to(eh_sim_world *world, uint32_t account, uint32_t i, uint32_t source, double liking);
/** A source that the people of the community may follow, by audience; EH_SIM_NONE where there is none. */
uint32_t eh_sim_draw_source(const eh_sim_world *world, eh_rng *rng, uint32_t community);
/** The same, but a newsroom. */
uint32_t eh_sim_draw_newsroom(const eh_sim_world *world, eh_rng *rng, uint32_t community);

/* ordinary.c: what an ordinary person does; honest people and camouflage share it */
/** One ordinary action at time_ms. */
EH_MUST_CHECK eh_status eh_sim_act_ordinary(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, eh_error *err);
/** The account opens the app: a geometric number of ordinary actions, one after the other. */
EH_MUST_CHECK eh_status eh_sim_sit_down(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, eh_error *err);
/** From one action to the next in a sitting. */
int64_t eh_sim_next_ms(eh_rng *rng, int64_t time_ms);
/** Reposts a given post unless the account already did (or wrote it). */
EH_MUST_CHECK eh_status eh_sim_repost(eh_sim_world *world, uint32_t account, uint32_t post, int64_t time_ms, eh_error *err);
/** A post in own words with up to two tags. */
EH_MUST_CHECK eh_status eh_sim_write(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, uint32_t tag_a,
                                     uint32_t tag_b, eh_error *err);
/** A given text with a tag, as an own post or an answer to `target`. */
EH_MUST_CHECK eh_status eh_sim_paste(eh_sim_world *world, uint32_t account, int64_t time_ms, uint32_t text, uint32_t tag,
                                     uint32_t target, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_share_article(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms,
                                             uint32_t article, double headline_share, eh_error *err);
/** Answers (EH_SIM_REPLY) or quotes (EH_SIM_QUOTE) a post in own words. */
EH_MUST_CHECK eh_status eh_sim_respond(eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms, uint32_t post,
                                       eh_sim_kind kind, eh_error *err);
/** A post the account's feed shows at time_ms, by liking, appeal and freshness; EH_SIM_NONE where it is empty. */
uint32_t eh_sim_pick(const eh_sim_world *world, eh_rng *rng, uint32_t account, int64_t time_ms);

/* people.c: drawing accounts */
eh_sim_account eh_sim_person_draw(const eh_sim_world *world, eh_rng *rng, uint32_t community, double commuter_share);
EH_MUST_CHECK eh_status eh_sim_settle_communities(eh_sim_world *world, eh_rng *rng, eh_error *err);
/** The community that changes places with c in a mirrored world; c itself otherwise. */
uint32_t eh_sim_partner(const eh_sim_world *world, uint32_t c);
/** Where a planted group is at home: the same community in a world and in its mirror. */
uint32_t eh_sim_choose_home(const eh_sim_world *world, eh_rng *rng);

/* text.c: words */
EH_MUST_CHECK eh_status eh_sim_text_of(const eh_sim_world *world, uint32_t post, eh_buf *text, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_handle_of(const eh_sim_world *world, uint32_t account, eh_buf *text, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_name_of(const eh_sim_world *world, uint32_t account, eh_buf *text, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_tag_of(const eh_sim_world *world, uint32_t tag, eh_buf *text, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_url_of(const eh_sim_world *world, uint32_t article, eh_buf *text, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_profile_of(const eh_sim_world *world, uint32_t account, eh_buf *location, eh_buf *description,
                                          eh_error *err);
/** Small edits to the text from byte `from` on: punctuation, emoji, a slip of the keys, two words changing places. */
EH_MUST_CHECK eh_status eh_sim_edit_text(eh_buf *text, size_t from, uint64_t seed, eh_error *err);
const char *eh_sim_language_code(uint32_t language);
uint64_t eh_sim_account_id(const eh_sim_world *world, uint32_t account);

/* sample.c: the accounts that were collected by keywords keep only what matches */
EH_MUST_CHECK eh_status eh_sim_sample(eh_sim_world *world, eh_error *err);

/* archive.c: writing DIR/posts.csv and DIR/truth.csv */
EH_MUST_CHECK eh_status eh_sim_write_posts(eh_sim_world *world, const char *path, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_write_truth(eh_sim_world *world, const char *path, eh_simulate_report *report, eh_error *err);
#endif
