/*
 * Cleaning of URLs: split once into scheme, host, port, path and query, then write the parts back. Parsing never
 * fails: what cannot be read as a web address is an opaque name.
 */
#include "actions/url_clean.h"

typedef struct url_parts {
    eh_str scheme; /* without "://", empty where none was written */
    eh_str host, port, path, query;
} url_parts;

static char to_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static eh_str slice(eh_str s, size_t first, size_t last) { return (eh_str){s.data + first, last - first}; }

static size_t find_any(eh_str s, const char *set, size_t from)
{
    for (size_t i = from; i < s.size; i++)
        if (s.data[i] && strchr(set, s.data[i])) return i;
    return s.size;
}

/* "//host/x" and "https://host/x": the scheme is cut off s. */
static eh_str take_scheme(eh_str *s)
{
    size_t i = 0;
    while (i < s->size && (is_letter(s->data[i]) || (i > 0 && (is_digit(s->data[i]) || strchr("+-.", s->data[i])))) &&
           s->data[i])
        i++;
    if (s->size - i >= 3 && i > 0 && memcmp(s->data + i, "://", 3) == 0) {
        eh_str scheme = slice(*s, 0, i);
        *s = slice(*s, i + 3, s->size);
        return scheme;
    }
    if (eh_str_starts_with(*s, "//")) {
        *s = slice(*s, 2, s->size);
        return EH_STR_LITERAL("http");
    }
    return (eh_str){NULL, 0};
}

static void split_authority(eh_str authority, url_parts *parts)
{
    for (size_t i = authority.size; i > 0; i--) {
        if (authority.data[i - 1] != '@') continue;
        authority = slice(authority, i, authority.size);
        break;
    }
    size_t from = eh_str_starts_with(authority, "[") ? eh_str_find(authority, ']', 0) : 0;
    size_t colon = eh_str_find(authority, ':', from);
    parts->host = slice(authority, 0, colon);
    parts->port = colon < authority.size ? slice(authority, colon + 1, authority.size) : (eh_str){NULL, 0};
    while (parts->host.size && parts->host.data[parts->host.size - 1] == '.') parts->host.size--;
}

/* False: not a web address. */
static bool parse(eh_str url, url_parts *parts)
{
    *parts = (url_parts){0};
    eh_str rest = eh_str_trim(url);
    parts->scheme = take_scheme(&rest);
    size_t end = find_any(rest, "/?#\\", 0);
    if (parts->scheme.size == 0 && eh_str_find(rest, '@', 0) < end) return false; /* a mail address */
    split_authority(slice(rest, 0, end), parts);
    if (parts->host.size == 0 || find_any(parts->host, " \t\r\n", 0) < parts->host.size) return false;
    if (parts->scheme.size == 0 && eh_str_find(parts->host, '.', 0) == parts->host.size) return false;
    for (size_t i = 0; i < parts->port.size; i++)
        if (!is_digit(parts->port.data[i])) return false;
    size_t hash = eh_str_find(rest, '#', end);
    size_t question = eh_str_find(rest, '?', end);
    if (question > hash) question = hash;
    parts->path = slice(rest, end, question);
    if (question < hash) parts->query = slice(rest, question + 1, hash);
    while (parts->path.size && parts->path.data[parts->path.size - 1] == '/') parts->path.size--;
    return true;
}

static bool is_default_port(const url_parts *parts)
{
    if (parts->port.size == 0) return true;
    bool is_http = parts->scheme.size == 0 || eh_str_is_nocase(parts->scheme, "http");
    bool is_https = parts->scheme.size == 0 || eh_str_is_nocase(parts->scheme, "https");
    return (is_http && eh_str_is(parts->port, "80")) || (is_https && eh_str_is(parts->port, "443"));
}

/* host is "site.org" or ends in ".site.org" */
static bool is_site(eh_str host, const char *site)
{
    size_t size = strlen(site);
    if (host.size < size || memcmp(host.data + host.size - size, site, size) != 0) return false;
    return host.size == size || host.data[host.size - size - 1] == '.';
}

static bool starts_with_nocase(eh_str s, const char *prefix)
{
    size_t size = strlen(prefix);
    return s.size >= size && eh_str_is_nocase(slice(s, 0, size), prefix);
}

