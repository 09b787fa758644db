#include "cli/ledger_check.h"
#include "cli/rows.h"

#include "base/time.h"

#define ACTIONS "show|verify|sign|prove"
enum { SHOW, VERIFY, SIGN, PROVE };
#define NO_LEAF UINT64_MAX

typedef struct ledger_args {
    cli_common common;
    int action;
    const char *inv, *key, *public_key, *proof, *root, *consistency, *output;
    uint64_t leaf, n_leaves;
    bool with_payload;
} ledger_args;

/* ---- show -------------------------------------------------------------------------------------------------------- */

enum { SHOWN_SIZE = 160 };

/* So many bytes of a payload fit a screen; whole characters only. */
static int shown_size(eh_str payload)
{
    size_t size = 0;
    while (size < payload.size && size < SHOWN_SIZE) {
        size_t n = eh_utf8_length(payload.data + size, payload.size - size);
        size += n ? n : 1;
    }
    return (int)size;
}

static eh_status print_leaf(void *data, const eh_ledger_leaf *leaf, eh_error *err)
{
    char time[eh_time_text_size];
    (void)data;
    (void)err;
    eh_str shown = leaf->payload.data ? leaf->payload : EH_STR_LITERAL("(deleted)");
    printf("%6llu  %-27s  %-12.*s  %.*s%s%.*s%s\n", (unsigned long long)leaf->seq, eh_time_text(leaf->time_us, time),
           (int)leaf->type.size, leaf->type.data, (int)leaf->actor.size, leaf->actor.data, leaf->actor.size ? "  " : "",
           shown_size(shown), shown.data, shown.size > SHOWN_SIZE ? "..." : "");
    return EH_OK;
}

static eh_status print_head(void *data, const eh_head *head, eh_error *err)
{
    char time[eh_time_text_size], id[17], root[EH_HASH_TEXT_SIZE];
    (void)data;
    (void)err;
    printf("signed    %llu:%s  %s  key %s%s\n", (unsigned long long)head->n_leaves, eh_hash_text(&head->root, root),
           eh_time_text(head->time_us, time), eh_key_id(head->public_key, id), eh_head_is_signed(head) ? "" : "  DOES NOT FIT");
    return EH_OK;
}

static const char *const columns[] = {"seq", "time", "actor", "type", "payload_hash", "leaf_hash", "payload"};

static eh_status write_leaf(void *data, const eh_ledger_leaf *leaf, eh_error *err)
{
    cli_rows *rows = data;
    char time[eh_time_text_size], payload_hash[EH_HASH_TEXT_SIZE], leaf_hash[EH_HASH_TEXT_SIZE];
    cli_rows_count(rows, leaf->seq);
    cli_rows_text(rows, eh_str_of(eh_time_text(leaf->time_us, time)));
    cli_rows_text(rows, leaf->actor);
    cli_rows_text(rows, leaf->type);
    cli_rows_text(rows, eh_str_of(eh_hash_text(&leaf->payload_hash, payload_hash)));
    cli_rows_text(rows, eh_str_of(eh_hash_text(&leaf->leaf_hash, leaf_hash)));
    cli_rows_text(rows, leaf->payload.data ? leaf->payload : (eh_str){"", 0});
    return cli_rows_end_row(rows, err);
}

static eh_status show_file(const cli_call *call, const ledger_args *args, eh_ledger *ledger, eh_error *err)
{
    const char *path;
    cli_rows rows;
    EH_TRY(cli_check_not_input(args->output, args->inv, err));
    EH_TRY(cli_output_path(args->output, &path, err));
    EH_TRY(cli_rows_check(path, err));
    EH_TRY(cli_rows_open(call->ctx, path, columns, sizeof columns / sizeof *columns, &rows, err));
    eh_status status = eh_ledger_each(ledger, write_leaf, &rows, err);
    if (status == EH_OK) return cli_rows_commit(&rows, err);
    cli_rows_discard(&rows);
    return status;
}

