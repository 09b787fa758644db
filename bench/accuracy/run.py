#!/usr/bin/env python3
"""Measures how often detection errs and what it finds, on simulated worlds whose truth is known, and how the rules in use elsewhere do.

Tables: false share by honest family; recall by planted kind; coarse times and samples; mirrored worlds; expansion; time. Families and
kinds of HELD_OUT were kept out of every tuning and stand apart. Each goal is reached or missed; a missed one makes the exit code 1 (unless
--report-only). With --cache FILE an interrupted run goes on where it was.
"""

import argparse
import concurrent.futures
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import worlds as w  # noqa: E402

FAMILIES = ["honest", "fans", "clock-habits", "friends", "breaking-news", "live-events", "scheduled", "shifts", "hyperactive", "news-bots",
            "call-to-action", "mix", "classroom", "contest"]
KINDS = ["ring", "fast-farm", "jitter-15m", "jitter-hours", "copy-paste", "link-seeding", "hashtag-flood", "reply-swarm", "shift-operators",
         "sleepers", "framed", "relay", "cells"]
HELD_OUT = {line.strip() for line in (HERE / "HELD_OUT").read_text().splitlines() if line.strip() and line[0] != "#"}
# Goals of recall (at precision >= .99): name of the world, arguments, least recall.
POWER = [("jitter-15m", ["honest", "--plant", "jitter-15m"], 0.95),
         ("jitter-15m, 15 objects", ["honest", "--plant", "jitter-15m", "--objects", "15"], 0.90),
         ("fast-farm", ["honest", "--plant", "fast-farm"], 0.80),
         ("copy-paste", ["honest", "--plant", "copy-paste"], 0.90),
         ("hashtag-flood", ["honest", "--plant", "hashtag-flood"], 0.80),
         ("shift-operators", ["honest", "--plant", "shift-operators"], 0.80),
         ("jitter-hours", ["honest", "--plant", "jitter-hours"], 0.70)]
VARIANTS = [("jitter-15m, to the minute", ["honest", "--plant", "jitter-15m", "--time-step", "60s"]),
            ("jitter-15m, 30 % keyword sample", ["honest", "--plant", "jitter-15m", "--keyword-sample", "0.3"]),
            ("jitter-15m, camouflage .8", ["honest", "--plant", "jitter-15m", "--camouflage", "0.8"]),
            ("jitter-15m, 5 accounts", ["honest", "--plant", "jitter-15m", "--group-size", "5"]),
            ("jitter-15m, 200 accounts", ["honest", "--plant", "jitter-15m", "--group-size", "200"])]
RARE = ("20 of 20,000", ["honest", "--accounts", "20000", "--plant", "jitter-15m"])
LIST_FALSE = "honest", "victim"


