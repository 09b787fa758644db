/* Planted groups: each kind has the size, the camouflage and above all the mechanism that docs/simulate.md tells. */
#include "simulate/families.h"
#include "simulate/orders.h"
#include "simulate_helper.h"

enum { most_members = 600 };
static const int64_t minute_ms = 60000;

/* A world whose members are known, with their posts in order of time. */
typedef struct planted {
    table posts, truth;
    char dir[256];
    eh_dict members;
    char **rows[8000]; /* of members */
    size_t n;
    const char *victim;
} planted;

static planted plant(const char *kind, uint64_t seed, eh_simulate_options options)
{
    planted p = {.members = EH_DICT_INIT(NULL)};
    if (!options.n_accounts) options.n_accounts = 300;
    char name[64];
    static unsigned n_drawn;
    snprintf(name, sizeof name, "%s-%u", kind, n_drawn++);
    draw_with(kind, seed, 1, &options, name, p.dir);
    p.posts = read_table(p.dir, "posts.csv", n_columns);
    p.truth = read_table(p.dir, "truth.csv", n_truth);
    for (size_t i = 0; i < p.truth.n_rows; i++) {
        char **row = p.truth.fields + n_truth * i;
        uint32_t number;
        if (strcmp(row[2], "victim") == 0) {
            CHECK(!p.victim); /* one at most */
            CHECK_EQ_STR(row[1], "");
            p.victim = row[0];
        }
        CHECK((strcmp(row[2], "member") == 0) == (row[1][0] != 0));
        if (!row[1][0]) continue;
        CHECK_EQ_STR(row[1], kind);
        CHECK_OK(eh_dict_add(&p.members, eh_str_of(row[0]), &number, NULL), (eh_error)EH_ERROR_INIT);
    }
    for (size_t i = 0; i < p.posts.n_rows; i++) {
        char **row = p.posts.fields + i * n_columns;
        if (eh_dict_find(&p.members, eh_str_of(row[USERID])) == EH_DICT_NONE) continue;
        CHECK(p.n < sizeof p.rows / sizeof *p.rows);
        p.rows[p.n++] = row;
    }
    return p;
}

static void drop(planted *p)
{
    eh_dict_release(&p->members);
    drop_table(&p->posts);
    drop_table(&p->truth);
    remove_files(p->dir);
}

static uint32_t member_of(const planted *p, size_t i) { return eh_dict_find(&p->members, eh_str_of(p->rows[i][USERID])); }
static int64_t at_ms(const planted *p, size_t i) { return time_ms_of(p->rows[i][TWEETID]); }

/* What a post acts on: the post it reposts or answers, a link, a tag, else its text. */
static const char *object_of(char **row)
{
    if (row[REPOST_POST][0]) return row[REPOST_POST];
    if (row[REPLY_POST][0]) return row[REPLY_POST];
    if (row[URLS][1] != ']') return row[URLS];
    if (row[TAGS][1] != ']') return row[TAGS];
    return row[TEXT];
}

/* Members' posts by object: numbers of objects in `of`, first and last time of each. */
typedef struct orders {
    uint32_t of[8000], n_posts[8000];
    int64_t first_ms[8000], last_ms[8000];
    uint32_t n;
} orders;

static orders *orders_of(const planted *p)
{
    eh_dict objects = EH_DICT_INIT(NULL);
    orders *o = calloc(1, sizeof *o);
    CHECK(o != NULL);
    for (size_t i = 0; i < p->n; i++) {
        uint32_t k;
        CHECK_OK(eh_dict_add(&objects, eh_str_of(object_of(p->rows[i])), &k, NULL), (eh_error)EH_ERROR_INIT);
        o->of[i] = k;
        if (k == o->n) {
            o->n++;
            o->first_ms[k] = at_ms(p, i);
        }
        o->n_posts[k]++;
        o->last_ms[k] = at_ms(p, i); /* rows are in order of time */
    }
    eh_dict_release(&objects);
    return o;
}

