#include "check.h"
#include "ingest/id_text.h"
#include "ingest/list_text.h"
#include "ingest/utf8_text.h"

/* The items, joined by '^'. */
static const char *items_of(const char *cell, eh_list_kind kind)
{
    static char text[512];
    eh_list list;
    eh_list_init(&list, NULL);
    CHECK(eh_list_parse(&list, eh_str_of(cell), kind, NULL) == EH_OK);
    size_t used = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        if (i) text[used++] = '^';
        memcpy(text + used, list.items[i].data, list.items[i].size);
        used += list.items[i].size;
    }
    text[used] = 0;
    eh_list_release(&list);
    return text;
}

static void reads_every_variant(void)
{
    static const char *const cells[] = {"[\"a\", \"b\"]", "['a', 'b']", "[a, b]", "[a,b]", "a b", "a;b", "a|b", "a,b", " [ 'a' ,\"b\" ] "};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) CHECK_EQ_STR(items_of(cells[i], EH_LIST_WORDS), "a^b");
    CHECK_EQ_STR(items_of("[]", EH_LIST_WORDS), "");
    CHECK_EQ_STR(items_of("['']", EH_LIST_WORDS), "");
    CHECK_EQ_STR(items_of("[None, nan]", EH_LIST_WORDS), "");
    CHECK_EQ_STR(items_of("", EH_LIST_WORDS), "");
    CHECK_EQ_STR(items_of(" , ;", EH_LIST_WORDS), "");
    CHECK_EQ_STR(items_of("one", EH_LIST_WORDS), "one");
}

static void keeps_urls_whole(void)
{
    CHECK_EQ_STR(items_of("http://a.example/1,2;3|4 http://b.example/", EH_LIST_URLS), "http://a.example/1,2;3|4^http://b.example/");
    CHECK_EQ_STR(items_of("[http://a.example/1,2, http://b.example/]", EH_LIST_URLS), "http://a.example/1,2^http://b.example/");
    CHECK_EQ_STR(items_of("[http://a.example/1,http://b.example/]", EH_LIST_URLS), "http://a.example/1^http://b.example/");
    CHECK_EQ_STR(items_of("['http://a.example/1,2', 'http://b.example/']", EH_LIST_URLS), "http://a.example/1,2^http://b.example/");
    CHECK_EQ_STR(items_of("a  b", EH_LIST_URLS), "a^b");
}

static void undoes_escapes(void)
{
    CHECK_EQ_STR(items_of("['it\\'s', \"a\\\"b\"]", EH_LIST_WORDS), "it's^a\"b");
    CHECK_EQ_STR(items_of("['\\xe9', '\\u00e9', '\\U000000e9', '\\ud83d\\ude00']", EH_LIST_WORDS), "é^é^é^😀");
    CHECK_EQ_STR(items_of("['\\ud83d', '\\q', '\\\\']", EH_LIST_WORDS), "\xEF\xBF\xBD^\\q^\\");
    CHECK_EQ_STR(items_of("['open", EH_LIST_WORDS), "['open");
    CHECK_EQ_STR(items_of("['open]", EH_LIST_WORDS), "open");
    CHECK_EQ_STR(items_of("['open\\]", EH_LIST_WORDS), "open\\");
}

static void strips_marks(void)
{
    eh_list list;
    eh_list_init(&list, NULL);
    CHECK(eh_list_parse(&list, eh_str_of("#a # ##b c"), EH_LIST_WORDS, NULL) == EH_OK);
    eh_list_strip(&list, '#');
    CHECK_EQ_INT(list.n, 3);
    CHECK(eh_str_is(list.items[0], "a") && eh_str_is(list.items[1], "#b") && eh_str_is(list.items[2], "c"));
    eh_list_release(&list);
}

static void knows_missing_and_damaged_ids(void)
{
    static const char *const missing[] = {"", " ", "NA", "null", "None", "NaN", "nan", " NULL "};
    static const char *const damaged[] = {"9.05875E+17", "9.05875e+17", "9E+17", "1.0e+5"};
    static const char *const sound[] = {"905875874659358453", "e+17", "9E17", "9.E+17", "9.1E+", "a9.1E+17", "9.1E+17x", "1e-5", "9"};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) CHECK(eh_text_is_missing(eh_str_of(missing[i])));
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) CHECK(eh_id_is_damaged(eh_str_of(damaged[i])));
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        CHECK(!eh_id_is_damaged(eh_str_of(sound[i])));
        CHECK(!eh_text_is_missing(eh_str_of(sound[i])));
    }
    CHECK(eh_str_is(eh_id_of(eh_str_of(" 12 ")), "12"));
    CHECK(eh_id_of(eh_str_of("NA")).data == NULL);
}

static void reads_times_in_ids(void)
{
    CHECK_EQ_INT(eh_id_snowflake_us(eh_str_of("877917212119416832")), INT64_C(1498146748939000));
    CHECK_EQ_INT(eh_id_snowflake_us(eh_str_of("25712847277")), EH_TIME_NONE);
    CHECK_EQ_INT(eh_id_snowflake_us(eh_str_of("877917212119416832a")), EH_TIME_NONE);
    CHECK_EQ_INT(eh_id_snowflake_us(eh_str_of("9999999999999999999")), EH_TIME_NONE);
    CHECK_EQ_INT(eh_id_snowflake_us(eh_str_of("0877917212119416832")), EH_TIME_NONE);
    CHECK_EQ_INT(eh_id_snowflake_us(eh_str_of("")), EH_TIME_NONE);
}

static void shows_only_safe_text(void)
{
    char out[eh_excerpt_capacity], many[1000];
    CHECK(eh_str_is(eh_excerpt_of((eh_str){"a\0b\n\x7F\xE9z", 7}, out), "a b  \xEF\xBF\xBDz"));
    memset(many, 0xE9, sizeof many);
    eh_str excerpt = eh_excerpt_of((eh_str){many, sizeof many}, out);
    CHECK_EQ_INT(excerpt.size, 198);
    CHECK(eh_utf8_is_valid(excerpt));
    CHECK_EQ_INT(eh_excerpt_of((eh_str){NULL, 0}, out).size, 0);
}

CHECK_MAIN(reads_every_variant, keeps_urls_whole, undoes_escapes, strips_marks, knows_missing_and_damaged_ids,
           reads_times_in_ids, shows_only_safe_text)
