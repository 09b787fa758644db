/*
 * A record is scanned in one go from memory. When the window ends inside it, the window grows and the record is
 * scanned again from its start: the window doubles, so that no byte is scanned more than about twice.
 *
 * Recovery costs no more than linear time: a record that opens a quote in vain has no closing quote in the 16 MiB
 * that follow, so only one such record exists per 16 MiB.
 */
#include "ingest/csv_scan.h"

/* A little more than a row may have, so that "too long" can be told from "just fits". */
static const size_t scan_limit_size = EH_ROW_LIMIT_SIZE + 4096;

typedef enum scan_result { SCAN_RECORD, SCAN_NEED_MORE, SCAN_BAD_QUOTE } scan_result;

void eh_csv_init(eh_csv *csv, eh_context *ctx, eh_window *window)
{
    *csv = (eh_csv){0};
    csv->ctx = ctx;
    csv->window = window;
    csv->delimiter = ',';
    csv->newline = '\n';
}

void eh_csv_release(eh_csv *csv)
{
    eh_free(csv->ctx, csv->fields);
    eh_free(csv->ctx, csv->unquoted);
    eh_csv_init(csv, csv->ctx, csv->window);
}

/* ---- header ------------------------------------------------------------------------------- */

static void sniff_line(eh_csv *csv, const char *p, const char *end, bool *is_whole)
{
    static const char delimiters[] = {',', ';', '\t', '|'};
    size_t n_of[sizeof delimiters] = {0}, n_best = 0;
    bool is_quoted = false;
    for (; p < end; p++) {
        if (*p == '"') is_quoted = !is_quoted;
        if (is_quoted) continue;
        if (*p == '\n' || *p == '\r') break;
        for (size_t i = 0; i < sizeof delimiters; i++) n_of[i] += *p == delimiters[i];
    }
    *is_whole = p + 1 < end;
    csv->newline = p + 1 < end && p[0] == '\r' && p[1] != '\n' ? '\r' : '\n';
    csv->delimiter = ',';
    for (size_t i = 0; i < sizeof delimiters; i++) {
        if (n_of[i] <= n_best) continue;
        n_best = n_of[i];
        csv->delimiter = delimiters[i];
    }
}

eh_status eh_csv_sniff(eh_csv *csv, eh_error *err)
{
    eh_window *w = csv->window;
    for (;;) {
        bool is_whole = false;
        if (w->end > w->pos) sniff_line(csv, w->data + w->pos, w->data + w->end, &is_whole);
        if (is_whole || w->is_end || w->end - w->pos > EH_ROW_LIMIT_SIZE) return EH_OK;
        EH_TRY(eh_window_fill(w, err));
    }
}

/* ---- records ------------------------------------------------------------------------------ */

static eh_status add_field(eh_csv *csv, const char *data, size_t size, eh_error *err)
{
    EH_TRY(eh_reserve(csv->ctx, (void **)&csv->fields, &csv->field_capacity, csv->n_fields + 1, sizeof *csv->fields, err));
    csv->fields[csv->n_fields++] = (eh_str){data, size};
    return EH_OK;
}

/* Copies a quoted field with doubled quotes; the room was reserved for the whole record. */
static eh_str undouble(eh_csv *csv, const char *first, const char *end)
{
    char *out = csv->unquoted + csv->unquoted_size, *put = out;
    while (first < end) {
        const char *hit = memchr(first, '"', (size_t)(end - first));
        const char *stop = hit ? hit + 1 : end; /* the first of two quotes stays */
        memcpy(put, first, (size_t)(stop - first));
        put += stop - first;
        first = hit ? hit + 2 : end;
    }
    csv->unquoted_size += (size_t)(put - out);
    return (eh_str){out, (size_t)(put - out)};
}

/* A quoted field at p, which stands on its opening quote. On SCAN_RECORD *p is behind the closing quote. */
static scan_result scan_quoted(const char **p, const char *end, bool is_end, bool *has_doubled)
{
    const char *at = *p + 1;
    *has_doubled = false;
    for (;;) {
        const char *quote = at < end ? memchr(at, '"', (size_t)(end - at)) : NULL;
        if (!quote) return is_end ? SCAN_BAD_QUOTE : SCAN_NEED_MORE;
        if (quote + 1 == end && !is_end) return SCAN_NEED_MORE;
        if (quote + 1 == end || quote[1] != '"') {
            *p = quote + 1;
            return SCAN_RECORD;
        }
        *has_doubled = true;
        at = quote + 2;
    }
}

/* Room for the undoubled fields of a record that ends before `end`: reserved once, so that fields stay in place. */
static eh_status reserve_unquoted(eh_csv *csv, size_t size, eh_error *err)
{
    if (csv->unquoted_capacity >= size) return EH_OK;
    eh_free(csv->ctx, csv->unquoted);
    csv->unquoted = NULL;
    csv->unquoted_capacity = 0;
    return eh_reserve(csv->ctx, (void **)&csv->unquoted, &csv->unquoted_capacity, size, 1, err);
}

/* Where the unquoted text at p ends: delimiter or line end. */
static const char *unquoted_end(const eh_csv *csv, const char *p, const char *end)
{
    char delimiter = csv->delimiter, newline = csv->newline;
    while (p < end && *p != delimiter && *p != newline) p++;
    return p;
}