/* Without camouflage members do nothing but carry out orders. */
static eh_simulate_options bare(uint32_t group_size, uint32_t n_objects, uint32_t n_days)
{
    return (eh_simulate_options){
        .has_camouflage = true, .group_size = group_size, .n_objects = n_objects, .n_days = n_days};
}

/* ---- for every kind ---- */

static void every_kind_has_its_size(void)
{
    size_t n;
    const eh_scenario *kinds = eh_planted_kinds(&n);
    CHECK_EQ_INT(n, 14);
    for (size_t i = 0; i < n; i++) {
        CHECK(kinds[i].summary[0] != 0);
        eh_simulate_options options = {.group_size = 7, .n_objects = 14, .n_days = 14};
        planted p = plant(kinds[i].name, 11, options);
        CHECK_EQ_INT(p.members.n, 7);
        CHECK(p.n > 7 * 4);
        CHECK((p.victim != NULL) == (strcmp(kinds[i].name, "framed") == 0));
        drop(&p);
    }
    planted small = plant("ring", 2, (eh_simulate_options){.group_size = 5, .n_days = 7}); /* objects shrink with the days */
    CHECK_EQ_INT(small.members.n, 5);
    drop(&small);
    char dir[256];
    eh_simulate_options large = {.group_size = 500, .n_objects = 2, .n_accounts = 300, .n_days = 4};
    CHECK_EQ_INT(draw_with("copy-paste", 2, 1, &large, "large", dir).n_planted, 500);
    remove_files(dir);
}

static void kinds_are_planted_together_and_alike_for_any_threads(void)
{
    char all[512] = "", a[256], b[256], c[256];
    size_t n;
    const eh_scenario *kinds = eh_planted_kinds(&n);
    for (size_t i = 0; i < n; i++) {
        if (i) strcat(all, ",");
        strcat(all, kinds[i].name);
    }
    eh_simulate_options options = {.plant = all, .group_size = 5, .n_objects = 8, .n_accounts = 300, .n_days = 12};
    options.keyword_share = 0.3;
    options.time_step_us = 60 * EH_SECOND_US;
    options.is_mirrored = true;
    options.home = "ru";
    CHECK_EQ_INT(draw_with("honest", 4, 1, &options, "all-a", a).n_planted, 70);
    CHECK_EQ_INT(draw_with("honest", 4, 3, &options, "all-b", b).n_planted, 70);
    CHECK_EQ_INT(draw_with("honest", 5, 1, &options, "all-c", c).n_planted, 70);
    CHECK(is_same_file(a, b, "posts.csv") && is_same_file(a, b, "truth.csv"));
    CHECK(!is_same_file(a, c, "posts.csv") && !is_same_file(a, c, "truth.csv"));
    remove_files(a);
    remove_files(b);
    remove_files(c);
}

static void camouflage_is_as_asked(void)
{
    const char *kinds[] = {"ring", "jitter-hours", "hashtag-flood", "fast-farm", "pod"};
    const double shares[] = {0.3, 0.5, 0.8};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        eh_simulate_options options = bare(0, 0, 28);
        options.n_accounts = 900;
        planted none = plant(kinds[k], 6, options);
        for (size_t s = 0; s < 3; s++) {
            options.camouflage = shares[s];
            planted some = plant(kinds[k], 6, options);
            double share = 1 - (double)none.n / (double)some.n;
            CHECK(fabs(share - shares[s]) < 0.1);
            drop(&some);
        }
        drop(&none);
    }
}

/* ---- mechanisms ---- */

