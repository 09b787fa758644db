/*
 * The table of scenarios. A scenario is a row: its populations in the order in which they settle.
 * A further scenario needs one row, and a further kind of people one file with up to three hooks.
 */
#include "base/outfile.h"
#include "simulate/families.h"
#include "simulate/orders.h"

enum { max_accounts = 10000000, max_days = 3650, least_group = 5, most_group = 500, most_objects = 2000 };

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

static const eh_sim_population shift_farm = {"farm", eh_sim_farm_settle, eh_sim_farm_publish, eh_sim_farm_act, &shift_work, NULL, NULL, NULL};

typedef struct scenario {
    uint32_t n_accounts, n_days;
    const eh_sim_population *populations[eh_sim_max_populations];
} scenario;

static const eh_scenario names[] = {
    {"honest", "people, newsrooms and fans with nothing coordinated: habits, feeds, breaking news, live shows"},
    {"farm", "the honest world plus a shift-working group of 60 accounts and a reposting ring of 20"},
    {"fans", "honest: many have notifications of several sources on and repost within seconds to minutes"},
    {"clock-habits", "honest: passengers of the same trains, colleagues with the same breaks"},
    {"friends", "honest: circles who pass on what their friends repost, some within the hour"},
    {"breaking-news", "honest: most days have their breaking news"},
    {"live-events", "honest: communities watch weekly or nightly shows and cheer at the same moments"},
    {"scheduled", "honest: apps that poll the same feeds on a grid, and posts scheduled for the full hour"},
    {"shifts", "honest: newsroom staff in shifts promote their own stories; each has a private account"},
    {"hyperactive", "honest: ten times as many people with dozens of actions a day"},
    {"news-bots", "honest: declared bots repost the same newsrooms at once"},
    {"call-to-action", "activists answer an organiser's public calls to repost posts and use a tag at a time"},
    {"mix", "some of all of the above honest families"},
    {"classroom", "honest: pupils given the same links and questions in the same lessons"},
    {"contest", "honest: listeners post a radio contest's tag and answer at announced times"},
    {"outages", "honest, held out of tuning: customers of a railway, grid or network complain of the same failures"},
    {"scholars", "honest, held out of tuning: people of one subject tell of the same papers, each in its own time"},
};
static const scenario scenarios[] = {
    {1500, 28, {&eh_sim_everyday}},
    {1500, 28, {&eh_sim_everyday, &shift_farm, &eh_sim_reposting_ring}},
    {1500, 28, {&eh_sim_fan_people}},
    {1500, 28, {&eh_sim_everyday, &eh_sim_habit_family}},
    {1500, 28, {&eh_sim_everyday, &eh_sim_circle_family}},
    {1500, 28, {&eh_sim_news_people}},
    {1500, 28, {&eh_sim_show_people}},
    {1500, 28, {&eh_sim_everyday, &eh_sim_app_family}},
    {1500, 28, {&eh_sim_everyday, &eh_sim_newsroom_family}},
    {1500, 28, {&eh_sim_hyperactive_people}},
    {1500, 28, {&eh_sim_everyday, &eh_sim_bot_family}},
    {1500, 28, {&eh_sim_everyday, &eh_sim_call_family}},
    {1500, 28, {&eh_sim_mixed_people, &eh_sim_some_habits, &eh_sim_some_circles, &eh_sim_some_apps, &eh_sim_some_newsrooms,
                &eh_sim_some_bots, &eh_sim_some_calls}},
    {1500, 28, {&eh_sim_everyday, &eh_sim_lesson_family}},
    {1500, 28, {&eh_sim_everyday, &eh_sim_contest_family}},
    {1500, 28, {&eh_sim_everyday, &eh_sim_outage_family}},
    {1500, 28, {&eh_sim_everyday, &eh_sim_scholar_family}},
};
_Static_assert(sizeof names / sizeof *names == sizeof scenarios / sizeof *scenarios, "one row each");

const eh_scenario *eh_scenarios(size_t *n)
{
    if (n) *n = sizeof names / sizeof *names;
    return names;
}

static void list_names(char *list, size_t room, const eh_scenario *items, size_t n)
{
    size_t size = 0;
    list[0] = 0;
    for (size_t i = 0; i < n; i++) {
        int wrote = snprintf(list + size, room - size, "%s%s", i ? ", " : "", items[i].name);
        if (wrote > 0 && (size_t)wrote < room - size) size += (size_t)wrote;
    }
}

