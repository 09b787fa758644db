#!/usr/bin/env python3
"""Measures how often detection errs and what it finds, on simulated worlds whose truth is known, and how the rules in use elsewhere do.

Tables: false share by honest family, with a group planted and without, and by the families of foreign.py; recall by planted kind; coarse
times and samples; mirrored worlds; expansion; time. Families and kinds of HELD_OUT were kept out of every tuning and are marked. Each
goal is reached or missed; a missed one makes the exit code 1 (unless --report-only). With --cache FILE an interrupted run goes on where
it was. Bounds of false shares hold for any number of worlds (Hoeffding); other intervals are Wilson's, widened by how worlds differ.
"""

import argparse
import concurrent.futures
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import resource
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import foreign  # noqa: E402
import worlds as w  # noqa: E402

FAMILIES = ["honest", "fans", "clock-habits", "friends", "breaking-news", "live-events", "scheduled", "shifts", "hyperactive", "news-bots",
            "call-to-action", "mix", "classroom", "contest", "outages", "scholars"]
KINDS = ["ring", "fast-farm", "jitter-15m", "jitter-hours", "copy-paste", "link-seeding", "hashtag-flood", "reply-swarm", "shift-operators",
         "sleepers", "framed", "relay", "cells", "pod"]
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
# The price of letting every kind of evidence list: groups that leave hours, and people with a purpose in common.
OPENLY = ["--list-by", "timing,reuse,selection,group"]
OPEN = [("jitter-hours", ["honest", "--plant", "jitter-hours"], 0.70), ("friends", ["friends"], None), ("call-to-action", ["call-to-action"], None),
        ("classroom", ["classroom"], None), ("mix", ["mix"], None)]
RARE = ("20 of 20,000", ["honest", "--accounts", "20000", "--plant", "jitter-15m"])
LIST_FALSE = "honest", "victim"


def scenarios_of(program):
    lines = subprocess.run([program, "simulate", "--list"], capture_output=True, text=True, check=True).stdout.splitlines()
    return {line.split()[0] for line in lines if line[:1].isalpha()}


def plan_of(chosen, families):
    plan = []
    tuned_kinds = [kind for kind in KINDS if kind not in HELD_OUT]
    for i, family in enumerate(families):
        for k in range(chosen.worlds):
            kind = tuned_kinds[(i + k) % len(tuned_kinds)] if family not in HELD_OUT else KINDS[(i + k) % len(KINDS)]
            plan.append({"name": f"family {family}", "args": [family, "--plant", kind], "seed": chosen.seed + k, "rivals": k < chosen.rivals})
        plan += [{"name": f"bare {family}", "args": [family], "seed": chosen.seed + 300 + k, "rivals": k < chosen.rivals}
                 for k in range(chosen.bare)]
    for family in foreign.WORLDS if chosen.foreign else []:
        for to_the_minute in (False, True):
            name = family.__name__.replace("_", " ") + (", to the minute" if to_the_minute else "")
            plan += [{"name": f"foreign {name}", "foreign": family.__name__, "to_the_minute": to_the_minute, "seed": chosen.seed + k,
                      "rivals": k < chosen.rivals} for k in range(chosen.foreign)]
    for name, args, _ in POWER:
        plan += [{"name": f"power {name}", "args": args, "seed": chosen.seed + 500 + k, "rivals": k < chosen.rivals, "expand": True}
                 for k in range(chosen.power)]
    for kind in KINDS:
        if kind not in {name for name, _, _ in POWER}:
            plan += [{"name": f"power {kind}", "args": ["honest", "--plant", kind], "seed": chosen.seed + 500 + k,
                      "rivals": k < chosen.rivals, "expand": True} for k in range(chosen.power)]
    for name, args in VARIANTS:
        plan += [{"name": f"variant {name}", "args": args, "seed": chosen.seed + 700 + k} for k in range(chosen.variants)]
    for name, args, _ in OPEN:
        plan += [{"name": f"open {name}", "args": args, "options": OPENLY, "seed": chosen.seed + 600 + k} for k in range(chosen.variants)]
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


def share(worlds):
    """(hits, n) of each world."""
    hits, n = sum(h for h, _ in worlds), sum(n for _, n in worlds)
    low, high = w.share_interval(worlds)
    return f"{hits / n:.3f} [{low:.3f}, {high:.3f}]" if n else "-"


