"""One world of the benchmark: simulate, investigate, compare with the truth, apply the rules in use elsewhere; counts are cached.

A world is a dict: name, args (of `evenhand simulate`), seed, and what to do beside (rivals, expand). Its counts are a dict that a line of
JSON holds, keyed by the program's hash, so that an interrupted run goes on where it was, and another version starts anew.
"""

import csv
import hashlib
import json
import math
import pathlib
import random
import shutil
import subprocess
import tempfile
import time
from collections import Counter, defaultdict

import rivals

HONEST = ("honest", "activist", "victim")


def run(command):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{' '.join(map(str, command))}\n  exit {done.returncode}: {done.stderr.strip()}")


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def counts_of(truth, listed, strong=()):
    """Listed accounts by role, members by group."""
    roles, groups = Counter(), defaultdict(Counter)
    for account, (group, role) in truth.items():
        roles[role] += 1
        roles[role, "listed"] += account in listed
        roles[role, "strong"] += account in strong
        if role == "member":
            groups[group]["accounts"] += 1
            groups[group]["listed"] += account in listed
            groups[group]["strong"] += account in strong
    flat = {role: {"accounts": roles[role], "listed": roles[role, "listed"], "strong": roles[role, "strong"]}
            for role in (*HONEST, "member")}
    return {"roles": flat, "groups": {group: dict(counts) for group, counts in groups.items()}}


def expand(program, found, truth, seed, share=0.05):
    """From 5 % of each group: members linked, and all linked."""
    results = {}
    for group in sorted({group for group, role in truth.values() if role == "member"}):
        members = sorted(account for account, (name, role) in truth.items() if name == group and role == "member")
        seeds = random.Random(f"{seed} {group}").sample(members, max(1, round(share * len(members))))
        (found / "seeds.txt").write_text("\n".join(seeds) + "\n")
        run([program, "expand", found / "investigation.duckdb", "--seeds", found / "seeds.txt", "-o", found / "linked.csv", "--quiet"])
        linked = [row["account_id"] for row in read_csv(found / "linked.csv") if row["linked"] == "true"]
        right = sum(1 for account in linked if truth.get(account, ("", ""))[1] == "member")
        mine = sum(1 for account in linked if truth.get(account, ("", ""))[0] == group)
        results[group] = {"wanted": len(members) - len(seeds), "found": mine, "linked": len(linked), "right": right}
    return results


def measure(job):
    """Runs in a process of its own."""
    program, world = job
    place = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-accuracy-"))
    try:
        folder, found = place / "world", place / "found"
        run([program, "simulate", *world["args"], "--seed", world["seed"], "-o", folder, "--quiet"])
        started = time.monotonic()
        run([program, "investigate", folder / "posts.csv", "-o", found, "--quiet"])
        seconds = time.monotonic() - started
        truth = {row["account_id"]: (row["group"], row["role"]) for row in read_csv(folder / "truth.csv")}
        accounts = [row for row in read_csv(found / "accounts.csv") if row["listed"] == "true"]
        listed = {row["account_id"] for row in accounts}
        strong = {row["account_id"] for row in accounts if row["finding"] == "strong"}
        legs = Counter(row["legs"] for row in accounts if truth.get(row["account_id"], ("", "honest"))[1] in HONEST)
        result = {"name": world["name"], "seed": world["seed"], "seconds": round(seconds, 2), "honest_legs": dict(legs),
                  "rules": {"evenhand": counts_of(truth, listed, strong)}}
        if world.get("rivals"):
            actions = rivals.read_actions(folder / "posts.csv")
            for name, edges_of in rivals.RULES.items():
                result["rules"][name] = counts_of(truth, rivals.listed_by(edges_of(actions)))
        if world.get("expand"):
            result["expand"] = expand(program, found, truth, world["seed"])
        return result
    finally:
        shutil.rmtree(place, ignore_errors=True)


def key_of(program_hash, world):
    return f"{program_hash} {json.dumps(world, sort_keys=True)}"


def hash_of(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()[:16]


def load_cache(path):
    cache = {}
    if path and pathlib.Path(path).exists():
        for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
                cache[entry["key"]] = entry["counts"]
            except (ValueError, KeyError):
                continue  # the line that an interruption cut short
    return cache


# --- intervals ---


def wilson(hits, n, z=1.959963984540054):
    """95 % interval of a share; (0, 1) where there is nothing to share."""
    if n == 0:
        return 0.0, 1.0
    p, zz = hits / n, z * z / n
    middle, half = (p + zz / 2) / (1 + zz), z * math.sqrt(p * (1 - p) / n + zz / (4 * n)) / (1 + zz)
    return max(0.0, middle - half), min(1.0, middle + half)


def mean_upper(values, level=0.95, draws=4000):
    """Mean over worlds and its upper bound: the larger of the bootstrap's and of what no wrong listing in n worlds allows when each
    world is either wholly right or wholly wrong (1 - .05^(1/n) at 0 of n)."""
    if not values:
        return 0.0, 1.0
    mean, n, r = sum(values) / len(values), len(values), random.Random(1)
    means = sorted(sum(r.choice(values) for _ in range(n)) / n for _ in range(draws))
    return mean, max(means[int(level * draws) - 1], mean if any(values) else 1 - (1 - level) ** (1 / n))


def ratio_interval(hits_a, n_a, hits_b, n_b, z=1.959963984540054):
    """Ratio of two shares with a log-normal interval; half a hit is added where there is none."""
    a, b = (hits_a + 0.5) / (n_a + 1), (hits_b + 0.5) / (n_b + 1)
    spread = math.sqrt(max(0.0, 1 / (hits_a + 0.5) - 1 / (n_a + 1) + 1 / (hits_b + 0.5) - 1 / (n_b + 1)))
    return a / b, a / b * math.exp(-z * spread), a / b * math.exp(z * spread)
