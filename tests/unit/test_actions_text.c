/* Texts in many scripts, as evenhand compares them and as CNT does. */
#include "actions/action_text.h"
#include "actions/cnt_text.h"

#include "check.h"

static char *folded(const char *text)
{
    static char result[4096];
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    eh_text_scratch scratch = {.out = EH_BUF_INIT(ctx)};
    eh_str out;
    size_t n = 0;
    CHECK_OK(eh_action_text(&scratch, eh_str_of(text), &out, &n, &err), err);
    CHECK(out.size < sizeof result && n <= out.size);
    memcpy(result, out.data, out.size + 1);
    eh_text_scratch_release(&scratch);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    return result;
}

static void decoration_comes_off(void)
{
    CHECK_EQ_STR(folded("Vote NOW at https://t.co/AbC123 @user #TeamBlue!"), "votenowatteamblue!");
    CHECK_EQ_STR(folded("RT @Some_One: hello,  world\n\t"), "rt:hello,world");
    CHECK_EQ_STR(folded("see www.example.org/x?y=1 and http://example.org/z"), "seeand");
    CHECK_EQ_STR(folded("\"https://example.org/a\" said"), "\"\"said");
    CHECK_EQ_STR(folded("mail foo@example.org now"), "mailfoo@example.orgnow");
    CHECK_EQ_STR(folded("hi @a.b.example, @c@social.example. Bye"), "hi,.bye");
    CHECK_EQ_STR(folded("awww.example"), "awww.example");
    CHECK_EQ_STR(folded("(t.co/abc) text"), "()text");
    CHECK_EQ_STR(folded("alone @ night"), "alone@night");
    CHECK_EQ_STR(folded(""), "");
    CHECK_EQ_STR(folded("@a @b https://t.co/x"), "");
}

static void scripts_fold(void)
{
    CHECK_EQ_STR(folded("\uFF28\uFF25\uFF2C\uFF2C\uFF2F \uFF20user \uFF03tag"), "hellotag"); /* full width */
    CHECK_EQ_STR(folded("STRASSE Stra\u00DFe"), "strassestrasse");
    CHECK_EQ_STR(folded("Cafe\u0301"), "caf\u00E9"); /* composed */
    CHECK_EQ_STR(folded("\uFB01ne"), "fine");        /* ligature */
    CHECK_EQ_STR(folded("\u039F\u0394\u039F\u03A3"), "\u03BF\u03B4\u03BF\u03C3");
    CHECK_EQ_STR(folded("\u043F\u0420\u0418\u0412\u0415\u0422"), "\u043F\u0440\u0438\u0432\u0435\u0442");
    /* Arabic: tatweel stays, zero-width joiners and direction marks go */
    CHECK_EQ_STR(folded("\u0645\u0631\u062D\u0628\u0627\u200F \u200C\u0628\u0643\u0645"), "\u0645\u0631\u062D\u0628\u0627\u0628\u0643\u0645");
    CHECK_EQ_STR(folded("\uFEE1\uFEAE\uFEA3\uFE92\uFE8E"), "\u0645\u0631\u062D\u0628\u0627"); /* presentation forms */
    /* Hebrew with points, direction marks around a mention */
    CHECK_EQ_STR(folded("\u202B\u05E9\u05DC\u05D5\u05DD @user\u202C \u05E2\u05D5\u05DC\u05DD"), "\u05E9\u05DC\u05D5\u05DD\u05E2\u05D5\u05DC\u05DD");
    /* Devanagari keeps its vowel signs; the joiner is ignorable */
    CHECK_EQ_STR(folded("\u0928\u092E\u0938\u094D\u200D\u0924\u0947 #\u0926\u0941\u0928\u093F\u092F\u093E"),
                 "\u0928\u092E\u0938\u094D\u0924\u0947\u0926\u0941\u0928\u093F\u092F\u093E");
    /* Japanese goes on after a short link and after an ASCII name without a blank */
    CHECK_EQ_STR(folded("https://t.co/AbC\u65E5\u672C @user\u306F\u3000\u826F\u3044"), "\u65E5\u672C\u306F\u826F\u3044");
    CHECK_EQ_STR(folded("@\u5F20\u4E09\uFF1A\u4F60\u597D"), ":\u4F60\u597D"); /* a name in another script ends at a sign */
    /* emoji: variation selector and joiner go, skin tone and flag stay */
    CHECK_EQ_STR(folded("\u2764\uFE0F \U0001F468\u200D\U0001F469 \U0001F44D\U0001F3FD"), "\u2764\U0001F468\U0001F469\U0001F44D\U0001F3FD");
    CHECK_EQ_STR(folded("a\u00A0b\u2003c\u2028d"), "abcd");
}

static void broken_bytes_give_no_text(void) { CHECK_EQ_STR(folded("abc\xff\xfe"), ""); }

static void check_cnt(const char *text, size_t size, const char *expected)
{
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    eh_buf out = EH_BUF_INIT(ctx);
    CHECK_OK(eh_cnt_text((eh_str){text, size}, &out, &err), err);
    CHECK_EQ_INT(out.size, strlen(expected));
    CHECK_EQ_STR(out.size ? out.data : "", expected);
    eh_buf_release(&out);
    eh_context_free(ctx);
}

#define CHECK_CNT(text, expected) check_cnt(text, sizeof(text) - 1, expected)

/* Expected values as Python gives them. */
static void cnt_text_is_pythons(void)
{
    CHECK_CNT("", "");
    CHECK_CNT("@bob  Hello   WORLD", "hello world");
    CHECK_CNT("mail foo@bar.com now", "mail foo now");
    CHECK_CNT("@", "");
    CHECK_CNT("@@x y", "y");
    CHECK_CNT("a@b", "a");
    CHECK_CNT("x @y\nz", "x z");
    CHECK_CNT(" \t\r\n ", "");
    CHECK_CNT("\uFF20full width", "\uFF20full width");
    CHECK_CNT("a\u00A0b\u2003c\u3000", "a b c");
    CHECK_CNT("a\x1c" "b \x1f", "a b");
    CHECK_CNT("@a\x1c" "b c", "c");
    CHECK_CNT("a\u200Bb", "a\u200Bb");
    CHECK_CNT("#Tag http://T.co/AbC", "#tag http://t.co/abc");
    CHECK_CNT("\u0130stanbul \u039F\u0394\u039F\u03A3 \u1E9E", "i\u0307stanbul \u03BF\u03B4\u03BF\u03C2 \u00DF");
    CHECK_CNT("\u03A3", "\u03C3");
    CHECK_CNT("A\u03A3", "a\u03C2");
    CHECK_CNT("A\u03A3B", "a\u03C3b");
    CHECK_CNT("A.\u03A3", "a.\u03C2");
    CHECK_CNT("A\u03A3'B", "a\u03C3'b");
    CHECK_CNT("A \u03A3", "a \u03C3");
    CHECK_CNT("\u03A3\u03A3 \u03A3", "\u03C3\u03C2 \u03C3");
    CHECK_CNT("\U00010400\u01C5", "\U00010428\u01C6");
    CHECK_CNT("A\xff" "B", "a\xff" "b");
}

CHECK_MAIN(decoration_comes_off, scripts_fold, broken_bytes_give_no_text, cnt_text_is_pythons)
