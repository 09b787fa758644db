#!/usr/bin/env python3
"""Measures how often detection errs and what it finds, on simulated worlds whose truth is known.

Worlds of the scenario `honest` hold nothing coordinated: every listed account there is a wrong one. Worlds of the
scenario `farm` hold two planted groups. The rules of rivals.py see the same worlds. Exits with 1 when a goal is missed:

    honest  share of accounts listed <= q
    farm    recall of planted accounts >= 0.90, precision of listed accounts >= 0.95

Intervals are Wilson's at 95 %, over accounts; accounts of one world depend on each other, so the number of worlds with
any listing stands beside them.
"""

import argparse
import concurrent.futures
import csv
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rivals  # noqa: E402

FINDINGS = ["strong", "moderate", "weak", "none", "insufficient_data"]
GOAL_RECALL, GOAL_PRECISION = 0.90, 0.95
OURS = "evenhand"


def wilson(hits, n, z=1.959963984540054):
    """95 % interval of a share; (0, 1) where there is nothing to share."""
    if n == 0:
        return 0.0, 1.0
    p, zz = hits / n, z * z / n
    middle, half = (p + zz / 2) / (1 + zz), z * math.sqrt(p * (1 - p) / n + zz / (4 * n)) / (1 + zz)
    return max(0.0, middle - half), min(1.0, middle + half)


def run(command):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\n  exit {done.returncode}: {done.stderr.strip()}")


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def score(truth, network_of):
    """Counts of one rule in one world. network_of: listed account -> its network ('' = none)."""
    members = Counter(group for group in truth.values() if group)
    found = Counter(truth.get(account, "") for account in network_of)
    held = defaultdict(Counter)  # network -> groups of its listed accounts
    for account, network in network_of.items():
        held[network][truth.get(account, "")] += 1
    groups = {}
    for group, n in members.items():
        mine = [counts for counts in held.values() if counts[group]]
        groups[group] = {
            "accounts": n,
            "listed": found[group],
            "in_its_networks": sum(sum(counts.values()) for counts in mine),
        }
    return {
        "honest": sum(1 for group in truth.values() if not group),
        "honest_listed": found[""],
        "listed": len(network_of),
        "groups": groups,
    }


def measure(job):
    """One world: simulate, investigate, compare. Runs in a process of its own with --jobs."""
    scenario, seed, place, program, fdr, n_accounts, n_days, with_rivals = job
    world, found = pathlib.Path(place) / f"{scenario}-{seed}", pathlib.Path(place) / f"{scenario}-{seed}-found"
    size = (["--accounts", str(n_accounts)] if n_accounts else []) + (["--days", str(n_days)] if n_days else [])
    run([program, "simulate", scenario, "--seed", str(seed), *size, "-o", world])
    started = time.monotonic()
    run([program, "investigate", world / "posts.csv", "-o", found, "--fdr", str(fdr), "--quiet"])
    seconds = time.monotonic() - started
    truth = {row["account_id"]: row["group"] for row in read_csv(world / "truth.csv")}
    accounts = read_csv(found / "accounts.csv")
    listed = {row["account_id"]: row["network_id"] for row in accounts if row["listed"] == "true"}
    findings = defaultdict(Counter)
    for row in accounts:
        findings[truth.get(row["account_id"], "")][row["finding"]] += 1
    rules = {OURS: score(truth, listed)}
    if with_rivals:
        reposts = rivals.read_reposts(world / "posts.csv")
        for name, edges_of in rivals.RULES.items():
            rules[name] = score(truth, rivals.networks_of(edges_of(reposts)))
    return {"scenario": scenario, "seed": seed, "seconds": seconds, "rules": rules,
            "findings": {group: dict(counts) for group, counts in findings.items()}}


def share(hits, n):
    if n == 0:
        return "-".rjust(22)
    low, high = wilson(hits, n)
    return f"{hits / n:.4f} [{low:.4f}, {high:.4f}]".rjust(22)


def total(worlds, rule, key):
    return sum(world["rules"][rule][key] for world in worlds)


def print_findings(worlds):
    counts = defaultdict(Counter)
    for world in worlds:
        for group, found in world["findings"].items():
            counts[group].update(found)
    print(f"\n  {'findings of evenhand':<22}" + "".join(f"{name:>18}" for name in FINDINGS))
    for group in sorted(counts):
        print(f"  {group or 'honest accounts':<22}" + "".join(f"{counts[group][name]:>18}" for name in FINDINGS))


def print_honest(worlds):
    print(f"\nHonest worlds: {len(worlds)} (nothing coordinated; every listed account is a wrong one)\n")
    print(f"  {'rule':<22}{'accounts':>10}{'listed':>8}{'share of accounts':>26}{'worlds with any':>18}")
    for rule in worlds[0]["rules"]:
        n, listed = total(worlds, rule, "honest"), total(worlds, rule, "honest_listed")
        n_any = sum(1 for world in worlds if world["rules"][rule]["honest_listed"])
        print(f"  {rule:<22}{n:>10}{listed:>8}{share(listed, n):>26}{n_any:>13} of {len(worlds)}")
    n_strong = sum(1 for world in worlds if world["findings"].get("", {}).get("strong"))
    print(f"\n  worlds with a strong finding: {n_strong} of {len(worlds)}")
    print_findings(worlds)


