/** @file planned_world.h  One world of a simulated audit: accounts drawn, and cut into strata as often as one likes. */
#ifndef EH_AUDIT_SIMULATE_WORLD_H
#define EH_AUDIT_SIMULATE_WORLD_H

#include "base/alloc.h"
#include "base/rng.h"
#include "evenhand/audit_simulate.h"

enum { EH_WORLD_MOST_ACCOUNTS = 2000000, EH_WORLD_MOST_STRATA = 10000 };

typedef struct eh_audit_world_account {
    double seen;     /* evidence as known; where truncated: over exposure */
    double counted;  /* evidence as counted up to the action */
    double score;    /* by which strata are cut */
    uint32_t network;
    uint8_t side;    /* 0 = A */
    bool is_actioned;
} eh_audit_world_account;

typedef struct eh_audit_world {
    eh_context *ctx;
    const eh_audit_plan *plan;
    double constant;              /* of the log odds */
    uint32_t n_strata, n_networks;
    bool has_networks;
    double *shares;               /* per stratum: cumulated share of accounts up to and with it */
    double *log_odds;             /* per stratum of a table: pooled */
    uint32_t *sizes, *first_size; /* of a table: per network and stratum; networks' first entries */
    uint32_t *size_stratum;
    size_t n_sizes;
    uint8_t *side;                /* per network: drawn anew */
    eh_audit_world_account *accounts;   /* by network */
    size_t n_accounts, capacity;
    double *sorted;
    uint32_t *stratum_of, *tally; /* per account; per stratum x 2 */
    eh_audit_row *rows;
    uint64_t *offsets;            /* names are not needed: all empty */
    eh_audit_data data;
} eh_audit_world;

EH_MUST_CHECK eh_status eh_audit_world_open(eh_context *ctx, const eh_audit_plan *plan, eh_audit_world *world, eh_error *err);
void eh_audit_world_close(eh_audit_world *world);
/** Draws accounts and actions. */
EH_MUST_CHECK eh_status eh_audit_world_draw(eh_audit_world *world, eh_rng *rng, eh_error *err);
/** Cuts accounts into strata by `score` and fills `data`. */
EH_MUST_CHECK eh_status eh_audit_world_cut(eh_audit_world *world, eh_error *err);
#endif
