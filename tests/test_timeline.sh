#!/usr/bin/env bash
# usage: test_timeline.sh PARLEY
# Dated scenarios driven from the shell: london-2025 on chosen days against rates added up by hand, its timeline, sources of
# dates, products a world lacks, facts, and bad input.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
export COLUMNS=120
london=$root/scenarios/london-2025.yaml

# ---- the timeline of london-2025 ----
"$parley" run "$london" --timeline --csv --pair 'USA<-CHN' --pair 'CHN<-USA' --pair 'USA<-KHM' --pair 'USA<-MEX' >t.csv 2>err
verdict "the timeline is written as CSV" "$([ $? = 0 ] && [ "$(head -1 t.csv)" = date,pair,simple_rate,weighted_rate,controls,events ] || echo "exit or heading")"

# Points added to the simple average since 3 February; dates between turns have the rates of the turn before.
added() { # DATE PAIR
    awk -F, -v d="$1" -v p="$2" '$2 == p { if (!n++) base = $3; if ($1 <= d) last = $3 } END { printf "%.2f", 100 * (last - base) }' t.csv
}
expect() { # NAME DATE PAIR POINTS
    got=$(added "$2" "$3")
    verdict "$1" "$(awk -v a="$got" -v b="$4" 'BEGIN { if (a - b > 0.011 || b - a > 0.011) print a " instead of " b " points" }')"
}
expect "nothing before 4 February" 2025-02-03 'USA<-CHN' 0
expect "10 points on China from 4 February" 2025-03-03 'USA<-CHN' 10
expect "20 points from 4 March" 2025-03-11 'USA<-CHN' 20
# Simple over the 26 goods sectors. Reciprocal duties leave out cars (C29), five exempt sectors, .81 of electronics, .6 of basic
# metals and .24 of metal goods: 26 - 1 - 5 - 1.65 = 18.35 sectors pay. Metal goods add .24 * 25; parts of cars .9 * 25.
expect "84 points on China on 9 April" 2025-04-09 'USA<-CHN' "$(awk 'BEGIN { printf "%.4f", 20 + (84 * 18.35 + 6) / 26 }')"
expect "125 points on China from 10 April" 2025-05-02 'USA<-CHN' "$(awk 'BEGIN { printf "%.4f", 20 + (125 * 18.35 + 6) / 26 }')"
expect "10 points in the truce" 2025-05-20 'USA<-CHN' "$(awk 'BEGIN { printf "%.4f", 20 + (10 * 18.35 + 6 + 22.5) / 26 }')"
expect "34 points when the truce has ended" 2025-08-12 'USA<-CHN' "$(awk 'BEGIN { printf "%.4f", 20 + (34 * 18.35 + 12 + 15 + 22.5) / 26 }')"
expect "China: 34 points are raised before they are collected" 2025-04-09 'CHN<-USA' "$(awk 'BEGIN { printf "%.4f", (12 + 20 + .65) / 26 }')"
expect "China: 84 points on 10 April" 2025-04-11 'CHN<-USA' "$(awk 'BEGIN { printf "%.4f", 84 + (12 + 20 + .65) / 26 }')"
expect "China: 125 points from 12 April" 2025-05-13 'CHN<-USA' "$(awk 'BEGIN { printf "%.4f", 125 + (12 + 20 + .65) / 26 }')"
expect "China: 10 points in the truce" 2025-06-09 'CHN<-USA' "$(awk 'BEGIN { printf "%.4f", 10 + (12 + 20 + .65) / 26 }')"
expect "Mexico: 25 points for three days" 2025-03-06 'USA<-MEX' 25
expect "Mexico: 4.5 points outside the agreement" 2025-03-11 'USA<-MEX' 4.5
# Cambodia: 49 points for one day, less cars, five sectors, .62 of electronics, .6 and .5 of metals; metals pay 25 instead, cars .85.
expect "Cambodia: 49 points on 9 April" 2025-04-09 'USA<-KHM' "$(awk 'BEGIN { printf "%.4f", (49 * 18.28 + 15 + 12.5 + 21.25) / 26 }')"
expect "Cambodia: 10 points from the pause on" 2025-04-10 'USA<-KHM' "$(awk 'BEGIN { printf "%.4f", (10 * 18.28 + 15 + 12.5 + 21.25) / 26 }')"

