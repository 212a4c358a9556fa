#!/usr/bin/env bash
# usage: test_report_html.sh PARLEY
# parley report: the page is whole HTML and its charts whole SVG, asks for nothing, says the numbers of the result; texts that
# mean harm stay text; two results are compared; each mistake ends with exit 2, one message, and no file.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# refused NAME PART ARGUMENT...
refused() { refuse "refused: $1" "$2" "$parley" report "${@:3}"; }

# What check.py finds, or that it could not be run to its end.
look() { python3 check.py "$@" 2>&1 || echo " (check.py failed)"; }

cat >check.py <<'PY'
"""Checks a page: whole HTML, whole SVG, no request, and what its tables say."""
import html.parser
import json
import re
import sys
import xml.etree.ElementTree as tree

VOID = {"meta", "br", "hr", "img", "link", "input"}
problems = []


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tables, self.text, self.ids, self.links = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            problems.append(f"<{tag}> has an attribute twice")
        for name, value in attributes:
            if name in ("src", "srcset", "onload", "onclick", "onerror", "style") or tag in ("script", "img", "iframe", "link"):
                problems.append(f"<{tag} {name}> is on the page")
            if name == "id":
                self.ids.append(value)
            if name == "href":
                self.links.append(value)
            if name == "aria-labelledby":
                self.links += ["#" + part for part in value.split()]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            problems.append(f"</{tag}> closes something else")

    def handle_data(self, data):
        self.text.append(data)
        if self.open and self.open[-1] in ("td", "th") and self.tables and self.tables[-1] and self.tables[-1][-1]:
            self.tables[-1][-1][-1] += data


def check_page(path):
    text = open(path, encoding="utf-8").read()
    page = Page()
    page.feed(text)
    page.close()
    if page.open:
        problems.append(f"left open: {page.open}")
    if len(page.ids) != len(set(page.ids)):
        problems.append("an id is there twice")
    for link in page.links:
        if not link.startswith("#") or link[1:] not in page.ids:
            problems.append(f"{link} leads nowhere")
    pictures = re.findall(r"<svg.*?</svg>", text, re.S)
    for picture in pictures:
        check_picture(picture)
    # An address in a text is a source; in a tag it would be asked for.
    if re.search(r"url\(|@import|<[^>]*https?://(?!www\.w3\.org/2000/svg)", text):
        problems.append("the page asks for something")
    return page, pictures


def check_picture(text):
    picture = tree.fromstring(text)
    name = "{http://www.w3.org/2000/svg}"
    if picture.get("role") != "img" or picture.find(name + "title") is None or picture.find(name + "desc") is None:
        problems.append("a picture without role, title or description")
    if not (picture.find(name + "desc").text or "").strip():
        problems.append("a picture whose description is empty")
    for mark in picture.iter():
        kind = mark.tag.removeprefix(name)
        if kind in ("rect", "path", "circle", "line", "text") and not (mark.get("fill") or mark.get("stroke")):
            problems.append(f"a {kind} without a colour of its own")
        for key, value in mark.attrib.items():
            if "nan" in value.lower() and key in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "d", "width", "height"):
                problems.append(f"{kind} {key} is {value}")
    return picture


def number(text):
    return float(text.replace(",", "").replace("+", ""))


def check_run(folder):
    page, pictures = check_page(folder + "/report.html")
    result = json.load(open(folder + "/results.json", encoding="utf-8"))
    names = [country["name"] for country in result["world"]["countries"]]
    table = next(t for t in page.tables if len(t) == len(names) + 1 and t[0][0] == "country" and len(t[0]) > 2)
    variants = result["variants"]
    for row in table[1:]:
        n = names.index(row[0])
        for v, variant in enumerate(variants):
            income, money = variant["values"]["real_income"][n], variant["values"]["equivalent_variation"][n]
            if abs(number(row[1 + v]) - income) > 5.001e-5:
                problems.append(f"{row[0]}: {row[1 + v]} is not {income}")
            if abs(number(row[1 + len(variants) + v]) - money / 1000) > 5.001e-3:
                problems.append(f"{row[0]}: {row[1 + len(variants) + v]} is not {money / 1000}")
    said = "".join(page.text)
    for variant in variants:
        for measure in variant["measures"]:
            if measure["text"] not in said or measure["source"] not in said:
                problems.append(f"not said: {measure['text']}")
    for needed in (result["command"], result["parley"], result["world"]["notes"]["source"], result["world"]["notes"]["comment"]):
        if needed not in said:
            problems.append(f"not said: {needed}")
    if len(pictures) < 7:
        problems.append(f"only {len(pictures)} pictures")


