/*
 * Rules, in this order, for a text of n accounts; crowd = lower 95 % bound of the crowd they are drawn from:
 * - title: two accounts or more, and at least nine in ten of its posts have one and the same link.
 *   share_button: a title with n >= least_accounts and crowd >= least_crowd; or a title on a site whose titles together
 *   pass that bound with 20 accounts or more, unless its own copiers were caught again as a smaller group.
 * - quotation: no title, n >= least_accounts, crowd >= least_crowd, five days or more within a span of a week or more,
 *   and at most half of it on one day.
 * - chain_letter: the same but for the days, and going on for longer than one day.
 */
#include "actions/text_kinds.h"

#include "actions/text_crowd.h"
#include "base/sort.h"
#include "base/threads.h"
#include "base/time.h"

enum { fewest_site_accounts = 20, fewest_days = 5, chunk_size = 256 };
static const double title_share = 0.9, wave_share = 0.5;
static const int64_t quotation_span_us = 7 * EH_DAY_US;

typedef struct reader {
    uint32_t *seen; /* per account: text + 1 */
    uint32_t *links;
    size_t link_capacity;
} reader;

typedef struct reading {
    eh_context *ctx;
    const eh_action_table *table;
    const eh_near_text_options *options;
    eh_text_profile *profiles;
    eh_text_crowd crowd;
    uint64_t *link_start; /* posts + 1: links of post p are links[start[p] .. start[p + 1]); NULL where not known */
    uint32_t *links;
    reader *readers;
    int n_readers;
} reading;

/* ---- links of posts -------------------------------------------------------------------------------------------- */

static eh_status list_links(reading *r, eh_error *err)
{
    const eh_action_set *set = &r->table->sets[EH_LINK];
    uint32_t n_posts = r->table->posts.n;
    if (!set->post || !r->table->sets[EH_TEXT].post || set->n_actions == 0) return EH_OK;
    r->link_start = eh_alloc(r->ctx, (size_t)n_posts + 1, sizeof *r->link_start, err);
    r->links = eh_alloc(r->ctx, set->n_actions, sizeof *r->links, err);
    if (!r->link_start || !r->links) return err->status;
    for (uint64_t i = 0; i < set->n_actions; i++) r->link_start[set->post[i] + 1]++;
    for (uint32_t p = 0; p < n_posts; p++) r->link_start[p + 1] += r->link_start[p];
    for (uint32_t o = 0; o < set->n_objects; o++)
        for (uint64_t i = set->object_start[o]; i < set->object_start[o + 1]; i++)
            r->links[r->link_start[set->post[i]]++] = o;
    for (uint32_t p = n_posts; p > 0; p--) r->link_start[p] = r->link_start[p - 1];
    r->link_start[0] = 0;
    return EH_OK;
}

/* The link that most posts of the text have; of several the one first in bytewise order. */
static eh_status find_link(const reading *r, reader *me, uint32_t text, eh_text_profile *profile, eh_error *err)
{
    const eh_action_set *set = &r->table->sets[EH_TEXT];
    size_t n = 0, most = 0;
    uint64_t n_actions = set->object_start[text + 1] - set->object_start[text];
    for (uint64_t i = set->object_start[text]; r->link_start && i < set->object_start[text + 1]; i++) {
        uint64_t first = r->link_start[set->post[i]], last = r->link_start[set->post[i] + 1];
        EH_TRY(eh_reserve(r->ctx, (void **)&me->links, &me->link_capacity, n + (size_t)(last - first), sizeof *me->links, err));
        for (uint64_t k = first; k < last; k++) me->links[n++] = r->links[k]; /* each link once a post */
    }
    EH_TRY(eh_sort(r->ctx, me->links, n, sizeof *me->links, eh_by_uint32, NULL, err));
    for (size_t i = 0; i < n;) {
        size_t from = i;
        while (i < n && me->links[i] == me->links[from]) i++;
        if (i - from > most) {
            most = i - from;
            profile->link = me->links[from];
        }
    }
    profile->link_share = (double)most / (double)n_actions;
    return EH_OK;
}

