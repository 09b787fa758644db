#include "report/html.h"

#include "base/time.h"

#include <math.h>
#include <stdarg.h>

void eh_html_bytes(eh_html *html, const char *bytes, size_t size)
{
    if (size) (void)fwrite(bytes, 1, size, html->file->stream);
}

void eh_html_format(eh_html *html, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vfprintf(html->file->stream, format, args);
    va_end(args);
}

/* ---- text from anywhere ----------------------------------------------------------------------------------- */

static uint32_t code_point(const char *s, size_t length)
{
    static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char *u = (const unsigned char *)s;
    uint32_t c = u[0] & mask[length];
    for (size_t i = 1; i < length; i++) c = c << 6 | (u[i] & 0x3fu);
    return c;
}

/* Characters that a reader cannot see, or that move others about. */
static bool is_hidden(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},     {0x115f, 0x1160},
        {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},   {0x3164, 0x3164},
        {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].first && c <= ranges[i].last) return true;
    return false;
}

/* Joiners are letters' business in Persian, Hindi or emoji: kept between two characters beyond ASCII. */
static bool is_joining(eh_str text, size_t at, uint32_t c)
{
    if (c != 0x200c && c != 0x200d) return false;
    bool has_before = at > 0 && (unsigned char)text.data[at - 1] >= 0x80;
    bool has_after = at + 3 < text.size && (unsigned char)text.data[at + 3] >= 0x80;
    return has_before && has_after;
}

static void put_hidden(eh_html *html, uint32_t c, bool has_elements)
{
    if (!has_elements) {
        eh_html_raw(html, "\xEF\xBF\xBD");
        return;
    }
    static const char hex[] = "0123456789ABCDEF";
    eh_html_raw(html, "<span class=\"ctl\">");
    if (c == 0xfffd)
        eh_html_raw(html, "\xEF\xBF\xBD");
    else if (c < 0x20)
        eh_html_rawf(html, "&#x%X;", 0x2400u + c); /* the picture of the control character */
    else { /* U+ and at least four digits */
        char digits[8];
        int n = 0;
        for (int shift = 20; shift >= 0; shift -= 4)
            if (c >> shift || shift < 16) digits[n++] = hex[c >> shift & 15];
        eh_html_raw(html, "U+");
        eh_html_bytes(html, digits, (size_t)n);
    }
    eh_html_raw(html, "</span>");
}

/* Writes the character at text[at] and returns its length in bytes. */
static size_t put_character(eh_html *html, eh_str text, size_t at, bool has_elements)
{
    const char *s = text.data + at;
    size_t length = eh_utf8_length(s, text.size - at);
    if (length == 0) {
        put_hidden(html, 0xfffd, has_elements);
        return 1;
    }
    uint32_t c = code_point(s, length);
    switch (c) {
    case '&': eh_html_raw(html, "&amp;"); break;
    case '<': eh_html_raw(html, "&lt;"); break;
    case '>': eh_html_raw(html, "&gt;"); break;
    case '"': eh_html_raw(html, "&quot;"); break;
    case '\'': eh_html_raw(html, "&#39;"); break;
    default:
        if (is_hidden(c) && !is_joining(text, at, c)) put_hidden(html, c, has_elements);
        else eh_html_bytes(html, s, length);
    }
    return length;
}

void eh_html_text(eh_html *html, eh_str text)
{
    for (size_t at = 0; at < text.size;) at += put_character(html, text, at, true);
}

void eh_html_text_plain(eh_html *html, eh_str text)
{
    size_t at = 0;
    eh_html_raw(html, "\xE2\x81\xA8"); /* first strong isolate ... */
    for (int n = 0; at < text.size && n < 80; n++) at += put_character(html, text, at, false);
    if (at < text.size) eh_html_raw(html, "\xE2\x80\xA6");
    eh_html_raw(html, "\xE2\x81\xA9"); /* ... and its end */
}

void eh_html_words(eh_html *html, const char *words) { eh_html_text(html, eh_str_of(words)); }

static size_t count_code_points(eh_str text)
{
    size_t n = 0;
    for (size_t at = 0; at < text.size; n++) {
        size_t length = eh_utf8_length(text.data + at, text.size - at);
        at += length ? length : 1;
    }
    return n;
}

void eh_html_name(eh_html *html, eh_str name, size_t n_most)
{
    if (name.size == 0) {
        eh_html_raw(html, "<span class=\"ctl\">empty</span>");
        return;
    }
    eh_html_raw(html, "<bdi class=\"id\" dir=\"auto\">");
    size_t at = 0;
    for (size_t n = 0; at < name.size && (n_most == 0 || n < n_most); n++) at += put_character(html, name, at, true);
    if (at < name.size) eh_html_raw(html, "\xE2\x80\xA6");
    eh_html_raw(html, "</bdi>");
    if (at < name.size) {
        eh_html_raw(html, " <span class=\"soft\">(");
        eh_html_count(html, count_code_points(name));
        eh_html_raw(html, " characters)</span>");
    }
}

/* ---- numbers ---------------------------------------------------------------------------------------------- */

void eh_html_count(eh_html *html, uint64_t n)
{
    char text[32];
    size_t at = sizeof text;
    int n_digits = 0;
    do {
        if (n_digits && n_digits % 3 == 0) text[--at] = ',';
        text[--at] = (char)('0' + n % 10);
        n_digits++;
    } while (n /= 10);
    eh_html_bytes(html, text + at, sizeof text - at);
}