/* All members' posts on an object lie within `most`, and typically spread over most of it. */
static void check_jitter(const char *kind, int64_t jitter_us, int64_t least_ms, int64_t most_ms)
{
    eh_simulate_options options = bare(20, 28, 28);
    options.jitter_us = jitter_us;
    planted p = plant(kind, 3, options);
    orders *o = orders_of(&p);
    size_t n_wide = 0, n_full = 0;
    CHECK(o->n >= 26 && o->n <= 28);
    for (uint32_t k = 0; k < o->n; k++) {
        int64_t span_ms = o->last_ms[k] - o->first_ms[k];
        CHECK(span_ms <= most_ms);
        n_full += o->n_posts[k] >= 12;
        n_wide += span_ms >= least_ms;
    }
    CHECK(n_full >= 24 && n_wide >= 24);
    free(o);
    drop(&p);
}

static void jitter_is_as_said(void)
{
    check_jitter("ring", 0, 9 * minute_ms, 15 * minute_ms);
    check_jitter("jitter-15m", 0, 9 * minute_ms, 15 * minute_ms);
    check_jitter("jitter-hours", 0, 210 * minute_ms, 480 * minute_ms);
    check_jitter("link-seeding", 0, 54 * minute_ms, 90 * minute_ms);
    check_jitter("reply-swarm", 0, 24 * minute_ms, 40 * minute_ms);
    check_jitter("jitter-15m", 90 * EH_SECOND_US, 58000, 90000);
    check_jitter("link-seeding", 4 * EH_HOUR_US, 144 * minute_ms, 240 * minute_ms);
}

static void the_fast_farm_is_fast_and_does_a_second_thing(void)
{
    planted p = plant("fast-farm", 3, bare(20, 40, 28));
    size_t n_reposts = 0, n_second = 0;
    for (size_t i = 0; i < p.n; i++) {
        if (p.rows[i][REPOST_POST][0]) {
            int64_t delay_ms = at_ms(&p, i) - time_ms_of(p.rows[i][REPOST_POST]);
            CHECK(delay_ms >= 4000 && delay_ms <= 2 * minute_ms);
            CHECK(eh_dict_find(&p.members, eh_str_of(p.rows[i][REPOST_USER])) != EH_DICT_NONE);
            n_reposts++;
        } else if (p.rows[i][URLS][1] != ']' || p.rows[i][TAGS][1] != ']') {
            n_second++;
        }
    }
    CHECK(n_reposts > 500 && n_reposts < 800);
    CHECK_NEAR((double)n_second / (double)n_reposts, 0.6, 0.15);
    drop(&p);
}

static void hashtags_are_flooded_in_own_words(void)
{
    planted p = plant("hashtag-flood", 3, bare(20, 30, 28));
    eh_dict texts = EH_DICT_INIT(NULL);
    orders *o = orders_of(&p);
    CHECK_EQ_INT(o->n, 30);
    for (size_t i = 0; i < p.n; i++) {
        uint32_t number;
        CHECK(!p.rows[i][REPOST_POST][0] && p.rows[i][URLS][1] == ']' && p.rows[i][TAGS][1] != ']');
        CHECK_OK(eh_dict_add(&texts, eh_str_of(p.rows[i][TEXT]), &number, NULL), (eh_error)EH_ERROR_INIT);
    }
    CHECK_EQ_INT(texts.n, p.n);
    eh_dict_release(&texts);
    free(o);
    drop(&p);
}

/* Every action of the ring comes 10 s to 2 min after one of the victim's, who acts more often than it is copied. */
static void the_framed_person_is_followed(void)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        planted p = plant("framed", seed, bare(20, 40, 28));
        CHECK(p.victim != NULL);
        int64_t last_ms = 0;
        size_t n_victim = 0, i = 0;
        for (size_t r = 0; r < p.posts.n_rows; r++) {
            char **row = p.posts.fields + r * n_columns;
            if (strcmp(row[USERID], p.victim) == 0) {
                last_ms = time_ms_of(row[TWEETID]);
                n_victim++;
            }
            if (i == p.n || row != p.rows[i]) continue;
            int64_t after_ms = at_ms(&p, i) - last_ms;
            CHECK(after_ms >= 0 && after_ms <= 2 * minute_ms);
            i++;
        }
        CHECK(n_victim >= 40 && n_victim < 400);
        CHECK(p.n > 20 * 20);
        drop(&p);
    }
}

