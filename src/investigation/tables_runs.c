/* The tables that a detection run fills. Rows of a run are never changed. */
#include "investigation/tables.h"

#define TIME "TIMESTAMP", "UTC, us"
#define RUN_ID {"run_id", "VARCHAR", "", "run", EH_COLUMN_REQUIRED}
#define N_COLUMNS(columns) (sizeof(columns) / sizeof *(columns))

static const eh_table_column runs[] = {
    {"run_id", "VARCHAR", "", "16 hex digits of the SHA-256 of version, parameters, seed and inputs", EH_COLUMN_REQUIRED},
    {"run_number", "INTEGER", "", "1, 2 ... in order of running; the last one is the latest", EH_COLUMN_REQUIRED},
    {"version", "VARCHAR", "", "version of evenhand", EH_COLUMN_REQUIRED},
    {"parameters", "VARCHAR", "", "all parameters that bear on the result, as JSON", EH_COLUMN_REQUIRED},
    {"seed", "VARCHAR", "", "seed of random draws (an unsigned 64-bit number)", EH_COLUMN_REQUIRED},
    {"inputs", "VARCHAR", "", "SHA-256 of the archives, sorted, as a JSON array", EH_COLUMN_REQUIRED},
    {"last_source_id", "INTEGER", "", "the run saw archives up to this number", EH_COLUMN_REQUIRED},
    {"q", "DOUBLE", "probability", "accepted share of false findings", EH_COLUMN_REQUIRED},
    {"time_precision_us", "BIGINT", "us", "coarsest time step of the archives", EH_COLUMN_REQUIRED},
    {"n_accounts", "BIGINT", "accounts", "accounts with at least one action", EH_COLUMN_REQUIRED},
    {"n_testable_accounts", "BIGINT", "accounts", "accounts with at least one testable partner", EH_COLUMN_REQUIRED},
    {"n_listed_accounts", "BIGINT", "accounts", "accounts listed", EH_COLUMN_REQUIRED},
    {"n_testable_pairs", "BIGINT", "pairs", "pairs that share at least min_common_objects objects", EH_COLUMN_REQUIRED},
    {"is_bound", "BOOLEAN", "", "n_testable_pairs is an upper bound, not a count", EH_COLUMN_REQUIRED},
    {"min_common_objects", "BIGINT", "objects", "fewest shared objects, over all behaviours, with which a pair is tested",
     EH_COLUMN_REQUIRED},
    {"n_tested_behaviours", "BIGINT", "behaviours", "behaviours tested", EH_COLUMN_REQUIRED},
    {"n_listed_pairs", "BIGINT", "pairs", "pairs listed", EH_COLUMN_REQUIRED},
    {"n_edges", "BIGINT", "edges", "rows in edges", EH_COLUMN_REQUIRED},
    {"n_evidence", "BIGINT", "rows", "rows in evidence", EH_COLUMN_REQUIRED},
    {"n_networks", "BIGINT", "networks", "rows in networks", EH_COLUMN_REQUIRED},
    {"modularity", "DOUBLE", "", "modularity of the networks; NULL without edges", EH_COLUMN_PLAIN},
};

static const eh_table_column run_behaviours[] = {
    RUN_ID,
    {"behaviour", "VARCHAR", "", "behaviour tested", EH_COLUMN_REQUIRED},
    {"n_actions", "BIGINT", "actions", "actions of this behaviour", EH_COLUMN_REQUIRED},
    {"n_accounts", "BIGINT", "accounts", "accounts that acted", EH_COLUMN_REQUIRED},
    {"n_objects", "BIGINT", "objects", "objects acted on", EH_COLUMN_REQUIRED},
    {"n_testable_pairs", "BIGINT", "pairs", "pairs that share enough objects of this behaviour alone", EH_COLUMN_REQUIRED},
    {"n_tested_pairs", "BIGINT", "pairs", "pairs with an edge: testable, and co-acted on this behaviour",
     EH_COLUMN_REQUIRED},
    {"n_cut_episodes", "BIGINT", "object-days", "so crowded that they were cut by the hour or minute", EH_COLUMN_REQUIRED},
    {"n_dropped_actions", "BIGINT", "actions", "in minutes so crowded that they say nothing", EH_COLUMN_REQUIRED},
};

