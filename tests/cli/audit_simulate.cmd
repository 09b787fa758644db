# audit --simulate: a planted disparity is found, none is found where there is none, what a table cannot see is seen; a design from a table.
. "$SRC/tests/cli/lib.sh"
data=$SRC/tests/data/audit
expect 0 '^reasons       20 not_significant' evenhand audit --simulate --audits 20 --networks 8 --accounts-most 12 --seed 5
expect 0 '^power ' evenhand audit --simulate --audits 20 --odds-ratio 3 --seed 5 -o power.json --threads 1
expect 0 '' evenhand audit --simulate --audits 20 --odds-ratio 3 --seed 5 -o power3.json --threads 3
same power.json power3.json
expect 0 '^false alarms' evenhand audit --simulate --audits 40 --networks 20 --accounts-most 20 --batch -o batch.json
expect 0 '^bare table' evenhand audit --simulate --audits 15 --networks 40 --accounts-most 20 --coverage-bias 0.4 -o coverage.json
expect 0 '' evenhand audit --simulate --audits 15 --networks 40 --accounts-most 20 --coverage-bias 0.4 --unaware -o unaware.json
expect 0 '' evenhand audit --simulate --audits 15 --networks 40 --accounts-most 25 --noise 0.7 --evidence-gap 1.5 -o noise.json
expect 0 '' evenhand audit --simulate --audits 15 --networks 40 --accounts-most 25 --truncation 0.9 --evidence-gap 0.5 -o truncation.json
expect 0 '' evenhand audit --simulate --audits 10 --deterministic -o rule.json
expect 0 '' evenhand audit --simulate --audits 5 --table "$data/ucb_admissions.csv" --odds-ratio 2 -o table.json
expect 0 '' evenhand audit --simulate --audits 10 --networks 4 --odds-ratio 5 -o few.json
python3 - <<'END' || fail "what the simulation says"
import json
r = {name: json.load(open(name + ".json")) for name in "power batch coverage unaware noise truncation rule table few".split()}
share = lambda name, what: r[name][what]["share"]
assert share("power", "right_direction") >= .9 and share("power", "disparity") == share("power", "right_direction")
assert share("batch", "disparity") <= .2 and share("batch", "naive_by_accounts") >= .3
assert share("coverage", "disparity") <= .1 and share("coverage", "disparity_by_bare_table") >= .9
assert r["coverage"]["reasons"]["coverage"] >= 12 and share("unaware", "disparity") >= .9
assert share("noise", "disparity") <= .1 and share("noise", "disparity_by_bare_table") >= .6 and r["noise"]["reasons"]["reliability"] >= 14 # also where the table finds nothing
assert share("truncation", "disparity") <= .1 and share("truncation", "disparity_by_bare_table") >= .2 and r["truncation"]["reasons"]["truncation"] >= 10
assert .6 < r["noise"]["reliability"] < .75  # 1 / (1 + .7^2) = .671
assert share("rule", "inconclusive") == 1 and r["rule"]["reasons"].get("no_overlap", 0) + r["rule"]["reasons"].get("little_overlap", 0) == 10
assert share("table", "right_direction") == 1 and 1.8 < r["table"]["odds_ratio_median"] < 2.2 and r["table"]["design"]["from_table"]
assert r["few"]["reasons"] == {"few_networks": 10}
for x in r.values():
    assert x["disparity"]["n"] + x["parity"]["n"] + x["inconclusive"]["n"] == x["audits"]
    assert x["disparity"]["low"] <= x["disparity"]["share"] <= x["disparity"]["high"]
END
expect 2 'has no evidence behind its strata' evenhand audit --simulate --table "$data/ucb_admissions.csv" --noise 0.5
expect 2 'give one' evenhand audit --simulate --noise 0.5 --truncation 0.5
expect 2 'out of range' evenhand audit --simulate --rate 0
expect 2 'out of range' evenhand audit --simulate --odds-ratio 0
expect 2 'takes a design' evenhand audit inv.duckdb --simulate
finish