static void the_relay_goes_from_hand_to_hand(void)
{
    planted p = plant("relay", 3, bare(12, 20, 28));
    orders *o = orders_of(&p);
    bool has_started[12] = {0};
    size_t n_started = 0;
    for (uint32_t k = 0; k < o->n; k++) {
        int64_t before_ms = 0;
        for (size_t i = 0; i < p.n; i++) {
            if (o->of[i] != k) continue;
            if (!before_ms) {
                n_started += !has_started[member_of(&p, i)];
                has_started[member_of(&p, i)] = true;
            } else {
                int64_t gap_ms = at_ms(&p, i) - before_ms;
                CHECK(gap_ms >= 2 * minute_ms && gap_ms <= 9 * minute_ms);
            }
            before_ms = at_ms(&p, i);
        }
    }
    CHECK(n_started >= 6);
    free(o);
    drop(&p);
}

static void cells_keep_pairs_apart(void)
{
    planted p = plant("cells", 3, bare(20, 40, 28));
    orders *o = orders_of(&p);
    uint32_t shared[20][20] = {{0}}, most = 0, total = 0;
    for (uint32_t k = 0; k < o->n; k++) CHECK(o->n_posts[k] <= 5);
    for (size_t i = 0; i < p.n; i++)
        for (size_t j = i + 1; j < p.n; j++) {
            if (o->of[i] != o->of[j]) continue;
            uint32_t a = member_of(&p, i), b = member_of(&p, j);
            total++;
            shared[a][b]++;
            shared[b][a]++;
            if (shared[a][b] > most) most = shared[a][b];
        }
    CHECK(most <= 8); /* of 40 */
    CHECK(total > 250 && total <= 400);
    free(o);
    drop(&p);
}

/* Each member's posts are reposted by most of the others, half an hour to two hours later, and some answer. */
static void the_pod_takes_turns(void)
{
    planted p = plant("pod", 3, bare(20, 40, 28));
    size_t n_own[20] = {0}, n_reposted[20] = {0}, n_reposts = 0, n_replies = 0;
    for (size_t i = 0; i < p.n; i++) {
        char **row = p.rows[i];
        if (!row[REPOST_POST][0] && !row[REPLY_POST][0]) {
            n_own[member_of(&p, i)]++;
            continue;
        }
        uint32_t whose = eh_dict_find(&p.members, eh_str_of(row[REPOST_POST][0] ? row[REPOST_USER] : row[REPLY_USER]));
        CHECK(whose != EH_DICT_NONE && whose != member_of(&p, i));
        n_replies += !row[REPOST_POST][0];
        if (!row[REPOST_POST][0]) continue;
        int64_t delay_ms = at_ms(&p, i) - time_ms_of(row[REPOST_POST]);
        CHECK(delay_ms > 30000 && delay_ms < 12 * 60 * minute_ms);
        n_reposts++;
        n_reposted[whose]++;
    }
    for (size_t i = 0; i < 20; i++) {
        CHECK_EQ_INT(n_own[i], 2);
        CHECK(n_reposted[i] > 15 && n_reposted[i] <= 38);
    }
    CHECK(n_reposts > 520 && n_reposts < 680);
    CHECK_NEAR((double)n_replies / (double)n_reposts, 0.3, 0.06);
    drop(&p);
}

/* Two lives: until halfway no order; the gap of the sale; then orders. */
static void sleepers_wake_halfway(void)
{
    planted p = plant("sleepers", 3, bare(20, 40, 28));
    const int64_t sold_ms = eh_days_of(2018, 8, 15) * 86400000;
    bool had_past[most_members] = {0};
    size_t n_past = 0, n_before = 0, n_in_gap = 0;
    for (size_t i = 0; i < p.n; i++) {
        if (at_ms(&p, i) >= sold_ms) break;
        n_before++;
        n_in_gap += at_ms(&p, i) >= sold_ms - 86400000;
        n_past += !had_past[member_of(&p, i)];
        had_past[member_of(&p, i)] = true;
    }
    CHECK(n_past >= 16); /* nearly all were somebody's */
    CHECK_EQ_INT(n_in_gap, 0);
    CHECK(p.n - n_before > 500 && p.n - n_before < 820);
    drop(&p);
}

