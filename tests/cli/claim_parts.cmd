# claim: bursts, pushing and texts on archives made for the purpose, whose answers are known.
. "$SRC/tests/cli/lib.sh"
python3 - <<'END' || fail "no archives"
import csv, datetime, json, random
rng = random.Random(4)
day = lambda n: (datetime.date(2008, 1, 1) + datetime.timedelta(days=n)).isoformat()
def archive(name, accounts):
    """accounts: (id, date, number of posts, share of them on the pushed site)"""
    with open(name + ".csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("who", "born", "post", "at", "link"))
        n = 0
        for who, born, n_posts, share in accounts:
            for _ in range(n_posts):
                n += 1
                host = "pushed.example" if rng.random() < share else f"site{rng.randrange(60)}.example"
                out.writerow((who, born, f"p{n}", 1533081600 + rng.randrange(14 * 86400), f"https://{host}/{rng.randrange(400)}"))
def claim(name, accounts, *parts):
    json.dump({"evenhand_claim": 1, "raised_by": "desk 4", "accounts": accounts, "part": list(parts)}, open(name + ".json", "w"))
burst = lambda days: {"kind": "created_in_one_burst", "within_days": days}
# Growth: 120 of 200 came within a week. Six of ten listed did, which is as usual; two more share a day with nobody else.
growth = [(f"g{i}", day(4000 + rng.randrange(7)), 20, 0) for i in range(120)] + [(f"o{i}", day(rng.randrange(3500)), 20, 0) for i in range(80)]
growth = [(w, day(3700) if w in ("o0", "o1") else b, n, s) for w, b, n, s in growth]
archive("growth", growth)
claim("growth", [f"g{i}" for i in range(6)] + ["o0", "o1", "o2", "o3"], burst(7))
# Whoever is busy is new: ten of a hundred busy newcomers are not a burst, although others of the archive came over ten years.
archive("busy", [(f"n{i}", day(4000 + rng.randrange(30)), 40 + rng.randrange(10), 0) for i in range(100)] + [(f"o{i}", day(rng.randrange(3900)), 3, 0) for i in range(200)])
claim("busy", [f"n{i}" for i in range(10)], burst(30))
# Eight of twelve created within a week, of three hundred over ten years, and five of twenty that push one site.
archive("true", [(f"t{i}", day(3000 + rng.randrange(7)) if i < 8 else day(rng.randrange(4000)), 15, 0.6 if 100 <= i < 105 else 0) for i in range(300)])
claim("true", [f"t{i}" for i in range(12)], burst(7))
claim("few", [f"t{i}" for i in range(5)] + [f"t{i}" for i in range(20, 35)], burst(7))
claim("push", [f"t{i}" for i in range(100, 120)], {"kind": "push_these_links", "objects": ["pushed.example"]})
claim("shun", [f"t{i}" for i in range(120, 140)], {"kind": "push_these_links", "objects": ["pushed.example", "site1.example"]})
END
for name in growth busy true; do
    "$EVENHAND" import $name.duckdb $name.csv --map account=who --map account_created=born --map post=post --map time=at --map urls=link --quiet >/dev/null || fail "no import of $name"
    "$EVENHAND" detect $name.duckdb --quiet >/dev/null || [ $? -eq 3 ] || fail "no run of $name"
done
check() { # INV CLAIM: the answer's verdict, number of supported accounts, and these
    id=$("$EVENHAND" claim add "$1.duckdb" "$2.json" --quiet) || fail "$2 is not added"
    "$EVENHAND" claim check "$1.duckdb" "$id" --no-power --quiet --json --decline-other "a test" >"$2_found.json" 2>err.txt || [ $? -eq 3 ] || fail "$2 is not answered"
    python3 -c 'import json, sys
found = json.load(open(sys.argv[1])); row = found["results"][0]
print(row["verdict"], row["n_supported"], *sorted(a["account_id"] for a in found["accounts"] if a["verdict"] == "supported"))' "$2_found.json"
}
[ "$(check growth growth)" = "not_supported 0" ] || fail "as many as usual within a week: neither supported nor contradicted"
[ "$(check busy busy)" = "not_supported 0" ] || fail "new as others as busy are"
case "$(check true true)" in "supported 8 t0 t1 t2 t3 t4 t5 t6 t7") ;; *) fail "eight of twelve within a week: $(check true true)" ;; esac
[ "$(check true few)" = "contradicted 0" ] || fail "five of twenty are not most of them"
grep -q "beyond chance, but these are not half of it" few_found.json || fail "the five are told all the same"
[ "$(check true push)" = "supported 5 t100 t101 t102 t103 t104" ] || fail "five of twenty push: $(check true push)"
[ "$(check true shun)" = "not_supported 0" ] || fail "fifteen who do nothing special"

# Texts: a group that a run lists by its texts alone is supported by them, half of it among as many others.
"$EVENHAND" simulate honest --plant copy-paste --accounts 200 --days 14 --seed 8 -o world --quiet >/dev/null || fail "no world"
"$EVENHAND" import world.duckdb world/posts.csv --quiet >/dev/null && "$EVENHAND" detect world.duckdb --quiet >/dev/null || fail "no run of the world"
python3 - <<'END'
import collections, csv, json
truth = list(csv.DictReader(open("world/truth.csv")))
posts = collections.Counter(r["userid"] for r in csv.DictReader(open("world/posts.csv")))
group = [r["account_id"] for r in truth if r["role"] == "member"]
others = [a for a, n in posts.most_common() if a in {r["account_id"] for r in truth if r["role"] == "honest"}]
open("group.txt", "w").write(" ".join(group))
json.dump({"evenhand_claim": 1, "raised_by": "desk 4", "accounts": group[:10] + others[:10], "part": [{"kind": "act_together"}]}, open("texts.json", "w"))
END
check world texts >texts.txt
python3 - <<'END' || fail "ten of the group are supported: $(cat texts.txt)"
verdict, n, *accounts = open("texts.txt").read().split()
assert verdict == "supported" and int(n) >= 8 and set(accounts) <= set(open("group.txt").read().split())
END
finish
