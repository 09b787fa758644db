# Decisions, appeals, reversal that propagates, case bundles and what other systems read.
. "$SRC/tests/cli/lib.sh"
need python3
"$EVENHAND" simulate ring --seed 3 --accounts 200 --days 10 -o world --quiet >/dev/null || fail "no world"
evenhand investigate world/posts.csv -o found --quiet >/dev/null || fail "no investigation"
inv=found/investigation.duckdb
value() { evenhand sql $inv "$1" | tail -1; }
run=$(value 'SELECT run_id FROM runs')
awk -F, 'NR > 1 && $2 == "true" { print $1 }' found/accounts.csv >listed.txt
n=$(grep -c . listed.txt)
[ "$n" -ge 12 ] || fail "only $n listed"
evenhand key new -o desk.key >/dev/null
evenhand key new -o reviewer.key >/dev/null
evenhand key new -o other.key >/dev/null

# A batch becomes one record and one leaf per account, or nothing at all.
{ echo account_id,decision; sed 's/$/,closed/' listed.txt; } >decided.csv
expect 0 "decisions 1 to $n, batch 1" evenhand decision add $inv decided.csv --key desk.key --clause 'rule 4'
[ "$(value "SELECT count(*) FROM ledger WHERE type = 'decision'")" = "$n" ] || fail "leaves of decisions"
{ cat decided.csv; head -2 decided.csv | tail -1; } >twice.csv
expect 1 'twice.csv: row .*twice' evenhand decision add $inv twice.csv --key desk.key
{ cat decided.csv; echo nobody,closed; } >stranger.csv
expect 1 'not an account of this archive' evenhand decision add $inv stranger.csv --key desk.key
[ "$(value 'SELECT count(*) FROM decisions')" = "$n" ] || fail "a failed batch left something"
echo 'account_id,verdict' >no_column.csv
expect 1 'needs the columns' evenhand decision add $inv no_column.csv --key desk.key

# An expansion with the account as seed, for the reversal to find.
first=$(head -1 listed.txt)
head -2 listed.txt >seeds.txt
expect 0 '' evenhand expand $inv --seeds seeds.txt -o linked.csv
expect 0 '' evenhand ledger sign $inv --key other.key

# Opening; states in order only; another reviewer.
echo 'we share a scheduler' >receipt.txt
expect 2 'KIND=FILE' evenhand appeal open $inv --decision 1 --by Heron --reasons x kind=receipt.txt
expect 1 'no appeal 1' evenhand appeal decide $inv --appeal 1 --to admissible --key reviewer.key
expect 2 'in no time' evenhand appeal open $inv --decision 1 --by Heron --reasons x --due 0s
expect 0 'appeal    1 received' evenhand appeal open $inv --decision 1 --by Heron --reasons 'We share a scheduler.' shared_app=receipt.txt
expect 2 'not decided yet' evenhand appeal open $inv --decision 1 --by Heron --reasons again
expect 1 'has no finding' evenhand appeal open $inv --account nobody --by Heron --reasons x
evenhand ledger show $inv -o leaves.csv --quiet
grep -q "$(sha256sum receipt.txt | cut -c1-64)" leaves.csv || fail "the hash of the counter-evidence is not in the ledger"
expect 2 'decided about this account before' evenhand appeal decide $inv --appeal 1 --to admissible --key desk.key
expect 2 'signed the ledger over run' evenhand appeal decide $inv --appeal 1 --to admissible --key other.key
expect 2 'cannot become reversed' evenhand appeal decide $inv --appeal 1 --to reversed --reasons x --key reviewer.key
expect 0 '' evenhand appeal decide $inv --appeal 1 --to admissible --key reviewer.key
evenhand key new -o third.key >/dev/null
expect 2 'nobody else may go on' evenhand appeal decide $inv --appeal 1 --to recomputed --key third.key
expect 0 ' 0 rows differ' evenhand appeal decide $inv --appeal 1 --to recomputed --key reviewer.key
expect 2 'needs its reasons' evenhand appeal decide $inv --appeal 1 --to reversed --key reviewer.key

