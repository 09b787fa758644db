/** @file rhythm_run.h  What rhythm_run.c computes and rhythm_rows.c writes. */
#ifndef EH_INVESTIGATION_RHYTHM_RUN_H
#define EH_INVESTIGATION_RHYTHM_RUN_H

#include "base/dict.h"
#include "investigation/investigation_private.h"

typedef struct rhythm_record {
    eh_context *ctx;
    eh_action_table table;
    eh_rhythm_options options;
    uint32_t *accounts, n_accounts; /* looked at, ascending */
    uint32_t *group;                /* per account of the table: network or list, EH_DICT_NONE = none */
    eh_dict group_names;
    uint32_t *members, *first;      /* accounts by group: those of g are members[first[g] .. first[g + 1]) */
    eh_account_pair *pairs;
    uint64_t n_pairs;
    eh_operators operators;
    eh_automation *automation;      /* n_accounts */
    eh_workday *workdays;           /* one a group */
    char run_id[EH_RUN_ID_SIZE];    /* "" where no run told whom to look at */
} rhythm_record;

/** Whether the pairs of a group of n accounts are tested. */
static inline bool rhythm_is_tested(uint32_t n) { return n >= 2 && n <= EH_RHYTHM_MOST_HANDS; }

/** rhythm_rows.c: writes what was asked for; clients come from the posts of inv. */
EH_MUST_CHECK eh_status rhythm_write(eh_investigation *inv, const rhythm_record *record, const eh_rhythm_request *request,
                                     const eh_rhythm_summary *summary, eh_error *err);
#endif
