/* `evenhand schema`: the data dictionary for people (Markdown) and for programs (JSON). */
#include "base/outfile.h"
#include "evenhand/investigation.h"
#include "investigation/tables.h"

static void member(eh_outfile *out, const char *name, const char *value)
{
    eh_outfile_json(out, eh_str_of(name));
    (void)fputs(": ", out->stream);
    eh_outfile_json(out, eh_str_of(value));
}

static void write_column(eh_outfile *out, const eh_table_column *column, const char *name)
{
    (void)fputs("{", out->stream);
    member(out, "name", name);
    (void)fputs(", ", out->stream);
    bool is_source = strcmp(name, "source") == 0 && strcmp(column->name, "source_id") == 0;
    member(out, "type", is_source ? "VARCHAR" : column->type);
    (void)fputs(", ", out->stream);
    member(out, "unit", column->unit);
    (void)fputs(", ", out->stream);
    member(out, "meaning", is_source ? "file name of the archive" : column->meaning);
    (void)fputs("}", out->stream);
}

static void write_columns(eh_outfile *out, const eh_table *table, bool is_file)
{
    const char *separator = "\n      ";
    (void)fputs("\"columns\": [", out->stream);
    for (size_t i = 0; i < table->n_columns; i++) {
        const eh_table_column *column = &table->columns[i];
        if (is_file && !eh_is_exported(column)) continue;
        (void)fputs(separator, out->stream);
        write_column(out, column, is_file && strcmp(column->name, "source_id") == 0 ? "source" : column->name);
        separator = ",\n      ";
    }
    (void)fputs("]", out->stream);
}

static void write_json(eh_outfile *out)
{
    (void)fprintf(out->stream, "{\n  \"schema_version\": %d,\n  \"tables\": [", EH_SCHEMA_VERSION);
    for (size_t i = 0; i < eh_n_tables(); i++) {
        const eh_table *table = eh_table_at(i);
        (void)fputs(i ? ",\n    {" : "\n    {", out->stream);
        member(out, "name", table->name);
        (void)fputs(", ", out->stream);
        member(out, "meaning", table->meaning);
        (void)fputs(", ", out->stream);
        write_columns(out, table, false);
        (void)fputs("}", out->stream);
    }
    (void)fputs("\n  ],\n  \"files\": [", out->stream);
    size_t n_files, n_others;
    const eh_table_file *files = eh_table_files(&n_files);
    const eh_other_file *others = eh_other_files(&n_others);
    for (size_t i = 0; i < n_files; i++) {
        (void)fputs(i ? ",\n    {" : "\n    {", out->stream);
        member(out, "name", files[i].file);
        (void)fputs(", ", out->stream);
        member(out, "meaning", files[i].meaning);
        (void)fputs(", ", out->stream);
        write_columns(out, eh_table_named(files[i].table), true);
        (void)fputs("}", out->stream);
    }
    for (size_t i = 0; i < n_others; i++) {
        (void)fputs(",\n    {", out->stream);
        member(out, "name", others[i].file);
        (void)fputs(", ", out->stream);
        member(out, "meaning", others[i].meaning);
        (void)fputs("}", out->stream);
    }
    (void)fputs("\n  ]\n}\n", out->stream);
}

eh_status eh_schema_write(eh_context *ctx, const char *path, bool as_json, eh_error *err)
{
    eh_outfile out;
    EH_TRY(eh_outfile_open(ctx, path, &out, err));
    eh_status status = EH_OK;
    if (as_json) {
        write_json(&out);
    } else {
        eh_buf text = EH_BUF_INIT(ctx);
        status = eh_tables_text(&text, err);
        if (status == EH_OK) (void)fwrite(text.data, 1, text.size, out.stream);
        eh_buf_release(&text);
    }
    if (status == EH_OK) return eh_outfile_commit(&out, err);
    eh_outfile_discard(&out);
    return status;
}
