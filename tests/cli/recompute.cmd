# E and p of every listed pair follow from the exports, by an independent script; what was tampered with is noticed.
. "$SRC/tests/cli/lib.sh"
need python3
[ "$(wc -l <"$SRC/tools/recompute.py")" -le 100 ] || fail "the script is to be read by people: at most 100 lines"

# NAME DETECT-OPTIONS: a run on NAME.csv, and its exports in NAME/.
run_and_export() {
    "$EVENHAND" import $1.duckdb $1.csv --quiet >/dev/null || fail "import"
    "$EVENHAND" detect $1.duckdb $2 --quiet >/dev/null || fail "detect"
    mkdir $1
    for what in edges evidence chances posts; do
        "$EVENHAND" export $1.duckdb $what -o $1/$what.csv || fail "export $what"
    done
    "$EVENHAND" export $1.duckdb provenance -o $1/provenance.json || fail "export provenance"
    [ "$(wc -l <$1/chances.csv)" -gt 500 ] || fail "too few chances to mean anything: $(wc -l <$1/chances.csv)"
    expect 0 '^0 disagreements' python3 "$SRC/tools/recompute.py" $1
}

# Two groups, several kinds of behaviour, default windows, times in milliseconds.
"$EVENHAND" simulate jitter-15m --plant link-seeding --seed 7 --accounts 120 --days 10 -o world --quiet >/dev/null || fail "simulate"
mv world/posts.csv fine.csv
run_and_export fine ""
# Times to the minute: windows merge, and most of what is close is tied.
python3 -c '
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import foreign
foreign.write("coarse.csv", foreign.ring, 1, True)' "$SRC/bench/accuracy" || fail "foreign"
run_and_export coarse "--windows 10s,30s,5m,3h"
python3 "$SRC/tests/tools/tamper.py" "$SRC/tools/recompute.py" fine || fail "tampering was not noticed"
finish
