#include "actions/url_clean.h"

#include "check.h"

static void check_url(const char *url, const char *object, const char *source)
{
    eh_context *ctx = NULL;
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
    eh_buf out = EH_BUF_INIT(ctx);
    eh_str host;
    CHECK_OK(eh_url_clean(eh_str_of(url), &out, &host, &err), err);
    CHECK_EQ_STR(out.data, object);
    CHECK_EQ_INT(host.size, strlen(source));
    CHECK(host.size == 0 || memcmp(host.data, source, host.size) == 0);
    eh_buf_release(&out);
    eh_context_free(ctx);
}

static void one_page_has_one_spelling(void)
{
    static const char *const spellings[] = {
        "https://www.Example.org/a/B?x=1&y=2", "http://example.org/a/B?x=1&y=2", "HTTPS://EXAMPLE.ORG:443/a/B/?x=1&y=2#top",
        "http://example.org:80/a/B?x=1&y=2", "example.org/a/B?x=1&y=2", "www.example.org/a/B?utm_source=z&x=1&UTM_Medium=q&y=2",
        "//example.org/a/B?x=1&y=2", "https://user:secret@example.org/a/B?x=1&&y=2&fbclid=abc", "  https://example.org./%61/B?x=1&y=2\n"};
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        check_url(spellings[i], "example.org/a/B?x=1&y=2", "example.org");
}

static void parts_are_cleaned(void)
{
    check_url("https://example.org", "example.org", "example.org");
    check_url("https://example.org/", "example.org", "example.org");
    check_url("https://example.org/?utm_campaign=1", "example.org", "example.org");
    check_url("https://example.org#x", "example.org", "example.org");
    check_url("https://example.org:8080/x", "example.org:8080/x", "example.org");
    check_url("http://example.org:443/x", "example.org:443/x", "example.org");
    check_url("https://m.example.org/x", "m.example.org/x", "m.example.org");
    check_url("https://www.com/x", "www.com/x", "www.com");
    check_url("https://example.org/b?y=2&x=1", "example.org/b?y=2&x=1", "example.org");
    check_url("https://example.org/%7Euser/%e3%81%82", "example.org/~user/%E3%81%82", "example.org");
    check_url("https://example.org/\xe3\x81\x82", "example.org/%E3%81%82", "example.org");
    check_url("https://example.org/100%", "example.org/100%", "example.org");
    check_url("https://example.org/%zz%2", "example.org/%zz%2", "example.org");
    check_url("http://[2001:db8::1]:8080/x", "[2001:db8::1]:8080/x", "[2001:db8::1]");
    check_url("ftp://Example.org/x", "ftp://example.org/x", "example.org");
}

static void tracking_depends_on_the_site(void)
{
    check_url("https://twitter.com/a/status/1?s=20&t=abc", "twitter.com/a/status/1", "twitter.com");
    check_url("https://mobile.twitter.com/a/status/1?s=20", "mobile.twitter.com/a/status/1", "mobile.twitter.com");
    check_url("https://x.com/a/status/1?s=20", "x.com/a/status/1", "x.com");
    check_url("https://example.org/?s=20", "example.org?s=20", "example.org");
    check_url("https://nottwitter.com/?s=20", "nottwitter.com?s=20", "nottwitter.com");
    check_url("https://youtu.be/abc?si=zz&t=30", "youtu.be/abc?t=30", "youtu.be");
    check_url("https://www.youtube.com/watch?v=abc&feature=share&si=q", "youtube.com/watch?v=abc", "youtube.com");
    check_url("https://open.spotify.com/track/1?si=zz", "open.spotify.com/track/1", "open.spotify.com");
    check_url("https://example.org/?si=zz&igshid=1&mc_cid=2&gclid=3&ref_src=4", "example.org?si=zz", "example.org");
}

static void what_is_no_address_stays(void)
{
    check_url("123456", "123456", "");
    check_url("url_77", "url_77", "");
    check_url("folder/page.html", "folder/page.html", "");
    check_url("two words.org", "two words.org", "");
    check_url("https://", "https://", "");
    check_url("mailto:a@example.org", "mailto:a@example.org", "");
    check_url("a@example.org", "a@example.org", "");
    check_url("http://example.org:port/", "http://example.org:port/", "");
}

CHECK_MAIN(one_page_has_one_spelling, parts_are_cleaned, tracking_depends_on_the_site, what_is_no_address_stays)
