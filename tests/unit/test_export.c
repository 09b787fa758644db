/* A run on a small invented archive, and every file that can be made of it. */
#include "investigation_helper.h"

#include "base/rng.h"
#include "investigation/cell_text.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* Names that XML, CSV and JSON must each escape. */
static const char *const ring[] = {"ring,one", "ring<two>", "ring&\"\"three\"\"", "ring'four", "ring five \xC3\xA9", "ring\x01six"};
enum { n_ring = sizeof ring / sizeof *ring, n_honest = 60, n_days = 40 };

/* Every day a few posts are born; honest accounts repost some of them within hours, the ring all within seconds. */
static const char *archive(void)
{
    const char *path = scratch("archive.csv");
    FILE *file = fopen(path, "w");
    CHECK(file);
    eh_rng rng = eh_rng_of(7, 0);
    int id = 1;
    fprintf(file, "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n");
    for (int day = 0; day < n_days; day++) {
        int born = 1600000000 + day * 86400, original = id++;
        fprintf(file, "%d,source%d,s,,,news,%d,\n", original, day % 5, born);
        for (int i = 0; i < n_honest; i++)
            if (eh_rng_below(&rng, 3) == 0)
                fprintf(file, "%d,honest%d,h,%d,,RT,%d,\n", id++, i, original, born + 60 + (int)eh_rng_below(&rng, 30000));
        int start = born + 3600 + (int)eh_rng_below(&rng, 20000);
        for (int i = 0; i < n_ring; i++)
            fprintf(file, "%d,\"%s\",r,%d,,RT,%d,\n", id++, ring[(i + day) % n_ring], original, start + 2 * i);
    }
    fprintf(file, "%d,,nobody,,,lost,1600000000,\n", id);
    CHECK(fclose(file) == 0);
    return path;
}

static eh_run_summary detected(eh_investigation *inv)
{
    (void)import_file(inv, archive());
    eh_run_summary summary;
    CHECK_OK(eh_investigation_detect(inv, NULL, &summary, &err), err);
    return summary;
}

static void export(eh_investigation *inv, const char *what, const char *name)
{
    CHECK_OK(eh_investigation_export(inv, NULL, what, scratch(name), &err), err);
}

/* ---- the run --------------------------------------------------------------------------------------------------- */

static void stores_a_run(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("run.duckdb"), EH_OPEN_CREATE);
    eh_run_summary summary;
    CHECK_EQ_INT(eh_investigation_detect(inv, NULL, &summary, &err), EH_E_STATISTICS);
    CHECK_EQ_INT(eh_investigation_export(inv, NULL, "accounts", scratch("x.csv"), &err), EH_E_NOT_FOUND);
    summary = detected(inv);
    CHECK(!summary.was_known);
    CHECK_EQ_INT(strlen(summary.run_id), 16);
    CHECK_EQ_INT(summary.n_accounts, n_honest + n_ring);
    CHECK_EQ_INT(summary.n_listed_accounts, n_ring);
    CHECK_EQ_INT(summary.n_networks, 1);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM findings"), summary.n_accounts);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM findings WHERE listed AND account_id LIKE 'ring%' AND network_id = 'n1'"), n_ring);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM edges"), summary.n_edges);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM edges WHERE listed"), n_ring * (n_ring - 1) / 2);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM evidence"), summary.n_evidence);
    CHECK(summary.n_evidence > 0);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM evidence e JOIN posts p ON p.post_id = e.post_a AND p.account_id = "
                            "e.account_a AND p.time = e.time_a JOIN posts q ON q.post_id = e.post_b AND q.account_id = "
                            "e.account_b AND q.time = e.time_b WHERE p.target_post = e.object AND q.target_post = "
                            "e.object AND abs(delta_s) <= 3600"),
                 summary.n_evidence);
    CHECK_EQ_INT(count(inv, "SELECT n_accounts FROM networks"), n_ring);
    CHECK_EQ_INT(count(inv, "SELECT count(*) FROM run_behaviours WHERE behaviour = 'repost'"), 1);
    uint64_t n_findings = 0;
    for (int i = 0; i <= EH_FINDING_STRONG; i++) n_findings += summary.n_findings[i];
    CHECK_EQ_INT(n_findings, summary.n_accounts);

    eh_run_summary again;
    CHECK_OK(eh_investigation_detect(inv, NULL, &again, &err), err);
    CHECK(again.was_known);
    CHECK_EQ_STR(again.run_id, summary.run_id);
    again.was_known = false;
    CHECK(memcmp(&again, &summary, sizeof again) == 0);
    eh_detect_options options = eh_detect_options_default();
    options.q = 0.01;
    CHECK_OK(eh_investigation_detect(inv, &options, &again, &err), err);
    CHECK(strcmp(again.run_id, summary.run_id) != 0);
    /* Written out or left to the default: the same run. */
    options = eh_detect_options_default();
    options.behaviours = 1u << EH_REPOST;
    CHECK_OK(eh_investigation_detect(inv, &options, &again, &err), err);
    CHECK_EQ_STR(again.run_id, summary.run_id);
    eh_investigation_close(inv);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void names_accounts_that_were_not_tested(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("untested.duckdb"), EH_OPEN_CREATE);
    (void)import_file(inv, scratch_file("u.csv", "account_id,behaviour,object,timestamp\nada,link,x,1600000000\n"
                                                 "bob,link,x,1600000001\ncat,reply,y,1600000002\n"));
    eh_detect_options options = eh_detect_options_default();
    options.behaviours = 1u << EH_LINK;
    eh_run_summary summary;
    CHECK_OK(eh_investigation_detect(inv, &options, &summary, &err), err);
    CHECK_EQ_INT(summary.n_accounts, 3);
    CHECK_EQ_INT(summary.n_findings[EH_FINDING_INSUFFICIENT_DATA], 3);
    CHECK_EQ_STR(text_of(inv, "SELECT string_agg(account_id || n_actions, ' ' ORDER BY account_id) FROM findings"),
                 "ada1 bob1 cat0");
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* ---- tables as files ------------------------------------------------------------------------------------------- */

