/*
 * An object o is of the audience of S, the account with which most of its publishers dealt somewhere in the archive (reposted, answered
 * or mentioned it; of equals the one with whom fewest accounts dealt), when at least two others published it, and at least two and at
 * least half of them dealt with S. It is preceded when S posted in [t0 - 30 min, t0], t0 the first of the others. Not of its audience
 * is what is mostly thrown at S (more than half of the posts answer or mention it): whoever answers a politician's post with a pasted
 * text was not asked for it.
 *
 * Objects that start within half an hour of each other are one occasion; the first stands for it. S prompts when at least 5 and at
 * least .6 of its audience's objects were preceded, and so of the occasions, k of n, and K >= k is too unlikely: K Poisson-binomial
 * with the occasions' chances of being preceded (the largest of three shares, see chance_of()), Benjamini-Hochberg at .01 over accounts
 * with 5 or more objects of their audience. Above 4,000 occasions exp(-n KL(k / n || mean chance)) bounds the tail; it holds for unequal
 * chances, too (W. Hoeffding, J. Am. Stat. Assoc. 58:13, 1963, theorem 1).
 */
#include "legs/prompts.h"

#include "base/sort.h"
#include "base/time.h"
#include "legs/leg.h"
#include "signif/multiplicity.h"
#include "signif/tail.h"

#include <math.h>
#include <string.h>

enum { fewest_others = 2, fewest_dealing = 2, fewest_preceded = 5, most_popular = 3000, minutes_a_day = 1440, most_exact = 4000 };
static const double least_share = 0.6, most_q = 0.01;
static const int64_t minute_us = INT64_C(60000000), ahead_us = 30 * INT64_C(60000000);

/* Lists by item, one after the other. */
typedef struct lists {
    uint64_t *first; /* n + 1 */
    uint32_t *item;
} lists;

/* One object of the audience of a candidate. */
typedef struct occasion {
    uint32_t object;
    bool is_preceded;
    int64_t time_us;
} occasion;

typedef struct prompting {
    eh_context *ctx;
    const eh_action_table *table;
    const eh_action_set *set;
    const eh_contacts *contacts;
    const uint8_t *left_out;
    uint32_t n_accounts;
    int64_t first_us, last_us;
    lists dealt;          /* by account: those that it dealt with */
    lists aimed;          /* by post: those whom it answers or mentions */
    uint64_t *post_first; /* by account, into post_us: when it posted, ascending */
    int64_t *post_us;
    int64_t *action_us;   /* of all behaviours, ascending */
    uint64_t n_actions;
    uint32_t *seen, *publishers, *n_dealing, *n_aimed, *touched;
    uint32_t *n_objects, *n_preceded; /* by account */
    uint64_t *occasion_first; /* by account, of candidates */
    occasion *occasions;
} prompting;

static void release(prompting *p)
{
    void *blocks[] = {p->dealt.first, p->dealt.item, p->aimed.first, p->aimed.item, p->post_first, p->post_us, p->action_us, p->seen,
                      p->publishers, p->n_dealing, p->n_aimed, p->touched, p->n_objects, p->n_preceded, p->occasion_first, p->occasions};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) eh_free(p->ctx, blocks[i]);
}

/* ---- what is known ---------------------------------------------------------------------------------------------- */

static eh_status index_dealings(prompting *p, eh_error *err)
{
    const eh_contacts *c = p->contacts;
    p->dealt.first = eh_alloc(p->ctx, (size_t)p->n_accounts + 2, sizeof *p->dealt.first, err);
    p->dealt.item = p->dealt.first ? eh_alloc(p->ctx, c->first[p->n_accounts], sizeof *p->dealt.item, err) : NULL;
    if (!p->dealt.item) return err->status;
    uint64_t *at = p->dealt.first + 1; /* shifted while filling */
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t s = 0; s < p->n_accounts; s++)
            for (uint64_t i = c->first[s]; c->n_fans[s] >= fewest_dealing && i < c->first[s + 1]; i++) {
                if (!c->is_fan[i]) continue;
                if (pass == 0) at[c->other[i] + 1]++;
                else p->dealt.item[at[c->other[i]]++] = s;
            }
        for (uint32_t u = 0; pass == 0 && u < p->n_accounts; u++) at[u + 1] += at[u];
    }
    return EH_OK;
}

