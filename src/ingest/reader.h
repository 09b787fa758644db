/**
 * @file reader.h
 * What every format shares: the run over one file, the checks a post must pass, the counting, and the registry entry
 * that a format consists of. A format only says which column is which and turns a row into an eh_post.
 */
#ifndef EH_INGEST_READER_H
#define EH_INGEST_READER_H

#include "evenhand/ingest.h"
#include "ingest/byte_source.h"
#include "ingest/json_scan.h"
#include "ingest/list_text.h"
#include "ingest/row_window.h"
#include "ingest/time_text.h"
#include "ingest/utf8_text.h"

/** What a column can hold. The first ones are the fields of --map, in the order of eh_field_name(). */
typedef enum eh_field {
    EH_FIELD_ACCOUNT = 0,
    EH_FIELD_TIME,
    EH_FIELD_POST,
    EH_FIELD_KIND,
    EH_FIELD_TARGET_POST,
    EH_FIELD_TARGET_ACCOUNT,
    EH_FIELD_TEXT,
    EH_FIELD_URLS,
    EH_FIELD_HASHTAGS,
    EH_FIELD_MENTIONS,
    EH_FIELD_MEDIA,
    EH_FIELD_REPLY_TO,
    EH_FIELD_LANG,
    EH_FIELD_CLIENT,
    EH_FIELD_ACCOUNT_CREATED,
    EH_FIELD_HANDLE,
    EH_FIELD_PLATFORM,
    EH_N_MAP_FIELDS,
    EH_FIELD_OBJECT = EH_N_MAP_FIELDS,
    EH_FIELD_BEHAVIOUR,
    EH_FIELD_IS_REPOST,
    EH_FIELD_QUOTED_POST,
    EH_N_FIELDS
} eh_field;

/** "account", "time", ... for the fields of --map. */
const char *eh_field_name(eh_field field);
/** False when --map knows no such field. */
bool eh_field_of(eh_str name, eh_field *out);

/** The columns of a table, trimmed; owned copies. */
typedef struct eh_columns {
    eh_context *ctx;
    eh_str *names;
    size_t n, capacity;
    char *bytes;
} eh_columns;
void eh_columns_release(eh_columns *columns);
/** Replaces them by copies of n names. */
EH_MUST_CHECK eh_status eh_columns_set(eh_columns *columns, const eh_str *names, size_t n, eh_error *err);
/** Number of the column with that name (any case), or -1. */
int eh_columns_find(const eh_columns *columns, eh_str name);
/** "a, b, c, ..." for messages, at most out_size - 1 bytes. */
const char *eh_columns_list(const eh_columns *columns, char *out, size_t out_size);

typedef struct eh_reader eh_reader;

/** One column of a CSV format: the field and the header names it goes by. */
typedef struct eh_column_rule {
    eh_field field;
    const char *name, *other_name; /* other_name may be NULL */
    bool is_needed;                /* a file that has all needed columns is recognised */
} eh_column_rule;

/** How a format reads. Tables have columns and on_row; JSON lines have recognises_line and on_line. */
typedef struct eh_format {
    const eh_column_rule *columns;
    size_t n_columns;
    /** cells[field]: {NULL, 0} where the file has no such column. */
    eh_status (*on_row)(eh_reader *reader, const eh_str *cells, eh_error *err);
    bool (*recognises_line)(const eh_json *line);
    /** Emits every post of the line, or one reject when it holds none. */
    eh_status (*on_line)(eh_reader *reader, const eh_json *line, eh_error *err);
    bool has_snowflakes; /* post ids carry the time */
} eh_format;

