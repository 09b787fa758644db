/*
 * Generates actions and measures the pair kernels on them.
 *
 *     bench_pairs generate WORLD N SEED FILE.csv                            WORLD: quiet, busy
 *     bench_pairs run FILE.csv RULE WINDOW_S MIN_WEIGHT THREADS REPEATS     RULE: shared, cnt, coortweet
 *
 * A world: N actions, N/20 accounts and N/8 objects drawn by Zipf's law, objects born at any time of 30 days, actions
 * following by a lognormal delay, whole seconds; 20 groups of 10 accounts share 40 objects each within 20 s.
 * quiet: exponents 0.7 (the top object has 0.9 % of 1 M actions), median delay 2 h, sigma 1.5: under one pair of actions
 * within 60 s an action. busy: objects by exponent 0.85, median delay 30 min, sigma 2: fifteen to twenty.
 * `run` prints one line of JSON.
 */
#include "base/rng.h"
#include "evenhand/pairs.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const double days_s = 30 * 86400.0;

static double cpu_s(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)use.ru_utime.tv_sec + (double)use.ru_stime.tv_sec +
           1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

static double wall_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Rank 1 .. n with probability about rank^-s, by inversion of the continuous law (s < 1). */
static uint32_t zipf(eh_rng *rng, uint32_t n, double s)
{
    double u = eh_rng_uniform(rng);
    double rank = pow(u * (pow((double)n + 1, 1 - s) - 1) + 1, 1 / (1 - s));
    uint32_t r = (uint32_t)rank;
    return r < 1 ? 1 : r > n ? n : r;
}

static int generate(bool is_busy, uint64_t n, uint64_t seed, const char *path)
{
    double exponent = is_busy ? 0.85 : 0.7, median_s = is_busy ? 1800 : 7200, sigma = is_busy ? 2 : 1.5;
    FILE *out = fopen(path, "w");
    uint32_t n_accounts = (uint32_t)(n / 20 + 300), n_objects = (uint32_t)(n / 8 + 1);
    double *birth_s = malloc((n_objects + 1) * sizeof *birth_s);
    if (!out || !birth_s) return 1;
    eh_rng rng = eh_rng_of(seed, 0);
    for (uint32_t o = 0; o <= n_objects; o++) birth_s[o] = eh_rng_uniform(&rng) * days_s;
    fprintf(out, "object,account,time_s\n");
    uint64_t n_planted = 20 * 10 * 40;
    for (uint64_t i = 0; i + n_planted < n; i++) {
        uint32_t object = zipf(&rng, n_objects, exponent);
        uint32_t account = zipf(&rng, n_accounts, 0.7);
        double t = birth_s[object] + eh_rng_lognormal(&rng, median_s, sigma);
        fprintf(out, "%u,%u,%.0f\n", object, account, 1.5e9 + floor(t));
    }
    for (uint32_t group = 0; group < 20 && n > n_planted; group++)
        for (uint32_t k = 0; k < 40; k++) {
            uint32_t object = 1 + (uint32_t)eh_rng_below(&rng, n_objects);
            double start_s = birth_s[object] + eh_rng_lognormal(&rng, median_s, sigma);
            for (uint32_t a = 0; a < 10; a++)
                fprintf(out, "%u,%u,%.0f\n", object, n_accounts - group * 10 - a, 1.5e9 + floor(start_s + 20 * eh_rng_uniform(&rng)));
        }
    free(birth_s);
    return fclose(out) == 0 ? 0 : 1;
}

static bool load(const char *path, bool keeps_posts, eh_action_builder *builder, eh_error *err)
{
    FILE *in = fopen(path, "r");
    char line[256];
    uint64_t n = 0;
    if (!in || !fgets(line, sizeof line, in)) return false;
    while (fgets(line, sizeof line, in)) {
        char post[24];
        eh_action action = {.behaviour = EH_REPOST, .kind = EH_KIND_REPOST, .birth_us = EH_NO_TIME};
        action.object = (eh_str){line, strcspn(line, ",")};
        action.account.data = line + action.object.size + 1;
        action.account.size = strcspn(action.account.data, ",");
        action.time_us = strtoll(action.account.data + action.account.size + 1, NULL, 10) * 1000000;
        action.post = (eh_str){post, (size_t)sprintf(post, "m%" PRIu64, n++)};
        if (!keeps_posts) action.post.size = 0;
        if (eh_action_builder_add(builder, &action, err) != EH_OK) return false;
    }
    fclose(in);
    return true;
}

typedef struct sum {
    uint64_t n_edges, weight;
} sum;

static eh_status take_pairs(void *data, const eh_pair *pairs, size_t n, eh_error *err)
{
    sum *s = data;
    (void)err;
    s->n_edges += n;
    for (size_t i = 0; i < n; i++) s->weight += pairs[i].n_shared_objects;
    return EH_OK;
}

