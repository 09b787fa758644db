/** @file cmd_audit.h  What the files of the audit command share. */
#ifndef EH_CLI_CMD_AUDIT_H
#define EH_CLI_CMD_AUDIT_H

#include "cli/cli.h"

#include <math.h>
#include <string.h>

/* cmd_audit_simulate.c */
typedef struct cli_audit_plan {
    bool is_wanted, is_batch, is_deterministic, is_unaware;
    uint64_t n_audits, n_networks, n_networks_b, n_least, n_most, n_strata;
    double rate, odds_ratio, spread, gap, noise, coverage, truncation;
} cli_audit_plan;
#define CLI_AUDIT_PLAN_INIT                                                                                            \
    {.n_audits = 200, .n_networks = 30, .n_least = 10, .n_most = 40, .n_strata = 10, .rate = 0.2, .odds_ratio = 1, .spread = 0.3, .coverage = 1}
/** Rows of --simulate for a struct of arguments with a cli_audit_plan named `plan`. */
#define CLI_AUDIT_PLAN_OPTIONS(args)                                                                                   \
    {"simulate", NULL, "Simulate audits of a design instead, before labels open: of the table given, or of the options below. Prints how often a disparity is "                       \
     "found, in the right direction or where there is none, and how often nothing.", NULL, offsetof(args, plan.is_wanted), 0, 0, CLI_FLAG, 0, false},                           \
    {"audits", "N", "How many audits to simulate; 200 when not given.", NULL, offsetof(args, plan.n_audits), 1, 1000000, CLI_COUNT, 0, false},         \
    {"odds-ratio", "X", "The planted odds ratio of action, first side against second; 1 when not given.", NULL, offsetof(args, plan.odds_ratio), 1, 10000, CLI_PART, 0, false}, \
    {"networks", "N", "Networks a side; 30 when not given.", NULL, offsetof(args, plan.n_networks), 1, 100000, CLI_COUNT, 0, false},                   \
    {"networks-b", "N", "Networks of the second side, where it has others.", NULL, offsetof(args, plan.n_networks_b), 1, 100000, CLI_COUNT, 0, false}, \
    {"accounts-least", "N", "Accounts of the smallest networks; 10 when not given.", NULL, offsetof(args, plan.n_least), 1, 1000000, CLI_COUNT, 0, false},  \
    {"accounts-most", "N", "Accounts of the largest networks; 40 when not given.", NULL, offsetof(args, plan.n_most), 1, 1000000, CLI_COUNT, 0, false},  \
    {"strata", "N", "Strata of evidence; 10 when not given.", NULL, offsetof(args, plan.n_strata), 1, 10000, CLI_COUNT, 0, false},                     \
    {"rate", "P", "Share of accounts actioned where sides are alike; 0.2 when not given.", NULL, offsetof(args, plan.rate), 0, 100, CLI_PART, 0, false}, \
    {"spread", "SD", "How much networks differ in their own log odds of action; 0.3 when not given.", NULL, offsetof(args, plan.spread), 0, 1000, CLI_PART, 0, false}, \
    {"batch", NULL, "Networks are taken down as a whole or left alone.", NULL, offsetof(args, plan.is_batch), 0, 0, CLI_FLAG, 0, false},               \
    {"deterministic", NULL, "One rule on the score itself decides.", NULL, offsetof(args, plan.is_deterministic), 0, 0, CLI_FLAG, 0, false},           \
    {"evidence-gap", "SD", "The first side's mean evidence is higher by so many standard deviations.", NULL, offsetof(args, plan.gap), 0, 1000, CLI_PART, 0, false}, \
    {"noise", "SD", "Evidence is known with noise of so many standard deviations.", NULL, offsetof(args, plan.noise), 0, 1000, CLI_PART, 0, false},     \
    {"coverage-bias", "X", "The archive holds this share of the first side's actioned accounts, and all others.", NULL, offsetof(args, plan.coverage), 0, 100, CLI_PART, 0, false}, \
    {"truncation", "X", "Evidence is counted until an action, which cuts off up to this share of the time, earlier on the first side.", NULL,          \
     offsetof(args, plan.truncation), 0, 99, CLI_PART, 0, false},                                                      \
    {"unaware", NULL, "Do not tell the audit how reliable evidence is, what the archive captured, and over what time.", NULL, offsetof(args, plan.is_unaware), 0, 0, CLI_FLAG, 0, false}

typedef struct audit_args {
    cli_common common;
    const char *inv;
    cli_texts more; /* further words: files, or the investigation */
    const char *actions, *sides, *spec, *outcomes, *run_id;
    const char *table, *output, *compare, *from;
    bool is_init;
    double margin, alpha;
    uint64_t n_permutations, n_bootstrap, n_sample;
    cli_audit_plan plan;
} audit_args;

/** Numbers of the two sides compared: of "A,B", or the only two there are. */
EH_MUST_CHECK eh_status cli_audit_sides(const eh_strings *sides, const char *compare, uint32_t chosen[2], eh_error *err);
/** Fails where one of the files that are to be written is an input. */
EH_MUST_CHECK eh_status cli_audit_check_output(const cli_call *call, const audit_args *args, eh_error *err);
/** Writes files into dir (NULL: none; all of them or none), prints, and gives EH_E_STATISTICS where inconclusive. */
EH_MUST_CHECK eh_status cli_audit_tell(const cli_call *call, const char *dir, const eh_audit *audit, const eh_audit_data *data, eh_error *err);

/* cmd_audit_page.c */
/** Writes dir/audit.html. */
EH_MUST_CHECK eh_status cli_audit_page(const cli_call *call, const char *dir, const eh_audit *audit, const eh_audit_data *data, eh_error *err);

/* cmd_audit_simulate.c */
/** table may be NULL. */
EH_MUST_CHECK eh_status cli_audit_simulate(const cli_call *call, const audit_args *args, const eh_audit_data *table, const eh_audit_options *options, eh_error *err);

/* cmd_audit_actions.c */
/** audit actions FILE...: brings what platforms publish into the one form of actions. */
EH_MUST_CHECK eh_status cli_audit_actions(const cli_call *call, const audit_args *args, eh_error *err);

/* cmd_audit_join.c */
EH_MUST_CHECK eh_status cli_audit_inv(const cli_call *call, const audit_args *args, eh_error *err);
EH_MUST_CHECK eh_status cli_audit_spec(const cli_call *call, const audit_args *args, eh_error *err);
EH_MUST_CHECK eh_status cli_audit_sample(const cli_call *call, const audit_args *args, eh_error *err);
#endif
