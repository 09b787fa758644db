# audit INV: disputed labels, the blind sample and its results, duplicates, strangers, actions before the archive.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/cli/audit_world.sh"
expect 0 '' evenhand audit a.duckdb --actions hard.csv --sides sides.csv --spec spec.toml -o hard
expect 0 '^verdict   disparity_shown' evenhand audit a.duckdb --actions hard.csv --sides marked.csv --spec spec.toml -o marked --threads 3
python3 - <<'END' || fail "marked/audit.json"
import json
a, b = (json.load(open(d + "/audit.json")) for d in ("hard", "marked"))
assert a["odds_ratio"] == b["odds_ratio"] and a["strata"] == b["strata"] and b["specification"]["earlier_openings"] == 1 and b["status"] == "sealed"
assert b["design"]["labels"]["measured"] and b["design"]["labels"]["without_disputed"]["verdict"] == "disparity_shown"
END
expect 3 '^verdict   inconclusive' evenhand audit a.duckdb --actions fair.csv --sides sides.csv --spec spec.toml -o fair
# The blind sample: neither side, evidence nor action; weights add up to the accounts at risk.
expect 0 '' evenhand audit sample a.duckdb --actions hard.csv --spec spec.toml --n 80 -o sample.csv
expect 0 '' evenhand audit sample a.duckdb --actions hard.csv --spec spec.toml --n 80 -o again.csv --threads 3
same sample.csv again.csv
expect 2 'drawn blind' evenhand audit sample a.duckdb --actions hard.csv --sides sides.csv -o no.csv
python3 - <<'END' || fail "sample.csv"
import csv, json
rows = list(csv.DictReader(open("sample.csv")))
assert list(rows[0]) == ["account_id", "weight", "truth", "reversed"] and 70 <= len(rows) <= 80 and len({r["account_id"] for r in rows}) == len(rows)
actioned = {r["account_id"] for r in csv.DictReader(open("hard.csv"))}
taken = [r for r in rows if r["account_id"] in actioned]
assert 30 <= len(taken) <= 50, len(taken)
everybody = sum(float(r["weight"]) for r in rows)
n = json.load(open("hard/audit.json"))["design"]["coverage"]
here = sum(n[k]["at_risk_here"] for k in ("a_actioned", "a_other", "b_actioned", "b_other"))
assert abs(everybody - here) < 5, (everybody, here) # those silent when actioned are in the sample only
sides = {r["account_id"]: r["side"] for r in csv.DictReader(open("sides.csv"))}
def write(name, right):
    with open(name, "w") as out:
        out.write("account_id,weight,truth,reversed\n")
        for i, r in enumerate(rows): out.write(f'{r["account_id"]},{r["weight"]},{right(sides[r["account_id"]], i)},{"" if i % 3 else int(i % 2 == 0)}\n')
write("agree.csv", lambda side, i: int(side == "south" or i % 5 == 0))    # north's were seldom right
write("oppose.csv", lambda side, i: int(side == "north" or i % 5 == 0))
END
expect 0 '^verdict   disparity_shown' evenhand audit a.duckdb --actions hard.csv --sides sides.csv --spec spec.toml --outcomes agree.csv -o agree
grep -q '"of":"appeals"' agree/audit.json || fail "appeals"
expect 0 '' evenhand audit a.duckdb --actions hard.csv --sides sides.csv --spec spec.toml --outcomes oppose.csv -o oppose
python3 - <<'END' || fail "hit rates"
import json
agree, oppose = (json.load(open(d + "/audit.json"))["layers"]["outcome"] for d in ("agree", "oppose"))
assert agree["hit_difference_newcombe"]["estimate"] < -.4 and oppose["hit_difference_newcombe"]["estimate"] > 0
assert agree["combined_test"] == "disparity_shown" and agree["direction"] == "against_a" and oppose["combined_test"] == "inconclusive"
assert agree["a"]["hit_rate_wilson"]["low"] < .2 < agree["a"]["hit_rate_wilson"]["high"] and agree["b"]["hits"] == agree["b"]["adjudicated"]
END

