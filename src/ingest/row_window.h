/**
 * @file row_window.h
 * A window over the decompressed bytes that grows until it holds the whole row. A place can be pinned, so that
 * the beginning of a file is read twice: once to learn its formats, once for good.
 */
#ifndef EH_INGEST_ROW_WINDOW_H
#define EH_INGEST_ROW_WINDOW_H

#include "ingest/byte_source.h"

/** A longer row is rejected. */
#define EH_ROW_LIMIT_SIZE ((size_t)16 << 20)

typedef struct eh_window {
    eh_context *ctx;
    eh_source *source; /* borrowed */
    char *data;        /* data[pos .. end) is not yet consumed */
    size_t pos, end, capacity;
    int64_t base;      /* offset of data[0] in the decompressed input */
    size_t pin;
    bool is_pinned;
    bool is_end; /* the source has no more */
} eh_window;

void eh_window_release(eh_window *window);
/** Appends at least one more byte, or sets is_end. Moves data: pointers into it are stale afterwards. */
EH_MUST_CHECK eh_status eh_window_fill(eh_window *window, eh_error *err);
/** Keeps what follows pos until eh_window_rewind(), which makes it the next to be read. */
void eh_window_pin(eh_window *window);
void eh_window_rewind(eh_window *window);
/** Skips up to and including the next `newline`, however far; not for a pinned window, which keeps what it passes. */
EH_MUST_CHECK eh_status eh_window_skip_line(eh_window *window, char newline, eh_error *err);
/** The next line without its end (CRLF or LF), consumed; *is_line false at the end. A line beyond the limit is
 *  consumed too: *is_too_long is set and *line holds its first bytes. */
EH_MUST_CHECK eh_status eh_window_line(eh_window *window, eh_str *line, int64_t *byte, bool *is_line,
                                       bool *is_too_long, eh_error *err);

static inline int64_t eh_window_byte(const eh_window *window) { return window->base + (int64_t)window->pos; }
#endif
