/**
 * @file tables.h
 * The data dictionary: every table of an investigation and every file of an export, once. CREATE TABLE statements,
 * `evenhand schema`, docs/data-dictionary.md, the column lists of exports and a test all come from it.
 *
 * To add a table: add its columns and its row in tables_archive.c, tables_runs.c, tables_ledger.c, tables_claims.c or
 * tables_appeals.c, then
 * `EVENHAND_UPDATE=1 meson test -C build tables` writes the page anew.
 */
#ifndef EH_INVESTIGATION_TABLES_H
#define EH_INVESTIGATION_TABLES_H

#include "store/store.h"

enum { EH_SCHEMA_VERSION = 5 };

typedef enum eh_column_use {
    EH_COLUMN_PLAIN = 0,
    EH_COLUMN_REQUIRED, /**< NOT NULL */
    EH_COLUMN_INTERNAL  /**< not exported */
} eh_column_use;

typedef struct eh_table_column {
    const char *name, *type, *unit, *meaning; /**< type: as information_schema names it; unit: may be empty */
    eh_column_use use;
} eh_table_column;

typedef struct eh_table {
    const char *name, *meaning;
    const eh_table_column *columns;
    size_t n_columns;
} eh_table;

/** A file of an export: the columns of one table, except run_id and internal ones; source_id is told as `source`,
 *  the file's name. */
typedef struct eh_table_file {
    const char *what, *file, *table, *meaning, *order_by;
} eh_table_file;

/** A file that is not a table: what it holds, in words. */
typedef struct eh_other_file {
    const char *file, *meaning;
} eh_other_file;

extern const eh_table eh_archive_tables[];
extern const size_t eh_n_archive_tables;
extern const eh_table eh_run_tables[];
extern const size_t eh_n_run_tables;
extern const eh_table eh_ledger_tables[];
extern const size_t eh_n_ledger_tables;
extern const eh_table eh_claim_tables[];
extern const size_t eh_n_claim_tables;
extern const eh_table eh_appeal_tables[];
extern const size_t eh_n_appeal_tables;

size_t eh_n_tables(void);
const eh_table *eh_table_at(size_t i);
/** NULL where there is none. */
const eh_table *eh_table_named(const char *name);
const eh_table_file *eh_table_files(size_t *n);
const eh_table_file *eh_table_file_of(const char *what);
const eh_other_file *eh_other_files(size_t *n);

/** Creates the tables that are absent and writes the schema version; inside the caller's transaction. */
EH_MUST_CHECK eh_status eh_tables_create(eh_store *store, eh_error *err);
/** Whether a column of a table appears in its export file. */
bool eh_is_exported(const eh_table_column *column);
/** Adds the SELECT that gives a file's rows in order. run_id is ignored for tables without one. */
EH_MUST_CHECK eh_status eh_tables_select(eh_buf *sql, const eh_table_file *file, const char *run_id, eh_error *err);
/** The dictionary as Markdown that is as readable in a terminal. */
EH_MUST_CHECK eh_status eh_tables_text(eh_buf *out, eh_error *err);
#endif
