# expand: a planted ring is found from one seed; spreading a group's links at one's own time links nobody; lists that are none.
. "$SRC/tests/cli/lib.sh"
"$EVENHAND" simulate farm --seed 3 -o world --quiet >/dev/null || fail "no world"
"$EVENHAND" investigate world/posts.csv -o found --quiet >/dev/null || fail "no investigation"
inv=found/investigation.duckdb

awk -F, 'NR > 1 && $2 == "ring" { print $1; exit }' world/truth.csv >seeds.txt
expect 0 "" "$EVENHAND" expand "$inv" --seeds seeds.txt -o linked.csv --quiet
awk -F, 'NR == FNR { if (FNR > 1) group[$1] = $2; next } FNR > 1 && $3 == "true" { n++; right += group[$2] == "ring" }
    END { printf "%d %d\n", n, right; exit !(right >= 16 && right >= 0.95 * n) }' world/truth.csv linked.csv ||
    fail "ring of 20 from one seed: linked and right"
expect 0 '"n_linked":' "$EVENHAND" expand "$inv" --seeds seeds.txt -o linked.jsonl --quiet --json
[ "$(grep -c . linked.jsonl)" -eq "$(($(grep -c . linked.csv) - 1))" ] || fail "CSV and JSON Lines hold the same rows"
for threads in 1 4; do
    "$EVENHAND" expand "$inv" --seeds seeds.txt -o "t$threads.csv" --quiet --threads $threads || fail "threads $threads"
done
same t1.csv t4.csv

# A table of accounts serves as well, and says no more; a byte order mark does no harm.
{ printf '\357\273\277handle,account_id\n'; sed 's/^/somebody,/' seeds.txt; } >table.csv
expect 0 "" "$EVENHAND" expand "$inv" --seeds table.csv -o table_linked.csv --quiet
same linked.csv table_linked.csv

# 60 enthusiasts spread every link of the group, hours to days later, at their own time.
python3 - <<'END' || fail "no enthusiasts"
import random
r = random.Random(5)
rows = []
for k in range(60):
    t = 1533081600 + r.uniform(0, 26) * 86400
    url = f"https://group.example/{k}"
    for g in range(12):
        if r.random() < .85:
            rows.append((f"g{g:02}", url, t + r.uniform(0, 300)))
    for e in range(60):
        if r.random() < .7:
            rows.append((f"e{e:02}", url, t + 1800 + r.expovariate(1 / 40000)))
people = [f"p{i:03}" for i in range(400)] + 10 * ([f"g{i:02}" for i in range(12)] + [f"e{i:02}" for i in range(60)])
for p in range(10000):
    rows.append((r.choice(people), f"https://news.example/{int(300 * r.random() ** 2)}", 1533081600 + r.uniform(0, 28) * 86400))
rows.sort(key=lambda x: x[2])
with open("links.csv", "w") as out:
    out.write("account_id,behaviour,object,timestamp,post_id\n")
    for i, (a, o, t) in enumerate(rows):
        out.write(f"{a},link,{o},{int(t)},x{i}\n")
END
"$EVENHAND" investigate links.csv -o links --quiet >/dev/null || fail "no investigation of links"
printf 'g00\ng01\n' >two.txt
expect 0 "" "$EVENHAND" expand links/investigation.duckdb --seeds two.txt -o of_links.csv --quiet
awk -F, 'NR > 1 && $3 == "true" { if ($2 ~ /^g/) g++; else other++ } END { printf "group %d, others %d\n", g, other; exit !(g >= 8 && !other) }' \
    of_links.csv || fail "the group is linked, and no enthusiast is"

# Lists that are none.
: >empty.txt
printf '\n\n' >blank.txt
printf 'handle,name\na,b\n' >unnamed.csv
printf 'nobody\n' >unknown.txt
expect 1 "is empty" "$EVENHAND" expand "$inv" --seeds empty.txt -o x.csv
expect 1 "names no account|holds blank" "$EVENHAND" expand "$inv" --seeds blank.txt -o x.csv
expect 1 "none is called account_id" "$EVENHAND" expand "$inv" --seeds unnamed.csv -o x.csv
expect 3 "none of the 1 accounts is in the archive" "$EVENHAND" expand "$inv" --seeds unknown.txt -o x.csv
{ cat seeds.txt; printf 'n\303\264body \033[1m\n@nobody\n'; cat seeds.txt; } >odd.txt
expect 0 "3 seeds \(2 not in the archive, such as 'nôbody \?\[1m', " "$EVENHAND" expand "$inv" --seeds odd.txt -o odd.csv
same linked.csv odd.csv
awk -F, '$3 == "none" { print $1; exit }' found/accounts.csv >alone.txt
expect 0 "no account is linked at q = 0.05" "$EVENHAND" expand "$inv" --seeds alone.txt -o alone.csv
expect 1 "" "$EVENHAND" expand "$inv" --seeds missing.txt -o x.csv
expect 2 "must end in .csv or .jsonl" "$EVENHAND" expand "$inv" --seeds seeds.txt -o x.txt
expect 2 "between 1 and 8" "$EVENHAND" expand "$inv" --seeds seeds.txt --hops 9 -o x.csv
expect 2 "is read as input" "$EVENHAND" expand "$inv" --seeds table.csv -o table.csv
"$EVENHAND" import fresh.duckdb world/posts.csv --quiet >/dev/null
expect 1 "has no run yet" "$EVENHAND" expand fresh.duckdb --seeds seeds.txt -o x.csv
[ ! -e x.csv ] || fail "a failed call left a file"
finish
