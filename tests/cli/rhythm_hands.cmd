# rhythm: the operators of a planted farm are told apart by their taking turns; honest accounts are in no pair of hands.
. "$SRC/tests/cli/lib.sh"
"$EVENHAND" simulate farm --seed 1 --accounts 500 -o world --quiet >/dev/null || fail "no world"
"$EVENHAND" import case.duckdb world/posts.csv --quiet >/dev/null || fail "no import"
# Accounts of truth.csv come in the order in which they were made: account i of the farm is driven by operator i mod 8.
awk -F, '$2 == "farm" { print $1 "," n++ % 8 }' world/truth.csv >operators.csv
cut -d, -f1 operators.csv >farm.txt
awk -F, '$3 == "honest" && n++ < 60 { print $1 }' world/truth.csv >honest.txt

expect 0 "" "$EVENHAND" rhythm case.duckdb --accounts farm.txt -o farm.csv --pairs pairs.csv --quiet
python3 - <<'END' || fail "operators told apart"
import csv
operator = dict(line.strip().split(",") for line in open("operators.csv"))
pairs = [row for row in csv.DictReader(open("pairs.csv")) if row["same_hands"] == "true"]
right = sum(operator[row["account_a"]] == operator[row["account_b"]] for row in pairs)
assert len(pairs) >= 100 and right == len(pairs), (len(pairs), right)
assert all(row["same_operator"] == "evidence" for row in pairs)
accounts = list(csv.DictReader(open("farm.csv")))
found = [row for row in accounts if row["hands_id"]]
assert len(found) >= 48, len(found)
assert len({row["hands_id"] for row in found}) == 8
assert all(float(row["p_hands"]) <= .05 and float(row["q_value"]) <= .05 for row in found)
END
expect 0 "" "$EVENHAND" rhythm case.duckdb --accounts honest.txt -o honest.csv --pairs honest_pairs.csv --quiet
grep -q ',true$' honest_pairs.csv && fail "honest accounts in one pair of hands"
for threads in 1 4; do
    "$EVENHAND" rhythm case.duckdb --accounts farm.txt -o "a$threads.csv" --pairs "p$threads.csv" --threads $threads --quiet || fail "threads $threads"
done
same a1.csv a4.csv
same p1.csv p4.csv
finish
