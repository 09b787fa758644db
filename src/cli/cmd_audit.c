/* The audit of a ready table. The only command that sees which side an account is on. */
#include "cli/cmd_audit.h"

#include <math.h>
#include <string.h>

typedef struct audit_args {
    cli_common common;
    const char *table, *output, *compare;
    double margin, alpha;
    uint64_t n_permutations, n_bootstrap;
    cli_audit_plan plan;
} audit_args;

static const audit_args defaults = {CLI_COMMON_INIT, .margin = 1.25, .alpha = 0.05, .n_permutations = 9999, .n_bootstrap = 1999, .plan = CLI_AUDIT_PLAN_INIT};

/* "A,B" into the numbers of two sides; a name may hold a comma, so every comma is tried. */
static eh_status find_sides(const eh_audit_data *data, const char *compare, eh_audit_options *options, eh_error *err)
{
    eh_str all = eh_str_of(compare);
    for (size_t at = eh_str_find(all, ',', 0); at < all.size; at = eh_str_find(all, ',', at + 1)) {
        uint32_t found[2] = {UINT32_MAX, UINT32_MAX};
        const eh_str names[2] = {eh_str_trim((eh_str){all.data, at}), eh_str_trim((eh_str){all.data + at + 1, all.size - at - 1})};
        for (uint32_t i = 0; i < data->sides.n; i++)
            for (int k = 0; k < 2; k++)
                if (eh_str_equal(eh_strings_get(&data->sides, i), names[k])) found[k] = i;
        if (found[0] == UINT32_MAX || found[1] == UINT32_MAX || found[0] == found[1]) continue;
        options->side_a = found[0];
        options->side_b = found[1];
        return EH_OK;
    }
    return eh_fail(err, EH_E_INVALID, "--compare '%s': give two different sides that the table has, as A,B", compare);
}

static eh_status choose_sides(const eh_audit_data *data, const char *compare, eh_audit_options *options, eh_error *err)
{
    char names[256] = "";
    size_t used = 0;
    if (compare) return find_sides(data, compare, options, err);
    if (data->sides.n == 2) return EH_OK;
    for (uint32_t i = 0; i < data->sides.n && i < 8 && used + 40 < sizeof names; i++) {
        eh_str name = eh_strings_get(&data->sides, i);
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%.*s", i ? ", " : "", (int)(name.size < 30 ? name.size : 30), name.data);
    }
    return eh_fail(err, EH_E_INVALID, "the table has %u sides (%s%s): say which two are compared with --compare A,B; the others are shown beside them",
                   data->sides.n, names, data->sides.n > 8 ? ", ..." : "");
}

/* Strata that differ come before their average. */
static void print_strata(const eh_audit *audit, const eh_audit_data *data)
{
    enum { most_shown = 12 };
    size_t n = 0;
    if (!eh_audit_strata_differ(audit)) return;
    for (size_t k = 0; k < audit->n_listed_strata; k++) {
        const eh_stratum_result *s = &audit->strata[k];
        eh_str name = eh_strings_get(&data->strata, s->stratum);
        if (!s->has_exact || n++ >= most_shown) continue;
        printf("%s%.*s: odds ratio %.4g (exact %.4g to %.4g)\n", n > 1 ? "          " : "strata    ", (int)(name.size < 40 ? name.size : 40), name.data,
               s->exact.odds_ratio.estimate, s->exact.odds_ratio.low, s->exact.odds_ratio.high);
    }
    if (n > most_shown) printf("          and %zu more in strata.csv\n", n - most_shown);
}

static void print(const eh_audit *audit, const eh_audit_data *data)
{
    char words[EH_AUDIT_TEXT_SIZE];
    eh_trap traps[EH_N_TRAPS];
    eh_audit_conclusion(audit, data, words);
    printf("verdict   %s\n          %s\n", eh_verdict_name(audit->verdict), words);
    eh_audit_question(audit, data, words);
    printf("question  %s\n", words);
    print_strata(audit, data);
    if (isnan(audit->headline.estimate)) printf("odds      ratio not defined: nothing can be compared\n");
    else printf("odds      %sratio %.6g (%g %% interval %.6g to %.6g%s)\n", eh_audit_strata_differ(audit) ? "average " : "", audit->headline.estimate, 100 * (1 - audit->options.alpha), audit->headline.low,
           audit->headline.high, audit->has_networks ? ", networks as units" : "");
    if (audit->cmh.n_informative) {
        printf("naive     Cochran-Mantel-Haenszel X2 %.6g, p %.4g, accounts as if independent", audit->cmh.chi2_corrected, audit->cmh.p_corrected);
        if (audit->has_exact) printf("; exact p %.4g, odds ratio %.6g", audit->exact.p_two_sided, audit->exact.odds_ratio.estimate);
        printf("\n");
    }
    for (size_t i = 0; i < audit->n_reasons; i++) {
        eh_audit_reason_text(audit, audit->reasons[i], words);
        printf("%s%s\n", i ? "          " : "reasons   ", words);
    }
    eh_audit_traps(audit, data, traps);
    for (size_t i = 0, n = 0; i < EH_N_TRAPS; i++) {
        if (traps[i].state == EH_TRAP_CLEAR) continue;
        printf("%s%s (%s): %s\n", n++ ? "          " : "traps     ", traps[i].name, eh_trap_state_name(traps[i].state), traps[i].text);
    }
    printf("status    exploratory: no specification was sealed before sides were read\n");
}

