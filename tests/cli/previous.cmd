# investigate into a directory that holds an investigation: what only that one holds is kept beside the new one.
. "$SRC/tests/cli/lib.sh"
cnt_table >good.csv
sed 's/ada/dora/' good.csv >other.csv
kept='kept as case/investigation.previous.duckdb'
previous=case/investigation.previous.duckdb
names() { evenhand sql $1 'SELECT name FROM sources ORDER BY name' | tail -n +2 | tr '\n' ' '; }

# The same archive and one run: replaced.
expect 0 '' evenhand investigate good.csv -o case
expect 0 '' evenhand investigate good.csv -o case
[ ! -s err.txt ] && [ ! -e $previous ] || fail "the same was kept: $(cat err.txt)"
expect 0 '' evenhand investigate good.csv -o case --fdr 0.1
[ ! -s err.txt ] && [ ! -e $previous ] || fail "one run was kept: $(cat err.txt)"

# Another archive.
expect 0 "^evenhand: case/investigation.duckdb held .*; it is $kept\$" evenhand investigate other.csv -o case
[ "$(names case/investigation.duckdb)$(names $previous)" = 'other.csv good.csv ' ] || fail "names"

# More archives: nothing is lost.
rm $previous
expect 0 '' evenhand investigate other.csv good.csv -o case
[ ! -s err.txt ] && [ ! -e $previous ] || fail "a part was kept: $(cat err.txt)"

# Several runs; then the same again, from a copy that has them all.
expect 0 '' evenhand detect case/investigation.duckdb --windows 30s
cp case/investigation.duckdb all.duckdb
expect 0 '' evenhand investigate all.duckdb -o case
[ ! -s err.txt ] && [ ! -e $previous ] || fail "a copy was kept: $(cat err.txt)"
expect 0 "$kept\$" evenhand investigate other.csv good.csv -o case
[ "$(evenhand sql $previous 'SELECT count(*) FROM runs' | tail -1)" -eq 2 ] || fail "runs of the previous"
expect 0 "$kept, in place of the one kept before\$" evenhand investigate good.csv -o case
[ "$(names $previous)" = 'good.csv other.csv ' ] || fail "the older one stayed"

# A file that is no investigation.
echo something >case/investigation.duckdb
expect 0 "$kept" evenhand investigate good.csv -o case
[ "$(cat $previous)" = something ] || fail "it was thrown away"
finish