static const eh_table_column findings[] = {
    RUN_ID,
    {"account_id", "VARCHAR", "", "account", EH_COLUMN_REQUIRED},
    {"listed", "BOOLEAN", "", "q_value at or below the chosen level, not followed, and tied to two listed accounts, or to one and with "
     "a second independent behaviour",
     EH_COLUMN_REQUIRED},
    {"finding", "VARCHAR", "", "strong or moderate (listed), weak (not listed: in a listed pair, or close in time beyond each object's spread but "
     "explained by speed, clock or sources), none (tested; nothing found beyond chance), insufficient_data (too few shared "
     "objects, or nobody to be compared with twice)",
     EH_COLUMN_REQUIRED},
    {"q_value", "DOUBLE", "probability", "at most this share of the accounts with this q or less is false, on average over archives",
     EH_COLUMN_PLAIN},
    {"p_value", "DOUBLE", "probability", "chance of such evidence for this account without coordination", EH_COLUMN_PLAIN},
    {"network_id", "VARCHAR", "", "network it belongs to, n1 the largest; empty for none", EH_COLUMN_PLAIN},
    {"n_actions", "BIGINT", "actions", "its actions over the tested behaviours", EH_COLUMN_REQUIRED},
    {"n_partners", "BIGINT", "accounts", "listed accounts it is tied to", EH_COLUMN_REQUIRED},
    {"behaviours", "VARCHAR", "", "behaviours of its listed edges, joined by |", EH_COLUMN_PLAIN},
    {"n_testable_partners", "BIGINT", "accounts", "accounts it shares enough objects with to be tested",
     EH_COLUMN_REQUIRED},
    {"independent_behaviours", "VARCHAR", "", "those that convince by themselves, on posts that no independent behaviour before used; joined by |",
     EH_COLUMN_PLAIN},
    {"log_e", "DOUBLE", "nat", "natural logarithm of its e-value", EH_COLUMN_PLAIN},
    {"objects_needed", "BIGINT", "objects", "shared objects that would have sufficed in lock-step", EH_COLUMN_REQUIRED},
    {"most_common_objects", "BIGINT", "objects", "the most objects (object-days) it shares with any other account", EH_COLUMN_REQUIRED},
    {"n_first", "BIGINT", "coincidences", "of its listed edges, in which it came first", EH_COLUMN_REQUIRED},
    {"n_second", "BIGINT", "coincidences", "of its listed edges, in which it came second", EH_COLUMN_REQUIRED},
    {"median_delay_s", "DOUBLE", "s", "median time from an object's birth to its action; empty where unknown",
     EH_COLUMN_PLAIN},
    {"notes", "VARCHAR", "",
     "what limits the finding, comma separated: followed (came second in fewer than one sitting in five, or not beyond "
     "chance), direction_unknown (times too coarse to tell who came second: not listed), one_partner (fewer than two listed partners and "
     "no second independent behaviour, or no listed partner at all), fast_fan (reacts to favourite sources "
     "within minutes as a rule), hyperactive (among the most active), one_source (most evidence on one source), "
     "few_days (evidence on one or two days), template_text (three or more, and at least half, of the posts whose text it shares "
     "with others are templates, which carry no evidence), two_alone (listed with one partner only: never strong)",
     EH_COLUMN_PLAIN},
    {"legs", "VARCHAR", "", "kinds of evidence that say so by themselves, joined by |: timing, selection, reuse, group, operator",
     EH_COLUMN_PLAIN},
    {"q_timing", "DOUBLE", "probability", "q of the timing leg alone; compared with its share of q (see run_legs)", EH_COLUMN_PLAIN},
    {"q_selection", "DOUBLE", "probability", "of the selection leg; 1 where not tested", EH_COLUMN_PLAIN},
    {"q_reuse", "DOUBLE", "probability", "of the reuse leg; 1 where not tested", EH_COLUMN_PLAIN},
    {"q_group", "DOUBLE", "probability", "of the group leg; 1 where not tested", EH_COLUMN_PLAIN},
    {"q_operator", "DOUBLE", "probability", "of the operator leg, over tied accounts; 1 where not tested", EH_COLUMN_PLAIN},
};

static const eh_table_column ties[] = {
    RUN_ID,
    {"account_a", "VARCHAR", "", "account, bytewise before account_b", EH_COLUMN_REQUIRED},
    {"account_b", "VARCHAR", "", "account", EH_COLUMN_REQUIRED},
    {"legs", "VARCHAR", "", "kinds of evidence that tie them, joined by |", EH_COLUMN_REQUIRED},
    {"behaviours", "VARCHAR", "", "behaviours on which they are tied, joined by |", EH_COLUMN_PLAIN},
    {"first_time", TIME, "first of what ties them", EH_COLUMN_PLAIN},
    {"last_time", TIME, "last of what ties them", EH_COLUMN_PLAIN},
};

