# --list-by: which kinds of evidence list alone. A group that leaves hours between its actions is weak unless selection may list it.
. "$SRC/tests/cli/lib.sh"
"$EVENHAND" simulate jitter-hours --seed 31 --accounts 700 -o world --quiet >/dev/null || fail "no world"
"$EVENHAND" investigate world/posts.csv -o plain --quiet >/dev/null || fail "plain run"
"$EVENHAND" investigate world/posts.csv -o open --list-by selection,reuse --quiet >/dev/null || fail "run with selection"
python3 - <<'END' || fail "who is listed by what"
import csv, json
def rows(name): return {r["account_id"]: r for r in csv.DictReader(open(name))}
members = {a for a, r in rows("world/truth.csv").items() if r["role"] == "member"}
plain, listed = rows("plain/accounts.csv"), rows("open/accounts.csv")
assert not [a for a, r in plain.items() if r["listed"] == "true"]
weak = {a for a, r in plain.items() if r["finding"] == "weak" and "selection" in r["legs"]}
assert len(weak & members) >= 15 and len(weak - members) <= 1, (len(weak & members), len(weak - members))
found = {a for a, r in listed.items() if r["listed"] == "true"}
assert len(found & members) >= 15 and len(found - members) <= 1
assert all(listed[a]["finding"] == "moderate" for a in found)
for name, legs in (("plain", ["timing", "reuse"]), ("open", ["timing", "selection", "reuse"])):
    assert json.load(open(name + "/provenance.json"))["parameters"]["list_by"] == legs, name
END
grep -q 'pick the same beyond taste' plain/report.html || fail "the report does not name accounts that pick the same"
expect 2 "--list-by operator" "$EVENHAND" investigate world/posts.csv -o none --list-by operator
expect 2 "--list-by selection: --legs leaves that out" "$EVENHAND" investigate world/posts.csv -o none --legs reuse --list-by selection
expect 2 "--list-by reuse: --legs leaves that out" "$EVENHAND" detect plain/investigation.duckdb --legs timing --list-by reuse
[ ! -e none ] || fail "a refused call left a folder"
