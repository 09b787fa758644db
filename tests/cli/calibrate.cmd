# calibrate: measured, stored, exported and shown; the same for any number of threads; bad input; worlds.
. "$SRC/tests/cli/lib.sh"
"$EVENHAND" simulate ring --seed 3 --accounts 120 --days 14 -o world --quiet >/dev/null || fail "no world"
"$EVENHAND" import case.duckdb world/posts.csv --quiet >/dev/null || fail "no import"
expect 1 "has no run yet; start one with: evenhand detect" "$EVENHAND" calibrate case.duckdb
"$EVENHAND" detect case.duckdb --quiet >/dev/null || fail "no run"
"$EVENHAND" report case.duckdb -o before.html --quiet || fail "no report"
grep -q 'was not measured for this run' before.html || fail "the report does not say how to measure"
expect 1 'has no calibration of run' "$EVENHAND" export case.duckdb calibration -o none.json

run=$("$EVENHAND" sql case.duckdb "SELECT run_id FROM runs" -o - | tail -1)
expect 0 '^decoys    4, in which nobody acts together: ' "$EVENHAND" calibrate case.duckdb --decoys 4 --placebos 2 -o out --progress none
grep -q '"n_decoys": 4' out/calibration.json || fail "calibration.json"
"$EVENHAND" ledger show case.duckdb -o leaves.csv || fail "no leaves"
grep -q "calibration.json\"\": \"\"$(sha256sum out/calibration.json | cut -c1-64)" leaves.csv || fail "its hash is not in the ledger"
expect 0 '' "$EVENHAND" ledger verify case.duckdb
python3 - "$run" <<'END' || fail "calibration.json holds what it should"
import json, sys
c = json.load(open("out/calibration.json"))
m, sizes = c["calibration"]["measured"], c["calibration"]["sizes"]
assert c["run_id"] == sys.argv[1]
assert m["n_placebos"] == 2 and m["placebo_pairs"] == 0
assert m["decoy_accounts_low"] <= m["decoy_accounts"] <= m["decoy_accounts_high"]
assert m["decoy_others"] <= m["decoy_accounts"]
assert 0 < m["calibrated_q"] <= m["q"] and m["q_timing"] <= m["q"]
assert {s["level"] for s in sizes} == {.05, .01, .001, 1e-4, 1e-5, 1e-6} and sizes[0]["slice"] == "all"
assert all(s["n_p"] <= s["n_pairs"] for s in sizes)
END
cp case.duckdb again.duckdb
for threads in 1 4; do
    "$EVENHAND" calibrate again.duckdb --run "$run" --decoys 4 --placebos 2 -o "t$threads.json" --threads $threads --quiet >/dev/null ||
        fail "threads $threads"
done
same t1.json t4.json
same t1.json out/calibration.json
expect 0 '"n_decoys": 2' "$EVENHAND" calibrate again.duckdb --run "$run" --decoys 2 --placebos 0 --no-sizes --json --progress none
grep -q 'no placebo: none was asked for' out.txt || fail "what was left out is not told"
[ "$("$EVENHAND" sql again.duckdb "SELECT count(*) FROM calibrations WHERE run_id = '$run'" -o - | tail -1)" = 1 ] || fail "measured twice, one row"
"$EVENHAND" report case.duckdb --run "$run" -o after.html --quiet || fail "no report"
grep -q 'In 4 decoys' after.html || fail "the report does not show it"
"$EVENHAND" export case.duckdb provenance --run "$run" -o provenance.json --quiet
python3 -c 'import json; assert json.load(open("provenance.json"))["calibration"]["measured"]["n_decoys"] == 4' || fail "provenance"

# Bad input.
expect 2 'needs an investigation or --scenario' "$EVENHAND" calibrate
expect 2 'only one of them' "$EVENHAND" calibrate case.duckdb --scenario honest
expect 2 'plant goes with --scenario' "$EVENHAND" calibrate case.duckdb --plant ring
for given in '--fdr 0.1' '--accounts 100' '--days 7' '--worlds 2' '--behaviours repost' '--windows 1m' '--legs timing' '--list-by reuse' '--near-text off'; do
    expect 2 "^evenhand: ${given%% *} goes with --scenario; a run keeps" "$EVENHAND" calibrate case.duckdb $given
done
for given in '--run 0123' '--decoys 20' '--placebos 0' --no-sizes; do
    expect 2 "^evenhand: ${given%% *} goes with an investigation" "$EVENHAND" calibrate --scenario honest $given
done
expect 2 'list-by reuse: --legs leaves that out' "$EVENHAND" calibrate --scenario honest --legs group --list-by reuse
expect 2 'decoys' "$EVENHAND" calibrate case.duckdb --decoys 0
expect 1 'has no run 0123' "$EVENHAND" calibrate case.duckdb --run 0123
expect 1 'unknown|no scenario|nosuch' "$EVENHAND" calibrate --scenario nosuch --worlds 1
expect 2 'same file|input' "$EVENHAND" calibrate case.duckdb -o case.duckdb
"$EVENHAND" simulate honest --seed 9 --accounts 20 --days 2 -o more --quiet >/dev/null
"$EVENHAND" import case.duckdb more/posts.csv --quiet >/dev/null
expect 2 'got more archives since run' "$EVENHAND" calibrate case.duckdb --run "$run"
printf 'account,time,urls\na,2020-01-01 00:00:00,http://x.example/1\nb,2020-01-02 00:00:00,http://x.example/2\n' >tiny.csv
"$EVENHAND" import tiny.duckdb tiny.csv --map account=account --map time=time --map urls=urls --quiet >/dev/null || fail "tiny"
"$EVENHAND" detect tiny.duckdb --quiet >/dev/null
expect 3 'nothing to calibrate' "$EVENHAND" calibrate tiny.duckdb

# Worlds leave nothing behind.
mkdir temp
expect 0 '^worlds    2 of ring at q = 0.05' "$EVENHAND" calibrate --scenario ring --worlds 2 --accounts 100 --days 10 --temp temp -o worlds.json --progress none
[ -z "$(ls temp)" ] || fail "files left in the temporary directory"
python3 - <<'END' || fail "worlds.json"
import json
w = json.load(open("worlds.json"))
assert w["n_worlds"] == 2 and w["n_honest_listed"] == 0
assert w["groups"][0]["group"] == "ring" and w["groups"][0]["n"] == 40
assert w["n_listed"] == w["groups"][0]["n_listed"] + w["n_honest_listed"]
assert w["false_share"]["low"] <= w["false_share"]["mean"] <= w["false_share"]["high"]
END
