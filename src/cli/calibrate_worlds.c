/* Calibration on simulated worlds: each is written aside, imported, detected, and compared with its truth. */
#include "cli/cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { N_FILES = 4 };
static const char *const file_names[N_FILES] = {"posts.csv", "truth.csv", "world.duckdb", "world.duckdb.wal"};

/* One world's files, in a directory of their own. */
typedef struct workshop {
    eh_context *ctx;
    char *dir, *files[N_FILES];
} workshop;

typedef struct tally {
    eh_world_score sum; /* over worlds; fdp unused */
    uint64_t n_worlds, n_listing, n_with_honest, n_with_strong;
    double *fdp; /* per world */
} tally;

static void sweep(const workshop *w)
{
    for (int i = 0; i < N_FILES; i++)
        if (w->files[i]) (void)unlink(w->files[i]);
}

static void workshop_release(workshop *w)
{
    sweep(w);
    cli_aside_clear();
    if (w->dir) (void)rmdir(w->dir);
    for (int i = 0; i < N_FILES; i++) eh_free(w->ctx, w->files[i]);
    eh_free(w->ctx, w->dir);
}

static eh_status workshop_init(workshop *w, eh_context *ctx, eh_error *err)
{
    *w = (workshop){.ctx = ctx};
    char *dir = cli_join(ctx, eh_context_temp_dir(ctx), "evenhand-worlds-XXXXXX", err);
    if (!dir) return err->status;
    if (!mkdtemp(dir)) {
        eh_status status = eh_fail_at(err, EH_E_IO, eh_context_temp_dir(ctx), -1, -1, "no directory can be made here: %s; choose another "
                                      "with --temp", strerror(errno));
        eh_free(ctx, dir);
        return status;
    }
    w->dir = dir;
    for (int i = 0; i < N_FILES; i++) {
        w->files[i] = cli_join(ctx, dir, file_names[i], err);
        if (!w->files[i]) return err->status;
        cli_aside_add(w->files[i]);
    }
    return EH_OK;
}

static void add_groups(eh_world_score *sum, const eh_world_score *score)
{
    for (uint32_t i = 0; i < score->n_groups; i++) {
        uint32_t g = 0;
        while (g < sum->n_groups && strcmp(sum->groups[g].name, score->groups[i].name) != 0) g++;
        if (g == EH_MOST_WORLD_GROUPS) continue;
        if (g == sum->n_groups) {
            memcpy(sum->groups[g].name, score->groups[i].name, sizeof sum->groups[g].name);
            sum->n_groups++;
        }
        sum->groups[g].n += score->groups[i].n;
        sum->groups[g].n_listed += score->groups[i].n_listed;
    }
}

static void add_score(tally *t, const eh_world_score *score)
{
    t->fdp[t->n_worlds++] = score->fdp;
    t->n_listing += score->n_listed > 0;
    t->n_with_honest += score->n_honest_listed > 0;
    t->n_with_strong += score->n_honest_strong > 0;
    t->sum.n_listed += score->n_listed;
    t->sum.n_planted += score->n_planted;
    t->sum.n_planted_listed += score->n_planted_listed;
    t->sum.n_honest_listed += score->n_honest_listed;
    t->sum.n_honest_strong += score->n_honest_strong;
    t->sum.n_victims_listed += score->n_victims_listed;
    t->sum.n_activists_listed += score->n_activists_listed;
    add_groups(&t->sum, score);
    eh_sizes_add(&t->sum.sizes, &score->sizes);
}

static eh_status score_world(eh_context *ctx, const workshop *w, const eh_detect_options *detect, eh_world_score *score, eh_error *err)
{
    eh_investigation *inv;
    eh_import_report imported;
    eh_run_summary summary;
    const eh_ingest_options ingest = cli_ingest_options(&(cli_input){0});
    EH_TRY(eh_investigation_open(ctx, w->files[2], EH_OPEN_CREATE, &inv, err));
    eh_status status = eh_investigation_import(inv, w->files[0], &ingest, NULL, &imported, err);
    if (status == EH_OK) status = eh_investigation_detect(inv, detect, &summary, err);
    if (status == EH_OK) status = eh_investigation_score(inv, NULL, w->files[1], score, err);
    eh_investigation_close(inv);
    return status;
}

