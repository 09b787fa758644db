/* The ground that everything stands on: strings, dictionaries, sorting, calendar, random numbers, files, budget. */
#include "base/dict.h"
#include "base/hash.h"
#include "base/outfile.h"
#include "base/rng.h"
#include "base/sort.h"
#include "base/threads.h"
#include "base/time.h"
#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

static eh_context *context_of(uint64_t memory_limit_size, int n_threads)
{
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    options.memory_limit_size = memory_limit_size;
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    return ctx;
}

static void the_budget_is_hard_and_exact(void)
{
    eh_context *ctx = context_of(1000, 1);
    eh_error err = EH_ERROR_INIT;
    void *a = eh_alloc(ctx, 6, 100, &err);
    CHECK(a != NULL);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 600);
    CHECK(eh_alloc(ctx, 401, 1, &err) == NULL);
    CHECK_EQ_INT(err.status, EH_E_LIMIT);
    CHECK(strstr(err.message, "--memory") != NULL);
    a = eh_realloc(ctx, a, 1000, 1, &err);
    CHECK(a != NULL);
    CHECK(eh_alloc(ctx, SIZE_MAX / 4, 8, &err) == NULL);
    CHECK_EQ_INT(err.status, EH_E_LIMIT);
    eh_free(ctx, a);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    CHECK_EQ_INT(eh_context_memory_peak_size(ctx), 1000);
    eh_context_free(ctx);
}

static void utf8_is_judged_by_the_standard(void)
{
    CHECK(eh_utf8_is_valid(EH_STR_LITERAL("plain ASCII, long enough for the fast path")));
    CHECK(eh_utf8_is_valid(EH_STR_LITERAL("\xD9\x81\xD8\xA7\xD8\xB1\xD8\xB3\xDB\x8C \xF0\x9F\x8C\x8D")));
    CHECK(!eh_utf8_is_valid(EH_STR_LITERAL("\xC0\x80")));         /* overlong */
    CHECK(!eh_utf8_is_valid(EH_STR_LITERAL("\xED\xA0\x80")));     /* surrogate */
    CHECK(!eh_utf8_is_valid(EH_STR_LITERAL("\xF4\x90\x80\x80"))); /* beyond U+10FFFF */
    CHECK(!eh_utf8_is_valid(EH_STR_LITERAL("abcdefgh\xE9")));     /* latin-1 */
}

static void a_dictionary_ranks_and_moves(void)
{
    eh_context *ctx = context_of(0, 1);
    eh_error err = EH_ERROR_INIT;
    eh_dict dict = EH_DICT_INIT(ctx);
    eh_rng rng = eh_rng_of(5, 0);
    uint32_t number, *rank;
    char text[32];
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "%d", (int)eh_rng_below(&rng, 3000));
        CHECK_OK(eh_dict_add(&dict, eh_str_of(text), &number, &err), err);
        CHECK(eh_str_is(eh_dict_get(&dict, number), text));
    }
    CHECK_OK(eh_dict_add(&dict, (eh_str){"", 0}, &number, &err), err);
    CHECK_OK(eh_dict_add(&dict, (eh_str){"a\0b", 3}, &number, &err), err);
    CHECK_OK(eh_dict_ranks(&dict, &rank, &err), err);
    CHECK_OK(eh_dict_permute(&dict, rank, &err), err);
    for (uint32_t i = 1; i < dict.n; i++) CHECK(eh_str_compare(eh_dict_get(&dict, i - 1), eh_dict_get(&dict, i)) < 0);
    for (uint32_t i = 0; i < dict.n; i++) CHECK_EQ_INT(eh_dict_find(&dict, eh_dict_get(&dict, i)), i);
    CHECK_EQ_INT(eh_dict_find(&dict, EH_STR_LITERAL("absent")), EH_DICT_NONE);
    eh_free(ctx, rank);
    eh_dict_release(&dict);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

typedef struct item {
    int key, order;
} item;

static int by_key(const void *a, const void *b, void *data)
{
    (void)data;
    return ((const item *)a)->key - ((const item *)b)->key;
}

static void sorting_is_stable(void)
{
    static item items[5000];
    eh_rng rng = eh_rng_of(6, 0);
    for (size_t n = 0; n <= 5000; n = n * 2 + 1) {
        for (size_t i = 0; i < n; i++) items[i] = (item){(int)eh_rng_below(&rng, 50), (int)i};
        CHECK_EQ_INT(eh_sort(NULL, items, n, sizeof *items, by_key, NULL, NULL), EH_OK);
        for (size_t i = 1; i < n; i++)
            CHECK(items[i - 1].key < items[i].key || (items[i - 1].key == items[i].key && items[i - 1].order < items[i].order));
    }
}

static void the_calendar_holds_for_centuries(void)
{
    char text[eh_time_text_size];
    CHECK_EQ_INT(eh_days_of(1970, 1, 1), 0);
    CHECK_EQ_INT(eh_days_of(2000, 3, 1), 11017);
    CHECK_EQ_INT(eh_days_of(1969, 12, 31), -1);
    for (int64_t day = -400000; day < 400000; day += 17) {
        eh_calendar c = eh_calendar_of(day * EH_DAY_US + 12345678);
        CHECK_EQ_INT(eh_days_of(c.year, c.month, c.day), day);
        if (c.year > 0) CHECK(eh_calendar_is_valid(&c));
    }
    CHECK_EQ_STR(eh_time_text(INT64_C(1537245300000000), text), "2018-09-18T04:35:00Z");
    CHECK_EQ_STR(eh_time_text(INT64_C(1537245300250000), text), "2018-09-18T04:35:00.250Z");
    CHECK_EQ_STR(eh_time_text(EH_TIME_NONE, text), "");
    CHECK_EQ_INT(eh_day_of(-1), -1);
    CHECK_EQ_INT(eh_time_of_day_us(-1), EH_DAY_US - 1);
    CHECK(!eh_calendar_is_valid(&(eh_calendar){2019, 2, 29, 0, 0, 0, 0}));
}