/* A word of a command line, quoted for the shell where it needs it. */
static eh_status add_word(eh_buf *out, eh_str word, eh_error *err)
{
    bool is_plain = word.size > 0;
    for (size_t i = 0; i < word.size; i++)
        is_plain = is_plain && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/,", word.data[i]) && word.data[i];
    if (is_plain) return eh_buf_add_str(out, word, err);
    EH_TRY(eh_buf_add(out, "'", 1, err));
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] == '\'') EH_TRY(eh_buf_add(out, "'\\''", 4, err));
        else EH_TRY(eh_buf_add(out, word.data + i, 1, err));
    }
    return eh_buf_add(out, "'", 1, err);
}

/* The call that gives the same page, without paths of this machine. */
static eh_status tell_command(const audit_args *args, const eh_audit *audit, const eh_audit_data *data, eh_buf *out, eh_error *err)
{
    const eh_audit_options *o = &audit->options;
    eh_buf names = EH_BUF_INIT(out->ctx);
    const char *file = strrchr(args->table, '/');
    EH_TRY(eh_buf_printf(out, err, "evenhand audit --table "));
    EH_TRY(add_word(out, eh_str_of(file ? file + 1 : args->table), err));
    EH_TRY(eh_buf_printf(out, err, " \\\n    --compare "));
    eh_status status = eh_buf_add_str(&names, eh_strings_get(&data->sides, o->side_a), err);
    if (status == EH_OK) status = eh_buf_add(&names, ",", 1, err);
    if (status == EH_OK) status = eh_buf_add_str(&names, eh_strings_get(&data->sides, o->side_b), err);
    if (status == EH_OK) status = add_word(out, eh_buf_str(&names), err);
    eh_buf_release(&names);
    EH_TRY(status);
    EH_TRY(eh_buf_printf(out, err, " --margin %g --alpha %g --seed %llu", o->margin, o->alpha, (unsigned long long)o->clusters.seed));
    if (audit->has_networks) EH_TRY(eh_buf_printf(out, err, " \\\n    --permutations %u --resamplings %u", o->clusters.n_permutations, o->clusters.n_bootstrap));
    return eh_buf_printf(out, err, " -o audit");
}

static eh_status write_page(const cli_call *call, const audit_args *args, const eh_audit *audit, const eh_audit_data *data, eh_error *err)
{
    eh_audit_story story;
    eh_buf command = EH_BUF_INIT(call->ctx);
    char *path = cli_join(call->ctx, args->output, "audit.html", err);
    eh_status status = path ? tell_command(args, audit, data, &command, err) : err->status;
    if (status == EH_OK) {
        eh_audit_tell(audit, data, &story);
        story.command = command.data;
        status = eh_audit_page_write(audit, &story, path, err);
    }
    eh_buf_release(&command);
    eh_free(call->ctx, path);
    return status;
}

static eh_status write_all(const cli_call *call, const audit_args *args, const eh_audit *audit, const eh_audit_data *data, eh_error *err)
{
    EH_TRY(eh_make_dirs(call->ctx, args->output, err));
    char *path = cli_join(call->ctx, args->output, "audit.json", err);
    if (!path) return err->status;
    eh_status status = eh_audit_write_tables(audit, data, args->output, err);
    if (status == EH_OK) status = eh_audit_write_json(audit, data, path, err);
    eh_free(call->ctx, path);
    if (status == EH_OK) status = write_page(call, args, audit, data, err);
    return status;
}