/* The account of each author or of each mentioned name. */
static eh_status accounts_of_objects(prompting *p, eh_behaviour behaviour, uint32_t **account, eh_error *err)
{
    const eh_action_set *set = &p->table->sets[behaviour];
    const eh_strings *names = behaviour == EH_MENTION ? &set->objects : &set->sources;
    *account = eh_alloc(p->ctx, names->n, sizeof **account, err);
    if (!*account) return err->status;
    eh_match_accounts(names, &p->table->accounts, *account);
    return EH_OK;
}

static uint32_t addressed(const eh_action_set *set, eh_behaviour behaviour, const uint32_t *account, uint32_t object)
{
    uint32_t name = behaviour == EH_MENTION ? object : set->object_source[object];
    return name == UINT32_MAX ? UINT32_MAX : account[name];
}

static eh_status index_aims(prompting *p, eh_error *err)
{
    static const eh_behaviour behaviours[2] = {EH_REPLY, EH_MENTION};
    uint32_t *account[2] = {NULL, NULL};
    const eh_action_set *sets = p->table->sets;
    p->aimed.first = eh_alloc(p->ctx, (size_t)p->table->posts.n + 2, sizeof *p->aimed.first, err);
    p->aimed.item = eh_alloc(p->ctx, sets[EH_REPLY].n_actions + sets[EH_MENTION].n_actions, sizeof *p->aimed.item, err);
    eh_status status = p->aimed.first && p->aimed.item ? EH_OK : err->status;
    for (int b = 0; status == EH_OK && b < 2; b++) status = accounts_of_objects(p, behaviours[b], &account[b], err);
    uint64_t *at = p->aimed.first + 1;
    for (int pass = 0; status == EH_OK && pass < 2; pass++) {
        for (int b = 0; b < 2; b++) {
            const eh_action_set *set = &sets[behaviours[b]];
            for (uint32_t o = 0; set->post && o < set->n_objects; o++) {
                uint32_t at_whom = addressed(set, behaviours[b], account[b], o);
                for (uint64_t i = set->object_start[o]; at_whom != UINT32_MAX && i < set->object_start[o + 1]; i++)
                    if (pass == 0) at[set->post[i] + 1]++;
                    else p->aimed.item[at[set->post[i]]++] = at_whom;
            }
        }
        for (uint32_t i = 0; pass == 0 && i < p->table->posts.n; i++) at[i + 1] += at[i];
    }
    for (int b = 0; b < 2; b++) eh_free(p->ctx, account[b]);
    return status;
}

typedef void (*posted_fn)(prompting *p, uint32_t account, int64_t time_us);

static void count_post(prompting *p, uint32_t account, int64_t time_us)
{
    if (time_us >= p->first_us - ahead_us && time_us <= p->last_us) p->post_first[account + 2]++;
}

static void keep_post(prompting *p, uint32_t account, int64_t time_us)
{
    if (time_us >= p->first_us - ahead_us && time_us <= p->last_us) p->post_us[p->post_first[account + 1]++] = time_us;
}

/* Every post that somebody with an audience wrote: its own rows but reposts, and births of what others reposted or answered. */
static eh_status each_post(prompting *p, posted_fn fn, eh_error *err)
{
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        const eh_action_set *set = &p->table->sets[b];
        for (uint64_t i = 0; i < set->n_actions; i++)
            if (set->kind[i] != EH_KIND_REPOST && p->contacts->n_fans[set->account[i]] >= fewest_dealing)
                fn(p, set->account[i], set->time_us[i]);
        if ((b != EH_REPOST && b != EH_REPLY) || !set->n_actions) continue;
        uint32_t *account;
        EH_TRY(accounts_of_objects(p, (eh_behaviour)b, &account, err));
        for (uint32_t o = 0; o < set->n_objects; o++) {
            uint32_t author = addressed(set, (eh_behaviour)b, account, o);
            if (author != UINT32_MAX && set->is_birth_known[o] && p->contacts->n_fans[author] >= fewest_dealing)
                fn(p, author, set->object_birth_us[o]);
        }
        eh_free(p->ctx, account);
    }
    return EH_OK;
}