static eh_status take_cnt(void *data, const eh_cnt_edge *edges, size_t n, eh_error *err)
{
    sum *s = data;
    (void)err;
    s->n_edges += n;
    for (size_t i = 0; i < n; i++) s->weight += edges[i].weight;
    return EH_OK;
}

static eh_status take_coortweet(void *data, const eh_coortweet_edge *edges, size_t n, eh_error *err)
{
    sum *s = data;
    (void)err;
    s->n_edges += n;
    for (size_t i = 0; i < n; i++) s->weight += edges[i].weight;
    return EH_OK;
}

/* Unordered pairs of actions of one object within the window: the measure of the work. */
static uint64_t count_window_pairs(const eh_action_set *set, int64_t window_us)
{
    uint64_t n_pairs = 0;
    for (uint32_t o = 0; o < set->n_objects; o++)
        for (uint64_t i = set->object_start[o], low = i; i < set->object_start[o + 1]; i++) {
            while (set->time_us[i] - set->time_us[low] > window_us) low++;
            n_pairs += i - low;
        }
    return n_pairs;
}

static int run(char **argv)
{
    const char *rule = argv[3];
    int64_t window_us = strtoll(argv[4], NULL, 10) * 1000000;
    uint32_t least = (uint32_t)strtoul(argv[5], NULL, 10);
    int n_repeats = atoi(argv[7]);
    eh_context_options options = eh_context_options_default();
    options.n_threads = atoi(argv[6]);
    eh_error err = EH_ERROR_INIT;
    eh_context *ctx = NULL;
    eh_action_builder *builder = NULL;
    eh_action_table table = {0};
    eh_status status = eh_context_new(&options, &ctx, &err);
    if (status == EH_OK) status = eh_action_builder_new(ctx, ~0u, strcmp(rule, "shared") != 0, &builder, &err);
    double start = cpu_s();
    if (status == EH_OK && !load(argv[2], strcmp(rule, "shared") != 0, builder, &err)) status = EH_E_IO;
    double load_s = cpu_s() - start;
    start = cpu_s();
    if (status == EH_OK) status = eh_action_builder_finish(builder, &table, &err);
    double build_s = cpu_s() - start, best_cpu_s = INFINITY, best_wall_s = INFINITY;
    sum s = {0, 0};
    for (int i = 0; status == EH_OK && i < n_repeats; i++) {
        s = (sum){0, 0};
        double wall = wall_s();
        start = cpu_s();
        if (!strcmp(rule, "shared"))
            status = eh_pairs_shared(ctx, &table, EH_REPOST, window_us, least, take_pairs, &s, &err);
        else if (!strcmp(rule, "cnt"))
            status = eh_pairs_cnt(ctx, &table, EH_REPOST, window_us, least, take_cnt, &s, &err);
        else
            status = eh_pairs_coortweet(ctx, &table, EH_REPOST, window_us, least, 2, take_coortweet, &s, &err);
        best_cpu_s = fmin(best_cpu_s, cpu_s() - start);
        best_wall_s = fmin(best_wall_s, wall_s() - wall);
    }
    if (status != EH_OK) {
        fprintf(stderr, "bench_pairs: %s\n", err.message);
        return 1;
    }
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    const eh_action_set *set = &table.sets[EH_REPOST];
    uint64_t n_pairs = count_window_pairs(set, window_us);
    printf("{\"n_actions\": %" PRIu64 ", \"n_accounts\": %u, \"n_objects\": %u, \"window_pairs\": %" PRIu64
           ", \"edges\": %" PRIu64 ", \"weight\": %" PRIu64 ", \"load_cpu_s\": %.4f, \"finish_cpu_s\": %.4f, \"pairs_cpu_s\": %.4f, "
           "\"pairs_wall_s\": %.4f, \"ns_per_window_pair\": %.3f, \"peak_rss_mib\": %.1f}\n",
           set->n_actions, table.accounts.n, set->n_objects, n_pairs, s.n_edges, s.weight, load_s, build_s, best_cpu_s,
           best_wall_s, 1e9 * best_cpu_s / (double)(n_pairs ? n_pairs : 1), (double)use.ru_maxrss / 1024);
    eh_action_table_release(&table);
    eh_action_builder_free(builder);
    eh_context_free(ctx);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && !strcmp(argv[1], "generate"))
        return generate(!strcmp(argv[2], "busy"), strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10), argv[5]);
    if (argc == 8 && !strcmp(argv[1], "run")) return run(argv);
    fprintf(stderr, "usage: bench_pairs generate WORLD N SEED FILE.csv | run FILE.csv RULE WINDOW_S MIN_WEIGHT THREADS REPEATS\n");
    return 2;
}
