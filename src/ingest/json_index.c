#include "ingest/json_index.h"

#include "base/hash.h"

void eh_json_index_release(eh_json_index *index)
{
    eh_free(index->ctx, index->slots);
    *index = (eh_json_index){.ctx = index->ctx};
}

/* The slot that holds the text, or the free one where it belongs. */
static uint32_t *slot_of(const eh_json_index *index, eh_str text)
{
    size_t mask = index->n_slots - 1, i = (size_t)eh_hash64(text.data, text.size) & mask;
    while (index->slots[i] && !eh_str_equal(eh_json_get_text(index->json, index->slots[i] - 1, index->key), text))
        i = (i + 1) & mask;
    return &index->slots[i];
}

eh_status eh_json_index_fill(eh_json_index *index, const eh_json *json, uint32_t array, const char *key, eh_error *err)
{
    size_t n = 0;
    EH_JSON_EACH(json, array, item) n++;
    index->json = json;
    index->key = key;
    index->n_slots = 0;
    if (n == 0) return EH_OK;
    size_t n_slots = 8;
    while (n_slots < 2 * n) n_slots *= 2;
    EH_TRY(eh_reserve(index->ctx, (void **)&index->slots, &index->capacity, n_slots, sizeof *index->slots, err));
    memset(index->slots, 0, n_slots * sizeof *index->slots);
    index->n_slots = n_slots;
    EH_JSON_EACH(json, array, item)
    {
        eh_str text = eh_json_get_text(json, item, key);
        if (!text.size) continue;
        uint32_t *slot = slot_of(index, text);
        if (*slot == 0) *slot = item + 1;
    }
    return EH_OK;
}

uint32_t eh_json_index_find(const eh_json_index *index, eh_str text)
{
    if (index->n_slots == 0 || text.size == 0) return EH_JSON_NONE;
    uint32_t *slot = slot_of(index, text);
    return *slot ? *slot - 1 : EH_JSON_NONE;
}