static eh_status index_posts(prompting *p, eh_error *err)
{
    p->post_first = eh_alloc(p->ctx, (size_t)p->n_accounts + 2, sizeof *p->post_first, err);
    if (!p->post_first) return err->status;
    EH_TRY(each_post(p, count_post, err)); /* shifted by two while counting, by one while filling */
    for (uint32_t u = 0; u < p->n_accounts; u++) p->post_first[u + 2] += p->post_first[u + 1];
    p->post_us = eh_alloc(p->ctx, p->post_first[p->n_accounts + 1], sizeof *p->post_us, err);
    if (!p->post_us) return err->status;
    EH_TRY(each_post(p, keep_post, err));
    for (uint32_t u = 0; u < p->n_accounts; u++)
        EH_TRY(eh_sort(p->ctx, p->post_us + p->post_first[u], p->post_first[u + 1] - p->post_first[u], sizeof *p->post_us, eh_by_int64,
                       NULL, err));
    return EH_OK;
}

static eh_status sort_actions(prompting *p, eh_error *err)
{
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) p->n_actions += p->table->sets[b].n_actions;
    p->action_us = eh_alloc(p->ctx, p->n_actions, sizeof *p->action_us, err);
    if (!p->action_us) return err->status;
    uint64_t n = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        const eh_action_set *set = &p->table->sets[b];
        if (!set->n_actions) continue;
        memcpy(p->action_us + n, set->time_us, set->n_actions * sizeof *set->time_us);
        n += set->n_actions;
    }
    EH_TRY(eh_sort(p->ctx, p->action_us, n, sizeof *p->action_us, eh_by_int64, NULL, err));
    p->first_us = n ? p->action_us[0] : 0;
    p->last_us = n ? p->action_us[n - 1] : 0;
    return EH_OK;
}

static eh_status prepare(prompting *p, eh_error *err)
{
    size_t n = p->n_accounts;
    p->seen = eh_alloc(p->ctx, n, sizeof *p->seen, err);
    p->publishers = eh_alloc(p->ctx, n, sizeof *p->publishers, err);
    p->n_dealing = eh_alloc(p->ctx, n, sizeof *p->n_dealing, err);
    p->n_aimed = eh_alloc(p->ctx, n, sizeof *p->n_aimed, err);
    p->touched = eh_alloc(p->ctx, n, sizeof *p->touched, err);
    p->n_objects = eh_alloc(p->ctx, n, sizeof *p->n_objects, err);
    p->n_preceded = eh_alloc(p->ctx, n, sizeof *p->n_preceded, err);
    p->occasion_first = eh_alloc(p->ctx, n + 2, sizeof *p->occasion_first, err);
    if (!p->seen || !p->publishers || !p->n_dealing || !p->n_aimed || !p->touched || !p->n_objects || !p->n_preceded || !p->occasion_first)
        return err->status;
    EH_TRY(sort_actions(p, err));
    EH_TRY(index_dealings(p, err));
    EH_TRY(index_aims(p, err));
    return index_posts(p, err);
}

/* ---- audiences --------------------------------------------------------------------------------------------------- */

/* The first of the n times that is not below time_us. */
static uint64_t lower_bound(const int64_t *times, uint64_t n, int64_t time_us)
{
    uint64_t low = 0, high = n;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (times[middle] < time_us) low = middle + 1;
        else high = middle;
    }
    return low;
}

static bool has_posted_before(const prompting *p, uint32_t s, int64_t time_us)
{
    const int64_t *posts = p->post_us + p->post_first[s];
    uint64_t n = p->post_first[s + 1] - p->post_first[s], i = lower_bound(posts, n, time_us - ahead_us);
    return i < n && posts[i] <= time_us;
}

typedef void (*occasion_fn)(prompting *p, uint32_t s, const occasion *o);

/* Whether most of what others than s published of the object answers or mentions s; and the first of them. */
static bool is_thrown_at(const prompting *p, uint32_t object, uint32_t s, int64_t *first_us)
{
    const eh_action_set *set = p->set;
    uint64_t n = 0;
    for (uint64_t i = set->object_start[object + 1]; i-- > set->object_start[object];) {
        if (set->account[i] == s) continue;
        *first_us = set->time_us[i];
        n++;
    }
    return 2 * (uint64_t)p->n_aimed[s] > n;
}

