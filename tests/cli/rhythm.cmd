# rhythm: a run's accounts, ties and networks; accounts of a list; the same for any number of threads; what cannot be done.
. "$SRC/tests/cli/lib.sh"
"$EVENHAND" simulate shift-operators --camouflage 0.9 --seed 4 -o world --quiet >/dev/null || fail "no world"
"$EVENHAND" investigate world/posts.csv -o found --quiet >/dev/null || fail "no investigation"
inv=found/investigation.duckdb

expect 0 '"n_networks":' "$EVENHAND" rhythm "$inv" -o a.csv --pairs p.csv --networks n.csv --quiet --json
listed=$("$EVENHAND" sql "$inv" "SELECT count(*) FILTER (listed) AS n FROM findings" -o - | tail -1)
[ "$(($(wc -l <a.csv) - 1))" -eq "$listed" ] || fail "one row per listed account"
ties=$("$EVENHAND" sql "$inv" "SELECT count(*) AS n FROM ties" -o - | tail -1)
[ "$(($(wc -l <p.csv) - 1))" -eq "$ties" ] || fail "one row per tie"
# What the run stored as its leg is what the table says.
"$EVENHAND" sql "$inv" "SELECT account_a, account_b FROM leg_pairs WHERE leg = 'operator' ORDER BY account_a, account_b" -o leg.csv --quiet
awk -F, 'NR == 1 || $3 == "evidence" { print $1 "," $2 }' p.csv >told.csv
same leg.csv told.csv
[ "$(wc -l <told.csv)" -gt 1 ] || fail "no pair of the run looks like one pair of hands"

# All pairs of a list; who is said to be one pair of hands is driven by one operator (every fourth account of the group).
awk -F, '$3 == "member" { print $1 }' world/truth.csv >members.txt
expect 0 "" "$EVENHAND" rhythm "$inv" --accounts members.txt -o la.csv --pairs lp.csv --networks ln.csv --quiet
awk -F, 'NR > 1 { n++; told += $3 == "evidence" } END { exit !(n == 190 && told >= 3) }' lp.csv || fail "pairs of the list"
awk -F, 'NR == 2 { exit !($1 == "list" && $2 == 20 && $9 == "saturday|sunday" && $12 == "+02:00") }' ln.csv || {
    fail "a working day at UTC+2 with the weekend off"
    cat ln.csv
}
for threads in 1 4; do
    "$EVENHAND" rhythm "$inv" --accounts members.txt -o "a$threads.csv" --pairs "p$threads.csv" --networks "n$threads.csv" --quiet \
        --threads $threads || fail "threads $threads"
done
same a1.csv a4.csv
same p1.csv p4.csv
same n1.csv n4.csv
expect 0 "" "$EVENHAND" rhythm "$inv" --accounts members.txt -o la.jsonl --quiet
[ "$(wc -l <la.jsonl)" -eq 20 ] || fail "JSON Lines"
{ cat members.txt; echo nobody; } >more.txt
expect 0 "1 accounts of the list have no action" "$EVENHAND" rhythm "$inv" --accounts more.txt -o la2.csv
same la.csv la2.csv

echo nobody >unknown.txt
: >empty.txt
expect 3 "none of the 1 accounts has an action" "$EVENHAND" rhythm "$inv" --accounts unknown.txt -o x.csv
expect 1 "is empty" "$EVENHAND" rhythm "$inv" --accounts empty.txt -o x.csv
expect 1 "" "$EVENHAND" rhythm "$inv" --accounts missing.txt -o x.csv
expect 2 "must end in .csv or .jsonl" "$EVENHAND" rhythm "$inv" -o x.txt
expect 2 "given twice" "$EVENHAND" rhythm "$inv" -o x.csv --pairs x.csv
expect 2 "is read as input" "$EVENHAND" rhythm "$inv" --accounts la.csv -o la.csv
expect 2 "give one of them" "$EVENHAND" rhythm "$inv" --accounts members.txt --run abc -o x.csv
expect 1 "no run" "$EVENHAND" rhythm "$inv" --run 0123456789abcdef -o x.csv
expect 2 "" "$EVENHAND" rhythm "$inv"
"$EVENHAND" import fresh.duckdb world/posts.csv --quiet >/dev/null
expect 1 "has no run yet" "$EVENHAND" rhythm fresh.duckdb -o x.csv
expect 0 "" "$EVENHAND" rhythm fresh.duckdb --accounts members.txt -o fresh.csv --quiet
same la.csv fresh.csv
[ ! -e x.csv ] || fail "a failed call left a file"
finish
