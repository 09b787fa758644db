/* Reading a table, and the verdict on it. */
#include "audit_world.h"

#include <unistd.h>

static char path[] = "/tmp/evenhand-audit-XXXXXX";

static const char *write_table(const char *text)
{
    (void)snprintf(path, sizeof path, "/tmp/evenhand-audit-XXXXXX");
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    CHECK(close(fd) == 0);
    return path;
}

static void refused(const char *text, const char *message, int64_t row)
{
    eh_context *ctx = audit_context(1);
    eh_error err = EH_ERROR_INIT;
    eh_audit_table *table;
    eh_status status = eh_audit_table_read(ctx, write_table(text), &table, &err);
    if (status != EH_E_FORMAT || !strstr(err.message, message) || err.row != row) fprintf(stderr, "table:\n%s\nrow %lld: %s\n", text, (long long)err.row, err.message);
    CHECK_EQ_INT(status, EH_E_FORMAT);
    CHECK(table == NULL && strstr(err.message, message) != NULL);
    CHECK_EQ_INT(err.row, row);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    unlink(path);
    eh_context_free(ctx);
}

#define HEADER "stratum,side,actioned,count\n"
#define NETWORKS "stratum,side,actioned,count,network\n"

static void bad_tables_are_refused(void)
{
    refused("stratum,side,actioned,count,colour\nx,a,1,2,red\n", "column 'colour' is not known", -1);
    refused("stratum,side,count\nx,a,2\n", "column 'actioned' is missing", -1);
    refused("stratum,side,actioned,count,side\nx,a,1,2,a\n", "'side' is there twice", -1);
    refused("stratum,side,actioned,count,unit\nx,a,1,2,u\n", "needs a column 'network'", -1);
    refused(HEADER "x,a,1,5\nx,a,0,5\n", "one side only ('a')", -1);
    refused(HEADER, "no row with a side", -1);
    refused(HEADER "x,a,1,5\nx,b,1,-3\n", "count '-3' is no count", 2);
    refused(HEADER "x,a,1,5\nx,b,1,NaN\n", "count 'NaN' is no count", 2);
    refused(HEADER "x,a,1,2.5\n", "count '2.5' is no count", 1);
    refused(HEADER "x,a,1,\n", "count '' is no count", 1);
    refused(HEADER "x,a,1,1e12\n", "count '1e12' is no count", 1);
    refused(HEADER "x,a,1,9007199254740993000\n", "more than 2^53", 1);
    refused(HEADER "x,a,1,9007199254740992\nx,b,1,9007199254740992\n", "brings the accounts to more than 2^53", 2);
    refused(HEADER "x,a,maybe,5\n", "actioned 'maybe' is neither", 1);
    refused(HEADER ",a,1,5\n", "stratum '' is empty", 1);
    refused(HEADER "x,a,1\n", "ends before its column 'count'", 1);
    refused(HEADER "x,\xff,1,3\n", "not UTF-8", 1);
    refused(HEADER "x,\"a,1,3\n", "a quote does not close", 1);
    refused(NETWORKS "x,a,1,5,n1\nx,b,0,5,\n", "network '' is empty", 2);
    refused(NETWORKS "x,a,1,5,n1\nx,b,0,5,n1\n", "accounts on two sides", 2);
    refused("stratum,side,actioned,count,network,unit\nx,a,1,5,n1,may\nx,a,0,5,n1,june\n", "in two units", 2);
}

static eh_audit *audit_of(eh_context *ctx, const char *text, double margin, eh_audit_table **table)
{
    eh_error err = EH_ERROR_INIT;
    eh_audit_options options = eh_audit_options_default();
    eh_audit *audit;
    options.margin = margin;
    CHECK_OK(eh_audit_table_read(ctx, write_table(text), table, &err), err);
    unlink(path);
    CHECK_OK(eh_audit_of(ctx, eh_audit_table_data(*table), &options, &audit, &err), err);
    return audit;
}

static bool has_reason(const eh_audit *audit, eh_audit_reason reason)
{
    for (size_t i = 0; i < audit->n_reasons; i++)
        if (audit->reasons[i] == reason) return true;
    return false;
}

