/**
 * @file margins.h
 * Who acts on what if only activity, popularity, taste and active days count: the maximum-entropy null on accounts x objects.
 *
 *   p_uo = L / (1 + L),  L = x_u y_o a_{u,source(o)} d_{u,day(o)}
 *
 * x and y reproduce each account's and each object's number of partners exactly; log a and log d are shrunk towards 0 (pseudo-Huber
 * penalties of 0.3 and 0.5 observations), so that one lucky repost is not yet a liking, while somebody who carries all of a source is expected to. A *cell* is an account and a source that it ever acted
 * on: inside cells p is computed one by one; outside a = 1 and p = L, an upper bound that is tiny there.
 */
#ifndef EH_LEGS_MARGINS_H
#define EH_LEGS_MARGINS_H

#include "base/alloc.h"
#include "evenhand/actions.h"

typedef struct eh_cell_of_source {
    uint32_t account, source;
    uint32_t n;        /**< objects of the source that the account acted on */
    double liking;     /**< a */
} eh_cell_of_source;

typedef struct eh_margins {
    eh_context *ctx;
    uint32_t n_accounts, n_objects, n_sources, n_days;
    /* who acted on what: objects of each account and accounts of each object, ascending, each once */
    uint64_t *account_first, *object_first;
    uint32_t *account_object, *object_account;
    uint64_t n_ones;
    uint32_t *object_source;  /**< objects are numbered by source */
    uint32_t *object_day;     /**< of birth */
    uint32_t *object_number;  /**< in its behaviour's set */
    uint8_t *object_behaviour;
    uint32_t *source_first;   /**< n_sources + 1: into objects */
    /* cells by account, and by source */
    eh_cell_of_source *cells;
    uint64_t n_cells, *account_cell, *source_cell_first;
    uint64_t *source_cell;
    double *x, *y;
    double *d;                /**< n_accounts * n_days */
    double *day_mass;         /**< n_days: sum of y over the day's objects */
    uint32_t n_sweeps;        /**< until the margins fitted */
    double worst;             /**< largest relative error of an account's or object's margin */
    uint64_t n_without_source;/**< actions left out: their source is unknown */
    uint64_t n_too_popular;   /**< objects left out: more than 3,000 accounts; a shared craze says nothing */
} eh_margins;

/** behaviours: bit mask; their objects lie side by side. Actions on a grid that the account keeps (signif/grid.h) are left out: an app
 *  chose them. precision_us: the time step of the data. Deterministic for any number of threads. */
EH_MUST_CHECK eh_status eh_margins_init(eh_context *ctx, const eh_action_table *table, uint32_t behaviours, int64_t precision_us,
                                        eh_margins *out, eh_error *err);
EH_MUST_CHECK eh_status eh_margins_fit(eh_margins *m, eh_error *err);
void eh_margins_release(eh_margins *m);

static inline double eh_margins_odds(const eh_margins *m, const eh_cell_of_source *cell, uint32_t object)
{
    return m->x[cell->account] * m->y[object] * cell->liking * m->d[(size_t)cell->account * m->n_days + m->object_day[object]];
}
/** p_uo inside a cell. */
static inline double eh_margins_chance(const eh_margins *m, const eh_cell_of_source *cell, uint32_t object)
{
    double odds = eh_margins_odds(m, cell, object);
    return odds / (1 + odds);
}
#endif
