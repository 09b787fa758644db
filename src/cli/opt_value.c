/* Values of options: each type is parsed whole and checked before it is stored. */
#include "cli/cli.h"
#include "cli/opt.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool parse_digits(const char *text, const char **rest, uint64_t *out)
{
    uint64_t n = 0;
    const char *p = text;
    for (; isdigit((unsigned char)*p); p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        if (n > (UINT64_MAX - digit) / 10) return false;
        n = n * 10 + digit;
    }
    *rest = p;
    *out = n;
    return p != text;
}

static eh_status parse_count(const cli_opt *opt, const char *shown, const char *text, uint64_t *out, eh_error *err)
{
    const char *rest;
    uint64_t n;
    if (!parse_digits(text, &rest, &n) || *rest)
        return eh_fail(err, EH_E_INVALID, "%s '%s': give a whole number", shown, text);
    if (n < opt->least || (opt->most && n > opt->most)) {
        if (!opt->most)
            return eh_fail(err, EH_E_INVALID, "%s %s: must be at least %llu", shown, text,
                           (unsigned long long)opt->least);
        return eh_fail(err, EH_E_INVALID, "%s %s: must be between %llu and %llu", shown, text,
                       (unsigned long long)opt->least, (unsigned long long)opt->most);
    }
    *out = n;
    return EH_OK;
}

typedef struct unit {
    const char *name;
    int64_t factor;
} unit;

static int64_t factor_of(const unit *units, const char *name)
{
    for (const unit *u = units; u->name; u++)
        if (strcmp(u->name, name) == 0) return u->factor;
    return 0;
}

static eh_status parse_duration(const char *shown, const char *text, int64_t *out, eh_error *err)
{
    static const unit units[] = {{"ms", 1000}, {"s", 1000000}, {"m", 60000000}, {"h", 3600000000}, {"d", 86400000000},
                                 {NULL, 0}};
    const int64_t most = 366 * INT64_C(86400000000);
    const char *rest;
    uint64_t n;
    if (!parse_digits(text, &rest, &n))
        return eh_fail(err, EH_E_INVALID, "%s '%s': give a duration such as 10s, 5m, 1h or 2d", shown, text);
    if (!*rest)
        return eh_fail(err, EH_E_INVALID, "%s %s: a duration needs a unit; write %ss for seconds, %sm for minutes, "
                       "%sh for hours or %sd for days", shown, text, text, text, text, text);
    int64_t factor = factor_of(units, rest);
    if (!factor)
        return eh_fail(err, EH_E_INVALID, "%s '%s': '%s' is no unit of time; use ms, s, m, h or d", shown, text, rest);
    if (n > (uint64_t)(most / factor)) return eh_fail(err, EH_E_INVALID, "%s %s: at most 366d", shown, text);
    *out = (int64_t)n * factor;
    return EH_OK;
}

static eh_status parse_size(const char *shown, const char *text, uint64_t *out, eh_error *err)
{
    static const unit units[] = {{"B", 1},          {"kB", 1000},       {"KiB", 1 << 10},
                                 {"MB", 1000000},   {"MiB", 1 << 20},   {"GB", 1000000000},
                                 {"GiB", 1 << 30},  {"TB", 1000000000000}, {"TiB", INT64_C(1) << 40},
                                 {NULL, 0}};
    const char *rest;
    uint64_t n;
    if (!parse_digits(text, &rest, &n))
        return eh_fail(err, EH_E_INVALID, "%s '%s': give a size such as 512MiB or 4GiB", shown, text);
    if (!*rest)
        return eh_fail(err, EH_E_INVALID, "%s %s: a size needs a unit; write %sMiB or %sGiB", shown, text, text, text);
    int64_t factor = factor_of(units, rest);
    if (!factor)
        return eh_fail(err, EH_E_INVALID, "%s '%s': '%s' is no unit of size; use KiB, MiB, GiB or TiB", shown, text,
                       rest);
    if (n == 0 || n > (uint64_t)(INT64_MAX / factor))
        return eh_fail(err, EH_E_INVALID, "%s %s: out of range", shown, text);
    *out = n * (uint64_t)factor;
    return EH_OK;
}

