/*
 * HMAC-SHA-256 (RFC 2104, libsodium), truncated to 64 bits: among a million accounts two share a pseudonym with
 * chance 3e-8. Links and post ids stay as they are: who holds the platform's data can look posts up by them.
 */
#include "investigation/pseudonym.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

enum { most_key_size = 1 << 16 };

struct eh_pseudonymiser {
    eh_context *ctx;
    crypto_auth_hmacsha256_state keyed; /* after the key was absorbed; copied per id */
    char check_text[EH_PSEUDONYM_SIZE + 1];
    eh_buf bytes; /* of one post */
    eh_str *mentions;
    size_t mentions_capacity;
};

static void digest(const eh_pseudonymiser *p, eh_str id, char hex[EH_PSEUDONYM_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    crypto_auth_hmacsha256_state state = p->keyed;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)id.data, id.size);
    (void)crypto_auth_hmacsha256_final(&state, mac);
    for (int i = 0; i < EH_PSEUDONYM_SIZE / 2; i++) {
        hex[2 * i] = digits[mac[i] >> 4];
        hex[2 * i + 1] = digits[mac[i] & 15];
    }
}

void eh_pseudonym_of(const eh_pseudonymiser *p, eh_str id, char text[EH_PSEUDONYM_SIZE + 1])
{
    digest(p, id, text);
    text[EH_PSEUDONYM_SIZE] = 0;
}

static eh_status read_key(const char *path, unsigned char *key, size_t *size, eh_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file) return eh_fail_at(err, EH_E_IO, path, -1, -1, "the pseudonym key cannot be read: %s", strerror(errno));
    *size = fread(key, 1, most_key_size + 1, file);
    bool is_bad = ferror(file) != 0;
    (void)fclose(file);
    if (is_bad) return eh_fail_at(err, EH_E_IO, path, -1, -1, "the pseudonym key cannot be read");
    if (*size == 0) return eh_fail_at(err, EH_E_INVALID, path, -1, -1, "the pseudonym key is empty; 32 random bytes will do");
    if (*size > most_key_size)
        return eh_fail_at(err, EH_E_INVALID, path, -1, -1, "is over 64 KiB: is it really the pseudonym key?");
    return EH_OK;
}

eh_status eh_pseudonymiser_new(eh_context *ctx, const char *key_file, eh_pseudonymiser **out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *out = NULL;
    eh_pseudonymiser *p = eh_alloc(ctx, 1, sizeof *p, err);
    unsigned char *key = eh_alloc(ctx, most_key_size + 1, 1, err);
    size_t key_size = 0;
    eh_status status = p && key ? read_key(key_file, key, &key_size, err) : err->status;
    if (status == EH_OK) {
        p->ctx = p->bytes.ctx = ctx;
        (void)crypto_auth_hmacsha256_init(&p->keyed, key, key_size);
        digest(p, EH_STR_LITERAL("evenhand pseudonym key check"), p->check_text);
    }
    if (key) sodium_memzero(key, most_key_size + 1);
    eh_free(ctx, key);
    if (status != EH_OK) {
        eh_free(ctx, p);
        return status;
    }
    *out = p;
    return EH_OK;
}

void eh_pseudonymiser_free(eh_pseudonymiser *p)
{
    if (!p) return;
    eh_context *ctx = p->ctx;
    eh_buf_release(&p->bytes);
    eh_free(ctx, p->mentions);
    sodium_memzero(p, sizeof *p);
    eh_free(ctx, p);
}

const char *eh_pseudonymiser_check_text(const eh_pseudonymiser *p) { return p->check_text; }

/* ---- one post -------------------------------------------------------------------------------------------------- */

/* The buffer is given its final size before anything is written, so that views into it stay valid. */
static eh_str add_pseudonym(eh_pseudonymiser *p, eh_str id)
{
    if (id.size == 0) return id;
    char *at = p->bytes.data + p->bytes.size;
    digest(p, id, at);
    p->bytes.size += EH_PSEUDONYM_SIZE;
    return (eh_str){at, EH_PSEUDONYM_SIZE};
}

static bool is_name_byte(char c)
{
    unsigned char u = (unsigned char)c;
    return (u >= '0' && u <= '9') || (u >= 'A' && u <= 'Z') || (u >= 'a' && u <= 'z') || u == '_' || u >= 0x80;
}

/* A name may hold '.', '-' and '@' (of Mastodon and Bluesky), but does not end with one. */
static size_t name_size(eh_str text, size_t from)
{
    size_t end = from;
    for (size_t i = from; i < text.size; i++) {
        if (is_name_byte(text.data[i]))
            end = i + 1;
        else if (i == from || (text.data[i] != '.' && text.data[i] != '-' && text.data[i] != '@'))
            break;
    }
    return end - from;
}

static eh_str add_text(eh_pseudonymiser *p, eh_str text)
{
    if (text.size == 0 || !memchr(text.data, '@', text.size)) return text;
    char *start = p->bytes.data + p->bytes.size;
    for (size_t i = 0; i < text.size;) {
        size_t size = text.data[i] == '@' ? name_size(text, i + 1) : 0;
        p->bytes.data[p->bytes.size++] = text.data[i++];
        if (size) (void)add_pseudonym(p, (eh_str){text.data + i, size});
        i += size;
    }
    return (eh_str){start, (size_t)(p->bytes.data + p->bytes.size - start)};
}

static size_t text_room(eh_str text) { return text.size * (1 + EH_PSEUDONYM_SIZE); }

static eh_status make_room(eh_pseudonymiser *p, const eh_post *post, eh_error *err)
{
    size_t room = text_room(post->text) + text_room(post->object) + ((size_t)post->n_mentions + 3) * EH_PSEUDONYM_SIZE + 1;
    eh_buf_clear(&p->bytes);
    EH_TRY(eh_reserve(p->ctx, (void **)&p->bytes.data, &p->bytes.capacity, room, 1, err));
    return eh_reserve(p->ctx, (void **)&p->mentions, &p->mentions_capacity, post->n_mentions, sizeof *p->mentions, err);
}

eh_status eh_pseudonymise_post(eh_pseudonymiser *p, eh_post *post, eh_error *err)
{
    EH_TRY(make_room(p, post, err));
    post->account = add_pseudonym(p, post->account);
    post->target_account = add_pseudonym(p, post->target_account);
    post->handle = (eh_str){NULL, 0};
    post->text = add_text(p, post->text);
    for (uint32_t i = 0; i < post->n_mentions; i++) p->mentions[i] = add_pseudonym(p, post->mentions[i]);
    if (post->n_mentions) post->mentions = p->mentions;
    if (post->is_row && post->behaviour == EH_MENTION) post->object = add_pseudonym(p, post->object);
    if (post->is_row && post->behaviour == EH_TEXT) post->object = add_text(p, post->object);
    return EH_OK;
}
