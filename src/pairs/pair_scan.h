/** @file pair_scan.h  The innermost loop's first half: which neighbours of an action count. */
#ifndef EH_PAIRS_PAIR_SCAN_H
#define EH_PAIRS_PAIR_SCAN_H

#include <stddef.h>
#include <stdint.h>

enum { eh_scan_slack = 8 }; /* out needs room for n + eh_scan_slack numbers */

/** Copies to out, in order, the n values that are greater than least. Returns how many. */
typedef size_t (*eh_scan_above_fn)(const uint32_t *values, size_t n, uint32_t least, uint32_t *out);
/** Copies to out, in order, values[i] where keys[i] != key. */
typedef size_t (*eh_scan_other_fn)(const uint32_t *values, const uint32_t *keys, size_t n, uint32_t key, uint32_t *out);

typedef struct eh_scan {
    eh_scan_above_fn above;
    eh_scan_other_fn other;
    const char *name; /* "avx2" or "scalar" */
} eh_scan;

/** The fastest for this processor. Every variant gives the same bytes. */
eh_scan eh_scan_best(void);
eh_scan eh_scan_scalar(void);
#endif
