/**
 * @file report_data.h  What a report shows, read from an investigation once and then only written.
 *
 * The sections see this and nothing else, so that a page can be built without a database (tests do).
 * All strings are copies that live as long as the struct.
 */
#ifndef EH_REPORT_DATA_H
#define EH_REPORT_DATA_H

#include "base/str.h"
#include "base/time.h"
#include "evenhand/signif.h"

/* What is shown in full; the rest is counted and named with the file that holds it. */
enum {
    EH_REPORT_MOST_ACCOUNTS = 500,
    EH_REPORT_MOST_PRINTED = 50, /* accounts in full on paper */
    EH_REPORT_MOST_NETWORKS = 40,
    EH_REPORT_MOST_NODES = 200,
    EH_REPORT_MOST_LINES = 1500,
    EH_REPORT_MOST_EVIDENCE = 5,
    EH_REPORT_MOST_PARTNERS = 3,
    EH_REPORT_MOST_NEAR = 10, /* of each kind */
    EH_REPORT_MOST_BINS = 180,
    EH_REPORT_N_SIZES = 3,
    EH_REPORT_N_FINDINGS = EH_FINDING_STRONG + 1
};

typedef struct eh_report_reason {
    eh_str name; /* "time_format" ... */
    uint64_t n;
} eh_report_reason;

typedef struct eh_report_source {
    eh_str name, format, compression, sha256, time_format, note;
    uint64_t file_size, n_read, n_kept, n_duplicates, n_times_refined;
    int64_t precision_us, first_time_us, last_time_us;
    bool is_truncated;
    eh_report_reason *rejected; /* reasons that occurred, most frequent first */
    size_t n_rejected_reasons;
} eh_report_source;

typedef struct eh_report_behaviour {
    eh_behaviour behaviour;
    eh_behaviour_result result;
    uint64_t n_listed_edges;
} eh_report_behaviour;

/* A kind of evidence: whether it could be used, and what it may spend. */
typedef struct eh_report_leg {
    eh_leg leg;
    bool has_run;
    eh_str why_not;
    double share_of_q;
    uint64_t n_testable_pairs, n_testable_accounts, n_pairs;
    uint64_t n_prompted; /* objects left out, since they had been asked for in public */
} eh_report_leg;

/* How often the run errs on decoys and placebos; means. */
typedef struct eh_report_calibration {
    bool is_known;
    uint64_t n_decoys, n_listed, n_placebos; /* n_listed: by the kinds of evidence that can be measured */
    double accounts, low, high, others, others_low, others_high, largest_share, false_share; /* NaN where not known */
    double calibrated_q, placebo_accounts, placebo_high;
    eh_str calibrated_run, notes;
    double ratio_p[EH_REPORT_N_SIZES], ratio_e[EH_REPORT_N_SIZES]; /* at .05, .01, .001; NaN without pairs */
    uint64_t n_size_pairs;
} eh_report_calibration;

/* A tested pair as seen from one of its accounts. */
typedef struct eh_report_partner {
    uint32_t account; /* index into accounts: whose partner */
    eh_str partner;
    int64_t i_partner; /* index into accounts where it is shown, else -1 */
    bool is_listed;    /* the partner */
    eh_behaviour behaviour;
    int64_t window_us;
    uint32_t n_common, n_shared, n_sittings, n_second, n_first, n_tied;
    double n_sittings_expected, p_value;
} eh_report_partner;

typedef struct eh_report_evidence {
    uint32_t account;
    eh_str partner, object;
    int64_t i_partner;
    bool is_listed; /* the partner */
    eh_behaviour behaviour;
    int64_t own_time_us, partner_time_us;
    double p_object;
} eh_report_evidence;

typedef struct eh_report_account {
    eh_str id;
    int64_t network; /* from 1, or 0 */
    eh_account_result result;
    uint64_t n_actions[EH_N_BEHAVIOURS];
    uint64_t n_evidence; /* co-actions in all */
    size_t first_evidence, n_shown_evidence; /* into evidence */
    size_t first_partner, n_shown_partners;  /* into partners */
} eh_report_account;

/* Members of a drawing, strongest first, and the strongest lines between them. */
typedef struct eh_report_node {
    eh_str id;
    eh_finding finding;
    int64_t shown; /* index into accounts where its evidence is shown, else -1 */
} eh_report_node;

typedef struct eh_report_line {
    uint32_t from, to; /* nodes */
    double weight;     /* log e */
} eh_report_line;

typedef struct eh_report_network {
    int64_t number; /* from 1 */
    uint64_t n_accounts, n_edges;
    uint32_t behaviours;
    int64_t first_time_us, last_time_us;
    uint64_t n_findings[EH_REPORT_N_FINDINGS];
    int64_t bin_us, first_bin_us; /* time line: co-actions a bin */
    uint64_t *bins;
    size_t n_bins;
    uint64_t n_coactions;
    uint64_t hours[7][24]; /* posts behind the co-actions, Monday first, UTC */
    eh_report_node *nodes;
    size_t n_nodes;
    eh_report_line *lines;
    size_t n_lines;
    uint64_t n_all_lines; /* between the nodes shown */
} eh_report_network;

typedef struct eh_report_data {
    eh_context *ctx;
    /* the run */
    char run_id[32];
    eh_str version, parameters, seed; /* parameters as the run recorded them */
    int64_t windows_us[EH_MOST_WINDOWS]; /* as asked for, before they were made as coarse as the data */
    size_t n_windows;
    double q;
    int64_t precision_us;
    uint32_t min_common_objects;      /* shared object-days that make a pair testable */
    bool is_bound;                    /* n_testable_pairs is an upper bound */
    uint64_t n_accounts, n_testable_accounts, n_testable_pairs, n_tested_edges, n_pairs_bh;
    uint64_t n_listed_accounts, n_listed_pairs, n_all_networks, n_findings[EH_REPORT_N_FINDINGS], n_posts;
    uint64_t n_alike; /* weak accounts that pick the same, or gather as a group, beyond chance: kinds that do not list alone */
    double median_needed, median_common; /* of accounts with insufficient data; NaN where there are none */
    int64_t first_time_us, last_time_us;
    eh_report_behaviour behaviours[EH_N_BEHAVIOURS];
    size_t n_behaviours;
    eh_report_leg legs[EH_N_LEGS];
    size_t n_legs;
    eh_report_calibration calibration;
    eh_report_source *sources;
    size_t n_sources;
    eh_report_network *networks;
    size_t n_networks;
    eh_report_account *accounts; /* listed, by finding, then q */
    size_t n_shown_accounts;
    eh_report_account *near; /* not listed: followed, one partner, then the nearest */
    size_t n_near;
    uint64_t n_followed, n_one_partner, n_both; /* beyond chance and not listed: in all; both notes count in each */
    eh_report_partner *partners;
    size_t n_partners;
    eh_report_evidence *evidence;
    size_t n_evidence;
    struct eh_report_block *blocks; /* strings */
} eh_report_data;

void eh_report_data_release(eh_report_data *data);
/** Copies text into the data. */
EH_MUST_CHECK eh_status eh_report_keep(eh_report_data *data, eh_str text, eh_str *out, eh_error *err);
/** Memory that lives as long as the data; zeroed. */
void *eh_report_room(eh_report_data *data, size_t count, size_t size, eh_error *err);

/** Writes the page. Everything it says comes from data; the same data give the same bytes. */
EH_MUST_CHECK eh_status eh_report_page(const eh_report_data *data, const char *path, eh_error *err);

#endif
