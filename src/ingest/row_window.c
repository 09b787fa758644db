#include "ingest/row_window.h"

enum { first_capacity = 64 << 10 };

void eh_window_release(eh_window *w)
{
    eh_free(w->ctx, w->data);
    w->data = NULL;
    w->pos = w->end = w->capacity = 0;
}

/* Drops what is consumed, so that the window stays as small as the longest row. */
static void compact(eh_window *w)
{
    size_t kept_from = w->is_pinned ? w->pin : w->pos;
    if (kept_from == 0) return;
    memmove(w->data, w->data + kept_from, w->end - kept_from);
    w->base += (int64_t)kept_from;
    w->pos -= kept_from;
    w->end -= kept_from;
    w->pin = 0;
}

eh_status eh_window_fill(eh_window *w, eh_error *err)
{
    if (eh_context_is_cancelled(w->ctx)) return eh_fail(err, EH_E_CANCELLED, "stopped on request");
    compact(w);
    if (w->end == w->capacity) {
        size_t need = w->capacity ? 2 * w->capacity : first_capacity;
        EH_TRY(eh_reserve(w->ctx, (void **)&w->data, &w->capacity, need, 1, err));
    }
    size_t n_read = 0;
    EH_TRY(eh_source_read(w->source, w->data + w->end, w->capacity - w->end, &n_read, err));
    w->end += n_read;
    if (n_read == 0) w->is_end = true;
    return EH_OK;
}

void eh_window_pin(eh_window *w)
{
    w->is_pinned = true;
    w->pin = w->pos;
}

void eh_window_rewind(eh_window *w)
{
    w->pos = w->pin;
    w->is_pinned = false;
}

eh_status eh_window_skip_line(eh_window *w, char newline, eh_error *err)
{
    for (;;) {
        char *hit = w->end > w->pos ? memchr(w->data + w->pos, newline, w->end - w->pos) : NULL;
        if (hit) {
            w->pos = (size_t)(hit - w->data) + 1;
            return EH_OK;
        }
        w->pos = w->end;
        if (w->is_end) return EH_OK;
        EH_TRY(eh_window_fill(w, err));
    }
}

eh_status eh_window_line(eh_window *w, eh_str *line, int64_t *byte, bool *is_line, bool *is_too_long, eh_error *err)
{
    size_t searched = 0;
    char *hit = NULL;
    *is_line = *is_too_long = false;
    for (;;) {
        size_t n = w->end - w->pos;
        hit = n > searched ? memchr(w->data + w->pos + searched, '\n', n - searched) : NULL;
        searched = hit ? (size_t)(hit - (w->data + w->pos)) : n;
        if (hit || w->is_end || searched > EH_ROW_LIMIT_SIZE) break;
        EH_TRY(eh_window_fill(w, err));
    }
    *byte = eh_window_byte(w);
    *line = (eh_str){w->data + w->pos, searched};
    *is_line = hit || searched > 0;
    *is_too_long = searched > EH_ROW_LIMIT_SIZE;
    w->pos += searched + (hit ? 1 : 0);
    if (line->size && line->data[line->size - 1] == '\r') line->size--;
    return EH_OK;
}
