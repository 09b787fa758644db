/* Shell completion, from the option tables. */
#include "cli/cli.h"

static bool is_file(const cli_opt *opt)
{
    return opt->type == CLI_FILE || opt->type == CLI_OUTPUT || (opt->type == CLI_TEXTS && !opt->choices);
}

/* Words that may stand for the value of an option, parted by blanks. */
static void print_words(const cli_opt *opt, FILE *to)
{
    char word[64];
    if (opt->type == CLI_BEHAVIOUR || opt->type == CLI_BEHAVIOURS)
        for (int b = 0; b < EH_N_BEHAVIOURS; b++) fprintf(to, "%s%s", b ? " " : "", eh_behaviour_name((eh_behaviour)b));
    else if (opt->choices)
        for (int i = 0; cli_choice_at(opt->choices, i, word); i++) fprintf(to, "%s%s", i ? " " : "", word);
}

static bool has_words(const cli_opt *opt)
{
    return opt->choices || opt->type == CLI_BEHAVIOUR || opt->type == CLI_BEHAVIOURS;
}

/* --- bash ------------------------------------------------------------------------------------------------------ */

static void print_bash_names(const cli_opt *table, FILE *to)
{
    for (const cli_opt *o = table; !cli_opt_is_end(o); o++) {
        if (!o->name) continue;
        fprintf(to, " --%s", o->name);
        if (o->letter) fprintf(to, " -%c", o->letter);
    }
}

static void print_bash_values(const cli_opt *table, FILE *to)
{
    for (const cli_opt *o = table; !cli_opt_is_end(o); o++) {
        if (!o->name || o->type == CLI_FLAG) continue;
        fprintf(to, "        --%s", o->name);
        if (o->letter) fprintf(to, "|-%c", o->letter);
        fputs(") ", to);
        if (has_words(o)) {
            fputs("COMPREPLY=($(compgen -W '", to);
            print_words(o, to);
            fputs("' -- \"$word\"))", to);
        } else if (o->type == CLI_FOLDER) {
            fputs("COMPREPLY=($(compgen -d -- \"$word\"))", to);
        } else if (is_file(o)) {
            fputs("COMPREPLY=($(compgen -f -- \"$word\"))", to);
        } else {
            fputs("COMPREPLY=()", to);
        }
        fputs("; return ;;\n", to);
    }
}

/* What stands at the n-th place of the words that belong to no option. */
static void print_bash_positionals(const cli_command *command, FILE *to)
{
    int n = 0;
    fputs("        *) case $n in\n", to);
    for (const cli_opt *o = command->options; !cli_opt_is_end(o); o++) {
        if (!cli_opt_is_positional(o)) continue;
        if (o->type == CLI_TEXTS)
            fputs("        *) ", to);
        else
            fprintf(to, "        %d) ", n);
        n++;
        if (has_words(o)) {
            fputs("COMPREPLY=($(compgen -W '", to);
            print_words(o, to);
            fputs("' -- \"$word\")) ;;\n", to);
        } else {
            fputs("COMPREPLY=($(compgen -f -- \"$word\")) ;;\n", to);
        }
    }
    fputs("        esac ;;\n", to);
}

/* Counts the words before the one at work that belong to no option, into n. */
static void print_bash_count(const cli_command *command, FILE *to)
{
    fputs("        for ((i = 2; i < COMP_CWORD; i++)); do\n"
          "            case ${COMP_WORDS[i]} in\n"
          "            ", to);
    const cli_opt *const tables[] = {command->options, cli_common_options};
    const char *before = "";
    for (int t = 0; t < 2; t++)
        for (const cli_opt *o = tables[t]; !cli_opt_is_end(o); o++) {
            if (!o->name || o->type == CLI_FLAG) continue;
            fprintf(to, "%s--%s", before, o->name);
            if (o->letter) fprintf(to, "|-%c", o->letter);
            before = "|";
        }
    fputs(") i=$((i + 1)) ;;\n"
          "            -*) ;;\n"
          "            *) n=$((n + 1)) ;;\n"
          "            esac\n"
          "        done\n", to);
}

static void print_bash(FILE *to)
{
    fputs("# bash completion for evenhand; made by: evenhand --completion bash\n"
          "_evenhand() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} n=0 i\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        COMPREPLY=($(compgen -W '", to);
    for (const cli_command *const *c = cli_commands; *c; c++) fprintf(to, "%s ", (*c)->name);
    fputs("--help --version --completion' -- \"$word\"))\n"
          "        return\n"
          "    fi\n"
          "    case ${COMP_WORDS[1]} in\n", to);
    for (const cli_command *const *c = cli_commands; *c; c++) {
        fprintf(to, "    %s)\n        case $before in\n", (*c)->name);
        print_bash_values((*c)->options, to);
        print_bash_values(cli_common_options, to);
        fputs("        esac\n", to);
        print_bash_count(*c, to);
        fputs("        case $word in\n"
              "        -*) COMPREPLY=($(compgen -W '", to);
        print_bash_names((*c)->options, to);
        print_bash_names(cli_common_options, to);
        fputs("' -- \"$word\")) ;;\n", to);
        print_bash_positionals(*c, to);
        fputs("        esac ;;\n", to);
    }
    fputs("    esac\n"
          "}\n"
          "complete -o filenames -F _evenhand evenhand\n", to);
}