def has(program, scenario):
    return subprocess.run([program, "simulate", scenario, "--accounts", "10", "--days", "1", "-o", tempfile.mkdtemp()],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def plan_of(chosen, families):
    plan = []
    tuned_kinds = [kind for kind in KINDS if kind not in HELD_OUT]
    for i, family in enumerate(families):
        for k in range(chosen.worlds):
            kind = tuned_kinds[(i + k) % len(tuned_kinds)] if family not in HELD_OUT else KINDS[(i + k) % len(KINDS)]
            plan.append({"name": f"family {family}", "args": [family, "--plant", kind], "seed": chosen.seed + k, "rivals": k < chosen.rivals})
    for name, args, _ in POWER:
        plan += [{"name": f"power {name}", "args": args, "seed": chosen.seed + 500 + k, "rivals": k < chosen.rivals, "expand": True}
                 for k in range(chosen.power)]
    for kind in KINDS:
        if kind not in {name for name, _, _ in POWER}:
            plan += [{"name": f"power {kind}", "args": ["honest", "--plant", kind], "seed": chosen.seed + 500 + k,
                      "rivals": k < chosen.rivals, "expand": True} for k in range(chosen.power)]
    for name, args in VARIANTS:
        plan += [{"name": f"variant {name}", "args": args, "seed": chosen.seed + 700 + k} for k in range(chosen.variants)]
    for side in ([], ["--mirror"]):
        plan += [{"name": "mirror" + "".join(side), "args": ["honest", "--plant", "jitter-15m,shift-operators", "--home", "fa", *side],
                  "seed": chosen.seed + 800 + k} for k in range(chosen.mirrors)]
    plan += [{"name": f"rare {RARE[0]}", "args": RARE[1], "seed": chosen.seed + 900 + k} for k in range(chosen.rare)]
    return plan


def roles(world, rule, names, key):
    return sum(world["rules"][rule]["roles"][name][key] for name in names)


def fdp(world, rule):
    """False share of a world's listed accounts. Activists do act together: they count in neither."""
    false, right = roles(world, rule, LIST_FALSE, "listed"), roles(world, rule, ["member"], "listed")
    return false / (false + right) if false + right else 0.0


def bounded(values):
    mean, upper = w.mean_upper(values)
    return f"{mean:.4f} (<= {upper:.4f})"


def share(hits, n):
    low, high = w.wilson(hits, n)
    return f"{hits / n:.3f} [{low:.3f}, {high:.3f}]" if n else "-"


class Report:
    def __init__(self):
        self.goals = []

    def goal(self, is_reached, text):
        self.goals.append((is_reached, text))


def print_families(report, results, chosen, families):
    print("\nFalse share of the listed (mean over worlds, upper 95 % bound), one planted group a world; activists counted apart\n")
    print(f"  {'family':<24}{'worlds':>7}{'false share':>24}{'honest listed':>18}{'strong':>8}{'activists listed':>18}{'members':>14}")
    everything = []
    for family in families:
        mine = results[f"family {family}"]
        everything += mine
        false, honest = (sum(roles(x, "evenhand", LIST_FALSE, key) for x in mine) for key in ("listed", "accounts"))
        strong = sum(roles(x, "evenhand", LIST_FALSE, "strong") for x in mine)
        active = [sum(roles(x, "evenhand", ["activist"], key) for x in mine) for key in ("listed", "accounts", "strong")]
        right, members = (sum(roles(x, "evenhand", ["member"], key) for x in mine) for key in ("listed", "accounts"))
        values = [fdp(x, "evenhand") for x in mine]
        mark = " (held out)" if family in HELD_OUT else ""
        print(f"  {family + mark:<24}{len(mine):>7}{bounded(values):>24}{f'{false} of {honest}':>18}{strong:>8}"
              f"{f'{active[0]} of {active[1]}' if active[1] else '-':>18}{f'{right} of {members}':>14}")
        report.goal(sum(values) / len(values) <= chosen.fdr, f"mean false share in family {family}{mark}: {sum(values) / len(values):.4f} <= {chosen.fdr}")
        if active[1]:
            report.goal(active[2] == 0, f"no activist is strong in family {family}: {active[2]}")
    values = [fdp(x, "evenhand") for x in everything]
    mean, upper = w.mean_upper(values)
    report.goal(upper <= chosen.fdr, f"upper bound of the false share over all {len(values)} worlds: {upper:.4f} <= {chosen.fdr}")
    n_strong = sum(1 for x in everything if roles(x, "evenhand", LIST_FALSE, "strong"))
    print(f"  {'all':<24}{len(everything):>7}{bounded(values):>24}\n\n  worlds with any honest account strong: {n_strong} of {len(everything)} "
          f"{share(n_strong, len(everything))}")
    report.goal(n_strong <= 0.01 * len(everything), f"worlds with a strong honest account: {n_strong} of {len(everything)} <= 1 %")
    print_rivals(everything)


def print_rivals(everything):
    judged = [x for x in everything if len(x["rules"]) > 1]
    if not judged:
        return
    print(f"\nThe rules in use elsewhere on {len(judged)} of these worlds\n")
    print(f"  {'rule':<24}{'false share':>24}{'honest accounts listed':>26}{'members found':>24}")
    for rule in judged[0]["rules"]:
        false, honest = (sum(roles(x, rule, LIST_FALSE, key) for x in judged) for key in ("listed", "accounts"))
        right, members = (sum(roles(x, rule, ["member"], key) for x in judged) for key in ("listed", "accounts"))
        print(f"  {rule:<24}{bounded([fdp(x, rule) for x in judged]):>24}{share(false, honest):>26}{share(right, members):>24}")


def print_power(report, results):
    print("\nRecall of members (Wilson, 95 %), and precision of the listed; rivals: recall / precision where measured\n")
    goals = {name: least for name, _, least in POWER}
    names = [name for name in results if name.startswith(("power ", "variant ", "rare "))]
    print(f"  {'world':<34}{'worlds':>7}{'recall':>24}{'precision':>24}{'strong':>8}{'victims':>9}{'goal':>7}")
    for full in names:
        mine, name = results[full], full.split(" ", 1)[1]
        right, members = (sum(roles(x, "evenhand", ["member"], key) for x in mine) for key in ("listed", "accounts"))
        false = sum(roles(x, "evenhand", LIST_FALSE, "listed") for x in mine)
        strong = sum(roles(x, "evenhand", ["member"], "strong") for x in mine)
        victims = [sum(roles(x, "evenhand", ["victim"], key) for x in mine) for key in ("listed", "accounts")]
        mark = " (held out)" if name in HELD_OUT else ""
        least = goals.get(name)
        print(f"  {name + mark:<34}{len(mine):>7}{share(right, members):>24}{share(right, right + false):>24}{strong / max(members, 1):>8.2f}"
              f"{f'{victims[0]} of {victims[1]}' if victims[1] else '-':>9}{least or '':>7}")
        is_precise = right >= 0.99 * (right + false)
        if least:
            report.goal(right >= least * members and is_precise, f"recall of {name}: {right / members:.3f} >= {least} at precision "
                        f"{right / max(right + false, 1):.3f} >= .99")
        if full.startswith("rare "):
            report.goal(is_precise and right > 0, f"precision at {name}: {right} of {right + false} listed are members, >= .99")
        if victims[1]:
            report.goal(victims[0] == 0, f"framed victims listed: {victims[0]} of {victims[1]}")
    judged = [x for full in names for x in results[full] if len(x["rules"]) > 1]
    if judged:
        print(f"\n  {'rule, by kind: recall':<26}" + "".join(f"{name.split(' ', 1)[1][:15]:>17}" for name in names if name.startswith("power ")))
        for rule in judged[0]["rules"]:
            cells = []
            for full in (name for name in names if name.startswith("power ")):
                mine = [x for x in results[full] if rule in x["rules"]]
                right, members = (sum(roles(x, rule, ["member"], key) for x in mine) for key in ("listed", "accounts"))
                cells.append(f"{right / members:.2f}" if members else "-")
            print(f"  {rule:<26}" + "".join(f"{cell:>17}" for cell in cells))


def print_mirror(report, results):
    pair = results.get("mirror", []), results.get("mirror--mirror", [])
    if not all(pair):
        return
    recalls, false = [], []
    for side in pair:
        recalls.append([sum(roles(x, "evenhand", ["member"], key) for x in side) for key in ("listed", "accounts")])
        false.append([sum(roles(x, "evenhand", LIST_FALSE, key) for x in side) for key in ("listed", "accounts")])
    gap = recalls[0][0] / recalls[0][1] - recalls[1][0] / recalls[1][1]
    ratio, low, high = w.ratio_interval(*false[0], *false[1])
    print(f"\nMirrored worlds ({len(pair[0])} each): recall {share(*recalls[0])} and {share(*recalls[1])}, gap {100 * gap:+.1f} points; honest listed "
          f"{false[0][0]} of {false[0][1]} and {false[1][0]} of {false[1][1]}, ratio {ratio:.2f} [{low:.2f}, {high:.2f}]")
    report.goal(abs(gap) <= 0.02, f"mirror: recall gap {100 * gap:+.1f} points, at most 2")
    is_inside = None if false[0][0] + false[1][0] < 40 else low >= 0.8 and high <= 1.25 # too few to tell a ratio
    report.goal(is_inside, f"mirror: false-listing ratio interval [{low:.2f}, {high:.2f}] inside [.8, 1.25]; {false[0][0]} and {false[1][0]} false listings")


def print_expand(report, results):
    print("\nExpansion from 5 % of a group (worlds in which the group has evidence by timing)\n")
    print(f"  {'world':<34}{'recall':>24}{'precision':>24}")
    sums = [0, 0, 0, 0]
    for full, mine in results.items():
        found = [counts for x in mine for counts in x.get("expand", {}).values()]
        if not found:
            continue
        total = [sum(counts[key] for counts in found) for key in ("found", "wanted", "right", "linked")]
        print(f"  {full.split(' ', 1)[1]:<34}{share(*total[:2]):>24}{share(*total[2:]):>24}")
        if any(kind in full for kind in ("jitter-15m", "ring", "framed")):
            sums = [a + b for a, b in zip(sums, total)]
    if sums[1]:
        report.goal(sums[0] >= 0.8 * sums[1], f"expansion of rings: recall {sums[0] / sums[1]:.3f} >= .8")
        report.goal(sums[2] >= 0.95 * sums[3], f"expansion of rings: precision {sums[2] / max(sums[3], 1):.3f} >= .95")


def print_time(report, program, n_accounts):
    place = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-accuracy-"))
    w.run([program, "simulate", "honest", "--accounts", n_accounts, "--seed", "1", "-o", place / "world", "--quiet"])
    w.run([program, "import", place / "a.duckdb", place / "world" / "posts.csv", "--quiet"])
    started = time.monotonic()
    w.run([program, "detect", place / "a.duckdb", "--quiet"])
    detect, started = time.monotonic() - started, time.monotonic()
    for behaviour in ("repost", "link", "text", "hashtag", "reply", "mention"):
        for window in ("10s", "1m", "10m", "1h"):
            w.run([program, "pairs", place / "a.duckdb", "--behaviour", behaviour, "--window", window, "-o", place / "p.csv", "--quiet"])
    pairs = time.monotonic() - started
    shutil.rmtree(place, ignore_errors=True)
    print(f"\nTime of detect over that of pairs (the same behaviours and windows, {n_accounts} accounts): {detect / pairs:.2f}")
    report.goal(detect <= 3 * pairs, f"time of detect over pairs: {detect / pairs:.2f} <= 3")


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default=str(HERE.parents[1] / "build" / "evenhand"), help="default: build/evenhand")
    parser.add_argument("--worlds", type=int, default=15, metavar="N", help="per honest family")
    parser.add_argument("--power", type=int, default=6, metavar="N", help="worlds per planted kind")
    parser.add_argument("--variants", type=int, default=3, metavar="N", help="worlds per variant")
    parser.add_argument("--mirrors", type=int, default=10, metavar="N", help="worlds per side")
    parser.add_argument("--rare", type=int, default=1, metavar="N", help="worlds of 20,000 accounts")
    parser.add_argument("--rivals", type=int, default=2, metavar="N", help="worlds per row on which the other rules are measured")
    parser.add_argument("--quick", action="store_true", help="two worlds a row, one family in three")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fdr", type=float, default=0.05, metavar="Q", help="the goal of false shares; detection uses its default")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="worlds at a time")
    parser.add_argument("--time-accounts", type=int, default=15000, metavar="N", help="size of the world for the time ratio; 0 = leave out")
    parser.add_argument("--cache", metavar="FILE", help="JSON lines of counts; worlds found there are not run again")
    parser.add_argument("--report-only", action="store_true", help="exit 0 though goals are missed")
    return parser.parse_args()