static const eh_table_column leg_pairs[] = {
    RUN_ID,
    {"leg", "VARCHAR", "", "selection, reuse, group or operator; the pairs of timing are in edges", EH_COLUMN_REQUIRED},
    {"account_a", "VARCHAR", "", "account, bytewise before account_b", EH_COLUMN_REQUIRED},
    {"account_b", "VARCHAR", "", "account", EH_COLUMN_REQUIRED},
    {"n_observed", "BIGINT", "", "what the leg counts: shared objects, shared texts, coincidences, hand-overs", EH_COLUMN_REQUIRED},
    {"n_expected", "DOUBLE", "", "what its null gives", EH_COLUMN_PLAIN},
    {"p_value", "DOUBLE", "probability", "of this pair alone", EH_COLUMN_PLAIN},
};

static const eh_table_column run_legs[] = {
    RUN_ID,
    {"leg", "VARCHAR", "", "kind of evidence", EH_COLUMN_REQUIRED},
    {"has_run", "BOOLEAN", "", "whether it has a valid null on this archive and was asked for", EH_COLUMN_REQUIRED},
    {"why_not", "VARCHAR", "", "the reason where it has not", EH_COLUMN_PLAIN},
    {"share_of_q", "DOUBLE", "", "the part of q that it may spend; 0 for a leg that only supports", EH_COLUMN_REQUIRED},
    {"n_testable_pairs", "BIGINT", "pairs", "pairs that it could test", EH_COLUMN_REQUIRED},
    {"n_testable_accounts", "BIGINT", "accounts", "accounts that it could test", EH_COLUMN_REQUIRED},
    {"n_pairs", "BIGINT", "pairs", "pairs that it found beyond its null", EH_COLUMN_REQUIRED},
    {"n_null_worlds", "BIGINT", "worlds", "draws from the fitted null behind its account level; 0 = exact", EH_COLUMN_REQUIRED},
    {"n_prompted", "BIGINT", "objects", "objects (reuse: texts) left out, since somebody in public contact with their posters had asked for them",
     EH_COLUMN_REQUIRED},
};

static const eh_table_column edges[] = {
    RUN_ID,
    {"account_a", "VARCHAR", "", "account, bytewise before account_b", EH_COLUMN_REQUIRED},
    {"account_b", "VARCHAR", "", "account", EH_COLUMN_REQUIRED},
    {"behaviour", "VARCHAR", "", "behaviour tested", EH_COLUMN_REQUIRED},
    {"window_s", "DOUBLE", "s", "window that carries the strongest evidence", EH_COLUMN_REQUIRED},
    {"shared_objects", "BIGINT", "objects", "objects on which both acted within the window", EH_COLUMN_REQUIRED},
    {"expected", "DOUBLE", "coincidences", "what chance gives; compare with n_coincidences", EH_COLUMN_PLAIN},
    {"p_value", "DOUBLE", "probability", "chance of at least so many coincidences without coordination", EH_COLUMN_PLAIN},
    {"q_value", "DOUBLE", "probability", "of the pair: at most this share of the pairs with this q or less is false, on average over archives",
     EH_COLUMN_PLAIN},
    {"listed", "BOOLEAN", "", "whether the pair is listed, and this behaviour has p_value <= q or is the pair's best", EH_COLUMN_REQUIRED},
    {"first_time", TIME, "first co-action", EH_COLUMN_PLAIN},
    {"last_time", TIME, "last co-action", EH_COLUMN_PLAIN},
    {"common_objects", "BIGINT", "objects", "objects on which both acted at any time", EH_COLUMN_REQUIRED},
    {"n_coincidences", "BIGINT", "coincidences", "independent ones: those close together in time count once",
     EH_COLUMN_REQUIRED},
    {"log_e", "DOUBLE", "nat", "natural logarithm of this behaviour's e-value, averaged over windows", EH_COLUMN_PLAIN},
    {"log_e_pair", "DOUBLE", "nat", "of the pair's e-value over all behaviours; the same on each of its edges",
     EH_COLUMN_PLAIN},
    {"q_bh", "DOUBLE", "probability", "Benjamini-Hochberg q, for comparison", EH_COLUMN_PLAIN},
    {"p_own_cascade", "DOUBLE", "probability", "p under the null of each object's own spread alone", EH_COLUMN_PLAIN},
    {"n_a_second", "BIGINT", "coincidences", "in which account_a came second", EH_COLUMN_REQUIRED},
    {"n_b_second", "BIGINT", "coincidences", "in which account_b came second", EH_COLUMN_REQUIRED},
    {"n_tied", "BIGINT", "coincidences", "in which neither can be said to have come second", EH_COLUMN_REQUIRED},
    {"log_e_a_second", "DOUBLE", "nat", "of the pair: natural logarithm of the e-value of account_a coming second", EH_COLUMN_PLAIN},
    {"log_e_b_second", "DOUBLE", "nat", "of the pair: natural logarithm of the e-value of account_b coming second", EH_COLUMN_PLAIN},
};