def check_json(folder):
    page = json.load(sys.stdin)
    result = json.load(open(folder + "/results.json", encoding="utf-8"))
    codes = [country["code"] for country in result["world"]["countries"]]
    charts = {chart["name"]: chart for chart in page["charts"]}
    for variant in result["variants"]:
        for row in charts["map-" + variant["name"]]["rows"]:
            if row["values"] != [variant["values"]["real_income"][codes.index(row["key"])]]:
                problems.append(f"map-{variant['name']} of {row['key']} is {row['values']}")
    shown = [row["key"] for row in charts["winners"]["rows"]]
    size = {code: max(abs(v["values"]["real_income"][n]) for v in result["variants"]) for n, code in enumerate(codes)}
    if set(shown) != set(sorted(codes, key=lambda c: -size[c])[: len(shown)]):
        problems.append("the bars are not of those that change most")
    for chart in page["charts"]:
        if not all(chart[key] for key in ("title", "unit", "text")):
            problems.append(f"{chart['name']} lacks a title, a unit or a text")


def check_trade(folder, table):
    """Pairs of the picture against trade.csv, summed over sectors."""
    import csv
    page = json.load(sys.stdin)
    sums = {}
    for row in csv.DictReader(open(table, encoding="utf-8")):
        key = (row["exporter"] + "->" + row["importer"], row["variant"])
        before, after = sums.get(key, (0.0, 0.0))
        sums[key] = before + float(row["before_million_usd"]), after + float(row["after_million_usd"])
    chart = next(chart for chart in page["charts"] if chart["name"] == "trade")
    for row in chart["rows"]:
        for column, value in zip(chart["columns"][1:], row["values"][1:]):
            before, after = sums[row["key"], column]
            if abs(row["values"][0] - before / 1000) > 1e-4 or abs(value - after / 1000) > 1e-4:
                problems.append(f"{row['key']} {column}: {row['values'][0]}, {value} against {before}, {after}")


def check_sweep(folder):
    """Every number of the table of members, and the ends of each country, worked out from sweep.json."""
    page, pictures = check_page(folder + "/report.html")
    result = json.load(open(folder + "/sweep.json", encoding="utf-8"))
    names = [country["name"] for country in result["countries"]]
    values = [result["values"][result["variable"]][country["code"]] for country in result["countries"]]
    deep = len(result["dimensions"])
    members = next(t for t in page.tables if t[0] == [d["label"] for d in result["dimensions"]] + names)
    for m, row in enumerate(members[1:]):
        for n, text in enumerate(row[deep:]):
            if abs(number(text) - values[n][m]) > 5.001e-4:
                problems.append(f"member {m}: {text} is not {values[n][m]}")
    ends = next(t for t in page.tables if t[0][:2] == ["country", "lowest"])
    for row, name, value in zip(ends[1:], names, values):
        if row[0] != name or abs(number(row[1]) - min(value)) > 5.001e-4 or abs(number(row[4]) - max(value)) > 5.001e-4:
            problems.append(f"{name}: {row} is not from {min(value)} to {max(value)}")
    said = "".join(page.text)
    if result["command"] not in said:
        problems.append("the command is not said")
    if len(pictures) < 3:
        problems.append(f"only {len(pictures)} pictures")


what, *rest = sys.argv[1:]
{"page": check_page, "sweep": check_sweep, "run": check_run, "json": check_json, "trade": check_trade,
 "svg": lambda path: check_picture(open(path, encoding="utf-8").read())}[what](*rest)
