#include "cli/cli.h"

typedef struct simulate_args {
    cli_common common;
    const char *scenario, *dir;
    const char *plant;
    uint64_t n_accounts, n_days, group_size, n_objects;
    double camouflage, keyword_share; /* camouflage < 0 = the kind's own */
    int64_t jitter_us, time_step_us;
    int home; /* < 0 = anywhere */
    bool is_mirrored, wants_list;
} simulate_args;

#define LANGUAGES "en|de|fa|ar|ru|hi"

static void list_json(cli_json *json, const char *key, const eh_scenario *items, size_t n)
{
    cli_json_begin(json, key, '[');
    for (size_t i = 0; i < n; i++) {
        cli_json_begin(json, NULL, '{');
        cli_json_text(json, "name", items[i].name);
        cli_json_text(json, "summary", items[i].summary);
        cli_json_end(json, '}');
    }
    cli_json_end(json, ']');
}

static eh_status list(const cli_call *call, eh_error *err)
{
    size_t n, n_kinds;
    const eh_scenario *scenarios = eh_scenarios(&n), *kinds = eh_planted_kinds(&n_kinds);
    if (!call->common->is_json) {
        for (size_t i = 0; i < n; i++) printf("%-20s %s\n", scenarios[i].name, scenarios[i].summary);
        printf("\nKinds of planted groups, for --plant or as a scenario:\n");
        for (size_t i = 0; i < n_kinds; i++) printf("%-20s %s\n", kinds[i].name, kinds[i].summary);
        return EH_OK;
    }
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    list_json(&json, "scenarios", scenarios, n);
    list_json(&json, "kinds", kinds, n_kinds);
    return cli_json_close(&json, err);
}

/* Names of kinds, and of scenarios where those may stand too. */
static eh_status check_name(const char *name, bool is_scenario, eh_error *err)
{
    const char *names[128];
    size_t n, n_kinds, n_names = 0;
    const eh_scenario *scenarios = eh_scenarios(&n), *kinds = eh_planted_kinds(&n_kinds);
    for (size_t i = 0; i < n && is_scenario && n_names < 128; i++) names[n_names++] = scenarios[i].name;
    for (size_t i = 0; i < n_kinds && n_names < 128; i++) names[n_names++] = kinds[i].name;
    for (size_t i = 0; i < n_names; i++)
        if (strcmp(name, names[i]) == 0) return EH_OK;
    const char *what = is_scenario ? "scenario" : "kind of planted group", *near = cli_nearest(name, names, n_names);
    if (near) return eh_fail(err, EH_E_INVALID, "there is no %s '%s'; did you mean '%s'?", what, name, near);
    return eh_fail(err, EH_E_INVALID, "there is no %s '%s'; 'evenhand simulate --list' lists them", what, name);
}

static eh_status check_plant(const char *plant, eh_error *err)
{
    char name[64];
    for (const char *at = plant, *end; at; at = *end ? end + 1 : NULL) {
        end = at + strcspn(at, ",");
        if (end == at) return eh_fail(err, EH_E_INVALID, "--plant '%s': a list such as ring,framed without empty parts", plant);
        (void)snprintf(name, sizeof name, "%.*s", (int)(end - at < 60 ? end - at : 60), at);
        EH_TRY(check_name(name, false, err));
    }
    return EH_OK;
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
    EH_TRY(check_name(args->scenario, true, err));
    EH_TRY(check_plant(args->plant, err));
    if (!args->dir) return eh_fail(err, EH_E_INVALID, "simulate needs -o DIR");
    char home[64];
    const eh_simulate_options options = {
        .n_accounts = (uint32_t)args->n_accounts,
        .n_days = (uint32_t)args->n_days,
        .plant = args->plant,
        .group_size = (uint32_t)args->group_size,
        .n_objects = (uint32_t)args->n_objects,
        .has_camouflage = args->camouflage >= 0,
        .camouflage = args->camouflage,
        .jitter_us = args->jitter_us,
        .home = args->home >= 0 && cli_choice_at(LANGUAGES, args->home, home) ? home : NULL,
        .time_step_us = args->time_step_us,
        .keyword_share = args->keyword_share,
        .is_mirrored = args->is_mirrored,
    };
    eh_simulate_report report = {0};
    EH_TRY(eh_make_dirs(call->ctx, args->dir, err));
    EH_TRY(eh_simulate(call->ctx, args->scenario, &options, args->dir, &report, err));
    return print(call, args, &report, err);
}

