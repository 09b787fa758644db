# audit INV: evidence as of each action, a specification recorded before sides open, bad input, the blind sample and its results.
. "$SRC/tests/cli/lib.sh"
need python3
evenhand simulate farm --seed 4 --accounts 110 --days 21 -o world --quiet >/dev/null || exit 1
evenhand import a.duckdb world/posts.csv --quiet >/dev/null || exit 1
evenhand detect a.duckdb --quiet >/dev/null || exit 1

# Sides by lot. fair.csv: everybody alike; hard.csv: north ten times as often; at the weeks after the first.
python3 - <<'END' || exit 1
import csv, random, datetime
lot = random.Random(11)
people = list(csv.DictReader(open("world/truth.csv")))
sides = {p["account_id"]: lot.choice(["north", "south"]) for p in people}
open("sides.csv", "w").write("account_id,side\n" + "".join(f"{a},{s}\n" for a, s in sides.items()))
open("marked.csv", "w").write("account_id,side,disputed\n" + "".join(f"{a},{s},{int(lot.random() < .03)}\n" for a, s in sides.items()))
names = list(sides.values())
lot.shuffle(names)
open("shuffled.csv", "w").write("account_id,side\n" + "".join(f"{a},{s}\n" for a, s in zip(sides, names)))
first = datetime.datetime(2018, 8, 13)
for name, p in (("fair", {"north": .3, "south": .3}), ("hard", {"north": .6, "south": .08})):
    with open(name + ".csv", "w") as out:
        out.write("account_id,action,time,policy,is_reversal\n")
        for a, s in sides.items():
            at = first + datetime.timedelta(hours=lot.uniform(0, 24 * 10))
            if lot.random() < p[s]:
                out.write(f"{a},suspended,{at:%Y-%m-%dT%H:%M:%SZ},spam,\n")
                if lot.random() < .2: out.write(f"{a},reinstated,{at + datetime.timedelta(days=30):%Y-%m-%dT%H:%M:%SZ},spam,1\n")
END

# The specification.
expect 0 '' evenhand audit spec --init -o new.toml
expect 0 '^[0-9a-f]{64}  new.toml' evenhand audit spec --spec new.toml
expect 2 'give --init and -o FILE' evenhand audit spec
sed 's/^period = .*/period = "week"/; s/^lookback_days = .*/lookback_days = 14/; s/^exposure_bins = .*/exposure_bins = 2/
s/^permutations = .*/permutations = 999/; s/^resamplings = .*/resamplings = 499/' new.toml >spec.toml
for what in accounts edges networks evidence; do evenhand export a.duckdb $what -o before_$what.csv --quiet >/dev/null || fail "export $what"; done

# A hard hand is seen, as specified and sealed; again with disputed labels left out, and for other threads.
expect 0 '^status    sealed: specification' evenhand audit a.duckdb --actions hard.csv --sides sides.csv --spec spec.toml -o hard
grep -q '"verdict":"disparity_shown","direction":"against_a"' hard/audit.json || fail "hard: $(head -c 300 hard/audit.json)"
python3 - <<'END' || fail "hard/audit.json"
import json
a = json.load(open("hard/audit.json"))
assert a["status"] == "sealed" and a["specification"]["sealed"] and a["specification"]["earlier_openings"] == 0
d, traps = a["design"], {t["trap"]: t for t in a["traps"]}
assert len(traps) == 16 and traps["truncation"]["state"] != "not_measured"
assert [round(x["lambda"], 9) for x in d["reliability"]["corrected"] if x][0] == 1
assert d["coverage"]["a_actioned"]["named"] >= d["coverage"]["a_actioned"]["at_risk_here"] > 20
assert a["layers"]["networks"]["negative_control"]["relabellings"] == 200
assert a["layers"]["outcome"]["reversals"]["of"].startswith("actions")
rows = sum(s["a_actioned"] + s["b_actioned"] for s in a["strata"])
assert rows == d["join"]["actioned_a"] + d["join"]["actioned_b"], rows
assert all("evidence" in s["stratum"] and "2018-0" in s["stratum"] and "spam" in s["stratum"] for s in a["strata"])
END
expect 0 '^verdict   disparity_shown' evenhand audit a.duckdb --actions hard.csv --sides marked.csv --spec spec.toml -o marked --threads 3
python3 - <<'END' || fail "marked/audit.json"
import json
a, b = (json.load(open(d + "/audit.json")) for d in ("hard", "marked"))
assert a["odds_ratio"] == b["odds_ratio"] and a["strata"] == b["strata"] and b["specification"]["earlier_openings"] == 1 and b["status"] == "sealed"
assert b["design"]["labels"]["measured"] and b["design"]["labels"]["without_disputed"]["verdict"] == "disparity_shown"
END
# Without a specification: exploratory; and so is any other afterwards.
expect 3 'actioned before its evidence begins.* a shorter period' evenhand audit a.duckdb --actions fair.csv --sides sides.csv
expect 0 '^status    exploratory: sides were opened on this run 1 times before' evenhand audit a.duckdb --actions hard.csv --sides sides.csv --spec spec.toml
expect 0 'no problem|whole|intact|fits' evenhand ledger verify a.duckdb

# Alike: no disparity, whoever is on which side. Relabelling changes no byte of what detection found.
expect 3 '^verdict   inconclusive' evenhand audit a.duckdb --actions fair.csv --sides sides.csv --spec spec.toml -o fair
expect 3 '^verdict   inconclusive' evenhand audit a.duckdb --actions fair.csv --sides shuffled.csv --spec spec.toml -o shuffled
for what in accounts edges networks evidence; do
    evenhand export a.duckdb $what -o after_$what.csv --quiet >/dev/null || fail "export $what"
    same before_$what.csv after_$what.csv
done
evenhand sql a.duckdb "SELECT count(*) FROM duckdb_columns() WHERE column_name LIKE '%side%'" -o - 2>/dev/null | grep -q '^0$' || fail "a column of sides"
grep -a -q -e north -e south a.duckdb && fail "sides are stored"

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
grep -q '"combined_test":"disparity_shown","direction":"against_a"' agree/audit.json || grep -q '"combined_test":"inconclusive"' agree/audit.json || fail "agree"
grep -q '"of":"appeals"' agree/audit.json || fail "appeals"
expect 0 '' evenhand audit a.duckdb --actions hard.csv --sides sides.csv --spec spec.toml --outcomes oppose.csv -o oppose
grep -q '"combined_test":"disparity_shown"' oppose/audit.json && fail "oppose"

# Bad input.
printf 'account_id,side\n1,north\n2,east\n' >unknown.csv
expect 1 "unknown.csv: row 2, .*side 'east' is no side that the specification names" evenhand audit a.duckdb --actions fair.csv --sides unknown.csv --spec spec.toml
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
expect 2 'those of the specification' evenhand audit a.duckdb --actions fair.csv --sides sides.csv --spec spec.toml --margin 1.5
expect 2 'give --actions FILE and --sides FILE' evenhand audit a.duckdb --actions fair.csv
expect 2 'ready table alone' evenhand audit a.duckdb --table sides.csv
expect 2 'give an investigation' evenhand audit
finish
