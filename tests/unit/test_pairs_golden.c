/*
 * The rules against recorded output of coordination-network-toolkit and CooRTweet. The files lie outside the project
 * ($SHARED/golden); without them the test is skipped.
 */
#include "evenhand/pairs.h"

#include "check.h"

#include <unistd.h>
#include <zlib.h>

enum { most_fields = 16, most_edges = 1 << 20 };

/* ---- a CSV file in memory: fields NUL-terminated in place ---- */

typedef struct csv {
    char *bytes;
    char *(*rows)[most_fields];
    size_t n_rows;
} csv;

static char *golden_path(const char *name, const char *suffix)
{
    static char path[4096];
    const char *shared = getenv("SHARED");
    snprintf(path, sizeof path, "%s/golden/%s%s", shared ? shared : "../shared", name, suffix);
    return path;
}

static char *read_whole(const char *path)
{
    gzFile file = gzopen(path, "rb");
    if (!file) return NULL;
    size_t size = 0, capacity = 1 << 16;
    char *bytes = malloc(capacity + 1);
    CHECK(bytes != NULL);
    for (int got; (got = gzread(file, bytes + size, (unsigned)(capacity - size))) > 0;) {
        size += (size_t)got;
        if (size == capacity) bytes = realloc(bytes, (capacity *= 2) + 1);
        CHECK(bytes != NULL);
    }
    bytes[size] = 0;
    gzclose(file);
    return bytes;
}

static char *read_field(char **at, bool *is_last)
{
    char *start = *at, *to = *at, *from = *at;
    bool is_quoted = *from == '"';
    if (is_quoted) from++;
    for (; *from; from++) {
        if (is_quoted && *from == '"' && from[1] == '"')
            from++;
        else if (is_quoted && *from == '"') {
            is_quoted = false;
            continue;
        } else if (!is_quoted && (*from == ',' || *from == '\n' || *from == '\r'))
            break;
        *to++ = *from;
    }
    *is_last = *from != ',';
    if (*from == '\r') from++;
    *at = *from ? from + 1 : from;
    *to = 0;
    return start;
}

/* Rows without the header; false when the file is not there. */
static bool read_csv(const char *name, csv *out)
{
    char *bytes = read_whole(golden_path(name, ".csv.gz"));
    if (!bytes) bytes = read_whole(golden_path(name, ".csv"));
    *out = (csv){.bytes = bytes};
    if (!bytes) return false;
    size_t capacity = 0;
    char *at = bytes;
    for (bool is_header = true; *at; is_header = false) {
        if (out->n_rows == capacity) out->rows = realloc(out->rows, (capacity = capacity * 2 + 256) * sizeof *out->rows);
        CHECK(out->rows != NULL);
        bool is_last = false;
        for (int f = 0; !is_last; f++) {
            CHECK(f < most_fields);
            out->rows[out->n_rows][f] = read_field(&at, &is_last);
        }
        out->n_rows += !is_header;
    }
    return true;
}

static void free_csv(csv *file)
{
    free(file->bytes);
    free(file->rows);
}

static eh_str str_of(const char *s) { return (eh_str){s, strlen(s)}; }
static int64_t us_of(const char *seconds) { return (int64_t)llround(strtod(seconds, NULL) * 1e6); }

/* ---- edges as text lines, so that any two lists compare by sorting ---- */

typedef struct lines {
    char **items;
    size_t n;
} lines;

