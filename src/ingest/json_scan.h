/**
 * @file json_scan.h
 * A tolerant JSON scanner over one line in memory: a flat tape of nodes, no tree. Lone surrogates become U+FFFD,
 * \u0000 stays a NUL byte, numbers keep their text, nesting is limited to 64. Of equal keys the first counts.
 */
#ifndef EH_INGEST_JSON_SCAN_H
#define EH_INGEST_JSON_SCAN_H

#include "base/str.h"

typedef enum eh_json_type {
    EH_JSON_NULL,
    EH_JSON_FALSE,
    EH_JSON_TRUE,
    EH_JSON_NUMBER,
    EH_JSON_STRING,
    EH_JSON_ARRAY,
    EH_JSON_OBJECT
} eh_json_type;

/** Node i's children follow it at i + 1; in objects keys (strings) and values alternate. `next` is the node behind
 *  the whole value. text: decoded string, the number's text, or the raw text of an array or object. */
typedef struct eh_json_node {
    eh_json_type type;
    uint32_t next;
    eh_str text;
} eh_json_node;

enum { eh_json_depth_limit = 64 };

typedef struct eh_json {
    eh_context *ctx;
    eh_json_node *nodes;
    size_t n, capacity;
    char *decoded; /* strings whose escapes were undone */
    size_t decoded_size, decoded_capacity;
} eh_json;

#define EH_JSON_NONE UINT32_MAX

void eh_json_init(eh_json *json, eh_context *ctx);
void eh_json_release(eh_json *json);
/** Reads exactly one value with blanks around it. *is_valid false: the text is no JSON, *bad_at says from where on.
 *  The text must be valid UTF-8 and must outlive the nodes. The status is for lack of memory only. */
EH_MUST_CHECK eh_status eh_json_parse(eh_json *json, eh_str text, bool *is_valid, size_t *bad_at, eh_error *err);

/** The value of a key of an object; EH_JSON_NONE when absent, null, or when node is no object (or none). */
uint32_t eh_json_get(const eh_json *json, uint32_t node, const char *key);
uint32_t eh_json_get_str(const eh_json *json, uint32_t node, eh_str key);
/** The text of a string, number or boolean; {NULL, 0} for everything else. */
eh_str eh_json_text(const eh_json *json, uint32_t node);
static inline eh_str eh_json_get_text(const eh_json *json, uint32_t node, const char *key)
{
    return eh_json_text(json, eh_json_get(json, node, key));
}
bool eh_json_is(const eh_json *json, uint32_t node, eh_json_type type);
/** Loops over an array's values; nothing happens when node is no array. */
#define EH_JSON_EACH(json, array, item)                                                                    \
    for (uint32_t item = eh_json_is(json, array, EH_JSON_ARRAY) ? (array) + 1 : EH_JSON_NONE;              \
         item != EH_JSON_NONE && item < (json)->nodes[array].next; item = (json)->nodes[item].next)
#endif