static void operators_drive_one_account_at_a_time(void)
{
    for (uint32_t size = 5; size <= 20; size += 15) { /* one operator, and four */
        planted p = plant("shift-operators", 3, (eh_simulate_options){.group_size = size, .n_days = 28});
        size_t n_outside = 0, n_changes = 0, n_at_once = 0;
        for (size_t i = 0; i < p.n; i++) {
            int64_t minute = eh_time_of_day_us(at_ms(&p, i) * 1000 + 2 * EH_HOUR_US) / EH_MINUTE_US;
            n_outside += minute < 540 || minute >= 1035;
            if (i == 0 || member_of(&p, i) == member_of(&p, i - 1)) continue;
            n_changes++;
            n_at_once += at_ms(&p, i) - at_ms(&p, i - 1) < 15000;
        }
        CHECK_EQ_INT(n_outside, 0);
        CHECK(p.n > size * 24 && p.n < size * 80 && n_changes > size * 10);
        /* what leads wrote beforehand is the exception */
        CHECK(size == 5 ? n_at_once * 50 < n_changes : n_at_once * 10 > n_changes);
        drop(&p);
    }
}

/* ---- texts ---- */

static size_t n_grams(const char *text, uint64_t *grams, size_t room)
{
    size_t starts[1024], n_points = 0, n = 0;
    char plain[2048];
    size_t size = 0;
    for (const char *c = text; *c && size < sizeof plain - 1; c++)
        if (*c != ' ') plain[size++] = *c;
    plain[size] = 0;
    for (size_t i = 0; i < size && n_points < 1023; i++)
        if (((unsigned char)plain[i] & 0xC0) != 0x80) starts[n_points++] = i;
    starts[n_points] = size;
    for (size_t i = 0; i + 5 <= n_points && n < room; i++) {
        uint64_t hash = UINT64_C(0xcbf29ce484222325);
        for (size_t b = starts[i]; b < starts[i + 5]; b++) hash = (hash ^ (unsigned char)plain[b]) * UINT64_C(0x100000001b3);
        bool is_known = false;
        for (size_t k = 0; k < n; k++) is_known |= grams[k] == hash;
        if (!is_known) grams[n++] = hash;
    }
    return n;
}

static double jaccard(const char *a, const char *b)
{
    uint64_t x[1024], y[1024];
    size_t n_x = n_grams(a, x, 1024), n_y = n_grams(b, y, 1024), n_both = 0;
    for (size_t i = 0; i < n_x; i++)
        for (size_t j = 0; j < n_y; j++) n_both += x[i] == y[j];
    return (double)n_both / (double)(n_x + n_y - n_both);
}

/* Copies of one text stay near each other in every script: 5-grams of characters, blanks left out. */
static void edits_are_small_in_every_script(void)
{
    const char *languages[] = {"en", "de", "fa", "ar", "ru", "hi"};
    for (size_t l = 0; l < 6; l++) {
        eh_simulate_options options = bare(12, 7, 14);
        options.home = languages[l];
        planted p = plant("copy-paste", 5, options);
        size_t n_pairs = 0, n_near = 0, n_different = 0, n_far = 0;
        for (size_t i = 0; i < p.n; i++) {
            CHECK(eh_utf8_is_valid(eh_str_of(p.rows[i][TEXT])));
            CHECK(!p.rows[i][REPOST_POST][0] && p.rows[i][URLS][1] == ']');
            for (size_t j = i + 1; j < p.n && at_ms(&p, j) - at_ms(&p, i) < 2 * 3600000; j++) {
                double near = jaccard(p.rows[i][TEXT], p.rows[j][TEXT]);
                n_pairs++;
                n_near += near >= 0.8;
                n_far += near < 0.5;
                n_different += strcmp(p.rows[i][TEXT], p.rows[j][TEXT]) != 0;
            }
        }
        CHECK(n_pairs > 200);
        CHECK((double)n_near > 0.85 * (double)n_pairs && n_far == 0);
        CHECK((double)n_different > 0.8 * (double)n_pairs);
        drop(&p);
    }
}

