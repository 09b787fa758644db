/* same_operator: the tests of rhythm on all pairs of the list, and on comparison groups. automated: described, not decided. */
#include "cases/claim_private.h"

#include "investigation/client_words.h"
#include "legs/operator.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { most_in_hands = 200, n_hand_groups = 19 };

/* The leg's tests on all pairs of some accounts; counts who is in one pair of hands with another. */
static eh_status hands_of(const claim_bench *b, const uint32_t *accounts, uint32_t n, eh_leg_result *leg, uint64_t *n_testable, eh_error *err)
{
    uint64_t n_pairs = (uint64_t)n * (n - 1) / 2, at = 0;
    eh_rhythm_hands hands = {0};
    eh_rhythm_pair *pairs = eh_alloc(b->ctx, n_pairs, sizeof *pairs, err);
    eh_rhythm_pair_result *results = pairs ? eh_alloc(b->ctx, n_pairs, sizeof *results, err) : NULL;
    eh_status status = results ? EH_OK : err->status;
    for (uint32_t i = 0; status == EH_OK && i < n; i++)
        for (uint32_t k = i + 1; k < n; k++) pairs[at++] = (eh_rhythm_pair){accounts[i], accounts[k]};
    *leg = (eh_leg_result){.ctx = b->ctx, .kind = EH_LEG_OPERATOR};
    *n_testable = 0;
    if (status == EH_OK) status = eh_rhythm_pairs(b->ctx, &b->table, pairs, n_pairs, results, err);
    if (status == EH_OK) status = eh_rhythm_hands_of(b->ctx, &b->table, pairs, n_pairs, b->detect.precision_us, &hands, err);
    if (status == EH_OK) status = operator_judge(pairs, results, n_pairs, &hands, b->q, leg, err);
    for (uint64_t i = 0; status == EH_OK && i < n_pairs; i++) *n_testable += results[i].is_testable;
    if (hands.ctx) eh_rhythm_hands_release(&hands);
    eh_free(b->ctx, pairs);
    eh_free(b->ctx, results);
    return status;
}

static uint32_t count_tied(const eh_leg_result *leg, const uint32_t *accounts, uint32_t n, double q)
{
    uint32_t n_tied = 0;
    for (uint32_t i = 0; leg->accounts && i < n; i++) n_tied += leg->accounts[accounts[i]].q_value <= q && leg->accounts[accounts[i]].n_partners > 0;
    return n_tied;
}

static eh_status compare(const claim_bench *b, const claim_list *list, uint32_t n_tied, uint32_t *n_groups, uint32_t *n_as_many, double *sum, eh_error *err)
{
    claim_matches *matches = NULL;
    uint32_t *group = eh_alloc(b->ctx, list->n_known, sizeof *group, err);
    eh_status status = group ? claim_matches_new(b, list, true, NULL, NULL, &matches, err) : err->status;
    for (uint32_t g = 0; status == EH_OK && g < n_hand_groups; g++) {
        eh_leg_result leg = {0};
        uint64_t ignored;
        uint32_t n = claim_match(matches, g, group);
        if (n < list->n_known) break;
        status = hands_of(b, group, n, &leg, &ignored, err);
        if (status == EH_OK) {
            uint32_t count = count_tied(&leg, group, n, b->q);
            *sum += count;
            *n_as_many += count >= n_tied;
            ++*n_groups;
        }
        if (leg.ctx) eh_leg_release(&leg);
    }
    claim_matches_free(matches);
    eh_free(b->ctx, group);
    return status;
}

static eh_status judge_hands(const claim_bench *b, const claim_list *list, const eh_leg_result *leg, uint64_t n_testable, claim_result *r, eh_error *err)
{
    uint32_t n_groups = 0, n_as_many = 0, n_tied = count_tied(leg, list->known, list->n_known, b->q);
    double sum = 0;
    EH_TRY(compare(b, list, n_tied, &n_groups, &n_as_many, &sum, err));
    r->observed = n_tied;
    r->expected = n_groups ? sum / n_groups : (double)NAN;
    r->p_groups = n_groups ? claim_rank(n_as_many, n_groups) : (double)NAN;
    bool passes = n_tied >= 2 && n_groups && r->p_groups <= 0.05 + 1e-12;
    for (uint32_t i = 0; i < list->n_known; i++) {
        const eh_leg_account *a = &leg->accounts[list->known[i]];
        claim_account *to = &r->accounts[list->id_of[i]];
        bool is_tied = a->q_value <= b->q && a->n_partners > 0, is_tested = a->n_testable_partners > 0;
        r->n_tested += is_tested;
        to->q_value = a->q_value;
        to->n_partners = a->n_partners;
        to->verdict = is_tied && passes ? EH_CLAIM_SUPPORTED : EH_CLAIM_CANNOT_TELL;
        to->note = is_tied && !passes ? "comparison groups show as much" : is_tested ? NULL : "fewer than seven days in common with anybody of the list";
        r->n_supported += to->verdict == EH_CLAIM_SUPPORTED;
    }
    r->verdict = passes ? EH_CLAIM_SUPPORTED : EH_CLAIM_CANNOT_TELL;
    EH_TRY(eh_buf_printf(&r->says_for, err, "%u accounts take turns, hand over or are never at work at once with another of the list, beyond chance; %llu such pairs", n_tied, (unsigned long long)leg->n_pairs));
    EH_TRY(eh_buf_printf(&r->says_against, err, "%llu of %llu pairs with seven days in common show nothing of it; one pair of hands for many accounts can hide, so its absence is no evidence against it",
                         (unsigned long long)(n_testable - (leg->n_pairs < n_testable ? leg->n_pairs : n_testable)), (unsigned long long)n_testable));
    EH_TRY(eh_buf_printf(&r->chance, err, "in %u groups of other accounts that are as active the same tests tie %.2f accounts in the mean; %u groups show as many", n_groups, r->expected, n_as_many));
    return eh_buf_printf(&r->power, err, "not computed: what an operator does to stay apart is not known, so this part is supported or cannot be told");
}

