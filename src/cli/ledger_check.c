/* Verifying: a ledger in its investigation, a proof in its file, or both against each other. */
#include "cli/ledger_check.h"

#include "base/time.h"

enum { MOST_SHOWN = 20 };

typedef struct checker {
    const cli_call *call;
    const ledger_check_args *args;
    eh_key key;
    bool has_key, has_proof;
    eh_proof proof;
    eh_anchor anchors[3];
    size_t n_anchors;
    eh_ledger_check result;
    uint64_t n_compared, n_differing, n_shown;
    cli_json json;
    bool has_problems;
} checker;

/* ---- what was given ---------------------------------------------------------------------------------------------- */

static eh_status read_root(checker *c, eh_error *err)
{
    const char *text = c->args->root;
    size_t colon = strcspn(text, ":");
    eh_anchor *anchor = &c->anchors[c->n_anchors++];
    bool is_good = colon > 0 && colon < 18 && text[colon] == ':' && eh_hash_of_text(eh_str_of(text + colon + 1), &anchor->root);
    for (size_t i = 0; i < colon && is_good; i++) {
        is_good = text[i] >= '0' && text[i] <= '9';
        anchor->n_leaves = anchor->n_leaves * 10 + (uint64_t)(text[i] - '0');
    }
    if (is_good && anchor->n_leaves > 0) return EH_OK;
    return eh_fail(err, EH_E_INVALID, "--root is NUMBER:HASH, the number of leaves and 64 lower-case hex digits, as evenhand ledger "
                   "show prints them");
}

/* The roots that a proof tells of must be those of the log. */
static void take_anchors(checker *c)
{
    c->anchors[c->n_anchors++] = (eh_anchor){c->proof.head.n_leaves, c->proof.head.root};
    if (c->proof.kind == EH_PROOF_CONSISTENCY)
        c->anchors[c->n_anchors++] = (eh_anchor){c->proof.first.n_leaves, c->proof.first.root};
}

static bool is_of_key(const checker *c, const eh_head *head)
{
    return head->has_signature && memcmp(head->public_key, c->key.public_key, EH_KEY_SIZE) == 0;
}

static eh_status check_proof(checker *c, eh_error *err)
{
    const char *name = c->args->proof;
    EH_TRY(eh_proof_read(c->call->ctx, name, &c->proof, err));
    c->has_proof = true;
    EH_TRY(eh_proof_verify(&c->proof, name, err));
    if (c->has_key && !is_of_key(c, &c->proof.head))
        return eh_fail_at(err, EH_E_FORMAT, name, -1, -1, "public_key: the later head is %s; it proves nothing by this key",
                          c->proof.head.has_signature ? "signed with another key" : "not signed");
    if (c->args->root && !c->args->inv) {
        const eh_anchor *root = &c->anchors[0];
        bool is_head = root->n_leaves == c->proof.head.n_leaves, is_first = c->proof.kind == EH_PROOF_CONSISTENCY &&
                                                                           root->n_leaves == c->proof.first.n_leaves;
        const eh_hash *own = is_head ? &c->proof.head.root : &c->proof.first.root;
        if (!is_head && !is_first)
            return eh_fail_at(err, EH_E_INVALID, name, -1, -1, "is about %llu leaves, --root about %llu; a consistency proof joins them",
                              (unsigned long long)c->proof.head.n_leaves, (unsigned long long)root->n_leaves);
        if (memcmp(own->bytes, root->root.bytes, EH_HASH_SIZE) != 0)
            return eh_fail_at(err, EH_E_FORMAT, name, -1, -1, "root: is not the root that --root gives for %llu leaves",
                              (unsigned long long)root->n_leaves);
    }
    return EH_OK;
}

/* ---- problems ---------------------------------------------------------------------------------------------------- */

static void show_problem(void *data, const eh_ledger_problem *problem)
{
    checker *c = data;
    bool is_whole = problem->seq == UINT64_MAX;
    if (++c->n_shown > MOST_SHOWN && !c->call->common->is_json) return;
    if (c->call->common->is_json) {
        cli_json_begin(&c->json, NULL, '{');
        if (!is_whole) cli_json_count(&c->json, "leaf", problem->seq);
        cli_json_text(&c->json, "field", problem->field);
        cli_json_text(&c->json, "message", problem->message);
        cli_json_end(&c->json, '}');
        return;
    }
    cli_progress_end();
    if (is_whole)
        printf("WRONG     %s: %s\n", problem->field, problem->message);
    else
        printf("WRONG     leaf %llu, %s: %s\n", (unsigned long long)problem->seq, problem->field, problem->message);
}