static void survives_edits_of_short_and_strange_texts(void)
{
    const char *texts[] = {"", "a", " ", "  ", "ab", "क", "क्षत्रिय", "word", "two words", "سلام دنیا", "😀", ". . .", "@x "};
    eh_buf text = EH_BUF_INIT(NULL);
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (uint64_t seed = 0; seed < 400; seed++) {
            eh_buf_clear(&text);
            CHECK_OK(eh_buf_add(&text, texts[t], strlen(texts[t]), NULL), (eh_error)EH_ERROR_INIT);
            CHECK_OK(eh_sim_edit_text(&text, 0, seed, NULL), (eh_error)EH_ERROR_INIT);
            CHECK(eh_utf8_is_valid(eh_buf_str(&text)));
            CHECK(text.size < strlen(texts[t]) + 24 && (!text.size || text.data[text.size] == 0));
        }
    eh_buf_release(&text);
}

/* ---- the world's options ---- */

static void count_people(bool is_mirrored, uint32_t *n_people, uint32_t *languages, uint32_t *partners, uint32_t *n)
{
    static const eh_sim_honest quiet = {0};
    static const eh_sim_population people = {.group = "", .settle = eh_sim_honest_settle, .parameters = &quiet};
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    eh_sim_world world = {.ctx = ctx, .seed = 9, .n_honest = 1650, .n_days = 7, .home_language = EH_SIM_NONE,
                          .is_mirrored = is_mirrored, .seen = {.ctx = ctx}};
    eh_sim_crew crew = {.population = &people, .parameters = &quiet, .rng = eh_rng_of(9, 1)};
    CHECK_OK(eh_sim_honest_settle(&world, &crew, &err), err);
    *n = (uint32_t)world.communities.n;
    for (uint32_t c = 0; c < *n; c++) {
        n_people[c] = 0;
        languages[c] = world.communities.items[c].language;
        partners[c] = eh_sim_partner(&world, c);
    }
    for (size_t i = 0; i < world.accounts.n; i++)
        if (world.accounts.items[i].role == EH_SIM_PERSON) n_people[world.accounts.items[i].community]++;
    eh_sim_world_release(&world);
    eh_context_free(ctx);
}

static void mirrored_worlds_mirror(void)
{
    uint32_t people[2][16], languages[2][16], partners[2][16], n, n_other = 0;
    count_people(false, people[0], languages[0], partners[0], &n);
    count_people(true, people[1], languages[1], partners[1], &n);
    CHECK_EQ_INT(n, 11);
    for (uint32_t c = 0; c < n; c++) {
        uint32_t partner = partners[1][c];
        CHECK_EQ_INT(partners[0][c], c);
        CHECK_EQ_INT(partners[1][partner], c);
        CHECK(c == 10 ? partner == 10 : (c < 5) != (partner < 5));
        CHECK_EQ_INT(people[1][partner], people[0][c]);
        CHECK_EQ_INT(languages[1][partner], languages[0][c]);
        n_other += languages[1][c] != languages[0][c];
    }
    CHECK(n_other >= 6);
    for (uint64_t seed = 1; seed <= 3; seed++) { /* the group speaks another language in the mirror */
        char home[2][8] = {"", ""};
        for (int m = 0; m < 2; m++) {
            eh_simulate_options options = {.home = "fa", .is_mirrored = m == 1, .n_days = 7, .n_accounts = 900};
            planted p = plant("ring", seed, options);
            snprintf(home[m], sizeof home[m], "%s", p.rows[0][10]);
            for (size_t i = 0; i < p.n; i++) CHECK_EQ_STR(p.rows[i][10], home[m]);
            drop(&p);
        }
        CHECK_EQ_STR(home[0], "fa");
        CHECK(strcmp(home[1], "fa") != 0);
    }
}

