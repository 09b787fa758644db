/*
 * Decoys: what must stay stays, and arrangements of small episodes come as often as all their permutations, listed one by
 * one and weighted by omega, say.
 */
#include "base/rng.h"
#include "base/str.h"
#include "base/time.h"
#include "check.h"
#include "signif/decoy.h"

enum { n_objects = 30, n_draws = 3000, most_actions = 5, most_orders = 120 };

typedef struct world {
    eh_context *ctx;
    eh_action_table table;
} world;

static eh_str name_of(char *room, const char *kind, uint64_t i)
{
    snprintf(room, 24, "%s%03d", kind, (int)i);
    return eh_str_of(room);
}

/* Few accounts, each with hours of its own; small episodes, some with repeats of an account. */
static world make_world(uint64_t seed, int n_threads, uint64_t most_on_object)
{
    world w;
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, &w.ctx, &err), err);
    eh_action_builder *builder;
    CHECK_OK(eh_action_builder_new(w.ctx, 1u << EH_REPOST | 1u << EH_LINK, true, &builder, &err), err);
    eh_rng rng = eh_rng_of(seed, 7);
    for (int o = 0; o < n_objects; o++) {
        char object[24], account[24], post[24], source[24];
        int64_t birth_us = (int64_t)(1533081600 + eh_rng_below(&rng, 20 * 86400)) * EH_SECOND_US;
        uint64_t n = 2 + eh_rng_below(&rng, most_on_object - 1);
        for (uint64_t i = 0; i < n; i++) {
            uint64_t who = eh_rng_below(&rng, 12);
            double delay_s = (10 + 500 * (double)who) * eh_rng_exponential(&rng); /* fast and slow accounts */
            eh_action action = {.behaviour = o % 3 ? EH_REPOST : EH_LINK, .kind = EH_KIND_REPOST, .birth_us = o % 5 ? birth_us : EH_NO_TIME,
                                .time_us = birth_us + (int64_t)delay_s * EH_SECOND_US};
            action.account = name_of(account, "a", who);
            action.object = name_of(object, "o", (uint64_t)o);
            action.source = name_of(source, "s", (uint64_t)o % 4);
            action.post = name_of(post, "p", (uint64_t)o * 20 + i);
            CHECK_OK(eh_action_builder_add(builder, &action, &err), err);
        }
    }
    CHECK_OK(eh_action_builder_finish(builder, &w.table, &err), err);
    eh_action_builder_free(builder);
    return w;
}

static void free_world(world *w)
{
    eh_action_table_release(&w->table);
    eh_context_free(w->ctx);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Who (account, post, kind) acted on which object on which day, as sorted numbers. */
static size_t who_on_what(const eh_action_set *set, int64_t *keys)
{
    size_t n = 0;
    for (uint32_t o = 0; o < set->n_objects; o++)
        for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1]; i++) {
            int64_t day = set->time_us[i] / EH_DAY_US;
            keys[n++] = (((int64_t)o * 1000 + set->account[i]) * 10000 + set->post[i]) * 100000 + day;
        }
    qsort(keys, n, sizeof *keys, by_value);
    return n;
}

static bool is_in_order(const eh_action_set *set)
{
    for (uint32_t o = 0; o < set->n_objects; o++)
        for (uint64_t i = set->object_start[o] + 1; i < set->object_start[o + 1]; i++) {
            if (set->time_us[i] != set->time_us[i - 1]) {
                if (set->time_us[i] < set->time_us[i - 1]) return false;
            } else if (set->account[i] < set->account[i - 1])
                return false;
        }
    return true;
}

static bool is_founded(const eh_action_set *set, uint32_t o)
{
    uint64_t first = set->object_start[o];
    return !set->is_birth_known[o] && first + 1 < set->object_start[o + 1] && set->time_us[first + 1] > set->time_us[first];
}

