#!/usr/bin/env python3
"""Levels and powers of `evenhand claim check` (act_together) on invented worlds.

    python3 bench/claims/run.py [PROGRAM] [--honest N] [--mixed N] [--power N] [--seed N] [--accounts N] [--days N]

honest: N random lists of 20 honest accounts with 15 posts or more of honest worlds (each family in turn): how many are supported.
mixed:  N lists, half of a planted group of 20 and as many honest accounts (kinds of groups and of honest people in turn): which members and
        which honest accounts are supported. A member is detectable where the run on the whole archive, with all 20 members, lists it, and
        detectable in the list where it lists it and pairs it with two members or more that the list holds.
power:  N lists of 20 honest accounts (families in turn); the powers that check tells beside what happens when one ring is planted by the code
        below into the archive's file, which is imported, detected and checked anew: --plants rings for a power of .85 to .95, a third of that
        for others.
Further kinds of parts: parts.py.
"""
import argparse
import collections
import csv
import json
import os
import random
import subprocess
import tempfile

FAMILIES = ("honest", "fans", "clock-habits", "friends", "breaking-news", "live-events", "scheduled", "shifts", "hyperactive", "news-bots")
GROUPS = ("ring", "fast-farm", "jitter-15m", "hashtag-flood", "copy-paste", "relay")
LISTED_SIZE = 20