static void add_line(lines *l, const char *a, size_t a_size, const char *b, size_t b_size, const char *rest)
{
    if (!l->items) l->items = malloc(most_edges * sizeof *l->items);
    CHECK(l->items && l->n < most_edges);
    char *line = malloc(a_size + b_size + strlen(rest) + 4);
    CHECK(line != NULL);
    sprintf(line, "%.*s,%.*s,%s", (int)a_size, a, (int)b_size, b, rest);
    l->items[l->n++] = line;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void check_same(const char *what, lines *expected, lines *found)
{
    if (expected->n) qsort(expected->items, expected->n, sizeof *expected->items, by_text);
    if (found->n) qsort(found->items, found->n, sizeof *found->items, by_text);
    printf("%s: %zu edges\n", what, expected->n);
    for (size_t i = 0; i < expected->n && i < found->n; i++) CHECK_EQ_STR(expected->items[i], found->items[i]);
    CHECK_EQ_INT(expected->n, found->n);
    for (size_t i = 0; i < expected->n; i++) free(expected->items[i]);
    for (size_t i = 0; i < found->n; i++) free(found->items[i]);
    free(expected->items);
    free(found->items);
    *expected = *found = (lines){0};
}

typedef struct taker {
    const eh_action_table *table;
    lines found;
} taker;

static eh_status take_cnt(void *data, const eh_cnt_edge *edges, size_t n, eh_error *err)
{
    taker *t = data;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        eh_str a = eh_strings_get(&t->table->accounts, edges[i].user_1), b = eh_strings_get(&t->table->accounts, edges[i].user_2);
        char rest[32];
        snprintf(rest, sizeof rest, "%llu", (unsigned long long)edges[i].weight);
        add_line(&t->found, a.data, a.size, b.data, b.size, rest);
    }
    return EH_OK;
}

static const char *coortweet_rest(uint64_t weight, double mean_delta, uint64_t n_objects)
{
    static char rest[96];
    snprintf(rest, sizeof rest, "%llu,%.6f,%llu", (unsigned long long)weight, mean_delta, (unsigned long long)n_objects);
    return rest;
}

static eh_status take_coortweet(void *data, const eh_coortweet_edge *edges, size_t n, eh_error *err)
{
    taker *t = data;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        eh_str a = eh_strings_get(&t->table->accounts, edges[i].account_a), b = eh_strings_get(&t->table->accounts, edges[i].account_b);
        double mean = (double)edges[i].sum_delta_us / (double)edges[i].weight / 1e6;
        add_line(&t->found, a.data, a.size, b.data, b.size, coortweet_rest(edges[i].weight, mean, edges[i].n_objects));
    }
    return EH_OK;
}

/* ---- CNT ---- */

static void cnt_table(eh_context *ctx, const csv *file, bool keeps_empty_links, eh_action_table *table)
{
    eh_error err = EH_ERROR_INIT;
    eh_action_maker *maker = NULL;
    eh_action_builder *builder = NULL;
    eh_duplicate_finder *finder = NULL;
    CHECK_OK(eh_action_maker_new(ctx, EH_RULE_CNT, keeps_empty_links, &maker, &err), err);
    CHECK_OK(eh_action_builder_new(ctx, ~0u, true, &builder, &err), err);
    CHECK_OK(eh_duplicate_finder_new(ctx, &finder, &err), err);
    for (size_t i = 0; i < file->n_rows; i++) {
        char **f = file->rows[i]; /* message_id, user_id, username, repost_id, reply_id, message, timestamp, urls */
        eh_str urls[64];
        eh_post post = {.account = str_of(f[1]), .post = str_of(f[0]), .handle = str_of(f[2]), .text = str_of(f[5]),
                        .target_post = str_of(f[3]), .reply_to = str_of(f[4]), .kind = *f[3] ? EH_KIND_REPOST : EH_KIND_POST,
                        .time_us = us_of(f[6]), .target_time_us = EH_NO_TIME, .account_created_us = EH_NO_TIME, .urls = urls};
        for (char *at = f[7]; *at; at += strcspn(at, " "), at += *at == ' ') {
            CHECK(post.n_urls < 64);
            urls[post.n_urls++] = (eh_str){at, strcspn(at, " ")};
        }
        bool is_duplicate = false;
        CHECK_OK(eh_duplicate_finder_check(finder, &post, true, &is_duplicate, &err), err);
        if (!is_duplicate) CHECK_OK(eh_actions_of_post(maker, &post, eh_action_builder_add, builder, &err), err);
    }
    CHECK_OK(eh_action_builder_finish(builder, table, &err), err);
    eh_duplicate_finder_free(finder);
    eh_action_builder_free(builder);
    eh_action_maker_free(maker);
}

static const struct {
    const char *name;
    eh_behaviour behaviour;
    bool keeps_empty_links;
} networks[] = {{"co_retweet", EH_REPOST, false}, {"co_reply", EH_REPLY, false}, {"co_tweet", EH_TEXT, false},
                {"co_link", EH_LINK, true},       {"co_link_noempty", EH_LINK, false}};

