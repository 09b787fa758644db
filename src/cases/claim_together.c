/*
 * act_together: detection among the accounts of the list (signif/within.h; by texts, claim_reuse.c), the same on comparison groups, and
 * what could have been seen: rings planted into the archive, tested as the list was.
 */
#include "cases/claim_private.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

/* As many as a list must show in more than nineteen of twenty comparison groups' stead. */
static const double most_groups = 0.05, seen_enough = 0.8, seen_surely = 0.95;

typedef struct together {
    const claim_bench *b;
    const claim_list *list;
    eh_within within;
    eh_edge *edges;
    uint64_t n_edges;
    eh_detection found;
    claim_reused *reused;   /* per known account */
    uint32_t *group_counts; /* per comparison group: accounts that the same test supports */
    uint32_t n_groups;      /* that are as large as the list */
    uint32_t bar;           /* so many supported accounts are more than comparison groups show */
} together;

/* One list, tested from the start. */
static eh_status test(const claim_bench *b, const uint32_t *accounts, uint32_t n, eh_within *within, eh_edge **edges, uint64_t *n_edges,
                      eh_detection *found, eh_error *err)
{
    const eh_fields *fields = &b->data->fields;
    EH_TRY(eh_within_init(b->ctx, fields, accounts, n, within, err));
    EH_TRY(eh_within_scan(b->ctx, fields, within, edges, n_edges, err));
    return eh_within_judge(b->ctx, &b->table, &b->detect, fields, within, *edges, *n_edges, found, err);
}

/* By times or by texts. */
static uint32_t count_both(const eh_detection *d, const claim_reused *reused, const uint32_t *accounts, uint32_t n)
{
    uint32_t n_listed = 0;
    for (uint32_t i = 0; i < n; i++) n_listed += d->accounts[accounts[i]].is_listed || reused[i].is_tied;
    return n_listed;
}

static eh_status test_group(const claim_bench *b, const uint32_t *accounts, uint32_t n, claim_reused *reused, uint32_t *n_listed, eh_error *err)
{
    eh_within within = {0};
    eh_edge *edges = NULL;
    uint64_t n_edges = 0;
    eh_detection found = {0};
    eh_status status = claim_reuse_within(b, &(claim_texts){.table = &b->table, .leg = &b->reuse}, accounts, n, reused, err);
    if (status == EH_OK) status = test(b, accounts, n, &within, &edges, &n_edges, &found, err);
    if (status == EH_OK) {
        *n_listed = count_both(&found, reused, accounts, n);
        eh_detection_release(&found);
    }
    eh_within_release(&within);
    eh_free(b->ctx, edges);
    return status;
}

/* ---- comparison groups -------------------------------------------------------------------------------------------- */

static uint32_t n_groups_with(const together *t, uint32_t n)
{
    uint32_t count = 0;
    for (uint32_t g = 0; g < t->n_groups; g++) count += t->group_counts[g] >= n;
    return count;
}

static eh_status compare(together *t, eh_error *err)
{
    const claim_bench *b = t->b;
    claim_matches *matches = NULL;
    uint32_t *group = eh_alloc(b->ctx, t->list->n_known, sizeof *group, err);
    claim_reused *reused = group ? eh_alloc(b->ctx, t->list->n_known, sizeof *reused, err) : NULL;
    t->group_counts = reused ? eh_alloc(b->ctx, b->options.n_groups, sizeof *t->group_counts, err) : NULL;
    eh_status status = t->group_counts ? claim_matches_new(b, t->list, true, NULL, NULL, &matches, err) : err->status;
    for (uint32_t g = 0; status == EH_OK && g < b->options.n_groups; g++) {
        eh_context_report(b->ctx, "comparison groups", g, b->options.n_groups);
        uint32_t n = claim_match(matches, g, group);
        if (n < t->list->n_known) break; /* too few others: no group is as large as the list */
        status = test_group(b, group, n, reused, &t->group_counts[t->n_groups++], err);
    }
    claim_matches_free(matches);
    eh_free(b->ctx, group);
    eh_free(b->ctx, reused);
    for (t->bar = 2; claim_rank(n_groups_with(t, t->bar), t->n_groups) > most_groups && t->bar <= t->list->n_known; t->bar++) continue;
    return status;
}

/* ---- power -------------------------------------------------------------------------------------------------------- */

