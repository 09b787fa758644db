/* Lists in one cell, ids and excerpts. The first byte chooses the kind of list. */
#include "fuzz.h"

#include "ingest/id_text.h"
#include "ingest/list_text.h"
#include "ingest/utf8_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    eh_list list;
    eh_str cell = {(const char *)data + 1, size - 1};
    bool is_utf8 = eh_utf8_is_valid(cell);
    eh_list_init(&list, NULL);
    FUZZ_CHECK(eh_list_parse(&list, cell, data[0] & 1 ? EH_LIST_WORDS : EH_LIST_URLS, NULL) == EH_OK);
    size_t total_size = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        FUZZ_CHECK(list.items[i].size > 0);
        FUZZ_CHECK(!is_utf8 || eh_utf8_is_valid(list.items[i]));
        total_size += list.items[i].size;
    }
    FUZZ_CHECK(total_size <= cell.size);
    eh_list_strip(&list, '#');
    for (uint32_t i = 0; i < list.n; i++) FUZZ_CHECK(list.items[i].size > 0);
    eh_list_release(&list);

    char out[eh_excerpt_capacity];
    eh_str excerpt = eh_excerpt_of(cell, out), id = eh_id_of(cell);
    FUZZ_CHECK(excerpt.size <= sizeof out && eh_utf8_is_valid(excerpt) && !eh_id_has_nul(excerpt));
    FUZZ_CHECK(!eh_id_is_damaged(id) || eh_id_snowflake_us(id) == EH_TIME_NONE);
    return 0;
}