# What a reviewer is shown names no account and no object.
evenhand appeal list $inv >sheet.txt
! grep -q "$first" sheet.txt || fail "the reviewer is told the account"
evenhand appeal list $inv --json >sheet.json
! grep -q "$first" sheet.json || fail "the reviewer is told the account in JSON"

# A reversal: a corrected run without the account, the expansion made anew, changes listed, and all of it in the ledger.
evenhand export $inv stix -o before.json --quiet
expect 0 '1 expansions made anew' evenhand appeal decide $inv --appeal 1 --to reversed --reasons 'The scheduler explains it.' --key reviewer.key
evenhand export $inv accounts -o corrected.csv --quiet
grep -q "^$first,false,insufficient_data," corrected.csv || fail "the account still has a finding in the corrected run"
[ "$(value "SELECT count(*) FROM edges WHERE run_id <> '$run' AND (account_a = '$first' OR account_b = '$first')")" = 0 ] ||
    fail "the account still has edges in the corrected run"
[ "$(value "SELECT count(*) FROM expansion_accounts WHERE expansion_id = 2 AND account_id = '$first'")" = 0 ] ||
    fail "the account is still in the expansion"
# Changes, by code of its own: findings that the two runs do not share.
evenhand export $inv changes -o changes.csv --quiet
python3 - "$first" <<'END' || fail "changes.csv"
import csv, sys
was = {r["account_id"]: r for r in csv.DictReader(open("found/accounts.csv"))}
now = {r["account_id"]: r for r in csv.DictReader(open("corrected.csv"))}
want = {a for a in was if a != sys.argv[1] and (was[a]["finding"], was[a]["listed"]) != (now[a]["finding"], now[a]["listed"])}
got = {r["account_id"] for r in csv.DictReader(open("changes.csv")) if r["thing"] == "run"}
sys.exit(want != got)
END
expect 0 'steps     4 checked, 0 problems' evenhand appeal verify $inv
expect 0 '' evenhand ledger verify $inv
[ "$(value "SELECT count(*) FROM ledger WHERE type = 'appeal'")" = 4 ] || fail "leaves of the appeal"
expect 0 'true,reversed' evenhand export $inv appeals -o -
expect 0 'upheld <10  reversed <10' evenhand appeal rates $inv # a 0 would tell that all were reversed
expect 0 'reversal rate 1.000 \(95 % 0.207 to 1.000\)' evenhand appeal rates $inv --full

# An appeal that fails leaves runs alone; one that is not decided in time is overdue.
second=$(sed -n 2p listed.txt)
expect 0 '' evenhand appeal open $inv --account "$second" --run $run --by Crane --reasons 'I am real.' --due 1s
sleep 1.2
expect 0 'OVERDUE' evenhand appeal list $inv --overdue
[ "$(grep -c . out.txt)" -eq 1 ] || fail "overdue lists others"
evenhand export $inv coop --run $run --source user -o coop.jsonl --quiet || fail "coop"
for to in admissible recomputed upheld published; do
    expect 0 '' evenhand appeal decide $inv --appeal 2 --to $to --reasons 'The finding stands.' --key reviewer.key
done
[ "$(value 'SELECT count(*) FROM runs')" -le 3 ] || fail "upholding made runs"

