# The rules that the benchmark compares with are right on cases worked out by hand.
. "$SRC/tests/cli/lib.sh"
need python3
python3 "$SRC/bench/accuracy/test_rivals.py"