"$parley" run "$london" --timeline --variant truce --json --pair 'USA<-CHN' >m.json 2>err
python3 - <<'PY' >problem 2>&1
import json
plan = json.load(open("m.json"))
measures = {m["id"]: m for m in plan["measures"]}
expected = {
    "us-truce": {"kind": "tariff", "by": ["USA"], "on": ["China-and-Hong-Kong"], "except_sectors": ["C29"], "rate": 0.10, "basis": "add",
                 "stacks": "replaces", "stacks_on": ["us-china-34-again"], "announced": "2025-05-12", "effective": "2025-05-14",
                 "until": "2025-08-12", "extended": 0.7, "dates_by": "law", "assumed": True, "active": True, "share": 1.0, "export": False},
    "us-metals-25": {"share": 0.6, "stacks": "capped", "cap": 0.25, "assumed": True, "until": None},
    "us-metals-50": {"except": ["GBR"], "dates_by": "law", "assumed": False},
    "cn-licence-magnets": {"kind": "licence", "rate": None, "basis": None, "approval": 0.25, "lag": 1.5, "validity": 6.0, "export": True,
                           "when": "export-licences", "fallback": [{"product": None, "within": "C25", "share": 0.02}],
                           "green": {"to": ["USA"], "from": "2025-06-06", "share": 0.3}},
    "cn-licence-minerals": {"active": False, "when": "february-minerals"},
    "cn-verbal-rare-earths": {"announced": "2025-06-05", "effective": None, "legal": None, "rate": None},
    "us-chips": {"kind": "quota", "level": 0.7, "announced": "2025-04-15", "effective": "2025-04-09"},
}
for name, keys in expected.items():
    for key, value in keys.items():
        if measures[name][key] != value:
            print(f"{name}: {key} is {measures[name][key]!r}, not {value!r}")
if measures["us-truce"]["dates"]["tracker"]["effective"] != "2025-05-12":
    print("the tracker's dates of the truce are missing")
if [m["id"] for m in plan["measures"] if not m["source"]]:
    print("measures without a source")
if [v for v in plan["variants"] if v["name"] == "truce"][0]["on"] != "2025-06-09" or plan["name"] != "london-2025":
    print("the variant's day is missing")
if plan["groups"]["China-and-Hong-Kong"]["members"] != ["CHN", "HKG"] or not plan["groups"]["other-partners"]["all"]:
    print("groups are not what the file has")
if not [o for o in plan["options"] if o["name"] == "eu-green-channel" and o["on"] is False and o["title"]]:
    print("options are not what the file has")
PY
verdict "the timeline's JSON carries every measure with its dates, source and what is assumed" "$(cat problem)"

"$parley" run "$london" --timeline --json --pair 'USA<-CHN' >t.json 2>err
check "JSON and CSV of the timeline agree" python3 - <<'PY'
import csv, json
dates = json.load(open("t.json"))["dates"]
rows = [r for r in csv.DictReader(open("t.csv")) if r["pair"] == "USA<-CHN"]
assert len(dates) == len(rows) > 15, (len(dates), len(rows))
for d, r in zip(dates, rows):
    assert d["date"] == r["date"]
    assert abs(d["tariffs"][0]["weighted"] - float(r["weighted_rate"])) < 1e-15
    assert "; ".join(d["events"]) == r["events"]
assert [d["date"] for d in dates] == sorted(d["date"] for d in dates)
PY
"$parley" run "$london" --timeline >out 2>err
verdict "the timeline is printed for people" "$(grep -q '2025-05-14 .*' out && grep -q 'us-truce starts' out || echo "a date or an event is missing")"

# ---- sources of dates ----
"$parley" run "$london" --timeline --csv --pair 'USA<-CHN' --dates tracker >t2.csv 2>err
verdict "--dates takes another source" "$(awk -F, '$1 == "2025-05-12" && /us-truce starts/ { found = 1 } END { if (!found) print "the truce does not start on 12 May" }' t2.csv)"

# ---- days ----
"$parley" run "$london" --on 2025-05-20 --json -o - -q >on.json 2>err
"$parley" run "$london" --variant truce --json -o - -q >truce.json 2>err
"$parley" run "$london" --on 2025-06-09 --json -o - -q >table.json 2>err
check "a variant's day and --on give the same; rents add up; a premium is paid only where a control binds" python3 - <<'PY'
import json
on, truce, table = (json.load(open(n + ".json")) for n in ("on", "truce", "table"))
assert [v["name"] for v in on["variants"]] == ["2025-05-20"], on["variants"][0]["name"]
assert on["converged"] and truce["converged"]
a, b = truce["variants"][0], table["variants"][0]
assert a["values"] == b["values"], "the variant and its day differ"
assert len(a["controls"]) > 100
assert on["variants"][0]["values"]["real_income"] != b["values"]["real_income"]
for c in a["controls"]:
    assert abs(c["rent"] - sum(c["rent_to_" + k] for k in ("sellers", "buyers", "third")) - c["rent_wasted"]) < 1e-9, c
    assert c["premium"] < 1e-9 or abs(c["quantity"] - c["level"]) < 1e-6, c
PY
"$parley" run "$london" --on 2025-04-20 --on 2025-06-09 -o out2 >out 2>err
verdict "days stand side by side, with controls.csv" "$(grep -q '^2025-04-20,cn-licence-magnets CHN->USA MAG,quota,' out2/controls.csv && grep -q '^2025-06-09,us-engines,' out2/controls.csv || echo "a control is missing")"
ncdump -h out2/results.nc >header 2>err
verdict "NetCDF has the controls" "$(grep -q 'double control_premium(control)' header || echo missing)"

