/** @file rng.h  Seeded random numbers: xoshiro256** started by splitmix64. Passed explicitly, never global. */
#ifndef EH_BASE_RNG_H
#define EH_BASE_RNG_H

#include <stdint.h>

typedef struct eh_rng {
    uint64_t state[4];
} eh_rng;

/** A generator for (seed, stream): streams of one seed are independent of each other. */
eh_rng eh_rng_of(uint64_t seed, uint64_t stream);
uint64_t eh_rng_next(eh_rng *rng);
double eh_rng_uniform(eh_rng *rng);                    /**< [0, 1) */
uint64_t eh_rng_below(eh_rng *rng, uint64_t n);        /**< 0 .. n-1, n > 0, unbiased */
double eh_rng_normal(eh_rng *rng);                     /**< mean 0, SD 1 */
double eh_rng_exponential(eh_rng *rng);                /**< mean 1 */
double eh_rng_lognormal(eh_rng *rng, double median, double sigma);
double eh_rng_gamma(eh_rng *rng, double shape);        /**< scale 1 */
uint64_t eh_rng_poisson(eh_rng *rng, double mean);
#endif
