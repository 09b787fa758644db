/**
 * @file list_text.h
 * Lists inside one cell: ["a", "b"], ['a', 'b'], [a, b], [], a b, a;b, a|b, a,b.
 */
#ifndef EH_INGEST_LIST_TEXT_H
#define EH_INGEST_LIST_TEXT_H

#include "base/str.h"

/** Scratch for one list, reused from row to row. Zero-initialised plus contexts is empty. */
typedef struct eh_list {
    eh_context *ctx;
    eh_str *items;
    size_t capacity;
    uint32_t n;
    eh_buf text; /* items whose escapes were undone */
} eh_list;

void eh_list_init(eh_list *list, eh_context *ctx);
void eh_list_release(eh_list *list);
void eh_list_clear(eh_list *list);
EH_MUST_CHECK eh_status eh_list_add(eh_list *list, eh_str item, eh_error *err);

typedef enum eh_list_kind {
    EH_LIST_URLS, /* unbracketed: parted by blanks only, because URLs hold commas and semicolons */
    EH_LIST_WORDS /* unbracketed: parted by blanks, commas, semicolons, '|' */
} eh_list_kind;

/** Replaces the list by the items of a cell; empty items are left out. A cell that is no proper list is read as far
 *  as it makes sense, never refused. Items are borrowed from the cell or from the list. */
EH_MUST_CHECK eh_status eh_list_parse(eh_list *list, eh_str cell, eh_list_kind kind, eh_error *err);
/** Removes one leading `mark` ('#', '@') from each item and drops what is then empty. */
void eh_list_strip(eh_list *list, char mark);
#endif
