/** @file fuzz_file.h  Readers want a path: one temporary file, overwritten for each input. */
#ifndef EH_FUZZ_FILE_H
#define EH_FUZZ_FILE_H

#include "fuzz.h"

#include <string.h>
#include <unistd.h>

/** The path of a file that holds exactly these bytes. It is unlinked at once, and reached through /proc. */
static const char *fuzz_file(const uint8_t *data, size_t size)
{
    static char path[64];
    static int fd = -1;
    if (fd < 0) {
        char name[] = "/tmp/evenhand-fuzz-XXXXXX";
        fd = mkstemp(name);
        FUZZ_CHECK(fd >= 0 && unlink(name) == 0);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    FUZZ_CHECK(ftruncate(fd, 0) == 0);
    FUZZ_CHECK(size == 0 || pwrite(fd, data, size, 0) == (ssize_t)size);
    return path;
}

#endif
