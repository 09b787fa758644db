# purge: dry run, mistakes, a case with decisions and appeals, raw bytes, a full disk, kill -9, a second writer.
. "$SRC/tests/cli/lib.sh"
need python3
evenhand simulate ring --seed 3 --accounts 200 --days 10 -o world --quiet >/dev/null || fail "no world"
evenhand investigate world/posts.csv -o found --quiet >/dev/null || fail "no investigation"
inv=found/investigation.duckdb
value() { evenhand sql $inv "$1" | tail -1; }
awk -F, 'NR > 1 && $2 == "true" { print $1 }' found/accounts.csv >listed.txt
first=$(sed -n 1p listed.txt) second=$(sed -n 2p listed.txt) third=$(sed -n 3p listed.txt)
handle=$(value "SELECT handle FROM accounts WHERE account_id = '$first'")
post=$(value "SELECT min(post_id) FROM posts WHERE account_id = '$first'")
run=$(value 'SELECT run_id FROM runs')
for name in desk reviewer signer; do evenhand key new -o $name.key >/dev/null; done
{ echo account_id,decision; sed -n '1,4s/$/,closed/p' listed.txt; } >decided.csv
expect 0 'decisions 1 to 4' evenhand decision add $inv decided.csv --key desk.key
sed -n 1,2p listed.txt >seeds.txt
expect 0 '' evenhand expand $inv --seeds seeds.txt -o linked.csv
expect 0 '' evenhand ledger sign $inv --key signer.key
root=$(evenhand ledger verify $inv | sed -n 's/^root  *//p')
# The account's own appeal is won, so there is a run without it; another's speaks of it.
expect 0 '' evenhand appeal open $inv --decision 1 --by Heron --reasons 'We share a scheduler.'
for to in admissible recomputed reversed; do
    expect 0 '' evenhand appeal decide $inv --appeal 1 --to $to --reasons 'It explains it.' --key reviewer.key
done
expect 0 '' evenhand appeal open $inv --account "$second" --run "$run" --by Egret --reasons "I never wrote to @$handle."
expect 0 '' evenhand ledger verify $inv
evenhand export $inv accounts --run "$run" -o others_before.csv --quiet
evenhand export $inv stix --run "$run" -o stix_before.json --quiet

# Mistakes change nothing.
echo "$first" >gone.txt
cp $inv before.duckdb
expect 2 'accounts' evenhand purge $inv
expect 1 'none.txt' evenhand purge $inv --accounts none.txt
: >empty.txt
expect 1 'empty.txt: is empty' evenhand purge $inv --accounts empty.txt
printf 'a,b\n1,2\n' >wide.csv
expect 1 'several columns' evenhand purge $inv --accounts wide.csv
echo nobody >nobody.txt
expect 1 'none of the 1 accounts' evenhand purge $inv --accounts nobody.txt
expect 2 'reason holds a name' evenhand purge $inv --accounts gone.txt --reason "asked by @$handle"
expect 2 'reason holds a name' evenhand purge $inv --accounts gone.txt --reason "post $post"
expect 2 'actor holds a name' evenhand purge $inv --accounts gone.txt --actor "$first"
expect 1 'does not exist' evenhand purge nowhere.duckdb --accounts gone.txt
expect 1 'not a DuckDB file' evenhand purge gone.txt --accounts gone.txt
same $inv before.duckdb
expect 0 '^findings  *[1-9][0-9]* ' evenhand purge $inv --accounts gone.txt --dry-run
same $inv before.duckdb

# A limit on the size of files stands for a full disk.
(trap '' XFSZ; ulimit -f 512; evenhand purge $inv --accounts gone.txt >out.txt 2>err.txt) && fail "a purge without room is a success"
grep -q '^evenhand: ' err.txt || fail "no room, no message: $(cat err.txt)"
same $inv before.duckdb
[ "$(ls found | grep -c purge)" = 0 ] || fail "left after a full disk: $(ls found)"

# kill -9: the old file or the new one, whole.
start=$(date +%s%N)
cp before.duckdb timed.duckdb && evenhand purge timed.duckdb --accounts gone.txt --quiet >/dev/null || fail "purge"
took_ms=$((($(date +%s%N) - start) / 1000000))
for part in 2 4 6 8 9; do
    cp before.duckdb killed.duckdb
    evenhand purge killed.duckdb --accounts gone.txt --quiet >/dev/null 2>&1 &
    job=$!
    ms=$((took_ms * part / 10))
    sleep "$((ms / 1000)).$(printf '%03d' $((ms % 1000)))"
    kill -9 $job 2>/dev/null
    wait $job 2>/dev/null
    n=$(evenhand sql killed.duckdb "SELECT count(*) FROM accounts WHERE account_id = '$first'" | tail -1)
    [ "$n" = 0 ] || [ "$n" = 1 ] || fail "killed at $part/10: '$n'"
    expect 0 '' evenhand ledger verify killed.duckdb
    [ "$n" = 0 ] || expect 0 '' evenhand purge killed.duckdb --accounts gone.txt --quiet
    [ ! -e killed.duckdb.purge ] || [ "$n" = 0 ] || fail "a later purge left $(ls -d killed.duckdb.purge*)"
