#include "check.h"
#include "base/rng.h"
#include "report/charts.h"
#include "report/html.h"
#include "report/layout.h"
#include "report/report_data.h"

#include <ctype.h>
#include <unistd.h>

static eh_error err = EH_ERROR_INIT;
static eh_context *ctx;

static void open_context(void)
{
    if (!ctx) CHECK_OK(eh_context_new(NULL, &ctx, &err), err);
}

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    CHECK(fseek(file, 0, SEEK_END) == 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*size + 1);
    CHECK(text != NULL && fread(text, 1, *size, file) == *size);
    text[*size] = 0;
    fclose(file);
    return text;
}

/* ---- a checker of what we write: tags nest, attributes are quoted, entities end, ids are unique ---------------- */

enum { most_depth = 64, name_size = 32 };

static bool is_void(const char *name)
{
    return strcmp(name, "meta") == 0 || strcmp(name, "br") == 0;
}

/* Reads a tag after '<'; returns the place after '>'. */
static const char *read_tag(const char *at, char stack[most_depth][name_size], int *depth)
{
    char name[name_size] = "";
    bool is_end = *at == '/';
    if (is_end) at++;
    CHECK(isalpha((unsigned char)*at));
    for (size_t n = 0; isalnum((unsigned char)*at); at++) {
        CHECK(n + 1 < name_size);
        name[n++] = *at;
        name[n] = 0;
    }
    bool is_closed = false;
    while (*at != '>') {
        CHECK(*at == ' ' || *at == '/' || isalpha((unsigned char)*at));
        is_closed = *at == '/';
        if (!isalpha((unsigned char)*at)) {
            at++;
            continue;
        }
        size_t size = strcspn(at, "=> /");
        CHECK(strncmp(at, "on", 2) != 0 && strncmp(at, "style", 5) != 0 && strncmp(at, "src", 3) != 0);
        bool is_href = size == 4 && strncmp(at, "href", 4) == 0;
        at += size;
        if (*at != '=') continue;
        CHECK(at[1] == '"');
        if (is_href) CHECK(at[2] == '#'); /* links lead nowhere else */
        at += 2;
        size = strcspn(at, "\"<>");
        CHECK(at[size] == '"');
        at += size + 1;
    }
    if (is_end) {
        CHECK(*depth > 0);
        CHECK_EQ_STR(stack[--*depth], name);
    } else if (!is_closed && !is_void(name)) {
        CHECK(*depth < most_depth);
        strcpy(stack[(*depth)++], name);
    }
    return at + 1;
}

static void check_form(const char *page)
{
    char stack[most_depth][name_size];
    int depth = 0;
    const char *at = page;
    CHECK(strncmp(at, "<!DOCTYPE html>\n", 16) == 0);
    at += 16;
    while (*at) {
        if (*at == '<') {
            at = read_tag(at + 1, stack, &depth);
            if (depth > 0 && (strcmp(stack[depth - 1], "style") == 0 || strcmp(stack[depth - 1], "script") == 0)) {
                at = strstr(at, "</");
                CHECK(at != NULL);
            }
        } else if (*at == '&') {
            size_t size = strcspn(at, "; <");
            CHECK(at[size] == ';' && size < 12);
            at += size;
        } else {
            unsigned char c = (unsigned char)*at;
            CHECK(c >= 0x20 || c == '\n');
            CHECK(c != '>' && c != 0x7f);
            at++;
        }
    }
    CHECK_EQ_INT(depth, 0);
}

/* ---- invented data ------------------------------------------------------------------------------------------- */

static const char *const names[] = {
    "river_otter", "سارا_تهران", "דניאל", "🦉night🌙owl", "ali‌reza", "می‌خواهم", "مراد_1984", "Zoë-Ångström", "李小龙的猫", "ниткa",
    "plain.user", "quiet_lake", "x\xE2\x80\xAEgnp.exe", "tab\there", "<script>alert(1)</script>", "\"onload=x", "a&b", "मीरा_देवी",
};
static const char *const objects[] = {
    "example.org/news/2018/09/18/one", "905874501203456001", "یک پیام آزمایشی که چند حساب عیناً با هم منتشر کرده‌اند و هیچ معنایی ندارد",
    "#نمونه", "example.net/<b>bold</b>?q=\"x\"&y='z'",
    "the same text again and again, word for word, so that it can be told from a saying that everybody knows, and so on and so "
    "forth until it is long",
};

