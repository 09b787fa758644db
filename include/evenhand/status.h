/**
 * @file status.h
 * How evenhand reports failure: a few codes, and a caller-owned error that names
 * the file, the row, the byte, what was wrong and what to do about it.
 *
 * Every fallible function returns an eh_status that must be checked and takes an
 * optional `eh_error *err` as its last parameter. Nothing is ever stored globally.
 */
#ifndef EVENHAND_STATUS_H
#define EVENHAND_STATUS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define EH_API __attribute__((visibility("default")))
#define EH_MUST_CHECK __attribute__((warn_unused_result))
#define EH_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define EH_API
#define EH_MUST_CHECK
#define EH_PRINTF(fmt, args)
#endif

#define EH_VERSION "0.1.0"

typedef enum eh_status {
    EH_OK = 0,
    EH_E_NOMEM = -1,       /**< the system has no memory left */
    EH_E_INVALID = -2,     /**< a parameter is out of its range */
    EH_E_LIMIT = -3,       /**< the memory budget or another hard limit is reached */
    EH_E_IO = -4,          /**< the operating system refused a file operation */
    EH_E_FORMAT = -5,      /**< the input is not what it claims to be */
    EH_E_NOT_FOUND = -6,   /**< a named thing does not exist */
    EH_E_UNSUPPORTED = -7, /**< known, but not handled by this build */
    EH_E_CANCELLED = -8,   /**< the caller asked to stop */
    EH_E_STATISTICS = -9   /**< too little data to compute the statistic */
} eh_status;

/** Caller-owned error. `row` and `byte` are -1 where they do not apply. */
typedef struct eh_error {
    eh_status status;
    char source[96]; /**< file or table concerned, may be empty */
    int64_t row;     /**< 1-based row of the input, header excluded */
    int64_t byte;    /**< 0-based offset in the (decompressed) input */
    char message[512];
} eh_error;

#define EH_ERROR_INIT {EH_OK, {0}, -1, -1, {0}}

/** Fills *err (NULL allowed) and returns `status`, so that `return eh_fail(...)` reads well. */
EH_API eh_status eh_fail(eh_error *err, eh_status status, const char *format, ...) EH_PRINTF(3, 4);

/** As eh_fail(), and records where: source may be NULL, row and byte may be -1. */
EH_API eh_status eh_fail_at(eh_error *err, eh_status status, const char *source, int64_t row,
                            int64_t byte, const char *format, ...) EH_PRINTF(6, 7);

/** A stable lower-case word for a status, e.g. "out_of_memory". Never NULL. */
EH_API const char *eh_status_name(eh_status status);

/** The library's version, e.g. "0.1.0". */
EH_API const char *eh_version(void);

#ifdef __cplusplus
}
#endif
#endif
