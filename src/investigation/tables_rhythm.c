/* What `evenhand rhythm` writes. These tables are files only: they are made on request and not kept in the investigation. */
#include "investigation/tables.h"

#define N_COLUMNS(columns) (sizeof(columns) / sizeof *(columns))
#define P "DOUBLE", "probability"

static const eh_table_column rhythm_accounts[] = {
    {"account_id", "VARCHAR", "", "account", EH_COLUMN_REQUIRED},
    {"network_id", "VARCHAR", "", "network of the run, or list; empty where accounts were taken from the whole archive", EH_COLUMN_PLAIN},
    {"same_operator", "BOOLEAN", "", "q_value at or below the level: evidence that it and others are in one pair of hands, never a verdict; empty where not testable",
     EH_COLUMN_PLAIN},
    {"p_value", P, "min(1, 4 p_pairs, 4/3 p_hands)", EH_COLUMN_PLAIN},
    {"q_value", P, "Benjamini-Hochberg over the testable accounts", EH_COLUMN_PLAIN},
    {"p_pairs", P, "Simes over its testable pairs", EH_COLUMN_PLAIN},
    {"p_hands", P, "it against the others of its set of hands, on days that had no part in choosing the set", EH_COLUMN_PLAIN},
    {"hands_id", "VARCHAR", "", "h1, h2 ...: accounts of one id may be in one pair of hands; given where same_operator", EH_COLUMN_PLAIN},
    {"n_testable_partners", "BIGINT", "accounts", "accounts of its network or list that it was tested with", EH_COLUMN_REQUIRED},
    {"n_partners", "BIGINT", "accounts", "of these, tied to it by same-operator evidence", EH_COLUMN_REQUIRED},
    {"n_times", "BIGINT", "times", "distinct times of action; all below describes and is no evidence", EH_COLUMN_REQUIRED},
    {"n_active_days", "BIGINT", "days", "UTC days with an action", EH_COLUMN_REQUIRED},
    {"entropy_bits", "DOUBLE", "bit", "of the times from one action to the next; low = regular; from 20 times on", EH_COLUMN_PLAIN},
    {"entropy_jittered_bits", "DOUBLE", "bit", "the same with each interval changed by up to a quarter: how regular it would look by the way", EH_COLUMN_PLAIN},
    {"p_regular", P, "share of changed copies that are as regular", EH_COLUMN_PLAIN},
    {"quiet_gap_h", "DOUBLE", "h", "median over active days of the longest gap that starts on the day, at most 24", EH_COLUMN_PLAIN},
    {"repost_share", "DOUBLE", "share", "of its times of action, those with a repost", EH_COLUMN_PLAIN},
    {"median_delay_s", "DOUBLE", "s", "median time from a post to its repost, where the post's birth is known; from 5 on", EH_COLUMN_PLAIN},
    {"p05_delay_s", "DOUBLE", "s", "the fastest twentieth of these", EH_COLUMN_PLAIN},
    {"n_delays", "BIGINT", "reposts", "reposts with a known delay", EH_COLUMN_REQUIRED},
    {"clients", "VARCHAR", "", "programs that its posts name, the commonest first, joined by |; at most five", EH_COLUMN_PLAIN},
    {"declared_automation", "BOOLEAN", "", "one of its clients says that it is automatic: an explanation, not a finding; empty where no client is known",
     EH_COLUMN_PLAIN},
    {"deletions", "VARCHAR", "", "not in this archive: when posts were deleted is not known to any format read", EH_COLUMN_REQUIRED},
};

static const eh_table_column rhythm_pairs[] = {
    {"network_id", "VARCHAR", "", "network of the run, or list", EH_COLUMN_REQUIRED},
    {"account_a", "VARCHAR", "", "account, bytewise before account_b", EH_COLUMN_REQUIRED},
    {"account_b", "VARCHAR", "", "account", EH_COLUMN_REQUIRED},
    {"same_operator", "BOOLEAN", "", "evidence for one pair of hands: q_value at or below the level, or same_set; empty where not testable", EH_COLUMN_PLAIN},
    {"same_set", "BOOLEAN", "", "both are in one set of hands and both accounts have same_operator", EH_COLUMN_REQUIRED},
    {"p_value", P, "min(1, 2 min(max(p_handover, p_never), p_turns))", EH_COLUMN_PLAIN},
    {"q_value", P, "Benjamini-Hochberg over the testable pairs", EH_COLUMN_PLAIN},
    {"n_days", "BIGINT", "days", "days on which both were active", EH_COLUMN_REQUIRED},
    {"handover_days", "BIGINT", "days", "days on which one starts within 10 min after the other stopped, and they never overlap", EH_COLUMN_REQUIRED},
    {"handover_expected", "DOUBLE", "days", "what the same days in other combinations give", EH_COLUMN_PLAIN},
    {"p_handover", P, "chance of so many", EH_COLUMN_PLAIN},
    {"n_a_to_b", "BIGINT", "times", "hand-overs from account_a to account_b on those days", EH_COLUMN_REQUIRED},
    {"n_b_to_a", "BIGINT", "times", "the other way", EH_COLUMN_REQUIRED},
    {"overlap_days", "BIGINT", "days", "days on which their sessions overlap", EH_COLUMN_REQUIRED},
    {"overlap_expected", "DOUBLE", "days", "what the same days in other combinations give", EH_COLUMN_PLAIN},
    {"p_never", P, "chance of so few", EH_COLUMN_PLAIN},
    {"turn_s", "DOUBLE", "s", "time to change over that carries the evidence: 10, 20 or 40; empty where times are too coarse", EH_COLUMN_PLAIN},
    {"n_turns", "BIGINT", "encounters", "encounters whose nearest two actions are within five turns of each other", EH_COLUMN_REQUIRED},
    {"n_close", "BIGINT", "encounters", "of these, within one turn", EH_COLUMN_REQUIRED},
    {"close_expected", "DOUBLE", "encounters", "at least so many where two people act at their own time", EH_COLUMN_PLAIN},
    {"n_a_first", "BIGINT", "encounters", "of the others, account_a came first", EH_COLUMN_REQUIRED},
    {"n_b_first", "BIGINT", "encounters", "of the others, account_b came first", EH_COLUMN_REQUIRED},
    {"n_reactions", "BIGINT", "actions", "left out: one answered, reposted or mentioned the other", EH_COLUMN_REQUIRED},
    {"p_turns", P, "chance of so few close ones", EH_COLUMN_PLAIN},
};

