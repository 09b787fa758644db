/* The audit of a ready table, and what all audits print. The only command that sees which side an account is on. */
#include "cli/cmd_audit.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static const audit_args defaults = {CLI_COMMON_INIT, .margin = 1.25, .alpha = 0.05, .n_permutations = 9999, .n_bootstrap = 1999, .n_sample = 200, .plan = CLI_AUDIT_PLAN_INIT};

/* "A,B" into the numbers of two sides; a name may hold a comma, so every comma is tried. */
static eh_status find_sides(const eh_strings *sides, const char *compare, uint32_t chosen[2], eh_error *err)
{
    eh_str all = eh_str_of(compare);
    for (size_t at = eh_str_find(all, ',', 0); at < all.size; at = eh_str_find(all, ',', at + 1)) {
        uint32_t found[2] = {UINT32_MAX, UINT32_MAX};
        const eh_str names[2] = {eh_str_trim((eh_str){all.data, at}), eh_str_trim((eh_str){all.data + at + 1, all.size - at - 1})};
        for (uint32_t i = 0; i < sides->n; i++)
            for (int k = 0; k < 2; k++)
                if (eh_str_equal(eh_strings_get(sides, i), names[k])) found[k] = i;
        if (found[0] == UINT32_MAX || found[1] == UINT32_MAX || found[0] == found[1]) continue;
        chosen[0] = found[0];
        chosen[1] = found[1];
        return EH_OK;
    }
    return eh_fail(err, EH_E_INVALID, "--compare '%s': give two different sides that the data has, as A,B", compare);
}

