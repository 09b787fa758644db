# Texts with small edits are one object, unless switched off; what bears on the result is in the parameters.
. "$SRC/tests/cli/lib.sh"
sql() { evenhand sql "$1/investigation.duckdb" "$2" | tail -1; }
{
    echo 'who,when,words'
    for hour in 10 11 12; do
        echo "ada,2018-09-1$((hour - 6))T$hour:00:00Z,the ferry on the river stops at noon because of the wind and nobody knows why $hour"
        echo "ben,2018-09-1$((hour - 6))T$hour:00:20Z,the ferry on the river stops at noon because of the wind and nobody knows whyy $hour!"
        echo "cyd,2018-09-1$((hour - 6))T$hour:00:30Z,something else is said here at length by somebody who has own words number $hour"
    done
} >posts.csv
map='--map account=who --map time=when --map text=words'
expect 0 '' evenhand investigate posts.csv -o near $map
expect 0 '' evenhand investigate posts.csv -o exact $map --near-text off
expect 0 '' evenhand investigate posts.csv -o strict $map --near-text 0.99
[ "$(sql near 'SELECT n_texts, n_objects, n_united FROM run_texts')" = 9,2,7 ] || fail "$(sql near 'FROM run_texts')"
[ "$(sql strict 'SELECT n_texts, n_objects, n_clusters FROM run_texts')" = 9,9,0 ] || fail "$(sql strict 'FROM run_texts')"
[ "$(sql exact 'SELECT count(*) FROM run_texts')" = 0 ] || fail "off looked at texts"
sql near 'SELECT parameters FROM runs' | grep -q 'near_text.*jaccard.*0.8' || fail "the parameters do not tell"
sql exact 'SELECT parameters FROM runs' | grep -q near_text && fail "the parameters of off tell of near texts"
[ "$(sql near 'SELECT run_id FROM runs')" != "$(sql strict 'SELECT run_id FROM runs')" ] || fail "two results, one run"
expect 2 "near-text '0.4': give off, or a share from 0.5 to 1" evenhand detect near/investigation.duckdb --near-text 0.4
expect 2 'give off, or a share' evenhand detect near/investigation.duckdb --near-text on
finish
