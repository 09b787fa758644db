# Killed or interrupted at any moment: a whole result, the result of before, or none; never a half.
. "$SRC/tests/cli/lib.sh"
evenhand simulate farm --seed 8 --accounts 900 --days 14 -o world --quiet >/dev/null || exit 1
need python3
start=$(date +%s%N)
expect 0 '' evenhand investigate world/posts.csv -o whole
took_ms=$((($(date +%s%N) - start) / 1000000 + 100))
cut -d, -f1-3 whole/accounts.csv >wanted.csv

# after N: waits the N-th of 10 parts of a whole run.
after() {
    ms=$((took_ms * $1 / 10))
    sleep "$((ms / 1000)).$(printf '%03d' $((ms % 1000)))"
}
check_dir() {
    [ -e "$1/investigation.duckdb" ] || return 0
    evenhand export "$1/investigation.duckdb" accounts -o - 2>err.txt | cut -d, -f1-3 >got.csv
    cmp -s got.csv wanted.csv || fail "$2: the database is not whole: $(head -c 300 err.txt)"
    evenhand sql "$1/investigation.duckdb" 'SELECT count(*) FROM posts' >/dev/null 2>err.txt || fail "$2: $(cat err.txt)"
    evenhand ledger verify "$1/investigation.duckdb" >out.txt 2>err.txt || fail "$2: $(cat out.txt err.txt)"
}
for part in 0 1 2 3 4 5 6 7 8 9 10; do
    rm -rf killed
    evenhand investigate world/posts.csv -o killed --quiet >/dev/null 2>&1 &
    job=$!
    after $part
    kill -9 $job 2>/dev/null
    wait $job 2>/dev/null
    check_dir killed "killed after $part/10"
done
# What a killed run left does not hinder the next, which clears it away.
expect 0 '' evenhand investigate world/posts.csv -o killed
[ -z "$(ls -A killed | grep '^\.')" ] || fail "left: $(ls -A killed | grep '^\.')"
check_dir killed again

# An import that is killed: the investigation opens again, with none or all of the archive.
total=$(($(evenhand sql whole/investigation.duckdb 'SELECT count(*) FROM posts' | tail -1)))
cnt_table >good.csv
for part in 1 2 3 4 5; do
    rm -f inv.duckdb inv.duckdb.wal
    evenhand import inv.duckdb good.csv --quiet >/dev/null || fail "import good.csv"
    evenhand import inv.duckdb world/posts.csv --quiet >/dev/null 2>&1 &
    job=$!
    after $part
    kill -9 $job 2>/dev/null
    wait $job 2>/dev/null
    n=$(evenhand sql inv.duckdb 'SELECT count(*) FROM posts' 2>err.txt | tail -1)
    [ "$n" = 8 ] || [ "$n" = $((total + 8)) ] || fail "import killed after $part/10: '$n' posts; $(cat err.txt)"
    # With the archive comes its leaf of the ledger, or neither.
    expect 0 '' evenhand ledger verify inv.duckdb
    [ "$n" = 8 ] && n_leaves=1 || n_leaves=2
    grep -q "^leaves    $n_leaves\$" out.txt || fail "import killed after $part/10: $n posts, $(grep '^leaves' out.txt)"
    expect 0 '' evenhand import inv.duckdb world/posts.csv
done

# Ctrl-C (and SIGTERM): 130 within a second or so, and nothing half-written.
for signal in INT TERM; do
    [ $signal = INT ] && parts="1 3 5 7 9" || parts="2 6"
    for part in $parts; do
        rm -rf stopped
        # A shell's background job ignores SIGINT, so a fresh program sets it back.
        python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' evenhand investigate world/posts.csv -o stopped --quiet >out.txt 2>err.txt &
        job=$!
        until [ -d stopped ]; do sleep 0.01; done # from here on, it is evenhand
        after $part
        start=$(date +%s%N)
        if kill -$signal $job 2>/dev/null; then
            wait $job
            got=$?
            waited=$((($(date +%s%N) - start) / 1000000))
            [ $got -eq 130 ] || [ $got -eq 0 ] || fail "$signal after $part/10: exit $got $(cat err.txt)"
            [ $waited -lt 2500 ] || fail "$signal after $part/10: stopped only after $waited ms"
            [ $got -ne 130 ] || [ -z "$(ls stopped 2>/dev/null)" ] || fail "$signal after $part/10 left $(ls stopped)"
        fi
        wait $job 2>/dev/null
        check_dir stopped "$signal after $part/10"
    done
done

# The investigation of before stays until the new one is whole.
evenhand investigate world/posts.csv -o kept --quiet >/dev/null || fail "kept"
evenhand investigate world/posts.csv -o kept --fdr 0.1 --quiet >/dev/null 2>&1 &
job=$!
after 4
kill -9 $job 2>/dev/null
wait $job 2>/dev/null
[ -e kept/investigation.duckdb ] || fail "the investigation of before is gone"
finish