eh_status cli_audit_sides(const eh_strings *sides, const char *compare, uint32_t chosen[2], eh_error *err)
{
    char names[256] = "";
    size_t used = 0;
    chosen[0] = 0, chosen[1] = 1;
    if (compare) return find_sides(sides, compare, chosen, err);
    if (sides->n == 2) return EH_OK;
    for (uint32_t i = 0; i < sides->n && i < 8 && used + 40 < sizeof names; i++) {
        eh_str name = eh_strings_get(sides, i);
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%.*s", i ? ", " : "", (int)(name.size < 30 ? name.size : 30), name.data);
    }
    return eh_fail(err, EH_E_INVALID, "the data has %u sides (%s%s): say which two are compared with --compare A,B; the others are shown beside them",
                   sides->n, names, sides->n > 8 ? ", ..." : "");
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

static void print_status(const eh_audit_design *d)
{
    if (!d || !d->spec_sha256[0]) printf("status    exploratory: no specification was sealed before sides were read\n");
    else if (d->is_sealed) {
        printf("status    sealed: specification %.16s, evidence %.16s, ledger leaf %llu\n", d->spec_sha256, d->evidence_sha256, (unsigned long long)d->record);
        if (d->n_openings)
            printf("          sides were opened %llu times before, under this same specification; %llu of them on another run\n", (unsigned long long)d->n_openings, (unsigned long long)d->n_other_runs);
    } else
        printf("status    exploratory: sides were opened in this investigation %llu times before, under another specification or none\n", (unsigned long long)d->n_other_openings);
}

/* The primary comparison is above; the others with p adjusted for their number. */
static void print_comparisons(const eh_audit *audit, const eh_audit_data *data)
{
    enum { most_shown = 6 };
    const bool is_yekutieli = !data->design || data->design->is_yekutieli;
    printf("compared  %zu pairs of sides; all but the one above are secondary, p adjusted by %s\n", audit->n_comparisons, is_yekutieli ? "Benjamini-Yekutieli" : "Benjamini-Hochberg");
    for (size_t i = 0, n = 0; i < audit->n_pairs && n < most_shown; i++) {
        const eh_side_pair *pair = &audit->pairs[i];
        const eh_str a = eh_strings_get(&data->sides, pair->side_a), b = eh_strings_get(&data->sides, pair->side_b);
        if (pair->is_primary) continue;
        n++;
        printf("          %.*s against %.*s: odds ratio %.4g, adjusted p %.3g\n", (int)(a.size < 40 ? a.size : 40), a.data, (int)(b.size < 40 ? b.size : 40), b.data,
               pair->cmh.odds_ratio.estimate, is_yekutieli ? pair->p_by : pair->p_bh);
    }
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
    if (audit->n_comparisons > 1) print_comparisons(audit, data);
    print_status(data->design);
}

/* ---- the files --------------------------------------------------------------------------------------------------------- */

static const char *const file_names[] = {"strata.csv", "rates.csv", "tests.csv", "comparisons.csv", "audit.json", "audit.html"};
enum { n_files = sizeof file_names / sizeof *file_names };

eh_status cli_audit_check_output(const cli_call *call, const audit_args *args, eh_error *err)
{
    const char *const inputs[] = {args->table, args->inv, args->actions, args->sides, args->spec, args->outcomes};
    eh_status status = EH_OK;
    for (size_t f = 0; args->output && status == EH_OK && f <= n_files; f++) {
        char *path = f < n_files ? cli_join(call->ctx, args->output, file_names[f], err) : NULL;
        if (f < n_files && !path) return err->status;
        for (size_t i = 0; status == EH_OK && i < sizeof inputs / sizeof *inputs; i++) status = cli_check_not_input(path ? path : args->output, inputs[i], err);
        eh_free(call->ctx, path);
    }
    return status;
}

static eh_status write_into(const cli_call *call, const char *dir, const eh_audit *audit, const eh_audit_data *data, eh_error *err)
{
    char *path = cli_join(call->ctx, dir, "audit.json", err);
    if (!path) return err->status;
    eh_status status = eh_audit_write_tables(audit, data, dir, err);
    if (status == EH_OK) status = eh_audit_write_json(audit, data, path, err);
    eh_free(call->ctx, path);
    return status == EH_OK ? cli_audit_page(call, dir, audit, data, err) : status;
}

/* Moves a file to its place, or without a place removes it. */
static eh_status settle(const cli_call *call, const char *aside, const char *dir, const char *name, eh_error *err)
{
    char *from = cli_join(call->ctx, aside, name, err), *to = dir ? cli_join(call->ctx, dir, name, err) : NULL;
    eh_status status = from && (to || !dir) ? EH_OK : EH_E_NOMEM;
    if (status == EH_OK && to && rename(from, to) != 0) status = eh_fail_at(err, EH_E_IO, to, -1, -1, "cannot be written: %s; choose another place with -o", strerror(errno));
    if (status == EH_OK && !to) (void)unlink(from);
    eh_free(call->ctx, from);
    eh_free(call->ctx, to);
    return status;
}

/* All files or none: they are written beside, and moved when the last one is whole, so that a folder never holds parts of two audits. */
static eh_status write_all(const cli_call *call, const char *dir, const eh_audit *audit, const eh_audit_data *data, eh_error *err)
{
    char name[64];
    EH_TRY(eh_make_dirs(call->ctx, dir, err));
    (void)snprintf(name, sizeof name, "partial-%ld", (long)getpid());
    char *aside = cli_join(call->ctx, dir, name, err);
    if (!aside) return err->status;
    eh_status status = eh_make_dirs(call->ctx, aside, err);
    if (status == EH_OK) status = write_into(call, aside, audit, data, err);
    for (int f = 0; status == EH_OK && f < n_files; f++) status = settle(call, aside, dir, file_names[f], err);
    for (int f = 0; status != EH_OK && f < n_files; f++) (void)settle(call, aside, NULL, file_names[f], NULL);
    (void)rmdir(aside);
    eh_free(call->ctx, aside);
    return status;
}

eh_status cli_audit_tell(const cli_call *call, const char *dir, const eh_audit *audit, const eh_audit_data *data, eh_error *err)
{
    char words[EH_AUDIT_TEXT_SIZE];
    cli_progress_end();
    eh_status status = dir ? write_all(call, dir, audit, data, err) : EH_OK;
    if (status == EH_OK && call->common->is_json) status = eh_audit_write_json(audit, data, "-", err);
    if (status == EH_OK && !call->common->is_json) print(audit, data);
    if (status != EH_OK || audit->verdict != EH_INCONCLUSIVE) return status;
    eh_audit_reason_text(audit, audit->reasons[0], words);
    return eh_fail(err, EH_E_STATISTICS, "inconclusive: %s", words);
}

static eh_status audit_table(const cli_call *call, const audit_args *args, const eh_audit_data *data, eh_error *err)
{
    eh_audit *audit;
    uint32_t compare[2];
    eh_audit_options options = eh_audit_options_default();
    options.margin = args->margin;
    options.alpha = args->alpha;
    options.clusters.seed = args->common.seed;
    options.clusters.n_permutations = (uint32_t)args->n_permutations;
    options.clusters.n_bootstrap = (uint32_t)args->n_bootstrap;
    EH_TRY(cli_audit_sides(&data->sides, args->compare, compare, err));
    options.side_a = compare[0];
    options.side_b = compare[1];
    EH_TRY(eh_audit_of(call->ctx, data, &options, &audit, err));
    eh_status status = cli_audit_tell(call, args->output, audit, data, err);
    eh_audit_free(audit);
    return status;
}

static eh_status run_table(const cli_call *call, const audit_args *args, eh_error *err)
{
    eh_audit_table *table;
    EH_TRY(cli_audit_check_output(call, args, err));
    EH_TRY(eh_audit_table_read(call->ctx, args->table, &table, err));
    eh_status status = audit_table(call, args, eh_audit_table_data(table), err);
    eh_audit_table_free(table);
    return status;
}

/* Each audit is as large as a real one: fewer draws do, unless asked for. */
static eh_status simulate(const cli_call *call, const audit_args *args, eh_error *err)
{
    eh_audit_options options = eh_audit_options_default();
    eh_audit_table *table = NULL;
    if (args->inv || args->actions || args->sides || args->spec || args->outcomes) return eh_fail(err, EH_E_INVALID, "audit: --simulate takes a design or --table alone");
    options.margin = args->margin;
    options.alpha = args->alpha;
    options.clusters.n_permutations = args->n_permutations == defaults.n_permutations ? 499 : (uint32_t)args->n_permutations;
    options.clusters.n_bootstrap = args->n_bootstrap == defaults.n_bootstrap ? 499 : (uint32_t)args->n_bootstrap;
    options.clusters.n_controls = 60;
    if (args->table && args->output) EH_TRY(cli_check_not_input(args->output, args->table, err));
    if (args->table) EH_TRY(eh_audit_table_read(call->ctx, args->table, &table, err));
    eh_status status = cli_audit_simulate(call, args, table ? eh_audit_table_data(table) : NULL, &options, err);
    if (table) eh_audit_table_free(table);
    return status;
}

static bool is_word(const audit_args *args, const char *word) { return args->inv && strcmp(args->inv, word) == 0; }

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const audit_args *args = arguments;
    if (args->plan.is_wanted) return simulate(call, args, err);
    if (is_word(args, "actions") && args->more.n) return cli_audit_actions(call, args, err);
    if (is_word(args, "spec") && !args->more.n) return cli_audit_spec(call, args, err);
    if (is_word(args, "sample") && args->more.n == 1) return cli_audit_sample(call, args, err);
    if (args->more.n) return eh_fail(err, EH_E_INVALID, "audit: give one investigation; or sample INV, spec, or actions FILE...");
    if (args->table && (args->inv || args->actions || args->sides || args->spec || args->outcomes))
        return eh_fail(err, EH_E_INVALID, "audit: --table audits a ready table alone; without it, give INV, --actions and --sides");
    if (args->table) return run_table(call, args, err);
    if (args->inv) return cli_audit_inv(call, args, err);
    return eh_fail(err, EH_E_INVALID, "audit: give an investigation with --actions and --sides, or a ready table with --table");
}

