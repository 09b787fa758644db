#include "audit/rows.h"

#include "base/sort.h"
#include "base/str.h"

static int by_key(const void *a, const void *b, void *data)
{
    const eh_audit_row *x = a, *y = b;
    (void)data;
    if (x->stratum != y->stratum) return x->stratum < y->stratum ? -1 : 1;
    if (x->side != y->side) return x->side < y->side ? -1 : 1;
    if (x->network != y->network) return x->network < y->network ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

eh_status eh_audit_rows_merge(eh_context *ctx, eh_audit_row *rows, size_t *n, eh_error *err)
{
    size_t n_merged = 0;
    EH_TRY(eh_sort(ctx, rows, *n, sizeof *rows, by_key, NULL, err));
    for (size_t i = 0; i < *n; i++) {
        if (n_merged && by_key(&rows[i], &rows[n_merged - 1], NULL) == 0) {
            rows[n_merged - 1].n_actioned += rows[i].n_actioned;
            rows[n_merged - 1].n_not += rows[i].n_not;
        } else {
            rows[n_merged++] = rows[i];
        }
    }
    *n = n_merged;
    return EH_OK;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c; }

static bool are_alike(eh_str a, eh_str b)
{
    bool are = a.size == b.size;
    for (size_t i = 0; are && i < a.size; i++) are = lower(a.data[i]) == lower(b.data[i]);
    return are;
}

static int shown(eh_str name) { return (int)(name.size < 60 ? name.size : 60); }

eh_status eh_audit_check_sides(const char *path, const eh_strings *sides, eh_error *err)
{
    if (sides->n == 0) return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "has no row with a side; an audit compares two");
    const eh_str first = eh_strings_get(sides, 0);
    if (sides->n == 1) return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "has one side only ('%.*s'); an audit compares two", shown(first), first.data);
    for (uint32_t i = 1; i < sides->n; i++)
        for (uint32_t k = 0; k < i; k++) {
            const eh_str a = eh_strings_get(sides, k), b = eh_strings_get(sides, i);
            if (are_alike(a, b))
                return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "sides '%.*s' and '%.*s' differ in letter case only; write one side in one way", shown(a), a.data, shown(b), b.data);
        }
    return EH_OK;
}

const char *eh_audit_side_fault(eh_str name, uint32_t n)
{
    if (eh_str_is_nocase(name, "nan") || eh_str_is_nocase(name, "null")) return "is no side; leave the cell empty where none is known";
    for (size_t i = 0; i < name.size; i++)
        if ((unsigned char)name.data[i] < 0x20 || name.data[i] == 0x7f) return "holds a control character; a name of a side is plain text";
    return n >= EH_AUDIT_MOST_SIDES ? "is the 65th side; is this the right column?" : NULL;
}