static void keeps_who_did_what(bool keeps_times)
{
    eh_error err = EH_ERROR_INIT;
    world w = make_world(3, 2, 14);
    eh_detect_options options = eh_detect_options_default();
    eh_decoys decoys;
    CHECK_OK(eh_decoys_init(w.ctx, &w.table, &options, &decoys, &err), err);
    decoys.keeps_times = keeps_times;
    int64_t before[1000], after[1000];
    int n_moved = 0, n_founded = 0;
    for (uint32_t d = 0; d < 5; d++) {
        eh_action_table decoy;
        CHECK_OK(eh_decoy_draw(&decoys, d, &decoy, &err), err);
        for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
            const eh_action_set *x = &w.table.sets[b], *y = &decoy.sets[b];
            CHECK_EQ_INT(x->n_actions, y->n_actions);
            if (!x->n_actions) continue;
            bool is_same = memcmp(x->time_us, y->time_us, x->n_actions * sizeof *x->time_us) == 0; /* slot by slot */
            CHECK_EQ_INT(is_same, keeps_times);
            size_t n = who_on_what(x, before);
            CHECK_EQ_INT(n, who_on_what(y, after));
            CHECK(memcmp(before, after, n * sizeof *before) == 0);
            CHECK(is_in_order(y));
            for (uint64_t i = 0; i < x->n_actions; i++) n_moved += x->account[i] != y->account[i] || x->time_us[i] != y->time_us[i];
            for (uint32_t o = 0; o < x->n_objects; o++) {
                if (!is_founded(x, o)) continue;
                n_founded++;
                CHECK_EQ_INT(x->time_us[x->object_start[o]], y->time_us[x->object_start[o]]);
                CHECK_EQ_INT(x->account[x->object_start[o]], y->account[x->object_start[o]]);
            }
        }
        eh_decoy_release(&decoy);
    }
    CHECK(n_moved > 200);
    CHECK(n_founded >= 10);
    eh_decoys_release(&decoys);
    free_world(&w);
}

static void keeps_who_did_what_and_when_it_happened(void) { keeps_who_did_what(true); }
static void keeps_who_did_what_on_which_day(void) { keeps_who_did_what(false); }

/* An account's latency falls into bin b as often as g_{u,a}(b) times the share of the bin's latencies that stay on the day, thinned by the
 * clock; what is thinned away 40 times in a row is drawn by the clock. */
static void draws_latencies_by_habit(void)
{
    enum { n_times = 20000, n_short = 7 }; /* within two minutes, where the clock alone hardly leads */
    eh_error err = EH_ERROR_INIT;
    world w = make_world(7, 1, 9);
    eh_detect_options options = eh_detect_options_default();
    eh_decoys decoys;
    CHECK_OK(eh_decoys_init(w.ctx, &w.table, &options, &decoys, &err), err);
    const eh_field *field = &decoys.data.fields.of[EH_REPOST];
    const eh_timeline *t = field->timeline;
    const eh_latency_pool *pool = &decoys.pool[EH_REPOST];
    int n_looked = 0;
    for (uint32_t e = 0; e < t->n_episodes && n_looked < 12; e++) {
        const eh_episode *episode = &t->episodes[e];
        const eh_member *member = &t->members[episode->first_member];
        uint64_t action = eh_action_of(t, episode, member, 0);
        if (t->latency_ms[action] == EH_NO_LATENCY || eh_latency_bin(t->latency_ms[action]) == eh_n_latency_bins - 1) continue;
        int64_t origin_us = t->set->time_us[action] - (int64_t)t->latency_ms[action] * 1000, day = eh_day_of(t->set->time_us[action]);
        double clock[eh_n_clock_cells], weight[eh_n_latency_bins], all = 0;
        eh_likeness who;
        eh_likeness_of(field, episode, member, &who);
        eh_clock_density(field->clock, member->account, clock);
        for (int b = 0; b < eh_n_latency_bins; b++) {
            uint32_t n = pool->first[b + 1] - pool->first[b];
            double sum = 0;
            for (uint32_t k = pool->first[b]; k < pool->first[b + 1]; k++) {
                int64_t at_us = origin_us + (int64_t)pool->latency_ms[k] * 1000;
                if (eh_day_of(at_us) == day) sum += fmin(1, clock[eh_clock_cell(at_us)] / field->clock->population[eh_clock_cell(at_us)] / 8);
            }
            weight[b] = who.latency[b] * (b == eh_n_latency_bins - 1 || n == 0 ? 1 : sum / n);
            all += weight[b];
        }
        double seen[eh_n_latency_bins] = {0};
        eh_rng rng = eh_rng_of(9, e);
        for (int k = 0; k < n_times; k++) {
            int64_t at_us = eh_redraw_time(field, pool, e, episode->first_member, 0, 1, &rng);
            CHECK_EQ_INT(eh_day_of(at_us), day);
            seen[eh_latency_bin((uint32_t)((at_us - origin_us) / 1000))]++;
        }
        for (int b = 0; b < n_short; b++) {
            double p = weight[b] / all * (1 - pow(1 - all, 40)), sd = sqrt(p * (1 - p) / n_times);
            CHECK(fabs(seen[b] / n_times - p) < 5 * sd + 0.01);
        }
        n_looked++;
    }
    CHECK_EQ_INT(n_looked, 12);
    eh_decoys_release(&decoys);
    free_world(&w);
}