static eh_status audit_table(const cli_call *call, const audit_args *args, const eh_audit_data *data, eh_error *err)
{
    char words[EH_AUDIT_TEXT_SIZE];
    eh_audit *audit;
    eh_audit_options options = eh_audit_options_default();
    options.margin = args->margin;
    options.alpha = args->alpha;
    options.clusters.seed = args->common.seed;
    options.clusters.n_permutations = (uint32_t)args->n_permutations;
    options.clusters.n_bootstrap = (uint32_t)args->n_bootstrap;
    EH_TRY(choose_sides(data, args->compare, &options, err));
    EH_TRY(eh_audit_of(call->ctx, data, &options, &audit, err));
    cli_progress_end();
    eh_status status = args->output ? write_all(call, args, audit, data, err) : EH_OK;
    if (status == EH_OK && args->common.is_json) status = eh_audit_write_json(audit, data, "-", err);
    if (status == EH_OK && !args->common.is_json) print(audit, data);
    if (status == EH_OK && audit->verdict == EH_INCONCLUSIVE) {
        eh_audit_reason_text(audit, audit->reasons[0], words);
        status = eh_fail(err, EH_E_STATISTICS, "inconclusive: %s", words);
    }
    eh_audit_free(audit);
    return status;
}

/* Each audit is as large as a real one: fewer draws do, unless asked for. */
static eh_status simulate(const cli_call *call, const audit_args *args, eh_error *err)
{
    eh_audit_options options = eh_audit_options_default();
    eh_audit_table *table = NULL;
    options.margin = args->margin;
    options.alpha = args->alpha;
    options.clusters.n_permutations = args->n_permutations == defaults.n_permutations ? 499 : (uint32_t)args->n_permutations;
    options.clusters.n_bootstrap = args->n_bootstrap == defaults.n_bootstrap ? 499 : (uint32_t)args->n_bootstrap;
    options.clusters.n_controls = 60;
    if (args->table && args->output) EH_TRY(cli_check_not_input(args->output, args->table, err));
    if (args->table) EH_TRY(eh_audit_table_read(call->ctx, args->table, &table, err));
    eh_status status = cli_audit_simulate(call, &args->plan, table ? eh_audit_table_data(table) : NULL, &options, args->output, err);
    if (table) eh_audit_table_free(table);
    return status;
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const audit_args *args = arguments;
    eh_audit_table *table;
    if (args->plan.is_wanted) return simulate(call, args, err);
    if (!args->table) return eh_fail(err, EH_E_INVALID, "nothing to audit; give --table FILE, or --simulate");
    if (args->output) EH_TRY(cli_check_not_input(args->output, args->table, err));
    EH_TRY(eh_audit_table_read(call->ctx, args->table, &table, err));
    eh_status status = audit_table(call, args, eh_audit_table_data(table), err);
    eh_audit_table_free(table);
    return status;
}

static const cli_opt options[] = {
    {"table", "FILE", "The table: columns stratum, side, actioned (1 or 0), count, and where known network and unit.", NULL,
     offsetof(audit_args, table), 0, 0, CLI_FILE, 0, false},
    {"output", "DIR", "With --simulate, write the result as JSON to this file. Else write audit.html (a page to read), audit.json, strata.csv, rates.csv, tests.csv and comparisons.csv there.", NULL, offsetof(audit_args, output), 0, 0,
     CLI_FOLDER, 'o', false},
    {"margin", "X", "Up to which odds ratio treatment counts as equal; 1.25 when not given. Choose it before looking.", NULL,
     offsetof(audit_args, margin), 0, 0, CLI_RATIO, 0, false},
    {"alpha", "P", "The level of every test; 0.05 when not given.", NULL, offsetof(audit_args, alpha), 0, 0, CLI_SHARE, 0, false},
    {"compare", "A,B", "Which two sides, where the table has more. The odds ratio is of A against B; the side that appears first is A when not given.",
     NULL, offsetof(audit_args, compare), 0, 0, CLI_TEXT, 0, false},
    {"permutations", "N", "How often sides are permuted over networks: 9,999 when not given.", NULL, offsetof(audit_args, n_permutations), 99, 1000000,
     CLI_COUNT, 0, false},
    {"resamplings", "N", "How often networks are resampled for the interval: 1,999 when not given.", NULL, offsetof(audit_args, n_bootstrap), 99, 1000000,
     CLI_COUNT, 0, false},
    CLI_AUDIT_PLAN_OPTIONS(audit_args),
    CLI_END,
};

const cli_command cli_cmd_audit = {
    .name = "audit",
    .summary = "compare how two sides were treated at equal evidence",
    .description = "Compares the odds of action of two sides within strata of equal evidence, and answers disparity_shown, parity_shown (equal within "
                   "the margin, by an equivalence test) or inconclusive, with every reason and trap. Where a column names networks, these are the unit: "
                   "take-downs come in batches.\n"
                   "Ends with 3 when inconclusive. The table is the user's own; sides are read by no other command.",
    .examples = "evenhand audit --table table.csv -o audit\n"
                "evenhand audit --table table.csv -o audit --margin 1.5 --compare north,south\n"
                "evenhand audit --simulate --networks 20 --odds-ratio 2 --batch -o power.json",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
