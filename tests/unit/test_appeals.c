/* Appeals: which states follow which, signatures that hold the tables, the tar of a case, deterministic ids. */
#include "investigation_helper.h"

#include "cases/exchange_private.h"
#include "cases/tar.h"
#include "evenhand/exchange.h"

/* docs/methods/appeals.md, as a table of its own. */
static void states_follow_the_rules(void)
{
    static const char *const allowed[] = {"received admissible",   "received inadmissible",   "admissible recomputed", "recomputed upheld",
                                          "recomputed reversed",   "recomputed partly",       "recomputed insufficient", "upheld published",
                                          "reversed published",    "partly published",        "insufficient published",  "inadmissible published"};
    size_t n_allowed = 0;
    for (int a = 0; a < EH_N_APPEAL_STATES; a++)
        for (int b = 0; b < EH_N_APPEAL_STATES; b++) {
            char text[64];
            bool is_in_table = false;
            snprintf(text, sizeof text, "%s %s", eh_appeal_state_name((eh_appeal_state)a), eh_appeal_state_name((eh_appeal_state)b));
            for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) is_in_table = is_in_table || strcmp(text, allowed[i]) == 0;
            CHECK_EQ_INT(eh_appeal_may_go((eh_appeal_state)a, (eh_appeal_state)b), is_in_table);
            n_allowed += is_in_table;
        }
    CHECK_EQ_INT(n_allowed, sizeof allowed / sizeof *allowed);
}

static const char rows[] = "account_id,behaviour,object,timestamp\n"
                           "a,repost,x,1537230000\nb,repost,x,1537230004\nc,repost,x,1537239000\na,repost,y,1537240000\nb,repost,y,1537240002\n";

static eh_investigation *new_case(eh_context *ctx, const char *name)
{
    eh_run_summary summary;
    eh_import_report report;
    eh_investigation *inv = open_investigation(ctx, scratch(name), EH_OPEN_CREATE);
    CHECK_OK(eh_investigation_import(inv, scratch_file("rows.csv", rows), NULL, NULL, &report, &err), err);
    CHECK_OK(eh_investigation_detect(inv, NULL, &summary, &err), err);
    return inv;
}

static uint64_t n_problems(eh_investigation *inv)
{
    uint64_t n_checked, n;
    CHECK_OK(eh_appeals_verify(inv, NULL, NULL, &n_checked, &n, &err), err);
    return n;
}

static void signatures_hold_the_tables(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = new_case(ctx, "signed.duckdb");
    eh_key key;
    uint64_t id;
    eh_appeal_result result;
    CHECK_OK(eh_key_new(ctx, scratch("reviewer.key"), "", &key, &err), err);
    const eh_appeal_request request = {.account_id = "a", .raised_by = "Heron", .reasons = "why"};
    CHECK_OK(eh_appeal_open(inv, &request, &id, &err), err);
    CHECK_EQ_INT(id, 1);
    CHECK_OK(eh_appeal_move(inv, id, EH_APPEAL_ADMISSIBLE, "", &key, &result, &err), err);
    CHECK_OK(eh_appeal_move(inv, id, EH_APPEAL_RECOMPUTED, "", &key, &result, &err), err);
    CHECK_EQ_INT(result.n_differing, 0);
    CHECK_EQ_STR(result.finding_before, result.finding_again);
    CHECK_OK(eh_appeal_move(inv, id, EH_APPEAL_UPHELD, "it stands", &key, &result, &err), err);
    CHECK_EQ_INT(n_problems(inv), 0);
    static const char *const changes[] = {"UPDATE appeal_steps SET reasons = 'other' WHERE step = 4", "UPDATE appeal_steps SET state = 'reversed' WHERE step = 4",
                                          "UPDATE appeals SET account_id = 'b'", "UPDATE appeals SET run_id = '0000000000000000'",
                                          "UPDATE appeal_steps SET signature = repeat('0', 128) WHERE step = 2", "UPDATE appeal_steps SET public_key = '' WHERE step = 3",
                                          "UPDATE appeal_steps SET signed_text = replace(signed_text, 'step 2', 'step 3') WHERE step = 2"};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        CHECK_OK(eh_store_exec(inv->store, "BEGIN", &err), err);
        CHECK_OK(eh_store_exec(inv->store, changes[i], &err), err);
        CHECK(n_problems(inv) > 0);
        eh_store_rollback(inv->store);
    }
    CHECK_EQ_INT(n_problems(inv), 0);
    eh_key_clear(&key);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* A stored run that was changed is told by the fresh computation. */