def each(worlds, rule, names, key="listed", of="accounts"):
    return [(roles(x, rule, names, key), roles(x, rule, names, of)) for x in worlds]


def precision(worlds, rule):
    return [(right, right + roles(x, rule, LIST_FALSE, "listed")) for x in worlds for right in [roles(x, rule, ["member"], "listed")]]


def totals(pairs):
    return sum(a for a, _ in pairs), sum(b for _, b in pairs)


class Report:
    def __init__(self):
        self.goals = []

    def goal(self, is_reached, text):
        self.goals.append((is_reached, text))


def print_row(report, chosen, full, mine):
    """One row of the table of false shares, and its goals."""
    kind, family = full.split(" ", 1)
    false, honest = totals(each(mine, "evenhand", LIST_FALSE))
    strong, _ = totals(each(mine, "evenhand", LIST_FALSE, "strong"))
    active, activists = totals(each(mine, "evenhand", ["activist"]))
    right, members = totals(each(mine, "evenhand", ["member"]))
    victims = totals(each(mine, "evenhand", ["victim"]))
    values = [fdp(x, "evenhand") for x in mine]
    name = family + (" (held out)" if family in HELD_OUT else "")
    print(f"  {name:<44}{len(mine):>7}{bounded(values):>22}{f'{false} of {honest}':>18}{strong:>8}"
          f"{f'{active} of {activists}' if activists else '-':>16}{f'{right} of {members}' if members else '-':>14}")
    mean = sum(values) / len(values)
    report.goal(mean <= chosen.fdr, f"mean false share, {kind} {name}: {mean:.4f} <= {chosen.fdr}")
    if activists:
        n = sum(1 for x in mine if roles(x, "evenhand", ["activist"], "strong"))
        report.goal(n == 0, f"worlds with a strong activist, {kind} {name}: {n}")
    if kind == "foreign" and victims[1]:
        report.goal(victims[0] == 0, f"victims listed, {name}: {victims[0]} of {victims[1]}")
    return values


def print_families(report, results, chosen, families):
    heads = {"family": "Honest families with one planted group a world", "bare": "The same with nothing planted: a world's false share is 0 or 1",
             "foreign": "Families written by others, without knowledge of the detector (foreign.py)"}
    everything = []
    for kind, head in heads.items():
        names = [name for name in results if name.startswith(kind + " ")]
        if not names:
            continue
        print(f"\n{head}: false share of the listed (mean over worlds, upper 95 % bound); activists counted apart\n")
        print(f"  {'family':<44}{'worlds':>7}{'false share':>22}{'honest listed':>18}{'strong':>8}{'activists':>16}{'members':>14}")
        values = [value for name in names for value in print_row(report, chosen, name, results[name])]
        mine = [x for name in names for x in results[name]]
        everything += mine if kind != "foreign" else []
        print(f"  {'all':<44}{len(mine):>7}{bounded(values):>22}{share(each(mine, 'evenhand', LIST_FALSE)):>26}")
        if kind != "foreign": # of foreign families, the average says nothing
            _, upper = w.mean_upper(values)
            report.goal(upper <= chosen.fdr, f"upper bound of the false share, {len(values)} {kind} worlds: {upper:.4f} <= {chosen.fdr}")
        else:
            n = sum(1 for x in mine if roles(x, "evenhand", LIST_FALSE, "strong"))
            report.goal(n == 0, f"foreign worlds with a strong honest account: {n} of {len(mine)}")
    n_strong = [(1 if roles(x, "evenhand", LIST_FALSE, "strong") else 0, 1) for x in everything]
    print(f"\n  worlds with any honest account strong: {sum(n for n, _ in n_strong)} of {len(everything)} {share(n_strong)}")
    report.goal(sum(n for n, _ in n_strong) <= 0.01 * len(everything),
                f"worlds with a strong honest account: {sum(n for n, _ in n_strong)} of {len(everything)} <= 1 %")
    print_rivals(results)


