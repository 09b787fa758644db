/* Public counts: no cell of one to nine is shown, nor can it be had from what is shown. */
#include "investigation_helper.h"

static const char *const findings[] = {"strong", "moderate", "weak", "none", "insufficient_data"};

static void add_accounts(eh_investigation *inv, const int counts[5])
{
    int total = 0;
    for (int i = 0; i < 5; i++) total += counts[i];
    CHECK_OK(eh_store_exec(inv->store, "DELETE FROM findings; DELETE FROM runs", &err), err);
    CHECK_OK(eh_store_execf(inv->store, &err,
        "INSERT INTO runs BY NAME SELECT '0123456789abcdef' AS run_id, 1 AS run_number, '' AS version, '{}' AS parameters, '1' AS seed, '[]' AS inputs, 0 AS "
        "last_source_id, 0.05 AS q, 1 AS time_precision_us, %d AS n_accounts, 0 AS n_testable_accounts, %d AS n_listed_accounts, 0 AS n_testable_pairs, false "
        "AS is_bound, 0 AS min_common_objects, 0 AS n_tested_behaviours, 0 AS n_listed_pairs, 0 AS n_edges, 0 AS n_evidence, 0 AS n_networks",
        total, counts[0] + counts[1]), err);
    for (int i = 0; i < 5; i++)
        CHECK_OK(eh_store_execf(inv->store, &err,
            "INSERT INTO findings BY NAME SELECT '0123456789abcdef' AS run_id, '%s' || range AS account_id, %s AS listed, '%s' AS finding, 1.0 AS q_value, 1.0 AS "
            "p_value, '' AS network_id, 1 AS n_actions, 0 AS n_partners, '%s' AS behaviours, 0 AS n_testable_partners, '' AS independent_behaviours, 0 AS "
            "objects_needed, 0 AS most_common_objects, 0 AS n_first, 0 AS n_second, '' AS notes, '' AS legs, 1.0 AS q_timing, 1.0 AS q_selection, 1.0 AS "
            "q_reuse, 1.0 AS q_group, 1.0 AS q_operator FROM range(%d)", findings[i], i < 2 ? "true" : "false", findings[i], i < 2 ? "repost" : "",
            counts[i]), err);
}

/* The value of a row that starts with `start`, -1 where it is left empty. */
static int shown(const char *text, const char *start)
{
    const char *line = strstr(text, start);
    CHECK(line);
    line += strlen(start);
    return *line == ',' ? -1 : atoi(line);
}

static void counts_point_at_nobody(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("s.duckdb"), EH_OPEN_CREATE);
    unsigned state = 12345;
    int n_hidden = 0, n_shown = 0;
    for (int round = 0; round < 60; round++) {
        int counts[5], total = 0, hidden = 0, n_hidden_cells = 0, listed_hidden = 0;
        for (int i = 0; i < 5; i++) {
            state = state * 1103515245u + 12345u;
            counts[i] = (int)(state >> 16 & 3) == 0 ? 0 : (int)(state >> 18 & (round % 2 ? 15 : 63));
            total += counts[i];
        }
        add_accounts(inv, counts);
        CHECK_OK(eh_investigation_export(inv, NULL, "summary", scratch("s.csv"), &err), err);
        char *text = read_whole(scratch("s.csv"), NULL), start[64];
        for (int i = 0; i < 5; i++) {
            (void)snprintf(start, sizeof start, "finding,%s,", findings[i]);
            int n = shown(text, start);
            CHECK(n == counts[i] || (n == -1 && counts[i] > 0));
            CHECK(n == -1 || n == 0 || n >= 10);
            hidden += n == -1 ? counts[i] : 0;
            n_hidden_cells += n == -1;
            listed_hidden |= n == -1 && i < 2;
        }
        int all = shown(text, "accounts,all,");
        CHECK(all == -1 ? total < 10 : all == total && total >= 10);
        /* What is hidden holds ten together, in two cells or more; or there is no total to take the rest from. */
        CHECK(n_hidden_cells == 0 || all == -1 || (hidden >= 10 && n_hidden_cells >= 2));
        CHECK(!listed_hidden || shown(text, "\"expected false, listed\",at most,") == -1);
        if (counts[0] + counts[1]) {
            int on_repost = shown(text, "listed on behaviour,repost,");
            CHECK(on_repost == -1 || on_repost >= 10);
            /* All listed act on one behaviour here, so its count is that of the listed. */
            CHECK(on_repost == -1 || (!listed_hidden && on_repost == counts[0] + counts[1]));
        }
        n_hidden += n_hidden_cells;
        n_shown += 5 - n_hidden_cells;
        free(text);
    }
    CHECK(n_hidden > 20 && n_shown > 20);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* More false findings on decoys than q allows: no list for accounts at risk. */
