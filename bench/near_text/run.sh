#!/bin/sh
# Speed, memory and recall of near-duplicate texts.  Usage: bench/near_text/run.sh [BUILD_DIR]; needs a build and cc.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build}
program=$(mktemp)
trap 'rm -f "$program"' EXIT
cc -O2 -std=c11 -D_DEFAULT_SOURCE "-I$root/include" "-I$root/src" "$root/bench/near_text/bench_near_text.c" \
    "$build/src/libevenhand_static.a" -o "$program" -lutf8proc -lxxhash -lsodium -lcrypto -lz -lm -lpthread
for seed in 1 2 3; do "$program" recall 10000 30 "$seed"; done
"$program" speed 100000 7 2
"$program" speed 1000000 7 1
"$program" speed 1000000 7 2
"$program" speed 1000000 90 2
