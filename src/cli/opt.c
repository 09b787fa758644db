#include "cli/opt.h"

#include "cli/cli.h"

#include <stddef.h>
#include <string.h>

enum { MOST_OPTIONS = 48, MOST_NAMES = 64 };

const cli_opt cli_common_options[] = {
    {"threads", "N", "Use N threads; all cores of the machine when not given. Results do not depend on it.", NULL,
     offsetof(cli_common, n_threads), 1, 256, CLI_COUNT, 0, false},
    {"memory", "SIZE", "Hold at most SIZE of memory, such as 512MiB or 4GiB, and spill the rest to --temp. "
     "Three quarters of the machine's memory when not given.",
     NULL, offsetof(cli_common, memory_size), 0, 0, CLI_SIZE, 0, false},
    {"temp", "DIR", "Where to spill; $TMPDIR or /tmp when not given.", NULL, offsetof(cli_common, temp_dir), 0, 0,
     CLI_FOLDER, 0, false},
    {"seed", "N", "Seed of every random draw, recorded in the results; 1 when not given.", NULL,
     offsetof(cli_common, seed), 0, 0, CLI_COUNT, 0, false},
    {"actor", "NAME", "Who does this, for the ledger; nobody is named when not given.", NULL, offsetof(cli_common, actor), 0, 0,
     CLI_TEXT, 0, false},
    {"json", NULL, "Print the result as JSON on standard output.", NULL, offsetof(cli_common, is_json), 0, 0, CLI_FLAG,
     0, false},
    {"quiet", NULL, "Print nothing but results and errors.", NULL, offsetof(cli_common, is_quiet), 0, 0, CLI_FLAG, 'q',
     false},
    {"progress", "HOW", "Show progress on standard error: auto (a line on a terminal), json (a line a second), none.",
     "auto|json|none", offsetof(cli_common, progress), 0, 0, CLI_CHOICE, 0, false},
    {"help", NULL, "Print this help.", NULL, offsetof(cli_common, wants_help), 0, 0, CLI_FLAG, 'h', false},
    {"version", NULL, "Print the version.", NULL, offsetof(cli_common, wants_version), 0, 0, CLI_FLAG, 0, false},
    CLI_END,
};

typedef struct parser {
    const cli_command *command;
    void *args;
    int n_words, i_word;
    char **words, **positionals;
    int n_positionals;
    const cli_opt *seen[MOST_OPTIONS];
    int n_seen;
} parser;

/* --- looking up ------------------------------------------------------------------------------------------------ */

static size_t least_of(size_t a, size_t b) { return a < b ? a : b; }