/* Steps over what follows a field. *is_last where the record ends there. */
static scan_result scan_separator(const eh_csv *csv, const char **p, const char *end, bool is_end, bool *is_last)
{
    *is_last = true;
    if (*p == end) return is_end ? SCAN_RECORD : SCAN_NEED_MORE;
    if (**p == csv->newline) {
        (*p)++;
        return SCAN_RECORD;
    }
    if (**p == csv->delimiter) {
        (*p)++;
        *is_last = false;
        return SCAN_RECORD;
    }
    if (**p != '\r') return SCAN_BAD_QUOTE;
    if (*p + 1 == end && !is_end) return SCAN_NEED_MORE;
    if (*p + 1 == end) {
        (*p)++;
        return SCAN_RECORD;
    }
    if ((*p)[1] != '\n') return SCAN_BAD_QUOTE;
    *p += 2;
    return SCAN_RECORD;
}

/* Scans the record in the next `size` bytes of the window; *stop is behind its line end. */
static eh_status scan_record(eh_csv *csv, size_t size, bool is_end, scan_result *result, const char **stop,
                             bool *is_in_quotes, eh_error *err)
{
    const char *p = csv->window->data + csv->window->pos, *end = p + size;
    bool is_last = false;
    csv->n_fields = 0;
    csv->unquoted_size = 0;
    while (!is_last) {
        const char *first = p;
        bool has_doubled = false;
        if (p < end && *p == '"') {
            *is_in_quotes = true;
            *result = scan_quoted(&p, end, is_end, &has_doubled);
            if (*result != SCAN_RECORD) break;
            *is_in_quotes = false;
            eh_str field = {first + 1, (size_t)(p - first) - 2};
            if (has_doubled) field = undouble(csv, field.data, field.data + field.size);
            EH_TRY(add_field(csv, field.data, field.size, err));
        } else {
            p = unquoted_end(csv, p, end);
            bool is_before_newline = p < end ? *p == csv->newline : true;
            size_t n_cr = is_before_newline && csv->newline == '\n' && p > first && p[-1] == '\r';
            EH_TRY(add_field(csv, first, (size_t)(p - first) - n_cr, err));
        }
        *result = scan_separator(csv, &p, end, is_end, &is_last);
        if (*result != SCAN_RECORD) break;
    }
    *stop = p;
    return EH_OK;
}

static void set_record(eh_csv *csv, const char *stop)
{
    const char *first = csv->window->data + csv->window->pos;
    size_t size = (size_t)(stop - first);
    csv->is_cut = stop == csv->window->data + csv->window->end && (size == 0 || stop[-1] != csv->newline);
    if (size && first[size - 1] == csv->newline) size--;
    if (size && csv->newline == '\n' && first[size - 1] == '\r') size--;
    csv->record = (eh_str){first, size};
}

/* A record that cannot be read: reports its first line and goes on behind it. */
static eh_status give_up(eh_csv *csv, eh_csv_outcome outcome, eh_csv_outcome *out, eh_error *err)
{
    eh_window *w = csv->window;
    const char *first = w->data + w->pos;
    const char *hit = memchr(first, csv->newline, w->end - w->pos);
    set_record(csv, hit ? hit : w->data + w->end);
    *out = outcome;
    if (hit) {
        w->pos = (size_t)(hit - w->data) + 1;
        return EH_OK;
    }
    /* The skipping moves the window: keep only as much as an excerpt needs. */
    if (csv->record.size > 1024) csv->record.size = 1024;
    EH_TRY(reserve_unquoted(csv, 1024, err));
    if (csv->record.size) memcpy(csv->unquoted, csv->record.data, csv->record.size);
    csv->record.data = csv->unquoted;
    if (w->is_pinned) { /* the row is told, and skipped, when it comes for good */
        w->pos = w->end;
        return EH_OK;
    }
    return eh_window_skip_line(w, csv->newline, err);
}

static void skip_blank_lines(eh_window *w)
{
    while (w->pos < w->end && (w->data[w->pos] == '\n' || w->data[w->pos] == '\r')) w->pos++;
}

eh_status eh_csv_next(eh_csv *csv, eh_csv_outcome *outcome, eh_error *err)
{
    eh_window *w = csv->window;
    for (;;) {
        skip_blank_lines(w);
        if (w->pos == w->end && !w->is_end) {
            EH_TRY(eh_window_fill(w, err));
            continue;
        }
        csv->byte = eh_window_byte(w);
        *outcome = EH_CSV_END;
        if (w->pos == w->end) return EH_OK;
        size_t n_seen = w->end - w->pos;
        if (n_seen > scan_limit_size) n_seen = scan_limit_size;
        EH_TRY(reserve_unquoted(csv, n_seen, err));
        scan_result result = SCAN_RECORD;
        const char *stop = NULL;
        bool is_in_quotes = false;
        bool is_end = w->is_end && n_seen == w->end - w->pos;
        EH_TRY(scan_record(csv, n_seen, is_end, &result, &stop, &is_in_quotes, err));
        size_t size = result == SCAN_RECORD ? (size_t)(stop - (w->data + w->pos)) : n_seen;
        if (result == SCAN_BAD_QUOTE || (is_in_quotes && size > EH_ROW_LIMIT_SIZE))
            return give_up(csv, EH_CSV_MALFORMED, outcome, err);
        if (size > EH_ROW_LIMIT_SIZE) return give_up(csv, EH_CSV_TOO_LONG, outcome, err);
        if (result == SCAN_RECORD) {
            set_record(csv, stop);
            w->pos += size;
            *outcome = EH_CSV_RECORD;
            return EH_OK;
        }
        EH_TRY(eh_window_fill(w, err));
    }
}