void eh_html_counted(eh_html *html, uint64_t n, const char *one, const char *many)
{
    eh_html_count(html, n);
    eh_html_raw(html, "\xC2\xA0"); /* no line break between number and word */
    eh_html_words(html, n == 1 ? one : many);
}

void eh_html_probability(eh_html *html, double p)
{
    if (isnan(p)) {
        eh_html_raw(html, "<span class=\"soft\">unknown</span>");
    } else if (p >= 0.0095) {
        if (p >= 0.9995) eh_html_raw(html, "1");
        else eh_html_rawf(html, "%.2g", p);
    } else if (p >= 0.00095) {
        eh_html_rawf(html, "%.4f", p);
    } else if (p < 1e-300) {
        eh_html_raw(html, "&lt;\xC2\xA0" "10<sup>\xE2\x88\x92" "300</sup>");
    } else {
        char text[40];
        snprintf(text, sizeof text, "%.1e", p); /* d.de-NN */
        char *mark = strchr(text, 'e');
        size_t exponent = strspn(mark + 1, "-0") + 1;
        eh_html_bytes(html, text, (size_t)(mark - text));
        eh_html_raw(html, "\xC2\xA0\xC3\x97\xC2\xA0" "10<sup>\xE2\x88\x92");
        eh_html_bytes(html, mark + exponent, strlen(mark + exponent));
        eh_html_raw(html, "</sup>");
    }
}

void eh_html_number(eh_html *html, double x)
{
    double size = fabs(x);
    if (isnan(x)) eh_html_raw(html, "<span class=\"soft\">unknown</span>");
    else if (x > 0 && x < 0.0095) eh_html_probability(html, x);
    else if (size >= 100) eh_html_count(html, (uint64_t)(x + 0.5));
    else eh_html_rawf(html, "%.*f", size >= 10 || x - floor(x) <= 0 ? 0 : size >= 1 ? 1 : 2, x);
}

void eh_html_share(eh_html *html, uint64_t part, uint64_t whole)
{
    double percent = whole ? 100 * (double)part / (double)whole : 0;
    if (part && percent < 1) eh_html_raw(html, "under 1\xC2\xA0%");
    else if (part < whole && percent > 99) eh_html_raw(html, "over 99\xC2\xA0%");
    else eh_html_rawf(html, "%.0f\xC2\xA0%%", percent);
}

/* ---- time ------------------------------------------------------------------------------------------------- */

void eh_html_time(eh_html *html, int64_t time_us)
{
    if (time_us == EH_TIME_NONE) {
        eh_html_raw(html, "<span class=\"soft\">unknown</span>");
        return;
    }
    char text[eh_time_text_size];
    (void)eh_time_text(time_us, text);
    eh_html_raw(html, "<time datetime=\"");
    eh_html_bytes(html, text, strlen(text)); /* digits, '-', ':', '.', 'T', 'Z' */
    eh_html_raw(html, "\">");
    size_t date_size = strcspn(text, "T");
    eh_html_bytes(html, text, date_size);
    eh_html_raw(html, " ");
    eh_html_bytes(html, text + date_size + 1, strcspn(text + date_size + 1, "Z"));
    eh_html_raw(html, "</time>");
}

void eh_html_date(eh_html *html, int64_t time_us)
{
    static const char names[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (time_us == EH_TIME_NONE) {
        eh_html_raw(html, "<span class=\"soft\">unknown</span>");
        return;
    }
    eh_calendar c = eh_calendar_of(time_us);
    eh_html_rawf(html, "<time datetime=\"%04d-%02d-%02d\">%d\xC2\xA0", c.year, c.month, c.day, c.day);
    eh_html_words(html, names[c.month - 1]);
    eh_html_rawf(html, "\xC2\xA0%d</time>", c.year);
}

void eh_html_duration(eh_html *html, int64_t duration_us)
{
    static const struct {
        int64_t unit_us;
        const char *name;
    } units[] = {{EH_DAY_US, "d"}, {EH_HOUR_US, "h"}, {EH_MINUTE_US, "min"}, {EH_SECOND_US, "s"}};
    uint64_t rest_us = duration_us < 0 ? 0 - (uint64_t)duration_us : (uint64_t)duration_us;
    if (rest_us > 0 && rest_us < 10 * (uint64_t)EH_SECOND_US && rest_us % (uint64_t)EH_SECOND_US) {
        eh_html_rawf(html, "%.*f\xC2\xA0s", rest_us >= 10000 ? 2 : rest_us >= 1000 ? 3 : 6, (double)rest_us / 1e6);
        return;
    }
    if (rest_us < (uint64_t)EH_SECOND_US) eh_html_raw(html, "0\xC2\xA0s");
    int n_parts = 0; /* the two largest units are enough */
    for (size_t i = 0; i < sizeof units / sizeof *units && n_parts < 2; i++) {
        uint64_t n = rest_us / (uint64_t)units[i].unit_us;
        rest_us %= (uint64_t)units[i].unit_us;
        if (n == 0 && n_parts == 0) continue;
        n_parts++;
        if (n == 0) continue;
        if (n_parts > 1) eh_html_raw(html, "\xC2\xA0");
        eh_html_rawf(html, "%llu\xC2\xA0", (unsigned long long)n);
        eh_html_words(html, units[i].name);
    }
}