print("; ".join(problems[:5]), end="")
PY

# ---- a run ----

"$parley" run -q "$root/scenarios/london-2025.yaml" -o london >out 2>err || verdict "a run to report" "failed"
"$parley" report london >out 2>err || verdict "the page of a run" "failed"
verdict "a page says where it is" "$([ "$(cat err)" = "wrote london/report.html" ] && [ ! -s out ] || echo "not said")"
verdict "the page of a run is whole and says its numbers" "$(look run london)"
cp london/report.html once.html
"$parley" report -q london -o - >again.html 2>err
verdict "the same result gives the same bytes, on standard output as well" "$(cmp once.html again.html 2>&1)"
verdict "the numbers behind the charts are the result's" "$("$parley" report london --json | look json london)"
verdict "trade between pairs is that of trade.csv" \
    "$("$parley" report london --json | look trade london london/trade.csv)"
problem=
while read -r chart _; do
    "$parley" report -q london --chart "$chart" -o "$chart.svg" >out 2>err || problem="$problem $chart fails"
    problem="$problem$(look svg "$chart.svg")"
done < <("$parley" report london --list-charts)
verdict "each chart alone is a whole picture" "$problem"
[ "$(find . -maxdepth 1 -name '*.svg' | wc -l)" -ge 9 ] || verdict "nine charts" "there are fewer"

# Processor time, which other work on the machine hardly changes.
if ! sanitized; then
    TIMEFORMAT='%U %S'
    best=$(for _ in 1 2 3; do { time "$parley" report -q london >out 2>err; } 2>&1; done |
        awk '{ t = $1 + $2; if (NR == 1 || t < best) best = t } END { print best }')
    verdict "a page takes under a second" "$(awk -v t="$best" 'BEGIN { if (!(t > 0 && t < 1)) print t " s" }')"
fi

# ---- other results ----

"$parley" path -q "$root/scenarios/london-2025.yaml" --months 8 -o path >out 2>err || verdict "a path to report" "failed"
"$parley" report -q path >out 2>err || verdict "the page of a path" "failed"
verdict "the page of a path is whole" "$(look page path/report.html)"
verdict "the page of a path says whom observed numbers are from" \
    "$(grep -qF '<li>US Census Bureau, imports for consumption and calculated duty</li>' path/report.html || echo "it does not")"
verdict "codes of sectors are spelt out under the measures" \
    "$(for page in path london; do grep -q 'Sectors by their codes: .*C24 Basic metals; ' $page/report.html || echo "not on the page of $page"; done)"
verdict "the page of a run says which year it is against" \
    "$(grep -qF 'against the world as it was in 2022' london/report.html || echo "it does not")"
cat >game.yaml <<'YAML'
parley: 1
name: small-game
title: "A <small> game"
scenario:
  world: {countries: [USA, CHN, DEU], sectors: [A01, C26], goods: [A01, C26],
    flow: {A01: [[50,3,2],[3,60,4],[2,4,40]], C26: [[80,9,7],[9,70,3],[7,3,60]]}, theta: {A01: 5, C26: 4}}
  measures: [{kind: tariff, by: USA, on: CHN, rate: 50%}]
players: {US: {members: USA}, China: {members: CHN}}
instruments:
  us: {player: US, kind: tariff, on: CHN, low: 0%, high: 60%}
  cn: {player: China, kind: tariff, on: USA, low: 0%, high: 60%}
disagreement: today
packages:
  peace: {title: no duties, set: {us: 0%, cn: 0%}}
  war: {title: all duties, set: {us: 60%, cn: 60%}}
YAML
"$parley" talks table -q game.yaml -o talks >out 2>err || verdict "talks to report" "failed"
"$parley" report -q talks >out 2>err || verdict "the page of talks" "failed"
verdict "the page of talks is whole" "$(look page talks/report.html)"
verdict "the page of talks says how to get it again" \
    "$(grep -qF '<pre>parley talks table game.yaml' talks/report.html || echo "it does not")"
