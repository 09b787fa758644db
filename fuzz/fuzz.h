/**
 * @file fuzz.h  What a fuzz target defines. Invariants worth checking: no crash; failure has a message;
 * success yields valid data; what was written reads back the same; counts add up.
 */
#ifndef EH_FUZZ_H
#define EH_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/** Ends the run with the failed invariant; unlike assert(), in every build. */
#define FUZZ_CHECK(expr)                                                                           \
    do {                                                                                           \
        if (!(expr)) {                                                                             \
            fprintf(stderr, "%s:%d: invariant broken: %s\n", __FILE__, __LINE__, #expr);           \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/** One input. Returns 0. The bytes are borrowed for the call and not NUL-terminated. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
