#include "cli/cli.h"

#include <math.h>
#include <sys/stat.h>

/* 0 placebos can be asked for; 0 decoys, worlds, accounts or days cannot. */
#define NOT_GIVEN UINT64_MAX

typedef struct calibrate_args {
    cli_common common;
    const char *inv, *run_id, *output;
    uint64_t n_decoys, n_placebos;
    bool has_no_sizes;
    cli_worlds worlds;
    cli_detect detect;
} calibrate_args;

void cli_print_sizes(FILE *to, const eh_sizes *sizes)
{
    char count[32];
    fprintf(to, "size      P(p <= a)/a on null pairs that share 8 object-days or more; beside it P(E >= 1/a)/a; 1 or less is kept\n"
                "          %-16s %12s", "slice", "pairs");
    for (int i = 0; i < EH_N_SIZE_LEVELS; i++) fprintf(to, "   a = %-9g", eh_size_level(i));
    fputc('\n', to);
    for (int s = 0; s < EH_N_SLICES; s++) {
        if (!sizes->n_pairs[s]) continue;
        fprintf(to, "          %-16s %12s", eh_slice_name((eh_slice)s), cli_grouped(sizes->n_pairs[s], count));
        for (int i = 0; i < EH_N_SIZE_LEVELS; i++) {
            double expected = (double)sizes->n_pairs[s] * eh_size_level(i);
            fprintf(to, "   %5.2f %6.2f ", (double)sizes->n_p[s][i] / expected, (double)sizes->n_e[s][i] / expected);
        }
        fputc('\n', to);
    }
}

static void print(const eh_run_calibration *c)
{
    const eh_calibration *m = &c->measured;
    char count[32];
    printf("run       %s: lists %s accounts at q = %g", c->run_id, cli_grouped(c->n_run_listed, count), m->q);
    printf("; %s by timing and groups alone at their part, %g\n", cli_grouped(m->n_listed_accounts, count), m->q_timing);
    printf("decoys    %u, in which nobody acts together: %.3g accounts listed (95 %% interval %.3g to %.3g), %.3g pairs (%.3g to "
           "%.3g); %u of them list somebody\n", m->n_decoys, m->decoy_accounts.mean, m->decoy_accounts.low, m->decoy_accounts.high,
           m->decoy_pairs.mean, m->decoy_pairs.low, m->decoy_pairs.high, m->n_decoys_listing);
    printf("          of these accounts %.3g (%.3g to %.3g) are not listed in the archive itself\n", m->decoy_others.mean, m->decoy_others.low,
           m->decoy_others.high);
    if (isnan(m->false_share))
        printf("          nobody is listed by these kinds of evidence, so there is no false share\n");
    else
        printf("false     about %.3g of those listed by these kinds of evidence; %.3g at most, which counts groups that made the times "
               "of an object and stay close in a decoy\n", m->false_share, m->largest_share);
    printf("          (selection and reuse read who acted on what, which decoys keep: they are not measured)\n");
    if (c->calibrated_run_id[0])
        printf("tightened to %g, since that is more than %g: run %s, %s listed by timing and groups, false share %.3g\n", m->calibrated_q,
               m->q, c->calibrated_run_id, cli_grouped(m->n_calibrated, count), m->calibrated_share);
    else if (!(m->calibrated_q > 0))
        printf("warning   more than %g may be false at every level tried, down to %g: do not rely on this run alone\n", m->q, m->q / 100);
    if (m->n_placebos)
        printf("placebos  %u, accounts moved by whole weeks: %.3g accounts in %.3g pairs listed (at most %.3g, %.3g) of %.0f testable\n",
               m->n_placebos, m->placebo_accounts.mean, m->placebo_pairs.mean, m->placebo_accounts.high, m->placebo_pairs.high,
               m->placebo_testable.mean);
    if (m->sizes.n_pairs[EH_SLICE_ALL]) cli_print_sizes(stdout, &m->sizes);
    if (c->notes[0]) printf("note      %s\n", c->notes);
}