verdict "periods and levels have their units on the page of talks" \
    "$(tr -d '\n' <talks/report.html | sed 's/\xc2\xa0/ /g' >flat; grep -q 'a breach shows after [0-9.]* year.*>cn, %<.*>us, %<' flat || echo "they have not")"
verdict "the page of talks has its charts" \
    "$(grep -q '^plane .*gains' <<<"$("$parley" report talks --list-charts | awk '{ print $1 }' | tr '\n' ' ')" || echo "it has not")"

printf '{countries: [USA, CHN, DEU], sectors: [one], goods: [one], flow: {one: [[180, 20, 5], [20, 80, 9], [3, 4, 50]]}, theta: {one: 4}}\n' >three.yaml
sweep() { # FOLDER ARGUMENT...
    local folder=$1
    shift
    "$parley" sweep -q --world three.yaml --countries all -o "$folder" "$@" >out 2>err || verdict "a sweep to report" "failed"
    "$parley" report -q "$folder" >out 2>err || verdict "the page of a sweep" "failed"
    verdict "the page of a sweep is whole and says its numbers: $*" "$(look sweep "$folder")"
}
sweep line --vary 'tariff USA<-CHN=0%,5%,40%'
sweep square --vary 'tariff USA<-CHN=0%..60%:7' --vary 'tariff CHN<-USA=0%..60%:5'
sweep three --vary 'tariff USA<-CHN=0%..60%:3' --vary 'setting kappa=2,inf' --vary 'setting closure=fixed,balanced'
sweep sample --vary 'tariff USA<-CHN=0%..60%' --vary 'setting kappa=2..9' --samples 20
charts=$(for folder in line square three sample; do "$parley" report $folder --list-charts; done | awk '{ print $1 }' | sort | uniq -c)
for folder in line square three sample; do "$parley" report $folder --list-charts; done | awk '{ print $1 }' | sort | uniq -c | tr -s ' \n' ' ' >said
verdict "a sweep has the charts that suit what is varied" \
    "$(grep -qF '1 along 1 along-equivalent_variation 3 matters-CHN 3 matters-DEU 3 matters-USA 4 range' said || echo "it has not")"
"$parley" report -q three --chart matters-USA -o three.svg || verdict "a chart of a sweep" "failed"
verdict "a chart of a sweep alone is a whole picture" "$(look svg three.svg)"

"$parley" run -q "$root/scenarios/london-2025.yaml" --kappa 2 --variant truce -o slow >out 2>err
for pair in "london slow" "path path" "talks talks" "line line" "square square" "sample sample"; do
    read -r a b <<<"$pair"
    "$parley" report -q "$a" "$b" -o "two-$a.html" >out 2>err || verdict "compared: $a" "failed"
    verdict "two results on one page: $a" "$(look page "two-$a.html")"
done
"$parley" report london slow >out 2>err
verdict "a comparison goes beside the second" "$([ "$(cat err)" = "wrote slow/comparison.html" ] || echo "it does not")"
"$parley" report london slow --json | python3 -c '
import json, sys
charts = {c["name"]: c for c in json.load(sys.stdin)["charts"]}
a, b, d = ({r["key"]: r["values"][0] for r in charts[n]["rows"]} for n in ("map-first", "map-second", "map-difference"))
sys.exit(not (len(a) > 50 and any(d.values()) and all(abs(b[k] - a[k] - d[k]) < 1e-12 for k in a)))'
verdict "the difference is the second less the first, of the variant both have" "$([ $? = 0 ] || echo "it is not")"

# ---- texts that mean harm ----

python3 - <<'PY'
import json
result = json.load(open("slow/results.json", encoding="utf-8"))
bad = "</title></svg></script><script>alert(1)</script><img src=x onerror='alert(2)'>&]]>\u0001\u202e\"'"
result["title"] = result["command"] = bad
result["variants"][0]["title"] = result["variants"][0]["name"] = bad
result["world"]["notes"]["source"] = bad
for country in result["world"]["countries"]:
    country["name"] = bad + country["code"]
for sector in result["world"]["sectors"]:
    sector["name"] = bad
for measure in result["variants"][0]["measures"]:
    measure["text"] = measure["source"] = measure["note"] = bad
