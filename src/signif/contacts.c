/*
 * Whoever passes on what a friend has just passed on is close to him in time for a reason that everybody can see, and so are two friends
 * of one. Read from what the archive shows: the author of a reposted or answered post, and who is mentioned. Where it shows neither,
 * nobody is in contact and nothing can be known.
 */
#include "signif/contacts.h"

#include "base/sort.h"
#include "base/str.h"

#include <string.h>

typedef struct contact {
    uint32_t a, b;
    bool is_addressed; /* b dealt with a, not a with b */
} contact;

typedef struct contact_list {
    eh_context *ctx;
    contact *items;
    size_t n, capacity;
} contact_list;

static int by_account(const void *x, const void *y, void *data)
{
    (void)data;
    const contact *c = x, *d = y;
    if (c->a != d->a) return c->a < d->a ? -1 : 1;
    if (c->b != d->b) return c->b < d->b ? -1 : 1;
    return (int)d->is_addressed - (int)c->is_addressed;
}

void eh_match_accounts(const eh_strings *names, const eh_strings *accounts, uint32_t *account)
{
    uint32_t a = 0;
    for (uint32_t i = 0; i < names->n; i++) {
        eh_str name = eh_strings_get(names, i);
        while (a < accounts->n && eh_str_compare(eh_strings_get(accounts, a), name) < 0) a++;
        account[i] = a < accounts->n && eh_str_compare(eh_strings_get(accounts, a), name) == 0 ? a : UINT32_MAX;
    }
}

static eh_status add(contact_list *list, uint32_t a, uint32_t b, eh_error *err)
{
    if (a == b) return EH_OK;
    EH_TRY(eh_reserve(list->ctx, (void **)&list->items, &list->capacity, list->n + 2, sizeof *list->items, err));
    list->items[list->n++] = (contact){a, b, false};
    list->items[list->n++] = (contact){b, a, true};
    return EH_OK;
}

/* Actions whose object has an author (by_source) or is an account itself. */
static eh_status add_behaviour(contact_list *list, const eh_action_table *table, eh_behaviour behaviour, eh_error *err)
{
    const eh_action_set *set = &table->sets[behaviour];
    bool by_source = behaviour != EH_MENTION;
    const eh_strings *names = by_source ? &set->sources : &set->objects;
    uint32_t *account = eh_alloc(list->ctx, names->n, sizeof *account, err);
    if (!account) return err->status;
    eh_match_accounts(names, &table->accounts, account);
    eh_status status = EH_OK;
    for (uint32_t o = 0; status == EH_OK && o < set->n_objects; o++) {
        uint32_t name = by_source ? set->object_source[o] : o;
        if (name == UINT32_MAX || account[name] == UINT32_MAX) continue;
        for (uint64_t i = set->object_start[o]; status == EH_OK && i < set->object_start[o + 1]; i++)
            status = add(list, set->account[i], account[name], err);
    }
    eh_free(list->ctx, account);
    return status;
}

static eh_status condense(contact_list *list, uint32_t n_accounts, eh_contacts *out, eh_error *err)
{
    EH_TRY(eh_sort(list->ctx, list->items, list->n, sizeof *list->items, by_account, NULL, err));
    out->first = eh_alloc(list->ctx, (size_t)n_accounts + 1, sizeof *out->first, err);
    out->other = eh_alloc(list->ctx, list->n, sizeof *out->other, err);
    out->is_fan = eh_alloc(list->ctx, list->n, sizeof *out->is_fan, err);
    out->n_fans = eh_alloc(list->ctx, n_accounts, sizeof *out->n_fans, err);
    if (!out->first || !out->other || !out->is_fan || !out->n_fans) return err->status;
    uint64_t n = 0;
    size_t i = 0;
    for (uint32_t a = 0; a < n_accounts; a++) {
        out->first[a] = n;
        for (; i < list->n && list->items[i].a == a; i++)
            if (n == out->first[a] || out->other[n - 1] != list->items[i].b) {
                out->is_fan[n] = list->items[i].is_addressed; /* in this order such an entry comes first */
                out->n_fans[a] += list->items[i].is_addressed;
                out->other[n++] = list->items[i].b;
            }
    }
    out->first[n_accounts] = n;
    return EH_OK;
}

eh_status eh_contacts_init(eh_context *ctx, const eh_action_table *table, eh_contacts *out, eh_error *err)
{
    static const eh_behaviour open_ones[3] = {EH_REPOST, EH_REPLY, EH_MENTION};
    contact_list list = {.ctx = ctx};
    eh_status status = EH_OK;
    memset(out, 0, sizeof *out);
    out->ctx = ctx;
    for (int i = 0; status == EH_OK && i < 3; i++)
        if (table->sets[open_ones[i]].n_actions) status = add_behaviour(&list, table, open_ones[i], err);
    if (status == EH_OK) status = condense(&list, table->accounts.n, out, err);
    eh_free(ctx, list.items);
    return status;
}

void eh_contacts_release(eh_contacts *contacts)
{
    if (!contacts->ctx) return;
    eh_free(contacts->ctx, contacts->first);
    eh_free(contacts->ctx, contacts->other);
    eh_free(contacts->ctx, contacts->is_fan);
    eh_free(contacts->ctx, contacts->n_fans);
    memset(contacts, 0, sizeof *contacts);
}

/* Where b stands among the contacts of a; UINT64_MAX = nowhere. */
static uint64_t place_of(const eh_contacts *contacts, uint32_t a, uint32_t b)
{
    uint64_t low = contacts->first[a], high = contacts->first[a + 1];
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (contacts->other[middle] == b) return middle;
        if (contacts->other[middle] < b)
            low = middle + 1;
        else
            high = middle;
    }
    return UINT64_MAX;
}

bool eh_are_contacts(const eh_contacts *contacts, uint32_t a, uint32_t b) { return place_of(contacts, a, b) != UINT64_MAX; }

bool eh_are_in_private_contact(const eh_contacts *contacts, uint32_t a, uint32_t b)
{
    for (int side = 0; side < 2; side++) {
        uint32_t of = side ? b : a, by = side ? a : b;
        if (contacts->n_fans[of] > eh_most_fans_of_friend) continue;
        uint64_t i = place_of(contacts, of, by);
        if (i != UINT64_MAX && contacts->is_fan[i]) return true;
    }
    return false;
}

bool eh_are_of_one_circle(const eh_contacts *contacts, uint32_t a, uint32_t b, const uint32_t *members, size_t n)
{
    if (eh_are_contacts(contacts, a, b)) return true;
    for (size_t i = 0; i < n; i++)
        if (eh_are_contacts(contacts, a, members[i]) && eh_are_contacts(contacts, b, members[i])) return true;
    return false;
}
