#include "signif/reaction.h"

#include "base/time.h"

/* Fine where people with notifications on differ from each other, coarse where nobody does. */
static const uint32_t bin_edge_ms[eh_n_latency_bins] = {0,      5000,   10000,   20000,   30000,    60000,   120000,
                                                        300000, 900000, 1800000, 3600000, 10800000, 43200000};
static const int64_t fresh_us = 12 * EH_HOUR_US, burst_gap_us = 15 * EH_MINUTE_US;

int eh_latency_bin(uint32_t latency_ms)
{
    int bin = eh_n_latency_bins - 1;
    while (bin > 0 && latency_ms < bin_edge_ms[bin]) bin--;
    return bin;
}

static uint32_t milliseconds(int64_t us)
{
    int64_t ms = us / 1000;
    return ms < (int64_t)EH_NO_LATENCY ? (uint32_t)ms : EH_NO_LATENCY - 1;
}

/* Actions on a fresh object; returns where the others begin. */
static uint64_t react_to_birth(const eh_action_set *set, uint32_t object, uint32_t *latency_ms)
{
    uint64_t i = set->object_start[object], end = set->object_start[object + 1];
    int64_t birth_us = set->object_birth_us[object];
    bool is_founded = !set->is_birth_known[object] && i < end && (i + 1 == end || set->time_us[i + 1] > birth_us);
    for (; i < end && set->time_us[i] - birth_us < fresh_us; i++) latency_ms[i] = milliseconds(set->time_us[i] - birth_us);
    if (is_founded) latency_ms[set->object_start[object]] = EH_NO_LATENCY;
    return i;
}

void eh_reactions_of(const eh_action_set *set, uint32_t *latency_ms)
{
    for (uint32_t o = 0; o < set->n_objects; o++) {
        uint64_t end = set->object_start[o + 1];
        for (uint64_t i = react_to_birth(set, o, latency_ms); i < end;) {
            uint64_t first = i++;
            while (i < end && set->time_us[i] - set->time_us[i - 1] <= burst_gap_us) i++;
            for (uint64_t k = first; k < i; k++)
                latency_ms[k] = milliseconds(i - first == 1 ? fresh_us : set->time_us[k] - set->time_us[first]);
        }
    }
}