eh_status claim_test_hands(const claim_bench *b, const claim_list *list, const eh_claim_part *part, claim_result *r, eh_error *err)
{
    eh_leg_result leg = {0};
    uint64_t n_testable = 0;
    (void)part;
    r->verdict = EH_CLAIM_CANNOT_TELL;
    if (list->n_known < 2 || list->n_known > most_in_hands)
        return eh_buf_printf(&r->chance, err, "the tests of rhythm take 2 to %d accounts; %u act in the archive in this time", (int)most_in_hands, list->n_known);
    eh_status status = hands_of(b, list->known, list->n_known, &leg, &n_testable, err);
    if (status == EH_OK && !leg.accounts) status = eh_buf_printf(&r->chance, err, "no pair of the list has seven days in common");
    else if (status == EH_OK) status = judge_hands(b, list, &leg, n_testable, r, err);
    if (leg.ctx) eh_leg_release(&leg);
    return status;
}

/* ---- automated ---------------------------------------------------------------------------------------------------- */

typedef struct declared {
    const eh_dict *place;
    claim_account *accounts;
    uint8_t *is_declared;
} declared;

static eh_status take_declared(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    declared *d = data;
    (void)columns, (void)n_columns, (void)err;
    uint32_t i = eh_dict_find(d->place, cells[0].text);
    if (i != EH_DICT_NONE) d->is_declared[i] = 1;
    return EH_OK;
}

/* A client that says in its own name that it is a program: most posts of the account in the claim's time came with one. */
static eh_status find_declared(const claim_bench *b, declared *d, eh_error *err)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql, "SELECT account_id FROM posts WHERE epoch_us(time) >= %lld AND epoch_us(time) < %lld GROUP BY account_id HAVING count(*) FILTER (regexp_matches(lower(coalesce(client, '')), "
                   "'" EH_CLIENT_DECLARES "')) >= 0.9 * count(*) ORDER BY account_id", (long long)b->from_us, (long long)b->to_us);
    return eh_store_query(b->store, sql, NULL, take_declared, d, err);
}

static eh_status tell_automated(const claim_bench *b, const claim_list *list, const declared *d, claim_result *r, eh_error *err)
{
    uint32_t n_rest = 0, n_regular = 0;
    eh_rhythm_account *rows = eh_alloc(b->ctx, b->table.accounts.n, sizeof *rows, err);
    eh_status status = rows ? eh_rhythm_accounts(b->ctx, &b->table, rows, err) : err->status;
    for (uint32_t i = 0; status == EH_OK && i < list->ids->n; i++) {
        claim_account *a = &r->accounts[i];
        a->verdict = d->is_declared[i] ? EH_CLAIM_SUPPORTED : EH_CLAIM_CANNOT_TELL;
        a->note = d->is_declared[i] ? "its client's own name declares it" : NULL;
        r->n_supported += d->is_declared[i];
        if (list->number[i] == UINT32_MAX) continue;
        const eh_rhythm_account *row = &rows[list->number[i]];
        r->n_tested++;
        a->observed = row->gap_entropy_bits;
        n_rest += row->quiet_gap_h >= 6;
        n_regular += row->gap_entropy_jittered_bits - row->gap_entropy_bits >= 1;
    }
    eh_free(b->ctx, rows);
    EH_TRY(status);
    r->observed = r->n_supported;
    r->verdict = r->n_supported == list->ids->n ? EH_CLAIM_SUPPORTED : EH_CLAIM_CANNOT_TELL;
    EH_TRY(eh_buf_printf(&r->says_for, err, "%u of %u accounts are declared as automated by the client of nine tenths of their posts; the gaps between actions of %u are more regular, by a bit or more, than with their times moved by half an hour", r->n_supported, list->ids->n, n_regular));
    EH_TRY(eh_buf_printf(&r->says_against, err, "%u of %u accounts rest for six hours or more on most days", n_rest, r->n_tested));
    EH_TRY(eh_buf_printf(&r->chance, err, "not known: schedules, feeds and habits make people regular, and programs can be irregular"));
    return eh_buf_printf(&r->power, err, "none: behaviour alone does not support this part; only a declaration does");
}

eh_status claim_test_automated(const claim_bench *b, const claim_list *list, const eh_claim_part *part, claim_result *r, eh_error *err)
{
    eh_dict place = EH_DICT_INIT(b->ctx);
    declared d = {.place = &place, .accounts = r->accounts};
    eh_status status = EH_OK;
    (void)part;
    for (uint32_t i = 0; status == EH_OK && i < list->ids->n; i++) status = eh_dict_add(&place, eh_strings_get(list->ids, i), &(uint32_t){0}, err);
    d.is_declared = status == EH_OK ? eh_alloc(b->ctx, list->ids->n, 1, err) : NULL;
    if (!d.is_declared) status = err->status;
    if (status == EH_OK) status = find_declared(b, &d, err);
    if (status == EH_OK) status = tell_automated(b, list, &d, r, err);
    eh_dict_release(&place);
    eh_free(b->ctx, d.is_declared);
    return status;
}
