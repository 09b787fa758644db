/** @file ledger_check.h  evenhand ledger verify. */
#ifndef EH_CLI_LEDGER_CHECK_H
#define EH_CLI_LEDGER_CHECK_H

#include "cli/cli.h"

typedef struct ledger_check_args {
    const char *inv;        /* NULL: the proof alone */
    const char *proof, *public_key;
    const char *root;       /* "N:HEX" */
} ledger_check_args;

/** Prints what holds; EH_E_FORMAT where something does not. */
EH_MUST_CHECK eh_status cli_ledger_check(const cli_call *call, const ledger_check_args *args, eh_error *err);
#endif