struct eh_reader {
    eh_context *ctx;
    const char *path;
    const eh_ingest_options *options;
    const eh_ingest_sink *sink;
    eh_ingest_report *report;
    const eh_format *format;
    eh_source *source;
    eh_window window;
    uint64_t reported_size; /* how far the last report of progress went */
    eh_str row_text;  /* of the row being read, for excerpts */
    int64_t row_byte;
    /* times */
    bool is_sampling; /* first pass over the first rows: times are only looked at */
    uint64_t n_sampled;
    eh_time_detector sample;
    eh_time_format time_format;
    bool is_relative;
    bool has_time_without_zone;
    int64_t read_step_us;    /* of the times as written */
    int64_t refined_step_us, first_refined_us; /* of the times in ids: between each and the first; 0 before any differs */
    uint64_t n_kind_unknown;
    uint32_t found_fields; /* mapped JSON lines: bit f set = path_of[f] led somewhere */
    /* scratch of the post being read */
    eh_list urls, hashtags, mentions, media;
    int column_of[EH_N_FIELDS]; /* tables: -1 where the file has no such column */
    eh_str path_of[EH_N_FIELDS]; /* mapped JSON lines */
    void *format_state;         /* owned by the format's own code, see eh_twarc2_release() */
};

/** Rows to look at before the format of the times is decided, and the bytes to keep for it at most. */
enum { eh_sample_n_rows = 2000, eh_sample_size = 4 << 20 };

/** An empty post of the current row; clears the reader's lists, which eh_reader_post() will hand over. */
eh_post eh_reader_new_post(eh_reader *reader);
/**
 * Checks and emits one post, or rejects it. The four lists are taken from the reader. While sampling, the time is
 * only looked at.
 */
EH_MUST_CHECK eh_status eh_reader_post(eh_reader *reader, eh_post *post, eh_str time_text, eh_error *err);
/** Counts and tells one rejected row; nothing while sampling. */
EH_MUST_CHECK eh_status eh_reader_reject(eh_reader *reader, eh_reject_reason reason, eh_error *err);
/** Ends the first pass: decides the format of the times. */
void eh_reader_end_sample(eh_reader *reader);
bool eh_reader_has_sampled_enough(const eh_reader *reader);
/** Looks for a cancellation and reports progress every MiB; to be called per row. */
EH_MUST_CHECK eh_status eh_reader_breathe(eh_reader *reader, eh_error *err);
/** Adds to the report's note, as far as there is room. */
void eh_reader_note(eh_reader *reader, const char *format, ...) EH_PRINTF(2, 3);
/** A birthday of an account; EH_NO_TIME when it is none. */
int64_t eh_reader_birthday(eh_str text);

/* ---- drivers, one per shape of file ---- */
EH_MUST_CHECK eh_status eh_read_csv(eh_reader *reader, eh_error *err);
EH_MUST_CHECK eh_status eh_read_json_lines(eh_reader *reader, eh_error *err);
EH_MUST_CHECK eh_status eh_read_parquet(eh_reader *reader, eh_error *err);

/* ---- registry ---- */
extern const eh_format eh_format_twarc2_pages, eh_format_twarc2_flat, eh_format_io_archive, eh_format_cnt,
    eh_format_coortweet, eh_format_long, eh_format_map;
/** Chooses the format of a table from options and columns and binds column_of. */
EH_MUST_CHECK eh_status eh_choose_for_columns(eh_reader *reader, const eh_columns *columns, eh_error *err);
/** Chooses the format of JSON lines; reader->format stays NULL when the line is of no known format. */
EH_MUST_CHECK eh_status eh_choose_for_line(eh_reader *reader, const eh_json *line, eh_error *err);
/** True when --map or --format map was given. */
bool eh_options_are_mapped(const eh_ingest_options *options);

/* ---- mapped files ---- */
/** Checks the maps and fills path_of; needs account and time. */
EH_MUST_CHECK eh_status eh_map_bind_paths(eh_reader *reader, eh_error *err);
/** Binds column_of to the columns that the maps name. */
EH_MUST_CHECK eh_status eh_map_bind_columns(eh_reader *reader, const eh_columns *columns, eh_error *err);
/** Emits a mapped row whose lists are already in the reader. */
EH_MUST_CHECK eh_status eh_map_post(eh_reader *reader, eh_post *post, const eh_str *cells, eh_error *err);
/** After the first pass over JSON lines: each path must have led somewhere. */
EH_MUST_CHECK eh_status eh_map_check_paths(eh_reader *reader, const eh_columns *keys, eh_error *err);

void eh_twarc2_release(eh_reader *reader);
#endif
