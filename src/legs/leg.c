#include "evenhand/legs.h"

#include "base/alloc.h"

#include <string.h>

void eh_leg_release(eh_leg_result *leg)
{
    if (!leg->ctx) return;
    eh_free(leg->ctx, leg->pairs);
    eh_free(leg->ctx, leg->accounts);
    memset(leg, 0, sizeof *leg);
}