static void check_starts(const char *name, const char *start)
{
    char *text = read_whole(scratch(name), NULL);
    CHECK(strncmp(text, start, strlen(start)) == 0);
    free(text);
}

static int64_t query_file(const char *reader, const char *name, const char *what)
{
    eh_context *ctx = new_context(1);
    eh_store *store;
    char sql[512];
    int64_t n;
    CHECK_OK(eh_store_open(ctx, NULL, EH_STORE_MEMORY, &store, &err), err);
    snprintf(sql, sizeof sql, "SELECT %s FROM %s('%s')", what, reader, scratch(name));
    CHECK_OK(eh_store_integer(store, sql, &n, &err), err);
    eh_store_close(store);
    eh_context_free(ctx);
    return n;
}

static void writes_tables(void)
{
    eh_context *ctx = new_context(2);
    eh_investigation *inv = open_investigation(ctx, scratch("tables.duckdb"), EH_OPEN_CREATE);
    eh_run_summary summary = detected(inv);
    export(inv, "accounts", "accounts.csv");
    check_starts("accounts.csv", "account_id,listed,finding,q_value,p_value,network_id,n_actions,n_partners,behaviours,");
    CHECK_EQ_INT(query_file("read_csv", "accounts.csv", "count(*)"), summary.n_accounts);
    CHECK_EQ_INT(query_file("read_csv", "accounts.csv", "count(*) FILTER (listed AND network_id = 'n1' AND behaviours = 'repost')"), n_ring);
    CHECK_EQ_INT(query_file("read_csv", "accounts.csv", "count(*) FILTER (account_id = 'ring&\"three\"')"), 1);
    export(inv, "edges", "edges.csv");
    check_starts("edges.csv", "account_a,account_b,behaviour,window_s,shared_objects,expected,p_value,q_value,listed,first_time,last_time,");
    CHECK_EQ_INT(query_file("read_csv", "edges.csv", "count(*) FILTER (account_a < account_b)"), summary.n_edges);
    export(inv, "networks", "networks.csv");
    check_starts("networks.csv", "network_id,n_accounts,n_edges,behaviours,first_time,last_time\nn1,6,15,repost,2020-09-13T");
    export(inv, "rejects", "rejects.csv");
    check_starts("rejects.csv", "source,row,byte,reason,excerpt\narchive.csv,");
    export(inv, "posts", "posts.csv");
    check_starts("posts.csv", "source,row,post_id,account_id,time,kind,target_post,target_account,reply_to,text,lang,client\n"
                              "archive.csv,1,1,source0,2020-09-13T12:26:40Z,post,,,,news,,\n");
    export(inv, "evidence", "evidence.jsonl");
    CHECK_EQ_INT(query_file("read_json", "evidence.jsonl", "count(*) FILTER (behaviour = 'repost' AND delta_s = epoch(time_b::TIMESTAMP) - epoch(time_a::TIMESTAMP))"), summary.n_evidence);
    export(inv, "evidence", "evidence.parquet");
    CHECK_EQ_INT(query_file("read_parquet", "evidence.parquet", "count(*) FILTER (time_b - time_a = to_microseconds((delta_s * 1e6)::BIGINT))"), summary.n_evidence);
    export(inv, "accounts", "accounts.parquet");
    CHECK_EQ_INT(query_file("read_parquet", "accounts.parquet", "count(*) FILTER (listed)"), n_ring);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

static void refuses_what_it_cannot_write(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("refuse.duckdb"), EH_OPEN_CREATE);
    (void)detected(inv);
    CHECK_EQ_INT(eh_investigation_export(inv, NULL, "secrets", scratch("x.csv"), &err), EH_E_NOT_FOUND);
    CHECK_EQ_INT(eh_investigation_export(inv, NULL, "accounts", scratch("x.gexf"), &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_investigation_export(inv, NULL, "graph", scratch("x.csv"), &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_investigation_export(inv, NULL, "provenance", scratch("x.csv"), &err), EH_E_INVALID);
    CHECK_EQ_INT(eh_investigation_export(inv, "0123456789abcdef", "accounts", scratch("x.csv"), &err), EH_E_NOT_FOUND);
    CHECK_EQ_INT(eh_investigation_export(inv, "' OR true --", "accounts", scratch("x.csv"), &err), EH_E_NOT_FOUND);
    CHECK_EQ_INT(eh_investigation_export(inv, NULL, "accounts", scratch("no/such/place.csv"), &err), EH_E_IO);
    CHECK_EQ_INT(eh_investigation_export(inv, NULL, "accounts", scratch("no/such/place.parquet"), &err), EH_E_IO);
    CHECK(access(scratch("x.csv"), F_OK) != 0);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* Same input, same bytes: in a second investigation, with other threads, twice. */
static void gives_the_same_bytes(void)
{
    static const char *const things[][2] = {
        {"accounts", "csv"}, {"edges", "csv"}, {"networks", "csv"}, {"evidence", "parquet"}, {"posts", "parquet"},
        {"graph", "gexf"},   {"graph", "graphml"}, {"provenance", "json"}, {"rejects", "csv"}, {"evidence", "jsonl"},
    };
    char name[64];
    for (int i = 0; i < 2; i++) {
        eh_context *ctx = new_context(i + 1);
        snprintf(name, sizeof name, "same%d.duckdb", i);
        eh_investigation *inv = open_investigation(ctx, scratch(name), EH_OPEN_CREATE);
        char *words[] = {(char[]){"evenhand"}, (char[]){"investigate"}, (char[]){"some/where/archive.csv"}, (char[]){"--threads"},
                         (char[]){"1"}, (char[]){"-o"}, (char[]){"out1"}, (char[]){"--fdr=0.05"}};
        words[4][0] = words[6][3] = (char)('1' + i);
        CHECK_OK(eh_investigation_set_command(inv, 8, words, &err), err);
        (void)detected(inv);
        for (size_t k = 0; k < sizeof things / sizeof *things; k++) {
            snprintf(name, sizeof name, "same%d-%s.%s", i, things[k][0], things[k][1]);
            export(inv, things[k][0], name);
        }
        eh_investigation_close(inv);
        eh_context_free(ctx);
    }
    for (size_t k = 0; k < sizeof things / sizeof *things; k++) {
        size_t sizes[2];
        char *bytes[2];
        for (int i = 0; i < 2; i++) {
            snprintf(name, sizeof name, "same%d-%s.%s", i, things[k][0], things[k][1]);
            bytes[i] = read_whole(scratch(name), &sizes[i]);
        }
        CHECK_EQ_INT(sizes[0], sizes[1]);
        CHECK(memcmp(bytes[0], bytes[1], sizes[0]) == 0);
        free(bytes[0]);
        free(bytes[1]);
    }
}

/* ---- graphs ---------------------------------------------------------------------------------------------------- */

/* A small checker: tags nest, attributes are quoted, & begins a known entity, nothing XML cannot hold. Counts elements. */
static int check_xml(const char *text, const char *counted)
{
    char stack[16][32];
    int depth = 0, n = 0;
    CHECK(strncmp(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", 38) == 0);
    const char *at = strstr(text, "?>") + 2;
    for (; *at; at++) {
        CHECK((unsigned char)*at >= 0x20 || *at == '\n');
        if (*at == '&')
            CHECK(strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 || strncmp(at, "&gt;", 4) == 0 ||
                  strncmp(at, "&quot;", 6) == 0 || strncmp(at, "&#", 2) == 0);
        if (*at != '<') continue;
        bool is_end = at[1] == '/';
        const char *name = at + 1 + is_end;
        size_t size = strcspn(name, " />\n");
        CHECK(size > 0 && size < 32);
        bool is_quoted = false;
        for (at = name; *at && (is_quoted || *at != '>'); at++) {
            CHECK(*at != '<' && (unsigned char)*at >= 0x20);
            if (*at == '"') is_quoted = !is_quoted;
        }
        CHECK(*at == '>');
        if (is_end) {
            CHECK(depth > 0 && strlen(stack[depth - 1]) == size && strncmp(stack[depth - 1], name, size) == 0);
            depth--;
            continue;
        }
        n += strlen(counted) == size && strncmp(counted, name, size) == 0;
        if (at[-1] == '/') continue;
        CHECK(depth < 16);
        memcpy(stack[depth], name, size);
        stack[depth++][size] = 0;
    }
    CHECK_EQ_INT(depth, 0);
    return n;
}

static void writes_graphs(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("graph.duckdb"), EH_OPEN_CREATE);
    (void)detected(inv);
    static const char *const names[] = {"graph.gexf", "graph.graphml"};
    for (int i = 0; i < 2; i++) {
        export(inv, "graph", names[i]);
        char *text = read_whole(scratch(names[i]), NULL);
        CHECK_EQ_INT(check_xml(text, "node"), n_ring);
        CHECK_EQ_INT(check_xml(text, "edge"), n_ring * (n_ring - 1) / 2);
        CHECK(strstr(text, "ring&lt;two&gt;") && strstr(text, "ring&amp;&quot;three&quot;") && strstr(text, "ringsix"));
        CHECK(strstr(text, i ? "<data key=\"weight\">40</data>" : "weight=\"40\""));
        free(text);
    }
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

/* ---- provenance, SQL, numbers ---------------------------------------------------------------------------------- */

static void tells_where_it_comes_from(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("prov.duckdb"), EH_OPEN_CREATE);
    char *words[] = {(char[]){"/usr/bin/evenhand"}, (char[]){"detect"}, (char[]){"a/b/inv.duckdb"}, (char[]){"--quiet"},
                     (char[]){"--memory=1GiB"}, (char[]){"--seed"}, (char[]){"1"}};
    CHECK_OK(eh_investigation_set_command(inv, 7, words, &err), err);
    (void)detected(inv);
    (void)import_file(inv, scratch_file("later.csv", "account_id,behaviour,object,timestamp\nada,link,x,1600000000\n"));
    export(inv, "provenance", "p.json");
    char *text = read_whole(scratch("p.json"), NULL);
    CHECK(strstr(text, "\"command\": [\"evenhand\", \"detect\", \"inv.duckdb\", \"--seed\", \"1\"]"));
    CHECK(strstr(text, "\"duckdb\": \"v"));
    CHECK(!strstr(text, "later.csv")); /* imported after the run */
    free(text);
    CHECK_EQ_INT(query_file("read_text", "p.json", "json_valid(content)::INT"), 1);
    CHECK_EQ_INT(query_file("read_text", "p.json", "(content->>'$.inputs[0].rows_rejected_by_reason.no_account')::INT"), 1);
    CHECK_EQ_INT(query_file("read_text", "p.json", "(content->>'$.inputs[0].rows_read')::INT - (content->>'$.inputs[0].rows_kept')::INT"), 1);
    CHECK_EQ_INT(query_file("read_text", "p.json", "length(content->>'$.inputs[0].sha256') + length(content->>'$.run_id')"), 80);
    CHECK_EQ_INT(query_file("read_text", "p.json", "(content->>'$.inputs[0].name' = 'archive.csv')::INT"), 1);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

static void answers_queries_in_a_sandbox(void)
{
    eh_context *ctx = new_context(1);
    eh_investigation *inv = open_investigation(ctx, scratch("sql.duckdb"), EH_OPEN_CREATE);
    (void)detected(inv);
    CHECK_EQ_INT(eh_investigation_sql(inv, "SELECT 1", scratch("q.csv"), &err), EH_E_INVALID);
    eh_investigation_close(inv);
    inv = open_investigation(ctx, scratch("sql.duckdb"), EH_OPEN_READ);
    CHECK_OK(eh_investigation_sql(inv, "SELECT 'a,\"b\"' AS \"x y\", 0.1 + 0.2::DOUBLE AS r, NULL AS n, true AS t, TIMESTAMP "
                                       "'2018-09-18 04:35:00' AS time, 1.50::DECIMAL(4,2) AS d, [1, 2] AS l, '' AS e;",
                                  scratch("q.csv"), &err), err);
    char *text = read_whole(scratch("q.csv"), NULL);
    CHECK_EQ_STR(text, "x y,r,n,t,time,d,l,e\n\"a,\"\"b\"\"\",0.30000000000000004,,true,2018-09-18T04:35:00Z,1.50,\"[1, 2]\",\n");
    free(text);
    CHECK_OK(eh_investigation_sql(inv, "SELECT 'nan'::DOUBLE AS a, 1 AS b, 'x' || chr(10) AS c", scratch("q.jsonl"), &err), err);
    text = read_whole(scratch("q.jsonl"), NULL);
    CHECK_EQ_STR(text, "{\"a\": null, \"b\": 1, \"c\": \"x\\n\"}\n");
    free(text);
    CHECK_EQ_INT(eh_investigation_sql(inv, "SELECT 1", scratch("q.parquet"), &err), EH_E_UNSUPPORTED);
    CHECK_EQ_INT(eh_investigation_sql(inv, "SELECT * FROM read_csv('/etc/passwd')", scratch("q2.csv"), &err), EH_E_UNSUPPORTED);
    CHECK(eh_investigation_sql(inv, "DROP TABLE posts", scratch("q2.csv"), &err) != EH_OK);
    CHECK(eh_investigation_sql(inv, "COPY posts TO 'q2.csv'", scratch("q2.csv"), &err) != EH_OK);
    CHECK_EQ_INT(eh_investigation_sql(inv, "SELECT nothing FROM posts", scratch("q2.csv"), &err), EH_E_INVALID);
    CHECK(strstr(err.message, "nothing"));
    CHECK(access(scratch("q2.csv"), F_OK) != 0);
    CHECK_EQ_INT(eh_investigation_export(inv, NULL, "accounts", scratch("q.csv"), &err), EH_E_INVALID);
    eh_investigation_close(inv);
    eh_context_free(ctx);
}

static void writes_shortest_numbers(void)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{1, "1"}, {0, "0"}, {-0.0, "0"}, {0.1, "0.1"}, {1.0 / 3, "0.3333333333333333"}, {1e300, "1e+300"},
                 {5e-324, "4.94065645841247e-324"}, {0.1 + 0.2, "0.30000000000000004"}, {-2.5e-9, "-2.5e-09"},
                 {NAN, ""}, {INFINITY, ""}};
    char text[eh_real_text_size];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) CHECK_EQ_STR(eh_real_text(cases[i].value, text), cases[i].text);
    eh_rng rng = eh_rng_of(1, 1);
    for (int i = 0; i < 20000; i++) {
        double value = eh_rng_lognormal(&rng, 1, 30);
        double back = strtod(eh_real_text(value, text), NULL);
        CHECK(memcmp(&back, &value, sizeof back) == 0);
    }
}

/* A file that cannot be written whole is not there at all, and the one before it stays. */
static void leaves_nothing_on_a_full_disk(void)
{
    static const char *const names[] = {"full.csv", "full.parquet", "full.gexf"};
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        eh_context *ctx = new_context(1);
        eh_investigation *inv = open_investigation(ctx, scratch("small.duckdb"), EH_OPEN_CREATE);
        (void)detected(inv);
        eh_investigation_close(inv);
        inv = open_investigation(ctx, scratch("small.duckdb"), EH_OPEN_READ);
        for (size_t i = 0; i < 2; i++) (void)scratch_file(names[i], "before");
        signal(SIGXFSZ, SIG_IGN);
        const struct rlimit limit = {1000, 1000};
        CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
        for (size_t i = 0; i < 3; i++) {
            CHECK_EQ_INT(eh_investigation_export(inv, NULL, i < 2 ? "posts" : "graph", scratch(names[i]), &err), EH_E_IO);
            CHECK(err.message[0]);
        }
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    for (size_t i = 0; i < 2; i++) check_starts(names[i], "before");
    CHECK(access(scratch(names[2]), F_OK) != 0);
    char command[128];
    snprintf(command, sizeof command, "! ls %s | grep -q partial", scratch_dir);
    CHECK(system(command) == 0);
}

/* Before anything else, so that the children find the directory. */
static void begins(void) { (void)scratch(""); }

CHECK_MAIN(begins, leaves_nothing_on_a_full_disk, stores_a_run, names_accounts_that_were_not_tested, writes_tables,
           refuses_what_it_cannot_write, gives_the_same_bytes, writes_graphs, tells_where_it_comes_from,
           answers_queries_in_a_sandbox, writes_shortest_numbers, removes_scratch)
