/* The tables that an import fills. */
#include "investigation/tables.h"

#define TIME "TIMESTAMP", "UTC, us"
#define N_COLUMNS(columns) (sizeof(columns) / sizeof *(columns))

static const eh_table_column meta[] = {
    {"key", "VARCHAR", "", "schema_version, created_by, pseudonym_key_check, purges (how many; part of the parameters of later runs)", EH_COLUMN_REQUIRED},
    {"value", "VARCHAR", "", "its value", EH_COLUMN_REQUIRED},
};

static const eh_table_column sources[] = {
    {"source_id", "INTEGER", "", "number of the archive: 1, 2 ... in order of import", EH_COLUMN_REQUIRED},
    {"name", "VARCHAR", "", "file name without its directory", EH_COLUMN_REQUIRED},
    {"sha256", "VARCHAR", "", "SHA-256 of the file as it lay on disk, 64 hex digits", EH_COLUMN_REQUIRED},
    {"format", "VARCHAR", "", "format it was read as (see evenhand formats)", EH_COLUMN_REQUIRED},
    {"compression", "VARCHAR", "", "none, gzip or zstd", EH_COLUMN_REQUIRED},
    {"size_bytes", "BIGINT", "bytes", "size on disk", EH_COLUMN_REQUIRED},
    {"rows_read", "BIGINT", "rows", "rows found: rows_kept plus rows_rejected", EH_COLUMN_REQUIRED},
    {"rows_kept", "BIGINT", "rows", "rows that are valid posts or actions, duplicates included", EH_COLUMN_REQUIRED},
    {"rows_duplicate", "BIGINT", "rows", "valid rows that were in the investigation already and were left out",
     EH_COLUMN_REQUIRED},
    {"rows_rejected", "BIGINT", "rows", "rows that could not be used; each is in rejects", EH_COLUMN_REQUIRED},
    {"time_format", "VARCHAR", "", "how times were written", EH_COLUMN_PLAIN},
    {"time_precision_us", "BIGINT", "us", "coarsest step of the times read", EH_COLUMN_REQUIRED},
    {"first_time", TIME, "earliest time read", EH_COLUMN_PLAIN},
    {"last_time", TIME, "latest time read", EH_COLUMN_PLAIN},
    {"times_refined", "BIGINT", "rows", "rows whose time was made finer by an id that carries it", EH_COLUMN_REQUIRED},
    {"is_truncated", "BOOLEAN", "", "the compressed stream ended early; what was readable was kept", EH_COLUMN_REQUIRED},
    {"options", "VARCHAR", "", "format, column maps and pseudonyms that were asked for", EH_COLUMN_REQUIRED},
    {"note", "VARCHAR", "", "what else the reader has to say", EH_COLUMN_PLAIN},
};

static const eh_table_column source_rejects[] = {
    {"source_id", "INTEGER", "", "archive", EH_COLUMN_REQUIRED},
    {"reason", "VARCHAR", "", "why rows were rejected", EH_COLUMN_REQUIRED},
    {"n_rows", "BIGINT", "rows", "how many", EH_COLUMN_REQUIRED},
};

static const eh_table_column rejects[] = {
    {"source_id", "INTEGER", "", "archive", EH_COLUMN_REQUIRED},
    {"row", "BIGINT", "", "data row, from 1 (line of a JSONL file)", EH_COLUMN_REQUIRED},
    {"byte", "BIGINT", "bytes", "where the row starts in the decompressed file", EH_COLUMN_REQUIRED},
    {"reason", "VARCHAR", "", "why it was rejected", EH_COLUMN_REQUIRED},
    {"excerpt", "VARCHAR", "", "first 200 bytes of the row; empty in a pseudonymised investigation", EH_COLUMN_PLAIN},
};

