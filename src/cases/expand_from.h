/** @file expand_from.h  Expansion from a file of seeds, or from ids in memory. */
#ifndef EH_CASES_EXPAND_FROM_H
#define EH_CASES_EXPAND_FROM_H

#include "evenhand/cases.h"

/** eh_expand where seeds_path is given; else the seeds are ids. */
EH_MUST_CHECK eh_status eh_expand_from(eh_investigation *inv, const char *run_id, const char *seeds_path, const eh_strings *ids,
                                       const eh_expand_options *options, eh_expansion *out, eh_error *err);
#endif
