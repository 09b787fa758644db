# claim: a ring in a list is supported and the rest is not; busy honest accounts are not; a thin list cannot be told; both ways; expansion; the ledger.
. "$SRC/tests/cli/lib.sh"
"$EVENHAND" simulate honest --plant ring --accounts 200 --days 14 --seed 8 -o world --quiet >/dev/null || fail "no world"
"$EVENHAND" import case.duckdb world/posts.csv --quiet >/dev/null || fail "no import"
"$EVENHAND" detect case.duckdb --legs timing --quiet >/dev/null || fail "no run"
python3 - <<'END' || fail "no lists"
import collections, csv, json
truth = list(csv.DictReader(open("world/truth.csv")))
posts = collections.Counter(r["userid"] for r in csv.DictReader(open("world/posts.csv")))
ring = [r["account_id"] for r in truth if r["role"] == "member"]
honest = [a for a, n in posts.most_common() if a in {r["account_id"] for r in truth if r["role"] == "honest"}]
def claim(name, accounts, *parts, **more):
    json.dump({"evenhand_claim": 1, "raised_by": "desk 4", "accounts": accounts, "part": list(parts), **more}, open(name, "w"))
together = {"kind": "act_together"}
claim("mixed.json", ring[:10] + honest[:10], together, counter_accounts=honest[10:20])
claim("loud.json", honest[20:40], together, {"kind": "volume", "posts_per_day": 1000000}, {"kind": "volume", "posts_per_day": 0.5})
claim("thin.json", ["nobody", honest[-1]], together)
open("ring.txt", "w").write("\n".join(ring) + "\n")
open("in_list.txt", "w").write("\n".join(ring[:10]) + "\n")
END

mixed=$("$EVENHAND" claim add case.duckdb mixed.json --quiet) || fail "not added"
expect 0 "known already" "$EVENHAND" claim add case.duckdb mixed.json
expect 0 "SUPPORTED" "$EVENHAND" claim check case.duckdb "$mixed" --draws 10 --expand --quiet
grep -q "put to the same tests" out.txt || fail "the other side was tested"
"$EVENHAND" claim show case.duckdb "$mixed" --json >mixed_found.json || fail "no show"
python3 - <<'END' || fail "the mixed list is split, and expansion leads from its members only"
import json
found = json.load(open("mixed_found.json"))
ring = set(open("ring.txt").read().split()); given = set(open("in_list.txt").read().split())
ok = {a["account_id"] for a in found["accounts"] if a["list"] == "alleged" and a["verdict"] == "supported"}
print(len(ok & given), len(ok - given), len(found["added"]))
assert len(ok & given) >= 8 and not ok - given
assert not [a for a in found["accounts"] if a["list"] == "other" and a["verdict"] == "supported"]
assert len(found["added"]) >= 7
for a in found["added"]:
    assert a["account_id"] in ring and a["hop"] == 1
    path = a["path"].split(" > ")
    assert len(path) == 2 and path[0] in ok and path[1] == a["account_id"]
assert {r["verdict"] for r in found["results"] if r["list"] == "alleged"} == {"supported"}
assert found["powers"] and all(0 <= p["power"] <= 1 for p in found["powers"])
END

loud=$("$EVENHAND" claim add case.duckdb loud.json --quiet)
"$EVENHAND" claim check case.duckdb "$loud" --draws 20 --quiet --json --decline-other "only one list was handed in" >loud_found.json 2>err.txt
python3 - <<'END' || fail "loud honest accounts do not act together; volumes are counted"
import json
found = json.load(open("loud_found.json"))
verdicts = [r["verdict"] for r in found["results"]]
print(verdicts)
assert verdicts[0] in ("not_supported", "cannot_tell") and verdicts[1:] == ["contradicted", "supported"]
assert found["checks"][0]["both_ways"] == "declined" and found["checks"][0]["declined_because"]
END

thin=$("$EVENHAND" claim add case.duckdb thin.json --quiet)
expect 3 "cannot be told" "$EVENHAND" claim check case.duckdb "$thin"
grep -q "NOT ASKED" out.txt || fail "nobody was asked for the other side"
expect 0 "not checked|act_together" "$EVENHAND" claim list case.duckdb
expect 0 "" "$EVENHAND" claim show case.duckdb "$thin" -o thin_found.json
"$EVENHAND" ledger show case.duckdb -o leaves.csv --quiet
grep -q "$(sha256sum thin_found.json | cut -c1-64)" leaves.csv || fail "a claim that was written out is not in the ledger"
expect 2 "is read as input" "$EVENHAND" claim show case.duckdb "$thin" -o case.duckdb

