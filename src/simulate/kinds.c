/*
 * The kinds of planted groups: each is a row of parameters of the machine in orders.c (or of farm.c).
 * A further kind needs a row in `names`, one in `kinds`, and its parameters; docs/simulate.md says what they are.
 */
#include "simulate/orders.h"

#include <math.h>

static const eh_sim_orders ring = {.n_accounts = 20,
                                   .n_objects = 40,
                                   .camouflage = 0.5,
                                   .participation = 0.85,
                                   .deeds = {[EH_SIM_DO_REPOST] = 1},
                                   .aim = EH_SIM_AIM_SPONSOR,
                                   .n_sponsors = 3,
                                   .jitter_min = {15, 15},
                                   .start_min = {500, 1260},
                                   .wait_min = 25};

static const eh_sim_orders fast_farm = {.n_accounts = 20,
                                        .n_objects = 40,
                                        .camouflage = 0.5,
                                        .participation = 0.85,
                                        .deeds = {[EH_SIM_DO_REPOST] = 1},
                                        .aim = EH_SIM_AIM_LEAD,
                                        .n_leads = 2,
                                        .n_sites = 1,
                                        .least_min = 0.08,
                                        .jitter_min = {2, 2},
                                        .start_min = {540, 1200},
                                        .second_share = 0.6,
                                        .pasted_share = 0.3};

static const eh_sim_orders jitter_15m = {.n_accounts = 20,
                                         .n_objects = 40,
                                         .camouflage = 0.5,
                                         .participation = 0.85,
                                         .deeds = {[EH_SIM_DO_REPOST] = 1},
                                         .aim = EH_SIM_AIM_FOUND,
                                         .jitter_min = {15, 15},
                                         .start_min = {500, 1260}};

static const eh_sim_orders jitter_hours = {.n_accounts = 20,
                                           .n_objects = 40,
                                           .camouflage = 0.5,
                                           .participation = 0.85,
                                           .deeds = {[EH_SIM_DO_REPOST] = 1},
                                           .aim = EH_SIM_AIM_FOUND,
                                           .jitter_min = {360, 480},
                                           .start_min = {480, 780}};

static const eh_sim_orders copy_paste = {.n_accounts = 20,
                                         .n_objects = 40,
                                         .camouflage = 0.5,
                                         .participation = 0.8,
                                         .deeds = {[EH_SIM_DO_TEXT] = 1},
                                         .jitter_min = {120, 120},
                                         .start_min = {540, 1140},
                                         .pasted_share = 0.25};

static const eh_sim_orders link_seeding = {.n_accounts = 20,
                                           .n_objects = 40,
                                           .camouflage = 0.5,
                                           .participation = 0.75,
                                           .deeds = {[EH_SIM_DO_LINK] = 1},
                                           .n_sites = 3,
                                           .jitter_min = {90, 90},
                                           .start_min = {540, 1140},
                                           .pasted_share = 0.5,
                                           .echo = 2};

static const eh_sim_orders hashtag_flood = {.n_accounts = 20,
                                            .n_objects = 40,
                                            .camouflage = 0.5,
                                            .participation = 0.8,
                                            .deeds = {[EH_SIM_DO_TAG] = 1},
                                            .jitter_min = {60, 60},
                                            .start_min = {540, 1140},
                                            .repeats = 0.8,
                                            .echo = 12};

static const eh_sim_orders reply_swarm = {.n_accounts = 20,
                                          .n_objects = 40,
                                          .camouflage = 0.5,
                                          .participation = 0.75,
                                          .deeds = {[EH_SIM_DO_REPLY] = 1},
                                          .jitter_min = {40, 40},
                                          .start_min = {540, 1200}};

static const eh_sim_orders sleepers = {
    .n_accounts = 20,
    .n_objects = 40,
    .camouflage = 0.5,
    .participation = 0.85,
    .deeds = {[EH_SIM_DO_REPOST] = 0.6, [EH_SIM_DO_LINK] = 0.25, [EH_SIM_DO_TAG] = 0.15},
    .aim = EH_SIM_AIM_SPONSOR,
    .n_sponsors = 3,
    .n_sites = 1,
    .jitter_min = {20, 20},
    .start_min = {500, 1260},
    .wait_min = 25,
    .pasted_share = 0.5,
    .echo = 1,
    .from = 0.5,
    .is_bought = true};

