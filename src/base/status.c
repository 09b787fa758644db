#include "evenhand/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fill(eh_error *err, eh_status status, const char *source, int64_t row, int64_t byte,
                 const char *format, va_list args)
{
    if (!err) return;
    err->status = status;
    err->row = row;
    err->byte = byte;
    snprintf(err->source, sizeof err->source, "%s", source ? source : "");
    vsnprintf(err->message, sizeof err->message, format, args);
}

eh_status eh_fail(eh_error *err, eh_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, NULL, -1, -1, format, args);
    va_end(args);
    return status;
}

eh_status eh_fail_at(eh_error *err, eh_status status, const char *source, int64_t row,
                     int64_t byte, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, source, row, byte, format, args);
    va_end(args);
    return status;
}

const char *eh_status_name(eh_status status)
{
    switch (status) {
    case EH_OK: return "ok";
    case EH_E_NOMEM: return "out_of_memory";
    case EH_E_INVALID: return "invalid";
    case EH_E_LIMIT: return "limit";
    case EH_E_IO: return "io";
    case EH_E_FORMAT: return "format";
    case EH_E_NOT_FOUND: return "not_found";
    case EH_E_UNSUPPORTED: return "unsupported";
    case EH_E_CANCELLED: return "cancelled";
    case EH_E_STATISTICS: return "too_little_data";
    }
    return "unknown";
}

const char *eh_version(void) { return EH_VERSION; }
