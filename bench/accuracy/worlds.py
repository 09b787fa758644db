"""One world of the benchmark: simulate, investigate, compare with the truth, apply the rules in use elsewhere; counts are cached.

A world is a dict: name, args (of `evenhand simulate`) or foreign (a family of foreign.py), seed, options (of `investigate`), and what to do
beside (rivals, expand).
Its counts are a dict that a line of JSON holds, keyed by the hash of the program and of these scripts, so that an interrupted run goes
on where it was, and another version starts anew.
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

import foreign
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


def make_world(program, world, place):
    """Its posts, (account -> group, role), and how rivals read it."""
    if "foreign" in world:
        posts = place / "posts.csv"
        family = next(family for family in foreign.WORLDS if family.__name__ == world["foreign"])
        foreign.write(posts, family, world["seed"], world["to_the_minute"])
        roles = {"v": ("", "victim"), "r": ("ring", "member")}
        return posts, {row["account_id"]: roles.get(row["account_id"][0], ("", "honest")) for row in read_csv(posts)}, rivals.read_table
    folder = place / "world"
    run([program, "simulate", *world["args"], "--seed", world["seed"], "-o", folder, "--quiet"])
    truth = {row["account_id"]: (row["group"], row["role"]) for row in read_csv(folder / "truth.csv")}
    return folder / "posts.csv", truth, rivals.read_actions


def measure(job):
    """Runs in a process of its own."""
    program, world = job
    place = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-accuracy-"))
    try:
        found = place / "found"
        posts, truth, read = make_world(program, world, place)
        started = time.monotonic()
        run([program, "investigate", posts, "-o", found, *world.get("options", []), "--quiet"])
        seconds = time.monotonic() - started
        accounts = [row for row in read_csv(found / "accounts.csv") if row["listed"] == "true"]
        listed = {row["account_id"] for row in accounts}
        strong = {row["account_id"] for row in accounts if row["finding"] == "strong"}
        legs = Counter(row["legs"] for row in accounts if truth.get(row["account_id"], ("", "honest"))[1] in HONEST)
        result = {"name": world["name"], "seed": world["seed"], "seconds": round(seconds, 2), "honest_legs": dict(legs),
                  "rules": {"evenhand": counts_of(truth, listed, strong)}}
        if world.get("rivals"):
            actions = read(posts)
            for name, edges_of in rivals.RULES.items():
                result["rules"][name] = counts_of(truth, rivals.listed_by(edges_of(actions)))
        if world.get("expand"):
            result["expand"] = expand(program, found, truth, world["seed"])
        return result
    finally:
        shutil.rmtree(place, ignore_errors=True)


def key_of(version, world):
    return f"{version} {json.dumps(world, sort_keys=True)}"


def version_of(program):
    """Of everything that bears on counts: the program, and the scripts that make and judge worlds."""
    digest = hashlib.sha256(pathlib.Path(program).read_bytes())
    for name in ("worlds.py", "rivals.py", "foreign.py"):
        digest.update((pathlib.Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()[:16]


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


def share_interval(worlds):
    """worlds: (hits, n) of each. Wilson's interval with the number of accounts divided by the design effect, that is by how much more the
    share varies between worlds than accounts that do not depend on each other would make it (Kish, Survey Sampling, 1965); at least 1.
    Where nothing or everything hits, worlds show no such variance, and the interval is that of accounts."""
    hits, n, k = sum(h for h, _ in worlds), sum(n for _, n in worlds), len(worlds)
    p = hits / n if n else 0.0
    if n == 0 or k < 2 or p in (0.0, 1.0):
        return wilson(hits, n)
    variance = k / (k - 1) * sum((h - p * m) ** 2 for h, m in worlds) / n ** 2
    effect = max(1.0, variance / (p * (1 - p) / n))
    return wilson(hits / effect, n / effect)


def mean_upper(values, level=0.95):
    """Mean of independent values in [0, 1], and its upper bound: the largest m with n KL(mean, m) <= -ln(1 - level), by Hoeffding's
    inequality (JASA 58:13, 1963, theorem 1). It holds for any such values and any n; with only zeros it is 1 - .05^(1/n). Bootstrap
    bounds do not: with a false listing in one world in fifty they cover in 87 to 91 % instead of 95."""
    if not values:
        return 0.0, 1.0
    mean, n = sum(values) / len(values), len(values)

    def divergence(m):
        return (mean * math.log(mean / m) if mean > 0 else 0) + ((1 - mean) * math.log((1 - mean) / (1 - m)) if mean < 1 else 0)

    low, high = mean, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle < 1 and n * divergence(middle) <= -math.log(1 - level) else (low, middle)
    return mean, high


def mean_interval(values, draws=4000):
    """Bootstrap over worlds, 95 %."""
    r, n = random.Random(1), len(values)
    means = sorted(sum(r.choices(values, k=n)) / n for _ in range(draws))
    return means[int(0.025 * draws)], means[int(0.975 * draws) - 1]


def ratio_interval(hits_a, n_a, hits_b, n_b, z=1.959963984540054):
    """Ratio of two shares with a log-normal interval; half a hit is added where there is none."""
    a, b = (hits_a + 0.5) / (n_a + 1), (hits_b + 0.5) / (n_b + 1)
    spread = math.sqrt(max(0.0, 1 / (hits_a + 0.5) - 1 / (n_a + 1) + 1 / (hits_b + 0.5) - 1 / (n_b + 1)))
    return a / b, a / b * math.exp(-z * spread), a / b * math.exp(z * spread)