static void cnt_edges(eh_context *ctx, const eh_action_table *table, eh_behaviour b, int64_t window_s, uint64_t least, lines *out)
{
    eh_error err = EH_ERROR_INIT;
    taker t = {.table = table};
    CHECK_OK(eh_pairs_cnt(ctx, table, b, window_s * 1000000, least, take_cnt, &t, &err), err);
    *out = t.found;
}

static void cnt_files(void)
{
    csv events;
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    if (!read_csv("events_cnt", &events)) SKIP("no golden files");
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    int n_files = 0;
    for (size_t k = 0; k < sizeof networks / sizeof *networks; k++) {
        eh_action_table table;
        cnt_table(ctx, &events, networks[k].keeps_empty_links, &table);
        for (int f = 0; f < 4; f++) {
            int window_s = f / 2 ? 3600 : 60, least = f % 2 + 1;
            char name[128];
            csv golden;
            lines expected = {0}, found;
            snprintf(name, sizeof name, "cnt_%s_w%d_min%d", networks[k].name, window_s, least);
            if (!read_csv(name, &golden)) continue;
            for (size_t i = 0; i < golden.n_rows; i++) {
                char **row = golden.rows[i];
                add_line(&expected, row[0], strlen(row[0]), row[1], strlen(row[1]), row[2]);
            }
            free_csv(&golden);
            cnt_edges(ctx, &table, networks[k].behaviour, window_s, (uint64_t)least, &found);
            check_same(name, &expected, &found);
            n_files++;
        }
        eh_action_table_release(&table);
    }
    CHECK(n_files >= 12);
    free_csv(&events);
    eh_context_free(ctx);
}

/* The hand-made corner cases are recorded as Python prints them: co_retweet [('A', 'A', 3), ...] */
static void cnt_corner_cases(void)
{
    csv events;
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    char *recorded = read_whole(golden_path("edge_cnt_output", ".txt"));
    if (!recorded || !read_csv("edge_cnt_input", &events)) SKIP("no golden files");
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    for (size_t k = 0; k < 4; k++) {
        eh_action_table table;
        lines expected = {0}, found;
        char line_start[32], a[32], b[32], weight[32];
        snprintf(line_start, sizeof line_start, "%s [", networks[k].name);
        char *at = strstr(recorded, line_start), *end = at ? at + strcspn(at, "\n") : NULL;
        CHECK(at != NULL);
        for (at = strchr(at, '('); at && at < end; at = strchr(at + 1, '(')) {
            CHECK_EQ_INT(sscanf(at, "('%31[^']', '%31[^']', %31[0-9])", a, b, weight), 3);
            add_line(&expected, a, strlen(a), b, strlen(b), weight);
        }
        cnt_table(ctx, &events, networks[k].keeps_empty_links, &table);
        cnt_edges(ctx, &table, networks[k].behaviour, 60, 1, &found);
        check_same(networks[k].name, &expected, &found);
        eh_action_table_release(&table);
    }
    free(recorded);
    free_csv(&events);
    eh_context_free(ctx);
}

/* ---- CooRTweet ---- */

static void coortweet_table(eh_context *ctx, const csv *file, eh_action_table *table)
{
    eh_error err = EH_ERROR_INIT;
    eh_action_maker *maker = NULL;
    eh_action_builder *builder = NULL;
    CHECK_OK(eh_action_maker_new(ctx, EH_RULE_COORTWEET, false, &maker, &err), err);
    CHECK_OK(eh_action_builder_new(ctx, 1u << EH_REPOST, true, &builder, &err), err);
    for (size_t i = 0; i < file->n_rows; i++) {
        char **f = file->rows[i]; /* object_id, account_id, content_id, timestamp_share */
        eh_post post = {.account = str_of(f[1]), .post = str_of(f[2]), .object = str_of(f[0]), .is_row = true,
                        .behaviour = EH_REPOST, .time_us = us_of(f[3]), .target_time_us = EH_NO_TIME};
        CHECK_OK(eh_actions_of_post(maker, &post, eh_action_builder_add, builder, &err), err);
    }
    CHECK_OK(eh_action_builder_finish(builder, table, &err), err);
    eh_action_builder_free(builder);
    eh_action_maker_free(maker);
}