static eh_str keep(eh_report_data *data, const char *text)
{
    eh_str kept;
    CHECK_OK(eh_report_keep(data, eh_str_of(text), &kept, &err), err);
    return kept;
}

static eh_str keep_name(eh_report_data *data, size_t i)
{
    char text[96];
    size_t n = sizeof names / sizeof *names;
    if (i < n) return keep(data, names[i]);
    snprintf(text, sizeof text, "%s_%zu", names[i % 12], i);
    return keep(data, text);
}

static void *room(eh_report_data *data, size_t n, size_t size)
{
    void *block = eh_report_room(data, n, size, &err);
    CHECK(block != NULL);
    return block;
}

static const int64_t start_us = 1534809600LL * 1000000; /* 2018-08-21 */

static void add_sources(eh_report_data *data)
{
    data->n_sources = 2;
    data->sources = room(data, 2, sizeof *data->sources);
    eh_report_source *source = &data->sources[0];
    *source = (eh_report_source){.name = keep(data, "invented_archive.csv.gz"), .format = keep(data, "io_archive"),
        .compression = keep(data, "gzip"), .time_format = keep(data, "date_time"), .note = keep(data, "14 columns bound by name"),
        .sha256 = keep(data, "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"), .file_size = 48211733,
        .n_read = 241094, .n_kept = 240988, .n_duplicates = 312, .n_times_refined = 240988, .precision_us = 1000,
        .first_time_us = start_us, .last_time_us = start_us + 28 * EH_DAY_US};
    source->rejected = room(data, 2, sizeof *source->rejected);
    source->rejected[0] = (eh_report_reason){keep(data, "time_format"), 88};
    source->rejected[1] = (eh_report_reason){keep(data, "damaged_id"), 18};
    source->n_rejected_reasons = 2;
    data->sources[1] = (eh_report_source){.name = keep(data, "<img src=x onerror=alert(1)>.csv"), .format = keep(data, "map"),
        .compression = keep(data, "none"), .time_format = keep(data, "date_time"), .note = keep(data, ""),
        .sha256 = keep(data, "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730"), .file_size = 90112,
        .n_read = 1200, .n_kept = 1200, .precision_us = 60 * EH_SECOND_US, .first_time_us = start_us + EH_DAY_US,
        .last_time_us = start_us + 9 * EH_DAY_US, .is_truncated = true};
}

static void add_behaviours(eh_report_data *data)
{
    static const eh_behaviour list[] = {EH_REPOST, EH_LINK, EH_TEXT, EH_HASHTAG};
    for (size_t i = 0; i < 4; i++)
        data->behaviours[data->n_behaviours++] = (eh_report_behaviour){.behaviour = list[i],
            .result = {.n_actions = 120000 / (i + 1), .n_accounts = 1500 - 100 * i, .n_objects = 40210 / (i + 1),
                       .n_testable_pairs = 80211 / (i + 1), .n_tested_pairs = 9110 / (i + 1), .n_cut_episodes = i == 3 ? 12 : 0},
            .n_listed_edges = 900 / (i + 1)};
}

