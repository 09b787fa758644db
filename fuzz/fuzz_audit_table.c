/* Tables of an audit: each is refused with a message, or audited; what is counted adds up, and every answer has a reason. */
#include "fuzz_file.h"

#include "evenhand/audit.h"
#include "evenhand/report.h"

#include <math.h>

static void check_data(const eh_audit_data *data)
{
    double total = 0;
    FUZZ_CHECK(data->sides.n >= 2 && data->n_empty_strata <= data->strata.n);
    for (size_t i = 0; i < data->n_rows; i++) {
        const eh_audit_row *row = &data->rows[i];
        FUZZ_CHECK(row->stratum < data->strata.n && row->side < data->sides.n);
        FUZZ_CHECK(row->network < data->networks.n || (data->networks.n == 0 && row->network == 0));
        FUZZ_CHECK(row->n_actioned >= 0 && row->n_not >= 0 && row->n_actioned + row->n_not > 0);
        total += row->n_actioned + row->n_not;
    }
    FUZZ_CHECK(total <= 9007199254740992.0);
}

static void check_audit(const eh_audit *audit, const eh_audit_data *data)
{
    static const char *const outputs[] = {"/dev/null"};
    char words[EH_AUDIT_TEXT_SIZE];
    eh_trap traps[EH_N_TRAPS];
    eh_error err = EH_ERROR_INIT;
    FUZZ_CHECK(audit->n_reasons > 0 && audit->n_reasons <= EH_N_AUDIT_REASONS);
    FUZZ_CHECK((audit->direction == EH_AGAINST_NEITHER) == (audit->verdict != EH_DISPARITY_SHOWN));
    FUZZ_CHECK(audit->verdict != EH_PARITY_SHOWN || (audit->inner.low > 1 / audit->options.margin && audit->inner.high < audit->options.margin));
    FUZZ_CHECK(!audit->has_exact || (audit->exact.p_two_sided >= 0 && audit->exact.p_two_sided <= 1 && audit->exact.gamma >= 1));
    FUZZ_CHECK(audit->cmh.n_informative <= audit->n_strata);
    eh_audit_traps(audit, data, traps);
    for (size_t i = 0; i < EH_N_TRAPS; i++) FUZZ_CHECK(traps[i].text[0] != 0 && !strstr(traps[i].text, "nan"));
    for (size_t i = 0; i < audit->n_reasons; i++) {
        eh_audit_reason_text(audit, audit->reasons[i], words);
        FUZZ_CHECK(words[0] != 0 && !strstr(words, "nan"));
    }
    eh_audit_conclusion(audit, data, words);
    FUZZ_CHECK(words[0] != 0);
    FUZZ_CHECK(eh_audit_write_json(audit, data, outputs[0], &err) == EH_OK);
    eh_audit_story story;
    eh_audit_tell(audit, data, &story);
    story.command = words;
    FUZZ_CHECK(eh_audit_page_write(audit, &story, outputs[0], &err) == EH_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    eh_context_options how = eh_context_options_default();
    how.n_threads = 1;
    how.memory_limit_size = UINT64_C(256) << 20;
    FUZZ_CHECK(eh_context_new(&how, &ctx, &err) == EH_OK);
    eh_audit_table *table;
    if (eh_audit_table_read(ctx, fuzz_file(data, size), &table, &err) == EH_OK) {
        const eh_audit_data *read = eh_audit_table_data(table);
        eh_audit_options options = eh_audit_options_default();
        eh_audit *audit;
        double total = 0;
        check_data(read);
        options.clusters.n_permutations = options.clusters.n_bootstrap = 99;
        options.clusters.n_controls = 3;
        for (size_t i = 0; i < read->n_rows; i++) total += read->rows[i].n_actioned + read->rows[i].n_not;
        eh_status status = total < 1e6 ? eh_audit_of(ctx, read, &options, &audit, &err) : EH_E_LIMIT; /* large ones take time */
        FUZZ_CHECK(status == EH_OK || status == EH_E_STATISTICS || status == EH_E_LIMIT);
        if (status == EH_OK) {
            check_audit(audit, read);
            eh_audit_free(audit);
        }
        eh_audit_table_free(table);
    } else {
        FUZZ_CHECK(err.message[0] != 0);
    }
    FUZZ_CHECK(eh_context_memory_used_size(ctx) == 0);
    eh_context_free(ctx);
    return 0;
}