static const eh_table_column evidence[] = {
    RUN_ID,
    {"account_a", "VARCHAR", "", "account, bytewise before account_b", EH_COLUMN_REQUIRED},
    {"account_b", "VARCHAR", "", "account", EH_COLUMN_REQUIRED},
    {"behaviour", "VARCHAR", "", "behaviour", EH_COLUMN_REQUIRED},
    {"object", "VARCHAR", "", "object on which both acted", EH_COLUMN_REQUIRED},
    {"post_a", "VARCHAR", "", "post of account_a", EH_COLUMN_REQUIRED},
    {"post_b", "VARCHAR", "", "post of account_b", EH_COLUMN_REQUIRED},
    {"time_a", TIME, "when account_a acted", EH_COLUMN_REQUIRED},
    {"time_b", TIME, "when account_b acted", EH_COLUMN_REQUIRED},
    {"delta_s", "DOUBLE", "s", "time_b - time_a: negative where account_b was first", EH_COLUMN_REQUIRED},
    {"p_object", "DOUBLE", "probability", "chance of coming so close on this object", EH_COLUMN_PLAIN},
};

static const eh_table_column chances[] = {
    RUN_ID,
    {"account_a", "VARCHAR", "", "account, bytewise before account_b", EH_COLUMN_REQUIRED},
    {"account_b", "VARCHAR", "", "account", EH_COLUMN_REQUIRED},
    {"behaviour", "VARCHAR", "", "behaviour", EH_COLUMN_REQUIRED},
    {"object", "VARCHAR", "", "object on which both acted that day", EH_COLUMN_REQUIRED},
    {"episode", "BIGINT", "", "number of the object-day in this run; of two equally sharp bets of a block the lower is taken",
     EH_COLUMN_REQUIRED},
    {"block_start", TIME, "start of the 6 h block that it belongs to", EH_COLUMN_REQUIRED},
    {"n_accounts", "BIGINT", "accounts", "accounts that acted on the object that day", EH_COLUMN_REQUIRED},
    {"time_a", TIME, "of the closest two actions, that of account_a", EH_COLUMN_REQUIRED},
    {"time_b", TIME, "of the closest two actions, that of account_b", EH_COLUMN_REQUIRED},
    {"on_grid", "BOOLEAN", "", "each of the two is one of its account's grid: no coincidence, however close", EH_COLUMN_REQUIRED},
    {"window_s", "DOUBLE", "s", "window; one row for each", EH_COLUMN_REQUIRED},
    {"p_object", "DOUBLE", "probability", "chance of coming within the window on this object that day", EH_COLUMN_REQUIRED},
};

static const eh_table_column networks[] = {
    RUN_ID,
    {"network_id", "VARCHAR", "", "n1, n2 ... by size, the largest first", EH_COLUMN_REQUIRED},
    {"n_accounts", "BIGINT", "accounts", "accounts in it", EH_COLUMN_REQUIRED},
    {"n_edges", "BIGINT", "pairs", "listed pairs inside it", EH_COLUMN_REQUIRED},
    {"behaviours", "VARCHAR", "", "behaviours of its edges, joined by |", EH_COLUMN_REQUIRED},
    {"first_time", TIME, "first co-action", EH_COLUMN_PLAIN},
    {"last_time", TIME, "last co-action", EH_COLUMN_PLAIN},
};