static const cli_opt options[] = {
    {NULL, "SCENARIO", "The scenario, or a kind of planted group in the honest world; without one, they are listed.", NULL, offsetof(simulate_args, scenario), 0, 0,
     CLI_TEXT, 0, false},
    {"output", "DIR", "The directory for posts.csv and truth.csv; created when it does not exist.", NULL,
     offsetof(simulate_args, dir), 0, 0, CLI_FOLDER, 'o', false},
    {"accounts", "N", "How many honest accounts; the scenario's own number when not given.", NULL,
     offsetof(simulate_args, n_accounts), 10, 10000000, CLI_COUNT, 0, false},
    {"days", "N", "How many days; the scenario's own number when not given.", NULL, offsetof(simulate_args, n_days), 1,
     3660, CLI_COUNT, 0, false},
    {"plant", "KINDS", "Plant these kinds of groups in the scenario, as a list: ring,framed.", NULL,
     offsetof(simulate_args, plant), 0, 0, CLI_TEXT, 0, false},
    {"group-size", "N", "Members of each planted group, 5 to 500; the kind's own number, 20, when not given.", NULL,
     offsetof(simulate_args, group_size), 5, 500, CLI_COUNT, 0, false},
    {"objects", "N", "Orders of each planted group: posts, pages, tags, texts; the kind's own number, 40, when not given.",
     NULL, offsetof(simulate_args, n_objects), 1, 2000, CLI_COUNT, 0, false},
    {"camouflage", "SHARE", "The share of a planted account's actions that are ordinary ones, 0 to 0.9; 0.5 when not given.",
     NULL, offsetof(simulate_args, camouflage), 0, 90, CLI_PART, 0, false},
    {"jitter", "DURATION", "The time within which members act on an order, 1s to 2d; the kind's own when not given.", NULL,
     offsetof(simulate_args, jitter_us), 0, 0, CLI_DURATION, 0, false},
    {"home", "LANGUAGE", "Planted groups live where this is spoken: en, de, fa, ar, ru, hi; anywhere when not given.",
     LANGUAGES, offsetof(simulate_args, home), 0, 0, CLI_CHOICE, 0, false},
    {"time-step", "DURATION", "Write times and ids in steps of that, a divisor of a day, such as 60s; ids tell the "
     "millisecond when not given.", NULL, offsetof(simulate_args, time_step_us), 0, 0, CLI_DURATION, 0, false},
    {"keyword-sample", "SHARE", "Of that share of the accounts, keep only posts that match a collection's tags and words.",
     NULL, offsetof(simulate_args, keyword_share), 0, 100, CLI_PART, 0, false},
    {"mirror", NULL, "Let the two halves of the communities change language, time zone and volume with each other.", NULL,
     offsetof(simulate_args, is_mirrored), 0, 0, CLI_FLAG, 0, false},
    {"list", NULL, "List the scenarios.", NULL, offsetof(simulate_args, wants_list), 0, 0, CLI_FLAG, 0, false},
    CLI_END,
};
static const simulate_args defaults = {CLI_COMMON_INIT, .camouflage = -1, .home = -1};

const cli_command cli_cmd_simulate = {
    .name = "simulate",
    .summary = "make a labelled synthetic archive",
    .description = "Writes an archive of invented accounts as a platform would give it (posts.csv), and beside it the "
                   "truth about them (truth.csv). The same scenario, seed and numbers give the same bytes. Nothing is "
                   "posted anywhere.",
    .examples = "evenhand simulate --list\n"
                "evenhand simulate farm --seed 7 -o world\n"
                "evenhand simulate honest --plant ring,framed --camouflage 0.7 --seed 7 -o world",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
