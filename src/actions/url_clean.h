/** @file url_clean.h  One spelling for the many URLs that lead to the same page. */
#ifndef EH_ACTIONS_URL_CLEAN_H
#define EH_ACTIONS_URL_CLEAN_H

#include "base/str.h"

/**
 * Writes the cleaned form of url into *out (cleared first) and the host without "www." into *source, a view
 * into *out. A value that is no web address (no scheme, no dot in the place of the host) is copied as it is, with
 * an empty source: anonymised archives number their links.
 *
 * Dropped: http and https, "www.", user and password, default ports, the fragment, tracking parameters, empty
 * parameters, slashes at the end of the path. Changed: host to lower case (ASCII), "%7e" to "~" where the character
 * needs no escape, "%c3" to "%C3", raw non-ASCII bytes and blanks to their escapes. Kept: everything else, the case of
 * the path and the order of parameters included. No network, no list of shorteners.
 * @source RFC 3986, section 6.2.2 (normalisation of case, escapes, scheme)
 */
EH_MUST_CHECK eh_status eh_url_clean(eh_str url, eh_buf *out, eh_str *source, eh_error *err);
#endif
