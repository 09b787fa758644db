/* Before sides are read: which evidence meets which specification, into the ledger. Nothing about sides. */
#include "base/str.h"
#include "evenhand/audit_join.h"
#include "evenhand/ledger.h"
#include "investigation/investigation_store.h"

#include <stdio.h>

static const char leaf_type[] = "audit";

/* "none" stands where no specification was given. */
static const char *spec_of(const eh_audit_spec *spec) { return spec->sha256[0] ? spec->sha256 : "none"; }

typedef struct earlier {
    const char *run_id, *spec;
    uint64_t n, n_other, n_runs;
} earlier;

static bool holds(eh_str text, const char *name, const char *value)
{
    char want[128];
    (void)snprintf(want, sizeof want, "\"%s\": \"%s\"", name, value);
    const size_t size = strlen(want);
    for (size_t i = 0; i + size <= text.size; i++)
        if (memcmp(text.data + i, want, size) == 0) return true;
    return false;
}

static eh_status count_opening(void *data, const eh_ledger_leaf *leaf, eh_error *err)
{
    earlier *e = data;
    (void)err;
    if (!eh_str_is(leaf->type, leaf_type)) return EH_OK;
    /* A purged payload could have been any: it counts as another. Another run is a choice, too: of what counts as evidence. */
    const bool is_known = leaf->payload.data != NULL, is_taken_back = is_known && holds(leaf->payload, "opens", "none");
    const bool is_other = !is_known || !holds(leaf->payload, "spec_sha256", e->spec), is_run = !is_known || !holds(leaf->payload, "run_id", e->run_id);
    if (is_taken_back) { /* the opening before it */
        e->n -= e->n > 0;
        e->n_other -= is_other && e->n_other > 0;
        e->n_runs -= is_run && e->n_runs > 0;
        return EH_OK;
    }
    e->n++;
    e->n_other += is_other;
    e->n_runs += is_run;
    return EH_OK;
}

static eh_status append(eh_investigation *inv, eh_str actor, const char *payload, uint64_t *seq, eh_error *err)
{
    eh_store *store = eh_investigation_store(inv);
    EH_TRY(eh_store_exec(store, "BEGIN", err));
    eh_status status = eh_ledger_append(eh_investigation_ledger(inv), leaf_type, actor, eh_str_of(payload), seq, err);
    if (status == EH_OK) status = eh_store_exec(store, "COMMIT", err);
    if (status != EH_OK) eh_store_rollback(store);
    return status;
}

eh_status eh_audit_seal_take_back(eh_investigation *inv, const eh_audit_spec *spec, const eh_asof *asof, const eh_seal *seal, eh_str actor, eh_error *err)
{
    char payload[256];
    uint64_t seq;
    (void)snprintf(payload, sizeof payload, "{\"run_id\": \"%s\", \"spec_sha256\": \"%s\", \"instead_of\": %llu, \"opens\": \"none\"}", asof->run_id, spec_of(spec), (unsigned long long)seal->seq);
    return append(inv, actor, payload, &seq, err);
}

eh_status eh_audit_seal(eh_investigation *inv, const eh_audit_spec *spec, const eh_asof *asof, const char *actions_sha256, eh_str actor, eh_seal *out, eh_error *err)
{
    char payload[512];
    earlier e = {asof->run_id, spec_of(spec), 0, 0, 0};
    EH_TRY(eh_ledger_each(eh_investigation_ledger(inv), count_opening, &e, err));
    (void)snprintf(payload, sizeof payload, "{\"run_id\": \"%s\", \"spec_sha256\": \"%s\", \"evidence_sha256\": \"%s\", \"actions_sha256\": \"%s\", \"n_periods\": %u, \"n_rows\": %llu, \"opens\": \"sides\"}",
                   asof->run_id, e.spec, asof->sha256, actions_sha256 ? actions_sha256 : "none", asof->n_periods, (unsigned long long)asof->n_rows);
    EH_TRY(append(inv, actor, payload, &out->seq, err));
    out->n_openings = e.n;
    out->n_other = e.n_other;
    out->n_other_runs = e.n_runs;
    out->is_sealed = spec->sha256[0] && e.n_other == 0;
    return EH_OK;
}
