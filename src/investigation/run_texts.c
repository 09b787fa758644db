/* Texts of a run: near-duplicates become one object and templates leave, before anything is tested. */
#include "investigation/run_store.h"

#include "base/time.h"

/* Fewer of an account's actions on templates than this say nothing about it. */
enum { fewest_template_actions = 3 };

static eh_near_text_options options_of(const eh_detect_options *options)
{
    eh_near_text_options chosen = eh_near_text_options_default();
    chosen.jaccard = options->near_text;
    return chosen;
}

static bool looks_at_texts(const eh_detect_options *options)
{
    return options->near_text > 0 && (options->behaviours >> EH_TEXT & 1);
}

eh_status run_check_texts(const eh_detect_options *options, eh_error *err)
{
    double least = options->near_text;
    if ((least >= 0.5 && least <= 1) || !(least > 0 || least < 0 || least != least)) return EH_OK;
    return eh_fail(err, EH_E_INVALID, "the least Jaccard of near-duplicate texts must be 0 (off) or 0.5 to 1, not %g", least);
}

eh_status run_add_text_parameters(eh_buf *out, const eh_detect_options *options, eh_error *err)
{
    if (!looks_at_texts(options)) return EH_OK;
    eh_near_text_options o = options_of(options);
    return eh_buf_printf(out, err, ", \"near_text\": {\"jaccard\": %.15g, \"window_days\": %.15g, \"template_accounts\": %u, "
                         "\"template_crowd\": %.15g}", o.jaccard, (double)o.window_us / EH_DAY_US, o.least_accounts, o.least_crowd);
}

eh_status run_unite_texts(eh_investigation *inv, run_record *run, eh_error *err)
{
    if (!looks_at_texts(&run->options)) return EH_OK;
    eh_near_text_options options = options_of(&run->options);
    return eh_near_text_merge(inv->ctx, &run->table, &options, &run->texts, err);
}

void run_note_templates(run_record *run)
{
    for (uint32_t u = 0; u < run->texts.n_accounts; u++) {
        uint32_t n = run->texts.n_template[u];
        if (n >= fewest_template_actions && (uint64_t)n * 2 >= run->texts.n_shared[u])
            run->findings.detection.accounts[u].notes |= EH_NOTE_TEMPLATE_TEXT;
    }
}
