/*
 * Daily clocks. A person wakes, sleeps, has days off by the custom of the language's region and looks at the
 * feed partly at habitual times: commuters cluster around 7:40 and 17:50, everybody has one or two times of
 * their own. The rest spreads over the waking hours with a rise at noon and in the evening.
 */
#include "simulate/world.h"

#include <math.h>

int64_t eh_sim_day_start_ms(const eh_sim_world *world, uint32_t day) { return world->start_ms + (int64_t)day * EH_SIM_DAY_MS; }

uint32_t eh_sim_weekday(const eh_sim_world *world, uint32_t day)
{
    /* 1970-01-01 was a Thursday */
    return (uint32_t)((world->start_ms / EH_SIM_DAY_MS + (int64_t)day + 4) % 7);
}

int32_t eh_sim_local_minute(const eh_sim_clock *clock, int64_t time_ms)
{
    int64_t minute = (time_ms / EH_SIM_MINUTE_MS + clock->zone_min) % 1440;
    return (int32_t)(minute < 0 ? minute + 1440 : minute);
}

bool eh_sim_is_awake(const eh_sim_clock *clock, int64_t time_ms)
{
    int32_t minute = eh_sim_local_minute(clock, time_ms);
    return (minute >= clock->wake_min && minute < clock->sleep_min) || minute + 1440 < clock->sleep_min;
}

bool eh_sim_is_away(const eh_sim_account *account, uint32_t day)
{
    return (int32_t)day >= account->away_from_day && (int32_t)day < account->away_to_day;
}

bool eh_sim_is_sold(const eh_sim_world *world, const eh_sim_account *account, int64_t time_ms)
{
    return account->truth == EH_SIM_MEMBER && eh_sim_is_away(account, (uint32_t)((time_ms - world->start_ms) / EH_SIM_DAY_MS));
}

int64_t eh_sim_when_awake(const eh_sim_clock *clock, eh_rng *rng, int64_t time_ms)
{
    if (eh_sim_is_awake(clock, time_ms)) return time_ms;
    int32_t wait_min = clock->wake_min - eh_sim_local_minute(clock, time_ms);
    if (wait_min < 0) wait_min += 1440;
    return time_ms + wait_min * EH_SIM_MINUTE_MS + (int64_t)(eh_rng_lognormal(rng, 25, 0.8) * (double)EH_SIM_MINUTE_MS);
}

int64_t eh_sim_local_ms(const eh_sim_world *world, const eh_sim_clock *clock, uint32_t day, double minute)
{
    return eh_sim_day_start_ms(world, day) + (int64_t)((minute - clock->zone_min) * (double)EH_SIM_MINUTE_MS);
}

bool eh_sim_is_day_off(const eh_sim_world *world, const eh_sim_clock *clock, uint32_t day)
{
    return (clock->days_off >> eh_sim_weekday(world, day)) & 1;
}

int64_t eh_sim_later_ms(eh_rng *rng, int64_t time_ms, double median_s, double sigma)
{
    return time_ms + (int64_t)(eh_rng_lognormal(rng, median_s, sigma) * 1000);
}

/* Minutes by which a train is late: on a fifth of the days by some, and by the same for everybody in it. */
static double delay_min(const eh_sim_world *world, uint32_t line, uint32_t day)
{
    uint64_t draw = eh_sim_mix((uint64_t)line << 32 | day, world->seed ^ 67);
    return line && draw % 5 == 0 ? 3 + (double)(draw / 5 % 20) : 0;
}

static double free_minute(const eh_sim_clock *clock, eh_rng *rng)
{
    double which = eh_rng_uniform(rng);
    if (which < 0.2) return 750 + 60 * eh_rng_normal(rng);
    if (which < 0.55) return 1230 + 90 * eh_rng_normal(rng);
    return clock->wake_min + eh_rng_uniform(rng) * (clock->sleep_min - clock->wake_min);
}

int64_t eh_sim_sitting_ms(const eh_sim_world *world, const eh_sim_clock *clock, eh_rng *rng, uint32_t day)
{
    double minute;
    bool has_habits = clock->n_habits && !(clock->is_for_work && eh_sim_is_day_off(world, clock, day));
    if (has_habits && eh_rng_uniform(rng) < clock->habit_share) {
        int32_t habit = clock->habit_min[eh_rng_below(rng, (uint64_t)clock->n_habits)];
        minute = habit + delay_min(world, clock->line, day) + clock->habit_spread_min * eh_rng_normal(rng);
    } else {
        do minute = free_minute(clock, rng);
        while (minute < clock->wake_min || minute >= clock->sleep_min);
    }
    return eh_sim_local_ms(world, clock, day, minute);
}

static uint32_t days_off_of(uint32_t language)
{
    /* Thursday and Friday, Friday and Saturday, else the weekend; languages in the order of text.c */
    static const uint32_t days_off[eh_sim_n_languages] = {0x41, 0x41, 0x30, 0x60, 0x41, 0x41};
    return days_off[language];
}

eh_sim_clock eh_sim_clock_draw(eh_rng *rng, int32_t zone_min, uint32_t language, bool is_commuter)
{
    eh_sim_clock clock = {.zone_min = zone_min, .days_off = days_off_of(language)};
    double shift = eh_rng_uniform(rng) < 0.08 ? 180 : 0; /* night owls */
    clock.wake_min = (int32_t)fmin(fmax(405 + shift + 50 * eh_rng_normal(rng), 270), 690);
    clock.sleep_min = (int32_t)fmin(fmax(1395 + shift + 60 * eh_rng_normal(rng), 1260), 1680);
    clock.weekend_factor = fmin(eh_rng_lognormal(rng, 0.85, 0.4), 2.5);
    if (is_commuter) {
        clock.n_habits = 2;
        clock.habit_min[0] = (int32_t)(460 + 9 * eh_rng_normal(rng));
        clock.habit_min[1] = (int32_t)(1070 + 22 * eh_rng_normal(rng));
        clock.habit_share = 0.5 + 0.3 * eh_rng_uniform(rng);
        clock.habit_spread_min = 2 + 3 * eh_rng_uniform(rng);
        if (clock.wake_min > clock.habit_min[0] - 15) clock.wake_min = clock.habit_min[0] - 15;
        return clock;
    }
    clock.n_habits = 1 + (int32_t)eh_rng_below(rng, 3);
    for (int32_t i = 0; i < clock.n_habits; i++)
        clock.habit_min[i] = clock.wake_min + (int32_t)eh_rng_below(rng, (uint64_t)(clock.sleep_min - clock.wake_min));
    clock.habit_share = 0.2 + 0.4 * eh_rng_uniform(rng);
    clock.habit_spread_min = 6 + 14 * eh_rng_uniform(rng);
    return clock;
}