static void add_account(eh_report_data *data, size_t i, eh_rng *rng)
{
    eh_report_account *account = &data->accounts[i];
    bool is_strong = i % 3 != 2;
    account->id = keep_name(data, i);
    account->network = i < 60 ? 1 : i < 80 ? 2 : 3;
    account->result = (eh_account_result){.finding = is_strong ? EH_FINDING_STRONG : EH_FINDING_MODERATE, .is_listed = true,
        .n_actions = 200 + 3 * (uint32_t)i, .n_testable_partners = 210, .n_partners = 20 + (uint32_t)(i % 30),
        .behaviours = is_strong ? 5 : 1, .independent_behaviours = is_strong ? 5 : 1, .p_value = 3e-12 * (double)(i + 1),
        .q_value = 4.2e-9 * (double)(i + 1), .log_e = 30, .n_objects_needed = 8, .most_common_objects = 40,
        .n_second = 34, .n_first = (uint32_t)(12 + i % 40), .median_delay_s = i % 4 ? 184 : (double)NAN};
    if (i % 5 == 2) account->result.notes = EH_NOTE_FAST_FAN | EH_NOTE_ONE_SOURCE;
    if (i % 7 == 3) account->result.notes |= EH_NOTE_HYPERACTIVE | EH_NOTE_FEW_DAYS;
    account->n_actions[EH_REPOST] = 150;
    account->n_actions[EH_TEXT] = 40;
    account->n_actions[EH_REPLY] = i % 2;
    account->n_evidence = 1204;
    account->first_partner = data->n_partners;
    account->first_evidence = data->n_evidence;
    for (; account->n_shown_partners < EH_REPORT_MOST_PARTNERS; account->n_shown_partners++)
        data->partners[data->n_partners++] = (eh_report_partner){.account = (uint32_t)i,
            .partner = keep_name(data, (i + 1 + account->n_shown_partners) % 80),
            .i_partner = (int64_t)((i + 1 + account->n_shown_partners) % data->n_shown_accounts), .is_listed = true, .behaviour = EH_REPOST,
            .window_us = 60 * EH_SECOND_US, .n_common = 44, .n_shared = 38, .n_sittings = 31, .n_sittings_expected = 0.43,
            .p_value = 2.2e-41};
    for (; account->n_shown_evidence < EH_REPORT_MOST_EVIDENCE; account->n_shown_evidence++) {
        size_t k = account->n_shown_evidence;
        int64_t at = start_us + (int64_t)eh_rng_below(rng, 28 * 86400) * EH_SECOND_US;
        data->evidence[data->n_evidence++] = (eh_report_evidence){.account = (uint32_t)i, .partner = keep_name(data, (i + 7 * k) % 80),
            .i_partner = k == 4 ? -1 : (int64_t)((i + 7 * k) % data->n_shown_accounts), .is_listed = k != 4,
            .object = keep(data, objects[(i + k) % 6]), .behaviour = k % 3 == 2 ? EH_TEXT : EH_REPOST, .own_time_us = at + 417000,
            .partner_time_us = at + (k == 3 ? 417000 : (int64_t)eh_rng_below(rng, 90) * EH_SECOND_US),
            .p_object = 0.0004 * (double)(k + 1)};
    }
}

static void add_network(eh_report_data *data, size_t i_network, size_t first, size_t n, eh_rng *rng)
{
    eh_report_network *network = &data->networks[i_network];
    *network = (eh_report_network){.number = (int64_t)i_network + 1, .n_accounts = n, .n_edges = n * (n - 1) / 3, .behaviours = 5,
        .first_time_us = start_us + EH_HOUR_US, .last_time_us = start_us + 27 * EH_DAY_US, .bin_us = EH_DAY_US,
        .first_bin_us = start_us, .n_bins = 28};
    network->bins = room(data, network->n_bins, sizeof *network->bins);
    for (size_t i = 0; i < network->n_bins; i++) {
        network->bins[i] = i % 7 > 4 ? 3 : 40 + eh_rng_below(rng, 200);
        network->n_coactions += network->bins[i];
    }
    for (int day = 0; day < 7; day++)
        for (int hour = 5; hour < 16; hour++) network->hours[day][hour] = day > 3 && day < 6 ? 2 : hour == 10 ? 4 : eh_rng_below(rng, 90);
    network->nodes = room(data, n, sizeof *network->nodes);
    network->n_nodes = n;
    for (size_t i = 0; i < n; i++) {
        bool is_shown = first + i < data->n_shown_accounts;
        network->nodes[i] = (eh_report_node){.id = keep_name(data, first + i), .finding = i % 3 != 2 ? EH_FINDING_STRONG : EH_FINDING_MODERATE,
                                             .shown = is_shown ? (int64_t)(first + i) : -1};
        network->n_findings[network->nodes[i].finding]++;
    }
    network->lines = room(data, n * n / 2 + 1, sizeof *network->lines);
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t b = a + 1; b < n && network->n_lines < EH_REPORT_MOST_LINES; b++)
            if (b == a + 1 || eh_rng_uniform(rng) < 0.4)
                network->lines[network->n_lines++] = (eh_report_line){a, b, 5 + 40 * eh_rng_uniform(rng)};
    network->n_all_lines = network->n_lines;
}