/* Parameters that tell where a click came from, not where it goes. */
static bool is_tracking(eh_str host, eh_str name)
{
    static const char *const everywhere[] = {
        "fbclid", "gclid",   "gclsrc",   "dclid",   "gbraid",  "wbraid",  "msclkid", "yclid",    "twclid",
        "ttclid", "li_fat_id", "igshid", "igsh",    "mc_cid",  "mc_eid",  "_hsenc",  "_hsmi",    "mkt_tok",
        "ref_src", "ref_url", "_ga",     "_gl",     "oly_anon_id", "oly_enc_id", "vero_id", "wickedid", "s_cid",
        "__twitter_impression"};
    static const struct {
        const char *site, *name;
    } somewhere[] = {{"twitter.com", "s"}, {"twitter.com", "t"}, {"twitter.com", "cn"}, {"x.com", "s"},
                     {"x.com", "t"},       {"youtube.com", "si"}, {"youtu.be", "si"},    {"youtube.com", "feature"},
                     {"youtu.be", "feature"}, {"spotify.com", "si"}, {"facebook.com", "mibextid"},
                     {"tiktok.com", "_t"}, {"tiktok.com", "_r"}};
    if (starts_with_nocase(name, "utm_")) return true;
    for (size_t i = 0; i < sizeof everywhere / sizeof *everywhere; i++)
        if (eh_str_is_nocase(name, everywhere[i])) return true;
    for (size_t i = 0; i < sizeof somewhere / sizeof *somewhere; i++)
        if (eh_str_is(name, somewhere[i].name) && is_site(host, somewhere[i].site)) return true;
    return false;
}

static int hex_value(char c)
{
    if (is_digit(c)) return c - '0';
    c = to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static eh_status add_escape(eh_buf *out, unsigned byte, eh_error *err)
{
    static const char digit[] = "0123456789ABCDEF";
    char text[3] = {'%', digit[byte >> 4], digit[byte & 15]};
    return eh_buf_add(out, text, sizeof text, err);
}

/* Copies a piece of path or query with its escapes brought to one form. */
static eh_status add_escaped(eh_buf *out, eh_str s, eh_error *err)
{
    for (size_t i = 0; i < s.size; i++) {
        unsigned char c = (unsigned char)s.data[i];
        bool is_escape = c == '%' && i + 2 < s.size && hex_value(s.data[i + 1]) >= 0 && hex_value(s.data[i + 2]) >= 0;
        if (is_escape) {
            unsigned byte = (unsigned)(hex_value(s.data[i + 1]) * 16 + hex_value(s.data[i + 2]));
            char plain = (char)byte;
            bool is_unreserved = byte < 0x80 && (is_letter(plain) || is_digit(plain) || (byte && strchr("-._~", plain)));
            if (is_unreserved)
                EH_TRY(eh_buf_add(out, &plain, 1, err));
            else
                EH_TRY(add_escape(out, byte, err));
            i += 2;
        } else if (c <= ' ' || c >= 0x7F) {
            EH_TRY(add_escape(out, c, err));
        } else {
            EH_TRY(eh_buf_add(out, &s.data[i], 1, err));
        }
    }
    return EH_OK;
}

static eh_status add_query(eh_buf *out, eh_str query, size_t host_at, size_t host_size, eh_error *err)
{
    char mark = '?';
    for (size_t at = 0; at < query.size;) {
        size_t end = eh_str_find(query, '&', at);
        eh_str parameter = slice(query, at, end);
        at = end + 1;
        if (parameter.size == 0) continue;
        eh_str host = {out->data + host_at, host_size};
        if (is_tracking(host, slice(parameter, 0, eh_str_find(parameter, '=', 0)))) continue;
        EH_TRY(eh_buf_add(out, &mark, 1, err));
        EH_TRY(add_escaped(out, parameter, err));
        mark = '&';
    }
    return EH_OK;
}

static eh_status add_host(eh_buf *out, eh_str host, eh_error *err)
{
    eh_str bare = host;
    if (starts_with_nocase(bare, "www.") && eh_str_find(bare, '.', 4) < bare.size) bare = slice(bare, 4, bare.size);
    EH_TRY(eh_buf_add_str(out, bare, err));
    for (size_t i = out->size - bare.size; i < out->size; i++) out->data[i] = to_lower(out->data[i]);
    return EH_OK;
}

eh_status eh_url_clean(eh_str url, eh_buf *out, eh_str *source, eh_error *err)
{
    eh_buf_clear(out);
    *source = (eh_str){NULL, 0};
    url_parts parts;
    if (!parse(url, &parts)) return eh_buf_add_str(out, url, err);
    bool is_web = parts.scheme.size == 0 || eh_str_is_nocase(parts.scheme, "http") || eh_str_is_nocase(parts.scheme, "https");
    if (!is_web) {
        EH_TRY(eh_buf_add_str(out, parts.scheme, err));
        for (size_t i = 0; i < out->size; i++) out->data[i] = to_lower(out->data[i]);
        EH_TRY(eh_buf_add(out, "://", 3, err));
    }
    size_t host_at = out->size;
    EH_TRY(add_host(out, parts.host, err));
    size_t host_size = out->size - host_at;
    if (!is_default_port(&parts)) {
        EH_TRY(eh_buf_add(out, ":", 1, err));
        EH_TRY(eh_buf_add_str(out, parts.port, err));
    }
    EH_TRY(add_escaped(out, parts.path, err));
    EH_TRY(add_query(out, parts.query, host_at, host_size, err));
    *source = (eh_str){out->data + host_at, host_size};
    return EH_OK;
}