static void is_the_same_for_any_number_of_threads(void)
{
    eh_error err = EH_ERROR_INIT;
    world w[2] = {make_world(5, 1, 14), make_world(5, 4, 14)};
    eh_detect_options options = eh_detect_options_default();
    eh_decoys decoys[2];
    eh_action_table drawn[2];
    for (int i = 0; i < 2; i++) {
        CHECK_OK(eh_decoys_init(w[i].ctx, &w[i].table, &options, &decoys[i], &err), err);
        CHECK_OK(eh_decoy_draw(&decoys[i], 4, &drawn[i], &err), err);
    }
    const eh_action_set *x = &drawn[0].sets[EH_REPOST], *y = &drawn[1].sets[EH_REPOST];
    CHECK(memcmp(x->account, y->account, x->n_actions * sizeof *x->account) == 0);
    for (int i = 0; i < 2; i++) {
        eh_decoy_release(&drawn[i]);
        eh_decoys_release(&decoys[i]);
        free_world(&w[i]);
    }
}

/* ---- distribution ---- */

/* All orders of 0 .. n-1, in lexicographic order; returns how many. */
static int list_orders(int n, int orders[most_orders][most_actions])
{
    int order[most_actions], count = 0;
    for (int i = 0; i < n; i++) order[i] = i;
    for (;;) {
        memcpy(orders[count++], order, sizeof order);
        int i = n - 2;
        while (i >= 0 && order[i] > order[i + 1]) i--;
        if (i < 0) return count;
        int j = n - 1;
        while (order[j] < order[i]) j--;
        int held = order[i];
        order[i] = order[j];
        order[j] = held;
        for (int a = i + 1, b = n - 1; a < b; a++, b--) {
            held = order[a];
            order[a] = order[b];
            order[b] = held;
        }
    }
}

typedef struct tally {
    const eh_episode *episode;
    int n_orders, orders[most_orders][most_actions];
    double p[most_orders], n_seen[most_orders];
} tally;

/* P of each order by enumeration; false where the episode is not small, or has ties or repeats. */
static bool tally_init(tally *t, const eh_field *field, const eh_episode *episode)
{
    const eh_timeline *timeline = field->timeline;
    int n = (int)episode->n_actions;
    if (n > most_actions || n < 3 || (uint32_t)n != episode->n_accounts) return false;
    const int64_t *time_us = timeline->set->time_us + episode->first_action;
    for (int i = 1; i < n; i++)
        if (time_us[i] == time_us[i - 1]) return false;
    bool is_fixed = timeline->latency_ms[episode->first_action] == EH_NO_LATENCY; /* who founds the object stays */
    double weight[most_actions][most_actions], sum = 0;
    for (int m = 0; m < n; m++) {
        eh_likeness who;
        eh_likeness_of(field, episode, &timeline->members[episode->first_member + (uint64_t)m], &who);
        int i = 0;
        for (uint32_t s = 0; s < episode->n_segments; s++)
            for (uint32_t k = 0; k < timeline->segments[episode->first_segment + s].n_actions; k++)
                weight[m][i++] = eh_weight_of(field->clock, &who, &timeline->segments[episode->first_segment + s]);
    }
    memset(t, 0, sizeof *t);
    t->episode = episode;
    t->n_orders = list_orders(n, t->orders);
    for (int k = 0; k < t->n_orders; k++) {
        bool is_possible = !is_fixed || timeline->members[episode->first_member + (uint64_t)t->orders[k][0]].account ==
                                            timeline->set->account[episode->first_action];
        t->p[k] = is_possible;
        for (int i = 0; i < n; i++) t->p[k] *= weight[t->orders[k][i]][i];
        sum += t->p[k];
    }
    for (int k = 0; k < t->n_orders; k++) t->p[k] /= sum;
    return true;
}

static void tally_add(tally *t, const eh_timeline *timeline, const eh_action_set *decoy)
{
    int n = (int)t->episode->n_actions, order[most_actions] = {0};
    for (int i = 0; i < n; i++)
        for (int m = 0; m < n; m++)
            if (timeline->members[t->episode->first_member + (uint64_t)m].account == decoy->account[t->episode->first_action + (uint64_t)i])
                order[i] = m;
    for (int k = 0; k < t->n_orders; k++)
        if (memcmp(order, t->orders[k], (size_t)n * sizeof *order) == 0) t->n_seen[k]++;
}

