# audit --table: the verdict on published data, its files, exit codes, bad input; the same for any number of threads.
. "$SRC/tests/cli/lib.sh"
data=$SRC/tests/data/audit
expect 3 '^verdict   inconclusive' evenhand audit --table "$data/ucb_admissions.csv" -o ucb
expect 3 'equality is not shown: the 90 % interval, 0.7919 to 1.034' evenhand audit --table "$data/ucb_admissions.csv"
expect 0 '^verdict   parity_shown' evenhand audit --table "$data/ucb_admissions.csv" -o wide --margin 1.5
for file in audit.json strata.csv rates.csv tests.csv comparisons.csv; do [ -s "ucb/$file" ] || fail "no ucb/$file"; done
python3 - <<'END' || fail "ucb/audit.json"
import csv, json
def near(x, y, rel=1e-10): assert abs(x - y) <= rel * abs(y), (x, y)
a, wide = json.load(open("ucb/audit.json")), json.load(open("wide/audit.json"))
e = a["layers"]["equal_evidence"]
assert a["verdict"] == "inconclusive" and a["direction"] == "none" and a["status"] == "exploratory"
assert wide["verdict"] == "parity_shown" and [r["reason"] for r in wide["reasons"]] == ["equivalent"]
assert a["sides"] == {"a": "Male", "b": "Female"} and "among the accounts in this data" in a["question"]
near(e["cmh"]["x2_corrected"], 1.42694622859)
near(e["cmh"]["p_corrected"], 0.232263462817)
near(a["odds_ratio"]["estimate"], .904696828259)
near(a["odds_ratio"]["low"], .771907361759)
near(a["odds_ratio"]["high"], 1.06032976444)
near(e["exact"]["odds_ratio"]["estimate"], .905069961, 1e-8)
near(e["homogeneity"]["breslow_day"], 18.8255137, 1e-8)
near(a["layers"]["equivalence"]["tost_p"], .0644, 1e-3)
near(a["layers"]["equivalence"]["tost_p_at_1.5"], 8.2e-5, 1e-2)
traps = {t["trap"]: t for t in a["traps"]}
assert len(traps) == 16 and traps["heterogeneity"]["state"] == "warns" and traps["coverage"]["state"] == "not_measured"
assert traps["networks"]["state"] == "warns" and 1.2 < traps["detectable"]["value"] < 1.3
assert {r["reason"] for r in a["reasons"]} == {"not_significant", "not_equivalent"}
rows = list(csv.DictReader(open("ucb/strata.csv")))
assert [r["stratum"] for r in rows] == list("ABCDEF") and rows[0]["a_actioned"] == "512"
tests = {r["test"]: r for r in csv.DictReader(open("ucb/tests.csv"))}
near(float(tests["exact"]["p_value"]), .227762526798)
END

# Rows in another order: only which side is called A may differ, and --compare says which.
{ head -1 "$data/ucb_admissions.csv"; tail -n +2 "$data/ucb_admissions.csv" | sort -r; } >ucb_admissions.csv
expect 3 '' evenhand audit --table ucb_admissions.csv -o sorted --compare Male,Female
python3 - <<'END' || fail "the order of rows matters"
import json
a, b = (json.load(open(d + "/audit.json")) for d in ("ucb", "sorted"))
key = lambda s: s["stratum"]
assert sorted(a["strata"], key=key) == sorted(b["strata"], key=key)
for x in (a, b):
    del x["strata"]
flat = lambda x: [v for k in sorted(x) for v in flat(x[k])] if isinstance(x, dict) else [v for y in x for v in flat(y)] if isinstance(x, list) else [x]
for x, y in zip(flat(a), flat(b), strict=True):
    assert x == y or isinstance(x, float) and abs(x - y) <= 1e-11 * abs(x), (x, y)
END
expect 0 '^verdict   disparity_shown' evenhand audit --table "$data/rabbits.csv" -o rabbits
grep -q '"gamma":1.384' rabbits/audit.json || fail "gamma"

# Networks: batches are no disparity; the draws do not depend on the threads, but on the seed.
python3 - <<'END'
import random
random.seed(5)
with open("batches.csv", "w") as out:
    print("stratum,side,actioned,count,network", file=out)
    for g in range(40):
        hit = random.random() < .3
        for stratum in "low", "high":
            n = random.randint(3, 40)
            done = round(n * (.9 if hit else .02))
            side = "north" if g % 2 else "south"
            print(f"{stratum},{side},1,{done},n{g}", f"{stratum},{side},0,{n - done},n{g}", sep="\n", file=out)
END
for threads in 1 3; do
    expect 3 '^verdict   inconclusive' evenhand audit --table batches.csv -o "t$threads" --threads $threads --seed 9
done
for file in audit.json strata.csv rates.csv tests.csv comparisons.csv; do same "t1/$file" "t3/$file"; done
evenhand audit --table batches.csv -o t9 --seed 10 >/dev/null 2>&1
cmp -s t1/audit.json t9/audit.json && fail "the seed changes nothing"
grep -q '"seed":9' t1/audit.json || fail "the seed is not told"
evenhand audit --table batches.csv --json 2>/dev/null | python3 -c 'import json, sys
n = json.load(sys.stdin)["layers"]["networks"]
assert n["networks_a"] == n["networks_b"] == 20 and n["design_effect"] > 5
assert n["negative_control"]["differ_naive"] > 100 > 25 > n["negative_control"]["differ_by_networks"]' || fail "networks in audit.json"

