/**
 * @file laws.h
 * Laws and quantiles for the audit. The library may not end the process, and GSL's default handler does: only functions of
 * GSL that cannot fail for the arguments passed are called, and quantiles are found here by bisection.
 */
#ifndef EH_AUDIT_LAWS_H
#define EH_AUDIT_LAWS_H

/** Two-sided normal quantile: 1.96 at level .95. */
double eh_normal_z(double level);
double eh_normal_p(double z); /**< P(Z <= z) */
double eh_normal_q(double z); /**< P(Z > z) */
/** Two-sided quantile of t; df may be INFINITY. */
double eh_student_t(double level, double df);
double eh_student_q(double t, double df); /**< P(T > t) */
double eh_chi2_q(double x, double df); /**< P(X > x); NaN for NaN */
/** I_x(a, b) and its inverse, for shapes of any size. */
double eh_beta_p(double x, double a, double b);
double eh_beta_quantile(double p, double a, double b);
#endif
