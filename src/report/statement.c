/* A statement of evidence: one account read, its parts put into a document, the document written. */
#include "report/statement.h"

#include "base/outfile.h"
#include "investigation/investigation_store.h"
#include "investigation/pseudonym.h"

static eh_status fill(eh_statement *s, const char *account, eh_error *err)
{
    eh_doc_words(s->doc, s->doc->root, "evenhand", "statement of evidence 1");
    eh_doc_words(s->doc, s->doc->root, "tier", s->options->tier == EH_TIER_RESTRICTED ? "restricted" : "public");
    EH_TRY(st_load(s, account, err));
    EH_TRY(st_part_subject(s, err));
    EH_TRY(st_part_channels(s, err));
    EH_TRY(st_part_against(s, err));
    EH_TRY(st_part_robustness(s, err));
    EH_TRY(st_part_redress(s, err));
    return eh_doc_finish(s->doc, err);
}

static eh_status write_json(eh_context *ctx, const eh_value *root, const char *path, eh_error *err)
{
    eh_buf text = EH_BUF_INIT(ctx);
    eh_outfile file;
    eh_status status = eh_canonical_write(ctx, root, &text, err);
    if (status == EH_OK) status = eh_outfile_open(ctx, path, &file, err);
    if (status == EH_OK) {
        (void)fwrite(text.data, 1, text.size, file.stream);
        status = eh_outfile_commit(&file, err);
    }
    eh_buf_release(&text);
    return status;
}

eh_status eh_statement_write(eh_investigation *inv, const char *account, const eh_statement_options *options, const char *path,
                             eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    char found[EH_RUN_ID_SIZE];
    EH_TRY(eh_investigation_find_run(inv, options->run_id, found, err));
    eh_store *store = eh_investigation_store(inv);
    eh_context *ctx = eh_store_context(store);
    eh_buf run = EH_BUF_INIT(ctx), who = EH_BUF_INIT(ctx);
    eh_doc doc;
    eh_doc_init(&doc, ctx);
    eh_statement s = {.inv = inv, .options = options, .run = {.ctx = ctx}, .doc = &doc};
    eh_status status = eh_sql_quote(&run, eh_str_of(found), err);
    if (status == EH_OK) status = eh_sql_quote(&who, eh_str_of(account), err);
    if (status == EH_OK) {
        s.loader = (eh_report_loader){.store = store, .run = run.data, .data = &s.run};
        s.account_sql = who.data;
        status = fill(&s, account, err);
    }
    if (status == EH_OK) status = options->is_page ? eh_statement_page(ctx, doc.root, path, err) : write_json(ctx, doc.root, path, err);
    eh_pseudonymiser_free(s.pseudonyms);
    eh_guard_free(s.guard);
    eh_report_data_release(&s.run);
    eh_doc_release(&doc);
    eh_buf_release(&who);
    eh_buf_release(&run);
    return status;
}