/* One round: rings of disjoint accounts, planted together and judged one by one, as if the others were not. */
typedef struct planted {
    const together *t;
    claim_planting planting;
    eh_action_table table;
    eh_test_data *data;
    eh_leg_result reuse;
    claim_reused *reused; /* per known account */
    eh_within within, judged;
    eh_edge *edges, *kept;
    uint64_t n_edges;
    uint32_t *ring_of; /* per account of the table */
} planted;

static bool is_of_other_ring(const planted *p, uint32_t a, uint32_t b, uint32_t ring)
{
    return p->ring_of[a] != UINT32_MAX && p->ring_of[a] != ring && p->ring_of[a] == p->ring_of[b];
}

/* What the list would be with this ring alone: pairs inside of other rings are as they were before. */
static uint64_t keep_ring(planted *p, uint32_t ring)
{
    const together *t = p->t;
    uint64_t n = 0, i = 0, k = 0;
    uint32_t n_list = p->within.n;
    for (uint32_t x = 0; x < n_list; x++)
        for (uint32_t y = 0; y < n_list; y++)
            p->judged.n_common[(size_t)x * n_list + y] =
                is_of_other_ring(p, p->within.accounts[x], p->within.accounts[y], ring) ? t->within.n_common[(size_t)x * n_list + y]
                                                                                        : p->within.n_common[(size_t)x * n_list + y];
    /* Both lists are sorted by pair: merge what each gives. */
    while (i < p->n_edges || k < t->n_edges) {
        const eh_edge *now = i < p->n_edges ? &p->edges[i] : NULL, *before = k < t->n_edges ? &t->edges[k] : NULL;
        bool takes_now = !before || (now && (now->account_a < before->account_a || (now->account_a == before->account_a && now->account_b <= before->account_b)));
        const eh_edge *edge = takes_now ? now : before;
        bool is_other = is_of_other_ring(p, edge->account_a, edge->account_b, ring);
        if (is_other != takes_now) p->kept[n++] = *edge;
        i += takes_now;
        k += !takes_now;
    }
    return n;
}

static eh_status judge_ring(planted *p, uint32_t ring, bool *is_seen, eh_error *err)
{
    const claim_bench *b = p->t->b;
    eh_detection found = {0};
    uint64_t n = keep_ring(p, ring);
    EH_TRY(eh_within_judge(b->ctx, &p->table, &b->detect, &p->data->fields, &p->judged, p->kept, n, &found, err));
    const claim_texts texts = {&p->table, &p->reuse, p->ring_of, ring};
    eh_status status = claim_reuse_within(b, &texts, p->within.accounts, p->within.n, p->reused, err);
    uint32_t n_listed = 0;
    for (uint32_t i = 0; i < p->within.n; i++)
        n_listed += p->ring_of[p->within.accounts[i]] == ring && (found.accounts[p->within.accounts[i]].is_listed || p->reused[i].is_tied);
    *is_seen = n_listed >= p->t->bar;
    eh_detection_release(&found);
    return status;
}

static eh_status prepare(planted *p, eh_error *err)
{
    const claim_bench *b = p->t->b;
    EH_TRY(claim_copy_table(b->ctx, &b->table, EH_NO_TIME, EH_NO_TIME, &p->planting, &p->table, err));
    p->data = eh_alloc(b->ctx, 1, sizeof *p->data, err);
    p->ring_of = p->data ? eh_alloc(b->ctx, b->table.accounts.n, sizeof *p->ring_of, err) : NULL;
    if (!p->ring_of) return err->status;
    memset(p->ring_of, 0xff, b->table.accounts.n * sizeof *p->ring_of);
    for (uint32_t i = 0; i < p->planting.n_rings * p->planting.ring; i++) p->ring_of[p->planting.accounts[i]] = i / p->planting.ring;
    EH_TRY(eh_test_data_init(b->ctx, &p->table, &b->detect, p->data, err));
    EH_TRY(eh_within_init(b->ctx, &p->data->fields, p->t->list->known, p->t->list->n_known, &p->within, err));
    EH_TRY(eh_within_init(b->ctx, &p->data->fields, p->t->list->known, p->t->list->n_known, &p->judged, err));
    EH_TRY(eh_within_scan(b->ctx, &p->data->fields, &p->within, &p->edges, &p->n_edges, err));
    p->kept = eh_alloc(b->ctx, p->n_edges + p->t->n_edges, sizeof *p->kept, err);
    p->reused = p->kept ? eh_alloc(b->ctx, p->within.n, sizeof *p->reused, err) : NULL;
    if (!p->reused) return err->status;
    return b->reuse.has_run ? eh_leg_reuse(b->ctx, &p->table, &b->detect, &p->reuse, err) : EH_OK;
}