def print_rivals(results):
    names = [name for name in results if name.startswith(("family ", "bare ", "foreign ")) and any(len(x["rules"]) > 1 for x in results[name])]
    judged = {name: [x for x in results[name] if len(x["rules"]) > 1] for name in names}
    if not names:
        return
    rules = list(judged[names[0]][0]["rules"])
    for kind in ("family", "bare", "foreign"):
        mine = [x for name in names if name.startswith(kind) for x in judged[name]]
        if not mine:
            continue
        print(f"\nThe rules in use elsewhere on {len(mine)} of the {kind} worlds\n")
        print(f"  {'rule':<24}{'false share':>22}{'honest accounts listed':>26}{'activists listed':>26}{'members found':>24}")
        for rule in rules:
            print(f"  {rule:<24}{bounded([fdp(x, rule) for x in mine]):>22}{share(each(mine, rule, LIST_FALSE)):>26}"
                  f"{share(each(mine, rule, ['activist'])):>26}{share(each(mine, rule, ['member'])):>24}")
    print(f"\n  {'mean false share':<44}" + "".join(f"{rule[:18]:>20}" for rule in rules))
    for name in names:
        cells = [sum(fdp(x, rule) for x in judged[name]) / len(judged[name]) for rule in rules]
        print(f"  {name:<44}" + "".join(f"{cell:>20.3f}" for cell in cells))


def print_power(report, results):
    print("\nRecall of members, and precision of the listed (95 %)\n")
    goals = {name: least for name, _, least in POWER}
    names = [name for name in results if name.startswith(("power ", "variant ", "rare "))]
    print(f"  {'world':<34}{'worlds':>7}{'recall':>24}{'precision':>24}{'strong':>8}{'victims':>9}{'goal':>7}")
    for full in names:
        mine, name = results[full], full.split(" ", 1)[1]
        right, members = totals(each(mine, "evenhand", ["member"]))
        true, listed = totals(precision(mine, "evenhand"))
        strong, _ = totals(each(mine, "evenhand", ["member"], "strong"))
        victims = totals(each(mine, "evenhand", ["victim"]))
        mark = " (held out)" if name in HELD_OUT else ""
        least = goals.get(name)
        print(f"  {name + mark:<34}{len(mine):>7}{share(each(mine, 'evenhand', ['member'])):>24}{share(precision(mine, 'evenhand')):>24}"
              f"{strong / max(members, 1):>8.2f}{f'{victims[0]} of {victims[1]}' if victims[1] else '-':>9}{least or '':>7}")
        is_precise = true >= 0.99 * listed
        if least:
            report.goal(right >= least * members and is_precise, f"recall of {name}: {right / members:.3f} >= {least} at precision "
                        f"{true / max(listed, 1):.3f} >= .99")
        if full.startswith("rare "):
            report.goal(is_precise and right > 0, f"precision at {name}: {true} of {listed} listed are members, >= .99")
        if victims[1]:
            report.goal(victims[0] == 0, f"framed victims listed: {victims[0]} of {victims[1]}")
    print_rival_power(results, [name for name in names if name.startswith("power ")])


def print_open(report, results):
    mine = {name: results[f"open {name}"] for name, _, _ in OPEN if f"open {name}" in results}
    if not mine:
        return
    print(f"\nWith {' '.join(OPENLY)}: every kind of evidence lists alone\n")
    print(f"  {'world':<34}{'worlds':>7}{'recall':>24}{'honest listed':>18}{'activists':>16}")
    for name, _, least in OPEN:
        right, members = totals(each(mine[name], "evenhand", ["member"]))
        false, honest = totals(each(mine[name], "evenhand", LIST_FALSE))
        active, activists = totals(each(mine[name], "evenhand", ["activist"]))
        print(f"  {name:<34}{len(mine[name]):>7}{share(each(mine[name], 'evenhand', ['member'])):>24}{f'{false} of {honest}':>18}"
              f"{f'{active} of {activists}' if activists else '-':>16}")
        if least:
            report.goal(right >= least * members and right >= 0.99 * (right + false),
                        f"recall of {name} where selection may list: {right / members:.3f} >= {least} at precision {right / max(right + false, 1):.3f} >= .99")