static const eh_table_column run_texts[] = {
    RUN_ID,
    {"n_texts", "BIGINT", "texts", "exact texts", EH_COLUMN_REQUIRED},
    {"n_objects", "BIGINT", "texts", "after near-duplicates were united, templates included", EH_COLUMN_REQUIRED},
    {"n_clusters", "BIGINT", "texts", "of these, united from two exact texts or more", EH_COLUMN_REQUIRED},
    {"n_united", "BIGINT", "texts", "exact texts that another one stands for: n_texts - n_objects", EH_COLUMN_REQUIRED},
    {"n_duplicates", "BIGINT", "actions", "dropped, since their post had the text already", EH_COLUMN_REQUIRED},
    {"n_share_buttons", "BIGINT", "texts", "removed as titles set by share buttons", EH_COLUMN_REQUIRED},
    {"n_quotations", "BIGINT", "texts", "removed as quotations", EH_COLUMN_REQUIRED},
    {"n_chain_letters", "BIGINT", "texts", "removed as chain letters", EH_COLUMN_REQUIRED},
    {"n_template_actions", "BIGINT", "actions", "removed with them", EH_COLUMN_REQUIRED},
};

static const eh_table_column text_templates[] = {
    RUN_ID,
    {"kind", "VARCHAR", "", "share_button (comes with one link), quotation (in use over many days), chain_letter (handed on for days)",
     EH_COLUMN_REQUIRED},
    {"text", "VARCHAR", "", "normalised text, the earliest of those united", EH_COLUMN_REQUIRED},
    {"n_texts", "BIGINT", "texts", "exact texts united in it", EH_COLUMN_REQUIRED},
    {"n_accounts", "BIGINT", "accounts", "accounts that posted it", EH_COLUMN_REQUIRED},
    {"n_actions", "BIGINT", "actions", "posts that have it", EH_COLUMN_REQUIRED},
    {"n_days", "BIGINT", "days", "UTC days on which it was posted", EH_COLUMN_REQUIRED},
    {"first_time", TIME, "first post", EH_COLUMN_REQUIRED},
    {"last_time", TIME, "last post", EH_COLUMN_REQUIRED},
    {"link", "VARCHAR", "", "the link it comes with; empty for other kinds", EH_COLUMN_PLAIN},
    {"crowd", "DOUBLE", "accounts", "lower 95 % bound of the number of accounts its posters are drawn from", EH_COLUMN_PLAIN},
};

static const eh_table_column calibrations[] = {
    RUN_ID,
    {"version", "VARCHAR", "", "version of evenhand that measured", EH_COLUMN_REQUIRED},
    {"seed", "VARCHAR", "", "seed of the draws", EH_COLUMN_REQUIRED},
    {"q", "DOUBLE", "probability", "level of the run", EH_COLUMN_REQUIRED},
    {"q_timing", "DOUBLE", "probability", "the part of q that timing and groups may spend: the level on decoys and placebos",
     EH_COLUMN_REQUIRED},
    {"n_testable_pairs", "BIGINT", "pairs", "pairs of the archive that these legs can test", EH_COLUMN_REQUIRED},
    {"n_listed_accounts", "BIGINT", "accounts", "listed in the archive by these legs alone", EH_COLUMN_REQUIRED},
    {"n_listed_pairs", "BIGINT", "pairs", "listed in the archive by these legs alone", EH_COLUMN_REQUIRED},
    {"n_decoys", "BIGINT", "decoys", "decoys drawn", EH_COLUMN_REQUIRED},
    {"n_decoys_listing", "BIGINT", "decoys", "decoys in which an account is listed", EH_COLUMN_REQUIRED},
    {"decoy_accounts", "DOUBLE", "accounts", "listed in a decoy, mean", EH_COLUMN_REQUIRED},
    {"decoy_accounts_low", "DOUBLE", "accounts", "lower end of its 95 % interval", EH_COLUMN_REQUIRED},
    {"decoy_accounts_high", "DOUBLE", "accounts", "upper end", EH_COLUMN_REQUIRED},
    {"decoy_pairs", "DOUBLE", "pairs", "listed in a decoy, mean", EH_COLUMN_REQUIRED},
    {"decoy_pairs_low", "DOUBLE", "pairs", "lower end of its 95 % interval", EH_COLUMN_REQUIRED},
    {"decoy_pairs_high", "DOUBLE", "pairs", "upper end", EH_COLUMN_REQUIRED},
    {"decoy_others", "DOUBLE", "accounts", "of decoy_accounts, those that the archive itself does not list; mean", EH_COLUMN_REQUIRED},
    {"decoy_others_low", "DOUBLE", "accounts", "lower end of its 95 % interval", EH_COLUMN_REQUIRED},
    {"decoy_others_high", "DOUBLE", "accounts", "upper end", EH_COLUMN_REQUIRED},
    {"largest_share", "DOUBLE", "share", "decoy_accounts / n_listed_accounts: an upper bound that is far too large where a group "
     "made the times of objects, which decoys keep; NULL where none is listed", EH_COLUMN_PLAIN},
    {"false_share", "DOUBLE", "share", "decoy_others / n_listed_accounts; NULL where none is listed", EH_COLUMN_PLAIN},
    {"calibrated_q", "DOUBLE", "probability", "q, or a smaller level at which the false share is at most q; 0: at none of those tried",
     EH_COLUMN_REQUIRED},
    {"calibrated_share", "DOUBLE", "share", "false share at that level; NULL where none is listed", EH_COLUMN_PLAIN},
    {"n_calibrated", "BIGINT", "accounts", "listed at that level by these legs", EH_COLUMN_REQUIRED},
    {"calibrated_run_id", "VARCHAR", "", "the run at that level, where it is smaller than q", EH_COLUMN_PLAIN},
    {"n_weeks", "BIGINT", "weeks", "weeks by which placebos can move times", EH_COLUMN_REQUIRED},
    {"n_placebos", "BIGINT", "placebos", "placebos drawn", EH_COLUMN_REQUIRED},
    {"placebo_accounts", "DOUBLE", "accounts", "listed, in a listed pair that was moved apart; mean", EH_COLUMN_PLAIN},
    {"placebo_accounts_high", "DOUBLE", "accounts", "upper end of its 95 % interval", EH_COLUMN_PLAIN},
    {"placebo_pairs", "DOUBLE", "pairs", "listed, and moved apart; mean", EH_COLUMN_PLAIN},
    {"placebo_pairs_high", "DOUBLE", "pairs", "upper end of its 95 % interval", EH_COLUMN_PLAIN},
    {"placebo_testable_pairs", "DOUBLE", "pairs", "testable in a placebo, moved alike or apart; mean", EH_COLUMN_PLAIN},
    {"notes", "VARCHAR", "", "what could not be measured, and why", EH_COLUMN_REQUIRED},
};

