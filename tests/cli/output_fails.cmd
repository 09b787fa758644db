# Output that cannot be written: exit 1, a message that names it, and nothing half-written.
. "$SRC/tests/cli/lib.sh"
cnt_table >good.csv
echo here >plain
expect 1 'plain' evenhand investigate good.csv -o plain/below
expect 1 'plain' evenhand pairs good.csv -b repost -w 60s -o plain/below.csv
expect 1 'nowhere/x.csv' evenhand pairs good.csv -b repost -w 60s -o nowhere/x.csv
mkdir taken.csv
expect 1 'taken.csv: is a directory' evenhand pairs good.csv -b repost -w 60s -o taken.csv
[ "$(cat plain)" = here ] || fail "plain was touched"

# A full disk: the device that is always full is written to, not replaced.
if [ -c /dev/full ]; then
    expect 1 'could not be written|cannot write' evenhand pairs good.csv -b repost -w 60s -o /dev/full
    expect 0 '' evenhand investigate good.csv -o case
    expect 1 'could not be written|cannot write' evenhand export case/investigation.duckdb accounts -o /dev/full
    expect 1 'could not be written|cannot write' evenhand sql case/investigation.duckdb 'SELECT 1' -o /dev/full
    expect 1 'could not be written|cannot write' evenhand schema -o /dev/full
    [ -c /dev/full ] || fail "/dev/full is no device any more"
    evenhand --help >/dev/full 2>err.txt && fail "help to a full disk is a success"
    evenhand formats >/dev/full 2>err.txt && fail "formats to a full disk is a success"
fi
expect 0 'ada,ben,3' evenhand pairs good.csv -b repost -w 60s -o /dev/stdout
expect 0 'ada,ben,3' evenhand pairs good.csv -b repost -w 60s -o -

# Small disks of their own, where root may mount them: too small for the log, for the database, for the files. Either
# it fits, or it fails and leaves nothing.
mkdir small
for size in 16k 64k 256k 1m 2m 3m; do
    [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=$size tmpfs small 2>/dev/null || break
    evenhand investigate good.csv -o small/case >out.txt 2>err.txt
    case $? in
    0)
        [ "$(evenhand sql small/case/investigation.duckdb 'SELECT count(*) FROM posts' 2>err.txt | tail -1)" = 8 ] ||
            fail "$size: a success, but the database is not whole: $(cat err.txt)"
        [ "$(wc -l <small/case/accounts.csv)" -eq 4 ] || fail "$size: accounts.csv is not whole"
        ;;
    1)
        grep -q '^evenhand: ' err.txt || fail "$size: no message"
        [ -z "$(ls -A small)" ] || fail "$size: left on the full disk: $(ls -A small small/case)"
        ;;
    *) fail "$size: exit $? $(cat err.txt)" ;;
    esac
    [ $size != 64k ] || grep -q 'small' err.txt || fail "64k is enough?"
    umount small
done

# A disk that was full before: the write that failed is long past when the file is finished, and still there is a cause.
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=16k tmpfs small 2>/dev/null; then
    head -c 100000 /dev/zero >small/fill 2>/dev/null
    "$EVENHAND" schema -o small/schema.csv >out.txt 2>err.txt </dev/null
    [ $? = 1 ] && grep -q 'small/schema.csv: could not be written whole: .*disk full' err.txt || fail "full before: $(cat err.txt)"
    [ "$(ls -A small)" = fill ] || fail "left on the full disk: $(ls -A small)"
    umount small
fi

# A reader that has seen enough ends it quietly.
evenhand schema 2>err.txt | head -1 >out.txt
[ ! -s err.txt ] || fail "a closed pipe: $(cat err.txt)"
finish
