# The rules that the benchmark compares with, and its intervals, are right on cases worked out by hand.
. "$SRC/tests/cli/lib.sh"
need python3
export PYTHONDONTWRITEBYTECODE=1
python3 "$SRC/bench/accuracy/test_rivals.py" || fail "rivals"
python3 "$SRC/bench/accuracy/test_worlds.py" || fail "worlds"
finish
