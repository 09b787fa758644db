/** @file store_private.h  What the files of the adapter share; nobody else includes it. */
#ifndef EH_STORE_STORE_PRIVATE_H
#define EH_STORE_STORE_PRIVATE_H

#include "store/store.h"

#include <duckdb.h>
#include <pthread.h>

/* A thread that sleeps until a statement runs, then looks every few milliseconds whether the caller wants to stop. */
typedef struct store_watcher {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool is_started, is_watching, is_ending;
} store_watcher;

struct eh_store {
    eh_context *ctx;
    char *path;
    char *temp_dir;
    duckdb_database database;
    duckdb_connection connection;
    store_watcher watcher;
};

void store_watch(eh_store *store);
void store_unwatch(eh_store *store);
/** Fails with EH_E_CANCELLED when the caller asked to stop. */
EH_MUST_CHECK eh_status store_check_cancelled(const eh_store *store, eh_error *err);
/** Turns DuckDB's message into a status and a message that says what to do. message may be NULL. */
eh_status store_fail(const eh_store *store, const char *message, eh_error *err);
#endif
