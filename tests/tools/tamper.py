#!/usr/bin/env python3
"""Changes one cell of an export at a time and asks tools/recompute.py: each change must be noticed.

Usage: tamper.py RECOMPUTE DIR    DIR as recompute.py reads it; only the pairs of three accounts are kept, which is quicker
"""
import contextlib
import csv
import importlib.util
import io
import pathlib
import random
import shutil
import sys
import tempfile

COLUMNS = {
    "evidence": ["p_object", "time_a", "time_b", "delta_s", "post_a", "post_b", "object", "behaviour", "account_b", None],
    "chances": ["p_object", "time_a", "time_b", "object", "on_grid", "window_s", "account_b", None],
    "edges": ["log_e", "log_e_pair", "p_value", "expected", "n_coincidences", "common_objects", "shared_objects", "n_a_second",
              "n_b_second", "n_tied", "log_e_a_second", "log_e_b_second"],
}


def forge(row, column, part):
    """Numbers by a part of them, counts by one, times by a second, words by a letter."""
    old = row[column]
    if column.startswith("time"):
        return f"{old[:17]}{(int(old[17:19]) + 1) % 60:02}{old[19:]}"
    try:
        value = float(old)
    except ValueError:
        return old + "x"
    if column.startswith(("post", "object", "account")):
        return old + "0"
    return str(int(value) + 1) if column.startswith(("n_", "common", "shared")) else repr(value * (1 + part) + (part if value == 0 else 0))


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def main(script, folder):
    spec = importlib.util.spec_from_file_location("recompute", script)
    recompute = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recompute)
    rows = {}
    for name in ("edges", "evidence", "chances", "posts"):
        with open(folder / f"{name}.csv", newline="", encoding="utf-8") as file:
            rows[name] = list(csv.DictReader(file))
    kept = set(sorted({row["account_a"] for row in rows["evidence"]})[:3])
    for name in COLUMNS:
        rows[name] = [row for row in rows[name] if row["account_a"] in kept]
    # Of pairs that are not listed, nothing is kept that a row could be compared with.
    listed = {(row["account_a"], row["account_b"]) for row in rows["edges"] if row["listed"] == "true"}
    rows["edges"] = [row for row in rows["edges"] if (row["account_a"], row["account_b"]) in listed]
    place, draw, missed = pathlib.Path(tempfile.mkdtemp()), random.Random(1), 0
    shutil.copy(folder / "provenance.json", place)
    for name, mine in rows.items():
        write(place / f"{name}.csv", mine)

    def notices():
        with contextlib.redirect_stdout(io.StringIO()) as out:
            try:
                return recompute.main(place) != 0, out.getvalue()
            except (KeyError, ValueError, IndexError) as broken:
                return True, repr(broken)

    is_noticed, said = notices()
    if is_noticed:
        print("the true rows do not pass:", said)
        return 1
    n = 0
    for name, columns in COLUMNS.items():
        for column in columns:
            for _ in range(2):
                at = draw.randrange(len(rows[name]))
                forged = [dict(row) for row in rows[name]]
                if column is None:
                    del forged[at]
                else:
                    # A chance enters E and p with others: of a tiny one, a part in a million may rightly not matter.
                    forged[at][column] = forge(forged[at], column, 1e-3 if name == "chances" else 1e-6)
                write(place / f"{name}.csv", forged)
                n += 1
                if not notices()[0]:
                    missed += 1
                    print(f"not noticed: {name}.csv row {at} {column}: {rows[name][at]}")
            write(place / f"{name}.csv", rows[name])
    shutil.rmtree(place)
    print(f"{n} forgeries, {missed} not noticed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