def run(*words, allowed=(0,)):
    done = subprocess.run(words + ("--threads", "1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode not in allowed:
        raise SystemExit(f"{' '.join(words)}: {done.stderr}")
    return done.stdout


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def wilson(k, n, z=1.96):
    if not n:
        return 0.0, 1.0
    p, d = k / n, 1 + z * z / n
    middle, half = (p + z * z / 2 / n) / d, z * (p * (1 - p) / n + z * z / 4 / n / n) ** 0.5 / d
    return middle - half, middle + half


def told(k, n):
    low, high = wilson(k, n)
    return f"{k} of {n} = {k / n if n else 0:.3f} ({low:.3f} to {high:.3f})"


class World:
    def __init__(self, program, folder, name, seed, size, *words):
        self.program, self.folder = program, folder
        run(program, "simulate", name, "--seed", str(seed), *size, *words, "-o", folder, "--quiet")
        self.inv = self.detect(os.path.join(folder, "posts.csv"), "world")
        self.truth = rows_of(os.path.join(folder, "truth.csv"))
        posts = collections.Counter(row["userid"] for row in rows_of(os.path.join(folder, "posts.csv")))
        self.honest = sorted(r["account_id"] for r in self.truth if r["role"] == "honest" and posts[r["account_id"]] >= 15)
        self.members = sorted(r["account_id"] for r in self.truth if r["role"] == "member")

    def detect(self, archive, name):
        inv = os.path.join(self.folder, name + ".duckdb")
        if os.path.exists(inv):
            os.remove(inv)
        run(self.program, "import", inv, archive, "--quiet")
        run(self.program, "detect", inv, "--quiet", allowed=(0, 3))
        return inv

    def check(self, inv, accounts, *words, part=None):
        path = os.path.join(self.folder, "claim.json")
        with open(path, "w") as file:
            json.dump({"evenhand_claim": 1, "raised_by": "bench", "accounts": accounts, "part": [{"kind": "act_together", **(part or {})}]}, file)
        claim = run(self.program, "claim", "add", inv, path, "--quiet").strip()
        return json.loads(run(self.program, "claim", "check", inv, claim, "--quiet", "--json", *words, allowed=(0, 3)))


def supported(answer):
    return {a["account_id"] for a in answer["accounts"] if a["verdict"] == "supported"}


def honest_lists(program, n, seed, size):
    n_lists = n_supported = n_accounts = n_wrong = 0
    per_world = max(1, n // 20)
    while n_lists < n:
        k = n_lists // per_world
        with tempfile.TemporaryDirectory() as folder:
            world = World(program, folder, FAMILIES[k % len(FAMILIES)], seed + k, size)
            rng = random.Random(seed * 1000 + k)
            for _ in range(min(per_world, n - n_lists)):
                accounts = rng.sample(world.honest, min(LISTED_SIZE, len(world.honest)))
                wrong = supported(world.check(world.inv, accounts, "--no-power"))
                n_lists, n_supported, n_accounts, n_wrong = n_lists + 1, n_supported + bool(wrong), n_accounts + len(accounts), n_wrong + len(wrong)
    print(f"honest lists supported: {told(n_supported, n_lists)}; honest accounts supported: {told(n_wrong, n_accounts)}", flush=True)


def mixed_lists(program, n, seed, size):
    n_members, n_found, n_honest, n_wrong, by_kind = collections.Counter(), collections.Counter(), 0, 0, collections.defaultdict(lambda: [0] * 4)
    for k in range(n):
        kind = GROUPS[k % len(GROUPS)]
        with tempfile.TemporaryDirectory() as folder:
            world = World(program, folder, FAMILIES[(k + k // len(FAMILIES)) % len(FAMILIES)], seed + 500 + k, size, "--plant", kind)
            rng = random.Random(seed * 1000 + 500 + k)
            members = rng.sample(world.members, len(world.members) // 2)
            honest = rng.sample(world.honest, min(len(members), len(world.honest)))
            found = supported(world.check(world.inv, sorted(members + honest), "--no-power"))
            listed = os.path.join(folder, "accounts.csv")
            run(program, "export", world.inv, "accounts", "-o", listed, "--quiet")
            detectable = {r["account_id"] for r in rows_of(listed) if r["listed"] == "true"} & set(members)
            edges = os.path.join(folder, "edges.csv")
            run(program, "export", world.inv, "edges", "-o", edges, "--quiet")
            partners = collections.defaultdict(set)
            for e in rows_of(edges):
                if e["listed"] == "true" and {e["account_a"], e["account_b"]} <= detectable:
                    partners[e["account_a"]].add(e["account_b"])
                    partners[e["account_b"]].add(e["account_a"])
            within = {a for a in partners if len(partners[a]) >= 2}
            for name, of in (("all members", set(members)), ("detectable members", detectable), ("members detectable in the list", within)):
                n_members[name] += len(of)
                n_found[name] += len(found & of)
            n_honest, n_wrong = n_honest + len(honest), n_wrong + len(found & set(honest))
            for i, of in enumerate((detectable, within)):
                by_kind[kind][2 * i] += len(found & of)
                by_kind[kind][2 * i + 1] += len(of)
    for kind, (k, of, k_in, of_in) in by_kind.items():
        print(f"mixed lists: {kind}: detectable members supported: {told(k, of)}; in the list {told(k_in, of_in)}")
    for name in n_members:
        print(f"mixed lists: {name} supported: {told(n_found[name], n_members[name])}")
    print(f"mixed lists: honest accounts supported: {told(n_wrong, n_honest)}", flush=True)


def plant(rows, ring, n_objects, rng):
    """A ring of the stated kind, in rows of the long form; others join an action of one member within a minute."""
    own = collections.defaultdict(list)
    for row in rows:
        if row[0] in ring:
            own[row[0]].append(row)
    added = []
    for o in range(n_objects):
        lead = rng.choice(ring)
        if not own[lead]:
            continue
        _, behaviour, thing, time, _ = rng.choice(own[lead])
        added += [(a, behaviour, thing, time + int(rng.uniform(0, 60)), f"x{o}-{a}") for a in ring if a != lead]
    return added


def write(rows, path):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("account_id", "behaviour", "object", "timestamp", "post_id"))
        out.writerows(sorted(rows, key=lambda r: (r[3], r[0], r[2])))


def world_as_table(world):
    """The world's actions in the long form with times in seconds, and where to write such tables."""
    table = os.path.join(world.folder, "actions.csv")
    run(world.program, "sql", world.inv, "SELECT account_id, behaviour, object, CAST(floor(epoch_us(time) / 1e6) AS BIGINT) AS time, post_id FROM actions", "-o", table, "--quiet")
    return [(r["account_id"], r["behaviour"], r["object"], int(r["time"]), r["post_id"]) for r in rows_of(table)], os.path.join(world.folder, "base.csv")


def tell_powers(cases):
    """Seen beside told, by bin; the interval is a bootstrap over lists, whose rings are not independent."""
    for name, low, high in (("0.50-0.69", .5, .7), ("0.70-0.84", .7, .85), ("0.85-0.95", .85, .9501), ("0.96-1", .9501, 1.1)):
        lists = collections.defaultdict(lambda: [0, 0])
        inside = [c for c in cases if low <= c[1] < high]
        for number, _, seen in inside:
            lists[number][0] += seen
            lists[number][1] += 1
        if not inside:
            continue
        rng, means, of = random.Random(1), [], list(lists.values())
        for _ in range(2000):
            drawn = rng.choices(of, k=len(of))
            means.append(sum(x[0] for x in drawn) / sum(x[1] for x in drawn))
        means.sort()
        print(f"told power {name}, {sum(c[1] for c in inside) / len(inside):.3f} on average: seen {told(sum(c[2] for c in inside), len(inside))}; "
              f"{len(of)} lists, by lists {means[49]:.3f} to {means[1949]:.3f}", flush=True)


def power_lists(program, n, seed, size, n_plants, n_draws):
    cases = []
    for k in range(n):
        rng = random.Random(seed * 1000 + 900 + k)
        family, ring_size, n_objects = FAMILIES[k % len(FAMILIES)], rng.choice((4, 5, 5, 6, 8)), rng.choice((6, 8, 8, 12))
        with tempfile.TemporaryDirectory() as folder:
            world = World(program, folder, family, seed + 900 + k, size)
            rows, base = world_as_table(world)
            write(rows, base)
            accounts = rng.sample(world.honest, min(LISTED_SIZE, len(world.honest)))
            answer = world.check(world.detect(base, "base"), accounts, "--seed", str(k + 1), "--draws", str(n_draws), part={"ring": ring_size, "objects": n_objects})
            for power in answer["powers"]:
                if power["power"] < 0.5:
                    continue
                n_seen, n_planted = 0, n_plants if 0.85 <= power["power"] <= 0.95 else max(1, n_plants // 3)
                for _ in range(n_planted):
                    ring = rng.sample(accounts, power["ring"])
                    write(rows + plant(rows, ring, power["n_objects"], rng), base)
                    seen = len(supported(world.check(world.detect(base, "planted"), accounts, "--no-power")) & set(ring)) >= 2
                    cases.append((k, power["power"], seen))
                    n_seen += seen
                print(f"list {k} ({family}): {power['ring']} accounts, {power['n_objects']} objects: told {power['power']:.3f}, seen {n_seen} of {n_planted}", flush=True)
    tell_powers(cases)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default=os.path.join(here, "../../build/evenhand"))
    parser.add_argument("--seed", type=int, default=1)
    for name, value in (("honest", 200), ("mixed", 20), ("power", 60), ("plants", 6), ("draws", 100), ("accounts", 300), ("days", 21)):
        parser.add_argument("--" + name, type=int, default=value)
    args = parser.parse_args()
    size = ("--accounts", str(args.accounts), "--days", str(args.days))
    if args.mixed:
        mixed_lists(args.program, args.mixed, args.seed, size)
    if args.power:
        power_lists(args.program, args.power, args.seed, size, args.plants, args.draws)
    if args.honest:
        honest_lists(args.program, args.honest, args.seed, size)


if __name__ == "__main__":
    main()