# A list that is longer than the neighbourhood from which its comparison groups are drawn.
"$EVENHAND" simulate farm --accounts 200 --days 21 --seed 3 -o crowd --quiet >/dev/null || fail "no crowd"
"$EVENHAND" import crowd.duckdb crowd/posts.csv --quiet >/dev/null && "$EVENHAND" detect crowd.duckdb --legs timing --quiet >/dev/null || fail "no run of the crowd"
python3 - <<'END' || fail "no lists of the crowd"
import csv, json
farm = [r["account_id"] for r in csv.DictReader(open("crowd/truth.csv")) if r["group"] == "farm"]
posts = sum(r["userid"] in set(farm) for r in csv.DictReader(open("crowd/posts.csv")))
assert len(farm) == 60 and posts > 2400
json.dump({"evenhand_claim": 1, "raised_by": "desk 4", "accounts": farm, "part": [{"kind": "act_together"}, {"kind": "volume", "posts_per_day": 10}]}, open("crowd.json", "w"))
END
crowd=$("$EVENHAND" claim add crowd.duckdb crowd.json --quiet)
"$EVENHAND" claim check crowd.duckdb "$crowd" --no-power --quiet --json --decline-other "a test" >crowd_found.json || fail "the crowd is answered"
python3 - <<'END' || fail "a list of sixty is compared with others"
import json
results = json.load(open("crowd_found.json"))["results"]
print([(r["verdict"], r["n_supported"], r["p_groups"]) for r in results])
assert [r["verdict"] for r in results] == ["supported", "supported"] and results[0]["n_supported"] >= 25 and results[0]["p_groups"] <= 0.05
END

# An exact interval of a count at which GSL's inverse of chi-square gives up (R: qchisq(0.025, 2318) / 2, qchisq(0.975, 2320) / 2).
python3 - <<'END' || fail "no count"
import json
with open("count.csv", "w") as file:
    file.write("account_id,behaviour,object,timestamp,post_id\n")
    file.writelines(f"8001,hashtag,t{i % 7},{1533081600 + 60 * i},p{i}\n" for i in range(1159))
json.dump({"evenhand_claim": 1, "raised_by": "desk 4", "accounts": ["8001"], "part": [{"kind": "volume", "posts_per_day": 1000}]}, open("count.json", "w"))
END
"$EVENHAND" import count.duckdb count.csv --quiet >/dev/null && "$EVENHAND" detect count.duckdb --legs timing --quiet >/dev/null
count=$("$EVENHAND" claim add count.duckdb count.json --quiet) || fail "the count is not added"
"$EVENHAND" claim check count.duckdb "$count" --quiet --json --decline-other "a test" >count_found.json || fail "the count is answered"
python3 - <<'END' || fail "1,159 posts in a day: 1,093.23 to 1,227.70"
import json
row = json.load(open("count_found.json"))["results"][0]
print(row["verdict"], row["low"], row["high"])
assert row["verdict"] == "supported" and abs(row["low"] - 1093.22696) < 0.05 and abs(row["high"] - 1227.69601) < 0.05
END

# The same answer for any number of threads; the ledger holds claims and checks; nothing names an account there.
cp case.duckdb again.duckdb
for threads in 1 3; do
    cp again.duckdb "t$threads.duckdb"
    "$EVENHAND" claim check "t$threads.duckdb" "$mixed" --draws 10 --fdr 0.04 --quiet --json --threads $threads >"t$threads.json" || fail "threads $threads"
done
same t1.json t3.json
[ "$("$EVENHAND" ledger show case.duckdb | grep -c ' claim ')" -eq 3 ] || fail "three claims in the ledger"
[ "$("$EVENHAND" ledger show case.duckdb | grep -c ' claim_check ')" -eq 3 ] || fail "three checks in the ledger"
expect 0 "" "$EVENHAND" ledger verify case.duckdb

expect 2 "no claim id" "$EVENHAND" claim check case.duckdb nonsense
expect 1 "holds no claim" "$EVENHAND" claim show case.duckdb 0123456789abcdef
expect 2 "exclude each other" "$EVENHAND" claim check case.duckdb "$mixed" --other ring.txt --decline-other x
expect 2 "go with check" "$EVENHAND" claim list case.duckdb --expand
echo '{"evenhand_claim": 1, "raised_by": "x"' >broken.json
expect 1 "line 2" "$EVENHAND" claim add case.duckdb broken.json
finish
