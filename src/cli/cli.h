/**
 * @file cli.h  What the commands of evenhand share.
 *
 * To add a command, four things (docs/adding-a-command.md walks through them):
 *   1. copy cmd_formats.c to cmd_<name>.c: a struct of arguments that starts with cli_common, its option table, one
 *      function that runs it, and the cli_command that ties them together;
 *   2. declare the cli_command below and add it to cli_commands[] in commands.c, and the file to meson.build;
 *   3. add tests/cli/<name>_*.cmd with what it must print;
 *   4. add a section with a working example to docs/user-guide.md.
 * Help, the man page and completion follow by themselves.
 *
 * A command returns a status and fills err; main.c prints it and picks the exit code:
 *   EH_OK 0, EH_E_INVALID 2 (usage), EH_E_STATISTICS 3 (insufficient data), EH_E_CANCELLED 130, all else 1.
 */
#ifndef EH_CLI_CLI_H
#define EH_CLI_CLI_H

#include "base/outfile.h"
#include "cli/opt.h"

#include <stddef.h>

/** One call of a command. */
typedef struct cli_call {
    eh_context *ctx;
    const cli_common *common;
    int n_words; /**< the whole command line, for provenance */
    char **words;
} cli_call;

struct cli_command {
    const char *name, *summary;
    const char *description; /**< paragraphs separated by a blank line */
    const char *examples;    /**< one command line a line */
    const cli_opt *options;
    const void *defaults;    /**< args_size bytes that args starts from */
    size_t args_size;
    eh_status (*run)(const cli_call *call, const void *args, eh_error *err);
};

enum { CLI_MOST_ARGS_SIZE = 4096 };

extern const cli_command cli_cmd_appeal, cli_cmd_audit, cli_cmd_calibrate, cli_cmd_claim, cli_cmd_decision,
    cli_cmd_detect, cli_cmd_expand, cli_cmd_export, cli_cmd_formats, cli_cmd_import, cli_cmd_investigate, cli_cmd_key,
    cli_cmd_ledger, cli_cmd_pairs, cli_cmd_purge, cli_cmd_report, cli_cmd_reproduce, cli_cmd_rhythm, cli_cmd_schema, cli_cmd_simulate,
    cli_cmd_sql, cli_cmd_statement;
/** In the order of help; ends with NULL. */
extern const cli_command *const cli_commands[];
const cli_command *cli_find_command(const char *name);

/* help.c, man.c, completion.c */
void cli_print_usage_line(const cli_command *command, FILE *to);
void cli_print_help(const cli_command *command, FILE *to);
void cli_print_overview(FILE *to);
void cli_print_man(FILE *to);
EH_MUST_CHECK eh_status cli_print_completion(const char *shell, FILE *to, eh_error *err);

/* signals.c: SIGINT and SIGTERM cancel ctx; a second one, or a second without an answer, ends at once with 130.
   A path told to cli_aside_add is removed then; it must stay alive until cli_aside_clear. */
void cli_signals_watch(eh_context *ctx);
void cli_signals_forget(void);
void cli_aside_add(const char *path);
void cli_aside_clear(void);
/** As cli_aside_add for the name under which eh_outfile writes path. */
void cli_aside_of(const char *path);

/* progress.c */
void cli_progress_start(const cli_common *common);
void cli_progress_report(void *data, const char *stage, uint64_t n_done, uint64_t n_total); /* an eh_progress_fn */
void cli_progress_end(void);

/* say.c: what is told to the person */
/** `evenhand: SOURCE: row R, byte B: message` on stderr. */
void cli_print_error(const eh_error *err);
/** A remark on stderr, silent with --quiet. */
void cli_note(const cli_call *call, const char *format, ...) EH_PRINTF(2, 3);
/** "1,234,567" in text. */
const char *cli_grouped(uint64_t n, char text[32]);
/** Opens a JSON object, or nothing when is_json is false; see cli_json_* for its members. */
typedef struct cli_json {
    eh_outfile out;
    bool has_members;
} cli_json;
EH_MUST_CHECK eh_status cli_json_open(eh_context *ctx, cli_json *json, eh_error *err);
EH_MUST_CHECK eh_status cli_json_open_at(eh_context *ctx, const char *path, cli_json *json, eh_error *err);
void cli_json_key(cli_json *json, const char *key);
void cli_json_text(cli_json *json, const char *key, const char *value);
void cli_json_count(cli_json *json, const char *key, uint64_t value);
void cli_json_real(cli_json *json, const char *key, double value); /* null where not finite */
void cli_json_bool(cli_json *json, const char *key, bool value);
void cli_json_begin(cli_json *json, const char *key, char bracket); /* key NULL inside an array */
void cli_json_end(cli_json *json, char bracket);
EH_MUST_CHECK eh_status cli_json_close(cli_json *json, eh_error *err);

