/* Actions of one source: ozone. */
#include "fuzz_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_source(data, size, EH_ACTIONS_OZONE); }