def main():
    chosen = options()
    program = shutil.which(chosen.program)
    if not program:
        print(f"{chosen.program} does not exist or cannot be run; build it with make", file=sys.stderr)
        return 2
    program = str(pathlib.Path(program).resolve())
    if chosen.quick:
        chosen.worlds, chosen.power, chosen.variants, chosen.mirrors, chosen.rare, chosen.rivals, chosen.time_accounts = 2, 1, 1, 2, 0, 1, 3000
    families = [family for i, family in enumerate(FAMILIES) if has(program, family) and (not chosen.quick or i % 3 == 0)]
    plan, cache, program_hash = plan_of(chosen, families), w.load_cache(chosen.cache), w.hash_of(program)
    results, todo = {}, []
    for world in plan:
        if w.key_of(program_hash, world) not in cache:
            todo.append(world)
    done = 0
    try:
        with concurrent.futures.ProcessPoolExecutor(max(chosen.jobs, 1)) as pool:
            for world, counts in zip(todo, pool.map(w.measure, [(program, world) for world in todo])):
                done += 1
                cache[w.key_of(program_hash, world)] = counts
                if chosen.cache:
                    with open(chosen.cache, "a", encoding="utf-8") as file:
                        file.write(json.dumps({"key": w.key_of(program_hash, world), "counts": counts}) + "\n")
                ours = counts["rules"]["evenhand"]["roles"]
                print(f"{done} of {len(todo)}: {world['name']} {world['seed']}: honest {ours['honest']['listed']} {counts['honest_legs'] or ''}, members "
                      f"{ours['member']['listed']} of {ours['member']['accounts']}, {counts['seconds']} s", file=sys.stderr, flush=True)
    except RuntimeError as failure:
        print(failure, file=sys.stderr)
        return 2
    for world in plan:
        results.setdefault(world["name"], []).append(cache[w.key_of(program_hash, world)])
    report = Report()
    print(f"{len(plan)} worlds, first seed {chosen.seed}; held out: {', '.join(sorted(HELD_OUT))}")
    print_families(report, results, chosen, families)
    print_power(report, results)
    print_mirror(report, results)
    print_expand(report, results)
    if chosen.time_accounts:
        print_time(report, program, chosen.time_accounts)
    print("\nGoals\n")
    for is_reached, text in report.goals:
        word = "cannot tell" if is_reached is None else "reached" if is_reached else "MISSED"
        print(f"  {word:<12}{text}")
    return 1 if not chosen.report_only and any(is_reached is False for is_reached, _ in report.goals) else 0


if __name__ == "__main__":
    sys.exit(main())
