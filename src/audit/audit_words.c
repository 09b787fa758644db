/* The audit in words: question, conclusion, reasons. What was measured, never what somebody is. */
#include "evenhand/audit.h"

#include <math.h>
#include <stdio.h>

typedef struct named {
    int size;
    const char *text;
} named;

static named side_of(const eh_audit_data *data, uint32_t side)
{
    eh_str name = eh_strings_get(&data->sides, side);
    size_t size = name.size < 60 ? name.size : 60;
    while (size < name.size && size && ((unsigned char)name.data[size] & 0xC0) == 0x80) size--; /* between characters */
    return (named){(int)size, name.data};
}

void eh_audit_question(const eh_audit *audit, const eh_audit_data *data, char out[EH_AUDIT_TEXT_SIZE])
{
    named a = side_of(data, audit->options.side_a), b = side_of(data, audit->options.side_b);
    const char *among = data->design ? "accounts of the same evidence and exposure as of before, in the same period and under the same policy, among the accounts at risk in this archive" :
                                       "accounts of the same stratum, among the accounts in this data";
    (void)snprintf(out, EH_AUDIT_TEXT_SIZE, "Odds of action, side %.*s against side %.*s, for %s", a.size, a.text, b.size, b.text, among);
}

void eh_audit_conclusion(const eh_audit *audit, const eh_audit_data *data, char out[EH_AUDIT_TEXT_SIZE])
{
    const char *average = eh_audit_strata_differ(audit) ? ", on average over strata that differ among themselves" : "";
    named a = side_of(data, audit->options.side_a), b = side_of(data, audit->options.side_b);
    if (audit->verdict == EH_DISPARITY_SHOWN) {
        bool is_a = audit->direction == EH_AGAINST_A;
        named more = is_a ? a : b, less = is_a ? b : a;
        (void)snprintf(out, EH_AUDIT_TEXT_SIZE, "Disparity shown: in the same stratum, accounts of side %.*s had higher odds of action than those of side %.*s%s",
                       more.size, more.text, less.size, less.text, average);
    } else if (audit->verdict == EH_PARITY_SHOWN) {
        (void)snprintf(out, EH_AUDIT_TEXT_SIZE, "Parity shown within an odds ratio of %g: the odds of action of the two sides differ by less than that%s",
                       audit->options.margin, average);
    } else if (isfinite(audit->detectable)) {
        (void)snprintf(out, EH_AUDIT_TEXT_SIZE, "Inconclusive: neither a disparity nor parity within %g is shown; this data would have shown an odds ratio of %.3g or more four times in five",
                       audit->options.margin, audit->detectable);
    } else {
        (void)snprintf(out, EH_AUDIT_TEXT_SIZE, "Inconclusive: neither a disparity nor parity within %g is shown, and this data could have shown none of any size", audit->options.margin);
    }
}

static void difference_text(const eh_audit *a, char *out)
{
    size_t size = EH_AUDIT_TEXT_SIZE;
    if (a->has_networks)
        (void)snprintf(out, size, "the odds differ beyond chance: permuting sides over networks gives p = %.3g, studentised %.3g", a->networks.p, a->networks.p_studentised);
    else if (a->has_exact)
        (void)snprintf(out, size, "the odds differ beyond chance: p = %.3g (Cochran-Mantel-Haenszel, corrected), %.3g (exact)", a->cmh.p_corrected, a->exact.p_two_sided);
    else
        (void)snprintf(out, size, "the odds differ beyond chance: p = %.3g (Cochran-Mantel-Haenszel, corrected)", a->cmh.p_corrected);
}

