/**
 * @file store.h
 * The DuckDB adapter: the only module that includes duckdb.h. Plain SQL in, cells out, rows appended.
 * It knows nothing of accounts or posts; src/investigation/ owns the tables.
 */
#ifndef EH_STORE_STORE_H
#define EH_STORE_STORE_H

#include "base/str.h"

typedef struct eh_store eh_store;

typedef enum eh_store_mode {
    EH_STORE_MEMORY,    /**< no file; path is ignored */
    EH_STORE_CREATE,    /**< read and write; created when absent */
    EH_STORE_READ_WRITE,/**< must exist */
    EH_STORE_READ_ONLY  /**< must exist */
} eh_store_mode;

/** Opens a database with the threads, memory budget and temp_dir of ctx. The budget is shared: DuckDB gets
 *  what is left of it, at least 64 MiB. A file that another process writes gives a message saying so and its PID. */
EH_MUST_CHECK eh_status eh_store_open(eh_context *ctx, const char *path, eh_store_mode mode, eh_store **out,
                                      eh_error *err);
void eh_store_close(eh_store *store); /* NULL allowed */
eh_context *eh_store_context(const eh_store *store);
const char *eh_store_path(const eh_store *store); /* "" in memory */
/** The version of the database library, e.g. "v1.5.6". */
const char *eh_store_library_version(void);

/** Shares the budget anew: from now on DuckDB may hold `percent` of what is left of it (at least 64 MiB), and gives
 *  back cached pages beyond that. Call it before work that needs memory of its own. */
void eh_store_fit_memory(eh_store *store, int percent);

/** Runs statements without a result (several separated by ';'). */
EH_MUST_CHECK eh_status eh_store_exec(eh_store *store, const char *sql, eh_error *err);
/** Ends a failed transaction; works after a cancellation and does nothing outside a transaction. */
void eh_store_rollback(eh_store *store);
EH_MUST_CHECK eh_status eh_store_execf(eh_store *store, eh_error *err, const char *format, ...) EH_PRINTF(3, 4);
/** Adds text as an SQL identifier in double quotes. */
EH_MUST_CHECK eh_status eh_sql_name(eh_buf *sql, eh_str text, eh_error *err);
/** Adds text as an SQL string literal with its quotes ('' doubled; NUL bytes removed). */
EH_MUST_CHECK eh_status eh_sql_quote(eh_buf *sql, eh_str text, eh_error *err);

typedef enum eh_cell_type { EH_CELL_NULL, EH_CELL_BOOL, EH_CELL_INT, EH_CELL_REAL, EH_CELL_TIME, EH_CELL_TEXT } eh_cell_type;

/** One value of a result. text is filled for EH_CELL_TEXT (borrowed for the call); other SQL types arrive as text. */
typedef struct eh_cell {
    eh_cell_type type;
    int64_t integer; /**< BOOL, INT, TIME (UTC microseconds) */
    double real;     /**< REAL, and INT as a double */
    eh_str text;
} eh_cell;

typedef struct eh_column {
    const char *name, *type; /**< SQL type name */
} eh_column;

/** Called per row; columns is the same array for each row. A status other than EH_OK stops the query. */
typedef eh_status (*eh_row_fn)(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns,
                               eh_error *err);
/** Called once, before the rows, even when there are none. */
typedef eh_status (*eh_columns_fn)(void *data, const eh_column *columns, size_t n_columns, eh_error *err);
/** Streams the result of one SELECT, rows in the order the query gives; the callbacks must not use the store.
 *  on_columns may be NULL. Stops with EH_E_CANCELLED within a second of a cancellation. */
EH_MUST_CHECK eh_status eh_store_query(eh_store *store, const char *sql, eh_columns_fn on_columns, eh_row_fn on_row,
                                       void *data, eh_error *err);
/** The single integer / text that a query yields; EH_E_NOT_FOUND when it yields none. */
EH_MUST_CHECK eh_status eh_store_integer(eh_store *store, const char *sql, int64_t *out, eh_error *err);
EH_MUST_CHECK eh_status eh_store_text(eh_store *store, const char *sql, eh_buf *out, eh_error *err);

/** Fast bulk insert. Columns are given in table order; the chunked appender writes 2048 rows at a time. Use it inside a
 *  transaction: what was buffered before a failure is taken back by the rollback only. */
typedef struct eh_appender eh_appender;
EH_MUST_CHECK eh_status eh_appender_open(eh_store *store, const char *table, eh_appender **out, eh_error *err);
/** Each adds the next value of the current row; failures are kept and told by eh_appender_end_row. */
void eh_appender_null(eh_appender *a);
void eh_appender_bool(eh_appender *a, bool value);
void eh_appender_int(eh_appender *a, int64_t value);
void eh_appender_real(eh_appender *a, double value);
void eh_appender_time(eh_appender *a, int64_t time_us); /* EH_TIME_NONE = NULL */
void eh_appender_text(eh_appender *a, eh_str text);      /* {NULL,0} = NULL; must be valid UTF-8 */
EH_MUST_CHECK eh_status eh_appender_end_row(eh_appender *a, eh_error *err);
/** Flushes and frees; *a becomes NULL. */
EH_MUST_CHECK eh_status eh_appender_close(eh_appender **a, eh_error *err);
void eh_appender_discard(eh_appender **a);

/** Writes all tables into a new database at path, which must not exist, and brings it to the disk. Outside a transaction. */
EH_MUST_CHECK eh_status eh_store_copy(eh_store *store, const char *path, eh_error *err);
/** fsync of a file or directory. Never of a database that is open in this process: its lock would go. */
EH_MUST_CHECK eh_status eh_sync_path(const char *path, eh_error *err);

/** Locks the connection down for a stranger's SQL: no files, no extensions, no settings. */
EH_MUST_CHECK eh_status eh_store_sandbox(eh_store *store, eh_error *err);
#endif
