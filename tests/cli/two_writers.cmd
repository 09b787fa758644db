# A second writer gets a clear message, and the first is not harmed.
. "$SRC/tests/cli/lib.sh"
evenhand simulate farm --seed 6 --accounts 1500 --days 20 -o world --quiet >/dev/null || exit 1
evenhand investigate world/posts.csv -o case --quiet >first.txt 2>&1 &
first=$!
tries=0
until [ -e case/.investigation.partial.duckdb ] || [ $tries -gt 500 ]; do
    tries=$((tries + 1))
    sleep 0.01
done
if kill -0 $first 2>/dev/null; then
    expect 1 'case: another evenhand investigates into this directory' evenhand investigate world/posts.csv -o case
fi
wait $first || fail "the first: $(cat first.txt)"
expect 0 '' evenhand sql case/investigation.duckdb 'SELECT count(*) FROM posts'

rm -f inv.duckdb
evenhand import inv.duckdb world/posts.csv --quiet >first.txt 2>&1 &
first=$!
tries=0
until [ -e inv.duckdb ] || [ $tries -gt 500 ]; do
    tries=$((tries + 1))
    sleep 0.01
done
sleep 0.1
if kill -0 $first 2>/dev/null; then
    cnt_table >good.csv
    evenhand import inv.duckdb good.csv >out.txt 2>err.txt
    got=$?
    # The first may have ended in between; a refusal names the file and says why.
    [ $got -eq 0 ] || { [ $got -eq 1 ] && grep -q 'inv.duckdb' err.txt; } || fail "second import: $got $(cat err.txt)"
fi
wait $first || fail "the first import: $(cat first.txt)"
expect 0 '' evenhand sql inv.duckdb 'SELECT count(*) FROM posts'
finish
