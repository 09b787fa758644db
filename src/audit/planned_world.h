/** @file planned_world.h  One world of a simulated audit: accounts at risk, as a join would find them. */
#ifndef EH_AUDIT_PLANNED_WORLD_H
#define EH_AUDIT_PLANNED_WORLD_H

#include "base/dict.h"
#include "base/rng.h"
#include "evenhand/audit_join.h"
#include "evenhand/audit_simulate.h"

enum { EH_WORLD_MOST_ACCOUNTS = 2000000, EH_WORLD_MOST_STRATA = 100 };

typedef struct eh_planned_world {
    eh_context *ctx;
    const eh_audit_plan *plan;
    double constant;       /* of the log odds */
    double share_a;        /* of accounts, in a table without networks */
    uint32_t n_networks;
    bool has_networks;
    double *log_odds;      /* of a table: pooled, per stratum */
    uint32_t *first_size, *sizes, *size_stratum; /* of a table: accounts of a network in a stratum */
    uint8_t *side;         /* per network */
    eh_dict sides, periods, rules;
    eh_risk_set set;       /* drawn anew by eh_planned_world_draw */
    struct eh_frame frame[2];
} eh_planned_world;

EH_MUST_CHECK eh_status eh_planned_world_open(eh_context *ctx, const eh_audit_plan *plan, eh_planned_world *world, eh_error *err);
void eh_planned_world_close(eh_planned_world *world);
EH_MUST_CHECK eh_status eh_planned_world_draw(eh_planned_world *world, eh_rng *rng, eh_error *err);
#endif
