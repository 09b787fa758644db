/**
 * @file doc.h
 * A JSON document in memory, and its canonical form (RFC 8785): keys sorted by UTF-16 code units, no blanks, numbers as ECMAScript
 * writes doubles. The same document gives the same bytes, so that a hash or a signature of it means something.
 *
 * Building never fails half-way: the first failure is kept and told by eh_doc_finish(); what is added after it is ignored.
 */
#ifndef EH_BASE_DOC_H
#define EH_BASE_DOC_H

#include "base/str.h"

typedef enum eh_value_kind {
    EH_VALUE_NULL,
    EH_VALUE_BOOL,
    EH_VALUE_NUMBER,
    EH_VALUE_TEXT,
    EH_VALUE_ARRAY,
    EH_VALUE_OBJECT
} eh_value_kind;

typedef struct eh_value {
    eh_value_kind kind;
    bool is_true;
    double number;
    eh_str key, text;                     /* owned by the document */
    struct eh_value *first, *last, *next; /* members in the order they were added */
    size_t n;                             /* members */
} eh_value;

typedef struct eh_doc {
    eh_context *ctx;
    struct eh_doc_block *blocks;
    eh_value *root;   /* an object */
    eh_status status; /* of the first failure */
    eh_error error;
} eh_doc;

/** Starts a document whose root is an empty object; false members of `doc` need no release. */
void eh_doc_init(eh_doc *doc, eh_context *ctx);
void eh_doc_release(eh_doc *doc);
/** What went wrong while building, if anything. */
EH_MUST_CHECK eh_status eh_doc_finish(const eh_doc *doc, eh_error *err);

/* Each adds a member to an object (key) or an array (key NULL). A key must not be added twice. parent NULL: ignored. */
eh_value *eh_doc_object(eh_doc *doc, eh_value *parent, const char *key);
eh_value *eh_doc_array(eh_doc *doc, eh_value *parent, const char *key);
void eh_doc_null(eh_doc *doc, eh_value *parent, const char *key);
void eh_doc_bool(eh_doc *doc, eh_value *parent, const char *key, bool is_true);
void eh_doc_real(eh_doc *doc, eh_value *parent, const char *key, double x);    /* null where not finite */
void eh_doc_count(eh_doc *doc, eh_value *parent, const char *key, uint64_t n); /* text beyond 2^53, which doubles cannot hold */
void eh_doc_text(eh_doc *doc, eh_value *parent, const char *key, eh_str text); /* {NULL, 0}: null */
void eh_doc_words(eh_doc *doc, eh_value *parent, const char *key, const char *words);
void eh_doc_wordsf(eh_doc *doc, eh_value *parent, const char *key, const char *format, ...) EH_PRINTF(4, 5);

/** A member by its key; NULL where there is none, or value is NULL or no object. */
const eh_value *eh_value_get(const eh_value *value, const char *key);
/** Its text, "" where it is none. */
eh_str eh_value_text(const eh_value *value, const char *key);
double eh_value_number(const eh_value *value, const char *key); /* NaN where it is none */
bool eh_value_is(const eh_value *value, const char *key);       /* false where it is none */

enum { eh_canonical_number_size = 32 };
/** A finite double as ECMAScript writes it (RFC 8785, 3.2.2.3): the shortest digits that read back as x. */
const char *eh_canonical_number(double x, char text[eh_canonical_number_size]);
/** Adds the canonical form. Bytes that are not UTF-8 become U+FFFD. */
EH_MUST_CHECK eh_status eh_canonical_write(eh_context *ctx, const eh_value *value, eh_buf *out, eh_error *err);
#endif