/* common.c: pieces that several commands use */
typedef struct cli_input {
    cli_maps maps;
    const char *format;
    cli_behaviour behaviour;
} cli_input;
/** Rows --format, --map and --behaviour for a struct of arguments with a cli_input named `input`. */
#define CLI_INPUT_OPTIONS(args)                                                                                        \
    {"format", "NAME", "Read the archives as this format instead of recognising it; `evenhand formats` lists them.",   \
     NULL, offsetof(args, input.format), 0, 0, CLI_TEXT, 0, false},                                                    \
    {"map", "FIELD=COLUMN", "Take FIELD (account, time, post, urls, hashtags, ...) from COLUMN. May be repeated.",      \
     NULL, offsetof(args, input.maps), 0, 0, CLI_MAPS, 0, false}
#define CLI_BEHAVIOUR_OPTION(args)                                                                                     \
    {"behaviour", "B", "What the rows of a CooRTweet table are, where it does not say so itself; repost when not "     \
     "given.", NULL, offsetof(args, input.behaviour), 0, 0, CLI_BEHAVIOUR, 0, false}
#define CLI_KEY_OPTION(args)                                                                                           \
    {"pseudonymise", "KEYFILE", "Replace every account id and handle by a keyed hash (HMAC-SHA-256 with the bytes of " \
     "KEYFILE) before anything is stored.", NULL, offsetof(args, pseudonym_key), 0, 0, CLI_FILE, 0, false}
/** Rows --behaviours, --windows, --fdr, --legs, --list-by and --near-text for a struct of arguments with a cli_detect named `detect`. */
typedef struct cli_detect {
    uint32_t behaviours;
    cli_windows windows;
    double q;
    uint32_t legs;
    uint32_t list_by;
    cli_jaccard near_text;
} cli_detect;
#define CLI_DETECT_OPTIONS(args)                                                                                       \
    {"behaviours", "LIST", "Compare only these kinds of action: repost, link, text, hashtag, reply, mention, media. "  \
     "All that the archive holds when not given.",                                                                     \
     NULL, offsetof(args, detect.behaviours), 0, 0, CLI_BEHAVIOURS, 0, false},                                         \
    {"windows", "LIST", "How close in time two actions must be, as a list; evidence is averaged over it. "             \
     "10s,1m,10m,1h when not given.",                                                                                  \
     NULL, offsetof(args, detect.windows), 0, 0, CLI_WINDOWS, 0, false},                                               \
    {"fdr", "Q", "The share of false findings to accept among the listed; 0.05 when not given.", NULL,                 \
     offsetof(args, detect.q), 0, 0, CLI_SHARE, 0, false},                                                             \
    {"legs", "LIST", "The kinds of evidence to use beside timing: selection (the same objects), reuse (the same "      \
     "texts), group (pairs that are weak one by one), operator (one pair of hands). All that the archive allows "      \
     "when not given; timing for none of them.",                                                                       \
     "timing|selection|reuse|group|operator", offsetof(args, detect.legs), 0, 0, CLI_WORDS, 0, false},                 \
    {"list-by", "LIST", "The kinds of evidence that list an account alone: timing,reuse when not given; what is not "    \
     "named supports only. selection finds groups that leave hours between their actions, and lists circles with a "    \
     "purpose in common (a class, a mailing list) just so; group lists audiences that gather for one event.",           \
     "timing|selection|reuse|group", offsetof(args, detect.list_by), 0, 0, CLI_WORDS, 0, false},                        \
    {"near-text", "SHARE", "Take texts as one when this share of their five-letter pieces is common (Jaccard), and "    \
     "leave out texts that everybody has; 0.8 when not given. `off` takes only equal texts as one and leaves "         \
     "nothing out.", NULL, offsetof(args, detect.near_text), 0, 0, CLI_JACCARD, 0, false}
