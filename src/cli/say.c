/* What is told to the person: errors, remarks, and JSON on standard output. */
#include "cli/cli.h"

#include <math.h>

#include <stdarg.h>

/* Text of a file may be in it: one line, and nothing that a terminal would obey. */
static void put_plain(const char *text)
{
    for (; *text; text++) (void)fputc(*text == '\n' ? ' ' : (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, stderr);
}

void cli_print_error(const eh_error *err)
{
    cli_progress_end();
    fputs("evenhand: ", stderr);
    put_plain(err->source);
    if (err->source[0]) fputs(": ", stderr);
    if (err->row >= 0 && err->byte >= 0)
        fprintf(stderr, "row %lld, byte %lld: ", (long long)err->row, (long long)err->byte);
    else if (err->row >= 0)
        fprintf(stderr, "row %lld: ", (long long)err->row);
    else if (err->byte >= 0)
        fprintf(stderr, "byte %lld: ", (long long)err->byte);
    put_plain(err->message[0] ? err->message : eh_status_name(err->status));
    (void)fputc('\n', stderr);
}

void cli_note(const cli_call *call, const char *format, ...)
{
    if (call->common->is_quiet) return;
    cli_progress_end();
    va_list args;
    va_start(args, format);
    fputs("evenhand: ", stderr);
    vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
}

const char *cli_grouped(uint64_t n, char text[32])
{
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    int at = 0;
    for (int i = 0; i < size; i++) {
        if (i && (size - i) % 3 == 0) text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = 0;
    return text;
}

/* --- JSON ------------------------------------------------------------------------------------------------------ */

eh_status cli_json_open(eh_context *ctx, cli_json *json, eh_error *err) { return cli_json_open_at(ctx, "-", json, err); }

eh_status cli_json_open_at(eh_context *ctx, const char *path, cli_json *json, eh_error *err)
{
    *json = (cli_json){0};
    EH_TRY(eh_outfile_open(ctx, path, &json->out, err));
    (void)fputc('{', json->out.stream);
    return EH_OK;
}

void cli_json_key(cli_json *json, const char *key)
{
    if (json->has_members) (void)fputc(',', json->out.stream);
    json->has_members = true;
    if (!key) return;
    eh_outfile_json(&json->out, eh_str_of(key));
    (void)fputc(':', json->out.stream);
}

void cli_json_text(cli_json *json, const char *key, const char *value)
{
    cli_json_key(json, key);
    eh_outfile_json(&json->out, eh_str_of(value));
}

void cli_json_count(cli_json *json, const char *key, uint64_t value)
{
    cli_json_key(json, key);
    fprintf(json->out.stream, "%llu", (unsigned long long)value);
}

void cli_json_real(cli_json *json, const char *key, double value)
{
    cli_json_key(json, key);
    if (isfinite(value))
        fprintf(json->out.stream, "%.15g", value);
    else
        fputs("null", json->out.stream);
}

void cli_json_bool(cli_json *json, const char *key, bool value)
{
    cli_json_key(json, key);
    fputs(value ? "true" : "false", json->out.stream);
}

void cli_json_begin(cli_json *json, const char *key, char bracket)
{
    cli_json_key(json, key);
    (void)fputc(bracket, json->out.stream);
    json->has_members = false;
}

void cli_json_end(cli_json *json, char bracket)
{
    (void)fputc(bracket, json->out.stream);
    json->has_members = true;
}

eh_status cli_json_close(cli_json *json, eh_error *err)
{
    fputs("}\n", json->out.stream);
    return eh_outfile_commit(&json->out, err);
}
