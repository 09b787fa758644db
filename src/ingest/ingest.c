/* One file from its path to its report: what it is, which driver reads it, what there is to note. */
#include "ingest/reader.h"

#include <stdio.h>

const char *eh_reject_reason_name(eh_reject_reason reason)
{
    static const char *const names[EH_N_REJECT_REASONS] = {
        "malformed",  "encoding",   "too_long",  "no_account", "no_time",    "time_format",
        "time_range", "damaged_id", "no_object", "behaviour",  "not_a_post",
    };
    return (unsigned)reason < EH_N_REJECT_REASONS ? names[reason] : "unknown";
}

eh_ingest_options eh_ingest_options_default(void)
{
    eh_ingest_options options = {0};
    options.behaviour = EH_REPOST;
    return options;
}

/* ---- what kind of file -------------------------------------------------------------------- */

static bool begins_with(eh_str s, const char *bytes, size_t size) { return s.size >= size && memcmp(s.data, bytes, size) == 0; }

/* Known files that are no text, with what to do about them; NULL when it is none of them. */
static const char *known_binary(eh_str s)
{
    if (begins_with(s, "\xFF\xFE", 2) || begins_with(s, "\xFE\xFF", 2))
        return "is UTF-16 text; convert it first, for example: iconv -f UTF-16 -t UTF-8 FILE > FILE.utf8.csv";
    if (begins_with(s, "PK\x03\x04", 4)) return "is a zip file (or a spreadsheet); unpack it, or save the sheet as CSV";
    if (begins_with(s, "BZh", 3)) return "is compressed with bzip2; unpack it first: bunzip2 -k FILE";
    if (begins_with(s, "\xFD" "7zXZ", 5)) return "is compressed with xz; unpack it first: unxz -k FILE";
    if (begins_with(s, "7z\xBC\xAF", 4)) return "is a 7z file; unpack it first";
    if (begins_with(s, "\x7F" "ELF", 4)) return "is a program, not an archive of posts; check the path";
    if (begins_with(s, "SQLite format 3", 15)) return "is an SQLite database; export its table of posts as CSV first";
    if (begins_with(s, "%PDF", 4)) return "is a PDF; evenhand reads CSV, JSON lines and Parquet";
    if (s.size >= 12 && memcmp(s.data + 8, "DUCK", 4) == 0)
        return "is a DuckDB database, not an archive; an investigation is given as INV, not as an input to read";
    return NULL;
}

/* Share of bytes that text does not have: NUL in bulk, other control bytes. */
static bool looks_binary(eh_str s)
{
    size_t n_nul = 0, n_control = 0, n = s.size < 65536 ? s.size : 65536;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s.data[i];
        n_nul += c == 0;
        n_control += (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
    }
    return n_nul * 10 > n || n_control * 20 > n;
}

static eh_status check_text(eh_reader *r, eh_error *err)
{
    eh_str s = {r->window.data + r->window.pos, r->window.end - r->window.pos};
    if (s.size == 0 && eh_source_is_truncated(r->source))
        return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "holds nothing readable: %s; copy or download it again",
                          eh_source_problem(r->source));
    if (s.size == 0)
        return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "is empty; check that it was copied or downloaded whole");
    const char *known = known_binary(s);
    if (known) return eh_fail_at(err, EH_E_FORMAT, r->path, -1, 0, "%s", known);
    if (looks_binary(s))
        return eh_fail_at(err, EH_E_FORMAT, r->path, -1, 0,
                          "is not text: evenhand reads CSV, JSON lines and Parquet, also as .gz or .zst; check the path");
    return EH_OK;
}

static void skip_byte_order_mark(eh_window *w)
{
    if (w->end - w->pos >= 3 && memcmp(w->data + w->pos, "\xEF\xBB\xBF", 3) == 0) w->pos += 3;
}

/* The first bytes, so that the kind of file can be told: at least three where there are as many. */
static eh_status fill_first(eh_window *w, eh_error *err)
{
    while (!w->is_end && w->end - w->pos < 4096) EH_TRY(eh_window_fill(w, err));
    return EH_OK;
}

