/*
 * xoshiro256** (Blackman & Vigna 2018, public domain reference), splitmix64 seeding; normals by
 * Marsaglia's polar method, gamma by Marsaglia & Tsang 2000, Poisson by inversion / gamma splitting.
 */
#include "base/rng.h"

#include <math.h>

static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = (*x += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

eh_rng eh_rng_of(uint64_t seed, uint64_t stream)
{
    eh_rng rng;
    uint64_t x = seed;
    uint64_t y = splitmix(&x) ^ (stream * UINT64_C(0xd1342543de82ef95) + 1);
    for (int i = 0; i < 4; i++) rng.state[i] = splitmix(&y);
    return rng;
}

static uint64_t rotate(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

uint64_t eh_rng_next(eh_rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double eh_rng_uniform(eh_rng *rng) { return (double)(eh_rng_next(rng) >> 11) * 0x1p-53; }

uint64_t eh_rng_below(eh_rng *rng, uint64_t n)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % n, x;
    do x = eh_rng_next(rng);
    while (x >= limit);
    return x % n;
}

double eh_rng_normal(eh_rng *rng)
{
    double x, y, s;
    do {
        x = 2 * eh_rng_uniform(rng) - 1;
        y = 2 * eh_rng_uniform(rng) - 1;
        s = x * x + y * y;
    } while (s >= 1 || s <= 0);
    return x * sqrt(-2 * log(s) / s);
}

double eh_rng_exponential(eh_rng *rng) { return -log1p(-eh_rng_uniform(rng)); }

double eh_rng_lognormal(eh_rng *rng, double median, double sigma)
{
    return median * exp(sigma * eh_rng_normal(rng));
}

double eh_rng_gamma(eh_rng *rng, double shape)
{
    double boost = 1;
    if (shape < 1) {
        boost = pow(1 - eh_rng_uniform(rng), 1 / shape);
        shape += 1;
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = eh_rng_normal(rng), v = 1 + c * x;
        if (v <= 0) continue;
        v = v * v * v;
        if (log(1 - eh_rng_uniform(rng)) < 0.5 * x * x + d - d * v + d * log(v)) return boost * d * v;
    }
}

uint64_t eh_rng_poisson(eh_rng *rng, double mean)
{
    uint64_t n = 0;
    while (mean > 30) { /* the k-th arrival time is Gamma(k): either it lies beyond mean or k arrivals are certain */
        double k = floor(mean * 0.875), at = eh_rng_gamma(rng, k);
        if (at > mean) {
            /* k-1 uniform arrivals before `at`: count those before mean */
            for (uint64_t i = 0; i + 1 < (uint64_t)k; i++) n += eh_rng_uniform(rng) * at < mean;
            return n;
        }
        n += (uint64_t)k;
        mean -= at;
    }
    double product = eh_rng_uniform(rng), limit = exp(-mean);
    while (product > limit) {
        n++;
        product *= eh_rng_uniform(rng);
    }
    return n;
}
