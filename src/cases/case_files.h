/** @file case_files.h  What writing and reproducing a case bundle share. */
#ifndef EH_CASES_CASE_FILES_H
#define EH_CASES_CASE_FILES_H

#include "cases/tar.h"
#include "investigation/investigation_private.h"

enum { case_most_files = 10000, case_n_tables = 5 };
/** Tables of a run, as what and as file: accounts, edges, networks, ties, evidence. */
extern const char *const case_tables[case_n_tables];

/** A folder of its own below the temporary one; remove with case_folder_remove. */
typedef struct case_folder {
    eh_buf path;
} case_folder;
EH_MUST_CHECK eh_status case_folder_make(eh_context *ctx, case_folder *out, eh_error *err);
/** path/name. */
EH_MUST_CHECK eh_status case_folder_file(const case_folder *folder, const char *name, eh_buf *out, eh_error *err);
void case_folder_remove(case_folder *folder);

/** A whole file, up to the memory that is left. */
EH_MUST_CHECK eh_status case_read_file(eh_context *ctx, const char *path, eh_buf *out, eh_error *err);
/** The run's table as CSV. */
EH_MUST_CHECK eh_status case_table_csv(eh_investigation *inv, const char *run_id, const char *what, const case_folder *folder, eh_buf *out,
                                       eh_error *err);
#endif