result["settings"][bad] = 1
import os
os.mkdir("bad")
json.dump(result, open("bad/results.json", "w", encoding="utf-8"))
PY
"$parley" report -q bad >out 2>err || verdict "harmful texts" "failed"
verdict "harmful texts stay text" "$(look page bad/report.html)"
for chart in map winners sectors; do
    "$parley" report -q bad --chart "$chart" -o bad.svg
    verdict "harmful texts stay text in $chart" "$(look svg bad.svg)"
done
verdict "without a NetCDF file the page says what it lacks" \
    "$(grep -q 'there is no NetCDF file beside' bad/report.html || echo "it does not")"

# ---- numbers that are none ----

python3 - <<'PY'
import json, os
result = json.load(open("slow/results.json", encoding="utf-8"))
values = result["variants"][0]["values"]
values["real_income"] = [None] * len(values["real_income"])
values["equivalent_variation"][3] = None
result["converged"] = result["variants"][0]["converged"] = False
os.mkdir("none")
json.dump(result, open("none/results.json", "w", encoding="utf-8"))
PY
"$parley" report -q none >out 2>err || verdict "a result without numbers" "failed"
verdict "a result without numbers makes a whole page" "$(look page none/report.html)"
verdict "a result that did not converge says so first" \
    "$(grep -q 'class="warning">This result did not converge' none/report.html || echo "it does not")"
mkdir wrong
cp slow/results.json wrong
cp london/results.nc wrong
"$parley" report -q wrong
verdict "trade of another run is left out" "$(grep -q 'is of another run' wrong/report.html || echo "it is not")"

# ---- mistakes ----

mkdir empty both
cp slow/results.json both
cp path/path.json both
head -c 90000 slow/results.json >cut.json
echo 'not json' >words.json
echo '{"parley": "0.1.0", "format": 1, "cases": []}' >other.json
sed 's/"format": 1/"format": 7/' slow/results.json >format.json
cp slow/results.nc alone.nc
refused "no result" "which result?"
refused "no such file" "cannot read nowhere: No such file" nowhere
refused "an empty folder" "empty: no result is in this folder" empty
refused "a folder with two results" "both: this folder holds several results" both
refused "a file cut short" "was it cut short?" cut.json
problem=
for bytes in $(seq 90001 90060) 7 1; do
    head -c "$bytes" slow/results.json >cut.json
    "$parley" report cut.json -o x.html 2>err
    grep -qF "was it cut short?" err || problem="$problem $bytes bytes"
done
verdict "refused: a file cut at sixty places one after another" "$problem"
refused "no JSON" "words.json:1: this is not a whole JSON document" words.json
refused "another document" "other.json: this is not a result of parley run, path, talks or sweep" other.json
refused "another layout" "format.json: the layout 'format' is not 1" format.json
refused "a NetCDF file alone" "alone.json is not there" alone.nc
refused "two kinds" "two results are compared when they are of one kind" london path
refused "a sweep and a run" "line/sweep.json is a result of parley sweep and london/results.json one of parley run" line london
refused "two sweeps of different things" "line/sweep.json varies tariff USA<-CHN, and square/sweep.json varies tariff USA<-CHN, tariff CHN<-USA" line square
refused "an unknown chart of a sweep" "no chart 'alongg' is on this page (did you mean 'along'?)" line --chart alongg
refused "a variant of a sweep" "only runs have variants" line --variant war
refused "three results" "at most two results" london slow path
refused "an unknown chart" "no chart 'winers' is on this page (did you mean 'winners'?)" london --chart winers
refused "an unknown chart, to a file" "no chart 'nonsense' is on this page" london --chart nonsense -o x.svg
refused "an unknown variant" "no variant 'truse' is in this result (did you mean 'truce'?)" london --variant truse
refused "a variant of a path" "only runs have variants" path --variant war
refused "an unknown world" "nowhere-2022" london --world nowhere-2022
refused "a place that cannot be written" "Not a directory" london -o err/sub
refused "an unknown option" "did you mean '--chart'?" london --chrat map