static const eh_sim_orders framed = {.n_accounts = 20,
                                     .n_objects = 40,
                                     .camouflage = 0.5,
                                     .participation = 0.85,
                                     .deeds = {[EH_SIM_DO_COPY] = 1},
                                     .least_min = 0.2,
                                     .jitter_min = {2, 2},
                                     .pasted_share = 0.6};

static const eh_sim_orders relay = {.n_accounts = 20,
                                    .n_objects = 40,
                                    .camouflage = 0.5,
                                    .participation = 0.9,
                                    .deeds = {[EH_SIM_DO_REPOST] = 0.6, [EH_SIM_DO_LINK] = 0.4},
                                    .aim = EH_SIM_AIM_FOUND,
                                    .march = EH_SIM_IN_CHAIN,
                                    .n_sites = 2,
                                    .jitter_min = {2, 9},
                                    .start_min = {500, 1140},
                                    .pasted_share = 0.5,
                                    .echo = 1};

static const eh_sim_orders cells = {
    .n_accounts = 20,
    .n_objects = 40,
    .camouflage = 0.5,
    .participation = 0.95,
    .deeds = {[EH_SIM_DO_REPOST] = 0.5, [EH_SIM_DO_LINK] = 0.25, [EH_SIM_DO_REPLY] = 0.25},
    .aim = EH_SIM_AIM_FOUND,
    .march = EH_SIM_IN_CELLS,
    .cell_size = 5,
    .n_sites = 2,
    .jitter_min = {10, 30},
    .start_min = {500, 1200},
    .pasted_share = 0.3,
    .echo = 1};

static const eh_sim_orders pod = {.n_accounts = 20,
                                  .n_objects = 40,
                                  .camouflage = 0.5,
                                  .participation = 0.8,
                                  .deeds = {[EH_SIM_DO_REPOST] = 1},
                                  .aim = EH_SIM_AIM_EACH,
                                  .audience = 0.03,
                                  .least_min = 0.5,
                                  .jitter_min = {45, 120},
                                  .start_min = {540, 1290},
                                  .wait_min = 6,
                                  .comment_share = 0.3};

/* the farm's manner with the sizes of the other kinds */
static const eh_sim_farm shift_operators = {.n_accounts = 20,
                                            .n_operators = 4,
                                            .n_leads = 2,
                                            .n_sites = 3,
                                            .n_objects = 40,
                                            .zone_min = 120,
                                            .start_min = 540,
                                            .end_min = 1020,
                                            .pause_min = 750,
                                            .pause_length_min = 45,
                                            .order_lag_min = 90,
                                            .participation = 0.6,
                                            .camouflage = 0.5,
                                            .copy_share = 0.35,
                                            .audience = 0.25};
enum { n_hands = 5 }; /* accounts of one operator */

#define BY_ORDERS(name, parameters)                                                                \
    {                                                                                              \
        name, eh_sim_orders_settle, eh_sim_orders_publish, eh_sim_orders_act, parameters, NULL, NULL, NULL           \
    }
const eh_sim_population eh_sim_reposting_ring = BY_ORDERS("ring", &ring);
static const eh_sim_population populations[] = {
    BY_ORDERS("fast-farm", &fast_farm),
    BY_ORDERS("jitter-15m", &jitter_15m),
    BY_ORDERS("jitter-hours", &jitter_hours),
    BY_ORDERS("copy-paste", &copy_paste),
    BY_ORDERS("link-seeding", &link_seeding),
    BY_ORDERS("hashtag-flood", &hashtag_flood),
    BY_ORDERS("reply-swarm", &reply_swarm),
    {"shift-operators", eh_sim_farm_settle, eh_sim_farm_publish, eh_sim_farm_act, &shift_operators, NULL, NULL, NULL},
    BY_ORDERS("sleepers", &sleepers),
    BY_ORDERS("framed", &framed),
    BY_ORDERS("relay", &relay),
    BY_ORDERS("cells", &cells),
    BY_ORDERS("pod", &pod),
};