static void steps_of_time_hide_what_is_finer(void)
{
    char fine[256], coarse[256];
    eh_simulate_options options = {.n_accounts = 300, .n_days = 14};
    draw_with("ring", 4, 1, &options, "fine", fine);
    options.time_step_us = 60 * EH_SECOND_US;
    draw_with("ring", 4, 1, &options, "coarse", coarse);
    table a = read_table(fine, "posts.csv", n_columns), b = read_table(coarse, "posts.csv", n_columns);
    CHECK_EQ_INT(a.n_rows, b.n_rows);
    size_t n_moved = 0;
    unsigned long long last = 0;
    for (size_t i = 0; i < a.n_rows; i++) {
        char **row = b.fields + i * n_columns;
        unsigned long long id = strtoull(row[TWEETID], NULL, 10);
        CHECK(id > last);
        last = id;
        CHECK_EQ_INT(time_ms_of(row[TWEETID]) % minute_ms, 0);
        CHECK(!row[REPOST_POST][0] || time_ms_of(row[REPOST_POST]) % minute_ms == 0);
        CHECK_EQ_STR(row[TIME], a.fields[i * n_columns + TIME]); /* the same minutes */
        n_moved += strcmp(row[TEXT], a.fields[i * n_columns + TEXT]) != 0;
    }
    CHECK(n_moved > 20); /* within a minute the order tells nothing */
    drop_table(&a);
    drop_table(&b);
    remove_files(fine);
    remove_files(coarse);
}

static void keyword_samples_thin_some_accounts(void)
{
    char whole[256], mixed[256];
    eh_simulate_options options = {.n_accounts = 400, .n_days = 21};
    draw_with("ring", 4, 1, &options, "whole", whole);
    options.keyword_share = 0.4;
    draw_with("ring", 4, 1, &options, "mixed", mixed);
    table a = read_table(whole, "posts.csv", n_columns), b = read_table(mixed, "posts.csv", n_columns);
    eh_dict accounts = EH_DICT_INIT(NULL);
    uint32_t n_whole[500] = {0}, n_mixed[500] = {0}, number;
    size_t j = 0, n_busy = 0, n_complete = 0;
    for (size_t i = 0; i < a.n_rows; i++) {
        char **row = a.fields + i * n_columns;
        CHECK_OK(eh_dict_add(&accounts, eh_str_of(row[USERID]), &number, NULL), (eh_error)EH_ERROR_INIT);
        CHECK(number < 500);
        n_whole[number]++;
        if (j == b.n_rows || strcmp(b.fields[j * n_columns + TWEETID], row[TWEETID]) != 0) continue;
        n_mixed[number]++;
        j++;
    }
    CHECK_EQ_INT(j, b.n_rows); /* nothing else, and nothing changed */
    for (uint32_t i = 0; i < accounts.n; i++) {
        if (n_whole[i] < 15) continue;
        n_busy++;
        n_complete += n_mixed[i] == n_whole[i];
        CHECK(n_mixed[i] == n_whole[i] || n_mixed[i] < 0.8 * n_whole[i]);
    }
    CHECK(n_busy > 50);
    CHECK(fabs((double)n_complete / (double)n_busy - 0.6) < 0.17);
    eh_dict_release(&accounts);
    drop_table(&a);
    drop_table(&b);
    remove_files(whole);
    remove_files(mixed);
}

static void refuses(eh_context *ctx, const char *scenario, eh_simulate_options options, const char *why)
{
    eh_error err = EH_ERROR_INIT;
    eh_status status = eh_simulate(ctx, scenario, &options, "/dev/null/never", NULL, &err);
    CHECK(status == EH_E_INVALID || status == EH_E_NOT_FOUND);
    CHECK(strstr(err.message, why));
}

