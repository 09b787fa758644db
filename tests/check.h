/**
 * @file check.h  All that a test needs. A failed check prints file, line and expression and ends the program.
 *
 *     static void adds_up(void) { CHECK_EQ_INT(1 + 1, 2); }
 *     static void is_empty(void) { CHECK_EQ_STR("", ""); }
 *     CHECK_MAIN(adds_up, is_empty)
 *
 * The program runs all functions in order, or only those named as its arguments, and prints "ok NAME" for each.
 */
#ifndef EH_TESTS_CHECK_H
#define EH_TESTS_CHECK_H

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void (*check_fn)(void);

/** expr is true. */
#define CHECK(expr)                                                                                \
    do {                                                                                           \
        if (!(expr)) {                                                                             \
            check_failed(__FILE__, __LINE__, #expr);                                               \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/** Two integers (up to 64 bits, signed) are equal. */
#define CHECK_EQ_INT(a, b) check_eq_int((int64_t)(a), (int64_t)(b), #a " == " #b, __FILE__, __LINE__)

/** Two strings are equal; NULL equals only NULL. */
#define CHECK_EQ_STR(a, b) check_eq_str((a), (b), #a " == " #b, __FILE__, __LINE__)

/** |a - b| <= rel * max(|a|, |b|); never true of NaN; infinities are near themselves. */
#define CHECK_NEAR(a, b, rel) check_near((a), (b), (rel), #a " ~ " #b, __FILE__, __LINE__)

/** An eh_status is EH_OK, else the message of the eh_error is shown. */
#define CHECK_OK(expr, err)                                                                        \
    do {                                                                                           \
        if ((expr) != 0) {                                                                         \
            check_failed(__FILE__, __LINE__, #expr);                                               \
            fprintf(stderr, "  %s\n", (err).message);                                              \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/** This machine cannot run the test: the whole program counts as skipped. */
#define SKIP(reason)                                                                               \
    do {                                                                                           \
        printf("skipped: %s\n", (reason));                                                         \
        exit(77);                                                                                  \
    } while (0)

#define CHECK_MAIN(...)                                                                            \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        const check_fn check_fns[] = {__VA_ARGS__};                                                \
        return check_run(check_fns, sizeof check_fns / sizeof *check_fns, #__VA_ARGS__, argc, argv); \
    }

static inline void check_failed(const char *file, int line, const char *expr)
{
    fflush(stdout);
    fprintf(stderr, "%s:%d: failed: %s\n", file, line, expr);
}

static inline void check_eq_int(int64_t a, int64_t b, const char *expr, const char *file, int line)
{
    if (a == b) return;
    check_failed(file, line, expr);
    fprintf(stderr, "  left %" PRId64 ", right %" PRId64 "\n", a, b);
    exit(1);
}

static inline void check_eq_str(const char *a, const char *b, const char *expr, const char *file, int line)
{
    if (a == b || (a && b && strcmp(a, b) == 0)) return;
    check_failed(file, line, expr);
    fprintf(stderr, "  left  \"%s\"\n  right \"%s\"\n", a ? a : "(NULL)", b ? b : "(NULL)");
    exit(1);
}

static inline void check_near(double a, double b, double rel, const char *expr, const char *file, int line)
{
    if (a <= b && a >= b) return;
    if (fabs(a - b) <= rel * fmax(fabs(a), fabs(b)) && isfinite(a) && isfinite(b)) return;
    check_failed(file, line, expr);
    fprintf(stderr, "  left %.17g, right %.17g, tolerance %g\n", a, b, rel);
    exit(1);
}

/* names: "a, b, c", as the preprocessor spells the list of functions. */
static inline int check_run(const check_fn *fns, size_t n_fns, const char *names, int argc, char **argv)
{
    for (size_t i = 0; i < n_fns; i++) {
        size_t size = strcspn(names, ", ");
        bool is_wanted = argc < 2;
        for (int k = 1; k < argc; k++)
            is_wanted |= strlen(argv[k]) == size && strncmp(argv[k], names, size) == 0;
        if (is_wanted) {
            fns[i]();
            printf("ok %.*s\n", (int)size, names);
            fflush(stdout);
        }
        names += size;
        names += strspn(names, ", ");
    }
    return 0;
}

#endif
