#!/usr/bin/env python3
"""Compares `evenhand audit --table` with R (stats) on random tables of strata.

    bench/audit/compare_r.py [EVENHAND] [--tables 200] [--seed 1]

Compared: CMH with and without correction, OR_MH with its interval, the exact p, Fisher's p of every informative stratum (all to
1e-9 relative), and R's exact odds ratio, whose last digits are loose, to 2 %. Prints the largest differences; ends with 1
where one is beyond. Needs Rscript; without it says so and ends with 0.
"""
import argparse
import csv
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

R = r"""
files <- readLines(file.path(commandArgs(TRUE)[1], "files"))
for (f in files) {
    x <- read.csv(f)
    t <- xtabs(count ~ side + actioned + stratum, transform(x, side = factor(side, c("a", "b")), actioned = factor(actioned, c(1, 0))))
    use <- apply(t, 3, function(m) all(rowSums(m) > 0) && all(colSums(m) > 0))
    t <- t[, , use, drop = FALSE]
    v <- c(NA, NA, NA, NA, NA, NA, NA, NA)
    if (dim(t)[3] > 1) {
        m <- mantelhaen.test(t)
        e <- mantelhaen.test(t, exact = TRUE)
        v <- c(m$statistic, m$p.value, mantelhaen.test(t, correct = FALSE)$statistic, m$estimate, m$conf.int, e$p.value, e$estimate)
    }
    p <- apply(t, 3, function(m) fisher.test(m)$p.value)
    cat(basename(f), sprintf("%.17g", as.numeric(c(v, unlist(p)))), sep = ",")
    cat("\n")
}
"""


def draw(rng, path):
    with open(path, "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["stratum", "side", "actioned", "count"])
        most = rng.choice([4, 12, 60, 400])
        for stratum in range(rng.randint(2, 8)):
            share = rng.random()
            for side in "ab":
                n = rng.randint(0, most)
                done = sum(rng.random() < share for _ in range(n))
                rows.writerow([f"s{stratum}", side, 1, done])
                rows.writerow([f"s{stratum}", side, 0, n - done])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("evenhand", nargs="?", default="build/evenhand")
    arguments.add_argument("--tables", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    args = arguments.parse_args()
    if not shutil.which("Rscript"):
        print("Rscript is not installed: nothing to compare with")
        return 0
    rng = random.Random(args.seed)
    worst, n_compared, n_refused = {}, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/t{i}.csv" for i in range(args.tables)]
        for path in files:
            draw(rng, path)
        Path(folder, "files").write_text("\n".join(files) + "\n")
        Path(folder, "compare.R").write_text(R)
        lines = subprocess.run(["Rscript", f"{folder}/compare.R", folder], capture_output=True, text=True, check=True).stdout.splitlines()
        theirs = {line.split(",")[0]: [float(x) if x not in ("NA", "NaN", "Inf") else None for x in line.split(",")[1:]] for line in lines}
        for path in files:
            run = subprocess.run([args.evenhand, "audit", "--table", path, "--compare", "a,b", "--json"], capture_output=True, text=True)
            if run.returncode not in (0, 3) or not run.stdout:
                n_refused += 1
                continue
            ours, r = json.loads(run.stdout), theirs[Path(path).name]
            cmh, exact = ours["layers"]["equal_evidence"]["cmh"], ours["layers"]["equal_evidence"]["exact"]
            pairs = {} if r[0] is None else {
                "x2_corrected": (cmh["x2_corrected"], r[0]), "p_corrected": (cmh["p_corrected"], r[1]), "x2": (cmh["x2"], r[2]),
                "odds_ratio": (cmh["odds_ratio"]["estimate"], r[3]), "low": (cmh["odds_ratio"]["low"], r[4]),
                "high": (cmh["odds_ratio"]["high"], r[5]), "exact p": (exact["p"], r[6]), "exact odds ratio, loose": (exact["odds_ratio"]["estimate"], r[7])}
            if abs(cmh["excess_actions"]) < 0.5:  # R then drops the correction; here it takes the statistic to 0
                for name in ("x2_corrected", "p_corrected"):
                    pairs.pop(name, None)
            fisher = [s["p"] for s in ours["strata"] if s["informative"]]
            assert len(fisher) == len(r) - 8, path
            pairs |= {f"fisher {i}": pair for i, pair in enumerate(zip(fisher, r[8:]))}
            n_compared += 1
            for name, (x, y) in pairs.items():
                if not isinstance(x, (int, float)) or y is None:
                    continue
                name = name.split(" ")[0] if name.startswith("fisher") else name
                worst[name] = max(worst.get(name, 0), abs(x - y) / max(abs(x), abs(y), 1e-300) if x != y else 0)
    print(f"{n_compared} tables compared, {n_refused} refused (a side without accounts)")
    limit = {"exact odds ratio, loose": 2e-2}
    is_bad = False
    for name, value in worst.items():
        is_bad |= value > limit.get(name, 1e-9)
        print(f"{name:<26} {value:.2e}")
    return 1 if is_bad or not n_compared else 0


if __name__ == "__main__":
    sys.exit(main())
