/* Which texts are templates: small worlds with people who know nothing of each other, and a group that copies. */
#include "check.h"

#include "actions/text_crowd.h"
#include "base/rng.h"
#include "evenhand/near_text.h"

static const int64_t day_us = INT64_C(86400000000);

typedef struct world {
    eh_context *ctx;
    eh_action_builder *builder;
    uint32_t n_posts;
} world;

static eh_str str(const char *s) { return (eh_str){s, strlen(s)}; }

static world world_new(int n_threads)
{
    world w = {NULL, NULL, 0};
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, &w.ctx, &err), err);
    CHECK_OK(eh_action_builder_new(w.ctx, 1u << EH_TEXT | 1u << EH_LINK, true, &w.builder, &err), err);
    return w;
}

/* One post: a text named by a number (different numbers are far apart), and a link where it is not negative. */
static void post(world *w, uint32_t account, uint32_t text, int link, int64_t time_us)
{
    char name[16], id[16], words[64], url[32];
    eh_error err = EH_ERROR_INIT;
    eh_rng rng = eh_rng_of(4, text);
    for (int i = 0; i < 50; i++) words[i] = (char)('a' + eh_rng_below(&rng, 26));
    words[50] = 0;
    snprintf(name, sizeof name, "u%u", account);
    snprintf(id, sizeof id, "p%u", w->n_posts++);
    eh_action action = {.behaviour = EH_TEXT, .account = str(name), .object = str(words), .post = str(id), .time_us = time_us,
                        .birth_us = INT64_MIN};
    CHECK_OK(eh_action_builder_add(w->builder, &action, &err), err);
    if (link < 0) return;
    snprintf(url, sizeof url, "site%d.example/page%u", link, text);
    action.behaviour = EH_LINK;
    action.object = str(url);
    snprintf(words, sizeof words, "site%d.example", link);
    action.source = str(words);
    CHECK_OK(eh_action_builder_add(w->builder, &action, &err), err);
}

/* n_people who post texts of a common stock now and then: each text has about three quarters of n_each. */
static void add_crowd(world *w, uint64_t seed, uint32_t n_people, uint32_t n_each)
{
    eh_rng rng = eh_rng_of(seed, 1);
    for (uint32_t u = 0; u < n_people; u++)
        for (uint32_t k = 0; k < n_each; k++)
            post(w, u, 1000 + (uint32_t)eh_rng_below(&rng, 400), -1, (int64_t)eh_rng_below(&rng, 60) * day_us + (int64_t)eh_rng_below(&rng, 1000));
}

static eh_near_text_report finish(world *w, eh_action_table *table)
{
    eh_error err = EH_ERROR_INIT;
    eh_near_text_report report;
    CHECK_OK(eh_action_builder_finish(w->builder, table, &err), err);
    CHECK_OK(eh_near_text_merge(w->ctx, table, NULL, &report, &err), err);
    CHECK_EQ_INT(report.n_objects, report.n_texts_of[0] + report.n_texts_of[1] + report.n_texts_of[2] + report.n_texts_of[3]);
    CHECK_EQ_INT(report.n_texts_of[0], table->sets[EH_TEXT].n_objects); /* templates have left */
    CHECK_EQ_INT(report.n_actions - report.n_duplicates, table->sets[EH_TEXT].n_actions + report.n_actions_of[1] +
                                                             report.n_actions_of[2] + report.n_actions_of[3]);
    return report;
}

static void release(world *w, eh_near_text_report *report, eh_action_table *table)
{
    eh_near_text_report_release(report);
    eh_action_table_release(table);
    eh_action_builder_free(w->builder);
    CHECK_EQ_INT(eh_context_memory_used_size(w->ctx), 0);
    eh_context_free(w->ctx);
}

static void people_alike_by_chance_have_templates(void)
{
    for (int n_threads = 1; n_threads <= 4; n_threads *= 4) {
        world w = world_new(n_threads);
        eh_action_table table;
        eh_rng rng = eh_rng_of(3, 3);
        add_crowd(&w, 1, 300, 20);
        for (uint32_t k = 0; k < 30; k++) { /* a title, a quotation, a letter handed on for three days, a cry of one hour */
            post(&w, (uint32_t)eh_rng_below(&rng, 300), 1, 7, (int64_t)eh_rng_below(&rng, 5) * day_us);
            post(&w, (uint32_t)eh_rng_below(&rng, 300), 2, -1, (int64_t)eh_rng_below(&rng, 60) * day_us);
            post(&w, (uint32_t)eh_rng_below(&rng, 300), 3, -1, 20 * day_us + (int64_t)eh_rng_below(&rng, 72) * day_us / 24);
            post(&w, (uint32_t)eh_rng_below(&rng, 300), 4, -1, 20 * day_us + (int64_t)eh_rng_below(&rng, 3600) * 1000000);
        }
        eh_near_text_report report = finish(&w, &table);
        CHECK_EQ_INT(report.n_texts_of[EH_TEXT_SHARE_BUTTON], 1);
        CHECK_EQ_INT(report.n_texts_of[EH_TEXT_CHAIN_LETTER], 1);
        CHECK(report.n_texts_of[EH_TEXT_QUOTATION] > 150); /* text 2, and most of the stock: it is in use all the time */
        for (uint32_t i = 0; i < report.n_templates; i++) {
            const eh_text_template *t = &report.templates[i];
            CHECK((t->kind == EH_TEXT_SHARE_BUTTON) == (t->link != UINT32_MAX));
            CHECK(t->crowd >= 80 && t->n_accounts >= 5 && t->first_us < t->last_us && t->n_texts == 1);
            CHECK(eh_strings_get(&report.texts, i).size == 50);
        }
        CHECK(report.n_shared[0] > 0 && report.n_template[0] > 0 && report.n_template[0] <= report.n_shared[0]);
        release(&w, &report, &table);
    }
}