static void add_near(eh_report_data *data)
{
    data->n_near = 4;
    data->near = room(data, 4, sizeof *data->near);
    for (size_t i = 0; i < 4; i++)
        data->near[i] = (eh_report_account){.id = keep_name(data, 20 + i), .result = {.finding = i < 2 ? EH_FINDING_WEAK :
            i == 2 ? EH_FINDING_INSUFFICIENT_DATA : EH_FINDING_WEAK, .q_value = i < 2 ? 0.002 : 0.08 * (double)i,
            .notes = i == 0 ? EH_NOTE_FOLLOWED : i == 1 ? EH_NOTE_ONE_PARTNER : 0, .n_second = i ? 14 : 1, .n_first = 30,
            .n_objects_needed = 8, .most_common_objects = 5}};
    data->n_followed = 2; /* one of them has both notes, and is beyond the rows shown */
    data->n_one_partner = 2;
    data->n_both = 1;
}

static void fill_run(eh_report_data *data)
{
    *data = (eh_report_data){.ctx = ctx, .run_id = "3f9c0a1b77d2e415", .q = 0.05, .precision_us = 1000, .n_windows = 4, .min_common_objects = 7, .is_bound = true,
                             .windows_us = {10 * EH_SECOND_US, EH_MINUTE_US, 10 * EH_MINUTE_US, EH_HOUR_US},
                             .first_time_us = EH_TIME_NONE, .last_time_us = EH_TIME_NONE, .median_needed = (double)NAN,
                             .median_common = (double)NAN};
    data->version = keep(data, "0.1.0");
    data->seed = keep(data, "1");
    data->parameters = keep(data, "{\"behaviours\":[\"repost\"],\"q\":0.05}");
}

static void fill(eh_report_data *data, size_t n_listed)
{
    eh_rng rng = eh_rng_of(4, 2);
    fill_run(data);
    add_sources(data);
    add_behaviours(data);
    data->n_accounts = 1580;
    data->n_listed_accounts = n_listed;
    data->n_shown_accounts = n_listed < EH_REPORT_MOST_ACCOUNTS ? n_listed : EH_REPORT_MOST_ACCOUNTS;
    data->n_findings[EH_FINDING_STRONG] = n_listed - n_listed / 3;
    data->n_findings[EH_FINDING_MODERATE] = n_listed / 3;
    data->n_findings[EH_FINDING_WEAK] = 31;
    data->n_findings[EH_FINDING_NONE] = 812;
    data->n_findings[EH_FINDING_INSUFFICIENT_DATA] = 1580 - 31 - 812 - (n_listed < 700 ? n_listed : 700);
    data->median_needed = 8;
    data->median_common = 2;
    data->n_posts = 241876;
    data->first_time_us = start_us;
    data->last_time_us = start_us + 28 * EH_DAY_US;
    data->n_testable_accounts = 1033;
    data->n_testable_pairs = 80211;
    data->n_tested_edges = 9110;
    data->n_pairs_bh = 1391;
    data->n_listed_pairs = 1180;
    data->accounts = room(data, data->n_shown_accounts, sizeof *data->accounts);
    data->partners = room(data, data->n_shown_accounts * EH_REPORT_MOST_PARTNERS, sizeof *data->partners);
    data->evidence = room(data, data->n_shown_accounts * EH_REPORT_MOST_EVIDENCE, sizeof *data->evidence);
    for (size_t i = 0; i < data->n_shown_accounts; i++) add_account(data, i, &rng);
    if (n_listed >= 80) {
        data->networks = room(data, 3, sizeof *data->networks);
        data->n_networks = data->n_all_networks = 3;
        add_network(data, 0, 0, 60, &rng);
        add_network(data, 1, 60, 20, &rng);
        add_network(data, 2, 80, n_listed > 280 ? 200 : 2, &rng);
    }
    add_near(data);
}

