# audit INV: evidence as of each action, a specification recorded before sides open, relabelling, bad input.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/cli/audit_world.sh"
expect 0 '^[0-9a-f]{64}  new.toml' evenhand audit spec --spec new.toml
expect 2 'give --init and -o FILE' evenhand audit spec
expect 1 'not written over' evenhand audit spec --init -o new.toml
for what in accounts edges networks evidence; do evenhand export a.duckdb $what -o before_$what.csv --quiet >/dev/null || fail "export $what"; done

# A file of sides that cannot be read, or of other names, tells nothing: its opening counts as none.
sed 's/^sides = .*/sides = ["left", "right"]/' spec.toml >other.toml
expect 1 "side '[a-z]*' is no side that the specification names" evenhand audit a.duckdb --actions hard.csv --sides sides.csv --spec other.toml
evenhand ledger show a.duckdb 2>/dev/null | grep -c audit | grep -q '^2$' || fail "an opening and its taking back: $(evenhand ledger show a.duckdb)"

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
# Without a specification: exploratory; and so is any other afterwards.
expect 3 'actioned before its evidence begins.* a shorter period' evenhand audit a.duckdb --actions fair.csv --sides sides.csv
expect 0 '^status    exploratory: sides were opened in this investigation 1 times before' evenhand audit a.duckdb --actions hard.csv --sides sides.csv --spec spec.toml
expect 0 '^leaves    ([4-9]|1[0-9])$' evenhand ledger verify a.duckdb

# Relabelling changes no byte of what detection found.
expect 3 '^verdict   inconclusive' evenhand audit a.duckdb --actions fair.csv --sides shuffled.csv --spec spec.toml -o shuffled
for what in accounts edges networks evidence; do
    evenhand export a.duckdb $what -o after_$what.csv --quiet >/dev/null || fail "export $what"
    same before_$what.csv after_$what.csv
done
evenhand sql a.duckdb "SELECT count(*) FROM duckdb_columns() WHERE column_name LIKE '%side%'" -o - 2>/dev/null | grep -q '^0$' || fail "a column of sides"
grep -a -q -e north -e south a.duckdb && fail "sides are stored"

# Bad input.
printf 'account_id,side\n1,north\n2,east\n' >unknown.csv
expect 1 "unknown.csv: row 2, .*side 'east' is no side that the specification names" evenhand audit a.duckdb --actions fair.csv --sides unknown.csv --spec spec.toml
expect 2 'those of the specification' evenhand audit a.duckdb --actions fair.csv --sides sides.csv --spec spec.toml --margin 1.5
expect 2 'give --actions FILE and --sides FILE' evenhand audit a.duckdb --actions fair.csv
expect 2 'ready table alone' evenhand audit a.duckdb --table sides.csv
expect 2 'give an investigation' evenhand audit
finish