def print_rival_power(results, names):
    judged = {name: [x for x in results[name] if len(x["rules"]) > 1] for name in names}
    names = [name for name in names if judged[name]]
    if not names:
        return
    rules = list(judged[names[0]][0]["rules"])
    print("\nThe same for the rules in use elsewhere: recall / precision\n")
    print(f"  {'world':<34}" + "".join(f"{rule[:18]:>20}" for rule in rules))
    for name in names:
        cells = []
        for rule in rules:
            right, members = totals(each(judged[name], rule, ["member"]))
            true, listed = totals(precision(judged[name], rule))
            cells.append(f"{right / max(members, 1):.2f} / " + (f"{true / listed:.2f}" if listed else "-"))
        print(f"  {name.split(' ', 1)[1]:<34}" + "".join(f"{cell:>20}" for cell in cells))


def print_mirror(report, results):
    pair = results.get("mirror", []), results.get("mirror--mirror", [])
    if not all(pair):
        return
    recalls, false = [each(side, "evenhand", ["member"]) for side in pair], [each(side, "evenhand", LIST_FALSE) for side in pair]
    gaps = [100 * (a / n - b / m) for (a, n), (b, m) in zip(*recalls)] # the same seed on either side
    gap, (low, high) = sum(gaps) / len(gaps), w.mean_interval(gaps)
    ratio, least, most = w.ratio_interval(*totals(false[0]), *totals(false[1]))
    print(f"\nMirrored worlds ({len(pair[0])} each): recall {share(recalls[0])} and {share(recalls[1])}, gap {gap:+.1f} points [{low:+.1f}, {high:+.1f}]; "
          f"honest listed {'%d of %d' % totals(false[0])} and {'%d of %d' % totals(false[1])}, ratio {ratio:.2f} [{least:.2f}, {most:.2f}]")
    report.goal(abs(gap) <= 2, f"mirror: recall gap {gap:+.1f} points, at most 2")
    n_false = totals(false[0])[0] + totals(false[1])[0]
    is_inside = None if n_false < 40 else least >= 0.8 and most <= 1.25 # too few to tell a ratio
    report.goal(is_inside, f"mirror: false-listing ratio interval [{least:.2f}, {most:.2f}] inside [.8, 1.25]; {n_false} false listings")


def print_expand(report, results):
    print("\nExpansion from 5 % of a group\n")
    print(f"  {'world':<34}{'recall':>24}{'precision':>24}")
    sums = {"found": 0, "wanted": 0, "right": 0, "linked": 0}
    for full, mine in results.items():
        found = [counts for x in mine for counts in x.get("expand", {}).values()]
        if not found:
            continue
        print(f"  {full.split(' ', 1)[1]:<34}{share([(c['found'], c['wanted']) for c in found]):>24}{share([(c['right'], c['linked']) for c in found]):>24}")
        if any(kind in full for kind in ("jitter-15m", "ring", "framed")): # groups that have evidence by timing
            sums = {key: sums[key] + sum(c[key] for c in found) for key in sums}
    if sums["wanted"]:
        report.goal(sums["found"] >= 0.8 * sums["wanted"], f"expansion of rings: recall {sums['found'] / sums['wanted']:.3f} >= .8")
        report.goal(sums["right"] >= 0.95 * sums["linked"], f"expansion of rings: precision {sums['right'] / max(sums['linked'], 1):.3f} >= .95")