static const eh_scenario names[] = {
    {"ring", "members repost given posts of ordinary sources within 15 minutes of a call"},
    {"fast-farm", "members repost their leads within two minutes, then often use the ordered tag or link"},
    {"jitter-15m", "members repost whatever is ordered, each within 15 minutes"},
    {"jitter-hours", "members repost whatever is ordered, each at some time within six to eight hours"},
    {"copy-paste", "members post the same texts with small edits"},
    {"link-seeding", "members share pages of the group's own sites"},
    {"hashtag-flood", "members write under ordered tags in words of their own"},
    {"reply-swarm", "members answer under ordered posts in words of their own"},
    {"shift-operators", "operators drive several accounts each, one at a time, in working hours"},
    {"sleepers", "accounts with an honest past of other owners, switched on halfway"},
    {"framed", "members follow an ordinary person and copy what it does within two minutes"},
    {"relay", "members act one after the other, minutes apart, starting with another one each time"},
    {"cells", "small cells that change take one order each"},
    {"pod", "members repost and answer what one of them has posted, each in its turn"},
};
static const eh_sim_planted kinds[] = {
    {&eh_sim_reposting_ring, false}, {&populations[0], false}, {&populations[1], false},  {&populations[2], false},
    {&populations[3], false},        {&populations[4], false}, {&populations[5], false},  {&populations[6], false},
    {&populations[7], true},         {&populations[8], false}, {&populations[9], false},  {&populations[10], false},
    {&populations[11], false},       {&populations[12], false},
};
enum { n_kinds = sizeof kinds / sizeof *kinds };
_Static_assert(sizeof names / sizeof *names == n_kinds, "one row each");

const eh_scenario *eh_planted_kinds(size_t *n)
{
    if (n) *n = n_kinds;
    return names;
}

const eh_sim_planted *eh_sim_find_kind(eh_str name, uint32_t *number)
{
    for (uint32_t i = 0; i < n_kinds; i++)
        if (eh_str_equal(name, eh_str_of(names[i].name))) {
            *number = i;
            return &kinds[i];
        }
    return NULL;
}

static eh_status size_farm(const eh_simulate_options *options, uint32_t n_days, eh_sim_farm *farm, eh_error *err)
{
    if (options->jitter_us)
        return eh_fail(err, EH_E_INVALID,
                       "'shift-operators' cannot use --jitter: an operator passes through the accounts one by one; leave it out");
    if (options->group_size) farm->n_accounts = options->group_size;
    farm->n_operators = (farm->n_accounts + n_hands - 1) / n_hands;
    if (options->n_objects) farm->n_objects = options->n_objects;
    if (options->has_camouflage) farm->camouflage = options->camouflage;
    uint32_t most = eh_sim_most_orders_a_day * (n_days > 2 ? n_days - 2 * ((n_days + 6) / 7) : 1);
    if (options->n_objects > most)
        return eh_fail(err, EH_E_INVALID, "'shift-operators' carries out at most %d orders a working day, so --objects %u at most "
                       "in %u days", (int)eh_sim_most_orders_a_day, most, n_days);
    return EH_OK;
}

eh_status eh_sim_size_kind(const eh_sim_planted *kind, const eh_simulate_options *options, uint32_t n_days,
                           eh_sim_sizes *sizes, eh_sim_crew *crew, eh_error *err)
{
    crew->n_orders = options->n_objects;
    if (kind->has_operators) {
        sizes->farm = *(const eh_sim_farm *)kind->population->parameters;
        crew->parameters = &sizes->farm;
        return size_farm(options, n_days, &sizes->farm, err);
    }
    sizes->orders = *(const eh_sim_orders *)kind->population->parameters;
    eh_sim_orders *orders = &sizes->orders;
    crew->parameters = orders;
    if (options->group_size) orders->n_accounts = options->group_size;
    if (options->n_objects) orders->n_objects = options->n_objects;
    if (options->has_camouflage) orders->camouflage = options->camouflage;
    if (!options->jitter_us) return EH_OK;
    if (orders->march == EH_SIM_IN_CHAIN)
        return eh_fail(err, EH_E_INVALID, "'%s' cannot use --jitter: each member waits for the one before; leave it out",
                       kind->population->group);
    orders->jitter_min[0] = orders->jitter_min[1] = (double)options->jitter_us / 6e7;
    orders->least_min = fmin(orders->least_min, orders->jitter_min[0] / 2);
    return EH_OK;
}
