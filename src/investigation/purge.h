/**
 * @file purge.h
 * What the files of a purge share. The tables to go through come from the data dictionary: what a column of text holds is told by its
 * name, once, in purge_columns.c, and a column that is not named there is searched like running text.
 */
#ifndef EH_INVESTIGATION_PURGE_H
#define EH_INVESTIGATION_PURGE_H

#include "investigation/investigation_private.h"

typedef enum eh_holds {
    EH_HOLDS_NOTHING, /* fixed words, hashes, numbers */
    EH_HOLDS_SUBJECT, /* the account that the row is about: the row goes */
    EH_HOLDS_PATH,    /* accounts joined by ' > ': the row goes */
    EH_HOLDS_POINTER, /* an account beside the row's own: emptied */
    EH_HOLDS_POST,    /* id of a post: a random word instead */
    EH_HOLDS_OBJECT,  /* what was acted on: a random word instead, where it leads to an account */
    EH_HOLDS_WORDS,   /* running text: emptied where it holds a name */
    EH_HOLDS_EXCERPT, /* raw bytes of rows, whoever's: emptied */
    EH_HOLDS_LEDGER,  /* what leaves say; purge_leaves.c */
    EH_HOLDS_UNKNOWN  /* in no list: treated as WORDS, and a test fails */
} eh_holds;
eh_holds eh_column_holds(const eh_table *table, const eh_table_column *column);
/** SQL for the behaviour of a row's object. */
const char *eh_object_behaviour(const eh_table *table, const eh_table_column *column);

typedef struct purge {
    eh_investigation *inv;
    eh_purge_report *report;
    bool has_odd; /* names that are no whole words */
} purge;

/** purge_names.c: the temporary tables purge_ids (filled by the caller), purge_names, purge_posts, purge_words, purge_odd, and what goes
 *  with the accounts: purge_appeals, purge_claims, purge_checks, purge_runs, purge_expansions. */
EH_MUST_CHECK eh_status purge_gather(purge *p, eh_error *err);
/** Adds a condition: the text of a column holds one of the names as a word. */
EH_MUST_CHECK eh_status purge_add_hit(const purge *p, eh_buf *sql, const char *table, const char *column, eh_error *err);

/** purge_rows.c: every table but those of the ledger. Leaves that lose their content are gathered in purge_leaves. */
EH_MUST_CHECK eh_status purge_rows(purge *p, eh_error *err);
/** purge_leaves.c: the ledger follows, and says so. */
EH_MUST_CHECK eh_status purge_ledger(purge *p, const char *reason, eh_error *err);
#endif
