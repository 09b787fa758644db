/** @file cnt_text.h  The text that coordination-network-toolkit compares (co_tweet). */
#ifndef EH_ACTIONS_CNT_TEXT_H
#define EH_ACTIONS_CNT_TEXT_H

#include "base/str.h"

/**
 * out = " ".join(regex.sub(r"@.*?(?=(?:\s|$))", "", text.lower()).split()), as Python evaluates it. out is cleared
 * first and may end empty: to that program the empty text is a text. Bytes that are not UTF-8 are copied.
 * @source coordination_network_toolkit/preprocess.py (message_preprocessor), version 1.5.2
 */
EH_MUST_CHECK eh_status eh_cnt_text(eh_str text, eh_buf *out, eh_error *err);
#endif
