# Blanks C comments and the contents of string and character literals, line for line; keep=strings leaves only the
# contents of string literals.  Usage: awk -f tools/strip.awk [-v keep=strings] FILE
FNR == 1 { in_comment = 0 }
{
    rest = $0
    code = ""
    text = ""
    while (rest != "") {
        if (in_comment) {
            at = index(rest, "*/")
            if (!at) break
            rest = substr(rest, at + 2)
            in_comment = 0
            code = code " "
        } else if (!match(rest, /["']|\/\*|\/\//)) {
            code = code rest
            break
        } else {
            code = code substr(rest, 1, RSTART - 1)
            mark = substr(rest, RSTART, RLENGTH)
            rest = substr(rest, RSTART + RLENGTH)
            if (mark == "//") break
            if (mark == "/*") { in_comment = 1; continue }
            if (code ~ /^[ \t]*#[ \t]*include[ \t]*$/) { code = code mark rest; break }
            is_closed = mark == "\"" ? match(rest, /^([^"\\]|\\.)*"/) : match(rest, /^([^'\\]|\\.)*'/)
            if (!is_closed) { code = code mark rest; break }
            if (mark == "\"") text = text " " substr(rest, 1, RLENGTH - 1)
            code = code mark mark
            rest = substr(rest, RLENGTH + 1)
        }
    }
    print keep == "strings" ? text : code
}