static eh_status read_text(eh_reader *r, eh_error *err)
{
    eh_window *w = &r->window;
    EH_TRY(fill_first(w, err));
    EH_TRY(check_text(r, err));
    skip_byte_order_mark(w);
    size_t first = w->pos;
    while (first < w->end && strchr(" \t\r\n", w->data[first]) && w->data[first]) first++;
    bool is_json = first < w->end && (w->data[first] == '{' || w->data[first] == '[');
    return is_json ? eh_read_json_lines(r, err) : eh_read_csv(r, err);
}

/* ---- the run ------------------------------------------------------------------------------ */

static void init(eh_reader *r, eh_context *ctx, const char *path)
{
    r->ctx = ctx;
    r->path = path;
    r->window.ctx = ctx;
    r->window.source = r->source;
    eh_list_init(&r->urls, ctx);
    eh_list_init(&r->hashtags, ctx);
    eh_list_init(&r->mentions, ctx);
    eh_list_init(&r->media, ctx);
    for (int i = 0; i < EH_N_FIELDS; i++) r->column_of[i] = -1;
    (void)snprintf(r->report->compression, sizeof r->report->compression, "%s", eh_source_compression(r->source));
    r->report->file_size = eh_source_file_size(r->source);
}

static void release(eh_reader *r)
{
    eh_twarc2_release(r);
    eh_list_release(&r->urls);
    eh_list_release(&r->hashtags);
    eh_list_release(&r->mentions);
    eh_list_release(&r->media);
    eh_window_release(&r->window);
    eh_source_close(r->source);
}

static void finish_report(eh_reader *r)
{
    eh_ingest_report *report = r->report;
    const char *problem = eh_source_problem(r->source);
    report->is_truncated = eh_source_is_truncated(r->source);
    if (report->n_rows_kept > 0) {
        bool is_all_refined = report->n_times_refined == report->n_rows_kept;
        int64_t refined_step_us = r->refined_step_us > 1000 ? r->refined_step_us : 1000;
        report->time_precision_us = is_all_refined ? refined_step_us : r->read_step_us;
    }
    if (problem) eh_reader_note(r, "%s", problem);
    if (r->has_time_without_zone) eh_reader_note(r, "times without a zone are taken as UTC");
    if (r->n_kind_unknown)
        eh_reader_note(r, "%llu rows of an unknown kind were read as posts", (unsigned long long)r->n_kind_unknown);
    if (r->format && report->n_rows_read == 0) eh_reader_note(r, "the file has no rows");
    if (report->n_rows_read > 0 && r->time_format == EH_TIME_UNKNOWN)
        eh_reader_note(r, "no time could be read in the first rows");
}

/* Names the file where a deeper layer did not. */
static void name_source(eh_error *err, const char *path)
{
    if (err && err->source[0] == 0) (void)snprintf(err->source, sizeof err->source, "%s", path);
}

eh_status eh_ingest_file(eh_context *ctx, const char *path, const eh_ingest_options *options, const eh_ingest_sink *sink,
                         eh_ingest_report *report, eh_error *err)
{
    eh_ingest_options chosen = options ? *options : eh_ingest_options_default();
    *report = (eh_ingest_report){0};
    report->first_time_us = report->last_time_us = EH_NO_TIME;
    if (!path || !*path) return eh_fail(err, EH_E_INVALID, "no file is named");
    eh_reader *r = eh_alloc(ctx, 1, sizeof *r, err);
    if (!r) return err ? err->status : EH_E_NOMEM;
    r->options = &chosen;
    r->sink = sink;
    r->report = report;
    eh_status status = eh_source_open(ctx, path, &r->source, err);
    if (status == EH_OK) {
        init(r, ctx, path);
        bool is_parquet = begins_with(eh_source_first_bytes(r->source), "PAR1", 4);
        status = is_parquet ? eh_read_parquet(r, err) : read_text(r, err);
        if (status == EH_OK) status = eh_source_hash(r->source, report->sha256, err);
        finish_report(r);
        release(r);
    }
    eh_free(ctx, r);
    if (status != EH_OK) name_source(err, path);
    return status;
}
