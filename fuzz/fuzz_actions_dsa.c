/* Statements of reasons: refused with a message, or counted. */
#include "fuzz_file.h"

#include "evenhand/audit_sources.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    eh_context *ctx;
    eh_error err = EH_ERROR_INIT;
    eh_context_options how = eh_context_options_default();
    uint64_t n[2];
    how.n_threads = 1;
    how.memory_limit_size = UINT64_C(256) << 20;
    FUZZ_CHECK(eh_context_new(&how, &ctx, &err) == EH_OK);
    const char *path = fuzz_file(data, size);
    if (eh_dsa_counts_write(ctx, &path, 1, "/dev/null", n, &err) == EH_OK) FUZZ_CHECK(n[0] > 0);
    else FUZZ_CHECK(err.message[0] != 0);
    FUZZ_CHECK(eh_context_memory_used_size(ctx) == 0);
    eh_context_free(ctx);
    return 0;
}
