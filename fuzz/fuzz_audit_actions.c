/* Which source a file of actions is of, and what it then holds; each source by itself: fuzz_actions_*.c. */
#include "fuzz_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_source(data, size, EH_ACTIONS_UNKNOWN); }
