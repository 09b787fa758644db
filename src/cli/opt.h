/**
 * @file opt.h  One option table per command.
 *
 * The table is the only place where an option is written down: parsing, usage errors, `--help`, the man page and
 * shell completion are all read from it. A row names where its value goes as an offset into the command's own
 * struct of arguments, which starts with a cli_common.
 */
#ifndef EH_CLI_OPT_H
#define EH_CLI_OPT_H

#include "evenhand/evenhand.h"

#include <stdio.h>

/** How a value is written, checked and stored (the C type at `offset`). */
typedef enum cli_type {
    CLI_FLAG,       /**< no value; bool */
    CLI_TEXT,       /**< const char * */
    CLI_TEXTS,      /**< cli_texts: all remaining positional arguments */
    CLI_COUNT,      /**< uint64_t in [least, most] */
    CLI_DURATION,   /**< int64_t microseconds: 10s 5m 1h 2d 500ms */
    CLI_SIZE,       /**< uint64_t bytes: 512MiB 4GiB */
    CLI_SHARE,      /**< double in (0, 0.5] */
    CLI_PART,       /**< double in [0, most / 100] */
    CLI_JACCARD,    /**< cli_jaccard */
    CLI_RATIO,      /**< double above 1, at most 100 */
    CLI_CHOICE,     /**< int: position in `choices` */
    CLI_WORDS,      /**< uint32_t, one bit for each of `choices` that is named */
    CLI_BEHAVIOUR,  /**< cli_behaviour */
    CLI_BEHAVIOURS, /**< uint32_t, one bit each */
    CLI_WINDOWS,    /**< cli_windows, ascending */
    CLI_MAPS,       /**< cli_maps; may be repeated */
    CLI_FILE,       /**< const char *: a file to read */
    CLI_FOLDER,     /**< const char *: a directory */
    CLI_OUTPUT      /**< const char *: a file to write, "-" for standard output */
} cli_type;

typedef struct cli_texts {
    char **items;
    int n;
} cli_texts;

typedef struct cli_behaviour {
    bool is_given;
    eh_behaviour behaviour;
} cli_behaviour;

/** A share from 0.5 to 1, or 0 for "off". */
typedef struct cli_jaccard {
    bool is_given;
    double share;
} cli_jaccard;

typedef struct cli_windows {
    int64_t us[EH_MOST_WINDOWS];
    uint32_t n;
} cli_windows;

enum { CLI_MOST_MAPS = 64 };
typedef struct cli_maps {
    eh_column_map items[CLI_MOST_MAPS];
    size_t n;
} cli_maps;

typedef struct cli_opt {
    const char *name;    /**< long name without "--"; NULL for a positional argument */
    const char *value;   /**< what stands for the value in help: FILE, N, ... */
    const char *help;
    const char *choices; /**< CLI_CHOICE, or what completion offers for a positional: "a|b|c" */
    size_t offset;
    uint64_t least, most; /**< CLI_COUNT; most == 0: no bound */
    cli_type type;
    char letter;         /**< 0 = none */
    bool is_required;
} cli_opt;

/** Ends a table. */
#define CLI_END {NULL, NULL, NULL, NULL, 0, 0, 0, CLI_FLAG, 0, false}
/** --at-risk FILE into a member of a struct of arguments. */
#define CLI_AT_RISK(args, member, help) {"at-risk", "FILE", help, NULL, offsetof(args, member), 0, 0, CLI_FILE, 0, false}
#define CLI_GUARD_KEY(args, member)                                                                                                  \
    {"key", "KEYFILE", "With --at-risk: pseudonyms keyed with the bytes of KEYFILE (HMAC-SHA-256). Numbers when not given.", NULL,  \
     offsetof(args, member), 0, 0, CLI_FILE, 0, false}

static inline bool cli_opt_is_end(const cli_opt *opt) { return !opt->name && !opt->value; }
static inline bool cli_opt_is_positional(const cli_opt *opt) { return !opt->name && opt->value; }

/** What every command takes; the first member of every struct of arguments. */
typedef struct cli_common {
    uint64_t n_threads, memory_size, seed;
    const char *temp_dir, *actor;
    int progress; /**< CLI_PROGRESS_* */
    bool is_json, is_quiet, wants_help, wants_version;
} cli_common;
enum { CLI_PROGRESS_AUTO = 0, CLI_PROGRESS_JSON, CLI_PROGRESS_NONE };
extern const cli_opt cli_common_options[];
enum { CLI_DEFAULT_SEED = 1 };
#define CLI_COMMON_INIT .common = {.seed = CLI_DEFAULT_SEED}

typedef struct cli_command cli_command;

/**
 * Parses the words after the command's name into args. positionals has room for n_words; args may point into it.
 * Stops early, with EH_OK, at --help and --version. Every failure is EH_E_INVALID with a message fit for `evenhand: ...`.
 */
EH_MUST_CHECK eh_status cli_parse(const cli_command *command, int n_words, char **words, char **positionals, void *args,
                                  eh_error *err);

/** Parses one value into its place (opt_value.c). `shown` is the option as the person wrote it. */
EH_MUST_CHECK eh_status cli_parse_value(const cli_opt *opt, const char *shown, const char *text, void *args,
                                        eh_error *err);

/** The one of n names (stride bytes apart, each starting with a const char *) nearest to text; NULL if none is near. */
const char *cli_nearest(const char *text, const char *const *names, size_t n);

/** Fills word with the i-th of "a|b|c"; false past the end. */
bool cli_choice_at(const char *choices, int i, char word[64]);

#endif
