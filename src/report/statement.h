/**
 * @file statement.h
 * What a statement of evidence is made from: one account of one run, read once. The parts below only write into the document; the page
 * (statement_page.c) is made from the document alone, so that file and page cannot disagree.
 */
#ifndef EH_REPORT_STATEMENT_H
#define EH_REPORT_STATEMENT_H

#include "base/doc.h"
#include "evenhand/report.h"
#include "report/load.h"

typedef struct eh_pseudonymiser eh_pseudonymiser;

/* One behaviour of a tested pair, seen from the account. */
typedef struct st_edge {
    uint32_t partner;
    eh_behaviour behaviour;
    bool is_listed;
    double window_s, expected, p_value, q_value, q_bh, log_e, log_e_pair, log_e_own_second;
    uint64_t n_common, n_shared, n_coincidences, n_own_second, n_partner_second, n_tied;
    int64_t first_time_us, last_time_us;
} st_edge;

typedef struct st_partner {
    eh_str id;
    bool is_listed_pair, is_listed; /* the pair; the partner as an account */
    size_t first_edge, n_edges;
    size_t first_chance, n_chances;
    double log_e_pair, weight;      /* weight: of the pair in the account's mean */
} st_partner;

/* An object-day that the account and a partner have in common. */
typedef struct st_chance {
    uint32_t partner, object; /* object: number, by name */
    eh_behaviour behaviour;
    uint64_t episode, n_accounts;
    int64_t block_us, own_time_us, partner_time_us;
    bool is_on_grid;
    double p[EH_MOST_WINDOWS];
} st_chance;

/* A co-action to show. */
typedef struct st_example {
    uint32_t partner;
    eh_behaviour behaviour;
    eh_str object, own_post, partner_post, own_text_sha256, partner_text_sha256;
    int64_t own_time_us, partner_time_us;
    double p_object; /* NaN: not from a listed pair */
} st_example;

typedef struct st_leg_pair {
    eh_leg leg;
    eh_str partner;
    uint64_t n_observed;
    double expected, p_value;
} st_leg_pair;

typedef struct eh_statement {
    eh_investigation *inv;
    const eh_statement_options *options;
    eh_report_data run; /* counts, kinds of evidence, archives; also keeps the strings below */
    eh_report_loader loader;
    eh_doc *doc;
    const char *account_sql; /* quoted */
    eh_str account, platform, handle;
    int64_t created_us, first_time_us, last_time_us;
    uint64_t n_posts, n_stored_actions, n_days, n_window_days;
    int64_t longest_gap_us;
    bool is_reversed;       /* the finding of this run, on appeal */
    bool is_at_risk, has_result, is_current; /* has_result: the run saw an action of it; is_current: no archive came after the run */
    eh_account_result result;
    uint32_t listing_legs;  /* of those that convince: those that may list alone */
    int64_t network;
    uint64_t network_size;
    st_partner *partners;   /* strongest first */
    size_t n_partners;
    st_edge *edges;         /* by partner */
    size_t n_edges;
    st_chance *chances;     /* by partner, block, episode */
    size_t n_chances;
    double windows_s[EH_MOST_WINDOWS];
    size_t n_windows;       /* of the chances */
    eh_str *objects;        /* names by number */
    size_t n_objects;
    uint32_t n_tested_behaviours;
    double *other_log_e;    /* of the run's other testable accounts */
    size_t n_others;
    st_example *examples;
    size_t n_examples;
    st_leg_pair *leg_pairs;
    size_t n_leg_pairs;
    eh_pseudonymiser *pseudonyms; /* NULL without a key */
    eh_guard *guard;              /* accounts at risk; NULL: none were named */
} eh_statement;

enum { ST_MOST_EXAMPLES = 20, ST_LEAST_EXAMPLES = 3, ST_MOST_PARTNERS = 50 };

/* statement_load.c */
EH_MUST_CHECK eh_status st_load(eh_statement *s, const char *account, eh_error *err);
bool st_is_at_risk(const eh_statement *s, eh_str account);
/** What to call a partner in this tier: its id, a keyed pseudonym, or "partner 3". */
void st_put_partner(eh_statement *s, eh_value *to, const char *key, eh_str partner);

/* statement_score.c: the formulas of docs/methods/recomputation.md on part of the evidence. */
typedef struct st_cut {
    int64_t partner, object, window, day; /* what is left out; -1 (day: EH_TIME_NONE) = nothing */
    int behaviour;                        /* -1 = nothing */
    const uint8_t *objects;               /* by object: left out; NULL = none */
} st_cut;
st_cut st_cut_nothing(void);
/** log E of the pair, from its chances. */
EH_MUST_CHECK eh_status st_pair_log_e(const eh_statement *s, const st_partner *partner, const st_cut *cut, double *log_e, eh_error *err);
/** log E of the account with that left out, everything else being equal; q of timing among the run's accounts. */
EH_MUST_CHECK eh_status st_account_without(const eh_statement *s, const st_cut *cut, double *log_e, double *q_value, eh_error *err);
/** The level that timing may spend. */
double st_timing_level(const eh_statement *s);
EH_MUST_CHECK eh_status st_put_evidence_interval(eh_statement *s, eh_value *to, eh_error *err);

/* The parts; each adds its members to the root. */
EH_MUST_CHECK eh_status st_part_subject(eh_statement *s, eh_error *err);    /* subject, coverage, conclusion */
EH_MUST_CHECK eh_status st_part_channels(eh_statement *s, eh_error *err);   /* channels, channels_without_signal */
EH_MUST_CHECK eh_status st_part_against(eh_statement *s, eh_error *err);    /* evidence_against */
EH_MUST_CHECK eh_status st_part_robustness(eh_statement *s, eh_error *err); /* robustness, would_change */
EH_MUST_CHECK eh_status st_part_redress(eh_statement *s, eh_error *err);    /* not_examined, automated_means, rule, contest, provenance */

/* statement_page.c */
EH_MUST_CHECK eh_status eh_statement_page(eh_context *ctx, const eh_value *statement, const char *path, eh_error *err);

#endif