static bool parse_fraction(const char *text, double *out)
{
    char *end;
    errno = 0;
    *out = strtod(text, &end);
    return *text && text[strspn(text, "0123456789.eE-+")] == 0 && !*end && !errno && isfinite(*out);
}

static eh_status parse_part(const cli_opt *opt, const char *shown, const char *text, double *out, eh_error *err)
{
    double value, most = (double)opt->most / 100;
    if (!parse_fraction(text, &value) || value < 0 || value > most)
        return eh_fail(err, EH_E_INVALID, "%s '%s': give a share from 0 to %g, such as 0.5", shown, text, most);
    *out = value;
    return EH_OK;
}

static eh_status parse_share(const char *shown, const char *text, double *out, eh_error *err)
{
    double value;
    if (!parse_fraction(text, &value) || value <= 0 || value > 0.5)
        return eh_fail(err, EH_E_INVALID, "%s '%s': give a share above 0 and at most 0.5, such as 0.05", shown, text);
    *out = value;
    return EH_OK;
}

static eh_status parse_ratio(const char *shown, const char *text, double *out, eh_error *err)
{
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    bool is_plain = *text && text[strspn(text, "0123456789.")] == 0;
    if (!is_plain || *end || errno || !(value > 1 && value <= 100))
        return eh_fail(err, EH_E_INVALID, "%s '%s': give an odds ratio above 1 and at most 100, such as 1.25", shown, text);
    *out = value;
    return EH_OK;
}

static eh_status parse_jaccard(const char *shown, const char *text, cli_jaccard *out, eh_error *err)
{
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    bool is_plain = *text && text[strspn(text, "0123456789.eE-+")] == 0;
    *out = (cli_jaccard){.is_given = true};
    if (strcmp(text, "off") == 0) return EH_OK;
    if (!is_plain || *end || errno || !(value >= 0.5 && value <= 1))
        return eh_fail(err, EH_E_INVALID, "%s '%s': give off, or a share from 0.5 to 1, such as 0.8", shown, text);
    out->share = value;
    return EH_OK;
}

static eh_status parse_choice(const cli_opt *opt, const char *shown, const char *text, int *out, eh_error *err)
{
    enum { MOST = 24 };
    char words[MOST][64], list[400] = "";
    const char *names[MOST];
    int n = 0;
    for (size_t size = 0; n < MOST && cli_choice_at(opt->choices, n, words[n]); n++) {
        names[n] = words[n];
        if (strcmp(words[n], text) == 0) {
            *out = n;
            return EH_OK;
        }
        if (size < sizeof list)
            size += (size_t)snprintf(list + size, sizeof list - size, "%s%s", n ? ", " : "", words[n]);
    }
    const char *near = cli_nearest(text, names, (size_t)n);
    if (near) return eh_fail(err, EH_E_INVALID, "%s '%s': did you mean '%s'? One of %s", shown, text, near, list);
    return eh_fail(err, EH_E_INVALID, "%s '%s': must be one of %s", shown, text, list);
}

/* Words of platforms and tools, and ours for them. */
typedef struct other_word {
    const char *theirs, *ours;
} other_word;

/* What text probably means: another word for it, or the nearest name; NULL when neither. */
static const char *meant(const char *text, const other_word *others, const char *const *names, size_t n)
{
    for (const other_word *w = others; w->theirs; w++)
        if (strcmp(text, w->theirs) == 0) return w->ours;
    return cli_nearest(text, names, n);
}

