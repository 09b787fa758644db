/* evenhand: picks the command, runs it, turns its status into an exit code. */
#include "cli/cli.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_INSUFFICIENT = 3, EXIT_INTERRUPTED = 130 };

/* Commands of the contract that later versions bring. */
static const char *const not_yet[] = {"serve"};

static int exit_code(eh_status status)
{
    switch (status) {
    case EH_OK: return EXIT_DONE;
    case EH_E_INVALID: return EXIT_USAGE;
    case EH_E_STATISTICS: return EXIT_INSUFFICIENT;
    case EH_E_CANCELLED: return EXIT_INTERRUPTED;
    case EH_E_NOMEM:
    case EH_E_LIMIT:
    case EH_E_IO:
    case EH_E_FORMAT:
    case EH_E_NOT_FOUND:
    case EH_E_UNSUPPORTED:
    default: return EXIT_FAILED;
    }
}

static int fail(const eh_error *err, eh_status status)
{
    if (status == EH_E_CANCELLED) {
        cli_progress_end();
        fputs("evenhand: interrupted; nothing was left half-written\n", stderr);
    } else {
        cli_print_error(err);
    }
    return exit_code(status);
}

/* What was printed may not have arrived: a full disk behind standard output is a failure. */
static int end_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fputs("evenhand: standard output could not be written\n", stderr);
    return code == EXIT_DONE ? EXIT_FAILED : code;
}

static eh_status run_with_context(const cli_command *command, const void *args, int n_words, char **words,
                                  eh_error *err)
{
    const cli_common *common = args;
    eh_context_options options = eh_context_options_default();
    options.n_threads = (int)common->n_threads;
    options.memory_limit_size = common->memory_size;
    options.temp_dir = common->temp_dir;
    options.seed = common->seed;
    options.progress = cli_progress_report;
    eh_context *ctx;
    EH_TRY(eh_context_new(&options, &ctx, err));
    cli_progress_start(common);
    cli_signals_watch(ctx);
    const cli_call call = {.ctx = ctx, .common = common, .n_words = n_words, .words = words};
    eh_status status = command->run(&call, args, err);
    /* A call that failed because it was asked to stop was interrupted, whatever it says. */
    if (status != EH_OK && eh_context_is_cancelled(ctx)) status = EH_E_CANCELLED;
    cli_progress_end();
    cli_signals_forget();
    eh_context_free(ctx);
    return status;
}

static void print_version(void)
{
    printf("evenhand %s\n", eh_version());
}

static int parse_and_run(const cli_command *command, int n_words, char **words, char **positionals)
{
    _Alignas(16) unsigned char args[CLI_MOST_ARGS_SIZE];
    memcpy(args, command->defaults, command->args_size);
    eh_error err = EH_ERROR_INIT;
    eh_status status = cli_parse(command, n_words - 2, words + 2, positionals, args, &err);
    if (status != EH_OK) return fail(&err, status);
    const cli_common *common = (const void *)args;
    if (common->wants_help || common->wants_version) {
        if (common->wants_help)
            cli_print_help(command, stdout);
        else
            print_version();
        return end_output(EXIT_DONE);
    }
    status = run_with_context(command, args, n_words, words, &err);
    if (status != EH_OK) return fail(&err, status);
    return end_output(EXIT_DONE);
}

static int run_command(const cli_command *command, int n_words, char **words)
{
    /* The context of the command is made from its options; this one only holds the words that are none. */
    const eh_context_options options = eh_context_options_default();
    eh_error err = EH_ERROR_INIT;
    eh_context *ctx;
    eh_status status = eh_context_new(&options, &ctx, &err);
    if (status != EH_OK) return fail(&err, status);
    char **positionals = eh_alloc(ctx, (size_t)n_words, sizeof *positionals, &err);
    int code = positionals ? parse_and_run(command, n_words, words, positionals) : fail(&err, err.status);
    eh_free(ctx, positionals);
    eh_context_free(ctx);
    return code;
}

static int fail_command(const char *name)
{
    for (size_t i = 0; i < sizeof not_yet / sizeof *not_yet; i++) {
        if (strcmp(name, not_yet[i]) != 0) continue;
        fprintf(stderr, "evenhand: %s is not part of this version yet\n", name);
        return EXIT_USAGE;
    }
    const char *names[32];
    size_t n = 0;
    for (const cli_command *const *c = cli_commands; *c && n < sizeof names / sizeof *names; c++) names[n++] = (*c)->name;
    const char *near = cli_nearest(name, names, n);
    if (near)
        fprintf(stderr, "evenhand: there is no command '%s'; did you mean '%s'?\n", name, near);
    else
        fprintf(stderr, "evenhand: there is no command '%s'; 'evenhand --help' lists them\n", name);
    return EXIT_USAGE;
}

static int run_option(int n_words, char **words)
{
    const char *word = words[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        cli_print_overview(stdout);
    } else if (strcmp(word, "--version") == 0) {
        print_version();
    } else if (strcmp(word, "--man") == 0) {
        cli_print_man(stdout);
    } else if (strncmp(word, "--completion", 12) == 0 && (word[12] == 0 || word[12] == '=')) {
        eh_error err = EH_ERROR_INIT;
        const char *shell = word[12] ? word + 13 : n_words > 2 ? words[2] : NULL;
        eh_status status = cli_print_completion(shell, stdout, &err);
        if (status != EH_OK) return fail(&err, status);
    } else {
        fprintf(stderr, "evenhand: there is no option %s before a command; 'evenhand --help' shows how\n", word);
        return EXIT_USAGE;
    }
    return end_output(EXIT_DONE);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        cli_print_overview(stderr);
        return EXIT_USAGE;
    }
    if (argv[1][0] == '-') return run_option(argc, argv);
    if (strcmp(argv[1], "help") == 0) {
        const cli_command *about = argc > 2 ? cli_find_command(argv[2]) : NULL;
        if (argc > 2 && !about) return fail_command(argv[2]);
        if (about)
            cli_print_help(about, stdout);
        else
            cli_print_overview(stdout);
        return end_output(EXIT_DONE);
    }
    const cli_command *command = cli_find_command(argv[1]);
    return command ? run_command(command, argc, argv) : fail_command(argv[1]);
}
