/** @file cmd_audit.h  What the files of the audit command share. */
#ifndef EH_CLI_CMD_AUDIT_H
#define EH_CLI_CMD_AUDIT_H

#include "cli/cli.h"

#include <math.h>
#include <string.h>

typedef struct audit_args {
    cli_common common;
    const char *inv, *second, *actions, *sides, *spec, *outcomes, *run_id;
    const char *table, *output, *compare;
    bool is_init;
    double margin, alpha;
    uint64_t n_permutations, n_bootstrap, n_sample;
} audit_args;

/** Numbers of the two sides compared: of "A,B", or the only two there are. */
EH_MUST_CHECK eh_status cli_audit_sides(const eh_strings *sides, const char *compare, uint32_t chosen[2], eh_error *err);
/** Writes files into dir (NULL: none), prints, and gives EH_E_STATISTICS where inconclusive. */
EH_MUST_CHECK eh_status cli_audit_tell(const cli_call *call, const char *dir, const eh_audit *audit, const eh_audit_data *data, eh_error *err);

/* cmd_audit_join.c */
EH_MUST_CHECK eh_status cli_audit_inv(const cli_call *call, const audit_args *args, eh_error *err);
EH_MUST_CHECK eh_status cli_audit_spec(const cli_call *call, const audit_args *args, eh_error *err);
EH_MUST_CHECK eh_status cli_audit_sample(const cli_call *call, const audit_args *args, eh_error *err);
#endif
