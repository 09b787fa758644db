/* Adding archives to an investigation, for import and investigate. */
#include "cli/cli.h"

eh_status cli_import_all(eh_investigation *inv, const cli_texts *inputs, const cli_input *input,
                         const char *pseudonym_key, eh_import_report *reports, eh_error *err)
{
    const eh_ingest_options options = cli_ingest_options(input);
    for (int i = 0; i < inputs->n; i++)
        EH_TRY(eh_investigation_import(inv, inputs->items[i], &options, pseudonym_key, &reports[i], err));
    return EH_OK;
}

void cli_print_import(const char *path, const eh_import_report *report)
{
    if (report->n_already_imported) {
        printf("%s: imported before; nothing was added\n", path);
        return;
    }
    char count[32];
    cli_print_ingest(stdout, path, &report->ingest, &report->n_duplicates);
    const char *before = "  actions: ";
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        if (!report->n_actions[b]) continue;
        printf("%s%s %s", before, eh_behaviour_name((eh_behaviour)b), cli_grouped(report->n_actions[b], count));
        before = ", ";
    }
    if (before[0] == ',') puts("");
}
