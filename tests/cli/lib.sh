# Helpers for cases of the command line; source it with: . "$SRC/tests/cli/lib.sh"
# A case that uses expect ends with: finish
failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

# expect CODE PATTERN COMMAND...: the command ends with CODE, and a line of its stderr or stdout matches the extended
# regular expression PATTERN ("" = anything). Its output stays in ./out.txt and ./err.txt.
expect() {
    want=$1 pattern=$2
    shift 2
    "$@" >out.txt 2>err.txt </dev/null
    got=$?
    [ "$got" -eq "$want" ] || {
        fail "exit $got instead of $want: $*"
        head -c 600 err.txt
    }
    [ -z "$pattern" ] || grep -E -q -e "$pattern" out.txt err.txt || {
        fail "nothing matches '$pattern': $*"
        head -c 600 err.txt out.txt
    }
    # A message is one line that names the program; never a crash.
    [ "$got" -lt 128 ] || [ "$got" -eq 130 ] || fail "killed by signal $((got - 128)): $*"
    [ "$got" -ne 1 ] && [ "$got" -ne 2 ] || grep -E -q '^(evenhand|Usage): ' err.txt || fail "no message: $*"
}

same() {
    cmp -s "$1" "$2" || {
        fail "$1 and $2 differ"
        diff "$1" "$2" | head -5
    }
}

need() {
    command -v "$1" >/dev/null 2>&1 || {
        echo "needs $1" >&2
        exit 77
    }
}

# A small CNT table on standard output: two accounts repost the same three posts within seconds, a third elsewhen.
cnt_header='message_id,user_id,username,repost_id,reply_id,message,timestamp,urls'
cnt_table() {
    echo "$cnt_header"
    cnt_rows
}
cnt_rows() {
    cat <<'ROWS'
m1,ada,ada_l,p1,,hello,1537230000,
m2,ben,ben_k,p1,,hello,1537230004,
m3,cleo,cleo_s,p1,,hello,1537239000,
m4,ada,ada_l,p2,,good morning,1537233600,
m5,ben,ben_k,p2,,good morning,1537233610,
m6,ada,ada_l,p3,,good night,1537237200,
m7,ben,ben_k,p3,,good night,1537237202,
m8,cleo,cleo_s,,,my own words are these and nobody else has them,1537237300,https://example.org/a
ROWS
}

finish() {
    exit $failed
}
