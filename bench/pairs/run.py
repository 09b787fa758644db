#!/usr/bin/env python3
"""Compares the pair kernel with a hand-written, time-bucketed SQL self join in DuckDB, in one run.

    bench/pairs/run.py [BUILD_DIR] [--sizes 100000,1000000] [--window 60] [--min-weight 2] [--repeats 5]

Same rows, same edges (checked: number of edges and sum of weights), one thread each, CPU seconds as the least of the
repeats. DuckDB gets an in-memory table of integers and two spellings of the query, of which the faster counts; reading
the file is in neither figure. evenhand's figures: `pairs` is the kernel on the table of actions; `finish` is what
sorting and numbering the actions (strings there) costs before, once for all windows.

Needs bench_pairs (compiled here with cc) and, for the comparison, the Python package duckdb; without it, only
evenhand's own figures are printed.
"""
import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LIBRARIES = ["-lutf8proc", "-lxxhash", "-lsodium", "-lz", "-lm", "-lpthread"]


def compile_bench(build_dir, target):
    library = os.path.join(build_dir, "src", "libevenhand_static.a")
    if not os.path.exists(library):
        sys.exit(f"run.py: there is no {library}; build first (make), or name the build directory")
    subprocess.run(["cc", "-O2", "-std=c11", "-D_DEFAULT_SOURCE", f"-I{ROOT}/include", f"-I{ROOT}/src",
                    os.path.join(HERE, "bench_pairs.c"), library, "-o", target] + LIBRARIES, check=True)


def queries(window, least):
    sides = (f"with l as (select object, account, t, t // {window} z from e), "
             f"r as (select object, account, t, unnest([t // {window} - 1, t // {window}, t // {window} + 1]) z from e)")
    join = (f"from l join r on l.object = r.object and l.z = r.z and l.account < r.account "
            f"and abs(l.t - r.t) <= {window}")
    return [
        f"{sides} select l.account a, r.account b, count(distinct l.object) w {join} group by 1, 2 having w >= {least}",
        f"{sides}, d as (select distinct l.account a, r.account b, l.object o {join}) "
        f"select a, b, count(*) w from d group by 1, 2 having w >= {least}",
    ]


def cpu_s():
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def duckdb_best(duckdb, path, window, least, repeats):
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.execute("create table e as select object::uinteger object, account::uinteger account, time_s::bigint t "
                       f"from read_csv('{path}')")
    best, answer = None, None
    for query in queries(window, least):
        for _ in range(repeats):
            start = cpu_s()
            answer = connection.execute(f"select count(*), coalesce(sum(w), 0)::bigint from ({query})").fetchone()
            used = cpu_s() - start
            best = used if best is None else min(best, used)
    return best, answer


def main():
    parser = argparse.ArgumentParser(description="pair kernel against DuckDB's bucketed SQL")
    parser.add_argument("build_dir", nargs="?", default=os.path.join(ROOT, "build"))
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--window", type=int, default=60)
    parser.add_argument("--min-weight", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    try:
        import duckdb
    except ImportError:
        duckdb = None
        print("skipped: the comparison with DuckDB (python3 -m pip install duckdb); own figures only")
    print(f"{platform.machine()}, {os.cpu_count()} cores; window {options.window} s, least weight {options.min_weight}, "
          f"DuckDB {duckdb.__version__ if duckdb else 'absent'}; CPU seconds, least of {options.repeats}")
    print(f"{'world':6} {'actions':>10} {'pairs/action':>12} {'edges':>9} {'finish':>8} {'pairs':>8} {'ns/pair':>8} {'DuckDB':>8} "
          f"{'x pairs':>8} {'x finish+pairs':>14}")
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        bench = os.path.join(scratch, "bench_pairs")
        compile_bench(options.build_dir, bench)
        for world in ("quiet", "busy"):
            for size in options.sizes.split(","):
                path = os.path.join(scratch, "actions.csv")
                subprocess.run([bench, "generate", world, size, "1", path], check=True)
                run = subprocess.run([bench, "run", path, "shared", str(options.window), str(options.min_weight), "1",
                                      str(options.repeats)], check=True, stdout=subprocess.PIPE)
                own = json.loads(run.stdout)
                line = (f"{world:6} {own['n_actions']:10} {own['window_pairs'] / own['n_actions']:12.2f} {own['edges']:9} "
                        f"{own['finish_cpu_s']:8.4f} {own['pairs_cpu_s']:8.4f} {own['ns_per_window_pair']:8.2f}")
                if duckdb:
                    rival, answer = duckdb_best(duckdb, path, options.window, options.min_weight,
                                                max(1, options.repeats // 2))
                    if answer != (own["edges"], own["weight"]):
                        failed = True
                        line += f"  EDGES DIFFER: {answer[0]} of weight {answer[1]}"
                    line += (f" {rival:8.3f} {rival / own['pairs_cpu_s']:8.1f} "
                             f"{rival / (own['pairs_cpu_s'] + own['finish_cpu_s']):14.1f}")
                print(line, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