/* FILE.json, or DIR/calibration.json. */
static eh_status write_to(const cli_call *call, const char *output, char **path, eh_error *err)
{
    struct stat info;
    bool is_file = strcmp(output, "-") == 0 || strcmp(cli_extension(output), "json") == 0 ||
                   (stat(output, &info) == 0 && !S_ISDIR(info.st_mode));
    if (!is_file) EH_TRY(eh_make_dirs(call->ctx, output, err));
    *path = is_file ? eh_strndup(call->ctx, output, strlen(output), err) : cli_join(call->ctx, output, "calibration.json", err);
    return *path ? EH_OK : err->status;
}

static eh_status calibrate_run(const cli_call *call, const calibrate_args *args, const char *path, eh_error *err)
{
    eh_investigation *inv;
    eh_run_calibration *c = eh_alloc(call->ctx, 1, sizeof *c, err);
    if (!c) return err->status;
    const eh_calibrate_options how = {.n_decoys = args->n_decoys ? (uint32_t)args->n_decoys : 20,
                                      .n_placebos = args->n_placebos == NOT_GIVEN ? 5 : (uint32_t)args->n_placebos,
                                      .wants_sizes = !args->has_no_sizes};
    eh_status status = cli_open(call, args->inv, EH_OPEN_WRITE, &inv, err);
    if (status == EH_OK) {
        status = eh_investigation_calibrate(inv, args->run_id, &how, c, err);
        if (status == EH_OK && path) status = eh_investigation_export(inv, c->run_id, "calibration", path, err);
        if (status == EH_OK && path)
            status = eh_investigation_record_export(inv, c->run_id, &(eh_exported_file){"calibration", path}, 1, err);
        cli_progress_end();
        if (status == EH_OK && args->common.is_json) status = eh_investigation_export(inv, c->run_id, "calibration", "-", err);
        if (status == EH_OK && !args->common.is_json && !(path && strcmp(path, "-") == 0)) print(c);
        eh_investigation_close(inv);
    }
    eh_free(call->ctx, c);
    return status;
}

/* An option given that says nothing of a stored run; NULL where there is none. */
static const char *world_option(const calibrate_args *args)
{
    const cli_worlds *w = &args->worlds;
    const cli_detect *d = &args->detect;
    if (w->plant) return "--plant";
    if (w->n_worlds) return "--worlds";
    if (w->n_accounts) return "--accounts";
    if (w->n_days) return "--days";
    if (d->q > 0) return "--fdr";
    if (d->behaviours) return "--behaviours";
    if (d->windows.n) return "--windows";
    if (d->legs) return "--legs";
    if (d->list_by) return "--list-by";
    return d->near_text.is_given ? "--near-text" : NULL;
}

static const char *run_option(const calibrate_args *args)
{
    if (args->run_id) return "--run";
    if (args->n_decoys) return "--decoys";
    if (args->n_placebos != NOT_GIVEN) return "--placebos";
    return args->has_no_sizes ? "--no-sizes" : NULL;
}