static eh_status find_behaviour(const char *shown, eh_str name, eh_behaviour *out, eh_error *err)
{
    if (eh_behaviour_of(name, out)) return EH_OK;
    static const other_word others[] = {{"retweet", "repost"}, {"retweets", "repost"}, {"share", "repost"},
                                        {"reblog", "repost"},  {"boost", "repost"},    {"forward", "repost"},
                                        {"url", "link"},       {"urls", "link"},       {"tag", "hashtag"},
                                        {"tweet", "text"},     {"message", "text"},    {"image", "media"},
                                        {"photo", "media"},    {"video", "media"},     {NULL, NULL}};
    const char *each[EH_N_BEHAVIOURS];
    char names[128], given[64];
    size_t size = 0;
    for (int b = 0; b < EH_N_BEHAVIOURS; b++) {
        each[b] = eh_behaviour_name((eh_behaviour)b);
        size += (size_t)snprintf(names + size, sizeof names - size, "%s%s", b ? ", " : "", each[b]);
    }
    (void)snprintf(given, sizeof given, "%.*s", (int)(name.size < 60 ? name.size : 60), name.data);
    const char *near = meant(given, others, each, EH_N_BEHAVIOURS);
    if (near)
        return eh_fail(err, EH_E_INVALID, "%s: '%s' is no behaviour; did you mean '%s'? One of %s", shown, given, near,
                       names);
    return eh_fail(err, EH_E_INVALID, "%s: '%s' is no behaviour; one of %s", shown, given, names);
}

/* Calls fn for each part of "a,b,c"; an empty part is refused. */
typedef eh_status (*part_fn)(const char *shown, eh_str part, void *out, eh_error *err);
static eh_status each_part(const char *shown, const char *text, part_fn fn, void *out, eh_error *err)
{
    for (const char *p = text;; p++) {
        size_t size = strcspn(p, ",");
        if (size == 0) return eh_fail(err, EH_E_INVALID, "%s '%s': a list such as a,b,c without empty parts", shown, text);
        EH_TRY(fn(shown, (eh_str){p, size}, out, err));
        p += size;
        if (!*p) return EH_OK;
    }
}

static eh_status add_behaviour(const char *shown, eh_str part, void *out, eh_error *err)
{
    uint32_t *mask = out;
    eh_behaviour behaviour;
    EH_TRY(find_behaviour(shown, part, &behaviour, err));
    *mask |= UINT32_C(1) << behaviour;
    return EH_OK;
}

/* A list of words out of opt->choices. */
static eh_status parse_words(const cli_opt *opt, const char *shown, const char *text, uint32_t *out, eh_error *err)
{
    for (const char *p = text;; p++) {
        size_t size = strcspn(p, ",");
        char word[64];
        int i;
        (void)snprintf(word, sizeof word, "%.*s", (int)(size < 60 ? size : 60), p);
        EH_TRY(parse_choice(opt, shown, word, &i, err));
        *out |= UINT32_C(1) << i;
        p += size;
        if (!*p) return EH_OK;
    }
}

static eh_status add_window(const char *shown, eh_str part, void *out, eh_error *err)
{
    cli_windows *windows = out;
    char text[32];
    if (part.size >= sizeof text)
        return eh_fail(err, EH_E_INVALID, "%s '%.*s': too long", shown, (int)(part.size < 60 ? part.size : 60), part.data);
    memcpy(text, part.data, part.size);
    text[part.size] = 0;
    int64_t us;
    EH_TRY(parse_duration(shown, text, &us, err));
    if (us == 0) return eh_fail(err, EH_E_INVALID, "%s %s: a window must be longer than nothing", shown, text);
    if (windows->n == EH_MOST_WINDOWS)
        return eh_fail(err, EH_E_INVALID, "%s: at most %d windows", shown, (int)EH_MOST_WINDOWS);
    uint32_t i = windows->n;
    for (; i > 0 && windows->us[i - 1] > us; i--) windows->us[i] = windows->us[i - 1];
    if (i > 0 && windows->us[i - 1] == us) return eh_fail(err, EH_E_INVALID, "%s: %s stands twice", shown, text);
    windows->us[i] = us;
    windows->n++;
    return EH_OK;
}

