/* What each column of text may hold of a person. */
#include "investigation/purge.h"

#include <stdio.h>

static const struct {
    eh_holds holds;
    const char *names; /* blank before and after each */
} columns[] = {
    {EH_HOLDS_SUBJECT, " account_id account_a account_b "},
    {EH_HOLDS_PATH, " path "},
    {EH_HOLDS_POINTER, " target_account source via "},
    {EH_HOLDS_POST, " post_id post_a post_b target_post reply_to "},
    {EH_HOLDS_OBJECT, " object link "},
    {EH_HOLDS_WORDS, " text client handle platform name options note notes reasons raised_by decision clause declined_because evidence_for "
                     "evidence_against chance power coverage "},
    {EH_HOLDS_EXCERPT, " excerpt "},
    {EH_HOLDS_LEDGER, " actor salt payload "},
    {EH_HOLDS_NOTHING,
     " key value sha256 format compression time_format reason lang kind behaviour run_id version parameters seed inputs finding network_id "
     "behaviours independent_behaviours legs leg why_not slice calibrated_run_id claim_id check_id list tested_run_id both_ways verdict "
     "role key_id state outcome finding_before finding_again fresh_run_id corrected_run_id signed_text public_key signature thing thing_id "
     "new_id was now type payload_hash leaf_hash edge root_hash "},
};

static bool is_text_of_templates(const eh_table *table, const eh_table_column *column)
{
    return strcmp(table->name, "text_templates") == 0 && strcmp(column->name, "text") == 0;
}

eh_holds eh_column_holds(const eh_table *table, const eh_table_column *column)
{
    char word[128];
    if (strcmp(column->type, "VARCHAR") != 0) return EH_HOLDS_NOTHING;
    if (is_text_of_templates(table, column)) return EH_HOLDS_OBJECT;
    (void)snprintf(word, sizeof word, " %s ", column->name);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (strstr(columns[i].names, word)) return columns[i].holds;
    return EH_HOLDS_UNKNOWN;
}

const char *eh_object_behaviour(const eh_table *table, const eh_table_column *column)
{
    if (is_text_of_templates(table, column)) return "'text'";
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, "behaviour") == 0) return "behaviour";
    return "'link'";
}