static void random_numbers_have_their_moments(void)
{
    eh_rng rng = eh_rng_of(7, 3), same = eh_rng_of(7, 3), other = eh_rng_of(7, 4);
    CHECK(eh_rng_next(&rng) == eh_rng_next(&same));
    CHECK(eh_rng_next(&rng) != eh_rng_next(&other));
    const int n = 200000;
    double normal = 0, squares = 0, gamma = 0, small = 0, large = 0, exponential = 0;
    for (int i = 0; i < n; i++) {
        double x = eh_rng_normal(&rng);
        normal += x / n;
        squares += x * x / n;
        gamma += eh_rng_gamma(&rng, 0.7) / n;
        small += (double)eh_rng_poisson(&rng, 2.5) / n;
        large += (double)eh_rng_poisson(&rng, 250) / n;
        exponential += eh_rng_exponential(&rng) / n;
    }
    CHECK(fabs(normal) < 0.01);
    CHECK_NEAR(squares, 1.0, 0.02);
    CHECK_NEAR(gamma, 0.7, 0.02);
    CHECK_NEAR(small, 2.5, 0.01);
    CHECK_NEAR(large, 250.0, 0.001);
    CHECK_NEAR(exponential, 1.0, 0.02);
}

static void sha256_matches_the_standard(void)
{
    char hex[eh_sha256_hex_size];
    eh_sha256 hash;
    eh_sha256_init(&hash);
    eh_sha256_add(&hash, "ab", 2);
    eh_sha256_add(&hash, "c", 1);
    eh_sha256_final(&hash, hex); /* FIPS 180-4, example */
    CHECK_EQ_STR(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void files_appear_whole_or_not_at_all(void)
{
    char dir[] = "/tmp/eh_test_XXXXXX", path[64], text[64] = "";
    eh_error err = EH_ERROR_INIT;
    eh_outfile file;
    CHECK(mkdtemp(dir) != NULL);
    snprintf(path, sizeof path, "%s/x.csv", dir);
    CHECK_OK(eh_outfile_open(NULL, path, &file, &err), err);
    eh_outfile_csv(&file, EH_STR_LITERAL("a,\"b\"\n"));
    CHECK(access(path, F_OK) != 0);
    CHECK_OK(eh_outfile_commit(&file, &err), err);
    FILE *in = fopen(path, "rb");
    CHECK(in != NULL);
    CHECK_EQ_INT(fread(text, 1, sizeof text - 1, in), 10);
    fclose(in);
    CHECK_EQ_STR(text, "\"a,\"\"b\"\"\n\"");
    CHECK_OK(eh_outfile_open(NULL, path, &file, &err), err);
    eh_outfile_discard(&file);
    CHECK(access(path, F_OK) == 0); /* the old one stays */
    unlink(path);
    CHECK_EQ_INT(rmdir(dir), 0); /* nothing is left beside it */
    CHECK_EQ_INT(eh_outfile_open(NULL, "/no/such/place", &file, &err), EH_E_IO);
    CHECK_EQ_INT(eh_outfile_open(NULL, "/tmp", &file, &err), EH_E_IO);
}

static void a_device_is_never_replaced(void)
{
    struct stat found;
    eh_error err = EH_ERROR_INIT;
    eh_outfile file;
    if (stat("/dev/full", &found) != 0 || !S_ISCHR(found.st_mode)) return;
    CHECK_OK(eh_outfile_open(NULL, "/dev/full", &file, &err), err);
    fputs("lost", file.stream);
    CHECK_EQ_INT(eh_outfile_commit(&file, &err), EH_E_IO);
    CHECK(stat("/dev/full", &found) == 0 && S_ISCHR(found.st_mode));
}

static eh_status mark(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    int *marks = data;
    (void)i_thread;
    for (size_t i = first; i < last; i++) marks[i]++;
    return first >= 900 ? eh_fail(err, EH_E_INVALID, "at %zu", first) : EH_OK;
}

static void a_parallel_loop_visits_each_item_once(void)
{
    static int marks[1000];
    eh_context *ctx = context_of(0, 8);
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_parallel(ctx, NULL, 900, 7, mark, marks, &err), err);
    for (int i = 0; i < 900; i++) CHECK_EQ_INT(marks[i], 1);
    CHECK_EQ_INT(eh_parallel(ctx, NULL, 1000, 100, mark, marks, &err), EH_E_INVALID);
    CHECK_EQ_STR(err.message, "at 900");
    eh_context_cancel(ctx);
    CHECK_EQ_INT(eh_parallel(ctx, NULL, 10, 1, mark, marks, &err), EH_E_CANCELLED);
    eh_context_free(ctx);
}

CHECK_MAIN(the_budget_is_hard_and_exact, utf8_is_judged_by_the_standard, a_dictionary_ranks_and_moves, sorting_is_stable,
           the_calendar_holds_for_centuries, random_numbers_have_their_moments, sha256_matches_the_standard,
           files_appear_whole_or_not_at_all, a_device_is_never_replaced, a_parallel_loop_visits_each_item_once)