/* World i in a context of its own, since the seed belongs to that. */
static eh_status run_world(const cli_call *call, const workshop *w, const cli_worlds *worlds, uint64_t i,
                           const eh_detect_options *detect, eh_world_score *score, eh_error *err)
{
    eh_context_options options = eh_context_options_default();
    options.n_threads = eh_context_n_threads(call->ctx);
    options.memory_limit_size = eh_context_memory_limit_size(call->ctx);
    options.temp_dir = eh_context_temp_dir(call->ctx);
    options.seed = eh_context_seed(call->ctx) + i;
    eh_context *ctx;
    EH_TRY(eh_context_new(&options, &ctx, err));
    cli_signals_watch(ctx);
    const eh_simulate_options simulate = {.n_accounts = (uint32_t)worlds->n_accounts, .n_days = (uint32_t)worlds->n_days,
                                          .plant = worlds->plant};
    eh_simulate_report report;
    sweep(w);
    eh_status status = eh_simulate(ctx, worlds->scenario, &simulate, w->dir, &report, err);
    if (status == EH_OK) status = score_world(ctx, w, detect, score, err);
    if (status == EH_OK && eh_context_is_cancelled(ctx)) status = eh_fail(err, EH_E_CANCELLED, "interrupted");
    cli_signals_watch(call->ctx);
    eh_context_free(ctx);
    return status;
}

/* ---- what is told ---- */

static void print_share(const char *what, uint64_t k, uint64_t n)
{
    eh_mean_count share = eh_share_of(k, n);
    printf("%s %llu of %llu, %.3g (95 %% interval %.3g to %.3g)\n", what, (unsigned long long)k, (unsigned long long)n, share.mean,
           share.low, share.high);
}

static void print(const cli_worlds *worlds, const tally *t, const eh_mean_count *fdp, double q)
{
    const eh_world_score *sum = &t->sum;
    printf("worlds    %llu of %s at q = %g\n", (unsigned long long)t->n_worlds, worlds->scenario, q);
    printf("false     %llu of %llu listed accounts are not of a planted group (%llu activists, %llu copied by one); mean share %.3g "
           "(95 %% interval %.3g to %.3g)\n", (unsigned long long)sum->n_honest_listed, (unsigned long long)sum->n_listed,
           (unsigned long long)sum->n_activists_listed, (unsigned long long)sum->n_victims_listed, fdp->mean, fdp->low, fdp->high);
    print_share("          worlds that list one of them:", t->n_with_honest, t->n_worlds);
    print_share("          worlds that find one strong:", t->n_with_strong, t->n_worlds);
    for (uint32_t g = 0; g < sum->n_groups; g++) {
        char what[64];
        (void)snprintf(what, sizeof what, "%s%-10.31s", g ? "          " : "found     ", sum->groups[g].name);
        print_share(what, sum->groups[g].n_listed, sum->groups[g].n);
    }
    if (sum->sizes.n_pairs[EH_SLICE_ALL]) cli_print_sizes(stdout, &sum->sizes);
}

static void json_mean(cli_json *json, const char *key, const eh_mean_count *mean)
{
    cli_json_begin(json, key, '{');
    cli_json_real(json, "mean", mean->mean);
    cli_json_real(json, "low", mean->low);
    cli_json_real(json, "high", mean->high);
    cli_json_end(json, '}');
}

static void json_sizes(cli_json *json, const eh_sizes *sizes)
{
    cli_json_begin(json, "sizes", '[');
    for (int s = 0; s < EH_N_SLICES; s++)
        for (int i = 0; sizes->n_pairs[s] && i < EH_N_SIZE_LEVELS; i++) {
            cli_json_begin(json, NULL, '{');
            cli_json_text(json, "slice", eh_slice_name((eh_slice)s));
            cli_json_real(json, "level", eh_size_level(i));
            cli_json_count(json, "n_pairs", sizes->n_pairs[s]);
            cli_json_count(json, "n_p", sizes->n_p[s][i]);
            cli_json_count(json, "n_e", sizes->n_e[s][i]);
            cli_json_end(json, '}');
        }
    cli_json_end(json, ']');
}

