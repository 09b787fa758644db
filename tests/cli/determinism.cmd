# The same archive gives the same bytes, whatever the number of threads and the order of its rows.
. "$SRC/tests/cli/lib.sh"
need python3
evenhand simulate farm --seed 3 --accounts 400 --days 14 -o world --quiet >/dev/null || exit 1
python3 - <<'PY'
import csv, random
rows = list(csv.reader(open('world/posts.csv', newline='', encoding='utf-8')))
body = rows[1:]
random.Random(3).shuffle(body)
csv.writer(open('shuffled.csv', 'w', newline='', encoding='utf-8'), lineterminator='\n').writerows(rows[:1] + body)
PY
for threads in 1 2 8; do
    expect 0 '' evenhand investigate world/posts.csv -o t$threads --threads $threads --json
    cp out.txt t$threads.json
done
expect 0 '' evenhand investigate shuffled.csv -o turned --threads 2
files='accounts.csv edges.csv networks.csv evidence.parquet graph.gexf graph.graphml'
for file in report.html provenance.json rejects.csv; do
    same t1/$file t2/$file
    same t1/$file t8/$file
done
for file in $files; do
    [ -s t1/$file ] || fail "$file is missing"
    same t1/$file t2/$file
    same t1/$file t8/$file
    same t1/$file turned/$file
done
grep -q ',true,' t1/accounts.csv || fail "nobody is listed; the comparison says little"
# The run id does not depend on threads, and a second detection with the same parameters computes nothing.
run=$(sed -n 's/.*"run_id":"\([0-9a-f]*\)".*/\1/p' t1.json)
[ ${#run} -eq 16 ] || fail "no run id in the JSON"
grep -q "\"run_id\":\"$run\"" t8.json || fail "the run id depends on threads"
expect 0 '"was_known":true' evenhand detect t1/investigation.duckdb --threads 2 --json
# From the investigation instead of the archive: the same findings.
expect 0 '' evenhand investigate t1/investigation.duckdb -o again
for file in $files; do same t1/$file again/$file; done
# And exports are what investigate wrote.
for what in accounts edges networks; do
    expect 0 '' evenhand export t1/investigation.duckdb $what -o $what.csv
    same t1/$what.csv $what.csv
done
finish