static void comes_as_often_as_omega_says(void)
{
    static tally tallies[n_objects * 2];
    eh_error err = EH_ERROR_INIT;
    world w = make_world(11, 1, 5);
    eh_detect_options options = eh_detect_options_default();
    eh_decoys decoys;
    CHECK_OK(eh_decoys_init(w.ctx, &w.table, &options, &decoys, &err), err);
    decoys.keeps_times = true;
    const eh_timeline *timeline = decoys.data.fields.of[EH_REPOST].timeline;
    int n = 0;
    for (uint32_t e = 0; e < timeline->n_episodes; e++)
        n += tally_init(&tallies[n], &decoys.data.fields.of[EH_REPOST], &timeline->episodes[e]);
    CHECK(n >= 5);
    for (uint32_t d = 0; d < n_draws; d++) {
        eh_action_table decoy;
        CHECK_OK(eh_decoy_draw(&decoys, d, &decoy, &err), err);
        for (int i = 0; i < n; i++) tally_add(&tallies[i], timeline, &decoy.sets[EH_REPOST]);
        eh_decoy_release(&decoy);
    }
    double chi2 = 0, df = 0, chi2_uniform = 0;
    for (int i = 0; i < n; i++) {
        double rare = 0, rare_seen = 0, n_possible = 0;
        for (int k = 0; k < tallies[i].n_orders; k++) n_possible += tallies[i].p[k] > 0;
        for (int k = 0; k < tallies[i].n_orders; k++) {
            double expected = n_draws * tallies[i].p[k], uniform = tallies[i].p[k] > 0 ? n_draws / n_possible : 0;
            if (expected == 0) {
                CHECK(tallies[i].n_seen[k] == 0);
                continue;
            }
            chi2_uniform += pow(tallies[i].n_seen[k] - uniform, 2) / uniform;
            if (expected < 5) {
                rare += expected;
                rare_seen += tallies[i].n_seen[k];
                continue;
            }
            chi2 += pow(tallies[i].n_seen[k] - expected, 2) / expected;
            df++;
        }
        if (rare >= 5) chi2 += pow(rare_seen - rare, 2) / rare;
        df -= rare >= 5 ? 0 : 1;
    }
    printf("chi2 %.1f on %.0f degrees of freedom, %d episodes; against equal chances %.0f\n", chi2, df, n, chi2_uniform);
    CHECK(chi2 < df + 4 * sqrt(2 * df));
    CHECK(chi2 > df - 4 * sqrt(2 * df));
    CHECK(chi2_uniform > 4 * df); /* omega does matter here */
    eh_decoys_release(&decoys);
    free_world(&w);
}

/* ---- placebo ---- */

static void moves_accounts_by_whole_weeks(void)
{
    eh_error err = EH_ERROR_INIT;
    world w = make_world(13, 1, 14);
    uint16_t week[16];
    uint32_t n_weeks = eh_weeks_of(&w.table), n_far = 0;
    CHECK(n_weeks == 3);
    CHECK(w.table.accounts.n <= 16);
    eh_action_table moved;
    CHECK_OK(eh_placebo_draw(w.ctx, &w.table, 0, n_weeks, week, &moved, &err), err);
    const eh_action_set *x = &w.table.sets[EH_REPOST], *y = &moved.sets[EH_REPOST];
    CHECK(is_in_order(y));
    for (uint64_t i = 0; i < x->n_actions; i++) { /* posts name actions here */
        uint64_t k = 0;
        while (k < y->n_actions && y->post[k] != x->post[i]) k++;
        CHECK(k < y->n_actions);
        CHECK_EQ_INT(x->account[i], y->account[k]);
        int64_t gap_us = y->time_us[k] - x->time_us[i];
        CHECK_EQ_INT(((gap_us / (7 * EH_DAY_US)) % n_weeks + n_weeks) % n_weeks, week[x->account[i]]);
        CHECK_EQ_INT(gap_us % (7 * EH_DAY_US), 0);
        n_far += gap_us != 0;
    }
    CHECK(n_far > 0);
    eh_decoy_release(&moved);
    CHECK_EQ_INT(eh_placebo_draw(w.ctx, &w.table, 0, 1, week, &moved, &err), EH_E_STATISTICS);
    free_world(&w);
}

CHECK_MAIN(keeps_who_did_what_and_when_it_happened, keeps_who_did_what_on_which_day, draws_latencies_by_habit, is_the_same_for_any_number_of_threads, comes_as_often_as_omega_says,
           moves_accounts_by_whole_weeks)