# A disparity, told with its direction.
printf 'stratum,side,actioned,count\nx,north,1,60\nx,north,0,40\nx,south,1,30\nx,south,0,70\n' >plain.csv
expect 0 'accounts of side north had higher odds of action than those of side south' evenhand audit --table plain.csv -o plain
grep -q '"direction":"against_a"' plain/audit.json || fail "direction"
expect 0 'side north had higher odds' evenhand audit --table plain.csv --compare south,north

# Several sides.
printf 'x,east,1,5\nx,east,0,9\n' | cat plain.csv - >three.csv
expect 2 'has 3 sides \(north, south, east\): say which two are compared with --compare' evenhand audit --table three.csv
expect 0 '' evenhand audit --table three.csv --compare north,south -o three
[ "$(wc -l <three/comparisons.csv)" -eq 4 ] || fail "comparisons.csv"
expect 2 'give two different sides that the data has' evenhand audit --table three.csv --compare north,west

# Bad input.
expect 2 'table' evenhand audit
expect 1 'no such|cannot be opened|does not exist|No such' evenhand audit --table absent.csv
expect 2 "give an odds ratio above 1" evenhand audit --table plain.csv --margin 1
expect 2 "give an odds ratio above 1" evenhand audit --table plain.csv --margin nan
expect 2 'share above 0' evenhand audit --table plain.csv --alpha 0
expect 2 'is read as input' evenhand audit --table plain.csv -o plain.csv
bad() {
    printf '%s\n' "$2" >bad.csv
    expect 1 "$1" evenhand audit --table bad.csv -o bad
    [ ! -e bad ] || fail "something was written for: $2"
}
header='stratum,side,actioned,count'
bad "column 'colour' is not known" "$header,colour
x,a,1,2,red"
bad "has one side only" "$header
x,a,1,2
x,a,0,2"
bad "row 2.*count '-3' is no count" "$header
x,a,1,2
x,b,1,-3"
bad "row 1.*count 'NaN' is no count" "$header
x,a,1,NaN"
bad "row 1.*count '1e12' is no count" "$header
x,a,1,1e12"
bad "row 2.*accounts on two sides" "$header,network
x,a,1,2,n
x,b,1,2,n"
bad 'no row with a side' "$header"
bad 'row 1.*has 5 fields, and the header 4.* counts are plain digits' "$header
x,a,1,1,000"
bad "'North' and 'north' differ in letter case only" "$header
x,North,1,20
x,north,0,30"
bad "side 'nan' is no side; leave the cell empty" "$header
x,north,1,20
x,nan,0,30"
printf '\377\376s\000t\000' >utf16.csv
expect 1 'UTF-16 text; save it as CSV in UTF-8' evenhand audit --table utf16.csv
printf 'str\344tum,side,actioned,count\n' >latin.csv
expect 1 'its first line is not UTF-8' evenhand audit --table latin.csv
printf 'stratum,side,actioned,count\n"x\033[2J\ny",\033[2Ja,1,-2\n' >escape.csv
expect 1 'row 1' evenhand audit --table escape.csv
python3 -c 'import sys; b = open("err.txt", "rb").read(); sys.exit(b.count(b"\n") != 1 or 27 in b)' || fail "a message holds what a terminal obeys, or two lines"
python3 -c 'print("stratum,side,actioned,count"); [print(f"x,s{i},{i % 2},5") for i in range(65)]' >sides65.csv
expect 1 'is the 65th side; is this the right column' evenhand audit --table sides65.csv --compare s1,s2

# Inputs are not written over, whatever they are called; and a folder holds one audit or none.
mkdir -p own
cp plain.csv own/strata.csv
expect 2 'own/strata.csv: is read as input' evenhand audit --table own/strata.csv -o own
same plain.csv own/strata.csv
mkdir -p dead
expect 0 '' evenhand audit --table plain.csv -o dead
cp -r dead before
if [ "$(id -u)" -eq 0 ] && mkdir full && mount -t tmpfs -o size=20k tmpfs full 2>/dev/null; then
    expect 1 'No space left' evenhand audit --table "$data/ucb_admissions.csv" -o full
    [ -z "$(ls full)" ] || fail "left on a full disk: $(ls full)"
    umount full
fi
mkdir -p blocked/audit.html
expect 1 'blocked/audit.html: cannot be written' evenhand audit --table plain.csv -o blocked
[ -z "$(ls blocked | grep partial)" ] || fail "left behind: $(ls blocked)"
expect 0 'parity_shown' sh -c 'printf "stratum,side,actioned,count\nx,a,1,1000000000000\nx,a,0,2000000000000\nx,b,1,1000000000000\nx,b,0,2000000000000\nempty,a,1,0\n" >huge.csv; evenhand audit --table huge.csv -o huge'
grep -q '"exact_missing":"the table is too large for the exact law"' huge/audit.json || fail "what is missing is not told"
grep -q '"empty_strata":1' huge/audit.json || fail "empty strata are not counted"
finish