/* ---- what holds -------------------------------------------------------------------------------------------------- */

static const char *time_text(int64_t time_us, char text[eh_time_text_size]) { return eh_time_text(time_us, text); }

static void print_signature(const checker *c, const char *word, const eh_head *head)
{
    char id[17], time[eh_time_text_size];
    if (head->has_signature)
        printf("%s%s with key %s%s\n", word, time_text(head->time_us, time), eh_key_id(head->public_key, id),
               c->has_key ? "" : " (give --public-key to say whose that must be)");
    else
        printf("%snot signed: the root is only what this file says; compare it with one from elsewhere (--root)\n", word);
}

static void print_proof(const checker *c)
{
    const eh_proof *p = &c->proof;
    char root[EH_HASH_TEXT_SIZE], time[eh_time_text_size];
    if (p->kind == EH_PROOF_INCLUSION) {
        printf("holds     leaf %llu is in the log of %llu leaves\n", (unsigned long long)p->seq, (unsigned long long)p->head.n_leaves);
        printf("leaf      %s %s%s%s\n", time_text(p->time_us, time), p->type, p->actor[0] ? " by " : "", p->actor);
        if (p->has_payload) printf("payload   %s\n", p->payload);
    } else if (p->kind == EH_PROOF_CONSISTENCY) {
        printf("holds     the log of %llu leaves begins with the log of %llu leaves\n", (unsigned long long)p->head.n_leaves,
               (unsigned long long)p->first.n_leaves);
        printf("root      %llu:%s\n", (unsigned long long)p->first.n_leaves, eh_hash_text(&p->first.root, root));
        print_signature(c, "signed    ", &p->first);
    } else {
        printf("holds     the head of a log of %llu leaves\n", (unsigned long long)p->head.n_leaves);
    }
    printf("root      %llu:%s\n", (unsigned long long)p->head.n_leaves, eh_hash_text(&p->head.root, root));
    print_signature(c, "signed    ", &p->head);
}

/* What a rewriting of the whole would leave unnoticed: a signature counts by a key that was given, a root by itself. */
static void print_limit(const checker *c)
{
    const eh_ledger_check *r = &c->result;
    uint64_t n_held = c->has_key ? r->n_signed_leaves : 0;
    char text[32];
    if (r->n_anchored_leaves > n_held) n_held = r->n_anchored_leaves;
    if (r->n_problems || r->n_leaves == 0 || n_held == r->n_leaves) return;
    if (n_held)
        printf("limit     what follows the first %s leaves could have been rewritten by whoever could write the file\n",
               cli_grouped(n_held, text));
    else
        printf("limit     whoever could write the file could have rewritten this log as a whole: verify it with a public key "
               "(--public-key), or a root kept elsewhere (--root, --proof)\n");
}

static void print_result(const checker *c)
{
    const eh_ledger_check *r = &c->result;
    char root[EH_HASH_TEXT_SIZE], text[32];
    if (c->n_shown > MOST_SHOWN) printf("          and %s more\n", cli_grouped(c->n_shown - MOST_SHOWN, text));
    printf("leaves    %s", cli_grouped(r->n_leaves, text));
    if (r->n_purged) printf(", the content of %s deleted", cli_grouped(r->n_purged, text));
    printf("\nroot      %llu:%s\n", (unsigned long long)r->n_leaves, eh_hash_text(&r->root, root));
    printf("signed    %s of the leaves", cli_grouped(r->n_signed_leaves, text));
    printf(", %s of", cli_grouped(r->n_good_heads, text));
    printf(" %s heads good", cli_grouped(r->n_heads, text));
    if (c->has_key) printf(", %s by this key", cli_grouped(r->n_heads_of_key, text));
    printf("\ntables    %s records compared", cli_grouped(c->n_compared, text));
    printf(", %s differ\n", cli_grouped(c->n_differing, text));
    if (r->n_clock_backwards) printf("note      the clock went back %s times\n", cli_grouped(r->n_clock_backwards, text));
    print_limit(c);
}

