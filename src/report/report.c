/* From an investigation to its page: one run is read whole, then written. */
#include "evenhand/report.h"

#include "investigation/investigation_store.h"
#include "report/load.h"

static eh_status load(eh_report_loader *loader, eh_error *err)
{
    EH_TRY(eh_load_run(loader, err));
    EH_TRY(eh_load_accounts(loader, err));
    return eh_load_networks(loader, err);
}

eh_status eh_report_write(eh_investigation *inv, const char *run_id, const char *path, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    char found[EH_RUN_ID_SIZE];
    EH_TRY(eh_investigation_find_run(inv, run_id, found, err));
    eh_store *store = eh_investigation_store(inv);
    eh_buf run = EH_BUF_INIT(eh_store_context(store));
    eh_report_data data = {.ctx = eh_store_context(store)};
    eh_report_loader loader = {.store = store, .data = &data};
    eh_status status = eh_sql_quote(&run, eh_str_of(found), err);
    if (status == EH_OK) {
        loader.run = run.data;
        status = load(&loader, err);
        eh_load_clear(&loader);
    }
    if (status == EH_OK) status = eh_report_page(&data, path, err);
    eh_report_data_release(&data);
    eh_buf_release(&run);
    return status;
}
