/*
 * The table of scenarios. A scenario is a row: its populations in the order in which they settle.
 * A further scenario needs one row, and a further kind of people one file with up to three hooks.
 */
#include "base/outfile.h"
#include "simulate/world.h"

enum { max_accounts = 10000000, max_days = 3650 };

static const eh_sim_honest everyday = {
    .fan_share = 0.08, .hyperactive_share = 0.003, .commuter_share = 0.3, .show_share = 0.3, .breaking_per_day = 0.1};

static const eh_sim_farm shift_work = {.n_accounts = 60,
                                       .n_operators = 8,
                                       .n_leads = 4,
                                       .n_sites = 3,
                                       .zone_min = 120,
                                       .start_min = 540,
                                       .end_min = 1020,
                                       .pause_min = 750,
                                       .pause_length_min = 45,
                                       .orders_per_day = 7,
                                       .order_lag_min = 90,
                                       .participation = 0.6,
                                       .camouflage = 0.4,
                                       .copy_share = 0.35,
                                       .audience = 0.25};

static const eh_sim_ring reposting = {
    .n_accounts = 20, .n_objects = 40, .n_sponsors = 3, .participation = 0.85, .camouflage = 0.5, .jitter_min = 15};

static const eh_sim_population honest_people = {"", eh_sim_honest_settle, eh_sim_honest_publish, eh_sim_honest_act, &everyday};
static const eh_sim_population shift_farm = {"farm", eh_sim_farm_settle, eh_sim_farm_publish, eh_sim_farm_act, &shift_work};
static const eh_sim_population repost_ring = {"ring", eh_sim_ring_settle, eh_sim_ring_publish, eh_sim_ring_act, &reposting};

typedef struct scenario {
    uint32_t n_accounts, n_days;
    const eh_sim_population *populations[eh_sim_max_populations];
} scenario;

static const eh_scenario names[] = {
    {"honest", "people, newsrooms and fans with nothing coordinated: habits, feeds, breaking news, live shows"},
    {"farm", "the honest world plus a shift-working group of 60 accounts and a reposting ring of 20"},
};
static const scenario scenarios[] = {
    {1500, 28, {&honest_people}},
    {1500, 28, {&honest_people, &shift_farm, &repost_ring}},
};
_Static_assert(sizeof names / sizeof *names == sizeof scenarios / sizeof *scenarios, "one row each");

const eh_scenario *eh_scenarios(size_t *n)
{
    if (n) *n = sizeof names / sizeof *names;
    return names;
}

/* NULL with *err filled where there is none of that name. */
static const scenario *find_scenario(const char *name, eh_error *err)
{
    size_t n = sizeof names / sizeof *names, size = 0;
    char list[256] = "";
    for (size_t i = 0; i < n; i++) {
        if (name && strcmp(name, names[i].name) == 0) return &scenarios[i];
        int wrote = snprintf(list + size, sizeof list - size, "%s%s", i ? ", " : "", names[i].name);
        if (wrote > 0 && (size_t)wrote < sizeof list - size) size += (size_t)wrote;
    }
    (void)eh_fail(err, EH_E_NOT_FOUND, "no scenario is called '%s'; there are: %s", name ? name : "", list);
    return NULL;
}

static eh_status check_options(const eh_sim_world *world, eh_error *err)
{
    if (world->n_honest < 10 || world->n_honest > max_accounts)
        return eh_fail(err, EH_E_INVALID, "the number of accounts must be 10 to %d, not %u", max_accounts, world->n_honest);
    if (world->n_days < 1 || world->n_days > max_days)
        return eh_fail(err, EH_E_INVALID, "the number of days must be 1 to %d, not %u", max_days, world->n_days);
    return EH_OK;
}

static eh_status run_hooks(eh_sim_world *world, eh_sim_crew *crews, size_t n_crews, size_t phase, eh_error *err)
{
    for (size_t i = 0; i < n_crews; i++) {
        const eh_sim_population *population = crews[i].population;
        eh_sim_hook hook = phase == 0 ? population->settle : phase == 1 ? population->publish : population->act;
        if (eh_context_is_cancelled(world->ctx)) return eh_fail(err, EH_E_CANCELLED, "cancelled while drawing the world");
        if (hook) EH_TRY(hook(world, &crews[i], err));
    }
    return EH_OK;
}

static eh_status build(eh_sim_world *world, eh_sim_crew *crews, size_t n_crews, eh_error *err)
{
    EH_TRY(run_hooks(world, crews, n_crews, 0, err));
    EH_TRY(eh_sim_connect(world, err));
    EH_TRY(run_hooks(world, crews, n_crews, 1, err));
    EH_TRY(eh_sim_index_feeds(world, err));
    return run_hooks(world, crews, n_crews, 2, err);
}

static size_t hire(eh_sim_world *world, const scenario *plan, eh_sim_crew *crews)
{
    size_t n = 0;
    world->groups[0] = "";
    world->n_groups = 1;
    for (; n < eh_sim_max_populations && plan->populations[n]; n++) {
        crews[n] = (eh_sim_crew){.population = plan->populations[n], .rng = eh_rng_of(world->seed, n + 1)};
        if (plan->populations[n]->group[0] == 0) continue;
        world->groups[world->n_groups] = plan->populations[n]->group;
        crews[n].group = world->n_groups++;
    }
    return n;
}

static eh_status write_file(eh_sim_world *world, const char *dir, bool is_truth, eh_simulate_report *report, eh_error *err)
{
    eh_buf path = EH_BUF_INIT(world->ctx);
    eh_status status = eh_buf_printf(&path, err, "%s/%s", dir, is_truth ? "truth.csv" : "posts.csv");
    if (status == EH_OK)
        status = is_truth ? eh_sim_write_truth(world, path.data, report, err) : eh_sim_write_posts(world, path.data, err);
    eh_buf_release(&path);
    return status;
}

eh_status eh_simulate(eh_context *ctx, const char *name, const eh_simulate_options *options, const char *dir,
                      eh_simulate_report *report, eh_error *err)
{
    eh_error local_error = EH_ERROR_INIT;
    eh_simulate_report local_report;
    if (!err) err = &local_error;
    if (!report) report = &local_report;
    *report = (eh_simulate_report){0};
    const scenario *plan = find_scenario(name, err);
    if (!plan) return err->status;
    eh_sim_world world = {.ctx = ctx, .seed = eh_context_seed(ctx), .seen = {.ctx = ctx}};
    world.n_honest = options && options->n_accounts ? options->n_accounts : plan->n_accounts;
    world.n_days = options && options->n_days ? options->n_days : plan->n_days;
    world.start_ms = eh_days_of(2018, 8, 1) * EH_SIM_DAY_MS;
    world.end_ms = world.start_ms + (int64_t)world.n_days * EH_SIM_DAY_MS;
    EH_TRY(check_options(&world, err));
    if (!dir || !*dir) return eh_fail(err, EH_E_INVALID, "name a directory to write to with -o");
    EH_TRY(eh_make_dirs(ctx, dir, err));
    eh_sim_crew crews[eh_sim_max_populations] = {0};
    size_t n_crews = hire(&world, plan, crews);
    eh_status status = build(&world, crews, n_crews, err);
    if (status == EH_OK) status = write_file(&world, dir, false, report, err);
    if (status == EH_OK) status = write_file(&world, dir, true, report, err);
    if (status != EH_OK) *report = (eh_simulate_report){0};
    for (size_t i = 0; i < n_crews; i++) eh_free(ctx, crews[i].events.items);
    eh_sim_world_release(&world);
    return status;
}
