# The tutorial works as it stands: every ```sh block, in order, in one shell and one directory; and every line of the ```text block below it comes
# out, in that order, `...` standing for anything.
. "$SRC/tests/cli/lib.sh"
need python3
python3 - "$SRC/docs/tutorial-case.md" <<'END' || fail "no script"
import re, sys
blocks = re.findall(r"^```(sh|text)\n(.*?)^```$", open(sys.argv[1], encoding="utf-8").read(), re.M | re.S)
script, n = open("tutorial.sh", "w", encoding="utf-8"), 0
for kind, text in blocks:
    if kind == "sh":
        n += 1
        script.write(f"{{\n{text}}} >out.{n} 2>err.{n}\n")
    else:
        open(f"want.{n}", "w", encoding="utf-8").write(text)
END
sh -e -u tutorial.sh || { tail -5 $(ls -t err.* | head -1) >&2; fail "a command of the tutorial: see $(ls -t err.* | head -1)"; }
python3 - <<'END' || fail "what the tutorial says comes out"
import glob, re, sys
wanted = glob.glob("want.*")
bad = [] if len(wanted) >= 12 else [f"only {len(wanted)} blocks say what comes out"]
for name in wanted:
    number = name.split(".")[1]
    said = open(f"out.{number}", encoding="utf-8").read().splitlines()
    at = 0
    for line in open(name, encoding="utf-8").read().splitlines():
        pattern = re.compile(".*".join(map(re.escape, line.split("..."))))
        found = next((i for i in range(at, len(said)) if pattern.fullmatch(said[i])), None)
        if found is None:
            bad.append(f"block {number}: no line is {line!r}; it says:\n" + "\n".join(said))
            break
        at = found + 1
sys.exit("\n".join(bad) if bad else 0)
END
finish