static void planted_release(planted *p)
{
    eh_context *ctx = p->t->b->ctx;
    if (p->data) eh_test_data_release(p->data);
    eh_free(ctx, p->data);
    eh_free(ctx, p->ring_of);
    eh_free(ctx, p->edges);
    eh_free(ctx, p->kept);
    eh_free(ctx, p->reused);
    eh_leg_release(&p->reuse);
    eh_within_release(&p->within);
    eh_within_release(&p->judged);
    if (p->table.ctx) eh_action_table_release(&p->table);
}

static eh_status round_of(const together *t, const claim_planting *planting, uint32_t *n_seen, eh_error *err)
{
    planted p = {.t = t, .planting = *planting};
    bool is_seen = false;
    eh_status status = prepare(&p, err);
    for (uint32_t ring = 0; status == EH_OK && ring < planting->n_rings; ring++) {
        status = judge_ring(&p, ring, &is_seen, err);
        if (status == EH_OK) *n_seen += is_seen;
    }
    planted_release(&p);
    return status;
}

/* So few rings a round that what is planted stays below a hundredth of the archive: more would change the profiles of all. */
static uint32_t most_rings(const claim_bench *b, uint32_t ring, uint32_t n_objects)
{
    uint64_t n_actions = 0;
    for (int k = 0; k < EH_N_BEHAVIOURS; k++) n_actions += b->table.sets[k].n_actions;
    uint64_t n = n_actions / 100 / ((uint64_t)(ring - 1) * n_objects);
    return n < 1 ? 1 : n > 1000 ? 1000 : (uint32_t)n;
}

/* Draws rings until there are enough; accounts that act together already are left out, where others suffice. */
static eh_status power_of(const together *t, uint32_t ring, uint32_t n_objects, claim_power *out, eh_error *err)
{
    const claim_bench *b = t->b;
    uint32_t *pool = eh_alloc(b->ctx, t->list->n_known, sizeof *pool, err), n_pool = 0;
    if (!pool) return err->status;
    for (uint32_t i = 0; i < t->list->n_known; i++)
        if (!t->found.accounts[t->list->known[i]].is_listed && !t->reused[i].is_tied) pool[n_pool++] = t->list->known[i];
    if (n_pool < ring) {
        n_pool = t->list->n_known;
        memcpy(pool, t->list->known, n_pool * sizeof *pool);
    }
    *out = (claim_power){.ring = ring, .n_objects = n_objects};
    eh_status status = EH_OK;
    for (uint32_t round = 0; status == EH_OK && out->n_draws < b->options.n_draws; round++) {
        eh_rng rng = eh_rng_of(b->seed, ((uint64_t)n_objects << 32) + ((uint64_t)ring << 20) + round);
        uint32_t n_rings = n_pool / ring, n_left = b->options.n_draws - out->n_draws, most = most_rings(b, ring, n_objects);
        if (n_rings > most) n_rings = most;
        for (uint32_t i = n_pool; i > 1; i--) {
            uint32_t k = (uint32_t)eh_rng_below(&rng, i), kept = pool[i - 1];
            pool[i - 1] = pool[k];
            pool[k] = kept;
        }
        eh_context_report(b->ctx, "planting rings", out->n_draws, b->options.n_draws);
        if (eh_context_is_cancelled(b->ctx)) status = eh_fail(err, EH_E_CANCELLED, "interrupted");
        const claim_planting planting = {pool, ring, n_rings < n_left ? n_rings : n_left, n_objects, b->detect.precision_us, eh_rng_next(&rng)};
        if (status == EH_OK) status = round_of(t, &planting, &out->n_seen, err);
        out->n_draws += planting.n_rings;
    }
    eh_free(b->ctx, pool);
    return status;
}

static double share(const claim_power *p) { return p->n_draws ? (double)p->n_seen / p->n_draws : 0; }