def cpu_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    w.run(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def print_time(report, program, n_accounts):
    place = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-accuracy-"))
    inv, windows = place / "a.duckdb", ("10s", "1m", "10m", "1h")
    try:
        w.run([program, "simulate", "honest", "--accounts", n_accounts, "--seed", "1", "-o", place / "world", "--quiet"])
        w.run([program, "import", inv, place / "world" / "posts.csv", "--quiet"])
        detect = cpu_seconds([program, "detect", inv, "--quiet"])
        pairs = {window: sum(cpu_seconds([program, "pairs", inv, "--behaviour", behaviour, "--window", window, "-o", place / "p.csv", "--quiet"])
                             for behaviour in ("repost", "link", "text", "hashtag", "reply", "mention")) for window in windows}
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print(f"\nCPU time of detect ({detect:.1f} s, all kinds of evidence) over that of pairs, six behaviours, {n_accounts} accounts: "
          f"{detect / sum(pairs.values()):.2f} with the same four windows ({sum(pairs.values()):.1f} s), {detect / pairs['1h']:.2f} with one hour alone")
    report.goal(detect <= 3 * sum(pairs.values()), f"time of detect over pairs, the same work: {detect / sum(pairs.values()):.2f} <= 3")


def options(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default=str(HERE.parents[1] / "build" / "evenhand"), help="default: build/evenhand")
    parser.add_argument("--worlds", type=int, default=15, metavar="N", help="per honest family")
    parser.add_argument("--bare", type=int, default=5, metavar="N", help="per honest family with nothing planted")
    parser.add_argument("--foreign", type=int, default=3, metavar="N", help="per foreign family and time step")
    parser.add_argument("--power", type=int, default=6, metavar="N", help="worlds per planted kind")
    parser.add_argument("--variants", type=int, default=3, metavar="N", help="worlds per variant")
    parser.add_argument("--mirrors", type=int, default=10, metavar="N", help="worlds per side")
    parser.add_argument("--rare", type=int, default=1, metavar="N", help="worlds of 20,000 accounts")
    parser.add_argument("--rivals", type=int, default=2, metavar="N", help="worlds per row on which the other rules are measured")
    parser.add_argument("--quick", action="store_true", help="one or two worlds a row, one family in three")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fdr", type=float, default=0.05, metavar="Q", help="the goal of false shares; detection uses its default")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="worlds at a time")
    parser.add_argument("--time-accounts", type=int, default=15000, metavar="N", help="size of the world for the time ratio; 0 = leave out")
    parser.add_argument("--cache", metavar="FILE", help="JSON lines of counts; worlds found there are not run again")
    parser.add_argument("--report-only", action="store_true", help="exit 0 though goals are missed")
    return parser.parse_args(argv)


def measure_all(plan, cache, version, program, chosen):
    """Fills the cache; each world is written down as soon as it is done."""
    todo = [world for world in plan if w.key_of(version, world) not in cache]
    with concurrent.futures.ProcessPoolExecutor(max(chosen.jobs, 1)) as pool:
        waiting = {pool.submit(w.measure, (program, world)): world for world in todo}
        try:
            for done, future in enumerate(concurrent.futures.as_completed(waiting), 1):
                world, counts = waiting[future], future.result()
                cache[w.key_of(version, world)] = counts
                if chosen.cache:
                    with open(chosen.cache, "a", encoding="utf-8") as file:
                        file.write(json.dumps({"key": w.key_of(version, world), "counts": counts}) + "\n")
                ours = counts["rules"]["evenhand"]["roles"]
                print(f"{done} of {len(todo)}: {world['name']} {world['seed']}: honest {ours['honest']['listed']} {counts['honest_legs'] or ''}, members "
                      f"{ours['member']['listed']} of {ours['member']['accounts']}, {counts['seconds']} s", file=sys.stderr, flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def main(argv=None):
    chosen = options(argv)
    program = shutil.which(chosen.program)
    if not program:
        print(f"{chosen.program} does not exist or cannot be run; build it with make", file=sys.stderr)
        return 2
    program = str(pathlib.Path(program).resolve())
    if chosen.quick:
        chosen.worlds, chosen.bare, chosen.foreign, chosen.power, chosen.variants, chosen.mirrors = 2, 1, 1, 1, 1, 2
        chosen.rare, chosen.rivals, chosen.time_accounts = 0, 1, 3000
    known = scenarios_of(program)
    families = [family for i, family in enumerate(FAMILIES) if family in known and (not chosen.quick or i % 3 == 0)]
    plan, cache, version = plan_of(chosen, families), w.load_cache(chosen.cache), w.version_of(program)
    try:
        measure_all(plan, cache, version, program, chosen)
    except RuntimeError as failure:
        print(failure, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"interrupted{'; run it again with the same --cache to go on' if chosen.cache else ''}", file=sys.stderr)
        return 130
    results = {}
    for world in plan:
        results.setdefault(world["name"], []).append(cache[w.key_of(version, world)])
    report = Report()
    print(f"{len(plan)} worlds, first seed {chosen.seed}; held out: {', '.join(sorted(HELD_OUT))}")
    print_families(report, results, chosen, families)
    print_power(report, results)
    print_open(report, results)
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
