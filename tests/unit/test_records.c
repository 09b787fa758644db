/* What importing, detecting, calibrating and exporting tell the ledger, and that changed tables are found by it. */
#include "investigation_helper.h"

#include "base/hash.h"

static const char table[] = "account_id,behaviour,object,timestamp\n"
                            "ada,link,a,1537230000\nben,link,a,1537230003\ncleo,link,a,1537239000\n"
                            "ada,link,b,1537333600\nben,link,b,1537333601\ncleo,link,c,1537334000\n";

static void import_and_detect(eh_investigation *inv)
{
    eh_run_summary summary;
    CHECK_OK(eh_investigation_set_actor(inv, "Maria", &err), err);
    (void)import_file(inv, scratch_file("table.csv", table));
    CHECK_OK(eh_investigation_detect(inv, NULL, &summary, &err), err);
}

typedef struct first_problem {
    uint64_t n, seq;
    char message[256];
} first_problem;

static void note_problem(void *data, const eh_ledger_problem *problem)
{
    first_problem *first = data;
    if (first->n++) return;
    first->seq = problem->seq;
    snprintf(first->message, sizeof first->message, "%s", problem->message);
}

static first_problem compare(eh_investigation *inv, uint64_t n_wanted)
{
    first_problem first = {0};
    uint64_t n_compared, n_problems;
    CHECK_OK(eh_investigation_compare_ledger(inv, note_problem, &first, &n_compared, &n_problems, &err), err);
    CHECK_EQ_INT(n_compared, n_wanted);
    CHECK_EQ_INT(n_problems, first.n);
    return first;
}

static void check_log(eh_investigation *inv, uint64_t n_leaves)
{
    eh_ledger_check check;
    CHECK_OK(eh_ledger_verify(eh_investigation_ledger(inv), &(eh_ledger_check_options){0}, &check, &err), err);
    CHECK_EQ_INT(check.n_problems, 0);
    CHECK_EQ_INT(check.n_leaves, n_leaves);
}

static void each_thing_is_one_leaf(void)
{
    eh_context *ctx = new_context(2);
    eh_investigation *inv = open_investigation(ctx, scratch("records.duckdb"), EH_OPEN_CREATE);
    CHECK(eh_investigation_set_actor(inv, "a\nb", &err) == EH_E_INVALID);
    import_and_detect(inv);
    import_and_detect(inv); /* known already: no leaves */
    check_log(inv, 2);
    CHECK_EQ_STR(text_of(inv, "SELECT string_agg(type || ' ' || actor, ', ' ORDER BY seq) FROM ledger"), "import Maria, run Maria");
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM ledger_payloads p, sources s WHERE p.seq = 0 AND contains(p.payload, s.sha256)"), 1);
    /* The run's hashes are those of its exports. */
    static const char *const things[] = {"accounts", "edges", "networks", "ties", "evidence"};
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        char name[32], sql[256], hex[eh_sha256_hex_size];
        snprintf(name, sizeof name, "%s.csv", things[i]);
        const char *path = scratch(name);
        CHECK_OK(eh_investigation_export(inv, NULL, things[i], path, &err), err);
        CHECK_OK(eh_sha256_file(path, hex, &err), err);
        snprintf(sql, sizeof sql, "SELECT count(*) FROM ledger_payloads WHERE seq = 1 AND contains(payload, '\"%s\": \"%s\"')", name, hex);
        CHECK_EQ_INT(count(inv, sql), 1);
    }
    const eh_exported_file files[] = {{"accounts", scratch("accounts.csv")}, {"edges", "-"}};
    CHECK_OK(eh_investigation_record_export(inv, NULL, files, 2, &err), err);
    const eh_exported_file none[] = {{"accounts", scratch("nowhere.csv")}};
    CHECK(eh_investigation_record_export(inv, NULL, none, 1, &err) == EH_E_IO);
    check_log(inv, 3);
    CHECK_EQ_INT(compare(inv, 2).n, 0);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM ledger_payloads WHERE contains(payload, 'https') OR contains(payload, 'hello')"), 0);
    eh_investigation_close(inv);
    inv = open_investigation(ctx, scratch("records.duckdb"), EH_OPEN_READ);
    CHECK(eh_investigation_record_export(inv, NULL, files, 2, &err) == EH_E_INVALID);
    check_log(inv, 3);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* A failed import leaves neither rows nor a leaf. */
static void what_failed_is_not_recorded(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("failed.duckdb"), EH_OPEN_CREATE);
    eh_import_report report;
    CHECK(eh_investigation_import(inv, scratch("absent.csv"), NULL, NULL, &report, &err) != EH_OK);
    check_log(inv, 0);
    for (int64_t n = 1; n < 2000; n += 97) { /* without memory at some moment */
        eh_context_fail_allocation_after(ctx, n);
        eh_status status = eh_investigation_import(inv, scratch_file("table.csv", table), NULL, NULL, &report, &err);
        eh_context_fail_allocation_after(ctx, 0);
        int64_t n_sources = count(inv, "SELECT count(*) FROM sources");
        CHECK_EQ_INT(n_sources, status == EH_OK);
        check_log(inv, (uint64_t)n_sources);
        if (status == EH_OK) break;
    }
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