/* Any order of columns and rows, spellings of yes and no, repeated keys, empty strata, sides left open. */
static void tables_are_read_as_they_come(void)
{
    eh_context *ctx = audit_context(1);
    eh_audit_table *table;
    eh_audit *audit = audit_of(ctx, "\xEF\xBB\xBF" "Count;ACTIONED;side;stratum\r\n3;yes;north;x\r\n2;TRUE;north;x\r\n7;no;north;x\r\n4;1;south;x\r\n8;0;south;x\r\n"
                               "0;1;north;empty\r\n0;0;south;empty\r\n9;1;;x\r\n", 1.25, &table);
    const eh_audit_data *data = eh_audit_table_data(table);
    CHECK_EQ_INT(data->strata.n, 2);
    CHECK_EQ_INT(data->n_empty_strata, 1);
    CHECK_EQ_INT(data->n_unlabelled, 9);
    CHECK_EQ_INT(audit->n_strata, 1);
    CHECK_NEAR(audit->strata[0].cells.a, 5, 0);
    CHECK_NEAR(audit->strata[0].cells.b, 7, 0);
    CHECK_NEAR(audit->strata[0].cells.c, 4, 0);
    CHECK_NEAR(audit->strata[0].cells.d, 8, 0);
    CHECK_EQ_INT(audit->verdict, EH_INCONCLUSIVE);
    eh_trap traps[EH_N_TRAPS];
    eh_audit_traps(audit, data, traps);
    for (int i = 0; i < EH_N_TRAPS; i++) CHECK(traps[i].name && traps[i].text[0]);
    eh_audit_free(audit);
    eh_audit_table_free(table);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void verdict_of(const char *text, double margin, eh_verdict verdict, eh_direction direction, eh_audit_reason reason)
{
    eh_context *ctx = audit_context(1);
    eh_audit_table *table;
    eh_audit *audit = audit_of(ctx, text, margin, &table);
    char words[EH_AUDIT_TEXT_SIZE];
    CHECK_EQ_INT(audit->verdict, verdict);
    CHECK_EQ_INT(audit->direction, direction);
    CHECK(has_reason(audit, reason));
    for (size_t i = 0; i < audit->n_reasons; i++) {
        eh_audit_reason_text(audit, audit->reasons[i], words);
        CHECK(words[0] != 0 && strstr(words, "nan") == NULL);
    }
    eh_audit_free(audit);
    eh_audit_table_free(table);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void verdicts_have_reasons(void)
{
    /* One rule for all: each stratum wholly actioned or wholly not. */
    verdict_of(HEADER "low,a,0,50\nlow,b,0,60\nhigh,a,1,50\nhigh,b,1,40\n", 1.25, EH_INCONCLUSIVE, EH_AGAINST_NEITHER, EH_REASON_NO_OVERLAP);
    verdict_of(HEADER "1,a,0,50\n1,b,0,60\n2,a,0,9\n2,b,0,9\n3,a,1,50\n3,a,0,5\n3,b,1,40\n3,b,0,4\n4,a,1,90\n4,b,1,90\n5,a,1,9\n5,b,1,9\n", 1.25, EH_INCONCLUSIVE,
               EH_AGAINST_NEITHER, EH_REASON_LITTLE_OVERLAP);
    verdict_of(HEADER "x,a,1,60\nx,a,0,40\nx,b,1,30\nx,b,0,70\n", 1.25, EH_DISPARITY_SHOWN, EH_AGAINST_A, EH_REASON_DIFFERENCE);
    verdict_of(HEADER "x,a,1,30\nx,a,0,70\nx,b,1,60\nx,b,0,40\n", 1.25, EH_DISPARITY_SHOWN, EH_AGAINST_B, EH_REASON_DIFFERENCE);
    verdict_of(HEADER "x,a,1,3000\nx,a,0,7000\nx,b,1,3010\nx,b,0,6990\n", 1.25, EH_PARITY_SHOWN, EH_AGAINST_NEITHER, EH_REASON_EQUIVALENT);
    /* A difference that everybody would find, and nobody would mind: inside the margin set beforehand. */
    verdict_of(HEADER "x,a,1,30000\nx,a,0,70000\nx,b,1,31000\nx,b,0,69000\n", 1.25, EH_PARITY_SHOWN, EH_AGAINST_NEITHER, EH_REASON_DIFFERENCE);
    verdict_of(HEADER "x,a,1,3\nx,a,0,7\nx,b,1,3\nx,b,0,7\n", 1.25, EH_INCONCLUSIVE, EH_AGAINST_NEITHER, EH_REASON_NOT_EQUIVALENT);
    verdict_of(HEADER "x,a,1,2\nx,a,0,1000\nx,b,1,2\nx,b,0,1000\n", 10, EH_INCONCLUSIVE, EH_AGAINST_NEITHER, EH_REASON_FEW_ACTIONS);
    /* Against A in one stratum, as strongly against B in another, and more of the first. */
    verdict_of(HEADER "x,a,1,300\nx,a,0,100\nx,b,1,100\nx,b,0,300\ny,a,1,20\ny,a,0,80\ny,b,1,80\ny,b,0,20\n", 1.25, EH_INCONCLUSIVE, EH_AGAINST_NEITHER,
               EH_REASON_DIRECTION_DIFFERS);
    /* 10^12 accounts: no exact law, the rest as usual. */
    verdict_of(HEADER "x,a,1,1000000000000\nx,a,0,2000000000000\nx,b,1,1000000000000\nx,b,0,2000000000000\n", 1.25, EH_PARITY_SHOWN, EH_AGAINST_NEITHER,
               EH_REASON_EQUIVALENT);
    verdict_of(NETWORKS "x,a,1,500,n1\nx,a,0,10,n2\nx,b,1,3,m1\nx,b,0,500,m2\n", 1.25, EH_INCONCLUSIVE, EH_AGAINST_NEITHER, EH_REASON_FEW_NETWORKS);
}

/* The two-sided case of 2021: one network a side, hundreds of accounts. */
static void one_network_a_side_says_nothing(void)
{
    verdict_of(NETWORKS "x,a,1,300,n1\nx,a,0,3,n1\nx,b,1,5,m1\nx,b,0,900,m1\n", 1.25, EH_INCONCLUSIVE, EH_AGAINST_NEITHER, EH_REASON_FEW_NETWORKS);
}

static void several_sides(void)
{
    eh_context *ctx = audit_context(1);
    eh_error err = EH_ERROR_INIT;
    eh_audit_table *table;
    eh_audit *audit;
    eh_audit_options options = eh_audit_options_default();
    CHECK_OK(eh_audit_table_read(ctx, write_table(HEADER "x,a,1,60\nx,a,0,40\nx,b,1,30\nx,b,0,70\nx,c,1,30\nx,c,0,70\nx,d,1,1\nx,d,0,1\n"), &table, &err), err);
    unlink(path);
    options.side_a = 2;
    options.side_b = 0;
    CHECK_OK(eh_audit_of(ctx, eh_audit_table_data(table), &options, &audit, &err), err);
    CHECK_EQ_INT(audit->direction, EH_AGAINST_B);
    CHECK(audit->has_gcmh);
    CHECK_EQ_INT(audit->gcmh.df, 3);
    CHECK_EQ_INT(audit->n_pairs, 6);
    CHECK(audit->pairs[0].is_primary && isnan(audit->pairs[0].p_bh));
    for (size_t i = 1; i < 6; i++) CHECK(!audit->pairs[i].is_primary && audit->pairs[i].p_by >= audit->pairs[i].p_bh && audit->pairs[i].p_bh >= audit->pairs[i].cmh.p_corrected);
    eh_audit_free(audit);
    options.side_b = 2;
    CHECK_EQ_INT(eh_audit_of(ctx, eh_audit_table_data(table), &options, &audit, &err), EH_E_INVALID);
    options = eh_audit_options_default();
    options.margin = 1;
    CHECK_EQ_INT(eh_audit_of(ctx, eh_audit_table_data(table), &options, &audit, &err), EH_E_INVALID);
    eh_audit_table_free(table);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

/* Every allocation in turn fails: a message, nothing leaked, no crash. */
static void memory_runs_out(void)
{
    static const audit_plan plan = {.n_networks = 7, .n_least = 3, .n_most = 9, .n_strata = 4, .odds_ratio = 1, .spread = 0.3};
    static audit_world world;
    eh_context *ctx = audit_context(1);
    eh_audit_options options = eh_audit_options_default();
    options.clusters.n_permutations = options.clusters.n_bootstrap = 99;
    options.clusters.n_controls = 5;
    audit_draw(&plan, 1, 1, &world);
    (void)write_table(NETWORKS "x,a,1,5,n1\nx,a,0,5,n2\nx,b,1,2,m1\nx,b,0,8,m2\n");
    int64_t n = 0;
    for (bool is_done = false; !is_done; n++) {
        eh_error err = EH_ERROR_INIT;
        eh_audit *audit = NULL;
        eh_audit_table *table = NULL;
        eh_context_fail_allocation_after(ctx, n + 1);
        eh_status status = eh_audit_of(ctx, &world.data, &options, &audit, &err);
        if (status == EH_OK) {
            eh_audit_free(audit);
            audit = NULL;
            status = eh_audit_table_read(ctx, path, &table, &err);
        }
        is_done = status == EH_OK;
        CHECK(is_done || (err.message[0] && audit == NULL));
        eh_audit_table_free(table);
        eh_context_fail_allocation_after(ctx, 0);
        CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    }
    CHECK(n > 50);
    unlink(path);
    eh_context_free(ctx);
}

CHECK_MAIN(bad_tables_are_refused, tables_are_read_as_they_come, verdicts_have_reasons, one_network_a_side_says_nothing, several_sides, memory_runs_out)
