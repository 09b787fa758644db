#!/usr/bin/env python3
"""Simulated audits in the settings of docs/methods/audit.md: what is found where nothing is, and what of what is.

    nice bench/audit/settings.py [--evenhand build/evenhand] [--audits 1000] [--seed 1] [--only WORD]

Prints a Markdown table; ends with 1 where a bound of the last column is broken by more than three standard errors.
"""
import argparse
import json
import math
import subprocess
import sys
import tempfile
import time

AT_MOST, AT_LEAST = "at most", "at least"
SETTINGS = [
    # name, options, (what, bound, share) or None
    ("no bias, batches, 20 + 20 networks", "--networks 20 --batch", ("disparity", AT_MOST, 0.05)),
    ("no bias, 60 + 60, margin 1.5", "--networks 60 --margin 1.5", ("parity", AT_LEAST, 0.80)),
    ("odds ratio 2, 30 + 30", "--networks 30 --odds-ratio 2", ("right_direction", AT_LEAST, 0.80)),
    ("odds ratio 2, 30 + 30, networks' own log odds SD 0.5", "--networks 30 --odds-ratio 2 --spread 0.5", ("right_direction", AT_LEAST, 0.80)),
    ("no bias, half of A's actioned accounts held, 30 + 30", "--networks 30 --coverage-bias 0.5", ("disparity", AT_MOST, 0.05)),
    ("no bias, A 1 SD higher, noise SD 0.5, 60 + 60", "--networks 60 --evidence-gap 1 --noise 0.5", ("disparity", AT_MOST, 0.05)),
    ("no bias, A actioned earlier and 0.5 SD higher, 40 + 40", "--networks 40 --truncation 0.8 --evidence-gap 0.5", ("disparity", AT_MOST, 0.05)),
    ("one rule on the score, 30 + 30", "--networks 30 --deterministic", ("disparity", AT_MOST, 0.0)),
    ("one rule on the score, A 0.5 SD higher, 30 + 30", "--networks 30 --deterministic --evidence-gap 0.5", ("disparity", AT_MOST, 0.0)),
    ("odds ratio 2, batches, 30 + 30", "--networks 30 --odds-ratio 2 --batch", None),
    ("odds ratio 0.5, 30 + 30, networks' own log odds SD 0.5", "--networks 30 --odds-ratio 0.5 --spread 0.5", ("right_direction", AT_LEAST, 0.80)),
    ("odds ratio 3, A 1 SD higher, noise SD 0.5, 30 + 30", "--networks 30 --evidence-gap 1 --noise 0.5 --odds-ratio 3", None),
    ("no bias, A actioned earlier, 40 + 40", "--networks 40 --truncation 0.8", ("disparity", AT_MOST, 0.05)),
    ("odds ratio 2, batches, 200 + 200", "--networks 200 --odds-ratio 2 --batch", None),
]


def run(evenhand, options, audits, seed):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        call = [evenhand, "audit", "--simulate", "--audits", str(audits), "--seed", str(seed), "--threads", "1", "-o", out.name, *options.split()]
        subprocess.run(call, check=True, stdout=subprocess.DEVNULL)
        return json.load(open(out.name))


def keeps(result, bound):
    if bound is None:
        return True
    what, kind, share = bound
    got, n = result[what]["share"], result["audits"]
    slack = 3 * math.sqrt(share * (1 - share) / n)
    return got <= share + slack if kind == AT_MOST else got >= share - slack


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--evenhand", default="build/evenhand")
    parser.add_argument("--audits", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    n_broken = 0
    print("| world | disparity | in the right direction | parity | inconclusive | by accounts | by the bare table | reasons where inconclusive or doubted, traps | asked |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, options, bound in SETTINGS:
        if args.only not in name:
            continue
        start = time.monotonic()
        r = run(args.evenhand, options, args.audits, args.seed)
        shown = [f"{k} {v / r['audits']:.3g}" for k, v in r["reasons"].items() if k not in ("difference", "equivalent", "not_equivalent")]
        shown += [f"trap {k} {v / r['audits']:.3g}" for k, v in r["traps"].items() if k in ("truncation", "coverage")]
        right = f"{r['right_direction']['share']:.3f}" if r["design"]["odds_ratio"] != 1 else ""
        is_kept = keeps(r, bound)
        n_broken += not is_kept
        asked = "" if bound is None else f"{bound[0]} {bound[1]} {bound[2]:g}" + ("" if is_kept else ": BROKEN")
        print(f"| {name} | {r['disparity']['share']:.3f} | {right} | {r['parity']['share']:.3f} | {r['inconclusive']['share']:.3f} | {r['naive_by_accounts']['share']:.3f} | "
              f"{r['disparity_by_bare_table']['share']:.3f} | {', '.join(shown)} | {asked} |", flush=True)
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 1 if n_broken else 0


if __name__ == "__main__":
    sys.exit(main())