static eh_status no_such_kind(const char *what, eh_str name, eh_error *err)
{
    char list[256];
    size_t n;
    const eh_scenario *kinds = eh_planted_kinds(&n);
    list_names(list, sizeof list, kinds, n);
    return eh_fail(err, EH_E_NOT_FOUND, "%s '%.*s'; there are: %s", what, (int)(name.size < 60 ? name.size : 60),
                   name.data ? name.data : "", list);
}

/* A scenario of the table, or the honest one for a kind's name (*kind is set then). NULL where there is neither. */
static const scenario *find_scenario(const char *name, const char **kind, eh_error *err)
{
    size_t n = sizeof names / sizeof *names;
    uint32_t number;
    char list[256];
    *kind = NULL;
    for (size_t i = 0; i < n; i++)
        if (name && strcmp(name, names[i].name) == 0) return &scenarios[i];
    if (name && eh_sim_find_kind(eh_str_of(name), &number)) {
        *kind = name;
        return &scenarios[0];
    }
    list_names(list, sizeof list, names, n);
    (void)eh_fail(err, EH_E_NOT_FOUND, "no scenario is called '%s'; there are: %s, and the kinds of planted groups",
                  name ? name : "", list);
    return NULL;
}

/* ---- options ---- */

static eh_status check_sizes(const eh_sim_world *world, const eh_simulate_options *options, eh_error *err)
{
    if (world->n_honest < 10 || world->n_honest > max_accounts)
        return eh_fail(err, EH_E_INVALID, "the number of accounts must be 10 to %d, not %u", max_accounts, world->n_honest);
    if (world->n_days < 1 || world->n_days > max_days)
        return eh_fail(err, EH_E_INVALID, "the number of days must be 1 to %d, not %u", max_days, world->n_days);
    if (options->group_size && (options->group_size < least_group || options->group_size > most_group))
        return eh_fail(err, EH_E_INVALID, "--group-size must be %d to %d, not %u", least_group, most_group, options->group_size);
    if (options->n_objects > most_objects)
        return eh_fail(err, EH_E_INVALID, "--objects must be 1 to %d, not %u", most_objects, options->n_objects);
    if (options->has_camouflage && !(options->camouflage >= 0 && options->camouflage <= 0.9))
        return eh_fail(err, EH_E_INVALID, "--camouflage must be 0 to 0.9, not %g", options->camouflage);
    if (options->jitter_us && (options->jitter_us < EH_SECOND_US || options->jitter_us > 2 * EH_DAY_US))
        return eh_fail(err, EH_E_INVALID, "--jitter must be 1s to 2d");
    if (options->time_step_us && (options->time_step_us < EH_SECOND_US || EH_DAY_US % options->time_step_us))
        return eh_fail(err, EH_E_INVALID, "--time-step must divide a day and be 1s or more: 1s, 30s, 1m, 15m, 1h");
    if (!(options->keyword_share >= 0 && options->keyword_share <= 1))
        return eh_fail(err, EH_E_INVALID, "--keyword-sample must be 0 to 1, not %g", options->keyword_share);
    return EH_OK;
}

static eh_status choose(eh_sim_world *world, const eh_simulate_options *options, eh_error *err)
{
    EH_TRY(check_sizes(world, options, err));
    world->step_ms = options->time_step_us ? options->time_step_us / 1000 : 1;
    world->keyword_share = options->keyword_share;
    world->is_mirrored = options->is_mirrored;
    world->home_language = EH_SIM_NONE;
    if (!options->home) return EH_OK;
    for (uint32_t i = 0; i < eh_sim_n_languages; i++)
        if (strcmp(options->home, eh_sim_language_code(i)) == 0) world->home_language = i;
    if (world->home_language != EH_SIM_NONE) return EH_OK;
    return eh_fail(err, EH_E_INVALID, "--home '%s': nobody speaks that; choose en, de, fa, ar, ru or hi", options->home);
}

/* The members of a staff: crews of the scenario, then one a kind. */
typedef struct staff {
    eh_sim_crew crews[eh_sim_max_populations];
    eh_sim_sizes sizes[eh_sim_max_populations];
    size_t n, n_kinds;
} staff;

static void hire(eh_sim_world *world, staff *all, const eh_sim_population *population, uint64_t stream)
{
    eh_sim_crew *crew = &all->crews[all->n++];
    *crew = (eh_sim_crew){.population = population, .parameters = population->parameters, .number = (uint32_t)all->n - 1,
                          .rng = eh_rng_of(world->seed, stream), .victim = EH_SIM_NONE};
    if (population->group[0] == 0) return;
    world->groups[world->n_groups] = population->group;
    crew->group = world->n_groups++;
}

