#include "cli/cli.h"

typedef struct key_args {
    cli_common common;
    int action;
    const char *output, *name;
} key_args;

static eh_status run(const cli_call *call, const void *arguments, eh_error *err)
{
    const key_args *args = arguments;
    char public_key[2 * EH_KEY_SIZE + 1], id[17];
    eh_key key;
    EH_TRY(eh_key_new(call->ctx, args->output, args->name, &key, err));
    eh_hash bytes;
    memcpy(bytes.bytes, key.public_key, sizeof bytes.bytes);
    eh_hash_text(&bytes, public_key);
    eh_key_id(key.public_key, id);
    eh_key_clear(&key);
    if (!args->common.is_json) {
        printf("key       %s\npublic    %s\nsecret    %s: keep it to yourself, and a copy elsewhere\n"
               "to give   %s.pub: publish it where it cannot be exchanged\n",
               id, public_key, args->output, args->output);
        return EH_OK;
    }
    cli_json json;
    EH_TRY(cli_json_open(call->ctx, &json, err));
    cli_json_text(&json, "key", id);
    cli_json_text(&json, "public_key", public_key);
    cli_json_text(&json, "file", args->output);
    return cli_json_close(&json, err);
}

static const cli_opt options[] = {
    {NULL, "ACTION", "new: make a key pair.", "new", offsetof(key_args, action), 0, 0, CLI_CHOICE, 0, true},
    {"output", "FILE", "Where to write the secret key (readable by you alone); the public key goes to FILE.pub. Neither may "
     "exist.", NULL, offsetof(key_args, output), 0, 0, CLI_TEXT, 'o', true},
    {"name", "TEXT", "Whose key it is, written into both files.", NULL, offsetof(key_args, name), 0, 0, CLI_TEXT, 0, false},
    CLI_END,
};
static const key_args defaults = {CLI_COMMON_INIT, .name = ""};

const cli_command cli_cmd_key = {
    .name = "key",
    .summary = "make a key pair to sign the ledger with",
    .description = "Makes an Ed25519 key pair. The secret key signs tree heads of a ledger (evenhand ledger sign); with the public "
                   "key anyone can verify them. A secret key has no passphrase: whoever reads the file can sign.",
    .examples = "evenhand key new -o desk.key --name 'Research desk'",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof defaults,
    .run = run,
};
