#include "cli/cli.h"

typedef struct simulate_args {
    cli_common common;
    const char *scenario, *dir;
    uint64_t n_accounts, n_days;
    bool wants_list;
} simulate_args;

static eh_status list(const cli_call *call, eh_error *err)
{
    size_t n;
    const eh_scenario *scenarios = eh_scenarios(&n);
    if (!call->common->is_json) {
        for (size_t i = 0; i < n; i++) printf("%-20s %s\n", scenarios[i].name, scenarios[i].summary);
        return EH_OK;
    }
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_begin(&json, "scenarios", '[');
    for (size_t i = 0; i < n; i++) {
        cli_json_begin(&json, NULL, '{');
        cli_json_text(&json, "name", scenarios[i].name);
        cli_json_text(&json, "summary", scenarios[i].summary);
        cli_json_end(&json, '}');
    }
    cli_json_end(&json, ']');
    return cli_json_close(&json, err);
}

static eh_status check_scenario(const char *name, eh_error *err)
{
    const char *names[64];
    size_t n;
    const eh_scenario *scenarios = eh_scenarios(&n);
    if (n > 64) n = 64;
    for (size_t i = 0; i < n; i++) {
        names[i] = scenarios[i].name;
        if (strcmp(name, names[i]) == 0) return EH_OK;
    }
    const char *near = cli_nearest(name, names, n);
    if (near) return eh_fail(err, EH_E_INVALID, "there is no scenario '%s'; did you mean '%s'?", name, near);
    return eh_fail(err, EH_E_INVALID, "there is no scenario '%s'; 'evenhand simulate --list' lists them", name);
}

static eh_status print(const cli_call *call, const simulate_args *args, const eh_simulate_report *report, eh_error *err)
{
    if (!call->common->is_json) {
        char count[32];
        printf("accounts  %s", cli_grouped(report->n_accounts, count));
        printf(", of them %s in planted groups\n", cli_grouped(report->n_planted, count));
        printf("posts     %s\n", cli_grouped(report->n_posts, count));
        printf("archive   %s/posts.csv\ntruth     %s/truth.csv\n", args->dir, args->dir);
        return EH_OK;
    }
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_text(&json, "scenario", args->scenario);
    cli_json_count(&json, "seed", args->common.seed);
    cli_json_count(&json, "accounts", report->n_accounts);
    cli_json_count(&json, "planted", report->n_planted);
    cli_json_count(&json, "posts", report->n_posts);
    cli_json_text(&json, "directory", args->dir);
    return cli_json_close(&json, err);
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const simulate_args *args = arguments;
    if (args->wants_list || !args->scenario) return list(call, err);
    EH_TRY(check_scenario(args->scenario, err));
    if (!args->dir) return eh_fail(err, EH_E_INVALID, "simulate needs -o DIR");
    const eh_simulate_options options = {.n_accounts = (uint32_t)args->n_accounts, .n_days = (uint32_t)args->n_days};
    eh_simulate_report report = {0};
    EH_TRY(eh_make_dirs(call->ctx, args->dir, err));
    EH_TRY(eh_simulate(call->ctx, args->scenario, &options, args->dir, &report, err));
    return print(call, args, &report, err);
}

static const cli_opt options[] = {
    {NULL, "SCENARIO", "The scenario; without one, they are listed.", NULL, offsetof(simulate_args, scenario), 0, 0,
     CLI_TEXT, 0, false},
    {"output", "DIR", "The directory for posts.csv and truth.csv; created when it does not exist.", NULL,
     offsetof(simulate_args, dir), 0, 0, CLI_FOLDER, 'o', false},
    {"accounts", "N", "How many honest accounts; the scenario's own number when not given.", NULL,
     offsetof(simulate_args, n_accounts), 1, 10000000, CLI_COUNT, 0, false},
    {"days", "N", "How many days; the scenario's own number when not given.", NULL, offsetof(simulate_args, n_days), 1,
     3660, CLI_COUNT, 0, false},
    {"list", NULL, "List the scenarios.", NULL, offsetof(simulate_args, wants_list), 0, 0, CLI_FLAG, 0, false},
    CLI_END,
};
static const simulate_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_simulate = {
    .name = "simulate",
    .summary = "make a labelled synthetic archive",
    .description = "Writes an archive of invented accounts as a platform would give it (posts.csv), and beside it the "
                   "truth about them (truth.csv). The same scenario, seed and numbers give the same bytes. Nothing is "
                   "posted anywhere.",
    .examples = "evenhand simulate --list\n"
                "evenhand simulate farm --seed 7 -o world",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
