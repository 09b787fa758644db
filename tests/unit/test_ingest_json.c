#include "check.h"
#include "ingest/json_index.h"
#include "ingest/json_scan.h"

static bool is_json(const char *text, size_t size)
{
    eh_json json;
    bool is_valid = false;
    size_t bad_at = 0;
    eh_json_init(&json, NULL);
    CHECK(eh_json_parse(&json, (eh_str){text, size}, &is_valid, &bad_at, NULL) == EH_OK);
    CHECK(bad_at <= size);
    eh_json_release(&json);
    return is_valid;
}

static void tells_json_from_what_is_none(void)
{
    static const char *const good[] = {"{}", "[]", " {\"a\":1} ", "[1,2,[3,{}]]", "\"x\"", "-1.5e+3", "true", "null", "[[],[]]",
                                       "{\"a\":{\"b\":[]},\"c\":\"d\"}", "{\"\":0}"};
    static const char *const bad[] = {"", " ", "{", "[", "]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "[1 2]", "{1:2}",
                                      "\"open", "\"bad \\q\"", "\"bad \\u12g4\"", "{}{}", "nul", "-", "+1", "'a'", "{\"a\":1]"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!is_json(good[i], strlen(good[i]))) CHECK_EQ_STR(good[i], "accepted");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (is_json(bad[i], strlen(bad[i]))) CHECK_EQ_STR(bad[i], "refused");
    CHECK(!is_json("{\"a\":\"\\u00", 10));
}

static void limits_the_depth(void)
{
    char text[300];
    for (int depth = 60; depth < 70; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        CHECK_EQ_INT(is_json(text, (size_t)(2 * depth)), depth <= eh_json_depth_limit);
    }
}

static void decodes_strings(void)
{
    static const char text[] = "{\"a\\u0062\":\"\\u00e9\\n\\\"\\/\\ud83d\\ude00\",\"lone\":\"x\\ud83dy\\udc00\",\"nul\":\"a\\u0000b\",\"id\":877917212119416832}";
    eh_json json;
    bool is_valid = false;
    size_t bad_at = 0;
    eh_json_init(&json, NULL);
    CHECK(eh_json_parse(&json, eh_str_of(text), &is_valid, &bad_at, NULL) == EH_OK && is_valid);
    CHECK(eh_str_is(eh_json_get_text(&json, 0, "ab"), "é\n\"/😀"));
    CHECK(eh_str_is(eh_json_get_text(&json, 0, "lone"), "x\xEF\xBF\xBDy\xEF\xBF\xBD"));
    CHECK(eh_str_equal(eh_json_get_text(&json, 0, "nul"), (eh_str){"a\0b", 3}));
    CHECK(eh_str_is(eh_json_get_text(&json, 0, "id"), "877917212119416832"));
    CHECK_EQ_INT(eh_json_get(&json, 0, "other"), EH_JSON_NONE);
    CHECK(eh_json_get_text(&json, 0, "other").data == NULL);
    eh_json_release(&json);
}

static void walks_and_indexes(void)
{
    static const char text[] = "{\"list\":[{\"id\":\"a\",\"n\":1},7,{\"id\":\"b\",\"n\":2},{\"id\":\"a\",\"n\":3}],\"none\":null}";
    eh_json json;
    bool is_valid = false;
    size_t bad_at = 0, n = 0;
    eh_json_init(&json, NULL);
    CHECK(eh_json_parse(&json, eh_str_of(text), &is_valid, &bad_at, NULL) == EH_OK && is_valid);
    uint32_t list = eh_json_get(&json, 0, "list");
    EH_JSON_EACH(&json, list, item) n++;
    CHECK_EQ_INT(n, 4);
    CHECK_EQ_INT(eh_json_get(&json, 0, "none"), EH_JSON_NONE);
    eh_json_index index = {0};
    CHECK(eh_json_index_fill(&index, &json, list, "id", NULL) == EH_OK);
    CHECK(eh_str_is(eh_json_get_text(&json, eh_json_index_find(&index, eh_str_of("b")), "n"), "2"));
    CHECK(eh_str_is(eh_json_get_text(&json, eh_json_index_find(&index, eh_str_of("a")), "n"), "1"));
    CHECK_EQ_INT(eh_json_index_find(&index, eh_str_of("c")), EH_JSON_NONE);
    CHECK(eh_json_index_fill(&index, &json, EH_JSON_NONE, "id", NULL) == EH_OK);
    CHECK_EQ_INT(eh_json_index_find(&index, eh_str_of("a")), EH_JSON_NONE);
    eh_json_index_release(&index);
    eh_json_release(&json);
}

CHECK_MAIN(tells_json_from_what_is_none, limits_the_depth, decodes_strings, walks_and_indexes)