/* --- zsh ------------------------------------------------------------------------------------------------------- */

/* Help inside '...[...]': quotes, brackets and colons would end it. */
static void print_zsh_text(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", to);
        else if (*text == '[' || *text == ']' || *text == ':' || *text == '\\')
            fprintf(to, "\\%c", *text);
        else
            (void)fputc(*text, to);
    }
}

static void print_zsh_value(const cli_opt *opt, FILE *to)
{
    fprintf(to, ":%s:", opt->value ? opt->value : "");
    if (has_words(opt)) {
        (void)fputc('(', to);
        print_words(opt, to);
        (void)fputc(')', to);
    } else if (opt->type == CLI_FOLDER) {
        fputs("_files -/", to);
    } else if (is_file(opt) || cli_opt_is_positional(opt)) {
        fputs("_files", to);
    }
}

static void print_zsh_options(const cli_opt *table, FILE *to)
{
    for (const cli_opt *o = table; !cli_opt_is_end(o); o++) {
        fputs(" \\\n            '", to);
        if (cli_opt_is_positional(o)) {
            if (o->type == CLI_TEXTS) (void)fputc('*', to);
            print_zsh_value(o, to);
            (void)fputc('\'', to);
            continue;
        }
        for (int is_long = o->letter ? 0 : 1; is_long < 2; is_long++) {
            if (o->type == CLI_MAPS) (void)fputc('*', to);
            if (is_long)
                fprintf(to, "--%s[", o->name);
            else
                fprintf(to, "-%c[", o->letter);
            print_zsh_text(o->help, to);
            (void)fputc(']', to);
            if (o->type != CLI_FLAG) print_zsh_value(o, to);
            fputs(is_long ? "'" : "' \\\n            '", to);
        }
    }
}

static void print_zsh(FILE *to)
{
    fputs("#compdef evenhand\n"
          "# zsh completion for evenhand; made by: evenhand --completion zsh\n"
          "_evenhand() {\n"
          "    local -a commands=(\n", to);
    for (const cli_command *const *c = cli_commands; *c; c++) {
        fprintf(to, "        '%s:", (*c)->name);
        print_zsh_text((*c)->summary, to);
        fputs("'\n", to);
    }
    fputs("    )\n"
          "    if (( CURRENT == 2 )); then\n"
          "        _describe command commands\n"
          "        return\n"
          "    fi\n"
          "    local command=$words[2]\n"
          "    shift words\n"
          "    (( CURRENT-- ))\n"
          "    case $command in\n", to);
    for (const cli_command *const *c = cli_commands; *c; c++) {
        fprintf(to, "    %s)\n        _arguments", (*c)->name);
        print_zsh_options((*c)->options, to);
        print_zsh_options(cli_common_options, to);
        fputs(" ;;\n", to);
    }
    fputs("    esac\n"
          "}\n"
          "_evenhand \"$@\"\n", to);
}

/* --- fish ------------------------------------------------------------------------------------------------------ */

static void print_fish_text(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\') (void)fputc('\\', to);
        (void)fputc(*text, to);
    }
}

static void print_fish_options(const cli_command *command, const cli_opt *table, FILE *to)
{
    for (const cli_opt *o = table; !cli_opt_is_end(o); o++) {
        if (!o->name) continue;
        fprintf(to, "complete -c evenhand -n '__fish_seen_subcommand_from %s' -l %s", command->name, o->name);
        if (o->letter) fprintf(to, " -s %c", o->letter);
        if (o->type != CLI_FLAG) fputs(is_file(o) || o->type == CLI_FOLDER ? " -r -F" : " -x", to);
        if (has_words(o)) {
            fputs(" -a '", to);
            print_words(o, to);
            (void)fputc('\'', to);
        }
        fputs(" -d '", to);
        print_fish_text(o->help, to);
        fputs("'\n", to);
    }
}

static void print_fish(FILE *to)
{
    fputs("# fish completion for evenhand; made by: evenhand --completion fish\n", to);
    for (const cli_command *const *c = cli_commands; *c; c++) {
        fprintf(to, "complete -c evenhand -n __fish_use_subcommand -f -a %s -d '", (*c)->name);
        print_fish_text((*c)->summary, to);
        fputs("'\n", to);
        print_fish_options(*c, (*c)->options, to);
        print_fish_options(*c, cli_common_options, to);
    }
}

eh_status cli_print_completion(const char *shell, FILE *to, eh_error *err)
{
    if (shell && strcmp(shell, "bash") == 0)
        print_bash(to);
    else if (shell && strcmp(shell, "zsh") == 0)
        print_zsh(to);
    else if (shell && strcmp(shell, "fish") == 0)
        print_fish(to);
    else
        return eh_fail(err, EH_E_INVALID, "--completion needs one of bash, zsh, fish");
    return EH_OK;
}
