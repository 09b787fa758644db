/*
 * Measures the uniting of near-duplicate texts on the mixture of tests/near_text_world.h.
 *
 *     bench_near_text speed N DAYS THREADS [SEED]     time and memory of eh_near_text_merge alone
 *     bench_near_text recall N DAYS [SEED]            pairs of Jaccard >= 0.8 within 7 days, against all pairs compared
 *
 * Each prints one line of JSON. N texts within 7 days is the worst case: all of them are compared with all.
 */
#include "../../tests/near_text_world.h"
#include "actions/near_grams.h"

#include <stdlib.h>
#include <time.h>

static const int64_t window_us = INT64_C(7) * 86400000000;

static double wall_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double cpu_s(void) { return (double)clock() / CLOCKS_PER_SEC; }

static int fail(const eh_error *err)
{
    fprintf(stderr, "bench_near_text: %s\n", err->message);
    return 1;
}

static eh_status build(eh_context *ctx, uint64_t seed, uint64_t n, uint32_t n_days, eh_action_table *table, eh_error *err)
{
    eh_action_builder *builder = NULL;
    eh_status status = eh_action_builder_new(ctx, 1u << EH_TEXT, true, &builder, err);
    for (uint64_t i = 0; status == EH_OK && i < n; i++) {
        world_text text;
        char bytes[world_most_points * 4];
        int64_t time_us;
        world_text_of(seed, i, n, n_days, &text, &time_us);
        status = world_add(builder, i, (eh_str){bytes, world_encode(&text, bytes)}, time_us, err);
    }
    if (status == EH_OK) status = eh_action_builder_finish(builder, table, err);
    eh_action_builder_free(builder);
    return status;
}

static int speed(uint64_t n, uint32_t n_days, int n_threads, uint64_t seed)
{
    eh_context_options options = eh_context_options_default();
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    eh_near_text_report report;
    options.n_threads = n_threads;
    if (eh_context_new(&options, &ctx, &err) != EH_OK || build(ctx, seed, n, n_days, &table, &err) != EH_OK) return fail(&err);
    uint64_t table_size = eh_context_memory_used_size(ctx), peak_before = eh_context_memory_peak_size(ctx);
    double wall = wall_s(), cpu = cpu_s();
    if (eh_near_text_merge(ctx, &table, NULL, &report, &err) != EH_OK) return fail(&err);
    wall = wall_s() - wall;
    cpu = cpu_s() - cpu;
    printf("{\"texts\": %u, \"days\": %u, \"threads\": %d, \"wall_s\": %.2f, \"cpu_s\": %.2f, \"texts_a_minute\": %.0f, "
           "\"table_mib\": %.0f, \"peak_mib\": %.0f, \"peak_before_mib\": %.0f, \"objects\": %u, \"clusters\": %u, "
           "\"compared\": %llu, \"near\": %llu}\n",
           report.n_texts, n_days, n_threads, wall, cpu, report.n_texts / wall * 60, (double)table_size / 1048576,
           (double)eh_context_memory_peak_size(ctx) / 1048576, (double)peak_before / 1048576, report.n_objects, report.n_clusters,
           (unsigned long long)report.n_candidates, (unsigned long long)report.n_verified);
    eh_near_text_report_release(&report);
    eh_action_table_release(&table);
    eh_context_free(ctx);
    return 0;
}

typedef struct sorted_text {
    uint64_t *grams;
    size_t n;
    int64_t time_us;
    uint32_t object; /* after uniting */
    uint64_t hash;   /* of the whole */
} sorted_text;

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool is_near(const sorted_text *a, const sorted_text *b)
{
    size_t i = 0, j = 0, n_common = 0, least = (size_t)ceil(0.8 / 1.8 * (double)(a->n + b->n) - 1e-9);
    if ((double)a->n < 0.8 * (double)b->n || (double)b->n < 0.8 * (double)a->n) return false;
    while (i < a->n && j < b->n) {
        size_t left = a->n - i < b->n - j ? a->n - i : b->n - j;
        if (n_common + left < least) return false;
        bool is_equal = a->grams[i] == b->grams[j], is_less = a->grams[i] < b->grams[j];
        n_common += is_equal;
        i += is_equal || is_less;
        j += is_equal || !is_less;
    }
    return (double)n_common >= 0.8 * (double)(a->n + b->n - n_common);
}

static int recall(uint64_t n, uint32_t n_days, uint64_t seed)
{
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    eh_action_table table;
    eh_near_text_options options = eh_near_text_options_default();
    options.removes_templates = false;
    sorted_text *texts = calloc(n, sizeof *texts);
    if (!texts || eh_context_new(NULL, &ctx, &err) != EH_OK || build(ctx, seed, n, n_days, &table, &err) != EH_OK) return fail(&err);
    eh_gram_set set = {.ctx = ctx};
    for (uint64_t i = 0; i < n; i++) {
        world_text text;
        char bytes[world_most_points * 4];
        world_text_of(seed, i, n, n_days, &text, &texts[i].time_us);
        if (eh_gram_set_load(&set, (eh_str){bytes, world_encode(&text, bytes)}, &err) != EH_OK) return fail(&err);
        texts[i].grams = malloc((set.n + 1) * sizeof *set.grams);
        if (!texts[i].grams) return 1;
        texts[i].n = set.n;
        for (size_t k = 0; k < set.n; k++) texts[i].hash += set.grams[k];
        memcpy(texts[i].grams, set.grams, set.n * sizeof *set.grams);
        qsort(texts[i].grams, set.n, sizeof *set.grams, by_value);
    }
    if (eh_near_text_merge(ctx, &table, &options, NULL, &err) != EH_OK) return fail(&err);
    const eh_action_set *actions = &table.sets[EH_TEXT];
    for (uint32_t o = 0; o < actions->n_objects; o++)
        for (uint64_t i = actions->object_start[o]; i < actions->object_start[o + 1]; i++) texts[actions->post[i]].object = o;
    uint64_t n_pairs = 0, n_found = 0, n_united = 0;
    for (uint64_t i = 0; i < n; i++)
        for (uint64_t j = i + 1; j < n; j++) {
            if (texts[i].hash == texts[j].hash) continue;
            n_united += texts[i].object == texts[j].object;
            if (llabs(texts[i].time_us - texts[j].time_us) > window_us || !is_near(&texts[i], &texts[j])) continue;
            n_pairs++;
            n_found += texts[i].object == texts[j].object;
        }
    printf("{\"texts\": %llu, \"days\": %u, \"near_pairs\": %llu, \"united_of_them\": %llu, \"recall\": %.4f, \"united_pairs\": %llu}\n",
           (unsigned long long)n, n_days, (unsigned long long)n_pairs, (unsigned long long)n_found,
           n_pairs ? (double)n_found / (double)n_pairs : 0, (unsigned long long)n_united);
    for (uint64_t i = 0; i < n; i++) free(texts[i].grams);
    free(texts);
    eh_gram_set_release(&set);
    eh_action_table_release(&table);
    eh_context_free(ctx);
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    uint32_t n_days = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
    if (argc >= 5 && strcmp(argv[1], "speed") == 0)
        return speed(n, n_days, atoi(argv[4]), argc > 5 ? strtoull(argv[5], NULL, 10) : 1);
    if (argc >= 4 && strcmp(argv[1], "recall") == 0) return recall(n, n_days, argc > 4 ? strtoull(argv[4], NULL, 10) : 1);
    fprintf(stderr, "bench_near_text speed N DAYS THREADS [SEED] | recall N DAYS [SEED]\n");
    return 2;
}
