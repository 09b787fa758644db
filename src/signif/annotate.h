/** @file annotate.h  What the evidence of an account looks like: independent kinds, and what speaks against it. */
#ifndef EH_SIGNIF_ANNOTATE_H
#define EH_SIGNIF_ANNOTATE_H

#include "base/alloc.h"
#include "evenhand/signif.h"

/** Fills n_actions, median_delay_s, independent_behaviours and the notes that rest on actions and evidence. */
EH_MUST_CHECK eh_status eh_annotate(eh_context *ctx, const eh_action_table *table, uint32_t behaviours,
                                    eh_detection *detection, eh_error *err);
#endif
