/*
 * Raw co-action edges: from archives straight into columns and through the kernel, no database in between; from an
 * investigation through its stored actions.
 */
#include "base/dict.h"
#include "base/hash.h"
#include "cli/cli.h"
#include "cli/rows.h"

enum { COORTWEET_MIN_PARTICIPATION = 2 };

typedef struct pairs_args {
    cli_common common;
    cli_texts inputs;
    cli_input input;
    const char *output;
    int64_t window_us;
    uint64_t min_weight, min_participation;
    int rule; /* eh_action_rule: the choices stand in its order */
    bool keeps_empty_links;
} pairs_args;

/* --- reading --------------------------------------------------------------------------------------------------- */

typedef struct reader {
    eh_action_rule rule;
    bool is_mapped;
    eh_action_maker *maker;
    eh_action_builder *builder;
    eh_duplicate_finder *finder; /* EVENHAND */
    eh_set128 messages;          /* CNT: the first row of a message_id wins */
    uint64_t n_duplicates, n_unnamed;
} reader;

static eh_status is_duplicate(reader *r, const eh_post *post, bool *answer, eh_error *err)
{
    *answer = false;
    if (r->rule == EH_RULE_EVENHAND)
        return eh_duplicate_finder_check(r->finder, post, !post->is_row && !r->is_mapped, answer, err);
    if (r->rule != EH_RULE_CNT || post->is_row || post->post.size == 0) return EH_OK;
    bool is_new;
    eh_fingerprint id = eh_fingerprint_of(post->post.data, post->post.size);
    EH_TRY(eh_set128_add(&r->messages, id.low, id.high, &is_new, err));
    *answer = !is_new;
    return EH_OK;
}

static eh_status take_post(void *data, const eh_post *post, eh_error *err)
{
    reader *r = data;
    bool is_known;
    EH_TRY(is_duplicate(r, post, &is_known, err));
    if (is_known) {
        r->n_duplicates++;
        return EH_OK;
    }
    if (post->post.size || r->rule == EH_RULE_EVENHAND)
        return eh_actions_of_post(r->maker, post, eh_action_builder_add, r->builder, err);
    /* The peers count posts: rows without a post id are posts of their own, not one post. */
    char id[32];
    eh_post named = *post;
    int size = snprintf(id, sizeof id, "\x01row %llu", (unsigned long long)++r->n_unnamed);
    named.post = (eh_str){id, (size_t)size};
    return eh_actions_of_post(r->maker, &named, eh_action_builder_add, r->builder, err);
}

static bool needs_posts(const pairs_args *args)
{
    return args->rule != EH_RULE_EVENHAND;
}

static eh_status reader_init(const cli_call *call, const pairs_args *args, reader *r, eh_error *err)
{
    *r = (reader){.rule = (eh_action_rule)args->rule, .is_mapped = args->input.maps.n > 0};
    r->messages.ctx = call->ctx;
    uint32_t wanted = UINT32_C(1) << args->input.behaviour.behaviour;
    EH_TRY(eh_action_maker_new(call->ctx, r->rule, args->keeps_empty_links, &r->maker, err));
    EH_TRY(eh_action_builder_new(call->ctx, wanted, needs_posts(args), &r->builder, err));
    if (r->rule != EH_RULE_EVENHAND) return EH_OK;
    return eh_duplicate_finder_new(call->ctx, &r->finder, err);
}

static void reader_release(reader *r)
{
    eh_duplicate_finder_free(r->finder);
    eh_set128_release(&r->messages);
    eh_action_builder_free(r->builder);
    eh_action_maker_free(r->maker);
}

static eh_status read_archives(const cli_call *call, const pairs_args *args, eh_action_table *table, eh_error *err)
{
    reader r;
    const eh_ingest_options options = cli_ingest_options(&args->input);
    const eh_ingest_sink sink = {.data = &r, .post = take_post};
    eh_ingest_report report = {0};
    uint64_t n_kept = 0;
    eh_status status = reader_init(call, args, &r, err);
    for (int i = 0; i < args->inputs.n && status == EH_OK; i++) {
        const char *path = args->inputs.items[i];
        r.n_duplicates = 0;
        status = eh_ingest_file(call->ctx, path, &options, &sink, &report, err);
        n_kept += report.n_rows_kept;
        if (status != EH_OK || call->common->is_quiet) continue;
        cli_progress_end();
        cli_print_ingest(stderr, path, &report, r.rule == EH_RULE_COORTWEET ? NULL : &r.n_duplicates);
    }
    if (status == EH_OK) status = cli_check_kept(args->inputs.items[args->inputs.n - 1], &report, n_kept, err);
    if (status == EH_OK) status = eh_action_builder_finish(r.builder, table, err);
    reader_release(&r);
    return status;
}