# Cases: the same bytes wherever they are computed; what differs is told.
evenhand export $inv case --run $run -o case.tar --quiet || fail "case"
evenhand export $inv case --run $run -o case2.tar --quiet || fail "case"
same case.tar case2.tar
mkdir -p elsewhere && cp world/posts.csv elsewhere/other.csv
for setting in 'UTC 1' 'Asia/Tehran 4'; do
    expect 0 '^result    byte-identical' env TZ=${setting% *} "$EVENHAND" reproduce case.tar elsewhere/other.csv --threads ${setting#* } --seed 77
done
evenhand export $inv case -o corrected.tar --quiet || fail "case of the corrected run"
expect 0 '^result    byte-identical' evenhand reproduce corrected.tar world/posts.csv
sed 's/hashtag/hashtaG/' world/posts.csv >changed.csv
echo >>changed.csv
expect 1 'posts.csv: is the same file as .*: give each archive once' evenhand reproduce case.tar world/posts.csv world/posts.csv
expect 1 'posts.csv: none of the archives given' evenhand reproduce case.tar changed.csv
sed 's/,true,moderate,/,true,strong__,/' case.tar >forged.tar
expect 1 'accounts.csv: line [0-9]+ differs' evenhand reproduce forged.tar world/posts.csv
grep -q 'not the table that the ledger committed to' out.txt || fail "the proof does not hold the table"
head -c 20000 case.tar >cut.tar
expect 1 'cut.tar: ' evenhand reproduce cut.tar world/posts.csv
expect 1 'not a plain tar' evenhand reproduce world/posts.csv world/posts.csv
python3 -c 'import tarfile; t = tarfile.open("case.tar"); assert t.getnames()[0] == "case.json" and len(t.getnames()) >= 8' || fail "no tar"

# STIX: required properties, deterministic ids, references that resolve; never a threat-actor.
evenhand export $inv stix --run $run -o after.json --quiet || fail "stix"
python3 - "$first" <<'END' || fail "stix"
import json, re, sys, uuid
required = {"identity": {"name", "identity_class"}, "user-account": {"user_id"}, "grouping": {"context", "object_refs"},
            "note": {"content", "object_refs"}, "opinion": {"opinion", "object_refs"}}
stamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
space = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
def check(name):
    b = json.load(open(name))
    assert set(b) == {"type", "id", "objects"} and b["type"] == "bundle" and b["id"].startswith("bundle--")
    ids = [o["id"] for o in b["objects"]]
    assert len(ids) == len(set(ids))
    for o in b["objects"]:
        kind, number = o["id"].split("--")
        assert o["spec_version"] == "2.1" and kind == o["type"] and uuid.UUID(number).version == 5
        assert required[kind] <= set(o), o
        assert kind == "user-account" or (stamp.match(o["created"]) and stamp.match(o["modified"]) and o["created"] <= o["modified"]
                                          and o["created_by_ref"] in ids)
        assert all(r in ids for r in o.get("object_refs", ["identity"]) if r != "identity") and o.get("object_refs", [1])
        if kind == "user-account":
            key = {k: o[k] for k in ("account_type", "user_id") if k in o}
            assert number == str(uuid.uuid5(space, json.dumps(key, sort_keys=True, separators=(",", ":"), ensure_ascii=False)))
        if kind in ("note", "grouping"):
            assert any(l.startswith("evenhand:valid-until:") for l in o["labels"])
    return b["objects"]
before, after = check("before.json"), check("after.json")
account = next(o["id"] for o in after if o.get("user_id") == sys.argv[1])
notes = {o["id"]: o for o in after if o["type"] == "note" and o["object_refs"] == [account]}
assert len(notes) == 1 and all(o["revoked"] for o in notes.values()) and set(notes) <= {o["id"] for o in before}
assert not any(account in o["object_refs"] for o in after if o["type"] == "grouping")
assert sorted(o["opinion"] for o in after if o["type"] == "opinion") == ["agree", "strongly-disagree"]
END
echo 'a key' >pseudonyms.key
evenhand export $inv stix --run $run --key pseudonyms.key -o hidden.json --quiet || fail "pseudonyms"
! grep -q -F -f listed.txt hidden.json || fail "pseudonyms name accounts"

# Osprey, Coop, Bluesky.
expect 0 '' evenhand export $inv osprey --run $run -o labels.txt
[ "$(grep -c . labels.txt)" -eq $((n - 1)) ] || fail "osprey"
! grep -q "^$first$" labels.txt || fail "osprey lists the account whose finding was reversed"
expect 0 "^$first$" evenhand export $inv osprey --reversed -o -
python3 -c 'import json; a = json.loads(open("coop.jsonl").read()); assert {"appealId", "appealedBy", "appealedAt", "actionedItem", "actionsTaken"} <= set(a) and set(a["appealedBy"]) == {"id", "typeId"}' || fail "coop"
expect 3 'cannot be told in this form' evenhand export $inv bluesky-labels --source did:plc:labeller00 -o labels.json
expect 2 'DID of the labeller' evenhand export $inv bluesky-labels -o labels.json
finish