static char *write_page(const eh_report_data *data, size_t *size)
{
    char path[] = "/tmp/evenhand-report-XXXXXX";
    int file = mkstemp(path);
    CHECK(file >= 0);
    close(file);
    CHECK_OK(eh_report_page(data, path, &err), err);
    char *page = read_file(path, size);
    CHECK(unlink(path) == 0);
    return page;
}

/* ---- tests --------------------------------------------------------------------------------------------------- */

/* What a function of html.h writes. */
typedef enum put { PUT_TEXT, PUT_PLAIN, PUT_NAME, PUT_COUNT, PUT_P, PUT_NUMBER, PUT_TIME, PUT_DATE, PUT_DURATION } put;
static const char *written(put what, eh_str text, int64_t integer, double real)
{
    static char got[512];
    char *bytes = NULL;
    size_t size = 0;
    eh_outfile file = {.stream = open_memstream(&bytes, &size)};
    CHECK(file.stream != NULL);
    eh_html html = {&file};
    switch (what) {
    case PUT_TEXT: eh_html_text(&html, text); break;
    case PUT_PLAIN: eh_html_text_plain(&html, text); break;
    case PUT_NAME: eh_html_name(&html, text, (size_t)integer); break;
    case PUT_COUNT: eh_html_count(&html, (uint64_t)integer); break;
    case PUT_P: eh_html_probability(&html, real); break;
    case PUT_NUMBER: eh_html_number(&html, real); break;
    case PUT_TIME: eh_html_time(&html, integer); break;
    case PUT_DATE: eh_html_date(&html, integer); break;
    case PUT_DURATION: eh_html_duration(&html, integer); break;
    }
    fclose(file.stream);
    CHECK(size < sizeof got);
    snprintf(got, sizeof got, "%s", bytes);
    free(bytes);
    return got;
}

static const char *text(const char *s) { return written(PUT_TEXT, eh_str_of(s), 0, 0); }

