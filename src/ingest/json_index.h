/** @file json_index.h  Finds the objects of a JSON array by the text of one of their keys. */
#ifndef EH_INGEST_JSON_INDEX_H
#define EH_INGEST_JSON_INDEX_H

#include "ingest/json_scan.h"

/** Reused from line to line. Zero-initialised plus ctx is empty. */
typedef struct eh_json_index {
    eh_context *ctx;
    const eh_json *json;
    const char *key;
    uint32_t *slots; /* node + 1, 0 = free; a power of two of them */
    size_t n_slots, capacity;
} eh_json_index;

void eh_json_index_release(eh_json_index *index);
/** Replaces the content by the objects of an array (none when it is no array). Of equal texts the first counts. */
EH_MUST_CHECK eh_status eh_json_index_fill(eh_json_index *index, const eh_json *json, uint32_t array, const char *key,
                                           eh_error *err);
/** The object, or EH_JSON_NONE. */
uint32_t eh_json_index_find(const eh_json_index *index, eh_str text);
#endif
