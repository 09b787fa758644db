/* Proof files: what is read is written again with the same bytes, and only what was read whole can hold. */
#include "fuzz.h"

#include "ledger/ledger_private.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static eh_context *ctx;
    static eh_proof proof;
    eh_error err = EH_ERROR_INIT;
    if (!ctx) {
        const eh_context_options options = eh_context_options_default();
        FUZZ_CHECK(eh_context_new(&options, &ctx, &err) == EH_OK);
    }
    if (size > eh_proof_most_size) return 0;
    eh_status status = eh_proof_parse(ctx, (eh_str){(const char *)data, size}, "fuzz", &proof, &err);
    FUZZ_CHECK(status == EH_OK || (status == EH_E_FORMAT && err.message[0] && err.byte >= 0 && (size_t)err.byte <= size));
    if (status != EH_OK) return 0;
    eh_buf text = EH_BUF_INIT(ctx);
    FUZZ_CHECK(eh_proof_text(&proof, &text, &err) == EH_OK && text.size == size);
    /* The check is what the file should have; all else is as it was read. */
    FUZZ_CHECK(memcmp(text.data, data, size - 80) == 0);
    status = eh_proof_verify(&proof, "fuzz", &err);
    FUZZ_CHECK(status == EH_OK || (status == EH_E_FORMAT && err.message[0]));
    FUZZ_CHECK(status != EH_OK || memcmp(text.data, data, size) == 0);
    eh_buf_release(&text);
    eh_proof_release(&proof);
    return 0;
}
