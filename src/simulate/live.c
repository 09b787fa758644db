/*
 * Everybody lives day by day. Each population plans its tasks of the day; they are carried out in order of time, and
 * whoever watches may plan more when something is posted. The agenda is a binary heap, the earliest task first.
 */
#include "simulate/world.h"

static bool is_before(const eh_sim_task *a, const eh_sim_task *b)
{
    if (a->time_ms != b->time_ms) return a->time_ms < b->time_ms;
    if (a->account != b->account) return a->account < b->account;
    return a->place < b->place;
}

eh_status eh_sim_plan(eh_sim_world *world, const eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    EH_TRY(eh_reserve(world->ctx, (void **)&world->agenda.items, &world->agenda.capacity, world->agenda.n + 1,
                      sizeof *world->agenda.items, err));
    eh_sim_task item = *task, *heap = world->agenda.items;
    item.crew = crew->number;
    item.place = world->n_planned++;
    size_t at = world->agenda.n++;
    for (; at > 0 && is_before(&item, &heap[(at - 1) / 2]); at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
    heap[at] = item;
    return EH_OK;
}

eh_status eh_sim_plan_events(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_sim_event_hook plan, eh_error *err)
{
    int64_t start_ms = eh_sim_day_start_ms(world, day);
    for (uint32_t e = 0; e < crew->events.n; e++) {
        int64_t at_ms = crew->events.items[e].time_ms;
        if (at_ms >= start_ms && at_ms < start_ms + EH_SIM_DAY_MS) EH_TRY(plan(world, crew, e, day, err));
    }
    return EH_OK;
}

static eh_sim_task take_next(eh_sim_world *world)
{
    eh_sim_task *heap = world->agenda.items, first = heap[0];
    size_t n = --world->agenda.n, at = 0;
    eh_sim_task last = heap[n];
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && is_before(&heap[child + 1], &heap[child])) child++;
        if (!is_before(&heap[child], &last)) break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return first;
}

static eh_status show(eh_sim_world *world, eh_sim_crew *crews, size_t n_crews, size_t n_before, eh_error *err)
{
    for (size_t i = 0; i < n_crews; i++) {
        if (!crews[i].population->react) continue;
        for (size_t post = n_before; post < world->posts.n; post++)
            EH_TRY(crews[i].population->react(world, &crews[i], (uint32_t)post, err));
    }
    return EH_OK;
}

static eh_status live_day(eh_sim_world *world, eh_sim_crew *crews, size_t n_crews, uint32_t day, eh_error *err)
{
    world->n_planned = 0;
    for (size_t i = 0; i < n_crews; i++)
        if (crews[i].population->plan) EH_TRY(crews[i].population->plan(world, &crews[i], day, err));
    while (world->agenda.n) {
        eh_sim_task task = take_next(world);
        size_t n_before = world->posts.n;
        EH_TRY(crews[task.crew].population->carry_out(world, &crews[task.crew], &task, err));
        EH_TRY(show(world, crews, n_crews, n_before, err));
    }
    return EH_OK;
}

eh_status eh_sim_live(eh_sim_world *world, eh_sim_crew *crews, size_t n_crews, eh_error *err)
{
    for (uint32_t day = 0; day < world->n_days; day++) {
        if (eh_context_is_cancelled(world->ctx)) return eh_fail(err, EH_E_CANCELLED, "cancelled while drawing the world");
        EH_TRY(live_day(world, crews, n_crews, day, err));
        eh_context_report(world->ctx, "simulate", day + 1, world->n_days);
    }
    return EH_OK;
}