# A mistake in the files is found before anything is recorded, and inputs are not written over.
leaves() { evenhand ledger verify a.duckdb 2>/dev/null | sed -n 's/^leaves *//p'; }
n=$(leaves)
expect 1 "absent.csv: cannot be read" evenhand audit a.duckdb --actions fair.csv --sides absent.csv --spec spec.toml
expect 1 '' evenhand audit a.duckdb --actions absent.csv --sides sides.csv --spec spec.toml
sed 's/^actions = .*/actions = ["banned"]/' spec.toml >banned.toml
expect 3 "its words are 'suspended'; correct" evenhand audit a.duckdb --actions fair.csv --sides sides.csv --spec banned.toml
printf 'account_id,action,time\n1,suspended,yesterday\n,suspended,2018-08-15\n' >never.csv
expect 1 'row 1: holds no action that can be used \(2 rows read: 1 no_account, 1 time\)' evenhand audit a.duckdb --actions never.csv --sides sides.csv --spec spec.toml
mkdir -p here
cp sides.csv here/tests.csv
expect 2 'here/tests.csv: is read as input' evenhand audit a.duckdb --actions fair.csv --sides here/tests.csv --spec spec.toml -o here
same sides.csv here/tests.csv
[ "$n" = "$(leaves)" ] || fail "recorded in spite of an error: $n, $(leaves)"
# A status that was read once, after the archive.
python3 - <<'END'
import csv
gone = {r["account_id"] for r in csv.DictReader(open("hard.csv")) if r["action"] == "suspended"}
with open("looks.csv", "w") as out:
    print("account_id,status,time", file=out)
    for r in csv.DictReader(open("sides.csv")): print(f'{r["account_id"]},{"suspended" if r["account_id"] in gone else "exists"},2018-12-01', file=out)
END
sed 's/^period = .*/period = "end"/; s/^lookback_days = .*/lookback_days = 60/' spec.toml >end.toml
expect 0 '' evenhand audit actions looks.csv -o once.csv
expect 0 'actions have no date and may lie within that time' evenhand audit a.duckdb --actions once.csv --sides sides.csv --spec end.toml -o once
grep -q '"undated":[1-9]' once/audit.json || fail "undated actions are not counted"

# Bad input.
printf 'account_id,side\n1,north\n2,south\n1,south\n' >two.csv
expect 1 "two.csv: row 3, .*account_id '1' is on two sides" evenhand audit a.duckdb --actions fair.csv --sides two.csv --spec spec.toml
printf 'account_id,side\n1,north\n2,north\n' >one.csv
expect 1 'one side only' evenhand audit a.duckdb --actions fair.csv --sides one.csv --spec spec.toml
printf 'account_id,side\n1,north\n2,south\n' >strangers.csv
expect 3 'are the ids those of the archive' evenhand audit a.duckdb --actions fair.csv --sides strangers.csv --spec spec.toml
sed 's/2018-08-/2017-08-/' fair.csv >early.csv
expect 3 'were actioned before its evidence begins' evenhand audit a.duckdb --actions early.csv --sides sides.csv --spec spec.toml
(cat fair.csv; sed 1d fair.csv; echo 'x,suspended,never,spam,') >twice.csv
expect 3 'duplicate: ' evenhand audit a.duckdb --actions twice.csv --sides sides.csv --spec spec.toml -o twice
grep -q '  time: 1' err.txt || fail "rejects: $(cat err.txt)"
grep -q '"action_rows_rejected":[1-9]' twice/audit.json && grep -q 'rows of the file of actions that could not be read' twice/audit.html || fail 'rejects are not told in the results'
python3 - <<'END' || fail "duplicates change the answer"
import json
a, b = (json.load(open(d + "/audit.json")) for d in ("fair", "twice"))
assert a["strata"] == b["strata"] and a["odds_ratio"] == b["odds_ratio"]
END
finish
