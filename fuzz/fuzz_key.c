/* Key files. */
#include "fuzz.h"
#include "fuzz_file.h"

#include "evenhand/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    eh_error err = EH_ERROR_INIT;
    eh_key key;
    const char *path = fuzz_file(data, size);
    eh_status status = eh_key_read(NULL, path, &key, &err);
    FUZZ_CHECK(status == EH_OK || (status == EH_E_FORMAT && err.message[0]));
    FUZZ_CHECK(status == EH_OK || !key.is_secret);
    FUZZ_CHECK(strlen(key.name) <= EH_MOST_KEY_NAME_SIZE);
    eh_key_clear(&key);
    return 0;
}
