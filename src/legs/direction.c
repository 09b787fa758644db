#include "legs/direction.h"

#include "base/alloc.h"

typedef struct ordering {
    eh_context *ctx;
    const eh_leg_pair *pairs;
    uint64_t n_pairs;
    eh_order *orders;
    uint64_t *first_pair;   /* n_accounts + 1: pairs by account_a */
    uint8_t *is_tied;       /* by account */
    int64_t *first_time_us; /* by account, of the object at hand */
    uint32_t *present;      /* accounts of the object at hand */
    size_t present_capacity;
} ordering;

static void see(eh_order *order, int64_t a_us, int64_t b_us, int behaviour)
{
    int64_t later_us = a_us > b_us ? a_us : b_us;
    order->n_a_second += a_us > b_us;
    order->n_b_second += b_us > a_us;
    order->behaviours |= 1u << behaviour;
    if (order->first_time_us == EH_NO_TIME || later_us < order->first_time_us) order->first_time_us = later_us;
    if (later_us > order->last_time_us) order->last_time_us = later_us; /* EH_NO_TIME is the least */
}

/* First actions of tied accounts on one object; then each pair among these. */
static eh_status order_object(ordering *o, const eh_action_set *set, uint32_t object, int behaviour, eh_error *err)
{
    size_t n = 0;
    for (uint64_t i = set->object_start[object]; i < set->object_start[object + 1]; i++) {
        uint32_t account = set->account[i];
        if (!o->is_tied[account] || o->first_time_us[account] != EH_NO_TIME) continue;
        EH_TRY(eh_reserve(o->ctx, (void **)&o->present, &o->present_capacity, n + 1, sizeof *o->present, err));
        o->present[n++] = account;
        o->first_time_us[account] = set->time_us[i];
    }
    for (size_t k = 0; n > 1 && k < n; k++) {
        uint32_t a = o->present[k];
        for (uint64_t p = o->first_pair[a]; p < o->first_pair[a + 1]; p++) {
            int64_t other_us = o->first_time_us[o->pairs[p].account_b];
            if (other_us != EH_NO_TIME) see(&o->orders[p], o->first_time_us[a], other_us, behaviour);
        }
    }
    for (size_t k = 0; k < n; k++) o->first_time_us[o->present[k]] = EH_NO_TIME;
    return EH_OK;
}

static eh_status order_all(ordering *o, const eh_action_table *table, uint32_t behaviours, eh_error *err)
{
    uint32_t n_accounts = table->accounts.n;
    for (uint64_t p = 0; p < o->n_pairs; p++) {
        o->orders[p] = (eh_order){.first_time_us = EH_NO_TIME, .last_time_us = EH_NO_TIME};
        o->is_tied[o->pairs[p].account_a] = o->is_tied[o->pairs[p].account_b] = 1;
        o->first_pair[o->pairs[p].account_a + 1]++;
    }
    for (uint32_t a = 0; a < n_accounts; a++) {
        o->first_pair[a + 1] += o->first_pair[a];
        o->first_time_us[a] = EH_NO_TIME;
    }
    for (int b = 0; b < EH_N_BEHAVIOURS; b++)
        for (uint32_t object = 0; behaviours >> b & 1 && object < table->sets[b].n_objects; object++)
            EH_TRY(order_object(o, &table->sets[b], object, b, err));
    return EH_OK;
}

eh_status eh_orders_of(eh_context *ctx, const eh_action_table *table, uint32_t behaviours, const eh_leg_pair *pairs,
                       uint64_t n, eh_order *orders, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    ordering o = {.ctx = ctx, .pairs = pairs, .n_pairs = n, .orders = orders};
    o.first_pair = eh_alloc(ctx, (size_t)table->accounts.n + 1, sizeof *o.first_pair, err);
    o.is_tied = eh_alloc(ctx, table->accounts.n, 1, err);
    o.first_time_us = eh_alloc(ctx, table->accounts.n, sizeof *o.first_time_us, err);
    eh_status status = o.first_pair && o.is_tied && o.first_time_us ? order_all(&o, table, behaviours, err) : err->status;
    eh_free(ctx, o.first_pair);
    eh_free(ctx, o.is_tied);
    eh_free(ctx, o.first_time_us);
    eh_free(ctx, o.present);
    return status;
}
