/* --help of the program and of each command, from the option tables. */
#include "cli/cli.h"

enum { WIDTH = 79, OPTION_INDENT = 26 };

/* Prints text wrapped at WIDTH with an indent; the first line starts at column `at`. Blank lines part paragraphs. */
static void print_wrapped(const char *text, int at, int indent, FILE *to)
{
    int column = at;
    bool is_line_start = true;
    while (*text) {
        if (*text == '\n') {
            fputs("\n\n", to);
            column = 0;
            is_line_start = true;
            text += strspn(text, "\n");
            continue;
        }
        int size = (int)strcspn(text, " \n");
        if (!is_line_start && column + 1 + size > WIDTH) {
            (void)fputc('\n', to);
            column = 0;
            is_line_start = true;
        }
        if (column == 0 && indent) column = fprintf(to, "%*s", indent, "");
        if (!is_line_start) column += fprintf(to, " ");
        column += fprintf(to, "%.*s", size, text);
        is_line_start = false;
        text += size;
        text += strspn(text, " ");
    }
    (void)fputc('\n', to);
}

static bool takes_value(const cli_opt *opt)
{
    return opt->type != CLI_FLAG;
}

static void print_option(const cli_opt *opt, FILE *to)
{
    char head[80];
    int size;
    if (cli_opt_is_positional(opt))
        size = snprintf(head, sizeof head, "  %s%s", opt->value, opt->type == CLI_TEXTS ? "..." : "");
    else if (opt->letter)
        size = snprintf(head, sizeof head, "  -%c, --%s%s%s", opt->letter, opt->name, takes_value(opt) ? " " : "",
                        takes_value(opt) ? opt->value : "");
    else
        size = snprintf(head, sizeof head, "      --%s%s%s", opt->name, takes_value(opt) ? " " : "",
                        takes_value(opt) ? opt->value : "");
    fputs(head, to);
    if (size + 2 > OPTION_INDENT) {
        (void)fputc('\n', to);
        size = 0;
    }
    fprintf(to, "%*s", OPTION_INDENT - size, "");
    print_wrapped(opt->help, OPTION_INDENT, OPTION_INDENT, to);
}

static void print_section(const char *title, const cli_opt *table, bool is_positional, FILE *to)
{
    bool has_title = false;
    for (const cli_opt *o = table; !cli_opt_is_end(o); o++) {
        if (cli_opt_is_positional(o) != is_positional) continue;
        if (!has_title) fprintf(to, "\n%s:\n", title);
        has_title = true;
        print_option(o, to);
    }
}

void cli_print_usage_line(const cli_command *command, FILE *to)
{
    fprintf(to, "evenhand %s", command->name);
    for (const cli_opt *o = command->options; !cli_opt_is_end(o); o++) {
        if (!cli_opt_is_positional(o)) continue;
        const char *dots = o->type == CLI_TEXTS ? "..." : "";
        fprintf(to, o->is_required ? " %s%s" : " [%s%s]", o->value, dots);
    }
    for (const cli_opt *o = command->options; !cli_opt_is_end(o); o++) {
        if (!o->name || !o->is_required) continue;
        if (o->letter)
            fprintf(to, " -%c %s", o->letter, o->value);
        else
            fprintf(to, " --%s %s", o->name, o->value);
    }
    fputs(" [options]\n", to);
}

void cli_print_help(const cli_command *command, FILE *to)
{
    fputs("Usage: ", to);
    cli_print_usage_line(command, to);
    (void)fputc('\n', to);
    print_wrapped(command->description, 0, 0, to);
    print_section("Arguments", command->options, true, to);
    print_section("Options", command->options, false, to);
    print_section("Common options", cli_common_options, false, to);
    if (!command->examples) return;
    fputs("\nExamples:\n", to);
    for (const char *line = command->examples; *line; line += strcspn(line, "\n"), line += *line == '\n')
        fprintf(to, "  %.*s\n", (int)strcspn(line, "\n"), line);
}

void cli_print_overview(FILE *to)
{
    fputs("Usage: evenhand COMMAND [arguments] [options]\n\n"
          "Finds accounts that act together in archives of posts, says how sure it is, and\n"
          "keeps the evidence. It reads files that you have; it collects nothing.\n\n"
          "Commands:\n", to);
    for (const cli_command *const *c = cli_commands; *c; c++) {
        int size = fprintf(to, "  %s", (*c)->name);
        fprintf(to, "%*s", 16 - size, "");
        print_wrapped((*c)->summary, 16, 16, to);
    }
    fputs("\nOptions:\n"
          "  -h, --help              Print this help; evenhand COMMAND --help tells of one command.\n"
          "      --version           Print the version.\n"
          "      --completion SHELL  Print completion for bash, zsh or fish.\n\n"
          "Start with: evenhand investigate ARCHIVE -o DIR\n"
          "Times are UTC; durations take units (10s, 5m, 1h, 2d), sizes too (512MiB, 4GiB).\n"
          "Exit status: 0 done, 1 failed, 2 usage, 3 insufficient data, 130 interrupted.\n", to);
}