/* Levenshtein distance with a swap of neighbours counted once, for short words. */
static size_t distance(const char *a, const char *b)
{
    enum { MOST = 40 };
    size_t n = strlen(a), m = strlen(b);
    if (n > MOST || m > MOST) return MOST;
    size_t row[3][MOST + 1];
    for (size_t j = 0; j <= m; j++) row[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = row[i % 3], *before = row[(i + 2) % 3], *two_before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = least_of(before[j - 1] + (a[i - 1] != b[j - 1]), least_of(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least_of(now[j], two_before[j - 2] + 1);
        }
    }
    return row[n % 3][m];
}

const char *cli_nearest(const char *text, const char *const *names, size_t n)
{
    const char *best = NULL;
    size_t size = strlen(text), best_distance = size <= 4 ? 2 : 3; /* one slip in a short word, two in a long one */
    for (size_t i = 0; i < n; i++) {
        bool is_start = size >= 3 && strncmp(text, names[i], size) == 0;
        size_t d = is_start ? 1 : distance(text, names[i]);
        if (d < best_distance) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}

bool cli_choice_at(const char *choices, int i, char word[64])
{
    const char *start = choices;
    for (; i > 0 && start; i--) {
        start = strchr(start, '|');
        if (start) start++;
    }
    if (!start) return false;
    size_t size = strcspn(start, "|");
    if (size > 63) size = 63;
    memcpy(word, start, size);
    word[size] = 0;
    return true;
}

static const cli_opt *find_in(const cli_opt *table, const char *name, size_t size, char letter)
{
    for (const cli_opt *o = table; !cli_opt_is_end(o); o++) {
        if (!o->name) continue;
        if (letter ? o->letter == letter : strlen(o->name) == size && memcmp(o->name, name, size) == 0) return o;
    }
    return NULL;
}

static const cli_opt *find(const cli_command *command, const char *name, size_t size, char letter)
{
    const cli_opt *found = find_in(command->options, name, size, letter);
    return found ? found : find_in(cli_common_options, name, size, letter);
}

static eh_status fail_unknown(const parser *p, const char *word, const char *name, eh_error *err)
{
    const char *names[MOST_NAMES];
    size_t n = 0;
    for (const cli_opt *o = p->command->options; !cli_opt_is_end(o) && n < MOST_NAMES; o++)
        if (o->name) names[n++] = o->name;
    for (const cli_opt *o = cli_common_options; !cli_opt_is_end(o) && n < MOST_NAMES; o++) names[n++] = o->name;
    char plain[64];
    size_t size = strcspn(name, "=");
    (void)snprintf(plain, sizeof plain, "%.*s", (int)(size < 60 ? size : 60), name);
    const char *near = cli_nearest(plain, names, n);
    if (near)
        return eh_fail(err, EH_E_INVALID, "%s has no option %.*s; did you mean --%s?", p->command->name,
                       (int)strcspn(word, "="), word, near);
    return eh_fail(err, EH_E_INVALID, "%s has no option %.*s; 'evenhand %s --help' lists them", p->command->name,
                   (int)strcspn(word, "="), word, p->command->name);
}

/* --- parsing --------------------------------------------------------------------------------------------------- */

static bool was_seen(const parser *p, const cli_opt *opt)
{
    for (int i = 0; i < p->n_seen; i++)
        if (p->seen[i] == opt) return true;
    return false;
}

static eh_status take(parser *p, const cli_opt *opt, const char *shown, const char *value, eh_error *err)
{
    if (was_seen(p, opt) && opt->type != CLI_MAPS && opt->type != CLI_FLAG)
        return eh_fail(err, EH_E_INVALID, "%s is given twice", shown);
    if (!was_seen(p, opt) && p->n_seen < MOST_OPTIONS) p->seen[p->n_seen++] = opt;
    return cli_parse_value(opt, shown, value, p->args, err);
}

/* The value of an option: after '=', attached to a letter, or the next word. */
static eh_status take_with_value(parser *p, const cli_opt *opt, const char *shown, const char *attached, eh_error *err)
{
    if (opt->type == CLI_FLAG) {
        if (attached) return eh_fail(err, EH_E_INVALID, "%s takes no value", shown);
        return take(p, opt, shown, NULL, err);
    }
    if (attached) return take(p, opt, shown, attached, err);
    const char *next = p->i_word + 1 < p->n_words ? p->words[p->i_word + 1] : NULL;
    if (!next || (next[0] == '-' && next[1] == '-'))
        return eh_fail(err, EH_E_INVALID, "%s needs a value: %s %s", shown, shown, opt->value);
    p->i_word++;
    return take(p, opt, shown, next, err);
}

static eh_status parse_long(parser *p, const char *word, eh_error *err)
{
    const char *name = word + 2, *equals = strchr(name, '=');
    size_t size = equals ? (size_t)(equals - name) : strlen(name);
    const cli_opt *opt = find(p->command, name, size, 0);
    if (!opt) return fail_unknown(p, word, name, err);
    char shown[80];
    (void)snprintf(shown, sizeof shown, "--%s", opt->name);
    return take_with_value(p, opt, shown, equals ? equals + 1 : NULL, err);
}

static eh_status parse_short(parser *p, const char *word, eh_error *err)
{
    const cli_opt *opt = find(p->command, NULL, 0, word[1]);
    if (!opt) return fail_unknown(p, word, word + 1, err);
    const char shown[] = {'-', word[1], 0};
    const char *attached = word[2] ? word + 2 : NULL;
    if (attached && attached[0] == '=') attached++;
    return take_with_value(p, opt, shown, attached, err);
}

static eh_status place_positionals(parser *p, eh_error *err)
{
    int i = 0;
    for (const cli_opt *o = p->command->options; !cli_opt_is_end(o); o++) {
        if (!cli_opt_is_positional(o)) continue;
        if (i >= p->n_positionals) {
            if (!o->is_required) continue;
            return eh_fail(err, EH_E_INVALID, "%s needs %s; 'evenhand %s --help' shows how", p->command->name, o->value,
                           p->command->name);
        }
        if (o->type == CLI_TEXTS) {
            cli_texts *texts = (void *)((char *)p->args + o->offset);
            *texts = (cli_texts){p->positionals + i, p->n_positionals - i};
            i = p->n_positionals;
        } else {
            EH_TRY(cli_parse_value(o, o->value, p->positionals[i++], p->args, err));
        }
    }
    if (i < p->n_positionals)
        return eh_fail(err, EH_E_INVALID, "%s does not know what to do with '%s'; 'evenhand %s --help' shows how",
                       p->command->name, p->positionals[i], p->command->name);
    return EH_OK;
}

static eh_status check_required(const parser *p, eh_error *err)
{
    for (const cli_opt *o = p->command->options; !cli_opt_is_end(o); o++) {
        if (!o->name || !o->is_required || was_seen(p, o)) continue;
        if (o->letter)
            return eh_fail(err, EH_E_INVALID, "%s needs -%c %s", p->command->name, o->letter, o->value);
        return eh_fail(err, EH_E_INVALID, "%s needs --%s %s", p->command->name, o->name, o->value);
    }
    return EH_OK;
}

eh_status cli_parse(const cli_command *command, int n_words, char **words, char **positionals, void *args,
                    eh_error *err)
{
    parser p = {
        .command = command, .args = args, .n_words = n_words, .words = words, .positionals = positionals};
    const cli_common *common = args;
    bool is_over = false; /* after "--" */
    for (p.i_word = 0; p.i_word < n_words; p.i_word++) {
        char *word = words[p.i_word];
        if (is_over || word[0] != '-' || word[1] == 0) {
            positionals[p.n_positionals++] = word;
            continue;
        }
        if (strcmp(word, "--") == 0)
            is_over = true;
        else
            EH_TRY(word[1] == '-' ? parse_long(&p, word, err) : parse_short(&p, word, err));
        if (common->wants_help || common->wants_version) return EH_OK;
    }
    EH_TRY(place_positionals(&p, err));
    return check_required(&p, err);
}