static eh_status hire_kind(eh_sim_world *world, staff *all, eh_str name, const eh_simulate_options *options, eh_error *err)
{
    uint32_t number;
    const eh_sim_planted *kind = eh_sim_find_kind(name, &number);
    if (!kind) return no_such_kind("there is no kind of planted group", name, err);
    for (uint32_t i = 1; i < world->n_groups; i++)
        if (strcmp(world->groups[i], kind->population->group) == 0)
            return eh_fail(err, EH_E_INVALID, "--plant %s: that group is in the world already", world->groups[i]);
    if (all->n == eh_sim_max_populations) return eh_fail(err, EH_E_INVALID, "--plant: too many kinds in one world");
    size_t i = all->n;
    /* a stream of its own, so that a group does not depend on what else is planted */
    hire(world, all, kind->population, 2000 + number);
    all->n_kinds++;
    return eh_sim_size_kind(kind, options, world->n_days, &all->sizes[i], &all->crews[i], err);
}

static eh_status check_used(const eh_sim_world *world, const staff *all, const eh_simulate_options *options, eh_error *err)
{
    const char *unused = options->group_size       ? "--group-size"
                         : options->n_objects      ? "--objects"
                         : options->has_camouflage ? "--camouflage"
                         : options->jitter_us      ? "--jitter"
                                                   : NULL;
    if (all->n_kinds > 0) return EH_OK;
    if (options->home && world->n_groups == 1) unused = "--home";
    if (!unused) return EH_OK;
    return eh_fail(err, EH_E_INVALID, "%s is for planted kinds and there is none; add --plant KIND", unused);
}

static eh_status hire_all(eh_sim_world *world, staff *all, const scenario *plan, const char *kind,
                          const eh_simulate_options *options, eh_error *err)
{
    world->groups[0] = "";
    world->n_groups = 1;
    for (size_t i = 0; i < eh_sim_max_populations && plan->populations[i]; i++) hire(world, all, plan->populations[i], i + 1);
    if (kind) EH_TRY(hire_kind(world, all, eh_str_of(kind), options, err));
    for (const char *at = options->plant, *end; at; at = *end ? end + 1 : NULL) {
        end = at + strcspn(at, ",");
        EH_TRY(hire_kind(world, all, (eh_str){at, (size_t)(end - at)}, options, err));
    }
    return check_used(world, all, options, err);
}

/* ---- building ---- */

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
    EH_TRY(eh_sim_live(world, crews, n_crews, err));
    EH_TRY(run_hooks(world, crews, n_crews, 2, err));
    return eh_sim_sample(world, err);
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

static eh_status draw_and_write(eh_sim_world *world, staff *all, const char *dir, eh_simulate_report *report, eh_error *err)
{
    EH_TRY(eh_make_dirs(world->ctx, dir, err));
    EH_TRY(build(world, all->crews, all->n, err));
    EH_TRY(write_file(world, dir, false, report, err));
    return write_file(world, dir, true, report, err);
}

eh_status eh_simulate(eh_context *ctx, const char *name, const eh_simulate_options *options, const char *dir,
                      eh_simulate_report *report, eh_error *err)
{
    static const eh_simulate_options none;
    eh_error local_error = EH_ERROR_INIT;
    eh_simulate_report local_report;
    const char *kind;
    if (!err) err = &local_error;
    if (!report) report = &local_report;
    if (!options) options = &none;
    *report = (eh_simulate_report){0};
    const scenario *plan = find_scenario(name, &kind, err);
    if (!plan) return err->status;
    eh_sim_world world = {.ctx = ctx, .seed = eh_context_seed(ctx), .seen = {.ctx = ctx}};
    world.n_honest = options->n_accounts ? options->n_accounts : plan->n_accounts;
    world.n_days = options->n_days ? options->n_days : plan->n_days;
    world.start_ms = eh_days_of(2018, 8, 1) * EH_SIM_DAY_MS;
    world.end_ms = world.start_ms + (int64_t)world.n_days * EH_SIM_DAY_MS;
    staff all = {0};
    EH_TRY(choose(&world, options, err));
    EH_TRY(hire_all(&world, &all, plan, kind, options, err));
    if (!dir || !*dir) return eh_fail(err, EH_E_INVALID, "name a directory to write to with -o");
    eh_status status = draw_and_write(&world, &all, dir, report, err);
    if (status != EH_OK) *report = (eh_simulate_report){0};
    for (size_t i = 0; i < all.n; i++) {
        eh_free(ctx, all.crews[i].events.items);
        eh_free(ctx, all.crews[i].clubs.items);
        eh_free(ctx, all.crews[i].people.items);
    }
    eh_sim_world_release(&world);
    return status;
}