void eh_audit_reason_text(const eh_audit *a, eh_audit_reason reason, char out[EH_AUDIT_TEXT_SIZE])
{
    size_t size = EH_AUDIT_TEXT_SIZE;
    out[0] = 0;
    switch (reason) {
    case EH_REASON_DIFFERENCE: difference_text(a, out); break;
    case EH_REASON_EQUIVALENT:
        (void)snprintf(out, size, "the %g %% interval, %.4g to %.4g, lies within %.4g to %g (two one-sided tests: p = %.3g)", 100 * (1 - 2 * a->options.alpha),
                       a->inner.low, a->inner.high, 1 / a->options.margin, a->options.margin, a->tost_p);
        break;
    case EH_REASON_NO_OVERLAP: (void)snprintf(out, size, "no stratum has both sides, and both accounts actioned and not: at equal evidence nothing can be compared"); break;
    case EH_REASON_LITTLE_OVERLAP:
        (void)snprintf(out, size, "only %llu of %llu strata can be compared, with %.3g %% of the actioned accounts", (unsigned long long)a->cmh.n_informative,
                       (unsigned long long)a->n_strata, 100 * a->informative_actioned);
        break;
    case EH_REASON_FEW_NETWORKS:
        (void)snprintf(out, size, "%llu and %llu networks: fewer than 6 on a side, however many accounts they have", (unsigned long long)a->networks.n_networks[0],
                       (unsigned long long)a->networks.n_networks[1]);
        break;
    case EH_REASON_NOT_SIGNIFICANT:
        if (a->has_networks) (void)snprintf(out, size, "a difference is not shown: permuting sides over networks gives p = %.3g", a->networks.p);
        else (void)snprintf(out, size, "a difference is not shown: p = %.3g (Cochran-Mantel-Haenszel, corrected)", a->cmh.p_corrected);
        break;
    case EH_REASON_NOT_EQUIVALENT:
        if (isnan(a->inner.low) || isnan(a->tost_p))
            (void)snprintf(out, size, "equality is not shown: the odds ratio has no large-sample interval");
        else (void)snprintf(out, size, "equality is not shown: the %g %% interval, %.4g to %.4g, leaves %.4g to %g (two one-sided tests: p = %.3g)",
                       100 * (1 - 2 * a->options.alpha), a->inner.low, a->inner.high, 1 / a->options.margin, a->options.margin, a->tost_p);
        break;
    case EH_REASON_TESTS_DISAGREE:
        if (a->has_networks)
            (void)snprintf(out, size, "the tests disagree: permuting sides over networks gives p = %.3g, studentised %.3g", a->networks.p, a->networks.p_studentised);
        else (void)snprintf(out, size, "the tests disagree: p = %.3g (Cochran-Mantel-Haenszel, corrected), %.3g (exact)", a->cmh.p_corrected, a->exact.p_two_sided);
        break;
    case EH_REASON_DIRECTION_DIFFERS:
        (void)snprintf(out, size, "the odds differ, but %llu strata show the opposite of the whole: there is no one direction", (unsigned long long)a->n_opposed);
        break;
    case EH_REASON_CONTROL_FAILS:
        (void)snprintf(out, size, "%u of %u random relabellings differ at the level %g: the test is not valid on this data", a->networks.n_controls_network,
                       a->networks.n_controls, a->options.alpha);
        break;
    case EH_REASON_FEW_ACTIONS: (void)snprintf(out, size, "fewer than 5 accounts actioned, or not actioned, in the strata that can be compared"); break;
    case EH_REASON_RELIABILITY:
        (void)snprintf(out, size, "the answer depends on how reliable the evidence is: corrected for its noise, or without a measure of it, the odds ratio says something else (see reliability)");
        break;
    case EH_REASON_TRUNCATION:
        (void)snprintf(out, size, "actions may have cut evidence short: by evidence that reaches past them, or without exposure, the odds ratio says something else (see truncation)");
        break;
    case EH_REASON_COVERAGE:
        (void)snprintf(out, size, "the archive does not hold the two sides' accounts alike: corrected for that, the odds ratio says something else (see coverage)");
        break;
    case EH_REASON_LABELS: (void)snprintf(out, size, "the answer depends on labels that are disputed: without them it is another (see disputed_labels)"); break;
    case EH_REASON_OUTCOME: (void)snprintf(out, size, "the adjudicated outcomes show the opposite"); break;
    case EH_N_AUDIT_REASONS:
    default: break;
    }
}

void eh_audit_tell(const eh_audit *audit, const eh_audit_data *data, eh_audit_story *out)
{
    *out = (eh_audit_story){.strata = &data->strata,
                            .name_a = eh_strings_get(&data->sides, audit->options.side_a),
                            .name_b = eh_strings_get(&data->sides, audit->options.side_b),
                            .source = data->source,
                            .n_empty_strata = data->n_empty_strata,
                            .n_unlabelled = data->n_unlabelled,
                            .design = data->design};
    eh_audit_question(audit, data, out->question);
    eh_audit_conclusion(audit, data, out->conclusion);
    for (size_t i = 0; i < audit->n_reasons; i++) eh_audit_reason_text(audit, audit->reasons[i], out->reasons[i]);
    eh_audit_traps(audit, data, out->traps);
}