eh_detect_options cli_detect_options(const cli_detect *detect);
/** Refuses a kind of evidence that is to list and is left out. */
EH_MUST_CHECK eh_status cli_check_detect(const cli_detect *detect, eh_error *err);
eh_ingest_options cli_ingest_options(const cli_input *input);
/** The path to hand to the library for -o: devices and pipes become standard output, so that they are written
 *  straight instead of being replaced by a file. */
EH_MUST_CHECK eh_status cli_output_path(const char *path, const char **usable, eh_error *err);
/** Refuses an output that is the same file as an input, by whatever name; both may be NULL. */
EH_MUST_CHECK eh_status cli_check_not_input(const char *output, const char *input, eh_error *err);
EH_MUST_CHECK eh_status cli_check_not_inputs(const char *output, const cli_texts *inputs, eh_error *err);
/** eh_investigation_open for the actor of --actor. */
EH_MUST_CHECK eh_status cli_open(const cli_call *call, const char *path, eh_open_mode mode, eh_investigation **inv, eh_error *err);
/** As cli_open for reading; waits up to two seconds while another process writes a few leaves. */
/** The accounts of --at-risk, which are not named, where the run's list can be trusted; *guard NULL without any. is_of_run false: no list
 *  is written. Free it with eh_guard_free. */
EH_MUST_CHECK eh_status cli_guard_new(const cli_call *call, eh_investigation *inv, const char *run_id, bool is_of_run, const char *at_risk,
                                      const char *key, eh_guard **guard, eh_error *err);
EH_MUST_CHECK eh_status cli_open_to_export(const cli_call *call, const char *path, eh_investigation **inv, eh_error *err);
/** The same for writing. */
EH_MUST_CHECK eh_status cli_open_to_record(const cli_call *call, const char *path, eh_investigation **inv, eh_error *err);
/** Records files that were written out of an investigation, which must be closed; where that cannot be, says so on stderr.
 *  run_id as for eh_investigation_record_export. */
void cli_record_export(const cli_call *call, const char *inv_path, const char *run_id, const eh_exported_file *files,
                       size_t n_files);
/** path's extension without the dot, "" where there is none. */
const char *cli_extension(const char *path);
/** dir/name, owned by the caller (eh_free). */
char *cli_join(eh_context *ctx, const char *dir, const char *name, eh_error *err);
/** What an import or a reading found, as a few lines of text. */
void cli_print_ingest(FILE *to, const char *path, const eh_ingest_report *report, const uint64_t *n_duplicates);
void cli_json_ingest(cli_json *json, const char *path, const eh_ingest_report *report, const uint64_t *n_duplicates);
/** Fails when nothing at all was kept, telling why. */
EH_MUST_CHECK eh_status cli_check_kept(const char *path, const eh_ingest_report *report, uint64_t n_kept,
                                       eh_error *err);
/* calibrate_worlds.c */
typedef struct cli_worlds {
    const char *scenario, *plant;
    uint64_t n_worlds, n_accounts, n_days;
} cli_worlds;
/** Simulates, detects and scores; prints or, with a path, also writes JSON. */
EH_MUST_CHECK eh_status cli_calibrate_worlds(const cli_call *call, const cli_worlds *worlds, const eh_detect_options *detect,
                                             const char *path, eh_error *err);
/** The size table of calibrate, as text. */
void cli_print_sizes(FILE *to, const eh_sizes *sizes);
/* importing.c */
/** Imports each input in turn; reports has inputs->n zeroed elements. */
EH_MUST_CHECK eh_status cli_import_all(eh_investigation *inv, const cli_texts *inputs, const cli_input *input,
                                       const char *pseudonym_key, eh_import_report *reports, eh_error *err);
void cli_print_import(const char *path, const eh_import_report *report);
void cli_print_run(FILE *to, const eh_run_summary *run);
void cli_json_run(cli_json *json, const eh_run_summary *run);

#endif
