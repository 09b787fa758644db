/* Canonical JSON against the vectors of RFC 8785 (3.2.2, 3.2.3, appendix B). */
#include "check.h"

#include "base/doc.h"

static eh_context *ctx;
static eh_error err;

static double of_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Appendix B. */
static void numbers_are_written_as_the_standard_says(void)
{
    static const struct {
        uint64_t bits;
        const char *text;
    } vectors[] = {
        {0x0000000000000000, "0"}, {0x8000000000000000, "0"}, {0x0000000000000001, "5e-324"}, {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"}, {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"}, {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"}, {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"}, {0x44b52d02c7e14af7, "1.0000000000000001e+23"}, {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"}, {0x444b1ae4d6e2ef50, "1e+21"}, {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"}, {0x41b3de4355555553, "333333333.3333332"}, {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"}, {0x41b3de4355555556, "333333333.3333334"}, {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"}, {0x43143ff3c1cb0959, "1424953923781206.2"},
    };
    char text[eh_canonical_number_size];
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        CHECK_EQ_STR(eh_canonical_number(of_bits(vectors[i].bits), text), vectors[i].text);
}

/* Any double: reads back as itself, in the notation that its size asks for. */
static void every_number_reads_back(void)
{
    uint64_t state = 88172645463325252u;
    char text[eh_canonical_number_size];
    for (int i = 0; i < 200000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        double x = of_bits(i % 2 ? state : (state & 0x800fffffffffffffu) | (uint64_t)(1003 + state % 61) << 52);
        if (!isfinite(x)) continue;
        eh_canonical_number(x, text);
        CHECK(strtod(text, NULL) == x);
        CHECK((strchr(text, 'e') != NULL) == (fabs(x) >= 1e21 || fabs(x) < 1e-6));
    }
}

static char *canonical(const eh_value *value, eh_buf *buf)
{
    eh_buf_clear(buf);
    CHECK_OK(eh_canonical_write(ctx, value, buf, &err), err);
    return buf->data;
}

/* 3.2.2 (strings) and 3.2.3 (order): as printed in the RFC. */
static void strings_and_keys_are_written_as_the_standard_says(void)
{
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    eh_doc doc;
    eh_buf buf = EH_BUF_INIT(ctx);
    eh_doc_init(&doc, ctx);
    eh_value *numbers = eh_doc_array(&doc, doc.root, "numbers");
    eh_doc_real(&doc, numbers, NULL, 333333333.33333329);
    eh_doc_real(&doc, numbers, NULL, 1e30);
    eh_doc_real(&doc, numbers, NULL, 4.50);
    eh_doc_real(&doc, numbers, NULL, 2e-3);
    eh_doc_real(&doc, numbers, NULL, 0.000000000000000000000000001);
    eh_doc_words(&doc, doc.root, "string", "\xE2\x82\xAC$\x0F\nA'B\"\\\\\"/");
    eh_value *literals = eh_doc_array(&doc, doc.root, "literals");
    eh_doc_null(&doc, literals, NULL);
    eh_doc_bool(&doc, literals, NULL, true);
    eh_doc_bool(&doc, literals, NULL, false);
    CHECK_OK(eh_doc_finish(&doc, &err), err);
    CHECK_EQ_STR(canonical(doc.root, &buf),
                 "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                 "\"string\":\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    eh_doc_release(&doc);
    eh_doc_init(&doc, ctx);
    static const char *const pairs[][2] = {
        {"\xE2\x82\xAC", "Euro Sign"}, {"\r", "Carriage Return"}, {"\xEF\xAC\xB3", "Hebrew Letter Dalet With Dagesh"}, {"1", "One"},
        {"\xF0\x9F\x98\x80", "Emoji: Grinning Face"}, {"\xC2\x80", "Control"}, {"\xC3\xB6", "Latin Small Letter O With Diaeresis"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) eh_doc_words(&doc, doc.root, pairs[i][0], pairs[i][1]);
    CHECK_EQ_STR(canonical(doc.root, &buf),
                 "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\",\"\xC3\xB6\":\"Latin Small Letter O With Diaeresis\","
                 "\"\xE2\x82\xAC\":\"Euro Sign\",\"\xF0\x9F\x98\x80\":\"Emoji: Grinning Face\",\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With Dagesh\"}");
    eh_doc_release(&doc);
    eh_buf_release(&buf);
    eh_context_free(ctx);
}

static void what_doubles_cannot_hold_is_told(void)
{
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    eh_doc doc;
    eh_buf buf = EH_BUF_INIT(ctx);
    eh_doc_init(&doc, ctx);
    eh_doc_count(&doc, doc.root, "a", UINT64_C(1) << 53);
    eh_doc_count(&doc, doc.root, "b", UINT64_MAX);
    eh_doc_real(&doc, doc.root, "c", (double)NAN);
    eh_doc_words(&doc, doc.root, "d", "x\xFFy");
    CHECK_EQ_STR(canonical(doc.root, &buf), "{\"a\":9007199254740992,\"b\":\"18446744073709551615\",\"c\":null,\"d\":\"x\xEF\xBF\xBDy\"}");
    CHECK(isnan(eh_value_number(doc.root, "c")) && eh_value_text(doc.root, "a").size == 0 && !eh_value_is(doc.root, "zz"));
    eh_doc_release(&doc);
    eh_buf_release(&buf);
    eh_context_free(ctx);
}

CHECK_MAIN(numbers_are_written_as_the_standard_says, every_number_reads_back, strings_and_keys_are_written_as_the_standard_says,
           what_doubles_cannot_hold_is_told)