/* Only likely slips: which fields there are is the reader's to say, and it lists them. */
static eh_status check_field(const char *shown, eh_str name, eh_error *err)
{
    static const other_word others[] = {
        {"user", "account"},   {"user_id", "account"}, {"author", "account"},      {"account_id", "account"},
        {"timestamp", "time"}, {"date", "time"},       {"created_at", "time"},     {"post_id", "post"},
        {"tweet_id", "post"},  {"id", "post"},         {"message", "text"},        {"link", "urls"},
        {"links", "urls"},     {"tag", "hashtags"},    {"retweet", "target_post"}, {"repost", "target_post"},
        {"reply", "reply_to"}, {"language", "lang"},   {"object", "target_post"},  {NULL, NULL}};
    static const char *const fields[] = {"account", "time",     "post",  "kind",     "target_post", "target_account",
                                         "text",    "urls",     "hashtags", "mentions", "media",    "reply_to",
                                         "lang",    "client",   "account_created",      "handle",   "platform"};
    enum { N_FIELDS = sizeof fields / sizeof *fields };
    char given[64];
    (void)snprintf(given, sizeof given, "%.*s", (int)(name.size < 60 ? name.size : 60), name.data);
    for (int i = 0; i < N_FIELDS; i++)
        if (strcasecmp(given, fields[i]) == 0) return EH_OK;
    const char *near = meant(given, others, fields, N_FIELDS);
    if (!near) return EH_OK;
    return eh_fail(err, EH_E_INVALID, "%s '%s': there is no such field; did you mean '%s'?", shown, given, near);
}

static eh_status add_map(const char *shown, const char *text, cli_maps *maps, eh_error *err)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1])
        return eh_fail(err, EH_E_INVALID, "%s '%s': write FIELD=COLUMN, such as account=author_name", shown, text);
    if (maps->n == CLI_MOST_MAPS)
        return eh_fail(err, EH_E_INVALID, "%s: given more than %d times", shown, (int)CLI_MOST_MAPS);
    EH_TRY(check_field(shown, (eh_str){text, (size_t)(equals - text)}, err));
    maps->items[maps->n++] = (eh_column_map){{text, (size_t)(equals - text)}, eh_str_of(equals + 1)};
    return EH_OK;
}

eh_status cli_parse_value(const cli_opt *opt, const char *shown, const char *text, void *args, eh_error *err)
{
    void *at = (char *)args + opt->offset;
    switch (opt->type) {
    case CLI_FLAG: *(bool *)at = true; return EH_OK;
    case CLI_COUNT: return parse_count(opt, shown, text, at, err);
    case CLI_DURATION: return parse_duration(shown, text, at, err);
    case CLI_SIZE: return parse_size(shown, text, at, err);
    case CLI_SHARE: return parse_share(shown, text, at, err);
    case CLI_PART: return parse_part(opt, shown, text, at, err);
    case CLI_RATIO: return parse_ratio(shown, text, at, err);
    case CLI_JACCARD: return parse_jaccard(shown, text, at, err);
    case CLI_CHOICE: return parse_choice(opt, shown, text, at, err);
    case CLI_WORDS: return parse_words(opt, shown, text, at, err);
    case CLI_BEHAVIOUR: {
        cli_behaviour *behaviour = at;
        behaviour->is_given = true;
        return find_behaviour(shown, eh_str_of(text), &behaviour->behaviour, err);
    }
    case CLI_BEHAVIOURS: return each_part(shown, text, add_behaviour, at, err);
    case CLI_WINDOWS: return each_part(shown, text, add_window, at, err);
    case CLI_MAPS: return add_map(shown, text, at, err);
    case CLI_TEXT:
    case CLI_TEXTS:
    case CLI_FILE:
    case CLI_FOLDER:
    case CLI_OUTPUT:
    default:
        if (!*text) return eh_fail(err, EH_E_INVALID, "%s is empty", shown);
        *(const char **)at = text;
        return EH_OK;
    }
}