static eh_status write_json(const cli_call *call, const char *path, const cli_worlds *worlds, const tally *t, const eh_mean_count *fdp,
                            double q, eh_error *err)
{
    cli_json json;
    const eh_world_score *sum = &t->sum;
    EH_TRY(cli_json_open_at(call->ctx, path, &json, err));
    cli_json_text(&json, "version", eh_version());
    cli_json_text(&json, "scenario", worlds->scenario);
    cli_json_text(&json, "plant", worlds->plant ? worlds->plant : "");
    cli_json_count(&json, "seed", eh_context_seed(call->ctx));
    cli_json_real(&json, "q", q);
    cli_json_count(&json, "n_worlds", t->n_worlds);
    cli_json_count(&json, "n_listed", sum->n_listed);
    cli_json_count(&json, "n_honest_listed", sum->n_honest_listed);
    cli_json_count(&json, "n_activists_listed", sum->n_activists_listed);
    cli_json_count(&json, "n_victims_listed", sum->n_victims_listed);
    cli_json_count(&json, "n_honest_strong", sum->n_honest_strong);
    json_mean(&json, "false_share", fdp);
    eh_mean_count any = eh_share_of(t->n_with_honest, t->n_worlds), strong = eh_share_of(t->n_with_strong, t->n_worlds);
    json_mean(&json, "worlds_listing_honest", &any);
    json_mean(&json, "worlds_with_strong_honest", &strong);
    cli_json_begin(&json, "groups", '[');
    for (uint32_t g = 0; g < sum->n_groups; g++) {
        cli_json_begin(&json, NULL, '{');
        cli_json_text(&json, "group", sum->groups[g].name);
        cli_json_count(&json, "n", sum->groups[g].n);
        cli_json_count(&json, "n_listed", sum->groups[g].n_listed);
        cli_json_end(&json, '}');
    }
    cli_json_end(&json, ']');
    json_sizes(&json, &sum->sizes);
    return cli_json_close(&json, err);
}

static eh_status tell(const cli_call *call, const cli_worlds *worlds, const tally *t, double q, const char *path, eh_error *err)
{
    eh_mean_count fdp;
    EH_TRY(eh_mean_share_of(call->ctx, t->fdp, (uint32_t)t->n_worlds, &fdp, err));
    if (path) EH_TRY(write_json(call, path, worlds, t, &fdp, q, err));
    if (path && strcmp(path, "-") == 0) return EH_OK;
    if (call->common->is_json) return write_json(call, "-", worlds, t, &fdp, q, err);
    print(worlds, t, &fdp, q);
    return EH_OK;
}

eh_status cli_calibrate_worlds(const cli_call *call, const cli_worlds *worlds, const eh_detect_options *detect, const char *path,
                               eh_error *err)
{
    workshop w;
    eh_status status = workshop_init(&w, call->ctx, err);
    tally *t = status == EH_OK ? eh_alloc(call->ctx, 1, sizeof *t, err) : NULL;
    eh_world_score *score = t ? eh_alloc(call->ctx, 1, sizeof *score, err) : NULL;
    if (score) t->fdp = eh_alloc(call->ctx, (size_t)worlds->n_worlds, sizeof *t->fdp, err);
    if (status == EH_OK && (!score || !t->fdp)) status = err->status;
    for (uint64_t i = 0; status == EH_OK && i < worlds->n_worlds; i++) {
        eh_context_report(call->ctx, "worlds", i, worlds->n_worlds);
        status = run_world(call, &w, worlds, i, detect, score, err);
        if (status == EH_OK) add_score(t, score);
    }
    cli_progress_end();
    if (status == EH_OK) status = tell(call, worlds, t, detect->q, path, err);
    if (t) eh_free(call->ctx, t->fdp);
    eh_free(call->ctx, score);
    eh_free(call->ctx, t);
    workshop_release(&w);
    return status;
}
