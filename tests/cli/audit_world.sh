# A small world, sides by lot, actions that treat them alike (fair.csv) or not (hard.csv), and a specification by weeks.
need python3
evenhand simulate farm --seed 4 --accounts 110 --days 21 -o world --quiet >/dev/null || exit 1
evenhand import a.duckdb world/posts.csv --quiet >/dev/null || exit 1
evenhand detect a.duckdb --quiet >/dev/null || exit 1

# Sides by lot. fair.csv: everybody alike; hard.csv: north ten times as often; at the weeks after the first.
python3 - <<'END' || exit 1
import csv, random, datetime
lot = random.Random(11)
people = list(csv.DictReader(open("world/truth.csv")))
sides = {p["account_id"]: lot.choice(["north", "south"]) for p in people}
open("sides.csv", "w").write("account_id,side\n" + "".join(f"{a},{s}\n" for a, s in sides.items()))
open("marked.csv", "w").write("account_id,side,disputed\n" + "".join(f"{a},{s},{int(lot.random() < .03)}\n" for a, s in sides.items()))
names = list(sides.values())
lot.shuffle(names)
open("shuffled.csv", "w").write("account_id,side\n" + "".join(f"{a},{s}\n" for a, s in zip(sides, names)))
first = datetime.datetime(2018, 8, 13)
for name, p in (("fair", {"north": .3, "south": .3}), ("hard", {"north": .6, "south": .08})):
    with open(name + ".csv", "w") as out:
        out.write("account_id,action,time,policy,is_reversal\n")
        for a, s in sides.items():
            at = first + datetime.timedelta(hours=lot.uniform(0, 24 * 10))
            if lot.random() < p[s]:
                out.write(f"{a},suspended,{at:%Y-%m-%dT%H:%M:%SZ},spam,\n")
                if lot.random() < .2: out.write(f"{a},reinstated,{at + datetime.timedelta(days=30):%Y-%m-%dT%H:%M:%SZ},spam,1\n")
END

evenhand audit spec --init -o new.toml || exit 1
sed 's/^period = .*/period = "week"/; s/^lookback_days = .*/lookback_days = 14/; s/^exposure_bins = .*/exposure_bins = 2/
s/^permutations = .*/permutations = 999/; s/^resamplings = .*/resamplings = 499/' new.toml >spec.toml