static uint32_t list_publishers(prompting *p, uint32_t object)
{
    const eh_action_set *set = p->set;
    uint32_t n = 0;
    for (uint64_t i = set->object_start[object]; i < set->object_start[object + 1]; i++) {
        if (p->seen[set->account[i]] == object + 1) continue;
        p->seen[set->account[i]] = object + 1;
        p->publishers[n++] = set->account[i];
    }
    return n;
}

static void count_aims(prompting *p, uint32_t object, bool is_set)
{
    const eh_action_set *set = p->set;
    for (uint64_t i = set->object_start[object]; i < set->object_start[object + 1]; i++)
        for (uint64_t k = p->aimed.first[set->post[i]]; k < p->aimed.first[set->post[i] + 1]; k++) {
            uint32_t s = p->aimed.item[k];
            /* once a post: a reply usually mentions, too */
            bool is_again = false;
            for (uint64_t j = p->aimed.first[set->post[i]]; j < k; j++) is_again = is_again || p->aimed.item[j] == s;
            if (is_set && (is_again || s == set->account[i])) continue;
            p->n_aimed[s] = is_set ? p->n_aimed[s] + 1 : 0;
        }
}

/* Whose audience the publishers rather are: more of them deal with it, or as many, and fewer others do. */
static bool is_closer(const prompting *p, uint32_t a, uint32_t b)
{
    if (b == UINT32_MAX) return true;
    if (p->n_dealing[a] != p->n_dealing[b]) return p->n_dealing[a] > p->n_dealing[b];
    if (p->contacts->n_fans[a] != p->contacts->n_fans[b]) return p->contacts->n_fans[a] < p->contacts->n_fans[b];
    return a < b;
}

static void take_occasion(prompting *p, uint32_t object, uint32_t s, uint32_t n_publishers, occasion_fn fn)
{
    uint32_t n = p->n_dealing[s], n_others = n_publishers - (p->seen[s] == object + 1);
    occasion o = {.object = object};
    if (n_others < fewest_others || n < fewest_dealing || 2 * n < n_others) return;
    count_aims(p, object, true);
    if (!is_thrown_at(p, object, s, &o.time_us)) {
        o.is_preceded = has_posted_before(p, s, o.time_us);
        fn(p, s, &o);
    }
    count_aims(p, object, false);
}

/* Calls fn for the account whose audience published the object. */
static void walk_object(prompting *p, uint32_t object, occasion_fn fn)
{
    if (p->left_out && p->left_out[object]) return;
    uint32_t n_publishers = list_publishers(p, object), n_touched = 0;
    if (n_publishers < fewest_others || n_publishers > most_popular) return;
    for (uint32_t i = 0; i < n_publishers; i++)
        for (uint64_t k = p->dealt.first[p->publishers[i]]; k < p->dealt.first[p->publishers[i] + 1]; k++) {
            uint32_t s = p->dealt.item[k];
            if (p->n_dealing[s]++ == 0) p->touched[n_touched++] = s;
        }
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < n_touched; i++)
        if (is_closer(p, p->touched[i], best)) best = p->touched[i];
    if (best != UINT32_MAX) take_occasion(p, object, best, n_publishers, fn);
    for (uint32_t i = 0; i < n_touched; i++) p->n_dealing[p->touched[i]] = 0;
}

static eh_status walk(prompting *p, occasion_fn fn, eh_error *err)
{
    memset(p->seen, 0, p->n_accounts * sizeof *p->seen);
    for (uint32_t o = 0; o < p->set->n_objects; o++) {
        if ((o & 1023) == 0 && eh_context_is_cancelled(p->ctx)) return eh_fail(err, EH_E_CANCELLED, "interrupted");
        walk_object(p, o, fn);
    }
    return EH_OK;
}

static void count_occasion(prompting *p, uint32_t s, const occasion *o)
{
    p->n_objects[s]++;
    p->n_preceded[s] += o->is_preceded;
}

static bool is_often(uint32_t k, uint32_t n) { return k >= fewest_preceded && k >= least_share * n; }

static bool is_candidate(const prompting *p, uint32_t s) { return is_often(p->n_preceded[s], p->n_objects[s]); }

static void keep_occasion(prompting *p, uint32_t s, const occasion *o)
{
    if (is_candidate(p, s)) p->occasions[p->occasion_first[s + 1]++] = *o;
}

