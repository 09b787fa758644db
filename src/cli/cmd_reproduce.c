#include "cli/cli.h"

typedef struct reproduce_args {
    cli_common common;
    const char *bundle, *pseudonym_key;
    cli_texts archives;
} reproduce_args;

typedef struct listing {
    cli_json *json;
} listing;

static void tell(void *data, const char *what, const char *message)
{
    const listing *l = data;
    if (!l->json) {
        printf("differs   %s: %s\n", what, message);
        return;
    }
    cli_json_begin(l->json, NULL, '{');
    cli_json_text(l->json, "what", what);
    cli_json_text(l->json, "message", message);
    cli_json_end(l->json, '}');
}

static void print(const eh_reproduction *r)
{
    printf("run       %s, made by evenhand %s\n", r->run_id, r->version);
    printf("proofs    %llu of %llu hold, %llu under a signed head\n", (unsigned long long)r->n_good_proofs, (unsigned long long)r->n_proofs,
           (unsigned long long)r->n_signed_proofs);
    printf("tables    %llu of %llu byte-identical\n", (unsigned long long)r->n_same_files, (unsigned long long)r->n_files);
    if (r->n_problems == 0) printf("result    byte-identical\n");
}

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const reproduce_args *args = arguments;
    cli_json json;
    listing l = {args->common.is_json ? &json : NULL};
    eh_reproduction r;
    if (args->archives.n == 0) return eh_fail(err, EH_E_INVALID, "reproduce needs the archives: evenhand reproduce BUNDLE ARCHIVE...");
    const eh_reproduce_options options = {.bundle = args->bundle,
                                          .archives = (const char *const *)args->archives.items,
                                          .n_archives = (size_t)args->archives.n,
                                          .pseudonym_key = args->pseudonym_key,
                                          .on_problem = tell,
                                          .data = &l};
    if (l.json) {
        EH_TRY(cli_json_open(call->ctx, &json, err));
        cli_json_begin(&json, "differences", '[');
    }
    eh_status status = eh_reproduce(call->ctx, &options, &r, err);
    if (l.json) {
        cli_json_end(&json, ']');
        cli_json_text(&json, "run_id", r.run_id);
        cli_json_text(&json, "version", r.version);
        cli_json_count(&json, "n_files", r.n_files);
        cli_json_count(&json, "n_same_files", r.n_same_files);
        cli_json_count(&json, "n_proofs", r.n_proofs);
        cli_json_count(&json, "n_good_proofs", r.n_good_proofs);
        cli_json_count(&json, "n_signed_proofs", r.n_signed_proofs);
        cli_json_bool(&json, "identical", status == EH_OK && r.n_problems == 0);
        eh_status closed = cli_json_close(&json, status == EH_OK ? err : NULL);
        if (status == EH_OK) status = closed;
    } else if (status == EH_OK) {
        print(&r);
    }
    EH_TRY(status);
    return r.n_problems ? eh_fail_at(err, EH_E_FORMAT, args->bundle, -1, -1, "could not be reproduced: %llu differences", (unsigned long long)r.n_problems)
                        : EH_OK;
}

static const cli_opt options[] = {
    {NULL, "BUNDLE", "A case that evenhand export INV case wrote.", NULL, offsetof(reproduce_args, bundle), 0, 0, CLI_FILE, 0, true},
    {NULL, "ARCHIVE", "The archives of the case, by any name and in any order.", NULL, offsetof(reproduce_args, archives), 0, 0, CLI_TEXTS, 0,
     false},
    CLI_KEY_OPTION(reproduce_args),
    CLI_END,
};
static const reproduce_args defaults = {CLI_COMMON_INIT};

const cli_command cli_cmd_reproduce = {
    .name = "reproduce",
    .summary = "compute a case bundle again and say whether it is byte-identical",
    .description = "Checks the bundle's hashes and proofs, imports the archives anew, runs detection with the recorded parameters and seed, and "
                   "compares every table byte by byte. Exit code 0: byte-identical; 1: something differs, and standard output says what.",
    .examples = "evenhand reproduce case.tar posts.csv",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
