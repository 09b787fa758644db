/**
 * @file orders.h  Planted groups: one machine for orders, one row of numbers for each kind.
 *
 * An order names something to repost, share, write, answer or copy. Who carries it out, when, and with which words
 * are parameters, so a kind is a row in kinds.c. Shift-working operators have an engine of their own (farm.c).
 */
#ifndef EH_SIMULATE_ORDERS_H
#define EH_SIMULATE_ORDERS_H

#include "simulate/world.h"

/** What an order asks for. */
typedef enum eh_sim_deed {
    EH_SIM_DO_REPOST,
    EH_SIM_DO_LINK,  /* a page of a site of the group's own */
    EH_SIM_DO_TAG,   /* own words under an ordered tag */
    EH_SIM_DO_TEXT,  /* a given text, edited a little */
    EH_SIM_DO_REPLY,
    EH_SIM_DO_COPY,  /* whatever the victim has just done */
    eh_sim_n_deeds
} eh_sim_deed;

/** Whose posts are reposted. */
typedef enum eh_sim_aim {
    EH_SIM_AIM_SPONSOR, /* those of a few ordinary sources, which know nothing of it */
    EH_SIM_AIM_LEAD,    /* those of members with an audience */
    EH_SIM_AIM_FOUND,   /* whatever ordinary sources have just published */
    EH_SIM_AIM_EACH     /* those of each other: every member has an audience, and its turn */
} eh_sim_aim;

typedef enum eh_sim_march {
    EH_SIM_TOGETHER,
    EH_SIM_IN_CHAIN, /* one after the other */
    EH_SIM_IN_CELLS  /* one cell an order; after each has had one, the cells are drawn anew */
} eh_sim_march;

typedef struct eh_sim_orders {
    uint32_t n_accounts, n_objects;
    double camouflage;            /* share of ordinary actions among those of the time of the orders */
    double participation;         /* of a member in an order it is called for */
    double deeds[eh_sim_n_deeds]; /* shares of the orders */
    eh_sim_aim aim;
    eh_sim_march march;
    uint32_t n_sponsors, n_leads, n_sites, cell_size;
    double least_min;             /* nobody is faster than that after the call */
    double jitter_min[2];         /* time in which members act, uniform between orders; in a chain, between members */
    double start_min[2];          /* local minutes between which orders go out */
    double wait_min;              /* median from a sponsor's post to the call (lognormal, sigma 0.8) */
    double audience;              /* of each member that has its turn: its weight among the sources of its community */
    double comment_share;         /* of reposts that an answer under the same post follows */
    double second_share;          /* of deeds that are followed by one with the ordered tag or link */
    double repeats;               /* mean number of further posts of a member under the ordered tag */
    double pasted_share;          /* of given texts and headlines that are passed on as they are */
    double echo;                  /* honest people who take an order's object up, mean */
    double from;                  /* share of the period that passes before the first order */
    bool is_bought;               /* accounts of other people until then */
} eh_sim_orders;

EH_MUST_CHECK eh_status eh_sim_orders_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_orders_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_orders_act(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
/** Ordinary actions a day at which `camouflage` of a member's actions are ordinary. */
double eh_sim_ordinary_per_day(const eh_sim_world *world, const eh_sim_crew *crew);
/** The first day on which orders go out. */
uint32_t eh_sim_first_order_day(const eh_sim_world *world, const eh_sim_orders *set);
/** A newsroom's latest post by then, less than four hours old or else less than a day; EH_SIM_NONE where none is found. */
uint32_t eh_sim_find_post(const eh_sim_world *world, eh_rng *rng, uint32_t community, int64_t time_ms);

typedef struct eh_sim_farm {
    uint32_t n_accounts, n_operators, n_leads, n_sites;
    uint32_t n_objects; /* 0 = by orders_per_day */
    int32_t zone_min, start_min, end_min, pause_min, pause_length_min;
    double orders_per_day;
    double order_lag_min; /* median time from a lead's post to the order to spread it */
    double participation; /* of an account in an order its operator carries out */
    double camouflage;    /* share of ordinary actions */
    double copy_share;    /* of ordered texts that are pasted rather than reworded */
    double audience;      /* weight of a lead among its community's sources (the largest has 1) */
} eh_sim_farm;
EH_MUST_CHECK eh_status eh_sim_farm_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_farm_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
EH_MUST_CHECK eh_status eh_sim_farm_act(eh_sim_world *world, eh_sim_crew *crew, eh_error *err);
enum { eh_sim_most_orders_a_day = 12 };

/** The sizes of one crew, changed by options; `crew->parameters` points into it. */
typedef struct eh_sim_sizes {
    eh_sim_orders orders;
    eh_sim_farm farm;
} eh_sim_sizes;

/* kinds.c */
typedef struct eh_sim_planted {
    const eh_sim_population *population; /* its group is the kind's name */
    bool has_operators;                  /* farm.c, else orders.c */
} eh_sim_planted;
/** NULL where no kind has that name; *number is its place in the table. */
const eh_sim_planted *eh_sim_find_kind(eh_str name, uint32_t *number);
/** Gives the crew the kind's parameters with the sizes chosen; refuses what the kind cannot use. */
EH_MUST_CHECK eh_status eh_sim_size_kind(const eh_sim_planted *kind, const eh_simulate_options *options, uint32_t n_days,
                                         eh_sim_sizes *sizes, eh_sim_crew *crew, eh_error *err);
extern const eh_sim_population eh_sim_reposting_ring;
#endif
