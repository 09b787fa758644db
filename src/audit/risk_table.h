/** @file risk_table.h  Accounts at risk, into the table of strata that is audited. */
#ifndef EH_AUDIT_RISK_TABLE_H
#define EH_AUDIT_RISK_TABLE_H

#include "base/dict.h"
#include "evenhand/audit_join.h"

/** What is changed from the plain audit. */
typedef struct eh_risk_view {
    bool is_calibrated;         /* e* = mean + lambda (e - mean), by side A, B; of evidence that is a number */
    double lambda[2], mean[2];
    bool drops_disputed;
    bool is_unexposed;          /* strata without exposure */
    bool is_whole;              /* strata by the evidence of the whole archive alone */
} eh_risk_view;

typedef struct eh_risk_table {
    eh_context *ctx;
    eh_dict strata, networks;
    eh_audit_row *rows;
    size_t n_rows, capacity;
} eh_risk_table;

/** data borrows from table and set. compare: the two sides that a view's numbers are of. */
EH_MUST_CHECK eh_status eh_risk_table_of(eh_context *ctx, const eh_risk_set *set, const eh_audit_spec *spec, const uint32_t compare[2], const eh_risk_view *view,
                                         eh_risk_table *table, eh_audit_data *data, eh_error *err);
void eh_risk_table_release(eh_risk_table *table);

/** Ascending thresholds at n_bins quantiles of values (sorted here), without repeats; at most n_bins - 1. */
EH_MUST_CHECK eh_status eh_bin_limits(eh_context *ctx, double *values, size_t n, uint32_t n_bins, double *limits, uint32_t *n_limits, eh_error *err);
/** How many limits lie below x. */
uint32_t eh_bin_of(const double *limits, uint32_t n_limits, double x);
#endif
