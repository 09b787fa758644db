# rhythm: the planted operators are told apart, honest accounts are not tied; files of every form; lists that are none.
. "$SRC/tests/cli/lib.sh"
"$EVENHAND" simulate farm --seed 1 --accounts 500 -o world --quiet >/dev/null || fail "no world"
"$EVENHAND" import case.duckdb world/posts.csv --quiet >/dev/null || fail "no import"
# Accounts of truth.csv come in the order in which they were made: account i of the farm is driven by operator i mod 8.
awk -F, '$2 == "farm" { print $1 "," n++ % 8 }' world/truth.csv >operators.csv
cut -d, -f1 operators.csv >farm.txt
awk -F, '$3 == "honest" && n++ < 60 { print $1 }' world/truth.csv >honest.txt

expect 0 '"n_accounts":60' "$EVENHAND" rhythm case.duckdb --accounts farm.txt -o farm.csv --pairs pairs.csv --networks days.csv --json
awk -F, 'NR == FNR { operator[$1] = $2; next } FNR > 1 && $4 == "true" { n++; right += operator[$2] == operator[$3] }
    END { printf "%d pairs, %d of one operator\n", n, right; exit !(n >= 100 && right == n) }' operators.csv pairs.csv || fail "pairs of one operator"
awk -F, 'FNR > 1 && $3 == "true" { n++ } END { exit !(n >= 48) }' farm.csv || fail "48 of 60 accounts have same-operator evidence"
[ "$(wc -l <farm.csv)" -eq 61 ] || fail "one row an account"
[ "$(wc -l <pairs.csv)" -eq 1771 ] || fail "one row a pair"
grep -q '^list,60,true,8,' days.csv || fail "eight sets of hands in the list"
grep -q ',working_day,' days.csv || fail "a working day"
# The truth (UTC+2) is in the set of offsets, and the set says that it is not the only one.
python3 - <<'END' || fail "offsets, pause and days off"
import csv
row = next(csv.DictReader(open("days.csv")))
offsets = row["offsets"].split("|")
assert "+02:00" in offsets and len(offsets) >= 2, offsets
assert row["offset_best"] in offsets
assert float(row["p_pause"]) <= .01 and "10:00" <= row["pause_utc"] <= "10:45", row["pause_utc"]
assert row["days_off"] in ("Fri|Sat", "Sat|Sun") and float(row["p_days_off"]) <= .01
assert len(row["offset_log_likelihoods"].split("|")) == 38
END

# Honest accounts: no evidence; and rows for all of them.
expect 0 'evidence at q = 0.05 for 0 accounts, in 0 pairs and 0 sets' "$EVENHAND" rhythm case.duckdb --accounts honest.txt -o honest.csv
grep -q ',true,' honest.csv && fail "an honest account has same-operator evidence or declares automation"

# Every form, and the same bytes for any number of threads.
for threads in 1 4; do
    expect 0 "" "$EVENHAND" rhythm case.duckdb --accounts farm.txt -o "t$threads.json" --pairs "t$threads.jsonl" --networks "t$threads.parquet" \
        --threads $threads --quiet
done
same t1.json t4.json
same t1.jsonl t4.jsonl
same t1.parquet t4.parquet
python3 - <<'END' || fail "one document"
import json
d = json.load(open("t1.json"))
assert len(d["accounts"]) == 60 and len(d["pairs"]) == 1770 and len(d["networks"]) == 1
assert d["basis"] == "list" and d["run_id"] is None and d["not_in_this_archive"] == ["deletions"]
assert [json.loads(line) for line in open("t1.jsonl")] == d["pairs"]
END
expect 0 "^account_id,network_id,same_operator," "$EVENHAND" rhythm case.duckdb --accounts farm.txt -o - --quiet

# Without a list and without a run: everybody with twenty actions, and no pairs.
expect 0 "no pairs were tested" "$EVENHAND" rhythm case.duckdb -o all.csv --pairs none.csv
[ "$(wc -l <none.csv)" -eq 1 ] || fail "no pairs"
[ "$(wc -l <all.csv)" -gt 100 ] || fail "everybody with twenty actions"

# The accounts of the latest run's networks.
"$EVENHAND" detect case.duckdb --behaviours repost --quiet >/dev/null || fail "no run"
expect 0 "latest run's networks" "$EVENHAND" rhythm case.duckdb -o networks.csv
cut -d, -f2 networks.csv | grep -q '^n1$' || fail "accounts of network n1"

# Lists: unknown ids are counted, a table will do, an empty list or one of strangers will not.
{ echo account_id,why; sed 's/$/,named/' farm.txt; echo nobody,; echo nobody,; } >table.csv
expect 0 "1 listed accounts have no action" "$EVENHAND" rhythm case.duckdb --accounts table.csv -o table_farm.csv
same farm.csv table_farm.csv
echo nobody >strangers.txt
expect 3 "none of which has an action" "$EVENHAND" rhythm case.duckdb --accounts strangers.txt -o no.csv
: >empty.txt
expect 1 "empty.txt" "$EVENHAND" rhythm case.duckdb --accounts empty.txt -o no.csv
expect 1 "missing.txt" "$EVENHAND" rhythm case.duckdb --accounts missing.txt -o no.csv
expect 2 "must end in .csv or .jsonl or .parquet" "$EVENHAND" rhythm case.duckdb --accounts farm.txt -o no.xlsx
expect 2 "must end in" "$EVENHAND" rhythm case.duckdb --accounts farm.txt -o no.csv --pairs no.json
expect 2 "is read as input" "$EVENHAND" rhythm case.duckdb --accounts farm.txt -o farm.txt
expect 2 "fdr" "$EVENHAND" rhythm case.duckdb -o no.csv --fdr 2
expect 1 "absent.duckdb" "$EVENHAND" rhythm absent.duckdb -o no.csv
expect 1 "" "$EVENHAND" rhythm case.duckdb --accounts farm.txt -o no/where/no.csv
[ ! -e no.csv ] || fail "a failed call leaves a file"

# Times to the minute: turns cannot be seen, and that is said.
{
    echo account_id,behaviour,object,timestamp
    for day in 01 02 03 04 05 06 07 08; do
        for account in ada ben; do for hour in 08 12; do echo "$account,hashtag,tag$day$hour,2018-08-$day $hour:00"; done; done
    done
} >coarse.csv
"$EVENHAND" import coarse.duckdb coarse.csv --quiet >/dev/null || fail "no coarse import"
printf 'ada\nben\n' >two.txt
expect 0 "coarser than 8 s" "$EVENHAND" rhythm coarse.duckdb --accounts two.txt -o coarse_out.csv --pairs coarse_pairs.csv
expect 3 "too few to say anything" "$EVENHAND" rhythm coarse.duckdb -o no.csv
finish
