/** @file audit_data.h  Public data sets of tests/data/audit, and the numbers of a CSV file. */
#ifndef EH_TESTS_AUDIT_DATA_H
#define EH_TESTS_AUDIT_DATA_H

#include "check.h"
#include "evenhand/audit.h"

/* Rows of numbers, header left out; an empty field is NaN. Returns the number of rows. */
static inline size_t audit_numbers(const char *name, size_t n_columns, double *out, size_t most_rows)
{
    char path[1024], line[512];
    const char *source = getenv("SRC");
    (void)snprintf(path, sizeof path, "%s/tests/data/audit/%s", source ? source : ".", name);
    FILE *in = fopen(path, "r");
    size_t n = 0;
    CHECK(in != NULL);
    CHECK(fgets(line, sizeof line, in) != NULL);
    while (fgets(line, sizeof line, in)) {
        const char *at = line;
        CHECK(n < most_rows);
        for (size_t j = 0; j < n_columns; j++) {
            char *end;
            double x = strtod(at, &end);
            out[n * n_columns + j] = end == at ? (double)NAN : x;
            at = end + strcspn(end, ",\n");
            if (*at == ',') at++;
        }
        n++;
    }
    fclose(in);
    return n;
}

/* UCBAdmissions by department: A = male, B = female, actioned = admitted. */
static const eh_cells audit_ucb[6] = {{512, 313, 89, 19}, {353, 207, 17, 8},   {120, 205, 202, 391},
                                      {138, 279, 131, 244}, {53, 138, 94, 299}, {22, 351, 24, 317}};
/* Agresti's rabbits by level of penicillin: A = at once, B = after 1.5 h, actioned = cured. */
static const eh_cells audit_rabbits[5] = {{0, 6, 0, 5}, {3, 3, 0, 6}, {6, 0, 2, 4}, {5, 1, 6, 0}, {2, 0, 5, 0}};

static inline eh_context *audit_context(int n_threads)
{
    eh_error err = EH_ERROR_INIT;
    eh_context_options options = eh_context_options_default();
    eh_context *ctx;
    options.n_threads = n_threads;
    CHECK_OK(eh_context_new(&options, &ctx, &err), err);
    return ctx;
}
#endif