static void untrustworthy_lists_are_refused(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("r.duckdb"), EH_OPEN_CREATE);
    static const int counts[5] = {20, 0, 0, 30, 0};
    add_accounts(inv, counts);
    static const struct {
        const char *false_share;
        eh_status status;
    } cases[] = {{"0.2", EH_E_STATISTICS}, {"0.01", EH_OK}};
    for (int i = 0; i < 2; i++) {
        CHECK_OK(eh_store_execf(inv->store, &err, "DELETE FROM calibrations; INSERT INTO calibrations BY NAME SELECT '0123456789abcdef' AS run_id, '' AS "
                                "version, '1' AS seed, 0.05 AS q, 0.05 AS q_timing, %s AS false_share, 0 AS n_testable_pairs, 20 AS n_listed_accounts, 0 AS n_listed_pairs, 20 AS n_decoys, 0 AS "
                                "n_decoys_listing, 0 AS decoy_accounts, 0 AS decoy_accounts_low, 0 AS decoy_accounts_high, 0 AS decoy_pairs, 0 AS "
                                "decoy_pairs_low, 0 AS decoy_pairs_high, 0 AS decoy_others, 0 AS decoy_others_low, 0 AS decoy_others_high, 0.05 AS "
                                "calibrated_q, 0 AS n_calibrated, 0 AS n_weeks, 0 AS n_placebos, '' AS notes", cases[i].false_share), err);
        CHECK(eh_investigation_check_list(inv, NULL, &err) == cases[i].status);
    }
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* One guard hides in whatever is read, and is taken away without a trace. */
static void guards_hide_and_end(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("g.duckdb"), EH_OPEN_CREATE);
    static const int counts[5] = {20, 0, 0, 30, 0};
    const char *ids = scratch_file("risk.txt", "none3\nstrong1\nnone3\nnobody\n");
    eh_guard *guard;
    add_accounts(inv, counts);
    CHECK_OK(eh_investigation_export(inv, NULL, "accounts", scratch("before.csv"), &err), err);
    CHECK_OK(eh_guard_new(ctx, ids, NULL, &guard, &err), err);
    CHECK(eh_guard_hides(guard, eh_str_of("strong1")) && !eh_guard_hides(guard, eh_str_of("strong11")) && !eh_guard_hides(NULL, eh_str_of("strong1")));
    CHECK(eh_str_is(eh_guard_name(guard, eh_str_of("strong1")), "withheld-2") && eh_str_is(eh_guard_name(guard, eh_str_of("weak0")), "weak0"));
    CHECK(eh_str_is(eh_guard_name(NULL, eh_str_of("strong1")), "strong1"));
    for (int i = 0; i < 2; i++) { /* guarding twice is no matter */
        CHECK_OK(eh_investigation_guard(inv, guard, i == 0, &err), err);
        CHECK_OK(eh_investigation_export(inv, NULL, "accounts", scratch("guarded.csv"), &err), err);
        char *text = read_whole(scratch("guarded.csv"), NULL);
        CHECK(strstr(text, "withheld-1,") && strstr(text, "withheld-2,") && strstr(text, "strong11,"));
        CHECK(!strstr(text, "none3,") && !strstr(text, "strong1,"));
        free(text);
    }
    CHECK_OK(eh_investigation_guard(inv, NULL, true, &err), err);
    CHECK_OK(eh_investigation_export(inv, NULL, "accounts", scratch("after.csv"), &err), err);
    char *before = read_whole(scratch("before.csv"), NULL), *after = read_whole(scratch("after.csv"), NULL);
    CHECK(strcmp(before, after) == 0);
    free(before);
    free(after);
    eh_guard_free(guard);
    CHECK(eh_guard_new(ctx, scratch_file("none.txt", "\n"), NULL, &guard, &err) == EH_E_FORMAT && !guard);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

CHECK_MAIN(guards_hide_and_end, counts_point_at_nobody, untrustworthy_lists_are_refused, removes_scratch)
