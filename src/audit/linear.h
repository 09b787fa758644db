/** @file linear.h  Cholesky for small systems. GSL's ends the process on a singular matrix by default; this one says so. */
#ifndef EH_AUDIT_LINEAR_H
#define EH_AUDIT_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

/** The lower factor in place of a (n x n, row by row); false where a is not positive definite. *log_det may be NULL. */
bool eh_cholesky(double *a, size_t n, double *log_det);
/** x such that A x = x, from the factor. */
void eh_cholesky_solve(const double *factor, size_t n, double *x);
#endif