static const cli_opt options[] = {
    {NULL, "INV", "The investigation, which holds a run; or one of the words spec, sample and actions.", "spec|sample|actions", offsetof(audit_args, inv), 0, 0, CLI_TEXT, 0, false},
    {NULL, "MORE", "After sample: the investigation. After actions: files of a platform's actions.", NULL, offsetof(audit_args, more), 0, 0, CLI_TEXTS, 0, false},
    {"actions", "FILE", "What was done to accounts: columns account_id, action, and time or last_seen_alive and first_seen_actioned; where known policy, unit, is_reversal.", NULL,
     offsetof(audit_args, actions), 0, 0, CLI_FILE, 0, false},
    {"sides", "FILE", "Who is on which side, as you say: columns account_id, side; where known disputed (1 or 0) and second_side (another coder's). Read last, never stored.", NULL,
     offsetof(audit_args, sides), 0, 0, CLI_FILE, 0, false},
    {"spec", "FILE", "The specification; its hash is recorded in the ledger before sides are opened. Without one the audit is exploratory.", NULL, offsetof(audit_args, spec), 0, 0,
     CLI_FILE, 0, false},
    {"outcomes", "FILE", "Adjudicated accounts: columns account_id, truth (1 or 0); where known weight, and reversed (1 or 0) for those who appealed.", NULL,
     offsetof(audit_args, outcomes), 0, 0, CLI_FILE, 0, false},
    {"run", "ID", "The run whose networks and options are used; the latest when not given.", NULL, offsetof(audit_args, run_id), 0, 0, CLI_TEXT, 0, false},
    {"init", NULL, "With spec: write a new specification, with a comment on every choice.", NULL, offsetof(audit_args, is_init), 0, 0, CLI_FLAG, 0, false},
    {"n", "N", "With sample: how many accounts; 200 when not given.", NULL, offsetof(audit_args, n_sample), 2, 1000000, CLI_COUNT, 0, false},
    {"table", "FILE", "A ready table: columns stratum, side, actioned (1 or 0), count, and where known network and unit.", NULL,
     offsetof(audit_args, table), 0, 0, CLI_FILE, 0, false},
    {"from", "NAME", "With actions: what the files are, where they do not show it themselves.", EH_ACTION_SOURCES, offsetof(audit_args, from), 0, 0, CLI_TEXT, 0, false},
    {"output", "DIR", "Write audit.html (a page to read), audit.json, strata.csv, rates.csv, tests.csv and comparisons.csv there. With spec, sample, actions and --simulate: the file.", NULL, offsetof(audit_args, output), 0, 0,
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
                   "\n"
                   "On an investigation, evidence is computed as of each action's time, recorded with the specification, and only then joined with actions and sides: "
                   "accounts are compared at the same evidence and exposure, in the same period, under the same policy.\n"
                   "\n"
                   "`audit spec --init -o FILE` writes a specification to fill in; `audit sample INV --actions FILE --n N -o FILE` draws accounts to be judged blind; `audit actions FILE... -o FILE` "
                   "brings what platforms publish into the one form of actions.\n"
                   "\n"
                   "With --simulate, the same code audits worlds whose truth is known, in the design given, before sides are opened: how often would it find what is "
                   "there, and what is not?\n"
                   "\n"
                   "Ends with 3 when inconclusive. Sides are the user's own; no other command reads them.",
    .examples = "evenhand audit spec --init -o spec.toml\n"
                "evenhand audit case.duckdb --actions actions.csv --sides sides.csv --spec spec.toml -o audit\n"
                "evenhand audit sample case.duckdb --actions actions.csv --n 200 -o sample.csv\n"
                "evenhand audit --table table.csv -o audit\n"
                "evenhand audit --table table.csv -o audit --margin 1.5 --compare north,south\n"
                "evenhand audit --simulate --networks 20 --odds-ratio 2 --batch -o power.json\n"
                "evenhand audit actions snapshots.csv -o actions.csv",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