# ---- a world that lacks the products ----
python3 - "$parley" <<'PY'
import json, subprocess, sys
info = json.loads(subprocess.run([sys.argv[1], "world", "info", "world-2022", "--json"], capture_output=True, check=True).stdout)
codes = [s["code"] for s in info["sectors"]]
merged = {"C24": ["C24", "REE"], "C25": ["C25", "MAG"], "C26": ["C26", "CHIP"], "C30": ["C30", "ENG"]}
lines = []
for c in codes:
    if c in ("REE", "MAG", "CHIP", "ENG"):
        continue
    members = merged.get(c, [c])
    lines.append(f'  {c}: [{", ".join(members)}]')
open("map.yaml", "w").write("sectors:\n" + "\n".join(lines) + "\n")
PY
"$parley" world aggregate world-2022 --map map.yaml -o whole.nc >out 2>err
verdict "a world without the products can be made" "$([ $? = 0 ] || echo failed)"
"$parley" run "$london" --world ./whole.nc --json -o - -q >whole.json 2>err
check "london-2025 runs where products are not told apart, and says about the same" python3 - <<'PY'
import json
whole, truce = json.load(open("whole.json")), json.load(open("truce.json"))
assert whole["converged"]
b = [v for v in whole["variants"] if v["name"] == "truce"][0]
a = truce["variants"][0]
codes = [c["code"] for c in whole["world"]["countries"]]
for who in ("USA", "CHN", "MEX", "DEU"):
    k = codes.index(who)
    x, y = a["values"]["real_income"][k], b["values"]["real_income"][k]
    assert abs(x - y) < 0.05, (who, x, y)
names = {c["name"].split()[0] for c in b["controls"]}
assert {"cn-licence-magnets", "us-chips", "us-engines"} <= names, names
PY

# ---- facts ----
check "every fact F01 to F43 is carried, or a note says why none can" python3 - "$london" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
facts = text[text.index("\nfacts:"):]
ids = re.findall(r"^  (F\d\d): \{text: \"[^\"]{10,}\", (?:measures|observations|note): .+\}$", facts, re.M)
assert ids == ["F%02d" % k for k in range(1, 44)], ids
for alone in ("F23", "F43"):
    line = re.search(rf"^  {alone}: .*$", facts, re.M).group(0)
    assert "measures" not in line and "note:" in line, line
PY

# ---- bad input ----
refuse "a day that does not exist" "the date 2025-02-30 does not exist" "$parley" run "$london" --on 2025-02-30
refuse "a day that is none" "'june' is not a date" "$parley" run "$london" --on june
refuse "an unknown source of dates" "did you mean 'tracker'?" "$parley" run "$london" --dates traker
refuse "a pair that is none" "write BUYER<-SELLER" "$parley" run "$london" --timeline --pair USA
refuse "a pair without a timeline" "go with --timeline" "$parley" run "$london" --pair 'USA<-CHN'
cat >world.yaml <<'YAML'
countries: [USA, CHN, DEU]
sectors: [A01, MAG]
goods: [A01, MAG]
flow: {A01: [[50,3,2],[3,60,4],[2,4,40]], MAG: [[8,9,7],[9,70,3],[7,3,60]]}
theta: {A01: 5, MAG: 4}
YAML
bad() { # NAME PART MEASURE [MEASURE]
    { printf 'parley: 1\nname: bad\nworld: world.yaml\nmeasures:\n'; printf '  - %s\n' "${@:3}"; } >bad.yaml
    refuse "$1" "$2" "$parley" run bad.yaml
}
bad "a measure that ends before it starts" "bad.yaml:5: measure 'x' ends before it starts" \
    '{id: x, kind: tariff, by: USA, on: CHN, rate: 5%, effective: 2025-05-14, until: 2025-05-01}'
bad "overlapping measures without a rule" "overlap in time" '{id: x, kind: tariff, by: USA, on: CHN, rate: 5%, effective: 2025-05-14}' \
    '{id: y, kind: tariff, by: USA, on: CHN, rate: 7%, effective: 2025-05-15}'
bad "a licence for a product that is not in the world" "unknown sector 'MAX' (did you mean 'MAG'?)" '{id: x, kind: licence, by: CHN, on: USA, sectors: [MAX], approval: 0.5}'
bad "a cap below zero" "-0.5 is below zero" '{id: x, kind: quota, by: CHN, on: USA, sectors: [MAG], level: -0.5}'
bad "rent shares that do not add up to one" "the shares add up to 0.8" '{id: x, kind: quota, by: CHN, on: USA, sectors: [MAG], level: 0.5, rent: {seller: 0.3, buyer: 0.5}}'
bad "a green channel for an unknown buyer" "unknown country or group 'UKK'" '{id: x, kind: licence, by: CHN, on: USA, sectors: [MAG], approval: 0.5, green: {to: UKK}}'
bad "an approval outside 0 to 1" "150% is outside 0 to 1" '{id: x, kind: licence, by: CHN, on: USA, sectors: [MAG], approval: 150%}'
bad "a date that does not exist" "the date 2025-04-31 does not exist" '{id: x, kind: tariff, by: USA, on: CHN, rate: 5%, effective: 2025-04-31}'
sed -i 's/\[\[8,9,7\]/[[0,9,7]/' world.yaml
bad "a set of caps that cannot hold" "USA, sector MAG: the measures remove every seller" '{id: x, kind: ban, by: all, to: USA, sectors: [MAG]}'