static const eh_table_column accounts[] = {
    {"account_id", "VARCHAR", "", "as in the archive, or a pseudonym of 16 hex digits", EH_COLUMN_REQUIRED},
    {"platform", "VARCHAR", "", "platform, where the archive names it", EH_COLUMN_PLAIN},
    {"handle", "VARCHAR", "", "screen name, where the archive has it; never in a pseudonymised investigation",
     EH_COLUMN_PLAIN},
    {"created_time", TIME, "when the account was created, where the archive has it", EH_COLUMN_PLAIN},
    {"n_posts", "BIGINT", "posts", "its posts", EH_COLUMN_REQUIRED},
    {"n_actions", "BIGINT", "actions", "its actions, all behaviours", EH_COLUMN_REQUIRED},
    {"first_time", TIME, "its first post", EH_COLUMN_REQUIRED},
    {"last_time", TIME, "its last post", EH_COLUMN_REQUIRED},
};

static const eh_table_column posts[] = {
    {"source_id", "INTEGER", "", "archive it came from", EH_COLUMN_REQUIRED},
    {"row", "BIGINT", "", "data row in the archive", EH_COLUMN_REQUIRED},
    {"post_id", "VARCHAR", "", "as in the archive; may be empty where rows are bare actions", EH_COLUMN_REQUIRED},
    {"account_id", "VARCHAR", "", "who posted", EH_COLUMN_REQUIRED},
    {"time", TIME, "when", EH_COLUMN_REQUIRED},
    {"kind", "VARCHAR", "", "post, repost, quote or reply", EH_COLUMN_REQUIRED},
    {"target_post", "VARCHAR", "", "post that it reposts or quotes", EH_COLUMN_PLAIN},
    {"target_account", "VARCHAR", "", "author of that post, where known", EH_COLUMN_PLAIN},
    {"reply_to", "VARCHAR", "", "post that it replies to", EH_COLUMN_PLAIN},
    {"text", "VARCHAR", "", "its text", EH_COLUMN_PLAIN},
    {"lang", "VARCHAR", "", "language given by the platform", EH_COLUMN_PLAIN},
    {"client", "VARCHAR", "", "program that it was posted with", EH_COLUMN_PLAIN},
    {"key_low", "BIGINT", "", "fingerprint by which duplicates are found, low half", EH_COLUMN_INTERNAL},
    {"key_high", "BIGINT", "", "fingerprint by which duplicates are found, high half", EH_COLUMN_INTERNAL},
};

static const eh_table_column actions[] = {
    {"account_id", "VARCHAR", "", "who acted", EH_COLUMN_REQUIRED},
    {"behaviour", "VARCHAR", "", "repost, link, text, hashtag, reply, mention or media", EH_COLUMN_REQUIRED},
    {"object", "VARCHAR", "",
     "what was acted on: the reposted post, the cleaned link, the normalised text, the tag, the post replied to, the "
     "account mentioned, the media hash",
     EH_COLUMN_REQUIRED},
    {"time", TIME, "when", EH_COLUMN_REQUIRED},
    {"post_id", "VARCHAR", "", "post that holds the action", EH_COLUMN_REQUIRED},
    {"kind", "VARCHAR", "", "kind of that post", EH_COLUMN_REQUIRED},
    {"source", "VARCHAR", "", "author of the reposted post, domain of the link", EH_COLUMN_PLAIN},
    {"birth_time", TIME, "when the object came to be, where its id tells", EH_COLUMN_PLAIN},
    {"source_id", "INTEGER", "", "archive it came from", EH_COLUMN_REQUIRED},
};

#define TABLE(name, meaning) {#name, meaning, name, N_COLUMNS(name)}
const eh_table eh_archive_tables[] = {
    TABLE(meta, "Facts about the investigation itself."),
    TABLE(sources, "One row per imported archive: what was read, kept and rejected."),
    TABLE(source_rejects, "Rejected rows of an archive by reason."),
    TABLE(rejects, "Every rejected row with its place and reason."),
    TABLE(accounts, "One row per account that posted."),
    TABLE(posts, "One row per post (or, in row-shaped archives, per action), duplicates left out."),
    TABLE(actions, "One row per action: an account did something to an object at a time."),
};
const size_t eh_n_archive_tables = N_COLUMNS(eh_archive_tables);