static const eh_table_column rhythm_networks[] = {
    {"network_id", "VARCHAR", "", "network of the run, or list", EH_COLUMN_REQUIRED},
    {"n_accounts", "BIGINT", "accounts", "accounts in it", EH_COLUMN_REQUIRED},
    {"pairs_tested", "BOOLEAN", "", "whether its pairs were tested for one operator; false above 400 accounts", EH_COLUMN_REQUIRED},
    {"n_hands", "BIGINT", "sets", "sets of accounts with same-operator evidence", EH_COLUMN_REQUIRED},
    {"n_times", "BIGINT", "quarters", "quarters of an hour with an action, summed over accounts; below 200 or 10 days all that follows is empty",
     EH_COLUMN_REQUIRED},
    {"n_days", "BIGINT", "days", "days with an action", EH_COLUMN_REQUIRED},
    {"start_utc", "VARCHAR", "UTC", "when a day's activity starts (5 % of it), median over days", EH_COLUMN_PLAIN},
    {"start_spread_min", "DOUBLE", "min", "interquartile range over days", EH_COLUMN_PLAIN},
    {"end_utc", "VARCHAR", "UTC", "when it ends (95 %)", EH_COLUMN_PLAIN},
    {"end_spread_min", "DOUBLE", "min", "interquartile range over days", EH_COLUMN_PLAIN},
    {"pause_utc", "VARCHAR", "UTC", "start of the clearest pause inside the day", EH_COLUMN_PLAIN},
    {"pause_length_min", "DOUBLE", "min", "its length, in quarters of an hour", EH_COLUMN_PLAIN},
    {"pause_depth", "DOUBLE", "share", "1 - activity in it over activity in the hours around it", EH_COLUMN_PLAIN},
    {"pause_depth_low", "DOUBLE", "share", "95 % interval, bootstrap by day", EH_COLUMN_PLAIN},
    {"pause_depth_high", "DOUBLE", "share", "95 % interval, bootstrap by day", EH_COLUMN_PLAIN},
    {"p_pause", P, "chance of as clear a pause where days have none in common", EH_COLUMN_PLAIN},
    {"days_off", "VARCHAR", "", "weekdays with less than a quarter of the median weekday's activity, joined by |", EH_COLUMN_PLAIN},
    {"p_days_off", P, "chance of two weekdays as quiet", EH_COLUMN_PLAIN},
    {"weekday_shares", "VARCHAR", "share", "of activity, Monday to Sunday, joined by |", EH_COLUMN_PLAIN},
    {"day_shape", "VARCHAR", "", "which kind of day fits better: working_day, leisure, or unclear", EH_COLUMN_REQUIRED},
    {"log_odds_work", "DOUBLE", "nat", "log-likelihood of a working day less that of a leisure day, over the dispersion between days", EH_COLUMN_PLAIN},
    {"offset_best", "VARCHAR", "UTC offset", "the offset at which a day from 9:00 to 17:30 fits best; given for a working day only; it names no place",
     EH_COLUMN_PLAIN},
    {"offsets", "VARCHAR", "UTC offset", "offsets that cannot be told from it when the day may start from 8:00 to 10:00, joined by |", EH_COLUMN_PLAIN},
    {"offset_log_likelihoods", "VARCHAR", "nat", "offset=log-likelihood less the best one's, over the dispersion, joined by |", EH_COLUMN_PLAIN},
    {"dispersion", "DOUBLE", "", "how much more days differ than independent actions would", EH_COLUMN_PLAIN},
};

#define TABLE(name, meaning) {#name, meaning, name, N_COLUMNS(name)}
const eh_table eh_rhythm_tables[] = {
    TABLE(rhythm_accounts, "`evenhand rhythm -o FILE`: one row per account: same-operator evidence, and how regular it is."),
    TABLE(rhythm_pairs, "`evenhand rhythm --pairs FILE`: one row per tested pair."),
    TABLE(rhythm_networks, "`evenhand rhythm --networks FILE`: the working day of each network or of the list."),
};
const size_t eh_n_rhythm_tables = N_COLUMNS(eh_rhythm_tables);
