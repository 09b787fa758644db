#!/bin/sh
# Runs one case of the command line.  Usage: run.sh PROGRAM NAME.cmd
# NAME.cmd is sh, run in an empty scratch directory, with
#   $EVENHAND  the program's path (it can also be called as plain "evenhand")
#   $SRC       the project's root        $SHARED  the shared data, set only where it exists
# Beside it may stand (what is absent is not compared):
#   NAME.exit    expected exit status, default 0      NAME.out, NAME.err        exact stdout, stderr
#   NAME.out.re, NAME.err.re   one extended regular expression per line, each must match some line
# A case that cannot run here prints why to stderr and exits 77.
set -u
# 99: not run to its end, and that is told; a case never ends so.
not_run() {
    echo "run.sh: $*"
    exit 99
}
program=$(realpath "$1") || not_run "no program $1"
case_file=$(realpath "$2") || not_run "no case $2"
base=${case_file%.cmd}
SRC=$(realpath "$(dirname "$0")/../..")
EVENHAND=$program
PATH=$(dirname "$program"):$PATH
export SRC EVENHAND PATH
export LC_ALL=C.UTF-8 TZ=UTC
[ -d "${SHARED:-}" ] || unset SHARED
if [ -d "$SRC/../shared" ]; then
    SHARED=$(realpath "$SRC/../shared")
    export SHARED
fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/evenhand-cli-XXXXXX") || not_run "no scratch directory in ${TMPDIR:-/tmp}"
trap 'rm -rf "$scratch"' EXIT
for signal in INT TERM HUP; do
    trap "not_run 'ended from outside by SIG$signal'" $signal
done
mkdir "$scratch/work"
(cd "$scratch/work" && exec sh "$case_file") >"$scratch/out" 2>"$scratch/err" </dev/null
got=$?
want=0
[ -f "$base.exit" ] && want=$(tr -d ' \n' <"$base.exit")
if [ "$got" -eq 77 ] && [ "$want" -ne 77 ]; then
    echo "skipped: $(cat "$scratch/err")"
    exit 77
fi

status=0
if [ "$got" -ne "$want" ]; then
    echo "exit status is $got, expected $want"
    status=1
fi
for stream in out err; do
    if [ -f "$base.$stream" ] && ! diff -u "$base.$stream" "$scratch/$stream"; then
        echo "std$stream differs from $(basename "$base").$stream"
        status=1
    fi
    [ -f "$base.$stream.re" ] || continue
    while IFS= read -r pattern || [ -n "$pattern" ]; do
        [ -n "$pattern" ] || continue
        grep -E -q -e "$pattern" "$scratch/$stream" && continue
        echo "std$stream has no line that matches: $pattern"
        status=1
    done <"$base.$stream.re"
done
if [ $status -ne 0 ]; then
    echo "--- stdout"
    head -c 8000 "$scratch/out"
    echo "--- stderr"
    head -c 8000 "$scratch/err"
fi
exit $status