static const eh_table_column calibration_sizes[] = {
    RUN_ID,
    {"slice", "VARCHAR", "", "all, fans, breaking_news, hyperactive or small_community", EH_COLUMN_REQUIRED},
    {"level", "DOUBLE", "probability", "a", EH_COLUMN_REQUIRED},
    {"n_pairs", "BIGINT", "pairs", "pairs of all decoys together that share at least 8 object-days, of two accounts that the archive does not list", EH_COLUMN_REQUIRED},
    {"n_p", "BIGINT", "pairs", "of these, with p <= a", EH_COLUMN_REQUIRED},
    {"ratio_p", "DOUBLE", "ratio", "P(p <= a) / a: at most 1 where the test keeps its level; NULL without pairs", EH_COLUMN_PLAIN},
    {"n_e", "BIGINT", "pairs", "with an e-value of at least 1/a", EH_COLUMN_REQUIRED},
    {"ratio_e", "DOUBLE", "ratio", "P(E >= 1/a) / a", EH_COLUMN_PLAIN},
};

#define TABLE(name, meaning) {#name, meaning, name, N_COLUMNS(name)}
const eh_table eh_run_tables[] = {
    TABLE(runs, "One row per detection run. A run is immutable."),
    TABLE(run_behaviours, "What a run tested, per behaviour."),
    TABLE(findings, "One row per run and account with at least one action."),
    TABLE(edges, "One row per run, account pair and behaviour that was tested."),
    TABLE(evidence, "The co-actions behind listed edges."),
    TABLE(chances, "What the e-value and p of each listed pair rest on: every object-day that both acted on, close in time or not."),
    TABLE(networks, "Groups of accounts that are tied to each other."),
    TABLE(ties, "Pairs of accounts that some kind of evidence ties to each other."),
    TABLE(leg_pairs, "Pairs that another kind of evidence than timing found beyond its null."),
    TABLE(run_texts, "One row per run that tested texts: how many were united, and how many were removed as templates."),
    TABLE(text_templates, "Texts that unrelated accounts have alike. They carry no evidence and were removed before testing."),
    TABLE(run_legs, "The kinds of evidence of a run: which ran, and what each may spend."),
    TABLE(calibrations, "How often a run errs, measured on decoys and placebos of its archive. Measuring again replaces the row."),
    TABLE(calibration_sizes, "Sizes of the tests on pairs of decoys, where nobody acts together."),
};
const size_t eh_n_run_tables = N_COLUMNS(eh_run_tables);