static eh_status read_investigation(const cli_call *call, const pairs_args *args, eh_action_table *table, eh_error *err)
{
    const char *path = args->inputs.items[0];
    eh_investigation *inv;
    if (args->inputs.n > 1)
        return eh_fail_at(err, EH_E_INVALID, path, -1, -1, "is an investigation: give it alone, or archives only");
    if (args->rule != EH_RULE_EVENHAND)
        cli_note(call, "%s: an investigation holds cleaned links and texts, without duplicates; for the peer's exact "
                 "numbers give the archive itself", path);
    EH_TRY(eh_investigation_open(call->ctx, path, EH_OPEN_READ, &inv, err));
    eh_status status = eh_investigation_actions(inv, UINT32_C(1) << args->input.behaviour.behaviour, needs_posts(args),
                                                table, err);
    eh_investigation_close(inv);
    return status;
}

/* --- writing --------------------------------------------------------------------------------------------------- */

typedef struct writer {
    cli_rows rows;
    const eh_strings *accounts;
    uint64_t n_edges;
} writer;

static eh_status write_shared(void *data, const eh_pair *pairs, size_t n, eh_error *err)
{
    writer *w = data;
    for (size_t i = 0; i < n; i++) {
        cli_rows_text(&w->rows, eh_strings_get(w->accounts, pairs[i].account_a));
        cli_rows_text(&w->rows, eh_strings_get(w->accounts, pairs[i].account_b));
        cli_rows_count(&w->rows, pairs[i].n_shared_objects);
        EH_TRY(cli_rows_end_row(&w->rows, err));
    }
    w->n_edges += n;
    return EH_OK;
}

static eh_status write_cnt(void *data, const eh_cnt_edge *edges, size_t n, eh_error *err)
{
    writer *w = data;
    for (size_t i = 0; i < n; i++) {
        cli_rows_text(&w->rows, eh_strings_get(w->accounts, edges[i].user_1));
        cli_rows_text(&w->rows, eh_strings_get(w->accounts, edges[i].user_2));
        cli_rows_count(&w->rows, edges[i].weight);
        EH_TRY(cli_rows_end_row(&w->rows, err));
    }
    w->n_edges += n;
    return EH_OK;
}

static eh_status write_coortweet(void *data, const eh_coortweet_edge *edges, size_t n, eh_error *err)
{
    writer *w = data;
    for (size_t i = 0; i < n; i++) {
        cli_rows_text(&w->rows, eh_strings_get(w->accounts, edges[i].account_a));
        cli_rows_text(&w->rows, eh_strings_get(w->accounts, edges[i].account_b));
        cli_rows_count(&w->rows, edges[i].weight);
        cli_rows_real(&w->rows, (double)edges[i].sum_delta_us / (double)edges[i].weight / 1e6);
        cli_rows_count(&w->rows, edges[i].n_objects);
        EH_TRY(cli_rows_end_row(&w->rows, err));
    }
    w->n_edges += n;
    return EH_OK;
}

static eh_status compute(const cli_call *call, const pairs_args *args, const eh_action_table *table, writer *w,
                         eh_error *err)
{
    eh_behaviour behaviour = args->input.behaviour.behaviour;
    if (table->sets[behaviour].n_actions == 0)
        cli_note(call, "there are no %s actions in the input; the result is empty", eh_behaviour_name(behaviour));
    w->accounts = &table->accounts;
    switch (args->rule) {
    case EH_RULE_CNT:
        return eh_pairs_cnt(call->ctx, table, behaviour, args->window_us, args->min_weight, write_cnt, w, err);
    case EH_RULE_COORTWEET:
        return eh_pairs_coortweet(call->ctx, table, behaviour, args->window_us, args->min_weight,
                                  args->min_participation, write_coortweet, w, err);
    default:
        return eh_pairs_shared(call->ctx, table, behaviour, args->window_us, (uint32_t)args->min_weight, write_shared,
                               w, err);
    }
}

static eh_status open_writer(const cli_call *call, const pairs_args *args, const char *path, writer *w, eh_error *err)
{
    static const char *const shared[] = {"account_a", "account_b", "shared_objects"};
    static const char *const cnt[] = {"user_1", "user_2", "weight"};
    static const char *const coortweet[] = {"account_id", "account_id_y", "weight", "avg_time_delta", "n_objects"};
    static const char *const *const columns[] = {shared, cnt, coortweet};
    size_t n_columns = args->rule == EH_RULE_COORTWEET ? 5 : 3;
    EH_TRY(cli_rows_open(call->ctx, path, columns[args->rule], n_columns, &w->rows, err));
    return EH_OK;
}

/* --- the command ----------------------------------------------------------------------------------------------- */