static void add_sorted(lines *l, const char *a, const char *b, const char *rest)
{
    bool is_swapped = strcmp(a, b) > 0;
    add_line(l, is_swapped ? b : a, strlen(is_swapped ? b : a), is_swapped ? a : b, strlen(is_swapped ? a : b), rest);
}

static void coortweet_edges(eh_context *ctx, const eh_action_table *table, int window_s, uint64_t part, lines *out)
{
    eh_error err = EH_ERROR_INIT;
    taker t = {.table = table};
    CHECK_OK(eh_pairs_coortweet(ctx, table, EH_REPOST, window_s * INT64_C(1000000), 1, part, take_coortweet, &t, &err), err);
    *out = t.found;
}

typedef struct pair_line {
    const char *a, *b, *object;
    double delta_s;
} pair_line;

static int by_pair_line(const void *p, const void *q)
{
    const pair_line *x = p, *y = q;
    int order = strcmp(x->a, y->a);
    if (!order) order = strcmp(x->b, y->b);
    return order ? order : strcmp(x->object, y->object);
}

/* Edges out of the recorded list of pairs: object_id, content_id, content_id_y, time_delta, account_id, account_id_y */
static void edges_of_pairs(const csv *file, lines *expected)
{
    pair_line *pairs = malloc((file->n_rows + 1) * sizeof *pairs);
    CHECK(pairs != NULL);
    for (size_t i = 0; i < file->n_rows; i++) {
        char **f = file->rows[i];
        bool is_swapped = strcmp(f[4], f[5]) > 0;
        pairs[i] = (pair_line){f[is_swapped ? 5 : 4], f[is_swapped ? 4 : 5], f[0], strtod(f[3], NULL)};
    }
    qsort(pairs, file->n_rows, sizeof *pairs, by_pair_line);
    for (size_t i = 0; i < file->n_rows;) {
        uint64_t weight = 0, n_objects = 0;
        double sum_s = 0;
        size_t k = i;
        for (; k < file->n_rows && !strcmp(pairs[k].a, pairs[i].a) && !strcmp(pairs[k].b, pairs[i].b); k++) {
            weight++;
            sum_s += pairs[k].delta_s;
            n_objects += k == i || strcmp(pairs[k].object, pairs[k - 1].object) != 0;
        }
        add_line(expected, pairs[i].a, strlen(pairs[i].a), pairs[i].b, strlen(pairs[i].b),
                 coortweet_rest(weight, sum_s / (double)weight, n_objects));
        i = k;
    }
    free(pairs);
}

static void coortweet_files(void)
{
    csv events, golden;
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    int n_files = 0;
    if (!read_csv("events_coort", &events)) SKIP("no golden files");
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    coortweet_table(ctx, &events, &table);
    for (int f = 0; f < 8; f++) {
        int window_s = f & 1 ? 60 : 10, part = f & 2 ? 2 : 1;
        bool is_pairs = f & 4;
        char name[128];
        lines expected = {0}, found;
        snprintf(name, sizeof name, is_pairs ? "coort_pairs_w%d_mp%d" : "coort_edges_w%d_mp%d_p0.50", window_s, part);
        if (!read_csv(name, &golden)) continue;
        for (size_t i = 0; !is_pairs && i < golden.n_rows; i++) {
            char **r = golden.rows[i]; /* from, to, weight, avg_time_delta, ..., n_objects is the ninth */
            add_sorted(&expected, r[0], r[1], coortweet_rest(strtoull(r[2], NULL, 10), strtod(r[3], NULL), strtoull(r[8], NULL, 10)));
        }
        if (is_pairs) edges_of_pairs(&golden, &expected);
        coortweet_edges(ctx, &table, window_s, (uint64_t)part, &found);
        check_same(name, &expected, &found);
        free_csv(&golden);
        n_files++;
    }
    CHECK(n_files >= 6);
    eh_action_table_release(&table);
    free_csv(&events);
    eh_context_free(ctx);
}

CHECK_MAIN(cnt_files, cnt_corner_cases, coortweet_files)
