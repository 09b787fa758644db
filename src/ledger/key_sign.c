/* Ed25519 (RFC 8032) over any bytes. What is signed begins with a line that says what it is, so that no signature of one thing can
   pass as that of another. */
#include "ledger/ledger_private.h"

#include <sodium.h>

eh_status eh_key_sign(const eh_key *key, eh_str bytes, unsigned char signature[EH_SIGNATURE_SIZE], eh_error *err)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    if (!key->is_secret) return eh_fail(err, EH_E_INVALID, "a public key cannot sign; give the file of the secret key");
    EH_TRY(eh_ledger_start_crypto(err));
    (void)crypto_sign_seed_keypair(public_key, secret, key->seed);
    bool is_good = crypto_sign_detached(signature, NULL, (const unsigned char *)bytes.data, bytes.size, secret) == 0;
    sodium_memzero(secret, sizeof secret);
    return is_good ? EH_OK : eh_fail(err, EH_E_INVALID, "this could not be signed");
}

bool eh_signature_fits(const unsigned char public_key[EH_KEY_SIZE], eh_str bytes, const unsigned char signature[EH_SIGNATURE_SIZE])
{
    return sodium_init() >= 0 &&
           crypto_sign_verify_detached(signature, (const unsigned char *)bytes.data, bytes.size, public_key) == 0;
}
