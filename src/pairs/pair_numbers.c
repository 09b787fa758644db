#include "pairs/pair_numbers.h"

#include <string.h>

enum { most_insertion = 32 };

/* Insertion for the short lists that most rows give, else by digits of eight bits, as many as `below` has. */
void eh_sort_numbers(uint32_t *numbers, uint32_t n, uint32_t below, uint32_t *scratch)
{
    if (n <= most_insertion) {
        for (uint32_t i = 1; i < n; i++) {
            uint32_t held = numbers[i], at = i;
            for (; at > 0 && numbers[at - 1] > held; at--) numbers[at] = numbers[at - 1];
            numbers[at] = held;
        }
        return;
    }
    uint32_t *from = numbers, *to = scratch;
    for (int shift = 0; shift < 32 && below >> shift; shift += 8) {
        uint32_t place[257] = {0};
        for (uint32_t i = 0; i < n; i++) place[(from[i] >> shift & 255) + 1]++;
        for (int d = 1; d < 257; d++) place[d] += place[d - 1];
        for (uint32_t i = 0; i < n; i++) to[place[from[i] >> shift & 255]++] = from[i];
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != numbers) memcpy(numbers, from, n * sizeof *numbers);
}
