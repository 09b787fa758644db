/*
 * People with the same daily habits: passengers of the same trains open the app when the train leaves, late by the same
 * minutes when it is late; colleagues have the same breaks. Only their clocks have anything to do with each other.
 */
#include "simulate/families.h"

#include <math.h>

/* Quarters of an hour, plus some minutes of the line's own. */
static void set_train(eh_rng *rng, eh_sim_clock *clock)
{
    int32_t minutes = (int32_t)eh_rng_below(rng, 15);
    clock->n_habits = 2;
    clock->habit_min[0] = 375 + 15 * (int32_t)eh_rng_below(rng, 10) + minutes;
    clock->habit_min[1] = 975 + 15 * (int32_t)eh_rng_below(rng, 10) + minutes;
}

static void set_breaks(eh_rng *rng, eh_sim_clock *clock)
{
    clock->n_habits = 3;
    clock->habit_min[0] = 570 + 15 * (int32_t)eh_rng_below(rng, 4);
    clock->habit_min[1] = 720 + 15 * (int32_t)eh_rng_below(rng, 5);
    clock->habit_min[2] = 885 + 15 * (int32_t)eh_rng_below(rng, 4);
}

static void take_habits(eh_sim_account *person, const eh_sim_clock *habits, const eh_sim_habits *set, eh_rng *rng)
{
    eh_sim_clock *clock = &person->clock;
    clock->zone_min = habits->zone_min;
    clock->n_habits = habits->n_habits;
    for (int32_t i = 0; i < habits->n_habits; i++) clock->habit_min[i] = habits->habit_min[i];
    clock->habit_share = eh_sim_between(rng, set->habit_share);
    clock->habit_spread_min = eh_sim_between(rng, set->spread_min);
    clock->line = habits->line;
    clock->is_for_work = true;
    if (clock->wake_min > habits->habit_min[0] - 20) clock->wake_min = habits->habit_min[0] - 20;
    person->activity = fmin(person->activity * set->activity, 40);
}

eh_status eh_sim_habits_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    static const double zeal[2] = {1, 1};
    const eh_sim_habits *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    EH_TRY(eh_sim_found_clubs(world, crew, set->share, set->size, zeal, err));
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        eh_sim_club *club = &crew->clubs.items[c];
        eh_sim_clock habits = {.zone_min = world->communities.items[club->community].zone_min};
        bool is_train = eh_rng_uniform(rng) < set->train_share;
        if (is_train) habits.line = c + 1;
        is_train ? set_train(rng, &habits) : set_breaks(rng, &habits);
        club->minute = habits.habit_min[0];
        for (uint32_t i = 0; i < club->n; i++)
            take_habits(&world->accounts.items[eh_sim_people_of(crew, club)[i]], &habits, set, rng);
    }
    return EH_OK;
}