static eh_status json_leaf(void *data, const eh_ledger_leaf *leaf, eh_error *err)
{
    cli_json *json = data;
    char text[EH_HASH_TEXT_SIZE], time[eh_time_text_size], word[EH_MOST_ACTOR_SIZE + 1];
    (void)err;
    cli_json_begin(json, NULL, '{');
    cli_json_count(json, "seq", leaf->seq);
    cli_json_text(json, "time", eh_time_text(leaf->time_us, time));
    (void)snprintf(word, sizeof word, "%.*s", (int)leaf->actor.size, leaf->actor.data);
    cli_json_text(json, "actor", word);
    (void)snprintf(word, sizeof word, "%.*s", (int)leaf->type.size, leaf->type.data);
    cli_json_text(json, "type", word);
    cli_json_text(json, "payload_hash", eh_hash_text(&leaf->payload_hash, text));
    cli_json_text(json, "leaf_hash", eh_hash_text(&leaf->leaf_hash, text));
    if (leaf->payload.data) {
        cli_json_key(json, "payload");
        eh_outfile_json(&json->out, leaf->payload);
    }
    cli_json_end(json, '}');
    return EH_OK;
}

static eh_status json_head(void *data, const eh_head *head, eh_error *err)
{
    cli_json *json = data;
    char root[EH_HASH_TEXT_SIZE], time[eh_time_text_size], id[17];
    (void)err;
    cli_json_begin(json, NULL, '{');
    cli_json_count(json, "n_leaves", head->n_leaves);
    cli_json_text(json, "root", eh_hash_text(&head->root, root));
    cli_json_text(json, "time", eh_time_text(head->time_us, time));
    cli_json_text(json, "key", eh_key_id(head->public_key, id));
    cli_json_bool(json, "signature_fits", eh_head_is_signed(head));
    cli_json_end(json, '}');
    return EH_OK;
}

static eh_status show(const cli_call *call, const ledger_args *args, eh_ledger *ledger, eh_error *err)
{
    if (args->output) return show_file(call, args, ledger, err);
    if (!args->common.is_json) {
        EH_TRY(eh_ledger_each(ledger, print_leaf, NULL, err));
        return eh_ledger_each_head(ledger, print_head, NULL, err);
    }
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_begin(&json, "leaves", '[');
    eh_status status = eh_ledger_each(ledger, json_leaf, &json, err);
    cli_json_end(&json, ']');
    cli_json_begin(&json, "heads", '[');
    if (status == EH_OK) status = eh_ledger_each_head(ledger, json_head, &json, err);
    cli_json_end(&json, ']');
    eh_status closed = cli_json_close(&json, status == EH_OK ? err : NULL);
    return status == EH_OK ? closed : status;
}

/* ---- sign and prove ---------------------------------------------------------------------------------------------- */

static eh_status write_proof(const ledger_args *args, const eh_proof *proof, eh_error *err)
{
    const char *path;
    EH_TRY(cli_check_not_input(args->output, args->inv, err));
    EH_TRY(cli_check_not_input(args->output, args->key, err));
    EH_TRY(cli_output_path(args->output, &path, err));
    return eh_proof_write(proof, path, err);
}

static eh_status sign(const cli_call *call, const ledger_args *args, eh_ledger *ledger, eh_error *err)
{
    char id[17], root[EH_HASH_TEXT_SIZE], time[eh_time_text_size];
    eh_key key;
    eh_head head;
    EH_TRY(eh_key_read(call->ctx, args->key, &key, err));
    eh_status status = eh_ledger_sign(ledger, &key, &head, err);
    eh_key_clear(&key);
    EH_TRY(status);
    if (args->output) {
        eh_proof *proof = eh_alloc(call->ctx, 1, sizeof *proof, err);
        if (!proof) return err->status;
        eh_proof_of_head(call->ctx, &head, proof);
        status = write_proof(args, proof, err);
        eh_free(call->ctx, proof);
        EH_TRY(status);
        if (strcmp(args->output, "-") == 0) return EH_OK;
    }
    if (!args->common.is_json) {
        printf("signed    %llu leaves, %s\nroot      %llu:%s\nkey       %s\n", (unsigned long long)head.n_leaves,
               eh_time_text(head.time_us, time), (unsigned long long)head.n_leaves, eh_hash_text(&head.root, root),
               eh_key_id(head.public_key, id));
        return EH_OK;
    }
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_count(&json, "n_leaves", head.n_leaves);
    cli_json_text(&json, "root", eh_hash_text(&head.root, root));
    cli_json_text(&json, "time", eh_time_text(head.time_us, time));
    cli_json_text(&json, "key", eh_key_id(head.public_key, id));
    return cli_json_close(&json, err);
}

