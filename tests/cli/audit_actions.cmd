# audit actions: looks, Bluesky, Ozone, Coop, statements of reasons; what is no action is counted with its reason.
. "$SRC/tests/cli/lib.sh"
data=$SRC/tests/data/actions
for name in snapshots.csv bluesky.jsonl ozone.json coop.jsonl coop_warehouse.jsonl; do
    expect 0 '^actions ' evenhand audit actions "$data/$name" -o "$name.out"
    same "$data/$name.expected" "$name.out"
    # The result is in the one form: reading it again changes nothing.
    expect 0 '' evenhand audit actions "$name.out" -o again
    same "$name.out" again
done
expect 0 '1 malformed' evenhand audit actions "$data/bluesky.jsonl" -o b --quiet
grep -q '2 other' out.txt || fail "what is no action is not counted"
expect 0 '^watched   1 ' evenhand audit actions "$data/snapshots.csv" -o s
expect 0 '1 no_time' evenhand audit actions "$data/coop.jsonl" -o c
expect 0 'name no account' evenhand audit actions "$data/dsa.csv" -o counts.csv
same "$data/dsa.csv.expected" counts.csv
# Several files make one list; accounts told twice are told once.
expect 0 ' 4 duplicate' evenhand audit actions "$data/coop.jsonl" "$data/ozone.json" "$data/ozone.json" -o all.csv
evenhand audit actions "$data/ozone.json" -o j --json | python3 -c 'import json, sys
x = json.load(sys.stdin)
assert x["kind"] == "actions" and x["actions"] == 4 and x["rejected"] == {"other": 1}, x' || fail "--json"
gzip -c "$data/ozone.json" >ozone.json.gz
expect 0 '' evenhand audit actions ozone.json.gz -o zipped
same zipped "$data/ozone.json.expected"
# Said and sniffed sources must agree with the file.
expect 1 'holds no line of coop' evenhand audit actions "$data/ozone.json" --from coop -o x
expect 1 "column 'status' is missing" evenhand audit actions "$data/dsa.csv.expected" --from snapshots -o x
printf 'a,b\n1,2\n' >odd.csv
expect 1 'no known source of actions' evenhand audit actions odd.csv -o x
expect 1 'name no account' evenhand audit actions "$data/coop.jsonl" "$data/dsa.csv" -o x
expect 2 'give one of csv' evenhand audit actions "$data/ozone.json" --from tumblr -o x
expect 2 'say where to write' evenhand audit actions "$data/ozone.json"
cp "$data/ozone.json" own.json
expect 2 'read as input' evenhand audit actions own.json -o own.json
[ ! -e x ] || fail "something was written in spite of an error"
finish
