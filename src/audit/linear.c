/* A = L L'.  Golub & Van Loan, Matrix Computations, 4.2. */
#include "audit/linear.h"

#include <math.h>

bool eh_cholesky(double *a, size_t n, double *log_det)
{
    double sum_log = 0;
    for (size_t j = 0; j < n; j++) {
        double pivot = a[j * n + j], largest = pivot;
        for (size_t k = 0; k < j; k++) pivot -= a[j * n + k] * a[j * n + k];
        if (!(pivot > 1e-12 * largest) || isinf(pivot)) return false;
        pivot = sqrt(pivot);
        a[j * n + j] = pivot;
        sum_log += 2 * log(pivot);
        for (size_t i = j + 1; i < n; i++) {
            double x = a[i * n + j];
            for (size_t k = 0; k < j; k++) x -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = x / pivot;
        }
    }
    if (log_det) *log_det = sum_log;
    return true;
}

void eh_cholesky_solve(const double *factor, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) x[i] -= factor[i * n + k] * x[k];
        x[i] /= factor[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++) x[i] -= factor[k * n + i] * x[k];
        x[i] /= factor[i * n + i];
    }
}
