/** @file action_text.h  Text as an object: what remains of a post when its decoration is taken off. */
#ifndef EH_ACTIONS_ACTION_TEXT_H
#define EH_ACTIONS_ACTION_TEXT_H

#include "base/str.h"

enum { eh_action_text_least = 40 }; /* code points: shorter texts coincide by chance */

/** Scratch for the text of one post after another. Zero-initialised plus contexts is empty. */
typedef struct eh_text_scratch {
    eh_buf out;
    int32_t *code_points;
    size_t capacity;
} eh_text_scratch;
void eh_text_scratch_release(eh_text_scratch *scratch);

/**
 * NFKC with case folding and default-ignorable characters dropped (Unicode's toNFKC_Casefold), then links, @mentions,
 * '#' signs (their words stay), blanks and control characters removed. *out is a view into the scratch; *n_code_points
 * its length. Bytes that are not UTF-8 give the empty text.
 *
 * A link is http://, https://, www. or t.co/ up to the next blank, quotation mark or bracket (t.co: up to the end of its
 * ASCII code, since other scripts go on without a blank). A mention is '@' that no letter or digit precedes, with
 * the ASCII name after it, or the letters of another script up to the next sign.
 */
EH_MUST_CHECK eh_status eh_action_text(eh_text_scratch *scratch, eh_str text, eh_str *out, size_t *n_code_points,
                                       eh_error *err);
/** NFKC with case folding only (hashtags). */
EH_MUST_CHECK eh_status eh_fold_text(eh_text_scratch *scratch, eh_str text, eh_str *out, eh_error *err);
#endif
