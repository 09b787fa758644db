/* Claim files: both spellings say the same; every failure names its line and field. */
#include "check.h"

#include "evenhand/claims.h"

static eh_context *ctx;

static eh_status parse(const char *text, eh_claim *claim, eh_error *err)
{
    if (!ctx) {
        const eh_context_options options = eh_context_options_default();
        CHECK_OK(eh_context_new(&options, &ctx, err), *err);
    }
    return eh_claim_parse(ctx, (eh_str){text, strlen(text)}, "claim", claim, err);
}

static const char toml[] = "# a comment\nevenhand_claim = 1\nraised_by = 'desk \"4\"'\naccounts = [\"ada\", # first\n  \"ben\",\n]\n"
                           "from = 2018-08-01\nto = 2018-09-01T12:00:00Z\n[[part]]\nkind = \"act_together\"\nring = 5\nobjects = 8\n"
                           "[[part]]\nkind = \"volume\"\nposts_per_day = 1_000\n[[part]]\nkind = \"push_these_tags\"\nobjects = [\"#x\"]\n"
                           "[[part]]\nkind = \"push_these_links\"\nobjects = [\"#x\", \"b.example\"]\n";
static const char json[] = "{\"evenhand_claim\": 1, \"raised_by\": \"desk \\\"4\\\"\", \"accounts\": [\"ada\", \"ben\"], \"from\": \"2018-08-01\",\n"
                           "\"to\": \"2018-09-01T12:00:00Z\", \"part\": [{\"kind\": \"act_together\", \"ring\": 5, \"objects\": 8},\n"
                           "{\"posts_per_day\": 1000, \"kind\": \"volume\"}, {\"kind\": \"push_these_tags\", \"objects\": [\"#x\"]},\n"
                           "{\"kind\": \"push_these_links\", \"objects\": [\"#x\", \"b.example\"]}]}";

static void check_read(const char *text)
{
    eh_claim c;
    eh_error err = EH_ERROR_INIT;
    CHECK_OK(parse(text, &c, &err), err);
    CHECK_EQ_STR(c.raised_by, "desk \"4\"");
    CHECK_EQ_INT(c.accounts.n, 2);
    CHECK_EQ_INT(c.from_us, INT64_C(1533081600000000));
    CHECK_EQ_INT(c.to_us, INT64_C(1535803200000000));
    CHECK_EQ_INT(c.n_parts, 4);
    CHECK_EQ_INT(c.parts[0].ring, 5);
    CHECK_EQ_INT(c.parts[0].n_objects, 8);
    CHECK_NEAR(c.parts[1].posts_per_day, 1000, 0);
    CHECK(!c.parts[1].is_of_each);
    CHECK_EQ_INT(c.parts[2].n_pushed, 1);
    CHECK_EQ_INT(c.parts[3].n_pushed, 2);
    CHECK_EQ_INT(c.pushed.n, 3);
    CHECK_EQ_INT((int)strlen(c.claim_id), 16);
    eh_claim_release(&c);
}

static void both_spellings_say_the_same(void)
{
    check_read(toml);
    check_read(json);
}

static void says(const char *text, int line, const char *words)
{
    eh_claim c;
    eh_error err = EH_ERROR_INIT;
    CHECK_EQ_INT(parse(text, &c, &err), EH_E_FORMAT);
    CHECK_EQ_INT(err.row, line);
    if (!strstr(err.message, words)) fprintf(stderr, "  %s\n", err.message);
    CHECK(strstr(err.message, words));
}

/* Editors put a byte order mark first. */
static void marks_of_editors_are_passed_over(void)
{
    char text[1024];
    (void)snprintf(text, sizeof text, "\xEF\xBB\xBF%s", toml);
    check_read(text);
    (void)snprintf(text, sizeof text, "\xEF\xBB\xBF%s", json);
    check_read(text);
}

/* Each key is compared with each of its object: a large one must be refused before that, since it took most of a minute. */
static void objects_of_many_fields_are_refused(void)
{
    char text[2048];
    int n = snprintf(text, sizeof text, "{");
    for (int i = 0; i < 100; i++) n += snprintf(text + n, sizeof text - (size_t)n, "%s\"k%d\": 1", i ? ",\n" : "", i);
    (void)snprintf(text + n, sizeof text - (size_t)n, "}");
    says(text, 65, "field k64: no object of a claim has so many fields");
}

static void failures_name_line_and_field(void)
{
    says("{\"evenhand_claim\": 1,\n\"raised_by\": \"x\",\n\"accounts\": [\"a\",\n\"a\"]}", 4, "field accounts[2]: it stands in the list already");
    says("{\"evenhand_claim\": 1,\n\"side\": \"x\"}", 2, "field side: a claim has no such field");
    says("{\"evenhand_claim\": 2}", 1, "between 1 and 1");
    says("{\"evenhand_claim\": 1, \"raised_by\": \"x\", \"accounts\": [\"a\"],\n\"part\": [{\"kind\": \"volume\"}]}", 2, "posts_per_day is missing");
    says("{\"evenhand_claim\": 1, \"raised_by\": \"x\", \"accounts\": [\"a\"],\n\"part\": [{\"kind\": \"act_together\",\n\"ring\": 2.5}]}", 3, "part[1].ring: a whole number");
    says("{\"evenhand_claim\": 1, \"raised_by\": \"x\", \"accounts\": [\"a\"],\n\n\"part\": [{\"kind\": \"automated\", \"ring\": 2}]}", 3, "no such field");
    says("{\"evenhand_claim\": 1, \"raised_by\": \"x\", \"accounts\": [\"a\"], \"part\": [{\"kind\": \"is_evil\"}]}", 1, "part[1].kind: it is one of");
    says("{\"evenhand_claim\": 1,\n\"evenhand_claim\": 1}", 2, "it stands there twice");
    says("{\"evenhand_claim\": 1,\n\"\\u0061\": 1, \"a\": 1}", 2, "field a: it stands there twice");
    says("{\"\\u0061\": 1, \"a\": 1}", 1, "field a: it stands there twice");
    says("{\"evenhand_claim\": 1,\n", 2, "no JSON");
    says("evenhand_claim = 1\nraised_by = \"\xE2\x80\xAEgnp\"\n", 2, "field raised_by: this text holds characters that turn the direction");
    says("evenhand_claim = 1\nraised_by = \"a\xE2\x81\xA9\"\n", 2, "turn the direction");
    says("", -1, "the file is empty");
    says("\xEF\xBB\xBF \n", -1, "the file is empty");
    says("evenhand_claim = 1\nraised_by = x\n", 2, "text needs quotes");
    says("evenhand_claim = 1\nraised_by = \"x\n", 2, "does not close");
    says("evenhand_claim = 1\nraised_by = \"x\"\naccounts = [\"a\"]\ncounter_accounts = [\"a\"]\n[[part]]\nkind = \"automated\"\n", 4, "stands on both lists");
    says("evenhand_claim = 1\n[part]\n", 2, "only [[part]] and [[material]]");
    says("evenhand_claim = 1\n[[material]]\nname = \"a\"\n", 2, "sha256 is missing");
}

CHECK_MAIN(both_spellings_say_the_same, marks_of_editors_are_passed_over, objects_of_many_fields_are_refused, failures_name_line_and_field)
