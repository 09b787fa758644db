# The rules that the benchmark compares with, and its intervals, are right on cases worked out by hand.
. "$SRC/tests/cli/lib.sh"
need python3
export PYTHONDONTWRITEBYTECODE=1
python3 "$SRC/bench/accuracy/test_rivals.py" || fail "rivals"
python3 "$SRC/bench/accuracy/test_worlds.py" || fail "worlds"
# The worlds with reasons that no archive shows are what their names say, and the same each time.
python3 - "$SRC/bench/accuracy" <<'END' || fail "hidden reasons"
import collections, random, sys
sys.path.insert(0, sys.argv[1])
import hidden
def rows(world, seed): return list(world(random.Random(seed)))
homes = rows(hidden.villages, 1)
assert homes == rows(hidden.villages, 1) != rows(hidden.villages, 2)
def hours(name): return {int(t) // 3600 for a, _, _, t in homes if a == name}
def common(a, b): return len(hours(a) & hours(b)) / len(hours(a))
assert common("home03_0", "home03_1") > 0.35 > 0.25 > common("home03_0", "home04_0"), "people of one village act in the same hours"
assert len({a for a, _, _, _ in homes if a.startswith("home")}) == 96
posters = collections.defaultdict(set)
for a, b, o, _ in rows(hidden.horoscopes, 1):
    if b == "text" and a.startswith("app"): posters[o].add(a)
shared = [p for p in posters.values() if len(p) > 1]
assert len(shared) == 12 * 28 and max(map(len, shared)) <= 20, "one text a sign and day"
assert all(len({a[:5] for a in p}) == 1 for p in shared), "and none of two signs"
END
finish