static void changed_tables_are_found(void)
{
    static const struct {
        const char *change, *told;
        uint64_t seq;
    } cases[] = {
        {"UPDATE findings SET finding = 'strong' WHERE account_id = 'cleo'", "accounts.csv", 1},
        {"UPDATE findings SET q_value = q_value * 0.999999999999", "accounts.csv", 1},
        {"DELETE FROM findings WHERE account_id = 'cleo'", "accounts.csv", 1},
        {"UPDATE edges SET p_value = p_value / 2", "edges.csv", 1},
        {"INSERT INTO evidence SELECT run_id, 'ada', 'ben', 'link', 'z', 'p', 'q', first_time, first_time, 0, 0.1 FROM edges LIMIT 1",
         "evidence.csv", 1},
        {"UPDATE runs SET seed = '7'", "seed", 1},
        {"UPDATE runs SET parameters = replace(parameters, '0.05', '0.06')", "q differs", 1},
        {"UPDATE runs SET parameters = '{'", "what differs", 1},
        {"UPDATE runs SET n_listed_accounts = 9", "n_listed_accounts", 1},
        {"DELETE FROM runs", "no longer in the tables", 1},
        {"UPDATE sources SET sha256 = reverse(sha256)", "sha256", 0},
        {"UPDATE sources SET rows_kept = rows_kept - 1", "rows_kept", 0},
        {"DELETE FROM sources", "no longer in the tables", 0},
    };
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("tables.duckdb"), EH_OPEN_CREATE);
    import_and_detect(inv);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
        CHECK_OK(eh_store_exec(inv->store, cases[i].change, &err), err);
        first_problem first = compare(inv, 2);
        if (!strstr(first.message, cases[i].told)) printf("%s: %s\n", cases[i].change, first.message);
        CHECK(strstr(first.message, cases[i].told));
        CHECK_EQ_INT(first.seq, cases[i].seq);
        CHECK_OK(eh_store_exec(inv->store, "ROLLBACK", &err), err);
    }
    CHECK_EQ_INT(compare(inv, 2).n, 0);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* A check of a claim commits to all of its rows, by hash, and names no account. */
static void changed_checks_are_found(void)
{
#define CHECK_ROW "SELECT '00000000000000aa' AS check_id, "
    static const char rows[] =
        "INSERT INTO claim_checks BY NAME " CHECK_ROW "'00000000000000bb' AS claim_id, 1 AS number, '00000000000000cc' AS tested_run_id, '0.1.0' AS version, 1 AS "
        "seed, 0.05 AS q, 0.05 AS q_part, 39 AS n_groups, 100 AS n_draws, 'declined' AS both_ways, 'none was named' AS declined_because, true AS is_answered;"
        "INSERT INTO claim_results BY NAME " CHECK_ROW "unnest(['alleged', 'alleged', 'other']) AS list, unnest([2, 1, 1]) AS part, 'volume' AS kind, "
        "unnest(['cannot_tell', 'supported', 'contradicted']) AS verdict, 2 AS n_accounts, 2 AS n_known, 2 AS n_tested, 1 AS n_supported, 0.05 AS expected_false, "
        "'' AS evidence_for, '' AS evidence_against, '' AS chance, '' AS power, '' AS coverage;"
        "INSERT INTO claim_account_results BY NAME " CHECK_ROW "'alleged' AS list, 1 AS part, 'ada' AS account_id, 'supported' AS verdict, '' AS notes;";
    static const char *const cases[][2] = {
        {"UPDATE claim_checks SET q = 0.04", "claim_checks.csv"},
        {"UPDATE claim_checks SET both_ways = 'tested'", "both_ways"},
        {"UPDATE claim_results SET verdict = 'contradicted' WHERE part = 2", "verdicts"},
        {"UPDATE claim_results SET power = 'x' WHERE list = 'other'", "claim_results.csv"},
        {"UPDATE claim_account_results SET account_id = 'ben'", "claim_account_results.csv"},
        {"INSERT INTO claim_added BY NAME " CHECK_ROW "'cleo' AS account_id, 1 AS hop, 'ada > cleo' AS path, 0.01 AS q_value, 3 AS n_coincidences, 0.1 AS expected",
         "claim_added.csv"},
        {"DELETE FROM claim_checks", "no longer in the tables"},
    };
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("checks.duckdb"), EH_OPEN_CREATE);
    CHECK_OK(eh_store_exec(inv->store, rows, &err), err);
    CHECK_OK(eh_investigation_record_thing(inv, "claim_check", "00000000000000aa", &err), err);
    CHECK_EQ_INT(compare(inv, 1).n, 0);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM ledger_payloads WHERE contains(payload, '[\"supported\", \"cannot_tell\"]') AND NOT contains(payload, 'ada')"), 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
        CHECK_OK(eh_store_exec(inv->store, cases[i][0], &err), err);
        first_problem first = compare(inv, 1);
        if (!strstr(first.message, cases[i][1])) printf("%s: %s\n", cases[i][0], first.message);
        CHECK(strstr(first.message, cases[i][1]));
        CHECK_OK(eh_store_exec(inv->store, "ROLLBACK", &err), err);
    }
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

CHECK_MAIN(changed_checks_are_found, each_thing_is_one_leaf, what_failed_is_not_recorded, changed_tables_are_found, removes_scratch)