/* The power at what is alleged (or five and eight), then up or down to the fewest objects that are seen in nine of ten. */
static eh_status powers(const together *t, const eh_claim_part *part, claim_result *r, eh_error *err)
{
    static const uint32_t ladder[] = {3, 4, 6, 8, 12, 16, 24, 32, 48};
    uint32_t ring = part->ring ? part->ring : 5, n_objects = part->n_objects ? part->n_objects : 8;
    if (ring > t->list->n_known) ring = t->list->n_known;
    EH_TRY(power_of(t, ring, n_objects, &r->powers[r->n_powers++], err));
    bool is_enough = share(&r->powers[0]) >= 0.9;
    for (int i = is_enough ? 8 : 0; i >= 0 && i < 9; i += is_enough ? -1 : 1) {
        if (is_enough ? ladder[i] >= n_objects : ladder[i] <= n_objects) continue;
        claim_power *p = &r->powers[r->n_powers++];
        EH_TRY(power_of(t, ring, ladder[i], p, err));
        if ((share(p) >= 0.9) != is_enough) break;
    }
    return EH_OK;
}

/* ---- words -------------------------------------------------------------------------------------------------------- */

static eh_status tell_power(const together *t, claim_result *r, eh_error *err)
{
    if (!r->n_powers) return eh_buf_printf(&r->power, err, "%s", t->b->options.has_no_power ? "not computed: left out on demand" : "not computed");
    const claim_power *best = NULL;
    double low, high;
    for (uint32_t i = 0; i < r->n_powers; i++)
        if (share(&r->powers[i]) >= 0.9 && (!best || r->powers[i].n_objects < best->n_objects)) best = &r->powers[i];
    claim_wilson(r->powers[0].n_seen, r->powers[0].n_draws, &low, &high);
    EH_TRY(eh_buf_printf(&r->power, err, "with these data a ring of %u of these accounts sharing %u objects within a minute would have been seen with probability %.2f (%.2f to %.2f, "
                         "%u rings planted, seed %llu)", r->powers[0].ring, r->powers[0].n_objects, share(&r->powers[0]), low, high, r->powers[0].n_draws,
                         (unsigned long long)t->b->seed));
    if (best) return eh_buf_printf(&r->power, err, "; for 0.9, %u objects suffice", best->n_objects);
    return eh_buf_printf(&r->power, err, "; up to %u objects do not suffice for 0.9", r->powers[r->n_powers - 1].n_objects);
}

static bool is_tested(const together *t, uint32_t i)
{
    return t->found.accounts[t->list->known[i]].n_testable_partners > 0 || t->reused[i].is_testable;
}

static const char *note_of(const eh_account_result *a)
{
    if (a->is_listed) return NULL;
    if (a->n_testable_partners == 0) return "shares too few objects with anybody of the list";
    if (a->notes & EH_NOTE_FOLLOWED) return "came second too seldom: cannot be told from somebody who is followed and copied";
    if (a->notes & EH_NOTE_DIRECTION_UNKNOWN) return "times too coarse to tell who came second";
    if (a->notes & EH_NOTE_ONE_PARTNER) return "tied to one account of the list only";
    return NULL;
}

static void fill_accounts(const together *t, claim_result *r)
{
    bool passes = r->verdict == EH_CLAIM_SUPPORTED;
    for (uint32_t i = 0; i < t->list->n_known; i++) {
        const eh_account_result *a = &t->found.accounts[t->list->known[i]];
        const claim_reused *reused = &t->reused[i];
        claim_account *to = &r->accounts[t->list->id_of[i]];
        bool is_open = !is_tested(t, i) || r->verdict == EH_CLAIM_CANNOT_TELL, is_found = a->is_listed || reused->is_tied;
        to->verdict = is_found && passes ? EH_CLAIM_SUPPORTED : is_open ? EH_CLAIM_CANNOT_TELL : EH_CLAIM_NOT_SUPPORTED;
        to->q_value = fmin(fmin(1, a->q_value * t->b->q / t->b->detect.q), reused->q_value);
        to->n_partners = a->n_partners > reused->n_partners ? a->n_partners : reused->n_partners;
        to->note = is_found && !passes ? "comparison groups show as much"
                   : !a->is_listed && reused->is_tied ? "publishes the same texts as others of the list"
                   : !is_found && reused->is_followed ? "others publish its texts after it: cannot be told from somebody who is copied" : note_of(a);
        r->n_supported += to->verdict == EH_CLAIM_SUPPORTED;
    }
}

