/** @file tar.h  A plain tar (POSIX.1-1988 ustar): regular files, mode 0644, owner 0, time 0, so that equal content gives equal bytes. */
#ifndef EH_CASES_TAR_H
#define EH_CASES_TAR_H

#include "base/outfile.h"
#include "evenhand/exchange.h"

enum { eh_tar_block_size = 512 };
/** name: at most 99 bytes. */
EH_MUST_CHECK eh_status tar_add(eh_outfile *out, const char *name, eh_str data, eh_error *err);
void tar_end(eh_outfile *out);
#endif