/* "A:B" */
static bool read_pair(const char *text, uint64_t *a, uint64_t *b)
{
    uint64_t *to = a;
    size_t n_digits = 0;
    *a = *b = 0;
    for (; *text; text++) {
        if (*text == ':' && to == a && n_digits) {
            to = b;
            n_digits = 0;
        } else if (*text >= '0' && *text <= '9' && ++n_digits < 18) {
            *to = *to * 10 + (uint64_t)(*text - '0');
        } else {
            return false;
        }
    }
    return to == b && n_digits > 0;
}

static eh_status prove(const cli_call *call, const ledger_args *args, eh_ledger *ledger, eh_error *err)
{
    uint64_t n_first, n_leaves;
    eh_proof *proof = eh_alloc(call->ctx, 1, sizeof *proof, err);
    if (!proof) return err->status;
    eh_status status;
    if (args->consistency)
        status = read_pair(args->consistency, &n_first, &n_leaves)
                     ? eh_ledger_prove_growth(ledger, n_first, n_leaves, proof, err)
                     : eh_fail(err, EH_E_INVALID, "--consistency is A:B, two numbers of leaves, such as 10:25");
    else
        status = eh_ledger_prove_leaf(ledger, args->leaf, args->n_leaves, args->with_payload, proof, err);
    if (status == EH_OK) status = write_proof(args, proof, err);
    if (proof->ctx) eh_proof_release(proof);
    eh_free(call->ctx, proof);
    return status;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static eh_status check_args(const ledger_args *args, eh_error *err)
{
    bool is_prove = args->action == PROVE, is_verify = args->action == VERIFY;
    if (!args->inv && !is_verify) return eh_fail(err, EH_E_INVALID, "ledger needs an investigation: evenhand ledger show INV");
    if (args->action == SIGN && !args->key)
        return eh_fail(err, EH_E_INVALID, "ledger sign needs --key FILE; make one with: evenhand key new");
    if (args->key && args->action != SIGN) return eh_fail(err, EH_E_INVALID, "--key goes with sign");
    if ((args->public_key || args->proof || args->root) && !is_verify)
        return eh_fail(err, EH_E_INVALID, "--public-key, --proof and --root go with verify");
    if ((args->leaf != NO_LEAF || args->consistency || args->n_leaves || args->with_payload) && !is_prove)
        return eh_fail(err, EH_E_INVALID, "--leaf, --consistency, --leaves and --payload go with prove");
    if (is_prove && (args->leaf != NO_LEAF) == (args->consistency != NULL))
        return eh_fail(err, EH_E_INVALID, "ledger prove needs either --leaf N or --consistency A:B");
    if (is_prove && args->consistency && (args->n_leaves || args->with_payload))
        return eh_fail(err, EH_E_INVALID, "--leaves and --payload go with --leaf");
    if (is_prove && !args->output) return eh_fail(err, EH_E_INVALID, "ledger prove needs -o FILE");
    if (is_verify && args->output) return eh_fail(err, EH_E_INVALID, "verify writes no file; -o goes with show, sign and prove");
    return EH_OK;
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const ledger_args *args = arguments;
    eh_investigation *inv;
    EH_TRY(check_args(args, err));
    if (args->action == VERIFY) {
        const ledger_check_args check = {args->inv, args->proof, args->public_key, args->root};
        return cli_ledger_check(call, &check, err);
    }
    EH_TRY(cli_open(call, args->inv, args->action == SIGN ? EH_OPEN_WRITE : EH_OPEN_READ, &inv, err));
    eh_ledger *ledger = eh_investigation_ledger(inv);
    eh_status status = args->action == SHOW   ? show(call, args, ledger, err)
                       : args->action == SIGN ? sign(call, args, ledger, err)
                                              : prove(call, args, ledger, err);
    eh_investigation_close(inv);
    return status;
}

static const cli_opt options[] = {
    {NULL, "ACTION", "show, verify, sign or prove.", ACTIONS, offsetof(ledger_args, action), 0, 0, CLI_CHOICE, 0, true},
    {NULL, "INV", "The investigation; verify can do without one where a proof is given.", NULL, offsetof(ledger_args, inv), 0, 0,
     CLI_FILE, 0, false},
    {"key", "FILE", "sign: the secret key.", NULL, offsetof(ledger_args, key), 0, 0, CLI_FILE, 0, false},
    {"public-key", "FILE", "verify: whose signature must be there.", NULL, offsetof(ledger_args, public_key), 0, 0, CLI_FILE, 0,
     false},
    {"proof", "FILE", "verify: a proof or signed head that prove or sign wrote; with INV, its roots must be those of the log.",
     NULL, offsetof(ledger_args, proof), 0, 0, CLI_FILE, 0, false},
    {"root", "N:HASH", "verify: the root that the log had at N leaves, kept elsewhere.", NULL, offsetof(ledger_args, root), 0, 0,
     CLI_TEXT, 0, false},
    {"leaf", "N", "prove: that this leaf is in the log.", NULL, offsetof(ledger_args, leaf), 0, INT64_MAX, CLI_COUNT, 0, false},
    {"leaves", "N", "prove --leaf: in the log of its first N leaves; the latest signed ones when not given.", NULL,
     offsetof(ledger_args, n_leaves), 1, INT64_MAX, CLI_COUNT, 0, false},
    {"payload", NULL, "prove --leaf: also show what the leaf says. Not without need: it may name accounts.", NULL,
     offsetof(ledger_args, with_payload), 0, 0, CLI_FLAG, 0, false},
    {"consistency", "A:B", "prove: that the log of B leaves begins with that of A leaves.", NULL,
     offsetof(ledger_args, consistency), 0, 0, CLI_TEXT, 0, false},
    {"output", "FILE", "show: the leaves as .csv or .jsonl. sign: the head as JSON. prove: the proof as JSON.", NULL,
     offsetof(ledger_args, output), 0, 0, CLI_OUTPUT, 'o', false},
    CLI_END,
};
static const ledger_args defaults = {CLI_COMMON_INIT, .leaf = NO_LEAF};

const cli_command cli_cmd_ledger = {
    .name = "ledger",
    .summary = "the tamper-evident log: show, verify, sign, prove",
    .description = "Every import, run, calibration and export (also of report, expand and rhythm) is a leaf of a Merkle tree (RFC 9162) in the investigation. verify "
                   "computes everything anew and says which leaf and field was changed. sign stores a signed head of the tree. prove "
                   "writes a file that shows, to anyone with this program and without the investigation, that a leaf is in the log or that the "
                   "log only grew.\n"
                   "Without a signed head or a root kept elsewhere, a log that was rewritten as a whole cannot be told from a true one.",
    .examples = "evenhand ledger show case.duckdb\n"
                "evenhand ledger sign case.duckdb --key desk.key -o head.json\n"
                "evenhand ledger verify case.duckdb --public-key desk.key.pub\n"
                "evenhand ledger prove case.duckdb --leaf 1 -o leaf.json\n"
                "evenhand ledger verify --proof leaf.json --public-key desk.key.pub",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
