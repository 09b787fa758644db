# E and p of every listed pair follow from the exports, by an independent script; what was tampered with is noticed.
. "$SRC/tests/cli/lib.sh"
need python3
[ "$(wc -l <"$SRC/tools/recompute.py")" -le 100 ] || fail "the script is to be read by people: at most 100 lines"

# NAME SEED DETECT-OPTIONS -- SIMULATE-OPTIONS: a world, a run, and its exports in NAME/.
run_and_export() {
    name=$1 seed=$2 options=$3
    shift 3
    "$EVENHAND" simulate jitter-15m --seed "$seed" --accounts 120 --days 10 "$@" -o world-$name --quiet >/dev/null || fail "simulate"
    "$EVENHAND" import $name.duckdb world-$name/posts.csv --quiet >/dev/null || fail "import"
    "$EVENHAND" detect $name.duckdb $options --quiet >/dev/null || fail "detect"
    mkdir $name
    for what in edges evidence chances posts; do
        "$EVENHAND" export $name.duckdb $what -o $name/$what.csv || fail "export $what"
    done
    "$EVENHAND" export $name.duckdb provenance -o $name/provenance.json || fail "export provenance"
    [ "$(wc -l <$name/chances.csv)" -gt 500 ] || fail "too few chances to mean anything: $(wc -l <$name/chances.csv)"
    expect 0 '^0 disagreements' python3 "$SRC/tools/recompute.py" $name
}

# Two kinds of behaviour, default windows, times in milliseconds; then times to the minute: windows merge, ties.
run_and_export fine 7 "" --plant link-seeding
run_and_export coarse 8 "--windows 10s,30s,5m,3h" --time-step 60s
python3 "$SRC/tests/tools/tamper.py" "$SRC/tools/recompute.py" fine || fail "tampering was not noticed"
finish
