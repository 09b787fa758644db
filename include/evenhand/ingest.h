/**
 * @file ingest.h
 * Reads archives of posts, whole and honestly: each row read is kept or rejected, and each
 * rejected row is told with its place and reason. One pass over the file, memory bounded by the
 * longest row (at most 16 MiB; a longer one is rejected).
 *
 * A reader turns rows of any format into eh_post records; it decides nothing about coordination.
 */
#ifndef EVENHAND_INGEST_H
#define EVENHAND_INGEST_H

#include "evenhand/behaviour.h"
#include "evenhand/context.h"

#ifdef __cplusplus
extern "C" {
#endif

/** INT64_MIN: the time is not known. */
#define EH_NO_TIME INT64_MIN

/** One post (or, in row-shaped archives, one action). All strings are borrowed for the call. */
typedef struct eh_post {
    eh_str account;        /**< never empty */
    eh_str post;           /**< post id; may be empty in long-form rows */
    eh_str platform;       /**< may be empty */
    eh_str handle;         /**< screen name, may be empty */
    eh_str text, lang, client;
    eh_str target_post;    /**< reposted or quoted post, else empty */
    eh_str target_account; /**< author of the reposted post, if known */
    eh_str reply_to;       /**< post replied to, else empty */
    eh_post_kind kind;
    bool is_row;           /**< the row is a bare action: `behaviour` and `object` hold it, nothing else is derived */
    eh_behaviour behaviour;
    eh_str object;         /**< may be the empty string in CooRTweet files: an object like any other there */
    int64_t time_us;       /**< UTC microseconds; always known (rows without are rejected) */
    int64_t target_time_us;     /**< birth of the reposted post where its id tells it, else EH_NO_TIME */
    int64_t account_created_us; /**< EH_NO_TIME where unknown */
    const eh_str *urls, *hashtags, *mentions, *media;
    uint32_t n_urls, n_hashtags, n_mentions, n_media;
    int64_t row;  /**< 1-based data row (line for JSONL) */
    int64_t byte; /**< offset of its start in the decompressed file */
} eh_post;

/** One --map pair: field (account, time, post, kind, target_post, ...) and the column that holds it. */
typedef struct eh_column_map {
    eh_str field, column;
} eh_column_map;

typedef struct eh_ingest_options {
    const char *format; /**< NULL or "auto": recognised from content; else a name listed by eh_ingest_formats() */
    const eh_column_map *maps;
    size_t n_maps;
    bool has_behaviour;     /**< rows of CooRTweet files are of `behaviour` instead of repost */
    eh_behaviour behaviour;
} eh_ingest_options;

typedef enum eh_reject_reason {
    EH_REJECT_MALFORMED = 0,   /**< row cannot be parsed: quotes, JSON, number of fields */
    EH_REJECT_ENCODING,        /**< not UTF-8 */
    EH_REJECT_TOO_LONG,        /**< row beyond 16 MiB */
    EH_REJECT_NO_ACCOUNT,
    EH_REJECT_NO_TIME,
    EH_REJECT_TIME_FORMAT,     /**< differs from the format detected for the file */
    EH_REJECT_TIME_RANGE,      /**< before 1970-01-02 or after 2199-12-31 */
    EH_REJECT_DAMAGED_ID,      /**< id in scientific notation, e.g. 9.05875E+17 */
    EH_REJECT_NO_OBJECT,       /**< a row-shaped archive's row without object (empty is allowed for CooRTweet, NA is not) */
    EH_REJECT_BEHAVIOUR,       /**< unknown behaviour name */
    EH_REJECT_NOT_A_POST,      /**< valid JSON, but neither a post nor a page of posts (errors, users, counts) */
    EH_N_REJECT_REASONS
} eh_reject_reason;
/** "malformed", "encoding", ... */
EH_API const char *eh_reject_reason_name(eh_reject_reason reason);

typedef struct eh_reject {
    int64_t row, byte;
    eh_reject_reason reason;
    eh_str excerpt; /**< at most 200 bytes of the row, valid UTF-8 (bad bytes replaced), control bytes blanked */
} eh_reject;

typedef eh_status (*eh_post_fn)(void *data, const eh_post *post, eh_error *err);
typedef eh_status (*eh_reject_fn)(void *data, const eh_reject *reject, eh_error *err);

typedef struct eh_ingest_sink {
    void *data;
    eh_post_fn post;     /**< a status other than EH_OK stops the reading */
    eh_reject_fn reject; /**< may be NULL: rejects are then only counted */
} eh_ingest_sink;

/** What was read from one file. rows_read == rows_kept + sum of rows_rejected, always.
 *  In paged JSONL a "row" is one post inside a page; a line that holds none counts as one row. */
typedef struct eh_ingest_report {
    char format[32];       /**< "coortweet", "cnt", "long", "map", "io_archive", "twarc2_pages", "twarc2_flat", ... */
    char compression[8];   /**< "none", "gzip", "zstd" */
    char time_format[32];  /**< "epoch_s", "epoch_ms", "epoch_us", "iso8601", "date_time", "twitter", ... */
    char sha256[65];       /**< of the file as it lies on disk */
    uint64_t file_size;
    uint64_t n_rows_read, n_rows_kept;
    uint64_t n_rows_rejected[EH_N_REJECT_REASONS];
    uint64_t n_times_refined;   /**< times made finer from ids that carry them */
    int64_t time_precision_us;  /**< coarsest step that fits every kept time (60 s, 1 s, 1 ms, 1 us) */
    int64_t first_time_us, last_time_us;
    bool is_truncated;          /**< the compressed stream ended early: what was readable was kept */
    char note[256];             /**< e.g. how columns were bound; empty when there is nothing to say */
} eh_ingest_report;

EH_API eh_ingest_options eh_ingest_options_default(void);

/**
 * Reads one archive and hands every kept post to sink->post in file order.
 *
 * @param[in]  path    a regular file, plain, .gz or .zst (recognised by content, not by name); "-" is not allowed
 * @param[out] report  what was read; also filled as far as it got when reading fails
 * @retval EH_OK | EH_E_IO cannot be opened or read | EH_E_FORMAT empty, not recognised, or a needed column is missing
 *         (the message lists the columns found and suggests --map) | EH_E_CANCELLED | EH_E_LIMIT | sink's status
 * @note Deterministic. Side labels: never read.
 */
EH_API EH_MUST_CHECK eh_status eh_ingest_file(eh_context *ctx, const char *path, const eh_ingest_options *options,
                                              const eh_ingest_sink *sink, eh_ingest_report *report, eh_error *err);

/** Called for each id of a list, in order; may be the same one twice. */
typedef eh_status (*eh_account_id_fn)(void *data, eh_str account_id, eh_error *err);
/**
 * Reads a list of account ids: one a line, or a CSV with a column account_id (or account, user_id, author_id, userid, did).
 * Plain, .gz or .zst.
 * @retval EH_E_FORMAT no id, an empty one, several columns of which none names ids | EH_E_IO
 */
EH_API EH_MUST_CHECK eh_status eh_account_list_read(eh_context *ctx, const char *path, eh_account_id_fn fn, void *data,
                                                    eh_error *err);

typedef struct eh_format_info {
    const char *name, *summary, *recognised_by, *fields;
} eh_format_info;
/** The registry of formats, in the order in which they are tried. */
EH_API const eh_format_info *eh_ingest_formats(size_t *n);

#ifdef __cplusplus
}
#endif
#endif
