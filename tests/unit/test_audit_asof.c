/* Evidence as of a time: what comes later cannot bear on it; and the record that is made before sides are read. */
#include "investigation_helper.h"

#include "base/rng.h"
#include "base/time.h"
#include "evenhand/audit_join.h"

#include <math.h>

enum { n_honest = 40, n_pod = 8, n_days = 42 };

static void write_action(FILE *out, int account, int object, int64_t time_us)
{
    char text[eh_time_text_size];
    (void)fprintf(out, "u%03d,link,https://site%d.example/%d,%s\n", account, object % 40, object, eh_time_text(time_us - time_us % EH_SECOND_US, text));
}

/* Pages of the day, linked by people through the day; a pod links the same ones within seconds, half of it from the fourth week on only. */
static const char *write_archive(const char *name, int64_t until_us)
{
    const char *path = scratch(name);
    const int64_t start_us = eh_days_of(2020, 3, 2) * EH_DAY_US; /* a Monday */
    eh_rng rng = eh_rng_of(7, 1);
    FILE *out = fopen(path, "wb");
    CHECK(out);
    CHECK(fputs("account_id,behaviour,object,timestamp\n", out) >= 0);
    for (int day = 0; day < n_days; day++) {
        for (int i = 0; i < n_honest; i++)
            for (int k = 0; k < 3; k++) {
                const int64_t t = start_us + day * EH_DAY_US + (int64_t)(eh_rng_uniform(&rng) * (double)EH_DAY_US);
                const int object = day * 10 + (int)eh_rng_below(&rng, 10);
                if (t < until_us) write_action(out, i, object, t);
            }
        for (int k = 0; k < 2; k++) {
            const int64_t t = start_us + day * EH_DAY_US + (int64_t)(eh_rng_uniform(&rng) * 0.9 * (double)EH_DAY_US);
            const int object = day * 10 + (int)eh_rng_below(&rng, 10);
            for (int m = 0; m < n_pod; m++) {
                const int64_t at = t + (int64_t)(eh_rng_uniform(&rng) * 8e6);
                if (m >= n_pod / 2 && day < 21) continue;
                if (at < until_us) write_action(out, n_honest + m, object, at);
            }
        }
    }
    CHECK(fclose(out) == 0);
    return path;
}

static eh_investigation *detected(eh_context *ctx, const char *name, const char *archive)
{
    char file[64];
    eh_run_summary summary;
    (void)snprintf(file, sizeof file, "%s.duckdb", name);
    eh_investigation *inv = open_investigation(ctx, scratch(file), EH_OPEN_CREATE);
    import_file(inv, archive);
    CHECK_OK(eh_investigation_detect(inv, NULL, &summary, &err), err);
    return inv;
}

static eh_audit_spec weekly(void)
{
    eh_audit_spec spec = eh_audit_spec_default();
    spec.period = EH_PERIOD_WEEK;
    spec.lookback_days = 28;
    return spec;
}

static const eh_asof_row *row_of(const eh_asof *a, const char *account, int64_t cut_us)
{
    for (size_t i = 0; i < a->n_rows; i++) {
        const eh_str id = eh_strings_get(&a->accounts, a->rows[i].account);
        if (a->cuts_us[a->rows[i].period] == cut_us && id.size == strlen(account) && memcmp(id.data, account, id.size) == 0) return &a->rows[i];
    }
    return NULL;
}

static bool is_alike(double a, double b) { return (isnan(a) && isnan(b)) || (isinf(a) && isinf(b)) || fabs(a - b) <= 1e-12 * fabs(a); }