/* ---- what is measured ------------------------------------------------------------------------------------------ */

static void find_days(const eh_action_set *set, uint32_t text, eh_text_profile *profile)
{
    uint64_t first = set->object_start[text], last = set->object_start[text + 1], run = 0, most = 0;
    for (uint64_t i = first; i < last; i++) {
        bool is_new = i == first || eh_day_of(set->time_us[i]) != eh_day_of(set->time_us[i - 1]);
        profile->n_days += is_new;
        run = is_new ? 1 : run + 1;
        if (run > most) most = run;
    }
    profile->day_share = (double)most / (double)(last - first);
}

static double crowd_of(double n_pairs, double n_hits) { return n_pairs / eh_poisson_upper(n_hits); }

static eh_status read_texts(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    reading *r = data;
    reader *me = &r->readers[i_thread];
    for (size_t i = first; i < last; i++) {
        uint32_t text = (uint32_t)i;
        eh_text_profile *profile = &r->profiles[text];
        *profile = (eh_text_profile){.link = UINT32_MAX};
        profile->n_accounts = (uint32_t)(r->crowd.account_start[text + 1] - r->crowd.account_start[text]);
        if (profile->n_accounts < 2) continue;
        eh_recapture caught = eh_text_recapture(&r->crowd, text, me->seen);
        profile->n_hits = caught.n_hits;
        profile->n_trials = caught.n_trials;
        profile->crowd = crowd_of((profile->n_accounts - 1) * caught.n_trials, caught.n_hits);
        find_days(&r->table->sets[EH_TEXT], text, profile);
        EH_TRY(find_link(r, me, text, profile, err));
    }
    return EH_OK;
}

/* ---- what is decided ------------------------------------------------------------------------------------------- */

static bool is_title(const eh_text_profile *p) { return p->n_accounts >= 2 && p->link != UINT32_MAX && p->link_share >= title_share; }

/* Whether its own copiers were caught again, and as a group smaller than the least crowd. */
static bool is_of_few(const eh_text_profile *p, double least_crowd)
{
    return p->n_hits > 0 && (p->n_accounts - 1) * p->n_trials < least_crowd * p->n_hits;
}

typedef struct title {
    uint32_t site, text;
} title;

static int by_site(const void *a, const void *b, void *data)
{
    (void)data;
    const title *x = a, *y = b;
    if (x->site != y->site) return x->site < y->site ? -1 : 1;
    return (x->text > y->text) - (x->text < y->text);
}

/* The titles of one site: whether their readers, taken together, are a crowd. */
static void judge_site(reading *r, const title *titles, size_t n, uint32_t *seen, uint32_t mark)
{
    double n_pairs = 0, n_hits = 0, least = r->options->least_crowd;
    uint32_t n_accounts = 0;
    for (size_t i = 0; i < n; i++) {
        const eh_text_profile *p = &r->profiles[titles[i].text];
        n_pairs += (p->n_accounts - 1) * p->n_trials;
        n_hits += p->n_hits;
        for (uint64_t k = r->crowd.account_start[titles[i].text]; k < r->crowd.account_start[titles[i].text + 1]; k++) {
            n_accounts += seen[r->crowd.accounts[k]] != mark;
            seen[r->crowd.accounts[k]] = mark;
        }
    }
    double crowd = crowd_of(n_pairs, n_hits);
    if (n_accounts < fewest_site_accounts || crowd < least) return;
    for (size_t i = 0; i < n; i++) {
        eh_text_profile *p = &r->profiles[titles[i].text];
        if (is_of_few(p, least)) continue;
        p->kind = EH_TEXT_SHARE_BUTTON;
        if (crowd > p->crowd) p->crowd = crowd;
    }
}

