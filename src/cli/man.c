/* The manual page (roff, man macros), from the option tables: evenhand --man > evenhand.1 */
#include "cli/cli.h"

/* Text with what roff would take for itself escaped; a blank line becomes a paragraph. */
static void print_roff(const char *text, FILE *to)
{
    bool is_line_start = true;
    for (; *text; text++) {
        if (*text == '\n') {
            text += strspn(text, "\n") - 1;
            fputs("\n.PP\n", to);
            is_line_start = true;
            continue;
        }
        if (is_line_start && (*text == '.' || *text == '\'')) fputs("\\&", to);
        is_line_start = false;
        if (*text == '\\')
            fputs("\\e", to);
        else if (*text == '-')
            fputs("\\-", to);
        else
            (void)fputc(*text, to);
    }
}

static void print_option(const cli_opt *opt, FILE *to)
{
    fputs(".TP\n", to);
    if (cli_opt_is_positional(opt)) {
        fprintf(to, "\\fI%s\\fR%s", opt->value, opt->type == CLI_TEXTS ? "..." : "");
    } else {
        if (opt->letter) fprintf(to, "\\fB\\-%c\\fR, ", opt->letter);
        fprintf(to, "\\fB\\-\\-%s\\fR", opt->name);
        if (opt->type != CLI_FLAG) fprintf(to, " \\fI%s\\fR", opt->value);
    }
    (void)fputc('\n', to);
    print_roff(opt->help, to);
    (void)fputc('\n', to);
}

static void print_command(const cli_command *command, FILE *to)
{
    fprintf(to, ".SS %s\n.B ", command->name);
    cli_print_usage_line(command, to);
    fputs(".PP\n", to);
    print_roff(command->description, to);
    (void)fputc('\n', to);
    for (const cli_opt *o = command->options; !cli_opt_is_end(o); o++) print_option(o, to);
}

static void print_examples(FILE *to)
{
    fputs(".SH EXAMPLES\n", to);
    for (const cli_command *const *c = cli_commands; *c; c++) {
        if (!(*c)->examples) continue;
        fputs(".PP\n.nf\n", to);
        for (const char *line = (*c)->examples; *line; line += strcspn(line, "\n"), line += *line == '\n') {
            char one[256];
            (void)snprintf(one, sizeof one, "%.*s", (int)strcspn(line, "\n"), line);
            print_roff(one, to);
            (void)fputc('\n', to);
        }
        fputs(".fi\n", to);
    }
}

void cli_print_man(FILE *to)
{
    fprintf(to, ".TH EVENHAND 1 \"\" \"evenhand %s\" \"User Commands\"\n", eh_version());
    fputs(".SH NAME\nevenhand \\- finds accounts that act together, with the evidence for every pair\n"
          ".SH SYNOPSIS\n.B evenhand\n.I COMMAND\n[\\fIarguments\\fR] [\\fIoptions\\fR]\n"
          ".SH DESCRIPTION\nevenhand finds accounts that act together in archives of posts, says how sure it is, and "
          "keeps the evidence.\nIt reads files that you have; it collects nothing.\nAn investigation (\\fIINV\\fR) is "
          "one DuckDB file that any DuckDB client can open.\nDurations take units (10s, 5m, 1h, 2d), sizes too "
          "(512MiB, 4GiB). Times are UTC.\nResults go to standard output, everything else to standard error. Files "
          "appear whole or not at all.\n"
          ".SH COMMANDS\n", to);
    for (const cli_command *const *c = cli_commands; *c; c++) print_command(*c, to);
    fputs(".SH COMMON OPTIONS\n", to);
    for (const cli_opt *o = cli_common_options; !cli_opt_is_end(o); o++) print_option(o, to);
    fputs(".SH EXIT STATUS\n"
          ".TP\n.B 0\ndone\n.TP\n.B 1\nfailed; standard error says why\n.TP\n.B 2\nwrong usage\n"
          ".TP\n.B 3\nwhat was asked about has insufficient data or is inconclusive\n"
          ".TP\n.B 130\ninterrupted; nothing is left half\\-written\n", to);
    print_examples(to);
}
