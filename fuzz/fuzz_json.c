/* The JSON scanner: the tape of a valid line is consistent, and its strings are UTF-8. */
#include "fuzz.h"

#include "ingest/json_scan.h"

static void check_nodes(const eh_json *json)
{
    for (uint32_t i = 0; i < json->n; i++) {
        const eh_json_node *node = &json->nodes[i];
        FUZZ_CHECK(node->next > i && node->next <= json->n);
        FUZZ_CHECK(eh_utf8_is_valid(node->text));
        if (node->type != EH_JSON_OBJECT) continue;
        for (uint32_t key = i + 1; key < node->next; key = json->nodes[key + 1].next) {
            FUZZ_CHECK(json->nodes[key].type == EH_JSON_STRING && key + 1 < node->next);
            uint32_t found = eh_json_get_str(json, i, json->nodes[key].text);
            FUZZ_CHECK(found == EH_JSON_NONE || (found > i && found < node->next));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    eh_json json;
    eh_str text = {(const char *)data, size};
    bool is_valid = false, is_valid_again = false;
    size_t bad_at = 0;
    if (!eh_utf8_is_valid(text)) return 0;
    eh_json_init(&json, NULL);
    FUZZ_CHECK(eh_json_parse(&json, text, &is_valid, &bad_at, NULL) == EH_OK);
    FUZZ_CHECK(bad_at <= size && (json.n > 0) == is_valid);
    if (is_valid) {
        FUZZ_CHECK(json.nodes[0].next == json.n);
        check_nodes(&json);
    }
    size_t n = json.n;
    FUZZ_CHECK(eh_json_parse(&json, text, &is_valid_again, &bad_at, NULL) == EH_OK);
    FUZZ_CHECK(is_valid == is_valid_again && n == json.n);
    eh_json_release(&json);
    return 0;
}