static void says_which_options_cannot_be(void)
{
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    refuses(ctx, "honest", (eh_simulate_options){.group_size = 10}, "--group-size is for planted kinds");
    refuses(ctx, "farm", (eh_simulate_options){.n_objects = 10}, "--objects is for planted kinds");
    refuses(ctx, "honest", (eh_simulate_options){.has_camouflage = true}, "--camouflage is for planted kinds");
    refuses(ctx, "honest", (eh_simulate_options){.jitter_us = EH_MINUTE_US}, "--jitter is for planted kinds");
    refuses(ctx, "honest", (eh_simulate_options){.home = "fa"}, "--home is for planted kinds");
    refuses(ctx, "ring", (eh_simulate_options){.home = "xx"}, "nobody speaks that");
    refuses(ctx, "ring", (eh_simulate_options){.group_size = 4}, "5 to 500");
    refuses(ctx, "ring", (eh_simulate_options){.group_size = 501}, "5 to 500");
    refuses(ctx, "ring", (eh_simulate_options){.n_objects = 2001}, "1 to 2000");
    refuses(ctx, "ring", (eh_simulate_options){.has_camouflage = true, .camouflage = 0.91}, "0 to 0.9");
    refuses(ctx, "ring", (eh_simulate_options){.has_camouflage = true, .camouflage = (double)NAN}, "0 to 0.9");
    refuses(ctx, "ring", (eh_simulate_options){.jitter_us = 1}, "1s to 2d");
    refuses(ctx, "ring", (eh_simulate_options){.time_step_us = 7 * EH_SECOND_US}, "divide a day");
    refuses(ctx, "ring", (eh_simulate_options){.keyword_share = 1.1}, "0 to 1");
    refuses(ctx, "ring", (eh_simulate_options){.plant = "framed,ring"}, "is in the world already");
    refuses(ctx, "farm", (eh_simulate_options){.plant = "ring"}, "is in the world already");
    refuses(ctx, "ring", (eh_simulate_options){.plant = "nonesuch"}, "there are: ring");
    refuses(ctx, "ring", (eh_simulate_options){.plant = ""}, "there are: ring");
    refuses(ctx, "relay", (eh_simulate_options){.jitter_us = EH_MINUTE_US}, "'relay' cannot use --jitter");
    refuses(ctx, "ring", (eh_simulate_options){.plant = "shift-operators", .jitter_us = EH_MINUTE_US},
            "'shift-operators' cannot use --jitter");
    refuses(ctx, "shift-operators", (eh_simulate_options){.n_objects = 241}, "12 orders a working day");
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
}

static void survives_every_failing_allocation(void)
{
    eh_simulate_options options = {.n_accounts = 20, .n_days = 2, .group_size = 5, .n_objects = 2, .keyword_share = 0.5};
    options.plant = "copy-paste,sleepers,shift-operators,framed,fast-farm,cells,relay";
    check_failing_allocations("honest", &options);
}

static void leaves_nothing_behind(void) { CHECK(rmdir(scratch()) == 0); }

CHECK_MAIN(every_kind_has_its_size, kinds_are_planted_together_and_alike_for_any_threads, camouflage_is_as_asked,
           jitter_is_as_said, the_fast_farm_is_fast_and_does_a_second_thing, hashtags_are_flooded_in_own_words,
           the_framed_person_is_followed, the_relay_goes_from_hand_to_hand, cells_keep_pairs_apart, the_pod_takes_turns,
           sleepers_wake_halfway,
           operators_drive_one_account_at_a_time, edits_are_small_in_every_script,
           survives_edits_of_short_and_strange_texts, mirrored_worlds_mirror, steps_of_time_hide_what_is_finer,
           keyword_samples_thin_some_accounts, says_which_options_cannot_be, survives_every_failing_allocation,
           leaves_nothing_behind)
