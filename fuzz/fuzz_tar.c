/* The tar of a case bundle: a failure has its message; every entry lies within the input and has a plain name. */
#include "fuzz.h"

#include "evenhand/exchange.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static eh_tar_entry entries[64];
    eh_error err = EH_ERROR_INIT;
    size_t n = 0;
    const eh_str bytes = {(const char *)data, size};
    eh_status status = eh_tar_parse(bytes, "case.tar", entries, 64, &n, &err);
    if (status != EH_OK && !err.message[0]) abort();
    for (size_t i = 0; i < n; i++)
        if (entries[i].data.data < bytes.data || entries[i].data.data + entries[i].data.size > bytes.data + size || !entries[i].name[0]) abort();
    return 0;
}