static void data_cannot_become_markup(void)
{
    CHECK_EQ_STR(text("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    CHECK_EQ_STR(text("&lt;"), "&amp;lt;");
    CHECK_EQ_STR(text("a\nb\tc"), "a<span class=\"ctl\">&#x240A;</span>b<span class=\"ctl\">&#x2409;</span>c");
    CHECK_EQ_STR(written(PUT_TEXT, (eh_str){"\0", 1}, 0, 0), "<span class=\"ctl\">&#x2400;</span>");
    CHECK_EQ_STR(text("\x7f"), "<span class=\"ctl\">U+007F</span>");
    CHECK_EQ_STR(text("\xC2\x85"), "<span class=\"ctl\">U+0085</span>");
    CHECK_EQ_STR(text("x\xE2\x80\xAEy"), "x<span class=\"ctl\">U+202E</span>y");
    CHECK_EQ_STR(text("\xF3\xA0\x81\xA1"), "<span class=\"ctl\">U+E0061</span>");
    CHECK_EQ_STR(text("\xFF<"), "<span class=\"ctl\">\xEF\xBF\xBD</span>&lt;");
    CHECK_EQ_STR(text("\xC0\xBC"), "<span class=\"ctl\">\xEF\xBF\xBD</span><span class=\"ctl\">\xEF\xBF\xBD</span>");
    CHECK_EQ_STR(text("\xE2\x80"), "<span class=\"ctl\">\xEF\xBF\xBD</span><span class=\"ctl\">\xEF\xBF\xBD</span>");
    /* a joiner inside Persian stays, one that hides in Latin is shown */
    CHECK_EQ_STR(text("می\xE2\x80\x8Cخواهم"), "می\xE2\x80\x8Cخواهم");
    CHECK_EQ_STR(text("ali\xE2\x80\x8Creza"), "ali<span class=\"ctl\">U+200C</span>reza");
    CHECK_EQ_STR(written(PUT_PLAIN, eh_str_of("a\xE2\x80\xAE</title>"), 0, 0),
                 "\xE2\x81\xA8" "a\xEF\xBF\xBD&lt;/title&gt;\xE2\x81\xA9");
    CHECK_EQ_STR(written(PUT_NAME, eh_str_of("abc"), 0, 0), "<bdi class=\"id\" dir=\"auto\">abc</bdi>");
    CHECK_EQ_STR(written(PUT_NAME, eh_str_of(""), 0, 0), "<span class=\"ctl\">empty</span>");
    CHECK_EQ_STR(written(PUT_NAME, eh_str_of("دناב"), 2, 0),
                 "<bdi class=\"id\" dir=\"auto\">دن\xE2\x80\xA6</bdi> <span class=\"soft\">(4 characters)</span>");
}

static void numbers_read_well(void)
{
    CHECK_EQ_STR(written(PUT_COUNT, eh_str_of(""), 0, 0), "0");
    CHECK_EQ_STR(written(PUT_COUNT, eh_str_of(""), 999, 0), "999");
    CHECK_EQ_STR(written(PUT_COUNT, eh_str_of(""), 1580, 0), "1,580");
    CHECK_EQ_STR(written(PUT_COUNT, eh_str_of(""), 500000000, 0), "500,000,000");
    CHECK_EQ_STR(written(PUT_P, eh_str_of(""), 0, 1), "1");
    CHECK_EQ_STR(written(PUT_P, eh_str_of(""), 0, 0.031), "0.031");
    CHECK_EQ_STR(written(PUT_P, eh_str_of(""), 0, 0.0021), "0.0021");
    CHECK_EQ_STR(written(PUT_P, eh_str_of(""), 0, 4.21e-9), "4.2\xC2\xA0\xC3\x97\xC2\xA0" "10<sup>\xE2\x88\x92" "9</sup>");
    CHECK_EQ_STR(written(PUT_P, eh_str_of(""), 0, 1e-120), "1.0\xC2\xA0\xC3\x97\xC2\xA0" "10<sup>\xE2\x88\x92" "120</sup>");
    CHECK_EQ_STR(written(PUT_P, eh_str_of(""), 0, 0), "&lt;\xC2\xA0" "10<sup>\xE2\x88\x92" "300</sup>");
    CHECK_EQ_STR(written(PUT_NUMBER, eh_str_of(""), 0, 0.43), "0.43");
    CHECK_EQ_STR(written(PUT_NUMBER, eh_str_of(""), 0, 4), "4");
    CHECK_EQ_STR(written(PUT_NUMBER, eh_str_of(""), 0, 4.25), "4.2");
    CHECK_EQ_STR(written(PUT_NUMBER, eh_str_of(""), 0, 12345.6), "12,346");
    CHECK_EQ_STR(written(PUT_DURATION, eh_str_of(""), 10 * EH_SECOND_US, 0), "10\xC2\xA0s");
    CHECK_EQ_STR(written(PUT_DURATION, eh_str_of(""), -65 * EH_MINUTE_US, 0), "1\xC2\xA0h\xC2\xA0" "5\xC2\xA0min");
    CHECK_EQ_STR(written(PUT_DURATION, eh_str_of(""), 2 * EH_DAY_US + 5, 0), "2\xC2\xA0" "d");
    CHECK_EQ_STR(written(PUT_DURATION, eh_str_of(""), 250000, 0), "0.25\xC2\xA0s");
    CHECK_EQ_STR(written(PUT_DURATION, eh_str_of(""), 1, 0), "0.000001\xC2\xA0s");
    CHECK_EQ_STR(written(PUT_DURATION, eh_str_of(""), 0, 0), "0\xC2\xA0s");
    CHECK_EQ_STR(written(PUT_DATE, eh_str_of(""), start_us, 0), "<time datetime=\"2018-08-21\">21\xC2\xA0" "Aug\xC2\xA0" "2018</time>");
    CHECK_EQ_STR(written(PUT_TIME, eh_str_of(""), start_us, 0), "<time datetime=\"2018-08-21T00:00:00Z\">2018-08-21 00:00:00</time>");
    CHECK_EQ_STR(written(PUT_TIME, eh_str_of(""), EH_TIME_NONE, 0), "<span class=\"soft\">unknown</span>");
}

static void layout_is_tidy(void)
{
    eh_report_line lines[200];
    eh_point places[EH_REPORT_MOST_NODES], again[EH_REPORT_MOST_NODES];
    for (size_t n = 1; n <= EH_REPORT_MOST_NODES; n += 33) {
        size_t n_lines = 0;
        for (uint32_t i = 1; i < n; i++) lines[n_lines++] = (eh_report_line){i / 2, i, 10};
        eh_layout(lines, n_lines, n, places);
        eh_layout(lines, n_lines, n, again);
        CHECK(memcmp(places, again, n * sizeof *places) == 0);
        for (size_t i = 0; i < n; i++) {
            CHECK(places[i].x >= 0 && places[i].x <= 1 && places[i].y >= 0 && places[i].y <= 1);
            for (size_t j = 0; j < i; j++)
                CHECK(fabs(places[i].x - places[j].x) + fabs(places[i].y - places[j].y) > 1e-3);
        }
    }
}

static void page_is_well_formed_and_harmless(void)
{
    eh_report_data data;
    size_t size;
    fill(&data, 82);
    char *page = write_page(&data, &size);
    check_form(page);
    CHECK(strstr(page, "82 of 1,580\xC2\xA0" "accounts are listed: a method that lists at q\xC2\xA0=\xC2\xA0" "0.05 is wrong, on average over "
                       "archives like this, about at most 5\xC2\xA0% of the names (here that would be 4 of 82)") != NULL);
    CHECK(strstr(page, "<script>alert") == NULL);
    CHECK(strstr(page, "<img") == NULL);
    CHECK(strstr(page, "http:") == NULL && strstr(page, "https:") == NULL);
    CHECK(strstr(page, "\xE2\x80\xAE") == NULL);
    CHECK(strstr(page, "id=\"a82\"") != NULL);
    CHECK(strstr(page, "</bdi> <span class=\"unlisted\">not listed</span>") != NULL);
    CHECK(strstr(page, "</a> <span class=\"unlisted\">") == NULL);
    CHECK(strstr(page, "default-src 'none'") != NULL);
    const char *const banned[] = {"bot", "troll", "paid", "agent of"};
    for (size_t i = 0; i < sizeof banned / sizeof *banned; i++) {
        for (const char *at = page; (at = strstr(at, banned[i])); at++) {
            bool starts = !isalpha((unsigned char)at[-1]), ends = !isalpha((unsigned char)at[strlen(banned[i])]);
            CHECK(!starts || !ends);
        }
    }
    free(page);
    eh_report_data_release(&data);
}

static void same_data_same_bytes(void)
{
    eh_report_data data;
    size_t size, size_again;
    fill(&data, 82);
    char *page = write_page(&data, &size), *again = write_page(&data, &size_again);
    CHECK_EQ_INT(size, size_again);
    CHECK(memcmp(page, again, size) == 0);
    free(page);
    free(again);
    eh_report_data_release(&data);
}

static void tables_say_what_they_hold(void)
{
    eh_report_data data;
    size_t size;
    fill(&data, 82);
    char *page = write_page(&data, &size);
    CHECK(strstr(page, "not listed by rule: 3\xC2\xA0" "accounts. 2 are followed and copied, 2 have too few listed partners; 1 of "
                       "them is both") != NULL);
    CHECK(strstr(page, "<td>repost, text</td><td>repost, text</td>") != NULL);
    CHECK(strstr(page, "to consider") != NULL);
    free(page);
    for (size_t i = 0; i < data.n_shown_accounts; i++) data.accounts[i].result.notes = 0;
    page = write_page(&data, &size);
    check_form(page);
    CHECK(strstr(page, "to consider") == NULL);
    free(page);
    eh_report_data_release(&data);
}

static void empty_results_read_well(void)
{
    eh_report_data data;
    size_t size;
    fill(&data, 0);
    data.n_near = 0;
    data.n_listed_pairs = 0;
    char *page = write_page(&data, &size);
    check_form(page);
    CHECK(strstr(page, "No account is listed as acting together") != NULL);
    CHECK(strstr(page, "Nothing beyond chance was found at q = 0.05 among 1,580") != NULL);
    CHECK(strstr(page, "could not be judged: too little data") != NULL);
    CHECK(strstr(page, "nothing was found that chance") != NULL);
    CHECK(strstr(page, "id=\"evidence\"") == NULL);
    free(page);
    data.n_listed_pairs = 3; /* beyond chance, but nobody may be listed */
    page = write_page(&data, &size);
    check_form(page);
    CHECK(strstr(page, "Nobody met the rules for listing at q = 0.05") != NULL && strstr(page, "Nothing beyond chance") == NULL);
    free(page);
    eh_report_data_release(&data);
    fill_run(&data);
    page = write_page(&data, &size);
    check_form(page);
    CHECK(strstr(page, "There is nothing to compare") != NULL);
    free(page);
    eh_report_data_release(&data);
}

static void large_results_are_capped(void)
{
    eh_report_data data;
    size_t size;
    fill(&data, 5000);
    data.n_all_networks = 46;
    char *page = write_page(&data, &size);
    check_form(page);
    printf("page of 5,000 listed accounts: %zu bytes\n", size);
    CHECK(size < 10 * 1000 * 1000);
    CHECK(strstr(page, "This page shows the 500 accounts that come first by finding, then q") != NULL);
    CHECK(strstr(page, "The largest 3 of 46 networks are shown; 43 smaller ones are not drawn here") != NULL);
    CHECK(strstr(page, "On paper, the first 50 of 5,000\xC2\xA0" "accounts are shown in full") != NULL);
    CHECK(strstr(page, "<article id=\"a50\">") != NULL && strstr(page, "<article class=\"beyond\" id=\"a51\">") != NULL);
    CHECK(strstr(page, "id=\"a500\"") != NULL && strstr(page, "id=\"a501\"") == NULL);
    free(page);
    eh_report_data_release(&data);
}

static void failures_are_told(void)
{
    eh_report_data data;
    fill(&data, 3);
    CHECK_EQ_INT(eh_report_page(&data, "/no/such/directory/report.html", &err), EH_E_IO);
    CHECK(err.message[0] != 0);
    if (access("/dev/full", W_OK) == 0) CHECK_EQ_INT(eh_report_page(&data, "/dev/full", &err), EH_E_IO);
    eh_context_cancel(ctx);
    CHECK_EQ_INT(eh_report_page(&data, "/tmp/evenhand-never-written.html", &err), EH_E_CANCELLED);
    CHECK(access("/tmp/evenhand-never-written.html", F_OK) != 0);
    eh_report_data_release(&data);
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
    eh_context_free(ctx);
    ctx = NULL;
}

/* Not a test: EVENHAND_PAGE=FILE writes the page to look at, EVENHAND_LISTED accounts of it. */
static void page_to_look_at(void)
{
    const char *path = getenv("EVENHAND_PAGE"), *n = getenv("EVENHAND_LISTED");
    if (!path) return;
    eh_report_data data;
    fill(&data, n ? (size_t)strtoul(n, NULL, 10) : 82);
    CHECK_OK(eh_report_page(&data, path, &err), err);
    eh_report_data_release(&data);
}

CHECK_MAIN(open_context, data_cannot_become_markup, numbers_read_well, layout_is_tidy, page_is_well_formed_and_harmless,
           same_data_same_bytes, tables_say_what_they_hold, empty_results_read_well, large_results_are_capped, page_to_look_at, failures_are_told)