static eh_status check(const calibrate_args *args, eh_error *err)
{
    if (!args->inv == !args->worlds.scenario)
        return eh_fail(err, EH_E_INVALID, "calibrate needs an investigation or --scenario, and only one of them");
    const char *of_worlds = world_option(args), *of_runs = run_option(args);
    if (args->inv && of_worlds)
        return eh_fail(err, EH_E_INVALID, "%s goes with --scenario; a run keeps the options that it was made with", of_worlds);
    if (args->worlds.scenario && of_runs) return eh_fail(err, EH_E_INVALID, "%s goes with an investigation", of_runs);
    EH_TRY(cli_check_detect(&args->detect, err));
    if (args->inv && args->output) return cli_check_not_input(args->output, args->inv, err);
    return EH_OK;
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const calibrate_args *args = arguments;
    char *path = NULL;
    EH_TRY(check(args, err));
    eh_status status = args->output ? write_to(call, args->output, &path, err) : EH_OK;
    if (status == EH_OK && args->inv) status = calibrate_run(call, args, path, err);
    if (status == EH_OK && !args->inv) {
        const eh_detect_options detect = cli_detect_options(&args->detect);
        cli_worlds worlds = args->worlds;
        if (!worlds.n_worlds) worlds.n_worlds = 5;
        status = cli_calibrate_worlds(call, &worlds, &detect, path, err);
    }
    eh_free(call->ctx, path);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation; it holds a run already (evenhand detect).", NULL, offsetof(calibrate_args, inv), 0, 0, CLI_FILE, 0, false},
    {"run", "ID", "The run to measure; the latest when not given.", NULL, offsetof(calibrate_args, run_id), 0, 0, CLI_TEXT, 0, false},
    {"decoys", "N", "How many decoys to draw: 20 when not given.", NULL, offsetof(calibrate_args, n_decoys), 1, 1000, CLI_COUNT, 0, false},
    {"placebos", "N", "How many placebos to draw: 5 when not given; 0 for none.", NULL, offsetof(calibrate_args, n_placebos), 0, 100,
     CLI_COUNT, 0, false},
    {"no-sizes", NULL, "Leave out the table of sizes, which takes a third of the time.", NULL, offsetof(calibrate_args, has_no_sizes), 0, 0, CLI_FLAG, 0, false},
    {"scenario", "NAME", "Measure on simulated worlds instead, whose truth is known; `evenhand simulate --list` names them.", NULL,
     offsetof(calibrate_args, worlds.scenario), 0, 0, CLI_TEXT, 0, false},
    {"worlds", "N", "How many worlds: 5 when not given. World i has the seed --seed + i - 1.", NULL, offsetof(calibrate_args, worlds.n_worlds), 1, 10000,
     CLI_COUNT, 0, false},
    {"accounts", "N", "Honest accounts of a world; the scenario's own number when not given.", NULL,
     offsetof(calibrate_args, worlds.n_accounts), 10, 10000000, CLI_COUNT, 0, false},
    {"days", "N", "Days of a world; the scenario's own number when not given.", NULL, offsetof(calibrate_args, worlds.n_days), 1, 3650,
     CLI_COUNT, 0, false},
    {"plant", "KINDS", "Plant these kinds of groups in each world: ring,framed.", NULL, offsetof(calibrate_args, worlds.plant), 0, 0,
     CLI_TEXT, 0, false},
    {"output", "DIR|FILE", "Also write the numbers: to FILE.json, or as calibration.json into a directory.", NULL,
     offsetof(calibrate_args, output), 0, 0, CLI_OUTPUT, 'o', false},
    CLI_DETECT_OPTIONS(calibrate_args),
    CLI_END,
};
static const calibrate_args defaults = {CLI_COMMON_INIT, .n_placebos = NOT_GIVEN};

const cli_command cli_cmd_calibrate = {
    .name = "calibrate",
    .summary = "measure how often detection errs",
    .description = "With an investigation: draws decoys, in which who acted on what and all times stay but nobody acts together, "
                   "and counts what is listed there. Where that is more than the share --fdr of the run, a further run "
                   "at a tightened level is stored. Placebos move accounts by whole weeks; a table of sizes compares p-values with "
                   "what they promise. The numbers are stored beside the run, and the report shows them.\n"
                   "With --scenario: simulates worlds, runs detection on each and compares with the truth. The options of detection "
                   "apply to worlds only; a run keeps those that it was made with.",
    .examples = "evenhand calibrate case.duckdb\n"
                "evenhand calibrate case.duckdb --decoys 50 -o calibration.json\n"
                "evenhand calibrate --scenario farm --worlds 3 --accounts 300 --days 14",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
