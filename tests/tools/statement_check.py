"""Checks a restricted statement against the exports of its run, by code of its own: canonical bytes (RFC 8785), and the evidence with the
strongest partner, object, behaviour and window left out, by brute force over all of them with the formulas of tools/recompute.py.

Usage: statement_check.py recompute.py DIR STATEMENT.json, with edges, chances, accounts (CSV) and provenance.json in DIR."""
import csv, importlib.util, json, math, pathlib, sys
from collections import defaultdict
from itertools import groupby


def number(x):  # ECMA-262 Number::toString from Python's shortest digits
    if isinstance(x, bool) or x is None or isinstance(x, str):
        return json.dumps(x, ensure_ascii=False)
    if x == 0:
        return "0"
    mantissa, exponent = f"{x:.16e}".split("e")
    shortest = repr(float(x)).lower().lstrip("-")
    digits = shortest.split("e")[0].replace(".", "").lstrip("0").rstrip("0") or "0"
    if "e" in shortest:
        n = int(shortest.split("e")[1]) + 1
    else:
        whole, _, fraction = shortest.partition(".")
        n = len(whole) if whole != "0" else -(len(fraction) - len(fraction.lstrip("0")))
    sign, k = "-" if x < 0 else "", len(digits)
    if k <= n <= 21:
        return sign + digits + "0" * (n - k)
    if 0 < n <= 21:
        return sign + digits[:n] + "." + digits[n:]
    if -6 < n <= 0:
        return sign + "0." + "0" * -n + digits
    return sign + digits[0] + ("." + digits[1:] if k > 1 else "") + f"e{n - 1:+d}"


def canonical(x):
    if isinstance(x, dict):
        keys = sorted(x, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(json.dumps(key, ensure_ascii=False) + ":" + canonical(x[key]) for key in keys) + "}"
    if isinstance(x, list):
        return "[" + ",".join(map(canonical, x)) + "]"
    return number(x)


def log_sum(logs):
    top = max(logs, default=-math.inf)
    return top if top == -math.inf else top + math.log(math.fsum(math.exp(v - top) for v in logs))


def main(recompute_path, folder, statement_path):
    spec = importlib.util.spec_from_file_location("recompute", recompute_path)
    r = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(r)
    raw = pathlib.Path(statement_path).read_bytes()
    statement = json.loads(raw)
    assert canonical(statement).encode() == raw, "not in canonical form"
    account, folder = statement["subject"]["account_id"], pathlib.Path(folder)
    read = lambda name: csv.DictReader(open(folder / f"{name}.csv", newline="", encoding="utf-8"))
    n_tested = json.loads((folder / "provenance.json").read_text())["results"]["n_tested_behaviours"]
    pair_of = lambda row: (row["account_a"], row["account_b"])
    episodes, stored, common = {}, {}, defaultdict(int)
    for row in read("edges"):
        if account in pair_of(row):
            stored[pair_of(row)] = float(row["log_e_pair"])
            common[pair_of(row)] += int(row["common_objects"])
    for pair, rows in groupby((row for row in read("chances") if account in pair_of(row)), pair_of):
        episodes[pair] = [r.Episode(r.us(of[5]), int(of[4]), of[2], of[3], r.us(of[7]), r.us(of[8]),
                                    math.inf if of[9] == "true" else r.us(of[8]) - r.us(of[7]),
                                    {round(float(row["window_s"]) * 1e6): float(row["p_object"]) for row in mine})
                          for of, mine in groupby(rows, lambda row: tuple(row.values())[:10])]
    weight = {pair: min(len(episodes.get(pair, ())) or common[pair], 32) ** 2 for pair in stored}

    def log_e_pair(left, windows):
        logs = [0.0] * (n_tested - len({e.behaviour for e in left}))
        for behaviour in sorted({e.behaviour for e in left}):
            mine = [e for e in left if e.behaviour == behaviour]
            logs.append(r.log_mean([r.weigh(mine, w, r.any_object, -1)[2] for w in windows]))
        sharpest = lambda sights: max(sights, key=lambda s: s.log_not)
        return r.log_mean([r.log_mean(logs), r.log_mean([r.weigh(left, w, sharpest, 1)[2] for w in windows])])

    windows = sorted(next(iter(episodes.values()))[0].p)
    accounts = {row["account_id"]: row for row in read("accounts")}
    own = float(accounts[account]["log_e"])
    whole = log_sum([math.log(weight[pair]) + e for pair, e in stored.items()])

    def without(partner=None, keep=lambda e: True, at=windows):
        logs = []
        for pair, e in stored.items():
            if partner in pair:
                continue
            mine = episodes.get(pair, [])
            left = [x for x in mine if keep(x)]
            if mine and (len(left) < len(mine) or at != windows):
                e = log_e_pair(left, at)
            logs.append(math.log(weight[pair]) + e)
        return own + log_sum(logs) - whole

    others = [float(row["log_e"]) for name, row in accounts.items() if name != account and int(row["n_testable_partners"]) and row["log_e"]]
    m = sum(int(row["n_testable_partners"]) > 0 for row in accounts.values())

    def q(log_e):
        ranked = sorted(others + [log_e], reverse=True)
        best = 1.0
        for j in range(len(ranked) - 1, ranked.index(log_e) - 1, -1):
            best = min(best, m / (j + 1) * math.exp(-ranked[j]))
        return best

    for pair in episodes:  # nothing left out: what is stored
        assert abs(log_e_pair(episodes[pair], windows) - stored[pair]) < 1e-9, pair
    assert abs(q(own) - float(accounts[account]["q_timing"])) <= 1e-9 * q(own), "q of the whole evidence"
    objects = {(e.behaviour, e.object) for mine in episodes.values() for e in mine}
    expected = {
        "strongest partner": min(without(partner=(set(pair) - {account}).pop()) for pair in episodes),
        "strongest object": min(without(keep=lambda e, o=o: (e.behaviour, e.object) != o) for o in objects),
        "strongest behaviour": min(without(keep=lambda e, b=b: e.behaviour != b) for b in {o[0] for o in objects}),
        "strongest window": min(without(at=[w for w in windows if w != skipped]) for skipped in windows),
    }
    rows = {row["left_out"]: row for row in statement["robustness"]["leave_one_out"]}
    assert rows.keys() == expected.keys(), rows.keys()
    for name, log_e in expected.items():
        found = rows[name]["log10_e"]
        # The object is looked for among the five that carry most.
        is_right = abs(found - log_e / math.log(10)) < 1e-9 or (name == "strongest object" and found >= log_e / math.log(10))
        assert is_right, f"{name}: {found} told, {log_e / math.log(10)} by brute force"
        if abs(found - log_e / math.log(10)) < 1e-9:
            assert abs(rows[name]["q_value"] - q(log_e)) <= 1e-9 * q(log_e), f"{name}: q"
        elif name == "strongest object":
            print(f"strongest object: {found:.3f} told, {log_e / math.log(10):.3f} by brute force")
    print(f"{len(episodes)} pairs, {len(objects)} objects: all agree")


main(*sys.argv[1:])