static void later_events_do_not_bear_on_evidence(void)
{
    const int64_t monday_us = eh_days_of(2020, 3, 30) * EH_DAY_US; /* after four weeks */
    eh_context *ctx = new_context(2);
    const eh_audit_spec spec = weekly();
    eh_asof whole, early;
    eh_investigation *inv = detected(ctx, "whole", write_archive("whole.csv", INT64_MAX));
    eh_investigation *cut = detected(ctx, "early", write_archive("early.csv", monday_us));
    CHECK_OK(eh_asof_of(inv, NULL, &spec, &whole, &err), err);
    CHECK_OK(eh_asof_of(cut, NULL, &spec, &early, &err), err);
    CHECK_EQ_INT(whole.n_periods, 6); /* Mondays from the 9th of March to the 13th of April */
    CHECK_EQ_INT(whole.cuts_us[0], eh_days_of(2020, 3, 9) * EH_DAY_US);
    CHECK_EQ_INT(whole.cuts_us[5], eh_days_of(2020, 4, 13) * EH_DAY_US);
    CHECK_EQ_INT(early.n_periods, 4);
    size_t n_compared = 0, n_numbers = 0;
    for (size_t i = 0; i < early.n_rows; i++) {
        char id[16];
        const eh_asof_row *x = &early.rows[i];
        (void)snprintf(id, sizeof id, "%.4s", eh_strings_get(&early.accounts, x->account).data);
        const eh_asof_row *y = row_of(&whole, id, early.cuts_us[x->period]);
        CHECK(y && y->exposure == x->exposure && is_alike(x->evidence, y->evidence) && is_alike(x->half[0], y->half[0]) && is_alike(x->half[1], y->half[1]));
        n_compared++;
        n_numbers += isfinite(x->evidence) ? 1 : 0;
    }
    CHECK(n_compared > 150 && n_numbers > 4);
    /* Half of the pod joined in the fourth week: no evidence before, some later; exposure counts days. */
    CHECK(row_of(&whole, "u046", eh_days_of(2020, 3, 16) * EH_DAY_US) == NULL);
    CHECK(row_of(&whole, "u040", monday_us)->evidence > 0.1 && row_of(&whole, "u040", monday_us)->exposure == 28);
    CHECK(row_of(&whole, "u046", eh_days_of(2020, 4, 13) * EH_DAY_US)->evidence > 0.1);
    CHECK_EQ_INT(row_of(&whole, "u046", monday_us)->exposure, 7);
    /* Evidence is a rate: twice the time does not make it twice as much. */
    const double first = row_of(&whole, "u040", eh_days_of(2020, 3, 16) * EH_DAY_US)->evidence, later = row_of(&whole, "u040", monday_us)->evidence;
    CHECK(later < 1.6 * first && later > 0.6 * first);
    eh_asof_release(&early);
    eh_asof_release(&whole);
    eh_investigation_close(cut);
    eh_investigation_close(inv);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void the_same_for_any_threads(void)
{
    char hash[65] = "";
    for (int n_threads = 1; n_threads <= 3; n_threads += 2) {
        eh_context *ctx = new_context(n_threads);
        const eh_audit_spec spec = weekly();
        eh_asof asof;
        eh_investigation *inv = open_investigation(ctx, scratch("whole.duckdb"), EH_OPEN_READ);
        CHECK_OK(eh_asof_of(inv, NULL, &spec, &asof, &err), err);
        if (n_threads > 1) CHECK_EQ_STR(asof.sha256, hash);
        memcpy(hash, asof.sha256, sizeof hash);
        eh_asof_release(&asof);
        eh_investigation_close(inv);
        eh_context_free(ctx);
    }
}

static void periods_are_calendar_ones(void)
{
    static const struct { eh_audit_period period; uint32_t n; int month, day; } cases[] = {{EH_PERIOD_MONTH, 2, 4, 1}, {EH_PERIOD_QUARTER, 2, 4, 1}, {EH_PERIOD_END, 1, 4, 12}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eh_context *ctx = new_context(1);
        eh_audit_spec spec = weekly();
        eh_asof asof;
        eh_investigation *inv = open_investigation(ctx, scratch("whole.duckdb"), EH_OPEN_READ);
        spec.period = cases[i].period;
        CHECK_OK(eh_asof_of(inv, NULL, &spec, &asof, &err), err);
        CHECK_EQ_INT(asof.n_periods, cases[i].n);
        CHECK_EQ_INT(eh_day_of(asof.cuts_us[0]), eh_days_of(2020, cases[i].month, cases[i].day));
        eh_asof_release(&asof);
        eh_investigation_close(inv);
        eh_context_free(ctx);
    }
}

static void sealing_is_remembered(void)
{
    eh_context *ctx = new_context(1);
    eh_audit_spec spec = weekly();
    eh_asof asof;
    eh_seal seal;
    eh_investigation *inv = open_investigation(ctx, scratch("early.duckdb"), EH_OPEN_WRITE);
    CHECK_OK(eh_asof_of(inv, NULL, &spec, &asof, &err), err);
    (void)snprintf(spec.sha256, sizeof spec.sha256, "%064d", 1);
    CHECK_OK(eh_audit_seal(inv, &spec, &asof, NULL, (eh_str){"ada", 3}, &seal, &err), err);
    CHECK(seal.is_sealed && seal.n_openings == 0 && seal.n_other == 0);
    CHECK_OK(eh_audit_seal(inv, &spec, &asof, NULL, (eh_str){"", 0}, &seal, &err), err); /* the same again changes nothing */
    CHECK(seal.is_sealed && seal.n_openings == 1 && seal.n_other == 0);
    (void)snprintf(spec.sha256, sizeof spec.sha256, "%064d", 2);
    CHECK_OK(eh_audit_seal(inv, &spec, &asof, NULL, (eh_str){"", 0}, &seal, &err), err);
    CHECK(!seal.is_sealed && seal.n_other == 2);
    spec.sha256[0] = 0;
    CHECK_OK(eh_audit_seal(inv, &spec, &asof, NULL, (eh_str){"", 0}, &seal, &err), err);
    CHECK(!seal.is_sealed);
    /* Another run, the first specification: three of four earlier openings were under another one, and all on another run. */
    (void)snprintf(spec.sha256, sizeof spec.sha256, "%064d", 2);
    (void)snprintf(asof.run_id, sizeof asof.run_id, "%s", "0123456789abcdef");
    CHECK_OK(eh_audit_seal(inv, &spec, &asof, NULL, (eh_str){"", 0}, &seal, &err), err);
    CHECK(!seal.is_sealed && seal.n_openings == 4 && seal.n_other == 3 && seal.n_other_runs == 4);
    CHECK_OK(eh_audit_seal_take_back(inv, &spec, &asof, &seal, (eh_str){"", 0}, &err), err);
    CHECK_OK(eh_audit_seal(inv, &spec, &asof, NULL, (eh_str){"", 0}, &seal, &err), err);
    CHECK(seal.n_openings == 4 && seal.n_other == 3 && seal.n_other_runs == 4); /* as if it had not been */
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM duckdb_columns() WHERE column_name = 'side'"), 0);
    eh_ledger_check check;
    eh_ledger_check_options how = {0};
    CHECK_OK(eh_ledger_verify(eh_investigation_ledger(inv), &how, &check, &err), err);
    CHECK_EQ_INT(check.n_problems, 0);
    eh_asof_release(&asof);
    eh_investigation_close(inv);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

CHECK_MAIN(later_events_do_not_bear_on_evidence, the_same_for_any_threads, periods_are_calendar_ones, sealing_is_remembered, removes_scratch)
