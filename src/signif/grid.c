/* Source: K. V. Mardia & P. E. Jupp, Directional Statistics (2000), 2.3: mean direction, resultant length R, circular standard
 * deviation sqrt(-2 ln R). */
#include "signif/grid.h"

#include "base/time.h"

#include <math.h>

static const double periods_s[6] = {3600, 1800, 1200, 900, 600, 300};
static const double least_resultant = 0.8, pi = 3.14159265358979323846;
enum { fewest_times = 8 };

static double resultant(const int64_t *times_us, uint64_t n, double period_s, double *angle)
{
    int64_t period_us = (int64_t)(period_s * 1e6);
    double x = 0, y = 0;
    for (uint64_t i = 0; i < n; i++) {
        double turn = 2 * pi * (double)(times_us[i] % period_us) / (double)period_us;
        x += cos(turn);
        y += sin(turn);
    }
    *angle = atan2(y, x);
    return sqrt(x * x + y * y) / (double)n;
}

eh_grid eh_grid_of(const int64_t *times_us, uint64_t n_times)
{
    for (int i = 0; n_times >= fewest_times && i < 6; i++) {
        double angle, r = resultant(times_us, n_times, periods_s[i], &angle);
        if (r < least_resultant) continue;
        double per_radian = periods_s[i] / (2 * pi), spread = r < 1 ? sqrt(-2 * log(r)) : 0;
        return (eh_grid){periods_s[i], angle * per_radian, spread * per_radian};
    }
    return (eh_grid){0};
}

double eh_grid_coincidence(const eh_grid *a, const eh_grid *b, int64_t window_us, int64_t *period_us)
{
    double coarse = a->period_s > b->period_s ? a->period_s : b->period_s;
    double fine = a->period_s > b->period_s ? b->period_s : a->period_s;
    *period_us = (int64_t)(fine * 1e6);
    if (fine <= 0 || fmod(coarse, fine) > 0) return 0;
    double gap = remainder(a->phase_s - b->phase_s, fine), w = (double)window_us / 1e6;
    double spread = sqrt(a->spread_s * a->spread_s + b->spread_s * b->spread_s + 1); /* a second at least */
    return 0.5 * (erf((w - gap) / (spread * sqrt(2))) + erf((w + gap) / (spread * sqrt(2))));
}
