/* Claim files, JSON and TOML: what is read is whole and within bounds; what is not says line and field. */
#include "fuzz.h"

#include "evenhand/claims.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static eh_context *ctx;
    static eh_claim claim;
    eh_error err = EH_ERROR_INIT;
    if (!ctx) {
        const eh_context_options options = eh_context_options_default();
        FUZZ_CHECK(eh_context_new(&options, &ctx, &err) == EH_OK);
    }
    eh_status status = eh_claim_parse(ctx, (eh_str){(const char *)data, size}, "fuzz", &claim, &err);
    FUZZ_CHECK(status == EH_OK || ((status == EH_E_FORMAT || status == EH_E_LIMIT) && err.message[0]));
    if (status != EH_OK) return 0;
    FUZZ_CHECK(claim.accounts.n >= 1 && claim.n_parts >= 1 && claim.n_parts <= EH_MOST_CLAIM_PARTS && claim.raised_by[0]);
    for (uint32_t i = 0; i < claim.n_parts; i++) {
        FUZZ_CHECK(claim.parts[i].kind < EH_N_CLAIM_KINDS);
        FUZZ_CHECK(claim.parts[i].first_pushed + claim.parts[i].n_pushed <= claim.pushed.n);
    }
    eh_claim_release(&claim);
    return 0;
}
