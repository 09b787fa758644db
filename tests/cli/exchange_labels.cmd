# Labels for Bluesky: with a term, and after a reversal negated, once, so that consumers take the label away. STIX against the standard.
. "$SRC/tests/cli/lib.sh"
need python3
evenhand simulate ring --seed 3 --accounts 200 --days 10 -o world --quiet >/dev/null || fail "no world"
cut -d, -f1 world/truth.csv | sed -n '2,$s/.*/&,did:plc:aaaaaaaaaaaaa&/p' >dids.csv
python3 - <<'END' || fail "dids"
import csv
did = dict(csv.reader(open("dids.csv")))
out = csv.writer(open("posts.csv", "w", newline=""))
out.writerows([did.get(cell, cell) for cell in row] for row in csv.reader(open("world/posts.csv", newline="")))
END
inv=found/investigation.duckdb
evenhand investigate posts.csv -o found --quiet >/dev/null || fail "no investigation"
run=$(evenhand sql $inv 'SELECT run_id FROM runs' | tail -1)
first=$(evenhand sql $inv 'SELECT account_id FROM findings WHERE listed ORDER BY account_id' | sed -n 2p | tr -d '\r')
labels() { evenhand export $inv bluesky-labels --source did:plc:labeller00 --quiet "$@" || fail "labels"; }
labels -o before.json
labels -o again.json
same before.json again.json
labels -o short.json --valid 30d
expect 2 'lasts no time' evenhand export $inv bluesky-labels --source did:plc:labeller00 -o none.json --valid 0s
evenhand export $inv stix -o before_stix.json --quiet || fail stix
expect 0 ' 0 problems' python3 "$SRC/tests/tools/stix_check.py" before_stix.json

evenhand key new -o reviewer.key >/dev/null
evenhand appeal open $inv --account "$first" --by Heron --reasons 'No.' >/dev/null || fail open
for state in admissible recomputed reversed; do
    expect 0 "^appeal  *1 $state" evenhand appeal decide $inv --appeal 1 --to $state --reasons 'Shown.' --key reviewer.key
done
# For the run that was contested and for the one without the account.
labels -o after.json --run "$run"
labels -o corrected.json
python3 - "$first" <<'END' || fail "labels"
import datetime
import json
import sys

first = sys.argv[1]
read = lambda name: {label["uri"]: label for label in json.load(open(name))["labels"]}
time = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
before, short, after, corrected = (read(name + ".json") for name in ("before", "short", "after", "corrected"))
assert len(before) >= 10 and first in before
for label in before.values():
    assert label.keys() == {"ver", "src", "uri", "val", "cts", "exp"}, label
    assert label["ver"] == 1 and label["src"] == "did:plc:labeller00" and label["val"] in ("acts-together-strong", "acts-together-moderate")
    assert time(label["exp"]) - time(label["cts"]) == datetime.timedelta(days=180)
assert all(time(label["exp"]) - time(label["cts"]) == datetime.timedelta(days=30) for label in short.values())
for labels, name in ((after, "after.json"), (corrected, "corrected.json")):
    assert sum(label["uri"] == first for label in json.load(open(name))["labels"]) == 1, "told twice"
    negated = labels[first]
    assert negated["neg"] is True and "exp" not in negated and time(negated["cts"]) > time(before[first]["cts"])
    assert all(negated[key] == before[first][key] for key in ("ver", "src", "uri", "val"))
    assert sum("neg" in label for label in labels.values()) == 1
assert {u: l for u, l in after.items() if u != first} == {u: l for u, l in before.items() if u != first}
END
evenhand export $inv stix --run "$run" -o after_stix.json --quiet || fail stix
expect 0 ' 0 problems' python3 "$SRC/tests/tools/stix_check.py" after_stix.json before_stix.json
grep -q '"revoked":true' after_stix.json || fail "nothing is revoked"
# The check can fail: an id that is not that of its account, a reference to nowhere, a property that is missing.
for change in 's/"user_id":"did/"user_id":"dod/' 's/"object_refs":\["note--./"object_refs":["note--_/' 's/"context":"unspecified",//'; do
    sed "$change" after_stix.json >changed.json
    ! python3 "$SRC/tests/tools/stix_check.py" changed.json >out.txt || fail "passed after $change"
done

# Contested anew and reversed anew, it is still told once, from the first time on.
evenhand key new -o other.key >/dev/null
expect 0 '' evenhand appeal open $inv --account "$first" --run "$run" --by Heron --reasons 'Again.'
for state in admissible recomputed reversed; do
    expect 0 "^appeal  *2 $state" evenhand appeal decide $inv --appeal 2 --to $state --reasons 'Shown.' --key other.key
done
labels -o twice.json --run "$run"
same after.json twice.json
evenhand export $inv stix --run "$run" -o twice_stix.json --quiet || fail stix
expect 0 ' 0 problems' python3 "$SRC/tests/tools/stix_check.py" twice_stix.json after_stix.json
finish