done

# The whole of it. A second writer is told.
{ echo "$first"; echo "$first"; echo nobody; } >gone.txt
evenhand purge $inv --accounts gone.txt --reason 'request 17' --actor Maria --json >purged.json 2>told.txt &
job=$!
sleep 0.3
if kill -0 $job 2>/dev/null; then
    evenhand ledger sign $inv --key signer.key >out.txt 2>err.txt || grep -q 'being written' err.txt || fail "second writer: $(cat err.txt)"
fi
wait $job || fail "purge: $(cat told.txt)"
grep -q 'brings them back' told.txt && grep -q 'repeat an account' told.txt || fail "not told: $(cat told.txt)"
python3 - "$first" "$handle" "$post" <<'END' || fail "what is left"
import json, sys
r = json.load(open("purged.json"))
t = {x["table"]: (x["n_deleted"], x["n_blanked"]) for x in r["tables"]}
assert (r["n_accounts"], r["n_unknown"], r["n_twice"], r["dry_run"]) == (1, 1, 1, False), r
assert t["decisions"][0] == 1 and t["appeals"] == (1, 1) and t["appeal_steps"] == (4, 1) and t["accounts"][0] == 1, t
raw = open("found/investigation.duckdb", "rb").read().lower()
for name in sys.argv[1:]:
    assert name.encode().lower() not in raw, name
assert sys.argv[1].encode() in open("before.duckdb", "rb").read()
END
ls found | grep -q 'purge\|wal' && fail "left: $(ls found)"
expect 0 '' evenhand ledger verify $inv --root "$root" --public-key signer.key.pub
expect 0 'checked, 0 problems' evenhand appeal verify $inv
expect 1 '' evenhand statement $inv "$first" -o gone.html
expect 0 '' evenhand statement $inv "$third" -o third.html
expect 0 '' evenhand report $inv -o report.html
! grep -q "$first\|$handle" report.html third.html || fail "a page names the account"
expect 0 '' evenhand export $inv accounts --run "$run" -o others_after.csv
# Findings last from the run, not from the purge, which records it anew.
expect 0 '' evenhand export $inv stix --run "$run" -o stix_after.json
for file in before after; do grep -o -e '"created":"[^"]*"' -e 'valid-until:[^"]*' stix_$file.json | sort -u >dates_$file; done
same dates_before dates_after
[ -s dates_before ] || fail "no dates"
grep -v "^$first," others_before.csv | cut -d, -f1-5 >want.csv
cut -d, -f1-5 others_after.csv >got.csv
same want.csv got.csv
[ "$(value "SELECT count(*) FROM runs")" = 1 ] || fail "the run that left the account out is still there"
expect 0 '""reason"": ""request 17""' evenhand ledger show $inv -o -
# Who signed over the run stays who may not review it.
expect 2 'signed the ledger over run' evenhand appeal decide $inv --appeal 2 --to admissible --key signer.key
expect 0 '' evenhand appeal decide $inv --appeal 2 --to admissible --key reviewer.key
# The same archive is known and brings nobody back; its run is another one.
expect 0 'imported before' evenhand import $inv world/posts.csv
expect 0 '' evenhand detect $inv
[ "$(value "SELECT count(*) FROM runs")" = 2 ] || fail "detect found the run of before the purge"
expect 0 '' evenhand ledger verify $inv
expect 1 'none of the 2 accounts' evenhand purge $inv --accounts gone.txt

# Pseudonyms: the list may hold ids as they were.
echo 'thirty-two bytes of a key, or so.' >key.bin
cnt_table >small.csv
evenhand import hidden.duckdb small.csv --pseudonymise key.bin --quiet >/dev/null || fail "import"
echo ada >ada.txt
expect 1 'give the key with --pseudonymise' evenhand purge hidden.duckdb --accounts ada.txt
expect 0 '^accounts  *1 purged' evenhand purge hidden.duckdb --accounts ada.txt --pseudonymise key.bin
expect 0 '^2$' evenhand sql hidden.duckdb 'SELECT count(*) FROM accounts'
finish