static void a_changed_run_is_told(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = new_case(ctx, "changed.duckdb");
    eh_key key;
    uint64_t id;
    eh_appeal_result result;
    CHECK_OK(eh_key_new(ctx, scratch("second.key"), "", &key, &err), err);
    CHECK_OK(eh_store_exec(inv->store, "UPDATE findings SET finding = 'strong', listed = true WHERE account_id = 'a'", &err), err);
    const eh_appeal_request request = {.account_id = "a", .raised_by = "Heron", .reasons = "why"};
    CHECK_OK(eh_appeal_open(inv, &request, &id, &err), err);
    CHECK_OK(eh_appeal_move(inv, id, EH_APPEAL_ADMISSIBLE, "", &key, &result, &err), err);
    CHECK_OK(eh_appeal_move(inv, id, EH_APPEAL_RECOMPUTED, "", &key, &result, &err), err);
    CHECK_EQ_STR(result.finding_before, "strong");
    CHECK_EQ_INT(result.n_differing, 2); /* the row as it is, and as it was */
    eh_key_clear(&key);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* Every single changed byte of a header is an error or changes what is read; Python's uuid gave the ids. */
static void tar_is_read_back(void)
{
    eh_context *ctx = new_context(1);
    eh_outfile out;
    eh_tar_entry entries[4];
    size_t n = 0, size;
    CHECK_OK(eh_outfile_open(ctx, scratch("a.tar"), &out, &err), err);
    CHECK_OK(tar_add(&out, "one.txt", eh_str_of("hello"), &err), err);
    CHECK_OK(tar_add(&out, "proofs/two.txt", (eh_str){"", 0}, &err), err);
    tar_end(&out);
    CHECK_OK(eh_outfile_commit(&out, &err), err);
    char *bytes = read_whole(scratch("a.tar"), &size);
    CHECK_EQ_INT(size, 5 * 512);
    CHECK_OK(eh_tar_parse((eh_str){bytes, size}, "a.tar", entries, 4, &n, &err), err);
    CHECK_EQ_INT(n, 2);
    CHECK_EQ_STR(entries[1].name, "proofs/two.txt");
    CHECK(eh_str_is(entries[0].data, "hello") && entries[1].data.size == 0);
    for (size_t cut = 0; cut < size - 1024 + 512; cut++)
        CHECK(eh_tar_parse((eh_str){bytes, cut}, "a.tar", entries, 4, &n, &err) == EH_E_FORMAT);
    for (size_t at = 0; at < 257; at++) {
        if (at == 155) continue; /* the blank behind the checksum */
        bytes[at] = (char)(bytes[at] ^ 1);
        CHECK(eh_tar_parse((eh_str){bytes, size}, "a.tar", entries, 4, &n, &err) != EH_OK);
        bytes[at] = (char)(bytes[at] ^ 1);
    }
    free(bytes);
    char uuid[37];
    exchange_uuid5(NULL, EH_STR_LITERAL("{\"account_type\":\"twitter\",\"user_id\":\"12\"}"), uuid);
    CHECK_EQ_STR(uuid, "ab41691e-bcad-552c-ac08-4a06101d6781");
    eh_context_free(ctx);
}

CHECK_MAIN(states_follow_the_rules, signatures_hold_the_tables, a_changed_run_is_told, tar_is_read_back, removes_scratch)