static eh_status tell(const together *t, uint32_t n_listed, claim_result *r, eh_error *err)
{
    double coincidences = 0, expected = 0, all = 0, all_expected = 0, in_groups = 0;
    uint32_t n_by_texts = 0;
    for (uint32_t i = 0; i < t->list->n_known; i++) n_by_texts += t->reused[i].is_tied;
    for (uint64_t i = 0; i < t->found.n_edges; i++) {
        const eh_edge *e = &t->found.edges[i];
        all += e->n_sittings;
        all_expected += e->n_sittings_expected;
        coincidences += e->is_listed ? e->n_sittings : 0;
        expected += e->is_listed ? e->n_sittings_expected : 0;
    }
    for (uint32_t g = 0; g < t->n_groups; g++) in_groups += t->group_counts[g];
    r->observed = n_listed;
    r->expected = t->n_groups ? in_groups / t->n_groups : (double)NAN;
    r->p_groups = t->n_groups ? claim_rank(n_groups_with(t, n_listed), t->n_groups) : (double)NAN;
    EH_TRY(eh_buf_printf(&r->says_for, err, "%u of %u accounts act together within the list at q = %.3g; %llu pairs are beyond chance, with %.0f coincidences where chance gives %.1f",
                         n_listed, t->list->n_known, t->b->q, (unsigned long long)t->found.n_listed_pairs, coincidences, expected));
    if (t->b->reuse.has_run) EH_TRY(eh_buf_printf(&r->says_for, err, "; %u publish the same texts as others of the list", n_by_texts));
    EH_TRY(eh_buf_printf(&r->says_against, err, "%u of the %u accounts with enough in common with others of the list do not act together with any of it; the other tested pairs have %.0f coincidences where chance gives %.1f",
                         r->n_tested > n_listed ? r->n_tested - n_listed : 0, r->n_tested, all - coincidences, all_expected - expected));
    if (!t->n_groups) return eh_buf_printf(&r->chance, err, "the archive has too few others to compare with");
    return eh_buf_printf(&r->chance, err, "in %u groups of other accounts, as active and with objects in common with the list, the same test supports %.2f accounts in the mean; %u groups show %u or more",
                         t->n_groups, r->expected, n_groups_with(t, n_listed ? n_listed : 1), n_listed ? n_listed : 1);
}

static eh_status decide(together *t, const eh_claim_part *part, claim_result *r, eh_error *err)
{
    uint32_t n_listed = count_both(&t->found, t->reused, t->list->known, t->list->n_known);
    bool is_complete = t->list->n_known == t->list->ids->n;
    for (uint32_t i = 0; i < t->list->n_known; i++) r->n_tested += is_tested(t, i);
    bool passes = t->n_groups && n_listed >= t->bar;
    if (!t->b->options.has_no_power && t->n_groups) EH_TRY(powers(t, part, r, err));
    double power = r->n_powers ? share(&r->powers[0]) : 0;
    if (passes) r->verdict = EH_CLAIM_SUPPORTED;
    else if (!t->n_groups || power < seen_enough) r->verdict = EH_CLAIM_CANNOT_TELL;
    else if (n_listed == 0 && part->ring && is_complete && power >= seen_surely) r->verdict = EH_CLAIM_CONTRADICTED;
    else r->verdict = EH_CLAIM_NOT_SUPPORTED;
    fill_accounts(t, r);
    EH_TRY(tell_power(t, r, err));
    return tell(t, n_listed, r, err);
}

eh_status claim_test_together(const claim_bench *b, const claim_list *list, const eh_claim_part *part, claim_result *r, eh_error *err)
{
    if (list->n_known < 2 || !b->data->fields.n_tested) {
        r->verdict = EH_CLAIM_CANNOT_TELL;
        return eh_buf_printf(&r->chance, err, "fewer than two accounts of the list act in the archive in this time");
    }
    together t = {.b = b, .list = list};
    t.reused = eh_alloc(b->ctx, list->n_known, sizeof *t.reused, err);
    if (!t.reused) return err->status;
    eh_status status = claim_reuse_within(b, &(claim_texts){.table = &b->table, .leg = &b->reuse}, list->known, list->n_known, t.reused, err);
    if (status == EH_OK) status = test(b, list->known, list->n_known, &t.within, &t.edges, &t.n_edges, &t.found, err);
    if (status == EH_OK) status = compare(&t, err);
    if (status == EH_OK) status = decide(&t, part, r, err);
    if (t.found.ctx) eh_detection_release(&t.found);
    eh_within_release(&t.within);
    eh_free(b->ctx, t.edges);
    eh_free(b->ctx, t.reused);
    eh_free(b->ctx, t.group_counts);
    return status;
}