static eh_status list_occasions(prompting *p, eh_error *err)
{
    EH_TRY(walk(p, count_occasion, err));
    for (uint32_t s = 0; s < p->n_accounts; s++) /* shifted by one while filling */
        p->occasion_first[s + 2] = p->occasion_first[s + 1] + (is_candidate(p, s) ? p->n_objects[s] : 0);
    p->occasions = eh_alloc(p->ctx, p->occasion_first[p->n_accounts + 1], sizeof *p->occasions, err);
    if (!p->occasions) return err->status;
    return walk(p, keep_occasion, err);
}

/* ---- chance ------------------------------------------------------------------------------------------------------ */

/* How much of the archive lies within half an hour after a post of one account. */
typedef struct shadow {
    double share;                    /* of time, or of all actions: the larger */
    uint32_t n_days_at[minutes_a_day]; /* days on which that minute of the day does */
} shadow;

static int64_t minute_of(int64_t time_us)
{
    return time_us / minute_us - (time_us % minute_us < 0);
}

static void cast_shadow(const prompting *p, uint32_t s, shadow *cast)
{
    int64_t covered_us = p->first_us - 1, next_minute = INT64_MIN, length_us = 0;
    uint64_t n_actions = 0;
    memset(cast, 0, sizeof *cast);
    for (uint64_t i = p->post_first[s]; i < p->post_first[s + 1]; i++) {
        int64_t from_us = p->post_us[i], to_us = from_us + ahead_us < p->last_us ? from_us + ahead_us : p->last_us;
        for (int64_t m = minute_of(from_us) < next_minute ? next_minute : minute_of(from_us); m <= minute_of(from_us + ahead_us); m++) {
            cast->n_days_at[((m % minutes_a_day) + minutes_a_day) % minutes_a_day]++;
            next_minute = m + 1;
        }
        if (from_us <= covered_us) from_us = covered_us + 1;
        if (to_us < from_us) continue;
        length_us += to_us - from_us + 1;
        n_actions += lower_bound(p->action_us, p->n_actions, to_us + 1) - lower_bound(p->action_us, p->n_actions, from_us);
        covered_us = to_us;
    }
    double of_time = (double)length_us / (double)(p->last_us - p->first_us + 1);
    cast->share = fmax(of_time, (double)n_actions / (double)p->n_actions);
}

/* People are awake at the same hours, and a schedule is one for reasons of its own: the largest of what time, activity and the minute
 * of the day give. The occasion's own day counts, so that chance is never too small. */
static double chance_of(const shadow *cast, double n_days, int64_t time_us)
{
    int64_t minute = minute_of(time_us) % minutes_a_day;
    double of_days = cast->n_days_at[minute < 0 ? minute + minutes_a_day : minute] / n_days;
    return fmin(1, fmax(cast->share, of_days));
}

/* P(K >= k) of n independent events. */
static double tail(const double *chance, size_t n, size_t k, double *scratch)
{
    if (n <= most_exact) return eh_poisson_binomial_tail(chance, n, k, scratch);
    double mean = 0, a = (double)k / (double)n;
    for (size_t i = 0; i < n; i++) mean += chance[i] / (double)n;
    if (a <= mean) return 1;
    return exp(-(double)n * (a * log(a / mean) + (a < 1 ? (1 - a) * log((1 - a) / (1 - mean)) : 0)));
}

static int by_time(const void *a, const void *b, void *data)
{
    (void)data;
    return eh_by_int64(&((const occasion *)a)->time_us, &((const occasion *)b)->time_us, NULL); /* stable: then by object */
}

static eh_status test(const prompting *p, const occasion *of, uint32_t n_objects, double n_days, double *chance, eh_prompter *who,
                      eh_error *err)
{
    shadow *cast = eh_alloc(p->ctx, 1, sizeof *cast, err);
    if (!cast) return err->status;
    cast_shadow(p, who->account, cast);
    for (uint32_t i = 0, last = 0; i < n_objects; i++) {
        if (i > 0 && of[i].time_us - of[last].time_us <= ahead_us) continue;
        last = i;
        chance[who->n_occasions] = chance_of(cast, n_days, of[i].time_us);
        who->chance += chance[who->n_occasions++];
        who->n_preceded += of[i].is_preceded;
    }
    who->chance /= who->n_occasions;
    eh_free(p->ctx, cast);
    return EH_OK;
}