static eh_status check(const pairs_args *args, eh_error *err)
{
    if (args->keeps_empty_links && args->rule != EH_RULE_CNT)
        return eh_fail(err, EH_E_INVALID, "--cnt-empty-links goes with --as cnt only");
    if (args->min_participation != UINT64_MAX && args->rule != EH_RULE_COORTWEET)
        return eh_fail(err, EH_E_INVALID, "--min-participation goes with --as coortweet only");
    eh_behaviour b = args->input.behaviour.behaviour;
    if (args->rule == EH_RULE_CNT && b != EH_REPOST && b != EH_LINK && b != EH_TEXT && b != EH_REPLY)
        return eh_fail(err, EH_E_INVALID, "--as cnt has no rule for %s; it knows repost (co_retweet), link (co_link), "
                       "text (co_tweet) and reply (co_reply)", eh_behaviour_name(b));
    return cli_rows_check(args->output, err);
}

static eh_status print_json(const cli_call *call, const writer *w, eh_error *err)
{
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_count(&json, "edges", w->n_edges);
    cli_json_count(&json, "accounts", w->accounts->n);
    return cli_json_close(&json, err);
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    pairs_args args = *(const pairs_args *)arguments;
    const char *path;
    writer w = {.n_edges = 0};
    eh_action_table table = {.ctx = call->ctx};
    EH_TRY(cli_check_not_inputs(args.output, &args.inputs, err));
    EH_TRY(cli_output_path(args.output, &path, err));
    args.output = path;
    EH_TRY(check(&args, err));
    if (args.min_participation == UINT64_MAX) args.min_participation = COORTWEET_MIN_PARTICIPATION;
    EH_TRY(open_writer(call, &args, path, &w, err));
    bool is_inv = eh_is_investigation(args.inputs.items[0]);
    eh_status status = is_inv ? read_investigation(call, &args, &table, err) : read_archives(call, &args, &table, err);
    if (status == EH_OK) status = compute(call, &args, &table, &w, err);
    if (status == EH_OK) status = cli_rows_commit(&w.rows, err);
    if (status == EH_OK && args.common.is_json && strcmp(path, "-") != 0) status = print_json(call, &w, err);
    if (status != EH_OK) cli_rows_discard(&w.rows);
    eh_action_table_release(&table);
    return status;
}

static const cli_opt options[] = {
    {NULL, "INPUT", "Archives, or one investigation.", NULL, offsetof(pairs_args, inputs), 0, 0, CLI_TEXTS, 0, true},
    {"behaviour", "B", "The kind of action to compare: repost, link, text, hashtag, reply, mention or media. Rows of a "
     "CooRTweet table that do not say what they are count as this.",
     NULL, offsetof(pairs_args, input.behaviour), 0, 0, CLI_BEHAVIOUR, 'b', true},
    {"window", "W", "How close in time two actions must be, inclusive: 10s, 1m, 1h.", NULL,
     offsetof(pairs_args, window_us), 0, 0, CLI_DURATION, 'w', true},
    {"output", "FILE", "Where to: .csv or .jsonl; - for CSV on standard output.", NULL, offsetof(pairs_args, output), 0,
     0, CLI_OUTPUT, 'o', true},
    {"min-weight", "N", "Leave out edges below this weight; 1 when not given, for every rule.", NULL,
     offsetof(pairs_args, min_weight), 1, UINT32_MAX, CLI_COUNT, 0, false},
    {"as", "RULE", "evenhand: account_a, account_b, shared_objects, counting distinct objects. cnt: user_1, user_2, "
     "weight by the rule of the Coordination Network Toolkit. coortweet: account_id, account_id_y, weight, "
     "avg_time_delta, n_objects by the rule of CooRTweet. evenhand when not given.",
     "evenhand|cnt|coortweet", offsetof(pairs_args, rule), 0, 0, CLI_CHOICE, 0, false},
    {"min-participation", "N", "With --as coortweet: leave out accounts with fewer rows; 2 when not given.", NULL,
     offsetof(pairs_args, min_participation), 0, UINT32_MAX, CLI_COUNT, 0, false},
    {"cnt-empty-links", NULL, "With --as cnt: count posts without a link as sharing the empty one, as CNT does.", NULL,
     offsetof(pairs_args, keeps_empty_links), 0, 0, CLI_FLAG, 0, false},
    CLI_INPUT_OPTIONS(pairs_args),
    CLI_END,
};
static const pairs_args defaults = {CLI_COMMON_INIT, .min_weight = 1, .min_participation = UINT64_MAX};

const cli_command cli_cmd_pairs = {
    .name = "pairs",
    .summary = "count who acted on the same objects within a window; no statistics",
    .description = "Writes the raw co-action edges, sorted, without any test of chance. What was read and rejected is "
                   "told on standard error. Duplicates: evenhand drops repeated posts, cnt keeps the first row of a "
                   "message_id, coortweet drops nothing.",
    .examples = "evenhand pairs posts.csv --behaviour repost --window 60s --min-weight 2 -o edges.csv\n"
                "evenhand pairs posts.csv --behaviour link --window 1m --as cnt -o -",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
