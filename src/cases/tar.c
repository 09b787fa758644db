/*
 * Header block of 512 bytes: name 0-99, mode 100, uid 108, gid 116, size 124 (11 octal digits), mtime 136, checksum 148 (sum of the
 * block's bytes with this field as blanks), type 156 ('0'), magic 257 "ustar" NUL "00". Then the data, filled up to a block; two
 * blocks of zeros end the file. Source: POSIX.1-2017, pax, "ustar Interchange Format".
 */
#include "cases/tar.h"

#include <stdio.h>

enum { size_digits = 11 };
static const uint64_t most_size = UINT64_C(077777777777);

static unsigned sum_of(const unsigned char *block)
{
    unsigned sum = 0;
    for (int i = 0; i < eh_tar_block_size; i++) sum += i >= 148 && i < 156 ? ' ' : block[i];
    return sum;
}

eh_status tar_add(eh_outfile *out, const char *name, eh_str data, eh_error *err)
{
    static const unsigned char zeros[eh_tar_block_size];
    unsigned char block[eh_tar_block_size] = {0};
    char text[16];
    if (strlen(name) > 99 || data.size > most_size) return eh_fail_at(err, EH_E_LIMIT, name, -1, -1, "is too large for a tar");
    memcpy(block, name, strlen(name));
    memcpy(block + 100, "0000644", 7);
    memcpy(block + 108, "0000000", 7);
    memcpy(block + 116, "0000000", 7);
    (void)snprintf(text, sizeof text, "%011llo", (unsigned long long)data.size);
    memcpy(block + 124, text, size_digits);
    memcpy(block + 136, "00000000000", size_digits);
    block[156] = '0';
    memcpy(block + 257, "ustar\0" "00", 8);
    (void)snprintf(text, sizeof text, "%06o", sum_of(block));
    memcpy(block + 148, text, 7);
    block[155] = ' ';
    (void)fwrite(block, 1, sizeof block, out->stream);
    if (data.size) (void)fwrite(data.data, 1, data.size, out->stream);
    size_t rest = data.size % eh_tar_block_size;
    if (rest) (void)fwrite(zeros, 1, eh_tar_block_size - rest, out->stream);
    return EH_OK;
}

void tar_end(eh_outfile *out)
{
    static const unsigned char zeros[2 * eh_tar_block_size];
    (void)fwrite(zeros, 1, sizeof zeros, out->stream);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool octal(const unsigned char *field, int n_most, uint64_t *out)
{
    int n = 0;
    *out = 0;
    for (; n < n_most && field[n] >= '0' && field[n] <= '7'; n++) *out = *out * 8 + (uint64_t)(field[n] - '0');
    return n > 0 && (n == n_most || field[n] == 0 || field[n] == ' ');
}

static bool is_zero(const unsigned char *block)
{
    for (int i = 0; i < eh_tar_block_size; i++)
        if (block[i]) return false;
    return true;
}

/* Letters, digits and ._-/ only; no path that leaves the folder. */
static bool is_name(const char *name)
{
    if (!name[0] || name[0] == '/' || strstr(name, "..")) return false;
    for (const char *c = name; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("._-/", *c))) return false;
    return true;
}

static eh_status read_entry(eh_str bytes, size_t at, const char *path, eh_tar_entry *entry, eh_error *err)
{
    const unsigned char *block = (const unsigned char *)bytes.data + at;
    uint64_t size, sum;
    if (memcmp(block + 257, "ustar", 5) != 0 || !octal(block + 148, 7, &sum) || sum != sum_of(block))
        return eh_fail_at(err, EH_E_FORMAT, path, -1, (int64_t)at, "is not a plain tar (ustar), or its header was changed");
    if (block[156] != '0' && block[156] != 0)
        return eh_fail_at(err, EH_E_FORMAT, path, -1, (int64_t)at, "holds something else than a regular file");
    (void)snprintf(entry->name, sizeof entry->name, "%.100s", (const char *)block);
    if (!is_name(entry->name) || block[345])
        return eh_fail_at(err, EH_E_FORMAT, path, -1, (int64_t)at, "holds a file whose name is not plain");
    if (!octal(block + 124, size_digits, &size) || size > bytes.size - at - eh_tar_block_size)
        return eh_fail_at(err, EH_E_FORMAT, path, -1, (int64_t)at, "ends early, or the size of %s was changed", entry->name);
    entry->data = (eh_str){bytes.data + at + eh_tar_block_size, (size_t)size};
    return EH_OK;
}

eh_status eh_tar_parse(eh_str bytes, const char *path, eh_tar_entry *entries, size_t n_most, size_t *n, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    *n = 0;
    for (size_t at = 0; bytes.size - at >= eh_tar_block_size;) {
        if (is_zero((const unsigned char *)bytes.data + at)) return EH_OK;
        if (*n == n_most) return eh_fail_at(err, EH_E_LIMIT, path, -1, (int64_t)at, "holds more than %zu files", n_most);
        eh_tar_entry *entry = &entries[*n];
        EH_TRY(read_entry(bytes, at, path, entry, err));
        for (size_t i = 0; i < *n; i++)
            if (strcmp(entries[i].name, entry->name) == 0)
                return eh_fail_at(err, EH_E_FORMAT, path, -1, (int64_t)at, "holds %s twice", entry->name);
        size_t blocks = (entry->data.size + eh_tar_block_size - 1) / eh_tar_block_size;
        if (blocks > (bytes.size - at) / eh_tar_block_size - 1)
            return eh_fail_at(err, EH_E_FORMAT, path, -1, (int64_t)at, "ends within %s", entry->name);
        at += (blocks + 1) * eh_tar_block_size;
        ++*n;
    }
    return eh_fail_at(err, EH_E_FORMAT, path, -1, (int64_t)bytes.size, "ends early: the end of the tar is missing");
}
