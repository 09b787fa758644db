/** @file judge.h  From tested pairs to listed pairs, and from listed pairs to judged accounts. */
#ifndef EH_SIGNIF_JUDGE_H
#define EH_SIGNIF_JUDGE_H

#include "signif/scan.h"

/** Pair level: e-BH over all testable pairs, BH beside it. Fills q_value, q_bh, is_listed of every edge. */
EH_MUST_CHECK eh_status eh_judge_pairs(eh_context *ctx, eh_detection *detection, eh_error *err);
/**
 * Account level: E_u = mean over u's testable partners of the pair's e-value (an average of e-values is one,
 * whatever their dependence), e-BH over testable accounts; then direction, ties and findings (decide.h).
 * Needs what eh_annotate() fills.
 */
EH_MUST_CHECK eh_status eh_judge_accounts(eh_context *ctx, uint32_t n_accounts, eh_detection *detection,
                                          eh_error *err);
#endif
