#!/usr/bin/env python3
"""Levels and powers of `evenhand claim check` (act_together) on invented worlds.

    python3 bench/claims/run.py [PROGRAM] [--honest N] [--mixed N] [--power N] [--seed N] [--accounts N] [--days N]

honest: N random lists of 20 honest accounts with 15 posts or more of honest worlds (each family in turn): how many are supported.
mixed:  N lists, half of a planted ring of 20 and as many honest accounts: which members and which honest accounts are supported. A member
        is detectable where the run on the whole archive, with all 20 members, lists it.
power:  N lists of 20 honest accounts; the powers that check tells (100 rings of five) beside what happens when one ring is planted by the code
        below into the archive's file, which is imported, detected and checked anew.
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
LISTED_SIZE, RING = 20, 5


def run(*words, allowed=(0,)):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
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
        run(self.program, "detect", inv, "--legs", "timing", "--quiet", allowed=(0, 3))
        return inv

    def check(self, inv, accounts, *words):
        path = os.path.join(self.folder, "claim.json")
        with open(path, "w") as file:
            json.dump({"evenhand_claim": 1, "raised_by": "bench", "accounts": accounts, "part": [{"kind": "act_together"}]}, file)
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
    n_members, n_found, n_honest, n_wrong = collections.Counter(), collections.Counter(), 0, 0
    for k in range(n):
        with tempfile.TemporaryDirectory() as folder:
            world = World(program, folder, "honest", seed + 500 + k, size, "--plant", "ring")
            rng = random.Random(seed * 1000 + 500 + k)
            members = rng.sample(world.members, len(world.members) // 2)
            honest = rng.sample(world.honest, len(members))
            found = supported(world.check(world.inv, sorted(members + honest), "--no-power"))
            listed = os.path.join(folder, "accounts.csv")
            run(program, "export", world.inv, "accounts", "-o", listed, "--quiet")
            detectable = {r["account_id"] for r in rows_of(listed) if r["listed"] == "true"}
            for name, of in (("all members", set(members)), ("detectable members", detectable & set(members))):
                n_members[name] += len(of)
                n_found[name] += len(found & of)
            n_honest, n_wrong = n_honest + len(honest), n_wrong + len(found & set(honest))
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


def power_lists(program, n, seed, size, n_plants=4):
    bins = collections.defaultdict(lambda: [0, 0, 0.0])
    for k in range(n):
        with tempfile.TemporaryDirectory() as folder:
            world = World(program, folder, "honest", seed + 900 + k, size)
            table = os.path.join(folder, "actions.csv")
            run(program, "sql", world.inv, "SELECT account_id, behaviour, object, CAST(floor(epoch_us(time) / 1e6) AS BIGINT) AS time, post_id FROM actions", "-o", table, "--quiet")
            rows = [(r["account_id"], r["behaviour"], r["object"], int(r["time"]), r["post_id"]) for r in rows_of(table)]
            base = os.path.join(folder, "base.csv")
            write(rows, base)
            rng = random.Random(seed * 1000 + 900 + k)
            accounts = rng.sample(world.honest, min(LISTED_SIZE, len(world.honest)))
            answer = world.check(world.detect(base, "base"), accounts, "--seed", str(k + 1))
            for power in answer["powers"]:
                if not 0.5 <= power["power"] <= 1:
                    continue
                for _ in range(n_plants):
                    ring = rng.sample(accounts, RING)
                    write(rows + plant(rows, ring, power["n_objects"], rng), base)
                    seen = len(supported(world.check(world.detect(base, "planted"), accounts, "--no-power")) & set(ring)) >= 2
                    key = "0.50-0.69" if power["power"] < 0.7 else "0.70-0.84" if power["power"] < 0.85 else "0.85-0.95" if power["power"] <= 0.95 else "0.96-1"
                    bins[key][0] += seen
                    bins[key][1] += 1
                    bins[key][2] += power["power"]
        for key in sorted(bins):
            seen, m, total = bins[key]
            print(f"after {k + 1} lists: told power {key}, {total / m:.3f} on average: seen {told(seen, m)}", flush=True)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default=os.path.join(here, "../../build/evenhand"))
    parser.add_argument("--seed", type=int, default=1)
    for name, value in (("honest", 200), ("mixed", 20), ("power", 20), ("accounts", 300), ("days", 21)):
        parser.add_argument("--" + name, type=int, default=value)
    args = parser.parse_args()
    size = ("--accounts", str(args.accounts), "--days", str(args.days))
    if args.mixed:
        mixed_lists(args.program, args.mixed, args.seed, size)
    if args.power:
        power_lists(args.program, args.power, args.seed, size)
    if args.honest:
        honest_lists(args.program, args.honest, args.seed, size)


main()
