/** @file json_out.h  JSON as audit.json has it: members in order, NaN as null, infinity as a word. */
#ifndef EH_AUDIT_JSON_OUT_H
#define EH_AUDIT_JSON_OUT_H

#include "base/outfile.h"
#include "evenhand/audit.h"

#include <math.h>

typedef struct json {
    eh_outfile out;
    bool has_members;
} json;

static inline void key(json *j, const char *name)
{
    if (j->has_members) (void)fputc(',', j->out.stream);
    j->has_members = true;
    if (!name) return;
    eh_outfile_json(&j->out, eh_str_of(name));
    (void)fputc(':', j->out.stream);
}

static inline void text(json *j, const char *name, const char *value)
{
    key(j, name);
    if (value) eh_outfile_json(&j->out, eh_str_of(value));
    else (void)fputs("null", j->out.stream);
}

static inline void string(json *j, const char *name, eh_str value)
{
    key(j, name);
    eh_outfile_json(&j->out, value);
}

static inline void real(json *j, const char *name, double value)
{
    key(j, name);
    if (isfinite(value)) (void)fprintf(j->out.stream, "%.15g", value);
    else if (isinf(value)) (void)fputs(value > 0 ? "\"infinite\"" : "\"-infinite\"", j->out.stream);
    else (void)fputs("null", j->out.stream);
}

static inline void count(json *j, const char *name, uint64_t value)
{
    key(j, name);
    (void)fprintf(j->out.stream, "%llu", (unsigned long long)value);
}

static inline void flag(json *j, const char *name, bool value)
{
    key(j, name);
    (void)fputs(value ? "true" : "false", j->out.stream);
}

static inline void begin(json *j, const char *name, char bracket)
{
    key(j, name);
    (void)fputc(bracket, j->out.stream);
    j->has_members = false;
}

static inline void end(json *j, char bracket)
{
    (void)fputc(bracket, j->out.stream);
    j->has_members = true;
}

static inline void limits(json *j, const char *name, eh_limits x, double level)
{
    begin(j, name, '{');
    real(j, "estimate", x.estimate);
    real(j, "low", x.low);
    real(j, "high", x.high);
    real(j, "level", level);
    end(j, '}');
}

/** audit_json_design.c: what a join adds; nothing for a table. */
void eh_audit_json_specification(json *j, const eh_audit_data *data);
void eh_audit_json_outcome(json *j, const eh_audit *audit, const eh_audit_data *data);
void eh_audit_json_design(json *j, const eh_audit *audit, const eh_audit_data *data);
#endif
