#!/bin/sh
# Compiles each public header alone, as C and as C++.  Usage: headertest.sh INCLUDE_DIR HEADER...
set -u
include=$1
shift
status=0
strict="-Wall -Wextra -pedantic -Werror -fsyntax-only"
cxx=${CXX:-c++}
command -v "$cxx" >/dev/null 2>&1 || { echo "no C++ compiler: only C is tested"; cxx=; }
for header in "$@"; do
    name=evenhand/$(basename "$header")
    # Twice: the include guard is tested as well.
    printf '#include "%s"\n#include "%s"\n' "$name" "$name" >"${TMPDIR:-/tmp}/headertest.$$"
    # shellcheck disable=SC2086
    ${CC:-cc} -x c -std=c11 $strict -I"$include" "${TMPDIR:-/tmp}/headertest.$$" || { echo "$name: not C11 alone"; status=1; }
    # shellcheck disable=SC2086
    [ -z "$cxx" ] || $cxx -x c++ -std=c++17 $strict -I"$include" "${TMPDIR:-/tmp}/headertest.$$" ||
        { echo "$name: not C++ alone"; status=1; }
done
rm -f "${TMPDIR:-/tmp}/headertest.$$"
exit $status
