/* audit.html, with the call that gives it again. */
#include "cli/cmd_audit.h"

/* A word of a command line, quoted for the shell where it needs it. */
static eh_status add_word(eh_buf *out, eh_str word, eh_error *err)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/,=";
    bool is_plain = word.size > 0;
    for (size_t i = 0; i < word.size; i++) is_plain = is_plain && word.data[i] && strchr(plain, word.data[i]);
    EH_TRY(eh_buf_add(out, " ", 1, err));
    if (is_plain) return eh_buf_add_str(out, word, err);
    EH_TRY(eh_buf_add(out, "'", 1, err));
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] == '\'') EH_TRY(eh_buf_add(out, "'\\''", 4, err));
        else EH_TRY(eh_buf_add(out, word.data + i, 1, err));
    }
    return eh_buf_add(out, "'", 1, err);
}

/* What does not bear on the result: 0 = it does, else how many words it takes. */
static int n_idle_words(const char *word)
{
    static const char *const with_value[] = {"-o", "--output", "--threads", "--progress", "--memory", "--temp"}, *const alone[] = {"--json", "--quiet", "-q"};
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
        if (strcmp(word, alone[i]) == 0) return 1;
    for (size_t i = 0; i < sizeof with_value / sizeof *with_value; i++) {
        size_t size = strlen(with_value[i]);
        if (strncmp(word, with_value[i], size) != 0) continue;
        if (word[size] == 0) return 2;
        if (word[size] == '=' || size == 2) return 1;
    }
    return 0;
}

/* The call without folders of this machine, output and threads. */
static eh_status tell_command(const cli_call *call, eh_buf *out, eh_error *err)
{
    EH_TRY(eh_buf_printf(out, err, "evenhand"));
    for (int i = 1; i < call->n_words;) {
        const char *word = call->words[i], *slash = strrchr(word, '/');
        if (strncmp(word, "--compare", 9) == 0 || strcmp(call->words[i - 1], "--compare") == 0) slash = NULL; /* names of sides */
        int n_idle = n_idle_words(word);
        i += n_idle ? n_idle : 1;
        if (n_idle) continue;
        const char *value = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
        eh_buf shown = EH_BUF_INIT(call->ctx);
        eh_status status = value && slash ? eh_buf_add(&shown, word, (size_t)(value - word) + 1, err) : EH_OK;
        if (status == EH_OK) status = eh_buf_add_str(&shown, eh_str_of(slash ? slash + 1 : word), err);
        if (status == EH_OK) status = add_word(out, eh_buf_str(&shown), err);
        eh_buf_release(&shown);
        EH_TRY(status);
    }
    return eh_buf_printf(out, err, " -o audit");
}

eh_status cli_audit_page(const cli_call *call, const char *dir, const eh_audit *audit, const eh_audit_data *data, eh_error *err)
{
    eh_audit_story story;
    eh_buf command = EH_BUF_INIT(call->ctx);
    char *path = cli_join(call->ctx, dir, "audit.html", err);
    eh_status status = path ? tell_command(call, &command, err) : err->status;
    if (status == EH_OK) {
        eh_audit_tell(audit, data, &story);
        story.command = command.data;
        status = eh_audit_page_write(audit, &story, path, err);
    }
    eh_buf_release(&command);
    eh_free(call->ctx, path);
    return status;
}
