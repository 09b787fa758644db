#include "signif/decide.h"

static uint32_t listing_legs(const eh_detection *d) { return (d->options.list_by | 1u << EH_LEG_TIMING) & ~(1u << EH_LEG_OPERATOR); }

void eh_tie_add(eh_tie *tie, uint32_t behaviours, int64_t first_time_us, int64_t last_time_us)
{
    tie->behaviours |= behaviours;
    if (first_time_us == EH_NO_TIME) return;
    if (tie->first_time_us == EH_NO_TIME || first_time_us < tie->first_time_us) tie->first_time_us = first_time_us;
    if (tie->last_time_us == EH_NO_TIME || last_time_us > tie->last_time_us) tie->last_time_us = last_time_us;
}

/* Timing and group read the same times: one kind. What confirms a choice does not make it strong as well. */
uint32_t eh_n_kinds(const eh_account_result *account)
{
    uint32_t n_behaviours = (uint32_t)__builtin_popcount(account->independent_behaviours);
    bool has_timing = account->legs >> EH_LEG_TIMING & 1 || (account->legs >> EH_LEG_GROUP & 1 && !account->is_confirmed);
    uint32_t others = account->legs & (1u << EH_LEG_SELECTION | 1u << EH_LEG_REUSE | 1u << EH_LEG_OPERATOR);
    uint32_t n_timing = has_timing ? (n_behaviours > 1 ? n_behaviours : 1) : 0;
    return n_timing + (uint32_t)__builtin_popcount(others);
}

static void count_partners(eh_detection *d, uint32_t n_accounts)
{
    for (uint32_t u = 0; u < n_accounts; u++) d->accounts[u].n_partners = 0;
    for (uint64_t i = 0; i < d->n_ties; i++) {
        eh_account_result *a = &d->accounts[d->ties[i].account_a], *b = &d->accounts[d->ties[i].account_b];
        a->n_partners += b->is_listed;
        b->n_partners += a->is_listed;
    }
}

/* Acting together takes listed partners. */
static void prune(eh_detection *d, uint32_t n_accounts)
{
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        count_partners(d, n_accounts);
        for (uint32_t u = 0; u < n_accounts; u++) {
            eh_account_result *account = &d->accounts[u];
            /* Same-operator rhythm speaks about a tie, so it cannot stand in for a second one. */
            uint32_t n_kinds = eh_n_kinds(account) - (account->legs >> EH_LEG_OPERATOR & 1);
            uint32_t n_needed = n_kinds >= 2 ? 1 : eh_fewest_partners;
            if (!account->is_listed || account->n_partners >= n_needed) continue;
            account->is_listed = false;
            account->notes |= EH_NOTE_ONE_PARTNER;
            has_changed = true;
        }
    }
}

static eh_finding finding_of(const eh_account_result *account)
{
    /* One partner suffices only with a second kind of evidence. */
    bool lacks_partners = account->n_testable_partners < eh_fewest_partners &&
                          (account->n_testable_partners == 0 || __builtin_popcount(account->acted_behaviours) < 2);
    bool is_strong = eh_n_kinds(account) >= 2 && !(account->notes & EH_NOTE_TWO_ALONE);
    if (account->is_listed) return is_strong ? EH_FINDING_STRONG : EH_FINDING_MODERATE;
    if (account->is_beyond_spread || account->legs & ~(1u << EH_LEG_OPERATOR)) return EH_FINDING_WEAK;
    if (lacks_partners || account->most_common_objects < account->n_objects_needed) return EH_FINDING_INSUFFICIENT_DATA;
    return EH_FINDING_NONE;
}

void eh_decide(eh_detection *d, uint32_t n_accounts)
{
    const uint32_t barred = EH_NOTE_FOLLOWED | EH_NOTE_DIRECTION_UNKNOWN, may_list = listing_legs(d);
    for (uint32_t u = 0; u < n_accounts; u++) {
        eh_account_result *account = &d->accounts[u];
        account->notes &= ~(uint32_t)(EH_NOTE_ONE_PARTNER | EH_NOTE_TWO_ALONE);
        account->is_listed = (account->legs & may_list || account->is_confirmed) && !(account->notes & barred);
    }
    prune(d, n_accounts);
    d->n_listed_accounts = 0;
    for (uint32_t u = 0; u < n_accounts; u++) {
        if (d->accounts[u].is_listed && d->accounts[u].n_partners < eh_fewest_partners) d->accounts[u].notes |= EH_NOTE_TWO_ALONE;
        d->accounts[u].finding = finding_of(&d->accounts[u]);
        d->n_listed_accounts += d->accounts[u].is_listed;
    }
}
