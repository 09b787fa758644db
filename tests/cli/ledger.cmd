# The ledger on the command line: what is recorded, signing, proofs that need no investigation, and how changes are told.
. "$SRC/tests/cli/lib.sh"
need python3
cnt_table >good.csv
inv=case.duckdb
leaves() { evenhand sql $inv 'SELECT count(*) FROM ledger' | tail -1; }
types() { evenhand sql $inv 'SELECT type FROM ledger ORDER BY seq' | tail -n +2 | tr '\n' ' '; }

# Everything is recorded once, by whom it is told.
expect 0 '' evenhand import $inv good.csv --actor Maria
expect 0 '' evenhand import $inv good.csv --actor Maria # known already: nothing happens
expect 0 '' evenhand detect $inv
expect 0 '' evenhand detect $inv
expect 0 '' evenhand export $inv accounts -o accounts.csv --actor 'Bo, "B"'
expect 0 '' evenhand export $inv edges -o -
expect 0 '' evenhand report $inv -o report.html
[ "$(types)" = 'import run export export export ' ] || fail "recorded: $(types)"
expect 0 '' evenhand ledger show $inv -o leaves.csv
[ "$(wc -l <leaves.csv)" -eq 6 ] || fail "leaves.csv"
grep -q '"Bo, ""B""",export' leaves.csv || fail "the actor of the export"
grep -q "$(sha256sum accounts.csv | cut -c1-64)" leaves.csv || fail "the hash of the export"
grep -q "$(sha256sum good.csv | cut -c1-64)" leaves.csv || fail "the hash of the archive"
expect 0 '"actor":"Maria"' evenhand ledger show $inv --json
python3 -m json.tool out.txt >/dev/null || fail "show --json is no JSON"
# The run commits to its findings: their CSV can be hashed by anybody.
for what in accounts edges networks ties evidence; do
    evenhand export $inv $what -o x.csv --quiet
    grep -q "$what.csv\"\": \"\"$(sha256sum x.csv | cut -c1-64)" leaves.csv || fail "the run's hash of $what"
done
expect 0 '^limit .*could have rewritten' evenhand ledger verify $inv
grep -q '^leaves    10$' out.txt || fail "leaves"

# Keys.
expect 0 '^key ' evenhand key new -o desk.key --name 'Desk'
expect 1 'desk.key: exists already' evenhand key new -o desk.key
[ "$(stat -c %a desk.key)" = 600 ] || fail "the secret key can be read by others"
[ ! -e other.key ] && touch other.key.pub
expect 1 'other.key.pub: exists already' evenhand key new -o other.key
[ ! -e other.key ] || fail "half a pair was left"
rm other.key.pub
expect 0 '' evenhand key new -o other.key --json
expect 2 'is a secret key that others .*chmod 600' sh -c 'cp desk.key open.key; chmod 640 open.key; evenhand ledger sign case.duckdb --key open.key'
expect 2 'a public key cannot sign' evenhand ledger sign $inv --key desk.key.pub
expect 1 'no.key: cannot be opened' evenhand ledger sign $inv --key no.key

