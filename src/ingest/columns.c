#include "ingest/reader.h"

#include <stdio.h>

static const char *const field_names[EH_N_MAP_FIELDS] = {
    "account",  "time",     "post",  "kind",     "target_post", "target_account", "text",   "urls",    "hashtags",
    "mentions", "media",    "reply_to", "lang",  "client",      "account_created", "handle", "platform",
};

const char *eh_field_name(eh_field field) { return (unsigned)field < EH_N_MAP_FIELDS ? field_names[field] : ""; }

bool eh_field_of(eh_str name, eh_field *out)
{
    for (int i = 0; i < EH_N_MAP_FIELDS; i++) {
        if (!eh_str_is_nocase(name, field_names[i])) continue;
        *out = (eh_field)i;
        return true;
    }
    return false;
}

void eh_columns_release(eh_columns *columns)
{
    eh_free(columns->ctx, columns->names);
    eh_free(columns->ctx, columns->bytes);
    *columns = (eh_columns){.ctx = columns->ctx};
}

eh_status eh_columns_set(eh_columns *columns, const eh_str *names, size_t n, eh_error *err)
{
    size_t total_size = 0;
    for (size_t i = 0; i < n; i++) total_size += names[i].size;
    eh_columns_release(columns);
    EH_TRY(eh_reserve(columns->ctx, (void **)&columns->names, &columns->capacity, n + 1, sizeof *columns->names, err));
    size_t bytes_capacity = 0;
    EH_TRY(eh_reserve(columns->ctx, (void **)&columns->bytes, &bytes_capacity, total_size + 1, 1, err));
    char *put = columns->bytes;
    for (size_t i = 0; i < n; i++) {
        eh_str name = eh_str_trim(names[i]);
        if (name.size) memcpy(put, name.data, name.size);
        columns->names[columns->n++] = (eh_str){put, name.size};
        put += name.size;
    }
    return EH_OK;
}

static bool is_same_name(eh_str a, eh_str b)
{
    if (a.size != b.size) return false;
    for (size_t i = 0; i < a.size; i++) {
        char x = a.data[i], y = b.data[i];
        if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
        if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
        if (x != y) return false;
    }
    return true;
}

int eh_columns_find(const eh_columns *columns, eh_str name)
{
    eh_str wanted = eh_str_trim(name);
    for (size_t i = 0; i < columns->n; i++)
        if (is_same_name(columns->names[i], wanted)) return (int)i;
    return -1;
}

const char *eh_columns_list(const eh_columns *columns, char *out, size_t out_size)
{
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < columns->n; i++) {
        char excerpt[eh_excerpt_capacity];
        eh_str name = eh_excerpt_of(columns->names[i], excerpt);
        if (name.size > 40) name.size = 40;
        while (name.size && !eh_utf8_is_valid(name)) name.size--;
        if (used + name.size + 8 > out_size) {
            (void)snprintf(out + used, out_size - used, ", ...");
            break;
        }
        if (i) {
            memcpy(out + used, ", ", 3);
            used += 2;
        }
        memcpy(out + used, name.size ? name.data : "", name.size);
        used += name.size;
        out[used] = 0;
    }
    return out;
}