/* Twenty accounts post 40 texts, each of them nine of ten times: slowly over weeks, with and without an own site. */
static void a_small_group_has_none(void)
{
    for (int link = -1; link <= 1; link++)
        for (uint64_t seed = 1; seed <= 10; seed++) {
            world w = world_new(2);
            eh_action_table table;
            eh_rng rng = eh_rng_of(seed, 5);
            add_crowd(&w, seed, 300, 8);
            for (uint32_t text = 0; text < 40; text++)
                for (uint32_t u = 0; u < 20; u++)
                    if (eh_rng_below(&rng, 10) < 9)
                        post(&w, 500 + u, text, link, (int64_t)(eh_rng_uniform(&rng) * 60 * (double)day_us));
            eh_near_text_report report = finish(&w, &table);
            for (uint32_t i = 0; i < report.n_templates; i++) CHECK(report.templates[i].n_accounts < 18 && report.templates[i].link == UINT32_MAX);
            for (uint32_t u = 0; u < table.accounts.n; u++)
                if (eh_strings_get(&table.accounts, u).size == 4 && eh_strings_get(&table.accounts, u).data[1] == '5')
                    CHECK_EQ_INT(report.n_template[u], 0);
            release(&w, &report, &table);
        }
}

/* The crowd of a group of G that copies at random is about G. */
static void crowds_are_counted(void)
{
    static const uint32_t sizes[] = {20, 60, 200};
    for (size_t s = 0; s < 3; s++) {
        world w = world_new(1);
        eh_action_table table;
        eh_text_crowd crowd;
        eh_error err = EH_ERROR_INIT;
        eh_rng rng = eh_rng_of(s, 6);
        for (uint32_t text = 0; text < 60; text++)
            for (uint32_t u = 0; u < sizes[s]; u++)
                if (eh_rng_below(&rng, 4) == 0) post(&w, u, text, -1, (int64_t)text * day_us);
        CHECK_OK(eh_action_builder_finish(w.builder, &table, &err), err);
        CHECK_OK(eh_text_crowd_init(w.ctx, &table.sets[EH_TEXT], table.accounts.n, &crowd, &err), err);
        uint32_t *seen = calloc(table.accounts.n, sizeof *seen);
        double n_pairs = 0, n_hits = 0;
        for (uint32_t o = 0; o < crowd.n_texts; o++) {
            eh_recapture r = eh_text_recapture(&crowd, o, seen);
            n_pairs += (double)(crowd.account_start[o + 1] - crowd.account_start[o] - 1) * r.n_trials;
            n_hits += r.n_hits;
        }
        printf("a group of %u is counted as %.1f\n", sizes[s], n_pairs / n_hits + 1);
        CHECK_NEAR(n_pairs / n_hits + 1, sizes[s], 0.1);
        free(seen);
        eh_text_crowd_release(&crowd);
        eh_action_table_release(&table);
        eh_action_builder_free(w.builder);
        eh_context_free(w.ctx);
    }
}

/* Against the exact bound (R: qchisq(.95, 2 (n + 1)) / 2). */
static void poisson_bounds_are_right(void)
{
    CHECK_NEAR(eh_poisson_upper(0), 2.995732, 0.02);
    CHECK_NEAR(eh_poisson_upper(1), 4.743865, 0.005);
    CHECK_NEAR(eh_poisson_upper(5), 10.51303, 0.002);
    CHECK_NEAR(eh_poisson_upper(10), 16.96222, 0.002);
    CHECK_NEAR(eh_poisson_upper(100), 118.0788, 0.002);
}

static void bad_options_are_refused(void)
{
    world w = world_new(1);
    eh_action_table table;
    eh_error err = EH_ERROR_INIT;
    post(&w, 1, 1, -1, 0);
    CHECK_OK(eh_action_builder_finish(w.builder, &table, &err), err);
    for (int i = 0; i < 4; i++) {
        eh_near_text_options options = eh_near_text_options_default();
        if (i == 0) options.jaccard = 0.4;
        if (i == 1) options.jaccard = NAN;
        if (i == 2) options.window_us = -1;
        if (i == 3) options.least_crowd = 0;
        CHECK_EQ_INT(eh_near_text_merge(w.ctx, &table, &options, NULL, &err), EH_E_INVALID);
        CHECK(err.message[0]);
    }
    eh_action_table_release(&table);
    CHECK_EQ_INT(eh_near_text_merge(w.ctx, &table, NULL, NULL, &err), EH_E_INVALID);
    eh_action_builder_free(w.builder);
    eh_context_free(w.ctx);
}

CHECK_MAIN(people_alike_by_chance_have_templates, a_small_group_has_none, crowds_are_counted, poisson_bounds_are_right,
           bad_options_are_refused)