def group_counts(worlds, rule, group):
    counts = Counter()
    for world in worlds:
        counts.update(world["rules"][rule]["groups"].get(group, {}))
    return counts


def print_farm(worlds):
    print(f"\nFarm worlds: {len(worlds)} (precision of a group: its share of the listed accounts in networks it is in)\n")
    print(f"  {'rule':<22}{'group':<10}{'accounts':>9}{'listed':>8}{'recall':>26}{'precision':>26}")
    groups = sorted({group for world in worlds for group in world["rules"][OURS]["groups"]})
    for rule in worlds[0]["rules"]:
        everything = Counter()
        for group in groups:
            counts = group_counts(worlds, rule, group)
            everything.update(counts)
            print(f"  {rule:<22}{group:<10}{counts['accounts']:>9}{counts['listed']:>8}"
                  f"{share(counts['listed'], counts['accounts']):>26}{share(counts['listed'], counts['in_its_networks']):>26}")
        listed, right = total(worlds, rule, "listed"), everything["listed"]
        print(f"  {rule:<22}{'all':<10}{everything['accounts']:>9}{right:>8}{share(right, everything['accounts']):>26}"
              f"{share(right, listed):>26}")
    print_findings(worlds)


def missed_goals(honest, farm, fdr):
    missed = []
    if honest:
        n, listed = total(honest, OURS, "honest"), total(honest, OURS, "honest_listed")
        if listed > fdr * n:
            missed.append(f"honest worlds: {listed / n:.4f} of the accounts listed, goal <= {fdr}")
    if farm:
        groups = [counts for world in farm for counts in world["rules"][OURS]["groups"].values()]
        right, planted = sum(c["listed"] for c in groups), sum(c["accounts"] for c in groups)
        listed = total(farm, OURS, "listed")
        if right < GOAL_RECALL * planted:
            missed.append(f"farm worlds: recall {right / planted:.3f}, goal >= {GOAL_RECALL}")
        if listed and right < GOAL_PRECISION * listed:
            missed.append(f"farm worlds: precision {right / listed:.3f}, goal >= {GOAL_PRECISION}")
    return missed


def options():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default=str(root / "build" / "evenhand"), help="default: build/evenhand")
    parser.add_argument("--worlds-honest", type=int, default=20, metavar="N")
    parser.add_argument("--worlds-farm", type=int, default=10, metavar="N")
    parser.add_argument("--seed", type=int, default=1, help="of the first world; the others follow")
    parser.add_argument("--fdr", type=float, default=0.05, metavar="Q")
    parser.add_argument("--accounts", type=int, metavar="N", help="honest accounts per world; default of the scenario")
    parser.add_argument("--days", type=int, metavar="N", help="days per world; default of the scenario")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="worlds at a time")
    parser.add_argument("--no-rivals", action="store_true", help="leave the other rules out")
    parser.add_argument("--keep", metavar="DIR", help="keep worlds and results there")
    parser.add_argument("--json", metavar="FILE", help="write all counts there")
    return parser.parse_args()


def main():
    chosen = options()
    program = shutil.which(chosen.program)
    if not program:
        print(f"{chosen.program} does not exist or cannot be run; build it with make", file=sys.stderr)
        return 2
    place = pathlib.Path(chosen.keep or tempfile.mkdtemp(prefix="evenhand-accuracy-"))
    place.mkdir(parents=True, exist_ok=True)
    plan = [("honest", chosen.seed + i) for i in range(chosen.worlds_honest)]
    plan += [("farm", chosen.seed + 1000 + i) for i in range(chosen.worlds_farm)]
    jobs = [(scenario, seed, str(place), str(pathlib.Path(program).resolve()), chosen.fdr, chosen.accounts, chosen.days,
             not chosen.no_rivals) for scenario, seed in plan]
    worlds = []
    try:
        with concurrent.futures.ProcessPoolExecutor(max(chosen.jobs, 1)) as pool:
            for world in pool.map(measure, jobs):
                worlds.append(world)
                ours = world["rules"][OURS]
                print(f"{world['scenario']} {world['seed']}: {ours['honest_listed']} honest listed, "
                      f"{ours['listed'] - ours['honest_listed']} planted found, {world['seconds']:.1f} s",
                      file=sys.stderr, flush=True)
    except RuntimeError as failure:
        print(failure, file=sys.stderr)
        return 2
    finally:
        if not chosen.keep:
            shutil.rmtree(place, ignore_errors=True)
    honest = [world for world in worlds if world["scenario"] == "honest"]
    farm = [world for world in worlds if world["scenario"] == "farm"]
    if honest:
        print_honest(honest)
    if farm:
        print_farm(farm)
    missed = missed_goals(honest, farm, chosen.fdr)
    if chosen.json:
        pathlib.Path(chosen.json).write_text(json.dumps({"fdr": chosen.fdr, "missed": missed, "worlds": worlds}, indent=1) + "\n")
    print("\n" + ("\n".join("MISSED " + line for line in missed) if missed else "All goals met."))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