static void write_json(checker *c)
{
    const eh_ledger_check *r = &c->result;
    char root[EH_HASH_TEXT_SIZE];
    cli_json_count(&c->json, "n_leaves", r->n_leaves);
    cli_json_text(&c->json, "root", eh_hash_text(&r->root, root));
    cli_json_count(&c->json, "n_purged", r->n_purged);
    cli_json_count(&c->json, "n_heads", r->n_heads);
    cli_json_count(&c->json, "n_good_heads", r->n_good_heads);
    cli_json_count(&c->json, "n_heads_of_key", r->n_heads_of_key);
    cli_json_count(&c->json, "n_signed_leaves", r->n_signed_leaves);
    cli_json_count(&c->json, "n_anchors_met", r->n_anchors_met);
    cli_json_count(&c->json, "n_clock_backwards", r->n_clock_backwards);
    cli_json_count(&c->json, "n_records_compared", c->n_compared);
    cli_json_bool(&c->json, "is_whole", r->n_problems + c->n_differing == 0);
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

static eh_status check_log(checker *c, eh_error *err)
{
    eh_investigation *inv;
    const eh_ledger_check_options options = {
        .key = c->has_key ? &c->key : NULL,
        .anchors = c->anchors,
        .n_anchors = c->n_anchors,
        .on_problem = show_problem,
        .data = c,
    };
    EH_TRY(cli_open(c->call, c->args->inv, EH_OPEN_READ, &inv, err));
    bool is_json = c->call->common->is_json;
    eh_status status = is_json ? cli_json_open(c->call->ctx, &c->json, err) : EH_OK;
    if (status == EH_OK && is_json) cli_json_begin(&c->json, "problems", '[');
    if (status == EH_OK) status = eh_ledger_verify(eh_investigation_ledger(inv), &options, &c->result, err);
    if (status == EH_OK)
        status = eh_investigation_compare_ledger(inv, show_problem, c, &c->n_compared, &c->n_differing, err);
    eh_investigation_close(inv);
    EH_TRY(status);
    cli_progress_end();
    if (is_json) {
        cli_json_end(&c->json, ']');
        write_json(c);
        EH_TRY(cli_json_close(&c->json, err));
    } else {
        print_result(c);
    }
    uint64_t n = c->result.n_problems + c->n_differing;
    if (n == 0) return EH_OK;
    return eh_fail_at(err, EH_E_FORMAT, c->args->inv, -1, -1, "the ledger does not hold: %llu %s; compare it with a copy from before",
                      (unsigned long long)n, n == 1 ? "thing is wrong" : "things are wrong");
}

static eh_status check(checker *c, eh_error *err)
{
    if (!c->args->inv && !c->args->proof)
        return eh_fail(err, EH_E_INVALID, "ledger verify needs an investigation, a proof (--proof FILE), or both");
    if (c->args->public_key) EH_TRY(eh_key_read(c->call->ctx, c->args->public_key, &c->key, err));
    c->has_key = c->args->public_key != NULL;
    if (c->args->root) EH_TRY(read_root(c, err));
    if (c->args->proof) {
        EH_TRY(check_proof(c, err));
        take_anchors(c);
        if (!c->call->common->is_json) print_proof(c);
    }
    if (c->args->inv) return check_log(c, err);
    if (!c->call->common->is_json) return EH_OK;
    char root[EH_HASH_TEXT_SIZE];
    EH_TRY(cli_json_open(c->call->ctx, &c->json, err));
    cli_json_bool(&c->json, "holds", true);
    cli_json_count(&c->json, "n_leaves", c->proof.head.n_leaves);
    cli_json_text(&c->json, "root", eh_hash_text(&c->proof.head.root, root));
    cli_json_bool(&c->json, "is_signed", c->proof.head.has_signature);
    return cli_json_close(&c->json, err);
}

eh_status cli_ledger_check(const cli_call *call, const ledger_check_args *args, eh_error *err)
{
    checker *c = eh_alloc(call->ctx, 1, sizeof *c, err);
    if (!c) return err->status;
    c->call = call;
    c->args = args;
    eh_status status = check(c, err);
    if (c->has_proof) eh_proof_release(&c->proof);
    eh_key_clear(&c->key);
    eh_free(call->ctx, c);
    return status;
}
