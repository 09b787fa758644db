/* Findings for other systems: what the forms share. */
#include "cases/exchange_private.h"

#include "base/outfile.h"
#include "base/time.h"

#include <openssl/evp.h>
#include <stdio.h>

const char *exchange_time(int64_t time_us, char text[exchange_time_size])
{
    eh_calendar c = eh_calendar_of(time_us);
    if (c.year < 1 || c.year > 9999) c = (eh_calendar){1970, 1, 1, 0, 0, 0, 0};
    (void)snprintf(text, exchange_time_size, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)c.year % 10000, (unsigned)c.month % 100,
                   (unsigned)c.day % 100, (unsigned)c.hour % 100, (unsigned)c.minute % 100, (unsigned)c.second % 100,
                   (unsigned)c.microsecond / 1000 % 1000);
    return text;
}

void exchange_uuid5(const unsigned char *namespace_id, eh_str name, char text[37])
{
    /* 00abedb4-aa42-466c-9c01-fed23315a9b7, STIX 2.1 section 2.9 */
    static const unsigned char stix[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
    unsigned char d[EVP_MAX_MD_SIZE] = {0};
    EVP_MD_CTX *sha1 = EVP_MD_CTX_new();
    if (sha1) {
        (void)EVP_DigestInit_ex(sha1, EVP_sha1(), NULL);
        (void)EVP_DigestUpdate(sha1, namespace_id ? namespace_id : stix, sizeof stix);
        (void)EVP_DigestUpdate(sha1, name.data, name.size);
        (void)EVP_DigestFinal_ex(sha1, d, NULL);
        EVP_MD_CTX_free(sha1);
    }
    d[6] = (unsigned char)((d[6] & 0x0f) | 0x50);
    d[8] = (unsigned char)((d[8] & 0x3f) | 0x80);
    (void)snprintf(text, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", d[0], d[1], d[2], d[3], d[4], d[5], d[6],
                   d[7], d[8], d[9], d[10], d[11], d[12], d[13], d[14], d[15]);
}

eh_status exchange_id(exchange *x, eh_str account, eh_str *out, eh_error *err)
{
    char text[EH_PSEUDONYM_SIZE + 1];
    *out = account;
    if (!x->pseudonymiser) return EH_OK;
    eh_pseudonym_of(x->pseudonymiser, account, text);
    eh_buf_clear(&x->scratch);
    EH_TRY(eh_buf_add(&x->scratch, text, EH_PSEUDONYM_SIZE, err));
    *out = eh_buf_str(&x->scratch);
    return EH_OK;
}

bool exchange_leaves_out(exchange *x, eh_str account)
{
    bool is_hidden = eh_guard_hides(x->guard, account);
    x->report->n_at_risk += is_hidden;
    return is_hidden;
}

static eh_status take_run(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    exchange *x = data;
    x->q = cells[0].real;
    x->run_us = cells[1].type == EH_CELL_NULL ? 0 : cells[1].integer;
    x->report->n_false = cells[0].real * (double)cells[2].integer;
    return EH_OK;
}

static eh_status prepare(exchange *x, const char *run_id, eh_error *err)
{
    char sql[960];
    EH_TRY(eh_investigation_find_run(x->inv, run_id, x->run_id, err));
    if (x->options->at_risk_path) EH_TRY(eh_investigation_check_list(x->inv, x->run_id, err));
    if (x->options->at_risk_path) EH_TRY(eh_guard_new(x->inv->ctx, x->options->at_risk_path, NULL, &x->guard, err));
    /* A purge records a run anew and says which leaf was the first: a finding lasts from then, no longer. */
    (void)snprintf(sql, sizeof sql,
                   "SELECT q, (SELECT min(time) FROM ledger WHERE seq IN (SELECT seq FROM ledger l JOIN ledger_payloads p USING (seq) WHERE "
                   "l.type = 'run' AND starts_with(p.payload, '{\"run_id\": \"%s\"') UNION ALL SELECT TRY_CAST(regexp_extract(p.payload, "
                   "'\"run %s\": ([0-9]+)', 1) AS BIGINT) FROM ledger l JOIN ledger_payloads p USING (seq) WHERE l.type = 'purge')), "
                   "(SELECT count(*) " EXCHANGE_LISTED ") FROM runs WHERE run_id = '%s'",
                   x->run_id, x->run_id, x->run_id, x->run_id, x->run_id, x->run_id);
    EH_TRY(eh_store_query(x->inv->store, sql, NULL, take_run, x, err));
    x->until_us = x->run_us + (x->options->valid_us > 0 ? x->options->valid_us : 180 * EH_DAY_US);
    if (x->options->pseudonym_key) EH_TRY(eh_pseudonymiser_new(x->inv->ctx, x->options->pseudonym_key, &x->pseudonymiser, err));
    return EH_OK;
}

/* What is written of a document: canonical, so that it can be hashed and signed. */
eh_status exchange_end_doc(exchange *x, eh_doc *doc, eh_error *err)
{
    EH_TRY(eh_doc_finish(doc, err));
    EH_TRY(eh_canonical_write(x->inv->ctx, doc->root, &x->out, err));
    return eh_buf_add(&x->out, "\n", 1, err);
}

static eh_status compose(exchange *x, eh_exchange_form form, eh_error *err)
{
    switch (form) {
    case EH_EXCHANGE_STIX: return exchange_stix(x, err);
    case EH_EXCHANGE_BLUESKY_LABELS: return exchange_bluesky(x, err);
    case EH_EXCHANGE_OSPREY: return exchange_osprey(x, err);
    case EH_EXCHANGE_COOP: return exchange_coop(x, err);
    }
    return eh_fail(err, EH_E_INVALID, "an unknown form of exchange");
}

static eh_status write_out(exchange *x, const char *path, eh_error *err)
{
    eh_outfile out;
    EH_TRY(eh_outfile_open(x->inv->ctx, path, &out, err));
    if (x->out.size) (void)fwrite(x->out.data, 1, x->out.size, out.stream);
    return eh_outfile_commit(&out, err);
}

eh_status eh_exchange_write(eh_investigation *inv, const char *run_id, eh_exchange_form form, const eh_exchange_options *options,
                            const char *path, eh_exchange_report *report, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *report = (eh_exchange_report){0};
    exchange x = {.inv = inv, .options = options, .report = report, .out = EH_BUF_INIT(inv->ctx), .scratch = EH_BUF_INIT(inv->ctx)};
    eh_doc_init(&x.doc, inv->ctx);
    eh_status status = prepare(&x, run_id, err);
    if (status == EH_OK) status = compose(&x, form, err);
    if (status == EH_OK && report->n_written == 0)
        status = eh_fail(err, EH_E_STATISTICS, "there is nothing to write: %llu accounts cannot be told in this form, %llu are at risk, and no other is listed",
                         (unsigned long long)report->n_left_out, (unsigned long long)report->n_at_risk);
    if (status == EH_OK) status = write_out(&x, path, err);
    eh_pseudonymiser_free(x.pseudonymiser);
    eh_guard_free(x.guard);
    eh_doc_release(&x.doc);
    eh_buf_release(&x.out);
    eh_buf_release(&x.scratch);
    return status;
}
