/** @file outfile.h  A file that appears whole or not at all: written aside, flushed, then renamed. */
#ifndef EH_BASE_OUTFILE_H
#define EH_BASE_OUTFILE_H

#include "base/str.h"

#include <stdio.h>

typedef struct eh_outfile {
    eh_context *ctx;
    FILE *stream; /* write here; errors are collected and told by eh_outfile_commit */
    char *path, *aside;
    bool is_special; /* a device or pipe: written in place */
} eh_outfile;

/** Opens path ("-" = stdout) for writing. An existing file stays as it is until the commit. */
EH_MUST_CHECK eh_status eh_outfile_open(eh_context *ctx, const char *path, eh_outfile *out, eh_error *err);
/** Flushes, syncs and renames into place; a full disk is an error here. Always releases. */
EH_MUST_CHECK eh_status eh_outfile_commit(eh_outfile *out, eh_error *err);
/** Gives up: removes what was written aside. Safe after a commit and on a zeroed struct. */
void eh_outfile_discard(eh_outfile *out);
/** One CSV field, quoted where RFC 4180 needs it. */
void eh_outfile_csv(eh_outfile *out, eh_str field);
/** A JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
void eh_outfile_json(eh_outfile *out, eh_str text);
/** Creates a directory and its parents; fine when it exists. */
EH_MUST_CHECK eh_status eh_make_dirs(eh_context *ctx, const char *path, eh_error *err);
#endif
