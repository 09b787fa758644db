#include "ingest/utf8_text.h"

size_t eh_utf8_put(uint32_t code, char out[4])
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = 0xFFFD;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (char)(lead[n] | code);
    return n;
}

int64_t eh_hex_of(const char *s, size_t n)
{
    int64_t value = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) return -1;
        value = 16 * value + digit;
    }
    return value;
}

eh_str eh_excerpt_of(eh_str text, char out[eh_excerpt_capacity])
{
    size_t used = 0;
    for (size_t i = 0; i < text.size;) {
        char piece[4];
        size_t n = eh_utf8_length(text.data + i, text.size - i), n_piece = n;
        if (n == 0) {
            n = 1;
            n_piece = eh_utf8_put(0xFFFD, piece);
        } else if (n == 1) {
            unsigned char c = (unsigned char)text.data[i];
            piece[0] = c < 0x20 || c == 0x7F ? ' ' : (char)c;
        } else {
            memcpy(piece, text.data + i, n);
        }
        if (used + n_piece > eh_excerpt_capacity) break;
        memcpy(out + used, piece, n_piece);
        used += n_piece;
        i += n;
    }
    return (eh_str){out, used};
}