# Signed heads and proofs.
expect 0 '^signed    10 leaves' evenhand ledger sign $inv --key desk.key -o head.json
root=$(sed -n 's/^root *//p' out.txt)
expect 0 '^signed    10 of the leaves, 1 of 1 heads good, 1 by this key' evenhand ledger verify $inv --public-key desk.key.pub
! grep -q '^limit' out.txt || fail "a limit that is none"
expect 0 '' evenhand export $inv networks -o networks.csv
expect 0 '^limit .*follows the first 10 leaves' evenhand ledger verify $inv --public-key desk.key.pub
expect 0 '^limit .*follows the first 10 leaves' evenhand ledger verify $inv --root $root
expect 1 'signed with this key' evenhand ledger verify $inv --public-key other.key.pub
expect 1 'had another root at 9 leaves' evenhand ledger verify $inv --root 9:${root#*:}
expect 0 '' evenhand ledger prove $inv --leaf 1 --payload -o leaf.json
expect 0 '' evenhand ledger prove $inv --leaf 10 -o last.json
expect 0 '' evenhand ledger prove $inv --leaf 2 --leaves 3 -o third.json
expect 0 '' evenhand ledger prove $inv --consistency 10:11 -o growth.json
cp $inv kept.duckdb
for file in head leaf last third growth; do
    expect 0 '^holds ' evenhand ledger verify $inv --proof $file.json
done
mkdir elsewhere
cp ./*.json desk.key.pub elsewhere
(
    cd elsewhere || exit 1
    . "$SRC/tests/cli/lib.sh"
    for file in head leaf last third growth; do
        expect 0 '^holds ' evenhand ledger verify --proof $file.json
        expect 0 '"holds":true' evenhand ledger verify --proof $file.json --json
    done
    expect 0 '^holds     leaf 1 is in the log of 10 leaves' evenhand ledger verify --proof leaf.json --public-key desk.key.pub
    expect 1 'public_key: the later head is not signed' evenhand ledger verify --proof growth.json --public-key desk.key.pub
    expect 0 '' evenhand ledger verify --proof growth.json --root $root
    expect 1 'root: is not the root' evenhand ledger verify --proof head.json --root 10:$(echo "${root#*:}" | tr 0-9a-f 1-9a-f0)
    expect 2 'is about 3 leaves' evenhand ledger verify --proof third.json --root $root
    finish
) || failed=1
# An independent program reads the same from the same bytes.
if command -v openssl >/dev/null; then
    for file in head leaf last third growth; do
        expect 0 '^holds$' python3 "$SRC/tests/tools/ledger_check.py" $file.json
    done
    sed 's/"actor": ""/"actor": "x"/' last.json >x.json
    expect 1 '' python3 -c 'import subprocess, sys
print("evenhand: ", file=sys.stderr)
sys.exit(subprocess.run(sys.argv[1:], capture_output=True).returncode)' python3 "$SRC/tests/tools/ledger_check.py" x.json
fi
# Another log's proof is no proof of this one.
expect 0 '' evenhand import other.duckdb good.csv
expect 0 '' evenhand detect other.duckdb
expect 1 'does not hold' evenhand ledger verify other.duckdb --proof third.json

# A changed proof is told by byte and field.
sed 's/"type": "run"/"type": "ran"/' leaf.json >x.json
expect 1 'x.json: seq, time, actor or type: ' evenhand ledger verify --proof x.json
sed 's/"n_leaves": 10/"n_leaves": 12/' leaf.json >x.json
expect 1 'x.json: n_leaves, root, head_time, public_key or signature: ' evenhand ledger verify --proof x.json
sed 's/  "path"/   "path"/' leaf.json >x.json
expect 1 'x.json: byte [0-9]*: path: another byte' evenhand ledger verify --proof x.json
expect 1 'byte 0: evenhand: ' evenhand ledger verify --proof good.csv

# Changed tables. Any DuckDB client can do that; here it is what the unit tests use.
if python3 -c 'import duckdb' 2>/dev/null; then
    change() { python3 -c 'import duckdb, sys; duckdb.connect(sys.argv[1]).execute(sys.argv[2])' "$@"; }
    cp kept.duckdb x.duckdb
    change x.duckdb "UPDATE ledger SET actor = 'Bob' WHERE seq = 3"
    expect 1 'leaf 3, time, actor or type' evenhand ledger verify x.duckdb
    cp kept.duckdb x.duckdb
    change x.duckdb "UPDATE findings SET finding = 'none' WHERE account_id = 'ada'"
    expect 1 'leaf 1, tables: .*accounts.csv differs' evenhand ledger verify x.duckdb
fi

# Mistakes.
expect 2 'needs an investigation' evenhand ledger show
expect 2 'needs an investigation, a proof' evenhand ledger verify
expect 2 'must be one of show, verify, sign, prove' evenhand ledger burn $inv
expect 2 'needs --key' evenhand ledger sign $inv
expect 2 'needs -o' evenhand ledger prove $inv --leaf 1
expect 2 'either --leaf N or --consistency' evenhand ledger prove $inv -o x.json
expect 2 'is A:B' evenhand ledger prove $inv --consistency 3 -o x.json
expect 2 'a log only grows' evenhand ledger prove $inv --consistency 3:2 -o x.json
expect 2 'has had 1 to 11 leaves, never 12' evenhand ledger prove $inv --consistency 3:12 -o x.json
expect 2 'has had 1 to 11 leaves, never 0' evenhand ledger prove $inv --consistency 0:3 -o x.json
expect 1 'has no leaf 11' evenhand ledger prove $inv --leaf 11 -o x.json
expect 2 'is NUMBER:HASH' evenhand ledger verify $inv --root 10
expect 2 'go with verify' evenhand ledger show $inv --root $root
expect 2 'go with prove' evenhand ledger show $inv --leaf 1
expect 2 'is read as input' evenhand ledger prove $inv --leaf 1 -o $inv
expect 2 'without line breaks' evenhand import $inv good.csv --actor "$(printf 'a\nb')"
expect 1 'no.duckdb' evenhand ledger show no.duckdb

# Where the file may not be written to, an export is made, and it is said that it is not recorded.
if [ "$(id -u)" -ne 0 ]; then
    chmod 444 $inv
    expect 0 'this export is not in its ledger' evenhand export $inv accounts -o x.csv
    [ -s x.csv ] || fail "no export of a file that is read only"
    chmod 644 $inv
fi
# Exports side by side: each is recorded.
before=$(leaves)
for i in 1 2 3; do evenhand export $inv accounts -o x$i.csv 2>x$i.txt & done
wait
for i in 1 2 3; do
    same accounts.csv x$i.csv
    [ ! -s x$i.txt ] || fail "export $i: $(cat x$i.txt)"
done
[ "$(leaves)" -eq $((before + 3)) ] || fail "of three exports, $(($(leaves) - before)) were recorded"
expect 0 '' evenhand ledger verify $inv --public-key desk.key.pub

# What people added to a ledger is not thrown away by investigating anew.
expect 0 '' evenhand investigate good.csv -o case
expect 0 '' evenhand ledger sign case/investigation.duckdb --key desk.key
expect 0 'is kept as case/investigation.previous.duckdb' evenhand investigate good.csv -o case
finish