static eh_status judge_sites(reading *r, eh_error *err)
{
    const eh_action_set *links = &r->table->sets[EH_LINK];
    size_t n = 0;
    for (uint32_t o = 0; o < r->crowd.n_texts; o++) n += is_title(&r->profiles[o]);
    title *titles = eh_alloc(r->ctx, n, sizeof *titles, err);
    uint32_t *seen = eh_alloc(r->ctx, r->table->accounts.n, sizeof *seen, err);
    eh_status status = titles && seen ? EH_OK : err->status;
    n = 0;
    for (uint32_t o = 0; status == EH_OK && o < r->crowd.n_texts; o++)
        if (is_title(&r->profiles[o])) titles[n++] = (title){links->object_source[r->profiles[o].link], o};
    if (status == EH_OK) status = eh_sort(r->ctx, titles, n, sizeof *titles, by_site, NULL, err);
    for (size_t i = 0; status == EH_OK && i < n;) {
        size_t from = i;
        while (i < n && titles[i].site == titles[from].site) i++;
        if (titles[from].site != UINT32_MAX) judge_site(r, titles + from, i - from, seen, (uint32_t)from + 1);
    }
    eh_free(r->ctx, titles);
    eh_free(r->ctx, seen);
    return status;
}

static void judge_text(const reading *r, uint32_t text)
{
    const eh_action_set *set = &r->table->sets[EH_TEXT];
    eh_text_profile *p = &r->profiles[text];
    if (p->n_accounts < r->options->least_accounts || p->crowd < r->options->least_crowd) return;
    int64_t span_us = set->time_us[set->object_start[text + 1] - 1] - set->time_us[set->object_start[text]];
    if (is_title(p))
        p->kind = EH_TEXT_SHARE_BUTTON;
    else if (p->n_days >= fewest_days && span_us >= quotation_span_us && p->day_share <= wave_share)
        p->kind = EH_TEXT_QUOTATION;
    else if (span_us >= EH_DAY_US)
        p->kind = EH_TEXT_CHAIN_LETTER;
}

static eh_status make_readers(reading *r, eh_error *err)
{
    r->n_readers = eh_context_n_threads(r->ctx);
    r->readers = eh_alloc(r->ctx, (size_t)r->n_readers, sizeof *r->readers, err);
    if (!r->readers) return err->status;
    for (int i = 0; i < r->n_readers; i++) {
        r->readers[i].seen = eh_alloc(r->ctx, r->table->accounts.n, sizeof *r->readers[i].seen, err);
        if (!r->readers[i].seen) return err->status;
    }
    return EH_OK;
}

static void release(reading *r)
{
    for (int i = 0; r->readers && i < r->n_readers; i++) {
        eh_free(r->ctx, r->readers[i].seen);
        eh_free(r->ctx, r->readers[i].links);
    }
    eh_free(r->ctx, r->readers);
    eh_free(r->ctx, r->link_start);
    eh_free(r->ctx, r->links);
    eh_text_crowd_release(&r->crowd);
}

eh_status eh_text_kinds(eh_context *ctx, const eh_action_table *table, const eh_near_text_options *options,
                        eh_text_profile *profiles, eh_error *err)
{
    const eh_action_set *set = &table->sets[EH_TEXT];
    reading r = {.ctx = ctx, .table = table, .options = options, .profiles = profiles};
    eh_status status = eh_text_crowd_init(ctx, set, table->accounts.n, &r.crowd, err);
    if (status == EH_OK) status = list_links(&r, err);
    if (status == EH_OK) status = make_readers(&r, err);
    if (status == EH_OK) status = eh_parallel(ctx, "reading texts", set->n_objects, chunk_size, read_texts, &r, err);
    if (status == EH_OK && r.link_start) status = judge_sites(&r, err);
    for (uint32_t o = 0; status == EH_OK && o < set->n_objects; o++) judge_text(&r, o);
    release(&r);
    return status;
}
