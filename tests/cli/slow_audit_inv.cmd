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

# Bad input.
printf 'account_id,side\n1,north\n2,south\n1,south\n' >two.csv
expect 1 "two.csv: row 3, .*account_id '1' is on two sides" evenhand audit a.duckdb --actions fair.csv --sides two.csv --spec spec.toml
printf 'account_id,side\n1,north\n2,north\n' >one.csv
expect 1 'one side only' evenhand audit a.duckdb --actions fair.csv --sides one.csv --spec spec.toml
printf 'account_id,side\n1,north\n2,south\n' >strangers.csv
expect 3 'has no accounts' evenhand audit a.duckdb --actions fair.csv --sides strangers.csv --spec spec.toml
sed 's/2018-08-/2017-08-/' fair.csv >early.csv
expect 3 'were actioned before its evidence begins' evenhand audit a.duckdb --actions early.csv --sides sides.csv --spec spec.toml
(cat fair.csv; sed 1d fair.csv; echo 'x,suspended,never,spam,') >twice.csv
expect 3 'duplicate: ' evenhand audit a.duckdb --actions twice.csv --sides sides.csv --spec spec.toml -o twice
grep -q '  time: 1' err.txt || fail "rejects: $(cat err.txt)"
python3 - <<'END' || fail "duplicates change the answer"
import json
a, b = (json.load(open(d + "/audit.json")) for d in ("fair", "twice"))
assert a["strata"] == b["strata"] and a["odds_ratio"] == b["odds_ratio"]
END
finish
