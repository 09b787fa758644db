/*
 * No drift. A group of linked texts may be a chain: A near B, B near C, A far from C. So each group is cut into clusters
 * around centres: of its texts (64 of them, evenly spread, where it has more) the centre is the one whose minhashes
 * agree most with the others'; what has Jaccard >= 2 J - 1 (at least 0.4) with the centre is its cluster; the rest is treated likewise.
 * 1 - Jaccard is a metric: two texts that are both linked to the centre at J are that near to each other.
 * A group yields at most 64 clusters; texts left after that stand for themselves.
 */
#include "actions/near_cluster.h"
#include "actions/near_grams.h"
#include "base/sort.h"
#include "base/threads.h"

enum { most_sampled = 64, most_clusters = 64 };

typedef struct member {
    uint32_t group, text;
} member;

typedef struct cutter {
    eh_gram_set centre, other;
    uint32_t minhash[most_sampled][eh_n_minhashes];
} cutter;

typedef struct cutting {
    eh_context *ctx;
    const eh_action_set *set;
    double floor;
    uint32_t *to;
    member *members; /* of groups of two and more, by (group, first action, bytes) */
    size_t *start;   /* n_groups + 1 */
    size_t n_groups;
    cutter *cutters;
    int n_cutters;
} cutting;

double eh_near_floor(double jaccard) { return jaccard > 0.7 ? 2 * jaccard - 1 : 0.4; }

static int by_group(const void *a, const void *b, void *data)
{
    const eh_action_set *set = data;
    const member *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    int64_t t = set->time_us[set->object_start[x->text]], u = set->time_us[set->object_start[y->text]];
    if (t != u) return t < u ? -1 : 1;
    return (x->text > y->text) - (x->text < y->text);
}

static eh_status list_groups(cutting *c, eh_error *err)
{
    uint32_t n = c->set->n_objects;
    uint32_t *size = eh_alloc(c->ctx, n, sizeof *size, err);
    if (!size) return err->status;
    size_t n_members = 0;
    for (uint32_t o = 0; o < n; o++) size[c->to[o]]++;
    for (uint32_t o = 0; o < n; o++) {
        c->n_groups += size[o] > 1;
        n_members += size[c->to[o]] > 1;
    }
    c->members = eh_alloc(c->ctx, n_members, sizeof *c->members, err);
    c->start = eh_alloc(c->ctx, c->n_groups + 1, sizeof *c->start, err);
    eh_status status = c->members && c->start ? EH_OK : err->status;
    if (status == EH_OK) {
        size_t at = 0, group = 0;
        for (uint32_t o = 0; o < n; o++)
            if (size[c->to[o]] > 1) c->members[at++] = (member){c->to[o], o};
        status = eh_sort(c->ctx, c->members, n_members, sizeof *c->members, by_group, (void *)(uintptr_t)c->set, err);
        for (size_t i = 1; i <= n_members; i++)
            if (i == n_members || c->members[i].group != c->members[i - 1].group) c->start[++group] = i;
    }
    eh_free(c->ctx, size);
    return status;
}

static eh_str text_of(const cutting *c, const member *m) { return eh_strings_get(&c->set->objects, m->text); }

/* Which of n members agrees most with the others; of several the earliest. */
static eh_status find_centre(const cutting *c, cutter *me, const member *members, size_t n, size_t *centre, eh_error *err)
{
    size_t n_sampled = n < most_sampled ? n : most_sampled;
    uint64_t most = 0;
    for (size_t i = 0; i < n_sampled; i++) {
        EH_TRY(eh_gram_set_load(&me->other, text_of(c, &members[i * n / n_sampled]), err));
        eh_gram_minhashes(&me->other, me->minhash[i]);
    }
    *centre = 0;
    for (size_t i = 0; i < n_sampled; i++) {
        uint64_t n_equal = 0;
        for (size_t j = 0; j < n_sampled; j++)
            for (int k = 0; k < eh_n_minhashes; k++) n_equal += me->minhash[i][k] == me->minhash[j][k];
        if (n_equal <= most) continue;
        most = n_equal;
        *centre = i * n / n_sampled;
    }
    return EH_OK;
}

/* Members of one cluster get its earliest as their text; the others move to the front and are counted in *n. */
static eh_status take_cluster(const cutting *c, cutter *me, member *members, size_t *n, eh_error *err)
{
    size_t centre = 0, n_left = 0;
    uint32_t earliest = UINT32_MAX;
    EH_TRY(find_centre(c, me, members, *n, &centre, err));
    EH_TRY(eh_gram_set_load(&me->centre, text_of(c, &members[centre]), err));
    for (size_t i = 0; i < *n; i++) {
        EH_TRY(eh_gram_set_load(&me->other, text_of(c, &members[i]), err));
        if (eh_gram_jaccard(&me->centre, &me->other) >= c->floor) {
            if (earliest == UINT32_MAX) earliest = members[i].text;
            c->to[members[i].text] = earliest;
        } else {
            members[n_left++] = members[i];
        }
    }
    *n = n_left;
    return EH_OK;
}

static eh_status cut(void *data, int i_thread, size_t first, size_t last, eh_error *err)
{
    cutting *c = data;
    for (size_t g = first; g < last; g++) {
        member *members = c->members + c->start[g];
        size_t n = c->start[g + 1] - c->start[g];
        for (int k = 0; n > 0 && k < most_clusters; k++) EH_TRY(take_cluster(c, &c->cutters[i_thread], members, &n, err));
        for (size_t i = 0; i < n; i++) c->to[members[i].text] = members[i].text;
    }
    return EH_OK;
}

eh_status eh_near_cut_chains(eh_context *ctx, const eh_action_set *set, double jaccard, uint32_t *to, eh_error *err)
{
    cutting c = {.ctx = ctx, .set = set, .floor = eh_near_floor(jaccard), .to = to, .n_cutters = eh_context_n_threads(ctx)};
    c.cutters = eh_alloc(ctx, (size_t)c.n_cutters, sizeof *c.cutters, err);
    eh_status status = c.cutters ? list_groups(&c, err) : err->status;
    for (int i = 0; c.cutters && i < c.n_cutters; i++) c.cutters[i].centre.ctx = c.cutters[i].other.ctx = ctx;
    if (status == EH_OK) status = eh_parallel(ctx, NULL, c.n_groups, 4, cut, &c, err);
    for (int i = 0; c.cutters && i < c.n_cutters; i++) {
        eh_gram_set_release(&c.cutters[i].centre);
        eh_gram_set_release(&c.cutters[i].other);
    }
    eh_free(ctx, c.cutters);
    eh_free(ctx, c.members);
    eh_free(ctx, c.start);
    return status;
}