/* A candidate, whatever its p. */
static eh_status judge(prompting *p, uint32_t s, double n_days, size_t *capacity, eh_prompts *out, eh_error *err)
{
    eh_prompter who = {.account = s, .n_objects = p->n_objects[s], .q_value = 1};
    occasion *of = p->occasions + p->occasion_first[s];
    EH_TRY(eh_sort(p->ctx, of, who.n_objects, sizeof *of, by_time, NULL, err));
    double *chance = eh_alloc(p->ctx, 2 * (size_t)who.n_objects + 1, sizeof *chance, err);
    if (!chance) return err->status;
    eh_status status = test(p, of, who.n_objects, n_days, chance, &who, err);
    if (status == EH_OK) who.p_value = tail(chance, who.n_occasions, who.n_preceded, chance + who.n_objects);
    eh_free(p->ctx, chance);
    if (status != EH_OK || !is_often(who.n_preceded, who.n_occasions)) return status;
    EH_TRY(eh_reserve(p->ctx, (void **)&out->prompters, capacity, out->n_prompters + 1, sizeof *out->prompters, err));
    out->prompters[out->n_prompters++] = who;
    return EH_OK;
}

static void mark(const prompting *p, uint32_t s, eh_prompts *out)
{
    const occasion *of = p->occasions + p->occasion_first[s];
    for (uint32_t i = 0; i < p->n_objects[s]; i++) {
        if (!of[i].is_preceded) continue;
        out->n_prompted += !out->is_prompted[of[i].object];
        out->is_prompted[of[i].object] = 1;
    }
}

static eh_status take_levels(const prompting *p, eh_prompts *out, eh_error *err)
{
    uint32_t n_tested = 0;
    for (uint32_t s = 0; s < p->n_accounts; s++) n_tested += p->n_objects[s] >= fewest_preceded;
    double *levels = eh_alloc(p->ctx, 2 * out->n_prompters, sizeof *levels, err);
    if (!levels) return err->status;
    double *q = levels + out->n_prompters;
    for (size_t i = 0; i < out->n_prompters; i++) levels[i] = out->prompters[i].p_value;
    eh_status status = eh_bh(p->ctx, levels, out->n_prompters, n_tested, q, err);
    size_t n = 0;
    for (size_t i = 0; status == EH_OK && i < out->n_prompters; i++) {
        out->prompters[i].q_value = q[i];
        if (q[i] > most_q) continue;
        mark(p, out->prompters[i].account, out);
        out->prompters[n++] = out->prompters[i];
    }
    out->n_prompters = n;
    eh_free(p->ctx, levels);
    return status;
}

static eh_status find(prompting *p, eh_prompts *out, eh_error *err)
{
    size_t capacity = 0;
    double n_days = eh_days_spanned(p->table, (1u << EH_N_BEHAVIOURS) - 1, NULL);
    EH_TRY(prepare(p, err));
    EH_TRY(list_occasions(p, err));
    for (uint32_t s = 0; s < p->n_accounts; s++)
        if (is_candidate(p, s)) EH_TRY(judge(p, s, n_days, &capacity, out, err));
    return out->n_prompters ? take_levels(p, out, err) : EH_OK;
}

eh_status eh_prompts_find(eh_context *ctx, const eh_action_table *table, const eh_contacts *contacts, eh_behaviour behaviour,
                          const uint8_t *left_out, eh_prompts *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    prompting p = {.ctx = ctx, .table = table, .set = &table->sets[behaviour], .contacts = contacts, .left_out = left_out,
                   .n_accounts = table->accounts.n};
    *out = (eh_prompts){.ctx = ctx, .is_prompted = eh_alloc(ctx, p.set->n_objects, 1, err)};
    if (!out->is_prompted) return err->status;
    bool is_known = p.set->post && contacts->first[p.n_accounts] > 0;
    eh_status status = is_known ? find(&p, out, err) : EH_OK;
    release(&p);
    if (status != EH_OK) eh_prompts_release(out);
    return status;
}

void eh_prompts_release(eh_prompts *prompts)
{
    if (!prompts->ctx) return;
    eh_free(prompts->ctx, prompts->is_prompted);
    eh_free(prompts->ctx, prompts->prompters);
    memset(prompts, 0, sizeof *prompts);
}
