# audit.html in a browser, where one is installed: drawings stand under each other, nothing is wider than the window, names are whole.
. "$SRC/tests/cli/lib.sh"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || exit 77
python3 - <<'END'
import math, random
random.seed(3)
def table(path, strata, sides):
    with open(path, "w") as out:
        print("stratum,side,actioned,count,network", file=out)
        for g in range(24):
            for i, stratum in enumerate(strata):
                if len(strata) > 50 and random.random() < .6: continue
                n = random.randint(3, 12)
                k = sum(random.random() < 1 / (1 + math.exp(1.5 - i / len(strata))) for _ in range(n))
                for actioned, count in ((1, k), (0, n - k)): print(f'"{stratum}","{sides[g % 2]}",{actioned},{count},n{g}', file=out)
table("twelve.csv", [f"evidence {i:02d} of 12; exposure 1 of 3; 2018-09-01; spam and platform manipulation" for i in range(1, 13)] + ["silent"], ["north", "south"])
table("many.csv", [f"evidence {i % 20}; period {i // 20}" for i in range(400)], ["north", "south"])
table("names.csv", [f"طبقة {i}" for i in range(1, 9)] + ["x" * 300], ["الشمال (2018)", "The coalition of united northern movements " * 4])
END
sed -i 's/^"silent",\("[a-z]*"\),1,\([0-9]*\)/"silent",\1,0,\2/' twelve.csv
cat >measure.html <<'END'
<!DOCTYPE html><meta charset="utf-8"><body><script>
const result = {};
const measure = (name, width) => new Promise(done => {
  const frame = document.createElement("iframe");
  frame.style.cssText = `width:${width}px;height:800px;border:0`;
  frame.onload = () => {
    const d = frame.contentDocument, plots = [...d.querySelectorAll("svg.forest")].map(x => x.getBoundingClientRect());
    const spread = key => Math.max(...plots.map(r => r[key])) - Math.min(...plots.map(r => r[key]));
    result[`${name} ${width}`] = {plots: plots.length, left: spread("left"), width: spread("width"), wide: d.documentElement.scrollWidth - width, names: [...d.querySelectorAll("th.stratum")].map(x => x.textContent)};
    done();
  };
  frame.src = name + "/audit.html";
  document.body.append(frame);
});
(async () => {
  for (const name of ["twelve", "many", "names"]) for (const width of [1100, 400]) await measure(name, width);
  const out = document.createElement("pre");
  out.id = "result";
  out.textContent = JSON.stringify(result);
  document.body.replaceChildren(out);
})();
</script>
END
for name in twelve many names; do evenhand audit --table $name.csv -o $name --permutations 99 --resamplings 99 >/dev/null 2>&1; [ -s $name/audit.html ] || fail "no page of $name.csv"; done
timeout 120 "$browser" --headless=new --no-sandbox --disable-gpu --allow-file-access-from-files --virtual-time-budget=20000 --user-data-dir="$PWD/profile" --dump-dom "file://$PWD/measure.html" >dom.txt 2>/dev/null
grep -q 'id="result"' dom.txt || { echo "the browser does not run here" >&2; exit 77; }
python3 - <<'END' || fail "layout: $(head -c 400 dom.txt)"
import html, json, re
result = json.loads(html.unescape(re.search(r'id="result">(.*?)</pre>', open("dom.txt", encoding="utf-8").read(), re.S).group(1)))
assert len(result) == 6, result.keys()
for name, r in result.items():
    assert r["left"] < .5 and r["width"] < .5, (name, r)     # an odds ratio of 1 is at the same place in every row
    assert r["wide"] <= 0, (name, r)
twelve = result["twelve 1100"]
assert twelve["plots"] == 14 and len(twelve["names"]) == 12  # 12 strata, all together, axis; the one that says nothing is left out
assert all(n.endswith("platform manipulation") for n in twelve["names"]), twelve["names"]
assert result["many 1100"]["plots"] == 62
assert any("300 characters" in n for n in result["names 1100"]["names"])
END
finish
